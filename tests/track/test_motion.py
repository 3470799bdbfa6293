"""The models of motion and a newborn's height, against plain NumPy and numerical integration."""

from __future__ import annotations

import numpy as np
import pytest
import track_sim as sim
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.track import Tracker
from picket.track import begin_kernels as born
from picket.track import motion_kernels as motion
from picket.track.layout_kernels import ACCELERATION_H, ACCELERATION_V, new_tracks


def _start(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two models with different states, and their probabilities."""
    rng = np.random.default_rng(seed)
    root = rng.normal(0, 5, (2, 6, 6))
    return rng.normal(0, 50, (2, 6)), root @ root.transpose(0, 2, 1) + np.eye(6), np.array([0.7, 0.3])


def _plain(x: np.ndarray, P: np.ndarray, dt: float, across: float, up: float) -> tuple[np.ndarray, np.ndarray]:
    F, q = np.eye(6), np.diag([across, across, up])
    F[:3, 3:] = dt * np.eye(3)
    Q = np.block([[q * dt**3 / 3, q * dt**2 / 2], [q * dt**2 / 2, q * dt]])
    return F @ x, F @ P @ F.T + Q


@given(st.integers(0, 10_000), st.floats(1e-3, 60.0))
@settings(max_examples=50, deadline=None)
def test_a_step_is_the_textbook_mix_and_prediction(seed: int, dt: float) -> None:
    xm, Pm, mu = _start(seed)
    rates = np.array([[-1 / motion.STEADY_S, 1 / motion.STEADY_S], [1 / motion.MANOEUVRE_S, -1 / motion.MANOEUVRE_S]])
    values, vectors = np.linalg.eig(rates)
    chain = (vectors @ np.diag(np.exp(values * dt)) @ np.linalg.inv(vectors)).real
    c = mu @ chain
    wanted_x, wanted_P = [], []
    for k, (across, up) in enumerate(((motion.STEADY_H, motion.STEADY_V), (motion.MANOEUVRE_H, motion.MANOEUVRE_V))):
        w = mu * chain[:, k] / c[k]
        mixed = w @ xm
        spread = sum(w[j] * (Pm[j] + np.outer(xm[j] - mixed, xm[j] - mixed)) for j in range(2))
        x, P = _plain(mixed, spread, dt, across, up)
        wanted_x.append(x)
        wanted_P.append(P)
    x, P = np.zeros(6), np.zeros((6, 6))
    half = np.ascontiguousarray(Pm[..., *np.tril_indices(6)])
    motion.advance(xm, half, mu, x, dt)
    motion.covariance(xm, half, mu, P)
    for k in range(2):
        motion.unpack(half[k], Pm[k])
    assert mu == pytest.approx(c)
    assert xm == pytest.approx(np.array(wanted_x))
    assert np.allclose(Pm, wanted_P, rtol=1e-9)
    mean = c @ np.array(wanted_x)
    matched = sum(c[k] * (wanted_P[k] + np.outer(wanted_x[k] - mean, wanted_x[k] - mean)) for k in range(2))
    assert x == pytest.approx(mean)
    assert np.allclose(P, matched, rtol=1e-9)
    assert np.array_equal(P, P.T)
    assert np.linalg.eigvalsh(P).min() > 0
    tracks = new_tracks(1, 1)
    tracks.xm[0], tracks.Pm[0], tracks.mu[0] = xm, half, mu
    assert motion.covariances(tracks, np.array([0]))[0].tobytes() == P.tobytes()
    assert [motion.covariance_at(tracks, 0, a, b) for a in range(6) for b in range(a + 1)] == P[np.tril_indices(6)].tolist()


@pytest.mark.parametrize(("rate", "sigma"), [(3.0, 1.0), (-25.0, 2.0), (60.0, 1.0), (8.0, 30.0)])
def test_a_newborns_speed_has_a_long_tail(rate: float, sigma: float) -> None:
    """Against a plot's update of each model's own prior, weighed by how likely the plot was under it."""
    h = np.array([0.0, 0.0, 0.0, 0.6, 0.8, 0.0])  # a range rate seen from the south-west

    def after(across: float) -> tuple[np.ndarray, np.ndarray, float]:
        P = np.diag([100.0, 400.0, 900.0, across**2, across**2, 1.0])
        S = h @ P @ h + sigma**2
        K = P @ h / S
        return K * rate, P - np.outer(K, K) * S, float(np.exp(-0.5 * rate**2 / S) / np.sqrt(S))

    wide, narrow = after(40.0), after(10.0)
    first = np.array([1 - motion.MANOEUVRE_FIRST, motion.MANOEUVRE_FIRST]) * [narrow[2], wide[2]]
    steady = min(first[0] / first.sum(), 1 - motion.MANOEUVRE_LEAST)
    wanted = np.array([steady, 1 - steady])
    x, P, xm, half, mu = wide[0].copy(), wide[1].copy(), np.zeros((2, 6)), np.zeros((2, 21)), np.zeros(2)
    motion.split(x, P, xm, half, mu)
    motion.slow(x, P, xm, half, mu, 40.0, 10.0)
    Pm = np.zeros((2, 6, 6))
    for k, model in enumerate((narrow, wide)):
        motion.unpack(half[k], Pm[k])
        assert xm[k] == pytest.approx(model[0])
        assert np.allclose(Pm[k], model[1])
    assert mu == pytest.approx(wanted, abs=1e-6)
    assert x == pytest.approx(wanted @ np.array([narrow[0], wide[0]]))
    assert np.linalg.eigvalsh(P).min() > 0


def test_a_sharp_turn_seldom_breaks_a_track() -> None:
    sensor = sim.radar(sigma_azimuth_deg=0.05, sigma_elevation_deg=0.05, sigma_range_m=2)
    broken = 0
    for seed in range(10):
        rng, ids = np.random.default_rng(seed), set()
        tracker, place, heading = Tracker(sim.site(sensor)), np.array([1500.0, 0.0, 100.0]), 0.0
        for k in range(50):
            heading += np.radians(20.0) if k >= 40 else 0.0
            place = place + 15.0 * np.array([np.sin(heading), np.cos(heading), 0.0])
            ids |= {row["track_id"] for row in sim.confirmed(tracker.step(sim.plots(rng, sim.T0 + k, place, sensor, pd=1.0)))}
        broken += len(ids) > 1
    assert broken <= 2


def test_a_turn_raises_the_manoeuvring_model_and_straight_flight_lowers_it() -> None:
    rng = np.random.default_rng(1)
    sensor = sim.radar(sigma_azimuth_deg=0.05, sigma_elevation_deg=0.05, sigma_range_m=2)
    tracker, place, heading = Tracker(sim.site(sensor)), np.array([1500.0, 0.0, 100.0]), 0.0
    seen = []
    for k in range(50):
        heading += np.radians(20.0) if k >= 40 else 0.0
        place = place + 15.0 * np.array([np.sin(heading), np.cos(heading), 0.0])
        tracker.step(sim.plots(rng, sim.T0 + k, place, sensor, pd=1.0))
        seen.append(float(tracker._pool.tracks.mu[0, motion.MANOEUVRE]))
    assert seen[39] < 0.2
    assert max(seen[42:]) > 0.8


def test_a_place_is_stated_as_sure_as_the_likelier_model_says() -> None:
    """Straight on and in a turn, at once and 2 s on: its own variance, and how far what is stated lies from its mean."""
    rng = np.random.default_rng(1)
    sensor = sim.radar(sigma_azimuth_deg=0.05, sigma_elevation_deg=0.05, sigma_range_m=2)
    tracker, place, heading = Tracker(sim.site(sensor)), np.array([1500.0, 0.0, 100.0]), 0.0
    likelier = set()
    for k in range(46):
        heading += np.radians(20.0) if k >= 40 else 0.0
        place = place + 15.0 * np.array([np.sin(heading), np.cos(heading), 0.0])
        now = tracker.step(sim.plots(rng, sim.T0 + k, place, sensor, pd=1.0))
        tracks = tracker._pool.tracks
        model = int(np.argmax(tracks.mu[0]))
        P = np.zeros((6, 6))
        motion.unpack(tracks.Pm[0, model], P)
        beside = np.outer(tracks.x[0] - tracks.xm[0, model], tracks.x[0] - tracks.xm[0, model])
        assert now["sigma_horizontal_m"][0] ** 2 == pytest.approx(np.trace((P + beside)[:2, :2]) / 2, rel=1e-9)
        assert now["sigma_vertical_m"][0] ** 2 == pytest.approx((P + beside)[2, 2], rel=1e-9)
        assert now["sigma_velocity_mps"][0] ** 2 == pytest.approx(
            np.trace(motion.covariances(tracks, np.array([0]))[0, 3:5, 3:5]) / 2, rel=1e-9
        )
        likelier.add(model)
    assert likelier == {motion.STEADY, motion.MANOEUVRE}
    F = np.eye(6)
    F[:3, 3:] = 2.0 * np.eye(3)
    later = tracker.advance(sim.T0 + 47.0)
    noise = np.array([ACCELERATION_H, ACCELERATION_H, ACCELERATION_V]) * 2.0**3 / 3
    on = np.diag(F @ (P + beside) @ F.T)[:3] + noise
    assert later["sigma_horizontal_m"][0] ** 2 == pytest.approx(on[:2].mean(), rel=1e-9)
    assert later["sigma_vertical_m"][0] ** 2 == pytest.approx(on[2], rel=1e-9)


@pytest.mark.parametrize(("z", "sigma"), [(100.0, 110.0), (-60.0, 80.0), (400.0, 60.0), (20.0, 5.0)])
def test_a_newborns_height_has_the_moments_of_measurement_times_prior(z: float, sigma: float) -> None:
    h = np.linspace(0.0, 3000.0, 600_001)
    log_density = -0.5 * ((h - z) / sigma) ** 2 - h / 300.0
    density = np.exp(log_density - log_density.max())
    density /= density.sum()
    mean = float(density @ h)
    var = float(density @ (h - mean) ** 2)
    x, P = np.array([0.0, 0.0, z, 0.0, 0.0, 0.0]), np.diag([400.0, 400.0, sigma**2, 25.0, 25.0, 9.0])
    P[0, 2] = P[2, 0] = 5.0
    east = 5.0 * (mean - z) / sigma**2
    born._above_ground(x, P, 0.0, 300.0, np.empty(6))
    assert x[2] == pytest.approx(mean, abs=0.05)
    assert P[2, 2] == pytest.approx(max(var, 0.05 * sigma**2), rel=1e-3)
    assert x[0] == pytest.approx(east, abs=1e-3)
    assert np.linalg.eigvalsh(P).min() > 0


def test_what_a_first_look_shows_beyond_its_clutter_is_confirmed_by_the_second() -> None:
    rng = np.random.default_rng(7)
    sensor = sim.radar(clutter_per_scan=20)
    angles = np.linspace(0, 6.0, 60)
    places = np.column_stack([3000 * np.cos(angles), 3000 * np.sin(angles), np.full(60, 120.0)])
    tracker = Tracker(sim.site(sensor))
    tracker.step(sim.plots(rng, sim.T0, places, sensor, pd=1.0, clutter=20.0))
    second = tracker.step(sim.plots(rng, sim.T0 + 1, places + np.array([8.0, 0.0, 0.0]), sensor, pd=1.0, clutter=20.0))
    assert 55 <= len(sim.confirmed(second)) <= 66
