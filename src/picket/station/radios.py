"""The radios of a station: looks become detections, heartbeats, and a `spectrum` record each; links and clips beside them.

A radio receives and looks in threads of its own (spectrum/radio). Here, in the I/O loop, is only what makes records: a few rows a look.

What becomes a detection: confirmed emitters of kind drone_link, broadcast and interference, one row an emitter and look, without a
bearing (one antenna has none). Everything else is occupancy, counted as `occupancy_only`, and no row.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from picket.feed import Decoded
from picket.site import Site
from picket.site_radio import Radio
from picket.spectrum.radio.clips import Clip
from picket.spectrum.radio.desk import Desk, Taken, told
from picket.spectrum.radio.run import LiveRadio
from picket.spectrum.radio.source import Source
from picket.spectrum.sigmf import Datatype
from picket.station import api_spectrum
from picket.station.clips import ClipStore
from picket.station.core import Core
from picket.station.sequence import ClosedError
from picket.words import DETECTION, STATUS, Batch

BEAT_S = 2.0  # a radio that gives samples says so this often: it is silent after silent_scans of these
CONSTANT_S = 2.0  # without a sample that says something for so long, it does not
SAVE_S = 60.0
ERASE_S = 600.0
_PACE_S = 0.2


@dataclass
class OneRadio:
    """A radio with its desk and what was last told of it."""

    desk: Desk
    live: LiveRadio
    shown: str | None = None
    counted: Counter[str] = field(default_factory=Counter)
    beat_at: float = 0.0


class Radios:
    """All radios of a station. `source_of` is another way to get samples (tests)."""

    def __init__(self, core: Core, source_for: Callable[[Radio], Source] | None = None) -> None:
        self.core = core
        self.clips = ClipStore(core.folder / "spectrum" / "clips")
        self._source_for = source_for
        self._loop: asyncio.AbstractEventLoop | None = None
        self.all: dict[str, OneRadio] = {}
        for radio in core.site.radio:
            self.all[radio.sensor] = self._one(radio)

    def _one(self, radio: Radio) -> OneRadio:
        desk = Desk(radio, folder=self.core.folder / "spectrum")

        def deliver(look: Any) -> None:
            taken = desk.take(look)
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._told, radio, taken)

        source = self._source_for(radio) if self._source_for else None
        return OneRadio(desk, LiveRadio(radio, deliver, source=source, clock=time.time))

    def problems(self) -> list[str]:
        """What is wrong with the radios, in words."""
        found = []
        for name, one in self.all.items():
            health = one.live.health
            if health.state in ("waiting", "down"):
                found.append(f"radio {name}: {health.state}: {health.detail}")
            found += [p for p in (one.live.problem, one.desk.problem) if p]
        return found + ([self.clips.problem] if self.clips.problem else [])

    def rows(self) -> list[dict[str, Any]]:
        """How each radio is doing, for health and the page."""
        return [
            {
                "id": name, "state": one.live.health.state, "detail": one.live.health.detail, "samples": one.live.health.samples,
                "reconnects": one.live.health.reconnects, "left_out": dict(one.live.health.left_out),
                "waiting_bytes": one.live.pipe.waiting_bytes, "busy_s": round(one.live.busy_s, 2),
            }
            for name, one in self.all.items()
        ]  # fmt: skip

    # -- the page (api_spectrum.Shown) -----------------------------------------------------------------------------------
    def serve(self, app: Any) -> None:
        """Adds the spectrum page's API."""
        api_spectrum.add(app, self, self.core.audit)

    def desks(self) -> dict[str, Desk]:
        """The desks by radio."""
        return {name: one.desk for name, one in self.all.items()}

    def head(self) -> dict[str, Any]:
        """What stands over the page."""
        return {
            "live": True, "name": self.core.site.site.name, "simulated": self.core.site.station.origin == "exercise",
            "time": self.core.sequencer.now(), "dated": True, "health": self.rows(),
        }  # fmt: skip

    def cut(self, radio: str, start: float, end: float, hz: float) -> tuple[Clip | None, Datatype, float]:
        """Samples of the last seconds."""
        live = self.all[radio].live
        return live.ring.cut(start, end, hz), live.datatype, live.radio.rate_hz

    # -- life ------------------------------------------------------------------------------------------------------------
    async def run(self) -> None:
        """Runs every radio until cancelled."""
        if not self.all:
            return
        self._loop = asyncio.get_running_loop()
        for one in self.all.values():
            one.live.start()
        saved = erased = time.monotonic()
        try:
            while True:
                for one in self.all.values():
                    self._watch(one)
                now = time.monotonic()
                if now - saved > SAVE_S:
                    saved = now
                    await asyncio.to_thread(self._save)
                if now - erased > ERASE_S:
                    erased = now
                    await self._erase()
                await asyncio.sleep(_PACE_S)
        finally:
            await asyncio.to_thread(self._end)

    def _save(self) -> None:
        for one in self.all.values():
            one.desk.save()

    async def _erase(self) -> None:
        keep = {name: one.desk.radio.clips_keep_hours for name, one in self.all.items()}
        gone = await asyncio.to_thread(self.clips.erase_old, keep, time.time())
        if gone:
            self.core.audit("station", "erased IQ clips past their time", files=gone)

    def _end(self) -> None:
        for one in self.all.values():
            one.live.receiver.stop()
        for one in self.all.values():
            one.live.stop()
        self._save()

    def _watch(self, one: OneRadio) -> None:
        """Link records, heartbeats and counts."""
        radio, health = one.desk.radio, one.live.health
        try:
            if health.state != one.shown:
                one.shown = health.state
                self.core.sequencer.emit(
                    "link", {"feed": radio.source, "sensors": [radio.sensor], "state": health.state, "detail": health.detail}
                )
            fresh = Counter({k: n - one.counted[k] for k, n in health.left_out.items() if n > one.counted[k]})
            one.counted.update(fresh)
            status = Batch.empty(STATUS)
            now = self.core.sequencer.now()
            alive = health.samples_at is not None and time.time() - health.samples_at < CONSTANT_S
            if alive and time.monotonic() - one.beat_at >= BEAT_S:
                one.beat_at = time.monotonic()
                status = self._beat(one, now)
            if fresh or status.n:
                self.core.sequencer.add(
                    radio.sensor, Decoded(status=status, left_out=Counter({f"samples_{k}": n for k, n in fresh.items()}))
                )
        except ClosedError:
            pass  # the station is ending

    def _beat(self, one: OneRadio, now: float) -> Batch:
        clipped = one.desk.clipped > 1e-3
        row = {
            "time": now, "time_source": "receiver", "received": now, "sensor_id": one.desk.radio.sensor,
            "origin": self.core.site.station.origin, "event": "heartbeat", "state": "degraded" if clipped else "ok",
            "detail": "overloaded: samples at full scale; lower gain_db" if clipped else None, "source": one.desk.radio.source,
        }  # fmt: skip
        return Batch.from_rows(STATUS, [{k: v for k, v in row.items() if v is not None}])

    # -- looks -----------------------------------------------------------------------------------------------------------
    def _told(self, radio: Radio, taken: Taken) -> None:
        """Rows first, then the record that says where was listened: what was heard there is known when silence is judged."""
        look = taken.look
        left_out: Counter[str] = Counter()
        named = len(taken.heard)
        if len(look.emitters) > named:
            left_out["occupancy_only"] = len(look.emitters) - named
        batch = detections(taken, radio, self.core.site.station.origin, self.core.sequencer.now())
        try:
            self.core.sequencer.add(radio.sensor, Decoded(batch, left_out=left_out))
            self.core.sequencer.flush()
            disturbed = [d for d in map(told, taken.disturbed) if d["kind"] != "level"]
            self.core.sequencer.emit(
                "spectrum",
                {
                    "sensor": radio.sensor,
                    "listened": [[look.step.low_hz, look.step.high_hz, round(look.seconds, 3)]],
                    "disturbed": disturbed,
                },
            )
        except ClosedError:
            pass  # the station is ending


def detections(taken: Taken, radio: Radio, origin: str, received: float) -> Batch:
    """One row for each emitter that was heard in a look: the time of its last burst, its level, its name."""
    rows = [
        {
            "time": min(h.last, received), "time_source": "receiver", "received": received, "sensor_id": radio.sensor, "kind": "rf",
            "report": "plot", "origin": origin, "snr_db": h.snr_db, "center_hz": h.center_hz, "bandwidth_hz": h.bandwidth_hz,
            "classification": h.label, "sensor_track_id": str(h.number), "source": radio.source,
        }
        for h in taken.heard
    ]  # fmt: skip
    return Batch.from_rows(DETECTION, rows) if rows else Batch.empty(DETECTION)


def check_with_feeds(site: Site, plays: bool) -> str | None:
    """Why a site with these radios cannot start; None when it can."""
    if site.radio and plays:
        return "a station plays recordings (file: feeds) or listens to radios, not both at once: their clocks differ"
    if any(r.kind == "stdin" for r in site.radio) and any("+stdin://" in (s.feed or "") for s in site.sensor):
        return "standard input is asked for twice: by a radio and by a feed"
    return None
