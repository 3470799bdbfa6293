"""What is known of one radio: its looks joined by the memories, and questions to them. Live and recorded alike.

`take` runs in the looking thread, questions in any: one lock, held for milliseconds.
"""

from __future__ import annotations

import base64
import json
import threading
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from picket.site_radio import Radio
from picket.spectrum.emission import kind_of
from picket.spectrum.radio.chances import chances
from picket.spectrum.radio.floors import Disturbance, Floors, gnss_bands
from picket.spectrum.radio.history import Heard, History
from picket.spectrum.radio.look import DB_PER_LEVEL, LOWEST_DB, Look
from picket.spectrum.radio.occupancy import Occupancy, channel_hz
from picket.spectrum.radio.plan import Plan

KEPT_ROWS = 6000  # of the waterfall: two and a half minutes of looks, 3 MB
KEPT_BOXES = 5000
WATCHED_S = 600.0  # shares of time are told over so long
_MOST_ROWS_TOLD = 1200


@dataclass(frozen=True)
class _Row:
    number: int
    time: float
    step: int
    levels: bytes
    low_hz: float
    high_hz: float


@dataclass(frozen=True)
class Taken:
    """What a look changed: emitters heard in it, and what disturbs now."""

    look: Look
    heard: list[Heard]
    disturbed: list[Disturbance]


class Desk:
    """One radio's memories. folder: where occupancy and baseline are kept, None for a recording."""

    def __init__(self, radio: Radio, *, folder: Path | None = None, kept_rows: int = KEPT_ROWS) -> None:
        self.radio, self.folder = radio, folder
        self.plan = Plan.of(radio)
        gain = "auto" if radio.gain_db is None else f"{radio.gain_db:g}"
        self.floors = Floors.of(radio.band, f"{radio.rate_hz:g}/{gain}", self.plan.round_s)
        self.history, self.occupancy = History(), Occupancy.of(radio.band)
        self.lock = threading.Lock()
        self._rows: deque[_Row] = deque(maxlen=kept_rows)
        self._boxes: deque[tuple[int, dict[str, Any]]] = deque(maxlen=KEPT_BOXES)
        self._looks: deque[tuple[float, float, int]] = deque(maxlen=20_000)  # end, seconds, step
        self._last_look: dict[int, float] = {}
        self._gain_steps: deque[tuple[float, float]] = deque(maxlen=50)
        self.notes: dict[str, int] = {}
        self.clipped = 0.0
        self._number = 0
        self._first: float | None = None
        self.problem: str | None = None
        if folder is not None:
            self._recall(folder)

    # -- taking in -------------------------------------------------------------------------------------------------------
    def take(self, look: Look) -> Taken:
        """Takes in a look."""
        with self.lock:
            heard = self.history.hear(look)
            self.occupancy.add(look)
            judged = self.radio.gain_db is not None  # a receiver that sets its own gain has no floor to compare
            disturbed = (self.floors.add(look) if judged else []) + self._jammers(heard)
            for time, levels in look.rows:
                self._number += 1
                self._rows.append(_Row(self._number, time, look.step.number, levels, look.low_hz, look.high_hz))
            for e in look.emissions:
                (low, high), (begin, end) = look.edges_hz(e), look.span(e)
                low, high, snr_db, confidence = float(low), float(high), float(e.snr_db), float(e.confidence)
                box = {
                    "begin": begin, "end": end, "low_hz": low, "high_hz": high, "label": e.label, "kind": kind_of(e.label),
                    "snr_db": round(snr_db, 1), "confidence": round(confidence, 2),
                }  # fmt: skip
                self._boxes.append((self._number, box))
            self._looks.append((look.end, look.seconds, look.step.number))
            self._last_look[look.step.number] = look.end
            self._first = look.begin if self._first is None else self._first
            self._gain_steps.extend(look.gain_steps)
            for reason, n in look.notes.items():
                self.notes[reason] = self.notes.get(reason, 0) + n
            self.clipped = look.clipped
            return Taken(look, [h for h in heard if h.confirmed], disturbed)

    def _jammers(self, heard: list[Heard]) -> list[Disturbance]:
        return [
            Disturbance(h.label, h.band, h.center_hz - h.bandwidth_hz / 2, h.center_hz + h.bandwidth_hz / 2, h.snr_db, h.first)
            for h in heard
            if h.confirmed and h.kind == "interference"
        ]

    # -- questions -------------------------------------------------------------------------------------------------------
    def state(self, now: float) -> dict[str, Any]:
        """All but rows and occupancy."""
        with self.lock:
            return {
                "id": self.radio.sensor, "source": self.radio.source, "rate_hz": self.radio.rate_hz, "gain_db": self.radio.gain_db,
                "bands": [self._band(b.name, now) for b in self.radio.band],
                "emitters": [{**asdict(h), "kind": h.kind} for h in self.history],
                "disturbed": [told(d) for d in self.floors.found], "level_db": round(self.floors.level_db, 2),
                "gain_steps": [{"time": t, "db": round(db, 1)} for t, db in self._gain_steps],
                "clipped": self.clipped, "notes": dict(self.notes), "round_s": round(self.plan.round_s, 3),
                "too_much": self.plan.too_much(), "last_row": self._number, "clip_s": self.radio.clip_s,
            }  # fmt: skip

    def chances(self) -> list[dict[str, Any]]:
        """Probability of intercept by class, by the plan."""
        return chances(self.radio)

    def _band(self, name: str, now: float) -> dict[str, Any]:
        band = next(b for b in self.radio.band if b.name == name)
        since = max(now - WATCHED_S, self._first if self._first is not None else now)
        steps = []
        for s in self.plan.steps:
            if s.band == name:
                seconds = sum(sec for end, sec, n in self._looks if n == s.number and end > since)
                last = self._last_look.get(s.number)
                share = min(seconds / max(now - since, 1.0), 1.0)
                steps.append({"low_hz": s.low_hz, "high_hz": s.high_hz, "last_look": last, "watched": round(share, 3)})
        return {
            "name": name, "low_hz": band.low_hz, "high_hz": band.high_hz, "dwell_s": band.dwell_s, "revisit_s": band.revisit_s,
            "steps": steps, "gnss": gnss_bands(band.low_hz, band.high_hz), "floor": self._floor(name, now),
        }  # fmt: skip

    def _floor(self, band: str, now: float) -> dict[str, Any]:
        return {
            "cell_hz": 100e3,
            "now_db": _plain(self.floors.now[band]),
            "usual_db": _plain(self.floors.usual(band, now)),
            "judged": self.radio.gain_db is not None,
        }

    def rows(self, band: str, after: int, most: int = _MOST_ROWS_TOLD) -> dict[str, Any]:
        """Rows of a band's waterfall with numbers above `after` (the latest ones), and the boxes that came with them."""
        steps = {s.number for s in self.plan.steps if s.band == band}
        with self.lock:
            found = [r for r in self._rows if r.number > after and r.step in steps][-most:]
            first = found[0].number if found else self._number
            boxes = [b for n, b in self._boxes if n > after and n >= first]
            last = self._number
        span = next(b for b in self.radio.band if b.name == band)
        return {
            "lowest_db": LOWEST_DB, "db_per_level": DB_PER_LEVEL, "last": last,
            "rows": [
                {"n": r.number, "time": r.time, "low_hz": r.low_hz, "high_hz": r.high_hz, "levels": base64.b64encode(r.levels).decode()}
                for r in found
            ],
            "boxes": [b for b in boxes if b["high_hz"] > span.low_hz and b["low_hz"] < span.high_hz],
        }  # fmt: skip

    def hours(self, band: str) -> dict[str, Any]:
        """Occupancy of a band by hour and channel."""
        span = next(b for b in self.radio.band if b.name == band)
        with self.lock:
            return {"low_hz": span.low_hz, "channel_hz": channel_hz(span), "hours": self.occupancy.rows(band)}

    # -- kept on disk ----------------------------------------------------------------------------------------------------
    def save(self) -> None:
        """Writes occupancy and baseline; a failure is a problem, not an end."""
        if self.folder is None:
            return
        with self.lock:
            body = {"version": 1, "occupancy": self.occupancy.kept(), "floors": self.floors.kept()}
        path = self.folder / f"{_file_name(self.radio.sensor)}.json"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(body), "utf-8")
            fresh.replace(path)
            self.problem = None
        except OSError as e:
            self.problem = f"what {self.radio.sensor} has learnt cannot be kept: {e.strerror or e} ({path})"

    def _recall(self, folder: Path) -> None:
        path = folder / f"{_file_name(self.radio.sensor)}.json"
        try:
            body = json.loads(path.read_text("utf-8"))
            self.occupancy.take_kept(body["occupancy"])
            self.floors.take_kept(body["floors"])
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as e:
            self.problem = f"{path} cannot be read ({type(e).__name__}): occupancy and baselines begin anew"


def told(d: Disturbance) -> dict[str, Any]:
    """A disturbance as plain values, with the navigation bands in it."""
    edges = {"low_hz": float(d.low_hz), "high_hz": float(d.high_hz), "since": float(d.since)}
    return {**asdict(d), **edges, "rise_db": round(float(d.rise_db), 2), "gnss": gnss_bands(d.low_hz, d.high_hz)}


def _plain(values: Any) -> list[float | None]:
    return [None if not np.isfinite(x) else round(float(x), 2) for x in values]


def _file_name(sensor: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in sensor)
