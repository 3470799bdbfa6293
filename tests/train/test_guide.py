"""docs/writing-exercises.md: its example plays as the page says, and each message that it explains is the one that comes."""

from __future__ import annotations

import math
import re
from pathlib import Path

import msgspec
import pytest

from picket.train import Exercise, ExerciseError, World, demo_files, frames
from picket.train import library as the_library

GUIDE = (Path(__file__).parents[2] / "docs" / "writing-exercises.md").read_text("utf-8")
(EXAMPLE,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.S)
START = 1_800_000_000.0


@pytest.fixture
def monday(tmp_path):
    """Loads the guide's example from a folder made as the guide says; changed=(old, new) pairs are written into it first."""
    demo_files(tmp_path / "monday")

    def load(*changed: tuple[str, str]) -> Exercise:
        text = EXAMPLE
        for old, new in changed:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "monday" / "one-radar.toml").write_text(text, "utf-8")
        return Exercise.load(tmp_path / "monday" / "one-radar.toml")

    return load


def test_the_example_loads_and_its_visitor_is_where_the_guide_says(monday):
    world = World(monday(), 1)

    def away(second: float) -> float | None:
        return next((math.hypot(*t.position_enu_m[:2]) for t in world.truth(second) if t.actor == "visitor"), None)

    assert away(29) is None
    assert away(31) == pytest.approx(4300, abs=50)
    assert away(170) == pytest.approx(2300, abs=50)


def test_the_lines_of_python_in_the_guide_run(monday, capsys, monkeypatch, tmp_path):
    monday()
    monkeypatch.chdir(tmp_path)
    (script,) = re.findall(r'python -c "\n(.*?)\n    "', GUIDE, re.S)
    exec(re.sub(r"^    ", "", script, flags=re.M), {})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 8
    assert all(" m east" in line for line in lines)


def test_the_north_radar_falls_silent_when_the_call_says_and_the_other_sees_the_visitor(monday):
    exercise = monday()
    came = list(frames(exercise, 1, START, START + 60))
    assert {f.channel for f in came} == {"radar-north", "radar-south", "remote-id"}
    assert max(f.time for f in came if f.channel == "radar-north") < START + 20.2
    assert max(f.time for f in came if f.channel == "radar-south") > START + 59
    alone = msgspec.structs.replace(exercise, radar=exercise.radar[:1], remote_id=None)  # sooner made
    back = [f for f in frames(alone, 1, START, START + 270) if f.channel == "radar-north" and f.time > START + 30]
    assert min(f.time for f in back) == pytest.approx(START + 260, abs=0.2)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "radar-south"', 'id = "radar-of-another-site"', "the site has no radar of this id; it has: radar-north, radar-south"),
        ("[300, -900, 60], [100, -250, 50, 30]", "[795, -4195, 60], [790, -4210, 50]", "are too short to turn and change speed"),
        ("[300, -900, 60]", "[300, -900, 5000]", "climbs at up to"),
        ("at_s = 20", "at_s = -5", "inject[0] (power).at_s: expected 0 to 300, within the exercise, got -5"),
        ("at_s = 20", "at_s = 400", "inject[0] (power).at_s: expected 0 to 300, within the exercise, got 400"),
        ('actor = "visitor"\nby_s = 180', 'actor = "guest"\nby_s = 180', "expect[0] (seen).actor: no actor is called 'guest'"),
        ("by_s = 270", "by_s = 500", "expect[1] (alerted).by_s: expected up to 300"),
        ('inject = "power"', 'inject = "pwoer"', "fault[0] (outage of radar-north).inject: no inject is called 'pwoer'"),
        ('sensor = "radar-north"', 'sensor = "lidar"', "fault[0] (outage of lidar): the exercise simulates no sensor of this id"),
        ('"SIMULATED-POLICE-1"', '"1581F6N8A23B2ML3Y3KR"', "expected SIMULATED and up to 11"),
        ('site = "site.toml"', 'site = "elsewhere.toml"', "elsewhere.toml"),
    ],
)  # fmt: skip
def test_a_mistake_gets_the_message_that_the_guide_explains(monday, old, new, message):
    from picket.site import SiteError

    with pytest.raises((ExerciseError, SiteError)) as caught:
        monday((old, new))
    assert message in str(caught.value)


def test_an_exercise_of_another_site_is_refused_by_naming_this_sites_sensors(tmp_path):
    from picket import site as sites
    from picket.train.demo import DEMO

    with pytest.raises(ExerciseError) as caught:
        Exercise.load(the_library.path("over-the-line"), sites.load(DEMO / "site.toml"))
    assert "it has: radar-north, radar-south" in str(caught.value)


def test_the_guides_exercise_of_the_library_is_there_and_expects_no_track():
    named = set(re.findall(r"`([a-z-]+)` in the library", GUIDE))
    assert named == {"under-the-keel"}
    assert f"{len(the_library.names())} come".replace("17", "Seventeen") in GUIDE
    assert not [e for e in the_library.load("under-the-keel").expect if e.what == "track"]
    assert any(e.what == "report" for e in the_library.load("under-the-keel").expect)
