"""Joins what a segment's end cut in two. Nothing here knows what a signal is: the band decides."""

from __future__ import annotations

import math
from dataclasses import replace

from picket.spectrum.emission import Emission

_STEADY_GAP_S = 1e-3  # a steady signal's stretches no further apart than this are one


def same_band(a: Emission, b: Emission, slack_hz: float) -> bool:
    """Whether the smaller band lies mostly in the other and they are of a like width, give or take `slack_hz` at each edge."""
    shared = min(a.high_hz, b.high_hz) - max(a.low_hz, b.low_hz)
    narrow, wide = sorted((a.bandwidth_hz, b.bandwidth_hz))
    return shared > -slack_hz and (shared >= 0.6 * wide or (wide - narrow < 2 * slack_hz and shared >= 0.5 * narrow - slack_hz))


def joined(a: Emission, b: Emission) -> Emission:
    """One emission of two: from the first's start to the last's end; band and SNR weighed by length, sigmas added by their squares."""
    start, end = min(a.sample_start, b.sample_start), max(a.sample_end, b.sample_end)
    wa = a.sample_count / (a.sample_count + b.sample_count)
    if max(wa, 1 - wa) > 0.8:  # a sliver says little
        wa = float(wa > 0.5)
    return replace(
        a if wa >= 0.5 else b,
        sample_start=start,
        sample_count=end - start,
        low_hz=wa * a.low_hz + (1 - wa) * b.low_hz,
        high_hz=wa * a.high_hz + (1 - wa) * b.high_hz,
        snr_db=wa * a.snr_db + (1 - wa) * b.snr_db,
        steady=a.steady or b.steady,
        sigma=math.hypot(a.sigma, b.sigma),
        marks=a.marks + b.marks,
    )


def stitch(open_: list[Emission], new: list[Emission], boundary: int, rate_hz: float, slack_hz: float) -> list[Emission]:
    """`new` (of the segment that begins at sample `boundary`), each joined with the one of `open_` that it continues.

    Takes from open_ what was continued; what stays there has ended.
    """
    out = []
    for e in new:
        for o in open_:
            gap = max(e.sample_start - boundary, boundary - o.sample_end) / rate_hz
            touching = e.sample_start <= boundary and o.sample_end >= boundary
            if (touching or (e.steady and o.steady and gap < _STEADY_GAP_S)) and same_band(o, e, slack_hz):
                open_.remove(o)
                e = joined(o, e)
                break
        out.append(e)
    return out


_TOGETHER_FRAMES, _LONG_FRAMES, _PART = 10, 200, 0.02


def common_fate(found: list[Emission], first: int, frame: int) -> list[Emission]:
    """Long pieces of one segment that begin at the same moment, no further apart than they are wide, are one signal (its
    spectrum has gaps).

    first: the segment's first sample, at which everything begins that was there before; frame: samples per frame.
    """
    out: list[Emission] = []
    long = [e for e in found if e.sample_count >= _LONG_FRAMES * frame]
    for e in sorted(long, key=lambda e: -e.bandwidth_hz):
        for i, o in enumerate(out):
            together = (
                abs(e.sample_start - o.sample_start) <= _TOGETHER_FRAMES * frame
                and min(e.sample_start, o.sample_start) > first + frame
            )
            gap = max(e.low_hz - o.high_hz, o.low_hz - e.high_hz)
            if together and gap < o.bandwidth_hz:
                if _power(e) > _PART * _power(o):  # less is what it spills
                    out[i] = _side_by_side(o, e)
                break
        else:
            out.append(e)
    return out + [e for e in found if e.sample_count < _LONG_FRAMES * frame]


_PARTED_FRAMES, _ALIKE_DB, _PARTED_HZ, _EDGE = 4, 2.0, 3e6, 0.06


def parted(found: list[Emission], frame: int) -> list[Emission]:
    """Wide bursts in the same band with no more than a few frames between them, in which another wide one begins or ends, are one
    burst: the other's edge, which splashes over the whole band, parted it.
    """
    wide = sorted((e for e in found if e.bandwidth_hz > _PARTED_HZ), key=lambda e: e.sample_start)
    gone: set[int] = set()
    out = {id(e): e for e in found}
    for i, e in enumerate(wide):
        for o in wide[i + 1 :]:
            gap = o.sample_start - e.sample_end
            if gap > _PARTED_FRAMES * frame:
                break
            slack = _EDGE * e.bandwidth_hz
            same = (
                abs(o.low_hz - e.low_hz) < slack and abs(o.high_hz - e.high_hz) < slack and abs(o.snr_db - e.snr_db) < _ALIKE_DB
            )
            if same and gap > -frame and _edge_between(wide, e, o, frame):
                gone.add(id(e))
                out[id(o)] = replace(joined(out[id(e)], o), marks=[])
                break
    return [out[id(e)] for e in found if id(e) not in gone]


def _edge_between(wide: list[Emission], a: Emission, b: Emission, frame: int) -> bool:
    """Whether another one begins or ends between a and b."""
    first, last = a.sample_end - 2 * frame, b.sample_start + 2 * frame
    return any(
        (first <= e.sample_start <= last or first <= e.sample_end <= last)
        for e in wide
        if e is not a and e is not b and abs(e.center_hz - a.center_hz) > _EDGE * a.bandwidth_hz
    )


def _power(e: Emission) -> float:
    return float(10 ** (e.snr_db / 10) * e.bandwidth_hz)


def _side_by_side(a: Emission, b: Emission) -> Emission:
    low, high = min(a.low_hz, b.low_hz), max(a.high_hz, b.high_hz)
    power = (_power(a) + _power(b)) / (high - low)
    start, end = min(a.sample_start, b.sample_start), max(a.sample_end, b.sample_end)
    return replace(
        a, sample_start=start, sample_count=end - start, low_hz=low, high_hz=high, snr_db=10 * math.log10(power),
        sigma=math.hypot(a.sigma, b.sigma),
    )  # fmt: skip
