"""What a strong signal causes elsewhere: images and shoulders. They are no emissions of their own.

An image: a receiver's unequal I and Q show each strong signal again, weaker, at minus its frequency. A shoulder: what a
transmitter or the receiver spills beside the band while it is on. The shadow: far below a strong wide signal at the same time
nothing is told apart that shows no structure.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from picket.spectrum.clip import Complex, band
from picket.spectrum.emission import Emission

COHERENT = 0.3
_IMAGE_DB = 15.0  # a receiver without correction suppresses its image by 20 dB or more
_SHOULDER_DB = 10.0
_SHOULDER_GAP = 0.15  # of the strong one's width
_OWN_DB = 6.0
_SHADOW_DB = 20.0
_WIDE_HZ = 3e6


def without_images(found: list[Emission], coherent: Callable[[Emission], bool]) -> tuple[list[Emission], int]:
    """Those that are not the image of another, much stronger one at the same time; and how many were.

    coherent: whether an emission's samples go along with the conjugate of those at minus its frequency (`likeness`), which only an
    image's do; asked of those that lie where an image would.
    """
    stronger = _stronger(found, _IMAGE_DB)
    kept = [e for e, above in zip(found, stronger, strict=True) if not (any(_is_image(e, o) for o in above) and coherent(e))]
    return kept, len(found) - len(kept)


def _stronger(found: list[Emission], by_db: float) -> list[list[Emission]]:
    """For each those that are on at the same time and by so much stronger."""
    if not found:
        return []
    start = np.array([e.sample_start for e in found])
    end = np.array([e.sample_end for e in found])
    snr_db = np.array([e.snr_db for e in found])
    out: list[list[Emission]] = []
    strongest = float(snr_db.max())
    for i in range(len(found)):
        if snr_db[i] + by_db > strongest:
            out.append([])
            continue
        above = (snr_db >= snr_db[i] + by_db) & (start < end[i]) & (end > start[i])
        out.append([found[j] for j in np.flatnonzero(above)])
    return out


def likeness(iq: Complex, rate_hz: float, e: Emission) -> float:
    """Coherence (0..1) of the band of e with the conjugate of its mirror image, against what its SNR allows."""
    own, _, _ = band(iq, rate_hz, e.center_hz, e.bandwidth_hz)
    mirror, _, _ = band(np.conj(iq), rate_hz, e.center_hz, e.bandwidth_hz)
    power = float(np.vdot(own, own).real * np.vdot(mirror, mirror).real)
    snr = 10 ** (e.snr_db / 10)
    return float(abs(np.vdot(own, mirror)) ** 2 / max(power, 1e-60) / (snr / (1 + snr)))


def _is_image(e: Emission, strong: Emission) -> bool:
    if strong.snr_db - e.snr_db < _IMAGE_DB or e.low_hz <= 0 <= e.high_hz:
        return False
    shared = min(-strong.low_hz, e.high_hz) - max(-strong.high_hz, e.low_hz)
    return shared > 0.5 * e.bandwidth_hz and _together(e, strong) > 0.5 * e.sample_count


def without_shoulders(found: list[Emission]) -> tuple[list[Emission], int]:
    """Those that are not spilt by another one; and how many were."""
    stronger = _stronger(found, _SHOULDER_DB)
    kept = [e for e, above in zip(found, stronger, strict=True) if not any(_is_shoulder(e, o) for o in above)]
    return kept, len(found) - len(kept)


def _is_shoulder(e: Emission, strong: Emission) -> bool:
    below = strong.snr_db - e.snr_db
    if below < _SHOULDER_DB or strong.bandwidth_hz < 0.5 * e.bandwidth_hz:
        return False
    together = _together(e, strong)
    gap = max(e.low_hz - strong.high_hz, strong.low_hz - e.high_hz)
    same_time = together > 0.7 * max(e.sample_count, strong.sample_count) or (together > 0.9 * e.sample_count and not e.steady)
    if e.steady and e.snr_db > _OWN_DB:
        return False  # too much for a spill that never pauses; a part of a video signal, perhaps (absorb.py)
    if same_time and gap < _SHOULDER_GAP * strong.bandwidth_hz and e.bandwidth_hz < 0.5 * strong.bandwidth_hz:
        return True
    return below > _SHADOW_DB and strong.bandwidth_hz > _WIDE_HZ and together > 0.8 * e.sample_count and e.snr_db < 0


def _together(a: Emission, b: Emission) -> int:
    return min(a.sample_end, b.sample_end) - max(a.sample_start, b.sample_start)
