"""The sentences, to the letter: what an officer reads at three in the morning."""

from __future__ import annotations

import pymap3d
import pymap3d.vincenty
import pytest
import shapely

from picket.site import Zone
from tests.watch.sky import ALT, BORDER, FRAME, GEOID, LAT, LON, PIER, Watch, site, to_lonlat, track, zone

SEEN = {"sensors": ("radar-north", "radar-south")}


def told(w: Watch, *rows):
    (alert,) = w.see(*rows)
    return alert


def test_approach():
    alert = told(Watch(site(PIER)), track(1, -450, -721, (7.42, 11.89, 0), **SEEN))
    assert alert.text == (
        "Unknown drone 850 m bearing 212 deg from the site, look 212 deg, 6 deg up, inbound 14 m/s, reaches pier in 44 s; "
        "seen by radar-north, radar-south; certain (99 %)."
    )
    assert alert.why == "approach: course meets pier in 44 s, limit 60 s, high from 20 s; existence 99 %, limit 90 %"


def test_entry_with_unknown_height_that_may_be_outside():
    row = track(1, 0, 190, (0.2, 0.1, 0), alt_wgs84_m=float("nan"), sigma_horizontal_m=12.0, existence=0.9999)
    alert = told(Watch(site(PIER)), {**row, "classification": "unknown", "p_drone": 0.4})
    assert alert.text == (
        "Unknown object in pier (may be outside), 190 m bearing 000 deg from the site, look 000 deg, height unknown, hovering; "
        "seen by radar-north; certain (99 %)."
    )
    assert alert.why == (
        "entry: estimate 10 m inside pier (protected), 2 sigma is 24 m; height unknown counts as inside 0 to 400 m msl; "
        "existence 99 %, limit 90 %"
    )


def test_entry_by_a_named_drone_that_coasts():
    row = track(1, 30, 40, (0, -6, 0), identity="1581F6N8", identity_kind="serial", existence=0.93, status="coasting")
    w = Watch(site((Zone(**{**zone_fields("pier"), "name": "Pier 7"}), PIER[1])))
    w.time += 1
    alert = told(w, {**row, "updated_at": w.time - 3})
    assert alert.text == (
        "Drone 1581F6N8 in Pier 7, 50 m bearing 037 deg from the site, look 037 deg, 61 deg up, moving 6 m/s towards 180 deg; "
        "seen by radar-north; last measured 4 s ago; almost certain (93 %)."
    )


def zone_fields(id_: str):
    return {"id": id_, "kind": "protected", "geometry": "pier.geojson", "floor_m": 0, "ceiling_m": 400}


def test_line_crossing():
    w = Watch(site(BORDER))
    w.see(track(1, 100, 3050, (0, -20, 0)))
    alert = told(w, track(1, 100, 2880, (0, -20, 0)))
    assert alert.text == (
        "Unknown drone crossed border, now 120 m beyond, 2.9 km bearing 002 deg from the site, look 002 deg, 2 deg up, "
        "moving 20 m/s towards 180 deg; seen by radar-north; certain (99 %)."
    )
    # 10 km along a parallel: drawn as a GeoJSON edge it bulges 1.3 m to the south of the straight line between its ends
    assert alert.why == (
        "line_crossing: successive estimates went over border from its left to its right and are now 119 m from it, "
        "2 sigma is 10 m; existence 99 %, limit 90 %"
    )


def test_a_crossing_within_its_own_error_says_so():
    w = Watch(site(BORDER))
    w.see(track(1, 100, 3005))
    assert "(may not be over it)" in told(w, track(1, 100, 2995)).text


def test_flags():
    row = track(1, 3000, 0, identity="1581F6N8", identity_kind="serial", flags=("unconfirmed_position",), sensors=("rid",))
    alert = told(Watch(site(PIER)), row)
    assert alert.text == (
        "Drone claiming to be 1581F6N8 3.0 km bearing 090 deg from the site, look 090 deg, 2 deg up, hovering; "
        "position not confirmed by any sensor; seen by rid; certain (99 %)."
    )


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
