"""What lies beside a run: its facts, the truth, and the exercise and site as they were.

    run.json       which exercise, seed and officer, when it began, how far it came
    truth.csv      every object each second
    exercise.toml  the exercise as it was run
    site/          the site file with its zones and map

Written before the first byte is simulated, so that a run that is killed can still be scored from its log.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from picket import site as sites
from picket.train.exercise import Exercise
from picket.train.recording import copy_site, write_truth
from picket.train.world import World


class KeptError(ValueError):
    """A folder that holds no run, or half of one; the message names what is missing."""


class RunFacts(msgspec.Struct, frozen=True, kw_only=True):
    """run.json. Times UNIX seconds UTC; `until_s` seconds since the start; `site` a digest of the site file."""

    version: int
    exercise: str
    source: str
    card: str | None
    seed: int
    start: float
    planned_s: float
    until_s: float
    complete: bool
    officer: str
    site: str
    picket: str


def write_facts(folder: Path, facts: RunFacts) -> None:
    """Writes run.json, whole or not at all."""
    new = folder / "run.json.new"
    new.write_bytes(msgspec.json.format(msgspec.json.encode(facts), indent=1) + b"\n")
    new.replace(folder / "run.json")


def read_facts(folder: Path) -> RunFacts:
    """run.json of a run. Raises KeptError for a folder that holds none."""
    path = folder / "run.json"
    try:
        facts = msgspec.json.decode(path.read_bytes(), type=RunFacts)
    except OSError:
        raise KeptError(
            f"{folder}: holds no run (expected run.json); make one with `picket train run EXERCISE --out {folder}`"
        ) from None
    except msgspec.DecodeError as e:
        raise KeptError(f"{path}: cannot be read: {e}") from None
    if facts.version != 1:
        raise KeptError(f"{path}: version: expected 1, got {facts.version}")
    return facts


def keep_truth(exercise: Exercise, world: World, start: float, seconds: float, folder: Path) -> None:
    """Writes truth, exercise and site into `folder`. Raises OSError where it cannot be written."""
    write_truth(world, start, start + seconds, folder / "truth.csv")
    if Path(exercise.source).is_file():
        shutil.copyfile(exercise.source, folder / "exercise.toml")
    (folder / "site").mkdir(exist_ok=True)
    copy_site(exercise, folder / "site")


def kept_exercise(folder: Path) -> Exercise:
    """The exercise of a run, at the site of the run. Raises KeptError, ExerciseError or SiteError."""
    path, site = folder / "exercise.toml", folder / "site" / "site.toml"
    missing = [p.name for p in (path, site) if not p.is_file()]
    if missing:
        raise KeptError(f"{folder}: lacks {' and '.join(missing)}; run the exercise again")
    return Exercise.load(path, sites.load(site))
