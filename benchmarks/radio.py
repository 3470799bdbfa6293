"""Scoring of a spectrum detector against the truth of simulated recordings, the ideal energy detector, and a plain
spectrogram as the peer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage, signal
from scipy.stats import gamma, ncx2

from picket.spectrum.emission import Emission
from picket.spectrum.run import Chain, Report
from picket.train.radio.scene import Scene, simulate

Complex = npt.NDArray[np.complex64]
FALSE_PER_S = 0.1
LINE_HZ = 50e3  # a truth narrower than this is compared by its centre


def quantised(iq: Complex) -> npt.NDArray[np.int16]:
    """Full scale 1 as 16-bit samples, interleaved."""
    return np.clip(np.rint(iq.view(np.float32) * 32768), -32768, 32767).astype(np.int16)


def ours(samples: npt.NDArray[np.int16], rate_hz: float, center_hz: float = 0.0) -> Report:
    """The whole chain over 16-bit samples in memory."""
    chain = Chain(rate_hz, center_hz, 32768.0)
    for first in range(0, len(samples) // 2, chain.step):
        chain.take(samples[2 * first : 2 * (first + chain.step + chain.bins)], first)
    return chain.finish()


def peer(iq: Complex, rate_hz: float, threshold_db: float = 8.0) -> list[Emission]:
    """scipy.signal.spectrogram (Hann, no overlap), mean of 4 frames, threshold over the median of each bin, connected cells."""
    n = 1024
    found = []
    for first in range(0, len(iq), 4_194_304):
        _, _, p = signal.spectrogram(iq[first : first + 4_194_304], rate_hz, "hann", n, 0, return_onesided=False, detrend=False)
        p = np.fft.fftshift(p, axes=0)
        rows = p.shape[1] // 4
        if rows < 1:
            continue
        p = p[:, : rows * 4].reshape(n, rows, 4).mean(axis=2)
        over = p > np.median(p, axis=1, keepdims=True) * 10 ** (threshold_db / 10)
        cells, count = ndimage.label(over, np.ones((3, 3)))
        for box in ndimage.find_objects(cells, count):
            k, t = box
            found.append(
                Emission(
                    first + t.start * 4 * n,
                    (t.stop - t.start) * 4 * n,
                    (k.start - n / 2) * rate_hz / n,
                    (k.stop - n / 2) * rate_hz / n,
                    0.0,
                )
            )
    return found


def iou(a: Emission, b: Emission) -> float:
    """Shared area over joint area in time and frequency; a line narrower than LINE_HZ counts as LINE_HZ wide."""
    ha, hb = max(a.bandwidth_hz, LINE_HZ) / 2, max(b.bandwidth_hz, LINE_HZ) / 2
    t = min(a.sample_end, b.sample_end) - max(a.sample_start, b.sample_start)
    f = min(a.center_hz + ha, b.center_hz + hb) - max(a.center_hz - ha, b.center_hz - hb)
    if t <= 0 or f <= 0:
        return 0.0
    return t * f / (a.sample_count * 2 * ha + b.sample_count * 2 * hb - t * f)


@dataclass
class Match:
    """A truth and the found emission that fits it best (None below an IoU of 0.2: it is not boxed).

    detected: some found one shares half of the shorter's time and half of the narrower's band with it, whatever its box.
    """

    truth: Emission
    found: Emission | None
    iou: float
    detected: bool


def _detects(t: Emission, e: Emission) -> bool:
    half = max(t.bandwidth_hz, LINE_HZ) / 2
    together = min(t.sample_end, e.sample_end) - max(t.sample_start, e.sample_start)
    shared = min(t.center_hz + half, e.high_hz) - max(t.center_hz - half, e.low_hz)
    return together > 0.5 * min(t.sample_count, e.sample_count) and shared > 0.5 * min(2 * half, e.bandwidth_hz)


def match(truth: list[Emission], found: list[Emission]) -> tuple[list[Match], list[Emission]]:
    """Each truth with its best fit, and the found ones that touch no truth by a tenth of their area."""
    out = []
    touching: set[int] = set()
    spans = np.array([(e.sample_start, e.sample_end) for e in found]).reshape(-1, 2)
    for t in truth:
        best, value, detected = None, 0.0, False
        for i in np.flatnonzero((spans[:, 0] < t.sample_end) & (spans[:, 1] > t.sample_start)):
            v = iou(t, found[i])
            detected = detected or _detects(t, found[i])
            shared = min(t.high_hz, found[i].high_hz) - max(t.low_hz, found[i].low_hz)
            if v > 0.05 or shared > 0.3 * found[i].bandwidth_hz:
                touching.add(int(i))
            if v > value:
                best, value = found[i], v
        out.append(Match(t, best if value >= 0.2 else None, value, detected))
    return out, [e for i, e in enumerate(found) if i not in touching]


def ideal(label: str, cells: float, snr_db: float, rate_hz: float, floor_error: float = 1.0) -> float:
    """Detection probability of an energy detector that knows the floor and the box, at FALSE_PER_S over the whole band (facts of
    Urkowitz 1967). floor_error: a factor that the floor may be off by either way, and that the threshold must allow for.
    """
    tests_per_s = rate_hz / max(cells, 1)
    limit = gamma.isf(FALSE_PER_S / tests_per_s, cells) / cells * floor_error**2
    s = 10 ** (snr_db / 10)
    if label == "cw":
        return float(ncx2.sf(2 * cells * limit, 2 * cells, 2 * cells * s))
    return float(gamma.sf(cells * limit / (1 + s), cells))


def interval(hits: int, n: int) -> tuple[float, float]:
    """95 % Wilson interval of a share."""
    if not n:
        return 0.0, 1.0
    z, p = 1.96, hits / n
    middle, half = (p + z * z / 2 / n) / (1 + z * z / n), z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    return round(max(0.0, middle - half), 3), round(min(1.0, middle + half), 3)


def recording(scene: Scene, seed: int) -> tuple[Complex, list[Emission]]:
    return simulate(scene, seed)


def crossing(snr_db: list[float], pd: list[float], level: float = 0.9) -> float | None:
    """The SNR at which a curve first reaches `level`, between its points."""
    for i, p in enumerate(pd):
        if p >= level:
            if i == 0:
                return snr_db[0]
            a, b = pd[i - 1], p
            return round(snr_db[i - 1] + (level - a) / (b - a) * (snr_db[i] - snr_db[i - 1]), 2)
    return None


def ideal_crossing(pd: Callable[[float], float], level: float = 0.9) -> float:
    """The same for a curve that is known at every SNR."""
    return round(float(next(s for s in np.arange(-30, 20, 0.05) if pd(float(s)) >= level)), 2)


Detector = Callable[[Complex], list[Emission]]
