"""A disk that stalls, and one that is full for longer than memory lasts: picture and alerts live on, it is told, recording resumes, the gap
is in the log. `python -m benchmarks disk` does both for ten seconds."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from picket.record import log
from picket.station import writer as writer_module
from picket.station.core import Core
from tests.station.live import make_site
from tests.station.test_core import Clock, FullDisk, fly
from tests.waiting import soon


class Stalling:
    """A disk of which every sync waits until it is let go on."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.free.set()

    def __call__(self, fd: int) -> None:
        self.free.wait(600)
        os.fdatasync(fd)


async def ticking_until(core: Core, clock: Clock, what: Callable[[], Any]) -> None:
    def passes() -> Any:
        clock.now += 0.1
        core.tick()
        return what()

    await soon(passes)


def active(core: Core) -> set[str]:
    """The rules of what is open and holds."""
    return {a.rule for a in core.view.alerts if a.active}


def with_disk(folder: Path, disk: Stalling, work: Callable[[Core, Clock], Any]) -> Core:
    clock = Clock()
    core = Core(make_site(folder), folder / "archive", clock=clock, sync=disk)

    async def main() -> None:
        core.start()
        try:
            await work(core, clock)
        finally:
            disk.free.set()
            core.end()
            await asyncio.to_thread(core.stop)

    asyncio.run(main())
    return core


def test_a_disk_that_stalls_is_told_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "STALL_S", 0.5)
    disk = Stalling()

    async def work(core: Core, clock: Clock) -> None:
        await soon(lambda: core.writer.waiting == 0)
        disk.free.clear()
        await fly(core, clock)
        await ticking_until(core, clock, lambda: {"entry", "not_recording"} <= active(core))
        assert core.view.tracks.n == 1, "the picture does not wait for the disk"
        assert any("does not answer" in p for p in core.problems())
        disk.free.set()
        await ticking_until(core, clock, lambda: "not_recording" not in active(core) and core.problems() == [])

    core = with_disk(tmp_path, disk, work)
    records = list(log.read(tmp_path / "archive"))
    assert [r.seq for r in records] == list(range(1, core.sequencer.seq + 1))
    verdict = log.verify(tmp_path / "archive")
    assert verdict.damage is None
    assert verdict.gaps
    for gap in verdict.gaps:  # one, unless the real disk beneath is as slow
        assert gap["since"] < gap["until"]
        assert (gap["records"], gap["rows"]) == (0, 0)


def test_a_disk_that_is_full_for_longer_than_memory_lasts_leaves_a_gap_that_the_log_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "MAX_WAITING", 40)

    async def work(core: Core, clock: Clock) -> None:
        await fly(core, clock, 10)
        await soon(lambda: core.writer.waiting == 0)
        with FullDisk():
            await fly(core, clock, 5)
            await soon(lambda: core.writer.problem)
            await fly(core, clock, 60)  # more than may wait
            await ticking_until(core, clock, lambda: {"entry", "not_recording"} <= active(core))
            assert core.view.tracks.n == 1
            assert any("cannot be written" in p for p in core.problems())
            assert any("NOT recorded" in p for p in core.problems())
        await soon(lambda: core.writer.waiting == 0)
        await ticking_until(core, clock, lambda: "not_recording" not in active(core) and core.problems() == [])
        await fly(core, clock, 5)

    with_disk(tmp_path, Stalling(), work)
    records = list(log.read(tmp_path / "archive"))
    numbers = [r.seq for r in records]
    assert numbers == sorted(set(numbers))
    gap = max(log.verify(tmp_path / "archive").gaps, key=lambda g: g["rows"])
    rows = sum(r.payload["d"]["n"] for r in records if r.kind == "batch" and r.payload["d"])
    assert gap["rows"] > 0
    assert rows + gap["rows"] == 80, "every row is in the log, or its loss is"
    assert numbers[-1] - numbers[0] + 1 - len(numbers) == gap["records"]
    assert log.verify(tmp_path / "archive").damage is None
