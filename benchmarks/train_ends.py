"""Fits who stands at the ends of a claim (`picket.learn.trained.ends`): a conditional logistic regression over the mentions of a sentence
and nobody, and a small net beside it, which is fitted to the same.

A slot is one end of the claims of one kind in one sentence; the right ones among its mentions are all that an annotator put there. The loss
of a slot is that of the probability of any of them, or of nobody where there is none.

    letter  meaning                                              shape
    x       features of the mentions of the slots of a kind      mentions by features
    z       log odds of each mention against nobody, by end      mentions by 2
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, vstack

from benchmarks.claim_scores import same_name
from benchmarks.train_countries import STEPS, rounded
from benchmarks.train_net import Adam, drawn, there, thinned
from picket.learn.claim import KINDS
from picket.learn.trained.ends import ends_of
from picket.learn.trained.mentions import Mention
from picket.learn.trained.net import Net, kept
from picket.learn.trained.weights import ENDS, ROLES, Weights

PENALTY = 12.0
LEAST = 4  # a feature counts for a role, or for a kind's, that so many mentions have
UNITS, ROUNDS, BATCH = 64, 8, 60  # of the net; a batch is of so many slots' sentences
NET_LEAST = 12  # it sees the features of so many mentions
FASTEST = 0.003
LEFT_OUT, UNITS_LEFT_OUT = 0.4, 0.3
NET_PENALTY = 1e-5
Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Described = tuple[Mention[str], list[str]]  # a mention and its features for the claims of a kind


@dataclass
class Slots:
    """The mentions of some sentences: their features; for both ends, which of ENDS it is, whether they may stand there and whether that is
    right; and where those of each sentence begin."""

    x: csr_matrix
    ends: NDArray[np.intp]
    may: NDArray[np.bool_]
    right: NDArray[np.bool_]
    starts: NDArray[np.intp]

    def __post_init__(self) -> None:
        self.sizes = np.diff(np.append(self.starts, self.x.shape[0]))

    def of(self, chosen: NDArray[np.intp]) -> Slots:
        """Those of some of the sentences."""
        sizes = self.sizes[chosen]
        starts = np.cumsum(sizes) - sizes
        rows = np.repeat(self.starts[chosen] - starts, sizes) + np.arange(sizes.sum())
        return Slots(self.x[rows], self.ends[rows], self.may[rows], self.right[rows], starts)

    def slopes(self, z: Floats) -> tuple[float, Floats]:
        """The loss of all slots, and its slope by z."""
        which = np.repeat(np.arange(len(self.starts)), self.sizes)
        z = np.where(self.may, z, -np.inf)
        top = np.maximum(np.maximum.reduceat(z, self.starts), 0.0)
        parts = np.exp(z - top[which])
        nobody = np.exp(-top)
        every = np.add.reduceat(parts, self.starts) + nobody
        wanted = np.add.reduceat(parts * self.right, self.starts)
        some = wanted > 0
        loss = float((np.log(every) - np.log(np.where(some, wanted, nobody))).sum())
        share = np.where(some[which], parts * self.right / np.where(some, wanted, 1.0)[which], 0.0)
        return loss, parts / every[which] - share


def slots_of(found: Iterable[tuple[str, list[dict[str, Any]], list[Described]]]) -> tuple[dict[str, int], dict[str, Slots]]:
    """The features by number, and the slots of each kind, from (kind, its annotated claims, mentions) of each sentence that claims it."""
    told = [entry for entry in found if entry[2]]
    count = Counter(f for _, _, mentions in told for _, features in mentions for f in set(features))
    names = {f: k for k, f in enumerate(sorted(f for f, n in count.items() if n >= LEAST))}
    made = {}
    for kind in KINDS:
        mine = [(gold, mentions) for k, gold, mentions in told if k == kind]
        if mine:
            made[kind] = _slots(kind, mine, names)
    return names, made


def _slots(kind: str, told: list[tuple[list[dict[str, Any]], list[Described]]], names: dict[str, int]) -> Slots:
    rows: list[list[int]] = []
    may: list[list[bool]] = []
    right: list[list[bool]] = []
    starts: list[int] = []
    for gold, mentions in told:
        starts.append(len(rows))
        for mention, features in mentions:
            rows.append([names[f] for f in features if f in names])  # twice told counts twice, as it is read
            able = [mention.acts or role == "target" for role in ends_of(kind)]
            may.append(able)
            right.append(
                [a and any(same_name(mention.name, g[role]) for g in gold) for a, role in zip(able, ends_of(kind), strict=True)]
            )
    at = np.array([k for row in rows for k in row], np.int32)
    x = csr_matrix((np.ones(len(at), np.float32), at, np.cumsum([0, *map(len, rows)])), shape=(len(rows), len(names)))
    columns = np.tile(np.array([ENDS[kind, role] for role in ends_of(kind)], np.intp), (len(rows), 1))
    return Slots(x, columns, np.array(may), np.array(right), np.array(starts, np.intp))


def with_ends(weights: Weights, found: Iterable[tuple[str, list[dict[str, Any]], list[Described]]]) -> Weights:
    """The weights, with those of the ends; raises ValueError if no sentence holds a claim and a mention."""
    names, slots = slots_of(found)
    if not slots:
        raise ValueError("no weights for the ends: no sentence of these reports holds a claim and a mention")
    with ProcessPoolExecutor(1, get_context("fork")) as pool:
        coming = pool.submit(_net, len(names), slots)
        shared, own = _regression(len(names), slots)
        net = coming.result()
    used = np.flatnonzero(shared.any(axis=1) | own.any(axis=1) | net.rows.any(axis=1))
    every = list(names)
    rows = {sys.intern(every[k]): i for i, k in enumerate(used)}
    return replace(weights, end_rows=rows, shared=shared[used], own=own[used], end_net=replace(net, rows=net.rows[used]))


def _regression(features: int, slots: dict[str, Slots]) -> tuple[Floats32, Floats32]:
    """What each feature says for a role (features by ROLES), and for the role of one kind besides (features by ENDS)."""
    there_own = np.zeros((features, len(ENDS)), bool)
    seen = np.zeros((features, len(ROLES)))
    for kind, mine in slots.items():
        n = np.asarray(mine.x.sum(axis=0)).ravel()
        for role in ends_of(kind):
            there_own[:, ENDS[kind, role]] = n >= LEAST
            seen[:, ROLES.index(role)] += n
    mask = np.hstack([seen >= LEAST, there_own])
    turned = {kind: mine.x.T.tocsr() for kind, mine in slots.items()}
    at = {kind: ([ROLES.index(r) for r in ends_of(kind)], [len(ROLES) + ENDS[kind, r] for r in ends_of(kind)]) for kind in slots}

    def loss(flat: Floats) -> tuple[float, Floats]:
        w = flat.reshape(mask.shape)
        value, slope = 0.5 * PENALTY * float((w * w).sum()), PENALTY * w
        for kind, mine in slots.items():
            by_role, by_kind = at[kind]
            lost, back = mine.slopes(mine.x @ (w[:, by_role] + w[:, by_kind]))
            value += lost
            part = turned[kind] @ back
            slope[:, by_role] += part
            slope[:, by_kind] += part
        return value, (slope * mask).ravel()

    found = minimize(loss, np.zeros(mask.size), jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    w = np.asarray(found.x).reshape(mask.shape)
    return rounded(w[:, : len(ROLES)]), rounded(w[:, len(ROLES) :])


def _net(features: int, slots: dict[str, Slots]) -> Net:
    """A net with one column of log odds for each of ENDS, fitted by Adam on sentences in random order."""
    random = np.random.default_rng(1)
    every = _joined([*slots.values()])
    often = np.flatnonzero(np.asarray(every.x.sum(axis=0)).ravel() >= NET_LEAST)
    every = replace(every, x=every.x[:, often])
    rows, bias = drawn(random, (len(often), UNITS), 0.035), np.zeros(UNITS, np.float32)
    out, out_bias = drawn(random, (UNITS, len(ENDS)), 0.2), np.full(len(ENDS), -2, np.float32)
    adam = Adam([rows, bias, out, out_bias])
    for round_ in range(ROUNDS):
        order = random.permutation(len(every.starts))
        for begin in range(0, len(order), BATCH):
            some = every.of(order[begin : begin + BATCH])
            x = thinned(random, some.x, LEFT_OUT)
            raw = x @ rows + bias
            open_ = there(random, raw.shape, UNITS_LEFT_OUT) * (raw > 0)
            h = raw * open_
            ends = out.T[some.ends]  # mentions by 2 by units
            _, slope = some.slopes(np.einsum("mu,meu->me", h, ends) + out_bias[some.ends])
            g = np.zeros((len(h), len(ENDS)), np.float32)
            np.put_along_axis(g, some.ends, (slope / len(some.starts)).astype(np.float32), axis=1)
            back = g @ out.T * open_
            slopes = [x.T.tocsr() @ back + NET_PENALTY * rows, back.sum(axis=0), h.T @ g, g.sum(axis=0)]
            adam.step(slopes, FASTEST * (1 - round_ / ROUNDS))
    whole = np.zeros((features, UNITS), np.float32)
    whole[often] = rows
    return kept(whole, bias, out, out_bias)


def _joined(slots: list[Slots]) -> Slots:
    before = np.cumsum([0, *(s.x.shape[0] for s in slots)])
    starts = np.concatenate([s.starts + n for s, n in zip(slots, before[:-1], strict=True)])
    x = vstack([s.x for s in slots]).tocsr()
    ends, may, right = (np.concatenate([getattr(s, name) for s in slots]) for name in ("ends", "may", "right"))
    return Slots(x, ends, may, right, starts)
