"""Radio contacts: a drone's link heard on a bearing on which nothing is tracked, remembered so that one transmitter is one alert.

A hearing is *explained* when a sure track that is no bird lies on its bearing, within three of its sigmas or EXPLAINED_DEG; one without
a bearing, when any sure track that is not neutral lies within the receiver's range. An unexplained one continues the contact of the
same receiver whose bearing is within SAME_DEG, or begins one. A lone bearing is never given a position.

A radio that scans cannot hear everywhere at once: what it heard holds (`Contact.holds`) until it has listened there again and heard
nothing, for HOLD_S at most. Its silence elsewhere is no silence.

Two receivers that hear one transmitter are two contacts: from bearings alone nobody can say that it is one. Bounded: contacts not heard for
KEPT_S go, and beyond MAX_CONTACTS the one that was not heard for longest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from picket.watch.alert import EmissionLook, ListenLook
from picket.watch.scene import Scene

DRONE_LINKS = ("ofdm_video", "droneid", "fm_video", "lora_fhss", "gfsk_fhss")  # labels of the spectrum room
_DRONE_WORDS = ("drone", "uav", "uas", "multirotor", "quadcopter")  # in what other makers' receivers say
EXPLAINED_DEG, SAME_DEG = 5.0, 15.0
KEPT_S = 300.0
HOLD_S = 120.0
SILENCE_S = 30.0  # of a receiver that does not say where it listens: not heard for so long, it begins anew
SAME_HZ = 50e6  # without a bearing: one transmitter hops within this, two bands lie further apart
MAX_CONTACTS = 100


class Contact(msgspec.Struct):
    """One transmitter as one receiver hears it; place names it in alerts.

    since: first heard; at: last; holds: not listened for in vain since; fresh: heard since the last look there.
    """

    place: str
    sensor_id: str
    heard: EmissionLook
    at: float
    since: float | None = None
    holds: bool = False
    fresh: bool = False

    @property
    def lasted_s(self) -> float:
        """From the first hearing to the last."""
        return 0.0 if self.since is None else max(self.at - self.since, 0.0)


class Contacts:
    """The contacts of the last minutes."""

    def __init__(self) -> None:
        self._held: list[Contact] = []
        self._next = 1

    def observe(self, scene: Scene, looks: Sequence[EmissionLook], listened: Sequence[ListenLook] = ()) -> list[Contact]:
        """The contacts that were heard at this step or still hold, unexplained."""
        time = scene.time
        self._held = [c for c in self._held if abs(time - c.at) <= KEPT_S]
        now: dict[str, Contact] = {}
        for look in looks:
            if (
                not is_drone_link(look.label)
                or scene.rules.of("emission_without_track", look.sensor_id) is None
                or explained(scene, look)
            ):
                continue
            contact = next((c for c in self._held if _same(c, look)), None)
            if contact is None:
                contact = Contact(f"{look.sensor_id}/{self._next}", look.sensor_id, look, time, time)
                self._next += 1
                self._held.append(contact)
            if contact.at < time and (not contact.holds if look.keeps else time - contact.at > SILENCE_S):
                contact.since = time  # heard again after a silence
            contact.heard, contact.at = look, time
            contact.holds = contact.fresh = look.keeps
            now[contact.place] = contact
        self._listen(listened)
        for c in self._held:
            if c.holds and abs(time - c.at) <= HOLD_S and not explained(scene, c.heard):
                now[c.place] = c
        if len(self._held) > MAX_CONTACTS:
            self._held = sorted(self._held, key=lambda c: (c.at, c.place))[-MAX_CONTACTS:]
        return list(now.values())

    def _listen(self, listened: Sequence[ListenLook]) -> None:
        """What was listened to again and not heard there does not hold any longer."""
        for look in listened:
            for c in self._held:
                hz = c.heard.center_hz
                if c.holds and c.sensor_id == look.sensor_id and hz is not None and look.low_hz <= hz <= look.high_hz:
                    c.holds, c.fresh = c.fresh, False

    # -- saved and restored ----------------------------------------------------------------------------------
    def state(self) -> dict[str, Any]:
        """Plain lists, for msgpack."""
        return {"held": [msgspec.to_builtins(c) for c in self._held], "next": self._next}

    def take_state(self, state: dict[str, Any]) -> None:
        """The inverse of `state`."""
        self._held = [msgspec.convert(c, Contact) for c in state["held"]]
        self._next = int(state["next"])


def is_drone_link(label: str | None) -> bool:
    """True for a label that says that a drone is at one end of the link."""
    word = (label or "").lower()
    return word in DRONE_LINKS or any(w in word for w in _DRONE_WORDS)


def _same(contact: Contact, look: EmissionLook) -> bool:
    a, b = contact.heard.bearing_deg, look.bearing_deg
    if contact.sensor_id != look.sensor_id or (a is None) != (b is None):
        return False
    if a is None or b is None:
        f, g = contact.heard.center_hz, look.center_hz
        near = f is None or g is None or abs(f - g) <= SAME_HZ
        return near and (contact.heard.label == look.label or not look.keeps)
    return abs((a - b + 180.0) % 360.0 - 180.0) <= SAME_DEG


def explained(scene: Scene, look: EmissionLook) -> bool:
    """Whether a track explains what was heard."""
    return bool(carriers(scene, look).any())


def carriers(scene: Scene, look: EmissionLook) -> npt.NDArray[np.bool_]:
    """(N,) bool: the tracks that may carry the transmitter: on its bearing, or without one all that are in the receiver's range."""
    sensor = scene.site.sensor_named(look.sensor_id)
    flying = scene.sure & ~scene.sorts.neutral
    if sensor is None or sensor.lat_deg is None or sensor.lon_deg is None:
        return np.asarray(flying)
    away = scene.xy - scene.area.plane.to_plane(sensor.lat_deg, sensor.lon_deg)[0]
    if look.bearing_deg is None:
        return np.asarray(flying & (np.hypot(away[:, 0], away[:, 1]) <= (sensor.max_range_m or np.inf)))
    bearing = np.degrees(np.arctan2(away[:, 0], away[:, 1]))
    off = np.abs((bearing - look.bearing_deg + 180.0) % 360.0 - 180.0)
    limit = max(3.0 * (look.sigma_deg or sensor.sigma_azimuth_deg), EXPLAINED_DEG)
    return np.asarray(scene.sure & ~scene.sorts.bird & (off <= limit))
