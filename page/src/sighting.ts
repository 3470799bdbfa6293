/** What the officer sees with their own eyes: a bearing, roughly how far and how high, what it is. It becomes a detection of kind visual. */
import { api, words, type Sighting } from "./api.ts";
import { bearingDistance } from "./geo.ts";
import { FollowPlace } from "./place.ts";
import type { LatLon } from "./ruler.ts";
import type { State } from "./state.ts";

export const SEEN_WHAT = ["drone", "aircraft", "helicopter", "bird", "vessel", "unknown"] as const;
/** An eye tells no more than such steps. */
export const ROUGH_RANGES_M = [200, 500, 1000, 2000, 5000, 10000] as const;
export const ROUGH_HEIGHTS_M = [20, 50, 100, 200, 500, 1000] as const;
/** The station takes ranges of 10 m to 20 km. */
const LEAST_M = 10;
const MOST_M = 20_000;

export class SightingForm {
  open = false;
  bearing = "";
  rangeM: number | null = null;
  heightM: number | null = null;
  what: (typeof SEEN_WHAT)[number] = "drone";
  note = "";
  error = "";
  sending = false;
  /** Where the observer stands, when that is not the site. */
  readonly stand: FollowPlace;
  private readonly state: State;

  constructor(state: State) {
    this.state = state;
    this.stand = new FollowPlace(state, () => (state.picking = this));
  }

  get here(): boolean {
    return this.state.has("post", "/api/sightings");
  }

  begin(): void {
    const { state } = this;
    if (!this.here) {
      state.say("This station takes no sightings.");
      return;
    }
    this.open = true;
    this.bearing = this.note = this.error = "";
    this.rangeM = this.heightM = null;
    state.picking = this;
    state.pane = "map";
    state.changed();
  }

  leave(): void {
    this.open = false;
    this.stand.clear();
    if (this.state.picking === this) this.state.picking = null;
    this.state.changed();
  }

  get from(): LatLon {
    const { plane } = this.state.store;
    return this.stand.place ?? [plane.latDeg, plane.lonDeg];
  }

  /** A click on the map where the thing is: bearing and distance from where the observer stands. */
  set(lat: number, lon: number): void {
    const { bearingDeg, distanceM } = bearingDistance(...this.from, lat, lon);
    this.bearing = bearingDeg.toFixed(0);
    this.rangeM = Math.round(Math.min(MOST_M, Math.max(LEAST_M, distanceM)));
    this.error = "";
    this.state.changed();
  }

  /** The bearing as a number; null while what is typed is none. */
  bearingDeg(): number | null {
    const value = Number(this.bearing.trim().replace(",", "."));
    return this.bearing.trim() !== "" && Number.isFinite(value) && value >= 0 && value <= 360 ? value % 360 : null;
  }

  async send(): Promise<void> {
    const bearing_deg = this.bearingDeg();
    if (bearing_deg === null) {
      this.error = "Type the bearing in degrees from true north, 0 to 360, or click the place on the map.";
      this.state.changed();
      return;
    }
    if (this.sending) return;
    const sighting: Sighting = { bearing_deg, what: this.what };
    if (this.rangeM !== null) sighting.range_m = this.rangeM;
    if (this.heightM !== null) sighting.height_m = this.heightM;
    if (this.note.trim()) sighting.note = this.note.trim();
    if (this.stand.place) [sighting.lat_deg, sighting.lon_deg] = this.stand.place;
    this.sending = true;
    this.state.changed();
    try {
      await api.sighting(sighting);
      this.state.say(`Sighting sent: ${this.what} at ${String(Math.round(bearing_deg)).padStart(3, "0")}°.`);
      this.leave();
    } catch (e) {
      this.error = `Not sent: ${words(e)}`; // what was typed stays in the form
    } finally {
      this.sending = false;
      this.state.changed();
    }
  }
}
