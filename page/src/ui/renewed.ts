/**
 * Lists that are drawn anew now and then.
 *
 * lit's `repeat` leaves one empty comment in the document for each row that goes (lit-html 3.3.3, `removePart`): 26,000 in a busy watch, and
 * 100 MB with them. A list whose rows come and go is therefore keyed by a number that changes after so many have gone.
 */
import { html, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { repeat } from "lit/directives/repeat.js";

const MOST_GONE = 100;

export class Renewed<T> {
  private held = new Set<number>();
  private gone = 0;
  private generation = 0;
  private readonly key: (row: T) => number;
  private readonly ready: () => boolean;

  /** `ready` is asked before the rows are drawn anew, and false puts it off: the focus that is in one of them would be lost. */
  constructor(key: (row: T) => number, ready: () => boolean = () => true) {
    this.key = key;
    this.ready = ready;
  }

  rows(list: readonly T[], row: (row: T) => TemplateResult): unknown {
    const now = new Set(list.map(this.key));
    for (const id of this.held) if (!now.has(id)) this.gone++;
    this.held = now;
    if (this.gone >= MOST_GONE && this.ready()) {
      this.gone = 0;
      this.generation++;
    }
    return keyed(this.generation, html`${repeat(list, this.key, row)}`);
  }
}
