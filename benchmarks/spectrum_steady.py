"""Signals that never pause, heard for seconds: where they are found, against r - 1/r of the error of the floor under them (SIMULATED).

A steady signal is by definition long, and what the chain adds up over seconds decides how faint it may be. SECONDS of noise are made
and looked at a segment at a time; the signal is PIECE_S of it, over and over. All classes and levels of a seed are looked at in the same
noise, which costs more to make than to look at.
PICKET_BENCH_STEADY_S (3): the length; PICKET_BENCH_STEADY_SEEDS (8): how many recordings.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks import radio
from picket.spectrum.emission import Emission
from picket.spectrum.run import Chain
from picket.train.radio.burst import Air, Complex
from picket.train.radio.scene import NOISE_RMS, TRANSMITTERS, Part, _add
from picket.train.streams import stream

SECONDS = float(os.environ.get("PICKET_BENCH_STEADY_S", "3"))
SEEDS = int(os.environ.get("PICKET_BENCH_STEADY_SEEDS", "8"))
PIECE_S = 0.25
SNR_DB = {
    "fm_video": [-33.0, -30.0, -28.0, -26.0, -24.0], "jam_noise": [-26.0, -24.0, -22.0, -20.0, -18.0],
    "jam_chirp": [-30.0, -26.0, -22.0, -18.0, -14.0], "cw": [-20.0, -18.0, -17.0, -16.0, -15.0, -14.0, -12.0],
}  # fmt: skip


class _Always(Air):
    """Transmitters that are on throughout."""

    def span(self, rng: np.random.Generator, shortest_s: float) -> tuple[float, float]:
        return 0.0, self.duration_s


@dataclass
class Look:
    """Whether a signal was found, the error (dB) of the last floor under it by bin, and what was there."""

    found: bool
    error_db: Any
    truth: Emission


def piece(label: str, rate_hz: float, seed: int) -> tuple[Complex, Emission]:
    """PIECE_S of a transmitter alone at 0 dB, and its truth."""
    air = _Always(rate_hz, PIECE_S, -0.46 * rate_hz, 0.46 * rate_hz)
    iq = np.zeros(int(PIECE_S * rate_hz), np.complex64)
    (truth, *_) = _add(iq, TRANSMITTERS[label](stream(seed, "part", 0, label), air), Part(label, 0.0), 0, rate_hz)
    return iq, truth


def looked_at(levels: dict[str, list[float]], rate_hz: float, seed: int, seconds: float) -> dict[tuple[str, float], Look]:
    """Each class (levels: SNRs of each) at each of its levels, all in the same noise."""
    pieces = {label: piece(label, rate_hz, seed) for label in levels}
    chains = {(label, snr): Chain(rate_hz, 0.0, 32768.0) for label in levels for snr in levels[label]}
    rng, one = stream(seed, "steady"), next(iter(chains.values()))
    size, samples, kept = one.step + one.bins, int(seconds * rate_hz), np.empty(0, np.complex64)
    for first in range(0, samples - size + 1, one.step):
        new = rng.standard_normal(2 * (size - len(kept)), np.float32) * np.float32(NOISE_RMS / np.sqrt(2))
        noise = np.concatenate([kept, new.view(np.complex64)])
        for label, (clean, _) in pieces.items():
            own = np.take(clean, np.arange(first, first + size), mode="wrap")
            for snr in levels[label]:
                chains[label, snr].take(radio.quantised(noise + own * np.float32(10 ** (snr / 20))), first)
        kept = noise[one.step :].copy()
    return {
        (label, snr): _judged(chain, replace(pieces[label][1], sample_start=0, sample_count=samples))
        for (label, snr), chain in chains.items()
    }


def _judged(chain: Chain, truth: Emission) -> Look:
    edges = np.array([truth.low_hz, truth.high_hz]) / chain.detector.bin_hz + chain.bins / 2
    low, high = np.clip(edges.astype(int), 0, chain.bins - 1)
    error = np.abs(chain._floors[-1][low : high + 1] - 10 * np.log10(NOISE_RMS**2))
    (m,), _ = radio.match([truth], chain.finish().emissions)
    return Look(m.detected, error, truth)


def bounded(
    label: str, snrs: list[float], hits: list[float], errors: dict[float, list[float]], cells: list[float], rate_hz: float
) -> dict[str, Any]:
    """Where 0.9 are found, and the bounds for the error of the floor where they are. errors: of each level, where it was found; cells: of
    each recording.
    """
    crossing = radio.crossing(snrs, hits)
    out: dict[str, Any] = {"detected": hits, "snr_at_0.9": crossing}
    if crossing is None:
        return out
    u = float(np.quantile(errors[min((s for s in snrs if errors[s]), key=lambda s: abs(s - crossing))], 0.95))
    r = 10 ** (u / 10)
    bound = 10 * float(np.log10(r - 1 / r))
    finite = radio.ideal_crossing(lambda snr: float(np.mean([radio.ideal(label, n, snr, rate_hz, r) for n in cells])))
    return out | {
        "floor_error_95_db": round(u, 3), "bound_db": round(bound, 2), "off_the_bound_db": round(crossing - bound, 2),
        "finite_bound_db": finite, "off_the_finite_bound_db": round(crossing - finite, 2),
    }  # fmt: skip


def steady_long(labels: tuple[str, ...], rate_hz: float, quick: bool, say: Any) -> dict[str, Any]:
    """The row: each class over SECONDS (two in a quick run)."""
    seconds, seeds = (2.0, 1) if quick else (SECONDS, SEEDS)
    looks: dict[tuple[str, float], list[Look]] = {}
    for seed in range(300, 300 + seeds):
        for at, look in looked_at({k: SNR_DB[k] for k in labels}, rate_hz, seed, seconds).items():
            looks.setdefault(at, []).append(look)
        say(f"steady for {seconds:g} s: {seed}, found {[f'{k} {snr:g}' for (k, snr), found in looks.items() if found[-1].found]}")
    out: dict[str, Any] = {}
    for label in labels:
        snrs = SNR_DB[label]
        mine = [looks[label, snr] for snr in snrs]
        hits = [sum(x.found for x in some) / seeds for some in mine]
        errors = {snr: [float(e) for x in some if x.found for e in x.error_db] for snr, some in zip(snrs, mine, strict=True)}
        cells = [max(x.truth.bandwidth_hz, 1e4) * seconds for x in mine[0]]
        out[label] = {"snr_db": snrs, "n_per_point": seeds} | bounded(label, snrs, hits, errors, cells, rate_hz)
        say(f"steady for {seconds:g} s: {label} {out[label]}")
    return {"seconds": seconds, "rate_hz": rate_hz, "classes": out}
