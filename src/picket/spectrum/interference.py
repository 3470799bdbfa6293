"""Interference against a stored floor: what rose, by how much, where, since when.

A baseline is the true floor of an earlier recording with the same receiver, gain and place. A rise of at least 3 dB over at
least 5 MHz is reported. When the whole band rose alike, ends and all, that is a change of gain or a jammer wider than the band:
nothing in the band can tell, so it is reported as `level`, not as jamming.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from picket.spectrum.detect import Segment
from picket.spectrum.floor import BLOCK, runs_of
from picket.spectrum.sigmf import SpectrumError

LEAST_DB, LEAST_HZ = 3.0, 5e6
_WHOLE = 0.9  # share of the band from which on it is the level


@dataclass(frozen=True)
class Baseline:
    """A floor in dB of full scale per bin: bin k lies at low_hz + k bin_hz."""

    low_hz: float
    bin_hz: float
    floor_db: npt.NDArray[np.float64]

    def at(self, hz: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """The floor at those frequencies; NaN outside."""
        # Power per bin of a unit-energy window does not depend on the bin's width.
        own = self.low_hz + self.bin_hz * np.arange(len(self.floor_db))
        return np.asarray(np.interp(hz, own, self.floor_db, left=np.nan, right=np.nan))

    def save(self, path: Path) -> None:
        body = {
            "version": 1,
            "low_hz": self.low_hz,
            "bin_hz": self.bin_hz,
            "floor_db": [round(float(x), 3) for x in self.floor_db],
        }
        path.write_text(json.dumps(body) + "\n", "utf-8")

    @classmethod
    def load(cls, path: Path) -> Baseline:
        """Raises SpectrumError where the file is none."""
        try:
            body = json.loads(path.read_text("utf-8"))
            floor = np.array(body["floor_db"], float)
            if body["version"] != 1 or floor.ndim != 1 or len(floor) < 8 or not np.isfinite(floor).all():
                raise ValueError
            return cls(float(body["low_hz"]), float(body["bin_hz"]), floor)
        except OSError as e:
            raise SpectrumError(f"{path}: {e.strerror}", 2) from None
        except (ValueError, KeyError, TypeError):
            raise SpectrumError(f"{path}: no baseline; expected a file that --save-baseline wrote", 2) from None


@dataclass(frozen=True)
class Rise:
    """The floor stands rise_db over the baseline between low_hz and high_hz since sample_start. kind: floor or level (see the module)."""

    kind: str
    sample_start: int
    low_hz: float
    high_hz: float
    rise_db: float


def rises(seg: Segment, baseline: Baseline, rate_hz: float, center_hz: float) -> list[Rise]:
    """Rises in one segment, at most one per block of 0.2 ms: each run of frequencies with the block from which on it holds."""
    bins = len(seg.local)
    bin_hz = rate_hz / bins
    hz = center_hz - rate_hz / 2 + bin_hz * np.arange(bins, dtype=np.float64)
    base = baseline.at(hz)
    if np.isnan(base).mean() > 0.5:
        raise SpectrumError("the baseline lies in another band than the recording", 2)
    width = max(3, int(1e6 / bin_hz))
    count = min(len(seg.blocks), 64)
    parts = np.array([p.mean(axis=0) for p in np.array_split(seg.blocks, count)])  # about 0.8 ms each
    rise = 10 * np.log10(np.maximum(parts, 1e-30)) - np.where(np.isnan(base), np.inf, base)
    now, late = (
        uniform_filter1d(np.maximum(np.median(r, axis=0), -50), width, mode="nearest") for r in (rise, rise[-(count // 4 or 1) :])
    )
    least = LEAST_DB - 0.2  # the median of a mean of few cells lies under it
    out = []
    for a, b in runs_of((now >= least) | (late >= least)):
        if (b - a) * bin_hz < LEAST_HZ:
            continue
        over = np.median(rise[:, a:b], axis=1) >= LEAST_DB - 0.3
        first = int(np.argmax(over)) if over.any() else 0
        size = float(np.median(late[a:b]))
        whole = (b - a) > _WHOLE * bins
        start = seg.first + int(first * len(seg.blocks) / count * BLOCK * bins)
        out.append(Rise("level" if whole else "floor", start, float(hz[a]), float(hz[b - 1]), size))
    return out


def merged(found: list[Rise]) -> list[Rise]:
    """One rise for each band that segments reported one after the other."""
    out: list[Rise] = []
    for r in found:
        for i, o in enumerate(out):
            if o.kind == r.kind and min(o.high_hz, r.high_hz) - max(o.low_hz, r.low_hz) > 0.5 * (r.high_hz - r.low_hz):
                out[i] = Rise(
                    o.kind, o.sample_start, min(o.low_hz, r.low_hz), max(o.high_hz, r.high_hz), max(o.rise_db, r.rise_db)
                )
                break
        else:
            out.append(r)
    return out
