/** The doors of the house. Only those that exist are shown; today that is the watch. */
import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../desk.ts";

export function startDoors(desk: Desk): TemplateResult | typeof nothing {
  if (desk.state.started) return nothing;
  return html`<section class="doors" aria-label="Start">
    <p class="doors-title">What is in the air now, is it ours, is it honest, does it matter?</p>
    <button id="watch-now" class="door" @click=${() => desk.startWatch(true)}>
      <b>Watch now</b>
      <span>live picture and alerts, with sound</span>
      <kbd>Enter</kbd>
    </button>
  </section>`;
}
