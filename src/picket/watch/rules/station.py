"""The station itself: its disk is nearly full, it does not record, or it is overloaded."""

from __future__ import annotations

from picket.watch.rules.rule import Finding, Rule
from picket.watch.scene import Scene


def find_disk(scene: Scene) -> list[Finding]:
    """A finding when less is free than the rule's free_mb."""
    limit, free = scene.rules.value("disk_low", None, "free_mb"), scene.station.free_mb
    return [Finding("disk_low", "disk", None, "low")] if limit is not None and free is not None and free < limit else []


def find_not_recording(scene: Scene) -> list[Finding]:
    """A finding when the log cannot be written."""
    return [] if scene.station.recording else [Finding("not_recording", "disk", None, "medium")]


def find_overload(scene: Scene) -> list[Finding]:
    """A finding when rows are refused because too much waits, or when the tracker sheds work."""
    return [Finding("overload", "load", None, "medium")] if scene.station.overloaded or scene.station.shedding else []


def why_disk(scene: Scene, _: Finding) -> str:
    """What is free against the limit."""
    limit = scene.rules.value("disk_low", None, "free_mb") or 0.0
    return f"{scene.station.free_mb or 0.0:.0f} MB are free on the disk of the log (limit {limit:g} MB)"


def why_not_recording(scene: Scene, _: Finding) -> str:
    """What the disk said."""
    return f"the log refuses what is to be written: {scene.station.problem or 'no reason was given'}"


def why_overload(scene: Scene, _: Finding) -> str:
    """What that means."""
    if not scene.station.overloaded:
        return "the tracker has more to do than its limit of work and sheds, in this order: sweeps, unlikely births, far coasting tracks"
    return "more waits for the tracker than the station holds; rows of sensors are refused and counted as overload"


DISK = Rule("disk_low", find_disk, why_disk)
NOT_RECORDING = Rule("not_recording", find_not_recording, why_not_recording)
OVERLOAD = Rule("overload", find_overload, why_overload)
