"""The analyst's station: the desk's API and screens on loopback, behind the same gate as a watch.

It has no feeds, no engine and no log of the air: what people decide is the desk's file of decisions. It listens on this machine
only; whoever works from elsewhere brings a tunnel.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
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
from picket.station.run import Server, StationError

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
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self.socket.bind((HOST, self._asked))
            self.socket.listen(64)
        except OSError as e:
            self.socket.close()
            raise StationError(
                f"{HOST} port {self._asked}: {e.strerror or e}; choose another with --port (0: any free one)"
            ) from None

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
        loop = asyncio.get_running_loop()
        for sig in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(ValueError, RuntimeError):  # not in the main thread: whoever runs us there sets `stop`
                loop.add_signal_handler(sig, self.stop.set)
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
            while not server.started and not serving.done():
                await asyncio.sleep(0.01)
            if not serving.done():
                ready(f"http://{HOST}:{self.port}/?token={self.access.new_token('analyst')}")
            await asyncio.wait([asyncio.create_task(self.stop.wait()), serving], return_when=asyncio.FIRST_COMPLETED)
        finally:
            server.should_exit = True
            await asyncio.wait([serving], timeout=2.0)
            await asyncio.to_thread(self.desk.close)


def _unlogged(who: str, what: str) -> None:
    """A desk keeps no log of looks: it holds published reports only. Decisions carry who and when."""
