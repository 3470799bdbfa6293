"""Is there a change in the daily counts, when, and how sure is that; and what two given figures imply about each other.

Change-point of a Poisson rate with exposure (the day's share of sensor uptime): the split with the greatest likelihood ratio
2 (l(before) + l(after) - l(all)), as Worsley (1986), Biometrika 73, 91-104, for the exponential family. Its significance is not looked up
but found by shuffling: the same statistic over SHUFFLES random orders of the weeks' blocks of days, so that neither over-dispersion nor a
weekly rhythm passes for a change. The date's uncertainty is the set of splits whose likelihood ratio, divided by the dispersion, lies
within 3.84 of the greatest (95 % of chi-square with one degree of freedom).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SHUFFLES = 1_999
LEAST_DAYS = 14  # of exposure, before anything is said
EDGE_DAYS = 3  # a change is not looked for nearer to either end
BLOCK_DAYS = 7


@dataclass(frozen=True)
class Change:
    """A change of the daily rate at day `at` (index: the first day of the new rate). p: chance of one as strong without any change."""

    at: int
    earliest: int
    latest: int
    before_per_day: float
    after_per_day: float
    p: float

    @property
    def words(self) -> str:
        """How sure it is."""
        if self.p < 0.001:
            return "very strong evidence"
        return "strong evidence" if self.p < 0.01 else "evidence" if self.p < 0.05 else "no evidence: chance alone would do"


def change(counts: npt.NDArray[Any], exposure: Floats | None = None, seed: int = 0) -> Change | None:
    """The likeliest change in counts (N,) per day with exposure (N,) in days (default 1 each); None for too few days or no counts."""
    n = np.asarray(counts, np.float64)
    e = np.ones(len(n)) if exposure is None else np.asarray(exposure, np.float64)
    usable = e > 0.05  # a day that was hardly watched says nothing of the rate
    where = np.flatnonzero(usable)
    n, e = n[usable], e[usable]
    if len(n) < LEAST_DAYS or n.sum() == 0:
        return None
    ratio = _ratios(n[None], e[None])[0]
    best = int(np.nanargmax(ratio))
    rng = np.random.default_rng(seed)
    blocks = [np.arange(i, min(i + BLOCK_DAYS, len(n))) for i in range(0, len(n), BLOCK_DAYS)]
    orders = np.stack([np.concatenate([blocks[j] for j in rng.permutation(len(blocks))]) for _ in range(SHUFFLES)])
    beaten = 0
    for part in np.array_split(orders, 16):
        beaten += int(np.count_nonzero(np.nanmax(_ratios(n[part], e[part]), axis=1) >= ratio[best] - 1e-9))
    before, after = n[: best + 1].sum() / e[: best + 1].sum(), n[best + 1 :].sum() / e[best + 1 :].sum()
    fitted = e * np.where(np.arange(len(n)) <= best, before, after)
    dispersion = max(1.0, float(np.sum((n - fitted) ** 2 / np.maximum(fitted, 1e-9)) / max(len(n) - 2, 1)))
    near = np.flatnonzero((ratio[best] - ratio) / dispersion <= 3.84)
    return Change(
        int(where[best + 1]),
        int(where[near[0] + 1]),
        int(where[near[-1] + 1]),
        float(before),
        float(after),
        (beaten + 1) / (SHUFFLES + 1),
    )


def _ratios(n: Floats, e: Floats) -> Floats:
    """(K, N) twice the log likelihood ratio of a split after each day; NaN near the ends."""
    cn, ce = np.cumsum(n, axis=1), np.cumsum(e, axis=1)
    tn, te = cn[:, -1:], ce[:, -1:]

    def part(k: Floats, t: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(k > 0, k * np.log(k / t), 0.0)

    out: Floats = 2.0 * (part(cn, ce) + part(tn - cn, te - ce) - part(tn, te))
    out[:, : EDGE_DAYS - 1] = np.nan
    out[:, len(n[0]) - EDGE_DAYS :] = np.nan
    return out


# -- two figures that imply each other -------------------------------------------------------------------------------
_UNIT_DAYS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 365.2425 / 12, "year": 365.2425}
_NUMBER = r"(\d[\d,_ ]*(?:\.\d+)?)"


class CompareError(ValueError):
    """A figure to compare with that cannot be read."""


@dataclass(frozen=True)
class Given:
    """A figure as it was given, and what it comes to a day."""

    text: str
    per_day: float


def given(text: str) -> Given:
    """ "60000 in 184 days", "328 a day", "2,300 per week". Raises CompareError saying what can be read."""
    found = re.fullmatch(rf"\s*{_NUMBER}\s+(?:in|over)\s+{_NUMBER}?\s*(hour|day|week|month|year)s?\s*", text, re.I)
    if found:
        n, period = _number(found[1]), (_number(found[2]) if found[2] else 1.0) * _UNIT_DAYS[found[3].lower()]
    else:
        found = re.fullmatch(rf"\s*{_NUMBER}\s*(?:/|an?|per|every)\s*(hour|day|week|month|year)\s*", text, re.I)
        if not found:
            raise CompareError(f'expected "60000 in 184 days" or "328 a day" (hour, day, week, month, year), got {text!r}')
        n, period = _number(found[1]), _UNIT_DAYS[found[2].lower()]
    if period <= 0 or not math.isfinite(n / period):
        raise CompareError(f"expected a period longer than nothing, got {text!r}")
    return Given(text.strip(), n / period)


def _number(text: str) -> float:
    return float(re.sub(r"[,_ ]", "", text))
