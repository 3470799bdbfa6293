"""UDP, unicast and multicast: everything that waits in the socket becomes one chunk, up to 256 KiB or 512 datagrams.

The socket asks for a 4 MiB buffer, which holds a burst while the loop is busy elsewhere; what the kernel drops nevertheless
it counts itself (SO_RXQ_OVFL, Linux), and that count becomes `kernel_dropped`. A multicast socket binds to its group, so that
other groups on the same port stay out. Datagrams without content are counted as empty_payload.

A station binds its sockets first (`open_early`) and loads itself then: what arrives meanwhile waits in the kernel, which stamps
it with its time of arrival, so that a start costs no rows and no row is dated by when it was read.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import struct
from collections.abc import Iterable
from typing import Any

from picket.feed.format import Chunk
from picket.feed.transport import MOST_BYTES, MOST_PAYLOADS, Address, AddressError, Clock, Deliver, LinkHealth, parse_feed, wait
from picket.feed.transport.backoff import Backoff

BUFFER = 4 << 20
LARGEST = 65_535
_SO_RXQ_OVFL = getattr(socket, "SO_RXQ_OVFL", 40)  # Linux asm-generic/socket.h; Python has no name for it
_SO_TIMESTAMPNS = 35  # Linux asm-generic/socket.h; a message of this kind carries a struct timespec
_STAMP = struct.Struct("@qq")
_ANCILLARY = socket.CMSG_SPACE(4) + socket.CMSG_SPACE(_STAMP.size)
_MOST_WAITED_S = 60.0  # a stamp further back is not of the clock that the station goes by


def open_socket(address: Address) -> socket.socket:
    """A bound, non-blocking UDP socket, joined to the group when the address is one. Raises OSError."""
    family, _, _, _, place = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_DGRAM)[0]
    s = socket.socket(family, socket.SOCK_DGRAM)
    try:
        s.setblocking(False)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        with contextlib.suppress(OSError):  # not Linux: drops stay unknown
            s.setsockopt(socket.SOL_SOCKET, _SO_RXQ_OVFL, 1)
        group = ipaddress.ip_address(place[0])
        if group.is_multicast:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(place)
            _join(s, group, address.options.get("interface", ""))
        else:
            s.bind(place)
    except BaseException:
        s.close()
        raise
    return s


def open_early(feeds: Iterable[str | None]) -> dict[str, socket.socket]:
    """Feed address -> its bound socket, of those that are UDP and can be bound now; the others are opened, and their faults told, later."""
    found: dict[str, socket.socket] = {}
    for url in dict.fromkeys(feeds):
        with contextlib.suppress(AddressError, OSError):
            address = parse_feed(url)[1] if url else None
            if url and address is not None and address.transport == "udp" and _is_number(address.host):
                s = found[url] = open_socket(address)
                s.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    return found


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False  # looking a name up may take seconds
    return True


def _join(s: socket.socket, group: ipaddress.IPv4Address | ipaddress.IPv6Address, interface: str) -> None:
    """Joins a group on an interface given by name or (IPv4) by its address; the system chooses when none is given."""
    if isinstance(group, ipaddress.IPv6Address):
        index = socket.if_nametoindex(interface) if interface else 0
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group.packed + struct.pack("@I", index))
        return
    local, index = b"\0\0\0\0", 0
    try:
        local = ipaddress.IPv4Address(interface).packed if interface else local
    except ValueError:
        index = socket.if_nametoindex(interface)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group.packed + local + struct.pack("@i", index))


class _Reader:
    """Takes what waits in the socket whenever the loop says that something does."""

    def __init__(self, s: socket.socket, source: str, deliver: Deliver, link: LinkHealth, clock: Clock) -> None:
        self._socket, self._source, self._deliver, self._link, self._clock = s, source, deliver, link, clock
        self._number = 0
        self._dropped = 0
        self._waited = False  # what is read now had arrived before: the kernel's stamps say when
        self.error: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def catch_up(self) -> None:
        """Reads what waited in a socket that was bound before the station was up, dated by the kernel's stamps."""
        self._waited = True
        for _ in range(BUFFER // MOST_BYTES):  # more than that arrives while it is read
            if not self.ready():
                break
        self._waited = False
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 0)

    def ready(self) -> bool:
        """Delivers what waits, at most a chunk; False when there was nothing."""
        payloads: list[bytes] = []
        stamps: list[float] = []
        size = 0
        try:
            while size < MOST_BYTES - LARGEST and len(payloads) < MOST_PAYLOADS:
                data, ancillary, _, _ = self._socket.recvmsg(LARGEST, _ANCILLARY)
                self._count_drops(ancillary)
                if data:
                    payloads.append(data)
                    stamps.append(_stamp(ancillary) if self._waited else 0.0)
                    size += len(data)
                else:
                    self._link.left_out["empty_payload"] += 1
        except (BlockingIOError, InterruptedError):
            pass
        except OSError as e:
            if not self.error.done():
                self.error.set_exception(e)
        if not payloads:
            return False
        now, n = self._clock(), len(payloads)
        received = [at if now - _MOST_WAITED_S < at < now else now for at in stamps]
        chunk = Chunk.of(payloads, received, range(self._number, self._number + n), source=self._source, link="udp")
        self._number += n
        self._link.note(chunk)
        self._deliver(chunk)
        return True

    def _count_drops(self, ancillary: list[tuple[int, int, bytes]]) -> None:
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == _SO_RXQ_OVFL and len(data) >= 4:
                total = struct.unpack("@I", data[:4])[0]  # since the socket was opened, modulo 2**32
                new = (total - self._dropped) % 2**32
                if new:
                    self._link.left_out["kernel_dropped"] += new
                self._dropped = total


def _stamp(ancillary: list[tuple[int, int, bytes]]) -> float:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(data) >= _STAMP.size:
            seconds, nanoseconds = _STAMP.unpack(data[: _STAMP.size])
            return float(seconds) + float(nanoseconds) * 1e-9
    return 0.0


async def run(address: Address, deliver: Deliver, link: LinkHealth, clock: Clock, stop: asyncio.Event) -> None:
    """Listens until `stop`. A place that cannot be bound (not yet: an interface that is still down) is tried again."""
    loop, backoff = asyncio.get_running_loop(), Backoff(str(address))
    while not stop.is_set():
        early, link.opened = link.opened, None
        try:
            s = early if early is not None else await loop.run_in_executor(None, open_socket, address)  # a name may take seconds
        except OSError as e:
            link.state, link.detail = "waiting", f"cannot listen at {address}: {e.strerror or e}"
            await wait(stop, backoff.next())
            continue
        reader = _Reader(s, str(address), deliver, link, clock)
        link.state, link.detail = "up", f"listening at {address}"
        if early is not None:
            reader.catch_up()
        loop.add_reader(s.fileno(), reader.ready)
        stopped: asyncio.Future[Any] = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait((stopped, reader.error), return_when=asyncio.FIRST_COMPLETED)
        finally:
            loop.remove_reader(s.fileno())
            stopped.cancel()
            s.close()
        if reader.error.done() and (error := reader.error.exception()) is not None:
            link.reconnects += 1
            link.state, link.detail = "waiting", f"{address}: {error}"
            await wait(stop, backoff.next())
        reader.error.cancel()
