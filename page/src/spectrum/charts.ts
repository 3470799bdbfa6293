/** The floor against what is usual, and occupancy by channel and hour. */
import type { Palette } from "../palette.ts";
import type { Band, Disturbed, Hours } from "./api.ts";
import { marks, mhz } from "./axes.ts";

const FONT = '11px "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif';

/** Room for times at the left, as beside the waterfall, so that a channel lies under its frequency. */
export const TIMES_PX = 66;

function begin(canvas: HTMLCanvasElement, palette: Palette): [CanvasRenderingContext2D, number, number] {
  const [w, h] = [Math.max(1, canvas.clientWidth), Math.max(1, canvas.clientHeight)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const context = canvas.getContext("2d")!;
  context.fillStyle = palette.ui.raised;
  context.fillRect(0, 0, w, h);
  context.font = FONT;
  return [context, w, h];
}

/** The quiet level now (solid) and as usual at this hour (dashed); what stands out is filled. */
export function floor(canvas: HTMLCanvasElement, band: Band, disturbed: Disturbed[], palette: Palette): void {
  const [c, w, h] = begin(canvas, palette);
  const { now_db: now, usual_db: usual } = band.floor;
  const known = [...now, ...usual].filter((v): v is number => v !== null);
  if (!known.length) return;
  const [low, high] = [Math.min(...known) - 3, Math.max(...known, Math.min(...known) + 10) + 3];
  const py = (db: number): number => h - ((db - low) / (high - low)) * h;
  const px = (i: number): number => ((i + 0.5) / now.length) * w;
  c.fillStyle = palette.ui.quiet;
  c.strokeStyle = palette.ui.line;
  for (const db of marks(low, high, 3)) {
    c.beginPath();
    c.moveTo(0, py(db));
    c.lineTo(w, py(db));
    c.stroke();
    c.fillText(`${db.toFixed(0)} dB`, 3, py(db) - 2);
  }
  for (const d of disturbed) {
    if (d.band !== band.name) continue;
    const [a, b] = [d.low_hz, d.high_hz].map((hz) => ((hz - band.low_hz) / (band.high_hz - band.low_hz)) * w) as [number, number];
    c.fillStyle = palette.map.high;
    c.globalAlpha = 0.25;
    c.fillRect(a, 0, Math.max(2, b - a), h);
    c.globalAlpha = 1;
  }
  const line = (values: (number | null)[]): void => {
    c.beginPath();
    let on = false;
    values.forEach((v, i) => {
      if (v === null) on = false;
      else if (on) c.lineTo(px(i), py(v));
      else {
        c.moveTo(px(i), py(v));
        on = true;
      }
    });
    c.stroke();
  };
  c.strokeStyle = palette.ui.quiet;
  c.setLineDash([5, 4]);
  c.lineWidth = 1.5;
  line(usual);
  c.setLineDash([]);
  c.strokeStyle = palette.ui.text;
  line(now);
}

/** One row an hour, one column a channel: how much of the watched time was occupied; hatched where nobody looked. */
export function occupancy(canvas: HTMLCanvasElement, hours: Hours, palette: Palette): void {
  const [c, w, h] = begin(canvas, palette);
  const rows = hours.hours.slice(-12).reverse();
  const left = TIMES_PX;
  const tall = Math.min(18, h / Math.max(rows.length, 1));
  c.textBaseline = "middle";
  rows.forEach((row, i) => {
    const top = i * tall;
    c.globalAlpha = 1;
    c.fillStyle = palette.ui.text;
    if (tall >= 11) c.fillText(new Date(row.hour * 1000).toISOString().slice(11, 16), 4, top + tall / 2);
    row.watched_s.forEach((watched, k) => {
      const x0 = left + (k / row.watched_s.length) * (w - left);
      const width = (w - left) / row.watched_s.length;
      if (watched <= 0) {
        c.strokeStyle = palette.ui.line;
        c.strokeRect(x0 + 0.5, top + 0.5, width - 1, tall - 1);
        c.beginPath();
        c.moveTo(x0, top + tall);
        c.lineTo(x0 + width, top);
        c.stroke();
        return;
      }
      c.globalAlpha = 0.06 + 0.94 * Math.min(1, (row.occupied_s[k] ?? 0) / watched) ** 0.6;
      c.fillStyle = palette.ui.text;
      c.fillRect(x0, top, Math.max(1, width - 1), tall - 1);
      c.globalAlpha = 1;
    });
  });
}

/** The busiest channels of the latest hour, in words: what the picture says, for who cannot see it. */
export function busiest(hours: Hours): string {
  const row = hours.hours.at(-1);
  if (!row) return "Nothing was looked at yet.";
  const shares = row.watched_s.map((s, k) => [k, s > 0 ? (row.occupied_s[k] ?? 0) / s : -1] as const).filter(([, share]) => share >= 0);
  if (!shares.length) return "Nothing was looked at in this hour.";
  const top = [...shares].sort((a, b) => b[1] - a[1]).slice(0, 3);
  const words = top.map(([k, share]) => `${mhz(hours.low_hz + (k + 0.5) * hours.channel_hz)} MHz ${(100 * share).toFixed(0)} %`);
  return `Busiest this hour, of the time it was looked at: ${words.join(", ")}.`;
}
