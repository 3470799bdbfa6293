"""SIMULATED traffic around a pier for hours: who flies and sails by, sea clutter, and what the site's sensors report of it.

The site: a pier of 600 m x 500 m, protected up to 400 m; a warning zone of 1.5 km from 30 to 400 m; one 3-D radar (1 s, 5 km, sigma 10 m,
0.5 deg, 0.8 deg), receivers for Remote ID (5 km), ADS-B (40 km) and AIS (20 km).

In 24 hours, spread at random:

    airliners   200   80 to 120 m/s, 400 to 3,000 m, passing 0.5 to 8 km from the pier; ADS-B ships       300   2 to 9 m/s through the
    water south of the pier, passing 0.5 to 4 km from it; nine in ten with AIS birds     5,000   8 to 16 m/s, 10 to 200 m up, on
    wavering courses through the radar's disc; one in five circles friendly     20   from the pier out to 0.8 to 1.5 km and back, 10 to
    15 m/s; Remote ID, listed in the site file approaches   50   from 4.5 km at 10 to 25 m/s, 60 to 200 m up, straight for the pier with
    a waver; two minutes over it, then away. Three in ten send Remote ID (of no one listed) clutter           30 false plots a scan
    anywhere low, and on the sea to the south four new spikes a scan, each for 1 to 3 scans at one place

Detection probability: drones 0.9, birds 0.7, ships 0.98, airliners 0.98 (within 40 deg of elevation).

`classifier`: the radar says of its plots what they look like, as drone radars do: of a bird's 55 % are called bird and 4 % drone, of a
drone's 55 % drone and 4 % bird, of a clutter plot 3 % either; ships 60 % vessel; the rest nothing. Without it the radar says nothing of
any plot.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from picket.geo import LocalFrame, enu_to_polar
from picket.site import Site, parse
from picket.words import DETECTION, Batch, concat

Floats = npt.NDArray[np.float64]
LAT, LON, START = 33.75, -118.20, 1_700_006_400.0
FRAME = LocalFrame(LAT, LON, 0.0)
REACH_M, SIGMA_R, SIGMA_AZ, SIGMA_EL = 5000.0, 10.0, 0.5, 0.8
KINDS = ("airliner", "ship", "bird", "friendly", "approach")
A_DAY = {"airliner": 200, "ship": 300, "bird": 5000, "friendly": 20, "approach": 50}
PD = np.array([0.98, 0.98, 0.7, 0.9, 0.9])
WORDS = ("", "drone", "bird", "vessel", "aircraft")
CALLED = np.array([  # how a kind's plots (and, last, clutter) are called: nothing, drone, bird, vessel, aircraft
    [0.4, 0.0, 0.0, 0.0, 0.6], [0.4, 0.0, 0.0, 0.6, 0.0], [0.41, 0.04, 0.55, 0.0, 0.0], [0.41, 0.55, 0.04, 0.0, 0.0],
    [0.41, 0.55, 0.04, 0.0, 0.0], [0.94, 0.03, 0.03, 0.0, 0.0],
])  # fmt: skip
PIER = [[-300, -250], [300, -250], [300, 250], [-300, 250], [-300, -250]]


def site(**more: Any) -> Site:
    """The pier's site; more: tables beside, such as rule."""
    ring = [[1500 * np.sin(a), 1500 * np.cos(a)] for a in np.linspace(0, 2 * np.pi, 37)[:-1]]
    with tempfile.TemporaryDirectory() as folder:
        for name, outline in (("pier", PIER), ("ring", [*ring, ring[0]])):
            lat, lon, _ = FRAME.to_geodetic([[x, y, 0.0] for x, y in outline])
            shape = {"type": "Polygon", "coordinates": [[[o, a] for a, o in zip(lat.tolist(), lon.tolist(), strict=True)]]}
            (Path(folder) / f"{name}.geojson").write_bytes(msgspec.json.encode(shape))
        return parse({
            "version": 1, "site": {"name": "pier", "lat_deg": LAT, "lon_deg": LON, "alt_wgs84_m": 0.0},
            "sensor": [
                {"id": "radar", "kind": "radar", "lat_deg": LAT, "lon_deg": LON, "alt_wgs84_m": 0.0, "scan_period_s": 1.0,
                 "min_range_m": 50, "max_range_m": REACH_M, "elevation_deg": [-2, 40], "detection_probability": 0.9,
                 "clutter_per_scan": 36, "sigma_range_m": SIGMA_R, "sigma_azimuth_deg": SIGMA_AZ, "sigma_elevation_deg": SIGMA_EL},
                {"id": "rid", "kind": "remote_id"}, {"id": "adsb", "kind": "adsb"}, {"id": "ais", "kind": "ais"},
            ],
            "zone": [
                {"id": "pier", "kind": "protected", "geometry": "pier.geojson", "floor_m": 0, "ceiling_m": 400},
                {"id": "ring", "kind": "warning", "geometry": "ring.geojson", "floor_m": 30, "ceiling_m": 400},
            ],
            "friendly": [{"identity": f"FRIEND{i:02d}", "owner": "police", "zones": ["pier", "ring"]} for i in range(A_DAY["friendly"])],
            **more,
        }, folder=folder)  # fmt: skip


@dataclass(frozen=True)
class Movers:
    """Columns over everything that moves: kind, from when to when (s), and its path: a leg, a stop, a leg, with a waver around it."""

    kind: npt.NDArray[np.int64]
    begin: Floats
    end: Floats
    p0: Floats  # (N, 3) m
    v: Floats  # (N, 3) m/s on the first leg
    leg_s: Floats  # length of the first leg
    stop_s: Floats
    out: Floats  # (N, 3) m/s after the stop
    waver_m: Floats  # (N, 3)
    period_s: Floats
    phase: Floats
    identity: list[str]  # "" sends nothing

    def at(self, t: float) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
        """(indices, places (n, 3), velocities (n, 3)) of what is there t seconds after the start."""
        i = np.flatnonzero((self.begin <= t) & (t < self.end))
        return i, self.place(i, t), (self.place(i, t + 0.5) - self.place(i, t - 0.5))

    def place(self, i: npt.NDArray[np.int64], t: float) -> Floats:
        """(len(i), 3) m, of the movers i at time t."""
        age = t - self.begin[i]
        first = np.clip(age, 0.0, self.leg_s[i])
        last = np.maximum(age - self.leg_s[i] - self.stop_s[i], 0.0)
        angle = 2 * np.pi * age / self.period_s[i] + self.phase[i]
        waver = self.waver_m[i] * np.column_stack([np.sin(angle), np.cos(angle), np.sin(0.7 * angle)])
        return self.p0[i] + self.v[i] * first[:, None] + self.out[i] * last[:, None] + waver


def movers(seed: int, hours: float = 24.0) -> Movers:
    """The traffic of so many hours: a day's numbers, in proportion."""
    rng = np.random.default_rng(seed)
    columns: dict[str, list[Any]] = {f: [] for f in Movers.__dataclass_fields__}
    for k, kind in enumerate(KINDS):
        n = max(round(A_DAY[kind] * hours / 24.0), 1)
        for j in range(n):
            made = {"kind": k, "stop_s": 0.0, "out": np.zeros(3), "leg_s": np.inf, "waver_m": np.zeros(3), "period_s": 60.0,
                    "phase": rng.uniform(0, 6.28), "identity": "", **_MAKE[kind](rng, j)}  # fmt: skip
            span = made.pop("span_s")
            made["begin"] = rng.uniform(0.0, max(3600 * hours - min(span, 600.0), 1.0))
            made["end"] = made["begin"] + span
            for name, column in columns.items():
                column.append(made[name])
    return Movers(**{n: c if n == "identity" else np.array(c) for n, c in columns.items()})


def _pass(
    rng: np.random.Generator, past_m: float, reach_m: float, speed: float, height: float, course: float | None = None
) -> dict[str, Any]:
    """A straight course that passes the origin at past_m, from reach_m before to reach_m after."""
    course = rng.uniform(0, 2 * np.pi) if course is None else course
    along, aside = np.array([np.sin(course), np.cos(course), 0.0]), np.array([np.cos(course), -np.sin(course), 0.0])
    p0 = -reach_m * along + past_m * aside + np.array([0, 0, height])
    return {"p0": p0, "v": speed * along, "span_s": 2 * reach_m / speed}


def _airliner(rng: np.random.Generator, j: int) -> dict[str, Any]:
    past = rng.uniform(500, 8000) * rng.choice([-1, 1])
    return _pass(rng, past, 20_000, rng.uniform(80, 120), rng.uniform(400, 3000)) | {"identity": f"A{j:05X}"}


def _ship(rng: np.random.Generator, j: int) -> dict[str, Any]:
    course = np.pi / 2 + rng.normal(0, 0.1) + (np.pi if rng.random() < 0.5 else 0.0)
    past = rng.uniform(750, 4000) * (1 if np.sin(course) > 0 else -1)  # always to the south
    with_ais = rng.random() < 0.9
    return _pass(rng, past, 6000, rng.uniform(2, 9), rng.uniform(4, 20), course) | {
        "identity": f"{366000000 + j}" if with_ais else ""
    }


def _bird(rng: np.random.Generator, j: int) -> dict[str, Any]:
    speed, circles = rng.uniform(8, 16), rng.random() < 0.2
    radius = rng.uniform(20, 40) if circles else rng.uniform(5, 40)
    period = 2 * np.pi * radius / rng.uniform(8, 12) if circles else rng.uniform(20, 90)
    drift = rng.uniform(0.5, 4.0) if circles else speed
    made = _pass(rng, rng.uniform(-4500, 4500), 1500 if circles else 4800, drift, rng.uniform(10, 200))
    return made | {"waver_m": np.array([radius, radius if circles else 0.3 * radius, rng.uniform(1, 6)]), "period_s": period,
                   "span_s": min(made["span_s"], 900.0)}  # fmt: skip


def _out_and_back(rng: np.random.Generator, bearing: float, far_m: float, speed: float, height: float) -> dict[str, Any]:
    way = np.array([np.sin(bearing), np.cos(bearing), 0.0])
    return {"way": way, "leg_s": far_m / speed, "height": np.array([0.0, 0.0, height]), "speed": speed}


def _friendly(rng: np.random.Generator, j: int) -> dict[str, Any]:
    m = _out_and_back(rng, rng.uniform(0, 6.28), rng.uniform(800, 1500), rng.uniform(10, 15), rng.uniform(60, 120))
    return {"p0": m["height"], "v": m["speed"] * m["way"], "leg_s": m["leg_s"], "stop_s": 240.0, "out": -m["speed"] * m["way"],
            "span_s": 2 * m["leg_s"] + 240.0, "waver_m": np.array([4.0, 4.0, 1.0]), "period_s": 40.0,
            "identity": f"FRIEND{j:02d}"}  # fmt: skip


def _approach(rng: np.random.Generator, j: int) -> dict[str, Any]:
    m = _out_and_back(rng, rng.uniform(0, 6.28), 4500.0, rng.uniform(10, 25), rng.uniform(60, 200))
    return {"p0": 4500.0 * m["way"] + m["height"], "v": -m["speed"] * m["way"], "leg_s": m["leg_s"], "stop_s": 120.0,
            "out": m["speed"] * m["way"], "span_s": 2 * m["leg_s"] + 120.0, "waver_m": np.array([15.0, 15.0, 5.0]),
            "period_s": rng.uniform(25, 60), "identity": f"UAV{j:05d}" if rng.random() < 0.3 else ""}  # fmt: skip


_MAKE = {"airliner": _airliner, "ship": _ship, "bird": _bird, "friendly": _friendly, "approach": _approach}


class Sensors:
    """What the site's sensors report, one second after another."""

    def __init__(self, there: Movers, seed: int, *, classifier: bool = True) -> None:
        self.movers, self.rng, self.classifier = there, np.random.default_rng([seed, 1]), classifier
        self._spikes = np.empty((0, 4))  # range, azimuth, elevation, scans left

    def look(self, t: float) -> tuple[Batch, npt.NDArray[np.int64], Floats]:
        """(detections of one second, indices of what is there, places (n, 3))."""
        i, p, v = self.movers.at(t)
        parts = [self._radar(t, i, p)]
        for sensor, kinds, every, reach in (("rid", (3, 4), 1, 5000.0), ("adsb", (0,), 1, 40_000.0), ("ais", (1,), 10, 20_000.0)):
            near = np.hypot(p[:, 0], p[:, 1]) < reach
            sends = [
                k for k in np.flatnonzero(np.isin(self.movers.kind[i], kinds) & near).tolist() if self.movers.identity[int(i[k])]
            ]
            sends = [k for k in sends if (int(t) + int(i[k])) % every == 0]
            if sends:
                parts.append(self._broadcast(t, sensor, i[sends], p[sends], v[sends]))
        return concat(DETECTION, parts), i, p

    def _radar(self, t: float, i: npt.NDArray[np.int64], p: Floats) -> Batch:
        rng, kind = self.rng, self.movers.kind[i]
        r, az, el = enu_to_polar(p) if len(p) else (np.empty(0),) * 3
        seen = (r < REACH_M) & (r > 50) & (el < 40) & (el > -2) & (rng.random(len(r)) < PD[kind])
        m = int(seen.sum())
        r, az, el = (
            r[seen] + rng.normal(0, SIGMA_R, m),
            az[seen] + rng.normal(0, SIGMA_AZ, m),
            el[seen] + rng.normal(0, SIGMA_EL, m),
        )
        false = np.vstack([self._anywhere(), self._sea()])
        r, az, el = np.concatenate([r, false[:, 0]]), np.concatenate([az, false[:, 1]]) % 360.0, np.concatenate([el, false[:, 2]])
        columns: dict[str, Any] = {
            "time": START + t, "received": START + t, "time_source": "sensor", "sensor_id": "radar", "kind": "radar", "report": "plot",
            "origin": "exercise", "range_m": np.maximum(r, 1.0), "azimuth_deg": az, "elevation_deg": el,
        }  # fmt: skip
        if not self.classifier:
            return Batch.build(DETECTION, len(r), columns)
        which = np.concatenate([kind[seen], np.full(len(false), len(KINDS))])
        codes = (rng.random(len(r))[:, None] > np.cumsum(CALLED[which], axis=1)).sum(axis=1).clip(0, len(WORDS) - 1)
        return Batch.build(DETECTION, len(r), columns | {"classification": codes - 1}, {"classification": WORDS[1:]})

    def _anywhere(self) -> Floats:
        rng, n = self.rng, int(self.rng.poisson(30.0))
        return np.column_stack(
            [REACH_M * np.sqrt(rng.uniform(0.0005, 1.0, n)), rng.uniform(0, 360, n), rng.uniform(-2, 10, n), np.zeros(n)]
        )

    def _sea(self) -> Floats:
        """Spikes: new ones each scan, those that last seen again where they were, give or take the radar's errors and 1 m/s."""
        rng, n = self.rng, int(self.rng.poisson(4.0))
        new = np.column_stack(
            [rng.uniform(300, 2500, n), rng.uniform(100, 260, n), rng.normal(0, 0.5, n), rng.geometric(0.7, n).clip(1, 3)]
        )
        self._spikes = np.vstack([self._spikes, new])
        shown = self._spikes[rng.random(len(self._spikes)) < 0.8]
        self._spikes = self._spikes[self._spikes[:, 3] > 1] - np.array([0, 0, 0, 1.0])
        return shown + rng.normal(0, 1, shown.shape) * np.array([SIGMA_R, SIGMA_AZ, SIGMA_EL, 0])

    def _broadcast(self, t: float, sensor: str, i: npt.NDArray[np.int64], p: Floats, v: Floats) -> Batch:
        kind, word, sigma = _BROADCAST[sensor]
        lat, lon, alt = FRAME.to_geodetic(p + self.rng.normal(0, sigma, p.shape))
        course = np.degrees(np.arctan2(v[:, 0], v[:, 1])) % 360
        columns: dict[str, Any] = {
            "time": START + t, "received": START + t, "time_source": "sensor", "sensor_id": sensor, "kind": kind, "report": "plot",
            "origin": "exercise", "lat_deg": lat, "lon_deg": lon, "speed_mps": np.hypot(v[:, 0], v[:, 1]), "course_deg": course,
            "sigma_position_m": sigma, "identity": np.arange(len(i)), "identity_kind": word,
        }  # fmt: skip
        if sensor != "ais":
            columns["alt_wgs84_m"] = alt
        return Batch.build(DETECTION, len(i), columns, {"identity": tuple(self.movers.identity[k] for k in i.tolist())})


_BROADCAST = {"rid": ("remote_id", "serial", 3.0), "adsb": ("adsb", "icao_address", 15.0), "ais": ("ais", "mmsi", 8.0)}
