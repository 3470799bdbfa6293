"""Puts an exercise's frames on the wire, at their times, to the station's feeds on this machine and nowhere else.

Radars and Remote ID go out as UDP datagrams; ADS-B as lines to whoever connects to our TCP port, as a receiver serves
them. `python -m picket.train.send --help` runs the built-in demo's sensors as a process of their own (the simulator never
shares a thread with the station that it tests); it ends when its standard input closes, so it cannot outlive its parent.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ipaddress
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field

from picket.feed.transport import Address
from picket.train.wire import Frame, frames

_LATE_S = 2.0  # a machine that slept for longer goes on with the present
_BACKLOG_BYTES = 1 << 18  # a TCP client that reads nothing for this long (minutes) is let go
_NAP_S = 0.2  # the longest time between two looks at `stop`


class NotLoopbackError(ValueError):
    """An address that is not of this machine: an exercise never leaves it."""


@dataclass
class Sent:
    """What became of the frames: how many went out and how many not, by reason (too_late, no_client, refused)."""

    frames: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, reason: str) -> None:
        """Counts one."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1


async def send(
    source: Iterable[Frame],
    addresses: Mapping[str, Address],
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
    stop: asyncio.Event,
    *,
    late_s: Callable[[], float] = lambda: _LATE_S,
    on_late: Callable[[float, Sent], None] = lambda late, sent: None,
) -> Sent:
    """Sends each frame when `clock` (UNIX seconds) reaches its time, until the frames end or `stop` is set.

    addresses: channel -> address; of transport udp (we send to it) or tcp (we listen there). late_s: how late by `clock` a frame may be;
    on_late: told how late each is (below 0: early), and what became of those before. Raises NotLoopbackError before
    anything is sent, KeyError for a channel without an address and OSError where a TCP port is taken.
    """
    for channel, address in addresses.items():
        _check_loopback(channel, address)
    sent = Sent()
    lines: dict[str, _Lines] = {}
    sockets: dict[str, asyncio.DatagramTransport] = {}
    try:
        for channel, address in addresses.items():
            if address.transport == "tcp":
                lines[channel] = await _Lines.listen(address)
            else:
                sockets[channel] = await _datagrams(address, sent)
        for frame in source:
            await sleep(0.0)  # also when frames are late: others on this loop must get their turn
            while (wait := frame.time - clock()) > 0 and not stop.is_set():
                await sleep(min(wait, _NAP_S))
            if stop.is_set():
                break
            on_late(-wait, sent)
            if wait < -late_s():
                sent.leave_out("too_late")
            elif frame.channel in lines:
                lines[frame.channel].write(frame.payload, sent)
            else:
                sockets[frame.channel].sendto(frame.payload)
                sent.frames += 1
    finally:
        for transport in sockets.values():
            transport.close()
        for server in lines.values():
            await server.close()
    return sent


def _check_loopback(channel: str, address: Address) -> None:
    try:
        here = ipaddress.ip_address(address.host).is_loopback
    except ValueError:
        here = False  # a name may come to mean another machine
    if not here:
        raise NotLoopbackError(
            f"{channel}: an exercise is sent to this machine only; expected 127.0.0.1 or ::1, got {address.host!r}"
        )
    if address.transport not in ("udp", "tcp"):
        raise ValueError(f"{channel}: expected transport udp or tcp, got {address.transport!r}")


class _Datagrams(asyncio.DatagramProtocol):
    """Counts what nobody took: a station that is not there yet refuses datagrams, which is no error of ours."""

    def __init__(self, sent: Sent) -> None:
        self.sent = sent

    def error_received(self, exc: Exception) -> None:
        self.sent.leave_out("refused")


async def _datagrams(address: Address, sent: Sent) -> asyncio.DatagramTransport:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(sent), remote_addr=(address.host, address.port))
    return transport


class _Lines:
    """A TCP server that gives the same lines to every client, as dump1090 does on its port 30003."""

    def __init__(self) -> None:
        self._clients: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    @classmethod
    async def listen(cls, address: Address) -> _Lines:
        lines = cls()
        lines._server = await asyncio.start_server(lines._serve, address.host, address.port)
        return lines

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            while await reader.read(1024):  # what a client says is not for us; the end of it is
                pass
        except OSError:
            pass
        finally:
            self._drop(writer)

    def write(self, payload: bytes, sent: Sent) -> None:
        """The payload to every client; one that does not read is dropped and may connect again."""
        if not self._clients:
            sent.leave_out("no_client")
            return
        for writer in tuple(self._clients):
            writer.write(payload)
            if writer.transport.get_write_buffer_size() > _BACKLOG_BYTES:
                self._drop(writer)
        sent.frames += 1

    def _drop(self, writer: asyncio.StreamWriter) -> None:
        self._clients.discard(writer)
        writer.transport.abort()

    async def close(self) -> None:
        """No client and no port any more."""
        if self._server is not None:
            self._server.close()
        writers = tuple(self._clients)
        for writer in writers:
            self._drop(writer)
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        await asyncio.sleep(0)  # lets `_serve` see its end of input


def main(arguments: list[str] | None = None) -> int:
    """The demo's sensors, until standard input closes or a signal comes."""
    from picket.train.demo import CHANNELS, demo_exercise

    parser = argparse.ArgumentParser(prog="python -m picket.train.send", description=main.__doc__)
    for channel in CHANNELS:
        how = f"{'TCP port to listen on' if channel == 'adsb' else 'UDP port to send to'}, on 127.0.0.1"
        parser.add_argument(f"--{channel.removeprefix('radar-')}", dest=channel, type=int, required=True, help=how)
    parser.add_argument("--seed", type=int, default=1, help="the same seed and start give the same bytes")
    parser.add_argument("--start", type=float, default=None, help="UNIX seconds when the exercise begins (now)")
    options = vars(parser.parse_args(arguments))
    addresses = {c: Address("tcp" if c == "adsb" else "udp", "127.0.0.1", options[c]) for c in CHANNELS}
    start = options["start"] if options["start"] is not None else time.time()
    if not abs(start - time.time()) < 3600:
        parser.error(f"--start: expected UNIX seconds within an hour of now ({time.time():.0f}), got {start:g}")
    source = frames(demo_exercise(), options["seed"], start)
    try:
        asyncio.run(until_stdin_closes(source, addresses))
    except OSError as e:
        print(f"exercise: {e}", file=sys.stderr)
        return 1
    return 0


async def until_stdin_closes(
    source: Iterable[Frame], addresses: Mapping[str, Address], *, clock: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep, on_line: Callable[[str], None] = lambda line: None,
    late_s: Callable[[], float] = lambda: _LATE_S, on_late: Callable[[float, Sent], None] = lambda late, sent: None,
) -> Sent:  # fmt: skip
    """Sends by `clock` until the frames end, standard input closes, or SIGINT or SIGTERM comes. on_line: told each line of the input."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    # os.read, not sys.stdin: a thread inside a buffered reader holds its lock when the interpreter ends
    threading.Thread(target=_wait_for_end_of_input, args=(loop, stop, on_line), daemon=True).start()
    return await send(source, addresses, clock, sleep, stop, late_s=late_s, on_late=on_late)


def _wait_for_end_of_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event, on_line: Callable[[str], None]) -> None:
    held = b""
    with contextlib.suppress(OSError):  # no standard input at all is a closed one
        while more := os.read(0, 1024):
            *lines, held = (held + more).split(b"\n")
            for line in lines:
                on_line(line.decode("utf-8", "replace"))
    with contextlib.suppress(RuntimeError):  # the loop has ended before its input
        loop.call_soon_threadsafe(stop.set)


if __name__ == "__main__":
    sys.exit(main())
