/** Units, times of day and the filters on one key, without a browser. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isShown, QUICK } from "../src/quick.ts";
import { TrackStore } from "../src/store.ts";
import { climbIn, clockIn, distanceIn, heightIn, lengthWords, roundLength, speedIn, zoneWords } from "../src/units.ts";

test("lengths and speeds agree with the definitions of foot, nautical mile and knot", () => {
  // International foot 0.3048 m; international nautical mile 1852 m; knot = nautical mile per hour (BIPM, SI brochure, table 8).
  assert.equal(distanceIn(1852, "nautical"), "1.00 NM");
  assert.equal(distanceIn(18520 * 2, "nautical"), "20.0 NM");
  assert.equal(distanceIn(152.4, "nautical"), "500 ft");
  assert.equal(heightIn(304.8, "nautical"), "1000 ft");
  assert.equal(speedIn(1852 / 3600, "nautical"), "1.0 kn");
  assert.equal(speedIn(100, "nautical"), "194 kn");
  assert.equal(climbIn(5.08, "nautical"), "1000 ft/min");
  assert.equal(distanceIn(640, "metric"), "640 m");
  assert.equal(distanceIn(2310, "metric"), "2.31 km");
  assert.equal(speedIn(9.96, "metric"), "10.0 m/s");
});

test("round lengths are at least what was asked for, and the next of 1, 2, 5", () => {
  for (const units of ["metric", "nautical"] as const) {
    for (let metres = 3; metres < 3e6; metres *= 1.37) {
      const round = roundLength(metres, units);
      assert.ok(round.metres >= metres * (1 - 1e-6) && round.metres <= 2.5 * metres * (1 + 1e-6), `${metres} ${units}: ${round.metres}`);
      const first = (round.metres / (units === "nautical" ? 1852 : 1)).toExponential()[0];
      assert.ok(["1", "2", "5"].includes(first!), `${round.words}`);
      assert.equal(round.words, lengthWords(round.metres, units));
    }
  }
});

test("times are UTC or local, and say which", () => {
  assert.equal(clockIn(0, "utc"), "00:00:00");
  assert.equal(clockIn(86399.9, "utc"), "23:59:59");
  assert.equal(clockIn(Number.NaN, "utc"), "--:--:--");
  assert.equal(zoneWords(0, "utc"), "UTC");
  assert.match(zoneWords(0, "local"), /^UTC[+-]\d/);
});

test("no filter hides a track with an alert or the selected one", () => {
  const store = new TrackStore();
  store.live = new Uint8Array([1, 1, 1]);
  store.id = new Float64Array([10, 11, 12]);
  store.classification = new Uint8Array([2, 4, 1]);
  store.affiliation = new Uint8Array([0, 2, 1]);
  store.alert = new Uint8Array([1, 0, 0]);
  for (let quick = 0; quick < QUICK.length; quick++) {
    assert.ok(isShown(quick, store, 0, -1), `${quick} hides an alerted track`);
    assert.ok(isShown(quick, store, 2, 12), `${quick} hides the selected track`);
    assert.equal(QUICK[quick]!.key, String(quick));
  }
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6].map((quick) => isShown(quick, store, 1, -1)), [true, false, false, false, false, true, false]);
});
