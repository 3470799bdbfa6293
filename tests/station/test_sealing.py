"""Finished days are sealed while the station runs, and are the same as from the whole log."""

from __future__ import annotations

import asyncio
import os
import signal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from picket.record.archive import Archive, read_manifest
from picket.record.log import LogFile, Record
from picket.record.pseudonyms import Pseudonyms
from picket.station import sealing
from picket.station.engine import Engine
from picket.station.rebuild import rebuild
from picket.station.sealing import Sealing
from tests.station.live import approach, make_site
from tests.station.test_engine import records

DAY = 86_400.0
MIDNIGHT = 1_700_006_400.0  # 2023-11-15T00:00:00Z
STARTS = (MIDNIGHT - 25.0, MIDNIGHT + 43_200, MIDNIGHT + DAY + 600, MIDNIGHT + 3 * DAY + 600, MIDNIGHT + 4 * DAY - 25.0)


@cache
def station_runs() -> list[list[Record]]:
    """Runs of a station of 40 s each, one after the other; the first and the last go over midnight."""
    before: Engine | None = None
    out = []
    for k in range(len(STARTS)):
        run = records(approach(STARTS[k], 80), start=1 + 5_000 * k)
        run[0] = run[0]._replace(time=STARTS[k])
        if before is not None:
            run[0] = run[0]._replace(payload={"book": before.book.state()})
        with TemporaryDirectory() as folder:
            engine = Engine(make_site(Path(folder)))
        whole = [*run, Record(run[-1].seq + 1, run[-1].time, "end", None)]
        for record in whole:
            engine.apply(record)
        before = engine
        out.append(whole)
    return out


def live(folder: Path, runs: range) -> None:
    """Those runs, into the log."""
    for k in runs:
        log = LogFile(folder)
        for record in station_runs()[k]:
            log.append(record)
        log.close()


def sealed(folder: Path) -> set[tuple[str, str]]:
    return {(f.name, f.sha256) for f in read_manifest(folder).files if f.kind == "points"}


def monthly(folder: Path) -> dict[str, list[str]]:
    """Rows of the tables that have a file a month, or several when a month was sealed in parts."""
    archive = Archive(folder)
    return {kind: [repr(row) for row in archive.rows(kind, 0, 1 << 20).to_pylist()] for kind in ("segments", "cells", "uptime")}


def test_days_sealed_one_after_the_other_are_those_of_the_whole_log(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    one, all_, names = tmp_path / "one", tmp_path / "all", Pseudonyms(tmp_path / "keys")
    for k in range(len(STARTS)):
        live(one, range(k, k + 1))
        rebuild(one, site, new_days=True, pseudonyms=names)
    live(all_, range(len(STARTS)))
    rebuild(all_, site, pseudonyms=names)
    assert len(sealed(all_)) == 5
    assert sealed(one) == sealed(all_)
    assert monthly(one) == monthly(all_)
    assert {a["id"] for a in alerts(one)} == {a["id"] for a in alerts(all_)}
    assert Archive(one).verify() == []


def alerts(folder: Path) -> list[dict[str, Any]]:
    import json

    names = [f.name for f in read_manifest(folder).files if f.kind == "alerts"]
    return [json.loads(line) for name in names for line in (folder / "days" / name).read_bytes().splitlines()]


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    site, folder = make_site(tmp_path), tmp_path / "archive"
    live(folder, range(len(STARTS)))
    whole = rebuild(folder, site).records
    again = rebuild(folder, site, new_days=True)
    assert again.records < 0.7 * whole
    assert again.boots == 3


def test_a_day_is_due_once_it_is_over_and_a_failure_waits(tmp_path: Path) -> None:
    site, folder, now = make_site(tmp_path), tmp_path / "archive", [MIDNIGHT + 30.0]
    one = Sealing(site, folder, 0, lambda: now[0])
    assert not one.due()  # no log yet
    live(folder, range(1))
    assert not one.due()  # the day is over, and may still be added to
    now[0] = MIDNIGHT + sealing.SETTLE_S + 1
    assert one.due()
    rebuild(folder, site)  # its last record is of the new day
    assert not one.due()
    now[0] += DAY
    assert one.due()
    one.last = sealing.Sealed(now[0], problem="finished days could not be sealed: disk full")
    assert not one.due()
    now[0] += sealing.AGAIN_S
    assert one.due()


def site_file(tmp_path: Path) -> Any:
    from picket.site import load

    path = tmp_path / "site.toml"
    if not path.exists():
        path.write_text('version = 1\n[site]\nname = "t"\nlat_deg = 45.0\nlon_deg = -30.0\n' + """
[[sensor]]
id = "radar"
kind = "radar"
lat_deg = 45.0
lon_deg = -30.0
alt_wgs84_m = 10.0
scan_period_s = 1.0
max_range_m = 6000
""")  # fmt: skip
    return load(path)


def test_the_child_seals_and_says_what_it_did(tmp_path: Path) -> None:
    site, folder = site_file(tmp_path), tmp_path / "archive"
    live(folder, range(2))
    one = Sealing(site, folder, 0, lambda: MIDNIGHT + DAY)
    found = asyncio.run(one.seal())
    assert found.problem is None
    assert found.days[0] == "2023-11-14"
    assert one.last == found
    (folder / "days" / "manifest.json").write_text("{")
    broken = asyncio.run(one.seal())
    assert broken.problem is not None
    assert "picket archive rebuild" in broken.problem


def test_a_child_that_is_killed_leaves_the_archive_as_it_was(tmp_path: Path, monkeypatch: Any) -> None:
    site, folder = site_file(tmp_path), tmp_path / "archive"
    live(folder, range(2))
    rebuild(folder, site)
    before = sealed(folder)
    live(folder, range(2, 3))
    real = asyncio.create_subprocess_exec

    async def killed(*words: Any, **more: Any) -> Any:
        child = await real(*words, **more)
        os.kill(child.pid, signal.SIGKILL)
        return child

    monkeypatch.setattr(asyncio, "create_subprocess_exec", killed)
    one = Sealing(site, folder, 0, lambda: MIDNIGHT + 2 * DAY)
    assert asyncio.run(one.seal()).problem is not None
    assert sealed(folder) == before
    monkeypatch.undo()
    assert asyncio.run(one.seal()).problem is None
    assert len(sealed(folder)) > len(before)
