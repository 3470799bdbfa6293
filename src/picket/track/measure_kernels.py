"""Measurement models: innovation and Jacobian of one plot, and the algebra of one update.

A plot measured at t while the track already stands at T >= t is compared with H_v = -(T - t) H_p: the place at t is
p - (T - t) v, so nothing is ever predicted backwards (Bar-Shalom, Li, Kirubarajan 2001, section 6.4, without the
correlation term; the noise of the span is added to R, which errs on the safe side).
"""

from __future__ import annotations

import math

from picket._jit import kernel
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
NARROW_RAD = 0.52  # clutter lies low: however high a radar looks, it is spread over no more than 30 degrees


@kernel
def predict(x, P, dt):  # type: ignore[no-untyped-def]
    """Near-constant velocity with white acceleration: x and P moved dt >= 0 seconds on, in place."""
    for a in range(3):
        x[a] += dt * x[3 + a]
    for a in range(3):
        for b in range(3):
            P[a, b] += dt * (P[a, 3 + b] + P[3 + a, b]) + dt * dt * P[3 + a, 3 + b]
    for a in range(3):
        for b in range(3):
            P[a, 3 + b] += dt * P[3 + a, 3 + b]
    for a in range(3):
        q = ACCELERATION_V if a == 2 else ACCELERATION_H
        P[a, a] += q * dt * dt * dt / 3.0
        P[a, 3 + a] += q * dt * dt / 2.0
        P[3 + a, 3 + a] += q * dt
    for a in range(3):  # the halves stay equal to the last bit
        for b in range(3):
            P[3 + b, a] = P[a, 3 + b]
        for b in range(a):
            P[b, a] = P[a, b]


@kernel
def _site_row(H, m, rotation, a, b, c, lag, first):  # type: ignore[no-untyped-def]
    """Row m of H from a gradient (a, b, c) in the sensor's frame, on the place (first = 0)."""
    for k in range(3):
        g = rotation[0, k] * a + rotation[1, k] * b + rotation[2, k] * c
        H[m, first + k] = g
        if first == 0:
            H[m, 3 + k] = -lag * g


@kernel
def innovation(x, lag, kind, z, sigma, rotation, offset, H, v, R):  # type: ignore[no-untyped-def]
    """Fills rows 0..m-1 of H (6, 6), v (6,) and the variances R (6,) for a plot; returns m, the number of measured values.

    lag: T - t, how much older the plot is than the state x. kind, z, sigma: of the plot; rotation, offset: of its sensor. They come
    one by one because a call that passes whole NamedTuples copies every array's header: measured as half of the gate's time.
    """
    m = 0
    drift_h, drift_v = ACCELERATION_H * lag * lag * lag / 3.0, ACCELERATION_V * lag * lag * lag / 3.0
    if kind == POSITION:
        for k in range(6):
            if math.isnan(z[k]):
                continue
            for c in range(6):
                H[m, c] = 0.0
            H[m, k] = 1.0
            predicted = x[k]
            R[m] = sigma[k] * sigma[k]
            if k < 3:
                H[m, 3 + k] = -lag
                predicted -= lag * x[3 + k]
                R[m] += drift_v if k == 2 else drift_h
            v[m] = z[k] - predicted
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
    ground = max(math.hypot(e, n), 1.0)
    r = max(math.hypot(ground, u), 1.0)
    for c in range(6):
        H[0, c] = H[1, c] = H[2, c] = 0.0
    _site_row(H, 0, rotation, e / r, n / r, u / r, lag, 0)
    v[0] = z[0] - r
    R[0] = sigma[0] * sigma[0] + drift_h
    g2 = ground * ground
    _site_row(H, 1, rotation, n / g2, -e / g2, 0.0, lag, 0)
    turn = z[1] - math.atan2(e, n)
    v[1] = turn - TAU * math.floor(turn / TAU + 0.5)
    R[1] = sigma[1] * sigma[1] + drift_h / g2
    m = 2
    if not math.isnan(z[2]):
        r2 = r * r
        _site_row(H, 2, rotation, -e * u / (ground * r2), -n * u / (ground * r2), ground / r2, lag, 0)
        v[2] = z[2] - math.atan2(u, ground)
        R[2] = sigma[2] * sigma[2] + drift_v / r2
        m = 3
    if not math.isnan(z[3]):
        for c in range(6):
            H[m, c] = 0.0
        rate = (e * ve + n * vn + u * vu) / r
        _site_row(H, m, rotation, (ve - e / r * rate) / r, (vn - n / r * rate) / r, (vu - u / r * rate) / r, lag, 0)
        for k in range(3):
            H[m, 3 + k] += rotation[0, k] * e / r + rotation[1, k] * n / r + rotation[2, k] * u / r
        v[m] = z[3] - rate
        R[m] = sigma[3] * sigma[3] + ACCELERATION_H * lag
        m += 1
    return m


@kernel
def place_only(kind, z):  # type: ignore[no-untyped-def]
    """True when a plot measures the place and no velocity: its H is [G, -lag G]."""
    return kind != POSITION and math.isnan(z[3])


@kernel
def factor(P, H, R, v, m, sparse, lag, PHt, L, y):  # type: ignore[no-untyped-def]
    """PHt (6, m), L with L L' = S = H P H' + R, y = L^-1 v. Returns (|y|^2, log det S).

    sparse: H is [G, -lag G], which saves half of the work.
    """
    for i in range(m):
        for a in range(6):
            total = P[a, 0] * H[i, 0] + P[a, 1] * H[i, 1] + P[a, 2] * H[i, 2]
            if not (sparse and lag == 0.0):
                total += P[a, 3] * H[i, 3] + P[a, 4] * H[i, 4] + P[a, 5] * H[i, 5]
            PHt[a, i] = total
    width = 3 if sparse and lag == 0.0 else 6
    log_det = distance = 0.0
    for i in range(m):
        for k in range(i + 1):
            total = R[i] if i == k else 0.0
            for a in range(width):
                total += H[i, a] * PHt[a, k]
            for c in range(k):
                total -= L[i, c] * L[k, c]
            if i == k:
                L[i, i] = math.sqrt(max(total, 1e-12 * R[i]))
                log_det += 2.0 * math.log(L[i, i])
            else:
                L[i, k] = total / L[k, k]
        total = v[i]
        for c in range(i):
            total -= L[i, c] * y[c]
        y[i] = total / L[i, i]
        distance += y[i] * y[i]
    return distance, log_det


@kernel
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
    volume = (sensors.range_max[s] - sensors.range_min[s]) * sensors.sectors[s, 0, 1]
    if not math.isnan(plots.z[j, 2]):
        volume *= min(sensors.elevation[s, 1] - sensors.elevation[s, 0], NARROW_RAD)
    if not math.isnan(plots.z[j, 3]):
        volume *= SPEED_SPAN_MPS
    # false plots spread over the area, so that there are more of them far out than in the same span of range close in
    volume /= min(max(2.0 * plots.z[j, 0] / (sensors.range_max[s] + sensors.range_min[s]), 0.5), 2.0)
    return sensors.clutter[s] / volume, sensors.birth[s] * sensors.pd[s] / volume
