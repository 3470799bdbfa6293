"""SAPIENT detection reports -> the detection table: read one by one into tuples, made columns all at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.feed import checks
from picket.feed.format import Floats
from picket.feed.sapient.nodes import Node, clean
from picket.feed.sapient.schema import ENUMS
from picket.feed.sapient.utm import is_south, parse_zone, to_geodetic
from picket.words import DETECTION, Batch

EARTH_M = 6_371_008.8  # mean radius: enough for an error in degrees
WORST_ERROR_M = 10_000.0  # a larger error is metres written where degrees belong
_NAN = float("nan")
_MOST = 16  # items of a repeated field that are looked at
_DEPTH = 8  # of a classification's sub-classes

_LOCATION = {w: i for i, w in enumerate(ENUMS["LocationCoordinateSystem"]) if w != "-"}
_DATUM = {w: i for i, w in enumerate(ENUMS["LocationDatum"])}
_BEARING = {w: i for i, w in enumerate(ENUMS["RangeBearingCoordinateSystem"])}
_NORTH = {w: i for i, w in enumerate(ENUMS["RangeBearingDatum"])}

# object_info and track_info types (without case and punctuation) that name the object. The first kind that is there is taken.
_IDENTITIES: tuple[tuple[str, frozenset[str]], ...] = (
    ("serial", frozenset({"serial", "serialnumber", "uasid", "uasserialnumber", "remoteid"})),
    ("icao_address", frozenset({"icao", "icaoaddress", "icao24", "icaohex", "modes", "modesaddress", "transponderid"})),
    ("mmsi", frozenset({"mmsi"})),
    ("registration", frozenset({"registration", "tailnumber", "aircraftregistration"})),
    ("call_sign", frozenset({"callsign", "flightid", "flight"})),
)
_KIND_OF = {name: kind for kind, names in _IDENTITIES for name in names}
_RANK = {kind: i for i, (kind, _) in enumerate(_IDENTITIES)}
_SHAPES = {"icao_address": re.compile(r"[0-9A-F]{6}"), "mmsi": re.compile(r"[0-9]{9}")}
_GONE = ("lost", "dropped", "ended", "deleted")

_VALUES = (
    "time", "received", "a", "b", "c", "a_error", "b_error", "c_error", "units", "datum",
    "east", "north", "up", "east_error", "north_error", "amplitude", "low_hz", "center_hz", "high_hz",
)  # fmt: skip


@dataclass
class Reports:
    """Detection reports of one chunk, in order; `table` makes them columns."""

    values: list[tuple[float, ...]] = field(default_factory=list)
    has_location: list[bool] = field(default_factory=list)
    gone: list[bool] = field(default_factory=list)
    timed: list[bool] = field(default_factory=list)
    offset: list[int] = field(default_factory=list)
    node: list[int] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    node_ids: list[str] = field(default_factory=list)
    sensor_track_id: list[str | None] = field(default_factory=list)
    identity: list[str | None] = field(default_factory=list)
    identity_kind: list[str | None] = field(default_factory=list)
    classification: list[str | None] = field(default_factory=list)
    zone: list[str] = field(default_factory=list)
    _at: dict[str, int] = field(default_factory=dict)

    def add(self, message: Any, node_id: str, node: Node, time: float, received: float, offset: int) -> str:
        """Takes one report, or says why it cannot: no_location. time: NaN where the message has none that can be used."""
        d = message.detection_report
        place = d.WhichOneof("place")
        if place == "location":
            p = d.location
            where = (p.x, p.y, p.z, p.x_error, p.y_error, p.z_error, p.coordinate_system, p.datum)
            self.zone.append(p.utm_zone[:8] or node.mode.zone)
        elif place == "range_bearing":
            p = d.range_bearing
            errors = (p.azimuth_error, p.elevation_error, p.range_error)
            where = (p.azimuth, p.elevation, p.range, *errors, p.coordinate_system, p.datum)
            self.zone.append("")
        else:
            return "no_location"
        if d.HasField("enu_velocity"):
            v = d.enu_velocity
            velocity = (v.east_rate, v.north_rate, v.up_rate, v.east_rate_error, v.north_rate_error)
        else:
            velocity = (_NAN, _NAN, _NAN, _NAN, _NAN)
        self.has_location.append(place == "location")
        self.values.append((time if time == time else received, received, *where, *velocity, *_signal(d.signal)))
        self.timed.append(time == time)
        self.offset.append(offset)
        self.node.append(self._index(node_id, node))
        self.gone.append(any(w in d.state.casefold() for w in _GONE) if d.state else False)
        self.sensor_track_id.append(_clean(d.object_id) if node.mode.keeps_ids else None)
        identity, kind = _identity(d)
        self.identity.append(identity)
        self.identity_kind.append(kind)
        self.classification.append(_classification(d.classification))
        return ""

    def _index(self, node_id: str, node: Node) -> int:
        """Where this node, as it is now, stands in `nodes`."""
        at = self._at.get(node_id, -1)
        if at < 0 or self.nodes[at] is not node:
            at = self._at[node_id] = len(self.nodes)
            self.nodes.append(node)
            self.node_ids.append(node_id)
        return at

    def table(self, source: str, time_source: str, origin: str, left_out: Counter[str]) -> Batch:
        """The detections; what cannot be placed or believed is counted."""
        if not self.values:
            return Batch.empty(DETECTION)
        with np.errstate(all="ignore"):  # a sender's numbers may overflow: what is not finite then is left out below
            return self._table(source, time_source, origin, left_out)

    def _table(self, source: str, time_source: str, origin: str, left_out: Counter[str]) -> Batch:
        v = dict(zip(_VALUES, np.array(self.values, np.float64).T, strict=True))
        node, located = np.array(self.node), np.array(self.has_location)
        scale = self._of_modes("error_scale")[node]
        columns: dict[str, Any] = {name: np.full(len(node), _NAN) for name in _PLACES}
        usable = np.zeros(len(node), np.bool_)
        rows = np.flatnonzero(located)
        if rows.size:
            usable[rows] = self._positions(rows, v, scale, columns, left_out)
        rows = np.flatnonzero(~located)
        if rows.size:
            usable[rows] = self._bearings(rows, v, scale, node, columns, left_out)
        self._motion(v, node, scale, columns)
        self._signals(v, node, columns)
        return self._batch(columns, usable, node, v, source, time_source, origin, left_out)

    def _of_modes(self, name: str) -> Floats:
        """(nodes,) a number of each node's mode."""
        return np.array([getattr(n.mode, name) for n in self.nodes], np.float64)

    def _positions(
        self, rows: npt.NDArray[np.int64], v: dict[str, Floats], scale: Floats, columns: dict[str, Any], left_out: Counter[str]
    ) -> npt.NDArray[np.bool_]:
        """Fills in what locations say; (rows,) bool: those with a place."""
        x, y, units, datum = (v[name][rows] for name in ("a", "b", "units", "datum"))
        lat, lon = np.full(rows.size, _NAN), np.full(rows.size, _NAN)
        metres_east, metres_north = np.full(rows.size, _NAN), np.full(rows.size, _NAN)
        for system, degrees in (("lat_lng_deg_m", 1.0), ("lat_lng_rad_m", 180 / np.pi)):
            here = units == _LOCATION[system]
            lat[here], lon[here] = y[here] * degrees, x[here] * degrees
            metres_north[here] = np.radians(degrees) * EARTH_M
        metres_east = metres_north * np.cos(np.radians(lat))
        grid = units == _LOCATION["utm_m"]
        if grid.any():
            self._from_grid(rows, grid, x, y, lat, lon, columns, left_out)
            metres_east[grid] = metres_north[grid] = 1.0
        known = np.isin(units, list(_LOCATION.values())[1:])
        _count(left_out, "unusable_units", ~known)
        origin = known & (lat == 0) & (lon == 0)
        _count(left_out, "no_position", origin)
        sound = known & (np.abs(lat) <= 90) & (np.abs(lon) <= 180) & ~origin
        _count(left_out, "bad_position", known & ~grid & ~sound & ~origin)
        columns["lat_deg"][rows], columns["lon_deg"][rows] = np.where(sound, lat, _NAN), np.where(sound, lon, _NAN)
        height, has_height = v["c"][rows], np.isfinite(v["c"][rows])
        for word, name in (("wgs84_e", "alt_wgs84_m"), ("wgs84_g", "alt_msl_m")):
            columns[name][rows] = np.where(datum == _DATUM[word], height, _NAN)
        _count(left_out, "unusable_datum", sound & has_height & (datum != _DATUM["wgs84_e"]) & (datum != _DATUM["wgs84_g"]))
        one = scale[rows]
        east, north = _error(v["a_error"][rows] * metres_east), _error(v["b_error"][rows] * metres_north)
        both = np.sqrt((np.where(np.isnan(east), north, east) ** 2 + np.where(np.isnan(north), east, north) ** 2) / 2) * one
        _count(left_out, "unbelievable_error", sound & (both > WORST_ERROR_M))
        columns["sigma_position_m"][rows] = np.where(both <= WORST_ERROR_M, both, _NAN)
        columns["sigma_altitude_m"][rows] = _error(v["c_error"][rows]) * one
        return np.asarray(sound)

    def _from_grid(
        self, rows: npt.NDArray[np.int64], grid: npt.NDArray[np.bool_], x: Floats, y: Floats, lat: Floats, lon: Floats,
        columns: dict[str, Any], left_out: Counter[str],
    ) -> None:  # fmt: skip
        """Latitudes and longitudes of UTM places, zone by zone."""
        zones = [self.zone[i] if on else "" for i, on in zip(rows.tolist(), grid.tolist(), strict=True)]
        for text in dict.fromkeys(z for z, on in zip(zones, grid.tolist(), strict=True) if on):
            here = grid & np.array([z == text for z in zones])
            zone = parse_zone(text)
            if zone is None:
                _count(left_out, "no_utm_zone", here)
                continue
            south, unclear = is_south(zone[1], y[here])
            lat[here], lon[here] = to_geodetic(zone[0], south, x[here], y[here])
            lat[np.flatnonzero(here)[unclear]] = _NAN
            _count(left_out, "ambiguous_utm_zone", unclear)
            _count(left_out, "bad_position", ~unclear & ~np.isfinite(lat[here]))
            middle = np.radians((lon[here] - (6 * zone[0] - 183) + 180) % 360 - 180)
            turned = np.degrees(np.arctan(np.tan(middle) * np.sin(np.radians(lat[here]))))
            columns["convergence"][rows[here]] = turned  # grid north lies this far clockwise of true north

    def _bearings(
        self, rows: npt.NDArray[np.int64], v: dict[str, Floats], scale: Floats, node: npt.NDArray[np.int64],
        columns: dict[str, Any], left_out: Counter[str],
    ) -> npt.NDArray[np.bool_]:  # fmt: skip
        """Fills in what ranges and bearings say; (rows,) bool: those with a direction from true north."""
        units, datum = v["units"][rows], v["datum"][rows]
        degrees, metres = np.full(rows.size, _NAN), np.full(rows.size, _NAN)
        for word, one_degree, one_metre in (
            ("degrees_m", 1.0, 1.0), ("radians_m", 180 / np.pi, 1.0), ("degrees_km", 1.0, 1e3), ("radians_km", 180 / np.pi, 1e3),
        ):  # fmt: skip
            here = units == _BEARING[word]
            degrees[here], metres[here] = one_degree, one_metre
        azimuth, elevation, distance = v["a"][rows] * degrees, v["b"][rows] * degrees, v["c"][rows] * metres
        told = np.isfinite(degrees)
        true = datum == _NORTH["true"]
        _count(left_out, "unusable_units", ~told)
        _count(left_out, "unusable_datum", told & ~true & np.isfinite(azimuth))
        _count(left_out, "no_azimuth", told & ~np.isfinite(azimuth))
        sound = told & true & (np.abs(azimuth) <= 360)
        _count(left_out, "bad_position", told & true & np.isfinite(azimuth) & (np.abs(azimuth) > 360))
        one = scale[rows]
        for name, value in (
            ("azimuth_deg", azimuth), ("elevation_deg", elevation), ("range_m", distance),
            ("sigma_azimuth_deg", _error(v["a_error"][rows] * degrees) * one),
            ("sigma_elevation_deg", _error(v["b_error"][rows] * degrees) * one),
            ("sigma_range_m", _error(v["c_error"][rows] * metres) * one),
        ):  # fmt: skip
            columns[name][rows] = value
        for name in ("lat_deg", "lon_deg", "alt_wgs84_m"):
            own = np.array([getattr(n, name) if n.moves else _NAN for n in self.nodes])
            columns["sensor_" + name][rows] = own[node[rows]]
        return np.asarray(sound)

    def _motion(self, v: dict[str, Floats], node: npt.NDArray[np.int64], scale: Floats, columns: dict[str, Any]) -> None:
        """Velocity east, north, up -> speed, course, climb."""
        speed, climb = self._of_modes("speed")[node], self._of_modes("climb")[node]
        turned = columns.pop("convergence")
        columns["speed_mps"] = np.hypot(v["east"], v["north"]) * speed
        course = np.degrees(np.arctan2(v["east"], v["north"])) + np.where(np.isnan(turned), 0.0, turned)
        columns["course_deg"] = np.where(columns["speed_mps"] > 0, course, _NAN)
        columns["climb_mps"] = v["up"] * climb
        columns["sigma_speed_mps"] = np.sqrt((_error(v["east_error"]) ** 2 + _error(v["north_error"]) ** 2) / 2) * speed * scale

    def _signals(self, v: dict[str, Floats], node: npt.NDArray[np.int64], columns: dict[str, Any]) -> None:
        hertz = self._of_modes("hertz")[node]
        columns["center_hz"] = np.where(v["center_hz"] > 0, v["center_hz"] * hertz, _NAN)
        columns["bandwidth_hz"] = np.where(v["high_hz"] > v["low_hz"], (v["high_hz"] - v["low_hz"]) * hertz, _NAN)
        columns["power_dbm"] = v["amplitude"] + self._of_modes("amplitude_dbm")[node]

    def _batch(
        self, columns: dict[str, Any], usable: npt.NDArray[np.bool_], node: npt.NDArray[np.int64], v: dict[str, Floats],
        source: str, time_source: str, origin: str, left_out: Counter[str],
    ) -> Batch:  # fmt: skip
        rows = np.flatnonzero(usable)
        texts: dict[str, Any] = {}
        columns["time"], columns["received"] = v["time"], v["received"]
        known = {name: values[rows] for name, values in columns.items()}
        columns = {n: checks.bounded(n, values, left_out) for n, values in known.items() if not np.isnan(values).all()}
        _drop_lone_errors(columns, len(rows))
        node = node[rows]
        clocks = tuple(dict.fromkeys(("sensor", time_source)))
        late = np.where(np.isfinite(v["received"]), clocks.index(time_source), -1)
        columns["time_source"], texts["time_source"] = np.where(self.timed, 0, late)[rows], clocks
        columns["sensor_id"], texts["sensor_id"] = _coded(self.node_ids, node)
        columns["kind"], texts["kind"] = _coded([n.kind for n in self.nodes], node)
        report, words = _coded([n.mode.report for n in self.nodes], node)
        gone = np.array(self.gone)[rows]
        columns["report"], texts["report"] = np.where(gone, len(words), report), (*words, "status")
        for name in ("sensor_track_id", "identity", "identity_kind", "classification"):
            given = getattr(self, name)
            columns[name] = [given[i] for i in rows.tolist()]
        columns |= {"origin": origin, "source": source, "source_offset": np.array(self.offset, np.int64)[rows]}
        return checks.build(DETECTION, len(rows), columns, texts, left_out)


_PLACES = (
    "lat_deg", "lon_deg", "alt_wgs84_m", "alt_msl_m", "range_m", "azimuth_deg", "elevation_deg", "sigma_position_m",
    "sigma_altitude_m", "sigma_range_m", "sigma_azimuth_deg", "sigma_elevation_deg", "sensor_lat_deg", "sensor_lon_deg",
    "sensor_alt_wgs84_m", "convergence",
)  # fmt: skip


# an error column, and the columns of which one must be known for it to mean anything
_ERRORS_OF = {
    "sigma_altitude_m": ("alt_wgs84_m", "alt_msl_m"), "sigma_range_m": ("range_m",), "sigma_elevation_deg": ("elevation_deg",),
    "sigma_speed_mps": ("speed_mps",),
}  # fmt: skip


def _drop_lone_errors(columns: dict[str, Any], n: int) -> None:
    """Makes errors unknown whose value is unknown: none was told, its zero is not known, or it is out of range."""
    for name, values in _ERRORS_OF.items():
        if name in columns:
            known = np.zeros(n, np.bool_)
            for value in values:
                known |= ~np.isnan(columns[value]) if value in columns else False
            columns[name] = np.where(known, columns[name], _NAN)


def _signal(signals: Any) -> tuple[float, float, float, float]:
    """(amplitude, lowest, centre, highest frequency) of the strongest signal."""
    if not signals:
        return _NAN, _NAN, _NAN, _NAN
    best = signals[0]
    for s in signals[1:_MOST]:
        if s.amplitude > best.amplitude:
            best = s
    return best.amplitude, best.start_frequency, best.centre_frequency, best.stop_frequency


def _classification(given: Any) -> str | None:
    """The class with the highest confidence and, joined with "/", its most likely sub-classes."""
    words: list[str] = []
    for _ in range(_DEPTH):
        if not given:
            break
        best = given[0]
        for one in given[1:_MOST]:
            if one.confidence > best.confidence or best.confidence != best.confidence:
                best = one
        if (name := clean(best.type, 64)) and (not words or words[-1] != name):
            words.append(name)
        given = best.sub_class
    return "/".join(words)[: checks.LONGEST_TEXT] or None


def _identity(d: Any) -> tuple[str | None, str | None]:
    """(what the object calls itself, its kind): of object_info and track_info by their types, else the report's own `id`."""
    found: dict[str, str] = {}
    for info in (d.object_info, d.track_info):
        if info:
            for one in info[:_MOST]:
                kind = _KIND_OF.get("".join(filter(str.isalnum, one.type[:32].casefold())))
                value = _clean(one.value) if kind else None
                if kind and value:
                    value = value.upper() if kind == "icao_address" else value
                    shape = _SHAPES.get(kind)
                    if shape is None or shape.fullmatch(value):
                        found.setdefault(kind, value)
    if found:
        kind = min(found, key=_RANK.__getitem__)
        return found[kind], kind
    return _clean(d.id), None


def _clean(text: str) -> str | None:
    """The text without control characters and the space around it, at most 64 characters; None for none."""
    return clean(text, 64) or None


def _error(values: Floats) -> Floats:
    """Errors with those that say nothing (zero, negative, infinite) unknown."""
    return np.where((values > 0) & np.isfinite(values), values, _NAN)


def _count(left_out: Counter[str], reason: str, which: npt.NDArray[np.bool_]) -> None:
    if n := int(np.count_nonzero(which)):
        left_out[reason] += n


def _coded(words: Sequence[str | None], rows: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    """A text column (codes, words): `words` of each row's index; None is unknown."""
    code: dict[str, int] = {}
    codes = np.array([-1 if w is None else code.setdefault(w, len(code)) for w in words], np.int32)
    return codes[rows], tuple(code)
