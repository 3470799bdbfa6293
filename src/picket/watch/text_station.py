"""The sentences of alerts on no track: a radio contact without one, and the station itself."""

from __future__ import annotations

from picket.watch import text
from picket.watch.alert import EmissionLook
from picket.watch.rules import own_clock
from picket.watch.scene import Scene


def of_emission(scene: Scene, heard: EmissionLook) -> str:
    """What is heard, along which bearing, by whom."""
    where = "from an unknown direction" if heard.bearing_deg is None else f"along {text.degrees(heard.bearing_deg)}"
    at = "" if heard.center_hz is None else f" at {heard.center_hz / 1e6:.0f} MHz"
    label = text.plain(heard.label or "unlabelled")
    return f"Drone link WITHOUT A TRACK {where} of {text.plain(heard.sensor_id)}: {label}{at}; nothing is tracked there, distance unknown."


def of_station(scene: Scene, rule: str) -> str:
    """What is wrong with the station, and what it means."""
    look = scene.station
    if rule == "own_clock":
        return f"Station CLOCK {_clock(scene)}: times of alerts and of the log are wrong until it is set right."
    if rule == "disk_low":
        return f"Disk NEARLY FULL, {look.free_mb or 0.0:.0f} MB free: the watch goes on, its record will not."
    if rule == "not_recording":
        return "NOT RECORDING: the watch goes on, but what it sees and what is decided is not kept on disk."
    if not look.overloaded:
        return "Tracker OVERLOADED: work is shed; new tracks away from protected zones may come late, far lost ones end sooner."
    return "Station OVERLOADED: rows of sensors are refused; what is shown may be incomplete."


def _clock(scene: Scene) -> str:
    if scene.station.clock_set_back_s is not None:
        return f"SET BACK {text.span(scene.station.clock_set_back_s)}"
    offset = own_clock.offset_s(scene) or 0.0
    side = "AHEAD" if offset > 0 else "BEHIND"
    return f"{text.span(abs(offset))} {side} of {len(own_clock.agreeing(scene))} sensors"
