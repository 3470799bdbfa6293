"""The statistics of the sealed days over the API: the numbers of `picket stats`, by a child process, with clear refusals."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pypdf import PdfReader

from picket.cli import main
from picket.site import load
from picket.station import api_record
from picket.station.stats_child import BusyError, Stats, StatsError
from tests.record.history import T0, north, seal
from tests.station.live import PIER, Live, running

SITE = """version = 1
[site]
name = "Test pier"
lat_deg = 45.0
lon_deg = -30.0
[station]
port = 0
[[sensor]]
id = "radar-1"
kind = "remote_id"
[[zone]]
id = "pier"
kind = "protected"
geometry = "pier.geojson"
"""


def make(folder: Path) -> Path:
    """A site file and an archive of three weeks: twelve flights on each of the last ten days, two before; every third over the pier."""
    (folder / "pier.geojson").write_text(json.dumps(PIER))
    (folder / "site.toml").write_text(SITE)
    rows, number = [], 0
    for day in range(21):
        for k in range(12 if day > 10 else 2):
            number += 1
            lon = -30.0 if k % 3 == 0 else -29.5
            rows.append(north(number, T0 + day * 86_400 + (6 + k) * 3_600, 100, 44.99, lon))
    seal(folder / "archive", rows, sensors=("radar-1",))
    return folder


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = make(tmp_path_factory.mktemp("stats"))
    with running(load(folder / "site.toml"), folder / "archive") as station:
        yield station


def test_the_report_to_print_holds_what_the_numbers_say(live: Live) -> None:
    d = live.get("/api/stats", zone="pier", within=500)
    answer = live.http.get("/api/stats.pdf", params={"zone": "pier", "within": 500})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert f"{d['flights']} flights within 500 m of zone pier" in text
    assert d["digest"] in text
    assert "Likeliest change on" in text
    assert live.http.get("/api/stats.pdf", params={"zone": "none"}).status_code == 422


def test_the_numbers_are_those_of_the_command(live: Live) -> None:
    folder = live.station.core.folder
    site = live.station.core.site.source
    got = live.get("/api/stats", per="week", zone="pier", within=100)
    said = CliRunner().invoke(
        main, ["stats", "--archive", str(folder), "--site", site, "--zone", "pier", "--within", "100", "--by", "week", "--json"]
    )
    assert {k: v for k, v in got.items() if k != "map"} == json.loads(said.output)
    assert got["flights"] == 11 + 40
    assert got["near"]["within_m"] == 100
    assert [d["flights"] for d in got["calendar"]] == [1] * 11 + [4] * 10
    assert sum(n for _, _, n in got["map"]["cells"]) == 142 * 101
    assert {"flight", "near", "uptime", "trend"} <= set(got["definitions"])
    assert got["digest"]


def test_the_trend_says_when_and_how_sure_whatever_the_buckets(live: Live) -> None:
    by_day = live.get("/api/stats", compare=["60000 in 184 days", "328 a day"])
    by_hour = live.get("/api/stats", per="hour")
    assert [f["per_day"] for f in by_day["compared"]["figures"]] == [326.09, 328], "given figures are set beside ours"
    assert by_day["compared"]["differ_percent"] == 0.58
    assert by_day["flights"] == 142
    assert by_day["change"]["first_day_after"] == by_day["calendar"][11]["day"]
    assert (by_day["change"]["per_day_before"], by_day["change"]["per_day_after"]) == (2, 12)
    assert by_hour["change"] == by_day["change"]
    assert len(by_hour["table"]) == 21 * 24
    assert by_day["sealed"] == {"since": "2024-10-04T00:00Z", "until": "2024-10-25T00:00Z"}


def test_what_can_be_asked_and_the_pdf_only_where_its_route_is(live: Live) -> None:
    got = live.get("/api/stats/choices")
    assert got["zones"] == [{"id": "pier", "kind": "protected"}]
    assert got["sealed"] == {"since": "2024-10-04T00:00Z", "until": "2024-10-25T00:00Z"}
    app = FastAPI()
    api_record.add(app, live.station.core)
    choices = next(r.endpoint for r in app.routes if isinstance(r, APIRoute) and r.path == "/api/stats/choices")
    assert choices()["pdf"] == "/api/stats.pdf"
    app.router.routes = [r for r in app.routes if getattr(r, "path", "") != "/api/stats.pdf"]
    assert choices()["pdf"] is None


def test_a_line_of_ones_own_is_kept_and_counted_at(live: Live) -> None:
    east = {"type": "LineString", "coordinates": [[-29.6, 45.0], [-29.4, 45.0]]}
    kept = live.http.post("/api/stats/lines", params={"name": "../east line.geojson"}, content=json.dumps(east))
    assert kept.json() == {"line": "east line", "lines": ["east line"]}
    got = live.get("/api/stats", line="east line", within=50)
    assert got["flights"] == 142 - 51
    assert got["near"]["shape"] == "line east line"
    assert got["near"]["crossings"] == {"left_to_right": 0, "right_to_left": 91}
    refused = live.http.post("/api/stats/lines", params={"name": "east line"}, content=json.dumps(PIER))
    assert (refused.status_code, "another line is called" in refused.text) == (422, True)
    refused = live.http.post("/api/stats/lines", params={"name": "x"}, content=b"{")
    assert (refused.status_code, "is not GeoJSON" in refused.text) == (422, True)


def test_a_period_counts_its_days_only(live: Live) -> None:
    got = live.get("/api/stats", since="2024-10-05", until="2024-10-07")
    assert (got["flights"], got["period"]["days"], len(got["calendar"])) == (4, 2, 2)
    assert "change" not in got
    empty = live.get("/api/stats", since="2030-01-01", until="2030-01-03")
    assert empty["flights"] == 0


def test_the_table_and_the_map_as_files(live: Live) -> None:
    got = live.http.get("/api/stats/table.csv", params={"per": "week"})
    assert "attachment" in got.headers["content-disposition"]
    lines = got.text.splitlines()
    assert any("digest" in x for x in lines if x.startswith("#"))
    assert sum(int(r["flights"]) for r in csv.DictReader(x for x in lines if not x.startswith("#"))) == 142
    squares = live.http.get("/api/stats/map.geojson").json()
    assert sum(f["properties"]["points"] for f in squares["features"]) == 142 * 101
    assert squares["properties"]["flights"] == 142
    assert "map" not in squares["properties"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"zone": "nowhere"}, "no zone is called 'nowhere'; there are pier"),
        ({"within": 5}, "within needs a zone or a line"),
        ({"line": "../site"}, "no line is called '../site'"),
        ({"line": "a", "zone": "pier"}, "expected a zone or a line, got both"),
        ({"since": "yesterday"}, "ISO 8601"),
        ({"since": "--out=/tmp/x.csv"}, "ISO 8601"),
        ({"since": "2024-10-10", "until": "2024-10-01"}, "--until after --since"),
        ({"per": "year"}, "per"),
        ({"zone": "pier", "within": -1}, "within"),
        ({"compare": "many"}, "60000 in 184 days"),
        ({"compare": "9" * 81 + " a day"}, "at most 80 characters"),
        ({"compare": ["1 a day"] * 5}, "compare"),
    ],
)
def test_what_cannot_be_is_refused_in_words(live: Live, asked: dict[str, Any], words: str) -> None:
    got = live.http.get("/api/stats", params=asked)
    assert got.status_code == 422
    assert words in got.json()["error"]


def test_a_stranger_gets_nothing(live: Live) -> None:
    import httpx

    assert httpx.get(f"{live.base}/api/stats").status_code == 401


def test_nothing_sealed_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "pier.geojson").write_text(json.dumps(PIER))
    (tmp_path / "site.toml").write_text(SITE)
    with running(load(tmp_path / "site.toml"), tmp_path / "archive") as station:
        got = station.http.get("/api/stats")
        assert got.status_code == 409
        assert got.json()["error"] == "nothing is sealed yet: the station does so each night; `picket archive seal` by hand"


def test_an_answer_is_kept_until_something_is_sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path)
    started: list[tuple[Any, ...]] = []
    real = asyncio.create_subprocess_exec

    async def seen(*words: Any, **more: Any) -> Any:
        started.append(words)
        return await real(*words, **more)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", seen)

    async def ask() -> list[int]:
        stats = Stats(tmp_path / "archive")
        found = [(await stats.ask([]))["flights"], (await stats.ask([]))["flights"]]
        await asyncio.to_thread(seal, tmp_path / "archive", [north(1, T0, 100, 45.0, -30.0)], "another")
        return [*found, (await stats.ask([]))["flights"]]

    assert asyncio.run(ask()) == [142, 142, 143]
    assert len([words for words in started if "stats" in words]) == 2  # a station beside it may seal meanwhile


def test_one_at_a_time_and_not_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path)
    children: list[Any] = []
    begun = threading.Event()
    real = asyncio.create_subprocess_exec

    async def stopped(*words: Any, **more: Any) -> Any:
        child = await real(*words, **more)
        os.kill(child.pid, signal.SIGSTOP)
        children.append(child)
        begun.set()
        return child

    monkeypatch.setattr(asyncio, "create_subprocess_exec", stopped)

    async def both() -> None:
        stats = Stats(tmp_path / "archive")
        first = asyncio.create_task(stats.ask([]))
        await asyncio.to_thread(begun.wait, 60)
        with pytest.raises(BusyError, match="another count"):
            await stats.ask(["--by=hour"])
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        with pytest.raises(StatsError, match="shorter period"):
            await Stats(tmp_path / "archive", limit_s=0.3).ask([])

    asyncio.run(both())
    assert [c.returncode for c in children] == [-signal.SIGKILL] * 2
