/** The track list: filtered by one box, sorted by alert, distance, age or name. Long lists show their first rows and say so. */
import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../desk.ts";
import { bearingDistance } from "../geo.ts";
import { flagWords } from "../flags.ts";
import { trackName } from "../map/tracks.ts";
import { isShown } from "../quick.ts";
import type { Sort, State } from "../state.ts";
import { COASTING, VESSEL, type TrackStore } from "../store.ts";
import { heightNumber, heightUnit, speedNumber, speedUnit } from "../units.ts";
import { tableHead } from "./table.ts";
import { Renewed } from "./renewed.ts";
import {
  AFFILIATION_WORDS,
  bearing,
  CLASS_WORDS,
  count,
  distance,
  SEVERITY_SHAPES,
  shortAge,
  STATUS_WORDS,
} from "../words.ts";

const MOST_ROWS = 80;
/** Serial numbers of one maker begin alike: in the narrow column the end tells them apart. */
const TAIL = 6;
const SORTS: [Sort, string][] = [
  ["alert", "alert"],
  ["distance", "distance"],
  ["age", "age"],
  ["name", "name"],
];
const SEVERITIES = ["", "low", "medium", "high"] as const;

interface Row {
  slot: number;
  id: number;
  name: string;
  bearingDeg: number;
  distanceM: number;
}

const drawn = new Renewed<Row>((r) => r.id);

function wordsOf(state: State, slot: number): string {
  const { store } = state;
  return [
    `T${store.id[slot]}`,
    store.label[slot]?.identity ?? "",
    store.label[slot]?.identity_kind ?? "",
    CLASS_WORDS[store.classification[slot]!] ?? "",
    AFFILIATION_WORDS[store.affiliation[slot]!] ?? "",
    STATUS_WORDS[store.status[slot]!] ?? "",
    ...flagWords(store.flags[slot]!),
    SEVERITIES[store.alert[slot]!] ?? "",
  ]
    .join(" ")
    .toLowerCase();
}

/** The list is worked out anew twice a second at most, or at once when the officer asks for another one: of 10,000 tracks it takes time. */
const EVERY_MS = 500;
let held: Row[] = [];
let heldKey = "";
let heldAtMs = -Infinity;

function rows(state: State): Row[] {
  const key = `${state.filter}\n${state.sort} ${state.quick} ${state.selected}`;
  if (key !== heldKey || performance.now() - heldAtMs >= EVERY_MS - 20) {
    held = workOut(state);
    heldKey = key;
    heldAtMs = performance.now();
  }
  return held.filter((r) => state.store.live[r.slot] && state.store.id[r.slot] === r.id);
}

function workOut(state: State): Row[] {
  const { store } = state;
  const wanted = state.filter.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const plane = store.plane;
  const found: Row[] = [];
  for (let slot = 0; slot < store.high; slot++) {
    if (!store.live[slot] || !isShown(state.quick, store, slot, state.selected)) continue;
    if (wanted.length) {
      const words = wordsOf(state, slot);
      if (!wanted.every((w) => words.includes(w))) continue;
    }
    const from = bearingDistance(plane.latDeg, plane.lonDeg, store.lat[slot]!, store.lon[slot]!);
    found.push({ slot, id: store.id[slot]!, name: shortName(store, slot), ...from });
  }
  const order: Record<Sort, (a: Row, b: Row) => number> = {
    alert: (a, b) =>
      store.alert[b.slot]! - store.alert[a.slot]! ||
      Number(store.affiliation[b.slot] === 3) - Number(store.affiliation[a.slot] === 3) ||
      a.distanceM - b.distanceM,
    distance: (a, b) => a.distanceM - b.distanceM,
    age: (a, b) => store.updatedAt[a.slot]! - store.updatedAt[b.slot]!,
    name: (a, b) => a.name.localeCompare(b.name, "en", { numeric: true }),
  };
  return found.sort((a, b) => order[state.sort](a, b) || a.id - b.id);
}

export function trackList(desk: Desk): TemplateResult {
  const { state } = desk;
  const all = rows(state);
  const shown = all.slice(0, MOST_ROWS);
  return html`
    <div class="list-tools">
      <h2>Tracks</h2>
      <input
        id="filter"
        type="search"
        placeholder="Filter: number, identity, class… (/)"
        aria-label="Filter the tracks"
        autocomplete="off"
        spellcheck="false"
        .value=${state.filter}
        @input=${(e: Event) => desk.setFilter((e.target as HTMLInputElement).value)}
      />
      <label class="sort">sort
        <select aria-label="Sort the tracks by" @change=${(e: Event) => desk.setSort((e.target as HTMLSelectElement).value as Sort)}>
          ${SORTS.map(([value, words]) => html`<option value=${value} ?selected=${state.sort === value}>${words}</option>`)}
        </select>
      </label>
      <span class="pane-note">${state.filter || state.quick ? `${count(all.length)} of ${count(state.store.size)}` : count(all.length)}</span>
    </div>
    <div class="scroll" tabindex="0" role="region" aria-label="Track list">
      <table class="tracks">
        ${tableHead("Track", "Class", ">Brg", ">Dist", `>Ht ${heightUnit()}`, `>${speedUnit()}`, ">Age")}
        <tbody>
          ${drawn.rows(shown, (r) => trackRow(desk, r))}
        </tbody>
      </table>
      ${all.length > shown.length ? html`<p class="more">${count(all.length - shown.length)} more. Filter to see them.</p>` : nothing}
      ${all.length === 0 ? html`<p class="more">${state.filter ? "No track matches the filter." : "No tracks."}</p>` : nothing}
    </div>
  `;
}

function trackRow(desk: Desk, r: Row): TemplateResult {
  const { state } = desk;
  const { store } = state;
  const s = r.slot;
  const severity = SEVERITIES[store.alert[s]!] ?? "";
  const height = store.altM[s]! - (state.hello?.site.geoid_separation_m ?? 0);
  const coasting = store.status[s] === COASTING;
  return html`<tr class="${r.id === state.selected ? "is-selected" : ""} ${severity ? `is-${severity}` : ""}" @click=${() => desk.lookAtTrack(r.id)}>
    <td>
      <button class="track-name" title=${store.label[s]?.identity ?? nothing} @click=${(e: Event) => {
        e.stopPropagation();
        desk.lookAtTrack(r.id);
      }}>
        ${severity ? html`<span class="severity-mark is-${severity}" title="${severity} alert">${SEVERITY_SHAPES[severity as "low"]}</span>` : nothing}${r.name}
      </button>
      <span class="class class-below">${classWords(store.classification[s]!, store.affiliation[s]!)}</span>
    </td>
    <td class="class">${classWords(store.classification[s]!, store.affiliation[s]!)}</td>
    <td class="number">${bearing(r.bearingDeg)}</td>
    <td class="number">${distance(r.distanceM)}</td>
    <td class="number">${store.classification[s] === VESSEL ? "–" : height === height ? heightNumber(height) : "?"}</td>
    <td class="number">${speedNumber(store.speed(s))}</td>
    <td class="number ${coasting ? "is-old" : ""}" title=${coasting ? "coasting: not measured lately" : ""}>
      ${shortAge(state.pictureTime() - store.updatedAt[s]!)}${coasting ? " c" : ""}
    </td>
  </tr>`;
}

function shortName(store: TrackStore, slot: number): string {
  const identity = store.label[slot]?.identity;
  return identity && identity.length > TAIL + 3 ? `…${identity.slice(-TAIL)}` : trackName(store, slot);
}

function classWords(classification: number, affiliation: number): string {
  const what = CLASS_WORDS[classification] ?? "unknown";
  const whose = AFFILIATION_WORDS[affiliation] ?? "unknown";
  if (whose === "unknown") return what;
  return what === "unknown" ? whose : `${what} · ${whose}`;
}
