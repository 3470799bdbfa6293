"""Operator positions: apart, erasable, provable."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from picket.record.operators import OperatorStore, proves
from picket.words import OPERATOR, Batch

ROW = {"identity": "SERIAL1", "transmitter": "02:00:00:00:00:01", "lat_deg": 45.1, "lon_deg": -30.1, "time": 1_700_000_000.0}


def test_each_change_is_kept_once_and_can_be_proven(tmp_path: Path) -> None:
    store = OperatorStore(tmp_path / "operators", keep_days=30)
    digests = store.add(
        Batch.from_rows(OPERATOR, [ROW, {**ROW, "time": 1_700_000_001.0}, {**ROW, "lat_deg": 45.2}]), 1_700_000_000.0
    )
    path = tmp_path / "operators" / "2023-11-14.jsonl"
    assert not path.exists()
    assert store.waiting == 2
    store.write()
    assert store.waiting == 0
    lines = path.read_text().splitlines()
    assert len(lines) == len(digests) == 2
    assert all(proves(line, d) for line, d in zip(lines, digests, strict=True))
    assert not proves(lines[0].replace("45.1", "45.3"), digests[0])
    assert path.stat().st_mode & 0o077 == 0
    assert store.of("SERIAL1", set())[0]["lat_deg"] == 45.2
    assert store.of(None, {"02:00:00:00:00:01"})


def test_days_past_their_time_are_erased(tmp_path: Path) -> None:
    store = OperatorStore(tmp_path, keep_days=30)
    store.add(Batch.from_rows(OPERATOR, [ROW]), 1_700_000_000.0)
    store.write()
    assert store.erase_old(1_700_000_000.0 + 29 * 86400) == []
    assert store.erase_old(1_700_000_000.0 + 32 * 86400) == ["2023-11-14.jsonl"]
    assert list(tmp_path.iterdir()) == []
    assert store.of("SERIAL1", set()) == [], "what is erased from disk is not kept in memory"


def test_a_full_disk_keeps_rows_waiting_and_writes_each_once(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    store = OperatorStore(tmp_path, keep_days=30)
    digests = store.add(Batch.from_rows(OPERATOR, [ROW, {**ROW, "lat_deg": 45.2}]), 1_700_000_000.0)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        with pytest.raises(OSError, match="too large"):
            store.write()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    digests += store.add(Batch.from_rows(OPERATOR, [{**ROW, "lat_deg": 45.3}]), 1_700_086_400.0)
    store.write()
    lines = [line for name in ("2023-11-14", "2023-11-15") for line in (tmp_path / f"{name}.jsonl").read_text().splitlines()]
    assert len(lines) == 3
    assert all(proves(line, d) for line, d in zip(lines, digests, strict=True))
