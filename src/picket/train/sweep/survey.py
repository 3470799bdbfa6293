"""A sweep: many trials, counted. Shares with their 95 % intervals (Wilson 1927), warning times with their spread.

sectors x heights   the main table: `trials` each
one at a time       speed, rain, sea, each sensor out: over all sectors at the middle height
numbers             formations of growing size, flown to the end
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from picket.train.exercise import AFLOAT, Actor, Exercise
from picket.train.sweep.trial import Result, Trial
from picket.train.sweep.variants import SECTORS, SweepError, Variant, afar_m, changed
from picket.watch.zones import Area

HEIGHTS_M, SIZES = (30.0, 120.0, 300.0), (1, 2, 4, 8, 16, 32)
FAILS = 0.5  # a share of a formation below this is a failure
_Z = 1.959964  # of a 95 % interval


class Share(msgspec.Struct, frozen=True):
    """k of n, and the interval in which the true share lies with 95 %."""

    k: int
    n: int
    low: float
    high: float


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """The trials of one variant (or several, joined). warning_s: median; warning_10_s: what nine of ten had at least; a trial without an
    alert in time counts as 0 s. None: it never enters a protected zone."""

    label: str
    sector: str | None
    height_m: float | None
    detected: Share
    tracked: Share
    in_time: Share
    warning_s: float | None
    warning_10_s: float | None


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """A formation of `count`: mean shares of it that one sensor told apart at once, had a track each, and an alert counted."""

    count: int
    resolved: float
    tracked: float
    told: float


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """What `survey` found. `cannot`: variants that such an airframe cannot fly."""

    exercise: str
    actor: str
    site: str
    seed: int
    trials: int
    need_s: float
    table: tuple[Cell, ...]
    others: tuple[Cell, ...]
    sizes: tuple[Size, ...]
    first_to_fail: str | None
    cannot: tuple[str, ...]
    simulated_s: float
    runs: int


class Gain(msgspec.Struct, frozen=True, kw_only=True):
    """A sector's warning time with the other site file minus that with the first, same trials; 95 % interval of the mean."""

    sector: str
    gained_s: float
    low_s: float
    high_s: float
    in_time: Share
    in_time_other: Share


def wilson(k: int, n: int) -> Share:
    """The 95 % interval of a share of k in n (Wilson, J. Am. Stat. Assoc. 22, 1927, 209)."""
    if n == 0:
        return Share(0, 0, 0.0, 1.0)
    p, z2 = k / n, _Z * _Z
    middle, half = p + z2 / (2 * n), _Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low, high = (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)
    return Share(k, n, 0.0 if k == 0 else max(low, 0.0), 1.0 if k == n else min(high, 1.0))


class Runner:
    """Flies variants of an exercise and counts. cannot: in words, what such an airframe cannot fly."""

    def __init__(self, exercise: Exercise, actor: Actor, seed: int, tell: Callable[[int], None] | None) -> None:
        self.exercise, self.actor, self.seed, self._tell = exercise, actor, seed, tell
        self.cannot: dict[str, None] = {}
        self._area = Area(exercise.at_site())  # the same in every trial
        self.simulated_s, self.runs = 0.0, 0

    def trials(self, variant: Variant, numbers: Iterable[int], *, whole: bool = False) -> list[Result]:
        """Trial i of a variant has the same seed in every sweep of it, so that two sites are compared on the same flights."""
        found: list[Result] = []
        for i in numbers:
            seed = self.seed * 100_003 + i
            try:
                made = changed(self.exercise, self.actor, variant, seed)
            except SweepError as e:
                self.cannot.setdefault(str(e))
                return found
            found.append(Trial(made, seed, whole=whole, area=self._area).run())
            self.simulated_s, self.runs = self.simulated_s + found[-1].simulated_s, self.runs + 1
            if self._tell is not None:
                self._tell(self.runs)
        return found


def check_out(exercise: Exercise, out: Sequence[tuple[str, ...]]) -> list[str]:
    """The sensors that a sweep has. Raises SweepError for one in `out` that it has not."""
    sensors = [*(r.id for r in exercise.radar), *(x.id for x in exercise.listener)]
    if unknown := sorted({x for group in out for x in group} - set(sensors)):
        raise SweepError(f"without {', '.join(unknown)}: the sweep has no such sensor; it has: {', '.join(sensors)}")
    return sensors


def survey(
    exercise: Exercise, actor: Actor, *, seed: int = 1, trials: int = 10, need_s: float = 30.0, heights_m: Sequence[float] = HEIGHTS_M,
    speeds_mps: Sequence[float] = (), rain_mm_h: Sequence[float] = (10.0,), sea_state: Sequence[int] = (5,), sizes: Sequence[int] = SIZES,
    each_out: bool = True, out: Sequence[tuple[str, ...]] = (), tell: Callable[[int], None] | None = None,
) -> Survey:  # fmt: skip
    """The sweep. need_s: an alert is in time so long before the entry. out: sensors that are away together, beside each one alone.
    tell: called with the number of trials done. Raises SweepError for a sensor in `out` that the exercise does not simulate.

    Cost: about 8 sectors x (heights + others) x trials flights of a minute each.
    """
    sensors = check_out(exercise, out)
    run = Runner(exercise, actor, seed, tell)
    level = actor.kind in AFLOAT or actor.kind == "submersible"
    bands: Sequence[float | None] = (None,) if level else heights_m
    table = []
    for sector in SECTORS:
        for height in bands:
            label = sector if height is None else f"{sector} {height:g} m"
            table.append(cell(label, run.trials(Variant(sector=sector, height_m=height), range(trials)), need_s, sector, height))
    middle = None if level else sorted(heights_m)[len(heights_m) // 2]
    few = range(max(trials // 4, 1))
    base = Variant(sector="N", height_m=middle)
    one_at_a_time = [("as it is", base)]
    one_at_a_time += [(f"{v:g} m/s", msgspec.structs.replace(base, speed_mps=v)) for v in speeds_mps]
    one_at_a_time += [(f"rain {v:g} mm/h", msgspec.structs.replace(base, rain_mm_h=v)) for v in rain_mm_h]
    one_at_a_time += [(f"sea state {v}", msgspec.structs.replace(base, sea_state=v)) for v in sea_state]
    if any(getattr(exercise.at_site().sensor_named(x.id), "kind", "") == "camera" for x in exercise.listener):
        light: Literal["day", "night"] = "day" if exercise.weather.light == "night" else "night"
        one_at_a_time.append((f"by {light}", msgspec.structs.replace(base, light=light)))  # nothing but a camera cares
    groups = [*((x,) for x in sensors if each_out), *out]
    one_at_a_time += [(f"without {', '.join(group)}", msgspec.structs.replace(base, out=group)) for group in groups]
    others = []
    for label, variant in one_at_a_time:
        results = [r for s in SECTORS for r in run.trials(msgspec.structs.replace(variant, sector=s), few)]
        others.append(cell(label, results, need_s, None, middle))
    found = []
    for n in sizes:
        flown = [
            r for s in SECTORS[::2] for r in run.trials(msgspec.structs.replace(base, sector=s, count=n), range(1), whole=True)
        ]
        if flown:
            found.append(
                Size(count=n, resolved=_share(flown, "resolved"), tracked=_share(flown, "tracked"), told=_share(flown, "told"))
            )
    return Survey(
        exercise=exercise.name, actor=actor.id, site=exercise.at_site().site.name, seed=seed, trials=trials, need_s=need_s,
        table=tuple(table), others=tuple(others), sizes=tuple(found), first_to_fail=_first_to_fail(found), cannot=tuple(run.cannot),
        simulated_s=run.simulated_s, runs=run.runs,
    )  # fmt: skip


def compare(
    one: Exercise, other: Exercise, actor: Actor, *, seed: int = 1, trials: int = 10, need_s: float = 30.0, height_m: float | None = 120.0,
    tell: Callable[[int], None] | None = None,
) -> tuple[Gain, ...]:  # fmt: skip
    """The same flights at two site files, by sector in compass order."""
    here, there = Runner(one, actor, seed, tell), Runner(other, actor, seed, None)
    gains, far = [], afar_m(one, other)
    for sector in SECTORS:
        variant = Variant(sector=sector, height_m=height_m, afar_m=far)
        a, b = here.trials(variant, range(trials)), there.trials(variant, range(trials))
        if not a or len(a) != len(b):
            continue
        gained = [_warning(y) - _warning(x) for x, y in zip(a, b, strict=True)]
        mean = statistics.fmean(gained)
        half = _Z * statistics.stdev(gained) / math.sqrt(len(gained)) if len(gained) > 1 else math.inf
        gains.append(Gain(sector=sector, gained_s=mean, low_s=mean - half, high_s=mean + half,
                          in_time=_in_time(a, need_s), in_time_other=_in_time(b, need_s)))  # fmt: skip
    return tuple(gains)


def _warning(r: Result) -> float:
    return max(r.warning_s or 0.0, 0.0)


def _in_time(results: Sequence[Result], need_s: float) -> Share:
    """An object that enters nothing is told in time when it is told at all."""
    k = sum(r.alert_s is not None and (r.enters_s is None or _warning(r) >= need_s) for r in results)
    return wilson(k, len(results))


def cell(label: str, results: Sequence[Result], need_s: float, sector: str | None, height_m: float | None) -> Cell:
    """The results of trials, counted."""
    n = len(results)
    warnings = sorted(_warning(r) for r in results if r.enters_s is not None)
    return Cell(
        label=label, sector=sector, height_m=height_m, detected=wilson(sum(r.detected_s is not None for r in results), n),
        tracked=wilson(sum(r.track_s is not None for r in results), n), in_time=_in_time(results, need_s),
        warning_s=statistics.median(warnings) if warnings else None,
        warning_10_s=warnings[math.ceil(0.1 * len(warnings)) - 1] if warnings else None,
    )  # fmt: skip


def _share(results: Sequence[Result], what: str) -> float:
    return statistics.fmean(min(getattr(r, what) / r.members, 1.0) for r in results)


def _first_to_fail(sizes: Sequence[Size]) -> str | None:
    """Which link of the chain loses more than half of a formation first, at which size."""
    for s in sizes:
        for what, words in (("resolved", "the sensors"), ("tracked", "the tracker"), ("told", "what the officer is told")):
            if getattr(s, what) < FAILS:
                return f"{words}, at {s.count}: {getattr(s, what):.0%} of it"
    return None
