"""The sentences of alerts on no track: a radio contact without one, and the station itself."""

from __future__ import annotations

from picket.watch import text
from picket.watch.alert import DisturbanceLook
from picket.watch.contacts import Contact
from picket.watch.rules import own_clock
from picket.watch.scene import Scene

_LINKS = {
    "ofdm_video": "Video link", "fm_video": "Video link", "lora_fhss": "Control link", "gfsk_fhss": "Control link",
    "droneid": "DroneID broadcast",
}  # fmt: skip


def of_emission(contact: Contact) -> str:
    """What is heard, how strongly and for how long, along which bearing, by whom."""
    heard = contact.heard
    where = "from an unknown direction" if heard.bearing_deg is None else f"along {text.degrees(heard.bearing_deg)}"
    at = "" if heard.center_hz is None else f" at {heard.center_hz / 1e6:.0f} MHz"
    strong = "" if heard.snr_db is None else f", {heard.snr_db:.0f} dB"
    lasted = f", for {text.span(contact.lasted_s)}" if contact.lasted_s >= 2.0 else ""
    label = text.plain(heard.label or "unlabelled")
    noun = _LINKS.get(label, "Drone link")
    sensor = text.plain(heard.sensor_id)
    return f"{noun} WITHOUT A TRACK {where} of {sensor}: {label}{at}{strong}{lasted}; nothing is tracked there, distance unknown."


def of_interference(d: DisturbanceLook, now: float) -> str:
    """What is disturbed, by how much, since when, and what that means for whoever relies on it."""
    low, high = d.low_hz / 1e6, d.high_hz / 1e6
    what = {
        "floor": f"noise floor {d.rise_db:.0f} dB over what is usual at this hour",
        "gnss": f"a signal {d.rise_db:.0f} dB over the floor where none belongs",
        "jam_noise": f"wideband noise, {d.rise_db:.0f} dB",
        "jam_chirp": f"a sweeping carrier, {d.rise_db:.0f} dB",
    }[d.kind]
    head = f"SATELLITE NAVIGATION DISTURBED, {'; '.join(d.gnss)}" if d.gnss else "INTERFERENCE"
    means = (
        "positions from it may be lost or wrong"
        if d.gnss
        else "links and sensors in that band may be lost; take its silence for no sign"
    )
    return f"{head}: {what}, {low:.1f} to {high:.1f} MHz for {text.span(max(now - d.since, 0.0))}, at {text.plain(d.sensor_id)}; {means}."


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
