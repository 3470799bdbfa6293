/** The notice that the site file was edited by hand, and the dialog with its diff: take it over, or leave it. */
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import type { Desk } from "../desk.ts";
import { diffBlock } from "./zones.ts";

export function siteNotice(desk: Desk): TemplateResult | typeof nothing {
  const { site } = desk;
  if (!site.waiting) return nothing;
  return html`<div class="strip-site" role="status">
    ${site.change.problem ? "The site file was edited and cannot be taken over: the station goes on with what runs." : "The site file was edited by hand."}
    <button class="act" @click=${() => site.show(true)}>Show</button>
  </div>`;
}

export function siteDialog(desk: Desk): TemplateResult | typeof nothing {
  const { site } = desk;
  if (!site.open) return nothing;
  const { diff, problem } = site.change;
  return html`<div class="help-back" @click=${() => site.show(false)}></div>
    <section class="help" role="dialog" aria-modal="true" aria-label="The edited site file" tabindex="-1" ${ref(takeFocus)}>
      <h2>The edited site file</h2>
      ${problem ? html`<p class="more is-bad" role="alert">${problem}</p>` : nothing}
      ${diff ? diffBlock("From what runs to what the file says", diff) : nothing}
      ${site.error ? html`<p class="more is-bad" role="alert">${site.error}</p>` : nothing}
      <p class="row-actions">
        ${problem ? nothing : html`<button class="act is-main" ?disabled=${site.taking} @click=${() => void site.take()}>${site.taking ? "Taking over…" : "Take over"}</button>`}
        <button class="act" @click=${() => site.leave()}>Refuse: keep what runs</button>
        <button class="act" @click=${() => site.show(false)}>Decide later <kbd>Esc</kbd></button>
      </p>
    </section>`;
}

function takeFocus(dialog: Element | undefined): void {
  if (dialog instanceof HTMLElement && !dialog.contains(document.activeElement)) dialog.focus();
}
