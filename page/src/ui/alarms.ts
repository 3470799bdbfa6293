/** The alarms themselves: how many against ISA-18.2, how they share out, who the worst offenders are, and every rule in words. */
import { html, nothing, type TemplateResult } from "lit";
import type { Severity } from "../api.ts";
import type { Desk } from "../desk.ts";
import { plural, spaced } from "../words.ts";
import { rulesList } from "./rules.ts";
import { tableHead } from "./table.ts";

/** ISA-18.2 and EEMUA 191: of all alarms, about this share each. */
const AIM: Record<Severity, number> = { high: 0.05, medium: 0.15, low: 0.8 };

export function alarmsPanel(desk: Desk): TemplateResult {
  const { alarms, rules } = desk.state;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Alarms and rules">
    ${
      alarms
        ? html`<p class="alarm-rate">
              <b>${plural(alarms.last_hour, "alarm")}</b> in the last hour, ${alarms.last_10_min} in the last 10 min.
              <span class="quiet">About ${alarms.acceptable_per_hour} an hour is acceptable, ${alarms.most_per_hour} the most one officer manages.</span>
              ${alarms.flood ? html`<b class="state-bad">FLOOD: more than 10 in 10 min</b>` : nothing}
            </p>
            <table class="small shares">
              ${tableHead("Of the last 24 h", ">Share", ">Aim")}
              <tbody>
                ${(["high", "medium", "low"] as const).map(
                  (s) => html`<tr><td>${s}</td><td class="number">${percent(alarms.by_severity[s])}</td><td class="number">${percent(AIM[s])}</td></tr>`,
                )}
              </tbody>
            </table>
            <h3 class="sub">Worst offenders</h3>
            ${
              alarms.worst.length
                ? html`<ol class="worst">${alarms.worst.map((w) => html`<li><b>${w.count}</b> ${w.what} <span class="quiet">${spaced(w.rule)}</span></li>`)}</ol>`
                : html`<p class="quiet">Nothing raised an alarm twice.</p>`
            }`
        : html`<p class="more">This station does not count its alarms.</p>`
    }
    ${rules.length ? rulesList(desk) : nothing}
  </div>`;
}

const percent = (share: number | undefined): string => (share === undefined ? "–" : `${Math.round(100 * share)} %`);
