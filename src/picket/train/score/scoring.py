"""A run's folder in, its score out: truth, detections, tracks, alerts and decisions laid beside one another.

    truth --match (nearest within REACH_M, a pair stays)--> tracks --track_ids--> alerts --> acknowledged, judged, reported
          \\--sights--> which sensor saw it when

What an officer was to do stands in the exercise (`[[expect]]`). Without any, every drone that enters a protected zone is expected to have a
track and an alert before it does. A run that ended early is scored as far as it went: what was due later is not held against it.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np

from picket.feed.table import read_table
from picket.metrics import Paths, match
from picket.site import Site
from picket.train.broadcast import renumbered, renumbered_address
from picket.train.exercise import DRONES, Exercise
from picket.train.kept import RunFacts, kept_exercise, read_facts
from picket.train.score.alerts import alarm_load, read_alerts
from picket.train.score.expected import Facts, expectations
from picket.train.score.people import read_people, sheets
from picket.train.score.sheet import Event, Moment, OfficerSheet, Score, SensorSight
from picket.train.score.sights import Sight, covered_s, sights
from picket.train.score.truth import Grid, Threat, TrueObject, read_truth, threat_of
from picket.watch.zones import Area
from picket.words import TRACK, Batch

REACH_M = 150.0  # a track further from an object is not of it
WITHIN_S = 5.0  # an alert's track is looked up among the seconds around it
HARMLESS = ("airliner", "ship", "bird")  # kinds whose alarms are needless, unless the exercise expects one about them
# What an officer may close an alert as, by what it was.
RIGHT_CAUSES = {"bird": {"bird"}, "ship": {"other"}, "airliner": {"other", "friendly"}}


def score(folder: Path) -> Score:
    """The score of the run in `folder`; also written there as score.json. Raises KeptError, TruthError, or OSError."""
    found = score_of_tables(folder, kept_exercise(folder))
    (folder / "score.json").write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    return found


def score_of_tables(folder: Path, exercise: Exercise) -> Score:
    """The score of a run of that exercise, from what the folder keeps; nothing is written."""
    facts, site = read_facts(folder), exercise.at_site()
    grid = read_truth(folder / "truth.csv", site, facts.start, max(facts.until_s, 1.0))
    return _Scoring(folder, facts, exercise, site, grid).score()


def read_score(folder: Path) -> Score | None:
    """The score that was written there before; None without one, or when it is of another version."""
    try:
        found = msgspec.json.decode((folder / "score.json").read_bytes(), type=Score)
    except (OSError, msgspec.DecodeError):
        return None
    return found if found.version == 1 else None


class _Scoring:
    def __init__(self, folder: Path, facts: RunFacts, exercise: Exercise, site: Site, grid: Grid) -> None:
        self.facts, self.exercise, self.site, self.grid, self.area = facts, exercise, site, grid, Area(site)
        self.alerts = read_alerts(folder)
        self.notes, self.course = read_people(folder, facts.start)
        self.tracks = read_table(folder / "tracks.parquet", TRACK)
        self.actors = {a.id: a for a in exercise.actor}
        self.friends = {f.identity for f in site.friendly}
        expected = {e.actor for e in exercise.expect if e.actor}
        self.watched = [self._is_watched(o, expected) for o in grid.objects]
        self.threats = [threat_of(grid.places[:, k], self.area) for k in range(len(grid.objects))]
        self.followed = _followed(self.tracks, grid, self.area)
        identities = self._identities()
        self.sights = sights(folder, site, grid, identities)
        self.named = _named(self.tracks, identities)

    def score(self) -> Score:
        about = self._about()
        events = tuple(self._event(k, about) for k in range(len(self.grid.objects)))
        facts = Facts(self.exercise, self.site, self.facts, events, self.alerts, about, self.notes, self.grid.start)
        expected = expectations(facts)
        watched = [e for e in events if e.watched]
        wrong = tuple(
            f"alert {i}, {life.last.text.split(':')[0]}: closed as {life.last.cause}" for i, life in self.alerts.items()
            if life.last.cause is not None and about.get(i) and not self._right(life.last.cause, about[i])
        )  # fmt: skip
        missed = tuple(
            f"{e.object}: entered {e.zone} after {e.enters_s:.0f} s {'without an alert' if e.alert is None else 'before its alert'}"
            for e in watched if e.enters_s is not None and (e.alert is None or (e.alert.margin_s or 0.0) < 0)
        )  # fmt: skip
        missed += tuple(f"{e.object}: no track in {e.gone_s - e.appeared_s:.0f} s" for e in watched if e.track is None)
        needless = tuple(
            f"alert {i} after {life.first.raised_at - self.grid.start:.0f} s: {life.first.text}" for i, life in self.alerts.items()
            if life.first.track_ids and not any(self.watched[k] for k in about.get(i, ()))
        )  # fmt: skip
        station = tuple(
            f"alert {i} after {life.first.raised_at - self.grid.start:.0f} s: {life.first.text}" for i, life in self.alerts.items()
            if not life.first.track_ids
        )  # fmt: skip
        f = self.facts
        return Score(
            version=1, exercise=f.exercise, card=f.card, seed=f.seed, officer=f.officer, start=f.start, planned_s=f.planned_s,
            until_s=f.until_s, complete=f.complete, site=f.site,
            passed=bool(expected) and all(m.met for m in expected) and f.complete,
            sensed=all(m.met for m in expected if m.what in ("track", "alert")) and f.complete,
            events=events, expected=expected, wrong=wrong, missed=missed, needless=needless, station=station,
            checklist=self._checklist(), alarms=alarm_load(self.alerts, f.until_s), officers=self._officers(about), course=self.course,
        )  # fmt: skip

    def _officers(self, about: Mapping[int, Mapping[int, float]]) -> tuple[OfficerSheet, ...]:
        wrong = {
            i
            for i, a in self.alerts.items()
            if a.last.cause is not None and about.get(i) and not self._right(a.last.cause, about[i])
        }
        return sheets(self.alerts, self.notes, wrong)

    def _is_watched(self, thing: TrueObject, expected: set[str]) -> bool:
        actor = self.actors.get(thing.actor)
        if thing.actor in expected:
            return True
        if actor is None or thing.kind in HARMLESS:
            return False
        return actor.remote_id is None or actor.remote_id.serial not in self.friends

    def _identities(self) -> dict[str, int]:
        """What each object claims to be -> its number in the grid."""
        found: dict[str, int] = {}
        for k, thing in enumerate(self.grid.objects):
            actor = self.actors.get(thing.actor)
            if actor is not None and actor.remote_id is not None:
                found[renumbered(actor.remote_id.serial, thing.repetition)] = k
            if actor is not None and actor.adsb is not None:
                found[renumbered_address(actor.adsb.icao, thing.repetition)] = k
        return found

    def _about(self) -> dict[int, dict[int, float]]:
        """Alert -> object that it is about -> UNIX time from which it was: by the tracks that the alert names."""
        found: dict[int, dict[int, float]] = {}
        by_track = _by_track(self.followed)
        for number, life in self.alerts.items():
            of = found.setdefault(number, {})
            for change in life.changes:
                for track in change.track_ids:
                    # what claims to be an object is that object, also where its place is a lie
                    k = self.named.get(track, _object_of(by_track, track, change.updated_at))
                    if k >= 0:
                        of.setdefault(k, change.updated_at)
        return found

    def _event(self, k: int, about: Mapping[int, Mapping[int, float]]) -> Event:
        thing, threat = self.grid.objects[k], self.threats[k]
        appeared, gone = self.grid.life(k) or (0.0, 0.0)

        def moment(time: float | None) -> Moment | None:
            return None if time is None else _moment(time - self.grid.start, appeared, threat)

        mine = {i: since[k] for i, since in about.items() if k in since}
        first = min(mine, key=lambda i: (mine[i], i), default=None)
        life = self.alerts[first].last if first is not None else None
        acknowledged = min(
            ((c.acknowledged_at, c.acknowledged_by) for i in mine for c in self.alerts[i].changes if c.acknowledged_at is not None),
            key=lambda x: x[0], default=(None, None),
        )  # fmt: skip
        closed = min((c for i in mine for c in [self.alerts[i].last] if c.closed_at is not None and c.closed_by != "picket"),
                     key=lambda c: c.closed_at or 0.0, default=None)  # fmt: skip
        note = min(
            ((t, p.get("by")) for t, p in self.notes if p.get("alert_id") in mine), key=lambda x: x[0], default=(None, None)
        )
        followed = self.followed.get(k, {})
        return Event(
            object=thing.id, actor=thing.actor, kind=thing.kind, watched=self.watched[k], appeared_s=appeared, gone_s=gone,
            zone=threat.zone, enters_s=threat.enters_s, nearest_m=threat.nearest_m, seen=self._seen(k, appeared, threat),
            track=moment(min(followed, default=None)), tracked_share=round(len(followed) / max(gone - appeared + 1.0, 1.0), 3),
            track_ids=tuple(dict.fromkeys(followed.values())), alert=moment(mine[first] if first is not None else None),
            alert_id=first, alert_text=self.alerts[first].first.text if first is not None else "",
            acknowledged=moment(acknowledged[0]), acknowledged_by=acknowledged[1],
            judged=moment(closed.closed_at if closed else None), cause=closed.cause if closed else life.cause if life else None,
            judged_right=None if closed is None else self._right(closed.cause or "", {k: 0.0}),
            reported=moment(note[0]), reported_by=note[1], judged_by=closed.closed_by if closed else None,
        )  # fmt: skip

    def _seen(self, k: int, appeared: float, threat: Threat) -> tuple[SensorSight, ...]:
        rows = []
        for sensor in self.site.sensor:
            found: Sight | None = self.sights.get((sensor.id, k))
            covered = covered_s(sensor, self.grid.geodetic[:, k])
            rows.append(SensorSight(
                sensor=sensor.id, kind=sensor.kind, plots=found.plots if found else 0,
                first=_moment(found.first_s, appeared, threat) if found else None,
                covered_s=None if covered is None else float(np.count_nonzero(covered)),
            ))  # fmt: skip
        return tuple(rows)

    def _right(self, cause: str, objects: Mapping[int, float]) -> bool:
        """Whether an officer may close an alert about these objects so. "exercise" is no judgement and never wrong."""
        allowed = {"exercise"}
        for k in objects:
            thing = self.grid.objects[k]
            actor = self.actors.get(thing.actor)
            if self.watched[k] and thing.kind not in HARMLESS:
                allowed |= {"drone"} if thing.kind in DRONES else {"other"}
                if actor is not None and actor.remote_id is not None and any(actor.remote_id.claim_offset_m):
                    allowed |= {"spoof"}
            elif thing.kind in RIGHT_CAUSES:
                allowed |= RIGHT_CAUSES[thing.kind]
            else:
                allowed |= {"friendly", "drone"}
        return cause in allowed

    def _checklist(self) -> tuple[str, ...]:
        """Steps that alerts gave, each once, with how many notes were written about that alert."""
        steps: dict[str, None] = {}
        for number, life in self.alerts.items():
            n = sum(p.get("alert_id") == number for _, p in self.notes)
            for step in life.first.checklist:
                steps.setdefault(f"alert {number}: {step} ({n} notes about it)")
        return tuple(steps)


def _moment(at_s: float, appeared_s: float, threat: Threat) -> Moment:
    before, away = threat.margin(at_s)
    return Moment(
        at_s=round(at_s, 1), delay_s=round(max(at_s - appeared_s, 0.0), 1), margin_s=None if before is None else round(before, 1),
        margin_m=None if away is None else round(away, 0),
    )  # fmt: skip


def _followed(tracks: Batch, grid: Grid, area: Area) -> dict[int, dict[float, int]]:
    """Object -> time -> the track that followed it then."""
    if not tracks.n:
        return {}
    xy = area.plane.to_plane(tracks["lat_deg"], tracks["lon_deg"])
    times = np.unique(tracks["time"])
    places = grid.places_at(times)[:, :, :2]
    row, which = np.nonzero(~np.isnan(places[:, :, 0]))
    truth = Paths(times[row], which.astype(np.int64), np.ascontiguousarray(places[row, which]))
    found: dict[int, dict[float, int]] = {}
    m = match(Paths(tracks["time"], tracks["track_id"], xy), truth, REACH_M)
    for tick, who, track in zip(m.tick.tolist(), m.truth.tolist(), m.track.tolist(), strict=True):
        if track >= 0:
            found.setdefault(who, {})[tick / 1000.0] = track
    return found


def _named(tracks: Batch, identities: Mapping[str, int]) -> dict[int, int]:
    """Track -> the object whose identity it bears."""
    objects = np.array([identities.get(w, -1) for w in tracks.words("identity")] + [-1], np.int64)[tracks["identity"]]
    rows = np.flatnonzero(objects >= 0)
    return dict(zip(tracks["track_id"][rows].tolist(), objects[rows].tolist(), strict=True))


def _by_track(followed: Mapping[int, Mapping[float, int]]) -> dict[int, tuple[list[float], list[int]]]:
    """Track -> the times at which it followed an object, in order, and which."""
    rows: dict[int, list[tuple[float, int]]] = {}
    for k, seconds in followed.items():
        for at, track in seconds.items():
            rows.setdefault(track, []).append((at, k))
    return {track: ([t for t, _ in sorted(r)], [k for _, k in sorted(r)]) for track, r in rows.items()}


def _object_of(by_track: Mapping[int, tuple[list[float], list[int]]], track: int, time: float) -> int:
    """The object that a track followed nearest to that time, within WITHIN_S; -1 for none."""
    times, objects = by_track.get(track, ([], []))
    i = bisect.bisect_left(times, time)
    near = min((j for j in (i - 1, i) if 0 <= j < len(times)), key=lambda j: abs(times[j] - time), default=None)
    return objects[near] if near is not None and abs(times[near] - time) <= WITHIN_S else -1
