/** The spectrum API (docs/stream.md): the shapes that the page reads, and one way to ask. */

export interface Step {
  low_hz: number;
  high_hz: number;
  last_look: number | null;
  watched: number;
}

export interface Floor {
  cell_hz: number;
  now_db: (number | null)[];
  usual_db: (number | null)[];
  judged: boolean;
}

export interface Band {
  name: string;
  low_hz: number;
  high_hz: number;
  dwell_s: number;
  revisit_s: number | null;
  steps: Step[];
  gnss: string[];
  floor: Floor;
}

export interface Heard {
  number: number;
  label: string;
  kind: string;
  band: string;
  center_hz: number;
  bandwidth_hz: number;
  snr_db: number;
  best_snr_db: number;
  confidence: number;
  first: number;
  last: number;
  looks: number;
  on_s: number;
  looked_s: number;
  bursts: number;
  confirmed: boolean;
  evidence: string[];
  facts: Record<string, number>;
}

export interface Disturbed {
  kind: string;
  band: string;
  low_hz: number;
  high_hz: number;
  rise_db: number;
  since: number;
}

export interface Radio {
  id: string;
  source: string;
  rate_hz: number;
  gain_db: number | null;
  bands: Band[];
  emitters: Heard[];
  disturbed: Disturbed[];
  level_db: number;
  gain_steps: { time: number; db: number }[];
  clipped: number;
  notes: Record<string, number>;
  too_much: string | null;
  round_s: number;
  last_row: number;
  clip_s: number;
}

export interface Health {
  id: string;
  state: string;
  detail: string;
  samples: number;
  reconnects: number;
  left_out: Record<string, number>;
}

export interface State {
  live: boolean;
  name: string;
  simulated: boolean;
  time: number;
  dated: boolean;
  start?: number;
  seconds?: number | null;
  health: Health[];
  radios: Radio[];
}

export interface Row {
  n: number;
  time: number;
  low_hz: number;
  high_hz: number;
  levels: Uint8Array;
}

export interface Box {
  begin: number;
  end: number;
  low_hz: number;
  high_hz: number;
  label: string;
  kind: string;
  snr_db: number;
  confidence: number;
}

export interface Rows {
  lowest_db: number;
  db_per_level: number;
  last: number;
  rows: Row[];
  boxes: Box[];
}

export interface Hours {
  low_hz: number;
  channel_hz: number;
  hours: { hour: number; watched_s: number[]; occupied_s: number[] }[];
}

export interface Clip {
  name: string;
  bytes: number;
  written: number;
}

export interface Chance {
  label: string;
  what: string;
  horizon_s: number;
  chance: number;
  named: boolean;
}

/** Ask the station; an error carries its own words. */
export async function ask<T>(path: string, query: Record<string, string | number> = {}, body?: unknown): Promise<T> {
  const words = new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)])).toString();
  const response = await fetch(`/api/spectrum${path}${words ? `?${words}` : ""}`, {
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const found = (await response.json().catch(() => ({}))) as { error?: string };
  if (response.status === 404 && path === "") throw new Error("This station has no radio: add a [[radio]] to its site file (docs/spectrum.md).");
  if (!response.ok) throw new Error(found.error ?? `the station answered ${response.status}`);
  return found as T;
}

/** Rows with their levels as bytes. */
export async function rowsOf(radio: string, band: string, after: number): Promise<Rows> {
  const found = await ask<Omit<Rows, "rows"> & { rows: (Omit<Row, "levels"> & { levels: string })[] }>("/rows", { radio, band, after });
  return { ...found, rows: found.rows.map((r) => ({ ...r, levels: Uint8Array.from(atob(r.levels), (c) => c.charCodeAt(0)) })) };
}
