"""Universal Transverse Mercator -> WGS84 latitude and longitude, and what a zone's name says.

Krueger's series in the third flattening to its fourth power (Karney, "Transverse Mercator with an accuracy of a few nanometers", 2011,
equations 11 and 36): better than a micrometre within a zone, so no datum library is needed. False easting 500 km, false northing
10,000 km in the southern hemisphere, scale 0.9996 (NGA.SIG.0012, chapter 2).

A zone is written "30N" or "30U". The letters N and S mean a hemisphere to some and a latitude band to others (band S lies north of the
equator, from 32 to 40 degrees). N is north either way. S is read as the southern hemisphere, except with a northing that also lies in
band S: then nobody can tell, and the position is refused as ambiguous.
"""

from __future__ import annotations

import math
import re

import numpy as np
import numpy.typing as npt

from picket.feed.format import Floats

Mask = npt.NDArray[np.bool_]

_A, _F = 6378137.0, 1 / 298.257223563  # WGS84
_N = _F / (2 - _F)
_RECTIFYING_M = _A / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_SCALE, _EASTING_M, _NORTHING_M = 0.9996, 500_000.0, 10_000_000.0
_BETA = (
    _N / 2 - 2 / 3 * _N**2 + 37 / 96 * _N**3 - _N**4 / 360,
    _N**2 / 48 + _N**3 / 15 - 437 / 1440 * _N**4,
    17 / 480 * _N**3 - 37 / 840 * _N**4,
    4397 / 161280 * _N**4,
)
_E = math.sqrt(_F * (2 - _F))
_BAND_S_M = 3_500_000.0, 4_500_000.0  # northings of latitudes 32 to 40, with a margin for the zone's width
_REACH_M = 1_000_000.0  # a zone is 668 km wide at the equator; a neighbour's place may be given in it
_ZONE = re.compile(r"\s*0?([1-9]|[1-5][0-9]|60)\s*([A-Za-z])\s*")


def parse_zone(text: str) -> tuple[int, str] | None:
    """(zone 1 to 60, its letter in upper case) of "30N" or "30U"; None for anything else.

    >>> parse_zone("30u")
    (30, 'U')
    """
    found = _ZONE.fullmatch(text)
    if found is None or found[2].upper() not in "CDEFGHJKLMNPQRSTUVWX":
        return None
    return int(found[1]), found[2].upper()


def is_south(letter: str, northing_m: Floats) -> tuple[bool, Mask]:
    """(in the southern hemisphere, (n,) bool: nobody can tell) of northings in a zone with this letter."""
    in_band_s = (northing_m >= _BAND_S_M[0]) & (northing_m <= _BAND_S_M[1])
    return letter < "N" or letter == "S", in_band_s & (letter == "S")


def to_geodetic(zone: int, south: bool, easting_m: Floats, northing_m: Floats) -> tuple[Floats, Floats]:
    """((n,) latitude, (n,) longitude), degrees WGS84, of places in a zone; NaN where no such place can be in it."""
    x = np.asarray(easting_m, np.float64) - _EASTING_M
    y = np.asarray(northing_m, np.float64)
    sound = (np.abs(x) <= _REACH_M) & (y >= 0) & (y <= _NORTHING_M)
    xi = np.where(sound, y - (_NORTHING_M if south else 0.0), np.nan) / (_SCALE * _RECTIFYING_M)
    eta = np.where(sound, x, np.nan) / (_SCALE * _RECTIFYING_M)
    xi_, eta_ = xi.copy(), eta.copy()
    for j, beta in enumerate(_BETA, 1):
        xi_ -= beta * np.sin(2 * j * xi) * np.cosh(2 * j * eta)
        eta_ -= beta * np.cos(2 * j * xi) * np.sinh(2 * j * eta)
    tau_ = np.sin(xi_) / np.hypot(np.sinh(eta_), np.cos(xi_))  # tangent of the conformal latitude
    longitude = np.degrees(np.arctan2(np.sinh(eta_), np.cos(xi_))) + 6 * zone - 183
    return np.degrees(np.arctan(_geodetic_tangent(tau_))), (longitude + 180) % 360 - 180


def _geodetic_tangent(conformal: Floats) -> Floats:
    """The tangent of the geodetic latitude from that of the conformal one, by Newton's method (Karney, equations 19 to 21)."""
    tau = conformal / (1 - _E**2)
    for _ in range(4):
        root = np.hypot(1, tau)
        sigma = np.sinh(_E * np.arctanh(_E * tau / root))
        guess = tau * np.hypot(1, sigma) - sigma * root
        tau = tau + (conformal - guess) / np.hypot(1, guess) * (1 + (1 - _E**2) * tau**2) / ((1 - _E**2) * root)
    return np.asarray(tau)
