/** Numbers and codes in the officer's words: one place for every unit and every spelling on the page. */
import { climbIn, clockIn, distanceIn, heightIn, speedIn, zoneWords } from "./units.ts";

export const STATUS_WORDS = ["tentative", "confirmed", "coasting"] as const;
export const AFFILIATION_WORDS = ["unknown", "friendly", "neutral", "suspect"] as const;
export const CLASS_WORDS = ["unknown", "drone", "bird", "aircraft", "vessel"] as const;
export const SEVERITY_SHAPES = { high: "▲", medium: "◆", low: "●" } as const;

const thousands = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function count(n: number): string {
  return thousands.format(n);
}

export function distance(metres: number | null | undefined): string {
  return metres === null || metres === undefined || !Number.isFinite(metres) ? "–" : distanceIn(metres);
}

export function bearing(degrees: number | null | undefined): string {
  if (degrees === null || degrees === undefined || !Number.isFinite(degrees)) return "–";
  return `${String(Math.round(((degrees % 360) + 360) % 360) % 360).padStart(3, "0")}°`;
}

/** A height or a short length in the officer's units. */
export function metres(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? "unknown" : heightIn(value);
}

export function speed(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? "–" : speedIn(value);
}

export function climb(value: number): string {
  return climbIn(value);
}

/** An age as m:ss, h:mm:ss past the hour, or "2 d 4 h". */
export function age(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s >= 86400) return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
  const two = (n: number) => String(n).padStart(2, "0");
  if (s >= 3600) return `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
  return `${Math.floor(s / 60)}:${two(s % 60)}`;
}

/** Short ages: 0.8 s, 12 s, 4:10. */
export function shortAge(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  return seconds < 100 ? `${Math.round(seconds)} s` : age(seconds);
}

/** System fonts only; the first that the machine has. */
export const FONT = '"Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, system-ui, sans-serif';

/** hh:mm:ss of a UNIX time, in UTC or in local time as the officer chose. */
export function clock(time: number): string {
  return clockIn(time);
}

/** hh:mm:ss with what it is counted in: "18:02:11 UTC". */
export function clockWithZone(time: number): string {
  return `${clockIn(time)} ${zoneWords(time)}`;
}

/** The date of a UNIX time, UTC. */
export function day(time: number): string {
  return Number.isFinite(time) ? new Date(time * 1000).toISOString().slice(0, 10) : "";
}

/** 33.75120 N 118.20034 W */
export function place(lat: number, lon: number): string {
  return `${Math.abs(lat).toFixed(5)} ${lat < 0 ? "S" : "N"}  ${Math.abs(lon).toFixed(5)} ${lon < 0 ? "W" : "E"}`;
}

/** How sure the station is that there is something at all (existence 0..1). */
export function existence(share: number): string {
  // Rounded down as in the alert's text: never to a certainty that the tracker does not claim.
  const percent = `${Math.min(99, Math.floor(share * 100 + 1e-9))} %`;
  if (share >= 0.99) return `certain (${percent})`;
  if (share >= 0.9) return `almost certain (${percent})`;
  if (share >= 0.7) return `likely (${percent})`;
  return `doubtful (${percent})`;
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** "silent_sensor" as "silent sensor". */
export function spaced(word: string): string {
  return word.replaceAll("_", " ");
}
