"""`python -m benchmarks [NAME...] [--quick] [--rows A,B]`: runs benchmarks and writes one diffable JSON file each, the machine beside.

A benchmark is a module `bench_NAME.py` with `run()`, or with ROWS (name -> goal and function): then --rows takes some of its rows,
which replace theirs in the file, each with the machine of its own time; --quick takes a short look and writes nothing. Rows in the module's
ONLY_WHEN_ASKED are long: only --rows takes them.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parent
RESULTS = ROOT / "results"


def machine() -> dict[str, object]:
    """What the figures were measured on, and how busy it was."""
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor(),
    )
    return {"cpu": model, "cores": os.cpu_count(), "python": platform.python_version(), "load_1min": round(os.getloadavg()[0], 2)}


def _write(name: str, found: dict[str, Any]) -> None:
    (RESULTS / f"{name}.json").write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")


def _rows(name: str, module: ModuleType, chosen: list[str], quick: bool) -> int:
    """Measures the chosen rows (or all), and puts each into the file as soon as it is there."""
    for row in chosen:
        if row not in module.ROWS:
            print(f"{name} has no row {row!r}; it has {', '.join(module.ROWS)}", file=sys.stderr)
            return 2
    module.warm()
    usual = [row for row in module.ROWS if row not in getattr(module, "ONLY_WHEN_ASKED", ())]
    for row in chosen or usual:
        goal, measure = module.ROWS[row]
        before = machine()
        result = {"goal": goal, "machine": before, "figures": measure(quick)}
        print(f"{name} {row}: {json.dumps(result, indent=1, sort_keys=True)}", flush=True)
        if not quick:
            path = RESULTS / f"{name}.json"
            kept = json.loads(path.read_text()).get("rows", {}) if path.exists() else {}
            _write(name, {"rows": {k: v for k, v in (kept | {row: result}).items() if k in module.ROWS}})
    return 0


def main(arguments: list[str]) -> int:
    """Runs the named benchmarks, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Runs benchmarks; all of them without a name.")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="a short look that is not kept (benchmarks with rows)")
    parser.add_argument("--rows", default="", metavar="A,B", help="these rows only")
    asked = parser.parse_intermixed_args(arguments)
    RESULTS.mkdir(exist_ok=True)
    found = sorted(p.stem.removeprefix("bench_") for p in ROOT.glob("bench_*.py"))
    for name in asked.names or found:
        if name not in found:
            print(f"no benchmark is called {name!r}; there are {', '.join(found)}", file=sys.stderr)
            return 2
        module = importlib.import_module(f"benchmarks.bench_{name}")
        if hasattr(module, "ROWS"):
            code = _rows(name, module, [r for r in asked.rows.split(",") if r], asked.quick)
            if code:
                return code
            continue
        if asked.names and (asked.quick or asked.rows):
            print(f"{name} has no rows and no quick look", file=sys.stderr)
            return 2
        before = machine()
        figures = module.run()
        _write(name, {"machine": before, "figures": figures})
        print(f"{name}: {json.dumps(figures, indent=1, sort_keys=True)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
