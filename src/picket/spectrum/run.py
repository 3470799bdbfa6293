"""The whole chain over one recording: read, detect, look, stitch, group, label, report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from picket.spectrum.absorb import put_together
from picket.spectrum.analyse import Analyst
from picket.spectrum.apart import taken_apart
from picket.spectrum.clip import Complex, to_complex
from picket.spectrum.detect import SEGMENT_FRAMES, Detector, Segment
from picket.spectrum.emission import Emission
from picket.spectrum.emitters import Emitter, group, hops
from picket.spectrum.halves import halves
from picket.spectrum.image import COHERENT, likeness, without_images, without_shoulders
from picket.spectrum.interference import Baseline, Rise, rises
from picket.spectrum.label import judge
from picket.spectrum.recording import Recording, Samples
from picket.spectrum.sigmf import SpectrumError
from picket.spectrum.stitch import stitch
from picket.spectrum.transform import Transform, bins_for
from picket.spectrum.waterfall import Waterfall
from picket.spectrum.widths import settle, settle_carrier, settle_wide


@dataclass
class Report:
    """What was found in a recording. gain_steps: (sample, dB). notes: reason -> count of what was put aside or was poor."""

    emissions: list[Emission] = field(default_factory=list)
    emitters: list[Emitter] = field(default_factory=list)
    rises: list[Rise] = field(default_factory=list)
    gain_steps: list[tuple[int, float]] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
    samples: int = 0
    cut: bool = False
    waterfall: Waterfall | None = None
    floor: Baseline | None = None


@dataclass
class Chain:
    """The chain from segment to segment, for recordings and benchmarks alike: feed it with `take`, end with `finish`."""

    rate_hz: float
    center_hz: float
    full_scale: float
    zero: float = 0.0
    baseline: Baseline | None = None
    waterfall: Waterfall | None = None

    def __post_init__(self) -> None:
        self.bins = bins_for(self.rate_hz)
        self.detector = Detector(self.rate_hz, Transform(self.bins, self.full_scale, self.zero))
        self.analyst = Analyst(self.rate_hz)
        self.done: list[Emission] = []
        self._open: list[Emission] = []
        self._rises: list[Rise] = []
        self._floors: list[Any] = []
        self._spectra: list[tuple[int, Any]] = []  # first sample and mean power over the floor of the last segments
        self._last: Segment | None = None

    @property
    def step(self) -> int:
        """Samples per segment; each is to be given with one more block of `bins` samples."""
        return SEGMENT_FRAMES * self.bins

    def take(self, samples: Samples, first: int) -> None:
        """One segment of interleaved samples."""
        if self.detector.transform.frames(len(samples) // 2) < 4:
            return
        found, seg = self.detector.segment(samples, first)
        found = halves(taken_apart(found, seg, self.rate_hz), self.bins)
        found, images = without_images(found, lambda e: likeness(self._cut(samples, seg, e, 2e-3), self.rate_hz, e) > COHERENT)
        found, shoulders = without_shoulders(found)
        for reason, n in (("image of a stronger signal", images), ("spilt by a stronger signal", shoulders)):
            if n:
                self.detector.left_out[reason] = self.detector.left_out.get(reason, 0) + n
        self._look(samples, found, seg)
        if self.baseline is not None:
            self._rises += rises(seg, self.baseline, self.rate_hz, self.center_hz)
        if self.waterfall is not None:
            self.waterfall.add(seg.grid, first)
        if seg.used.any():
            self._floors = [*self._floors[-15:], seg.shape.floor_db]
            blocks = seg.blocks if seg.used.all() else seg.blocks[seg.used]
            mean = blocks.mean(axis=0) - 10 ** (seg.shape.floor_db / 10)
            self._spectra = [*self._spectra[-15:], (first, mean)]
        end = first + len(seg.grid) * self.bins
        found = stitch(self._open, found, first, self.rate_hz, 2 * self.detector.bin_hz)
        self.done += self._open
        self._open = [e for e in found if e.sample_end >= end]
        self.done += [e for e in found if e.sample_end < end]

    def _look(self, samples: Samples, found: list[Emission], seg: Segment) -> None:
        self.analyst.next_segment()
        wanted = [e for e in found if self.analyst.wants(e)]
        for e in wanted:
            iq = self._cut(samples, seg, e)
            if len(iq) < 64:
                continue
            low = int(np.clip(e.low_hz / self.detector.bin_hz + self.bins / 2, 0, self.bins - 1))
            high = int(np.clip(e.high_hz / self.detector.bin_hz + self.bins / 2 + 1, low + 1, self.bins))
            e.marks.append(self.analyst.look(iq, e, float(np.mean(10 ** (seg.shape.floor_db[low:high] / 10)))))

    def _cut(self, samples: Samples, seg: Segment, e: Emission, longest_s: float = 1.0) -> Complex:
        """The samples of an emission of this segment."""
        a = e.sample_start - seg.first
        b = a + min(e.sample_count, int(longest_s * self.rate_hz))
        return to_complex(samples[2 * a : 2 * b], self.full_scale, self.zero)

    def _settle_wide(self, m: Emitter) -> None:
        start, end = m.bursts[0].sample_start, m.bursts[-1].sample_end
        on = [mean for first, mean in self._spectra if first < end and first + self.step > start]
        if on:
            settle_wide(m, np.mean(on, axis=0), self.detector.bin_hz)

    def finish(self) -> Report:
        """Emitters and labels of all that was found."""
        emitters = group(self.done + self._open, self.rate_hz)
        for emitter in emitters:
            settle(emitter)
            verdict = judge(emitter, self.rate_hz)
            emitter.label, emitter.confidence, emitter.evidence = verdict.label, verdict.confidence, list(verdict.evidence)
        emitters = put_together(emitters, self.rate_hz)
        for number, emitter in enumerate(emitters):
            if emitter.label == "cw":
                settle_carrier(emitter)
            elif emitter.label == "fm_video":
                self._settle_wide(emitter)
            for e in emitter.bursts:
                e.label, e.confidence, e.evidence, e.emitter = emitter.label, emitter.confidence, emitter.evidence, number
        emissions = [e for m in emitters for e in m.bursts]
        floor = None
        if self._floors:
            floor = Baseline(self.center_hz - self.rate_hz / 2, self.detector.bin_hz, np.median(self._floors, axis=0))
        return Report(
            sorted(emissions, key=lambda e: (e.sample_start, e.low_hz)), emitters, self._rises, self.detector.gain_steps,
            dict(self.detector.left_out), waterfall=self.waterfall, floor=floor,
        )  # fmt: skip


def analyse(
    recording: Recording,
    *,
    baseline: Baseline | None = None,
    waterfall: bool = False,
    on_progress: Callable[[str, int, int | None], None] | None = None,
) -> Report:
    """The report on a recording. Raises SpectrumError where there is nothing to look at."""
    meta = recording.meta
    kind = meta.datatype
    picture = Waterfall(meta.rate_hz, meta.center_hz) if waterfall else None
    chain = Chain(meta.rate_hz, meta.center_hz, kind.full_scale, kind.zero, baseline, picture)
    nonzero = False
    for samples, first in _segments(recording, chain):
        nonzero = nonzero or bool(np.any(samples != round(kind.zero)))
        chain.take(samples, first)
        if on_progress is not None:
            on_progress(recording.name, recording.samples * kind.sample_bytes, recording.total_bytes)
    least = 5 * chain.bins
    if recording.samples < least:
        raise SpectrumError(
            f"{recording.name}: {recording.samples} samples ({recording.samples / meta.rate_hz * 1e3:.3f} ms); expected at least {least}",
            1,
        )
    if not nonzero:
        raise SpectrumError(f"{recording.name}: all {recording.samples} samples are zero; the radio was not receiving", 1)
    report = chain.finish()
    report.samples, report.cut = recording.samples, recording.cut
    report.notes = {**recording.notes, **report.notes}
    return report


def _segments(recording: Recording, chain: Chain) -> Iterator[tuple[Samples, int]]:
    """Segments in a number type that the kernels take."""
    for samples, first in recording.segments(chain.step, chain.bins):
        yield (samples.astype(np.float32) if samples.dtype == np.float64 else samples), first


def emitter_summary(report: Report, rate_hz: float, center_hz: float) -> list[dict[str, Any]]:
    """One plain record per emitter; NaN as None."""
    out = []
    for number, m in enumerate(report.emitters):
        h = hops(m, rate_hz)
        known = {
            k: (None if v != v else v)
            for k, v in (("raster_hz", h.raster_hz), ("dwell_s", h.dwell_s), ("interval_s", h.interval_s))
        }
        span = m.bursts[-1].sample_end - m.bursts[0].sample_start
        on = sum(b.sample_count for b in m.bursts)
        out.append({
            "emitter": number, "label": m.label, "confidence": round(m.confidence, 3), "confirmed": m.confirmed(rate_hz),
            "sigma": round(m.sigma, 1), "bursts": len(m.bursts),
            "first_s": m.bursts[0].sample_start / rate_hz, "last_s": m.bursts[-1].sample_end / rate_hz,
            "center_hz": center_hz + float(np.median(m.values("center_hz"))), "bandwidth_hz": m.bandwidth_hz,
            "snr_db": round(float(np.median(m.values("snr_db"))), 1), "duty": round(on / max(span, 1), 3), "channels": h.channels, **known,
            "evidence": m.evidence,
        })  # fmt: skip
    return out
