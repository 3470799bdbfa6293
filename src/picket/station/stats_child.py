"""Counts of the sealed archive for the page: `picket stats` as a process of its own, at the lowest priority, one at a time.

The picture never waits for it: another process has another interpreter. It reads sealed days only, which never change, so an
answer holds until something is sealed or erased: the last few are kept under the manifest's digest.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

LIMIT_S = 120.0
KEPT = 6  # answers
_ANSWERED = (0, 1, 3)  # exit codes of `picket stats` with an answer: counted, nothing there, a day is damaged


class StatsError(ValueError):
    """A question that has no answer; the message says why and what to do."""


class NothingSealedError(StatsError):
    """The archive has no sealed day yet."""


class BusyError(StatsError):
    """Another count is under way."""


class Stats:
    """Answers of one archive's sealed days."""

    def __init__(self, folder: Path, limit_s: float = LIMIT_S) -> None:
        self._folder, self._limit_s = folder, limit_s
        self._busy = asyncio.Lock()
        self._kept: dict[tuple[str, ...], dict[str, Any]] = {}

    async def ask(self, words: list[str]) -> dict[str, Any]:
        """What `picket stats --json --map` says to these further options. Raises StatsError."""
        key = (await asyncio.to_thread(self._sealed), *words)
        if key not in self._kept:
            if self._busy.locked():
                raise BusyError("another count is under way; ask again when it is over")
            async with self._busy:
                found = await self._run(words)
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = found
        return self._kept[key]

    def _sealed(self) -> str:
        """Digest of what is sealed now."""
        from picket.record.archive import ArchiveError, days_folder, read_manifest

        try:
            held = any(f.kind == "points" for f in read_manifest(self._folder).files)
        except ArchiveError as e:
            raise StatsError(str(e)) from None
        if not held:
            raise NothingSealedError("nothing is sealed yet: the station does so each night; `picket archive seal` by hand")
        return hashlib.sha256((days_folder(self._folder) / "manifest.json").read_bytes()).hexdigest()

    async def _run(self, words: list[str]) -> dict[str, Any]:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "picket.cli", "stats", "--json", "--map", "--low-priority", "--archive", str(self._folder), *words,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            out, err = await asyncio.wait_for(child.communicate(), self._limit_s)
        except TimeoutError:
            raise StatsError(
                f"longer than {self._limit_s:g} s: ask for a shorter period, or use `picket stats` by hand"
            ) from None
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        said = err.decode("utf-8", "replace").strip().splitlines()
        try:
            if child.returncode not in _ANSWERED:
                raise ValueError
            found: dict[str, Any] = json.loads(out)
        except ValueError:
            last = said[-1] if said else f"the count ended without an answer (code {child.returncode})"
            raise StatsError(last.removeprefix("picket: ").removeprefix("Error: ")) from None
        return found
