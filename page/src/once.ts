/** Many wishes to draw, one drawing: `draw` runs once for all calls until `later` comes round. */
export function once(draw: () => void, later: (go: () => void) => void = queueMicrotask): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    later(() => {
      waiting = false;
      draw();
    });
  };
}
