"""Would we have seen it: intervals, sectors, sensors taken away, two sites compared, and the same answer as from bytes."""

from __future__ import annotations

import csv
import io
import math
import shutil
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from picket import site as sites
from picket.cli import main
from picket.train import Exercise
from picket.train.demo import DEMO
from picket.train.sweep import (
    SECTORS,
    SweepError,
    Trial,
    Variant,
    afar_m,
    at_other_site,
    changed,
    compare,
    only_sensing,
    survey,
    swept_actor,
    wilson,
)
from picket.train.sweep import grid as grids
from picket.train.sweep.words import ROLES, lines


def test_wilson_agrees_with_the_published_values() -> None:
    # Newcombe, Statistics in Medicine 17 (1998) 857, table I, method 3 (Wilson without continuity correction)
    for k, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)):
        found = wilson(k, n)
        assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(n=st.integers(1, 500), share=st.floats(0, 1))
def test_an_interval_holds_its_share_and_lies_between_0_and_1(n: int, share: float) -> None:
    found = wilson(round(share * n), n)
    assert 0 <= found.low <= found.k / n <= found.high <= 1


def test_a_route_is_turned_into_its_sector_and_flown_at_its_height(demo: Exercise) -> None:
    actor = swept_actor(demo)
    assert actor.id == "unknown"
    for i, sector in enumerate(SECTORS):
        made = changed(only_sensing(demo), actor, Variant(sector=sector, height_m=80.0), 5)
        east, north, height = made.actor[0].route[0][:3]
        bearing = math.degrees(math.atan2(east, north))
        assert abs((bearing - 45 * i + 180) % 360 - 180) <= 22.5
        assert height == 80.0
        assert {w[2] for w in made.actor[0].route} == {80.0}
        assert math.hypot(east, north) == pytest.approx(6500, rel=1e-6)  # outside the reach of a 5 km radar


def test_the_same_seed_gives_the_same_trial(demo: Exercise) -> None:
    made = changed(only_sensing(demo), swept_actor(demo), Variant(sector="S", height_m=60.0), 9)
    assert Trial(made, 9).run() == Trial(made, 9).run()


def test_without_sensors_nothing_is_seen_and_with_them_it_is_in_time(demo: Exercise) -> None:
    exercise, actor = only_sensing(demo), swept_actor(demo)
    blind = changed(exercise, actor, Variant(sector="SW", height_m=60.0, out=("radar-north", "radar-south")), 3)
    nothing = Trial(blind, 3).run()
    assert (nothing.detected_s, nothing.track_s, nothing.alert_s, nothing.warning_s) == (None, None, None, None)
    assert nothing.enters_s is not None
    seen = Trial(changed(exercise, actor, Variant(sector="SW", height_m=60.0), 3), 3).run()
    assert seen.detected_s is not None
    assert seen.track_s is not None
    assert seen.alert_s is not None
    assert seen.detected_s <= seen.track_s <= seen.alert_s
    assert seen.warning_s is not None
    assert seen.warning_s > 30


def test_weather_light_and_sensors_are_what_the_variant_says(demo: Exercise) -> None:
    both = ("radar-north", "radar-south")
    variant = Variant(sector="N", speed_mps=12.0, count=3, rain_mm_h=25.0, sea_state=6, light="night", out=both)
    made = changed(only_sensing(demo), swept_actor(demo), variant, 1)
    assert (made.weather.rain_mm_h, made.weather.sea_state, made.weather.light) == (25.0, 6, "night")
    assert (made.actor[0].speed_mps, made.actor[0].count) == (12.0, 3)
    assert {(f.sensor, f.kind) for f in made.fault} == {(x, "outage") for x in both}
    with pytest.raises(SweepError, match="without radar-west: the sweep has no such sensor; it has: radar-north, radar-south"):
        survey(only_sensing(demo), swept_actor(demo), out=[("radar-west",)])


def test_an_airframe_s_limits_hold(demo: Exercise) -> None:
    with pytest.raises(SweepError, match="speed_mps"):
        changed(only_sensing(demo), swept_actor(demo), Variant(sector="N", speed_mps=200.0), 1)
    with pytest.raises(SweepError, match="loop"):
        swept_actor(demo, "police")
    with pytest.raises(SweepError, match="no actor"):
        swept_actor(demo, "nobody")


def test_a_sweep_is_in_compass_order_and_says_whose_it_is(demo: Exercise) -> None:
    found = survey(
        only_sensing(demo), swept_actor(demo), trials=1, heights_m=(60.0,), rain_mm_h=(), sea_state=(), sizes=(), each_out=False
    )
    assert [c.sector for c in found.table] == list(SECTORS)
    text = list(lines(found))
    assert ROLES in text
    assert found.runs == 16
    assert [x.split()[0] for x in text if x.startswith("  ") and " 60 m " in x] == list(SECTORS)


def _site_with(folder: Path, old: str = "", new: str = "") -> sites.Site:
    """The demo's site file with one thing in it replaced."""
    shutil.copytree(DEMO, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    text = (folder / "site.toml").read_text("utf-8")
    (folder / "site.toml").write_text(text.replace(old, new) if old else text, "utf-8")
    return sites.load(folder / "site.toml")


def test_two_sites_are_compared_on_the_same_flights(demo: Exercise, tmp_path: Path) -> None:
    exercise, actor = only_sensing(demo), swept_actor(demo)
    same = compare(exercise, at_other_site(demo, _site_with(tmp_path / "same")), actor, trials=1)
    assert {g.gained_s for g in same} == {0.0}
    # told a minute ahead by radars that see 5 km; these see it for half of that
    short = at_other_site(demo, _site_with(tmp_path / "short", "max_range_m = 5000", "max_range_m = 700"))
    lost = compare(exercise, short, actor, trials=1)
    assert [g.sector for g in lost] == list(SECTORS)
    assert all(g.gained_s < 0 for g in lost)


def test_flights_begin_out_of_reach_of_both_sites(demo: Exercise, tmp_path: Path) -> None:
    exercise, actor = only_sensing(demo), swept_actor(demo)
    short = at_other_site(demo, _site_with(tmp_path / "short", "max_range_m = 5000", "max_range_m = 700"))
    far = afar_m(exercise, short)
    assert far == afar_m(short, exercise) == afar_m(exercise) > afar_m(short)
    variant = Variant(sector="E", height_m=120.0, afar_m=far)
    assert changed(short, actor, variant, 4).actor == changed(exercise, actor, variant, 4).actor


def test_a_site_elsewhere_is_refused(demo: Exercise, tmp_path: Path) -> None:
    site = _site_with(tmp_path / "other")
    moved = msgspec.structs.replace(site, site=msgspec.structs.replace(site.site, lat_deg=46.0))
    with pytest.raises(SweepError, match="one place"):
        at_other_site(demo, moved)


def test_a_grid_names_every_combination_in_the_order_given_and_sectors_by_the_compass(demo: Exercise) -> None:
    here, actor = only_sensing(demo), swept_actor(demo)
    axes = grids.Axes(heights_m=(60.0,), speeds_mps=(30.0, 500.0), rain_mm_h=(0.0,), out=(("radar-north", "radar-south"),))
    wanted = grids.variants(here, actor, axes)
    assert [(v.speed_mps, v.out) for v in wanted] == [(s, o) for s in (30.0, 500.0) for o in ((), ("radar-north", "radar-south"))]
    found = grids.grid(here, actor, wanted, trials=1)
    seen, blind, fast, _ = found.combinations
    assert [c.sector for c in seen.sectors] == list(SECTORS)
    assert seen.label == "60 m; 30 m/s; one; rain 0 mm/h"
    assert blind.label == "60 m; 30 m/s; one; rain 0 mm/h; without radar-north, radar-south"
    assert seen.all is not None
    assert blind.all is not None
    assert (seen.all.detected, blind.all.detected) == (wilson(8, 8), wilson(0, 8))  # both radars away: nothing else sees it
    assert fast.all is None
    assert "m/s" in fast.cannot
    assert found.runs == 16
    rows = list(csv.DictReader(io.StringIO(grids.to_csv(found))))
    assert [r["sector"] for r in rows] == ["all", *SECTORS, "all", *SECTORS, "all", "all"]
    assert (rows[0]["detected_k"], rows[0]["detected_n"], rows[0]["detected_low"]) == ("8", "8", f"{wilson(8, 8).low:.4f}")
    assert rows[9]["without"] == "radar-north radar-south"
    text = list(grids.lines(found))
    assert ROLES in text
    assert sum("cannot be flown" in x for x in text) == 2
    # the same flights as a sweep's: N at 60 m and 30 m/s, by hand
    made = changed(here, actor, Variant(sector="N", height_m=60.0, speed_mps=30.0, rain_mm_h=0.0), 100_003)
    assert seen.sectors[0].warning_s == Trial(made, 100_003).run().warning_s


def test_a_grid_says_how_many_flights_before_it_starts_and_refuses_too_many(demo: Exercise) -> None:
    said = CliRunner().invoke(
        main, ["train", "sweep", "first-watch", "--grid", "--speed", "10", "--speed", "20", "--trials", "900"]
    )
    assert said.exit_code == 2
    assert "2 combinations x 8 sectors x 900 flights = 14400, at most 5000" in said.output
    said = CliRunner().invoke(main, ["train", "sweep", "first-watch", "--grid", "--without", "radar-west"])
    assert (said.exit_code, "it has: radar-north, radar-south" in said.output) == (2, True)
    said = CliRunner().invoke(main, ["train", "sweep", "first-watch", "--csv", "x.csv"])
    assert (said.exit_code, "give --grid too" in said.output) == (2, True)
    assert grids.flights(4, 10) == 320
    boat = msgspec.structs.replace(swept_actor(demo), kind="boat", speed_mps=5.0)
    with pytest.raises(SweepError, match="has none to vary"):
        grids.variants(only_sensing(demo), boat, grids.Axes(heights_m=(3.0,)))
