"""What to do: a rule's sentences with the alert's figures put in for their place holders (picket.site_rules lists these)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from picket.watch import text
from picket.watch.case import OF_ZONES
from picket.watch.finding import Finding
from picket.watch.scene import Scene

_UNKNOWN = "unknown"


def filled(sentences: Sequence[str], scene: Scene, finding: Finding, figures: Mapping[str, Any], count: int) -> tuple[str, ...]:
    """The sentences, ready to be read; what is unknown says so. Words from outside are cut and cleaned."""
    if not sentences:
        return ()
    values = _of_track(scene, figures) if finding.row >= 0 else {"identity": _UNKNOWN, "owner": _UNKNOWN, "height": _UNKNOWN}
    bearing, distance, speed, reach = (figures.get(k) for k in ("bearing_deg", "distance_m", "speed_mps", "time_to_reach_s"))
    values |= {
        "look": _look(figures),
        "bearing": _UNKNOWN if bearing is None else text.degrees(bearing),
        "distance": _UNKNOWN if distance is None else text.metres(distance),
        "speed": _UNKNOWN if speed is None else f"{speed:.0f} m/s",
        "reach": _UNKNOWN if reach is None else f"{reach:.0f} s",
        "zone": _zone(scene, finding),
        "sensor": text.plain(finding.governed or _UNKNOWN) if finding.row < 0 else _UNKNOWN,
        "count": str(count),
        "rule": finding.rule_id or finding.rule,
    }
    return tuple(sentence.format(**values) for sentence in sentences)


def _look(figures: Mapping[str, Any]) -> str:
    azimuth, up = figures.get("look_azimuth_deg"), figures.get("look_elevation_deg")
    if azimuth is None:
        return _UNKNOWN
    if up is None:
        return f"{text.degrees(azimuth)}, height unknown"
    return f"{text.degrees(azimuth)}, {abs(round(up))} deg {'down' if round(up) < 0 else 'up'}"


def _zone(scene: Scene, finding: Finding) -> str:
    if finding.family not in OF_ZONES:
        return "no zone"
    return text.zone_name(scene, finding)


def _of_track(scene: Scene, figures: Mapping[str, Any]) -> dict[str, str]:
    row = int((scene.ids == figures.get("nearest_track_id", -1)).argmax())
    code = int(scene.tracks["identity"][row])
    word = None if code < 0 else str(scene.tracks.words("identity")[code])
    owner = next((f.owner for f in scene.site.friendly if f.identity == word and f.owner), "")
    height = float(scene.alt[row]) - scene.site.site.geoid_separation_m
    return {
        "identity": "unknown" if word is None else text.plain(word),
        "owner": text.plain(owner) or _UNKNOWN,
        "height": _UNKNOWN if math.isnan(height) else f"{height:.0f} m above sea",
    }
