/**
 * The base picture: land, the site's own map, rings, zones and sensors, drawn into a bitmap larger than the screen.
 *
 * While the map moves, the bitmap is only moved and scaled; it is drawn anew when the movement settles or when the screen leaves the
 * bitmap's margin. So a pan costs one copy, whatever the shore looks like. (OpenLayers, drawing its layers at every pan frame, took
 * more than twice the time of the whole frame here.)
 */
import type { Sensor, Severity } from "../api.ts";
import { Plane } from "../geo.ts";
import type { Palette } from "../palette.ts";
import { boundsOf, clipRing, type Ring, type Shape } from "./shapes.ts";
import { lengthWords, roundLength } from "../units.ts";
import { FONT } from "../words.ts";
import type { View } from "./view.ts";

const MARGIN = 0.3;
const SETTLED_MS = 140;
const AT_MOST_EVERY_MS = 160;

type Pen = CanvasRenderingContext2D;

export interface BaseContent {
  plane: Plane;
  land: Shape[];
  site: Shape[];
  zones: Shape[];
  /** Zones in which an alert is open, by id or name. */
  alerted: Map<string, Severity>;
  sensors: Sensor[];
  /** Where planned flights may be. */
  planned: Shape[];
  /** What no sensor sees now. */
  blind: Shape[];
  simulated: boolean;
}

/** Words on the base, so that labels of tracks can keep off them: middle in plane metres, size in pixels. */
export interface Name {
  x: number;
  y: number;
  w: number;
  h: number;
}

export class BaseMap {
  content: BaseContent = {
    plane: new Plane(0, 0),
    land: [],
    site: [],
    zones: [],
    alerted: new Map(),
    sensors: [],
    planned: [],
    blind: [],
    simulated: false,
  };
  /** How often the bitmap was drawn: a pan must not raise it at every frame. */
  drawn = 0;
  names: Name[] = [];

  private readonly bitmap = document.createElement("canvas");
  private cx = 0;
  private cy = 0;
  private res = 0;
  private ratio = 1;
  private width = 0;
  private height = 0;
  private stale = true;
  private drawnAt = -Infinity;
  private seen = -1;
  private movedAt = 0;

  invalidate(): void {
    this.stale = true;
  }

  /** Bring the bitmap up to date where that is due; true when it was drawn anew. */
  update(view: View, palette: Palette, ratio: number, nowMs: number): boolean {
    if (view.version !== this.seen) {
      this.seen = view.version;
      this.movedAt = nowMs;
    }
    const moved = this.res !== view.res || this.cx !== view.cx || this.cy !== view.cy;
    const resized = this.ratio !== ratio || this.width < view.width || this.height < view.height;
    const settled = moved && nowMs - this.movedAt > SETTLED_MS;
    const rested = nowMs - this.drawnAt > AT_MOST_EVERY_MS;
    if (!(this.res === 0 || resized || this.stale || settled || (rested && this.isUncovered(view)))) return false;
    this.draw(view, palette, ratio);
    this.drawnAt = nowMs;
    return true;
  }

  /** True while a newer bitmap is still due, so that the renderer looks again soon. */
  isDue(view: View): boolean {
    return this.stale || this.res !== view.res || this.cx !== view.cx || this.cy !== view.cy;
  }

  /** Copy the bitmap to the screen where the view has it now. */
  blit(pen: Pen, view: View, palette: Palette): void {
    const scale = this.res / view.res;
    const w = this.width * (1 + 2 * MARGIN) * scale;
    const h = this.height * (1 + 2 * MARGIN) * scale;
    const x = (this.cx - view.cx) / view.res + view.width / 2 - w / 2;
    const y = (view.cy - this.cy) / view.res + view.height / 2 - h / 2;
    if (x > 0 || y > 0 || x + w < view.width || y + h < view.height) {
      pen.fillStyle = palette.map.sea;
      pen.fillRect(0, 0, view.width, view.height);
    }
    // Whole device pixels at scale 1: a copy without resampling is several times cheaper and stays sharp.
    const r = this.ratio;
    pen.imageSmoothingEnabled = scale !== 1;
    if (scale === 1)
      pen.drawImage(this.bitmap, Math.round(x * r) / r, Math.round(y * r) / r, this.bitmap.width / r, this.bitmap.height / r);
    else pen.drawImage(this.bitmap, x, y, w, h);
  }

  private isUncovered(view: View): boolean {
    const scale = this.res / view.res;
    const halfW = this.width * (0.5 + MARGIN) * scale;
    const halfH = this.height * (0.5 + MARGIN) * scale;
    const dx = Math.abs(this.cx - view.cx) / view.res;
    const dy = Math.abs(this.cy - view.cy) / view.res;
    return dx + view.width / 2 > halfW || dy + view.height / 2 > halfH || scale > 2.5;
  }

  private draw(view: View, palette: Palette, ratio: number): void {
    this.stale = false;
    this.cx = view.cx;
    this.cy = view.cy;
    this.res = view.res;
    this.ratio = ratio;
    this.width = view.width;
    this.height = view.height;
    this.drawn++;
    const width = Math.ceil(view.width * (1 + 2 * MARGIN) * ratio);
    const height = Math.ceil(view.height * (1 + 2 * MARGIN) * ratio);
    if (this.bitmap.width !== width || this.bitmap.height !== height) {
      this.bitmap.width = width;
      this.bitmap.height = height;
    }
    const pen = this.bitmap.getContext("2d", { alpha: false })!;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const painter = new BasePainter(pen, view, palette, width / ratio, height / ratio, this.content);
    painter.paint();
    this.names = painter.names;
  }
}

/** One drawing of the base: everything in CSS pixels of the bitmap. */
class BasePainter {
  readonly names: Name[] = [];
  private readonly words: Word[] = [];
  private readonly pen: Pen;
  private readonly map: Palette["map"];
  private readonly res: number;
  private readonly w: number;
  private readonly h: number;
  private readonly x0: number;
  private readonly y1: number;
  private readonly content: BaseContent;
  private readonly view: View;

  constructor(pen: Pen, view: View, palette: Palette, w: number, h: number, content: BaseContent) {
    this.pen = pen;
    this.view = view;
    this.map = palette.map;
    this.res = view.res;
    this.w = w;
    this.h = h;
    this.x0 = view.cx - (w / 2) * view.res;
    this.y1 = view.cy + (h / 2) * view.res;
    this.content = content;
  }

  paint(): void {
    const { pen, map, content } = this;
    pen.fillStyle = map.sea;
    pen.fillRect(0, 0, this.w, this.h);
    this.fill(content.land, map.land, map.shore);
    this.paintSite();
    this.paintGrid();
    this.paintRings();
    this.hatch(content.blind, map.ringText, 11);
    this.paintSensors();
    this.paintPlanned();
    this.paintZones();
    if (content.simulated) this.paintWatermark();
    this.nameSite();
    this.nameZones();
    this.paintWords();
  }

  private sx(x: number): number {
    return (x - this.x0) / this.res;
  }

  private sy(y: number): number {
    return (this.y1 - y) / this.res;
  }

  private isSeen(bounds: Shape["bounds"], margin = 0): boolean {
    const pad = margin * this.res;
    const [x1, y0] = [this.x0 + this.w * this.res, this.y1 - this.h * this.res];
    return bounds[2] >= this.x0 - pad && bounds[0] <= x1 + pad && bounds[3] >= y0 - pad && bounds[1] <= this.y1 + pad;
  }

  private trace(ring: Ring | number[], closed: boolean): void {
    for (let i = 0; i < ring.length; i += 2) {
      const x = this.sx(ring[i]!);
      const y = this.sy(ring[i + 1]!);
      if (i === 0) this.pen.moveTo(x, y);
      else this.pen.lineTo(x, y);
    }
    if (closed) this.pen.closePath();
  }

  private fill(shapes: Shape[], fill: string, edge: string | null, edgeWidth = 1): void {
    const { pen } = this;
    const pad = 8 * this.res;
    const [x0, x1, y0, y1] = [this.x0 - pad, this.x0 + this.w * this.res + pad, this.y1 - this.h * this.res - pad, this.y1 + pad];
    pen.fillStyle = fill;
    for (const shape of shapes) {
      if (!shape.filled || !this.isSeen(shape.bounds)) continue;
      pen.beginPath();
      for (const ring of shape.rings) this.trace(clipRing(ring, x0, y0, x1, y1), true);
      pen.fill("evenodd");
      if (edge) {
        pen.strokeStyle = edge;
        pen.lineWidth = edgeWidth;
        pen.stroke();
      }
    }
  }

  private stroke(shapes: Shape[], ink: string, width: number, dash: number[] = []): void {
    const { pen } = this;
    pen.strokeStyle = ink;
    pen.lineWidth = width;
    pen.setLineDash(dash);
    pen.beginPath();
    for (const shape of shapes) {
      if (shape.point || !this.isSeen(shape.bounds)) continue;
      for (const ring of shape.rings) this.trace(ring, shape.filled);
    }
    pen.stroke();
    pen.setLineDash([]);
  }

  /** The site's own map. Where it has land, the coarse world's land is blotted out within its bounds first. */
  private paintSite(): void {
    const { pen, map } = this;
    const of = (kind: string) => this.content.site.filter((s) => s.kind === kind);
    const land = of("land").filter((s) => s.filled);
    if (land.length) {
      const [x0, y0, x1, y1] = boundsOf(land.flatMap((s) => s.rings));
      pen.fillStyle = map.sea;
      pen.fillRect(this.sx(x0), this.sy(y1), (x1 - x0) / this.res, (y1 - y0) / this.res);
    }
    this.fill(land, map.siteLand, map.shore);
    this.fill(of("channel"), map.channel, null);
    this.stroke(
      of("channel").filter((s) => !s.filled),
      map.channel,
      3,
    );
    this.fill(of("pier"), map.pier, map.shore);
    this.stroke(
      of("pier").filter((s) => !s.filled),
      map.pier,
      Math.max(2, Math.min(10, 14 / this.res)),
    );
    if (this.res < 40) this.fill(of("building"), map.building, null);
    const known = new Set(["land", "channel", "pier", "building", "label"]);
    const other = this.content.site.filter((s) => !known.has(s.kind));
    this.fill(other, map.channel, map.shore);
    this.stroke(
      other.filter((s) => !s.filled),
      map.shore,
      1.2,
    );
  }

  private paintGrid(): void {
    const { pen, map, content, view } = this;
    const plane = content.plane;
    const step = niceDegrees((220 * this.res) / 111320);
    pen.strokeStyle = map.grid;
    pen.lineWidth = 1;
    pen.beginPath();
    const latTop = plane.lat(this.y1);
    const latBottom = plane.lat(this.y1 - this.h * this.res);
    for (let lat = Math.ceil(latBottom / step) * step; lat <= latTop; lat += step) {
      const y = Math.round(this.sy(plane.y(lat))) + 0.5;
      pen.moveTo(0, y);
      pen.lineTo(this.w, y);
    }
    const degrees = (x: number) => plane.lonDeg + x / ((Math.PI / 180) * 6378137);
    const [west, east] = [degrees(view.cx - (this.w / 2) * this.res), degrees(view.cx + (this.w / 2) * this.res)];
    if (east - west < 720) {
      for (let lon = Math.ceil(west / step) * step; lon <= east; lon += step) {
        const x = Math.round(this.sx((lon - plane.lonDeg) * (Math.PI / 180) * 6378137)) + 0.5;
        pen.moveTo(x, 0);
        pen.lineTo(x, this.h);
      }
    }
    pen.stroke();
  }

  /** Range rings around the site at a round step, with their distance written at the north and the south. */
  private paintRings(): void {
    const { pen, map, content } = this;
    const stretch = content.plane.stretch(content.plane.latDeg);
    const step = roundLength((110 * this.res) / stretch).metres;
    const [cx, cy] = [this.sx(0), this.sy(0)];
    const nearest = Math.hypot(Math.max(0, -cx, cx - this.w), Math.max(0, -cy, cy - this.h));
    const farthest = Math.hypot(Math.max(cx, this.w - cx), Math.max(cy, this.h - cy));
    const pixels = (step * stretch) / this.res;
    const first = Math.max(1, Math.floor(nearest / pixels));
    const last = Math.min(first + 40, Math.ceil(farthest / pixels), Math.floor(1.5e6 / step));
    pen.strokeStyle = map.ring;
    pen.lineWidth = 1;
    pen.setLineDash([]);
    for (let i = first; i <= last; i++) {
      pen.beginPath();
      pen.arc(cx, cy, i * pixels, 0, 2 * Math.PI);
      pen.stroke();
    }
    for (let i = first; i <= last; i++) {
      for (const y of [cy - i * pixels, cy + i * pixels])
        this.word({ words: lengthWords(i * step), x: cx, y, ink: map.ringText, size: 10.5, rank: 3 });
    }
    pen.beginPath();
    pen.moveTo(cx - 6, cy);
    pen.lineTo(cx + 6, cy);
    pen.moveTo(cx, cy - 6);
    pen.lineTo(cx, cy + 6);
    pen.strokeStyle = map.sensor;
    pen.lineWidth = 1.4;
    pen.stroke();
  }

  /** Lines from corner to corner inside the shapes: told from land and water in every palette, and never only by a colour. */
  private hatch(shapes: Shape[], ink: string, step: number, outline = true): void {
    const { pen } = this;
    const seen = shapes.filter((s) => s.filled && this.isSeen(s.bounds));
    if (!seen.length) return;
    pen.save();
    pen.beginPath();
    for (const shape of seen) for (const ring of shape.rings) this.trace(ring, true);
    pen.strokeStyle = ink;
    pen.lineWidth = 1;
    if (outline) pen.stroke();
    pen.clip("evenodd");
    this.hatchLines(step);
    pen.restore();
  }

  /** Diagonals over the whole bitmap, tied to the plane so that they move with the map. */
  private hatchLines(step: number): void {
    const { pen } = this;
    const offset = (((this.x0 - this.y1) / this.res) % step + step) % step;
    pen.globalAlpha = 0.55;
    pen.beginPath();
    for (let x = -this.h - offset; x < this.w; x += step) {
      pen.moveTo(x, 0);
      pen.lineTo(x + this.h, this.h);
    }
    pen.stroke();
  }

  private paintSensors(): void {
    const { pen, map, content } = this;
    for (const s of content.sensors) {
      if (s.lat_deg === null || s.lon_deg === null) continue;
      const [x, y] = [this.sx(content.plane.x(s.lon_deg)), this.sy(content.plane.y(s.lat_deg))];
      const bad = s.state !== "ok";
      if (s.max_range_m) {
        const radius = (s.max_range_m * content.plane.stretch(s.lat_deg)) / this.res;
        const [from, to] = s.sector_deg ?? [0, 360];
        const whole = Math.abs(to - from) >= 359.99;
        const start = ((from - 90) * Math.PI) / 180;
        const span = ((((to - from) % 360) + 360) % 360) * (Math.PI / 180);
        this.sectorPath(x, y, radius, whole, start, span);
        pen.fillStyle = map.sensorFill;
        pen.fill();
        if (bad) {
          pen.save();
          pen.clip();
          pen.strokeStyle = map.medium;
          pen.lineWidth = 1;
          this.hatchLines(14);
          pen.restore();
          this.sectorPath(x, y, radius, whole, start, span);
        }
        pen.strokeStyle = bad ? map.medium : map.ring;
        pen.setLineDash([2, 5]);
        pen.lineWidth = bad ? 1.5 : 1;
        pen.stroke();
        pen.setLineDash([]);
      }
      pen.beginPath();
      pen.moveTo(x, y - 6);
      pen.lineTo(x + 5.5, y + 4);
      pen.lineTo(x - 5.5, y + 4);
      pen.closePath();
      pen.fillStyle = bad ? map.medium : map.sea;
      pen.strokeStyle = bad ? map.medium : map.sensor;
      pen.lineWidth = 1.4;
      pen.fill();
      pen.stroke();
      const words = bad ? `${s.id} (${s.state})` : s.id;
      if (this.res < 60)
        this.word({ words, x, y: y + 12, ink: bad ? map.medium : map.place, size: 10.5, bold: bad, rank: bad ? 0 : 2 });
    }
  }

  private sectorPath(x: number, y: number, radius: number, whole: boolean, start: number, span: number): void {
    const { pen } = this;
    pen.beginPath();
    if (whole) {
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      return;
    }
    pen.moveTo(x, y);
    pen.arc(x, y, radius, start, start + span);
    pen.closePath();
  }

  private paintPlanned(): void {
    const { map, content } = this;
    this.stroke(content.planned, map.zoneQuiet, 1.2, [10, 3, 2, 3]);
    for (const s of content.planned) {
      if (!s.name || (s.bounds[2] - s.bounds[0]) / this.res < 30) continue;
      this.word({ words: `${s.name} (planned)`, x: this.sx(s.x), y: this.sy(s.bounds[1]) + 8, ink: map.place, size: 10.5, rank: 3 });
    }
  }

  private paintZones(): void {
    const { pen, map, content } = this;
    for (const zone of content.zones) {
      if (!this.isSeen(zone.bounds)) continue;
      const severity = content.alerted.get(zone.name) ?? content.alerted.get(zone.id);
      const quiet = zone.kind === "ignore" || zone.kind === "corridor";
      const ink = severity ? map[severity] : quiet ? map.zoneQuiet : map.zone;
      pen.beginPath();
      for (const ring of zone.rings) this.trace(ring, zone.filled);
      if (zone.kind === "protected" && zone.filled) {
        pen.fillStyle = map.zoneFill;
        pen.fill("evenodd");
      }
      pen.strokeStyle = ink;
      pen.lineWidth = severity ? 2.4 : zone.kind === "protected" || zone.kind === "border_line" ? 1.8 : 1.2;
      pen.setLineDash(zone.kind === "warning" ? [7, 5] : quiet ? [2, 4] : []);
      pen.stroke();
      pen.setLineDash([]);
    }
  }

  private nameSite(): void {
    const { map, content } = this;
    const pinned = new Set(content.site.filter((s) => s.point).map((s) => s.name));
    for (const s of content.site) {
      if (!s.point && pinned.has(s.name)) continue; // its name stands at its own point
      if (!s.name || !this.isSeen(s.bounds, 60)) continue;
      const wide = (s.bounds[2] - s.bounds[0]) / this.res;
      if (s.kind === "building" ? wide < 40 : !s.point && wide < 60) continue;
      if (s.point && this.res > 80) continue;
      const size = s.kind === "land" ? 12 : 11;
      this.word({
        words: s.name,
        x: this.sx(s.x),
        y: this.sy(s.y),
        ink: map.place,
        size,
        italic: s.point || s.kind === "label",
        rank: 4,
      });
    }
  }

  private nameZones(): void {
    const { map, content } = this;
    for (const zone of content.zones) {
      if (!zone.name || !this.isSeen(zone.bounds, 60) || (zone.bounds[2] - zone.bounds[0]) / this.res < 14) continue;
      const severity = content.alerted.get(zone.name) ?? content.alerted.get(zone.id);
      const words = `${zone.name} (${zone.kind.replace("_", " ")})`;
      const ink = severity ? map[severity] : zone.kind === "ignore" || zone.kind === "corridor" ? map.place : map.zone;
      const [x, y] = zone.filled ? [zone.x, zone.bounds[3]] : middleOf(zone.rings[0]!);
      this.word({ words, x: this.sx(x), y: this.sy(y) - 8, ink, size: 11, bold: true, rank: severity ? 0 : 1 });
    }
  }

  private paintWatermark(): void {
    const { pen, map } = this;
    pen.save();
    pen.fillStyle = map.watermark;
    pen.font = `700 34px ${FONT}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (let row = 0, y = 90; y < this.h; y += 190, row++) {
      for (let x = row % 2 ? 120 : 330; x < this.w; x += 420) {
        pen.save();
        pen.translate(x, y);
        pen.rotate(-0.35);
        pen.fillText("SIMULATED", 0, 0);
        pen.restore();
      }
    }
    pen.restore();
  }

  private word(word: Word): void {
    this.words.push(word);
  }

  /** Write the words, the most important first; one that would lie on another is left out. */
  private paintWords(): void {
    const { pen, map } = this;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.lineWidth = 3;
    pen.strokeStyle = map.sea;
    for (const { words, x, y, ink, size, bold, italic } of this.words.sort((a, b) => a.rank - b.rank)) {
      pen.font = `${italic ? "italic " : ""}${bold ? 600 : 400} ${size}px ${FONT}`;
      const name: Name = { x: this.x0 + x * this.res, y: this.y1 - y * this.res, w: pen.measureText(words).width, h: size + 2 };
      const near = (other: Name) =>
        Math.abs(other.x - name.x) / this.res < (other.w + name.w) / 2 &&
        Math.abs(other.y - name.y) / this.res < (other.h + name.h) / 2;
      if (this.names.some(near)) continue;
      this.names.push(name);
      pen.strokeText(words, x, y);
      pen.fillStyle = ink;
      pen.fillText(words, x, y);
    }
  }
}

/** Words to be written on the base, middle in pixels; a lower rank goes first. */
interface Word {
  words: string;
  x: number;
  y: number;
  ink: string;
  size: number;
  rank: number;
  bold?: boolean;
  italic?: boolean;
}

/** The middle of the middle leg of a line. */
function middleOf(line: Ring): [number, number] {
  const leg = Math.max(0, Math.floor(line.length / 4 - 0.5)) * 2;
  const next = Math.min(leg + 2, line.length - 2);
  return [(line[leg]! + line[next]!) / 2, (line[leg + 1]! + line[next + 1]!) / 2];
}

const DEGREE_STEPS = [
  1 / 3600,
  2 / 3600,
  5 / 3600,
  10 / 3600,
  20 / 3600,
  1 / 120,
  1 / 60,
  1 / 30,
  1 / 12,
  1 / 6,
  1 / 3,
  0.5,
  1,
  2,
  5,
  10,
  20,
  30,
];

function niceDegrees(value: number): number {
  return DEGREE_STEPS.find((step) => step >= value) ?? 30;
}
