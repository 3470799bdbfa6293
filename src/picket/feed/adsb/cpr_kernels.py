"""Compact position reporting: the 17-bit latitude and longitude of ADS-B messages back to degrees.

Source: ICAO Doc 9871 (2nd edition) C.2.6 and RTCA DO-260B A.1.7, whose letters are kept here:

    YZ, XZ   latitude and longitude within a zone, 0 .. 2**17 - 1
    i        0 even, 1 odd: the two ways in which the globe is cut into zones (60 or 59 from pole to pole and back)
    NL       number of longitude zones at a latitude, 59 at the equator, 1 at the poles
    Dlat, Dlon   the height and width of a zone: of 360 degrees airborne, of 90 on the surface (four times finer)

An even and an odd message of about the same moment agree in one place on the globe (airborne) or in one place of each quarter
(surface, where the nearest to a reference is taken). One message alone agrees once in every zone: it is decoded near a place
known before. Where the two messages of a pair lie on either side of a latitude at which NL changes, there is no answer.
"""

from __future__ import annotations

import math

import numpy as np

from picket._jit import kernel

_UNIT = 1.0 / (1 << 17)
_ZONES = 15  # NZ: latitude zones between the equator and a pole
EARTH_M = 6371008.8  # mean radius, for distances that are only compared

# The latitude from which NL is below n, for n = 2 .. 59 (Doc 9871 C.2.6.2 d; the table of DO-260B A.1.7.2 d rounds the same
# values to 8 decimals). NL = 2 includes 87 degrees itself.
_TRANSITIONS = np.array(
    [
        math.degrees(math.acos(math.sqrt((1 - math.cos(math.pi / (2 * _ZONES))) / (1 - math.cos(2 * math.pi / n)))))
        for n in range(59, 2, -1)
    ]
)


@kernel
def longitude_zones(lat_deg: float) -> int:
    """NL: the number of longitude zones at a latitude (-90..90)."""
    lat = abs(lat_deg)
    if lat >= _TRANSITIONS[-1]:
        return 2 if lat <= 87.0 else 1
    low, high = 0, len(_TRANSITIONS) - 1  # the first transition above lat
    while low < high:
        middle = (low + high) // 2
        if lat < _TRANSITIONS[middle]:
            high = middle
        else:
            low = middle + 1
    return 59 - low


@kernel
def global_airborne(yz0: int, xz0: int, yz1: int, xz1: int, odd: int) -> tuple[bool, float, float]:
    """(known, latitude, longitude) of the later message of a pair; `odd` says which that is. Doc 9871 C.2.6.7."""
    j = math.floor((59.0 * yz0 - 60.0 * yz1) * _UNIT + 0.5)
    lat0 = 6.0 * (j % 60 + yz0 * _UNIT)
    lat1 = 360.0 / 59.0 * (j % 59 + yz1 * _UNIT)
    lat0 -= 360.0 if lat0 >= 270.0 else 0.0
    lat1 -= 360.0 if lat1 >= 270.0 else 0.0
    if abs(lat0) > 90.0 or abs(lat1) > 90.0:
        return False, np.nan, np.nan
    zones = longitude_zones(lat0)
    if zones != longitude_zones(lat1):
        return False, np.nan, np.nan
    m = math.floor((xz0 * (zones - 1.0) - xz1 * float(zones)) * _UNIT + 0.5)
    width = max(zones - odd, 1)
    lon = 360.0 / width * (m % width + (xz1 if odd else xz0) * _UNIT)
    return True, lat1 if odd else lat0, lon - 360.0 if lon >= 180.0 else lon


@kernel
def global_surface(
    yz0: int, xz0: int, yz1: int, xz1: int, odd: int, near_lat: float, near_lon: float
) -> tuple[bool, float, float]:
    """The same for surface messages: of the answers in each quarter of the globe the one nearest to a reference. C.2.6.8."""
    j = math.floor((59.0 * yz0 - 60.0 * yz1) * _UNIT + 0.5)
    lat0 = 1.5 * (j % 60 + yz0 * _UNIT)
    lat1 = 90.0 / 59.0 * (j % 59 + yz1 * _UNIT)
    lat0 -= 90.0 if abs(lat0 - 90.0 - near_lat) < abs(lat0 - near_lat) else 0.0
    lat1 -= 90.0 if abs(lat1 - 90.0 - near_lat) < abs(lat1 - near_lat) else 0.0
    zones = longitude_zones(lat0)
    if zones != longitude_zones(lat1):
        return False, np.nan, np.nan
    m = math.floor((xz0 * (zones - 1.0) - xz1 * float(zones)) * _UNIT + 0.5)
    width = max(zones - odd, 1)
    lon = 90.0 / width * (m % width + (xz1 if odd else xz0) * _UNIT)
    lon += 90.0 * math.floor((near_lon - lon) / 90.0 + 0.5)
    return True, lat1 if odd else lat0, wrapped(lon)


@kernel
def local_position(yz: int, xz: int, odd: int, surface: bool, near_lat: float, near_lon: float) -> tuple[bool, float, float]:
    """(known, latitude, longitude) of one message near a known place: right within half a zone of it. C.2.6.5, C.2.6.6.

    Half a zone is 180 NM airborne, 45 NM on the surface (DO-260B A.1.7.5, A.1.7.6).
    """
    circle = 90.0 if surface else 360.0
    height = circle / (60 - odd)
    part = yz * _UNIT
    lat = height * (math.floor(near_lat / height - part + 0.5) + part)
    if abs(lat) > 90.0:
        return False, np.nan, np.nan
    width = circle / max(longitude_zones(lat) - odd, 1)
    part = xz * _UNIT
    return True, lat, wrapped(width * (math.floor(near_lon / width - part + 0.5) + part))


@kernel
def wrapped(lon_deg: float) -> float:
    """The longitude as -180 <= lon < 180."""
    lon = lon_deg - 360.0 * math.floor((lon_deg + 180.0) / 360.0)
    return lon - 360.0 if lon >= 180.0 else lon


@kernel
def distance_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great-circle distance on a sphere, metres."""
    a, b = math.radians(lat_a), math.radians(lat_b)
    north, east = math.sin((b - a) / 2), math.sin(math.radians(lon_b - lon_a) / 2)
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(north * north + math.cos(a) * math.cos(b) * east * east)))
