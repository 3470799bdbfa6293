"""Signals that never pause, heard for seconds: where they are found, against r - 1/r of the error of the floor under them (SIMULATED).

A steady signal is by definition long, and what the chain adds up over seconds decides how faint it may be. SECONDS of noise are made
and looked at a segment at a time; the signal is a second of it, over and over. All levels of a seed are looked at in the same noise.
PICKET_BENCH_STEADY_S (6): the length.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks import radio
from picket.spectrum.emission import Emission
from picket.spectrum.run import Chain
from picket.train.radio.burst import Air, Complex
from picket.train.radio.scene import NOISE_RMS, TRANSMITTERS, Part, _add
from picket.train.streams import stream

SECONDS = float(os.environ.get("PICKET_BENCH_STEADY_S", "6"))
SNR_DB = {
    "fm_video": [-22.0, -20.0, -18.0, -16.0], "jam_noise": [-22.0, -20.0, -18.0, -16.0, -14.0],
    "jam_chirp": [-18.0, -16.0, -14.0, -12.0, -10.0, -8.0], "cw": [-17.0, -15.0, -14.0, -13.0, -12.0, -10.0],
}  # fmt: skip


class _Always(Air):
    """Transmitters that are on throughout."""

    def span(self, rng: np.random.Generator, shortest_s: float) -> tuple[float, float]:
        return 0.0, self.duration_s


def second(label: str, rate_hz: float, seed: int) -> tuple[Complex, Emission]:
    """A second of a transmitter alone at 0 dB, and its truth."""
    air = _Always(rate_hz, 1.0, -0.46 * rate_hz, 0.46 * rate_hz)
    iq = np.zeros(int(rate_hz), np.complex64)
    (truth, *_) = _add(iq, TRANSMITTERS[label](stream(seed, "part", 0, label), air), Part(label, 0.0), 0, rate_hz)
    return iq, truth


def looked_at(
    label: str, rate_hz: float, seed: int, snrs: list[float], seconds: float
) -> dict[float, tuple[bool, Any, Emission]]:
    """Of each level: whether it was found, the error (dB) of the last floor under it by bin, and its truth."""
    clean, truth = second(label, rate_hz, seed)
    truth = replace(truth, sample_start=0, sample_count=int(seconds * rate_hz))
    rng, chains = stream(seed, "steady"), {s: Chain(rate_hz, 0.0, 32768.0) for s in snrs}
    one = chains[snrs[0]]
    size, kept = one.step + one.bins, np.empty(0, np.complex64)
    for first in range(0, truth.sample_count - size + 1, one.step):
        new = rng.standard_normal(2 * (size - len(kept)), np.float32) * np.float32(NOISE_RMS / np.sqrt(2))
        noise = np.concatenate([kept, new.view(np.complex64)])
        own = np.take(clean, np.arange(first, first + size), mode="wrap")
        for snr, chain in chains.items():
            chain.take(radio.quantised(noise + own * np.float32(10 ** (snr / 20))), first)
        kept = noise[one.step :].copy()
    out = {}
    for snr, chain in chains.items():
        bins = [
            int(np.clip(f / chain.detector.bin_hz + chain.bins / 2, 0, chain.bins - 1)) for f in (truth.low_hz, truth.high_hz)
        ]
        error = np.abs(chain._floors[-1][bins[0] : bins[1] + 1] - 10 * np.log10(NOISE_RMS**2))
        (m,), _ = radio.match([truth], chain.finish().emissions)
        out[snr] = (m.detected, error, truth)
    return out


def bounded(
    label: str, snrs: list[float], hits: list[float], errors: dict[float, list[float]], cells: float, rate_hz: float
) -> dict[str, Any]:
    """Where 0.9 are found, and the bounds for the error of the floor where they are. errors: of each level, where it was found."""
    crossing = radio.crossing(snrs, hits)
    out: dict[str, Any] = {"detected": hits, "snr_at_0.9": crossing}
    if crossing is None:
        return out
    u = float(np.quantile(errors[min((s for s in snrs if errors[s]), key=lambda s: abs(s - crossing))], 0.95))
    r = 10 ** (u / 10)
    bound = 10 * float(np.log10(r - 1 / r))
    finite = radio.ideal_crossing(lambda snr: radio.ideal(label, cells, snr, rate_hz, r))
    return out | {
        "floor_error_95_db": round(u, 3), "bound_db": round(bound, 2), "off_the_bound_db": round(crossing - bound, 2),
        "finite_bound_db": finite, "off_the_finite_bound_db": round(crossing - finite, 2),
    }  # fmt: skip


def steady_long(labels: tuple[str, ...], rate_hz: float, quick: bool, say: Any) -> dict[str, Any]:
    """The row: each class over SECONDS (two in a quick run)."""
    seconds, seeds = (2.0, 1) if quick else (SECONDS, 10)
    out: dict[str, Any] = {}
    for label in labels:
        snrs = SNR_DB[label]
        hits, errors = dict.fromkeys(snrs, 0), {s: list[float]() for s in snrs}
        cells = 1.0
        for seed in range(300, 300 + seeds):
            for snr, (found, error, truth) in looked_at(label, rate_hz, seed, snrs, seconds).items():
                hits[snr] += found
                errors[snr] += list(error) if found else []
                cells = max(truth.bandwidth_hz, 1e4) * seconds
        out[label] = {"snr_db": snrs, "n_per_point": seeds} | bounded(
            label, snrs, [hits[s] / seeds for s in snrs], errors, cells, rate_hz
        )
        say(f"steady for {seconds:g} s: {label} {out[label]}")
    return {"seconds": seconds, "rate_hz": rate_hz, "classes": out}
