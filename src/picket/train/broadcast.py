"""What aircraft say of themselves, as a receiver hears it: Remote ID as DroneScout JSON, ADS-B as SBS lines.

Each aircraft sends once in `period_s`, at a moment of its own; what the receiver's range allows and loss leaves is heard.
Places carry the Gaussian error of the aircraft's GNSS, and a liar's its offset. Remote ID goes out over each of the
receiver's transports in turn, each lost by itself. A Bluetooth address changes every `_ADDRESS_LIFE_S`, a Wi-Fi address
lasts a repetition; all are locally administered ("02:..."): no maker's device has one.

Each repetition is another aircraft, or it would have jumped from the end of its route to the beginning: trailing numbers of
serials and call signs count up, addresses by 16. What ends in no digit stays, and so do loops, which never end.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from picket.feed.adsb.sbs import encode_sbs
from picket.feed.remoteid.dronescout import encode_message, encode_status
from picket.train.exercise import ICAO_RESERVED, MMSI_RESERVED, Actor, Receiver
from picket.train.motion import Floats
from picket.train.streams import digest, stream
from picket.train.world import Thing, World

_ADDRESS_LIFE_S = 60.0  # Bluetooth privacy suggests 15 min; shorter, so that a short exercise shows changes
_STATUS_S = 10.0  # a receiver says that it lives


class Report(NamedTuple):
    """What one aircraft or ship measures of itself at one moment."""

    thing: Thing
    time_s: float
    lat_deg: float
    lon_deg: float
    alt_wgs84_m: float
    speed_mps: float
    course_deg: float
    climb_mps: float


def remote_id_frames(world: World, receiver: Receiver, start: float) -> Iterator[tuple[float, bytes]]:
    """(UNIX time, one JSON message or nothing), endless and in order, of an exercise that began at UNIX time `start`."""
    rng = stream(world.seed, "remote_id", receiver.id)
    senders = [a for a in world.exercise.actor if a.remote_id is not None]
    next_status = 0.0
    turn = 0
    while True:
        begin = turn * receiver.period_s
        heard: list[tuple[float, bytes]] = []
        if world.conditions.out(receiver.id, begin):
            yield start + begin, b""
            turn += 1
            continue
        if begin >= next_status:
            yield start + begin, encode_status(receiver.id, start + begin, model="exercise", firmware="SIMULATED")
            next_status = begin + _STATUS_S
        for report in reports(world, receiver, rng, senders, begin):
            for k, transport in enumerate(receiver.transports):
                time_s = report.time_s + 0.2 * receiver.period_s * k / len(receiver.transports)
                if rng.random() >= receiver.loss:
                    message = _remote_id(world, receiver, report, time_s, transport, float(rng.normal(-62, 4)), start)
                    heard.append((start + time_s, message))
        yield from sorted(heard, key=lambda h: h[0])
        turn += 1


def adsb_frames(world: World, receiver: Receiver, start: float) -> Iterator[tuple[float, bytes]]:
    """(UNIX time, SBS lines of one aircraft or nothing), endless and in order, of an exercise that began at UNIX time `start`."""
    rng = stream(world.seed, "adsb", receiver.id)
    senders = [a for a in world.exercise.actor if a.adsb is not None]
    below_pressure_m = world.site.site.geoid_separation_m - world.exercise.pressure_offset_m
    turn = 0
    while True:
        heard = []
        if world.conditions.out(receiver.id, turn * receiver.period_s):
            yield start + turn * receiver.period_s, b""
            turn += 1
            continue
        for report in reports(world, receiver, rng, senders, turn * receiver.period_s):
            adsb = report.thing.actor.adsb
            if adsb is not None and rng.random() >= receiver.loss:
                time, repetition = start + report.time_s, report.thing.repetition
                heard.append((time, encode_sbs(
                    icao=renumbered_address(adsb.icao, repetition), time=time, lat_deg=report.lat_deg, lon_deg=report.lon_deg,
                    alt_pressure_m=report.alt_wgs84_m - below_pressure_m, speed_mps=report.speed_mps,
                    course_deg=report.course_deg, climb_mps=report.climb_mps,
                    call_sign=adsb.call_sign and renumbered(adsb.call_sign, repetition), simulated=True,
                )))  # fmt: skip
        yield from sorted(heard, key=lambda h: h[0]) or [(start + turn * receiver.period_s, b"")]
        turn += 1


def transmitter_address(seed: int, thing: Thing, transport: str, time_s: float) -> str:
    """The radio address that a thing uses on a transport at that time: random-looking, locally administered, repeatable."""
    life = int(time_s // _ADDRESS_LIFE_S) if transport.startswith("bt") else thing.repetition
    last = digest(seed, "address", thing.id, transport, life)[:5]
    return ":".join(f"{b:02X}" for b in (0x02, *last))


def renumbered(text: str, repetition: int) -> str:
    """The identity in that repetition (-1: of a loop): its trailing number so much higher, in as many digits.

    >>> renumbered("SIM199", 2), renumbered("SIMULATED-A", 2)
    ('SIM201', 'SIMULATED-A')
    """
    number = re.search(r"[0-9]+$", text)
    if number is None or repetition <= 0:
        return text
    digits = number.group()
    return text[: number.start()] + f"{(int(digits) + repetition) % 10 ** len(digits):0{len(digits)}d}"


def renumbered_address(icao: str, repetition: int) -> str:
    """The ICAO address in that repetition, still in the reserved block."""
    first, size = ICAO_RESERVED.start, len(ICAO_RESERVED)
    return f"{first + (int(icao, 16) - first + 16 * max(repetition, 0)) % size:06X}"


def renumbered_mmsi(mmsi: int, repetition: int) -> int:
    """The MMSI in that repetition, still in the reserved block."""
    first, size = MMSI_RESERVED.start, len(MMSI_RESERVED)
    return first + (mmsi - first + 16 * max(repetition, 0)) % size


def reports(world: World, receiver: Receiver, rng: np.random.Generator, senders: list[Actor], begin: float) -> list[Report]:
    """One report of each sender in range, at its own moment in the first 0.8 of the period that begins at `begin`."""
    found = []
    for actor in senders:
        moment = int.from_bytes(digest(world.seed, "moment", actor.id)[:2], "big") / 65536
        time_s = begin + 0.8 * receiver.period_s * moment
        state = world.at(time_s)
        for row, index in enumerate(state.index.tolist()):
            if state.things[index].actor is actor:
                place, velocity = state.position_enu_m[row], state.velocity_enu_mps[row]
                if float(np.linalg.norm(place - _place_of(world, receiver))) <= receiver.range_m:
                    found.append(_measured(world, receiver, rng, state.things[index], time_s, place, velocity))
    return found


def _place_of(world: World, receiver: Receiver) -> Floats:
    """Where the receiver stands, m ENU at the site: its own place, or the site's origin."""
    if receiver.lat_deg is None or receiver.lon_deg is None:
        return np.zeros(3)
    result: Floats = world.frame.to_enu(receiver.lat_deg, receiver.lon_deg, world.site.site.alt_wgs84_m)[0]
    return result


def _measured(
    world: World, receiver: Receiver, rng: np.random.Generator, thing: Thing, time_s: float, place: Floats, velocity: Floats
) -> Report:
    """The thing's own report: its place with GNSS errors, and its offset where it lies."""
    sigma = np.array([receiver.sigma_position_m, receiver.sigma_position_m, receiver.sigma_altitude_m])
    claimed = place + rng.normal(size=3) * sigma
    for said in (thing.actor.remote_id, thing.actor.ais):
        if said is not None:
            claimed = claimed + np.array(said.claim_offset_m)
    lat, lon, alt = world.frame.to_geodetic(claimed)
    east, north, up = velocity.tolist()
    course = math.degrees(math.atan2(east, north)) % 360
    return Report(thing, time_s, float(lat[0]), float(lon[0]), float(alt[0]), math.hypot(east, north), course, up)


def _remote_id(
    world: World, receiver: Receiver, report: Report, time_s: float, transport: str, power_dbm: float, start: float
) -> bytes:
    remote_id = report.thing.actor.remote_id
    if remote_id is None:
        raise ValueError(f"{report.thing.id} has no Remote ID")
    operator = (math.nan, math.nan, math.nan)
    if remote_id.operator_m is not None:
        lat, lon, alt = world.frame.to_geodetic(np.array([[*remote_id.operator_m, 0.0]]))
        operator = float(lat[0]), float(lon[0]), float(alt[0])
    transmitter = transmitter_address(world.seed, report.thing, transport, time_s)
    serial = renumbered(remote_id.serial, report.thing.repetition)
    return encode_message(
        sensor_id=receiver.id, received=start + time_s, transmitter=transmitter,
        transport=transport, identity=serial, lat_deg=report.lat_deg, lon_deg=report.lon_deg,
        alt_wgs84_m=report.alt_wgs84_m, speed_mps=report.speed_mps, course_deg=report.course_deg, climb_mps=report.climb_mps,
        sigma_position_m=receiver.sigma_position_m, sigma_altitude_m=receiver.sigma_altitude_m, time=start + report.time_s,
        power_dbm=round(power_dbm), operator_id=remote_id.operator_id, operator_lat_deg=operator[0],
        operator_lon_deg=operator[1], operator_alt_wgs84_m=operator[2], operator_location_kind="takeoff", description="EXERCISE",
    )  # fmt: skip
