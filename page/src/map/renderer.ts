/** The map's renderer behind a small interface, and the Canvas2D one: it owns the canvas and decides when a frame is drawn. */
import type { Palette } from "../palette.ts";
import type { TrackStore } from "../store.ts";
import { BaseMap, type BaseContent } from "./base.ts";
import type { Placed } from "./labels.ts";
import { drawOverlay, type Overlay } from "./overlay.ts";
import { TrackLayer, type Marks } from "./tracks.ts";
import { View } from "./view.ts";

export interface Renderer {
  readonly view: View;
  /** Frames drawn in the last second. */
  readonly fps: number;
  /** How often the base picture was drawn anew. */
  readonly baseDrawn: number;
  setPalette(palette: Palette): void;
  setBase(change: Partial<BaseContent>): void;
  /** Something changed that is not a movement of the view: draw soon. */
  touch(): void;
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

/** A resting picture is drawn this often: tracks creep by less than a pixel in between, and a laptop's fan stays quiet. */
const RESTING_MS = 80;
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
  private stamps: number[] = [];

  constructor(canvas: HTMLCanvasElement, store: TrackStore, palette: Palette, scene: Scene) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d", { alpha: false, desynchronized: false })!;
    this.tracks = new TrackLayer(store);
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

  hit(x: number, y: number): number {
    return this.tracks.hit(x, y);
  }

  labelBoxes(): readonly Placed[] {
    return this.tracks.boxes;
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
    if (view.version !== this.viewSeen) {
      this.viewSeen = view.version;
      this.movedAt = atMs;
    }
    const moving = atMs - this.movedAt < MOVING_AFTER_MS;
    if (!moving && !this.dirty && atMs - this.drawnAt < RESTING_MS) return;
    this.dirty = false;
    this.drawnAt = atMs;
    this.base.update(view, this.palette, this.ratio, atMs);
    this.pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.base.blit(this.pen, view, this.palette);
    this.tracks.draw(this.pen, view, this.palette, this.ratio, this.base.names, this.scene.marks(), this.scene.now(), atMs);
    const overlay = this.scene.overlay();
    if (overlay) drawOverlay(this.pen, view, this.palette, this.base.content.plane, overlay);
    this.stamps.push(performance.now());
    if (this.stamps.length > 240) this.stamps.splice(0, 120);
    this.scene.onFrame?.(atMs);
  }
}
