"""The log again through the same code: sealed days byte for byte, tracks and alerts as they were live."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from picket.record.archive import Archive
from picket.record.counts import count
from picket.record.log import LogError, LogFile, Record, read, start_before
from picket.record.pseudonyms import Pseudonyms
from picket.station.engine import Engine
from picket.station.rebuild import rebuild
from picket.station.replay import ReplayCore, ReplayError, ReplayStation, moments
from picket.station.replay import records as period_of
from tests import waiting
from tests.station.live import approach, make_site, row
from tests.station.test_engine import records

T0 = 1_700_000_000.0


def lived(folder: Path, site: Any) -> list[tuple[int, bytes, bytes, tuple[Any, ...]]]:
    """A log of two runs of a station, and what its engine showed at each record."""
    runs = [records(approach(T0, 120)), records(approach(T0 + 600, 120), start=5_000)]
    runs[1] = [r._replace(time=r.time + (600 if r.kind == "boot" else 0)) for r in runs[1]]
    seen = []
    before: Engine | None = None
    for run in runs:
        engine, log = Engine(site), LogFile(folder)
        if before is not None:
            run[0] = run[0]._replace(payload={"book": before.book.state()})
        for record in [*run, Record(run[-1].seq + 1, run[-1].time, "end", None)]:
            log.append(record)
            outcome = engine.apply(record)
            tracks = engine.tracks if record.kind in ("batch", "tick") else engine.tracks.take(engine.tracks["track_id"] < 0)
            seen.append((record.seq, tracks["lat_deg"].tobytes(), tracks["track_id"].tobytes(), tuple(outcome.alerts)))
        log.close()
        before = engine
    return seen


def test_a_replay_shows_what_was_shown(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    seen = lived(tmp_path / "archive", site)
    times = {r.seq: r.time for r in read(tmp_path / "archive")}
    assert start_before(tmp_path / "archive", T0 + 630) == 5_000
    assert start_before(tmp_path / "archive", T0 + 60) == 1
    assert start_before(tmp_path / "archive", T0 - 60) == 0
    for since, until in ((T0 + 20, T0 + 50), (T0 + 620, T0 + 650), (T0 - 5, T0 + 700)):
        again = [
            (m.record.seq, m.tracks["lat_deg"].tobytes(), m.tracks["track_id"].tobytes(), m.alerts)
            for m in moments(tmp_path / "archive", site, since, until)
        ]
        expected = [s for s in seen if since <= times[s[0]] <= until]
        assert again == expected
        assert any(s[3] for s in again), "a period in which alerts changed"


def test_a_period_that_is_not_there_is_said(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    lived(tmp_path / "archive", site)
    with pytest.raises(ReplayError, match="no record between 2023-11-14"):
        list(moments(tmp_path / "archive", site, T0 + 100, T0 + 200))
    with pytest.raises(ReplayError, match="after --since"):
        list(moments(tmp_path / "archive", site, T0 + 100, T0))
    with pytest.raises(ReplayError, match="holds no log"):
        list(moments(tmp_path, site, T0, T0 + 100))


def test_the_page_of_a_replay_shows_the_period_and_changes_nothing(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    lived(tmp_path / "archive", site)
    before = {p.name: p.read_bytes() for p in (tmp_path / "archive").iterdir()}
    (tmp_path / "own").mkdir()
    station = ReplayStation(site, tmp_path / "archive", tmp_path / "own", T0 + 20, T0 + 50, speed=20.0)
    ready, ended, box = threading.Event(), threading.Event(), []

    def told(url: str) -> None:
        box.append(url)
        ready.set()

    station._ended = ended.set
    station.open()
    thread = threading.Thread(target=lambda: asyncio.run(station.run(told)), daemon=True)
    thread.start()
    assert ready.wait(300)
    base, token = box[0].split("?token=")
    session = httpx.post(f"{base}api/session", json={"token": token}).json()["session"]
    client = httpx.Client(base_url=base, headers={"authorization": f"Bearer {session}"}, timeout=120)
    assert ended.wait(300)
    (alert, *_) = waiting.until(
        lambda: client.get("/api/alerts").json()["alerts"], words=lambda: "the drone that flew into the zone then"
    )
    refused = client.post(f"/api/alerts/{alert['id']}/acknowledge", json={})
    assert refused.status_code >= 400
    assert "replay" in refused.text
    assert any("REPLAY" in p for p in client.get("/api/health").json()["problems"])
    client.close()
    assert station.core._loop is not None
    station.core._loop.call_soon_threadsafe(station.stop.set)
    thread.join(120)
    assert {p.name: p.read_bytes() for p in (tmp_path / "archive").iterdir()} == before


def test_whatever_way_leads_to_a_moment_it_is_that_of_an_uninterrupted_replay(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    lived(tmp_path / "archive", site)
    since, until = T0 + 5, T0 + 640
    moves = [T0 + 40, T0 + 20, T0 + 630, T0 + 630, T0 + 41]

    def stand(engine: Engine) -> tuple[bytes, bytes, list[Any]]:
        return engine.tracks["track_id"].tobytes(), engine.tracks["lat_deg"].tobytes(), engine.book.all

    expected: dict[float, tuple[bytes, bytes, list[Any]]] = {}
    engine, left = Engine(site), sorted(set(moves))
    for record in period_of(tmp_path / "archive", since, until):
        while left and record.time > left[0]:
            expected[left.pop(0)] = stand(engine)
        engine.apply(record)
    assert len({e[1] for e in expected.values()}) == 4, "moments that differ"

    async def shown() -> list[tuple[bytes, bytes, list[Any]]]:
        (tmp_path / "own").mkdir()
        station = ReplayStation(site, tmp_path / "archive", tmp_path / "own", since, until, speed=50.0)
        core = station.core
        assert isinstance(core, ReplayCore)
        core.start()
        playing = asyncio.create_task(core.player.run())
        found = []
        for i, moment in enumerate(moves):
            if i % 2:
                core.player.pause()
                core.player.seek(moment)
            else:
                core.player.play()
                core.player.step(moment - core.player.position)
            while core.player.seeking:
                await asyncio.sleep(0.005)
            assert core.player.position == moment
            assert core.player.moves >= i + 1
            found.append(stand(core.engine))
            assert core.view.tracks["track_id"].tobytes() == found[-1][0], "what clients get"
            core.player.set_speed(1000.0 if i % 3 else 0.5)
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
        await asyncio.to_thread(core.stop)
        return found

    assert asyncio.run(shown()) == [expected[m] for m in moves]


def test_played_to_its_end_it_begins_again_and_what_cannot_be_is_refused(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    lived(tmp_path / "archive", site)
    ends: list[bool] = []

    async def run() -> None:
        (tmp_path / "own").mkdir()
        station = ReplayStation(
            site, tmp_path / "archive", tmp_path / "own", T0 + 1, T0 + 9, speed=1000.0, ended=lambda: ends.append(True)
        )
        core = station.core
        assert isinstance(core, ReplayCore)
        core.start()
        player = core.player
        playing = asyncio.create_task(player.run())
        for _ in range(2):
            while not player.over:
                await asyncio.sleep(0.005)
            assert player.position == T0 + 9
            player.play()
            assert player.position == T0 + 1
        for wrong in (lambda: player.set_speed(0.0), lambda: player.seek(float("nan"))):
            with pytest.raises(ReplayError, match="expected"):
                wrong()
        player.seek(T0 + 1e6)
        assert player.position == T0 + 9, "the nearer end"
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
        await asyncio.to_thread(core.stop)

    asyncio.run(run())
    assert ends == [True]


def sums(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted((folder / "days").iterdir()) if p.is_file()}


def test_a_rebuild_gives_the_same_files_again(tmp_path: Path) -> None:
    site = make_site(tmp_path, friendly=[{"identity": "OTHER", "zones": ["pier"]}])
    lived(tmp_path / "archive", site)
    done = rebuild(tmp_path / "archive", site)
    first = sums(tmp_path / "archive")
    assert done.points > 80
    assert done.alerts >= 1
    assert done.damage is None
    archive = Archive(tmp_path / "archive")
    assert archive.verify() == []
    counts = count(archive, *archive.span())
    assert (counts.total, counts.airframes) == (2, 1)  # the same drone twice, ten minutes apart
    assert counts.uptime.known
    assert 0 < counts.uptime.sensors["rid"].up_h + counts.uptime.sensors["rid"].down_h < 0.05
    for path in (tmp_path / "archive" / "days").iterdir():
        path.unlink()
    rebuild(tmp_path / "archive", site)
    assert sums(tmp_path / "archive") == first
    assert b"TEST1" not in b"".join(p.read_bytes() for p in (tmp_path / "archive" / "days").glob("*.parquet"))


def test_a_damaged_log_is_rebuilt_up_to_the_damage(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    lived(tmp_path / "archive", site)
    path = tmp_path / "archive" / "00000001.plog"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    done = rebuild(tmp_path / "archive", site, pseudonyms=Pseudonyms(tmp_path / "archive"))
    assert done.damage is not None
    assert "00000001.plog" in done.damage
    assert 0 < done.records < 240
    with pytest.raises(LogError, match="picket archive import"):
        rebuild(tmp_path, site)


def test_a_record_that_cannot_be_worked_on_is_counted(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    log = LogFile(tmp_path / "archive")
    for record in [*records([row(T0 + i, 45.01, -30.0) for i in range(20)]), Record(999, T0 + 30, "batch", {"nonsense": 1})]:
        log.append(record)
    log.close()
    assert rebuild(tmp_path / "archive", site).left_out == {"record_not_worked_on": 1}
