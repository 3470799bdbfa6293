"""A sweep's trials work from detections, a run from bytes: on the same flights both come to the same answer."""

from __future__ import annotations

from pathlib import Path

import msgspec

from picket.station import practice
from picket.train import demo_exercise
from picket.train.demo import DEMO
from picket.train.score.scoring import score_of_tables
from picket.train.sweep import SECTORS, Trial, Variant, changed, only_sensing, swept_actor


def test_both_paths_agree_on_a_sample(tmp_path: Path) -> None:
    """The draws differ (a trial sweeps whole turns), so times agree as two watches of one flight do: within a few turns.

    What is in doubt may be told by as much later in one of the two as doubt lasts.
    """
    exercise = demo_exercise()
    actor = swept_actor(exercise)
    gaps = []
    for i, sector in enumerate(SECTORS[::2]):
        made = changed(only_sensing(exercise), actor, Variant(sector=sector, height_m=90.0), 100 + i)
        trial = Trial(made, 100 + i).run()
        at_source = msgspec.structs.replace(made, source=str(DEMO / "exercise.toml"))
        practice.run(at_source, tmp_path / sector, seed=100 + i, seconds=min(made.repeat_s, 300.0))
        found = score_of_tables(tmp_path / sector, made)
        event = next(e for e in found.events if e.actor == actor.id)
        assert (event.track is None) == (trial.track_s is None), sector
        assert (event.alert is None) == (trial.alert_s is None), sector
        assert event.enters_s is not None
        assert trial.enters_s is not None
        if event.alert is not None and trial.warning_s is not None:
            gaps.append(event.alert.margin_s - trial.warning_s)
    assert len(gaps) == 4
    assert max(abs(g) for g in gaps) <= exercise.at_site().alert.doubt_s + 5.0, gaps
    assert abs(sum(gaps) / len(gaps)) <= 6.0, gaps
