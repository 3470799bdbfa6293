/** The keyboard: one table that both acts and is shown in the help, so that neither can forget a key. */
import { SHELVE_MINUTES, type Desk } from "./desk.ts";
import { BACK_S, STEP_S } from "./replay.ts";
import { QUICK } from "./quick.ts";
import type { Pane } from "./state.ts";

type Group = "Alerts" | "Map" | "Lists" | "Page" | "Replay" | "Exercise";

/** Replay and exercise share keys: a station is at most one of them. */
export const isHere = (group: Group, desk: Desk): boolean =>
  group === "Replay" ? desk.replay.here : group === "Exercise" ? desk.exercise.here : true;

export interface KeyRow {
  keys: string;
  does: string;
  group: Group;
}

interface Binding extends KeyRow {
  match: (e: KeyboardEvent) => boolean;
  run: (desk: Desk, e: KeyboardEvent) => void;
}

const key =
  (...names: string[]) =>
  (e: KeyboardEvent) =>
    names.includes(e.key) && !(e.shiftKey && e.key.startsWith("Arrow"));

const BINDINGS: Binding[] = [
  {
    group: "Alerts",
    keys: "Space",
    does: "jump to the most severe unacknowledged alert, the newest of equals",
    match: key(" "),
    run: (d) => d.jumpToWorst(),
  },
  { group: "Alerts", keys: "j / ↓", does: "next alert", match: key("j", "ArrowDown"), run: (d) => d.moveCursor(1) },
  { group: "Alerts", keys: "k / ↑", does: "previous alert", match: key("k", "ArrowUp"), run: (d) => d.moveCursor(-1) },
  {
    group: "Alerts",
    keys: "Enter",
    does: "look: centre the map on the alert, select its track",
    match: key("Enter"),
    run: (d) => d.look(d.state.currentAlert()),
  },
  {
    group: "Alerts",
    keys: "a",
    does: "acknowledge the alert",
    match: key("a"),
    run: (d) => d.acknowledge(d.state.currentAlert()),
  },
  {
    group: "Alerts",
    keys: "c, then 1–7",
    does: "close the alert with its cause (Esc leaves it open)",
    match: key("c"),
    run: (d) => d.startClosing(d.state.currentAlert()),
  },
  {
    group: "Alerts",
    keys: "x, then 1–5",
    does: "shelve it for a while with a reason (m: minutes, n: other reason); x again takes it back",
    match: key("x"),
    run: (d) => d.startShelving(d.state.currentAlert()),
  },
  {
    group: "Alerts",
    keys: "n",
    does: "a note for the watch log; after c or x: a note or reason in own words",
    match: key("n"),
    run: (d) => {
      d.startNote();
      d.state.flush();
    },
  },
  { group: "Alerts", keys: "m", does: "minutes on the shelf, while x is open", match: key("m"), run: (d) => nextMinutes(d) },
  {
    group: "Map",
    keys: "+ / −",
    does: "zoom in, zoom out",
    match: key("+", "=", "-", "_"),
    run: (d, e) => d.renderer.view.zoom("+=".includes(e.key) ? 1.5 : 1 / 1.5),
  },
  { group: "Map", keys: "Enter", does: "while a place is asked for: take the one under the cross", match: () => false, run: () => {} },
  { group: "Map", keys: "Shift + arrows", does: "move the map (or drag it)", match: () => false, run: () => {} },
  { group: "Map", keys: "f", does: "fit the site", match: key("f"), run: (d) => d.fitSite() },
  {
    group: "Map",
    keys: "z",
    does: "edit zones",
    match: key("z"),
    run: (d) => d.show(d.state.tab === "zones" ? "detail" : "zones"),
  },
  { group: "Map", keys: "r", does: "range and bearing: from the selected track or a click to the next click", match: key("r"), run: (d) => d.ruler.toggle() },
  { group: "Map", keys: "v", does: "something seen by eye: bearing typed or clicked, distance, height, what", match: key("v"), run: (d) => beginSighting(d) },
  { group: "Map", keys: "b", does: "what no sensor sees now, by height; then off", match: key("b"), run: (d) => d.coverage.next() },
  {
    group: "Lists",
    keys: "0–6",
    does: `only some tracks: ${QUICK.slice(1).map((q) => `${q.key} ${q.words}`).join(", ")}; 0 all`,
    match: key(...QUICK.map((q) => q.key)),
    run: (d, e) => d.setQuick(Number(e.key)),
  },
  { group: "Lists", keys: "/", does: "filter the tracks", match: key("/"), run: (d) => focusFilter(d) },
  { group: "Lists", keys: "t", does: "track list", match: key("t"), run: (d) => focusList(d, "tracks", "Track list") },
  { group: "Lists", keys: "l", does: "watch log", match: key("l"), run: (d) => focusList(d, "log", "Entries of the watch log") },
  { group: "Lists", keys: "w", does: "fold the strip under the map away, or show it", match: key("w"), run: (d) => d.toggleStrip() },
  { group: "Lists", keys: "d", does: "detail of the selected track", match: key("d"), run: (d) => d.show("detail") },
  { group: "Lists", keys: "h", does: "sensors and health", match: key("h"), run: (d) => d.show("sensors") },
  { group: "Lists", keys: "g", does: "alarm rate, worst offenders, rules", match: key("g"), run: (d) => d.show("alarms") },
  { group: "Lists", keys: "← / → on a tab", does: "next tab, Home and End the outer ones", match: () => false, run: () => {} },
  { group: "Page", keys: "s", does: "sound on or off", match: key("s"), run: (d) => d.sound.toggle() },
  { group: "Page", keys: "p", does: "next palette: day, night, red dim", match: key("p"), run: (d) => d.nextPalette() },
  { group: "Page", keys: "u", does: "units: metric, or feet, nautical miles and knots", match: key("u"), run: (d) => d.nextUnits() },
  { group: "Page", keys: "y", does: "times in UTC or local", match: key("y"), run: (d) => d.nextTimeOfDay() },
  { group: "Replay", keys: "o", does: "a replay: play or pause", match: key("o"), run: (d) => d.replay.toggle() },
  { group: "Replay", keys: ", / .", does: `a replay: ${BACK_S} s back, ${STEP_S} s on`, match: key(",", "."), run: (d, e) => d.replay.step(e.key === "," ? -BACK_S : STEP_S) },
  { group: "Replay", keys: "[ / ]", does: "a replay: the alert before, the next alert", match: key("[", "]"), run: (d, e) => d.replay.toAlert(e.key === "[" ? -1 : 1) },
  { group: "Exercise", keys: "e", does: "exercise: its panel, and who plays", match: key("e"), run: (d) => d.exercise.toggle() },
  { group: "Exercise", keys: "o", does: "what was told is heard: put it away", match: key("o"), run: (d) => d.exercise.dismiss() },
  { group: "Exercise", keys: "i", does: "exercise control: pause, go on", match: key("i"), run: (d) => d.exercise.pauseOrGo() },
  { group: "Exercise", keys: "[ / ]", does: "exercise control: slower, faster", match: key("[", "]"), run: (d, e) => d.exercise.hasten(e.key === "]" ? 1 : -1) },
  { group: "Page", keys: "?", does: "this help", match: key("?"), run: (d) => d.toggleHelp() },
  { group: "Page", keys: "Esc", does: "close what is open, drop the selection", match: key("Escape"), run: (d) => escape(d) },
];

export const KEY_ROWS: readonly KeyRow[] = BINDINGS;

const PAN_PX_PER_S = 700;

function focusFilter(desk: Desk): void {
  desk.showPane("tracks");
  desk.state.flush();
  document.querySelector<HTMLInputElement>("#filter")?.focus();
}

function beginSighting(desk: Desk): void {
  desk.sighting.begin();
  desk.state.flush();
}

function focusList(desk: Desk, pane: Pane, name: string): void {
  desk.showPane(pane);
  desk.state.flush();
  document.querySelector<HTMLElement>(`[aria-label="${name}"]`)?.focus();
}

function nextMinutes(desk: Desk): void {
  if (desk.state.shelving === null) return;
  const at = SHELVE_MINUTES.findIndex((m) => m === desk.state.shelveMinutes);
  desk.setShelveMinutes(SHELVE_MINUTES[(at + 1) % SHELVE_MINUTES.length]!);
}

/** Esc ends what was begun last, one thing at a time. */
function escape(desk: Desk): void {
  const { state } = desk;
  if (state.help) desk.toggleHelp(false);
  else if (desk.site.open) desk.site.show(false);
  else if (desk.exercise.open) desk.exercise.toggle(false);
  else if (desk.sighting.open) desk.sighting.leave();
  else if (desk.ruler.on) desk.ruler.stop();
  else if (state.picking !== null) {
    state.picking = null;
    state.changed();
  } else if (state.closing !== null || state.shelving !== null) desk.stopClosing();
  else if (desk.log.draft) desk.log.stopNote();
  else if (state.tab === "zones") {
    desk.editZone(null);
    desk.show("detail");
  } else desk.select(-1);
}

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select") || target.isContentEditable);

/** A control that Enter and Space belong to: any button or link but an alert's own row. */
const ownsEnter = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches("button, a, summary") && !target.matches(".alert-main");

export function followKeys(desk: Desk): void {
  const held = new Set<string>();
  let lastMs = 0;

  const panWhileHeld = (atMs: number) => {
    const dx = (held.has("ArrowLeft") ? 1 : 0) - (held.has("ArrowRight") ? 1 : 0);
    const dy = (held.has("ArrowUp") ? 1 : 0) - (held.has("ArrowDown") ? 1 : 0);
    if (!dx && !dy) {
      lastMs = 0;
      return;
    }
    const dt = lastMs ? Math.min(0.1, (atMs - lastMs) / 1000) : 1 / 60;
    lastMs = atMs;
    desk.renderer.view.pan(dx * PAN_PX_PER_S * dt, dy * PAN_PX_PER_S * dt);
    requestAnimationFrame(panWhileHeld);
  };

  window.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    if (typing(e.target)) {
      if (e.key === "Escape") {
        e.preventDefault(); // a search box would empty itself
        (e.target as HTMLElement).blur();
        if (e.target instanceof Element && e.target.closest(".sighting")) escape(desk); // its button says that Esc leaves it
      }
      return;
    }
    if (e.shiftKey && e.key.startsWith("Arrow")) {
      e.preventDefault();
      const idle = held.size === 0;
      held.add(e.key);
      if (idle) requestAnimationFrame(panWhileHeld);
      return;
    }
    if (e.key.startsWith("Arrow") && e.target instanceof Element && e.target.closest(".scroll")) return; // scrolls that list
    if (e.key === "Enter" && desk.state.picking !== null && !ownsEnter(e.target)) {
      e.preventDefault();
      desk.takeCross();
      return;
    }
    const atDoor = e.target instanceof HTMLElement && e.target.id === "watch-now";
    if ((e.key === "Enter" || (e.key === " " && !atDoor)) && ownsEnter(e.target)) return;
    if (/^[1-9]$/.test(e.key) && desk.chooseByDigit(Number(e.key))) {
      e.preventDefault();
      return;
    }
    const binding = BINDINGS.find((b) => isHere(b.group, desk) && b.match(e));
    if (!binding || (e.repeat && binding.keys === "a")) return;
    if (desk.state.help && binding.keys !== "?" && binding.keys !== "Esc") desk.toggleHelp(false);
    e.preventDefault();
    if (!desk.state.started) {
      desk.startWatch(e.key === "Enter" || (e.key === " " && atDoor));
      if (e.key === "Enter") return;
    }
    binding.run(desk, e);
  });

  const release = (e: KeyboardEvent) => {
    if (e.key === "Shift") held.clear();
    held.delete(e.key);
    // Space on a focused alert row would click it on release, after the key has already done its own work.
    if (e.key === " " && e.target instanceof HTMLElement && e.target.matches(".alert-main")) e.preventDefault();
  };
  window.addEventListener("keyup", release);
  window.addEventListener("blur", () => held.clear());
}
