"""The site file's live feeds: one transport and one decoder per address, its sensors told apart by their `match`."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

from picket.feed import Chunk, Decoded, Decoder, Format, Options, transport
from picket.feed.assign import Assigner
from picket.feed.playback import play
from picket.feed.recording import extra_format, find_format
from picket.feed.simulated import live_only
from picket.feed.transport import Address, LinkHealth, parse_feed
from picket.site import Sensor, Site
from picket.station.core import Core
from picket.station.sensors import hide_password
from picket.station.turns import Gather, Turns

MOST_SOURCES = 2048  # decoders of one feed; a listening feed has at most 1024 peers


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
    try:
        extra = [extra_format(name) for name in site.station.extra_feeds]
    except ValueError as e:
        raise FeedError(f"station.extra_feeds: {e}") from None
    found: dict[str, Feed] = {}
    for sensor in site.sensor:
        if sensor.feed is None:
            continue
        if sensor.feed in found:
            found[sensor.feed].sensors.append(sensor)
            first = found[sensor.feed].sensors[0]
            if sensor.edition != first.edition:
                raise FeedError(
                    f"sensor {sensor.id!r}: edition {sensor.edition!r}, but {first.id!r} on the same feed has {first.edition!r}; "
                    "a feed has one decoder: give both the same, or each a feed of its own"
                )
            continue
        try:
            name, address = parse_feed(sensor.feed)
            form = next((f for f in extra if f.name == name), None) or find_format(name)
            form.make(Options(edition=sensor.edition))  # a library that is missing is told now, not when bytes come
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
    decoders, assigner = Decoders(feed.format, options), Assigner(core.site, feed.sensors)

    live = options.origin == "live"

    def decode(chunk: Chunk) -> None:
        decoded = decoders.decode(chunk)
        core.sequencer.add(name, assigned(live_only(decoded) if live else decoded, assigner))

    turns = Turns(decode)
    gather = Gather(turns.deliver)
    await transport.run(feed.address, gather.deliver, feed.link, core.clock, stop)
    gather.flush()
    turns.finish()
    last = decoders.finish()
    core.sequencer.add(name, assigned(live_only(last) if live else last, assigner))


class Decoders:
    """One decoder for each source of a feed: most have one, a listening feed has one for each peer while it is connected.

    What a decoder remembers of one peer (a half message, a registration) is never mixed with another's. Answers go back to the peer.
    """

    def __init__(self, form: Format, options: Options) -> None:
        self._form, self._options = form, options
        self._of: dict[str, Decoder] = {}

    def __len__(self) -> int:
        return len(self._of)

    def decode(self, chunk: Chunk) -> Decoded:
        """The chunk's rows; with a peer's last chunk, what its decoder held back too."""
        parts: list[Decoded] = []
        decoder = self._of.get(chunk.source)
        if decoder is None:
            if len(self._of) >= MOST_SOURCES:  # a transport that never says `closes` cannot make this grow
                parts.append(self._of.pop(next(iter(self._of))).finish())
            decoder = self._of[chunk.source] = self._form.make(self._options)
        decoded = decoder.decode(chunk)
        parts.append(decoded)
        if decoded.reply and chunk.reply is not None:
            chunk.reply(decoded.reply)
        if chunk.closes:
            parts.append(self._of.pop(chunk.source).finish())
        return Decoded.join(parts) if len(parts) > 1 else decoded

    def finish(self) -> Decoded:
        """What the decoders of all sources still held back."""
        gone, self._of = list(self._of.values()), {}
        return Decoded.join([d.finish() for d in gone])


async def _play(feed: Feed, core: Core, stop: asyncio.Event, playback: PlaybackClock, name: str) -> None:
    origin = "exercise" if core.site.station.origin == "exercise" else "replay"
    options = Options(origin=origin, edition=feed.sensors[0].edition)
    assigner = Assigner(core.site, feed.sensors)

    def deliver(decoded: Decoded, recorded: float) -> None:
        playback.reached(recorded)
        core.sequencer.add(name, assigned(decoded, assigner))

    await play(feed.address, feed.format, options, deliver, feed.link, time.time, stop)


def prime(form: Format, options: Options) -> None:
    """Loads a format's kernels by decoding a payload of one byte, in a decoder that is thrown away."""
    decoder = form.make(options)
    for link in form.links:
        decoder.decode(Chunk.one(b"\0", received=0.0, link=link))


def assigned(decoded: Decoded, assigner: Assigner) -> Decoded:
    """The rows under the site file's sensor ids."""
    detections, unknown = assigner(decoded.detections)
    operators, unknown_too = assigner(decoded.operators)
    status, unknown_as_well = assigner(decoded.status)
    return Decoded(detections, operators, status, decoded.left_out + unknown + unknown_too + unknown_as_well)


async def _watch_link(feed: Feed, core: Core) -> None:
    """Writes a record when the link goes up or down."""
    shown = None
    ids = [s.id for s in feed.sensors]
    while True:
        if feed.link.state != shown:
            shown = feed.link.state
            core.sequencer.emit("link", {"feed": feed.shown, "sensors": ids, "state": shown, "detail": feed.link.detail})
        await asyncio.sleep(0.2)
