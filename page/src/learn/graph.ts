/** Who passes what to whom, as it stood on a day: actors as nodes, flows as lines whose dashes say how certain they are. */
import { html, svg, type TemplateResult } from "lit";
import { ask, type DeskState, type Edge, type Flows } from "./api.ts";
import { fact, kindWords, left, type Page, type Screen } from "./parts.ts";
import { place, type Spot } from "./layout.ts";

const [W, H] = [860, 560];
const MONTH_MS = 30.44 * 86400_000;

const short = (name: string): string => (name.length > 30 ? `${name.slice(0, 29)}…` : name);
const LETTER = 6; // about so wide, and a line is so high
const LINE = 14;
const [OVER, UNDER] = [-9, 19] as const;

/** Nodes to which more lines come from above than from below: their name under them lies under fewer arrows. */
export function fromAbove(edges: readonly { from: string | null; to: string | null }[], spots: ReadonlyMap<string, Spot>): Set<string> {
  const above = new Map<string, number>();
  for (const { from, to } of edges)
    for (const [id, other] of [[from, to], [to, from]]) {
      const [at, end] = [spots.get(id ?? ""), spots.get(other ?? "")];
      if (id && at && end) above.set(id, (above.get(id) ?? 0) + Math.sign(at.y - end.y));
    }
  return new Set([...above].filter(([, n]) => n > 0).map(([id]) => id));
}

/** Where each name stands beside its node: over or under it, where no name before it lies; never beyond the drawing's sides. */
export function labelled(
  nodes: readonly { id: string; name: string }[],
  spots: ReadonlyMap<string, Spot>,
  under: ReadonlySet<string> = new Set(),
): Map<string, Spot> {
  const taken: { x: number; y: number; half: number }[] = [];
  const found = new Map<string, Spot>();
  for (const { id, name } of nodes) {
    const at = spots.get(id);
    if (!at) continue;
    const half = (short(name).length * LETTER) / 2;
    const x = Math.min(Math.max(at.x, half), W - half);
    const isFree = (dy: number) => !taken.some((t) => Math.abs(t.x - x) < t.half + half && Math.abs(t.y - at.y - dy) < LINE);
    const [first, second] = under.has(id) && at.y + UNDER < H ? [UNDER, OVER] : [OVER, UNDER];
    const y = !isFree(first) && isFree(second) ? second : first;
    taken.push({ x, y: at.y + y, half });
    found.set(id, { x: x - at.x, y });
  }
  return found;
}

export class Graph implements Screen {
  readonly id = "flows";
  readonly title = "Flows";
  private found: Flows = { total: 0, edges: [], nodes: [] };
  private spots = new Map<string, Spot>();
  private actor = "";
  private card = "";
  private month = -1;
  private timer = 0;
  private readonly page: Page;
  private readonly state: () => DeskState | null;

  constructor(page: Page, state: () => DeskState | null) {
    this.page = page;
    this.state = state;
  }

  private get months(): number {
    const s = this.state();
    if (!s?.first || !s.last) return 0;
    return Math.ceil((Date.parse(s.last) - Date.parse(s.first)) / MONTH_MS);
  }

  private get until(): string {
    const s = this.state();
    if (!s?.first || !s.last || this.month < 0 || this.month >= this.months) return s?.last ?? "";
    return new Date(Date.parse(s.first) + this.month * MONTH_MS).toISOString().slice(0, 10);
  }

  async load(): Promise<void> {
    const whole = await ask<Flows>("flows", { actor: this.actor, card: this.card, most: 120 });
    this.spots = place(
      whole.nodes.map((n) => n.id),
      whole.edges.flatMap((e) => (e.from && e.to ? [[e.from, e.to] as [string, string]] : [])),
      W,
      H,
    );
    this.found = whole;
    if (this.month >= 0) await this.at();
    this.page.redraw();
  }

  private async at(): Promise<void> {
    this.found = await ask<Flows>("flows", { actor: this.actor, card: this.card, most: 120, until: this.until });
    this.page.redraw();
  }

  private line(e: Edge): TemplateResult | string {
    const [a, b] = [e.from ? this.spots.get(e.from) : undefined, e.to ? this.spots.get(e.to) : undefined];
    if (!a || !b) return "";
    const [mx, my] = [(a.x + b.x) / 2 + (b.y - a.y) * 0.12, (a.y + b.y) / 2 - (b.x - a.x) * 0.12];
    const words = `${e.from_name} to ${e.to_name}: ${kindWords(e.kind)}, ${e.certainty}${e.denied ? ", denied by somebody" : ""}`;
    return svg`<g class="edge edge-${e.certainty}" tabindex="0" role="button" aria-label=${words} data-evidence=${e.evidence.join(",")}
        @click=${() => this.page.open(e.evidence)}>
      <title>${words}</title>
      <path class="wide" d="M${a.x},${a.y} Q${mx},${my} ${b.x},${b.y}"></path>
      <path class="ink" d="M${a.x},${a.y} Q${mx},${my} ${b.x},${b.y}" marker-end="url(#tip)"></path>
      ${e.denied ? svg`<text class="denied" x=${(mx + (a.x + b.x) / 2) / 2} y=${(my + (a.y + b.y) / 2) / 2}>✕ denied</text>` : ""}
    </g>`;
  }

  view(): TemplateResult {
    const drawn = new Set(this.found.edges.flatMap((e) => (e.from && e.to ? [e.from, e.to] : [])));
    const labels = labelled(this.found.nodes.filter((n) => drawn.has(n.id)), this.spots, fromAbove(this.found.edges, this.spots));
    const s = this.state();
    return html`<div class="two">
      <section aria-label="Graph">
        <div class="row">
          <label>Actor <input .value=${this.actor} @change=${(e: Event) => { this.actor = (e.target as HTMLInputElement).value; void this.load(); }} /></label>
          <label>Capability
            <select @change=${(e: Event) => { this.card = (e.target as HTMLSelectElement).value; void this.load(); }}>
              <option value="">all</option>
              ${s?.cards.map((c) => html`<option value=${c.id} ?selected=${c.id === this.card}>${c.title}</option>`)}
            </select></label>
          <label class="wide">Known by <b>${this.until || "–"}</b>
            <input type="range" min="0" max=${this.months} .value=${String(this.month < 0 ? this.months : this.month)}
              aria-valuetext=${this.until}
              @input=${(e: Event) => {
                this.month = Number((e.target as HTMLInputElement).value);
                clearTimeout(this.timer);
                this.timer = window.setTimeout(() => void this.at(), 80);
                this.page.redraw();
              }} /></label>
        </div>
        <svg class="graph" viewBox="0 0 ${W} ${H}" role="group" aria-label="Flows between actors">
          <defs><marker id="tip" viewBox="0 0 8 8" refX="15" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8 z"></path></marker></defs>
          ${this.found.edges.map((e) => this.line(e))}
          ${this.found.nodes.filter((n) => drawn.has(n.id)).map((n) => {
            const at = this.spots.get(n.id);
            return at
              ? svg`<g class="node" transform="translate(${at.x},${at.y})">
                  ${n.type === "state" ? svg`<rect x="-5" y="-5" width="10" height="10"></rect>` : svg`<circle r="5.5"></circle>`}
                  <text x=${labels.get(n.id)!.x} y=${labels.get(n.id)!.y}>${short(n.name)}</text></g>`
              : "";
          })}
        </svg>
        <p class="legend row">${["stated", "reported", "alleged", "possible", "denied"].map((c) => html`<span><svg width="34" height="8" aria-hidden="true"><g class="edge edge-${c}"><path class="ink" d="M1,4 L33,4"></path></g></svg> ${c}</span>`)}<span>■ state</span><span>● other</span></p>
      </section>
      <section class="scroll" tabindex="0" aria-label="Flows in sentences">
        ${this.found.edges.map((e) => fact(this.page, e, e.certainty, html`${e.when} · information ${e.information}, ${e.information_words}`))}
        ${left(this.found.total, this.found.edges.length, "flows: name an actor or a capability; they")}
      </section>
    </div>`;
  }

  key(): boolean {
    return false;
  }
}

