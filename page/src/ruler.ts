/** Range and bearing between two places: from a click, or from the selected track as it moves, to a click or to the pointer. */
import { bearingDistance } from "./geo.ts";
import type { State } from "./state.ts";

export type LatLon = readonly [number, number];

export class Ruler {
  on = false;
  to: LatLon | null = null;
  private start: LatLon | null = null;
  /** The track that it measures from; -1 = a place. */
  private track = -1;
  private readonly state: State;

  constructor(state: State) {
    this.state = state;
  }

  toggle(): void {
    if (this.on) {
      this.stop();
      return;
    }
    const { state } = this;
    this.on = true;
    this.track = state.store.slotOf(state.selected) >= 0 ? state.selected : -1;
    this.start = this.to = null;
    state.picking = this;
    state.say(this.track < 0 ? "Click where to measure from. r or Esc ends it." : "Click where to measure to. r or Esc ends it.");
  }

  stop(): void {
    this.on = false;
    if (this.state.picking === this) this.state.picking = null;
    this.state.changed();
  }

  /** A click on the map: where from, then where to, then a new measurement. */
  set(lat: number, lon: number): void {
    if (this.from === null) this.start = [lat, lon];
    else {
      this.to = [lat, lon];
      this.state.picking = null;
    }
    this.state.changed();
  }

  /** The pointer moved: while the far end is not fixed, it is there. */
  hover(lat: number, lon: number): void {
    if (this.state.picking === this && this.from !== null) this.to = [lat, lon];
  }

  get from(): LatLon | null {
    if (this.track < 0) return this.start;
    const { store } = this.state;
    const s = store.slotOf(this.track);
    if (s >= 0) this.start = [store.plane.lat(store.drawY[s]!), store.plane.lon(store.drawX[s]!)];
    return this.start; // a track that ended leaves its last place
  }

  /** What it measures now; null while an end is missing. */
  measured(): { bearingDeg: number; backDeg: number; distanceM: number } | null {
    const { from, to } = this;
    if (!this.on || !from || !to) return null;
    const { bearingDeg, distanceM } = bearingDistance(...from, ...to);
    return { bearingDeg, backDeg: (bearingDeg + 180) % 360, distanceM };
  }
}
