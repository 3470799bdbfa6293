"""A short piece of noise with a burst in it through every kernel of the room: a first recording need not wait for the compiler."""

from __future__ import annotations

import numpy as np

from picket.spectrum.run import Chain

RATE_HZ = 2.4e6


def warm() -> None:
    """Runs the chain once for each type of sample; the compiled kernels go into the cache."""
    n = np.arange(2 * Chain(RATE_HZ, 2.4e9, 1.0).step)
    noise = np.random.default_rng(1).standard_normal((len(n), 2))
    on = ((n // 4000) % 8 == 3)[:, None]
    tone = 4.0 * on * np.column_stack([np.cos(0.7 * n), np.sin(0.7 * n)])
    iq = (0.02 * (noise + tone)).ravel()
    for dtype, scale, zero in (("<i2", 32768.0, 0.0), ("<f4", 1.0, 0.0), ("i1", 128.0, 0.0), ("u1", 127.5, 127.5)):
        samples = (iq * scale + zero).astype(dtype)
        chain = Chain(RATE_HZ, 2.4e9, scale, zero)
        for first in range(0, len(n), chain.step):
            chain.take(samples[2 * first : 2 * (first + chain.step + chain.bins)], first)
        chain.finish()
