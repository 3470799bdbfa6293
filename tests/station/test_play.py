"""An exercise played on the page: a station, its simulator beside it, exercise control, and a folder that can be scored when it is over."""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path

import msgspec
import pytest

from picket.feed.table import read_table
from picket.record import log
from picket.record.codec import unpack
from picket.station.play import finish, free_channels, play, site_with_feeds
from picket.station.practice import PracticeError, complete_tables
from picket.train import demo_exercise
from picket.train.kept import read_facts, write_facts
from picket.train.score import read_score
from picket.words import TRACK
from tests.station.playing import Client, played, short

PLANNED_S = 40.0  # of the exercise's time: a machine that stands still for seconds has not come to its end before the pause


def test_an_exercise_is_paused_hastened_injected_and_scored(tmp_path: Path) -> None:
    run = tmp_path / "run"
    with played(short(tmp_path, **{"repeat_s = 14": f"repeat_s = {PLANNED_S:g}"}), run) as control:
        control.until("/api/exercise", lambda x: x["state"] == "running")
        # who plays
        anna = Client(control.post("/api/exercise/invite")["url"])
        assert anna.post("/api/exercise/name", {"name": "  Anna "}) == {"name": "Anna"}
        assert "choose another name" in control.post("/api/exercise/name", {"name": "anna"}, 409)["error"]
        assert "choose another name" in control.post("/api/exercise/name", {"name": "Exercise control"}, 409)["error"]
        # an officer watches, and controls nothing
        seen = anna.get("/api/exercise")
        assert (seen["you"], seen["named"], seen["control"], seen["by_hand"]) == ("Anna", True, False, [])
        for path in ("pause", "go", "end", "invite"):
            assert "only the training officer" in anna.post(f"/api/exercise/{path}", {}, 403)["error"]
        # a pause: time stands still, and what is done in it is done at its moment
        alert = control.until("/api/alerts", lambda x: x["alerts"] and x["alerts"][0])
        stood = control.post("/api/exercise/pause")
        assert (stood["state"], stood["pace"]) == ("paused", 0.0)
        assert "not running" in control.post("/api/exercise/pause", {}, 409)["error"]
        picture = control.get("/api/health")["time"]
        time.sleep(0.3)
        assert control.get("/api/exercise")["at_s"] == stood["at_s"]
        assert control.get("/api/health")["time"] <= stood["time"] + 1e-6
        assert picture <= stood["time"] + 1e-6
        acknowledged = anna.post(f"/api/alerts/{alert['id']}/acknowledge")
        assert acknowledged["acknowledged_by"] == "Anna"
        assert acknowledged["acknowledged_at"] == pytest.approx(stood["time"], abs=0.01)
        # injects
        assert [i["id"] for i in control.get("/api/exercise")["by_hand"]] == ["call", "dark"]
        control.post("/api/exercise/inject", {"id": "call"})
        assert "there are: dark" in control.post("/api/exercise/inject", {"id": "fog"}, 409)["error"]
        control.post("/api/exercise/say", {"text": "Fog over the roads."})
        assert [t["text"].split(":")[0] for t in anna.get("/api/exercise")["told"]] == ["Inject call", "Inject"]
        control.post("/api/exercise/inject", {"id": "dark"})
        # it goes on, faster, to its end
        assert "1, 2, 5, 10" in control.post("/api/exercise/speed", {"speed": 3}, 409)["error"]
        control.post("/api/exercise/speed", {"speed": 10})
        assert control.get("/api/exercise")["state"] == "paused"
        gone = control.post("/api/exercise/go")
        assert (gone["state"], gone["speed"]) == ("running", 10.0)
        assert gone["pace"] == pytest.approx(10.0 * gone["share"], abs=0.06)  # a machine that cannot is given less at once
    facts = read_facts(run)
    assert (facts.complete, facts.until_s, facts.officer) == (True, PLANNED_S, "Anna")
    records = list(log.read(run))
    assert records[0].payload["origin"] == "exercise"
    assert all(r.payload["d"]["w"]["origin"] == ["exercise"] for r in records if r.kind == "batch" and r.payload["d"])
    acts = [r.payload for r in records if r.kind == "action"]
    assert [a["what"] for a in acts if a["do"] == "exercise"] == ["begin", "pause", "speed", "go", "end"]
    assert [a.get("given_by") for a in acts if a["do"] == "note"] == ["officer", "officer", "officer"]
    # the radar that went dark by hand sent nothing after it
    dark = next(r.time for r in records if r.kind == "action" and "dark" in str(r.payload.get("text")))
    heard = [unpack(r.payload["d"])["time"].max() for r in records if r.kind == "batch" and r.payload["d"]]
    assert max(heard) < dark + 1.5
    found = read_score(run)
    assert found is not None
    (event,) = found.events
    assert event.track is not None
    assert event.track.at_s <= stood["at_s"]
    assert event.acknowledged is not None
    assert event.acknowledged.at_s == pytest.approx(stood["at_s"], abs=0.2)
    is_what_the_log_gives(run, tmp_path / "again")


def is_what_the_log_gives(run: Path, again: Path) -> None:
    """The tables were written while the run was played; they are those that its log gives."""
    shutil.copytree(run, again)
    for name in ("tracks.parquet", "alerts.jsonl", "score.json"):
        (again / name).unlink()
    write_facts(again, msgspec.structs.replace(read_facts(again), until_s=0.0))
    complete_tables(again)
    finish(again)
    assert read_facts(again) == read_facts(run)
    assert (again / "alerts.jsonl").read_bytes() == (run / "alerts.jsonl").read_bytes() != b""
    one, other = (list(read_table(f / "tracks.parquet", TRACK).rows()) for f in (again, run))
    assert one == other != []


def test_a_folder_with_a_run_is_not_played_into(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(PracticeError, match="holds a run already"):
        asyncio.run(play(demo_exercise(), tmp_path, seed=1, port=0, ready=print))


def test_feeds_are_this_machine_s_and_of_the_simulated_sensors_only() -> None:
    exercise = demo_exercise()
    channels = free_channels(exercise)
    assert len({port for _, port in channels.values()}) == 4
    site = site_with_feeds(exercise.at_site(), {k: v for k, v in channels.items() if k != "adsb"}, 0)
    feeds = {s.id: s.feed for s in site.sensor}
    assert feeds.pop("adsb") is None
    assert all(f and "://127.0.0.1:" in f for f in feeds.values())
    assert site.station.origin == "exercise"
