"""The log keeps what it was given, proves it, and names the first thing that does not hold."""

from __future__ import annotations

import os
import resource
import struct
import zlib
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.record import log
from picket.record.log import LogError, LogFile, Record, Verdict

RECORDS = [Record(i + 1, 1000.0 + i, "tick" if i % 3 else "batch", {"n": i, "raw": bytes(i % 50)}) for i in range(60)]


def write(folder: Path, records: list[Record], *, segment_bytes: int = 1 << 20, every: int = 7) -> None:
    out = LogFile(folder, segment_bytes=segment_bytes)
    for i, record in enumerate(records):
        out.append(record)
        if i % every == 0:
            out.commit()
    out.close()


def test_what_goes_in_comes_out_over_many_segments(tmp_path: Path) -> None:
    write(tmp_path, RECORDS, segment_bytes=300)
    assert len(log.segments(tmp_path)) > 3
    assert list(log.read(tmp_path)) == RECORDS
    verdict = log.verify(tmp_path)
    assert (verdict.records, verdict.last_seq, verdict.damage, verdict.torn_tail) == (60, 60, None, False)


def test_nothing_is_written_before_commit(tmp_path: Path) -> None:
    out = LogFile(tmp_path)
    out.append(RECORDS[0])
    assert log.segments(tmp_path) == []
    out.commit()
    assert list(log.read(tmp_path)) == RECORDS[:1]
    out.close()


def test_a_killed_writer_loses_only_the_torn_tail(tmp_path: Path) -> None:
    write(tmp_path, RECORDS[:30])
    path = log.segments(tmp_path)[-1]
    os.truncate(path, path.stat().st_size - 5)
    write(tmp_path, RECORDS[30:])
    verdict = Verdict()
    assert list(log.read(tmp_path, verdict=verdict)) == RECORDS[:29] + RECORDS[30:]
    assert verdict.torn_tail
    assert verdict.damage is None


def test_two_writers_are_refused(tmp_path: Path) -> None:
    first = LogFile(tmp_path)
    with pytest.raises(LogError, match="another station writes this archive"):
        LogFile(tmp_path)
    first.close()
    LogFile(tmp_path).close()


def test_a_removed_segment_shows(tmp_path: Path) -> None:
    write(tmp_path, RECORDS, segment_bytes=300)
    log.segments(tmp_path)[1].unlink()
    damage = log.verify(tmp_path).damage
    assert damage is not None
    assert "does not continue" in damage


def test_records_cut_off_at_a_segment_end_show(tmp_path: Path) -> None:
    write(tmp_path, RECORDS[:30])
    write(tmp_path, RECORDS[30:])
    path = log.segments(tmp_path)[0]
    os.truncate(path, path.stat().st_size - 5)
    damage = log.verify(tmp_path).damage
    assert damage is not None
    assert "does not continue" in damage


def test_a_full_disk_keeps_everything_pending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = LogFile(tmp_path)
    out.append(RECORDS[0])
    out.commit()
    out.append(RECORDS[1])

    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as m:
        m.setattr(os, "fdatasync", full)
        with pytest.raises(OSError, match="No space"):
            out.commit()
    assert out.pending == 1
    out.append(RECORDS[2])
    out.close()
    assert list(log.read(tmp_path)) == RECORDS[:3]
    assert log.verify(tmp_path).damage is None


def test_a_folder_without_a_log_is_named(tmp_path: Path) -> None:
    with pytest.raises(LogError, match=r"holds no log .*; give the station's archive with --archive"):
        log.verify(tmp_path)
    with pytest.raises(LogError, match=r"none: there is no such folder; give the station's archive with --archive"):
        log.verify(tmp_path / "none")


@settings(max_examples=300)
@given(st.data())
def test_no_damage_ever_yields_a_wrong_record(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("log")
    write(folder, RECORDS[:20])
    path = log.segments(folder)[0]
    raw = bytearray(path.read_bytes())
    where = data.draw(st.integers(0, len(raw) - 1))
    kind = data.draw(st.sampled_from(["flip", "cut", "zero"]))
    if kind == "flip":
        raw[where] ^= 1 << data.draw(st.integers(0, 7))
    elif kind == "cut":
        del raw[where:]
    else:
        raw[where:] = bytes(len(raw) - where)
    path.write_bytes(bytes(raw))
    got = list(log.read(folder, verdict=(v := Verdict())))
    assert got == RECORDS[: len(got)]
    if (
        kind != "cut"
    ):  # a cut between two records at the very end looks like a shorter log: a clean stop ends with an `end` record
        assert len(got) == 20 or v.damage or v.torn_tail


def test_a_disk_that_takes_half_a_commit_loses_nothing(tmp_path: Path) -> None:
    """The kernel takes what fits, says how many bytes, and fails at the next write: a real file size limit does the same."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    out = LogFile(tmp_path)
    out.append(RECORDS[0])
    out.commit()
    size = log.segments(tmp_path)[0].stat().st_size
    for record in RECORDS[1:40]:
        out.append(record)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 500, hard))
        for _ in range(2):
            with pytest.raises(OSError, match="too large"):
                out.commit()
            assert out.pending == 39
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(log.read(tmp_path)) == RECORDS[:1]
    out.append(RECORDS[40])
    out.close()
    assert list(log.read(tmp_path)) == RECORDS[:41]
    assert log.verify(tmp_path).damage is None


def test_what_a_gone_disk_left_is_cut_off_when_it_is_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = LogFile(tmp_path)
    out.append(RECORDS[0])
    out.commit()
    out.append(RECORDS[1])

    def gone(*_: object) -> None:
        raise OSError(5, "Input/output error")

    def not_now(log_file: LogFile, f: object) -> None:
        if log_file._half_written:
            gone()

    with monkeypatch.context() as m:
        m.setattr(os, "fdatasync", gone)
        m.setattr(LogFile, "_cut_back", not_now)
        with pytest.raises(OSError, match="Input/output"):
            out.commit()
    assert len(list(log.read(tmp_path))) == 2  # the bytes are there, and nobody could say whether they stay
    out.append(RECORDS[2])
    out.close()
    assert list(log.read(tmp_path)) == RECORDS[:3]
    assert log.verify(tmp_path).damage is None


def test_a_record_that_cannot_be_written_is_refused_and_the_next_one_is_not(tmp_path: Path) -> None:
    out = LogFile(tmp_path)
    out.append(RECORDS[0])
    with pytest.raises(LogError, match=r"record 2 \(action\) cannot be written"):
        out.append(Record(2, 1001.0, "action", {"id": 10**30}))
    out.append(RECORDS[2])
    out.close()
    assert list(log.read(tmp_path)) == [RECORDS[0], RECORDS[2]]
    assert log.verify(tmp_path).damage is None


def test_a_segment_whose_header_is_damaged_is_kept_and_named(tmp_path: Path) -> None:
    write(tmp_path, RECORDS[:30])
    write(tmp_path, RECORDS[30:40])
    path = log.segments(tmp_path)[-1]
    raw = bytearray(path.read_bytes())
    raw[3] ^= 1
    path.write_bytes(bytes(raw))
    write(tmp_path, RECORDS[40:])
    assert path.read_bytes() == bytes(raw)
    damage = log.verify(tmp_path).damage
    assert damage is not None
    assert path.name in damage


def test_a_header_that_was_never_written_whole_is_no_damage(tmp_path: Path) -> None:
    write(tmp_path, RECORDS[:30])
    (tmp_path / "00000002.plog").write_bytes(b"PICKETLOG")
    write(tmp_path, RECORDS[30:])
    assert list(log.read(tmp_path)) == RECORDS
    assert log.verify(tmp_path).damage is None


def test_the_newest_record_is_known_when_a_log_is_taken_up(tmp_path: Path) -> None:
    write(tmp_path, RECORDS[:30], segment_bytes=300)
    LogFile(tmp_path).close()
    held = LogFile(tmp_path)
    assert held.last == RECORDS[29]
    held.close()


def test_only_the_segments_after_a_record_are_read(tmp_path: Path) -> None:
    write(tmp_path, RECORDS, segment_bytes=300)
    for after in (1, 25, 59, 60, 1000):
        got = list(log.read(tmp_path, after=after, verdict=(v := Verdict())))
        assert [r for r in got if r.seq > after] == RECORDS[after:]
        assert v.damage is None
    assert v.segments == 1


def test_a_long_record_cut_short_is_looked_through_in_bounded_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small numbers as columns look like frame lengths at every byte; a restart after a kill must not checksum them all."""
    rows = struct.pack("<I", 200_000) * 250_000
    write(tmp_path, [Record(1, 1000.0, "batch", rows)])
    path = log.segments(tmp_path)[0]
    os.truncate(path, path.stat().st_size - 5)
    work = 0

    def counted(data: bytes) -> int:
        nonlocal work
        work += len(data)
        return zlib.crc32(data)

    monkeypatch.setattr(log, "zlib", SimpleNamespace(crc32=counted))
    verdict = log.verify(tmp_path)
    assert (verdict.torn_tail, verdict.damage) == (True, None)
    assert work < 40 << 20
