/** Inks of the charts: one ramp from the panel's ground to the palette's one strong colour, so that more is told by lightness too. */
import type { Palette } from "../palette.ts";

export type Pen = CanvasRenderingContext2D;

const LEAST = 0.16;

function parts(hex: string): [number, number, number] {
  const n = parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

/** The colour of a share 0..1; nothing at all has the ground's own colour, the least of something can be told from it. */
export function ramp(palette: Palette, share: number): string {
  if (!(share > 0)) return palette.ui.raised;
  const t = LEAST + (1 - LEAST) * Math.min(1, share);
  const [a, b] = [parts(palette.ui.raised), parts(palette.ui.focus)];
  return `rgb(${a.map((v, i) => Math.round(v + (b[i]! - v) * t)).join(",")})`;
}

/** WCAG's relative luminance of sRGB parts. */
function luminance(rgb: number[]): number {
  const [r, g, b] = rgb.map((v) => (v <= 10 ? v / 3294 : ((v / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Ink that can be read on `ramp(share)`: of the palette's own inks the one that stands out most. */
export function inkOn(palette: Palette, share: number): string {
  const back = ramp(palette, share);
  const ground = luminance(back.startsWith("#") ? parts(back) : back.match(/\d+/g)!.map(Number));
  const contrast = (ink: string) => {
    const own = luminance(parts(ink));
    return (Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05);
  };
  return [palette.ui.text, palette.ui.raised, palette.ui["bad-text"]].reduce((a, b) => (contrast(b) > contrast(a) ? b : a));
}

/** A legend of the ramp: least and greatest in words, at (x, y) its left top. */
export function legend(pen: Pen, palette: Palette, x: number, y: number, from: string, to: string, font: string): void {
  pen.font = `11px ${font}`;
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  pen.fillStyle = palette.ui.quiet;
  pen.fillText(from, x, y + 6);
  let at = x + pen.measureText(from).width + 6;
  for (let i = 0; i <= 5; i++) {
    pen.fillStyle = ramp(palette, i / 5);
    pen.fillRect(at, y, 14, 12);
    pen.strokeStyle = palette.ui.line;
    pen.lineWidth = 1;
    pen.strokeRect(at + 0.5, y + 0.5, 13, 11);
    at += 14;
  }
  pen.fillStyle = palette.ui.quiet;
  pen.fillText(to, at + 6, y + 6);
}

/** Diagonals over a box: told from the plain one in every palette, and never only by a colour. */
export function hatched(pen: Pen, ink: string, x: number, y: number, w: number, h: number, step = 5): void {
  pen.save();
  pen.beginPath();
  pen.rect(x, y, w, h);
  pen.clip();
  pen.strokeStyle = ink;
  pen.lineWidth = 1;
  pen.beginPath();
  for (let d = -h; d < w; d += step) {
    pen.moveTo(x + d, y + h);
    pen.lineTo(x + d + h, y);
  }
  pen.stroke();
  pen.restore();
}

/** A round number of at least `value`: the top of an axis. */
export function roundTop(value: number): number {
  if (value <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(value));
  for (const k of [1, 1.5, 2, 3, 4, 5, 6, 8, 10]) if (k * power >= value) return k * power;
  return 10 * power;
}
