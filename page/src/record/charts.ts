/**
 * The charts, each painted into a canvas so that it can be saved as a picture. What a chart shows is in a table beside it too: a canvas
 * says nothing to who cannot see it.
 */
import type { Palette } from "../palette.ts";
import { count, FONT, plural } from "../words.ts";
import type { Change, Day, Quantiles } from "./api.ts";
import { hatched, inkOn, legend, ramp, roundTop, type Pen } from "./ink.ts";

export interface Chart {
  title: string;
  /** What it shows, in one sentence. */
  words: string;
  height(width: number): number;
  paint(pen: Pen, width: number, palette: Palette): void;
  /** What lies at a place, in words. */
  at?(x: number, y: number, width: number): string;
}

export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LEFT = 34;
const FULL = 0.99;

export const percent = (share: number | null | undefined): string =>
  share === null || share === undefined ? "not known" : `${share >= 0.9995 ? 100 : (Math.floor(share * 1000) / 10).toFixed(1)} %`;

const weekday = (day: string): number => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
const dayWords = (d: Day): string => `${WEEKDAYS[weekday(d.day)]} ${d.day}: ${plural(d.flights, "flight")}, uptime ${percent(d.uptime)}`;

function say(pen: Pen, ink: string, words: string, x: number, y: number, align: CanvasTextAlign = "left", size = 11, bold = false): void {
  pen.font = `${bold ? "600 " : ""}${size}px ${FONT}`;
  pen.fillStyle = ink;
  pen.textAlign = align;
  pen.textBaseline = "middle";
  pen.fillText(words, x, y);
}

function box(pen: Pen, palette: Palette, share: number, x: number, y: number, w: number, h: number): void {
  pen.fillStyle = ramp(palette, share);
  pen.fillRect(x, y, w, h);
  pen.strokeStyle = palette.ui.line;
  pen.lineWidth = 1;
  pen.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
}

// -- calendar ---------------------------------------------------------------------------------------------------------
interface Sheet {
  side: number;
  /** Weeks in a block; a long period goes on in a block below. */
  weeks: number;
  blocks: number;
}

const TOP = 18;
const BLOCK_GAP = 12;

function sheetOf(weeks: number, width: number): Sheet {
  const room = width - LEFT - 2;
  const side = Math.max(12, Math.min(30, Math.floor(room / Math.max(1, weeks))));
  const perBlock = Math.max(1, Math.floor(room / side));
  return { side, weeks: perBlock, blocks: Math.max(1, Math.ceil(weeks / perBlock)) };
}

export function calendar(days: Day[]): Chart {
  const offset = days.length ? weekday(days[0]!.day) : 0;
  const weeks = Math.ceil((days.length + offset) / 7);
  const most = Math.max(1, ...days.map((d) => d.flights));
  const blockHeight = (s: Sheet) => TOP + 7 * s.side + BLOCK_GAP;
  return {
    title: "Calendar",
    words: `Flights of each day, ${days[0]?.day ?? ""} to ${days.at(-1)?.day ?? ""}; at most ${plural(most, "flight")} a day`,
    height: (width) => {
      const s = sheetOf(weeks, width);
      return s.blocks * blockHeight(s) + 18;
    },
    paint: (pen, width, palette) => {
      const s = sheetOf(weeks, width);
      for (let b = 0; b < s.blocks; b++) {
        WEEKDAYS.forEach((name, i) => {
          if (i % 2 === 0 || s.side >= 16) say(pen, palette.ui.quiet, name, 0, b * blockHeight(s) + TOP + (i + 0.5) * s.side);
        });
      }
      let month = "";
      let labelled = -Infinity;
      days.forEach((d, i) => {
        const week = Math.floor((i + offset) / 7);
        const [block, column, row] = [Math.floor(week / s.weeks), week % s.weeks, (i + offset) % 7];
        const [x, y] = [LEFT + column * s.side, block * blockHeight(s) + TOP + row * s.side];
        const share = d.flights / most;
        box(pen, palette, share, x, y, s.side - 1, s.side - 1);
        if (d.uptime !== null && d.uptime < FULL) hatched(pen, palette.ui.quiet, x, y, s.side - 1, s.side - 1);
        if (s.side >= 26 && d.flights) say(pen, inkOn(palette, share), count(d.flights), x + (s.side - 1) / 2, y + s.side / 2, "center", 10.5);
        const place = block * 1e5 + x;
        if (d.day.slice(0, 7) !== month && place - labelled >= 52) {
          const [year, m] = d.day.split("-").map(Number) as [number, number];
          say(pen, palette.ui.quiet, m === 1 || !month ? `${MONTHS[m - 1]} ${year}` : MONTHS[m - 1]!, x, block * blockHeight(s) + 8);
          labelled = place;
        }
        month = d.day.slice(0, 7);
      });
      const y = s.blocks * blockHeight(s);
      legend(pen, palette, LEFT, y, "0", `${plural(most, "flight")} a day`, FONT);
      if (days.some((d) => d.uptime !== null && d.uptime < FULL)) {
        pen.strokeStyle = palette.ui.line;
        pen.strokeRect(LEFT + 220.5, y + 0.5, 13, 11);
        hatched(pen, palette.ui.quiet, LEFT + 220, y, 14, 12);
        say(pen, palette.ui.quiet, "a sensor down", LEFT + 240, y + 6);
      }
    },
    at: (x, y, width) => {
      const s = sheetOf(weeks, width);
      const block = Math.floor(y / blockHeight(s));
      const [column, row] = [Math.floor((x - LEFT) / s.side), Math.floor((y - block * blockHeight(s) - TOP) / s.side)];
      if (column < 0 || column >= s.weeks || row < 0 || row > 6) return "";
      const d = days[(block * s.weeks + column) * 7 + row - offset];
      return d ? dayWords(d) : "";
    },
  };
}

// -- hour by weekday ----------------------------------------------------------------------------------------------------
export function week(table: number[][]): Chart {
  const most = Math.max(1, ...table.flat());
  const high = 21;
  const wide = (width: number) => (width - LEFT) / 24;
  return {
    title: "Hour by weekday",
    words: `Flights by hour (UTC) and weekday; at most ${plural(most, "flight")} in one`,
    height: () => 16 + 7 * high + 22,
    paint: (pen, width, palette) => {
      const w = wide(width);
      for (let h = 0; h < 24; h += 3) say(pen, palette.ui.quiet, String(h).padStart(2, "0"), LEFT + h * w, 7);
      table.forEach((row, i) => {
        say(pen, palette.ui.quiet, WEEKDAYS[i]!, 0, 16 + (i + 0.5) * high);
        row.forEach((n, h) => box(pen, palette, n / most, LEFT + h * w, 16 + i * high, w - 1, high - 1));
      });
      legend(pen, palette, LEFT, 16 + 7 * high + 6, "0", plural(most, "flight"), FONT);
    },
    at: (x, y, width) => {
      const [h, i] = [Math.floor((x - LEFT) / wide(width)), Math.floor((y - 16) / high)];
      const n = table[i]?.[h];
      return n === undefined || h < 0 ? "" : `${WEEKDAYS[i]} ${String(h).padStart(2, "0")}:00 to ${String(h + 1).padStart(2, "0")}:00 UTC: ${plural(n, "flight")}`;
    },
  };
}

// -- trend --------------------------------------------------------------------------------------------------------------
export function trend(days: Day[], change: Change | undefined): Chart {
  const most = Math.max(1, ...days.map((d) => d.flights), change?.per_day_before ?? 0, change?.per_day_after ?? 0);
  const top = roundTop(most);
  const high = 150;
  const step = (width: number) => (width - LEFT - 4) / Math.max(1, days.length);
  const index = (day: string) => days.findIndex((d) => d.day === day);
  return {
    title: "Flights a day",
    words: change
      ? `Likeliest change on ${change.first_day_after}, from ${change.per_day_before} to ${change.per_day_after} a day: ${change.words}`
      : "Flights of each day; no change is looked for in fewer than 14 days that were watched",
    height: () => high + 34,
    paint: (pen, width, palette) => {
      const w = step(width);
      const y = (n: number) => 6 + high - (n / top) * high;
      for (const n of [0, top / 2, top]) {
        say(pen, palette.ui.quiet, count(n), LEFT - 6, y(n), "right");
        pen.fillStyle = palette.ui.line;
        pen.fillRect(LEFT, Math.round(y(n)), width - LEFT - 4, 1);
      }
      const at = change ? index(change.first_day_after) : -1;
      if (change && at >= 0) {
        const [a, b] = change.between.map(index) as [number, number];
        pen.fillStyle = palette.ui.chosen;
        pen.fillRect(LEFT + a * w, 6, Math.max(2, (b - a) * w), high);
      }
      days.forEach((d, i) => {
        const [x, wide] = [LEFT + i * w, Math.max(1, w - (w > 3 ? 1 : 0))];
        pen.fillStyle = ramp(palette, 0.45);
        pen.fillRect(x, y(d.flights), wide, 6 + high - y(d.flights));
        if (d.uptime !== null && d.uptime < FULL) hatched(pen, palette.ui.quiet, x, y(d.flights), wide, 6 + high - y(d.flights), 4);
      });
      const every = Math.max(1, Math.ceil(days.length / Math.max(1, Math.floor((width - LEFT) / 92))));
      days.forEach((d, i) => {
        if (i % every === 0 && (i + every / 2 < days.length || i === 0)) say(pen, palette.ui.quiet, d.day, LEFT + i * w, high + 18);
      });
      if (!change || at < 0) return;
      const line = (from: number, to: number, n: number, words: string, align: CanvasTextAlign) => {
        pen.strokeStyle = palette.ui.text;
        pen.lineWidth = 2;
        pen.beginPath();
        pen.moveTo(LEFT + from * w, y(n));
        pen.lineTo(LEFT + to * w, y(n));
        pen.stroke();
        const x = align === "left" ? LEFT + from * w + 4 : LEFT + to * w - 4;
        pen.font = `600 11px ${FONT}`;
        const size = pen.measureText(words).width;
        const above = y(n) < 20 ? y(n) + 11 : y(n) - 9;
        pen.fillStyle = palette.ui.panel;
        pen.fillRect(align === "left" ? x - 2 : x - size - 2, above - 7, size + 4, 14);
        say(pen, palette.ui.text, words, x, above, align, 11, true);
      };
      line(0, at, change.per_day_before, `${change.per_day_before} a day`, "left");
      line(at, days.length, change.per_day_after, `${change.per_day_after} a day`, "right");
      pen.setLineDash([4, 3]);
      pen.lineWidth = 1.5;
      pen.beginPath();
      pen.moveTo(LEFT + at * w, 6);
      pen.lineTo(LEFT + at * w, 6 + high);
      pen.stroke();
      pen.setLineDash([]);
    },
    at: (x, y, width) => {
      const d = days[Math.floor((x - LEFT) / step(width))];
      return d && y <= high + 6 && x >= LEFT ? dayWords(d) : "";
    },
  };
}

// -- distributions --------------------------------------------------------------------------------------------------------
export interface Spread {
  name: string;
  unit: string;
  values: Quantiles;
}

const ROW = 46;

/** Quantiles of each kind on an axis of its own: 5 to 95 % a line, the middle half a box, the median a stroke. */
export function spreads(rows: Spread[]): Chart {
  return {
    title: "Distributions",
    words: rows.map((r) => `${r.name}: ${quantileWords(r)}`).join(". "),
    height: () => Math.max(1, rows.length) * ROW,
    paint: (pen, width, palette) =>
      rows.forEach((row, i) => {
        const y = i * ROW;
        const v = row.values;
        say(pen, palette.ui.text, row.name, 0, y + 8, "left", 12, true);
        if (v["50"] === undefined) return say(pen, palette.ui.quiet, "nothing to tell", 0, y + 26);
        say(pen, palette.ui.quiet, `median ${short(v["50"])} ${row.unit}, ${plural(v.n ?? 0, "flight")}`, width, y + 8, "right");
        const [low, high] = [Math.min(0, v["5"]!), roundTop(v["95"]!)];
        const x = (n: number) => 2 + ((n - low) / (high - low || 1)) * (width - 4);
        pen.fillStyle = palette.ui.line;
        pen.fillRect(0, y + 25, width, 1);
        pen.fillStyle = palette.ui.quiet;
        pen.fillRect(x(v["5"]!), y + 24, Math.max(1, x(v["95"]!) - x(v["5"]!)), 3);
        box(pen, palette, 0.4, Math.round(x(v["25"]!)), y + 18, Math.max(3, x(v["75"]!) - x(v["25"]!)), 15);
        pen.fillStyle = palette.ui.text;
        pen.fillRect(x(v["50"]) - 1, y + 15, 2.5, 21);
        say(pen, palette.ui.quiet, `${short(low)}`, 0, y + 39, "left", 10);
        say(pen, palette.ui.quiet, `${short(high)} ${row.unit}`, width, y + 39, "right", 10);
      }),
  };
}

const short = (n: number): string => (Math.abs(n) >= 20 ? count(n) : String(Number(n.toFixed(1))));

export const quantileWords = (r: Spread): string =>
  r.values["50"] === undefined ? "nothing to tell" : (["5", "25", "50", "75", "95"] as const).map((q) => `${q} % ${short(r.values[q]!)}`).join(", ") + ` ${r.unit}`;

// -- approach -------------------------------------------------------------------------------------------------------------
export function approach(from: Record<string, number>): Chart {
  const names = Object.keys(from);
  const all = Object.values(from).reduce((a, b) => a + b, 0);
  const most = Math.max(1, ...Object.values(from));
  const size = 220;
  return {
    title: "Came from",
    words: `Sectors that flights came from: ${names.map((n) => `${n} ${from[n]}`).join(", ")}`,
    height: () => size,
    paint: (pen, width, palette) => {
      const [cx, cy, radius] = [width / 2, size / 2, size / 2 - 26];
      pen.strokeStyle = palette.ui.line;
      pen.lineWidth = 1;
      for (const r of [0.5, 1]) {
        pen.beginPath();
        pen.arc(cx, cy, radius * r, 0, 2 * Math.PI);
        pen.stroke();
      }
      names.forEach((name, i) => {
        const n = from[name]!;
        const middle = ((i * 45 - 90) * Math.PI) / 180;
        // The area tells the number: the radius goes with its root.
        const r = radius * Math.sqrt(n / most);
        pen.beginPath();
        pen.moveTo(cx, cy);
        pen.arc(cx, cy, r, middle - 0.36, middle + 0.36);
        pen.closePath();
        pen.fillStyle = ramp(palette, 0.5);
        if (n) pen.fill();
        const share = all ? Math.round((100 * n) / all) : 0;
        say(pen, n ? palette.ui.text : palette.ui.quiet, `${name} ${share} %`, cx + (radius + 16) * Math.cos(middle) * 1.12, cy + (radius + 13) * Math.sin(middle), "center", 11, n === most && n > 0);
      });
    },
  };
}
