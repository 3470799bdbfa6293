"""The sentences, to the letter: what an officer reads at three in the morning."""

from __future__ import annotations

import pymap3d
import pymap3d.vincenty
import pytest
import shapely

from picket.site import Friendly, Zone
from tests.watch.sky import ALT, BORDER, FRAME, GEOID, LAT, LON, PIER, Watch, site, to_lonlat, track, zone

SEEN = {"sensors": ("radar-north", "radar-south")}


def told(w: Watch, *rows):
    (alert,) = w.see(*rows)
    return alert


def test_approach():
    alert = told(Watch(site(PIER)), track(1, -450, -721, (7.42, 11.89, 0), **SEEN))
    assert alert.text == (
        "Unknown drone reaches pier in 44 s: 850 m out, look 212 deg, 6 deg up, inbound 14 m/s; radar-north, radar-south; "
        "certain (99 %)."
    )
    assert alert.why == (
        "Raised because its course meets the zone in 44 s (limit 60 s; high from 20 s); it is 99 % sure to exist (limit 90 %)."
    )


def test_an_approach_that_passes_by_says_how_near():
    alert = told(Watch(site(PIER)), track(1, 230, 700, (0, -14, 0), sigma_horizontal_m=20.0))
    assert alert.text.startswith("Unknown drone passes pier at 30 m in 36 s: 740 m out, look 018 deg, ")
    assert alert.why.startswith(
        "Raised because its course passes the zone at 30 m, less than its own uncertainty (2 sigma, 40 m), in 36 s (limit 60 s; "
    )


def test_over_the_zone_and_just_above_its_ceiling():
    row = track(1, 30, 40, (0, -6, 0), alt_wgs84_m=GEOID + 410, sigma_vertical_m=10.0)
    alert = told(Watch(site(PIER)), row)
    assert (alert.rule, alert.time_to_reach_s) == ("approach", 0.0)
    assert alert.text.startswith(
        "Unknown drone OVER pier, within 2 sigma of its height limits: 50 m from the site, look 037 deg, "
    )
    assert "moving 6 m/s towards 180 deg" in alert.text
    assert alert.why.startswith("Raised because it is over the zone, and its height is within 2 sigma of the zone's limits; ")


def test_entry_with_unknown_height_that_may_be_outside():
    row = track(1, 0, 190, (0.2, 0.1, 0), alt_wgs84_m=float("nan"), sigma_horizontal_m=12.0, existence=0.9999)
    alert = told(Watch(site(PIER)), {**row, "classification": "unknown", "p_drone": 0.4})
    assert alert.text == (
        "Unknown object INSIDE pier (may be outside): 190 m from the site, look 000 deg, height unknown, hovering; "
        "radar-north; certain (99 %)."
    )
    assert alert.why == (
        "Raised because its estimated place is 10 m inside this protected zone, give or take 24 m (2 sigma); its height is unknown, "
        "which counts as within 0 to 400 m msl; it is 99 % sure to exist (limit 90 %)."
    )


def test_entry_by_a_named_drone_that_coasts():
    row = track(1, 30, 40, (0, -6, 0), identity="1581F6N8", identity_kind="serial", existence=0.93, status="coasting")
    w = Watch(site((Zone(**{**zone_fields("pier"), "name": "Pier 7"}), PIER[1])))
    w.time += 1
    alert = told(w, {**row, "updated_at": w.time - 3})
    assert alert.text == (
        "Drone 1581F6N8 INSIDE Pier 7: 50 m from the site, look 037 deg, 61 deg up, moving 6 m/s towards 180 deg; "
        "radar-north; last measured 4 s ago; almost certain (93 %)."
    )


def zone_fields(id_: str):
    return {"id": id_, "kind": "protected", "geometry": "pier.geojson", "floor_m": 0, "ceiling_m": 400}


def test_line_crossing():
    w = Watch(site(BORDER))
    w.see(track(1, 100, 3050, (0, -20, 0)))
    alert = told(w, track(1, 100, 2880, (0, -20, 0)))
    assert alert.text == (
        "Unknown drone CROSSED border, now 120 m beyond: 2.9 km out, look 002 deg, 2 deg up, "
        "moving 20 m/s towards 180 deg; radar-north; certain (99 %)."
    )
    # 10 km along a parallel: drawn as a GeoJSON edge it bulges 1.3 m to the south of the straight line between its ends
    assert alert.why == (
        "Raised because two successive estimates lie on either side of the line, from its left to its right; it is now 119 m from the "
        "line, give or take 10 m (2 sigma); it is 99 % sure to exist (limit 90 %)."
    )


def test_a_crossing_within_its_own_error_says_so():
    w = Watch(site(BORDER))
    w.see(track(1, 100, 3005))
    assert "(may not be over it)" in told(w, track(1, 100, 2995)).text


NAMED = {"identity": "1581F6N8", "identity_kind": "serial", "sensors": ("rid",)}


def test_unconfirmed_position():
    alert = told(Watch(site(PIER)), track(1, 3000, 0, flags=("unconfirmed_position",), **NAMED))
    assert alert.text == (
        "Unconfirmed drone, claiming to be 1581F6N8: 3.0 km out, look 090 deg, 2 deg up, hovering; rid; certain (99 %)."
    )
    assert alert.why == (
        "Raised because its place is its own claim, and no sensor that should see it there does; it is 99 % sure to exist (limit 90 %)."
    )


def test_suspected_spoof():
    alert = told(Watch(site(PIER)), track(1, 3000, 0, flags=("spoof_suspected",), **NAMED))
    assert alert.text == (
        "Suspected spoof, drone claiming to be 1581F6N8: 3.0 km out, look 090 deg, 2 deg up, hovering; rid; certain (99 %)."
    )
    inside = told(Watch(site(PIER)), track(1, 0, 100, flags=("spoof_suspected",)))
    assert inside.text.startswith("Suspected spoof INSIDE pier, drone without identity: 100 m from the site, ")


def test_an_uncleared_friendly():
    friend = (Friendly(identity="1581F6N8", owner="harbour police", zones=("elsewhere",)),)
    alert = told(Watch(site(PIER, friendly=friend)), track(1, 0, 100, **NAMED))
    assert alert.text.startswith("Uncleared friendly drone INSIDE pier, 1581F6N8 (harbour police): 100 m from the site, ")


def test_a_swarm_says_its_count_first():
    rows = [track(10 + i, -100 + 25 * i, 700 + i, (0, -14, 0), group_id=3, **SEEN) for i in range(8)]
    alert = told(Watch(site(PIER)), *rows)
    assert alert.text == (
        "Swarm of 8 unknown drones reaches pier in 36 s: nearest 710 m out, look 352 deg, 7 deg up, inbound 14 m/s; "
        "radar-north, radar-south; certain (99 %)."
    )
    inside = told(Watch(site(PIER)), *rows[1:], {**track(10, 0, 100, (0, -14, 0), group_id=3, **SEEN)})
    assert inside.text.startswith("Swarm of 8 unknown drones, nearest INSIDE pier: 100 m from the site, look 000 deg, ")


def test_the_reason_names_whom_it_is_about_when_that_is_not_the_nearest():
    near = track(10, 0, 700, (0, -12, 0), group_id=3, existence=0.91, **SEEN)
    fast = track(11, 30, 760, (0, -30, 0), group_id=3, existence=0.99, **SEEN)
    alert = told(Watch(site(PIER)), near, fast)
    assert "almost certain (91 %)" in alert.text
    assert alert.why.endswith("; that is T11, not the nearest, and 99 % sure to exist (limit 90 %).")


def test_the_azimuth_is_said_once():
    for row in (track(1, -450, -721, (7.42, 11.89, 0)), track(1, 0, 100)):
        text = told(Watch(site(PIER)), row).text
        assert text.count(" deg") <= 3
        assert "bearing" not in text


def test_words_from_outside_stay_one_line_of_ascii():
    alert = told(Watch(site(PIER)), track(1, 0, 0, identity="x\n\x1b[31mé" + "y" * 200, identity_kind="serial"))
    assert alert.text.isascii()
    assert alert.text.isprintable()
    assert len(alert.text) < 300


@pytest.mark.parametrize("place", [(850.0, 300.0, 80.0), (-4000.0, 9000.0, 900.0), (0.5, -0.5, 20.0), (-300.0, -20.0, -5.0)])
def test_look_angles_and_distance_against_pymap3d(place):
    lat, lon, alt = (float(v[0]) for v in FRAME.to_geodetic([list(place)]))
    dome = (Zone(id="all", kind="protected", geometry="-"), to_lonlat(shapely.box(-20_000, -20_000, 20_000, 20_000)))
    alert = told(Watch(site(dome)), {**track(1, 0, 0), "lat_deg": lat, "lon_deg": lon, "alt_wgs84_m": alt})
    azimuth, elevation, _ = pymap3d.geodetic2aer(lat, lon, alt, LAT, LON, ALT)
    assert alert.look_azimuth_deg == pytest.approx(azimuth, abs=1e-6)
    assert alert.look_elevation_deg == pytest.approx(elevation, abs=1e-6)
    ground = pymap3d.vincenty.vdist(LAT, LON, lat, lon)
    assert alert.distance_m == pytest.approx(float(ground[0]), rel=1e-4, abs=1e-3)
    assert alert.bearing_deg == pytest.approx(float(ground[1]), abs=0.01)


def test_below_the_site_is_down():
    assert (
        "look 000 deg, 27 deg down"
        in told(
            Watch(site(zone("sea", "protected", shapely.box(-200, -200, 200, 200)))), track(1, 0, 100, alt_wgs84_m=ALT - 50)
        ).text
    )
    assert GEOID < ALT
