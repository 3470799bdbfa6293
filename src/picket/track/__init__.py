"""Detection -> Track: predict, gate, associate, update, begin, end; identity, class, groups. docs/tracking.md explains it."""

from __future__ import annotations

from picket.track.registration import SensorBias
from picket.track.tracker import Assigned, Tracker

__all__ = ["Assigned", "SensorBias", "Tracker", "warm"]


def warm() -> None:
    """Compiles the tracker's kernels, or loads them from the cache: a second, or a minute on a new machine."""
    from picket.track.warm import warm as run

    run()
