"""Beast frames: a recorded log against dump1090's lines of the same messages, published messages, and our own encoder."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.feed.adsb import modes, modes_kernels
from picket.feed.adsb.beast import FORMAT, sniff
from picket.feed.adsb.modes import (
    encode_airborne,
    encode_beast,
    encode_identification,
    encode_operational_status,
    encode_squitter,
    encode_surface,
    encode_velocity,
)
from picket.feed.adsb.transmitters import CATEGORY_WORDS
from picket.feed.format import Chunk, Decoded, Options

NOON = 1_780_056_000.0
FEET, KNOTS, FEET_PER_MINUTE = 0.3048, 1852 / 3600, 0.3048 / 60
MHZ12 = 12_000_000
HOME = (33.75, -118.2)


def frame(message: int, at: float = 0.0, icao: str = "3C6444", **given_: Any) -> bytes:
    """A frame of one ME, `at` seconds of a 12 MHz counter."""
    return encode_beast(encode_squitter(icao, message, **given_), round((at + 1) * MHZ12))


def pair(
    at: float = 0.0, lat: float = HOME[0], lon: float = HOME[1], icao: str = "3C6444", ground: bool = False, **more: Any
) -> bytes:
    """An even and an odd position half a second apart: one row, of the second."""
    encode = encode_surface if ground else encode_airborne
    squitter = {k: more.pop(k) for k in ("format", "control") if k in more}
    return b"".join(frame(encode(lat, lon, odd=odd, **more), at + odd / 2, icao, **squitter) for odd in (False, True))


def decode(
    data: bytes, *, link: str = "stream", received: float = math.nan, time_source: str = "receiver", **options: Any
) -> Decoded:
    decoder = FORMAT.make(Options(**options))
    chunk = Chunk.one(data, received=received, source="test", link=link, time_source=time_source)
    return Decoded.join([decoder.decode(chunk), decoder.finish()])


def rows(data: bytes, **given_: Any) -> list[dict[str, Any]]:
    return list(decode(data, **given_).detections.rows())


def last(data: bytes, **given_: Any) -> dict[str, Any]:
    return rows(data, **given_)[-1]


# -- the recording -------------------------------------------------------------------------------------------------


def recorded(shared_data: Path) -> bytes:
    (log,) = (shared_data / "adsb").glob("ulss7*.log")
    return log.read_bytes()


def plain_frames(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(type, counter, message) of frames without damage, read the simple way."""
    p = 0
    while p < len(data):
        kind, body, p = data[p + 1], bytearray(), p + 2
        while len(body) < 7 + {0x31: 2, 0x32: 7, 0x33: 14}[kind]:
            p += data[p] == 0x1A
            body.append(data[p])
            p += 1
        yield kind, int.from_bytes(body[:6], "big"), bytes(body[7:])


def reference(shared_data: Path) -> list[list[str]]:
    text = (shared_data / "adsb" / "reference_output_sbs.txt").read_text()
    return [line.split(",") for line in text.splitlines() if line.startswith("MSG,")]


def test_the_recording_gives_every_position_of_the_reference_in_order(shared_data: Path) -> None:
    log = recorded(shared_data)
    decoded = decode(log, received=1522782148.136, time_source="operator")
    positions = [f for f in reference(shared_data) if f[1] == "3" and f[14]]
    assert len(decoded.detections) == len(positions) == 1456
    for row, f in zip(decoded.detections.rows(), positions, strict=True):
        assert (row["identity"], row["identity_kind"]) == (f[4], "icao_address")
        assert (row["lat_deg"], row["lon_deg"]) == pytest.approx((float(f[14]), float(f[15])), abs=5.1e-6)  # it prints 5 digits
        assert row.get("alt_pressure_m") == (pytest.approx(float(f[11]) * FEET) if f[11] else None)
        time = datetime.strptime(f"{f[6]},{f[7]}+0000", "%Y/%m/%d,%H:%M:%S.%f%z").timestamp()
        assert row["time"] == pytest.approx(time, abs=1.1e-3)  # milliseconds, cut off


def test_the_recording_counts_all_other_messages(shared_data: Path) -> None:
    log = recorded(shared_data)
    frames = list(plain_frames(log))
    assert len(frames) == 13954
    formats = Counter(m[0] >> 3 for kind, _, m in frames if kind != 0x31)
    squitters = [m for _, _, m in frames if len(m) == 14 and m[0] >> 3 in (17, 18)]
    assert all(modes.parity(m[:11]) == int.from_bytes(m[11:], "big") for m in squitters)
    codes = Counter(m[4] >> 3 for m in squitters)
    positions = sum(n for code, n in codes.items() if 5 <= code <= 18 or 20 <= code <= 22)
    decoded = decode(log)
    assert decoded.left_out == Counter(
        mode_ac=sum(kind == 0x31 for kind, _, _ in frames),
        other_downlink_format=sum(formats.values()) - formats[17] - formats[18],
        no_position=len(squitters) - positions,
        position_incomplete=positions - 1456,
    )
    assert positions == 1498
    assert "time" not in decoded.detections.columns or np.isnan(decoded.detections["time"]).all()


def test_velocities_of_the_recording_are_the_references(shared_data: Path) -> None:
    log = recorded(shared_data)
    kinds = [f for f in reference(shared_data) if f[1] in "34"]
    found, latest = iter(rows(log)), {}
    checked = 0
    for f in kinds:
        if f[1] == "4":
            latest[f[4]] = f
        elif f[14]:
            row, velocity = next(found), latest.get(f[4])
            if "speed_mps" in row and velocity:
                checked += 1
                assert row["speed_mps"] == pytest.approx(float(velocity[12]) * KNOTS, abs=1.01 * KNOTS)  # it cuts to whole knots
                assert abs((row["course_deg"] - float(velocity[13]) + 180) % 360 - 180) <= 1.6  # from whole knots, then cut
                assert row["climb_mps"] == pytest.approx(float(velocity[16]) * FEET_PER_MINUTE)
    assert checked > 1300


def test_the_recording_cut_anywhere_gives_the_same(shared_data: Path) -> None:
    log = recorded(shared_data)[:40_000]
    whole = decode(log, received=NOON, time_source="operator")
    for size in (7, 1013):
        decoder, parts = FORMAT.make(Options()), []
        for i in range(0, len(log), size):
            chunk = Chunk.one(log[i : i + size], received=NOON + i, offset=i, source="test", time_source="operator")
            parts.append(decoder.decode(chunk))
        joined = Decoded.join([*parts, decoder.finish()])
        assert list(joined.detections.rows()) == list(whole.detections.rows())
        assert joined.left_out == whole.left_out


# -- published messages (J. Sun, The 1090 Megahertz Riddle) -----------------------------------------------------------


def published(*messages: str) -> bytes:
    return b"".join(encode_beast(bytes.fromhex(m), (i + 1) * MHZ12) for i, m in enumerate(messages))


def test_the_published_airborne_position() -> None:
    row = last(published("8D40621D58C386435CC412692AD6", "8D40621D58C382D690C8AC2863A7"))
    assert (row["identity"], row["lat_deg"], row["lon_deg"]) == pytest.approx(("40621D", 52.25720214843750, 3.91937255859375))
    assert row["alt_pressure_m"] == pytest.approx(38000 * FEET)


def test_the_published_surface_position() -> None:
    near = pair(lat=51.990, lon=4.375, icao="ABCDEF")
    row = last(near + published("8C4841753AAB238733C8CD4020B1", "8C4841753A8A35323FAEBDAC702D"))
    assert (row["identity"], row["lat_deg"], row["lon_deg"]) == pytest.approx(("484175", 52.32061, 4.73473), abs=1e-5)
    assert (row["speed_mps"], row["course_deg"]) == pytest.approx((16 * KNOTS, 98.4375))


@pytest.mark.parametrize(
    ("message", "speed", "course", "climb"),
    [("8D485020994409940838175B284F", 159.20, 182.88, -832), ("8DA05F219B06B6AF189400CBC33F", None, None, -2304)],
)
def test_the_published_velocities(message: str, speed: float | None, course: float | None, climb: float) -> None:
    row = last(published(message) + pair(icao=message[2:8]))
    assert row.get("speed_mps") == (None if speed is None else pytest.approx(speed * KNOTS, abs=0.01))
    assert row.get("course_deg") == (None if course is None else pytest.approx(course, abs=0.01))
    assert row["climb_mps"] == pytest.approx(climb * FEET_PER_MINUTE)


def test_the_encoder_writes_the_published_messages() -> None:
    assert encode_squitter("4840D6", encode_identification("KLM1023 ")).hex().upper()[:22] == "8D4840D6202CC371C32CE0"
    assert encode_squitter("4840D6", 0x202CC371C32CE0).hex().upper() == "8D4840D6202CC371C32CE0576098"


# -- fields ----------------------------------------------------------------------------------------------------------


def test_a_row_holds_what_the_messages_say() -> None:
    data = (
        frame(encode_identification("DLH123", "A7"))
        + frame(encode_operational_status(nacp=9))
        + frame(encode_velocity(speed_mps=100 * KNOTS, course_deg=90, climb_mps=-640 * FEET_PER_MINUTE, nacv=2))
        + pair(1, alt_pressure_m=3000 * FEET, type_code=11)
    )
    (row,) = rows(data, received=NOON)
    assert row == pytest.approx(
        {
            "time": NOON, "time_source": "receiver", "received": NOON, "sensor_id": "beast", "kind": "adsb", "report": "plot",
            "origin": "live", "lat_deg": row["lat_deg"], "lon_deg": row["lon_deg"], "alt_pressure_m": 3000 * FEET,
            "speed_mps": 100 * KNOTS, "course_deg": 90.0, "climb_mps": -640 * FEET_PER_MINUTE, "sigma_position_m": 30 / 2.448,
            "sigma_speed_mps": 3 / 1.96, "center_hz": 1090e6, "identity": "3C6444", "identity_kind": "icao_address",
            "transport": "1090es", "classification": "helicopter", "source": "test", "source_offset": len(data) - 23,
        }
    )  # fmt: skip
    assert (row["lat_deg"], row["lon_deg"]) == pytest.approx(HOME, abs=5e-5)


def test_gnss_heights_are_no_pressure_altitudes() -> None:
    row = last(frame(encode_operational_status(nacp=10, gva=2)) + pair(alt_wgs84_m=2500 * FEET, type_code=20))
    assert (row["alt_wgs84_m"], row["sigma_altitude_m"]) == pytest.approx((2500 * FEET, 45 / 1.96))
    assert "alt_pressure_m" not in row


@pytest.mark.parametrize(("type_code", "height"), [(9, 3050), (10, 3050), (11, None), (18, None)])
def test_the_height_above_pressure_altitude_is_taken_where_it_is_to_the_ellipsoid(type_code: int, height: float | None) -> None:
    velocity = frame(encode_velocity(above_pressure_m=50 * FEET))
    row = last(velocity + pair(alt_pressure_m=3000 * FEET, type_code=type_code))
    assert row.get("alt_wgs84_m") == (None if height is None else pytest.approx(height * FEET))
    assert row["alt_pressure_m"] == pytest.approx(3000 * FEET)


@given(st.integers(-12, 1267))
def test_gillham_altitudes_come_back(hundreds: int) -> None:
    code = modes.gillham_code(hundreds * 100)
    assert not code & 0x10
    assert modes_kernels.altitude_ft(code) == hundreds * 100


def test_every_altitude_code_is_an_altitude_or_none() -> None:
    """Codes of the 25 ft step, and the Gillham codes in their order: Annex 10 IV appendix to chapter 3 ends at 126700 ft."""
    known = [modes_kernels.altitude_ft(code) for code in range(1 << 12)]
    fine = sorted(a for code, a in enumerate(known) if code & 0x10)
    assert fine == [n * 25 - 1000 for n in range(2048)]
    coarse = sorted(a for code, a in enumerate(known) if not code & 0x10 and a == a)
    assert coarse == [n * 100 for n in range(-12, 1268)]


@pytest.mark.parametrize(
    ("code", "knots"),
    [(0, None), (1, 0), (2, 0.125), (8, 0.875), (9, 1), (12, 1.75), (13, 2), (38, 14.5), (39, 15), (93, 69), (94, 70), (108, 98),
     (109, 100), (123, 170), (124, None), (125, None), (127, None)],
)  # fmt: skip
def test_ground_speeds_are_the_standards(code: int, knots: float | None) -> None:
    found = modes_kernels.movement_kt(code)
    assert (found == knots) if knots is not None else math.isnan(found)
    if knots is not None:
        assert modes.movement_code(knots) == code


def test_values_at_the_end_of_their_field_are_unknown() -> None:
    """The last code means "more than": a bound, no value."""
    assert "speed_mps" not in last(frame(encode_velocity(speed_mps=5000 * KNOTS, course_deg=90)) + pair())
    assert "climb_mps" not in last(frame(encode_velocity(climb_mps=-200)) + pair())
    row = last(pair(icao="ABCDEF") + pair(ground=True, speed_mps=200 * KNOTS))
    assert "speed_mps" not in row


def test_a_standing_aircraft_has_no_course() -> None:
    row = last(frame(encode_velocity(speed_mps=0, course_deg=0)) + pair())
    assert row["speed_mps"] == 0
    assert "course_deg" not in row


@given(
    st.floats(0, 1000),
    st.floats(0, 359.9),
    st.floats(-100, 100),
    st.floats(-300, 15000),  # Mode S codes of 25 ft begin at -1000 ft
    st.floats(-88, 88),
    st.floats(-180, 180),
)
def test_an_aircraft_comes_back_within_the_steps(
    speed: float, course: float, climb: float, alt: float, lat: float, lon: float
) -> None:
    data = frame(encode_velocity(speed_mps=speed, course_deg=course, climb_mps=climb)) + pair(
        lat=lat, lon=lon, alt_pressure_m=alt
    )
    found = rows(data + frame(encode_airborne(lat, lon, odd=False, alt_pressure_m=alt), 1))
    if not found:  # across a border of the zones: nothing global, and nothing known before
        return
    row = found[-1]
    assert row["lat_deg"] == pytest.approx(lat, abs=5e-5)
    assert abs((row["lon_deg"] - lon + 180) % 360 - 180) * math.cos(math.radians(lat)) < 5e-5
    assert row["alt_pressure_m"] == pytest.approx(alt, abs=12.6 * FEET)
    step = 4 if speed / KNOTS > 1021 else 1
    assert row["speed_mps"] == pytest.approx(speed, abs=0.75 * step * KNOTS)
    if speed > 50:
        assert abs((row["course_deg"] - course + 180) % 360 - 180) < 2 * step
    assert row["climb_mps"] == pytest.approx(climb, abs=33 * FEET_PER_MINUTE)


def test_velocities_age_and_belong_to_one_address() -> None:
    velocity = frame(encode_velocity(speed_mps=50, course_deg=10))
    data = velocity + pair(1, icao="ABCDEF") + pair(9) + pair(11)
    assert ["speed_mps" in row for row in rows(data)] == [False, True, False, False]


@pytest.mark.parametrize(
    ("category", "word"),
    [("A0", None), ("A1", "light_aircraft"), ("A7", "helicopter"), ("B1", "glider"), ("B5", None), ("B6", "uav"),
     ("C1", "emergency_vehicle"), ("C2", "ground_vehicle"), ("C3", "fixed_obstacle"), ("D1", None)],
)  # fmt: skip
def test_emitter_categories_classify(category: str, word: str | None) -> None:
    assert last(frame(encode_identification("X", category)) + pair()).get("classification") == word
    assert word is None or word in CATEGORY_WORDS


# -- on the surface ----------------------------------------------------------------------------------------------------


def test_a_surface_pair_without_any_reference_is_counted() -> None:
    decoded = decode(pair(ground=True))
    assert len(decoded.detections) == 0
    assert decoded.left_out == Counter(position_incomplete=1, no_reference=1)


@given(st.floats(-80, 80), st.floats(-180, 180))
def test_aircraft_in_the_air_tell_where_the_airport_is(lat: float, lon: float) -> None:
    found = rows(pair(lat=lat + 1, lon=lon, icao="ABCDEF") + pair(lat=lat, lon=lon, ground=True, speed_mps=5, course_deg=90))
    found = [r for r in found if r["identity"] == "3C6444"]
    if found:
        assert found[0]["lat_deg"] == pytest.approx(lat, abs=2e-5)
        assert abs((found[0]["lon_deg"] - lon + 180) % 360 - 180) * math.cos(math.radians(lat)) < 2e-5
        assert (found[0]["speed_mps"], found[0]["course_deg"]) == pytest.approx((5, 90), abs=0.6)


def test_aircraft_all_over_the_world_tell_nothing() -> None:
    far = pair(lat=50, lon=8, icao="ABCDEF") + pair(lat=-30, lon=-60, icao="ABCDE0") + pair(1, lat=-30, lon=-60, icao="ABCDE0")
    assert decode(far + pair(1, ground=True)).left_out["no_reference"] == 1


def test_a_first_place_out_of_the_receivers_reach_must_be_confirmed() -> None:
    near, far = pair(icao="ABCDEF"), {"lat": -30, "lon": 60}
    once = decode(near + pair(1, **far))
    assert (len(once.detections), once.left_out["position_jump"]) == (1, 1)
    twice = decode(near + pair(1, **far) + pair(2, **far))
    assert twice.detections["lat_deg"] == pytest.approx([HOME[0], -30], abs=5e-5)


def test_an_aircraft_that_lands_is_followed() -> None:
    found = rows(pair(alt_pressure_m=100.0) + pair(10, lat=HOME[0] - 0.005, ground=True, speed_mps=60, course_deg=180))
    assert [r["lat_deg"] for r in found[-2:]] == pytest.approx([HOME[0] - 0.005] * 2, abs=2e-5)


def test_a_heading_on_the_surface_is_no_course() -> None:
    air, ground = pair(icao="ABCDEF"), pair(ground=True, course_deg=90, speed_mps=3)
    assert last(air + frame(encode_operational_status(on_ground=True, nacv=1)) + ground)["course_deg"] == 90
    row = last(air + frame(encode_operational_status(on_ground=True, heading=True, nacv=1)) + ground)
    assert "course_deg" not in row
    assert row["sigma_speed_mps"] == pytest.approx(10 / 1.96)


# -- quality ----------------------------------------------------------------------------------------------------------

# ICAO Doc 9871 C.2.3.10.7: NACp and its 95 % radius, metres
NACP = {
    0: None,
    1: 18520,
    2: 7408,
    3: 3704,
    4: 1852,
    5: 926,
    6: 555.6,
    7: 185.2,
    8: 92.6,
    9: 30,
    10: 10,
    11: 3,
    12: None,
    15: None,
}


@pytest.mark.parametrize(("nacp", "radius"), NACP.items())
def test_nacp_is_a_radius_of_95_per_cent(nacp: int, radius: float | None) -> None:
    row = last(frame(encode_operational_status(nacp=nacp)) + pair(type_code=11))
    assert row.get("sigma_position_m") == (None if radius is None else pytest.approx(radius / 2.448))


@pytest.mark.parametrize(("type_code", "radius"), [(9, 3), (10, 10), (11, 92.6), (13, 463), (16, 9260), (17, 18520), (18, None)])
def test_a_transmitter_of_version_0_says_it_by_its_type_code(type_code: int, radius: float | None) -> None:
    expected = None if radius is None else pytest.approx(radius / 2.448)
    assert last(pair(type_code=type_code)).get("sigma_position_m") == expected
    assert last(frame(encode_operational_status(version=0)) + pair(type_code=type_code)).get("sigma_position_m") == expected


@pytest.mark.parametrize(("type_code", "radius"), [(5, 3), (6, 10), (7, 92.6), (8, None)])
def test_on_the_surface_too(type_code: int, radius: float | None) -> None:
    row = last(pair(icao="ABCDEF") + pair(ground=True, type_code=type_code))
    assert row.get("sigma_position_m") == (None if radius is None else pytest.approx(radius / 2.448))


def test_quality_ages() -> None:
    status = frame(encode_operational_status(nacp=9))
    assert "sigma_position_m" in last(status + pair(59))
    assert "sigma_position_m" not in last(status + pair(62))


@pytest.mark.parametrize(("nacv", "bound"), [(0, None), (1, 10), (2, 3), (3, 1), (4, 0.3), (5, None), (7, None)])
def test_nacv_is_a_bound_of_95_per_cent(nacv: int, bound: float | None) -> None:
    row = last(frame(encode_velocity(speed_mps=50, course_deg=5, nacv=nacv)) + pair())
    assert row.get("sigma_speed_mps") == (None if bound is None else pytest.approx(bound / 1.96))


# -- whose position ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("control", "flag", "identity", "kind", "report"),
    [
        (0, False, "3C6444", "icao_address", "plot"),
        (1, False, "~3C6444", None, "plot"),
        (2, False, "3C6444", "icao_address", "track"),
        (2, True, "~3C6444", None, "track"),
        (5, False, "~3C6444", None, "track"),
        (6, False, "3C6444", "icao_address", "plot"),
        (6, True, "~3C6444", None, "plot"),
    ],
)
@pytest.mark.parametrize("ground", [False, True])
def test_control_fields_say_whose_address_it_is(
    control: int, flag: bool, identity: str, kind: str | None, report: str, ground: bool
) -> None:
    row = last(pair(icao="ABCDEF") + pair(format=18, control=control, flag=flag, ground=ground))
    assert (row["identity"], row.get("identity_kind"), row["report"]) == (identity, kind, report)
    assert ("sigma_position_m" in row) == (report == "plot")


def test_one_address_in_two_roles_is_two_transmitters() -> None:
    data = frame(encode_airborne(*HOME, odd=False)) + frame(encode_airborne(*HOME, odd=True), 0.5, format=18, control=2)
    assert rows(data) == []


@pytest.mark.parametrize(("control", "reason"), [(3, "tisb_coarse"), (4, "no_position"), (7, "no_position")])
def test_other_control_fields_are_counted(control: int, reason: str) -> None:
    assert decode(pair(format=18, control=control)).left_out == Counter({reason: 2})


def test_multilateration_is_an_estimate() -> None:
    both = [
        encode_squitter("3C6444", encode_airborne(*HOME, odd=odd, type_code=18), format=18, control=2) for odd in (False, True)
    ]
    (row,) = rows(b"".join(encode_beast(m, 0xFF004D4C4154) for m in both), received=NOON)
    assert (row["kind"], row["report"], row["time"]) == ("mlat", "track", NOON)


@pytest.mark.parametrize("format", [0, 4, 5, 11, 16, 19, 20, 21, 24, 31])
def test_other_downlink_formats_are_counted(format: int) -> None:
    long = encode_beast(encode_squitter("3C6444", encode_airborne(*HOME, odd=False), format=format), MHZ12)
    assert decode(long).left_out == Counter(other_downlink_format=1)
    assert decode(encode_beast(bytes([format << 3]) + b"\x3c\x64\x44abc", 1)).left_out == Counter(other_downlink_format=1)


# -- positions that cannot be -------------------------------------------------------------------------------------------


def test_an_impossible_place_is_counted_and_the_aircraft_goes_on() -> None:
    data = pair(0) + frame(encode_airborne(HOME[0] + 0.5, HOME[1], odd=False), 1) + pair(2)
    decoded = decode(data)
    assert decoded.left_out == Counter(position_incomplete=1, position_jump=1)
    assert len(decoded.detections) == 3
    assert decoded.detections["lat_deg"] == pytest.approx([HOME[0]] * 3, abs=5e-5)


def test_an_address_that_turns_up_elsewhere_is_believed_after_some_time() -> None:
    data = pair(0) + b"".join(pair(1 + i, lat=HOME[0] + 2) for i in range(6))
    found = decode(data)
    assert found.left_out["position_jump"] > 3
    assert found.detections["lat_deg"][-1] == pytest.approx(HOME[0] + 2, abs=5e-5)
    assert all(min(abs(lat - HOME[0]), abs(lat - HOME[0] - 2)) < 1e-3 for lat in found.detections["lat_deg"])


@pytest.mark.parametrize("seed", range(5))
def test_two_transmitters_of_one_address_do_not_mix_into_a_third_place(seed: int) -> None:
    """One even and one odd message of two places make a third, mostly on another continent."""
    chance, data = random.Random(seed), pair(icao="ABCDEF")
    for i in range(200):
        lat = HOME[0] if chance.random() < 0.5 else HOME[0] + 1.5
        data += frame(encode_airborne(lat, HOME[1], odd=chance.random() < 0.5), 1 + i / 4)
    decoded = decode(data)
    assert all(min(abs(lat - HOME[0]), abs(lat - HOME[0] - 1.5)) < 1e-3 for lat in decoded.detections["lat_deg"])
    assert decoded.left_out["position_jump"] > 30
    assert len(decoded.detections) > 30


def test_halves_of_a_pair_too_far_apart_in_time_are_none() -> None:
    halves = [frame(encode_airborne(*HOME, odd=odd), 10.1 * odd) for odd in (False, True)]
    assert decode(b"".join(halves)).left_out == Counter(position_incomplete=2)


def test_a_lone_message_is_placed_near_the_last_place_for_two_minutes() -> None:
    assert len(rows(pair(0) + frame(encode_airborne(*HOME, odd=False), 119))) == 2
    assert len(rows(pair(0) + frame(encode_airborne(*HOME, odd=False), 122))) == 1


def test_a_lost_position_is_none() -> None:
    assert decode(pair(0) + frame(11 << 51 | 0x123 << 36, 1)).left_out == Counter(position_incomplete=1, no_position=1)


def test_what_is_handed_on_twice_gets_the_same_answer_twice() -> None:
    once, twice = decode(pair(0)), decode(b"".join(pair(0)[i : i + 23] * 2 for i in (0, 23)))
    assert len(once.detections) == 1
    one, two = twice.detections.rows()
    del one["source_offset"], two["source_offset"]
    assert one == pytest.approx(two)
    assert twice.left_out == Counter(position_incomplete=2)


# -- time -----------------------------------------------------------------------------------------------------------


def test_a_recording_has_no_time_without_a_start() -> None:
    row = last(pair(), time_source="container")
    assert not {"time", "time_source", "received"} & set(row)


def test_a_start_dates_the_first_frame_and_the_counter_the_others() -> None:
    data = frame(encode_velocity()) + frame(encode_velocity(), 280) + pair(550)
    found = rows(data, received=NOON, time_source="operator")
    assert [r["time"] for r in found] == pytest.approx([NOON + 550.5], abs=1e-6)
    assert {r["time_source"] for r in found} == {"operator"}
    slow = rows(data, received=NOON, time_source="operator", rate=6e6)
    assert slow[0]["time"] == pytest.approx(NOON + 1101, abs=1e-6)


def test_the_counter_runs_over() -> None:
    near = (1 << 48) - MHZ12 // 4
    data = b"".join(
        encode_beast(encode_squitter("3C6444", encode_airborne(*HOME, odd=odd)), near + odd * MHZ12 // 2) for odd in (0, 1)
    )
    (row,) = rows(data, received=NOON, time_source="operator")
    assert row["time"] == pytest.approx(NOON + 0.5, abs=1e-6)


def test_a_receiver_that_was_restarted_is_noticed() -> None:
    data = pair(5000) + pair(10) + pair(12) + pair(14)
    decoded = decode(data, received=NOON, time_source="operator")
    assert decoded.left_out["clock_step"] == 1
    times = decoded.detections["time"]
    assert times[0] == pytest.approx(NOON + 0.5)
    assert np.nanmax(times) < NOON + 10
    assert (np.diff(times[~np.isnan(times)]) >= 0).all()


def test_one_damaged_counter_dates_one_row_only() -> None:
    """Its own row has no time; those after it keep theirs."""
    wild = encode_beast(encode_squitter("3C6444", encode_airborne(*HOME, odd=False)), 200_000 * MHZ12)
    decoded = decode(pair(0) + wild + pair(2), received=NOON, time_source="operator")
    assert decoded.detections["time"].tolist() == pytest.approx([NOON + 0.5, math.nan, NOON + 2, NOON + 2.5], nan_ok=True)
    assert "clock_step" not in decoded.left_out


def live(decoder: Any, data: bytes, received: float) -> Any:
    return decoder.decode(Chunk.one(data, received=received, source="test"))


def test_frames_that_arrive_in_a_lump_keep_their_own_moments() -> None:
    decoder = FORMAT.make(Options())
    live(decoder, pair(0), NOON + 0.55)  # 50 ms on the way
    lump = live(decoder, pair(1) + pair(2), NOON + 3.0).detections
    assert lump["time"].tolist() == pytest.approx([NOON + 1.05, NOON + 1.55, NOON + 2.05, NOON + 2.55], abs=1e-6)
    assert set(lump["received"].tolist()) == {NOON + 3.0}
    assert lump.values("time_source") == ["receiver"] * 4


@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0, 2)), min_size=1, max_size=40), st.floats(-3e-5, 3e-5))
def test_a_live_time_is_never_after_the_arrival_nor_long_before(steps: list[tuple[float, float]], drift: float) -> None:
    decoder, at, arrived = FORMAT.make(Options()), 0.0, 0.0
    for step, delay in steps:
        at += step
        arrived = max(arrived, at + 0.6 + delay)
        found = live(decoder, pair(at * (1 + drift)), NOON + arrived).detections
        assert (found["time"] <= found["received"]).all()
        assert (found["time"] >= found["received"] - 2.0).all()


def test_an_hour_of_a_drifting_counter_does_not_matter() -> None:
    decoder = FORMAT.make(Options())
    for at in range(0, 7200, 5):
        found = live(decoder, pair(at * (1 + 5e-5)), NOON + at + 0.55).detections
    assert found["time"][-1] == pytest.approx(NOON + 7195.55, abs=0.01)


def test_receivers_without_a_counter_are_timed_by_arrival() -> None:
    decoder = FORMAT.make(Options())
    both = [encode_beast(encode_squitter("3C6444", encode_airborne(*HOME, odd=odd)), 0) for odd in (0, 1)]
    assert len(live(decoder, both[0], NOON).detections) == 0
    assert live(decoder, both[1], NOON + 1).detections["time"].tolist() == [NOON + 1]
    late = FORMAT.make(Options())
    live(late, both[0], NOON)
    assert live(late, both[1], NOON + 11).left_out == Counter(position_incomplete=1)


def test_two_receivers_behind_one_port_are_timed_by_arrival() -> None:
    decoder, times = FORMAT.make(Options()), []
    for i in range(20):
        data = encode_beast(encode_squitter("3C6444", encode_airborne(*HOME, odd=i % 2 == 1)), (i + 1 + i % 2 * 100_000) * MHZ12)
        times += live(decoder, data, NOON + i).detections["time"].tolist()
    assert times == pytest.approx([NOON + i for i in range(1, 20)], abs=0.01)


def radarcape(day_s: float, icao: str = "3C6444") -> bytes:
    """A pair of which the second was heard at a UTC time of day."""
    both = []
    for odd in (False, True):
        second = (day_s - 0.25 * (not odd)) % 86400
        stamp = int(second) << 30 | round(second % 1 * 1e9)
        both.append(encode_beast(encode_squitter(icao, encode_airborne(*HOME, odd=odd)), stamp))
    return b"".join(both)


@pytest.mark.parametrize(("day_s", "received"), [(43199.75, NOON + 0.1), (86399.9, NOON + 43200.2), (0.1, NOON + 43199.8)])
def test_a_radarcapes_time_of_day_is_completed_across_midnight(day_s: float, received: float) -> None:
    row = last(radarcape(day_s), received=received, edition="radarcape")
    assert row["time_source"] == "sensor"
    assert abs(row["time"] - received) < 1
    assert row["time"] % 86400 == pytest.approx(day_s, abs=1e-6)


def test_a_radarcapes_recording_follows_its_day() -> None:
    data = b"".join(radarcape((43200 + at) % 86400) for at in range(1, 60_000, 500))
    found = decode(data, received=NOON, time_source="operator", edition="radarcape").detections
    assert found["time"][-1] == pytest.approx(NOON + 59_501, abs=1e-3)
    assert "time" not in last(data, edition="radarcape")


def test_an_edition_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="radarcape"):
        FORMAT.make(Options(edition="radarcap"))


# -- framing ----------------------------------------------------------------------------------------------------------


COUNTERS = st.one_of(st.integers(0, 3 * MHZ12), st.integers(1000 * MHZ12, 2**48 - 1))


@given(st.binary(min_size=7, max_size=7), COUNTERS, st.integers(0, 255))
def test_escapes_come_back(message: bytes, counter: int, signal: int) -> None:
    """A frame between two pairs, whatever bytes it holds, does not make the step be lost."""
    middle = encode_beast(message, counter, signal)
    decoded = decode(pair(0) + middle + pair(1))
    assert len(decoded.detections) == 3
    assert "lost_step" not in decoded.left_out
    assert decoded.left_out["other_downlink_format"] == 1


@pytest.mark.parametrize(
    ("between", "reason"),
    [
        (encode_beast(b"\x10\x24", 77), "mode_ac"),
        (b"\x1a4" + bytes(16), "receiver_status"),
        (b"\x1a\xe3" + bytes(8), "other_frame"),
        (b"\x1aP123", "other_frame"),
        (b"garbage", "lost_step"),
        (b"\x1a\x1a", "lost_step"),
        (b"\x1a\x99", "lost_step"),
        (b"\x1a3\x00\x01", "cut_frame"),
        (frame(encode_velocity())[:-1] + b"\x00", "bad_checksum"),
        (frame(encode_velocity()), "no_position"),
    ],
)
def test_each_reason_between_good_frames(between: bytes, reason: str) -> None:
    decoded = decode(pair(0) + between + pair(1))
    assert len(decoded.detections) == 3
    assert decoded.left_out == Counter({"position_incomplete": 1, reason: 1})


def test_every_flipped_bit_of_a_message_is_a_bad_checksum() -> None:
    message = encode_squitter("3C6444", encode_airborne(*HOME, odd=True))
    for bit in range(5, 112):
        flipped = bytearray(message)
        flipped[bit // 8] ^= 0x80 >> bit % 8
        decoded = decode(encode_beast(bytes(flipped), MHZ12))
        assert decoded.left_out == Counter(bad_checksum=1)


def test_a_datagram_is_whole() -> None:
    data = pair()
    assert len(rows(data, link="udp")) == 1
    assert decode(data[:-1], link="udp").left_out == Counter(position_incomplete=1, truncated=1)
    assert decode(b"", link="udp").left_out == Counter(empty_payload=1)


def test_the_end_of_a_stream_within_a_frame_is_counted() -> None:
    for cut in range(1, 23):
        assert decode(pair()[: 23 + cut]).left_out == Counter(position_incomplete=1, truncated=1)


@given(st.binary(max_size=300), st.integers(0, 300))
def test_no_bytes_make_it_raise_and_cuts_mean_nothing(noise: bytes, cut: int) -> None:
    data = noise + b"\x1a3" + noise + pair()
    whole = decode(data, received=NOON)
    decoder = FORMAT.make(Options())
    parts = [
        decoder.decode(Chunk.one(data[:cut], received=NOON, source="test")),
        decoder.decode(Chunk.one(data[cut:], received=NOON, source="test", offset=min(cut, len(data)))),
        decoder.finish(),
    ]
    joined = Decoded.join(parts)
    assert joined.left_out == whole.left_out
    assert list(joined.detections.rows()) == list(whole.detections.rows())
    decode(data, link="udp")


def test_made_up_addresses_neither_grow_the_memory_nor_push_aircraft_out() -> None:
    decoder, chance = FORMAT.make(Options()), random.Random(3)
    size = sum(part.nbytes for part in decoder._memory)  # type: ignore[attr-defined]
    seen = 0
    for second in range(4):
        flood = []
        for i in range(10_000):
            place = encode_airborne(chance.uniform(-80, 80), chance.uniform(-180, 180), odd=False)
            flood.append(frame(place, second + i / 10_000, f"{chance.getrandbits(24):06X}"))
        data = b"".join(flood[:5000]) + pair(second) + b"".join(flood[5000:])
        found = decoder.decode(Chunk.one(data)).detections
        seen += sum(row["identity"] == "3C6444" for row in found.rows())
    assert seen == 7
    assert sum(part.nbytes for part in decoder._memory) == size < 3 << 20  # type: ignore[attr-defined]


# -- telling it from others ------------------------------------------------------------------------------------------


def test_sniffing(shared_data: Path) -> None:
    log = recorded(shared_data)
    assert sniff(log[:4096])
    assert sniff(log[5:4096])  # begun within a frame
    assert not sniff((shared_data / "adsb" / "reference_output_sbs.txt").read_bytes()[:4096])


def test_sniffing_datagrams_and_strangers() -> None:
    assert sniff(pair())
    assert sniff(frame(encode_velocity()))
    assert not sniff(frame(encode_velocity())[:-1])
    assert not sniff(b"")
    assert not sniff(b"\x1a" * 4096)
    assert not sniff(bytes(range(256)) * 16)
    chance = random.Random(1)
    assert not any(sniff(chance.randbytes(512)) for _ in range(500))
