"""The tracker: batches of detections in, the picture of tracks out.

One ordered sequence in, the same tracks out: no clock, no random numbers, sorts that are stable. What one look of one
sensor does is `engine_kernels.look`; here the looks are put in order, and time passes between them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from picket._threads import default_threads
from picket.geo import LocalFrame
from picket.site import Site
from picket.track.block_kernels import enclose_all, new_blocks
from picket.track.crossing import Bearings
from picket.track.crossing_kernels import cross
from picket.track.group_kernels import group
from picket.track.history import History, Segment, State, state_bytes
from picket.track.layout_kernels import CONFIRMED, DEAD, ENDED, POLAR, TENTATIVE, Plots
from picket.track.life_kernels import misses, settle
from picket.track.measure import Codes, Look, Prepared, prepare
from picket.track.merge import merge
from picket.track.picture import move, picture
from picket.track.pool import Pool
from picket.track.register_kernels import correct
from picket.track.registration import Registration, SensorBias
from picket.track.scan_kernels import ALIVE_PERIODS, CLUTTER_SKIP, TICK_DUE, begin_look, end_look
from picket.track.sensors import SensorTable
from picket.track.shedding import Shedding
from picket.track.threads import look_on
from picket.words import TRACK, Batch, concat

REWIND_S, REWIND_BATCHES = 60.0, 3  # so many batches in a row, all so far behind: the source's clock was set back
SETTLE_S = 0.25  # inside one batch, tracks are judged at least this far apart
VOUCHED = 0.95  # existence of what a person saw: "almost certain", above the 0.9 at which tracks alarm
VOUCHED_CLASS = 3.0  # log-likelihood of the class that a person names: twenty times likelier than any other
CODES_MAX = 200_000  # identities and transmitters remembered before the unused are forgotten
MERGED_KEPT = 1000
BLOCKS_PAY = (4, 8192)  # so many looks one after another, and tracks, are worth bounds of their blocks
FLUSH = 4096  # ended tracks kept in their slots inside one batch


@dataclass(frozen=True)
class Assigned:
    """For each row of the last batch: the track that most likely gave it (-1 = none), and with what probability."""

    track_id: npt.NDArray[np.int64]
    weight: npt.NDArray[np.float64]


@dataclass(frozen=True)
class SensorConditions:
    """False plots a scan, and for each sector of 30 degrees from north the detection probability and the looks it rests on."""

    sensor_id: str
    clutter_per_scan: float
    detection_probability: tuple[float, ...]
    looks: tuple[float, ...]


class Tracker:
    """Detections -> tracks.

    site: where the sensors stand and how well they measure; None = the first known place is the origin, and
    sensors have the site file's defaults. seed is kept for filters that sample; this one does not.

    exact_late: rows up to 5 s late give the tracks of the sorted input, at the cost of going back (`history.py`); False: rows up
    to 2 s late are compared as of their own time, in one pass, as a station needs that must show each plot at once.

    work_limit: units of work a second of its own time, beyond which work is shed in the order of `shedding.py`; None: none ever is.

    threads: that a large picture is worked out on (`threads.py`), the same to the last byte; None: PICKET_THREADS, else two.

    left_out counts rows that could not be used, by reason; shed counts work given up, by reason;
    merged: of the last tracks that were made one with another (`merge.py`), the number that goes on.

    >>> from picket.words import DETECTION, Batch
    >>> row = {"time": 1.0, "sensor_id": "rid", "kind": "remote_id", "lat_deg": 33.75, "lon_deg": -118.2, "identity": "A1"}
    >>> tracks = Tracker(None).step(Batch.from_rows(DETECTION, [row]))
    >>> tracks.values("status")
    ['tentative']
    """

    def __init__(
        self,
        site: Site | None,
        seed: int = 0,
        exact_late: bool = True,
        work_limit: float | None = None,
        threads: int | None = None,
    ) -> None:
        self.site, self.seed = site, seed
        self.left_out: Counter[str] = Counter()
        self.shed: Counter[str] = Counter()
        self.merged: dict[int, int] = {}
        self.assigned = Assigned(np.empty(0, np.int64), np.empty(0))
        self.clock = -math.inf
        self._sensors = SensorTable(site)
        self._codes, self._codes_max = Codes(), CODES_MAX
        self._pool = Pool()
        self._registration = Registration()
        self._bearings = Bearings()
        self._shedding = Shedding(work_limit)
        self._threads = default_threads() if threads is None else threads
        self._next_id = 0
        self._behind = self._confirmed = 0
        self._settled = -math.inf
        self._gone: list[Batch] = []
        self._replaying = self._replayed = False
        self._frame: LocalFrame | None = None
        self._geoid_m = 0.0
        self._blocks = self._unbounded = new_blocks(0)
        self._history = History(self._state, keep=exact_late)
        if site:
            self._frame = LocalFrame(site.site.lat_deg, site.site.lon_deg, site.site.alt_wgs84_m)
            self._geoid_m = site.site.geoid_separation_m
            self._shedding.guard(site, self._frame)

    # -- what a caller does ------------------------------------------------------------------------------------
    def step(self, batch: Batch, time: float | None = None, first_id: int = 0) -> Batch:
        """Takes in one batch (any mix of sensors and times) and moves on to `time`, or to its latest measurement.

        Returns a row for every live track, tentative ones too, and one with status ended for every track that
        ended in this step. New ids are at least `first_id`, rise, and are never used twice.
        """
        self._next_id = max(self._next_id, first_id)
        ids, weights = np.full(batch.n, -1, np.int64), np.zeros(batch.n)
        self.assigned = Assigned(ids, weights)
        self._history.arrived(batch.n)
        if batch.n and self._find_origin(batch):
            assert self._frame is not None
            horizon = math.nan if time is None or not math.isfinite(time) else time
            self._take_in(
                prepare(batch, self._sensors, self._frame, self._geoid_m, self._codes, horizon, self.left_out, self._threads),
                time,
            )
        else:
            self._go_back(time)
        self._history.answer(ids, weights)
        self._history.let_go(self.clock, self._pool)
        return self._finish(time)

    def advance(self, time: float, first_id: int = 0) -> Batch:
        """Time passes without detections: tracks coast, miss and end. Rows as from `step`."""
        self._next_id = max(self._next_id, first_id)
        self.assigned = Assigned(np.empty(0, np.int64), np.empty(0))
        self._history.arrived(0)
        self._go_back(time)
        return self._finish(time)

    def reset(self) -> Batch:
        """Ends all tracks (after a restart, or when time jumped back); returns them with status ended."""
        now = self.clock if math.isfinite(self.clock) else 0.0
        self._end_all(now)
        rows = concat(TRACK, self._gone)
        self._gone = []
        return rows

    def guard(self, site: Site) -> None:
        """Zones have changed: what is shed under overload keeps off those that are protected now."""
        self._shedding.guard(site, self._frame)

    def registration(self) -> list[SensorBias]:
        """What is known of the biases of each sensor that was compared with another."""
        return self._registration.table(self._sensors.names, self._sensors.arrays)

    def conditions(self) -> list[SensorConditions]:
        """What each sensor that looks round meets, as its own scans say."""
        a = self._sensors.arrays
        return [
            SensorConditions(name, float(a.clutter[s]), tuple(a.pd_here[s].tolist()), tuple(a.looks[s].tolist()))
            for s, name in enumerate(self._sensors.names)
            if a.placed[s] and not a.claims[s] and not a.listens[s] and a.scans[s] > CLUTTER_SKIP
        ]

    # -- one batch ---------------------------------------------------------------------------------------------
    def _find_origin(self, batch: Batch) -> bool:
        """True when there is a place to call the origin; without a site file the first one seen."""
        if self._frame is not None:
            return True
        for lat_name, lon_name in (("sensor_lat_deg", "sensor_lon_deg"), ("lat_deg", "lon_deg")):
            lat, lon = batch[lat_name], batch[lon_name]
            good = np.flatnonzero((np.abs(lat) <= 90.0) & (np.abs(lon) <= 360.0) & ((lat != 0.0) | (lon != 0.0)))
            if len(good):
                first = good[np.lexsort((lon[good], lat[good], np.nan_to_num(batch["time"][good], nan=np.inf)))[0]]
                self._frame = LocalFrame(float(lat[first]), float(lon[first]), 0.0)
                return True
        placed = ~np.isnan(batch["range_m"])
        self.left_out["no_sensor_place"] += int(np.count_nonzero(placed))
        self.left_out["no_position"] += int(batch.n - np.count_nonzero(placed))
        return False

    def _take_in(self, prepared: Prepared, time: float | None) -> None:
        last = prepared.last()
        if math.isfinite(last):
            if last < self.clock - REWIND_S:
                self._behind += 1
                if self._behind >= REWIND_BATCHES:
                    self._end_all(self.clock)
            else:
                self._behind = 0
        self._pool.reserve(0, len(self._sensors.names), len(self._codes.words))
        on_time = self._history.sort_in(prepared, self.clock, self._new, self.left_out)
        self._go_back(time if on_time is None else None)
        lagged = self._history.lagged()
        if lagged is not None:
            self._take_segment(lagged)
        if on_time is not None:
            self._take_segment(on_time)

    def _new(self) -> npt.NDArray[np.float64]:
        """For each sensor: from when on a plot that comes late tells something of which nothing is known yet.

        Of what a radar saw before its last look, nearly all was seen in that one too. Others name what they report.
        """
        a = self._sensors.arrays
        looks_round = (a.placed == 1) & (a.claims == 0) & (a.listens == 0)
        return np.where(looks_round & ~np.isnan(a.last), a.last, -np.inf)

    def _take_segment(self, segment: Segment) -> None:
        looks = segment.looks(self._sensors.arrays.period, len(self._codes.words))
        if len(looks) >= BLOCKS_PAY[0] and self._pool.n >= BLOCKS_PAY[1]:
            self._blocks = new_blocks(len(self._pool.tracks.time))
            enclose_all(self._pool.tracks, self._pool.n, self._blocks)
        for w in looks:
            self._look(segment.plots, w)
        self._blocks = self._unbounded  # what comes now may move tracks, or slots

    def _go_back(self, now: float | None = None) -> None:
        """Takes in what came late, where that is due: back to a state before it, and all that followed again in order.

        now: the time until which nothing more came in time.
        """
        again = self._history.due(self.clock, now, self.left_out)
        if again is not None:
            self._take_again(*again)
        self._history.begin(self._state, again is not None)

    def _take_again(self, state: State, segments: list[Segment]) -> None:
        self._restore(state)
        self._replaying = self._replayed = True
        for segment in segments:
            if segment.wanted:
                segment.state, segment.wanted = self._state(), False
            self._take_segment(segment)
            if self._pass_time(segment.time, segment.end):
                move(self._pool, self.clock, self._frame, self._geoid_m, self._sensors, self._threads)
                self._forget_ended()
        self._replaying = False

    def _state(self) -> State:
        numbers = (self.clock, self._settled, self._confirmed, self._shedding.backlog, self._shedding.at)
        return State(self._pool, self._sensors, self._registration, self._bearings, numbers, self.shed)

    def _restore(self, state: State) -> None:
        numbers = state.restore(self._pool, self._sensors, self._registration, self._bearings)
        self.clock, self._settled, self._confirmed, self._shedding.backlog, self._shedding.at = numbers
        self.shed = state.shed.copy()

    def _look(self, plots: Plots, w: Look) -> None:
        """Takes in one look of one sensor; before it, tracks are judged by those before, if that is due. The step ends with it too."""
        members, sensors, pool = w.members, self._sensors.arrays, self._pool
        if self.clock - self._settled >= SETTLE_S:
            self._settle(self.clock)
            if np.count_nonzero(pool.tracks.status[: pool.n] == ENDED) > FLUSH:
                self._set_aside(self.clock)
        s, T = w.sensor, w.time
        due = begin_look(s, plots.time[members[0]], T, len(members), sensors)
        self.clock = max(self.clock, T)
        pool.reserve(len(members), 0, 0)
        before = pool.n
        with self._corrected(plots, members, s) as ahead:
            level = self._shedding.level(self.clock, len(members))
            sweeps, births = self._shedding.sweeps(level, self._history.stopgap), self._shedding.births(level)
            self._blocks.until[0] = max(self._blocks.until[0], self.clock, T + ahead)
            pool.n, edges, unborn, work, free = look_on(
                self._threads, pool.tracks, before, plots, members, T + ahead, sensors, self._blocks, pool.owner, self._registration.pairs,
                self._next_id, sensors.first[s], due, sweeps, births, self._shedding.guarded,
            )  # fmt: skip
            self._shedding.did(work)
        if sensors.claims[s] or sensors.listens[s]:
            self._blocks = self._unbounded  # a name that jumps, or crossing bearings, move tracks that are not among the edges
        self._registration.solve(self.clock, sensors)
        self._next_id += pool.n - before
        if self._sensors.kinds[s] == "visual":
            self._vouched(plots, members)
        if sensors.listens[s] and sensors.placed[s]:
            self._cross(plots, members)
        for reason, count in (("edges", int(edges)), ("sweeps", int(level >= 1)), ("births", int(unborn))):
            if count:
                self.shed[reason] += count
        self._shedding.end_coasting(pool.tracks, pool.n, level, self.shed)
        end_look(plots, members, free, s, T, self._confirmed, sensors)

    def _vouched(self, plots: Plots, members: npt.NDArray[np.int64]) -> None:
        """A person who saw it vouches for it: the track that a sighting with a distance began, or most likely belongs to, is confirmed.

        There is nobody to send the second plot that a radar's track waits for. What other sensors say counts as ever: a radar that
        looks there and sees nothing takes the belief away again.
        """
        tracks, n = self._pool.tracks, self._pool.n
        for j in members.tolist():
            if plots.weight[j] < 0.5 or (not plots.form[j] & 1 and plots.kind[j] == POLAR):
                continue  # a bearing begins nothing, and says too little of which track it is
            for i in np.flatnonzero((tracks.id[:n] == plots.track[j]) & (tracks.status[:n] < ENDED)).tolist():
                tracks.r[i] = max(tracks.r[i], VOUCHED)
                if plots.said[j] >= 0:
                    tracks.score[i, plots.said[j]] += VOUCHED_CLASS
                if tracks.status[i] == TENTATIVE:
                    tracks.status[i] = CONFIRMED
                    self._confirmed += 1

    def _cross(self, plots: Plots, members: npt.NDArray[np.int64]) -> None:
        """Bearings of this look that no track explains may begin tracks with those of other sensors; the rest are counted."""
        lone = members[(plots.kind[members] == POLAR) & (plots.form[members] & 1 == 0) & (plots.weight[members] < 0.5)]
        if len(lone) == 0:
            return
        pool, held = self._pool, self._bearings
        pool.reserve(len(lone), 0, 0)
        before = pool.n
        pool.n, held.count = cross(
            pool.tracks, before, plots, lone, held.held, held.count, self._sensors.arrays, pool.owner, self._next_id, np.empty((6, 6)),
        )  # fmt: skip
        self._next_id += pool.n - before
        if not self._replaying:
            self.left_out["no_position"] += len(lone) - (pool.n - before)
            self.left_out += Counter()

    @contextmanager
    def _corrected(self, plots: Plots, members: npt.NDArray[np.int64], s: int) -> Iterator[float]:
        """The sensor's known biases are off its plots inside the block; yields how far its times then lie ahead, s.

        Afterwards the plots are to the last bit as they came: late ones are put among them and repetitions found by equality.
        """
        bias = self._sensors.arrays.bias[s]
        if not np.count_nonzero(bias):
            yield 0.0
            return
        raw = [(a, a[members]) for a in (plots.z, plots.p, plots.time)]
        correct(plots, members, s, self._sensors.arrays)
        try:
            yield max(-float(bias[2]), 0.0)
        finally:
            for array, held in raw:
                array[members] = held

    # -- time --------------------------------------------------------------------------------------------------
    def _finish(self, time: float | None) -> Batch:
        """Everything that depends on how late it is now; the picture, and away with what ended."""
        if not self._pass_time(time, self.clock):
            return Batch.empty(TRACK)
        rows = self._picture(self.clock)
        self._shedding.did(rows.n)
        self._forget_ended()
        if self._gone:
            rows = concat(TRACK, [*self._gone, rows])
            self._gone = []
        if self._replayed:
            rows = self._history.with_lost(rows, self.clock)
            self._replayed = False
        if self._history.keeps:
            self._history.close(time, self.clock, rows, state_bytes(self._pool))
        return rows

    def _pass_time(self, time: float | None, end: float) -> bool:
        """Moves the clock to `time` (or `end`, the last measurement), with the misses, status and groups of then; False without a clock."""
        self.clock = max(self.clock, end)
        if time is not None and math.isfinite(time) and 0.0 <= time < 1e11:
            self.clock = max(self.clock, time)
            a = self._sensors.arrays
            for s in range(len(self._sensors.names)):
                alive = self.clock - a.last[s] <= ALIVE_PERIODS * a.period[s]
                if alive and a.placed[s] and not a.claims[s] and not a.listens[s] and self.clock > a.last[s]:
                    misses(self._pool.tracks, self._pool.n, s, self.clock, a.first[s], TICK_DUE, a, self._blocks)
        if self._frame is None or not math.isfinite(self.clock):
            return False
        self._settle(self.clock)
        group(self._pool.tracks, self._pool.n, self.clock)
        return True

    def _settle(self, now: float) -> None:
        pool = self._pool
        self._confirmed += settle(pool.tracks, pool.n, now, pool.owner)
        for kept, ended in merge(pool.tracks, pool.n, now, self._sensors.arrays, self._bearings, pool.owner):
            self.merged[ended] = kept
            if len(self.merged) > MERGED_KEPT:
                del self.merged[next(iter(self.merged))]
        self._settled = now

    def _picture(self, now: float) -> Batch:
        assert self._frame is not None
        return picture(self._pool, now, self._frame, self._geoid_m, self._codes, self._sensors, self._threads)

    def _set_aside(self, now: float) -> None:
        """Inside a long batch: keeps the rows of ended tracks for the answer, and frees their slots."""
        if self._replaying:
            self._forget_ended()
            return
        rows = self._picture(now)
        self._gone.append(rows.take(np.flatnonzero(rows.equals("status", "ended"))))
        self._forget_ended()

    def _forget_ended(self) -> None:
        self._blocks = self._unbounded
        status = self._pool.tracks.status[: self._pool.n]
        status[status == ENDED] = DEAD
        self._pool.pack()
        if len(self._codes.words) > self._codes_max and not self._replaying:
            self._history.clear()
            self._forget_codes()
            self._codes_max = max(CODES_MAX, 2 * len(self._codes.words))

    def _forget_codes(self) -> None:
        """Forgets identities that no track holds: a flood of invented ones must not fill the memory."""
        self._bearings.count = 0  # they hold codes too
        self._pool.pack(always=True)
        t, n = self._pool.tracks, self._pool.n
        held = np.concatenate([t.ident[:n].ravel(), t.transmitter[:n], t.sensor_track[:n]])
        table = self._codes.keep(np.unique(held[held >= 0]))
        for array in (t.ident, t.transmitter, t.sensor_track):
            array[:n] = table[array[:n]]
        self._pool.owner = np.full(max(256, len(self._codes.words)), -1, np.int64)
        self._pool.own()

    def _end_all(self, now: float) -> None:
        """Every live track ends now, its row waiting for the next answer, and time begins anew; what was learnt of sensors stays."""
        status = self._pool.tracks.status[: self._pool.n]
        status[status < ENDED] = ENDED
        if self._frame is not None and self._pool.n:
            self._set_aside(now)
        self._pool.clear()
        a = self._sensors.arrays
        a.first[:] = a.last[:] = a.swept[:] = a.scan_start[:] = np.nan
        self._bearings.count = 0
        self._bearings.beside.clear()
        self._shedding.clear()
        self.clock = self._settled = -math.inf
        self._behind = 0
        self._registration.clear_times()
        self._history.clear(self._state)
