/**
 * The exercise that this station plays: its clock, what exercise control may do, what was told to the watch, and who plays.
 *
 * A station that plays none has no `/api/exercise`, and nothing of this is shown.
 */
import { api, words, type Exercise } from "./api.ts";
import type { State } from "./state.ts";

export class ExerciseDesk {
  now: Exercise | null = null;
  /** The panel of exercise control. */
  open = false;
  error = "";
  /** A one-time address for another officer, until the panel closes. */
  invited = "";
  /** How many of the things told were put away. */
  private putAway = 0;
  private readonly state: State;

  constructor(state: State) {
    this.state = state;
  }

  get here(): boolean {
    return this.state.has("get", "/api/exercise");
  }

  async load(): Promise<void> {
    if (!this.here) return;
    try {
      this.take(await api.exercise());
    } catch {
      // The link's own state says that the station is away.
    }
  }

  private take(found: Exercise): void {
    this.now = { ...(this.now ?? {}), ...found };
    this.state.setPace(found.state === "ended" ? 0 : found.pace, found.time);
    if (this.state.hello && this.now.you) this.state.hello.user = this.now.you;
    this.state.changed();
  }

  /** Seconds since it began, by the station's time. */
  atS(): number {
    return this.now ? this.now.at_s + (this.state.now() - this.now.time) : 0;
  }

  /** What was told and not put away yet. */
  news(): Exercise["told"] {
    return (this.now?.told ?? []).slice(this.putAway).slice(-2);
  }

  dismiss(): void {
    this.putAway = this.now?.told.length ?? 0;
    this.state.changed();
  }

  toggle(on = !this.open): void {
    if (on && !this.now) return;
    [this.open, this.error, this.invited] = [on, "", ""];
    this.state.changed();
  }

  pauseOrGo(): void {
    if (!this.now?.control || this.now.state === "ended") return;
    void this.ask(() => (this.now!.state === "paused" ? api.exerciseDo("go") : api.exerciseDo("pause")));
  }

  speed(times: number): void {
    if (this.now?.control && this.now.state !== "ended") void this.ask(() => api.exerciseDo("speed", { speed: times }));
  }

  /** The next speed up or down. */
  hasten(step: number): void {
    const { now } = this;
    if (!now?.control) return;
    const to = now.speeds[now.speeds.indexOf(now.speed) + step];
    if (to) this.speed(to);
  }

  give(id: string): void {
    void this.ask(() => api.exerciseDo("inject", { id }));
  }

  say(text: string): void {
    if (text.trim()) void this.ask(() => api.exerciseDo("say", { text }));
  }

  end(): void {
    void this.ask(() => api.exerciseDo("end"));
  }

  async invite(): Promise<void> {
    try {
      this.invited = (await api.exerciseInvite()).url;
      this.error = "";
    } catch (e) {
      this.error = words(e);
    }
    this.state.changed();
  }

  /** Play under that name; whether it was taken. */
  async call(name: string): Promise<boolean> {
    if (!name.trim() || name.trim() === this.now?.you) return true;
    try {
      const { name: taken } = await api.exerciseName(name);
      if (this.now) this.now = { ...this.now, you: taken, named: true };
      this.error = "";
      await this.load();
      return true;
    } catch (e) {
      this.error = words(e);
      this.state.changed();
      return false;
    }
  }

  private async ask(doing: () => Promise<Exercise>): Promise<void> {
    try {
      const found = await doing();
      this.error = "";
      this.take(found);
    } catch (e) {
      this.error = words(e);
      this.state.say(this.error, true);
    }
  }
}

/** Minutes and seconds, as exercises count. */
export function mmss(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}
