"""An exercise played on the page: a station, its simulator beside it, and a folder that can be scored when it is over."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from picket.record import log
from picket.station.play import finish, free_channels, play, site_with_feeds
from picket.station.practice import PracticeError, complete_tables
from picket.train import Exercise, demo_exercise
from picket.train.demo import DEMO
from picket.train.kept import read_facts
from picket.train.score import score

SHORT = """version = 1
name = "short"
site = "SITE"
repeat_s = 14
[[radar]]
id = "radar-north"
[[actor]]
id = "intruder"
kind = "drone"
route = [[-300, 1500, 90], [-300, -1500, 90]]
speed_mps = 25
"""


def test_a_played_exercise_ends_by_itself_and_is_scored(tmp_path: Path) -> None:
    path = tmp_path / "exercise.toml"
    path.write_text(SHORT.replace("SITE", str(DEMO / "site.toml")))
    addresses: list[str] = []
    asyncio.run(play(Exercise.load(path), tmp_path / "run", seed=1, port=0, ready=addresses.append))
    assert addresses
    assert addresses[0].startswith("http://127.0.0.1:")
    complete_tables(tmp_path / "run")
    finish(tmp_path / "run")
    facts = read_facts(tmp_path / "run")
    assert (facts.complete, facts.until_s, facts.officer) == (True, 14.0, "on the page")
    records = list(log.read(tmp_path / "run"))
    assert records[0].payload["origin"] == "exercise"
    assert all(r.payload["d"]["w"]["origin"] == ["exercise"] for r in records if r.kind == "batch" and r.payload["d"])
    (event,) = score(tmp_path / "run").events
    assert event.track is not None
    assert event.track.at_s < 12


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
