/** The lower pane: tracks, detail, sensors, zones, one at a time. */
import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../desk.ts";
import type { Tab } from "../state.ts";
import { count } from "../words.ts";
import { detail } from "./detail.ts";
import { healthWords, sensors } from "./sensors.ts";
import { trackList } from "./tracklist.ts";
import { zoneTool } from "./zones.ts";

export function side(desk: Desk): TemplateResult {
  const { state } = desk;
  const bad = healthWords(desk);
  const tabs: [Tab, string, string, unknown][] = [
    ["tracks", "Tracks", "t", html`<span class="tab-count">${count(state.store.size)}</span>`],
    ["detail", "Detail", "d", nothing],
    [
      "sensors",
      "Sensors",
      "h",
      bad || state.health?.problems.length ? html`<span class="tab-bad">${bad || "problems"}</span>` : nothing,
    ],
    ["zones", "Zones", "z", nothing],
  ];
  return html`
    <div class="tabs" role="tablist" aria-label="Lower pane">
      ${tabs.map(
        ([tab, words, key, note]) => html`<button
          role="tab"
          id="tab-${tab}"
          aria-selected=${state.tab === tab ? "true" : "false"}
          aria-controls="tab-panel"
          title="${words} (${key})"
          @click=${() => desk.show(tab)}
        >${words} ${note}</button>`,
      )}
    </div>
    <div class="tab-panel" id="tab-panel" role="tabpanel" aria-labelledby="tab-${state.tab}">
      ${state.tab === "tracks" ? trackList(desk) : state.tab === "detail" ? detail(desk) : state.tab === "sensors" ? sensors(desk) : zoneTool(desk)}
    </div>
  `;
}
