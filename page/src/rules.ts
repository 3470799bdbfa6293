/** Alert rules as the officer handles them: on or off, tried on the recorded past, and the last change taken back. */
import { api, words, type Rule, type Tried } from "./api.ts";
import type { State } from "./state.ts";

export const BACK_H = [1, 24, 168] as const;

export class RuleDesk {
  /** The rule that a request is under way for. */
  busy: string | null = null;
  /** How far back a trial looks, hours. */
  backH: (typeof BACK_H)[number] = 24;
  /** What the last trial or change of each rule said. */
  readonly said = new Map<string, { words: string; bad?: boolean; tried?: Tried }>();
  /** A change was made here that may be taken back. */
  undoable = false;
  private readonly state: State;

  constructor(state: State) {
    this.state = state;
  }

  get mayChange(): boolean {
    return this.state.has("put", "/api/rules/{rule_id}");
  }

  async toggle(rule: Rule): Promise<void> {
    await this.ask(rule.id, async () => {
      const { rules, words: said, saved } = await api.switchRule(rule.id, !rule.on);
      this.state.rules = rules;
      this.undoable = true;
      this.say(rule.id, `${said ?? "Changed"}${saved === false ? ", until the station ends" : ", in the site file"}.`);
    });
  }

  async test(rule: Rule): Promise<void> {
    await this.ask(rule.id, async () => {
      const tried = await api.tryRule(rule.id, this.backH);
      this.said.set(rule.id, { words: `${tried.words} It is in the watch log.`, tried });
    });
  }

  async undo(): Promise<void> {
    await this.ask("", async () => {
      const { words: said } = await api.undoZone();
      this.state.rules = (await api.rules()).rules;
      this.undoable = false;
      this.said.clear();
      this.state.say(`${said ?? "Undone"}.`);
    });
  }

  private async ask(id: string, work: () => Promise<void>): Promise<void> {
    if (this.busy !== null) return;
    this.busy = id;
    this.said.delete(id);
    this.state.changed();
    try {
      await work();
    } catch (e) {
      if (id) this.said.set(id, { words: words(e), bad: true });
      else this.state.say(words(e), true);
    } finally {
      this.busy = null;
      this.state.changed();
    }
  }

  private say(id: string, said: string): void {
    this.said.set(id, { words: said });
  }
}
