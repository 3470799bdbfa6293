/** The zone being edited, and the bridge to the editor on OpenLayers, which is loaded only when a zone is first opened. */
import type { Geometry } from "geojson";
import { api, words } from "../api.ts";
import type { Desk } from "../desk.ts";
import type { ZoneEditor } from "./editor.ts";

class ZoneEdit {
  zone: string | null = null;
  drawing = false;
  saving = false;
  error = "";
  private editor: ZoneEditor | null = null;
  private readonly desk: Desk;

  constructor(desk: Desk) {
    this.desk = desk;
  }

  async open(id: string | null): Promise<void> {
    this.editor?.stop();
    this.zone = id;
    this.drawing = false;
    this.error = "";
    this.desk.state.changed();
    if (id === null) return;
    const feature = this.desk.state.zones.features.find((f) => String(f.properties?.["id"]) === id);
    if (!feature) return;
    try {
      if (!this.editor) {
        const { ZoneEditor } = await import("./editor.ts");
        this.editor = new ZoneEditor(
          document.querySelector<HTMLElement>("#zone-map")!,
          this.desk.renderer.view,
          this.desk.state.store.plane,
        );
      }
      if (this.zone === id) this.editor.start(feature.geometry);
    } catch (e) {
      this.error = `The zone editor could not start: ${words(e)}`;
    }
    this.desk.state.changed();
  }

  drawAnew(): void {
    if (!this.editor) return;
    this.drawing = true;
    this.editor.draw(() => {
      this.drawing = false;
      this.desk.state.changed();
    });
    this.desk.state.changed();
  }

  async save(): Promise<void> {
    const geometry: Geometry | null = this.editor?.geometry() ?? null;
    if (!geometry || this.zone === null) {
      this.error = "There is no shape to save: draw one, or cancel.";
      this.desk.state.changed();
      return;
    }
    this.saving = true;
    this.error = "";
    this.desk.state.changed();
    try {
      await api.saveZone(this.zone, geometry);
      this.desk.state.say(`Zone ${this.zone} is saved.`);
      await this.desk.loadZones();
      await this.open(null);
    } catch (e) {
      this.error = `Not saved: ${words(e)}`;
    } finally {
      this.saving = false;
      this.desk.state.changed();
    }
  }
}

let only: ZoneEdit | null = null;

export function zoneEdit(desk: Desk): ZoneEdit {
  return (only ??= new ZoneEdit(desk));
}
