/** Planned flights: who may be where and when, imported from a file of the harbour or the operator (GeoJSON or CSV). */
import type { FeatureCollection } from "geojson";
import { api, words } from "./api.ts";
import type { Renderer } from "./map/renderer.ts";
import { shapesOf } from "./map/shapes.ts";
import type { State } from "./state.ts";

export class PlannedFlights {
  flights: FeatureCollection = { type: "FeatureCollection", features: [] };
  error = "";
  renderer!: Renderer;
  private drawn = "";
  private readonly state: State;

  constructor(state: State) {
    this.state = state;
  }

  get here(): boolean {
    return this.state.has("get", "/api/flights/planned");
  }

  async load(): Promise<void> {
    if (!this.here) return;
    try {
      this.take(await api.planned());
    } catch {
      return; // the link's own state says that the station is away; the last list stays
    }
  }

  /** One bad row refuses the whole file: the station names every one. */
  async import(file: File): Promise<void> {
    await this.change(`${file.name} is imported.`, async () => api.planFlights(await file.text()));
  }

  async remove(id: string): Promise<void> {
    await this.change(`Planned flight ${id} is off.`, () => api.unplanFlight(id));
  }

  private async change(done: string, request: () => Promise<FeatureCollection>): Promise<void> {
    this.error = "";
    try {
      this.take(await request());
      this.state.say(done);
    } catch (e) {
      this.error = words(e);
    }
    this.state.changed();
  }

  /** Their areas lie under the tracks, as quiet as a corridor. */
  private take(flights: FeatureCollection): void {
    this.flights = flights;
    const key = JSON.stringify(flights);
    if (key === this.drawn) return;
    this.drawn = key;
    const who = new Map(flights.features.map((f) => [String(f.properties?.["id"]), String(f.properties?.["identity"] ?? "")]));
    const shapes = shapesOf(flights, this.state.store.plane).map((s) => ({ ...s, kind: "planned", name: who.get(s.id) || s.id }));
    this.renderer.setBase({ planned: shapes });
    this.state.changed();
  }
}
