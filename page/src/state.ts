/**
 * What the page knows, in one place, and who is told when it changes.
 *
 * Tracks live in the TrackStore (columns, drawn every frame); everything here is small and shown in lists and forms. Views read the
 * state and are rendered again, at most once per animation frame, after `changed()`.
 */
import type { FeatureCollection } from "geojson";
import type { Alert, Counts, Health, Operator, Sensor, Severity, TrackDetail } from "./api.ts";
import type { PaletteName } from "./palette.ts";
import { TrackStore } from "./store.ts";
import type { Hello } from "./stream/picture.ts";

export type Tab = "tracks" | "detail" | "sensors" | "zones";
export type Sort = "alert" | "distance" | "age" | "name";
export type SoundState = "off" | "on" | "blocked";

export const SEVERITY_RANK: Record<Severity, number> = { high: 3, medium: 2, low: 1 };
/** A link without a message for this long is lost: frames and heartbeats come at least every second. */
export const LINK_LOST_MS = 3000;
/** A sensor silent for this many of its own periods is stale. */
export const STALE_PERIODS = 3;

export class State {
  readonly store = new TrackStore();
  hello: Hello | null = null;
  simulated = false;

  alerts = new Map<number, Alert>();
  /** The alert that keys act on. */
  cursor: number | null = null;
  /** The alert whose closing cause is being chosen. */
  closing: number | null = null;
  /** The note that goes with the cause; null while nobody asked for one. */
  closingNote: string | null = null;
  /** Alerts with a request under way. */
  pending = new Set<number>();

  selected = -1;
  detail: TrackDetail | null = null;
  detailError = "";
  /** Operator positions of the selected track, once asked for. */
  operators: Operator[] | null = null;
  operatorsError = "";

  tab: Tab = "tracks";
  filter = "";
  sort: Sort = "alert";

  sensors: Sensor[] = [];
  sensorsAtMs = 0;
  health: Health | null = null;
  counts: Counts | null = null;
  zones: FeatureCollection = { type: "FeatureCollection", features: [] };

  palette: PaletteName = "day";
  sound: SoundState = "off";
  started = false;
  help = false;
  signedOut = false;
  message: { words: string; bad: boolean; atMs: number } | null = null;

  pictureLifeMs = performance.now();
  alertLifeMs = performance.now();
  everLinked = false;
  /** Station time minus performance.now() / 1000. */
  clockOffset = Date.now() / 1000 - performance.now() / 1000;
  private clockKnown = false;

  /** Station time, UNIX seconds. */
  now(): number {
    return performance.now() / 1000 + this.clockOffset;
  }

  /** Learn the station's clock from a message that carries its time: the least delayed message is nearest to the truth. */
  heardTime(time: number): void {
    const offset = time - performance.now() / 1000;
    if (!this.clockKnown || Math.abs(offset - this.clockOffset) > 2) this.clockOffset = offset;
    else this.clockOffset = Math.max(offset, this.clockOffset - 0.002);
    this.clockKnown = true;
  }

  get pictureLost(): boolean {
    return performance.now() - this.pictureLifeMs > LINK_LOST_MS;
  }

  get alertsLost(): boolean {
    return performance.now() - this.alertLifeMs > LINK_LOST_MS;
  }

  /** The station's time until which the picture is known: it stands still when the link is lost. */
  pictureTime(): number {
    return this.pictureLost ? this.pictureLifeMs / 1000 + LINK_LOST_MS / 1000 + this.clockOffset : this.now();
  }

  /** Unacknowledged before acknowledged before closed; within these the most severe, then the newest, first. */
  orderedAlerts(): Alert[] {
    const stage = { raised: 0, acknowledged: 1, closed: 2 };
    return [...this.alerts.values()].sort(
      (a, b) =>
        stage[a.state] - stage[b.state] ||
        (a.state === "closed" ? 0 : SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity]) ||
        b.raised_at - a.raised_at ||
        b.id - a.id,
    );
  }

  openAlerts(): Alert[] {
    return this.orderedAlerts().filter((a) => a.state !== "closed");
  }

  raisedAlerts(): Alert[] {
    return this.openAlerts().filter((a) => a.state === "raised");
  }

  /** The alert that keys act on now: the chosen one, else the first of the list. */
  currentAlert(): Alert | null {
    const chosen = this.cursor === null ? undefined : this.alerts.get(this.cursor);
    return chosen ?? this.openAlerts()[0] ?? null;
  }

  /** Seconds since the sensor was heard, counted on between two polls; null when it never was. */
  sensorAge(sensor: Sensor): number | null {
    return sensor.age_s === null ? null : sensor.age_s + (performance.now() - this.sensorsAtMs) / 1000;
  }

  sensorState(sensor: Sensor): Sensor["state"] {
    const age = this.sensorAge(sensor);
    if (sensor.state === "ok" && age !== null && sensor.period_s !== null && age > STALE_PERIODS * sensor.period_s)
      return "stale";
    return sensor.state;
  }

  // -- telling the views -------------------------------------------------------------------------------------
  private readonly listeners: (() => void)[] = [];
  private scheduled = false;

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  changed(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const tell = () => {
      this.scheduled = false;
      for (const listener of this.listeners) listener();
    };
    if (document.hidden) setTimeout(tell, 200);
    else requestAnimationFrame(tell);
  }

  say(words: string, bad = false): void {
    this.message = { words, bad, atMs: performance.now() };
    this.changed();
  }
}
