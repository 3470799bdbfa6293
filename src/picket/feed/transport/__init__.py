"""How live bytes get in: one file per transport, each an `async def run(...)` that turns what arrives into chunks.

A feed's address is `format+transport://place`, as in the site file:

    asterix+udp://0.0.0.0:8600                       datagrams to this port
    asterix+udp://239.1.2.3:8600?interface=eth1      a multicast group, joined on an interface (name or IPv4 address)
    sbs+tcp://receiver.local:30003?timeout=60        connects, and connects again; a peer silent for `timeout` s counts as dead
    sapient+listen://127.0.0.1:5020?peers=16         waits for peers to connect; each is a source of its own and can be answered
    dronescout+mqtt://broker:1883/sensor/+/upload?qos=1&user=picket&password_file=/etc/picket/mqtt   (mqtts: with TLS)
    readsb+http://127.0.0.1:8080/data/aircraft.json?every=1      asks for a document again and again (https: with TLS)
    table+stdin://-                                  standard input
    asterix+file:///data/tuesday.pcap?speed=10       a recording as a live feed (docs/formats.md)

A transport never decodes and never computes longer than a few milliseconds between two awaits. It calls `deliver(chunk)` on the
loop's thread; what it cannot keep (the kernel's drops) it counts in `link.left_out`. The clock comes in as an argument.
"""

from __future__ import annotations

import asyncio
import importlib
import re
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from picket.feed.format import Chunk

__all__ = ["Address", "AddressError", "LinkHealth", "Run", "parse_feed", "run", "unless", "wait"]

MOST_BYTES = 256 * 1024  # of one delivered chunk
MOST_PAYLOADS = 512

Deliver = Callable[[Chunk], None]
Clock = Callable[[], float]
T = TypeVar("T")
State = Literal["connecting", "up", "waiting", "down"]

# transport -> (module, default port, options it knows)
_TRANSPORTS: dict[str, tuple[str, int | None, frozenset[str]]] = {
    "udp": ("udp", None, frozenset({"interface"})),
    "tcp": ("tcp", None, frozenset({"timeout"})),
    "listen": ("listen", None, frozenset({"peers", "timeout"})),
    "mqtt": ("mqtt", 1883, frozenset({"qos", "user", "password_file", "client_id", "timeout"})),
    "mqtts": ("mqtt", 8883, frozenset({"qos", "user", "password_file", "client_id", "timeout", "ca"})),
    "http": ("http", 80, frozenset({"every", "timeout", "query", "user", "password_file"})),
    "https": ("http", 443, frozenset({"every", "timeout", "query", "user", "password_file", "ca"})),
    "stdin": ("stdin", None, frozenset()),
    "file": ("", None, frozenset({"speed", "start", "rate"})),  # no line at all: picket.feed.playback decodes and paces it
}


class AddressError(ValueError):
    """A feed's address that cannot be used; the message says what was expected, what came and an example."""


@dataclass(frozen=True)
class Address:
    """Where a feed comes from. `str(address)` is the table's `source` and never holds a password."""

    transport: str
    host: str = ""
    port: int = 0
    path: str = ""
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    options: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        if self.transport == "stdin":
            return "-"
        if self.transport == "file":
            return self.path
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.transport}://{host}:{self.port}{self.path}"


@dataclass
class LinkHealth:
    """How one feed's line is doing; changed by its transport, read by health, doctor and the page."""

    state: State = "connecting"
    detail: str = ""
    payloads: int = 0
    bytes: int = 0
    reconnects: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    opened: socket.socket | None = None  # a socket that was bound before the station was up: its transport takes it

    def note(self, chunk: Chunk) -> None:
        """Counts a chunk that is being delivered."""
        self.state = "up"
        self.payloads += chunk.starts.size
        self.bytes += len(chunk.data)


class Run(Protocol):
    """A transport: runs until `stop` is set (or its input ends for good) and delivers chunks meanwhile."""

    def __call__(
        self, address: Address, deliver: Deliver, link: LinkHealth, clock: Clock, stop: asyncio.Event
    ) -> Awaitable[None]: ...


def parse_feed(url: str) -> tuple[str, Address]:
    """(format name, address) of "format+transport://...". Raises AddressError.

    >>> parse_feed("asterix+udp://127.0.0.1:8600")[1].port
    8600
    """
    example = "expected format+transport://place, as in asterix+udp://127.0.0.1:8600"
    match = re.fullmatch(r"([a-z0-9_-]+)\+([a-z]+)://(\S*)", url)
    if match is None:
        raise AddressError(f"{_shown(url)}: {example}")
    format_name, transport, _ = match.groups()
    if transport not in _TRANSPORTS:
        raise AddressError(f"{_shown(url)}: unknown transport {transport!r}, expected one of {', '.join(_TRANSPORTS)}")
    _, default_port, known = _TRANSPORTS[transport]
    try:
        parts = urlsplit(url.replace("#", "%23"))  # MQTT's wildcard, not a fragment
        port = parts.port or default_port or 0
    except ValueError as e:
        raise AddressError(f"{_shown(url)}: {e}; {example}") from None
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name in options:
        if name not in known:
            hint = f"it knows {', '.join(sorted(known))}" if known else "it has none"
            raise AddressError(f"{_shown(url)}: {transport} has no option {name!r}; {hint}")
    address = Address(
        transport, parts.hostname or "", port, unquote(parts.path), parts.username and unquote(parts.username),
        parts.password and unquote(parts.password), options,
    )  # fmt: skip
    _check(url, address)
    return format_name, address


def _shown(url: str) -> str:
    """The address for a message: a password in it does not go to logs."""
    return re.sub(r"(//[^/@\s]*?:)[^/@\s]*@|(password=)[^&\s]*", r"\1\2***", url)


def _check(url: str, address: Address) -> None:
    kind, problem = address.transport, ""
    if kind in ("udp", "tcp", "listen") and (not address.host or not address.port):
        problem = f"a {kind} feed needs a host and a port ({kind}://127.0.0.1:8600)"
    elif kind in ("mqtt", "mqtts") and (not address.host or len(address.path) < 2):
        problem = f"an MQTT feed needs a host and a topic ({kind}://broker:1883/sensor/+/upload)"
    elif kind in ("http", "https") and not address.host:
        problem = f"an HTTP feed needs a host ({kind}://127.0.0.1:8080/data/aircraft.json)"
    elif kind == "file" and not (address.host + address.path):
        problem = "a file feed needs a path (asterix+file:///data/tuesday.pcap)"
    elif kind == "file" and address.host:
        problem = f"a file's path begins after three slashes (file:///{address.host}{address.path})"
    ranges = (
        ("timeout", 0.1, 86400.0), ("every", 0.2, 3600.0), ("peers", 1, 1024), ("speed", 0.001, 1e6), ("start", 0.0, 4102444800.0),
        ("rate", 1.0, 1e12), ("qos", 0.0, 2.0),
    )  # fmt: skip
    for name, low, high in ranges:
        value = address.options.get(name)
        if value is not None and not problem:
            try:
                fits = low <= float(value) <= high
            except ValueError:
                fits = False
            if not fits or (name == "qos" and value not in ("0", "1", "2")) or (name == "peers" and not value.isdecimal()):
                problem = f"{name}: expected {low:g} to {high:g}, got {value!r}"
    if problem:
        raise AddressError(f"{_shown(url)}: {problem}")


async def run(address: Address, deliver: Deliver, link: LinkHealth, clock: Clock, stop: asyncio.Event) -> None:
    """Runs the transport that the address names until `stop` is set. A file has none: see picket.feed.playback."""
    module = importlib.import_module(f"picket.feed.transport.{_TRANSPORTS[address.transport][0]}")
    try:
        await module.run(address, deliver, link, clock, stop)
    finally:
        link.state = "down"


async def unless(stop: asyncio.Event, work: Awaitable[T], seconds: float | None = None) -> asyncio.Future[T] | None:
    """The finished future of `work`; None when `stop` was set or the time ran out before (then it is cancelled)."""
    working, stopped = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((working, stopped), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return working if working.done() else None
    finally:
        stopped.cancel()
        if not working.done():
            working.cancel()
            await asyncio.wait((working,), timeout=1.0)


async def wait(stop: asyncio.Event, seconds: float) -> bool:
    """Waits that long, or until `stop` is set; True when it is."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return stop.is_set()
    return True
