"""Which segments came near a line or area: the roll-up decides most of them, exact distances the rest, and the answer is remembered.

Three steps, each exact. (1) The cells of the roll-up in which a segment has points: all of them too far for even its longest
step, and it is not
near; one of them wholly within the distance, and it is. (2) For the rest, every step of the segment against every edge that the grid
lists. (3) The answer is kept in `days/known/`, named by the shape, the distance and the points files: a known line reads no points.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import math
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from picket.record import near_kernels as k
from picket.record.archive import Archive, Segments, days_folder, write_durably
from picket.record.sealed import CELL_COLUMNS, CELL_E7, E7, distinct_cells
from picket.record.shapes import Shape

Array = npt.NDArray[Any]

MOST_M = 50_000.0  # greatest distance to count within
_MOST_CELLS = 2_000_000
_LEAST_CELL = 2_000  # units: 22 m
_LISTED_M = 500.0
_SLACK_M = 0.02  # rounding of places to units
_KNOWN = pa.schema([("file", pa.string()), ("mask", pa.int32())])


class NearError(ValueError):
    """A distance that cannot be counted within."""


def _scales() -> Array:
    """(18001, 2) metres per 1e-7 degree of longitude and latitude, every 0.01 degree of latitude from 90 S (WGS84's radii of curvature)."""
    a, e2 = 6378137.0, 0.0066943799901413165
    lat = np.radians(np.linspace(-90.0, 90.0, 18_001))
    w = 1 - e2 * np.sin(lat) ** 2
    unit = math.radians(1.0 / E7)
    return np.stack([a / np.sqrt(w) * np.cos(lat) * unit, a * (1 - e2) / w**1.5 * unit], axis=1)


SCALES = _scales()


def grid_of(shape: Shape, within_m: float) -> k.Grid:
    """The shape made ready for the kernels. Raises NearError for a senseless distance."""
    if not 0.0 <= within_m <= MOST_M:
        raise NearError(f"expected a distance between 0 and {MOST_M:g} m, got {within_m:g}")
    listed = max(within_m, _LISTED_M)
    edges = np.ascontiguousarray(shape.edges)
    top = float(np.abs(edges[:, 1::2]).max())
    reach_y = (listed + k.REACH_M) / SCALES[9_000, 1] * 1.02
    reach_x = reach_y / max(math.cos(math.radians(min((top + reach_y) / E7, 89.0))), 0.01) * 1.02
    west, east = edges[:, 0::2].min() - reach_x, edges[:, 0::2].max() + reach_x
    south, north = edges[:, 1::2].min() - reach_y, edges[:, 1::2].max() + reach_y
    cell = max(_LEAST_CELL, math.ceil(math.sqrt((east - west) * (north - south) / _MOST_CELLS)))
    cell += cell % 2  # its middle is a whole number
    rows, columns = math.ceil((north - south) / cell) + 1, math.ceil((east - west) / cell) + 1
    n = rows * columns
    least_lat = 0.0 if south <= 0 <= north else min(abs(south), abs(north))
    kx = SCALES[math.floor((90 + least_lat / E7) * 100), 0]
    half_m = 0.5 * cell * math.hypot(kx, SCALES[:, 1].max()) * 1.001
    empty = np.zeros(0, np.int32)
    grid = k.Grid(
        edges, SCALES, math.floor(west), math.floor(south), cell, rows, columns, np.zeros(n, np.uint8), np.zeros(n + 1, np.int64), empty,
        np.zeros(n, np.bool_), shape.area, float(within_m), float(listed),
    )  # fmt: skip
    count = np.zeros(n + 1, np.int64)
    k.edge_reach(grid, listed + k.REACH_M, within_m - _SLACK_M, half_m, count, False, empty, grid.state)
    starts = np.cumsum(count)
    listed_edges = np.empty(int(starts[-1]), np.int32)
    k.edge_reach(grid, listed + k.REACH_M, within_m - _SLACK_M, half_m, starts.copy(), True, listed_edges, grid.state)
    grid = grid._replace(starts=starts, listed=listed_edges)
    if shape.area:
        k.fill_inside(grid, grid.inside)
        grid.state[grid.inside & (grid.state == k.FAR)] = k.NEAR
    return grid


def near(
    archive: Archive, segments: Segments, shape: Shape, within_m: float, *, hourly: bool = False, want: Array | None = None
) -> Array:
    """(N,) int32: for each segment row the hours of its day (bits) in which it came within `within_m` of the shape; 0 never.

    hourly False: bit 0 says that it did. want (N,) bool: rows asked for (default all); the others give 0. Rows of a damaged day give 0,
    and the day is named in `archive.damage`. Cost for 36 million points: docs/record.md.
    """
    known = _Known(archive, shape, within_m, hourly)
    out = np.zeros(segments.n, np.int32)
    rows_of = _rows_of_files(segments)
    missing = []
    for i, rows in enumerate(rows_of):
        if len(rows):
            mask = known.get(segments.point_files[i].sha256, len(rows))
            if mask is None:
                missing.append(i)
            else:
                out[rows] = mask
    if missing:
        grid = grid_of(shape, within_m)
        todo = np.isin(segments.file, missing)
        decided = _by_cells(archive, segments, shape, within_m, todo)
        for i in missing:
            rows = rows_of[i]
            mask = _one_day(archive, segments, i, rows, grid, shape.around, decided[rows], hourly)
            if mask is not None:
                out[rows] = mask
                known.put(segments.point_files[i].sha256, mask)
        known.save()
    return out if want is None else np.where(want, out, 0)


def _rows_of_files(segments: Segments) -> list[Array]:
    bounds = np.searchsorted(segments.file, np.arange(len(segments.point_files) + 1))
    return [np.arange(a, b) for a, b in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)]


_UNDECIDED, _NEVER, _SURELY = 0, 1, 2


def _by_cells(archive: Archive, segments: Segments, shape: Shape, within_m: float, todo: Array) -> Array:
    """(N,) what the roll-up decides of each segment row: undecided, never near, surely near at some time of its day."""
    out = np.zeros(segments.n, np.uint8)
    days = segments["day"][todo]
    since, until = int(days.min()), int(days.max()) + 1
    known = _CellDistances(shape)
    reach = segments["longest_step_m"].astype(np.float64) + within_m + _SLACK_M
    seen, some_not_far, some_sure = (np.zeros(segments.n, np.bool_) for _ in range(3))
    for cells, row in cells_of(archive, segments, since, until):
        back, least, most, inside = known.of(cells)
        far = (least[back] > reach[row]) & ~inside[back]
        sure = (most[back] <= within_m - _SLACK_M) | inside[back]
        some_not_far[row[~far]] = True
        some_sure[row[sure]] = True
        seen[row] = True
    out[seen & ~some_not_far] = _NEVER
    out[some_sure] = _SURELY
    return out


class _CellDistances:
    """How far cells of the roll-up lie from a shape; each cell is looked at once, in whatever months it occurs."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._cells = np.empty(0, np.int64)
        self._found = np.empty((3, 0))

    def of(self, cell: Array) -> tuple[Array, Array, Array, Array]:
        """For (M,) cells: (M,) places in what follows, then of each different one the least and the most distance of its points, m, and
        whether it lies wholly inside an area."""
        unique, back = distinct_cells(cell)
        at = np.minimum(np.searchsorted(self._cells, unique), max(len(self._cells) - 1, 0))
        new = unique if not len(self._cells) else unique[self._cells[at] != unique]
        if len(new):
            cells = np.concatenate([self._cells, new])
            order = np.argsort(cells, kind="stable")
            self._cells, self._found = cells[order], np.concatenate([self._found, self._measure(new)], axis=1)[:, order]
            at = np.searchsorted(self._cells, unique)
        least, most, inside = self._found[:, at]
        return back, least, most, inside > 0.0

    def _measure(self, cells: Array) -> Array:
        r, c = np.divmod(cells, CELL_COLUMNS)
        lat, lon = r * CELL_E7 - 90 * E7 + CELL_E7 // 2, c * CELL_E7 - 180 * E7 + CELL_E7 // 2
        away, inside = np.empty(len(cells)), np.empty(len(cells), np.bool_)
        shape = self._shape
        k.cell_distances(SCALES, np.ascontiguousarray(shape.edges), shape.around, lon, lat, shape.area, away, inside)
        # the cell's edge nearest to the equator is its longest
        low = np.minimum(np.abs(lat - CELL_E7 // 2), np.abs(lat + CELL_E7 // 2)) / E7
        half = 0.5 * CELL_E7 * np.hypot(np.interp(low, np.linspace(0, 90, 9_001), SCALES[9_000:, 0]), SCALES[:, 1].max()) * 1.001
        # scales at the middle of the cell: wrong by at most the distance's own share of the earth's radius times tan(latitude)
        wrong = np.minimum(away * np.tan(np.radians(np.minimum(np.abs(lat) / E7 + 1.0, 88.0))) / 6.3e6, 0.5)
        least, most = away * (1 - wrong) - half, away * (1 + wrong) + half
        return np.stack([least, most, inside & shape.area & (least > _SLACK_M)])  # no edge goes through the cell


def cells_of(archive: Archive, segments: Segments, since: int, until: int) -> Iterator[tuple[Array, Array]]:
    """The roll-up of a period, month by month: cell numbers (M,) uint32, and the segment row (M,) int32 that each belongs to."""
    first_row = _first_rows(segments)
    for file in archive.files("cells", since, until):
        found = archive.table(file, ["day", "segment", "cell"])
        if found is None:
            continue
        day, segment, cell = (found[n].to_numpy() for n in ("day", "segment", "cell"))
        base = np.full(file.last - file.first + 1, -1, np.int32)
        for d in range(file.first, file.last + 1):
            base[d - file.first] = first_row.get((file.source, d), -1)
        begin = base[day - file.first]
        keep = begin >= 0
        yield cell[keep].astype(np.uint32), (begin + segment)[keep]


def _first_rows(segments: Segments) -> dict[tuple[str, int], int]:
    bounds = np.searchsorted(segments.file, np.arange(len(segments.point_files))).tolist()
    present = set(np.unique(segments.file).tolist())
    return {(f.source, f.first): bounds[i] for i, f in enumerate(segments.point_files) if i in present}


def _one_day(
    archive: Archive, segments: Segments, i: int, rows: Array, grid: k.Grid, around: int, decided: Array, hourly: bool
) -> Array | None:
    """The masks of one points file's segments; None when it is damaged."""
    out = np.where(decided == _SURELY, 1, 0).astype(np.int32) if not hourly else np.zeros(len(rows), np.int32)
    want = decided == _UNDECIDED if not hourly else decided != _NEVER
    if not want.any():
        return out
    points = archive.points(segments.point_files[i], ["lat_e7", "lon_e7", "time_ms"] if hourly else ["lat_e7", "lon_e7"])
    if points is None:
        return None
    hour = points["time_ms"] // 3_600_000 % 24 if hourly else np.empty(0, np.int64)
    first, n = segments["first_row"][rows], segments["rows"][rows].astype(np.int64)
    k.near(grid, around, points["lat_e7"], points["lon_e7"], hour, first, n, segments["carry"][rows], want, out)
    return out


class _Known:
    """The masks of one shape and distance, by the digest of the points file that they are of. Lost or damaged: they are made anew."""

    def __init__(self, archive: Archive, shape: Shape, within_m: float, hourly: bool) -> None:
        key = hashlib.sha256(f"1 {shape.digest} {within_m!r} {hourly}".encode()).hexdigest()[:20]
        self._folder = days_folder(archive.folder) / "known"
        self._path = self._folder / f"{key}.parquet"
        self._alive = {f.sha256 for f in archive.manifest.files}
        self._held: dict[str, Array] = {}
        with contextlib.suppress(OSError, pa.ArrowException, KeyError):
            self._read()

    def _read(self) -> None:
        found = pq.read_table(self._path, page_checksum_verification=True, use_threads=False)
        mask = found["mask"].combine_chunks().to_numpy()
        coded = found["file"].combine_chunks().dictionary_encode()
        names, codes = coded.dictionary.to_pylist(), coded.indices.to_numpy()
        bounds = np.flatnonzero(np.append(True, codes[1:] != codes[:-1])).tolist() if len(codes) else []
        for a, b in zip(bounds, [*bounds[1:], len(codes)], strict=True):
            self._held[names[codes[a]]] = mask[a:b]

    def get(self, sha256: str, n: int) -> Array | None:
        held = self._held.get(sha256)
        return held if held is not None and len(held) == n else None

    def put(self, sha256: str, mask: Array) -> None:
        self._held[sha256] = mask

    def save(self) -> None:
        """Keeps the answer where the disk lets it; without it the next question takes longer."""
        held = {name: mask for name, mask in self._held.items() if name in self._alive and len(mask)}
        names = [name for name, mask in held.items() for _ in range(len(mask))]
        masks = np.concatenate([np.empty(0, np.int32), *held.values()])
        out = io.BytesIO()
        found = pa.table([pa.array(names, pa.string()), pa.array(masks)], schema=_KNOWN)
        pq.write_table(found, out, compression="zstd", write_page_checksum=True)
        with contextlib.suppress(OSError):
            os.makedirs(self._folder, exist_ok=True)
            write_durably(self._path, out.getvalue())
