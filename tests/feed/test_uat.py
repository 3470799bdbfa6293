"""UAT lines: against what dump978's uat2text printed for them, and round trips of our own encoder."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.feed.adsb.uat import FORMAT, QUALIFIERS, encode_uat, sniff
from picket.feed.format import Chunk, Decoded, Options

NOW = 1_780_056_000.0
FEET, KNOTS, FEET_PER_MINUTE = 0.3048, 1852 / 3600, 0.3048 / 60
P_95 = {1: 18520, 2: 7408, 3: 3704, 4: 1852, 5: 926, 6: 555.6, 7: 185.2, 8: 92.6, 9: 30, 10: 10, 11: 3}
V_95 = {1: 10, 2: 3, 3: 1, 4: 0.3}

# Lines of our encoder, then made-up bits, with what uat2text (github.com/mutability/dump978) printed for them: address, latitude,
# longitude, pressure and geometric altitude in feet, speed in knots and true track (both rounded down), vertical rate in ft/min, (NACp,
# NACv). One value differs from its print on purpose: 32640 ft/min, the end of the scale, is unknown here.
# fmt: off
UAT2TEXT: list[tuple[Any, ...]] = [
    ("-00a0000030000157e4b20f18110431c0a000",
     "A00000", 33.75, -118.2, 5000, None, 117, 123, 576, None),
    ("-08a01111cfc962d70a3e0f1801363ee09009d90d024a840800940280000ed0000000",
     "A01111", -33.9, 151.2, 5000, 4900, 145, 301, -512, (9, 2)),
    ("-11a0222200005e0000000198005200800000000000000000000000000001c0000000",
     "A02222", 0.001, 0.0, -400, -325, 19, 0, None, None),
    ("-1aa033337ffc5cfffc5c4c68433c678000145a84cce6c40800820200000000000000",
     "A03333", 89.99, 179.99, 29525, None, 1165, 45, None, (8, 1)),
    ("-03a044448024690003a4078810ec00800000",
     "A04444", -89.9, -179.99, 1975, None, 58, 180, None, None),
    ("-0ca055554933a9ff5c280008802dc000007459b03ce6c40800a20200000000000000",
     "A05555", 51.47, -0.45, None, None, 10, 270, None, (10, 1)),
    ("-05a06666ffffa200005e0008800400000000",
     "A06666", -0.001, 0.001, None, None, 0, None, None, None),
    ("-2ea07777638e381c71c81b38039c1542000000000000000000000000001ac0000000",
     "A07777", 70.0, 20.0, 9850, 9675, 233, 10, 1984, None),
    ("-30a08888016c1602d82e6508000400c0100000000000000000000000000000000000",
     "A08888", 1.0, 2.0, 39375, None, 0, None, 0, None),
    ("-50a09999c000019c71c8000800000000000000000000000000000000000000000000",
     "A09999", -45.0, -70.0, None, None, None, None, None, None),
    ("-007ceafc48d345976a6cad27379601c2cd17",
     "7CEAFC", 51.2053, -73.5358, 68225, None, 484, 180, 2752, None),
    ("-0962d5661cd760cd0eaafa3b63f38388875305f57bee876f3fecabd098d4d5ce5432",
     "62D566", 20.279, 144.1809, 99050, 84100, 3254, 287, 8640, (14, 6)),
    ("-12a2c9d3f5a9d1576ca4f39b8c4e64d759a8dc786486ca2823842c122ca72633e2dc",
     "A2C9D3", -7.268, -118.5297, 96400, 65825, 786, None, None, None),
    ("-1b94e5aed1860630d93c469efe57aee7c2abfe56747b7e4366cb991972bc175d3b3e",
     "94E5AE", -32.6788, 34.3467, 27200, None, None, None, None, (12, 5)),
    ("-249dedd1c59b35df78b091ba363486240e7c5af9009a1639bd06eec07822768052d9",
     "9DEDD1", -41.0581, -22.8716, 57250, None, 477, 146, -4032, None),
    ("-2de2f65ee6d071dbf55babac67cd6063838b921be7ad783abb9366cd20a88e8524e6",
     "E2F65E", -17.7088, -25.3417, 66375, 67625, 3446, 54, -3520, None),
    ("-367c7509df00a74345bf5eba8e6bcc62571c3d660372895c96fc9c4db5f60da789ed",
     "7C7509", -23.2013, -132.6991, 97375, 36850, 921, None, None, None),
    ("-382eb1024fb0fd2e22a903eee9e829c61740cffab167c28c7dcc557d7cce65052f30",
     "2EB102", 56.033, -147.5611, None, 525, None, None, None, None),
    ("-4102dd8bd82f1ef75d17e11907ec1d28110a0eba9b7b0ce36dc2e1d3c75bcb4fe0dc",
     "02DD8B", -27.9956, 173.9275, None, 89000, 509, 6, -8192, None),
    ("-4aea5b58521f6dd34b830e597e283f18192c97248e855b9409810c12e47ec1a3b2bf",
     "EA5B58", 57.7426, -31.4332, None, 4700, 3654, 172, 24576, None),
    ("-539c0fbefc28dfdb8ef71263bdbc216b178f31594ace28dce956033799a12efad85f",
     "9C0FBE", -2.7003, -25.623, None, 6325, 878, None, None, None),
    ("-0cf347c92e4742cbc7bcdd1bff27f3ea43788f4e571d6f471fcbab6f4b79f23e419a",
     "F347C9", 32.5395, 143.283, 87400, 47750, None, None, None, (12, 5)),
    ("-1d550b4b5a5890e4acc28bb23bcce31ffa780506e5f17d2e1cc3def9832b06ab2447",
     "550B4B", 63.5245, 160.787, 54850, None, 879, 149, None, (12, 1)),
    ("-06106f196dd38d4c71a5255861c29c381b5b",
     "106F19", 77.2217, -126.2504, None, 13900, 1320, 289, -24576, None),
]
# fmt: on


def line(text: str, end: str = "") -> bytes:
    return f"{text};{end}\n".encode()


def decode(data: bytes, *, link: str = "stream", received: float = math.nan, **options: Any) -> Decoded:
    decoder = FORMAT.make(Options(**options))
    return Decoded.join([decoder.decode(Chunk.one(data, received=received, source="test", link=link)), decoder.finish()])


def rows(data: bytes, **given_: Any) -> list[dict[str, Any]]:
    return list(decode(data, **given_).detections.rows())


def place(**changes: Any) -> bytes:
    return encode_uat(**({"address": 0xA66EF1, "lat_deg": 33.7, "lon_deg": -118.2, "alt_pressure_m": 300.0} | changes))


# -- the oracle ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("wanted", UAT2TEXT, ids=[w[1] for w in UAT2TEXT])
def test_dump978_prints_the_same(wanted: tuple[Any, ...]) -> None:
    text, address, lat, lon, pressure, geometric, speed, track, rate, codes = wanted
    (row,) = rows(line(text))
    assert row["identity"].removeprefix("~") == address
    assert (row["lat_deg"], row["lon_deg"]) == pytest.approx((lat, lon), abs=6e-5)
    for name, feet in (("alt_pressure_m", pressure), ("alt_wgs84_m", geometric), ("climb_mps", rate)):
        unit = FEET_PER_MINUTE if name == "climb_mps" else FEET
        assert row.get(name) == (None if feet is None else pytest.approx(feet * unit)), name
    assert ("speed_mps" in row, "course_deg" in row) == (speed is not None, track is not None)
    if speed is not None:
        assert speed - 1e-9 <= row["speed_mps"] / KNOTS < speed + 1
    if track is not None:
        assert track - 1e-9 <= row["course_deg"] < track + 1
    own = row["report"] == "plot"
    p, v = codes if codes and own else (0, 0)
    assert row.get("sigma_position_m") == (pytest.approx(P_95[p] / 2.448) if p in P_95 else None)
    assert row.get("sigma_speed_mps") == (pytest.approx(V_95[v] / 1.96) if v in V_95 else None)


def test_all_at_once_are_the_same_as_one_by_one() -> None:
    data = b"".join(line(w[0]) for w in UAT2TEXT)
    found = rows(data)
    assert len(found) == len(UAT2TEXT)
    for row, wanted in zip(found, UAT2TEXT, strict=True):
        (alone,) = rows(line(wanted[0]))
        assert row | {"source_offset": 0} == alone
    sizes = [len(line(w[0])) for w in UAT2TEXT]
    assert [r["source_offset"] for r in found] == [sum(sizes[:i]) for i in range(len(sizes))]


# -- columns ---------------------------------------------------------------------------------------------------------
def test_a_row_in_full() -> None:
    sent = place(
        payload_type=1,
        alt_wgs84_m=280.0,
        speed_mps=60.0,
        course_deg=90.0,
        climb_mps=1.0,
        call_sign="N12345",
        category=14,
        nac_p=9,
        nac_v=2,
        gva=2,
        time=NOW,
        corrected=3,
    )
    (row,) = rows(sent, received=NOW + 0.2)
    assert (row.pop("time"), row.pop("received")) == (NOW, NOW + 0.2)
    assert (row.pop("lat_deg"), row.pop("lon_deg")) == pytest.approx((33.7, -118.2), abs=1.1e-5)
    assert row == pytest.approx(
        {
            "time_source": "sensor",
            "sensor_id": "uat",
            "kind": "adsb",
            "report": "plot",
            "origin": "live",
            "alt_pressure_m": 975 * FEET,
            "alt_wgs84_m": 925 * FEET,
            "speed_mps": 117 * KNOTS,
            "course_deg": 90.0,
            "climb_mps": 192 * FEET_PER_MINUTE,
            "sigma_position_m": 30 / 2.448,
            "sigma_altitude_m": 45 / 1.96,
            "sigma_speed_mps": 3 / 1.96,
            "center_hz": 978e6,
            "identity": "A66EF1",
            "identity_kind": "icao_address",
            "transport": "uat",
            "classification": "uav",
            "source": "test",
            "source_offset": 0,
        }
    )


@pytest.mark.parametrize(
    ("qualifier", "identity", "kind", "report", "number"),
    [
        ("adsb_icao", "A66EF1", "icao_address", "plot", None),
        ("adsb_other", "~A66EF1", None, "plot", None),
        ("tisb_icao", "A66EF1", "icao_address", "track", None),
        ("tisb_trackfile", "~A66EF1", None, "track", "A66EF1"),
        ("vehicle", "~A66EF1", None, "plot", None),
        ("beacon", "~A66EF1", None, "plot", None),
        ("adsr_other", "~A66EF1", None, "plot", None),
    ],
)
def test_each_address_qualifier(qualifier: str, identity: str, kind: str | None, report: str, number: str | None) -> None:
    (row,) = rows(place(qualifier=qualifier))
    assert (row["identity"], row.get("identity_kind"), row["report"], row.get("sensor_track_id")) == (
        identity,
        kind,
        report,
        number,
    )


def test_one_address_of_two_kinds_is_two() -> None:
    found = rows(place() + place(qualifier="adsb_other") + place())
    assert [r["identity"] for r in found] == ["A66EF1", "~A66EF1", "A66EF1"]


def test_the_height_accuracy_needs_a_geometric_height_and_version_2() -> None:
    given_ = {"payload_type": 1, "gva": 2, "alt_wgs84_m": 100.0}
    found = rows(
        place(**given_)
        + place(**given_ | {"version": 1})
        + place(**given_ | {"alt_wgs84_m": math.nan})
        + place(**given_ | {"gva": 3})
    )
    assert ["sigma_altitude_m" in r for r in found] == [True, False, False, False]


def test_accuracy_is_not_read_where_the_message_has_none() -> None:
    found = rows(b"".join(place(payload_type=t, nac_p=9, nac_v=1) for t in range(11)))
    assert ["sigma_position_m" in r for r in found] == [t in (1, 3) for t in range(11)]


def test_the_ends_of_scales_are_unknown() -> None:
    message = bytearray.fromhex("00a66ef1135445d525a0000000000000000000")[:18]
    message[10], message[11] = 0xFF, 0xF8  # altitude 4095: 101,350 ft or more
    message[12:17] = (1023 << 26 | 0 << 25 | 1023 << 15 | 511 << 4).to_bytes(5, "big")
    (row,) = rows(line("-" + message.hex()))
    assert not {"alt_pressure_m", "alt_wgs84_m", "speed_mps", "course_deg", "climb_mps"} & set(row)


def test_headings_are_no_course() -> None:
    for kind in range(4):
        bits = (2 << 38 | 11 << 26 | kind << 24 | 128 << 15).to_bytes(5, "big")
        message = bytes.fromhex("00a66ef1135445d525a0a0c8") + bits + b"\0"
        (row,) = rows(line("-" + message.hex()))
        assert row["speed_mps"] == pytest.approx(10 * KNOTS)
        assert row.get("course_deg") == (90.0 if kind == 1 else None)
        assert "climb_mps" not in row


# -- time ------------------------------------------------------------------------------------------------------------
def test_the_receivers_stamp_is_the_time_and_else_the_receive_time() -> None:
    found = rows(place(time=NOW - 5) + place(), received=NOW)
    assert [(r["time"], r["time_source"], r["received"]) for r in found] == [(NOW - 5, "sensor", NOW), (NOW, "receiver", NOW)]
    (row,) = rows(place())
    assert not {"time", "time_source", "received"} & set(row)


@pytest.mark.parametrize(
    "stamp", ["t=", "t=soon", "t=1e9", "t=12", "t=99999999999", "t=1.2.3", "t=-5", "T=1780056000", "tt=1780056000", "t"]
)
def test_a_stamp_that_is_none_is_not_believed(stamp: str) -> None:
    (row,) = rows(line(UAT2TEXT[0][0], stamp + ";"), received=NOW)
    assert (row["time"], row["time_source"]) == (NOW, "receiver")


def test_metadata_stands_in_any_order_and_more_of_it_is_no_fault() -> None:
    for end in (f"rs=1;rssi=-21.3;t={NOW};rt=12345;", f"t={NOW};x", f";;t={NOW}", f"rssi=-3;;t={NOW};a=b=c;"):
        (row,) = rows(line(UAT2TEXT[0][0], end))
        assert row["time"] == NOW
        assert "power_dbm" not in row  # dBFS


@pytest.mark.parametrize(("text", "most"), [(UAT2TEXT[0][0], 6), (UAT2TEXT[1][0], 7)])
def test_more_errors_than_the_code_corrects(text: str, most: int) -> None:
    assert len(rows(line(text, f"rs={most};"))) == 1
    for errors in (str(most + 1), "9999", "x", "", "-1"):
        decoded = decode(line(text, f"rs={errors};"))
        assert decoded.detections.n == (errors == "")  # nothing is said
        assert errors == "" or decoded.left_out == Counter(uncorrected=1)


# -- what is left out --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"garbage\n", "bad_line"),
        (b"-00a6\xff;\n", "bad_line"),
        (b"-" + b"0" * 35 + b";\n", "bad_line"),
        (b"-" + b"0" * 36 + b"\n", "bad_line"),
        (b"*8d4840d6202cc371c32ce0576098;\n", "bad_line"),
        (b"-;\n", "bad_length"),
        (b"-" + b"00" * 17 + b";\n", "bad_length"),
        (b"-08" + b"00" * 17 + b";\n", "bad_length"),
        (b"-00" + b"00" * 33 + b";\n", "bad_length"),
        (b"-" + b"08" * 35 + b";\n", "bad_length"),
        (b"+" + b"ab" * 432 + b";rs=3;\n", "uplink"),
        (b"+" + b"ab" * 431 + b";\n", "bad_length"),
        (b"!program=dump978-fa;fecfix=1;\n", "metadata"),
        (line("-00" + "a66ef1" + "00" * 14), "no_position"),
        (line("-58" + "a66ef1" + "11" * 30), "no_position"),
        (line("-07" + "a66ef1" + "11" * 14), "reserved_qualifier"),
    ],
)
def test_each_reason(sent: bytes, reason: str) -> None:
    decoded = decode(place() + sent + place())
    assert decoded.detections.n == 2
    assert decoded.left_out == Counter({reason: 1})


def test_blank_lines_and_upper_case_are_no_fault() -> None:
    decoded = decode(b"\r\n\n" + place().upper().replace(b"\n", b" \r\n") + b"\n")
    assert (decoded.detections.n, decoded.left_out) == (1, Counter())


def test_a_datagram_needs_no_line_feed_and_a_cut_stream_gives_no_half_line() -> None:
    assert len(rows(place().strip(), link="udp")) == 1
    for cut in range(1, len(place()) - 1):
        decoded = decode(place()[:cut])
        assert (decoded.detections.n, decoded.left_out) == (0, Counter(truncated=1))


def test_an_endless_line_is_dropped_and_counted() -> None:
    decoder = FORMAT.make(Options())
    one = decoder.decode(Chunk.one(b"-" + b"0" * 5000))
    two = decoder.decode(Chunk.one(b"00;\n" + place()))
    assert (one.left_out, two.left_out, two.detections.n) == (Counter(oversized=1), Counter(bad_line=1), 1)


# -- round trips -------------------------------------------------------------------------------------------------------
@settings(deadline=None)
@given(
    st.integers(0, 2**24 - 1),
    st.sampled_from(QUALIFIERS),
    st.integers(0, 10),
    st.floats(-89.99, 90),
    st.floats(-180, 180),
    st.floats(-300, 30000),
    st.floats(-300, 30000),
    st.floats(0, 1800),
    st.floats(0, 359.9),
    st.floats(-160, 160),
    st.integers(0, 39),
)
def test_an_aircraft_comes_back_within_the_steps(
    address: int,
    qualifier: str,
    kind: int,
    lat: float,
    lon: float,
    pressure: float,
    geometric: float,
    speed: float,
    course: float,
    climb: float,
    category: int,
) -> None:
    sent = encode_uat(
        address=address,
        qualifier=qualifier,
        payload_type=kind,
        lat_deg=lat,
        lon_deg=lon,
        alt_pressure_m=pressure,
        alt_wgs84_m=geometric,
        speed_mps=speed,
        course_deg=course,
        climb_mps=climb,
        category=category,
        call_sign="ABC 1",
        time=NOW,
    )
    step = 360 / 2**24
    found = rows(sent)
    if abs(lat) < step and abs(lon) < step:
        return
    (row,) = found
    assert row["identity"].removeprefix("~") == f"{address:06X}"
    assert row["lat_deg"] == pytest.approx(lat, abs=step / 2 + 1e-12)
    assert abs((row["lon_deg"] - lon + 180) % 360 - 180) <= step / 2 + 1e-12
    assert row["alt_pressure_m"] == pytest.approx(pressure, abs=12.5 * FEET + 1e-9)
    assert row.get("alt_wgs84_m") == (pytest.approx(geometric, abs=12.5 * FEET + 1e-9) if kind in (1, 2, 5, 6) else None)
    fast = speed / KNOTS > 1021
    grain = (4 if fast else 1) * KNOTS
    turn = math.radians(course)
    north, east = speed * math.cos(turn), speed * math.sin(turn)
    back = math.radians(row.get("course_deg", 0.0))
    assert row["speed_mps"] * math.cos(back) == pytest.approx(north, abs=grain / 2 + 1e-6)
    assert row["speed_mps"] * math.sin(back) == pytest.approx(east, abs=grain / 2 + 1e-6)
    assert row["climb_mps"] == pytest.approx(climb, abs=32 * FEET_PER_MINUTE + 1e-9)


@given(st.floats(0, 500), st.floats(0, 359.9))
def test_a_vehicle_comes_back_within_the_steps(speed: float, course: float) -> None:
    (row,) = rows(
        encode_uat(address=1, qualifier="vehicle", lat_deg=1, lon_deg=2, on_ground=True, speed_mps=speed, course_deg=course)
    )
    assert row["speed_mps"] == pytest.approx(speed, abs=0.51 * KNOTS)
    assert abs((row["course_deg"] - course + 180) % 360 - 180) <= 180 / 512 + 1e-9


def test_what_is_unknown_is_not_sent() -> None:
    (row,) = rows(encode_uat(address=1, lat_deg=1, lon_deg=2))
    assert not {"alt_pressure_m", "alt_wgs84_m", "speed_mps", "course_deg", "climb_mps", "time", "sigma_position_m"} & set(row)


@settings(deadline=None)
@given(st.binary(min_size=34, max_size=34), st.integers(1, 31))
def test_any_bits_give_a_row_that_fits_or_a_reason(message: bytes, kind: int) -> None:
    sent = bytes([kind << 3 | message[0] & 7]) + message[1:]
    decoded = decode(line("-" + sent.hex()))
    assert decoded.detections.n + sum(decoded.left_out.values()) == 1
    for row in decoded.detections.rows():
        assert -90 <= row["lat_deg"] <= 90
        assert -180 <= row["lon_deg"] <= 180
        assert 0 <= row.get("course_deg", 0) < 360


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(sent: bytes) -> None:
    decode(sent)
    decode(sent, link="udp")
    decode(place() + b"-" + sent + b";\n" + place())


def test_options_name_the_sensor_and_the_origin() -> None:
    (row,) = rows(place(), sensor_id="roof", origin="exercise")
    assert (row["sensor_id"], row["origin"]) == ("roof", "exercise")


def test_an_empty_chunk_gives_nothing() -> None:
    empty = np.zeros(0, np.int64)
    for link in ("stream", "udp"):
        decoded = FORMAT.make(Options()).decode(Chunk(b"", empty, empty, np.zeros(0), empty, "test", link))
        assert (decoded.detections.n, decoded.left_out) == (0, Counter())


def test_sniffing(shared_data: Any) -> None:
    assert sniff(place())
    assert sniff(line(UAT2TEXT[1][0]) * 60)
    assert sniff(b"!fecfix=1;program=dump978-fa;\r\n" + place())
    assert sniff(b"+" + b"0a" * 432 + b";rs=1;\n")
    for other in (b"", b"-", b"-12345;\n", b"-118.2;33.7\n", b"*8d4840d6202cc371c32ce0576098;\n", b"- " + b"0" * 36 + b";"):
        assert not sniff(other)
    assert not sniff((shared_data / "adsb" / "reference_output_sbs.txt").read_bytes()[:4096])
