/** The zone tool: choose a zone, move its corners or draw it anew on the map, save it at the station. */
import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../desk.ts";
import { spaced } from "../words.ts";
import { zoneEdit } from "../zones/edit.ts";
import { tableHead } from "./table.ts";

const HOW_TO_DRAW = "click corner after corner on the map, double-click to finish.";
const HOW_TO_EDIT = "drag a corner; drag an edge to add one; Alt + click removes one.";

export function zoneTool(desk: Desk): TemplateResult {
  const { zones } = desk.state;
  const edit = zoneEdit(desk);
  if (!zones.features.length)
    return html`<p class="more">The site file has no zones. Add a [[zone]] there first; its shape can then be edited here.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Zone tool">
    <table class="small">
      ${tableHead("Zone", "Kind", "Heights", "Hours", "Edit")}
      <tbody>
        ${zones.features.map((f) => {
          const p = (f.properties ?? {}) as Record<string, unknown>;
          const id = String(p["id"]);
          return html`<tr class=${edit.zone === id ? "is-selected" : ""}>
            <td>${p["name"] ?? id}</td>
            <td>${spaced(String(p["kind"] ?? ""))}</td>
            <td>${heights(p)}</td>
            <td>${p["hours"] ?? ""}</td>
            <td><button class="act" aria-label="Edit zone ${id}" @click=${() => desk.editZone(id)}>Edit</button></td>
          </tr>`;
        })}
      </tbody>
    </table>
    ${
      edit.zone === null
        ? html`<p class="more">Choose a zone to edit.</p>`
        : html`<div class="zone-edit">
          <p><b>${edit.zone}</b>: ${edit.drawing ? HOW_TO_DRAW : HOW_TO_EDIT} The wheel and Shift + arrows still move the map.</p>
          <p class="row-actions">
            <button class="act is-main" ?disabled=${edit.saving || edit.drawing} @click=${() => edit.save()}>${edit.saving ? "Saving…" : "Save"}</button>
            <button class="act" @click=${() => edit.drawAnew()}>Draw anew</button>
            <button class="act" @click=${() => desk.editZone(null)}>Cancel <kbd>Esc</kbd></button>
          </p>
        </div>`
    }
    ${edit.error ? html`<p class="more is-bad" role="alert">${edit.error}</p>` : nothing}
  </div>`;
}

function heights(p: Record<string, unknown>): string {
  const [floor, ceiling] = [p["floor_m"], p["ceiling_m"]];
  if (floor == null && ceiling == null) return "all";
  return `${floor ?? "ground"}–${ceiling ?? "∞"} m ${p["height_reference"] ?? ""}`;
}
