"""Several things at once: every combination of the heights, speeds, sizes, weathers and sensor states that were given.

    combinations x 8 sectors x trials = flights, told before the first one starts; more than MOST_FLIGHTS are refused.

Combinations come in the order in which their values were given, sectors within each in compass order: nothing is sorted by what was seen,
and no route is in the answer. One thing at a time tells what a cause does; a grid tells whether two of them do more than both alone.
"""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Literal

import msgspec

from picket.train.exercise import AFLOAT, Actor, Exercise
from picket.train.sweep.survey import Cell, Runner, Share, cell, check_out
from picket.train.sweep.trial import Result
from picket.train.sweep.variants import SECTORS, SweepError, Variant
from picket.train.sweep.words import ROLES, share

MOST_FLIGHTS = 5_000


class Axes(msgspec.Struct, frozen=True, kw_only=True):
    """The values to combine; an empty axis stays as the exercise has it (sizes: one alone). out: groups of sensors that are away together,
    beside none away."""

    heights_m: tuple[float, ...] = ()
    speeds_mps: tuple[float, ...] = ()
    sizes: tuple[int, ...] = ()
    rain_mm_h: tuple[float, ...] = ()
    sea_state: tuple[int, ...] = ()
    light: tuple[Literal["day", "dusk", "night"], ...] = ()
    out: tuple[tuple[str, ...], ...] = ()


class Combination(msgspec.Struct, frozen=True, kw_only=True):
    """One combination: over all sectors, and each of them in compass order. cannot: why it was not flown."""

    variant: Variant
    label: str
    all: Cell | None
    sectors: tuple[Cell, ...]
    cannot: str = ""


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """What `grid` found."""

    exercise: str
    actor: str
    site: str
    seed: int
    trials: int
    need_s: float
    combinations: tuple[Combination, ...]
    planned: int
    runs: int


def variants(exercise: Exercise, actor: Actor, axes: Axes) -> list[Variant]:
    """Every combination, for the sector N. Raises SweepError for a sensor that is not simulated, or a height that it cannot have."""
    check_out(exercise, axes.out)
    level = actor.kind in AFLOAT or actor.kind == "submersible"
    if level and axes.heights_m:
        raise SweepError(f"height: a {actor.kind} has none to vary; leave --height out")
    return [
        Variant(sector="N", height_m=height, speed_mps=speed, count=size, rain_mm_h=rain, sea_state=sea, light=light, out=out)
        for height, speed, size, rain, sea, light, out in product(
            axes.heights_m or (None,), axes.speeds_mps or (None,), axes.sizes or (1,), axes.rain_mm_h or (None,),
            axes.sea_state or (None,), axes.light or (None,), ((), *axes.out),
        )
    ]  # fmt: skip


def flights(combinations: int, trials: int, most: int = MOST_FLIGHTS) -> int:
    """How many flights a grid is. Raises SweepError for more than `most`."""
    n = combinations * len(SECTORS) * trials
    if n > most:
        raise SweepError(
            f"{combinations} combinations x {len(SECTORS)} sectors x {trials} flights = {n}, at most {most}; "
            "give fewer values, fewer --trials, or a higher --most"
        )
    return n


def grid(
    exercise: Exercise, actor: Actor, wanted: Sequence[Variant], *, seed: int = 1, trials: int = 10, need_s: float = 30.0,
    tell: Callable[[int], None] | None = None,
) -> Grid:  # fmt: skip
    """Flies every combination. Flight i of a sector has the same seed in each: they differ in what was varied, and in nothing else.

    Ctrl-C ends it after the last whole combination.
    """
    run, found = Runner(exercise, actor, seed, tell), list[Combination]()
    with contextlib.suppress(KeyboardInterrupt):
        for variant in wanted:
            found.append(_combination(run, variant, trials, need_s))
    return Grid(
        exercise=exercise.name, actor=actor.id, site=exercise.at_site().site.name, seed=seed, trials=trials, need_s=need_s,
        combinations=tuple(found), planned=len(wanted), runs=run.runs,
    )  # fmt: skip


def _combination(run: Runner, variant: Variant, trials: int, need_s: float) -> Combination:
    sectors, flown = list[Cell](), list[Result]()
    for sector in SECTORS:
        results = run.trials(msgspec.structs.replace(variant, sector=sector), range(trials))
        if not results:
            return Combination(variant=variant, label=named(variant), all=None, sectors=(), cannot=list(run.cannot)[-1])
        flown += results
        sectors.append(cell(sector, results, need_s, sector, variant.height_m))
    whole = cell("all", flown, need_s, None, variant.height_m)
    return Combination(variant=variant, label=named(variant), all=whole, sectors=tuple(sectors))


def named(v: Variant) -> str:
    """A combination in words; what is not named is as the exercise has it."""
    parts = [
        "" if v.height_m is None else f"{v.height_m:g} m", "" if v.speed_mps is None else f"{v.speed_mps:g} m/s",
        "one" if v.count == 1 else f"{v.count} together", "" if v.rain_mm_h is None else f"rain {v.rain_mm_h:g} mm/h",
        "" if v.sea_state is None else f"sea {v.sea_state}", "" if v.light is None else f"by {v.light}",
        f"without {', '.join(v.out)}" if v.out else "",
    ]  # fmt: skip
    return "; ".join(p for p in parts if p) or "as it is"


def lines(g: Grid) -> Iterator[str]:
    """The grid for a terminal: a row for each combination, over all sectors."""
    yield f"EXERCISE {g.exercise}, actor {g.actor}, at {g.site}: would we have seen it? SIMULATED, {g.runs} flights, seed {g.seed}"
    yield ROLES
    yield f"Shares of flights over all sectors with their 95 % intervals; in time: {g.need_s:g} s before it enters; warning: median, nine"
    yield "of ten had. Combinations stand in the order in which their values were given."
    if len(g.combinations) < g.planned:
        yield f"STOPPED after {len(g.combinations)} of {g.planned} combinations"
    wide = max((len(c.label) for c in g.combinations), default=0)
    yield f"  {'combination':{wide}}  {'detected':26} {'confirmed track':26} {'alert in time':26} warning time"
    for c in g.combinations:
        a = c.all
        if a is None:
            yield f"  {c.label:{wide}}  cannot be flown: {c.cannot}"
            continue
        warning = "enters nothing" if a.warning_s is None else f"{a.warning_s:5.0f} s, nine of ten {a.warning_10_s:.0f} s"
        yield f"  {c.label:{wide}}  {share(a.detected):26} {share(a.tracked):26} {share(a.in_time):26} {warning}"


_SHARES = ("detected", "tracked", "in_time")


def to_csv(g: Grid) -> str:
    """The same with every sector in a row of its own, in compass order; "all" before them. Shares as count, flights and interval."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    head = [f"{s}_{x}" for s in _SHARES for x in ("k", "n", "low", "high")]
    write.writerow(
        ("exercise", "actor", "site", "seed", "in_time_s", "combination", "height_m", "speed_mps", "size", "rain_mm_h", "sea_state",
         "light", "without", "sector", *head, "warning_median_s", "warning_nine_of_ten_s", "cannot")
    )  # fmt: skip
    for c in g.combinations:
        v = c.variant
        what = (g.exercise, g.actor, g.site, g.seed, g.need_s, c.label, v.height_m, v.speed_mps, v.count, v.rain_mm_h, v.sea_state, v.light,
                " ".join(v.out))  # fmt: skip
        if c.all is None:
            write.writerow((*what, "all", *[""] * (len(head) + 2), c.cannot))
            continue
        for x in (c.all, *c.sectors):
            shares: tuple[Share, ...] = tuple(getattr(x, s) for s in _SHARES)
            numbers = [n for s in shares for n in (s.k, s.n, round(s.low, 4), round(s.high, 4))]
            write.writerow((*what, x.sector or "all", *numbers, x.warning_s, x.warning_10_s, ""))
    return out.getvalue()


def grid_flight(exercise: Exercise, actor: Actor, variant: Variant, seed: int) -> None:
    """One flight of a combination, of which nothing is kept: whoever starts a grid asks how long one takes."""
    Runner(exercise, actor, seed, None).trials(variant, range(1))
