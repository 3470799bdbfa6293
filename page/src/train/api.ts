/** The training page's HTTP API (docs/stream.md): the shapes that it reads, and one way to ask. */
import type { Door } from "../api.ts";

export interface RunRow {
  name: string;
  state: string;
  exercise?: string;
  card?: string | null;
  kept_at?: number;
  officer?: string;
  seed?: number;
  passed?: boolean;
  complete?: boolean;
  until_s?: number;
  planned_s?: number;
  met?: number;
  expected?: number;
  missed?: number;
  needless?: number;
  wrong?: number;
  alarms?: number;
  warning_s?: number | null;
  slowest_s?: number | null;
}

export interface Happened {
  at_s: number;
  what: string;
  words: string;
  decision: boolean;
  by?: string | null;
  object?: string;
  alert_id?: number | null;
  delay_s?: number | null;
  margin_s?: number | null;
  margin_m?: number | null;
  paused_s?: number | null;
}

export interface Mark {
  at_s: number;
  delay_s: number;
  margin_s: number | null;
  margin_m: number | null;
}

export interface ScoredObject {
  object: string;
  actor: string;
  kind: string;
  watched: boolean;
  appeared_s: number;
  gone_s: number;
  zone: string | null;
  enters_s: number | null;
  seen: { sensor: string; kind: string; plots: number; covered_s: number | null; first: Mark | null }[];
  track: Mark | null;
  alert: Mark | null;
  acknowledged: Mark | null;
  judged: Mark | null;
  reported: Mark | null;
  cause: string | null;
  judged_right: boolean | null;
}

export interface Plan {
  zones: { id: string; name: string; kind: string; rings: [number, number][][] }[];
  sensors: { id: string; kind: string; x: number; y: number }[];
  reach_m: number;
}

export interface Review {
  name: string;
  site: string;
  about: string;
  teaches: string[];
  verdict: string;
  moments: Happened[];
  plan: Plan;
  proposed: { change: string; words: string; state: string; n: number | null }[];
  earlier: RunRow[];
  score: {
    exercise: string;
    seed: number;
    officer: string;
    until_s: number;
    passed: boolean;
    events: ScoredObject[];
    expected: { id: string; met: boolean; words: string }[];
    missed: string[];
    wrong: string[];
    needless: string[];
    station: string[];
    alarms: { raised: number; per_hour: number; verdict: string; most_in_10_min: number; unacknowledged: number };
    officers: { name: string; acknowledged: number; delays_s: number[]; judged: number; judged_wrong: number; notes: number }[];
    course: { at_s: number; what: string; by: string; words: string; paused_s: number | null }[];
  };
}

export interface Then {
  at_s: number;
  tracks: { id: number; x: number; y: number; vx: number; vy: number; sigma_m: number; classification: string; identity: string | null; status: string; trail: [number, number][] }[];
  alerts: { id: number; text: string; why: string; severity: "high" | "medium" | "low"; state: string; by: string | null; track_ids: number[]; x: number | null; y: number | null }[];
  objects: { object: string; kind: string; watched: boolean; x: number; y: number; height_m: number; trail: [number, number][]; track_ids: number[] }[];
}

export interface Board {
  runs: { n: number; time: number; exercise: string; card: string | null; officer: string; seed: number; passed: boolean }[];
  proposals: { n: number; exercise: string; card: string | null; change: string; words: string; state: string; proposed_at: number; done_at: number | null; verified_at: number | null; note: string }[];
  lags: { card: string; title: string; days: Record<string, [number, number] | null>; adversary_days: [number, number] | null }[];
  claims: string | null;
}

export interface ExerciseRow {
  id: string;
  own: boolean;
  problems: string[];
  name: string;
  about: string;
  teaches: string[];
  level: string;
  card: string | null;
  seconds: number | null;
  expected: number;
  site: string;
  last: RunRow | null;
  runs: number;
}

export interface Playing {
  name: string;
  run: string;
  state: "starting" | "compiling" | "playing" | "over" | "ended" | "failed";
  since: number;
  words: string;
  url: string;
}

export interface Exercises {
  exercises: ExerciseRow[];
  folders: string[];
  left_out: number;
  busy: string;
  covered: string[];
  uncovered: string[];
  /** Titles of tactic cards, by id. */
  cards: Record<string, string>;
}

/** Ask the station; a refusal becomes an Error with its own words. */
export async function ask<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(
    `/api/${path}`,
    body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
  );
  const said = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new Error(said.error ?? `the station answered ${response.status}`);
  return said;
}

/** The rooms beside this one; none at a station that has no others. */
export async function rooms(): Promise<Door[]> {
  try {
    return (await ask<{ doors: Door[] }>("doors")).doors;
  } catch {
    return [];
  }
}
