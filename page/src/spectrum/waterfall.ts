/** The waterfall: power as grey, what was not looked at as hatching, emissions as boxes with their names. */
import type { Palette } from "../palette.ts";
import type { Box, Row } from "./api.ts";
import { x, y, type Axes } from "./axes.ts";

const SPAN_DB = 36; // over the quiet level, from the page's grey to its ink
const KEPT = 6000;
const ROW_GAP_S = 0.08; // a row stands for the time up to the next one, if that follows so soon

type Rgb = [number, number, number];

/** What of a band has come so far. */
export class Fall {
  rows: Row[] = [];
  boxes: Box[] = [];
  last = -1;
  lowestDb = -120;
  dbPerLevel = 0.5;
  private quiet: number | null = null;

  add(rows: Row[], boxes: Box[], last: number): void {
    this.rows.push(...rows);
    this.boxes.push(...boxes);
    if (this.rows.length > KEPT) this.rows.splice(0, this.rows.length - KEPT);
    const oldest = this.rows[0]?.time ?? 0;
    if (this.boxes.length > 4000) this.boxes = this.boxes.filter((b) => b.end >= oldest).slice(-4000);
    this.last = Math.max(last, this.last);
    if (rows.length) this.quiet = null;
  }

  /** The level (a byte) under which a fifth of what was measured lies. */
  get quietLevel(): number {
    if (this.quiet === null) {
      const counts = new Uint32Array(256);
      let total = 0;
      for (const row of this.rows.slice(-400)) {
        for (const level of row.levels) counts[level]! += 1;
        total += row.levels.length;
      }
      let sum = 0;
      let level = 0;
      while (level < 255 && (sum += counts[level]!) < total * 0.2) level += 1;
      this.quiet = level;
    }
    return this.quiet;
  }

  db(level: number): number {
    return this.lowestDb + this.dbPerLevel * level;
  }

  /** The row and level at a place, or null where nobody looked. */
  at(hz: number, time: number): number | null {
    for (let i = this.rows.length - 1; i >= 0; i -= 1) {
      const r = this.rows[i]!;
      if (r.time <= time && time - r.time < ROW_GAP_S * 2 && hz >= r.low_hz && hz < r.high_hz)
        return this.db(r.levels[Math.floor(((hz - r.low_hz) / (r.high_hz - r.low_hz)) * r.levels.length)]!);
    }
    return null;
  }
}

function rgb(colour: string): Rgb {
  const n = parseInt(colour.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

/** 256 greys: the panel's own at the quiet level, the text's at SPAN_DB over it. */
function ramp(fall: Fall, palette: Palette): Uint8ClampedArray {
  const [from, to] = [rgb(palette.ui.raised), rgb(palette.ui.text)];
  const out = new Uint8ClampedArray(256 * 3);
  for (let level = 0; level < 256; level += 1) {
    const share = Math.min(1, Math.max(0, ((level - fall.quietLevel) * fall.dbPerLevel) / SPAN_DB)) ** 0.8;
    for (let c = 0; c < 3; c += 1) out[3 * level + c] = from[c]! + (to[c]! - from[c]!) * share;
  }
  return out;
}

/** Draws all of it. `scale`: device pixels per CSS pixel. */
export function draw(canvas: HTMLCanvasElement, fall: Fall, axes: Axes, palette: Palette, longestRowS: number): void {
  const context = canvas.getContext("2d")!;
  const [w, h] = [Math.max(1, Math.round(axes.width)), Math.max(1, Math.round(axes.height))];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const image = context.createImageData(w, h);
  hatch(image, palette);
  const colours = ramp(fall, palette);
  const strongest = new Uint8Array(w * h);
  for (let i = 0; i < fall.rows.length; i += 1) {
    const r = fall.rows[i]!;
    const following = fall.rows[i + 1];
    const end = following && following.time - r.time < Math.max(ROW_GAP_S, longestRowS) ? following.time : r.time + Math.min(0.025, longestRowS);
    const [ya, yb] = [y(axes, r.time), y(axes, end)].map(Math.round) as [number, number];
    const y0 = Math.max(0, Math.min(ya, yb));
    const y1 = Math.min(h, Math.max(ya, yb, Math.min(ya, yb) + 1));
    const [x0, x1] = [Math.round(x(axes, r.low_hz)), Math.round(x(axes, r.high_hz))];
    const cells = r.levels.length;
    for (let px = Math.max(0, x0); px < Math.min(w, x1); px += 1) {
      const level = r.levels[Math.min(cells - 1, Math.floor(((px + 0.5 - x0) / (x1 - x0)) * cells))]!;
      for (let py = y0; py < y1; py += 1) {
        const at = py * w + px;
        if (level < strongest[at]!) continue; // several rows in one pixel: the strongest is shown
        strongest[at] = level;
        image.data[4 * at] = colours[3 * level]!;
        image.data[4 * at + 1] = colours[3 * level + 1]!;
        image.data[4 * at + 2] = colours[3 * level + 2]!;
      }
    }
  }
  context.putImageData(image, 0, 0);
  boxes(context, fall, axes, palette);
}

/** Unwatched time and spectrum: hatched, so that it never looks like a quiet band. */
function hatch(image: ImageData, palette: Palette): void {
  const [a, b] = [rgb(palette.ui.panel), rgb(palette.ui.line)];
  for (let py = 0; py < image.height; py += 1)
    for (let px = 0; px < image.width; px += 1) {
      const c = (px + py) % 9 === 0 ? b : a;
      const at = 4 * (py * image.width + px);
      [image.data[at], image.data[at + 1], image.data[at + 2], image.data[at + 3]] = [c[0], c[1], c[2], 255];
    }
}

export function colourOf(kind: string, palette: Palette): string {
  const { map } = palette;
  return kind === "interference" ? map.high : kind === "drone_link" || kind === "broadcast" ? map.medium : map.ringText;
}

/** Bursts a few pixels high get their two sides alone: a crowd of whole boxes would paint over the power that they stand for. */
const FLAT_PX = 6;

function outline(context: CanvasRenderingContext2D, left: number, top: number, wide: number, high: number): void {
  if (high >= FLAT_PX) return context.strokeRect(left, top, wide, high);
  context.beginPath();
  for (const side of [left, left + wide]) {
    context.moveTo(side, top);
    context.lineTo(side, top + high);
  }
  context.stroke();
}

function boxes(context: CanvasRenderingContext2D, fall: Fall, axes: Axes, palette: Palette): void {
  context.font = '600 11px "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif';
  context.textBaseline = "bottom";
  const taken: [number, number, number, number][] = [];
  for (const b of fall.boxes) {
    const [xa, xb] = [x(axes, b.low_hz), x(axes, b.high_hz)];
    const [p, q] = [y(axes, b.begin), y(axes, b.end)];
    const [ya, yb] = [Math.min(p, q), Math.max(p, q)];
    if (yb < 0 || ya > axes.height || xb < 0 || xa > axes.width) continue;
    context.strokeStyle = colourOf(b.kind, palette);
    context.setLineDash(b.kind === "other" ? [2, 2] : []);
    context.lineWidth = b.kind === "other" ? 1 : 1.5;
    outline(context, Math.round(xa) + 0.5, Math.round(ya) + 0.5, Math.max(2, Math.round(xb - xa)), Math.max(2, Math.round(yb - ya)));
    if (b.label === "unknown") continue;
    const width = context.measureText(b.label).width + 6;
    const left = Math.min(Math.max(0, xa), axes.width - width);
    const base = ya > 16 ? ya - 1 : yb + 15;
    if (taken.some(([l, t, r, s]) => left < r && left + width > l && base - 14 < s && base > t)) continue; // one name for a crowd of bursts
    taken.push([left - 20, base - 44, left + width + 20, base + 44]);
    context.setLineDash([]);
    context.fillStyle = palette.ui.panel;
    context.fillRect(left, base - 14, width, 14);
    context.fillStyle = palette.ui.text;
    context.fillText(b.label, left + 3, base - 1);
  }
  context.setLineDash([]);
}
