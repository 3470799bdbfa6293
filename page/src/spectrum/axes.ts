/** Where a frequency and a time lie on the waterfall: newest on top of a live one, the beginning on top of a recording. */

export interface Axes {
  lowHz: number;
  highHz: number;
  /** Time at the top and at the bottom of the picture, UNIX seconds. */
  top: number;
  bottom: number;
  width: number;
  height: number;
}

export const x = (a: Axes, hz: number): number => ((hz - a.lowHz) / (a.highHz - a.lowHz)) * a.width;
export const y = (a: Axes, time: number): number => ((time - a.top) / (a.bottom - a.top)) * a.height;
export const hzAt = (a: Axes, px: number): number => a.lowHz + (px / a.width) * (a.highHz - a.lowHz);
export const timeAt = (a: Axes, py: number): number => a.top + (py / a.height) * (a.bottom - a.top);

/** Round steps for about `count` marks. */
export function marks(low: number, high: number, count: number): number[] {
  const rough = Math.abs(high - low) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? rough;
  const found: number[] = [];
  for (let v = Math.ceil(Math.min(low, high) / step) * step; v <= Math.max(low, high); v += step) found.push(v);
  return found;
}

/** The middle of a mark's words, moved so that those at the ends are not cut off. */
export const within = (px: number, length: number, half: number): number => Math.min(Math.max(px, half), length - half);

/** A frequency in MHz with as many digits as its neighbours need. */
export const mhz = (hz: number, digits = 3): string => (hz / 1e6).toFixed(digits).replace(/\.?0+$/, "");
