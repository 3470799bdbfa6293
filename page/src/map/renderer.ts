/** The map's renderer behind a small interface, and the Canvas2D one: it owns the canvas and decides when a frame is drawn. */
import type { Palette } from "../palette.ts";
import type { TrackStore } from "../store.ts";
import { BaseMap, type BaseContent } from "./base.ts";
import { drawBeyond } from "./beyond.ts";
import type { Placed } from "./labels.ts";
import { drawOverlay, type Overlay } from "./overlay.ts";
import { TrackSheet } from "./sheet.ts";
import { TrackLayer, type Marks } from "./tracks.ts";
import { View } from "./view.ts";

export interface Renderer {
  readonly view: View;
  /** Frames drawn in the last second. */
  readonly fps: number;
  /** Frames drawn since the start. */
  readonly drawn: number;
  /** How often the base picture was drawn anew. */
  readonly baseDrawn: number;
  setPalette(palette: Palette): void;
  setBase(change: Partial<BaseContent>): void;
  /** Something changed that is not a movement of the view: draw soon. */
  touch(): void;
  /** Leave the next frame to something more urgent, such as the row of a new alert. */
  yieldFrame(): void;
  hit(x: number, y: number): number;
  labelBoxes(): readonly Placed[];
  shownTracks(): number;
}

export interface Scene {
  marks(): Marks;
  /** Station time now (stands still while the link is down). */
  now(): number;
  /** What the officer lays over it; null = nothing. */
  overlay(): Overlay | null;
  onFrame?(atMs: number): void;
}

/**
 * A resting picture is drawn this often: tracks creep by less than a pixel in between, and a laptop's fan stays quiet. With thousands in
 * view, which is to say from afar, it takes a rest of several times what a drawing costs.
 */
const RESTING_MS = 80;
const LONGEST_REST_MS = 320;
const REST_PER_DRAWING = 8;
/** From so many tracks in view on, a moving map moves a sheet with them instead of drawing each anew. */
const MANY = 1500;
const MOVING_AFTER_MS = 250;

export class CanvasRenderer implements Renderer {
  readonly view = new View();
  private readonly canvas: HTMLCanvasElement;
  private readonly pen: CanvasRenderingContext2D;
  private readonly base = new BaseMap();
  private readonly tracks: TrackLayer;
  private readonly scene: Scene;
  private palette: Palette;
  private ratio = 1;
  private drawnAt = -Infinity;
  private movedAt = -Infinity;
  private viewSeen = -1;
  private dirty = true;
  private yielding = false;
  private restMs = RESTING_MS;
  private onSheet = false;
  private readonly sheet = new TrackSheet();
  private readonly store: TrackStore;
  private stamps: number[] = [];
  drawn = 0;

  constructor(canvas: HTMLCanvasElement, store: TrackStore, palette: Palette, scene: Scene) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d", { alpha: false, desynchronized: false })!;
    this.tracks = new TrackLayer(store);
    this.store = store;
    this.palette = palette;
    this.scene = scene;
    new ResizeObserver(() => this.resize()).observe(canvas.parentElement!);
    this.resize();
    const loop = (atMs: number) => {
      this.frame(atMs);
      requestAnimationFrame(loop);
    };
    requestAnimationFrame(loop);
  }

  get fps(): number {
    const since = performance.now() - 1000;
    while (this.stamps.length && this.stamps[0]! < since) this.stamps.shift();
    return this.stamps.length;
  }

  get baseDrawn(): number {
    return this.base.drawn;
  }

  setPalette(palette: Palette): void {
    this.palette = palette;
    this.base.invalidate();
    this.dirty = true;
  }

  setBase(change: Partial<BaseContent>): void {
    Object.assign(this.base.content, change);
    this.base.invalidate();
    this.dirty = true;
  }

  touch(): void {
    this.dirty = true;
  }

  yieldFrame(): void {
    this.yielding = true;
  }

  hit(x: number, y: number): number {
    const [dx, dy] = this.onSheet ? this.sheet.offset(this.view) : [0, 0];
    return this.tracks.hit(x - dx, y - dy);
  }

  labelBoxes(): readonly Placed[] {
    if (!this.onSheet) return this.tracks.boxes;
    const [dx, dy] = this.sheet.offset(this.view);
    return this.tracks.boxes.map((box) => ({ ...box, x: box.x + dx, y: box.y + dy }));
  }

  shownTracks(): number {
    return this.tracks.shown;
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.canvas.parentElement!;
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    this.canvas.width = Math.max(1, Math.round(clientWidth * this.ratio));
    this.canvas.height = Math.max(1, Math.round(clientHeight * this.ratio));
    this.view.resize(clientWidth, clientHeight);
    this.dirty = true;
  }

  private frame(atMs: number): void {
    const { view } = this;
    const begin = performance.now();
    if (view.version !== this.viewSeen) {
      this.viewSeen = view.version;
      this.movedAt = atMs;
    }
    const moving = atMs - this.movedAt < MOVING_AFTER_MS;
    if (!moving && (this.yielding || (!this.dirty && atMs - this.drawnAt < this.restMs))) {
      this.yielding = false;
      return;
    }
    this.dirty = this.yielding = false;
    this.drawnAt = atMs;
    this.base.update(view, this.palette, this.ratio, atMs);
    this.pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.base.blit(this.pen, view, this.palette);
    const marks = this.scene.marks();
    this.drawTracks(moving, marks, atMs);
    drawBeyond(this.pen, view, this.palette, this.store, marks.raised, marks.covered);
    const overlay = this.scene.overlay();
    if (overlay) drawOverlay(this.pen, view, this.palette, this.base.content.plane, overlay);
    this.drawn++;
    this.stamps.push(performance.now());
    if (this.stamps.length > 240) this.stamps.splice(0, 120);
    this.scene.onFrame?.(atMs);
    if (!moving) this.restMs = Math.min(LONGEST_REST_MS, Math.max(RESTING_MS, REST_PER_DRAWING * (performance.now() - begin)));
  }

  private drawTracks(moving: boolean, marks: Marks, atMs: number): void {
    const { palette, ratio, base, tracks } = this;
    const draw = (pen: CanvasRenderingContext2D, view: View) =>
      tracks.draw(pen, view, palette, ratio, base.names, marks, this.scene.now(), atMs);
    this.onSheet = moving && tracks.shown > MANY;
    if (this.onSheet) this.sheet.show(this.pen, this.view, ratio, atMs, (pen) => draw(pen, this.sheet.view));
    else {
      this.sheet.forget();
      draw(this.pen, this.view);
    }
  }
}
