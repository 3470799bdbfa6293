"""HTTP and HTTPS: asks for a document every `every` seconds; each answer's body is one payload (link "http").

    readsb+http://127.0.0.1:8080/data/aircraft.json?every=1
    readsb+https://user@receiver.local/data/aircraft.json?password_file=/etc/picket/readsb&ca=/etc/picket/ca.pem

every     seconds from the beginning of one request to that of the next, 0.2 to 3600 (1)
timeout   seconds for one answer from its request to its last byte, 0.1 to 86400 (10): a peer that sends a byte a second is cut off
query     the server's own query string, which is no secret: `query=circle%3D33.7,-118.2,20` asks for ?circle=33.7,-118.2,20
ca        a file of certificates to trust instead of the system's (https)
User and password stand in the URL, or the password in `password_file` (read at every connect); they are sent as Basic
authentication and are never part of a message, a log line or the table's `source`.

A body is at most 8 MiB, counted after unpacking gzip or deflate, which is done here piece by piece so that a small answer cannot
unpack into all memory; a larger one is cut off and counted as oversized_payload. An empty one is counted as empty_payload.
Status 304 (and an answer with the ETag of the one before) means: nothing new. A redirect is followed on the same host and port
only, and at most three times. Any other status but 200, a broken or half answer and a silent peer mean: wait, longer each time, ask again.
Proxies and .netrc files of the environment are not used: a sensor stands in our own network.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import random
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from picket.feed.format import Chunk
from picket.feed.transport import Address, Clock, Deliver, LinkHealth, unless, wait
from picket.feed.transport.backoff import Backoff

if TYPE_CHECKING:
    import httpx

MOST_BODY = 8 << 20
EVERY_S, TIMEOUT_S = 1.0, 10.0
_MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_PIECE = 1 << 16  # bytes unpacked at a time


class _BadAnswerError(Exception):
    """An answer out of which no payload comes; the text says why, for people."""


async def run(
    address: Address,
    deliver: Deliver,
    link: LinkHealth,
    clock: Clock,
    stop: asyncio.Event,
    *,
    chance: random.Random | None = None,
) -> None:
    """Asks and delivers until `stop`. Raises RuntimeError without httpx. chance: for the waits, seeded from the address when None."""
    try:
        await asyncio.to_thread(importlib.import_module, "httpx")  # takes a good part of a second: not in the loop
        import httpx
    except ImportError:
        link.detail = 'HTTP feeds need httpx: pip install "picket[station]"'
        raise RuntimeError(link.detail) from None
    backoff = Backoff(str(address), chance)
    every = float(address.options.get("every", EVERY_S))
    poll = _Poll(address, link)
    while not stop.is_set():
        link.state, link.detail = "connecting", f"connecting to {address}"
        try:
            client = await asyncio.to_thread(_client, address)  # reading certificates takes long
        except (OSError, ValueError) as e:  # a password file or certificates that cannot be read (yet)
            await backoff.wait(link, stop, f"{address}: {getattr(e, 'strerror', None) or e}")
            continue
        try:
            why = await _session(client, poll, every, deliver, link, clock, stop, backoff)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as e:  # ValueError: heads with impossible characters
            why = f"{address}: {_words(e)}"
        finally:
            with contextlib.suppress(Exception):  # what a broken connection says when it is closed helps nobody
                await asyncio.wait_for(client.aclose(), 1.0)
        if not stop.is_set():
            link.reconnects += 1
            await backoff.wait(link, stop, why)


async def _session(
    client: httpx.AsyncClient, poll: _Poll, every: float, deliver: Deliver, link: LinkHealth, clock: Clock, stop: asyncio.Event,
    backoff: Backoff,
) -> str:  # fmt: skip
    """Asks with one client until something goes wrong; why."""
    while True:
        begun = time.monotonic()
        asked = await unless(stop, poll.ask(client), poll.timeout)
        if asked is None:
            return "stopped" if stop.is_set() else f"{poll.address} did not answer within {poll.timeout:g} s"
        if isinstance(error := asked.exception(), _BadAnswerError):
            return f"{poll.address} {error}"
        body = asked.result()  # raises what else went wrong
        backoff.reset()
        link.state, link.detail = "up", f"asking {poll.address} every {every:g} s"
        if body:
            chunk = Chunk.one(body, received=clock(), offset=poll.number, source=str(poll.address), link="http")
            link.note(chunk)
            deliver(chunk)
        poll.number += 1
        if await wait(stop, max(every - (time.monotonic() - begun), 0.0)):
            return "stopped"


class _Poll:
    """One request after another, over all connections: their number, and the ETag of the last answer."""

    def __init__(self, address: Address, link: LinkHealth) -> None:
        self.address, self._link = address, link
        self.number = 0
        self.timeout = float(address.options.get("timeout", TIMEOUT_S))
        host = f"[{address.host}]" if ":" in address.host else address.host
        path = quote(address.path or "/", safe="/:@!$&'()*+,;=~")
        query = address.options.get("query", "")
        self._url = f"{address.transport}://{host}:{address.port}{path}" + (f"?{query}" if query else "")
        self._etag: str | None = None

    async def ask(self, client: httpx.AsyncClient) -> bytes:
        """The body of the next answer, empty where there is nothing new. Raises _BadAnswerError and httpx's errors."""
        headers = {"Accept-Encoding": "gzip", "Accept": "*/*"}
        if self._etag is not None:
            headers["If-None-Match"] = self._etag
        url: Any = self._url
        for _ in range(_MOST_REDIRECTS + 1):
            async with client.stream("GET", url, headers=headers) as answer:
                if answer.status_code in _REDIRECTS:
                    url = self._redirected(answer)
                    continue
                if answer.status_code == 304:
                    return b""
                if answer.status_code != 200:
                    raise _BadAnswerError(f"answered with status {answer.status_code}")
                etag = answer.headers.get("etag")
                if etag is not None and etag == self._etag:
                    return b""
                body = await self._body(answer)
                self._etag = etag if body and etag is not None and len(etag) <= 256 and etag.isascii() else None
                return body
        raise _BadAnswerError(f"redirects more than {_MOST_REDIRECTS} times")

    def _redirected(self, answer: httpx.Response) -> httpx.URL:
        """Where a redirect leads, on the same host only."""
        old = answer.request.url
        new = old.join(answer.headers.get("location", ""))
        if (new.scheme, new.host, new.port) != (old.scheme, old.host, old.port):
            raise _BadAnswerError(f"redirects to another place, {new.scheme}://{new.host}: give that address if it is right")
        return new.copy_with(username=None, password=None)

    async def _body(self, answer: httpx.Response) -> bytes:
        """The body, unpacked, empty where it is too large (counted)."""
        unpack = _unpacker(answer.headers.get("content-encoding", ""))
        pieces, size, packed = [], 0, 0
        async for raw in answer.aiter_raw():
            packed += len(raw)
            try:
                for piece in unpack(raw):
                    size += len(piece)
                    if max(size, packed) > MOST_BODY:
                        self._link.left_out["oversized_payload"] += 1
                        return b""
                    pieces.append(piece)
                    await asyncio.sleep(0)  # unpacking 8 MiB takes tens of milliseconds
            except zlib.error:
                raise _BadAnswerError("sent a body that cannot be unpacked") from None
        body = b"".join(pieces)
        if not unpack.complete:
            raise _BadAnswerError("sent half a packed body")
        if not body:
            self._link.left_out["empty_payload"] += 1
        return body


class _Plain:
    """A body that is not packed."""

    complete = True

    def __call__(self, raw: bytes) -> list[bytes]:
        return [raw]


class _Packed:
    """Unpacks gzip or zlib, at most _PIECE bytes at a time, so that its caller can stop."""

    def __init__(self) -> None:
        self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: gzip or zlib, as the first bytes say

    @property
    def complete(self) -> bool:
        return self._unpack.eof

    def __call__(self, raw: bytes) -> Iterator[bytes]:
        while raw and not self._unpack.eof:
            piece = self._unpack.decompress(raw, _PIECE)
            raw = self._unpack.unconsumed_tail
            yield piece
        yield b""  # bytes behind the packed ones count too


def _unpacker(encoding: str) -> Any:
    word = encoding.strip().lower()
    if word in ("", "identity"):
        return _Plain()
    if word in ("gzip", "x-gzip", "deflate"):
        return _Packed()
    raise _BadAnswerError(f"packs its answer with {word[:20]!a}, which was not asked for")


def _client(address: Address) -> httpx.AsyncClient:
    import httpx

    user, password = address.user or address.options.get("user"), address.password
    if (path := address.options.get("password_file")) is not None:
        password = Path(path).read_text("utf-8-sig").strip("\r\n")
    verify: Any = False  # http: there is nothing to verify, and httpx would read all certificates
    if address.transport == "https":
        import ssl

        verify = ssl.create_default_context(cafile=address.options.get("ca"))
    timeout = float(address.options.get("timeout", TIMEOUT_S))
    return httpx.AsyncClient(
        auth=(user or "", password or "") if user or password else None, verify=verify, timeout=timeout, trust_env=False,
        follow_redirects=False, limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
    )  # fmt: skip


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__
