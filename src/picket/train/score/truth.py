"""The truth of a run as a grid: where every object was at each whole second, and how far from what is protected.

    places (S, O, 3)  m in the plane around the site (east, north) and WGS84 height; NaN where the object was not there

Between two seconds a place is on the straight line; at 45 m/s and 6 m/s2 that is at most 0.75 m off.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from picket.site import Site
from picket.watch.zones import Area

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class TruthError(ValueError):
    """A truth file that cannot be read; the message names the line."""


@dataclass(frozen=True)
class TrueObject:
    """One object of one repetition: `actor.member` or `actor.member/repetition`."""

    id: str
    actor: str
    kind: str
    repetition: int


@dataclass(frozen=True)
class Grid:
    """See the module. `geodetic` (S, O, 3): latitude, longitude (deg), WGS84 height (m)."""

    start: float
    objects: tuple[TrueObject, ...]
    geodetic: Floats
    places: Floats

    @property
    def seconds(self) -> int:
        """How many."""
        return len(self.places)

    def at(self, times: Floats) -> Floats:
        """(N, O, 3) latitude, longitude, height at UNIX times (N,); NaN where an object is not there."""
        return _between(self.geodetic, times - self.start)

    def places_at(self, times: Floats) -> Floats:
        """(N, O, 3) the same in the plane."""
        return _between(self.places, times - self.start)

    def life(self, k: int) -> tuple[float, float] | None:
        """Seconds since the start at which object k appeared and was last there."""
        there = np.flatnonzero(~np.isnan(self.places[:, k, 0]))
        return (float(there[0]), float(there[-1])) if len(there) else None


def _between(grid: Floats, since: Floats) -> Floats:
    n = len(grid)
    low = np.clip(np.floor(since).astype(np.int64), 0, n - 1)
    high = np.minimum(low + 1, n - 1)
    share = np.clip(since - low, 0.0, 1.0)[:, None, None]
    a, b = grid[low], grid[high]
    b = np.where(np.isnan(b), a, b)  # its last second
    a = np.where(np.isnan(a), b, a)  # the second before its first
    return np.asarray(a + share * (b - a))


def read_truth(path: Path, site: Site, start: float, until_s: float) -> Grid:
    """The grid of a truth.csv of a run that began at UNIX time `start`, up to `until_s` after that. Raises TruthError."""
    objects: dict[str, int] = {}
    known: list[TrueObject] = []
    rows: list[tuple[int, int, float, float, float]] = []
    n = 1
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                n += 1
                time = float(row["time"])
                if time - start > until_s:
                    break
                k = objects.setdefault(row["id"], len(objects))
                if k == len(known):
                    known.append(TrueObject(row["id"], row["actor"], row["kind"], _repetition(row["id"])))
                place = float(row["lat_deg"]), float(row["lon_deg"]), float(row["alt_wgs84_m"])
                rows.append((round(time - start), k, *place))
    except OSError as e:
        raise TruthError(f"{path}: cannot be read: {e.strerror or e}; run the exercise again") from None
    except (KeyError, TypeError, ValueError) as e:
        raise TruthError(f"{path}, line {n}: expected time, id, actor, kind and a place, got {e}") from None
    if not rows:
        raise TruthError(f"{path}: holds nothing; the run ended before its first second")
    seconds = max(r[0] for r in rows) + 1
    geodetic = np.full((seconds, len(known), 3), np.nan)
    for second, k, lat, lon, alt in rows:
        geodetic[second, k] = lat, lon, alt
    return Grid(start, tuple(known), geodetic, to_places(geodetic, Area(site)))


def to_places(geodetic: Floats, area: Area) -> Floats:
    """(..., 3) east, north in the area's plane and WGS84 height."""
    flat = geodetic.reshape(-1, 3)
    xy = area.plane.to_plane(flat[:, 0], flat[:, 1])
    return np.concatenate([xy, flat[:, 2:]], axis=1).reshape(geodetic.shape)


def _repetition(name: str) -> int:
    return int(name.rpartition("/")[2]) if "/" in name else -1


@dataclass(frozen=True)
class Threat:
    """An object against the protected zones: distance (S,) m to the nearest outline (0 inside), and when it was first in one."""

    distance_m: Floats
    zone: str | None
    enters_s: float | None

    def margin(self, at_s: float) -> tuple[float | None, float | None]:
        """(seconds before it entered, metres from the nearest protected zone) at a second since the start; None: never entered, none."""
        before = None if self.enters_s is None else self.enters_s - at_s
        k = min(max(int(at_s), 0), len(self.distance_m) - 1)
        away = float(self.distance_m[k]) if len(self.distance_m) else np.nan
        return before, None if np.isnan(away) else away

    @property
    def nearest_m(self) -> float | None:
        """Its smallest distance to a protected zone."""
        known = self.distance_m[~np.isnan(self.distance_m)]
        return float(known.min()) if len(known) else None


def threat_of(places: Floats, area: Area) -> Threat:
    """One object's path (S, 3) against the protected zones of the area: entered is inside outline and heights."""
    xy = np.ascontiguousarray(places[:, :2])
    protected = [i for i, kind in enumerate(area.kind) if kind == "protected"]
    if not protected:
        return Threat(np.full(len(xy), np.nan), None, None)
    there = ~np.isnan(xy[:, 0])
    over = area.areas.outlines.inside(np.nan_to_num(xy, nan=1e9))
    inside = over & area.areas.at_height(places[:, 2]) & there[:, None]
    gaps = np.stack([np.where(over[:, z], 0.0, area.areas.outlines.distance_m(xy, z)) for z in protected])
    distance = np.where(there, gaps.min(axis=0), np.nan)
    first = [(int(np.argmax(inside[:, z])), z) for z in protected if inside[:, z].any()]
    if not first:
        return Threat(distance, None, None)
    second, z = min(first)
    return Threat(distance, area.areas.zones[z].id, float(second))
