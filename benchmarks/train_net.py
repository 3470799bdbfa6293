"""Fits the nets of the trained reader (`picket.learn.trained.net`): Adam on small batches, with features left out at random.

Four in ten of each sentence's features and three in ten units are left out anew each time that it is seen, so that no unit leans on a
single word. Nets from different beginnings err in different places, so the mean of a few is right more often than each (decisions 58,
60). The generators' seeds are fixed: the same reports give the same nets.

    letter  meaning                          shape
    x       a batch's features, 0 or more    batch by features
    h       its units                        batch by units
    g       the loss's slope by log odds     batch by columns
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit, logit

from picket.learn.trained.net import Net, kept

NETS, UNITS, ROUNDS, BATCH = 3, 128, 13, 800
LEAST = 8  # a net sees the features that stand in so many sentences: of rarer ones it learns nothing that holds
FASTEST = 0.008  # the step size at first; it falls evenly to nothing
LEFT_OUT, UNITS_LEFT_OUT = 0.4, 0.3
PENALTY = 1e-4
MEAN, SQUARE = 0.9, 0.98  # how much Adam keeps of its running means
Floats = NDArray[np.float32]


class Adam:
    """Adam over several arrays, changed in place."""

    def __init__(self, parts: list[Floats]) -> None:
        self.parts = parts
        self.means = [np.zeros_like(p) for p in parts]
        self.squares = [np.zeros_like(p) for p in parts]
        self.steps = 0

    def step(self, slopes: list[Floats], rate: float) -> None:
        """One step down these slopes."""
        self.steps += 1
        mean, square = 1 - MEAN**self.steps, 1 - SQUARE**self.steps
        for part, slope, m, s in zip(self.parts, slopes, self.means, self.squares, strict=True):
            m += (1 - MEAN) * (slope - m)
            s += (1 - SQUARE) * (slope * slope - s)
            part -= rate / mean * m / (np.sqrt(s / square) + 1e-6)


def fitted_net(features: csr_matrix, y: NDArray[np.float64]) -> Net:
    """The nets side by side, as one, whose mean log odds fit the columns of y (0 or 1)."""
    often = np.flatnonzero(np.asarray(features.sum(axis=0)).ravel() >= LEAST)
    x, y_all = features[:, often].astype(np.float32), y.astype(np.float32)
    with ProcessPoolExecutor(min(NETS, os.cpu_count() or 1), get_context("fork")) as pool:
        nets = [*pool.map(partial(_one, x, y_all), range(1, NETS + 1))]
    rows, bias, out, out_bias = zip(*nets, strict=True)
    every = np.zeros((features.shape[1], NETS * UNITS), np.float32)
    every[often] = np.hstack(rows)
    return kept(every, np.hstack(bias), np.vstack(out) / NETS, np.mean(out_bias, axis=0))


def _one(x_all: csr_matrix, y_all: Floats, seed: int) -> tuple[Floats, Floats, Floats, Floats]:
    """The rows, bias, out and out_bias of one net."""
    random = np.random.default_rng(seed)
    n, columns = y_all.shape
    rows = drawn(random, (x_all.shape[1], UNITS), 0.035)
    bias, out = np.zeros(UNITS, np.float32), drawn(random, (UNITS, columns), 0.3)
    out_bias = logit(np.clip(y_all.mean(axis=0), 1e-3, 0.999)).astype(np.float32)
    adam = Adam([rows, bias, out, out_bias])
    for round_ in range(ROUNDS):
        order = random.permutation(n)
        for begin in range(0, n, BATCH):
            chosen = order[begin : begin + BATCH]
            x = thinned(random, x_all[chosen], LEFT_OUT)
            raw = x @ rows + bias
            open_ = there(random, raw.shape, UNITS_LEFT_OUT) * (raw > 0)
            h = raw * open_
            g = (expit(h @ out + out_bias) - y_all[chosen]) / len(chosen)
            back = g @ out.T * open_
            slopes = [x.T.tocsr() @ back + PENALTY * rows, back.sum(axis=0), h.T @ g, g.sum(axis=0)]
            adam.step(slopes, FASTEST * (1 - round_ / ROUNDS))
    return rows, bias, out, out_bias


def drawn(random: np.random.Generator, shape: tuple[int, int], spread: float) -> Floats:
    """Numbers to begin from."""
    return (random.standard_normal(shape) * spread).astype(np.float32)


def there(random: np.random.Generator, shape: tuple[int, ...], left_out: float) -> Floats:
    """0 for what is left out, a little more than 1 for the rest, so that sums stay what they are on average."""
    return (random.random(shape, dtype=np.float32) >= left_out) / np.float32(1 - left_out)


def thinned(random: np.random.Generator, x: csr_matrix, left_out: float) -> csr_matrix:
    """Features with some left out at random."""
    return csr_matrix((x.data * there(random, x.data.shape, left_out), x.indices, x.indptr), x.shape)
