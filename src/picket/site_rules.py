"""`[[rule]]` and `[[contact]]` of the site file: what there is to configure in the alert rules, and every check of it.

KINDS is the one list of rule types that a site file may name: what each is about, which keys it has, whether it is on without being
named, and what an officer is asked to do unless the site says otherwise. How each finds what it finds is in `picket.watch.rules`.

Which rule holds: for one type and one zone (or sensor) it is the rule that names that zone and whose hours hold; else the rule of that
type that names none; else the default. So two that name the same zone at the same hour contradict each other, and are refused.
"""

from __future__ import annotations

import difflib
import string
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, NamedTuple

import msgspec


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the site file."""


class Contact(Table, frozen=True):
    """`[[contact]]`: somebody to call, and how."""

    name: str
    how: str


class Rule(Table, frozen=True):
    """`[[rule]]`: when an alert of one type is raised, where, how severe, and what to do then. None: what the type says."""

    id: str
    rule: str
    zones: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()
    on: bool = True
    severity: Literal["low", "medium", "high"] | None = None
    hours: str = "always"
    delay_s: float | None = None
    hysteresis_s: float | None = None
    within_s: float | None = None
    within_m: float | None = None
    stay_s: float | None = None
    count: int | None = None
    free_mb: float | None = None
    checklist: tuple[str, ...] | None = None
    calls: tuple[str, ...] = ()


class Kind(NamedTuple):
    """A type of rule. about: kinds of zones, ("sensor",), or () for the whole picture or station."""

    words: str  # "Tells when ...", for people
    severity: str  # what it is without a `severity`
    about: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()  # of within_s, within_m, stay_s, count, free_mb
    on: bool = True
    checklist: tuple[str, ...] = ()


_LOOK = ("look {look}", "say what it is, then acknowledge; close with a cause when it is over")
_SENSOR = ("check power, cable and network of {sensor}", "watch its sector by eye meanwhile")

KINDS: dict[str, Kind] = {
    "entry": Kind(
        "an object that may alarm is inside the zone",
        "high in a protected zone, medium in a warning zone; one lower for a friendly that is not cleared there",
        ("protected", "warning"), checklist=_LOOK,
    ),
    "approach": Kind(
        "an object that may alarm will reach the zone within {within_s:g} s on its present course",
        "medium; high from 20 s and for one that contradicts itself; low for a friendly that is not cleared there",
        ("protected",), ("within_s",), checklist=_LOOK,
    ),
    "line_crossing": Kind(
        "an object goes over the line from its left to its right as drawn", "high; medium for a friendly that is not cleared there",
        ("border_line",), checklist=_LOOK,
    ),
    "loiter": Kind(
        "an object stays within one small area for {stay_s:g} s, in the zone or within {within_m:g} m of it", "medium",
        ("protected", "warning"), ("stay_s", "within_m"), on=False, checklist=_LOOK,
    ),
    "swarm": Kind(
        "a group of {count} or more is in the zone or within {within_m:g} m of it", "medium",
        ("protected", "warning"), ("count", "within_m"), on=False, checklist=("look {look}", "count them; report {count} to all posts"),
    ),
    "unknown_in_corridor": Kind(
        "an object that is no airliner, bird, vessel or cleared friendly is inside the corridor", "medium", ("corridor",), on=False,
        checklist=_LOOK,
    ),
    "friendly_out_of_place": Kind(
        "a listed friendly is outside all of its zones, or flies outside its hours", "low", on=False,
        checklist=("call its owner, {owner}",),
    ),
    "spoof_suspected": Kind(
        "what an object says of itself contradicts what sensors measure", "medium; high in or approaching a protected zone",
        checklist=("believe the radar, not the broadcast", "look {look}"),
    ),
    "unconfirmed_position": Kind(
        "an object's place is its own claim alone, where a sensor should see it", "medium; high in or approaching a protected zone",
        checklist=("look {look}: is anything there?",),
    ),
    "emission_without_track": Kind(
        "a drone's radio link is heard on a bearing on which nothing is tracked", "medium", ("sensor",), on=False,
        checklist=("look along {bearing}", "listen"),
    ),
    "interference": Kind(
        "a radio's band is disturbed: its floor rose, or a jammer's signal or one where only satellites belong is heard",
        "medium; high in a band of satellite navigation", ("sensor",),
        checklist=("check the site's GNSS receivers and links", "note when it began and when it ended"),
    ),
    "sighting": Kind(
        "a person saw something in, near or towards a protected zone, and no track there tells of it", "high inside the zone; else medium",
        ("sensor",), checklist=("ask the observer to keep it in sight", "look along {bearing}"),
    ),
    "silent_sensor": Kind("nothing is heard from a sensor for {silent_scans:g} of its periods", "medium", ("sensor",), checklist=_SENSOR),
    "wrong_clock": Kind(
        "a sensor's own time is more than {clock_limit_s:g} s from the station's", "medium", ("sensor",),
        checklist=("set the clock of {sensor}, or its time server",),
    ),
    "biased_sensor": Kind(
        "a sensor measures beside the others (0.5 deg, 25 m or 0.25 s)", "low", ("sensor",),
        checklist=("check mount, place and clock of {sensor}",),
    ),
    "own_clock": Kind(
        "the station's clock was set back, or most sensors' clocks differ from it by the same", "medium",
        checklist=("check the station's time server and time zone",),
    ),
    "disk_low": Kind("less than {free_mb:g} MB are free for the log", "low", keys=("free_mb",), checklist=("free space on its disk",)),
    "not_recording": Kind("the log cannot be written", "medium", checklist=("free space or replace the disk", "write down what you see")),
    "overload": Kind(
        "more arrives than the station can work on, and rows are refused", "medium",
        checklist=("find the sensor that sends too much in the list of sensors",),
    ),
}  # fmt: skip

DEFAULTS: dict[str, float] = {
    "within_m": 500.0,
    "stay_s": 60.0,
    "free_mb": 2000.0,
}  # within_s, count: [alert] approach_s, swarm_size
PLACE_HOLDERS = (
    "look", "bearing", "height", "distance", "speed", "reach", "zone", "identity", "owner", "sensor", "count", "rule",
)  # fmt: skip
_RANGES: dict[str, tuple[float, float]] = {
    "delay_s": (0, 3600), "hysteresis_s": (0, 3600), "within_s": (1, 3600), "within_m": (0, 100_000), "stay_s": (1, 86_400),
    "count": (2, 1000), "free_mb": (1, 1e9),
}  # fmt: skip
_KEYS = ("within_s", "within_m", "stay_s", "count", "free_mb")
_MAX_SENTENCES, _MAX_LENGTH = 12, 200


def check_rules(
    rules: Sequence[Rule], contacts: Sequence[Contact], zones: dict[str, str], sensors: Iterable[str],
    check_hours: Callable[[str, str], list[str]],
) -> list[str]:  # fmt: skip
    """Every problem of the tables; zones maps id -> kind."""
    names = [c.name for c in contacts]
    found = [f"contact[{i}] ({n}): two contacts have this name" for i, n in enumerate(names) if n in names[:i]]
    seen: set[str] = set()
    for i, r in enumerate(rules):
        where = f"rule[{i}] ({r.id})"
        if r.id in seen:
            found.append(f"{where}: two rules have this id; give each its own")
        if r.id in KINDS and r.id != r.rule:
            found.append(
                f"{where}.id: {r.id!r} is the name of a type of rule, and this one is of type {r.rule!r}; call it otherwise"
            )
        seen.add(r.id)
        found += check_hours(f"{where}.hours", r.hours)
        if r.rule not in KINDS:
            found.append(f"{where}.rule: unknown type {r.rule!r}; {_hint(r.rule, KINDS)}")
            continue
        found += [*_check_about(where, r, zones, list(sensors)), *_check_values(where, r), *_check_words(where, r, names)]
    good = [(i, r) for i, r in enumerate(rules) if r.rule in KINDS and not check_hours("", r.hours)]
    return found + _contradictions(good)


def no_rule(rules: Iterable[Rule], rule_id: str) -> str | None:
    """Why nothing can be asked of a rule of that id, among a site's own rules and the types; None when it can."""
    known = [r.id for r in rules] + list(KINDS)
    return None if rule_id in known else f"no rule is called {rule_id!r}; {_hint(rule_id, known)}"


def _hint(word: str, known: Iterable[str]) -> str:
    known = list(known)
    near = difflib.get_close_matches(word, known, 1, 0.5)
    if not known:
        return "the site file has none"
    return f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(known)}"


def _check_about(where: str, r: Rule, zones: dict[str, str], sensors: list[str]) -> list[str]:
    found, about = [], KINDS[r.rule].about
    of_zones = bool(about) and about != ("sensor",)
    if r.zones and not of_zones:
        found.append(f"{where}.zones: {r.rule} is not about zones; leave it out")
    elif of_zones:
        for zone in r.zones:
            if zone not in zones:
                found.append(f"{where}.zones: no zone is called {zone!r}; {_hint(zone, zones)}")
            elif zones[zone] not in about:
                found.append(f"{where}.zones: {r.rule} is about {' and '.join(about)} zones, {zone!r} is a {zones[zone]} zone")
    if r.sensors and about != ("sensor",):
        found.append(f"{where}.sensors: {r.rule} is not about sensors; leave it out")
    else:
        found += [f"{where}.sensors: no sensor is called {s!r}; {_hint(s, sensors)}" for s in r.sensors if s not in sensors]
    return found


def _check_values(where: str, r: Rule) -> list[str]:
    found = []
    for key in _KEYS:
        if getattr(r, key) is not None and key not in KINDS[r.rule].keys:
            owners = [name for name, kind in KINDS.items() if key in kind.keys]
            found.append(f"{where}.{key}: belongs to {' and '.join(owners)}, not to {r.rule}; leave it out")
    for key, (low, high) in _RANGES.items():
        value = getattr(r, key)
        if value is not None and not low <= value <= high:
            found.append(f"{where}.{key}: expected {low:g} to {high:g}, got {value!r}")
    return found


def _check_words(where: str, r: Rule, contacts: list[str]) -> list[str]:
    found = [f"{where}.calls: no contact is called {c!r}; {_hint(c, contacts)}" for c in r.calls if c not in contacts]
    sentences = r.checklist or ()
    if len(sentences) > _MAX_SENTENCES:
        found.append(f"{where}.checklist: expected at most {_MAX_SENTENCES} sentences, got {len(sentences)}")
    for k, sentence in enumerate(sentences):
        if len(sentence) > _MAX_LENGTH:
            found.append(f"{where}.checklist[{k}]: expected at most {_MAX_LENGTH} characters, got {len(sentence)}")
        try:
            fields = [
                (name, spec, conversion) for _, name, spec, conversion in string.Formatter().parse(sentence) if name is not None
            ]
        except ValueError as e:
            found.append(f"{where}.checklist[{k}]: {e}; place holders are written {{look}}, a brace itself {{{{")
            continue
        for name, spec, conversion in fields:
            if name not in PLACE_HOLDERS or spec or conversion:
                found.append(f"{where}.checklist[{k}]: unknown place holder {{{name}}}; {_hint(name, PLACE_HOLDERS)}")
    return found


def _contradictions(rules: list[tuple[int, Rule]]) -> list[str]:
    """Pairs of one type that hold at the same place and hour: nobody could say which of both counts."""
    found = []
    for n, (i, a) in enumerate(rules):
        for j, b in rules[:n]:
            if a.rule != b.rule or not (minutes(a.hours) & minutes(b.hours)):
                continue
            both = [p for p in a.zones + a.sensors if p in b.zones + b.sensors]
            if both or not (a.zones or a.sensors or b.zones or b.sensors):
                where = ", ".join(both) or "every place that no other rule names"
                found.append(
                    f"rule[{j}] ({b.id}) and rule[{i}] ({a.id}): both say what {a.rule} means for {where} at the same hours"
                    f"{_difference(b, a)}; give them other zones or hours, or make one of both"
                )
    return found


def _difference(a: Rule, b: Rule) -> str:
    """In what they contradict each other, in words."""
    fields = [f.name for f in msgspec.structs.fields(Rule) if f.name not in ("id", "rule", "zones", "sensors", "hours")]
    told = [f"{f} {_shown(getattr(a, f))} or {_shown(getattr(b, f))}" for f in fields if getattr(a, f) != getattr(b, f)]
    return f" ({'; '.join(told)})" if told else ""


def _shown(value: Any) -> str:
    return "as usual" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def minutes(hours: str) -> frozenset[int]:
    """The minutes of the day (UTC) that a right `hours` holds."""
    if hours == "always":
        return frozenset(range(1440))
    found: set[int] = set()
    for span in hours.split(","):
        start, end = (int(t[:2]) * 60 + int(t[3:]) for t in span.strip().split("-"))
        found.update(range(start, end) if start <= end else [*range(start, 1440), *range(end)])
    return frozenset(found)
