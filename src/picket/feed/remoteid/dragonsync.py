"""DragonSync: the JSON of WarDragon kits, over MQTT (`wardragon/...`), UDP or in files; and what the kit's sniffers say to it.

As of DragonSync ef69b25 (2026-06-28), droneid-go ec7904f (2026-05-28), its Python forerunner DroneID 8eb5078 (2026-01-24),
dji_receiver.py 40b6a78 (2026-05-05), wardragon-fpv-detect 511c63a (2026-02-25) and WarDragon's documents 0dc491d (2026-07-26).

    topic                                     message                                            becomes
    wardragon/drones, wardragon/drone/<id>    {"id": "drone-..", "lat": .., "mac": .., "pilot_lat": ..}   remote_id or rf, operator
    wardragon/signals, wardragon/signals/..   {"uid": .., "signal_type": "fpv", "center_hz": ..}      rf
    wardragon/aircraft                        {"icao": .., "lat": .., "track_type": "aircraft"}       adsb
    wardragon/system/<kit>/attrs              {"id": "wardragon-..", "latitude": .., "cpu_usage": ..} status
    (monitor, ZMQ 4225)                       {"serial_number": .., "gps_data": {..}, "system_stats": {..}} status
    (sniffers, ZMQ 4224, 4221)                [{"Basic ID": {..}}, {"Location/Vector Message": {..}}, ..] as drones
    (detectors, ZMQ 4226)                     the same with {"Signal Info": {..}}                      as signals
    (ESP32, ZMQ 4224)                         {"Basic ID": {..}, "Location/Vector Message": {..}, ..}    as drones

Messages come one a payload, one a line, end to end, or as elements of an array. ZMQ itself is not spoken here: a bridge or a
file brings the last four. `dragonsync_shapes.py` says how words become numbers; 0.0 for "not told" is unknown.

Remote ID: kind remote_id, by the rules of `table.py`. The time is Remote ID's within the hour ("12 min 34.5 s"), completed from
`observed_at`, the kit's clock when it heard the frame, which also stands in for it. `id` is "drone-" and the serial.
The accuracies' words ("<3 m") are 95 % bounds. A height goes above ground or take-off as `height_type` says; without one it is
above ground, as the field's name in both forms says. Speed and climb of exactly 0.0 are unknown, not a hover.
DJI DroneID (no radio address, no transport, a frequency): kind rf, report plot, identity the serial, classification the model in
the receiver's words; no sigmas and no course (DragonSync computes one from the last two places). Pilot and home go to the operator
table. "drone-alert" is a DJI aircraft that could not be read: no identity; where its text ends in "(alert)" the position is the
kit's own, and becomes sensor_lat_deg, sensor_lon_deg. Radio links found by their hops ("900FHSS-NETID-..", "MLRS-LINK-..") come
with the kit's position where the aircraft's is unknown, and nothing tells which: kind rf without position (`unsure_position`).
Signals: kind rf. Their lat, lon are the kit's position moved by up to 15 m at random, so they are not read; `sensor_lat` is the
kit's position. Only where a telemetry packet passed its checksum (source sik_reasm, mlrs_reasm) that field is the aircraft's.
Heights of signals and kits have no stated zero (gpsd's `alt`): left out.
Aircraft: feet, knots and feet per minute; `alt` is geometric or barometric, and nothing tells which: left out (`unsure_altitude`).
The message says nothing of its time: it is the receive time. rssi is relative to full scale there, no dBm: left out.

DragonSync repeats: every drone comes on two topics, and again with pilot and home, and stays on for a while when it is no longer
heard. A message with the `observed_at` of the last one of the same drone and kit is no new measurement: counted as repeated.
So is an aircraft with the same place and signal strength as before.

sensor_id is the kit (`seen_by`, the kit's `id`), else the option's, else "dragonsync". Operators' and pilots' places, ids and
descriptions go to the operator table only; home is a row of its own (takeoff).
Left out and counted: malformed, oversized (a value of more than 64 KiB, an array of more than 64 elements, what follows 256 values in one
payload), truncated, unknown_message, repeated, unconfirmed (detectors' source "energy": any
energy in the band), availability ("online", "not_home"), operator_attributes (a place without an identity), no_remote_id (a
sniffed device that sent none: nothing is kept), raw_advertisement (what sniffers send to the decoder, not to DragonSync),
receiver_health, identity_only and empty_message (blocks that give no row), no_position, bad_position, unsure_position,
unsure_altitude, bad_identity, and the reasons of `table.py`.
Not read: the register's answers (rid_make ..), call signs, squawks, categories, net ids' baud rates.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from picket.feed.format import Chunk, Decoded, Decoder, Floats, Format, Options
from picket.feed.joining import Joined, Joiner
from picket.feed.remoteid import dragonsync_shapes as read
from picket.feed.remoteid.dragonsync_kernels import find_values
from picket.feed.remoteid.dragonsync_reports import (
    REGISTRATION,
    SERIAL,
    Report,
    dji,
    in_blocks,
    published_drone,
    published_signal,
)
from picket.feed.remoteid.dragonsync_shapes import NAN, Message
from picket.feed.remoteid.dragonsync_tables import between, locations, operator_rows, rf_table, told_identities
from picket.feed.remoteid.messages import (
    BOUND_95_TO_SIGMA,
    POSITION_95_M,
    RADIUS_95_TO_SIGMA,
    SPEED_95_MPS,
)
from picket.feed.remoteid.table import (
    SOURCES,
    Heard,
    IdentityMemory,
    detection_table,
    sound_positions,
    stamps,
)
from picket.words import DETECTION, OPERATOR, STATUS, Batch, concat

FOOT_PER_MINUTE_MPS = 0.3048 / 60
KNOT_MPS = 1852 / 3600

_MOST = 1 << 16  # bytes of a value, and of one held back unfinished; a message has about 2,000
_REMEMBERED = 2048  # aircraft of which the last report is remembered, so that repeats are known
_AVAILABILITY = (b"online", b"offline", b"None", b"not_home", b"home")
_LINKS = ("900FHSS-NETID-", "MLRS-LINK-")
_ICAO = re.compile("~?[0-9A-F]{6}")  # with "~" it is not ICAO's

_decode_one = msgspec.json.Decoder(Message).decode
_decode_list = msgspec.json.Decoder(list[Message | None]).decode


@dataclass
class _Sorted:
    """The reports of a chunk by the table rows that they become."""

    remote_id: list[Report] = field(default_factory=list)
    rf: list[Report] = field(default_factory=list)
    aircraft: list[tuple[int, int, Message]] = field(default_factory=list)
    kits: list[tuple[int, int, Message]] = field(default_factory=list)


@dataclass
class _DragonSyncDecoder:
    """Messages -> the three tables; holds back a stream's unfinished value, addresses' identities, and the last reports."""

    options: Options

    def __post_init__(self) -> None:
        self._joiner = Joiner(_MOST)
        self._memory = IdentityMemory()
        self._last: dict[str, tuple[float, ...]] = {}

    def decode(self, chunk: Chunk) -> Decoded:
        """Rows and counted reasons of this chunk."""
        left_out: Counter[str] = Counter()
        joined, stream = self._joiner.join(chunk), chunk.link == "stream"
        firsts, lasts, rest, broken, excess = find_values(joined.data, joined.starts, joined.ends, not stream)
        if stream:
            left_out["oversized"] += not self._joiner.keep(joined, int(rest[0]))
        else:
            left_out["truncated"] += int(np.count_nonzero(rest < joined.ends))
        left_out += Counter(malformed=broken, oversized=excess)
        found, view = _Sorted(), joined.data.data
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            message = _parsed(view[first:last]) if last - first <= _MOST else "oversized"
            if isinstance(message, str):
                left_out[message] += 1
            elif isinstance(message, list):
                self._sort_list(message, first, last, found, left_out)
            else:
                self._sort(message, first, last, found, left_out)
        decoded = self._tables(chunk, joined, found, left_out)
        decoded.left_out = +left_out
        return decoded

    def finish(self) -> Decoded:
        """Counts a value that the stream's end cut."""
        held, self._joiner.held = self._joiner.held.strip(), b""
        if held in _AVAILABILITY:
            return Decoded(left_out=Counter(availability=1))
        return Decoded(left_out=Counter(truncated=1) if held else Counter())

    # -- which message is it --------------------------------------------------------------------------------------
    def _sort_list(self, message: list[Message | None], first: int, last: int, found: _Sorted, left_out: Counter[str]) -> None:
        """The elements of an array are blocks of one message, or messages of their own."""
        blocks, alone = [], 0
        for m in message:
            if m is None:  # a message that the sniffer did not understand
                continue
            if m.id is not None or m.uid is not None or m.icao is not None or m.gps_data is not None:
                self._sort(m, first, last, found, left_out)
                alone += 1
            else:
                blocks.append(m)
        if blocks or not alone:
            self._sort_blocks(blocks, first, last, found, left_out)

    def _sort(self, m: Message, first: int, last: int, found: _Sorted, left_out: Counter[str]) -> None:
        """One object, by the fields that it has."""
        if m.basic is not None or m.location is not None or m.system is not None or m.signal is not None:
            self._sort_blocks([m], first, last, found, left_out)
        elif m.icao is not None or m.track_type == "aircraft":
            if self._is_new(f"a{read.text(m.icao)}", (read.number(m.lat), read.number(m.lon), read.number(m.rssi)), left_out):
                found.aircraft.append((first, last, m))
        elif m.uid is not None or m.signal_type is not None:
            self._sort_signal(published_signal(m, first, last), m.source, found, left_out)
        elif m.gps_data is not None or m.system_stats is not None or m.cpu_usage is not None or m.gps_fix is not None:
            found.kits.append((first, last, m))
        elif m.track_type == "drone" or (m.id is not None and (m.lat is not None or m.mac is not None)):
            self._sort_drone(m, first, last, found, left_out)
        elif m.latitude is not None and m.longitude is not None:
            left_out["operator_attributes"] += 1
        elif m.raw is not None or m.sniffed is not None:
            left_out["raw_advertisement"] += 1
        elif m.health is not None:
            left_out["receiver_health"] += 1
        else:
            self._sort_blocks([m], first, last, found, left_out)

    def _sort_drone(self, m: Message, first: int, last: int, found: _Sorted, left_out: Counter[str]) -> None:
        r = published_drone(m, first, last)
        identity = (read.text(m.id) or "").removeprefix("drone-")
        if r.observed == r.observed and not self._is_new(f"d{identity[:40]} {r.sensor}", (r.observed,), left_out):
            return
        if read.address(identity) >= 0:  # a device without serial is named after its address
            identity = ""
        model = r.description
        by = read.text(m.transport)
        if identity.startswith(_LINKS) or (by and r.address < 0 and r.transport < 0):
            left_out["unsure_position"] += 1
            r.lat = r.lon = 0.0
            r.track, r.classification, r.description = identity or None, by, None
            found.rf.append(r)
        elif identity.startswith("alert") or (r.address < 0 and not by and r.center_hz == r.center_hz):
            found.rf.append(dji(r, identity, model))
        else:
            caa = read.text(m.caa_id)
            r.serials = ((SERIAL, identity),) if identity not in ("", "unknown") else ((REGISTRATION, caa),) if caa else ()
            found.remote_id.append(r)

    def _sort_blocks(self, blocks: Sequence[Message], first: int, last: int, found: _Sorted, left_out: Counter[str]) -> None:
        """A message in blocks: Remote ID, DJI DroneID or a signal."""
        r, signal, frequency, told = in_blocks(blocks, first, last)
        if signal is not None:
            self._sort_signal(r, signal.source, found, left_out)
        elif not told:
            is_sniffed = any(m.top_mac is not None or m.advert is not None for m in blocks)
            left_out["no_remote_id" if is_sniffed else "unknown_message"] += 1
        elif r.address < 0 and r.transport < 0 and frequency:
            identity = next((identity for kind, identity in r.serials if kind == SERIAL), "").removeprefix("drone-")
            found.rf.append(dji(r, identity, r.classification or r.description))
        else:
            r.classification = None
            found.remote_id.append(r)
            if not (r.located or r.tells_pilot or r.operator_id or r.description):
                left_out["identity_only" if r.serials else "empty_message"] += 1

    def _sort_signal(self, r: Report, source: Any, found: _Sorted, left_out: Counter[str]) -> None:
        if source == "energy":
            left_out["unconfirmed"] += 1
        elif r.observed == r.observed and not self._is_new(f"s{r.track} {r.sensor}", (r.observed,), left_out):
            pass
        else:
            found.rf.append(r)

    def _is_new(self, key: str, said: tuple[float, ...], left_out: Counter[str]) -> bool:
        """False, and counted, where the last message of the same object said the same."""
        before = self._last.pop(key, None)
        self._last[key] = said
        if len(self._last) > _REMEMBERED:
            del self._last[next(iter(self._last))]  # the one that was silent for longest
        if before == said:
            left_out["repeated"] += 1
        return before != said

    # -- rows -----------------------------------------------------------------------------------------------------
    def _tables(self, chunk: Chunk, joined: Joined, found: _Sorted, left_out: Counter[str]) -> Decoded:
        detections, operators = [], []
        with np.errstate(invalid="ignore"):
            if found.remote_id:
                heard = self._heard(chunk, joined, found.remote_id)
                keys = self._memory.recall(heard.address, heard.reference, told_identities(found.remote_id, left_out))
                row = np.array([i for i, r in enumerate(found.remote_id) if r.located], np.int64)
                places = locations([found.remote_id[i] for i in row.tolist()])
                detections.append(detection_table(places, row, heard, keys, left_out))
                operators += operator_rows(found.remote_id, heard, keys, left_out)
            if found.rf:
                heard = self._heard(chunk, joined, found.rf)
                keys = told_identities(found.rf, left_out)
                detections.append(rf_table(found.rf, heard, left_out))
                operators += operator_rows(found.rf, heard, keys, left_out)
            if found.aircraft:
                detections.append(self._aircraft(chunk, joined, found.aircraft, left_out))
        status = self._kits(chunk, joined, found.kits) if found.kits else Batch.empty(STATUS)
        return Decoded(concat(DETECTION, detections), concat(OPERATOR, operators), status)

    def _heard(self, chunk: Chunk, joined: Joined, reports: Sequence[Report]) -> Heard:
        """Who heard the reports, when and how."""
        times = stamps(chunk, joined, [r.first for r in reports], [r.last for r in reports], [r.observed for r in reports])
        place: dict[str, int] = {}
        sensor = [place.setdefault(r.sensor or self.options.sensor_id or NAME, len(place)) for r in reports]
        return Heard(
            received=times.received, offsets=times.offsets, reference=times.reference, reference_source=times.reference_source,
            address=np.array([r.address for r in reports], np.int64), power_dbm=np.array([r.power_dbm for r in reports]),
            center_hz=np.array([r.center_hz for r in reports]), transport=np.array([r.transport for r in reports], np.int32),
            sensor=np.array(sensor, np.int32), sensors=tuple(place), source=chunk.source, origin=self.options.origin,
        )  # fmt: skip

    def _aircraft(self, chunk: Chunk, joined: Joined, messages: list[tuple[int, int, Message]], left_out: Counter[str]) -> Batch:
        """Detections of ADS-B aircraft."""
        places = np.array([read.place(m.lat, m.lon) for _, _, m in messages])
        sound = np.flatnonzero(sound_positions(places[:, 0], places[:, 1], "no_position", "bad_position", left_out))
        firsts, lasts, data = zip(*messages, strict=True)
        times = stamps(chunk, joined, firsts, lasts, [NAN] * len(data))
        kept: list[Message] = [data[i] for i in sound.tolist()]
        left_out["unsure_altitude"] += sum(read.nonzero(m.alt) == read.nonzero(m.alt) for m in kept)
        names = [name if _ICAO.fullmatch(name) else None for name in ((read.text(m.icao) or "").upper() for m in kept)]
        columns = {
            "time": times.reference[sound], "time_source": times.reference_source[sound], "received": times.received[sound],
            "sensor_id": [read.text(m.seen_by) or self.options.sensor_id or NAME for m in kept], "kind": "adsb", "report": "plot",
            "origin": self.options.origin, "lat_deg": places[sound, 0], "lon_deg": places[sound, 1], "identity": names,
            "identity_kind": ["icao_address" if n and n[0] != "~" else None for n in names],
            "speed_mps": between([read.nonzero(m.speed) * KNOT_MPS for m in kept], 0, 1000),
            "course_deg": between([read.nonzero(m.track) for m in kept], 0, 360) % 360,
            "climb_mps": between([read.number(m.vertical_rate) * FOOT_PER_MINUTE_MPS for m in kept], -500, 500),
            "sigma_position_m": [_coded_bound(m.nac_p, POSITION_95_M, 11) * RADIUS_95_TO_SIGMA for m in kept],
            "sigma_speed_mps": [_coded_bound(m.nac_v, SPEED_95_MPS, 4) * BOUND_95_TO_SIGMA for m in kept],
            "source": chunk.source, "source_offset": times.offsets[sound],
        }  # fmt: skip
        return Batch.build(DETECTION, len(kept), columns, {"time_source": SOURCES})

    def _kits(self, chunk: Chunk, joined: Joined, messages: list[tuple[int, int, Message]]) -> Batch:
        """Heartbeats of kits: where they are and how their computers do."""
        firsts, lasts, data = zip(*messages, strict=True)
        sent = [read.unix(m.updated if m.updated is not None else m.timestamp) for m in data]
        times = stamps(chunk, joined, firsts, lasts, sent)
        kits = [_kit(m) for m in data]
        columns = {
            "time": times.reference, "time_source": times.reference_source, "received": times.received, "origin": self.options.origin,
            "sensor_id": [name or self.options.sensor_id or NAME for name, _, _ in kits], "event": "heartbeat",
            "state": [state for _, state, _ in kits], "detail": [detail for _, _, detail in kits], "source": chunk.source,
            "source_offset": times.offsets,
        }  # fmt: skip
        return Batch.build(STATUS, len(data), columns, {"time_source": SOURCES})


def _parsed(raw: memoryview) -> Message | list[Message | None] | str:
    """A message, the elements of an array, or the reason why it is neither."""
    try:
        return _decode_list(raw) if raw[0] == 0x5B else _decode_one(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        words = bytes(raw).strip()
    if words in _AVAILABILITY:
        return "availability"
    if b"NaN" in words or b"Infinity" in words:  # JSON has neither, Python writes both
        words = words.replace(b"NaN", b"null").replace(b"-Infinity", b"null").replace(b"Infinity", b"null")
        try:
            return _decode_list(words) if words[:1] == b"[" else _decode_one(words)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
    return "malformed"


def _kit(m: Message) -> tuple[str | None, str, str]:
    """A kit's name, its state (degraded without a fix, unless its place was entered by hand), and a line about it."""
    gps, stats = m.gps_data or read.Gps(), m.system_stats or read.Stats()
    serial = read.text(m.serial_number)
    name = read.text(m.id) or (f"wardragon-{serial}" if serial and serial != "unknown" else None)
    lat, lon = read.place(
        m.latitude if m.latitude is not None else gps.latitude, m.longitude if m.longitude is not None else gps.longitude
    )
    fix, by = m.gps_fix if m.gps_fix is not None else gps.gps_fix, read.text(m.time_source) or read.text(gps.time_source)
    state = "unknown" if fix is None else "ok" if fix is True or by == "static" else "degraded"
    words = [f"at {lat:.5f} {lon:.5f}" if lat or lon else "place unknown", f"position from {by}" if by else ""]
    for label, value, unit in (
        ("cpu", m.cpu_usage if m.cpu_usage is not None else stats.cpu_usage, "%"),
        ("temperature", m.temperature_c if m.temperature_c is not None else stats.temperature, "C"),
        ("up", m.uptime_s if m.uptime_s is not None else stats.uptime, "s"),
    ):
        amount = read.number(value)
        words.append(f"{label} {amount:.0f} {unit}" if abs(amount) < 1e10 else "")
    return name, state, ", ".join(w for w in words if w)


def _coded_bound(code: Any, bounds_95: Floats, most: int) -> float:
    """The 95 % bound of ADS-B's NACp (1 to 11) or NACv (1 to 4): the same steps as Remote ID's codes."""
    value = read.number(code)
    return float(bounds_95[int(value)]) if 1 <= value <= most else NAN


def sniff(head: bytes) -> bool:
    """True where the first bytes hold a message of DragonSync or of its sniffers."""
    if head.lstrip()[:1] not in (b"{", b"[") or b'"sensor ID"' in head:
        return False
    sure = (b'"Basic ID"', b'"Location/Vector Message"', b'"Signal Info"', b'"ant_sdr_temps"', b'"gpsd_time_utc"', b'"pilot_lat"')
    if any(words in head for words in sure):
        return True
    return b'"seen_by"' in head and (b'"track_type"' in head or b'"signal_type"' in head)


def make(options: Options) -> Decoder:
    """A decoder of DragonSync's messages."""
    return _DragonSyncDecoder(options)


NAME = "dragonsync"
FORMAT = Format(
    name=NAME,
    title="DragonSync JSON (WarDragon kits: Remote ID, DJI DroneID, signals, ADS-B)",
    make=make,
    sniff=sniff,
    suffixes=(".json", ".jsonl"),
    links=("mqtt", "udp", "stream"),
    example={"recording": "picket decode wardragon.jsonl", "feed": "dragonsync+mqtt://127.0.0.1:1883/wardragon/#"},
)
FORMATS = (FORMAT,)
