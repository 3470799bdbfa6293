"""Replay for bench_record: 50 drones with Remote ID, a row each a second and a tick a second, ten minutes of a log through the engine.

On two sites: one without zones, and one where drones fly through a warning zone into a protected one and others cross a line. The log's
records first go through an engine as they would live; the replay must show the same tracks and alerts, record by record.
"""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from picket import site as sites
from picket.record.codec import pack
from picket.record.log import LogFile, Record
from picket.site import Site
from picket.station.engine import Engine
from picket.station.replay import moments
from picket.words import DETECTION, Batch

T0, SECONDS, TRACKS, TIMES = 1_767_225_600.0, 600, 50, 5


def _ring(lon: float, lat: float, dx: float, dy: float) -> dict[str, Any]:
    corners = [[lon - dx, lat - dy], [lon + dx, lat - dy], [lon + dx, lat + dy], [lon - dx, lat + dy], [lon - dx, lat - dy]]
    return {"type": "Polygon", "coordinates": [corners]}


def _sites(folder: Path) -> dict[str, Site]:
    plain = {
        "version": 1, "site": {"name": "bench", "lat_deg": 45.0, "lon_deg": -30.0}, "sensor": [{"id": "rid", "kind": "remote_id"}],
    }  # fmt: skip
    shapes = {
        "pier": ("protected", _ring(-29.93, 45.0245, 0.004, 0.0009)), "around": ("warning", _ring(-29.93, 45.0245, 0.006, 0.0019)),
        "line": ("border_line", {"type": "LineString", "coordinates": [[-29.9, 45.0175], [-29.9, 45.0225]]}),
    }  # fmt: skip
    for name, (_, shape) in shapes.items():
        (folder / f"{name}.geojson").write_text(json.dumps(shape))
    zones = [{"id": name, "kind": kind, "geometry": f"{name}.geojson"} for name, (kind, _) in shapes.items()]
    return {
        "without_zones": sites.parse(plain, folder=folder),
        "with_zones": sites.parse({**plain, "zone": zones}, folder=folder),
    }


def _records() -> list[Record]:
    lane = np.arange(TRACKS)
    made = [Record(1, T0, "boot", {"book": None, "site": "bench"})]
    for s in range(SECONDS):
        lat, lon = 45.0 + lane * 1e-3, -30.0 + s * 2e-4 + lane * 1e-4
        batch = Batch.build(
            DETECTION, TRACKS,
            {"time": T0 + s, "received": T0 + s, "sensor_id": "rid", "kind": "remote_id", "report": "plot", "origin": "exercise",
             "lat_deg": lat, "lon_deg": lon, "alt_wgs84_m": 80.0, "sigma_position_m": 3.0, "identity": lane.astype(np.int32),
             "identity_kind": "serial"},
            {"identity": tuple(f"SIM{i}" for i in range(TRACKS))},
        )  # fmt: skip
        made.append(Record(2 * s + 2, T0 + s, "batch", {"d": pack(batch), "s": None, "left_out": {}, "operators": []}))
        made.append(Record(2 * s + 3, T0 + s + 0.5, "tick", None))
    return made


def _seen(tracks: Batch, alerts: Any) -> tuple[bytes, ...]:
    return (*(tracks[c].tobytes() for c in ("track_id", "lat_deg", "lon_deg", "p_drone")), msgspec.msgpack.encode(list(alerts)))


def run(folder: Path, times: int = TIMES) -> dict[str, Any]:
    """Times real time, by the clock and by CPU time, of each site: least, median, most of some replays."""
    made, out = _records(), {}
    writer = LogFile(folder / "replay")
    for record in made:
        writer.append(record)
    writer.close()
    for name, site in _sites(folder).items():
        engine = Engine(site)
        live = []
        for record in made:
            alerts = engine.apply(record).alerts
            live.append(_seen(engine.tracks, alerts))
        clock, cpu, changes = [], [], 0
        for k in range(times):
            begin, worked = time.perf_counter(), time.process_time()
            shown = list(moments(folder / "replay", site, T0, T0 + SECONDS))
            clock.append(SECONDS / (time.perf_counter() - begin))
            cpu.append(SECONDS / (time.process_time() - worked))
            if k == 0:
                again = [_seen(m.tracks, m.alerts) for m in shown]
                differ = sum(a != b for a, b in zip(live[1:], again[1:], strict=True))  # the boot shows nothing
                changes = sum(len(m.alerts) for m in shown)
        out[name] = {
            "tracks": max(m.tracks.n for m in shown), "alert_changes": changes, "records_that_differ_from_live": differ,
            "times_real_time": _spread(clock), "times_real_time_of_cpu": _spread(cpu),
        }  # fmt: skip
    return out


def _spread(values: list[float]) -> dict[str, int]:
    return {"least": round(min(values)), "median": round(statistics.median(values)), "most": round(max(values))}
