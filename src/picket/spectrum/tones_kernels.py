"""One bin's band cut out of the samples: a filter of four hops, each hop's sums by themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import lean, piece
from picket.lanes_kernels import load, load_pairs, spread, total

Floats = npt.NDArray[np.float32]


@lean
def hop_sums(samples: Any, offset: float, turns: Floats, out: Floats) -> None:
    """Fills out (R, 8) with the sums of each hop of interleaved samples (2M,), less `offset`, times each of four turning windows, real and
    imaginary parts by turns. turns (8 H,): for each window its H real parts and then its imaginary ones. H is a multiple of 16.
    """
    hop, zero = turns.shape[0] // 8, spread(np.float32(offset))
    for r in range(out.shape[0]):
        a = b = c = d = (spread(np.float32(0)), spread(np.float32(0)))
        for k in range(0, hop, 16):
            x = load_pairs(samples, 2 * (r * hop + k))
            x = x[0] - zero, x[1] - zero
            a, b = _added(a, x, turns, k, hop), _added(b, x, turns, k + 2 * hop, hop)
            c, d = _added(c, x, turns, k + 4 * hop, hop), _added(d, x, turns, k + 6 * hop, hop)
        out[r, 0], out[r, 1], out[r, 2], out[r, 3] = total(a[0]), total(a[1]), total(b[0]), total(b[1])
        out[r, 4], out[r, 5], out[r, 6], out[r, 7] = total(c[0]), total(c[1]), total(d[0]), total(d[1])


@piece
def _added(to: Any, x: Any, turns: Floats, at: int, hop: int) -> Any:
    """A complex product added to a sum."""
    c, s = load(turns, at), load(turns, at + hop)
    return to[0] + x[0] * c - x[1] * s, to[1] + x[0] * s + x[1] * c
