"""A second, plain generator for judging alone: other modes, lengths, edges and a two-ray channel. SIMULATED.

It shares no code with picket.train.radio, and no parameter of the detector or of a label was chosen on it. 30 MS/s, so that the 15 kHz grid
(2,000 samples a symbol) and Wi-Fi's 312.5 kHz (96) come out exact. Payloads are random numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from picket.spectrum.emission import Emission

RATE_HZ = 30e6
SECONDS = 0.06
Complex = npt.NDArray[np.complexfloating]
Bursts = list[tuple[int, float, Complex]]  # first sample, offset in Hz, samples


def _symbol(carriers: Complex, size: int, prefix: int) -> Complex:
    grid = np.zeros(size, complex)
    grid[(np.arange(len(carriers)) - len(carriers) // 2) % size] = carriers
    x = np.fft.ifft(grid) * np.sqrt(size)
    return np.concatenate([x[size - prefix :], x]) if prefix else x


def _qam(rng: np.random.Generator, n: int, side: int) -> Complex:
    levels = np.arange(side) * 2 - side + 1
    return rng.choice(levels, n) + 1j * rng.choice(levels, n)


def _ofdm_video(rng: np.random.Generator) -> Bursts:
    """16-QAM on 601 carriers, 14 symbols without reference symbols, each 2.2 ms."""
    out, at = [], int(rng.integers(0, 60_000))
    while at + 30_500 < SECONDS * RATE_HZ:
        out.append((at, 2.1e6, np.concatenate([_symbol(_qam(rng, 601, 4), 2000, 141) for _ in range(14)])))
        at += 66_000
    return out


def _droneid(rng: np.random.Generator) -> Bursts:
    """The eight-symbol form (the first is missing)."""
    n = np.arange(601)

    def zc(root: int) -> Complex:
        z = np.exp(-1j * np.pi * root * n * (n + 1) / 601)
        z[300] = 0
        return z * np.sqrt(2)

    carriers = [zc({2: 600, 4: 147}[i]) if i in (2, 4) else _qam(rng, 601, 2) for i in range(8)]
    return [(int(rng.integers(10_000, 1_700_000)), -5.5e6, np.concatenate([_symbol(c, 2000, 141) for c in carriers]))]


def _wifi(rng: np.random.Generator) -> Bursts:
    """64-QAM frames with both training fields, 0.1 to 0.9 ms."""
    out, at = [], 20_000
    short = np.zeros(53, complex)
    short[2::4] = (1 + 1j) * rng.choice([-1, 1], 13)
    short[26] = 0
    while at < SECONDS * RATE_HZ - 40_000:
        long = _symbol(rng.choice([-1.0, 1.0], 53).astype(complex), 96, 0)
        data = [_symbol(_qam(rng, 53, 8) / np.sqrt(42) * np.sqrt(2), 96, 24) for _ in range(int(rng.integers(20, 220)))]
        out.append((at, 1e6, np.concatenate([np.tile(_symbol(2 * short, 96, 0)[:24], 10), long[48:], long, long, *data])))
        at += len(out[-1][2]) + int(rng.exponential(60_000)) + 9_000
    return out


def _fm_video(rng: np.random.Generator) -> Bursts:
    """PAL: a moving grey ramp and a bright disc, colour and sound carriers."""
    n = int(SECONDS * RATE_HZ)
    line = np.arange(n) / RATE_HZ * 15625.0
    within, row = line % 1.0, (line % 312.5) / 312.5
    picture = (within + 0.4 * row + 0.3 * (np.hypot(within - 0.6, row - 0.5) < 0.15)) % 1.0
    level = np.where(within < 0.073, -0.43, np.where(within < 0.16, 0.0, picture))
    level = gaussian_filter1d(level, RATE_HZ / (2 * np.pi * 4.5e6))
    t = np.arange(n) / RATE_HZ
    level = level + 0.1 * np.sin(2 * np.pi * 4.43361875e6 * t) * (within > 0.16) + 0.05 * np.sin(2 * np.pi * 6.5e6 * t)
    return [(0, 0.0, np.exp(2j * np.pi * np.cumsum((level - 0.3) * 4.5e6) / RATE_HZ))]


def _lora(rng: np.random.Generator) -> Bursts:
    """812.5 kHz at factor 7, or 500 kHz at 9 or 6; two channels in turn."""
    width, factor = [(812.5e3, 7), (500e3, 9), (500e3, 6)][int(rng.integers(3))]
    length = 2**factor / width
    out, at, i = [], 3_000, 0
    while at < SECONDS * RATE_HZ:
        symbols = 30 if factor < 9 else 14
        t = np.arange(int(symbols * length * RATE_HZ)) / RATE_HZ
        start = np.concatenate([np.zeros(8), rng.integers(0, 2**factor, symbols)]) / 2**factor
        k = np.minimum((t / length).astype(int), symbols)
        f = ((start[k] + t / length) % 1.0 - 0.5) * width
        out.append((at, (-4e6, 3e6)[i // 2 % 2], np.exp(2j * np.pi * np.cumsum(f) / RATE_HZ)))
        at, i = at + len(t) + int(1e-3 * RATE_HZ), i + 1
    return out


def _keyed(rng: np.random.Generator, bit_hz: float, deviation_hz: float, bt: float, seconds: float) -> Complex:
    bits = rng.choice([-1.0, 1.0], int(seconds * bit_hz) + 1)
    wave = bits[(np.arange(int(seconds * RATE_HZ)) * bit_hz / RATE_HZ).astype(int)]
    f = gaussian_filter1d(wave, np.sqrt(np.log(2)) / (2 * np.pi * bt * bit_hz) * RATE_HZ) * deviation_hz
    return np.exp(2j * np.pi * np.cumsum(f) / RATE_HZ)


def _gfsk(rng: np.random.Generator) -> Bursts:
    """250 or 400 kb/s, 0.9 ms each 2.5 ms over eight channels 1.5 MHz apart."""
    rate = float(rng.choice([250e3, 400e3]))
    times = np.arange(9_000, SECONDS * RATE_HZ - 30_000, 75_000).astype(int)
    return [(int(t), float(rng.integers(-4, 4)) * 1.5e6 + 0.4e6, _keyed(rng, rate, 0.3 * rate, 0.5, 0.9e-3)) for t in times]


def _bluetooth(rng: np.random.Generator) -> Bursts:
    """One-slot packets, both sides, half of the slots used."""
    times = np.arange(5_000, SECONDS * RATE_HZ - 20_000, 18_750).astype(int)
    used = times[rng.random(len(times)) < 0.5]
    return [(int(t), float(rng.integers(-12, 12)) * 1e6 + 0.5e6, _keyed(rng, 1e6, 157e3, 0.5, 366e-6)) for t in used]


def _cw(rng: np.random.Generator) -> Bursts:
    """A carrier with hum and a slow drift."""
    t = np.arange(int(SECONDS * RATE_HZ)) / RATE_HZ
    return [(0, 6.7e6, (1 + 0.2 * np.sin(2 * np.pi * 50 * t)) * np.exp(2j * np.pi * 1.5e3 * t * t))]


def _jam_noise(rng: np.random.Generator) -> Bursts:
    """Noise with soft edges."""
    n = int(SECONDS * RATE_HZ)
    f = np.fft.fftfreq(n, 1 / RATE_HZ)
    gain = np.exp(-((f / 4e6) ** 8))
    return [(0, -3e6, np.fft.ifft(gain * np.fft.fft(rng.normal(size=n) + 1j * rng.normal(size=n))))]


def _jam_chirp(rng: np.random.Generator) -> Bursts:
    """Up and down again (a triangle, not a saw-tooth), 12 MHz in 9 to 20 us."""
    u = np.arange(int(SECONDS * RATE_HZ)) / RATE_HZ / rng.uniform(9e-6, 20e-6)
    return [(0, 3e6, np.exp(2j * np.pi * np.cumsum((np.abs(u % 1.0 - 0.5) * 2 - 0.5) * 12e6) / RATE_HZ))]


KINDS: dict[str, Callable[[np.random.Generator], Bursts]] = {
    "ofdm_video": _ofdm_video, "droneid": _droneid, "wifi": _wifi, "fm_video": _fm_video, "lora_fhss": _lora, "gfsk_fhss": _gfsk,
    "bluetooth": _bluetooth, "cw": _cw, "jam_noise": _jam_noise, "jam_chirp": _jam_chirp,
}  # fmt: skip


def _width(x: Complex) -> tuple[float, float]:
    """Edges of 99 % of the power."""
    n = min(len(x), 1 << 16)
    power = np.fft.fftshift(np.abs(np.fft.fft(x[:n] * np.hanning(n))) ** 2)
    total = np.cumsum(power) / power.sum()
    f = np.fft.fftshift(np.fft.fftfreq(n, 1 / RATE_HZ))
    return float(np.interp(0.005, total, f)), float(np.interp(0.995, total, f))


def recordings(seed: int) -> Iterator[tuple[str, tuple[npt.NDArray[np.complex64], list[Emission]]]]:
    """One recording of each kind at 8 to 15 dB: label, samples and truth."""
    for number, (label, make) in enumerate(KINDS.items()):
        rng = np.random.default_rng([seed, number, 90210])
        n = int(SECONDS * RATE_HZ)
        iq = (rng.normal(size=n) + 1j * rng.normal(size=n)) * 0.01
        bursts, snr_db = make(rng), float(rng.uniform(8, 15))
        low, high = _width(np.concatenate([b[2] for b in bursts[:3]]))
        drift, truth = float(rng.uniform(-20e3, 20e3)), []
        for first, offset, x in bursts:
            x = x[: n - first]
            x = x / np.sqrt(np.mean(np.abs(x) ** 2)) * np.sqrt(2e-4 * 10 ** (snr_db / 10) * (high - low) / RATE_HZ)
            x = x + 0.4 * np.exp(2j * np.pi * rng.random()) * np.concatenate([np.zeros(3), x[:-3]])  # a second ray, 0.1 us later
            turns = (offset + drift) / RATE_HZ * np.arange(first, first + len(x))
            iq[first : first + len(x)] += x * np.exp(2j * np.pi * (turns % 1.0))
            truth.append(Emission(first, len(x), offset + drift + low, offset + drift + high, snr_db, label))
        iq = iq + 0.015 * np.conj(iq) + 0.002
        yield label, (iq.astype(np.complex64), truth)
