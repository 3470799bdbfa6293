"""Drafts: a tactic card or a recorded incident becomes an exercise file at a site, to be read and changed by a training officer.

From a card, how the thing moves and what it gives off is what the card says each sense notices, made a few plain lines here (SHAPES): a
straight way in from the side that the seed draws, nothing of how it would be done. From an incident, the tracks of an export become actors
on those paths, simplified until their kind can fly them; identities are replaced by reserved ones. What is expected is that the watch has
a track, an alert and an acknowledgement before the object enters what is protected.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import shapely

from picket.geo import LocalFrame
from picket.learn.cards import Card
from picket.site import Site
from picket.train.exercise import AFLOAT, LIMITS, NOTICES, Actor, Exercise, ExerciseError, check
from picket.train.motion import along, path_of
from picket.train.recording import copy_site
from picket.train.score.truth import threat_of
from picket.train.streams import stream
from picket.train.world import World
from picket.watch.zones import Area

MOST_M = 6000.0  # how far out a draft begins
BEGIN_S = 20.0
ANSWER_S = 30.0  # an officer has so long for an alert


class DraftError(ValueError):
    """A draft that cannot be made; the message says what is missing."""


class Shape(NamedTuple):
    """How an object of a card moves (kind, height above sea, speed), what it gives off, and what else is so then."""

    kind: str
    height_m: float
    speed_mps: float
    members: int = 1
    emits: tuple[str, ...] | None = None
    light: str = "day"
    lies: bool = False
    fault: str | None = None


SHAPES = {
    "fpv-attack": Shape("fpv", 40, 30), "fibre-optic-fpv": Shape("fpv", 40, 25, emits=("sound",)),
    "one-way-attack": Shape("one_way", 150, 50), "bomb-dropping": Shape("drone", 100, 12), "swarms-and-decoys": Shape("drone", 110, 20, 12),
    "no-emission": Shape("fixed_wing", 100, 22, emits=("sound",)), "spoofed-remote-id": Shape("drone", 90, 15, lies=True),
    "gnss-interference": Shape("drone", 90, 15, fault="clock"), "uncrewed-boats": Shape("boat", 2, 14, 3),
    "underwater-approach": Shape("submersible", -5, 3), "smuggling-runs": Shape("drone", 60, 14), "prison-drops": Shape("drone", 50, 12),
    "airport-incursions": Shape("drone", 80, 12), "night-flight": Shape("drone", 90, 14, light="night"),
    "relay-drones": Shape("drone", 250, 12, 2), "ship-launch": Shape("drone", 60, 18), "inland-launch": Shape("drone", 60, 18),
    "reconnaissance": Shape("drone", 110, 10), "armed-long-endurance": Shape("fixed_wing", 350, 35),
}  # fmt: skip
_BY_DOMAIN = {"air": Shape("drone", 90, 15), "surface": Shape("boat", 2, 14), "subsurface": Shape("submersible", -5, 3),
              "radio": Shape("drone", 90, 15, fault="clock")}  # fmt: skip


def from_tactic(card: Card, site: Site, folder: Path, *, seed: int = 1) -> Exercise:
    """Writes an exercise of that card at that site into the new `folder`; returns it, loaded from there. Raises DraftError, OSError."""
    shape = SHAPES.get(card.id, _BY_DOMAIN[card.domain])
    route = _way_in(site, shape, seed)
    actor: dict[str, Any] = {
        "id": "intruder",
        "kind": shape.kind,
        "route": route,
        "speed_mps": shape.speed_mps,
        "start_s": BEGIN_S,
    }
    if shape.members > 1:
        actor |= {"count": shape.members, "spacing_m": 40.0}
    if shape.emits is not None:
        actor["emits"] = list(shape.emits)
    if shape.lies:
        actor["remote_id"] = {"serial": "SIMULATED-LIAR-001", "claim_offset_m": [1500.0, -1500.0, 0.0]}
    faults = []
    first = next((s.id for s in site.sensor if s.kind == "radar"), None)
    if shape.fault is not None and first is not None:
        faults = [{"sensor": first, "kind": shape.fault, "from_s": 60.0, "offset_s": 8.0}]
    head = {
        "version": 1, "name": f"Draft: {card.title}", "about": card.summary, "teaches": [card.watch.report, card.watch.look],
        "card": card.id,
        "site": "site/site.toml",
    }  # fmt: skip
    return _write(head, site, folder, [actor], {"light": shape.light}, faults, f"Drafted from the tactic card {card.id}")


def from_incident(
    export: Path, site: Site, folder: Path, *, only: Collection[int] | None = None, notes: Sequence[str] = (), title: str = ""
) -> tuple[Exercise, list[str]]:
    """Writes an exercise of an exported incident into the new `folder`: (the exercise, what was left out and why).

    only: numbers of the tracks that it is made of (all); notes: what was written about it, injects to be given by hand; title: what it
    is called, where the export itself does not say it.
    Raises DraftError for a folder that is no export, or that holds no track which could be flown.
    """
    try:
        record = json.loads((export / "record.json").read_text("utf-8"))
        tracks = _tracks(export)
        alerts = [json.loads(x) for x in (export / "alerts.jsonl").read_text("utf-8").splitlines()]
    except (OSError, ValueError, KeyError) as e:
        raise DraftError(f"{export}: is no exported incident (picket incident export): {e}") from None
    if not tracks:
        raise DraftError(f"{export}: holds no track")
    frame = LocalFrame(site.site.lat_deg, site.site.lon_deg, site.site.alt_wgs84_m)
    actors: list[dict[str, Any]] = []
    left_out = [f"track {n}: not in the recorded period" for n in sorted(set(only or ()) - tracks.keys())]
    wanted = {n: t for n, t in tracks.items() if only is None or n in only}
    since = min((float(t["time"][0]) for t in wanted.values()), default=0.0)
    for number, track in sorted(wanted.items()):
        made = _actor_of(number, track, since, site, frame, len(actors) + 1)
        if isinstance(made, str):
            left_out.append(f"track {number}: {made}")
        else:
            actors.append(made)
    if not actors:
        raise DraftError(f"{title or export}: none of its {len(wanted) or len(left_out)} tracks can be flown: {left_out[0]}")
    alarmed = {f"track-{i}" for a in alerts for i in a["track_ids"]}
    name = f"Draft: {title or record.get('title') or export.name}"
    head = {"version": 1, "name": name, "about": f"As recorded {_day(since)}, simulated.", "site": "site/site.toml"}
    injects = [{"id": f"note-{i}", "says": " ".join(text.split()), "when": "by_hand"} for i, text in enumerate(notes, 1)]
    comment = f"Drafted from {title or f'the incident {export.name}'}"
    return _write(head, site, folder, actors, {}, [], comment, alarmed, injects), left_out


# -- from a card -------------------------------------------------------------------------------------------------------
def _way_in(site: Site, shape: Shape, seed: int) -> list[list[float]]:
    """A straight way over what is protected, from the side that the seed draws, and on."""
    area, here = Area(site), np.zeros(2)
    protected = [site.shapes[z.id] for z in site.zone if z.kind == "protected"]
    if protected:
        middle = shapely.unary_union(protected).centroid
        here = area.plane.to_plane([middle.y], [middle.x])[0]
    reach = max([s.max_range_m or 0.0 for s in site.sensor if s.lat_deg is not None] or [0.0])
    away = min(1.2 * reach or 3000.0, MOST_M, 600.0 * shape.speed_mps)
    bearing = float(stream(seed, "draft", shape.kind).uniform(0, 2 * math.pi))
    step = np.array([math.sin(bearing), math.cos(bearing)])
    begin, end = here + away * step, here - 800.0 * step
    return [[round(float(p[0])), round(float(p[1])), shape.height_m] for p in (begin, end)]


# -- from an incident --------------------------------------------------------------------------------------------------
_KINDS = {"aircraft": "airliner", "vessel": "ship", "bird": "bird"}


def _tracks(export: Path) -> dict[int, dict[str, Any]]:
    """tracks.csv by track, with the class that tracks.geojson states."""
    rows: dict[int, dict[str, list[float]]] = {}
    with (export / "tracks.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            one = rows.setdefault(int(row["track_id"]), {"time": [], "lat": [], "lon": [], "alt": []})
            one["time"].append(float(row["time"]))
            one["lat"].append(float(row["lat_deg"]))
            one["lon"].append(float(row["lon_deg"]))
            one["alt"].append(float(row["alt_wgs84_m"]) if row["alt_wgs84_m"] else math.nan)
    found = json.loads((export / "tracks.geojson").read_text("utf-8"))
    told = {f["properties"]["track_id"]: f["properties"] for f in found["features"] if "track_id" in f["properties"]}
    return {n: {**{k: np.array(v) for k, v in one.items()}, **told.get(n, {})} for n, one in rows.items()}


def _actor_of(number: int, track: dict[str, Any], since: float, site: Site, frame: LocalFrame, n: int) -> dict[str, Any] | str:
    """The actor, or why there is none. Corners that its kind cannot fly are cut, more and more of them."""
    kind = _KINDS.get(track.get("classification") or "", "drone")
    seconds = float(track["time"][-1] - track["time"][0])
    enu = frame.to_enu(track["lat"], track["lon"], np.full(len(track["lat"]), site.site.alt_wgs84_m))[:, :2]
    if seconds < 10 or float(np.hypot(*np.ptp(enu, axis=0))) < 100:
        return f"{seconds:.0f} s over less than 100 m: too little of a path"
    heights = track["alt"] - site.site.geoid_separation_m
    height = round(float(np.nanmedian(heights)), 0) if np.isfinite(heights).any() else 60.0
    height = max(height, 2.0) if kind not in AFLOAT else 5.0
    actor: dict[str, Any] = {"id": f"track-{number}", "kind": kind, "start_s": round(float(track["time"][0]) - since, 1)}
    if track.get("identity") and kind == "airliner":
        actor["adsb"] = {"icao": f"{0xF00000 + n:06X}", "call_sign": f"SIM{n}"}
    elif track.get("identity") and kind == "drone":
        actor["remote_id"] = {"serial": f"SIMULATED-{n:03d}"}
    line = shapely.LineString(enu)
    for tolerance_m in (20.0, 60.0, 150.0, 400.0, 1e9):
        points = np.array(line.simplify(tolerance_m).coords)
        length = float(np.hypot(*np.diff(points, axis=0).T).sum())
        actor["route"] = [[round(float(x)), round(float(y)), height] for x, y in points]
        actor["speed_mps"] = round(min(max(length / seconds, 0.5), LIMITS[kind].speed_mps), 1)
        tried = Exercise(version=1, name="draft", site="", actor=(msgspec.convert(actor, Actor),), repeat_s=86_400.0, place=site)
        if not (problems := check(tried, site)):
            return actor
    return f"cannot be flown by a {kind}: {problems[0]}"


def _day(time: float) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M} UTC"


# -- writing -----------------------------------------------------------------------------------------------------------
def _write(
    head: dict[str, Any], site: Site, folder: Path, actors: list[dict[str, Any]], weather: dict[str, Any], faults: list[dict[str, Any]],
    comment: str, alarmed: set[str] | None = None, injects: Sequence[dict[str, Any]] = (),
) -> Exercise:  # fmt: skip
    """The file with site and zones beside it. alarmed: actors of which an alert is expected; None: those that enter."""
    if folder.exists():
        raise DraftError(f"{folder}: is there already; give the draft a folder of its own")
    sensors, notes = _sensors(site)
    made = [msgspec.convert(a, Actor) for a in actors]
    ends = [a.start_s + float(along(a, path_of(a))[0][-1]) for a in made]
    head = {**head, "repeat_s": float(math.ceil(max(ends) + ANSWER_S))}
    whole = msgspec.convert(
        {**head, **sensors, "actor": actors, "fault": faults, "inject": injects, "weather": weather}, Exercise
    )
    whole = msgspec.structs.replace(whole, place=site)
    if problems := check(whole, site):
        raise DraftError(f"{comment}: the draft does not hold at this site: " + "; ".join(problems))
    expect = _expected(whole, alarmed) + _expected_under_water(whole)
    folder.mkdir(parents=True)
    (folder / "site").mkdir()
    copy_site(whole, folder / "site")
    text = [
        f"# {' '.join(comment.split())}. A draft: read it whole, change what is not so here. See docs/exercises.md.",
        *(f"# {n}" for n in notes),
    ]
    text += [f"{key} = {_toml(value)}" for key, value in head.items()]
    for name in ("remote_id", "adsb"):
        if name in sensors:
            text += ["", f"[{name}]", *(f"{k} = {_toml(v)}" for k, v in sensors[name].items())]
    if weather:
        text += ["", "[weather]", *(f"{k} = {_toml(v)}" for k, v in weather.items())]
    tables = {
        **{k: v for k, v in sensors.items() if isinstance(v, list)},
        "actor": actors,
        "inject": injects,
        "fault": faults,
        "expect": expect,
    }
    for name, rows in tables.items():
        for row in rows:
            text += ["", f"[[{name}]]", *(f"{k} = {_toml(v)}" for k, v in row.items())]
    path = folder / "exercise.toml"
    path.write_text("\n".join(text) + "\n", "utf-8")
    try:
        return Exercise.load(path)
    except ExerciseError as e:
        raise DraftError(f"{comment}: {e}") from None


def _sensors(site: Site) -> tuple[dict[str, Any], list[str]]:
    """The sensors of the site that can be simulated, and why others cannot."""
    found: dict[str, Any] = {"radar": [], "listener": []}
    notes = []
    for s in site.sensor:
        if s.kind == "radar":
            fit = None not in (s.alt_wgs84_m, s.scan_period_s, s.max_range_m, s.match.sac, s.match.sic)
            if fit:
                found["radar"].append({"id": s.id})
            else:
                notes.append(
                    f"{s.id} is not simulated: its alt_wgs84_m, scan_period_s, max_range_m and match sac, sic must stand in the site file"
                )
        elif s.kind in NOTICES and s.lat_deg is not None:
            found["listener"].append({"id": s.id, **({"range_m": s.max_range_m} if s.max_range_m else {})})
        elif s.kind in ("remote_id", "adsb") and s.kind not in found:
            found[s.kind] = {"id": s.id}
        else:
            notes.append(f"{s.id} is not simulated: an exercise has no {s.kind}, or has one already")
    return {k: v for k, v in found.items() if v}, notes


def _expected(exercise: Exercise, alarmed: set[str] | None) -> list[dict[str, Any]]:
    """Track, alert and acknowledgement of each actor that enters what is protected (or raised an alert in the incident)."""
    world, area, rows = World(exercise, 1), Area(exercise.at_site()), []
    seconds = np.arange(0.0, exercise.repeat_s - 1.0)
    paths: dict[str, list[tuple[int, Any]]] = {}
    for t in seconds.tolist():
        state = world.at(t)
        for k, place in zip(state.index.tolist(), state.position_enu_m, strict=True):
            paths.setdefault(state.things[k].actor.id, []).append((int(t), place))
    for actor, points in paths.items():
        if alarmed is not None and actor not in alarmed:
            continue
        lat, lon, alt = world.frame.to_geodetic(np.array([p for _, p in points]))
        places = np.column_stack([area.plane.to_plane(lat, lon), alt])
        enters = threat_of(places, area).enters_s
        if (enters is None and alarmed is None) or np.all(alt < exercise.at_site().site.geoid_separation_m):
            continue  # under water: no track can be asked of anybody
        due = points[int(enters)][0] if enters is not None else points[len(points) // 2][0]
        due = max(due, points[0][0] + 20)
        last = exercise.repeat_s
        rows += [
            {"id": f"{actor}-track", "actor": actor, "what": "track", "by_s": float(min(due, last))},
            {"id": f"{actor}-alert", "actor": actor, "what": "alert", "by_s": float(min(due, last))},
            {"id": f"{actor}-acknowledge", "actor": actor, "what": "acknowledge", "by_s": float(min(due + ANSWER_S, last))},
        ]
    return rows


def _expected_under_water(exercise: Exercise) -> list[dict[str, Any]]:
    """Of what comes under water: a sonar gives bearings and no track, other sensors nothing; the watch says which of the two it has."""
    rows = []
    sonars = [x for x, kind in exercise.sensors.items() if kind == "sonar"]
    for actor in exercise.actor:
        if actor.kind != "submersible":
            continue
        words = "sonar" if sonars else "nothing here"
        teaches = (
            f"{' and '.join(sonars)} may give a direction, and no distance: pass it on, to whoever can look there."
            if sonars
            else "Nothing here would see it: the honest answer, for the watch log and for whoever can look under water."
        )
        end = actor.start_s + float(along(actor, path_of(actor))[0][-1])
        rows.append(
            {"id": f"{actor.id}-passed-on", "what": "report", "by_s": math.floor(end), "words": [words], "teaches": teaches}
        )
    return rows


def _toml(value: Any) -> str:
    """A value in TOML: JSON's strings, numbers and lists are the same there; tables are inline."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)
