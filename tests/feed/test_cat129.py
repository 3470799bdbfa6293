"""CAT129 UAS identification reports: a record worked out by hand, an independent reading of random ones, and the encoder.

libasterix does not know this category. The second reader here goes by a table of items, written from the standard's text.
"""

from __future__ import annotations

import doctest
import math
import random
from typing import Any

import pytest
from asterix_items import assert_same, decode, full_time
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.feed.asterix import cat129_encoder, encode_cat129
from picket.words import DETECTION, Batch

NOON = 1_780_056_000.0
ODD_TIME = NOON + 0.3  # no time of day in 1/128 s is equally near to it on two days
# FRN, item, octets (SPEC-0149-29 edition 1.2, table 2); SP's first octet is its length
TABLE = (
    (1, "010", 2), (2, "015", 2), (3, "020", 3), (4, "030", 3), (5, "040", 12), (6, "050", 2), (7, "070", 3), (8, "080", 8),
    (9, "090", 3), (10, "100", 3), (11, "110", 2), (12, "120", 1), (13, "SP", 0), (14, "185", 5), (15, "220", 3),
)  # fmt: skip


def block(*records: dict[str, bytes]) -> bytes:
    """A data block of records given as item -> octets, by the table above."""
    body = b""
    for record in records:
        frns = [frn for frn, name, _ in TABLE if name in record]
        octets = (max(frns) + 6) // 7
        bits = sum(1 << (7 * octets - frn) for frn in frns)
        for k in range(octets):
            body += bytes(((bits >> 7 * (octets - 1 - k) & 127) << 1 | (k + 1 < octets),))
        body += b"".join(record[name] for _, name, _ in TABLE if name in record)
    return b"\x81" + (len(body) + 3).to_bytes(2, "big") + body


def row(**fixed: bytes) -> dict[str, Any]:
    """The row of a record with a source, a position and these items (i040=...)."""
    decoded = decode([block({"010": b"\0\0", "080": bytes(8), **{k[1:]: v for k, v in fixed.items()}})], NOON)
    assert not decoded.left_out
    (found,) = decoded.detections.rows()
    return found


# -- by hand -----------------------------------------------------------------------------------------------------------------
def test_a_report_worked_out_by_hand() -> None:
    payload = bytes.fromhex(
        "81 0037  BF F3 80"  # FRN 1 3 4 5 6 7, 8 9 10 11 14, 15; not 2, 12, 13
        "0000  444A49  4D3330  313538314636 4E3841323342  5553"  # 010, 020 DJI, 030 M30, 040 1581F6N8A23B, 050 US
        "546000  0C000000 D6000000"  # 070: 43,200 s; 080: 33.75 N, 118.125 W
        "FFFF9C  0001F4  000C"  # 090: -10 m; 100: 50 m; 110: 12 m
        "0012CFFE70  0FFF38"  # 185: 3 m/s east, 4 m/s south; 220: -2 m/s
    )
    assert len(payload) == 0x37
    (found,) = decode([payload], NOON + 1).detections.rows()
    assert found == {
        "time": NOON, "time_source": "sensor", "received": NOON + 1, "sensor_id": "0/0", "kind": "remote_id", "report": "plot",
        "origin": "live", "lat_deg": 33.75, "lon_deg": -118.125, "alt_msl_m": pytest.approx(-10), "height_agl_m": 50.0,
        "speed_mps": pytest.approx(5), "course_deg": pytest.approx(143.130102354), "climb_mps": -2.0,
        "sigma_position_m": pytest.approx(12 / 1.17741), "identity": "DJI-M30-1581F6N8A23B", "identity_kind": "serial",
        "classification": "uas", "source": "test", "source_offset": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("maker", "model", "serial", "identity"),
    [
        (b"DJI", b"M30", b"1581F6N8A23B", "DJI-M30-1581F6N8A23B"),
        (None, b"M30", b"77          ", "M30-77"),
        (b"A\0\0", None, b"77\0\0\0\0\0\0\0\0\0\0", "A-77"),
        (b"   ", b"\0\0\0", b"77 \0        ", "77"),
        (b"DJI", b"M30", bytes(range(12)), "000102030405060708090A0B"),  # no text: digits alone
        (b"DJI", b"\xff\xff\xff", b"77          ", "DJI-77"),
        (b"DJI", b"M30", bytes(12), None),
        (b"DJI", b"M30", None, None),
        (None, None, b"7 7         ", "372037202020202020202020"),
    ],
)
def test_the_serial_number_is_the_identity(
    maker: bytes | None, model: bytes | None, serial: bytes | None, identity: str | None
) -> None:
    given = {"i020": maker, "i030": model, "i040": serial}
    found = row(**{name: octets for name, octets in given.items() if octets is not None})
    assert found.get("identity") == identity
    assert found.get("identity_kind") == (None if identity is None else "serial")


def test_long_and_short_serials_and_none_share_a_batch() -> None:
    serials = (b"1581F6N8A23B", b"7           ", bytes(12), b"\xff" * 12, b"12345678    ", b"123456789   ")
    records = [block({"010": b"\0\1", "020": b"ABC", "040": s}) for s in serials]
    found = decode(records, NOON).detections
    assert found.values("identity") == ["ABC-1581F6N8A23B", "ABC-7", None, "FF" * 12, "ABC-12345678", "ABC-123456789"]


def test_item_120_is_as_long_as_its_block_says() -> None:
    """Edition 1.2 gives it one octet in one place and three in another."""
    for risk in (b"\x55", b"\x55\0\0", b"\x55\1\1"):
        assert row(i120=risk, i220=b"\x00\x01\x2c")["climb_mps"] == pytest.approx(3)
        assert row(i120=risk)["report"] == "plot"
        assert row(i120=risk, iSP=b"\x03ab", i220=b"\x00\x01\x2c")["climb_mps"] == pytest.approx(3)


def test_unknown_accuracy_and_a_place_off_the_globe_are_null() -> None:
    assert "sigma_position_m" not in row(i110=b"\0\0")
    assert row(i110=b"\0\xff")["sigma_position_m"] == pytest.approx(255 / 1.17741)
    off = row(i080=b"\x60\0\0\0\0\0\0\0", i110=b"\0\1")
    assert off["report"] == "status"
    assert off.keys().isdisjoint({"lat_deg", "sigma_position_m"})


@pytest.mark.parametrize("frn", range(16, 22))
def test_reserved_items_cannot_be_read(frn: int) -> None:
    body = bytes((0x81, 1, 2 << (21 - frn))) + bytes(20)
    assert decode([b"\x81" + (len(body) + 3).to_bytes(2, "big") + body], NOON).left_out == {"bad_item": 1}


def test_a_report_of_nobody_is_left_out() -> None:
    assert decode([block({"080": bytes(8)})], NOON).left_out == {"no_data_source": 1}


# -- an independent reading -----------------------------------------------------------------------------------------------------
def integer(octets: bytes | None, bits: int) -> int | None:
    """The low bits, in two's complement."""
    if octets is None:
        return None
    raw = int.from_bytes(octets, "big") % 2**bits
    return raw - 2**bits if raw >= 2 ** (bits - 1) else raw


def scaled(octets: bytes | None, bits: int, step: float) -> float | None:
    raw = integer(octets, bits)
    return None if raw is None else raw * step


def expected(record: dict[str, bytes], received: float) -> dict[str, Any]:
    time, place, error, vector = (record.get(name) for name in ("070", "080", "110", "185"))
    lat, lon = (scaled(part, 32, 180 / 2**30) for part in (place[:4], place[4:])) if place else (None, None)
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        lat = lon = None
    speed = course = None
    if vector:
        east, north = integer(vector[:3], 24), integer(vector, 20)
        assert east is not None and north is not None  # noqa: PT018
        east >>= 4  # the upper 20 of 24 bits
        speed = math.hypot(east, north) / 100
        course = math.degrees(math.atan2(east, north)) % 360 if east or north else None
    radius = int.from_bytes(error, "big") if error else 0
    return {
        "time": full_time(int.from_bytes(time, "big") / 128 if time else None, received),
        "sensor_id": f"{record['010'][0]}/{record['010'][1]}", "kind": "remote_id", "report": "status" if lat is None else "plot",
        "lat_deg": lat, "lon_deg": lon, "alt_msl_m": scaled(record.get("090"), 24, 0.1),
        "height_agl_m": scaled(record.get("100"), 24, 0.1), "speed_mps": speed, "course_deg": course,
        "climb_mps": scaled(record.get("220"), 20, 0.01),
        "sigma_position_m": radius / math.sqrt(2 * math.log(2)) if radius and lat is not None else None,
        "classification": "uas", "identity": record["040"].hex().upper() if "040" in record else None,
    }  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**48), st.floats(1.7e9, 1.8e9), st.integers(1, 4))
def test_random_records_are_read_as_the_table_says(seed: int, received: float, n: int) -> None:
    chance = random.Random(seed)
    made = []
    for _ in range(n):
        share = chance.random()
        record = {name: chance.randbytes(size) for _, name, size in TABLE if size and chance.random() < share}
        record["010"] = chance.randbytes(2)
        if "040" in record:
            record["040"] = b"\xff" + record["040"][1:]  # never text: its digits are its identity
        if chance.random() < 0.2:
            record["SP"] = b"\x04" + chance.randbytes(3)
        made.append(record)
    decoded = decode([block(record) for record in made], received)
    assert not decoded.left_out
    assert_same(decoded.detections, [expected(record, received) for record in made])


# -- the encoder -----------------------------------------------------------------------------------------------------------------
def test_docstring_example() -> None:
    assert doctest.testmod(cat129_encoder).failed == 0
    assert doctest.testmod(cat129_encoder).attempted > 0


CODE = st.text("ABCXYZ0189", min_size=1, max_size=3)
SERIAL = st.text("ABCXYZ0189_/", min_size=1, max_size=12)
IDENTITIES = st.one_of(
    st.none(), SERIAL, st.tuples(CODE, SERIAL).map("-".join), st.tuples(CODE, CODE, SERIAL).map("-".join), st.just("A-B-C-D"),
    st.just("-"), st.just("ABC-"),
)  # fmt: skip
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "time": st.floats(1.7e9, 1.8e9),
        "alt_msl_m": st.floats(-500, 10_000),
        "height_agl_m": st.floats(-500, 10_000),
        "climb_mps": st.floats(-100, 100),
        "sigma_position_m": st.floats(1, 200),
    },
)
PLACES = st.one_of(st.just({}), st.fixed_dictionaries({"lat_deg": st.floats(-90, 90), "lon_deg": st.floats(-180, 179.99)}))
VECTORS = st.one_of(st.just({}), st.fixed_dictionaries({"speed_mps": st.floats(0.1, 300), "course_deg": st.floats(0, 359.999)}))
STEPS = {
    "time": 1 / 128, "lat_deg": 180 / 2**30, "lon_deg": 180 / 2**30, "alt_msl_m": 0.1, "height_agl_m": 0.1, "climb_mps": 0.01,
    "sigma_position_m": 1 / 1.177,
}  # fmt: skip
TURNS = {"time": 86400.0, "lon_deg": 360.0}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(ROWS, PLACES, VECTORS, IDENTITIES), min_size=1, max_size=5), st.integers(64, 300))
def test_encoded_rows_come_back_within_half_a_step(parts: Any, max_bytes: int) -> None:
    made = [a | b | c | ({"identity": i, "identity_kind": "serial"} if i else {}) for a, b, c, i in parts]
    payloads = encode_cat129(Batch.from_rows(DETECTION, made), sac=1, sic=2, country="fi", max_bytes=max_bytes)
    assert all(len(p) <= max_bytes for p in payloads)
    assert all(b"FI" in p for p in payloads)
    decoded = decode(payloads, ODD_TIME)
    assert not decoded.left_out
    for sent, back in zip(made, decoded.detections.rows(), strict=True):
        assert back["sensor_id"] == "1/2"
        assert back.get("identity") == sent.get("identity")
        for name, step in STEPS.items():
            if name == "sigma_position_m" and "lat_deg" not in sent:
                continue
            assert (name in back) == (name in sent), name
            if name in sent:
                gap = back[name] - sent[name]
                gap = math.remainder(gap, TURNS[name]) if name in TURNS else gap
                assert abs(gap) <= step / 2 * (1 + 1e-6) + 1e-12, name
        if "speed_mps" in sent:  # each component is rounded to 0.01 m/s
            angle, told = math.radians(back["course_deg"]), math.radians(sent["course_deg"])
            assert back["speed_mps"] * math.sin(angle) == pytest.approx(sent["speed_mps"] * math.sin(told), abs=0.00501)
            assert back["speed_mps"] * math.cos(angle) == pytest.approx(sent["speed_mps"] * math.cos(told), abs=0.00501)


def test_an_identity_that_does_not_fit_is_left_out() -> None:
    for identity, kind in (
        ("1581F6N8A23B2ML3Y3KR", "serial"),
        ("3C6444", "icao_address"),
        ("with blank", "serial"),
        ("Ä", "serial"),
    ):
        made = Batch.from_rows(DETECTION, [{"lat_deg": 1.0, "lon_deg": 1.0, "identity": identity, "identity_kind": kind}])
        (found,) = decode(encode_cat129(made), NOON).detections.rows()
        assert "identity" not in found


@pytest.mark.parametrize(
    ("arguments", "said"), [({"country": "USA"}, "country"), ({"max_bytes": 10}, "max_bytes"), ({"sac": 256}, "sac")]
)
def test_arguments_that_do_not_fit_are_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        encode_cat129(Batch.from_rows(DETECTION, [{"lat_deg": 1.0, "lon_deg": 1.0}]), **arguments)
