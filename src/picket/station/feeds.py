"""The site file's live feeds: one transport and one decoder per address, its sensors told apart by their `match`."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from picket.feed import Chunk, Decoded, Format, Options, transport
from picket.feed.assign import assign
from picket.feed.playback import play
from picket.feed.recording import find_format
from picket.feed.transport import Address, LinkHealth, parse_feed
from picket.site import Sensor, Site
from picket.station.core import Core
from picket.station.sensors import hide_password

PIECE_BYTES = 32 * 1024  # decoded between two turns of the loop: 1 to 2 ms of ASTERIX, Remote ID or SBS
PIECE_PAYLOADS = 128


class FeedError(ValueError):
    """A feed of the site file that cannot be started; the message names the sensor and what to do."""


@dataclasses.dataclass
class Feed:
    """One address that is listened to."""

    url: str
    format: Format
    address: Address
    sensors: list[Sensor]
    link: LinkHealth
    is_recording: bool = False

    @property
    def shown(self) -> str:
        """The address without user and password."""
        return hide_password(self.url) or ""


def feeds_of(site: Site) -> list[Feed]:
    """The feeds of a site, one per address. Raises FeedError for one that cannot be understood."""
    extra = [_extra(name) for name in site.station.extra_feeds]
    found: dict[str, Feed] = {}
    for sensor in site.sensor:
        if sensor.feed is None:
            continue
        if sensor.feed in found:
            found[sensor.feed].sensors.append(sensor)
            continue
        try:
            name, address = parse_feed(sensor.feed)
            form = next((f for f in extra if f.name == name), None) or find_format(name)
        except ValueError as e:
            raise FeedError(f"sensor {sensor.id!r}: {e}") from None
        found[sensor.feed] = Feed(sensor.feed, form, address, [sensor], LinkHealth(), address.transport == "file")
    feeds = list(found.values())
    if any(f.is_recording for f in feeds) and not all(f.is_recording for f in feeds):
        raise FeedError("a station plays recordings (file: feeds) or listens to sensors, not both at once: their clocks differ")
    for f in feeds:
        if f.is_recording and not Path(f.address.path).is_file():
            raise FeedError(f"sensor {f.sensors[0].id!r}: no recording at {f.address.path}; give its path after three slashes")
    return feeds


def _extra(name: str) -> Format:
    """A feed from another package: `module:ATTRIBUTE`, named in the site file, never found by scanning."""
    module, _, attribute = name.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute or "FORMAT")  # type: ignore[no-any-return]
    except (ImportError, AttributeError) as e:
        raise FeedError(f"station.extra_feeds: {name!r} cannot be loaded ({e}); expected package.module:FORMAT") from None


class PlaybackClock:
    """Station time while recordings are played: the recorded time that was reached, going on at the played pace for a second."""

    def __init__(self, speed: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._speed, self._monotonic = speed, monotonic
        self._time = self._at = 0.0

    def reached(self, recorded: float) -> None:
        """The recording has come to this UNIX time (NaN: nobody knows)."""
        if recorded > self._time:
            self._time, self._at = recorded, self._monotonic()

    def __call__(self) -> float:
        """UNIX seconds of the recording; 0 before its first rows."""
        return self._time + min((self._monotonic() - self._at) * self._speed, 1.0) if self._time else 0.0


async def listen(feed: Feed, core: Core, stop: asyncio.Event, playback: PlaybackClock | None) -> None:
    """Runs one feed until `stop`: bytes -> rows -> the sequencer; changes of its link become records."""
    name = feed.sensors[0].id if len(feed.sensors) == 1 else feed.shown
    watch = asyncio.create_task(_watch_link(feed, core))
    try:
        if playback is not None:
            await _play(feed, core, stop, playback, name)
        else:
            await _hear(feed, core, stop, name)
    finally:
        watch.cancel()


async def _hear(feed: Feed, core: Core, stop: asyncio.Event, name: str) -> None:
    options = Options(origin=core.site.station.origin, edition=feed.sensors[0].edition)
    await asyncio.to_thread(prime, feed.format, options)  # a kernel that must be loaded first is not loaded in the loop
    decoder = feed.format.make(options)

    def decode(chunk: Chunk) -> None:
        core.sequencer.add(name, _assigned(decoder.decode(chunk), core.site, feed.sensors))

    turns = Turns(decode)
    await transport.run(feed.address, turns.deliver, feed.link, time.time, stop)
    turns.finish()
    core.sequencer.add(name, _assigned(decoder.finish(), core.site, feed.sensors))


class Turns:
    """Decodes what a transport delivers piece by piece, with the loop's turn in between: no callback computes for long.

    Under a flood the next chunk comes before the last one is done: the rest of that is decoded first then, so that never more
    than one chunk waits (a transport's chunk is bounded) and nothing is left out here.
    """

    def __init__(self, decode: Callable[[Chunk], None]) -> None:
        self._decode = decode
        self._waiting: deque[Chunk] = deque()
        self._loop = asyncio.get_running_loop()

    def deliver(self, chunk: Chunk) -> None:
        """Takes a chunk and decodes its first piece."""
        self.finish()
        self._waiting.extend(pieces(chunk))
        self._turn()

    def _turn(self) -> None:
        if self._waiting:
            piece = self._waiting.popleft()
            if self._waiting:
                self._loop.call_soon(self._turn)
            self._decode(piece)

    def finish(self) -> None:
        """Decodes what still waits."""
        while self._waiting:
            self._decode(self._waiting.popleft())


def pieces(chunk: Chunk) -> Iterator[Chunk]:
    """The chunk cut between payloads, and in a stream's bytes anywhere, into pieces that are decoded in a few milliseconds."""
    if chunk.link == "stream" and chunk.starts.size == 1:
        for at in range(0, len(chunk.data), PIECE_BYTES):
            part = chunk.data[at : at + PIECE_BYTES]
            ends = np.array([len(part)], np.int64)
            yield dataclasses.replace(chunk, data=part, ends=ends, offsets=chunk.offsets + at)
        return
    first, n = 0, chunk.starts.size
    while first < n:
        room = int(np.searchsorted(chunk.ends, chunk.starts[first] + PIECE_BYTES, "right"))
        last = max(first + 1, min(room, first + PIECE_PAYLOADS, n))
        begin, rows = int(chunk.starts[first]), slice(first, last)
        yield dataclasses.replace(
            chunk, data=chunk.data[begin : int(chunk.ends[last - 1])], starts=chunk.starts[rows] - begin,
            ends=chunk.ends[rows] - begin, received=chunk.received[rows], offsets=chunk.offsets[rows],
        )  # fmt: skip
        first = last


async def _play(feed: Feed, core: Core, stop: asyncio.Event, playback: PlaybackClock, name: str) -> None:
    origin = "exercise" if core.site.station.origin == "exercise" else "replay"
    options = Options(origin=origin, edition=feed.sensors[0].edition)

    def deliver(decoded: Decoded, recorded: float) -> None:
        playback.reached(recorded)
        core.sequencer.add(name, _assigned(decoded, core.site, feed.sensors))

    await play(feed.address, feed.format.name, options, deliver, feed.link, time.time, stop)


def prime(form: Format, options: Options) -> None:
    """Loads a format's kernels by decoding a payload of one byte, in a decoder that is thrown away."""
    decoder = form.make(options)
    for link in form.links:
        decoder.decode(Chunk.one(b"\0", received=0.0, link=link))


def _assigned(decoded: Decoded, site: Site, sensors: Iterable[Sensor]) -> Decoded:
    """The rows under the site file's sensor ids."""
    left_out = decoded.left_out.copy()
    tables: dict[str, Any] = {}
    for table in ("detections", "operators", "status"):
        batch, unknown = assign(getattr(decoded, table), site, list(sensors))
        tables[table] = batch
        left_out.update(unknown)
    return Decoded(left_out=left_out, **tables)


async def _watch_link(feed: Feed, core: Core) -> None:
    """Writes a record when the link goes up or down."""
    shown = None
    ids = [s.id for s in feed.sensors]
    while True:
        if feed.link.state != shown:
            shown = feed.link.state
            core.sequencer.emit("link", {"feed": feed.shown, "sensors": ids, "state": shown, "detail": feed.link.detail})
        await asyncio.sleep(0.2)
