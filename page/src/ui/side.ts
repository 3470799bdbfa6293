/** The lower pane: detail, sensors, zones, alarms, one at a time. */
import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../desk.ts";
import type { Tab } from "../state.ts";
import { alarmsPanel } from "./alarms.ts";
import { detail } from "./detail.ts";
import { healthWords, sensors } from "./sensors.ts";
import { zoneTool } from "./zones.ts";

export function side(desk: Desk): TemplateResult {
  const { state } = desk;
  const bad = healthWords(desk);
  const tabs: [Tab, string, string, unknown][] = [
    ["detail", "Detail", "d", nothing],
    [
      "sensors",
      "Sensors",
      "h",
      bad || state.health?.problems.length ? html`<span class="tab-bad">${bad || "problems"}</span>` : nothing,
    ],
    ["zones", "Zones", "z", nothing],
    ["alarms", "Alarms", "g", nothing],
  ];
  return html`
    <div class="tabs" role="tablist" aria-label="Lower pane" @keydown=${(e: KeyboardEvent) => moveTab(desk, e, tabs.map(([tab]) => tab))}>
      ${tabs.map(
        ([tab, words, key, note]) => html`<button
          role="tab"
          id="tab-${tab}"
          aria-selected=${state.tab === tab ? "true" : "false"}
          aria-controls="tab-panel"
          tabindex=${state.tab === tab ? "0" : "-1"}
          title="${words} (${key})"
          @click=${() => desk.show(tab)}
        >${words} ${note}</button>`,
      )}
    </div>
    <div class="tab-panel" id="tab-panel" role="tabpanel" aria-labelledby="tab-${state.tab}">
      ${state.tab === "detail" ? detail(desk) : state.tab === "sensors" ? sensors(desk) : state.tab === "zones" ? zoneTool(desk) : alarmsPanel(desk)}
    </div>
  `;
}

/** Arrows, Home and End move between the tabs and show them (WAI-ARIA tabs pattern); Tab itself goes on into the panel. */
function moveTab(desk: Desk, e: KeyboardEvent, tabs: Tab[]): void {
  if (e.shiftKey || e.ctrlKey || e.altKey || e.metaKey) return;
  const at = tabs.indexOf(desk.state.tab);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[e.key];
  if (to === undefined) return;
  e.preventDefault();
  const tab = tabs[(to + tabs.length) % tabs.length]!;
  desk.show(tab);
  document.getElementById(`tab-${tab}`)?.focus();
}
