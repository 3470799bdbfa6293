"""Recordings are played at their own pace, whatever their format, with their own times."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from picket.feed import Decoded, Options, pcap, table
from picket.feed.adsb.sbs import encode_sbs
from picket.feed.asterix import encode_cat048
from picket.feed.playback import play
from picket.feed.recording import find_format
from picket.feed.transport import LinkHealth, parse_feed
from picket.words import DETECTION, Batch

T0 = 1_700_000_000.0


class Watch:
    """A clock that moves only when someone sleeps."""

    def __init__(self) -> None:
        self.now = 5000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, stop: asyncio.Event, seconds: float) -> bool:
        self.now += seconds
        await asyncio.sleep(0)
        return stop.is_set()


def played(url: str) -> tuple[list[tuple[float, Decoded]], LinkHealth]:
    """(clock since the start, rows) of everything delivered."""
    watch, link = Watch(), LinkHealth()
    found: list[tuple[float, Decoded]] = []
    name, address = parse_feed(url)

    async def go() -> None:
        await play(
            address,
            find_format(name),
            Options(origin="replay"),
            lambda d, _: found.append((watch.now - 5000.0, d)),
            link,
            watch,
            asyncio.Event(),
            sleep=watch.sleep,
        )

    asyncio.run(go())
    return found, link


def when(found: list[tuple[float, Decoded]]) -> list[tuple[float, float]]:
    """(clock, measured time) of each detection."""
    return [(round(at, 3), t) for at, d in found for t in d.detections["time"].tolist()]


@pytest.mark.parametrize("speed", [1.0, 10.0])
def test_a_capture_of_plots(tmp_path: Path, speed: float) -> None:
    times = [T0, T0 + 0.001, T0 + 2.5, T0 + 10.0]
    plots = [Batch.from_rows(DETECTION, [{"time": t, "range_m": 1000.0, "azimuth_deg": 10.0}]) for t in times]
    frames = [pcap.udp_frame(encode_cat048(b, sac=25, sic=1)[0]) for b in plots]
    (tmp_path / "x.pcap").write_bytes(pcap.encode(frames, times))
    found, link = played(f"asterix+file://{tmp_path}/x.pcap?speed={speed}")
    assert [at for at, _ in when(found)] == pytest.approx([0.0, 0.0, 2.5 / speed, 10.0 / speed], abs=0.03)
    assert [t - T0 for _, t in when(found)] == pytest.approx([0.0, 0.0, 2.5, 10.0], abs=0.01)
    assert {r["origin"] for _, d in found for r in d.detections.rows()} == {"replay"}
    assert link.state == "up"
    assert "has been played" in link.detail


def test_a_file_without_arrival_times_goes_by_its_own(tmp_path: Path) -> None:
    lines = [
        encode_sbs(
            icao="F00001",
            time=T0 + i,
            lat_deg=45.0,
            lon_deg=-30.0,
            alt_pressure_m=900.0,
            speed_mps=80.0,
            course_deg=90.0,
            climb_mps=0.0,
        )
        for i in range(4)
    ]
    (tmp_path / "adsb.txt").write_bytes(b"".join(lines))
    found, _ = played(f"sbs+file://{tmp_path}/adsb.txt")
    assert [at for at, _ in when(found)] == pytest.approx([0.0, 1.0, 2.0, 3.0], abs=0.03)


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".jsonl", ".arrow"])
def test_a_detection_table(tmp_path: Path, suffix: str) -> None:
    rows = [{"time": T0 + i, "range_m": float(i), "azimuth_deg": 1.0, "sensor_id": "a", "kind": "radar"} for i in (0, 1, 3, 2)]
    table.write_table(Batch.from_rows(DETECTION, rows), tmp_path / f"t{suffix}")
    found, _ = played(f"table+file://{tmp_path}/t{suffix}")
    assert [at for at, _ in when(found)] == pytest.approx([0.0, 1.0, 3.0, 3.0], abs=0.03)  # a step back is due at once
    assert [t - T0 for _, t in when(found)] == [0.0, 1.0, 3.0, 2.0]


def test_a_missing_or_cut_recording_says_so(tmp_path: Path) -> None:
    found, link = played(f"asterix+file://{tmp_path}/none.pcap")
    assert (found, link.state) == ([], "down")
    assert "no such file" in link.detail
    plot = Batch.from_rows(DETECTION, [{"time": T0, "range_m": 1000.0, "azimuth_deg": 10.0}])
    frame = pcap.udp_frame(encode_cat048(plot, sac=25, sic=1)[0])
    (tmp_path / "cut.pcap").write_bytes(pcap.encode([frame, frame], [T0, T0 + 1])[:-5])
    found, link = played(f"asterix+file://{tmp_path}/cut.pcap")
    assert len(when(found)) == 1
    assert "where it was cut" in link.detail
