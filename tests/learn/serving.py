"""A desk with the examples, and one report in Spanish, served on loopback for tests."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

from picket.learn.claim import Claim, read_claims
from picket.learn.desk import Desk
from picket.learn.reading import read_reports
from picket.learn.report import Report
from picket.station.learn_station import LearnStation
from tests.waiting import until

EXAMPLES = Path(str(resources.files("picket.learn") / "examples"))
SPANISH = Report(
    doc="es",
    title="Drones 🛩",
    text="🛩 Hola.\n\nIrán entregó drones.",
    language="es",
    source="Canal Norte",
    published="2026-06-01",
)


class Served:
    """A running desk and its one-time address."""

    def __init__(self, folder: Path, more: Sequence[Report] = (), claims: Sequence[Claim] = ()) -> None:
        reports = [r for r in read_reports([str(EXAMPLES / "reports")]) if isinstance(r, Report)]
        self.desk = Desk([*read_claims(EXAMPLES / "claims.jsonl"), *claims], [*reports, SPANISH, *more], folder)
        self.ready: list[str] = []
        self.loop: asyncio.AbstractEventLoop | None = None
        self.station: LearnStation | None = None
        self.thread = threading.Thread(target=lambda: asyncio.run(self._main()), daemon=True)
        self.thread.start()
        until(lambda: self.ready, 300)
        parts = urlsplit(self.ready[0])
        self.base = f"{parts.scheme}://{parts.netloc}"
        token = parse_qs(parts.query)["token"][0]
        again = self.station.access.new_token("analyst") if self.station else ""
        self.url = f"{self.base}/?token={again}"
        session = httpx.post(f"{self.base}/api/session", json={"token": token}).json()["session"]
        self.http = httpx.Client(base_url=self.base, headers={"authorization": f"Bearer {session}"}, timeout=120)

    async def _main(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.station = LearnStation(self.desk, 0)
        self.station.open()
        await self.station.run(self.ready.append)

    def end(self) -> None:
        assert self.loop is not None
        assert self.station is not None
        self.loop.call_soon_threadsafe(self.station.stop.set)
        self.thread.join(120)
        assert not self.thread.is_alive()
        self.http.close()
