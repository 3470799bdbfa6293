"""How long a client may take to ask, and how many may be connected: uvicorn itself waits for ever for the rest of a request.

A connection costs a file descriptor, which feeds and log need too, and anybody who reaches the port can open one without signing in.

    connected --HEAD_S--> the head of a request is here --BODY_S--> its body is here --> an answer, without a limit --KEEP_S--> closed
                                 ^-------------------------------- the next request ------------------------------/

Only time in which we listened counts: a station that stood still for ten seconds, on a busy laptop, finds what came meanwhile and cuts
nobody off for it. A WebSocket is none of this: it has its own pings (picket.station.stream).
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 15.0
BODY_S = 120.0  # 25 MiB of evidence from a telephone at 1.8 Mbit/s
KEEP_S = 75  # longer than clients keep an idle connection: else a request now and then meets one that is just being closed
LOOK_S = 1.0  # between two looks: what a pause of ours costs a client, at most
MOST = 512  # connections at once; a page has up to eight


class Patient(H11Protocol):
    """One connection: cut off when a request does not arrive in time, at once when there are MOST already."""

    _next_look: asyncio.TimerHandle | None = None
    _waits_for: str = ""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.timeout_keep_alive = KEEP_S

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
        if self._next_look is not None:
            self._next_look.cancel()
        self._waits_for, self._next_look = what, None
        if what:
            self._look_again(seconds)

    def _look_again(self, left: float) -> None:
        self._next_look = self.loop.call_later(min(LOOK_S, left), self._look, left)

    def _look(self, left: float) -> None:
        """Counts one LOOK_S, however long ago the last look was, and none while it is we who do not read."""
        left -= 0.0 if self.flow.read_paused else LOOK_S
        if left <= 0.0:
            self.transport.abort()
        else:
            self._look_again(left)
