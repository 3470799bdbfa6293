"""Exact distances between tracks and lines on the ellipsoid: which segments came near, how near, for how long, over which side.

Places are integers of 1e-7 degree; a track's path is the straight steps between its points, a line's edges are straight,
both in longitude and
latitude (RFC 7946, 3.1.1). The distance of two such pieces is taken in the metric of WGS84 at their own latitude: first with the
scales at the point's latitude to find the nearest pair of places, then between that pair with the scales at its middle latitude (the
mid-latitude formula, whose error falls with the third power of the distance; docs/record.md states it). So there is no map
projection and no place where it is bad, but for the poles.

A grid over the line makes it quick: each cell says "far from every edge", "every place in it is near", or which edges to look at.
A step is cut into pieces of at most 2 REACH_M, looked up by their middles: the grid's lists hold every edge within distance + REACH_M.

Crossings are decided in integers, without rounding: a place on a line counts as on its right (outside an area).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from picket._jit import kernel, piece

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

REACH_M = 50.0
FAR, LOOK, NEAR = 0, 1, 2
TURN = 3_600_000_000  # 360 degrees
HALF = 1_800_000_000
_SCALE_STEPS = 100  # per degree, in the table of metres per unit


class Grid(NamedTuple):
    """A line or area made ready: see `picket.record.near.Near`, which builds it."""

    edges: Ints  # (E, 4) lon, lat, lon, lat; longitudes unwrapped around the shape's own
    scales: Floats  # (18001, 2) metres per unit of longitude and latitude, every 0.01 degree from 90 S
    west: int
    south: int
    cell: int  # side of a cell, units
    rows: int
    columns: int
    state: Bytes  # (rows * columns,) FAR, LOOK or NEAR
    starts: Ints  # (rows * columns + 1,) a cell's edges are listed[starts[c]:starts[c + 1]]
    listed: Int32s
    inside: Bools  # (rows * columns,) the cell's middle lies in the area; all False for lines
    area: bool
    distance_m: float
    listed_m: float  # every edge within this of a place in a cell is in the cell's list


@kernel
def scales_at(scales: Floats, lat: float) -> tuple[float, float]:
    """Metres per unit of longitude and latitude at a latitude in units, by linear interpolation (4e-9 off)."""
    at = (lat * 1e-7 + 90.0) * _SCALE_STEPS
    i = min(max(int(at), 0), scales.shape[0] - 2)
    f = at - i
    return scales[i, 0] + f * (scales[i + 1, 0] - scales[i, 0]), scales[i, 1] + f * (scales[i + 1, 1] - scales[i, 1])


@kernel
def wrapped(lon: int, around: int) -> int:
    """The longitude as the one of its turns that is nearest to `around`."""
    return around + (lon - around + HALF) % TURN - HALF


@kernel
def _project(x: float, y: float, ax: float, ay: float, dx: float, dy: float) -> float:
    """Where along a + t d, 0 <= t <= 1, the place nearest to (x, y) lies."""
    length2 = dx * dx + dy * dy
    return min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / length2)) if length2 > 0.0 else 0.0


@kernel
def pair_distance_m(
    scales: Floats, px: float, py: float, qx: float, qy: float, ax: float, ay: float, bx: float, by: float
) -> float:
    """Distance in m between the pieces p-q and a-b, each two (lon, lat) places in units; 0 where they cross."""
    kx, ky = scales_at(scales, py)
    # everything relative to p, in metres
    ux, uy = (qx - px) * kx, (qy - py) * ky
    cx, cy = (ax - px) * kx, (ay - py) * ky
    vx, vy = (bx - ax) * kx, (by - ay) * ky
    turn = ux * vy - uy * vx
    if turn != 0.0:
        t, s = (cx * vy - cy * vx) / turn, (cx * uy - cy * ux) / turn
        if 0.0 <= t <= 1.0 and 0.0 <= s <= 1.0:
            return 0.0
    best, best_t, best_s = math.inf, 0.0, 0.0
    for end in range(4):
        if end < 2:
            t = float(end)
            s = _project(t * ux, t * uy, cx, cy, vx, vy)
        else:
            s = float(end - 2)
            t = _project(cx + s * vx, cy + s * vy, 0.0, 0.0, ux, uy)
        ex, ey = cx + s * vx - t * ux, cy + s * vy - t * uy
        d2 = ex * ex + ey * ey
        if d2 < best:
            best, best_t, best_s = d2, t, s
    x, y = px + best_t * (qx - px), py + best_t * (qy - py)
    z, w = ax + best_s * (bx - ax), ay + best_s * (by - ay)
    kx, ky = scales_at(scales, 0.5 * (y + w))
    return math.hypot((z - x) * kx, (w - y) * ky)


@piece
def _cell_at(grid: Grid, x: float, y: float) -> int:
    """The cell of a place; -1 outside the grid."""
    row = math.floor((y - grid.south) / grid.cell)
    column = math.floor((x - grid.west) / grid.cell)
    return int(row * grid.columns + column) if 0 <= row < grid.rows and 0 <= column < grid.columns else -1


@kernel
def _crossing(px: int, py: int, qx: int, qy: int, ax: int, ay: int, bx: int, by: int) -> int:
    """1 when p-q goes over a-b from its left to its right, -1 the other way, 0 when not; a place on the line is right of it.

    A vertex on the step's own line lies on one same side of it both ways, so a step through a vertex crosses one of its edges.
    """
    left_p = (bx - ax) * (py - ay) - (by - ay) * (px - ax) > 0
    left_q = (bx - ax) * (qy - ay) - (by - ay) * (qx - ax) > 0
    if left_p == left_q:
        return 0
    way = 1 if qx > px or (qx == px and qy > py) else -1
    side_a = way * ((qx - px) * (ay - py) - (qy - py) * (ax - px)) > 0
    side_b = way * ((qx - px) * (by - py) - (qy - py) * (bx - px)) > 0
    if side_a == side_b:
        return 0
    return 1 if left_p else -1


@piece
def _is_inside(grid: Grid, cell: int, x: int, y: int) -> bool:
    """Whether a place in that cell lies in the area: the side of the cell's middle, and the edges between it and the place."""
    if not grid.area:
        return False
    odd = bool(grid.inside[cell])
    if grid.starts[cell + 1] == grid.starts[cell]:
        return odd
    mx = grid.west + (cell % grid.columns) * grid.cell + grid.cell // 2
    my = grid.south + (cell // grid.columns) * grid.cell + grid.cell // 2
    for j in range(grid.starts[cell], grid.starts[cell + 1]):
        e = grid.edges[grid.listed[j]]
        if _crossing(mx, my, x, y, e[0], e[1], e[2], e[3]) != 0:
            odd = not odd
    return odd


@piece
def _pieces(grid: Grid, px: int, py: int, qx: int, qy: int) -> int:
    """In how many pieces of at most 2 REACH_M a step is cut."""
    kx, ky = scales_at(grid.scales, float(py))
    length = math.hypot((qx - px) * kx, (qy - py) * ky) * 1.01  # the scale of longitude changes on the way
    return max(1, math.ceil(length / (2.0 * REACH_M)))


@kernel
def step_is_near(grid: Grid, px: int, py: int, qx: int, qy: int) -> bool:
    """Whether the step from p to q (longitudes as unwrapped as the shape's) comes within the grid's distance."""
    n = _pieces(grid, px, py, qx, qy)
    for k in range(n):
        ax, ay = px + (qx - px) * (k / n), py + (qy - py) * (k / n)
        bx, by = px + (qx - px) * ((k + 1) / n), py + (qy - py) * ((k + 1) / n)
        cell = _cell_at(grid, 0.5 * (ax + bx), 0.5 * (ay + by))
        if cell < 0 or grid.state[cell] == FAR:
            continue
        if grid.state[cell] == NEAR:
            return True
        for j in range(grid.starts[cell], grid.starts[cell + 1]):
            e = grid.edges[grid.listed[j]]
            if (
                pair_distance_m(grid.scales, ax, ay, bx, by, float(e[0]), float(e[1]), float(e[2]), float(e[3]))
                <= grid.distance_m
            ):
                return True
        if grid.area:
            cell = _cell_at(grid, bx, by)
            if cell >= 0 and _is_inside(grid, cell, round(bx), round(by)):
                return True
    return False


@kernel
def near(
    grid: Grid,
    around: int,
    lat_e7: Int32s,
    lon_e7: Int32s,
    hour: Ints,
    first: Ints,
    rows: Ints,
    carry: Bools,
    want: Bools,
    out: Int32s,
) -> None:
    """Fills out (S,) with a bit for each hour of the day in which segment s came near; of those not wanted nothing is written.

    hour (N,) is each point's hour of its day; with none (0,) bit 0 says "on this day", and the rest of a segment is not
    looked at. A step belongs
    to the hour in which it ends. The segments' points are first[s] : first[s] + rows[s]; a carried point only begins a step.
    """
    hourly = hour.shape[0] > 0
    for s in range(first.shape[0]):
        if not want[s]:
            continue
        mask = 0
        px = wrapped(np.int64(lon_e7[first[s]]), around)
        py = np.int64(lat_e7[first[s]])
        for i in range(first[s], first[s] + rows[s]):
            qx, qy = wrapped(np.int64(lon_e7[i]), around), np.int64(lat_e7[i])
            bit = 1 << hour[i] if hourly else 1
            if not (i == first[s] and carry[s]) and not mask & bit:
                if abs(qx - px) > HALF:  # the side of the earth that lies across from the shape
                    px = qx
                if step_is_near(grid, px, py, qx, qy):
                    mask |= bit
                    if not hourly:
                        break
            px, py = qx, qy
        out[s] = mask


@piece
def _gap_m(scales: Floats, px: int, py: int, qx: int, qy: int, edge: Ints) -> float:
    """A bound from below of the distance between p-q and an edge, m: that of their boxes, less 2 % for the scales; 0 where they touch."""
    kx, ky = scales_at(scales, float(py))
    x = max(min(edge[0], edge[2]) - max(px, qx), min(px, qx) - max(edge[0], edge[2]), 0) * kx
    y = max(min(edge[1], edge[3]) - max(py, qy), min(py, qy) - max(edge[1], edge[3]), 0) * ky
    return 0.98 * math.hypot(x, y)


@piece
def _look(grid: Grid, x: int, y: int) -> tuple[float, bool]:
    """Distance in m from a place to the edges (inf where it is beyond the grid's lists), and whether it lies in the area."""
    cell = _cell_at(grid, float(x), float(y))
    if cell < 0:
        return math.inf, False
    best = math.inf
    for j in range(grid.starts[cell], grid.starts[cell + 1]):
        e = grid.edges[grid.listed[j]]
        if best < math.inf and _gap_m(grid.scales, x, y, x, y, e) > best:
            continue
        d = pair_distance_m(
            grid.scales, float(x), float(y), float(x), float(y), float(e[0]), float(e[1]), float(e[2]), float(e[3])
        )
        best = min(best, d)
    return best, _is_inside(grid, cell, x, y)


@piece
def _step_distance(grid: Grid, px: int, py: int, qx: int, qy: int, best: float) -> tuple[float, int]:
    """The least of `best` and the distance in m of a step to the edges, and its crossings from left to right less those back."""
    net = 0
    n = _pieces(grid, px, py, qx, qy)
    for k in range(n):
        ax, ay = px + round((qx - px) * (k / n)), py + round((qy - py) * (k / n))
        bx, by = px + round((qx - px) * ((k + 1) / n)), py + round((qy - py) * ((k + 1) / n))
        cell = _cell_at(grid, 0.5 * (ax + bx), 0.5 * (ay + by))
        if cell < 0:
            continue
        for j in range(grid.starts[cell], grid.starts[cell + 1]):
            e = grid.edges[grid.listed[j]]
            gap = _gap_m(grid.scales, ax, ay, bx, by, e)
            if gap > best:
                continue
            if gap == 0.0:
                net += _crossing(ax, ay, bx, by, e[0], e[1], e[2], e[3])
            d = pair_distance_m(
                grid.scales, float(ax), float(ay), float(bx), float(by), float(e[0]), float(e[1]), float(e[2]), float(e[3])
            )
            best = min(best, d)
    return best, net


@piece
def _is_beyond(grid: Grid, away_m: float, sigma_m: float) -> bool:
    """Whether a place is more than 2 sigma from every edge; never where sigma is unknown or larger than the lists can tell."""
    return 2.0 * sigma_m < min(away_m, grid.listed_m)


# columns of what `passages` fills in, per segment
LEAST_M, DWELL_S, INSIDE_S, NEAREST_MS, ENTERED_MS = 0, 1, 2, 3, 4
N_PASSAGE = 5
LEFT_TO_RIGHT, RIGHT_TO_LEFT, SURE_LEFT_TO_RIGHT, SURE_RIGHT_TO_LEFT = 0, 1, 2, 3


@kernel
def passages(
    grid: Grid, around: int, time_ms: Ints, lat_e7: Int32s, lon_e7: Int32s, sigma_m: Floats, in_height: Bools, first: Ints, rows: Ints,
    carry: Bools, want: Bools, out: Floats, crossings: Ints, entered_row: Ints,
) -> None:  # fmt: skip
    """How each wanted segment passed the shape: fills out (S, N_PASSAGE), crossings (S, 4) and entered_row (S,).

    LEAST_M       least distance, m (0 inside an area)
    DWELL_S       seconds within the grid's distance: each step counts by half for either end that is
    INSIDE_S      the same for ends inside the area
    NEAREST_MS    when it was nearest; ENTERED_MS when it first came within the distance (entered_row: the point's row, -1 never)
    crossings     steps from left to right, from right to left; and those after which the track was beyond 2 sigma of the line (for
                  an area: into it and out of it); unknown sigma is never beyond

    in_height (N,): points outside an area's floor and ceiling are outside the area.
    """
    for s in range(first.shape[0]):
        out[s, LEAST_M], out[s, DWELL_S], out[s, INSIDE_S] = math.inf, 0.0, 0.0
        out[s, NEAREST_MS], out[s, ENTERED_MS] = math.nan, math.nan
        entered_row[s] = -1
        crossings[s, :] = 0
        if not want[s]:
            continue
        px, py = wrapped(np.int64(lon_e7[first[s]]), around), np.int64(lat_e7[first[s]])
        was_near, was_inside, net, sure_side, away_before = False, False, 0, 0, math.inf
        for i in range(first[s], first[s] + rows[s]):
            qx, qy = wrapped(np.int64(lon_e7[i]), around), np.int64(lat_e7[i])
            if abs(qx - px) > HALF:
                px = qx
            away, is_inside = _look(grid, qx, qy)
            is_inside = is_inside and in_height[i]
            is_near = is_inside or away <= grid.distance_m
            if i == first[s] and carry[s]:
                was_near, was_inside, away_before = is_near, is_inside, away
                if grid.area and _is_beyond(grid, away, sigma_m[i]):
                    sure_side = 1 if is_inside else -1
                px, py = qx, qy
                continue
            step_m, over = _step_distance(grid, px, py, qx, qy, away if i == first[s] else min(away, away_before))
            least = 0.0 if is_inside else step_m
            if least < out[s, LEAST_M]:
                out[s, LEAST_M], out[s, NEAREST_MS] = least, time_ms[i]
            if entered_row[s] < 0 and (least <= grid.distance_m):
                entered_row[s], out[s, ENTERED_MS] = i, time_ms[i]
            if i > first[s]:
                half = 0.5e-3 * (time_ms[i] - time_ms[i - 1])
                out[s, DWELL_S] += half * (int(was_near) + int(is_near))
                out[s, INSIDE_S] += half * (int(was_inside) + int(is_inside))
            beyond = _is_beyond(grid, away, sigma_m[i])
            if grid.area:
                if i > first[s] and is_inside != was_inside:
                    crossings[s, LEFT_TO_RIGHT if is_inside else RIGHT_TO_LEFT] += 1
                if beyond:
                    side = 1 if is_inside else -1
                    if sure_side != side:
                        if is_inside:
                            crossings[s, SURE_LEFT_TO_RIGHT] += 1
                        elif sure_side != 0:
                            crossings[s, SURE_RIGHT_TO_LEFT] += 1
                    sure_side = side
            else:
                if over > 0:
                    crossings[s, LEFT_TO_RIGHT] += over
                elif over < 0:
                    crossings[s, RIGHT_TO_LEFT] -= over
                net += over
                if beyond:
                    if net > 0:
                        crossings[s, SURE_LEFT_TO_RIGHT] += 1
                    elif net < 0:
                        crossings[s, SURE_RIGHT_TO_LEFT] += 1
                    net = 0
            was_near, was_inside, away_before = is_near, is_inside, away
            px, py = qx, qy


# -- building the grid -----------------------------------------------------------------------------------------------
@kernel
def edge_reach(
    grid: Grid, reach_m: float, sure_m: float, half_m: float, count: Ints, fill: bool, listed: Int32s, state: Bytes
) -> None:
    """Counts (fill False), or lists, the edges within reach_m of each cell, and marks the cells that are near as a whole.

    half_m: from a cell's middle to its corner, at most. count (cells + 1,): numbers of edges, or where each cell's list goes on.
    """
    for e in range(grid.edges.shape[0]):
        ax, ay, bx, by = grid.edges[e, 0], grid.edges[e, 1], grid.edges[e, 2], grid.edges[e, 3]
        # rows and columns that the edge can reach, by the scale at the end nearest to a pole
        kx, ky = scales_at(grid.scales, float(ay if abs(ay) > abs(by) else by))
        away_y = (reach_m + half_m) / ky * 1.02
        worst = max(abs(ay), abs(by)) + away_y
        kx = min(kx, scales_at(grid.scales, worst)[0])
        away_x = (reach_m + half_m) / kx * 1.02
        r0 = max(0, math.floor((min(ay, by) - away_y - grid.south) / grid.cell))
        r1 = min(grid.rows - 1, math.floor((max(ay, by) + away_y - grid.south) / grid.cell))
        c0 = max(0, math.floor((min(ax, bx) - away_x - grid.west) / grid.cell))
        c1 = min(grid.columns - 1, math.floor((max(ax, bx) + away_x - grid.west) / grid.cell))
        for r in range(r0, r1 + 1):
            y = grid.south + (r + 0.5) * grid.cell
            for c in range(c0, c1 + 1):
                x = grid.west + (c + 0.5) * grid.cell
                d = pair_distance_m(grid.scales, x, y, x, y, float(ax), float(ay), float(bx), float(by))
                if d > (reach_m + half_m) * 1.001:
                    continue
                cell = r * grid.columns + c
                if fill:
                    listed[count[cell]] = e
                    count[cell] += 1
                    if d + half_m * 1.001 <= sure_m:
                        state[cell] = NEAR
                    elif state[cell] == FAR:
                        state[cell] = LOOK
                else:
                    count[cell + 1] += 1


@kernel
def fill_inside(grid: Grid, inside: Bools) -> None:
    """Marks the cells whose middle lies in the area: along each row, the edges that it meets switch the side.

    An edge is met where one end lies above the row's middle and the other does not; a middle on the edge is right of it.
    """
    switch = np.zeros(grid.columns + 1, np.int64)
    for r in range(grid.rows):
        switch[:] = 0
        my = grid.south + r * grid.cell + grid.cell // 2
        for e in range(grid.edges.shape[0]):
            ax, ay, bx, by = grid.edges[e, 0], grid.edges[e, 1], grid.edges[e, 2], grid.edges[e, 3]
            if (ay > my) == (by > my):
                continue
            # first column whose middle lies east of the edge, found exactly from a first guess
            c = math.floor((ax + (my - ay) * ((bx - ax) / (by - ay)) - grid.west - grid.cell // 2) / grid.cell)
            c = min(max(c, 0), grid.columns)
            while c > 0 and _east_of(grid, c - 1, my, ax, ay, bx, by):
                c -= 1
            while c < grid.columns and not _east_of(grid, c, my, ax, ay, bx, by):
                c += 1
            switch[c] ^= 1
        odd = 0
        for c in range(grid.columns):
            odd ^= switch[c]
            inside[r * grid.columns + c] = odd == 1


@kernel
def _east_of(grid: Grid, c: int, my: int, ax: int, ay: int, bx: int, by: int) -> bool:
    mx = grid.west + c * grid.cell + grid.cell // 2
    left = (bx - ax) * (my - ay) - (by - ay) * (mx - ax)
    return left < 0 if by > ay else left > 0


_BLOCK = 16  # edges that lie in one box


@kernel
def cell_distances(
    scales: Floats, edges: Ints, around: int, lon: Ints, lat: Ints, area: bool, out: Floats, inside: Bools
) -> None:
    """Fills out (N,) with the distance in m from each place to the nearest edge, in the scales at the place's own latitude.

    inside (N,), for areas: an odd number of edges lies east of the place. Blocks of edges that lie further than the best so
    far are passed over.
    """
    n_blocks = (edges.shape[0] + _BLOCK - 1) // _BLOCK
    boxes = np.empty((n_blocks, 4))
    for b in range(n_blocks):
        part = edges[b * _BLOCK : (b + 1) * _BLOCK]
        boxes[b, 0], boxes[b, 2] = part[:, 0::2].min(), part[:, 0::2].max()
        boxes[b, 1], boxes[b, 3] = part[:, 1::2].min(), part[:, 1::2].max()
    for i in range(lon.shape[0]):
        x, y = float(wrapped(lon[i], around)), float(lat[i])
        kx, ky = scales_at(scales, y)
        best, odd = math.inf, False
        for b in range(n_blocks):
            away_x = max(boxes[b, 0] - x, x - boxes[b, 2], 0.0) * kx
            away_y = max(boxes[b, 1] - y, y - boxes[b, 3], 0.0) * ky
            if away_x * away_x + away_y * away_y >= best and not area:
                continue
            for e in range(b * _BLOCK, min((b + 1) * _BLOCK, edges.shape[0])):
                if area and (edges[e, 1] > y) != (edges[e, 3] > y):
                    at = edges[e, 0] + (y - edges[e, 1]) * ((edges[e, 2] - edges[e, 0]) / (edges[e, 3] - edges[e, 1]))
                    odd = odd != (at > x)
                cx, cy = (edges[e, 0] - x) * kx, (edges[e, 1] - y) * ky
                vx, vy = (edges[e, 2] - edges[e, 0]) * kx, (edges[e, 3] - edges[e, 1]) * ky
                t = _project(0.0, 0.0, cx, cy, vx, vy)
                ex, ey = cx + t * vx, cy + t * vy
                best = min(best, ex * ex + ey * ey)
        out[i], inside[i] = math.sqrt(best), odd
