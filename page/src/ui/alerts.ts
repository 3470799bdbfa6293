/** The alerts: what is open first, one row each, everything reachable from the keyboard. */
import { html, nothing, type TemplateResult } from "lit";
import type { Alert } from "../api.ts";
import type { Desk } from "../desk.ts";
import { age, bearing, clockWithZone, distance, plural, SEVERITY_SHAPES, spaced } from "../words.ts";
import { causes, shelf } from "./choosers.ts";
import { Renewed } from "./renewed.ts";

/** From so many on, the numbers need the room of the hint beside them. */
const MANY = 10;

const rows = new Renewed<Alert>((a) => a.id, keepFocus);

/** Not while something is typed or chosen in a row; the row that has the keyboard's focus has it again once the rows are new. */
function keepFocus(): boolean {
  const held = document.activeElement;
  const id = held?.closest<HTMLElement>("[data-alert]")?.dataset["alert"];
  if (id === undefined) return true;
  if (!held!.matches(".alert-main")) return false;
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-alert="${id}"] .alert-main`)?.focus({ preventScroll: true }));
  return true;
}

export function alertList(desk: Desk): TemplateResult {
  const { state } = desk;
  const list = state.orderedAlerts();
  const raised = state.raisedAlerts().length;
  const open = state.openAlerts().length;
  const shelved = state.shelvedAlerts().length;
  return html`
    <div class="pane-head">
      <h2>Alerts</h2>
      <span class="pane-note">${raised ? html`<b>${raised} not acknowledged</b>, ` : nothing}${open ? `${open} open` : "none open"}${
        shelved ? `, ${shelved} shelved` : ""
      }</span>
      <span class="spacer"></span>
      ${rate(desk)}
      ${shelved || state.alarms?.flood || raised >= MANY ? nothing : html`<span class="keys-hint" aria-hidden="true"><kbd>Space</kbd> worst</span>`}
    </div>
    ${
      desk.sound.state === "on"
        ? nothing
        : html`<button class="sound-off" @click=${() => desk.sound.enable(true)}>
            <b>SOUND OFF</b> alerts are silent, turn it on <kbd>s</kbd>
          </button>`
    }
    <ol class="alerts" id="alerts">
      ${
        list.length
          ? rows.rows(list, (a) => row(desk, a))
          : html`<li class="empty">Nothing to do. Alerts appear here, the most severe first.</li>`
      }
    </ol>
  `;
}

/** Alarms an hour, quiet while one officer can manage them; a flood is said aloud. */
function rate(desk: Desk): TemplateResult | typeof nothing {
  const { alarms } = desk.state;
  if (!alarms) return nothing;
  const much = alarms.last_hour > alarms.acceptable_per_hour;
  const title =
    `${alarms.last_hour} in the last hour; about ${alarms.acceptable_per_hour} is acceptable, ` +
    `${alarms.most_per_hour} the most one officer manages (ISA-18.2)`;
  const words = alarms.flood ? `FLOOD: ${alarms.last_10_min} in 10 min` : `${alarms.last_hour}/h${much ? " ▲" : ""}`;
  return html`<button
    class="rate ${alarms.flood ? "is-flood" : much ? "is-much" : ""}"
    title=${title}
    aria-label="${words}, alarm rate and worst offenders"
    @click=${() => desk.show("alarms")}
  >${words}</button>`;
}

function row(desk: Desk, alert: Alert): TemplateResult {
  const { state } = desk;
  const current = state.currentAlert()?.id === alert.id && alert.state !== "closed";
  const pending = state.pending.has(alert.id);
  const age_s = state.now() - alert.raised_at;
  const late = alert.state === "raised" && alert.escalated_at != null;
  return html`<li
    class="alert is-${alert.severity} is-${alert.state} ${current ? "is-current" : ""} ${alert.active ? "" : "is-over"} ${late ? "is-late" : ""}"
    data-alert=${alert.id}
    data-state=${alert.state}
  >
    <button class="alert-main" aria-current=${current ? "true" : "false"} @click=${() => desk.look(alert)} @focus=${() => focused(desk, alert)}>
      <span class="alert-line">
        <span class="severity"><span aria-hidden="true">${SEVERITY_SHAPES[alert.severity]}</span> ${alert.severity.toUpperCase()}</span>
        <span class="alert-rule">${ruleWords(alert)}</span>
        <span class="alert-state">${stateWords(desk, alert, pending)}</span>
        <span class="alert-age" title="raised at ${clockWithZone(alert.raised_at)}">${age(age_s)}</span>
      </span>
      <span class="alert-text" title=${alert.text}>${current ? nothing : whereWords(alert)}${alert.text}</span>
      ${current && alert.why ? html`<span class="why">${alert.why}</span>` : nothing}
      ${alert.state === "closed" && alert.note ? html`<span class="why">Note: ${alert.note}</span>` : nothing}
      ${alert.state === "shelved" ? html`<span class="why">${shelfWords(alert)}</span>` : nothing}
    </button>
    ${state.closing === alert.id ? causes(desk) : state.shelving === alert.id ? shelf(desk) : current ? actions(desk, alert) : nothing}
  </li>`;
}

function focused(desk: Desk, alert: Alert): void {
  if (desk.state.cursor === alert.id) return;
  desk.state.cursor = alert.id;
  desk.state.changed();
}

function ruleWords(alert: Alert): string {
  return alert.count > 1 ? `${spaced(alert.rule)} · ${plural(alert.count, "object")}` : spaced(alert.rule);
}

/** Where to look and how far it is: what a row cut short must still say, whatever the zone is called. The row in hand says all of it. */
function whereWords(alert: Alert): TemplateResult | typeof nothing {
  if (alert.bearing_deg == null || alert.distance_m == null || !alert.track_ids.length) return nothing;
  return html`<b class="alert-where">${bearing(alert.bearing_deg)} ${distance(alert.distance_m)}</b> `;
}

function shelfWords(alert: Alert): string {
  return `Shelved by ${alert.shelved_by ?? "somebody"}: ${alert.shelved_reason ?? "no reason given"}`;
}

function stateWords(desk: Desk, alert: Alert, pending: boolean): TemplateResult | string {
  if (pending) return "sending…";
  const over = alert.active ? "" : ", over";
  switch (alert.state) {
    case "closed":
      return `closed: ${alert.cause ?? "no cause"}`;
    case "shelved":
      return `back in ${age((alert.shelved_until ?? 0) - desk.state.now())}`;
    case "acknowledged":
      return `ack ${alert.acknowledged_by ?? ""}${over}`;
    default:
      return alert.escalated_at == null ? `NEW${over}` : html`<b class="late">ESCALATED</b>${over}`;
  }
}

function actions(desk: Desk, alert: Alert): TemplateResult {
  const canShelve = desk.state.has("post", "/api/alerts/{alert_id}/shelve");
  return html`<div class="alert-actions">
    ${
      alert.state === "raised"
        ? html`<button class="act is-main" @click=${() => desk.acknowledge(alert)}>Acknowledge <kbd>a</kbd></button>`
        : nothing
    }
    <button class="act" @click=${() => desk.look(alert)}>Look <kbd>Enter</kbd></button>
    ${
      canShelve
        ? html`<button class="act" @click=${() => desk.startShelving(alert)}>${alert.state === "shelved" ? "Unshelve" : "Shelve…"} <kbd>x</kbd></button>`
        : nothing
    }
    <button class="act" @click=${() => desk.startClosing(alert)}>Close… <kbd>c</kbd></button>
  </div>`;
}
