"""Beast binary: Mode S frames as receivers and dump1090, readsb and their like hand them on (TCP port 30005).

    1A '3'  counter (6 bytes)  signal (1)  message (14)          1A within a frame is sent twice
    '1' 2 bytes of Mode A/C   '2' 7 bytes, short Mode S   '3' 14 bytes, long Mode S   '4' status of a Radarcape
    readsb adds E3 (receiver), E4 (UUID), E8, 'P', 'W', 'H'; these and '4', '5' are passed over and counted

Standards: the frame is Mode-S Beast's "data output formats"; messages ICAO Annex 10 IV 3.1.2 (Mode S), ICAO Doc 9871 2nd edition
appendices A to C and RTCA DO-260B (extended squitter versions 0, 1, 2). One detection for each position of a downlink format 17
or 18 message whose 24-bit parity is right; nothing is repaired. Bits are counted in ME, the 56 bits after the address.

    type code 5-8           surface position: lat_deg, lon_deg, speed_mps (lower end of the step), course_deg
              9-18          airborne position: lat_deg, lon_deg, alt_pressure_m
              20-22         the same with alt_wgs84_m (HAE, in the steps of feet of Doc 9871; pyModeS reads metres)
              19            velocity: speed_mps, course_deg, climb_mps of positions in the 10 s after it; airspeed and heading
                            (subtypes 3, 4) are not over ground: of these only the climb. The height of GNSS above pressure
                            altitude gives alt_wgs84_m of type codes 9 and 10; with 11-18 it may be above mean sea level
              1-4           emitter category: classification. The call sign is left out, as in sbs: `identity` is the address
              31, 29        quality

CPR (cpr_kernels.py): an even and an odd message within 10 s (25 s on the surface) give a place; one alone gives one near the
transmitter's own last place, while that is not older than 120 s. A pair on the surface fits four quarters of the globe: the
nearest to the transmitter's last place of the hour is taken, else to the aircraft that this receiver hears in the air (they lie
within its range; not once they lie 1500 km apart), else it is `no_reference`. A place that nothing can have reached (700 m/s,
150 m/s on the surface, and 1 km) is a `position_jump` and is not kept; after four in a row the earlier places are forgotten, and
the first new one is not given out but confirmed by the next pair; so is a transmitter's first place 1500 km from all others.

Quality: sigma_position_m is the 95 % error / 2.448 of NACp (type codes 31, 29; version 1 and later, for 60 s); of the type code's
NUCp while a transmitter has not said that it is of version 1 or later. NIC and its supplements are radii of containment, SIL and
SDA probabilities: they say no accuracy and are left out. sigma_speed_mps is NACv (NUCr) / 1.96, on the surface that of a
version 2 status. sigma_altitude_m is GVA / 1.96 with type codes 20-22; pressure altitude has none. The signal byte has no unit.

Whose position it is: format 17 and CF 0 of format 18 name an ICAO address. CF 1, CF 5 and the ICAO/Mode A flag of CF 2 and 6 say
that it is another: "~" stands before it and identity_kind is null. TIS-B (CF 2, 5) is a ground station's estimate: report
track, without quality codes. ADS-R (CF 6) repeats what an aircraft sent on another link: a plot. mlat-client marks its results in
the counter (FF "\\0MLAT"): kind mlat, report track. Coarse TIS-B (CF 3) is counted.

Time: the counter runs at 12 MHz (or `--rate`) and has no date. Live rows are timed by arrival, their differences by the counter
(beast_clock_kernels.py); time_source is the chunk's. A recording has no time unless --start says when its first frame came;
time is then that plus the counter's seconds. A Radarcape in GPS mode sends the UTC time of day instead: say edition
"radarcape"; the day is completed from the arrival, time_source is sensor. Ages and pairs always go by the counter, and by the
arrival where it has none or is out of line.

Left out and counted: lost_step (bytes outside a frame, once a time), cut_frame (a new frame begins within one), truncated, mode_ac,
receiver_status, other_frame, other_downlink_format (0, 4, 5, 11, 16, 20, 21, 24: not even their address is kept), bad_checksum,
no_position, position_incomplete (no pair yet, or one across a border of CPR's zones), no_reference, position_jump, tisb_coarse.
clock_step counts that the counter started anew, no message. A frame that is handed on twice (same counter, same position; some
recordings hold every frame twice) gets the same answer twice, a row or a reason.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from picket.feed.adsb import modes_kernels as k
from picket.feed.adsb.address_kernels import NOT_ICAO
from picket.feed.adsb.beast_clock_kernels import RATE_HZ, new_clock
from picket.feed.adsb.beast_kernels import CLOCK, FIRST, LONGEST, REASONS, body_length, read_frames
from picket.feed.adsb.modes import (
    encode_airborne,
    encode_beast,
    encode_identification,
    encode_operational_status,
    encode_squitter,
    encode_surface,
    encode_velocity,
)
from picket.feed.adsb.transmitters import CATEGORY_CODES, CATEGORY_WORDS, address_words
from picket.feed.adsb.units import FOOT_M, FOOT_PER_MINUTE_MPS, KNOT_MPS
from picket.feed.format import Chunk, Decoded, Decoder, Floats, Format, Ints, Options
from picket.feed.joining import Joiner, empty_payloads
from picket.words import DETECTION, Batch

__all__ = [
    "FORMAT", "FORMATS", "encode_airborne", "encode_beast", "encode_identification", "encode_operational_status", "encode_squitter",
    "encode_surface", "encode_velocity",
]  # fmt: skip

EDITIONS = ("beast", "radarcape")  # what the 6 bytes before a message are: a counter, or a GPS time of day
_CENTER_HZ = 1090e6


@dataclass
class _BeastDecoder:
    """Frames -> detections; remembers half a frame, the clock, and of each transmitter what the next message needs."""

    options: Options

    def __post_init__(self) -> None:
        if self.options.edition not in (None, *EDITIONS):
            raise ValueError(f"expected an edition of {NAME}, one of {', '.join(EDITIONS)}, got {self.options.edition!r}")
        self._joiner = Joiner(LONGEST)
        self._skipping = np.zeros(1, np.int64)
        self._clock = new_clock()
        self._memory = k.new_memory()
        self._gps = self.options.edition == "radarcape"
        self._start = math.nan

    def decode(self, chunk: Chunk) -> Decoded:
        """One row for each position; all other messages are counted."""
        joined = self._joiner.join(chunk)
        whole = chunk.link != "stream"
        if chunk.time_source == "operator" and math.isnan(self._start) and np.isfinite(chunk.received[:1]).any():
            self._start = float(chunk.received[0])
        message, at, when, counts, rest = read_frames(
            joined.data, joined.starts, joined.ends, whole, joined.ends_of, joined.times, self._skipping, *self._clock,
            float(self.options.rate or RATE_HZ), self._gps, self._start,
        )  # fmt: skip
        if not whole:
            self._joiner.keep(joined, int(rest))
        values, names, more = k.read_messages(message, at, when, *self._memory)
        reasons, numbers = (*REASONS, *k.REASONS), np.concatenate([counts, more]).tolist()
        left_out = Counter({reason: n for reason, n in zip(reasons, numbers, strict=True) if n})
        if whole:
            left_out.update(empty_payloads(chunk))
        if names.shape[1] == 0:
            return Decoded(left_out=left_out)
        row = names[k.MESSAGE]
        offsets = joined.offset(at[FIRST, row], whole)
        return Decoded(self._table(chunk, values, names, at[CLOCK, row], when[:, row], offsets), left_out=left_out)

    def finish(self) -> Decoded:
        """Counts a frame that the stream's end cut."""
        held, self._joiner.held = bool(self._joiner.held), b""
        return Decoded(left_out=Counter({"truncated": 1} if held else {}))

    def _table(self, chunk: Chunk, values: Floats, names: Ints, clock: Ints, when: Floats, offsets: Ints) -> Batch:
        """The detections of decoded positions."""
        v = dict(zip(k.VALUES, values, strict=True))
        key = names[k.KEY]
        keys, identity = np.unique(key & (NOT_ICAO * 2 - 1), return_inverse=True)
        timed = np.isfinite(when[1])
        by_sensor = 1 if self._gps else 0
        mlat = key & k.MLAT != 0
        columns = {
            "time": when[1], "time_source": np.where(timed, np.where(clock == 1, by_sensor, 0), -1), "received": when[2],
            "sensor_id": self.options.sensor_id or NAME, "kind": mlat.astype(np.int32),
            "report": (key & (k.TISB | k.MLAT) != 0).astype(np.int32), "origin": self.options.origin,
            "lat_deg": v["lat"], "lon_deg": v["lon"], "alt_pressure_m": v["alt_pressure_ft"] * FOOT_M,
            "alt_wgs84_m": v["alt_wgs84_ft"] * FOOT_M, "speed_mps": v["speed_kt"] * KNOT_MPS, "course_deg": v["course_deg"],
            "climb_mps": v["climb_fpm"] * FOOT_PER_MINUTE_MPS, "sigma_position_m": v["sigma_position_m"],
            "sigma_altitude_m": v["sigma_altitude_m"], "sigma_speed_mps": v["sigma_speed_mps"], "center_hz": _CENTER_HZ,
            "identity": identity, "identity_kind": np.where(key & NOT_ICAO, -1, 0), "transport": "1090es",
            "classification": CATEGORY_CODES[names[k.CATEGORY]], "source": chunk.source, "source_offset": offsets,
        }  # fmt: skip
        texts = {
            "identity": address_words(keys.tolist()), "identity_kind": ("icao_address",), "time_source": (chunk.time_source, "sensor"),
            "kind": ("adsb", "mlat"), "report": ("plot", "track"), "classification": CATEGORY_WORDS,
        }  # fmt: skip
        return Batch.build(DETECTION, len(key), columns, texts)


def _frame_end(data: bytes, p: int) -> int:
    """One past a Mode A/C or Mode S frame that begins at p: -1 where none does, len(data) + 1 where it is not whole."""
    length = body_length(data[p + 1]) if data[p : p + 1] == b"\x1a" and p + 1 < len(data) else -1
    if length < 0:
        return -1
    p += 2
    for _ in range(7 + length):
        if data[p : p + 1] == b"\x1a":
            if data[p + 1 : p + 2] not in (b"\x1a", b""):
                return -1
            p += 1
        p += 1
    return min(p, len(data) + 1)


def sniff(head: bytes) -> bool:
    """True where two frames follow each other near the beginning, or where one is all there is (a datagram)."""
    if _frame_end(head, 0) == len(head) > 0:
        return True
    begin = head.find(b"\x1a", 0, LONGEST + 1)  # a recording may begin within a frame
    while begin >= 0:
        middle = _frame_end(head, begin)
        if 0 <= middle < len(head) and 0 <= _frame_end(head, middle) <= len(head):
            return True
        begin = head.find(b"\x1a", begin + 1, LONGEST + 1)
    return False


def make(options: Options) -> Decoder:
    """A decoder of Beast frames."""
    return _BeastDecoder(options)


NAME = "beast"
FORMAT = Format(
    name=NAME,
    title="Beast binary (Mode S, ADS-B on 1090 MHz; dump1090, readsb, port 30005)",
    make=make,
    sniff=sniff,
    suffixes=(".beast", ".bin", ".log"),
    links=("stream", "udp", "mqtt"),
    example={"recording": "picket decode --start 2026-03-01T12:00:00Z flights.beast", "feed": "beast+tcp://127.0.0.1:30005"},
    sample_clock=True,
)
FORMATS = (FORMAT,)
