"""The frames against pymap3d, and their round trips."""

from __future__ import annotations

import numpy as np
import pymap3d
from hypothesis import given
from hypothesis import strategies as st

from picket.geo import LocalFrame, ecef_to_geodetic, enu_to_polar, geodetic_to_ecef, polar_to_enu

LAT, LON, ALT = st.floats(-89.9, 89.9), st.floats(-180, 180), st.floats(-500, 50_000)


@given(LAT, LON, ALT)
def test_ecef_agrees_with_pymap3d(lat: float, lon: float, alt: float) -> None:
    assert np.allclose(geodetic_to_ecef(lat, lon, alt)[0], pymap3d.geodetic2ecef(lat, lon, alt), rtol=0, atol=1e-6)


@given(LAT, LON, ALT)
def test_geodetic_comes_back(lat: float, lon: float, alt: float) -> None:
    got = ecef_to_geodetic(geodetic_to_ecef(lat, lon, alt))
    assert abs(got[0][0] - lat) < 1e-9
    assert abs((got[1][0] - lon + 180) % 360 - 180) < 1e-9
    assert abs(got[2][0] - alt) < 1e-5


@given(LAT, LON, st.floats(-0.9, 0.9), st.floats(-0.9, 0.9), st.floats(0, 12_000))
def test_enu_agrees_with_pymap3d(lat0: float, lon0: float, dlat: float, dlon: float, alt: float) -> None:
    lat = min(max(lat0 + dlat, -89.9), 89.9)
    frame = LocalFrame(lat0, lon0, 20.0)
    ours = frame.to_enu(lat, lon0 + dlon, alt)[0]
    theirs = pymap3d.geodetic2enu(lat, lon0 + dlon, alt, lat0, lon0, 20.0)
    assert np.allclose(ours, theirs, rtol=0, atol=1e-5)
    back = frame.to_geodetic(ours)
    assert abs(back[0][0] - lat) < 1e-9
    assert abs(back[2][0] - alt) < 1e-4


@given(st.floats(1, 400_000), st.floats(0, 359.999), st.floats(-80, 80))
def test_polar_comes_back(range_m: float, azimuth: float, elevation: float) -> None:
    r, az, el = enu_to_polar(polar_to_enu(range_m, azimuth, elevation))
    assert abs(r[0] - range_m) < 1e-6
    assert abs((az[0] - azimuth + 180) % 360 - 180) < 1e-6
    assert abs(el[0] - elevation) < 1e-6
    assert 0 <= az[0] < 360


def test_one_frame_seen_from_another() -> None:
    here, there = LocalFrame(33.75, -118.2, -35), LocalFrame(34.9, -117.1, 600)
    matrix, offset = here.relative(there)
    point = (34.1, -117.5, 3000.0)
    assert np.allclose(matrix @ (here.to_enu(*point)[0] - offset), there.to_enu(*point)[0], atol=1e-6)


def test_unknown_stays_unknown() -> None:
    assert np.isnan(LocalFrame(1, 2, 3).to_enu(np.nan, 0, 0)).all()
    assert np.isnan(enu_to_polar(np.full((1, 3), np.nan))[0]).all()
