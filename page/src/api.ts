/** The station's HTTP API: the shapes that the page reads (docs/stream.md) and one function per request. */
import type { FeatureCollection, Geometry } from "geojson";

export type Severity = "high" | "medium" | "low";
export type AlertState = "raised" | "acknowledged" | "shelved" | "closed";

export interface Alert {
  id: number;
  n: number;
  rule: string;
  sensor_id: string | null;
  zone: string | null;
  severity: Severity;
  state: AlertState;
  track_ids: number[];
  group_id: number | null;
  count: number;
  nearest_track_id: number | null;
  raised_at: number;
  updated_at: number;
  acknowledged_at: number | null;
  acknowledged_by: string | null;
  closed_at: number | null;
  closed_by: string | null;
  cause: string | null;
  note: string | null;
  active: boolean;
  text: string;
  why: string;
  lat_deg: number | null;
  lon_deg: number | null;
  bearing_deg: number | null;
  distance_m: number | null;
  look_azimuth_deg: number | null;
  look_elevation_deg: number | null;
  speed_mps: number | null;
  time_to_reach_s: number | null;
  existence: number | null;
  flags: string[];
  origin: string;
  /** Until when nobody is troubled with it, by whom and why; null or absent when it lies on no shelf. */
  shelved_until?: number | null;
  shelved_by?: string | null;
  shelved_reason?: string | null;
  /** When it had waited too long for somebody to acknowledge it. */
  escalated_at?: number | null;
  /** What to do, figures filled in. */
  checklist?: string[];
  calls?: { name: string; how: string }[];
}

/** The alarms themselves, against ISA-18.2's figures. */
export interface Alarms {
  last_hour: number;
  last_10_min: number;
  acceptable_per_hour: number;
  most_per_hour: number;
  flood: boolean;
  by_severity: Partial<Record<Severity, number>>;
  worst: { what: string; rule: string; count: number }[];
  shelved: number;
}

export interface Rule {
  id: string;
  rule: string;
  words: string;
  severity: Severity | null;
  on: boolean;
  hours?: string | null;
  delay_s?: number | null;
}

/** One line of the watch log. */
export interface LogEntry {
  n: number;
  time: number;
  by: string;
  kind: string;
  text: string;
  lat_deg: number | null;
  lon_deg: number | null;
  alert_id: number | null;
  state?: string | null;
}

export interface NewLogEntry {
  kind: "note" | "handover";
  text: string;
  lat_deg?: number;
  lon_deg?: number;
  alert_id?: number;
}

/** What somebody saw with their own eyes. */
export interface Sighting {
  bearing_deg: number;
  range_m?: number;
  height_m?: number;
  what: string;
  note?: string;
  /** Where the observer stands; the site where it is not said. */
  lat_deg?: number;
  lon_deg?: number;
}

/** A hand edit of the site file while the station runs; an empty object when there is none. */
export interface SiteChange {
  diff?: string;
  problem?: string | null;
}

/** What a change of a zone did, or would do; absent fields are not known. */
export interface ZoneChange {
  diff?: string;
  words?: string;
}

/** What a zone would have raised over the recorded past. */
export interface Tried {
  words: string;
  times: number;
  fired: { time: number; severity: Severity; text: string }[];
}

/** What no sensor sees; beside the shapes, sentences for the officer, worst first. */
export interface Unseen extends FeatureCollection {
  words?: string[];
}

/** Where the exercise stands that a station plays. What comes (`about`, `by_hand`) is told to exercise control only. */
export interface Exercise {
  name: string;
  about: string;
  state: "waiting" | "running" | "paused" | "ended";
  at_s: number;
  planned_s: number;
  endless: boolean;
  time: number;
  speed: number;
  /** As station time goes now: 0 in a pause. */
  pace: number;
  speeds: number[];
  by_hand: { id: string; says: string }[];
  told: { at_s: number; text: string }[];
  /** Of the asked speed, what the machine can do. */
  share: number;
  /** making, ready, or why it could not be made; empty while the exercise goes on. */
  review: string;
  run: string;
  you: string;
  named: boolean;
  control: boolean;
}

/** A room of the house that this station's page leads to. */
export interface Door {
  id: string;
  name: string;
  path: string;
}

export const CAUSES = ["drone", "friendly", "bird", "clutter", "spoof", "exercise", "other"] as const;
export type Cause = (typeof CAUSES)[number];

/** What the tracker knows of a sensor against others; unknown is null. observable and corrected: of range, azimuth and time. */
export interface Bias {
  pairs: number;
  range_m: number | null;
  azimuth_deg: number | null;
  time_s: number | null;
  sigma_range_m: number | null;
  sigma_azimuth_deg: number | null;
  sigma_time_s: number | null;
  observable: [boolean, boolean, boolean];
  corrected: [boolean, boolean, boolean];
  fits: boolean;
}

export interface Sensor {
  id: string;
  kind: string;
  lat_deg: number | null;
  lon_deg: number | null;
  state: "ok" | "stale" | "silent" | "never";
  age_s: number | null;
  period_s: number | null;
  detections: number;
  per_s: number | null;
  left_out: Record<string, number>;
  clock_offset_s: number | null;
  clock_jitter_s: number | null;
  clock_wrong: boolean;
  redated: number;
  bias: Bias | null;
  /** False plots a scan, and what is detected by sector of 30 degrees from north (null: nothing to tell from). */
  conditions: { clutter_per_scan: number; detection_probability: (number | null)[] } | null;
  feed: string | null;
  max_range_m: number | null;
  radio?: boolean;
  sector_deg: [number, number] | null;
}

export interface Health {
  state: "ok" | "degraded";
  problems: string[];
  time: number;
  uptime_s: number;
  feeds?: { address: string; state: string; detail: string | null; payloads: number; bytes: number }[];
  version?: string;
}

export interface Counts {
  left_out: Record<string, Record<string, number>>;
  /** Reasons in words; absent in an older station. */
  words?: Record<string, string>;
  detections: number;
  tracks: number;
  alerts: number;
}

export interface TrackSource {
  sensor_id: string;
  kind: string;
  detections: number;
  last_time: number | null;
  last_source: string | null;
  last_source_offset: number | null;
  last: Record<string, unknown> | null;
}

export interface TrackDetail {
  track: Record<string, unknown>;
  history: [number, number, number, number | null][];
  identities: unknown[];
  sources: TrackSource[];
  alerts: number[];
  /** What radios say of it, in a sentence; nothing where none listens. */
  radio?: { words: string; links: unknown[]; listened: unknown[] };
}

/** One report as a track took it. */
export interface TakenReport {
  time: number | null;
  sensor_id: string | null;
  said: string | null;
  weight: number;
  what: Record<string, number>;
}

/** Why a track began, what it took at each step, why it ended. */
export interface Explanation {
  track_id: number;
  began: TakenReport | null;
  steps: { time: number; status: string; existence: number; sigma_horizontal_m: number; took: TakenReport[] }[];
  ended: { time: number; words: string } | null;
  words: string[];
}

/** What switching a rule did. */
export interface RuleChange {
  rules: Rule[];
  words?: string;
  diff?: string;
  saved?: boolean;
}

/** Where an operator stands, or a flight began (the OPERATOR table of src/picket/words.py); what is not known is absent or null. */
export interface Operator {
  time?: number | null;
  sensor_id?: string | null;
  identity?: string | null;
  identity_kind?: string | null;
  transmitter?: string | null;
  transport?: string | null;
  operator_id?: string | null;
  lat_deg?: number | null;
  lon_deg?: number | null;
  alt_wgs84_m?: number | null;
  location_kind?: string | null;
  description?: string | null;
  source?: string | null;
  source_offset?: number | null;
}

/** What went wrong with a request, in the station's own words where it gave any. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const LONGEST_WAIT_MS = 8000;
/** An error in words for the officer. */
export function words(e: unknown): string {
  return e instanceof ApiError ? e.message : e instanceof Error ? e.message : String(e);
}

/** Trying a zone on the recorded past reads days of tracks. */
const LONGEST_TRY_MS = 130_000;

/** JSON, or a file's text as it is: the station looks itself whether that is GeoJSON or CSV. */
const bodyOf = (body: unknown) =>
  typeof body === "string"
    ? { headers: { "content-type": "text/plain" }, body }
    : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };

async function request<T>(method: string, path: string, body?: unknown, waitMs = LONGEST_WAIT_MS): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      signal: AbortSignal.timeout(waitMs),
      ...(body === undefined ? {} : bodyOf(body)),
    });
  } catch {
    throw new ApiError(0, "The station did not answer. It may be down, or the link to it is.");
  }
  if (response.ok) return (await response.json()) as T;
  let words = `The station answered ${response.status}.`;
  try {
    const said = (await response.json()) as { error?: string };
    if (said.error) words = said.error;
  } catch {
    // No JSON came with the error: the status is all there is to say.
  }
  if (response.status === 401) words = "You are signed out. Open the address that the station printed, or ask for a new link.";
  throw new ApiError(response.status, words);
}

export interface ReplayStand {
  since: number;
  until: number;
  time: number;
  speed: number;
  paused: boolean;
  seeking: boolean;
  over: boolean;
  /** How often another moment was gone to. */
  moves: number;
}

export interface ReplayEvent {
  time: number;
  alert_id: number;
  what: string;
  severity: Severity;
  text: string;
}

export type ReplayControl =
  { do: "play" | "pause" } | { do: "step"; seconds: number } | { do: "seek"; to: number } | { do: "speed"; speed: number };

export const api = {
  replay: () => request<ReplayStand>("GET", "/api/replay"),
  replayEvents: () => request<{ events: ReplayEvent[] }>("GET", "/api/replay/events"),
  controlReplay: (control: ReplayControl) => request<ReplayStand>("POST", "/api/replay", control),
  track: (id: number) => request<TrackDetail>("GET", `/api/tracks/${id}`),
  explain: (id: number) => request<Explanation>("GET", `/api/tracks/${id}/explain`),
  acknowledge: (id: number) => request<Alert>("POST", `/api/alerts/${id}/acknowledge`, {}),
  close: (id: number, cause: Cause, note: string) => request<Alert>("POST", `/api/alerts/${id}/close`, { cause, note }),
  shelve: (id: number, minutes: number, reason: string) =>
    request<Alert>("POST", `/api/alerts/${id}/shelve`, { minutes, reason }),
  unshelve: (id: number) => request<Alert>("POST", `/api/alerts/${id}/unshelve`, {}),
  alarms: () => request<Alarms>("GET", "/api/alarms"),
  rules: () => request<{ rules: Rule[] }>("GET", "/api/rules"),
  switchRule: (id: string, on: boolean) => request<RuleChange>("PUT", `/api/rules/${encodeURIComponent(id)}`, { on }),
  tryRule: (id: string, back_h: number) =>
    request<Tried>("POST", `/api/rules/${encodeURIComponent(id)}/try`, { back_h }, LONGEST_TRY_MS),
  /** Which paths this station serves: `paths[path][method]`. */
  routes: () => request<{ paths: Record<string, Record<string, unknown>> }>("GET", "/api/openapi.json"),
  log: (q: string, limit: number) =>
    request<{ entries: LogEntry[] }>("GET", `/api/log?limit=${limit}${q ? `&q=${encodeURIComponent(q)}` : ""}`),
  writeLog: (entry: NewLogEntry) => request<LogEntry | null>("POST", "/api/log", entry),
  sighting: (sighting: Sighting) => request<unknown>("POST", "/api/sightings", sighting),
  coverage: (heightM: number) => request<Unseen>("GET", `/api/coverage?height_m=${heightM}`),
  newZone: (zone: Record<string, unknown>) => request<ZoneChange>("POST", "/api/zones", zone),
  deleteZone: (id: string) => request<ZoneChange>("DELETE", `/api/zones/${encodeURIComponent(id)}`),
  undoZone: () => request<ZoneChange>("POST", "/api/zones/undo", {}),
  tryZone: (zone: Record<string, unknown>) => request<Tried>("POST", "/api/zones/try", zone, LONGEST_TRY_MS),
  planned: () => request<FeatureCollection>("GET", "/api/flights/planned"),
  planFlights: (file: string) => request<FeatureCollection>("POST", "/api/flights/planned", file),
  unplanFlight: (id: string) => request<FeatureCollection>("DELETE", `/api/flights/planned/${encodeURIComponent(id)}`),
  siteChange: () => request<SiteChange>("GET", "/api/site/change"),
  takeSite: () => request<unknown>("POST", "/api/site/take", {}),
  zones: () => request<FeatureCollection>("GET", "/api/zones"),
  /** A shape alone, or the zone's fields with it. */
  saveZone: (id: string, zone: Geometry | Record<string, unknown>) => request<ZoneChange>("PUT", `/api/zones/${encodeURIComponent(id)}`, zone),
  sensors: () => request<{ sensors: Sensor[] }>("GET", "/api/sensors"),
  health: () => request<Health>("GET", "/api/health"),
  counts: () => request<Counts>("GET", "/api/counts"),
  operators: (trackId: number) => request<{ operators: Operator[] }>("GET", `/api/operators?track_id=${trackId}`),
  map: () => request<FeatureCollection>("GET", "/api/map"),
  exercise: () => request<Exercise>("GET", "/api/exercise"),
  exerciseDo: (what: "pause" | "go" | "speed" | "inject" | "say" | "end", body: unknown = {}) =>
    request<Exercise>("POST", `/api/exercise/${what}`, body),
  exerciseName: (name: string) => request<{ name: string }>("POST", "/api/exercise/name", { name }),
  exerciseInvite: () => request<{ url: string }>("POST", "/api/exercise/invite", {}),
  doors: () => request<{ doors: Door[] }>("GET", "/api/doors"),
};
