"""Kernels that cut tracks into segments and thin their points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from picket._jit import kernel

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@kernel
def cut(
    track: Ints, time_ms: Ints, updated_ms: Ints, carried: Bools, begun_ms: Ints, spacing_ms: int, hole_ms: int, keep: Bools
) -> None:
    """Says which rows are points (keep (N,)), and fills begun_ms (N,), which holds the carried rows' already.

    Rows are sorted by track and time. A point is a row measured since the last one and at least spacing_ms after it; one more than
    hole_ms after it begins a segment. A carried row (the last point of the day before) stays only where a point follows in time.
    """
    last = -1  # the last row kept of this track
    for i in range(track.shape[0]):
        keep[i] = False
        if last >= 0 and track[last] != track[i]:
            if carried[last]:
                keep[last] = False
            last = -1
        if carried[i]:
            keep[i] = True
            last = i
            continue
        if last >= 0 and (updated_ms[i] == updated_ms[last] or time_ms[i] - time_ms[last] < spacing_ms):
            continue
        keep[i] = True
        if last >= 0 and time_ms[i] - time_ms[last] <= hole_ms:
            begun_ms[i] = begun_ms[last]
        else:
            if last >= 0 and carried[last]:
                keep[last] = False
            begun_ms[i] = time_ms[i]
        last = i
    if last >= 0 and carried[last]:
        keep[last] = False


@kernel
def steps_m(lat_e7: npt.NDArray[np.int32], lon_e7: npt.NDArray[np.int32], first: Bools, out: npt.NDArray[np.float64]) -> None:
    """Fills out (N,) with a bound from above of the way from the row before, m; 0 at the first row of a segment.

    The bound: a degree of either coordinate is never longer than 111,700 m on WGS84; longitude shrinks with the cosine at the
    smaller latitude of both.
    """
    for i in range(lat_e7.shape[0]):
        out[i] = 0.0
        if first[i]:
            continue
        north = (np.int64(lat_e7[i]) - np.int64(lat_e7[i - 1])) * 1e-7 * 111_700.0
        turn = (np.int64(lon_e7[i]) - np.int64(lon_e7[i - 1]) + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
        least = min(abs(np.int64(lat_e7[i])), abs(np.int64(lat_e7[i - 1]))) * 1e-7
        east = turn * 1e-7 * 111_700.0 * np.cos(np.radians(least))
        out[i] = np.hypot(north, east)


@kernel
def group_median(value: npt.NDArray[np.float64], starts: Ints, out: npt.NDArray[np.float64]) -> None:
    """Fills out (G,) with the median of the known values of each group value[starts[g]:starts[g + 1]]; NaN where there is none."""
    for g in range(out.shape[0]):
        part = value[starts[g] : starts[g + 1]]
        part = part[~np.isnan(part)]
        out[g] = np.median(part) if part.shape[0] else np.nan
