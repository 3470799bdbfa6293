"""The last seconds of input and some states before it, so that late plots are taken in as if they had come in time.

The history is a row of segments, one for each step that moved the clock: the plots measured within it, and its end. A plot that
comes after its segment has ended is put into that segment; the tracker then goes back to the newest state before it and takes in
all that followed again, in order. So the tracks are those of the sorted input, stepped to the same ends.

Late rows seldom come alone, so they wait to be taken in together: where they are up to L late and wait for W, the steps taken in again
for each step are 1 + L/W. W is WAITS times L, and they wait no longer than until nothing more comes, or nothing in time for LATE_S. Where
late rows are rare they go back at once, while that costs no more than PAYS plots for each that arrived, or ALLOWANCE.

What is taken in while plots wait is a stopgap: going back undoes it. So it is done with less (`Shedding.sweeps`), no state is copied, and
of the plots that wait only those that tell something new are in it: of a sensor that names what it reports, or of one that looks round and
has not been heard since. They are compared as of their own time, if no more than LAGGED_S late. Going back leaves a state before all that
can still come. No clock is read.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.track import prepare_kernels
from picket.track.crossing import Bearings
from picket.track.layout_kernels import Plots
from picket.track.measure import Look, Prepared, looks_of, new_plots, order_by
from picket.track.pool import Pool
from picket.track.registration import Registration
from picket.track.sensors import LEARNT, SensorTable
from picket.words import TRACK, Batch, concat

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Numbers = tuple[float, float, int, float, float]  # clock, settled, confirmed; backlog of work and its time
LATE_S = 5.0  # a plot so far behind the tracker's time is of no use any more
LAGGED_S = 2.0  # and where there is no state to go back to; up to then it is compared as of its own time
WAITS, LEAST_S = 5.0, 2.0  # late plots wait so many times as long as the latest of them is late, which counts as this at least
QUIET_S = 1.0  # and no longer once nothing came for so long
LONGEST_STEP_S = 15.5  # nothing before a step that is longer is taken in again
ALLOWANCE, PAYS = 100, 0.5  # plots that may be taken in at once: so many at any time, or so many for each that arrived
CHUNK = 2048  # plots that late ones are put among at a time: few calls, and they stay in the cache
AGAIN_STATE_S = 2.0  # states made again while going back lie at least so far apart
STATE_S = 0.25  # states lie at least so far apart
CALM_S, CALM_STATE_S = 30.0, 2.5  # and this far while nothing came late for so long: a copy is a tenth of a step
STATE_BYTES = 256 << 20  # of all states together; a state alone larger than a quarter of it is not kept


class State:
    """A copy of all that looks and time change in a tracker."""

    def __init__(
        self,
        pool: Pool,
        sensors: SensorTable,
        registration: Registration,
        bearings: Bearings,
        numbers: Numbers,
        shed: Counter[str],
    ) -> None:
        self.n, self.numbers, self.shed = pool.n, numbers, shed.copy()
        self.registration, self.bearings = registration.copy(), bearings.copy()
        self.tracks = [a[: pool.n].copy() for a in pool.tracks]
        self.owner = pool.owner.copy()
        self.learnt = [getattr(sensors.arrays, name)[: len(sensors.names)].copy() for name in LEARNT]

    def restore(self, pool: Pool, sensors: SensorTable, registration: Registration, bearings: Bearings) -> Numbers:
        """Puts everything back; sensors and identities that came since are as never heard."""
        pool.n = 0
        pool.reserve(self.n, 0, 0)
        time = self.tracks[pool.tracks._fields.index("time")]
        for name, now, then in zip(pool.tracks._fields, pool.tracks, self.tracks, strict=True):
            if then.ndim == 2 and then.shape[1] < now.shape[1]:
                now[: self.n] = time[:, None] if name == "look" else 0
                now[: self.n, : then.shape[1]] = then
            else:
                now[: self.n] = then
        pool.n = self.n
        pool.owner[:] = -1
        pool.owner[: len(self.owner)] = self.owner
        for name, then in zip(LEARNT, self.learnt, strict=True):
            getattr(sensors.arrays, name)[: len(then)] = then
        for i in range(len(self.learnt[0]), len(sensors.names)):
            sensors.forget(i)
        registration.restore(self.registration)
        bearings.restore(self.bearings)
        return self.numbers


def state_bytes(pool: Pool) -> int:
    """Size of a State of this pool."""
    return sum(a[: pool.n].nbytes for a in pool.tracks) + pool.owner.nbytes


def _taken(plots: Plots, which: Ints) -> Plots:
    return Plots(*(a.take(which, axis=0) for a in plots))


def _joined(parts: list[Segment]) -> Segment:
    """All plots of the parts, in the order of the parts."""
    if len(parts) == 1:
        return parts[0]
    plots = Plots(*(np.concatenate(column) for column in zip(*(p.plots for p in parts), strict=True)))
    return Segment(plots, np.concatenate([p.rows for p in parts]), np.concatenate([p.step for p in parts]))


def _keys(plots: Plots) -> tuple[npt.NDArray[Any], ...]:
    """By sensor, time and place, as `measure.prepare` sorts rows."""
    polar = plots.kind == 0
    first = np.where(polar, plots.z[:, 0], plots.p[:, 1])
    second = np.where(polar, plots.z[:, 1], plots.p[:, 0])
    return plots.sensor, plots.time, plots.kind, first, second, plots.z[:, 2]


def _repeats(plots: Plots) -> Mask:
    """(M,) True for a plot that is the one before it again, value for value."""
    same = np.zeros(len(plots.time), np.bool_)
    a, b = slice(1, None), slice(None, -1)
    same[1:] = (plots.sensor[a] == plots.sensor[b]) & (plots.time[a] == plots.time[b]) & (plots.ident[a] == plots.ident[b])
    same[1:] &= ~(plots.z[a, 0] > plots.z[b, 0])  # in order of it: nearly all others
    after = np.flatnonzero(same)
    z, before = plots.z[after], plots.z[after - 1]
    same[after] = ((z == before) | (np.isnan(z) & np.isnan(before))).all(axis=1)
    return same


@dataclass
class Segment:
    """The plots of one step. rows, step: the batch's row of each plot, and in which step it came; end: the clock after it."""

    plots: Plots
    rows: Ints
    step: Ints
    start: float = -math.inf  # the clock before it
    state: State | None = None  # before it
    wanted: bool = False  # a copy of the state before it is made when the tracker next comes by
    time: float | None = None  # what the caller called the time
    end: float = math.inf
    cut: list[Look] | None = field(default=None)

    def part(self, begin: int, end: int) -> Segment:
        """Some of it, one after another: the same memory."""
        return Segment(Plots(*(a[begin:end] for a in self.plots)), self.rows[begin:end], self.step[begin:end])

    def taken(self, which: Ints) -> Segment:
        """Some of it, in this order."""
        return Segment(_taken(self.plots, which), self.rows.take(which), self.step.take(which))

    def where(self, mask: Mask) -> Segment:
        """Those of it that the mask holds; the same memory where they lie one after another, as a sensor's late plots do."""
        which = np.flatnonzero(mask)
        if len(which) and which[-1] - which[0] == len(which) - 1:
            return self.part(int(which[0]), int(which[-1]) + 1)
        return self.taken(which)

    def looks(self, period: npt.NDArray[np.float64], codes: int) -> list[Look]:
        """The looks in the order in which they are taken in; nothing is known of them yet. Repetitions are in none."""
        self.plots.track[:], self.plots.weight[:] = -1, 0.0
        if self.cut is None:
            m = len(self.rows)
            self.plots.row[:] = np.arange(m)
            group, reason, seen = np.empty(m, np.int64), np.zeros(m, np.int64), np.full(codes, -1, np.int64)
            prepare_kernels.cut(self.plots, m, period, seen, group, reason)
            self.cut = looks_of(self.plots, group, m)
        return self.cut


class History:
    """What a tracker needs to go back. `taken_again` counts plots taken in once more. keep: False = no states, late plots have a lag."""

    def __init__(self, state: Callable[[], State], *, keep: bool) -> None:
        self.keeps = keep
        self.segments: list[Segment] = []
        self.waiting: list[Segment] = []  # what came late, in the order in which it came
        self.late = -math.inf  # when a plot last came late
        self.since = math.inf  # when the first of those waiting came
        self.credit, self.taken_again = 0.0, 0
        self.heard = math.inf  # the clock when plots last came in time
        self.step = 0
        self.lost = 0  # plots that waited when all was forgotten, not yet counted as late
        self.shown = Batch.empty(TRACK)
        self._last_state = -math.inf
        self._apart = 0.0  # so far lie states apart at least, for their size
        self._next: State | None = state() if keep else None
        self._wanted = False
        self._open: Segment | None = None
        self._earliest = math.inf  # time of the first plot that waits
        self._latest = 0.0  # so late is the latest of what waits, s
        self._least_cost = 0  # of going back, in plots: while they wait it only grows
        self._came_late = False  # in this step
        self._went_back = False  # in this step
        self._lagged: Segment | None = None  # what came late in this step and is compared as of its own time while it waits

    def clear(self, state: Callable[[], State] | None = None) -> None:
        """Forgets everything: the tracker begins anew (from `state`), or what the plots refer to is gone."""
        self.lost += self._waiting_rows()
        self.segments, self.waiting, self._open, self.since = [], [], None, math.inf
        self._next, self._last_state, self._wanted = (state() if state and self.keeps else None), -math.inf, False
        if state:
            self.shown = Batch.empty(TRACK)

    def arrived(self, n: int) -> None:
        """A step begins, with n rows."""
        self.step += 1
        self.credit = min(self.credit + PAYS * n, 1e6)
        self._open = self._lagged = None
        self._came_late = self._went_back = False

    @property
    def stopgap(self) -> bool:
        """True while plots wait: what is taken in now is undone and taken in again with them."""
        return bool(self.waiting)

    def _waiting_rows(self) -> int:
        return sum(len(w.rows) for w in self.waiting)

    def sort_in(self, prepared: Prepared, clock: float, new: Callable[[], Floats], left_out: Counter[str]) -> Segment | None:
        """What of a batch is to be taken in now; plots from before `clock` wait for `due`, or are counted as late.

        new: for each sensor, from when on a late plot tells something new.
        """
        n, kept = len(prepared.group), prepared.group >= 0
        if not kept.any():
            return None
        everything = Segment(prepared.plots, prepared.rows, np.full(n, self.step))
        if len(prepared.plots.time) > n:
            everything = everything.part(0, n)
        past = everything.plots.time <= clock
        if kept.all() and not past.any():  # all of it, and none late
            everything.plots.row[:] = np.arange(n)
            everything.cut = prepared.looks()
            self._open = everything
            return self._open
        on_time = everything.where(kept & ~self._set_aside(everything, past & kept, clock, new, left_out))
        if not len(on_time.rows):
            return None
        self._open = on_time
        return self._open

    def _set_aside(
        self, everything: Segment, past: Mask, clock: float, new: Callable[[], Floats], left_out: Counter[str]
    ) -> Mask:
        """Of the plots `past`: those that wait from now on, and those that are of no use any more."""
        plots, reach = everything.plots, next((g.start for g in self.segments if g.state is not None), math.inf)
        back, stale = past & (plots.time > reach), plots.time < clock - LAGGED_S
        lost = past & ((plots.time < clock - LATE_S) | (stale & ~back))
        left_out["late"] += int(np.count_nonzero(lost))
        left_out += Counter()
        back &= ~lost
        if back.any():
            unseen = stale | (plots.time <= new()[plots.sensor])
            for mask, lagged in ((back & unseen, False), (back & ~unseen, True)):
                if mask.any():
                    self._wait(everything.where(mask), clock, lagged=lagged)
        return back | lost

    def _wait(self, late: Segment, clock: float, lagged: bool) -> None:
        if not self.waiting:
            self.since, self._earliest, self._latest, self._least_cost = clock, math.inf, LEAST_S, 0
        self.waiting.append(late)
        self.late, self._came_late = clock, True
        first = float(late.plots.time.min())
        self._earliest, self._latest = min(self._earliest, first), max(self._latest, clock - first)
        if lagged:
            self._lagged = late

    def lagged(self) -> Segment | None:
        """What came late in this step, still waits and tells something new: it is compared as of its own time until it is due."""
        return self._lagged if self.waiting else None

    def due(self, clock: float, now: float | None, left_out: Counter[str]) -> tuple[State, list[Segment]] | None:
        """The state to go back to and the segments to take in from there, with the plots that waited in them; None = not now.

        now: the time until which nothing more came in time.
        """
        if self.lost:
            left_out["late"] += self.lost
            self.lost = 0
        silent = 0.0 if now is None else now - self.heard
        quiet = silent >= (LATE_S if self._came_late else QUIET_S) and clock - self.since >= QUIET_S
        patient = clock - self.since < WAITS * self._latest and not quiet
        if not self.waiting or (patient and self._least_cost > max(self.credit, ALLOWANCE)):
            return None
        ends = [g.end for g in self.segments]
        earliest = bisect_left(ends, self._earliest)
        first = next((i for i in range(earliest, -1, -1) if self.segments[i].state is not None), None)
        if first is None:
            left_out["late"] += self._waiting_rows()
            self.waiting, self.since = [], math.inf
            return None
        again = sum(len(g.rows) for g in self.segments[first:])
        cost = self._least_cost = again + self._waiting_rows()
        if patient and cost > max(self.credit, ALLOWANCE):
            return None
        self.credit, self.taken_again = max(self.credit - cost, 0.0), self.taken_again + again
        self._went_back = True
        repeated = self._merge(ends)
        if repeated:
            left_out["duplicate"] += repeated
        state = self.segments[first].state
        assert state is not None
        self._place_states(first, clock)
        return state, self.segments[first:]

    def _merge(self, ends: list[float]) -> int:
        """Puts what waited into its segments, and drops what came before; returns how many did."""
        late = _joined(self.waiting)
        self.waiting, self.since = [], math.inf
        where = np.searchsorted(ends, late.plots.time, side="left")
        again, chunk, rows = 0, [], 0
        touched = np.unique(where).tolist()
        for i in touched:
            chunk.append(i)
            rows += len(self.segments[i].rows)
            if rows >= CHUNK or i == touched[-1]:
                mine = np.flatnonzero((where >= chunk[0]) & (where <= i))
                again += self._merge_into(np.array(chunk), late.taken(mine), where[mine])
                chunk, rows = [], 0
        return again

    def _merge_into(self, chunk: Ints, late: Segment, where: Ints) -> int:
        """`_merge` for the segments `chunk`, all of them at once; where (M,): that of each plot of `late`."""
        held = [self.segments[i] for i in chunk.tolist()]
        everything = _joined([*held, late])
        place = np.concatenate([np.repeat(chunk, [len(g.rows) for g in held]), where])
        order = order_by((place, *_keys(everything.plots)), fewest=3)
        everything, place = everything.taken(order), place[order]
        again = _repeats(everything.plots)
        again[1:] &= place[1:] == place[:-1]
        if again.any():
            kept = np.flatnonzero(~again)
            everything, place = everything.taken(kept), place[kept]
        begins, stops = np.searchsorted(place, chunk, side="left"), np.searchsorted(place, chunk, side="right")
        for g, begin, stop in zip(held, begins.tolist(), stops.tolist(), strict=True):
            now = everything.part(begin, stop)
            g.plots, g.rows, g.step, g.cut = now.plots, now.rows, now.step, None
        return int(np.count_nonzero(again))

    def _place_states(self, first: int, clock: float) -> None:
        """Of the states after `first`, which are no more: where they are made again, before all that can still come late and some after."""
        last, again = self.segments[first].start, self.segments[first + 1 :]
        for g, following in zip_longest(again, again[1:]):
            g.state = None
            old = following is not None and following.start <= clock - LATE_S
            g.wanted = not old and g.start - last >= max(AGAIN_STATE_S, self._apart)
            if g.wanted:
                last = g.start

    def let_go(self, clock: float, pool: Pool) -> None:
        """After `answer`: drops the step's plots before the picture is made, where no state is kept to take them in again from."""
        if self.keeps:
            start = self.segments[-1].end if self.segments else -math.inf
            held = self._next is not None or self.waiting or any(g.state is not None for g in self.segments)
            if held or not clock > start or state_bytes(pool) <= STATE_BYTES // 4:
                return
        self._open = None

    def begin(self, state: Callable[[], State], again: bool) -> None:
        """The segment to come begins now, after what came late was taken in: the state before it is copied, if one is wanted.

        again: the tracker went back; a state that was copied for a step which moved no clock is another now.
        """
        if self._wanted or (again and self._next is not None):
            self._next, self._wanted = state(), False

    def close(self, time: float | None, clock: float, rows: Batch, size: int) -> None:
        """A step ends at `clock` with the answer `rows`; size: bytes of a state now."""
        self.shown = rows
        if self._open is not None:
            self.heard = clock
        start = self.segments[-1].end if self.segments else -math.inf
        if clock <= start:
            if self._open is not None:  # compared with a lag: nothing before it can be had back
                self.clear()
            return
        segment = self._open or Segment(new_plots(0), np.empty(0, np.int64), np.empty(0, np.int64))
        segment.start, segment.state, segment.time, segment.end = start, self._next, time, clock
        self.segments.append(segment)
        self._next = None
        if math.isfinite(start) and clock - start > LONGEST_STEP_S:  # one long step: going back would cost too much
            self.lost += self._waiting_rows()
            self.segments, self.waiting, self.since = [segment], [], math.inf
            segment.state = None
        old = [i for i, g in enumerate(self.segments) if g.state is not None and g.start <= clock - LATE_S]
        if old and not self.waiting:  # what waits is taken in by the next step at the latest when it is due
            del self.segments[: old[-1]]
        least = CALM_STATE_S if clock - self.late > CALM_S else STATE_S
        self._apart = 2.0 * LATE_S * size / STATE_BYTES
        if self.waiting:
            self._wanted = False  # what waits is older than any state of now: going back makes them
        elif size <= STATE_BYTES // 4 and clock - self._last_state >= max(least, self._apart):
            self._wanted, self._last_state = True, clock  # made when the next step has gone back, or has not
        elif size > STATE_BYTES // 4 and not self._wanted:
            # no state again: the plots, and what was shown, are of no use any more, and plots of seconds would be gigabytes
            self.segments = [Segment(new_plots(0), np.empty(0, np.int64), np.empty(0, np.int64), start=start, end=clock)]
            self.shown = Batch.empty(TRACK)

    def answer(self, ids: Ints, weights: npt.NDArray[np.float64]) -> None:
        """Fills in, by row of this step's batch, which track gave it and with what probability; before the step is closed."""
        gone_in = self.segments if self._came_late and self._went_back else ()
        for g in [*gone_in, *(g for g in (self._open, self.lagged()) if g is not None)]:
            mine = np.flatnonzero(g.step == self.step)
            ids[g.rows[mine]], weights[g.rows[mine]] = g.plots.track[mine], g.plots.weight[mine]

    def with_lost(self, rows: Batch, now: float) -> Batch:
        """`rows`, and one with status ended for every track that was shown and never began after all."""
        shown = self.shown
        ids = np.sort(rows["track_id"])
        there = np.searchsorted(ids, shown["track_id"], "right") > np.searchsorted(ids, shown["track_id"], "left")
        lost = np.flatnonzero(~(there | shown.equals("status", "ended")))
        if not len(lost):
            return rows
        return concat(TRACK, [shown.take(lost).replace({"status": "ended", "time": now}), rows])
