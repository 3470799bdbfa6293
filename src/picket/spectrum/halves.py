"""Bursts of one wide signal that were seen in two halves, put together.

A gap within a band (a false plateau of the floor, the receiver's own offset, a steady signal) cuts a burst in two. Two halves that begin
and end together are one signal when they do so time and again.
"""

from __future__ import annotations

import math
from dataclasses import replace

from picket.spectrum.analyse import WIDE_HZ
from picket.spectrum.emission import Emission

_ALIKE_DB = 2.0
_TOGETHER_FRAMES, _OFTEN = 3, 3


def halves(found: list[Emission], frame: int) -> list[Emission]:
    """Pairs of wide bursts in two bands that begin and end together, alike in level, at least three times in a segment: one signal, of
    which something took the middle. frame: samples per frame.
    """
    wide = sorted((e for e in found if e.bandwidth_hz > WIDE_HZ and not e.steady), key=lambda e: e.sample_start)
    pairs: dict[tuple[int, ...], list[tuple[Emission, Emission]]] = {}
    slack = _TOGETHER_FRAMES * frame
    for i, e in enumerate(wide):
        for o in wide[i + 1 :]:
            if o.sample_start - e.sample_start > slack:
                break
            below, above = sorted((e, o), key=lambda x: x.low_hz)
            gap = above.low_hz - below.high_hz
            alike = abs(e.sample_end - o.sample_end) <= slack and abs(e.snr_db - o.snr_db) < _ALIKE_DB
            if alike and 0 <= gap < 2 * (below.bandwidth_hz + above.bandwidth_hz):
                key = (round(below.center_hz / WIDE_HZ), round(above.center_hz / WIDE_HZ))
                pairs.setdefault(key, []).append((below, above))
    out = {id(e): e for e in found}
    for group in pairs.values():
        if len(group) < _OFTEN:
            continue
        for below, above in group:
            if id(below) in out and id(above) in out:
                del out[id(above)]
                start, end = min(below.sample_start, above.sample_start), max(below.sample_end, above.sample_end)
                level = (below.snr_db + above.snr_db) / 2
                out[id(below)] = replace(
                    below, sample_start=start, sample_count=end - start, high_hz=above.high_hz, snr_db=level, marks=[],
                    sigma=math.hypot(below.sigma, above.sigma),
                )  # fmt: skip
    return list(out.values())
