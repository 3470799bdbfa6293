/** What no sensor sees now, by height: asked of the station, drawn hatched, asked again as long as it is shown. */
import { api, words } from "./api.ts";
import type { Renderer } from "./map/renderer.ts";
import { shapesOf } from "./map/shapes.ts";
import type { State } from "./state.ts";

/** Height bands, metres above the site: a drone low over the water, at its usual height, at the legal ceiling, above it. */
export const BANDS_M = [30, 60, 120, 300] as const;

export class Coverage {
  /** Metres above the site; null while it is not shown. */
  heightM: number | null = null;
  error = "";
  /** Why places are not seen, the worst first. */
  reasons: string[] = [];
  renderer!: Renderer;
  private readonly state: State;

  constructor(state: State) {
    this.state = state;
  }

  get here(): boolean {
    return this.state.has("get", "/api/coverage");
  }

  /** Off, then each band from below, then off. */
  next(): void {
    if (!this.here) {
      this.state.say("This station does not say what its sensors cannot see.");
      return;
    }
    const at = this.heightM === null ? -1 : BANDS_M.findIndex((h) => h === this.heightM);
    this.show(BANDS_M[at + 1] ?? null);
  }

  show(heightM: number | null): void {
    this.heightM = heightM;
    this.error = "";
    if (heightM === null) this.renderer.setBase({ blind: [] });
    else void this.load();
    this.state.changed();
  }

  async load(): Promise<void> {
    const height = this.heightM;
    if (height === null) return;
    try {
      const found = await api.coverage(height);
      if (this.heightM !== height) return;
      this.reasons = found.words ?? [...new Set(found.features.map((f) => String(f.properties?.["why"] ?? "")).filter(Boolean))];
      this.error = "";
      this.renderer.setBase({ blind: shapesOf(found, this.state.store.plane) });
    } catch (e) {
      if (this.heightM !== height) return;
      this.error = words(e);
      this.renderer.setBase({ blind: [] }); // an old answer would claim that something is seen
    }
    this.state.changed();
  }
}
