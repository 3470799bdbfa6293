"""One step as the rules see it: the picture's tracks as arrays, where they are, and what they are taken for.

Every mask here is one definition of docs/definitions.md. Rules read a Scene and change nothing in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from picket.site import Friendly, Site
from picket.watch import scene_kernels as k
from picket.watch.alert import DisturbanceLook, SensorLook, StationLook
from picket.watch.ruleset import Now
from picket.watch.zones import Area
from picket.words import Batch

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

SURE_CLASS = 0.7  # a class probability from which a track is taken for that class
SURE_GROUP = 0.6  # what a group's members add up to, from which it is no flock of birds: a swarm must not wait to be surer
_GROUP_ODDS = np.log(SURE_GROUP / (1.0 - SURE_GROUP))
SWARM, AMID_M = 3, 100.0  # so many within that distance are a crowd
LOW_SIGMAS = 2.0
SURE_DRONE = 0.9  # p_drone from which nobody doubts it: a circling bird that is called a drone twice has 0.8
SURE_LOW = 0.95  # the same for a drone where the sea gives false plots: one wrong word and a wrong speed make 0.8
SURFACE_M = 30.0  # a vessel's highest mast light, roughly: a "vessel" above this is not at the surface
CONTRADICTED = ("spoof_suspected", "unconfirmed_position")


_SORTED_BY = (
    "p_drone", "p_bird", "p_aircraft", "p_vessel", "classification", "identity", "identity_kind", "flags", "status", "lat_deg", "lon_deg",
    "existence",
)  # fmt: skip


class Sorts:
    """What the tracks of a batch are taken for, each (N,): it needs neither zones nor time."""

    def __init__(self, site: Site, tracks: Batch) -> None:
        out = np.empty((k.N_SORTS, tracks.n), np.bool_)
        flags = tracks.words("flags")
        codes = _codes(tracks.words("classification"), tracks.words("identity_kind"), tracks.words("status"))
        self._which: int = k.sort_out(
            *[np.ascontiguousarray(tracks[name]) for name in _SORTED_BY], codes, *[_says(flags, flag) for flag in CONTRADICTED],
            _listed(site, tracks), SURE_CLASS, site.alert.min_existence, out,
        )  # fmt: skip
        self.spoof: Bools = out[k.SPOOF]
        self.unconfirmed: Bools = out[k.UNCONFIRMED]
        self.contradicted: Bools = out[k.CONTRADICTED]
        self.drone: Bools = out[k.DRONE]
        self.aircraft: Bools = out[k.AIRCRAFT]
        self.bird: Bools = out[k.BIRD]
        self.vessel: Bools = out[k.VESSEL]
        self.neutral: Bools = out[k.NEUTRAL]
        # The shown class does not flicker; what is kept quiet is judged by the instant, so that a change is not told seconds late.
        self.shown_neutral: Bools = out[k.SHOWN_NEUTRAL]
        self.listed: Bools = out[k.LISTED]
        self.sure: Bools = out[
            k.SURE
        ]  # may alarm: confirmed or coasting, with a place, and existence at or above the site's limit
        self.live: Bools = out[k.LIVE]  # measured at the last look: confirmed or tentative

    def any(self, row: int) -> bool:
        """Whether any track is of this sort (a row of scene_kernels)."""
        return bool(self._which >> row & 1)


class Scene:
    """A step's tracks (sorted by id, each once) and sensors, with the objects they belong to and the places of the zones."""

    def __init__(
        self, area: Area, time: float, tracks: Batch, sensors: Sequence[SensorLook], sorts: Sorts, roots: Ints,
        anchors: tuple[Floats, Floats], crossed: Mapping[str, set[int]], rules: Now, stay_s: Floats, station: StationLook,
    ) -> None:  # fmt: skip
        self.rules, self.stay_s, self.station = rules, stay_s, station
        self.contacts: Sequence[Any] = ()  # picket.watch.contacts.Contact: heard at this step, unexplained
        self.disturbed: Sequence[DisturbanceLook] = ()
        self.area, self.site, self.time, self.tracks, self.sensors = area, area.site, time, tracks, sensors
        self.sorts, self.sure, self.roots, self.anchors, self.crossed = sorts, sorts.sure, roots, anchors, crossed
        self.ids: Ints = tracks["track_id"]
        self.groups: Ints = tracks["group_id"]
        self.xy = area.plane.to_plane(tracks["lat_deg"], tracks["lon_deg"])
        self.alt: Floats = np.ascontiguousarray(tracks["alt_wgs84_m"])
        areas, stands = area.areas, np.empty((k.N_STANDS, tracks.n), np.bool_)
        self.in_force = areas.in_force(time)
        self.over: Bools = areas.outlines.inside(self.xy)  # above, below or in the zone
        self.within: Bools = np.empty_like(self.over)
        sea_m = area.site.site.geoid_separation_m
        self.any_within: bool = k.stand(
            self.alt, sorts.vessel, sorts.sure, sorts.neutral, sea_m, SURFACE_M, self.over, self.in_force, areas.floor_wgs84_m,
            areas.ceiling_wgs84_m, area.protects, area.ignores, self.within, stands,
        )  # fmt: skip
        self.protected: Bools = stands[k.PROTECTED]
        self.muted: Bools = stands[k.MUTED]
        self.at_surface: Bools = stands[k.AT_SURFACE]  # a vessel: no height known, or no more than SURFACE_M above mean sea level
        self.strangers: Bools = stands[k.STRANGER]  # sure, neither neutral nor muted: what most rules look at

    @cached_property
    def velocity(self) -> Floats:
        """(N, 2) m/s, towards east and north."""
        out = np.empty((self.tracks.n, 2))
        out[:, 0], out[:, 1] = self.tracks["vel_east_mps"], self.tracks["vel_north_mps"]
        return out

    @cached_property
    def two_sigma(self) -> Floats:
        """(N,) m of the place; an unknown one is none."""
        return np.fmax(2.0 * self.tracks["sigma_horizontal_m"], 0.0)

    @cached_property
    def friends(self) -> dict[str, list[Friendly]]:
        """Identity -> its entries in the site file that hold at this hour."""
        found: dict[str, list[Friendly]] = {}
        for f in self.site.friendly:
            if f.holds(self.time):
                found.setdefault(f.identity, []).append(f)
        return found

    def cleared(self, zone_id: str) -> Bools:
        """(N,) bool: friendly there and now: identity listed, zone allowed, in hours, nothing that contradicts it."""
        if not self.sorts.any(k.LISTED):
            return np.zeros(self.tracks.n, np.bool_)
        ways = self.area.cleared_with[zone_id]
        words = self.tracks.words("identity")
        allowed = [any(not ways.isdisjoint(f.zones) for f in self.friends.get(w, ())) for w in words]
        codes = np.array([*allowed, False], np.bool_)[self.tracks["identity"]]
        return np.asarray((codes | self.as_planned) & ~self.sorts.contradicted)

    @cached_property
    def as_planned(self) -> Bools:
        """(N,) bool: within the area and under the ceiling of a planned flight of its identity, now; an unknown height counts as under."""
        found = np.zeros(self.tracks.n, np.bool_)
        for identity, entries in self.friends.items():
            for f in entries:
                if f.area is not None:
                    rows = np.flatnonzero(self.tracks.equals("identity", identity))
                    inside = shapely.contains_xy(
                        self.site.shapes[f.area], self.tracks["lon_deg"][rows], self.tracks["lat_deg"][rows]
                    )
                    top = np.inf if f.ceiling_m is None else f.ceiling_m + self.site.site.geoid_separation_m
                    found[rows] |= inside & ~(self.alt[rows] > top)
        return found

    @cached_property
    def doubtful(self) -> Bools:
        """(N,) bool: it may be a bird or false plots: no sensor calls it a drone, it says nothing, flies with none, no person saw it."""
        drone = self.tracks["p_drone"] >= np.where(self.low, SURE_LOW, SURE_DRONE)
        known = drone | (self.tracks["identity"] >= 0) | self.sorts.contradicted | self._in_swarm(drone) | self.by_eye
        return np.asarray(~known)

    @cached_property
    def by_eye(self) -> Bools:
        """(N,) bool: a person saw it, who tells a drone from a wave."""
        people = {look.id for look in self.sensors if look.kind == "visual"}
        if not people:
            return np.zeros(self.tracks.n, np.bool_)
        words: tuple[Any, ...] = self.tracks.words("sensors")
        return np.array([not people.isdisjoint(w) for w in words] + [False], np.bool_)[self.tracks["sensors"]]

    def _in_swarm(self, drone: Bools) -> Bools:
        """(N,) bool: in a group of drones. What flies together is of one kind: one drone in it tells, and what is known of each adds up."""
        swarm, grouped = np.zeros(self.tracks.n, np.bool_), self.sure & (self.groups >= 0)
        rows = np.flatnonzero(grouped & ~self.low)
        odds: dict[int, float] = {}
        for group, told in zip(self.groups[rows].tolist(), self._drone_odds[rows].tolist(), strict=True):
            odds[group] = odds.get(group, 0.0) + told
        swarms = {group for group, total in odds.items() if total >= _GROUP_ODDS} | set(self.groups[grouped & drone].tolist())
        for group in swarms:
            swarm |= self.groups == group
        return swarm

    @cached_property
    def _drone_odds(self) -> Floats:
        """(N,) natural logarithm of drone against bird."""
        p = [np.maximum(self.tracks[name], 1e-3) for name in ("p_drone", "p_bird")]
        return np.asarray(np.log(p[0] / p[1]))

    def amid_drones(self, row: int) -> bool:
        """Whether the strangers within AMID_M of it, three or more and none of them low, add up to drones: a group without its name yet."""
        strangers = self.sure & ~self.sorts.neutral & ~self.low
        near = strangers & (np.hypot(*(self.xy - self.xy[row]).T) <= AMID_M)
        return bool(near[row] and np.count_nonzero(near) >= SWARM and self._drone_odds[near].sum() >= _GROUP_ODDS)

    @cached_property
    def coasting(self) -> Bools:
        """(N,) bool: not measured at the last look."""
        return self.tracks.equals("status", "coasting")

    @cached_property
    def low(self) -> Bools:
        """(N,) bool: it may be at the surface: within two sigma no higher than SURFACE_M. An unknown height is not low."""
        height = self.alt - self.site.site.geoid_separation_m
        slack = np.fmax(LOW_SIGMAS * self.tracks["sigma_vertical_m"], 0.0)  # an unknown one is none
        return np.asarray(height - slack <= SURFACE_M)

    def out_of_place(self, row: int) -> bool:
        """A listed friendly with nothing against it, where a rule found it not cleared."""
        return bool(self.sorts.listed[row] and not self.sorts.contradicted[row])


@lru_cache(maxsize=64)
def _codes(classes: tuple[str, ...], kinds: tuple[str, ...], states: tuple[str, ...]) -> tuple[int, ...]:
    """What `scene_kernels.sort_out` calls codes."""
    looked_up = [(classes, w) for w in ("drone", "bird", "vessel")] + [(kinds, "icao_address")]
    looked_up += [(states, w) for w in ("confirmed", "coasting", "tentative")]
    return tuple(words.index(w) if w in words else -2 for words, w in looked_up)


@lru_cache(maxsize=64)
def _says(words: tuple[Any, ...], flag: str) -> Bools:
    """For each list of flags, and last for none, whether it holds `flag`."""
    return np.array([flag in w for w in words] + [False], np.bool_)


def _listed(site: Site, tracks: Batch) -> Bools:
    """For each identity of the batch, and last for none, whether the site file lists it as friendly."""
    words = tracks.words("identity")
    if not site.friendly:
        return np.zeros(len(words) + 1, np.bool_)
    known = {f.identity for f in site.friendly}
    return np.array([w in known for w in words] + [False], np.bool_)
