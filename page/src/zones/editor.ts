/**
 * Editing one shape over the map with OpenLayers: its view follows ours, its interactions move corners, ours still pan and
 * zoom.
 */
import type { Geometry } from "geojson";
import Feature from "ol/Feature.js";
import GeoJSON from "ol/format/GeoJSON.js";
import { LineString, MultiPoint, MultiPolygon, Polygon } from "ol/geom.js";
import { Draw, Modify, Snap } from "ol/interaction.js";
import VectorLayer from "ol/layer/Vector.js";
import Map from "ol/Map.js";
import VectorSource from "ol/source/Vector.js";
import { Circle, Fill, Stroke, Style } from "ol/style.js";
import { altKeyOnly, singleClick } from "ol/events/condition.js";
import OlView from "ol/View.js";
import type { Plane } from "../geo.ts";
import type { View } from "../map/view.ts";

const FORMAT = new GeoJSON({ featureProjection: "EPSG:3857", dataProjection: "EPSG:4326" });

/** Every corner of a shape, so that the officer sees what can be dragged. */
function cornersOf(geometry: unknown): MultiPoint | undefined {
  if (geometry instanceof Polygon) return new MultiPoint(geometry.getCoordinates().flat());
  if (geometry instanceof MultiPolygon) return new MultiPoint(geometry.getCoordinates().flat(2));
  return geometry instanceof LineString ? new MultiPoint(geometry.getCoordinates()) : undefined;
}

export class ZoneEditor {
  private readonly target: HTMLElement;
  private readonly view: View;
  private readonly plane: Plane;
  private readonly source = new VectorSource();
  private readonly map: Map;
  private drawing: Draw | null = null;
  private kind: "Polygon" | "LineString" = "Polygon";
  private running = false;
  private readonly style: Style;

  constructor(target: HTMLElement, view: View, plane: Plane) {
    this.target = target;
    this.view = view;
    this.plane = plane;
    const ink = getComputedStyle(document.documentElement).getPropertyValue("--focus").trim() || "#0b4f9c";
    const corners = new Style({
      image: new Circle({ radius: 4.5, fill: new Fill({ color: "#ffffff" }), stroke: new Stroke({ color: ink, width: 2 }) }),
      geometry: (feature) => cornersOf(feature.getGeometry()),
    });
    const style = new Style({
      stroke: new Stroke({ color: ink, width: 2.5 }),
      fill: new Fill({ color: "rgba(128,160,200,0.15)" }),
      image: new Circle({ radius: 6, fill: new Fill({ color: ink }) }),
    });
    this.style = style;
    this.target.hidden = false; // OpenLayers must be able to measure it
    this.map = new Map({
      target,
      controls: [],
      interactions: [],
      layers: [new VectorLayer({ source: this.source, style: [style, corners], updateWhileInteracting: true })],
      view: new OlView({
        constrainResolution: false,
        smoothResolutionConstraint: false,
        smoothExtentConstraint: false,
        multiWorld: true,
      }),
    });
    this.map.addInteraction(new Modify({ source: this.source, style, deleteCondition: (e) => altKeyOnly(e) && singleClick(e) }));
    this.map.addInteraction(new Snap({ source: this.source }));
  }

  start(geometry: Geometry): void {
    this.stop();
    this.kind = geometry.type.includes("Line") ? "LineString" : "Polygon";
    this.source.addFeature(new Feature(FORMAT.readGeometry(geometry) ?? undefined));
    this.target.hidden = false;
    this.running = true;
    this.map.updateSize();
    this.follow();
  }

  /** Begin without a shape: the first is drawn. */
  startNew(kind: "Polygon" | "LineString", done: () => void): void {
    this.stop();
    this.kind = kind;
    this.target.hidden = false;
    this.running = true;
    this.map.updateSize();
    this.follow();
    this.draw(done);
  }

  /** Throw the shape away and draw another; `done` is called when it is closed. */
  draw(done: () => void): void {
    this.endDrawing();
    this.source.clear();
    const draw = new Draw({ source: this.source, type: this.kind, style: this.style });
    draw.on("drawend", () => {
      // The click that ends the drawing must not start another one.
      setTimeout(() => {
        this.endDrawing();
        done();
      });
    });
    this.drawing = draw;
    this.map.addInteraction(draw);
  }

  geometry(): Geometry | null {
    const feature = this.source.getFeatures()[0];
    const geometry = feature?.getGeometry();
    return geometry ? (FORMAT.writeGeometryObject(geometry, { decimals: 7 }) as Geometry) : null;
  }

  stop(): void {
    this.endDrawing();
    this.source.clear();
    this.running = false;
    this.target.hidden = true;
  }

  private endDrawing(): void {
    if (this.drawing) this.map.removeInteraction(this.drawing);
    this.drawing = null;
  }

  /** Keep OpenLayers' view on ours as long as a zone is being edited. */
  private follow(): void {
    let seen = -1;
    const step = () => {
      if (!this.running) return;
      if (seen !== this.view.version) {
        seen = this.view.version;
        this.map.getView().setCenter([this.view.cx + this.plane.originX, this.view.cy + this.plane.originY]);
        this.map.getView().setResolution(this.view.res);
      }
      requestAnimationFrame(step);
    };
    step();
  }
}
