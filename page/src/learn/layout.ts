/**
 * Where the graph's nodes lie: springs along edges, repulsion between all (Fruchterman and Reingold 1991), from a fixed start, so
 * that the same picture is drawn the same each time. Costs nodes squared; a screen holds some hundred.
 */

export interface Spot {
  x: number;
  y: number;
}

const ROUNDS = 260;
const MARGIN_X = 70;
const MARGIN_Y = 26;

export function place(ids: string[], edges: [string, string][], width: number, height: number): Map<string, Spot> {
  const joined = new Set(edges.flat());
  const used = ids.filter((id) => joined.has(id));
  const at = new Map<string, number>(used.map((id, i) => [id, i]));
  const n = used.length;
  const x = new Float64Array(n);
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const turn = i * 2.399963; // the golden angle spreads them evenly over a disc
    const out = Math.sqrt((i + 0.5) / n);
    x[i] = width / 2 + Math.cos(turn) * out * width * 0.42;
    y[i] = height / 2 + Math.sin(turn) * out * height * 0.42;
  }
  const wish = 0.8 * Math.sqrt((width * height) / Math.max(1, n));
  for (let round = 0; round < ROUNDS; round++) {
    const heat = 30 * (1 - round / ROUNDS) + 0.5;
    const dx = new Float64Array(n);
    const dy = new Float64Array(n);
    const push = (i: number, fx: number, fy: number) => {
      dx[i]! += fx;
      dy[i]! += fy;
    };
    for (let i = 0; i < n; i++)
      for (let j = i + 1; j < n; j++) {
        const [ax, ay] = [x[i]! - x[j]!, (y[i]! - y[j]!) * 1.6]; // names are wide: keep rows apart less than columns
        const d = Math.max(1, Math.hypot(ax, ay));
        if (d > 2 * wish) continue; // the far ones would push all to the rim
        const f = (wish * wish) / d / d;
        push(i, ax * f, ay * f);
        push(j, -ax * f, -ay * f);
      }
    for (const [a, b] of edges) {
      const [i, j] = [at.get(a)!, at.get(b)!];
      const [ax, ay] = [x[i]! - x[j]!, y[i]! - y[j]!];
      const f = Math.hypot(ax, ay) / wish / 2;
      push(i, -ax * f, -ay * f);
      push(j, ax * f, ay * f);
    }
    for (let i = 0; i < n; i++) {
      push(i, (width / 2 - x[i]!) * 0.04, (height / 2 - y[i]!) * 0.06);
      const d = Math.max(1e-9, Math.hypot(dx[i]!, dy[i]!));
      x[i] = Math.max(MARGIN_X, Math.min(width - MARGIN_X, x[i]! + (dx[i]! / d) * Math.min(d, heat)));
      y[i] = Math.max(MARGIN_Y, Math.min(height - MARGIN_Y, y[i]! + (dy[i]! / d) * Math.min(d, heat)));
    }
  }
  return new Map(used.map((id, i) => [id, { x: Math.round(x[i]!), y: Math.round(y[i]!) }]));
}
