"""Where tracks are, block by block: what lets a look of one radar pass over those that are all far from it.

Slots are in the order of birth, so that those of a block began about one time, mostly before one sensor, and lie together. Before a
hundred radars each look would otherwise read every track, to find that nearly all are far. A block keeps the bounds of its live tracks'
places, each as of its own time, of their speeds and of these times; `Blocks.until` is the latest time that any look has had since. What
moves straight on stays within them; whoever else moves a track has its block enclosed anew (`enclose`). Bounds err to the large side
only: what is passed over, no look could have touched, and the tracks are the same to the last byte as without them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from picket._jit import lean, piece
from picket.track.layout_kernels import ENDED, Array

BLOCK = 64  # slots
WEST, EAST, SOUTH, NORTH, FAST_EAST, FAST_NORTH, OLDEST, NEWEST = range(8)
SLACK_M = 1.0  # what sums in another order may differ by, and more


class Blocks(NamedTuple):
    """Bounds of the blocks from slot 0 on; of slots beyond them nothing is known."""

    box: Array  # (B, 8) m, m/s, s
    until: Array  # (1,) s


def new_blocks(slots: int) -> Blocks:
    """Room for the bounds of so many slots."""
    return Blocks(np.empty((slots // BLOCK, 8)), np.full(1, -np.inf))


@lean
def enclose(tracks, b, n, blocks):  # type: ignore[no-untyped-def]
    """The bounds of block b anew, of n slots in use."""
    box = blocks.box[b]
    west = south = oldest = math.inf
    east = north = newest = -math.inf
    fast_east = fast_north = 0.0
    for i in range(b * BLOCK, min((b + 1) * BLOCK, n)):
        if tracks.status[i] >= ENDED:
            continue
        x, y, time = tracks.x[i, 0], tracks.x[i, 1], tracks.time[i]
        vx, vy = abs(tracks.x[i, 3]), abs(tracks.x[i, 4])
        if not (abs(x) < math.inf and abs(y) < math.inf and vx < math.inf and vy < math.inf and abs(time) < math.inf):
            west, east, south, north = -math.inf, math.inf, -math.inf, math.inf  # no bounds at all
            continue
        west, east, south, north = min(west, x), max(east, x), min(south, y), max(north, y)
        fast_east, fast_north = max(fast_east, vx), max(fast_north, vy)
        oldest, newest = min(oldest, time), max(newest, time)
    box[WEST], box[EAST], box[SOUTH], box[NORTH] = west, east, south, north
    box[FAST_EAST], box[FAST_NORTH], box[OLDEST], box[NEWEST] = fast_east, fast_north, oldest, newest


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


@lean
def all_apart(i, blocks, west, east, south, north, earliest):  # type: ignore[no-untyped-def]
    """True when no track of the block of slot i comes within these bounds, m, at any time from `earliest` to `blocks.until`, whichever
    way it flies."""
    if not abs(earliest) < math.inf:
        return False
    box, until = blocks.box[i // BLOCK], blocks.until[0]
    time = max(until - box[OLDEST], 0.0) + max(max(until, box[NEWEST]) - earliest, 0.0)
    far = SLACK_M + time * (box[FAST_EAST] + box[FAST_NORTH])
    return box[EAST] + far < west or box[WEST] - far > east or box[NORTH] + far < south or box[SOUTH] - far > north
