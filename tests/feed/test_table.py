"""The detection table on disk and as JSON lines: round trips, and every way in which a value can be wrong."""

from __future__ import annotations

import itertools
import json
import os
import socket
import stat
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.feed import checks, jsonlines, table
from picket.feed.format import Chunk, Options
from picket.words import DETECTION, OPERATOR, STATUS, TABLES, TRACK, Batch, TableError, concat

SUFFIXES = (".csv", ".parquet", ".jsonl", ".arrow")
ROWS: list[dict[str, Any]] = [
    {"time": 1_700_000_000.123456, "kind": "radar", "range_m": 1234.5, "azimuth_deg": 0.1 + 0.2, "identity": 'a "quoted", name'},
    {"lat_deg": -33.75, "lon_deg": 118.2, "source_offset": 7, "report": "plot", "classification": "Möwe\nzwei"},
    {"azimuth_deg": 359.999, "sensor_id": "mic-3", "sigma_azimuth_deg": 6.0, "origin": "exercise"},
]


def decode(
    data: bytes, *, link: str = "udp", options: Options | None = None, received: float = 50.0
) -> tuple[list[dict[str, Any]], Counter[str]]:
    decoder = jsonlines.FORMAT.make(options or Options())
    one = decoder.decode(Chunk.one(data, received=received, link=link, source="here", offset=3))
    two = decoder.finish()
    return list(concat(DETECTION, [one.detections, two.detections]).rows()), one.left_out + two.left_out


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_table_reads_back_as_it_was_written(tmp_path: Path, suffix: str) -> None:
    batch = Batch.from_rows(DETECTION, ROWS)
    path = tmp_path / f"t{suffix}"
    assert table.write_table(batch, path) == 3
    left_out: Counter[str] = Counter()
    assert list(table.read_table(path, left_out=left_out).rows()) == ROWS
    assert not left_out


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_lists_and_whole_numbers_of_the_track_table(tmp_path: Path, suffix: str) -> None:
    rows = [
        {"time": 1.0, "track_id": 4, "sensors": ("radar-north", "mic-3"), "flags": ("unauthorised",), "existence": 0.5},
        {"time": 2.0, "track_id": 2**40, "group_id": 0, "status": "coasting"},
    ]
    path = tmp_path / f"t{suffix}"
    table.write_table(Batch.from_rows(TRACK, rows), path)
    assert list(table.read_table(path, TRACK).rows()) == rows


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_several_batches_with_different_words_make_one_table_whatever_the_cuts(tmp_path: Path, suffix: str) -> None:
    parts = [Batch.from_rows(DETECTION, [{"time": float(i), "sensor_id": f"s{i % 3}"}]) for i in range(20)]
    table.write_table(iter(parts), tmp_path / f"many{suffix}")
    table.write_table(concat(DETECTION, parts), tmp_path / f"one{suffix}")
    assert (tmp_path / f"many{suffix}").read_bytes() == (tmp_path / f"one{suffix}").read_bytes()


def test_a_large_table_has_few_row_groups_and_the_same_bytes_wherever_its_batches_were_cut(tmp_path: Path) -> None:
    """Each row group costs memory until the end of a file: 206 million rows, the plots of 10 GB, may have 800 of them."""
    n = 300_000
    i = np.arange(n)
    columns = {"time": i / 3.0, "sensor_id": [f"s{k % 300}" for k in range(n)], "source_offset": i, "range_m": (i * 7.3) % 9000.0}
    batch = Batch.build(DETECTION, n, columns)
    path = tmp_path / "one.parquet"
    table.write_table(batch, path)
    groups = pa.parquet.read_metadata(path)
    assert [groups.row_group(k).num_rows for k in range(groups.num_row_groups)] == [1 << 18, n - (1 << 18)]
    read = table.read_table(path)
    assert all((read[name] == batch[name]).all() for name in ("time", "source_offset", "range_m"))
    assert list(read.values("sensor_id")) == columns["sensor_id"]
    cuts = [0, 1, 5000, 70_001, 140_000, 270_000, n]
    table.write_table((batch.take(np.arange(a, b)) for a, b in itertools.pairwise(cuts)), tmp_path / "many.parquet")
    assert (tmp_path / "many.parquet").read_bytes() == path.read_bytes()


def test_pages_of_a_large_table_are_small(tmp_path: Path) -> None:
    """A column's pages wait in memory for its dictionary: a column of many values gives its dictionary up early, or has none."""
    n = 100_000
    values = np.random.default_rng(1).random((2, n))
    values[0, :5_000] = 0.5  # it repeats itself at first
    table.write_table(Batch.build(DETECTION, n, {"time": values[0], "range_m": values[1]}), tmp_path / "t.parquet")
    columns = pa.parquet.read_metadata(tmp_path / "t.parquet").row_group(0)
    column = columns.column(list(DETECTION.kinds).index("range_m"))
    assert column.path_in_schema == "range_m"
    assert not column.has_dictionary_page
    column = columns.column(0)
    assert column.path_in_schema == "time"
    assert 0 < column.data_page_offset - column.dictionary_page_offset <= 140_000


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_rows_give_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    for name in "ab":
        table.write_table(Batch.from_rows(DETECTION, ROWS), tmp_path / f"{name}{suffix}")
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_table_has_its_columns(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    assert table.write_table([], path) == 0
    assert table.read_table(path).n == 0
    if suffix == ".csv":
        assert path.read_text().strip().replace('"', "").split(",") == list(DETECTION.kinds)


def test_other_programs_find_null_and_the_version(tmp_path: Path) -> None:
    table.write_table(Batch.from_rows(DETECTION, ROWS), tmp_path / "t.parquet")
    read = pa.parquet.read_table(tmp_path / "t.parquet")
    assert read.schema.metadata[b"version"] == b"1"
    assert read.schema.metadata[b"table"] == b"detection"
    assert read.column_names == list(DETECTION.kinds)
    assert read["range_m"].to_pylist() == [1234.5, None, None]
    assert read["source_offset"].to_pylist() == [None, 7, None]
    table.write_table(Batch.from_rows(DETECTION, ROWS), tmp_path / "t.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text().splitlines()]
    assert list(lines[0]) == list(DETECTION.kinds)
    assert lines[1]["range_m"] is None
    table.write_table(Batch.from_rows(DETECTION, ROWS[2:]), tmp_path / "t.csv")
    assert "nan" not in (tmp_path / "t.csv").read_text().lower().replace("bandwidth", "").split("\n")[1]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_interrupted_table_leaves_the_old_one(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    path.write_text("old")

    def batches() -> Any:
        yield Batch.from_rows(DETECTION, ROWS)
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        table.write_table(batches(), path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == [path.name]


def test_a_private_table_is_its_owners_alone_from_the_first_byte(tmp_path: Path) -> None:
    with table.TableWriter(tmp_path / "o.parquet", OPERATOR, private=True) as writer:
        modes = {stat.S_IMODE(os.stat(tmp_path / name).st_mode) for name in os.listdir(tmp_path)}
        writer.write(Batch.from_rows(OPERATOR, [{"operator_id": "FIN87"}]))
    assert modes == {0o600}
    assert stat.S_IMODE(os.stat(tmp_path / "o.parquet").st_mode) == 0o600


@pytest.mark.parametrize("name", ["t.txt", "t", "t.parquet.gz"])
def test_an_unknown_suffix_names_those_there_are(tmp_path: Path, name: str) -> None:
    with pytest.raises(TableError, match=r"\.parquet, \.csv, \.jsonl or \.arrow"):
        table.write_table(Batch.empty(DETECTION), tmp_path / name)
    assert not os.listdir(tmp_path)


def test_a_folder_that_takes_no_file_is_told_by_the_name_that_was_given() -> None:
    with pytest.raises(TableError, match=r"^/proc/t\.csv: cannot be written there .*; give another folder$"):
        table.write_table(Batch.empty(DETECTION), "/proc/t.csv")


def test_another_table_or_a_later_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    table.write_table(Batch.from_rows(TRACK, [{"time": 1.0}]), path)
    with pytest.raises(TableError, match="expected a detection table, got a track table"):
        table.read_table(path)
    later = pa.table({"time": [1.0]}).replace_schema_metadata({"version": "2", "table": "detection"})
    pa.parquet.write_table(later, path)
    with pytest.raises(TableError, match="version 1 or earlier, got '2'"):
        table.read_table(path)


def test_other_column_types_order_and_names(tmp_path: Path) -> None:
    found = pa.table(
        {
            "identity": pa.array([265547250, None, 3], pa.int64()),
            "time": pa.array([1_700_000_000_000_500, None, 0], pa.timestamp("us", "UTC")),
            "kind": pa.array(["ais", "ais", "boat"]).dictionary_encode(),
            "lat_deg": pa.array([1, 2, 91], pa.int32()),
            "lon_deg": pa.array([1, 2, 3], pa.float32()),
            "range_m": pa.array([b"x", None, None], pa.binary()),
            "lattitude": pa.array([1.0, 1.0, 1.0]),
        }
    )
    pa.parquet.write_table(found, tmp_path / "t.parquet")
    left_out: Counter[str] = Counter()
    batch = table.read_table(tmp_path / "t.parquet", left_out=left_out)
    assert batch.values("identity") == ["265547250", None, "3"]
    assert batch.values("time") == [1_700_000_000.0005, None, 0.0]
    assert batch.values("kind") == ["ais", "ais", None]
    assert batch.values("lat_deg") == [1.0, 2.0, None]
    assert left_out == {
        "kind_unknown_word": 1,
        "lat_deg_out_of_range": 1,
        "half_position": 1,
        "range_m_wrong_type": 1,
        "unknown_column 'lattitude' (nearest: lat_deg)": 3,
    }


def test_csv_from_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(
        b"\xef\xbb\xbftime,range_m,identity,extra\r\n"
        b"2025-01-01T00:00:00Z,12.5,\xff\xfe,1\r\n"
        b"2025-01-01T00:00:00+01:00,far,b,2\r\n"
        b"1735689600.5,,c,3\r\n"
        b"yesterday,7,d,4\r\n"
        b"1,2\r\n"
        b"1735689600000,1,e,6\r\n"
    )
    left_out: Counter[str] = Counter()
    batch = table.read_table(path, left_out=left_out)
    assert batch.values("time") == [1735689600.0, 1735686000.0, 1735689600.5, None, None]
    assert batch.values("range_m") == [12.5, None, None, 7.0, 1.0]
    assert batch.values("identity") == ["\ufffd\ufffd", "b", "c", "d", "e"]
    assert left_out == {
        "time_bad_time": 1,
        "time_out_of_range": 1,  # milliseconds
        "range_m_wrong_type": 1,
        "wrong_field_count": 1,
        "unknown_column 'extra'": 5,
    }


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_a_cut_table_is_an_error_that_names_it(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    table.write_table(Batch.from_rows(DETECTION, ROWS * 50), path)
    whole = path.read_bytes()
    for cut in (7, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(TableError, match=f"t{suffix}: cannot be read as"):
            table.read_table(path)


@pytest.mark.parametrize(("of", "name"), [(t, t.name) for t in TABLES.values()])
def test_every_table_can_be_written_and_read(tmp_path: Path, of: Any, name: str) -> None:
    row = {c.name: {"float": 0.5, "int": 3, "text": "", "list": ("a", "b")}[c.kind] for c in of.columns}
    row |= {
        k: v for k, v in {"kind": "radar", "report": "plot", "origin": "live", "time_source": "sensor"}.items() if k in of.kinds
    }
    row = {k: v or f"word-{k}" for k, v in row.items()}
    for suffix in SUFFIXES:
        table.write_table(Batch.from_rows(of, [row]), tmp_path / f"t{suffix}")
        assert list(table.read_table(tmp_path / f"t{suffix}", of).rows()) == [row]


def test_the_published_schema_is_fresh() -> None:
    path = Path(__file__).resolve().parents[2] / "docs" / "detection.schema.json"
    wanted = json.dumps(table.json_schema(DETECTION), indent=1) + "\n"
    assert path.read_text("utf-8") == wanted, (
        "write docs/detection.schema.json anew: python -m picket.feed.table > docs/detection.schema.json"
    )


finite = st.floats(allow_nan=False, allow_infinity=False, width=64)
rows = st.fixed_dictionaries(
    {},
    optional={
        "time": st.floats(0, 4e9),
        "azimuth_deg": st.floats(0, 360, exclude_max=True),
        "range_m": st.floats(0, 1e7),
        "identity": st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
        "sensor_track_id": st.integers(0, 10**6).map(str),
        "source_offset": st.integers(0, 2**62),
    },
)


@settings(max_examples=40, deadline=None)
@given(st.lists(rows, max_size=5))
def test_any_rows_survive_every_format(tmp_path_factory: pytest.TempPathFactory, found: list[dict[str, Any]]) -> None:
    folder = tmp_path_factory.mktemp("rows")
    batch = Batch.from_rows(DETECTION, found)
    for suffix in (".parquet", ".jsonl", ".arrow", ".csv"):
        table.write_table(batch, folder / f"t{suffix}")
        read = list(table.read_table(folder / f"t{suffix}").rows())
        if suffix == ".csv":  # CSV has one line break: a lone carriage return inside quotes may come back as it likes
            assert len(read) == len(found)
        else:
            assert read == list(batch.rows())


# -- JSON lines ------------------------------------------------------------------------------------------------------
def test_a_home_made_sensor_needs_one_line() -> None:
    found, left_out = decode(b'{"sensor_id": "mic-3", "kind": "acoustic", "azimuth_deg": 114, "sigma_azimuth_deg": 6}')
    assert found == [
        {
            "time": 50.0, "time_source": "receiver", "received": 50.0, "sensor_id": "mic-3", "kind": "acoustic", "report": "plot",
            "origin": "live", "azimuth_deg": 114.0, "sigma_azimuth_deg": 6.0, "source": "here", "source_offset": 3,
        }
    ]  # fmt: skip
    assert not left_out


def test_what_the_row_says_is_kept() -> None:
    row = {
        "time": 7.0, "time_source": "operator", "received": 8.0, "sensor_id": "a", "report": "track", "origin": "replay", "range_m": 1.0,
        "source": "elsewhere", "source_offset": 9,
    }  # fmt: skip
    assert decode(json.dumps(row).encode()) == ([row], Counter())


def test_the_documented_sensor_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example of docs/formats.md, run as it stands there until its first sleep."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "formats.md").read_text("utf-8")
    program = text.split("```python\n")[1].split("```")[0]
    assert len(program.strip().splitlines()) <= 10

    class FirstSleepError(Exception):
        pass

    def sleep(_: float) -> None:
        raise FirstSleepError

    monkeypatch.setattr("time.sleep", sleep)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(5)
        with pytest.raises(FirstSleepError):
            exec(program.replace("9000", str(listener.getsockname()[1])), {})
        found, left_out = decode(listener.recv(4096))
    assert not left_out
    assert (found[0]["sensor_id"], found[0]["kind"], found[0]["azimuth_deg"]) == ("mic-3", "acoustic", 114.0)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"hello", "bad_json"),
        (b'{"range_m": 5', "bad_json"),
        (b'{"range_m": \xff}', "not_text"),
        (b"[1, 2]", "not_an_object"),
        (b"null", "not_an_object"),
        (b"{}", "no_measurement"),
        (b'{"time": 5, "sensor_id": "a"}', "no_measurement"),
        (b'{"range_m": "5"}', "range_m_wrong_type"),
        (b'{"range_m": true}', "range_m_wrong_type"),
        (b'{"range_m": -5}', "range_m_out_of_range"),
        (b'{"range_m": NaN}', "not_a_number"),
        (b'{"range_m": 1e999}', "range_m_not_finite"),
        (b'{"range_m": 1' + b"0" * 400 + b"}", "range_m_not_finite"),
        (b'{"lat_deg": 91, "lon_deg": 0}', "lat_deg_out_of_range"),
        (b'{"lat_deg": 1}', "half_position"),
        (b'{"identity": ["a"]}', "identity_wrong_type"),
        (b'{"source_offset": 1.5, "range_m": 1}', "source_offset_wrong_type"),
        (b'{"kind": "sonic", "range_m": 1}', "kind_unknown_word"),
        (b'{"time": "soon", "range_m": 1}', "time_bad_time"),
        (b'{"time": 1735689600000, "range_m": 1}', "time_out_of_range"),
        (b'{"range": 1, "range_m": 1}', "unknown_column 'range' (nearest: range_m)"),
        (b"[" * 100_000, "line_too_long"),
        (b"[" * 60_000, "bad_json"),
    ],
)
def test_each_mistake_has_its_reason(line: bytes, reason: str) -> None:
    _, left_out = decode(line)
    assert left_out[reason] == 1


def test_a_wrong_value_costs_the_value_not_the_row() -> None:
    found, _ = decode(b'{"range_m": "far", "azimuth_deg": -90, "time": "2025-01-01T00:00:00Z", "colour": "red"}')
    assert found[0]["azimuth_deg"] == 270.0
    assert found[0]["time"] == 1735689600.0
    assert "range_m" not in found[0]


def test_unknown_names_cannot_fill_the_counts() -> None:
    decoder = jsonlines.FORMAT.make(Options())
    total: Counter[str] = Counter()
    for i in range(100):
        total += decoder.decode(Chunk.one(json.dumps({f"key{i}" * 50: 1, "range_m": 1}).encode(), link="udp")).left_out
    assert len(total) <= 9
    assert sum(total.values()) == 100
    assert max(map(len, total)) < 120


@pytest.mark.parametrize(
    ("given_origin", "said", "wanted"),
    [
        ("live", None, "live"), ("live", "exercise", "exercise"), ("exercise", "live", "exercise"), ("replay", "live", "replay"),
        ("replay", "exercise", "exercise"), ("exercise", None, "exercise"),
    ],
)  # fmt: skip
def test_simulated_is_never_taken_for_real(given_origin: str, said: str | None, wanted: str) -> None:
    row = {"range_m": 1.0} | ({"origin": said} if said else {})
    found, _ = decode(json.dumps(row).encode(), options=Options(origin=given_origin))
    assert found[0]["origin"] == wanted


def test_a_lone_surrogate_can_still_be_written(tmp_path: Path) -> None:
    decoder = jsonlines.FORMAT.make(Options())
    batch = decoder.decode(Chunk.one(b'{"identity": "\\ud800x", "range_m": 1}', link="udp")).detections
    for suffix in SUFFIXES:
        table.write_table(batch, tmp_path / f"t{suffix}")


def test_lines_of_a_stream_may_be_cut_anywhere_and_know_where_they_began() -> None:
    text = b'{"range_m": 1}\n\n{"range_m": 2, "identity": "\xc3\xa9"}\r\n{"range_m": 3}'
    for cut in range(len(text) + 1):
        decoder = jsonlines.FORMAT.make(Options())
        parts = [
            decoder.decode(Chunk.one(text[:cut], received=1.0, offset=0)),
            decoder.decode(Chunk.one(text[cut:], received=1.0, offset=cut)),
            decoder.finish(),
        ]
        batch = concat(DETECTION, [p.detections for p in parts])
        assert batch.values("range_m") == [1.0, 2.0, 3.0]
        assert batch.values("source_offset") == [0, 16, text.rindex(b"{")]
        assert batch.values("time") == [1.0] * 3
        assert not any(p.left_out for p in parts)


def test_a_line_without_end_costs_no_memory() -> None:
    decoder: Any = jsonlines.FORMAT.make(Options())
    counts: Counter[str] = Counter()
    for i in range(50):
        counts += decoder.decode(Chunk.one(b"x" * 10_000, offset=i * 10_000)).left_out
        assert len(decoder._rest) <= jsonlines.LONGEST_LINE
    found = decoder.decode(Chunk.one(b'x\n{"range_m": 5}\n', offset=500_000))
    assert found.detections.values("range_m") == [5.0]
    assert found.detections.values("source_offset") == [500_002]
    assert counts == {"line_too_long": 1}


def test_what_the_encoder_writes_comes_back() -> None:
    batch = Batch.from_rows(DETECTION, ROWS)
    found, left_out = decode(jsonlines.encode(batch))
    assert not left_out
    for row, original in zip(found, ROWS, strict=True):
        assert {k: row[k] for k in original} == original


def test_ranges_name_columns_that_exist() -> None:
    names = {name for t in TABLES.values() for name in t.kinds}
    assert set(checks.RANGES) <= names
    assert set(checks.WORDS) <= names
    assert set(jsonlines._MEASURES) <= set(DETECTION.kinds)
    assert STATUS.kinds["azimuth_deg"] == "float"
    assert np.isfinite(list(checks.RANGES.values())).all()


def test_a_line_that_goes_on_and_on_is_counted_once_and_leaves_no_zero() -> None:
    decoder = jsonlines.FORMAT.make(Options())
    found = [decoder.decode(Chunk.one(b"x" * 50_000, offset=50_000 * i)).left_out for i in range(5)]
    assert found == [{}, {"line_too_long": 1}, {}, {}, {}]


def test_words_of_a_dictionary_that_no_row_uses_are_not_counted() -> None:
    left_out: Counter[str] = Counter()
    checks.clean_words("kind", np.array([1, 1], np.int32), ("flying saucer", "radar"), left_out)
    assert left_out == {}


def test_whole_numbers_of_any_width_are_judged_alike(tmp_path: Path) -> None:
    wanted = [0, 2**63 - 1, -1, -1]
    for kind, values in ((pa.int64(), [0, 2**63 - 1, -5, None]), (pa.uint64(), [0, 2**63 - 1, 2**63, None])):
        pyarrow.parquet.write_table(pa.table({"source_offset": pa.array(values, kind)}), tmp_path / "t.parquet")
        left_out: Counter[str] = Counter()
        assert table.read_table(tmp_path / "t.parquet", DETECTION, left_out)["source_offset"].tolist() == wanted
        assert left_out == {"source_offset_out_of_range": 1}


def test_columns_of_nulls_cost_nothing_and_unknown_ones_are_still_named(tmp_path: Path) -> None:
    found = pa.table({"time": [1.0, 2.0], "range_m": pa.nulls(2, pa.float64()), "colour": pa.nulls(2, pa.string())})
    pyarrow.parquet.write_table(found, tmp_path / "t.parquet")
    left_out: Counter[str] = Counter()
    batch = table.read_table(tmp_path / "t.parquet", DETECTION, left_out)
    assert set(batch.columns) == {"time"}
    assert batch["time"].tolist() == [1.0, 2.0]
    assert left_out == {"unknown_column 'colour' (nearest: source)": 2}
    pyarrow.parquet.write_table(found.select(["range_m"]), tmp_path / "t.parquet")  # rows are rows, whatever is in them
    assert table.read_table(tmp_path / "t.parquet").n == 2
    parts = [found.slice(0, 1), pa.table({"time": [3.0], "range_m": [7.0], "colour": pa.nulls(1, pa.string())})]
    with pyarrow.parquet.ParquetWriter(tmp_path / "t.parquet", found.schema) as writer:
        for part in parts:  # the second row group has a range
            writer.write_table(part)
    assert np.array_equal(table.read_table(tmp_path / "t.parquet")["range_m"], [np.nan, 7.0], equal_nan=True)


def test_words_of_a_dictionary_may_repeat_or_be_null(tmp_path: Path) -> None:
    words = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, None, 2], pa.uint8()), pa.array(["b", "a", "b"]))
    holes = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, None, 2], pa.int16()), pa.array(["b", None, "a"]))
    schema = pa.schema([("identity", words.type), ("transmitter", holes.type)])
    with pa.ipc.new_file(tmp_path / "t.arrow", schema) as writer:
        writer.write_batch(pa.RecordBatch.from_arrays([words, holes], schema=schema))
    batch = table.read_table(tmp_path / "t.arrow")
    assert batch.values("identity") == ["b", "a", "b", None, "b"]
    assert batch.values("transmitter") == ["b", None, "a", None, "a"]
