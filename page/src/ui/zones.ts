/** The zone tool: draw a new zone, move the corners of one, try it on the recorded past, save, delete, undo, and see what changed. */
import { html, nothing, type TemplateResult } from "lit";
import type { Tried } from "../api.ts";
import type { Desk } from "../desk.ts";
import { clockWithZone, day, spaced } from "../words.ts";
import { ZONE_KINDS, zoneEdit, type ZoneDraft } from "../zones/edit.ts";
import { plannedFlights } from "./flights.ts";
import { tableHead } from "./table.ts";

const HOW_TO_DRAW = "click corner after corner on the map, double-click to finish.";
const HOW_TO_EDIT = "drag a corner; drag an edge to add one; Alt + click removes one.";

export function zoneTool(desk: Desk): TemplateResult {
  const { zones } = desk.state;
  const edit = zoneEdit(desk);
  const canAdd = desk.state.has("post", "/api/zones");
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Zone tool">
    ${edit.zone === null ? nothing : form(desk)}
    ${edit.error ? html`<p class="more is-bad" role="alert">${edit.error}</p>` : nothing}
    ${edit.diff ? diffBlock("What changed in the site file", edit.diff) : nothing}
    ${
      edit.zone === null && canAdd
        ? html`<p class="row-actions">
            <button class="act is-main" @click=${() => void edit.openNew()}>New zone…</button>
            <button class="act" ?disabled=${edit.saving} @click=${() => void edit.undo()}>Undo the last change</button>
          </p>`
        : nothing
    }
    ${zones.features.length ? list(desk) : html`<p class="more">The site has no zones yet.${canAdd ? "" : " Add a [[zone]] to the site file first."}</p>`}
    ${edit.zone === null ? plannedFlights(desk) : nothing}
  </div>`;
}

function list(desk: Desk): TemplateResult {
  const edit = zoneEdit(desk);
  return html`<table class="small zone-list">
    ${tableHead("Zone", "Kind", "Heights", "Hours", "Edit")}
    <tbody>
      ${desk.state.zones.features.map((f) => {
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
  </table>`;
}

function form(desk: Desk): TemplateResult {
  const edit = zoneEdit(desk);
  const busy = edit.saving || edit.drawing;
  const has = (method: string, path: string) => desk.state.has(method, path);
  return html`<div class="zone-edit">
    <p><b>${edit.isNew ? "New zone" : edit.zone}</b>: ${edit.drawing ? HOW_TO_DRAW : HOW_TO_EDIT}</p>
    ${edit.isNew || has("post", "/api/zones") ? draft(desk) : nothing}
    <p class="row-actions">
      <button class="act is-main" ?disabled=${busy} @click=${() => void edit.save()}>${edit.saving ? "Saving…" : "Save"}</button>
      ${
        has("post", "/api/zones/try")
          ? html`<button class="act" ?disabled=${busy || edit.trying} @click=${() => void edit.try()}>${edit.trying ? "Trying…" : "Try on the past"}</button>`
          : nothing
      }
      <button class="act" @click=${() => edit.drawAnew()}>Draw anew</button>
      ${
        !edit.isNew && has("delete", "/api/zones/{zone_id}")
          ? html`<button class="act ${edit.deleting ? "is-bad" : ""}" ?disabled=${busy} @click=${() => void edit.delete()}>${
              edit.deleting ? "Really delete?" : "Delete"
            }</button>`
          : nothing
      }
      <button class="act" @click=${() => desk.editZone(null)}>Cancel <kbd>Esc</kbd></button>
    </p>
    ${edit.tried ? tried(edit.tried) : nothing}
  </div>`;
}

const FIRINGS_SHOWN = 5;

function tried({ words, fired }: Tried): TemplateResult {
  return html`<div class="tried" role="status">
    <p><b>${words}</b></p>
    <ul>${fired.slice(0, FIRINGS_SHOWN).map((f) => html`<li>${day(f.time)} ${clockWithZone(f.time)}, ${f.severity}: ${f.text}</li>`)}</ul>
  </div>`;
}

function draft(desk: Desk): TemplateResult {
  const edit = zoneEdit(desk);
  const field = (name: keyof ZoneDraft, words: string, placeholder = "") => html`<label>${words}
    <input
      type="text"
      autocomplete="off"
      spellcheck="false"
      placeholder=${placeholder}
      .value=${edit.draft[name]}
      @input=${(e: Event) => edit.setDraft({ [name]: (e.target as HTMLInputElement).value })}
    /></label>`;
  return html`<div class="zone-draft">
    ${edit.isNew ? field("id", "Name", "pier-9") : nothing}
    <label>Kind
      <select @change=${(e: Event) => edit.setDraft({ kind: (e.target as HTMLSelectElement).value as ZoneDraft["kind"] })}>
        ${ZONE_KINDS.map((k) => html`<option value=${k} ?selected=${k === edit.draft.kind}>${spaced(k)}</option>`)}
      </select></label>
    ${field("floor_m", "Floor, m msl", "none")} ${field("ceiling_m", "Ceiling, m msl", "none")} ${field("hours", "Hours")}
  </div>`;
}

/** A unified diff: what goes and what comes is told by its sign and by a word, not by a colour alone. */
export function diffBlock(title: string, diff: string): TemplateResult {
  return html`<figure class="diff" aria-label=${title}>
    <figcaption>${title}</figcaption>
    <pre>${diff.split("\n").map((l) => html`<span class=${signOf(l)}>${l}\n</span>`)}</pre>
  </figure>`;
}

/** Head lines of a file ("--- a", "+++ b") are neither. */
function signOf(line: string): string {
  if (/^(---|\+\+\+) /.test(line)) return "";
  return line.startsWith("+") ? "is-added" : line.startsWith("-") ? "is-gone" : "";
}

function heights(p: Record<string, unknown>): string {
  const [floor, ceiling] = [p["floor_m"], p["ceiling_m"]];
  if (floor == null && ceiling == null) return "all";
  return `${floor ?? "ground"}–${ceiling ?? "∞"} m ${p["height_reference"] ?? ""}`;
}
