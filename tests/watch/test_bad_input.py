"""Site files and clocks that are not as they should be: a clear message, and picture and alerts go on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from picket.site import SiteError, parse
from picket.watch import AlertBook
from tests.watch.sky import PIER, T0, Watch, site, sky, track


def made(folder: Path, geometry: dict[str, Any]) -> Any:
    (folder / "z.geojson").write_text(json.dumps(geometry))
    zone = {"id": "z", "kind": "protected", "geometry": "z.geojson"}
    return parse({"version": 1, "site": {"name": "x", "lat_deg": 10.0, "lon_deg": 180.0}, "zone": [zone]}, folder=folder)


def square(west: float, east: float) -> list[list[list[float]]]:
    return [[[west, 9.9], [east, 9.9], [east, 10.1], [west, 10.1], [west, 9.9]]]


@pytest.mark.parametrize(("geometry", "words"), [
    ({"type": "Polygon", "coordinates": [[[179, 9], [180, 10], [180, 9], [179, 10], [179, 9]]]}, "outline does not cross itself"),
    ({"type": "Polygon", "coordinates": square(-179.9, 179.9)}, "crosses the antimeridian; split it there into a MultiPolygon"),
])  # fmt: skip
def test_an_outline_that_cannot_be_is_named_with_what_to_do(tmp_path, geometry, words):
    with pytest.raises(SiteError, match=words):
        made(tmp_path, geometry)


@pytest.mark.parametrize("lon", [179.95, -179.95, 180.0, -180.0])
def test_a_zone_split_at_the_antimeridian_alarms_as_one_on_both_sides(tmp_path, lon):
    book = AlertBook(made(tmp_path, {"type": "MultiPolygon", "coordinates": [square(179.9, 180.0), square(-180.0, -179.9)]}))
    book.step(T0, sky(T0, track(1, 0, 0, lat_deg=10.0, lon_deg=lon)), [])
    assert [(a.rule, a.zone) for a in book.open] == [("entry", "z")]
    book.step(T0 + 1, sky(T0 + 1, track(1, 0, 0, lat_deg=10.0, lon_deg=-lon)), [])
    assert len(book.all) == 1


@pytest.mark.parametrize("jump_s", [-86_400.0, -30.0, 30.0, 86_400.0, 1e9])
def test_a_clock_that_jumps_leaves_alerts_that_are_told_acknowledged_and_ended_as_ever(jump_s):
    w = Watch(site(PIER, doubt_s=15))
    inside, doubted = track(1, 0, 0), track(2, 150, -150, p_drone=0.3, classification="unknown")
    w.wait(10, inside, doubted)
    w.time += jump_s
    w.wait(20, inside, doubted)
    assert {i for a in w.book.open if a.active for i in a.track_ids} == {1, 2}
    for alert in w.book.open:
        w.book.acknowledge(alert.id, "officer", w.time)
    w.wait(15)
    assert all(not a.active for a in w.book.open)
    (again,) = {a.id for a in w.wait(3, track(3, 0, 0))}
    assert any(a.id == again and a.state == "raised" for a in w.book.open)
    assert w.book.alarms(w.time)["last_24_h"] >= 1
