"""The weights of the trained reader: which feature speaks for which kind and for which end. Written by `python -m benchmarks.train_reader`.

The file is a numpy archive of plain arrays (no pickled objects): the features as one text, a row of weights each.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from picket.learn.claim import KINDS, TRANSFERS
from picket.learn.trained.choice import Choice
from picket.learn.trained.groups import Groups
from picket.learn.trained.net import Net

Floats = NDArray[np.float32]
ROLES = ("provider", "recipient", "actor", "target")
COLUMNS = (*KINDS, "doubt")
_OF_REGRESSION = np.float32(0.1)  # its share beside the nets of kinds (decision 58)
_OF_ENDS = np.float32(0.3)  # its share beside the net of ends (decision 61)
ENDS = {
    (kind, role): 2 * k + r
    for k, kind in enumerate(KINDS)
    for r, role in enumerate(ROLES[:2] if kind in TRANSFERS else ROLES[2:])
}
NETS = ("net", "end_net")
_HALVES = ("bias", "out", "out_bias")  # parts of a net that the file keeps as half floats
_PARTS = ("kind_rows", "kinds", "end_rows", "shared", "own", *(f"{n}_{p}" for n in NETS for p in ("rows", "step", *_HALVES)))
CHOICES = ("further", "countries", "numbers")  # the choices that the file keeps


@dataclass(slots=True)
class Weights:
    """`kind_rows` names the rows of `kinds` (features by COLUMNS) and of `net`, `end_rows` those of `shared` (features by ROLES: what
    counts for a role whatever the kind), of `own` (features by ENDS: what counts for one kind besides) and of `end_net`; `further` says
    whether there is one more claim of a kind, `countries` choose a claim's country, `numbers` its number."""

    kind_rows: dict[str, int]
    kinds: Floats
    net: Net
    end_rows: dict[str, int]
    shared: Floats
    own: Floats
    end_net: Net
    further: Choice | None = None  # without them no further claim is made
    countries: Choice | None = None  # without them the country stays as the rules have it
    numbers: Choice | None = None  # and the number too
    ends: dict[str, Floats] = field(init=False)  # shared and own together, of each kind (features by its two ends)
    kind_groups: Groups[int] = field(init=False)  # groups of features as rows of `kinds`
    end_groups: Groups[int] = field(init=False)  # and as rows of `shared` and `own`

    def __post_init__(self) -> None:
        both = self.own + self.shared[:, [ROLES.index(role) for _, role in ENDS]]
        self.ends = {kind: np.ascontiguousarray(both[:, 2 * k : 2 * k + 2]) for k, kind in enumerate(KINDS)}
        self.kind_groups, self.end_groups = Groups(self.kind_rows.get), Groups(self.end_rows.get)

    def kind_logits(self, rows: list[int]) -> Floats:
        """The log odds of each of COLUMNS for a part of a sentence, an anchor, whose features have these rows of `kinds`."""
        return np.add.reduce(self.kinds.take(rows, axis=0), axis=0) if rows else np.zeros(self.kinds.shape[1], np.float32)

    def sentence_logits(self, rows: list[int]) -> Floats:
        """The log odds for a whole sentence: the weighted mean of the regression's and the nets'."""
        return _OF_REGRESSION * self.kind_logits(rows) + (1 - _OF_REGRESSION) * self.net.logits(rows)

    def end_logits(self, rows: NDArray[np.intp], starts: list[int], kind: str) -> Floats:
        """The log odds, against nobody, of mentions at the two ends of a kind (mentions by 2): the weighted mean of regression and net.
        The rows of the mentions stand one after the other, beginning at `starts`, none without any."""
        k = 2 * KINDS.index(kind)
        sums = np.add.reduceat(self.ends[kind].take(rows, axis=0), starts, axis=0).astype(np.float32, copy=False)
        return _OF_ENDS * sums + (1 - _OF_ENDS) * self.end_net.each(rows, starts)[:, k : k + 2]


def written(weights: Weights, out: BinaryIO) -> None:
    """Writes the file that `load` reads; the same weights give the same bytes."""
    choices: dict[str, Any] = {}
    for name in CHOICES:
        choice = getattr(weights, name)
        worth = choice.weights if choice is not None else {}
        choices |= {f"{name}_rows": _text(worth), name: np.array([*worth.values()], np.float16)}
    nets = {f"{name}_{part}": value for name in NETS for part, value in _kept(getattr(weights, name)).items()}
    np.savez_compressed(
        out,
        kinds_in_order=_text(COLUMNS),
        kind_rows=_text(weights.kind_rows),
        kinds=weights.kinds.astype(np.float16),
        end_rows=_text(weights.end_rows),
        shared=weights.shared.astype(np.float16),
        own=weights.own.astype(np.float16),
        **nets,
        **choices,
    )


def _kept(net: Net) -> dict[str, Any]:
    halves = {part: getattr(net, part).astype(np.float16) for part in _HALVES}
    return {"rows": net.rows, "step": net.step} | halves


def _text(names: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), np.uint8)


def load(raw: bytes) -> Weights:
    """The weights of a file's bytes; raises ValueError if it does not fit this code."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as found:
        if tuple(found["kinds_in_order"].tobytes().decode().split("\n")) != COLUMNS:
            raise ValueError(
                f"the weights of the trained reader are for other kinds than {COLUMNS}; run python -m benchmarks.train_reader"
            )
        if lacking := sorted({*_PARTS} - {*found}):
            raise ValueError(
                f"the weights of the trained reader lack {', '.join(lacking)}; run python -m benchmarks.train_reader"
            )
        kind_rows = found["kind_rows"].tobytes().decode().split("\n")
        end_rows = found["end_rows"].tobytes().decode().split("\n")
        kinds, shared, own = (found[name].astype(np.float32) for name in ("kinds", "shared", "own"))
        net, end_net = (_net(found, name) for name in NETS)
        choices = [_choice(found, name) for name in CHOICES]
    shapes = (len(kind_rows), len(COLUMNS)), (len(end_rows), len(ROLES)), (len(end_rows), len(ENDS))
    fit = net.fits(len(kind_rows), len(COLUMNS)) and end_net.fits(len(end_rows), len(ENDS))
    if (kinds.shape, shared.shape, own.shape) != shapes or not fit:
        raise ValueError(_DIFFER)
    return Weights(_numbered(kind_rows), kinds, net, _numbered(end_rows), shared, own, end_net, *choices)


_DIFFER = "the weights of the trained reader and their names differ in number; run python -m benchmarks.train_reader"


def _net(found: Mapping[str, Any], name: str) -> Net:
    halves = (found[f"{name}_{part}"].astype(np.float32) for part in _HALVES)
    return Net(found[f"{name}_rows"], np.float32(found[f"{name}_step"]), *halves)


def _choice(found: Mapping[str, Any], name: str) -> Choice | None:
    """The weights of a choice; None if the file keeps none."""
    if f"{name}_rows" not in found:
        return None
    names = [f for f in found[f"{name}_rows"].tobytes().decode().split("\n") if f]
    values = found[name].tolist()
    if len(values) != len(names):
        raise ValueError(_DIFFER)
    return Choice(dict(zip(names, values, strict=True))) if names else None


def _numbered(names: list[str]) -> dict[str, int]:
    return {f: i for i, f in enumerate(names)}


@cache
def shipped() -> Weights:
    """The package's weights."""
    return load(files("picket.learn").joinpath("data", "trained.npz").read_bytes())
