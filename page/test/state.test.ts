// Station time on the page: at the machine's pace, standing in a pause, faster in an exercise, and never jumping at a change.
import assert from "node:assert/strict";
import { test } from "node:test";
import { State } from "../src/state.ts";

const near = (a: number, b: number, within = 0.2) => assert.ok(Math.abs(a - b) < within, `${a} is not near ${b}`);
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

test("a pause stands, a speed runs, and both ends are smooth", async () => {
  const state = new State();
  state.heardTime(1000);
  near(state.now(), 1000);
  state.setPace(0, 1000.5);
  await wait(30);
  assert.equal(state.now(), 1000.5);
  state.heardTime(1000.4); // a frame that was under way when the pause came
  assert.equal(state.now(), 1000.5);
  state.setPace(10, 1000.5);
  const before = performance.now();
  await wait(60);
  near(state.now(), 1000.5 + (performance.now() - before) / 100, 0.5);
  state.heardTime(1020); // clearly elsewhere: the station's word counts
  near(state.now(), 1020);
  state.setPace(1, 1021);
  near(state.now(), 1021);
});

test("a sensor's age is not counted on at another pace than the machine's", async () => {
  const state = new State();
  const sensor = { age_s: 2, state: "ok", period_s: 1 } as never;
  state.sensorsAtMs = performance.now() - 5000;
  state.pictureLifeMs = performance.now();
  near(state.sensorAge(sensor)!, 7);
  state.setPace(5, 1000);
  assert.equal(state.sensorAge(sensor), 2);
  assert.equal(state.sensorState(sensor), "ok");
});

test("a lost link makes no sensor silent: its age stays what the station said", () => {
  const state = new State();
  const sensor = { age_s: 2, state: "ok", period_s: 1 } as never;
  state.sensorsAtMs = performance.now() - 60_000;
  state.pictureLifeMs = performance.now();
  assert.equal(state.sensorState(sensor), "stale", "with a link nobody hears it");
  state.pictureLifeMs = performance.now() - 60_000;
  assert.ok(state.pictureLost);
  assert.equal(state.sensorAge(sensor), 2);
  assert.equal(state.sensorState(sensor), "ok");
});
