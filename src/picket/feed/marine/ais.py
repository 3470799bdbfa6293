"""AIS: what ships, base stations, aids to navigation and rescue aircraft broadcast (ITU-R M.1371-5), as !--VDM sentences.

    !AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C       parts, part, sequence, channel, six-bit payload, fill bits

    type         message                        becomes
    1, 2, 3      position, class A              a plot: position, speed (0.1 kn), course (0.1 deg) over ground
    18, 19       position, class B              the same; 19 tells its ship type too
    27           position for satellites        the same in coarse steps: 0.1 min, 1 kn, 1 deg
    9            search and rescue aircraft     a plot, classification sar_aircraft
    4            base station                   a plot, classification base_station;  11, a ship's answer: a plot
    21           aid to navigation              a plot, classification aid_to_navigation
    5, 24        static data                    its ship type, remembered by MMSI for later plots (`static_report`)

identity is the MMSI, nine digits; null where it is 0 or longer. classification is the ship type as a word (SHIP_TYPES), or what the
MMSI says of a rescue beacon (970 sart, 972 man_overboard, 974 epirb). center_hz comes from the channel, A 161.975 MHz and B 162.025 MHz.
sigma_position_m: an accuracy flag means a 95 % radius of 10 m, so 10 / 2.448; null without it; for type 27 its step of 185 m
spreads evenly, 185.2 / sqrt(12). A speed of "102.2 kn or more" is a bound, no value: null. Latitude and longitude are pyais's, which
rounds to 1e-6 degrees (the step sent is 1.7e-6).

Time: a message carries the second of its minute only. It becomes the nearest instant to when the sentence was heard: the
receiver's own time (tag block `c:`, or after the checksum), else the chunk's. Second 60 and above mean unknown, estimated or
manual: then the time heard itself stands (time_source receiver, container or operator). Without any date the time is null, though a
base station tells one: a transmission anyone can forge shall not date a recording. With `--start` the seconds carry the
time on from message to message; pauses above half a minute cannot be seen in them.

Parts of a message may come within 100 sentences, within 10 in any order; 64 messages may be open at once. Types 1, 2, 3 and 18 in
one sentence are read in bulk, with pyais's values as the tests show, and of 5 and 24 only the ship type; pyais decodes the others.

Left out: own_ship (VDO: where the receiver itself is), static_report, no_position (181, 91; or 0, 0, an unset receiver),
bad_position, virtual_aid (an aid that is not there), test_target (a beacon under test, status 15), other_message (types 6-8, 10, 12-17,
20, 22, 23, 25, 26, 28: texts, binary data, channel management; never decoded), unknown_message, empty_payload, bad_payload (no
six-bit character), bad_length (ends before its last item used), bad_message (pyais refuses it), bad_field (no VDM fields),
incomplete (a message whose other parts never came), other_sentence (no AIS), and those of `picket.feed.marine.nmea`. Not kept at
all: names, call signs, IMO numbers, destinations, dimensions, heading, rate of turn; and the altitude of rescue aircraft, because
the standard does not say above what. Others differ: pyais takes type 0 for type 1 and reads messages that are cut short.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from picket.feed.format import Chunk, Decoded, Decoder, Floats, Format, Ints, Options
from picket.feed.marine import ais_kernels as k
from picket.feed.marine.nmea import SentenceReader, Sentences, first_addresses
from picket.words import DETECTION, Batch

KNOT_MPS = 1852 / 3600
CHANNELS_HZ = {"A": 161.975e6, "B": 162.025e6}  # ITU-R M.1084: channels 2087 and 2088; receivers write 1 and 2 too
_SIGMA_ACCURATE_M = 10 / 2.448
_SIGMA_COARSE_M = 185.2 / math.sqrt(12)  # 0.1 min of latitude, spread evenly
_MEMORY = 8192  # MMSIs whose ship type is remembered; a coast sees some hundred, a sea a few thousand
_MOST_OPEN = 64  # messages with parts missing
_PARTS_WITHIN = 100  # sentences; receivers send the parts of a message one after the other
_SWAPPED_WITHIN = 10  # the same for parts out of order: an old second part must not wait for another message's first
_SHIP_TYPE_AT = {5: 232, 24: 40}  # bits from the message's beginning; in 24 of part B
_SOURCES = ("sensor", "receiver", "container", "operator")

SHIP_TYPES: dict[int, str] = {
    **dict.fromkeys(range(20, 30), "wing_in_ground"), 30: "fishing", 31: "towing", 32: "towing", 33: "dredging", 34: "diving",
    35: "military", 36: "sailing", 37: "pleasure_craft", **dict.fromkeys(range(40, 50), "high_speed_craft"), 50: "pilot",
    51: "search_and_rescue", 52: "tug", 53: "port_tender", 54: "anti_pollution", 55: "law_enforcement", 58: "medical",
    59: "noncombatant", **dict.fromkeys(range(60, 70), "passenger"), **dict.fromkeys(range(70, 80), "cargo"),
    **dict.fromkeys(range(80, 90), "tanker"), **dict.fromkeys(range(90, 100), "other_vessel"),
}  # fmt: skip
_BEACONS = {970: "sart", 972: "man_overboard", 974: "epirb"}  # first digits of the MMSI, ITU-R M.585
_STATIONS = {4: "base_station", 9: "sar_aircraft", 21: "aid_to_navigation"}  # by message type
_WORDS = tuple(dict.fromkeys([*SHIP_TYPES.values(), *_BEACONS.values(), *_STATIONS.values()]))
_OF_SHIP_TYPE = np.array([_WORDS.index(SHIP_TYPES[t]) if t in SHIP_TYPES else -1 for t in range(256)] + [-1], np.int64)
_OF_MESSAGE = np.array([_WORDS.index(_STATIONS[t]) if t in _STATIONS else -1 for t in range(64)], np.int64)


class _Rare(NamedTuple):
    """A message that pyais decoded, in the units of the kernel; NaN and -1 unknown. Without a row: `reason`."""

    reason: str
    type: int
    mmsi: int
    status: int = -1
    sigma_m: float = math.nan
    lat: float = math.nan
    lon: float = math.nan
    speed: float = math.nan
    course: float = math.nan
    second: float = math.nan
    ship_type: int = -1


@dataclass
class _Group:
    """The parts of one message that have come."""

    began: int  # how many sentences had come before its first
    offset: int
    heard: float
    station: str | None
    parts: dict[int, bytes] = field(default_factory=dict)


@dataclass
class _Messages:
    """What one chunk held, as columns (n,) in the order of the input: positions, and ship types told without one."""

    index: Ints  # which sentence completed it
    type: Ints
    mmsi: Ints
    status: Ints
    ship_type: Ints
    has_row: npt.NDArray[np.bool_]
    sigma_m: Floats
    lat: Floats
    lon: Floats
    speed: Floats
    course: Floats
    second: Floats

    def take(self, here: npt.NDArray[Any]) -> _Messages:
        return _Messages(*(getattr(self, name)[here] for name in self.__dataclass_fields__))


class _AisDecoder:
    """Sentences -> detections; remembers a half line, open multi-part messages, ship types, and how far a recording has come."""

    def __init__(self, options: Options, decode_message: Callable[..., Any]) -> None:
        self._options, self._decode_message = options, decode_message
        self._reader = SentenceReader()
        self._open: OrderedDict[tuple[int, int, int], _Group] = OrderedDict()
        self._seen = 0
        self._held_mmsi, self._held_type = np.full(_MEMORY, -1, np.int64), np.full(_MEMORY, -1, np.int64)
        self._held_turn = np.full(_MEMORY, -1, np.int64)
        self._clock = np.full(k.KEPT_TIMES, np.nan)

    def decode(self, chunk: Chunk) -> Decoded:
        """One row per position, in the order in which messages were complete."""
        return self._rows(*self._reader.read(chunk))

    def finish(self) -> Decoded:
        """The last line of a stream without an end of line; messages whose parts never came are `incomplete`."""
        last = self._reader.end()
        decoded = self._rows(*last) if last else Decoded()
        if self._open:
            decoded.left_out["incomplete"] += len(self._open)
        self._open.clear()
        return decoded

    def _rows(self, sentences: Sentences, left_out: Counter[str]) -> Decoded:
        n = len(sentences.begin)
        if n == 0:
            return Decoded(left_out=left_out)
        ints, floats, counts = k.read_sentences(sentences.data, sentences.begin, sentences.star)
        left_out.update({reason: c for reason, c in zip(k.REASONS, counts.tolist(), strict=True) if c})
        messages = _fast(ints, floats)
        stations: dict[int, str] = {}
        heard, offset = sentences.heard.copy(), sentences.offset.copy()
        rare = self._rare(sentences, ints, heard, offset, stations, left_out)
        if rare:
            messages = _merged(messages, rare)
        told = k.recall(
            messages.mmsi, messages.ship_type, self._held_mmsi, self._held_type, self._held_turn, self._seen
        )  # fmt: skip
        self._seen += n
        sound = _sound(messages, left_out)
        messages, told = messages.take(sound), told[sound]
        if len(messages.index) == 0:
            return Decoded(left_out=left_out)
        channel = ints[messages.index, k.CHANNEL]
        return Decoded(self._table(messages, told, channel, sentences, heard, offset, stations), left_out=left_out)

    # -- what the kernel does not read --------------------------------------------------------------------------------
    def _rare(
        self, sentences: Sentences, ints: Ints, heard: Floats, offset: Ints, stations: dict[int, str], left_out: Counter[str]
    ) -> list[tuple[int, _Rare]]:
        """Other messages, with the sentence that completed each; `heard`, `offset` and `stations` are set to the first part's."""
        found: list[tuple[int, _Rare]] = []
        index = np.flatnonzero((ints[:, k.STATE] == k.RARE) | (ints[:, k.STATE] == k.PART))
        if len(index) == 0:
            return found
        columns = zip(
            index.tolist(), ints[index].tolist(), sentences.bodies(index), sentences.station_names(index),
            offset[index].tolist(), heard[index].tolist(), strict=True,
        )  # fmt: skip
        for i, row, body, name, at, when in columns:
            parts = [body]
            if row[k.STATE] == k.PART:
                key = row[k.SEQUENCE], row[k.CHANNEL], row[k.TOTAL]
                part = _Group(self._seen + i, at, when, name, {row[k.NUMBER]: body})
                group = self._join(key, row[k.NUMBER], part, left_out)
                if group is None:
                    continue
                parts = [group.parts[number] for number in sorted(group.parts)]
                offset[i] = group.offset
                heard[i] = group.heard if math.isnan(when) else when
                if group.station is not None:
                    stations[i] = group.station
            one = self._read(parts)
            if one.reason:
                left_out[one.reason] += 1
            if not one.reason or one.ship_type >= 0:
                found.append((i, one))
        return found

    def _join(self, key: tuple[int, int, int], number: int, part: _Group, left_out: Counter[str]) -> _Group | None:
        """The message that this part completes, None while parts are missing. key: sequence, channel, parts in all."""
        while self._open and part.began - self._open[oldest := next(iter(self._open))].began > _PARTS_WITHIN:
            self._drop(oldest, left_out)
        group = self._open.get(key)
        if group is not None:
            swapped = number < max(group.parts) and part.began - group.began > _SWAPPED_WITHIN
            if swapped or number in group.parts:  # the same number again, or a beginning after an old end: another message
                self._drop(key, left_out)
                group = None
        if group is None:
            if len(self._open) >= _MOST_OPEN:
                self._drop(next(iter(self._open)), left_out)
            self._open[key] = part
            return None
        group.parts.update(part.parts)
        if number == 1 or group.station is None:
            group.station = part.station or group.station
        if number == 1:
            group.offset = part.offset
        if number == 1 and not math.isnan(part.heard):
            group.heard = part.heard
        if len(group.parts) < key[2]:
            return None
        return self._open.pop(key)

    def _drop(self, key: tuple[int, int, int], left_out: Counter[str]) -> None:
        del self._open[key]
        left_out["incomplete"] += 1

    def _read(self, parts: list[bytes]) -> _Rare:
        """One message; its type decides first: of static data the ship type is looked up, texts and binary data are not touched."""
        payload = b"".join(part.split(b",", 6)[5] for part in parts)
        kind = payload[0] - 48
        kind -= 8 if kind > 40 else 0
        if kind in _SHIP_TYPE_AT:
            return _static(kind, payload)
        if kind == 0 or kind > 28 or not k.is_wanted(kind):
            return _Rare("unknown_message" if kind == 0 or kind > 28 else "other_message", kind, 0)
        try:
            message = self._decode_message(*(part + b"*00" for part in parts))  # the checksum has been looked at
            return _of_message(message)
        except Exception:  # another's code over a stranger's bits: whatever it raises, the message is of no use
            return _Rare("bad_message", kind, 0)

    # -- the table ---------------------------------------------------------------------------------------------------
    def _table(
        self, m: _Messages, told: Ints, channel: Ints, sentences: Sentences, heard: Floats, offset: Ints, stations: dict[int, str]
    ) -> Batch:  # fmt: skip
        """The detections of messages that have a position."""
        time, source, received = self._times(m, sentences, heard[m.index])
        beacon = m.mmsi // 1_000_000
        kind = np.where(_OF_MESSAGE[m.type] >= 0, _OF_MESSAGE[m.type], _OF_SHIP_TYPE[np.minimum(told, 255)])
        for digits, word in _BEACONS.items():
            kind = np.where(beacon == digits, _WORDS.index(word), kind)
        known = (m.mmsi > 0) & (m.mmsi <= 999_999_999)
        identities, codes = np.unique(m.mmsi, return_inverse=True)
        center = np.full(len(channel), np.nan)
        for name, hz in CHANNELS_HZ.items():
            center[(channel == ord(name)) | (channel == ord("1") + ord(name) - ord("A"))] = hz
        names = self._sensors(m.index, sentences, stations)
        columns = {
            "time": time, "time_source": source, "received": received, "sensor_id": names, "kind": "ais", "report": "plot",
            "origin": self._options.origin, "lat_deg": m.lat, "lon_deg": m.lon, "speed_mps": m.speed * KNOT_MPS, "course_deg": m.course,
            "sigma_position_m": m.sigma_m, "center_hz": center, "identity": np.where(known, codes, -1),
            "identity_kind": np.where(known, 0, -1), "classification": kind, "source": sentences.source,
            "source_offset": offset[m.index],
        }  # fmt: skip
        words = {
            "time_source": _SOURCES, "identity": [f"{i:09d}" for i in identities.tolist()], "identity_kind": ("mmsi",),
            "classification": _WORDS,
        }  # fmt: skip
        return Batch.build(DETECTION, len(m.index), columns, words)

    def _sensors(self, index: Ints, sentences: Sentences, stations: dict[int, str]) -> str | list[str]:
        """Who heard each message: what its tag block says, else what the site file or we call it."""
        otherwise = self._options.sensor_id or NAME
        if not stations and not (sentences.station >= 0).any():
            return otherwise
        names = zip(index.tolist(), sentences.station_names(index), strict=True)
        return [stations.get(i) or name or otherwise for i, name in names]

    def _times(self, m: _Messages, sentences: Sentences, heard: Floats) -> tuple[Floats, Ints, Floats]:
        """Time, time_source (codes of _SOURCES) and received of each message."""
        arrived = sentences.received[m.index]
        by_operator = sentences.time_source == "operator"
        if by_operator:
            if np.isnan(self._clock[-1]) and len(arrived):
                self._clock[-1] = arrived[0]
            time = k.run_on(m.second, heard, self._clock)
        else:
            time = k.complete_seconds(m.second, np.where(np.isnan(heard), arrived, heard))
        source = np.full(len(time), _SOURCES.index(sentences.time_source) if sentences.time_source in _SOURCES else -1, np.int64)
        source[~np.isnan(heard)] = _SOURCES.index("receiver")
        source[~np.isnan(m.second) & ~(np.isnan(heard) & by_operator)] = _SOURCES.index("sensor")
        source[np.isnan(time)] = -1
        return time, source, np.where(np.isnan(arrived) | by_operator & ~np.isnan(heard), heard, arrived)


def _fast(ints: Ints, floats: Floats) -> _Messages:
    """The positions that the kernel read."""
    index = np.flatnonzero(ints[:, k.STATE] == k.POSITION)
    i, f = ints[index], floats[index]
    n = len(index)
    sigma = np.where(i[:, k.ACCURATE] == 1, _SIGMA_ACCURATE_M, np.nan)
    return _Messages(
        index, i[:, k.TYPE], i[:, k.MMSI].copy(), i[:, k.STATUS], np.full(n, -1, np.int64), np.ones(n, np.bool_), sigma,
        f[:, k.LAT], f[:, k.LON], f[:, k.SPEED], f[:, k.COURSE], np.ascontiguousarray(f[:, k.SECOND]),
    )  # fmt: skip


def _merged(messages: _Messages, rare: list[tuple[int, _Rare]]) -> _Messages:
    """Both kinds of messages in the order of the input."""
    index, ones = np.array([i for i, _ in rare], np.int64), [one for _, one in rare]
    columns = {name: np.array([getattr(one, name) for one in ones]) for name in _Rare._fields if name != "reason"}
    other = _Messages(index=index, has_row=np.array([not one.reason for one in ones]), **columns)
    order = np.argsort(np.concatenate([messages.index, index]), kind="stable")
    return _Messages(
        *(np.concatenate([getattr(messages, name), getattr(other, name)])[order] for name in messages.__dataclass_fields__)
    )


def _sound(m: _Messages, left_out: Counter[str]) -> npt.NDArray[np.bool_]:
    """(n,) bool: messages that become rows; the others are counted."""
    beacon = m.mmsi // 1_000_000
    test = m.has_row & (m.status == 15) & ((beacon == 970) | (beacon == 972) | (beacon == 974))
    unknown = (m.lat == 91) | (m.lon == 181) | ((m.lat == 0) & (m.lon == 0))
    none = m.has_row & ~test & unknown
    bad = m.has_row & ~test & ~unknown & ~((np.abs(m.lat) <= 90) & (np.abs(m.lon) <= 180))
    for reason, here in (("test_target", test), ("no_position", none), ("bad_position", bad)):
        if here.any():
            left_out[reason] += int(np.count_nonzero(here))
    return np.asarray(m.has_row & ~test & ~none & ~bad)


def _static(kind: int, payload: bytes) -> _Rare:
    """The ship type in a static report; names and call signs beside it are not even decoded."""
    data, at = np.frombuffer(payload, np.uint8), _SHIP_TYPE_AT[kind]
    if len(payload) * 6 < at + 8:
        return _Rare("bad_length", kind, 0)
    mmsi = int(k.bits(data, 0, 8, 30))
    if kind == 24 and k.bits(data, 0, 38, 2) != 1:
        return _Rare("static_report", kind, mmsi)  # part A: a name
    return _Rare("static_report", kind, mmsi, ship_type=int(k.bits(data, 0, at, 8)))


def _of_message(message: Any) -> _Rare:
    """What counts of a pyais message; a field that the message was too short for is None there."""
    kind, mmsi = int(message.msg_type), int(message.mmsi)
    if message.lat is None or message.lon is None:
        return _Rare("bad_length", kind, mmsi)
    if kind == 21 and message.virtual_aid:
        return _Rare("virtual_aid", kind, mmsi)
    fastest = {9: 1022, 27: 63}.get(kind, 102.2)  # from there on: unknown, or at least so fast
    speed, course, second = (_number(getattr(message, name, None)) for name in ("speed", "course", "second"))
    ship_type, status = getattr(message, "ship_type", None), getattr(message, "status", None)
    return _Rare(
        "", kind, mmsi,
        status=-1 if status is None else int(status),
        sigma_m=_SIGMA_COARSE_M if kind == 27 else _SIGMA_ACCURATE_M if message.accuracy else math.nan,
        lat=float(message.lat), lon=float(message.lon),
        speed=speed if speed < fastest else math.nan,
        course=course if course < 360 else math.nan,
        second=second if second < 60 else math.nan,
        ship_type=-1 if ship_type is None else int(ship_type),
    )  # fmt: skip


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


# -- encoders -----------------------------------------------------------------------------------------------------------
def encode_ais_position(
    *,
    mmsi: int,
    lat_deg: float,
    lon_deg: float,
    time: float = math.nan,
    speed_mps: float = math.nan,
    course_deg: float = math.nan,
    accurate: bool = True,
    message_type: int = 1,
    channel: str = "A",
) -> bytes:
    """The sentence of a ship's position report, made with pyais.

    time          UNIX seconds UTC, of which the second of the minute is sent (NaN: 60, unknown)
    accurate      the 95 % radius is at most 10 m
    message_type  1, 2, 3 (class A) or 18 (class B)
    """
    from pyais import encode_dict

    # the library cuts where it should round: a little more than the value is always cut to it
    knots = 102.3 if math.isnan(speed_mps) else (round(min(speed_mps / KNOT_MPS, 102.2) * 10) + 0.1) / 10
    course = 360.0 if math.isnan(course_deg) else (round(course_deg % 360 * 10) % 3600 + 0.1) / 10
    fields: dict[str, str | int | float | bytes | bool] = {
        "type": message_type, "mmsi": mmsi, "lat": lat_deg, "lon": lon_deg, "speed": knots, "course": course, "heading": 511,
        "accuracy": accurate, "second": 60 if math.isnan(time) else math.floor(time) % 60,
    }  # fmt: skip
    return _lines(encode_dict(fields, talker_id="AI", sentence_type="VDM", radio_channel=channel))


def encode_ais_static(*, mmsi: int, ship_type: int, sequence: int = 1, channel: str = "A") -> bytes:
    """The two sentences of a static report (type 5) that tells nothing but the ship's type (a code of SHIP_TYPES)."""
    from pyais import encode_dict

    fields: dict[str, str | int | float | bytes | bool] = {"type": 5, "mmsi": mmsi, "ship_type": ship_type}
    return _lines(encode_dict(fields, talker_id="AI", sentence_type="VDM", radio_channel=channel, seq_id=sequence))


def _lines(sentences: list[str]) -> bytes:
    return "".join(line + "\r\n" for line in sentences).encode("ascii")


# -- the format ---------------------------------------------------------------------------------------------------------
def sniff(head: bytes) -> bool:
    """True where sentences begin and an AIS one comes before any radar target's."""
    for address in first_addresses(head):
        if address[2:] in (b"VDM", b"VDO"):
            return True
        if address[2:] in (b"TTM", b"TLL", b"TTD"):
            return False
    return False


def make(options: Options) -> Decoder:
    """A decoder of AIS sentences. Raises ValueError where pyais is not installed."""
    try:
        from pyais import decode
    except ImportError:
        raise ValueError(
            "the format ais needs the package pyais, which is not installed: pip install 'picket[station]'"
        ) from None
    return _AisDecoder(options, decode)


NAME = "ais"
FORMAT = Format(
    name=NAME,
    title="AIS, ITU-R M.1371-5, as NMEA 0183 sentences (!AIVDM)",
    make=make,
    sniff=sniff,
    suffixes=(".ais", ".nmea", ".txt"),
    links=("stream", "udp", "mqtt"),
    example={"recording": "picket decode harbour.nmea --start 2026-05-29T12:00:00Z", "feed": "ais+udp://0.0.0.0:10110"},
)
