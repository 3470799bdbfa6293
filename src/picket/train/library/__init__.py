"""The library: exercises that come with Picket, at five invented sites. One TOML file each, one line in NAMES, easiest first. The
first is the demo's own, and lies with it.

Each says what the watch is to notice and do. They show how a tactic looks to a site's sensors, and nothing of how it is done.
"""

from __future__ import annotations

import difflib
from pathlib import Path

from picket.train.demo import DEMO
from picket.train.exercise import Exercise, ExerciseError

FOLDER = Path(__file__).parent
NAMES = (
    "first-watch",
    "first-look",
    "over-the-yard",
    "crooked-radar",
    "whose-is-it",
    "runway-in-use",
    "night-without-lights",
    "no-emission",
    "over-the-line",
    "lost-position",
    "from-the-roads",
    "high-and-low",
    "under-the-keel",
    "on-a-thread",
    "low-and-fast",
    "boats-at-dawn",
    "swarm-at-night",
)


def names() -> list[str]:
    """Every exercise's name, easiest first."""
    return list(NAMES)


def path(name: str) -> Path:
    """The file of an exercise. Raises ExerciseError that names the nearest one there is."""
    if name not in NAMES:
        near = difflib.get_close_matches(name, NAMES, 1, 0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(NAMES)}"
        raise ExerciseError(name, [f"no exercise of the library has this name; {hint}"])
    return DEMO / "exercise.toml" if name == "first-watch" else FOLDER / "exercises" / f"{name}.toml"


def load(name: str) -> Exercise:
    """The exercise at its site. Raises ExerciseError."""
    return Exercise.load(path(name))
