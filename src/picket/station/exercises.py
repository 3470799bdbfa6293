"""Exercises to start from a page: those of the library and the unit's own files, and the one that is being played.

What is started is a process of its own (picket.station.played): a station with a folder, loopback ports and a page of its own, so that
nothing of it can come into a live picture, and neither station waits for the other. One at a time. Any thread may call.
"""

from __future__ import annotations

import contextlib
import functools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from picket.handwritten import parse_toml, read_text
from picket.record.log import segments as log_segments
from picket.site import SiteError
from picket.station.play import keep_score
from picket.train import Exercise, library
from picket.train.exercise import ExerciseError
from picket.train.score import read_score

OWN = (Path("exercises"), Path("drafts"))  # folders of the unit's own exercise files, where `picket` was started
MOST_OWN = 200  # files
MOST_BYTES = 1 << 20  # of an exercise file
END_S = 20.0  # for what was played to be kept and scored; then the process is killed, and its log is scored here
_NOT_EXERCISES = ("site.toml", "officer.toml")


class StartError(ValueError):
    """An exercise that cannot be started now; the message says why and what to do."""


class Found(NamedTuple):
    """A file that may be an exercise: `id` is what the page starts it by."""

    id: str
    path: Path
    own: bool


class Exercises:
    """runs: the folder that new runs go into. own: folders of exercise files. busy: words why nothing can be started here, or empty."""

    def __init__(self, runs: Path, own: Sequence[Path] = OWN, busy: Callable[[], str] = lambda: "") -> None:
        self.runs, self.own, self._busy = runs, tuple(own), busy
        self._lock = threading.Lock()
        self._playing: Playing | None = None

    # -- what there is ---------------------------------------------------------------------------------------------
    def listed(self) -> dict[str, Any]:
        """Every exercise with what it trains or what is wrong with its file, those of the library first; which cards they rehearse."""
        own, left_out = own_files(self.own)
        rows = [_library_row(name) for name in library.names()] + [_row(f, *_loaded(f.path)) for f in own]
        return {
            "exercises": rows, "folders": [str(f) for f in self.own], "left_out": left_out, "busy": self._busy(), "now": self.now(),
            "covered": sorted({r["card"] for r in rows if r["card"] and not r["problems"]}),
        }  # fmt: skip

    # -- what is played --------------------------------------------------------------------------------------------
    def now(self) -> dict[str, Any] | None:
        """The exercise that is played or was played last, None before the first."""
        return self._playing.look() if self._playing is not None else None

    def start(self, wanted: str, seed: int) -> dict[str, Any]:
        """Starts an exercise beside what is shown here. Raises StartError; ExerciseError or SiteError for a file that cannot be played."""
        with self._lock:
            if words := self._busy():
                raise StartError(words)
            held = self._playing
            if held is not None and held.going:
                raise StartError(
                    f"{held.name} is being played since {_clock(held.since)} UTC; end it first: one exercise at a time"
                )
            found = self._find(wanted)
            exercise = Exercise.load(found.path)
            if log_segments(self.runs):
                raise StartError(
                    f"{self.runs} holds a station's log; runs have a folder of their own: start this page with `picket train serve RUNS`"
                )
            if held is not None:
                held.close()
            self._playing = Playing(exercise.name, found.path, self._folder(found), seed)
            return self._playing.look()

    def end(self) -> dict[str, Any]:
        """Ends what is played: kept and scored as far as it went. Raises StartError when there is nothing to end."""
        with self._lock:
            if self._playing is None:
                raise StartError("nothing was started here: there is nothing to end")
            self._playing.close()
            return self._playing.look()

    def close(self) -> None:
        """Ends what is played with the station that started it."""
        with self._lock:
            if self._playing is not None:
                self._playing.close()

    def _find(self, wanted: str) -> Found:
        if wanted in library.names():
            return Found(wanted, library.path(wanted), own=False)
        for found in own_files(self.own)[0]:
            if found.id == wanted:
                return found
        raise StartError(f"no exercise {wanted!r} is in the library or in {', '.join(map(str, self.own))}; load this page again")

    def _folder(self, found: Found) -> Path:
        path = found.path
        stem = found.id if not found.own else path.parent.name if path.name == "exercise.toml" else path.stem
        name = f"{stem}-played-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
        taken = sum(p.name.startswith(name) for p in self.runs.glob("*"))
        return self.runs / (f"{name}-{taken + 1}" if taken else name)


class Playing:
    """One exercise being played by a process of its own.

    state: starting, compiling, playing, over (scored, its page still there for the review), ended (scored, the page gone) or failed.
    """

    def __init__(self, name: str, path: Path, folder: Path, seed: int) -> None:
        self.name, self.folder, self.since = name, folder, time.time()
        self.state, self.url, self.words = "starting", "", ""
        command = [sys.executable, "-m", "picket.station.played", str(path), f"--out={folder}", f"--seed={seed}"]
        # a session of its own: Ctrl-C in the terminal ends it by its standard input, after what was played is kept
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        self._listening = threading.Thread(target=self._listen, name="picket-played", daemon=True)
        self._listening.start()

    @property
    def going(self) -> bool:
        """Whether it is not over yet."""
        return self.state in ("starting", "compiling", "playing")

    def look(self) -> dict[str, Any]:
        """Where it stands, for the page."""
        return {
            "name": self.name, "run": self.folder.name, "state": self.state, "since": self.since, "words": self.words,
            "url": self.url if self.state in ("playing", "over") else "",
        }  # fmt: skip

    def close(self) -> None:
        """Ends it; returns when what was played is kept."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._listening.join()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                with contextlib.suppress(ValueError, AttributeError):
                    self._heard(json.loads(line))
        code = self._process.wait()
        if self.state != "failed":
            self._gone(code)

    def _heard(self, said: dict[str, Any]) -> None:
        if url := str(said.get("url", "")):
            self.url, self.state = url, "playing"
        elif words := str(said.get("failed", "")):
            self.words, self.state = words, "failed"
        elif said.get("state") in ("compiling", "over"):
            self.state = said["state"]

    def _gone(self, code: int) -> None:
        """The process is gone: what it kept is scored, should it have been killed before it could."""
        try:
            if read_score(self.folder) is None:
                keep_score(self.folder)
                self.words = "it was cut off: kept and scored as far as it went"
            self.state = "ended"
        except (ValueError, OSError) as e:
            self.words, self.state = f"it ended with code {code}, and nothing of it can be scored: {e}", "failed"


def own_files(folders: Sequence[Path]) -> tuple[list[Found], int]:
    """The exercise files in these folders and the folders in them, and how many more than MOST_OWN there are. Site files are none."""
    found = [Found(str(p), p, own=True) for folder in folders for p in _toml_files(folder) if _may_be_exercise(p)]
    return found[:MOST_OWN], max(0, len(found) - MOST_OWN)


def _toml_files(folder: Path) -> Iterator[Path]:
    yield from sorted(p for p in [*folder.glob("*.toml"), *folder.glob("*/*.toml")] if p.is_file())


def _may_be_exercise(path: Path) -> bool:
    """A file that is no TOML may be one with a mistake; one of another kind is none: a site file's `site` is a table."""
    if path.name in _NOT_EXERCISES:
        return False
    try:
        if path.stat().st_size > MOST_BYTES:
            return False
        raw = parse_toml(read_text(path))
    except (OSError, ValueError):
        return True
    return not isinstance(raw.get("site"), dict) and not raw.keys().isdisjoint(("site", "actor", "repeat_s", "expect"))


@functools.lru_cache(maxsize=64)
def _library_row(name: str) -> dict[str, Any]:
    found = Found(name, library.path(name), own=False)
    return _row(found, *_loaded(found.path))


def _loaded(path: Path) -> tuple[Exercise | None, list[str]]:
    try:
        return Exercise.load(path), []
    except (ExerciseError, SiteError) as e:
        return None, e.problems
    except (ValueError, OSError) as e:
        return None, [str(e)]


def _row(found: Found, exercise: Exercise | None, problems: list[str]) -> dict[str, Any]:
    x = exercise
    return {
        "id": found.id, "own": found.own, "problems": problems, "name": found.id if x is None else x.name,
        "about": "" if x is None else x.about, "teaches": [] if x is None else list(x.teaches), "level": "" if x is None else x.level,
        "card": None if x is None else x.card, "seconds": None if x is None else x.repeat_s,
        "expected": 0 if x is None else len(x.expect), "site": "" if x is None else x.at_site().site.name,
    }  # fmt: skip


def _clock(at: float) -> str:
    return time.strftime("%H:%M", time.gmtime(at))
