"""Members of a group share their speed; those that only pass each other do not."""

from __future__ import annotations

import numpy as np
import pytest

from picket.track.layout_kernels import CONFIRMED, new_tracks
from picket.track.motion_kernels import match, pack, unpack
from picket.track.together_kernels import MEMORY, SAME_MPS2, _told, share_speed


def _group(speeds: np.ndarray, sigma: float = 2.0, group: int = 7) -> tuple[object, np.ndarray]:
    """Tracks of one group with these speeds (n, 2) over the ground, each known to sigma m/s; and what a look's edges name."""
    n = len(speeds)
    tracks = new_tracks(n, 1)
    tracks.status[:], tracks.group[:] = CONFIRMED, group
    tracks.mu[:] = [0.9, 0.1]
    P = np.diag([900.0, 900.0, 900.0, sigma**2, sigma**2, 1.0])
    P[[0, 1, 3, 4], [3, 4, 0, 1]] = 0.7 * 30.0 * sigma
    for i in range(n):
        for k in range(2):
            tracks.xm[i, k] = [40.0 * i, 0.0, 100.0, *speeds[i], 0.0]
            pack(P, tracks.Pm[i, k])
        match(tracks.xm[i], tracks.mu[i], tracks.x[i])
    return tracks, np.repeat(np.arange(n), 2)


def test_being_told_a_speed_is_a_measurement_whose_place_counts_more() -> None:
    rng = np.random.default_rng(1)
    A = rng.normal(0, 1, (6, 6)) * np.array([30, 30, 40, 5, 5, 1])[:, None]
    P, x = A @ A.T, rng.normal(0, 10, 6)
    for a in (3, 4, 5):
        L, told = np.empty(21), x.copy()
        pack(P, L)
        _told(told, L, a, 4.0, 2.5)
        step = P[:, a] / (P[a, a] + 2.5) * (4.0 - x[a])
        assert told[3:] == pytest.approx((x + step)[3:])
        assert told[:3] == pytest.approx((x + MEMORY * step)[:3])


def test_speeds_within_their_errors_come_together_and_nothing_is_held_surer() -> None:
    speeds = np.array([[10.0, 5.0], [12.0, 4.0], [11.0, 6.5], [9.0, 5.5]])
    tracks, edges = _group(speeds)
    before = tracks.Pm.copy()
    share_speed(tracks, edges)
    others = np.array([np.delete(speeds, i, 0).mean(0) for i in range(4)])
    assert tracks.xm[:, 0, 3:5] == pytest.approx(speeds + (others - speeds) * 4.0 / (4.0 + SAME_MPS2 + 4.0))
    assert tracks.xm[:, 1, 3:5] == pytest.approx(speeds)  # the manoeuvring model goes its own way
    assert (tracks.Pm == before).all()
    P = np.empty((6, 6))
    unpack(tracks.Pm[0, 0], P)
    assert np.ptp(tracks.x[:, 3]) < np.ptp(speeds[:, 0])


@pytest.mark.parametrize("case", ["courses 30 degrees apart", "no group", "two of them", "not touched"])
def test_others_are_left_as_they_are(case: str) -> None:
    speeds = np.array([[10.0, 5.0], [11.0, 5.0], [10.0, 6.0]])
    if case == "courses 30 degrees apart":
        turn = np.radians([0, 30, 60, 90])
        speeds = 14.0 * np.column_stack([np.sin(turn), np.cos(turn)])
    tracks, edges = _group(speeds, group=-1 if case == "no group" else 7)
    if case == "two of them":
        tracks.group[2] = 8
    if case == "not touched":
        edges = edges[:0]
    share_speed(tracks, edges)
    assert tracks.xm[:, 0, 3:5] == pytest.approx(speeds)
