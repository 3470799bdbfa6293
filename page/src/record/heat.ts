/** The heat map: the points in each cell of the roll-up's grid, over the watch page's own base map. */
import type { FeatureCollection } from "geojson";
import { Plane } from "../geo.ts";
import { BaseMap } from "../map/base.ts";
import { followGestures } from "../map/gestures.ts";
import { worldLand } from "../map/land.ts";
import { shapesOf } from "../map/shapes.ts";
import { View } from "../map/view.ts";
import { palettes, type Palette, type PaletteName } from "../palette.ts";
import { count, FONT, plural } from "../words.ts";
import { ask, type Heat } from "./api.ts";
import { legend, ramp } from "./ink.ts";

const SITE_ONLY_M = 6_000;

export class HeatMap {
  readonly canvas = document.createElement("canvas");
  private readonly box = document.createElement("div");
  private readonly base = new BaseMap();
  private readonly view = new View();
  private heat: Heat | null = null;
  private top = 1;
  private palette: PaletteName = "day";
  private drawing = false;
  private seen = -1;
  /** All cells are to be shown as soon as the map has a size. */
  private unfitted = true;
  private onSay: (words: string) => void;

  constructor(onSay: (words: string) => void) {
    this.onSay = onSay;
    this.box.className = "heat";
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "application");
    this.box.setAttribute("aria-label", "Map of the points in each cell. Arrows move it, + and - zoom, 0 shows all.");
    this.canvas.setAttribute("aria-hidden", "true");
    this.box.append(this.canvas);
    followGestures(this.box, this.view, {
      onClick: () => {},
      onMove: (x, y) => this.onSay(this.at(x, y)),
      onLeave: () => this.onSay(""),
    });
    for (const event of ["pointermove", "wheel", "pointerup"]) this.box.addEventListener(event, () => this.redraw());
    this.box.addEventListener("keydown", (e) => this.key(e));
    new ResizeObserver(() => this.redraw()).observe(this.box);
  }

  /** The element to put into the page. */
  get element(): HTMLElement {
    return this.box;
  }

  /** The site's own map and zones, once; the land of the world comes when it comes. */
  async load(): Promise<void> {
    const hello = await ask<{ site: { lat_deg: number; lon_deg: number } }>("/api/hello");
    const plane = new Plane(hello.site.lat_deg, hello.site.lon_deg);
    const [site, zones] = await Promise.all(
      ["/api/map", "/api/zones"].map((path) => ask<FeatureCollection>(path).catch(() => ({ type: "FeatureCollection" as const, features: [] }))),
    );
    this.base.content = { ...this.base.content, plane, site: shapesOf(site!, plane), zones: shapesOf(zones!, plane) };
    this.base.invalidate();
    void worldLand(plane).then((land) => {
      this.base.content = { ...this.base.content, land };
      this.base.invalidate();
      this.redraw();
    });
  }

  show(heat: Heat | null): void {
    this.heat = heat;
    this.top = (heat?.cells ?? []).reduce((most, c) => Math.max(most, c[2]), 1);
    this.fit();
  }

  paintWith(palette: PaletteName): void {
    this.palette = palette;
    this.base.invalidate();
    this.redraw();
  }

  /** All cells, or the site alone where there is none; at once, or when the map has a size. */
  fit(): void {
    this.unfitted = true;
    this.redraw();
  }

  private fitNow(): void {
    this.unfitted = false;
    const plane = this.base.content.plane;
    const cells = this.heat?.cells ?? [];
    this.view.fit(SITE_ONLY_M);
    if (!cells.length) return;
    const side = this.heat!.side_deg;
    const span = (values: number[]): [number, number] =>
      values.reduce<[number, number]>(([a, b], n) => [Math.min(a, n), Math.max(b, n)], [Infinity, -Infinity]);
    const [x0, x1] = span(cells.flatMap((c) => [plane.x(c[1]), plane.x(c[1] + side)]));
    const [y0, y1] = span(cells.flatMap((c) => [plane.y(c[0]), plane.y(c[0] + side)]));
    this.view.centre((x0 + x1) / 2, (y0 + y1) / 2);
    this.view.zoom(this.view.res / Math.max((1.12 * (x1 - x0)) / this.view.width, (1.12 * (y1 - y0)) / this.view.height, 2));
  }

  legendWords(): string {
    return this.heat?.cells.length ? `1 to ${plural(this.top, "point")} a cell, stronger with the logarithm` : "no point in this period";
  }

  private key(e: KeyboardEvent): void {
    const step = 60;
    const moves: Record<string, () => void> = {
      ArrowLeft: () => this.view.pan(step, 0), ArrowRight: () => this.view.pan(-step, 0), ArrowUp: () => this.view.pan(0, step), ArrowDown: () => this.view.pan(0, -step),
      "+": () => this.view.zoom(1.5), "=": () => this.view.zoom(1.5), "-": () => this.view.zoom(1 / 1.5), "0": () => this.fit(),
    }; // prettier-ignore
    const move = moves[e.key];
    if (!move || e.ctrlKey || e.metaKey || e.altKey) return;
    move();
    e.preventDefault();
    e.stopPropagation();
    this.redraw();
  }

  private at(sx: number, sy: number): string {
    if (!this.heat) return "";
    const plane = this.base.content.plane;
    const [lat, lon] = [plane.lat(this.view.toPlaneY(sy)), plane.lon(this.view.toPlaneX(sx))];
    const side = this.heat.side_deg;
    const found = this.heat.cells.find(([y, x]) => lat >= y && lat < y + side && (lon - x + 720) % 360 < side);
    return `${lat.toFixed(3)}, ${lon.toFixed(3)}: ${found ? `${count(found[2])} points in this cell` : "no point"}`;
  }

  private size(): void {
    const [w, h] = [this.box.clientWidth, this.box.clientHeight];
    if (w !== this.view.width || h !== this.view.height) this.view.resize(w, h);
  }

  redraw(): void {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      if (this.box.clientWidth > 1) this.draw();
    });
  }

  private draw(): void {
    this.size();
    if (this.unfitted) this.fitNow();
    const ratio = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(this.view.width * ratio), Math.round(this.view.height * ratio)];
    if (this.canvas.width !== w || this.canvas.height !== h) [this.canvas.width, this.canvas.height] = [w, h];
    const pen = this.canvas.getContext("2d", { alpha: false })!;
    const palette = palettes[this.palette];
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.base.update(this.view, palette, ratio, performance.now());
    this.base.blit(pen, this.view, palette);
    this.cells(pen, palette);
    const moved = this.view.version !== this.seen;
    this.seen = this.view.version;
    if (moved || this.base.isDue(this.view)) this.redraw();
  }

  private cells(pen: CanvasRenderingContext2D, palette: Palette): void {
    const { heat, view } = this;
    if (!heat) return;
    const plane = this.base.content.plane;
    const log = Math.log1p(this.top);
    pen.globalAlpha = 0.78;
    for (const [south, west, n] of heat.cells) {
      const [x0, y1] = [view.toScreenX(plane.x(west)), view.toScreenY(plane.y(south))];
      const [x1, y0] = [view.toScreenX(plane.x(west + heat.side_deg)), view.toScreenY(plane.y(south + heat.side_deg))];
      if (x1 < 0 || x0 > view.width || y1 < 0 || y0 > view.height || x1 < x0) continue;
      pen.fillStyle = ramp(palette, Math.log1p(n) / log);
      pen.fillRect(x0, y0, Math.max(1, x1 - x0), Math.max(1, y1 - y0));
    }
    pen.globalAlpha = 1;
    this.outlines(pen, palette);
    if (!heat.cells.length) return;
    pen.fillStyle = palette.map.labelBack;
    pen.fillRect(6, view.height - 28, 196, 22);
    legend(pen, palette, 12, view.height - 23, "1", plural(this.top, "point"), FONT);
  }

  /** The zones once more: the cells lie over them. */
  private outlines(pen: CanvasRenderingContext2D, palette: Palette): void {
    pen.strokeStyle = palette.map.zone;
    pen.lineWidth = 1.5;
    for (const shape of this.base.content.zones) {
      pen.beginPath();
      for (const ring of shape.rings) {
        for (let i = 0; i < ring.length; i += 2) pen.lineTo(this.view.toScreenX(ring[i]!), this.view.toScreenY(ring[i + 1]!));
        if (shape.filled) pen.closePath();
      }
      pen.stroke();
    }
  }
}
