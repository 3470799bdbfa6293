/** The station's HTTP API: the shapes that the page reads (docs/stream.md) and one function per request. */
import type { FeatureCollection, Geometry } from "geojson";

export type Severity = "high" | "medium" | "low";
export type AlertState = "raised" | "acknowledged" | "closed";

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
  feed: string | null;
  max_range_m: number | null;
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

async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
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

export const api = {
  track: (id: number) => request<TrackDetail>("GET", `/api/tracks/${id}`),
  acknowledge: (id: number) => request<Alert>("POST", `/api/alerts/${id}/acknowledge`, {}),
  close: (id: number, cause: Cause, note: string) => request<Alert>("POST", `/api/alerts/${id}/close`, { cause, note }),
  zones: () => request<FeatureCollection>("GET", "/api/zones"),
  saveZone: (id: string, geometry: Geometry) => request<unknown>("PUT", `/api/zones/${encodeURIComponent(id)}`, geometry),
  sensors: () => request<{ sensors: Sensor[] }>("GET", "/api/sensors"),
  health: () => request<Health>("GET", "/api/health"),
  counts: () => request<Counts>("GET", "/api/counts"),
  operators: (trackId: number) => request<{ operators: Operator[] }>("GET", `/api/operators?track_id=${trackId}`),
  map: () => request<FeatureCollection>("GET", "/api/map"),
};
