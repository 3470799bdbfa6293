"""Recordings: the format is found, dates come from where they can, and each way to fail has its words and exit code."""

from __future__ import annotations

import io
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from picket.feed import FORMATS, jsonlines, pcap, read_detections, recording, table
from picket.feed.asterix import encode_cat034, encode_cat048
from picket.feed.format import Options
from picket.places import PlaceError
from picket.words import DETECTION, TRACK, Batch, TableError

T0 = 1_700_000_000.0
PLOTS = Batch.from_rows(DETECTION, [{"time": T0 + i, "range_m": 1000.0 + i, "azimuth_deg": 45.0} for i in range(20)])
LINES = jsonlines.encode(PLOTS)


def asterix_capture(n: int = 20) -> bytes:
    frames = [pcap.udp_frame(encode_cat048(PLOTS, sac=25, sic=201)[0])] * n
    return pcap.encode(frames, [T0 + 20 + i for i in range(n)])


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl", ".arrow"])
def test_a_written_table_is_a_recording(tmp_path: Path, suffix: str) -> None:
    table.write_table(PLOTS, tmp_path / f"t{suffix}")
    batch = read_detections(tmp_path / f"t{suffix}")
    assert batch.values("range_m") == PLOTS.values("range_m")
    assert batch.values("time") == PLOTS.values("time")
    assert batch.values("time_source") == ["sensor"] * 20
    assert set(batch.values("source")) == {str(tmp_path / f"t{suffix}")}
    if suffix != ".jsonl":  # there it is the byte offset of the line
        assert batch.values("source_offset") == list(range(1, 21))


def test_an_arrow_stream_is_read_too(tmp_path: Path) -> None:
    import pyarrow as pa

    found = table.to_arrow(PLOTS)
    with pa.OSFile(str(tmp_path / "t.arrow"), "wb") as sink, pa.ipc.new_stream(sink, found.schema) as stream:
        stream.write_batch(found)
    assert read_detections(tmp_path / "t.arrow").n == 20


def test_the_format_of_a_capture_is_found_in_its_payloads(tmp_path: Path) -> None:
    with recording.open_recording(write(tmp_path, "x.bin", asterix_capture())) as opened:
        assert opened.format.name == "asterix"
        rows = sum(d.detections.n for d in opened)
    assert rows == 400
    assert not opened.cut
    noisy = pcap.encode(
        [pcap.udp_frame(b"something else")] * 3 + [pcap.udp_frame(line) for line in LINES.splitlines()], [T0] * 23
    )
    with recording.open_recording(write(tmp_path, "y.pcap", noisy)) as opened:
        assert opened.format.name == "table"
        assert sum(d.detections.n for d in opened) == 20


def test_times_come_from_the_container(tmp_path: Path) -> None:
    capture = pcap.encode([pcap.udp_frame(b'{"range_m": 5}')], [T0 + 0.25])
    batch = read_detections(write(tmp_path, "x.pcap", capture))
    assert batch.values("time") == [T0 + 0.25]
    assert batch.values("time_source") == ["container"]
    assert batch.values("source_offset") == [1]


def test_a_recording_without_dates_has_none_until_a_start_is_given(tmp_path: Path) -> None:
    raw = b"".join(encode_cat048(PLOTS, sac=25, sic=201))
    path = write(tmp_path, "plots.ast", raw)
    assert read_detections(path).values("time") == [None] * 20
    batch = read_detections(path, start=T0 - 3600)
    assert batch.values("time") == pytest.approx(PLOTS.values("time"), abs=1 / 128)
    assert set(batch.values("time_source")) == {"operator"}


def test_a_long_recording_rolls_over_midnight_after_its_start(tmp_path: Path) -> None:
    """30 hours: completed from one fixed start, times more than 12 h later would land on the wrong day."""
    n = 3600
    many = Batch.from_rows(DETECTION, [{"time": T0 + 30.0 * i, "range_m": 500.0, "azimuth_deg": 1.0} for i in range(n)])
    raw = b"".join(encode_cat048(many, sac=1, sic=2, max_bytes=100))
    batch = read_detections(write(tmp_path, "plots.ast", raw), start=T0)
    assert batch.values("time") == pytest.approx(many.values("time"), abs=1 / 128)


@pytest.mark.parametrize(
    ("name", "data", "words", "code"),
    [
        ("empty.pcap", b"", "the file is empty", 1),
        ("notes.txt", b"Dear diary, today I saw a drone.", "its first bytes 44 65 61 72 20 64 69 61 are like none", 1),
        ("x.json.gz", b"\x1f\x8b\x08\0rest", "packed with gzip; unpack it first", 1),
        ("x.zip", b"PK\x03\x04rest", "packed with zip", 1),
        ("hci.log", b"btsnoop\0\0\0\0\x01\0\0\x03\xea", "is a Bluetooth log (btsnoop); save it as pcap first", 1),
        ("x.pcap", b"\x34\xcd\xb2\xa1\x02\0\x04\0", "is a capture of a patched libpcap; save it as pcap first", 1),
        ("t.parquet", b"hello", "expected parquet as the name says", 3),
        ("t.parquet", b"PAR1hello", "cannot be read as parquet", 3),
        ("t.arrow", b"ARROW1\0\0", "cannot be read as arrow", 3),
        ("x.pcap", asterix_capture(1)[:20], "24 bytes, the file ends after 20", 3),
        (
            "x.pcap",
            asterix_capture(1)[:30],
            "got no payloads (left out: 1 truncated: the input, or the packet, ends",
            3,
        ),
        (
            "x.pcap",
            pcap.encode([bytes(60)] * 4, [0.0] * 4),
            "got no payloads (left out: 4 not_udp: a packet that is not UDP",
            1,
        ),
        ("x.pcap", pcap.encode([pcap.udp_frame(b"???")] * 4, [0.0] * 4), "got 4 payloads over udp", 1),
        ("x.pcap", pcap.encode([b"abcdef"], [0.0], linktype=251), "ble-ll", 1),
    ],
)
def test_what_cannot_be_used_says_what_was_expected_and_what_came(
    tmp_path: Path, name: str, data: bytes, words: str, code: int
) -> None:
    path = write(tmp_path, name, data)
    if name == "x.pcap" and "ble-ll" in words and any("ble-ll" in f.links for f in FORMATS):
        pytest.skip("a format reads this link")
    with pytest.raises(recording.RecordingError) as caught:
        list(recording.open_recording(path))
    assert words in str(caught.value)
    assert str(path) in str(caught.value)
    assert caught.value.path == str(path)
    assert caught.value.exit_code == code
    assert isinstance(caught.value, ValueError)


def test_missing_folder_and_forbidden(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "nowhere", "no such file"), (tmp_path, "got a folder")):
        with pytest.raises(recording.UnreadableError, match=words):
            recording.open_recording(path)
    secret = write(tmp_path, "secret", b"x")
    secret.chmod(0)
    if os.geteuid():  # root may read everything
        with pytest.raises(recording.UnreadableError, match="Permission denied"):
            recording.open_recording(secret)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"format": "asterisk"}, "asterix"),
        ({"start": -5.0}, "between 1970 and 2100"),
        ({"start": float("nan")}, "between 1970 and 2100"),
        ({"rate": 12e6}, "give --start too"),
        ({"rate": 12e6, "start": 0.0}, "csv|table"),
        ({"rate": -1.0, "start": 0.0}, "1 to 1e12"),
        ({"format": "asterix"}, "is a csv detection table, not asterix"),
    ],
)
def test_wrong_use_is_told_apart(tmp_path: Path, arguments: dict[str, Any], words: str) -> None:
    table.write_table(PLOTS, tmp_path / "t.csv")
    with pytest.raises(recording.WrongUseError, match=words) as caught:
        recording.open_recording(tmp_path / "t.csv", **arguments)
    assert caught.value.exit_code == 2


def test_a_track_table_is_no_detection_table(tmp_path: Path) -> None:
    table.write_table(Batch.from_rows(TRACK, [{"time": 1.0, "lat_deg": 1.0, "lon_deg": 1.0}]), tmp_path / "t.parquet")
    with pytest.raises(recording.UnreadableError, match="expected a detection table, got a track table"):
        read_detections(tmp_path / "t.parquet")


def test_every_sample_is_found_again_by_its_own_sniff(tmp_path: Path) -> None:
    assert recording.guess(LINES, "x").name == "table"
    assert recording.guess(b"".join(encode_cat048(PLOTS, sac=1, sic=2)), "x").name == "asterix"
    assert recording.guess(b"time,sensor_id,range_m\n1,a,2\n", "x").name == "table"


# -- cut and damaged ---------------------------------------------------------------------------------------------------
def test_a_cut_capture_keeps_its_rows_and_says_so(tmp_path: Path) -> None:
    whole = asterix_capture()
    opened = recording.open_recording(write(tmp_path, "x.pcap", whole[:-7]))
    parts = list(opened)
    assert sum(p.detections.n for p in parts) == 19 * 20
    assert sum((p.left_out for p in parts), start=type(parts[0].left_out)()) == {"truncated": 1}
    assert opened.cut


def test_a_cut_stream_of_lines_keeps_its_rows_and_says_so(tmp_path: Path) -> None:
    opened = recording.open_recording(write(tmp_path, "x.jsonl", LINES[:-9]))
    assert sum(p.detections.n for p in opened) == 19
    assert opened.cut


def test_a_cut_arrow_stream_gives_what_came_before(tmp_path: Path) -> None:
    import pyarrow as pa

    found = table.to_arrow(PLOTS)
    buffer = io.BytesIO()
    with pa.ipc.new_stream(buffer, found.schema) as stream:
        stream.write_batch(found)
        stream.write_batch(found)
    path = write(tmp_path, "t.arrow", buffer.getvalue()[:-300])
    opened = recording.open_recording(path)
    parts = []
    with pytest.raises(recording.UnreadableError):
        parts.extend(opened)
    assert sum(part.detections.n for part in parts) == 20
    assert opened.cut
    assert read_detections(path).n == 20


# -- decode_files --------------------------------------------------------------------------------------------------------
def test_several_recordings_become_one_table(tmp_path: Path) -> None:
    one, two = write(tmp_path, "a.pcap", asterix_capture()), write(tmp_path, "b.jsonl", LINES)
    seen: list[tuple[str, int, int | None]] = []
    summary = recording.decode_files([one, two], out=tmp_path / "o.parquet", on_progress=lambda *a: seen.append(a))
    assert (summary.rows, summary.exit_code, summary.cut) == (420, 0, False)
    assert summary.formats == {str(one): "asterix", str(two): "table"}
    assert table.read_table(tmp_path / "o.parquet").n == 420
    assert seen[-1] == (str(two), len(LINES), len(LINES))


def test_decoding_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    one = write(tmp_path, "a.pcap", asterix_capture())
    for suffix in (".parquet", ".csv", ".jsonl", ".arrow"):
        for name in "xy":
            recording.decode_files([one], out=tmp_path / f"{name}{suffix}")
        assert (tmp_path / f"x{suffix}").read_bytes() == (tmp_path / f"y{suffix}").read_bytes()


def test_status_is_counted_and_written_when_asked(tmp_path: Path) -> None:
    raw = encode_cat034(time=T0, sac=25, sic=201, kind="north_mark")
    path = write(tmp_path, "x.pcap", pcap.encode([pcap.udp_frame(raw)], [T0]))
    summary = recording.decode_files([path], out=tmp_path / "o.csv", status_out=tmp_path / "s.jsonl")
    assert (summary.rows, summary.status, summary.exit_code) == (0, 1, 0)
    assert json.loads((tmp_path / "s.jsonl").read_text())["event"] == "north_mark"
    assert table.read_table(tmp_path / "o.csv").n == 0


def test_what_can_be_done_is_done_beside_an_unreadable_input(tmp_path: Path) -> None:
    good = write(tmp_path, "good.jsonl", LINES)
    summary = recording.decode_files([tmp_path / "missing", good], out=tmp_path / "o.csv")
    assert (summary.rows, summary.exit_code) == (20, 3)
    assert [e.reason for e in summary.errors] == ["no such file"]
    assert table.read_table(tmp_path / "o.csv").n == 20


@pytest.mark.parametrize(("data", "code"), [(b"", 1), (b"nonsense", 1), (b'{"range_m": -1, "azimuth_deg": 999}\n', 1)])
def test_nothing_usable_writes_nothing(tmp_path: Path, data: bytes, code: int) -> None:
    out = write(tmp_path, "o.csv", b"earlier")
    summary = recording.decode_files([write(tmp_path, "x", data)], out=out, operators_out=tmp_path / "p.csv")
    assert summary.exit_code == code
    assert out.read_bytes() == b"earlier"
    assert sorted(os.listdir(tmp_path)) == ["o.csv", "x"]


def test_a_wrong_output_name_is_told_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="expected a name that ends in"):
        recording.decode_files([tmp_path / "missing"], out=tmp_path / "o.xml")


def test_a_recording_is_never_written_over_by_what_was_made_of_it(tmp_path: Path) -> None:
    path = write(tmp_path, "night.jsonl", b'{"azimuth_deg": 1}\n{"azimuth_deg": "damaged"}\n')
    (tmp_path / "other.jsonl").symlink_to(path)
    for name in ("night.jsonl", "other.jsonl", "./night.jsonl"):
        with pytest.raises(PlaceError, match="it is read too; give another name"):
            recording.decode_files([path], out=tmp_path / name)
    assert len(path.read_bytes().splitlines()) == 2


def test_two_tables_never_share_a_file(tmp_path: Path) -> None:
    with pytest.raises(PlaceError, match="two files would be written to it"):
        recording.decode_files([write(tmp_path, "x", b"")], out=tmp_path / "o.csv", operators_out=tmp_path / "o.csv")


def test_a_folder_that_is_not_there_is_told_by_the_name_that_was_given(tmp_path: Path) -> None:
    with pytest.raises(PlaceError, match=r"o\.csv: there is no folder .*nowhere; make it first$"):
        recording.decode_files([tmp_path / "missing"], out=tmp_path / "nowhere" / "o.csv")


def test_operators_go_to_a_table_of_their_own_or_nowhere(tmp_path: Path, shared_data: Path) -> None:
    source = shared_data / "remoteid" / "odid_wifi_bcn_sample.pcap"
    summary = recording.decode_files([source], out=tmp_path / "o.jsonl")
    assert (summary.rows, summary.operators) == (21, 21)
    assert os.listdir(tmp_path) == ["o.jsonl"]
    assert "operator_id" not in (tmp_path / "o.jsonl").read_text()
    recording.decode_files([source], out=tmp_path / "o.jsonl", operators_out=tmp_path / "p.jsonl")
    assert stat.S_IMODE((tmp_path / "p.jsonl").stat().st_mode) == 0o600
    assert len((tmp_path / "p.jsonl").read_text().splitlines()) == 21


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def give(data: bytes) -> None:
        stream = io.TextIOWrapper(io.BufferedReader(_Pipe(data)))
        monkeypatch.setattr("sys.stdin", stream)

    give(LINES)
    assert read_detections("-").n == 20
    give(asterix_capture())
    assert read_detections("-").n == 400
    table.write_table(PLOTS, tmp_path / "t.csv")
    give((tmp_path / "t.csv").read_bytes())
    assert read_detections("-").n == 20
    table.write_table(PLOTS, tmp_path / "t.parquet")
    give((tmp_path / "t.parquet").read_bytes())
    with pytest.raises(recording.WrongUseError, match="give its path"):
        read_detections("-")


class _Pipe(io.RawIOBase):
    """Bytes that come in small pieces and cannot be sought, as from a pipe."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        n = min(len(target), 1000, len(self._data))
        target[:n], self._data = self._data[:n], self._data[n:]
        return n


def test_rows_of_an_exercise_stay_exercise(tmp_path: Path) -> None:
    path = write(tmp_path, "x.jsonl", b'{"range_m": 1, "origin": "live"}\n')
    assert read_detections(path, options=Options(origin="exercise")).values("origin") == ["exercise"]


@pytest.mark.parametrize(
    ("name", "found", "rows"),
    [("asterix/cat_034_048.pcap", "asterix", 128), ("remoteid/odid_wifi_bcn_sample.pcap", "remote-id", 21)],
)
def test_real_recordings(shared_data: Path, name: str, found: str, rows: int) -> None:
    with recording.open_recording(shared_data / name) as opened:
        assert opened.format.name == found
        assert sum(d.detections.n for d in opened) == rows


def test_memory_stays_bounded(tmp_path: Path) -> None:
    """Parts are handed out while the file is read: none is as large as the whole."""
    path = tmp_path / "long.jsonl"
    with open(path, "wb") as file:
        for _ in range(1000):
            file.write(LINES)
    sizes = [d.detections.n for d in recording.open_recording(path)]
    assert sum(sizes) == 20_000
    assert max(sizes) < 6_000
