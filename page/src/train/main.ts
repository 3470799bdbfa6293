/** The training page: the kept runs, the review of one, the readiness board. Everything on it is of exercises. */
import { html, nothing, render, type TemplateResult } from "lit";
import type { Door } from "../api.ts";
import { typing } from "../learn/parts.ts";
import { applyPalette, PALETTES, PALETTE_WORDS, rememberedPalette } from "../palette.ts";
import { clockWithZone, day } from "../words.ts";
import { mmss } from "../exercise.ts";
import { ask, rooms, type Playing, type RunRow } from "./api.ts";
import { BoardScreen } from "./board.ts";
import { ReviewScreen, type Page } from "./review.ts";
import { playingBar, StartScreen } from "./start.ts";
import { once } from "../once.ts";

const POLL_MS = 4000;
const SOON_MS = 700; // while an exercise is starting or ending
const KEYS: [string, string][] = [
  ["1 / 2 / 3", "runs, readiness board, exercises to start"],
  ["J / K", "next, previous run"],
  ["j / k", "next, previous moment"],
  ["n / b", "next, previous decision: the picture as it was then"],
  ["t", "put the run on the board"],
  ["s", "start the chosen exercise"],
  ["r", "read the exercise files again"],
  ["p", "next palette"],
  ["Esc", "close what is open"],
];

type Screen = "runs" | "board" | "exercises";

class Train implements Page {
  control = false;
  private runs: RunRow[] = [];
  private you = "";
  private doors: Door[] = [];
  private palette = rememberedPalette();
  private at: Screen = "runs";
  private chosen = "";
  private readonly review = new ReviewScreen(this);
  private readonly board = new BoardScreen(this);
  private readonly starting = new StartScreen(this);
  private now: Playing | null = null;
  private help = false;
  private words = "";
  private bad = false;

  async start(): Promise<void> {
    applyPalette(this.palette);
    window.addEventListener("keydown", (e) => this.key(e));
    window.addEventListener("hashchange", () => this.fromHash());
    this.doors = await rooms();
    await this.load();
    this.fromHash();
    await this.again();
  }

  /** Looks at the runs again, sooner while something is under way. */
  private async again(): Promise<void> {
    const soon = this.now !== null && ["starting", "compiling", "playing"].includes(this.now.state);
    await new Promise((r) => window.setTimeout(r, soon ? SOON_MS : POLL_MS));
    await this.load();
    await this.again();
  }

  private fromHash(): void {
    const asked = new URLSearchParams(location.hash.slice(1));
    if (asked.has("board")) void this.show("board");
    else if (asked.has("exercises")) void this.show("exercises");
    else {
      const name = asked.get("run") ?? this.runs.find((r) => r.state === "scored")?.name ?? "";
      if (name && name !== this.chosen) void this.open(name);
      else void this.show("runs");
    }
  }

  private async load(): Promise<void> {
    try {
      const found = await ask<{ runs: RunRow[]; you: string; control: boolean; now: Playing | null }>("train/runs");
      [this.runs, this.you, this.control] = [found.runs, found.you, found.control];
      this.play(found.now);
      if (!this.chosen && this.at === "runs") {
        const first = this.runs.find((r) => r.state === "scored");
        if (first) void this.open(first.name);
      }
    } catch (e) {
      this.say((e as Error).message, true);
    }
    this.redraw();
  }

  private async open(name: string): Promise<void> {
    [this.at, this.chosen] = ["runs", name];
    history.replaceState(null, "", `#run=${encodeURIComponent(name)}`);
    try {
      await this.review.open(name);
      this.say("");
    } catch (e) {
      this.say((e as Error).message, true);
    }
  }

  /** Where the exercise beside stands; one that just ended leads to its review. */
  play(now: Playing | null): void {
    const before = this.now;
    this.now = now;
    if (!now || before?.run !== now.run || before.state === now.state) return;
    if (now.state === "playing") requestAnimationFrame(() => document.querySelector<HTMLElement>("#open-exercise")?.focus());
    if (["over", "ended"].includes(now.state) && !["over", "ended"].includes(before.state)) {
      void this.open(now.run);
      if (this.at === "exercises") void this.starting.load();
    }
  }

  private async end(): Promise<void> {
    try {
      this.say("What was played is being kept and scored…");
      this.play((await ask<{ now: Playing }>("train/exercises/end", {})).now);
      await this.load();
      this.say("");
    } catch (e) {
      this.say((e as Error).message, true);
    }
  }

  private async show(at: Screen): Promise<void> {
    if (at === "board" && !this.control) return this.say("The readiness board is the training officer's.", true);
    if (at === "exercises" && !this.control) return this.say("Exercises are started by the training officer.", true);
    this.at = at;
    history.replaceState(null, "", at !== "runs" ? `#${at}` : this.chosen ? `#run=${encodeURIComponent(this.chosen)}` : "#");
    try {
      if (at === "board") await this.board.load();
      if (at === "exercises") await this.starting.load();
    } catch (e) {
      this.say((e as Error).message, true);
    }
    this.redraw();
  }

  readonly redraw = once(() => {
    render(this.view(), document.querySelector<HTMLElement>("#app")!);
  });

  say(words: string, bad = false): void {
    [this.words, this.bad] = [words, bad];
    this.redraw();
  }

  private key(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    if (typing(e.target)) {
      if (e.key === "Escape") (e.target as HTMLElement).blur();
      return;
    }
    if (e.key === "1") void this.show("runs");
    else if (e.key === "2") void this.show("board");
    else if (e.key === "3") void this.show("exercises");
    else if (this.at === "exercises" && "jkJK".includes(e.key)) this.starting.step("jJ".includes(e.key) ? 1 : -1);
    else if (this.at === "exercises" && e.key === "s") void this.starting.start();
    else if (this.at === "exercises" && e.key === "r") void this.show("exercises");
    else if (e.key === "?") this.help = !this.help;
    else if (e.key === "Escape") this.help = false;
    else if (e.key === "p") {
      this.palette = PALETTES[(PALETTES.indexOf(this.palette) + 1) % PALETTES.length]!;
      applyPalette(this.palette);
    } else if (this.at === "runs" && "jknb".includes(e.key)) this.review.step("jn".includes(e.key) ? 1 : -1, "nb".includes(e.key));
    else if (this.at === "runs" && "JK".includes(e.key)) this.nextRun(e.key === "J" ? 1 : -1);
    else if (this.at === "runs" && e.key === "t") void this.review.toBoard();
    else return;
    e.preventDefault();
    this.redraw();
  }

  private nextRun(by: number): void {
    const scored = this.runs.filter((r) => r.state === "scored");
    const next = scored[scored.findIndex((r) => r.name === this.chosen) + by];
    if (next) void this.open(next.name);
  }

  private view(): TemplateResult {
    return html`<header>
        <h1>Picket <span>train</span></h1>
        ${this.doors.length ? html`<nav class="rooms" aria-label="Rooms">${this.doors.map((d) => html`<a class="act" href=${d.path} aria-current=${d.id === "train" ? "page" : "false"}>${d.name}</a>`)}</nav>` : nothing}
        <nav aria-label="Screens">
          <button aria-current=${this.at === "runs" ? "page" : "false"} @click=${() => void this.show("runs")}><kbd>1</kbd> Runs ${this.runs.length || ""}</button>
          ${this.control ? html`<button aria-current=${this.at === "board" ? "page" : "false"} @click=${() => void this.show("board")}><kbd>2</kbd> Readiness</button>
            <button aria-current=${this.at === "exercises" ? "page" : "false"} @click=${() => void this.show("exercises")}><kbd>3</kbd> Exercises</button>` : nothing}
        </nav>
        <button class="act" @click=${() => { this.help = !this.help; this.redraw(); }}>Keys <kbd>?</kbd></button>
      </header>
      <p class="bar ${this.bad ? "bad" : ""}" role="status"><b>EXERCISE</b> SIMULATED: none of this was in the real air ${this.words ? html`· ${this.words}` : ""}
        <span>${this.control ? "training officer" : this.you} · ${PALETTE_WORDS[this.palette]} <kbd>p</kbd></span></p>
      <div class="under">${playingBar(this.now, this.control, () => void this.end())}
        <main class=${this.at}>${this.at === "runs" ? this.list() : nothing}${this.at === "board" ? this.board.view() : this.at === "exercises" ? this.starting.view(this.now) : this.chosen ? this.review.view() : this.empty()}</main></div>
      ${this.help ? html`<div class="help" role="dialog" aria-label="Keys"><h2>Keys</h2><dl>${KEYS.map(([k, does]) => html`<div><dt><kbd>${k}</kbd></dt><dd>${does}</dd></div>`)}</dl></div>` : nothing}`;
  }

  private list(): TemplateResult {
    return html`<section class="run-list scroll no-print" aria-label="Kept runs">
      ${this.runs.map(
        (r) => html`<button class="claim" aria-current=${r.name === this.chosen ? "true" : "false"} ?disabled=${r.state !== "scored"} @click=${() => void this.open(r.name)}>
          <b>${r.exercise ?? r.name}</b> ${r.state === "scored" ? html`<span class="state ${r.passed ? "" : "is-bad"}">${r.passed ? "passed" : r.complete ? "not passed" : "stopped"}</span>` : nothing}
          <span class="below">${r.officer ?? ""}${r.kept_at ? ` · ${day(r.kept_at)} ${clockWithZone(r.kept_at)}` : ""}</span>
          <span class="below">${r.state === "scored" ? `${r.met} of ${r.expected} met · ${mmss(r.until_s ?? 0)}` : r.state}</span>
        </button>`,
      )}
    </section>`;
  }

  private empty(): TemplateResult {
    return html`<article class="review scroll"><h2>No run to review yet</h2>
      ${this.control ? html`<p><button class="act is-main" @click=${() => void this.show("exercises")}>Start an exercise <kbd>3</kbd></button></p>` : nothing}
      <p>A run is reviewed when its exercise has ended: on the Watch page, exercise control ends it with <b>Control, End and review</b>.</p>
      <p>Without a page: <code>picket train run first-look --acknowledge-after 8</code>, then <code>picket train serve runs</code>.</p></article>`;
  }
}

void new Train().start();
