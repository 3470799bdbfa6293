/** What to do about the current alert: its figures in the officer's units, the checklist with ticks that go to the watch log, the calls. */
import { html, nothing, type TemplateResult } from "lit";
import type { Alert } from "../api.ts";
import type { Desk } from "../desk.ts";
import { age, bearing, clock, distance, speed } from "../words.ts";

/** An incident's period begins so long before its alert. */
const CASE_BEFORE_S = 60;

/** The alert that the detail speaks of: the one under the cursor, where it is about the selected track or about none. */
export function alertInDetail(desk: Desk): Alert | null {
  const { state } = desk;
  const alert = state.currentAlert();
  if (!alert || alert.state === "closed") return null;
  return state.selected < 0 || !alert.track_ids.length || alert.track_ids.includes(state.selected) ? alert : null;
}

export function checklist(desk: Desk, alert: Alert): TemplateResult {
  const lines = alert.checklist ?? [];
  const calls = alert.calls ?? [];
  return html`<section class="todo" aria-label="What to do about alert ${alert.id}">
    <p class="todo-head"><b>Alert ${alert.id}</b> ${figures(alert)}${
      desk.state.has("post", "/api/incidents") && !desk.state.replay
        ? html` <a class="act case" href=${caseOf(alert)} target="_blank" rel="noopener" title="Open an incident of it, in a tab of its own">Incident…</a>`
        : nothing
    }</p>
    ${lines.length ? html`<ol class="todo-list">${lines.map((line, i) => step(desk, alert, line, i))}</ol>` : nothing}
    ${
      calls.length
        ? html`<dl class="calls" aria-label="Calls">${calls.map((c) => html`<dt>${c.name}</dt><dd>${c.how}</dd>`)}</dl>`
        : nothing
    }
    ${alert.acknowledged_by ? html`<p class="quiet">Acknowledged by ${alert.acknowledged_by}${at(alert.acknowledged_at)}.</p>` : nothing}
  </section>`;
}

/** The record page's form for a new incident, filled with this alert. */
function caseOf(alert: Alert): string {
  const said = new URLSearchParams({ since: String(Math.floor(alert.raised_at) - CASE_BEFORE_S), alerts: String(alert.id), tracks: alert.track_ids.join(", ") });
  return `/record.html#incidents&${said.toString()}`;
}

const at = (time: number | null): string => (time === null ? "" : ` at ${clock(time)}`);

function figures(alert: Alert): string {
  const words = [
    alert.distance_m === null ? "" : `${distance(alert.distance_m)} out`,
    alert.look_azimuth_deg === null ? "" : `look ${bearing(alert.look_azimuth_deg)}`,
    alert.look_elevation_deg === null ? "" : `${Math.round(alert.look_elevation_deg)}° up`,
    alert.speed_mps === null ? "" : speed(alert.speed_mps),
    alert.time_to_reach_s === null ? "" : `there in ${age(alert.time_to_reach_s)}`,
  ];
  return words.filter(Boolean).join(", ");
}

function step(desk: Desk, alert: Alert, line: string, i: number): TemplateResult {
  const done = desk.log.ticked(alert, line);
  if (!desk.log.here) return html`<li>${line}</li>`;
  return html`<li>
    <label>
      <input type="checkbox" data-step=${i} .checked=${done !== null} @change=${() => void desk.log.tick(alert, line)} />
      <span class=${done ? "is-done" : ""}>${line}</span>
    </label>
    ${done ? html`<span class="quiet">${done.by} ${clock(done.time)}</span>` : nothing}
  </li>`;
}
