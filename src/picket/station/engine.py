"""Log records in, picture and alerts out. The same records always give the same tracks and alerts.

The engine never looks at a clock, a file or a socket: time is the record's. Live, the station hands it each record as it is
sequenced; a replay hands it the records of a log. It runs in one thread; `lock` lets the API look inside.

    record   payload
    boot     {"book": alert state or None, "site": digest, "live": site_live.py}: tracks begin anew, alerts go on, zones are the site file's
    batch    {"d": detections, "s": status rows, "left_out": {sensor: {reason: n}}, "operators": [digests]}
    link     {"sensors": [ids], "state": "up" ..., "detail": words}
    tick     None: time passes
    spectrum {"sensor", "listened": [[low_hz, high_hz, seconds]], "disturbed": [{kind, band, low_hz, high_hz, rise_db, since}]}: a look
    station  {"free_mb", "recording", "problem", "overloaded"}: how the station itself does; "gap": for how long the log was not written
    action   {"do": "acknowledge" | "shelve" | "unshelve" | "close" | "site" | "zone" | "note" | "case" | "exercise", ...}
    life, audit, end   nothing for the engine
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from picket.record.codec import unpack
from picket.record.log import Record
from picket.site import Site, check_geometry
from picket.station import emissions
from picket.station.explained import Explained
from picket.station.history import History, Recent
from picket.station.picture import Picture
from picket.station.sensors import SensorBoard
from picket.station.site_live import with_live_part
from picket.track import Tracker
from picket.watch import (
    Alert,
    AlertBook,
    AlertError,
    DisturbanceLook,
    EmissionLook,
    ListenLook,
    StationLook,
    decide,
    is_decision,
)
from picket.watch.links import Links
from picket.words import TRACK, Batch

SHED_TOLD_S = 5.0  # for so long after it work is told as shed
SET_BACK_TOLD_S = 60.0  # for so long after it the station's own clock is told as set back
CLOCK_TOLERANCE_S = 30.0  # a plot further than this from the station's clock is named, not believed


@dataclass(frozen=True)
class View:
    """What the outside sees at one moment; never changes."""

    seq: int
    time: float
    picture: Picture
    tracks: Batch
    affiliation: npt.NDArray[np.uint8]
    level: npt.NDArray[np.uint8]
    alerts: tuple[Alert, ...]


@dataclass(frozen=True)
class Outcome:
    """What one record led to: alerts that changed, and for an action the alert it concerns or why it was refused."""

    alerts: Sequence[Alert] = ()
    result: Alert | None = None
    error: str | None = None


class Engine:
    """Tracker, alert book and sensor board behind one door: `apply`.

    asked: whether somebody may ask about single tracks; without (an exercise or a replay without a page) nothing is kept for it, and tracks
    and alerts are the same.
    """

    def __init__(self, site: Site, *, seed: int = 0, asked: bool = True) -> None:
        self.lock, self.origin, self._asked = threading.Lock(), site.station.origin, asked
        self._given_site, self._seed = site, seed
        self.picture = Picture(simulated=self.origin == "exercise")
        self._begin()

    def _begin(self) -> None:
        site = self.site = self._given_site
        self.tracker = Tracker(site, seed=self._seed, exact_late=False, work_limit=site.station.work_limit)
        self.book = AlertBook(site)
        self.sensors = SensorBoard(site, site.alert.silent_scans)
        self.history, self.recent, self.explained = History(), Recent(), Explained()
        self.tracks = Batch.empty(TRACK)
        self.left_out: dict[str, Counter[str]] = {}
        self.counts: Counter[str] = Counter()
        self.seq, self.time = 0, 0.0
        self.highest_id = 0  # of all tracks so far: the next run's numbers come after it
        self._last_measured: float | None = None
        self._measured_at = 0.0
        self._sure_ids: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._own = StationLook()
        self._set_back_at: float | None = None
        self._shed_at = -float("inf")
        self._heard: list[EmissionLook] = []
        self._listened: list[ListenLook] = []
        self._disturbed: dict[str, list[DisturbanceLook]] = {}
        self.links = Links()

    def restart(self) -> None:
        """As new: a replay goes back. Only the numbers of the pictures go on, and clients get the next one whole."""
        with self.lock:
            self._begin()
            self.picture = self.picture.anew()

    def apply(self, record: Record) -> Outcome:
        """Takes in the next record."""
        with self.lock:
            self.seq, self.time = record.seq, record.time
            if not self.sensors.began:  # recordings have no time before their first rows
                self.sensors.began_at(record.time)
            handler = getattr(self, f"_{record.kind}", None)
            return handler(record.payload) if handler else Outcome()

    # -- one method per record kind ----------------------------------------------------------------------------
    def _boot(self, payload: dict[str, Any]) -> Outcome:
        self.tracker.reset()
        if "clock_set_back_s" not in payload:
            # a start reads the site file anew: what was edited before is in it, or was undone by hand. Its record says what stood there
            # then, so that a replay has the same zones
            held, part = self.site, payload.get("live")
            self.site = self._given_site if part is None else with_live_part(self._given_site, part)
            if self.site is not held:
                self._guard()
        self.tracks = Batch.empty(TRACK)
        self.sensors = SensorBoard(self.site, self.site.alert.silent_scans)
        self.sensors.began_at(self.time)
        self._last_measured = None
        self._own = StationLook(clock_set_back_s=payload.get("clock_set_back_s"))
        self._set_back_at = self.time if self._own.clock_set_back_s is not None else None
        if payload.get("book") is not None:
            self.book = AlertBook.restore(self.site, payload["book"])
        return Outcome()

    def _batch(self, payload: dict[str, Any]) -> Outcome:
        self.sensors.left_out(payload["left_out"])
        for source, reasons in payload["left_out"].items():
            self._count(source, reasons)
        if payload["s"] is not None:
            self.sensors.heard(unpack(payload["s"]), self.time)
        if payload["d"] is None:
            return Outcome()
        batch = unpack(payload["d"])
        self.sensors.heard(batch, self.time)
        self.counts["detections"] += batch.n
        self._heard += emissions.looks(self.site, batch)
        batch = self._honest_clocks(self.sensors.redated(batch))
        if batch.n:
            self._last_measured = max(float(batch["time"].max()), self._last_measured or -np.inf)
            self._measured_at = self.time
            before, shed = dict(self.tracker.left_out), dict(self.tracker.shed)
            self.tracks = self.tracker.step(batch, first_id=self.seq)
            if dict(self.tracker.left_out) != before:
                self._count("tracker", self.tracker.left_out - Counter(before))
            if dict(self.tracker.shed) != shed:
                self._shed(self.tracker.shed - Counter(shed))
            if self._asked:
                self.recent.add(batch, self.tracker.assigned.track_id)
                self.explained.took(batch, self.tracker.assigned.track_id, self.tracker.assigned.weight)
        return self._watch()

    def _tick(self, _: None) -> Outcome:
        if self._last_measured is not None:
            # the sensors' time goes on at the pace of ours, whatever their clocks say
            now = self._last_measured + max(self.time - self._measured_at, 0.0)
            self.tracks = self.tracker.advance(now, first_id=self.seq)
        return self._watch()

    def _station(self, payload: dict[str, Any]) -> Outcome:
        known = {k: payload[k] for k in ("free_mb", "recording", "problem", "overloaded")}
        self._own = msgspec.structs.replace(self._own, **known)
        return Outcome()

    def _spectrum(self, payload: dict[str, Any]) -> Outcome:
        """A radio's look has ended: what it listened to, and what disturbs its bands now."""
        sensor = str(payload["sensor"])
        self._listened += [ListenLook(sensor, *map(float, x)) for x in payload["listened"]]
        self._disturbed[sensor] = [msgspec.convert({"sensor_id": sensor, **d}, DisturbanceLook) for d in payload["disturbed"]]
        return self._watch()

    def _link(self, payload: dict[str, Any]) -> Outcome:
        self.sensors.linked(payload["sensors"], payload["state"], self.time)
        if payload["state"] != "up":
            for name in payload["sensors"]:
                self._disturbed.pop(name, None)  # nobody listens there any more: nothing is known
        return Outcome()

    def _action(self, payload: dict[str, Any]) -> Outcome:
        if payload["do"] in ("note", "case", "exercise"):
            return Outcome()  # the watch log and the incidents have them (record/watchlog.py, record/cases.py)
        if payload["do"] == "site":
            return self._site(payload)
        if not is_decision(payload):
            return self._zone(payload)
        try:
            alert = decide(self.book, payload, self.time)
        except AlertError as e:
            return Outcome(error=str(e))
        return Outcome(alerts=[alert], result=alert)

    def _site(self, payload: dict[str, Any]) -> Outcome:
        """Zones, friendlies and rules as they are from now on (site_live.py)."""
        try:
            self.site = with_live_part(self.site, payload["part"])
        except (ValueError, KeyError, TypeError) as e:
            return Outcome(error=f"the site cannot be taken over: {e}")
        self._guard()
        return Outcome()

    def _zone(self, payload: dict[str, Any]) -> Outcome:
        zone = payload["zone"]
        if zone not in self.site.shapes:
            return Outcome(error=f"no zone is called {zone!r}")  # a log older than the site file
        shape = check_geometry(payload["geometry"], zone)
        if (shape.geom_type == "LineString") != (self.site.shapes[zone].geom_type == "LineString"):
            return Outcome(error=f"zone {zone} is a {self.site.shapes[zone].geom_type}, got a {shape.geom_type}")
        self.site = msgspec.structs.replace(self.site, shapes={**self.site.shapes, zone: shape})
        self._guard()
        return Outcome()

    def _shed(self, shed: Counter[str]) -> None:
        """Counts work that the tracker gave up; the book is told for SHED_TOLD_S after the last."""
        self._count("tracker", {f"shed_{reason}": n for reason, n in shed.items()})
        if shed.keys() - {"edges"}:  # of a crowded track the farthest pairs are left out always
            self._shed_at = self.time

    def _guard(self) -> None:
        self.book.replace_site(self.site)
        self.tracker.guard(self.site)

    # -- steps -------------------------------------------------------------------------------------------------
    def _honest_clocks(self, batch: Batch) -> Batch:
        """Rows whose time lies near the station's; the others are counted under their sensor."""
        off = ~(np.abs(batch["time"] - self.time) <= CLOCK_TOLERANCE_S)  # a null time is off too
        if not off.any():
            return batch
        for name, n in Counter(batch.take(off).values("sensor_id")).items():
            reasons = {"clock_wrong": n}
            self.sensors.left_out({name: reasons})
            self._count(name, reasons)
        return batch.take(~off)

    def _watch(self) -> Outcome:
        if self._asked:
            self.history.add(self.tracks)
            self.explained.stood(self.tracks)
        self.sensors.compared(self.tracker.registration())
        if self.tracks.n:
            self.highest_id = max(self.highest_id, int(self.tracks["track_id"].max()))
        ids = self.tracks["track_id"]
        sure = ids[self.tracks.equals("status", "confirmed") | self.tracks.equals("status", "coasting")]
        if len(sure) != len(self._sure_ids) or np.count_nonzero(sure != self._sure_ids):
            self.counts["tracks"] += int(np.count_nonzero(~np.isin(sure, self._sure_ids)))
            self._sure_ids = sure
        if self._set_back_at is not None and abs(self.time - self._set_back_at) > SET_BACK_TOLD_S:
            self._own, self._set_back_at = msgspec.structs.replace(self._own, clock_set_back_s=None), None
        shedding = abs(self.time - self._shed_at) <= SHED_TOLD_S
        if shedding != self._own.shedding:
            self._own = msgspec.structs.replace(self._own, shedding=shedding)
        heard, self._heard = self._heard, []
        listened, self._listened = self._listened, []
        disturbed = [d for held in self._disturbed.values() for d in held]
        return Outcome(
            alerts=self.book.step(
                self.time, self.tracks, self.sensors.looks(self.time), self.origin, emissions=heard, station=self._own,
                listened=listened, disturbed=disturbed, links=self.links,
            )
        )  # fmt: skip

    def _count(self, source: str, reasons: Any) -> None:
        if reasons:
            self.left_out.setdefault(source, Counter()).update(reasons)

    # -- looking at it -----------------------------------------------------------------------------------------
    def publish(self) -> View:
        """The next picture, for the stream and the API."""
        with self.lock:
            affiliation, level = self.book.affiliation(self.tracks), self.book.level(self.tracks)
            self.picture = self.picture.next(self.time, self.tracks, affiliation, level)
            return View(self.seq, self.time, self.picture, self.tracks, affiliation, level, tuple(self.book.open))
