"""A faint signal that never pauses and is wide, told from the receiver's own ripple: a plateau with two edges on a smooth floor.

Over a smooth line alone such a signal needs 0.35 dB, since a receiver's ripple strays by as much. But ripple is waves: with enough of
them any floor is described, and a plateau takes many (its edges are steep) where one level and two edges would do. So two descriptions
of the floor are compared, waves alone and fewer waves with a plateau, by how well they fit less what their parameters cost
(Schwarz 1978, doi:10.1214/aos/1176344136). A plateau is told when the second is better by far. What the most waves leave over more
than noise does (a receiver's finer ripple, bursts that were not seen) counts as noise.

One plateau is told at a time, and none in a band that is busy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from picket.spectrum.transform import VARIANCE_FACTOR

_GROUPS = 256  # so many groups of bins at most are looked at
_LEAST_BINS = 256  # of a recording: fewer hold no signal that is wide
_WAVES = 40  # half waves over the band, at most
_COUNTS = (1, 3, 5, 7, 9, 11, 13, 15, 19, 23, 27, 33, 3 + _WAVES)  # of terms, that are tried
_KNOWN = 0.7  # share of the band that must be known
# Shares of the band: widths of a plateau, and how near to the ends of the band it may lie.
_NARROWEST, _WIDEST, _RIM = 1 / 24, 0.7, 1 / 40
# Twice the nats that a plateau must be better by, beyond what its three parameters cost, and more for each term but one that waves alone
# take: the more the floor is rippled, the less sure. None of 12,000 spectra of noise gets there; of ripple that is as small as the
# scatter itself, which a plateau describes best, 3 to 10 in a thousand do, of larger ripple none.
_BETTER, _EACH = 12.0, 1.0
_LEAST_DB = 0.05
_GRID = 2  # groups between the edges that are tried first

Doubles = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Plateau:
    """Bins first to last (+ 1) stand `level_db` over floor_db (K,), a floor of few waves, and out of noise by sigma."""

    first: int
    last: int
    level_db: float
    floor_db: Doubles
    sigma: float


def plateau(y: Doubles, known: Bools, noise_db: float, least_db: float = _LEAST_DB) -> Plateau | None:
    """The plateau in y (K,), dB, of which the bins `known` count and scatter by noise_db (1 sigma); None where there is none that is
    least_db high.

    Cost: some 0.2 ms for a band of 1,024 bins.
    """
    n = len(y)
    step = max(1, n // _GROUPS)
    if n < _LEAST_BINS or n % step:
        return None
    ok = np.asarray(known.reshape(-1, step).all(axis=1))
    if ok.mean() < _KNOWN:
        return None
    mean = np.where(ok, y.reshape(-1, step).mean(axis=1), 0.0)
    mean -= mean[ok].mean() * ok
    terms = _terms(ok.tobytes())
    c = terms.own.T @ mean
    rest = float(mean @ mean) - np.concatenate([[0.0], np.cumsum(c * c)])
    count = int(ok.sum())
    noise = noise_db**2 * VARIANCE_FACTOR / step
    noise *= max(1.0, float(rest[-1]) / (count - len(c)) / noise)
    cost = math.log(count)
    waves = [rest[k] / noise + cost * k for k in _COUNTS]
    best, at, clear = math.inf, (0, 0, 0), 0.0
    for k in _COUNTS[: int(np.argmin(waves)) + 1]:
        over = np.concatenate([[0.0], np.cumsum((mean - terms.own[:, :k] @ c[:k]) * ok)])[::_GRID]
        gain = np.where(terms.allowed, np.maximum(over[None, :] - over[:, None], 0.0), 0.0) ** 2 / terms.free(k)
        i, j = np.unravel_index(int(np.argmax(gain)), gain.shape)
        score = (rest[k] - gain[i, j]) / noise + cost * (k + 3)
        if score < best:
            best, at, clear = score, (k, int(i) * _GRID, int(j) * _GRID), math.sqrt(gain[i, j] / noise)
    if min(waves) - best < _BETTER + _EACH * (_COUNTS[int(np.argmin(waves))] - _COUNTS[0]) or at[1] == at[2]:
        return None
    found = _fitted(y, mean, ok, terms, at, step, clear)
    return found if found.level_db >= least_db else None


def _fitted(y: Doubles, mean: Doubles, ok: Bools, terms: _Terms, at: tuple[int, int, int], step: int, sigma: float) -> Plateau:
    """The plateau with its edges to a group, and the floor under it."""
    k, first, last = at
    own = terms.own[:, :k]
    left, level = math.inf, 0.0
    model = np.zeros(len(mean))
    for a in range(max(0, first - _GRID), first + _GRID + 1):
        for b in range(last - _GRID, min(len(mean), last + _GRID) + 1):
            if b - a < 2:
                continue
            h = np.zeros(len(mean))
            h[a:b] = ok[a:b]
            h -= own @ (own.T @ h)
            r = mean - own @ (own.T @ mean)
            size = float(h @ r) / max(float(h @ h), 1e-12)
            rest = float(r @ r) - size * float(h @ r)
            if rest < left:
                left, level, first_now, last_now = rest, size, a, b
                on = np.zeros(len(mean))
                on[a:b] = ok[a:b] * size
                model = terms.all_[:, :k] @ (own.T @ (mean - on))
    grouped = y.reshape(-1, step).mean(axis=1)
    offset = float((grouped - mean)[ok].mean())
    middle = (np.arange(len(mean)) + 0.5) * step - 0.5
    floor = np.interp(np.arange(len(y)), middle, model + offset)
    return Plateau(first_now * step, last_now * step, level, floor, sigma)


class _Terms:
    """Level, slope, curve and half waves over the groups that are known, orthonormal there (G, M) (0 elsewhere), and what they are
    everywhere.
    """

    def __init__(self, ok: Bools) -> None:
        groups = len(ok)
        t = (np.arange(groups) + 0.5) / groups
        plain = np.column_stack(
            [np.ones(groups), t - 0.5, (t - 0.5) ** 2, *(np.cos(np.pi * k * t) for k in range(1, _WAVES + 1))]
        )
        q, r = np.linalg.qr(plain[ok])
        self.own = np.zeros((groups, plain.shape[1]))
        self.own[ok] = q
        self.all_ = plain @ np.linalg.pinv(r)
        self._sums = np.concatenate([np.zeros((1, plain.shape[1])), np.cumsum(self.own, axis=0)])[::_GRID]
        self._count = np.concatenate([[0.0], np.cumsum(ok.astype(float))])[::_GRID]
        edge = np.arange(0, groups + 1, _GRID) / groups
        width = edge[None, :] - edge[:, None]
        inside = (edge >= _RIM) & (edge <= 1 - _RIM)
        self.allowed = (width >= _NARROWEST) & (width <= _WIDEST) & inside[:, None] & inside[None, :]
        self._free: dict[int, Doubles] = {}

    def free(self, k: int) -> Doubles:
        """The square of what k terms leave of each plateau (from edge, to edge)."""
        if k not in self._free:
            width = self._count[None, :] - self._count[:, None]
            taken = sum((s[None, :] - s[:, None]) ** 2 for s in self._sums[:, :k].T)
            self._free[k] = np.maximum(width - taken, 0.5)
        return self._free[k]


@lru_cache(maxsize=4)
def _terms(ok: bytes) -> _Terms:
    return _Terms(np.frombuffer(ok, np.bool_))
