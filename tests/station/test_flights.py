"""Planned flights: read and checked, cleared where and when they were planned and nowhere else, kept over a restart and in a replay."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pymap3d
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.record import log
from picket.record.collect import Collector
from picket.station.engine import Engine
from picket.station.flights import FlightsError, geojson, planned, read, read_kept, with_plan
from picket.station.rebuild import _Replay
from tests.station.live import Live, free_port, make_site, row, running

NOW = 1_700_000_000.0  # 2023-11-14T22:13:20Z
AREA = {
    "type": "Polygon",
    "coordinates": [[[-30.004, 44.998], [-29.99, 44.998], [-29.99, 45.002], [-30.004, 45.002], [-30.004, 44.998]]],
}


def feature(**more: Any) -> dict[str, Any]:
    properties = {"identity": "TEST1", "owner": "survey", "since": NOW - 600, "until": NOW + 3600, **more}
    return {"type": "Feature", "geometry": AREA, "properties": {k: v for k, v in properties.items() if v is not None}}


def document(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features or [feature()])}).encode()


def test_geojson_and_csv_say_the_same(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    csv = "\n".join(
        [
            "id,identity,owner,since,until,ceiling_m,lat_deg,lon_deg,radius_m,zones",
            "A1,TEST1,survey,2023-11-14T22:00:00Z,2023-11-15T00:00:00+01:00,120,45.0,-30.0,300,",
            "A2,TEST2,,1700000000,1700003600,,,,,pier",
        ]
    )
    point = {"type": "Point", "coordinates": [-30.0, 45.0]}
    a1 = {"id": "A1", "identity": "TEST1", "owner": "survey", "since": "2023-11-14T22:00:00Z", "until": "2023-11-14T23:00:00Z"}
    a2 = {"id": "A2", "identity": "TEST2", "since": NOW, "until": NOW + 3600, "zones": ["pier"]}
    features = [
        {"type": "Feature", "geometry": point, "properties": {**a1, "ceiling_m": 120, "buffer_m": 300}},
        {"type": "Feature", "geometry": None, "properties": a2},
    ]
    one, other = read(csv.encode(), site, NOW), read(document(*features), site, NOW)
    assert one.flights == other.flights
    assert one.shapes == other.shapes
    assert [(f.flight, f.until, f.zones) for f in one.flights] == [("A1", 1700002800.0, ()), ("A2", NOW + 3600, ("pier",))]
    again = read_kept(json.dumps(geojson(one)).encode())
    assert again.flights == one.flights
    assert again.shapes["flight:A1"].equals(one.shapes["flight:A1"])


@settings(max_examples=40, deadline=None)
@given(lat=st.floats(-70, 70), turn=st.floats(0, 360), radius=st.floats(20, 15_000), share=st.floats(0.05, 1.95))
def test_a_circle_is_as_wide_as_it_says(
    tmp_path_factory: pytest.TempPathFactory, lat: float, turn: float, radius: float, share: float
) -> None:
    site = make_site(tmp_path_factory.getbasetemp())
    point = {"type": "Point", "coordinates": [10.0, lat]}
    plan = read(document({**feature(buffer_m=radius), "geometry": point}), site, NOW)
    (shape,) = plan.shapes.values()
    at_lat, at_lon, _ = pymap3d.aer2geodetic(turn, 0.0, radius * share, lat, 10.0, 0.0)
    if abs(share - 1.0) > 0.01:
        assert bool(shapely.contains_xy(shape, at_lon, at_lat)) == (share < 1.0)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"identity": None}, "identity: expected"),
        ({"identity": "x" * 65}, "identity: expected up to 64"),
        ({"since": "2023-11-14T22:00:00"}, "names no zone"),
        ({"since": "tomorrow"}, "expected ISO 8601"),
        ({"until": NOW - 700}, "a time after since"),
        ({"until": NOW - 1}, "over already"),
        ({"until": NOW + 40 * 86_400}, "at most 31 days"),
        ({"ceiling_m": "high"}, "ceiling_m: expected"),
        ({"zones": ["peer"]}, "no zone is called 'peer'"),
        ({"colour": "red"}, "unknown colour"),
        ({"geometry": None}, "no place"),
        ({"geometry": {"type": "Point", "coordinates": [0, 0]}}, "needs the metres around it"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}}, "cross itself"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]]]}}, "km wide"),
        ({"geometry": {"type": "Pint"}}, "no GeoJSON geometry"),
        ({"geometry": {"type": "Point", "coordinates": [0, 95]}, "buffer_m": 100}, "in degrees"),
    ],
)
def test_one_bad_flight_refuses_the_import_with_its_place(tmp_path: Path, more: dict[str, Any], words: str) -> None:
    bad = feature(**{k: v for k, v in more.items() if k != "geometry"})
    bad["properties"].update({k: v for k, v in more.items() if v is None and k != "geometry"})
    if "geometry" in more:
        bad["geometry"] = more["geometry"]
    with pytest.raises(FlightsError) as told:
        read(document(feature(), bad), make_site(tmp_path), NOW)
    assert words in str(told.value)
    assert "feature 2" in str(told.value)
    assert "feature 1" not in str(told.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        (b"", "expected CSV"),
        (b"{", "is not JSON"),
        (b'{"type": "Polygon"}', "FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": []}', "holds no flight"),
        (b"name,when\nx,y\n", "expected CSV with a header"),
        (b"identity,since,until\nA,1,2\n", "line 2: since: .*line 2: no place"),
        (document(feature(id="a"), feature(id="a")), "two flights of the document"),
        (document(*[feature(id=str(i)) for i in range(501)]), "at most 500"),
    ],
)
def test_a_document_that_is_none_is_told(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(FlightsError, match=words):
        read(data, make_site(tmp_path), NOW)


@given(data=st.binary(max_size=200))
def test_no_bytes_break_it(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    with pytest.raises(FlightsError):
        read(data, make_site(tmp_path_factory.getbasetemp()), NOW)


def test_what_is_over_for_long_is_let_go(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    full = with_plan(site, read(document(), site, NOW), NOW)
    assert len(planned(full).flights) == 1
    assert planned(with_plan(full, planned(full), NOW + 2 * 86_400)).flights == ()
    assert list(with_plan(full, planned(full), NOW + 2 * 86_400).shapes) == ["pier"]


# -- a whole station ---------------------------------------------------------------------------------------------------
def live_document(**more: Any) -> bytes:
    now = time.time()
    return document(feature(**{"id": "S7", "since": now - 60, "until": now + 3600, **more}))


def fly(live: Live, lon: float, alt: float = 60.0, identity: str = "TEST1") -> None:
    for i in range(25):
        live.send(row(time.time(), 45.0, lon + 0.00002 * i, identity, alt_wgs84_m=alt))
        time.sleep(0.04)


def test_a_planned_flight_is_quiet_in_its_area_and_tells_beyond_it(tmp_path: Path) -> None:
    port = free_port()
    with running(make_site(tmp_path, udp_port=port), tmp_path / "archive", port) as live:
        answer = live.http.post("/api/flights/planned", content=live_document(ceiling_m=200))
        assert answer.status_code == 200, answer.text
        assert [f["properties"]["id"] for f in live.get("/api/flights/planned")["features"]] == ["S7"]
        fly(live, -30.002)
        (track,) = live.until(lambda: live.get("/api/tracks")["tracks"], live.seen_again)
        assert track["affiliation"] == "friendly"
        assert live.get("/api/alerts")["alerts"] == []
        assert live.http.put("/api/zones/pier", json={"ceiling_m": 380}).status_code == 200
        assert len(live.get("/api/flights/planned")["features"]) == 1, "an edit of a zone leaves the plan alone"
        assert live.http.delete("/api/flights/planned/S7").status_code == 200
        fly(live, -30.002)
        (alert,) = live.until(lambda: live.get("/api/alerts")["alerts"], live.seen_again)
        assert alert["zone"] == "pier"
        texts = [e["text"] for e in live.get("/api/log", q="flight")["entries"]]
        assert texts == ["Planned flight S7 is off", "Planned 1 flight: TEST1"]
        assert live.http.delete("/api/flights/planned/S7").status_code == 404
        assert live.http.post("/api/flights/planned", content=b"{").status_code == 422


@pytest.mark.parametrize(
    ("lon", "alt", "more"), [(-30.0045, 60.0, {}), (-30.002, 300.0, {"ceiling_m": 200})], ids=["beside", "above"]
)
def test_beside_its_area_or_above_its_ceiling_it_alarms_as_uncleared(
    tmp_path: Path, lon: float, alt: float, more: dict[str, Any]
) -> None:
    port = free_port()
    with running(make_site(tmp_path, udp_port=port), tmp_path / "archive", port) as live:
        live.http.post("/api/flights/planned", content=live_document(**more))
        fly(live, lon, alt)
        (alert,) = live.until(lambda: live.get("/api/alerts")["alerts"], live.seen_again)
        assert alert["flags"] == ["unauthorised"]
        assert alert["text"].startswith("Uncleared friendly")


def test_it_survives_a_restart_and_a_replay_has_it(tmp_path: Path) -> None:
    site, archive = make_site(tmp_path), tmp_path / "archive"
    with running(site, archive) as live:
        live.http.post("/api/flights/planned", content=live_document())
    with running(site, archive) as live:
        assert [f["properties"]["id"] for f in live.get("/api/flights/planned")["features"]] == ["S7"]
    replayed = Engine(site)
    counts = []
    for record in log.read(archive):
        replayed.apply(record)
        counts.append(len(planned(replayed.site).flights))
    assert counts[0] == 0
    assert counts[-1] == 1
    (archive / "flights.json").write_text("no json")
    with running(site, archive) as live:
        assert any("flights.json cannot be read" in p for p in live.get("/api/health")["problems"])


def test_a_planned_flight_is_counted_as_friendly(tmp_path: Path) -> None:
    port = free_port()
    site, archive = make_site(tmp_path, udp_port=port), tmp_path / "archive"
    with running(site, archive, port) as live:
        live.http.post("/api/flights/planned", content=live_document())
        fly(live, -30.002)
        live.until(lambda: live.get("/api/tracks")["tracks"], live.seen_again)
    days: list[Any] = []
    replay = _Replay(Engine(site), Collector(days.append, lambda name, day: name, []))
    for record in log.read(archive):
        replay.take(record)
    replay.collector.finish()
    assert [f for day in days for f in day.segments["friendly"]] == [True]
