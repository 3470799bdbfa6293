"""Every feed through the battery of conformance.py, and random bytes through every feed."""

from __future__ import annotations

from collections.abc import Callable

import conformance
import pytest
from conformance import BATTERY, accounted, chunk, decode
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import SAMPLES, Sample

from picket.feed import FORMATS
from picket.feed.format import Format

BY_NAME = {f.name: f for f in FORMATS}


def test_every_format_has_a_sample_of_every_link() -> None:
    assert {(s.format, s.link) for s in SAMPLES} == {(f.name, link) for f in FORMATS for link in f.links}


def test_names_are_unique_and_titles_say_what_it_is() -> None:
    assert len(BY_NAME) == len(FORMATS)
    assert all(f.title and f.links for f in FORMATS)


@pytest.mark.parametrize("check", BATTERY, ids=lambda c: c.__name__)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: f"{s.format}-{s.link}")
def test_conformance(sample: Sample, check: Callable[[Format, Sample], None]) -> None:
    check(BY_NAME[sample.format], sample)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.link in ("stream", "udp")], ids=lambda s: f"{s.format}-{s.link}")
def test_no_format_takes_anothers_sample_for_its_own(sample: Sample) -> None:
    data = b"".join(sample.payloads) if sample.link == "stream" else sample.payloads[0]
    assert [f.name for f in FORMATS if f.sniff(data[:4096])] == [sample.format]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SAMPLES), st.lists(st.binary(min_size=1, max_size=120), min_size=1, max_size=4), st.data())
def test_random_bytes(sample: Sample, payloads: list[bytes], data: st.DataObject) -> None:
    """Noise, and samples with noise put in anywhere."""
    original = data.draw(st.sampled_from(sample.payloads))
    at = data.draw(st.integers(0, len(original)))
    payloads.append(original[:at] + payloads[0] + original[at:])
    decode(BY_NAME[sample.format], [chunk(payloads, sample.link)])


class _Careless:
    """A decoder with one fault, to show that the battery would find it."""

    def __init__(self, fault: str, inner: conformance.DecoderProtocol) -> None:
        self.fault, self.inner, self.kept = fault, inner, []  # type: ignore[var-annotated]

    def decode(self, c: conformance.Chunk) -> conformance.Decoded:
        if self.fault == "raises":
            c.data[: int(c.ends[-1])].decode("ascii") if c.starts.size else None
        if self.fault == "keeps":
            self.kept.append(c.data)
        found = self.inner.decode(c)
        if self.fault == "silent":
            found.left_out.clear()
        if self.fault == "forgets":
            self.inner.finish()
        return found

    def finish(self) -> conformance.Decoded:
        found = self.inner.finish()
        if self.fault == "silent":
            found.left_out.clear()
        return found


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("raises", conformance.flipped_everywhere),
        ("keeps", conformance.bounded_memory),
        ("silent", conformance.truncated_everywhere),
        ("forgets", conformance.cut_anywhere),
    ],
)
def test_the_battery_finds_faults(fault: str, check: Callable[[Format, Sample], None]) -> None:
    from dataclasses import replace

    sample = next(s for s in SAMPLES if (s.format, s.link) == ("table", "stream"))
    good = BY_NAME["table"]
    bad = replace(good, make=lambda options: _Careless(fault, good.make(options)))
    with pytest.raises((AssertionError, UnicodeDecodeError)):
        check(bad, sample)
    assert accounted(decode(good, [chunk(sample.payloads, "stream")]))
