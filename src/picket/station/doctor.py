"""`picket doctor`: what is installed, reachable, writable and warm, and what each sensor cannot see."""

from __future__ import annotations

import errno
import importlib.metadata
import importlib.util
import ipaddress
import math
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal, NamedTuple

from picket import __version__, _jit
from picket import site as sites
from picket.station.access import users_problem
from picket.station.open_bind import is_loopback, refusal

State = Literal["ok", "note", "problem"]
_NEEDED = ("numpy", "numba", "pyarrow", "msgspec", "shapely", "click")
_STATION = ("fastapi", "uvicorn", "websockets", "aiomqtt", "tomlkit")
# Distribution -> the module it brings and the feeds that need it. A station without such a feed runs without it.
_FEEDS = {
    "httpx": ("httpx", "feeds over http and https"),
    "protobuf": ("google.protobuf", "SAPIENT feeds"),
    "pyais": ("pyais", "AIS feeds"),
}
_PAPER = {"fpdf2": "fpdf", "uharfbuzz": "uharfbuzz"}  # distribution -> the module: reports as PDF
_FAR_KM = 500.0  # an ADS-B receiver elsewhere may be 300 km away
_STATION_REMEDY = "pip install 'picket[station]'"


class Check(NamedTuple):
    """One line of the report. A station would run when no check is a `problem`."""

    subject: str
    state: State
    words: str


def examine(site_path: Path | None, archive: Path | None) -> list[Check]:
    """Every check, in the order in which a person would mend things."""
    checks = [_python(), *_packages(), _page(), _kernels()]
    if site_path is None:
        checks.append(Check("site file", "note", "none given; try `picket doctor --site examples/long-beach.toml`"))
        return [*checks, _writable(archive or Path("archive"))]
    try:
        site = sites.load(site_path)
    except sites.SiteError as e:
        return [*checks, *(Check("site file", "problem", p) for p in e.problems)]
    checks.append(Check("site file", "ok", f"{site.site.name}: {len(site.sensor)} sensors, {len(site.zone)} zones"))
    folder = archive or Path(site.folder) / site.archive.path
    checks += [_writable(folder), _port(site), *_served(site, folder), *_feeds(site), *outputs(site), *_radios(site), *_far(site)]
    for sensor in site.sensor:
        checks += [
            Check(f"sensor {sensor.id}", "note", words)
            for words in blind_spots(sensor, any(r.sensor == sensor.id for r in site.radio))
        ]
    return [*checks, *_geoid(site)]


def outputs(site: sites.Site) -> list[Check]:
    """Whether each `[[notify]]` could send now: its program, its secret, its host. Nothing is sent."""
    from picket.station.sending import SendError, address, port_of, secret_of

    found = []
    for n in site.notify:
        if n.kind == "command":
            there = shutil.which(n.command[0]) or (Path(site.folder) / n.command[0]).is_file()
            words = f"{n.command[0]} is there" if there else f"{n.command[0]} is not on this machine"
            found.append(Check(f"notify {n.id}", "ok" if there else "problem", words))
            continue
        try:
            url = address(n, Path(site.folder))
            secret_of(n, Path(site.folder))
            socket.create_connection((url.hostname or "", port_of(url)), timeout=2).close()
        except SendError as e:
            found.append(Check(f"notify {n.id}", "problem", str(e)))
        except OSError as e:
            found.append(
                Check(
                    f"notify {n.id}", "note", f"{url.hostname} cannot be reached now ({e.strerror or e}); alerts to it would fail"
                )
            )
        else:
            plain = url.scheme in ("http", "mqtt", "smtp") and not is_loopback(url.hostname or "")
            words = f"{url.hostname} answers" + ("; what is sent can be read on the way: no TLS" if plain else "")
            found.append(Check(f"notify {n.id}", "note" if plain else "ok", words))
    return found


def _python() -> Check:
    return Check("python", "ok", f"{sys.version.split()[0]}, picket {__version__}")


def _packages() -> list[Check]:
    found = []
    for names, remedy in ((_NEEDED, "pip install picket"), (_STATION, _STATION_REMEDY)):
        missing = [n for n in names if not _installed(n)]
        versions = ", ".join(f"{n} {importlib.metadata.version(n)}" for n in names if n not in missing)
        if missing:
            found.append(Check("packages", "problem", f"{', '.join(missing)} not installed: {remedy}"))
        if versions:
            found.append(Check("packages", "ok", versions))
    present = [n for n, (module, _) in _FEEDS.items() if _installed(module)]
    if present:
        found.append(Check("packages", "ok", ", ".join(f"{n} {importlib.metadata.version(n)}" for n in present)))
    for name, (_, what) in _FEEDS.items():
        if name not in present:
            found.append(Check("packages", "note", f"{name} not installed: no {what}: {_STATION_REMEDY}"))
    missing = [name for name, module in _PAPER.items() if not _installed(module)]
    if missing:
        found.append(
            Check("packages", "note", f"{', '.join(missing)} not installed: no reports as PDF: pip install 'picket[paper]'")
        )
    return found


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # the package around it is missing
        return False


def _page() -> Check:
    index = Path(__file__).parent.parent / "_page" / "index.html"
    if index.is_file():
        return Check("page", "ok", "built")
    return Check("page", "problem", "not built: run `make page`, or install the wheel")


def _kernels() -> Check:
    folder = _jit.cache_folder()
    if folder is None:
        return Check("kernels", "note", "no cache folder can be written: each start compiles for minutes; set PICKET_CACHE")
    if _jit.is_cold():
        return Check("kernels", "note", f"cold: the first start compiles for a minute or more ({folder})")
    return Check("kernels", "ok", f"warm ({folder})")


def _writable(folder: Path) -> Check:
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            return Check("archive", "ok", f"{folder} can be written")
    except OSError as e:
        return Check("archive", "problem", f"{folder} cannot be written: {e.strerror or e}; give another with --archive")


def _port(site: sites.Site) -> Check:
    s = site.station
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((s.host, s.port))
    except OSError as e:
        return Check("port", "problem", f"{s.host}:{s.port}: {e.strerror or e}; choose another with --port")
    return Check("port", "ok", f"{s.host}:{s.port} is free")


def _served(site: sites.Site, archive: Path) -> list[Check]:
    why = refusal(site, archive)
    found = [] if why is None else [Check("page", "problem", why)]
    wrong = users_problem(archive / "secrets")
    return found if wrong is None or wrong == why else [*found, Check("users", "note", wrong)]  # one-time links still work


def _far(site: sites.Site) -> list[Check]:
    """What lies so far from the site's origin that a sign or the order of a coordinate is wrong."""
    placed = [(f"zone {z.id}", *site.shapes[z.id].representative_point().coords[0]) for z in site.zone]
    placed += [(f"sensor {s.id}", s.lon_deg, s.lat_deg) for s in site.sensor if s.lon_deg is not None and s.lat_deg is not None]
    found = []
    for name, lon, lat in placed:
        away_km = _away_km(site.site.lat_deg, site.site.lon_deg, lat, lon)
        if away_km > _FAR_KM:
            words = f"lies {away_km:.0f} km from the site's origin; is a sign wrong, or the order ([lon, lat] in GeoJSON)?"
            found.append(Check(name, "note", words))
    return found


def _away_km(lat: float, lon: float, lat2: float, lon2: float) -> float:
    """Along a great circle of the mean sphere, by the haversine formula: no kernel, which may not be compiled yet."""
    a, b = math.radians(lat), math.radians(lat2)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon) / 2) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(h)))


def _feeds(site: sites.Site) -> list[Check]:
    from picket.station.feeds import FeedError, feeds_of

    try:
        feeds = feeds_of(site)
    except FeedError as e:
        return [Check("feeds", "problem", str(e))]
    if not feeds:
        return [Check("feeds", "note", "no sensor has a feed: the station starts, and lives by what people see and report")]
    return [
        _hears(f.address, f.shown)
        if f.address.transport == "udp"
        else _reachable(f.address.transport, f.address.host, f.address.port, f.address.path, f.shown)
        for f in feeds
    ]


def _hears(address: Any, shown: str) -> Check:
    """Whether datagrams could be received there: the address is one of this machine or a group, not the sender's."""
    from picket.feed.transport.udp import open_socket

    try:
        open_socket(address).close()
    except OSError as e:
        wrong = isinstance(e, socket.gaierror) or e.errno == errno.EADDRNOTAVAIL
        hint = "; give an address of this machine (0.0.0.0: all of them), not the sender's" if wrong else ""
        return Check("feed", "note", f"{shown}: cannot receive there now ({e.strerror or e}){hint}; the station keeps trying")
    return Check("feed", "ok", shown)


def _reachable(transport: str, host: str, port: int, path: str, shown: str) -> Check:
    if transport in ("http", "https") and not _installed("httpx"):
        return Check("feed", "problem", f"{shown}: needs httpx, which is not installed: {_STATION_REMEDY}")
    if transport == "listen":
        return _listens(host, port, shown)
    if transport in ("tcp", "mqtt", "mqtts", "http", "https"):
        try:
            socket.create_connection((host, port), timeout=2).close()
        except OSError as e:
            return Check("feed", "note", f"{shown}: cannot be reached now ({e.strerror or e}); the station keeps trying")
        return Check("feed", "ok", f"{shown}: answers")
    if transport == "file" and not Path(path).is_file():
        return Check("feed", "problem", f"{shown}: no such file")
    return Check("feed", "ok", shown)


def _listens(host: str, port: int, shown: str) -> Check:
    """Whether peers could connect, and who could: nobody is asked for a password there."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as e:
        return Check("feed", "note", f"{shown}: cannot listen there now ({e.strerror or e}); the station keeps trying")
    if ipaddress.ip_address(str(address[0])).is_loopback:
        return Check("feed", "ok", f"{shown}: programs on this machine can connect")
    words = "everybody who can reach this address can connect and report what he likes; keep that network closed"
    return Check("feed", "note", f"{shown}: {words}")


def _radios(site: sites.Site) -> list[Check]:
    """Whether each radio could be opened now, and which drone bands it cannot see."""
    if not site.radio:
        return []
    if not _installed("scipy"):
        return [Check("radio", "problem", "scipy not installed: no [[radio]] can be looked at: pip install 'picket[spectrum]'")]
    from picket.site_radio import address
    from picket.spectrum.radio.chances import unseen
    from picket.spectrum.radio.soapy import MISSING, installed

    found = []
    for r in site.radio:
        if r.kind == "soapy" and not installed():
            found.append(Check(f"radio {r.sensor}", "problem", MISSING))
        elif r.kind == "rtl_tcp":
            host, port = address(r)
            found.append(_reachable("tcp", host, port, "", r.source)._replace(subject=f"radio {r.sensor}"))
        else:
            found.append(Check(f"radio {r.sensor}", "ok", r.source))
        found += [Check(f"radio {r.sensor}", "note", words) for words in unseen(r)]
        if r.gain_db is None:
            found.append(
                Check(
                    f"radio {r.sensor}", "note", "sets its own gain: its floor cannot be compared, so interference is not judged"
                )
            )
        if len(r.band) == 1:
            words = "looks at one band only: a jammer over all of it cannot be told from a change of gain; add a quiet band to compare"
            found.append(Check(f"radio {r.sensor}", "note", words))
    return found


def blind_spots(sensor: sites.Sensor, radio: bool = False) -> list[str]:
    """What a sensor cannot see, in words."""
    found = []
    if sensor.kind == "rf" and radio:
        pass  # its radio says what it hears
    elif sensor.feed is None and sensor.kind == "visual":
        found.append("is a post: people report what they see from it; nothing is seen while nobody looks")
    elif sensor.feed is None:
        found.append("has no feed: only recordings name it")
    if sensor.kind == "radar":
        found.append("sees no drone hidden by buildings or ground, and tells a bird from a drone badly")
    if sensor.kind == "remote_id":
        found.append("hears only drones that broadcast, and believes what they say")
    if sensor.kind == "adsb":
        found.append("hears only aircraft with a transponder; small drones have none")
    if sensor.kind == "ais":
        found.append("hears only vessels that broadcast, and believes what they say")
    if sensor.min_range_m:
        found.append(f"nothing nearer than {sensor.min_range_m:g} m")
    if sensor.max_range_m:
        found.append(f"nothing beyond {sensor.max_range_m:g} m")
    start, end = sensor.sector_deg
    if (end - start) % 360 and abs(end - start) < 360:
        found.append(f"nothing outside {start:g} to {end:g} deg")
    found += [f"nothing between {a:g} and {b:g} deg (blanked)" for a, b in sensor.blanked]
    low, high = sensor.elevation_deg
    if sensor.kind == "radar" and (low > -90 or high < 90):
        found.append(f"nothing below {low:g} or above {high:g} deg elevation")
    return found


def _geoid(site: sites.Site) -> list[Check]:
    p = site.site
    if p.geoid_separation_m == 0.0:
        words = (
            "site.geoid_separation_m is 0: heights above mean sea level will be taken as heights above the ellipsoid; "
            "find yours in a geoid "
            "calculator (EGM2008), or compare the two heights of a GNSS receiver there"
        )
        return [Check("heights", "note", words)]
    return [Check("heights", "ok", f"mean sea level lies {p.geoid_separation_m:+g} m from the ellipsoid here")]
