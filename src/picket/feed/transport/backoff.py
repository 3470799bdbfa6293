"""How long to wait before connecting again: doubling, with a share of chance.

The chance keeps many stations that lost one broker from coming back in the same instant. It is seeded from the address, so that
one feed's waits can be predicted in a test and two feeds' waits differ.
"""

from __future__ import annotations

import asyncio
import random

from picket.feed.transport import LinkHealth, wait

FIRST_S, LONGEST_S = 0.5, 30.0


class Backoff:
    """Seconds to wait before each new attempt: 0.5, 1, 2 ... 30, each times 0.5 to 1."""

    def __init__(self, address: str, chance: random.Random | None = None) -> None:
        self._chance = chance or random.Random(address)
        self._next = FIRST_S

    def next(self) -> float:
        """The wait before the next attempt."""
        now, self._next = self._next, min(2 * self._next, LONGEST_S)
        return now * self._chance.uniform(0.5, 1.0)

    async def wait(self, link: LinkHealth, stop: asyncio.Event, why: str) -> None:
        """Waits before the next attempt, or until `stop` is set; the line's health says why, and how long."""
        seconds = self.next()
        link.state, link.detail = "waiting", f"{why}; next attempt in {seconds:.1f} s"
        await wait(stop, seconds)

    def reset(self) -> None:
        """The line works again: the next wait is the shortest."""
        self._next = FIRST_S
