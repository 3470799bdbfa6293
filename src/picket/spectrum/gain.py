"""Steps of the receiver's gain: the whole band moves at once, edges, spurs and all. They are taken out, and never called jamming."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_LEAST_DB = 1.2
_EVEN_DB = 0.5  # how alike all bins must move
_SCATTER_DB = 2.0  # of one block's bin, of which quantiles are taken
_WINDOW = 64  # blocks on each side that are compared
_SHORTEST = 6  # blocks on each side


def level_steps(blocks: npt.NDArray[np.float32], used: npt.NDArray[np.bool_]) -> list[tuple[int, float]]:
    """Steps (block, ratio of power after to before) in block means (B, K): at each, a step of nearly the same size in every bin.

    The series looked at is the lower quintile over the band of the change in dB, and the upper: a signal moves only one of them.
    """
    rows = np.flatnonzero(used)
    if len(rows) < 2 * _SHORTEST:
        return []
    some = np.maximum(blocks[:, :: max(1, blocks.shape[1] // 256)][rows], np.float32(1e-30))
    nth = some.shape[1] // 5
    series = 10 * np.log10(np.partition(some, nth, axis=1)[:, nth].astype(np.float64))
    if _largest(series) is None:
        return []
    db = 10 * np.log10(some)
    found, first = [], 0
    while len(series) - first >= 2 * _SHORTEST:
        at = _largest(series[first:])
        if at is None:
            break
        step = first + at
        before, after = db[max(first, step - _WINDOW) : step], db[step : step + _WINDOW]
        change = np.quantile(after, 0.2, axis=0) - np.quantile(before, 0.2, axis=0)  # of what is there between bursts
        size = float(np.median(change))
        noise = _SCATTER_DB * np.sqrt(1 / len(before) + 1 / len(after))
        even = np.quantile(np.abs(change - size), 0.9) < max(_EVEN_DB, 2.2 * noise)
        if even and abs(size) >= _LEAST_DB:
            found.append((int(rows[step]), float(10 ** (size / 10))))
            series = series.copy()
            series[step:] -= size
            db = db.copy()
            db[step:] -= size
        first = step
    return found


def _largest(series: npt.NDArray[np.float64]) -> int | None:
    """Where the means of _SHORTEST values on both sides differ most, by at least _LEAST_DB; None where they never do."""
    width = _SHORTEST
    total = np.concatenate([[0], np.cumsum(series)])
    means = (total[width:] - total[:-width]) / width
    jump = np.abs(means[width:] - means[:-width])
    if not len(jump) or jump.max() < _LEAST_DB:
        return None
    over = np.flatnonzero(jump >= _LEAST_DB)
    stop = over[0] + 2 * width
    return int(over[0] + np.argmax(jump[over[0] : stop]) + width)
