"""Run -> Score -> page: what the watch would have seen and done, and when."""

from __future__ import annotations

from picket.train.score.scoring import read_score, score
from picket.train.score.sheet import AlarmLoad, Event, Met, Moment, Score, SensorSight

__all__ = ["AlarmLoad", "Event", "Met", "Moment", "Score", "SensorSight", "read_score", "score"]
