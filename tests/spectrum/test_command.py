"""`picket spectrum` as its user meets it."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from picket.cli import main
from picket.feed.table import read_table
from picket.spectrum.sigmf import DATATYPES, Meta, write
from picket.train.radio.scene import Part, Scene, save, simulate

RATE_HZ = 20e6


def run(*arguments: str, data: bytes | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["spectrum", *arguments], input=data)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("iq") / "roof.sigmf-meta"
    save(path, Scene(RATE_HZ, 0.06, [Part("ofdm_video", 12.0)]), 2)
    return path


def test_emissions_detections_and_picture(scene: Path, tmp_path: Path) -> None:
    out, table, picture = tmp_path / "out.sigmf-meta", tmp_path / "out.parquet", tmp_path / "out.png"
    code, text = run(str(scene), "-o", str(out), "--detections", str(table), "--waterfall", str(picture))
    assert code == 0
    assert "SIMULATED" in text
    assert "ofdm_video" in text
    document = json.loads(out.read_text())
    assert document["global"]["picket:origin"] == "exercise"
    first = document["annotations"][0]
    assert first["core:label"] == "ofdm_video"
    assert first["picket:kind"] == "drone_link"
    assert 2.43e9 < first["core:freq_lower_edge"] < first["core:freq_upper_edge"] < 2.45e9
    rows = list(read_table(table).rows())
    assert len(rows) == len(document["annotations"])
    assert {(r["kind"], r["origin"], r["classification"]) for r in rows} == {("rf", "exercise", "ofdm_video")}
    assert rows[0]["bandwidth_hz"] == pytest.approx(first["core:freq_upper_edge"] - first["core:freq_lower_edge"], abs=1)
    _is_a_picture(picture.read_bytes())


def _is_a_picture(data: bytes) -> None:
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size : at + 12 + size])[0] == zlib.crc32(kind + body)
        chunks[kind], at = body, at + 12 + size
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    assert len(zlib.decompress(chunks[b"IDAT"])) == height * (width + 1)
    assert len(chunks[b"PLTE"]) % 3 == 0


def test_standard_input_and_json(scene: Path) -> None:
    data = scene.with_suffix(".sigmf-data").read_bytes()
    code, text = run(
        "-",
        "--datatype",
        "ci16_le",
        "--rate",
        "20e6",
        "--center",
        "2.44e9",
        "--start",
        "2026-11-22T03:00:00Z",
        "--json",
        data=data,
    )
    summary = json.loads(text)
    assert code == 0
    assert summary["emitters"][0]["label"] == "ofdm_video"
    assert summary["samples"] == len(data) // 4


def test_a_cut_file_is_looked_at_and_said(scene: Path, tmp_path: Path) -> None:
    raw = tmp_path / "cut.bin"
    raw.write_bytes(scene.with_suffix(".sigmf-data").read_bytes()[:-3])
    code, text = run(str(raw), "--datatype", "ci16_le", "--rate", "20e6")
    assert code == 3
    assert "cut" in text
    assert "ofdm_video" in text


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere.sigmf-meta"], 3, "no such file"),
        (["nowhere.bin"], 3, "no such file"),
        (["-"], 2, "--datatype and --rate"),
        (["-", "--datatype", "ci99", "--rate", "1e6"], 3, "unknown datatype"),
        (["-", "--datatype", "ci16", "--rate", "44100"], 3, "no recording of a radio band"),
        (["-", "--datatype", "ci16", "--rate", "1e6"], 1, "samples"),
    ],
)
def test_mistakes_are_answered_in_words(arguments: list[str], code: int, words: str) -> None:
    got, text = run(*arguments, data=b"")
    assert got == code
    assert words in text
    assert "Traceback" not in text


def test_the_recording_is_not_overwritten(scene: Path) -> None:
    code, text = run(str(scene), "-o", str(scene))
    assert code == 2
    assert "recording itself" in text


def test_no_output_takes_the_recording_s_place_or_waits_for_the_end_to_fail(scene: Path, tmp_path: Path) -> None:
    before = scene.read_bytes()
    for option in ("--waterfall", "--save-baseline"):
        code, text = run(str(scene), option, str(scene))
        assert (code, "it is read too" in text) == (2, True)
        code, text = run(str(scene), option, str(tmp_path / "nowhere" / "x.png"))
        assert (code, "make it first" in text) == (2, True)
    assert scene.read_bytes() == before


def test_a_rise_over_the_stored_floor_is_told(tmp_path: Path) -> None:
    meta = Meta(DATATYPES["cf32_le"], RATE_HZ, 1575e6, None, True)
    quiet, _ = simulate(Scene(RATE_HZ, 0.06), 1)
    write(tmp_path / "quiet.sigmf-meta", meta, [], quiet)
    jammed, truth = simulate(Scene(RATE_HZ, 0.12, [Part("jam_noise", 3.0)]), 2)
    write(tmp_path / "jammed.sigmf-meta", meta, [], jammed)
    floor = str(tmp_path / "floor.json")
    assert run(str(tmp_path / "quiet.sigmf-meta"), "--save-baseline", floor)[0] == 0
    code, text = run(str(tmp_path / "jammed.sigmf-meta"), "--baseline", floor, "--json")
    (rise,) = json.loads(text)["rises"]
    assert code == 0
    assert rise["kind"] == "floor"
    assert rise["rise_db"] == pytest.approx(4.8, abs=0.7)
    assert rise["low_hz"] - 1575e6 == pytest.approx(truth[0].low_hz, abs=1e6)
    assert rise["start_s"] == pytest.approx(truth[0].sample_start / RATE_HZ, abs=5e-3)
    assert run(str(tmp_path / "quiet.sigmf-meta"), "--baseline", floor, "--json")[1].count('"rises": []') == 1
    loud = (quiet * np.float32(2)).astype(np.complex64)
    write(tmp_path / "loud.sigmf-meta", meta, [], loud)
    found = json.loads(run(str(tmp_path / "loud.sigmf-meta"), "--baseline", floor, "--json")[1])
    assert [r["kind"] for r in found["rises"]] == ["level"]
    assert found["emitters"] == []


def test_the_real_video_recording_is_ntsc_and_nothing_else(shared_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "video.sigmf-meta"
    code, _ = run(
        str(shared_data / "rf" / "ntsc_10Msps_5925MHz.cf32"),
        "--datatype",
        "cf32_le",
        "--rate",
        "10e6",
        "--center",
        "5925e6",
        "-o",
        str(out),
    )
    (only,) = json.loads(out.read_text())["annotations"]
    assert code == 0
    assert only["core:label"] == "fm_video"
    assert "NTSC" in only["picket:evidence"]
    assert only["core:sample_count"] > 490_000
    assert 5.1e6 < only["core:freq_upper_edge"] - only["core:freq_lower_edge"] < 6.3e6  # 99 % of its power: -2.92 to 2.47 MHz
