"""Wrong clock: a sensor's own time is further from the station's than [alert] clock_limit_s (the station judges it). Medium.

A plot with a wrong time is a plot at a wrong place; the station dates such rows by their arrival and says so. A silent sensor is
told as silent only: nothing new is known of its clock. Where most sensors differ by the same, it is the station's own clock that is told.
"""

from __future__ import annotations

from picket.watch.rules import own_clock
from picket.watch.rules.rule import Finding, Rule
from picket.watch.scene import Scene


def find(scene: Scene) -> list[Finding]:
    """One finding per sensor that speaks and whose clock is wrong."""
    ours = own_clock.agreeing(scene)
    return [
        Finding("wrong_clock", "sensor", s.id, "medium")
        for s in scene.sensors
        if s.clock_wrong and s.id not in ours and s.state not in ("silent", "never")
    ]


def why(scene: Scene, f: Finding) -> str:
    """The offset and its jitter against the limit."""
    look = next(s for s in scene.sensors if s.id == f.place)
    offset, jitter, limit = look.clock_offset_s or 0.0, look.clock_jitter_s or 0.0, scene.site.alert.clock_limit_s
    side = "after" if offset > 0 else "before"
    return f"its data arrive {abs(offset):.1f} s {side} the time that they give (jitter {jitter:.1f} s, limit {limit:g} s)"


RULE = Rule("wrong_clock", find, why)
