/** The form of a claim's slots, for editing one and for making one from a marked span. Enter keeps, Escape leaves. */
import { html, type TemplateResult } from "lit";
import { CERTAINTIES, KINDS, TRANSFERS, type Claim, type Quantity } from "./api.ts";
import { kindWords } from "./parts.ts";

const WORDS = {
  provider: "From", recipient: "To", actor: "Actor", target: "Target", capability: "Capability", place: "Place",
  country: "Country (two letters)", time: "Time (2025-06)", attributed_to: "Who says it",
} as const; // prettier-ignore
type Name = keyof typeof WORDS;

/** Which ends a kind has. */
export function slotsOf(kind: string): Name[] {
  const ends: Name[] = TRANSFERS.includes(kind) ? ["provider", "recipient"] : ["actor", "target"];
  return [...ends, "capability", "place", "country", "time", "attributed_to"];
}

const QUANTITY = /^(?:(exact|exactly|about|over|more than|average|at[ _]least)\s+)?(\d[\d,.\s]*?)(?:\s+([^/]+?))?(?:\s*\/\s*(.+))?$/i;
const QUALIFIER: Record<string, string> = { exactly: "exact", "more than": "over", "at least": "at_least" };

/** "at least 12 drones / month" as a quantity; null for an empty field. Throws with what was expected. */
export function quantityOf(words: string): Quantity | null {
  if (!words.trim()) return null;
  const found = QUANTITY.exec(words.trim());
  const value = Number((found?.[2] ?? "").replace(/[,\s]/g, ""));
  if (!found || !Number.isFinite(value)) throw new Error(`quantity: expected a number and what is counted (at least 12 drones / month), got ${words}`);
  const said = (found[1] ?? "exact").toLowerCase().replace("_", " ");
  return { value, unit: found[3]?.trim() || null, qualifier: QUALIFIER[said] ?? said, period: found[4]?.trim() || null };
}

/** A quantity as the field shows it: what `quantityOf` reads again. */
export function quantityWords(q: Quantity | null | undefined): string {
  if (!q) return "";
  const said = q.qualifier === "exact" ? "" : `${q.qualifier.replace("_", " ")} `;
  return `${said}${q.value}${q.unit ? ` ${q.unit}` : ""}${q.period ? ` / ${q.period}` : ""}`;
}

export class SlotForm {
  values: Record<string, string> = {};
  translation: string | null = null;
  problem = "";
  private readonly done: (slots: Record<string, unknown>, translation: string | null) => Promise<void>;
  private readonly leave: () => void;
  private readonly redraw: () => void;

  constructor(
    claim: Partial<Claim>,
    translation: string | null,
    done: SlotForm["done"],
    leave: () => void,
    redraw: () => void,
  ) {
    for (const name of Object.keys(WORDS)) this.values[name] = (claim[name as Name] as string | null | undefined) ?? "";
    this.values["kind"] = claim.kind ?? "sighting";
    this.values["certainty"] = claim.certainty ?? "stated";
    this.values["quantity"] = quantityWords(claim.quantity);
    this.translation = translation;
    this.done = done;
    this.leave = leave;
    this.redraw = redraw;
  }

  private async keep(e: Event): Promise<void> {
    e.preventDefault();
    const names = ["kind", "certainty", ...slotsOf(this.values["kind"] ?? "")];
    try {
      const slots: Record<string, unknown> = Object.fromEntries(names.map((n) => [n, this.values[n] ?? ""]));
      slots["quantity"] = quantityOf(this.values["quantity"] ?? "");
      await this.done(slots, this.translation);
    } catch (wrong) {
      this.problem = wrong instanceof Error ? wrong.message : String(wrong);
      this.redraw();
    }
  }

  private choice(name: "kind" | "certainty", from: readonly string[]): TemplateResult {
    return html`<label
      ><span>${name === "kind" ? "Kind" : "Certainty"}</span>
      <select
        name=${name}
        .value=${this.values[name] ?? ""}
        @change=${(e: Event) => {
          this.values[name] = (e.target as HTMLSelectElement).value;
          this.redraw();
        }}
      >
        ${from.map((k) => html`<option value=${k} ?selected=${this.values[name] === k}>${kindWords(k)}</option>`)}
      </select></label
    >`;
  }

  view(): TemplateResult {
    return html`<form
      class="slots"
      @submit=${(e: Event) => void this.keep(e)}
      @keydown=${(e: KeyboardEvent) => {
        if (e.key === "Escape") {
          e.stopPropagation();
          this.leave();
        }
      }}
    >
      ${this.choice("kind", KINDS)} ${this.choice("certainty", CERTAINTIES)}
      ${slotsOf(this.values["kind"] ?? "").map(
        (name) =>
          html`<label
            ><span>${WORDS[name]}</span
            ><input
              name=${name}
              maxlength="300"
              autocomplete="off"
              .value=${this.values[name] ?? ""}
              @input=${(e: Event) => (this.values[name] = (e.target as HTMLInputElement).value)}
          /></label>`,
      )}
      <label
        ><span>Quantity (at least 12 drones / month)</span
        ><input
          name="quantity"
          maxlength="120"
          autocomplete="off"
          .value=${this.values["quantity"] ?? ""}
          @input=${(e: Event) => (this.values["quantity"] = (e.target as HTMLInputElement).value)}
      /></label>
      ${this.translation === null
        ? ""
        : html`<label
            ><span>Translation</span
            ><input
              name="translation"
              maxlength="6000"
              .value=${this.translation}
              @input=${(e: Event) => (this.translation = (e.target as HTMLInputElement).value)}
          /></label>`}
      ${this.problem ? html`<p role="alert" class="bad">${this.problem}</p>` : ""}
      <p class="row">
        <button class="act" type="submit">Keep <kbd>Enter</kbd></button>
        <button class="act" type="button" @click=${() => this.leave()}>Leave <kbd>Esc</kbd></button>
      </p>
    </form>`;
  }

  /** Puts the caret into the first slot. */
  static focus(): void {
    requestAnimationFrame(() => document.querySelector<HTMLElement>("form.slots select, form.slots input")?.focus());
  }
}
