"""`python -m picket.station.played`: an exercise on a page of its own, as a process of its own that another station started.

    python -m picket.station.played EXERCISE.toml --out FOLDER --seed N

Standard output has a line of JSON for each thing that happened: {"state": "compiling"}, {"url": one-time address}, {"state": "over"},
{"failed": words}. It ends when its standard input does, so with whoever started it; what was played is kept and scored as far as it went.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from picket import _jit
from picket.station import warm
from picket.station.demo import play_with_doors
from picket.station.play import keep_score
from picket.train import Exercise
from picket.train.score import read_score


def main(given: list[str] | None = None) -> int:
    """Plays it. Exit code 0 when a score was kept, 1 with {"failed": ...} told."""
    asked = argparse.ArgumentParser(prog="picket.station.played")
    asked.add_argument("exercise", type=Path)
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args(given)
    threading.Thread(target=_end_with_input, name="picket-input", daemon=True).start()
    try:
        _play(options.exercise, options.out, options.seed)
        if read_score(options.out) is None:  # it was stopped before its end
            keep_score(options.out)
    except KeyboardInterrupt:
        _tell({"failed": "it was ended before it began"})
        return 1
    except (ValueError, OSError) as e:
        _tell({"failed": str(e)})
        return 1
    _tell({"state": "over"})
    return 0


def _play(path: Path, folder: Path, seed: int) -> None:
    exercise = Exercise.load(path)
    if _jit.is_cold():
        _tell({"state": "compiling"})
    warm.load_again()
    asyncio.run(
        play_with_doors(
            folder, exercise, seed=seed, port=0, ready=lambda url: _tell({"url": url}), endless=False, stay=True,
            ended=lambda: _tell({"state": "over"}),
        )
    )  # fmt: skip


def _tell(said: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # whoever listened is gone: the run is kept all the same
        print(json.dumps(said), flush=True)


def _end_with_input() -> None:
    """Ends as Ctrl-C does when standard input is closed."""
    with contextlib.suppress(OSError, ValueError):
        while os.read(0, 4096):
            pass
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main())
