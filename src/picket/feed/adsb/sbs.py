"""SBS: BaseStation's comma separated lines, as dump1090 and readsb serve them on TCP port 30003.

    MSG,3,1,1,4249B5,1,2018/04/03,19:02:28.360,2018/04/10,21:24:39.437,,7000,,,59.81,30.26,,,,,,0
    0   1     4 ICAO   6, 7 generated          8, 9 logged             10 call sign, 11 altitude ft, 12 speed kt, 13 track,
                                                                       14 lat, 15 lon, 16 climb ft/min, 17 squawk .. 21 on ground

Positions come in MSG,2 (on the surface) and MSG,3 (airborne), velocities in MSG,4: a position row is given the last speed, track
and climb of its address, while they are not older than a minute. All other lines are counted as `no_position`.

Times: the "generated" fields as UTC (time_source sensor). BaseStation itself and old dump1090 write local time: set the
receiver's machine to UTC. Without them the receive time stands in; where nobody knows that either, the "logged" fields do.
Altitude is pressure altitude; with dump1090's --gnss it is written "33000H" and is height above the ellipsoid.
An address with "~" before it is not ICAO's (TIS-B, anonymous): it stays in `identity` with its "~" and has no identity kind.
Left out: the call sign (no column of the detection table holds a second identity), squawk, alert, emergency, ident and
on-ground flags, accuracy (the format has none), the ids of session, aircraft and flight - but a session called EXERCISE is our simulator's.

Left out and counted: simulated (a session called EXERCISE; a row with origin exercise), no_position, bad_line (no line of BaseStation's,
or a field that is no number), bad_position (beyond the globe), oversized (4096 bytes without an end of line), truncated, empty_payload. A
single value that nothing can have costs itself, not its row: <column>_out_of_range.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from picket.feed import checks
from picket.feed.adsb.address_kernels import NOT_ICAO
from picket.feed.adsb.sbs_kernels import REASONS, VALUES, read_lines
from picket.feed.adsb.transmitters import address_words
from picket.feed.adsb.units import FOOT_M, FOOT_PER_MINUTE_MPS, KNOT_MPS
from picket.feed.format import Chunk, Decoded, Decoder, Format, Options
from picket.feed.joining import Joiner, empty_payloads
from picket.words import DETECTION, Batch

MEMORY_S = 60.0  # how long a velocity holds for the next positions
_LONGEST = 4096  # bytes of an unfinished line; a line has about 120
_MEMORY = 4096  # addresses; one receiver hears a few hundred
_CENTER_HZ = 1090e6
_EXERCISE = b"EXERCISE"


def encode_sbs(
    *,
    icao: str,
    time: float,
    lat_deg: float,
    lon_deg: float,
    alt_pressure_m: float = math.nan,
    speed_mps: float = math.nan,
    course_deg: float = math.nan,
    climb_mps: float = math.nan,
    call_sign: str | None = None,
    received: float = math.nan,
    simulated: bool = False,
) -> bytes:
    """The lines that a receiver prints for one aircraft at one moment: call sign (1), velocity (4), position (3).

    icao            six hex digits, or "~" and six for an address that is not ICAO's
    time, received  UNIX seconds UTC of the message and of its logging (NaN: the same)
    simulated       the session id is EXERCISE: nothing that is live takes such a line
    Altitudes are rounded to 25 ft, speeds to 1 kt, tracks to 1 deg, climb to 64 ft/min: the steps of the radio messages.
    """
    icao, session = icao.upper(), _EXERCISE.decode() if simulated else "1"
    stamps = f"{_stamp(time)},{_stamp(time if math.isnan(received) else received)}"
    lines = []
    if call_sign is not None:
        lines.append(f"MSG,1,{session},1,{icao},1,{stamps},{call_sign:<8},,,,,,,,,,,0")
    if not (math.isnan(speed_mps) and math.isnan(course_deg) and math.isnan(climb_mps)):
        speed, course = _number(speed_mps / KNOT_MPS, 1), _number(course_deg % 360, 1)
        climb = _number(climb_mps / FOOT_PER_MINUTE_MPS, 64)
        lines.append(f"MSG,4,{session},1,{icao},1,{stamps},,,{speed},{course},,,{climb},,,,,0")
    lines.append(
        f"MSG,3,{session},1,{icao},1,{stamps},,{_number(alt_pressure_m / FOOT_M, 25)},,,{lat_deg:.5f},{lon_deg:.5f},,,,,,0"
    )
    return "".join(line + "\r\n" for line in lines).encode("ascii")


def _number(value: float, step: int) -> str:
    """The value rounded to a step, or nothing where unknown."""
    return "" if math.isnan(value) else str(round(value / step) * step)


def _stamp(time: float) -> str:
    """`2018/04/03,19:02:28.136` of UNIX seconds UTC."""
    moment = datetime.fromtimestamp(round(time * 1000) // 1000, UTC)
    return f"{moment:%Y/%m/%d,%H:%M:%S}.{round(time * 1000) % 1000:03d}"


@dataclass
class _SbsDecoder:
    """Lines -> detections; remembers a half line and the last velocity of each address."""

    options: Options

    def __post_init__(self) -> None:
        self._joiner = Joiner(_LONGEST)
        self._address = np.full(_MEMORY, -1, np.int64)
        self._heard = np.full((_MEMORY, 3), -np.inf)
        self._velocity = np.full((_MEMORY, 3), np.nan)

    def decode(self, chunk: Chunk) -> Decoded:
        """One row per line with a position; counted: the reasons above."""
        joined = self._joiner.join(chunk)
        whole = chunk.link != "stream"
        values, address, first, last, counts, rest = read_lines(
            joined.data, joined.starts, joined.ends, whole, joined.ends_of, joined.times,
            self._address, self._heard, self._velocity, MEMORY_S,
        )  # fmt: skip
        left_out = Counter({reason: n for reason, n in zip(REASONS, counts.tolist(), strict=True) if n})
        if whole:
            left_out.update(empty_payloads(chunk))
        elif not self._joiner.keep(joined, int(rest)):
            left_out["oversized"] += 1
        if self.options.origin != "exercise" and len(address):
            real = _unmarked(joined.data, first)
            if not real.all():
                left_out["simulated"] += int(np.count_nonzero(~real))
                values, address, first, last = values[:, real], address[real], first[real], last[real]
        if len(address) == 0:
            return Decoded(left_out=left_out)
        received, offsets = joined.received(last), joined.offset(first, whole)
        rows = self._table(chunk, dict(zip(VALUES, values, strict=True)), address, received, offsets, left_out)
        return Decoded(rows, left_out=left_out)

    def finish(self) -> Decoded:
        """Counts a line that the stream's end cut: nobody knows whether its last number was whole."""
        held, self._joiner.held = bool(self._joiner.held.strip()), b""
        return Decoded(left_out=Counter({"truncated": 1} if held else {}))

    def _table(
        self, chunk: Chunk, v: dict[str, npt.NDArray[np.float64]], address: npt.NDArray[np.int64],
        received: npt.NDArray[np.float64], offsets: npt.NDArray[np.int64], left_out: Counter[str],
    ) -> Batch:  # fmt: skip
        """The detections of position lines."""
        sent = np.isfinite(v["time"])
        measured = {
            "alt_pressure_m": v["alt_pressure_ft"] * FOOT_M, "alt_wgs84_m": v["alt_gnss_ft"] * FOOT_M,
            "speed_mps": v["speed_kt"] * KNOT_MPS, "course_deg": v["course_deg"], "climb_mps": v["climb_fpm"] * FOOT_PER_MINUTE_MPS,
        }  # fmt: skip
        arrived = np.where(np.isfinite(received), received, v["logged"])
        clocks = tuple(dict.fromkeys(("sensor", chunk.time_source, "receiver")))
        late = np.where(np.isfinite(received), clocks.index(chunk.time_source), clocks.index("receiver"))
        source = np.where(sent, 0, np.where(np.isfinite(arrived), late, -1))
        addresses, codes = np.unique(address, return_inverse=True)
        columns = {
            "time": np.where(sent, v["time"], arrived), "time_source": source, "received": arrived,
            "sensor_id": self.options.sensor_id or NAME, "kind": "adsb", "report": "plot", "origin": self.options.origin,
            "lat_deg": v["lat"], "lon_deg": v["lon"], "center_hz": _CENTER_HZ,
            **{name: checks.bounded(name, column, left_out) for name, column in measured.items()},
            "identity": codes, "identity_kind": np.where(address >= NOT_ICAO, -1, 0), "transport": "1090es",
            "source": chunk.source, "source_offset": offsets,
        }  # fmt: skip
        words = {"identity": address_words(addresses.tolist()), "identity_kind": ("icao_address",), "time_source": clocks}
        return Batch.build(DETECTION, len(address), columns, words)


def _unmarked(data: npt.NDArray[np.uint8], first: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """(n,) bool: which of the lines that begin there do not carry the simulator's session id, the third field."""
    raw = data.tobytes()
    if _EXERCISE not in raw:
        return np.ones(len(first), np.bool_)
    return np.array([raw[i : i + 20].split(b",", 3)[2:3] != [_EXERCISE] for i in first.tolist()], np.bool_)


def sniff(head: bytes) -> bool:
    """True where the first whole lines are BaseStation's."""
    lines = [line for line in head.split(b"\n")[:8] if line.strip()]
    sound = [line for line in lines if line[:4] in (b"MSG,", b"SEL,", b"AIR,", b"STA,", b"CLK,") or line[:3] == b"ID,"]
    return bool(sound) and sound[0] == lines[0] and sound[0].count(b",") >= 9


def make(options: Options) -> Decoder:
    """A decoder of BaseStation lines."""
    return _SbsDecoder(options)


NAME = "sbs"
FORMAT = Format(
    name=NAME,
    title="SBS / BaseStation lines (dump1090, readsb, port 30003)",
    make=make,
    sniff=sniff,
    suffixes=(".sbs", ".txt"),
    links=("stream", "udp", "mqtt"),
    example={"recording": "picket decode aircraft.sbs", "feed": "sbs+tcp://127.0.0.1:30003"},
)
FORMATS = (FORMAT,)
