"""Radio evidence on tracks: which drone links may be a track's, and what it means that none was heard.

One antenna has no bearing: a link that it hears may be of any track in its range, so it is evidence on each of them and says how many
they are. A bearing names those that lie on it. That a track has no link is told with what was listened to: a drone that flies by
itself, over a fibre, or on a band that nobody watches sends none, and a band looked at for a tenth of the time may have been silent
just then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import msgspec

from picket.watch.alert import EmissionLook, ListenLook
from picket.watch.contacts import carriers, is_drone_link
from picket.watch.scene import Scene

KEPT_S = 300.0
WINDOW_S = 60.0  # what was listened to is told over so long
MOST = 4000


class Link(msgspec.Struct):
    """A link that may be a track's: from when to when it was heard, and of how many tracks it may be now."""

    heard: EmissionLook
    since: float
    last: float
    candidates: int


class Links:
    """The links by track, and what was listened to."""

    def __init__(self) -> None:
        self._of: dict[int, dict[tuple[str, str], Link]] = {}
        self._listened: deque[tuple[float, ListenLook]] = deque(maxlen=MOST)

    def observe(self, scene: Scene, looks: Sequence[EmissionLook], listened: Sequence[ListenLook]) -> None:
        """Takes in a step."""
        time = scene.time
        self._listened.extend((time, x) for x in listened)
        for look in looks:
            if not is_drone_link(look.label):
                continue
            ids = scene.ids[carriers(scene, look)].tolist()
            for track in ids:
                held = self._of.setdefault(track, {})
                key = (look.sensor_id, str(look.label))
                old = held.get(key)
                since = time if old is None or time - old.last > KEPT_S else old.since
                held[key] = Link(look, since, time, len(ids))
        if looks:
            live = set(scene.ids.tolist())
            self._of = {t: held for t, held in self._of.items() if t in live}

    def of_track(self, track_id: int, time: float) -> dict[str, Any]:
        """What radios say of a track, as plain values: links that may be its own, and what was listened to in the last minute."""
        links = [x for x in self._of.get(track_id, {}).values() if time - x.last <= KEPT_S]
        listened = self.listened(time)
        return {
            "links": [
                {
                    "sensor_id": x.heard.sensor_id, "label": x.heard.label, "center_hz": x.heard.center_hz, "snr_db": x.heard.snr_db,
                    "bearing_deg": x.heard.bearing_deg, "since": x.since, "last": x.last, "candidates": x.candidates,
                }
                for x in sorted(links, key=lambda x: -x.last)
            ],
            "listened": listened,
            "words": words(links, listened),
        }  # fmt: skip

    def listened(self, time: float) -> list[dict[str, Any]]:
        """What each scanning radio listened to in the last minute: edges and seconds of each part."""
        spans: dict[tuple[str, float, float], float] = {}
        for at, x in self._listened:
            if time - at <= WINDOW_S:
                key = (x.sensor_id, x.low_hz, x.high_hz)
                spans[key] = spans.get(key, 0.0) + x.seconds
        return [
            {"sensor_id": s, "low_hz": low, "high_hz": high, "seconds": round(sec, 2)}
            for (s, low, high), sec in sorted(spans.items())
        ]


def words(links: Sequence[Link], listened: Sequence[dict[str, Any]]) -> str:
    """One sentence for the officer."""
    if links:
        x = max(links, key=lambda x: x.last)
        mhz = "" if x.heard.center_hz is None else f" at {x.heard.center_hz / 1e6:.0f} MHz"
        if x.heard.bearing_deg is not None:
            return f"{x.heard.sensor_id} hears {x.heard.label}{mhz} on its bearing."
        whose = "it is the only track that may carry it" if x.candidates == 1 else f"it may be of any of {x.candidates} tracks"
        return f"{x.heard.sensor_id} hears {x.heard.label}{mhz}, direction unknown; {whose}."
    if not listened:
        return "No radio listens: nothing is known of its links."
    shares = [x["seconds"] / WINDOW_S for x in listened]
    parts = "1 part" if len(shares) == 1 else f"{len(shares)} parts"
    return (
        f"No link heard. Radios listened to {parts} of the spectrum, each for {min(shares):.0%} to {max(shares):.0%} of the last minute; "
        "a drone that flies by itself, over a fibre or on another band sends nothing there."
    )
