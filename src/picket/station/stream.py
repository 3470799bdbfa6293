"""The two WebSockets of docs/stream.md: `/ws/picture` (latest wins) and `/ws/alerts` (ordered, never dropped)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from picket.station.core import Core
from picket.station.engine import View
from picket.watch import Alert

HEARTBEAT_S = 1.0
MIN_GAP_S = 0.016  # between two frames to one client: a screen shows no more than 60 a second
CLOSE_S = 0.5  # a client that reads nothing does not take a farewell either
_QUEUE = 10_000  # alert changes that wait for one client; a client further behind is sent away and comes back with `after`


class Hub:
    """Wakes the clients' tasks when there is news. Lives in the I/O loop."""

    def __init__(self, core: Core) -> None:
        self.core, self.clients = core, 0
        self._fresh = asyncio.Event()
        self._alert_queues: set[asyncio.Queue[list[Alert] | None]] = set()
        self.closing = asyncio.Event()
        core.on_view.append(self._on_view)
        core.on_alerts.append(self._on_alerts)

    def _on_view(self, _: View) -> None:
        self._fresh.set()
        self._fresh = asyncio.Event()

    def _on_alerts(self, alerts: list[Alert]) -> None:
        for queue in list(self._alert_queues):
            if queue.full():
                self._alert_queues.discard(queue)  # its task sees it and ends
            else:
                queue.put_nowait(alerts)

    def again(self) -> None:
        """Every client gets all open alerts anew: a replay went to another moment."""
        for queue in list(self._alert_queues):
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait(None)

    async def fresh(self) -> None:
        """Returns at the next view, or after a heartbeat's time."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._fresh.wait(), HEARTBEAT_S)

    # -- /ws/picture ---------------------------------------------------------------------------------------------
    async def picture(self, socket: WebSocket, hello: dict[str, Any]) -> None:
        """Serves one client until it goes or the station closes."""
        await socket.accept()
        held = [0]  # the frame the client holds; 0 asks for a snapshot
        await self._serve(socket, self._send_pictures(socket, hello, held), lambda message: _resync(message, held))

    async def _send_pictures(self, socket: WebSocket, hello: dict[str, Any], held: list[int]) -> None:
        await _send(socket, hello)
        while True:
            view = self.core.view
            base = held[0]
            await socket.send_bytes(view.picture.frame(base))
            if held[0] == base:  # no resync came meanwhile
                held[0] = view.picture.seq
            await asyncio.sleep(MIN_GAP_S)
            if self.core.view is view and held[0]:
                await self.fresh()

    # -- /ws/alerts ----------------------------------------------------------------------------------------------
    async def alerts(self, socket: WebSocket, after: int) -> None:
        """Serves one client every change of an alert, in order."""
        await socket.accept()
        queue: asyncio.Queue[list[Alert] | None] = asyncio.Queue(_QUEUE)
        self._alert_queues.add(queue)
        try:
            await self._serve(socket, self._send_alerts(socket, queue, after), lambda _: None)
        finally:
            self._alert_queues.discard(queue)

    async def _send_alerts(self, socket: WebSocket, queue: asyncio.Queue[list[Alert] | None], after: int) -> None:
        missed, open_now, n = await asyncio.to_thread(self._alerts_since, after)  # the engine's lock is not for the loop
        if missed is None:
            await _send(socket, {"type": "alerts", "n": n, "alerts": [msgspec.to_builtins(a) for a in open_now]})
        else:
            n = after
        waiting: list[Alert] | None = missed or []
        while True:
            if waiting is None:
                _, open_now, n = await asyncio.to_thread(self._alerts_since, 0)
                await _send(socket, {"type": "alerts", "n": n, "alerts": [msgspec.to_builtins(a) for a in open_now]})
                waiting = []
            for alert in waiting:
                if alert.n > n:
                    n = alert.n
                    await _send(socket, {"type": "alert", "alert": msgspec.to_builtins(alert)})
            try:
                waiting = await asyncio.wait_for(queue.get(), HEARTBEAT_S)
            except TimeoutError:
                waiting = []
                if queue not in self._alert_queues:
                    return
                await _send(socket, {"type": "heartbeat", "time": self.core.clock()})

    def _alerts_since(self, after: int) -> tuple[list[Alert] | None, list[Alert], int]:
        """(changes after that number or None, every open alert, number of the last change)."""
        with self.core.engine.lock:
            book = self.core.engine.book
            return book.since(after) if after else None, book.open, book.n

    # -- both ------------------------------------------------------------------------------------------------------
    async def _serve(self, socket: WebSocket, sending: Any, on_text: Callable[[str], None]) -> None:
        """Runs the sender until it ends, the client goes, or the station closes."""
        self.clients += 1
        tasks = [asyncio.ensure_future(t) for t in (sending, _receive(socket, on_text), self.closing.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.clients -= 1
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(result, Exception) and not isinstance(result, (WebSocketDisconnect, RuntimeError)):
                    raise result
            with contextlib.suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
                await asyncio.wait_for(socket.close(1001), CLOSE_S)


def _resync(message: str, held: list[int]) -> None:
    if '"resync"' in message:
        held[0] = 0


async def _receive(socket: WebSocket, on_text: Callable[[str], None]) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        on_text(str(message.get("text") or "")[:200])


async def _send(socket: WebSocket, message: dict[str, Any]) -> None:
    await socket.send_text(msgspec.json.encode(message).decode())
