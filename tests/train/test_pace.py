"""The exercise's clock: it stands, runs faster, never goes back, and another process reads the same time from one line."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.train.pace import SPEEDS, ExerciseClock, Pace, PaceError
from picket.train.send_exercise import Told

STEPS = st.lists(
    st.tuples(st.floats(0.0, 100.0), st.one_of(st.sampled_from(["pause", "go", "slow"]), st.sampled_from(SPEEDS))),
    min_size=1,
    max_size=12,
)


@given(STEPS)
def test_time_never_goes_back_and_the_line_says_it_all(steps: list[tuple[float, str | int]]) -> None:
    now = [50.0]
    clock = ExerciseClock(1000.0, lambda: now[0])
    expected, speed, paused, share = 1000.0, 1.0, False, 1.0
    for wait, what in steps:
        before = clock()
        now[0] += wait
        expected += 0.0 if paused else wait * speed * share
        assert clock() >= before
        assert math.isclose(clock(), expected, rel_tol=1e-12)
        if what == "pause":
            pace, paused = clock.pause(), True
        elif what == "go":
            pace, paused = clock.go(), False
        elif what == "slow":
            pace, share = clock.set_share(0.3), 0.3
        else:
            speed, share = float(what), 1.0
            pace = clock.set_speed(speed)
        assert Pace.read(pace.line()) == clock.pace
        assert clock.paused == paused
        assert math.isclose(clock(), expected, rel_tol=1e-12)  # no change makes it jump


@pytest.mark.parametrize("line", ["", "pace", "pace 1 2", "pace a b c", "speed 1 2 3", "pace 1 2 3 4"])
def test_a_line_that_is_no_pace_is_named(line: str) -> None:
    with pytest.raises(PaceError, match="expected 'pace SINCE AT SPEED'"):
        Pace.read(line)


def test_the_simulator_takes_pace_and_injects_and_passes_over_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    told = Told(Pace(1000.0, 0.0, 1.0))
    told.take("pace 2000.0 5.0 0.0")
    told.take("inject a fog bank 12.5")
    told.take("pace nonsense")
    told.take("inject fog soon")
    assert told.clock() == 2000.0
    assert told.injected == {"a fog bank": 12.5}
    assert capsys.readouterr().err.count("exercise:") == 2
