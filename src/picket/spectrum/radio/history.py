"""Emitters from look to look: what was heard, on what, since when, how often of the times that its band was looked at.

Only what says that a drone may be at one end (drone_link, broadcast) or that somebody disturbs (interference) has a history. Wi-Fi,
Bluetooth, carriers and what nobody can name are occupancy and nothing more: no memory from which a person's device could be told.

An emitter is *confirmed* when it was heard in two looks, or in one look for STEADY_S or in BURSTS bursts (one box is no emitter), and
noise would hardly make such boxes in so short a time (confirm.py), those of all looks of the last AGAIN_S together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from picket.spectrum.confirm import beyond_noise
from picket.spectrum.emission import kind_of
from picket.spectrum.radio.look import Look
from picket.spectrum.radio.plan import Step

REMEMBERED = ("drone_link", "broadcast", "interference")
KEPT_S, MOST = 12 * 3600.0, 200
LEAST_CONFIDENCE = 0.5
STEADY_S, BURSTS = 0.1, 5
AGAIN_S = 120.0  # a second look confirms within so long
_HOPS = ("lora_fhss", "gfsk_fhss", "droneid")  # their centre is where they were last: told apart by band and width
_NEAR_HZ = 300e3
_BOXES = 64


@dataclass
class Heard:
    """One emitter as one radio hears it. Times are UNIX seconds.

    on_s: how long it was on while it was looked at; looked_s: how long that was.
    """

    number: int
    label: str
    band: str
    center_hz: float
    bandwidth_hz: float
    snr_db: float
    best_snr_db: float
    confidence: float
    first: float
    last: float
    looks: int = 1
    on_s: float = 0.0
    looked_s: float = 0.0
    bursts: int = 0
    confirmed: bool = False
    sigma: float = 0.0
    evidence: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)  # raster_hz, dwell_s, interval_s, channels

    @property
    def kind(self) -> str:
        """drone_link, broadcast or interference."""
        return kind_of(self.label)


class History:
    """The emitters of one radio."""

    def __init__(self) -> None:
        self._held: list[Heard] = []
        self._boxes: dict[int, list[tuple[float, float]]] = {}  # of each: UNIX seconds and sigma of its clearest boxes of late
        self._next = 1

    def hear(self, look: Look) -> list[Heard]:
        """Takes in a look; the emitters of it, confirmed or not, in order of frequency."""
        self._held = [h for h in self._held if look.end - h.last <= KEPT_S]
        for h in self._held:
            if _covers(look.step, h):
                h.looked_s += look.seconds
        now: dict[int, Heard] = {}
        for found in look.emitters:
            if kind_of(found["label"]) in REMEMBERED and found["confidence"] >= LEAST_CONFIDENCE:
                h = self._one(look, found, now)
                now[h.number] = h
        if len(self._held) > MOST:
            self._held = sorted(self._held, key=lambda h: h.last)[-MOST:]
        self._boxes = {h.number: self._boxes[h.number] for h in self._held}
        return sorted(now.values(), key=lambda h: h.center_hz)

    def _one(self, look: Look, found: dict[str, Any], now: dict[int, Heard]) -> Heard:
        last = look.begin + found["last_s"]
        h = next((x for x in self._held if _same(x, look.step, found)), None)
        if h is None:
            h = Heard(
                self._next, found["label"], look.step.band, found["center_hz"], found["bandwidth_hz"], found["snr_db"], found["snr_db"],
                found["confidence"], look.begin + found["first_s"], last, looks=0, looked_s=look.seconds,
            )  # fmt: skip
            self._next += 1
            self._held.append(h)
            often = False
        else:
            often = h.number not in now and look.begin - h.last <= AGAIN_S
        h.looks += h.number not in now
        h.last = max(h.last, last)
        h.center_hz, h.bandwidth_hz, h.snr_db = found["center_hz"], found["bandwidth_hz"], found["snr_db"]
        h.best_snr_db, h.confidence = max(h.best_snr_db, found["snr_db"]), max(h.confidence, found["confidence"])
        h.on_s += found["on_s"]
        h.bursts += found["bursts"]
        h.evidence = list(found["evidence"])
        h.facts |= {k: found[k] for k in ("raster_hz", "dwell_s", "interval_s", "channels") if found.get(k) is not None}
        h.sigma = max(h.sigma, found["sigma"])
        often = often or (found["steady"] and found["on_s"] >= STEADY_S) or found["bursts"] >= BURSTS
        h.confirmed = (self._beyond_noise(h, look, found) and often) or h.confirmed
        return h

    def _beyond_noise(self, h: Heard, look: Look, found: dict[str, Any]) -> bool:
        """Whether the boxes of this look and those of the last AGAIN_S are more than noise makes."""
        now = [(look.begin + start_s, sigma) for start_s, sigma in found["boxes"]]
        before = [box for box in self._boxes.get(h.number, []) if look.end - box[0] <= AGAIN_S]
        self._boxes[h.number] = boxes = (before + now)[-_BOXES:]
        start, sigma = np.array(boxes).T
        return beyond_noise(start - start[0], sigma, look.rate_hz)

    def __iter__(self) -> Iterator[Heard]:
        """Those that are remembered, the latest first."""
        return iter(sorted(self._held, key=lambda h: -h.last))


def _covers(step: Step, h: Heard) -> bool:
    return h.band == step.band and (h.label in _HOPS or step.low_hz <= h.center_hz <= step.high_hz)


def _same(h: Heard, step: Step, found: dict[str, Any]) -> bool:
    if h.label != found["label"] or h.band != step.band:
        return False
    if h.label in _HOPS:
        return bool(0.5 < h.bandwidth_hz / max(found["bandwidth_hz"], 1.0) < 2.0)
    return bool(abs(h.center_hz - found["center_hz"]) < max(_NEAR_HZ, 0.5 * max(h.bandwidth_hz, found["bandwidth_hz"])))
