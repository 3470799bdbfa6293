/**
 * The world's land (Natural Earth 1:50 million, as packed by world-atlas), loaded once and put on the site's plane. Works off
 * line.
 */
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import landUrl from "world-atlas/land-50m.json?url";
import type { Plane } from "../geo.ts";
import { shapesOf, type Shape } from "./shapes.ts";

export async function worldLand(plane: Plane): Promise<Shape[]> {
  const response = await fetch(landUrl);
  const topology = (await response.json()) as Topology<{ land: GeometryCollection }>;
  return shapesOf(feature(topology, topology.objects.land), plane);
}
