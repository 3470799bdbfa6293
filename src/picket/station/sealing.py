"""Finished days are sealed while the station runs: `picket archive seal` as a process of its own, at the lowest priority.

The picture never waits for it: another process has another interpreter and the lowest priority, and reads the log as any reader
does. Lock and manifest are those of `record/archive.py`: a child that is killed leaves the archive as it was before.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from picket.record import log
from picket.site import Site

FIRST_S = 60.0  # after the start: the officer's picture first
LOOK_S = 300.0
SETTLE_S = 600.0  # after midnight UTC: late rows of the day before
AGAIN_S = 3600.0  # between two attempts
DAY_S = 86_400.0


class Sealed(msgspec.Struct, frozen=True):
    """What the last sealing of this run did: when (UNIX seconds), which days, and what went wrong, in words."""

    time: float
    days: tuple[str, ...] = ()
    problem: str | None = None


class Sealing:
    """Seals what is due, for as long as `run` runs. `last` is what it did last, None before."""

    def __init__(self, site: Site, folder: Path, seed: int, clock: Callable[[], float]) -> None:
        self._site, self._folder, self._seed, self._clock = site, folder, seed, clock
        self.last: Sealed | None = None

    @property
    def problem(self) -> str | None:
        """What is wrong now, in words."""
        return self.last.problem if self.last else None

    async def run(self) -> None:
        """Looks every few minutes; ends when it is cancelled, and its child with it."""
        if not Path(self._site.source).is_file():  # a site that was made by a program: nobody could seal it again
            return
        await asyncio.sleep(FIRST_S)
        while True:
            if await asyncio.to_thread(self.due):
                await self.seal()
            await asyncio.sleep(LOOK_S)

    def due(self) -> bool:
        """Whether a day is over that is not sealed whole, and the last attempt was not just now."""
        from picket.record.archive import ArchiveError, read_manifest

        now = self._clock()
        if self.last and now - self.last.time < AGAIN_S:
            return False
        today = (now - SETTLE_S) // DAY_S
        try:
            held = next((s for s in read_manifest(self._folder).sources if s.name == "log"), None)
            if held is not None:
                return held.until // DAY_S < today
            first = next(log.read(self._folder), None)
        except (ArchiveError, OSError):
            return True  # the child says what is wrong with it
        return first is not None and first.time // DAY_S < today

    async def seal(self) -> Sealed:
        """One child process from its start to its end."""
        words = ["-m", "picket.cli", "archive", "seal", "--json", "--archive", str(self._folder), "--site", self._site.source]
        child = await asyncio.create_subprocess_exec(
            sys.executable, *words, "--seed", str(self._seed),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            out, err = await child.communicate()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
            await child.wait()
            raise
        self.last = self._told(child.returncode or 0, out, err)
        return self.last

    def _told(self, code: int, out: bytes, err: bytes) -> Sealed:
        said = err.decode("utf-8", "replace").strip().splitlines()
        found: dict[str, Any] = {}
        with contextlib.suppress(ValueError):
            found = json.loads(out)
        problem = None
        if code or not found:
            problem = f"finished days could not be sealed: {said[-1] if said else f'exit code {code}'}"
        return Sealed(self._clock(), tuple(found.get("days", ())), problem)
