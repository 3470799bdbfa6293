"""bytes -> Detection. One file per format, its encoder beside its decoder; one line per format in `FORMATS`."""

from __future__ import annotations

from pathlib import Path

from picket.feed import asterix, jsonlines, sapient
from picket.feed.adsb import beast, readsb, sbs, uat
from picket.feed.format import Chunk, Decoded, Decoder, Format, Options
from picket.feed.marine import ais, nmea_radar
from picket.feed.remoteid import dragonsync, dronescout, frames, mavlink
from picket.words import Batch

__all__ = ["FORMATS", "Chunk", "Decoded", "Decoder", "Format", "Options", "read_detections"]

# Every format that Picket reads. The order matters where one cannot tell by its first bytes: the more telling ones stand first.
FORMATS: tuple[Format, ...] = (
    jsonlines.FORMAT,
    dronescout.FORMAT,
    dragonsync.FORMAT,
    readsb.FORMAT,
    frames.FORMAT,
    mavlink.FORMAT,
    beast.FORMAT,
    sbs.FORMAT,
    uat.FORMAT,
    nmea_radar.FORMAT,
    ais.FORMAT,
    sapient.FORMAT,
    asterix.FORMAT,
)


def read_detections(
    path: str | Path,
    format: str | None = None,
    start: float | None = None,
    rate: float | None = None,
    options: Options | None = None,
) -> Batch:
    """All detections of a recording or a table as one batch; see `picket.feed.recording.read_detections`."""
    from picket.feed import recording  # it needs FORMATS, and tables bring pyarrow: only when first used

    return recording.read_detections(path, format, start, rate, options)
