"""Compact position reporting against the standard's table, published messages, an exact formula, and our own encoder."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.feed.adsb import cpr_kernels as cpr
from picket.feed.adsb.modes import encode_airborne, encode_surface

# RTCA DO-260B A.1.7.2 d: the latitude below which NL is the number beside it
TRANSITIONS = """
59 10.47047130  58 14.82817437  57 18.18626357  56 21.02939493  55 23.54504487  54 25.82924707  53 27.93898710  52 29.91135686
51 31.77209708  50 33.53993436  49 35.22899598  48 36.85025108  47 38.41241892  46 39.92256684  45 41.38651832  44 42.80914012
43 44.19454951  42 45.54626723  41 46.86733252  40 48.16039128  39 49.42776439  38 50.67150166  37 51.89342469  36 53.09516153
35 54.27817472  34 55.44378444  33 56.59318756  32 57.72747354  31 58.84763776  30 59.95459277  29 61.04917774  28 62.13216659
27 63.20427479  26 64.26616523  25 65.31845310  24 66.36171008  23 67.39646774  22 68.42322022  21 69.44242631  20 70.45451075
19 71.45986473  18 72.45884545  17 73.45177442  16 74.43893416  15 75.42056257  14 76.39684391  13 77.36789461  12 78.33374083
11 79.29428225  10 80.24923213  9 81.19801349  8 82.13956981  7 83.07199445  6 83.99173563  5 84.89166191  4 85.75541621
3 86.53536998  2 87.00000000
"""


def fields(message: int) -> tuple[int, int]:
    """YZ and XZ of a position's ME."""
    return message >> 17 & 0x1FFFF, message & 0x1FFFF


def pair(lat: float, lon: float, surface: bool = False) -> tuple[int, int, int, int]:
    """YZ and XZ of the even, then of the odd message of a place."""
    encode = encode_surface if surface else encode_airborne
    return (*fields(encode(lat, lon, odd=False)), *fields(encode(lat, lon, odd=True)))


def apart_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(cpr.distance_m(*a, *b))


# -- zones ---------------------------------------------------------------------------------------------------------


def test_longitude_zones_are_the_standards() -> None:
    words = TRANSITIONS.split()
    table = [(int(n), float(lat)) for n, lat in zip(words[::2], words[1::2], strict=True)]
    assert [n for n, _ in table] == list(range(59, 1, -1))
    for zones, lat in table:
        for side in (-1, 1):
            assert cpr.longitude_zones(side * (lat - 1e-7)) == zones
            assert cpr.longitude_zones(side * (lat + 1e-7)) == zones - 1
    assert cpr.longitude_zones(0.0) == 59
    assert cpr.longitude_zones(87.0) == 2
    assert cpr.longitude_zones(90.0) == 1


@given(st.floats(-86.9999, 86.9999))
def test_longitude_zones_are_the_formulas(lat: float) -> None:
    if lat:
        whole = 2 * math.pi / math.acos(1 - (1 - math.cos(math.pi / 30)) / math.cos(math.radians(lat)) ** 2)
        if abs(whole - round(whole)) > 1e-9:
            assert cpr.longitude_zones(lat) == math.floor(whole)


# -- published messages (J. Sun, The 1090 Megahertz Riddle, chapters 4 and 5) ----------------------------------------


def test_the_published_airborne_pair() -> None:
    even, odd = fields(0x58C382D690C8AC), fields(0x58C386435CC412)  # of 40621D; the even one came last
    assert (even, odd) == ((93000, 51372), (74158, 50194))
    found, lat, lon = cpr.global_airborne(*even, *odd, 0)
    assert found
    assert (lat, lon) == pytest.approx((52.2572021484375, 3.91937255859375), abs=1e-10)
    assert cpr.local_position(*even, 0, False, 52.258, 3.918) == pytest.approx((True, lat, lon), abs=1e-10)


def test_the_published_surface_pair() -> None:
    even, odd = fields(0x3AAB238733C8CD), fields(0x3A8A35323FAEBD)  # of 484175 near 51.990, 4.375
    found, lat, lon = cpr.global_surface(*even, *odd, 1, 51.990, 4.375)
    assert found
    assert (lat, lon) == pytest.approx((52.32061, 4.73473), abs=1e-5)
    assert cpr.local_position(*odd, 1, True, 51.990, 4.375)[1:] == pytest.approx((lat, lon), abs=1e-9)


# -- round trips ----------------------------------------------------------------------------------------------------

LATITUDES = st.one_of(
    st.floats(-90, 90),
    st.builds(lambda n, d, s: s * min(90.0, float(TRANSITIONS.split()[2 * n + 1]) + d),
              st.integers(0, 57), st.floats(-1e-3, 1e-3), st.sampled_from([-1, 1])),
    st.builds(lambda n, d: max(-90.0, min(90.0, n * 6.0 + d)), st.integers(-15, 15), st.floats(-1e-4, 1e-4)),
)  # fmt: skip
LONGITUDES = st.one_of(st.floats(-180, 180), st.floats(-1e-4, 1e-4), st.floats(179.999, 180))


@given(LATITUDES, LONGITUDES, st.booleans())
def test_an_airborne_pair_comes_back_anywhere(lat: float, lon: float, odd: bool) -> None:
    found, lat_found, lon_found = cpr.global_airborne(*pair(lat, lon), int(odd))
    if found:  # half a step of the field: 2.6 m in latitude, less than 5 m in longitude
        assert apart_m((lat, lon), (lat_found, lon_found)) < 7
        assert -180 <= lon_found < 180
    else:  # only where a step of rounding lies across a border of the zones
        border = min(abs(abs(lat) - float(t)) for t in TRANSITIONS.split()[1::2])
        assert border < 1e-4


@given(LATITUDES, LONGITUDES, st.booleans(), st.floats(-40, 40), st.floats(-40, 40))
def test_a_surface_pair_comes_back_near_a_reference(lat: float, lon: float, odd: bool, north: float, east: float) -> None:
    near = max(-90.0, min(90.0, lat + north)), lon + east
    found, lat_found, lon_found = cpr.global_surface(*pair(lat, lon, True), int(odd), *near)
    if found:
        assert apart_m((lat, lon), (lat_found, lon_found)) < 3
        assert -180 <= lon_found < 180


@given(st.floats(-85, 85), LONGITUDES, st.booleans(), st.booleans(), st.floats(0, 0.95), st.floats(0, 2 * math.pi))
def test_one_message_comes_back_near_a_place_known_before(
    lat: float, lon: float, odd: bool, surface: bool, part: float, way: float
) -> None:
    reach = part * (45 if surface else 180) / 60  # degrees: half a zone
    near = lat + reach * math.cos(way), lon + reach * math.sin(way) / math.cos(math.radians(lat))
    yz, xz = fields((encode_surface if surface else encode_airborne)(lat, lon, odd=odd))
    found, lat_found, lon_found = cpr.local_position(yz, xz, int(odd), surface, *near)
    assert found
    assert apart_m((lat, lon), (lat_found, lon_found)) < (3 if surface else 7)


@given(
    st.integers(0, 2**17 - 1), st.integers(0, 2**17 - 1), st.integers(0, 2**17 - 1), st.integers(0, 2**17 - 1), st.integers(0, 1)
)
def test_a_pair_is_solved_as_with_exact_fractions(yz0: int, xz0: int, yz1: int, xz1: int, odd: int) -> None:
    """Any fields, also those that no place has: the answer is the standard's, or none."""
    unit = Fraction(1, 2**17)
    j = math.floor((59 * yz0 - 60 * yz1) * unit + Fraction(1, 2))
    lats = [Fraction(360, 60) * (j % 60 + yz0 * unit), Fraction(360, 59) * (j % 59 + yz1 * unit)]
    lats = [lat - 360 if lat >= 270 else lat for lat in lats]
    found, lat, lon = cpr.global_airborne(yz0, xz0, yz1, xz1, odd)
    if any(abs(lat) > 90 for lat in lats) or cpr.longitude_zones(float(lats[0])) != cpr.longitude_zones(float(lats[1])):
        assert not found
        return
    zones = cpr.longitude_zones(float(lats[0]))
    m = math.floor((xz0 * (zones - 1) - xz1 * zones) * unit + Fraction(1, 2))
    width = max(zones - odd, 1)
    exact = Fraction(360, width) * (m % width + (xz0, xz1)[odd] * unit)
    assert found
    assert lat == pytest.approx(float(lats[odd]), abs=1e-9)
    assert lon == pytest.approx(float(exact - 360 if exact >= 180 else exact), abs=1e-9)


def test_a_place_beyond_a_pole_is_none() -> None:
    beyond = [cpr.local_position(yz, 0, 0, False, 90.0, 0.0) for yz in range(0, 1 << 17, 97)]
    assert all(not found or abs(lat) <= 90 for found, lat, _ in beyond)
    assert not all(found for found, _, _ in beyond)


# -- distance -------------------------------------------------------------------------------------------------------


def test_distances() -> None:
    assert apart_m((0, 0), (0, 1)) == pytest.approx(111_195, rel=1e-3)
    assert apart_m((50, 179.5), (50, -179.5)) == pytest.approx(111_195 * math.cos(math.radians(50)), rel=1e-3)
    assert apart_m((90, 0), (-90, 77)) == pytest.approx(math.pi * cpr.EARTH_M)
    assert apart_m((12, 34), (12, 34)) == 0
