/** The counts: what is asked, the answer in numbers and charts, and the files of it. */
import { html, nothing, type TemplateResult } from "lit";
import { spaced } from "../words.ts";
import type { PaletteName } from "../palette.ts";
import { answered, ask, NotNow, save, type Choices, type Counts } from "./api.ts";
import { approach, calendar, spreads, trend, week, WEEKDAYS, type Chart, type Spread } from "./charts.ts";
import { HeatMap } from "./heat.ts";
import { chartView, paintCharts, savePng, type Page, type Screen } from "./parts.ts";
import { dayBefore, hashOf, queryOf, questionOf, type Question } from "./question.ts";
import { askedWords, compared, crossings, defined, headline, leftOut, periodWords, table, uptimes, weekTable } from "./tables.ts";

const BUSY_MS = 1000;
const BUSY_TRIES = 130;

export class CountsScreen implements Screen {
  readonly id = "counts";
  readonly title = "Counts";
  private readonly page: Page;
  private choices: Choices | null = null;
  private question: Question = questionOf("", 500);
  private found: Counts | null = null;
  /** The query that `found` answers: its files are asked for with it, whatever is typed since. */
  private answered = "";
  private busy = false;
  private problem = "";
  private readonly charts = new Map<string, Chart>();
  private readonly map: HeatMap;

  constructor(page: Page) {
    this.page = page;
    this.map = new HeatMap((words) => {
      const hint = document.querySelector<HTMLElement>('[data-hint="map"]');
      if (hint) hint.textContent = words;
    });
  }

  async load(): Promise<void> {
    this.choices = await ask<Choices>("/api/stats/choices");
    this.question = questionOf(location.hash, this.choices.within_m);
    this.question.first ||= this.choices.sealed?.since.slice(0, 10) ?? "";
    this.question.last ||= this.choices.sealed ? dayBefore(this.choices.sealed.until) : "";
    while (this.question.figures.length < 2) this.question.figures.push("");
    this.map.paintWith(this.page.palette);
    await this.map.load();
    if (this.choices.sealed) await this.count();
  }

  get simulated(): boolean {
    return this.choices?.simulated ?? false;
  }

  private async count(): Promise<void> {
    if (this.busy) return;
    const { first, last } = this.question;
    this.problem = first && last && last < first ? `The last day, ${last}, lies before the first, ${first}.` : "";
    if (this.problem) {
      this.found = null;
      this.page.redraw();
      return;
    }
    this.busy = true;
    this.page.say("Counting…");
    history.replaceState(null, "", hashOf(this.question));
    const query = queryOf(this.question);
    try {
      this.found = await this.ask(query);
      this.answered = query;
      this.chartsOf(this.found);
      this.map.show(this.found.map);
      this.page.say(`Counted: ${this.found.flights} flights. Digest of the data ${this.found.digest}.`);
    } catch (wrong) {
      this.problem = (wrong as Error).message;
      this.found = null;
      this.page.say("");
    }
    this.busy = false;
    this.page.redraw();
  }

  /** One count at a time is made at the station: wait for one that somebody else asked for. */
  private async ask(query: string): Promise<Counts> {
    for (let tries = 0; ; tries++) {
      try {
        return await ask<Counts>(`/api/stats?${query}`);
      } catch (wrong) {
        if (!(wrong instanceof NotNow) || tries >= BUSY_TRIES) throw wrong;
        this.page.say("Another count is under way; this one comes after it.");
        await new Promise((go) => setTimeout(go, BUSY_MS));
      }
    }
  }

  private chartsOf(c: Counts): void {
    this.charts.clear();
    const rows: Spread[] = [
      { name: "Speed, median of each flight", unit: "m/s", values: c.speed_mps },
      { name: "Height above the ellipsoid, median of each flight", unit: "m", values: c.alt_wgs84_m },
    ];
    if (c.near?.least_distance_m) {
      rows.push({ name: "Least distance of each flight", unit: "m", values: c.near.least_distance_m });
      rows.push({ name: "Dwell of each flight", unit: "s", values: c.near.dwell_s });
    }
    this.charts.set("calendar", calendar(c.calendar));
    this.charts.set("week", week(c.hour_by_weekday));
    this.charts.set("trend", trend(c.calendar, c.change));
    this.charts.set("spreads", spreads(rows));
    if (c.near?.approach_from) this.charts.set("approach", approach(c.near.approach_from));
  }

  recoloured(palette: PaletteName): void {
    this.map.paintWith(palette);
  }

  drawn(): void {
    paintCharts(this.charts, this.page.palette);
    this.map.redraw();
  }

  key(e: KeyboardEvent): boolean {
    if (e.key !== "/") return false;
    document.querySelector<HTMLInputElement>("#first")?.focus();
    return true;
  }

  view(): TemplateResult {
    const c = this.choices;
    if (!c) return html`<p class="card">Asking the station what it has…</p>`;
    return html`<div class="counts">
      ${this.form(c)}
      ${c.problem ? html`<p class="bad" role="alert">${c.problem}</p>` : nothing}
      ${c.sealed ? nothing : html`<section class="card wide empty"><h2>Nothing is counted yet</h2><p>The counts are of sealed days. The station seals each night what the day brought; <code>picket archive seal</code> does so by hand, <code>picket archive import</code> brings tables of earlier days.</p></section>`}
      ${this.problem ? html`<p class="bad wide" role="alert">${this.problem}</p>` : nothing}
      ${this.found ? this.answer(this.found) : nothing}
    </div>`;
  }

  private nearTo(chosen: string): void {
    const at = chosen.indexOf(" ");
    const [kind, name] = [chosen.slice(0, at), chosen.slice(at + 1)];
    this.question.zone = kind === "zone" ? name : "";
    this.question.line = kind === "line" ? name : "";
  }

  private addLine(input: HTMLInputElement): void {
    const file = input.files?.[0];
    if (!file || !this.choices) return;
    void fetch(`/api/stats/lines?name=${encodeURIComponent(file.name)}`, { method: "POST", headers: { "content-type": "application/geo+json" }, body: file })
      .then((answer) => answered<{ line: string; lines: string[] }>(answer))
      .then((kept) => {
        this.choices!.lines = kept.lines;
        this.nearTo(`line ${kept.line}`);
        this.page.say(`${kept.line} can be counted at.`);
      })
      .catch((wrong: Error) => this.page.say(wrong.message, true))
      .finally(() => (input.value = ""));
  }

  private form(c: Choices): TemplateResult {
    const q = this.question;
    const on = (change: (value: string) => void) => (e: Event) => {
      change((e.target as HTMLInputElement).value);
      this.page.redraw();
    };
    const span = c.sealed ? `${c.sealed.since.slice(0, 10)} to ${dayBefore(c.sealed.until)}` : "none";
    return html`<form class="card wide ask" aria-label="What to count"
      @submit=${(e: Event) => { e.preventDefault(); void this.count(); }}>
      <label>First day <input id="first" type="date" .value=${q.first} @change=${on((v) => (q.first = v))} /></label>
      <label>Last day <input id="last" type="date" .value=${q.last} @change=${on((v) => (q.last = v))} /></label>
      <label>Near
        <select id="zone" @change=${on((v) => this.nearTo(v))}>
          <option value="" ?selected=${!q.zone && !q.line}>anywhere</option>
          ${c.zones.map((z) => html`<option value=${`zone ${z.id}`} ?selected=${z.id === q.zone}>${z.id} (${spaced(z.kind)})</option>`)}
          ${c.lines.map((l) => html`<option value=${`line ${l}`} ?selected=${l === q.line}>${l} (added)</option>`)}
        </select></label>
      <label class="file act small" title="A line or area of your own, as GeoJSON">+ line<input type="file" accept=".geojson,.json" aria-label="Add a line or area, GeoJSON" @change=${(e: Event) => this.addLine(e.target as HTMLInputElement)} /></label>
      <label>within <input id="within" type="number" min="0" max="50000" step="any" required .value=${String(q.within)} ?disabled=${!q.zone && !q.line} @change=${on((v) => (q.within = Number(v)))} /> m</label>
      <label>Table by
        <select id="per" @change=${on((v) => (q.per = v as Question["per"]))}>
          ${(["day", "week", "hour"] as const).map((p) => html`<option value=${p} ?selected=${p === q.per}>${p}</option>`)}
        </select></label>
      <span class="given">Given figures
        ${q.figures.map((f, i) => html`<input aria-label="Given figure ${i + 1}" size="17" maxlength="80" placeholder=${i ? "328 a day" : "60000 in 184 days"} .value=${f} @change=${on((v) => (q.figures[i] = v))} />`)}
        ${q.figures.length < c.figures ? html`<button type="button" class="act small" aria-label="One more given figure" @click=${() => { q.figures.push(""); this.page.redraw(); }}>+</button>` : nothing}
      </span>
      <button class="act is-main" ?disabled=${this.busy || !c.sealed}>${this.busy ? "Counting…" : "Count"} <kbd>Enter</kbd></button>
      <span class="quiet">Sealed: ${span}, UTC days, the last one included</span>
    </form>`;
  }

  private answer(c: Counts): TemplateResult {
    const empty = !c.flights && !c.flights_seen;
    const png = (id: string) => () => this.png(id, c);
    return html`
      ${c.damage.map((d) => html`<p class="bad wide" role="alert">Damaged, not counted: ${d}</p>`)}
      ${headline(c)}
      ${empty ? html`<p class="card wide empty">No counted flight in this period. The uptime below says whether anybody watched.</p>` : nothing}
      ${compared(c)}
      <div class="side">
      <section class="card" aria-label="Heat map">
        <div class="chart-head"><h2>Heat map</h2><button class="act small" aria-label="Save the map as PNG" @click=${png("map")}>PNG</button></div>
        ${this.map.element}
        <p class="hint" data-hint="map" aria-hidden="true"></p>
        <p class="quiet">${this.map.legendWords()}. ${c.map.means}</p>
        ${defined(c, "point")}
      </section>
      <section class="card" aria-label="Calendar">${chartView("calendar", this.charts.get("calendar")!, png("calendar"))}${defined(c, "day", "flight")}</section>
      </div>
      <div class="side">
        <section class="card" aria-label="Hour by weekday">${chartView("week", this.charts.get("week")!, png("week"))}${weekTable(c, WEEKDAYS)}${defined(c, "day")}</section>
        <section class="card" aria-label="Distributions">
          ${chartView("spreads", this.charts.get("spreads")!, png("spreads"))}
          <p class="quiet">A line from 5 to 95 % of the flights, a box round the middle half, a stroke at the median. ${this.charts.get("spreads")!.words}.</p>
          ${defined(c, "flight", "dwell")}
        </section>
      </div>
      <section class="card wide" aria-label="Trend">
        ${chartView("trend", this.charts.get("trend")!, png("trend"))}
        <p>${changeWords(c)}</p>
        ${defined(c, "trend")}
      </section>
      ${c.near ? this.near(c, png) : nothing}
      ${uptimes(c)} ${leftOut(c)} ${table(c)}
      <section class="card wide files" aria-label="Files and origin">
        <h2>Files</h2>
        <button class="act" @click=${() => this.file("table.csv", "picket-counts.csv")}>Table, CSV</button>
        <button class="act" @click=${() => this.file("map.geojson", "picket-map.geojson")}>Map, GeoJSON</button>
        <button class="act" @click=${png("map")}>Map, PNG</button>
        ${this.choices?.pdf ? html`<a class="act" href="${this.choices.pdf}?${this.answered}" target="_blank" rel="noopener">Report, PDF</a>` : nothing}
        <p class="quiet">Sources: ${c.sources.join(", ") || "none"}. Gap that ends a flight: ${c.gap_s} s. Digest of the data: <code>${c.digest}</code>: the same digest, the same sealed files.</p>
      </section>`;
  }

  private near(c: Counts, png: (id: string) => () => void): TemplateResult {
    return html`<section class="card" aria-label="How they passed">
        ${this.charts.has("approach") ? chartView("approach", this.charts.get("approach")!, png("approach")) : nothing}
        <p class="quiet">Seen from where a flight first came near: the sector of its place 30 s before. ${c.near!.began_near} began near.</p>
        ${defined(c, "near")}
      </section>
      <section class="card" aria-label="Crossings">${crossings(c)}${defined(c, "incursion", "dwell")}</section>`;
  }

  private file(path: string, name: string): void {
    void save(`/api/stats/${path}?${this.answered}`, name).catch((wrong: Error) => this.page.say(wrong.message, true));
  }

  private png(id: string, c: Counts): void {
    const chart = this.charts.get(id);
    const title = chart?.title ?? "Heat map";
    const used: Record<string, string[]> = {
      map: ["point"], week: ["day", "flight"], calendar: ["day", "flight", "uptime"], trend: ["trend", "flight"], spreads: ["flight", "dwell"], approach: ["near"],
    }; // prettier-ignore
    const below = ["observed", ...(used[id] ?? []), ...(c.near ? ["near"] : [])].filter((n, i, all) => c.definitions[n] && all.indexOf(n) === i);
    const words = [
      id === "trend" ? changeWords(c) : id === "map" ? `${this.map.legendWords()}. ${c.map.means}` : (chart?.words ?? ""),
      ...below.map((n) => `${spaced(n)}: ${c.definitions[n]}`),
      `Digest of the data: ${c.digest}. Sources: ${c.sources.join(", ")}.`,
    ];
    const of = chart ? askedWords(c) : `${c.simulated ? "SIMULATED: points" : "Points"} of everything that was seen, ${periodWords(c)}`;
    savePng(`picket-${id}.png`, [title, of], words, this.page.palette, chart ?? this.map.canvas);
  }
}

function changeWords(c: Counts): string {
  const ch = c.change;
  if (!ch) return "No change is looked for: fewer than 14 days of the period were watched, or nothing was counted.";
  const between = ch.between[0] === ch.between[1] ? "" : ` (95 %: between ${ch.between[0]} and ${ch.between[1]})`;
  return `Likeliest change on ${ch.first_day_after}${between}, from ${ch.per_day_before} to ${ch.per_day_after} a day. p = ${ch.p.toFixed(4)}: ${ch.words}.`;
}

