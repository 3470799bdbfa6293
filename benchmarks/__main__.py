"""`python -m benchmarks [NAME...]`: runs the benchmarks and writes one diffable JSON file each, the machine beside the figures."""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
from pathlib import Path

ROOT = Path(__file__).parent
RESULTS = ROOT / "results"


def machine() -> dict[str, object]:
    """What the figures were measured on, and how busy it was."""
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor(),
    )
    return {"cpu": model, "cores": os.cpu_count(), "python": platform.python_version(), "load_1min": round(os.getloadavg()[0], 2)}


def main(names: list[str]) -> int:
    """Runs the named benchmarks, or all."""
    RESULTS.mkdir(exist_ok=True)
    found = sorted(p.stem.removeprefix("bench_") for p in ROOT.glob("bench_*.py"))
    for name in names or found:
        if name not in found:
            print(f"no benchmark is called {name!r}; there are {', '.join(found)}", file=sys.stderr)
            return 2
        before = machine()
        figures = importlib.import_module(f"benchmarks.bench_{name}").run()
        text = json.dumps({"machine": before, "figures": figures}, indent=1, sort_keys=True)
        (RESULTS / f"{name}.json").write_text(text + "\n")
        print(f"{name}: {text}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
