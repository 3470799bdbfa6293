"""How long a client may take to ask, and how many may be connected: uvicorn itself waits for ever for the rest of a request.

A connection costs a file descriptor, which feeds and log need too, and anybody who reaches the port can open one without signing in.

    connected --HEAD_S--> the head of a request is here --BODY_S--> its body is here --> an answer, without a limit --> HEAD_S again

A WebSocket is none of this: it has its own pings (picket.station.stream).
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 15.0
BODY_S = 120.0  # 25 MiB of evidence from a telephone at 1.8 Mbit/s
MOST = 512  # connections at once; a page has up to eight


class Patient(H11Protocol):
    """One connection: cut off when a request does not arrive in time, at once when there are MOST already."""

    _until: asyncio.TimerHandle | None = None
    _waits_for: str = ""

    def connection_made(self, transport: Any) -> None:
        """Begins to wait for a request."""
        super().connection_made(transport)
        if len(self.connections) > MOST:
            transport.abort()
        else:
            self._wait("head", HEAD_S)

    def data_received(self, data: bytes) -> None:
        """Takes bytes, and waits for what is still to come."""
        super().data_received(data)
        if self.transport.get_protocol() is not self:
            self._wait("", 0.0)  # it is a WebSocket from here on
        elif self.conn.their_state is h11.IDLE:
            self._wait("head", HEAD_S)
        elif self.conn.their_state is h11.SEND_BODY:
            self._wait("body", BODY_S)
        else:
            self._wait("", 0.0)

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no more."""
        self._wait("", 0.0)
        super().connection_lost(exc)

    def _wait(self, what: str, seconds: float) -> None:
        """The time for one part runs on however many bytes of it trickle in."""
        if what == self._waits_for:
            return
        if self._until is not None:
            self._until.cancel()
        self._waits_for = what
        self._until = self.loop.call_later(seconds, self.transport.abort) if what else None
