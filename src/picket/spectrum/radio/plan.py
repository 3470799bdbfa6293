"""The scan plan: which part of the spectrum a radio looks at when, and what it does not look at meanwhile.

A band wider than the radio sees at once is cut into steps. A step that must not wait any longer (`revisit_s`) comes first, the most
overdue of several; else the one of the others that was not looked at for longest. These may wait for PATIENCE rounds, then they are due
as well: when not everything can be kept, everything is late, and nothing is forgotten.

After each change of frequency the first `settle_s` of samples are thrown away: they may still be of the frequency before. That time is
unwatched, and counted so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from picket.site_radio import USABLE, Radio


@dataclass(frozen=True)
class Step:
    """One setting of the radio: what it looks at (low to high), tuned to the middle."""

    number: int
    band: str
    low_hz: float
    high_hz: float
    dwell_s: float
    revisit_s: float | None

    @property
    def center_hz(self) -> float:
        """Where the radio is tuned."""
        return (self.low_hz + self.high_hz) / 2


def steps_of(radio: Radio) -> list[Step]:
    """The steps of a radio's bands, in order. A band that fits into the rate is one step."""
    found: list[Step] = []
    for b in radio.band:
        fits = b.width_hz <= USABLE * radio.rate_hz or radio.kind == "stdin"
        n = 1 if fits else math.ceil(b.width_hz / (USABLE * radio.rate_hz))
        width = b.width_hz / n
        for k in range(n):
            found.append(Step(len(found), b.name, b.low_hz + k * width, b.low_hz + (k + 1) * width, b.dwell_s, b.revisit_s))
    return found


PATIENCE = 4.0


@dataclass
class Plan:
    """Chooses the next step. Times are any clock's seconds, the same in all calls."""

    steps: list[Step]
    settle_s: float
    _last: dict[int, float] = field(default_factory=dict)

    @classmethod
    def of(cls, radio: Radio) -> Plan:
        """The plan of a radio."""
        return cls(steps_of(radio), radio.settle_s)

    @property
    def round_s(self) -> float:
        """How long every step once takes; 0 settling for a radio that stays where it is."""
        settle = self.settle_s if len(self.steps) > 1 else 0.0
        return sum(s.dwell_s + settle for s in self.steps)

    def next(self, now: float) -> Step:
        """The step to look at now; of several never looked at, the first."""

        def waited(step: Step) -> float:
            last = self._last.get(step.number)
            return math.inf if last is None else now - last

        def late(step: Step) -> float:  # from 1 on it is due: it would be over its time after one more look elsewhere
            return (waited(step) + step.dwell_s + self.settle_s) / (step.revisit_s or PATIENCE * self.round_s)

        due = [s for s in self.steps if late(s) >= 1 - 1e-9]
        if due:
            return max(due, key=lambda s: (late(s), -s.number))
        free = [s for s in self.steps if s.revisit_s is None] or self.steps
        return max(free, key=lambda s: (waited(s), -s.number))

    def looked(self, step: Step, now: float) -> None:
        """A look at the step has ended."""
        self._last[step.number] = now

    def too_much(self) -> str | None:
        """Why the plan cannot be kept, in words; None when it can."""
        if len(self.steps) == 1:
            return None
        share = sum((s.dwell_s + self.settle_s) / (s.revisit_s or math.inf) for s in self.steps)
        if share <= 1:
            return None
        return (
            f"the revisit times ask for {share:.0%} of the radio's time: every step comes {share:.1f} times as late as asked. "
            "Shorten dwells, leave bands out, or take a second radio"
        )


def looks(plan: Plan, seconds: float) -> list[tuple[Step, float, float]]:
    """(step, from, to) of every look in the first so many seconds, by the plan alone: what the computed chances rest on."""
    trial, at, found = Plan(plan.steps, plan.settle_s), 0.0, []
    held: Step | None = None
    while at < seconds:
        step = trial.next(at)
        begin = at if held in (None, step) else at + plan.settle_s
        at = begin + step.dwell_s
        trial.looked(step, at)
        found.append((step, begin, at))
        held = step
    return found
