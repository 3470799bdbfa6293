"""Writes CAT048 target reports, for the simulator and for tests."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from picket.feed.asterix import encoding as e
from picket.words import Batch

_NM = 1852.0
_ORDER = e.order(
    "010", "140", "020", "040", "070", "090", "130", "220", "240", "250", "161", "042", "200", "170", "210", "030", "080",
    "100", "110", "120",
)  # fmt: skip


def encode_cat048(batch: Batch, *, sac: int, sic: int, simulated: bool = False, max_bytes: int = 1400) -> list[bytes]:
    """Detection rows as datagrams of one CAT048 data block each, rows in order.

    batch: detection rows with range_m (0 to 256 NM) and azimuth_deg; written where known: time (its UTC time of day),
    alt_msl_m, alt_pressure_m, range_rate_mps, speed_mps with course_deg, power_dbm (as PAM), identity (icao_address or
    call_sign), sensor_track_id (0 to 4095). A value that its item cannot hold is left out. Rows that are not plots are
    marked "no detection"; `simulated` sets the SIM bit of every record. max_bytes: longest datagram, 64 to 65,507.
    Raises ValueError for a row without range or azimuth, a range or argument that does not fit.

    >>> from picket.words import DETECTION, Batch
    >>> rows = Batch.from_rows(DETECTION, [{"time": 86400.5, "range_m": 1852.0, "azimuth_deg": 90.0}])
    >>> encode_cat048(rows, sac=25, sic=201)[0].hex()
    '30000ef019c90000402001004000'
    """
    return e.datagrams(48, _records(batch, e.source(sac, sic), simulated), max_bytes)


def encode_cat048_parts(
    batch: Batch, ends: Sequence[int], *, sac: int, sic: int, simulated: bool = False, max_bytes: int = 1400
) -> list[list[bytes]]:
    """As `encode_cat048`, part by part: the first holds the rows before ends[0], the next those before ends[1] ..."""
    records = _records(batch, e.source(sac, sic), simulated)
    return [e.datagrams(48, records[a:b], max_bytes) for a, b in pairwise((0, *ends))]


# What a bare plot of a 3-D radar holds, and the items that it lacks.
_BARE = {"010": 2, "140": 3, "020": 1, "040": 4, "130": 2, "110": 2, "120": 3}
_BARE_FSPEC = e.record({name: bytes(octets) for name, octets in _BARE.items()}, _ORDER)[:3]
_BARE_LACKS = ("alt_pressure_m", "speed_mps", "course_deg", "identity", "identity_kind", "sensor_track_id")


def _bare_plots(batch: Batch, source: bytes, simulated: bool) -> list[bytes] | None:
    """The records of plots that hold all of _BARE and nothing else, as columns of octets: ten times as fast. None: not such plots."""
    if any(name in batch.columns for name in _BARE_LACKS) or not batch.n or batch.equals("report", "track").any():
        return None
    fits = np.isfinite(batch["time"])
    columns = []
    for name, lsb, low, high in (("range_m", _NM / 256, 0, 0xFFFF), ("azimuth_deg", 360 / 65536, 0, 0x10000), ("power_dbm", 1, -128, 127),
                                 ("alt_msl_m", 7.62, -8192, 8191), ("range_rate_mps", 1, -512, 511)):  # fmt: skip
        steps = np.rint((batch[name] % 360 if name == "azimuth_deg" else batch[name]) / lsb)
        fits &= (steps >= low) & (steps <= high)
        columns.append(steps)
    if not fits.all():
        return None
    times = np.rint(batch["time"] * 128).astype(np.int64) % e.DAY_128
    rho, theta, power, height, rate = (steps.astype(np.int64) for steps in columns)
    high_first = [(times, 24), (None, (1 << 5 | simulated << 4)), (rho, 16), (theta, 16), (None, 0x08), (power, 8), (height & 0x3FFF, 16),
                  (None, 0x80), (rate & 0x3FF, 16)]  # fmt: skip
    octets: list[npt.NDArray[np.int64] | int] = [*_BARE_FSPEC, *source]
    for values, bits in high_first:
        octets += [bits] if values is None else [values >> shift & 0xFF for shift in range(bits - 8, -8, -8)]
    rows = np.empty((batch.n, len(octets)), np.uint8)
    for k, column in enumerate(octets):
        rows[:, k] = column
    flat, long = rows.tobytes(), len(octets)
    return [flat[k : k + long] for k in range(0, len(flat), long)]


def _records(batch: Batch, source: bytes, simulated: bool) -> list[bytes]:
    """One CAT048 record per row."""
    if (bare := _bare_plots(batch, source, simulated)) is not None:
        return bare
    ranges = e.steps(batch["range_m"], _NM / 256, 0, 0xFFFF)
    azimuths = e.steps(batch["azimuth_deg"] % 360, 360 / 65536, 0, 0x10000)
    heights = e.steps(batch["alt_msl_m"], 7.62, -8192, 8191)
    levels = e.steps(batch["alt_pressure_m"], 7.62, -8192, 8191)
    rates = e.steps(batch["range_rate_mps"], 1, -512, 511)
    speeds = e.steps(batch["speed_mps"], _NM / 16384, 0, 0xFFFF)
    courses = e.steps(batch["course_deg"] % 360, 360 / 65536, 0, 0x10000)
    powers = e.steps(batch["power_dbm"], 1, -128, 127)
    times, plots = batch["time"].tolist(), ~batch.equals("report", "track")
    identities, kinds, numbers = batch.values("identity"), batch.values("identity_kind"), batch.values("sensor_track_id")
    records = []
    for i in range(batch.n):
        rho, theta = ranges[i], azimuths[i]
        if rho is None or theta is None:
            raise ValueError(
                f"row {i}: CAT048 needs a range of 0 to {0xFFFF * _NM / 256:.0f} m and an azimuth, "
                f"got range_m={batch['range_m'][i]}, azimuth_deg={batch['azimuth_deg'][i]}"
            )
        items = {"010": source, "040": e.u16(rho) + e.u16(theta)}
        if math.isfinite(times[i]):
            items["140"] = e.time_of_day(times[i])
        address, call_sign = e.address(identities[i], kinds[i]), e.call_sign(identities[i], kinds[i])
        if address is not None:
            items["220"] = address
        if call_sign is not None:
            items["240"] = call_sign
        # TYP: no detection, single PSR, or Mode S roll-call with PSR
        typ = 0 if not plots[i] else 7 if address or call_sign else 1
        items["020"] = bytes((typ << 5 | simulated << 4,))
        level, height, rate, speed, course, power = levels[i], heights[i], rates[i], speeds[i], courses[i], powers[i]
        if level is not None:
            items["090"] = e.u16(level & 0x3FFF)
        if power is not None:
            items["130"] = bytes((0x08, power & 0xFF))
        if speed is not None and course is not None:
            items["200"] = e.u16(speed) + e.u16(course)
        if height is not None:
            items["110"] = e.u16(height & 0x3FFF)
        if rate is not None:
            items["120"] = b"\x80" + e.u16(rate & 0x3FF)
        number = e.track_number(numbers[i], 4095)
        if number is not None:
            items["161"] = e.u16(number)
        records.append(e.record(items, _ORDER))
    return records
