"""Writes CAT129 UAS identification reports (edition 1.2), for exercises and for tests."""

from __future__ import annotations

import math

import numpy as np

from picket.feed.asterix import encoding as e
from picket.words import Batch

_ORDER = e.order(
    "010", "015", "020", "030", "040", "050", "070", "080", "090", "100", "110", "120", "SP", "185", "220"
)  # fmt: skip
_POSITION = 180 / 2**30  # deg, I129/080
_MEDIAN = math.sqrt(2 * math.log(2))  # 50 % circular error of a unit sigma


def encode_cat129(batch: Batch, *, sac: int = 0, sic: int = 0, country: str | None = None, max_bytes: int = 1400) -> list[bytes]:
    """Detection rows as datagrams of CAT129 data blocks of one record each (the standard allows no more), rows in order.

    batch: detection rows; written where known: time (its UTC time of day), lat_deg with lon_deg, alt_msl_m, height_agl_m,
    sigma_position_m (as a 50 % circular error of 1 to 255 m), speed_mps with course_deg, climb_mps, and an identity of kind serial
    in up to three parts joined with "-": manufacturer and model (at most 3 characters each) and serial number (at most 12). A
    value that its item cannot hold is left out. sac, sic: 0 and 0 are what a drone sends itself. country: the two letters of
    the country of registration (ISO 3166-1), which the standard wants in every record. max_bytes: longest datagram, 64 to
    65,507. Raises ValueError for an argument that does not fit.

    >>> from picket.words import DETECTION, Batch
    >>> rows = Batch.from_rows(DETECTION, [{"lat_deg": 45.0, "lon_deg": -90.0, "identity": "7", "identity_kind": "serial"}])
    >>> encode_cat129(rows, country="US")[0].hex()
    '81001d8d800000372020202020202020202020555310000000e0000000'
    """
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise ValueError(f"country: expected two letters, got {country!r}")
    if not 64 <= max_bytes <= 65507:
        raise ValueError(f"max_bytes: expected 64 to 65507 (one record to one UDP datagram), got {max_bytes}")
    sent = [b""]
    for record in _records(batch, e.source(sac, sic), country):
        block = e.block(129, [record])
        if len(sent[-1]) + len(block) > max_bytes:
            sent.append(b"")
        sent[-1] += block
    return [datagram for datagram in sent if datagram]


def _records(batch: Batch, source: bytes, country: str | None) -> list[bytes]:
    """One CAT129 record per row."""
    lats = e.steps(batch["lat_deg"], _POSITION, -(1 << 29), 1 << 29)
    lons = e.steps((batch["lon_deg"] + 180) % 360 - 180, _POSITION, -(1 << 30), (1 << 30) - 1)
    heights = e.steps(batch["alt_msl_m"], 0.1, -(1 << 23), (1 << 23) - 1)
    above_ground = e.steps(batch["height_agl_m"], 0.1, -(1 << 23), (1 << 23) - 1)
    errors = e.steps(batch["sigma_position_m"] * _MEDIAN, 1, 1, 255)
    course = np.radians(batch["course_deg"])
    easts = e.steps(batch["speed_mps"] * np.sin(course), 0.01, -(1 << 19), (1 << 19) - 1)
    norths = e.steps(batch["speed_mps"] * np.cos(course), 0.01, -(1 << 19), (1 << 19) - 1)
    climbs = e.steps(batch["climb_mps"], 0.01, -(1 << 19), (1 << 19) - 1)
    times, identities, kinds = batch["time"].tolist(), batch.values("identity"), batch.values("identity_kind")
    records = []
    for i in range(batch.n):
        items = {"010": source, **(_serial(identities[i]) if kinds[i] == "serial" else {})}
        if country is not None:
            items["050"] = country.upper().encode("ascii")
        if math.isfinite(times[i]):
            items["070"] = e.time_of_day(times[i])
        lat, lon, height, ground, error = lats[i], lons[i], heights[i], above_ground[i], errors[i]
        east, north, climb = easts[i], norths[i], climbs[i]
        if lat is not None and lon is not None:
            items["080"] = e.signed(lat, 4) + e.signed(lon, 4)
        if height is not None:
            items["090"] = e.signed(height, 3)
        if ground is not None:
            items["100"] = e.signed(ground, 3)
        if error is not None:
            items["110"] = e.u16(error)
        if east is not None and north is not None:
            items["185"] = ((east & 0xFFFFF) << 20 | north & 0xFFFFF).to_bytes(5, "big")
        if climb is not None:
            items["220"] = (climb & 0xFFFFF).to_bytes(3, "big")
        records.append(e.record(items, _ORDER))
    return records


def _serial(identity: str | None) -> dict[str, bytes]:
    """I129/020, 030, 040 of an identity, none where a part does not fit."""
    if not identity or not all("!" <= c <= "~" for c in identity):
        return {}
    parts = identity.split("-", 2)
    while len(parts) > 1 and not (parts[-1] and all(0 < len(part) <= 3 for part in parts[:-1])):
        parts[-2:] = ["-".join(parts[-2:])]
    if not 0 < len(parts[-1]) <= 12:
        return {}
    names = ("020", "030")[: len(parts) - 1]
    items = {name: part.ljust(3).encode("ascii") for name, part in zip(names, parts, strict=False)}
    return items | {"040": parts[-1].ljust(12).encode("ascii")}
