"""What a person saw: a direction, perhaps a distance, and how sure both are.

A person on watch who points at a drone is believed at once: there is nobody to send a second plot. So a sighting raises an alert by
itself (`rules/sighting.py`), whatever the tracker makes of it; the tracker takes it as a detection with the errors below.

The errors are assumptions, stated here once: a pocket compass or an outstretched arm is good to about 5 degrees; a distance guessed by
eye against an empty sky is wrong by about a third. A sensor of kind `visual` in the site file may say better.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

SIGMA_BEARING_DEG = 5.0
SIGMA_RANGE_SHARE = 0.30  # of the distance
SIGMA_HEIGHT_SHARE, SIGMA_HEIGHT_LEAST_M = 0.50, 20.0  # of a height guessed by eye
# Half of the observers still see a drone that covers 0.065 degrees (Li, Sun and Li 2020, doi 10.3390/app10165501): a wing of 3.4 m here.
SEEN_M = 3_000.0
HOLDS_S = 60.0  # a sighting is about now for so long
SAME_DEG, SAME_S = 25.0, 180.0  # a next report of the same post in nearly the same direction is about the same thing
WORDS = ("drone", "aircraft", "helicopter", "bird", "vessel", "unknown")  # what it was
_HARMLESS = ("bird", "vessel", "aircraft", "helicopter")


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """One report. number: of the first report of the same thing; place and azimuth are the observer's; unknown is None."""

    number: int
    time: float
    lat_deg: float
    lon_deg: float
    azimuth_deg: float
    range_m: float | None = None
    sigma_azimuth_deg: float = SIGMA_BEARING_DEG
    sigma_range_m: float | None = None
    what: str | None = None

    @property
    def alarms(self) -> bool:
        """False for what is no drone, by the observer's own word."""
        return self.what not in _HARMLESS

    def continues(self, earlier: Sighting) -> bool:
        """Whether this report is about what `earlier` was about."""
        turn = abs((self.azimuth_deg - earlier.azimuth_deg + 180.0) % 360.0 - 180.0)
        near = abs(self.lat_deg - earlier.lat_deg) < 1e-3 and abs(self.lon_deg - earlier.lon_deg) < 1e-3
        return near and turn <= SAME_DEG and 0.0 <= self.time - earlier.time <= SAME_S


def cone(s: Sighting, xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Points (N, 2), m in the plane, that cover where it may be (2 sigma); xy (2,): the observer. Without a distance, up to SEEN_M."""
    turn = np.radians(s.azimuth_deg + s.sigma_azimuth_deg * np.linspace(-2.0, 2.0, 13))
    sigma = s.sigma_range_m or 0.0
    near, far = (25.0, SEEN_M) if s.range_m is None else (max(s.range_m - 2.0 * sigma, 25.0), s.range_m + 2.0 * sigma)
    away = np.arange(near, far + 1.0, max((far - near) / 80.0, 10.0))
    away = np.append(away, far)
    points = np.stack([np.outer(away, np.sin(turn)), np.outer(away, np.cos(turn))], axis=-1).reshape(-1, 2)
    return np.asarray(points + xy)


def centre(s: Sighting, xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
    """Its place (2,), m in the plane; None for a bearing."""
    if s.range_m is None:
        return None
    turn = math.radians(s.azimuth_deg)
    return np.asarray(xy + s.range_m * np.array([math.sin(turn), math.cos(turn)]))


def seen_again(s: Sighting, xy: npt.NDArray[np.float64], tracks_xy: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    """(N,) bool: which of the tracks at tracks_xy (N, 2) may be what was seen, within 2 sigma."""
    d = tracks_xy - xy
    turn = np.abs((np.degrees(np.arctan2(d[:, 0], d[:, 1])) - s.azimuth_deg + 180.0) % 360.0 - 180.0)
    away = np.hypot(d[:, 0], d[:, 1])
    fits = turn <= 2.0 * s.sigma_azimuth_deg
    if s.range_m is None:
        return np.asarray(fits & (away <= SEEN_M))
    return np.asarray(fits & (np.abs(away - s.range_m) <= 2.0 * (s.sigma_range_m or 0.0)))
