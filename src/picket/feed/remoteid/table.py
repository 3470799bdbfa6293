"""Remote ID payloads of any carrier -> detection and operator tables; identities remembered by radio address.

A carrier hands over `Adverts`: where in a buffer its packs or lone messages lie, and who was heard when, how strong, on what
frequency. What the aircraft says becomes detections; what its operator says becomes rows of the operator table and nothing else.
The rules for values, times and identities are those of `remoteid` (see there).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from picket.feed.format import Chunk, Decoded, Floats, Ints, Options
from picket.feed.joining import Joined
from picket.feed.remoteid.messages import (
    BASIC_ID,
    EPOCH,
    IDENTITY_KINDS,
    LOCATION,
    LOCATION_KINDS,
    LOCATION_LAYOUT,
    MESSAGE_SIZE,
    OPERATOR_ID,
    SELF_ID,
    SYSTEM,
    SYSTEM_LAYOUT,
    TRANSPORTS,
    UA_TYPES,
    Locations,
    altitude,
    clean_text,
    identity_text,
    read_locations,
)
from picket.feed.remoteid.messages_kernels import KEY, REASONS, best_basic_id, distinct, recall, split
from picket.words import DETECTION, OPERATOR, Batch

Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

NAME = "remote-id"  # of the format; what a receiver is called that nobody named
MEMORY_S = 60.0  # how long an address's Basic ID holds; the standard repeats it at least every 3 s
BELIEVED_S = 60.0  # a time from the aircraft further than this from the receive time is not believed


@dataclass(frozen=True)
class Heard:
    """Who heard n adverts, when and how: what every row of an advert shares.

    received   (n,) float64, UNIX seconds UTC, NaN unknown;  offsets (n,) int64, record numbers in the source
    reference  (n,) float64, the best known time of hearing: completes the time in the hour and stands in for it
    reference_source (n,) int32, index into SOURCES: whose clock `reference` is
    address    (n,) int64, the transmitter's 48-bit radio address, -1 unknown
    power_dbm, center_hz (n,) float64, NaN unknown
    transport  (n,) int32, index into TRANSPORTS, -1 unknown
    sensor     (n,) int32, index into `sensors`
    """

    received: Floats
    offsets: Ints
    reference: Floats
    reference_source: Codes
    address: Ints
    power_dbm: Floats
    center_hz: Floats
    transport: Codes
    sensor: Codes
    sensors: tuple[str, ...]
    source: str
    origin: str


SOURCES = ("sensor", "receiver", "container", "operator")


@dataclass(frozen=True)
class Adverts:
    """Remote ID payloads in a buffer, each a message pack or one 25-byte message, and who heard them.

    data (bytes,) uint8;  starts, ends (n,) int64, where each payload lies in it
    """

    data: Bytes
    starts: Ints
    ends: Ints
    heard: Heard


class Stamps(NamedTuple):
    """When n messages of a receiver with a clock of its own were heard, and where they lie: columns of `Heard`."""

    received: Floats
    reference: Floats
    reference_source: Codes
    offsets: Ints


def stamps(chunk: Chunk, joined: Joined, first: Sequence[int], last: Sequence[int], sent: Sequence[float] | Floats) -> Stamps:
    """The stamps of messages that lie from `first` to `last` in the joined bytes.

    sent (n,): what the receiver's clock said when it heard the radio, NaN unknown. It is the better reference, and stands in for the
    time of arrival where a file has none.
    """
    arrived, told = joined.received(np.array(last, np.int64) - 1), np.asarray(sent, np.float64)
    clock = SOURCES.index(chunk.time_source) if chunk.time_source in SOURCES else -1
    known = ~np.isnan(told)
    return Stamps(
        np.where(np.isnan(arrived), told, arrived),
        np.where(known, told, arrived),
        np.where(known, SOURCES.index("receiver"), np.where(np.isnan(arrived), -1, clock)).astype(np.int32),
        joined.offset(np.array(first, np.int64), chunk.link != "stream"),
    )


class Texts(NamedTuple):
    """A text column: codes (n,) int32 into words, -1 unknown."""

    codes: Codes
    words: Sequence[str | None]


@dataclass(frozen=True)
class Operators:
    """What operators sent, as columns of n adverts; -1 or NaN unknown. `has_place`: the advert tells a place at all."""

    has_place: Mask
    lat_deg: Floats
    lon_deg: Floats
    alt_wgs84_m: Floats
    location_kind: npt.NDArray[Any]  # index into LOCATION_KINDS; others are unknown
    time: Floats  # UNIX seconds as sent
    operator_id: Texts
    description: Texts


@dataclass
class IdentityMemory:
    """The last Basic ID of each radio address, in a table of fixed size.

    The table never grows: made-up addresses overwrite each other, and only then what aircraft repeat (see `recall`).
    """

    size: int = 4096
    address: Ints = field(init=False)
    time: Floats = field(init=False)
    key: Bytes = field(init=False)
    times: Ints = field(init=False)  # how often in a row it was told while it held

    def __post_init__(self) -> None:
        self.address = np.full(self.size, -1, np.int64)
        self.time = np.full(self.size, -np.inf)
        self.key = np.zeros((self.size, KEY), np.uint8)
        self.times = np.zeros(self.size, np.int64)

    def recall(self, address: Ints, reference: Floats, told: Bytes) -> Bytes:
        """(n, 21) the Basic ID that holds for each advert, in order; `told` is what each itself says (zeros: nothing)."""
        now = np.where(np.isfinite(reference), reference, 0.0)  # a recording without dates does not age
        return np.asarray(recall(address, now, told, self.address, self.time, self.key, self.times, MEMORY_S))


@dataclass
class CarrierDecoder:
    """A feed decoder for frames; `carriers` says, by `Chunk.link`, what finds the adverts in a chunk.

    Another carrier is one function from a chunk and options to adverts and counted reasons, and one line in `carriers`.
    """

    options: Options
    carriers: Mapping[str, Callable[[Chunk, Options], tuple[Adverts, Counter[str]]]]
    memory: IdentityMemory = field(default_factory=IdentityMemory)

    def decode(self, chunk: Chunk) -> Decoded:
        """Rows and counted reasons of a chunk of frames; each frame is whole, nothing is held back."""
        find = self.carriers.get(chunk.link)
        if find is None:
            return Decoded(left_out=+Counter({"wrong_link": len(chunk.starts)}))
        adverts, left_out = find(chunk, self.options)
        decoded = decode_adverts(adverts, self.memory)
        decoded.left_out.update(left_out)
        return decoded

    def finish(self) -> Decoded:
        """Nothing: frames are whole."""
        return Decoded()


def decode_adverts(adverts: Adverts, memory: IdentityMemory) -> Decoded:
    """Detections (one per Location that has a position), operators (one row per advert that has any), reasons."""
    data, heard = adverts.data, adverts.heard
    at, advert, counts = split(data, adverts.starts, adverts.ends)
    left_out = Counter({reason: n for reason, n in zip(REASONS, counts.tolist(), strict=True) if n})
    kind = data[at] >> 4
    here = kind == BASIC_ID
    told, bad = best_basic_id(data, at[here], advert[here], len(adverts.starts))
    left_out += Counter(bad_identity=int(bad.sum()))
    keys = memory.recall(heard.address, heard.reference, told)

    operators = read_operators(adverts, at, advert, kind)
    count_quiet(without_places(advert, kind, len(told)), told, bad, operators, left_out)
    here = kind == LOCATION
    locations = read_locations(read_records(data, at[here], LOCATION_LAYOUT))
    return Decoded(
        detection_table(locations, advert[here], heard, keys, left_out),
        operator_table(operators, heard, keys, left_out),
        left_out=left_out,
    )


def without_places(advert: Ints, kind: npt.NDArray[Any], n: int) -> Mask:
    """(n,) bool: the adverts with messages of which none is a Location or a System message."""
    quiet = np.zeros(n, np.bool_)
    quiet[advert] = True
    quiet[advert[(kind == LOCATION) | (kind == SYSTEM)]] = False
    return quiet


def count_quiet(quiet: Mask, told: Bytes, bad: Ints, operators: Operators, left_out: Counter[str]) -> None:
    """Counts the adverts that neither give a row nor have a reason yet: `identity_only` is remembered, `empty_message` is not.

    quiet (n,): they hold neither a Location nor a System message;  told (n, 21), bad (n,): of `best_basic_id`
    """
    quiet = quiet & (operators.operator_id.codes < 0) & (operators.description.codes < 0)
    named = told[:, 1:].any(axis=1)
    silent = quiet & ~named & (bad == 0)
    for reason, rows in (("identity_only", quiet & named), ("empty_message", silent)):
        n = int(np.count_nonzero(rows))
        if n:
            left_out[reason] += n


def detection_table(locations: Locations, row: Ints, heard: Heard, keys: Bytes, left_out: Counter[str]) -> Batch:
    """The detections of m Location messages; `row` (m,) says which advert each came in, `keys` (n, 21) who each advert is of.

    An aircraft that does not know its place (0, 0) is heard all the same: its row has no position and report = status, as everywhere.
    A position off the globe is counted too.
    """
    n = len(row)
    if n == 0:
        return Batch.empty(DETECTION)
    unknown: Counter[str] = Counter()
    sound = sound_positions(locations.lat_deg, locations.lon_deg, "no_position", "bad_position", unknown)
    left_out.update({"bad_position": unknown["bad_position"]} if unknown["bad_position"] else {})
    columns: dict[str, Any] = {f.name: getattr(locations, f.name) for f in fields(locations)}
    for name in ("lat_deg", "lon_deg", "sigma_position_m"):
        columns[name] = np.where(sound, columns[name], np.nan)
    reference = heard.reference[row]
    time, believed = complete(columns.pop("second"), reference)
    texts: dict[str, Sequence[str]] = {}
    source = np.where(believed, 0, np.where(np.isnan(reference), -1, heard.reference_source[row]))
    columns |= {"time": time, "time_source": source, "kind": "remote_id", "report": np.where(sound, 0, 1)}
    texts |= {"time_source": SOURCES, "report": ("plot", "status")}
    _who(columns, texts, heard, keys, row)
    _coded(columns, texts, "classification", (keys[row, 0] & 15).astype(np.int32), UA_TYPES)
    columns |= {"power_dbm": heard.power_dbm[row], "center_hz": heard.center_hz[row]}
    return Batch.build(DETECTION, n, columns, texts)


def operator_table(operators: Operators, heard: Heard, keys: Bytes, left_out: Counter[str]) -> Batch:
    """One row per advert in which the operator says anything: a place, a registration, a description."""
    lat, lon = operators.lat_deg, operators.lon_deg
    place = np.zeros(len(lat), np.bool_)
    told = np.flatnonzero(operators.has_place)
    place[told] = sound_positions(lat[told], lon[told], "no_operator_position", "bad_operator_position", left_out)
    row = np.flatnonzero(place | (operators.operator_id.codes >= 0) | (operators.description.codes >= 0))
    if len(row) == 0:
        return Batch.empty(OPERATOR)
    here = place[row]
    reference, sent = heard.reference[row], operators.time[row]
    columns: dict[str, Any] = {"time": np.where(np.abs(sent - reference) <= BELIEVED_S, sent, reference)}
    texts: dict[str, Sequence[str]] = {}
    for name in ("lat_deg", "lon_deg", "alt_wgs84_m"):
        columns[name] = np.where(here, getattr(operators, name)[row], np.nan)
    kind = operators.location_kind[row].astype(np.int64)
    columns["location_kind"] = np.where(here & (kind < len(LOCATION_KINDS)), kind, -1)
    texts["location_kind"] = LOCATION_KINDS
    _coded(columns, texts, "operator_id", operators.operator_id.codes[row], operators.operator_id.words)
    _coded(columns, texts, "description", operators.description.codes[row], operators.description.words)
    _who(columns, texts, heard, keys, row)
    return Batch.build(OPERATOR, len(row), columns, texts)


def complete(second: Floats, reference: Floats) -> tuple[Floats, Mask]:
    """UNIX seconds of a time within the hour, the one nearest to `reference`, and whether it is believed.

    Not believed (unknown, or more than BELIEVED_S from the reference): the reference itself is given.
    """
    time = np.floor(reference / 3600) * 3600 + second
    time = time + 3600 * np.round((reference - time) / 3600)
    believed = np.abs(time - reference) <= BELIEVED_S
    return np.where(believed, time, reference), believed


def sound_positions(lat_deg: Floats, lon_deg: Floats, none: str, bad: str, left_out: Counter[str]) -> Mask:
    """(n,) bool: positions that may be used. 0, 0 means unknown (counted as `none`); beyond the globe is counted as `bad`."""
    unknown = (lat_deg == 0) & (lon_deg == 0)
    possible = (np.abs(lat_deg) <= 90) & (np.abs(lon_deg) <= 180)
    for reason, n in ((none, np.count_nonzero(unknown)), (bad, np.count_nonzero(~possible))):
        if n:
            left_out[reason] += int(n)
    return np.asarray(possible & ~unknown)


def _who(columns: dict[str, Any], texts: dict[str, Sequence[str]], heard: Heard, keys: Bytes, row: Ints) -> None:
    """Adds the columns that both tables share: identity, transmitter, receiver, origin, source."""
    codes, first = distinct(keys[row])
    identities = [identity_text(keys[row[i]].tobytes()) for i in first.tolist()]
    _coded(columns, texts, "identity", codes, identities)
    kinds = np.where(columns["identity"] < 0, 0, np.minimum(keys[row, 0] >> 4, len(IDENTITY_KINDS))).astype(np.int32)
    _coded(columns, texts, "identity_kind", kinds, (*IDENTITY_KINDS, None))
    addresses, of = np.unique(heard.address[row], return_inverse=True)
    _coded(columns, texts, "transmitter", of, [address_text(a) for a in addresses.tolist()])
    columns |= {"transport": heard.transport[row], "sensor_id": heard.sensor[row], "origin": heard.origin}
    texts |= {"transport": TRANSPORTS, "sensor_id": heard.sensors}
    columns |= {"received": heard.received[row], "source": heard.source, "source_offset": heard.offsets[row]}


def _coded(columns: dict[str, Any], texts: dict[str, Sequence[str]], name: str, codes: Any, words: Sequence[str | None]) -> None:
    """Adds a text column from codes into `words`; code -1 and None are unknown, a word may stand twice."""
    place: dict[str, int] = {}
    new = np.array([-1 if w is None else place.setdefault(w, len(place)) for w in words] + [-1], np.int32)
    columns[name], texts[name] = new[codes], tuple(place)


def address_text(address: int) -> str | None:
    """`AA:BB:CC:DD:EE:FF` of a 48-bit radio address, None for -1."""
    return None if address < 0 else ":".join(f"{byte:02X}" for byte in address.to_bytes(6, "big"))


def within(values: npt.NDArray[Any], low: float, high: float) -> Floats:
    """The values as float64, NaN where they lie outside."""
    return np.where((values >= low) & (values <= high), values, np.nan).astype(np.float64)


def read_records(data: Bytes, at: Ints, layout: np.dtype[Any]) -> npt.NDArray[Any]:
    """(n,) records of `layout` at the offsets `at`."""
    return _rows(data, at, MESSAGE_SIZE).view(layout).reshape(len(at))


def _rows(data: Bytes, at: Ints, length: int) -> Bytes:
    """(n, length) the bytes at the offsets `at`."""
    if len(at) == 0:
        return np.zeros((0, length), np.uint8)
    return np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(data, length)[at])


def read_operators(adverts: Adverts, at: Ints, advert: Ints, kind: npt.NDArray[Any]) -> Operators:
    """The last System, Operator ID and Self-ID message of each advert."""
    n = len(adverts.starts)
    lat, lon, alt, time = (np.full(n, np.nan) for _ in range(4))
    place, has_place = np.full(n, -1, np.int64), np.zeros(n, np.bool_)
    here = kind == SYSTEM
    row, m = advert[here], read_records(adverts.data, at[here], SYSTEM_LAYOUT)
    lat[row], lon[row], alt[row] = m["lat"] / 1e7, m["lon"] / 1e7, altitude(m["alt_geodetic"])
    place[row], has_place[row] = m["flags"] & 3, True
    time[row] = m["timestamp"] + EPOCH
    ids, descriptions = kind == OPERATOR_ID, kind == SELF_ID
    operator_id = read_texts(_rows(adverts.data, at[ids] + 2, 20), advert[ids], n)
    description = read_texts(_rows(adverts.data, at[descriptions] + 2, 23), advert[descriptions], n)
    return Operators(has_place, lat, lon, alt, place, time, operator_id, description)


def read_texts(raw: Bytes, row: Ints, n: int) -> Texts:
    """n texts: those of the zero-padded rows of `raw` (m, length), each put at its `row`; unknown elsewhere."""
    codes, first = distinct(raw)
    place, words = np.full(n, -1, np.int32), [clean_text(raw[i].tobytes()) for i in first.tolist()]
    known = np.array([w is not None for w in words], np.bool_)[codes]
    place[row[known]] = codes[known]
    return Texts(place, words)


def heard_by_one(
    received: Floats, offsets: Ints, address: Ints, power_dbm: Floats, center_hz: Floats, transport: Codes,
    *, source: str, time_source: str, options: Options, name: str,
) -> Heard:  # fmt: skip
    """What a carrier without its own clock or sensor name heard: times are the chunk's, the sensor is the option's or `name`."""
    n = len(offsets)
    received = np.where(np.isfinite(received), received, np.nan)
    clock = np.full(n, SOURCES.index(time_source) if time_source in SOURCES else -1, np.int32)
    sensor = np.zeros(n, np.int32)
    return Heard(
        received, offsets, received, clock, address, power_dbm, center_hz, transport, sensor,
        (options.sensor_id or name,), source, options.origin,
    )  # fmt: skip
