"""What a recording may look like, and what is said when it is none."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.spectrum.recording import Recording, open_recording
from picket.spectrum.run import analyse
from picket.spectrum.sigmf import DATATYPES, Meta, SpectrumError, parse, write
from picket.train.radio.scene import Part, Scene, simulate

RATE_HZ = 4e6
META = {"global": {"core:datatype": "ci16_le", "core:sample_rate": RATE_HZ}, "captures": [{"core:frequency": 868e6}]}


def recording(data: bytes, kind: str = "cf32_le") -> Recording:
    return Recording("test", Meta(DATATYPES[kind], RATE_HZ, 868e6), io.BytesIO(data), len(data))


@pytest.fixture(scope="module")
def burst() -> np.ndarray:
    iq, _ = simulate(Scene(RATE_HZ, 0.04, [Part("gfsk_fhss", 20.0)]), 1)
    return iq


@pytest.mark.parametrize("kind", [k for k in DATATYPES if not k.startswith("ci32")])
def test_every_datatype_gives_the_same_emissions(kind: str, burst: np.ndarray, tmp_path: Path) -> None:
    write(tmp_path / "a.sigmf-meta", Meta(DATATYPES[kind], RATE_HZ, 868e6), [], burst * 8)
    report = analyse(open_recording(str(tmp_path / "a.sigmf-meta")))
    reference = analyse(recording(burst.tobytes()))
    assert len(report.emissions) == pytest.approx(len(reference.emissions), abs=1)
    assert {e.label for e in report.emissions} == {e.label for e in reference.emissions}


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 70_000), st.integers(0, 7), st.integers(100, 4000), st.integers(1, 300))
def test_segments_cover_every_sample_once(samples: int, cut: int, size: int, overlap: int) -> None:
    data = np.arange(2 * samples, dtype="<f4").tobytes() + b"\1" * cut
    source = recording(data)
    seen = np.zeros(samples, int)
    for block, first in source.segments(size, overlap):
        assert block[0] == 2 * first
        seen[first : first + min(size, len(block) // 2)] += 1
        if len(block) < 2 * (size + overlap):
            seen[first + size : first + len(block) // 2] += 1
    assert (seen == 1).all()
    assert source.cut == (cut > 0)


def test_nan_is_counted_and_the_rest_is_looked_at(burst: np.ndarray) -> None:
    spoilt = burst.copy()
    spoilt[1000:1010] = np.nan
    spoilt[5] = np.inf
    report = analyse(recording(spoilt.tobytes()))
    assert report.notes["values that are no number"] >= 11
    assert report.emissions


def test_clipping_is_counted() -> None:
    rng = np.random.default_rng(1)
    x = np.clip(rng.normal(0, 30000, 2 * 80_000), -32768, 32767).astype("<i2")
    report = analyse(recording(x.tobytes(), "ci16_le"))
    assert report.notes["values at full scale (clipped)"] > 10_000


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (np.zeros(40_000, "<i2").tobytes(), "ci16_le", "are zero"),
        (np.ones(10, "<f4").tobytes(), "cf32_le", "expected at least"),
        (np.repeat(np.sin(np.arange(40_000) / 9), 2).astype("<f4").tobytes(), "cf32_le", "I and Q are the same"),
        (np.random.default_rng(1).normal(0, 0.1, 80_000).astype("<f4").tobytes(), "ci16_le", "looks like cf32_le"),
        (np.random.default_rng(1).integers(-500, 500, 80_000).astype("<i2").tobytes(), "cf32_le", "this is not cf32_le"),
    ],
)
def test_what_is_no_iq_is_refused_in_words(data: bytes, kind: str, words: str) -> None:
    with pytest.raises(SpectrumError, match=words):
        analyse(recording(data, kind))


def test_a_recording_of_a_millisecond_is_looked_at() -> None:
    iq, _ = simulate(Scene(20e6, 1e-3, [Part("droneid", 15.0)]), 1)
    source = Recording("test", Meta(DATATYPES["cf32_le"], 20e6, 2.4e9), io.BytesIO(iq.tobytes()))
    assert analyse(source).samples == 20_000


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"core:datatype": "rf32_le"}, "real-valued"),
        ({"core:datatype": "ci12"}, "unknown datatype"),
        ({"core:sample_rate": 0}, "above 0"),
        ({"core:sample_rate": "20e6"}, "above 0"),
        ({"core:sample_rate": 10**400}, "above 0"),
        ({"core:sample_rate": 48000}, "no recording of a radio band"),
        ({"core:num_channels": 2}, "2 channels"),
    ],
)
def test_wrong_metadata_is_named(change: dict[str, object], words: str) -> None:
    document = {**META, "global": {**META["global"], **change}}
    with pytest.raises(SpectrumError, match=words):
        parse(json.dumps(document), "a.sigmf-meta")


@pytest.mark.parametrize(
    ("captures", "words"),
    [
        (True, "no list of objects"),
        (7, "no list of objects"),
        ([None], "no list of objects"),
        ([{"core:frequency": 10**400}], "expected Hz"),
        ([{"core:frequency": 868e6}, {"core:frequency": [1]}], "several frequencies"),
        ([{"core:frequency": 868e6}, {}], "several frequencies"),
    ],
)
def test_wrong_captures_are_named(captures: object, words: str) -> None:
    with pytest.raises(SpectrumError, match=words):
        parse(json.dumps({**META, "captures": captures}), "a.sigmf-meta")


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader_of_metadata(text: str) -> None:
    with pytest.raises(SpectrumError):
        parse(text, "a")


NAMES = ["global", "captures", "core:datatype", "core:sample_rate", "core:frequency", "core:datetime"]
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda c: st.lists(c, max_size=3) | st.dictionaries(st.sampled_from(NAMES), c, max_size=4),
)


@given(JSON)
def test_no_json_breaks_the_reader_of_metadata(document: object) -> None:
    with contextlib.suppress(SpectrumError):
        assert isinstance(parse(json.dumps(document), "a"), Meta)


def test_what_the_metadata_say_is_not_given_again_and_what_they_leave_out_is(tmp_path: Path) -> None:
    """--rate and --datatype were ignored without a word, and a centre that the metadata lack as well: every frequency was about 0."""
    path = tmp_path / "a.sigmf-meta"
    (tmp_path / "a.sigmf-data").write_bytes(bytes(4000))
    path.write_text(json.dumps(META))
    for said in ({"rate_hz": 1e6}, {"type_name": "cu8"}, {"center_hz": 1e9}):
        with pytest.raises(SpectrumError, match="says datatype, rate and centre itself"):
            open_recording(str(path), **said)  # type: ignore[arg-type]
    path.write_text(json.dumps({**META, "captures": [{"core:sample_start": 0}]}))
    assert open_recording(str(path), center_hz=2.44e9).meta.center_hz == 2.44e9


def test_missing_files_and_formats_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.sigmf-meta").write_text(json.dumps(META))
    (tmp_path / "raw.bin").write_bytes(b"1234")
    with pytest.raises(SpectrumError, match=r"a\.sigmf-data"):
        open_recording(str(tmp_path / "a.sigmf-meta"))
    with pytest.raises(SpectrumError, match="--datatype and --rate"):
        open_recording(str(tmp_path / "raw.bin"))
    with pytest.raises(SpectrumError, match="no such file"):
        open_recording(str(tmp_path / "b.bin"))
    with pytest.raises(SpectrumError, match="a folder; expected a recording in it"):
        open_recording(str(tmp_path))
