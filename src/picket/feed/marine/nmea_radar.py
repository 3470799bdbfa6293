"""NMEA 0183 radar targets: what a ship's or harbour's radar tracks (TTM, TLL), with the heading and place of the ship it stands on.

    $RATTM,01,2.50,114.0,T,12.0,270.0,T,0.5,8.0,N,PILOT,T,,123519.00,A*hh
    $RATLL,01,5130.000,N,00010.000,W,PILOT,123519.00,T,*hh

    IEC 61162-1 ed. 5            becomes
    TTM target number            sensor_track_id (TLL too);  report is "track": the radar's own tracker made it
    TTM distance, units K N S    range_m (km, nautical or statute miles)
    TTM bearing T or R           azimuth_deg; a bearing relative to the bow needs a heading not older than 5 s, else `no_heading`
    TTM speed, course T          speed_mps, course_deg (K km/h, N knots, S miles/h); relative ones (R) are null, and all are while OSD
                                 says that the radar measures against the water (W): these columns are over ground
    TLL latitude, longitude      lat_deg, lon_deg
    TTM, TLL UTC                 time: the day that puts it nearest to `received`; without it the time of arrival
    TTM, TLL status L            a row with report "status" and neither place nor bearing: the target is lost
    HDT, THS (A), OSD (A)        sensor_heading_deg, true
    HDG, HDM                     the same: magnetic + deviation (none given: 0) + variation, this sentence's or the last RMC's or HDG's,
                                 else `no_variation`; while a true heading is fresh it holds
    GGA, GLL, RMC                sensor_lat_deg, sensor_lon_deg, not older than 5 s; GGA's height + geoidal separation: sensor_alt_wgs84_m
    ZDA, RMC                     date and time: a recording without dates gets them from here (time_source sensor)

Age is counted by when sentences came, in a recording by the time in the sentences; where neither is known nothing ages. With
`--start` times of day go on from sentence to sentence, past midnight.
The name of a target is what an operator typed: neither identity nor class, and not kept. Acquisition, CPA and TCPA are not
kept (the station computes its own), nor is the R that marks a reference target. A course (VTG, RMC) is never taken for a heading.
sensor_id: the source in the tag block, else the site file's, else "nmea". Sigmas: the sentences have none.

Left out: own_ship (a sentence read for heading, place or time, and VTG: no row of its own), no_heading, no_variation,
no_position (TTM without distance or bearing, TLL without place), bad_field (a field that is no number, letter or time),
out_of_range, not_valid (status V, mode E, M or N, no fix), simulated (mode S, GGA quality 8), unread_target (TTD: its bits are
not read), other_sentence (AIS and everything else), and those of `picket.feed.marine.nmea`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from picket.feed.format import Chunk, Decoded, Decoder, Format, Options
from picket.feed.marine.nmea import SentenceReader, Sentences, first_addresses, sentence
from picket.words import DETECTION, Batch

FRESH_S = 5.0  # a heading or a place of the own ship older than this is none
_DAY = 86400.0
DISTANCE_M = {"K": 1000.0, "N": 1852.0, "S": 1609.344}  # and a unit of speed is this many metres an hour
_FARTHEST_M = 1e6
_FASTEST_MPS = 1000.0
_FLOATS = (
    "time", "received", "range_m", "azimuth_deg", "lat_deg", "lon_deg", "speed_mps", "course_deg", "sensor_lat_deg", "sensor_lon_deg",
    "sensor_alt_wgs84_m", "sensor_heading_deg",
)  # fmt: skip
_DECIMAL = re.compile(r"[+-]?(\d{1,12}\.?\d{0,9}|\.\d{1,9})", re.ASCII).fullmatch
_SENSOR = ("HDT", "THS", "OSD", "HDG", "HDM", "GGA", "GLL", "RMC", "ZDA", "VTG")
_TARGETS = ("TTM", "TLL", "TTD")


class _LeftOutError(Exception):
    """A sentence that gives nothing; its argument is the reason. Never leaves this file."""


@dataclass
class _Own:
    """What the own ship last told: each value with the time it was told (NaN: nobody knows)."""

    heading_deg: float = math.nan
    heading_at: float = math.nan
    heading_untimed: bool = False  # told in a recording since the last sentence with a time: it is as fresh as the next one
    heading_true: bool = False
    variation_deg: float = math.nan
    lat_deg: float = math.nan
    lon_deg: float = math.nan
    alt_wgs84_m: float = math.nan
    place_at: float = math.nan
    through_water: bool = False


class _NmeaDecoder:
    """Sentences -> detections; remembers a half line and the last of what the own ship told."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._reader = SentenceReader()
        self._own = _Own()
        self._clock = math.nan  # the last time that the sentences told, where arrival does not say it
        self._by_operator = False  # the recording's date is the operator's, not that of the ship's sentences

    def decode(self, chunk: Chunk) -> Decoded:
        """One row per target report."""
        return self._rows(*self._reader.read(chunk))

    def finish(self) -> Decoded:
        """The last line of a stream without an end of line."""
        last = self._reader.end()
        return self._rows(*last) if last else Decoded()

    def _rows(self, sentences: Sentences, left_out: Counter[str]) -> Decoded:
        n = len(sentences.begin)
        if n == 0:
            return Decoded(left_out=left_out)
        every = np.arange(n)
        rows: list[dict[str, float | str | None]] = []
        names = sentences.station_names(every)
        columns = zip(
            sentences.bodies(every),
            names,
            sentences.received.tolist(),
            sentences.heard.tolist(),
            sentences.offset.tolist(),
            strict=True,
        )
        for body, name, received, heard, offset in columns:
            try:
                row = self._read(body, received, heard, sentences.time_source)
            except _LeftOutError as why:
                left_out[str(why)] += 1
                continue
            rows.append(row | {"sensor_id": name or self._options.sensor_id or NAME, "source_offset": offset})
        return Decoded(_table(rows, sentences.source, self._options.origin), left_out=left_out)

    def _read(self, body: bytes, received: float, heard: float, time_source: str) -> dict[str, float | str | None]:
        """The row of one sentence. Raises _LeftOutError."""
        if not body.isascii():
            raise _LeftOutError("other_sentence")
        fields = body.decode("ascii").split(",")
        kind = fields[0][3:]
        if len(fields[0]) != 6 or kind not in _SENSOR + _TARGETS or (body[:1] == b"!") != (kind == "TTD"):
            raise _LeftOutError("other_sentence")
        self._by_operator = by_operator = time_source == "operator"
        if by_operator and math.isnan(self._clock):
            self._clock = received
        arrived = heard if not math.isnan(heard) else math.nan if by_operator else received
        fields += [""] * 16  # an older edition's sentence is shorter: what it lacks is unknown
        if kind in _SENSOR:
            self._read_own(kind, fields, arrived)
            raise _LeftOutError("own_ship")
        if kind == "TTD":
            raise _LeftOutError("unread_target")
        row = self._ttm(fields) if kind == "TTM" else _tll(fields)
        told = _time_of_day(fields[14] if kind == "TTM" else fields[7])
        now = self._reference(arrived)
        row["time"] = time = _nearest(told, now) if not math.isnan(told) else now
        row["received"] = heard if math.isnan(received) or (by_operator and not math.isnan(heard)) else received
        if not math.isnan(time):
            if not math.isnan(heard):
                row["time_source"] = "sensor" if not math.isnan(told) else "receiver"
            elif by_operator:
                row["time_source"] = "operator"
            else:
                row["time_source"] = "sensor" if not math.isnan(told) or math.isnan(received) else time_source
            self._tell(time)
        self._complete(row, now if math.isnan(told) or not math.isnan(arrived) else time)
        return row

    def _tell(self, time: float) -> None:
        """Moves the recording's clock to a time that a sentence tells."""
        self._clock = time
        if self._own.heading_untimed:
            self._own.heading_at, self._own.heading_untimed = time, False

    def _reference(self, arrived: float) -> float:
        return self._clock if math.isnan(arrived) else arrived

    def _ttm(self, f: list[str]) -> dict[str, float | str | None]:
        """A target's row; a relative bearing stays relative until `_complete`."""
        row = _target(f[1], f[12])
        if row["report"] == "status":
            return row
        unit = DISTANCE_M.get(f[10], math.nan)
        distance, bearing = _number(f[2]), _number(f[3])
        if math.isnan(distance) or math.isnan(bearing):
            raise _LeftOutError("no_position")
        if math.isnan(unit) or f[4] not in ("T", "R") or f[7] not in ("T", "R", ""):
            raise _LeftOutError("bad_field")
        if not (0 <= distance * unit <= _FARTHEST_M and 0 <= bearing <= 360):
            raise _LeftOutError("out_of_range")
        row |= {"range_m": distance * unit, "azimuth_deg": _turned(bearing), "relative": "R" if f[4] == "R" else None}
        speed, course = _number(f[5]) * unit / 3600, _number(f[6])
        if f[7] == "T" and not self._own.through_water:
            row["speed_mps"] = speed if 0 <= speed <= _FASTEST_MPS else math.nan
            row["course_deg"] = _turned(course) if 0 <= course <= 360 else math.nan
        return row

    def _complete(self, row: dict[str, float | str | None], now: float) -> None:
        """Adds where the sensor is and looks; turns a bearing from the bow into one from north. Raises _LeftOutError."""
        own = self._own
        if not _old(own.place_at, now):
            row |= {"sensor_lat_deg": own.lat_deg, "sensor_lon_deg": own.lon_deg, "sensor_alt_wgs84_m": own.alt_wgs84_m}
        heading = math.nan if _old(own.heading_at, now) else own.heading_deg
        row["sensor_heading_deg"] = heading
        if row.pop("relative", None):
            if math.isnan(heading):
                raise _LeftOutError("no_heading")
            row["azimuth_deg"] = _turned(float(row["azimuth_deg"] or 0.0) + heading)

    # -- the own ship -------------------------------------------------------------------------------------------------
    def _read_own(self, kind: str, f: list[str], arrived: float) -> None:
        """Remembers what a sentence tells of the own ship. Raises _LeftOutError."""
        if kind == "ZDA":
            self._dated(_date(f[4], f[3], f[2]), _time_of_day(f[1]), arrived)
        elif kind == "RMC":
            self._rmc(f, arrived)
        elif kind == "GGA":
            self._gga(f, arrived)
        elif kind == "GLL":
            _judge(f[6], f[7])
            self._placed(_latitude(f[1], f[2]), _longitude(f[3], f[4]), math.nan, _time_of_day(f[5]), arrived)
        elif kind == "HDT":
            self._headed(_number(f[1]), True, arrived)
        elif kind == "THS":
            _judge("A" if f[2] in ("A", "S") else "V", f[2])
            self._headed(_number(f[1]), True, arrived)
        elif kind == "OSD":
            self._own.through_water = f[6] == "W"
            _judge(f[2], "")
            self._headed(_number(f[1]), True, arrived)
        elif kind == "HDG":
            variation = _signed(f[4], f[5])
            if not math.isnan(variation):
                self._own.variation_deg = variation
            deviation = _signed(f[2], f[3])
            self._magnetic(_number(f[1]) + (0.0 if math.isnan(deviation) else deviation), arrived)
        elif kind == "HDM":
            self._magnetic(_number(f[1]), arrived)

    def _rmc(self, f: list[str], arrived: float) -> None:
        _judge(f[2], f[12])
        day, month, year = f[9][:2], f[9][2:4], f[9][4:]
        if f[9]:
            if len(f[9]) != 6 or not f[9].isdigit():
                raise _LeftOutError("bad_field")
            self._dated(_date(f"{'19' if year >= '80' else '20'}{year}", month, day), _time_of_day(f[1]), arrived)
        variation = _signed(f[10], f[11])
        if not math.isnan(variation):
            self._own.variation_deg = variation
        self._placed(_latitude(f[3], f[4]), _longitude(f[5], f[6]), math.nan, _time_of_day(f[1]), arrived)

    def _gga(self, f: list[str], arrived: float) -> None:
        if f[6] == "8":
            raise _LeftOutError("simulated")
        if f[6] not in ("1", "2", "3", "4", "5"):
            raise _LeftOutError("not_valid")
        height = _number(f[9]) + _number(f[11])
        if not (math.isnan(height) or -1000 <= height <= 100_000):
            raise _LeftOutError("out_of_range")
        self._placed(_latitude(f[2], f[3]), _longitude(f[4], f[5]), height, _time_of_day(f[1]), arrived)

    def _dated(self, midnight: float, told: float, arrived: float) -> None:
        """A date from the ship: it dates a recording that nobody dated; where arrival is known, arrival counts."""
        if not math.isnan(midnight + told) and math.isnan(arrived) and not self._by_operator:
            self._tell(midnight + told)

    def _placed(self, lat: float, lon: float, height: float, told: float, arrived: float) -> None:
        if math.isnan(lat) or math.isnan(lon):
            raise _LeftOutError("no_position")
        own, now = self._own, self._now(told, arrived)
        if math.isnan(height) and not _old(own.place_at, now):
            height = own.alt_wgs84_m  # GLL and RMC have none; GGA's is still good
        own.lat_deg, own.lon_deg, own.alt_wgs84_m, own.place_at = lat, lon, height, now

    def _now(self, told: float, arrived: float) -> float:
        """When a sentence was told; in a recording its time of day moves the clock on."""
        if math.isnan(arrived) and not math.isnan(told) and not math.isnan(self._clock):
            self._tell(_nearest(told, self._clock))
        return self._reference(arrived)

    def _magnetic(self, heading: float, arrived: float) -> None:
        if math.isnan(self._own.variation_deg):
            raise _LeftOutError("no_variation")
        self._headed(heading + self._own.variation_deg, False, arrived)

    def _headed(self, heading: float, true: bool, arrived: float) -> None:
        if math.isnan(heading):
            raise _LeftOutError("not_valid")
        if not -360 <= heading <= 720:
            raise _LeftOutError("out_of_range")
        own, now = self._own, self._reference(arrived)
        if true or not own.heading_true or _old(own.heading_at, now):
            own.heading_deg, own.heading_at, own.heading_true = _turned(heading), now, true
            own.heading_untimed = math.isnan(arrived)


def _turned(angle: float) -> float:
    """The angle brought to 0 <= angle < 360."""
    turned = angle % 360
    return turned if turned < 360 else 0.0  # -1e-17 % 360 is 360


def _old(told_at: float, now: float) -> bool:
    """True where a value is known to be too old, or to come from a time that a clock has jumped away from."""
    return abs(now - told_at) > FRESH_S


def _judge(status: str, mode: str) -> None:
    """Raises _LeftOutError where a sentence says that its values are simulated or not valid (IEC 61162-1, mode indicator)."""
    if mode == "S":
        raise _LeftOutError("simulated")
    if status != "A" or mode in ("E", "M", "N", "V"):
        raise _LeftOutError("not_valid")


def _target(number: str, status: str) -> dict[str, float | str | None]:
    """What rows of TTM and TLL share."""
    if not number.isdigit() or len(number) > 6 or status not in ("L", "Q", "T", ""):
        raise _LeftOutError("bad_field")
    return {"sensor_track_id": str(int(number)), "report": "status" if status == "L" else "track"}


def _tll(f: list[str]) -> dict[str, float | str | None]:
    """A target's row with its place."""
    row = _target(f[1], f[8])
    if row["report"] == "track":
        lat, lon = _latitude(f[2], f[3]), _longitude(f[4], f[5])
        if math.isnan(lat) or math.isnan(lon):
            raise _LeftOutError("no_position")
        row |= {"lat_deg": lat, "lon_deg": lon}
    return row


# -- fields -------------------------------------------------------------------------------------------------------------
def _number(text: str) -> float:
    """A decimal number, NaN where the field is empty. Raises _LeftOutError("bad_field")."""
    if not text:
        return math.nan
    if not _DECIMAL(text):
        raise _LeftOutError("bad_field")
    return float(text)


def _signed(text: str, letter: str) -> float:
    """Degrees, positive to the east, of a number and E or W; NaN where there is none."""
    value = _number(text)
    if math.isnan(value):
        return value
    if letter not in ("E", "W") or not 0 <= value <= 180:
        raise _LeftOutError("bad_field")
    return value if letter == "E" else -value


def _latitude(text: str, letter: str) -> float:
    return _angle(text, letter, "N", "S", 90)


def _longitude(text: str, letter: str) -> float:
    return _angle(text, letter, "E", "W", 180)


def _angle(text: str, letter: str, positive: str, negative: str, most: float) -> float:
    """Degrees of `dddmm.mmm` and its letter, NaN where the fields are empty. Raises _LeftOutError."""
    value = _number(text)
    if math.isnan(value):
        return value
    degrees, minutes = divmod(value, 100)
    if letter not in (positive, negative) or value < 0 or minutes >= 60:
        raise _LeftOutError("bad_field")
    angle = degrees + minutes / 60
    if angle > most:
        raise _LeftOutError("out_of_range")
    return angle if letter == positive else -angle


def _time_of_day(text: str) -> float:
    """Seconds of `hhmmss.ss`, NaN where the field is empty. Raises _LeftOutError("bad_field")."""
    if not text:
        return math.nan
    value = _number(text)
    hour, minute, second = value // 10000, value // 100 % 100, value % 100
    if text[0] in "+-" or not len(text.partition(".")[0]) >= 6 or hour > 23 or minute > 59 or second >= 61:
        raise _LeftOutError("bad_field")
    return hour * 3600 + minute * 60 + second


def _date(year: str, month: str, day: str) -> float:
    """UNIX seconds of midnight UTC, NaN where a field is empty. Raises _LeftOutError("bad_field")."""
    if not (year and month and day):
        return math.nan
    try:
        return datetime(int(year), int(month), int(day), tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        raise _LeftOutError("bad_field") from None


def _nearest(told: float, reference: float) -> float:
    """UNIX seconds of a time of day, on the day that puts it nearest to `reference`; NaN without one."""
    return reference + (told - reference + _DAY / 2) % _DAY - _DAY / 2


def _table(rows: list[dict[str, float | str | None]], source: str, origin: str) -> Batch:
    """Rows as columns. Unknown values are not in them."""
    if not rows:
        return Batch.empty(DETECTION)
    columns: dict[str, object] = {
        name: np.array([row.get(name, math.nan) for row in rows], np.float64) for name in _FLOATS if any(name in r for r in rows)
    }
    columns |= {name: [row.get(name) for row in rows] for name in ("sensor_id", "sensor_track_id", "report", "time_source")}
    offsets = np.array([row["source_offset"] for row in rows], np.int64)
    columns |= {"kind": "radar", "origin": origin, "source": source, "source_offset": offsets}
    return Batch.build(DETECTION, len(rows), columns)


# -- encoders -----------------------------------------------------------------------------------------------------------
def encode_ttm(
    *,
    track: int,
    range_m: float,
    bearing_deg: float,
    relative: bool = False,
    speed_mps: float = math.nan,
    course_deg: float = math.nan,
    time: float = math.nan,
    status: str = "T",
    units: str = "N",
    name: str = "",
    talker: str = "RA",
) -> bytes:
    """A target report. relative: the bearing is from the bow; units: K, N or S; status: T tracked, Q being acquired, L lost.

    Distances are rounded to 0.001 of the unit, speeds and angles to 0.1; NaN leaves a field empty.
    """
    unit = DISTANCE_M[units]
    motion = f"{_text(speed_mps * 3600 / unit, 1)},{_text(course_deg, 1)},{'' if math.isnan(speed_mps) else 'T'}"
    place = f"{_text(range_m / unit, 3)},{_text(bearing_deg, 1)},{'R' if relative else 'T'}"
    return sentence(f"${talker}TTM,{track:02d},{place},{motion},,,{units},{name},{status},,{_clock_text(time)},A")


def encode_tll(
    *, track: int, lat_deg: float, lon_deg: float, time: float = math.nan, status: str = "T", name: str = "", talker: str = "RA"
) -> bytes:
    """A target's place, rounded to 0.0001 minutes."""
    place = f"{_angle_text(lat_deg, 2, 'N', 'S')},{_angle_text(lon_deg, 3, 'E', 'W')}"
    return sentence(f"${talker}TLL,{track:02d},{place},{name},{_clock_text(time)},{status},")


def encode_hdt(heading_deg: float, *, talker: str = "HE") -> bytes:
    """The own ship's true heading, rounded to 0.1 degrees."""
    return sentence(f"${talker}HDT,{_text(heading_deg, 1)},T")


def _text(value: float, digits: int) -> str:
    return "" if math.isnan(value) else f"{value:.{digits}f}"


def _clock_text(time: float) -> str:
    """`hhmmss.ss` of UNIX seconds."""
    if math.isnan(time):
        return ""
    hundredths = round(time * 100) % 8_640_000
    seconds = hundredths // 100
    return f"{seconds // 3600:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}.{hundredths % 100:02d}"


def _angle_text(angle: float, width: int, positive: str, negative: str) -> str:
    """`ddmm.mmmm,N` of degrees."""
    steps = round(abs(angle) * 600_000)
    degrees, minutes = divmod(steps, 600_000)
    return f"{degrees:0{width}d}{minutes / 10_000:07.4f},{negative if angle < 0 else positive}"


# -- the format ---------------------------------------------------------------------------------------------------------
def sniff(head: bytes) -> bool:
    """True where sentences begin and a radar target comes before any AIS one, or none of either but an own ship's."""
    kinds = [address[2:].decode("ascii", "replace") for address in first_addresses(head) if len(address) == 5]
    telling = [kind for kind in kinds if kind in (*_TARGETS, "VDM", "VDO")]
    return telling[0] in _TARGETS if telling else any(kind in _SENSOR for kind in kinds)


def make(options: Options) -> Decoder:
    """A decoder of radar targets."""
    return _NmeaDecoder(options)


NAME = "nmea"
FORMAT = Format(
    name=NAME,
    title="NMEA 0183 / IEC 61162-1 radar targets (TTM, TLL) with heading and position of the own ship",
    make=make,
    sniff=sniff,
    suffixes=(".nmea", ".txt"),
    links=("stream", "udp", "mqtt"),
    example={"recording": "picket decode bridge.nmea --format nmea", "feed": "nmea+udp://0.0.0.0:60001"},
)
