/** The run on one line of time: a row per object that mattered, a mark per moment, the entry as a bar, the decisions below; a click goes there. */
import { html, svg, type TemplateResult } from "lit";
import { mmss } from "../exercise.ts";
import type { Review, ScoredObject } from "./api.ts";

const WIDE = 900;
const LEFT = 150;
const ROW = 22;
const MOST = 12;
export const MARKS = ["seen", "track", "alert", "acknowledged", "judged", "reported"] as const;
const SHAPES: Record<(typeof MARKS)[number], string> = { seen: "○", track: "●", alert: "▲", acknowledged: "✓", judged: "◆", reported: "✎" };

export function timeline(review: Review, at: number, go: (s: number) => void): TemplateResult {
  const { score } = review;
  const rows = grouped(score.events.filter((e) => e.watched)).slice(0, MOST);
  const until = Math.max(score.until_s, 1);
  const scale = (WIDE - LEFT - 14) / until;
  const x = (s: number) => LEFT + s * scale;
  const decisions = review.moments.filter((m) => m.decision);
  const high = ROW * (rows.length + 2) + 18;
  const step = [10, 30, 60, 120, 300, 600, 1800, 3600].find((s) => until / s <= 12) ?? 86400;
  const ticks = Array.from({ length: Math.floor(until / step) + 1 }, (_, i) => i * step);
  const click = (e: MouseEvent) => {
    const box = (e.currentTarget as SVGElement).getBoundingClientRect();
    const s = (((e.clientX - box.left) / box.width) * WIDE - LEFT) / scale;
    if (s >= 0) go(Math.min(s, until));
  };
  return html`<svg class="timeline" viewBox="0 0 ${WIDE} ${high}" role="img" aria-label="Time line of the objects that mattered; the moments are listed below" @click=${click}>
      ${ticks.map((t) => svg`<path class="tick" d="M${x(t)} 14V${high - 4}" /><text x=${x(t)} y="10" text-anchor="middle">${mmss(t)}</text>`)}
      ${rows.map(([name, e], i) => {
        const y = ROW * (i + 1) + 8;
        return svg`<text x="0" y=${y + 4}>${name}</text>
          <path class="life" d="M${x(e.appeared_s)} ${y}H${x(e.gone_s)}" />
          ${e.enters_s === null ? "" : svg`<path class="enters" d="M${x(e.enters_s)} ${y - 8}v16"><title>enters ${e.zone}</title></path>`}
          ${marks(e).map(([what, s]) => svg`<text class="mark-${what}" x=${x(s)} y=${y + 4.5} text-anchor="middle">${SHAPES[what]}<title>${what} ${mmss(s)}</title></text>`)}`;
      })}
      <text x="0" y=${ROW * (rows.length + 1) + 12}>decisions</text>
      ${decisions.map((m) => svg`<path class="decided" d="M${x(m.at_s)} ${ROW * (rows.length + 1) + 1}v14"><title>${m.words}</title></path>`)}
      <path class="now" d="M${x(Math.min(at, until))} 12V${high}" />
    </svg>
    <p class="legend-line">${MARKS.map((m) => html`<span><b class="mark-${m}">${SHAPES[m]}</b> ${m}</span>`)}<span><b class="enters-word">┃</b> enters the protected zone</span></p>`;
}

function marks(e: ScoredObject): [(typeof MARKS)[number], number][] {
  const seen = e.seen.flatMap((s) => (s.first ? [s.first.at_s] : []));
  const all: [(typeof MARKS)[number], number | undefined][] = [
    ["seen", seen.length ? Math.min(...seen) : undefined], ["track", e.track?.at_s], ["alert", e.alert?.at_s],
    ["acknowledged", e.acknowledged?.at_s], ["judged", e.judged?.at_s], ["reported", e.reported?.at_s],
  ]; // prettier-ignore
  return all.filter((m): m is [(typeof MARKS)[number], number] => m[1] !== undefined);
}

/** One row for each formation: the member that the watch was told of last stands for it. */
export function grouped(events: ScoredObject[]): [string, ScoredObject][] {
  const groups = new Map<string, ScoredObject[]>();
  for (const e of events) {
    const name = `${e.actor}${e.object.includes("/") ? e.object.slice(e.object.indexOf("/")) : ""}`;
    groups.set(name, [...(groups.get(name) ?? []), e]);
  }
  const late = (e: ScoredObject) => (e.track === null ? 2e9 : 0) + (e.alert?.at_s ?? 1e9);
  return [...groups].map(([name, members]) => {
    const worst = members.reduce((a, b) => (late(b) > late(a) ? b : a));
    return [members.length === 1 ? worst.object : `${name}: last of ${members.length}`, worst];
  });
}
