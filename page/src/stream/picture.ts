/**
 * The picture's client: frames are applied in order, a gap asks for a snapshot, and a snapshot makes everything before it needless.
 *
 * Frames wait in a short queue until the next animation frame; when the page is hidden (no animation frames) they are taken at once.
 */
import { decodeFrame, type Frame } from "./frame.ts";
import { Socket } from "./socket.ts";

export interface Hello {
  type: "hello";
  version: number;
  station: string;
  site: { name: string; lat_deg: number; lon_deg: number; alt_wgs84_m: number; geoid_separation_m: number };
  simulated: boolean;
  time: number;
  user: string;
}

export interface PictureEvents {
  onHello(hello: Hello): void;
  onFrame(frame: Frame): void;
  /** Any sign of life, with the station's time where the message carried one. */
  onLife(): void;
}

const LONGEST_QUEUE = 6;
const RESYNC_AGAIN_MS = 2000;

export class PictureLink {
  seq = -1;
  frames = 0;
  resyncs = 0;
  bytes = 0;
  /** Frames that could not be read, by reason. */
  readonly leftOut: Record<string, number> = {};

  private readonly socket: Socket;
  private readonly events: PictureEvents;
  private queue: Frame[] = [];
  private scheduled = false;
  private resyncAsked = -Infinity;

  constructor(events: PictureEvents) {
    this.events = events;
    this.socket = new Socket({
      path: () => "/ws/picture",
      onText: (text) => this.text(text),
      onBinary: (data) => this.binary(data),
      onDown: () => this.reset(),
    });
  }

  private reset(): void {
    this.seq = -1;
    this.queue = [];
    this.resyncAsked = -Infinity;
  }

  private text(text: string): void {
    this.events.onLife();
    try {
      const message = JSON.parse(text) as { type?: string };
      if (message.type === "hello") this.events.onHello(message as Hello);
    } catch {
      this.count("bad_text");
    }
  }

  private binary(data: ArrayBuffer): void {
    this.events.onLife();
    this.bytes += data.byteLength;
    const frame = decodeFrame(data);
    if (typeof frame === "string") {
      this.count(frame);
      this.resync();
      return;
    }
    if (frame.kind === "snapshot") this.queue = [];
    this.queue.push(frame);
    if (document.hidden || this.queue.length > LONGEST_QUEUE) this.drain();
    else if (!this.scheduled) {
      this.scheduled = true;
      requestAnimationFrame(() => this.drain());
    }
  }

  private drain(): void {
    this.scheduled = false;
    const frames = this.queue;
    this.queue = [];
    for (const frame of frames) {
      if (frame.kind === "delta" && frame.base !== this.seq) {
        this.resync();
        continue;
      }
      this.seq = frame.seq;
      this.frames++;
      if (frame.kind === "snapshot") this.resyncAsked = -Infinity;
      this.events.onFrame(frame);
    }
  }

  private resync(): void {
    const now = performance.now();
    if (now - this.resyncAsked < RESYNC_AGAIN_MS) return;
    this.resyncAsked = now;
    this.resyncs++;
    this.socket.send('{"type": "resync"}');
  }

  private count(reason: string): void {
    this.leftOut[reason] = (this.leftOut[reason] ?? 0) + 1;
  }
}
