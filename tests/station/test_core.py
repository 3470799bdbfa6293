"""The station without its network: full disks, faults, clocks set back, restarts. Nothing is lost, nothing hangs, nothing counts twice."""

from __future__ import annotations

import asyncio
import resource
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from picket import site as sites
from picket.feed import Decoded
from picket.record import log
from picket.record.log import LogFile, Record
from picket.station import core as core_module
from picket.station.core import SEQ_GAP, ActionError, Core, NotOnDiskError, recover
from picket.station.engine import Engine
from picket.station.sequence import ClosedError
from picket.words import DETECTION, OPERATOR, Batch
from tests.station.live import approach, make_site, row
from tests.waiting import soon

T0 = 1_700_000_000.0


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = T0

    def __call__(self) -> float:
        return self.now


def seen(*rows: dict[str, Any]) -> Decoded:
    return Decoded(detections=Batch.from_rows(DETECTION, list(rows)))


def with_core(site: sites.Site, folder: Path, work: Callable[[Core, Clock], Awaitable[None]]) -> Core:
    """Runs `work` on a core that is started before and stopped after it."""
    clock = Clock()
    made: list[Core] = []

    async def main() -> None:
        core = Core(site, folder, clock=clock)
        made.append(core)
        core.start()
        try:
            await work(core, clock)
        finally:
            core.end()
            await asyncio.to_thread(core.stop)

    asyncio.run(main())
    return made[0]


async def fly(core: Core, clock: Clock, n: int = 60) -> None:
    for one in approach(clock.now, n, from_m=500.0):
        clock.now = one["time"]
        core.sequencer.add("rid", seen(one))
        core.tick()


class FullDisk:
    """A limit on the size of every file that this process writes: the kernel takes what fits and refuses the rest."""

    def __enter__(self) -> None:
        self.limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200, self.limits[1]))

    def __exit__(self, *_: object) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self.limits)


def test_a_full_disk_is_told_and_nothing_is_lost_when_space_returns(tmp_path: Path) -> None:
    async def work(core: Core, clock: Clock) -> None:
        with FullDisk():
            await fly(core, clock)
            core.sequencer.add("rid", Decoded(operators=Batch.from_rows(OPERATOR, [{"identity": "TEST1", "lat_deg": 45.1}])))
            core.tick()
            await soon(lambda: core.writer.problem)
            assert any("cannot be written" in p for p in core.problems())
            await soon(lambda: core.view.tracks.n == 1)  # the picture does not wait
        await soon(lambda: core.writer.waiting == 0 and core.writer.problem is None)
        assert core.problems() == []

    core = with_core(make_site(tmp_path), tmp_path / "archive", work)
    records = list(log.read(tmp_path / "archive"))
    assert [r.seq for r in records] == list(range(1, core.sequencer.seq + 1))
    assert sum(r.payload["d"]["n"] for r in records if r.kind == "batch" and r.payload["d"]) == 60
    assert sum(len(r.payload["operators"]) for r in records if r.kind == "batch") == 1
    assert len([line for p in (tmp_path / "archive" / "operators").iterdir() for line in p.read_text().splitlines()]) == 1
    assert log.verify(tmp_path / "archive").damage is None


def test_an_action_that_the_disk_refuses_is_answered_and_the_stop_does_not_hang(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core_module, "WRITE_S", 0.2)
    full = FullDisk()

    async def work(core: Core, clock: Clock) -> None:
        await fly(core, clock)
        await soon(lambda: core.view.alerts and core.writer.waiting == 0)
        full.__enter__()
        with pytest.raises(NotOnDiskError, match="not in the log"):
            await core.act({"do": "acknowledge", "id": core.view.alerts[0].id, "by": "anna"})

    try:
        core = with_core(make_site(tmp_path), tmp_path / "archive", work)
    finally:
        full.__exit__()
    assert core.writer.problem is not None
    assert "records could not be written at the end" in core.writer.problem
    LogFile(tmp_path / "archive").close()  # the lock is free again


def test_a_record_that_no_log_can_hold_does_not_end_the_log(tmp_path: Path) -> None:
    async def work(core: Core, clock: Clock) -> None:
        with pytest.raises((ActionError, NotOnDiskError)):
            await core.act({"do": "acknowledge", "id": 10**30, "by": "anna"})
        await fly(core, clock)
        await soon(lambda: core.view.alerts)
        done = await core.act({"do": "acknowledge", "id": core.view.alerts[0].id, "by": "anna"})
        assert done is not None
        assert any("cannot be written" in p for p in core.problems())

    with_core(make_site(tmp_path), tmp_path / "archive", work)
    assert log.verify(tmp_path / "archive").kinds["action"] == 1


def test_a_client_that_goes_away_does_not_end_a_thread(tmp_path: Path) -> None:
    async def work(core: Core, clock: Clock) -> None:
        for _ in range(20):
            acting = asyncio.ensure_future(core.act({"do": "acknowledge", "id": 4711, "by": "anna"}))
            await asyncio.sleep(0)
            acting.cancel()
        with pytest.raises(ActionError, match="4711"):
            await core.act({"do": "acknowledge", "id": 4711, "by": "anna"})
        assert core.problems() == []

    with_core(make_site(tmp_path), tmp_path / "archive", work)


def test_a_fault_in_a_record_or_a_picture_is_named_and_the_watch_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    async def work(core: Core, clock: Clock) -> None:
        good = core.engine.publish

        def bad() -> Any:
            raise ZeroDivisionError("a fault")

        monkeypatch.setattr(core.engine, "publish", bad)
        core.sequencer.emit("batch", {"nonsense": True})
        await soon(lambda: core.problem and "picture" in core.problem)
        monkeypatch.setattr(core.engine, "publish", good)
        await fly(core, clock)
        await soon(lambda: core.view.alerts)

    with_core(make_site(tmp_path), tmp_path / "archive", work)
    (tmp_path / "archive" / "state.msgpack").unlink()
    with_core(make_site(tmp_path), tmp_path / "archive", fly)  # what could not be worked on then does not stop a restart


def test_a_clock_set_back_an_hour_does_not_blind_the_station(tmp_path: Path) -> None:
    async def work(core: Core, clock: Clock) -> None:
        await fly(core, clock)
        await soon(lambda: core.view.alerts)
        clock.now -= 3600.0
        core.tick()
        await fly(core, clock)
        await soon(lambda: core.view.tracks.n == 1 and core.view.tracks["time"][0] < T0)
        assert core.engine.left_out.get("rid", {}).get("clock_wrong", 0) == 0
        assert core.view.alerts, "what was raised before is still open"

    core = with_core(make_site(tmp_path), tmp_path / "archive", work)
    again = Engine(make_site(tmp_path))
    for record in log.read(tmp_path / "archive"):
        again.apply(record)
    assert again.book.state() == core.engine.book.state()


def test_a_clock_set_back_a_little_never_lets_a_record_go_back(tmp_path: Path) -> None:
    async def work(core: Core, clock: Clock) -> None:
        for step in (0.0, 1.0, -5.0, 1.0):
            clock.now += step
            core.tick()

    with_core(make_site(tmp_path), tmp_path / "archive", work)
    times = [r.time for r in log.read(tmp_path / "archive")]
    assert times == sorted(times)


def test_track_numbers_are_never_used_twice_even_after_a_clean_end(tmp_path: Path) -> None:
    """Many tracks begin in one record, so their numbers run ahead of the records'."""
    numbers: list[set[int]] = []

    async def work(core: Core, clock: Clock) -> None:
        for _step in range(6):
            clock.now += 1.0
            core.sequencer.add("rid", seen(*(row(clock.now, 45.0 + 0.01 * i, -30.0, f"T{i}") for i in range(40))))
            core.tick()
        await soon(lambda: core.view.tracks.n >= 40)
        numbers.append(set(core.view.tracks["track_id"].tolist()))

    for _ in range(2):
        with_core(make_site(tmp_path), tmp_path / "archive", work)
    assert max(numbers[0]) > 40
    assert not numbers[0] & numbers[1]
    assert max(numbers[1]) < SEQ_GAP


def test_nothing_comes_after_the_end_record(tmp_path: Path) -> None:
    async def work(core: Core, clock: Clock) -> None:
        core.end()
        with pytest.raises(ClosedError, match="stopping"):
            await core.act({"do": "acknowledge", "id": 1, "by": "anna"})
        with pytest.raises(ClosedError):
            core.audit("anna", "looked")
        core.sequencer.add("rid", seen(row(T0, 45.0, -30.0)))

    with_core(make_site(tmp_path), tmp_path / "archive", work)
    assert [r.kind for r in log.read(tmp_path / "archive")] == ["boot", "end"]


@pytest.mark.parametrize("at", [100, 3000])  # in the very first record, and in a later one
def test_a_damaged_log_is_told_and_its_numbers_are_not_used_again(tmp_path: Path, at: int) -> None:
    folder = tmp_path / "archive"
    with_core(make_site(tmp_path), folder, fly)
    last = max(r.seq for r in log.read(folder))
    path = log.segments(folder)[0]
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(bytes(raw))
    told: list[str] = []

    async def work(core: Core, clock: Clock) -> None:
        told.extend(core.problems())
        assert core.sequencer.seq > last

    with_core(make_site(tmp_path), folder, work)
    assert "picket archive verify" in told[0]


def test_a_restart_reads_only_the_newest_of_a_long_log(tmp_path: Path) -> None:
    folder, site = tmp_path / "archive", make_site(tmp_path)
    with_core(site, folder, fly)
    with_core(site, folder, fly)
    assert len(log.segments(folder)) == 2
    log.segments(folder)[0].write_bytes(b"not read, and so not missed" * 10)
    held = LogFile(folder)
    found = recover(folder, site, held.last)
    held.close()
    assert found.damage is None
    assert found.book is not None
    assert found.book["cases"]


def test_a_station_without_alerts_keeps_its_state_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it every start after a kill would work through the whole log again."""
    folder, site = tmp_path / "archive", make_site(tmp_path)

    async def quiet(_: Core, __: Clock) -> None:
        await soon((folder / "state.msgpack").exists)

    with_core(site, folder, quiet)
    monkeypatch.setattr(core_module, "_from_log", lambda *_: pytest.fail("the whole log was worked through"))
    held = LogFile(folder)
    assert recover(folder, site, held.last).book is not None
    held.close()


def test_an_edited_zone_holds_until_the_site_file_is_read_anew(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    ring = [[-30.01, 44.99], [-29.99, 44.99], [-29.99, 45.01], [-30.01, 45.01], [-30.01, 44.99]]
    engine = Engine(site)
    engine.apply(Record(1, T0, "boot", {"book": None}))
    edit = {"do": "zone", "zone": "pier", "geometry": {"type": "Polygon", "coordinates": [ring]}, "by": "anna"}
    assert engine.apply(Record(2, T0, "action", edit)).error is None
    assert engine.site.shapes["pier"].bounds[0] == -30.01
    engine.apply(Record(3, T0, "boot", {"book": None, "clock_set_back_s": 3600.0}))
    assert engine.site.shapes["pier"].bounds[0] == -30.01
    engine.apply(Record(4, T0, "boot", {"book": None}))
    assert engine.site.shapes["pier"].bounds[0] == -30.005
    for wrong in ({**edit, "zone": "gone"}, {**edit, "geometry": {"type": "LineString", "coordinates": ring[:2]}}):
        assert engine.apply(Record(5, T0, "action", wrong)).error
    assert "gone" not in engine.site.shapes


def test_threads_end_with_the_core(tmp_path: Path) -> None:
    with_core(make_site(tmp_path), tmp_path / "archive", fly)
    assert not [t.name for t in threading.enumerate() if t.name.startswith("picket-")]
