/** The HTTP API of the record page (docs/record.md): shapes, and one way to ask. */

export type Quantiles = Partial<Record<"5" | "25" | "50" | "75" | "95" | "n", number>>;

export interface Choices {
  sealed: { since: string; until: string } | null;
  problem: string | null;
  zones: { id: string; kind: string }[];
  lines: string[];
  within_m: number;
  figures: number;
  simulated: boolean;
  pdf: string | null;
}

export interface Near {
  shape: string;
  kind: "area" | "line";
  within_m: number;
  least_distance_m: Quantiles;
  dwell_s: Quantiles;
  dwell_all_s: number;
  crossings: Record<string, number>;
  crossings_beyond_2_sigma: Record<string, number>;
  flights_that_crossed: Record<string, number>;
  incursions: number;
  approach_from: Record<string, number>;
  began_near: number;
}

export interface Change {
  first_day_after: string;
  between: [string, string];
  per_day_before: number;
  per_day_after: number;
  p: number;
  words: string;
}

export interface Day {
  day: string;
  flights: number;
  uptime: number | null;
}

export interface Heat {
  side_deg: number;
  /** South edge, west edge, points. */
  cells: [number, number, number][];
  means: string;
}

export interface Counts {
  simulated: boolean;
  period: { since: string; until: string; days: number };
  definitions: Record<string, string>;
  flights: number;
  flights_seen: number;
  flight_days: number;
  per_day: number | null;
  over_midnight: number;
  left_out_flights: Record<string, number>;
  airframes: number;
  flights_without_identity: number;
  airframes_by_days_seen: Record<string, number>;
  pieces_of_unknown_objects: { all: number; joined: number; unjoined: number };
  flights_with_a_sensor_down: number | null;
  gap_s: number;
  sensors: Record<string, { up_h: number; down_h: number; heard_h: number; judged: boolean }>;
  period_h: number;
  speed_mps: Quantiles;
  alt_wgs84_m: Quantiles;
  by: "hour" | "day" | "week";
  table: { start: string; flights: number; flights_seen: number; airframes: number; uptime: number | null }[];
  calendar: Day[];
  hour_by_weekday: number[][];
  sources: string[];
  left_out_rows: Record<string, number>;
  damage: string[];
  digest: string;
  near?: Near;
  change?: Change;
  compared?: {
    figures: { given: string; per_day: number; ours_per_day: number; ours_is_percent_of_it: number | null }[];
    differ_percent?: number | null;
  };
  sealed: { since: string; until: string };
  map: Heat;
}

/** Ask the station; a refusal becomes an Error with the station's own words. */
export async function ask<T>(path: string): Promise<T> {
  return answered<T>(await fetch(path));
}

/** A refusal for now: another count is under way, or something else that passes. */
export class NotNow extends Error {}

export async function tell<T>(path: string, body: unknown): Promise<T> {
  return answered<T>(
    await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  );
}

export async function answered<T>(response: Response): Promise<T> {
  if (!response.ok) throw new (response.status === 409 ? NotNow : Error)(await refusal(response));
  return (await response.json()) as T;
}

/** What a refusal says, also where a proxy or a stopped station answers without words. */
export async function refusal(response: Response): Promise<string> {
  const said = (await response.json().catch(() => ({}))) as { error?: string };
  return said.error ?? `the station answered ${response.status}`;
}

/** Save what the station makes as a file; a refusal is an Error with its words, never a file of them. */
export async function save(path: string, name: string): Promise<void> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(await refusal(response));
  saveBlob(await response.blob(), name);
}

export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
