"""Exercises for the tests: the demo, and small ones written on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from picket import site as sites
from picket.train import Exercise, demo_exercise
from picket.train.demo import DEMO

HEAD = 'version = 1\nname = "test"\nsite = "site.toml"\n[[radar]]\nid = "radar-north"\n'
Write = Callable[..., Exercise]


@pytest.fixture(scope="session")
def demo() -> Exercise:
    """The built-in exercise."""
    return demo_exercise()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Loads an exercise from its text (behind HEAD), at the demo's site; sensor=... changes every sensor of it."""

    def load(text: str, head: str = HEAD, **sensor: object) -> Exercise:
        path = tmp_path / "exercise.toml"
        path.write_text(head + text, "utf-8")
        site = sites.load(DEMO / "site.toml")
        changed = tuple(msgspec.structs.replace(s, **sensor) for s in site.sensor)
        return Exercise.load(path, msgspec.structs.replace(site, sensor=changed))

    return load
