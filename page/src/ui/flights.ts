/** The planned flights below the zones: who may be where until when, imported from a file, taken off one by one. */
import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../desk.ts";
import { metres, clock, day } from "../words.ts";
import { tableHead } from "./table.ts";

export function plannedFlights(desk: Desk): TemplateResult | typeof nothing {
  const { flights } = desk;
  if (!flights.here) return nothing;
  const rows = flights.flights.features;
  return html`<h3 class="sub">Planned flights</h3>
    <p class="row-actions">
      <label class="act file">Import GeoJSON or CSV…
        <input type="file" accept=".csv,.json,.geojson" @change=${(e: Event) => taken(desk, e.target as HTMLInputElement)} />
      </label>
      ${rows.length ? nothing : html`<span class="quiet">none: every friendly follows the site file alone</span>`}
    </p>
    ${flights.error ? html`<p class="more is-bad" role="alert">${flights.error}</p>` : nothing}
    ${
      rows.length
        ? html`<table class="small">
            ${tableHead("Who", "Owner", "From", "Until", "Below", "Off")}
            <tbody>${rows.map((f) => row(desk, (f.properties ?? {}) as Record<string, unknown>))}</tbody>
          </table>`
        : nothing
    }`;
}

function row(desk: Desk, p: Record<string, unknown>): TemplateResult {
  const id = String(p["id"] ?? "");
  const now = day(desk.state.now());
  const when = (time: unknown) => (typeof time === "number" ? `${day(time) === now ? "" : `${day(time).slice(5)} `}${clock(time).slice(0, 5)}` : "–");
  return html`<tr>
    <td class="source" title=${String(p["identity"] ?? "")}>${p["identity"]}</td>
    <td class="source">${p["owner"] ?? ""}</td>
    <td>${when(p["since"])}</td>
    <td>${when(p["until"])}</td>
    <td>${typeof p["ceiling_m"] === "number" ? metres(p["ceiling_m"]) : "–"}</td>
    <td><button class="act" aria-label="Take off planned flight ${id}" @click=${() => void desk.flights.remove(id)}>Off</button></td>
  </tr>`;
}

function taken(desk: Desk, field: HTMLInputElement): void {
  const file = field.files?.[0];
  field.value = ""; // the same file can be chosen again after a correction
  if (file) void desk.flights.import(file);
}
