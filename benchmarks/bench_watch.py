"""The watch measured: needless alerts in a day of ordinary traffic with approaches mixed in, and a raid of fifty drones.

All of it goes detections -> the station's tracker -> the alert book, second by second; an officer stands in who acknowledges each alert
after 10 s and closes it once it is over. An alert is *needless* when what it was raised on (the thing nearest to its nearest track at
that time, within 250 m) is no approach. An approach is *missed* when no alert was raised on it before it had been inside the pier's
outline for 5 s.
"""

from __future__ import annotations

import time as clock
from collections import Counter
from typing import Any

import numpy as np

from benchmarks import watch_day as day
from picket.track import Tracker
from picket.watch import Alert, AlertBook
from picket.words import TRACK, Batch

NEAR_M, LATE_S = 250.0, 5.0
# Not looked at while rules and tracker were made: those used seeds 1 to 43, and what 101 to 104 and 109 had shown.
SEEDS = (105, 106)
RAID_SEEDS = tuple(range(401, 411))


def warm() -> None:
    """Compiles and loads what is measured."""
    _Run(day.movers(1, 0.02), 1).go(20)


class _Run:
    """Tracker and book over one world."""

    def __init__(self, there: day.Movers, seed: int, *, classifier: bool = True, site: Any = None) -> None:
        self.site = site or day.site()
        self.movers, self.sensors = there, day.Sensors(there, seed, classifier=classifier)
        self.tracker, self.book = Tracker(self.site, exact_late=False), AlertBook(self.site)
        self.tracks = Batch.empty(TRACK)
        self.raised: list[tuple[float, Alert, int]] = []  # time, alert, what it was raised on (-1: nothing)
        self.sounded = 0
        self.told: set[int] = set()
        self.over_since: dict[int, float] = {}
        self.missed: dict[int, bool] = {}
        self.first_sure: float | None = None
        self.book_s = 0.0

    def go(self, seconds: int) -> None:
        """So many seconds from the start."""
        seen_at: dict[int, float] = {}
        for t in range(seconds):
            batch, there, places = self.sensors.look(float(t))
            self.tracks = self.tracker.step(batch, time=day.START + t)
            began = clock.perf_counter()
            changed = self.book.step(day.START + t, self.tracks, [])
            self.book_s += clock.perf_counter() - began
            for alert in changed:
                self._take(float(t), alert, there, places)
                if alert.state == "raised":
                    seen_at.setdefault(alert.id, float(t))
            self._officer(float(t), seen_at)
            self._check(float(t), there, places)

    def _take(self, t: float, alert: Alert, there: Any, places: Any) -> None:
        on = self._what(alert, there, places)
        if alert.id not in self.told:
            self.told.add(alert.id)
            self.raised.append((t, alert, on))
        if on >= 0 and day.KINDS[int(self.movers.kind[on])] == "approach":
            self.missed.setdefault(on, False)
        for k in self._members(alert, there, places):
            self.missed.setdefault(k, False)

    def _where(self, track_ids: tuple[int, ...]) -> Any:
        rows = np.flatnonzero(np.isin(self.tracks["track_id"], track_ids))
        lat, lon = self.tracks["lat_deg"][rows], self.tracks["lon_deg"][rows]
        return day.FRAME.to_enu(lat, lon, np.zeros(len(rows)))[:, :2] if len(rows) else np.empty((0, 2))

    def _what(self, alert: Alert, there: Any, places: Any) -> int:
        at = self._where((alert.nearest_track_id or -1,))
        if not len(at) or not len(places):
            return -1
        away = np.hypot(*(places[:, :2] - at[0]).T)
        k = int(np.argmin(away))
        return int(there[k]) if away[k] <= NEAR_M else -1

    def _members(self, alert: Alert, there: Any, places: Any) -> list[int]:
        """Approaches that an alert's tracks lie on."""
        at = self._where(alert.track_ids)
        ours = np.flatnonzero(self.movers.kind[there] == day.KINDS.index("approach"))
        if not len(at) or not len(ours):
            return []
        away = np.hypot(*(places[ours][:, None, :2] - at[None]).transpose(2, 0, 1)).min(axis=1)
        return [int(there[k]) for k in ours[away <= NEAR_M].tolist()]

    def _officer(self, t: float, seen_at: dict[int, float]) -> None:
        for alert in self.book.open:
            if alert.state == "raised" and t - seen_at.get(alert.id, t) >= 10.0:
                self.book.acknowledge(alert.id, "officer", day.START + t)
                seen_at.pop(alert.id, None)
            elif alert.state == "acknowledged" and not alert.active:
                self.book.close(alert.id, "other", "officer", day.START + t)

    def _check(self, t: float, there: Any, places: Any) -> None:
        """Who has been inside the pier for LATE_S without a word."""
        ours = self.movers.kind[there] == day.KINDS.index("approach")
        inside = ours & (np.abs(places[:, 0]) < 300.0) & (np.abs(places[:, 1]) < 250.0)
        for k in there[inside].tolist():
            since = self.over_since.setdefault(k, t)
            if t - since > LATE_S:
                self.missed.setdefault(k, True)


def _figures(run: _Run, hours: float) -> dict[str, Any]:
    kinds = Counter((day.KINDS[int(run.movers.kind[on])] if on >= 0 else "clutter") for _, _, on in run.raised)
    needless = [(t, a, on) for t, a, on in run.raised if on < 0 or day.KINDS[int(run.movers.kind[on])] != "approach"]
    approaches = {k for k in np.flatnonzero(run.movers.kind == day.KINDS.index("approach")).tolist() if k in run.over_since}
    rules = Counter(
        f"{day.KINDS[int(run.movers.kind[on])] if on >= 0 else 'clutter'}: {a.rule} {a.severity} {a.zone}"
        for _, a, on in needless
    )
    hourly = np.bincount([int(t // 3600) for t, _, _ in run.raised], minlength=1)
    severity = Counter(a.severity for _, a, _ in run.raised)
    return {
        "hours": round(hours, 2), "alerts": len(run.raised), "alerts_per_hour": round(len(run.raised) / hours, 2),
        "most_in_an_hour": int(hourly.max()), "needless": len(needless), "needless_per_hour": round(len(needless) / hours, 3),
        "needless_by": dict(rules.most_common(12)), "raised_on": dict(kinds), "approaches": len(approaches),
        "missed": sum(run.missed.get(k, True) for k in approaches), "severity": dict(severity),
        "alerts_without_text_or_reason": sum(not a.text or not a.why.startswith("Raised because ") for _, a, _ in run.raised),
        "book_ms_a_step": round(1e3 * run.book_s / (3600 * hours), 2),
    }  # fmt: skip


def _day(seed: int, hours: float, *, classifier: bool = True, site: Any = None) -> dict[str, Any]:
    run = _Run(day.movers(seed, hours), seed, classifier=classifier, site=site)
    run.go(int(3600 * hours))
    return _figures(run, hours) | {"seed": seed}


def ordinary(quick: bool) -> dict[str, Any]:
    """24 hours, the radar tells birds from drones as drone radars do."""
    return _day(1, 0.5) if quick else _day(SEEDS[0], 24.0)


def hours(quick: bool) -> dict[str, Any]:
    """Six hours of the same, of another seed: what `python -m benchmarks watch` has time for."""
    return _day(1, 0.5) if quick else _day(SEEDS[0] + 6, 6.0)


def unclassified(quick: bool) -> dict[str, Any]:
    """The same traffic before a radar that says nothing of what its plots look like: four hours."""
    return _day(1, 0.5, classifier=False) if quick else _day(SEEDS[1], 4.0, classifier=False)


def raid(quick: bool) -> dict[str, Any]:
    """Fifty drones in three formations that come up 1.0 to 1.5 km from the pier, inside the warning zone, in usual traffic."""
    runs = [_raid(seed) for seed in ((1, 2, 3) if quick else RAID_SEEDS)]
    return {
        "runs": len(runs), "alerts_most": max(r["alerts"] for r in runs), "alerts": [r["alerts"] for r in runs],
        "first_after_s_most": max(r["first_after_s"] for r in runs), "first_after_s": [r["first_after_s"] for r in runs],
        "members_told_least": min(r["members_told"] for r in runs), "each": runs if quick else [],
    }  # fmt: skip


def _raid(seed: int) -> dict[str, Any]:
    """Alerts in which a drone of the raid is told, and how long after the first of them was sure the first came."""
    usual = day.movers(seed, 0.25)
    there, raiders = _with_raid(usual, seed)
    run = _Run(there, seed)
    run.movers = there
    alerts, first, sure_at = {}, None, None
    members: set[int] = set()
    for t in range(300):
        batch, who, places = run.sensors.look(float(t))
        run.tracks = run.tracker.step(batch, time=day.START + t)
        ours = np.isin(who, list(raiders))
        if sure_at is None and ours.any():
            sure = run.tracks["track_id"][
                run.tracks.equals("status", "confirmed") & (run.tracks["existence"] >= run.site.alert.min_existence)
            ]
            at = run._where(tuple(sure.tolist()))
            if len(at) and np.hypot(*(places[ours][:, None, :2] - at[None]).transpose(2, 0, 1)).min() < 60.0:
                sure_at = t
        for alert in run.book.step(day.START + t, run.tracks, []):
            told = [k for k in run._members(alert, who, places) if k in raiders]
            if told and alert.state != "closed":
                alerts.setdefault(alert.id, (t, alert.rule, alert.zone, alert.count))
                first = t if first is None else first
                members.update(told)
    return {
        "seed": seed, "alerts": len(alerts), "first_after_s": float("inf") if first is None or sure_at is None else first - sure_at,
        "members_told": len(members), "which": [list(a) for a in alerts.values()],
    }  # fmt: skip


def _with_raid(usual: day.Movers, seed: int) -> tuple[day.Movers, set[int]]:
    rng = np.random.default_rng([seed, 2])
    n = len(usual.kind)
    rows: dict[str, list[Any]] = {f: list(getattr(usual, f)) for f in day.Movers.__dataclass_fields__}
    keep = [k for k in range(n) if usual.kind[k] != day.KINDS.index("approach")]
    rows = {f: [c[k] for k in keep] for f, c in rows.items()}
    bearing = rng.uniform(0, 2 * np.pi)
    for size, turn in ((20, 0.0), (15, rng.uniform(0.15, 0.4)), (15, rng.uniform(1.5, 4.5))):
        heading, speed, out = bearing + turn, rng.uniform(15, 22), rng.uniform(1000, 1350)
        way, aside = np.array([np.sin(heading), np.cos(heading), 0.0]), np.array([np.cos(heading), -np.sin(heading), 0.0])
        for k in range(size):
            at = (
                way * (out + 35.0 * (k // 5))
                + aside * 35.0 * (k % 5 - 2)
                + rng.normal(0, 3, 3)
                + np.array([0, 0, rng.uniform(70, 110)])
            )
            made = {"kind": day.KINDS.index("approach"), "begin": 60.0 + rng.uniform(0, 6), "end": 290.0, "p0": at, "v": -speed * way,
                    "leg_s": out / speed, "stop_s": 600.0, "out": np.zeros(3), "waver_m": np.array([3.0, 3.0, 1.0]), "period_s": 30.0,
                    "phase": rng.uniform(0, 6.28), "identity": ""}  # fmt: skip
            for name, column in rows.items():
                column.append(made[name])
    count = len(rows["kind"])
    return day.Movers(**{f: c if f == "identity" else np.array(c) for f, c in rows.items()}), set(range(count - 50, count))


ONLY_WHEN_ASKED = ("day",)  # only when named: 15 to 30 minutes
ROWS = {
    "day": ("24 h of ordinary traffic: <= 1 needless alert an hour, 0 of 50 approaches missed", ordinary),
    "hours": ("6 h of the same, another seed: <= 1 needless alert an hour, none missed", hours),
    "unclassified": ("the same before a radar that says nothing of its plots: shown, no goal", unclassified),
    "raid": ("50 drones: <= 6 alerts, the first within 3 s of the first sure member", raid),
}
