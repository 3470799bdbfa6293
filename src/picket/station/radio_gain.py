"""The warning time that radio gives: an exercise through the station twice, with its direction finders and without any.

The same flight of one actor, alone. With radio the rule `emission_without_track` is on; a site without a receiver of kind rf gets one
at its origin (a direction finder as the simulator has them, REACH_M far). Warning is from the first alert of the flight to its entry
into a protected zone. SIMULATED: what a real antenna hears there depends on what stands between.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from picket.site import Match, Sensor, Site
from picket.site_rules import Rule
from picket.station import practice
from picket.train import Exercise
from picket.train.exercise import Actor, Listener
from picket.train.kept import read_facts
from picket.train.score.truth import read_truth, threat_of
from picket.watch.zones import Area

REACH_M = 3000.0
_NOT_OF_THE_FLIGHT = (
    "silent_sensor", "wrong_clock", "biased_sensor", "own_clock", "disk_low", "not_recording", "overload", "friendly_out_of_place",
)  # fmt: skip


class Told(msgspec.Struct, frozen=True):
    """One run: seconds from its begin to the first alert (None: none), that alert's rule and words, and to the entry (None: none)."""

    first_s: float | None
    rule: str | None
    text: str | None
    enters_s: float | None

    @property
    def warning_s(self) -> float | None:
        """From the first alert to the entry; an alert after it warns of nothing."""
        if self.first_s is None or self.enters_s is None:
            return None
        return max(self.enters_s - self.first_s, 0.0)


def compare(
    exercise: Exercise, actor: Actor, seed: int, tell: Callable[[float, float], None] | None = None
) -> tuple[Told, Told, str | None]:
    """(with radio, without, the id of the receiver that was added where the site had none)."""
    alone = msgspec.structs.replace(exercise, actor=(actor,), expect=(), inject=(), fault=())
    heard, added = _with_radio(alone)
    deaf = _without_radio(alone)
    seconds = exercise.repeat_s

    def progress(half: int) -> Callable[[float, float], None]:
        return lambda done, _: tell(half * seconds + done, 2 * seconds) if tell is not None else None

    return _run(heard, seed, progress(0)), _run(deaf, seed, progress(1)), added


def _with_radio(exercise: Exercise) -> tuple[Exercise, str | None]:
    site, added = exercise.at_site(), None
    known = {s.id for s in site.sensor if s.kind == "rf"}
    listeners = exercise.listener
    if not known & {x.id for x in listeners}:
        added, place = "added-finder", site.site
        finder = Sensor(
            id=added, kind="rf", lat_deg=place.lat_deg, lon_deg=place.lon_deg, alt_wgs84_m=place.alt_wgs84_m + 10.0,
            max_range_m=REACH_M, sigma_azimuth_deg=3.0, scan_period_s=1.0, feed="table+udp://127.0.0.1:9",
            match=Match(sensor_id=added),
        )  # fmt: skip
        site = msgspec.structs.replace(site, sensor=(*site.sensor, finder))
        listeners = (*listeners, Listener(id=added, range_m=REACH_M))
    rules = tuple(r for r in site.rule if r.rule != "emission_without_track")
    site = msgspec.structs.replace(site, rule=(*rules, Rule(id="links", rule="emission_without_track")))
    return msgspec.structs.replace(exercise, place=site, listener=listeners), added


def _without_radio(exercise: Exercise) -> Exercise:
    site: Site = exercise.at_site()
    gone = {s.id for s in site.sensor if s.kind == "rf"}
    rules = tuple(r for r in site.rule if not gone & set(r.sensors) and r.rule != "emission_without_track")
    site = msgspec.structs.replace(site, sensor=tuple(s for s in site.sensor if s.id not in gone), rule=rules)
    return msgspec.structs.replace(exercise, place=site, listener=tuple(x for x in exercise.listener if x.id not in gone))


def _run(exercise: Exercise, seed: int, tell: Callable[[float, float], None]) -> Told:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        practice.run(exercise, folder, seed=seed, on_second=tell)
        start = read_facts(folder).start
        alerts: list[dict[str, Any]] = [json.loads(line) for line in (folder / "alerts.jsonl").read_text("utf-8").splitlines()]
        site = exercise.at_site()
        grid = read_truth(folder / "truth.csv", site, start, exercise.repeat_s)
        area = Area(site)
        enters = [threat_of(grid.places[:, k], area).enters_s for k in range(grid.places.shape[1])]
    told = [a for a in alerts if a["rule"] not in _NOT_OF_THE_FLIGHT]
    first = min(told, key=lambda a: a["raised_at"], default=None)
    entered = min((e for e in enters if e is not None), default=None)
    if first is None:
        return Told(None, None, None, entered)
    return Told(first["raised_at"] - start, first["rule"], first["text"], entered)
