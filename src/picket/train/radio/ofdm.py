"""OFDM: video downlinks, DroneID bursts, Wi-Fi. Grids, prefixes and reference symbols as published; every data symbol is a random number.

Sources: tmbinc/random dji/ocusync2 (15 kHz grid, 601 or 1201 carriers, 15 symbols); proto17/dji_droneid and RUB-
SysSec/DroneSecurity (DroneID: 9 symbols, Zadoff-Chu roots 600 and 147); IEEE 802.11-2020 clause 17 (OFDM) and 15 (DSSS,
Barker).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from picket.train.radio.burst import Air, Burst, at_rate

SPACING_HZ = 15e3
Carriers = npt.NDArray[np.complex128]


def zadoff_chu(root: int, length: int = 601) -> Carriers:
    """exp(-j pi r n (n + 1) / L), its centre element zeroed."""
    n = np.arange(length)
    z = np.exp(-1j * np.pi * root * n * (n + 1) / length)
    z[length // 2] = 0
    return np.asarray(z)


def _qpsk(rng: np.random.Generator, n: int) -> Carriers:
    return np.asarray(np.exp(1j * np.pi / 2 * (rng.integers(0, 4, n) + 0.5)))


def symbols(carriers: list[Carriers], fft: int, prefixes: list[int]) -> Carriers:
    """OFDM symbols with cyclic prefixes; carriers are centred on 0 Hz."""
    parts = []
    for c, prefix in zip(carriers, prefixes, strict=True):
        grid = np.zeros(fft, complex)
        grid[(np.arange(len(c)) - len(c) // 2) % fft] = c
        x = np.fft.ifft(grid) * fft
        parts.append(np.concatenate([x[fft - prefix :], x]))
    return np.concatenate(parts)


def ofdm_video(rng: np.random.Generator, air: Air) -> list[Burst]:
    """A 15-symbol downlink packet of 10 MHz (20 where the rate allows), each 1.6 to 3 ms."""
    wide = bool(air.rate_hz >= 30e6 and air.high_hz - air.low_hz > 20e6 and rng.random() < 0.4)
    fft, count = (2048, 1201) if wide else (1024, 601)
    native, short = fft * SPACING_HZ, fft * 72 // 1024
    prefixes = [short + fft // 128 if i in (0, 7, 14) else short for i in range(15)]
    root = int(rng.integers(1, count // 2))
    period, centre = rng.uniform(1.6e-3, 3e-3), air.centre(rng, count * SPACING_HZ)
    out, at = [], rng.uniform(0, period)
    while at + 1.1e-3 < air.duration_s:
        packet = [zadoff_chu(root, count) if i in (0, 7, 14) else _qpsk(rng, count) for i in range(15)]
        out.append(Burst(at, centre, at_rate(symbols(packet, fft, prefixes), native, air.rate_hz)))
        at += period
    return out


def droneid(rng: np.random.Generator, air: Air, period_s: float = 0.6) -> list[Burst]:
    """Bursts of 9 (some models 8) symbols each 600 ms on one frequency; the content is random."""
    first = int(rng.random() < 0.2)
    prefixes = [80, 72, 72, 72, 72, 72, 72, 72, 80][first:]
    centre, out, at = air.centre(rng, 601 * SPACING_HZ), [], rng.uniform(0, min(period_s, max(air.duration_s - 0.7e-3, 0)))
    while at + 0.66e-3 < air.duration_s:
        carriers = [zadoff_chu({3: 600, 5: 147}[i]) if i in (3, 5) else _qpsk(rng, 601) for i in range(first, 9)]
        out.append(Burst(at, centre, at_rate(symbols(carriers, 1024, prefixes), 15.36e6, air.rate_hz)))
        at += period_s
    return out


def _wifi_ofdm(rng: np.random.Generator, count: int) -> Carriers:
    """Short and long training fields (clause 17.3.3), then random symbols of 52 carriers."""
    short = np.zeros(53, complex)
    at = np.array([-24, -20, -16, -12, -8, -4, 4, 8, 12, 16, 20, 24]) + 26
    short[at] = np.sqrt(13 / 6) * (1 + 1j) * np.array([1, -1, 1, -1, -1, 1, -1, -1, 1, 1, 1, 1])
    sign = "11--11-1-111111--11-1-1111" + "0" + "1--11-1-1-----11--1-1-1111"
    long = np.array([{"1": 1, "-": -1, "0": 0}[c] for c in sign], complex)
    first = symbols([short], 64, [0])
    train = symbols([long], 64, [0])
    data = symbols([np.insert(_qpsk(rng, 52), 26, 0) for _ in range(count)], 64, [16] * count)
    return np.concatenate([np.tile(first, 3)[:160], train[32:], train, train, data])


def _wifi_dsss(rng: np.random.Generator, duration_s: float) -> Carriers:
    """Differential signs on the 11-chip Barker word at 11 Mchip/s, shaped to 22 MHz."""
    barker = np.array([1, -1, 1, 1, -1, 1, 1, 1, -1, -1, -1], float)
    signs = np.cumprod(rng.choice([-1.0, 1.0], int(duration_s * 1e6)))
    chips = np.kron(signs, barker).astype(complex)
    x = np.repeat(chips, 4)  # 44 MS/s, square chips, filtered to the mask
    spectrum = np.fft.fft(x)
    f = np.abs(np.fft.fftfreq(len(x), 1 / 44e6))
    return np.fft.ifft(spectrum * np.clip((11e6 - f) / 2e6 + 0.5, 0, 1))


def wifi(rng: np.random.Generator, air: Air) -> list[Burst]:
    """Frames of 0.15 to 2 ms with random pauses; some networks send DSSS."""
    dsss = air.high_hz - air.low_hz > 22e6 and rng.random() < 0.25
    centre, out, at = air.centre(rng, 20e6 if dsss else 16.6e6), [], rng.uniform(0, 4e-3)
    while at < air.duration_s:
        length = rng.uniform(0.5e-3, 2e-3) if dsss else rng.uniform(0.15e-3, 1.5e-3)
        if at + length >= air.duration_s:
            break
        iq = (
            at_rate(_wifi_dsss(rng, length), 44e6, air.rate_hz)
            if dsss
            else at_rate(_wifi_ofdm(rng, int(length / 4e-6)), 20e6, air.rate_hz)
        )
        out.append(Burst(at, centre, iq))
        at += length + rng.exponential(5e-3) + 0.2e-3
    return out
