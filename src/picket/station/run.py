"""Life cycle of a station: checks, ports, threads, feeds, page, and an end within two seconds that loses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from picket.site import Site
from picket.station.access import Access
from picket.station.api import make_app
from picket.station.core import Core
from picket.station.feeds import Feed, PlaybackClock, feeds_of, listen
from picket.station.open_bind import refusal
from picket.station.patience import Patient
from picket.station.sealing import Sealing
from picket.station.sequence import GATHER_S

ERASE_EVERY_S = 3600.0
SITE_EVERY_S = 3.0  # between two looks at the site file


class StationError(ValueError):
    """A station that cannot start as asked; the message says what to do."""


class Server(uvicorn.Server):
    """uvicorn without its signal handlers: the station has its own, which end everything in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves the signals alone."""
        yield


class Station:
    """One station, from its checked site file to its end. `address` is known after `open`."""

    def __init__(
        self, site: Site, archive: Path | None = None, *, seed: int = 0, clock: Callable[[], float] = time.time,
        pace: Callable[[], float] = time.monotonic, opened: Mapping[str, socket.socket] | None = None,
    ) -> None:  # fmt: skip
        """clock: station time; pace: seconds by which its ticks are spaced. Those of an exercise stand still and run faster.

        opened: feed address -> a socket that was bound before (feed/transport/udp.py).
        """
        self.site, self._clock, self._pace = site, clock, pace
        self.folder = archive or Path(site.folder) / site.archive.path
        self.feeds: list[Feed] = feeds_of(site)
        for feed in self.feeds:
            feed.link.opened = (opened or {}).get(feed.url)
        self.playback = self._playback()
        self.core = self._make_core(seed)
        self.core.radios = self._radios()
        self.sealing = self.core.sealing = Sealing(site, self.folder, seed, time.time)
        self.access = Access(self.folder / "secrets", time.time)
        self.scheme = "https" if site.station.tls_certificate else "http"
        self.socket: socket.socket | None = None
        self.stop = asyncio.Event()
        self.more: list[Callable[[FastAPI], None]] = []  # routes of whoever runs it for more than watching

    def _make_core(self, seed: int) -> Core:
        return Core(self.site, self.folder, seed=seed, clock=self.playback or self._clock)

    def _playback(self) -> PlaybackClock | None:
        recordings = [f for f in self.feeds if f.is_recording]
        if not recordings:
            return None
        return PlaybackClock(float(recordings[0].address.options.get("speed", 1.0)))

    def _radios(self) -> Any:
        """The site's radios; None without any. They need the spectrum room's libraries, which a station without a radio does not."""
        if not self.site.radio:
            return None
        try:
            from picket.station.radios import Radios, check_with_feeds
        except ModuleNotFoundError as e:
            raise StationError(f"[[radio]] needs {e.name}, which is not installed: pip install 'picket[spectrum]'") from None
        wrong = check_with_feeds(self.site, self.playback is not None)
        if wrong:
            raise StationError(wrong)
        return Radios(self.core)

    # -- opening ---------------------------------------------------------------------------------------------------
    def open(self) -> None:
        """Binds the page's port. Raises StationError for a busy port, or an open bind without TLS and a user."""
        s = self.site.station
        if (why := refusal(self.site, self.folder)) is not None:
            raise StationError(why)
        self.socket = bind(s.host, s.port)

    @property
    def port(self) -> int:
        """The page's port."""
        assert self.socket is not None
        return int(self.socket.getsockname()[1])

    @property
    def address(self) -> str:
        """The page's address without a token."""
        host = self.site.station.host
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
        return f"{self.scheme}://{shown}:{self.port}/"

    def serves(self, host: str) -> bool:
        """Whether a Host header (lower case) names this station.

        A page of another site cannot choose its Host: it is the name that the browser looked up. An open bind (0.0.0.0, ::) is
        asked for by whatever address the machine has, and an address in digits was not looked up by anyone.
        """
        usual = ":443" if self.scheme == "https" else ":80"
        name, _, port = (host if re.search(r":\d+$", host) else host + usual).rpartition(":")
        if port != str(self.port):
            return False
        own = self.site.station.host.lower()
        known = {"127.0.0.1", "localhost", "[::1]", f"[{own}]" if ":" in own else own, socket.gethostname().lower()}
        return name in known or (own in ("0.0.0.0", "::") and _is_address(name))

    # -- running ---------------------------------------------------------------------------------------------------
    async def run(self, ready: Callable[[str], None]) -> None:
        """Runs until SIGTERM, SIGINT or `stop`. `ready` gets the one-time address to open."""
        end_on_signals(self.stop)
        if self.socket is None:
            self.open()
        self.core.start()
        app, hub = make_app(self.core, self.feeds, self.access, self.serves, self.scheme, self.more)
        server = Server(
            uvicorn.Config(
                app, log_level="warning", access_log=False, ws="websockets-sansio", ws_per_message_deflate=False, ws_max_size=65_536,
                timeout_graceful_shutdown=1, server_header=False, lifespan="off", http=Patient, proxy_headers=False,
                ssl_certfile=self._beside(self.site.station.tls_certificate), ssl_keyfile=self._beside(self.site.station.tls_key),
            )
        )  # fmt: skip
        self.core.notifier.start()
        assert self.socket is not None
        serving = asyncio.create_task(server.serve(sockets=[self.socket]))
        work = (self._ticks(), self._erase(), self._watch_site(), self.sealing.run(), *(self._feed(f) for f in self.feeds))
        jobs = [asyncio.create_task(job) for job in work]
        if self.core.radios is not None:
            jobs.append(asyncio.create_task(self.core.radios.run()))
        try:
            await served(
                server,
                serving,
                self.stop,
                lambda: ready(f"{self.address}?token={self.access.new_token('officer', control=True)}"),
            )
        finally:
            self.stop.set()
            hub.closing.set()
            server.should_exit = True
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, self.core.notifier.stop(), return_exceptions=True)
            self.core.end()
            await asyncio.to_thread(self.core.stop)
            await asyncio.wait([serving], timeout=1.0)
        if serving.done() and (error := serving.exception()) is not None:
            raise StationError(f"the page's server ended: {type(error).__name__}: {error}")
        if self.core.writer.problem:
            raise StationError(self.core.writer.problem)

    async def _feed(self, feed: Feed) -> None:
        try:
            await listen(feed, self.core, self.stop, self.playback)
        except Exception as e:  # one feed must not end the others: its state says what happened
            feed.link.state, feed.link.detail = "down", f"{type(e).__name__}: {e}"
            self.core.sequencer.emit(
                "link", {"feed": feed.shown, "sensors": [s.id for s in feed.sensors], "state": "down", "detail": feed.link.detail}
            )

    async def _ticks(self) -> None:
        """Time passes at the site's pace; rows that were gathered in between go on much sooner."""
        tick_s, last = self.site.station.tick_s, float("-inf")
        while True:
            await asyncio.sleep(GATHER_S)
            now = self._pace()
            try:
                if now - last >= tick_s:
                    last = now
                    self.core.tick()
                else:
                    self.core.sequencer.flush()
            except Exception as e:  # time must go on, whatever one batch holds
                self.core.problem = f"what came in could not be recorded: {type(e).__name__}: {e}"

    async def _watch_site(self) -> None:
        """Notices when somebody edits the site file by hand: health says so, and the log has it."""
        while True:
            note = await asyncio.to_thread(self.core.keeper.note)
            if note is not None and note != self.core.site_note:
                self.core.audit("station", "noticed an edit of the site file", words=note)
            self.core.site_note = note
            await asyncio.sleep(SITE_EVERY_S)

    async def _erase(self) -> None:
        while True:
            try:
                gone = self.core.operators.erase_old(self.core.clock() or time.time())
                if gone:
                    self.core.audit("station", "erased operator positions past their time", files=gone)
            except OSError as e:
                self.core.problem = f"operator positions past their time cannot be erased: {e.strerror or e} ({e.filename})"
            await asyncio.sleep(ERASE_EVERY_S)

    def _beside(self, name: str | None) -> Any:
        return str(Path(self.site.folder) / name) if name else None


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises StationError for a port that is taken."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(128)
    except OSError as e:
        made.close()
        raise StationError(
            f"{host} port {port}: {e.strerror or e}; another station may run, choose another with --port (0: any free one)"
        ) from None
    return made


def end_on_signals(stop: asyncio.Event) -> None:
    """SIGTERM and SIGINT set `stop`."""
    loop = asyncio.get_running_loop()
    for sig in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(ValueError, RuntimeError):  # not in the main thread: whoever runs us there sets `stop`
            loop.add_signal_handler(sig, stop.set)


async def served(server: Server, serving: asyncio.Task[None], stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Calls `ready` once the server takes requests; returns when `stop` is set or the server ends."""
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    if not serving.done():
        ready()
    await asyncio.wait([asyncio.create_task(stop.wait()), serving], return_when=asyncio.FIRST_COMPLETED)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
