"""Signals that do not pause: analogue video on FM, carriers, noise and chirp jammers as a receiver meets them.

Sources: PySDR chapter 25 and a public NTSC recording (width, line rate); ITU-R BT.1700 (line, sync, colour carrier); Inside GNSS "Fast and
flexible" (saw-tooth sweeps of some MHz in a few microseconds).
"""

from __future__ import annotations

import numpy as np

from picket.train.radio.burst import Air, Burst, unit

LINE_HZ = {"pal": 15625.0, "ntsc": 15734.266}
COLOUR_HZ = {"pal": 4.43361875e6, "ntsc": 3.579545e6}


def fm_video(rng: np.random.Generator, air: Air) -> list[Burst]:
    """Composite video with sync, random picture and colour carrier on FM; about 6 to 12 MHz wide."""
    standard = str(rng.choice(["pal", "ntsc"]))
    start, end = air.span(rng, 0.02)
    n = int((end - start) * air.rate_hz)
    line = np.arange(n) / air.rate_hz * LINE_HZ[standard] + rng.uniform(0, 500)
    number = np.floor(line).astype(int)
    within = line - number
    columns = 96
    rows = rng.uniform(0, 1, (64, columns))
    for i in range(1, 64):
        rows[i] = 0.85 * rows[i - 1] + 0.15 * rows[i]  # lines are alike
    rows[:, 1:] = (rows[:, 1:] + rows[:, :-1]) / 2
    picture = rows[(number // 4) % 64, np.minimum((within * columns).astype(int), columns - 1)]
    level = np.where(within < 0.074, -0.4, np.where(within < 0.165, 0.0, 0.1 + 0.7 * picture))
    active = within >= 0.165
    level = level + active * 0.12 * np.sin(2 * np.pi * COLOUR_HZ[standard] / air.rate_hz * np.arange(n) + rng.uniform(0, 6))
    level = np.convolve(level, np.ones(max(1, int(air.rate_hz / 9e6))) / max(1, int(air.rate_hz / 9e6)), "same")
    swing = rng.uniform(3.5e6, 6e6) if air.rate_hz > 15e6 else 3.5e6
    iq = np.exp(2j * np.pi * np.cumsum((level - 0.3) * swing) / air.rate_hz)
    return [Burst(start, air.centre(rng, 1.7 * swing), unit(iq))]


def cw(rng: np.random.Generator, air: Air) -> list[Burst]:
    """A carrier with a little phase noise."""
    start, end = air.span(rng, 0.02)
    n = int((end - start) * air.rate_hz)
    walk = np.cumsum(rng.normal(0, np.sqrt(2 * np.pi * 50 / air.rate_hz), n))
    return [Burst(start, air.centre(rng, 1e5), unit(np.exp(1j * walk)))]


def jam_noise(rng: np.random.Generator, air: Air) -> list[Burst]:
    """Gaussian noise over 5 to 20 MHz, sharply cut."""
    start, end = air.span(rng, 0.02)
    n = int((end - start) * air.rate_hz)
    width = min(rng.uniform(5e6, 20e6), 0.7 * (air.high_hz - air.low_hz))
    step = 1 << 16
    f = np.abs(np.fft.fftfreq(step, 1 / air.rate_hz))
    gain = np.clip((width / 2 - f) / 1e5 + 0.5, 0, 1)
    parts = [np.fft.ifft(gain * np.fft.fft(rng.normal(size=step) + 1j * rng.normal(size=step))) for _ in range(n // step + 1)]
    return [Burst(start, air.centre(rng, width), unit(np.concatenate(parts)[:n]))]


def jam_chirp(rng: np.random.Generator, air: Air) -> list[Burst]:
    """A saw-tooth sweep over 10 to 40 MHz (at most four fifths of the band) in 5 to 50 us."""
    start, end = air.span(rng, 0.02)
    n = int((end - start) * air.rate_hz)
    width = min(rng.uniform(10e6, 40e6), 0.8 * (air.high_hz - air.low_hz))
    period = rng.uniform(5e-6, 50e-6)
    sweep = (np.arange(n) / air.rate_hz / period) % 1.0 - 0.5
    return [Burst(start, air.centre(rng, width), unit(np.exp(2j * np.pi * np.cumsum(sweep * width) / air.rate_hz)))]
