"""The demo: an exercise of the library at an invented harbour, again and again, with doors to Watch, Learn and Train."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from picket.station.doors import add_doors
from picket.station.exercises import Exercises
from picket.station.play import play
from picket.station.run import Station
from picket.train import Exercise, library

EXERCISE = "first-watch"
_ONE = "this station plays one exercise; start another on the page that it was started from, or with `picket train serve`"


async def run_demo(*, seed: int, port: int, archive: Path | None, ready: Callable[[str], None]) -> None:
    """Runs the demo until it is stopped. Without `archive` everything lies in a temporary folder and goes with the demo.

    archive: folder of runs; this demo's is one of its own in it.
    """
    with tempfile.TemporaryDirectory(prefix="picket-demo-") as temporary:
        runs = archive or Path(temporary)
        folder = runs / f"demo-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
        await play_with_doors(folder, library.load(EXERCISE), seed=seed, port=port, ready=ready, endless=True, stay=True)


async def play_with_doors(
    folder: Path, exercise: Exercise, *, seed: int, port: int, ready: Callable[[str], None], endless: bool, stay: bool,
    ended: Callable[[], None] = lambda: None,
) -> None:  # fmt: skip
    """An exercise on a page with doors; the runs beside `folder` are those that Train shows.

    From an endless one (the demo) others are started, each at a station of its own; one that is played once starts none.
    """
    exercises = Exercises(folder.parent, busy=lambda: "" if endless else _ONE)
    ends: list[Callable[[], None]] = []

    def doors(station: Station) -> None:
        ends.append(add_doors(station, folder.parent, exercises))

    try:
        await play(exercise, folder, seed=seed, port=port, ready=ready, endless=endless, stay=stay, ended=ended,
                   doors=doors)  # fmt: skip
    finally:
        for end in ends:
            await asyncio.to_thread(end)
