"""Batches survive the log bit for bit."""

from __future__ import annotations

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from picket.record.codec import pack, unpack
from picket.words import DETECTION, TRACK, Batch

ROW = st.fixed_dictionaries(
    {},
    optional={
        "time": st.floats(allow_nan=True, allow_infinity=False),
        "range_m": st.floats(0, 1e5),
        "sensor_id": st.sampled_from(["a", "b", "radar-north"]),
        "source_offset": st.integers(0, 2**62),
    },
)


@given(st.lists(ROW, max_size=20))
def test_a_batch_comes_back(rows: list[dict[str, object]]) -> None:
    batch = Batch.from_rows(DETECTION, rows)
    back = unpack(msgspec.msgpack.decode(msgspec.msgpack.encode(pack(batch))))
    assert back.n == batch.n
    assert set(back.columns) == set(batch.columns)
    for name in batch.columns:
        assert back[name].tobytes() == batch[name].tobytes()
        assert back.words(name) == batch.words(name)


def test_lists_and_constant_columns_are_small() -> None:
    batch = Batch.build(
        TRACK, 1000, {"track_id": np.arange(1000), "sensors": ("r1", "r2"), "status": "confirmed", "flags": [()] * 1000}
    )
    packed = pack(batch)
    assert len(packed["c"]["sensors"]) == 4
    back = unpack(msgspec.msgpack.decode(msgspec.msgpack.encode(packed)))
    assert back.values("sensors")[999] == ("r1", "r2")
    assert back.values("flags")[0] == ()
