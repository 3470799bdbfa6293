"""Which sensor of the site file a row is from."""

from __future__ import annotations

from typing import Any

from picket.feed.assign import assign
from picket.site import Match, Place, Sensor, Site
from picket.words import DETECTION, OPERATOR, STATUS, Batch

SITE = Site(
    version=1,
    site=Place(name="pier", lat_deg=33.75, lon_deg=-118.2),
    sensor=(
        Sensor(id="radar-north", kind="radar", match=Match(sac=25, sic=201)),
        Sensor(id="radar-south", kind="radar", match=Match(sac=25, sic=202), azimuth_offset_deg=-2.5),
        Sensor(id="rid-roof", kind="remote_id", match=Match(sensor_id="SNSTAC-2")),
        Sensor(id="adsb", kind="adsb"),
    ),
)


def rows(*names: str | None, kind: str | None = "radar", **more: Any) -> Batch:
    return Batch.from_rows(DETECTION, [{"sensor_id": n, "kind": kind, "range_m": float(i), **more} for i, n in enumerate(names)])


def sensors(*ids: str) -> list[Sensor]:
    return [s for s in SITE.sensor if s.id in ids]


def test_rows_of_a_shared_feed_go_to_their_sensors_in_order() -> None:
    batch, left_out = assign(rows("25/202", "25/201", "25/202", "25/201"), SITE, sensors("radar-north", "radar-south"))
    assert batch.values("sensor_id") == ["radar-south", "radar-north", "radar-south", "radar-north"]
    assert batch.values("range_m") == [0.0, 1.0, 2.0, 3.0]
    assert not left_out


def test_what_no_sensor_takes_is_dropped_and_counted() -> None:
    batch, left_out = assign(rows("25/201", "25/20", "9/9", None, "25/201"), SITE, sensors("radar-north"))
    assert batch.values("range_m") == [0.0, 4.0]
    assert left_out == {"unknown_sensor": 3}
    empty, left_out = assign(rows("1/1"), SITE, sensors("radar-north"))
    assert (empty.n, left_out) == (0, {"unknown_sensor": 1})


def test_an_empty_match_takes_every_row_of_its_feed() -> None:
    batch, left_out = assign(rows("sbs", None, "anything"), SITE, sensors("adsb"))
    assert batch.values("sensor_id") == ["adsb"] * 3
    assert not left_out


def test_sensors_with_an_empty_match_share_a_feed_by_kind() -> None:
    two = [Sensor(id="a", kind="radar"), Sensor(id="b", kind="rf")]
    mixed = Batch.from_rows(DETECTION, [{"sensor_id": "x", "kind": k} for k in ("rf", "radar", None, "ais")])
    batch, left_out = assign(mixed, SITE, two)
    assert batch.values("sensor_id") == ["b", "a"]
    assert left_out == {"unknown_sensor": 2}


def test_the_narrower_match_wins() -> None:
    three = [
        Sensor(id="any", kind="radar"),
        Sensor(id="sac", kind="radar", match=Match(sac=25)),
        Sensor(id="both", kind="radar", match=Match(sac=25, sic=201)),
    ]
    batch, _ = assign(rows("25/201", "25/7", "3/3", "any"), SITE, three)
    assert batch.values("sensor_id") == ["both", "sac", "any", "any"]


def test_a_table_may_use_the_site_files_own_names() -> None:
    batch, left_out = assign(rows("radar-south", "rid-roof", "SNSTAC-2", "nobody"), SITE)
    assert batch.values("sensor_id") == ["radar-south", "rid-roof", "rid-roof"]
    assert left_out == {"unknown_sensor": 1}


def test_a_recording_goes_by_name_first_and_an_empty_match_takes_its_kind_only() -> None:
    batch, _ = assign(rows("sbs", kind="adsb"), SITE)
    assert batch.values("sensor_id") == ["adsb"]
    batch, left_out = assign(rows("sonar-9", kind="sonar"), SITE)
    assert (batch.n, left_out) == (0, {"unknown_sensor": 1})


def test_azimuths_stay_as_the_sensor_reads_them() -> None:
    batch, _ = assign(rows("25/202", azimuth_deg=10.0), SITE, sensors("radar-south"))
    assert batch.values("azimuth_deg") == [10.0]  # the tracker knows the offset


def test_unknown_sensors_may_keep_their_name() -> None:
    batch, left_out = assign(rows("25/202", "home-made", None), SITE, sensors("radar-south"), keep_unknown=True)
    assert batch.values("sensor_id") == ["radar-south", "home-made", None]
    assert not left_out


def test_status_and_operators_are_assigned_too() -> None:
    marks = Batch.from_rows(STATUS, [{"sensor_id": "25/202", "event": "sector", "azimuth_deg": 90.0}])
    batch, _ = assign(marks, SITE, sensors("radar-south"))
    assert (batch.values("sensor_id"), batch.values("azimuth_deg")) == (["radar-south"], [90.0])
    operators = Batch.from_rows(OPERATOR, [{"sensor_id": "SNSTAC-2"}, {"sensor_id": "other"}])
    batch, left_out = assign(operators, SITE, sensors("rid-roof"))
    assert (batch.values("sensor_id"), left_out) == (["rid-roof"], {"unknown_sensor": 1})


def test_a_row_without_a_kind_gets_its_sensors() -> None:
    mixed = Batch.from_rows(
        DETECTION, [{"sensor_id": "25/201"}, {"sensor_id": "SNSTAC-2"}, {"sensor_id": "25/201", "kind": "system"}]
    )
    batch, _ = assign(mixed, SITE)
    assert batch.values("kind") == ["radar", "remote_id", "system"]


def test_nothing_comes_of_nothing() -> None:
    assert assign(Batch.empty(DETECTION), SITE)[0].n == 0
