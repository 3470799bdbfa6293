"""The record: six months of flights near a line, exact; size; heat map; the log's appends and its damage; replay. The peer is DuckDB's SQL.

SIMULATED flights (record_sim). Each question is asked by a process of its own on one core, kernels compiled before; "new"
and "known" are the
first and the second time that the archive is asked for that line. The oracle looks at every step and every edge, without grid or roll-up.
PICKET_BENCH_DAMAGED: damaged logs (100,000). PICKET_BENCH_FLIGHTS: flights (60,000). PICKET_BENCH_FOLDER: where ten years are made (10 GB).
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from benchmarks import record_replay, record_sim, record_years
from picket.record import log
from picket.record.archive import Archive
from picket.record.codec import pack
from picket.record.counts import count
from picket.record.log import LogFile, Record, Verdict
from picket.record.near import SCALES, near
from picket.record.near_kernels import pair_distance_m
from picket.record.report import heat
from picket.record.shapes import shape_of
from picket.words import DETECTION, Batch

WITHIN_M = 500.0
TIMES, YEARS_TIMES = 5, 3  # how often each question is asked
FLIGHTS = int(os.environ.get("PICKET_BENCH_FLIGHTS", record_sim.FLIGHTS))
DAMAGED = int(os.environ.get("PICKET_BENCH_DAMAGED", 100_000))


def line(seed: int = 5) -> Any:
    """The border, or another one."""
    return shape_of({"type": "LineString", "coordinates": record_sim.border(seed=seed).tolist()}, "border")


# -- asked by a process of its own -------------------------------------------------------------------------------------
def ask(what: str, folder: Path) -> dict[str, Any]:
    """One question on one core: wall seconds, CPU seconds, peak memory, and the answer."""
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})
    warm = Path(
        os.environ["PICKET_BENCH_WARM"]
    )  # a small archive of the same shape: kernels are loaded, nothing of the big one is
    run = {"near": _near, "whole": _whole, "heat": _heat, "duckdb_near": _duckdb_near, "duckdb_heat": _duckdb_heat}[what]
    run(warm)
    begin, cpu = time.perf_counter(), time.process_time()
    answer = run(folder)
    return {
        "wall_s": round(time.perf_counter() - begin, 3), "cpu_s": round(time.process_time() - cpu, 3),
        "peak_mb": _peak_mb(), **answer,
    }  # fmt: skip


def _peak_mb() -> int:
    """Greatest resident memory of this process (ru_maxrss would be its parent's, if that was larger)."""
    status = Path("/proc/self/status").read_text()
    return round(int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024)


def _near(folder: Path, quick: bool = True) -> dict[str, Any]:
    archive = Archive(folder)
    c = count(archive, *archive.span(), shape=line(), within_m=WITHIN_M, simulated=True, quick=quick)
    return {"flights": c.total, "flight_days": c.flight_days}


def _whole(folder: Path) -> dict[str, Any]:
    return _near(folder, quick=False)


def _heat(folder: Path) -> dict[str, Any]:
    archive = Archive(folder)
    cells, n = heat(archive, *archive.span())
    return {"cells": len(cells), "points": int(n.sum())}


def _duckdb(folder: Path) -> Any:
    import duckdb

    db = duckdb.connect()
    db.execute("SET threads = 1")
    return db


def _duckdb_near(folder: Path) -> dict[str, Any]:
    """Plain SQL over the same day files: points joined to the edges of their cell, in one plane (so not geodesic, and no steps)."""
    db, edges = _duckdb(folder), line().edges / 1e7
    kx, ky = float(111_320 * np.cos(np.radians(record_sim.LAT))), 111_320.0
    rows, cell = [], 0.005
    for i, (ax, ay, bx, by) in enumerate(edges.tolist()):
        dx, dy = WITHIN_M / kx * 1.01, WITHIN_M / ky * 1.01
        for r in range(int((min(ay, by) - dy + 90) // cell), int((max(ay, by) + dy + 90) // cell) + 1):
            for c in range(int((min(ax, bx) - dx + 180) // cell), int((max(ax, bx) + dx + 180) // cell) + 1):
                rows.append((r * 72_000 + c, i))
    found = {"cell": np.array([r[0] for r in rows]), "edge": np.array([r[1] for r in rows], np.int32)}
    shapes = {"edge": np.arange(len(edges), dtype=np.int32), "ax": edges[:, 0] * kx, "ay": edges[:, 1] * ky, "dx": (edges[:,
    2] - edges[:, 0]) * kx, "dy": (edges[:, 3] - edges[:, 1]) * ky}  # fmt: skip
    import pyarrow as pa

    db.register("reach", pa.table(found))
    db.register("edges", pa.table(shapes))
    sql = f"""
        WITH p AS (SELECT filename AS day, segment, lon_e7::DOUBLE * 1e-7::DOUBLE AS lon, lat_e7::DOUBLE * 1e-7::DOUBLE AS lat
                   FROM read_parquet('{folder}/days/points-*.parquet', filename = true)),
        q AS (SELECT day, segment, lon * {kx!r}::DOUBLE AS x, lat * {ky!r}::DOUBLE AS y,
                     floor((lat + 90.0::DOUBLE) / 0.005::DOUBLE)::BIGINT * 72000 + floor((lon + 180.0::DOUBLE) /
                     0.005::DOUBLE)::BIGINT AS cell FROM p),
        j AS (SELECT day, segment, x - ax AS px, y - ay AS py, dx, dy,
                     greatest(0.0::DOUBLE, least(1.0::DOUBLE, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy))) AS t
              FROM q JOIN reach USING (cell) JOIN edges USING (edge))
        SELECT count(*) FROM (SELECT DISTINCT day, segment FROM j
            WHERE (px - t * dx) * (px - t * dx) + (py - t * dy) * (py - t * dy) <= {WITHIN_M * WITHIN_M}::DOUBLE)
    """
    return {"segment_days": db.execute(sql).fetchone()[0]}


def _duckdb_heat(folder: Path) -> dict[str, Any]:
    sql = f"SELECT count(*), sum(n) FROM (SELECT cell, sum(n) AS n FROM read_parquet('{folder}/days/cells-*.parquet') GROUP BY cell)"
    cells, n = _duckdb(folder).execute(sql).fetchone()
    return {"cells": cells, "points": int(n)}


# -- the oracle --------------------------------------------------------------------------------------------------------
@njit(nogil=True)  # type: ignore[untyped-decorator]
def _brute(lat: Any, lon: Any, first: Any, rows: Any, carry: Any, edges: Any, scales: Any, within: float, out: Any) -> None:
    """Every step of every segment against every edge but those that lie more than 0.1 degree away."""
    for s in range(len(first)):
        for i in range(first[s], first[s] + rows[s]):
            if out[s] or (i == first[s] and carry[s]):
                continue
            p = i if i == first[s] else i - 1
            for e in range(len(edges)):
                if abs(edges[e, 1] - lat[i]) > 1_000_000 or abs(edges[e, 0] - lon[i]) > 1_000_000:
                    continue
                d = pair_distance_m(
                    scales, float(lon[p]), float(lat[p]), float(lon[i]), float(lat[i]),
                    float(edges[e, 0]), float(edges[e, 1]), float(edges[e, 2]), float(edges[e, 3]),
                )  # fmt: skip
                if d <= within:
                    out[s] = True
                    break


def oracle(folder: Path) -> dict[str, Any]:
    """How many of the archive's answers differ from brute force."""
    archive, shape = Archive(folder), line()
    segments = archive.segments(*archive.span())
    ours = near(archive, segments, shape, WITHIN_M) != 0
    brute, begin = np.zeros(segments.n, np.bool_), time.perf_counter()
    for i, file in enumerate(segments.point_files):
        rows = np.flatnonzero(segments.file == i)
        points = archive.points(file, ["lat_e7", "lon_e7"])
        assert points is not None
        out = np.zeros(len(rows), np.bool_)
        _brute(
            points["lat_e7"].astype(np.int64), points["lon_e7"].astype(np.int64), segments["first_row"][rows],
            segments["rows"][rows].astype(np.int64),
            segments["carry"][rows], shape.edges, SCALES, WITHIN_M, out,
        )  # fmt: skip
        brute[rows] = out
    return {
        "segment_days_near": int(brute.sum()), "that_differ": int((brute != ours).sum()), "seconds": round(time.perf_counter() - begin, 1)
    }  # fmt: skip


# -- the log -----------------------------------------------------------------------------------------------------------
def _rows(n: int, at: float) -> dict[str, Any]:
    rng = np.random.default_rng(n)
    batch = Batch.build(
        DETECTION, n,
        {"time": at + np.sort(rng.random(n)), "received": at + 1.0, "sensor_id": "radar", "kind": "radar", "report": "plot",
        "origin": "exercise",
         "range_m": rng.uniform(100, 5000, n), "azimuth_deg": rng.uniform(0, 360, n), "range_rate_mps": rng.normal(0, 10, n),
         "snr_db": rng.normal(20, 3, n)},
    )  # fmt: skip
    return {"d": pack(batch), "s": None, "left_out": {}, "operators": []}


def append(folder: Path) -> dict[str, Any]:
    """Durable appends: 5,000-row batches as fast as they go, each synced; 200-row batches at 20 Hz for ten seconds."""
    out = {}
    payload, n = _rows(5_000, 1.0), 200
    writer = LogFile(folder / "fast")
    begin = time.perf_counter()
    for i in range(n):
        writer.append(Record(i + 1, float(i), "batch", payload))
        writer.commit()
    out["rows_per_s_5000"] = round(5_000 * n / (time.perf_counter() - begin))
    writer.close()
    payload, took = _rows(200, 1.0), []
    writer = LogFile(folder / "steady")
    for i in range(200):
        begin = time.perf_counter()
        writer.append(Record(i + 1, float(i), "batch", payload))
        writer.commit()
        took.append(time.perf_counter() - begin)
        time.sleep(max(0.0, 0.05 - took[-1]))
    writer.close()
    out["ms_200_at_20_hz"] = {f"p{q}": round(1e3 * float(np.percentile(took, q)), 2) for q in (50, 99, 100)}
    return out


def damaged(folder: Path, cases: int = DAMAGED, seed: int = 1) -> dict[str, Any]:
    """Random damage to a log of three segments: records accepted that are not the log's own, and damage that nothing names.

    A log without its newest segment or last records ends sooner: nothing in it can tell that from a station that was killed
    before; one without its oldest segment begins later, as a log does of which old segments were retired (docs/decisions/0004).
    Such cases are counted apart.
    """
    rng, source = random.Random(seed), folder / "whole"
    seq = 0
    for _ in range(3):
        writer = LogFile(source)
        for _ in range(6):
            seq += 1
            writer.append(Record(seq, float(seq), "batch", {"d": rng.randbytes(rng.randint(10, 300)), "n": seq}))
            writer.commit()
        writer.close()
    whole = list(log.read(source))
    files = {p.name: p.read_bytes() for p in log.segments(source)}
    work = Path("/dev/shm") if os.path.isdir("/dev/shm") else folder
    place = Path(tempfile.mkdtemp(dir=work))
    found = {"cases": cases, "wrong_records": 0, "unnamed": 0, "ends_sooner_or_begins_later": 0, "unchanged": 0}
    try:
        for _ in range(cases):
            hurt = _hurt(dict(files), rng)
            if hurt == files:
                found["unchanged"] += 1
                continue
            for name in files:
                path = place / name
                if name in hurt:
                    path.write_bytes(hurt[name])
                else:
                    path.unlink(missing_ok=True)
            verdict = Verdict()
            try:
                kept = list(log.read(place, verdict=verdict))
            except Exception:
                kept = [Record(-1, 0.0, "crash", None)]
            first = next((i for i, r in enumerate(whole) if kept and r == kept[0]), 0)  # an oldest segment may be retired
            if kept != whole[first : first + len(kept)]:
                found["wrong_records"] += 1
            elif verdict.damage is None and not verdict.torn_tail:
                end = kept == whole[: len(kept)] if first == 0 else sorted(hurt) == sorted(files)[-len(hurt) :]
                found["ends_sooner_or_begins_later" if end else "unnamed"] += 1
    finally:
        shutil.rmtree(place)
    return found


def _hurt(files: dict[str, bytes], rng: random.Random) -> dict[str, bytes]:
    name = rng.choice(sorted(files))
    data = bytearray(files[name])
    kind = rng.randrange(8)
    at = rng.randrange(len(data))
    if kind == 0:
        data = data[:at]
    elif kind == 1:
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == 2:
        data[at:] = bytes(len(data) - at)
    elif kind == 3:  # a record rewritten with a checksum that fits
        frames = _frames(bytes(data))
        begin, end = rng.choice(frames)
        body = bytearray(data[begin + 16 : end])
        body[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
        data[begin + 16 : end] = body
        data[begin + 4 : begin + 8] = zlib.crc32(body).to_bytes(4, "little")
    elif kind == 4:  # a record removed
        begin, end = rng.choice(_frames(bytes(data)))
        del data[begin:end]
    elif kind == 5:  # two records change places
        a, b = sorted(rng.sample(_frames(bytes(data)), 2))
        data = data[: a[0]] + data[b[0] : b[1]] + data[a[1] : b[0]] + data[a[0] : a[1]] + data[b[1] :]
    elif kind == 6:
        data[at:at] = rng.randbytes(rng.randint(1, 40))
    else:
        return {n: d for n, d in files.items() if n != name}
    files[name] = bytes(data)
    return files


def _frames(data: bytes) -> list[tuple[int, int]]:
    at, found = len(log.MAGIC) + 32, []
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "little")
        found.append((at, at + 16 + length))
        at += 16 + length
    return found


# -- all of it ---------------------------------------------------------------------------------------------------------
QUESTIONS = (("new_line", "near"), ("known_line", "near"), ("with_passages", "whole"), ("heat_map", "heat"),
             ("duckdb_near", "duckdb_near"), ("duckdb_heat", "duckdb_heat"))  # fmt: skip


def _six_months(quick: bool) -> dict[str, Any]:
    out: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="picket-bench-") as temporary:
        folder, flights = Path(temporary) / "archive", FLIGHTS // 20 if quick else FLIGHTS
        begin = time.perf_counter()
        points = record_sim.seal(folder, flights=flights)
        out["sealing"] = {"points": points, "flights": flights, "points_per_s": round(points / (time.perf_counter() - begin))}
        kinds = ("points", "segments", "cells", "heat")
        size = {k: sum(f.bytes for f in Archive(folder).manifest.files if f.kind == k) for k in kinds}
        out["bytes_per_point"] = {
            "all": round(sum(size.values()) / points, 2),
            **{k: round(v / points, 3) for k, v in size.items()},
        }
        out |= _questions(QUESTIONS, folder, Path(temporary), 2 if quick else TIMES)
        out["oracle"] = oracle(folder)
    return out


def _ten_years(quick: bool) -> dict[str, Any]:
    """Of PICKET_BENCH_YEARS where that names an archive made before by `python -m benchmarks.record_years`."""
    with tempfile.TemporaryDirectory(prefix="picket-bench-", dir=os.environ.get("PICKET_BENCH_FOLDER")) as temporary:
        work = Path(temporary)
        folder = Path(os.environ.get("PICKET_BENCH_YEARS", work / "years"))
        if not folder.is_dir():
            record_sim.seal(work / "half", flights=FLIGHTS // 20 if quick else FLIGHTS)
            record_years.seal(work / "half", folder)
        held = Archive(folder)
        out: dict[str, Any] = {
            "points": sum(f.rows for f in held.manifest.files if f.kind == "points"), "days": held.span()[1] - held.span()[0],
            "gb": round(sum(f.bytes for f in held.manifest.files) / 1e9, 2),
        }  # fmt: skip
        asked = tuple(q for q in QUESTIONS if q[0] in ("new_line", "known_line", "heat_map", "duckdb_near"))
        return out | _questions(asked, folder, work, 1 if quick else YEARS_TIMES)


def _questions(asked: tuple[tuple[str, str], ...], folder: Path, work: Path, times: int) -> dict[str, Any]:
    """Each question some times, by a process of its own each time: least, median and most; the most memory."""
    warm = work / "warm"
    record_sim.seal(warm, days=2, flights=200)
    out = {}
    for name, what in asked:
        found = []
        for _ in range(times):
            if name != "known_line":
                shutil.rmtree(folder / "days" / "known", ignore_errors=True)
            found.append(_asked(what, folder, warm))
        out[name] = {k: v for k, v in found[0].items() if k not in ("wall_s", "cpu_s", "peak_mb")}
        if "failed" not in out[name]:
            out[name] |= {k: _spread([f[k] for f in found]) for k in ("wall_s", "cpu_s")}
            out[name]["peak_mb"] = max(f["peak_mb"] for f in found)
    return out


def _spread(values: list[float]) -> dict[str, float]:
    return {"least": min(values), "median": statistics.median(values), "most": max(values)}


def _asked(what: str, folder: Path, warm: Path) -> Any:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PICKET_BENCH_WARM": str(warm)}
    command = [sys.executable, "-m", "benchmarks.bench_record", what, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else {"failed": done.stderr.splitlines()[-1:]}


def _in_a_folder(work: Any) -> Any:
    def measure(quick: bool) -> dict[str, Any]:
        with tempfile.TemporaryDirectory(prefix="picket-bench-") as temporary:
            found: dict[str, Any] = work(Path(temporary), quick)
            return found

    return measure


def warm() -> None:
    """Compiles what the rows use in this process: a day's sealing."""
    with tempfile.TemporaryDirectory(prefix="picket-bench-") as temporary:
        record_sim.seal(Path(temporary), days=2, flights=10)


ROWS = {
    "six_months": ("new line <= 3 s, known <= 1 s, <= 500 MB, exact; heat map <= 0.1 s; <= 8 bytes a point", _six_months),
    "append": (">= 500,000 rows/s of 5,000-row batches; 200 rows at 20 Hz p99 <= 100 ms", _in_a_folder(lambda f, _: append(f))),
    "damaged_logs": (
        "0 wrong records accepted, all named",
        _in_a_folder(lambda f, quick: damaged(f, DAMAGED // 50 if quick else DAMAGED)),
    ),
    "replay": (
        ">= 1,000 x real time, as live",
        _in_a_folder(lambda f, quick: record_replay.run(f, 1 if quick else record_replay.TIMES)),
    ),
    "ten_years": ("720 million points: new line <= 60 s, <= 1 GB", _ten_years),
}
ONLY_WHEN_ASKED = ("ten_years",)  # a quarter of an hour and 10 GB: `python -m benchmarks record --rows ten_years`


if __name__ == "__main__":
    print(json.dumps(ask(sys.argv[1], Path(sys.argv[2]))))
