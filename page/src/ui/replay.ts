/** The strip of a replay: play, step, speed, and the time line with its alerts. */
import { html, nothing, svg, type TemplateResult } from "lit";
import type { Desk } from "../desk.ts";
import { BACK_S, SPEEDS, STEP_S } from "../replay.ts";
import { clock, clockWithZone, day, plural } from "../words.ts";

export function replayStrip(desk: Desk): TemplateResult | typeof nothing {
  const { replay, state } = desk;
  const at = replay.stand;
  if (!at) return nothing;
  const length = at.until - at.since;
  const shown = replay.dragging === null ? Math.min(Math.max(state.now() - at.since, 0), length) : replay.dragging;
  const still = at.paused || at.over;
  const speeds = SPEEDS.some((s) => s === at.speed) ? [...SPEEDS] : [...SPEEDS, at.speed].sort((a, b) => a - b);
  const raised = replay.raised();
  return html`<div class="strip-replay" id="replay" role="group" aria-label="Replay">
    <b class="replay-word">REPLAY</b>
    <button class="chip" aria-label=${still ? "Play" : "Pause"} title="Play or pause (o)" @click=${() => replay.toggle()}>${still ? "▶" : "❚❚"}</button>
    <button class="chip" title="Back, and stand still (,)" @click=${() => replay.step(-BACK_S)}>−${BACK_S} s</button>
    <button class="chip" title="On, and stand still (.)" @click=${() => replay.step(STEP_S)}>+${STEP_S} s</button>
    <select aria-label="Speed" @change=${(e: Event) => replay.speed(Number((e.target as HTMLSelectElement).value))}>
      ${speeds.map((s) => html`<option value=${s} ?selected=${s === at.speed}>${s} ×</option>`)}
    </select>
    <button class="chip" aria-label="To the alert before" title="To the alert before ([)" @click=${() => replay.toAlert(-1)}>‹ alert</button>
    <button class="chip" aria-label="To the next alert" title="To the next alert (])" @click=${() => replay.toAlert(1)}>alert ›</button>
    <span class="timeline">
      <svg class="timeline-marks" aria-hidden="true">
        ${replay.events.map((e) => {
          const x = `${((e.time - at.since) / length) * 100}%`;
          const [high, from] = e.what === "raised" ? [e.severity === "high" ? 14 : 10, 0] : [4, 0];
          return svg`<rect class=${`mark-${e.what} is-${e.severity}`} x=${x} y=${from} width="3" height=${high}><title>${clock(e.time)} ${e.text}</title></rect>`;
        })}
      </svg>
      <input type="range" id="replay-at" min="0" max=${Math.ceil(length)} step="1" .value=${String(Math.round(shown))}
        aria-label=${`Moment of the replay; ${plural(raised.length, "alert")} raised in the period`} aria-valuetext=${clockWithZone(at.since + shown)}
        @input=${(e: Event) => { replay.dragging = Number((e.target as HTMLInputElement).value); state.changed(); }}
        @change=${(e: Event) => replay.seek(at.since + Number((e.target as HTMLInputElement).value))} />
    </span>
    <span class="replay-time">${day(at.since + shown)} ${clockWithZone(at.since + shown)}${at.seeking ? " …" : at.over ? " end" : ""}</span>
  </div>`;
}
