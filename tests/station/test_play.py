"""An exercise played on the page: a station, its simulator beside it, exercise control, and a folder that can be scored when it is over."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from picket.record import log
from picket.station.play import free_channels, play, site_with_feeds
from picket.station.practice import PracticeError
from picket.train import demo_exercise
from picket.train.kept import read_facts
from picket.train.score import read_score
from tests.station.playing import Client, played, short


def test_an_exercise_is_paused_hastened_injected_and_scored(tmp_path: Path) -> None:
    run = tmp_path / "run"
    with played(short(tmp_path), run) as control:
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
        assert control.post("/api/exercise/go")["pace"] == 10.0
    facts = read_facts(run)
    assert (facts.complete, facts.until_s, facts.officer) == (True, 14.0, "Anna")
    records = list(log.read(run))
    assert records[0].payload["origin"] == "exercise"
    assert all(r.payload["d"]["w"]["origin"] == ["exercise"] for r in records if r.kind == "batch" and r.payload["d"])
    acts = [r.payload for r in records if r.kind == "action"]
    assert [a["what"] for a in acts if a["do"] == "exercise"] == ["begin", "pause", "speed", "go", "end"]
    assert [a.get("given_by") for a in acts if a["do"] == "note"] == ["officer", "officer", "officer"]
    # the radar that went dark by hand sent nothing after it
    dark = next(r.time for r in records if r.kind == "action" and "dark" in str(r.payload.get("text")))
    assert not [r for r in records if r.kind == "batch" and r.payload["d"] and r.time > dark + 1.5]
    found = read_score(run)
    assert found is not None
    (event,) = found.events
    assert event.track is not None
    assert event.track.at_s < 12
    assert event.acknowledged is not None
    assert event.acknowledged.at_s == pytest.approx(stood["at_s"], abs=0.2)


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
