"""Batches: columns in, columns out, unknown stays unknown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.words import DETECTION, TABLES, TRACK, Batch, TableError, concat

ROW = st.fixed_dictionaries(
    {},
    optional={
        "time": st.floats(0, 2e9),
        "range_m": st.none() | st.floats(0, 1e5),
        "identity": st.none() | st.sampled_from(["A", "B", "C"]),
        "source_offset": st.none() | st.integers(0, 2**60),
    },
)


def known(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if v is not None}


@given(st.lists(ROW, max_size=10))
def test_rows_come_back(rows: list[dict[str, Any]]) -> None:
    assert list(Batch.from_rows(DETECTION, rows).rows()) == [known(r) for r in rows]


@given(st.lists(ROW, max_size=6), st.lists(ROW, max_size=6))
def test_concat_is_the_rows_of_both(a: list[dict[str, Any]], b: list[dict[str, Any]]) -> None:
    joined = concat(DETECTION, [Batch.from_rows(DETECTION, a), Batch.from_rows(DETECTION, b)])
    assert list(joined.rows()) == [known(r) for r in a + b]


@given(st.lists(ROW, min_size=1, max_size=10), st.data())
def test_take_is_a_choice_of_rows(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    batch = Batch.from_rows(DETECTION, rows)
    index = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=10))
    assert list(batch.take(np.array(index, np.int64)).rows()) == [known(rows[i]) for i in index]
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))))
    assert list(batch.take(mask).rows()) == [known(r) for r, m in zip(rows, mask, strict=True) if m]


def test_what_a_batch_does_not_hold_is_unknown() -> None:
    batch = Batch.build(DETECTION, 2, {"time": [1.0, 2.0]})
    assert np.isnan(batch["range_m"]).all()
    assert batch.values("identity") == [None, None]
    assert batch["source_offset"].tolist() == [-1, -1]
    assert not batch.equals("kind", "radar").any()


def test_one_value_serves_every_row() -> None:
    batch = Batch.build(TRACK, 3, {"status": "confirmed", "sensors": ("a", "b"), "existence": 0.5, "identity": None})
    assert batch.values("status") == ["confirmed"] * 3
    assert batch.values("sensors")[2] == ("a", "b")
    assert "identity" not in batch.columns
    assert batch.equals("status", "confirmed").all()


def test_mistakes_name_the_column() -> None:
    with pytest.raises(TableError, match="no column 'rnage_m'"):
        Batch.build(DETECTION, 1, {"rnage_m": [1.0]})
    with pytest.raises(TableError, match=r"'range_m'.*expected 2 rows"):
        Batch.build(DETECTION, 2, {"range_m": [1.0]})


def test_columns_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Batch.build(DETECTION, 1, {"time": [1.0]})["time"][0] = 2.0


def test_every_column_says_what_it_means() -> None:
    for table in TABLES.values():
        names = [c.name for c in table.columns]
        assert len(names) == len(set(names))
        assert all(len(c.meaning) > 3 for c in table.columns)
