"""A sweep in words. Sectors in compass order always: it says what a site's sensors give, and is no list of ways in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from picket.train.sweep.survey import Cell, Gain, Share, Survey

ROLES = "For the site engineer and the training officer of this site: it says what its sensors would miss, and stays with them."


def share(s: Share) -> str:
    """As "7 of 10 (40 to 89 %)"."""
    return f"{s.k} of {s.n} ({s.low:.0%} to {s.high:.0%})".replace("% to", " to").replace("%)", " %)")


def _row(c: Cell) -> str:
    warning = "enters nothing" if c.warning_s is None else f"{c.warning_s:5.0f} s, nine of ten {c.warning_10_s:.0f} s"
    return f"  {c.label:22} {share(c.detected):26} {share(c.tracked):26} {share(c.in_time):26} {warning}"


def lines(s: Survey) -> Iterator[str]:
    """The survey for a terminal."""
    yield f"EXERCISE {s.exercise}, actor {s.actor}, at {s.site}: would we have seen it? SIMULATED, {s.runs} flights, seed {s.seed}"
    yield ROLES
    yield f"Shares of flights with their 95 % intervals; in time: {s.need_s:g} s before it enters; warning: median, nine of ten had"
    head = f"  {'from':22} {'detected':26} {'confirmed track':26} {'alert in time':26} warning time"
    yield head
    yield from (_row(c) for c in s.table)
    yield ""
    yield "One thing changed at a time, over all sectors:"
    yield from (_row(c) for c in s.others)
    if s.sizes:
        yield ""
        yield "Formations, shares of their members: told apart by one sensor at once, tracked each, in alerts"
        yield from (f"  {x.count:4}   {x.resolved:4.0%}   {x.tracked:4.0%}   {x.told:4.0%}" for x in s.sizes)
        yield f"First to lose more than half: {s.first_to_fail or f'nothing up to {s.sizes[-1].count}'}"
    yield from (f"Cannot be flown: {words}" for words in s.cannot)


def gain_lines(gains: Sequence[Gain], one: str, other: str) -> Iterator[str]:
    """The comparison of two site files."""
    yield ""
    yield f"Warning time gained with {other} over {one}, same flights (mean, 95 % interval), and alerts in time with each:"
    for g in gains:
        yield f"  {g.sector:4} {g.gained_s:+6.1f} s ({g.low_s:+.1f} to {g.high_s:+.1f})   {share(g.in_time):26} -> {share(g.in_time_other)}"
