/** The map: incidents as discs as wide as the place is known, flows between countries as arcs. North is up; wheel, drag, + and -. */
import { html, svg, type TemplateResult } from "lit";
import { Plane } from "../geo.ts";
import { worldLand } from "../map/land.ts";
import { clipRing, type Shape } from "../map/shapes.ts";
import { View } from "../map/view.ts";
import { palettes, type PaletteName } from "../palette.ts";
import { ask, type Certainty, type Edge, type Said } from "./api.ts";
import { fact, left, type Page, type Screen } from "./parts.ts";

interface Incident extends Said {
  kind: string;
  when: string;
  vague: boolean;
  certainty: Certainty;
  place: string | null;
  lat_deg: number;
  lon_deg: number;
  precision_km: number;
  level: string;
}
interface Places {
  total: number;
  incidents: Incident[];
  flows: (Edge & { ends: [number, number, number][] })[];
  left_out: { incidents: number; flows: number };
}

export class WorldMap implements Screen {
  readonly id = "map";
  readonly title = "Map";
  private found: Places | null = null;
  private land: Shape[] = [];
  private readonly plane = new Plane(20, 20);
  private readonly map = new View();
  private fitted = false;
  private drag: [number, number] | null = null;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async load(): Promise<void> {
    this.found = await ask<Places>("map");
    this.page.redraw();
    if (!this.land.length) this.land = await worldLand(this.plane);
    this.page.redraw();
  }

  private xy(lon: number, lat: number): [number, number] {
    return [Math.round(this.map.toScreenX(this.plane.x(lon)) * 10) / 10, Math.round(this.map.toScreenY(this.plane.y(lat)) * 10) / 10];
  }

  private zoom(factor: number, x?: number, y?: number): void {
    this.map.zoom(factor, x, y);
    this.page.redraw();
  }

  key(e: KeyboardEvent): boolean {
    if ("+=".includes(e.key)) this.zoom(1.5);
    else if ("-_".includes(e.key)) this.zoom(1 / 1.5);
    else return false;
    return true;
  }

  drawn(): void {
    const canvas = document.querySelector<HTMLCanvasElement>("canvas.world");
    if (!canvas) return;
    const [w, h] = [canvas.clientWidth, canvas.clientHeight];
    if (w !== this.map.width || h !== this.map.height) {
      this.map.resize(w, h);
      if (!this.fitted) this.map.res = 3.1e7 / Math.max(w, 1);
      this.fitted = true;
      this.page.redraw();
      return;
    }
    const scale = window.devicePixelRatio || 1;
    canvas.width = w * scale;
    canvas.height = h * scale;
    const pen = canvas.getContext("2d")!;
    const ink = palettes[(document.documentElement.dataset["palette"] ?? "day") as PaletteName].map;
    pen.scale(scale, scale);
    pen.fillStyle = ink.sea;
    pen.fillRect(0, 0, w, h);
    pen.fillStyle = ink.land;
    pen.strokeStyle = ink.shore;
    const [x0, x1] = [this.map.toPlaneX(-8), this.map.toPlaneX(w + 8)];
    const [y0, y1] = [this.map.toPlaneY(h + 8), this.map.toPlaneY(-8)];
    for (const shape of this.land) {
      if (shape.bounds[2] < x0 || shape.bounds[0] > x1 || shape.bounds[3] < y0 || shape.bounds[1] > y1) continue;
      pen.beginPath();
      for (const ring of shape.rings) {
        const at = clipRing(ring, x0, y0, x1, y1);
        for (let i = 0; i < at.length; i += 2) {
          const [x, y] = [this.map.toScreenX(at[i]!), this.map.toScreenY(at[i + 1]!)];
          if (i === 0) pen.moveTo(x, y);
          else pen.lineTo(x, y);
        }
        pen.closePath();
      }
      pen.fill("evenodd");
      pen.stroke();
    }
  }

  private disc(n: Incident): TemplateResult {
    const [x, y] = this.xy(n.lon_deg, n.lat_deg);
    const radius = Math.max(2.5, (n.precision_km * 1000 * this.plane.stretch(n.lat_deg)) / this.map.res);
    const words = `${n.sentence} Known to ${Math.round(n.precision_km)} km (${n.level}).`;
    return svg`<g class="disc edge-${n.certainty}" tabindex="0" role="button" aria-label=${words} data-evidence=${n.evidence.join(",")} @click=${() => this.page.open(n.evidence)}>
      <title>${words}</title><circle class="reach" cx=${x} cy=${y} r=${radius}></circle><circle class="dot" cx=${x} cy=${y} r="2.5"></circle></g>`;
  }

  private arc(e: Edge & { ends: [number, number, number][] }): TemplateResult {
    const [a, b] = [this.xy(e.ends[0]![0], e.ends[0]![1]), this.xy(e.ends[1]![0], e.ends[1]![1])];
    const d = `M${a[0]},${a[1]} Q${(a[0] + b[0]) / 2},${(a[1] + b[1]) / 2 - Math.hypot(a[0] - b[0], a[1] - b[1]) * 0.22} ${b[0]},${b[1]}`;
    return svg`<g class="edge edge-${e.certainty}" tabindex="0" role="button" aria-label=${e.sentence} data-evidence=${e.evidence.join(",")} @click=${() => this.page.open(e.evidence)}>
      <title>${e.sentence}</title><path class="wide" d=${d}></path><path class="ink" d=${d} marker-end="url(#arctip)"></path></g>`;
  }

  view(): TemplateResult {
    const f = this.found;
    if (!f) return html``;
    return html`<div class="two">
      <section class="worldbox" aria-label="Map"
        @wheel=${(e: WheelEvent) => { e.preventDefault(); this.zoom(e.deltaY < 0 ? 1.25 : 0.8, e.offsetX, e.offsetY); }}
        @pointerdown=${(e: PointerEvent) => (this.drag = [e.clientX, e.clientY])}
        @pointermove=${(e: PointerEvent) => {
          if (!this.drag || !e.buttons) return;
          this.map.pan(e.clientX - this.drag[0], e.clientY - this.drag[1]);
          this.drag = [e.clientX, e.clientY];
          this.page.redraw();
        }}>
        <canvas class="world" aria-hidden="true"></canvas>
        <svg class="over" role="group" aria-label="Incidents and flows" width="100%" height="100%">
          <defs><marker id="arctip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0,0 L8,4 L0,8 z"></path></marker></defs>
          ${f.incidents.map((n) => this.disc(n))} ${f.flows.map((e) => this.arc(e))}
        </svg>
        <p class="note">A disc is as wide as the place is known; a country's is as wide as the country. Not placed: ${f.left_out.incidents} incidents, ${f.left_out.flows} flows (no place, or both ends in one country).</p>
      </section>
      <section class="scroll" tabindex="0" aria-label="Incidents in sentences">
        ${f.incidents.map((n) => fact(this.page, n, n.certainty, `${n.when}${n.vague ? " · vague: may be several" : ""} · known to ${Math.round(n.precision_km)} km`))}
        ${left(f.total, f.incidents.length + f.left_out.incidents, "incidents")}
      </section>
    </div>`;
  }
}
