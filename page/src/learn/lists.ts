/** The screens that are lists and tables: first seen, contradictions, sources, changes, brief. */
import { html, type TemplateResult } from "lit";
import { ask, tell, type Certainty, type DeskState, type Edge, type First, type Flows, type Said } from "./api.ts";
import { fact, kindWords, left, mark, type Page, type Screen } from "./parts.ts";

interface Matrix {
  total: number;
  columns: { id: string; title: string; first: string | null }[];
  rows: { id: string; name: string; cells: Record<string, First> }[];
  reach: { actor: string; card: string | null; distance_km: number; qualifier: string; certainty: Certainty; when: string; evidence: number[] }[];
}

const km = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SHORT: Record<Certainty, string> = { stated: "stated", reported: "rep.", alleged: "alleged", possible: "poss.", denied: "denied" };

/** A span in a cell: its beginning with dots, never a day that nobody named. */
const shortly = (when: string) => (when.includes(" to ") ? `${when.split(" to ")[0]} …` : when === "date not stated" ? "no date" : when);

/** "12 days" alone does not say from when. */
export const lagWords = (lag: string): string => (lag.endsWith(" days") ? `${lag} after the first` : lag);

export class FirstSeen implements Screen {
  readonly id = "first";
  readonly title = "First seen";
  private found: Matrix | null = null;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async load(): Promise<void> {
    this.found = await ask<Matrix>("matrix");
    this.page.redraw();
  }

  view(): TemplateResult {
    const m = this.found;
    if (!m) return html``;
    return html`<div class="scroll tall" tabindex="0" role="region" aria-label="First seen">
      <p class="quiet">When each actor was first reported with a capability, and how long after the first anywhere. ★ is the first.</p>
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">Actor</th>
            ${m.columns.map((c) => html`<th scope="col"><span>${c.title}</span></th>`)}
          </tr>
        </thead>
        <tbody>
          ${m.rows.map(
            (r) =>
              html`<tr>
                <th scope="row"><bdi>${r.name}</bdi></th>
                ${m.columns.map((c) => {
                  const f = r.cells[c.id];
                  if (!f) return html`<td></td>`;
                  const star = c.first === r.id ? "★ " : "";
                  const words = `${r.name}, ${c.title}: ${f.when}, ${f.certainty}, ${lagWords(f.lag)}${f.earlier_if_true ? `; ${f.earlier_if_true} if an unproven claim is true` : ""}`;
                  return html`<td class="cell mark-${f.certainty}">
                    <button class="fact" title=${words} data-evidence=${f.evidence.join(",")} @click=${() => this.page.open(f.evidence)}>
                      ${star}${shortly(f.when)}<span class="below">${SHORT[f.certainty]}</span>
                    </button>
                  </td>`;
                })}
              </tr>`,
          )}
        </tbody>
      </table>
      ${left(m.total, m.rows.length, "actors")}
      <h2>Greatest claimed distance</h2>
      <ul class="plain">
        ${m.reach.map(
          (r) =>
            html`<li>
              ${fact(this.page, { sentence: `${r.actor}: ${r.qualifier === "exact" ? "" : `${r.qualifier} `}${km.format(r.distance_km)} km`, evidence: r.evidence }, r.certainty, `${r.card ?? "capability not said"} · ${r.when}`)}
            </li>`,
        )}
      </ul>
    </div>`;
  }
}

interface Against {
  total: number;
  rows: { kind: string; about: string; one: (Said & { certainty: Certainty })[]; other: (Said & { certainty: Certainty })[]; more: number }[];
}
const WHAT: Record<string, string> = { denied: "Denied", actor: "Who did it", number: "How many", time: "When it existed" };

export class Contradictions implements Screen {
  readonly id = "against";
  readonly title = "Contradictions";
  private found: Against = { total: 0, rows: [] };
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async load(): Promise<void> {
    this.found = await ask<Against>("contradictions");
    this.page.redraw();
  }

  view(): TemplateResult {
    const side = (said: (Said & { certainty: Certainty })[]) => said.map((s) => fact(this.page, s, s.certainty));
    return html`<div class="scroll tall" tabindex="0" role="region" aria-label="Contradictions">
      <p class="quiet">Where reports do not agree, side by side. Nothing here picks the right one.</p>
      ${this.found.rows.map(
        (c) =>
          html`<article class="sides">
            <h2>${WHAT[c.kind] ?? c.kind}: <bdi>${c.about.replaceAll(" -> ", " → ")}</bdi></h2>
            <div>${side(c.one)}</div>
            <div>${c.other.length ? side(c.other) : html`<p class="quiet">Against what is known of the actor.</p>`}</div>
          </article>`,
      )}
      ${this.found.rows.length ? left(this.found.total, this.found.rows.length, "contradictions") : html`<p class="quiet">None.</p>`}
    </div>`;
  }
}

interface SourceRow {
  id: string;
  name: string;
  letter: string;
  words: string;
  reasons: string[];
  claims: number;
  reports: number;
  decided: boolean;
  evidence: number[];
}
interface Ledger {
  total: number;
  rows: SourceRow[];
  copies: { doc: string; publisher: string | null; copy_of: string; shared: number | null }[];
  reliability: Record<string, string>;
}

export class Sources implements Screen {
  readonly id = "sources";
  readonly title = "Sources";
  private found: Ledger = { total: 0, rows: [], copies: [], reliability: {} };
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async load(): Promise<void> {
    this.found = await ask<Ledger>("sources");
    this.page.redraw();
  }

  private async grade(row: SourceRow, letter: string): Promise<void> {
    try {
      await tell(`sources/${encodeURIComponent(row.id)}/grade`, { letter, why: "set on the source ledger" });
      this.page.say(`${row.name} is now ${letter}. The picture is worked out again.`);
      await this.page.refreshState();
    } catch (wrong) {
      this.page.say((wrong as Error).message, true);
    }
  }

  view(): TemplateResult {
    return html`<div class="scroll tall" tabindex="0" role="region" aria-label="Source ledger">
      <p class="quiet">One line an origin: whose news it is, however many print it. The letter has reasons; yours wins over them.</p>
      <table class="ledger">
        <thead><tr><th scope="col">Origin</th><th scope="col">Reliability</th><th scope="col">Why</th><th scope="col" class="number">Claims</th><th scope="col" class="number">Reports</th></tr></thead>
        <tbody>
          ${this.found.rows.map(
            (r) =>
              html`<tr>
                <th scope="row"><button class="fact" data-evidence=${r.evidence.join(",")} @click=${() => this.page.open(r.evidence)}><bdi>${r.name}</bdi></button></th>
                <td>
                  <select aria-label="Reliability of ${r.name}" @change=${(e: Event) => void this.grade(r, (e.target as HTMLSelectElement).value)}>
                    ${Object.entries(this.found.reliability).map(([k, v]) => html`<option value=${k} ?selected=${k === r.letter}>${k} ${v}</option>`)}
                  </select>
                </td>
                <td>${r.reasons.join("; ")}</td>
                <td class="number">${r.claims}</td>
                <td class="number">${r.reports}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      ${left(this.found.total, this.found.rows.length, "origins")}
      ${this.found.copies.length ? html`<h2>Copies</h2><ul class="plain">${this.found.copies.map((c) => html`<li><bdi>${c.publisher ?? c.doc}</bdi>: ${c.shared === null ? "" : `${Math.round(c.shared * 100)} % as in `}<bdi>${c.copy_of}</bdi></li>`)}</ul>` : ""}
    </div>`;
  }
}

interface Changed {
  totals: Record<"flows" | "grown" | "firsts" | "reach" | "incidents", number>;
  flows: Edge[];
  grown: (Edge & { before: number; certainty_before: Certainty; denials: number })[];
  firsts: (First & { who: string; card: string })[];
  reach: { actor: string; distance_km: number; certainty: Certainty; evidence: number[] }[];
  incidents: (Said & { certainty: Certainty; when: string; vague: boolean })[];
}

export class Changes implements Screen {
  readonly id = "changes";
  readonly title = "Changes";
  private found: Changed | null = null;
  private since = "";
  private readonly page: Page;
  private readonly state: () => DeskState | null;

  constructor(page: Page, state: () => DeskState | null) {
    this.page = page;
    this.state = state;
  }

  async load(): Promise<void> {
    const last = this.state()?.last;
    if (!this.since && last) this.since = new Date(Date.parse(last) - 180 * 86400_000).toISOString().slice(0, 10);
    if (this.since) this.found = await ask<Changed>("changes", { since: this.since });
    this.page.redraw();
  }

  view(): TemplateResult {
    const c = this.found;
    const part = (title: string, total: number, rows: TemplateResult[]) => html`<h2>${title}: ${total}</h2>${rows}${left(total, rows.length, "of these")}`;
    return html`<div class="scroll tall" tabindex="0" role="region" aria-label="What changed">
      <p class="row">
        <label>Published since <input type="date" .value=${this.since} @change=${(e: Event) => { this.since = (e.target as HTMLInputElement).value; void this.load().catch((w: Error) => this.page.say(w.message, true)); }} /></label>
      </p>
      ${c
        ? html`${part("New flows", c.totals.flows, c.flows.map((f) => fact(this.page, f, f.certainty, f.kind === "uptake" && f.capabilities.length ? `${f.capabilities[0]}. ${f.grade}` : f.grade)))}
          ${part("Changed flows", c.totals.grown, c.grown.map((f) => fact(this.page, f, f.certainty, `was ${f.certainty_before}, information ${f.before}; now ${f.certainty}, information ${f.information}${f.denials ? `; ${f.denials} new denials` : ""}`)))}
          ${part("New firsts", c.totals.firsts, c.firsts.map((f) => fact(this.page, { sentence: `${f.who}: ${f.card}, ${f.when}`, evidence: f.evidence }, f.certainty, lagWords(f.lag))))}
          ${part("New greatest distances", c.totals.reach, c.reach.map((r) => fact(this.page, { sentence: `${r.actor}: ${km.format(r.distance_km)} km`, evidence: r.evidence }, r.certainty)))}
          ${part("New incidents", c.totals.incidents, c.incidents.map((n) => fact(this.page, n, n.certainty, n.when + (n.vague ? " · vague: may be several" : ""))))}`
        : ""}
    </div>`;
  }
}

export class Brief implements Screen {
  readonly id = "brief";
  readonly title = "Brief";
  private edges: Edge[] = [];
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async load(): Promise<void> {
    this.edges = (await ask<Flows>("flows", { most: 400 })).edges.filter((e) => !["comes from", "learned at"].includes(e.kind));
    this.page.redraw();
  }

  view(): TemplateResult {
    const part = (title: string, edges: Edge[]) => (edges.length ? html`<h2>${title}</h2>${edges.map((e) => fact(this.page, e, e.certainty, e.kind === "uptake" && e.capabilities.length ? `${e.capabilities[0]}. ${e.grade}` : e.grade))}` : "");
    const file = (name: string, words: string) => html`<a class="act" href="/api/learn/export/${name}" download=${name}>${words}</a>`;
    return html`<div class="scroll tall" tabindex="0" role="region" aria-label="Brief">
      <p class="row">
        <a class="act" href="/api/learn/brief" target="_blank" rel="noopener">Open to print</a>
        ${file("brief.pdf", "Brief (PDF)")} ${file("brief.html", "Brief (HTML)")} ${file("flows.csv", "Flows (CSV)")} ${file("picture.geojson", "Map (GeoJSON)")}
        ${file("picture.stix.json", "STIX 2.1")} ${file("claims.jsonl", "Claims (JSON lines)")}
      </p>
      <p class="quiet">None of these holds anything of this site. Every sentence opens its evidence.</p>
      ${part("Transfers that reports state", this.edges.filter((e) => e.fact))}
      ${part("Reported, alleged or possible: not established", this.edges.filter((e) => !e.fact && e.certainty !== "denied" && !e.denied))}
      ${part("Denied", this.edges.filter((e) => e.denied))}
    </div>`;
  }
}

interface Card {
  id: string;
  title: string;
  summary: string;
  domain: string;
  question: string;
  looks: Record<string, { seen: string; text: string }>;
  watch: Record<"report" | "shelter" | "look" | "call", string>;
  occurrence: { date: string; country: string; place?: string; actor?: string; what: string; source: string; certainty?: Certainty }[];
  total: number;
  claims: (Said & { certainty: Certainty })[];
  firsts: (First & { who: string })[];
  coverage: { answer: string; words: string; sights: { sensor_id: string; kind: string; seen: string; why: string }[] } | null;
}

export class Cards implements Screen {
  readonly id = "cards";
  readonly title = "Cards";
  private chosen = "";
  private card: Card | null = null;
  private asked: { question: string; words: string; card: string; evidence: number[] }[] = [];
  private readonly page: Page;
  private readonly state: () => DeskState | null;

  constructor(page: Page, state: () => DeskState | null) {
    this.page = page;
    this.state = state;
  }

  async load(): Promise<void> {
    this.chosen ||= this.state()?.cards[0]?.id ?? "";
    if (this.chosen) this.card = await ask<Card>(`cards/${this.chosen}`);
    this.asked = (await ask<{ rows: Cards["asked"] }>("questions")).rows;
    this.page.redraw();
  }

  view(): TemplateResult {
    const c = this.card;
    return html`<div class="two cards">
      <nav class="scroll" aria-label="Tactic cards">
        ${this.state()?.cards.map(
          (k) =>
            html`<button class="claim" aria-current=${k.id === this.chosen} @click=${() => { this.chosen = k.id; void this.load(); }}>${k.title}</button>`,
        )}
      </nav>
      ${c
        ? html`<section class="scroll" tabindex="0" aria-label=${c.title}>
            <h2>${c.title}</h2>
            <p>${c.summary}</p>
            <table class="ledger"><caption>How it looks</caption><tbody>${Object.entries(c.looks).map(([s, l]) => html`<tr><th scope="row">${kindWords(s)}</th><td><b>${l.seen}</b></td><td>${l.text}</td></tr>`)}</tbody></table>
            <table class="ledger"><caption>What a watch does</caption><tbody>${Object.entries(c.watch).map(([k, v]) => html`<tr><th scope="row">${k}</th><td>${v}</td></tr>`)}</tbody></table>
            ${c.coverage
              ? html`<h2>Our own sensors: ${c.coverage.words}</h2>
                  <p class="quiet">Worked out now from the site file, kept nowhere, in no export. Only for those who may know this site's gaps.</p>
                  <table class="ledger"><tbody>${c.coverage.sights.map((s) => html`<tr><th scope="row">${s.sensor_id}</th><td><b>${s.seen}</b></td><td>${s.why}</td></tr>`)}</tbody></table>`
              : html`<p class="quiet">What our own sensors would see is shown when the desk is opened with --site. ${c.question}</p>`}
            <h2>First seen with</h2>
            ${c.firsts.map((f) => fact(this.page, { sentence: `${f.who}: ${f.when}`, evidence: f.evidence }, f.certainty, lagWords(f.lag)))}
            <h2>Claims: ${c.total}</h2>
            ${c.claims.map((k) => fact(this.page, k, k.certainty))}
            <h2>Published occurrences</h2>
            <ul class="plain">${c.occurrence.map((o) => html`<li>${mark(o.certainty ?? "stated")} ${o.date}, ${o.place ?? o.country}: ${o.what} <span class="quiet">${o.source}</span></li>`)}</ul>
            ${this.asked.length ? html`<h2>What warnings elsewhere ask of this site</h2>${this.asked.map((q) => fact(this.page, { sentence: q.question, evidence: q.evidence }, null, `${q.card}: ${q.words}`))}` : ""}
          </section>`
        : ""}
    </div>`;
  }
}
