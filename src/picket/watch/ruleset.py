"""Which rule of the site file holds where and when, and what it makes of a finding: off, its severity, its id.

For one type and place: the rule that names the place and whose hours hold, else the one of the type that names none, else the
default (on for the types that always were). `RuleSet` is made once per site file, `Now` once per minute of it.
"""

from __future__ import annotations

from functools import cache

from picket.site import Site, in_hours
from picket.site_rules import DEFAULTS, KINDS, Rule
from picket.watch.alert import LEVEL, SEVERITIES, Call, Severity
from picket.watch.finding import Finding


class RuleSet:
    """All rules of a site, the site file's own before the defaults."""

    def __init__(self, site: Site) -> None:
        self.site = site
        general = {r.rule for r in site.rule if not (r.zones or r.sensors) and r.hours == "always"}
        defaults = [Rule(id=name, rule=name, on=kind.on) for name, kind in KINDS.items() if name not in general]
        self.rules: tuple[Rule, ...] = (*site.rule, *defaults)
        self._by_id = {r.id: r for r in reversed(self.rules)}
        self._calls = {c.name: Call(c.name, c.how) for c in site.contact}
        self._now: tuple[int, Now] | None = None

    def at(self, time: float) -> Now:
        """The rules as they hold at UNIX time `time`."""
        minute = int(time // 60)
        if self._now is None or self._now[0] != minute:
            self._now = minute, Now(self, [r for r in self.rules if in_hours(r.hours, time)])
        return self._now[1]

    def value(self, rule: Rule, key: str) -> float:
        """What `key` is in a rule: its own, else the site's, else the usual one."""
        own = getattr(rule, key)
        if own is not None:
            return float(own)
        alert = self.site.alert
        return {
            "within_s": alert.approach_s,
            "count": float(alert.swarm_size),
            "hysteresis_s": alert.hysteresis_s,
            "delay_s": 0.0,
        }.get(key, DEFAULTS.get(key, 0.0))

    def hysteresis_s(self, rule_id: str) -> float:
        """How long an alert of that rule holds on; the site's for a rule that is gone."""
        rule = self._by_id.get(rule_id)
        return self.site.alert.hysteresis_s if rule is None else self.value(rule, "hysteresis_s")

    def checklist(self, rule_id: str) -> tuple[tuple[str, ...], tuple[Call, ...]]:
        """What to do, with place holders, and whom to call."""
        rule = self._by_id.get(rule_id)
        if rule is None:
            return (), ()
        sentences = KINDS[rule.rule].checklist if rule.checklist is None else rule.checklist
        return sentences, tuple(self._calls[name] for name in rule.calls if name in self._calls)


class Now:
    """The rules at one moment."""

    def __init__(self, rules: RuleSet, holding: list[Rule]) -> None:
        self._set, self._holding = rules, holding
        self.of, self.value = cache(self._of), cache(self._value)

    def _of(self, name: str, place: str | None = None) -> Rule | None:
        """The rule of type `name` that holds for the zone or sensor `place`; None when it is off."""
        ours = [r for r in self._holding if r.rule == name]
        named = [r for r in ours if place is not None and place in r.zones + r.sensors]
        rule = next(iter(named or [r for r in ours if not (r.zones or r.sensors)]), None)
        return rule if rule is not None and rule.on else None

    def _value(self, name: str, place: str | None, key: str) -> float | None:
        """`key` of the rule that holds; None when it is off."""
        rule = self.of(name, place)
        return None if rule is None else self._set.value(rule, key)

    def delay_s(self, finding: Finding) -> float:
        """How long a finding must have been true before it is told."""
        return self.value(finding.rule, finding.governed, "delay_s") or 0.0

    def hysteresis_s(self, rule_id: str) -> float:
        """How long an alert of that rule holds on."""
        return self._set.hysteresis_s(rule_id)

    def checklist(self, rule_id: str) -> tuple[tuple[str, ...], tuple[Call, ...]]:
        """What to do, with place holders, and whom to call."""
        return self._set.checklist(rule_id)

    def govern(self, findings: list[Finding]) -> list[Finding]:
        """The findings whose rule is on, with its id, and its severity where it names one (one lower for a friendly)."""
        out = []
        for f in findings:
            rule = self.of(f.rule, f.governed)
            if rule is None:
                continue
            severity: Severity = f.severity
            if rule.severity is not None:
                lower = "unauthorised" in f.flags and f.family in ("zone", "line")
                severity = SEVERITIES[max(LEVEL[rule.severity] - 1 - lower, 0)]
            out.append(
                Finding(
                    f.rule, f.family, f.place, severity, f.row, f.reach_s, f.pass_m, f.margin_m, f.flags, rule.id, f.sensor_id
                )
            )
        return out
