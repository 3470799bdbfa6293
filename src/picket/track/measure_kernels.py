"""Measurement models: innovation and Jacobian of one plot, and the algebra of one update.

A plot measured at t while the track already stands at T >= t is compared with H_v = -(T - t) H_p: the place at t is
p - (T - t) v, so nothing is ever predicted backwards (Bar-Shalom, Li, Kirubarajan 2001, section 6.4, without the
correlation term; the noise of the span is added to R, which errs on the safe side).
"""

from __future__ import annotations

import math

from picket._jit import lean, piece
from picket.track.conditions_kernels import crowding
from picket.track.layout_kernels import (
    ACCELERATION_H,
    ACCELERATION_V,
    CLAIM_DENSITY,
    CLAIM_EXISTENCE,
    HEIGHT_SPAN_M,
    POSITION,
    SPEED_SPAN_MPS,
    TAU,
)

ANONYMOUS_CLAIM_EXISTENCE = 0.2
POSITION_FORM = 64  # see `form_of`
NARROW_RAD = 0.52  # clutter lies low: however high a radar looks, it is spread over no more than 30 degrees


@lean
def _site_row(H, m, rotation, a, b, c, lag, first):  # type: ignore[no-untyped-def]
    """Row m of H from a gradient (a, b, c) in the sensor's frame, on the place (first = 0)."""
    for k in range(3):
        g = rotation[0, k] * a + rotation[1, k] * b + rotation[2, k] * c
        H[m, first + k] = g
        if first == 0:
            H[m, 3 + k] = -lag * g


@lean
def expected(x, lag, form, sigma, rotation, offset, H, h, R):  # type: ignore[no-untyped-def]
    """Fills rows 0..m-1 of H (6, 6), the values h (6,) that a plot of this form should have, and the variances R (6,); returns m.

    lag: T - t, how much older the plot is than the state x. form, sigma: of the plot (`form_of`); rotation, offset: of its
    sensor. They come one by one because a call that passes whole NamedTuples copies every array's header: measured as half
    of the gate's time.
    """
    m = 0
    drift_h, drift_v = ACCELERATION_H * lag * lag * lag / 3.0, ACCELERATION_V * lag * lag * lag / 3.0
    if form & POSITION_FORM:
        for k in range(6):
            if not form >> k & 1:
                continue
            for c in range(6):
                H[m, c] = 0.0
            H[m, k] = 1.0
            h[m] = x[k]
            R[m] = sigma[k] * sigma[k]
            if k < 3:
                H[m, 3 + k] = -lag
                h[m] -= lag * x[3 + k]
                R[m] += drift_v if k == 2 else drift_h
            m += 1
        return m
    e = n = u = ve = vn = vu = 0.0
    for k in range(3):
        d = x[k] - lag * x[3 + k] - offset[k]
        e += rotation[0, k] * d
        n += rotation[1, k] * d
        u += rotation[2, k] * d
        ve += rotation[0, k] * x[3 + k]
        vn += rotation[1, k] * x[3 + k]
        vu += rotation[2, k] * x[3 + k]
    ground = max(math.sqrt(e * e + n * n), 1.0)
    r = max(math.sqrt(ground * ground + u * u), 1.0)
    g2, r2 = ground * ground, r * r
    if form & 1:
        _site_row(H, m, rotation, e / r, n / r, u / r, lag, 0)
        h[m] = r
        R[m] = sigma[0] * sigma[0] + drift_h
        m += 1
    if form & 2:
        _site_row(H, m, rotation, n / g2, -e / g2, 0.0, lag, 0)
        h[m] = math.atan2(e, n)
        R[m] = sigma[1] * sigma[1] + drift_h / g2
        m += 1
    if form & 4:
        _site_row(H, m, rotation, -e * u / (ground * r2), -n * u / (ground * r2), ground / r2, lag, 0)
        h[m] = math.atan2(u, ground)
        R[m] = sigma[2] * sigma[2] + drift_v / r2
        m += 1
    if form & 8:
        for c in range(6):
            H[m, c] = 0.0
        rate = (e * ve + n * vn + u * vu) / r
        _site_row(H, m, rotation, (ve - e / r * rate) / r, (vn - n / r * rate) / r, (vu - u / r * rate) / r, lag, 0)
        for k in range(3):
            H[m, 3 + k] += rotation[0, k] * e / r + rotation[1, k] * n / r + rotation[2, k] * u / r
        h[m] = rate
        R[m] = sigma[3] * sigma[3] + ACCELERATION_H * lag
        m += 1
    return m


@piece
def form_of(kind, z):  # type: ignore[no-untyped-def]
    """What a plot measures, as bits: bit k = z[k] is a measurement, POSITION_FORM = they are a place and its rates."""
    form = POSITION_FORM if kind == POSITION else 0
    for k in range(6 if kind == POSITION else 4):
        if not math.isnan(z[k]):
            form |= 1 << k
    return form


@piece
def residual(form, z, h, v):  # type: ignore[no-untyped-def]
    """v = z - h over the values measured (v, h packed, z not); the azimuth's is the short way round."""
    m = 0
    for k in range(6):
        if form >> k & 1:
            v[m] = z[k] - h[m]
            if k == 1 and form < POSITION_FORM:
                v[m] -= TAU * math.floor(v[m] / TAU + 0.5)
            m += 1


@piece
def alike(form, lag, sigma, known):  # type: ignore[no-untyped-def]
    """True when H and S of a track, made for `known` (8,), serve for a plot of this form, lag and accuracy too."""
    if known[0] != form or known[1] != lag:
        return False
    same = True
    for k in range(6):
        same = same and known[2 + k] == sigma[k]
    return same


@piece
def remember(form, lag, sigma, known):  # type: ignore[no-untyped-def]
    """What `alike` compares with."""
    known[0], known[1] = form, lag
    for k in range(6):
        known[2 + k] = sigma[k]


@lean
def innovation(x, lag, kind, z, sigma, rotation, offset, H, h, v, R):  # type: ignore[no-untyped-def]
    """Fills H (6, 6), h (6,), v (6,) and the variances R (6,) for one plot; returns m, the number of measured values."""
    form = form_of(kind, z)
    m = expected(x, lag, form, sigma, rotation, offset, H, h, R)
    residual(form, z, h, v)
    return m


@lean
def factor(P, H, R, m, form, lag, PHt, L):  # type: ignore[no-untyped-def]
    """PHt (6, m) and L with L L' = S = H P H' + R; returns log det S. A plot of the place alone has H = [G, -lag G], which saves work."""
    width = 3 if lag == 0.0 and form < 8 else 6
    for i in range(m):
        for a in range(6):
            total = P[a, 0] * H[i, 0] + P[a, 1] * H[i, 1] + P[a, 2] * H[i, 2]
            if width == 6:
                total += P[a, 3] * H[i, 3] + P[a, 4] * H[i, 4] + P[a, 5] * H[i, 5]
            PHt[a, i] = total
    det = 1.0
    for i in range(m):
        for k in range(i + 1):
            total = R[i] if i == k else 0.0
            for a in range(width):
                total += H[i, a] * PHt[a, k]
            for c in range(k):
                total -= L[i, c] * L[k, c]
            if i == k:
                total = max(total, 1e-12 * R[i])
                L[i, i] = math.sqrt(total)
                det *= total
            else:
                L[i, k] = total / L[k, k]
    return math.log(det)


@lean
def distance(L, v, m, bound):  # type: ignore[no-untyped-def]
    """v' S^-1 v, or the first partial sum of it that is over `bound` (every term is positive, so the whole is too). v becomes L^-1 v."""
    total = 0.0
    for i in range(m):
        for c in range(i):
            v[i] -= L[i, c] * v[c]
        v[i] /= L[i, i]
        total += v[i] * v[i]
        if not total <= bound:
            break
    return total


@lean
def spread_over_area(r, near, far):  # type: ignore[no-untyped-def]
    """How many more false plots there are at range r than at half the range, for the same span of range."""
    return min(max(2.0 * r / (far + near), 0.5), 2.0)


@piece
def background(plots, j, sensors):  # type: ignore[no-untyped-def]
    """(clutter, birth): intensities in the space of what plot j measures, at its place."""
    s = plots.sensor[j]
    if plots.kind[j] == POSITION:
        if sensors.claims[s] == 1:
            named = plots.ident[j] >= 0 or plots.transmitter[j] >= 0
            begins = CLAIM_EXISTENCE if named else ANONYMOUS_CLAIM_EXISTENCE
            density = CLAIM_DENSITY
        else:
            density = (sensors.clutter[s] + sensors.birth[s]) / (0.5 * TAU * sensors.range_max[s] * sensors.range_max[s])
            begins = sensors.birth[s] / (sensors.clutter[s] + sensors.birth[s])
        for k in range(2, 6):
            if not math.isnan(plots.z[j, k]):
                density /= HEIGHT_SPAN_M if k == 2 else SPEED_SPAN_MPS
        return density * (1.0 - begins), density * begins
    volume = sensors.sectors[s, 0, 1]
    if not math.isnan(plots.z[j, 2]):
        volume *= min(sensors.elevation[s, 1] - sensors.elevation[s, 0], NARROW_RAD)
    if not math.isnan(plots.z[j, 3]):
        volume *= SPEED_SPAN_MPS
    if math.isnan(plots.z[j, 0]):
        return sensors.clutter[s] / volume, sensors.birth[s] * sensors.pd[s] / volume
    volume *= sensors.range_max[s] - sensors.range_min[s]
    volume /= spread_over_area(plots.z[j, 0], sensors.range_min[s], sensors.range_max[s])
    clutter = sensors.clutter[s] * crowding(plots, j, s, sensors)
    return clutter / volume, max(sensors.birth[s], sensors.fresh[s]) * sensors.pd[s] / volume
