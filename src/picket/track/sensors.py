"""The sensors as the kernels see them: rows of `layout_kernels.Sensors`, from the site file and from what turns up.

A sensor that the site file lacks is taken with the defaults of `picket.site.Sensor` and its kind's habits below; one that
measures from its own place but has none is left unplaced, and its plots are counted as no_sensor_place.
"""

from __future__ import annotations

import numpy as np

from picket.geo import LocalFrame
from picket.site import Sensor, Site
from picket.track.conditions_kernels import BANDS, LOW_M, LOW_SIGMAS, RINGS, SECTORS
from picket.track.layout_kernels import BIRTH_PER_SCAN, FAR_RANGE_M, TAU, Sensors
from picket.track.measure_kernels import NARROW_RAD, spread_over_area
from picket.words import SENSOR_KINDS

CLAIMING = frozenset({"remote_id", "adsb", "ais", "telemetry"})  # the object says where it is
PERIOD_S = {
    "ais": 10.0,
    "system": 4.0,
    "remote_id": 2.0,
    "adsb": 2.0,
    "visual": 10.0,  # a person looks, writes and looks again
}  # between two reports where the site file has no scan_period_s; others 1 s
LISTENING = frozenset({"rf", "acoustic", "sonar", "camera", "visual"})  # what is silent, dark or unnoticed is there all the same
TIMEOUT_S = {
    "remote_id": 15.0,
    "adsb": 30.0,
    "ais": 180.0,
    "visual": 60.0,
}  # silence of a reporter is no evidence until it is this long
LATENCY_S = {"remote_id": 0.7, "adsb": 0.3, "ais": 0.5, "telemetry": 0.2}  # 1 sigma of a position's age when it is stamped
RADAR_TIMEOUT_PERIODS, RADAR_TIMEOUT_S = 8.0, 15.0
RANGE_M = 10_000.0  # of a sensor that states none
SAYS = {
    "remote_id": 0,
    "adsb": 2,
    "ais": 3,
}  # the class (its code) of what reports to such a sensor, unless the row says otherwise
VALLEY_M = 300.0  # the ground near a sensor lies no deeper under it
MOST = 256  # sensors with an entry of their own; a feed that invents names must not fill the memory
WIDE = frozenset({"adsb", "mlat", "system", "ais"})  # kinds that see aircraft or reach far
_FLOATS = ("height", "floor", "period", "range_min", "range_max", "azimuth_offset", "pd", "clutter", "birth", "fresh", "timeout", "latency",
           "first", "last", "swept", "scan_start", "scan_free")  # fmt: skip
_INTS = ("placed", "claims", "listens", "under", "far", "burst", "scans", "confirmed")
_BLANKED = 8
# What looks and time change in a sensor's row: all of it is in a tracker's state (history.py).
LEARNT = ("clutter", "birth", "bias", "burst", "fresh", "first", "last", "swept", "scan_start", "scan_free", "scans", "confirmed",
          "cell_free", "cell_rate", "dense", "band_free", "band_seen", "band_all", "band", "excess",
          "hits", "looks", "pd_here")  # fmt: skip


def _empty(capacity: int) -> Sensors:
    floats = {name: np.full(capacity, np.nan) for name in _FLOATS}
    ints = {name: np.zeros(capacity, np.int64) for name in _INTS}
    cells = {name: np.zeros((capacity, SECTORS, RINGS)) for name in ("cell_free", "cell_rate", "cell_share", "dense", "band_all")}
    bands = {name: np.zeros((capacity, SECTORS, RINGS, BANDS)) for name in ("band_free", "band_seen", "band")}
    sectors = {name: np.zeros((capacity, SECTORS)) for name in ("hits", "looks", "pd_here", "excess")}
    return Sensors(
        rotation=np.tile(np.eye(3), (capacity, 1, 1)), offset=np.zeros((capacity, 3)), elevation=np.zeros((capacity, 2)),
        sectors=np.full((capacity, 1 + _BLANKED, 2), -1.0), sigma=np.ones((capacity, 6)), bias=np.zeros((capacity, 3)), **floats, **ints,
        band_low=np.zeros((capacity, RINGS)), **cells, **bands, **sectors,
    )  # fmt: skip


def _sector(start_deg: float, end_deg: float) -> tuple[float, float]:
    """(from, width) in radians; [0, 360] and [a, a] are the full circle."""
    width = (end_deg - start_deg) % 360.0
    return np.radians(start_deg), np.radians(width if width > 0.0 else 360.0)


def _shares(a: Sensors, i: int) -> np.ndarray:
    """(SECTORS, RINGS) of the false plots of sensor i that are spread over its area; 0 where it does not look."""
    start, width = a.sectors[i, 0]
    fine = (np.arange(SECTORS * 30) + 0.5) * TAU / (SECTORS * 30)
    seen = ((fine - start) % TAU < width).reshape(SECTORS, 30).mean(axis=1)
    near, far = a.range_min[i], a.range_max[i]
    r = near + (far - near) * (np.arange(RINGS * 16) + 0.5) / (RINGS * 16)
    rings = np.array([spread_over_area(v, near, far) for v in r]).reshape(RINGS, 16).mean(axis=1)
    share = np.outer(seen, rings)
    return np.asarray(share / share.sum())


def _low_shares(a: Sensors, i: int, over_m: float) -> np.ndarray:
    """(RINGS,) of the space of heights in each ring of sensor i, which stands `over_m` over the surface: the share that lies at it."""
    near, far = a.range_min[i], a.range_max[i]
    r = np.maximum(near + (far - near) * (np.arange(RINGS * 16) + 0.5) / (RINGS * 16), 1.0)
    width = max(min(a.elevation[i, 1] - a.elevation[i, 0], NARROW_RAD), 1e-3)
    noise = LOW_SIGMAS * np.radians(a.sigma[i, 2])
    bottom = np.maximum(a.elevation[i, 0], -over_m / r - noise)  # no plot comes from further down
    top = noise + (LOW_M - over_m) / r
    return np.asarray(np.clip((top - bottom) / width, 0.01, 0.99).reshape(RINGS, 16).mean(axis=1))


class SensorTable:
    """Names, indices and arrays of all sensors. The first eight fit without growing."""

    def __init__(self, site: Site | None) -> None:
        self.names: list[str] = []
        self.index: dict[tuple[str, str], int] = {}
        self.kinds: list[str] = []
        self._under: list[int] = []  # those that hear what is under water
        self._places: dict[int, tuple[float, float, float]] = {}
        self._first_clutter: list[float] = []  # before any scan of theirs
        self.arrays = _empty(8)
        self._site = site
        self._known = {s.id: s for s in site.sensor} if site else {}
        for s in site.sensor if site else ():
            if s.match.sensor_id is not None:
                self._known.setdefault(s.match.sensor_id, s)

    def find(self, name: str, kind: str, frame: LocalFrame | None, place: tuple[float, float, float] | None) -> int:
        """Index of the sensor; made on first sight. place: (lat, lon, height) from the rows, for what the site does not fix."""
        known = self._known.get(name)
        key = (known.id, known.kind) if known else (name, kind)
        if key not in self.index and len(self.names) >= MOST:
            key, known = ("(others)", kind if kind in SENSOR_KINDS else "unknown"), None
        at = self.index.get(key)
        new = at is None
        if at is None:
            at = self._add(known or Sensor(id=key[0], kind=key[1]))
            self.index[key] = at
        stated = self._stated(known)
        if stated is not None and not (place is not None and known is not None and known.moves):
            place = stated if new else None
        if place is not None and frame is not None and self._places.get(at) != place:
            self._places[at] = place
            self._place(at, frame, *place)
        return at

    def _stated(self, s: Sensor | None) -> tuple[float, float, float] | None:
        """Where the site file says that the sensor stands."""
        if s is None or s.lat_deg is None or s.lon_deg is None:
            return None
        origin = self._site.site.alt_wgs84_m if self._site else 0.0
        return s.lat_deg, s.lon_deg, origin if s.alt_wgs84_m is None else s.alt_wgs84_m

    def _add(self, s: Sensor) -> int:
        i = len(self.names)
        if i == len(self.arrays.period):
            grown = _empty(2 * i)
            for new, old in zip(grown, self.arrays, strict=True):
                new[:i] = old
            self.arrays = grown
        self.names.append(s.id)
        self.kinds.append(s.kind)
        a = self.arrays
        reach = s.max_range_m or RANGE_M
        far = reach > FAR_RANGE_M or s.kind in WIDE
        a.under[i] = s.kind == "sonar"
        if s.kind == "sonar" and i < 62:
            self._under.append(i)
        a.claims[i], a.listens[i], a.far[i] = s.kind in CLAIMING, s.kind in LISTENING, far
        a.period[i] = s.scan_period_s or PERIOD_S.get(s.kind, 4.0 if far and s.kind == "radar" else 1.0)
        a.range_min[i], a.range_max[i] = s.min_range_m, reach
        a.elevation[i] = np.radians(s.elevation_deg)
        a.sectors[i, 0] = _sector(*s.sector_deg)
        for k, pair in enumerate(s.blanked[:_BLANKED]):
            a.sectors[i, 1 + k] = _sector(*pair)
        a.azimuth_offset[i] = s.azimuth_offset_deg
        a.pd[i] = min(max(s.detection_probability, 0.01), 0.999)
        self._first_clutter.append(max(s.clutter_per_scan, 0.02))
        a.sigma[i] = (
            s.sigma_range_m, s.sigma_azimuth_deg, s.sigma_elevation_deg, s.sigma_range_rate_mps, s.sigma_position_m,
            s.sigma_altitude_m,
        )  # fmt: skip
        a.timeout[i] = TIMEOUT_S.get(s.kind) or max(RADAR_TIMEOUT_PERIODS * a.period[i], RADAR_TIMEOUT_S)
        a.latency[i] = LATENCY_S.get(s.kind, 0.0)
        a.height[i], a.floor[i] = 0.0, -np.inf
        a.cell_share[i] = _shares(a, i)
        self.forget(i)
        return i

    def under(self) -> int:
        """Bits of the sensors that hear what is under water, as in `Tracks.sensors`."""
        return sum(1 << i for i in self._under)

    def forget(self, i: int) -> None:
        """Sensor i as never heard: what was learnt of it goes."""
        a = self.arrays
        for name in LEARNT:
            getattr(a, name)[i] = np.nan if name in ("first", "last", "swept", "scan_start") else 0
        a.clutter[i], a.birth[i] = self._first_clutter[i], BIRTH_PER_SCAN
        a.dense[i], a.band[i], a.excess[i], a.pd_here[i] = 1.0, 1.0, 1.0, a.pd[i]

    def _place(self, i: int, frame: LocalFrame, lat: float, lon: float, height: float) -> None:
        a = self.arrays
        rotation, offset = frame.relative(LocalFrame(lat, lon, height))
        a.rotation[i], a.offset[i], a.height[i], a.placed[i] = rotation, offset, height, 1
        if self._site:
            sea = self._site.site.geoid_separation_m
            a.floor[i] = max(sea, height - VALLEY_M) - frame.alt_wgs84_m
        a.band_low[i] = _low_shares(a, i, height - frame.alt_wgs84_m - a.floor[i] if self._site else 0.0)
