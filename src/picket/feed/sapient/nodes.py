"""What a node has said of itself in its registration and status reports: how its detection reports are to be read.

    registration                              here
    node_definition.node_type                 kind (the detection table's word); whether it moves; whether it is an effector only
    mode_definition.tracking_type             report: "track" where object_ids are kept from report to report, else "plot"; a fusion
                                              node's reports are tracks whatever it says
    ...detection_definition.velocity_type     metres per second or km per hour
    ...detection_definition.geometric_error   what an error is: see `error_scale`
    ...detection_definition.detection_report  units of a signal's amplitude and frequencies
    ...detection_definition.location_type     the UTM zone of locations that name none

A node may register several modes; the one that its last status report named holds, before that the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from picket.feed.sapient.schema import word

MOST_MODES = 16
MOST_DEFINITIONS = 32

KINDS = {
    "radar": "radar", "lidar": "camera", "camera": "camera", "seismic": "acoustic", "acoustic": "acoustic", "passive_rf": "rf",
    "human": "visual", "fusion_node": "system",
}  # fmt: skip
EFFECTORS = frozenset({"kinetic", "jammer", "ldew", "rfdew"})
_NO_SENSOR = EFFECTORS | {"unspecified", "mobile_node", "pointable_node"}
_TRACKING = frozenset({"tracklet", "track", "track_with_re_id"})
_SPEEDS = {"unspecified": 1.0, "ms": 1.0, "kph": 1 / 3.6}
_HERTZ = {"": 1.0, "hz": 1.0, "khz": 1e3, "mhz": 1e6, "ghz": 1e9}
_DECIBELS = {"dbm": 0.0, "dbw": 30.0}


@dataclass(frozen=True)
class Mode:
    """How detection reports of one mode are to be read.

    report, keeps_ids   the detection table's word; False where every report has an object_id of its own
    speed, climb        metres per second of one unit of the velocity
    error_scale         1 sigma of one unit of an error; NaN where nobody knows what the errors are
    hertz               hertz of one unit of a signal's frequencies; NaN: a unit that is not known
    amplitude_dbm       to add to an amplitude for dBm; NaN where amplitudes are in another unit or in none that was told
    zone                the UTM zone of locations that name none
    """

    report: str = "plot"
    keeps_ids: bool = True
    speed: float = 1.0
    climb: float = 1.0
    error_scale: float = 1.0
    hertz: float = 1.0
    amplitude_dbm: float = float("nan")
    zone: str = ""


@dataclass(frozen=True)
class Node:
    """One node as it is known; lat_deg, lon_deg, alt_wgs84_m is where it last said it is (NaN unknown)."""

    name: str = ""
    kind: str | None = None
    moves: bool = False
    is_effector: bool = False
    modes: dict[str, Mode] = field(default_factory=dict)
    mode: Mode = Mode()
    lat_deg: float = float("nan")
    lon_deg: float = float("nan")
    alt_wgs84_m: float = float("nan")

    def in_mode(self, name: str) -> Node:
        """The node after a status report that names its mode; an unknown name changes nothing."""
        mode = self.modes.get(name)
        return self if mode is None or mode is self.mode else replace(self, mode=mode)


def registered(registration: Any, before: Node | None) -> Node:
    """The node that a registration describes; its place, where it was known before, is kept."""
    types = [word("NodeType", d.node_type) for d in registration.node_definition[:MOST_DEFINITIONS]]
    sensors = [t for t in types if t not in _NO_SENSOR]
    fuses = "fusion_node" in sensors
    kind = "system" if fuses else next((KINDS[t] for t in sensors if t in KINDS), "system" if sensors else None)
    modes: dict[str, Mode] = {}
    for definition in registration.mode_definition[:MOST_MODES]:
        modes.setdefault(definition.mode_name[:64], _mode(definition, fuses))
    default = Mode(report="track") if fuses else Mode()
    return Node(
        name=_name(types, registration), kind=kind, moves="mobile_node" in types,
        is_effector=bool(types) and not sensors and any(t in EFFECTORS for t in types),
        modes=modes, mode=next(iter(modes.values()), default),
        **({"lat_deg": before.lat_deg, "lon_deg": before.lon_deg, "alt_wgs84_m": before.alt_wgs84_m} if before else {}),
    )  # fmt: skip


def _name(types: list[str], registration: Any) -> str:
    """ "radar, N-12": the node's types and the shortest name it gives."""
    name = clean(registration.short_name or registration.name, 64)
    return ", ".join([*dict.fromkeys(t.replace("_", " ") for t in types[:4]), *([name] if name else [])])


def clean(text: str, most: int) -> str:
    """At most so many characters of the text, without control characters and the space around it."""
    text = text[:most]
    return text.strip() if text.isprintable() else "".join(c if c.isprintable() else " " for c in text).strip()


def _mode(definition: Any, fuses: bool) -> Mode:
    tracking = word("TrackingType", definition.tracking_type)
    mode = Mode(report="track" if fuses or tracking in _TRACKING else "plot", keeps_ids=fuses or tracking != "none")
    for one in definition.detection_definition[:4]:
        if one.HasField("velocity_type"):
            units = one.velocity_type.enu_velocity_units
            level = _SPEEDS[word("SpeedUnits", units.east_north_rate_units)]
            up = _SPEEDS[word("SpeedUnits", units.up_rate_units)] if units.HasField("up_rate_units") else level
            mode = replace(mode, speed=level, climb=up)
        if one.HasField("geometric_error"):
            mode = replace(mode, error_scale=error_scale(one.geometric_error.type))
        if one.location_type.zone:
            mode = replace(mode, zone=one.location_type.zone[:8])
        for given in one.detection_report[:MOST_DEFINITIONS]:
            if word("FieldCategory", given.category) == "signal":
                mode = _with_unit(mode, given.type.casefold(), given.units.strip().casefold())
    return mode


def _with_unit(mode: Mode, name: str, unit: str) -> Mode:
    if "freq" in name:
        return replace(mode, hertz=_HERTZ.get(unit, float("nan")))
    if "amplitude" in name:
        return replace(mode, amplitude_dbm=_DECIBELS.get(unit, float("nan")))
    return mode


def error_scale(measure: str) -> float:
    """1 sigma of an error of 1, by the registration's words for it; NaN for words that say nothing known.

    The standard leaves the measure to the registration's `geometric_error.type` and gives "Standard Deviation" as its example; that is
    taken where nothing is said.

    >>> error_scale("Standard Deviation"), error_scale("2 sigma"), round(error_scale("95% confidence"), 3)
    (1.0, 0.5, 0.51)
    """
    low = measure[:64].casefold()
    for pattern, scale in (
        (r"\b95\b|1\.96", 1 / 1.96), (r"\b(3|three)[ -]?(sigma|σ|sd|std|standard dev)|99\.7", 1 / 3),
        (r"\b(2|two)[ -]?(sigma|σ|sd|std|standard dev)", 1 / 2), (r"\b90\b", 1 / 1.645), (r"\b50\b", 1 / 0.674),
        (r"^\s*$|sigma|σ|\bsd\b|std|standard ?dev|rms|root mean sq|\b68\b", 1.0),
    ):  # fmt: skip
        if re.search(pattern, low):
            return scale
    return float("nan")
