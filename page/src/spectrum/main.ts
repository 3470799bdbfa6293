/** The spectrum page: one radio and band at a time; what was heard, what is usual, and what nobody looked at. */
import { html, nothing, render, type TemplateResult } from "lit";
import { applyPalette, palettes, PALETTES, PALETTE_WORDS, rememberedPalette } from "../palette.ts";
import { ask, rowsOf, type Band, type Chance, type Clip, type Heard, type Hours, type Radio, type State } from "./api.ts";
import { hzAt, marks, mhz, timeAt, within, x, y, type Axes } from "./axes.ts";
import { busiest, floor, occupancy, TIMES_PX } from "./charts.ts";
import { draw, Fall } from "./waterfall.ts";
import { once } from "../once.ts";

const POLL_MS = 500;
const SLOW_MS = 3000;
const WINDOWS_S = [10, 30, 120];
const LONGEST_CLIP_S = 10;

interface Chosen {
  start: number;
  end: number;
  hz: number;
  what: string;
}

class Page {
  private palette = rememberedPalette();
  private state: State | null = null;
  private radio = "";
  private band = "";
  private fall = new Fall();
  private hours: Hours | null = null;
  private clips: Clip[] = [];
  private chances: Chance[] = [];
  private windowS = 30;
  private frozen: number | null = null;
  private chosen: Chosen | null = null;
  private note = "";
  private words = "";
  private bad = false;
  private pointer: [number, number] | null = null;
  private slowAt = 0;

  async start(): Promise<void> {
    applyPalette(this.palette);
    window.addEventListener("keydown", (e) => this.key(e));
    window.addEventListener("resize", () => this.redraw());
    for (;;) {
      try {
        await this.poll();
        if (this.bad && this.words.startsWith("No answer")) this.say("");
      } catch (wrong) {
        this.say(wrong instanceof TypeError ? "No answer from the station; asking again." : (wrong as Error).message, true);
      }
      this.redraw();
      const ended = this.state && !this.state.live && this.state.health.every((h) => h.state === "down");
      await new Promise((done) => setTimeout(done, document.hidden || ended ? SLOW_MS : POLL_MS));
    }
  }

  private async poll(): Promise<void> {
    this.state = await ask<State>("");
    const radio = this.one ?? this.state.radios[0];
    if (!radio) return;
    if (radio.id !== this.radio || !radio.bands.some((b) => b.name === this.band)) this.choose(radio.id, radio.bands[0]!.name);
    const [at, band] = [this.radio, this.band];
    const found = await rowsOf(at, band, this.fall.last);
    if (at !== this.radio || band !== this.band) return;
    [this.fall.lowestDb, this.fall.dbPerLevel] = [found.lowest_db, found.db_per_level];
    this.fall.add(found.rows, found.boxes, found.last);
    if (performance.now() - this.slowAt > SLOW_MS) {
      this.slowAt = performance.now();
      this.hours = await ask<Hours>("/occupancy", { radio: at, band });
      this.clips = (await ask<{ clips: Clip[] }>("/clips")).clips;
    }
  }

  private get one(): Radio | undefined {
    return this.state?.radios.find((r) => r.id === this.radio);
  }

  private get oneBand(): Band | undefined {
    return this.one?.bands.find((b) => b.name === this.band);
  }

  private choose(radio: string, band: string): void {
    if (radio !== this.radio) void ask<{ chances: Chance[] }>("/chances", { radio }).then((c) => ((this.chances = c.chances), this.redraw()));
    [this.radio, this.band, this.fall, this.hours, this.chosen, this.slowAt] = [radio, band, new Fall(), null, null, 0];
  }

  private say(words: string, bad = false): void {
    [this.words, this.bad] = [words, bad];
    this.redraw();
  }

  private readonly redraw = once(() => {
    render(this.view(), document.querySelector<HTMLElement>("#app")!);
    this.paint();
  }, (go) => requestAnimationFrame(go));

  // -- the picture ----------------------------------------------------------------------------------------------------
  private axes(): Axes | null {
    const canvas = document.querySelector<HTMLCanvasElement>("#fall");
    const band = this.oneBand;
    const s = this.state;
    if (!canvas || !band || !s) return null;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const edges = { lowHz: band.low_hz, highHz: band.high_hz, width, height };
    if (!s.live) {
      const from = s.start ?? 0;
      return { ...edges, top: from, bottom: from + (s.seconds ?? 1) };
    }
    const now = this.frozen ?? s.time;
    return { ...edges, top: now, bottom: now - this.windowS };
  }

  private paint(): void {
    const axes = this.axes();
    const [s, band] = [this.state, this.oneBand];
    if (!axes || !s || !band) return;
    const palette = palettes[this.palette];
    draw(document.querySelector<HTMLCanvasElement>("#fall")!, this.fall, axes, palette, s.live ? 0.08 : Math.max(0.004, (s.seconds ?? 1) / 400));
    floor(document.querySelector<HTMLCanvasElement>("#floor")!, band, this.one!.disturbed, palette);
    if (this.hours) occupancy(document.querySelector<HTMLCanvasElement>("#hours")!, this.hours, palette);
  }

  private time(t: number, digits = 0): string {
    const s = this.state!;
    if (s.live || s.dated) {
      const text = new Date(t * 1000).toISOString();
      return `${text.slice(11, digits ? 19 + 1 + digits : 19)}Z`;
    }
    return `${(t - (s.start ?? 0)).toFixed(Math.max(digits, 3))} s`;
  }

  private pick(e: MouseEvent): void {
    const axes = this.axes();
    if (!axes) return;
    const [px, py] = [e.offsetX, e.offsetY];
    const [hz, t] = [hzAt(axes, px), timeAt(axes, py)];
    const near = 4 / axes.height * Math.abs(axes.bottom - axes.top);
    const box = this.fall.boxes.filter((b) => hz >= b.low_hz && hz <= b.high_hz && t >= b.begin - near && t <= b.end + near).sort((a, b) => a.end - a.begin - (b.end - b.begin))[0];
    const margin = 0.1;
    const [start, end] = box ? [box.begin - margin, Math.min(box.end + margin, box.begin - margin + LONGEST_CLIP_S)] : [t - 0.5, t + 0.5];
    this.chosen = { start, end, hz, what: box ? `${box.label}, ${box.snr_db} dB` : "no emission" };
    if (this.state?.live && this.frozen === null) this.frozen = this.state.time;
    this.redraw();
  }

  private async keep(): Promise<void> {
    const c = this.chosen;
    if (!c) return;
    try {
      const cut = await ask<{ name: string; seconds: number }>("/clips", {}, { radio: this.radio, start: c.start, end: c.end, hz: c.hz, note: this.note });
      this.say(`Kept ${cut.seconds.toFixed(2)} s as ${cut.name}; that is in the log.`);
      [this.chosen, this.note, this.frozen, this.slowAt] = [null, "", null, 0];
    } catch (wrong) {
      this.say((wrong as Error).message, true);
    }
  }

  private latest(): void {
    const [s, band] = [this.state, this.oneBand];
    if (!s || !band) return;
    const length = Math.min(this.one!.clip_s, LONGEST_CLIP_S, 2);
    const hz = this.fall.rows.length ? (this.fall.rows.at(-1)!.low_hz + this.fall.rows.at(-1)!.high_hz) / 2 : (band.low_hz + band.high_hz) / 2;
    const end = this.fall.rows.at(-1)?.time ?? s.time;
    this.chosen = { start: end - length, end, hz, what: "the latest samples" };
    this.redraw();
  }

  private key(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    if (e.target instanceof HTMLElement && e.target.matches("input, select")) {
      if (e.key === "Escape") e.target.blur();
      return;
    }
    const bands = this.one?.bands ?? [];
    const digit = "123456789".indexOf(e.key);
    if (e.key === "Escape") [this.chosen, this.frozen] = [null, null];
    else if (e.key === "p") {
      this.palette = PALETTES[(PALETTES.indexOf(this.palette) + 1) % PALETTES.length]!;
      applyPalette(this.palette);
    } else if (e.key === "h") this.frozen = this.frozen === null && this.state?.live ? this.state.time : null;
    else if (e.key === "c") this.latest();
    else if (e.key === "k" && this.chosen) void this.keep();
    else if (e.key === "w") this.windowS = WINDOWS_S[(WINDOWS_S.indexOf(this.windowS) + 1) % WINDOWS_S.length]!;
    else if (digit >= 0 && bands[digit]) this.choose(this.radio, bands[digit]!.name);
    else return;
    e.preventDefault();
    this.redraw();
  }

  // Places are set as properties: the station's content policy lets no style stand in the markup, not even a first one.
  // -- the words ------------------------------------------------------------------------------------------------------
  private view(): TemplateResult {
    const [s, radio, band] = [this.state, this.one, this.oneBand];
    return html`<header>
        <h1>Picket <span>spectrum</span></h1>
        ${s ? html`<b class="name">${s.name}</b>` : nothing}
        ${s?.simulated ? html`<b class="simulated">SIMULATED</b>` : nothing}
        ${s && s.radios.length > 1
          ? html`<label>Radio <select @change=${(e: Event) => { const id = (e.target as HTMLSelectElement).value; this.choose(id, s.radios.find((r) => r.id === id)!.bands[0]!.name); }}>
              ${s.radios.map((r) => html`<option value=${r.id} ?selected=${r.id === this.radio}>${r.id}</option>`)}
            </select></label>`
          : nothing}
        <nav aria-label="Bands">
          ${(radio?.bands ?? []).map(
            (b, i) => html`<button aria-current=${b.name === this.band ? "page" : "false"} @click=${() => { this.choose(this.radio, b.name); this.redraw(); }}>
              <kbd>${i + 1}</kbd> ${b.name}${radio!.disturbed.some((d) => d.band === b.name) ? " · disturbed" : ""}
            </button>`,
          )}
        </nav>
        ${s?.live || (!s && this.bad) ? html`<a class="act" href="/">Watch</a>` : nothing}
      </header>
      <p class="bar ${this.bad ? "bad" : ""}" role="status">${this.words || this.status()}<span>${PALETTE_WORDS[this.palette]} <kbd>p</kbd></span></p>
      <main>
        ${band && radio && s ? html`${this.picture(band)} ${this.side(radio, band)}` : html`<p class="empty">${this.words ? nothing : "Waiting for the radio."}</p>`}
      </main>`;
  }

  private status(): string {
    const [s, radio] = [this.state, this.one];
    if (!s || !radio) return "";
    const health = s.health.find((h) => h.id === radio.id);
    const parts: string[] = [];
    if (!s.live) parts.push(health?.state === "down" ? "whole recording looked at" : `looking: ${((health?.samples ?? 0) / radio.rate_hz).toFixed(2)} s of ${(s.seconds ?? 0).toFixed(2)} s`);
    else if (health && health.state !== "up") parts.push(`${health.state}: ${health.detail}`);
    else parts.push(`${mhz(radio.rate_hz)} MS/s, gain ${radio.gain_db === null ? "its own: floor not judged" : `${radio.gain_db} dB`}`);
    const lost = Object.entries(health?.left_out ?? {}).filter(([k]) => ["too_slow", "missing", "constant"].includes(k));
    for (const [why, n] of lost) parts.push(`${((n / radio.rate_hz)).toFixed(1)} s of samples ${why === "too_slow" ? "not looked at: too slow" : why === "missing" ? "missing" : "all alike: not receiving"}`);
    if (radio.clipped > 0.001) parts.push(`OVERLOADED: ${(100 * radio.clipped).toFixed(1)} % of values at full scale, lower the gain`);
    if (Math.abs(radio.level_db) >= 2.5) parts.push(`everything moved by ${radio.level_db.toFixed(1)} dB alike: gain or antenna, or a jammer wider than all that is watched`);
    if (radio.gain_steps.length) parts.push(`gain stepped ${radio.gain_steps.length} times (no jamming)`);
    if (radio.too_much) parts.push(radio.too_much);
    return parts.join(" · ");
  }

  private picture(band: Band): TemplateResult {
    const axes = this.axes();
    const c = this.chosen;
    const over = this.pointer && axes ? this.under(axes) : "";
    const away = band.steps.length > 1;
    const total = band.steps.reduce((sum, step) => sum + step.watched, 0) / band.steps.length;
    return html`<section class="picture" aria-label="Waterfall">
      <div class="row">
        <b>${mhz(band.low_hz)} – ${mhz(band.high_hz)} MHz</b>
        <span class="quiet">each part looked at for ${(100 * total).toFixed(0)} % of the last 10 min${away ? "; hatched: nobody looked, which is not silence" : ""}</span>
        <span class="quiet over">${over}</span>
        ${this.state!.live
          ? html`<button class="act" @click=${() => { this.windowS = WINDOWS_S[(WINDOWS_S.indexOf(this.windowS) + 1) % WINDOWS_S.length]!; this.redraw(); }}>${this.windowS} s <kbd>w</kbd></button>
              <button class="act" aria-pressed=${this.frozen !== null} @click=${() => { this.frozen = this.frozen === null ? this.state!.time : null; this.redraw(); }}>${this.frozen === null ? "Hold" : "Held"} <kbd>h</kbd></button>`
          : nothing}
      </div>
      <div class="axis"><i>MHz</i>${axes ? marks(axes.lowHz, axes.highHz, 8).map((hz) => html`<span .style=${`left: ${TIMES_PX + within(x(axes, hz), axes.width, 14)}px`}>${mhz(hz)}</span>`) : nothing}</div>
      <div class="fall">
        <div class="times">${axes ? marks(axes.top, axes.bottom, 7).map((t) => html`<span .style=${`top: ${within(y(axes, t), axes.height, 8)}px`}>${this.time(t)}</span>`) : nothing}</div>
        <canvas id="fall" role="img" aria-label="Waterfall of ${band.name}: ${this.fall.boxes.length} emissions shown; the list beside it names the emitters"
          @click=${(e: MouseEvent) => this.pick(e)}
          @mousemove=${(e: MouseEvent) => { this.pointer = [e.offsetX, e.offsetY]; this.redraw(); }}
          @mouseleave=${() => { this.pointer = null; this.redraw(); }}></canvas>
        ${c && axes ? html`<div class="cut" .style=${`top: ${Math.min(y(axes, c.start), y(axes, c.end))}px; height: ${Math.abs(y(axes, c.end) - y(axes, c.start))}px`}></div>` : nothing}
      </div>
      <h2>Floor <span class="quiet">now (line) against what is usual at this hour (dashes)${band.floor.judged ? "" : ": not judged, the radio sets its own gain"}${band.gnss.length ? `; holds ${band.gnss.join("; ")}` : ""}</span></h2>
      <canvas id="floor" role="img" aria-label=${this.floorWords(band)}></canvas>
      <h2>Occupancy <span class="quiet">by hour (UTC) and channel of ${this.hours ? mhz(this.hours.channel_hz) : "–"} MHz, of the time looked at</span></h2>
      <canvas id="hours" role="img" aria-label=${this.hours ? busiest(this.hours) : "Nothing yet"}></canvas>
    </section>`;
  }

  private under(axes: Axes): string {
    const [px, py] = this.pointer!;
    const [hz, t] = [hzAt(axes, px), timeAt(axes, py)];
    const db = this.fall.at(hz, t);
    return `${mhz(hz)} MHz, ${this.time(t, 2)}: ${db === null ? "not looked at" : `${db.toFixed(0)} dB`}`;
  }

  private floorWords(band: Band): string {
    const rises = band.floor.now_db.map((v, i) => (v === null || band.floor.usual_db[i] == null ? null : v - band.floor.usual_db[i]!)).filter((v): v is number => v !== null);
    if (!rises.length) return "Floor: what is usual here is not known yet";
    return `Floor: at most ${Math.max(...rises).toFixed(1)} dB over what is usual`;
  }

  private side(radio: Radio, band: Band): TemplateResult {
    const here = radio.emitters.filter((m) => m.band === band.name);
    const elsewhere = radio.emitters.length - here.length;
    return html`<section class="side scroll" aria-label="Heard" tabindex="0">
      ${radio.disturbed.map((d) => html`<p class="alarm">${d.kind === "level" ? "Level" : "Disturbed"}: ${mhz(d.low_hz, 1)} – ${mhz(d.high_hz, 1)} MHz, ${d.rise_db.toFixed(1)} dB ${d.kind === "floor" ? "over what is usual" : d.kind === "level" ? "everywhere: gain, or wider than all that is watched" : d.kind === "gnss" ? "where only satellites belong" : d.kind.replace("_", " ")}, since ${this.time(d.since)}</p>`)}
      <h2>Emitters <span class="quiet">${elsewhere ? `${elsewhere} more in other bands` : ""}</span></h2>
      ${here.length ? here.map((m) => this.emitter(m)) : html`<p class="quiet">No drone link, broadcast or jammer was heard here. Wi-Fi, Bluetooth and what has no name count as occupancy and are not remembered.</p>`}
      <h2>Keep samples</h2>
      ${this.chosen
        ? html`<p>${this.chosen.what}: ${(this.chosen.end - this.chosen.start).toFixed(2)} s from ${this.time(this.chosen.start, 2)} round ${mhz(this.chosen.hz)} MHz</p>
            <p class="row"><label class="wide">Note <input maxlength="500" .value=${this.note} @input=${(e: Event) => (this.note = (e.target as HTMLInputElement).value)} /></label></p>
            <p class="row"><button class="act" @click=${() => void this.keep()}>Keep as SigMF <kbd>k</kbd></button><button class="act" @click=${() => { [this.chosen, this.frozen] = [null, null]; this.redraw(); }}>Cancel <kbd>Esc</kbd></button></p>
            <p class="quiet">Samples hold what was on the air. Who keeps them is logged, and they are erased in time.</p>`
        : html`<p class="quiet">Click an emission or a place on the waterfall, or take the latest: <button class="act" @click=${() => this.latest()}>Latest <kbd>c</kbd></button></p>`}
      ${this.clips.slice(0, 6).map((k) => html`<p class="clip"><a href="/api/spectrum/clips/${k.name}.sigmf-meta" download>${k.name}</a> <a href="/api/spectrum/clips/${k.name}.sigmf-data" download>samples</a> <span class="quiet">${(k.bytes / 1e6).toFixed(1)} MB</span></p>`)}
      ${this.state!.live ? this.plan(radio) : nothing}
    </section>`;
  }

  private emitter(m: Heard): TemplateResult {
    const share = m.looked_s > 0 ? Math.min(1, m.on_s / m.looked_s) : 0;
    const facts = Object.entries(m.facts).map(([k, v]) => (k === "raster_hz" ? `raster ${mhz(v)} MHz` : k === "dwell_s" ? `dwell ${(1000 * v).toFixed(1)} ms` : k === "interval_s" ? `every ${(1000 * v).toFixed(1)} ms` : `${v} ${v === 1 ? "channel" : "channels"}`));
    return html`<article class="emitter emitter-${m.kind}">
      <p><b>${m.label}</b> ${m.confirmed ? "" : html`<span class="quiet">heard once</span>`} <span class="right">${m.snr_db.toFixed(0)} dB</span></p>
      <p>${mhz(m.center_hz, 2)} MHz, ${mhz(m.bandwidth_hz, 2)} MHz wide${facts.length ? `; ${facts.join(", ")}` : ""}</p>
      <p>${this.time(m.first)} to ${this.time(m.last)}; heard in ${m.looks} ${m.looks === 1 ? "look" : "looks"}, on ${(100 * share).toFixed(0)} % of the time looked at; at best ${m.best_snr_db.toFixed(0)} dB</p>
      <p class="quiet">${(100 * m.confidence).toFixed(0)} % sure: ${m.evidence.join("; ")}</p>
    </article>`;
  }

  private plan(radio: Radio): TemplateResult {
    const now = this.state!.time;
    return html`<h2>Scan plan <span class="quiet">a round takes ${radio.round_s.toFixed(1)} s</span></h2>
      <table>
        <thead><tr><th>Band</th><th class="number">Looked at</th><th class="number">Last look</th></tr></thead>
        <tbody>
          ${radio.bands.map((b) => {
            const last = Math.min(...b.steps.map((s) => s.last_look ?? -Infinity));
            const share = b.steps.reduce((sum, s) => sum + s.watched, 0) / b.steps.length;
            return html`<tr><td>${b.name}</td><td class="number">${(100 * share).toFixed(0)} %</td><td class="number">${Number.isFinite(last) ? `${Math.max(0, now - last).toFixed(0)} s ago` : "not yet"}</td></tr>`;
          })}
        </tbody>
      </table>
      ${this.chances.length
        ? html`<h2>Chance to hear <span class="quiet">one burst within ${this.chances[0]!.horizon_s} s, by the plan, if strong enough</span></h2>
            <table>
              <tbody>
                ${this.chances.map((c) => html`<tr><td>${c.what}</td><td class="number">${c.chance === 0 ? "never" : `${(100 * c.chance).toFixed(0)} %`}</td><td>${c.chance > 0 && !c.named ? "not by name" : ""}</td></tr>`)}
              </tbody>
            </table>`
        : nothing}`;
  }
}

void new Page().start();
