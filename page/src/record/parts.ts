/** What the screens of the record page share: a screen, the page around it, and a chart in the page. */
import { html, type TemplateResult } from "lit";
import { palettes, type PaletteName } from "../palette.ts";
import { FONT } from "../words.ts";
import { saveBlob } from "./api.ts";
import type { Chart } from "./charts.ts";

/** One screen. `key` says whether it took a key. */
export interface Screen {
  id: string;
  title: string;
  load(): Promise<void>;
  view(): TemplateResult;
  key?(e: KeyboardEvent): boolean;
  /** After every drawing of the page: canvases are painted here. */
  drawn?(): void;
  recoloured?(palette: PaletteName): void;
}

/** What a screen may ask of the page around it. */
export interface Page {
  redraw(): void;
  say(words: string, bad?: boolean): void;
  readonly palette: PaletteName;
  readonly user: string;
}

/** Typing goes to the field, not to the page's keys. */
export const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches("input:not([type=checkbox]):not([type=radio]):not([type=range]), select, textarea");

/** A chart's place in the page; `paintCharts` fills it. */
export function chartView(id: string, chart: Chart, save?: () => void): TemplateResult {
  return html`<div class="chart-head">
      <h2>${chart.title}</h2>
      ${save ? html`<button class="act small" aria-label="Save ${chart.title} as PNG" @click=${save}>PNG</button>` : ""}
    </div>
    <canvas class="chart" data-chart=${id} role="img" aria-label=${`${chart.title}. ${chart.words}`}></canvas>
    <p class="hint" data-hint=${id} aria-hidden="true"></p>`;
}

/** Paints every chart of the page into its canvas, at the width that it has. */
export function paintCharts(charts: Map<string, Chart>, palette: PaletteName): void {
  for (const canvas of document.querySelectorAll<HTMLCanvasElement>("canvas.chart")) {
    const chart = charts.get(canvas.dataset["chart"]!);
    if (!chart) continue;
    paint(canvas, chart, canvas.clientWidth, palette, window.devicePixelRatio || 1);
    const hint = document.querySelector<HTMLElement>(`[data-hint="${canvas.dataset["chart"]}"]`)!;
    canvas.onpointermove = (e) => (hint.textContent = chart.at?.(e.offsetX, e.offsetY, canvas.clientWidth) ?? "");
    canvas.onpointerleave = () => (hint.textContent = "");
  }
}

function paint(canvas: HTMLCanvasElement, chart: Chart, width: number, palette: PaletteName, ratio: number): void {
  const height = chart.height(width);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.setProperty("height", `${height}px`);
  const pen = canvas.getContext("2d")!;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  chart.paint(pen, width, palettes[palette]);
}

const PNG_WIDTH = 1000;
const PNG_RATIO = 2;
const EDGE = 24;

/**
 * A chart as a picture that can stand alone: its title, what was counted over which period, the chart, and below it the definitions and the
 * digest of the data. `drawn` is a canvas that is taken as it stands (the map) instead of a chart that is painted anew.
 */
export function savePng(name: string, head: string[], below: string[], palette: PaletteName, from: Chart | HTMLCanvasElement): void {
  const canvas = document.createElement("canvas");
  const inner = PNG_WIDTH - 2 * EDGE;
  let picture: HTMLCanvasElement;
  let high: number;
  if (from instanceof HTMLCanvasElement) {
    picture = from;
    high = (inner * from.height) / from.width;
  } else {
    picture = document.createElement("canvas");
    paint(picture, from, inner, palette, PNG_RATIO);
    high = from.height(inner);
  }
  const pen = canvas.getContext("2d")!;
  pen.font = `12px ${FONT}`;
  const lines = below.flatMap((text) => wrapped(pen, text, inner));
  const top = EDGE + 24 + (head.length - 1) * 18 + 6;
  canvas.width = PNG_WIDTH * PNG_RATIO;
  canvas.height = Math.round((top + high + 14 + lines.length * 16 + EDGE) * PNG_RATIO);
  const ui = palettes[palette].ui;
  pen.setTransform(PNG_RATIO, 0, 0, PNG_RATIO, 0, 0);
  pen.fillStyle = ui.panel;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.textBaseline = "middle";
  head.forEach((text, i) => {
    pen.font = i ? `13px ${FONT}` : `600 17px ${FONT}`;
    pen.fillStyle = i ? ui.quiet : ui.text;
    pen.fillText(text, EDGE, EDGE + 6 + (i ? 4 + i * 18 : 0));
  });
  pen.drawImage(picture, EDGE, top, inner, high);
  pen.font = `12px ${FONT}`;
  pen.fillStyle = ui.quiet;
  lines.forEach((text, i) => pen.fillText(text, EDGE, top + high + 20 + i * 16));
  canvas.toBlob((blob) => blob && saveBlob(blob, name), "image/png");
}

function wrapped(pen: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (lines.at(-1) && pen.measureText(longer).width > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
