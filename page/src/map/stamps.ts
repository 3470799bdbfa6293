/**
 * Thousands of symbols put down as pixels: written into one array, then drawn as one picture.
 *
 * Without a GPU a canvas takes some 4 µs to copy one symbol, so ten thousand held the page up for 40 ms and more, and with it the row of a
 * new alert. Written by hand they take a quarter of that. A pixel is a number with red in its lowest byte, as in ImageData on every machine
 * that a browser runs on today. While symbols are laid over each other their colours are multiplied by their alpha, which lets two channels
 * be mixed in one multiplication; ImageData wants them divided again, which only thin pixels need: the nearly opaque middle of a symbol
 * (alpha 242) is taken as opaque, a difference that nobody sees.
 */
import type { Sprites } from "./sprites.ts";

/** From this alpha on a pixel is taken as opaque. */
const OPAQUE_FROM = 240;

/** One symbol: where its pixels lie from its corner (in a sheet of one width), and what they are; the opaque ones, then the thin. */
export interface Stamp {
  at: Int32Array;
  pixel: Int32Array;
  opaque: number;
}

export class StampSheet {
  private canvas: HTMLCanvasElement | null = null;
  private pen: CanvasRenderingContext2D | null = null;
  private image: ImageData | null = null;
  private pixels = new Int32Array(0);
  private stamps: (Stamp | undefined)[] = [];
  private sprites: Sprites | null = null;
  private width = 0;
  private height = 0;

  /** An empty sheet for a map of so many device pixels; a cell of room on each side lets symbols stand half outside. */
  begin(sprites: Sprites, mapWidth: number, mapHeight: number): void {
    const [width, height] = [mapWidth + 2 * sprites.cell, mapHeight + 2 * sprites.cell];
    if (sprites !== this.sprites || width !== this.width) this.stamps = [];
    this.sprites = sprites;
    if (width === this.width && height === this.height && this.image) {
      this.pixels.fill(0);
      return;
    }
    this.width = width;
    this.height = height;
    this.canvas ??= document.createElement("canvas");
    this.canvas.width = width;
    this.canvas.height = height;
    this.pen ??= this.canvas.getContext("2d", { willReadFrequently: true });
    this.image = this.pen!.createImageData(width, height);
    this.pixels = new Int32Array(this.image.data.buffer);
  }

  /** Put a symbol down with its corner at a device pixel of the map; nothing happens where it would lie outside. */
  put(column: number, x: number, y: number): void {
    const { cell } = this.sprites!;
    const [left, top] = [x + cell, y + cell];
    if (left < 0 || top < 0 || left + cell > this.width || top + cell > this.height) return;
    lay(this.pixels, top * this.width + left, (this.stamps[column] ??= stampOf(this.sprites!, column, this.width)));
  }

  /** Draw what was put down. */
  show(pen: CanvasRenderingContext2D, ratio: number): void {
    const { cell } = this.sprites!;
    divide(this.pixels);
    this.pen!.putImageData(this.image!, 0, 0);
    pen.drawImage(this.canvas!, -cell / ratio, -cell / ratio, this.width / ratio, this.height / ratio);
  }
}

/** A column of the strip, for a sheet of `width` pixels. */
export function stampOf({ pixels, cell }: Pick<Sprites, "pixels" | "cell">, column: number, width: number): Stamp {
  const across = pixels.length / cell;
  const opaque: [number, number][] = [];
  const thin: [number, number][] = [];
  for (let y = 0; y < cell; y++) {
    for (let x = 0; x < cell; x++) {
      const value = pixels[y * across + column * cell + x]!;
      const alpha = value >>> 24;
      if (alpha >= OPAQUE_FROM) opaque.push([y * width + x, value | 0xff000000]);
      else if (alpha > 0) thin.push([y * width + x, multiplied(value)]);
    }
  }
  const all = [...opaque, ...thin];
  return { at: Int32Array.from(all, (p) => p[0]), pixel: Int32Array.from(all, (p) => p[1]), opaque: opaque.length };
}

function multiplied(value: number): number {
  const alpha = value >>> 24;
  const channel = (shift: number) => Math.round((((value >>> shift) & 255) * alpha) / 255) << shift;
  return (alpha << 24) | channel(16) | channel(8) | channel(0);
}

/** Lay one symbol's pixels over a sheet's ("over" of Porter and Duff), from `corner` on. */
export function lay(sheet: Int32Array, corner: number, { at, pixel, opaque }: Stamp): void {
  for (let i = 0; i < opaque; i++) sheet[corner + at[i]!] = pixel[i]!;
  for (let i = opaque; i < at.length; i++) {
    const to = corner + at[i]!;
    const value = pixel[i]!;
    const under = sheet[to]!;
    const left = 256 - (value >>> 24);
    const redBlue = (Math.imul(under & 0xff00ff, left) >>> 8) & 0xff00ff;
    const greenAlpha = Math.imul((under >>> 8) & 0xff00ff, left) & 0xff00ff00;
    sheet[to] = value + redBlue + greenAlpha; // no channel passes 255: what is left and what is added do not
  }
}

/** Colours as ImageData has them, no more multiplied by their alpha. */
export function divide(sheet: Int32Array): void {
  for (let i = 0; i < sheet.length; i++) {
    const value = sheet[i]!;
    const alpha = value >>> 24;
    if (alpha === 0 || alpha === 255) continue;
    const k = 255 / alpha;
    const channel = (shift: number) => Math.min(255, (((value >>> shift) & 255) * k + 0.5) | 0) << shift;
    sheet[i] = (alpha << 24) | channel(16) | channel(8) | channel(0);
  }
}
