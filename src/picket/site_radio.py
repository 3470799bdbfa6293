"""`[[radio]]` of the site file: a receiver that gives samples, and the bands that it looks at in turn.

A radio belongs to a sensor of kind rf. Nothing here or behind it can transmit: the commands that a radio is given set its
frequency, rate and gain.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from picket.site_rules import Table

# What each kind of source tunes to when the site file does not say. rtl_tcp: Rafael Micro R820T2/R828D, 24 to 1766 MHz
# (rtl-sdr.com "About RTL-SDR"). A stream on standard input is tuned by whoever makes it; a SoapySDR device says it itself.
TUNES_HZ: dict[str, tuple[float, float] | None] = {"rtl_tcp": (24e6, 1.766e9), "stdin": None, "soapy": None}
# RTL2832U: 225,001 to 300,000 and 900,001 to 3,200,000 samples a second; above 2.4e6 it is known to lose some (Osmocom's rtl-sdr page).
_RTL_RATES_HZ = ((225_001.0, 300_000.0), (900_001.0, 3_200_000.0))
USABLE = 0.8  # of the rate: the outer tenth on either side falls off in the receiver's filter
MOST_STEPS = 200
LONGEST_CLIP_S = 10.0


class Band(Table, frozen=True):
    """`[[radio.band]]`: what is looked at, for how long at a time, and how long it may be left alone.

    name: for people. dwell_s: one look. revisit_s: at most so long from look to look (none: as the round comes).
    """

    name: str
    low_hz: float
    high_hz: float
    dwell_s: float = 0.5
    revisit_s: float | None = None

    @property
    def width_hz(self) -> float:
        """From edge to edge."""
        return self.high_hz - self.low_hz


class Radio(Table, frozen=True):
    """`[[radio]]`: where samples come from and what is asked of them.

    sensor: id of a sensor of kind rf. source: rtl_tcp://host:port, stdin://, or soapy://driver=NAME. gain_db: none lets the
    receiver set its own, and then its floor says nothing. tunes_hz: what it can receive, where it differs from the usual.
    """

    sensor: str
    source: str
    rate_hz: float
    band: tuple[Band, ...] = ()
    gain_db: float | None = None
    correction_ppm: int = 0
    datatype: str = "cu8"
    settle_s: float = 0.15
    timeout_s: float = 5.0
    tunes_hz: tuple[float, float] | None = None
    clip_s: float = 5.0
    clips_keep_hours: float = 24.0
    buffer_mb: float = 64.0

    @property
    def kind(self) -> str:
        """rtl_tcp, stdin or soapy."""
        return self.source.partition("://")[0]

    @property
    def range_hz(self) -> tuple[float, float] | None:
        """What it can be tuned to, as far as known."""
        return self.tunes_hz or TUNES_HZ.get(self.kind)


def address(radio: Radio) -> tuple[str, int]:
    """Host and port of an rtl_tcp source (1234 is its usual port)."""
    parts = urlsplit("//" + radio.source.partition("://")[2])  # urlsplit knows no scheme with an underscore
    return parts.hostname or "", parts.port or 1234


def check_radios(radios: Iterable[Radio], sensors: Mapping[str, str]) -> list[str]:
    """Every problem of the radios; `sensors` maps id -> kind."""
    found: list[str] = []
    seen: set[str] = set()
    radios = list(radios)
    for i, r in enumerate(radios):
        w = f"radio[{i}] ({r.sensor})"
        if r.sensor in seen:
            found.append(f"{w}.sensor: two radios are this sensor; give each a sensor of its own")
        seen.add(r.sensor)
        if r.sensor not in sensors:
            found.append(f"{w}.sensor: no sensor is called {r.sensor!r}; add a [[sensor]] of kind rf")
        elif sensors[r.sensor] != "rf":
            found.append(f"{w}.sensor: {r.sensor!r} is of kind {sensors[r.sensor]}; a radio's sensor is of kind rf")
        found += [*_check_source(w, r), *_check_values(w, r), *_check_bands(w, r)]
    if sum(r.kind == "stdin" for r in radios) > 1:
        found.append("radio: only one of them can be standard input")
    return found


def _check_source(w: str, r: Radio) -> list[str]:
    if r.kind not in TUNES_HZ or "://" not in r.source:
        return [f"{w}.source: expected rtl_tcp://host:port, stdin:// or soapy://driver=NAME, got {r.source!r}"]
    found = []
    if r.kind == "rtl_tcp":
        try:
            host, _ = address(r)
        except ValueError:
            host = ""
        if not host:
            found.append(f"{w}.source: expected rtl_tcp://host:port, got {r.source!r}")
        if r.datatype != "cu8":
            found.append(f"{w}.datatype: rtl_tcp sends cu8, got {r.datatype!r}; leave it out")
        if not any(low <= r.rate_hz <= high for low, high in _RTL_RATES_HZ):
            found.append(
                f"{w}.rate_hz: an RTL-SDR gives 225001 to 300000 or 900001 to 3200000 samples a second, got {r.rate_hz:g}"
            )
    return found


def _check_values(w: str, r: Radio) -> list[str]:
    limits: dict[str, tuple[Any, float, float]] = {
        "rate_hz": (r.rate_hz, 200e3, 1e9),
        "gain_db": (r.gain_db, -20, 120),
        "correction_ppm": (r.correction_ppm, -1000, 1000),
        "settle_s": (r.settle_s, 0, 5),
        "timeout_s": (r.timeout_s, 0.1, 600),
        "clip_s": (r.clip_s, 0, LONGEST_CLIP_S),
        "clips_keep_hours": (r.clips_keep_hours, 0, 24 * 30),
        "buffer_mb": (r.buffer_mb, 4, 4096),
    }
    return [
        f"{w}.{name}: expected {low:g} to {high:g}, got {value!r}"
        for name, (value, low, high) in limits.items()
        if value is not None and not low <= value <= high
    ]


def _check_bands(w: str, r: Radio) -> list[str]:
    if not r.band:
        return [f"{w}.band: nothing to look at; add a [[radio.band]] with name, low_hz and high_hz"]
    found, names, steps = [], set(), 0
    for k, b in enumerate(r.band):
        at = f"{w}.band[{k}] ({b.name})"
        if b.name in names:
            found.append(f"{at}: two bands have this name; give each its own")
        names.add(b.name)
        if not (math.isfinite(b.low_hz) and math.isfinite(b.high_hz) and 0 < b.low_hz < b.high_hz <= 300e9):
            found.append(f"{at}: expected 0 < low_hz < high_hz in Hz, got {b.low_hz!r} and {b.high_hz!r}")
            continue
        if not 0.05 <= b.dwell_s <= 10:
            found.append(f"{at}.dwell_s: expected 0.05 to 10, got {b.dwell_s!r}")
        if b.revisit_s is not None and not b.dwell_s <= b.revisit_s <= 3600:
            found.append(f"{at}.revisit_s: expected at least its dwell_s and at most 3600, got {b.revisit_s!r}")
        if r.rate_hz > 0:
            steps += math.ceil(b.width_hz / (USABLE * r.rate_hz))
        if r.range_hz is not None and not (r.range_hz[0] <= b.low_hz and b.high_hz <= r.range_hz[1]):
            low, high = (x / 1e6 for x in r.range_hz)
            found.append(f"{at}: this radio receives {low:g} to {high:g} MHz; take another radio, or say what it can in tunes_hz")
        if r.kind == "stdin" and (len(r.band) > 1 or b.width_hz > r.rate_hz):
            found.append(f"{at}: standard input is not tuned from here: expected one band, no wider than rate_hz")
    if steps > MOST_STEPS:
        found.append(
            f"{w}.band: {steps} steps of {USABLE * r.rate_hz / 1e6:g} MHz; expected at most {MOST_STEPS}: take narrower bands"
        )
    return found
