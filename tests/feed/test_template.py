"""The template is correct code: it reads what it writes and passes the whole battery."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conformance import BATTERY, decode, once
from samples import T0, TEMPLATE, Sample

from picket.feed import FORMATS, _template
from picket.feed.format import Format


@pytest.mark.parametrize("check", BATTERY, ids=lambda c: c.__name__)
@pytest.mark.parametrize("sample", TEMPLATE, ids=lambda s: s.link)
def test_the_template_passes_the_battery(sample: Sample, check: Callable[[Format, Sample], None]) -> None:
    check(_template.FORMAT, sample)


def test_it_reads_what_it_writes() -> None:
    (row,) = once(_template.FORMAT, _template.encode("mic-3", T0 + 0.25, 114.5, 21), "udp").detections.rows()
    assert (row["sensor_id"], row["time"], row["azimuth_deg"], row["snr_db"]) == ("mic-3", T0 + 0.25, 114.5, 21.0)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"$SND,mic-3,1767225600250,114.5,21*00\n", "bad_checksum"),
        (b"hello\n", "bad_checksum"),
        (b"$SND,mic-3,1767225600250,114.5*" + _template._checksum(b"SND,mic-3,1767225600250,114.5"), "bad_field"),
        (_template.encode("mic-3", T0, 360.0, 21), "out_of_range"),
        (b"$" + b"x" * 300 + b"\n", "line_too_long"),
        (b"", "empty_payload"),
    ],
)
def test_each_reason(line: bytes, reason: str) -> None:
    assert once(_template.FORMAT, line, "udp").left_out == {reason: 1}


def test_it_is_not_registered() -> None:
    assert "template" not in {f.name for f in FORMATS}
    assert decode(_template.FORMAT, []).detections.n == 0
