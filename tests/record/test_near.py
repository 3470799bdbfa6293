"""Near, crossings and areas against brute force without grid, roll-up or metric of ours, and against Vincenty's geodesics."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pymap3d.vincenty import vdist, vreckon
from tests.record.history import T0, north, seal, track, wander

from picket.record import near_kernels as k
from picket.record.archive import Archive, Segments
from picket.record.near import SCALES, NearError, grid_of, near
from picket.record.shapes import ShapeError, read_shape, shape_of


def brute(archive: Archive, segments: Segments, geometry: Any, lat0: float, lon0: float) -> np.ndarray:
    """Each segment's distance in m to the geometry, by shapely in a plane scaled at the segment's own latitude."""
    out = np.empty(segments.n)
    for f in range(len(segments.point_files)):
        points = archive.points(segments.point_files[f], ["lat_e7", "lon_e7"])
        assert points is not None
        for i in np.flatnonzero(segments.file == f):
            rows = slice(segments["first_row"][i], segments["first_row"][i] + segments["rows"][i])
            lat, lon = points["lat_e7"][rows] / 1e7, points["lon_e7"][rows] / 1e7
            lon = (lon - lon0 + 180) % 360 - 180 + lon0
            phi, e2 = np.radians(lat.mean()), 0.0066943799901413165
            w = 1 - e2 * np.sin(phi) ** 2
            scale = np.radians(1) * 6378137.0 * np.array([np.cos(phi) / np.sqrt(w), (1 - e2) / w**1.5])
            middle = np.array([lon.mean(), lat.mean()])
            plane = shapely.transform(geometry, lambda xy, m=middle, s=scale: (xy - m) * s)
            path = (np.stack([lon, lat], axis=1) - middle) * scale
            out[i] = shapely.distance(plane, shapely.linestrings(path) if len(path) > 1 else shapely.points(path[0]))
    return out


@pytest.mark.parametrize(("lat0", "lon0"), [(54.5, 23.0), (0.0, 180.0), (-70.0, -179.97), (84.0, 20.0), (-33.0, -0.01)])
@pytest.mark.parametrize("kind", ["line", "area"])
def test_near_is_what_brute_force_says(tmp_path: Path, lat0: float, lon0: float, kind: str) -> None:
    rng = np.random.default_rng(7)
    archive = seal(tmp_path, [wander(rng, i + 1, lat0, lon0) for i in range(120)])
    segments = archive.segments(*archive.span())
    stretch = 1 / np.cos(np.radians(lat0))
    if kind == "line":
        x = lon0 + stretch * np.linspace(-0.05, 0.05, 9)
        coordinates: Any = np.stack([x, lat0 + rng.uniform(-0.02, 0.02, 9)], axis=1).tolist()
        raw = {"type": "LineString", "coordinates": coordinates}
    else:
        outer = [[-0.03, -0.03], [0.035, -0.02], [0.02, 0.03], [-0.03, -0.03]]
        hole = [[-0.01, -0.015], [0.015, -0.012], [0.01, 0.008], [-0.01, -0.015]]
        raw = {"type": "Polygon", "coordinates": [[[lon0 + stretch * a, lat0 + b] for a, b in ring] for ring in (outer, hole)]}
    distance = brute(archive, segments, shapely.geometry.shape(raw), lat0, lon0)
    shape = shape_of(raw, kind)
    for within in (0.0, 30.0, 500.0, 2_000.0):
        found = near(archive, segments, shape, within) != 0
        clear = np.abs(distance - within) > 1.0 + 0.02 * within  # nearer to the limit the plane of brute force is not exact
        assert found[clear].tolist() == (distance <= within)[clear].tolist(), within
        assert ((near(archive, segments, shape, within, hourly=True) != 0) == found).all()
        if within == 500.0:
            assert 5 < found.sum() < 115


def test_a_known_line_is_answered_without_points_and_a_damaged_memory_is_made_anew(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    archive = seal(tmp_path, [wander(rng, i + 1, 10.0, 20.0) for i in range(30)])
    segments = archive.segments(*archive.span())
    shape = shape_of({"type": "LineString", "coordinates": [[19.95, 10.0], [20.05, 10.01]]}, "x")
    first = near(archive, segments, shape, 300.0)
    assert first.any()
    points = tmp_path / "days" / segments.point_files[0].name
    kept = points.read_bytes()
    points.unlink()
    assert (near(archive, segments, shape, 300.0) == first).all()
    assert archive.damage == []
    (memory,) = (tmp_path / "days" / "known").glob("*.parquet")
    memory.write_bytes(memory.read_bytes()[:50])
    points.write_bytes(kept)
    assert (near(archive, segments, shape, 300.0) == first).all()


@settings(max_examples=300)
@given(
    lat=st.floats(-80, 80), lon=st.floats(-180, 180), bearing=st.floats(0, 360), along=st.floats(0, 360),
    away=st.floats(1.0, 10_000.0), length=st.floats(10.0, 3_000.0),
)  # fmt: skip
def test_a_distance_is_the_geodesic(lat: float, lon: float, bearing: float, along: float, away: float, length: float) -> None:
    """From a place to a piece of line: never more than the geodesic to any place on it, and equal to the nearest (error stated)."""
    la, lo = vreckon(lat, lon, away, bearing)
    lb, lob = vreckon(float(la), float(lo), length, along)
    t = np.linspace(0.0, 1.0, 2_001)
    turn = (float(lob) - float(lo) + 180) % 360 - 180
    start = lon + (float(lo) - lon + 180) % 360 - 180
    places = float(la) + t * (float(lb) - float(la)), start + t * turn
    least = float(vdist(lat, lon, *places)[0].min())
    e7 = [v * 1e7 for v in (lon, lat, lon, lat, start, float(la), start + turn, float(lb))]
    found = k.pair_distance_m(SCALES, *e7)
    assert found <= least + 0.01 + 2e-6 * away
    assert found >= least - 0.01 - 2e-6 * away - length / 2_000 / 2


def test_a_crossing_between_two_points_is_near(tmp_path: Path) -> None:
    archive = seal(tmp_path, [track(1, T0 + np.array([0.0, 30.0]), np.array([9.99, 10.01]), np.array([20.0, 20.0]))])
    segments = archive.segments(*archive.span())
    shape = shape_of({"type": "LineString", "coordinates": [[19.9, 10.0], [20.1, 10.0]]}, "x")
    assert near(archive, segments, shape, 1.0).tolist() == [1]
    assert near(archive, segments, shape_of({"type": "Point", "coordinates": [20.001, 10.0]}, "p"), 100.0).tolist() == [0]
    assert near(archive, segments, shape_of({"type": "Point", "coordinates": [20.001, 10.0]}, "p"), 110.0).tolist() == [1]


@settings(max_examples=200)
@given(st.data())
def test_inside_is_what_shapely_says(data: st.DataObject) -> None:
    corner = st.tuples(st.integers(-3000, 3000), st.integers(-3000, 3000))
    corners = data.draw(st.lists(corner, min_size=3, max_size=7, unique=True))
    polygon = shapely.convex_hull(shapely.multipoints([(x * 1e-5, y * 1e-5) for x, y in corners]))
    if polygon.geom_type != "Polygon":
        return
    grid = grid_of(shape_of(shapely.geometry.mapping(polygon), "x"), 0.0)
    x, y = data.draw(st.tuples(st.integers(-400_000, 400_000), st.integers(-400_000, 400_000)))
    place = shapely.points(x / 1e7, y / 1e7)
    if shapely.distance(polygon.exterior, place) < 2e-7:
        return  # on the edge, but for the rounding of a unit
    assert bool(k.step_is_near(grid, x, y, x, y)) == bool(shapely.contains(polygon, place))


def passages(archive: Archive, raw: dict[str, Any], within: float) -> Any:
    from picket.record.counts import count

    return count(archive, *archive.span(), shape=shape_of(raw, "x"), within_m=within).passages


LINE = {"type": "LineString", "coordinates": [[19.9, 10.0], [20.1, 10.0]]}  # drawn eastwards: north of it is left


def test_crossings_have_a_direction_and_an_incursion_is_beyond_two_sigma(tmp_path: Path) -> None:
    south = north(1, T0, 100, 10.005, 20.0, mps=-20.0)  # from its left to its right
    back = north(2, T0 + 1_000, 100, 9.995, 20.01)
    shy = north(3, T0 + 2_000, 29, 10.005, 20.02, mps=-20.0)  # 24 m beyond at its end, which 3 sigma of 15 m ...
    shy = shy.replace({"sigma_horizontal_m": 15.0})  # ... do not make an incursion
    unknown = north(4, T0 + 3_000, 100, 10.005, 20.03, mps=-20.0).replace({"sigma_horizontal_m": np.nan})
    p = passages(seal(tmp_path, [south, back, shy, unknown]), LINE, 500.0)
    assert p.crossings == (3, 1)
    assert p.sure == (1, 1)
    assert p.incursions == 1
    assert p.flights_over == (3, 1)
    assert p.approach["N"] + p.approach["S"] + p.began_near == 4


def test_a_flight_that_hovers_on_the_line_makes_no_incursion(tmp_path: Path) -> None:
    n = np.arange(200.0)
    lat = 10.0 + np.where(n % 2 == 0, 1.0, -1.0) * 3.0 / 111_195  # 3 m to either side, sigma 3 m
    p = passages(seal(tmp_path, [track(1, T0 + n, lat, np.full(len(n), 20.0))]), LINE, 100.0)
    assert sum(p.crossings) == 199
    assert p.sure == (0, 0)
    assert p.dwell_all_s == pytest.approx(199.0)


def test_an_area_is_entered_and_left(tmp_path: Path) -> None:
    box = shapely.geometry.mapping(shapely.box(19.99, 10.0, 20.01, 10.01))
    p = passages(seal(tmp_path, [north(1, T0, 150, 9.995, 20.0)]), box, 0.0)  # 1.1 km of it inside, at 20 m/s
    assert p.crossings == (1, 1)
    assert p.sure == (1, 1)
    assert p.incursions == 1
    assert p.inside_all_s == pytest.approx(55.6, abs=1.0)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"type": "LineString", "coordinates": [[179.9, 0], [-179.9, 0]]}, "antimeridian"),
        ({"type": "LineString", "coordinates": [[10, 80], [10, 88]]}, "85 S and 85 N"),
        ({"type": "LineString", "coordinates": [[10, 20], [float("nan"), 21]]}, "degrees"),
        ({"type": "FeatureCollection", "features": []}, "expected a LineString"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}, "cross itself"),
        ({"type": "Nonsense"}, "no GeoJSON"),
        ([1, 2], "GeoJSON object"),
        (
            {"type": "MultiLineString", "coordinates": [[[0, 0], [1, 0]], [[170, 0], [171, 0]], [[-170, 0], [-169, 0]]]},
            "at most 180",
        ),
    ],
)
def test_a_shape_that_cannot_be_counted_at_is_named(raw: Any, words: str, tmp_path: Path) -> None:
    path = tmp_path / "l.geojson"
    path.write_text(json.dumps(raw))
    with pytest.raises(ShapeError, match=words):
        read_shape(path)


def test_a_line_split_at_the_antimeridian_is_one_with_it_written_through() -> None:
    split = shape_of({"type": "MultiLineString", "coordinates": [[[179.5, 0], [180, 0.5]], [[-180, 0.5], [-179.5, 1]]]}, "a")
    through = shape_of({"type": "LineString", "coordinates": [[179.5, 0], [180, 0.5], [180.5, 1]]}, "b")
    assert split.digest == through.digest


def test_a_senseless_distance_is_refused(tmp_path: Path) -> None:
    for within in (-1.0, 1e6, float("nan")):
        with pytest.raises(NearError, match="between 0 and"):
            grid_of(shape_of(LINE, "x"), within)
