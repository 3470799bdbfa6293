/**
 * A WebSocket that comes back: reconnects with back-off (0.5 s doubling to 8 s, with a little scatter) until it is closed for
 * good.
 */

export interface SocketEvents {
  /** The path to connect to; asked for again at every attempt. */
  path(): string;
  onText(text: string): void;
  onBinary?(data: ArrayBuffer): void;
  onOpen?(): void;
  onDown?(): void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
/** A link without any message for this long is taken down and tried again: a half-dead TCP connection never says so itself. */
const DEAD_AFTER_MS = 6000;

export class Socket {
  private ws: WebSocket | null = null;
  private wait = FIRST_WAIT_MS;
  private closed = false;
  private lastMessage = 0;
  private readonly events: SocketEvents;

  constructor(events: SocketEvents) {
    this.events = events;
    this.connect();
    window.setInterval(() => this.watch(), 1000);
    window.addEventListener("online", () => this.ws ?? this.connect());
  }

  send(text: string): void {
    if (this.ws?.readyState === WebSocket.OPEN) this.ws.send(text);
  }

  close(): void {
    this.closed = true;
    this.ws?.close();
  }

  private connect(): void {
    if (this.closed || this.ws) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const ws = new WebSocket(`${scheme}//${location.host}${this.events.path()}`);
    ws.binaryType = "arraybuffer";
    this.ws = ws;
    this.lastMessage = performance.now();
    ws.onopen = () => this.events.onOpen?.();
    ws.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (this.ws !== ws) return;
      this.lastMessage = performance.now();
      this.wait = FIRST_WAIT_MS;
      if (typeof event.data === "string") this.events.onText(event.data);
      else this.events.onBinary?.(event.data);
    };
    ws.onclose = () => this.down(ws);
  }

  private down(ws: WebSocket): void {
    if (this.ws !== ws) return;
    this.ws = null;
    this.events.onDown?.();
    if (this.closed) return;
    const wait = this.wait * (0.8 + 0.4 * Math.random());
    this.wait = Math.min(LONGEST_WAIT_MS, this.wait * 2);
    window.setTimeout(() => this.connect(), wait);
  }

  private watch(): void {
    const ws = this.ws;
    if (!ws || performance.now() - this.lastMessage < DEAD_AFTER_MS) return;
    ws.close();
    this.down(ws); // do not wait for the close hand-shake of a peer that is gone
  }
}
