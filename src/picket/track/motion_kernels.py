"""Motion: an interacting multiple model of steady and manoeuvring flight (Blom and Bar-Shalom 1988, IEEE TAC 33(8)).

Both models are near-constant velocity with white acceleration; they differ in its intensity. Steady flight keeps a straight
track quiet; manoeuvring follows turns, stops and dashes. An object changes from one to the other as a Markov chain in
continuous time, so that any step length works. A hovering drone is a steady one with no speed.

    mu_k  probability of model k        x_k, P_k  its state        c_k  mu_k after the step, w_jk the share of j in k
    mix:    x_0k = sum_j w_jk x_j,   P_0k = sum_j w_jk (P_j + d d')
    match:  x = sum_k mu_k x_k,      P = sum_k mu_k (P_k + d d')

Everything else of the tracker sees x and P, the matched pair. With two models d d' of both sums is one product.

A model's covariance is kept as its lower half L (21,), row after row, and P not at all: it is worked out where it is asked for, all of it
(`covariance`) or a number (`covariance_at`). A million tracks are 530 MB smaller than with three whole matrices, and there is less to move.
"""

from __future__ import annotations

import math

import numpy as np

from picket._jit import kernel, lean, piece

STEADY, MANOEUVRE = 0, 1
STEADY_H, STEADY_V = 0.25, 0.02  # m^2/s^3, intensity of white acceleration, across and up
MANOEUVRE_H, MANOEUVRE_V = 16.0, 0.2  # a drone turns and brakes with 3 to 6 m/s^2 for a few seconds
STEADY_S, MANOEUVRE_S = 40.0, 8.0  # s, mean stay in each
MANOEUVRE_LEAST = 0.1  # however straight it flew: the first plots of a sharp turn must still lie in the gate
MANOEUVRE_FIRST = 0.2  # probability of a newborn
# where the lower half of a covariance lies in L: place by place, speed by place, speed by speed
P00, P10, P11, P20, P21, P22 = range(6)
V0P0, V0P1, V0P2, V00 = 6, 7, 8, 9
V1P0, V1P1, V1P2, V10, V11 = 10, 11, 12, 13, 14
V2P0, V2P1, V2P2, V20, V21, V22 = 15, 16, 17, 18, 19, 20
DIAGONAL = (P00, P11, P22, V00, V11, V22)


@lean
def pack(P, L):  # type: ignore[no-untyped-def]
    """L (21,) becomes the lower half of P (6, 6)."""
    c = 0
    for a in range(6):
        for b in range(a + 1):
            L[c] = P[a, b]
            c += 1


@lean
def unpack(L, P):  # type: ignore[no-untyped-def]
    """P (6, 6) from its lower half L (21,)."""
    c = 0
    for a in range(6):
        for b in range(a + 1):
            P[a, b] = P[b, a] = L[c]
            c += 1


@piece
def predict(x, L, dt, across, up):  # type: ignore[no-untyped-def]
    """x (6,) and L (21,), half of its covariance, moved dt >= 0 s on, in place; across, up: intensity of white acceleration, m^2/s^3."""
    for a in range(3):
        x[a] += dt * x[3 + a]
    v00, v10, v11, v20, v21, v22, square = L[V00], L[V10], L[V11], L[V20], L[V21], L[V22], dt * dt
    L[P00] += dt * (L[V0P0] + L[V0P0]) + square * v00
    L[P10] += dt * (L[V0P1] + L[V1P0]) + square * v10
    L[P11] += dt * (L[V1P1] + L[V1P1]) + square * v11
    L[P20] += dt * (L[V0P2] + L[V2P0]) + square * v20
    L[P21] += dt * (L[V1P2] + L[V2P1]) + square * v21
    L[P22] += dt * (L[V2P2] + L[V2P2]) + square * v22
    L[P00] += across * dt * dt * dt / 3.0
    L[P11] += across * dt * dt * dt / 3.0
    L[P22] += up * dt * dt * dt / 3.0
    L[V0P0] = L[V0P0] + dt * v00 + across * dt * dt / 2.0
    L[V0P1] += dt * v10
    L[V0P2] += dt * v20
    L[V1P0] += dt * v10
    L[V1P1] = L[V1P1] + dt * v11 + across * dt * dt / 2.0
    L[V1P2] += dt * v21
    L[V2P0] += dt * v20
    L[V2P1] += dt * v21
    L[V2P2] = L[V2P2] + dt * v22 + up * dt * dt / 2.0
    L[V00], L[V11], L[V22] = v00 + across * dt, v11 + across * dt, v22 + up * dt


@piece
def match(xm, mu, x):  # type: ignore[no-untyped-def]
    """x (6,) from the models xm (2, 6), mu (2,)."""
    for a in range(6):
        x[a] = mu[0] * xm[0, a] + mu[1] * xm[1, a]


@piece
def covariance(xm, Pm, mu, P):  # type: ignore[no-untyped-def]
    """P (6, 6) of the match, from the models xm (2, 6), Pm (2, 21), mu (2,)."""
    both, c = mu[0] * mu[1], 0
    for a in range(6):
        da = xm[1, a] - xm[0, a]
        for b in range(a + 1):
            P[a, b] = P[b, a] = mu[0] * Pm[0, c] + mu[1] * Pm[1, c] + both * da * (xm[1, b] - xm[0, b])
            c += 1


@piece
def covariance_at(tracks, i, a, b):  # type: ignore[no-untyped-def]
    """P[a, b] of track i's match, b <= a."""
    xm, Pm, mu, c = tracks.xm[i], tracks.Pm[i], tracks.mu[i], a * (a + 1) // 2 + b
    return mu[0] * Pm[0, c] + mu[1] * Pm[1, c] + mu[0] * mu[1] * (xm[1, a] - xm[0, a]) * (xm[1, b] - xm[0, b])


@kernel
def covariances(tracks, slots):  # type: ignore[no-untyped-def]
    """(M, 6, 6) P of the tracks in the slots (M,)."""
    P = np.empty((slots.shape[0], 6, 6))
    for k in range(slots.shape[0]):
        covariance(tracks.xm[slots[k]], tracks.Pm[slots[k]], tracks.mu[slots[k]], P[k])
    return P


@lean
def split(x, P, xm, Pm, mu):  # type: ignore[no-untyped-def]
    """Both models start from x and P."""
    for k in range(2):
        for a in range(6):
            xm[k, a] = x[a]
        pack(P, Pm[k])
    mu[STEADY], mu[MANOEUVRE] = 1.0 - MANOEUVRE_FIRST, MANOEUVRE_FIRST


@lean
def slow(x, P, xm, Pm, mu, prior, sigma):  # type: ignore[no-untyped-def]
    """Gives a newborn's speed a long tail: after `split`, its steady model alone is told that most are slow, and x is matched anew.

    prior, sigma: m/s along each axis over the ground, of all that x and P came from and of the steady model. It is as if the speed had been
    measured as nothing with the variance that makes one of the other, and how well that fits weighs the models: what a plot says of
    the speed is in x and P already. P becomes the steady model's.
    """
    extra, log_fit = 1.0 / (1.0 / (sigma * sigma) - 1.0 / (prior * prior)), 0.0
    for a in range(3, 5):
        S, v = P[a, a] + extra, x[a]
        log_fit -= 0.5 * (v * v / S + math.log(S / (prior * prior + extra)))
        for k in range(6):
            xm[STEADY, k] = P[k, a]
        for k in range(6):
            if xm[STEADY, k] != 0.0:  # before most sensors a newborn's speed hangs together with nothing
                x[k] -= xm[STEADY, k] * v / S
                for h in range(6):
                    P[k, h] -= xm[STEADY, k] * xm[STEADY, h] / S
    for k in range(6):
        xm[STEADY, k] = x[k]
    pack(P, Pm[STEADY])
    fit = mu[STEADY] * math.exp(max(log_fit, -30.0))
    mu[STEADY] = min(fit / (fit + mu[MANOEUVRE]), 1.0 - MANOEUVRE_LEAST)
    mu[MANOEUVRE] = 1.0 - mu[STEADY]
    match(xm, mu, x)


@piece
def advance(xm, Pm, mu, x, dt):  # type: ignore[no-untyped-def]
    """All of a track dt > 0 seconds on, in place: mixed, predicted by each model, and matched."""
    rate = 1.0 / STEADY_S + 1.0 / MANOEUVRE_S
    gone = 1.0 - math.exp(-rate * dt)
    to_manoeuvre, to_steady = gone / (rate * STEADY_S), gone / (rate * MANOEUVRE_S)
    c0 = mu[0] * (1.0 - to_manoeuvre) + mu[1] * to_steady
    c1 = mu[0] * to_manoeuvre + mu[1] * (1.0 - to_steady)
    w0, w1 = mu[1] * to_steady / c0, mu[1] * (1.0 - to_steady) / c1  # the manoeuvring model's share in each
    c = 0
    for a in range(6):  # the covariances first: they need the means as they were
        da = xm[1, a] - xm[0, a]
        for b in range(a + 1):
            cross, steady, turning = da * (xm[1, b] - xm[0, b]), Pm[0, c], Pm[1, c]
            Pm[0, c] = steady + w0 * (turning - steady) + w0 * (1.0 - w0) * cross
            Pm[1, c] = steady + w1 * (turning - steady) + w1 * (1.0 - w1) * cross
            c += 1
    for a in range(6):
        steady, turning = xm[0, a], xm[1, a]
        xm[0, a] = steady + w0 * (turning - steady)
        xm[1, a] = steady + w1 * (turning - steady)
    mu[0], mu[1] = c0, c1
    predict(xm[0], Pm[0], dt, STEADY_H, STEADY_V)
    predict(xm[1], Pm[1], dt, MANOEUVRE_H, MANOEUVRE_V)
    match(xm, mu, x)
