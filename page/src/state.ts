/**
 * What the page knows, in one place, and who is told when it changes.
 *
 * Tracks live in the TrackStore (columns, drawn every frame); everything here is small and shown in lists and forms. Views read the
 * state and are rendered again, at most once per animation frame, after `changed()`.
 */
import type { FeatureCollection } from "geojson";
import type { Alarms, Alert, Counts, Door, Explanation, Health, Operator, Rule, Sensor, Severity, TrackDetail } from "./api.ts";
import type { PaletteName } from "./palette.ts";
import { TrackStore } from "./store.ts";
import type { Hello } from "./stream/picture.ts";

export type Tab = "detail" | "sensors" | "zones" | "alarms";
/** What a phone's one column shows. */
export type Pane = "alerts" | "map" | "tracks" | "side" | "log";
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
  /** A new alert waits to be shown: the next animation frame shows the alert list alone, the one after it everything. */
  alertsFirst = false;
  /** The alert that keys act on. */
  cursor: number | null = null;
  /** The alert whose closing cause is being chosen. */
  closing: number | null = null;
  /** The note that goes with the cause; null while nobody asked for one. */
  closingNote: string | null = null;
  /** The alert whose time on the shelf is being chosen; for how many minutes; a reason in the officer's own words. */
  shelving: number | null = null;
  shelveMinutes = 15;
  shelveReason: string | null = null;
  /** Alerts with a request under way: the last one asked, in words, and when it is settled. */
  pending = new Map<number, { done: string; settled: Promise<boolean> }>();

  selected = -1;
  detail: TrackDetail | null = null;
  detailError = "";
  /** Operator positions of the selected track, once asked for. */
  operators: Operator[] | null = null;
  operatorsError = "";
  /** Why the selected track is there, once asked for. */
  explained: Explanation | null = null;
  explainedError = "";

  tab: Tab = "detail";
  /** The strip under the map: track list and watch log. */
  strip = true;
  /** A second screen: map and alerts only. */
  wall = false;
  pane: Pane = "alerts";
  filter = "";
  /** Which of the filters on one key is on (quick.ts); 0 = everything is shown. */
  quick = 0;
  sort: Sort = "alert";

  sensors: Sensor[] = [];
  sensorsAtMs = 0;
  health: Health | null = null;
  counts: Counts | null = null;
  alarms: Alarms | null = null;
  rules: Rule[] = [];
  /** What the station serves, as "get /api/log"; null until it said so. */
  routes: ReadonlySet<string> | null = null;
  zones: FeatureCollection = { type: "FeatureCollection", features: [] };

  palette: PaletteName = "day";
  sound: SoundState = "off";
  started = false;
  help = false;
  /** Who takes the next click on the map; null = it selects a track. */
  picking: { set(lat: number, lon: number): void } | null = null;
  signedOut = false;
  /** Rooms beside the watch; empty where the station has none. */
  doors: Door[] = [];
  message: { words: string; bad: boolean; atMs: number } | null = null;

  pictureLifeMs = performance.now();
  alertLifeMs = performance.now();
  everLinked = false;
  /** Station time minus performance.now() / 1000. */
  clockOffset = Date.now() / 1000 - performance.now() / 1000;
  private clockKnown = false;
  /** How fast station time goes: 1; in an exercise also 0 (it stands), 2, 5 or 10. */
  pace = 1;
  private anchor = { time: 0, ms: 0 };

  /** In a replay: the moment shown, when that was said, and how fast it goes on (0: it stands still). */
  replay: { time: number; atMs: number; pace: number } | null = null;

  /** Station time, UNIX seconds. */
  now(): number {
    if (this.replay) return this.replay.time + ((performance.now() - this.replay.atMs) / 1000) * this.replay.pace;
    if (this.pace !== 1) return this.anchor.time + ((performance.now() - this.anchor.ms) / 1000) * this.pace;
    return performance.now() / 1000 + this.clockOffset;
  }

  /** Station time is `time` now and goes on so many times as fast. */
  setPace(pace: number, time: number): void {
    if (pace === this.pace) return;
    this.pace = pace;
    this.clockKnown = false;
    this.anchor = { time, ms: performance.now() };
    if (pace === 1) this.heardTime(time);
  }

  /** Learn the station's clock from a message that carries its time: the least delayed message is nearest to the truth. */
  heardTime(time: number): void {
    if (this.pace !== 1) {
      // A message is a little old, and at another pace older: time goes on as told, and is set right only where it is clearly wrong.
      if (Math.abs(time - this.now()) > 1.5 * Math.max(this.pace, 1)) this.anchor = { time, ms: performance.now() };
      return;
    }
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

  /** Whether this station has a route: what it does not have is not shown. */
  has(method: string, path: string): boolean {
    return this.routes?.has(`${method} ${path}`) ?? false;
  }

  /** Unacknowledged before acknowledged before shelved before closed; within these the most severe, then the newest, first. */
  orderedAlerts(): Alert[] {
    const stage = { raised: 0, acknowledged: 1, shelved: 2, closed: 3 };
    return [...this.alerts.values()].sort(
      (a, b) =>
        stage[a.state] - stage[b.state] ||
        (a.state === "closed" ? 0 : SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity]) ||
        b.raised_at - a.raised_at ||
        b.id - a.id,
    );
  }

  /** What wants somebody: neither closed nor put on the shelf. */
  openAlerts(): Alert[] {
    return this.orderedAlerts().filter((a) => a.state === "raised" || a.state === "acknowledged");
  }

  shelvedAlerts(): Alert[] {
    return this.orderedAlerts().filter((a) => a.state === "shelved");
  }

  /** Nobody acknowledged it in time: the station told others too. */
  escalatedAlerts(): Alert[] {
    return this.raisedAlerts().filter((a) => a.escalated_at != null);
  }

  raisedAlerts(): Alert[] {
    return this.openAlerts().filter((a) => a.state === "raised");
  }

  /** The alert that keys act on now: the chosen one, else the first of the list. */
  currentAlert(): Alert | null {
    const chosen = this.cursor === null ? undefined : this.alerts.get(this.cursor);
    return chosen ?? this.openAlerts()[0] ?? null;
  }

  /**
   * Seconds since the sensor was heard, counted on between two polls; null when it never was. Without a link it is what the station said
   * last: that we hear nothing of a sensor does not make it silent.
   */
  sensorAge(sensor: Sensor): number | null {
    const since = this.pace === 1 && !this.pictureLost ? (performance.now() - this.sensorsAtMs) / 1000 : 0;
    return sensor.age_s === null ? null : sensor.age_s + since;
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

  /** Shows the alert list, and nothing else. */
  showAlerts: () => void = () => {};

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Show what changed at once, when the next thing that is typed belongs to what appears. */
  flush(): void {
    this.scheduled = this.alertsFirst = false;
    for (const listener of this.listeners) listener();
  }

  changed(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const tell = () => {
      if (!this.scheduled) return;
      if (!this.alertsFirst) return this.flush();
      this.scheduled = this.alertsFirst = false;
      this.showAlerts();
      this.changed();
    };
    if (document.hidden) setTimeout(tell, 200);
    else requestAnimationFrame(tell);
  }

  say(words: string, bad = false): void {
    this.message = { words, bad, atMs: performance.now() };
    this.changed();
  }
}
