"""Live radios, SIMULATED: the chance that a scan hears a transmitter against what was computed, jamming told, and what looking costs.

chances   probability of intercept within 10 s: computed (spectrum/radio/chances.py) beside a simulation of transmitters that was
          written apart from it, in which no look is independent of another
scan      the whole chain: a simulated rtl_tcp server, one hopping link, a plan of five steps; seconds until the link is confirmed
floor     a floor raised by 5 dB over 8 MHz in one of two bands, and a gain step of 6 dB: what was told, and after how long
loop      delays of the station's I/O loop without a radio and with one at 2.4 MS/s, memory, samples lost
"""

from __future__ import annotations

import asyncio
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from picket import site as sites
from picket.site_radio import Band, Radio
from picket.spectrum.radio.chances import CLASSES, HORIZON_S, Class, chance
from picket.spectrum.radio.desk import Desk
from picket.spectrum.radio.plan import Plan, looks, steps_of
from picket.spectrum.radio.run import LiveRadio, warm_up
from picket.spectrum.radio.source import source_of
from picket.station.run import Station
from picket.train.radio.server import Faults, OnAir, Server

RATE = 2.4e6
CHANGE_S = 35.0
RTL_PLAN = (
    Band(name="868", low_hz=863e6, high_hz=870e6, dwell_s=0.2),
    Band(name="1.2 GHz", low_hz=1240e6, high_hz=1300e6, dwell_s=0.05),
    Band(name="L1", low_hz=1565e6, high_hz=1586e6, dwell_s=0.05, revisit_s=10.0),
)
WIDE_PLAN = (
    Band(name="2.4 GHz", low_hz=2.4e9, high_hz=2.4835e9, dwell_s=0.2),
    Band(name="5.8 GHz", low_hz=5.65e9, high_hz=5.925e9, dwell_s=0.1),
)


def warm() -> None:
    """Loads the kernels."""
    radio = Radio(sensor="x", source="stdin://", rate_hz=RATE, band=RTL_PLAN[:1])
    warm_up(radio, source_of(radio))


# -- chances -----------------------------------------------------------------------------------------------------------
def _heard(c: Class, spans: list[tuple[float, float, float, float]], rng: np.random.Generator) -> bool:
    """One transmitter on the air all the time, from a random moment of its own: whether a burst of it lies whole within a look."""
    offset = rng.uniform(0, HORIZON_S)
    fixed = float(rng.choice(c.mhz))
    channels = rng.choice(c.mhz, int(3 * HORIZON_S / c.hop_s)) if c.hops else None
    for low, high, begin, end in spans:
        if not c.period_s:
            if _mostly_in(fixed, c, low, high):
                return True
            continue
        first = int((begin + offset) / c.period_s)
        for k in range(first, int((end + offset) / c.period_s) + 1):
            at = k * c.period_s - offset
            if at < begin or at + c.burst_s > end:
                continue
            mhz = fixed if channels is None else float(channels[int(k * c.period_s / c.hop_s) % len(channels)])
            if _mostly_in(mhz, c, low, high):
                return True
    return False


def _mostly_in(mhz: float, c: Class, low: float, high: float) -> bool:
    a, b = mhz * 1e6 - c.width_hz / 2, mhz * 1e6 + c.width_hz / 2
    return min(b, high) - max(a, low) >= 0.7 * min(b - a, high - low)


def chances(quick: bool) -> dict[str, Any]:
    """Computed and simulated share, for two plans."""
    trials, found = 200 if quick else 1500, {}
    for name, rate, bands, source in (
        ("rtl-sdr, three bands", RATE, RTL_PLAN, "rtl_tcp://h"),
        ("20 MS/s, two bands", 20e6, WIDE_PLAN, "soapy://x"),
    ):
        plan = Plan.of(Radio(sensor="x", source=source, rate_hz=rate, band=bands))
        spans = [(s.low_hz, s.high_hz, a, b) for s, a, b in looks(plan, HORIZON_S) if b <= HORIZON_S]
        rows = {}
        for n, c in enumerate(CLASSES):
            computed = chance(c, plan)
            if computed == 0:
                continue
            rng = np.random.default_rng(n)
            k = sum(_heard(c, spans, rng) for _ in range(trials))
            rows[c.what] = {"computed": round(computed, 3), "simulated": round(k / trials, 3), "trials": trials}
        worst = max(abs(r["computed"] - r["simulated"]) for r in rows.values())
        found[name] = {"round_s": round(plan.round_s, 2), "classes": rows, "largest_difference": round(worst, 3)}
    return found


# -- the whole chain ---------------------------------------------------------------------------------------------------
def _radio(port: int, *bands: Band, settle_s: float = 0.05) -> Radio:
    return Radio(sensor="sdr", source=f"rtl_tcp://127.0.0.1:{port}", rate_hz=RATE, gain_db=30.0, band=bands, settle_s=settle_s)


def scan(quick: bool) -> dict[str, Any]:
    """Seconds from the first sample to a confirmed link, over several starts; the share that was rightly named."""
    bands = (
        Band(name="868", low_hz=863e6, high_hz=870e6, dwell_s=0.2),
        Band(name="433", low_hz=433e6, high_hz=434.7e6, dwell_s=0.2),
    )
    times, named, runs = [], 0, 3 if quick else 12
    for run in range(runs):
        with Server([OnAir("lora_fhss", 863e6, 869.6e6, 12.0)], seed=run) as server:
            radio = _radio(server.port, *bands)
            for step in steps_of(radio):
                server.prepare(step.center_hz, RATE)
            desk, told = Desk(radio), list[tuple[float, str]]()
            live = LiveRadio(
                radio,
                lambda look, d=desk, t=told: t.extend((look.end, h.label) for h in d.take(look).heard),  # type: ignore[misc]
            )
            live.start()
            begun, end = time.time(), time.monotonic() + 20
            while not told and time.monotonic() < end:
                time.sleep(0.05)
            live.stop()
            if told:
                times.append(told[0][0] - begun)
                named += told[0][1] == "lora_fhss"
    return {
        "runs": runs, "confirmed": len(times), "rightly_named": named, "median_s": round(statistics.median(times), 2) if times else None,
        "worst_s": round(max(times), 2) if times else None, "round_s": round(Plan.of(_radio(1, *bands)).round_s, 2),
    }  # fmt: skip


def _steps(t: float) -> float:
    return 6.0 if t > CHANGE_S else 0.0


def floor(quick: bool) -> dict[str, Any]:
    """What is told of a raised floor, and of a gain step."""
    bands = (
        Band(name="L1", low_hz=1570e6, high_hz=1582e6, dwell_s=0.06),
        Band(name="868", low_hz=863e6, high_hz=868e6, dwell_s=0.06),
    )
    found: dict[str, Any] = {}
    for what in ("jammer", "gain step"):
        at = CHANGE_S
        on = [OnAir("noise", 1572e6, 1580e6, 5.0, since_s=at)] if what == "jammer" else []
        faults = Faults(gain_db=_steps if what == "gain step" else (lambda _: 0.0))
        with Server(on, faults=faults) as server:
            radio = _radio(server.port, *bands, settle_s=0.02)
            for step in steps_of(radio):
                server.prepare(step.center_hz, RATE)
            server._begun = time.monotonic()
            zero = time.time()
            desk, told = Desk(radio), list[tuple[float, str, float, float]]()

            def take(look: Any, desk: Any = desk, told: Any = told, zero: float = zero) -> None:
                told.extend((look.end - zero, d.kind, d.low_hz, d.high_hz) for d in desk.take(look).disturbed)

            live = LiveRadio(radio, take)
            live.start()
            time.sleep(at + (10 if quick else 20))
            live.stop()
        jams = [t for t in told if t[1] in ("floor", "gnss", "jam_noise", "jam_chirp")]
        found[what] = {
            "told_as_interference": len(jams),
            "before_it_began": sum(t[0] < at for t in jams),
            "first_after_s": round(jams[0][0] - at, 2) if jams else None,
            "told_as_level": sum(t[1] == "level" for t in told),
            "edges_mhz": [round(float(np.median([t[i] for t in jams])) / 1e6, 2) for i in (2, 3)] if jams else None,
            "round_s": round(Plan.of(radio).round_s, 2),
        }
    return found


# -- what it costs -----------------------------------------------------------------------------------------------------
async def _delays(station: Station, seconds: float) -> dict[str, Any]:
    """Delays of a sleep of 5 ms in the station's loop."""
    over: list[float] = []
    ready = asyncio.Event()
    running = asyncio.create_task(station.run(lambda _: ready.set()))
    await ready.wait()
    await asyncio.sleep(5.0)  # kernels are loaded
    before = resource.getrusage(resource.RUSAGE_SELF)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        at = time.monotonic()
        await asyncio.sleep(0.005)
        over.append(1e3 * (time.monotonic() - at - 0.005))
    after = resource.getrusage(resource.RUSAGE_SELF)
    radios = station.core.radios.rows() if station.core.radios is not None else []
    station.stop.set()
    await running
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "delay_ms": {
            "median": round(float(np.median(over)), 2), "p99": round(float(np.quantile(over, 0.99)), 2), "worst": round(max(over), 1),
        },
        "cpu_share": round(cpu / seconds, 3), "peak_mb": round(after.ru_maxrss / 1024),
        "radio": [{k: r[k] for k in ("samples", "left_out", "waiting_bytes")} for r in radios],
    }  # fmt: skip


def _measured(seconds: float, port: int | None) -> dict[str, Any]:
    """In a process of its own, so that its memory is its own."""
    code = f"import json; from benchmarks.bench_radio import loop_once; print(json.dumps(loop_once({seconds!r}, {port!r})))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=180)
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


def loop_once(seconds: float, port: int | None) -> dict[str, Any]:
    """A station with a radio at `port`, or without any."""
    raw: dict[str, Any] = {
        "version": 1, "site": {"name": "Bench", "lat_deg": 45.0, "lon_deg": -30.0},
        "sensor": [{"id": "sdr", "kind": "rf", "lat_deg": 45.0, "lon_deg": -30.0}], "station": {"port": 0, "origin": "exercise"},
    }  # fmt: skip
    if port is not None:
        band = {"name": "868", "low_hz": 868.0e6, "high_hz": 869.6e6, "dwell_s": 0.5}
        raw["radio"] = [
            {"sensor": "sdr", "source": f"rtl_tcp://127.0.0.1:{port}", "rate_hz": RATE, "gain_db": 30, "band": [band]}
        ]
    with tempfile.TemporaryDirectory() as folder:
        site = sites.parse(raw, folder=folder)

        async def run() -> dict[str, Any]:
            station = Station(site, Path(folder) / "archive")
            station.open()
            return await _delays(station, seconds)

        return asyncio.run(run())


def loop(quick: bool) -> dict[str, Any]:
    """Without and with a radio that hears a busy link."""
    seconds = 5.0 if quick else 40.0
    command = [sys.executable, "-m", "picket.train.radio.server", "--on", "lora_fhss:868.0e6:869.6e6:15"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = int(re.search(r":(\d+);", server.stdout.readline()).group(1))  # type: ignore[union-attr]
        return {"seconds": seconds, "without": _measured(seconds, None), "with_a_radio": _measured(seconds, port)}
    finally:
        server.terminate()
        server.wait(10)


ROWS = {
    "chances": ("computed within 0.05 of simulated", chances),
    "scan": ("confirmed and rightly named in every run", scan),
    "floor": ("the jammer told, the gain step never called one", floor),
    "loop": ("the loop's worst delay not much longer than without; nothing lost but settling", loop),
}
