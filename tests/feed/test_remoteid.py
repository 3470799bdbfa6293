"""Remote ID messages and packs: against the standard's layouts written out by hand, and round trips of our own encoders."""

from __future__ import annotations

import math
import struct
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.feed.format import Decoded, Options
from picket.feed.remoteid import messages as remoteid
from picket.feed.remoteid.messages import (
    encode_authentication,
    encode_basic_id,
    encode_location,
    encode_operator_id,
    encode_pack,
    encode_self_id,
    encode_system,
)
from picket.feed.remoteid.table import Adverts, IdentityMemory, complete, decode_adverts, heard_by_one

NOON = 1_780_056_000.0  # a full hour
SERIAL = "1581F6N8A23B2ML3Y3KR"
PLACE = {"lat_deg": 33.75, "lon_deg": -118.2}


def adverts(
    payloads: list[bytes], *, address: Any = 0xA0B1C2D3E4F5, received: Any = NOON + 100, source: str = "container"
) -> Adverts:
    """The payloads as one carrier's adverts; address and receive time are one for all or one each."""
    n = len(payloads)
    lengths = np.array([len(p) for p in payloads], np.int64)
    ends = np.cumsum(lengths)
    starts = ends - lengths
    heard = heard_by_one(
        np.full(n, received, np.float64), np.arange(n), np.full(n, address, np.int64),
        np.full(n, -60.0), np.full(n, 2437e6), np.zeros(n, np.int32),
        source="test", time_source=source, options=Options(), name="remote-id",
    )  # fmt: skip
    return Adverts(np.frombuffer(b"".join(payloads), np.uint8), starts, ends, heard)


def decode(payloads: list[bytes], memory: IdentityMemory | None = None, **heard: Any) -> Decoded:
    return decode_adverts(adverts(payloads, **heard), memory or IdentityMemory())


def rows(payloads: list[bytes], **heard: Any) -> list[dict[str, Any]]:
    return list(decode(payloads, **heard).detections.rows())


def hand_location(**changes: int) -> bytes:
    """A Location message written by hand after the standard's table: offset 0 header, 1 flags, 2 direction ..."""
    f = {
        "status": 2, "height_type": 0, "west": 1, "fast": 0, "direction": 90, "speed": 40, "climb": -6, "lat": 337500001,
        "lon": -1182000002, "pressure": 2100, "geodetic": 1960, "height": 2240, "vertical": 4, "horizontal": 10, "baro": 3,
        "speed_accuracy": 3, "tenths": 1000, "time_accuracy": 1,
    } | changes  # fmt: skip
    return struct.pack(
        "<BBBBbiiHHHBBHBB", 0x12, f["status"] << 4 | f["height_type"] << 2 | f["west"] << 1 | f["fast"], f["direction"], f["speed"],
        f["climb"], f["lat"], f["lon"], f["pressure"], f["geodetic"], f["height"], f["vertical"] << 4 | f["horizontal"],
        f["baro"] << 4 | f["speed_accuracy"], f["tenths"], f["time_accuracy"], 0,
    )  # fmt: skip


# -- one Location --------------------------------------------------------------------------------------------------


def test_a_location_written_by_hand_gives_the_standards_values() -> None:
    (row,) = rows([hand_location()])
    expected = {
        "lat_deg": 33.7500001, "lon_deg": -118.2000002, "alt_pressure_m": 50.0, "alt_wgs84_m": -20.0, "height_takeoff_m": 120.0,
        "speed_mps": 10.0, "course_deg": 270.0, "climb_mps": -3.0, "sigma_position_m": 10 / 2.448, "sigma_altitude_m": 10 / 1.96,
        "sigma_speed_mps": 1 / 1.96, "time": NOON + 100.0, "time_source": "sensor", "received": NOON + 100.0, "kind": "remote_id",
        "report": "plot", "origin": "live", "sensor_id": "remote-id", "transmitter": "A0:B1:C2:D3:E4:F5",
        "transport": "wifi_beacon", "power_dbm": -60.0, "center_hz": 2437e6, "source": "test", "source_offset": 0,
    }  # fmt: skip
    assert row == pytest.approx(expected)


def test_height_above_ground_has_a_column_of_its_own() -> None:
    (row,) = rows([hand_location(height_type=1)])
    assert row["height_agl_m"] == 120.0
    assert "height_takeoff_m" not in row


@pytest.mark.parametrize(
    ("changes", "columns"),
    [
        ({"direction": 181}, ["course_deg"]),
        ({"direction": 181, "west": 0}, ["course_deg"]),
        ({"direction": 255}, ["course_deg"]),
        ({"speed": 255, "fast": 1}, ["speed_mps"]),
        ({"speed": 255}, ["speed_mps"]),
        ({"climb": 126}, ["climb_mps"]),
        ({"climb": -128}, ["climb_mps"]),
        ({"pressure": 0}, ["alt_pressure_m"]),
        ({"geodetic": 0}, ["alt_wgs84_m"]),
        ({"height": 0}, ["height_takeoff_m", "height_agl_m"]),
        ({"horizontal": 0}, ["sigma_position_m"]),
        ({"horizontal": 13}, ["sigma_position_m"]),
        ({"vertical": 0}, ["sigma_altitude_m"]),
        ({"vertical": 15}, ["sigma_altitude_m"]),
        ({"speed_accuracy": 0}, ["sigma_speed_mps"]),
    ],
)
def test_codes_for_unknown_become_null(changes: dict[str, int], columns: list[str]) -> None:
    (row,) = rows([hand_location(**changes)])
    assert not set(columns) & set(row)
    (whole,) = rows([hand_location()])
    assert set(whole) - set(row) <= set(columns)  # and nothing else is lost


@pytest.mark.parametrize(
    ("changes", "column", "value"),
    [
        ({"direction": 0, "west": 0}, "course_deg", 0.0),
        ({"direction": 179, "west": 0}, "course_deg", 179.0),
        ({"direction": 179, "west": 1}, "course_deg", 359.0),
        ({"direction": 180, "west": 1}, "course_deg", 0.0),
        ({"speed": 254, "fast": 0}, "speed_mps", 63.5),
        ({"speed": 0, "fast": 1}, "speed_mps", 63.75),
        ({"speed": 254, "fast": 1}, "speed_mps", 254.25),
        ({"climb": 124}, "climb_mps", 62.0),
        ({"climb": -124}, "climb_mps", -62.0),
        ({"geodetic": 1}, "alt_wgs84_m", -999.5),
        ({"geodetic": 65535}, "alt_wgs84_m", 31767.5),
        ({"horizontal": 1}, "sigma_position_m", 18520 / 2.448),
        ({"horizontal": 12}, "sigma_position_m", 1 / 2.448),
        ({"vertical": 1}, "sigma_altitude_m", 150 / 1.96),
        ({"vertical": 6}, "sigma_altitude_m", 1 / 1.96),
        ({"speed_accuracy": 4}, "sigma_speed_mps", 0.3 / 1.96),
    ],
)
def test_the_ends_of_the_ranges(changes: dict[str, int], column: str, value: float) -> None:
    (row,) = rows([hand_location(**changes)])
    assert row[column] == pytest.approx(value)


@pytest.mark.parametrize(("lat", "lon", "bad"), [(0, 0, 0), (900000001, 0, 1), (-900000001, 5, 1), (1, 1800000001, 1)])
def test_an_aircraft_without_a_position_is_heard_all_the_same(lat: int, lon: int, bad: int) -> None:
    decoded = decode([hand_location(lat=lat, lon=lon), hand_location()])
    without, with_place = decoded.detections.rows()
    assert not {"lat_deg", "lon_deg", "sigma_position_m"} & set(without)
    assert (without["report"], with_place["report"]) == ("status", "plot")
    assert set(with_place) - set(without) == {"lat_deg", "lon_deg", "sigma_position_m"}
    assert decoded.left_out == (Counter(bad_position=1) if bad else Counter()), (
        "0, 0 is the standard's unknown; the others are wrong"
    )


@pytest.mark.parametrize(("lat", "lon"), [(0, 1), (1, 0), (900000000, 1800000000), (-900000000, -1800000000)])
def test_places_on_the_equator_and_at_the_ends_of_the_world_are_places(lat: int, lon: int) -> None:
    (row,) = rows([hand_location(lat=lat, lon=lon)])
    assert (row["lat_deg"], row["lon_deg"]) == (lat / 1e7, lon / 1e7)


# -- time ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tenths", "received", "time"),
    [
        (0, NOON + 0.4, NOON),
        (35995, NOON + 0.4, NOON - 0.5),  # measured before the hour, heard after it
        (3, NOON - 0.2, NOON + 0.3),  # the receiver's clock is a little late
        (36000, NOON + 1, NOON),  # 36000 is the hour's end
        (18000, NOON + 1801.25, NOON + 1800),
    ],
)
def test_the_time_in_the_hour_is_completed_from_the_nearest_receive_time(tenths: int, received: float, time: float) -> None:
    (row,) = rows([hand_location(tenths=tenths)], received=received)
    assert row["time"] == pytest.approx(time, abs=1e-6)
    assert row["time_source"] == "sensor"
    assert row["received"] == received


@pytest.mark.parametrize("tenths", [0xFFFF, 36001, 0, 20000])
@pytest.mark.parametrize("source", ["receiver", "container", "operator"])
def test_an_unknown_or_unbelievable_time_leaves_the_receive_time(tenths: int, source: str) -> None:
    (row,) = rows([hand_location(tenths=tenths)], received=NOON + 1000, source=source)
    assert (row["time"], row["time_source"]) == (NOON + 1000, source)


@pytest.mark.parametrize("received", [math.nan, math.inf])
def test_without_any_date_the_time_stays_unknown(received: float) -> None:
    (row,) = rows([hand_location()], received=received)
    assert not {"time", "time_source", "received"} & set(row)


@given(st.floats(0, 4e9), st.floats(-55, 55))
def test_completion_finds_the_time_again(received: float, lag: float) -> None:
    time = received - lag
    found, believed = complete(np.array([time % 3600]), np.array([received]))
    assert believed[0]
    assert found[0] == pytest.approx(time, abs=1e-5)


# -- round trips ---------------------------------------------------------------------------------------------------

LOCATIONS = st.fixed_dictionaries(
    {"lat_deg": st.floats(-90, 90), "lon_deg": st.floats(-180, 180)},
    optional={
        "alt_wgs84_m": st.floats(-999, 31767),
        "alt_pressure_m": st.floats(-999, 31767),
        "height_takeoff_m": st.floats(-999, 31767),
        "speed_mps": st.floats(0, 254),
        "course_deg": st.floats(0, 360),
        "climb_mps": st.floats(-62, 62),
        "time": st.floats(NOON, NOON + 3590),
    },
)
STEPS = {
    "lat_deg": 1e-7, "lon_deg": 1e-7, "alt_wgs84_m": 0.5, "alt_pressure_m": 0.5, "height_takeoff_m": 0.5, "speed_mps": 0.75,
    "course_deg": 1.0, "climb_mps": 0.5, "time": 0.1,
}  # fmt: skip


@given(LOCATIONS)
def test_a_location_comes_back_within_its_steps(sent: dict[str, float]) -> None:
    found = rows([encode_location(**sent)], received=sent.get("time", NOON))
    if round(sent["lat_deg"] * 1e7) == 0 and round(sent["lon_deg"] * 1e7) == 0:
        assert "lat_deg" not in found[0]
        return
    (row,) = found
    for name, step in STEPS.items():
        if name == "course_deg" and name in sent:
            turn = abs(row[name] - sent[name]) % 360
            assert min(turn, 360 - turn) <= 0.51
        elif name in sent:
            assert row[name] == pytest.approx(sent[name], abs=step / 2 + 1e-6)
        elif name != "time":
            assert name not in row


@given(st.floats(0.1, 7000), st.floats(0.1, 70), st.floats(0.1, 5))
def test_an_accuracy_is_never_made_better_than_it_is(position: float, altitude: float, speed: float) -> None:
    sigmas = {"sigma_position_m": position, "sigma_altitude_m": altitude, "sigma_speed_mps": speed}
    (row,) = rows([encode_location(**PLACE, alt_wgs84_m=60.0, **sigmas)])
    assert row["sigma_position_m"] >= position * (1 - 1e-6)
    assert row["sigma_altitude_m"] >= altitude * (1 - 1e-6)
    assert row["sigma_speed_mps"] >= speed * (1 - 1e-6)


def test_the_altitudes_accuracy_is_that_of_the_height_that_is_given() -> None:
    both = {"sigma_altitude_m": 10 / 1.96, "sigma_pressure_m": 3 / 1.96}
    sent = [
        encode_location(**PLACE, **both, alt_wgs84_m=60.0, alt_pressure_m=90.0), encode_location(**PLACE, **both, alt_pressure_m=90.0),
        encode_location(**PLACE, sigma_altitude_m=10 / 1.96, alt_pressure_m=90.0), encode_location(**PLACE, **both, height_takeoff_m=30.0),
    ]  # fmt: skip
    found = decode(sent).detections.values("sigma_altitude_m")
    assert found[:2] == pytest.approx([10 / 1.96, 3 / 1.96])
    assert found[2:] == [None, None]


IDS = st.one_of(
    st.tuples(st.just("serial"), st.from_regex(r"[0-9A-Z]{1,20}", fullmatch=True)),
    st.tuples(st.just("registration"), st.from_regex(r"[!-~]([ -~]{0,18}[!-~])?", fullmatch=True)),
    st.tuples(st.just("utm_id"), st.uuids().filter(lambda u: u.int > 0).map(str)),
    st.tuples(st.just("session_id"), st.binary(min_size=1, max_size=20).filter(lambda b: b[-1] > 0).map(bytes.hex)),
)


@given(IDS, st.sampled_from(remoteid.UA_TYPES))
def test_every_kind_of_identity_comes_back(sent: tuple[str, str], ua_type: str | None) -> None:
    (row,) = rows([encode_pack([encode_basic_id(sent[1], sent[0], ua_type), hand_location()])])
    assert (row["identity_kind"], row["identity"]) == sent
    assert row.get("classification") == ua_type


@given(
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.sampled_from(remoteid.LOCATION_KINDS),
    st.from_regex(r"[!-~]{1,20}", fullmatch=True),
)
def test_what_the_operator_sends_comes_back_in_the_operator_table(lat: float, lon: float, kind: str, operator_id: str) -> None:
    system = encode_system(lat_deg=lat, lon_deg=lon, alt_wgs84_m=12.5, location_kind=kind, time=NOON + 98)
    decoded = decode([encode_pack([encode_basic_id(SERIAL), system, encode_self_id("survey"), encode_operator_id(operator_id)])])
    (row,) = decoded.operators.rows()
    assert (row["operator_id"], row["description"], row["identity"]) == (operator_id, "survey", SERIAL)
    if round(lat * 1e7) or round(lon * 1e7):
        assert (row["lat_deg"], row["lon_deg"]) == pytest.approx((lat, lon), abs=1e-7)
        assert (row["alt_wgs84_m"], row["location_kind"], row["time"]) == (12.5, kind, NOON + 98)
    else:
        assert "lat_deg" not in row
        assert decoded.left_out["no_operator_position"] == 1


# -- identity ------------------------------------------------------------------------------------------------------


def test_the_serial_wins_over_other_ids_of_a_pack_in_any_order() -> None:
    ids = [encode_basic_id("0102", "session_id"), encode_basic_id(SERIAL), encode_basic_id("N123AB", "registration")]
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]):
        (row,) = rows([encode_pack([*(ids[i] for i in order), hand_location()])])
        assert (row["identity"], row["identity_kind"]) == (SERIAL, "serial")


def test_an_identity_stands_before_or_behind_the_location_in_its_pack() -> None:
    (row,) = rows([encode_pack([hand_location(), encode_basic_id(SERIAL)])])
    assert row["identity"] == SERIAL


def test_a_location_of_its_own_takes_the_last_identity_of_its_address() -> None:
    payloads = [hand_location(), encode_basic_id(SERIAL), hand_location(), hand_location(), hand_location()]
    found = rows(payloads, address=[1, 1, 1, 2, 1], received=[NOON, NOON, NOON + 1, NOON + 1, NOON + 2])
    assert [r.get("identity") for r in found] == [None, SERIAL, None, SERIAL]
    assert [r["transmitter"][-2:] for r in found] == ["01", "01", "02", "01"]


def test_an_identity_is_remembered_between_chunks_and_ages() -> None:
    memory = IdentityMemory()
    decode([encode_basic_id(SERIAL)], memory, received=NOON)
    assert decode([hand_location()], memory, received=NOON + 59).detections.values("identity") == [SERIAL]
    assert decode([hand_location()], memory, received=NOON + 61).detections.values("identity") == [None]


def test_one_aircraft_under_changing_addresses_keeps_its_identity() -> None:
    packs = [encode_pack([encode_basic_id(SERIAL), hand_location(lat=337500000 + i)]) for i in range(5)]
    found = rows(packs, address=[10, 11, 12, 13, 14])
    assert {r["identity"] for r in found} == {SERIAL}
    assert len({r["transmitter"] for r in found}) == 5


def test_two_aircraft_never_swap_identities() -> None:
    payloads = [encode_basic_id("A" * 20), encode_basic_id("B" * 20)] + [hand_location() for _ in range(6)]
    found = rows(payloads, address=[1, 2, 1, 2, 2, 1, 1, 2])
    assert [r["identity"][0] for r in found] == list("ABBAAB")


def test_a_lesser_id_sent_in_turn_does_not_displace_the_serial() -> None:
    payloads = [encode_basic_id(SERIAL), encode_basic_id("0102", "session_id"), hand_location()]
    assert [r["identity"] for r in rows(payloads)] == [SERIAL]
    late = rows(payloads, received=[NOON, NOON + 70, NOON + 70])
    assert [r["identity"] for r in late] == ["0102"]


def test_a_new_serial_displaces_the_old_one() -> None:
    found = rows([encode_basic_id("OLD"), hand_location(), encode_basic_id("NEW"), hand_location()])
    assert [r["identity"] for r in found] == ["OLD", "NEW"]


def test_an_id_of_undeclared_kind_is_an_identity_without_kind() -> None:
    (row,) = rows([encode_pack([encode_basic_id("MFG1A0123456789", None, None), hand_location()])])
    assert row["identity"] == "MFG1A0123456789"
    assert not {"identity_kind", "classification"} & set(row)


def test_bytes_that_are_no_text_are_no_identity() -> None:
    bad = bytearray(encode_basic_id(SERIAL))
    bad[5] = 0x80
    reserved = bytearray(encode_basic_id(SERIAL))
    reserved[1] = 0x92
    decoded = decode([encode_pack([bytes(bad), hand_location()]), encode_pack([bytes(reserved), hand_location()])])
    assert decoded.detections.values("identity") == [None, None]
    assert decoded.left_out == Counter({"bad_identity": 2})


def test_a_swarm_of_made_up_addresses_neither_grows_the_memory_nor_slows_it() -> None:
    memory = IdentityMemory(size=256)
    payloads = [encode_basic_id(f"FAKE{i}") for i in range(5000)]
    decode(payloads, memory, address=np.arange(5000) * 7919, received=NOON + np.arange(5000) * 0.001)
    assert len(memory.address) == 256
    known = decode([encode_basic_id(SERIAL), hand_location()], memory, address=77, received=NOON + 6)
    assert known.detections.values("identity") == [SERIAL]


def test_an_aircraft_that_repeats_its_id_is_remembered_through_a_swarm() -> None:
    memory = IdentityMemory(size=256)
    decode([encode_basic_id(SERIAL)] * 2, memory, address=77, received=NOON)
    payloads = [encode_basic_id(f"FAKE{i}") for i in range(5000)]
    decode(payloads, memory, address=1 + np.arange(5000) * 7919, received=NOON + np.arange(5000) * 0.001)
    assert decode([hand_location()], memory, address=77, received=NOON + 6).detections.values("identity") == [SERIAL]
    assert decode([hand_location()], memory, address=1, received=NOON + 6).detections.values("identity") == [None]


def test_a_clock_that_jumped_ahead_leaves_nothing_in_the_way() -> None:
    memory, many = IdentityMemory(size=64), np.arange(200) * 7919
    decode([encode_basic_id(f"LATER{i}") for i in range(200)], memory, address=many, received=NOON + 1e7)
    names = [f"NOW{i}" for i in range(8)]
    decode([encode_basic_id(name) for name in names], memory, address=5 + np.arange(8) * 3, received=NOON)
    found = decode([hand_location()] * 8, memory, address=5 + np.arange(8) * 3, received=NOON + 1)
    assert found.detections.values("identity") == names


def test_blanks_around_an_id_are_padding_and_an_id_of_blanks_is_none() -> None:
    blank = bytes([0x02, 0x12]) + b" " * 20 + bytes(3)
    padded = bytes([0x02, 0x12]) + SERIAL[:12].encode().ljust(20) + bytes(3)
    decoded = decode([padded, hand_location(), blank, hand_location()])
    assert decoded.detections.values("identity") == [SERIAL[:12]] * 2
    assert decoded.left_out == Counter(identity_only=1, empty_message=1)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["", "A", "B", "C"])), max_size=40), st.integers(1, 40))
def test_the_memory_gives_what_a_plain_dictionary_would(events: list[tuple[int, str]], cut: int) -> None:
    """An empty name is a Location, the others are Basic IDs; cut into two chunks anywhere."""
    payloads = [encode_basic_id(name) if name else hand_location() for _, name in events]
    addresses = [address for address, _ in events]
    expected, last = [], {}
    for address, name in events:
        if name:
            last[address] = name
        else:
            expected.append(last.get(address))
    memory, found = IdentityMemory(), []
    for part in (slice(0, cut), slice(cut, None)):
        if payloads[part]:
            found += decode(payloads[part], memory, address=addresses[part]).detections.values("identity")
    assert found == expected


# -- bad input -----------------------------------------------------------------------------------------------------


def whole_pack() -> bytes:
    system = encode_system(lat_deg=33.7, lon_deg=-118.1)
    return encode_pack([encode_basic_id(SERIAL), hand_location(), system, encode_self_id("survey"), encode_operator_id("OP1")])


def test_a_pack_cut_at_every_byte_gives_what_was_whole_and_counts_the_rest() -> None:
    pack = whole_pack()
    for length in range(len(pack)):
        decoded = decode([pack[:length]])
        messages = max(length - 3, 0) // 25
        assert len(decoded.detections) == (messages >= 2)
        assert decoded.left_out["truncated"] == (5 - messages if length >= 3 else 1)


def test_every_flipped_bit_is_decoded_or_counted() -> None:
    pack = whole_pack()
    location = 3 + 25  # a Location whose type bits flip is another message, and read as such
    for bit in range(len(pack) * 8):
        if bit // 8 == location and bit % 8 >= 4:
            continue
        flipped = bytearray(pack)
        flipped[bit // 8] ^= 1 << bit % 8
        decoded = decode([bytes(flipped)])
        assert len(decoded.detections) >= 1 or sum(decoded.left_out.values()) > 0


def test_a_repeated_pack_gives_a_row_each_time() -> None:
    assert len(rows([whole_pack()] * 3)) == 3


@given(st.lists(st.binary(max_size=260), max_size=8))
def test_no_bytes_make_it_raise(payloads: list[bytes]) -> None:
    decoded = decode([p or b"\0" for p in payloads]) if payloads else Decoded()
    assert len(decoded.detections) <= 9 * len(payloads)


@given(st.lists(st.binary(min_size=24, max_size=24), min_size=1, max_size=9))
def test_no_messages_make_it_raise(bodies: list[bytes]) -> None:
    kinds = [0x12, 0x02, 0x42, 0x32, 0x52, 0x22, 0xF2, 0x72, 0x1F]
    decode([encode_pack([bytes([kinds[i]]) + body for i, body in enumerate(bodies)])])


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "truncated"),
        (b"\x12" * 24, "truncated"),
        (b"\xf2\x1a\x01" + hand_location() + b"\0", "bad_message_size"),
        (encode_pack([encode_self_id("X")]) + hand_location(), "trailing_bytes"),
        (b"\xf2\x19\x00" + hand_location(), "bad_count"),
        (b"\xf2\x19\x0a" + hand_location() * 10, "bad_count"),
        (encode_pack([b"\xf2" + bytes(24)]), "nested_pack"),
        (b"\x62" + bytes(24), "unknown_type"),
        (b"\x1f" + hand_location()[1:], "private_version"),
        (encode_authentication(1, b"signature")[0], "authentication"),
        (encode_basic_id(SERIAL), "identity_only"),
        (encode_pack([encode_basic_id(SERIAL)] * 2), "identity_only"),
        (bytes([0x02, 0x92]) + bytes(23), "bad_identity"),
        (bytes([0x02, 0x12]) + bytes(23), "empty_message"),
        (bytes([0x02, 0x12, 0]) + b"X" * 22, "empty_message"),
        (bytes([0x02, 0x42]) + bytes(23), "empty_message"),
        (bytes([0x32]) + bytes(24), "empty_message"),
        (bytes([0x52]) + bytes(24), "empty_message"),
    ],
)
def test_each_reason(payload: bytes, reason: str) -> None:
    decoded = decode([payload, whole_pack()])
    assert decoded.left_out == Counter({reason: 1})
    assert len(decoded.detections) == 1


def test_zeros_behind_the_last_message_are_padding() -> None:
    decoded = decode([encode_pack([hand_location()]) + bytes(200), hand_location() + bytes(3)])
    assert len(decoded.detections) == 2
    assert not decoded.left_out


@pytest.mark.parametrize("version", [0, 1, 2, 3, 14])
def test_older_and_later_versions_of_the_standard_are_read(version: int) -> None:
    pack = encode_pack([encode_basic_id(SERIAL, version=version), encode_location(**PLACE, version=version)], version=version)
    assert [r["identity"] for r in rows([pack])] == [SERIAL]


def test_an_empty_chunk_gives_nothing() -> None:
    decoded = decode([])
    assert (len(decoded.detections), len(decoded.operators), decoded.left_out) == (0, 0, Counter())


# -- privacy -------------------------------------------------------------------------------------------------------


def test_nothing_of_the_operator_reaches_the_detections() -> None:
    system = encode_system(lat_deg=12.3456789, lon_deg=98.7654321, alt_wgs84_m=77.5)
    messages = [
        encode_basic_id(SERIAL),
        hand_location(),
        system,
        encode_self_id("secret words"),
        encode_operator_id("OPERATOR77"),
    ]
    for payloads in ([encode_pack(messages)], messages):
        (row,) = rows(payloads)
        told = repr(row)
        assert not any(secret in told for secret in ("12.345", "98.765", "77.5", "secret", "OPERATOR77"))


def test_an_operator_without_a_place_has_none() -> None:
    decoded = decode([encode_pack([encode_system(lat_deg=0, lon_deg=0, alt_wgs84_m=5), encode_operator_id("OP1")])])
    (row,) = decoded.operators.rows()
    assert not {"lat_deg", "lon_deg", "alt_wgs84_m", "location_kind"} & set(row)
    assert decoded.left_out == Counter({"no_operator_position": 1})


def test_an_operator_place_off_the_globe_is_left_out() -> None:
    bad = bytearray(encode_system(lat_deg=1, lon_deg=2))
    bad[2:6] = struct.pack("<i", 1_000_000_000)
    decoded = decode([bytes(bad)])
    assert len(decoded.operators) == 0
    assert decoded.left_out == Counter({"bad_operator_position": 1})


# -- encoders ------------------------------------------------------------------------------------------------------


def test_encoders_write_the_standards_layout() -> None:
    assert encode_basic_id("AB12", "serial", "aeroplane") == b"\x02\x11AB12" + bytes(16) + bytes(3)
    assert encode_self_id("hello") == b"\x32\x00hello" + bytes(18)
    assert encode_operator_id("OP") == b"\x52\x00OP" + bytes(21)
    assert encode_pack([hand_location()])[:3] == b"\xf2\x19\x01"
    assert encode_location(
        lat_deg=33.7500001, lon_deg=-118.2000002, alt_pressure_m=50, alt_wgs84_m=-20, height_takeoff_m=120, speed_mps=10,
        course_deg=270, climb_mps=-3, sigma_position_m=10 / 2.448, sigma_altitude_m=10 / 1.96, sigma_pressure_m=25 / 1.96,
        sigma_speed_mps=1 / 1.96, time=NOON + 100,
    ) == hand_location()  # fmt: skip
    pages = encode_authentication(3, bytes(range(60)), time=remoteid.EPOCH + 5)
    assert [p[:2] for p in pages] == [b"\x22\x30", b"\x22\x31", b"\x22\x32"]
    assert pages[0][2:8] == b"\x02\x3c\x05\0\0\0"
    assert pages[0][8:] + pages[1][2:] + pages[2][2:] == bytes(range(60)) + bytes(3)


@pytest.mark.parametrize("identity", ["X" * 21, "ünicode", "tab\t"])
def test_an_identity_that_does_not_fit_is_refused(identity: str) -> None:
    with pytest.raises(ValueError, match="at most 20"):
        encode_basic_id(identity)
    with pytest.raises(ValueError, match="at most 20"):
        encode_operator_id(identity)


def test_packs_of_no_or_too_many_messages_are_refused() -> None:
    for messages in ([], [hand_location()] * 10, [b"short"]):
        with pytest.raises(ValueError, match="a pack holds"):
            encode_pack(messages)
