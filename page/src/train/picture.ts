/**
 * The picture as it was at one moment of a run: what the station showed (tracks, alerts) and, beside it, what was really there.
 *
 * North up, metres to both sides of the site. What was shown is drawn full, the truth hollow and broken: an object without a symbol over it is
 * what the watch could not see.
 */
import { html, nothing, svg, type TemplateResult } from "lit";
import type { Plan, Then } from "./api.ts";

const SIZE = 520;
const HALF = SIZE / 2;
const VECTOR_S = 20;

export function picture(plan: Plan, then: Then | null): TemplateResult {
  const scale = HALF / plan.reach_m;
  const x = (e: number) => HALF + e * scale;
  const y = (n: number) => HALF - n * scale;
  const line = (points: [number, number][]) => points.map(([e, n]) => `${x(e).toFixed(1)},${y(n).toFixed(1)}`).join(" ");
  const inside = (e: number, n: number) => Math.abs(e) <= plan.reach_m && Math.abs(n) <= plan.reach_m;
  const alerted = new Map(then?.alerts.flatMap((a) => a.track_ids.map((id) => [id, a.severity] as const)) ?? []);
  const step = [100, 200, 500, 1000, 2000, 5000, 10000].find((s) => plan.reach_m / s <= 5) ?? 20000;
  return html`<svg class="then" viewBox="0 0 ${SIZE} ${SIZE}" role="img" aria-label=${then ? inWords(then) : "the picture is loading"}>
    ${rings(plan.reach_m, step).map((r) => svg`<circle class="ring" cx=${HALF} cy=${HALF} r=${r * scale} />`)}
    ${plan.zones.map((z) => z.rings.map((ring) => svg`<polyline class="zone zone-${z.kind}" points=${line(ring)}><title>${z.name}</title></polyline>`))}
    ${plan.sensors.filter((s) => inside(s.x, s.y)).map((s) => svg`<path class="sensor" d="M${x(s.x)} ${y(s.y) - 6}l5 9h-10z"><title>${s.id} (${s.kind})</title></path>`)}
    ${(then?.objects ?? []).map(
      (o) => svg`<g class=${o.watched ? "truth is-watched" : "truth"}>
        <polyline points=${line(o.trail)} />
        <rect x=${x(o.x) - 6} y=${y(o.y) - 6} width="12" height="12" transform="rotate(45 ${x(o.x)} ${y(o.y)})"><title>really there: ${o.object} (${o.kind}), ${o.height_m} m up</title></rect>
        ${o.watched && inside(o.x, o.y) ? svg`<text x=${label(x(o.x))} y=${y(o.y) + 20} text-anchor=${x(o.x) > SIZE - 90 ? "end" : "start"}>${o.object}</text>` : nothing}
      </g>`,
    )}
    ${(then?.tracks ?? []).map(
      (t) => svg`<g class="shown ${alerted.has(t.id) ? `is-${alerted.get(t.id)}` : ""}">
        <polyline points=${line(t.trail)} />
        <path d="M${x(t.x)} ${y(t.y)}L${x(t.x + t.vx * VECTOR_S)} ${y(t.y + t.vy * VECTOR_S)}" />
        ${alerted.has(t.id) ? svg`<circle class="alerted" cx=${x(t.x)} cy=${y(t.y)} r="10" />` : nothing}
        <circle cx=${x(t.x)} cy=${y(t.y)} r="4"><title>shown: track ${t.id}, ${t.classification}${t.identity ? `, ${t.identity}` : ""}</title></circle>
      </g>`,
    )}
    ${(then?.alerts ?? [])
      .filter((a) => a.x !== null && a.y !== null && !a.track_ids.length)
      .map((a) => svg`<circle class="alerted is-${a.severity}" cx=${x(a.x!)} cy=${y(a.y!)} r="10"><title>${a.text}</title></circle>`)}
    <text class="note" x="6" y="14">north up, rings every ${step >= 1000 ? `${step / 1000} km` : `${step} m`}</text>
  </svg>`;
}

function label(x: number): number {
  return x > SIZE - 90 ? x - 9 : x + 9;
}

function rings(reach: number, step: number): number[] {
  const found = [];
  for (let r = step; r <= reach; r += step) found.push(r);
  return found;
}

/** For whoever hears the page, and beside the drawing for all. */
export function inWords(then: Then): string {
  const mine = then.objects.filter((o) => o.watched);
  const shown = new Set(then.tracks.map((t) => t.id));
  const unseen = mine.filter((o) => !o.track_ids.some((id) => shown.has(id))).length;
  const say = (n: number, one: string) => `${n} ${one}${n === 1 ? "" : "s"}`;
  return `${say(then.tracks.length, "track")} shown, ${say(then.objects.length, "object")} really there, ${mine.length} of them mattered${unseen ? `, ${unseen} of these without a track` : ""}`;
}

export const legend = html`<ul class="legend">
  <li><svg viewBox="0 0 18 18"><g class="shown"><circle cx="9" cy="9" r="4" /></g></svg> shown: a track</li>
  <li><svg viewBox="0 0 18 18"><g class="shown is-high"><circle class="alerted" cx="9" cy="9" r="7" /><circle cx="9" cy="9" r="3" /></g></svg> with an alert</li>
  <li><svg viewBox="0 0 18 18"><g class="truth is-watched"><rect x="5" y="5" width="8" height="8" transform="rotate(45 9 9)" /></g></svg> really there, mattered</li>
  <li><svg viewBox="0 0 18 18"><g class="truth"><rect x="5" y="5" width="8" height="8" transform="rotate(45 9 9)" /></g></svg> really there, harmless</li>
</ul>`;
