"""The common update for eight tracks side by side: plots of three values of a place (range, azimuth and elevation, or east, north and up).

Then H = [G, -lag G] with G (3, 3), S is symmetric (3, 3), and its inverse is its adjugate over its determinant. One track at a time this is
a chain of numbers that wait for each other. So TRACKS tracks and their two models lie side by side in LANES lanes, and each loop over
lanes works on as many of them at once as the processor is wide, with the same result to the last byte.

W is one flat array of rows of LANES numbers; a row's name is where it begins. It is flat, and has no other array beside it in a loop,
because only then does the compiler see that no lane writes what another one reads. Lane q is the steady model of the block's track q, lane
TRACKS + q the manoeuvring one. Lanes that hold no track go along, and what they hold means nothing.

Tracks have more plots or fewer: the first of each are taken together, then the second, and who has none left takes one of no weight.
What takes a function of the library (angles, logarithms, exponentials) is gone through lane by lane. `tests/track/test_place.py` holds
all of it to the textbook's matrices.
"""

from __future__ import annotations

import math

from picket._jit import lean, piece
from picket.track.layout_kernels import ACCELERATION_H, ACCELERATION_V, TAU
from picket.track.measure_kernels import POSITION_FORM
from picket.track.place_kernels import length

TRACKS = 8
LANES = 2 * TRACKS
NEGLIGIBLE = 1e-3  # a plot with less probability than this moves nothing
WIDE, ROUND = 1e-5, 1e-6  # pivots over it, and so much of what they are a difference of, are no errors of rounding
# rows: state, lower half of its covariance, G, what is expected, R (before: the plots' sigmas), their age, the place seen from the sensor
X, HALF, GRADIENT, EXPECTED, R, LAG, SEEN = (LANES * row for row in (0, 6, 27, 36, 39, 42, 43))
# P H', S, its inverse and determinant, rates of the three values
PHT, S, INVERSE, DET, RATES = (LANES * row for row in (47, 65, 71, 77, 78))
# sums over the plots of p, p v and p v v'; how clearly the covariance is sound
TOTAL, MEAN, SQUARES, SOUND = (LANES * row for row in (81, 82, 85, 91))
# the plot at hand: p, how much older it is, its values; v' S^-1 v + log det S of it, and log det S
PLOT, LENGTH, LOG_DET = (LANES * row for row in (92, 97, 98))
SIZE = LANES * 99


@piece
def _three(W, at):  # type: ignore[no-untyped-def]
    """A lane's numbers of three rows, from `at` on."""
    return W[at], W[at + LANES], W[at + 2 * LANES]


@piece
def _six(W, at):  # type: ignore[no-untyped-def]
    """A lane's numbers of six rows, from `at` on."""
    return W[at], W[at + LANES], W[at + 2 * LANES], W[at + 3 * LANES], W[at + 4 * LANES], W[at + 5 * LANES]


@piece
def _half(W, at):  # type: ignore[no-untyped-def]
    """A lane's numbers of the 21 rows of a lower half, from `at` on."""
    return _six(W, at) + _six(W, at + 6 * LANES) + _six(W, at + 12 * LANES) + _three(W, at + 18 * LANES)


@lean
def load(W, lane, x, L, lag, sigma):  # type: ignore[no-untyped-def]
    """Puts one model of a track into its lane: x (6,), L (21,), and age and sigmas of its plots."""
    for a in range(6):
        W[X + a * LANES + lane] = x[a]
    for c in range(21):
        W[HALF + c * LANES + lane] = L[c]
    for k in range(3):
        W[R + k * LANES + lane] = sigma[k]
    W[LAG + lane] = lag


@lean
def store(W, lane, x, L):  # type: ignore[no-untyped-def]
    """x (6,) and L (21,) from their lane."""
    for a in range(6):
        x[a] = W[X + a * LANES + lane]
    for c in range(21):
        L[c] = W[HALF + c * LANES + lane]


@lean
def aim(W, form, rotation, offset):  # type: ignore[no-untyped-def]
    """What plots of this form are expected to measure, G and R: `place_kernels.gradient` in lanes."""
    if form & POSITION_FORM:
        _aim_places(W)
        return
    _aim_sights(
        W, rotation[0, 0], rotation[0, 1], rotation[0, 2], rotation[1, 0], rotation[1, 1], rotation[1, 2], rotation[2, 0], rotation[2, 1],
        rotation[2, 2], offset[0], offset[1], offset[2],
    )  # fmt: skip
    for lane in range(LANES):
        (e, n, u), ground = _three(W, SEEN + lane), W[SEEN + 3 * LANES + lane]
        W[EXPECTED + LANES + lane], W[EXPECTED + 2 * LANES + lane] = math.atan2(e, n), math.atan2(u, ground)


@lean
def _aim_places(W):  # type: ignore[no-untyped-def]
    for lane in range(LANES):
        lag, x, s = W[LAG + lane], _six(W, X + lane), _three(W, R + lane)
        drift_h, drift_v = ACCELERATION_H * lag * lag * lag / 3.0, ACCELERATION_V * lag * lag * lag / 3.0
        at, g = EXPECTED + lane, GRADIENT + lane
        W[at], W[at + LANES], W[at + 2 * LANES] = x[0] - lag * x[3], x[1] - lag * x[4], x[2] - lag * x[5]
        W[g], W[g + LANES], W[g + 2 * LANES] = 1.0, 0.0, 0.0
        W[g + 3 * LANES], W[g + 4 * LANES], W[g + 5 * LANES] = 0.0, 1.0, 0.0
        W[g + 6 * LANES], W[g + 7 * LANES], W[g + 8 * LANES] = 0.0, 0.0, 1.0
        W[R + lane], W[R + LANES + lane] = s[0] * s[0] + drift_h, s[1] * s[1] + drift_h
        W[R + 2 * LANES + lane] = s[2] * s[2] + drift_v


@lean
def _aim_sights(W, r00, r01, r02, r10, r11, r12, r20, r21, r22, o0, o1, o2):  # type: ignore[no-untyped-def]
    """For range and angles, but for the angles themselves; r00 to o2: the sensor's rotation and place."""
    for lane in range(LANES):
        lag, x, s = W[LAG + lane], _six(W, X + lane), _three(W, R + lane)
        drift_h, drift_v = ACCELERATION_H * lag * lag * lag / 3.0, ACCELERATION_V * lag * lag * lag / 3.0
        d0, d1, d2 = x[0] - lag * x[3] - o0, x[1] - lag * x[4] - o1, x[2] - lag * x[5] - o2
        e, n, u = r00 * d0 + r01 * d1 + r02 * d2, r10 * d0 + r11 * d1 + r12 * d2, r20 * d0 + r21 * d1 + r22 * d2
        ground = max(math.sqrt(e * e + n * n), 1.0)
        r = max(math.sqrt(ground * ground + u * u), 1.0)
        g2, r2 = ground * ground, r * r
        a0, a1, a2 = e / r, n / r, u / r  # along the line of sight
        b0, b1 = n / g2, -e / g2  # across it
        up = ground * r2
        c0, c1, c2 = -e * u / up, -n * u / up, ground / r2
        g, at = GRADIENT + lane, SEEN + lane
        W[g], W[g + 3 * LANES], W[g + 6 * LANES] = (
            r00 * a0 + r10 * a1 + r20 * a2, r00 * b0 + r10 * b1, r00 * c0 + r10 * c1 + r20 * c2,
        )  # fmt: skip
        W[g + LANES], W[g + 4 * LANES], W[g + 7 * LANES] = (
            r01 * a0 + r11 * a1 + r21 * a2, r01 * b0 + r11 * b1, r01 * c0 + r11 * c1 + r21 * c2,
        )  # fmt: skip
        W[g + 2 * LANES], W[g + 5 * LANES], W[g + 8 * LANES] = (
            r02 * a0 + r12 * a1 + r22 * a2, r02 * b0 + r12 * b1, r02 * c0 + r12 * c1 + r22 * c2,
        )  # fmt: skip
        W[at], W[at + LANES], W[at + 2 * LANES], W[at + 3 * LANES] = e, n, u, ground
        W[EXPECTED + lane] = r
        W[R + lane], W[R + LANES + lane] = s[0] * s[0] + drift_h, s[1] * s[1] + drift_h / g2
        W[R + 2 * LANES + lane] = s[2] * s[2] + drift_v / r2


@lean
def _seen(p0, p1, p2, v0, v1, v2, lag, g):  # type: ignore[no-untyped-def]
    """A row of P H' from that row of P, place and speed."""
    a0, a1, a2 = p0 - lag * v0, p1 - lag * v1, p2 - lag * v2
    return (
        a0 * g[0] + a1 * g[1] + a2 * g[2],
        a0 * g[3] + a1 * g[4] + a2 * g[5],
        a0 * g[6] + a1 * g[7] + a2 * g[8],
    )


@piece
def _put_three(W, at, numbers):  # type: ignore[no-untyped-def]
    W[at], W[at + LANES], W[at + 2 * LANES] = numbers


@lean
def invert(W):  # type: ignore[no-untyped-def]
    """P H', S = H P H' + R, its inverse and determinant, and G v. S = (something positive semidefinite) + R, so det S >= det R."""
    for lane in range(LANES):
        lag, v = W[LAG + lane], _three(W, X + 3 * LANES + lane)
        g = _six(W, GRADIENT + lane) + _three(W, GRADIENT + 6 * LANES + lane)
        L, r = _half(W, HALF + lane), _three(W, R + lane)
        y_0 = _seen(L[0], L[1], L[3], L[6], L[10], L[15], lag, g)
        y_1 = _seen(L[1], L[2], L[4], L[7], L[11], L[16], lag, g)
        y_2 = _seen(L[3], L[4], L[5], L[8], L[12], L[17], lag, g)
        y_3 = _seen(L[6], L[7], L[8], L[9], L[13], L[18], lag, g)
        y_4 = _seen(L[10], L[11], L[12], L[13], L[14], L[19], lag, g)
        y_5 = _seen(L[15], L[16], L[17], L[18], L[19], L[20], lag, g)
        b_0 = y_0[0] - lag * y_3[0], y_1[0] - lag * y_4[0], y_2[0] - lag * y_5[0]
        b_1 = y_0[1] - lag * y_3[1], y_1[1] - lag * y_4[1], y_2[1] - lag * y_5[1]
        b_2 = y_0[2] - lag * y_3[2], y_1[2] - lag * y_4[2], y_2[2] - lag * y_5[2]
        s00 = g[0] * b_0[0] + g[1] * b_0[1] + g[2] * b_0[2] + r[0]
        s10 = g[3] * b_0[0] + g[4] * b_0[1] + g[5] * b_0[2]
        s20 = g[6] * b_0[0] + g[7] * b_0[1] + g[8] * b_0[2]
        s11 = g[3] * b_1[0] + g[4] * b_1[1] + g[5] * b_1[2] + r[1]
        s21 = g[6] * b_1[0] + g[7] * b_1[1] + g[8] * b_1[2]
        s22 = g[6] * b_2[0] + g[7] * b_2[1] + g[8] * b_2[2] + r[2]
        c00, c10, c20 = s11 * s22 - s21 * s21, s20 * s21 - s10 * s22, s10 * s21 - s20 * s11
        det = s00 * c00 + s10 * c10 + s20 * c20
        i = 1.0 / det
        _put_three(W, PHT + lane, y_0)
        _put_three(W, PHT + 3 * LANES + lane, y_1)
        _put_three(W, PHT + 6 * LANES + lane, y_2)
        _put_three(W, PHT + 9 * LANES + lane, y_3)
        _put_three(W, PHT + 12 * LANES + lane, y_4)
        _put_three(W, PHT + 15 * LANES + lane, y_5)
        _put_three(W, S + lane, (s00, s10, s20))
        _put_three(W, S + 3 * LANES + lane, (s11, s21, s22))
        _put_three(W, INVERSE + lane, (c00 * i, c10 * i, c20 * i))
        at = INVERSE + 3 * LANES + lane
        _put_three(W, at, ((s00 * s22 - s20 * s20) * i, (s10 * s20 - s00 * s21) * i, (s00 * s11 - s10 * s10) * i))
        W[DET + lane] = det
        at = RATES + lane
        W[at] = g[0] * v[0] + g[1] * v[1] + g[2] * v[2]
        W[at + LANES] = g[3] * v[0] + g[4] * v[1] + g[5] * v[2]
        W[at + 2 * LANES] = g[6] * v[0] + g[7] * v[1] + g[8] * v[2]


@lean
def begin_plots(W):  # type: ignore[no-untyped-def]
    """Sums over plots begin at nothing; log det S, once for all of them."""
    for at in range(TOTAL, SOUND):
        W[at] = 0.0
    for lane in range(LANES):
        W[LOG_DET + lane] = math.log(W[DET + lane])


@piece
def put_plot(W, q, w, z, older):  # type: ignore[no-untyped-def]
    """The next plot of the block's track q before both of its models: its probability w (0: it has none), values z, and by how much it is
    older than `LAG` says."""
    for lane in range(q, LANES, TRACKS):
        W[PLOT + lane], W[PLOT + LANES + lane] = w, older
        W[PLOT + 2 * LANES + lane], W[PLOT + 3 * LANES + lane], W[PLOT + 4 * LANES + lane] = z[0], z[1], z[2]


@piece
def pass_plot(W, q):  # type: ignore[no-untyped-def]
    """The block's track q has no further plot."""
    W[PLOT + q] = W[PLOT + TRACKS + q] = 0.0


@lean
def take(W, form):  # type: ignore[no-untyped-def]
    """Takes one plot of each track into the sums of p, p v and p v v', and v' S^-1 v + log det S into LENGTH."""
    turn = 0.0 if form & POSITION_FORM else TAU
    for lane in range(LANES):
        w, older, z = W[PLOT + lane], W[PLOT + LANES + lane], _three(W, PLOT + 2 * LANES + lane)
        h, rates, i = _three(W, EXPECTED + lane), _three(W, RATES + lane), _six(W, INVERSE + lane)
        v0, v1, v2 = z[0] - h[0] + older * rates[0], z[1] - h[1] + older * rates[1], z[2] - h[2] + older * rates[2]
        v1 -= turn * math.floor(v1 / TAU + 0.5)
        sums = TOTAL + lane
        W[sums] += w
        W[sums + LANES] += w * v0
        W[sums + 2 * LANES] += w * v1
        W[sums + 3 * LANES] += w * v2
        W[sums + 4 * LANES] += w * v0 * v0
        W[sums + 5 * LANES] += w * v1 * v0
        W[sums + 6 * LANES] += w * v2 * v0
        W[sums + 7 * LANES] += w * v1 * v1
        W[sums + 8 * LANES] += w * v2 * v1
        W[sums + 9 * LANES] += w * v2 * v2
        W[LENGTH + lane] = length(v0, v1, v2, i[0], i[1], i[2], i[3], i[4], i[5]) + W[LOG_DET + lane]


@piece
def fits(W, lane):  # type: ignore[no-untyped-def]
    """N(v; 0, S) of the plot just taken, but for a common factor."""
    return math.exp(-0.5 * min(W[LENGTH + lane], 1e3))


@lean
def _gain(y, i, q, m):  # type: ignore[no-untyped-def]
    """Of one row y of P H': K m and K Q, and that of K = P H' S^-1; i, q: lower halves of S^-1 and Q."""
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
def gain(W):  # type: ignore[no-untyped-def]
    """x and its half of P after the plots; see `update_kernels` for the equations."""
    for lane in range(LANES):
        total, m, i = W[TOTAL + lane], _three(W, MEAN + lane), _six(W, INVERSE + lane)
        s, v = _six(W, S + lane), _six(W, SQUARES + lane)
        q = (
            v[0] - total * s[0], v[1] - total * s[1], v[2] - total * s[2], v[3] - total * s[3], v[4] - total * s[4], v[5] - total * s[5],
        )  # fmt: skip
        y, x, L = PHT + lane, X + lane, HALF + lane
        k_0, k_1 = _gain(_three(W, y), i, q, m), _gain(_three(W, y + 3 * LANES), i, q, m)
        k_2, k_3 = _gain(_three(W, y + 6 * LANES), i, q, m), _gain(_three(W, y + 9 * LANES), i, q, m)
        k_4, k_5 = _gain(_three(W, y + 12 * LANES), i, q, m), _gain(_three(W, y + 15 * LANES), i, q, m)
        W[L] += _brings(k_0, k_0)
        W[L + LANES] += _brings(k_1, k_0)
        W[L + 2 * LANES] += _brings(k_1, k_1)
        W[L + 3 * LANES] += _brings(k_2, k_0)
        W[L + 4 * LANES] += _brings(k_2, k_1)
        W[L + 5 * LANES] += _brings(k_2, k_2)
        W[L + 6 * LANES] += _brings(k_3, k_0)
        W[L + 7 * LANES] += _brings(k_3, k_1)
        W[L + 8 * LANES] += _brings(k_3, k_2)
        W[L + 9 * LANES] += _brings(k_3, k_3)
        W[L + 10 * LANES] += _brings(k_4, k_0)
        W[L + 11 * LANES] += _brings(k_4, k_1)
        W[L + 12 * LANES] += _brings(k_4, k_2)
        W[L + 13 * LANES] += _brings(k_4, k_3)
        W[L + 14 * LANES] += _brings(k_4, k_4)
        W[L + 15 * LANES] += _brings(k_5, k_0)
        W[L + 16 * LANES] += _brings(k_5, k_1)
        W[L + 17 * LANES] += _brings(k_5, k_2)
        W[L + 18 * LANES] += _brings(k_5, k_3)
        W[L + 19 * LANES] += _brings(k_5, k_4)
        W[L + 20 * LANES] += _brings(k_5, k_5)
        W[x], W[x + LANES], W[x + 2 * LANES] = W[x] + k_0[3], W[x + LANES] + k_1[3], W[x + 2 * LANES] + k_2[3]
        W[x + 3 * LANES], W[x + 4 * LANES] = W[x + 3 * LANES] + k_3[3], W[x + 4 * LANES] + k_4[3]
        W[x + 5 * LANES] = W[x + 5 * LANES] + k_5[3]


@piece
def margin(L):  # type: ignore[no-untyped-def]
    """Positive when the covariance with the lower half L (21 numbers) is positive definite, and clearly so.

    P = [A B'; B C] is positive definite when A and C - B A^-1 B' are, and these (3, 3) when their leading minors are: one division.
    """
    a00, a10, a11, a20, a21, a22 = L[0], L[1], L[2], L[3], L[4], L[5]
    i00, i10, i20 = a11 * a22 - a21 * a21, a20 * a21 - a10 * a22, a10 * a21 - a20 * a11
    i11, i21, i22 = a00 * a22 - a20 * a20, a10 * a20 - a00 * a21, a00 * a11 - a10 * a10
    det = a00 * i00 + a10 * i10 + a20 * i20
    share = 1.0 / det
    x0, x1, x2 = L[6] * i00 + L[7] * i10 + L[8] * i20, L[6] * i10 + L[7] * i11 + L[8] * i21, L[6] * i20 + L[7] * i21 + L[8] * i22
    y0, y1, y2 = (
        L[10] * i00 + L[11] * i10 + L[12] * i20,
        L[10] * i10 + L[11] * i11 + L[12] * i21,
        L[10] * i20 + L[11] * i21 + L[12] * i22,
    )
    z0, z1, z2 = (
        L[15] * i00 + L[16] * i10 + L[17] * i20,
        L[15] * i10 + L[16] * i11 + L[17] * i21,
        L[15] * i20 + L[16] * i21 + L[17] * i22,
    )
    c00 = L[9] - share * (x0 * L[6] + x1 * L[7] + x2 * L[8])
    c10 = L[13] - share * (y0 * L[6] + y1 * L[7] + y2 * L[8])
    c11 = L[14] - share * (y0 * L[10] + y1 * L[11] + y2 * L[12])
    c20 = L[18] - share * (z0 * L[6] + z1 * L[7] + z2 * L[8])
    c21 = L[19] - share * (z0 * L[10] + z1 * L[11] + z2 * L[12])
    c22 = L[20] - share * (z0 * L[15] + z1 * L[16] + z2 * L[17])
    minor = c00 * c11 - c10 * c10
    last = c00 * (c11 * c22 - c21 * c21) + c10 * (c20 * c21 - c10 * c22) + c20 * (c10 * c21 - c20 * c11)
    # least of all, and of `last` last, into which every number goes: one that is none stays none
    wide = min(a00 - WIDE, i22 - WIDE * a00, det - WIDE * i22, c00 - WIDE, minor - WIDE * c00)
    wide = min(wide, i22 - ROUND * a00 * a11, det - ROUND * a00 * a11 * a22, c00 - ROUND * L[9], c11 - ROUND * L[14])
    wide = min(wide, c22 - ROUND * L[20], minor - ROUND * c00 * c11, last - ROUND * c00 * c11 * c22)
    return min(last - WIDE * minor, wide)


@lean
def check(W):  # type: ignore[no-untyped-def]
    """The `margin` of each lane's covariance in the row SOUND."""
    for lane in range(LANES):
        W[SOUND + lane] = margin(_half(W, HALF + lane))
