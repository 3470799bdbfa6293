/**
 * Which labels are shown and where: true boxes that never overlap.
 *
 * Labels are placed in order of priority, each at the first of eight places around its symbol that is free. Hysteresis keeps the
 * picture calm: a label tries the place it had before any other, one that was shown goes before one that was not, and one that had to go
 * stays away for a while. A grid of cells holds the boxes placed so far, so a label looks only at its neighbours.
 */

export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Wanted {
  /** The store's slot. */
  slot: number;
  /** The symbol's centre on the screen. */
  sx: number;
  sy: number;
  w: number;
  h: number;
  /** From the symbol's middle to the box: more where a mark is drawn around the symbol. */
  gap: number;
  /** Shown even where it must push lower ones away, and never hidden for a while: the selected and the alerted. */
  urgent: boolean;
}

export interface Placed extends Box {
  slot: number;
  sx: number;
  sy: number;
  place: number;
}

interface Memory {
  place: number;
  hiddenUntil: number;
}

const CELL = 48;
const HIDE_MS = 900;
const PLACES = 8;

/** The box's corner for one of the eight places, relative to the symbol. */
function corner(place: number, { w, h, gap }: Wanted): [number, number] {
  switch (place) {
    case 0:
      return [gap, -h - 2]; // right above
    case 1:
      return [gap, 2]; // right below
    case 2:
      return [-gap - w, -h - 2];
    case 3:
      return [-gap - w, 2];
    case 4:
      return [gap, -h / 2];
    case 5:
      return [-gap - w, -h / 2];
    case 6:
      return [-w / 2, -h - gap];
    default:
      return [-w / 2, gap];
  }
}

export class LabelLayout {
  private memory = new Map<number, Memory>();
  private cells = new Map<number, Box[]>();
  private symbols = new Map<number, Box[]>();
  private names = new Map<number, Box[]>();

  /**
   * Place as many as `limit` of the wanted labels, given most important first. `blocked` boxes stay free; `names` of the map are covered
   * where there is no other room, `symbols` of other tracks only by an urgent label.
   */
  place(
    wanted: Wanted[],
    blocked: Box[],
    symbols: Box[],
    names: Box[],
    width: number,
    height: number,
    limit: number,
    nowMs: number,
  ): Placed[] {
    this.cells.clear();
    this.symbols.clear();
    this.names.clear();
    for (const box of blocked) hold(this.cells, box);
    for (const box of symbols) hold(this.symbols, box);
    for (const box of names) hold(this.names, box);
    const placed: Placed[] = [];
    for (const w of wanted) {
      if (placed.length >= limit) break;
      const memory = this.memory.get(w.slot);
      if (!w.urgent && memory && memory.hiddenUntil > nowMs) continue;
      const found = this.findPlace(w, memory?.place ?? 0, width, height);
      if (found) {
        hold(this.cells, found);
        placed.push(found);
        if (memory) {
          memory.place = found.place;
          memory.hiddenUntil = 0;
        } else this.memory.set(w.slot, { place: found.place, hiddenUntil: 0 });
      } else if (memory) memory.hiddenUntil = nowMs + HIDE_MS;
      else this.memory.set(w.slot, { place: 0, hiddenUntil: nowMs + HIDE_MS });
    }
    return placed;
  }

  forget(slot: number): void {
    this.memory.delete(slot);
  }

  clear(): void {
    this.memory.clear();
  }

  private findPlace(w: Wanted, first: number, width: number, height: number): Placed | null {
    const passes = w.urgent ? 3 : 2;
    for (let i = 0; i < PLACES * passes; i++) {
      const place = (first + i) % PLACES;
      const [dx, dy] = corner(place, w);
      const box: Placed = {
        slot: w.slot,
        sx: w.sx,
        sy: w.sy,
        place,
        x: Math.round(w.sx + dx),
        y: Math.round(w.sy + dy),
        w: w.w,
        h: w.h,
      };
      if (box.x < 2 || box.y < 2 || box.x + box.w > width - 2 || box.y + box.h > height - 2) continue;
      if (isFree(this.cells, box) && (i >= PLACES || isFree(this.names, box)) && (i >= 2 * PLACES || isFree(this.symbols, box))) {
        return box;
      }
    }
    return null;
  }
}

type Cells = Map<number, Box[]>;

function isFree(cells: Cells, box: Box): boolean {
  if (cells.size === 0) return true;
  const right = Math.floor((box.x + box.w) / CELL);
  const bottom = Math.floor((box.y + box.h) / CELL);
  for (let i = Math.floor(box.x / CELL); i <= right; i++) {
    for (let j = Math.floor(box.y / CELL); j <= bottom; j++) {
      for (const other of cells.get(i * 4096 + j) ?? []) {
        if (box.x < other.x + other.w && other.x < box.x + box.w && box.y < other.y + other.h && other.y < box.y + box.h)
          return false;
      }
    }
  }
  return true;
}

function hold(cells: Cells, box: Box): void {
  const right = Math.floor((box.x + box.w) / CELL);
  const bottom = Math.floor((box.y + box.h) / CELL);
  for (let i = Math.floor(box.x / CELL); i <= right; i++) {
    for (let j = Math.floor(box.y / CELL); j <= bottom; j++) {
      const held = cells.get(i * 4096 + j);
      if (held) held.push(box);
      else cells.set(i * 4096 + j, [box]);
    }
  }
}
