"""The site's zones made ready for a step: outlines in the plane, height limits on the ellipsoid, hours.

Heights are compared as WGS84 heights: each zone's floor and ceiling are moved once, by the zero of their reference, instead of
every track's height at every step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from picket.geo import LocalFrame
from picket.geo.lines import LocalPlane, Outlines
from picket.site import Site, Zone, in_hours

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Zones:
    """Zones of the kinds asked for, in the site file's order, with arrays over them (Z)."""

    def __init__(self, site: Site, plane: LocalPlane, kinds: Sequence[str]) -> None:
        self.zones: tuple[Zone, ...] = tuple(z for z in site.zone if z.kind in kinds)
        self.outlines = Outlines(plane, [site.shapes[z.id] for z in self.zones])
        self.floor_wgs84_m: Floats = np.array([_limit(site, z, z.floor_m, -math.inf) for z in self.zones])
        self.ceiling_wgs84_m: Floats = np.array([_limit(site, z, z.ceiling_m, math.inf) for z in self.zones])
        self._always = np.ones(len(self.zones), np.bool_) if all(z.hours == "always" for z in self.zones) else None
        self.index = {z.id: i for i, z in enumerate(self.zones)}

    def __len__(self) -> int:
        return len(self.zones)

    def in_force(self, time: float) -> Bools:
        """(Z,) bool: the zones whose hours hold at UNIX time `time`."""
        if self._always is not None:
            return self._always
        return np.array([in_hours(z.hours, time) for z in self.zones], np.bool_)

    def at_height(self, alt_wgs84_m: Floats) -> Bools:
        """(N, Z) bool: where a height lies between floor and ceiling; an unknown height lies in every zone."""
        alt = alt_wgs84_m[:, None]
        return np.isnan(alt) | ((alt >= self.floor_wgs84_m) & (alt <= self.ceiling_wgs84_m))


class Area:
    """All that a site's zones say: protected, warning, corridor and ignore areas and border lines, in one plane around the origin."""

    def __init__(self, site: Site) -> None:
        self.site = site
        p = site.site
        self.frame = LocalFrame(p.lat_deg, p.lon_deg, p.alt_wgs84_m)
        self.plane = LocalPlane(self.frame)
        self.areas = Zones(site, self.plane, ("protected", "warning", "corridor", "ignore"))
        self.lines = Zones(site, self.plane, ("border_line",))
        self.kind: npt.NDArray[np.str_] = np.array([z.kind for z in self.areas.zones], "U16")
        self.protects, self.ignores = self.kind == "protected", self.kind == "ignore"
        self.warns = self.kind == "warning"
        self.cleared_with = _cleared_with(site)


def height_zero_m(site: Site, zone: Zone) -> float:
    """WGS84 height of the zero from which a zone's floor and ceiling are measured."""
    if zone.height_reference == "msl":
        return site.site.geoid_separation_m
    return site.site.alt_wgs84_m if zone.height_reference == "site" else 0.0


def _limit(site: Site, zone: Zone, value: float | None, absent: float) -> float:
    return absent if value is None else value + height_zero_m(site, zone)


def _cleared_with(site: Site) -> dict[str, frozenset[str]]:
    """Zone id -> the zones of which any one in a friendly's list clears it there.

    A warning zone is the way into the protected zone that it touches: who may be in the one may pass the other.
    """
    found = {z.id: {z.id} for z in site.zone}
    for z in site.zone:
        if z.kind == "warning":
            found[z.id] |= {p.id for p in site.zone if p.kind == "protected" and site.shapes[p.id].intersects(site.shapes[z.id])}
    return {zone: frozenset(ids) for zone, ids in found.items()}
