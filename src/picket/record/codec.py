"""A `Batch` as plain MessagePack data and back: what a log record of kind `batch` holds.

    {"t": table name, "n": rows, "c": {column: array bytes, or one number for every row}, "w": {column: [words]}}

Arrays are little-endian float64, int64 or (codes) int32. A column with the same value in every row is one number:
most text columns are. Bit for bit: a NaN keeps its bits, so that a replay sees what the tracker saw.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from picket.words import TABLES, Batch

_DTYPE = {"float": "<f8", "int": "<i8", "text": "<i4", "list": "<i4"}


def pack(batch: Batch) -> dict[str, Any]:
    """The batch as plain data."""
    columns: dict[str, Any] = {}
    for name, array in batch.columns.items():
        data = np.ascontiguousarray(array, _DTYPE[batch.table.kinds[name]])
        raw = data.tobytes()
        size = data.itemsize
        columns[name] = raw[:size] if raw == raw[:size] * batch.n else raw
    return {"t": batch.table.name, "n": batch.n, "c": columns, "w": {k: list(v) for k, v in batch.texts.items()}}


def unpack(data: Mapping[str, Any]) -> Batch:
    """The batch that `pack` made into `data`."""
    table, n = TABLES[data["t"]], data["n"]
    columns = {}
    for name, raw in data["c"].items():
        array = np.frombuffer(raw, _DTYPE[table.kinds[name]])
        if len(array) != n:
            value, array = array[0], np.empty(n, array.dtype)
            array.fill(value)
            array.setflags(write=False)
        columns[name] = array
    texts = {k: tuple(map(tuple, v)) if table.kinds[k] == "list" else tuple(v) for k, v in data["w"].items()}
    return Batch(table, n, columns, texts)
