"""MQTT 3.1.1 subscriber (aiomqtt): every message is one payload; what waits is delivered together.

The URL's path is the topic filter: `mqtt://broker/sensor/+/upload` subscribes to `sensor/+/upload`. A topic that itself
begins with a slash gets two: `mqtt://broker//sensor/+/upload`. User and password stand in the URL, or the password in a
file (`?password_file=`, read at every connect); they are never part of a message, a log line or the table's `source`.
`mqtts` checks the broker's certificate against the system's authorities, or those in `?ca=`.

Bounded: messages over 256 KiB are counted as oversized_payload; while more than 16 MiB wait, new ones are counted as queue_full.
Retained messages are old news with a new receive time: counted as retained and left out.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

from picket.feed.format import Chunk
from picket.feed.transport import MOST_BYTES, MOST_PAYLOADS, Address, Clock, Deliver, LinkHealth, unless
from picket.feed.transport.backoff import Backoff

if TYPE_CHECKING:
    import aiomqtt

TIMEOUT_S = 10.0
MOST_WAITING = 16 << 20
_HAND_SHAKE_ERRORS = (OSError, ValueError, TimeoutError)


def _bounded_queue(link: LinkHealth) -> type[asyncio.Queue[Any]]:
    """A queue class that refuses and counts what would fill the memory; aiomqtt builds one per connection."""

    class Bounded(asyncio.Queue[Any]):
        waiting = 0

        def put_nowait(self, item: Any) -> None:
            size = len(item.payload) if isinstance(item.payload, (bytes, bytearray)) else 0
            if item.retain:
                link.left_out["retained"] += 1
            elif size > MOST_BYTES:
                link.left_out["oversized_payload"] += 1
            elif self.waiting + size > MOST_WAITING:
                link.left_out["queue_full"] += 1
            elif size == 0:
                link.left_out["empty_payload"] += 1
            else:
                self.waiting += size
                super().put_nowait(item)

        def _get(self) -> Any:
            item = super()._get()
            self.waiting -= len(item.payload)
            return item

    return Bounded


async def run(
    address: Address,
    deliver: Deliver,
    link: LinkHealth,
    clock: Clock,
    stop: asyncio.Event,
    *,
    chance: random.Random | None = None,
) -> None:
    """Subscribes and delivers until `stop`, connecting again when the line breaks. Raises RuntimeError without aiomqtt."""
    try:
        import aiomqtt
    except ImportError:
        link.detail = 'MQTT feeds need aiomqtt: pip install "picket[station]"'
        raise RuntimeError(link.detail) from None
    backoff = Backoff(str(address), chance)
    numbers = _Numbers()
    while not stop.is_set():
        link.state, link.detail = "connecting", f"connecting to {address}"
        session = await unless(stop, _session(address, numbers, deliver, link, clock, backoff))
        error = session.exception() if session is not None else None
        if error is not None and not isinstance(error, (aiomqtt.MqttError, *_HAND_SHAKE_ERRORS)):
            raise error
        why = (getattr(error, "strerror", None) or str(error)) if error is not None else ""
        if not stop.is_set():
            link.reconnects += 1
            await backoff.wait(link, stop, f"{address}: {why or 'the broker closed the connection'}")


class _Numbers:
    """The number of the next message, counted over all connections."""

    next = 0


def topic(address: Address) -> str:
    """The topic filter of an address: its path without the slash that separates it from the host."""
    return address.path[1:]


def _client(address: Address, link: LinkHealth) -> aiomqtt.Client:
    import aiomqtt

    user, password = address.user or address.options.get("user"), address.password
    if (path := address.options.get("password_file")) is not None:
        password = Path(path).read_text("utf-8-sig").strip("\r\n")
    tls = None
    if address.transport == "mqtts":
        import ssl

        tls = ssl.create_default_context(cafile=address.options.get("ca"))
    return aiomqtt.Client(
        address.host,
        address.port,
        username=user,
        password=password,
        identifier=address.options.get("client_id"),
        timeout=float(address.options.get("timeout", TIMEOUT_S)),
        keepalive=30,
        tls_context=tls,
        queue_type=_bounded_queue(link),
    )


async def _session(
    address: Address, numbers: _Numbers, deliver: Deliver, link: LinkHealth, clock: Clock, backoff: Backoff
) -> None:
    """One connection: subscribes and delivers until it is cancelled; raises MqttError when the connection breaks."""
    async with _client(address, link) as client:
        await client.subscribe(topic(address), qos=int(address.options.get("qos", "0")))
        link.state, link.detail = "up", f"subscribed to {topic(address)} at {address.host}:{address.port}"
        backoff.reset()
        messages = client.messages
        while True:
            payloads = [bytes((await anext(messages)).payload)]
            size = len(payloads[0])
            while len(messages) and len(payloads) < MOST_PAYLOADS and size < MOST_BYTES:
                payloads.append(bytes((await anext(messages)).payload))
                size += len(payloads[-1])
            n, first = len(payloads), numbers.next
            numbers.next += n
            chunk = Chunk.of(payloads, [clock()] * n, range(first, first + n), source=str(address), link="mqtt")
            link.note(chunk)
            deliver(chunk)
            await asyncio.sleep(0)
