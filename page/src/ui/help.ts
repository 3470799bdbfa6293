/** The help: every key, from the same table that acts on them, and what the symbols mean. */
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import type { Desk } from "../desk.ts";
import { isHere, KEY_ROWS } from "../keys.ts";
import { drawSymbol } from "../map/sprites.ts";
import { palettes } from "../palette.ts";
import { AFFILIATION_WORDS, CLASS_WORDS, STATUS_WORDS } from "../words.ts";

export function help(desk: Desk): TemplateResult | typeof nothing {
  if (!desk.state.help) return nothing;
  const groups = [...new Set(KEY_ROWS.map((r) => r.group))].filter((g) => isHere(g, desk));
  return html`<div class="help-back" @click=${() => desk.toggleHelp(false)}></div>
    <section class="help" role="dialog" aria-modal="true" aria-label="Help" tabindex="-1" ${ref(takeFocus)}>
      <div class="help-head">
        <h2>Keys and symbols</h2>
        <button class="act" @click=${() => desk.toggleHelp(false)}>Close <kbd>Esc</kbd></button>
      </div>
      <div class="help-keys">
        ${groups.map(
          (group) => html`<div>
            <h3>${group}</h3>
            <dl>${KEY_ROWS.filter((r) => r.group === group).map((r) => html`<dt><kbd>${r.keys}</kbd></dt><dd>${r.does}</dd>`)}</dl>
          </div>`,
        )}
      </div>
      <p><a href="?view=wall" target="_blank" rel="noopener">Second screen</a>: map and alerts alone, to be read from three metres.</p>
      <h3>Symbols</h3>
      <ul class="legend">
        ${AFFILIATION_WORDS.map((words, a) => html`<li>${symbol(desk, a, 0, 1)} ${words}</li>`)}
        ${CLASS_WORDS.slice(1).map((words, c) => html`<li>${symbol(desk, 0, c + 1, 1)} ${words}</li>`)}
        ${STATUS_WORDS.map((words, s) => (s === 1 ? nothing : html`<li>${symbol(desk, 0, 1, s)} ${words}</li>`))}
      </ul>
      <p class="quiet">
        The line ahead of a symbol is where it will be in 30 s; the line behind is the last minute. A broken circle around a selected or alerted track
        is where it lies with 2 sigma. In the list, c after an age: coasting, not measured lately. Heights are above mean sea level. Sentences of the station and its log are in metres
        and UTC whatever units are chosen.
      </p>
    </section>`;
}

function takeFocus(dialog: Element | undefined): void {
  if (dialog instanceof HTMLElement && !dialog.contains(document.activeElement)) dialog.focus();
}

function symbol(desk: Desk, affiliation: number, classification: number, status: number): TemplateResult {
  const draw = (el: Element | undefined) => {
    if (!(el instanceof HTMLCanvasElement)) return;
    el.width = el.height = 60;
    const pen = el.getContext("2d")!;
    pen.setTransform(2, 0, 0, 2, 30, 30);
    drawSymbol(pen, palettes[desk.state.palette], affiliation, classification, status);
  };
  return html`<canvas class="legend-symbol" aria-hidden="true" ${ref(draw)}></canvas>`;
}
