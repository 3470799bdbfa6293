"""Honesty: the tracker doubts what an object says of itself (flag spoof_suspected), or nothing confirms its place
(flag unconfirmed_position).

Medium, one alert per object: an unconfirmed position that turns out a suspected spoof is the same alert. In or approaching a
protected zone the entry or approach alert carries the flag in its text, so the book raises no second alert then; one that is
already open becomes high.
"""

from __future__ import annotations

import numpy as np

from picket.watch import scene_kernels as sorts
from picket.watch.rules.rule import Finding, Rule
from picket.watch.scene import Bools, Scene

REASONS = {  # flag of the tracker -> why it suspects a spoof
    "two_places": "its identity is heard at two places at once",
    "impossible_speed": "it could not have flown to where it says it is",
    "sensor_disagrees": "a sensor that follows it measures another place than it reports",
    "frozen_position": "it says that it moves and reports one place all the time",
}


def _rows(scene: Scene, flagged: Bools, rule: str) -> list[Finding]:
    rows = np.flatnonzero(flagged & scene.sure & ~scene.muted).tolist()
    return [Finding(rule, "honesty", None, "medium", row) for row in rows]


def find_spoof(scene: Scene) -> list[Finding]:
    """One finding per suspected spoof."""
    return _rows(scene, scene.sorts.spoof, "spoof_suspected") if scene.sorts.any(sorts.SPOOF) else []


def find_unconfirmed(scene: Scene) -> list[Finding]:
    """One finding per object whose own position nothing confirms and that is not already a suspected spoof."""
    if not scene.sorts.any(sorts.UNCONFIRMED):
        return []
    return _rows(scene, scene.sorts.unconfirmed & ~scene.sorts.spoof, "unconfirmed_position")


def why_spoof(scene: Scene, f: Finding) -> str:
    """Which contradiction, from the flags beside it."""
    codes, words = scene.tracks["flags"], scene.tracks.words("flags")
    held = words[int(codes[f.row])] if codes[f.row] >= 0 else ()
    found = [said for flag, said in REASONS.items() if flag in held]
    return " and ".join(found) or "what it reports of itself contradicts what other sensors measure"


def why_unconfirmed(scene: Scene, f: Finding) -> str:
    """What the flag means."""
    return "its place is its own claim, and no sensor that should see it there does"


SPOOF = Rule("spoof_suspected", find_spoof, why_spoof)
UNCONFIRMED = Rule("unconfirmed_position", find_unconfirmed, why_unconfirmed)
