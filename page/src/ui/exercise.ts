/** The exercise on the watch page: the strip with its clock, what is told to the watch, the panel of exercise control, who plays. */
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import type { Desk } from "../desk.ts";
import { mmss } from "../exercise.ts";
import { takeFocus } from "./choosers.ts";

/** Over everything that an exercise shows; a simulated picture without an exercise of its own says so as well. */
export function exerciseStrip(desk: Desk): TemplateResult | typeof nothing {
  if (!desk.state.simulated) return nothing;
  const { now } = desk.exercise;
  if (!now) return html`<div class="strip-simulated" id="simulated"><span>SIMULATED</span> exercise, not the real air</div>`;
  const at = desk.exercise.atS();
  const clock = at < 0 ? `begins in ${Math.ceil(-at)} s` : `${now.endless ? mmss(at) : `${mmss(Math.min(at, now.planned_s))} of ${mmss(now.planned_s)}`}`;
  return html`<div class="strip-simulated is-exercise" id="simulated">
      <b class="exercise-word">EXERCISE</b>
      <span class="exercise-name">SIMULATED, not the real air · ${now.name}</span>
      <span class="exercise-clock" role="timer" aria-label="The exercise's clock" aria-live="off">${clock}</span>
      ${now.state === "paused" ? html`<b class="exercise-state">PAUSED</b>` : nothing}
      ${now.state === "ended" ? html`<b class="exercise-state">ENDED</b>` : nothing}
      ${now.state !== "ended" && (now.speed !== 1 || now.share < 0.8) ? html`<b class="exercise-state" title="As fast as was asked, or as this machine can">${faster(now.speed, now.share)}</b>` : nothing}
      ${now.state === "ended" ? review(desk) : now.control ? controls(desk) : nothing}
      <button class="act" title="Exercise (e)" @click=${() => desk.exercise.toggle(true)}>${now.control ? "Control" : "You"} <kbd>e</kbd></button>
    </div>
    ${told(desk)}`;
}

function faster(speed: number, share: number): string {
  return share < 0.8 ? `${(speed * share).toFixed(1)}× is all this machine can` : `${speed} times as fast`;
}

function controls(desk: Desk): TemplateResult {
  const now = desk.exercise.now!;
  return html`<button class="act" id="exercise-pause" aria-pressed=${now.state === "paused" ? "true" : "false"} @click=${() => desk.exercise.pauseOrGo()}>
      ${now.state === "paused" ? "Go on" : "Pause"} <kbd>i</kbd>
    </button>
    <span class="exercise-speeds" role="group" aria-label="Speed">
      ${now.speeds.map(
        (s) => html`<button class="act" aria-pressed=${s === now.speed ? "true" : "false"} aria-label="${s} times as fast" @click=${() => desk.exercise.speed(s)}>${s}×</button>`,
      )}
    </span>`;
}

function review(desk: Desk): TemplateResult {
  const { review: stands, run } = desk.exercise.now!;
  if (stands === "ready")
    return html`<a class="act is-main to-review" href="/train#run=${encodeURIComponent(run)}">Review</a>`;
  return html`<span role="status">${stands === "making" || !stands ? "the review is being made" : stands}</span>`;
}

/** What somebody told the watch, until it is put away. */
function told(desk: Desk): TemplateResult | typeof nothing {
  const news = desk.exercise.news();
  if (!news.length) return nothing;
  return html`<div class="strip-told" role="status">
    <div>${news.map((n) => html`<p><span class="quiet">${mmss(n.at_s)}</span> ${n.text.replace(/^Inject( [^:]*)?: /, "")}</p>`)}</div>
    <button class="act" @click=${() => desk.exercise.dismiss()}>Heard <kbd>o</kbd></button>
  </div>`;
}

/** Who plays, asked before the watch begins; whoever says nothing plays as "officer". */
export function whoPlays(desk: Desk): TemplateResult | typeof nothing {
  const { exercise } = desk;
  if (!exercise.now || exercise.now.named) return nothing;
  const begin = async (e: Event) => {
    e.preventDefault();
    const field = (e.target as HTMLFormElement).elements.namedItem("name") as HTMLInputElement;
    if (await exercise.call(field.value)) desk.startWatch(true);
  };
  return html`<form class="who" @submit=${begin}>
    <label>Who is at this screen? A name of your choice; what you do is kept under it
      <input id="who" name="name" type="text" maxlength="40" autocomplete="off" placeholder="officer" /></label>
    ${exercise.error ? html`<p class="more is-bad" role="alert">${exercise.error}</p>` : nothing}
  </form>`;
}

export function exerciseDialog(desk: Desk): TemplateResult | typeof nothing {
  const { exercise } = desk;
  const { now } = exercise;
  if (!exercise.open || !now) return nothing;
  return html`<div class="help-back" @click=${() => exercise.toggle(false)}></div>
    <section class="help exercise-panel" role="dialog" aria-modal="true" aria-label="Exercise" tabindex="-1" ${ref(focusOnce)}>
      <div class="help-head">
        <h2>${now.control ? "Exercise control" : "Exercise"}: ${now.name}</h2>
        <button class="act" @click=${() => exercise.toggle(false)}>Close <kbd>Esc</kbd></button>
      </div>
      ${exercise.error ? html`<p class="more is-bad" role="alert">${exercise.error}</p>` : nothing}
      ${now.control ? forControl(desk) : nothing}
      <form class="exercise-row" @submit=${(e: Event) => { e.preventDefault(); void exercise.call(textOf(e, "name")); }}>
        <label>You play as <input name="name" type="text" maxlength="40" autocomplete="off" .value=${now.you} /></label>
        <button class="act" type="submit">Change name</button>
      </form>
      ${now.told.length ? html`<h3>Told so far</h3><ul class="exercise-told">${now.told.map((t) => html`<li><span class="quiet">${mmss(t.at_s)}</span> ${t.text}</li>`)}</ul>` : nothing}
    </section>`;
}

function forControl(desk: Desk): TemplateResult {
  const { exercise } = desk;
  const now = exercise.now!;
  if (now.state === "ended") return html`<p class="row-actions">The exercise has ended. ${review(desk)}</p>`;
  return html`<p>${now.about}</p>
    <p class="row-actions">${controls(desk)}
      <button class="act" id="exercise-end" @click=${() => exercise.end()}>End and review</button>
    </p>
    <p class="quiet">In a pause nobody's delay grows: what is decided in it counts at its moment. Everything done here is in the log.</p>
    <h3>Injects to give by hand</h3>
    ${
      now.by_hand.length
        ? html`<ul class="exercise-injects">${now.by_hand.map(
            (i) => html`<li><button class="act" @click=${() => exercise.give(i.id)}>Give ${i.id}</button> <span>${i.says || "something changes; nothing is said"}</span></li>`,
          )}</ul>`
        : html`<p class="quiet">This exercise has none that waits.</p>`
    }
    <form class="exercise-row" @submit=${(e: Event) => { e.preventDefault(); exercise.say(textOf(e, "text")); (e.target as HTMLFormElement).reset(); }}>
      <label>In your own words <input name="text" type="text" maxlength="1000" autocomplete="off" placeholder="The pilot station calls: …" /></label>
      <button class="act" type="submit">Tell the watch</button>
    </form>
    <h3>Officers</h3>
    <p class="row-actions"><button class="act" @click=${() => void exercise.invite()}>Address for another officer</button>
      ${exercise.invited ? html`<input class="exercise-link" aria-label="One-time address" readonly .value=${exercise.invited} @focus=${(e: Event) => (e.target as HTMLInputElement).select()} />` : nothing}
    </p>`;
}

function textOf(e: Event, name: string): string {
  return ((e.target as HTMLFormElement).elements.namedItem(name) as HTMLInputElement).value;
}

const focused = new WeakSet<Element>();

function focusOnce(panel: Element | undefined): void {
  if (!panel || focused.has(panel)) return;
  focused.add(panel);
  takeFocus(panel);
}
