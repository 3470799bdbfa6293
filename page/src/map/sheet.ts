/**
 * The tracks on a sheet of their own while the map moves and thousands are in view.
 *
 * Ten thousand symbols cost some 20 ms to draw, more than a frame has. So while the map is dragged the tracks are drawn at most every
 * 80 ms (seldomer where a drawing takes long), on a transparent sheet a little larger than the map, and the sheet is moved in between: on it a track is at most 80 ms old,
 * or a quarter of a second on a machine that is busy: half a pixel to one at the scales at which thousands are in view. A zoom draws anew at once.
 */
import type { View as MapView } from "./view.ts";
import { View } from "./view.ts";

/** CSS pixels around the map: what a fast pan covers between two drawings. */
const MARGIN_PX = 96;
/** Drawn anew after five times as long as a drawing takes, within these bounds: a fifth of the time at most goes into drawing. */
const SOONEST_MS = 80;
const LATEST_MS = 250;
const REST_PER_DRAWING = 5;

export class TrackSheet {
  /** What the sheet shows; larger than the map's view. */
  readonly view = new View();
  private readonly canvas = document.createElement("canvas");
  private ratio = 1;
  private drawnAt = -Infinity;
  private restMs = SOONEST_MS;

  /** Draw the sheet where that is due, by `paint`, then copy it to where the map's view has it now. */
  show(pen: CanvasRenderingContext2D, view: MapView, ratio: number, nowMs: number, paint: (pen: CanvasRenderingContext2D) => void): void {
    if (nowMs - this.drawnAt > this.restMs || ratio !== this.ratio || !this.covers(view)) {
      this.take(view, ratio);
      const own = this.canvas.getContext("2d")!;
      own.setTransform(ratio, 0, 0, ratio, 0, 0);
      own.clearRect(0, 0, this.view.width, this.view.height);
      const begin = performance.now();
      paint(own);
      this.restMs = Math.min(LATEST_MS, Math.max(SOONEST_MS, REST_PER_DRAWING * (performance.now() - begin)));
      this.drawnAt = nowMs;
    }
    const [x, y] = this.offset(view);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.canvas, x, y, this.canvas.width / ratio, this.canvas.height / ratio);
    pen.imageSmoothingEnabled = true;
  }

  /** The next drawing is anew: something was drawn without the sheet. */
  forget(): void {
    this.drawnAt = -Infinity;
  }

  /** Where the sheet's corner lies on the map, CSS pixels, at whole device pixels: a copy without resampling. */
  offset(view: MapView): [number, number] {
    const x = (this.view.cx - view.cx) / view.res + (view.width - this.view.width) / 2;
    const y = (view.cy - this.view.cy) / view.res + (view.height - this.view.height) / 2;
    return [Math.round(x * this.ratio) / this.ratio, Math.round(y * this.ratio) / this.ratio];
  }

  private covers(view: MapView): boolean {
    if (view.res !== this.view.res || view.width + 2 * MARGIN_PX !== this.view.width || view.height + 2 * MARGIN_PX !== this.view.height)
      return false;
    const [x, y] = this.offset(view);
    return Math.abs(x + MARGIN_PX) <= MARGIN_PX && Math.abs(y + MARGIN_PX) <= MARGIN_PX;
  }

  private take(view: MapView, ratio: number): void {
    this.ratio = ratio;
    this.view.resize(view.width + 2 * MARGIN_PX, view.height + 2 * MARGIN_PX);
    this.view.res = view.res;
    this.view.centre(view.cx, view.cy);
    const [width, height] = [Math.round(this.view.width * ratio), Math.round(this.view.height * ratio)];
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width;
    this.canvas.height = height;
  }
}
