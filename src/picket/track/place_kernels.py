"""The common plot in closed form: three values of a place (range, azimuth and elevation, or east, north and up), and nothing else.

Then H = [G, -lag G] with G (3, 3), S is symmetric (3, 3), and its inverse is its adjugate over its determinant: all in local numbers,
with loops of fixed length. Eight times quicker than the general `factor` and triangular solves of `measure_kernels`, whose m is
not known when they are compiled. `tests/track/test_place.py` holds it to the textbook's matrices.
"""

from __future__ import annotations

import math

from picket._jit import lean, piece
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


@lean
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


@lean
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
def _seen(p0, p1, p2, v0, v1, v2, lag, G):  # type: ignore[no-untyped-def]
    """A row of P H' from that row of P, place and speed."""
    a0, a1, a2 = p0 - lag * v0, p1 - lag * v1, p2 - lag * v2
    return (
        a0 * G[0, 0] + a1 * G[0, 1] + a2 * G[0, 2],
        a0 * G[1, 0] + a1 * G[1, 1] + a2 * G[1, 2],
        a0 * G[2, 0] + a1 * G[2, 1] + a2 * G[2, 2],
    )


@lean
def _gain(y, i, q, m):  # type: ignore[no-untyped-def]
    """Of one row y of P H': that of K = P H' S^-1, K m, and K Q; i, q: lower halves of S^-1 and Q."""
    k0, k1, k2 = (
        y[0] * i[0] + y[1] * i[1] + y[2] * i[2],
        y[0] * i[1] + y[1] * i[3] + y[2] * i[4],
        y[0] * i[2] + y[1] * i[4] + y[2] * i[5],
    )
    return (
        k0, k1, k2, k0 * m[0] + k1 * m[1] + k2 * m[2],
        k0 * q[0] + k1 * q[1] + k2 * q[2], k0 * q[1] + k1 * q[3] + k2 * q[4], k0 * q[2] + k1 * q[4] + k2 * q[5],
    )  # fmt: skip


@lean
def _brings(a, b):  # type: ignore[no-untyped-def]
    """What the plots add to a number of P, by `_gain` of its row and of its column."""
    return a[4] * b[0] + a[5] * b[1] + a[6] * b[2] - a[3] * b[3]


@lean
def state(  # type: ignore[no-untyped-def]
    x, L, time, when, lag, form, sigma, rotation, offset, e0, e1, e_plot, p, negligible, members, z, fit, G, h, R
):  # fmt: skip
    """Moves one model of a track, x (6,) and L (21,), which stands at `time`, by the edges e0..e1-1, all of whose plots are `near`.

    form, sigma: of these plots, lag: of one of them; when, z: of all plots; rotation, offset: of the look's sensor. fit (edges,) gets
    N(v; 0, S), but for a common factor. G (3, 3), h, R (3,): scratch. See `update_kernels` for the equations. All numbers of P are read
    before one is written, and stand in no array between: the compiler may then take several at a time.
    """
    gradient(x, lag, form, sigma, rotation, offset, G, h, R)
    y_0 = _seen(L[0], L[1], L[3], L[6], L[10], L[15], lag, G)
    y_1 = _seen(L[1], L[2], L[4], L[7], L[11], L[16], lag, G)
    y_2 = _seen(L[3], L[4], L[5], L[8], L[12], L[17], lag, G)
    y_3 = _seen(L[6], L[7], L[8], L[9], L[13], L[18], lag, G)
    y_4 = _seen(L[10], L[11], L[12], L[13], L[14], L[19], lag, G)
    y_5 = _seen(L[15], L[16], L[17], L[18], L[19], L[20], lag, G)
    b_0 = y_0[0] - lag * y_3[0], y_1[0] - lag * y_4[0], y_2[0] - lag * y_5[0]
    b_1 = y_0[1] - lag * y_3[1], y_1[1] - lag * y_4[1], y_2[1] - lag * y_5[1]
    b_2 = y_0[2] - lag * y_3[2], y_1[2] - lag * y_4[2], y_2[2] - lag * y_5[2]
    s00 = G[0, 0] * b_0[0] + G[0, 1] * b_0[1] + G[0, 2] * b_0[2] + R[0]
    s10 = G[1, 0] * b_0[0] + G[1, 1] * b_0[1] + G[1, 2] * b_0[2]
    s20 = G[2, 0] * b_0[0] + G[2, 1] * b_0[1] + G[2, 2] * b_0[2]
    s11 = G[1, 0] * b_1[0] + G[1, 1] * b_1[1] + G[1, 2] * b_1[2] + R[1]
    s21 = G[2, 0] * b_1[0] + G[2, 1] * b_1[1] + G[2, 2] * b_1[2]
    s22 = G[2, 0] * b_2[0] + G[2, 1] * b_2[1] + G[2, 2] * b_2[2] + R[2]
    i00, i10, i20, i11, i21, i22, log_det = inverse(s00, s10, s20, s11, s21, s22)
    r0, r1, r2 = rates(G, x)
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
    q = q00 - total * s00, q10 - total * s10, q20 - total * s20, q11 - total * s11, q21 - total * s21, q22 - total * s22
    i, m = (i00, i10, i20, i11, i21, i22), (m0, m1, m2)
    k_0, k_1, k_2 = _gain(y_0, i, q, m), _gain(y_1, i, q, m), _gain(y_2, i, q, m)
    k_3, k_4, k_5 = _gain(y_3, i, q, m), _gain(y_4, i, q, m), _gain(y_5, i, q, m)
    new_0 = (L[0] + _brings(k_0, k_0),)
    new_1 = L[1] + _brings(k_1, k_0), L[2] + _brings(k_1, k_1)
    new_2 = L[3] + _brings(k_2, k_0), L[4] + _brings(k_2, k_1), L[5] + _brings(k_2, k_2)
    new_3 = L[6] + _brings(k_3, k_0), L[7] + _brings(k_3, k_1), L[8] + _brings(k_3, k_2), L[9] + _brings(k_3, k_3)
    new_4 = (
        L[10] + _brings(k_4, k_0), L[11] + _brings(k_4, k_1), L[12] + _brings(k_4, k_2), L[13] + _brings(k_4, k_3),
        L[14] + _brings(k_4, k_4),
    )  # fmt: skip
    new_5 = (
        L[15] + _brings(k_5, k_0), L[16] + _brings(k_5, k_1), L[17] + _brings(k_5, k_2), L[18] + _brings(k_5, k_3),
        L[19] + _brings(k_5, k_4), L[20] + _brings(k_5, k_5),
    )  # fmt: skip
    (L[0],), (L[1], L[2]), (L[3], L[4], L[5]), (L[6], L[7], L[8], L[9]) = new_0, new_1, new_2, new_3
    (L[10], L[11], L[12], L[13], L[14]), (L[15], L[16], L[17], L[18], L[19], L[20]) = new_4, new_5
    x[0], x[1], x[2] = x[0] + k_0[3], x[1] + k_1[3], x[2] + k_2[3]
    x[3], x[4], x[5] = x[3] + k_3[3], x[4] + k_4[3], x[5] + k_5[3]
