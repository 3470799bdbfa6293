"""Kept runs for the tests of reviews: a short exercise, two officers with habits, and the station that shows what is kept."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from picket.station import practice
from picket.station.doors import lag_rows
from picket.station.train_station import TrainStation
from picket.train.officer import Do, Officer
from picket.train.score import score
from picket.watch import Alert
from tests.station.playing import Client, short

EXPECT = """[[expect]]
id = "alert"
what = "alert"
actor = "intruder"
by_s = 12
[[expect]]
id = "report"
what = "report"
actor = "intruder"
by_s = 13
"""


class Two(Officer):
    """Anna acknowledges, Ben closes."""

    def __init__(self) -> None:
        super().__init__("Anna, Ben")
        self._of = (
            Officer("Anna", [Do(act="acknowledge", after_s=1)]),
            Officer("Ben", [Do(act="close", after_s=3, cause="drone")]),
        )

    def fresh(self) -> Two:
        """Two others like them."""
        return Two()

    def look(self, time: float, alerts: Iterable[Alert]) -> list[dict[str, Any]]:
        """What both do."""
        open_now = list(alerts)
        return [action for officer in self._of for action in officer.look(time, open_now)]


def keep_runs(folder: Path) -> Path:
    """Two runs of one exercise in `folder`/runs: "both" by Anna and Ben, "ben" by Ben alone."""
    folder.mkdir(exist_ok=True)
    exercise = short(folder, **{"speed_mps = 25\n": f"speed_mps = 25\n{EXPECT}"})
    ben = Officer("Ben", [Do(act="acknowledge", after_s=2), Do(act="note", after_s=2, text="Reported to the harbour master")])
    for name, officer in (("ben", ben), ("both", Two())):
        practice.run(exercise, folder / "runs" / name, officer=officer)
        score(folder / "runs" / name)
    return folder / "runs"


@contextmanager
def served(runs: Path, own: Sequence[Path] = ()) -> Iterator[tuple[TrainStation, Client, str]]:
    """The station of the reviews, the training officer's client, and another one-time address of theirs. own: folders of exercise files."""
    addresses: list[str] = []
    up = threading.Event()
    loops: list[asyncio.AbstractEventLoop] = []
    station = TrainStation(runs, 0, runs / "board.jsonl", lambda board: lag_rows(board, None, "nobody"), own)

    def ready(url: str) -> None:
        addresses.append(url)
        up.set()

    async def run() -> None:
        loops.append(asyncio.get_running_loop())
        station.stop = asyncio.Event()
        await station.run(ready)

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert up.wait(300)
    client = Client(addresses[0])
    try:
        yield (
            station,
            client,
            f"http://127.0.0.1:{station.port}/?token={station.access.new_token('training officer', control=True)}",
        )
    finally:
        client.http.close()
        loops[0].call_soon_threadsafe(station.stop.set)
        thread.join(120)
        assert not thread.is_alive()
