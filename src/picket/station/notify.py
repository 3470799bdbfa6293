"""Who else is told: alerts go out as `[[notify]]` says, each output in a task of its own with a bounded queue.

    engine --changed alerts--> Notifier.take --matching events--> queue (MOST_WAITING) --> worker --> sending.send within timeout_s

What hangs holds its own queue only: the picture, the log and the other outputs go on. A failure is tried again, counted, shown by
health and doctor, and written into the log as an audit record, as every delivery is. Nothing secret is in any of these.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from picket.site import Site, in_hours
from picket.site_notify import Notify
from picket.station.life import Stand, events, stand
from picket.station.sending import Message, SendError, send
from picket.watch import Alert
from picket.watch.alert import LEVEL

MOST_WAITING = 100  # messages of one output; beyond them the oldest go, counted
ATTEMPTS = 3
PAUSE_S = (2.0, 10.0)  # before the second and third attempt
STALE_S = 600.0  # a message that could not be sent for so long is news no more


class Event(NamedTuple):
    """Something happened to an alert at a time."""

    what: str
    alert: Alert
    time: float


@dataclass
class Output:
    """One `[[notify]]` at work."""

    notify: Notify
    waiting: deque[Event] = field(default_factory=deque)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    sent: int = 0
    failed: int = 0
    dropped: int = 0
    last_sent: float | None = None
    last_failed: float | None = None
    problem: str | None = None

    def put(self, event: Event) -> None:
        """Queues an event; the oldest goes when there are too many."""
        if len(self.waiting) >= MOST_WAITING:
            self.waiting.popleft()
            self.dropped += 1
        self.waiting.append(event)
        self.news.set()

    def row(self) -> dict[str, Any]:
        """For the API: no address, no secret."""
        n = self.notify
        return {
            "id": n.id, "kind": n.kind, "severity": n.severity, "when": list(n.when), "hours": n.hours, "waiting": len(self.waiting),
            "sent": self.sent, "failed": self.failed, "dropped": self.dropped, "last_sent": self.last_sent,
            "last_failed": self.last_failed, "problem": self.problem,
        }  # fmt: skip


class Notifier:
    """All outputs of a station. Lives in the I/O loop.

    still_open: the open alerts now; audit(what, **detail) writes into the log. send: how a message goes out, for tests.
    """

    def __init__(
        self,
        site: Site,
        clock: Callable[[], float],
        audit: Callable[..., None],
        still_open: Callable[[], Sequence[Alert]],
        send: Callable[[Notify, Message, Path], Any] = send,
    ) -> None:
        self._clock, self._audit, self._still_open, self._send = clock, audit, still_open, send
        self._written: dict[int, Stand] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._running = False
        self.outputs: list[Output] = []
        self.use(site)

    def use(self, site: Site) -> None:
        """Takes over the outputs of a site file; those that stay the same keep their counts and what waits."""
        self._site = site
        held = {o.notify: o for o in self.outputs}
        if list(held) == list(site.notify):
            return  # nothing under way is disturbed
        self.outputs = [held.get(n) or Output(n) for n in site.notify]
        if self._running:
            self._restart()

    def begin(self, alerts: Iterable[Alert]) -> None:
        """These alerts were told by an earlier run."""
        self._written.update({a.id: stand(a) for a in alerts})

    def take(self, alerts: Iterable[Alert]) -> None:
        """The engine's changes, in order."""
        for alert in alerts:
            for event in events(self._written.get(alert.id), alert):
                self._tell(Event(event["what"], alert, event["at"]))
            self._written[alert.id] = stand(alert)
        while len(self._written) > 5_000:
            self._written.pop(next(iter(self._written)))

    def _tell(self, event: Event) -> None:
        for output in self.outputs:
            if event.what in output.notify.when and self._wants(output.notify, event.alert):
                output.put(event)

    def _wants(self, n: Notify, alert: Alert) -> bool:
        if alert.origin == "exercise" and not n.exercises:
            return False
        return LEVEL[alert.severity] >= LEVEL[n.severity] and in_hours(n.hours, self._clock())

    def problems(self) -> list[str]:
        """Of outputs whose last message did not go out."""
        return [f"notify {o.notify.id}: {o.problem}" for o in self.outputs if o.problem]

    def rows(self) -> list[dict[str, Any]]:
        """For the API."""
        return [o.row() for o in self.outputs]

    # -- the workers -----------------------------------------------------------------------------------------------
    def start(self) -> None:
        """One task for each output."""
        self._running = True
        self._restart()

    async def stop(self) -> None:
        """Ends the tasks; what waits is not sent."""
        self._running = False
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _restart(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks = [asyncio.create_task(self._work(o)) for o in self.outputs]

    async def _work(self, output: Output) -> None:
        while True:
            event = await self._next(output)
            if event is not None and await self._deliver(output, event):
                continue

    async def _next(self, output: Output) -> Event | None:
        """The next message; None when it was waited for as long as until the next repetition, and nobody needs that."""
        if not output.waiting:
            output.news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(output.news.wait(), output.notify.repeat_s)
        if output.waiting:
            return output.waiting.popleft()
        unseen = [a for a in self._still_open() if a.state == "raised" and self._wants(output.notify, a)]
        worst = max(unseen, key=lambda a: (LEVEL[a.severity], a.raised_at), default=None)
        return None if worst is None else Event("repeated", worst, self._clock())

    async def _deliver(self, output: Output, event: Event) -> bool:
        message = self.message(event)
        for attempt in range(ATTEMPTS):
            problem = await self._attempt(output.notify, message)
            if problem is None:
                output.sent, output.last_sent, output.problem = output.sent + 1, self._clock(), None
                self._note("notified", output, event)
                return True
            again = attempt < len(PAUSE_S) and output.notify.kind != "command" and event.what != "repeated"
            if not again or self._clock() - event.time > STALE_S:
                break
            output.problem = f"{problem}; tried again"
            await asyncio.sleep(PAUSE_S[attempt])
        output.failed, output.last_failed = output.failed + 1, self._clock()
        output.problem = f"{problem} ({output.failed} not delivered)"
        self._note("could not notify", output, event, why=problem)
        return False

    async def _attempt(self, n: Notify, message: Message) -> str | None:
        """None when it went out, else what was wrong."""
        try:
            await asyncio.wait_for(self._send(n, message, Path(self._site.folder)), n.timeout_s)
        except SendError as e:
            return str(e)
        except TimeoutError:
            return f"no answer within {n.timeout_s:g} s"
        except Exception as e:  # an output must not end the others; the words of libraries may hold addresses
            return f"failed ({type(e).__name__})"
        return None

    def _note(self, what: str, output: Output, event: Event, **more: Any) -> None:
        with contextlib.suppress(ValueError):  # the station is stopping
            self._audit(what, output=output.notify.id, kind=output.notify.kind, alert_id=event.alert.id, event=event.what, **more)

    async def test(self, output_id: str) -> str | None:
        """Sends a message that says it is a test; None when it went out, else what was wrong. KeyError for an unknown output."""
        output = next((o for o in self.outputs if o.notify.id == output_id), None)
        if output is None:
            raise KeyError(output_id)
        now = self._clock()
        alert = Alert(
            id=0,
            n=0,
            rule="test",
            severity="low",
            raised_at=now,
            updated_at=now,
            text="TEST of the alarm outputs: nothing happened.",
        )
        problem = await self._attempt(output.notify, self.message(Event("test", alert, now)))
        output.problem = problem
        self._note("tested an output" if problem is None else "could not test an output", output, Event("test", alert, now))
        return problem

    def message(self, event: Event) -> Message:
        """What goes out: the same facts for every output."""
        simulated = event.alert.origin == "exercise" or self._site.station.origin == "exercise"
        head = "EXERCISE, SIMULATED: " if simulated else ""
        return Message(
            site=self._site.site.name, what=event.what, severity=event.alert.severity, text=f"{head}{event.alert.text}",
            simulated=simulated, alert=msgspec.to_builtins(event.alert), time=event.time,
        )  # fmt: skip
