/** Symbols laid down as pixels look as if a canvas had drawn them over each other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { divide, lay, stampOf } from "../src/map/stamps.ts";

const CELL = 2;
const pixel = (r: number, g: number, b: number, a: number) => ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;
const parts = (value: number) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];

/** A strip of one cell whose four pixels are alike, as a stamp for a sheet three pixels wide. */
const stamp = (value: number) => stampOf({ pixels: new Uint32Array(4).fill(value), cell: CELL }, 0, 3);

/** Porter and Duff's "over" in real numbers, as the canvas standard has it. */
function over(top: number, under: number): number[] {
  const [t, u] = [parts(top), parts(under)];
  const [a, b] = [t[3]! / 255, u[3]! / 255];
  const alpha = a + b * (1 - a);
  return [...[0, 1, 2].map((i) => (t[i]! * a + u[i]! * b * (1 - a)) / alpha), 255 * alpha];
}

test("an opaque symbol replaces what lies under it, and only where it is", () => {
  const sheet = new Int32Array(9);
  lay(sheet, 0, stamp(pixel(10, 20, 30, 255)));
  lay(sheet, 4, stamp(pixel(200, 100, 50, 255)));
  assert.deepEqual(parts(sheet[0]!), [10, 20, 30, 255]);
  assert.deepEqual(parts(sheet[4]!), [200, 100, 50, 255]);
  assert.deepEqual([sheet[2], sheet[6]], [0, 0]);
});

test("a thin symbol is mixed with what lies under it as a canvas does, to a step or two", () => {
  for (const alpha of [30, 77, 140, 200, 239]) {
    for (const under of [pixel(255, 255, 255, 255), pixel(0, 0, 0, 255), pixel(250, 130, 5, 150), pixel(40, 90, 220, 60)]) {
      const top = pixel(220, 30, 128, alpha);
      const sheet = new Int32Array(9);
      lay(sheet, 0, stamp(under));
      lay(sheet, 0, stamp(top));
      divide(sheet);
      const wanted = over(top, under);
      parts(sheet[0]!).forEach((value, i) => assert.ok(Math.abs(value - wanted[i]!) <= 4, `${alpha}: ${parts(sheet[0]!)} for ${wanted}`));
    }
  }
});

test("what stands alone keeps its colour and alpha", () => {
  const sheet = new Int32Array(9);
  lay(sheet, 0, stamp(pixel(200, 100, 0, 128)));
  divide(sheet);
  parts(sheet[0]!).forEach((value, i) => assert.ok(Math.abs(value - [200, 100, 0, 128][i]!) <= 1));
});

test("a hundred thin symbols over an opaque one never wrap a channel round", () => {
  const sheet = new Int32Array(9);
  lay(sheet, 0, stamp(pixel(255, 255, 255, 255)));
  for (let i = 0; i < 100; i++) lay(sheet, 0, stamp(pixel(255, 255, 255, 90)));
  divide(sheet);
  parts(sheet[0]!).forEach((value) => assert.ok(value >= 252, `${value}`));
});
