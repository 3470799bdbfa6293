"""How busy each channel was, hour by hour: of the time that it was looked at. What was not looked at has no occupancy, not none.

A channel counts as occupied while any emission, of whatever label, lies in it. Nothing else is kept of Wi-Fi, Bluetooth and the
unnamed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from picket.site_radio import Band
from picket.spectrum.radio.look import Look

KEPT_HOURS = 7 * 24
MOST_CHANNELS = 64
_WIDTHS_HZ = (25e3, 50e3, 100e3, 200e3, 250e3, 500e3, 1e6, 2e6, 5e6, 10e6, 20e6, 50e6, 100e6, 200e6, 500e6)


def channel_hz(band: Band) -> float:
    """The width of a band's channels: at most MOST_CHANNELS of them, round numbers, no narrower than a cell of the transform allows."""
    return next(w for w in (*_WIDTHS_HZ, 1e10) if w >= 100e3 and band.width_hz / w <= MOST_CHANNELS)


@dataclass
class Occupancy:
    """(band, hour since 1970, channel) -> seconds looked at, seconds occupied."""

    bands: dict[str, Band]
    cells: dict[tuple[str, int, int], list[float]] = field(default_factory=dict)

    @classmethod
    def of(cls, bands: tuple[Band, ...]) -> Occupancy:
        """Of the bands of a radio."""
        return cls({b.name: b for b in bands})

    def add(self, look: Look) -> None:
        """Takes in a look."""
        band = self.bands[look.step.band]
        width, hour = channel_hz(band), int(look.begin // 3600)
        first = int((look.step.low_hz - band.low_hz) / width + 1e-6)
        last = max(first, math.ceil((look.step.high_hz - band.low_hz) / width - 1e-6) - 1)
        spans: dict[int, list[tuple[int, int]]] = {}
        for e in look.emissions:
            low, high = look.edges_hz(e)
            for c in range(max(first, int((low - band.low_hz) // width)), min(last, int((high - band.low_hz) // width)) + 1):
                spans.setdefault(c, []).append((e.sample_start, e.sample_end))
        for c in range(first, last + 1):
            share = _overlap(look, band.low_hz + c * width, width)
            cell = self.cells.setdefault((look.step.band, hour, c), [0.0, 0.0])
            cell[0] += look.seconds * share
            cell[1] += min(union(spans.get(c, [])) / look.rate_hz, look.seconds) * share
        if len(self.cells) > KEPT_HOURS * MOST_CHANNELS * len(self.bands) // 2:
            self.cells = {k: v for k, v in self.cells.items() if k[1] > hour - KEPT_HOURS}

    def rows(self, band: str) -> list[dict[str, Any]]:
        """One row per hour: watched and occupied seconds by channel."""
        hours: dict[int, dict[int, list[float]]] = {}
        for (name, hour, c), cell in self.cells.items():
            if name == band:
                hours.setdefault(hour, {})[c] = cell
        count = max((c for h in hours.values() for c in h), default=-1) + 1
        return [
            {
                "hour": hour * 3600,
                "watched_s": [round(cells.get(c, (0.0, 0.0))[0], 3) for c in range(count)],
                "occupied_s": [round(cells.get(c, (0.0, 0.0))[1], 3) for c in range(count)],
            }
            for hour, cells in sorted(hours.items())
        ]

    def kept(self) -> list[list[Any]]:
        """Plain lists for a file."""
        return [[*key, *(round(x, 3) for x in cell)] for key, cell in sorted(self.cells.items())]

    def take_kept(self, rows: list[list[Any]]) -> None:
        """The inverse of `kept`; bands that are no more are left out."""
        for name, hour, c, watched, occupied in rows:
            if name in self.bands:
                self.cells[str(name), int(hour), int(c)] = [float(watched), float(occupied)]


def _overlap(look: Look, low_hz: float, width_hz: float) -> float:
    """The share of a channel that lies in the look's step: two steps share a channel at their border."""
    inside = min(low_hz + width_hz, look.step.high_hz) - max(low_hz, look.step.low_hz)
    return min(1.0, max(0.0, inside) / width_hz)


def union(spans: list[tuple[int, int]]) -> int:
    """Samples covered by any of the spans."""
    total, end = 0, -1
    for a, b in sorted(spans):
        total += max(0, b - max(a, end))
        end = max(end, b)
    return total
