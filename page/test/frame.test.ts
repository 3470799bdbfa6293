/** The frame's decoder against frames put together byte by byte from docs/stream.md. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFrame, type Frame } from "../src/stream/frame.ts";

const ROW = 8 + 8 + 4 * 8 + 6;

function frame(n: number, m: number, labels: string): ArrayBuffer {
  const text = new TextEncoder().encode(labels);
  const columns = 32 + n * ROW + m * 8;
  const padded = Math.ceil(columns / 4) * 4;
  const buffer = new ArrayBuffer(padded + 4 + text.length);
  const view = new DataView(buffer);
  new Uint8Array(buffer).set(new TextEncoder().encode("PKT1"));
  view.setUint8(4, m ? 2 : 1);
  view.setUint8(5, 1);
  view.setUint32(8, 42, true);
  view.setUint32(12, m ? 41 : 0, true);
  view.setFloat64(16, 1_700_000_000.25, true);
  view.setUint32(24, n, true);
  view.setUint32(28, m, true);
  let at = 32;
  const put = (bytes: 8 | 4 | 1, value: (i: number) => number, integer = false, count = n) => {
    for (let i = 0; i < count; i++, at += bytes) {
      if (bytes === 8) view.setFloat64(at, value(i), true);
      else if (bytes === 1) view.setUint8(at, value(i));
      else if (integer) view.setInt32(at, value(i), true);
      else view.setFloat32(at, value(i), true);
    }
  };
  put(8, (i) => 2 ** 40 + i);
  put(8, (i) => 7 + i, false, m);
  put(8, (i) => 1_700_000_000 + i);
  put(4, (i) => 337_500_000 + i, true);
  put(4, (i) => -1_182_000_000 - i, true);
  put(4, () => NaN);
  put(4, (i) => 1.5 * i);
  put(4, (i) => -2.5 * i);
  put(4, () => 0.25);
  put(4, () => 12);
  put(4, () => -1, true);
  put(1, (i) => i % 3);
  put(1, (i) => i % 4);
  put(1, (i) => i % 5);
  put(1, () => 5);
  put(1, () => 255);
  put(1, (i) => i % 4);
  view.setUint32(padded, text.length, true);
  new Uint8Array(buffer).set(text, padded + 4);
  return buffer;
}

for (const n of [0, 1, 2, 3, 5, 64]) {
  for (const m of [0, 1, 3]) {
    test(`a frame of ${n} rows and ${m} removed reads back`, () => {
      const f = decodeFrame(frame(n, m, '{"1": {"identity": "Ä-1", "identity_kind": "serial"}}')) as Frame;
      assert.equal(f.kind, m ? "delta" : "snapshot");
      assert.deepEqual([f.seq, f.base, f.time, f.n, f.simulated], [42, m ? 41 : 0, 1_700_000_000.25, n, true]);
      assert.deepEqual([...f.removed], [7, 8, 9].slice(0, m));
      assert.equal(f.labels["1"]!.identity, "Ä-1");
      for (let i = 0; i < n; i++) {
        assert.equal(f.trackId[i], 2 ** 40 + i);
        assert.equal(f.updatedAt[i], 1_700_000_000 + i);
        assert.equal(f.lat[i], 337_500_000 + i);
        assert.equal(f.lon[i], -1_182_000_000 - i);
        assert.ok(Number.isNaN(f.altM[i]));
        assert.deepEqual([f.velEast[i], f.velNorth[i], f.velUp[i], f.sigmaM[i], f.group[i]], [1.5 * i, -2.5 * i, 0.25, 12, -1]);
        assert.deepEqual([f.status[i], f.affiliation[i], f.classification[i]], [i % 3, i % 4, i % 5]);
        assert.deepEqual([f.flags[i], f.existence[i], f.alert[i]], [5, 255, i % 4]);
      }
    });
  }
}

test("every cut of a frame is refused with a reason and never throws", () => {
  const whole = frame(3, 2, '{"1": {}}');
  for (let length = 0; length < whole.byteLength; length++) assert.equal(decodeFrame(whole.slice(0, length)), "truncated");
});

test("what is not a frame is refused by name", () => {
  const other = frame(1, 0, "{}");
  new Uint8Array(other)[0] = 0x51;
  assert.equal(decodeFrame(other), "bad_magic");
  const kind = frame(1, 0, "{}");
  new Uint8Array(kind)[4] = 9;
  assert.equal(decodeFrame(kind), "unknown_kind");
  assert.equal(decodeFrame(frame(1, 0, "{not json")), "bad_labels");
  const huge = frame(1, 0, "{}");
  new DataView(huge).setUint32(24, 0xffffffff, true);
  assert.equal(decodeFrame(huge), "truncated");
});
