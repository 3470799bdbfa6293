/** Sensor health: state and age of each, what was left out and why, and the station's own problems in words. */
import { html, nothing, type TemplateResult } from "lit";
import type { Bias, Counts, Sensor } from "../api.ts";
import type { Desk } from "../desk.ts";
import { tableHead } from "./table.ts";
import { age, count, plural, shortAge, spaced } from "../words.ts";

const STATE_WORDS: Record<Sensor["state"], string> = { ok: "ok", stale: "STALE", silent: "SILENT", never: "never heard" };

export function sensors(desk: Desk): TemplateResult {
  const { state } = desk;
  const { health, counts } = state;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Sensors and station health">
    ${
      health && health.problems.length
        ? html`<ul class="problems" aria-label="Problems">${health.problems.map((p) => html`<li>${p}</li>`)}</ul>`
        : html`<p class="all-well">${health ? "The station reports no problems." : "Asking the station…"}</p>`
    }
    <table class="small sensors">
      ${tableHead("Sensor", "Kind", "State", ">Heard", ">Clock", ">Per s", ">Left out")}
      <tbody>${state.sensors.map((s) => sensorRow(desk, s))}</tbody>
    </table>
    ${state.sensors.length ? nothing : html`<p class="more">No sensors are configured.</p>`}
    ${counts ? html`<h3 class="sub">Left out, by source and reason</h3>${leftOut(counts)}` : nothing}
    <p class="quiet">
      ${counts ? `${count(counts.detections)} detections, ${count(counts.tracks)} tracks, ${count(counts.alerts)} alerts.` : ""}
      ${health ? `Station ${health.version ?? state.hello?.station ?? ""} up for ${age(health.uptime_s)}.` : ""}
    </p>
  </div>`;
}

function sensorRow(desk: Desk, s: Sensor): TemplateResult {
  const now = desk.state.sensorState(s);
  const bad = now === "stale" || now === "silent";
  const left = Object.entries(s.left_out);
  const total = left.reduce((sum, [, n]) => sum + n, 0);
  const off = biasWords(s);
  return html`<tr class=${bad ? "is-bad" : ""} data-sensor=${s.id} data-state=${now}>
    <td title=${`${conditionsTitle(s)}\n${biasTitle(s.bias)}`.trim()}>${s.id}</td>
    <td>${s.radio ? html`<a href="/spectrum.html">spectrum</a>` : spaced(s.kind)}</td>
    <td>${bad ? html`<b class="state-bad">${STATE_WORDS[now]}</b>` : STATE_WORDS[now]}</td>
    <td class="number">${shortAge(desk.state.sensorAge(s))}</td>
    <td class="number" title=${clockTitle(s)}>${s.clock_wrong ? html`<b class="state-bad">${offset(s)}</b>` : offset(s)}</td>
    <td class="number">${s.per_s === null ? "–" : s.per_s.toFixed(1)}</td>
    <td class="number" title=${left.map(([reason, n]) => `${spaced(reason)}: ${n}`).join("\n")}>${count(total)}</td>
  </tr>${off ? html`<tr class="bias"><td colspan="7">${off}</td></tr>` : nothing}`;
}

/** How far the sensor's own time is from the station's, the way's delay included: "+0.2 s", "-1.0 h", "–" where it gives none. */
function offset(s: Sensor): string {
  const off = s.clock_offset_s;
  if (off === null) return "–";
  const sign = off < 0 ? "-" : "+";
  const [abs, of] = [Math.abs(off), (v: number, unit: string) => `${sign}${v.toFixed(1)} ${unit}`];
  return abs >= 5400 ? of(abs / 3600, "h") : abs >= 90 ? of(abs / 60, "min") : of(abs, "s");
}

function clockTitle(s: Sensor): string {
  if (s.clock_offset_s === null) return "Its messages carry no time of their own, or too few came.";
  const spread = `Arrival minus its own time; jitter ${(s.clock_jitter_s ?? 0).toFixed(2)} s.`;
  return s.clock_wrong ? `${spread} Too far off: its data are dated by their arrival (${count(s.redated)} so far).` : spread;
}

/** Range, azimuth and time: name, value, 1 sigma, unit, whether it is known, whether the tracks are corrected for it. */
function biasParts(b: Bias): { name: string; value: string; sigma: string; known: boolean; corrected: boolean }[] {
  const parts: [string, number | null, number | null, string, number][] = [
    ["range", b.range_m, b.sigma_range_m, "m", 0],
    ["azimuth", b.azimuth_deg, b.sigma_azimuth_deg, "deg", 2],
    ["time", b.time_s, b.sigma_time_s, "s", 2],
  ];
  return parts.map(([name, value, sigma, unit, digits], i) => ({
    name,
    value: value === null ? "" : `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(digits)} ${unit}`,
    sigma: sigma === null ? "" : `${sigma.toFixed(digits)} ${unit}`,
    known: b.observable[i] === true && value !== null,
    corrected: b.corrected[i] === true,
  }));
}

/** What stands under a sensor that measures beside the others: what is corrected, or that no bias explains it. "" = nothing to say. */
function biasWords({ id, bias }: Sensor): string {
  if (bias === null) return "";
  if (!bias.fits) return `${id} disagrees with others as no bias would: is its place right?`;
  const corrected = biasParts(bias).filter((p) => p.corrected);
  return corrected.length ? `${id} is off by ${corrected.map((p) => `${p.name} ${p.value}`).join(", ")}: corrected` : "";
}

/** What it detects where, and how much of what it shows is false. */
function conditionsTitle({ conditions }: Sensor): string {
  if (!conditions) return "";
  const sectors = conditions.detection_probability
    .map((p, i) => ({ p, from: 30 * i }))
    .filter((s): s is { p: number; from: number } => s.p !== null);
  const words = `${count(Math.round(conditions.clutter_per_scan))} false plots a scan.`;
  if (!sectors.length) return words;
  const worst = sectors.reduce((a, b) => (b.p < a.p ? b : a));
  const best = sectors.reduce((a, b) => (b.p > a.p ? b : a));
  const where = (from: number) => `${String(from).padStart(3, "0")}-${String(from + 30).padStart(3, "0")} deg`;
  const least = `it detects ${Math.round(100 * worst.p)} % towards ${where(worst.from)}`;
  return worst === best ? `${words} Of what it should see ${least}.`
    : `${words} Of what it should see ${least} (worst) and ${Math.round(100 * best.p)} % towards ${where(best.from)} (best).`;
}

function biasTitle(b: Bias | null): string {
  if (b === null) return "No other sensor sees what it sees, so nothing can be said of its biases.";
  const words = biasParts(b).map((p) =>
    p.known ? `${p.name} ${p.value}, sigma ${p.sigma}${p.corrected ? ", corrected" : ""}` : `${p.name}: not observable`,
  );
  const doubt = b.fits ? "" : "\nThe differences are not those of such biases: is its place right?";
  return `Against other sensors, from ${count(Math.round(b.pairs))} pairs of plots:\n${words.join("\n")}${doubt}`;
}

function leftOut(counts: Counts): TemplateResult {
  const sources = Object.entries(counts.left_out).filter(([, reasons]) => Object.keys(reasons).length);
  if (!sources.length) return html`<p class="quiet">Nothing was left out.</p>`;
  return html`<ul class="left-out">
    ${sources.map(
      ([source, reasons]) => html`<li><b>${source}</b>
        <ul>${Object.entries(reasons).map(([reason, n]) => html`<li>${count(n)} ${reasonWords(counts, reason)}</li>`)}</ul></li>`,
    )}
  </ul>`;
}

/** "bad length: its length is not what ..."; a reason of which the station knows no more stands alone. */
function reasonWords(counts: Counts, reason: string): string {
  const words = counts.words?.[reason];
  return words && words !== spaced(reason) ? `${spaced(reason)}: ${words}` : spaced(reason);
}

export function healthWords(desk: Desk): string {
  const bad = desk.state.sensors.filter((s) => ["stale", "silent"].includes(desk.state.sensorState(s))).length;
  return bad ? `${plural(bad, "sensor")} silent` : "";
}
