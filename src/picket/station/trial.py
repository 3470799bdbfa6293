"""A rule, or a zone, tried on the recorded past: how often it would have told something, and when.

The recorded batches go through the same tracker as then, and its tracks through an alert book of the site that is tried. What officers
did then is left out: their decisions were about other alerts. In their place each alert is closed as soon as what raised it is over, so
that one that comes back counts again, as it would for an officer who had dealt with it. The archive is only read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from picket.record.log import Record, Verdict
from picket.site import Site
from picket.site_rules import KINDS, Rule, no_rule
from picket.station.engine import Engine, Outcome
from picket.station.player import ReplayError
from picket.station.replay import records
from picket.watch import Alert
from picket.watch.explain import rules as explained

_TRIAL = "trial"  # who closes what is over


@dataclass
class Firing:
    """One alert that would have been raised. until: when what raised it was over; None when it still was not at the end."""

    time: float
    rule_id: str
    zone: str | None
    sensor_id: str | None
    severity: str
    text: str
    why: str
    until: float | None = None


@dataclass
class Trial:
    """What `run` found over the period."""

    since: float
    until: float
    records: int = 0
    fired: list[Firing] = field(default_factory=list)
    damage: str | None = None

    @property
    def per_hour(self) -> float:
        """Alerts an hour over the period."""
        return len(self.fired) / max((self.until - self.since) / 3600.0, 1e-9)

    def by_rule(self) -> dict[str, int]:
        """How often each rule fired."""
        return dict(Counter(f.rule_id for f in self.fired).most_common())


def run(
    folder: Path, site: Site, since: float, until: float, *, rule: str | None = None, seed: int = 0,
    on_record: Callable[[Record], None] | None = None,
) -> Trial:  # fmt: skip
    """The alerts that `site` would have raised between `since` and `until` (UNIX s), or those of one rule alone.

    rule: the id of a rule of the site file, on or off, or the name of a type, which is tried as it is by default. Raises ReplayError for a
    period that the log does not hold, or an unknown rule. Cost: the tracker's over everything since the start before the period.
    """
    verdict, found = Verdict(), Trial(since, until)
    engine = _TrialEngine(site if rule is None else only(site, rule), seed=seed, asked=False)
    opened: dict[int, Firing] = {}
    for record in records(folder, since, until, verdict):
        try:
            outcome = engine.apply(record)
        except Exception:  # the station passed it over too (core._apply)
            continue
        for alert in outcome.alerts:
            _take(engine, record.time, alert, opened, found)
        found.records += record.time >= since
        if on_record is not None:
            on_record(record)
    found.damage = verdict.damage
    return found


def _take(engine: Engine, time: float, alert: Alert, opened: dict[int, Firing], found: Trial) -> None:
    if alert.state == "closed":  # folded into another
        opened.pop(alert.id, None)
        return
    if alert.id not in opened:
        opened[alert.id] = Firing(time, alert.rule_id, alert.zone, alert.sensor_id, alert.severity, alert.text, alert.why)
        if time >= found.since:
            found.fired.append(opened[alert.id])
    if not alert.active:
        opened.pop(alert.id).until = time
        engine.book.close(alert.id, "other", _TRIAL, time)


class _TrialEngine(Engine):
    """Zones are the tried site's, and the book's memory is its own, whatever was decided then."""

    def _boot(self, payload: dict[str, Any]) -> Outcome:
        return super()._boot({**payload, "book": None, "live": None})

    def _action(self, payload: dict[str, Any]) -> Outcome:
        return Outcome()


def only(site: Site, rule_id: str) -> Site:
    """The site with that rule on and all others off. Raises ReplayError for a rule that is none."""
    own = [r for r in site.rule if r.id == rule_id]
    if (wrong := no_rule(site.rule, rule_id)) is not None:
        raise ReplayError(wrong)
    tried = msgspec.structs.replace(own[0], on=True) if own else Rule(id=rule_id, rule=rule_id)
    # a rule of the same type that names a zone still takes that zone from one that names none: it stays, silent
    rest = [msgspec.structs.replace(r, on=False) for r in site.rule if r.id != rule_id]
    named = {r.rule for r in (tried, *rest) if not (r.zones or r.sensors) and r.hours == "always"}
    off = [Rule(id=f"{kind} (off)", rule=kind, on=False) for kind in KINDS if kind not in named and kind != tried.rule]
    other_places = [Rule(id=f"{tried.rule} (off)", rule=tried.rule, on=False)] if tried.rule not in named else []
    return msgspec.structs.replace(site, rule=(tried, *rest, *off, *other_places))


def words(site: Site, trial: Trial, rule: str | None = None) -> str:
    """The trial for people: how often, how that compares, and each time."""
    times, hours = len(trial.fired), (trial.until - trial.since) / 3600.0
    what = "The rules as they stand" if rule is None else f"Rule {rule}"
    lines = [f"{what} would have fired {times} time{'' if times == 1 else 's'} in {hours:.1f} h ({trial.per_hour:.2f} an hour)."]
    said = {r["id"]: r["words"] for r in explained(site if rule is None else only(site, rule))}
    if rule is not None and rule in said:
        lines.append(f"  {said[rule]}")
    if rule is None and times:
        lines.append("  " + ", ".join(f"{name} {n}" for name, n in trial.by_rule().items()))
    return "\n".join(lines)
