/**
 * The tracks as a struct of arrays: one slot per track, one typed array per column, so that thousands are drawn without an object each.
 *
 * Places are kept twice: latitude and longitude for people, metres on the site's plane for drawing. A slot's place is valid at `time`;
 * between frames a track is moved along its velocity (`drawX`, `drawY`).
 */
import type { Frame, Label } from "./stream/frame.ts";
import { Plane } from "./geo.ts";

/** Points kept per trail, and the least seconds between two of them: about a minute of trail. */
export const TRAIL_POINTS = 24;
const TRAIL_STEP_S = 2.5;
/** A track is moved along its velocity for at most this long after its row. */
const MAX_PREDICT_S = 30;

export const TENTATIVE = 0;
export const COASTING = 2;
export const VESSEL = 4;
export class TrackStore {
  plane = new Plane(0, 0);
  /** Slots in use lie below `high`; `live[slot]` tells whether one is. */
  high = 0;
  size = 0;
  capacity = 0;
  /** Changes whenever rows were taken in. */
  version = 0;

  live = new Uint8Array(0);
  id = new Float64Array(0);
  time = new Float64Array(0);
  updatedAt = new Float64Array(0);
  lat = new Float64Array(0);
  lon = new Float64Array(0);
  x = new Float64Array(0);
  y = new Float64Array(0);
  vx = new Float32Array(0);
  vy = new Float32Array(0);
  altM = new Float32Array(0);
  velEast = new Float32Array(0);
  velNorth = new Float32Array(0);
  velUp = new Float32Array(0);
  sigmaM = new Float32Array(0);
  group = new Int32Array(0);
  status = new Uint8Array(0);
  affiliation = new Uint8Array(0);
  classification = new Uint8Array(0);
  flags = new Uint8Array(0);
  existence = new Uint8Array(0);
  alert = new Uint8Array(0);
  trailX = new Float32Array(0);
  trailY = new Float32Array(0);
  trailTime = new Float64Array(0);
  trailStart = new Uint8Array(0);
  trailLength = new Uint8Array(0);
  /** Where the track was drawn last (plane metres at the time given to `predict`). */
  drawX = new Float64Array(0);
  drawY = new Float64Array(0);

  label: (Label | undefined)[] = [];

  private slots = new Map<number, number>();
  private free: number[] = [];
  private mark = new Uint32Array(0);
  private pass = 0;

  /** Start again around another site. */
  setPlane(plane: Plane): void {
    this.plane = plane;
    this.clear();
  }

  clear(): void {
    this.live.fill(0);
    this.slots.clear();
    this.free = [];
    this.high = 0;
    this.size = 0;
    this.version++;
  }

  slotOf(id: number): number {
    return this.slots.get(id) ?? -1;
  }

  /** Take one frame in. The caller has checked that a delta's base is what the store holds. */
  apply(frame: Frame): void {
    this.pass++;
    for (let row = 0; row < frame.n; row++) this.takeRow(frame, row);
    if (frame.kind === "snapshot") {
      for (let slot = 0; slot < this.high; slot++) if (this.live[slot] && this.mark[slot] !== this.pass) this.drop(slot);
    }
    for (const id of frame.removed) {
      const slot = this.slots.get(id);
      if (slot !== undefined) this.drop(slot);
    }
    for (const [id, label] of Object.entries(frame.labels)) {
      const slot = this.slots.get(Number(id));
      if (slot !== undefined) this.label[slot] = label;
    }
    this.version++;
  }

  /** Move every track along its velocity to station time `now`. */
  predict(now: number): void {
    const { high, live, time, x, y, vx, vy, drawX, drawY } = this;
    for (let s = 0; s < high; s++) {
      if (!live[s]) continue;
      const dt = Math.max(0, Math.min(MAX_PREDICT_S, now - time[s]!));
      drawX[s] = x[s]! + vx[s]! * dt;
      drawY[s] = y[s]! + vy[s]! * dt;
    }
  }

  speed(slot: number): number {
    return Math.hypot(this.velEast[slot]!, this.velNorth[slot]!);
  }

  /** Degrees clockwise from true north. */
  course(slot: number): number {
    return ((Math.atan2(this.velEast[slot]!, this.velNorth[slot]!) * 180) / Math.PI + 360) % 360;
  }

  private takeRow(f: Frame, row: number): void {
    const id = f.trackId[row]!;
    let slot = this.slots.get(id);
    const fresh = slot === undefined;
    if (slot === undefined) slot = this.take(id);
    const lat = f.lat[row]! * 1e-7;
    const stretch = this.plane.stretch(lat);
    this.mark[slot] = this.pass;
    this.time[slot] = f.time;
    this.updatedAt[slot] = f.updatedAt[row]!;
    this.lat[slot] = lat;
    this.lon[slot] = f.lon[row]! * 1e-7;
    this.x[slot] = this.plane.x(this.lon[slot]!);
    this.y[slot] = this.plane.y(lat);
    this.velEast[slot] = finite(f.velEast[row]!);
    this.velNorth[slot] = finite(f.velNorth[row]!);
    this.velUp[slot] = finite(f.velUp[row]!);
    this.vx[slot] = this.velEast[slot]! * stretch;
    this.vy[slot] = this.velNorth[slot]! * stretch;
    this.altM[slot] = f.altM[row]!;
    this.sigmaM[slot] = f.sigmaM[row]!;
    this.group[slot] = f.group[row]!;
    this.status[slot] = f.status[row]!;
    this.affiliation[slot] = f.affiliation[row]!;
    this.classification[slot] = f.classification[row]!;
    this.flags[slot] = f.flags[row]!;
    this.existence[slot] = f.existence[row]!;
    this.alert[slot] = f.alert[row]!;
    if (fresh) {
      this.trailLength[slot] = 0;
      this.trailStart[slot] = 0;
      this.trailTime[slot] = -Infinity;
    }
    if (f.time - this.trailTime[slot]! >= TRAIL_STEP_S) this.extendTrail(slot, f.time);
  }

  private extendTrail(slot: number, time: number): void {
    const length = this.trailLength[slot]!;
    const at = (this.trailStart[slot]! + length) % TRAIL_POINTS;
    this.trailX[slot * TRAIL_POINTS + at] = this.x[slot]!;
    this.trailY[slot * TRAIL_POINTS + at] = this.y[slot]!;
    if (length < TRAIL_POINTS) this.trailLength[slot] = length + 1;
    else this.trailStart[slot] = (this.trailStart[slot]! + 1) % TRAIL_POINTS;
    this.trailTime[slot] = time;
  }

  private take(id: number): number {
    const slot = this.free.pop() ?? this.high++;
    if (slot >= this.capacity) this.grow(Math.max(256, this.capacity * 2));
    this.slots.set(id, slot);
    this.id[slot] = id;
    this.live[slot] = 1;
    this.label[slot] = undefined;
    this.size++;
    return slot;
  }

  private drop(slot: number): void {
    this.slots.delete(this.id[slot]!);
    this.live[slot] = 0;
    this.free.push(slot);
    this.size--;
  }

  private grow(capacity: number): void {
    const larger = <T extends { set(from: T): void; length: number }>(make: new (n: number) => T, old: T, factor = 1): T => {
      const array = new make(capacity * factor);
      array.set(old);
      return array;
    };
    this.live = larger(Uint8Array, this.live);
    this.id = larger(Float64Array, this.id);
    this.time = larger(Float64Array, this.time);
    this.updatedAt = larger(Float64Array, this.updatedAt);
    this.lat = larger(Float64Array, this.lat);
    this.lon = larger(Float64Array, this.lon);
    this.x = larger(Float64Array, this.x);
    this.y = larger(Float64Array, this.y);
    this.vx = larger(Float32Array, this.vx);
    this.vy = larger(Float32Array, this.vy);
    this.altM = larger(Float32Array, this.altM);
    this.velEast = larger(Float32Array, this.velEast);
    this.velNorth = larger(Float32Array, this.velNorth);
    this.velUp = larger(Float32Array, this.velUp);
    this.sigmaM = larger(Float32Array, this.sigmaM);
    this.group = larger(Int32Array, this.group);
    this.status = larger(Uint8Array, this.status);
    this.affiliation = larger(Uint8Array, this.affiliation);
    this.classification = larger(Uint8Array, this.classification);
    this.flags = larger(Uint8Array, this.flags);
    this.existence = larger(Uint8Array, this.existence);
    this.alert = larger(Uint8Array, this.alert);
    this.trailX = larger(Float32Array, this.trailX, TRAIL_POINTS);
    this.trailY = larger(Float32Array, this.trailY, TRAIL_POINTS);
    this.trailTime = larger(Float64Array, this.trailTime);
    this.trailStart = larger(Uint8Array, this.trailStart);
    this.trailLength = larger(Uint8Array, this.trailLength);
    this.drawX = larger(Float64Array, this.drawX);
    this.drawY = larger(Float64Array, this.drawY);
    this.mark = larger(Uint32Array, this.mark);
    this.capacity = capacity;
  }
}

function finite(value: number): number {
  return value === value ? value : 0;
}
