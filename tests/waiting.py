"""Waiting in tests: for what happens, never for how long it took the machine.

The time that a test waits is counted in its own naps. A machine that is busy makes each nap longer, and a process that was stopped counts
one nap, however long it was: what would only be late fails no test. What never comes fails it after about `seconds`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

SECONDS = 60.0
NAP_S = 0.02


def until(holds: Callable[[], Any], seconds: float = SECONDS, words: Callable[[], Any] = lambda: "") -> Any:
    """What `holds` gives once that is true. words: said where it never is."""
    for _ in range(int(seconds / NAP_S)):
        if found := holds():
            return found
        time.sleep(NAP_S)
    raise AssertionError(f"did not happen within {seconds} s: {words()}")


async def soon(
    holds: Callable[[], Any], seconds: float = SECONDS, words: Callable[[], Any] = lambda: "", nap_s: float = NAP_S
) -> Any:
    """`until` in a loop that goes on meanwhile."""
    for _ in range(int(seconds / nap_s)):
        if found := holds():
            return found
        await asyncio.sleep(nap_s)
    raise AssertionError(f"did not happen within {seconds} s: {words()}")


async def turns(n: int = 200) -> None:
    """Lets the loop take so many turns: what needs no time of its own has happened then."""
    for _ in range(n):
        await asyncio.sleep(0)


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """Seconds that went by while this process ran, counted in naps of a thread: enough to see something wait for a time-out."""
    over, naps = threading.Event(), [0]

    def count() -> None:
        while not over.wait(NAP_S):
            naps[0] += 1

    counting = threading.Thread(target=count, daemon=True)
    counting.start()
    try:
        yield lambda: naps[0] * NAP_S
    finally:
        over.set()
        counting.join()
