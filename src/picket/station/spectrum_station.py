"""An opened recording on the spectrum page: the same looks, desk and API as a radio's, read from the file. On loopback, behind the gate."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from picket import __version__
from picket.spectrum.radio.clips import Clip
from picket.spectrum.radio.desk import Desk
from picket.spectrum.radio.recorded import Recorded, radio_of, row_s
from picket.spectrum.radio.run import LiveRadio
from picket.spectrum.recording import Recording
from picket.spectrum.sigmf import Datatype
from picket.station import api_spectrum
from picket.station.access import Access, Gate
from picket.station.api import PAGE, errors, sign_in
from picket.station.clips import ClipStore
from picket.station.run import Server, bind, end_on_signals, served

HOST = "127.0.0.1"


class SpectrumStation:
    """One recording being looked at and served. folder: where clips, looks' audit and secrets lie. Set `stop` to end it."""

    def __init__(self, recording: Recording, folder: Path, port: int) -> None:
        self.recording, self.folder, self._asked = recording, folder, port
        self.source = Recorded(recording)
        self.radio = radio_of(recording)
        self.desk = Desk(self.radio)
        self.live = LiveRadio(
            self.radio, self.desk.take, source=self.source, clock=self.source.now, patient=True, row_s=row_s(recording)
        )
        self.clips = ClipStore(folder / "clips")
        self.access = Access(folder / "secrets", time.time)
        self.stop = asyncio.Event()
        self.socket: socket.socket | None = None
        self._writing = threading.Lock()

    # -- the page (api_spectrum.Shown) -----------------------------------------------------------------------------------
    def desks(self) -> dict[str, Desk]:
        """The one desk."""
        return {self.radio.sensor: self.desk}

    def head(self) -> dict[str, Any]:
        """What stands over the page."""
        meta, health = self.recording.meta, self.live.health
        total = self.recording.total_bytes
        state = {"state": health.state, "detail": health.detail, "samples": health.samples, "left_out": dict(health.left_out)}
        return {
            "live": False, "name": self.recording.name, "simulated": meta.simulated, "time": self.source.now(),
            "dated": meta.start is not None, "start": self.source.start,
            "seconds": None if total is None else total / meta.datatype.sample_bytes / meta.rate_hz,
            "health": [{"id": self.radio.sensor, "reconnects": 0, **state}],
        }  # fmt: skip

    def cut(self, radio: str, start: float, end: float, hz: float) -> tuple[Clip | None, Datatype, float]:
        """Samples from the file."""
        return self.source.cut(start, end, api_spectrum.MOST_CLIP_S), self.source.datatype, self.radio.rate_hz

    def audit(self, who: str, what: str, **detail: Any) -> None:
        """One line in audit.jsonl: a recording has no station's log."""
        line = json.dumps({"time": time.time(), "who": who, "what": what, "recording": self.recording.name, **detail})
        with self._writing:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / "audit.jsonl").open("a", encoding="utf-8") as f:
                f.write(line + "\n")

    # -- life ------------------------------------------------------------------------------------------------------------
    def open(self) -> None:
        """Binds the port. Raises StationError when it is taken."""
        self.socket = bind(HOST, self._asked)

    @property
    def port(self) -> int:
        """The port that was bound."""
        assert self.socket is not None
        return int(self.socket.getsockname()[1])

    def serves(self, host: str) -> bool:
        """Whether a Host header (lower case) names this station."""
        return host in (f"127.0.0.1:{self.port}", f"localhost:{self.port}")

    def app(self) -> Any:
        """The ASGI application behind its gate."""
        app = FastAPI(
            title="Picket spectrum", version=__version__, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None
        )
        errors(app)
        sign_in(app, self.audit, self.access, "http", "spectrum.html")
        api_spectrum.add(app, self, self.audit)
        if PAGE.is_dir():
            app.mount("/", StaticFiles(directory=str(PAGE)), name="page")
        return Gate(app, self.access, self.serves, ("/", "/login", "/api/session"), "http")

    async def run(self, ready: Callable[[str], None]) -> None:
        """Runs until SIGTERM, SIGINT or `stop`. `ready` gets the one-time address to open."""
        end_on_signals(self.stop)
        if self.socket is None:
            self.open()
        assert self.socket is not None
        server = Server(
            uvicorn.Config(
                self.app(), log_level="warning", access_log=False, ws="none", timeout_graceful_shutdown=1, server_header=False,
                lifespan="off",
            )
        )  # fmt: skip
        self.live.start()
        serving = asyncio.create_task(server.serve(sockets=[self.socket]))
        try:
            url = f"http://{HOST}:{self.port}/"
            await served(server, serving, self.stop, lambda: ready(f"{url}?token={self.access.new_token('analyst')}"))
        finally:
            server.should_exit = True
            await asyncio.wait([serving], timeout=2.0)
            await asyncio.to_thread(self.live.stop)
