"""The demo: the built-in exercise's simulator as a process of its own, and a station that hears it over loopback."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from picket import site as sites
from picket.station.run import Station
from picket.train import demo_files, demo_site
from picket.train.demo import CHANNELS


def free_ports() -> dict[str, int]:
    """A free loopback port for each of the demo's sensors (held until all are chosen, so that no two are the same)."""
    sockets = {}
    for channel in CHANNELS:
        kind = socket.SOCK_STREAM if channel == "adsb" else socket.SOCK_DGRAM
        sockets[channel] = socket.socket(socket.AF_INET, kind)
        sockets[channel].bind(("127.0.0.1", 0))
    ports = {channel: int(s.getsockname()[1]) for channel, s in sockets.items()}
    for s in sockets.values():
        s.close()
    return ports


@contextmanager
def simulator(ports: dict[str, int], seed: int) -> Iterator[subprocess.Popen[bytes]]:
    """The exercise's sensors, sending to these ports; they end with the block, and with us should we be killed."""
    options = [f"--{channel.removeprefix('radar-')}={port}" for channel, port in ports.items()]
    process = subprocess.Popen([sys.executable, "-m", "picket.train.send", f"--seed={seed}", *options], stdin=subprocess.PIPE)
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(1.0)
        except subprocess.TimeoutExpired:
            process.kill()


async def run_demo(*, seed: int, port: int, archive: Path | None, ready: Callable[[str], None]) -> None:
    """Runs the demo until it is stopped. Without `archive` everything lies in a temporary folder and goes with the demo."""
    with tempfile.TemporaryDirectory(prefix="picket-demo-") as temporary:
        folder = demo_files(archive / "site" if archive else Path(temporary))
        ports = free_ports()
        site = sites.parse(demo_site(ports), source="the demo's site file", folder=folder)
        site = msgspec.structs.replace(site, station=msgspec.structs.replace(site.station, port=port))
        station = Station(site, archive or Path(temporary) / "archive", seed=seed)
        station.open()
        with simulator(ports, seed):
            await station.run(ready)
