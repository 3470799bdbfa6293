/** The analyst's page: one bar of screens, one screen, and beside it the sentences behind what is chosen. */
import { html, render, type TemplateResult } from "lit";
import { applyPalette, PALETTES, PALETTE_WORDS, rememberedPalette } from "../palette.ts";
import { ask, type DeskState, type Evidence } from "./api.ts";
import { Graph } from "./graph.ts";
import { Inbox } from "./inbox.ts";
import { Brief, Cards, Changes, Contradictions, FirstSeen, Sources } from "./lists.ts";
import { mark, typing, type Page, type Screen } from "./parts.ts";
import { Reports } from "./reports.ts";
import { WorldMap } from "./world.ts";
import type { Door } from "../api.ts";
import { rooms } from "../train/api.ts";
import { once } from "../once.ts";

const POLL_MS = 700;
const KEYS: [string, string][] = [
  ["1 – 9, 0", "choose a screen"],
  ["a / e / r", "inbox: accept, edit, reject the claim; the next one comes"],
  ["s", "inbox: keep a guess as stated; the next one comes"],
  ["u", "inbox: take the last decision back"],
  ["j / k", "next, previous"],
  ["Enter or o", "open the sentences behind what is chosen"],
  ["i", "show the first of these sentences in its report"],
  ["m", "reports: make a claim of what is marked"],
  ["/", "inbox: find"],
  ["+ / −", "map: nearer, farther"],
  ["p", "next palette"],
  ["Esc", "close what is open"],
];

class Desk implements Page {
  private state: DeskState | null = null;
  private palette = rememberedPalette();
  private at: Screen;
  private readonly inbox: Inbox;
  private readonly screens: Screen[];
  private evidence: Evidence[] = [];
  private from: HTMLElement | null = null;
  private help = false;
  private words = "";
  private bad = false;
  private waiting = 0;
  private doors: Door[] = [];

  constructor() {
    const state = () => this.state;
    this.inbox = new Inbox(this);
    this.screens = [
      this.inbox, new Graph(this, state), new FirstSeen(this), new Contradictions(this), new Sources(this), new Cards(this, state),
      new Changes(this, state), new WorldMap(this), new Brief(this), new Reports(this),
    ]; // prettier-ignore
    this.at = this.screens.find((s) => s.id === location.hash.slice(1)) ?? this.inbox;
  }

  async start(): Promise<void> {
    applyPalette(this.palette);
    window.addEventListener("keydown", (e) => this.key(e));
    window.addEventListener("resize", () => this.redraw());
    window.addEventListener("hashchange", () => {
      const to = this.screens.find((s) => s.id === location.hash.slice(1));
      if (to && to !== this.at) void this.show(to);
    });
    await this.refreshState();
    void rooms().then((doors) => {
      this.doors = doors;
      this.redraw();
    });
    await this.show(this.at);
  }

  private async show(screen: Screen): Promise<void> {
    this.at = screen;
    this.evidence = [];
    history.replaceState(null, "", `#${screen.id}`);
    try {
      await screen.load();
    } catch (wrong) {
      this.say((wrong as Error).message, true);
    }
    this.redraw();
  }

  /** The state, and the screen anew once the picture contains the last decision. */
  async refreshState(): Promise<void> {
    this.state = await ask<DeskState>("state");
    this.redraw();
    clearTimeout(this.waiting);
    if (this.state.behind)
      this.waiting = window.setTimeout(
        () => void this.refreshState().then(() => (this.state?.behind || this.at === this.inbox ? undefined : this.at.load())),
        POLL_MS,
      );
  }

  readonly redraw = once(() => {
    render(this.view(), document.querySelector<HTMLElement>("#app")!);
    this.at.drawn?.();
  });

  say(words: string, bad = false): void {
    [this.words, this.bad] = [words, bad];
    this.redraw();
  }

  open(evidence: number[]): void {
    if (!evidence.length) return;
    this.from = document.activeElement as HTMLElement | null;
    void ask<Evidence[]>("evidence", { n: evidence.join(",") })
      .then((found) => {
        this.evidence = found;
        this.redraw();
        requestAnimationFrame(() => document.querySelector<HTMLElement>("aside.evidence")?.focus());
      })
      .catch((wrong: Error) => this.say(wrong.message, true));
  }

  toClaim(n: number): void {
    this.at = this.inbox;
    this.evidence = [];
    history.replaceState(null, "", "#inbox");
    void this.inbox.show_claim(n).catch((wrong: Error) => this.say(wrong.message, true));
  }

  private close(): void {
    if (this.help) this.help = false;
    else if (this.evidence.length) {
      this.evidence = [];
      this.from?.focus();
    }
    this.redraw();
  }

  private step(by: number): boolean {
    const all = [...document.querySelectorAll<HTMLElement>("main .fact")];
    if (!all.length) return false;
    const i = all.indexOf(document.activeElement as HTMLElement);
    const next = all[Math.max(0, Math.min(all.length - 1, i < 0 ? 0 : i + by))]!;
    next.focus();
    return true;
  }

  private key(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    if (typing(e.target)) {
      if (e.key === "Escape") (e.target as HTMLElement).blur();
      return;
    }
    const focused = document.activeElement as HTMLElement | null;
    const behind = focused?.dataset["evidence"];
    const digit = "1234567890".indexOf(e.key);
    if (e.key === "Escape") this.close();
    else if (e.key === "?") this.help = !this.help;
    else if (e.key === "p") {
      this.palette = PALETTES[(PALETTES.indexOf(this.palette) + 1) % PALETTES.length]!;
      applyPalette(this.palette);
    } else if (digit >= 0 && this.screens[digit]) void this.show(this.screens[digit]!);
    else if (e.key === "i" && this.evidence[0]) this.toClaim(this.evidence[0].n);
    else if (behind && (e.key === "o" || (e.key === "Enter" && focused?.tagName !== "BUTTON"))) this.open(behind.split(",").map(Number));
    else if (this.at.key?.(e)) e.preventDefault();
    else if ((e.key === "j" || e.key === "k") && this.step(e.key === "j" ? 1 : -1)) e.preventDefault();
    else return;
    this.redraw();
  }

  private view(): TemplateResult {
    const s = this.state;
    return html`<header>
        <h1>Picket <span>learn</span></h1>
        ${this.doors.length ? html`<nav class="rooms" aria-label="Rooms">${this.doors.map((d) => html`<a class="act" href=${d.path} aria-current=${d.id === "learn" ? "page" : "false"}>${d.name}</a>`)}</nav>` : ""}
        <nav aria-label="Screens">
          ${this.screens.map(
            (screen, i) =>
              html`<button aria-current=${screen === this.at ? "page" : "false"} @click=${() => void this.show(screen)}>
                <kbd>${(i + 1) % 10}</kbd> ${screen.title}${screen.id === "inbox" && s ? ` ${s.counts.pending}` : ""}
              </button>`,
          )}
        </nav>
        <button class="act" @click=${() => { this.help = !this.help; this.redraw(); }}>Keys <kbd>?</kbd></button>
      </header>
      <p class="bar ${this.bad ? "bad" : ""}" role="status">
        ${this.words || (s ? `${s.claims} claims of ${s.reports} reports, ${s.origins} origins` : "")}${s?.examples ? html` · <b>EXAMPLES that come with Picket</b>` : ""}${s?.behind ? " · the picture is being worked out again" : ""}
        <span>${PALETTE_WORDS[this.palette]} <kbd>p</kbd></span>
      </p>
      <main class=${this.evidence.length ? "with-evidence" : ""}>${this.at.view()}</main>
      ${this.evidence.length ? this.behind() : ""} ${this.help ? this.keys() : ""}`;
  }

  private behind(): TemplateResult {
    return html`<aside class="evidence scroll" tabindex="-1" aria-label="Evidence">
      <p class="row"><b>${this.evidence.length === 1 ? "The sentence" : `${this.evidence.length} sentences`}</b><button class="act" @click=${() => this.close()}>Close <kbd>Esc</kbd></button></p>
      ${this.evidence.map(
        (e) =>
          html`<article>
            ${mark(e.certainty)}
            <blockquote dir="auto">${e.evidence}</blockquote>
            <p class="quiet">
              <bdi>${e.source ?? "publisher not stated"}</bdi>, ${e.published ?? "date not stated"}.
              ${e.attributed_to ? html`Said by <bdi>${e.attributed_to}</bdi>.` : ""}
              ${e.reliability ? `Origin ${e.origin ?? ""}: ${e.reliability}, ${e.reliability_words}${e.reasons.length ? ` (${e.reasons.join("; ")})` : ""}.` : ""}
              ${e.state === "pending" ? "Not checked by a person." : `${e.state} by a person.`}
            </p>
            <p class="row"><button class="act" @click=${() => this.toClaim(e.n)}>In its report <kbd>i</kbd></button></p>
          </article>`,
      )}
    </aside>`;
  }

  private keys(): TemplateResult {
    return html`<div class="help" role="dialog" aria-label="Keys">
      <h2>Keys</h2>
      <dl>${KEYS.map(([k, does]) => html`<div><dt><kbd>${k}</kbd></dt><dd>${does}</dd></div>`)}</dl>
    </div>`;
  }
}

void new Desk().start();
