/** Choosing with one digit: the cause of closing an alert, or the reason for putting it on the shelf. */
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { CAUSES } from "../api.ts";
import { SHELVE_MINUTES, SHELVE_REASONS, type Desk } from "../desk.ts";

const LONGEST_NOTE = 500;
const LONGEST_REASON = 200;

/** A digit closes at once; n opens the note first, where digits are text until Enter or Esc ends it. */
export function causes(desk: Desk): TemplateResult {
  const { state } = desk;
  return html`<div class="causes" role="group" aria-label="Cause of closing" ${ref(comeIntoView)}>
    ${
      state.closingNote === null
        ? nothing
        : html`<input
          class="note"
          type="text"
          aria-label="Note for the log"
          placeholder="Note for the log, then Enter and the cause"
          maxlength=${LONGEST_NOTE}
          autocomplete="off"
          .value=${state.closingNote}
          @input=${(e: Event) => (state.closingNote = (e.target as HTMLInputElement).value)}
          @keydown=${(e: KeyboardEvent) => e.key === "Enter" && !e.isComposing && (e.target as HTMLElement).blur()}
          ${ref(takeFocus)}
        />`
    }
    <span class="causes-title">Close as</span>
    ${CAUSES.map((cause, i) => html`<button class="act" @click=${() => desk.close(cause)}><kbd>${i + 1}</kbd> ${cause}</button>`)}
    ${state.closingNote === null ? html`<button class="act" @click=${() => desk.startNote()}><kbd>n</kbd> note…</button>` : nothing}
    <button class="act" @click=${() => desk.stopClosing()}><kbd>Esc</kbd> leave open</button>
  </div>`;
}

/** A digit shelves at once for the minutes shown; m changes them; n takes a reason in own words, sent with Enter. */
export function shelf(desk: Desk): TemplateResult {
  const { state } = desk;
  return html`<div class="causes" role="group" aria-label="Shelve the alert" ${ref(comeIntoView)}>
    ${
      state.shelveReason === null
        ? nothing
        : html`<input
          class="note"
          type="text"
          aria-label="Reason for shelving"
          placeholder="Why, then Enter"
          maxlength=${LONGEST_REASON}
          autocomplete="off"
          .value=${state.shelveReason}
          @input=${(e: Event) => (state.shelveReason = (e.target as HTMLInputElement).value)}
          @keydown=${(e: KeyboardEvent) => e.key === "Enter" && !e.isComposing && desk.shelve(state.shelveReason ?? "")}
          ${ref(takeFocus)}
        />`
    }
    <label class="causes-title">Shelve for
      <select aria-label="Minutes on the shelf" @change=${(e: Event) => desk.setShelveMinutes(Number((e.target as HTMLSelectElement).value))}>
        ${SHELVE_MINUTES.map((m) => html`<option value=${m} ?selected=${m === state.shelveMinutes}>${m} min</option>`)}
      </select>
      <kbd>m</kbd>
    </label>
    <span class="causes-title">because</span>
    ${SHELVE_REASONS.map((reason, i) => html`<button class="act" @click=${() => desk.shelve(reason)}><kbd>${i + 1}</kbd> ${reason}</button>`)}
    ${state.shelveReason === null ? html`<button class="act" @click=${() => desk.startNote()}><kbd>n</kbd> other…</button>` : nothing}
    <button class="act" @click=${() => desk.stopClosing()}><kbd>Esc</kbd> leave it</button>
  </div>`;
}

/** Once, when the field appears; before the next key, which belongs to it. */
export function takeFocus(field: Element | undefined): void {
  if (field instanceof HTMLElement) queueMicrotask(() => field.focus());
}

/** All the choices are seen, also where the row is the last of a full list. */
function comeIntoView(choices: Element | undefined): void {
  if (choices) requestAnimationFrame(() => choices.scrollIntoView({ block: "nearest" }));
}
