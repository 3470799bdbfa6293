/**
 * The track symbols, drawn once per palette and pixel ratio into one strip and copied from there.
 *
 * The frame tells the affiliation as in APP-6 / MIL-STD-2525: unknown = quatrefoil, friendly = circle, neutral = square, suspect =
 * diamond. The glyph inside tells the class: quadcopter, bird, aircraft, vessel, or a dot. The outline tells the status: full =
 * confirmed, dashed = coasting, thin and faint = tentative.
 */
import type { Palette } from "../palette.ts";

export const AFFILIATIONS = 4;
export const CLASSES = 5;
export const STATUSES = 3;
/** CSS pixels of one cell; the frame itself is about 20 across. */
const CELL = 26;

type Pen = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

export interface Sprites {
  image: ImageBitmap;
  /** The strip's pixels, red in the lowest byte. */
  pixels: Uint32Array;
  /** Device pixels of one cell. */
  cell: number;
}

export function spriteColumn(affiliation: number, classification: number, status: number): number {
  const a = affiliation < AFFILIATIONS ? affiliation : 0;
  const c = classification < CLASSES ? classification : 0;
  const s = status < STATUSES ? status : 1;
  return (a * CLASSES + c) * STATUSES + s;
}

export function makeSprites(palette: Palette, ratio: number): Sprites {
  const cell = 2 * Math.ceil((CELL * ratio) / 2);
  const canvas = new OffscreenCanvas(cell * AFFILIATIONS * CLASSES * STATUSES, cell);
  const pen = canvas.getContext("2d")!;
  for (let a = 0; a < AFFILIATIONS; a++) {
    for (let c = 0; c < CLASSES; c++) {
      for (let s = 0; s < STATUSES; s++) {
        pen.setTransform(ratio, 0, 0, ratio, spriteColumn(a, c, s) * cell + cell / 2, cell / 2);
        drawSymbol(pen, palette, a, c, s);
      }
    }
  }
  const pixels = new Uint32Array(pen.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  return { image: canvas.transferToImageBitmap(), pixels, cell };
}

/** One symbol around the pen's origin. */
export function drawSymbol(pen: Pen, palette: Palette, affiliation: number, classification: number, status: number): void {
  const m = palette.map;
  const faint = status === 0;
  const ink = faint ? m.faint : affiliation === 3 ? m.suspect : affiliation === 1 ? m.friendly : m.symbol;
  pen.lineJoin = "round";
  pen.lineCap = "butt";
  pen.strokeStyle = ink;
  pen.fillStyle = affiliation === 3 ? m.suspectFill : m.symbolFill;
  pen.lineWidth = faint ? 1 : 1.6;
  pen.setLineDash(status === 2 ? [3, 2.2] : []);
  pen.beginPath();
  framePath(pen, affiliation);
  pen.globalAlpha = faint ? 0.55 : 0.95;
  pen.fill();
  pen.globalAlpha = 1;
  pen.stroke();
  pen.setLineDash([]);
  pen.fillStyle = ink;
  glyph(pen, classification);
}

function framePath(pen: Pen, affiliation: number): void {
  if (affiliation === 1) pen.arc(0, 0, 9.2, 0, 2 * Math.PI);
  else if (affiliation === 2) pen.rect(-8.3, -8.3, 16.6, 16.6);
  else if (affiliation === 3) {
    pen.moveTo(0, -11.6);
    pen.lineTo(11.6, 0);
    pen.lineTo(0, 11.6);
    pen.lineTo(-11.6, 0);
    pen.closePath();
  } else {
    // Quatrefoil: four lobes that meet on the diagonals, at t from the centre on both axes.
    const k = 4.7;
    const r = 5.2;
    const t = (k + Math.sqrt(2 * r * r - k * k)) / 2;
    const half = Math.PI / 2 - Math.asin((t - k) / r);
    for (let i = 0; i < 4; i++) {
      const angle = -Math.PI / 2 + (i * Math.PI) / 2;
      pen.arc(k * Math.cos(angle), k * Math.sin(angle), r, angle - half, angle + half);
    }
    pen.closePath();
  }
}

function glyph(pen: Pen, classification: number): void {
  pen.lineWidth = 1.4;
  pen.lineCap = "round";
  pen.beginPath();
  switch (classification) {
    case 1: // quadcopter: crossed arms, four rotors
      pen.moveTo(-3, -3);
      pen.lineTo(3, 3);
      pen.moveTo(3, -3);
      pen.lineTo(-3, 3);
      pen.stroke();
      for (const [x, y] of [
        [-3.4, -3.4],
        [3.4, -3.4],
        [-3.4, 3.4],
        [3.4, 3.4],
      ] as const) {
        pen.beginPath();
        pen.arc(x, y, 1.55, 0, 2 * Math.PI);
        pen.fill();
      }
      break;
    case 2: // bird: two wings
      pen.moveTo(-5.2, -1.2);
      pen.quadraticCurveTo(-2.4, -3.6, 0, 1.4);
      pen.quadraticCurveTo(2.4, -3.6, 5.2, -1.2);
      pen.stroke();
      break;
    case 3: // aircraft from above
      pen.moveTo(0, -5.4);
      pen.lineTo(0, 4.6);
      pen.moveTo(-5.2, 0.6);
      pen.lineTo(0, -1.4);
      pen.lineTo(5.2, 0.6);
      pen.moveTo(-2.2, 4.8);
      pen.lineTo(2.2, 4.8);
      pen.stroke();
      break;
    case 4: // vessel: hull and mast
      pen.moveTo(-5.2, 0.8);
      pen.lineTo(5.2, 0.8);
      pen.lineTo(3.2, 4.2);
      pen.lineTo(-3.2, 4.2);
      pen.closePath();
      pen.fill();
      pen.beginPath();
      pen.moveTo(0, 0.8);
      pen.lineTo(0, -4.8);
      pen.lineTo(3.4, -1.6);
      pen.lineTo(0, -1.2);
      pen.stroke();
      break;
    default:
      pen.arc(0, 0, 1.9, 0, 2 * Math.PI);
      pen.fill();
  }
}
