/** The watch log on the page: what was written, searched, and the note that is being written. Ticks of checklists are notes of it too. */
import { api, words, type Alert, type LogEntry, type NewLogEntry } from "./api.ts";
import { FollowPlace } from "./place.ts";
import type { State } from "./state.ts";

const MOST_ENTRIES = 200;
const SOON_MS = 400;
const DONE = "Done: ";
const NOT_DONE = "Not done after all: ";

export class WatchLog {
  entries: LogEntry[] = [];
  search = "";
  error = "";
  /** What is being written; null while nothing is. */
  draft: { kind: "note" | "handover"; text: string; alertId: number | null } | null = null;
  readonly at: FollowPlace;
  sending = false;
  private readonly state: State;
  private timer = 0;
  /** A note that was left half written: it is there again when the next one begins. */
  private leftNote = "";
  /** Ticks wait for nobody: each alert's lines come from the unsearched log. */
  private all: LogEntry[] = [];

  constructor(state: State) {
    this.state = state;
    this.at = new FollowPlace(state);
  }

  get here(): boolean {
    return this.state.has("get", "/api/log");
  }

  /** Read again shortly: several changes in a row make one request. */
  soon(): void {
    if (!this.here || this.timer) return;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      void this.load();
    }, SOON_MS);
  }

  async load(): Promise<void> {
    if (!this.here) return;
    const search = this.search.trim();
    try {
      const { entries } = await api.log(search, MOST_ENTRIES);
      if (search !== this.search.trim()) return;
      this.entries = entries;
      if (!search) this.all = entries;
      this.error = "";
    } catch (e) {
      this.error = words(e);
    }
    this.state.changed();
  }

  setSearch(search: string): void {
    this.search = search;
    this.soon();
    this.state.changed();
  }

  startNote(kind: "note" | "handover" = "note"): void {
    const { state } = this;
    if (!this.here) {
      state.say("This station keeps no watch log.");
      return;
    }
    state.strip = true;
    state.pane = "log";
    if (this.draft?.kind !== kind) {
      const about = kind === "note" && state.tab === "detail" ? state.currentAlert() : null;
      this.draft = { kind, text: kind === "handover" ? this.handover() : this.leftNote, alertId: about && about.state !== "closed" ? about.id : null };
      this.at.clear();
    }
    state.changed();
  }

  /** Close the field; what was typed into a note is kept for the next time. */
  stopNote(): void {
    if (this.draft?.kind === "note") this.leftNote = this.draft.text;
    this.draft = null;
    this.at.clear();
    this.state.changed();
  }

  /** What was typed is not lost when the station refuses it. */
  async send(): Promise<void> {
    const draft = this.draft;
    if (!draft || this.sending) return;
    if (!draft.text.trim()) {
      this.state.say("The note is empty: type some words first.");
      return;
    }
    const entry: NewLogEntry = { kind: draft.kind, text: draft.text.trim() };
    if (draft.alertId !== null) entry.alert_id = draft.alertId;
    if (this.at.place) [entry.lat_deg, entry.lon_deg] = this.at.place;
    this.sending = true;
    this.state.changed();
    try {
      await api.writeLog(entry);
      this.state.say(draft.kind === "note" ? "The note is in the watch log." : "The hand-over is in the watch log.");
      draft.text = "";
      this.stopNote();
      await this.load();
    } catch (e) {
      this.state.say(`Not written: ${words(e)}`, true);
    } finally {
      this.sending = false;
      this.state.changed();
    }
  }

  /** What the relief needs to know, from what the page holds; the officer edits it before it is written. */
  private handover(): string {
    const { state } = this;
    const lines = [`Hand-over by ${state.hello?.user ?? "the watch"}.`];
    const open = state.openAlerts();
    lines.push(open.length ? `Open alerts: ${open.map((a) => `${a.id} (${a.severity}, ${a.state}): ${a.text}`).join(" | ")}` : "No open alerts.");
    const shelved = state.shelvedAlerts();
    if (shelved.length) lines.push(`On the shelf: ${shelved.map((a) => `${a.id}, ${a.shelved_reason ?? "no reason"}`).join(" | ")}`);
    const bad = state.sensors.filter((s) => ["stale", "silent"].includes(state.sensorState(s)));
    lines.push(bad.length ? `Sensors not heard: ${bad.map((s) => s.id).join(", ")}.` : "All sensors are heard.");
    const problems = state.health?.problems ?? [];
    if (problems.length) lines.push(`Problems: ${problems.join("; ")}.`);
    return lines.join("\n");
  }

  // -- checklists ----------------------------------------------------------------------------------------------

  /** Who ticked a line of an alert's checklist and when; null while nobody has. */
  ticked(alert: Alert, line: string): LogEntry | null {
    const about = this.all.filter((e) => e.alert_id === alert.id);
    const last = about.find((e) => e.text === DONE + line || e.text === NOT_DONE + line);
    return last?.text === DONE + line ? last : null;
  }

  async tick(alert: Alert, line: string): Promise<void> {
    const text = (this.ticked(alert, line) ? NOT_DONE : DONE) + line;
    try {
      await api.writeLog({ kind: "note", text, alert_id: alert.id });
      if (this.search) this.all = (await api.log("", MOST_ENTRIES)).entries;
      else await this.load();
    } catch (e) {
      this.state.say(`Not written: ${words(e)}`, true);
    }
    this.state.changed();
  }
}
