/** The alerts' client: ordered and never dropped; after a reconnect the station sends what was missed (`?after=N`). */
import type { Alert } from "../api.ts";
import { Socket } from "./socket.ts";

export interface AlertEvents {
  /** Every open alert: replaces what is held. */
  onAll(alerts: Alert[]): void;
  onAlert(alert: Alert): void;
  onLife(time: number | null): void;
}

type Message =
  { type: "alerts"; n: number; alerts: Alert[] } | { type: "alert"; alert: Alert } | { type: "heartbeat"; time: number };

export function followAlerts(events: AlertEvents): void {
  let after = 0;
  new Socket({
    path: () => `/ws/alerts?after=${after}`,
    onText: (text) => {
      let message: Message;
      try {
        message = JSON.parse(text) as Message;
      } catch {
        return;
      }
      events.onLife(message.type === "heartbeat" ? message.time : null);
      if (message.type === "alerts") {
        after = message.n;
        events.onAll(message.alerts);
      } else if (message.type === "alert") {
        after = Math.max(after, message.alert.n);
        events.onAlert(message.alert);
      }
    },
  });
}
