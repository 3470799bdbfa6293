/** Where words stand on the other screens, without a browser. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromAbove, labelled } from "../src/learn/graph.ts";
import { lagWords } from "../src/learn/lists.ts";
import { within } from "../src/spectrum/axes.ts";

test("an actor's name stays on the drawing and off its neighbour's", () => {
  const nodes = [
    { id: "a", name: "former soldiers from Colombia" },
    { id: "b", name: "Rapid Support Forces" },
    { id: "c", name: "United Arab Emirates" },
    { id: "d", name: "Ukraine" },
  ];
  const spots = new Map([["a", { x: 850, y: 100 }], ["b", { x: 300, y: 400 }], ["c", { x: 390, y: 402 }], ["d", { x: 300, y: 200 }]]);
  const found = labelled(nodes, spots);
  const half = (nodes[0]!.name.length * 6) / 2;
  assert.ok(850 + found.get("a")!.x + half <= 860, "not cut off at the side");
  assert.deepEqual(found.get("d"), { x: 0, y: -9 }, "alone: over its node");
  assert.ok(Math.abs(400 + found.get("b")!.y - (402 + found.get("c")!.y)) >= 14, "not in one line with the next");
});

test("a mark's words at the end of an axis are not cut in half", () => {
  assert.equal(within(0, 400, 8), 8);
  assert.equal(within(400, 400, 8), 392);
  assert.equal(within(200, 400, 8), 200);
});

test("the name of an actor to whom lines come from above stands under it", () => {
  const spots = new Map([["a", { x: 300, y: 100 }], ["b", { x: 300, y: 300 }], ["c", { x: 300, y: 555 }]]);
  const under = fromAbove([{ from: "a", to: "b" }, { from: "c", to: null }], spots);
  assert.deepEqual([...under], ["b"]);
  const nodes = ["a", "b", "c"].map((id) => ({ id, name: id }));
  assert.deepEqual([...labelled(nodes, spots, new Set(["b", "c"])).values()].map((at) => at.y), [-9, 19, -9], "not off the lower edge");
});

test("a lag says from when it counts", () => {
  assert.equal(lagWords("12 to 40 days"), "12 to 40 days after the first");
  assert.equal(lagWords("the first"), "the first");
  assert.equal(lagWords("lag not known"), "lag not known");
});
