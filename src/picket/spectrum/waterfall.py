"""A picture of a recording: time downwards, frequency to the right, emissions as outlines.

PNG by hand (ISO/IEC 15948: signature, IHDR, PLTE, IDAT, IEND).
"""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from picket.spectrum.emission import LABELS, Emission

_ROWS_PER_SEGMENT, _MOST_ROWS, _WIDTH = 64, 2048, 1024
_LEVELS = 200
_SPAN_DB = 30.0  # over the floor, from dark to bright
_STOPS = (
    (0, 8, 10, 30),
    (60, 40, 60, 120),
    (120, 30, 150, 140),
    (165, 150, 200, 80),
    (199, 255, 245, 160),
)  # level, red, green, blue
_COLOURS = (
    (255, 90, 60), (255, 160, 0), (255, 70, 200), (90, 200, 255), (140, 140, 255), (150, 150, 150),
    (110, 160, 220), (230, 230, 230), (255, 40, 40), (255, 0, 120), (200, 200, 200),
)  # fmt: skip


class Waterfall:
    """Keeps at most _MOST_ROWS rows: when there are more, neighbours are joined (the larger counts, so that short bursts stay visible)."""

    def __init__(self, rate_hz: float, center_hz: float) -> None:
        self.rate_hz, self.center_hz = rate_hz, center_hz
        self.rows: list[npt.NDArray[np.float32]] = []
        self.starts: list[int] = []
        self._merge = 1
        self._end = 0

    def add(self, grid: npt.NDArray[np.float32], first: int) -> None:
        """One segment's power (T, N), which begins at sample `first`."""
        bins = grid.shape[1]
        count = max(1, min(_ROWS_PER_SEGMENT, len(grid)) // self._merge)
        edges = np.linspace(0, len(grid), count + 1).astype(int)
        for a, b in pairwise(edges):
            row = grid[a:b].mean(axis=0)
            self.rows.append(row if bins <= _WIDTH else row.reshape(_WIDTH, -1).max(axis=1))
            self.starts.append(first + int(a) * bins)
        self._end = first + len(grid) * bins
        while len(self.rows) > _MOST_ROWS:
            pairs = len(self.rows) // 2
            self.rows = [np.maximum(self.rows[2 * i], self.rows[2 * i + 1]) for i in range(pairs)] + self.rows[2 * pairs :]
            self.starts = self.starts[::2]
            self._merge = min(_ROWS_PER_SEGMENT, self._merge * 2)

    def pixels(self, emissions: list[Emission]) -> npt.NDArray[np.uint8]:
        """Palette indices (rows, columns): levels of power, then one colour per label."""
        if not self.rows:
            return np.zeros((1, 1), np.uint8)
        db = 10 * np.log10(np.maximum(np.array(self.rows), 1e-30))
        floor = np.quantile(db[np.isfinite(db)], 0.2)
        image = np.clip((db - floor + 3) / _SPAN_DB * _LEVELS, 0, _LEVELS - 1).astype(np.uint8)
        wide = max(1, _WIDTH // image.shape[1])
        tall = max(1, 512 // len(image))
        image = np.repeat(np.repeat(image, wide, axis=1), tall, axis=0)
        starts = np.array([*self.starts, self._end])
        for e in emissions:
            y0, y1 = (int(np.interp(s, starts, np.arange(len(starts))) * tall) for s in (e.sample_start, e.sample_end))
            x0, x1 = (int((hz / self.rate_hz + 0.5) * image.shape[1]) for hz in (e.low_hz, e.high_hz))
            _outline(image, y0, y1, x0, x1, _LEVELS + LABELS.index(e.label))
        return image

    def write(self, path: Path, emissions: list[Emission]) -> None:
        """Writes the picture."""
        image = self.pixels(emissions)
        height, width = image.shape
        at = np.arange(_LEVELS)
        stops = np.array(_STOPS, float)
        ramp = np.stack([np.interp(at, stops[:, 0], stops[:, c]) for c in (1, 2, 3)], axis=1)
        palette = np.concatenate([ramp, np.array(_COLOURS, float)]).astype(np.uint8)
        lines = np.concatenate([np.zeros((height, 1), np.uint8), image], axis=1)
        title = b"Title\0Picket waterfall: %.3f MHz +- %.3f MHz" % (self.center_hz / 1e6, self.rate_hz / 2e6)
        path.write_bytes(
            b"\x89PNG\r\n\x1a\n"
            + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
            + _chunk(b"tEXt", title)
            + _chunk(b"PLTE", palette.tobytes())
            + _chunk(b"IDAT", zlib.compress(lines.tobytes(), 6))
            + _chunk(b"IEND", b"")
        )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _outline(image: npt.NDArray[np.uint8], y0: int, y1: int, x0: int, x1: int, colour: int) -> None:
    height, width = image.shape
    y0, y1 = max(0, min(y0, height - 1)), max(0, min(y1, height - 1))
    x0, x1 = max(0, min(x0, width - 1)), max(0, min(x1, width - 1))
    image[[y0, y1], x0 : x1 + 1] = colour
    image[y0 : y1 + 1, [x0, x1]] = colour
