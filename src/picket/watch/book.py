"""The alert book: findings of the rules in, the few alerts that an officer sees out.

    tracks -> objects (roots, groups) -> rules -> findings -> one case per object or group and zone -> changed alerts

No clock, no randomness: the same steps and actions give the same alerts, numbers and texts, also across `state` and
`restore`. What may grow is bounded: closed alerts, open alerts, and the changes kept for clients that reconnect.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from picket.site import Site
from picket.watch import compose, life, parties
from picket.watch.alert import (
    CAUSES,
    LEVEL,
    Alert,
    AlertError,
    DisturbanceLook,
    EmissionLook,
    ListenLook,
    SensorLook,
    StationLook,
)
from picket.watch.case import (
    FAMILIES,
    OF_TRACKS,
    OF_ZONES,
    Case,
    Key,
    rule_and_severity,
    standing,
    standing_of,
    standings_of_version_1,
)
from picket.watch.contacts import Contacts
from picket.watch.delays import Delays
from picket.watch.links import Links
from picket.watch.objects import REJOIN_S, Objects
from picket.watch.rules import RULES, Finding
from picket.watch.ruleset import RuleSet
from picket.watch.scene import Scene, Sorts
from picket.watch.tally import Tally
from picket.watch.units import Unit, gather
from picket.watch.zones import Area
from picket.words import Batch

# An alert's figures (place, speed, text) are told anew this often while nothing else about it changes.
_REFRESH_S = {family: 2.0 if family in (*OF_TRACKS, "emission", "interference") else 30.0 for family in FAMILIES}
KEPT_CLOSED = 1000
KEPT_CHANGES = 1000
MAX_OPEN = 1000  # beyond it only high ones are raised, up to twice as many: a flood of false beacons must not fill the memory
STATION = "picket"  # who closed an alert that was folded into another

# What a zone's alert on the same object tells already, and so raises nothing beside it: rule -> the flag that alert then carries.
_TOLD_AS = {
    "spoof_suspected": "spoof_suspected", "unconfirmed_position": "unconfirmed_position", "friendly_out_of_place": "unauthorised",
}  # fmt: skip
_ASIDE = ("honesty", "friendly")  # their families

_WELL = StationLook()

_VERSION = 2  # 1: two ranks in a standing, no shelf, no tally

# Roots in or approaching a protected zone now; per rule, the roots of which an alert on a zone tells it.
_ByZone = tuple[set[int], dict[str, set[int]]]


class AlertBook:
    """All alerts of a station. `left_out` counts findings that raised no alert, by reason."""

    def __init__(self, site: Site) -> None:
        self._area, self._rules = Area(site), RuleSet(site)
        self._objects, self._delays, self._contacts = Objects(), Delays(), Contacts()
        self._cases: dict[int, Case] = {}
        self._closed: deque[int] = deque()  # ids, in the order in which they were closed
        self._muted: dict[int, float] = {}  # closed while still true: id -> when it last was
        self._index: dict[Key, int] = {}  # what leads to which case: open or muted ones only
        self._keys: dict[int, dict[Key, None]] = {}  # its inverse
        self._changes: deque[Alert] = deque(maxlen=KEPT_CHANGES)
        self._fresh: list[Alert] = []  # the changes of the step under way
        self._crossed: dict[str, set[int]] = {}  # border line -> roots of the objects that are over it
        self._n, self._next_id, self._time, self._origin = 0, 1, 0.0, "live"
        self.left_out: Counter[str] = Counter()
        self._tally = Tally()

    # -- looking ---------------------------------------------------------------------------------------------
    @property
    def site(self) -> Site:
        """The site whose zones and limits hold now."""
        return self._area.site

    @property
    def n(self) -> int:
        """The number of the last change; 0 before the first."""
        return self._n

    @property
    def open(self) -> list[Alert]:
        """Alerts not closed yet, newest first."""
        return [c.alert for c in reversed(self._cases.values()) if c.open]

    @property
    def all(self) -> list[Alert]:
        """Every alert still known, newest first: all open ones and the last KEPT_CLOSED closed."""
        return [c.alert for c in reversed(self._cases.values())]

    def alarms(self, time: float) -> dict[str, Any]:
        """How many alarms there were, against ISA-18.2, the worst offenders, and how many alerts are shelved."""
        return {**self._tally.figures(time), "shelved": sum(c.alert.state == "shelved" for c in self._cases.values())}

    def since(self, n: int) -> list[Alert] | None:
        """The changes after number n, in order; None when some of them are no longer held (or n is of another book)."""
        if n > self._n or n < self._n - len(self._changes):
            return None
        return [a for a in self._changes if a.n > n]

    def level(self, tracks: Batch) -> npt.NDArray[np.uint8]:
        """(N,) per row, the severity of the highest open alert on it: 0 none, 1 low, 2 medium, 3 high."""
        return self._levels(tracks, self.open)

    def affiliation(self, tracks: Batch) -> npt.NDArray[np.uint8]:
        """(N,) 0 unknown, 1 friendly, 2 neutral, 3 suspect (docs/definitions.md), as of the last step."""
        sorts = Sorts(self.site, tracks)
        active = [a for a in self.open if a.active]
        unauthorised = self._levels(tracks, (a for a in active if "unauthorised" in a.flags)) > 0
        hostile = (a for a in active if a.severity == "high" or "unauthorised" not in a.flags)
        alarming = self._levels(tracks, hostile) >= LEVEL["medium"]
        on_duty = {f.identity for f in self.site.friendly if f.holds(self._time)}
        listed = np.array([w in on_duty for w in tracks.words("identity")] + [False], np.bool_)[tracks["identity"]]
        out = np.zeros(tracks.n, np.uint8)
        out[sorts.neutral | sorts.shown_neutral] = 2
        out[listed & ~sorts.contradicted & ~unauthorised] = 1
        out[sorts.spoof | alarming] = 3
        return out

    def _levels(self, tracks: Batch, alerts: Iterable[Alert]) -> npt.NDArray[np.uint8]:
        highest: dict[int, int] = {}
        for a in alerts:
            for track_id in a.track_ids:
                highest[track_id] = max(highest.get(track_id, 0), LEVEL[a.severity])
        out = np.zeros(tracks.n, np.uint8)
        if highest:
            rows = np.flatnonzero(np.isin(tracks["track_id"], list(highest)))
            out[rows] = [highest[i] for i in tracks["track_id"][rows].tolist()]
        return out

    # -- the officer -----------------------------------------------------------------------------------------
    def acknowledge(self, alert_id: int, by: str, time: float) -> Alert:
        """The alert, acknowledged; one that already is comes back as it is. AlertError when it is unknown or closed."""
        case = self._case_for(alert_id)
        return self._changed(case, life.acknowledge(case, by, time))

    def shelve(self, alert_id: int, minutes: float, reason: str, by: str, time: float) -> Alert:
        """The alert, put aside until `time` + minutes; it comes back by itself then, if still true, and at once when it gets worse."""
        case = self._case_for(alert_id)
        return self._changed(case, life.shelve(case, minutes, reason, by, time))

    def unshelve(self, alert_id: int, by: str, time: float) -> Alert:
        """The alert, back from the shelf, acknowledged. AlertError when it is not shelved."""
        case = self._case_for(alert_id)
        return self._changed(case, life.unshelve(case, by, time))

    def _changed(self, case: Case, fields: dict[str, Any]) -> Alert:
        return self._change(case, **fields) if fields else case.alert

    def close(self, alert_id: int, cause: str, by: str, time: float, note: str = "") -> Alert:
        """The alert, closed with a cause (one of CAUSES). AlertError when it is unknown, already closed, or the cause is none.

        While what raised it goes on it is not raised again, unless it gets worse (an entry after a closed approach).
        """
        if cause not in CAUSES:
            raise AlertError(f"cause: expected one of {', '.join(CAUSES)}, got {cause!r}")
        case = self._case_for(alert_id)
        last = [at for at in case.true_at if at is not None]
        if case.holds(self._time, self._hysteresis_s(case)) >= 0:
            self._muted[alert_id] = max(last)
        return self._close(case, cause, by, time, note)

    def replace_site(self, site: Site) -> None:
        """Takes over another site file, or the same with other zones; alerts of zones that are gone run out by themselves."""
        self._area, self._rules = Area(site), RuleSet(site)
        lines = {z.id for z in self._area.lines.zones}
        self._crossed = {zone: roots for zone, roots in self._crossed.items() if zone in lines}

    def _case_for(self, alert_id: int) -> Case:
        case = self._cases.get(alert_id)
        if case is None:
            raise AlertError(f"no alert {alert_id!r} is known; closed ones are kept for the last {KEPT_CLOSED}")
        if not case.open:
            raise AlertError(f"alert {alert_id} is already closed (cause {case.alert.cause}, by {case.alert.closed_by})")
        return case

    # -- one step --------------------------------------------------------------------------------------------
    def step(
        self, time: float, tracks: Batch, sensors: Sequence[SensorLook], origin: str = "live", *,
        emissions: Sequence[EmissionLook] = (), station: StationLook = _WELL, listened: Sequence[ListenLook] = (),
        disturbed: Sequence[DisturbanceLook] = (), links: Links | None = None,
    ) -> list[Alert]:  # fmt: skip
        """The alerts that changed at UNIX time `time`: raised, updated, escalated or over, in the order of their `n`.

        tracks: the whole present picture (table TRACK; of several rows of one track the last counts). sensors: how each stands; station:
        how it itself does; emissions: what radio receivers heard since the last step; listened: where scanning radios listened since
        then; disturbed: what disturbs their bands now; links: takes in what may be whose.
        """
        self._time, self._origin, self._fresh = time, origin, []
        scene = self._look(time, tracks, sensors, station)
        scene.contacts, scene.disturbed = self._contacts.observe(scene, emissions, listened), disturbed
        if links is not None:
            links.observe(scene, emissions, listened)
        found = scene.rules.govern([f for rule in RULES for f in rule.find(scene)])
        self._remember_crossed(scene, found)  # before anything waits: who is over a line is over it, told or not
        findings = self._delays.due(scene, found)
        told = self._tell_all(scene, findings) if findings else set()
        self._run_out(told)
        fresh, self._fresh = self._fresh, []
        return fresh

    def _tell_all(self, scene: Scene, findings: list[Finding]) -> set[int]:
        """Brings what was found to the alerts that it belongs to; the ids of those."""
        told: dict[int, Unit] = {}
        units = gather(scene, findings)
        for unit in self._known_first(scene, [u for u in units if u.family not in _ASIDE]):
            self._assign(scene, unit, told)
        told_by_zone = self._told_by_zone(told)
        for unit in self._known_first(scene, [u for u in units if u.family in _ASIDE]):
            self._assign(scene, unit, told, told_by_zone)
        for case_id, unit in sorted(told.items(), key=lambda item: item[0]):
            self._tell(scene, self._cases[case_id], unit)
        return set(told)

    def _look(self, time: float, tracks: Batch, sensors: Sequence[SensorLook], station: StationLook) -> Scene:
        """The step as the rules see it; the memory of objects moves on."""
        tracks = _each_once(tracks)
        sorts = Sorts(self.site, tracks)
        roots, *anchors, stay_s = self._objects.observe(
            time, tracks, sorts.live, sorts.sure, self._claimed, self._muted_roots, self.site.alert.loiter_m
        )
        return Scene(
            self._area, time, tracks, sensors, sorts, roots, (anchors[0], anchors[1]), self._crossed, self._rules.at(time), stay_s,
            station,
        )  # fmt: skip

    def _claimed(self) -> set[int]:
        """Roots that an alert of their own is about."""
        return {key[3] for key in self._index if key[2] == "t"}

    def _muted_roots(self) -> set[int]:
        """Roots of alerts that an officer closed while what raised them went on."""
        return {key[3] for i in self._muted for key in self._keys.get(i, ()) if key[2] == "t"}

    def _remember_crossed(self, scene: Scene, findings: list[Finding]) -> None:
        """Who is over which line: those found now, and those that are unsure or just gone."""
        crossed: dict[str, set[int]] = {}
        if self._crossed:
            unseen = self._objects.roots() - set(scene.roots[scene.sure].tolist())
            crossed = {zone: roots & unseen for zone, roots in self._crossed.items()}
        for f in findings:
            if f.family == "line" and f.place is not None:
                crossed.setdefault(f.place, set()).add(int(scene.roots[f.row]))
        self._crossed = {zone: roots for zone, roots in sorted(crossed.items()) if roots}

    # -- which case a unit belongs to --------------------------------------------------------------------------
    def _known_first(self, scene: Scene, units: list[Unit]) -> list[Unit]:
        """The units in their order, those that have an open case first: others may join them. Who breaks away loses its case."""
        by_case: dict[int, list[Unit]] = {}
        for unit in units:
            case_id = next((i for i in self._hits(unit) if self._cases[i].open), None)
            if case_id is not None:
                by_case.setdefault(case_id, []).append(unit)
        known = {id(unit) for found in by_case.values() for unit in found}
        for case_id, found in by_case.items():
            for unit in parties.leavers(scene, found):
                for root in unit.roots:
                    self._cases[case_id].members.pop(root, None)
                self._point(self._cases[case_id])
                known.discard(id(unit))
        return [u for u in units if id(u) in known] + [u for u in units if id(u) not in known]

    def _assign(self, scene: Scene, unit: Unit, told: dict[int, Unit], told_by_zone: _ByZone | None = None) -> None:
        """Finds or opens the unit's case and hands the unit to it."""
        carried = False
        if told_by_zone is not None:
            threats, flagged = told_by_zone
            if unit.family == "honesty" and not threats.isdisjoint(unit.roots):
                unit.findings = [f._replace(severity="high") for f in unit.findings]
            carried = any(not flagged.get(f.rule, set()).isdisjoint(unit.roots) for f in unit.findings)
        case = self._case_of(unit, told)
        if case is None:
            if carried or self._still_muted(unit):
                return
            party = parties.joins(scene, unit, [*told.items(), *self._just_now(scene, unit, told)])
            if party is None and self._full(unit):
                return
            case = self._raise(unit) if party is None else self._cases[party]
        if case.alert.id in told:  # two groups, or a group and one who left it, that are one alert
            unit.take_in(told[case.alert.id])
        told[case.alert.id] = unit
        self._enrol(case, unit)

    def _just_now(self, scene: Scene, unit: Unit, told: dict[int, Unit]) -> list[tuple[int, Unit]]:
        """Open cases of the unit's family and zone that were true a moment ago, with where their objects are: a young track's course turns
        with each plot, and what approaches at one step may not at the next."""
        found = []
        for case_id, case in self._cases.items():
            if (
                (case.family, case.place) != (unit.family, unit.place)
                or not case.open
                or not case.alert.active
                or case_id in told
            ):
                continue
            roots = [root for root, at in case.members.items() if abs(self._time - at) <= parties.LATELY_S]
            rows = np.flatnonzero(np.isin(scene.roots, roots) & scene.sure).tolist()
            if rows:
                sort = "friendly" if "unauthorised" in case.alert.flags else "stranger"
                found.append((case_id, Unit(case.family, case.place, None, rows=rows, sort=sort)))
        return found

    def _told_by_zone(self, told: dict[int, Unit]) -> _ByZone:
        """Roots that are in or approaching a protected zone now, and per rule the roots of which a zone's alert tells it."""
        threats: set[int] = set()
        flagged: dict[str, set[int]] = {rule: set() for rule in _TOLD_AS}
        areas = self._area.areas
        for case_id, case in self._cases.items():
            if case.family != "zone":
                continue
            unit = told.get(case_id)
            if unit is not None and self._area.kind[areas.index[unit.place or ""]] == "protected":
                threats.update(unit.roots)
            for rule, roots in flagged.items():
                if unit is not None:
                    roots.update(unit.roots)
                elif _TOLD_AS[rule] in case.alert.flags and (case.open or case_id in self._muted):
                    roots.update(case.members)
        return threats, flagged

    def _case_of(self, unit: Unit, told: dict[int, Unit]) -> Case | None:
        """The open case of the unit; where its members had several, the oldest takes in the others."""
        hits = [i for i in self._hits(unit) if self._cases[i].open]
        if not hits:
            return None
        first = self._cases[hits[0]]
        for other in hits[1:]:
            self._fold(self._cases[other], first)
            if other in told:
                unit.take_in(told.pop(other))
        return first

    def _hits(self, unit: Unit) -> list[int]:
        """Ids of the cases, open or muted, that any of the unit's keys leads to; oldest first."""
        found = set(map(self._index.get, unit.leads()))
        return sorted(i for i in found if i is not None)

    def _fold(self, case: Case, into: Case) -> None:
        """One swarm, one alert: the newer one is closed with a note, its members and what was true of it go to the older."""
        into.members = {**case.members, **into.members}
        both = zip(case.true_at, into.true_at, strict=True)
        into.true_at = [max((at for at in pair if at is not None), default=None) for pair in both]
        if case.alert.n == 0:  # raised at this very step: nobody was told of it
            self._unpoint(case.alert.id)
            del self._cases[case.alert.id]
            return self._point(into)
        fields = life.joined(case, into)
        if fields:
            self._change(into, **fields, updated_at=self._time)
        self._close(case, "other", STATION, self._time, f"folded into alert {into.alert.id}")
        self._point(into)

    def _still_muted(self, unit: Unit) -> bool:
        """True when the officer has closed this very thing and it has not got worse since; its mute is renewed."""
        hits = self._hits(unit)
        worst = max(standing(f) for f in unit.findings)
        for case_id in hits:
            case = self._cases[case_id]
            if worst <= standing_of(case.alert.rule, case.alert.severity, case.family):
                self._muted[case_id] = self._time
                return True
        for case_id in hits:
            self._unmute(case_id)
        return False

    def _full(self, unit: Unit) -> bool:
        high = any(f.severity == "high" for f in unit.findings)
        if len(self._cases) - len(self._closed) < (2 * MAX_OPEN if high else MAX_OPEN):
            return False
        self.left_out["too_many_open"] += 1
        return True

    def _raise(self, unit: Unit) -> Case:
        """A new case; it is told, and so numbered, once all of the step's units are assigned."""
        rule, severity = rule_and_severity(max(standing(f) for f in unit.findings), unit.family)
        zone = unit.place if unit.family in OF_ZONES else None
        alert = Alert(
            id=self._next_id, n=0, rule=rule, zone=zone, severity=severity, raised_at=self._time, updated_at=self._time,
            origin=self._origin,
        )  # fmt: skip
        self._next_id += 1
        case = self._cases[alert.id] = Case(alert=alert, family=unit.family, place=unit.place)
        return case

    def _enrol(self, case: Case, unit: Unit) -> None:
        """The unit's objects become members; those not seen for a while are members no more."""
        keep = max(self._hysteresis_s(case), REJOIN_S)
        members = {root: at for root, at in case.members.items() if abs(self._time - at) <= keep}
        case.members = {**members, **dict.fromkeys(unit.roots, self._time)}
        case.group = unit.group
        for f in unit.findings:
            case.true_at[standing(f)] = self._time
        self._point(case)

    def _point(self, case: Case) -> None:
        """Makes the case's keys lead to it, and only those."""
        case_id, wanted = case.alert.id, dict.fromkeys(case.leads())
        held = self._keys.setdefault(case_id, {})
        if held.keys() == wanted.keys():  # most steps: what it holds leads to it already
            return
        for key in [k for k in held if k not in wanted]:
            del held[key], self._index[key]
        for key in wanted:
            owner = self._index.get(key)
            if owner is not None and owner != case_id:  # a muted one: what is open goes before
                del self._keys[owner][key]
            self._index[key] = case_id
            held[key] = None

    def _unpoint(self, case_id: int) -> None:
        for key in self._keys.pop(case_id, {}):
            del self._index[key]

    def _unmute(self, case_id: int) -> None:
        self._muted.pop(case_id, None)
        self._unpoint(case_id)

    # -- changes -----------------------------------------------------------------------------------------------
    def _tell(self, scene: Scene, case: Case, unit: Unit) -> None:
        """Brings the case's alert up to date; it is a change when it tells something new, or its figures have grown old."""
        alert = case.alert
        now = case.holds(self._time, self._hysteresis_s(case))
        rule, severity = rule_and_severity(now, case.family)
        fields: dict[str, Any] = {"rule": rule, "severity": severity, "active": True, **compose.who(scene, unit)}
        fields["rule_id"] = next((f.rule_id for f in unit.findings if f.rule == rule), alert.rule_id)
        reach = [f.reach_s for f in unit.findings if f.reach_s is not None and int(scene.roots[f.row]) not in case.seen_roots]
        fields.update(life.told(case, now, severity, min(reach, default=None)))
        new = alert.n == 0 or any(getattr(alert, name) != value for name, value in fields.items())
        if new or abs(self._time - alert.updated_at) >= _REFRESH_S[case.family]:
            self._change(
                case, **fields, **compose.figures(scene, unit, fields["rule_id"]), updated_at=self._time, origin=self._origin
            )

    def _run_out(self, told: set[int]) -> None:
        """Alerts whose condition has been over for the hysteresis are no longer active; mutes end the same way."""
        for case_id, case in self._cases.items():
            if case_id not in told and case.open and case.alert.active and case.holds(self._time, self._hysteresis_s(case)) < 0:
                self._change(case, active=False, time_to_reach_s=None, updated_at=self._time)
            if case.open:
                self._changed(case, life.passes(case, self._time, self.site.alert.escalate_s))
        over = [i for i, at in self._muted.items() if abs(self._time - at) > self._hysteresis_s(self._cases[i])]
        for case_id in over:
            self._unmute(case_id)

    def _hysteresis_s(self, case: Case) -> float:
        return self._rules.hysteresis_s(case.alert.rule_id)

    def _change(self, case: Case, **fields: Any) -> Alert:
        """The only place where an alert changes: a new value, the next number."""
        self._n += 1
        before, case.alert = case.alert, msgspec.structs.replace(case.alert, n=self._n, **fields)
        if case.alert.state == "raised" and (before.n == 0 or before.state != "raised"):
            case.unseen_since = self._time
            self._tally.alarm(self._time, case.alert)
        self._changes.append(case.alert)
        self._fresh.append(case.alert)
        return case.alert

    def _close(self, case: Case, cause: str, by: str, time: float, note: str) -> Alert:
        alert = self._change(
            case, state="closed", cause=cause, closed_by=by, closed_at=time, note=note, active=False, updated_at=time
        )
        if by != STATION:
            self._tally.closed(time, alert)
        self._closed.append(alert.id)
        if alert.id not in self._muted:
            self._unpoint(alert.id)
        while len(self._closed) > KEPT_CLOSED:
            oldest = self._closed.popleft()
            self._unmute(oldest)
            del self._cases[oldest]
        return alert

    # -- saved and restored --------------------------------------------------------------------------------------
    def state(self) -> dict[str, Any]:
        """Everything that future steps depend on, as plain lists, dictionaries and numbers (with NaN: msgpack, not JSON)."""
        return {
            "version": _VERSION,
            "n": self._n,
            "next_id": self._next_id,
            "time": self._time,
            "cases": [_plain(c) for c in self._cases.values()],
            "closed": list(self._closed),
            "muted": [[i, at] for i, at in self._muted.items()],
            "index": [[list(key), i] for i, keys in self._keys.items() for key in keys],
            "changes": [msgspec.to_builtins(a) for a in self._changes],
            "crossed": [[zone, sorted(roots)] for zone, roots in self._crossed.items()],
            "objects": self._objects.state(),
            "left_out": dict(self.left_out),
            "tally": self._tally.state(),
            "delays": self._delays.state(),
            "contacts": self._contacts.state(),
        }

    @classmethod
    def restore(cls, site: Site, state: dict[str, Any]) -> AlertBook:
        """The book that `state` was taken of, from now on behaving the same. AlertError for a state that is none."""
        book = cls(site)
        version = state.get("version") if isinstance(state, dict) else None
        if version not in (1, _VERSION):
            raise AlertError(f"alert state: expected version 1 to {_VERSION}, got {version!r}")
        try:
            book._take_state(_of_version_1(state) if version == 1 else state)
        except (KeyError, TypeError, ValueError) as e:  # msgspec's ValidationError is a ValueError
            raise AlertError(f"alert state: not one that AlertBook.state gave ({type(e).__name__}: {e})") from None
        return book

    def _take_state(self, state: dict[str, Any]) -> None:
        self._n, self._next_id, self._time = int(state["n"]), int(state["next_id"]), float(state["time"])
        for raw in state["cases"]:
            case = msgspec.convert({**raw, "members": dict(raw["members"])}, Case)
            self._cases[case.alert.id] = case
        self._closed.extend(state["closed"])
        self._muted = {int(i): float(at) for i, at in state["muted"]}
        for (family, place, kind, number), case_id in state["index"]:
            self._index[family, place, kind, number] = case_id
            self._keys.setdefault(case_id, {})[family, place, kind, number] = None
        self._changes.extend(msgspec.convert(a, Alert) for a in state["changes"])
        self._crossed = {zone: set(roots) for zone, roots in state["crossed"]}
        self._objects.take_state(state["objects"])
        self.left_out = Counter(state["left_out"])
        self._tally.take_state(state["tally"])
        self._delays.take_state(state["delays"])
        self._contacts.take_state(state["contacts"])


def _each_once(tracks: Batch) -> Batch:
    """The rows sorted by track id, of several rows of one track the last."""
    ids = tracks["track_id"]
    if not tracks.n or (ids[0] >= 0 and bool((ids[1:] > ids[:-1]).all())):
        return tracks
    once, last = np.unique(ids[::-1], return_index=True)
    return tracks.take((tracks.n - 1 - last)[once >= 0])


def _plain(case: Case) -> dict[str, Any]:
    return {**msgspec.to_builtins(case), "members": [[root, at] for root, at in case.members.items()]}


def _of_version_1(state: dict[str, Any]) -> dict[str, Any]:
    """A state that the version before gave: two ranks in a standing, nothing shelved, no tally, delays or radio contacts."""
    cases = [{**c, "true_at": standings_of_version_1(c["family"], c["true_at"])} for c in state["cases"]]
    for case in cases:
        case["unseen_since"] = case["alert"]["updated_at"] if case["alert"]["state"] == "raised" else None
    return {**state, "cases": cases, "tally": Tally().state(), "delays": Delays().state(), "contacts": Contacts().state()}
