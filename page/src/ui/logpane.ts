/** The watch log: its newest lines, a search, a note or hand-over being written, and the page to print. */
import { html, nothing, type TemplateResult } from "lit";
import type { LogEntry } from "../api.ts";
import type { Desk } from "../desk.ts";
import { clock, day, place } from "../words.ts";
import { ref as refOf } from "lit/directives/ref.js";
import { takeFocus } from "./choosers.ts";
import { Renewed } from "./renewed.ts";

const LONGEST_TEXT = 4000;
const lines = new Renewed<LogEntry>((e) => e.n, () => !document.activeElement?.closest(".log-line"));

export function logPane(desk: Desk): TemplateResult {
  const { log } = desk;
  return html`
    <div class="pane-head">
      <h2>Watch log</h2>
      <span class="spacer"></span>
      <button class="act" title="Write a note (n)" @click=${() => log.startNote()}>Note <kbd>n</kbd></button>
      <button class="act" title="Hand over the watch: open alerts, shelf and sensors are filled in" @click=${() => log.startNote("handover")}>Hand over…</button>
      <a class="act" href="/log" target="_blank" rel="noopener" title="One page to print: the last twelve hours">Print</a>
      <a class="act" href="/log.pdf" target="_blank" rel="noopener" title="The same page as a PDF, to send or to file">PDF</a>
    </div>
    ${log.draft ? draft(desk) : search(desk)}
    <div class="scroll" tabindex="0" role="region" aria-label="Entries of the watch log">
      ${log.error ? html`<p class="more is-bad" role="alert">${log.error}</p>` : nothing}
      <ol class="log">
        ${lines.rows(log.entries, (e) => line(desk, e))}
      </ol>
      ${log.entries.length ? nothing : html`<p class="more">${log.search ? "Nothing in the log has these words." : "Nothing is written yet. Press n for a note."}</p>`}
    </div>
  `;
}

function search(desk: Desk): TemplateResult {
  return html`<div class="list-tools">
    <input
      id="log-search"
      type="search"
      aria-label="Search the watch log"
      placeholder="Search all of it: words, names, alert 7…"
      autocomplete="off"
      spellcheck="false"
      .value=${desk.log.search}
      @input=${(e: Event) => desk.log.setSearch((e.target as HTMLInputElement).value)}
    />
  </div>`;
}

function draft(desk: Desk): TemplateResult {
  const { log, state } = desk;
  const held = log.draft!;
  const about = held.alertId === null ? state.currentAlert()?.id ?? null : held.alertId;
  return html`<form class="log-draft" aria-label=${held.kind === "note" ? "Note" : "Hand-over"} @submit=${(e: Event) => sent(desk, e)}>
    <textarea
      aria-label=${held.kind === "note" ? "Note for the watch log" : "Hand-over of the watch"}
      placeholder="What happened; Enter writes it, Shift + Enter begins a line"
      rows=${held.kind === "note" ? 2 : 4}
      maxlength=${LONGEST_TEXT}
      .value=${held.text}
      @input=${(e: Event) => (held.text = (e.target as HTMLTextAreaElement).value)}
      @keydown=${(e: KeyboardEvent) => e.key === "Enter" && !e.shiftKey && !e.isComposing && sent(desk, e)}
      ${takeFocusOnce(held)}
    ></textarea>
    <div class="row-actions">
      <button class="act is-main" type="submit" ?disabled=${log.sending}>${log.sending ? "Writing…" : "Write"}</button>
      ${
        about === null
          ? nothing
          : html`<label><input type="checkbox" .checked=${held.alertId !== null} @change=${(e: Event) => {
              held.alertId = (e.target as HTMLInputElement).checked ? about : null;
              state.changed();
            }} /> about alert ${about}</label>`
      }
      <button class="act" type="button" aria-pressed=${log.at.waiting ? "true" : "false"} @click=${() => log.at.pick()}>
        ${log.at.place ? place(...log.at.place) : log.at.waiting ? "click the map" : "Place…"}
      </button>
      <button class="act" type="button" @click=${() => log.stopNote()}>Leave <kbd>Esc</kbd></button>
    </div>
  </form>`;
}

const focused = new WeakSet<object>();

/** The field takes the focus when a draft begins, not when it is drawn again. */
function takeFocusOnce(held: object) {
  return refOf((el) => {
    if (!el || focused.has(held)) return;
    focused.add(held);
    takeFocus(el);
  });
}

function sent(desk: Desk, e: Event): void {
  e.preventDefault();
  void desk.log.send();
}

function line(desk: Desk, e: LogEntry): TemplateResult {
  const known = e.lat_deg !== null && e.lon_deg !== null;
  const old = day(e.time) !== day(desk.state.now());
  return html`<li class="log-line is-${e.kind}" data-entry=${e.n}>
    <span class="log-time" title=${day(e.time)}>${old ? `${day(e.time).slice(5)} ` : ""}${clock(e.time)}</span>
    <span class="log-by">${e.by}</span>
    <span class="log-text" title=${e.text}>${e.kind === "note" ? nothing : html`<b>${e.kind}</b> `}${e.text}${e.alert_id === null || e.kind === "alert" ? nothing : html` <span class="quiet">alert ${e.alert_id}</span>`}</span>
    ${known ? html`<button class="act log-place" aria-label="Show on the map: ${place(e.lat_deg!, e.lon_deg!)}" @click=${() => desk.lookAtPlace(e.lat_deg!, e.lon_deg!)}>map</button>` : nothing}
  </li>`;
}
