"""readsb: the JSON of ADS-B receivers: aircraft.json (readsb, dump1090-fa, dump1090-mutability, tar1090, skyaware978), history_*.json,
and the line for each position that readsb serves on its --net-json-port.

    {"now": 1767225600.5, "messages": 123, "aircraft": [{"hex": "3c6444", "type": "adsb_icao", "lat": .., "lon": .., "seen_pos": 0.4, ..}]}
    {"now": 1767225600.5, "hex": "3c6444", "type": "adsb_icao", "lat": .., "lon": .., "seen_pos": 0.0, ..}

A payload (an HTTP answer, an MQTT message, a datagram) holds one or more of these; in a stream they stand end to end, one a line or in
a list, and may be cut anywhere. What the keys mean: readsb's README-json.md, which points to RTCA DO-260B for the codes.

    key                      column
    hex                      identity; "~" before it: no ICAO address (TIS-B, anonymous), then without identity_kind;
                             also sensor_track_id where `type` is tisb_trackfile
    type                     kind, report, transport; see TYPES below
    lat, lon                 lat_deg, lon_deg
    now - seen_pos           time (time_source sensor). Without `now` the receive time stands in for it, without seen_pos `seen` does
    alt_geom [ft]            alt_wgs84_m. skyaware978 (it writes `uat_version`) puts the pressure altitude there: not read then
    alt_baro, altitude [ft]  alt_pressure_m; "ground" is no height
    gs, speed [kt]           speed_mps
    track                    course_deg (headings are none, calc_track is the receiver's own estimate: not read)
    geom_rate, else baro_rate, vert_rate [ft/min]   climb_mps
    nac_p                    sigma_position_m: the 95 % radius EPU / 2.448 (DO-260B table 2-71); not where MLAT or TIS-B gave the position
    nac_v                    sigma_speed_mps: 95 % / 1.96 (table 2-22)
    gva                      sigma_altitude_m: 95 % / 1.96 (2.2.3.2.7.2.8), with alt_geom and ADS-B version 2 or later
    category                 classification

report is track, another's estimate, where MLAT or TIS-B gave the position (`type`, or "lat" in the lists `mlat` and `tisb`), else plot;
kind is mlat for MLAT and adsb for the rest. A type that is not known is taken as another's estimate.

A receiver shows the same position again at every poll until it hears a new one: those are counted as repeated_position, by a table of
8192 addresses. lastPosition and rr_lat/rr_lon (old or rough places) are no positions. rc and nic bound the integrity of a position, not
its accuracy; rssi is relative to full scale (dBFS): neither is read. Call sign, squawk and emergency have no column here.

Each complete document also leaves a status row (heartbeat), so that an empty sky differs from silence; the same `now` again does not
(repeated_document): a web server goes on serving the file of a receiver that has died.

Left out and counted: no_position, bad_position, repeated_position, no_address (an aircraft without `hex`), unknown_object (neither an
aircraft nor a list: receiver.json), malformed (what is no JSON; the aircraft after it are read), oversized (an aircraft of 64 kB),
truncated (the input ends inside a document), too_many_aircraft (over 10,000 in one payload: the rest is not read), empty_payload.
A single value that is no good costs itself, not its row: not_a_number, <key>_wrong_type, <column>_out_of_range, <column>_not_finite.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.feed import checks
from picket.feed.adsb import readsb_kernels as k
from picket.feed.adsb.accuracy_kernels import GVA_SIGMA_M, NACP_SIGMA_M, NACV_SIGMA_MPS
from picket.feed.adsb.address_kernels import NOT_ICAO
from picket.feed.adsb.transmitters import CATEGORY_CODES, CATEGORY_WORDS, address_words
from picket.feed.adsb.units import FOOT_M, FOOT_PER_MINUTE_MPS, KNOT_MPS
from picket.feed.format import Chunk, Decoded, Decoder, Floats, Format, Ints, Options
from picket.feed.joining import Joiner, empty_payloads
from picket.words import DETECTION, STATUS, Batch

_KINDS, _REPORTS, _CLOCKS = ("adsb", "mlat"), ("plot", "track"), ("sensor", "receiver", "container", "operator")
_ON_1090 = np.isin(np.array(k.TYPES), [t for t in k.TYPES if t.startswith(("adsb_", "adsr_", "tisb_"))])
_TRACK_FILE = k.TYPES.index("tisb_trackfile")
_MEMORY = 8192  # addresses
_SAME_S, _SAME_WHOLE_S, _SAME_UNTIMED_S = (
    0.5,
    1.5,
    60.0,
)  # apart: `now` and seen_pos are rounded, by some programs to whole seconds
_NUMBERED = ("seen_pos", "seen", "nac_p", "nac_v", "gva", "version")


def encode_aircraft(
    *,
    icao: str,
    lat_deg: float,
    lon_deg: float,
    seen_pos: float = 0.0,
    type: str = "adsb_icao",
    alt_pressure_m: float = math.nan,
    alt_wgs84_m: float = math.nan,
    speed_mps: float = math.nan,
    course_deg: float = math.nan,
    climb_mps: float = math.nan,
    **other: Any,
) -> dict[str, Any]:
    """One aircraft as readsb writes it: units and rounding are its own. other: further keys as they are (nac_p, flight ...)."""
    found: dict[str, Any] = {"hex": icao.lower(), "type": type}
    for name, value, digits in (
        ("alt_baro", alt_pressure_m / FOOT_M, 0), ("alt_geom", alt_wgs84_m / FOOT_M, 0), ("gs", speed_mps / KNOT_MPS, 1),
        ("track", course_deg, 2), ("baro_rate", climb_mps / FOOT_PER_MINUTE_MPS, 0),
    ):  # fmt: skip
        if not math.isnan(value):
            found[name] = round(value, digits) if digits else round(value)
    found |= {"lat": round(lat_deg, 6), "lon": round(lon_deg, 6), "seen_pos": round(seen_pos, 3)}
    return found | {"mlat": [], "tisb": [], "messages": 100, "seen": 0.0, "rssi": -20.0} | other


def encode_document(now: float, aircraft: Sequence[dict[str, Any]], messages: int = 0) -> bytes:
    """aircraft.json as readsb writes it: each aircraft on a line of its own."""
    lines = ",\n".join(json.dumps(a, separators=(",", ":")) for a in aircraft)
    return f'{{ "now" : {now:.3f},\n  "messages" : {messages},\n  "aircraft" : [\n{lines}\n  ]\n}}\n'.encode()


def encode_line(now: float, aircraft: dict[str, Any]) -> bytes:
    """One line of readsb's --net-json-port."""
    return json.dumps({"now": round(now, 3)} | aircraft, separators=(",", ":")).encode() + b"\n"


@dataclass
class _Rows:
    """n aircraft with a position: their values (n, FIELDS), when they came (n,), where they stand in the source (n,)."""

    values: Floats
    received: Floats
    offsets: Ints

    def part(self, rows: slice | npt.NDArray[np.bool_]) -> _Rows:
        return _Rows(self.values[rows].copy(), self.received[rows].copy(), self.offsets[rows].copy())


def _none() -> _Rows:
    return _Rows(np.empty((0, len(k.FIELDS))), np.empty(0), np.empty(0, np.int64))


@dataclass
class _ReadsbDecoder:
    """Remembers the last position of 8192 addresses and, of a stream, where in a document it is and the unfinished aircraft's bytes."""

    options: Options

    def __post_init__(self) -> None:
        self._joiner = Joiner(k.LONGEST)
        self._state = np.array(k.STATE)
        self._waiting = _none()  # rows of a document whose `now` has not come yet
        self._last: Chunk | None = None  # of a stream: its source and clock, without its bytes
        self._address = np.full(_MEMORY, -1, np.int64)
        self._position = np.full((_MEMORY, 3), np.nan)
        self._order = np.full(_MEMORY, -1, np.int64)
        self._next = 0
        self._document = np.full(3, np.nan)  # the last one: now, aircraft, messages

    def decode(self, chunk: Chunk) -> Decoded:
        """One row per new position, one status row per document; reasons as above."""
        whole = chunk.link != "stream"
        joined = self._joiner.join(chunk)
        state = np.array(k.STATE) if whole else self._state
        pending = _none() if whole else self._waiting
        values, first, last, wait, documents, document_ends, counts, wrong, rest = k.read_objects(
            joined.data, joined.starts, joined.ends, whole, pending.values, state
        )
        left_out = Counter({reason: n for reason, n in zip(k.REASONS, counts.tolist(), strict=True) if n})
        left_out.update({f"{name}_wrong_type": n for name, n in zip(k.FIELDS, wrong.tolist(), strict=True) if n})
        if whole:
            left_out.update(empty_payloads(chunk, b",[]"))
        else:
            self._joiner.keep(joined, int(rest))
        rows = _Rows(
            values,
            np.concatenate([pending.received, joined.received(last)]),
            np.concatenate([pending.offsets, joined.offset(first, whole)]),
        )
        if not whole:
            self._waiting = rows.part(slice(wait, None))
            rows = rows.part(slice(0, wait))
            self._last = Chunk.one(b"", source=chunk.source, time_source=chunk.time_source)
        decoded = Decoded(self._table(rows, chunk, left_out), left_out=left_out)
        new = self._new_documents(documents, left_out)
        if len(new):
            ends = document_ends[new]
            decoded.status = self._documents(documents[new], joined.received(ends), joined.offset(ends, whole), chunk)
        return decoded

    def finish(self) -> Decoded:
        """The rows of a document that never told its time; counts what the stream's end cut."""
        cut = bool(self._joiner.held.strip()) or self._state[k.MODE] != 0
        left_out = Counter({"truncated": 1} if cut else {})
        rows, self._waiting, self._joiner.held = self._waiting, _none(), b""
        self._state = np.array(k.STATE)
        if self._last is None:
            return Decoded(left_out=left_out)
        return Decoded(self._table(rows, self._last, left_out), left_out=left_out)

    def _table(self, rows: _Rows, chunk: Chunk, left_out: Counter[str]) -> Batch:
        """The detections of new positions."""
        if not len(rows.values):
            return Batch.empty(DETECTION)
        raw = {name: rows.values[:, i].copy() for i, name in enumerate(k.FIELDS)}
        time, sensor, tolerance = _times(raw, rows.received, left_out)
        address = np.where(np.isnan(raw["hex"]), -1, raw["hex"]).astype(np.int64)
        new, self._next = k.unseen(
            address, time, raw["lat"], raw["lon"], tolerance, self._address, self._position, self._order, self._next
        )
        if not new.all():
            left_out["repeated_position"] += int(np.count_nonzero(~new))
            raw = {name: column[new] for name, column in raw.items()}
            time, sensor, address, rows = time[new], sensor[new], address[new], rows.part(new)
        n = len(address)
        if n == 0:
            return Batch.empty(DETECTION)
        names, identity = np.unique(address, return_inverse=True)
        known = int(names[0] < 0)  # the unknown address, -1, is the first
        identities = address_words(names[known:].tolist())
        type_ = np.where(np.isnan(raw["type"]), -2, raw["type"]).astype(np.int64)  # -2: none is given, -1: an unknown one
        type_[type_ == k.TYPES.index("unknown")] = -1
        mlat = (type_ == k.TYPES.index("mlat")) | (raw["mlat"] == 1)
        said = np.array([t.startswith("tisb_") for t in k.TYPES])[type_] & (type_ >= 0)
        estimate = mlat | said | (raw["tisb"] == 1) | (type_ == -1)
        air = np.where(raw["uat_version"] >= 0, 1, np.where(_ON_1090[type_] & (type_ >= 0) & ~mlat, 0, -1))
        clock = _CLOCKS.index(chunk.time_source) if chunk.time_source in _CLOCKS else -1
        columns: dict[str, Any] = {
            "time": time, "time_source": np.where(np.isnan(time), -1, np.where(sensor, 0, clock)), "received": rows.received,
            "sensor_id": self.options.sensor_id or NAME, "kind": mlat.astype(np.int32), "report": estimate.astype(np.int32),
            "origin": self.options.origin, "lat_deg": raw["lat"], "lon_deg": raw["lon"], **_motion(raw, left_out),
            **_accuracy(raw, estimate), "identity": identity.astype(np.int32) - known,
            "identity_kind": np.where((address >= 0) & (address < NOT_ICAO), 0, -1), "transport": air,
            "sensor_track_id": np.where((type_ == _TRACK_FILE) & (address >= 0), identity.astype(np.int32) - known, -1),
            "center_hz": np.where(air == 0, 1090e6, np.where(air == 1, 978e6, np.nan)),
            "classification": CATEGORY_CODES[np.where(np.isnan(raw["category"]), 0, raw["category"]).astype(np.int64)],
            "source": chunk.source, "source_offset": rows.offsets,
        }  # fmt: skip
        words = {
            "time_source": _CLOCKS, "kind": _KINDS, "report": _REPORTS, "identity": identities, "identity_kind": ("icao_address",),
            "sensor_track_id": [name.removeprefix("~") for name in identities],
            "transport": ("1090es", "uat"), "classification": CATEGORY_WORDS,
        }  # fmt: skip
        return Batch.build(DETECTION, n, columns, words)

    def _new_documents(self, documents: Floats, left_out: Counter[str]) -> Ints:
        """Which documents (d, 3) are not the last one again: a web server goes on serving the file of a receiver that has died."""
        before = np.vstack([self._document, documents])
        again = before[1:, 0] == before[:-1, 0]
        self._document = before[-1]
        if again.any():
            left_out["repeated_document"] += int(np.count_nonzero(again))
        return np.flatnonzero(~again)

    def _documents(self, documents: Floats, received: Floats, offsets: Ints, chunk: Chunk) -> Batch:
        """Status rows: the receiver's clock, how many aircraft it shows and how many messages it has heard."""
        now = _now(documents[:, 0].copy(), Counter())
        clock = _CLOCKS.index(chunk.time_source) if chunk.time_source in _CLOCKS else -1
        counts = [(int(a), m) for a, m in documents[:, 1:].tolist()]
        columns = {
            "time": np.where(np.isnan(now), received, now), "received": received, "sensor_id": self.options.sensor_id or NAME,
            "time_source": np.where(~np.isnan(now), 0, np.where(np.isnan(received), -1, clock)), "origin": self.options.origin,
            "event": "heartbeat", "detail": [f"{a} aircraft" + (f", {m:.0f} messages" if 0 <= m < 1e15 else "") for a, m in counts],
            "source": chunk.source, "source_offset": offsets,
        }  # fmt: skip
        return Batch.build(STATUS, len(documents), columns, {"time_source": _CLOCKS})


def _now(now: Floats, left_out: Counter[str]) -> Floats:
    """UNIX seconds; some query interfaces give milliseconds."""
    now = np.where((now > 1e11) & (now < 5e12), now / 1000, now)
    return checks.bounded("time", np.where(now <= 0, np.nan, now), left_out)


def _times(raw: dict[str, Floats], received: Floats, left_out: Counter[str]) -> tuple[Floats, Any, Floats]:
    """(n,) times of the positions; whether they are the sensor's own; how far apart two times of one position may lie."""
    now = _now(raw["now"], left_out)
    for name in _NUMBERED:
        raw[name] = checks.bounded(name, raw[name], left_out)
    sensor = ~np.isnan(now)
    untold = np.isnan(raw["seen_pos"])
    age = np.where(untold, np.where(np.isnan(raw["seen"]), 0.0, raw["seen"]), raw["seen_pos"])
    outside = (age < 0) | (age > 86400)
    if outside.any():
        left_out["seen_pos_out_of_range"] += int(np.count_nonzero(outside))
        age = np.where(outside, np.nan, age)
    rounded = (now == np.floor(now)) & (age == np.floor(age))
    tolerance = np.where(untold, _SAME_UNTIMED_S, np.where(rounded, _SAME_WHOLE_S, _SAME_S))
    return np.where(sensor, now, received) - age, sensor, tolerance


def _motion(raw: dict[str, Floats], left_out: Counter[str]) -> dict[str, Floats]:
    """Heights and velocity in the table's units, checked."""
    geometric = np.where(np.isnan(raw["uat_version"]), raw["alt_geom"], np.nan)
    climb = np.where(np.isnan(raw["geom_rate"]), raw["baro_rate"], raw["geom_rate"])
    columns = {
        "alt_pressure_m": raw["alt_baro"] * FOOT_M, "alt_wgs84_m": geometric * FOOT_M, "speed_mps": raw["gs"] * KNOT_MPS,
        "course_deg": raw["track"], "climb_mps": climb * FOOT_PER_MINUTE_MPS,
    }  # fmt: skip
    for name, column in columns.items():
        columns[name] = checks.bounded(name, column, left_out)
    raw["alt_geom"] = columns["alt_wgs84_m"]
    return columns


def _accuracy(raw: dict[str, Floats], estimate: Any) -> dict[str, Floats]:
    """1 sigma from the quality codes. `raw["alt_geom"]` is known where the height above the ellipsoid is."""
    high = ~np.isnan(raw["alt_geom"]) & (raw["version"] >= 2)
    return {
        "sigma_position_m": np.where(estimate, np.nan, _coded(raw["nac_p"], NACP_SIGMA_M)),
        "sigma_speed_mps": np.where(estimate, np.nan, _coded(raw["nac_v"], NACV_SIGMA_MPS)),
        "sigma_altitude_m": np.where(high & ~estimate, _coded(raw["gva"], GVA_SIGMA_M), np.nan),
    }


def _coded(code: Floats, sigmas: Floats) -> Floats:
    """What each code stands for, NaN where the code is unknown, no whole number or outside the table."""
    sound = (code >= 0) & (code < len(sigmas)) & (code == np.floor(code))
    return np.asarray(sigmas[np.where(sound, code, 0).astype(np.int64)])


def sniff(head: bytes) -> bool:
    """True where the first bytes are a document or a line of a receiver."""
    text = head.lstrip()
    if text[:1] not in (b"{", b"["):
        return False
    listed = b'"aircraft"' in text or b'"ac"' in text
    return (b'"hex"' in text and (listed or b'"seen_pos"' in text or b'"seen"' in text)) or (
        b'"now"' in text and b'"aircraft"' in text
    )


def make(options: Options) -> Decoder:
    """A decoder of receivers' JSON."""
    return _ReadsbDecoder(options)


NAME = "readsb"
FORMAT = Format(
    name=NAME,
    title="aircraft.json and JSON lines of ADS-B receivers (readsb, dump1090, tar1090, skyaware978)",
    make=make,
    sniff=sniff,
    suffixes=(".json", ".jsonl", ".ndjson"),
    links=("http", "stream", "udp", "mqtt"),
    example={
        "recording": "picket decode aircraft.json",
        "feed": "readsb+http://127.0.0.1:8080/data/aircraft.json?every=1",
        "lines": "readsb+tcp://127.0.0.1:30047",
    },
)
