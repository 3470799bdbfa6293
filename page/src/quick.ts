/** Filters on one key: which tracks the map and the list show. A track with an open alert is never hidden, nor is the selected one. */
import type { TrackStore } from "./store.ts";

const FRIENDLY = 1;
const NEUTRAL = 2;

export interface Quick {
  key: string;
  words: string;
  passes(store: TrackStore, slot: number): boolean;
}

const ofClass = (...classes: number[]) => (store: TrackStore, slot: number) => classes.includes(store.classification[slot]!);

/** By digit; the first shows everything. */
export const QUICK: readonly Quick[] = [
  { key: "0", words: "all tracks", passes: () => true },
  { key: "1", words: "tracks with alerts", passes: () => false },
  {
    key: "2",
    words: "neither friendly nor known traffic",
    passes: (store, slot) => store.affiliation[slot] !== FRIENDLY && store.affiliation[slot] !== NEUTRAL,
  },
  { key: "3", words: "drones and unknown objects", passes: ofClass(0, 1) },
  { key: "4", words: "aircraft", passes: ofClass(3) },
  { key: "5", words: "vessels", passes: ofClass(4) },
  { key: "6", words: "birds", passes: ofClass(2) },
];

export function isShown(quick: number, store: TrackStore, slot: number, selected: number): boolean {
  return quick === 0 || store.alert[slot] !== 0 || store.id[slot] === selected || QUICK[quick]!.passes(store, slot);
}
