"""Parts of one signal that the detector saw apart, put together once it is known what the signal is.

Analogue video moves its power about within its band, line by line and field by field: parts of the band come and go. What lies
in or close beside an FM video signal, at the same time, weaker, and shows no structure of its own, is a part of it. Signals
that do not pause are one emission over short gaps (a wide burst may have covered a carrier; a field's blanking may have thinned
video).
"""

from __future__ import annotations

import math
from dataclasses import replace

from picket.spectrum.emission import Emission
from picket.spectrum.emitters import Emitter

_STEADY = {"fm_video", "cw", "jam_noise", "jam_chirp"}
_GAP_S = 5e-3
_OWN_STRUCTURE = {"lora_fhss", "wifi", "droneid", "ofdm_video", "bluetooth"}
_SHARE = 0.01  # a part with less of the power does not widen the band (its edges are those of 99 %)
_SHARE_CLEAR, _CLEAR_DB = (
    0.004,
    10.0,
)  # the same for a part that stands out clearly: the floor under such a signal is not well known


def put_together(emitters: list[Emitter], rate_hz: float) -> list[Emitter]:
    """Emitters with the parts of steady signals joined."""
    left = list(emitters)
    for m in sorted((m for m in emitters if m.label == "fm_video"), key=_power, reverse=True):
        if not any(m is other for other in left):
            continue
        left = _absorb(m, left, rate_hz)
    left = _same_again(left, int(_GAP_S * rate_hz))
    for m in left:
        if m.label in _STEADY:
            m.bursts = _over_gaps(m.bursts, int(_GAP_S * rate_hz))
    return left


def _same_again(emitters: list[Emitter], gap: int) -> list[Emitter]:
    """Steady signals of one label in one band, one after the other, are one."""
    out: list[Emitter] = []
    for m in emitters:
        for o in out:
            shared = min(o.bursts[-1].high_hz, m.bursts[0].high_hz) - max(o.bursts[-1].low_hz, m.bursts[0].low_hz)
            narrow = min(o.bursts[-1].bandwidth_hz, m.bursts[0].bandwidth_hz)
            apart = m.bursts[0].sample_start - max(b.sample_end for b in o.bursts)
            if o.label == m.label and m.label in _STEADY and apart <= gap and shared > 0.5 * narrow:
                o.bursts = sorted(o.bursts + m.bursts, key=lambda e: e.sample_start)
                break
        else:
            out.append(m)
    return out


def _power(m: Emitter) -> float:
    return sum(_energy(b) for b in m.bursts)


def _energy(e: Emission) -> float:
    return float(10 ** (e.snr_db / 10) * e.bandwidth_hz * e.sample_count)


def _absorb(m: Emitter, others: list[Emitter], rate_hz: float) -> list[Emitter]:
    """m takes in its parts among others; returns what is left, m included."""
    start, end = m.bursts[0].sample_start, max(b.sample_end for b in m.bursts)
    low, high, total = min(b.low_hz for b in m.bursts), max(b.high_hz for b in m.bursts), _power(m)
    rate = total / (end - start)
    gap = int(_GAP_S * rate_hz)
    longer: list[Emission] = []
    changed = True
    while changed:
        changed = False
        for other in others:
            if (
                other is m
                or other.label in _OWN_STRUCTURE
                or (other.label == "gfsk_fhss" and other.confidence > 0.9 and len(other.bursts) > 20)
            ):
                continue
            for b in list(other.bursts):
                energy, beside = _energy(b), max(low - b.high_hz, b.low_hz - high)
                weak = energy < 0.05 * rate * b.sample_count
                inside = -beside > 0.8 * b.bandwidth_hz
                if b.sample_start > end + gap or b.sample_end < start - gap or beside > (1.0 if weak else 0.5) * (high - low):
                    continue
                if energy > 0.5 * total and not inside:
                    continue
                if min(end, b.sample_end) - max(start, b.sample_start) < (0.5 if weak else 0.8) * b.sample_count and (
                    weak or beside > 0
                ):
                    continue  # it outlasts the video: not a part, unless it is its rest
                other.bursts.remove(b)
                changed = True
                if not weak:
                    longer.append(b)
                    start, end = min(start, b.sample_start), max(end, b.sample_end)
                share = _SHARE_CLEAR if b.snr_db > _CLEAR_DB else _SHARE
                if energy > share * rate * b.sample_count and energy > share * total:
                    low, high = min(low, b.low_hz), max(high, b.high_hz)
    m.bursts = [replace(b, low_hz=low, high_hz=high) for b in sorted(m.bursts + longer, key=lambda e: e.sample_start)]
    return [o for o in others if o.bursts]


def _over_gaps(bursts: list[Emission], gap: int) -> list[Emission]:
    out: list[Emission] = []
    for b in sorted(bursts, key=lambda e: e.sample_start):
        if out and b.sample_start - out[-1].sample_end <= gap:
            last = out[-1]
            weight = _energy(last) / max(_energy(last) + _energy(b), 1e-30)
            end = max(last.sample_end, b.sample_end)
            out[-1] = replace(
                last,
                sample_count=end - last.sample_start,
                low_hz=weight * last.low_hz + (1 - weight) * b.low_hz,
                high_hz=weight * last.high_hz + (1 - weight) * b.high_hz,
                snr_db=weight * last.snr_db + (1 - weight) * b.snr_db,
                marks=last.marks + b.marks,
                sigma=math.hypot(last.sigma, b.sigma),
            )
        else:
            out.append(b)
    return out
