"""Detection -> Track: predict, gate, associate, update, begin, end; identity, class, groups. docs/tracking.md explains it."""

from __future__ import annotations

from picket.track.tracker import Assigned, Tracker

__all__ = ["Assigned", "Tracker"]
