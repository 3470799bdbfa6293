"""Random numbers: one generator for each actor, sensor and repetition, so that adding one changes no other."""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """A generator that depends on the seed and the names alone (PCG64 by name: NumPy keeps its bits stable)."""
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest(seed, *names)[:16], "big")))


def digest(seed: int, *names: str | int) -> bytes:
    """32 bytes that depend on the seed and the names alone."""
    return hashlib.sha256("/".join(map(str, (seed, *names))).encode()).digest()
