/** What all screens share: a fact that opens its sentence, the mark of its certainty, and where the keyboard is. */
import { html, type TemplateResult } from "lit";
import type { Certainty, Said } from "./api.ts";
import { spaced } from "../words.ts";

/** One screen of the desk. `key` says whether it took a key. */
export interface Screen {
  id: string;
  title: string;
  load(): Promise<void>;
  view(): TemplateResult;
  key?(e: KeyboardEvent): boolean;
  drawn?(): void;
}

/** What a screen may ask of the page around it. */
export interface Page {
  redraw(): void;
  open(evidence: number[]): void;
  say(words: string, bad?: boolean): void;
  refreshState(): Promise<void>;
  toClaim(n: number): void;
}

/** How certain, in words and by the line around them, never by colour alone. */
export function mark(certainty: Certainty | string): TemplateResult {
  return html`<span class="mark mark-${certainty}">${certainty}</span>`;
}

/** Something that is shown: Enter, e or a click opens the sentences that it rests on. */
export function fact(page: Page, said: Said & { denied?: boolean }, certainty: string | null, below: string | TemplateResult = ""): TemplateResult {
  return html`<button class="fact" data-evidence=${said.evidence.join(",")} @click=${() => page.open(said.evidence)}>
    ${certainty ? mark(certainty) : ""}${said.denied && certainty !== "denied" ? mark("denied") : ""}<bdi>${said.sentence}</bdi>${below ? html`<span class="below">${below}</span>` : ""}
  </button>`;
}

export function left(total: number, shown: number, what: string): TemplateResult | string {
  return total > shown ? html`<p class="quiet">${total - shown} more ${what} are not shown.</p>` : "";
}

export const kindWords = spaced;

/** A part of a text by characters as the desk counts them (code points), not as JavaScript does. */
export function points(text: string): string[] {
  return Array.from(text);
}

export const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.matches("input:not([type=checkbox]):not([type=radio]):not([type=range]), select") ||
    (target instanceof HTMLTextAreaElement && target.ariaReadOnly !== "true"));
