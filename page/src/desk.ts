/**
 * What the officer can do: every action of keys, lists and buttons, in one place. Actions change the state and say what went
 * wrong.
 */
import { api, CAUSES, words, type Alert, type Cause, type Severity } from "./api.ts";
import { Coverage } from "./coverage.ts";
import { ExerciseDesk } from "./exercise.ts";
import { PlannedFlights } from "./flights.ts";
import type { Renderer } from "./map/renderer.ts";
import { shapesOf } from "./map/shapes.ts";
import { applyPalette, PALETTES, type PaletteName } from "./palette.ts";
import { QUICK } from "./quick.ts";
import { Replay } from "./replay.ts";
import { RuleDesk } from "./rules.ts";
import { Ruler } from "./ruler.ts";
import { SiteChanges } from "./sitechange.ts";
import { SightingForm } from "./sighting.ts";
import { SEVERITY_RANK, type Pane, type Sort, type State, type Tab } from "./state.ts";
import type { Sound } from "./sound.ts";
import { setTimeOfDay, setUnits, timeNow, UNIT_WORDS, unitsNow } from "./units.ts";
import { WatchLog } from "./watchlog.ts";

export const SHELVE_MINUTES = [5, 15, 30, 60, 120] as const;
export const SHELVE_REASONS = ["known and watched", "friendly at work", "birds", "sea or rain clutter", "sensor being repaired"] as const;
const CLOSED_KEPT = 5;
/** Looking comes at least this near, plane metres per pixel: the screen is then some 8 km wide. */
const LOOK_RES_M = 10;

export class Desk {
  readonly state: State;
  readonly sound: Sound;
  /** Set by main once the map exists. */
  renderer!: Renderer;
  /** Tells the live region of a new alert. */
  announce: (alert: Alert) => void = () => {};
  /** Opens or closes the zone editor for a zone; loaded when first needed. */
  editZone: (id: string | null) => void = () => {};
  readonly log: WatchLog;
  readonly ruler: Ruler;
  readonly sighting: SightingForm;
  readonly coverage: Coverage;
  readonly site: SiteChanges;
  readonly flights: PlannedFlights;
  readonly replay: Replay;
  readonly rules: RuleDesk;
  readonly exercise: ExerciseDesk;
  private loadingDetail = -1;

  constructor(state: State, sound: Sound) {
    this.state = state;
    this.sound = sound;
    this.log = new WatchLog(state);
    this.ruler = new Ruler(state);
    this.sighting = new SightingForm(state);
    this.coverage = new Coverage(state);
    this.site = new SiteChanges(state);
    this.flights = new PlannedFlights(state);
    this.replay = new Replay(state);
    this.rules = new RuleDesk(state);
    this.exercise = new ExerciseDesk(state);
  }

  // -- alerts as they come -----------------------------------------------------------------------------------

  takeAlert(alert: Alert): void {
    const { state } = this;
    const before = state.alerts.get(alert.id);
    if (before && before.n > alert.n) return;
    state.alerts.set(alert.id, alert);
    if (!before && alert.state === "raised") this.announce(alert);
    this.afterAlerts(!before && alert.state === "raised");
    // The row is on the screen a frame earlier than the other panes and the mark on the map, which with thousands of tracks take their time.
    state.alertsFirst ||= !before;
    this.renderer.yieldFrame();
  }

  takeAllAlerts(alerts: Alert[]): void {
    const { state } = this;
    const fresh = alerts.filter((a) => a.state === "raised" && !state.alerts.has(a.id));
    // A replay goes back: what was closed later is not closed yet.
    const closed = state.replay ? [] : [...state.alerts.values()].filter((a) => a.state === "closed");
    state.alerts = new Map([...closed, ...alerts].map((a) => [a.id, a]));
    fresh.forEach((a) => this.announce(a));
    this.afterAlerts(fresh.length > 0);
  }

  private afterAlerts(isNew: boolean): void {
    const { state } = this;
    const closed = [...state.alerts.values()]
      .filter((a) => a.state === "closed")
      .sort((a, b) => (b.closed_at ?? 0) - (a.closed_at ?? 0));
    closed.slice(CLOSED_KEPT).forEach((a) => state.alerts.delete(a.id));
    const current = state.cursor === null ? undefined : state.alerts.get(state.cursor);
    if (!current || current.state === "closed") state.cursor = state.openAlerts()[0]?.id ?? null;
    const gone = (id: number | null) => id === null || (state.alerts.get(id)?.state ?? "closed") === "closed";
    if (gone(state.closing)) state.closing = null;
    if (gone(state.shelving)) state.shelving = null;
    this.log.soon();
    this.soundAlarm(isNew);
    this.paintAlertedZones();
    state.changed();
    this.renderer.touch();
  }

  /** The most urgent unacknowledged alert sounds; else a lost link; else nothing. */
  soundAlarm(restart: boolean): void {
    const { state } = this;
    const top = state.raisedAlerts()[0];
    const lost = state.everLinked && (state.pictureLost || state.alertsLost);
    this.sound.want(top ? top.severity : lost ? "link" : null, restart, state.escalatedAlerts().length > 0);
  }

  private paintAlertedZones(): void {
    const alerted = new Map<string, Severity>();
    for (const a of this.state.openAlerts()) {
      if (!a.zone || !a.active) continue;
      const held = alerted.get(a.zone);
      if (!held || SEVERITY_RANK[a.severity] > SEVERITY_RANK[held]) alerted.set(a.zone, a.severity);
    }
    const key = JSON.stringify([...alerted]);
    if (key === this.zonesPainted) return;
    this.zonesPainted = key;
    this.renderer.setBase({ alerted });
  }
  private zonesPainted = "[]";

  // -- alerts as the officer handles them --------------------------------------------------------------------

  moveCursor(step: number): void {
    const { state } = this;
    const list = state.orderedAlerts();
    if (!list.length) return;
    const at = list.findIndex((a) => a.id === state.currentAlert()?.id);
    const next = list[Math.max(0, Math.min(list.length - 1, at + step))]!;
    this.point(next.id);
  }

  /** Put the cursor on an alert and the keyboard's focus on its row. */
  point(id: number): void {
    const { state } = this;
    state.cursor = id;
    if (state.closing !== id) state.closing = null;
    if (state.shelving !== id) state.shelving = null;
    state.changed();
    requestAnimationFrame(() => requestAnimationFrame(() => this.focusRow(id)));
  }

  private focusRow(id: number): void {
    if (this.state.cursor !== id) return; // the officer has moved on: a late focus would pull the cursor back
    const row = document.querySelector<HTMLElement>(`[data-alert="${id}"] .alert-main`);
    row?.focus({ preventScroll: true });
    row?.closest("li")?.scrollIntoView({ block: "nearest" });
  }

  /** Centre the map on an alert and select its nearest track. */
  look(alert: Alert | null): void {
    if (!alert) return;
    const { state } = this;
    state.cursor = alert.id;
    state.pane = "map";
    const id = alert.nearest_track_id ?? alert.track_ids[0] ?? -1;
    const slot = state.store.slotOf(id);
    if (slot >= 0) {
      this.select(id);
      this.centre(state.store.drawX[slot]!, state.store.drawY[slot]!);
    } else if (alert.lat_deg !== null && alert.lon_deg !== null) {
      if (id >= 0) this.select(id);
      this.centre(state.store.plane.x(alert.lon_deg), state.store.plane.y(alert.lat_deg));
    } else if (alert.sensor_id) {
      this.select(-1);
      this.show(alert.checklist?.length || alert.calls?.length ? "detail" : "sensors");
    }
    else state.say("This alert has no place on the map.");
    state.changed();
  }

  /** The most severe alert that nobody has acknowledged; of equals, the newest. */
  jumpToWorst(): void {
    const worst = this.state.orderedAlerts()[0];
    if (worst?.state !== "raised") {
      this.state.say("Every alert is acknowledged.");
      return;
    }
    this.point(worst.id);
    this.look(worst);
  }

  acknowledge(alert: Alert | null): void {
    if (!alert) this.state.say("There is no alert to acknowledge.");
    else if (alert.state !== "raised")
      this.state.say(`Alert ${alert.id} is already ${alert.state}${byWhom(alert)}. Space goes to the most severe one that is not.`);
    else void this.ask(alert, () => api.acknowledge(alert.id), "acknowledged");
  }

  startClosing(alert: Alert | null): void {
    if (!alert || alert.state === "closed") {
      this.state.say("There is no open alert to close.");
      return;
    }
    this.state.cursor = alert.id;
    if (this.state.closing !== alert.id) this.state.closingNote = null;
    this.state.closing = alert.id;
    this.state.shelving = null;
    this.state.changed();
  }

  /** Leave closing and shelving without doing either. */
  stopClosing(): void {
    this.state.closing = null;
    this.state.shelving = null;
    this.state.changed();
  }

  /** Offer the field for a note or a reason in own words; else begin a note in the watch log. */
  startNote(): void {
    if (this.state.closing !== null) this.state.closingNote ??= "";
    else if (this.state.shelving !== null) this.state.shelveReason ??= "";
    else this.log.startNote();
    this.state.changed();
  }

  /** Choose how long an alert goes on the shelf and why; one that lies there comes back. */
  startShelving(alert: Alert | null): void {
    const { state } = this;
    if (!state.has("post", "/api/alerts/{alert_id}/shelve")) state.say("This station cannot shelve alerts.");
    else if (!alert || alert.state === "closed") state.say("There is no open alert to shelve.");
    else if (alert.state === "shelved") void this.ask(alert, () => api.unshelve(alert.id), "is back from the shelf");
    else {
      state.cursor = alert.id;
      state.closing = null;
      if (state.shelving !== alert.id) state.shelveReason = null;
      state.shelving = alert.id;
    }
    state.changed();
  }

  setShelveMinutes(minutes: number): void {
    this.state.shelveMinutes = minutes;
    this.state.changed();
  }

  shelve(reason: string): void {
    const { state } = this;
    const alert = state.shelving === null ? undefined : state.alerts.get(state.shelving);
    if (!alert || !reason.trim()) return;
    const minutes = state.shelveMinutes;
    state.shelving = null;
    void this.ask(alert, () => api.shelve(alert.id, minutes, reason.trim()), `is on the shelf for ${minutes} min`);
  }

  close(cause: Cause): void {
    const { state } = this;
    const alert = state.closing === null ? undefined : state.alerts.get(state.closing);
    const note = state.closingNote?.trim() ?? "";
    state.closing = null;
    if (alert) void this.closeWith(alert, cause, note);
  }

  /** What was typed is not lost when the station refuses: the form comes back with it. */
  private async closeWith(alert: Alert, cause: Cause, note: string): Promise<void> {
    const { state } = this;
    const done = await this.ask(alert, () => api.close(alert.id, cause, note), `closed: ${cause}`);
    if (done || !note || state.closing !== null) return;
    state.closing = alert.id;
    state.closingNote = note;
    state.changed();
  }

  /** A digit chooses from the chooser that is open: false where none is. */
  chooseByDigit(digit: number): boolean {
    const [cause, reason] = [CAUSES[digit - 1], SHELVE_REASONS[digit - 1]];
    if (this.state.closing !== null && cause) this.close(cause);
    else if (this.state.shelving !== null && reason) this.shelve(reason);
    else return false;
    return true;
  }

  /**
   * Ask the station to change an alert. What is asked while an earlier change of the same alert is under way waits for it: an officer
   * types faster than a station far away answers, and no key may be lost. The same thing asked twice is asked once.
   */
  private async ask(alert: Alert, request: () => Promise<Alert>, done: string): Promise<boolean> {
    const { state } = this;
    const under = state.pending.get(alert.id);
    if (under?.done === done) return false;
    const asked = { done, settled: this.askNow(alert, request, done, under?.settled) };
    state.pending.set(alert.id, asked);
    state.changed();
    try {
      return await asked.settled;
    } finally {
      if (state.pending.get(alert.id) === asked) state.pending.delete(alert.id);
      state.changed();
    }
  }

  private async askNow(alert: Alert, request: () => Promise<Alert>, done: string, earlier?: Promise<boolean>): Promise<boolean> {
    await earlier;
    try {
      const after = await request();
      // An answer that comes after its alert was closed and has left the list is older than what the list knows.
      if (this.state.alerts.has(alert.id)) this.takeAlert({ ...alert, ...after });
      this.state.say(`Alert ${alert.id} ${done}.`);
      return true;
    } catch (e) {
      this.state.say(`Alert ${alert.id} was not changed: ${words(e)}`, true);
      return false;
    }
  }

  // -- tracks ------------------------------------------------------------------------------------------------

  select(id: number): void {
    const { state } = this;
    if (id !== state.selected) {
      state.selected = id;
      state.detail = null;
      state.detailError = "";
      state.operators = null;
      state.operatorsError = "";
      state.explained = null;
      state.explainedError = "";
    }
    if (id >= 0) {
      if (state.tab !== "zones") state.tab = "detail";
      if (state.pane === "tracks") state.pane = "side";
      void this.loadDetail();
    }
    state.changed();
    this.renderer.touch();
  }

  async loadDetail(): Promise<void> {
    const { state } = this;
    const id = state.selected;
    if (id < 0 || this.loadingDetail === id) return;
    this.loadingDetail = id;
    try {
      const detail = await api.track(id);
      if (state.selected === id) {
        state.detail = detail;
        state.detailError = "";
      }
    } catch (e) {
      if (state.selected === id) state.detailError = words(e);
    } finally {
      this.loadingDetail = -1;
      state.changed();
    }
  }

  async loadOperators(): Promise<void> {
    const { state } = this;
    const id = state.selected;
    try {
      const { operators } = await api.operators(id);
      if (state.selected !== id) return;
      state.operators = operators;
      state.operatorsError = "";
    } catch (e) {
      if (state.selected === id) state.operatorsError = words(e);
    }
    state.changed();
  }

  /** Why the selected track is there; asked again it is told anew. */
  async explain(): Promise<void> {
    const { state } = this;
    const id = state.selected;
    try {
      const found = await api.explain(id);
      if (state.selected !== id) return;
      state.explained = found;
      state.explainedError = "";
      state.flush();
      document.querySelector(".explained")?.scrollIntoView({ block: "nearest" });
    } catch (e) {
      if (state.selected === id) state.explainedError = words(e);
    }
    state.changed();
  }

  /** The place under the cross in the middle of the map is taken, as a click there would be. */
  takeCross(): void {
    const { view } = this.renderer;
    const { plane } = this.state.store;
    this.state.picking?.set(plane.lat(view.cy), plane.lon(view.cx));
  }

  async loadZones(): Promise<void> {
    this.state.zones = await api.zones();
    this.renderer.setBase({ zones: shapesOf(this.state.zones, this.state.store.plane) });
    this.state.changed();
  }

  lookAtTrack(id: number): void {
    const slot = this.state.store.slotOf(id);
    this.select(id);
    if (slot >= 0) this.centre(this.state.store.drawX[slot]!, this.state.store.drawY[slot]!);
  }

  lookAtPlace(lat: number, lon: number): void {
    const { plane } = this.state.store;
    this.centre(plane.x(lon), plane.y(lat));
    this.state.pane = "map";
    this.state.changed();
  }

  // -- map and page ------------------------------------------------------------------------------------------

  private centre(x: number, y: number): void {
    const { view } = this.renderer;
    view.res = Math.min(view.res, LOOK_RES_M);
    view.centre(x, y);
  }

  /** Show the site with its sensors' reach and its zones. */
  fitSite(): void {
    const { state } = this;
    const plane = state.store.plane;
    let reach = 0;
    for (const s of state.sensors)
      if (s.lat_deg !== null && s.max_range_m && s.max_range_m < 40000) reach = Math.max(reach, s.max_range_m);
    this.renderer.view.fit((reach || 6000) * plane.stretch(plane.latDeg));
  }

  show(tab: Tab): void {
    this.state.tab = tab;
    this.state.pane = "side";
    this.state.changed();
  }

  /** The strip under the map with track list and log, shown or folded away for a larger map. */
  toggleStrip(on = !this.state.strip): void {
    this.state.strip = on;
    this.state.changed();
  }

  /** Put a pane on a phone's one column; elsewhere everything is on the screen already. */
  showPane(pane: Pane): void {
    this.state.pane = pane;
    if (pane === "tracks" || pane === "log") this.state.strip = true;
    this.state.changed();
  }

  nextUnits(): void {
    setUnits(unitsNow() === "metric" ? "nautical" : "metric");
    this.redrawAll(`Units: ${UNIT_WORDS[unitsNow()]}.`);
  }

  nextTimeOfDay(): void {
    setTimeOfDay(timeNow() === "utc" ? "local" : "utc");
    this.redrawAll(`Times are ${timeNow() === "utc" ? "UTC" : "this machine's local time"}.`);
  }

  private redrawAll(said: string): void {
    this.renderer.setBase({});
    this.state.say(said);
  }

  setFilter(words: string): void {
    this.state.filter = words;
    this.state.changed();
  }

  /** A filter on one key; the same key again shows everything. */
  setQuick(quick: number): void {
    const { state } = this;
    if (!QUICK[quick]) return;
    state.quick = state.quick === quick ? 0 : quick;
    this.renderer.touch();
    state.changed();
  }

  setSort(sort: Sort): void {
    this.state.sort = sort;
    this.state.changed();
  }

  setPalette(name: PaletteName): void {
    this.state.palette = name;
    this.renderer.setPalette(applyPalette(name));
    this.state.changed();
  }

  nextPalette(): void {
    this.setPalette(PALETTES[(PALETTES.indexOf(this.state.palette) + 1) % PALETTES.length]!);
  }

  /** The alarms in turn, with words for what must be heard. */
  testSound(): void {
    this.sound.test();
    this.state.say("You hear now: high, five quick tones; medium, three; low, two.");
  }

  /** The officer sits down. Through the door itself it is also the gesture that lets the browser sound alarms: they are tried at once. */
  startWatch(withSound: boolean): void {
    this.state.started = true;
    sessionStorage.setItem("picket.started", "1");
    if (withSound && this.sound.state !== "on") this.testSound();
    this.state.changed();
  }

  toggleHelp(on = !this.state.help): void {
    this.state.help = on;
    this.state.changed();
  }
}

/** " by Kim", where it is known who did it. */
function byWhom(alert: Alert): string {
  const by = alert.state === "shelved" ? alert.shelved_by : alert.acknowledged_by;
  return by ? ` by ${by}` : "";
}
