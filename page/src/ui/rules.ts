/** The rules in words, each with its switch and its trial. */
import { html, nothing, type TemplateResult } from "lit";
import type { Rule } from "../api.ts";
import type { Desk } from "../desk.ts";
import { BACK_H } from "../rules.ts";
import { clock, spaced } from "../words.ts";

const BACK_WORDS: Record<(typeof BACK_H)[number], string> = { 1: "last hour", 24: "last 24 hours", 168: "last 7 days" };
const SHOWN = 5;

export function rulesList(desk: Desk): TemplateResult {
  const held = desk.rules;
  return html`<h3 class="sub">Rules</h3>
    ${
      held.mayChange
        ? html`<p class="row-actions rule-tools">
            <label>Try them on the
              <select aria-label="How far back a rule is tried" @change=${(e: Event) => (held.backH = Number((e.target as HTMLSelectElement).value) as (typeof BACK_H)[number])}>
                ${BACK_H.map((h) => html`<option value=${h} ?selected=${h === held.backH}>${BACK_WORDS[h]}</option>`)}
              </select></label>
            ${held.undoable ? html`<button class="act" ?disabled=${held.busy !== null} @click=${() => held.undo()}>Undo the last change</button>` : nothing}
          </p>`
        : nothing
    }
    <ul class="rules">
      ${desk.state.rules.map((r) => rule(desk, r))}
    </ul>`;
}

function rule(desk: Desk, r: Rule): TemplateResult {
  const held = desk.rules;
  const said = held.said.get(r.id);
  const name = r.id && r.id !== r.rule ? `${spaced(r.rule)} ${r.id}` : spaced(r.rule);
  return html`<li class=${r.on ? "" : "is-off"} data-rule=${r.id}>
    <b>${name}</b>${r.severity && !r.words.includes(r.severity) ? `, ${r.severity}` : ""}${r.on ? "" : ", OFF"}: ${r.words}
    ${
      held.mayChange
        ? html`<span class="rule-acts">
            <button class="act" aria-pressed=${r.on ? "true" : "false"} aria-label="Rule ${name}: switch ${r.on ? "off" : "on"}" ?disabled=${held.busy !== null} @click=${() => held.toggle(r)}>
              ${r.on ? "Switch off" : "Switch on"}
            </button>
            <button class="act" aria-label="Rule ${name}: try on the recorded past" ?disabled=${held.busy !== null} @click=${() => held.test(r)}>
              ${held.busy === r.id ? "Asking…" : "Try"}
            </button>
          </span>`
        : nothing
    }
    ${
      said
        ? html`<p class="rule-said ${said.bad ? "is-bad" : ""}" role="status">${said.words}${
            said.tried?.fired.length
              ? html`<br />${said.tried.fired.slice(0, SHOWN).map((f) => html`${clock(f.time)} ${f.severity}: ${f.text}<br />`)}`
              : nothing
          }${said.tried && said.tried.fired.length > SHOWN ? `${said.tried.fired.length - SHOWN} more.` : nothing}</p>`
        : nothing
    }
  </li>`;
}
