"""A recording as a radio would have made it, SIMULATED, with the exact truth beside it.

Same seed, same samples. Each transmitter has a random stream of its own (train/streams.py), so that adding one changes no
other. The truth of a burst: its first sample and length as put in, the edges of 99 % of its own power, its SNR over them
against the noise that was added.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.signal import welch

from picket.spectrum.emission import Emission
from picket.spectrum.sigmf import DATATYPES, Meta, write
from picket.train.radio.burst import Air, Burst, Complex, shifted
from picket.train.radio.faults import Faults, spoil
from picket.train.radio.hopping import bluetooth, gfsk_fhss, lora_fhss
from picket.train.radio.ofdm import droneid, ofdm_video, wifi
from picket.train.radio.steady import cw, fm_video, jam_chirp, jam_noise
from picket.train.streams import stream

TRANSMITTERS: dict[str, Callable[[np.random.Generator, Air], list[Burst]]] = {
    "ofdm_video": ofdm_video,
    "droneid": droneid,
    "fm_video": fm_video,
    "lora_fhss": lora_fhss,
    "gfsk_fhss": gfsk_fhss,
    "wifi": wifi,
    "bluetooth": bluetooth,
    "cw": cw,
    "jam_noise": jam_noise,
    "jam_chirp": jam_chirp,
}
NOISE_RMS = 0.02  # of full scale; leaves 30 dB for signals over the whole band


@dataclass(frozen=True)
class Part:
    """One transmitter of a scene: its label, its SNR over its 99 % bandwidth, and the share of the band (0..1) that it may use."""

    label: str
    snr_db: float
    band: tuple[float, float] = (0.04, 0.96)


@dataclass(frozen=True)
class Scene:
    """What to simulate."""

    rate_hz: float
    duration_s: float
    parts: Sequence[Part] = ()
    center_hz: float = 2.44e9
    faults: Faults = field(default_factory=Faults)


def simulate(scene: Scene, seed: int) -> tuple[Complex, list[Emission]]:
    """Samples (M,), noise of NOISE_RMS and full scale 1, and the truth. Needs about 40 bytes a sample."""
    n = int(scene.rate_hz * scene.duration_s)
    rng = stream(seed, "noise")
    iq = (rng.standard_normal(2 * n, np.float32) * np.float32(NOISE_RMS / np.sqrt(2))).view(np.complex64)
    truth: list[Emission] = []
    for number, part in enumerate(scene.parts):
        low, high = ((share - 0.5) * scene.rate_hz for share in part.band)
        air = Air(scene.rate_hz, scene.duration_s, low, high)
        bursts = TRANSMITTERS[part.label](stream(seed, "part", number, part.label), air)
        truth += _add(iq, bursts, part, number, scene.rate_hz)
    return spoil(iq, scene.rate_hz, scene.faults, NOISE_RMS**2), truth


def _add(iq: Complex, bursts: list[Burst], part: Part, number: int, rate_hz: float) -> list[Emission]:
    truth: list[Emission] = []
    if not bursts:
        return truth
    low, high = occupied(np.concatenate([b.iq for b in bursts[:4]]), rate_hz)
    gain = np.float32(NOISE_RMS * np.sqrt(10 ** (part.snr_db / 10) * (high - low) / rate_hz / 0.99))
    for b in bursts:
        first = round(b.start_s * rate_hz)
        x = _within(b.iq[: len(iq) - first], b.offset_hz, rate_hz, (low, high))
        iq[first : first + len(x)] += gain * shifted(x, b.offset_hz, rate_hz, first)
        truth.append(
            Emission(
                first,
                len(x),
                max(b.offset_hz + low, -0.49 * rate_hz),
                min(b.offset_hz + high, 0.49 * rate_hz),
                part.snr_db,
                part.label,
                1.0,
                number,
                evidence=["truth of the simulation"],
            )
        )
    return truth


def _within(iq: Complex, offset_hz: float, rate_hz: float, edges: tuple[float, float]) -> Complex:
    """A burst without what would lie outside the recording's band: a receiver's filter takes that away, and does not fold it back."""
    if edges[0] + offset_hz > -0.49 * rate_hz and edges[1] + offset_hz < 0.49 * rate_hz:
        return iq
    f = np.fft.fftfreq(len(iq), 1 / rate_hz) + offset_hz
    return np.asarray(np.fft.ifft(np.fft.fft(iq) * (np.abs(f) < 0.49 * rate_hz)).astype(np.complex64))


def occupied(iq: Complex, rate_hz: float, share: float = 0.99) -> tuple[float, float]:
    """Edges in Hz of that share of the power, half of the rest on each side."""
    step = min(len(iq), 16384)
    f, p = welch(iq, rate_hz, "blackmanharris", step, return_onesided=False, detrend=False)
    order = np.argsort(f)
    f, total = f[order], np.cumsum(p[order]) / p.sum()
    return float(np.interp((1 - share) / 2, total, f)), float(np.interp((1 + share) / 2, total, f))


def save(path: Path, scene: Scene, seed: int, datatype: str = "ci16_le") -> list[Emission]:
    """Writes the recording as SigMF with the truth as annotations; returns the truth."""
    iq, truth = simulate(scene, seed)
    if scene.faults.clip_share > 0:
        iq = iq / np.float32(np.quantile(np.abs(iq.view(np.float32)[:: max(1, len(iq) // 500_000)]), 1 - scene.faults.clip_share))
    write(path, Meta(DATATYPES[datatype], scene.rate_hz, scene.center_hz, None, True), truth, iq)
    return truth


def random_scene(seed: int, rate_hz: float, duration_s: float, snr_db: tuple[float, float] = (-3, 20), most: int = 4) -> Scene:
    """A mixture of one to `most` transmitters in bands of their own, with an average cheap front end."""
    rng = stream(seed, "scene")
    count = int(rng.integers(1, most + 1)) if rate_hz >= 30e6 else 1
    cuts = np.linspace(0.04, 0.96, count + 1)
    labels = rng.choice(list(TRANSMITTERS), count, replace=False)
    parts = [
        Part(str(label), float(rng.uniform(*snr_db)), (float(cuts[i]), float(cuts[i + 1]))) for i, label in enumerate(labels)
    ]
    faults = Faults(
        ripple_db=float(rng.uniform(0, 0.6)),
        ripple_waves=float(rng.uniform(1, 3)),
        dc_db=float(rng.uniform(-25, -10)),
        image_db=float(rng.uniform(30, 45)),
    )
    return Scene(rate_hz, duration_s, parts, 2.44e9, faults)
