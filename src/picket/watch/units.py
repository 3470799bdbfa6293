"""Findings gathered by what they are about: one object, one group, one sensor or radio contact, or the station, at one zone."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from picket.watch.case import Key, leads
from picket.watch.finding import Finding
from picket.watch.scene import Scene


@dataclass
class Unit:
    """What one alert would be about. rows are the scene's rows that belong: those that fired and, in a group, all its members."""

    family: str
    place: str | None
    group: int | None
    findings: list[Finding] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    roots: list[int] = field(default_factory=list)
    sort: str = ""  # what may be of one party with it (parties.py)

    def leads(self) -> list[Key]:
        """Where to look for the case that this unit belongs to."""
        return leads(self.family, self.place, self.roots, self.group)

    def take_in(self, other: Unit) -> None:
        """Makes one of both."""
        self.findings = other.findings + self.findings
        self.rows = sorted({*other.rows, *self.rows})
        self.roots = sorted({*other.roots, *self.roots})
        self.group = self.group if self.group is not None else other.group


def gather(scene: Scene, findings: list[Finding]) -> list[Unit]:
    """Units in the order in which their first finding came."""
    units: dict[tuple[str, str | None, str, int], Unit] = {}
    for f in findings:
        group = int(scene.groups[f.row]) if f.row >= 0 else -1
        number = group if group >= 0 else (int(scene.roots[f.row]) if f.row >= 0 else 0)
        kind = "g" if group >= 0 else ("t" if f.row >= 0 else "s")
        unit = units.setdefault((f.family, f.place, kind, number), Unit(f.family, f.place, group if group >= 0 else None))
        unit.findings.append(f)
    members = _members(scene, {u.group for u in units.values() if u.group is not None})
    for unit in units.values():
        rows = {f.row for f in unit.findings if f.row >= 0}
        if unit.group is not None:
            rows.update(members[unit.group])
        unit.rows = sorted(rows)
        unit.roots = sorted({int(scene.roots[r]) for r in unit.rows})
    return list(units.values())


def _members(scene: Scene, groups: set[int]) -> dict[int, list[int]]:
    """The rows of each group's sure members; airliners, birds and vessels in it do not count."""
    counted = scene.sure & ~scene.sorts.neutral
    return {g: np.flatnonzero(counted & (scene.groups == g)).tolist() for g in sorted(groups)}
