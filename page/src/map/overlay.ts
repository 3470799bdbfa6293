/** What the officer lays over the picture: the range and bearing line, the bearing of a sighting, a place being noted. */
import type { Plane } from "../geo.ts";
import type { Palette } from "../palette.ts";
import type { LatLon } from "../ruler.ts";
import { FONT } from "../words.ts";
import type { View } from "./view.ts";

export interface Overlay {
  /** Lines from place to place, with words at the far end. */
  lines: { from: LatLon; to: LatLon; words: string }[];
  /** Bearings without an end: from a place outwards. */
  rays: { from: LatLon; bearingDeg: number }[];
  pins: LatLon[];
}

const ARM = 7;

export function drawOverlay(pen: CanvasRenderingContext2D, view: View, palette: Palette, plane: Plane, overlay: Overlay): void {
  const at = ([lat, lon]: LatLon): [number, number] => [view.toScreenX(plane.x(lon)), view.toScreenY(plane.y(lat))];
  pen.strokeStyle = palette.map.selected;
  pen.lineWidth = 2;
  pen.setLineDash([7, 4]);
  pen.beginPath();
  for (const { from, to } of overlay.lines) {
    pen.moveTo(...at(from));
    pen.lineTo(...at(to));
  }
  for (const { from, bearingDeg } of overlay.rays) {
    const [x, y] = at(from);
    const far = view.width + view.height + Math.hypot(x - view.width / 2, y - view.height / 2);
    const angle = (bearingDeg * Math.PI) / 180;
    pen.moveTo(x, y);
    pen.lineTo(x + far * Math.sin(angle), y - far * Math.cos(angle));
  }
  pen.stroke();
  pen.setLineDash([]);
  pen.beginPath();
  for (const place of [...overlay.pins, ...overlay.lines.flatMap((l) => [l.from, l.to])]) {
    const [x, y] = at(place);
    pen.moveTo(x - ARM, y);
    pen.lineTo(x + ARM, y);
    pen.moveTo(x, y - ARM);
    pen.lineTo(x, y + ARM);
  }
  pen.stroke();
  for (const { to, words } of overlay.lines) writeAt(pen, palette, at(to), words, view);
}

/** Words beside a point, kept on the map. */
function writeAt(pen: CanvasRenderingContext2D, palette: Palette, [x, y]: [number, number], words: string, view: View): void {
  pen.font = `600 13px ${FONT}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  const w = pen.measureText(words).width + 10;
  const left = Math.max(2, Math.min(view.width - w - 2, x + 12));
  const top = Math.max(2, Math.min(view.height - 24, y - 30));
  pen.fillStyle = palette.map.labelBack;
  pen.fillRect(left, top, w, 21);
  pen.fillStyle = palette.map.label;
  pen.fillText(words, left + 5, top + 11);
  pen.textBaseline = "alphabetic";
}
