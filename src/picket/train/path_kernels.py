"""Where objects are on their paths, and which plots a radar tells apart: the simulator's loops over rows."""

from __future__ import annotations

from picket._jit import lean


@lean
def places(samples, first, count, begin, end, index, time_s, step_s, position, velocity):  # type: ignore[no-untyped-def]
    """Fills position and velocity (M, 3) of the objects index (M,) at their times (M,): outside its path's time, at its beginning or end.

    samples (K, 6): places and velocities every step_s, path after path; first, count, begin, end: of each path. Between two samples
    lies a cubic Hermite curve.
    """
    for i in range(index.shape[0]):
        j = index[i]
        x = (min(max(time_s[i], begin[j]), end[j]) - begin[j]) / step_s
        k = min(int(x), count[j] - 2)
        u, a = x - k, first[j] + k
        for c in range(3):
            p0, p1 = samples[a, c], samples[a + 1, c]
            v0, v1 = samples[a, 3 + c] * step_s, samples[a + 1, 3 + c] * step_s
            c2, c3 = 3.0 * (p1 - p0) - 2.0 * v0 - v1, 2.0 * (p0 - p1) + v0 + v1
            position[i, c] = p0 + u * (v0 + u * (c2 + u * c3))
            velocity[i, c] = (v0 + u * (2.0 * c2 + 3.0 * u * c3)) / step_s


@lean
def resolved(range_m, azimuth_deg, resolution_m, resolution_deg, kept):  # type: ignore[no-untyped-def]
    """Sets kept (N,): plots in order of strength that no stronger kept one hides, nearer than both resolutions."""
    for i in range(range_m.shape[0]):
        kept[i] = True
        for j in range(i):
            near = abs(range_m[i] - range_m[j]) < resolution_m and abs(azimuth_deg[i] - azimuth_deg[j]) < resolution_deg
            if near and kept[j]:
                kept[i] = False
                break
