"""An opened recording on the spectrum page: the same looks, desk and API as a radio's, read from the file. On loopback, behind the gate."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from picket.spectrum.radio.clips import Clip
from picket.spectrum.radio.desk import Desk
from picket.spectrum.radio.recorded import Recorded, radio_of, row_s
from picket.spectrum.radio.run import LiveRadio
from picket.spectrum.recording import Recording
from picket.spectrum.sigmf import Datatype
from picket.station import api_spectrum
from picket.station.clips import ClipStore
from picket.station.quiet import QuietStation


class SpectrumStation(QuietStation):
    """One recording being looked at and served. folder: where clips, looks' audit and secrets lie. Set `stop` to end it."""

    page, title, who = "spectrum.html", "Picket spectrum", "analyst"

    def __init__(self, recording: Recording, folder: Path, port: int) -> None:
        super().__init__(folder, port)
        self.recording, self.folder = recording, folder
        self.source = Recorded(recording)
        self.radio = radio_of(recording)
        self.desk = Desk(self.radio)
        self.live = LiveRadio(
            self.radio, self.desk.take, source=self.source, clock=self.source.now, patient=True, row_s=row_s(recording)
        )
        self.clips = ClipStore(folder / "clips")
        self._writing = threading.Lock()

    # -- the page (api_spectrum.Shown) -----------------------------------------------------------------------------------
    def desks(self) -> dict[str, Desk]:
        """The one desk."""
        return {self.radio.sensor: self.desk}

    def head(self) -> dict[str, Any]:
        """What stands over the page."""
        meta, health = self.recording.meta, self.live.health
        total = self.recording.total_bytes
        state = {"state": health.state, "detail": health.detail, "samples": health.samples, "left_out": dict(health.left_out)}
        return {
            "live": False, "name": self.recording.name, "simulated": meta.simulated, "time": self.source.now(),
            "dated": meta.start is not None, "start": self.source.start,
            "seconds": None if total is None else total / meta.datatype.sample_bytes / meta.rate_hz,
            "health": [{"id": self.radio.sensor, "reconnects": 0, **state}],
        }  # fmt: skip

    def cut(self, radio: str, start: float, end: float, hz: float) -> tuple[Clip | None, Datatype, float]:
        """Samples from the file."""
        return self.source.cut(start, end, api_spectrum.MOST_CLIP_S), self.source.datatype, self.radio.rate_hz

    def audit(self, who: str, what: str, **detail: Any) -> None:
        """One line in audit.jsonl: a recording has no station's log."""
        line = json.dumps({"time": time.time(), "who": who, "what": what, "recording": self.recording.name, **detail})
        with self._writing:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / "audit.jsonl").open("a", encoding="utf-8") as f:
                f.write(line + "\n")

    # -- life ------------------------------------------------------------------------------------------------------------
    def add(self, app: FastAPI) -> None:
        """The routes of a radio's page."""
        api_spectrum.add(app, self, self.audit)

    def begin(self) -> None:
        """Begins to look at the file."""
        self.live.start()

    def close(self) -> None:
        """Ends the looks."""
        self.live.stop()
