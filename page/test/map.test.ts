/** Geometry, shapes and labels of the map, without a browser. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bearingDistance, Plane, wrapDeg } from "../src/geo.ts";
import { clearOf, edgePoint } from "../src/map/beyond.ts";
import { LabelLayout, type Wanted } from "../src/map/labels.ts";
import { clipRing, ringOf } from "../src/map/shapes.ts";
import { View } from "../src/map/view.ts";

test("bearing and distance agree with Vincenty's worked figures", () => {
  // Flinders Peak to Buninyon (Geoscience Australia, GDA94 technical manual): 54,972.271 m at 306° 52' 05.37"; the line is long, so the
  // middle-latitude bearing differs from the one at the start by the convergence of the meridians.
  const { bearingDeg, distanceM } = bearingDistance(-37.951033417, 144.424867889, -37.652821139, 143.926495528);
  assert.ok(Math.abs(distanceM - 54972.271) < 30, `${distanceM}`);
  assert.ok(Math.abs(bearingDeg - 307.02) < 0.1, `${bearingDeg}`);
});

test("the plane gives places back, also beside the 180th meridian", () => {
  for (const [lat, lon] of [
    [33.75, -118.2],
    [-17, 179.99],
    [69.5, -179.9],
  ] as const) {
    const plane = new Plane(lat, lon);
    assert.ok(Math.abs(plane.x(lon)) < 1e-6 && Math.abs(plane.y(lat)) < 1e-6);
    for (const d of [-0.3, -0.01, 0.02, 0.4]) {
      assert.ok(Math.abs(plane.lat(plane.y(lat + d)) - (lat + d)) < 1e-9);
      assert.ok(Math.abs(wrapDeg(plane.lon(plane.x(wrapDeg(lon + d))) - (lon + d))) < 1e-9);
      assert.ok(Math.abs(plane.x(wrapDeg(lon + d)) - (d * Math.PI * 6378137) / 180) < 1e-3, "no jump at the meridian");
    }
  }
});

test("a ring over the 180th meridian stays in one piece near the site", () => {
  const ring = ringOf(
    [
      [179, -16],
      [-179, -16],
      [-179, -18],
      [179, -18],
      [179, -16],
    ],
    new Plane(-17, 179.5),
  );
  const xs = [...ring].filter((_, i) => i % 2 === 0);
  assert.ok(Math.max(...xs) - Math.min(...xs) < 250_000);
});

test("a clipped ring keeps its area inside the rectangle", () => {
  const area = (p: number[]) => {
    let sum = 0;
    for (let i = 0; i < p.length; i += 2) sum += p[i]! * p[(i + 3) % p.length]! - p[(i + 2) % p.length]! * p[i + 1]!;
    return Math.abs(sum) / 2;
  };
  const diamond = Float64Array.of(0, 10, 10, 0, 0, -10, -10, 0);
  assert.equal(area(clipRing(diamond, -20, -20, 20, 20)), 200);
  assert.equal(area(clipRing(diamond, 0, 0, 20, 20)), 50);
  assert.equal(area(clipRing(diamond, -5, -5, 5, 5)), 100);
  assert.deepEqual(clipRing(diamond, 30, 30, 40, 40), []);
});

function random(seed: number): () => number {
  let s = seed;
  return () => (s = (Math.imul(s, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

test("labels never overlap, stay on the screen and out of blocked boxes, for many crowds and frames", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const next = random(seed);
    const layout = new LabelLayout();
    const wanted: Wanted[] = Array.from({ length: 400 }, (_, slot) => ({
      slot,
      sx: next() * 900,
      sy: next() * 600,
      w: 40 + next() * 90,
      h: 29,
      gap: 13,
      urgent: slot < 5,
    }));
    const blocked = [{ x: 300, y: 200, w: 100, h: 80 }];
    for (let step = 0; step < 10; step++) {
      const placed = layout.place(wanted, blocked, [], [], 900, 600, 300, step * 100);
      assert.ok(placed.length > 30 && placed.length <= 300);
      const all = [...blocked, ...placed];
      all.forEach((a, i) => {
        assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.w <= 900 && a.y + a.h <= 600);
        for (const b of all.slice(i + 1)) assert.ok(a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y);
      });
      for (const w of wanted) w.sx += next() * 6 - 3;
    }
  }
});

test("a label keeps its place while it can", () => {
  const layout = new LabelLayout();
  const wanted: Wanted[] = [{ slot: 1, sx: 200, sy: 200, w: 60, h: 29, gap: 13, urgent: false }];
  const wall = [{ x: 205, y: 120, w: 200, h: 79 }];
  const first = layout.place(wanted, wall, [], [], 900, 600, 300, 0)[0]!;
  assert.notEqual(first.place, 0, "the first place is walled off");
  assert.equal(layout.place(wanted, [], [], [], 900, 600, 300, 100)[0]!.place, first.place, "it does not jump back");
});

test("an alert beyond the map is marked at its edge, in its direction", () => {
  assert.equal(edgePoint(400, 300, 800, 600), null);
  assert.equal(edgePoint(800, 0, 800, 600), null, "the edge itself is in view");
  for (const [x, y] of [
    [2000, 300],
    [-5000, -80],
    [410, 9000],
    [900, -400],
  ] as const) {
    const at = edgePoint(x, y, 800, 600)!;
    assert.ok(at.x > 0 && at.x < 800 && at.y > 0 && at.y < 600, "inside the map");
    assert.ok(Math.abs((at.x - 400) * (y - 300) - (at.y - 300) * (x - 400)) < 1e-6 * Math.hypot(x, y) * 1000, "on the line to it");
    assert.ok((at.x - 400) * (x - 400) + (at.y - 300) * (y - 300) > 0, "on its side");
    assert.ok(Math.abs(at.angle - Math.atan2(y - 300, x - 400)) < 1e-12);
  }
});

test("an arrow at the edge lies under nothing that lies over the map", () => {
  assert.ok(edgePoint(410, 9000, 800, 600)!.y < 600 - 40, "above scale and readout");
  const at = { x: 784, y: 500, angle: 0.3 };
  const buttons = { x: 760, y: 480, w: 30, h: 110 };
  const warning = { x: 8, y: 6, w: 600, h: 24 };
  assert.deepEqual(clearOf(at, [], 600), at);
  assert.ok(clearOf(at, [warning, buttons], 600).y < buttons.y, "over the buttons");
  assert.ok(clearOf({ x: 300, y: 16, angle: -1.6 }, [warning, buttons], 600).y > warning.y + warning.h, "under the warning");
  const second = { x: 8, y: 34, w: 400, h: 24 };
  assert.ok(clearOf({ x: 300, y: 16, angle: -1.6 }, [warning, second], 600).y > second.y + second.h, "under both");
});

test("a circle that is fitted while the map is hidden fills it when it is shown, and only once", () => {
  const view = new View();
  view.resize(0, 0);
  view.fit(5000);
  view.resize(400, 600);
  assert.ok(Math.abs(view.res - 10000 / (400 * 0.94)) < 1e-9, `${view.res}`);
  view.zoom(2);
  const near = view.res;
  view.resize(0, 0);
  view.resize(600, 600);
  assert.equal(view.res, near, "what the officer chose stays");
});
