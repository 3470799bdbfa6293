"""Own clock: the station's clock was set back, or most sensors' clocks differ from it by the same. Medium.

Two clocks that are wrong by the same are more likely one that is: ours. At least two sensors, and two of three that give a time, must
agree to within AGREE_S; then they are not told one by one.
"""

from __future__ import annotations

import numpy as np

from picket.watch.rules.rule import Finding, Rule
from picket.watch.scene import Scene

AGREE_S = 2.0


def agreeing(scene: Scene) -> frozenset[str]:
    """The sensors whose clocks are wrong by the same, when they are most of those that give a time; else none."""
    if scene.rules.of("own_clock") is None:
        return frozenset()
    timed = [s for s in scene.sensors if s.clock_offset_s is not None and s.state not in ("silent", "never")]
    wrong = [s for s in timed if s.clock_wrong]
    if len(wrong) < 2:
        return frozenset()
    middle = float(np.median([s.clock_offset_s or 0.0 for s in wrong]))
    same = [s.id for s in wrong if abs((s.clock_offset_s or 0.0) - middle) <= AGREE_S]
    return frozenset(same) if len(same) >= 2 and 3 * len(same) >= 2 * len(timed) else frozenset()


def offset_s(scene: Scene) -> float | None:
    """By how much the sensors say that the station is ahead (positive) or behind; None when they do not agree."""
    same = agreeing(scene)
    return float(np.median([s.clock_offset_s for s in scene.sensors if s.id in same])) if same else None


def find(scene: Scene) -> list[Finding]:
    """One finding at most."""
    wrong = scene.station.clock_set_back_s is not None or agreeing(scene)
    return [Finding("own_clock", "clock", None, "medium")] if wrong else []


def why(scene: Scene, _: Finding) -> str:
    """Which of the two signs there is."""
    said, offset = [], offset_s(scene)
    if scene.station.clock_set_back_s is not None:
        said.append(f"the station's clock went back by {scene.station.clock_set_back_s:.1f} s while it ran")
    if offset is not None:
        side = "after" if offset > 0 else "before"
        said.append(
            f"the data of {len(agreeing(scene))} sensors arrive {abs(offset):.1f} s {side} the time that they give, all by the same "
            f"(limit {scene.site.alert.clock_limit_s:g} s; they agree within {AGREE_S:g} s)"
        )
    return " and ".join(said)


RULE = Rule("own_clock", find, why)
