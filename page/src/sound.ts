/**
 * The alarm: a short pattern of tones per severity, repeated until somebody acknowledges.
 *
 * Browsers play nothing before a key or a click, so the state is always one of: off (the user has not enabled it), blocked (enabled,
 * but the browser waits for a gesture), on. Every pattern that was really played is counted in `data-sound-played` on the document.
 */
import type { Severity } from "./api.ts";
import type { SoundState } from "./state.ts";

export type Pattern = Severity | "link";

interface Tone {
  hz: number;
  at: number;
  s: number;
}

/** More urgent = more tones, higher, and sooner again (IEC 60601-1-8 orders alarm bursts in this way). */
const TONES: Record<Pattern, Tone[]> = {
  high: [0, 0.16, 0.32, 0.6, 0.76].map((at, i) => ({ hz: i % 2 ? 988 : 784, at, s: 0.12 })),
  medium: [0, 0.26, 0.52].map((at) => ({ hz: 659, at, s: 0.18 })),
  low: [0, 0.3].map((at, i) => ({ hz: i ? 440 : 523, at, s: 0.22 })),
  link: [0, 0.3].map((at, i) => ({ hz: i ? 196 : 262, at, s: 0.26 })),
};
const REPEAT_MS: Record<Pattern, number> = { high: 2500, medium: 6000, low: 15000, link: 10000 };
/** Between two alarms of the test. */
const TEST_STEP_S = 1.5;
const KEY = "picket.sound";
const LOUDNESS = 0.28;

export class Sound {
  played = 0;
  private context: AudioContext | null = null;
  private wanted = localStorage.getItem(KEY) === "on";
  private current: Pattern | null = null;
  private hurried = false;
  private lastAtMs = -Infinity;
  private readonly onState: () => void;

  constructor(onState: () => void) {
    this.onState = onState;
    document.documentElement.dataset["soundPlayed"] = "0";
    // Any key or click is a gesture: where sound was enabled before, it wakes without being asked for again.
    for (const type of ["pointerdown", "keydown"])
      window.addEventListener(type, () => this.wanted && this.wake(), { capture: true });
    window.setInterval(() => this.beat(), 250);
  }

  get state(): SoundState {
    if (!this.wanted) return "off";
    return this.context?.state === "running" ? "on" : "blocked";
  }

  enable(on: boolean): void {
    this.wanted = on;
    localStorage.setItem(KEY, on ? "on" : "off");
    if (on) this.wake();
    else void this.context?.suspend();
    this.onState();
  }

  toggle(): void {
    this.enable(this.state !== "on");
  }

  /** Enable the sound and let the user hear the three alarms, the most urgent first: at the start of a watch they must be known apart. */
  test(): void {
    this.wanted = true;
    localStorage.setItem(KEY, "on");
    this.wake(() => (["high", "medium", "low"] as const).forEach((pattern, i) => this.play(pattern, i * TEST_STEP_S)));
  }

  /** The alarm that must sound now, or null for silence; a new or more urgent one starts at once. */
  want(pattern: Pattern | null, restart: boolean, hurried = false): void {
    this.hurried = hurried;
    if (restart || pattern !== this.current) this.lastAtMs = -Infinity;
    this.current = pattern;
    this.beat();
  }

  private beat(): void {
    if (!this.current || this.state !== "on" || performance.now() - this.lastAtMs < this.repeatMs(this.current)) return;
    this.lastAtMs = performance.now();
    this.play(this.current);
  }

  /** One that nobody acknowledged in time comes twice as often. */
  private repeatMs(pattern: Pattern): number {
    return REPEAT_MS[pattern] / (this.hurried ? 2 : 1);
  }

  private wake(then?: () => void): void {
    this.context ??= new AudioContext();
    void this.context.resume().then(() => {
      this.onState();
      then?.();
      this.beat();
    });
  }

  private play(pattern: Pattern, after_s = 0): void {
    const context = this.context;
    if (!context || context.state !== "running") return;
    const start = context.currentTime + 0.02 + after_s;
    for (const tone of TONES[pattern]) {
      const oscillator = context.createOscillator();
      const gain = context.createGain();
      oscillator.type = "triangle";
      oscillator.frequency.value = tone.hz;
      const [from, to] = [start + tone.at, start + tone.at + tone.s];
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(LOUDNESS, from + 0.012);
      gain.gain.setValueAtTime(LOUDNESS, to - 0.03);
      gain.gain.linearRampToValueAtTime(0, to);
      oscillator.connect(gain).connect(context.destination);
      oscillator.start(from);
      oscillator.stop(to);
    }
    this.played++;
    document.documentElement.dataset["soundPlayed"] = String(this.played);
    document.documentElement.dataset["soundLast"] = pattern;
  }
}
