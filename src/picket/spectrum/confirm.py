"""Whether an emitter is more than noise: how many times an hour noise would make its like.

A box that stands z sigma out of noise is the best of very many: its four edges were fitted, over all the time and band that was looked at.
For rectangles whose edges are free the number that noise makes is known: each edge may lie anywhere on a random walk, which brings
z^2 / (2 w) nu(z / sqrt(w)) for an edge of a side w cells long (Siegmund 1988, doi:10.1214/aop/1176991769; nu(x) is about
exp(-.583 x)). Two edges in time and two in frequency, summed over all lengths and widths, leave

    boxes an hour = (1.471^2 / 16) cells an hour * z^3 phi(z)        1.471 = 2 / (2 * .583)^2, phi: the normal density

which is independent of how the boxes were looked for, and so a bound: what the bank does not mark is not fitted. On noise it says 11 boxes
an hour of 6.8 sigma at 2.4 MS/s, where 8 were counted.

Boxes of one emitter speak together: k of them within a time s, each at least as clear as the weakest, come
lambda (lambda s)^(k-1) / (k-1)! times an hour when lambda of such boxes come an hour (the first term of a scan statistic; Naus 1982,
doi:10.1080/01621459.1982.10477783). How alike they must be to be taken for one emitter is not counted for them. What is allowed in
all is shared out among the k.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.spectrum.transform import VARIANCE_FACTOR

MOST_PER_H = 0.03  # emitters an hour that noise may confirm: none in three hours, nine times out of ten
MOST_BOXES = 16  # of an emitter that are counted together; more do not make it surer
# Of what is allowed one box alone has half, two together a sixteenth, three a hundredth: any time and any weakest box may be the one that
# makes them look rare, so that noise passes more often the more of them are tried (simulated: 0.03 an hour in all).
_SHARE, _PART = 4.0, 1 / 8
_LEAST_S = 0.05  # boxes nearer to each other than a segment may be pieces of one
_EDGES = (2 / (2 * 0.583) ** 2) ** 2 / 16
_LOWEST = 2.0  # sigma: below it the formula says nothing
_ROOT = math.log(math.sqrt(2 * math.pi))

Doubles = npt.NDArray[np.float64]


def out_of_noise(level: Any, cells: Any) -> Any:
    """By how many sigma a mean of 1 + level over so many cells of the transform (numbers or arrays) stands out of noise of mean 1.

    Sums of noise are Gamma, made normal by their cube root (Wilson and Hilferty 1931, doi:10.1073/pnas.17.12.684).
    """
    n = np.maximum(np.asarray(cells, float) / VARIANCE_FACTOR, 1.0)
    return 3 * np.sqrt(n) * (np.cbrt(1 + np.asarray(level, float)) - 1 + 1 / (9 * n))


def log_boxes_per_h(sigma: Doubles, rate_hz: float) -> Doubles:
    """The natural logarithm of how many boxes an hour noise makes that stand out by sigma (N,) or more, over a band of rate_hz."""
    z = np.maximum(np.nan_to_num(sigma), _LOWEST)
    return np.asarray(math.log(_EDGES * 3600 * rate_hz / VARIANCE_FACTOR) + 3 * np.log(z) - z * z / 2 - _ROOT)


def log_emitters_per_h(start_s: Doubles, sigma: Doubles, rate_hz: float) -> float:
    """The natural logarithm of how many times an hour noise makes boxes as clear and as near to each other as an emitter's are.

    start_s (N,): when its boxes began, s; sigma (N,): by how much they stand out.
    """
    order = np.argsort(start_s, kind="stable")
    start, each = start_s[order], log_boxes_per_h(sigma, rate_hz)[order]
    best = math.inf
    for k in range(1, min(len(start), MOST_BOXES) + 1):
        weakest = np.lib.stride_tricks.sliding_window_view(each, k).max(axis=1)
        span_h = np.maximum(start[k - 1 :] - start[: len(start) - k + 1], _LEAST_S) / 3600
        times = k * weakest + (k - 1) * np.log(span_h) - math.lgamma(k)
        best = min(best, float(times.min()) - math.log(_SHARE) - k * math.log(_PART))
    return best


def beyond_noise(start_s: Doubles, sigma: Doubles, rate_hz: float) -> bool:
    """Whether noise would make such an emitter less than MOST_PER_H times an hour."""
    return log_emitters_per_h(start_s, sigma, rate_hz) < math.log(MOST_PER_H)


def clearest(boxes: list[Any], rate_hz: float) -> list[tuple[float, float]]:
    """The clearest MOST_BOXES of an emitter's boxes, in order of time: seconds from the first sample on, sigma."""
    best = sorted(boxes, key=lambda b: -b.sigma)[:MOST_BOXES]
    return sorted((b.sample_start / rate_hz, float(b.sigma)) for b in best)
