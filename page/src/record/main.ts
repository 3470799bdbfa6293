/** The record page: counts of the sealed days, and incidents. One bar of screens, one screen, one line that says what happens. */
import { html, nothing, render, type TemplateResult } from "lit";
import { applyPalette, PALETTES, PALETTE_WORDS, rememberedPalette, type PaletteName } from "../palette.ts";
import { ask } from "./api.ts";
import { CountsScreen } from "./counts.ts";
import { IncidentsScreen } from "./incidents.ts";
import { typing, type Page, type Screen } from "./parts.ts";
import { once } from "../once.ts";

const KEYS: [string, string][] = [
  ["1, 2", "choose a screen"],
  ["/", "to the first field"],
  ["Enter", "in a field of the counts: count"],
  ["arrows, + / −, 0", "on the map: move, zoom, show all"],
  ["n, j / k", "incidents: a new one, next, previous"],
  ["p", "next palette"],
  ["?", "these keys"],
  ["Esc", "leave a field, close what is open"],
];

class Record implements Page {
  palette: PaletteName = rememberedPalette();
  user = "";
  private readonly counts = new CountsScreen(this);
  private readonly screens: Screen[] = [this.counts, new IncidentsScreen(this)];
  private at: Screen = this.counts;
  private site = "";
  private simulated = false;
  private help = false;
  private words = "";
  private bad = false;

  async start(): Promise<void> {
    applyPalette(this.palette);
    window.addEventListener("keydown", (e) => this.key(e));
    window.addEventListener("resize", () => this.redraw());
    this.redraw();
    try {
      const hello = await ask<{ site: { name: string }; user: string; simulated: boolean }>("/api/hello");
      this.site = hello.site.name;
      this.user = hello.user;
      this.simulated = hello.simulated;
    } catch (wrong) {
      this.say((wrong as Error).message, true);
      return;
    }
    await this.show(this.screens.find((s) => location.hash.slice(1).split("&")[0] === s.id) ?? this.counts);
  }

  private async show(screen: Screen): Promise<void> {
    this.at = screen;
    if (location.hash.slice(1).split("&")[0] !== screen.id) history.replaceState(null, "", `#${screen.id}`);
    this.redraw();
    try {
      await screen.load();
    } catch (wrong) {
      this.say((wrong as Error).message, true);
    }
    this.redraw();
  }

  readonly redraw = once(() => {
    render(this.view(), document.querySelector<HTMLElement>("#app")!);
    this.at.drawn?.();
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
    const digit = Number(e.key) - 1;
    if (e.key === "Escape" && this.help) this.help = false;
    else if (e.key === "?") this.help = !this.help;
    else if (e.key === "p") this.nextPalette();
    else if (this.screens[digit]) void this.show(this.screens[digit]!);
    else if (this.at.key?.(e)) e.preventDefault();
    else return;
    this.redraw();
  }

  private nextPalette(): void {
    this.palette = PALETTES[(PALETTES.indexOf(this.palette) + 1) % PALETTES.length]!;
    applyPalette(this.palette);
    this.at.recoloured?.(this.palette);
    this.redraw();
  }

  private view(): TemplateResult {
    return html`<header>
        <h1>Picket <span>record</span> <span class="site">${this.site}</span></h1>
        <nav aria-label="Screens">
          ${this.screens.map(
            (screen, i) =>
              html`<button aria-current=${screen === this.at ? "page" : "false"} @click=${() => void this.show(screen)}><kbd>${i + 1}</kbd> ${screen.title}</button>`,
          )}
        </nav>
        <a class="act" href="/">Watch</a>
        <button class="act" @click=${() => this.nextPalette()}>${PALETTE_WORDS[this.palette]} <kbd>p</kbd></button>
        <button class="act" @click=${() => { this.help = !this.help; this.redraw(); }}>Keys <kbd>?</kbd></button>
      </header>
      ${this.simulated || this.counts.simulated ? html`<div class="strip-simulated"><span>SIMULATED</span> an exercise: none of this was seen</div>` : nothing}
      <p class="bar ${this.bad ? "bad" : ""}" role="status">${this.words}</p>
      <main>${this.at.view()}</main>
      ${this.help ? this.keys() : nothing}`;
  }

  private keys(): TemplateResult {
    return html`<div class="help" role="dialog" aria-label="Keys">
      <h2>Keys</h2>
      <dl>${KEYS.map(([k, does]) => html`<div><dt><kbd>${k}</kbd></dt><dd>${does}</dd></div>`)}</dl>
    </div>`;
  }
}

void new Record().start();
