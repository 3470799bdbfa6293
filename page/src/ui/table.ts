/** A table's head: one cell per name; a name that begins with ">" heads a column of numbers. */
import { html, type TemplateResult } from "lit";

export function tableHead(...names: string[]): TemplateResult {
  const cell = (name: string) =>
    name.startsWith(">") ? html`<th scope="col" class="number">${name.slice(1)}</th>` : html`<th scope="col">${name}</th>`;
  return html`<thead>
    <tr>
      ${names.map(cell)}
    </tr>
  </thead>`;
}
