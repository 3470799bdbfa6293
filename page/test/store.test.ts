/** The track store: snapshots replace, deltas change, trails and slots stay sound. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Plane } from "../src/geo.ts";
import { TrackStore, TRAIL_POINTS } from "../src/store.ts";
import type { Frame } from "../src/stream/frame.ts";

function frame(kind: Frame["kind"], ids: number[], removed: number[] = [], time = 100, lat = 33.75): Frame {
  const n = ids.length;
  return {
    kind,
    simulated: false,
    seq: 1,
    base: 0,
    time,
    n,
    trackId: Float64Array.from(ids),
    removed: Float64Array.from(removed),
    updatedAt: new Float64Array(n).fill(time),
    lat: new Int32Array(n).fill(Math.round(lat * 1e7)),
    lon: new Int32Array(n).fill(-1_182_000_000),
    altM: new Float32Array(n).fill(NaN),
    velEast: new Float32Array(n).fill(10),
    velNorth: new Float32Array(n),
    velUp: new Float32Array(n),
    sigmaM: new Float32Array(n).fill(5),
    group: new Int32Array(n).fill(-1),
    status: new Uint8Array(n).fill(1),
    affiliation: new Uint8Array(n),
    classification: new Uint8Array(n),
    flags: new Uint8Array(n),
    existence: new Uint8Array(n).fill(255),
    alert: new Uint8Array(n),
    labels: {},
  };
}

function store(): TrackStore {
  const s = new TrackStore();
  s.setPlane(new Plane(33.75, -118.2));
  return s;
}

const held = (s: TrackStore) => [...s.id].filter((_, i) => i < s.high && s.live[i]).sort((a, b) => a - b);

test("a snapshot replaces everything, a delta changes and removes", () => {
  const s = store();
  s.apply(frame("snapshot", [1, 2, 3]));
  assert.deepEqual(held(s), [1, 2, 3]);
  s.apply(frame("delta", [4], [2]));
  assert.deepEqual(held(s), [1, 3, 4]);
  s.apply(frame("snapshot", [3, 9]));
  assert.deepEqual(held(s), [3, 9]);
  assert.equal(s.size, 2);
  assert.equal(s.slotOf(1), -1);
});

test("thousands come and go without a lost or doubled slot", () => {
  const s = store();
  let model = new Set<number>();
  for (let step = 0; step < 40; step++) {
    const fresh = Array.from({ length: 97 }, (_, i) => step * 97 + i);
    const gone = [...model].filter((id) => (id * 7 + step) % 3 === 0);
    s.apply(frame("delta", fresh, gone));
    gone.forEach((id) => model.delete(id));
    fresh.forEach((id) => model.add(id));
    assert.deepEqual(
      held(s),
      [...model].sort((a, b) => a - b),
    );
  }
  model = new Set([5]);
  s.apply(frame("snapshot", [5]));
  assert.deepEqual(held(s), [5]);
});

test("between frames a track moves along its velocity over the ground", () => {
  const s = store();
  s.apply(frame("snapshot", [1]));
  s.predict(103);
  const east = s.drawX[s.slotOf(1)]! * Math.cos((33.75 * Math.PI) / 180);
  assert.ok(Math.abs(east - 30) < 0.01, `${east}`);
});

test("a slot that is used again does not inherit trail or label", () => {
  const s = store();
  const first = frame("snapshot", [1]);
  first.labels = { "1": { identity: "A", identity_kind: "serial" } };
  s.apply(first);
  for (let t = 1; t < 60; t++) s.apply(frame("delta", [1], [], 100 + 3 * t, 33.75 + t * 1e-4));
  const slot = s.slotOf(1);
  assert.equal(s.trailLength[slot], TRAIL_POINTS);
  assert.equal(s.label[slot]!.identity, "A");
  s.apply(frame("delta", [2], [1], 400));
  s.apply(frame("delta", [3], [], 401));
  assert.equal(s.slotOf(3), slot);
  assert.equal(s.trailLength[slot], 1);
  assert.equal(s.label[slot], undefined);
});
