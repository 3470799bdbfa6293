/** The numbers in tables, each card with the definitions of its words. */
import { html, nothing, type TemplateResult } from "lit";
import { count, plural, spaced } from "../words.ts";
import type { Counts } from "./api.ts";
import { percent } from "./charts.ts";
import { dayBefore } from "./question.ts";

/** The definitions that a card's numbers rest on, in the station's own words. */
export function defined(c: Counts, ...names: string[]): TemplateResult {
  return html`<dl class="defined">
    ${names.filter((n) => c.definitions[n]).map((n) => html`<div><dt>${spaced(n)}</dt><dd>${c.definitions[n]}</dd></div>`)}
  </dl>`;
}

const number = (n: number | string): TemplateResult => html`<b class="figure">${typeof n === "number" ? count(n) : n}</b>`;

/** The answer in a line: how many, a day, of how many, watched for how long. */
export function headline(c: Counts): TemplateResult {
  const near = c.near;
  const known = c.calendar.map((d) => d.uptime).filter((u) => u !== null);
  const uptime = known.length ? known.reduce((a, b) => a + b, 0) / known.length : null;
  return html`<section class="card wide" aria-label="The count">
    <p class="asked">${askedWords(c)}</p>
    <ul class="figures">
      <li>${number(c.flights)} ${c.flights === 1 ? "flight" : "flights"}</li>
      <li>${number(c.per_day === null ? "–" : String(c.per_day))} a day <span class="quiet">(${count(c.flight_days)} flight-days, ${c.over_midnight} over midnight)</span></li>
      ${near ? html`<li>${number(c.flights_seen)} seen at all</li><li>${number(near.incursions)} with an incursion</li>` : nothing}
      <li>${number(c.airframes)} airframes <span class="quiet">(and ${count(c.flights_without_identity)} flights without identity)</span></li>
      <li>${number(percent(uptime))} uptime</li>
    </ul>
    ${defined(c, "observed", "flight", "near", "incursion", "day", "airframe", "uptime")}
  </section>`;
}

export function askedWords(c: Counts): string {
  const near = c.near ? `within ${c.near.within_m} m of ${c.near.shape}` : "everywhere";
  return `${c.simulated ? "SIMULATED flights" : "Flights"} observed ${near}, ${periodWords(c)}`;
}

export function periodWords(c: Counts): string {
  return `${c.period.since.slice(0, 10)} to ${dayBefore(c.period.until)}, ${plural(c.period.days, "day")}, UTC`;
}

/** Given figures, what each comes to a day, and what ours is of it; and whether the given ones agree with one another. */
export function compared(c: Counts): TemplateResult | typeof nothing {
  if (!c.compared) return nothing;
  return html`<section class="card wide" aria-label="Given figures beside ours">
    <h2>Given figures beside ours</h2>
    <table>
      <thead><tr><th>given</th><th class="number">a day</th><th class="number">ours a day</th><th class="number">ours is</th></tr></thead>
      <tbody>
        ${c.compared.figures.map(
          (f) => html`<tr><td>${f.given}</td><td class="number">${f.per_day}</td><td class="number">${f.ours_per_day}</td><td class="number">${f.ours_is_percent_of_it === null ? "–" : `${f.ours_is_percent_of_it} % of it`}</td></tr>`,
        )}
      </tbody>
    </table>
    ${c.compared.differ_percent === undefined || c.compared.differ_percent === null ? nothing : html`<p>The given figures differ from one another by <b>${c.compared.differ_percent} %</b>.</p>`}
    <p class="quiet">Whether a given figure means the same by a flight, a day and near is for its giver to say. Ours: ${askedWords(c).replace(/^\w/, (x) => x.toLowerCase())}.</p>
    ${defined(c, "flight", "near", "day")}
  </section>`;
}

/** What stands under every count: how long each sensor worked. */
export function uptimes(c: Counts): TemplateResult {
  const share = (h: number) => percent(c.period_h ? h / c.period_h : null);
  const down = c.flights_with_a_sensor_down;
  const pieces = c.pieces_of_unknown_objects;
  return html`<section class="card" aria-label="Uptime">
    <h2>Uptime of the sensors, in ${count(c.period_h)} h</h2>
    <table>
      <thead><tr><th>sensor</th><th class="number">worked</th><th class="number">did not</th><th class="number">nobody watched</th></tr></thead>
      <tbody>
        ${Object.entries(c.sensors).map(([name, s]) =>
          s.judged
            ? html`<tr><td>${name}</td><td class="number">${share(s.up_h)}</td><td class="number">${share(s.down_h)}</td><td class="number">${share(Math.max(0, c.period_h - s.up_h - s.down_h))}</td></tr>`
            : html`<tr><td>${name}</td><td colspan="3">imported; heard in ${s.heard_h} h, its uptime is not known</td></tr>`,
        )}
      </tbody>
    </table>
    <p>${down === null ? "Flights seen with a sensor down: not known." : `${plural(down, "flight")} seen with a sensor down${c.flights ? `, ${((100 * down) / c.flights).toFixed(1)} %` : ""}.`}
      ${pieces.all ? `Pieces of unknown objects: ${count(pieces.all)}, ${count(pieces.joined)} joined to another, ${count(pieces.unjoined)} not.` : ""}</p>
    ${defined(c, "uptime", "flight")}
  </section>`;
}

export function leftOut(c: Counts): TemplateResult {
  const kinds = Object.entries(c.left_out_flights);
  const seen = c.airframes_by_days_seen;
  return html`<section class="card" aria-label="Left out and returning">
    <h2>Counted apart</h2>
    ${kinds.length ? html`<table><tbody>${kinds.map(([kind, n]) => html`<tr><td>${spaced(kind)}</td><td class="number">${count(n)}</td></tr>`)}</tbody></table>` : html`<p>Nothing was left out.</p>`}
    ${Object.entries(c.left_out_rows).map(([why, n]) => html`<p>${plural(n, "row")} left out when the archive was made: ${spaced(why)}</p>`)}
    <h2>Returning airframes</h2>
    <p>${seen["1"] ?? 0} on one day, ${seen["2-3"] ?? 0} on two or three, ${seen["4+"] ?? 0} on more.</p>
    ${defined(c, "left_out", "airframe")}
  </section>`;
}

export function crossings(c: Counts): TemplateResult | typeof nothing {
  const n = c.near;
  if (!n?.crossings) return nothing;
  return html`<h2>Crossings</h2>
    <table>
      <thead><tr><th>direction</th><th class="number">crossings</th><th class="number">flights</th><th class="number">beyond 2 sigma</th></tr></thead>
      <tbody>
        ${Object.entries(n.crossings).map(([way, k]) => html`<tr><td>${spaced(way)}</td><td class="number">${count(k)}</td><td class="number">${count(n.flights_that_crossed[way] ?? 0)}</td><td class="number">${count(n.crossings_beyond_2_sigma[way] ?? 0)}</td></tr>`)}
      </tbody>
    </table>
    <p>Dwell in all: ${(n.dwell_all_s / 3600).toFixed(1)} h. ${plural(n.began_near, "flight")} began near.</p>`;
}

const SHOWN = 400;

export function table(c: Counts): TemplateResult {
  const rows = c.by === "hour" ? c.table.filter((r) => r.flights || r.flights_seen) : c.table;
  const length = c.by === "hour" ? 16 : 10;
  return html`<details class="card wide">
    <summary>Table by ${c.by}${c.by === "hour" ? ", hours with a flight" : ""}: ${plural(rows.length, "row")}</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Table by ${c.by}">
      <table>
        <thead><tr><th>start (UTC)</th><th class="number">flights</th><th class="number">seen</th><th class="number">airframes</th><th class="number">uptime</th></tr></thead>
        <tbody>
          ${rows.slice(0, SHOWN).map((r) => html`<tr><td>${r.start.slice(0, length).replace("T", " ")}</td><td class="number">${count(r.flights)}</td><td class="number">${count(r.flights_seen)}</td><td class="number">${count(r.airframes)}</td><td class="number">${percent(r.uptime)}</td></tr>`)}
        </tbody>
      </table>
    </div>
    ${rows.length > SHOWN ? html`<p>${plural(rows.length - SHOWN, "more row")}: the CSV file has all.</p>` : nothing}
    ${defined(c, "day", "flight", "airframe", "uptime")}
  </details>`;
}

export function weekTable(c: Counts, names: string[]): TemplateResult {
  return html`<details>
    <summary>as a table</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Hour by weekday as a table">
      <table>
        <thead><tr><th>hour</th>${names.map((n) => html`<th class="number">${n}</th>`)}</tr></thead>
        <tbody>
          ${Array.from({ length: 24 }, (_, h) => html`<tr><td>${String(h).padStart(2, "0")}</td>${names.map((_n, d) => html`<td class="number">${c.hour_by_weekday[d]![h]}</td>`)}</tr>`)}
        </tbody>
      </table>
    </div>
  </details>`;
}
