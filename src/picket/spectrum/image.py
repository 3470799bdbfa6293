"""Images: a receiver's unequal I and Q show each strong signal again, weaker, at minus its frequency. They are no emissions."""

from __future__ import annotations

from picket.spectrum.emission import Emission

_LEAST_DB = 15.0  # a receiver without correction suppresses its image by 20 dB or more


def without_images(found: list[Emission]) -> tuple[list[Emission], int]:
    """Those that are not the image of another, much stronger one at the same time; and how many were."""
    kept = [e for e in found if not any(_is_image(e, o) for o in found)]
    return kept, len(found) - len(kept)


def _is_image(e: Emission, strong: Emission) -> bool:
    if strong.snr_db - e.snr_db < _LEAST_DB or e.low_hz <= 0 <= e.high_hz:
        return False
    shared = min(-strong.low_hz, e.high_hz) - max(-strong.high_hz, e.low_hz)
    together = min(strong.sample_end, e.sample_end) - max(strong.sample_start, e.sample_start)
    return shared > 0.6 * e.bandwidth_hz and together > 0.6 * e.sample_count
