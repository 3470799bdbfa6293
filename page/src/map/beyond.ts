/**
 * Alerts beyond the edge of the map: an arrow at the edge and the severity in a word, so that a new alert is never only in the list.
 *
 * One arrow stands for all in nearly the same direction, the most severe first.
 */
import type { Palette } from "../palette.ts";
import type { TrackStore } from "../store.ts";
import { FONT } from "../words.ts";
import type { Box } from "./labels.ts";
import type { View } from "./view.ts";

const MARGIN_PX = 16;
/** Scale and readout lie along the lower edge; arrows stay above them. */
const LOWER_MARGIN_PX = 48;
/** An arrow with its word beside it is so wide, and so high. */
const WORDS_PX = [76, 24] as const;
const SHARED_PX = 40;
const WORDS = ["", "LOW", "MEDIUM", "HIGH"] as const;

export interface EdgePoint {
  x: number;
  y: number;
  /** Direction outwards on the screen, radians. */
  angle: number;
}

/** Where the line from the middle of the map to a point meets the map's edge; null for a point inside it. */
export function edgePoint(x: number, y: number, width: number, height: number): EdgePoint | null {
  if (x >= 0 && y >= 0 && x <= width && y <= height) return null;
  const [dx, dy] = [x - width / 2, y - height / 2];
  const t = Math.min((width / 2 - MARGIN_PX) / Math.abs(dx), (height / 2 - (dy > 0 ? LOWER_MARGIN_PX : MARGIN_PX)) / Math.abs(dy));
  return { x: width / 2 + dx * t, y: height / 2 + dy * t, angle: Math.atan2(dy, dx) };
}

/** The same arrow moved up or down until nothing that lies over the map hides it. */
export function clearOf(at: EdgePoint, covered: readonly Box[], height: number): EdgePoint {
  const hidden = covered.find((b) => at.x > b.x - MARGIN_PX && at.x < b.x + b.w + MARGIN_PX && at.y > b.y - MARGIN_PX && at.y < b.y + b.h + MARGIN_PX);
  if (!hidden) return at;
  const down = hidden.y + hidden.h / 2 < height / 2;
  return clearOf({ ...at, y: down ? hidden.y + hidden.h + MARGIN_PX : hidden.y - MARGIN_PX }, covered.filter((b) => b !== hidden), height);
}

/** Arrows for tracks of alerts that nobody has acknowledged. */
export function drawBeyond(
  pen: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  store: TrackStore,
  raised: ReadonlySet<number>,
  covered: readonly Box[],
): void {
  const found: (EdgePoint & { severity: number })[] = [];
  for (const id of raised) {
    const s = store.slotOf(id);
    if (s < 0 || store.alert[s] === 0) continue;
    const at = edgePoint(view.toScreenX(store.drawX[s]!), view.toScreenY(store.drawY[s]!), view.width, view.height);
    if (at) found.push({ ...clearOf(at, covered, view.height), severity: store.alert[s]! });
  }
  found.sort((a, b) => b.severity - a.severity);
  const drawn: EdgePoint[] = [];
  for (const at of found) {
    if (drawn.some((other) => isShared(other, at))) continue;
    drawn.push(at);
    drawArrow(pen, palette, at, at.severity, view.width);
  }
}

function isShared(a: EdgePoint, b: EdgePoint): boolean {
  const [dx, dy] = [Math.abs(a.x - b.x), Math.abs(a.y - b.y)];
  return Math.hypot(dx, dy) < SHARED_PX || (dx < WORDS_PX[0] && dy < WORDS_PX[1]);
}

function drawArrow(pen: CanvasRenderingContext2D, palette: Palette, at: EdgePoint, severity: number, width: number): void {
  const { map } = palette;
  pen.fillStyle = severity === 3 ? map.high : severity === 2 ? map.medium : map.low;
  const [cos, sin] = [Math.cos(at.angle), Math.sin(at.angle)];
  pen.beginPath();
  for (const [ahead, aside] of [
    [13, 0],
    [-8, 10],
    [-3, 0],
    [-8, -10],
  ] as const)
    pen.lineTo(at.x + ahead * cos - aside * sin, at.y + ahead * sin + aside * cos);
  pen.closePath();
  pen.fill();
  const words = WORDS[severity]!;
  pen.font = `700 11px ${FONT}`;
  pen.textBaseline = "middle";
  pen.textAlign = at.x > width / 2 ? "right" : "left";
  const side = at.x > width / 2 ? -1 : 1;
  const length = pen.measureText(words).width;
  const x = at.x + side * 16;
  const y = at.y - 12 * Math.sign(sin) * Math.min(1, Math.abs(sin) * 2);
  pen.fillStyle = map.labelBack;
  pen.fillRect(side < 0 ? x - length - 3 : x - 3, y - 8, length + 6, 16);
  pen.fillStyle = map.label;
  pen.fillText(words, x, y);
  pen.textBaseline = "alphabetic";
}
