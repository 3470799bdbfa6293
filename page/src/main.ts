/** The page's start: builds the skeleton, joins streams, state, map, lists, keys and sound, and keeps the slow polls going. */
import { html, render } from "lit";
import { api, ApiError, type Alert } from "./api.ts";
import { Desk } from "./desk.ts";
import { bearingDistance, Plane } from "./geo.ts";
import { publish, type Measured } from "./hooks.ts";
import { followKeys } from "./keys.ts";
import { followGestures } from "./map/gestures.ts";
import type { Box } from "./map/labels.ts";
import { worldLand } from "./map/land.ts";
import { CanvasRenderer } from "./map/renderer.ts";
import type { Overlay } from "./map/overlay.ts";
import { shapesOf } from "./map/shapes.ts";
import type { Marks } from "./map/tracks.ts";
import { applyPalette, rememberedPalette } from "./palette.ts";
import { isShown } from "./quick.ts";
import { Sound } from "./sound.ts";
import { State } from "./state.ts";
import { followAlerts } from "./stream/alerts.ts";
import { PictureLink, type Hello } from "./stream/picture.ts";
import { alertList } from "./ui/alerts.ts";
import { header, strips } from "./ui/header.ts";
import { exerciseDialog } from "./ui/exercise.ts";
import { help } from "./ui/help.ts";
import { logPane } from "./ui/logpane.ts";
import { overMap } from "./ui/overmap.ts";
import { phoneNav } from "./ui/phone.ts";
import { siteDialog } from "./ui/sitechange.ts";
import { side } from "./ui/side.ts";
import { trackList } from "./ui/tracklist.ts";
import { roundLength, unitsNow } from "./units.ts";
import { bearing, distance, place } from "./words.ts";
import { zoneEdit } from "./zones/edit.ts";

const SENSORS_EVERY_MS = 2000;
const COUNTS_EVERY_MS = 6000;
const REPLAY_EVERY_MS = 500;
const DETAIL_EVERY_MS = 2000;
const EXERCISE_EVERY_MS = 1000;
const MESSAGE_MS = 7000;
const FLASH_MS = 500;

const state = new State();
state.palette = rememberedPalette();
state.wall = new URLSearchParams(location.search).get("view") === "wall";
state.started = sessionStorage.getItem("picket.started") === "1";
const sound = new Sound(() => state.changed());
const desk = new Desk(state, sound);
const measured: Measured = { lastLatencyMs: null, firstTrackMs: null, alertMs: [] };
const calm = matchMedia("(prefers-reduced-motion: reduce)");

// -- the skeleton ------------------------------------------------------------------------------------------------
render(
  html`
    <header class="head" id="head"></header>
    <section class="strips" id="strips" aria-label="State of the picture"></section>
    <main class="desk">
      <section class="map" id="map" aria-label="Map of tracks, zones and sensors" tabindex="0">
        <canvas id="tracks" aria-hidden="true"></canvas>
        <div id="zone-map" hidden></div>
        <div id="over-map"></div>
        <div class="north" aria-hidden="true"><span>N</span></div>
        <div class="scale" id="scale" aria-hidden="true"><span id="scale-words"></span><i id="scale-bar"></i></div>
        <div class="readout" id="readout" aria-hidden="true"></div>
        <div class="map-buttons">
          <button id="zoom-in" aria-label="Zoom in" title="Zoom in (+)">+</button>
          <button id="zoom-out" aria-label="Zoom out" title="Zoom out (−)">−</button>
          <button id="fit" aria-label="Fit the site" title="Fit the site (f)">⌂</button>
        </div>
      </section>
      <div class="strip" id="strip">
        <section class="pane tracks-pane" id="tracks-pane" aria-label="Tracks"></section>
        <section class="pane log-pane" id="log-pane" aria-label="Watch log"></section>
      </div>
      <div class="side">
        <section class="pane alerts-pane" id="alerts-pane" aria-label="Alerts"></section>
        <section class="pane lower-pane" id="side" aria-label="Detail, sensors, zones and alarms"></section>
        <div class="message" id="message" role="status"></div>
      </div>
    </main>
    <nav class="phone-nav" id="phone-nav" aria-label="Panes"></nav>
    <div class="hidden" id="live-high" aria-live="assertive"></div>
    <div class="hidden" id="live" aria-live="polite"></div>
    <div id="help"></div>
  `,
  document.querySelector<HTMLElement>("#app")!,
);
const el = <T extends HTMLElement>(id: string) => document.querySelector<T>(`#${id}`)!;

// -- the map -----------------------------------------------------------------------------------------------------
const NO_HISTORY = new Float64Array(0);
let history = NO_HISTORY;
let historyOf: unknown = null;

function marks(): Marks {
  if (state.detail !== historyOf) {
    historyOf = state.detail;
    const rows = state.detail?.history ?? [];
    history = new Float64Array(rows.length * 2);
    rows.forEach(([, lat, lon], i) => history.set([state.store.plane.x(lon), state.store.plane.y(lat)], 2 * i));
  }
  const raised = new Set<number>();
  for (const alert of state.alerts.values()) if (alert.state === "raised") alert.track_ids.forEach((id) => raised.add(id));
  return {
    selected: state.selected,
    history: state.selected >= 0 ? history : NO_HISTORY,
    raised,
    geoidM: state.hello?.site.geoid_separation_m ?? 0,
    shows: state.quick === 0 ? null : (slot) => isShown(state.quick, state.store, slot, state.selected),
    covered: covered(),
    flash: !calm.matches && Math.floor(performance.now() / FLASH_MS) % 2 === 1,
  };
}

let scaleKey = "";
let coveredAt = "";
let coveredBoxes: Box[] = [];
/** The boxes of what lies over the map, asked anew when map or scale have another size: asking has the browser lay out the page. */
function covered(): Box[] {
  const { width, height } = renderer.view;
  const notes = el("over-map").querySelectorAll<HTMLElement>(".over-note");
  const key = `${width} ${height} ${scaleKey} ${notes.length}`;
  if (coveredAt !== key) {
    coveredAt = key;
    const fixed = el("map").querySelectorAll<HTMLElement>(":scope > .scale, :scope > .north, :scope > .map-buttons");
    const frame = el("map").getBoundingClientRect();
    coveredBoxes = [...fixed, ...notes].map((e) => {
      const { x, y, width: w, height: h } = e.getBoundingClientRect();
      return { x: x - frame.x, y: y - frame.y, w, h };
    });
  }
  return coveredBoxes;
}

/** The officer's own lines over the picture; null when there are none, which is nearly always. */
function overlay(): Overlay | null {
  const { ruler, sighting, log } = desk;
  if (!ruler.on && !sighting.open && !log.at.place) return null;
  const measured = ruler.measured();
  const bearingDeg = sighting.open ? sighting.bearingDeg() : null;
  return {
    lines: measured ? [{ from: ruler.from!, to: ruler.to!, words: `${bearing(measured.bearingDeg)}  ${distance(measured.distanceM)}` }] : [],
    rays: bearingDeg === null ? [] : [{ from: sighting.from, bearingDeg }],
    pins: [...(log.at.place ? [log.at.place] : []), ...(ruler.on && ruler.from ? [ruler.from] : [])],
  };
}

/** In the task after this animation frame: when what was drawn has been handed over for display. */
function afterFrame(then: () => void): void {
  const channel = new MessageChannel();
  channel.port1.onmessage = then;
  channel.port2.postMessage(null);
}

const renderer = new CanvasRenderer(el<HTMLCanvasElement>("tracks"), state.store, applyPalette(state.palette), {
  marks,
  now: () => state.pictureTime(),
  overlay,
  onFrame: () => {
    if (measured.firstTrackMs === null && renderer.shownTracks() > 0) measured.firstTrackMs = performance.now();
    if (stamped !== null) {
      const time = stamped;
      stamped = null;
      afterFrame(() => (measured.lastLatencyMs = Date.now() - time * 1000));
    }
    drawScale();
  },
});
desk.renderer = desk.coverage.renderer = desk.flights.renderer = renderer;
let stamped: number | null = null;

function drawScale(): void {
  const key = `${renderer.view.res} ${unitsNow()}`;
  if (key === scaleKey) return;
  scaleKey = key;
  const { res, cy } = renderer.view;
  const ground = res / state.store.plane.stretch(state.store.plane.lat(cy));
  const length = roundLength(70 * ground);
  el("scale-words").textContent = length.words;
  el("scale-bar").style.width = `${Math.round(length.metres / ground)}px`;
  renderer.touch(); // labels make room for it
}

followGestures(el("map"), renderer.view, {
  onClick: (x, y) => {
    const plane = state.store.plane;
    if (state.picking) state.picking.set(plane.lat(renderer.view.toPlaneY(y)), plane.lon(renderer.view.toPlaneX(x)));
    else desk.select(renderer.hit(x, y));
  },
  onMove: (x, y) => {
    const plane = state.store.plane;
    const [lat, lon] = [plane.lat(renderer.view.toPlaneY(y)), plane.lon(renderer.view.toPlaneX(x))];
    if (desk.ruler.on) {
      desk.ruler.hover(lat, lon);
      renderer.touch();
      state.changed();
    }
    const from = bearingDistance(plane.latDeg, plane.lonDeg, lat, lon);
    el("readout").textContent = `${place(lat, lon)}   ${bearing(from.bearingDeg)} ${distance(from.distanceM)} from site`;
  },
  onLeave: () => (el("readout").textContent = ""),
});
el("zoom-in").onclick = () => renderer.view.zoom(1.5);
el("zoom-out").onclick = () => renderer.view.zoom(1 / 1.5);
el("fit").onclick = () => desk.fitSite();
desk.editZone = (id) => void zoneEdit(desk).open(id);

// -- the lists ---------------------------------------------------------------------------------------------------
/** Which panes the screen has: by the officer's choice, by the station's routes, by the kind of screen. */
function drawDesk(): void {
  const { dataset } = document.body;
  dataset["pane"] = state.pane;
  dataset["view"] = state.wall ? "wall" : "desk";
  el("strip").hidden = !state.strip || state.wall;
  el("log-pane").hidden = !desk.log.here;
  el("side").hidden = state.wall;
}

function draw(): void {
  render(header(desk), el("head"));
  render(strips(desk), el("strips"));
  render(overMap(desk), el("over-map"));
  render(alertList(desk), el("alerts-pane"));
  drawDesk();
  if (state.strip && !state.wall) {
    render(trackList(desk), el("tracks-pane"));
    if (desk.log.here) render(logPane(desk), el("log-pane"));
  }
  if (!state.wall) render(side(desk), el("side"));
  render(phoneNav(desk), el("phone-nav"));
  render(html`${help(desk)}${siteDialog(desk)}${exerciseDialog(desk)}`, el("help"));
  for (const behind of document.querySelectorAll<HTMLElement>(".head, .desk")) behind.inert = state.help || desk.site.open || desk.exercise.open;
  const { message } = state;
  const shown = message && performance.now() - message.atMs < MESSAGE_MS;
  el("message").textContent = shown ? message.words : "";
  el("message").className = `message ${shown && message.bad ? "is-bad" : ""}`;
  el("map").classList.toggle("is-lost", state.pictureLost);
  const raised = state.raisedAlerts().length;
  document.title = `${state.simulated ? "EXERCISE " : ""}${raised ? `(${raised}) ` : ""}${state.hello?.site.name ?? "Picket"} · Picket`;
}
state.onChange(draw);
state.showAlerts = () => render(alertList(desk), el("alerts-pane"));
draw();

const ALERTS_MEASURED = 500;
/** When the alerts were raised whose rows the next drawing shows. */
let fresh: number[] = [];

/** Ask how long an alert took from the station to the screen; the rows are drawn in the next frame. */
function measureAlert(alert: Alert): void {
  if (alert.state !== "raised" || state.alerts.has(alert.id)) return;
  if (fresh.length === 0)
    requestAnimationFrame(() =>
      afterFrame(() => {
        measured.alertMs.push(...fresh.map((raised) => Date.now() - raised * 1000));
        measured.alertMs.splice(0, measured.alertMs.length - ALERTS_MEASURED);
        fresh = [];
      }),
    );
  fresh.push(alert.raised_at);
}

desk.announce = (alert: Alert) => {
  const region = el(alert.severity === "high" ? "live-high" : "live");
  region.textContent = `New ${alert.severity} alert: ${alert.text}`;
};

// -- the streams -------------------------------------------------------------------------------------------------
let siteKey = "";

function takeHello(hello: Hello): void {
  state.hello = hello;
  state.simulated = hello.simulated;
  state.heardTime(hello.time);
  const key = `${hello.site.lat_deg},${hello.site.lon_deg}`;
  if (key !== siteKey) {
    siteKey = key;
    const plane = new Plane(hello.site.lat_deg, hello.site.lon_deg);
    state.store.setPlane(plane);
    renderer.setBase({ plane, land: [], site: [], zones: [], sensors: [], simulated: hello.simulated });
    desk.fitSite();
    void loadSite(plane, key);
  }
  renderer.setBase({ simulated: hello.simulated });
  state.changed();
}

/** What is drawn under the tracks; each part that fails leaves the others standing. */
async function loadSite(plane: Plane, key: string): Promise<void> {
  const isCurrent = () => key === siteKey;
  const [map] = await Promise.allSettled([api.map(), desk.loadZones(), pollSensors()]);
  if (!isCurrent()) return;
  if (map.status === "fulfilled") renderer.setBase({ site: shapesOf(map.value, plane) });
  else state.say(`The site's map did not come: ${String(map.reason.message)}`, true);
  desk.fitSite();
  // The world's land is the heaviest part and the least urgent: it comes when the live picture stands.
  const land = await worldLand(plane);
  if (isCurrent()) renderer.setBase({ land });
}

const link = new PictureLink({
  onHello: takeHello,
  onFrame: (frame) => {
    if (frame.simulated !== state.simulated) {
      state.simulated = frame.simulated;
      renderer.setBase({ simulated: frame.simulated });
    }
    state.heardTime(frame.time);
    // A replay went back: trails of what was to come are not those of what was.
    if (state.replay && frame.kind === "snapshot") state.store.clear();
    state.store.apply(frame);
    stamped = frame.time;
    renderer.touch();
  },
  onLife: () => {
    state.pictureLifeMs = performance.now();
    state.everLinked = true;
  },
});

followAlerts({
  onAll: (alerts) => desk.takeAllAlerts(alerts),
  onAlert: (alert) => {
    measureAlert(alert);
    desk.takeAlert(alert);
  },
  onLife: () => (state.alertLifeMs = performance.now()),
});

// -- the slow polls ----------------------------------------------------------------------------------------------
let sensorsDrawn = "";

async function pollSensors(): Promise<void> {
  try {
    const [{ sensors }, health] = await Promise.all([api.sensors(), api.health()]);
    state.sensors = sensors;
    state.sensorsAtMs = performance.now();
    state.health = health;
    state.signedOut = false;
    drawSensors();
  } catch (e) {
    state.signedOut = e instanceof ApiError && e.status === 401;
  }
  state.changed();
}

/** The base is drawn anew only when a sensor's place or state changed, not at every poll. */
function drawSensors(): void {
  const sensors = state.sensors.map((s) => ({ ...s, state: state.sensorState(s) }));
  const key = JSON.stringify(sensors.map((s) => [s.id, s.state, s.lat_deg, s.lon_deg, s.max_range_m, s.sector_deg]));
  if (key === sensorsDrawn) return;
  sensorsDrawn = key;
  renderer.setBase({ sensors });
}

/** What the page can do without for a while: the link's own state says that the station is away, and the last values stay. */
async function pollCounts(): Promise<void> {
  await learnRoutes();
  const [counts, alarms, rules] = await Promise.allSettled([
    api.counts(),
    state.has("get", "/api/alarms") ? api.alarms() : null,
    state.has("get", "/api/rules") ? api.rules() : null,
  ]);
  if (counts.status === "fulfilled") state.counts = counts.value;
  if (alarms.status === "fulfilled") state.alarms = alarms.value;
  if (rules.status === "fulfilled" && rules.value) state.rules = rules.value.rules;
  await Promise.all([desk.site.load(), desk.flights.load()]);
  desk.log.soon();
  state.changed();
}

/** Once: what this station serves. A part of the page whose route is missing is not shown. */
async function learnRoutes(): Promise<void> {
  if (state.routes) return;
  try {
    const { paths } = await api.routes();
    state.routes = new Set(Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((m) => `${m} ${path}`)));
    await Promise.all([
      desk.log.load(),
      desk.replay.load(),
      desk.exercise.load(),
      state.has("get", "/api/doors") ? api.doors().then((d) => (state.doors = d.doors)) : null,
    ]);
  } catch {
    // Asked again with the next poll.
  }
}

window.setInterval(() => void pollSensors(), SENSORS_EVERY_MS);
window.setInterval(() => void pollCounts(), COUNTS_EVERY_MS);
window.setInterval(() => void desk.exercise.load(), EXERCISE_EVERY_MS);
window.setInterval(() => void desk.coverage.load(), COUNTS_EVERY_MS);
window.setInterval(() => void desk.replay.load(), REPLAY_EVERY_MS);
window.setInterval(
  () => void (state.selected >= 0 && state.tab === "detail" && !state.pictureLost && desk.loadDetail()),
  DETAIL_EVERY_MS,
);
void pollCounts();

// Ages count on, sensors go stale and links are found lost between messages too.
window.setInterval(() => {
  drawSensors();
  desk.soundAlarm(false);
  state.changed();
}, 500);

followKeys(desk);
publish(desk, link, measured);
requestAnimationFrame(() => document.querySelector<HTMLElement>("#watch-now")?.focus());
