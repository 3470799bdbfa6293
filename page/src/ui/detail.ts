/** Everything about the selected track: who it says it is, where it is, how sure the station is, and which bytes say so. */
import { html, nothing, type TemplateResult } from "lit";
import type { Operator, TrackDetail, TrackSource } from "../api.ts";
import type { Desk } from "../desk.ts";
import { bearingDistance } from "../geo.ts";
import { flagWords } from "../flags.ts";
import { trackName } from "../map/tracks.ts";
import { COASTING, type TrackStore } from "../store.ts";
import { zoneWords } from "../units.ts";
import { alertInDetail, checklist } from "./checklist.ts";
import { tableHead } from "./table.ts";
import {
  AFFILIATION_WORDS,
  bearing,
  climb,
  CLASS_WORDS,
  clock,
  clockWithZone,
  count,
  distance,
  existence,
  metres,
  place,
  shortAge,
  spaced,
  speed,
  STATUS_WORDS,
} from "../words.ts";

/** The alert that is being handled first, then the track. */
export function detail(desk: Desk): TemplateResult {
  const { state } = desk;
  const alert = alertInDetail(desk);
  if (state.selected < 0 && !alert)
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Track detail">
      <p class="more">No track is selected. Click one on the map, or press Enter on an alert.</p>
    </div>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Track detail">
    ${alert ? checklist(desk, alert) : nothing}
    ${state.selected < 0 ? nothing : track(desk)}
  </div>`;
}

function track(desk: Desk): TemplateResult {
  const { state } = desk;
  const { store } = state;
  const s = store.slotOf(state.selected);
  if (s < 0) {
    return html`
      <h3 class="detail-title">T${state.selected}</h3>
      <p class="more">This track has ended.</p>
      ${explained(desk)}${state.detail ? html`${history(state.detail)}${sources(desk, state.detail)}` : nothing}
    `;
  }
  const now = state.pictureTime();
  const geoid = state.hello?.site.geoid_separation_m ?? 0;
  const from = bearingDistance(store.plane.latDeg, store.plane.lonDeg, store.lat[s]!, store.lon[s]!);
  const label = store.label[s];
  const flags = flagWords(store.flags[s]!);
  const rising = store.velUp[s]!;
  const coasting = store.status[s] === COASTING;
  const moving = store.speed(s) > 0.5;
  const age = now - store.updatedAt[s]!;
  const rows: [string, unknown, boolean?][] = [
    [
      "Identity",
      label?.identity
        ? html`${label.identity} <span class="quiet">(${spaced(label.identity_kind ?? "claimed")}, as claimed)</span>`
        : "none claimed",
    ],
    ["From site", html`<b>${bearing(from.bearingDeg)}</b> at <b>${distance(from.distanceM)}</b>`],
    [
      "Height",
      html`<b>${metres(store.altM[s]! - geoid)}</b>${Number.isFinite(store.altM[s]!) ? " above sea level" : ""}${climbWords(rising)}`,
    ],
    ["Moving", moving ? html`<b>${speed(store.speed(s))}</b> on course <b>${bearing(store.course(s))}</b>` : "standing still"],
    [
      "Measured",
      html`${shortAge(age)} ago${coasting ? html`, <b class="is-old">coasting: predicted, not seen</b>` : nothing}`,
      coasting,
    ],
    ["Sure", `${existence(store.existence[s]! / 255)}, ± ${metres(2 * store.sigmaM[s]!)} (2σ)`],
    ["Flags", flags.length ? flags.join(", ") : "none", flags.length > 0],
    ["Position", place(store.lat[s]!, store.lon[s]!)],
  ];
  return html`
    <div class="detail-head">
      <h3 class="detail-title">${label?.identity ?? trackName(store, s)}</h3>
      <span>${kindWords(store, s)}</span>
    </div>
    <dl class="facts-table">
      ${rows.map(([name, value, abnormal]) => html`<dt>${name}</dt><dd class=${abnormal ? "is-abnormal" : ""}>${value}</dd>`)}
    </dl>
    ${explained(desk)}
    ${state.detail ? html`${sources(desk, state.detail)}${history(state.detail)}` : waiting(state.detailError)}
  `;
}

const EXPLAINED_STEPS = 12;

/** Why it began, what it took with what weight, why it ended; asked for by a button, and told as of then. */
function explained(desk: Desk): TemplateResult | typeof nothing {
  const { state } = desk;
  if (!state.has("get", "/api/tracks/{track_id}/explain")) return nothing;
  const held = state.explained;
  return html`<p class="explain">
      <button class="act" @click=${() => desk.explain()}>${held ? "Explain again" : "Explain"}</button>
      <span class="quiet">why it is there, and what it was made from</span>
    </p>
    ${state.explainedError ? html`<p class="more is-bad" role="alert">${state.explainedError}</p>` : nothing}
    ${
      held
        ? html`<div class="explained" role="status">
            ${held.words.map((w) => html`<p>${w}</p>`)}
            ${
              held.steps.length
                ? html`<table class="small">
                    ${tableHead("Time", "Took (weight)", ">Exists", ">1σ")}
                    <tbody>
                      ${held.steps
                        .slice(-EXPLAINED_STEPS)
                        .reverse()
                        .map(
                          (s) => html`<tr>
                            <td>${clock(s.time)}</td>
                            <td>${s.took.length ? s.took.map((r) => `${r.sensor_id ?? "?"} (${r.weight.toFixed(2)})${r.said ? ` "${r.said}"` : ""}`).join(", ") : html`<span class="quiet">nothing</span>`}</td>
                            <td class="number">${existence(s.existence)}</td>
                            <td class="number">${metres(s.sigma_horizontal_m)}</td>
                          </tr>`,
                        )}
                    </tbody>
                  </table>`
                : nothing
            }
          </div>`
        : nothing
    }`;
}

function climbWords(rising: number): string {
  return Math.abs(rising) > 0.5 ? `, ${rising > 0 ? "climbing" : "sinking"} ${climb(Math.abs(rising))}` : "";
}

/** "T12 · confirmed · suspect · drone"; the number only where the title does not say it already. */
function kindWords(store: TrackStore, s: number): string {
  const words: (string | undefined)[] = [
    STATUS_WORDS[store.status[s]!],
    AFFILIATION_WORDS[store.affiliation[s]!],
    CLASS_WORDS[store.classification[s]!],
  ];
  if (store.label[s]?.identity) words.unshift(`T${store.id[s]}`);
  if (store.group[s]! >= 0) words.push(`swarm ${store.group[s]}`);
  return words.join(" · ");
}

function waiting(error: string): TemplateResult {
  return error ? html`<p class="more is-bad">${error}</p>` : html`<p class="more">Asking for sources…</p>`;
}

function sourceWords(s: TrackSource): string {
  return `${s.last_source ?? "–"}${s.last_source_offset === null ? "" : ` @ ${s.last_source_offset}`}`;
}

function sources(desk: Desk, detail: TrackDetail): TemplateResult {
  const now = desk.state.pictureTime();
  const radio = detail.radio && (detail.radio.links.length || detail.radio.listened.length) ? detail.radio.words : "";
  return html`
    ${radio ? html`<h4>Radio</h4><p>${radio}</p>` : nothing}
    <h4>Sensors behind it</h4>
    ${
      detail.sources.length
        ? html`<table class="small">
          ${tableHead("Sensor", "Kind", ">Reports", ">Last", "From")}
          <tbody>
            ${detail.sources.map(
              (s) => html`<tr>
                <td>${s.sensor_id}</td><td>${spaced(s.kind)}</td><td class="number">${count(s.detections)}</td>
                <td class="number">${s.last_time === null ? "–" : shortAge(now - s.last_time)}</td>
                <td class="source" title=${sourceWords(s)}>${sourceWords(s)}</td>
              </tr>`,
            )}
          </tbody>
        </table>
        <details>
          <summary>Last reports, column by column</summary>
          ${detail.sources.map((s) => html`<pre>${s.sensor_id}\n${JSON.stringify(s.last, null, 1)}</pre>`)}
        </details>`
        : html`<p class="more">No sources are held for it.</p>`
    }
    <p class="operator">
      <button class="act" @click=${() => desk.loadOperators()}>Show operator position (audited)</button>
      <span class="quiet">every look is written to the log</span>
    </p>
    ${operators(desk)}
  `;
}

/** What was broadcast of the operator; only after the officer asked for it. */
function operators(desk: Desk): TemplateResult | typeof nothing {
  const { operators: held, operatorsError } = desk.state;
  if (operatorsError) return html`<p class="more is-bad" role="alert">${operatorsError}</p>`;
  if (held === null) return nothing;
  if (!held.length) return html`<p class="more" role="status">No operator position is held for this track.</p>`;
  return html`${held.map(
    (o) => html`<dl class="facts-table operator-facts">
      ${operatorRows(desk, o).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
    </dl>`,
  )}`;
}

const LOCATION_WORDS: Record<string, string> = {
  takeoff: "take-off point",
  live_gnss: "operator, live position",
  fixed: "operator, fixed position",
};

/** The known fields, in the officer's order; unknown ones are left out, but a missing place is said. */
function operatorRows(desk: Desk, o: Operator): [string, unknown][] {
  const { plane } = desk.state.store;
  const known = typeof o.lat_deg === "number" && typeof o.lon_deg === "number";
  const from = known ? bearingDistance(plane.latDeg, plane.lonDeg, o.lat_deg!, o.lon_deg!) : null;
  const alt = o.alt_wgs84_m;
  const rows: [string, unknown][] = [
    ["What", LOCATION_WORDS[o.location_kind ?? ""] ?? spaced(o.location_kind ?? "kind of place unknown")],
    ["Position", known ? place(o.lat_deg!, o.lon_deg!) : "unknown"],
    ["From site", from && html`<b>${bearing(from.bearingDeg)}</b> at <b>${distance(from.distanceM)}</b>`],
    ["Height", typeof alt === "number" && `${metres(alt - (desk.state.hello?.site.geoid_separation_m ?? 0))} above sea level`],
    ["Operator", o.operator_id && html`${o.operator_id} <span class="quiet">(as broadcast)</span>`],
    ["Aircraft", o.identity && `${o.identity}${o.identity_kind ? ` (${spaced(o.identity_kind)})` : ""}`],
    ["Says", o.description],
    ["Heard", typeof o.time === "number" && `${clockWithZone(o.time)}${o.sensor_id ? ` by ${o.sensor_id}` : ""}`],
    ["Radio", [o.transport && spaced(o.transport), o.transmitter].filter(Boolean).join(", ")],
    ["From", o.source && `${o.source}${typeof o.source_offset === "number" ? ` @ ${o.source_offset}` : ""}`],
  ];
  return rows.filter(([, value]) => value);
}

const HISTORY_ROWS = 6;

function history(detail: TrackDetail): TemplateResult {
  const last = detail.history.slice(-HISTORY_ROWS).reverse();
  return html`
    <h4>Where it was <span class="quiet">(${count(detail.history.length)} positions held, drawn on the map)</span></h4>
    <table class="small">
      ${tableHead(`Time ${zoneWords(Date.now() / 1000)}`, "Position", ">Height WGS84")}
      <tbody>
        ${last.map(
          ([time, lat, lon, alt]) => html`<tr>
            <td>${clock(time)}</td><td>${place(lat, lon)}</td><td class="number">${metres(alt)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  `;
}
