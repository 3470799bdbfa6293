/** What lies over the map besides the doors: a silent radar, what is filtered away, what no sensor sees, the ruler, a sighting. */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { ref } from "lit/directives/ref.js";
import { BANDS_M } from "../coverage.ts";
import type { Desk } from "../desk.ts";
import { isShown, QUICK } from "../quick.ts";
import { ROUGH_HEIGHTS_M, ROUGH_RANGES_M, SEEN_WHAT } from "../sighting.ts";
import { heightIn } from "../units.ts";
import { bearing, count, distance, place, shortAge, spaced } from "../words.ts";
import { takeFocus } from "./choosers.ts";
import { startDoors } from "./start.ts";

export function overMap(desk: Desk): TemplateResult {
  const { sighting } = desk;
  return html`
    <div class="over-top">${blindSensors(desk)}${filtered(desk)}${coverage(desk)}${ruler(desk)}</div>
    ${desk.state.picking === null ? nothing : html`<div class="cross" aria-hidden="true"></div>`}
    ${sighting.open ? sightingCard(desk) : nothing}
    ${startDoors(desk)}
  `;
}

/** An empty sky under a sensor that says nothing is not an empty sky: said where the officer looks. */
function blindSensors(desk: Desk): TemplateResult | typeof nothing {
  const { state } = desk;
  const bad = state.sensors.filter((s) => s.max_range_m && ["stale", "silent", "never"].includes(state.sensorState(s)));
  if (!bad.length) return nothing;
  const words = bad.map((s) => {
    const age = state.sensorAge(s);
    return `${s.id} (${spaced(s.kind)}) ${age === null ? "never heard" : `silent for ${shortAge(age)}`}`;
  });
  return html`<button class="over-note is-blind" @click=${() => desk.show("sensors")}>
    <b>NOT WATCHED:</b> ${words.join("; ")}. No tracks there does not mean nobody is there.
  </button>`;
}

function filtered(desk: Desk): TemplateResult | typeof nothing {
  const { state } = desk;
  if (state.quick === 0) return nothing;
  const { store } = state;
  let shown = 0;
  for (let s = 0; s < store.high; s++) if (store.live[s] && isShown(state.quick, store, s, state.selected)) shown++;
  const words = state.quick === 1 ? QUICK[1]!.words : `${QUICK[state.quick]!.words}, and tracks with alerts`;
  return html`<button class="over-note is-filtered" @click=${() => desk.setQuick(0)}>
    <b>FILTERED:</b> only ${words}: ${count(shown)} of ${count(store.size)}. <kbd>0</kbd> shows all
  </button>`;
}

function coverage(desk: Desk): TemplateResult | typeof nothing {
  const { coverage: held } = desk;
  if (held.heightM === null) return nothing;
  return html`<div class="over-note" role="group" aria-label="What no sensor sees">
    <b>Hatched: no sensor sees it now</b> at
    <select aria-label="Height above the site" @change=${(e: Event) => held.show(Number((e.target as HTMLSelectElement).value))}>
      ${BANDS_M.map((h) => html`<option value=${h} ?selected=${h === held.heightM}>${heightIn(h)}</option>`)}
    </select>
    <button class="act" @click=${() => held.show(null)}>Hide</button>
    ${held.error ? html`<span class="over-error" role="alert">${held.error}</span>` : held.reasons.length ? html`<span class="quiet over-why">${held.reasons.map((r) => (r.endsWith(".") ? r : `${r}.`)).join(" ")}</span>` : nothing}
  </div>`;
}

function ruler(desk: Desk): TemplateResult | typeof nothing {
  if (!desk.ruler.on) return nothing;
  const found = desk.ruler.measured();
  return html`<div class="over-note" role="status" id="ruler-words">
    <b>Range and bearing</b> ${
      found ? `${bearing(found.bearingDeg)}, ${distance(found.distanceM)} (back ${bearing(found.backDeg)})` : "click on the map"
    } <button class="act" @click=${() => desk.ruler.stop()}>End <kbd>r</kbd></button>
  </div>`;
}

function sightingCard(desk: Desk): TemplateResult {
  const { sighting } = desk;
  const send = (e: Event) => {
    e.preventDefault();
    void sighting.send();
  };
  return html`<form class="sighting" aria-label="Visual sighting" @submit=${send}>
    <h2>Seen by eye</h2>
    <label>Bearing, deg true
      <input
        type="text"
        inputmode="numeric"
        maxlength="6"
        autocomplete="off"
        placeholder="140, or click the map"
        .value=${live(sighting.bearing)}
        @input=${(e: Event) => {
          sighting.bearing = (e.target as HTMLInputElement).value;
          desk.state.changed();
        }}
        ${ref(focusNew)}
      /></label>
    <label>About how far ${rough(ROUGH_RANGES_M, sighting.rangeM, distance, (v) => (sighting.rangeM = v))}</label>
    <label>About how high ${rough(ROUGH_HEIGHTS_M, sighting.heightM, heightIn, (v) => (sighting.heightM = v))}</label>
    <label>What
      <select @change=${(e: Event) => (sighting.what = (e.target as HTMLSelectElement).value as (typeof SEEN_WHAT)[number])}>
        ${SEEN_WHAT.map((w) => html`<option ?selected=${w === sighting.what}>${w}</option>`)}
      </select></label>
    <label class="wide">Note
      <input type="text" maxlength="500" autocomplete="off" .value=${live(sighting.note)} @input=${(e: Event) => (sighting.note = (e.target as HTMLInputElement).value)}
    /></label>
    <p class="row-actions">
      <button class="act is-main" type="submit" ?disabled=${sighting.sending}>${sighting.sending ? "Sending…" : "Send"} <kbd>Enter</kbd></button>
      <button class="act" type="button" aria-pressed=${sighting.stand.waiting ? "true" : "false"} @click=${() => sighting.stand.pick()}>
        ${sighting.stand.waiting ? "click where you stand" : sighting.stand.place ? `from ${place(...sighting.stand.place)}` : "Seen from the site…"}
      </button>
      <button class="act" type="button" @click=${() => sighting.leave()}>Leave <kbd>Esc</kbd></button>
    </p>
    ${sighting.error ? html`<p class="is-bad more" role="alert">${sighting.error}</p>` : nothing}
  </form>`;
}

/** Rough steps, "no idea" first; a value from a click on the map stands among them. */
function rough(steps: readonly number[], now: number | null, say: (m: number) => string, set: (m: number | null) => void): TemplateResult {
  const all = now === null || steps.includes(now) ? [...steps] : [...steps, now].sort((a, b) => a - b);
  return html`<select @change=${(e: Event) => set(Number((e.target as HTMLSelectElement).value) || null)}>
    <option value="" ?selected=${now === null}>no idea</option>
    ${all.map((m) => html`<option value=${m} ?selected=${m === now}>${say(m)}</option>`)}
  </select>`;
}

const seen = new WeakSet<Element>();

/** The field takes the focus when the card opens, not when it is drawn again. */
function focusNew(field: Element | undefined): void {
  if (!field || seen.has(field)) return;
  seen.add(field);
  takeFocus(field);
}
