"""An exercise as recordings: what a capture beside the station would hold, and the truth beside it.

    <radar>.pcap          each radar's ASTERIX over UDP
    <remote_id>.json      DroneScout messages, one a line
    <adsb>.txt            SBS lines
    <ais>.nmea            AIVDM sentences
    <listener>.jsonl      rows of the detection table
    truth.csv             every object each second: what the recordings are judged by
    site.toml, ...        the site that it played at

Addresses in the captures are from TEST-NET-1 (RFC 5737) and locally administered: no real host has them.
"""

from __future__ import annotations

import csv
import shutil
from contextlib import ExitStack
from pathlib import Path

from picket.feed import pcap
from picket.train.exercise import Exercise
from picket.train.wire import frames
from picket.train.world import World

_FIRST_PORT = 8600
_TRUTH = ("time", "id", "actor", "kind", "lat_deg", "lon_deg", "alt_wgs84_m", "vel_east_mps", "vel_north_mps", "vel_up_mps")


def record(exercise: Exercise, seed: int, start: float, until: float, folder: str | Path) -> Path:
    """Writes the frames from UNIX time `start` to `until` into `folder` (made if need be) and returns it.

    The same frames that `picket.train.send` would send; captures are kept in memory until the end (9 MB an hour and radar).
    Raises OSError where the folder cannot be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    ports = {radar.id: _FIRST_PORT + i for i, radar in enumerate(exercise.radar)}
    captured: dict[str, tuple[list[bytes], list[float]]] = {radar.id: ([], []) for radar in exercise.radar}
    with ExitStack() as stack:
        receivers = [(exercise.remote_id, "json"), (exercise.adsb, "txt"), (exercise.ais, "nmea")]
        named = [(r.id, suffix) for r, suffix in receivers if r is not None] + [(x.id, "jsonl") for x in exercise.listener]
        files = {name: stack.enter_context((folder / f"{name}.{suffix}").open("wb")) for name, suffix in named}
        for frame in frames(exercise, seed, start, until):
            if frame.channel in files:
                files[frame.channel].write(frame.payload)
            else:
                packets, times = captured[frame.channel]
                packets.append(pcap.udp_frame(frame.payload, port=ports[frame.channel]))
                times.append(frame.time)
    for channel, (packets, times) in captured.items():
        (folder / f"{channel}.pcap").write_bytes(pcap.encode(packets, times))
    write_truth(World(exercise, seed), start, until, folder / "truth.csv")
    copy_site(exercise, folder)
    return folder


def write_truth(world: World, start: float, until: float, path: Path) -> None:
    """Every object each second from UNIX time `start` up to and without `until`, as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(_TRUTH)
        second = 0
        while start + second < until:
            state = world.at(float(second))
            places = zip(*(a.tolist() for a in world.frame.to_geodetic(state.position_enu_m)), strict=True)
            for k, (lat, lon, alt), (e, n, u) in zip(state.index.tolist(), places, state.velocity_enu_mps.tolist(), strict=True):
                thing = state.things[k]
                who = start + second, thing.id, thing.actor.id, thing.actor.kind
                out.writerow((*who, f"{lat:.7f}", f"{lon:.7f}", f"{alt:.1f}", f"{e:.2f}", f"{n:.2f}", f"{u:.2f}"))
            second += 1


def copy_site(exercise: Exercise, folder: Path) -> None:
    """The site file with its zones and map, so that `picket track --site` finds everything in one folder."""
    site = exercise.at_site()
    if not Path(site.source).is_file():
        return  # a site that was made by a program has no file
    shutil.copyfile(site.source, folder / "site.toml")
    for name in [*(z.geometry for z in site.zone), *([site.site.map] if site.site.map else [])]:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(site.folder) / name, target)
