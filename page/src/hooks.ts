/** `window.picket`: read-only figures for tests, benchmarks and the curious. Nothing on the page depends on it. */
import type { Desk } from "./desk.ts";
import { palettes, textPairs } from "./palette.ts";
import type { PictureLink } from "./stream/picture.ts";

export interface Measured {
  /** Station's stamp to the picture on the screen, milliseconds (needs both clocks to agree). */
  lastLatencyMs: number | null;
  /** Navigation start to the first drawn track, milliseconds. */
  firstTrackMs: number | null;
  /** Raised at the station to the row on the screen, milliseconds, for the latest alerts. */
  alertMs: number[];
}

export function publish(desk: Desk, link: PictureLink, measured: Measured): void {
  const { state } = desk;
  const figures = {
    get tracks() {
      return state.store.size;
    },
    get shown() {
      return desk.renderer.shownTracks();
    },
    get alerts() {
      return state.openAlerts().map((a) => ({ id: a.id, state: a.state, severity: a.severity }));
    },
    get fps() {
      return desk.renderer.fps;
    },
    get frames() {
      return link.frames;
    },
    get resyncs() {
      return link.resyncs;
    },
    get leftOut() {
      return { ...link.leftOut };
    },
    get bytes() {
      return link.bytes;
    },
    get seq() {
      return link.seq;
    },
    get lastLatencyMs() {
      return measured.lastLatencyMs;
    },
    get firstTrackMs() {
      return measured.firstTrackMs;
    },
    get alertMs() {
      return [...measured.alertMs];
    },
    /** Frames drawn since the start. */
    get drawn() {
      return desk.renderer.drawn;
    },
    get baseDrawn() {
      return desk.renderer.baseDrawn;
    },
    get linkLost() {
      return state.pictureLost;
    },
    get selected() {
      return state.selected;
    },
    get sound() {
      return { state: desk.sound.state, played: desk.sound.played };
    },
    get view() {
      const { cx, cy, res, width, height } = desk.renderer.view;
      return { cx, cy, res, width, height };
    },
    get labels() {
      return desk.renderer.labelBoxes().map(({ x, y, w, h, slot }) => ({ x, y, w, h, id: state.store.id[slot]! }));
    },
    /** Where a track is and what is known of it, as the page holds it. */
    track(id: number) {
      const { store } = state;
      const s = store.slotOf(id);
      if (s < 0) return null;
      return {
        updated_at: store.updatedAt[s]!,
        lat_deg: store.lat[s]!,
        lon_deg: store.lon[s]!,
        alt_wgs84_m: store.altM[s]!,
        status: store.status[s]!,
        alert: store.alert[s]!,
        identity: store.label[s]?.identity ?? null,
        screen: { x: desk.renderer.view.toScreenX(store.drawX[s]!), y: desk.renderer.view.toScreenY(store.drawY[s]!) },
      };
    },
    palettes,
    textPairs,
  };
  Object.defineProperty(window, "picket", { value: Object.freeze(figures), enumerable: false });
}
