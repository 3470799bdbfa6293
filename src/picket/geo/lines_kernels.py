"""Kernels of lines and outlines in a plane: inside, distance, time to reach, crossing.

Every shape is a run of straight edges (ax, ay, bx, by) in metres; `starts[z]:starts[z + 1]` are the edges of shape z. A
polygon's holes and parts are more edges of the same shape: inside is then "an odd number of edges to the right", which needs no
ring structure (the parts of a valid multipolygon do not overlap). NaN coordinates are outside, far away and never cross.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from picket._jit import kernel
from picket.geo.frames_kernels import E2, A

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

TOUCH_M = 1e-6  # a point this near an edge lies on it; on the edge is inside


@kernel
def to_plane(
    lat_deg: Floats, lon_deg: Floats, alt_m: float, origin: Floats, rotation: Floats, radius_m: float, out: Floats
) -> None:
    """Fills out (N, 2) with places in degrees, dropped to height alt_m, in the azimuthal equidistant plane of a frame.

    origin (3,) and rotation (3, 3) are the LocalFrame's; the plane's points lie on the sphere of radius_m.
    """
    for i in range(lat_deg.shape[0]):
        lat, lon = math.radians(lat_deg[i]), math.radians(lon_deg[i])
        s, c = math.sin(lat), math.cos(lat)
        r = A / math.sqrt(1 - E2 * s * s)
        x = (r + alt_m) * c * math.cos(lon) - origin[0]
        y = (r + alt_m) * c * math.sin(lon) - origin[1]
        z = (r * (1 - E2) + alt_m) * s - origin[2]
        e = rotation[0, 0] * x + rotation[0, 1] * y + rotation[0, 2] * z
        n = rotation[1, 0] * x + rotation[1, 1] * y + rotation[1, 2] * z
        u = rotation[2, 0] * x + rotation[2, 1] * y + rotation[2, 2] * z
        ground = math.hypot(e, n)
        scale = 1.0
        if ground > 0.0:
            scale = radius_m * math.atan2(ground, radius_m + u) / ground
        out[i, 0] = e * scale
        out[i, 1] = n * scale


@kernel
def _point_inside(x: float, y: float, edges: Floats, first: int, last: int) -> bool:
    odd = False
    for k in range(first, last):
        ax, ay, bx, by = edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3]
        if (
            min(ay, by) - TOUCH_M <= y <= max(ay, by) + TOUCH_M
            and min(ax, bx) - TOUCH_M <= x <= max(ax, bx) + TOUCH_M
            and _point_segment2(x, y, ax, ay, bx, by) <= TOUCH_M * TOUCH_M
        ):
            return True
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            odd = not odd
    return odd


@kernel
def _point_segment2(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> float:
    """Squared distance from a point to a segment."""
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    t = 0.0
    if length2 > 0.0:
        t = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / length2))
    ex, ey = x - (ax + t * dx), y - (ay + t * dy)
    return ex * ex + ey * ey


@kernel
def inside(xy: Floats, edges: Floats, starts: Ints, boxes: Floats, out: Bools) -> None:
    """Fills out (N, Z) bool: point i lies in shape z or on its edge. boxes (Z, 4): west, south, east, north."""
    for i in range(xy.shape[0]):
        x, y = xy[i, 0], xy[i, 1]
        for z in range(boxes.shape[0]):
            near = boxes[z, 0] - TOUCH_M <= x <= boxes[z, 2] + TOUCH_M and boxes[z, 1] - TOUCH_M <= y <= boxes[z, 3] + TOUCH_M
            out[i, z] = near and _point_inside(x, y, edges, starts[z], starts[z + 1])


@kernel
def distance(xy: Floats, edges: Floats, first: int, last: int, out: Floats) -> None:
    """Fills out (N,) with the distance in m from each point to the nearest of the edges first:last."""
    for i in range(xy.shape[0]):
        x, y = xy[i, 0], xy[i, 1]
        best = math.inf
        for k in range(first, last):
            best = min(best, _point_segment2(x, y, edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3]))
        out[i] = math.sqrt(best) if x == x and y == y else math.nan


@kernel
def _nearer(t1: float, d1: float, t2: float, d2: float) -> tuple[float, float]:
    """Of two approaches (time, squared distance) the nearer; about as near (a course along an edge): the earlier time."""
    if d1 <= d2:
        return (t2 if t2 < t1 and d2 <= d1 * 1.001 + 1e-8 else t1), d1
    return (t1 if t1 < t2 and d1 <= d2 * 1.001 + 1e-8 else t2), d2


@kernel
def _passing(
    x: float, y: float, vx: float, vy: float, horizon_s: float, ax: float, ay: float, bx: float, by: float
) -> tuple[float, float]:
    """(time s, squared distance m2) of the closest approach of x + v t, 0 <= t <= horizon_s, to a segment; earliest on ties."""
    dx, dy = bx - ax, by - ay
    turn = vx * dy - vy * dx
    if turn != 0.0:  # not parallel: where the two lines meet
        t = ((ax - x) * dy - (ay - y) * dx) / turn
        s = ((ax - x) * vy - (ay - y) * vx) / turn
        if 0.0 <= t <= horizon_s and 0.0 <= s <= 1.0:
            return t, 0.0
    best_t, best = 0.0, _point_segment2(x, y, ax, ay, bx, by)
    d2 = _point_segment2(x + vx * horizon_s, y + vy * horizon_s, ax, ay, bx, by)
    best_t, best = _nearer(best_t, best, horizon_s, d2)
    speed2 = vx * vx + vy * vy
    if speed2 > 0.0:
        for end in range(2):
            px, py = (ax, ay) if end == 0 else (bx, by)
            t = min(horizon_s, max(0.0, ((px - x) * vx + (py - y) * vy) / speed2))
            ex, ey = x + vx * t - px, y + vy * t - py
            d2 = ex * ex + ey * ey
            best_t, best = _nearer(best_t, best, t, d2)
    return best_t, best


@kernel
def approach(
    xy: Floats,
    velocity: Floats,
    buffer_m: Floats,
    horizon_s: float,
    rows: Bools,
    edges: Floats,
    starts: Ints,
    boxes: Floats,
    is_inside: Bools,
    at_s: Floats,
    at_m: Floats,
) -> None:
    """Fills at_s, at_m (N, Z) with time and distance of the closest approach to shape z within horizon_s on a straight course.

    Distance 0 at the time of entry where the course meets the shape; 0 at 0 s inside it; inf where row i is not asked for (rows
    (N,) bool) or its course passes the shape's box by more than buffer_m (N,).
    """
    for i in range(xy.shape[0]):
        x, y, vx, vy = xy[i, 0], xy[i, 1], velocity[i, 0], velocity[i, 1]
        ex, ey = x + vx * horizon_s, y + vy * horizon_s
        west, east = min(x, ex) - buffer_m[i], max(x, ex) + buffer_m[i]
        south, north = min(y, ey) - buffer_m[i], max(y, ey) + buffer_m[i]
        for z in range(boxes.shape[0]):
            at_s[i, z] = at_m[i, z] = math.inf
            if not rows[i]:
                continue
            if is_inside[i, z]:
                at_s[i, z] = at_m[i, z] = 0.0
                continue
            if not (ex == ex and ey == ey):  # NaN: no known motion
                continue
            if not (west <= boxes[z, 2] and east >= boxes[z, 0] and south <= boxes[z, 3] and north >= boxes[z, 1]):
                continue
            best_t, best = math.inf, math.inf
            for k in range(starts[z], starts[z + 1]):
                t, d2 = _passing(x, y, vx, vy, horizon_s, edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3])
                best_t, best = _nearer(best_t, best, t, d2)
            at_s[i, z], at_m[i, z] = best_t, math.sqrt(best)


@kernel
def crossings(start_xy: Floats, end_xy: Floats, edges: Floats, starts: Ints, out: Ints) -> None:
    """Fills out (N, Z) with crossings of line z from its left to its right, less those from right to left, on a straight step.

    A point on the line counts as right of it, and a vertex on the step's own line lies on one same side of it: so a step that
    ends on the line and the next that begins there are one crossing, and a step through a vertex crosses one of its edges.
    """
    for i in range(start_xy.shape[0]):
        px, py, qx, qy = start_xy[i, 0], start_xy[i, 1], end_xy[i, 0], end_xy[i, 1]
        way = 1.0 if qx > px or (qx == px and qy > py) else -1.0  # a vertex on the step's line: the same side both ways
        for z in range(starts.shape[0] - 1):
            net = 0
            for k in range(starts[z], starts[z + 1]):
                ax, ay, bx, by = edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3]
                left_p = (bx - ax) * (py - ay) - (by - ay) * (px - ax) > 0.0
                left_q = (bx - ax) * (qy - ay) - (by - ay) * (qx - ax) > 0.0
                if left_p == left_q:
                    continue
                side_a = way * ((qx - px) * (ay - py) - (qy - py) * (ax - px)) > 0.0
                side_b = way * ((qx - px) * (by - py) - (qy - py) * (bx - px)) > 0.0
                if side_a != side_b:
                    net += 1 if left_p else -1
            out[i, z] = net
