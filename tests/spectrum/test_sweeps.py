"""Tables of hackrf_sweep and rtl_power: occupancy and floor, and nothing that they cannot say."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from picket.cli import main
from picket.spectrum.sigmf import SpectrumError
from picket.spectrum.sweeps import looks_like, parse, read, summary

# One line each, as the two programs' own documentation shows them.
HACKRF = "2019-01-03, 11:57:34.967805, 2400000000, 2405000000, 1000000.00, 20, -64.72, -63.36, -60.91, -61.74, -58.58\n"
RTL = "2014-06-03, 21:40:39, 88000000, 90500000, 500000.00, 16, -21.0, -22.0, -23.0, -20.0, -24.0, -24.0\n"


def sweeps(count: int, busy: int | None = None, share: float = 0.5) -> str:
    """hackrf_sweep's order: parts of one sweep lie not side by side."""
    rng, lines = np.random.default_rng(1), []
    for i in range(count):
        for low in (2400, 2410, 2405, 2415):
            db = -60 + rng.normal(0, 1.0, 5)
            if busy is not None and low <= busy < low + 5 and i < share * count:
                db[busy - low] += 25
            cells = ", ".join(f"{x:.2f}" for x in db)
            lines.append(f"2026-05-01, 10:{i // 60:02d}:{i % 60:02d}.5, {low}000000, {low + 5}000000, 1000000.00, 20, {cells}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("line", "bins"), [(HACKRF, 5), (RTL, 5)])
def test_both_programs_lines_are_read(line, bins):
    assert looks_like(line.encode())
    s = parse([line.strip().split(",")], "x")
    assert s.power_db.shape == (1, bins)
    assert not +s.left_out
    assert s.hz[0] == pytest.approx(float(line.split(",")[2]) + s.bin_hz / 2)


def test_what_is_busy_half_of_the_time_is_told_as_half_and_the_rest_is_quiet(tmp_path):
    path = tmp_path / "sweep.csv"
    path.write_text(sweeps(100, busy=2412))
    s = read(path)
    assert s.power_db.shape == (100, 20)
    assert s.hz[12] == 2412.5e6
    assert s.occupancy[12] == pytest.approx(0.5)
    assert s.occupancy[np.arange(20) != 12].max() == 0.0
    assert np.median(s.floor_db) == pytest.approx(-60.7, abs=0.3)  # the lower quartile of a normal of 1 dB
    always = tmp_path / "always.csv"
    always.write_text(sweeps(40, busy=2412, share=1.0))
    assert read(always).occupancy[12] == 1.0  # a bin that never pauses is occupied, not its own floor


def test_the_command_says_that_it_is_occupancy_and_floor_only(tmp_path):
    path = tmp_path / "sweep.csv"
    path.write_text(sweeps(70, busy=2412) + "nonsense\n2026-05-01, 10:00:00, 1, 2, 0, 1, x\n")
    told = CliRunner().invoke(main, ["spectrum", str(path)])
    assert told.exit_code == 0, told.output
    assert "70 sweeps of 2400 to 2420 MHz" in told.output
    assert "occupancy and floor only" in told.output
    assert "1 line too short" in told.output
    assert "1 not a number" in told.output
    found = json.loads(CliRunner().invoke(main, ["spectrum", str(path), "--json"]).output)
    assert found["busiest"][0]["hz"] == 2412.5e6
    assert found["hours"][0]["sweeps"] == 70
    refused = CliRunner().invoke(main, ["spectrum", str(path), "--detections", str(tmp_path / "d.csv")])
    assert refused.exit_code == 2
    assert "holds no samples" in refused.output


def test_what_is_no_table_is_said():
    with pytest.raises(SpectrumError, match="no line of hackrf_sweep or rtl_power"):
        parse([["a", "b"]], "x")
    assert not looks_like(b"time,sensor_id,kind\n1,2,3\n")
    assert not looks_like(bytes(range(200)))


@given(st.lists(st.lists(st.text("0123456789-.: e,n", max_size=12), max_size=9), max_size=8))
def test_no_line_brings_it_down(rows):
    try:
        found = parse([*rows, RTL.split(",")], "x")
    except SpectrumError:
        return  # so many bins that no sweep has them
    assert summary(found)["sweeps"] >= 1
