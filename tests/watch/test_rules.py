"""Each rule by what it does: what alarms, how loudly, and what stays quiet."""

from __future__ import annotations

import msgspec
import pytest
import shapely

from picket.site import Friendly, Sensor
from picket.watch import SensorLook
from tests.watch.sky import BORDER, GEOID, PIER, RING, T0, Watch, site, track, zone

NAN = float("nan")
ICAO = {"identity": "4CA7B3", "identity_kind": "icao_address"}
AIRLINER = {"p_drone": 0.01, "p_aircraft": 0.9, "classification": "aircraft", **ICAO}
VESSEL = {"p_drone": 0.0, "p_vessel": 0.9, "classification": "vessel", "domain": "surface", "alt_wgs84_m": NAN}
BIRD = {"p_drone": 0.1, "p_bird": 0.8, "classification": "bird"}
UNKNOWN = {"p_drone": 0.3, "classification": "unknown"}


def rules_of(watch: Watch) -> list[tuple[str, str | None, str]]:
    return sorted((a.rule, a.zone, a.severity) for a in watch.book.open)


# -- entry -----------------------------------------------------------------------------------------------------
def test_a_drone_inside_a_protected_zone_is_a_high_entry():
    w = Watch(site(PIER))
    (alert,) = w.see(track(7, 50, 0))
    assert (alert.rule, alert.zone, alert.severity, alert.state, alert.active) == ("entry", "pier", "high", "raised", True)
    assert alert.track_ids == (7,)
    assert (alert.id, alert.n, alert.count, alert.nearest_track_id) == (1, 1, 1, 7)
    assert alert.raised_at == w.time


def test_a_warning_zone_is_a_medium_entry():
    w = Watch(site(RING))
    w.see(track(7, 500, 0))
    assert rules_of(w) == [("entry", "ring", "medium")]


@pytest.mark.parametrize(
    "more",
    [
        {"status": "tentative"},
        {"existence": 0.85},
        {"existence": NAN},
        {"status": "ended"},
        {"lat_deg": NAN},
        {"lat_deg": -33.75, "lon_deg": 61.8},  # the far side of the earth
    ],
)
def test_tracks_that_are_not_sure_or_not_there_do_not_alarm(more):
    w = Watch(site(PIER))
    assert w.see(track(7, 50, 0, **more)) == []


def test_coasting_tracks_alarm():
    w = Watch(site(PIER))
    assert w.see(track(7, 50, 0, status="coasting"))


@pytest.mark.parametrize(("reference", "zero"), [("msl", GEOID), ("wgs84", 0.0), ("site", 12.0)], ids=["msl", "wgs84", "site"])
def test_heights_are_compared_with_the_zones_own_reference(reference, zero):
    limits = zone("dome", "protected", shapely.box(-200, -200, 200, 200), floor_m=50, ceiling_m=120, height_reference=reference)
    at = site(limits, approach_s=0)
    at = msgspec.structs.replace(at, site=msgspec.structs.replace(at.site, alt_wgs84_m=12.0))
    for height, inside in ((49.0, False), (50.0, True), (120.0, True), (121.0, False), (NAN, True)):
        w = Watch(at)
        assert bool(w.see(track(1, 0, 0, alt_wgs84_m=zero + height, sigma_vertical_m=0.1))) == inside, height


def test_an_unknown_thing_alarms_and_an_airliner_in_a_protected_zone_does():
    w = Watch(site(PIER, RING))
    w.see(track(1, 50, 0, **UNKNOWN), track(2, 0, 50, **AIRLINER))
    assert sorted((a.zone, a.track_ids) for a in w.book.open) == [("pier", (1,)), ("pier", (2,)), ("ring", (1,))]


@pytest.mark.parametrize("quiet", [BIRD, VESSEL], ids=["bird", "vessel"])
def test_birds_and_vessels_at_the_surface_are_quiet_in_a_protected_zone(quiet):
    w = Watch(site(PIER))
    assert w.see(track(1, 50, 0, **quiet)) == []


def test_a_vessel_that_flies_is_no_vessel():
    w = Watch(site(PIER))
    assert w.see(track(1, 50, 0, **{**VESSEL, "alt_wgs84_m": GEOID + 60}))


def test_a_vessel_or_airliner_that_contradicts_itself_is_not_quiet():
    w = Watch(site(PIER, approach_s=60))
    w.see(
        track(1, 50, 0, **VESSEL, flags=("spoof_suspected",)),
        track(2, 0, 900, (0, -20, 0), **AIRLINER, flags=("spoof_suspected",)),
    )
    assert rules_of(w) == [("approach", "pier", "high"), ("entry", "pier", "high")]


def test_a_zone_alarms_in_its_hours_only():
    night = zone("night", "protected", shapely.box(-200, -200, 200, 200), hours="22:00-04:00")
    assert Watch(site(night)).see(track(1, 0, 0))  # T0 is 22:13 UTC
    assert Watch(site(night), T0 - 3600).see(track(1, 0, 0)) == []


def test_a_corridor_is_only_drawn():
    w = Watch(site(zone("lane", "corridor", shapely.box(-500, -500, 500, 500))))
    assert w.see(track(1, 0, 0, (10, 0, 0))) == []


# -- approach --------------------------------------------------------------------------------------------------
def test_approach_by_time_to_reach_then_high_from_20_seconds():
    w = Watch(site(PIER))
    assert w.see(track(1, 0, 200 + 14 * 61, (0, -14, 0))) == []
    (alert,) = w.see(track(1, 0, 200 + 14 * 58, (0, -14, 0)))
    assert (alert.rule, alert.severity, alert.zone) == ("approach", "medium", "pier")
    assert alert.time_to_reach_s == pytest.approx(58, abs=0.5)
    (alert,) = w.see(track(1, 0, 200 + 14 * 19, (0, -14, 0)))
    assert (alert.id, alert.rule, alert.severity) == (1, "approach", "high")
    assert alert.time_to_reach_s == pytest.approx(19, abs=0.5)


@pytest.mark.parametrize(
    ("place", "velocity", "why"),
    [
        ((0, 700), (0, 14, 0), "flies away"),
        ((0, 700), (14, 0, 0), "flies past"),
        ((300, 700), (0, -14, 0), "passes at 100 m with a sigma of 5"),
        ((0, 700), (0, 0, 0), "hovers outside"),
        ((203, 0), (14, 0, 0), "leaves, still within 2 sigma of the edge"),
    ],
)
def test_no_approach(place, velocity, why):
    assert Watch(site(PIER)).see(track(1, *place, velocity)) == [], why


def test_a_course_that_passes_within_two_sigma_is_an_approach():
    w = Watch(site(PIER))
    (alert,) = w.see(track(1, 230, 700, (0, -14, 0), sigma_horizontal_m=20.0))
    assert "passes pier at 30 m in 36 s" in alert.text
    assert Watch(site(PIER)).see(track(1, 230, 700, (0, -14, 0), sigma_horizontal_m=14.0)) == []


def test_a_huge_sigma_does_not_reach_everything():
    assert Watch(site(PIER)).see(track(1, 400, 700, (0, -14, 0), sigma_horizontal_m=500.0)) == []


@pytest.mark.parametrize(
    ("height", "climb", "alarm"),
    [(900, 0, False), (900, -5, False), (900, -12, True), (-60, 2, True), (-60, -1, False), (NAN, 0, True)],
)
def test_approach_looks_at_the_height_it_will_have(height, climb, alarm):
    w = Watch(site(PIER))
    assert bool(w.see(track(1, 0, 700, (0, -14, climb), alt_wgs84_m=GEOID + height))) == alarm


@pytest.mark.parametrize("quiet", [AIRLINER, VESSEL, BIRD], ids=["airliner", "vessel", "bird"])
def test_ordinary_traffic_is_quiet_on_approach_in_a_warning_zone_and_over_a_line(quiet):
    w = Watch(site(PIER, RING, BORDER))
    seen = [
        a
        for k in range(120)
        for a in w.see(track(1, 0, 3200 - 40 * k, (0, -20, 0), **quiet))
        if a.zone != "pier" or a.rule != "entry"
    ]
    assert seen == []


def test_an_aircraft_without_an_icao_address_is_not_an_airliner():
    w = Watch(site(PIER))
    assert w.see(track(1, 0, 700, (0, -14, 0), p_drone=0.1, p_aircraft=0.9, identity="X", identity_kind="call_sign"))


# -- line crossing ---------------------------------------------------------------------------------------------
def test_a_line_is_crossed_from_its_left_to_its_right_only():
    w = Watch(site(BORDER))
    w.see(track(1, 0, 3040, (0, -10, 0)), track(2, 100, 2960, (0, 10, 0)))
    (alert,) = w.see(track(1, 0, 2960, (0, -10, 0)), track(2, 100, 3040, (0, 10, 0)))
    assert (alert.rule, alert.zone, alert.severity, alert.track_ids) == ("line_crossing", "border", "high", (1,))


def test_a_fast_step_over_the_line_counts():
    w = Watch(site(BORDER))
    w.see(track(1, -2000, 4500))
    assert w.see(track(1, 2000, 1200))


def test_a_track_that_begins_beyond_the_line_has_not_crossed_it():
    w = Watch(site(BORDER))
    assert w.wait(5, track(1, 0, 2900)) == []


def test_a_line_crossed_while_the_track_was_tentative_is_noticed_when_it_is_confirmed():
    w = Watch(site(BORDER))
    w.see(track(1, 0, 3050, status="tentative"))
    assert w.see(track(1, 0, 2980, status="tentative")) == []
    assert [a.rule for a in w.see(track(1, 0, 2910))] == ["line_crossing"]


def test_a_crossing_is_over_when_the_object_goes_back():
    w = Watch(site(BORDER))
    w.see(track(1, 0, 3050))
    w.see(track(1, 0, 2950))
    w.wait(30, track(1, 0, 2800))
    assert w.only().active
    w.wait(12, track(1, 0, 3100))
    assert not w.only().active
    w.see(track(1, 0, 2900))
    assert w.only().active
    assert w.only().id == 1


def test_a_crossing_hidden_by_a_track_swap_is_found():
    w = Watch(site(BORDER))
    w.see(track(1, 0, 3040, (0, -14, 0)))
    w.see(track(1, 0, 3026, (0, -14, 0)))
    w.wait(4)
    assert [a.rule for a in w.see(track(2, 0, 2956, (0, -14, 0)))] == ["line_crossing"]


# -- honesty ---------------------------------------------------------------------------------------------------
def test_one_medium_alert_per_object_that_contradicts_itself():
    w = Watch(site(PIER))
    w.see(
        track(1, 3000, 0, flags=("unconfirmed_position",)), track(2, 0, 3000, flags=("spoof_suspected", "unconfirmed_position"))
    )
    assert rules_of(w) == [("spoof_suspected", None, "medium"), ("unconfirmed_position", None, "medium")]
    w.see(track(1, 3000, 0, flags=("spoof_suspected",)), track(2, 0, 3000, flags=("spoof_suspected",)))
    assert rules_of(w) == [("spoof_suspected", None, "medium")] * 2


def test_near_a_protected_zone_the_zones_alert_carries_the_flag():
    w = Watch(site(PIER))
    w.see(track(1, 0, 700, (0, -14, 0), flags=("spoof_suspected",), identity="1581F000", identity_kind="serial"))
    alert = w.only()
    assert (alert.rule, alert.severity, alert.flags) == ("approach", "high", ("spoof_suspected",))
    assert "claiming to be 1581F000" in alert.text
    assert alert.text.startswith("Suspected spoof reaches pier in ")


def test_an_open_flag_alert_becomes_high_when_the_object_approaches():
    w = Watch(site(PIER))
    w.see(track(1, 0, 3000, (0, -14, 0), flags=("unconfirmed_position",)))
    assert rules_of(w) == [("unconfirmed_position", None, "medium")]
    w.see(track(1, 0, 700, (0, -14, 0), flags=("unconfirmed_position",)))
    assert rules_of(w) == [("approach", "pier", "high"), ("unconfirmed_position", None, "high")]


# -- silent sensor ---------------------------------------------------------------------------------------------
def test_a_silent_sensor_says_what_is_not_seen_and_ends_when_it_speaks():
    radar = Sensor(
        id="radar-north", kind="radar", lat_deg=33.76, lon_deg=-118.2, alt_wgs84_m=-20, max_range_m=5000, sector_deg=(300, 60)
    )
    w = Watch(site(PIER, sensors=(radar,)))
    ok, silent = SensorLook("radar-north", "radar", "ok", 1.0, 1.0), SensorLook("radar-north", "radar", "silent", 4.0, 1.0)
    assert w.see(sensors=(ok, SensorLook("rid", "remote_id", "stale", 9.0, None))) == []
    (alert,) = w.see(sensors=(silent,))
    assert (alert.rule, alert.severity, alert.sensor_id, alert.zone) == ("silent_sensor", "medium", "radar-north", None)
    assert alert.text == (
        "Sensor radar-north SILENT 4 s: it no longer sees from 300 deg to 060 deg out to 5.0 km; no other radar is working."
    )
    assert alert.why == "Raised because nothing was heard from it for 4 s (limit 3 periods of 1 s: 3 s)."
    assert alert.distance_m == pytest.approx(1109, abs=2)
    for _ in range(11):
        w.see(sensors=(ok,))
    assert not w.only().active


def test_a_biased_sensor_is_one_low_alert_that_says_what_to_mend():
    w = Watch(site(PIER, sensors=(Sensor(id="radar-north", kind="radar", lat_deg=33.76, lon_deg=-118.2),)))
    off = SensorLook("radar-north", "radar", "ok", 0.5, 1.0, bias_azimuth_deg=1.04, bias_range_m=12.0)
    (alert,) = w.see(sensors=(off,))
    assert (alert.rule, alert.severity, alert.sensor_id) == ("biased_sensor", "low", "radar-north")
    assert alert.text == "Sensor radar-north OFF by azimuth +1.0 deg: corrected in the tracks; check its mount, place and clock."
    assert "limits 0.5 deg, 25 m, 0.25 s" in alert.why
    (silent,) = w.see(sensors=(SensorLook("radar-north", "radar", "silent", 9.0, 1.0, bias_azimuth_deg=1.04),))
    assert silent.rule == "silent_sensor"
    for _ in range(11):
        w.see(sensors=(SensorLook("radar-north", "radar", "ok", 0.5, 1.0, bias_azimuth_deg=0.3),))
    assert not [a for a in w.book.open if a.active]


# -- friendly --------------------------------------------------------------------------------------------------
POLICE = {"identity": "1581F6N8", "identity_kind": "serial"}


def friendly(**more):
    return (Friendly(identity="1581F6N8", owner="harbour police", **{"zones": ("pier",), "hours": "22:00-23:00", **more}),)


def test_a_friendly_in_its_zone_and_hours_is_quiet_also_on_its_way_in():
    w = Watch(site(PIER, RING, friendly=friendly()))
    assert [a for k in range(60) for a in w.see(track(1, 0, 1200 - 20 * k, (0, -20, 0), **POLICE))] == []


def test_a_friendly_out_of_hours_alarms_lower_and_says_so():
    w = Watch(site(PIER, friendly=friendly(hours="06:00-21:00")))
    w.see(track(1, 0, 700, (0, -14, 0), **POLICE))
    assert rules_of(w) == [("approach", "pier", "low")]
    w.see(track(1, 0, 100, (0, -14, 0), **POLICE))
    alert = w.only()
    assert (alert.rule, alert.severity, alert.flags) == ("entry", "medium", ("unauthorised",))
    assert alert.text.startswith("Uncleared friendly drone INSIDE pier, 1581F6N8 (harbour police): ")


def test_a_friendly_out_of_place_alarms():
    far = zone("far", "protected", shapely.box(800, -100, 1000, 100))
    w = Watch(site(PIER, far, friendly=friendly()))
    w.see(track(1, 900, 0, **POLICE))
    assert rules_of(w) == [("entry", "far", "medium")]


@pytest.mark.parametrize("flag", ["spoof_suspected", "unconfirmed_position"])
def test_a_copied_identity_does_not_silence_a_protected_zone(flag):
    w = Watch(site(PIER, friendly=friendly()))
    w.see(track(1, 0, 0, **POLICE, flags=(flag,)))
    assert ("entry", "pier", "high") in rules_of(w)
    assert "claiming to be 1581F6N8" in w.only().text


def test_an_unlisted_identity_is_no_friend():
    w = Watch(site(PIER, friendly=friendly()))
    w.see(track(1, 0, 0, identity="1581F6N9", identity_kind="serial"))
    assert rules_of(w) == [("entry", "pier", "high")]


# -- ignore ----------------------------------------------------------------------------------------------------
def test_an_ignore_zone_mutes_but_never_inside_a_protected_zone():
    quiet = zone("quarry", "ignore", shapely.box(-3000, -3000, 3000, 3500))
    w = Watch(site(PIER, RING, BORDER, quiet))
    w.see(track(1, 0, 3050), track(2, 500, 500), track(3, 0, 700, (0, -14, 0)), track(4, 900, 900, flags=("spoof_suspected",)))
    w.see(track(1, 0, 2950), track(2, 500, 500), track(3, 0, 700, (0, -14, 0)), track(4, 900, 900, flags=("spoof_suspected",)))
    assert rules_of(w) == []
    w.see(track(5, 0, 0))
    assert rules_of(w) == [("entry", "pier", "high"), ("entry", "ring", "medium")]


def test_an_ignore_zone_has_heights_too():
    low = zone("kites", "ignore", shapely.box(-3000, -3000, 3000, 3000), ceiling_m=50)
    w = Watch(site(RING, low))
    w.see(track(1, 500, 500, alt_wgs84_m=GEOID + 40))
    assert rules_of(w) == []
    w.see(track(1, 500, 500, alt_wgs84_m=GEOID + 60))
    assert rules_of(w) == [("entry", "ring", "medium")]
