"""The site file: what stands where, what is protected, and every check before anything starts.

TOML, `version = 1`. The structs below are the reference: an unknown key is an error that names the nearest
known one, and every value is checked with its place in the file (`sensor[1].range`). Lengths are metres, angles degrees,
azimuths clockwise from true north, heights as their names say.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
import shapely
import shapely.geometry

from picket.handwritten import NotTextError, parse_json, parse_toml, read_text
from picket.site_notify import Notify, check_notify
from picket.site_radio import Radio, check_radios
from picket.site_rules import Contact, Rule, check_rules
from picket.site_rules import Table as _Struct
from picket.words import SENSOR_KINDS

_PLACED = {"radar", "rf", "acoustic", "sonar", "camera"}  # these measure from where they stand


class SiteError(ValueError):
    """A site file that cannot be used. `problems` lists every one found: place, what was expected, what came."""

    def __init__(self, source: str, problems: list[str]) -> None:
        self.source, self.problems = source, problems
        super().__init__(f"{source}: " + "; ".join(problems))


class Place(_Struct, frozen=True):
    """`[site]`: the local origin and its names."""

    name: str
    lat_deg: float
    lon_deg: float
    alt_wgs84_m: float = 0.0
    geoid_separation_m: float = 0.0
    map: str | None = None


class Match(_Struct, frozen=True):
    """How a record on a shared feed says that it is from this sensor."""

    sac: int | None = None
    sic: int | None = None
    sensor_id: str | None = None


class Sensor(_Struct, frozen=True):
    """`[[sensor]]`: one sensor, what it covers and how well it measures."""

    id: str
    kind: str
    lat_deg: float | None = None
    lon_deg: float | None = None
    alt_wgs84_m: float | None = None
    scan_period_s: float | None = None
    min_range_m: float = 0.0
    max_range_m: float | None = None
    sector_deg: tuple[float, float] = (0.0, 360.0)
    elevation_deg: tuple[float, float] = (-90.0, 90.0)
    blanked: tuple[tuple[float, float], ...] = ()
    azimuth_offset_deg: float = 0.0
    moves: bool = False
    detection_probability: float = 0.9
    clutter_per_scan: float = 1.0
    sigma_range_m: float = 10.0
    sigma_azimuth_deg: float = 0.5
    sigma_elevation_deg: float = 1.0
    sigma_range_rate_mps: float = 1.0
    sigma_position_m: float = 15.0
    sigma_altitude_m: float = 20.0
    match: Match = Match()
    feed: str | None = None
    edition: str | None = None


class Zone(_Struct, frozen=True):
    """`[[zone]]`: a place that matters. `geometry` is a GeoJSON file beside the site file."""

    id: str
    kind: Literal["protected", "warning", "corridor", "border_line", "ignore"]
    geometry: str
    name: str | None = None
    floor_m: float | None = None
    ceiling_m: float | None = None
    height_reference: Literal["msl", "wgs84", "site"] = "msl"
    hours: str = "always"


class Friendly(_Struct, frozen=True):
    """`[[friendly]]`: an identity that may be in these zones at these hours; or a planned flight, which is imported.

    Of a planned flight only: flight, its name; since and until, UNIX seconds; area, the name of its outline in the site's `shapes`;
    ceiling_m above mean sea level, up to which it may be there.
    """

    identity: str
    owner: str = ""
    zones: tuple[str, ...] = ()
    hours: str = "always"
    flight: str | None = None
    since: float | None = None
    until: float | None = None
    area: str | None = None
    ceiling_m: float | None = None

    def holds(self, time: float) -> bool:
        """Whether it counts at UNIX time `time`."""
        early = self.since is not None and time < self.since
        late = self.until is not None and time > self.until
        return not early and not late and in_hours(self.hours, time)


class Alerting(_Struct, frozen=True):
    """`[alert]`: when an alert is raised and when it ends."""

    approach_s: float = 60.0
    hysteresis_s: float = 10.0
    min_existence: float = 0.9
    silent_scans: float = 3.0
    clock_limit_s: float = 3.0
    swarm_size: int = 3
    escalate_s: float = 30.0
    loiter_m: float = 150.0
    doubt_s: float = 15.0


class Archive(_Struct, frozen=True):
    """`[archive]`: where the log lies; a relative path is beside the site file."""

    path: str = "archive"
    segment_mb: float = 64.0
    operators_keep_days: float = 30.0
    log_keep_days: float | None = None
    airframes_keep_days: float | None = None
    hold: tuple[str, ...] = ()


class StationSettings(_Struct, frozen=True):
    """`[station]`: the address of the page and what runs."""

    host: str = "127.0.0.1"
    port: int = 8787
    tls_certificate: str | None = None
    tls_key: str | None = None
    origin: Literal["live", "exercise"] = "live"
    extra_feeds: tuple[str, ...] = ()
    tick_s: float = 0.5
    work_limit: float = 300_000.0  # units of tracking work a second; beyond it work is shed (picket.track.shedding)


class Site(_Struct, frozen=True):
    """A checked site file. `shapes` maps zone id -> shapely geometry in (lon, lat) degrees."""

    version: int
    site: Place
    sensor: tuple[Sensor, ...] = ()
    zone: tuple[Zone, ...] = ()
    friendly: tuple[Friendly, ...] = ()
    alert: Alerting = Alerting()
    notify: tuple[Notify, ...] = ()
    radio: tuple[Radio, ...] = ()
    rule: tuple[Rule, ...] = ()
    contact: tuple[Contact, ...] = ()
    archive: Archive = Archive()
    station: StationSettings = StationSettings()
    shapes: dict[str, Any] = msgspec.field(default_factory=dict)
    source: str = "site"
    folder: str = "."

    def sensor_named(self, sensor_id: str) -> Sensor | None:
        """The sensor of that id, or None."""
        return next((s for s in self.sensor if s.id == sensor_id), None)


def load(path: str | Path) -> Site:
    """The site file at `path`, checked whole. Raises SiteError naming every problem found."""
    path = Path(path)
    try:
        raw = parse_toml(read_text(path))
    except FileNotFoundError:
        raise SiteError(str(path), ["no such file; copy one from examples/ and change its place"]) from None
    except IsADirectoryError:
        raise SiteError(str(path), ["is a folder, expected a TOML file (site.toml)"]) from None
    except OSError as e:
        raise SiteError(str(path), [f"cannot be read: {e.strerror or e}"]) from None
    except NotTextError as e:
        raise SiteError(str(path), [str(e)]) from None
    except tomllib.TOMLDecodeError as e:
        raise SiteError(str(path), [f"is not TOML: {e}"]) from None
    return parse(raw, source=str(path), folder=path.parent)


def parse(
    raw: Mapping[str, Any], *, source: str = "site", folder: str | Path = ".", outlines: Mapping[str, Any] | None = None
) -> Site:
    """A site from its TOML as a dictionary; zone geometry is read from `folder`, or is in `outlines` (by name, as GeoJSON). SiteError."""
    problems = [*_unknown_keys(raw, Site, "")]
    if "version" not in raw:
        problems.insert(0, "version: not there; begin the file with `version = 1` (examples/ has whole files to copy)")
    elif raw["version"] != 1:
        problems.insert(0, f"version: expected 1, got {raw['version']!r}")
    if problems:
        raise SiteError(source, problems)
    try:
        site = msgspec.convert(raw, Site)
    except msgspec.ValidationError as e:
        raise SiteError(source, [str(e).replace("`$.", "`")]) from None
    shapes: dict[str, Any] = {}
    problems = [
        *_check_place(site),
        *_check_sensors(site),
        *_check_zones(site, Path(folder), shapes, outlines or {}),
        *_check_rest(site),
    ]
    if problems:
        raise SiteError(source, problems)
    return msgspec.structs.replace(site, shapes=shapes, source=source, folder=str(folder))


def _struct_in(kind: Any) -> type[msgspec.Struct] | None:
    """The struct inside a field's type (`Sensor` in `tuple[Sensor, ...]`), if there is one."""
    for t in (kind, *getattr(kind, "__args__", ())):
        if isinstance(t, type) and issubclass(t, msgspec.Struct):
            return t
    return None


_NOT_IN_FILE = {"shapes", "source", "folder"}
_PLANNED = {"flight", "since", "until", "area", "ceiling_m"}  # of a friendly: only an import gives them


def _unknown_keys(raw: Any, struct: type[msgspec.Struct], where: str) -> list[str]:
    """One message per key that the struct lacks, naming the nearest known key."""
    if not isinstance(raw, Mapping):
        return []
    hidden = _PLANNED if struct is Friendly else _NOT_IN_FILE if struct is Site else set()
    known = {f.name: f.type for f in msgspec.structs.fields(struct) if f.name not in hidden}
    found = []
    for key, value in raw.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, 1, 0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"
            found.append(f"{where}{key}: unknown key; {hint}")
            continue
        inner = _struct_in(known[key])
        if inner is None:
            continue
        items = (
            [(f"{where}{key}.", value)]
            if not isinstance(value, list)
            else [(f"{where}{key}[{i}].", v) for i, v in enumerate(value)]
        )
        for place, item in items:
            found += _unknown_keys(item, inner, place)
    return found


def _in_range(where: str, value: float | None, low: float, high: float) -> list[str]:
    if value is None or low <= value <= high:  # NaN fails both comparisons and is reported
        return []
    return [f"{where}: expected {low:g} to {high:g}, got {value!r}"]


def _check_place(site: Site) -> list[str]:
    p = site.site
    return [
        *_in_range("site.lat_deg", p.lat_deg, -90, 90),
        *_in_range("site.lon_deg", p.lon_deg, -180, 180),
        *_in_range("site.alt_wgs84_m", p.alt_wgs84_m, -500, 9000),
        *_in_range("site.geoid_separation_m", p.geoid_separation_m, -110, 90),
    ]


def _check_sensors(site: Site) -> list[str]:
    found, seen = [], set()
    for i, s in enumerate(site.sensor):
        w = f"sensor[{i}] ({s.id})"
        if s.id in seen:
            found.append(f"{w}: two sensors have this id; give each its own")
        seen.add(s.id)
        if s.kind not in SENSOR_KINDS:
            near = difflib.get_close_matches(s.kind, SENSOR_KINDS, 1, 0.4)
            hint = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(SENSOR_KINDS)}"
            found.append(f"{w}.kind: unknown kind {s.kind!r}; {hint}")
        if s.kind in _PLACED and (s.lat_deg is None or s.lon_deg is None):
            found.append(f"{w}: a {s.kind} measures from where it stands; give lat_deg and lon_deg")
        found += _in_range(f"{w}.lat_deg", s.lat_deg, -90, 90)
        found += _in_range(f"{w}.lon_deg", s.lon_deg, -180, 180)
        found += _in_range(f"{w}.alt_wgs84_m", s.alt_wgs84_m, -500, 20000)
        found += _in_range(f"{w}.detection_probability", s.detection_probability, 0.01, 0.999)
        found += _in_range(f"{w}.clutter_per_scan", s.clutter_per_scan, 0, 1e7)
        found += _in_range(f"{w}.scan_period_s", s.scan_period_s, 0.01, 3600)
        found += _in_range(f"{w}.min_range_m", s.min_range_m, 0, 1e6)
        found += _in_range(f"{w}.max_range_m", s.max_range_m, 1, 1e6)
        for name in ("sigma_range_m", "sigma_azimuth_deg", "sigma_elevation_deg", "sigma_range_rate_mps",
                     "sigma_position_m", "sigma_altitude_m"):  # fmt: skip
            found += _in_range(f"{w}.{name}", getattr(s, name), 1e-3, 1e5)
        for name, angles in (("sector_deg", [s.sector_deg]), ("blanked", list(s.blanked))):
            for pair in angles:
                found += [m for a in pair for m in _in_range(f"{w}.{name}", a, -360, 360)]
        if s.elevation_deg[0] >= s.elevation_deg[1]:
            found.append(f"{w}.elevation_deg: expected [low, high], got {list(s.elevation_deg)}")
        if s.max_range_m is not None and s.max_range_m <= s.min_range_m:
            found.append(f"{w}.max_range_m: expected more than min_range_m {s.min_range_m:g}, got {s.max_range_m:g}")
        if s.feed is not None and not re.fullmatch(r"[a-z0-9_-]+\+[a-z]+://\S+", s.feed):
            shown = re.sub(r"//[^/@]*@|password=[^&]*", "...", s.feed)  # a password in it must not reach a screen or a log
            found.append(f"{w}.feed: expected format+transport://address (asterix+udp://127.0.0.1:8600), got {shown!r}")
    return found


def _check_zones(site: Site, folder: Path, shapes: dict[str, Any], outlines: Mapping[str, Any]) -> list[str]:
    """Problems of the zones; their geometry is put into `shapes` on the way."""
    found = []
    for i, z in enumerate(site.zone):
        w = f"zone[{i}] ({z.id})"
        if z.id in shapes:
            found.append(f"{w}: two zones have this id; give each its own")
        if z.floor_m is not None and z.ceiling_m is not None and z.floor_m >= z.ceiling_m:
            found.append(f"{w}.ceiling_m: expected more than floor_m {z.floor_m:g}, got {z.ceiling_m:g}")
        found += _check_hours(f"{w}.hours", z.hours)
        try:
            given = outlines.get(z.geometry)
            shape = read_geometry(folder / z.geometry) if given is None else check_geometry(given, z.geometry)
        except ValueError as e:
            found.append(f"{w}.geometry: {e}")
            continue
        line = shape.geom_type == "LineString"
        if (z.kind == "border_line") != line:
            wanted = "a LineString" if z.kind == "border_line" else "a Polygon or MultiPolygon"
            found.append(f"{w}.geometry: a {z.kind} zone needs {wanted}, {z.geometry} holds a {shape.geom_type}")
            continue
        shapes[z.id] = shape
    for i, f in enumerate(site.friendly):
        for zone in f.zones:
            if zone not in {z.id for z in site.zone}:
                near = difflib.get_close_matches(zone, [z.id for z in site.zone], 1, 0.4)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                found.append(f"friendly[{i}].zones: no zone is called {zone!r}{hint}")
    return found


def _check_rest(site: Site) -> list[str]:
    found = [m for i, f in enumerate(site.friendly) for m in _check_hours(f"friendly[{i}].hours", f.hours)]
    found += check_notify(site.notify, _check_hours)
    found += check_radios(site.radio, {s.id: s.kind for s in site.sensor})
    zones, sensors = {z.id: z.kind for z in site.zone}, [s.id for s in site.sensor]
    found += check_rules(site.rule, site.contact, dict(zones), sensors, _check_hours)
    found += _in_range("alert.doubt_s", site.alert.doubt_s, 0, 600)
    found += _in_range("alert.loiter_m", site.alert.loiter_m, 10, 10_000)
    found += _in_range("alert.approach_s", site.alert.approach_s, 0, 3600)
    found += _in_range("alert.hysteresis_s", site.alert.hysteresis_s, 0, 3600)
    found += _in_range("alert.min_existence", site.alert.min_existence, 0, 1)
    found += _in_range("alert.silent_scans", site.alert.silent_scans, 1, 1000)
    found += _in_range("alert.clock_limit_s", site.alert.clock_limit_s, 0.1, 3600)
    found += _in_range("alert.escalate_s", site.alert.escalate_s, 1, 86400)
    found += _in_range("alert.swarm_size", site.alert.swarm_size, 2, 1000)
    found += _in_range("archive.segment_mb", site.archive.segment_mb, 0.01, 4096)
    found += _in_range("archive.operators_keep_days", site.archive.operators_keep_days, 0, 3650)
    found += _in_range("archive.log_keep_days", site.archive.log_keep_days, 1, 36500)
    found += _in_range("archive.airframes_keep_days", site.archive.airframes_keep_days, 1, 36500)
    found += _check_holds(site.archive.hold)
    found += _in_range("station.port", site.station.port, 0, 65535)
    found += _in_range("station.tick_s", site.station.tick_s, 0.05, 10)
    found += _in_range("station.work_limit", site.station.work_limit, 1000, 1e12)
    return found


def _check_hours(where: str, hours: str) -> list[str]:
    """`always` or one or more `HH:MM-HH:MM`, comma separated; a span may pass midnight. UTC."""
    if hours == "always":
        return []
    span = r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d"
    if re.fullmatch(rf"{span}(,\s*{span})*", hours):
        return []
    return [f'{where}: expected "always" or "HH:MM-HH:MM" (UTC), got {hours!r}']


def hold_of(text: str) -> tuple[float, float]:
    """A hold of `[archive]`, "2026-05-01/2026-05-10 why", as UNIX seconds: from the first day's beginning to the last day's end.

    Raises ValueError.
    """
    found = re.match(r"(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})(?:\s|$)", text)
    if not found:
        raise ValueError(f'archive.hold: expected "2026-05-01/2026-05-10 and why", got {text!r}')
    try:
        begin, end = (datetime.fromisoformat(f"{d}T00:00:00+00:00").timestamp() for d in found.groups())
    except ValueError:
        raise ValueError(f"archive.hold: no such day in {text!r}") from None
    if end < begin:
        raise ValueError(f"archive.hold: expected the first day before the last, got {text!r}")
    return begin, end + 86_400.0


def _check_holds(holds: Iterable[str]) -> list[str]:
    found = []
    for text in holds:
        try:
            hold_of(text)
        except ValueError as e:
            found.append(str(e))
    return found


def in_hours(hours: str, time: float) -> bool:
    """True when UNIX time `time` (UTC) lies in `hours` as the site file writes them."""
    if hours == "always":
        return True
    minute = int(time // 60) % 1440
    for span in hours.split(","):
        start, end = (int(t[:2]) * 60 + int(t[3:]) for t in span.strip().split("-"))
        inside = start <= minute < end if start <= end else minute >= start or minute < end
        if inside:
            return True
    return False


def read_geometry(path: Path) -> Any:
    """The one shapely geometry of a GeoJSON file, in (lon, lat) degrees. Raises ValueError with the reason."""
    try:
        raw = parse_json(read_text(path))
    except FileNotFoundError:
        raise ValueError(f"no such file: {path}") from None
    except (OSError, ValueError) as e:
        raise ValueError(f"{path} is not GeoJSON: {e}") from None
    return check_geometry(raw, str(path))


def check_geometry(raw: Any, name: str = "geometry") -> Any:
    """A shapely geometry from GeoJSON (geometry, Feature, or collection of one). Raises ValueError with the reason."""
    if isinstance(raw, Mapping) and raw.get("type") == "FeatureCollection":
        features = raw.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise ValueError(f"{name}: expected one feature, got {len(features) if isinstance(features, list) else features!r}")
        raw = features[0]
    if isinstance(raw, Mapping) and raw.get("type") == "Feature":
        raw = raw.get("geometry")
    try:
        shape = shapely.geometry.shape(raw)
    except Exception as e:  # shapely raises many kinds on malformed GeoJSON; each is the same mistake to the user
        raise ValueError(f"{name} holds no GeoJSON geometry: {e}") from None
    if shape.geom_type not in ("Polygon", "MultiPolygon", "LineString"):
        raise ValueError(f"{name}: expected Polygon, MultiPolygon or LineString, got {shape.geom_type}")
    if shape.is_empty or not shape.is_valid:
        raise ValueError(f"{name}: {shapely.is_valid_reason(shape)}; redraw it so that its outline does not cross itself")
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError(f"{name}: coordinates are [lon, lat] in degrees, got bounds {shape.bounds}")
    parts = getattr(shape, "geoms", [shape])
    if any(part.bounds[2] - part.bounds[0] > 180 for part in parts):  # of each part: one that is split there spans 360 degrees
        raise ValueError(f"{name}: crosses the antimeridian; split it there into a MultiPolygon")
    return shape
