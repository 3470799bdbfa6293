/** Mouse, wheel and touch on the map: drag pans, wheel and pinch zoom about the pointer, a click without a drag selects. */
import type { View } from "./view.ts";

export interface GestureEvents {
  onClick(x: number, y: number): void;
  onMove(x: number, y: number): void;
  onLeave(): void;
}

const CLICK_PX = 5;

/** The zone editor and buttons that lie over the map take their own pointers. */
const isHeldElsewhere = (target: EventTarget | null) =>
  target instanceof Element && target.closest("#zone-map, button, a, input, select, label, .doors, .sighting, .over-note") !== null;

export function followGestures(target: HTMLElement, view: View, events: GestureEvents): void {
  const pointers = new Map<number, { x: number; y: number }>();
  let travelled = 0;

  const local = (e: { clientX: number; clientY: number }) => {
    const box = target.getBoundingClientRect();
    return { x: e.clientX - box.left, y: e.clientY - box.top };
  };

  target.addEventListener("pointerdown", (e) => {
    if (e.button !== 0 || isHeldElsewhere(e.target)) return;
    pointers.set(e.pointerId, local(e));
    travelled = 0;
    target.setPointerCapture(e.pointerId);
  });

  target.addEventListener("pointermove", (e) => {
    const at = local(e);
    const before = pointers.get(e.pointerId);
    if (!before) {
      events.onMove(at.x, at.y);
      return;
    }
    if (pointers.size === 2) {
      const other = [...pointers.entries()].find(([id]) => id !== e.pointerId)![1];
      const was = Math.hypot(before.x - other.x, before.y - other.y);
      const is = Math.hypot(at.x - other.x, at.y - other.y);
      if (was > 10 && is > 10) view.zoom(is / was, (at.x + other.x) / 2, (at.y + other.y) / 2);
      view.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
      travelled = Infinity;
    } else {
      travelled += Math.hypot(at.x - before.x, at.y - before.y);
      if (travelled > CLICK_PX) view.pan(at.x - before.x, at.y - before.y);
    }
    pointers.set(e.pointerId, at);
  });

  const release = (e: PointerEvent) => {
    if (!pointers.delete(e.pointerId)) return;
    if (e.type === "pointerup" && travelled <= CLICK_PX) {
      const at = local(e);
      events.onClick(at.x, at.y);
    }
  };
  target.addEventListener("pointerup", release);
  target.addEventListener("pointercancel", release);
  target.addEventListener("pointerleave", () => events.onLeave());

  target.addEventListener(
    "wheel",
    (e) => {
      e.preventDefault();
      const at = local(e);
      const pixels = e.deltaMode === 1 ? e.deltaY * 16 : e.deltaY;
      view.zoom(Math.exp(-Math.max(-240, Math.min(240, pixels)) * 0.0022), at.x, at.y);
    },
    { passive: false },
  );
}
