"""A kept run as its review shows it: what happened in order, and the picture as it was at a second of it, the truth beside it.

    tracks.parquet, alerts.jsonl, truth.csv, log --> Debrief --> moments(): the time line
                                                             \\-> at(s): tracks, alerts and objects then
                                                             \\-> plan(): zones and sensors to draw them on

Places are metres east and north in the plane around the site. Nothing is worked out anew: the tables are what the station showed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from picket.feed.table import read_table
from picket.train.injects import EXERCISE_CONTROL
from picket.train.kept import KeptError, kept_exercise, read_facts
from picket.train.score.alerts import AlertLife, read_alerts
from picket.train.score.people import read_people
from picket.train.score.review import rings_of
from picket.train.score.scoring import read_score
from picket.train.score.sheet import Event, Moment, Score
from picket.train.score.truth import read_truth
from picket.watch import Alert
from picket.watch.zones import Area
from picket.words import TRACK

TRAIL_S = 30


class Debrief:
    """One kept and scored run. Raises KeptError for one that was not scored."""

    def __init__(self, folder: Path) -> None:
        found = read_score(folder)
        if found is None:
            raise KeptError(f"{folder.name}: was not scored yet; `picket train score {folder}` does it")
        self.folder, self.score = folder, found
        self.exercise, self.facts = kept_exercise(folder), read_facts(folder)
        self.site = self.exercise.at_site()
        self._area = Area(self.site)
        self._grid = read_truth(folder / "truth.csv", self.site, self.facts.start, max(self.facts.until_s, 1.0))
        self._tracks = read_table(folder / "tracks.parquet", TRACK)
        self._alerts = read_alerts(folder)
        self._notes = read_people(folder, self.facts.start)[0]
        self._xy = (
            self._area.plane.to_plane(self._tracks["lat_deg"], self._tracks["lon_deg"]) if self._tracks.n else np.empty((0, 2))
        )
        self._second = np.floor(self._tracks["time"] - self.facts.start).astype(np.int64)
        self._of = {v.object: v for v in found.events}

    # -- the time line ---------------------------------------------------------------------------------------------
    def moments(self) -> list[dict[str, Any]]:
        """What happened, in order. `decision`: a person decided something. An object's moments have delay and margin."""
        found = [m for v in self.score.events if v.watched for m in _of_object(v)]
        found += [m for number, life in self._alerts.items() for m in self._of_alert(number, life)]
        found += [
            {"at_s": c.at_s, "what": "inject" if c.what == "inject" else "control", "words": c.words, "by": c.by,
             "paused_s": c.paused_s, "decision": False} for c in self.score.course
        ]  # fmt: skip
        found += [
            {"at_s": round(t - self.facts.start, 1), "what": str(p.get("kind", "note")), "words": str(p.get("text", "")),
             "by": p.get("by"), "alert_id": p.get("alert_id"), "decision": True} for t, p in self._notes if p.get("by") != EXERCISE_CONTROL
        ]  # fmt: skip
        return sorted(found, key=lambda m: m["at_s"])

    def _of_alert(self, number: int, life: AlertLife) -> list[dict[str, Any]]:
        """Each raising, acknowledging, shelving and closing of one alert; margins are to the entry of the object that it is about."""
        found: list[dict[str, Any]] = []
        named = {t for c in life.changes for t in c.track_ids}
        mine = [v for v in self.score.events if v.watched and (v.alert_id == number or named.intersection(v.track_ids))]
        enters = min((v.enters_s for v in mine if v.enters_s is not None), default=None)
        before: Alert | None = None
        for a in life.changes:
            if before is None or a.state != before.state:
                head = a.text.split(":")[0]
                by, at = _who_and_when(a, again=before is not None)
                at_s = round(at - self.facts.start, 1)
                raised = a.state == "raised"
                word = f"alert {number} {'raised' if raised else a.state}{' again' if raised and before else ''}"
                found.append({
                    "at_s": at_s, "what": "alert" if raised else a.state, "alert_id": number,
                    "words": f"{word}{f' as {a.cause}' if a.state == 'closed' else ''} ({a.severity}): {a.text if raised else head}",
                    "by": by, "decision": by not in (None, "picket"), "delay_s": None if raised else round(at - a.raised_at, 1),
                    "margin_s": None if enters is None else round(enters - at_s, 1),
                })  # fmt: skip
            before = a
        return found

    # -- the picture then ------------------------------------------------------------------------------------------
    def at(self, at_s: float) -> dict[str, Any]:
        """Tracks, open alerts and true objects at a second since the start; what was never so late is as it was last."""
        second = int(min(max(at_s, 0.0), max(self.score.until_s, 0.0)))
        return {
            "at_s": at_s,
            "tracks": self._tracks_at(second),
            "alerts": self._alerts_at(at_s),
            "objects": self._objects_at(second),
        }

    def _tracks_at(self, second: int) -> list[dict[str, Any]]:
        now = np.flatnonzero(self._second == second)
        if not len(now):  # the tables have one picture a second; of two ticks in one second the first
            now = np.flatnonzero(self._second == second - 1)
        rows = self._tracks.take(now).rows()
        recent = (self._second > second - TRAIL_S) & (self._second <= second)
        found = []
        for i, row in zip(now.tolist(), rows, strict=True):
            trail = np.flatnonzero(recent & (self._tracks["track_id"] == row["track_id"]))
            found.append({
                "id": row["track_id"], "x": round(float(self._xy[i, 0]), 1), "y": round(float(self._xy[i, 1]), 1),
                "vx": row.get("vel_east_mps"), "vy": row.get("vel_north_mps"), "sigma_m": row.get("sigma_horizontal_m"),
                "classification": row.get("classification"), "identity": row.get("identity"), "status": row.get("status"),
                "trail": np.round(self._xy[trail], 0).tolist(),
            })  # fmt: skip
        return found

    def _alerts_at(self, at_s: float) -> list[dict[str, Any]]:
        time = self.facts.start + at_s + 0.05  # times in a time line are rounded
        found = []
        for life in self._alerts.values():
            then = [
                a
                for a in life.changes
                if a.updated_at <= time and (a.acknowledged_at or 0) <= time and (a.closed_at or 0) <= time
            ]
            if then and then[-1].state != "closed":
                a = then[-1]
                place = None if a.lat_deg is None or a.lon_deg is None else self._area.plane.to_plane([a.lat_deg], [a.lon_deg])[0]
                found.append({
                    "id": a.id, "text": a.text, "why": a.why, "severity": a.severity, "state": a.state, "by": a.acknowledged_by,
                    "track_ids": list(a.track_ids), "x": None if place is None else float(place[0]),
                    "y": None if place is None else float(place[1]),
                })  # fmt: skip
        return found

    def _objects_at(self, second: int) -> list[dict[str, Any]]:
        places = self._grid.places
        k_second = min(second, len(places) - 1)
        found = []
        for k, thing in enumerate(self._grid.objects):
            x, y, up = places[k_second, k].tolist()
            if np.isnan(x):
                continue
            trail = places[max(0, k_second - TRAIL_S) : k_second + 1, k, :2]
            event = self._of.get(thing.id)
            found.append({
                "object": thing.id, "kind": thing.kind, "watched": bool(event and event.watched), "x": round(x, 1), "y": round(y, 1),
                "height_m": round(up - self.site.site.geoid_separation_m, 0), "trail": np.round(trail[~np.isnan(trail[:, 0])], 0).tolist(),
                "track_ids": list(event.track_ids) if event else [],
            })  # fmt: skip
        return found

    # -- what it is drawn on ---------------------------------------------------------------------------------------
    def plan(self) -> dict[str, Any]:
        """Zones and sensors in the plane, and how far it reaches: to what mattered within 8 km, and every zone."""
        zones = [
            {
                "id": z.id,
                "name": z.name or z.id,
                "kind": z.kind,
                "rings": [np.round(r, 1).tolist() for r in rings_of(self.site, self._area, z.id)],
            }
            for z in self.site.zone
        ]
        sensors = [
            {"id": s.id, "kind": s.kind, "x": float(p[0]), "y": float(p[1])}
            for s in self.site.sensor if s.lat_deg is not None and s.lon_deg is not None
            for p in self._area.plane.to_plane([s.lat_deg], [s.lon_deg])
        ]  # fmt: skip
        watched = [k for k, o in enumerate(self._grid.objects) if (v := self._of.get(o.id)) and v.watched]
        paths = np.abs(self._grid.places[:, watched, :2]).max(axis=2) if watched else np.zeros((1, 1))
        near = paths[~np.isnan(paths) & (paths < 8_000.0)]
        protected = [np.abs(np.array(r)).max() for z in zones if z["kind"] in ("protected", "warning") for r in z["rings"]]
        reach = max([500.0, *(near.max(initial=0.0),), *protected]) * 1.05
        return {"zones": zones, "sensors": sensors, "reach_m": round(float(reach), 0)}


def _who_and_when(a: Alert, *, again: bool) -> tuple[str | None, float]:
    """Who brought the alert into its state, None for the station itself, and UNIX time."""
    if a.state == "raised":
        return None, a.updated_at if again else a.raised_at
    if a.state == "shelved":
        return a.shelved_by, a.updated_at
    if a.state == "closed":
        return a.closed_by, a.updated_at if a.closed_at is None else a.closed_at
    return a.acknowledged_by, a.updated_at if a.acknowledged_at is None else a.acknowledged_at


def _of_object(v: Event) -> list[dict[str, Any]]:
    def moment(what: str, m: Moment, words: str, by: str | None = None) -> dict[str, Any]:
        return {"at_s": m.at_s, "what": what, "object": v.object, "words": words, "by": by, "decision": False, "delay_s": m.delay_s,
                "margin_s": m.margin_s, "margin_m": m.margin_m}  # fmt: skip

    first = min(
        (x.first.at_s for x in v.seen if x.first is not None), default=v.appeared_s
    )  # the truth's times are whole seconds
    found: list[dict[str, Any]] = [
        {"at_s": round(min(v.appeared_s, first), 1), "what": "appeared", "object": v.object, "words": f"{v.object} ({v.kind}) appears",
         "decision": False}
    ]  # fmt: skip
    found += [
        moment("seen", s.first, f"{v.object} seen by {s.sensor} ({s.plots} plots in all)") for s in v.seen if s.first is not None
    ]
    if v.track is not None:
        found.append(moment("track", v.track, f"{v.object} has a sure track"))
    if v.enters_s is not None:
        words = f"{v.object} enters {v.zone}"
        found.append({"at_s": round(v.enters_s, 1), "what": "entered", "object": v.object, "words": words, "decision": False})
    return found


def for_eyes_of(found: dict[str, Any], name: str | None) -> dict[str, Any]:
    """A review's data as one officer may see it: others' names are left out. name None: the training officer sees all."""
    if name is None:
        return found
    hidden = "another officer"

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: walk(v, k) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [walk(v) for v in value]
        if (key == "by" or key.endswith("_by")) and isinstance(value, str) and value not in (name, "picket", EXERCISE_CONTROL):
            return hidden
        return value

    seen: dict[str, Any] = walk(found)
    if "score" in seen:
        seen["score"]["officers"] = [o for o in seen["score"]["officers"] if o["name"] == name]
        seen["score"]["officer"] = name if name in found["score"]["officer"].split(", ") else hidden
    return seen


def took_part(score: Score, name: str) -> bool:
    """Whether somebody played under that name."""
    return any(o.name == name for o in score.officers) or name == score.officer


def whole(debrief: Debrief) -> dict[str, Any]:
    """Everything that the review of one run shows but the pictures."""
    return {
        "score": msgspec.to_builtins(debrief.score), "about": debrief.exercise.about, "teaches": list(debrief.exercise.teaches),
        "site": debrief.site.site.name, "moments": debrief.moments(), "plan": debrief.plan(),
    }  # fmt: skip
