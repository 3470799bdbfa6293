"""Every decoder under atheris: cases, cases a second, the slowest payload, what was found. `make fuzz` installs the fuzzer first.

PICKET_FUZZ_CASES says how many cases a decoder gets (10,000,000), PICKET_FUZZ_FORMATS which formats (all). What libFuzzer found
worth keeping, and is no more than KEPT inputs, goes to benchmarks/corpus, which the tests replay.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from picket.feed import FORMATS

CASES = 10_000_000
KEPT = 24  # inputs of one decoder in the repository
LONGEST_KEPT = 400  # bytes of one
CORPUS = Path(__file__).parent / "corpus"


def fuzz(name: str, cases: int, folder: Path) -> dict[str, Any]:
    """One decoder in a process of its own: libFuzzer ends the process that it runs in."""
    result = folder / f"{name}.json"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.fuzz_one", name, str(cases), str(result)], capture_output=True, text=True, check=False
    )
    if done.returncode or not result.exists():
        found = [p for p in folder.glob(f"{name}-*") if p.is_file()]
        inputs = [p.read_bytes().hex() for p in found]
        return {"failed": done.stderr.strip().splitlines()[-30:], "inputs": inputs}
    keep(name, result.with_suffix(".corpus"))
    return dict(json.loads(result.read_text()))


def keep(name: str, folder: Path) -> None:
    """The shortest inputs that reached code of their own, one line each; earlier ones stay while there is room."""
    path = CORPUS / f"{name}.txt"
    held = path.read_text().split() if path.exists() else []
    new = sorted((p.read_bytes() for p in folder.iterdir() if not p.name.startswith("seed-")), key=lambda d: (len(d), d))
    lines = dict.fromkeys([*held, *(d.hex() for d in new if 0 < len(d) <= LONGEST_KEPT)])
    CORPUS.mkdir(exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in list(lines)[:KEPT]))


def run() -> dict[str, Any]:
    """Figures by format; says so where the fuzzer is not installed (it is for Linux only)."""
    if importlib.util.find_spec("atheris") is None:
        return {"not_run": "atheris is not installed: make fuzz"}
    cases = int(os.environ.get("PICKET_FUZZ_CASES", CASES))
    names = os.environ.get("PICKET_FUZZ_FORMATS", ",".join(f.name for f in FORMATS)).split(",")
    with tempfile.TemporaryDirectory() as folder:
        return {name: fuzz(name, cases, Path(folder)) for name in names}
