/** Reports in any language: read one, mark a span with the keyboard, fill the slots, add a translation. Offsets are the original's. */
import { html, type TemplateResult } from "lit";
import { ask, tell } from "./api.ts";
import { points, type Page, type Screen } from "./parts.ts";
import { SlotForm } from "./slots.ts";

interface Row {
  doc: string;
  title: string | null;
  source: string | null;
  published: string | null;
  language: string | null;
  claims: number;
}
interface Open {
  doc: string;
  title: string | null;
  source: string | null;
  published: string | null;
  language: string | null;
  text: string;
  spans: { start: number; end: number; n: number }[];
}

/** As many UTF-16 units as the original has: the box would turn a carriage return and a newline into one. */
const shown = (text: string) => text.replaceAll("\r", " ");

/** The text lies in a box that takes no input: a `readonly` one would have no caret, and nothing could be marked by keyboard. */
export class Reports implements Screen {
  readonly id = "reports";
  readonly title = "Reports";
  private rows: Row[] = [];
  private total = 0;
  private words = "";
  private open: Open | null = null;
  private form: SlotForm | null = null;
  private span: [number, number] = [0, 0];
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async load(): Promise<void> {
    const found = await ask<{ total: number; rows: Row[] }>("reports", { q: this.words });
    [this.rows, this.total] = [found.rows, found.total];
    const doc = this.open?.doc ?? this.rows[0]?.doc;
    if (doc !== undefined) await this.show(doc);
    this.page.redraw();
  }

  private async show(doc: string): Promise<void> {
    this.form = null;
    this.open = await ask<Open>("report", { doc });
    this.page.redraw();
  }

  private get box(): HTMLTextAreaElement | null {
    return document.querySelector<HTMLTextAreaElement>("#report-text");
  }

  /** The marked span in characters of the original. The box holds as many UTF-16 units: only a carriage return is shown as a space. */
  private marked(): void {
    const [open, box] = [this.open, this.box];
    if (!open || !box) return;
    let [from, to] = [box.selectionStart, box.selectionEnd];
    while (from < to && /\s/.test(open.text[from]!)) from++;
    while (to > from && /\s/.test(open.text[to - 1]!)) to--;
    if (from >= to) return this.page.say("Mark some text first: Shift and the arrows, then m.", true);
    const start = points(open.text.slice(0, from)).length;
    this.span = [start, start + points(open.text.slice(from, to)).length];
    const english = open.language === null || open.language === "en";
    this.form = new SlotForm(
      {},
      english ? null : "",
      async (slots, translation) => {
        const body = { doc: open.doc, start: this.span[0], end: this.span[1], slots, translation };
        const { n } = await tell<{ n: number }>("claims", body);
        this.page.say(`Claim ${n} is made of characters ${this.span[0]} to ${this.span[1]}.`);
        void this.page.refreshState();
        await this.show(open.doc);
        this.box?.focus();
      },
      () => {
        this.form = null;
        this.page.redraw();
        this.box?.focus();
      },
      () => this.page.redraw(),
    );
    this.page.redraw();
    SlotForm.focus();
  }

  key(e: KeyboardEvent): boolean {
    if (e.key !== "m") return false;
    this.marked();
    return true;
  }

  view(): TemplateResult {
    const o = this.open;
    return html`<div class="three">
      <section aria-label="Reports">
        <input type="search" placeholder="find" aria-label="Find in reports" .value=${this.words}
          @change=${(e: Event) => { this.words = (e.target as HTMLInputElement).value; this.open = null; void this.load(); }} />
        <ol class="claims scroll" tabindex="0" aria-label="Reports, newest first">
          ${this.rows.map(
            (r) =>
              html`<li><button class="claim" aria-current=${r.doc === o?.doc} @click=${() => void this.show(r.doc)}>
                <b><bdi>${r.title ?? r.doc}</bdi></b>
                <span class="below">${r.published ?? "no date"} · <bdi>${r.source ?? "?"}</bdi>${r.language && r.language !== "en" ? html` · <i>${r.language}</i>` : ""} · ${r.claims} claims</span>
              </button></li>`,
          )}
        </ol>
        <p class="quiet">${this.total} reports</p>
      </section>
      ${o
        ? html`<section aria-label="Report">
            <h2><bdi>${o.title ?? o.doc}</bdi></h2>
            <p class="quiet">Mark a sentence with Shift and the arrows, or the mouse; then <kbd>m</kbd>.</p>
            <textarea id="report-text" class="text" aria-readonly="true" spellcheck="false" dir="auto" lang=${o.language ?? "en"} aria-label="Text of the report" .value=${shown(o.text)}
              @beforeinput=${(e: Event) => e.preventDefault()}
              @input=${(e: Event) => ((e.target as HTMLTextAreaElement).value = shown(o.text))}></textarea>
          </section>
          <section class="scroll" tabindex="0" aria-label="Claims of the report">
            ${this.form
              ? html`<h2>Characters ${this.span[0]} to ${this.span[1]}</h2><blockquote><bdi>${points(o.text).slice(...this.span).join("")}</bdi></blockquote>${this.form.view()}`
              : html`<h2>${o.spans.length} claims</h2>
                  <ul class="plain">${o.spans.map((s) => html`<li><button class="fact" data-evidence=${s.n} @click=${() => this.page.open([s.n])}><bdi>${points(o.text).slice(s.start, s.end).join("")}</bdi></button></li>`)}</ul>
                  <p class="row"><button class="act" @click=${() => this.marked()}>Make a claim <kbd>m</kbd></button></p>`}
          </section>`
        : html`<section><p class="quiet">No report's text is open.</p></section>`}
    </div>`;
  }
}
