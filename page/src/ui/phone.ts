/** The bar of a phone's one column: which pane is shown. It is hidden on wider screens. */
import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../desk.ts";
import type { Pane } from "../state.ts";

export function phoneNav(desk: Desk): TemplateResult {
  const { state } = desk;
  const raised = state.raisedAlerts().length;
  const panes: [Pane, string][] = [
    ["alerts", raised ? `Alerts (${raised} new)` : "Alerts"],
    ["map", "Map"],
    ["tracks", "Tracks"],
    ["side", "Detail"],
    ["log", "Log"],
  ];
  return html`${panes.map(([pane, words]) =>
    (pane === "log" && !desk.log.here) || (state.wall && pane !== "alerts" && pane !== "map")
      ? nothing
      : html`<button aria-pressed=${state.pane === pane ? "true" : "false"} @click=${() => desk.showPane(pane)}>${words}</button>`,
  )}`;
}
