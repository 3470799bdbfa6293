"""An exercise that is played in a thread of its own, and signed-in clients at its station."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from picket.station.play import play
from picket.train import Exercise
from picket.train.demo import DEMO
from tests.waiting import until

SHORT = """version = 1
name = "short"
site = "SITE"
repeat_s = 14
[[radar]]
id = "radar-north"
[[actor]]
id = "intruder"
kind = "drone"
route = [[-300, 1500, 90], [-300, -1500, 90]]
speed_mps = 25
[[inject]]
id = "call"
says = "The pilot station calls: something is over the mole."
when = "by_hand"
[[inject]]
id = "dark"
when = "by_hand"
[[fault]]
sensor = "radar-north"
kind = "outage"
inject = "dark"
"""


def short(folder: Path, **changes: str) -> Exercise:
    """A small exercise at the demo's site, where what may be a drone is told at once."""
    path = folder / "exercise.toml"
    shutil.copytree(DEMO, folder / "site")
    with (folder / "site" / "site.toml").open("a") as site:
        site.write("\n[alert]\ndoubt_s = 0\n")  # in 14 s nobody waits to be sure that it is a drone
    text = SHORT.replace("SITE", "site/site.toml")
    for old, new in changes.items():
        text = text.replace(old, new)
    path.write_text(text)
    return Exercise.load(path)


class Client:
    """Somebody signed in at a station by a one-time address."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        base = f"{parts.scheme}://{parts.netloc}"
        session = httpx.post(f"{base}/api/session", json={"token": parse_qs(parts.query)["token"][0]}).json()["session"]
        self.http = httpx.Client(base_url=base, headers={"authorization": f"Bearer {session}"}, timeout=120)

    def get(self, path: str) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        """The JSON of a POST that must be answered so."""
        answer = self.http.post(path, json=body or {})
        assert answer.status_code == status, answer.text
        return answer.json()

    def until(self, path: str, holds: Callable[[Any], Any], seconds: float = 60.0) -> Any:
        """Asks until the answer holds."""
        answers: list[Any] = []

        def look() -> Any:
            answers[:] = [self.get(path)]
            return holds(answers[0])

        return until(look, seconds, lambda: answers)


@contextmanager
def played(exercise: Exercise, folder: Path, **options: Any) -> Iterator[Client]:
    """The exercise being played, and whoever opened the printed address. It ends with the block."""
    addresses: list[str] = []
    up, wrong = threading.Event(), list[BaseException]()

    def ready(url: str) -> None:
        addresses.append(url)
        up.set()

    async def run() -> None:
        await play(exercise, folder, seed=1, port=0, ready=ready, **options)

    def body() -> None:
        try:
            asyncio.run(run())
        except BaseException as e:  # told by the test
            wrong.append(e)
        finally:
            up.set()

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    assert up.wait(300)
    assert not wrong, wrong
    client = Client(addresses[0])
    try:
        yield client
        thread.join(300 if not options.get("stay") else 0)
    finally:
        if thread.is_alive() and client.get("/api/exercise")["state"] != "ended":
            client.post("/api/exercise/end")
        thread.join(300 if not options.get("stay") else 0)
    assert not wrong, wrong
