/** The inbox: a claim beside its report, its sentence highlighted; accept, edit or reject by one key, and the next one comes. */
import { html, type TemplateResult } from "lit";
import { ask, tell, type InboxRow, type OpenClaim } from "./api.ts";
import { kindWords, mark, points, type Page, type Screen } from "./parts.ts";
import { SlotForm, slotsOf } from "./slots.ts";

const STATES = ["pending", "accepted", "edited", "rejected", "added", "all"] as const;

export class Inbox implements Screen {
  readonly id = "inbox";
  readonly title = "Inbox";
  private rows: InboxRow[] = [];
  private total = 0;
  private show: string = "pending";
  private words = "";
  private at = 0;
  private open: OpenClaim | null = null;
  private form: SlotForm | null = null;
  private made: number[] = [];
  private scrolled = -1;
  private busy = false;
  private wanted: number | null = null;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async load(): Promise<void> {
    const found = await ask<{ total: number; rows: InboxRow[] }>("inbox", { show: this.show, q: this.words, most: 200 });
    [this.rows, this.total] = [found.rows, found.total];
    this.at = Math.max(0, Math.min(this.at, this.rows.length - 1));
    if (this.wanted !== null) await this.look(this.wanted);
    else await this.look(this.rows[this.at]?.n ?? null);
    this.wanted = null;
  }

  /** Shows a claim that another screen led to. */
  async show_claim(n: number): Promise<void> {
    this.show = "all";
    this.words = "";
    this.wanted = n;
    await this.load();
    const at = this.rows.findIndex((r) => r.n === n);
    if (at >= 0) this.at = at;
    this.page.redraw();
  }

  private async look(n: number | null): Promise<void> {
    this.form = null;
    this.open = n === null ? null : await ask<OpenClaim>(`claims/${n}`);
    this.page.redraw();
  }

  private async move(by: number): Promise<void> {
    const to = Math.max(0, Math.min(this.rows.length - 1, this.at + by));
    await this.look(this.rows[to]?.n ?? null);
    this.at = to; // together with what is shown: a key always means the claim that is marked
    this.page.redraw();
  }

  private async decide(what: "accept" | "reject"): Promise<void> {
    if (!this.open) return;
    const n = this.open.n;
    const { decision } = await tell<{ decision: number }>(`claims/${n}/${what}`);
    await this.after(n, decision, what === "accept" ? "accepted" : "rejected");
  }

  /** Keeps a guess as stated: that it counts as possible was the reader's doubt. A doubt of the report's own is not lifted by one key. */
  private async asStated(): Promise<void> {
    const open = this.open;
    if (!open) return;
    if (!open.own_doubt) return this.page.say("Only a guess without a word of doubt in its sentence is kept as stated by one key; e edits the certainty.", true);
    const { decision } = await tell<{ decision: number }>(`claims/${open.n}/edit`, { slots: { certainty: "stated" } });
    await this.after(open.n, decision, "edited", { certainty: "stated" });
  }

  private async after(n: number, decision: number, state: string, more: Partial<InboxRow> = {}): Promise<void> {
    this.made.push(decision);
    this.page.say(`Claim ${n} ${more.certainty ? `kept as ${more.certainty}` : state}. u takes it back.`);
    const i = this.rows.findIndex((r) => r.n === n);
    if (i >= 0) this.rows[i] = { ...this.rows[i]!, state, ...more };
    void this.page.refreshState();
    await this.move(1);
  }

  private async undo(): Promise<void> {
    const last = this.made.pop() ?? this.open?.decision;
    if (!last) return this.page.say("Nothing to take back.");
    await tell(`decisions/${last}/undo`);
    this.page.say("Taken back.");
    void this.page.refreshState();
    await this.load();
  }

  private edit(): void {
    const open = this.open;
    if (!open) return;
    this.form = new SlotForm(
      open.claim,
      null,
      async (slots) => {
        const { decision } = await tell<{ decision: number }>(`claims/${open.n}/edit`, { slots });
        this.form = null;
        await this.after(open.n, decision, "edited");
      },
      () => {
        this.form = null;
        this.page.redraw();
      },
      () => this.page.redraw(),
    );
    this.page.redraw();
    SlotForm.focus();
  }

  key(e: KeyboardEvent): boolean {
    const does: Record<string, () => unknown> = {
      a: () => this.decide("accept"),
      r: () => this.decide("reject"),
      s: () => this.asStated(),
      e: () => this.edit(),
      u: () => this.undo(),
      j: () => this.move(1),
      ArrowDown: () => this.move(1),
      k: () => this.move(-1),
      ArrowUp: () => this.move(-1),
      "/": () => document.querySelector<HTMLElement>("#find")?.focus(),
    };
    const run = does[e.key];
    if (!run || e.repeat || this.busy) return Boolean(run);
    this.busy = true; // until the next claim is shown, no key can decide the one before twice
    void Promise.resolve(run())
      .catch((wrong: Error) => this.page.say(wrong.message, true))
      .finally(() => (this.busy = false));
    return true;
  }

  drawn(): void {
    document.querySelector(".claims [aria-current=true]")?.scrollIntoView({ block: "nearest" });
    if (this.open && this.scrolled !== this.open.n) {
      this.scrolled = this.open.n;
      document.querySelector(".text mark")?.scrollIntoView({ block: "center" });
    }
  }

  view(): TemplateResult {
    return html`<div class="three">
      <section aria-label="Claims">
        <div class="row">
          <select
            aria-label="Which claims"
            .value=${this.show}
            @change=${(e: Event) => {
              this.show = (e.target as HTMLSelectElement).value;
              this.at = 0;
              void this.load();
            }}
          >
            ${STATES.map((s) => html`<option value=${s} ?selected=${s === this.show}>${s}</option>`)}
          </select>
          <input
            id="find"
            type="search"
            placeholder="find  /"
            aria-label="Find in sentences"
            .value=${this.words}
            @change=${(e: Event) => {
              this.words = (e.target as HTMLInputElement).value;
              this.at = 0;
              void this.load();
            }}
          />
        </div>
        <ol class="claims scroll" tabindex="0" aria-label="Claims in order of publication">
          ${this.rows.map(
            (r, i) =>
              html`<li>
                <button
                  class="claim"
                  aria-current=${i === this.at}
                  @click=${() => {
                    this.at = i;
                    void this.look(r.n);
                  }}
                >
                  <b>${kindWords(r.kind)}</b> ${mark(r.certainty)}${r.guessed && r.state === "pending" ? html`<i>guessed</i>` : ""}${r.state === "pending" ? "" : html`<i>${r.state}</i>`}
                  <span class="below"><bdi>${r.who}</bdi>${r.what ? html`: <bdi>${r.what}</bdi>` : ""}</span>
                </button>
              </li>`,
          )}
        </ol>
        <p class="quiet">${this.total} ${this.show === "all" ? "claims" : this.show}</p>
      </section>
      ${this.open ? this.report(this.open) : html`<section><p class="quiet">Nothing here: all claims of this kind are decided.</p></section>`}
      ${this.open ? this.slots(this.open) : html`<section></section>`}
    </div>`;
  }

  private report(o: OpenClaim): TemplateResult {
    const text = points(o.text);
    return html`<section aria-label="Report">
      <h2><bdi>${o.title ?? o.doc}</bdi></h2>
      <p class="quiet"><bdi>${o.source ?? "publisher not stated"}</bdi>, ${o.published ?? "date not stated"}</p>
      <div class="text scroll" tabindex="0" dir="auto" lang=${o.language ?? "en"} aria-label="Text of the report">${o.before ? "… " : ""}${text.slice(0, o.start).join("")}<mark>${text.slice(o.start, o.end).join("")}</mark>${text.slice(o.end).join("")}${o.more ? " …" : ""}</div>
      ${o.has_report ? "" : html`<p class="quiet">The report is not open, so only its sentence is shown.</p>`}
    </section>`;
  }

  private slots(o: OpenClaim): TemplateResult {
    if (this.form) return html`<section class="scroll" aria-label="Edit the claim"><h2>Edit</h2>${this.form.view()}</section>`;
    const c = o.claim;
    const q = c.quantity;
    return html`<section class="scroll" tabindex="0" aria-label="What was read">
      <h2>${kindWords(c.kind)} ${mark(c.certainty)}</h2>
      <dl>
        ${slotsOf(c.kind).map(
          (name) =>
            html`<div><dt>${kindWords(name)}</dt><dd class=${c[name] ? "" : "quiet"}><bdi>${c[name] ?? "–"}</bdi></dd></div>`,
        )}
        <div><dt>quantity</dt><dd class=${q ? "" : "quiet"}>${q ? `${kindWords(q.qualifier)} ${q.value} ${q.unit ?? ""}${q.period ? ` / ${q.period}` : ""}` : "–"}</dd></div>
        ${o.translation ? html`<div><dt>translation</dt><dd><bdi>${o.translation}</bdi></dd></div>` : ""}
      </dl>
      <p class="said"><bdi>${o.sentence ?? "Rejected: not part of the picture."}</bdi></p>
      ${o.guessed && o.state === "pending" ? html`<p class="quiet">Guessed from the sentence's words: no rule read it, so it counts as possible. If the sentence states it, ${o.own_doubt ? "s keeps it as stated" : "edit the certainty"}.</p>` : ""}
      <p class="quiet">
        ${o.state}${o.rule ? ` · rule ${o.rule}` : ""}${o.reliability ? ` · source ${o.reliability}, ${o.reliability_words}` : ""}
      </p>
      <p class="row">
        <button class="act" @click=${() => void this.decide("accept")}>Accept <kbd>a</kbd></button>
        ${o.own_doubt ? html`<button class="act" @click=${() => void this.asStated()}>As stated <kbd>s</kbd></button>` : ""}
        <button class="act" @click=${() => this.edit()}>Edit <kbd>e</kbd></button>
        <button class="act" @click=${() => void this.decide("reject")}>Reject <kbd>r</kbd></button>
        <button class="act" @click=${() => void this.undo()}>Undo <kbd>u</kbd></button>
      </p>
    </section>`;
  }
}
