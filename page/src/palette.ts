/**
 * The three palettes: day, night, and red-dim for eyes that must stay adapted to the dark.
 *
 * Grey when normal, colour only for the abnormal (ISA-101). `ui` becomes CSS custom properties of the same names, `map` is read by
 * the canvas layers. Text pairs keep WCAG AA contrast (4.5:1); tests/page checks the pairs listed in `textPairs`.
 */

export type PaletteName = "day" | "night" | "red";
export const PALETTES: readonly PaletteName[] = ["day", "night", "red"];
export const PALETTE_WORDS: Record<PaletteName, string> = { day: "Day", night: "Night", red: "Red dim" };

export interface Palette {
  scheme: "light" | "dark";
  ui: {
    page: string;
    panel: string;
    raised: string;
    line: string;
    control: string;
    text: string;
    quiet: string;
    focus: string;
    chosen: string;
    high: string;
    "high-text": string;
    medium: string;
    "medium-text": string;
    low: string;
    "low-text": string;
    bad: string;
    "bad-text": string;
    strip: string;
    "strip-alt": string;
    "strip-text": string;
  };
  map: {
    sea: string;
    land: string;
    shore: string;
    siteLand: string;
    pier: string;
    channel: string;
    building: string;
    place: string;
    grid: string;
    ring: string;
    ringText: string;
    zone: string;
    zoneFill: string;
    zoneQuiet: string;
    sensor: string;
    sensorFill: string;
    symbol: string;
    symbolFill: string;
    faint: string;
    friendly: string;
    suspect: string;
    suspectFill: string;
    trail: string;
    vector: string;
    label: string;
    labelBack: string;
    selected: string;
    high: string;
    medium: string;
    low: string;
    watermark: string;
  };
}

const day: Palette = {
  scheme: "light",
  ui: {
    page: "#c6cacd",
    panel: "#dcdfe1",
    raised: "#eceeef",
    line: "#a9afb4",
    control: "#6b737a",
    text: "#15191c",
    quiet: "#464e55",
    focus: "#0b4f9c",
    chosen: "#cfdbe8",
    high: "#b3001b",
    "high-text": "#ffffff",
    medium: "#f08a00",
    "medium-text": "#1a1000",
    low: "#f5d547",
    "low-text": "#1d1800",
    bad: "#b3001b",
    "bad-text": "#ffffff",
    strip: "#2f363c",
    "strip-alt": "#4a535b",
    "strip-text": "#ffffff",
  },
  map: {
    sea: "#d3dade",
    land: "#c8c8c0",
    shore: "#a5a79f",
    siteLand: "#c3c3ba",
    pier: "#b2b1a7",
    channel: "#b7c1c8",
    building: "#a3a298",
    place: "#555c62",
    grid: "rgba(70,80,90,0.13)",
    ring: "rgba(60,70,80,0.28)",
    ringText: "#59626a",
    zone: "#3c4852",
    zoneFill: "rgba(60,72,82,0.09)",
    zoneQuiet: "#6d7780",
    sensor: "#39444d",
    sensorFill: "rgba(70,84,96,0.045)",
    symbol: "#20282e",
    symbolFill: "#f1f3f4",
    faint: "#78828a",
    friendly: "#20282e",
    suspect: "#5b3600",
    suspectFill: "#ffb84d",
    trail: "rgba(45,56,66,0.42)",
    vector: "rgba(32,40,46,0.85)",
    label: "#151a1e",
    labelBack: "rgba(226,230,233,0.72)",
    selected: "#0b4f9c",
    high: "#c4001f",
    medium: "#a35200",
    low: "#766000",
    watermark: "rgba(40,50,60,0.06)",
  },
};

const night: Palette = {
  scheme: "dark",
  ui: {
    page: "#0c0f11",
    panel: "#15191c",
    raised: "#1f2529",
    line: "#353d43",
    control: "#7b868e",
    text: "#dbe0e3",
    quiet: "#9aa5ac",
    focus: "#8ec5ff",
    chosen: "#22384c",
    high: "#ff5566",
    "high-text": "#1a0003",
    medium: "#ff9f2e",
    "medium-text": "#1c0f00",
    low: "#f2d94e",
    "low-text": "#1a1600",
    bad: "#ff5566",
    "bad-text": "#1a0003",
    strip: "#2b343a",
    "strip-alt": "#20272c",
    "strip-text": "#dbe0e3",
  },
  map: {
    sea: "#0e1316",
    land: "#1b2022",
    shore: "#343c40",
    siteLand: "#20262a",
    pier: "#2d3438",
    channel: "#232d34",
    building: "#3a4247",
    place: "#8b969d",
    grid: "rgba(160,175,185,0.08)",
    ring: "rgba(150,165,175,0.22)",
    ringText: "#84909a",
    zone: "#a9b5bd",
    zoneFill: "rgba(170,185,195,0.06)",
    zoneQuiet: "#72808a",
    sensor: "#a5b1b9",
    sensorFill: "rgba(160,180,195,0.03)",
    symbol: "#d5dcdf",
    symbolFill: "#20272b",
    faint: "#74808a",
    friendly: "#d5dcdf",
    suspect: "#ffb84d",
    suspectFill: "#4a3107",
    trail: "rgba(190,202,210,0.34)",
    vector: "rgba(213,220,223,0.8)",
    label: "#dbe0e3",
    labelBack: "rgba(14,18,21,0.72)",
    selected: "#8ec5ff",
    high: "#ff5566",
    medium: "#ff9f2e",
    low: "#f2d94e",
    watermark: "rgba(200,210,220,0.05)",
  },
};

const red: Palette = {
  scheme: "dark",
  ui: {
    page: "#060101",
    panel: "#0b0202",
    raised: "#180505",
    line: "#3f100b",
    control: "#8f2f22",
    text: "#f0563e",
    quiet: "#da4f39",
    focus: "#ff6f55",
    chosen: "#280b07",
    high: "#ff5a40",
    "high-text": "#170200",
    medium: "#d9492f",
    "medium-text": "#120100",
    low: "#2c0b07",
    "low-text": "#f0604a",
    bad: "#ff5a40",
    "bad-text": "#170200",
    strip: "#3a0d07",
    "strip-alt": "#2a0805",
    "strip-text": "#ff5a40",
  },
  map: {
    sea: "#060101",
    land: "#120404",
    shore: "#3a110c",
    siteLand: "#170505",
    pier: "#260a07",
    channel: "#1a0706",
    building: "#33100b",
    place: "#b03c2b",
    grid: "rgba(200,60,40,0.09)",
    ring: "rgba(200,60,40,0.24)",
    ringText: "#b03c2b",
    zone: "#b63f2d",
    zoneFill: "rgba(200,60,40,0.06)",
    zoneQuiet: "#8a2c1e",
    sensor: "#c9452f",
    sensorFill: "rgba(200,60,40,0.03)",
    symbol: "#c4402c",
    symbolFill: "#1d0705",
    faint: "#8f3324",
    friendly: "#c4402c",
    suspect: "#ff5a40",
    suspectFill: "#5c1a10",
    trail: "rgba(210,70,50,0.38)",
    vector: "rgba(226,82,59,0.8)",
    label: "#e04e38",
    labelBack: "rgba(8,1,1,0.75)",
    selected: "#ff7a60",
    high: "#ff5a40",
    medium: "#dd4229",
    low: "#c9452f",
    watermark: "rgba(220,70,50,0.06)",
  },
};

export const palettes: Record<PaletteName, Palette> = { day, night, red };

/** Pairs [text, background] of `ui` that carry words. */
export const textPairs: readonly [keyof Palette["ui"], keyof Palette["ui"]][] = [
  ["text", "page"],
  ["text", "panel"],
  ["text", "raised"],
  ["text", "chosen"],
  ["quiet", "page"],
  ["quiet", "panel"],
  ["quiet", "raised"],
  ["quiet", "chosen"],
  ["high-text", "high"],
  ["medium-text", "medium"],
  ["low-text", "low"],
  ["bad-text", "bad"],
  ["strip-text", "strip"],
  ["strip-text", "strip-alt"],
];

const KEY = "picket.palette";

/** The palette chosen last, else night where the system asks for dark, else day. */
export function rememberedPalette(): PaletteName {
  const kept = localStorage.getItem(KEY);
  if (PALETTES.includes(kept as PaletteName)) return kept as PaletteName;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "day";
}

/** Put a palette on the document and remember it. */
export function applyPalette(name: PaletteName): Palette {
  const palette = palettes[name];
  const root = document.documentElement;
  root.dataset["palette"] = name;
  root.style.setProperty("color-scheme", palette.scheme);
  for (const [key, value] of Object.entries(palette.ui)) root.style.setProperty(`--${key}`, value);
  localStorage.setItem(KEY, name);
  return palette;
}
