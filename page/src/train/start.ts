/** The exercises to start: the library's and the unit's own files, what each trains, how it last went, and the one that is being played. */
import { html, nothing, type TemplateResult } from "lit";
import { mmss } from "../exercise.ts";
import { clockWithZone, day } from "../words.ts";
import { ask, type Exercises, type ExerciseRow, type Playing } from "./api.ts";
import type { Page } from "./review.ts";

const GOING = ["starting", "compiling", "playing"];

export class StartScreen {
  private found: Exercises | null = null;
  private chosen = 0;
  private seed = "1";
  private error = "";
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async load(): Promise<void> {
    this.found = await ask<Exercises>("train/exercises");
    this.page.redraw();
  }

  /** The next or previous exercise. */
  step(by: number): void {
    const all = this.found?.exercises ?? [];
    this.chosen = Math.min(Math.max(this.chosen + by, 0), all.length - 1);
    this.error = "";
    this.page.redraw();
    requestAnimationFrame(() => document.querySelector(".exercise-list [aria-current=true]")?.scrollIntoView({ block: "nearest" }));
  }

  async start(): Promise<void> {
    const row = this.found?.exercises[this.chosen];
    if (!row) return;
    this.error = "";
    try {
      const seed = Number(this.seed);
      if (!Number.isInteger(seed) || seed < 0) throw new Error(`Seed: expected a whole number from 0, got ${this.seed || "nothing"}`);
      this.page.play((await ask<{ now: Playing }>("train/exercises/start", { exercise: row.id, seed })).now);
    } catch (e) {
      this.error = (e as Error).message;
      if (row.problems.length) this.page.say(this.error, true); // there is no form under which it could stand
    }
    this.page.redraw();
  }

  view(now: Playing | null): TemplateResult {
    const found = this.found;
    if (!found) return html`<p class="quiet">The exercises are being read…</p>`;
    const row = found.exercises[this.chosen];
    return html`<section class="run-list exercise-list scroll" aria-label="Exercises">
        ${found.exercises.map(
          (x, i) => html`<button class="claim" aria-current=${i === this.chosen ? "true" : "false"} @click=${() => this.step(i - this.chosen)}>
            <b>${x.name}</b> ${x.problems.length ? html`<span class="state is-bad">has mistakes</span>` : x.last ? html`<span class="state ${x.last.passed ? "" : "is-bad"}">${result(x)}</span>` : nothing}
            <span class="below">${x.own ? "your own" : "library"}${x.seconds === null ? "" : ` · ${minutes(x.seconds)} · ${x.level}`}</span>
          </button>`,
        )}
        ${found.left_out ? html`<p class="quiet">${found.left_out} more files are in these folders: only the first are listed.</p>` : nothing}
      </section>
      ${row ? this.one(row, found, now) : html`<article class="review"><p>No exercise is here.</p></article>`}`;
  }

  private one(x: ExerciseRow, found: Exercises, now: Playing | null): TemplateResult {
    const going = now !== null && GOING.includes(now.state);
    return html`<article class="review scroll" tabindex="0" aria-label="Exercise">
      <h2>${x.name}</h2>
      ${x.own ? html`<p class="quiet">${x.id}</p>` : nothing}
      ${x.problems.length
        ? html`<p>This file cannot be played yet:</p><ul class="plain problems">${x.problems.map((p) => html`<li>${p}</li>`)}</ul><p class="quiet">Change the file and press <kbd>r</kbd>: it is read again.</p>`
        : html`<p>${x.about}</p>
          <dl class="facts">
            <div><dt>trains</dt><dd>${x.teaches.length ? html`<ul class="plain">${x.teaches.map((t) => html`<li>${t}</li>`)}</ul>` : "not said in the file"}</dd></div>
            <div><dt>length</dt><dd>${minutes(x.seconds ?? 0)}, ${x.level}</dd></div>
            <div><dt>tactic card</dt><dd>${x.card ? (found.cards[x.card] ?? x.card) : "none"}</dd></div>
            <div><dt>at</dt><dd>${x.site}</dd></div>
            <div><dt>expects</dt><dd>${x.expected ? `${x.expected} things of watch and station` : "a track and an alert on whatever matters"}</dd></div>
            <div><dt>last run</dt><dd>${x.last ? html`${result(x)}: ${x.last.met} of ${x.last.expected} met, ${x.last.officer}, ${day(x.last.kept_at ?? 0)} ${clockWithZone(x.last.kept_at ?? 0)}
              <a href="#run=${encodeURIComponent(x.last.name)}">review</a>${x.runs > 1 ? ` · ${x.runs} runs kept` : ""}` : "not yet"}</dd></div>
          </dl>
          <form class="row" @submit=${(e: Event) => { e.preventDefault(); void this.start(); }}>
            <button class="act is-main" id="start" ?disabled=${going || !!found.busy}>Start <kbd>s</kbd></button>
            <label>seed <input name="seed" size="6" inputmode="numeric" autocomplete="off" .value=${this.seed} @input=${(e: Event) => { this.seed = (e.target as HTMLInputElement).value; }} /></label>
            <span class="quiet">another seed draws other sides, times and heights</span>
          </form>
          ${this.error ? html`<p class="bad" role="alert">${this.error}</p>` : nothing}
          ${found.busy ? html`<p class="quiet">${found.busy}</p>` : html`<p class="quiet">It is played by a station of its own, on this machine, with simulated sensors only. A live picture is not touched, and says nothing of it.</p>`}`}
      <h3>Tactic cards</h3>
      <p>${found.covered.length} are rehearsed by an exercise here.${found.uncovered.length ? ` Without one: ${found.uncovered.map((c) => found.cards[c] ?? c).join("; ")}. ` : " None is without one. "}
        ${found.uncovered.length ? html`<span class="quiet">A draft: <code>picket train from-tactic ${found.uncovered[0]} --site site.toml -o drafts/${found.uncovered[0]}</code></span>` : nothing}</p>
      <p class="quiet">Your own exercises are the .toml files in ${found.folders.join(" and ")}, and in the folders there.</p>
    </article>`;
  }
}

/** The exercise that is played beside: where it stands, its page, its end. */
export function playingBar(now: Playing | null, control: boolean, end: () => void): TemplateResult | typeof nothing {
  if (!now || !control) return nothing;
  const words: Record<string, string> = {
    starting: "is starting: a few seconds", compiling: "is starting: this machine compiles once, a minute or two", playing: `is being played since ${clockWithZone(now.since)}`,
    over: "is over", ended: "has ended", failed: `did not work: ${now.words}`,
  }; // prettier-ignore
  return html`<div class="playing ${now.state === "failed" ? "bad" : ""}" role="status">
    <b>EXERCISE</b> <span class="playing-name">${now.name}</span> <span>${words[now.state]}${now.state === "ended" && now.words ? `: ${now.words}` : ""}</span>
    ${now.state === "playing" ? html`<a class="act is-main" id="open-exercise" href=${now.url} target="_blank" rel="noopener">Open it</a>` : nothing}
    ${now.state === "over" || now.state === "ended" ? html`<a class="act is-main" href="#run=${encodeURIComponent(now.run)}">Review</a>` : nothing}
    ${GOING.includes(now.state) ? html`<button class="act" id="end-exercise" @click=${end}>End it</button>` : nothing}
    ${now.state === "over" ? html`<button class="act" @click=${end}>Close its page</button>` : nothing}
  </div>`;
}

function result(x: ExerciseRow): string {
  return x.last!.passed ? "passed" : x.last!.complete ? "not passed" : "stopped";
}

function minutes(seconds: number): string {
  return seconds % 60 ? `${mmss(seconds)} min` : `${seconds / 60} minute${seconds === 60 ? "" : "s"}`;
}
