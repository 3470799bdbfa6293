/** Incidents: the list, one of them with its steps and files, and everything that may be done to it. */
import { html, nothing, type TemplateResult } from "lit";
import { count, plural, spaced } from "../words.ts";
import { answered, ask, save, tell } from "./api.ts";
import type { Page, Screen } from "./parts.ts";

interface Step {
  n: number;
  time: number;
  by: string;
  what: string;
  text: string;
}
interface Attached {
  sha256: string;
  name: string;
  size: number;
  time: number;
  by: string;
}
interface Case {
  number: number;
  title: string;
  since: number;
  until: number | null;
  opened_at: number;
  opened_by: string;
  holder: string;
  status: "open" | "handed_over" | "closed";
  outcome: string | null;
  held: boolean;
  alerts: number[];
  tracks: number[];
  files: Attached[];
  taken_off: Attached[];
  steps: Step[];
}
type Row = Omit<Case, "files" | "steps"> & { files: number; steps: number };
interface Alert {
  id: number;
  severity: string;
  state: string;
  text: string;
}

const OUTCOMES = ["drone", "friendly", "bird", "clutter", "spoof", "exercise", "other"];
const MARKS = { open: "●", handed_over: "▶", closed: "○" } as const;
const FIRST_MINUTES = 60;

const when = (time: number): string => new Date(time * 1000).toISOString().slice(0, 19).replace("T", " ");
/** What a "datetime-local" field holds: the page speaks UTC throughout. */
const field = (time: number | null): string => (time === null ? "" : new Date(time * 1000).toISOString().slice(0, 19));
const unix = (text: string): number => Date.parse(`${text}Z`) / 1000;
const numbers = (text: string): number[] => [...text.matchAll(/\d+/g)].map((m) => Number(m[0]));

export class IncidentsScreen implements Screen {
  readonly id = "incidents";
  readonly title = "Incidents";
  private readonly page: Page;
  private rows: Row[] = [];
  private complete = true;
  private chosen: Case | null = null;
  private alerts: Alert[] = [];
  private opening = false;
  /** What the watch page hands on: an alert, its tracks, when it began. */
  private given: { since: number; alerts: string; tracks: string } | null = null;
  private busy = false;

  constructor(page: Page) {
    this.page = page;
  }

  async load(): Promise<void> {
    await this.list();
    const said = new URLSearchParams(location.hash.slice(1));
    if (said.has("since")) {
      this.given = { since: Number(said.get("since")), alerts: said.get("alerts") ?? "", tracks: said.get("tracks") ?? "" };
      this.begin();
      return;
    }
    const asked = Number(said.get("n"));
    const first = this.rows.find((r) => r.number === asked) ?? this.rows[0];
    if (first) await this.choose(first.number);
  }

  private async list(): Promise<void> {
    const found = await ask<{ incidents: Row[]; complete: boolean }>("/api/incidents");
    [this.rows, this.complete] = [found.incidents, found.complete];
  }

  private async choose(number: number): Promise<void> {
    const found = await ask<{ incident: Case; alerts: Alert[] }>(`/api/incidents/${number}`);
    [this.chosen, this.alerts, this.opening] = [found.incident, found.alerts, false];
    this.given = null;
    history.replaceState(null, "", `#incidents&n=${number}`);
    this.page.redraw();
  }

  key(e: KeyboardEvent): boolean {
    if (e.key === "n") this.begin();
    else if (e.key === "j" || e.key === "k") {
      const at = this.rows.findIndex((r) => r.number === this.chosen?.number);
      const next = this.rows[Math.max(0, Math.min(this.rows.length - 1, at + (e.key === "j" ? 1 : -1)))];
      if (next) void this.choose(next.number).catch((wrong: Error) => this.page.say(wrong.message, true));
    } else return false;
    return true;
  }

  private begin(): void {
    this.opening = true;
    this.page.redraw();
    requestAnimationFrame(() => document.querySelector<HTMLInputElement>("#case-title")?.focus());
  }

  /** Do something, then show how the incident stands. A refusal leaves what was typed. */
  private async act(work: () => Promise<{ number: number }>, done: string, form?: HTMLFormElement): Promise<void> {
    if (this.busy) return this.page.say("One thing after the other: the last step is still being written.", true);
    this.busy = true;
    this.page.say("Writing…");
    try {
      const { number } = await work();
      form?.reset();
      await this.list();
      await this.choose(number);
      this.page.say(done);
    } catch (wrong) {
      this.page.say((wrong as Error).message, true);
    }
    this.busy = false;
    this.page.redraw();
  }

  private step(body: object, done: string, form?: HTMLFormElement): void {
    const number = this.chosen!.number;
    void this.act(() => tell(`/api/incidents/${number}`, body), done, form);
  }

  view(): TemplateResult {
    return html`<div class="incidents">
      <section class="card list" aria-label="All incidents">
        <button class="act is-main" @click=${() => this.begin()}>New incident <kbd>n</kbd></button>
        ${this.complete ? nothing : html`<p class="quiet">Incidents of earlier runs are still read from the log.</p>`}
        ${this.rows.length ? nothing : html`<p class="quiet">No incident was opened. One groups alerts, flights, notes and files, and holds their records from being erased.</p>`}
        <ul>
          ${this.rows.map(
            (r) => html`<li><button class="row ${r.number === this.chosen?.number ? "is-chosen" : ""}" aria-current=${r.number === this.chosen?.number ? "true" : "false"} @click=${() => void this.choose(r.number)}>
              <span><b>${MARKS[r.status]} ${r.number}</b> ${r.title}</span>
              <span class="quiet">${spaced(r.status)}${r.outcome ? `: ${r.outcome}` : ""}, ${r.holder} · ${when(r.since).slice(0, 16)}${r.held ? " · held" : ""}</span>
            </button></li>`,
          )}
        </ul>
      </section>
      <div class="side">${this.opening ? this.newOne() : this.chosen ? this.one(this.chosen) : nothing}</div>
    </div>`;
  }

  private newOne(): TemplateResult {
    const since = this.given?.since || Date.now() / 1000 - FIRST_MINUTES * 60;
    return html`<form class="card stack" aria-label="New incident"
      @submit=${(e: SubmitEvent) => {
        e.preventDefault();
        const form = e.target as HTMLFormElement;
        const said = new FormData(form);
        const text = (name: string) => String(said.get(name) ?? "");
        const body = { title: text("title"), since: unix(text("since")), until: text("until") ? unix(text("until")) : null, text: text("text"), alerts: numbers(text("alerts")), tracks: numbers(text("tracks")) };
        void this.act(() => tell("/api/incidents", body), "The incident is open; its records are held.", form);
      }}>
      <h2>New incident</h2>
      <label>Title <input id="case-title" name="title" required maxlength="200" /></label>
      <label>From (UTC) <input name="since" type="datetime-local" step="1" required .value=${field(since)} /></label>
      <label>To (UTC) <input name="until" type="datetime-local" step="1" /> <span class="quiet">empty: it goes on</span></label>
      <label>Alerts <input name="alerts" placeholder="numbers: 12, 14" .value=${this.given?.alerts ?? ""} /></label>
      <label>Tracks <input name="tracks" placeholder="numbers: 1041" .value=${this.given?.tracks ?? ""} /></label>
      <label>What happened <textarea name="text" rows="3" maxlength="4000"></textarea></label>
      <p class="row-actions"><button class="act is-main" ?disabled=${this.busy}>Open it</button><button type="button" class="act" @click=${() => { this.opening = false; this.page.redraw(); }}>Cancel</button></p>
    </form>`;
  }

  private one(c: Case): TemplateResult {
    const closed = c.status === "closed";
    return html`<section class="card" aria-label="Incident ${c.number}">
        <div class="chart-head"><h2>${MARKS[c.status]} Incident ${c.number}: ${c.title}</h2>
          <button class="act" @click=${() => this.export(c)} ?disabled=${this.busy}>Export, ZIP</button></div>
        <p><b>${spaced(c.status)}${c.outcome ? `: ${c.outcome}` : ""}</b>, with <b>${c.holder}</b>. ${when(c.since)} to ${c.until === null ? "now" : when(c.until)} UTC. Opened by ${c.opened_by} ${when(c.opened_at)} UTC.</p>
        <p>${c.held ? "HELD: the records of its period, and all after them, are not erased." : "Not held: its records go when their time is over, and the incident with them."}
          ${closed ? html`<button class="act small" ?disabled=${this.busy} @click=${() => this.step({ op: "hold", held: !c.held }, c.held ? "The hold is let go." : "Its records are held.")}>${c.held ? "Let go of the hold" : "Hold"}</button>` : nothing}</p>
        ${this.items(c, closed)}
      </section>
      ${this.files(c, closed)}
      <section class="card" aria-label="Steps">
        <h2>What was done</h2>
        <table><thead><tr><th>when (UTC)</th><th>who</th><th>what</th><th>words</th></tr></thead>
          <tbody>${c.steps.map((s) => html`<tr><td class="time">${when(s.time)}</td><td>${s.by}</td><td>${s.what}</td><td class="words">${s.text}</td></tr>`)}</tbody></table>
        ${this.notes(c, closed)}
      </section>`;
  }

  private items(c: Case, closed: boolean): TemplateResult {
    const known = new Map(this.alerts.map((a) => [a.id, a]));
    const off = (body: object, name: string) =>
      closed ? nothing : html`<button class="act small" aria-label="Take off ${name}" ?disabled=${this.busy} @click=${() => this.step({ op: "items", remove: true, ...body }, `Took off ${name}.`)}>×</button>`;
    return html`<h2>Alerts and flights</h2>
      ${c.alerts.length + c.tracks.length ? nothing : html`<p class="quiet">None joined yet.</p>`}
      <ul class="items">
        ${c.alerts.map((id) => {
          const a = known.get(id);
          return html`<li>${off({ alerts: [id] }, `alert ${id}`)} <b>alert ${id}</b> ${a ? `${a.severity}, ${a.state}: ${a.text}` : html`<span class="quiet">no longer among the station's alerts; the export has it from the log</span>`}</li>`;
        })}
        ${c.tracks.map((id) => html`<li>${off({ tracks: [id] }, `track ${id}`)} <b>track ${id}</b></li>`)}
      </ul>
      ${closed ? nothing : html`<form class="ask" aria-label="Join alerts and tracks"
        @submit=${(e: SubmitEvent) => {
          e.preventDefault();
          const form = e.target as HTMLFormElement;
          const said = new FormData(form);
          this.step({ op: "items", alerts: numbers(String(said.get("alerts"))), tracks: numbers(String(said.get("tracks"))) }, "Joined.", form);
        }}>
        <label>Alerts <input name="alerts" size="12" placeholder="12, 14" /></label>
        <label>Tracks <input name="tracks" size="12" placeholder="1041" /></label>
        <button class="act" ?disabled=${this.busy}>Join</button>
      </form>`}`;
  }

  private files(c: Case, closed: boolean): TemplateResult {
    return html`<section class="card" aria-label="Files">
      <h2>Files</h2>
      ${c.files.length ? html`<table><thead><tr><th>name</th><th class="number">bytes</th><th>by</th><th>SHA-256</th>${closed ? nothing : html`<th><span class="hidden">take off</span></th>`}</tr></thead><tbody>
        ${c.files.map((f) => html`<tr><td><button class="act small" @click=${() => this.get(`/api/incidents/${c.number}/files/${f.sha256}`, f.name)}>${f.name}</button></td><td class="number">${count(f.size)}</td><td>${f.by}</td><td><code title=${f.sha256}>${f.sha256.slice(0, 16)}…</code></td>${closed ? nothing : html`<td><button class="act small" aria-label="Take off ${f.name}" ?disabled=${this.busy} @click=${() => this.step({ op: "detach", sha256: f.sha256 }, `Took off ${f.name}; its bytes are kept for the audit.`)}>×</button></td>`}</tr>`)}
      </tbody></table>` : html`<p class="quiet">No file is attached.</p>`}
      ${c.taken_off.length ? html`<p class="quiet">Taken off, kept for the audit as long as the incident: ${c.taken_off.map((f) => f.name).join(", ")}.</p>` : nothing}
      ${closed ? nothing : html`<label class="file-field">Attach a file, at most 25 MiB <input type="file" @change=${(e: Event) => this.attach(c, e.target as HTMLInputElement)} ?disabled=${this.busy} /></label>`}
    </section>`;
  }

  private notes(c: Case, closed: boolean): TemplateResult {
    const sent = (op: string, done: string, more: (said: FormData) => object = () => ({})) => (e: SubmitEvent) => {
      e.preventDefault();
      const form = e.target as HTMLFormElement;
      const said = new FormData(form);
      this.step({ op, text: String(said.get("text") ?? ""), ...more(said) }, done, form);
    };
    const words = (label: string, required = false) => html`<input name="text" maxlength="4000" aria-label=${label} placeholder=${label} ?required=${required} />`;
    return html`<div class="deeds">
      <form class="ask" aria-label="Note" @submit=${sent("note", "Noted.")}>${words("Note", true)}<button class="act" ?disabled=${this.busy}>Note</button></form>
      ${closed
        ? html`<form class="ask" aria-label="Reopen" @submit=${sent("reopen", "Open again.")}>${words("Why")}<button class="act" ?disabled=${this.busy}>Reopen</button></form>`
        : html`<form class="ask" aria-label="Hand over" @submit=${sent("hand_over", "Handed over.", (said) => ({ to: String(said.get("to")) }))}>
            <input name="to" required maxlength="100" size="12" aria-label="Hand over to" placeholder="to whom" />${words("What they must know")}<button class="act" ?disabled=${this.busy}>Hand over</button></form>
          <form class="ask" aria-label="Close" @submit=${sent("close", "Closed.", (said) => ({ outcome: String(said.get("outcome")) }))}>
            <select name="outcome" aria-label="What it was">${OUTCOMES.map((o) => html`<option>${o}</option>`)}</select>${words("Closing words")}<button class="act" ?disabled=${this.busy}>Close</button></form>
          <form class="ask" aria-label="Period" @submit=${sent("period", "The period is changed.", (said) => ({ since: unix(String(said.get("since"))), until: said.get("until") ? unix(String(said.get("until"))) : null }))}>
            <input name="since" type="datetime-local" step="1" required aria-label="From (UTC)" .value=${field(c.since)} />
            <input name="until" type="datetime-local" step="1" aria-label="To (UTC); empty: it goes on" .value=${field(c.until)} />
            <button class="act" ?disabled=${this.busy}>Set period</button></form>`}
    </div>`;
  }

  private attach(c: Case, input: HTMLInputElement): void {
    const file = input.files?.[0];
    if (!file) return;
    const to = `/api/incidents/${c.number}/files?name=${encodeURIComponent(file.name)}`;
    const send = async () => answered<Case>(await fetch(to, { method: "POST", headers: { "content-type": "application/octet-stream" }, body: file }));
    void this.act(send, `${file.name} is attached, ${plural(file.size, "byte")}.`).then(() => (input.value = ""));
  }

  private get(path: string, name: string): void {
    void save(path, name).catch((wrong: Error) => this.page.say(wrong.message, true));
  }

  private export(c: Case): void {
    void this.act(async () => {
      this.page.say("Replaying the log for the export…");
      await save(`/api/incidents/${c.number}/export.zip`, `picket-incident-${c.number}.zip`);
      return c;
    }, "Exported: page, GeoJSON, tables, files and their digests.");
  }
}

