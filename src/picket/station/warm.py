"""`python -m picket.station.warm`: compiles every kernel into the cache, so that the first start is as quick as the hundredth.

It plays the first seconds of the built-in exercise through decoders and engine: what a station runs is what gets compiled.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from picket import _jit, site
from picket.feed import FORMATS, Chunk, Decoded, Format, Options
from picket.feed.assign import assign
from picket.feed.recording import find_format
from picket.record.codec import pack
from picket.record.log import Record
from picket.station.engine import Engine
from picket.station.feeds import prime
from picket.track.warm import SITE
from picket.track.warm import warm as warm_tracker
from picket.words import DETECTION, Batch

SECONDS = 4.0
_START = 1_700_000_000.0
_SPECTRUM = "spectrum"


def load_again() -> None:
    """Before a station listens, each time but the first: what every station runs, one tiny batch of it.

    What a first start has compiled besides loads in milliseconds when it is met. A killed station must be up again at once.
    """
    if _jit.is_cold():
        load_kernels()
        return
    engine = Engine(SITE)
    engine.apply(Record(1, _START, "boot", {"book": None}))
    plot = {"sensor_id": "radar", "kind": "radar", "range_m": 900.0, "azimuth_deg": 10.0, "elevation_deg": 5.0}
    claim = {"sensor_id": "rid", "kind": "remote_id", "lat_deg": 50.01, "lon_deg": 8.01, "identity": "W1"}
    for k in range(2):
        now = _START + k
        batch = Batch.from_rows(DETECTION, [{"time": now, "received": now, **row} for row in (plot, claim)])
        engine.apply(Record(2 + k, now, "batch", {"d": pack(batch), "s": None, "left_out": {}}))
    engine.publish()


def load_kernels(formats: Sequence[Format] = ()) -> None:
    """Compiles the engine's kernels and those of `formats`, or loads them from the cache: before a station listens.

    A station's feeds load those of their own formats when they begin to listen.
    """
    from picket.train import demo_exercise, frames
    from picket.train.demo import DEMO

    for form in formats:
        prime(form, Options())
    place = site.load(DEMO / "site.toml")
    engine = Engine(place)
    engine.apply(Record(1, _START, "boot", {"book": None}))
    decoders = {"radar-north": "asterix", "radar-south": "asterix", "remote-id": "dronescout", "adsb": "sbs"}
    made = {channel: find_format(name).make(Options(origin="exercise")) for channel, name in decoders.items()}
    for i, frame in enumerate(frames(demo_exercise(), 1, _START, _START + SECONDS)):
        link = "stream" if frame.channel == "adsb" else "udp"
        decoded: Decoded = made[frame.channel].decode(
            Chunk.one(frame.payload, received=frame.time, source=frame.channel, link=link)
        )
        batch, _ = assign(decoded.detections, place, [s for s in place.sensor if s.id == frame.channel])
        engine.apply(Record(2 + i, frame.time, "batch", {"d": pack(batch) if batch.n else None, "s": None, "left_out": {}}))
    engine.publish()
    warm_tracker()  # and what the exercise's first seconds do not reach: bearings, the clutter estimate
    _jit.note_warm()


def compile_kernels() -> None:
    """Fills an empty cache, a format at a time in as many processes as there are cores: compiling is most of a first start."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        list(pool.map(_compile, ["", _SPECTRUM, *(f.name for f in FORMATS)]))


def _compile(name: str) -> None:
    """The kernels of one format, of the spectrum room, or, of no name, the engine's: these take longest and begin first."""
    if name == _SPECTRUM:
        from picket.spectrum.warm import warm as warm_spectrum  # SciPy, which a station without a radio does not load

        warm_spectrum()
    elif name:
        prime(find_format(name), Options())
    else:
        load_kernels()


def main() -> None:
    """Does it and says how long it took."""
    began = time.monotonic()
    compile_kernels() if _jit.is_cold() else load_kernels(FORMATS)
    print(f"kernels warm after {time.monotonic() - began:.0f} s ({_jit.cache_folder() or 'no cache folder can be written'})")


if __name__ == "__main__":
    main()
