"""A recording as a live feed: its rows are delivered at the pace at which they were received, or `speed` times faster.

Any recording that `picket.feed.recording` opens is played: it is decoded first, then paced by its rows' `received` times, or by
their measured times where nobody noted an arrival (a bare SBS or DroneScout file). Rows without any time go with the ones
before them. Rows keep their recorded times (nothing is re-stamped), so a station sees what the station that recorded saw.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import numpy as np
import numpy.typing as npt

from picket.feed.format import Decoded, Format, Options
from picket.feed.recording import RecordingError, open_recording
from picket.feed.transport import Address, LinkHealth, wait
from picket.words import Batch

STEP_S = 0.02  # of the clock: rows due within one step are delivered together
LONGEST_WAIT_S = 0.25  # so that a stop is noticed
MOST_ROWS = 2_000  # delivered between two turns of the loop

Sleep = Callable[[asyncio.Event, float], Awaitable[bool]]
Floats = npt.NDArray[np.float64]


async def play(
    address: Address,
    form: Format,
    options: Options,
    deliver: Callable[[Decoded, float], None],
    link: LinkHealth,
    clock: Callable[[], float],
    stop: asyncio.Event,
    *,
    sleep: Sleep = wait,
) -> None:
    """Plays the file of `address` once, until its end or `stop`; `deliver` gets rows and the recorded time they belong to.

    clock, sleep: what the pace is kept by. Reading and decoding run in a thread. A file that cannot be played says so in `link`.
    """
    speed, start, rate = float(address.options.get("speed", 1.0)), address.options.get("start"), address.options.get("rate")
    link.state, link.detail = "up", f"playing {address.path}"
    began = first = latest = float("nan")
    try:
        recording = await asyncio.to_thread(
            open_recording, address.path, form, float(start) if start else None, float(rate) if rate else None, options
        )
        with recording:
            parts = iter(recording)
            while (decoded := await asyncio.to_thread(next, parts, None)) is not None:
                for part, time in slices(decoded, STEP_S * speed, latest):
                    if np.isnan(began) and not np.isnan(time):
                        began, first = clock(), time
                    latest = time
                    while (left := began + (time - first) / speed - clock()) > 0 and not stop.is_set():
                        await sleep(stop, min(left, LONGEST_WAIT_S))
                    if stop.is_set():
                        return
                    link.payloads += part.detections.n + part.status.n + part.operators.n
                    deliver(part, time)
                    await asyncio.sleep(0)
        link.detail = f"{address.path} has been played" + (" up to where it was cut" if recording.cut else "")
    except (RecordingError, OSError) as e:
        link.state, link.detail = "down", str(e)


def slices(decoded: Decoded, width_s: float, latest: float) -> Iterator[tuple[Decoded, float]]:
    """(rows, recorded time) of a decoded part, cut where time runs on by `width_s`; a time that steps back goes at once.

    latest: the time that was reached before (NaN: none yet). The counts of what was left out go with the first slice.
    """
    tables = {name: getattr(decoded, name) for name in ("detections", "operators", "status")}
    times = {name: _reached(batch, latest) for name, batch in tables.items()}
    every = np.concatenate(list(times.values()))
    known = every[~np.isnan(every)]
    if not known.size:
        yield decoded, latest
        return
    steps = {name: np.nan_to_num(np.floor((t - known.min()) / width_s), nan=0.0) for name, t in times.items()}
    left_out = decoded.left_out
    for step in np.unique(np.concatenate(list(steps.values()))).tolist():
        rows = {name: np.flatnonzero(steps[name] == step) for name in tables}
        most = max(len(r) for r in rows.values())
        for begin in range(0, most, MOST_ROWS):
            part = {name: tables[name].take(r[begin : begin + MOST_ROWS]) for name, r in rows.items()}
            yield Decoded(left_out=left_out, **part), float(known.min() + step * width_s)
            left_out = type(left_out)()


def _reached(batch: Batch, latest: float) -> Floats:
    """(n,) the latest time reached at each row: arrival, else measurement, never falling."""
    received, time = batch["received"], batch["time"]
    own = np.where(np.isnan(received), time, received)
    lowest = -np.inf if np.isnan(latest) else latest
    reached = np.maximum.accumulate(np.maximum(np.where(np.isnan(own), -np.inf, own), lowest)) if batch.n else own
    return np.where(np.isinf(reached), np.nan, reached)
