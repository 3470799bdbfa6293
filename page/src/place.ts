/** A place that the officer points at: the next click on the map sets it. Used by notes, sightings and the range and bearing tool. */
import type { State } from "./state.ts";

export class FollowPlace {
  /** Latitude and longitude, degrees WGS84; null while none is set. */
  place: [number, number] | null = null;
  private readonly state: State;
  /** What had the keyboard when the place was asked for. */
  private from: HTMLElement | null = null;
  private readonly after: () => void;

  /** `after` is called when a place was set: who takes the next click then. */
  constructor(state: State, after: () => void = () => {}) {
    this.state = state;
    this.after = after;
  }

  get waiting(): boolean {
    return this.state.picking === this;
  }

  /** Take the next click on the map. */
  pick(): void {
    this.state.picking = this;
    this.from = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    this.from?.blur(); // Enter is the map's now
    this.state.say("Click the place on the map, or bring it under the cross with Shift + arrows and press Enter. Esc leaves it.");
  }

  set(lat: number, lon: number): void {
    this.place = [lat, lon];
    if (this.waiting) this.state.picking = null;
    this.after();
    this.state.changed();
    this.from?.focus();
    this.from = null;
  }

  clear(): void {
    this.place = null;
    if (this.waiting) this.state.picking = null;
  }
}
