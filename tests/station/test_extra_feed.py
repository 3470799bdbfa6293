"""A feed from another package: named in the site file or on the command line, imported by that name and by nothing else."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from picket.cli import main
from picket.feed._template import encode
from picket.feed.recording import WrongUseError, extra_format
from picket.station.feeds import FeedError, feeds_of
from tests.station.live import free_port, make_site, running

MIC = {"id": "mic-3", "kind": "acoustic", "lat_deg": 45.001, "lon_deg": -30.0, "match": {"sensor_id": "mic-3"}}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package `harbour_sensors` that is no part of Picket and offers the template's format under a name of its own."""
    folder = tmp_path / "site-packages" / "harbour_sensors"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "sound.py").write_text(
        "from dataclasses import replace\nfrom picket.feed import _template\n"
        "SOUND = replace(_template.FORMAT, name='sound')\nNOT_ONE = 4\n"
    )
    monkeypatch.syspath_prepend(str(folder.parent))
    yield "harbour_sensors.sound:SOUND"
    for name in [m for m in sys.modules if m.startswith("harbour_sensors")]:
        del sys.modules[name]


def test_its_datagrams_reach_a_running_station(tmp_path: Path, package: str) -> None:
    port = free_port()
    sensor = {**MIC, "feed": f"sound+udp://127.0.0.1:{port}"}
    site = make_site(tmp_path, sensor=[sensor], station={"port": 0, "tick_s": 0.1, "extra_feeds": [package]})
    with running(site, tmp_path / "archive") as live, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:

        def heard() -> bool:
            out.sendto(encode("mic-3", time.time(), 114.5, 21), ("127.0.0.1", port))
            (row,) = live.get("/api/sensors")["sensors"]
            return bool(row["detections"] > 3)

        live.until(heard)


def test_its_recording_is_decoded_and_played(tmp_path: Path, package: str) -> None:
    (tmp_path / "night.snd").write_bytes(b"".join(encode("mic-3", 1_780_056_000.0 + i, 114.5, 21) for i in range(5)))
    done = CliRunner().invoke(main, ["decode", str(tmp_path / "night.snd"), "--format", package, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["detections"] == 5
    sensor = {**MIC, "feed": f"sound+file://{tmp_path}/night.snd?speed=20"}
    site = make_site(tmp_path, sensor=[sensor], station={"port": 0, "tick_s": 0.1, "extra_feeds": [package]})
    with running(site, tmp_path / "archive") as live:
        live.until(lambda: live.get("/api/sensors")["sensors"][0]["detections"] == 5)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no_such_package.feed:FORMAT", "cannot be loaded"),
        ("harbour_sensors.sound:MISSING", "cannot be loaded"),
        ("harbour_sensors.sound:NOT_ONE", "expected a picket.feed.Format, got int"),
    ],
)
def test_one_that_cannot_be_loaded_is_named(tmp_path: Path, package: str, name: str, words: str) -> None:
    with pytest.raises(WrongUseError, match=words):
        extra_format(name)
    with pytest.raises(FeedError, match=words):
        feeds_of(make_site(tmp_path, station={"extra_feeds": [name]}))


def test_a_feed_nobody_named_is_unknown(tmp_path: Path, package: str) -> None:
    site = make_site(tmp_path, sensor=[{**MIC, "feed": "sound+udp://127.0.0.1:9999"}])
    with pytest.raises(FeedError, match="expected a format"):
        feeds_of(site)
