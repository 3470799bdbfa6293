"""The pool of tracks: arrays that double when they are full and are packed when many slots are dead."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket.track.layout_kernels import DEAD, Tracks, new_tracks

Ints = npt.NDArray[np.int64]
_BLOCK = 1 << 13  # of slots moved at a time: what is between fits into the cache


class Pool:
    """Tracks in slots 0..n-1 in the order in which they began; `owner[code]` is the slot that holds an identity, or -1."""

    def __init__(self, sensors: int = 2) -> None:
        self.tracks: Tracks = new_tracks(256, sensors)
        self.n = 0
        self.owner: Ints = np.full(256, -1, np.int64)

    def reserve(self, more: int, sensors: int, codes: int) -> None:
        """Makes room for `more` tracks, for that many sensors and identity codes."""
        capacity, width = self.tracks.look.shape
        if self.n + more > capacity or sensors > width:
            if self.n + more > capacity:
                while capacity < 2 * (self.n + more):  # what is not used is no memory yet, and a copy is twice the memory
                    capacity *= 2
            self._grow(capacity, width if sensors <= width else max(2 * width, sensors))
        if codes > len(self.owner):
            owner = np.full(max(codes, 2 * len(self.owner)), -1, np.int64)
            owner[: len(self.owner)] = self.owner
            self.owner = owner

    def _grow(self, capacity: int, width: int) -> None:
        """Moves every column to one of another size, and frees the old one before the next is moved."""
        n = self.n
        old: list[Any] = list(self.tracks)
        self.tracks = new_tracks(capacity, width)
        for k, new in enumerate(self.tracks):
            held, old[k] = old[k][:n], None
            if new.shape[1:] == held.shape[1:]:
                new[:n] = held
            else:
                new[:n, : held.shape[1]] = held
                if new is self.tracks.look:
                    new[:n, held.shape[1] :] = self.tracks.time[:n, None]
            del held

    def pack(self, *, always: bool = False) -> None:
        """Gives dead slots back when they are a third of all (or always), keeping the order of the rest."""
        alive = self.tracks.status[: self.n] < DEAD
        m = int(np.count_nonzero(alive))
        if m == self.n or not (always or self.n - m > 64 + self.n // 3):
            return
        first = int(np.argmin(alive))  # the old ones in front stay where they are
        kept = first + np.flatnonzero(alive[first:])
        for array in self.tracks:
            for begin in range(0, len(kept), _BLOCK):  # no slot moves to a later place: no second copy of all is needed
                moved = kept[begin : begin + _BLOCK]
                array[first + begin : first + begin + len(moved)] = array.take(moved, axis=0)
        self.n = m
        self.own()

    def own(self) -> None:
        """Builds `owner` anew; where two tracks hold one identity, the older is the owner."""
        self.owner[:] = -1
        for k in range(self.tracks.ident.shape[1]):
            codes = self.tracks.ident[: self.n, k]
            slots = np.flatnonzero(codes >= 0)[::-1]
            self.owner[codes[slots]] = slots

    def clear(self) -> None:
        """Forgets every track."""
        self.n = 0
        self.owner[:] = -1
