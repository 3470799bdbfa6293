/** Map shapes on the site's plane: GeoJSON and the world's land as flat rings of plane metres, with their bounds. */
import type { Feature, FeatureCollection, Geometry, Position } from "geojson";
import { EARTH_RADIUS_M, type Plane } from "../geo.ts";

/** x0, y0, x1, y1 ... in plane metres. */
export type Ring = Float64Array;

export interface Shape {
  kind: string;
  id: string;
  name: string;
  /** Polygons' rings (filled together, even-odd) or lines. */
  rings: Ring[];
  filled: boolean;
  /** Where a point feature lies, or the middle of the bounds. */
  x: number;
  y: number;
  point: boolean;
  bounds: [number, number, number, number];
}

const WORLD_M = 2 * Math.PI * EARTH_RADIUS_M;

/** A ring on the plane, unbroken across the 180th meridian and as near to the site as a whole turn allows. */
export function ringOf(positions: Position[], plane: Plane): Ring {
  const ring = new Float64Array(positions.length * 2);
  let turn = 0;
  let before = 0;
  let low = Infinity;
  let high = -Infinity;
  positions.forEach((p, i) => {
    let x = plane.x(p[0]!) + turn;
    if (i > 0 && Math.abs(x - before) > WORLD_M / 2) {
      const step = x > before ? -WORLD_M : WORLD_M;
      turn += step;
      x += step;
    }
    before = x;
    low = Math.min(low, x);
    high = Math.max(high, x);
    ring[2 * i] = x;
    ring[2 * i + 1] = plane.y(p[1]!);
  });
  const shift = -WORLD_M * Math.round((low + high) / 2 / WORLD_M);
  if (shift) for (let i = 0; i < ring.length; i += 2) ring[i]! += shift;
  return ring;
}

export function boundsOf(rings: Ring[]): [number, number, number, number] {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      x0 = Math.min(x0, ring[i]!);
      x1 = Math.max(x1, ring[i]!);
      y0 = Math.min(y0, ring[i + 1]!);
      y1 = Math.max(y1, ring[i + 1]!);
    }
  }
  return [x0, y0, x1, y1];
}

function shape(words: Words, rings: Ring[], filled: boolean, point = false): Shape {
  const bounds = boundsOf(rings);
  return { ...words, rings, filled, point, x: (bounds[0] + bounds[2]) / 2, y: (bounds[1] + bounds[3]) / 2, bounds };
}

interface Words {
  kind: string;
  id: string;
  name: string;
}

function shapesOfGeometry(geometry: Geometry, words: Words, plane: Plane): Shape[] {
  switch (geometry.type) {
    case "Point":
      return [shape(words, [ringOf([geometry.coordinates], plane)], false, true)];
    case "MultiPoint":
      return geometry.coordinates.map((p) => shape(words, [ringOf([p], plane)], false, true));
    case "LineString":
      return [shape(words, [ringOf(geometry.coordinates, plane)], false)];
    case "MultiLineString":
      return geometry.coordinates.map((line) => shape(words, [ringOf(line, plane)], false));
    case "Polygon":
      return [
        shape(
          words,
          geometry.coordinates.map((r) => ringOf(r, plane)),
          true,
        ),
      ];
    case "MultiPolygon":
      return geometry.coordinates.map((polygon) =>
        shape(
          words,
          polygon.map((r) => ringOf(r, plane)),
          true,
        ),
      );
    case "GeometryCollection":
      return geometry.geometries.flatMap((g) => shapesOfGeometry(g, words, plane));
  }
}

/** Every drawable shape of a collection; `kind` and `name` come from the feature's properties. */
export function shapesOf(collection: FeatureCollection, plane: Plane): Shape[] {
  return collection.features.flatMap((feature: Feature) => {
    if (!feature.geometry) return [];
    const said = (feature.properties ?? {}) as Record<string, unknown>;
    const words = {
      kind: String(said["kind"] ?? ""),
      id: String(said["id"] ?? ""),
      name: String(said["name"] ?? said["id"] ?? ""),
    };
    return shapesOfGeometry(feature.geometry, words, plane);
  });
}

/** A polygon's ring cut to a rectangle (Sutherland-Hodgman): a continent costs what is on the screen, not what it has. */
export function clipRing(ring: Ring, x0: number, y0: number, x1: number, y1: number): number[] {
  let points: number[] = Array.from(ring);
  const sides: [0 | 1, number, 1 | -1][] = [
    [0, x0, 1],
    [0, x1, -1],
    [1, y0, 1],
    [1, y1, -1],
  ];
  for (const [axis, limit, sign] of sides) {
    const kept: number[] = [];
    const count = points.length / 2;
    for (let i = 0; i < count; i++) {
      const j = (i + 1) % count;
      const [ax, ay, bx, by] = [points[2 * i]!, points[2 * i + 1]!, points[2 * j]!, points[2 * j + 1]!];
      const a = ((axis ? ay : ax) - limit) * sign;
      const b = ((axis ? by : bx) - limit) * sign;
      if (a >= 0) kept.push(ax, ay);
      if (a >= 0 !== b >= 0) {
        const t = a / (a - b);
        kept.push(ax + t * (bx - ax), ay + t * (by - ay));
      }
    }
    points = kept;
    if (points.length === 0) break;
  }
  return points;
}
