"""The rules in words: what each does, where and when, and what about them is worth a second thought."""

from __future__ import annotations

from typing import Any

from picket.site import Site
from picket.site_rules import KINDS, Rule, minutes
from picket.watch.ruleset import RuleSet

_ORDER_KEYS = ("within_s", "within_m", "stay_s", "count", "free_mb")


def rules(site: Site) -> list[dict[str, Any]]:
    """Every rule of the site, its own before the defaults (docs/stream.md, GET /api/rules)."""
    held = RuleSet(site)
    return [_row(held, r) for r in held.rules]


def _row(held: RuleSet, r: Rule) -> dict[str, Any]:
    kind = KINDS[r.rule]
    sentences, calls = held.checklist(r.id)
    return {
        "id": r.id, "rule": r.rule, "words": words(held, r), "severity": r.severity or kind.severity, "on": r.on, "hours": r.hours,
        "delay_s": held.value(r, "delay_s"), "hysteresis_s": held.value(r, "hysteresis_s"), "zones": list(_zones(held.site, r)),
        "sensors": list(r.sensors), **{key: held.value(r, key) for key in _ORDER_KEYS if key in kind.keys},
        "checklist": list(sentences), "calls": [{"name": c.name, "how": c.how} for c in calls], "default": r not in held.site.rule,
    }  # fmt: skip


def _zones(site: Site, r: Rule) -> tuple[str, ...]:
    """The zones that a rule is for: those it names, else all of its kinds that no other rule of its type names at all hours."""
    about = KINDS[r.rule].about
    if r.zones or not about or about == ("sensor",):
        return r.zones
    taken = {
        z for other in site.rule if other.rule == r.rule and other.id != r.id and other.hours == "always" for z in other.zones
    }
    return tuple(z.id for z in site.zone if z.kind in about and z.id not in taken)


def words(held: RuleSet, r: Rule) -> str:
    """One sentence: when it tells, where, how severe, after how long."""
    site, kind = held.site, KINDS[r.rule]
    values = {key: held.value(r, key) for key in _ORDER_KEYS} | {
        "silent_scans": site.alert.silent_scans, "clock_limit_s": site.alert.clock_limit_s,
    }  # fmt: skip
    values["count"] = int(values["count"])
    said = [("Tells when " if r.on else "OFF. Would tell when ") + kind.words.format(**values)]
    names = {z.id: z.name or z.id for z in site.zone}
    of_zones = bool(kind.about) and kind.about != ("sensor",)
    if of_zones:
        zones = [names[z] for z in _zones(site, r)]
        said.append(f"zones: {', '.join(zones)}" if zones else f"no {' or '.join(kind.about)} zone is left for it")
    if r.sensors:
        said.append(f"sensors: {', '.join(r.sensors)}")
    if r.hours != "always":
        said.append(f"{r.hours} UTC")
    if held.value(r, "delay_s"):
        said.append(f"once that has been true for {held.value(r, 'delay_s'):g} s")
    said.append(r.severity or kind.severity)
    return "; ".join(said) + "."


def notes(site: Site) -> list[str]:
    """What is allowed, and perhaps not meant: a protected zone of which nothing tells, a rule that never can."""
    held, found = RuleSet(site), []
    for zone in site.zone:
        if zone.kind not in ("protected", "border_line"):
            continue
        name = "entry" if zone.kind == "protected" else "line_crossing"
        quiet = _quiet_minutes(held, name, zone.id)
        if quiet:
            when = "at all hours" if quiet == 1440 else f"in {quiet / 60:.1f} hours of the day"
            found.append(f"{zone.kind} zone {zone.id}: no {name} rule is on {when}; nothing tells of it then")
    for r in held.rules:
        about = KINDS[r.rule].about
        if r.on and r in site.rule and about and about != ("sensor",) and not _zones(site, r):
            found.append(f"rule {r.id}: the site has no {' or '.join(about)} zone; it never tells anything")
        if r.on and r.rule == "emission_without_track" and not any(s.kind == "rf" for s in site.sensor):
            found.append(f"rule {r.id}: the site has no sensor of kind rf; it never tells anything")
        if r.on and r.rule == "friendly_out_of_place" and not site.friendly:
            found.append(f"rule {r.id}: the site lists no friendly; it never tells anything")
    return found


def _quiet_minutes(held: RuleSet, name: str, zone: str) -> int:
    """Minutes of the day in which no rule of that type is on for the zone."""
    ours = [(r, minutes(r.hours)) for r in held.rules if r.rule == name]
    quiet = 0
    for minute in range(1440):
        holding = [r for r, at in ours if minute in at]
        named = [r for r in holding if zone in r.zones]
        rule = next(iter(named or [r for r in holding if not r.zones]), None)
        quiet += rule is None or not rule.on
    return quiet
