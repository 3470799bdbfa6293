"""A candidate's own band, cut out of the samples: moved to 0 Hz, filtered and decimated in one pair of FFTs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import scipy.fft

from picket.spectrum.emission import Emission

Complex = npt.NDArray[np.complex64]


@dataclass(frozen=True)
class Clip:
    """IQ of one candidate. iq: complex64, centred on center_hz (from the recording's centre), at rate_hz. snr: linear, in the
    candidate's band.

    spectrum, freq_hz: power of each line of its FFT over its band, in order, and the lines' frequencies from the recording's centre.
    """

    iq: Complex
    rate_hz: float
    center_hz: float
    bandwidth_hz: float
    snr: float
    seconds: float

    @property
    def in_signal(self) -> float:
        """Share of the power in band that is signal: what a perfect correlation can reach."""
        return self.snr / (1 + self.snr)


def to_complex(samples: npt.NDArray[np.generic], full_scale: float, offset: float) -> Complex:
    """Interleaved samples (2M,) -> (M,) complex64, full scale 1."""
    flat = samples.astype(np.float32)
    if offset:
        flat -= np.float32(offset)
    flat *= np.float32(1 / full_scale)
    return flat.view(np.complex64)


@dataclass(frozen=True)
class Wideband:
    """Samples of which several bands are cut out: their FFT of each length is computed once."""

    iq: Complex
    spectra: dict[int, Complex] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.iq)

    def first(self, samples: int) -> Wideband:
        """The first so many samples."""
        return self if samples >= len(self.iq) else Wideband(self.iq[:samples])

    def spectrum(self, n: int) -> Complex:
        """The FFT of length n."""
        if n not in self.spectra:
            self.spectra[n] = scipy.fft.fft(self.iq, n, workers=1)
        return self.spectra[n]


def band(
    iq: Complex | Wideband,
    rate_hz: float,
    center_hz: float,
    wanted_hz: float,
    exact_hz: float | None = None,
    pass_hz: float = np.inf,
) -> tuple[Complex, float, float]:
    """The band of wanted_hz round center_hz: IQ at about that rate (exactly exact_hz where given), its rate and its true centre.

    pass_hz: what lies further from the centre than half of it is filtered out.

    Cost: one FFT of the whole and one of the part.
    """
    n = scipy.fft.next_fast_len(len(iq))
    if exact_hz is not None:  # the fast length of which that rate is nearest to a whole number of lines
        lengths = [n]
        while lengths[-1] < 1.1 * n and len(lengths) < 12:
            lengths.append(scipy.fft.next_fast_len(lengths[-1] + 1))
        n = min(lengths, key=lambda k: abs(k * exact_hz / rate_hz - round(k * exact_hz / rate_hz)) / k)
        m = max(8, round(n * exact_hz / rate_hz))
    else:
        m = min(n, scipy.fft.next_fast_len(max(8, round(n * wanted_hz / rate_hz))))
    spectrum = iq.spectrum(n) if isinstance(iq, Wideband) else scipy.fft.fft(iq, n, workers=1)
    middle = round(center_hz / rate_hz * n)
    return (
        _cut(spectrum, middle, m, n, int(pass_hz / rate_hz * n / 2) if np.isfinite(pass_hz) else n),
        rate_hz * m / n,
        middle * rate_hz / n,
    )


def _cut(spectrum: Complex, middle: int, m: int, n: int, half: int) -> Complex:
    lines = np.arange(-(m // 2), m - m // 2)
    inside = (np.abs(lines + middle) <= n // 2) & (np.abs(lines) <= half)
    part = np.where(inside, spectrum[(middle + lines) % n], 0)
    return np.asarray((scipy.fft.ifft(scipy.fft.ifftshift(part), workers=1) * np.float32(m / n)).astype(np.complex64))


def clip(iq: Complex | Wideband, rate_hz: float, e: Emission, widen: float = 1.25, oversample: float = 1.0) -> Clip:
    """The clip of emission e: `widen` times its band, at so many times the rate that this needs.

    iq holds exactly its samples (or the part to be looked at).
    """
    wanted = max(widen * e.bandwidth_hz, 40e3)
    out, rate, center = band(iq, rate_hz, e.center_hz, wanted * oversample, pass_hz=wanted)
    return Clip(out, rate, center, e.bandwidth_hz, 10 ** (e.snr_db / 10), len(iq) / rate_hz)
