/** The readiness board: runs, proposed changes and where they stand, and the learning lag by tactic card. */
import { html, nothing, type TemplateResult } from "lit";
import { day, plural } from "../words.ts";
import { ask, type Board } from "./api.ts";
import { table, type Page } from "./review.ts";

export class BoardScreen {
  private board: Board | null = null;
  /** The proposal whose end is being written. */
  private ending: { n: number; what: "done" | "drop" } | null = null;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async load(): Promise<void> {
    this.board = await ask<Board>("train/board");
    this.page.redraw();
  }

  private async end(e: Event): Promise<void> {
    e.preventDefault();
    const note = ((e.target as HTMLFormElement).elements.namedItem("note") as HTMLInputElement).value;
    try {
      await ask(`train/board/${this.ending!.n}/${this.ending!.what}`, { note });
      this.ending = null;
      await this.load();
    } catch (wrong) {
      this.page.say((wrong as Error).message, true);
    }
  }

  view(): TemplateResult {
    const b = this.board;
    if (!b) return html`<p class="quiet">The board is being read…</p>`;
    return html`<article class="review scroll" tabindex="0" aria-label="Readiness board">
      <h2>Readiness</h2>
      <p>${plural(b.runs.length, "run")} on the board, ${b.runs.filter((r) => r.passed).length} passed.</p>
      <h3>Proposed changes</h3>
      ${b.proposals.length
        ? html`<ul class="plain proposals">${b.proposals.map(
            (p) => html`<li>
              <span class="state state-${p.state}">${p.state}</span> <b>${p.change}</b> ${p.exercise}: ${p.words}
              <span class="below">proposed ${day(p.proposed_at)}${p.done_at ? `, done ${day(p.done_at)}` : ""}${p.verified_at ? `, verified by a later run ${day(p.verified_at)}` : ""}${p.note ? `. ${p.note}` : ""}</span>
              ${["proposed", "done"].includes(p.state) ? this.ends(p.n, p.state) : nothing}
            </li>`,
          )}</ul>`
        : html`<p class="quiet">None yet: open a run and put it on the board.</p>`}
      <h3>Learning lag, days after the first published use</h3>
      ${table(
        ["card", "card in use here", "first exercise", "first pass", "change verified", "the adversary, actor to actor"],
        b.lags.map((l) => [html`<span title=${`card ${l.card}`}>${l.title}</span>`, ...["card", "exercise", "passed", "verified"].map((s) => days(l.days[s])), days(l.adversary_days)]),
      )}
      <p class="quiet">${b.claims ? `The adversary's lag is from ${b.claims}.` : "The adversary's lag is known once the claims are: open Learn, or `picket train lag`."} A step without a date reads "not known".</p>
    </article>`;
  }

  private ends(n: number, state: string): TemplateResult {
    if (this.ending?.n === n)
      return html`<form class="row" @submit=${(e: Event) => void this.end(e)}>
        <input name="note" type="text" maxlength="500" autocomplete="off" aria-label=${this.ending.what === "done" ? "What was changed" : "Why not"} placeholder=${this.ending.what === "done" ? "what was changed" : "why not"} />
        <button class="act">${this.ending.what === "done" ? "It is done" : "It will not be done"}</button>
        <button class="act" type="button" @click=${() => this.begin(null)}>Leave</button>
      </form>`;
    return html`<span class="row no-print">
      ${state === "proposed" ? html`<button class="act" @click=${() => this.begin({ n, what: "done" })}>Done</button>` : html`<span class="quiet">run the exercise again to verify it</span>`}
      <button class="act" @click=${() => this.begin({ n, what: "drop" })}>Drop</button>
    </span>`;
  }

  private begin(ending: typeof this.ending): void {
    this.ending = ending;
    this.page.redraw();
    if (ending) requestAnimationFrame(() => document.querySelector<HTMLInputElement>(".proposals input")?.focus());
  }
}

function days(d: [number, number] | null | undefined): string {
  return !d ? "not known" : d[0] === d[1] ? `${d[0]}` : `${d[0]} to ${d[1]}`;
}
