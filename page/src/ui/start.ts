/** The door of the watch: the gesture that begins it and lets the browser sound alarms. In an exercise it asks who plays. */
import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../desk.ts";
import { whoPlays } from "./exercise.ts";

export function startDoors(desk: Desk): TemplateResult | typeof nothing {
  if (desk.state.started) return nothing;
  return html`<section class="doors" aria-label="Start">
    <p class="doors-title">What is in the air now, is it ours, is it honest, does it matter?</p>
    ${whoPlays(desk)}
    <button id="watch-now" class="door" @click=${() => desk.startWatch(true)}>
      <b>Watch now</b>
      <span>live picture and alerts, with sound</span>
      <kbd>Enter</kbd>
    </button>
  </section>`;
}
