"""One look at one step: samples through the chain of run.py, and what is kept of it.

A look is analysed as a recording of its own: bounded, and with emitters and labels at its end. What goes on from look to look is
joined by the memories (history.py), not here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.spectrum.confirm import clearest
from picket.spectrum.emission import Emission
from picket.spectrum.radio.plan import Step
from picket.spectrum.recording import Samples
from picket.spectrum.run import Chain, Report, emitter_summary
from picket.spectrum.sigmf import Datatype
from picket.spectrum.transform_kernels import count_extremes
from picket.spectrum.waterfall import Waterfall

ROW_S = 0.025  # time that one row of the live waterfall stands for, about
COLUMNS = 512
LOWEST_DB, DB_PER_LEVEL = -120.0, 0.5  # a row's byte b is LOWEST_DB + DB_PER_LEVEL * b, dB of full scale
MOST_BOXES = 300
CUT, CUT_SHARE = (
    0.85,
    0.3,
)  # what ends in the outer 15 % on a side, and is wider than this share of the rate, is cut by the receiver

Row = tuple[float, bytes]  # UNIX seconds of its begin; one byte a column


@dataclass(frozen=True)
class Look:
    """What one look found.

    begin: UNIX seconds of its first sample; seconds: of samples looked at. emissions: frequencies from the step's centre, samples from
    the look's begin. floor_db: (N,) power per bin in quiet times, dB of full scale, bin k at low_hz + k bin_hz. rows: of the
    waterfall, over low_hz to high_hz. clipped: share of values at full scale. lost: samples before the next look that nobody saw.
    """

    step: Step
    begin: float
    seconds: float
    rate_hz: float
    emissions: list[Emission]
    emitters: list[dict[str, Any]]
    low_hz: float
    bin_hz: float
    floor_db: npt.NDArray[np.float64]
    rows: list[Row]
    gain_steps: list[tuple[float, float]] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
    clipped: float = 0.0
    lost: int = 0

    @property
    def high_hz(self) -> float:
        """Upper end of floor and rows."""
        return self.low_hz + self.bin_hz * len(self.floor_db)

    @property
    def end(self) -> float:
        """UNIX seconds after its last sample."""
        return self.begin + self.seconds

    def span(self, e: Emission) -> tuple[float, float]:
        """UNIX seconds of an emission's begin and end."""
        return self.begin + e.sample_start / self.rate_hz, self.begin + e.sample_end / self.rate_hz

    def edges_hz(self, e: Emission) -> tuple[float, float]:
        """An emission's lower and upper edge."""
        return self.step.center_hz + e.low_hz, self.step.center_hz + e.high_hz


class _Rows(Waterfall):
    """Takes each segment's power as it passes: rows for the page, and the quiet level of every bin."""

    def __init__(self, rate_hz: float, center_hz: float, keep: slice, row_s: float) -> None:
        super().__init__(rate_hz, center_hz)
        self.keep, self.row_s = keep, row_s
        self.lines: list[tuple[int, bytes]] = []
        self.quiet: list[npt.NDArray[np.float32]] = []

    def add(self, grid: npt.NDArray[np.float32], first: int) -> None:
        """One segment's power (T, N), which begins at sample `first`."""
        bins = grid.shape[1]
        part = grid[:, self.keep]
        per_row = max(1, round(self.row_s * self.rate_hz / bins))
        for a in range(0, len(part), per_row):
            piece = part[a : a + per_row]
            if len(piece) < per_row // 2 and a:
                break
            row = 0.5 * (piece.mean(axis=0) + piece.max(axis=0) / np.log(max(len(piece), 2)))  # a short burst stays visible
            self.lines.append((first + a * bins, _levels(row)))
        blocks = np.array([b.mean(axis=0) for b in np.array_split(part, max(1, len(part) // 32))])
        self.quiet.append(np.median(blocks, axis=0))


def _levels(power: npt.NDArray[np.float32]) -> bytes:
    if len(power) > COLUMNS:
        edges = np.linspace(0, len(power), COLUMNS + 1).astype(int)[:-1]
        power = np.maximum.reduceat(power, edges)
    db = 10 * np.log10(np.maximum(power, 1e-12))
    return np.clip(np.rint((db - LOWEST_DB) / DB_PER_LEVEL), 0, 255).astype(np.uint8).tobytes()


class Looker:
    """The chain over one look. Feed it bytes with `take`, end with `finish`."""

    def __init__(self, step: Step, begin: float, rate_hz: float, datatype: Datatype, row_s: float = ROW_S) -> None:
        self.step, self.begin, self.rate_hz, self.datatype = step, begin, rate_hz, datatype
        self.chain = Chain(rate_hz, step.center_hz, datatype.full_scale, datatype.zero)
        bins = self.chain.bins
        self._bin_hz = rate_hz / bins
        low, high = ((hz - step.center_hz) / self._bin_hz + bins / 2 for hz in (step.low_hz, step.high_hz))
        self._keep = slice(max(0, int(np.floor(low))), min(bins, max(int(np.ceil(high)), int(np.floor(low)) + 8)))
        self._rows = _Rows(rate_hz, step.center_hz, self._keep, row_s)
        self.chain.waterfall = self._rows
        self._held: list[bytes] = []
        self._size = 0
        self._first = 0
        self._samples = 0
        self._extremes = 0
        self._bad = 0

    def take(self, data: bytes) -> None:
        """The next samples, whole ones."""
        self._held.append(data)
        self._size += len(data)
        self._samples += len(data) // self.datatype.sample_bytes
        wanted = (self.chain.step + self.chain.bins) * self.datatype.sample_bytes
        while self._size >= wanted:
            whole = b"".join(self._held)
            self._run(whole[:wanted])
            rest = whole[self.chain.step * self.datatype.sample_bytes :]
            self._held, self._size = [rest], len(rest)
            self._first += self.chain.step

    def _run(self, data: bytes) -> None:
        values: Samples = np.frombuffer(data, self.datatype.dtype)
        if not values.dtype.isnative:
            values = values.astype(values.dtype.newbyteorder("="))
        if values.dtype.kind == "f":
            good = np.isfinite(values)
            if not good.all():
                self._bad += int(len(values) - good.sum())
                values = np.where(good, values, 0)
            values = values.astype(np.float32, copy=False)
        else:
            ends = np.iinfo(self.datatype.dtype)
            self._extremes += int(count_extremes(values, float(ends.min), float(ends.max)))
        self.chain.take(values, self._first)

    def finish(self, lost: int = 0) -> Look | None:
        """The look; None when it was too short to say anything."""
        if self._size > 5 * self.chain.bins * self.datatype.sample_bytes:
            self._run(b"".join(self._held))
        if not self._rows.quiet:
            return None
        report = self.chain.finish()
        _distrust(report, self.rate_hz)
        kept = [e for e in report.emissions if self._inside(e)]
        floor = 10 * np.log10(np.maximum(np.median(self._rows.quiet, axis=0), 1e-12)).astype(np.float64)
        notes = dict(report.notes)
        if self._bad:
            notes["values that are no number"] = self._bad
        low_hz = self.step.center_hz + (self._keep.start - self.chain.bins / 2) * self._bin_hz
        return Look(
            self.step, self.begin, self._samples / self.rate_hz, self.rate_hz, _strongest(kept), self._emitters(report), low_hz,
            self._bin_hz, floor, [(self.begin + at / self.rate_hz, row) for at, row in self._rows.lines],
            [(self.begin + at / self.rate_hz, db) for at, db in report.gain_steps], notes, self._extremes / max(2 * self._samples, 1), lost,
        )  # fmt: skip

    def _emitters(self, report: Report) -> list[dict[str, Any]]:
        found = []
        for one, summary in zip(report.emitters, emitter_summary(report, self.rate_hz, self.step.center_hz), strict=True):
            if any(self._inside(e) for e in one.bursts):
                on_s = sum(e.sample_count for e in one.bursts) / self.rate_hz
                boxes = clearest(one.bursts, self.rate_hz)
                found.append({**summary, "on_s": on_s, "steady": any(e.steady for e in one.bursts), "boxes": boxes})
        return found

    def _inside(self, e: Emission) -> bool:
        """Whether it lies in the part of the spectrum that this step is for: its neighbours are other steps' business."""
        low, high = self.step.center_hz + e.low_hz, self.step.center_hz + e.high_hz
        return min(high, self.step.high_hz) - max(low, self.step.low_hz) > 0.3 * (high - low)


def _distrust(report: Report, rate_hz: float) -> None:
    """A signal that reaches beyond what the radio sees has no name: what is left of it may look like another kind."""
    for one in report.emitters:
        longest = max(one.bursts, key=lambda e: e.sample_count)
        if max(abs(longest.low_hz), abs(longest.high_hz)) > CUT * rate_hz / 2 and longest.bandwidth_hz > CUT_SHARE * rate_hz:
            why = ["reaches beyond what the radio sees at once"]
            one.label, one.confidence, one.evidence = "unknown", 0.0, why
            for e in one.bursts:
                e.label, e.confidence, e.evidence = "unknown", 0.0, why


def _strongest(found: list[Emission]) -> list[Emission]:
    """At most MOST_BOXES, those with the most energy, in order of time."""
    if len(found) <= MOST_BOXES:
        return found
    best = sorted(found, key=lambda e: e.snr_db + 10 * np.log10(e.sample_count * max(e.bandwidth_hz, 1.0)), reverse=True)
    return sorted(best[:MOST_BOXES], key=lambda e: (e.sample_start, e.low_hz))
