"""What a track is taken for by the way it has flown: memory that no rate changes, and who may be called what."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.track.habit_kernels import HEIGHT, LEAST, NOW, SINCE, SPEED, TURNING, UNTIL, VARIANCE, forget, note
from picket.track.layout_kernels import CLASSES, HABITS
from picket.track.picture_kernels import classify
from picket.track.ways_kernels import SCRATCH, STANDS_AT

Floats = npt.NDArray[np.float64]
NO_NAMES, NOTHING_SAID = np.full(8, -1, np.int64), np.zeros(4)


def _habit(
    speed: float,
    height: float = 80.0,
    *,
    slower: float = 2.5,
    turning: float = STANDS_AT,
    sigma: float = 3.5,
    for_s: float = 40.0,
) -> Floats:
    """The memory of a track that has flown so for some time; sigma: m/s of its velocity."""
    habit = np.zeros(HABITS)
    habit[UNTIL] = for_s
    habit[SPEED] = habit[NOW] = speed
    habit[VARIANCE], habit[LEAST], habit[TURNING], habit[HEIGHT] = sigma**2, speed - slower, turning, height
    return habit


def _classes(habit: Floats, height_sigma: float = 25.0, said: Floats = NOTHING_SAID) -> dict[str, float]:
    out = np.zeros(4)
    classify(NO_NAMES, said, habit, float(habit[HEIGHT]), height_sigma**2, False, out, np.empty((3, SCRATCH)))
    assert out.sum() == pytest.approx(1.0)
    return dict(zip(CLASSES, out.tolist(), strict=True))


def _flown(velocity: list[tuple[float, float]], every_s: float, seconds: float) -> Floats:
    """The memory after so long, a plot each `every_s`; velocity: m/s east and north by second."""
    habit = np.zeros(HABITS)
    forget(habit)
    for k in range(int(seconds / every_s) + 1):
        t = k * every_s
        east, north = velocity[min(int(t), len(velocity) - 1)]
        note(habit, np.array([0.0, 0.0, 90.0, east, north, 0.0]), 9.0, 0.2, 1000.0 + t)
    return habit


@settings(max_examples=60, deadline=None)
@given(
    speed=st.floats(5.0, 30.0), height=st.floats(30.0, 500.0), turning=st.floats(0.05, STANDS_AT), sigma=st.floats(0.5, 8.0),
    slower=st.floats(0.5, 6.0), for_s=st.floats(10.0, 600.0),
)  # fmt: skip
def test_steady_flight_at_any_height_is_never_surely_a_bird(
    speed: float, height: float, turning: float, sigma: float, slower: float, for_s: float
) -> None:
    """0.7 is what the watch takes for sure, and what it is then silent about."""
    habit = _habit(speed, height, slower=min(slower, speed), turning=turning, sigma=sigma, for_s=for_s)
    assert _classes(habit)["bird"] < 0.7


@pytest.mark.parametrize("height", [50.0, 300.0])
@pytest.mark.parametrize("speed", [20.0, 25.0, 30.0, 35.0, 40.0])
def test_a_fast_drone_is_surely_neither_bird_nor_aircraft(speed: float, height: float) -> None:
    found = _classes(_habit(speed, height, slower=3.5))
    assert found["bird"] < 0.6
    assert found["aircraft"] < 0.8
    assert speed > 30 or found["drone"] > found["aircraft"]


def test_height_alone_names_no_bird() -> None:
    low, high = _classes(_habit(13.0, 60.0)), _classes(_habit(13.0, 400.0))
    assert high["bird"] > low["bird"]  # the ceiling that binds the lawful says something
    assert high["bird"] < 0.7
    unknown = _classes(_habit(13.0, 400.0), height_sigma=150.0)
    assert low["bird"] < unknown["bird"] < high["bird"]


def test_a_coarse_radar_tells_nothing_of_turning() -> None:
    """There the manoeuvring model stands at its prior, however long one looks."""
    brief, long = (_classes(_habit(13.0, for_s=s)) for s in (25.0, 30.0))
    assert long["bird"] == pytest.approx(brief["bird"], abs=0.02)
    assert _classes(_habit(13.0, turning=0.45))["bird"] > 0.75  # a precise one sees it wheel
    assert _classes(_habit(13.0, turning=0.1))["bird"] <= long["bird"]


def test_what_is_slow_at_the_water_is_a_ship_and_over_it_a_drone() -> None:
    """Drones and birds keep low, but off the sea."""
    assert _classes(_habit(3.0, 0.0, slower=1.2), height_sigma=10.0)["vessel"] > 0.7
    over = _classes(_habit(3.0, 60.0, slower=1.2), height_sigma=10.0)
    assert over["vessel"] < 0.1
    assert over["drone"] > 0.75


def test_what_stops_on_its_way_is_a_drone_and_a_sensors_words_win_over_that() -> None:
    habit = _habit(6.0, slower=4.5)
    assert _classes(habit)["drone"] > 0.75
    assert _classes(habit, said=np.array([0.0, 4.0, 0.0, 0.0]))["bird"] > 0.76
    kestrel = _classes(_habit(2.5, 80.0, slower=1.5, turning=0.3))  # hangs in the wind
    assert kestrel["bird"] > 0.1
    assert kestrel["drone"] < 0.8


def test_a_drone_that_dashed_off_from_a_hover_is_no_aircraft() -> None:
    found = _classes(_habit(26.0, 120.0, slower=18.0))
    assert found["drone"] > 0.8
    assert found["aircraft"] < 0.1


def test_what_flies_no_known_way_is_called_nothing() -> None:
    """Chains of false plots are short and leap about: the first that raised a needless alert as a drone had these figures."""
    for chain in ((42.4, 32.0, 9.0, 12.0), (44.0, 27.0, 8.4, 18.0), (28.7, 11.0, 6.2, 5.0)):
        found = _classes(_habit(chain[0], 60.0, slower=chain[1], turning=0.25, sigma=chain[2], for_s=chain[3]))
        assert max(found["drone"], found["bird"]) < 0.7


def test_what_has_flown_for_a_moment_is_not_surely_anything() -> None:
    brief, long = (_classes(_habit(6.0, slower=4.5, for_s=s)) for s in (2.0, 30.0))
    assert abs(brief["drone"] - brief["bird"]) < 0.5 * abs(long["drone"] - long["bird"])


def test_a_noisy_speed_says_less() -> None:
    sure, noisy = (_classes(_habit(26.0, sigma=s)) for s in (2.0, 20.0))
    assert sure["drone"] > noisy["drone"]


@given(st.sampled_from([0.1, 0.5, 2.0, 4.0]))
@settings(deadline=None)
def test_the_memory_is_of_time_and_not_of_plots(every_s: float) -> None:
    """A leg of 20 s at 12 m/s, a stop of 12 s, another leg of 16 s."""
    course = [(12.0, 0.0)] * 20 + [(0.0, 0.0)] * 12 + [(0.0, 12.0)] * 16
    usual, other = _flown(course, 1.0, 47.0), _flown(course, every_s, 47.0)
    assert other[SPEED] == pytest.approx(usual[SPEED], abs=0.9)
    assert other[LEAST] == pytest.approx(usual[LEAST], abs=1.2)
    assert _classes(other)["drone"] == pytest.approx(_classes(usual)["drone"], abs=0.1)


def test_a_gap_is_no_flight() -> None:
    habit = _flown([(10.0, 0.0)], 1.0, 20.0)
    note(habit, np.array([0.0, 0.0, 90.0, 10.0, 0.0, 0.0]), 1.0, 0.2, 1020.0 + 600.0)
    assert habit[UNTIL] - habit[SINCE] == pytest.approx(25.0)
    before = habit.copy()
    note(habit, np.array([0.0, 0.0, 0.0, math.inf, 0.0, 0.0]), 1.0, 0.2, 1000.0)  # older than what is known
    assert np.array_equal(habit, before)
