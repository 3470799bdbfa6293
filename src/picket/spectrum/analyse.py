"""The tests that fit a candidate, run on its samples while they are at hand. What they find is small and stays with the emission.

Tests run on a few bursts of a kind only (a budget per band and width): a link of a thousand bursts a second is looked at a few
times a second.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import scipy.fft

from picket.spectrum.clip import Clip, Complex, Wideband, band, clip
from picket.spectrum.emission import Emission
from picket.spectrum.evidence import dechirp, keying, prefix, sweep, video, wifi, zadoff_chu

WIDE_HZ = 3e6  # narrower: keying and chirps; wider: prefixes and preambles
LONG_S = 5e-3
LINE_HZ = 30e3  # narrower is a carrier
DRONEID_S = 1.5e-3  # a DroneID burst is shorter, with what a stronger signal adds to it
# Wider boxes hold more than such a burst; its symbols are looked for at such steps then.
_DRONEID_HZ, _CENTER_STEP_HZ = 9.6e6, 0.9e6
_BUDGET = 10  # bursts of a kind that are looked at in a row, then one in so many segments (a second)
_RARELY = 20
_OWN_BAND = 1.2
_VIDEO_HZ = 5e6  # at least so much of the band is looked at for video: a still picture's power lies in a few narrow parts of it
_PREAMBLE_HZ = 6e6  # Wi-Fi of which a stronger signal covers half still shows its training symbols
_LONGEST_S, _SHORT_S = 0.05, 2e-3  # as much is looked at of a long signal, of a burst


@dataclass
class Marks:
    """What one look found; zeros where a test was not run. See the tests' own files."""

    seconds: float
    snr: float
    grid: prefix.Lag | None = None
    wifi: prefix.Lag | None = None
    zadoff_chu: tuple[float, float] = (0.0, 0.0)
    preamble: float = 0.0
    chips: float = 0.0
    teeth: video.Teeth = field(default_factory=lambda: video.Teeth(0.0, 0.0))
    sweep: tuple[float, float] = (0.0, 0.0)
    chirp: tuple[float, int, float] = (0.0, 0, 0.0)
    clock: npt.NDArray[np.float32] | None = None
    envelope: float = math.nan
    profile: npt.NDArray[np.float64] | None = None  # power over the floor across the band, PROFILE values over 3 bandwidths
    line_hz: float = math.nan  # of a carrier: its frequency from the recording's centre
    line_width_hz: float = math.nan
    line_snr_hz: float = math.nan  # its power over the noise's per Hz


PROFILE = 96


@dataclass
class Analyst:
    """Chooses what to look at, and looks."""

    rate_hz: float
    spent: dict[tuple[int, int], int] = field(default_factory=dict)
    last: dict[tuple[int, int], int] = field(default_factory=dict)
    segment: int = 0

    def next_segment(self) -> None:
        self.segment += 1

    def wants(self, e: Emission) -> bool:
        """Whether e is to be looked at."""
        width = round(1.5 * math.log2(max(e.bandwidth_hz, 1e4)))
        key = (width, round(e.center_hz / (e.bandwidth_hz / 2)) if e.bandwidth_hz > WIDE_HZ else 0)
        if e.sample_count / self.rate_hz >= LONG_S:
            key = (width + 100, round(e.center_hz / 1e6))
        spent = self.spent.get(key, 0)
        if spent >= (_BUDGET if key[0] < 100 else 2) and self.segment - self.last[key] < _RARELY:
            return False
        self.spent[key], self.last[key] = spent + 1, self.segment
        return True

    def look(self, iq: Complex, e: Emission, floor: float) -> Marks:
        """Marks of e from its samples; floor: noise power of one sample in its band."""
        long = e.sample_count / self.rate_hz >= LONG_S
        x = Wideband(iq[: int(self.rate_hz * (_LONGEST_S if long else _SHORT_S))])
        marks = Marks(len(x) / self.rate_hz, 10 ** (e.snr_db / 10))
        c = clip(x, self.rate_hz, e)
        marks.envelope = keying.envelope(c)
        if e.bandwidth_hz > WIDE_HZ / 3:
            part = c if not long else clip(x.first(int(self.rate_hz * _SHORT_S)), self.rate_hz, e)
            spectrum = prefix.Spectrum(part)
            marks.grid = prefix.Lag(prefix.GRID_15K_S)
            marks.grid.add(part, spectrum)
            if e.bandwidth_hz > WIDE_HZ:
                marks.wifi = prefix.Lag(prefix.WIFI_S)
                marks.wifi.add(part, spectrum)
        if e.bandwidth_hz > WIDE_HZ:
            self._wide(marks, x.first(int(self.rate_hz * _SHORT_S)), e, c, long)
        else:
            self._narrow(marks, x, e, c, floor)
            if long and e.bandwidth_hz > LINE_HZ:
                marks.teeth = video.teeth(clip(x, self.rate_hz, e, max(1.25, _VIDEO_HZ / e.bandwidth_hz)))
        return marks

    def _wide(self, marks: Marks, x: Wideband, e: Emission, c: Clip, long: bool) -> None:
        if long:
            marks.sweep = sweep.sweep(c)
            marks.teeth = video.teeth(c)
        own = _OWN_BAND * e.bandwidth_hz  # what lies beside it is another's
        if e.bandwidth_hz > _PREAMBLE_HZ:
            marks.preamble = wifi.preamble(band(x, self.rate_hz, e.center_hz, 0, wifi.OFDM_RATE_HZ, own)[0])
        if e.bandwidth_hz > 11e6:
            marks.chips = wifi.chips(band(x, self.rate_hz, e.center_hz, 0, wifi.DSSS_RATE_HZ, own)[0])
        if 6e6 < e.bandwidth_hz < 20e6 and e.sample_count < DRONEID_S * self.rate_hz:
            marks.zadoff_chu = self._droneid(x, e)

    def _droneid(self, x: Wideband, e: Emission) -> tuple[float, float]:
        """The Zadoff-Chu symbols of a DroneID burst in e's band: at its centre, and elsewhere where it is wider than such a burst."""
        tries = max(0, math.ceil((e.bandwidth_hz - _DRONEID_HZ) / 2 / _CENTER_STEP_HZ))
        found = (0.0, 0.0)
        for i in range(-tries, tries + 1):
            center = e.center_hz + i * _CENTER_STEP_HZ
            width = _OWN_BAND * (min(e.bandwidth_hz, _DRONEID_HZ) if tries else e.bandwidth_hz)
            part = band(x, self.rate_hz, center, 0, zadoff_chu.RATE_HZ, width)[0]
            found = max(found, zadoff_chu.likeness(part, 120e3 if not tries else _CENTER_STEP_HZ / 2 + 100e3), key=math.prod)
        return found

    def _narrow(self, marks: Marks, x: Wideband, e: Emission, c: Clip, floor: float) -> None:
        marks.profile = _profile(x, self.rate_hz, e, floor)
        if e.bandwidth_hz < 10 * LINE_HZ:
            marks.line_hz, marks.line_width_hz, marks.line_snr_hz = _line(c, floor, self.rate_hz)
        marks.chirp = dechirp.dechirp(x.first(int(self.rate_hz * 2e-2)), self.rate_hz, e.center_hz, e.bandwidth_hz)
        marks.clock = keying.clock_spectrum(clip(x, self.rate_hz, e, 1.15, 4))


def _profile(x: Wideband, rate_hz: float, e: Emission, floor: float) -> npt.NDArray[np.float64]:
    """Power less the floor, over three bandwidths round the centre, in PROFILE steps."""
    part, rate, center = band(x, rate_hz, e.center_hz, 3.4 * e.bandwidth_hz)
    power = np.abs(scipy.fft.fft(part)) ** 2 / len(part) * (rate_hz / rate) - floor
    f = scipy.fft.fftfreq(len(part), 1 / rate) + center - e.center_hz
    at = np.floor((f / (3 * e.bandwidth_hz) + 0.5) * PROFILE).astype(int)
    inside = (at >= 0) & (at < PROFILE)
    return np.bincount(at[inside], power[inside], PROFILE) / len(part) / max(floor, 1e-30)


def _line(c: Clip, floor: float, rate_hz: float) -> tuple[float, float, float]:
    """Frequency of the strongest line, the width round it that holds 90 % of the power over the floor, and power per noise density."""
    power = np.abs(scipy.fft.fft(c.iq * np.hanning(len(c.iq)))) ** 2
    power = power / (0.375 * len(power)) * (rate_hz / c.rate_hz) - floor
    f = scipy.fft.fftfreq(len(power), 1 / c.rate_hz)
    step = c.rate_hz / len(power)
    at = int(np.argmax(power))
    total = max(float(power.sum()), 1e-30)
    reach = 1
    while reach < len(power) // 2:
        if power[np.arange(at - reach, at + reach + 1) % len(power)].sum() >= 0.9 * total:
            break
        reach = reach * 3 // 2 + 1
    return c.center_hz + float(f[at]), 2 * reach * step, total * step / max(floor, 1e-30)
