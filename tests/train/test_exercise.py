"""Exercise files: what is refused, and that the message says where and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from picket.train import Exercise, ExerciseError

ACTOR = '[[actor]]\nid = "a"\nkind = "drone"\n'
FLIGHT = ACTOR + "speed_mps = 10\nroute = [[0, 0, 50], [800, 0, 60], [800, 900, 50]]\n"


def test_a_sound_file_loads(write):
    exercise = write(FLIGHT)
    assert [a.id for a in exercise.actor] == ["a"]
    assert exercise.at_site().site.name == "Port Halcyon (fictional)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (FLIGHT + "sped = 3", "actor[0].sped: unknown key; did you mean speed_mps?"),
        (FLIGHT + "place = 3", "actor[0].place: unknown key"),
        (FLIGHT.replace("drone", "zeppelin"), "Invalid enum value 'zeppelin'"),
        (FLIGHT + FLIGHT, "two actors have this id"),
        (FLIGHT.replace("= 10", "= 60"), "speed_mps: expected 0 to 45, got 60"),
        (FLIGHT.replace("= 10", "= 1e308"), "speed_mps: expected 0 to 45, got 1e+308"),  # its square overflows
        (FLIGHT.replace("= 10", "= nan"), "speed_mps: expected 0 to 45, got nan"),
        (FLIGHT.replace("speed_mps = 10\n", ""), "a route of 3 waypoints needs a speed"),
        (FLIGHT.replace("[800, 0, 60]", "[800, 0]"), "expected waypoints [east, north, height]"),
        (FLIGHT.replace("[800, 0, 60]", "[800, 0, 60, -1]"), "expected waypoints [east, north, height]"),
        (FLIGHT.replace("[800, 0, 60]", "[8e6, 0, 60]"), "within 200 km"),
        (FLIGHT.replace("[800, 0, 60]", "[40, 0, 60]").replace("= 10", "= 30"), "too short to turn"),
        (FLIGHT.replace("[800, 900, 50]", "[0, 0, 50]"), "too short to turn"),  # back on its heel
        (FLIGHT.replace("[800, 900, 50]", "[800, 0, 60]"), "two waypoints at one place"),
        (FLIGHT.replace("[800, 0, 60]", "[800, 0, 900]"), "climbs at up to"),
        (FLIGHT.replace("[800, 0, 60]", "[800, 0, 60, 5]") + "loop = true", "a loop has no holds"),
        (ACTOR + "route = [[0, 0, 50]]", "say loop = true"),
        (ACTOR + "route = []", "give at least one waypoint"),
        (ACTOR + "route = [[0, 0, 50]]\nloop = true\nwander_m = 500\nwander_period_s = 20", "wander less or slower"),
        (FLIGHT + "start_s = 2\nvary = { start_s = 5 }", "start_s: expected 5 to 360, got 2"),
        (FLIGHT + 'remote_id = { serial = "1581F6N8A23B2ML3Y3KR" }', "expected SIMULATED and up to 11"),
        (FLIGHT + 'remote_id = { serial = "SIMULATED-TOO-LONG-HERE" }', "expected SIMULATED and up to 11"),
        (FLIGHT + 'adsb = { icao = "A1B2C3" }', "expected a reserved address F00000 to F07FFF"),
        (FLIGHT + 'adsb = { icao = "F00001", call_sign = "DLH123" }', "expected SIM and up to 5"),
        (FLIGHT + 'count = 2\nremote_id = { serial = "SIMULATED-1" }', "2 objects cannot share a serial"),
        (FLIGHT + "vary = { rotate_deg = nan }", "vary.rotate_deg: expected 0 to 180, got nan"),
        (FLIGHT + "rcs_m2 = 0", "rcs_m2: expected 1e-06 to 1e+06, got 0"),
        (FLIGHT + "wander_m = nan", "wander_m: expected 0 to 100000, got nan"),
        (FLIGHT + 'remote_id = { serial = "SIMULATED-1", operator_id = "FIN87astrdge12k8" }', "expected SIM and up to 17"),
        (FLIGHT + 'remote_id = { serial = "SIMULATED-1", claim_offset_m = [inf, 0, 0] }', "claim_offset_m: expected -200000 to"),
        ('[[radar]]\nid = "radar-west"\n' + FLIGHT, "the site has no radar of this id; it has: radar-north, radar-south"),
        ('[remote_id]\nid = "radar-north"\n' + FLIGHT, "the site has no remote_id sensor of this id"),
        ('[adsb]\nid = "adsb"\nloss = 2\n' + FLIGHT, "loss: expected 0 to 1, got 2"),
    ],
)
def test_a_bad_file_is_refused_with_the_place_and_the_reason(write, text, message):
    with pytest.raises(ExerciseError) as caught:
        write(text)
    assert message in str(caught.value)


def test_every_problem_is_named_at_once(write):
    with pytest.raises(ExerciseError) as caught:
        write(FLIGHT.replace("= 10", "= 60") + 'adsb = { icao = "A1B2C3" }')
    assert len(caught.value.problems) >= 2


def test_every_unknown_key_is_named_at_once_with_what_else_is_wrong(write):
    with pytest.raises(ExerciseError) as caught:
        write(FLIGHT.replace("= 10", "= 60") + "colour = 1\nvary = { turn_deg = 3 }\n[wether]\nrain_mm_h = 3\n")
    assert [p.split("; ")[0] for p in caught.value.problems][:4] == [
        "actor[0].colour: unknown key",
        "actor[0].vary.turn_deg: unknown key",
        "wether: unknown key",
        "actor[0] (a).speed_mps: expected 0 to 45, got 60.0",
    ]


def test_an_exercise_for_another_site_says_so(tmp_path: Path):
    from picket import site as sites
    from picket.train import library
    from picket.train.demo import DEMO

    border = sites.load(Path(library.load("over-the-line").source).parent / "../sites/border/site.toml")
    with pytest.raises(ExerciseError) as caught:
        Exercise.load(DEMO / "exercise.toml", border)
    said = str(caught.value)
    assert "was it written for another site?" in said
    assert "radar[0] (radar-north): the site has no radar of this id; it has:" in said


def test_a_key_that_only_the_program_fills_in_is_unknown_in_a_file(write):
    with pytest.raises(ExerciseError, match="place: unknown key"):
        write(FLIGHT, head='version = 1\nname = "x"\nsite = "site.toml"\nplace = 1\n')


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(ExerciseError, match="cannot be read"):
            Exercise.load(path)


def test_every_key_is_documented():
    from picket.train import exercise as module
    from picket.train import script

    text = (Path(__file__).parents[2] / "docs" / "exercises.md").read_text("utf-8")
    structs = (module.Radar, module.Receiver, module.RemoteId, module.Adsb, module.Vary, module.Actor, module.Exercise,
               module.Listener, script.Weather, script.Fault, script.Inject, script.Expect)  # fmt: skip
    names = {n for s in structs for n in s.__struct_fields__} - {
        "place",
        "source",
        "radar",
        "actor",
        "fault",
        "weather",
        "inject",
        "listener",
        "expect",
    }
    assert not {n for n in names if f"`{n}`" not in text and f" {n}" not in text and f", {n}" not in text}
    for kind, limits in module.LIMITS.items():
        assert f"| {kind} | {limits.speed_mps:g} | {limits.acceleration_mps2:g} | {limits.climb_mps:g} |" in text
