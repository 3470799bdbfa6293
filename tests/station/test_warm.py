"""What a station meets in its first minutes is compiled before it listens: a picture must not wait for a compiler."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from picket import _jit
from picket.station import run
from picket.station.warm import load_again, load_kernels
from picket.track import crossing_kernels, engine_kernels, life_kernels, scan_kernels
first = _jit.is_cold()
load_again()
print([m for m in ("scipy.linalg", "pyarrow", "duckdb", "trafilatura", "fpdf", "picket.train") if m in sys.modules and not first])
load_kernels()
kernels = (engine_kernels.look, life_kernels.misses, life_kernels.settle, crossing_kernels.cross, scan_kernels.end_look)
print([k.__name__ for k in kernels if not k.signatures], _jit.is_cold())
"""


def test_bearings_and_the_clutter_estimate_are_compiled_before_a_station_listens() -> None:
    """The first bearing on a new machine held the engine for 20 s, and every request with it."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=600)
    unneeded, compiled = done.stdout.splitlines()
    assert compiled == "[] False"
    assert unneeded == "[]"  # a killed station must be up again at once: nothing is loaded that a start does not need
