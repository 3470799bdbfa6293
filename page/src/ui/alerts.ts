/** The alerts: what is open first, one row each, everything reachable from the keyboard. */
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { repeat } from "lit/directives/repeat.js";
import { CAUSES, type Alert } from "../api.ts";
import type { Desk } from "../desk.ts";
import { age, clock, plural, SEVERITY_SHAPES, spaced } from "../words.ts";

export function alertList(desk: Desk): TemplateResult {
  const { state } = desk;
  const list = state.orderedAlerts();
  const raised = state.raisedAlerts().length;
  const open = state.openAlerts().length;
  return html`
    <div class="pane-head">
      <h2>Alerts</h2>
      <span class="pane-note">${open ? `${open} open` : "none open"}${raised ? html`, <b>${raised} not acknowledged</b>` : nothing}</span>
      <span class="spacer"></span>
      <span class="keys-hint" aria-hidden="true"><kbd>Space</kbd> worst <kbd>?</kbd> keys</span>
    </div>
    ${
      desk.sound.state === "on"
        ? nothing
        : html`<button class="sound-off" @click=${() => desk.sound.enable(true)}>
            <b>SOUND OFF</b> alerts are silent: press <kbd>s</kbd> to turn the sound on
          </button>`
    }
    <ol class="alerts" id="alerts">
      ${
        list.length
          ? repeat(
              list,
              (a) => a.id,
              (a) => row(desk, a),
            )
          : html`<li class="empty">Nothing to do. Alerts appear here, the most severe first.</li>`
      }
    </ol>
  `;
}

function row(desk: Desk, alert: Alert): TemplateResult {
  const { state } = desk;
  const current = state.currentAlert()?.id === alert.id && alert.state !== "closed";
  const closing = state.closing === alert.id;
  const pending = state.pending.has(alert.id);
  const age_s = state.now() - alert.raised_at;
  return html`<li
    class="alert is-${alert.severity} is-${alert.state} ${current ? "is-current" : ""} ${alert.active ? "" : "is-over"}"
    data-alert=${alert.id}
    data-state=${alert.state}
  >
    <button class="alert-main" aria-current=${current ? "true" : "false"} @click=${() => desk.look(alert)} @focus=${() => focused(desk, alert)}>
      <span class="alert-line">
        <span class="severity"><span aria-hidden="true">${SEVERITY_SHAPES[alert.severity]}</span> ${alert.severity.toUpperCase()}</span>
        <span class="alert-rule">${ruleWords(alert)}</span>
        <span class="alert-state">${stateWords(alert, pending)}</span>
        <span class="alert-age" title="raised at ${clock(alert.raised_at)} UTC">${age(age_s)}</span>
      </span>
      <span class="alert-text" title=${alert.text}>${alert.text}</span>
      ${current && alert.why ? html`<span class="why">${alert.why}</span>` : nothing}
      ${alert.state === "closed" && alert.note ? html`<span class="why">Note: ${alert.note}</span>` : nothing}
    </button>
    ${closing ? causes(desk) : current ? actions(desk, alert) : nothing}
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

function stateWords(alert: Alert, pending: boolean): string {
  if (pending) return "sending…";
  if (alert.state === "closed") return `closed: ${alert.cause ?? "no cause"}`;
  const over = alert.active ? "" : ", over";
  return alert.state === "raised" ? `NEW${over}` : `ack ${alert.acknowledged_by ?? ""}${over}`;
}

function actions(desk: Desk, alert: Alert): TemplateResult {
  return html`<div class="alert-actions">
    ${
      alert.state === "raised"
        ? html`<button class="act is-main" @click=${() => desk.acknowledge(alert)}>Acknowledge <kbd>a</kbd></button>`
        : nothing
    }
    <button class="act" @click=${() => desk.look(alert)}>Look <kbd>Enter</kbd></button>
    <button class="act" @click=${() => desk.startClosing(alert)}>Close… <kbd>c</kbd></button>
  </div>`;
}

const LONGEST_NOTE = 500;

/** A digit closes at once; n opens the note first, where digits are text until Enter or Esc ends it. */
function causes(desk: Desk): TemplateResult {
  const { state } = desk;
  return html`<div class="causes" role="group" aria-label="Cause of closing">
    ${
      state.closingNote === null
        ? nothing
        : html`<input
          class="note"
          type="text"
          aria-label="Note for the log"
          placeholder="Note for the log, then Enter and the cause"
          maxlength=${LONGEST_NOTE}
          autocomplete="off"
          .value=${state.closingNote}
          @input=${(e: Event) => (state.closingNote = (e.target as HTMLInputElement).value)}
          @keydown=${(e: KeyboardEvent) => e.key === "Enter" && !e.isComposing && (e.target as HTMLElement).blur()}
          ${ref(takeFocus)}
        />`
    }
    <span class="causes-title">Close as</span>
    ${CAUSES.map((cause, i) => html`<button class="act" @click=${() => desk.close(cause)}><kbd>${i + 1}</kbd> ${cause}</button>`)}
    ${state.closingNote === null ? html`<button class="act" @click=${() => desk.startNote()}><kbd>n</kbd> note…</button>` : nothing}
    <button class="act" @click=${() => desk.stopClosing()}><kbd>Esc</kbd> leave open</button>
  </div>`;
}

/** Once, when the field appears. */
function takeFocus(field: Element | undefined): void {
  if (field instanceof HTMLElement) requestAnimationFrame(() => field.focus());
}
