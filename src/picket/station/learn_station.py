"""The analyst's station: the desk's API and screens on loopback, behind the same gate as a watch.

It has no feeds, no engine and no log of the air: what people decide is the desk's file of decisions. It listens on this machine
only; whoever works from elsewhere brings a tunnel.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from picket import __version__
from picket.learn.desk import Desk
from picket.site import Site
from picket.station import api_learn
from picket.station.access import Access, Gate
from picket.station.api import PAGE, errors, sign_in
from picket.station.run import Server, bind, end_on_signals, served

HOST = "127.0.0.1"


class LearnStation:
    """One desk being served. `port` is known after `open`; set `stop` to end it."""

    def __init__(self, desk: Desk, port: int, site: Site | None = None) -> None:
        self.desk, self.site, self._asked = desk, site, port
        self.access = Access(desk.folder / "secrets", time.time)
        self.stop = asyncio.Event()
        self.socket: socket.socket | None = None

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
        app = FastAPI(title="Picket desk", version=__version__, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
        errors(app)
        sign_in(app, _unlogged, self.access, "http", "learn.html")
        api_learn.add(app, self.desk, self.site)
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
        serving = asyncio.create_task(server.serve(sockets=[self.socket]))
        try:
            url = f"http://{HOST}:{self.port}/"
            await served(server, serving, self.stop, lambda: ready(f"{url}?token={self.access.new_token('analyst')}"))
        finally:
            server.should_exit = True
            await asyncio.wait([serving], timeout=2.0)
            await asyncio.to_thread(self.desk.close)


def _unlogged(who: str, what: str) -> None:
    """A desk keeps no log of looks: it holds published reports only. Decisions carry who and when."""
