"""Motion: an interacting multiple model of steady and manoeuvring flight (Blom and Bar-Shalom 1988, IEEE TAC 33(8)).

Both models are near-constant velocity with white acceleration; they differ in its intensity. Steady flight keeps a straight
track quiet; manoeuvring follows turns, stops and dashes. An object changes from one to the other as a Markov chain in
continuous time, so that any step length works. A hovering drone is a steady one with no speed.

    mu_k  probability of model k        x_k, P_k  its state        c_k  mu_k after the step, w_jk the share of j in k
    mix:    x_0k = sum_j w_jk x_j,   P_0k = sum_j w_jk (P_j + d d')
    match:  x = sum_k mu_k x_k,      P = sum_k mu_k (P_k + d d')

Everything else of the tracker sees x and P, the matched pair. With two models d d' of both sums is one product.
"""

from __future__ import annotations

import math

from picket._jit import lean

STEADY, MANOEUVRE = 0, 1
STEADY_H, STEADY_V = 0.5, 0.02  # m^2/s^3, intensity of white acceleration, across and up
MANOEUVRE_H, MANOEUVRE_V = 16.0, 0.2  # a drone turns and brakes with 3 to 6 m/s^2 for a few seconds
STEADY_S, MANOEUVRE_S = 20.0, 5.0  # s, mean stay in each
MANOEUVRE_LEAST = 0.05  # however straight it flew: the first plots of a sharp turn must still lie in the gate
MANOEUVRE_FIRST = 0.3  # probability of a newborn


@lean
def predict(x, P, dt, across, up):  # type: ignore[no-untyped-def]
    """x and P moved dt >= 0 seconds on, in place; across, up: intensity of white acceleration, m^2/s^3."""
    for a in range(3):
        x[a] += dt * x[3 + a]
    for a in range(3):
        for b in range(3):
            P[a, b] += dt * (P[a, 3 + b] + P[3 + a, b]) + dt * dt * P[3 + a, 3 + b]
    for a in range(3):
        for b in range(3):
            P[a, 3 + b] += dt * P[3 + a, 3 + b]
    for a in range(3):
        q = up if a == 2 else across
        P[a, a] += q * dt * dt * dt / 3.0
        P[a, 3 + a] += q * dt * dt / 2.0
        P[3 + a, 3 + a] += q * dt
    for a in range(3):  # the halves stay equal to the last bit
        for b in range(3):
            P[3 + b, a] = P[a, 3 + b]
        for b in range(a):
            P[b, a] = P[a, b]


@lean
def match(xm, Pm, mu, x, P):  # type: ignore[no-untyped-def]
    """x (6,) and P (6, 6) from the models xm (2, 6), Pm (2, 6, 6), mu (2,)."""
    both = mu[0] * mu[1]
    for a in range(6):
        x[a] = mu[0] * xm[0, a] + mu[1] * xm[1, a]
        da = xm[1, a] - xm[0, a]
        for b in range(a + 1):
            P[a, b] = mu[0] * Pm[0, a, b] + mu[1] * Pm[1, a, b] + both * da * (xm[1, b] - xm[0, b])
            P[b, a] = P[a, b]


@lean
def split(x, P, xm, Pm, mu):  # type: ignore[no-untyped-def]
    """Both models start from x and P."""
    for k in range(2):
        for a in range(6):
            xm[k, a] = x[a]
            for b in range(6):
                Pm[k, a, b] = P[a, b]
    mu[STEADY], mu[MANOEUVRE] = 1.0 - MANOEUVRE_FIRST, MANOEUVRE_FIRST


@lean
def advance(xm, Pm, mu, x, P, dt):  # type: ignore[no-untyped-def]
    """All of a track dt > 0 seconds on, in place: mixed, predicted by each model, and matched."""
    rate = 1.0 / STEADY_S + 1.0 / MANOEUVRE_S
    gone = 1.0 - math.exp(-rate * dt)
    to_manoeuvre, to_steady = gone / (rate * STEADY_S), gone / (rate * MANOEUVRE_S)
    c0 = mu[0] * (1.0 - to_manoeuvre) + mu[1] * to_steady
    c1 = mu[0] * to_manoeuvre + mu[1] * (1.0 - to_steady)
    w0, w1 = mu[1] * to_steady / c0, mu[1] * (1.0 - to_steady) / c1  # the manoeuvring model's share in each
    for a in range(6):  # the covariances first: they need the means as they were
        da = xm[1, a] - xm[0, a]
        for b in range(a + 1):
            cross, steady, turning = da * (xm[1, b] - xm[0, b]), Pm[0, a, b], Pm[1, a, b]
            Pm[0, a, b] = Pm[0, b, a] = steady + w0 * (turning - steady) + w0 * (1.0 - w0) * cross
            Pm[1, a, b] = Pm[1, b, a] = steady + w1 * (turning - steady) + w1 * (1.0 - w1) * cross
    for a in range(6):
        steady, turning = xm[0, a], xm[1, a]
        xm[0, a] = steady + w0 * (turning - steady)
        xm[1, a] = steady + w1 * (turning - steady)
    mu[0], mu[1] = c0, c1
    predict(xm[0], Pm[0], dt, STEADY_H, STEADY_V)
    predict(xm[1], Pm[1], dt, MANOEUVRE_H, MANOEUVRE_V)
    match(xm, Pm, mu, x, P)
