"""Where tracks are, block by block: what lets a look of one radar pass over those that are all far from it.

Slots are in the order of birth, so that those of a block began about one time, mostly before one sensor, and lie together. Before a
hundred radars each look would otherwise read every track, to find that nearly all are far. A block keeps the bounds of its live tracks'
places, each as of its own time, of their speeds, of the variances of both and of these times; `Blocks.until` is the latest time that any
look has had since. What moves straight on stays within them; whoever else moves a track has its block enclosed anew (`enclose`). Bounds
err to the large side only: what is passed over, no look could have touched, and the tracks are the same to the last byte as without them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from picket._jit import lean, piece
from picket.track.layout_kernels import ENDED, Array
from picket.track.motion_kernels import covariance_at

BLOCK = 64  # slots
WEST, EAST, SOUTH, NORTH, FAST_EAST, FAST_NORTH, FAST_UP, WIDE, SWIFT, OLDEST, NEWEST = range(11)
BOUNDS = 11
SLACK_M = 1.0  # what sums in another order may differ by, and more


class Blocks(NamedTuple):
    """Bounds of the blocks from slot 0 on; of slots beyond them nothing is known."""

    box: Array  # (B, BOUNDS) m, m/s, s; WIDE, SWIFT: variance of the place and of the speed, of three axes together
    until: Array  # (1,) s


def new_blocks(slots: int) -> Blocks:
    """Room for the bounds of so many slots."""
    return Blocks(np.empty((slots // BLOCK, BOUNDS)), np.full(1, -np.inf))


@lean
def enclose(tracks, b, n, blocks):  # type: ignore[no-untyped-def]
    """The bounds of block b anew, of n slots in use."""
    box = blocks.box[b]
    west = south = oldest = math.inf
    east = north = newest = -math.inf
    fast_east = fast_north = fast_up = wide = swift = 0.0
    for i in range(b * BLOCK, min((b + 1) * BLOCK, n)):
        if tracks.status[i] >= ENDED:
            continue
        x, y, time, place, speed = tracks.x[i, 0], tracks.x[i, 1], tracks.time[i], 0.0, 0.0
        vx, vy, vz = abs(tracks.x[i, 3]), abs(tracks.x[i, 4]), abs(tracks.x[i, 5])
        for a in range(3):
            place, speed = place + covariance_at(tracks, i, a, a), speed + covariance_at(tracks, i, 3 + a, 3 + a)
        if not (abs(x) + abs(y) + vx + vy + vz + abs(time) + place + speed < math.inf):
            west, east, south, north = -math.inf, math.inf, -math.inf, math.inf  # no bounds at all
            continue
        west, east, south, north = min(west, x), max(east, x), min(south, y), max(north, y)
        fast_east, fast_north, fast_up = max(fast_east, vx), max(fast_north, vy), max(fast_up, vz)
        wide, swift = max(wide, place), max(swift, speed)
        oldest, newest = min(oldest, time), max(newest, time)
    box[WEST], box[EAST], box[SOUTH], box[NORTH] = west, east, south, north
    box[FAST_EAST], box[FAST_NORTH], box[FAST_UP] = fast_east, fast_north, fast_up
    box[WIDE], box[SWIFT], box[OLDEST], box[NEWEST] = wide, swift, oldest, newest


@lean
def enclose_all(tracks, n, blocks):  # type: ignore[no-untyped-def]
    """The bounds of all blocks anew."""
    for b in range(min((n + BLOCK - 1) // BLOCK, blocks.box.shape[0])):
        enclose(tracks, b, n, blocks)


@lean
def enclose_again(tracks, e_track, before, n, blocks):  # type: ignore[no-untyped-def]
    """The bounds anew of the blocks that hold the tracks e_track (E,), which rise, and of those from slot `before` on."""
    last = -1
    for e in range(e_track.shape[0]):
        b = e_track[e] // BLOCK
        if b != last and b < blocks.box.shape[0]:
            enclose(tracks, b, n, blocks)
        last = b
    for b in range(before // BLOCK, min((n + BLOCK - 1) // BLOCK, blocks.box.shape[0])):
        enclose(tracks, b, n, blocks)


@piece
def begins_block(i, blocks):  # type: ignore[no-untyped-def]
    """True at the first slot of a block whose bounds are known."""
    return i & (BLOCK - 1) == 0 and i // BLOCK < blocks.box.shape[0]


@piece
def _moved(box, until, earliest):  # type: ignore[no-untyped-def]
    """Seconds for which a track of a block moves from its place, at most, until it is looked for, and back to `earliest`."""
    return max(until - box[OLDEST], 0.0) + max(max(until, box[NEWEST]) - earliest, 0.0)


@lean
def all_apart(i, blocks, west, east, south, north, earliest):  # type: ignore[no-untyped-def]
    """True when no track of the block of slot i comes within these bounds, m, at any time from `earliest` to `blocks.until`, whichever
    way it flies."""
    if not abs(earliest) < math.inf:
        return False
    box = blocks.box[i // BLOCK]
    far = SLACK_M + _moved(box, blocks.until[0], earliest) * (box[FAST_EAST] + box[FAST_NORTH])
    return box[EAST] + far < west or box[WEST] - far > east or box[NORTH] + far < south or box[SOUTH] - far > north


@lean
def all_beyond(i, blocks, east, north, reach, earliest):  # type: ignore[no-untyped-def]
    """True when no track of the block of slot i comes within `reach` of the place (east, north), m, as for `all_apart`."""
    if not abs(earliest) < math.inf:
        return False
    box = blocks.box[i // BLOCK]
    far = reach + SLACK_M + _moved(box, blocks.until[0], earliest) * (box[FAST_EAST] + box[FAST_NORTH] + box[FAST_UP])
    x, y = max(box[WEST] - east, east - box[EAST], 0.0), max(box[SOUTH] - north, north - box[NORTH], 0.0)
    return x * x + y * y > far * far


@lean
def most_vague(i, blocks, acceleration):  # type: ignore[no-untyped-def]
    """m2, no track of the block of slot i has a larger variance of its place, of three axes together, predicted to `blocks.until` with that
    white acceleration, m2/s3: of a + b it is at most twice that of a and twice that of b."""
    box = blocks.box[i // BLOCK]
    dt = max(blocks.until[0] - box[OLDEST], 0.0)
    return 2.0 * (box[WIDE] + dt * dt * box[SWIFT]) + acceleration * dt * dt * dt
