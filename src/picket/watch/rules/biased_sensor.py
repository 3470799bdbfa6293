"""Biased sensor: against others it measures so far off that somebody should set it right. Low: the tracker corrects it meanwhile.

The tracker compares what sensors say of the same objects (track/registration.py). A bias that is sure and small is corrected without
a word; the limits here are what a person can mend on the mount, in the site file or at the sensor's clock.
"""

from __future__ import annotations

from picket.watch.alert import SensorLook
from picket.watch.rules.rule import Finding, Rule
from picket.watch.scene import Scene

RANGE_M, AZIMUTH_DEG, TIME_S = 25.0, 0.5, 0.25


def offsets(look: SensorLook) -> list[str]:
    """What is off beyond the limits, in words: "azimuth +1.0 deg"."""
    found = []
    if abs(look.bias_azimuth_deg or 0.0) >= AZIMUTH_DEG:
        found.append(f"azimuth {look.bias_azimuth_deg:+.1f} deg")
    if abs(look.bias_range_m or 0.0) >= RANGE_M:
        found.append(f"range {look.bias_range_m:+.0f} m")
    if abs(look.bias_time_s or 0.0) >= TIME_S:
        found.append(f"time {look.bias_time_s:+.1f} s")
    return found


def find(scene: Scene) -> list[Finding]:
    """One finding per sensor that is off beyond the limits."""
    return [
        Finding("biased_sensor", "bias", s.id, "low") for s in scene.sensors if offsets(s) and s.state not in ("silent", "never")
    ]


def why(scene: Scene, f: Finding) -> str:
    """What the limits are."""
    return (
        f"other sensors say otherwise of the same objects (limits {AZIMUTH_DEG:g} deg, {RANGE_M:g} m, {TIME_S:g} s);"
        " its plots are corrected before they are used, and the log keeps what came"
    )


RULE = Rule("biased_sensor", find, why)
