"""The demo does what its page promises, whatever the seed."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
import shapely

from picket import site as sites
from picket.train import World, demo_files
from picket.train.demo import CHANNELS, DEMO


def zone_enu(world: World, zone: str):
    """A zone's outline in metres at the site."""

    def to_enu(lonlat: np.ndarray) -> np.ndarray:
        return world.frame.to_enu(lonlat[:, 1], lonlat[:, 0], 55.0)[:, :2]

    return shapely.transform(world.site.shapes[zone], to_enu)


@pytest.mark.parametrize("seed", range(12))
def test_the_unknown_drone_is_a_minute_from_the_pier_well_before_the_first_minute_ends(demo, seed):
    world = World(demo, seed)
    pier = zone_enu(world, "pier")
    begin = next(t for t in np.arange(10, 30, 0.25) if any(r.actor == "unknown" for r in world.truth(float(t))))
    assert 15 <= begin <= 20
    (row,) = [r for r in world.truth(40.0) if r.actor == "unknown"]
    place, velocity = np.array(row.position_enu_m[:2]), np.array(row.velocity_enu_mps[:2])
    course = shapely.LineString([place, place + 60 * velocity])
    assert course.intersects(pier), "at 40 s its course must lead into the pier within 60 s"
    assert pier.distance(shapely.Point(place)) > 500, "and yet leave time to act"
    inside = [t for t in range(40, 130) for r in world.truth(float(t)) if r.actor == "unknown"
              and pier.contains(shapely.Point(r.position_enu_m[:2])) and 0 < r.alt_wgs84_m - 55 < 400]  # fmt: skip
    assert 60 < inside[0] < 100


@pytest.mark.parametrize("seed", range(4))
def test_only_what_matters_comes_near_the_pier(demo, seed):
    world = World(demo, seed)
    warning = zone_enu(world, "warning")
    near = {r.actor for t in range(0, 1100, 5) for r in world.truth(float(t))
            if warning.contains(shapely.Point(r.position_enu_m[:2])) and 30 < r.alt_wgs84_m - 55 < 400}  # fmt: skip
    assert near == {"unknown", "swarm", "police"}


@pytest.mark.parametrize("seed", range(4))
def test_the_swarm_crosses_the_outer_line_from_the_sea(demo, seed):
    world = World(demo, seed)
    a, b = (np.array(p) for p in zone_enu(world, "outer-line").coords)

    def side(t: float) -> set[str]:
        (ax, ay), (dx, dy) = a, b - a
        left = [
            dx * (r.position_enu_m[1] - ay) - dy * (r.position_enu_m[0] - ax) > 0 for r in world.truth(t) if r.actor == "swarm"
        ]
        return {"left" if x else "right" for x in left}

    assert side(90.0) == {"left"}
    assert side(220.0) == {"right"}
    assert not any(r.actor == "swarm" for r in world.truth(70.0))


def test_the_picture_is_busy_for_hours_and_never_twice_the_same(demo):
    world = World(demo, 1)
    for t in (5.0, 200.0, 3700.0, 7300.0):
        kinds = Counter(r.kind for r in world.truth(t))
        assert kinds["ship"] == 6
        assert kinds["bird"] >= 15
        assert kinds["airliner"] >= 1
        assert kinds["drone"] >= 1
    first, second = ([r for r in world.truth(t) if r.actor == "unknown"] for t in (60.0, 60.0 + demo.repeat_s))
    assert 5 < math.dist(first[0].position_enu_m, second[0].position_enu_m) < 1000
    assert second[0].id == "unknown.0/1"


def test_the_site_file_is_one_of_an_exercise_and_holds_every_kind_of_zone(tmp_path):
    site = sites.load(demo_files(tmp_path / "demo") / "site.toml")
    assert {s.id: s.feed for s in site.sensor} == dict.fromkeys(CHANNELS)  # ports are found when it is played
    assert site.station.origin == "exercise"
    assert {z.kind for z in site.zone} == {"protected", "warning", "corridor", "border_line"}
    assert "fictional" in site.site.name


def test_zones_and_map_are_copied_beside_the_demo_so_that_drawing_never_changes_the_package(tmp_path):
    folder = demo_files(tmp_path)
    copied = {p.relative_to(folder) for p in folder.rglob("*") if p.is_file()}
    assert copied == {p.relative_to(DEMO) for p in DEMO.rglob("*") if p.suffix in (".toml", ".geojson")}
    drawn = folder / "zones" / "pier.geojson"
    drawn.write_text("drawn by hand", "utf-8")
    demo_files(folder)
    assert drawn.read_text("utf-8") == "drawn by hand"


def test_every_feature_of_the_map_has_a_name_and_a_kind_and_lies_in_open_ocean():
    import json

    features = json.loads((DEMO / "harbour.geojson").read_text("utf-8"))["features"]
    assert {f["properties"]["kind"] for f in features} == {"land", "pier", "channel", "building", "label"}
    assert all("name" in f["properties"] for f in features)
    for f in features:
        shape = shapely.geometry.shape(f["geometry"])
        assert shape.is_valid
        assert shapely.box(-30.2, 44.9, -29.8, 45.1).contains(shape)
