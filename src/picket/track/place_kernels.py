"""The common plot in closed form: three values of a place (range, azimuth and elevation, or east, north and up), and nothing else.

Then H = [G, -lag G] with G (3, 3), S is symmetric (3, 3), and its inverse is its adjugate over its determinant: all in local numbers,
with loops of fixed length. Eight times quicker than the general `factor` and triangular solves of `measure_kernels`, whose m is
not known when they are compiled. `tests/track/test_place.py` holds it to the textbook's matrices.
"""

from __future__ import annotations

import math

from picket._jit import lean, piece
from picket.track.layout_kernels import TAU
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
def rates(H, x):  # type: ignore[no-untyped-def]
    """G v: how fast the three values move."""
    return (
        H[0, 0] * x[3] + H[0, 1] * x[4] + H[0, 2] * x[5],
        H[1, 0] * x[3] + H[1, 1] * x[4] + H[1, 2] * x[5],
        H[2, 0] * x[3] + H[2, 1] * x[4] + H[2, 2] * x[5],
    )


@lean
def spread(P, H, R, lag, PHt):  # type: ignore[no-untyped-def]
    """Fills PHt (6, 3) = P H' and returns S = H P H' + R as its six numbers (00, 10, 20, 11, 21, 22); H as `expected` left it."""
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


@lean
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


@lean
def state(x, P, time, when, lag, form, e0, e1, e_plot, p, negligible, members, z, H, h, R, PHt, K, T, fit):  # type: ignore[no-untyped-def]
    """Moves x and P by the edges e0..e1-1, all of whose plots are `near`; fit (edges,) gets N(v; 0, S), but for a common factor.

    H, h, R: of x, as `expected` left them for a plot of age `lag`; time: of x, when: of all plots. PHt (6, 3), K (6, 4), T (6, 3):
    scratch. See `update_kernels` for the equations.
    """
    s00, s10, s20, s11, s21, s22 = spread(P, H, R, lag, PHt)
    i00, i10, i20, i11, i21, i22, log_det = inverse(s00, s10, s20, s11, s21, s22)
    r0, r1, r2 = rates(H, x)
    total = m0 = m1 = m2 = 0.0
    q00 = q10 = q20 = q11 = q21 = q22 = 0.0
    for e in range(e0, e1):
        w = p[e]
        if w < negligible:
            continue
        j = members[e_plot[e]]
        v0, v1, v2 = difference(form, z[j], h, time - when[j] - lag, r0, r1, r2)
        total += w
        m0, m1, m2 = m0 + w * v0, m1 + w * v1, m2 + w * v2
        q00, q10, q20 = q00 + w * v0 * v0, q10 + w * v1 * v0, q20 + w * v2 * v0
        q11, q21, q22 = q11 + w * v1 * v1, q21 + w * v2 * v1, q22 + w * v2 * v2
        d2 = length(v0, v1, v2, i00, i10, i20, i11, i21, i22)
        fit[e - e0] = math.exp(-0.5 * min(d2 + log_det, 1e3))
    q00, q10, q20 = q00 - total * s00, q10 - total * s10, q20 - total * s20
    q11, q21, q22 = q11 - total * s11, q21 - total * s21, q22 - total * s22
    for a in range(6):
        y0, y1, y2 = PHt[a, 0], PHt[a, 1], PHt[a, 2]
        k0, k1, k2 = y0 * i00 + y1 * i10 + y2 * i20, y0 * i10 + y1 * i11 + y2 * i21, y0 * i20 + y1 * i21 + y2 * i22
        K[a, 0], K[a, 1], K[a, 2] = k0, k1, k2
        K[a, 3] = k0 * m0 + k1 * m1 + k2 * m2
        T[a, 0], T[a, 1], T[a, 2] = k0 * q00 + k1 * q10 + k2 * q20, k0 * q10 + k1 * q11 + k2 * q21, k0 * q20 + k1 * q21 + k2 * q22
    for a in range(6):
        x[a] += K[a, 3]
        for b in range(a + 1):
            P[a, b] += T[a, 0] * K[b, 0] + T[a, 1] * K[b, 1] + T[a, 2] * K[b, 2] - K[a, 3] * K[b, 3]
            P[b, a] = P[a, b]
