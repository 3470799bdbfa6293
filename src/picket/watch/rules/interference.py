"""Interference: a radio's band is disturbed, by the floor, by a jammer's signal, or by any signal where satellites are received.

Medium; high in a band of satellite navigation. What the floors are compared with, and why a step of gain is no interference, is in
picket.spectrum.radio.floors. One alert a radio and band, however many disturbances it has there.
"""

from __future__ import annotations

from picket.watch.alert import DisturbanceLook, Severity
from picket.watch.rules.rule import Finding, Rule
from picket.watch.scene import Scene


def find(scene: Scene) -> list[Finding]:
    """One finding per radio and band."""
    found: dict[str, Finding] = {}
    for d in scene.disturbed:
        severity: Severity = "high" if d.gnss else "medium"
        place = _place(d)
        if place not in found or severity == "high":
            found[place] = Finding("interference", "interference", place, severity, sensor_id=d.sensor_id)
    return list(found.values())


def _place(d: DisturbanceLook) -> str:
    return f"{d.sensor_id}/{d.band}"


def disturbance_of(scene: Scene, f: Finding) -> DisturbanceLook:
    """The one to tell of: of the navigation bands first, then the strongest."""
    return max((d for d in scene.disturbed if _place(d) == f.place), key=lambda d: (bool(d.gnss), d.rise_db))


def why(scene: Scene, f: Finding) -> str:
    """Against what it was judged."""
    d = disturbance_of(scene, f)
    if d.kind == "floor":
        return (
            f"{d.sensor_id}'s floor stands {d.rise_db:.1f} dB over its baseline for this place and hour (limit 3 dB over 5 MHz, or over "
            "all of a navigation band), and not everything that it watches rose alike, as a change of gain would have it"
        )
    if d.kind == "gnss":
        return f"{d.sensor_id} hears a signal in a band in which nothing stands over the floor: satellites lie 20 dB under it"
    return f"{d.sensor_id} hears a signal labelled {d.kind} ({d.rise_db:.0f} dB)"


RULE = Rule("interference", find, why)
