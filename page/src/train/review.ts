/** One run's review: verdict, time line, the picture at each decision, and what follows from it. */
import { html, nothing, type TemplateResult } from "lit";
import { mmss } from "../exercise.ts";
import { plural, spaced } from "../words.ts";
import { ask, type Happened, type Mark, type Playing, type Review, type RunRow, type Then } from "./api.ts";
import { inWords, legend, picture } from "./picture.ts";
import { grouped, timeline } from "./timeline.ts";

export interface Page {
  redraw(): void;
  say(words: string, bad?: boolean): void;
  /** An exercise was started or ended. */
  play(now: Playing): void;
  readonly control: boolean;
}

export class ReviewScreen {
  review: Review | null = null;
  then: Then | null = null;
  /** Which of the moments is shown. */
  at = -1;
  private s = 0;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(name: string): Promise<void> {
    this.review = this.then = null;
    this.at = -1;
    this.page.redraw();
    this.review = await ask<Review>(`train/runs/${encodeURIComponent(name)}`);
    const first = this.review.moments.findIndex((m) => m.decision);
    await this.go(Math.max(0, first));
  }

  /** Show the picture of a moment. */
  async go(i: number): Promise<void> {
    const moment = this.review?.moments[i];
    if (!moment) return;
    this.at = i;
    await this.look(moment.at_s);
    requestAnimationFrame(() => {
      const list = document.querySelector<HTMLElement>(".moments");
      const row = list?.querySelector<HTMLElement>("[aria-current=true]");
      if (list && row) list.scrollTop = row.offsetTop - list.offsetTop - list.clientHeight / 3; // the list alone: the page stays where it is
    });
  }

  private async look(s: number): Promise<void> {
    const name = this.review!.name;
    this.s = s;
    this.page.redraw();
    const then = await ask<Then>(`train/runs/${encodeURIComponent(name)}/at?s=${Math.max(0, s)}`);
    if (this.s === s && this.review?.name === name) this.then = then; // another moment was chosen meanwhile
    this.page.redraw();
  }

  /** The next or previous moment, or decision. */
  step(by: number, decisions: boolean): void {
    const all = this.review?.moments ?? [];
    for (let i = this.at + by; i >= 0 && i < all.length; i += by)
      if (!decisions || all[i]!.decision) {
        void this.go(i).catch((e: Error) => this.page.say(e.message, true));
        return;
      }
  }

  view(): TemplateResult {
    const r = this.review;
    if (!r) return html`<p class="quiet">The review is being read…</p>`;
    const shown = grouped(r.score.events.filter((e) => e.watched));
    return html`<article class="review scroll" tabindex="0" aria-label="Review">
      <div class="row review-head">
        <h2>${r.score.exercise}</h2>
        <span class="quiet">${r.site} · seed ${r.score.seed} · ${r.score.officer}</span>
        <a class="act no-print" href="/api/train/runs/${encodeURIComponent(r.name)}/page" target="_blank" rel="noopener">One page to print</a>
        <a class="act no-print" href="/api/train/runs/${encodeURIComponent(r.name)}/page.pdf" target="_blank" rel="noopener">PDF</a>
        <button class="act no-print" @click=${() => window.print()}>Print all</button>
        ${this.page.control ? html`<button class="act no-print" id="to-board" @click=${() => void this.toBoard()}>Put on the board <kbd>t</kbd></button>` : nothing}
      </div>
      <p class="verdict ${r.score.passed ? "" : "is-bad"}">${r.verdict}</p>
      <h3>Time line</h3>
      ${timeline(r, this.s, (s) => {
        this.at = nearest(r.moments, s);
        void this.look(s);
      })}
      <div class="then-and-moments">
        <section aria-label="The picture then">
          <h3>The picture at ${mmss(this.s)}: what was shown, and what was there</h3>
          ${picture(r.plan, this.then)}
          ${legend}
          <p role="status">${this.then ? inWords(this.then) : ""}</p>
          ${this.then?.alerts.length
            ? html`<ul class="plain">${this.then.alerts.map((a) => html`<li><b class="sev-${a.severity}">${a.severity}</b> ${a.state}${a.by ? ` by ${a.by}` : ""}: ${a.text}</li>`)}</ul>`
            : html`<p class="quiet">No alert was open.</p>`}
        </section>
        <section aria-label="Moments">
          <h3>Moments <span class="quiet no-print"><kbd>n</kbd> <kbd>b</kbd> next, previous decision</span></h3>
          <ol class="moments">${r.moments.map((m, i) => this.moment(m, i))}</ol>
        </section>
      </div>
      ${this.expectations(r)}
      <h3>Objects that mattered</h3>
      ${table(
        ["object", "appeared", "seen by", "track", "alert", "acknowledged", "judged", "reported"],
        shown.map(([name, e]) => [
          name, mmss(e.appeared_s), e.seen.filter((s) => s.first).map((s) => `${s.sensor} ${mmss(s.first!.at_s)}`).join(", ") || "no sensor",
          mark(e.track), mark(e.alert), mark(e.acknowledged),
          e.judged ? `${mark(e.judged)}: ${e.cause}${e.judged_right ? "" : " (wrong)"}` : "never", mark(e.reported),
        ]),
      )}
      <h3>What the sensors could have shown</h3>
      ${table(
        ["object", ...(shown[0]?.[1].seen.map((s) => s.sensor) ?? [])],
        shown.map(([name, e]) => [
          name,
          ...e.seen.map((s) =>
            s.plots || s.covered_s !== 0 ? `${s.plots} plots${s.covered_s === null ? "" : ` in ${s.covered_s.toFixed(0)} s covered`}` : "out of its coverage",
          ),
        ]),
      )}
      ${this.people(r)}
      <h3>Proposed changes</h3>
      ${r.proposed.length
        ? html`<ul class="plain">${r.proposed.map((p) => html`<li><b>${p.change}</b> ${p.words} <span class="state">${p.state}${p.n ? ` (${p.n})` : ""}</span></li>`)}</ul>`
        : html`<p class="quiet">None: nothing was missed.</p>`}
      <h3>Earlier runs of this exercise</h3>
      ${compared([...r.earlier, row(r)])}
    </article>`;
  }

  private moment(m: Happened, i: number): TemplateResult {
    const delay = m.delay_s == null ? "" : `+${m.delay_s.toFixed(0)} s`;
    const margin = m.margin_s == null ? "" : m.margin_s >= 0 ? `${m.margin_s.toFixed(0)} s before it enters` : `${(-m.margin_s).toFixed(0)} s TOO LATE`;
    const words = [delay, margin, m.by && m.by !== "picket" ? `by ${m.by}` : "", m.paused_s == null ? "" : `for ${m.paused_s.toFixed(0)} s that count for nobody`].filter(Boolean).join(" · ");
    return html`<li><button class="moment ${m.decision ? "is-decision" : ""}" aria-current=${i === this.at ? "true" : "false"} @click=${() => void this.go(i)}>
      <span class="when">${mmss(m.at_s)}</span><b class="what">${spaced(m.what)}</b><span>${m.words}${words ? html`<span class="below">${words}</span>` : nothing}</span>
    </button></li>`;
  }

  private expectations(r: Review): TemplateResult {
    const list = (title: string, rows: string[]) =>
      rows.length ? html`<h3>${title}: ${rows.length}</h3><ul class="plain">${rows.slice(0, 8).map((w) => html`<li>${w}</li>`)}${rows.length > 8 ? html`<li class="quiet">and ${rows.length - 8} more</li>` : nothing}</ul>` : nothing;
    const a = r.score.alarms;
    return html`<h3>What was expected</h3>
      <ul class="plain">${r.score.expected.map((m) => html`<li><b class=${m.met ? "" : "is-miss"}>${m.met ? "met" : "MISSED"}</b> ${m.words}</li>`)}</ul>
      ${r.score.expected.length ? nothing : html`<p class="quiet">Nothing.</p>`}
      ${list("Missed", r.score.missed)}${list("Wrong identifications", r.score.wrong)}${list("Needless alarms", r.score.needless)}
      <p>${a.raised} alarms, ${a.per_hour} an hour: ${a.verdict} (ISA-18.2: 6 acceptable, 12 at most); ${a.unacknowledged} never acknowledged.</p>`;
  }

  private people(r: Review): TemplateResult {
    const { officers } = r.score;
    return html`<h3>Officers</h3>
      ${officers.length
        ? table(
            ["name", "acknowledged", "after it was raised", "judged", "of these wrong", "notes"],
            officers.map((o) => [o.name, `${o.acknowledged}`, o.delays_s.map((d) => `${d.toFixed(0)} s`).join(", ") || "-", `${o.judged}`, `${o.judged_wrong}`, `${o.notes}`]),
          )
        : html`<p class="quiet">Nobody did anything.</p>`}
      <p class="quiet no-print">Under the names that they chose, by alphabet. What an officer did is theirs and the training officer's.</p>`;
  }

  async toBoard(): Promise<void> {
    if (!this.review || !this.page.control) return;
    try {
      const { made } = await ask<{ made: number }>("train/board", { run: this.review.name });
      this.page.say(made ? `On the board, with ${plural(made - 1, "proposed change")}.` : "This run is on the board already.");
      await this.open(this.review.name);
    } catch (e) {
      this.page.say((e as Error).message, true);
    }
  }
}

function nearest(moments: Happened[], s: number): number {
  let found = -1;
  moments.forEach((m, i) => {
    if (m.at_s <= s) found = i;
  });
  return found;
}

function mark(m: Mark | null): string {
  if (!m) return "never";
  const before = m.margin_s === null ? "" : m.margin_s >= 0 ? `, ${m.margin_s.toFixed(0)} s before` : `, ${(-m.margin_s).toFixed(0)} s TOO LATE`;
  return `${mmss(m.at_s)} (+${m.delay_s.toFixed(0)} s)${before}`;
}

export function table(head: string[], rows: (string | TemplateResult)[][]): TemplateResult {
  if (!rows.length) return html`<p class="quiet">None.</p>`;
  return html`<div class="wide-table"><table class="ledger">
    <thead><tr>${head.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
    <tbody>${rows.map((r) => html`<tr>${r.map((c) => html`<td>${c}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

function row(r: Review): RunRow {
  const s = r.score;
  const margins = s.events.flatMap((e) => (e.watched && e.alert?.margin_s != null ? [e.alert.margin_s] : []));
  return {
    name: "this run", state: "", officer: s.officer, seed: s.seed, passed: s.passed, met: s.expected.filter((m) => m.met).length,
    expected: s.expected.length, missed: s.missed.length, needless: s.needless.length, wrong: s.wrong.length, alarms: s.alarms.raised,
    warning_s: margins.length ? Math.min(...margins) : null, slowest_s: Math.max(-1, ...s.officers.flatMap((o) => o.delays_s)),
  }; // prettier-ignore
}

/** Runs of one exercise beside one another, oldest first: how it went, not who was better. */
function compared(rows: RunRow[]): TemplateResult {
  if (rows.length < 2) return html`<p class="quiet">This is the first.</p>`;
  const seconds = (v: number | null | undefined) => (v == null || v < 0 ? "-" : `${v.toFixed(0)} s`);
  return table(
    ["run", "seed", "officer", "result", "met", "shortest warning", "slowest to acknowledge", "missed", "wrong", "needless", "alarms"],
    rows.map((r) => [
      r.name, `${r.seed}`, r.officer ?? "", r.passed ? "passed" : "not passed", `${r.met} of ${r.expected}`, seconds(r.warning_s), seconds(r.slowest_s),
      `${r.missed}`, `${r.wrong}`, `${r.needless}`, `${r.alarms}`,
    ]), // prettier-ignore
  );
}
