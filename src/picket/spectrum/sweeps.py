"""Tables of power by frequency from sweeping programs: hackrf_sweep and rtl_power. Occupancy and floor only.

Both write CSV lines of one sweep part each, without a head:

    date, time, hz_low, hz_high, hz_step, samples, dB, dB, ...

Sources: hackrf_sweep (greatscottgadgets/hackrf, host/hackrf-tools) and rtl_power (Osmocom rtl-sdr, rtl_power.c): the same columns.
Times are local to the machine that wrote them and say no zone; they are taken for UTC, or `offset_s` is added.

A sweep holds no samples: it has no bursts shorter than a sweep, no labels, no emitters, and no detection comes of it. What a bin held
between two sweeps is unknown. So the answer is the floor of each bin (a low quantile over time), the share of sweeps in which it stood
over that, and what stood out of it for long; nothing of it is called a drone link.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.spectrum.sigmf import SpectrumError

OVER_DB = 6.0  # a bin of one sweep is one or few averages: noise alone passes 6 dB over its lower quartile in few of them
FLOOR_QUANTILE = 0.25
MOST_BINS, MOST_SWEEPS = 200_000, 20_000

Doubles = npt.NDArray[np.float64]


@dataclass
class Sweeps:
    """hz (B,) middles of bins, times (S,) UNIX seconds of sweeps, power_db (S, B), NaN where a sweep lacks a bin."""

    name: str
    hz: Doubles
    bin_hz: float
    times: Doubles
    power_db: npt.NDArray[np.float32]
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def floor_db(self) -> Doubles:
        """(B,) the quiet level of every bin."""
        return np.asarray(np.nanquantile(self.power_db, FLOOR_QUANTILE, axis=0), float)

    @property
    def occupancy(self) -> Doubles:
        """(B,) share of the sweeps in which a bin stood OVER_DB over its floor's neighbourhood."""
        floor = self.floor_db
        around = np.minimum(floor, np.median(floor) + OVER_DB / 2)  # a bin that is always busy has no quiet level of its own
        seen = np.isfinite(self.power_db)
        return np.asarray((self.power_db > around + OVER_DB).sum(axis=0) / np.maximum(seen.sum(axis=0), 1), float)

    def by_hour(self) -> list[tuple[float, int, Doubles]]:
        """(UNIX seconds of the hour, sweeps in it, occupancy of every bin) for each hour that has any."""
        hours = (self.times // 3600).astype(int)
        out = []
        for hour in np.unique(hours).tolist():
            part = Sweeps(self.name, self.hz, self.bin_hz, self.times[hours == hour], self.power_db[hours == hour])
            out.append((3600.0 * hour, int((hours == hour).sum()), part.occupancy))
        return out


def looks_like(first: bytes) -> bool:
    """True when the first bytes of a file are a line of such a table."""
    cells = first.split(b"\n", 1)[0].decode("ascii", "replace").split(",")
    if len(cells) < 7:
        return False
    try:
        _moment(cells[0], cells[1])
        return all(np.isfinite(float(c)) for c in cells[2:6])
    except ValueError:
        return False


def read(path: Path, offset_s: float = 0.0) -> Sweeps:
    """The table of a file. Raises SpectrumError where nothing of it can be used."""
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as f:
            return parse(csv.reader(f), path.name, offset_s)
    except OSError as e:
        raise SpectrumError(f"{path}: {e.strerror or e}", 3) from None


def parse(rows: Iterable[list[str]], name: str, offset_s: float = 0.0) -> Sweeps:
    """The table of CSV rows; what cannot be read is counted by reason."""
    left_out: Counter[str] = Counter()
    parts = list(_parts(rows, left_out, offset_s))
    if not parts:
        raise SpectrumError(
            f"{name}: no line of hackrf_sweep or rtl_power; expected date, time, hz_low, hz_high, hz_step, samples, dB ...", 1
        )
    steps = Counter(round(p[2], 3) for p in parts)
    step = steps.most_common(1)[0][0]
    left_out["another_bin_width"] += sum(n for s, n in steps.items() if s != step)
    parts = [p for p in parts if round(p[2], 3) == step]
    low = min(p[1] for p in parts)
    bins = max(round((p[1] - low) / step) + len(p[3]) for p in parts)
    if bins > MOST_BINS:
        raise SpectrumError(f"{name}: {bins} bins; expected at most {MOST_BINS}: sweep with wider bins (-w)", 2)
    number: dict[float, int] = {}
    seen: set[tuple[int, int]] = set()
    index = 0
    placed = []
    for time, low_hz, _, db in parts:
        at = round((low_hz - low) / step)
        if (index, at) in seen:  # the same frequency again: the next sweep (hackrf_sweep dates each part alike only within one)
            index += 1
        seen.add((index, at))
        number.setdefault(index, 0)
        placed.append((index, at, time, db))
    count = min(index + 1, MOST_SWEEPS)
    if index + 1 > MOST_SWEEPS:
        left_out["sweeps_beyond_the_most"] += index + 1 - MOST_SWEEPS
    power = np.full((count, bins), np.nan, np.float32)
    times = np.full(count, np.nan)
    for i, at, time, db in placed:
        if i < count:
            power[i, at : at + len(db)] = db
            times[i] = time if np.isnan(times[i]) else times[i]
    held = np.isfinite(power).any(axis=0)
    hz: Doubles = float(low) + float(step) * (np.arange(bins, dtype=np.float64) + 0.5)
    return Sweeps(name, hz[held], float(step), times, power[:, held], left_out)


def _parts(rows: Iterable[list[str]], left_out: Counter[str], offset_s: float) -> Iterator[tuple[float, float, float, Doubles]]:
    for cells in rows:
        if not any(c.strip() for c in cells):
            continue
        if len(cells) < 7:
            left_out["line_too_short"] += 1
            continue
        try:
            time = _moment(cells[0], cells[1]) + offset_s
            low, high, step = (float(c) for c in cells[2:5])
            db = np.array([float(c) if c.strip() else np.nan for c in cells[6:]])
        except ValueError:
            left_out["not_a_number"] += 1
            continue
        if not (np.isfinite([low, high, step]).all() and step > 0 and 0 <= low < high):
            left_out["edges_that_cannot_be"] += 1
            continue
        if abs(len(db) - (high - low) / step) > 1.5:  # rtl_power adds one bin at the end
            left_out["bins_do_not_fit_edges"] += 1
            continue
        db = db[: max(1, round((high - low) / step))]
        left_out["values_that_are_no_number"] += int((~np.isfinite(db)).sum())
        yield time, low, step, np.where(np.isfinite(db), db, np.nan)


def _moment(date: str, clock: str) -> float:
    return datetime.fromisoformat(f"{date.strip()}T{clock.strip()}").replace(tzinfo=UTC).timestamp()


def summary(s: Sweeps) -> dict[str, Any]:
    """The table in plain values: floor, occupancy by hour, the bins that were busiest."""
    occupancy, floor = s.occupancy, s.floor_db
    busiest = np.argsort(-occupancy, kind="stable")[:10]
    known = s.times[np.isfinite(s.times)]
    return {
        "table": s.name,
        "sweeps": len(s.times),
        "first": float(known.min()),
        "last": float(known.max()),
        "low_hz": float(s.hz[0] - s.bin_hz / 2),
        "high_hz": float(s.hz[-1] + s.bin_hz / 2),
        "bin_hz": s.bin_hz,
        "floor_db": round(float(np.median(floor)), 1),
        "occupied": round(float(occupancy.mean()), 4),
        "busiest": [{"hz": float(s.hz[i]), "occupied": round(float(occupancy[i]), 3)} for i in busiest if occupancy[i] > 0],
        "hours": [{"hour": hour, "sweeps": n, "occupied": round(float(o.mean()), 4)} for hour, n, o in s.by_hour()],
        "left_out": {k: n for k, n in sorted(s.left_out.items()) if n},
        "says": "occupancy and floor only: a sweep holds no samples, so nothing is labelled; what was between two sweeps is unknown",
    }
