"""The built-in demo: the exercise "First watch" at Port Halcyon, an invented harbour placed in open ocean.

The files beside this one are an ordinary site file and an ordinary exercise file; a first exercise of one's own starts
as a copy of them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from picket import site as sites
from picket.train.exercise import Exercise

DEMO = Path(__file__).parent
CHANNELS = ("radar-north", "radar-south", "remote-id", "adsb")


def demo_files(folder: Path) -> Path:
    """Copies the demo's site file, zones, map and exercise into `folder` (made if need be) and returns it.

    Files that are there already are kept: a zone that was drawn in an earlier demo is still there in the next.
    """
    for source in sorted([*DEMO.rglob("*.toml"), *DEMO.rglob("*.geojson")]):
        target = folder / source.relative_to(DEMO)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.copyfile(source, target)
    return folder


def demo_exercise() -> Exercise:
    """The demo's exercise at the demo's site."""
    return Exercise.load(DEMO / "exercise.toml", sites.load(DEMO / "site.toml"))
