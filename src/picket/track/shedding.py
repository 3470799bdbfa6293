"""Overload: which work is given up first, by counted work. No clock is read: the same input sheds the same.

Work is counted in units: a plot, a (track, plot) pair, ten pairs in a sweep of belief propagation, and a track in a picture are one
each; one costs about 2 microseconds on one core of a server. What is done drains at `limit` units a second of the tracker's own time.
What has not drained is the backlog; in this order, as it grows, are given up

    backlog over 1 s of the limit   sweeps     FEW_SWEEPS of belief propagation instead of 30: contested plots are told apart less finely
    over 1.5 s                      births     of a look at most BIRTHS tracks begin, the likeliest; over guarded ground before all others
    over 2 s                        coasting   tracks that no sensor sees now end at once, far from guarded ground

Guarded ground is what lies over a protected zone or within GUARD_M of it. A confirmed track there is never shed, nor is one anywhere
that a sensor still sees. Everything given up is counted by these words in `Tracker.shed`.
"""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import numpy.typing as npt

from picket.geo import LocalFrame
from picket.site import Site
from picket.track.layout_kernels import COASTING, SWEEPS, Tracks

FEW_SWEEPS = 4  # where plots are not contested it converges in 2 or 3
STOPGAP_SWEEPS = 20  # fewer make more second tracks beside a neighbour, which end when the look is taken in again
BIRTHS = 1000  # of one look: a raid of a thousand that comes into view at once still begins
GUARD_M = 3000.0  # a minute of a fast drone
LEVELS = (1.0, 1.5, 2.0)  # s of the limit
MOST_BACKLOG = 3.0  # s: what comes after a flood is not to pay for it for long

Floats = npt.NDArray[np.float64]


class Shedding:
    """The backlog of work, and what to leave out of the next look. limit: units a second; None = nothing is ever shed."""

    def __init__(self, limit: float | None) -> None:
        self.limit = limit
        self.guarded: Floats = np.empty((0, 3))
        self.backlog, self.at = 0.0, math.nan

    def guard(self, site: Site | None, frame: LocalFrame | None) -> None:
        """Takes the protected zones of the site as guarded ground: circles round them, m in the site's frame."""
        zones = [z for z in site.zone if z.kind == "protected" and z.id in site.shapes] if site and frame else []
        circles = []
        for zone in zones:
            assert site is not None
            assert frame is not None
            west, south, east, north = site.shapes[zone.id].bounds
            corners = frame.to_enu([south, south, north, north], [west, east, west, east], [frame.alt_wgs84_m] * 4)[:, :2]
            middle = corners.mean(axis=0)
            circles.append((*middle, float(np.hypot(*(corners - middle).T).max()) + GUARD_M))
        self.guarded = np.array(circles).reshape(-1, 3)

    def level(self, now: float, coming: int) -> int:
        """0 to 3: which of the above is left out of a look at `now` with so many plots, for which the backlog drains first."""
        if self.limit is None:
            return 0
        if not math.isnan(self.at):
            self.backlog = max(self.backlog - self.limit * max(now - self.at, 0.0), 0.0)
        self.at = now if math.isnan(self.at) else max(now, self.at)
        return sum(self.backlog + coming > seconds * self.limit for seconds in LEVELS)

    def did(self, units: int) -> None:
        """Books work done."""
        if self.limit is not None:
            self.backlog = min(self.backlog + units, MOST_BACKLOG * self.limit)

    @staticmethod
    def sweeps(level: int, stopgap: bool = False) -> int:
        """Sweeps of belief propagation at most; under SWEEPS neighbours exchange nothing either (`untangle_kernels.py`).

        stopgap: the look is soon undone and taken in again (`history.py`).
        """
        if level >= 1:
            return FEW_SWEEPS
        return STOPGAP_SWEEPS if stopgap else SWEEPS

    @staticmethod
    def births(level: int) -> int:
        """Tracks that may begin in one look."""
        return BIRTHS if level >= 2 else np.iinfo(np.int64).max

    def end_coasting(self, tracks: Tracks, n: int, level: int, shed: Counter[str]) -> None:
        """At level 3: far coasting tracks end when they are settled next."""
        if level < 3:
            return
        coasting = np.flatnonzero(tracks.status[:n] == COASTING)
        far = np.ones(len(coasting), np.bool_)
        for east, north, radius in self.guarded.tolist():
            far &= np.hypot(tracks.x[coasting, 0] - east, tracks.x[coasting, 1] - north) > radius
        gone = coasting[far & (tracks.timeout[coasting] >= 0.0)]
        tracks.timeout[gone] = -1.0
        if len(gone):
            shed["coasting"] += len(gone)

    def clear(self) -> None:
        """Time begins anew."""
        self.backlog, self.at = 0.0, math.nan
