"""How fast recordings become tables: packets out of a capture, whole files into Parquet, detection tables in and out.

Everything runs from and to a temporary folder on one core. The peer for captures is dpkt (BSD, of the bench extra). Kernels are
compiled before the clock starts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from picket.feed import pcap, recording, table
from picket.feed.asterix import encode_cat048
from picket.feed.jsonlines import encode
from picket.words import DETECTION, Batch, concat

T0 = 1_780_056_000.0
PLOTS = 20  # in each datagram
GIGABYTES = float(os.environ.get("PICKET_BENCH_GB", "1"))  # of the large recording; it lies in the temporary folder


def plots(n: int) -> Batch:
    """n radar plots with the columns that a surveillance radar fills."""
    i = np.arange(n)
    return Batch.build(
        DETECTION,
        n,
        {
            "time": T0 + i / PLOTS, "sensor_id": "25/201", "kind": "radar", "report": "plot", "origin": "live",
            "range_m": 500.0 + i % 4000, "azimuth_deg": (i * 7.3) % 360, "range_rate_mps": (i % 60) - 30.0,
            "sensor_track_id": [str(k % 200) for k in i.tolist()], "source": "bench", "source_offset": i,
        },
    )  # fmt: skip


def capture(packets: int, plots_each: int = PLOTS) -> bytes:
    """A capture of ASTERIX datagrams, the same 200 over and over."""
    few = [pcap.udp_frame(encode_cat048(plots(plots_each), sac=25, sic=201)[0])] * 200
    frames = [few[i % 200] for i in range(packets)]
    return pcap.encode(frames, [T0 + i / 1000 for i in range(packets)])


def seconds(work: Callable[[], Any], rounds: int = 3) -> float:
    """The best time of some rounds: what the machine can do when nobody else wants it."""
    best = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best


def read_capture(path: Path) -> int:
    with open(path, "rb") as file:
        return sum(c.starts.size for c in pcap.Capture(file, str(path)))


def read_with_dpkt(path: Path) -> int:
    import dpkt

    with open(path, "rb") as file:
        return sum(1 for _, frame in dpkt.pcap.Reader(file) if dpkt.ethernet.Ethernet(frame).data.data.data)


def decode_large(gigabytes: float, folder: Path) -> dict[str, Any]:
    """`picket decode` of a large capture into Parquet, in a process of its own: its time and the most memory that it ever held."""
    path = folder / "large.pcap"
    block = capture(50_000, plots_each=2)
    with open(path, "wb") as file:
        file.write(block[:24])
        while file.tell() < gigabytes * 1e9:
            file.write(block[24:])
    size, began = path.stat().st_size, time.perf_counter()
    words = [sys.executable, "-m", "picket.cli", "decode", str(path), "-o", str(folder / "large.parquet"), "--json"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE)
    assert process.stdout is not None
    told = json.loads(process.stdout.read())
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    path.unlink()
    return {
        "gigabytes": round(size / 1e9, 2), "rows": told["detections"], "seconds": round(took, 1), "exit": os.waitstatus_to_exitcode(status),
        "peak_mb": round(usage.ru_maxrss / 1024),
    }  # fmt: skip


def measure(packets: int, folder: Path) -> dict[str, Any]:
    """All figures; each says of what."""
    large = decode_large(GIGABYTES, folder)  # first: a child's peak begins with what its parent held when it was made
    path = folder / "radar.pcap"
    path.write_bytes(capture(packets))
    megabytes = path.stat().st_size / 1e6
    result: dict[str, Any] = {"packets": packets, "capture_mb": round(megabytes, 1), "large": large}
    took = seconds(lambda: read_capture(path))
    result["pcap"] = {"packets_per_s": round(packets / took), "mb_per_s": round(megabytes / took)}
    try:
        import dpkt  # noqa: F401

        result["pcap"]["dpkt_packets_per_s"] = round(packets / seconds(lambda: read_with_dpkt(path), 1))
    except ImportError:
        result["pcap"]["dpkt_packets_per_s"] = None
    recording.decode_files([path], out=folder / "warm.parquet")
    took = seconds(lambda: recording.decode_files([path], out=folder / "out.parquet"), 1)
    result["asterix_pcap_to_parquet"] = {"rows_per_s": round(packets * PLOTS / took)}
    batch = concat(DETECTION, [plots(50_000)] * 4)
    for suffix in (".parquet", ".arrow", ".csv", ".jsonl"):
        place = folder / f"t{suffix}"
        write = seconds(lambda place=place: table.write_table(batch, place), 1)  # type: ignore[misc]
        read = seconds(lambda place=place: recording.read_detections(place), 1)  # type: ignore[misc]
        result[f"table{suffix}"] = {
            "rows_written_per_s": round(batch.n / write), "rows_read_per_s": round(batch.n / read),
            "mb": round(place.stat().st_size / 1e6, 1),
        }  # fmt: skip
    lines = folder / "lines.jsonl"
    lines.write_bytes(encode(batch))
    result["json_lines_of_a_sensor"] = {"rows_per_s": round(batch.n / seconds(lambda: recording.read_detections(lines), 1))}
    return result


def run(packets: int = 50_000) -> dict[str, Any]:
    """The figures, with dpkt beside the capture reader where it is installed (the bench extra)."""
    with tempfile.TemporaryDirectory() as folder:
        return measure(packets, Path(folder))


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
