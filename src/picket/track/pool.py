"""The pool of tracks: arrays that double when they are full and are packed when many slots are dead."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from picket.track.layout_kernels import DEAD, Tracks, new_tracks

Ints = npt.NDArray[np.int64]


class Pool:
    """Tracks in slots 0..n-1 in the order in which they began; `owner[code]` is the slot that holds an identity, or -1."""

    def __init__(self, sensors: int = 8) -> None:
        self.tracks: Tracks = new_tracks(256, sensors)
        self.n = 0
        self.owner: Ints = np.full(256, -1, np.int64)

    def reserve(self, more: int, sensors: int, codes: int) -> None:
        """Makes room for `more` tracks, for that many sensors and identity codes."""
        capacity, width = self.tracks.look.shape
        if self.n + more > capacity or sensors > width:
            while capacity < self.n + more:
                capacity *= 2
            grown = new_tracks(capacity, max(width, sensors))
            for new, old in zip(grown, self.tracks, strict=True):
                if new.ndim == 2 and new.shape[1] != old.shape[1]:
                    new[: self.n, : old.shape[1]] = old[: self.n]
                else:
                    new[: self.n] = old[: self.n]
            grown.look[: self.n, width:] = grown.time[: self.n, None]
            self.tracks = grown
        if codes > len(self.owner):
            owner = np.full(max(codes, 2 * len(self.owner)), -1, np.int64)
            owner[: len(self.owner)] = self.owner
            self.owner = owner

    def pack(self, *, always: bool = False) -> None:
        """Gives dead slots back when they are a third of all (or always), keeping the order of the rest."""
        alive = self.tracks.status[: self.n] < DEAD
        m = int(np.count_nonzero(alive))
        if m == self.n or not (always or self.n - m > 64 + self.n // 3):
            return
        for array in self.tracks:
            array[:m] = array[: self.n][alive]
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
