"""The alert: what a rule tells the watch officer, and its life (docs/stream.md has the same fields).

raised -> acknowledged -> closed with a cause; on the way it may be shelved, for a time and with a reason. `active` says whether what
raised it still holds.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from picket.watch.sighting import Sighting

Severity = Literal["low", "medium", "high"]
State = Literal["raised", "acknowledged", "shelved", "closed"]

SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high")
LEVEL: dict[str, int] = {"low": 1, "medium": 2, "high": 3}  # the stream's `alert` column; 0 is none
CAUSES = ("drone", "friendly", "bird", "clutter", "spoof", "exercise", "other")


class AlertError(ValueError):
    """An officer's action, or a saved state, that the alert book cannot take; the message says what was expected."""


class Call(msgspec.Struct, frozen=True):
    """Whom to call, and how (a telephone number, a radio channel)."""

    name: str
    how: str


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One alert as it stood after change number `n`: unknown values are None, times UNIX seconds UTC, places WGS84.

    escalated_at: when it had waited for somebody too long, since it was last raised. checklist: what to do, its figures filled in.
    rule_id: the rule of the site file that it comes from (of a default rule, the same as `rule`). bearing_deg, distance_m (along the
    ground) and the look angles are from the site's origin; speed_mps is over the ground.
    """

    id: int
    n: int
    rule: str
    zone: str | None = None
    severity: Severity
    state: State = "raised"
    track_ids: tuple[int, ...] = ()
    group_id: int | None = None
    count: int = 1
    nearest_track_id: int | None = None
    raised_at: float
    updated_at: float
    acknowledged_at: float | None = None
    acknowledged_by: str | None = None
    closed_at: float | None = None
    closed_by: str | None = None
    cause: str | None = None
    note: str = ""
    active: bool = True
    text: str = ""
    why: str = ""
    lat_deg: float | None = None
    lon_deg: float | None = None
    bearing_deg: float | None = None
    distance_m: float | None = None
    look_azimuth_deg: float | None = None
    look_elevation_deg: float | None = None
    speed_mps: float | None = None
    time_to_reach_s: float | None = None
    existence: float | None = None
    flags: tuple[str, ...] = ()
    origin: str = "live"
    sensor_id: str | None = None
    rule_id: str = ""
    shelved_until: float | None = None
    shelved_by: str | None = None
    shelved_reason: str | None = None
    escalated_at: float | None = None
    checklist: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()


class SensorLook(msgspec.Struct, frozen=True):
    """How a sensor stands at a step: state is ok, stale, silent or never; age_s since its last word, period_s its own period.

    clock_offset_s: arrival minus the sensor's own time, its median; clock_jitter_s: how much that varies, 1 sigma.
    bias_range_m, bias_azimuth_deg, bias_time_s: what the tracker found it to be off by, and takes off its plots; None = nothing.
    sightings: what a person reported from there, as long as it holds, oldest first.
    """

    id: str
    kind: str
    state: str
    age_s: float | None = None
    period_s: float | None = None
    clock_offset_s: float | None = None
    clock_jitter_s: float | None = None
    clock_wrong: bool = False
    bias_range_m: float | None = None
    bias_azimuth_deg: float | None = None
    bias_time_s: float | None = None
    sightings: tuple[Sighting, ...] = ()


class EmissionLook(msgspec.Struct, frozen=True):
    """What a radio receiver heard: bearing true from it (None: it cannot tell), label as it or the spectrum room gives it.

    keeps: it tells what it listens to (a `[[radio]]`), so that what it heard holds until it has listened there again.
    """

    sensor_id: str
    label: str | None
    bearing_deg: float | None = None
    sigma_deg: float | None = None
    center_hz: float | None = None
    snr_db: float | None = None
    keeps: bool = False


class ListenLook(msgspec.Struct, frozen=True):
    """A look of a scanning radio has ended: what it listened to, and for how long. What it did not listen to is not silence."""

    sensor_id: str
    low_hz: float
    high_hz: float
    seconds: float = 0.0


class DisturbanceLook(msgspec.Struct, frozen=True):
    """What disturbs a radio's band now: kind floor, gnss, jam_noise or jam_chirp; rise_db over the usual floor, or of a signal its SNR."""

    sensor_id: str
    kind: str
    band: str
    low_hz: float
    high_hz: float
    rise_db: float
    since: float
    gnss: tuple[str, ...] = ()


class StationLook(msgspec.Struct, frozen=True):
    """How the station itself stands. clock_set_back_s: by how much its clock was set back within the last minute."""

    free_mb: float | None = None
    recording: bool = True
    problem: str | None = None
    overloaded: bool = False
    shedding: bool = False  # the tracker gives up work (picket.track.shedding)
    clock_set_back_s: float | None = None
