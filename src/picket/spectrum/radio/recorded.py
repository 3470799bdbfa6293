"""A recording as a source: read as fast as it is looked at, dated by its own samples."""

from __future__ import annotations

from pathlib import Path

from picket.site_radio import Band, Radio
from picket.spectrum.radio.clips import Clip
from picket.spectrum.recording import Recording
from picket.spectrum.sigmf import Datatype

BLOCK = 1 << 18
_ROWS = 1500  # of the waterfall over the whole recording, about
_SHORTEST_ROW_S, _LONGEST_ROW_S = 1e-4, 2.0


class Recorded:
    """The samples of an opened recording."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self._bytes = 0
        self._stopped = False

    @property
    def datatype(self) -> Datatype:
        """As its metadata says."""
        return self.recording.meta.datatype

    @property
    def start(self) -> float:
        """UNIX seconds of its first sample; 0 where it does not say."""
        return self.recording.meta.start or 0.0

    def open(self) -> str:
        """It is open."""
        return self.recording.name

    def tune(self, center_hz: float) -> None:
        """It was tuned when it was made."""

    def read(self) -> bytes:
        """The next samples; what is left of a cut last one is put aside."""
        if self._stopped:
            return b""
        data = self.recording.stream.read(BLOCK)
        whole = len(data) - len(data) % self.datatype.sample_bytes
        self._bytes += whole
        return data[:whole]

    def close(self) -> None:
        """Reads no further."""
        self._stopped = True

    def now(self) -> float:
        """The recording's time at the sample that was read last."""
        return self.start + self._bytes / self.datatype.sample_bytes / self.recording.meta.rate_hz

    def cut(self, start: float, end: float, most_s: float) -> Clip | None:
        """Samples of it, from the file."""
        rate, size = self.recording.meta.rate_hz, self.datatype.sample_bytes
        first = max(0, round((start - self.start) * rate))
        last = round((min(end, start + most_s) - self.start) * rate)
        path = Path(self.recording.name)
        if not path.is_file() or last <= first:
            return None
        with path.open("rb") as f:
            f.seek(first * size)
            data = f.read((last - first) * size)
        data = data[: len(data) - len(data) % size]
        return Clip(data, self.recording.meta.center_hz, self.start + first / rate, len(data) // size) if data else None


def radio_of(recording: Recording) -> Radio:
    """A recording as the radio that may have made it: one band, never tuned."""
    meta = recording.meta
    half = meta.rate_hz / 2
    seconds = None if recording.total_bytes is None else recording.total_bytes / meta.datatype.sample_bytes / meta.rate_hz
    dwell = 0.5 if seconds is None else min(0.5, max(0.05, seconds))
    band = Band(name=f"{meta.center_hz / 1e6:g} MHz", low_hz=meta.center_hz - half, high_hz=meta.center_hz + half, dwell_s=dwell)
    return Radio(
        sensor=Path(recording.name).stem, source="stdin://", rate_hz=meta.rate_hz, band=(band,), datatype=meta.datatype.name, settle_s=0.0,
        gain_db=0.0, clip_s=10.0,
    )  # fmt: skip


def row_s(recording: Recording) -> float:
    """What one row of its waterfall stands for, so that the whole of it can be shown."""
    if recording.total_bytes is None:
        return 0.025
    seconds = recording.total_bytes / recording.meta.datatype.sample_bytes / recording.meta.rate_hz
    return min(_LONGEST_ROW_S, max(_SHORTEST_ROW_S, seconds / _ROWS))
