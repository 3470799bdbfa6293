"""The 99 % bandwidth of an emitter from several of its bursts together: one short burst does not show its skirts over the noise."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from picket.spectrum.analyse import PROFILE
from picket.spectrum.emitters import Emitter

_LEAST_LINE_HZ = 1.0  # power over the noise's per Hz: less is noise that took a faint carrier's place in a short look
_LEAST_CARRIER_HZ = 10e3  # a carrier is reported at least this wide


def settle_carrier(m: Emitter) -> None:
    """Puts the edges of a carrier's line into its bursts."""
    lines = [(k.line_hz, k.line_width_hz, k.line_snr_hz) for b in m.bursts for k in b.marks if k.line_snr_hz > _LEAST_LINE_HZ]
    if lines:
        center = float(np.median([c for c, _, _ in lines]))
        half = max(_LEAST_CARRIER_HZ, float(np.median([w for _, w, _ in lines]))) / 2
        for b in m.bursts:
            b.snr_db = 10 * math.log10(float(np.median([p for _, _, p in lines])) / (2 * half))
            b.low_hz, b.high_hz = center - half, center + half


def settle_wide(m: Emitter, excess: npt.NDArray[np.float64], bin_hz: float) -> None:
    """Puts the edges of 99 % of the power of a signal that was seen in parts into its bursts: narrower than all parts together.

    excess (K,): mean power less the floor, per bin from -rate / 2 on, while it was on.
    """
    low, high = min(b.low_hz for b in m.bursts), max(b.high_hz for b in m.bursts)
    edges = bin_hz * (np.arange(len(excess) + 1) - 0.5 - len(excess) / 2)
    own = np.maximum(excess, 0) * ((edges[1:] > low) & (edges[:-1] < high))
    total = np.concatenate([[0.0], np.cumsum(own)])
    if total[-1] <= 0:
        return
    new = np.interp([0.005 * total[-1], 0.995 * total[-1]], total, edges)
    for b in m.bursts:
        b.snr_db += 10 * math.log10(b.bandwidth_hz / max(float(new[1] - new[0]), bin_hz))
        b.low_hz, b.high_hz = float(new[0]), float(new[1])


def settle(m: Emitter) -> None:
    """Puts the edges of a narrow emitter's summed spectrum into its bursts, round each burst's centre."""
    profiles = [(b.bandwidth_hz, k.profile) for b in m.bursts for k in b.marks if k.profile is not None]
    if not profiles:
        return
    width = float(np.median([w for w, _ in profiles]))
    found = _edges(profiles, width)
    if found is None or not 0.6 < (found[1] - found[0]) / width < 2.2:
        return
    new = found[1] - found[0]
    for b in m.bursts:
        center = b.center_hz
        b.snr_db += 10 * math.log10(b.bandwidth_hz / new)
        b.low_hz, b.high_hz = center - new / 2, center + new / 2


def _edges(profiles: list[tuple[float, npt.NDArray[np.float64]]], width: float) -> tuple[float, float] | None:
    """Edges in Hz of 99 % of the power of the summed spectra, as far as it stands out of their scatter; None where it does not."""
    grid = (np.arange(PROFILE) + 0.5) / PROFILE - 0.5
    hz = grid * 3 * width
    total = np.zeros(PROFILE)
    for w, p in profiles:
        total += np.interp(hz, grid * 3 * w, p * (width / w), left=0, right=0)
    outer = np.abs(grid) > 0.36  # beyond the band twice over: its scatter is the noise's
    limit = max(0.015 * float(total.max()), 2.5 * float(np.std(total[outer])))
    smooth = np.convolve(total, np.ones(3) / 3, "same")
    at = int(np.argmax(smooth))
    if smooth[at] <= limit:
        return None
    a = b = at
    while a > 1 and max(smooth[a - 1], smooth[a - 2]) > limit:
        a -= 1
    while b < PROFILE - 2 and max(smooth[b + 1], smooth[b + 2]) > limit:
        b += 1
    inside = np.concatenate([[0], np.cumsum(np.maximum(total[a : b + 1], 0))])
    edges = (np.arange(a, b + 2) / PROFILE - 0.5) * 3 * width
    return float(np.interp(0.005 * inside[-1], inside, edges)), float(np.interp(0.995 * inside[-1], inside, edges))
