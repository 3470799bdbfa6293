/**
 * The header: site, clock, open alerts by severity, station problems, sound, palette, link, who is signed in; and the strips
 * below.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../desk.ts";
import { exerciseStrip } from "./exercise.ts";
import { replayStrip } from "./replay.ts";
import { siteNotice } from "./sitechange.ts";
import { PALETTE_WORDS } from "../palette.ts";
import { clockIn, timeNow, UNIT_WORDS, unitsNow, zoneWords, type TimeOfDay } from "../units.ts";
import { age, clockWithZone, day, plural, SEVERITY_SHAPES } from "../words.ts";

export function header(desk: Desk): TemplateResult {
  const { state } = desk;
  const open = state.openAlerts();
  const now = state.now();
  const problems = state.health?.problems ?? [];
  const [first, second]: TimeOfDay[] = timeNow() === "utc" ? ["utc", "local"] : ["local", "utc"];
  const site = state.hello?.site.name ?? "connecting…";
  return html`
    <div class="brand">
      <span class="mark" aria-hidden="true"></span>
      <h1><span class="product">Picket</span> <span class="site" title=${site}>${site}</span></h1>
    </div>
    ${rooms(desk)}
    <div class="clock" role="timer" aria-label="Station time">
      <span class="clock-time">${clockIn(now, first)}</span>
      <span class="clock-day">${zoneWords(now, first)}<br />${day(now)}</span>
      ${
        clockIn(now, first) === clockIn(now, second)
          ? nothing
          : html`<span class="clock-other">${clockIn(now, second)}<br />${zoneWords(now, second)}</span>`
      }
    </div>
    <ul class="tally" aria-label="Open alerts by severity">
      ${(["high", "medium", "low"] as const).map((severity) => {
        const all = open.filter((a) => a.severity === severity);
        const raised = all.filter((a) => a.state === "raised").length;
        return html`<li class="tally-item ${all.length ? `is-${severity}` : ""} ${raised ? "is-raised" : ""}">
          <span aria-hidden="true">${SEVERITY_SHAPES[severity]}</span> <b>${all.length}</b> ${severity}
        </li>`;
      })}
    </ul>
    <span class="spacer"></span>
    ${
      problems.length
        ? html`<button class="chip is-warning" title=${problems.join("\n")} @click=${() => desk.show("sensors")}>
          ${plural(problems.length, "problem")}
        </button>`
        : nothing
    }
    ${soundControl(desk)}
    <button class="chip chip-units" title="Units (u)" aria-label="Units: ${UNIT_WORDS[unitsNow()]}" @click=${() => desk.nextUnits()}>${UNIT_WORDS[unitsNow()]}</button>
    <button class="chip" title="Next palette (p)" @click=${() => desk.nextPalette()}>${PALETTE_WORDS[state.palette]}</button>
    <a class="chip" href="/record.html" target="_blank" rel="noopener" title="Counts and incidents, in a tab of their own">Record</a>
    ${linkState(desk)}
    <span class="user" title="Signed in as ${state.hello?.user ?? "nobody"}">${state.hello?.user ?? ""}</span>
    <button class="chip" aria-label="Help: all keys" title="All keys (?)" @click=${() => desk.toggleHelp()}>?</button>
  `;
}

/** The other rooms of the house, where this station has them. */
function rooms(desk: Desk): TemplateResult | typeof nothing {
  const { doors } = desk.state;
  if (!doors.length) return nothing;
  return html`<nav class="rooms" aria-label="Rooms">
    ${doors.map((d) => html`<a href=${d.path} aria-current=${d.id === "watch" ? "page" : "false"}>${d.name}</a>`)}
  </nav>`;
}

function soundControl(desk: Desk): TemplateResult {
  const on = desk.sound.state === "on";
  return html`<span class="sound">
    <button class="chip ${on ? "" : "is-sound-off"}" aria-pressed=${on ? "true" : "false"} title="Sound on or off (s)" @click=${() => desk.sound.toggle()}>
      ${on ? "Sound on" : "SOUND OFF"}</button
    ><button class="chip" title="Turn the sound on and hear the three alarms" @click=${() => desk.testSound()} aria-label="Test sound">Test</button>
  </span>`;
}

function linkState(desk: Desk): TemplateResult {
  const { state } = desk;
  const lost = state.pictureLost || state.alertsLost;
  return html`<span class="link ${lost ? "is-lost" : ""}"><span class="dot" aria-hidden="true"></span>${lost ? "NO LINK" : state.everLinked ? "Linked" : "…"}</span>`;
}

/** Strips over the whole width: simulated, no link, signed out. They stay as long as what they say is true. */
export function strips(desk: Desk): TemplateResult {
  const { state } = desk;
  const at = (lifeMs: number) => clockWithZone(lifeMs / 1000 + state.clockOffset);
  const lost = state.signedOut
    ? "SIGNED OUT. Open the address that the station printed, or ask for a new link."
    : state.pictureLost
      ? `NO LINK since ${at(state.pictureLifeMs)}. The picture below is old. Trying again.`
      : state.alertsLost
        ? `NO LINK for alerts since ${at(state.alertLifeMs)}. New alerts do not arrive. Trying again.`
        : "";
  return html`
    ${exerciseStrip(desk)}
    ${replayStrip(desk)}
    ${state.wall ? nothing : siteNotice(desk)}${escalated(desk)}
    ${lost ? html`<div class="strip-lost" id="link-lost" role="alert">${lost}</div>` : nothing}
  `;
}

/** On a second screen, what nobody acknowledged in time stands over everything: another may be nearer than the officer. */
function escalated(desk: Desk): TemplateResult | typeof nothing {
  const late = desk.state.wall ? desk.state.escalatedAlerts() : [];
  if (!late.length) return nothing;
  const more = late.length > 1 ? ` and ${late.length - 1} more` : "";
  const first = late[0]!;
  return html`<div class="strip-escalated" role="alert">NOT ACKNOWLEDGED for ${age(desk.state.now() - first.raised_at)}: alert ${first.id}${more}</div>`;
}
