"""The weights of the trained reader: which feature speaks for which kind and for which end. Written by `python -m benchmarks.train_reader`.

The file is a numpy archive of plain arrays (no pickled objects): the features as one text, a column of weights a kind.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from picket.learn.claim import KINDS

Floats = NDArray[np.float32]


@dataclass(slots=True)
class Weights:
    """`kind_rows` names the rows of `kinds` (features by KINDS); `ends` has a table of features for each role ("provider") and for each
    kind's role ("supply.provider")."""

    kind_rows: dict[str, int]
    kinds: Floats
    ends: dict[str, dict[str, float]]

    def kind_logits(self, features: list[str]) -> Floats:
        """The log odds of each of KINDS for a sentence or an anchor with these features."""
        rows = [self.kind_rows[f] for f in features if f in self.kind_rows]
        return self.kinds[rows].sum(axis=0) if rows else np.zeros(len(KINDS), np.float32)

    def end_logit(self, features: list[str], kind: str, role: str) -> float:
        """The log odds that a mention with these features is that end of a claim of that kind."""
        whole, own = self.ends.get(role, {}), self.ends.get(f"{kind}.{role}", {})
        return sum(whole.get(f, 0.0) + own.get(f, 0.0) for f in features)


def written(weights: Weights, out: BinaryIO) -> None:
    """Writes the file that `load` reads; the same weights give the same bytes."""
    np.savez_compressed(
        out,
        kinds_in_order=_text(KINDS),
        kind_rows=_text(weights.kind_rows),
        kinds=weights.kinds.astype(np.float16),
        end_rows=_text(f"{table}|{f}" for table, rows in weights.ends.items() for f in rows),
        ends=np.array([w for rows in weights.ends.values() for w in rows.values()], np.float16),
    )


def _text(names: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), np.uint8)


def load(raw: bytes) -> Weights:
    """The weights of a file's bytes; raises ValueError if it does not fit this code."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as found:
        if tuple(found["kinds_in_order"].tobytes().decode().split("\n")) != KINDS:
            raise ValueError(
                f"the weights of the trained reader are for other kinds than {KINDS}; run python -m benchmarks.train_reader"
            )
        kind_rows = found["kind_rows"].tobytes().decode().split("\n")
        end_rows = found["end_rows"].tobytes().decode().split("\n")
        kinds, ends = found["kinds"].astype(np.float32), found["ends"].astype(np.float32)
    if kinds.shape != (len(kind_rows), len(KINDS)) or ends.shape != (len(end_rows),):
        raise ValueError(
            "the weights of the trained reader and their names differ in number; run python -m benchmarks.train_reader"
        )
    return Weights({f: i for i, f in enumerate(kind_rows)}, kinds, tables(end_rows, ends.tolist()))


def tables(names: Iterable[str], values: Iterable[float]) -> dict[str, dict[str, float]]:
    """The tables of `Weights.ends` from names "table|feature" and their weights."""
    out: dict[str, dict[str, float]] = {}
    for name, value in zip(names, values, strict=True):
        table, _, feature = name.partition("|")
        out.setdefault(table, {})[feature] = value
    return out


@cache
def shipped() -> Weights:
    """The package's weights."""
    return load(files("picket.learn").joinpath("data", "trained.npz").read_bytes())
