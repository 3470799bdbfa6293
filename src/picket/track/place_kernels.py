"""The common plot in closed form: three values of a place (range, azimuth and elevation, or east, north and up), and nothing else.

Then H = [G, -lag G] with G (3, 3), S is symmetric (3, 3), and its inverse is its adjugate over its determinant: all in local numbers,
with loops of fixed length. Eight times quicker than the general `factor` and triangular solves of `measure_kernels`, whose m is
not known when they are compiled. `tests/track/test_place.py` holds it to the textbook's matrices.
"""

from __future__ import annotations

import math

from picket._jit import piece
from picket.track.layout_kernels import ACCELERATION_H, ACCELERATION_V, TAU
from picket.track.measure_kernels import POSITION_FORM

PLACE = 7  # bits of a form: three values of the place
NEAR_S = 0.05  # plots whose ages differ by less share one S: their places differ by 2 m at 40 m/s, and are corrected for it


@piece
def is_place(form):  # type: ignore[no-untyped-def]
    """True when a plot of this form measures its place and nothing else."""
    return form == PLACE or form == PLACE | POSITION_FORM


@piece
def near(form, lag, sigma, known):  # type: ignore[no-untyped-def]
    """As `measure_kernels.alike`, but the age may differ by NEAR_S: each plot of a turning radar has its own."""
    same = known[0] == form and abs(known[1] - lag) < NEAR_S
    for k in range(3):
        same = same and known[2 + k] == sigma[k]
    return same


@piece
def gradient(x, lag, form, sigma, rotation, offset, G, h, R):  # type: ignore[no-untyped-def]
    """`measure_kernels.expected` for a plot of the place alone: fills G (3, 3) of H = [G, -lag G], h (3,) and R (3,)."""
    drift_h, drift_v = ACCELERATION_H * lag * lag * lag / 3.0, ACCELERATION_V * lag * lag * lag / 3.0
    s0, s1, s2 = sigma[0] * sigma[0], sigma[1] * sigma[1], sigma[2] * sigma[2]
    p0, p1, p2 = x[0] - lag * x[3], x[1] - lag * x[4], x[2] - lag * x[5]
    if form & POSITION_FORM:
        for k in range(3):
            G[k, 0] = G[k, 1] = G[k, 2] = 0.0
            G[k, k] = 1.0
        h[0], h[1], h[2] = p0, p1, p2
        R[0], R[1], R[2] = s0 + drift_h, s1 + drift_h, s2 + drift_v
        return
    d0, d1, d2 = p0 - offset[0], p1 - offset[1], p2 - offset[2]
    e = rotation[0, 0] * d0 + rotation[0, 1] * d1 + rotation[0, 2] * d2
    n = rotation[1, 0] * d0 + rotation[1, 1] * d1 + rotation[1, 2] * d2
    u = rotation[2, 0] * d0 + rotation[2, 1] * d1 + rotation[2, 2] * d2
    ground = max(math.sqrt(e * e + n * n), 1.0)
    r = max(math.sqrt(ground * ground + u * u), 1.0)
    g2, r2 = ground * ground, r * r
    a0, a1, a2 = e / r, n / r, u / r  # along the line of sight
    b0, b1 = n / g2, -e / g2  # across it
    up = ground * r2
    c0, c1, c2 = -e * u / up, -n * u / up, ground / r2
    for k in range(3):
        G[0, k] = rotation[0, k] * a0 + rotation[1, k] * a1 + rotation[2, k] * a2
        G[1, k] = rotation[0, k] * b0 + rotation[1, k] * b1
        G[2, k] = rotation[0, k] * c0 + rotation[1, k] * c1 + rotation[2, k] * c2
    h[0], h[1], h[2] = r, math.atan2(e, n), math.atan2(u, ground)
    R[0], R[1], R[2] = s0 + drift_h, s1 + drift_h / g2, s2 + drift_v / r2


@piece
def rates(H, x):  # type: ignore[no-untyped-def]
    """G v: how fast the three values move."""
    return (
        H[0, 0] * x[3] + H[0, 1] * x[4] + H[0, 2] * x[5],
        H[1, 0] * x[3] + H[1, 1] * x[4] + H[1, 2] * x[5],
        H[2, 0] * x[3] + H[2, 1] * x[4] + H[2, 2] * x[5],
    )


@piece
def spread(P, H, R, lag, PHt):  # type: ignore[no-untyped-def]
    """Fills PHt (6, 3) = P H' and returns S = H P H' + R as its six numbers (00, 10, 20, 11, 21, 22); of H the part G is read."""
    g00, g01, g02 = H[0, 0], H[0, 1], H[0, 2]
    g10, g11, g12 = H[1, 0], H[1, 1], H[1, 2]
    g20, g21, g22 = H[2, 0], H[2, 1], H[2, 2]
    for a in range(6):
        a0, a1, a2 = P[a, 0] - lag * P[a, 3], P[a, 1] - lag * P[a, 4], P[a, 2] - lag * P[a, 5]
        PHt[a, 0] = a0 * g00 + a1 * g01 + a2 * g02
        PHt[a, 1] = a0 * g10 + a1 * g11 + a2 * g12
        PHt[a, 2] = a0 * g20 + a1 * g21 + a2 * g22
    b00, b10, b20 = PHt[0, 0] - lag * PHt[3, 0], PHt[1, 0] - lag * PHt[4, 0], PHt[2, 0] - lag * PHt[5, 0]
    b01, b11, b21 = PHt[0, 1] - lag * PHt[3, 1], PHt[1, 1] - lag * PHt[4, 1], PHt[2, 1] - lag * PHt[5, 1]
    b02, b12, b22 = PHt[0, 2] - lag * PHt[3, 2], PHt[1, 2] - lag * PHt[4, 2], PHt[2, 2] - lag * PHt[5, 2]
    s00 = g00 * b00 + g01 * b10 + g02 * b20 + R[0]
    s10 = g10 * b00 + g11 * b10 + g12 * b20
    s20 = g20 * b00 + g21 * b10 + g22 * b20
    s11 = g10 * b01 + g11 * b11 + g12 * b21 + R[1]
    s21 = g20 * b01 + g21 * b11 + g22 * b21
    s22 = g20 * b02 + g21 * b12 + g22 * b22 + R[2]
    return s00, s10, s20, s11, s21, s22


@piece
def inverse(s00, s10, s20, s11, s21, s22):  # type: ignore[no-untyped-def]
    """S^-1 as its six numbers, and log det S. S = (something positive semidefinite) + R, so its determinant is at least R's."""
    c00, c10, c20 = s11 * s22 - s21 * s21, s20 * s21 - s10 * s22, s10 * s21 - s20 * s11
    det = s00 * c00 + s10 * c10 + s20 * c20
    i = 1.0 / det
    return (
        c00 * i, c10 * i, c20 * i, (s00 * s22 - s20 * s20) * i, (s10 * s20 - s00 * s21) * i, (s00 * s11 - s10 * s10) * i,
        math.log(det),
    )  # fmt: skip


@piece
def difference(form, z, h, older, d0, d1, d2):  # type: ignore[no-untyped-def]
    """The innovation z - h of a plot that is `older` s older than what h was made for; an azimuth's is the short way round.

    d0, d1, d2: `rates`.
    """
    v1 = z[1] - h[1] + older * d1
    if form < POSITION_FORM:
        v1 -= TAU * math.floor(v1 / TAU + 0.5)
    return z[0] - h[0] + older * d0, v1, z[2] - h[2] + older * d2


@piece
def length(v0, v1, v2, i00, i10, i20, i11, i21, i22):  # type: ignore[no-untyped-def]
    """v' S^-1 v."""
    return i00 * v0 * v0 + i11 * v1 * v1 + i22 * v2 * v2 + 2.0 * (i10 * v0 * v1 + i20 * v0 * v2 + i21 * v1 * v2)
