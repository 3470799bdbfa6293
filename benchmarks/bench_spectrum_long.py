"""The spectrum room over hours, behind a switch: confirmed emitters on streamed noise, and ten paced minutes at 61.44 MS/s.

PICKET_BENCH_LONG=1 runs it (without it nothing is run and the kept figures stay). PICKET_BENCH_HOURS (3) of noise at 2.4 MS/s, the
rate of a common dongle, generated and looked at faster than it would arrive, and at most PICKET_BENCH_MINUTES (30) minutes of work
on it: the bound given is for what was looked at. It goes on where the kept figures end as long as the detector's code is the same,
so that the hours can be done in pieces. The limits allow so many false boxes a second over the whole band, whatever its width.
PICKET_BENCH_GB (100): the size of a recording, most of it zeros.
PICKET_BENCH_PACED_S (600) seconds at the pace of the clock; that row means something on a machine with two free cores only.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import chi2

import picket.spectrum
from benchmarks import radio
from picket.spectrum.run import Chain
from picket.train.radio.scene import Part, Scene, simulate

HOURS = float(os.environ.get("PICKET_BENCH_HOURS", "3"))
MINUTES = float(os.environ.get("PICKET_BENCH_MINUTES", "30"))
PACED_S = float(os.environ.get("PICKET_BENCH_PACED_S", "600"))
LARGE_GB = float(os.environ.get("PICKET_BENCH_GB", "100"))
NOISE_HZ, PACED_HZ, LARGE_HZ = 2.4e6, 61.44e6, 40e6
WINDOW_S = 60.0  # emitters are judged anew each minute
_QUEUE = 8  # segments that may wait; more are dropped


def noise_hours(quick: bool) -> dict[str, Any]:
    """Boxes and confirmed emitters on Gaussian noise (SIMULATED), with the 95 % upper bound of each an hour."""
    begin, code = time.monotonic(), _code()
    windows = 2 if quick else int(HOURS * 3600 / WINDOW_S)
    kept = {} if quick else _kept()
    if kept.get("code") != code:
        kept = {}
    boxes, emitters, labels = kept.get("boxes", 0), kept.get("confirmed_emitters", 0), Counter(kept.get("labels", {}))
    done = first = kept.get("windows", 0)
    while done < windows and time.monotonic() - begin < MINUTES * 60:
        report = _window(np.random.default_rng([13, done]))
        boxes += len(report.emissions)
        confirmed = [m for m in report.emitters if m.confirmed(NOISE_HZ)]
        emitters += len(confirmed)
        labels.update(m.label for m in confirmed)
        done += 1
    hours = done * WINDOW_S / 3600
    return {
        "rate_hz": NOISE_HZ, "hours": round(hours, 3), "boxes": boxes, "confirmed_emitters": emitters, "labels": dict(labels),
        "confirmed_per_h_upper_95": _bound(emitters, hours), "boxes_per_h_upper_95": _bound(boxes, hours),
        "times_real_time": round((done - first) * WINDOW_S / (time.monotonic() - begin), 1), "windows": done, "code": code,
    }  # fmt: skip


def _kept() -> dict[str, Any]:
    """The figures of earlier pieces."""
    path = Path(__file__).parent / "results" / "spectrum_long.json"
    rows = json.loads(path.read_text()).get("rows", {}) if path.exists() else {}
    return dict(rows.get("noise_hours", {}).get("figures", {}))


def _code() -> str:
    """A hash of the room's source: pieces are only added up over one detector."""
    digest = hashlib.sha256()
    for path in sorted(Path(picket.spectrum.__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _bound(count: int, hours: float) -> float:
    """Poisson, one-sided."""
    return round(float(chi2.ppf(0.95, 2 * (count + 1))) / 2 / hours, 3)


def _window(rng: np.random.Generator) -> Any:
    chain = Chain(NOISE_HZ, 0.0, 1.0)
    size, kept = chain.step + chain.bins, np.empty(0, np.float32)
    for i in range(int(WINDOW_S * NOISE_HZ / chain.step)):
        block = np.concatenate([kept, rng.standard_normal(2 * size - len(kept), np.float32) * np.float32(0.01)])
        chain.take(block, i * chain.step)
        kept = block[2 * chain.step :]
    return chain.finish()


def paced(quick: bool) -> dict[str, Any]:
    """A busy band (SIMULATED, 0.4 s over and over) at 61.44 MS/s by the clock: what was dropped, memory, and how late a burst is told."""
    parts = [Part("ofdm_video", 10, (0.04, 0.4)), Part("gfsk_fhss", 10, (0.5, 0.6)), Part("bluetooth", 12, (0.7, 0.9))]
    x = radio.quantised(simulate(Scene(PACED_HZ, 0.4, parts), 5)[0])
    chain = Chain(PACED_HZ, 0.0, 32768.0)
    step, extra, seconds = chain.step, chain.bins, 10.0 if quick else PACED_S
    whole = (len(x) // 2 - extra) // step
    chain.take(x[: 2 * (step + extra)], 0)
    chain = Chain(PACED_HZ, 0.0, 32768.0)
    ready: queue.Queue[tuple[int, float] | None] = queue.Queue(_QUEUE)
    dropped = [0]
    count = int(seconds * PACED_HZ / step)

    def radio_thread() -> None:
        begin = time.monotonic()
        for i in range(count):
            due = begin + ((i + 1) * step + extra) / PACED_HZ
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                ready.put_nowait((i, due))
            except queue.Full:
                dropped[0] += 1
        ready.put(None)

    threading.Thread(target=radio_thread, daemon=True).start()
    late: list[float] = []
    memory: list[int] = []
    work = time.thread_time()
    while (item := ready.get()) is not None:
        i, due = item
        a = i % whole * step
        chain.take(x[2 * a : 2 * (a + step + extra)], i * step)
        now = time.monotonic()
        late += [now - due + ((i + 1) * step + extra - e.sample_end) / PACED_HZ for e in chain.done]
        chain.done.clear()  # what is told is handed on
        memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return {
        "seconds": seconds, "cpu_share": round((time.thread_time() - work) / seconds, 3),
        "segments": count, "dropped_segments": dropped[0], "bursts_told": len(late),
        "burst_end_to_result_ms": {
            "median": round(statistics.median(late) * 1e3, 1), "99 %": round(float(np.quantile(late, 0.99)) * 1e3, 1),
        } if late else None,
        "peak_memory_mib": {"after a tenth": memory[len(memory) // 10] // 1024, "at the end": memory[-1] // 1024},
    }  # fmt: skip


def large(quick: bool) -> dict[str, Any]:
    """`picket spectrum` on a recording of LARGE_GB (SIMULATED): a busy second at its start, in its middle and at its end, and zeros between
    them, which take no room on the disk. All of it is read and transformed; detection has work in those three seconds only.
    """
    total = int((1.0 if quick else LARGE_GB) * 1e9) // 8 * 8
    parts = [Part("ofdm_video", 10, (0.04, 0.5)), Part("gfsk_fhss", 10, (0.5, 0.7)), Part("bluetooth", 12, (0.7, 0.96))]
    busy = radio.quantised(simulate(Scene(LARGE_HZ, 1.0, parts), 1)[0]).tobytes()
    with tempfile.TemporaryDirectory() as folder:
        data, out = Path(folder) / "large.sigmf-data", Path(folder) / "out.sigmf-meta"
        with data.open("wb") as file:
            file.truncate(total)
            for at in (0, total // 8 * 4, total - len(busy)):
                file.seek(at)
                file.write(busy)
        head = {
            "core:datatype": "ci16_le",
            "core:sample_rate": LARGE_HZ,
            "core:version": "1.2.0",
            "core:description": "SIMULATED",
        }
        meta = {"global": head, "captures": [{"core:sample_start": 0, "core:frequency": 5.8e9}], "annotations": []}
        data.with_suffix(".sigmf-meta").write_text(json.dumps(meta))
        command = [sys.executable, "-m", "picket.cli", "spectrum", str(data.with_suffix(".sigmf-meta")), "-o", str(out)]
        begin, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        told = subprocess.run(command, capture_output=True, text=True, check=True)
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - begin
        starts = [a["core:sample_start"] for a in json.loads(out.read_text())["annotations"]]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    places = [(0, LARGE_HZ), (total // 8, total // 8 + LARGE_HZ), (total // 4 - LARGE_HZ, total // 4)]
    return {
        "gb": total / 1e9, "samples": total // 4, "cpu_s": round(cpu, 1), "wall_s": round(wall, 1),
        "msps_of_cpu": round(total / 4 / cpu / 1e6, 1),
        "peak_memory_mib": after.ru_maxrss // 1024, "emissions": len(starts),
        "by_place": [sum(a <= s < b for s in starts) for a, b in places],
        "notes": [line.strip() for line in told.stdout.splitlines() if "zeros" in line],
    }  # fmt: skip


def warm() -> None:
    """Nothing beyond what the rows do themselves."""


ROWS: dict[str, tuple[str, Callable[[bool], dict[str, Any]]]] = (
    {
        "noise_hours": ("confirmed emitters on noise: 95 % upper bound of at most 1 an hour over 3 h", noise_hours),
        "large": ("a recording of 100 GB: streams, memory bounded, all of it looked at", large),
        "paced": ("61.44 MS/s for 10 minutes: nothing dropped, memory flat, burst end to result 100 ms", paced),
    }
    if os.environ.get("PICKET_BENCH_LONG")
    else {}
)
