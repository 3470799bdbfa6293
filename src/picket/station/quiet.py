"""A station without an air to watch: screens on loopback behind the same gate, without feeds, engine and log.

It listens on this machine only; whoever works from elsewhere brings a tunnel.
"""

from __future__ import annotations

import asyncio
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from picket import __version__
from picket.station.access import Access, Gate
from picket.station.api import PAGE, errors, sign_in
from picket.station.patience import Patient
from picket.station.run import Server, bind, end_on_signals, served

HOST = "127.0.0.1"


class QuietStation(ABC):
    """Screens being served. `port` is known after `open`; set `stop` to end it.

    page: its file in the built page; title: of its API; who: the name of whoever opens the printed address, who controls what there is
    to control.
    """

    page, title, who = "index.html", "Picket", "officer"

    def __init__(self, folder: Path, port: int) -> None:
        self._asked = port
        self.access = Access(folder / "secrets", time.time)
        self.stop = asyncio.Event()
        self.socket: socket.socket | None = None

    @abstractmethod
    def add(self, app: FastAPI) -> None:
        """The routes of this station."""

    def audit(self, who: str, what: str, **detail: Any) -> None:  # noqa: B027 - what people decide there carries who and when
        """Keeps a look: most such stations have no log of looks."""

    def begin(self) -> None:  # noqa: B027 - most have nothing to do
        """What is to be started before the first request."""

    def close(self) -> None:  # noqa: B027 - most have nothing to do
        """What is to be done at the end, in a thread."""

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
        app = FastAPI(title=self.title, version=__version__, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
        errors(app)
        sign_in(app, self.audit, self.access, "http", self.page)
        self.add(app)
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
                lifespan="off", http=Patient, proxy_headers=False,
            )
        )  # fmt: skip
        self.begin()
        serving = asyncio.create_task(server.serve(sockets=[self.socket]))
        try:
            url = f"http://{HOST}:{self.port}/"
            await served(
                server, serving, self.stop, lambda: ready(f"{url}?token={self.access.new_token(self.who, control=True)}")
            )
        finally:
            server.should_exit = True
            await asyncio.wait([serving], timeout=2.0)
            await asyncio.to_thread(self.close)
