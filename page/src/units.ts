/**
 * The officer's units and time of day, remembered by the browser. The station and its log always speak metres and UTC; only what the
 * page shows follows this choice. No module of the page is imported here, so that every screen can use it.
 */

export type Units = "metric" | "nautical";
export type TimeOfDay = "utc" | "local";

export const UNIT_WORDS: Record<Units, string> = { metric: "m, m/s", nautical: "ft, kn" };

const FEET = 1 / 0.3048;
const NAUTICAL_MILE_M = 1852;
const KNOTS = 3600 / NAUTICAL_MILE_M;

const KEY_UNITS = "picket.units";
const KEY_TIME = "picket.time";

const kept = (key: string): string | null => (typeof localStorage === "undefined" ? null : localStorage.getItem(key));

let units: Units = kept(KEY_UNITS) === "nautical" ? "nautical" : "metric";
let timeOfDay: TimeOfDay = kept(KEY_TIME) === "local" ? "local" : "utc";

export const unitsNow = (): Units => units;
export const timeNow = (): TimeOfDay => timeOfDay;

export function setUnits(to: Units): void {
  units = to;
  if (typeof localStorage !== "undefined") localStorage.setItem(KEY_UNITS, to);
}

export function setTimeOfDay(to: TimeOfDay): void {
  timeOfDay = to;
  if (typeof localStorage !== "undefined") localStorage.setItem(KEY_TIME, to);
}

/** A distance over ground: "640 m", "2.31 km"; "2100 ft" under half a mile, "1.25 NM". */
export function distanceIn(metres: number, to: Units = units): string {
  if (to === "nautical") {
    const miles = metres / NAUTICAL_MILE_M;
    return miles < 0.5 ? `${Math.round(metres * FEET)} ft` : `${miles.toFixed(miles < 10 ? 2 : 1)} NM`;
  }
  return metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(metres < 10000 ? 2 : 1)} km`;
}

/** A height or a short length: "120 m" or "394 ft". */
export const heightIn = (metres: number, to: Units = units): string => `${heightNumber(metres, to)} ${heightUnit(to)}`;

export const heightNumber = (metres: number, to: Units = units): number => Math.round(to === "nautical" ? metres * FEET : metres);

export const heightUnit = (to: Units = units): string => (to === "nautical" ? "ft" : "m");

/** A speed: "14 m/s" or "27 kn"; one decimal under 10. */
export function speedIn(mps: number, to: Units = units): string {
  const value = to === "nautical" ? mps * KNOTS : mps;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${speedUnit(to)}`;
}

export const speedNumber = (mps: number, to: Units = units): number => Math.round(to === "nautical" ? mps * KNOTS : mps);

export const speedUnit = (to: Units = units): string => (to === "nautical" ? "kn" : "m/s");

/** A rate of climb: "2.0 m/s" or "394 ft/min". */
export const climbIn = (mps: number, to: Units = units): string =>
  to === "nautical" ? `${Math.round(mps * FEET * 60)} ft/min` : speedIn(mps, to);

/** A round length of at least `metres`, as metres and in words: steps of 1, 2, 5 in kilometres or miles. */
export function roundLength(metres: number, to: Units = units): { metres: number; words: string } {
  if (to === "nautical") {
    const miles = nice(metres / NAUTICAL_MILE_M);
    return { metres: miles * NAUTICAL_MILE_M, words: `${Number(miles.toPrecision(3))} NM` };
  }
  const length = nice(metres);
  return { metres: length, words: lengthWords(length) };
}

/** A whole number of round steps in words: "10 km", "0.4 NM". */
export function lengthWords(metres: number, to: Units = units): string {
  if (to === "nautical") return `${Number((metres / NAUTICAL_MILE_M).toPrecision(4))} NM`;
  return metres >= 1000 ? `${Number((metres / 1000).toPrecision(6))} km` : `${Number(metres.toPrecision(6))} m`;
}

/** The next of 1, 2, 5 times a power of ten that is at least `value`. */
function nice(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  for (const k of [1, 2, 5]) if (k * power >= value * (1 - 1e-9)) return k * power;
  return 10 * power;
}

const two = (n: number) => String(n).padStart(2, "0");

/** hh:mm:ss of a UNIX time, UTC or as the officer's machine has it. */
export function clockIn(time: number, as: TimeOfDay = timeOfDay): string {
  if (!Number.isFinite(time)) return "--:--:--";
  const d = new Date(time * 1000);
  return as === "utc" ? d.toISOString().slice(11, 19) : `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

/** "UTC", or the local offset: "UTC+2", "UTC-9:30". */
export function zoneWords(time: number, as: TimeOfDay = timeOfDay): string {
  if (as === "utc") return "UTC";
  const minutes = -new Date((Number.isFinite(time) ? time : 0) * 1000).getTimezoneOffset();
  const rest = Math.abs(minutes) % 60;
  return `UTC${minutes < 0 ? "-" : "+"}${Math.floor(Math.abs(minutes) / 60)}${rest ? `:${two(rest)}` : ""}`;
}
