/**
 * One binary frame of /ws/picture as typed-array views (docs/stream.md holds the layout).
 *
 * Columns go from 8-byte to 4-byte to 1-byte elements, so every view is aligned and nothing is copied. Little-endian, as every
 * machine that a browser runs on today.
 */

export interface Label {
  identity: string | null;
  identity_kind: string | null;
}

export interface Frame {
  kind: "snapshot" | "delta";
  simulated: boolean;
  seq: number;
  /** The seq that a delta builds on. */
  base: number;
  /** UNIX seconds UTC of the picture. */
  time: number;
  n: number;
  trackId: Float64Array;
  removed: Float64Array;
  updatedAt: Float64Array;
  /** 1e-7 degrees. */
  lat: Int32Array;
  lon: Int32Array;
  altM: Float32Array;
  velEast: Float32Array;
  velNorth: Float32Array;
  velUp: Float32Array;
  sigmaM: Float32Array;
  group: Int32Array;
  status: Uint8Array;
  affiliation: Uint8Array;
  classification: Uint8Array;
  flags: Uint8Array;
  existence: Uint8Array;
  alert: Uint8Array;
  labels: Record<string, Label>;
}

const HEADER = 32;
const ROW_BYTES = 8 + 8 + 8 * 4 + 6;
const MAGIC = 0x31544b50; // "PKT1"

/** The frame in `buffer`, or one word for why it cannot be read. */
export function decodeFrame(buffer: ArrayBuffer): Frame | string {
  if (buffer.byteLength < HEADER) return "truncated";
  const head = new DataView(buffer);
  if (head.getUint32(0, true) !== MAGIC) return "bad_magic";
  const kind = head.getUint8(4);
  if (kind !== 1 && kind !== 2) return "unknown_kind";
  const n = head.getUint32(24, true);
  const m = head.getUint32(28, true);
  const columnsEnd = HEADER + n * ROW_BYTES + m * 8;
  const labelsAt = Math.ceil(columnsEnd / 4) * 4;
  if (buffer.byteLength < labelsAt + 4) return "truncated";
  const labelBytes = head.getUint32(labelsAt, true);
  if (buffer.byteLength < labelsAt + 4 + labelBytes) return "truncated";

  let at = HEADER;
  const f64 = (count: number) => new Float64Array(buffer, (at += count * 8) - count * 8, count);
  const f32 = (count: number) => new Float32Array(buffer, (at += count * 4) - count * 4, count);
  const i32 = (count: number) => new Int32Array(buffer, (at += count * 4) - count * 4, count);
  const u8 = (count: number) => new Uint8Array(buffer, (at += count) - count, count);

  let labels: Record<string, Label> = {};
  if (labelBytes > 0) {
    try {
      labels = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, labelsAt + 4, labelBytes))) as Record<string, Label>;
    } catch {
      return "bad_labels";
    }
  }
  return {
    kind: kind === 1 ? "snapshot" : "delta",
    simulated: (head.getUint8(5) & 1) === 1,
    seq: head.getUint32(8, true),
    base: head.getUint32(12, true),
    time: head.getFloat64(16, true),
    n,
    // The order of these properties is the order of the columns in the frame: each call takes the next ones.
    trackId: f64(n),
    removed: f64(m),
    updatedAt: f64(n),
    lat: i32(n),
    lon: i32(n),
    altM: f32(n),
    velEast: f32(n),
    velNorth: f32(n),
    velUp: f32(n),
    sigmaM: f32(n),
    group: i32(n),
    status: u8(n),
    affiliation: u8(n),
    classification: u8(n),
    flags: u8(n),
    existence: u8(n),
    alert: u8(n),
    labels,
  };
}
