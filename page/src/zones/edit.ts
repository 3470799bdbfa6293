/**
 * The zone being drawn or edited: saved, tried on the recorded past, deleted, undone; what changed in the site file comes back as a diff.
 *
 * The bridge to the editor on OpenLayers, which is loaded only when a zone is first opened.
 */
import type { Geometry } from "geojson";
import { api, words, type Tried, type ZoneChange } from "../api.ts";
import type { Desk } from "../desk.ts";
import type { ZoneEditor } from "./editor.ts";

export const ZONE_KINDS = ["protected", "warning", "corridor", "border_line", "ignore"] as const;

/** What a zone is besides its shape; heights in metres above mean sea level, empty = no limit. */
export interface ZoneDraft {
  id: string;
  kind: (typeof ZONE_KINDS)[number];
  floor_m: string;
  ceiling_m: string;
  hours: string;
}

const FIRST_DRAFT: ZoneDraft = { id: "", kind: "warning", floor_m: "0", ceiling_m: "", hours: "always" };

class ZoneEdit {
  /** The zone under edit; "" = a new one; null = none. */
  zone: string | null = null;
  draft: ZoneDraft = { ...FIRST_DRAFT };
  drawing = false;
  saving = false;
  trying = false;
  /** The first press of Delete asks, the second deletes. */
  deleting = false;
  error = "";
  /** What the last change did to the site file. */
  diff = "";
  /** What the shape would have raised. */
  tried: Tried | null = null;
  private editor: ZoneEditor | null = null;
  private readonly desk: Desk;

  constructor(desk: Desk) {
    this.desk = desk;
  }

  get isNew(): boolean {
    return this.zone === "";
  }

  async open(id: string | null): Promise<void> {
    this.begin(id);
    if (id === null) return;
    const feature = this.desk.state.zones.features.find((f) => String(f.properties?.["id"]) === id);
    if (!feature) return;
    const p = (feature.properties ?? {}) as Record<string, unknown>;
    const said = (name: string) => (p[name] == null ? "" : String(p[name]));
    this.draft = { id, kind: p["kind"] as ZoneDraft["kind"], floor_m: said("floor_m"), ceiling_m: said("ceiling_m"), hours: said("hours") };
    const editor = await this.load();
    if (this.zone === id) editor?.start(feature.geometry);
    this.desk.state.changed();
  }

  /** A new zone: its shape is drawn first or last, as the officer likes. */
  async openNew(): Promise<void> {
    this.draft = { ...FIRST_DRAFT };
    this.begin("");
    await this.drawNew();
  }

  setDraft(change: Partial<ZoneDraft>): void {
    const wasLine = this.draft.kind === "border_line";
    Object.assign(this.draft, change);
    this.tried = null;
    if (wasLine !== (this.draft.kind === "border_line")) void this.drawNew(); // a line is no area
    this.desk.state.changed();
  }

  drawAnew(): void {
    if (!this.editor) return;
    this.drawing = true;
    this.tried = null;
    this.editor.draw(() => this.drawn());
    this.desk.state.changed();
  }

  async save(): Promise<void> {
    const geometry = this.shape();
    if (!geometry || this.zone === null) return;
    const fields = this.fields();
    const id = this.isNew ? this.draft.id.trim() : this.zone;
    if (!fields || (this.isNew && !this.isName(id))) return;
    const whole = { ...fields, geometry };
    // An older station takes a shape alone.
    const save = this.isNew
      ? () => api.newZone({ id, ...whole })
      : () => api.saveZone(id, this.desk.state.has("post", "/api/zones") ? whole : geometry);
    await this.change(`Zone ${id} is saved.`, save);
  }

  /** Asks first: a zone deleted by mistake is a pier nobody watches. */
  async delete(): Promise<void> {
    const { zone } = this;
    if (!zone) return;
    if (!this.deleting) {
      this.deleting = true;
      this.desk.state.changed();
      return;
    }
    await this.change(`Zone ${zone} is deleted. Undo brings it back.`, () => api.deleteZone(zone));
  }

  async undo(): Promise<void> {
    await this.change("The last change of the zones is undone.", () => api.undoZone());
  }

  /** How often the shape as it stands would have raised an alert. */
  async try(): Promise<void> {
    const geometry = this.shape();
    if (!geometry || this.zone === null || this.trying) return;
    const fields = this.fields();
    if (!fields) return;
    const zone = { id: this.isNew ? this.draft.id.trim() || "new" : this.zone, ...fields, geometry };
    this.trying = true;
    this.error = "";
    this.tried = null;
    this.desk.state.changed();
    try {
      this.tried = await api.tryZone(zone);
    } catch (e) {
      this.error = `Not tried: ${words(e)}`;
    } finally {
      this.trying = false;
      this.desk.state.changed();
    }
  }

  // -- inside --------------------------------------------------------------------------------------------------

  private begin(zone: string | null): void {
    this.editor?.stop();
    this.zone = zone;
    this.drawing = this.deleting = false;
    this.error = "";
    this.tried = null;
    if (zone !== null) this.diff = "";
    this.desk.state.changed();
  }

  private async load(): Promise<ZoneEditor | null> {
    try {
      if (!this.editor) {
        const { ZoneEditor } = await import("./editor.ts");
        this.editor ??= new ZoneEditor( // it may have been asked for twice while it was loaded
          document.querySelector<HTMLElement>("#zone-map")!,
          this.desk.renderer.view,
          this.desk.state.store.plane,
        );
      }
    } catch (e) {
      this.error = `The zone editor could not start: ${words(e)}`;
      this.desk.state.changed();
    }
    return this.editor;
  }

  private async drawNew(): Promise<void> {
    const editor = await this.load();
    if (!this.isNew || !editor) return;
    this.drawing = true;
    editor.startNew(this.draft.kind === "border_line" ? "LineString" : "Polygon", () => this.drawn());
    this.desk.state.changed();
  }

  private drawn(): void {
    this.drawing = false;
    this.desk.state.changed();
  }

  private shape(): Geometry | null {
    const geometry = this.editor?.geometry() ?? null;
    if (!geometry) this.say("There is no shape yet: draw one, or cancel.");
    return geometry;
  }

  private isName(id: string): boolean {
    if (/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(id)) return true;
    this.say("A zone needs a short name of letters, digits, - and _, such as pier-9.");
    return false;
  }

  /** What the zone is besides its shape; null, with the reason said, while that is not a zone. */
  private fields(): Record<string, unknown> | null {
    const { kind, floor_m, ceiling_m, hours } = this.draft;
    const [floor, ceiling] = [numberOf(floor_m), numberOf(ceiling_m)];
    if (floor === undefined || ceiling === undefined)
      return this.say("Heights are metres above mean sea level: type numbers, or leave them empty.");
    return { kind, floor_m: floor, ceiling_m: ceiling, hours: hours.trim() || "always" };
  }

  private say(error: string): null {
    this.error = error;
    this.desk.state.changed();
    return null;
  }

  private async change(done: string, request: () => Promise<ZoneChange>): Promise<void> {
    if (this.saving) return;
    this.saving = true;
    this.error = "";
    this.desk.state.changed();
    try {
      const { diff } = await request();
      this.desk.state.say(done);
      await this.desk.loadZones();
      this.begin(null);
      this.diff = diff ?? "";
    } catch (e) {
      this.error = `Not done: ${words(e)}`;
    } finally {
      this.saving = false;
      this.desk.state.changed();
    }
  }
}

/** A number, null for an empty field, undefined for what is neither. */
function numberOf(words: string): number | null | undefined {
  if (words.trim() === "") return null;
  const value = Number(words.trim().replace(",", "."));
  return Number.isFinite(value) ? value : undefined;
}

let only: ZoneEdit | null = null;

export function zoneEdit(desk: Desk): ZoneEdit {
  return (only ??= new ZoneEdit(desk));
}
