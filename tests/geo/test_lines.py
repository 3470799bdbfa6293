"""Outlines and lines: against shapely in the plane, against pymap3d's geodesics on the ground."""

from __future__ import annotations

import math

import numpy as np
import pymap3d.vincenty
import pytest
import shapely
import shapely.affinity
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from picket.geo import LocalFrame
from picket.geo.lines import LocalPlane, Outlines

PLANE = LocalPlane(LocalFrame(52.0, 4.0, 0.0))
metres = st.floats(-3000, 3000).map(lambda v: round(v, 2))
points = st.tuples(metres, metres)


def degrees(shape):
    """A shape drawn in metres around the place as longitude and latitude."""

    def turn(xy):
        lat, lon, _ = PLANE.frame.to_geodetic(np.column_stack([xy, np.zeros(len(xy))]))
        return np.column_stack([lon, lat])

    return shapely.transform(shape, turn)


def in_plane(outlines: Outlines, which: int = 0):
    """The shape as it lies in the plane, for shapely: its own edges, put together again."""
    edges = outlines.edges[outlines.starts[which] : outlines.starts[which + 1]]
    return shapely.MultiLineString([[(a, b), (c, d)] for a, b, c, d in edges])


@st.composite
def polygons(draw):
    """A star-shaped polygon with or without a hole; sometimes a second part beside it."""
    n = draw(st.integers(3, 12))
    centre = draw(points)
    radii = [draw(st.floats(50, 1500)) for _ in range(n)]
    turns = [2 * math.pi * i / n for i in range(n)]
    around = [(centre[0] + r * math.sin(t), centre[1] + r * math.cos(t)) for r, t in zip(radii, turns, strict=True)]
    shape = shapely.Polygon(around)
    assume(shape.is_valid and shape.area > 100)
    if draw(st.booleans()):
        shape = shape.difference(shapely.Point(centre).buffer(min(radii) / 4, 4))
    if draw(st.booleans()):
        shape = shapely.MultiPolygon([*shapely.get_parts(shape), shapely.affinity.translate(shape, 20_000, 0)])
    return shape


@settings(max_examples=60, deadline=None)
@given(polygons(), st.lists(points, min_size=1, max_size=30))
def test_inside_and_distance_agree_with_shapely(shape, places):
    outlines = Outlines(PLANE, [degrees(shape)])
    boundary = in_plane(outlines)
    area = shapely.polygonize(list(boundary.geoms))
    solid = shapely.transform(degrees(shape), lambda ll: PLANE.to_plane(ll[:, 1], ll[:, 0]))
    assert len(area.geoms) >= 1
    xy = np.array(places)
    got, gone = outlines.inside(xy)[:, 0], outlines.distance_m(xy, 0)
    for p, inside, away in zip(places, got, gone, strict=True):
        truth = shapely.Point(p).distance(boundary)
        assert away == pytest.approx(truth, abs=1e-6)
        if truth > 1e-5:
            assert inside == solid.contains(shapely.Point(p))


@settings(max_examples=60, deadline=None)
@given(polygons(), st.integers(0, 1000), st.floats(0, 1))
def test_a_point_on_an_edge_is_inside(shape, which, along):
    outlines = Outlines(PLANE, [degrees(shape)])
    ax, ay, bx, by = outlines.edges[which % len(outlines.edges)]
    on = np.array([[ax + along * (bx - ax), ay + along * (by - ay)], [ax, ay]])
    assert outlines.inside(on)[:, 0].all()


@settings(max_examples=60, deadline=None)
@given(polygons(), points, st.tuples(st.floats(-40, 40), st.floats(-40, 40)), st.floats(0, 200))
def test_approach_agrees_with_shapely(shape, place, velocity, buffer):
    outlines = Outlines(PLANE, [degrees(shape)])
    xy, vel = np.array([place]), np.array([velocity])
    inside = outlines.inside(xy)
    at_s, at_m = outlines.approach(xy, vel, np.array([buffer]), 60.0, np.array([True]), inside)
    if inside[0, 0]:
        assert at_s[0, 0] == at_m[0, 0] == 0.0
        return
    path = shapely.LineString([place, (place[0] + 60 * velocity[0], place[1] + 60 * velocity[1])])
    boundary = in_plane(outlines)
    truth = path.distance(boundary)
    if not math.isfinite(at_m[0, 0]):
        assert truth >= buffer - 1e-6
        return
    assert at_m[0, 0] == pytest.approx(truth, abs=1e-4)
    there = xy[0] + at_s[0, 0] * vel[0]
    assert shapely.Point(there).distance(boundary) == pytest.approx(truth, rel=1e-3, abs=1e-3)
    if truth == 0.0 and at_s[0, 0] > 1e-3:  # and it is the first time that it gets there
        before = shapely.LineString([place, xy[0] + (at_s[0, 0] - 1e-3) * vel[0]])
        assert before.distance(boundary) > 0.0


def test_rows_not_asked_for_and_unknown_places_never_approach():
    outlines = Outlines(PLANE, [degrees(shapely.box(-100, -100, 100, 100))])
    xy = np.array([[0.0, -500.0], [0.0, -500.0], [np.nan, np.nan], [0.0, -500.0]])
    vel = np.array([[0.0, 10.0], [0.0, 10.0], [0.0, 10.0], [np.nan, 10.0]])
    inside = outlines.inside(xy)
    assert not inside.any()
    at_s, at_m = outlines.approach(xy, vel, np.full(4, 500.0), 60.0, np.array([True, False, True, True]), inside)
    assert at_s[:, 0] == pytest.approx([40.0, np.inf, np.inf, np.inf], rel=1e-4)
    assert at_m[:, 0].tolist() == [0.0, np.inf, np.inf, np.inf]
    assert np.isnan(outlines.distance_m(xy, 0)[2])


LINE = Outlines(PLANE, [degrees(shapely.LineString([(-1000, 0), (0, 0), (1000, 0)]))])  # drawn to the east: left is north


@pytest.mark.parametrize(
    ("start", "end", "net"),
    [
        ((200, 50), (250, -50), 1),
        ((250, -50), (200, 50), -1),
        ((0, 50), (0, -50), 1),  # through the vertex in the middle
        ((200, 50), (300, 20), 0),
        ((1500, 50), (1500, -50), 0),  # past its end
        ((-900, 5000), (900, -5000), 1),  # a long step that is never near the line
        ((float("nan"), 0), (0, -50), 0),
    ],
)
def test_crossing_counts_from_left_to_right_as_drawn(start, end, net):
    assert LINE.crossings(np.array([start], float), np.array([end], float)).tolist() == [[net]]


@settings(max_examples=100, deadline=None)
@given(st.lists(points, min_size=2, max_size=8), st.lists(points, min_size=2, max_size=12))
def test_crossings_of_a_walk_agree_with_shapely_and_add_up(drawn, walk):
    assume(len(set(drawn)) == len(drawn))
    outlines = Outlines(PLANE, [degrees(shapely.LineString(drawn))])
    steps = np.array(walk)
    net = outlines.crossings(steps[:-1], steps[1:])[:, 0]
    for a, b, n in zip(steps[:-1], steps[1:], net, strict=True):
        back = outlines.crossings(b[None], a[None])[0, 0]
        assert n == -back
        crossed = 0
        for ax, ay, bx, by in outlines.edges:
            if shapely.LineString([a, b]).crosses(shapely.LineString([(ax, ay), (bx, by)])):
                left = (bx - ax) * (a[1] - ay) - (by - ay) * (a[0] - ax) > 0
                crossed += 1 if left else -1
        touching = min(shapely.Point(a).distance(in_plane(outlines)), shapely.Point(b).distance(in_plane(outlines)))
        vertices = shapely.MultiPoint(outlines.edges.reshape(-1, 2)).distance(shapely.LineString([a, b]))
        if touching > 1e-6 and vertices > 1e-6:
            assert n == crossed


def test_a_closed_walk_around_a_ring_shaped_line_crosses_as_often_back():
    ring = Outlines(PLANE, [degrees(shapely.LineString([(-100, -100), (100, -100), (100, 100), (-100, 100), (-100, -100)]))])
    walk = np.array([(0, 0), (500, 30), (500, 500), (20, 500), (0, 0)], float)
    assert ring.crossings(walk[:-1], walk[1:])[:, 0].tolist() == [1, 0, 0, -1]  # drawn anticlockwise: left is inside


@pytest.mark.parametrize("lat", [0.0, 33.75, 52.0, 70.0, -45.0])
@pytest.mark.parametrize(("away", "to_site", "allowed"), [(1_000, 0.001, 0.001), (10_000, 0.001, 0.004), (50_000, 0.002, 0.4)])
def test_distances_in_the_plane_against_geodesics(lat, away, to_site, allowed):
    """The figures of docs/definitions.md: what the plane is off from the site and between any two places within `away` of it."""
    plane = LocalPlane(LocalFrame(lat, 179.9, 0.0))  # beside the antimeridian, where longitudes jump
    bearings = np.arange(0, 360, 30.0)
    lats, lons = pymap3d.vincenty.vreckon(lat, 179.9, np.full(len(bearings), float(away)), bearings)
    xy = plane.to_plane(lats, lons)
    from_site = np.hypot(*xy.T)
    assert np.abs(from_site - away).max() < to_site
    assert np.abs((np.degrees(np.arctan2(*xy.T)) - bearings + 180) % 360 - 180).max() < 1e-4
    for i in range(len(bearings)):
        for j in range(i):
            truth, _ = pymap3d.vincenty.vdist(lats[i], lons[i], lats[j], lons[j])
            assert abs(np.hypot(*(xy[i] - xy[j])) - float(truth)) < allowed


def test_the_far_side_of_the_earth_is_far_away():
    """A false position at the antipode must not lie on top of the site (the tangent plane would put it there)."""
    xy = PLANE.to_plane([-52.0, -51.9, 0.0], [-176.0, -176.0, 0.0])
    assert (np.hypot(*xy.T) > 5_000_000).all()


def test_a_long_edge_along_a_parallel_bends_as_the_map_shows_it():
    """52 deg N, 100 km to the east and west: the straight line between the corners would be 150 m off in the middle."""
    outlines = Outlines(PLANE, [shapely.box(2.5, 51.5, 5.5, 52.001)])
    just_inside, just_outside = PLANE.to_plane([52.00099, 52.00101], [4.0, 4.0])
    assert outlines.inside(np.array([just_inside, just_outside]))[:, 0].tolist() == [True, False]


def test_no_shapes_and_no_points():
    assert Outlines(PLANE, []).inside(np.zeros((3, 2))).shape == (3, 0)
    assert LINE.crossings(np.zeros((0, 2)), np.zeros((0, 2))).shape == (0, 1)
