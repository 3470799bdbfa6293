"""BaseStation lines: a recorded log against a plain reader of its fields, and round trips of our own encoder."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.feed.adsb.sbs import FORMAT, encode_sbs, sniff
from picket.feed.format import Chunk, Decoded, Options

NOON = 1_780_056_000.0
FEET, KNOTS, FEET_PER_MINUTE = 0.3048, 1852 / 3600, 0.3048 / 60


def line(kind: int = 3, icao: str = "4249B5", second: float = 0.0, *, logged: float = 0.5, **fields: Any) -> bytes:
    """A MSG line; fields by their names in the format."""

    def stamp(s: float) -> str:
        return datetime.fromtimestamp(NOON + s, UTC).strftime("%Y/%m/%d,%H:%M:%S.%f")[:-3]

    names = ("call_sign", "alt", "speed", "track", "lat", "lon", "climb", "squawk", "alert", "emergency", "ident", "ground")
    return (
        f"MSG,{kind},1,1,{icao},1,{stamp(second)},{stamp(logged)},{','.join(str(fields.get(n, '')) for n in names)}\r\n".encode()
    )


def place(**changes: Any) -> bytes:
    return line(**({"alt": 1000, "lat": 33.75, "lon": -118.2} | changes))


def decode(data: bytes, *, link: str = "stream", received: float = math.nan, **options: Any) -> Decoded:
    decoder = FORMAT.make(Options(**options))
    return Decoded.join([decoder.decode(Chunk.one(data, received=received, source="test", link=link)), decoder.finish()])


def rows(data: bytes, **given_: Any) -> list[dict[str, Any]]:
    return list(decode(data, **given_).detections.rows())


# -- the recording -------------------------------------------------------------------------------------------------


def test_every_position_of_the_recorded_log_is_there(shared_data: Any) -> None:
    recorded = (shared_data / "adsb" / "reference_output_sbs.txt").read_bytes()
    decoded = decode(recorded)
    lines = [text.split(",") for text in recorded.decode().splitlines() if text.startswith("MSG,")]
    positions = [f for f in lines if f[1] in "23" and f[14] and f[15]]
    assert decoded.left_out == Counter({"no_position": len(lines) - len(positions), "bad_line": 2})  # the note at the end
    assert len(decoded.detections) == len(positions) > 1000
    latest: dict[str, dict[int, tuple[float, float]]] = {}
    found = decoded.detections.rows()
    for f in lines:
        time = datetime.strptime(f"{f[6]},{f[7]}+0000", "%Y/%m/%d,%H:%M:%S.%f%z").timestamp()
        known = latest.setdefault(f[4], {})
        for column in (12, 13, 16):
            if f[column]:
                known[column] = time, float(f[column])
        if f[1] not in "23" or not f[14]:
            continue
        row = next(found)
        logged = datetime.strptime(f"{f[8]},{f[9]}+0000", "%Y/%m/%d,%H:%M:%S.%f%z").timestamp()
        assert (row["identity"], row["identity_kind"], row["lat_deg"], row["lon_deg"]) == (
            f[4],
            "icao_address",
            float(f[14]),
            float(f[15]),
        )
        assert (row["time"], row["received"]) == pytest.approx((time, logged), abs=1e-6)
        assert row.get("alt_pressure_m") == (pytest.approx(float(f[11]) * FEET) if f[11] else None)
        for column, name, unit in ((12, "speed_mps", KNOTS), (13, "course_deg", 1), (16, "climb_mps", FEET_PER_MINUTE)):
            fresh = column in known and abs(time - known[column][0]) <= 60
            assert row.get(name) == (pytest.approx(known[column][1] * unit) if fresh else None)


def test_the_recording_cut_anywhere_gives_the_same_rows(shared_data: Any) -> None:
    recorded = (shared_data / "adsb" / "reference_output_sbs.txt").read_bytes()[:30_000]
    whole = decode(recorded)
    for size in (11, 997):
        decoder = FORMAT.make(Options())
        pieces = range(0, len(recorded), size)
        parts = [decoder.decode(Chunk.one(recorded[i : i + size], offset=i, source="test")) for i in pieces]
        joined = Decoded.join([*parts, decoder.finish()])
        assert list(joined.detections.rows()) == list(whole.detections.rows())
        assert joined.left_out == whole.left_out


# -- fields --------------------------------------------------------------------------------------------------------


def test_an_airborne_position_takes_the_last_velocity_of_its_address() -> None:
    velocity = line(4, second=-1, speed=100, track=1.5, climb=-640)
    (row,) = rows(velocity + place())
    assert row == pytest.approx(
        {
            "time": NOON, "time_source": "sensor", "received": NOON + 0.5, "sensor_id": "sbs", "kind": "adsb", "report": "plot",
            "origin": "live", "lat_deg": 33.75, "lon_deg": -118.2, "alt_pressure_m": 304.8, "speed_mps": 100 * KNOTS,
            "course_deg": 1.5, "climb_mps": -640 * FEET_PER_MINUTE, "center_hz": 1090e6, "identity": "4249B5",
            "identity_kind": "icao_address", "transport": "1090es", "source": "test", "source_offset": len(velocity),
        }
    )  # fmt: skip


def test_a_surface_position_brings_its_own_speed_and_track() -> None:
    (row,) = rows(line(2, lat=1.5, lon=2.5, speed=12, track=90, ground=-1))
    assert (row["speed_mps"], row["course_deg"]) == pytest.approx((12 * KNOTS, 90))
    assert "alt_pressure_m" not in row


def test_impossible_speeds_and_tracks_are_unknown() -> None:
    (row,) = rows(line(4, speed=-5, track=361, climb=64) + place())
    assert not {"speed_mps", "course_deg"} & set(row)
    assert "climb_mps" in row


@pytest.mark.parametrize(
    ("sent", "column"),
    [
        (line(2, lat=33.75, lon=-118.2, speed=-3), "speed_mps"),
        (line(2, lat=33.75, lon=-118.2, speed=99999), "speed_mps"),
        (line(2, lat=33.75, lon=-118.2, track=361), "course_deg"),
        (place(alt=999999999), "alt_pressure_m"),
        (place(alt="999999999H"), "alt_wgs84_m"),
        (place(climb=9999999), "climb_mps"),
    ],
)
def test_a_value_that_nothing_can_have_costs_itself_and_is_counted(sent: bytes, column: str) -> None:
    decoded = decode(sent)
    assert column not in next(decoded.detections.rows())
    assert decoded.left_out == {f"{column}_out_of_range": 1}


def test_a_datagram_without_a_line_is_counted() -> None:
    assert decode(b" \r\n", link="udp").left_out == {"empty_payload": 1}


def test_velocities_age_and_belong_to_one_address() -> None:
    velocity = line(4, second=0, speed=100, track=10, climb=64)
    data = velocity + place(second=60) + place(second=61) + place(second=1, icao="ABCDEF")
    assert ["speed_mps" in row for row in rows(data)] == [True, False, False]


def test_parts_of_a_velocity_age_on_their_own() -> None:
    data = line(4, second=0, climb=640) + line(4, second=50, speed=80) + place(second=70)
    (row,) = rows(data)
    assert "climb_mps" not in row
    assert row["speed_mps"] == pytest.approx(80 * KNOTS)


def test_velocities_are_remembered_between_chunks() -> None:
    decoder = FORMAT.make(Options())
    decoder.decode(Chunk.one(line(4, speed=100)))
    (row,) = decoder.decode(Chunk.one(place(second=1))).detections.rows()
    assert row["speed_mps"] == pytest.approx(100 * KNOTS)


def test_gnss_heights_are_no_pressure_altitudes() -> None:
    (row,) = rows(place(alt="33000H"))
    assert row["alt_wgs84_m"] == pytest.approx(33000 * FEET)
    assert "alt_pressure_m" not in row


def test_addresses_that_are_not_icaos_say_so() -> None:
    found = rows(place(icao="~2b00f1") + place(icao="2b00f1"))
    assert [(r["identity"], r.get("identity_kind")) for r in found] == [("~2B00F1", None), ("2B00F1", "icao_address")]


@pytest.mark.parametrize("kind", [1, 4, 5, 6, 7, 8])
def test_lines_of_other_kinds_are_no_detections(kind: int) -> None:
    decoded = decode(line(kind, call_sign="UTA470  ", alt=1000, speed=5, squawk=7700, lat=1, lon=2))
    assert len(decoded.detections) == 0
    assert decoded.left_out == Counter({"no_position": 1})


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (place(lat="", lon=""), "no_position"),
        (place(lat=0, lon=0), "no_position"),
        (place(lat=91), "bad_position"),
        (place(lon=-180.5), "bad_position"),
        (place(lat="12x"), "bad_line"),
        (place(lat="1.2.3"), "bad_line"),
        (place(lat="-"), "bad_line"),
        (place(alt="1" * 30), "bad_line"),
        (place(icao="12345"), "bad_line"),
        (place(icao="12345G"), "bad_line"),
        (place().replace(b"MSG,3", b"MSG,9"), "bad_line"),
        (place().replace(b"MSG,3", b"MSG,33"), "bad_line"),
        (place().replace(b"\r\n", b",,\r\n"), "bad_line"),
        (b"garbage\r\n", "bad_line"),
        (b"STA,,5,179,400AE7,10103,2008/11/28,14:58:51.153,2008/11/28,14:58:51.153,RM\r\n", "no_position"),
        (b"\xff\x00\xfe\n", "bad_line"),
    ],
)
def test_each_reason(sent: bytes, reason: str) -> None:
    decoded = decode(place() + sent + place())
    assert len(decoded.detections) == 2
    assert decoded.left_out == Counter({reason: 1})


def test_blank_lines_are_nothing() -> None:
    assert decode(b"\r\n\n  \n").left_out == Counter()


# -- time ----------------------------------------------------------------------------------------------------------


def without_times(sent: bytes, first: int = 6, last: int = 9) -> bytes:
    fields = sent.split(b",")
    fields[first : last + 1] = [b""] * (last + 1 - first)
    return b",".join(fields)


def test_the_chunk_says_when_a_live_line_came() -> None:
    (row,) = rows(place(), received=NOON + 2)
    assert (row["time"], row["received"], row["time_source"]) == (NOON, NOON + 2, "sensor")


def test_a_line_came_when_its_line_feed_came() -> None:
    decoder, sent = FORMAT.make(Options()), place()
    for cut in range(1, len(sent)):
        first = decoder.decode(Chunk.one(sent[:cut], received=NOON + 1))
        second = decoder.decode(Chunk.one(sent[cut:], received=NOON + 2, offset=cut))
        assert (len(first.detections), second.detections.values("received")) == (0, [NOON + 2])


def test_without_a_generated_time_the_receive_time_stands_in() -> None:
    (live,) = rows(without_times(place(), 6, 7), received=NOON + 2)
    assert (live["time"], live["time_source"]) == (NOON + 2, "receiver")
    (logged,) = rows(without_times(place(), 6, 7))
    assert (logged["time"], logged["received"], logged["time_source"]) == (NOON + 0.5, NOON + 0.5, "receiver")
    (never,) = rows(without_times(place()))
    assert not {"time", "received", "time_source"} & set(never)


@pytest.mark.parametrize(
    "stamp", ["2026/13/01,00:00:00.000", "2026/02/01,25:00:00.000", "26/02/01,1:2:3", "2026-02-01,00:00:00.0"]
)
def test_a_time_that_is_none_is_unknown(stamp: str) -> None:
    sent = place().split(b",")
    sent[6:8] = stamp.encode().split(b",")
    (row,) = rows(b",".join(sent), received=NOON + 2)
    assert row["time_source"] == "receiver"


@given(st.integers(0, 4_000_000_000_000))
def test_every_date_comes_back(milliseconds: int) -> None:
    time = milliseconds / 1000
    (row,) = rows(encode_sbs(icao="ABCDEF", time=time, lat_deg=1, lon_deg=2))
    assert row["time"] == pytest.approx(time, abs=1e-6)


# -- round trips ---------------------------------------------------------------------------------------------------


@given(
    st.integers(0, 0xFFFFFF), st.floats(-90, 90), st.floats(-180, 180), st.floats(-300, 15000), st.floats(0, 300), st.floats(0, 360),
    st.floats(-60, 60),
)  # fmt: skip
def test_an_aircraft_comes_back_within_the_steps(
    icao: int, lat: float, lon: float, alt: float, speed: float, course: float, climb: float
) -> None:
    sent = encode_sbs(
        icao=f"{icao:06X}", time=NOON, lat_deg=lat, lon_deg=lon, alt_pressure_m=alt, speed_mps=speed, course_deg=course,
        climb_mps=climb, call_sign="TEST1",
    )  # fmt: skip
    decoded = decode(sent)
    if abs(lat) < 5e-6 and abs(lon) < 5e-6:
        assert len(decoded.detections) == 0
        return
    (row,) = decoded.detections.rows()
    assert (row["identity"], row["time"]) == (f"{icao:06X}", NOON)
    assert (row["lat_deg"], row["lon_deg"]) == pytest.approx((lat, lon), abs=5.1e-6)
    assert row["alt_pressure_m"] == pytest.approx(alt, abs=12.5 * FEET + 1e-9)
    assert row["speed_mps"] == pytest.approx(speed, abs=0.5 * KNOTS + 1e-9)
    assert min(abs(row["course_deg"] - course) % 360, 360 - abs(row["course_deg"] - course) % 360) <= 0.51
    assert row["climb_mps"] == pytest.approx(climb, abs=32 * FEET_PER_MINUTE + 1e-9)
    assert decoded.left_out == Counter({"no_position": 2})


def test_what_is_unknown_is_not_sent() -> None:
    sent = encode_sbs(icao="ABCDEF", time=NOON, lat_deg=1, lon_deg=2)
    assert sent.count(b"\r\n") == 1
    assert sent.count(b",") == 21
    (row,) = rows(sent)
    assert not {"alt_pressure_m", "speed_mps", "course_deg", "climb_mps"} & set(row)


@given(st.decimals(-90, 90, places=7, allow_nan=False), st.decimals(-180, 180, places=7, allow_nan=False))
def test_decimals_are_read_as_python_reads_them(lat: Any, lon: Any) -> None:
    found = rows(place(lat=f"{lat:f}", lon=f"{lon:f}"))
    if lat or lon:
        assert (found[0]["lat_deg"], found[0]["lon_deg"]) == (float(lat), float(lon))


# -- bad input -----------------------------------------------------------------------------------------------------


def test_a_line_cut_at_every_byte_is_counted_never_guessed() -> None:
    sent = place()
    for cut in range(1, len(sent)):
        decoded = decode(sent[:cut])
        assert (len(decoded.detections), decoded.left_out) == (0, Counter({"truncated": 1}))
    assert decode(sent[:20] + b"\n" + sent).left_out == Counter({"bad_line": 1})


def test_a_datagram_needs_no_line_feed() -> None:
    assert len(rows(place().strip(), link="udp")) == 1


def test_an_endless_line_is_dropped_and_counted() -> None:
    decoder = FORMAT.make(Options())
    total: Counter[str] = Counter()
    for piece in (b"x" * 5000, b"y" * 100 + b"\n" + place()):
        decoded = decoder.decode(Chunk.one(piece))
        total.update(decoded.left_out)
    assert total == Counter({"oversized": 1, "bad_line": 1})
    assert len(decoded.detections) == 1


def test_every_flipped_bit_is_decoded_or_counted() -> None:
    sent = place()
    for bit in range(len(sent) * 8):
        flipped = bytearray(sent)
        flipped[bit // 8] ^= 1 << bit % 8
        decoded = decode(bytes(flipped))
        assert len(decoded.detections) == 1 or sum(decoded.left_out.values()) > 0


@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(sent: bytes) -> None:
    decode(sent)
    decode(sent, link="udp")


@given(st.lists(st.text("0123456789.,-~ABCDEFGHMS/: ", max_size=12), min_size=20, max_size=24))
def test_no_fields_make_it_raise(fields: list[str]) -> None:
    decode(("MSG,3," + ",".join(fields)).encode() + b"\n")


def test_the_shortest_lines_fit() -> None:
    decoded = decode(b"MSG,3,,,ABCDEF,,,,,,,,,,1,2,,,,,,\n" * 1000)
    assert len(decoded.detections) == 1000


def test_many_addresses_do_not_grow_the_memory() -> None:
    decoder = FORMAT.make(Options())
    for part in range(10):
        data = b"".join(line(4, icao=f"{part * 1000 + i:06X}", second=part, speed=i % 400) for i in range(1000))
        decoder.decode(Chunk.one(data))
    assert decoder._address.shape == (4096,)  # type: ignore[attr-defined]
    (row,) = decoder.decode(
        Chunk.one(line(4, icao="FFFFFF", second=11, speed=50) + place(icao="FFFFFF", second=12))
    ).detections.rows()
    assert row["speed_mps"] == pytest.approx(50 * KNOTS)


def test_repeated_lines_give_a_row_each_time() -> None:
    assert len(rows(place() * 3)) == 3


def test_an_empty_chunk_gives_nothing() -> None:
    empty = np.zeros(0, np.int64)
    for link in ("stream", "udp"):
        chunk = Chunk(b"", empty, empty, np.zeros(0), empty, "test", link)
        assert len(FORMAT.make(Options()).decode(chunk).detections) == 0


def test_sniffing(shared_data: Any) -> None:
    assert sniff((shared_data / "adsb" / "reference_output_sbs.txt").read_bytes()[:4096])
    assert sniff(place())
    assert not sniff(b"")
    assert not sniff(b"time,lat_deg,lon_deg\n1,2,3\n")
    assert not sniff((shared_data / "dronescout" / "BLE-legacy.json").read_bytes()[:4096])
