"""Writes CAT021 ADS-B reports (editions 2.1 to 2.7, which share what is written here), for exercises and for tests."""

from __future__ import annotations

import math
import re

import numpy as np

from picket.feed.adsb.accuracy_kernels import GVA_SIGMA_M, NACP_SIGMA_M, NACV_SIGMA_MPS
from picket.feed.asterix import cat021_kernels as k
from picket.feed.asterix import encoding as e
from picket.feed.format import Floats
from picket.words import Batch

_NM = 1852.0
_HEIGHT = 6.25 * 0.3048  # m, I021/140
_CLIMB = 6.25 * 0.3048 / 60  # m/s, I021/157
_POSITION = 180 / 2**30  # deg, I021/131
_ORDER = e.order(
    "010", "040", "161", "015", "071", "130", "131", "072", "150", "151", "080", "073", "074", "075", "076", "140", "090",
    "210", "070", "230", "145", "152", "200", "155", "157", "160", "165", "077", "170", "020", "220", "146", "148", "110",
    "016", "008", "271", "132", "250", "260", "400", "295",
)  # fmt: skip
_LINKS = {None: 0, "uat": 1, "1090es": 2, "vdl4": 3}  # LTT in I021/210
_CATEGORIES = {word: code for code, word in k.CLASSES.items()}
_OTHER_ADDRESS = re.compile(r"~[0-9A-Fa-f]{6}")


def encode_cat021(batch: Batch, *, sac: int, sic: int, simulated: bool = False, max_bytes: int = 1400) -> list[bytes]:
    """Detection rows as datagrams of one CAT021 data block each, rows in order.

    batch: detection rows; written where known: lat_deg and lon_deg (I021/131), time (its UTC time of day, of the position or,
    without one, of the report), alt_wgs84_m, alt_pressure_m, speed_mps with course_deg, climb_mps, power_dbm, identity
    (icao_address, call_sign, or "~" and six digits as an anonymous address), sensor_track_id (0 to 4095), transport (1090es,
    uat, vdl4), classification (a word of `cat021_kernels.CLASSES`), and sigma_position_m, sigma_altitude_m and sigma_speed_mps
    as the best quality code of DO-260B that still holds. A value that its item cannot hold is left out. `simulated` sets the
    SIM bit of every record. max_bytes: longest datagram, 64 to 65,507. Raises ValueError for an argument that does not fit.

    >>> from picket.words import DETECTION, Batch
    >>> rows = Batch.from_rows(DETECTION, [{"time": 86400.5, "lat_deg": 45.0, "lon_deg": -90.0, "transport": "1090es"}])
    >>> encode_cat021(rows, sac=25, sic=201)[0].hex()
    '150015cb011019c91000004010000000e000000012'
    """
    return e.datagrams(21, _records(batch, e.source(sac, sic), simulated), max_bytes)


def _records(batch: Batch, source: bytes, simulated: bool) -> list[bytes]:
    """One CAT021 record per row."""
    lats = e.steps(batch["lat_deg"], _POSITION, -(90 << 30) // 180, (90 << 30) // 180)
    lons = e.steps((batch["lon_deg"] + 180) % 360 - 180, _POSITION, -(1 << 30), (1 << 30) - 1)
    heights = e.steps(batch["alt_wgs84_m"], _HEIGHT, -0x8000, 0x7FFE)
    levels = e.steps(batch["alt_pressure_m"], 7.62, -0x8000, 0x7FFF)
    speeds = e.steps(batch["speed_mps"], _NM / 16384, 0, 0x7FFF)
    courses = e.steps(batch["course_deg"] % 360, 360 / 65536, 0, 0x10000)
    climbs = e.steps(batch["climb_mps"], _CLIMB, -0x4000, 0x3FFF)
    powers = e.steps(batch["power_dbm"], 1, -128, 127)
    accuracies = _accuracies(batch)
    times = batch["time"].tolist()
    identities, kinds, numbers = batch.values("identity"), batch.values("identity_kind"), batch.values("sensor_track_id")
    links, words = batch.values("transport"), batch.values("classification")
    records = []
    for i in range(batch.n):
        items = {"010": source, **_address(identities[i], kinds[i], simulated)}
        lat, lon, height, level, climb, power = lats[i], lons[i], heights[i], levels[i], climbs[i], powers[i]
        speed, course = speeds[i], courses[i]
        placed = lat is not None and lon is not None
        if lat is not None and lon is not None:
            items["131"] = e.signed(lat, 4) + e.signed(lon, 4)
        if math.isfinite(times[i]):
            items["071" if placed else "077"] = e.time_of_day(times[i])
        if height is not None:
            items["140"] = e.signed(height, 2)
        if level is not None:
            items["145"] = e.signed(level, 2)
        if speed is not None and course is not None:
            items["160"] = e.u16(speed) + e.u16(course)
        if climb is not None:
            items["157"] = e.u16(climb & 0x7FFF)
        if power is not None:
            items["132"] = e.signed(power, 1)
        number = e.track_number(numbers[i], 4095)
        if number is not None:
            items["161"] = e.u16(number)
        items["210"] = bytes((2 << 3 | _LINKS.get(links[i], 0),))
        if accuracies[i]:
            items["090"] = accuracies[i]
        if words[i] in _CATEGORIES:
            items["020"] = bytes((_CATEGORIES[words[i]],))
        records.append(e.record(items, _ORDER))
    return records


def _address(identity: str | None, kind: str | None, simulated: bool) -> dict[str, bytes]:
    """I021/040 with the type of address, and I021/080 or 170."""
    other = kind is None and identity is not None and _OTHER_ADDRESS.fullmatch(identity)
    first = (3 if other else 0) << 5 | 2 << 3  # ATP; ARC: altitude resolution unknown
    items = {"040": bytes((first | 1, 1 << 5)) if simulated else bytes((first,))}
    address, call_sign = e.address(identity, kind), e.call_sign(identity, kind)
    if address is not None:
        items["080"] = address
    elif identity is not None and other:
        items["080"] = bytes.fromhex(identity[1:])
    elif call_sign is not None:
        items["170"] = call_sign
    return items


def _accuracies(batch: Batch) -> list[bytes]:
    """I021/090 of each row with as many extensions as it needs; empty where nothing is known. NIC and the rest are left 0."""
    nacp = _codes(batch["sigma_position_m"], NACP_SIGMA_M)
    gva = _codes(batch["sigma_altitude_m"], GVA_SIGMA_M)
    nacv = _codes(batch["sigma_speed_mps"], NACV_SIGMA_MPS)
    items = []
    for position, height, speed in zip(nacp, gva, nacv, strict=True):
        if height:
            items.append(bytes((speed << 5 | 1, position << 1 | 1, height << 1)))
        elif position:
            items.append(bytes((speed << 5 | 1, position << 1)))
        else:
            items.append(bytes((speed << 5,)) if speed else b"")
    return items


def _codes(sigmas: Floats, table: Floats) -> list[int]:
    """The code with the smallest sigma in `table` that is no smaller than each of `sigmas`; 0 where there is none."""
    codes = np.zeros(len(sigmas), np.int64)
    for code in np.flatnonzero(~np.isnan(table)).tolist():  # better and better
        codes[sigmas <= table[code] * (1 + 1e-9)] = code
    return codes.tolist()
