/** The controls of a replay: where it stands, asked of the station every half second, and what the officer does with it. */
import { api, words, type ReplayControl, type ReplayEvent, type ReplayStand } from "./api.ts";
import type { State } from "./state.ts";

export const SPEEDS = [0.25, 0.5, 1, 2, 5, 10, 30, 100, 1000] as const;
export const BACK_S = 10;
export const STEP_S = 1;
/** An alert is looked at from this long before it was raised. */
const BEFORE_ALERT_S = 5;

export class Replay {
  stand: ReplayStand | null = null;
  events: ReplayEvent[] = [];
  /** The moment under the hand that drags the time line, seconds after the beginning. */
  dragging: number | null = null;
  private askedEvents = false;
  private readonly state: State;

  constructor(state: State) {
    this.state = state;
  }

  get here(): boolean {
    return this.state.has("get", "/api/replay");
  }

  async load(): Promise<void> {
    if (!this.here) return;
    try {
      this.take(await api.replay());
      if (!this.askedEvents) {
        this.askedEvents = true;
        this.events = (await api.replayEvents()).events;
      }
    } catch {
      return; // the link's own state says that the station is away
    }
    this.state.changed();
  }

  private take(stand: ReplayStand): void {
    this.stand = stand;
    const runs = !stand.paused && !stand.over && !stand.seeking;
    this.state.replay = { time: stand.time, atMs: performance.now(), pace: runs ? stand.speed : 0 };
    this.state.changed();
  }

  private tell(control: ReplayControl): void {
    if (!this.here) {
      this.state.say("This is no replay: time goes on by itself.");
      return;
    }
    api
      .controlReplay(control)
      .then((stand) => this.take(stand))
      .catch((e: unknown) => this.state.say(words(e), true));
  }

  toggle(): void {
    const still = this.stand && (this.stand.paused || this.stand.over);
    this.tell({ do: still ? "play" : "pause" });
  }

  step(seconds: number): void {
    this.tell({ do: "step", seconds });
  }

  speed(speed: number): void {
    this.tell({ do: "speed", speed });
  }

  seek(time: number): void {
    this.dragging = null;
    this.tell({ do: "seek", to: time });
  }

  /** Alerts as they were raised. */
  raised(): ReplayEvent[] {
    return this.events.filter((e) => e.what === "raised");
  }

  /** To the alert before or after this moment. */
  toAlert(way: 1 | -1): void {
    const { stand } = this;
    if (!stand) return this.tell({ do: "pause" });
    const now = this.state.now() + BEFORE_ALERT_S;
    const found = way > 0 ? this.raised().find((e) => e.time > now + 0.5) : this.raised().findLast((e) => e.time < now - 1);
    if (found) this.seek(Math.max(stand.since, found.time - BEFORE_ALERT_S));
    else this.state.say(way > 0 ? "No later alert in this period." : "No earlier alert in this period.");
  }
}
