/** A hand edit of the site file while the station runs: shown as a diff, taken over, or left for later with what is running now. */
import { api, words, type SiteChange } from "./api.ts";
import type { State } from "./state.ts";

export class SiteChanges {
  change: SiteChange = {};
  open = false;
  taking = false;
  error = "";
  /** The diff that the officer left for later: it is not offered again until it changes. */
  private left = "";
  private readonly state: State;

  constructor(state: State) {
    this.state = state;
  }

  get waiting(): boolean {
    return Boolean(this.change.diff || this.change.problem) && this.key !== this.left;
  }

  private get key(): string {
    return `${this.change.diff ?? ""}\n${this.change.problem ?? ""}`;
  }

  async load(): Promise<void> {
    if (!this.state.has("get", "/api/site/change")) return;
    try {
      this.change = (await api.siteChange()) ?? {};
      if (!this.change.diff && !this.change.problem) this.open = false;
    } catch {
      return; // the link's own state says that the station is away
    }
    this.state.changed();
  }

  show(on: boolean): void {
    this.open = on;
    this.error = "";
    this.state.changed();
  }

  async take(): Promise<void> {
    if (this.taking) return;
    this.taking = true;
    this.state.changed();
    try {
      await api.takeSite();
      this.open = false;
      this.change = {};
      this.state.say("The edited site file is taken over.");
    } catch (e) {
      this.error = `Not taken over: ${words(e)}`;
    } finally {
      this.taking = false;
      this.state.changed();
    }
  }

  /** The station goes on as it runs; the file stays as it was edited. */
  leave(): void {
    this.left = this.key;
    this.open = false;
    this.state.say("Left as it is: the station goes on with the site file that it runs.");
  }
}
