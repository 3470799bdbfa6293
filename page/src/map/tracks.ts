/**
 * The track layer: trails, velocity vectors, uncertainty, symbols, marks of alerts and of the selection, labels. Plain Canvas2D.
 *
 * Everything of one style goes into one path and one stroke; symbols are copied from a strip. A trail step under 1.5 px is dropped,
 * which halves the work at full load and cannot be seen.
 */
import type { Palette } from "../palette.ts";
import { FLAG_SPOOF } from "../flags.ts";
import { COASTING, TENTATIVE, TRAIL_POINTS, VESSEL, type TrackStore } from "../store.ts";
import type { Name } from "./base.ts";
import { LabelLayout, type Box, type Placed, type Wanted } from "./labels.ts";
import { StampSheet } from "./stamps.ts";
import { makeSprites, spriteColumn, type Sprites } from "./sprites.ts";
import type { View } from "./view.ts";
import { heightIn, speedNumber, speedUnit } from "../units.ts";
import { FONT } from "../words.ts";

const VECTOR_S = 30;
const LONGEST_VECTOR_PX = 90;
const LEAST_TRAIL_STEP_PX = 1.5;
export const MOST_LABELS = 300;
/** Candidates looked at per frame: those beyond could hardly find room. */
const MOST_CANDIDATES = 900;
const RANK_EVERY_MS = 400;
const LINE_HEIGHT = 13;
const LABEL_FONT = `11px ${FONT}`;
const LABEL_FONT_BOLD = `600 ${LABEL_FONT}`;
/** Up to this many tracks in view, a label may not lie on any symbol; beyond, symbols are too dense for that. */
const MOST_AVOIDED = 150;
/** From so many tracks in view on, symbols are put down as pixels (stamps.ts). */
const MANY_SYMBOLS = 1000;
const HIT_PX = 16;
const RING_SHARED_PX = 14;
/** Beyond this many alerted tracks every one gets its ring: finding shared ones would cost more than drawing them. */
const MOST_COMPARED = 300;

export interface Marks {
  selected: number;
  /** Positions of the selected track's past, plane metres x0, y0, x1, y1 ... */
  history: Float64Array;
  /** Track ids of raised (not yet acknowledged) alerts. */
  raised: ReadonlySet<number>;
  /** Height of mean sea level above the ellipsoid at the site. */
  geoidM: number;
  flash: boolean;
  /** What lies over the map (scale, buttons): no label goes under it. */
  covered: readonly Box[];
  /** Whether a slot is shown; null = all are. */
  shows: ((slot: number) => boolean) | null;
}

interface LabelText {
  first: string;
  second: string;
  width: number;
  key: string;
}

export class TrackLayer {
  /** Label boxes of the last drawing, in CSS pixels of the map. */
  boxes: Placed[] = [];
  /** Tracks inside the map at the last drawing. */
  shown = 0;

  private readonly store: TrackStore;
  private readonly layout = new LabelLayout();
  private sprites: Sprites | null = null;
  private readonly stamps = new StampSheet();
  private palette: Palette | null = null;
  private ratio = 0;
  /** One device pixel: thin lines are drawn segment by segment, wider ones as one huge outline, at several times the cost. */
  private hairline = 1;
  private sx = new Float32Array(0);
  private sy = new Float32Array(0);
  private visible = new Int32Array(0);
  private ranked: number[] = [];
  private readonly ringed: number[] = [];
  private rankedAt = -Infinity;
  private texts = new Map<number, LabelText>();
  private widths = new Map<string, number>();

  constructor(store: TrackStore) {
    this.store = store;
  }

  draw(
    pen: CanvasRenderingContext2D,
    view: View,
    palette: Palette,
    ratio: number,
    names: readonly Name[],
    marks: Marks,
    now: number,
    nowMs: number,
  ): void {
    if (this.palette !== palette || this.ratio !== ratio) {
      this.palette = palette;
      this.ratio = ratio;
      this.hairline = 1 / ratio;
      this.sprites = makeSprites(palette, ratio);
    }
    this.store.predict(now);
    this.project(view, marks.shows);
    this.drawHistory(pen, view, palette, marks);
    this.drawTrails(pen, view, palette);
    this.drawVectors(pen, view, palette);
    this.drawUncertainty(pen, view, palette, marks);
    this.drawSymbols(pen, view, marks, palette);
    this.drawLabels(pen, view, palette, names, marks, now, nowMs);
  }

  /** The track nearest to a point of the map, or -1; an alerted one wins over its neighbours. */
  hit(x: number, y: number): number {
    let best = -1;
    let least = HIT_PX * HIT_PX;
    for (const box of this.boxes) {
      if (x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h) return this.store.id[box.slot]!;
    }
    for (let i = 0; i < this.shown; i++) {
      const slot = this.visible[i]!;
      const d = (this.sx[slot]! - x) ** 2 + (this.sy[slot]! - y) ** 2 - this.store.alert[slot]! * 20;
      if (d < least && this.store.live[slot]) {
        least = d;
        best = this.store.id[slot]!;
      }
    }
    return best;
  }

  private project(view: View, shows: Marks["shows"]): void {
    const { store } = this;
    if (this.sx.length < store.capacity) {
      this.sx = new Float32Array(store.capacity);
      this.sy = new Float32Array(store.capacity);
      this.visible = new Int32Array(store.capacity);
    }
    const { sx, sy, visible } = this;
    const k = 1 / view.res;
    const [ox, oy] = [view.width / 2 - view.cx * k, view.height / 2 + view.cy * k];
    const [right, bottom] = [view.width + 40, view.height + 40];
    let shown = 0;
    for (let s = 0; s < store.high; s++) {
      if (!store.live[s]) continue;
      const x = (sx[s] = store.drawX[s]! * k + ox);
      const y = (sy[s] = oy - store.drawY[s]! * k);
      if (x > -40 && y > -40 && x < right && y < bottom && (shows === null || shows(s))) visible[shown++] = s;
    }
    this.shown = shown;
  }

  private drawTrails(pen: CanvasRenderingContext2D, view: View, palette: Palette): void {
    const { store, sx, sy, visible, shown } = this;
    const k = 1 / view.res;
    const [ox, oy] = [view.width / 2 - view.cx * k, view.height / 2 + view.cy * k];
    const least = LEAST_TRAIL_STEP_PX;
    pen.strokeStyle = palette.map.trail;
    pen.lineWidth = this.hairline;
    pen.beginPath();
    for (let i = 0; i < shown; i++) {
      const s = visible[i]!;
      const length = store.trailLength[s]!;
      if (length === 0) continue;
      const start = store.trailStart[s]!;
      let px = sx[s]!;
      let py = sy[s]!;
      let open = false;
      // From the track backwards, so that what is dropped is the far end of a standing track's trail.
      for (let j = length - 1; j >= 0; j--) {
        const at = s * TRAIL_POINTS + ((start + j) % TRAIL_POINTS);
        const x = store.trailX[at]! * k + ox;
        const y = oy - store.trailY[at]! * k;
        const dx = x - px;
        const dy = y - py;
        if (dx < least && dx > -least && dy < least && dy > -least) continue;
        if (!open) {
          pen.moveTo(px, py);
          open = true;
        }
        pen.lineTo(x, y);
        px = x;
        py = y;
      }
    }
    pen.stroke();
  }

  private drawVectors(pen: CanvasRenderingContext2D, view: View, palette: Palette): void {
    const { store, sx, sy, visible, shown } = this;
    const k = VECTOR_S / view.res;
    pen.strokeStyle = palette.map.vector;
    pen.lineWidth = this.hairline;
    pen.beginPath();
    for (let i = 0; i < shown; i++) {
      const s = visible[i]!;
      let dx = store.vx[s]! * k;
      let dy = -store.vy[s]! * k;
      const length = Math.hypot(dx, dy);
      if (length < 12) continue; // under the symbol
      if (length > LONGEST_VECTOR_PX) {
        dx *= LONGEST_VECTOR_PX / length;
        dy *= LONGEST_VECTOR_PX / length;
      }
      const from = 11 / Math.max(length, 11.01);
      const shorter = Math.min(1, from * Math.max(1, length / LONGEST_VECTOR_PX));
      pen.moveTo(sx[s]! + dx * shorter, sy[s]! + dy * shorter);
      pen.lineTo(sx[s]! + dx, sy[s]! + dy);
    }
    pen.stroke();
  }

  private drawHistory(pen: CanvasRenderingContext2D, view: View, palette: Palette, marks: Marks): void {
    const { history } = marks;
    if (history.length < 4) return;
    pen.strokeStyle = palette.map.selected;
    pen.lineWidth = 1.2;
    pen.setLineDash([1, 3]);
    pen.beginPath();
    for (let i = 0; i < history.length; i += 2) {
      const x = view.toScreenX(history[i]!);
      const y = view.toScreenY(history[i + 1]!);
      if (i === 0) pen.moveTo(x, y);
      else pen.lineTo(x, y);
    }
    pen.stroke();
    pen.setLineDash([]);
  }

  /** The 2-sigma circle of selected and alerted tracks. */
  private drawUncertainty(pen: CanvasRenderingContext2D, view: View, palette: Palette, marks: Marks): void {
    const { store, sx, sy, visible, shown } = this;
    pen.lineWidth = 1;
    pen.setLineDash([4, 3]);
    for (let i = 0; i < shown; i++) {
      const s = visible[i]!;
      const chosen = store.id[s] === marks.selected;
      if (!chosen && store.alert[s] === 0) continue;
      const radius = (2 * store.sigmaM[s]! * store.plane.stretch(store.lat[s]!)) / view.res;
      if (!(radius > 13) || radius > 3000) continue;
      pen.strokeStyle = chosen ? palette.map.selected : this.alertInk(palette, store.alert[s]!);
      pen.beginPath();
      pen.arc(sx[s]!, sy[s]!, radius, 0, 2 * Math.PI);
      pen.stroke();
    }
    pen.setLineDash([]);
  }

  private drawSymbols(pen: CanvasRenderingContext2D, view: View, marks: Marks, palette: Palette): void {
    const { store, sx, sy, visible, shown } = this;
    const { image, cell } = this.sprites!;
    const r = this.ratio;
    const size = cell / r;
    const half = cell / 2;
    // Whole device pixels without smoothing: the plain copy is several times cheaper than a resampled one.
    pen.imageSmoothingEnabled = false;
    const stamp = (s: number) => {
      pen.drawImage(
        image,
        this.column(s) * cell,
        0,
        cell,
        cell,
        Math.round(sx[s]! * r - half) / r,
        Math.round(sy[s]! * r - half) / r,
        size,
        size,
      );
    };
    // Alerted tracks are drawn last, so that nothing lies over them.
    const many = shown >= MANY_SYMBOLS;
    if (many) this.stamps.begin(this.sprites!, Math.round(view.width * r), Math.round(view.height * r));
    for (let i = 0; i < shown; i++) {
      const s = visible[i]!;
      if (store.alert[s] !== 0 || store.id[s] === marks.selected) continue;
      if (many) this.stamps.put(this.column(s), Math.round(sx[s]! * r - half), Math.round(sy[s]! * r - half));
      else stamp(s);
    }
    if (many) this.stamps.show(pen, r);
    const alerted: number[] = [];
    for (let i = 0; i < shown; i++) if (store.alert[visible[i]!] !== 0) alerted.push(visible[i]!);
    const isRaised = (s: number) => Number(marks.raised.has(store.id[s]!));
    alerted.sort((a, b) => store.alert[b]! - store.alert[a]! || isRaised(b) - isRaised(a) || store.id[a]! - store.id[b]!);
    this.ringed.length = 0;
    for (const s of alerted) if (alerted.length > MOST_COMPARED || !this.isRinged(s)) this.markAlert(pen, palette, s, marks);
    const chosen = marks.selected < 0 ? -1 : store.slotOf(marks.selected);
    for (let i = alerted.length - 1; i >= 0; i--) if (alerted[i] !== chosen) stamp(alerted[i]!);
    if (chosen >= 0) {
      stamp(chosen);
      this.markSelected(pen, palette, chosen);
    }
    pen.imageSmoothingEnabled = true;
  }

  private column(s: number): number {
    const { store } = this;
    return spriteColumn(store.affiliation[s]!, store.classification[s]!, store.status[s]!);
  }

  /** In a swarm the rings would cover the symbols: one ring stands for all that are nearly under it. */
  private isRinged(s: number): boolean {
    const [x, y] = [this.sx[s]!, this.sy[s]!];
    if (this.ringed.some((other) => Math.hypot(this.sx[other]! - x, this.sy[other]! - y) < RING_SHARED_PX)) return true;
    this.ringed.push(s);
    return false;
  }

  /** A ring by severity: double for high, single for medium, broken for low; thick while nobody has acknowledged it. */
  private markAlert(pen: CanvasRenderingContext2D, palette: Palette, s: number, marks: Marks): void {
    const severity = this.store.alert[s]!;
    const raised = marks.raised.has(this.store.id[s]!);
    const [x, y] = [this.sx[s]!, this.sy[s]!];
    pen.strokeStyle = this.alertInk(palette, severity);
    pen.lineWidth = raised ? 3 : 1.8;
    pen.globalAlpha = raised && marks.flash ? 0.6 : 1;
    pen.setLineDash(severity === 1 ? [5, 4] : []);
    pen.beginPath();
    pen.arc(x, y, 15, 0, 2 * Math.PI);
    if (severity === 3) {
      pen.moveTo(x + 20, y);
      pen.arc(x, y, 20, 0, 2 * Math.PI);
    }
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }

  /** Four corners around the selected track. */
  private markSelected(pen: CanvasRenderingContext2D, palette: Palette, s: number): void {
    const [x, y, a, b] = [this.sx[s]!, this.sy[s]!, 24, 15];
    pen.strokeStyle = palette.map.selected;
    pen.lineWidth = 2.4;
    pen.beginPath();
    for (const [i, j] of [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ] as const) {
      pen.moveTo(x + i * a, y + j * b);
      pen.lineTo(x + i * a, y + j * a);
      pen.lineTo(x + i * b, y + j * a);
    }
    pen.stroke();
  }

  private alertInk(palette: Palette, severity: number): string {
    return severity === 3 ? palette.map.high : severity === 2 ? palette.map.medium : palette.map.low;
  }

  // -- labels ------------------------------------------------------------------------------------------------

  private drawLabels(
    pen: CanvasRenderingContext2D,
    view: View,
    palette: Palette,
    names: readonly Name[],
    marks: Marks,
    now: number,
    nowMs: number,
  ): void {
    const { store } = this;
    if (nowMs - this.rankedAt > RANK_EVERY_MS || this.ranked.length === 0) {
      this.rankedAt = nowMs;
      this.rank(marks);
    }
    const wanted: Wanted[] = [];
    const blocked: Box[] = [...marks.covered];
    const named: Box[] = names.map(({ x, y, w, h }) => ({ x: view.toScreenX(x) - w / 2, y: view.toScreenY(y) - h / 2, w, h }));
    const symbols: Box[] = [];
    if (this.shown <= MOST_AVOIDED) {
      for (let i = 0; i < this.shown; i++)
        symbols.push({ x: this.sx[this.visible[i]!]! - 10, y: this.sy[this.visible[i]!]! - 10, w: 20, h: 20 });
    }
    for (const s of this.ranked) {
      if (!store.live[s]) continue;
      const [sx, sy] = [this.sx[s]!, this.sy[s]!];
      if (sx < 0 || sy < 0 || sx > view.width || sy > view.height) continue;
      const selected = store.id[s] === marks.selected;
      const urgent = store.alert[s] !== 0 || selected;
      const gap = selected ? 27 : store.alert[s] === 3 ? 22 : urgent ? 18 : 13;
      if (urgent) blocked.push({ x: sx - gap + 1, y: sy - gap + 1, w: 2 * gap - 2, h: 2 * gap - 2 });
      const text = this.textOf(pen, s, marks, now);
      wanted.push({ slot: s, sx, sy, w: text.width + 8, h: 2 * LINE_HEIGHT + 3, gap, urgent });
    }
    this.boxes = this.layout.place(wanted, blocked, symbols, named, view.width, view.height, MOST_LABELS, nowMs);
    this.paintLabels(pen, palette, marks);
  }

  private paintLabels(pen: CanvasRenderingContext2D, palette: Palette, marks: Marks): void {
    const { store } = this;
    const { map } = palette;
    pen.textAlign = "left";
    pen.textBaseline = "alphabetic";
    pen.fillStyle = map.labelBack;
    for (const box of this.boxes) pen.fillRect(box.x, box.y, box.w, box.h);
    pen.lineWidth = 2;
    for (const box of this.boxes) {
      const severity = store.alert[box.slot]!;
      const chosen = store.id[box.slot] === marks.selected;
      if (severity === 0 && !chosen) continue;
      pen.fillStyle = chosen && severity === 0 ? map.selected : this.alertInk(palette, severity);
      pen.fillRect(box.x, box.y, 3, box.h);
    }
    pen.fillStyle = map.label;
    pen.font = LABEL_FONT_BOLD;
    for (const box of this.boxes) pen.fillText(this.texts.get(box.slot)!.first, box.x + 5, box.y + LINE_HEIGHT - 2);
    pen.font = LABEL_FONT;
    for (const box of this.boxes) pen.fillText(this.texts.get(box.slot)!.second, box.x + 5, box.y + 2 * LINE_HEIGHT - 2);
  }

  /** Most important first: selected, severity, suspect, shown before, confirmed, then by number. */
  private rank(marks: Marks): void {
    const { store, visible, shown } = this;
    const before = new Set(this.boxes.map((b) => b.slot));
    const score = (s: number): number => {
      if (store.id[s] === marks.selected) return 1000;
      let points = store.alert[s]! * 100;
      if (store.affiliation[s] === 3) points += 40;
      if (store.flags[s]! & FLAG_SPOOF) points += 20;
      if (before.has(s)) points += 10;
      if (store.status[s] !== TENTATIVE) points += 5;
      if (store.classification[s] === 1) points += 3;
      return points;
    };
    const scores = new Map<number, number>();
    const slots: number[] = [];
    for (let i = 0; i < shown; i++) {
      const s = visible[i]!;
      if (!store.live[s]) continue;
      scores.set(s, score(s));
      slots.push(s);
    }
    slots.sort((a, b) => scores.get(b)! - scores.get(a)! || store.id[a]! - store.id[b]!);
    this.ranked = slots.slice(0, MOST_CANDIDATES);
    if (this.texts.size > 4 * MOST_CANDIDATES) this.texts.clear();
    if (this.widths.size > 8000) this.widths.clear();
  }

  private textOf(pen: CanvasRenderingContext2D, s: number, marks: Marks, now: number): LabelText {
    const { store } = this;
    const height = store.altM[s]! - marks.geoidM;
    const high = height === height ? heightIn(height) : "height ?";
    const coasting = store.status[s] === COASTING ? ` · ${Math.max(0, Math.round(now - store.updatedAt[s]!))} s old` : "";
    const first = trackName(store, s) + (store.flags[s]! & FLAG_SPOOF ? " · spoof?" : "");
    const onWater = store.classification[s] === VESSEL;
    const second = `${onWater ? "" : `${high}  `}${speedNumber(store.speed(s))} ${speedUnit()}${coasting}`;
    const key = `${first}\n${second}`;
    const held = this.texts.get(s);
    if (held?.key === key) return held;
    const text = {
      first,
      second,
      key,
      width: Math.ceil(Math.max(this.width(pen, LABEL_FONT_BOLD, first), this.width(pen, LABEL_FONT, second))),
    };
    this.texts.set(s, text);
    return text;
  }

  private width(pen: CanvasRenderingContext2D, font: string, words: string): number {
    let width = this.widths.get(words);
    if (width === undefined) {
      pen.font = font;
      width = pen.measureText(words).width;
      this.widths.set(words, width);
    }
    return width;
  }
}

const LONGEST_NAME = 14;

/** What a track is called: its claimed identity, shortened in the middle, or its number. */
export function trackName(store: TrackStore, slot: number): string {
  const identity = store.label[slot]?.identity;
  if (!identity) return `T${store.id[slot]}`;
  return identity.length > LONGEST_NAME ? `${identity.slice(0, 6)}…${identity.slice(-7)}` : identity;
}
