"""An exercise written as recordings holds what would have been sent, in files that the readers take."""

from __future__ import annotations

import csv
import io
from collections import Counter

import numpy as np

from picket import site as sites
from picket.feed import pcap
from picket.train import World, frames
from picket.train.recording import record

START = 1_800_000_000.0


def packets(path) -> list[tuple[float, bytes]]:
    """(time, UDP payload) of a capture, through Picket's reader."""
    out = []
    for chunk in pcap.Capture(io.BytesIO(path.read_bytes()), str(path)):
        assert chunk.link == "udp"
        out += [(t, chunk.data[a:b]) for t, a, b in zip(chunk.received, chunk.starts, chunk.ends, strict=True)]
    return out


def test_the_recordings_hold_the_frames(demo, tmp_path):
    folder = record(demo, 3, START, START + 20, tmp_path / "run")
    played = list(frames(demo, 3, START, START + 20))
    for channel in ("radar-north", "radar-south"):
        mine = [f for f in played if f.channel == channel]
        read = packets(folder / f"{channel}.pcap")
        assert [p for _, p in read] == [f.payload for f in mine]
        assert np.abs(np.array([t for t, _ in read]) - [f.time for f in mine]).max() < 1e-6
    for channel, name in (("remote-id", "remote-id.json"), ("adsb", "adsb.txt")):
        assert (folder / name).read_bytes() == b"".join(f.payload for f in played if f.channel == channel)


def test_the_truth_and_the_site_lie_beside_the_recordings(demo, tmp_path):
    folder = record(demo, 3, START, START + 20, tmp_path)
    rows = list(csv.DictReader((folder / "truth.csv").open(encoding="utf-8")))
    expected = Counter(len(World(demo, 3).truth(float(s))) for s in range(20))
    assert Counter(Counter(r["time"] for r in rows).values()) == expected
    assert sites.load(folder / "site.toml").site == demo.at_site().site
