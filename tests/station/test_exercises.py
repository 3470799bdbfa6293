"""Exercises that are started from the training page: played beside a live station, one at a time, kept and reviewed when they are over."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from picket import site as sites
from picket.learn.cards import shipped_cards
from picket.record import log
from picket.station.exercises import MOST_OWN, Exercises, StartError, own_files
from picket.station.run import Station
from picket.station.train_station import TrainStation
from picket.train import library
from picket.train.exercise import ExerciseError
from picket.train.score import read_score
from tests.station.live import Live
from tests.station.playing import Client, short
from tests.station.training import served


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Own exercise files: one that plays, one with mistakes, one for another site."""
    folder = tmp_path_factory.mktemp("own")
    own = folder / "exercises" / "monday"
    own.mkdir(parents=True)
    short(own)
    site = own / "site" / "site.toml"  # as a running station has it: its feeds, its radio, who is told
    port = _free_port()
    text = site.read_text().replace('id = "radar-north"\n', f'id = "radar-north"\nfeed = "asterix+udp://127.0.0.1:{port}"\n')
    text += '\n[[sensor]]\nid = "df"\nkind = "rf"\nlat_deg = 45.0\nlon_deg = -30.0\n'
    text += '[[radio]]\nsensor = "df"\nsource = "rtl_tcp://127.0.0.1:1"\nrate_hz = 2.4e6\n'
    text += '[[radio.band]]\nname = "433"\nlow_hz = 433e6\nhigh_hz = 434e6\n'
    site.write_text(text)
    (folder / "exercises" / "wrong.toml").write_text("version = 1\nname = ")
    elsewhere = (own / "exercise.toml").read_text().replace("radar-north", "radar-west").replace("site/site", "monday/site/site")
    (folder / "exercises" / "elsewhere.toml").write_text(elsewhere)
    (folder / "runs").mkdir()
    return folder


@pytest.fixture
def training(folder: Path) -> Iterator[tuple[TrainStation, Client]]:
    with served(folder / "runs", (folder / "exercises",)) as (station, client, _):
        yield station, client


def test_every_exercise_is_listed_with_what_it_trains(training: tuple[TrainStation, Client], folder: Path) -> None:
    found = training[1].get("/api/train/exercises")
    rows = {r["id"]: r for r in found["exercises"]}
    assert list(rows)[: len(library.names())] == library.names()
    first = rows["no-emission"]
    x = library.load("no-emission")
    assert (first["name"], first["card"], first["seconds"], first["teaches"]) == (x.name, x.card, x.repeat_s, list(x.teaches))
    assert (first["own"], first["problems"], first["last"]) == (False, [], None)
    assert "no-emission" in found["covered"]
    assert not set(found["covered"]) & set(found["uncovered"])
    assert found["cards"]["no-emission"] == shipped_cards()["no-emission"].title
    own = {Path(r["id"]).name: r for r in rows.values() if r["own"]}
    assert sorted(own) == ["elsewhere.toml", "exercise.toml", "wrong.toml"]  # and no site file
    assert own["exercise.toml"]["problems"] == []
    assert "is not TOML" in own["wrong.toml"]["problems"][0]
    assert "was it written for another site?" in " ".join(own["elsewhere.toml"]["problems"])


def test_what_cannot_be_started_says_why(training: tuple[TrainStation, Client], folder: Path) -> None:
    station, control = training
    start = "/api/train/exercises/start"
    assert "is not TOML" in control.post(start, {"exercise": str(folder / "exercises" / "wrong.toml")}, 422)["error"]
    assert "another site?" in control.post(start, {"exercise": str(folder / "exercises" / "elsewhere.toml")}, 422)["error"]
    for name in ("nothing", "../../etc/passwd", str(folder / "exercises" / "monday" / "site" / "site.toml")):
        assert "load this page again" in control.post(start, {"exercise": name}, 409)["error"]
    control.post(start, {"exercise": "first-look", "seed": -1}, 422)
    control.post(start, {"exercise": "first-look", "out": "/tmp"}, 422)
    assert "nothing to end" in control.post("/api/train/exercises/end", {}, 409)["error"]
    officer = Client(f"http://127.0.0.1:{station.port}/?token={station.access.new_token('Anna')}")
    assert officer.http.get("/api/train/exercises").status_code == 403
    assert "training officer" in officer.post(start, {"exercise": "first-look"}, 403)["error"]
    assert officer.get("/api/train/runs")["now"] is None
    for wrong in ({"origin": "http://evil.example"}, {"host": "evil.example"}):
        assert control.http.post(start, json={"exercise": "first-look"}, headers=wrong).status_code == 403
    nobody = control.http.post(start, json={"exercise": "first-look"}, headers={"authorization": "Bearer no"})
    assert nobody.status_code == 401
    assert control.get("/api/train/runs")["now"] is None


def test_no_run_goes_into_a_station_s_archive(tmp_path: Path) -> None:
    (tmp_path / "00000001.plog").write_bytes(b"")
    with pytest.raises(StartError, match="holds a station's log"):
        Exercises(tmp_path).start("first-look", 1)
    with pytest.raises(StartError, match="not here"):
        Exercises(tmp_path / "runs", busy=lambda: "not here").start("first-look", 1)
    (tmp_path / "bad.toml").write_text("version = 2\nsite = 'no.toml'\nname = 3\n")
    with pytest.raises(ExerciseError):
        Exercises(tmp_path / "runs", (tmp_path,)).start(str(tmp_path / "bad.toml"), 1)


def test_of_very_many_files_the_first_are_listed_and_the_rest_counted(tmp_path: Path) -> None:
    for i in range(MOST_OWN + 3):
        (tmp_path / f"{i:03}.toml").write_text('site = "site.toml"\n')
    found, left_out = own_files((tmp_path, tmp_path / "none"))
    assert (len(found), left_out) == (MOST_OWN, 3)


def test_it_is_played_beside_a_live_station_kept_and_reviewed(
    training: tuple[TrainStation, Client], folder: Path, tmp_path: Path
) -> None:
    station, control = training
    mine = str(folder / "exercises" / "monday" / "exercise.toml")
    site = folder / "exercises" / "monday" / "site" / "site.toml"
    with live_station(site, tmp_path / "live") as looking:  # of the very site file that the exercise names
        control.post("/api/train/exercises/start", {"exercise": mine, "seed": 3})
        now = control.until("/api/train/runs", lambda x: x["now"]["state"] == "playing" and x["now"], 180)
        assert "is being played since" in control.post("/api/train/exercises/start", {"exercise": "first-look"}, 409)["error"]
        officer = Client(now["url"])  # whoever started it controls it
        assert officer.get("/api/exercise")["control"] is True
        assert "plays one exercise" in officer.get("/api/train/exercises")["busy"]
        assert "plays one exercise" in officer.post("/api/train/exercises/start", {"exercise": "first-look"}, 409)["error"]
        assert officer.get("/api/hello")["simulated"] is True
        officer.until("/api/exercise", lambda x: x["state"] == "running")
        officer.until("/api/tracks", lambda x: x["tracks"])
        assert looking.get("/api/tracks")["tracks"] == []
        assert looking.get("/api/hello")["simulated"] is False
        officer.post("/api/exercise/speed", {"speed": 10})
        control.until("/api/train/runs", lambda x: x["now"]["state"] == "over")
        assert looking.get("/api/detections")["detections"] == []
        assert [a for a in looking.get("/api/alerts", state="all")["alerts"] if a["track_ids"] or a["origin"] != "live"] == []
    assert {p.name for p in (tmp_path / "live").iterdir()}.isdisjoint({"run.json", "truth.csv", "score.json"})
    kept = list(log.read(tmp_path / "live"))
    assert "exercise" not in json.dumps([r.payload for r in kept if r.kind in ("boot", "action", "life")])
    review = control.get(f"/api/train/runs/{now['run']}")
    assert review["score"]["seed"] == 3
    assert review["score"]["complete"] is True
    row = next(r for r in control.get("/api/train/exercises")["exercises"] if r["id"] == mine)
    assert (row["last"]["name"], row["runs"]) == (now["run"], 1)
    # its page stays for the review, until it is closed
    assert officer.get("/api/exercise")["review"] == "ready"
    assert control.post("/api/train/exercises/end")["now"]["state"] == "ended"
    is_kept_when_it_is_ended(control, station, mine)


def is_kept_when_it_is_ended(control: Client, station: TrainStation, mine: str) -> None:
    """Before its end: kept and scored as far as it went."""
    control.post("/api/train/exercises/start", {"exercise": mine})
    now = control.until("/api/train/runs", lambda x: x["now"]["state"] == "playing" and x["now"], 180)
    Client(now["url"]).until("/api/exercise", lambda x: x["at_s"] > 2)
    assert control.post("/api/train/exercises/end")["now"]["state"] == "ended"
    score = read_score(station.runs.folder / now["run"])
    assert score is not None
    assert score.complete is False
    assert 0 < score.until_s < 14


@contextmanager
def live_station(path: Path, folder: Path) -> Iterator[Live]:
    """A live station in a thread of its own, and a client signed in there."""
    site = sites.load(path)
    site = msgspec.structs.replace(site, radio=(), station=msgspec.structs.replace(site.station, origin="live", port=0))
    up, urls, made = threading.Event(), list[str](), list[Any]()

    async def run() -> None:
        station = Station(site, folder)
        made.extend((asyncio.get_running_loop(), station))
        await station.run(lambda url: (urls.append(url), up.set())[0])

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert up.wait(300)
    loop, station = made
    looking = Live(station, urls[0], None)
    yield looking
    looking.http.close()
    loop.call_soon_threadsafe(station.stop.set)
    thread.join(120)
    assert not thread.is_alive()


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
