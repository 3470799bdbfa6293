"""Hopping links: LoRa and GFSK control links, and Bluetooth, which looks like them. Bits and symbols are random; there is no
checksum that holds.

Sources: ExpressLRS commit 7702d0f src/src/common.cpp, src/lib/FHSS (modes, intervals, times on air, channels); DIY-Multiprotocol FrSkyX
(D16: 47 channels, 9 ms); Bluetooth Core 5.4 vol 2 part A, B (79 channels, 625 us slots, GFSK 1 Mb/s).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from picket.train.radio.burst import Air, Burst, Complex, unit

# bandwidth, spreading factor, interval, time on air, packets per hop, raster
LORA = {
    "2.4 GHz 500 Hz": (812.5e3, 5, 2.0e-3, 1507e-6, 4, 1e6),
    "2.4 GHz 250 Hz": (812.5e3, 6, 4.0e-3, 3300e-6, 4, 1e6),
    "2.4 GHz 150 Hz": (812.5e3, 7, 6.67e-3, 5871e-6, 4, 1e6),
    "2.4 GHz 50 Hz": (812.5e3, 8, 20e-3, 10798e-6, 2, 1e6),
    "900 MHz 200 Hz": (500e3, 6, 5e-3, 4380e-6, 4, 600e3),
    "900 MHz 100 Hz": (500e3, 7, 10e-3, 8770e-6, 4, 600e3),
}
# bit rate, deviation, BT, interval, time on air, packets per hop, raster
GFSK = {
    "FLRC 1000 Hz": (650e3, 162.5e3, 1.0, 1e-3, 389e-6, 2, 1e6),
    "FLRC 500 Hz": (650e3, 162.5e3, 1.0, 2e-3, 389e-6, 2, 1e6),
    "LR1121 1000 Hz": (300e3, 100e3, 0.5, 1e-3, 670e-6, 2, 1e6),
    "D16": (70e3, 57.1e3, 1.0, 9e-3, 4.3e-3, 1, 300e3),
    "AFHDS 2A": (500e3, 186e3, 0.5, 3.85e-3, 1.2e-3, 1, 1e6),
}


def chirps(rng: np.random.Generator, rate_hz: float, bandwidth_hz: float, factor: int, duration_s: float) -> Complex:
    """A preamble of 8 to 14 up-chirps, two and a quarter down-chirps, then chirps that start anywhere."""
    n = int(duration_s * rate_hz)
    t = np.arange(n) / rate_hz
    length = 2**factor / bandwidth_hz
    ups = int(rng.integers(8, 15)) if factor < 7 else 8
    u = t / length - ups
    index = np.floor(u).astype(int)
    phase = u - index
    starts = rng.integers(0, 2**factor, max(4, int(duration_s / length) + 2)) / 2**factor
    data = (t / length) - ups - 2.25
    k = np.clip(np.floor(data).astype(int), 0, len(starts) - 1)
    f = np.where(index < 0, phase - 0.5, np.where(data < 0, 0.5 - phase, (starts[k] + data - np.floor(data)) % 1.0 - 0.5))
    return unit(np.exp(2j * np.pi * np.cumsum(f * bandwidth_hz) / rate_hz))


def gfsk(rng: np.random.Generator, rate_hz: float, bit_hz: float, deviation_hz: float, bt: float, duration_s: float) -> Complex:
    """Random bits through a Gaussian filter onto the frequency."""
    n = int(duration_s * rate_hz)
    bits = rng.choice([-1.0, 1.0], int(duration_s * bit_hz) + 2)
    wave = bits[(np.arange(n) * (bit_hz / rate_hz)).astype(int)]
    sigma = np.sqrt(np.log(2)) / (2 * np.pi * bt * bit_hz) * rate_hz
    reach = int(4 * sigma) + 1
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    f = np.convolve(wave, taps / taps.sum(), "same") * deviation_hz
    return unit(np.exp(2j * np.pi * np.cumsum(f) / rate_hz))


def _channels(air: Air, raster_hz: float, width_hz: float, most: int) -> npt.NDArray[np.float64]:
    """Channel centres inside the band; their grid does not depend on the recording's centre."""
    first = np.ceil((air.low_hz + width_hz / 2) / raster_hz) * raster_hz
    found = np.arange(first, air.high_hz - width_hz / 2, raster_hz)
    return found[:most] if len(found) else np.array([(air.low_hz + air.high_hz) / 2])


def lora_fhss(rng: np.random.Generator, air: Air) -> list[Burst]:
    """One of ExpressLRS's LoRa modes; one slot in so many is the other side's and is left out."""
    bandwidth, factor, interval, on_air, per_hop, raster = LORA[str(rng.choice(list(LORA)))]
    channels = _channels(air, raster, bandwidth, 80)
    ratio, out, at, slot = int(rng.choice([8, 16, 64, 128])), [], rng.uniform(0, interval), 0
    channel = float(rng.choice(channels))
    while at + on_air < air.duration_s:
        if slot % per_hop == 0:
            channel = float(rng.choice(channels))
        if slot % ratio != ratio - 1:
            out.append(Burst(at, channel, chirps(rng, air.rate_hz, bandwidth, factor, on_air)))
        at, slot = at + interval, slot + 1
    return out


def gfsk_fhss(rng: np.random.Generator, air: Air) -> list[Burst]:
    """An FSK control link: FLRC, LR1121, D16 or AFHDS 2A."""
    bit_hz, deviation, bt, interval, on_air, per_hop, raster = GFSK[str(rng.choice(list(GFSK)))]
    channels = _channels(air, raster, bit_hz + 2 * deviation, 80)
    out, at, slot, channel = [], rng.uniform(0, interval), 0, float(rng.choice(channels))
    while at + on_air < air.duration_s:
        if slot % per_hop == 0:
            channel = float(rng.choice(channels))
        out.append(Burst(at, channel, gfsk(rng, air.rate_hz, bit_hz, deviation, bt, on_air)))
        at, slot = at + interval, slot + 1
    return out


def bluetooth(rng: np.random.Generator, air: Air) -> list[Burst]:
    """Slots of 625 us on random channels 1 MHz apart: DH1 (366 us), DH3 (1622 us) or DH5 (2870 us)."""
    slots, on_air = [(1, 366e-6), (3, 1622e-6), (5, 2870e-6)][int(rng.choice(3, p=[0.6, 0.2, 0.2]))]
    channels = _channels(air, 1e6, 1e6, 79)
    out, at, answer = [], rng.uniform(0, 1.25e-3), False
    while at + on_air < air.duration_s:
        length, used = (366e-6, 1) if answer else (on_air, slots)
        if rng.random() < 0.8:
            out.append(Burst(at, float(rng.choice(channels)), gfsk(rng, air.rate_hz, 1e6, 160e3, 0.5, length)))
        at, answer = at + used * 625e-6, not answer
    return out
