"""Emitter -> label, confidence and the evidence in words. Unknown is an answer.

Each rule rests on a test of the carrier's structure (the files of `evidence`); width and length alone give no label but noise
and carrier, for which having no structure is what defines them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from picket.spectrum.analyse import LINE_HZ, LONG_S, WIDE_HZ, Marks
from picket.spectrum.emitters import SLOT_S, Emitter, Hops, hops, slots
from picket.spectrum.evidence import keying, prefix, video


@dataclass(frozen=True)
class Verdict:
    """A label, how sure (0..1), and why."""

    label: str
    confidence: float
    evidence: tuple[str, ...]


UNKNOWN = Verdict("unknown", 0.0, ("no test found its structure",))


@dataclass(frozen=True)
class Case:
    """All that is known of an emitter, gathered over the bursts that were looked at."""

    emitter: Emitter
    marks: list[Marks]
    hops: Hops
    rate_hz: float
    width_hz: float
    longest_s: float
    in_signal: float  # share of the power in band that is signal

    def lag(self, name: str) -> prefix.Lag | None:
        """One correlation summed over the bursts."""
        found = [m for m in (getattr(k, name) for k in self.marks) if m is not None]
        if not found:
            return None
        total = prefix.Lag(found[0].lag_s)
        for one in found:
            total.merge(one)
        return total

    def best(self, value: Callable[[Marks], float]) -> float:
        """The upper quartile over bursts: one lucky burst is not enough, one spoilt burst does no harm."""
        return float(np.quantile([value(m) for m in self.marks], 0.75)) if self.marks else 0.0

    @property
    def envelope(self) -> float:
        """0 for a constant envelope, 1 for a Gaussian one."""
        return float(np.median([m.envelope for m in self.marks]))


def judge(emitter: Emitter, rate_hz: float) -> Verdict:
    """The verdict on an emitter."""
    marks = [m for b in emitter.bursts for m in b.marks]
    if not marks:
        return UNKNOWN
    snr = float(np.median([m.snr for m in marks]))
    case = Case(
        emitter,
        marks,
        hops(emitter, rate_hz),
        rate_hz,
        emitter.bandwidth_hz,
        float(emitter.values("sample_count").max()) / rate_hz,
        snr / (1 + snr),
    )
    rules = _WIDE if case.width_hz > WIDE_HZ else _NARROW
    for rule in rules:
        verdict = rule(case)
        if verdict is not None:
            return verdict
    return UNKNOWN


def _sure(value: float, enough: float, plenty: float) -> float:
    """Confidence from how far a measure lies between enough (.6) and plenty (.98)."""
    return float(np.clip(0.6 + 0.38 * (value - enough) / (plenty - enough), 0.6, 0.98))


def _chirp_jammer(c: Case) -> Verdict | None:
    period, strength = max((m.sweep for m in c.marks), key=lambda s: s[1])
    if c.longest_s < LONG_S or strength < 0.3:
        return None
    words = f"repeats itself every {period * 1e6:.1f} us with {strength:.2f} of its power: a sweep of {c.width_hz / 1e6:.1f} MHz"
    return Verdict("jam_chirp", _sure(strength, 0.3, 0.8), (words,))


def _fm_video(c: Case) -> Verdict | None:
    teeth = max((m.teeth for m in c.marks), key=lambda t: t.height)
    off = abs(teeth.line_hz - video.LINE_HZ[teeth.standard]) if teeth.height else math.inf
    if teeth.height < 8 or off > 30:
        return None
    words = f"line rate {teeth.line_hz:.0f} Hz ({teeth.standard}), teeth {10 * math.log10(teeth.height):.0f} dB over their surroundings"
    return Verdict("fm_video", _sure(teeth.height, 8, 40), (words, f"on for {c.longest_s * 1e3:.0f} ms without pause"))


def _droneid(c: Case) -> Verdict | None:
    both = c.best(lambda m: math.sqrt(m.zadoff_chu[0] * m.zadoff_chu[1])) / max(c.in_signal, 0.1)
    length = float(np.median(c.emitter.values("sample_count"))) / c.rate_hz
    if both < 0.25 or (length > 0.9e-3 and both < 0.35):
        return None
    words = f"Zadoff-Chu symbols of roots 600 and 147 correlate with {both:.2f}"
    return Verdict("droneid", _sure(both, 0.25, 0.6), (words, f"{length * 1e6:.0f} us long"))


def _wifi(c: Case) -> Verdict | None:
    chips, start = c.best(lambda m: m.chips), c.best(lambda m: m.preamble) / max(c.in_signal, 0.3)  # noise alone reaches 0.15
    lag = c.lag("wifi")
    if chips > 2.5:
        return Verdict("wifi", _sure(chips, 2.5, 6), (f"11-chip Barker word each microsecond, {chips:.1f} times the mean",))
    if lag is not None and c.envelope > 0.5 and lag.sigma > 6 and 0.08 < lag.share < 0.45:
        words = f"cyclic prefix at 3.2 us ({lag.share:.2f} of the power, {lag.sigma:.0f} sigma)"
        more = (f"short training symbols each 0.8 us ({start:.2f})",) if start > 0.4 else ()
        return Verdict("wifi", _sure(lag.sigma, 6, 12), (words, *more))
    if start > 0.6 and float(np.median(c.emitter.values("sample_count"))) < LONG_S * c.rate_hz:
        return Verdict("wifi", _sure(start, 0.6, 0.9), (f"short training symbols each 0.8 us ({start:.2f})",))
    return None


def _ofdm(c: Case) -> Verdict | None:
    lag = c.lag("grid")
    if lag is None or c.envelope < 0.5 or not 0.025 < lag.share < 0.3:
        return None
    if lag.sigma < 6.0 and (c.width_hz < WIDE_HZ or (lag.sigma < 4.0 and lag.peak < 2.5)):
        return None
    words = f"cyclic prefix at 66.7 us, the 15 kHz grid ({lag.share:.3f} of the power, {lag.sigma:.0f} sigma)"
    return Verdict("ofdm_video", _sure(lag.sigma, 4, 10), (words, f"{c.width_hz / 1e6:.1f} MHz wide"))


def _noise_jammer(c: Case) -> Verdict | None:
    gaussian = c.envelope
    if c.longest_s < LONG_S or not 0.75 < gaussian < 1.3:
        return None
    words = f"Gaussian noise (envelope {gaussian:.2f} of 1) of {c.width_hz / 1e6:.1f} MHz without prefix, preamble, line or sweep"
    return Verdict(
        "jam_noise", 0.8 if c.longest_s > 4 * LONG_S else 0.65, (words, f"on for {c.longest_s * 1e3:.0f} ms without pause")
    )


def _lora(c: Case) -> Verdict | None:
    width, factor, _ = max((m.chirp for m in c.marks), key=lambda k: k[2])
    share = c.best(lambda m: m.chirp[2] if m.chirp[:2] == (width, factor) else 0.0) / max(c.in_signal, 0.1)
    if share < 0.2:
        return None
    alike = sum(m.chirp[:2] == (width, factor) and m.chirp[2] > 0.1 * c.in_signal for m in c.marks)
    if alike < 0.5 * len(c.marks) and _keyed(c) is not None:
        return None  # a few bursts of a chirped link among those of another
    words = f"de-chirped with {width / 1e3:g} kHz and spreading factor {factor}: {share:.2f} of the power in one line"
    return Verdict("lora_fhss", _sure(share, 0.2, 0.5), (words, *_hop_words(c)))


def _carrier(c: Case) -> Verdict | None:
    widths = [m.line_width_hz for m in c.marks if not math.isnan(m.line_width_hz)]
    if not widths or c.longest_s < 1e-3 or float(np.median(widths)) > LINE_HZ:
        return None
    words = f"90 % of the power within {float(np.median(widths)) / 1e3:.1f} kHz for {c.longest_s * 1e3:.0f} ms"
    return Verdict("cw", 0.9 if c.longest_s > 1e-2 else 0.7, (words,))


def _keyed(c: Case) -> Verdict | None:
    """Bluetooth, or another frequency-keyed hopping link."""
    spectra = [m.clock for m in c.marks if m.clock is not None]
    flat = c.envelope
    if flat > 0.6:
        return None
    rate, line = keying.clock(spectra, c.width_hz)
    clocked = line > 6.5
    slotted = slots(c.emitter, c.rate_hz, SLOT_S)
    by_chance = 2.2 / math.sqrt(len(c.emitter.bursts))
    words = [f"constant envelope ({flat:.2f} of Gaussian noise's scatter)"]
    if clocked:
        words.append(f"symbol clock {rate / 1e3:.0f} kHz ({line:.0f} sigma)")
    megabit = clocked and abs(rate - 1e6) < 6e3
    if 0.6e6 < c.width_hz < 1.5e6 and (megabit or slotted > max(0.6 if not clocked else 0.85, by_chance)):
        if slotted > 0.6:
            words.append(f"starts keep to slots of 625 us ({slotted:.2f})")
        return Verdict("bluetooth", 0.95 if megabit and slotted > 0.6 else 0.75, (*words, *_hop_words(c)))
    if clocked or (c.hops.channels >= 3 and len(c.emitter.bursts) >= 4):
        return Verdict("gfsk_fhss", _sure(line, 6.5, 15) if clocked else 0.6, (*words, *_hop_words(c)))
    return None


def _hop_words(c: Case) -> tuple[str, ...]:
    h, words = c.hops, []
    if h.channels > 1:
        words.append(
            f"{h.channels} channels" + (f" on a raster of {h.raster_hz / 1e3:.0f} kHz" if not math.isnan(h.raster_hz) else "")
        )
    if not math.isnan(h.dwell_s):
        words.append(f"dwell {h.dwell_s * 1e3:.2f} ms")
    return tuple(words)


_WIDE = (_chirp_jammer, _fm_video, _droneid, _wifi, _ofdm, _noise_jammer)
_NARROW = (_lora, _fm_video, _carrier, _keyed, _ofdm)
