"""Would we have seen it? An exercise varied over routes, heights, speeds, numbers, weather and sensors, from detections."""

from __future__ import annotations

from picket.train.sweep.survey import Cell, Gain, Survey, compare, survey, wilson
from picket.train.sweep.trial import Result, Trial
from picket.train.sweep.variants import SECTORS, SweepError, Variant, afar_m, at_other_site, changed, only_sensing, swept_actor

__all__ = ["SECTORS", "Cell", "Gain", "Result", "Survey", "SweepError", "Trial", "Variant", "afar_m", "at_other_site", "changed", "compare",
           "only_sensing", "survey", "swept_actor", "wilson"]  # fmt: skip
