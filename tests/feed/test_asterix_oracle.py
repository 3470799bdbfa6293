"""ASTERIX against an independent decoder: libasterix (MIT, written from the same published specifications).

The oracle reads each record with libasterix and states the row that the readers' docstrings promise; Picket must give the same
rows from the same bytes: a real recording, records made by libasterix, and samples with every single bit flipped.
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from pathlib import Path
from typing import Any

import asterix.base as base
import asterix.generated as gen
import pytest
from asterix_items import full_time, item, number, quantity, times
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from picket.feed.asterix import AsterixDecoder, encode_cat034, encode_cat048
from picket.feed.format import Chunk, Decoded, Options
from picket.words import DETECTION, Batch

RECEIVED = 1_780_000_000.0
KINDS = {6: "ground_vehicle", 19: "bird", 20: "bird_flock", 23: "wind_turbine", 24: "helicopter"}
FLOATS = (
    "time", "range_m", "azimuth_deg", "range_rate_mps", "alt_msl_m", "alt_pressure_m", "speed_mps", "course_deg", "power_dbm",
)  # fmt: skip
TEXTS = ("sensor_id", "report", "identity", "identity_kind", "sensor_track_id", "classification")


# -- the oracle -------------------------------------------------------------------------------------------------
def expected_identity(record: Any) -> tuple[str | None, str | None]:
    address = number(record, "220")
    if address not in (None, 0, 0xFFFFFF):
        return f"{address:06X}", "icao_address"
    found = item(record, "240")
    if found is not None:
        raw = found.as_uint()
        codes = [raw >> s & 63 for s in range(42, -1, -6)]
        if all(c == 0 or c == 32 or 1 <= c <= 26 or 48 <= c <= 57 for c in codes):
            padded = sum((c or 32) << s for c, s in zip(codes, range(42, -1, -6), strict=True))
            text = type(found.variation.content).cv_string_type.to_string(48, padded).rstrip()
            if text:
                return text, "call_sign"
    return None, None


def expected_row(record: Any, received: float) -> dict[str, Any] | str:
    """The row of a CAT048 record, or why it is none."""
    if item(record, "010") is None:
        return "no_data_source"
    for name, reason in (("SIM", "simulated"), ("TST", "test_target"), ("RAB", "field_monitor")):
        if number(record, "020", name):
            return reason
    tracked = number(record, "020", "TYP") == 0 or number(record, "170", "SUP") == 1
    distance, azimuth = times(quantity(record, "040", "RHO"), 1852.0), quantity(record, "040", "THETA")
    if distance is None:
        x, y = quantity(record, "042", "X"), quantity(record, "042", "Y")
        if x is not None and y is not None:
            distance, azimuth, tracked = math.hypot(x, y) * 1852, math.degrees(math.atan2(x, y)) % 360, True
    elif number(record, "020", "ERR"):
        return "extended_range"
    level = None
    if number(record, "090", "V") == 0 and number(record, "090", "G") == 0:
        level = times(quantity(record, "090", "FL"), 30.48)
    rate = None
    if number(record, "120", "CAL", "D") == 0:
        rate = quantity(record, "120", "CAL", "CAL")
    power = quantity(record, "130", "PAM")
    codes = item(record, "030")
    kinds = [KINDS[c.as_uint()] for c in (codes.variation.get_list() if codes else []) if c.as_uint() in KINDS]
    track = number(record, "161", "TRN")
    identity, identity_kind = expected_identity(record)
    return {
        "time": full_time(quantity(record, "140"), received),
        "range_m": distance,
        "azimuth_deg": azimuth,
        "range_rate_mps": rate,
        "alt_msl_m": times(quantity(record, "110", "3DH"), 0.3048),
        "alt_pressure_m": level,
        "speed_mps": times(quantity(record, "200", "GSP"), 1852.0),
        "course_deg": quantity(record, "200", "HDG"),
        "power_dbm": power if power is not None else quantity(record, "130", "SAM"),
        "sensor_id": f"{number(record, '010', 'SAC')}/{number(record, '010', 'SIC')}",
        "report": "status" if distance is None else "track" if tracked else "plot",
        "identity": identity,
        "identity_kind": identity_kind,
        "sensor_track_id": None if track is None else str(track),
        "classification": kinds[0] if kinds else None,
    }


def expected_status(record: Any, received: float) -> dict[str, Any] | str:
    """The row of a CAT034 record, or why it is none."""
    if item(record, "010") is None:
        return "no_data_source"
    state, on = "unknown", lambda part, name: number(record, "050", part, name) == 1
    if item(record, "050") is not None:
        overloads = [("COM", "OVLRDP"), ("COM", "OVLXMT"), ("COM", "TSV"), ("PSR", "OVL"), ("SSR", "OVL")]
        overloads += [("MDS", "OVLSUR"), ("MDS", "OVLSCF"), ("MDS", "OVLDLF")]
        off = any(number(record, "050", part, "CHAB") == 0 for part in ("PSR", "SSR", "MDS"))
        state = "failed" if on("COM", "NOGO") else "degraded" if off or any(on(*o) for o in overloads) else "ok"
    return {
        "time": full_time(quantity(record, "030"), received),
        "sensor_id": f"{number(record, '010', 'SAC')}/{number(record, '010', 'SIC')}",
        "event": {1: "north_mark", 2: "sector"}.get(number(record, "000") or 0, "status"),
        "azimuth_deg": quantity(record, "020"),
        "rotation_period_s": quantity(record, "041"),
        "state": state,
    }


def oracle(payload: bytes, received: float) -> tuple[list[dict[str, Any]], list[dict[str, Any]], Counter[str]] | None:
    """(detection rows, status rows, left out) of a datagram, or None when libasterix refuses any part of it."""
    found = base.RawDatablock.parse(base.Bits.from_bytes(payload))
    if isinstance(found, ValueError):
        return None
    rows: list[dict[str, Any]] = []
    status: list[dict[str, Any]] = []
    left_out: Counter[str] = Counter()
    for block in found:
        category = block.get_category()
        if category not in (34, 48):
            left_out[f"category_{category}"] += 1
            continue
        spec = gen.Cat_048_1_32 if category == 48 else gen.Cat_034_1_29
        records = spec.cv_uap.parse(block.get_raw_records())
        if isinstance(records, ValueError):
            return None
        for record in records:
            row = expected_row(record, received) if category == 48 else expected_status(record, received)
            if isinstance(row, str):
                left_out[row] += 1
            else:
                (rows if category == 48 else status).append(row)
    return rows, status, left_out


# -- comparing --------------------------------------------------------------------------------------------------
def decode(payloads: list[bytes], received: list[float], link: str = "udp") -> Decoded:
    decoder = AsterixDecoder(Options())
    chunk = Chunk.of(payloads, received, range(len(payloads)), source="test", link=link, time_source="container")
    return Decoded.join([decoder.decode(chunk), decoder.finish()])


def assert_same(batch: Batch, expected: list[dict[str, Any]]) -> None:
    """Every field of every row; numbers to rounding error."""
    assert batch.n == len(expected)
    for name in expected[0] if expected else ():
        found = batch.values(name)
        for i, row in enumerate(expected):
            want = row[name]
            if isinstance(want, float):
                assert found[i] == pytest.approx(want, rel=1e-12, abs=1e-9), (i, name)
            else:
                assert found[i] == want, (i, name)


def pcap_payloads(path: Path) -> tuple[list[bytes], list[float]]:
    """UDP payloads, cut by the UDP length (Ethernet pads short frames), and their times."""
    data, at, payloads, received = path.read_bytes(), 24, [], []
    while at < len(data):
        seconds, micros, size, _ = struct.unpack_from("<IIII", data, at)
        frame, at = data[at + 16 : at + 16 + size], at + 16 + size
        udp = 14 + (frame[14] & 15) * 4
        payloads.append(frame[udp + 8 : udp + struct.unpack_from(">H", frame, udp + 4)[0]])
        received.append(seconds + micros * 1e-6)
    return payloads, received


def test_real_recording_equals_libasterix_field_by_field(shared_data: Path) -> None:
    payloads, received = pcap_payloads(shared_data / "asterix" / "cat_034_048.pcap")
    assert len(payloads) == 100
    rows: list[dict[str, Any]] = []
    status: list[dict[str, Any]] = []
    left_out: Counter[str] = Counter()
    for payload, time in zip(payloads, received, strict=True):
        told = oracle(payload, time)
        assert told is not None
        rows, status = rows + told[0], status + told[1]
        left_out.update(told[2])
    decoded = decode(payloads, received)
    assert_same(decoded.detections, rows)
    assert_same(decoded.status, status)
    assert decoded.left_out == left_out == {}
    assert decoded.detections.n == 128
    assert decoded.detections.values("report").count("status") == 2  # two end-of-track messages
    assert decoded.status.n == 34
    assert {"25/201", "25/13"} <= set(decoded.detections.values("sensor_id"))
    assert set(decoded.detections.values("time_source")) == {"sensor"}


def test_real_recording_gives_the_same_rows_as_a_stream(shared_data: Path) -> None:
    payloads, received = pcap_payloads(shared_data / "asterix" / "cat_034_048.pcap")
    as_datagrams, as_stream = decode(payloads, received), decode(payloads, received, link="stream")
    for one, other in ((as_datagrams.detections, as_stream.detections), (as_datagrams.status, as_stream.status)):
        assert [r | {"source_offset": 0} for r in one.rows()] == [r | {"source_offset": 0} for r in other.rows()]
    assert as_datagrams.left_out == as_stream.left_out


def test_other_categories_are_counted_and_give_no_rows() -> None:
    payloads = [blocks(gen.Cat_063_1_7, [{"010": 0x1964}]), blocks(gen.Cat_247_1_3, [{"010": 0x1964}])] * 2
    for link in ("udp", "stream"):
        decoded = decode(payloads, [RECEIVED] * 4, link)
        assert decoded.left_out == {"category_63": 2, "category_247": 2}
        assert decoded.detections.n == decoded.status.n == 0


# -- records made by libasterix ------------------------------------------------------------------------------------
def bits(n: int) -> st.SearchStrategy[int]:
    return st.integers(0, 2**n - 1)


FIXED_048 = {
    "140": 24, "040": 32, "070": 16, "090": 16, "220": 24, "240": 48, "161": 16, "042": 32, "200": 32, "210": 32, "080": 16,
    "100": 32, "110": 16, "230": 16, "260": 56, "055": 8, "050": 16, "065": 8, "060": 16,
}  # fmt: skip
SUBFIELDS_130 = {name: bits(8) for name in ("SRL", "SRR", "SAM", "PRL", "PAM", "RPD", "APD")}
CALL_SIGNS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ", max_size=8)
RECORDS_048 = st.fixed_dictionaries(
    {"010": bits(16)},
    optional={
        **{name: bits(n) for name, n in FIXED_048.items()},
        "240": bits(48) | CALL_SIGNS,
        "020": st.lists(bits(7), min_size=1, max_size=6).map(tuple),
        "130": st.fixed_dictionaries({}, optional=SUBFIELDS_130),
        "250": st.lists(bits(64), min_size=1, max_size=4),
        "170": st.lists(bits(7), min_size=1, max_size=2).map(tuple),
        "030": st.lists(bits(7), min_size=1, max_size=5),
        "120": st.fixed_dictionaries({}, optional={"CAL": bits(16), "RDS": st.lists(bits(48), max_size=3)}),
        "SP": st.binary(max_size=9),
        "RE": st.binary(max_size=9),
    },
)
RECORDS_034 = st.fixed_dictionaries(
    {"010": bits(16)},
    optional={
        "000": st.integers(0, 9),
        "030": bits(24),
        "020": bits(8),
        "041": bits(16),
        "050": st.fixed_dictionaries({}, optional={"COM": bits(8), "PSR": bits(8), "SSR": bits(8), "MDS": bits(16)}),
        "060": st.fixed_dictionaries({}, optional={"COM": bits(8), "PSR": bits(8), "SSR": bits(8), "MDS": bits(8)}),
        "070": st.lists(bits(16), max_size=3),
        "100": bits(64),
        "110": bits(8),
        "120": bits(64),
        "090": bits(16),
        "RE": st.binary(max_size=5),
        "SP": st.binary(max_size=5),
    },
)


def blocks(spec: Any, records: list[dict[str, Any]]) -> bytes:
    return spec.create([spec.cv_record.create(dict(r)) for r in records]).unparse().to_bytes()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(RECORDS_048, min_size=1, max_size=4), st.lists(RECORDS_034, max_size=3), st.floats(1.7e9, 1.8e9))
def test_whatever_libasterix_writes_is_read_alike(
    reports: list[dict[str, Any]], messages: list[dict[str, Any]], received: float
) -> None:
    payload = blocks(gen.Cat_048_1_32, reports) + (blocks(gen.Cat_034_1_29, messages) if messages else b"")
    told = oracle(payload, received)
    assert told is not None
    decoded = decode([payload], [received])
    assert_same(decoded.detections, told[0])
    assert_same(decoded.status, told[1])
    assert decoded.left_out == told[2]


# -- what our encoder writes -----------------------------------------------------------------------------------------
PLOTS = st.fixed_dictionaries(
    {"range_m": st.floats(0, 474_000), "azimuth_deg": st.floats(0, 359.999)},
    optional={
        "time": st.floats(1.7e9, 1.8e9),
        "alt_msl_m": st.floats(-60_000, 60_000),
        "alt_pressure_m": st.floats(-500, 30_000),
        "range_rate_mps": st.floats(-511, 511),
        "power_dbm": st.floats(-128, 127),
        "sensor_track_id": st.integers(0, 4095).map(str),
        "report": st.sampled_from(["plot", "track"]),
    },
)
VELOCITIES = st.fixed_dictionaries({}, optional={"speed_mps": st.floats(0, 7000), "course_deg": st.floats(0, 359.999)})
IDENTITIES = st.one_of(
    st.just({}),
    st.integers(1, 0xFFFFFE).map(lambda a: {"identity": f"{a:06X}", "identity_kind": "icao_address"}),
    CALL_SIGNS.map(str.rstrip).filter(bool).map(lambda c: {"identity": c, "identity_kind": "call_sign"}),
)
STEPS = {  # least significant bits, from the standard
    "time": 1 / 128, "range_m": 1852 / 256, "azimuth_deg": 360 / 65536, "alt_msl_m": 7.62, "alt_pressure_m": 7.62,
    "range_rate_mps": 1, "speed_mps": 1852 / 16384, "course_deg": 360 / 65536, "power_dbm": 1,
}  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(PLOTS, VELOCITIES, IDENTITIES), min_size=1, max_size=6), st.integers(0, 255), st.integers(0, 255))
def test_encoded_rows_come_back_within_half_a_step(parts: Any, sac: int, sic: int) -> None:
    given_rows = [plot | velocity | identity for plot, velocity, identity in parts]
    payloads = encode_cat048(Batch.from_rows(DETECTION, given_rows), sac=sac, sic=sic, max_bytes=100)
    assert all(len(p) <= 100 for p in payloads)
    received = [RECEIVED] * len(payloads)
    decoded = decode(payloads, received)
    told = [oracle(p, RECEIVED) for p in payloads]
    assert all(t is not None and not t[2] for t in told)
    assert_same(decoded.detections, [row for t in told if t for row in t[0]])
    assert decoded.detections.n == len(given_rows)
    for sent, back in zip(given_rows, decoded.detections.rows(), strict=True):
        assert back["sensor_id"] == f"{sac}/{sic}"
        assert back["report"] == sent.get("report", "plot")
        for name in ("identity", "identity_kind", "sensor_track_id"):
            assert back.get(name) == sent.get(name)
        for name, step in STEPS.items():
            if name in sent and (name not in VELOCITIES_TOGETHER or sent.keys() >= VELOCITIES_TOGETHER):
                turn = {"time": 86400.0, "azimuth_deg": 360.0, "course_deg": 360.0}.get(name)
                gap = back[name] - sent[name]
                gap = math.remainder(gap, turn) if turn else gap
                assert abs(gap) <= step / 2 * (1 + 1e-6), name


VELOCITIES_TOGETHER = {"speed_mps", "course_deg"}  # I048/200 holds both or neither


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["north_mark", "sector"]), st.floats(1.7e9, 1.8e9), st.floats(0, 359.99), st.none() | st.floats(0.1, 500)
)  # fmt: skip
def test_service_messages_come_back(kind: str, time: float, azimuth: float, period: float | None) -> None:
    payload = encode_cat034(sac=1, sic=2, time=time, kind=kind, azimuth_deg=azimuth, rotation_period_s=period)
    told = oracle(payload, time)
    assert told is not None
    decoded = decode([payload], [time])
    assert_same(decoded.status, told[1])
    (row,) = decoded.status.rows()
    assert row["event"] == kind
    assert row["time"] == pytest.approx(time, abs=1 / 256)
    assert 0 <= azimuth - row["azimuth_deg"] < 360 / 256  # the sector in which the antenna points
    assert row.get("rotation_period_s") == (None if period is None else pytest.approx(period, abs=1 / 256))


# -- damaged bytes -------------------------------------------------------------------------------------------------------
def sample() -> bytes:
    """One datagram of three full target reports and one service message, every kind of item among them."""
    first = {"020": (0b0100000, 0), "040": 0x12345678, "070": 7, "090": 0x0123, "130": {"SAM": 0xC0, "PAM": 0xB0}}
    second = {"020": (0b1110000,), "040": 0x02345678, "220": 0x3C660C, "240": "DLH4AB", "250": [5], "161": 77}
    third = {"020": (0b0010000,), "040": 0x00345678, "030": [7, 19], "110": 0x10, "120": {"CAL": 0x3F0}, "RE": b"\x80\1"}
    reports = [{"010": 0x19C9, "140": 1234567 + i, **items} for i, items in enumerate((first, second, third))]
    messages = [{"010": 0x19C9, "000": 2, "030": 1234567, "020": 8, "041": 600, "050": {"COM": 4, "MDS": 0x2800}}]
    return blocks(gen.Cat_048_1_32, reports) + blocks(gen.Cat_034_1_29, messages)


@pytest.mark.parametrize("link", ["udp", "stream"])
def test_every_flipped_bit_is_read_like_libasterix_or_counted(link: str) -> None:
    whole = sample()
    agreed = 0
    for bit in range(8 * len(whole)):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 0x80 >> bit % 8
        told = oracle(bytes(damaged), RECEIVED)
        decoded = decode([bytes(damaged)], [RECEIVED], link)
        if told is None or decoded.left_out.keys() & {"bad_fspec", "bad_length", "truncated"}:
            # libasterix refuses the datagram or (an empty FSPEC) is laxer: whatever is lost must be counted
            assert decoded.left_out, bit
            assert decoded.detections.n <= 3
            continue
        agreed += 1
        assert decoded.left_out == told[2], bit
        assert_same(decoded.detections, told[0])
        assert_same(decoded.status, told[1])
    assert agreed > 4 * len(whole)  # most single bits change a value, not the structure
