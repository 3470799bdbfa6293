"""CAT062 system tracks and CAT065 service messages against libasterix: real ones, random ones, damaged ones, and our encoders'."""

from __future__ import annotations

import doctest
import math
import random
from collections import Counter
from pathlib import Path
from typing import Any

import asterix.base as base
import asterix.generated as gen
import pytest
from asterix_items import assert_same, block, call_sign, decode, full_time, item, items, number, quantity, records, times
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.feed.asterix import cat062_encoder, cat065_encoder, encode_cat048, encode_cat062, encode_cat065
from picket.feed.asterix.decoder import AsterixDecoder
from picket.feed.format import Chunk, Decoded, Options
from picket.words import DETECTION, Batch

RECEIVED = 1_780_000_000.0
EDITIONS_062 = {
    name: getattr(gen, f"Cat_062_{name.replace('.', '_')}") for name in ("1.16", "1.17", "1.18", "1.19", "1.20", "1.21")
}
EDITIONS_065 = {name: getattr(gen, f"Cat_065_{name.replace('.', '_')}") for name in ("1.4", "1.5", "1.6")}
CAT062, CAT065 = EDITIONS_062["1.21"], EDITIONS_065["1.6"]
EMITTERS = {
    1: "light_aircraft", 3: "medium_aircraft", 5: "heavy_aircraft", 6: "high_performance_aircraft", 10: "helicopter", 11: "glider",
    12: "lighter_than_air", 13: "uav", 14: "spacecraft", 15: "ultralight", 16: "parachutist", 20: "emergency_vehicle",
    21: "ground_vehicle", 22: "fixed_obstacle", 23: "cluster_obstacle", 24: "line_obstacle",
}  # fmt: skip


# -- the oracle: what the reader's docstring promises, of an item as libasterix reads it --------------------------------------------
def expected_identity(record: Any) -> tuple[str | None, str | None]:
    address = number(record, "380", "ADR")
    if address not in (None, 0, 0xFFFFFF):
        return f"{address:06X}", "icao_address"
    if name := call_sign(number(record, "380", "ID")):
        return name, "call_sign"
    if (kind := number(record, "245", "STI")) in (0, 1, 2) and (name := call_sign(number(record, "245", "CHR"))):
        return name, "registration" if kind == 2 else "call_sign"
    octets = number(record, "390", "CS")
    if octets is not None:
        text = octets.to_bytes(7, "big").replace(b"\0", b" ")
        if all(32 <= c < 127 for c in text) and text.strip():
            return text.decode().rstrip(), "call_sign"
    return None, None


def rms(x: float | None, y: float | None, factor_x: float, factor_y: float) -> float | None:
    if x is None or y is None or x == y == 0:
        return None
    return math.sqrt(((x * factor_x) ** 2 + (y * factor_y) ** 2) / 2)


def expected_row(record: Any, received: float) -> dict[str, Any] | str:
    """The row of a CAT062 record, or why it is none."""
    if item(record, "010") is None:
        return "no_data_source"
    if number(record, "080", "SIM") or number(record, "340", "TYP", "SIM"):
        return "simulated"
    if number(record, "340", "TYP", "TST"):
        return "test_target"
    if number(record, "340", "TYP", "RAB"):
        return "field_monitor"
    lat, lon = quantity(record, "105", "LAT"), quantity(record, "105", "LON")
    if lat is None and item(record, "100") is not None:
        return "cartesian_only"
    if lat is not None and lon is not None and (abs(lat) > 90 or abs(lon) > 180):
        return "bad_position"
    ends = number(record, "080", "TSE") == 1 or number(record, "080", "FPLT") == 1
    east, north = quantity(record, "185", "VX"), quantity(record, "185", "VY")
    moves = east is not None and north is not None and (east, north) != (0, 0)
    ellipsoid = times(quantity(record, "130"), 0.3048)
    if number(record, "080", "SRC") in (4, 5, 6):
        ellipsoid = None
    barometric, level = times(quantity(record, "135", "CTB"), 30.48), times(quantity(record, "136"), 30.48)
    corrected = number(record, "135", "QNH") == 1
    sigma_height = None
    if ellipsoid is not None:
        sigma_height = times(quantity(record, "500", "AGA"), 0.3048)
    elif barometric is not None:
        sigma_height = times(quantity(record, "500", "ABA"), 30.48)
    position = None
    if lat is not None:
        across = 111_120 * math.cos(math.radians(lat))
        position = rms(quantity(record, "500", "APW", "LAT"), quantity(record, "500", "APW", "LON"), 111_120, across)
        if position is None:
            position = rms(quantity(record, "500", "APC", "X"), quantity(record, "500", "APC", "Y"), 1, 1)
    speed = None if east is None or north is None else math.hypot(east, north)
    sigma_speed = rms(quantity(record, "500", "ATV", "X"), quantity(record, "500", "ATV", "Y"), 1, 1)
    identity, identity_kind = expected_identity(record)
    track = number(record, "040")
    return {
        "time": full_time(quantity(record, "070"), received),
        "lat_deg": lat,
        "lon_deg": lon,
        "alt_wgs84_m": ellipsoid,
        "alt_msl_m": barometric if corrected else None,
        "alt_pressure_m": level if corrected or barometric is None else barometric,
        "speed_mps": speed,
        "course_deg": math.degrees(math.atan2(east or 0, north or 0)) % 360 if moves else None,
        "climb_mps": times(quantity(record, "220"), 0.3048 / 60),
        "sigma_position_m": position,
        "sigma_altitude_m": sigma_height or None,
        "sigma_speed_mps": None if speed is None else sigma_speed,
        "sensor_id": f"{number(record, '010', 'SAC')}/{number(record, '010', 'SIC')}",
        "kind": "system",
        "report": "status" if ends or lat is None else "track",
        "identity": identity,
        "identity_kind": identity_kind,
        "sensor_track_id": None if track is None else str(track),
        "classification": "ground_vehicle" if number(record, "300") else EMITTERS.get(number(record, "380", "EMC") or 0),
    }


SERVICES = {1: "service_degradation", 6: "ready_for_restart_after_contingency", 16: "main_and_backup_radar_failed"}
FAILED, LESSER = {4, 5, 6, 7, 16}, {1, 3, 8, 11, 12, 14}


def expected_status(record: Any, received: float) -> dict[str, Any] | str:
    """The status row of a CAT065 record, or why it is none. Its `detail` is left to a test of its own."""
    if item(record, "010") is None:
        return "no_data_source"
    order, found = ["unknown", "ok", "degraded", "failed"], ["unknown"]
    nogo = number(record, "040", "NOGO")
    if nogo is not None:
        worse = number(record, "040", "OVL") or number(record, "040", "TSV")
        found.append({0: "degraded" if worse else "ok", 1: "degraded", 2: "failed", 3: "unknown"}[nogo])
    code = number(record, "050")
    if code is not None and 0 < code <= 16:
        found.append("failed" if code in FAILED else "degraded" if code in LESSER else "ok")
    return {
        "time": full_time(quantity(record, "030"), received),
        "sensor_id": f"{number(record, '010', 'SAC')}/{number(record, '010', 'SIC')}",
        "event": {1: "heartbeat", 2: "scan"}.get(number(record, "000") or 0, "status"),
        "state": max(found, key=order.index),
    }


def assert_read_alike(decoded: Decoded, found: list[Any], status: list[Any], received: float) -> None:
    """Picket's tables are the rows of these records of libasterix."""
    left_out: Counter[str] = Counter()
    for batch, told in (
        (decoded.detections, [expected_row(r, received) for r in found]),
        (decoded.status, [expected_status(r, received) for r in status]),
    ):
        left_out.update(row for row in told if isinstance(row, str))
        assert_same(batch, [row for row in told if not isinstance(row, str)])
    assert decoded.left_out == left_out


# -- a real recording ---------------------------------------------------------------------------------------------------------
def payloads_of(path: Path) -> list[bytes]:
    """UDP payloads of a pcap with Ethernet frames, cut by the UDP length."""
    data, at, found = path.read_bytes(), 24, []
    while at < len(data):
        size = int.from_bytes(data[at + 8 : at + 12], "little")
        frame, at = data[at + 16 : at + 16 + size], at + 16 + size
        found.append(frame[42 : 34 + int.from_bytes(frame[38:40], "big")])
    return found


@pytest.mark.parametrize("edition", EDITIONS_062)
def test_the_real_recording_equals_libasterix_field_by_field(shared_data: Path, edition: str) -> None:
    payloads = payloads_of(shared_data / "asterix" / "cat_062_065.pcap")
    (payload,) = payloads
    blocks = base.RawDatablock.parse(base.Bits.from_bytes(payload))
    assert not isinstance(blocks, ValueError)
    first, second = blocks
    found = EDITIONS_062[edition].cv_uap.parse(first.get_raw_records())
    status = CAT065.cv_uap.parse(second.get_raw_records())
    assert not isinstance(found, ValueError)
    assert not isinstance(status, ValueError)
    assert (len(found), len(status)) == (2, 1)
    decoded = decode(payloads, RECEIVED, f"062={edition}")
    assert_read_alike(decoded, list(found), list(status), RECEIVED)
    assert decoded.detections.values("identity") == ["4CA7A8", "4CAC7F"]
    assert decoded.detections.values("sensor_track_id") == ["4713", "6831"]
    assert decoded.status.values("detail") == ["end_of_batch_1"]
    as_stream = AsterixDecoder(Options()).decode(Chunk.one(payload, received=RECEIVED, source="test"))
    assert as_stream.detections.values("lat_deg") == decoded.detections.values("lat_deg")
    assert as_stream.status.n == 1


# -- records made by libasterix --------------------------------------------------------------------------------------------------
def likely(chance: random.Random) -> dict[str, Any]:
    """Items of a record that has a fair chance to become a row: a place on the globe, no simulation."""
    place = chance.randrange(-(1 << 24), (1 << 24) + 1) % (1 << 32) << 32 | chance.randrange(-(1 << 25), 1 << 25) % (1 << 32)
    first = chance.getrandbits(7)
    fixed: dict[str, Any] = {
        "i010": chance.getrandbits(16),
        "i105": chance.choice([place, place, place, None, chance.getrandbits(64)]),
    }
    groups = [first, *(chance.getrandbits(7) for _ in range(chance.randrange(5)))]
    if len(groups) > 1 and chance.random() < 0.9:
        groups[1] &= 0b0111111
    fixed["i080"] = chance.choice([tuple(groups), tuple(groups), None])
    if chance.random() < 0.8:
        fixed["i340"] = chance.choice([None, {"SID": 5, "TYP": chance.choice([0, 0x20, 0x10, 0x08, 0x04])}])
    if chance.random() < 0.3:
        address = chance.choice([None, 0, 0xFFFFFF, chance.getrandbits(24)])
        derived = {"ADR": address, "ID": chance.choice([None, "DLH4AB", chance.getrandbits(48)]), "EMC": chance.randrange(26)}
        fixed["i380"] = {name: v for name, v in derived.items() if v is not None}
    if chance.random() < 0.3:
        fixed["i390"] = {"CS": chance.choice(["AFR123", "", "A-B 1", chance.getrandbits(56)])}
    return fixed


@pytest.mark.parametrize("edition", EDITIONS_062)
@pytest.mark.parametrize("seed", range(8))
def test_whatever_libasterix_writes_is_read_alike(edition: str, seed: int) -> None:
    chance, spec = random.Random(f"{edition} {seed}"), EDITIONS_062[edition]
    written = [items(spec, chance, **likely(chance)) for _ in range(40)] + [items(spec, chance) for _ in range(10)]
    for made in written:
        if not made:
            continue
        payload = block(spec, [made])
        found = records(spec, payload)
        assert found is not None
        assert_read_alike(decode([payload], RECEIVED, f"062={edition}"), found, [], RECEIVED)


def test_random_records_reach_every_column_and_reason() -> None:
    chance = random.Random(62)
    payloads = [block(CAT062, [items(CAT062, chance, **likely(chance))]) for _ in range(600)]
    decoded = decode(payloads, RECEIVED)
    expected = {name for name, v in (expected_row(records(CAT062, payloads[0])[0], RECEIVED) or {}).items()}  # type: ignore[index,union-attr]
    assert expected <= set(decoded.detections.columns)
    assert set(decoded.detections.values("report")) == {"track", "status"}
    assert set(decoded.left_out) == {"simulated", "test_target", "field_monitor", "cartesian_only", "bad_position"}


@pytest.mark.parametrize("edition", EDITIONS_065)
def test_service_messages_are_read_alike(edition: str) -> None:
    chance, spec = random.Random(edition), EDITIONS_065[edition]
    for _ in range(150):
        made = items(
            spec, chance, i010=chance.choice([0x1964, 0x1965, 0x1966, None]), i000=chance.choice([None, 0, 1, 2, 3, 4, 200])
        )
        if made:
            payload = block(spec, [made])
            found = records(spec, payload)
            assert found is not None
            assert_read_alike(decode([payload], RECEIVED, f"065={edition}"), [], found, RECEIVED)


@pytest.mark.parametrize(
    ("made", "state", "detail"),
    [
        ({"000": 1, "040": 0}, "ok", None),
        ({"000": 1, "040": 0b00_1_0_01_1_0}, "degraded", "overload sdps_1"),
        ({"000": 1, "040": 0b01_0_0_00_0_0}, "degraded", None),
        ({"000": 1, "040": 0b10_0_1_11_0_0}, "failed", "time_source_invalid not_connected sdps_3"),
        ({"000": 1, "040": 0b11_0_0_00_0_0}, "unknown", None),
        ({"000": 2, "020": 7}, "unknown", "end_of_batch_7"),
        ({"000": 2}, "unknown", "end_of_batch"),
        ({"000": 3, "050": 4}, "failed", "service_interrupted_by_operator"),
        ({"000": 3, "050": 14, "040": 0}, "degraded", "synchronised_on_backup_radar"),
        ({"000": 3, "050": 99}, "unknown", "service_status_99"),
        ({"000": 9}, "unknown", "message_type_9"),
        ({}, "unknown", None),
    ],
)
def test_service_messages_say_what_happened(made: dict[str, int], state: str, detail: str | None) -> None:
    decoded = decode([block(CAT065, [{"010": 0x1964, **made}])], RECEIVED)
    assert decoded.status.values("state") == [state]
    assert decoded.status.values("detail") == [detail]


# -- what the values mean ----------------------------------------------------------------------------------------------------------
PLACE = (round(45 / 180 * 2**25) << 32) | round(9 / 180 * 2**25)


def track(**made: Any) -> bytes:
    """A block of one track over land; items as i040=..., None to leave one out."""
    named = {"010": 0x1964, "105": PLACE, "080": (0,), **{name[1:]: v for name, v in made.items()}}
    return block(CAT062, [{name: v for name, v in named.items() if v is not None}])


def test_a_corrected_height_is_no_pressure_altitude() -> None:
    level = 400  # FL 100
    decoded = decode(
        [track(i135=level), track(i135=0x8000 | level), track(i135=0x8000 | level, i136=404), track(i136=404)], RECEIVED
    )
    assert decoded.detections.values("alt_pressure_m") == [
        pytest.approx(3048),
        None,
        pytest.approx(3078.48),
        pytest.approx(3078.48),
    ]
    assert decoded.detections.values("alt_msl_m") == [None, pytest.approx(3048), pytest.approx(3048), None]


def test_a_guessed_height_is_unknown() -> None:
    decoded = decode([track(i080=(source << 1,), i130=1600) for source in range(8)], RECEIVED)
    known = [v is not None for v in decoded.detections.values("alt_wgs84_m")]
    assert known == [True, True, True, True, False, False, False, True]


def test_the_end_of_a_track_is_a_status_report_with_its_number() -> None:
    decoded = decode(
        [track(i080=(0, 0b0100000), i040=77), track(i080=(0, 0, 0, 0, 1), i040=78), track(i080=(1, 0), i040=79)], RECEIVED
    )
    assert decoded.detections.values("report") == ["status", "status", "track"]
    assert decoded.detections.values("sensor_track_id") == ["77", "78", "79"]


def test_simulated_tracks_are_rows_of_an_exercise_only() -> None:
    for simulated in (track(i080=(0, 0b1000000)), track(i340={"TYP": 0x10})):
        for origin in ("live", "replay"):
            assert decode([simulated], RECEIVED, origin=origin).left_out == {"simulated": 1}
        (row,) = decode([simulated], RECEIVED, origin="exercise").detections.rows()
        assert row["origin"] == "exercise"
    both = track(i080=(0, 0b1000000), i340={"TYP": 0x04})
    assert decode([both], RECEIVED, origin="exercise").left_out == {"test_target": 1}


def test_sigmas_are_standard_deviations_and_zero_is_none() -> None:
    decoded = decode(
        [
            track(i500={"APC": 0x0014_0014, "ATV": 0x0808}, i185=0x0004_0004),
            track(i500={"APC": 0, "ATV": 0}),
            track(i500={"APC": 0xFFFFFFFF}),
        ],
        RECEIVED,
    )
    assert decoded.detections.values("sigma_position_m") == [10.0, None, 32767.5]
    assert decoded.detections.values("sigma_speed_mps") == [2.0, None, None]


def test_a_track_without_a_place_is_counted_or_a_status() -> None:
    decoded = decode([track(i105=None, i100=0), track(i105=None), track(i105=(1 << 25) << 32)], RECEIVED)
    assert decoded.left_out == {"cartesian_only": 1, "bad_position": 1}
    assert decoded.detections.values("report") == ["status"]
    assert decoded.detections.values("lat_deg") == [None]


# -- editions and neighbours ---------------------------------------------------------------------------------------------------------
def test_a_block_of_another_layout_never_makes_a_row() -> None:
    """FSPECs that name spare items, or a record without a data source, as a wrong edition makes them."""
    spare = b"\x3e\x00\x07\xc0\x19\x64\x00"
    beyond = b"\x3e\x00\x0b\x81\x01\x01\x01\x80\x19\x64\x00"
    for payload in (spare, beyond):
        decoded = decode([payload], RECEIVED)
        assert decoded.detections.n == 0
        assert decoded.left_out == {"bad_item": 1}
    trailing = b"\x3e\x00\x0d\x81\x01\x01\x02\x19\x64\x05\x00\x00\x00"  # presence octets of I062/340 beyond its last subfield
    assert decode([trailing], RECEIVED).left_out == {"bad_item": 1}
    nameless = block(CAT062, [{"070": 5, "105": PLACE}, {"070": 6, "105": PLACE}])
    assert decode([nameless], RECEIVED).left_out == {"no_data_source": 2}


def test_categories_share_a_datagram_and_a_stream() -> None:
    plots = Batch.from_rows(DETECTION, [{"time": RECEIVED, "range_m": 1852.0, "azimuth_deg": 45.0}])
    tracks = Batch.from_rows(DETECTION, [{"time": RECEIVED, "lat_deg": 45.0, "lon_deg": 9.0}])
    other = b"\xf7\x00\x06\x80\x19\x64"
    whole = b"".join(
        [
            *encode_cat048(plots, sac=1, sic=1),
            *encode_cat062(tracks, sac=1, sic=2),
            other,
            encode_cat065(sac=1, sic=2, time=RECEIVED, kind="scan"),
        ]
    )
    one = decode([whole], RECEIVED)
    two = AsterixDecoder(Options()).decode(Chunk.one(whole + whole, received=RECEIVED, source="test"))
    assert one.detections.values("kind") == ["radar", "system"]
    assert one.detections.values("range_m")[1] is None
    assert one.detections.values("lat_deg") == [None, pytest.approx(45.0)]
    assert one.status.values("event") == ["scan"]
    assert one.left_out == {"category_247": 1}
    assert two.detections.values("kind") == ["radar", "system"] * 2
    assert two.left_out == {"category_247": 2}


@pytest.mark.parametrize("link", ["udp", "stream"])
def test_every_flipped_bit_is_read_like_libasterix_or_counted(link: str) -> None:
    chance = random.Random(8)
    made = [items(CAT062, chance, **likely(chance), i380={"ADR": 0x4CA7A8, "EMC": 13}, i500={"APC": 0x140014}) for _ in range(3)]
    made = [
        {name: v for name, v in m.items() if name in ("010", "070", "105", "185", "040", "080", "380", "500", "135", "220")}
        for m in made
    ]
    whole = block(CAT062, made)
    agreed = 0
    for bit in range(8 * len(whole)):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 0x80 >> bit % 8
        found = records(CAT062, bytes(damaged))
        decoder = AsterixDecoder(Options())
        chunk = Chunk.one(bytes(damaged), received=RECEIVED, source="test", link=link)
        decoded = Decoded.join([decoder.decode(chunk), decoder.finish()])
        if found is None or decoded.left_out.keys() & {"bad_fspec", "bad_item", "bad_length", "truncated"}:
            assert decoded.left_out, bit
            continue
        agreed += 1
        assert_read_alike(decoded, found, [], RECEIVED)
    assert agreed > 4 * len(whole)


# -- what our encoders write -----------------------------------------------------------------------------------------------------------
TRACKS = st.fixed_dictionaries(
    {"lat_deg": st.floats(-90, 90), "lon_deg": st.floats(-180, 180)},
    optional={
        "time": st.floats(1.7e9, 1.8e9),
        "alt_wgs84_m": st.floats(-400, 45_000),
        "alt_pressure_m": st.floats(-400, 45_000),
        "alt_msl_m": st.floats(-400, 45_000),
        "climb_mps": st.floats(-100, 100),
        "sigma_position_m": st.floats(1, 30_000),
        "sigma_altitude_m": st.floats(10, 480),
        "sensor_track_id": st.integers(0, 65535).map(str),
        "report": st.sampled_from(["track", "status"]),
        "classification": st.sampled_from(sorted(EMITTERS.values())),
    },
)
MOTIONS = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {"speed_mps": st.floats(1, 5000), "course_deg": st.floats(0, 359.99), "sigma_speed_mps": st.floats(0.25, 60)}
    ),
)
TEXT = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=8)
NAMES = st.one_of(
    st.just({}),
    st.integers(1, 0xFFFFFE).map(lambda a: {"identity": f"{a:06X}", "identity_kind": "icao_address"}),
    st.tuples(TEXT, st.sampled_from(["call_sign", "registration"])).map(lambda t: {"identity": t[0], "identity_kind": t[1]}),
)
STEPS = {
    "time": 1 / 128, "lat_deg": 180 / 2**25, "lon_deg": 180 / 2**25, "alt_wgs84_m": 1.905, "alt_msl_m": 7.62, "alt_pressure_m": 7.62,
    "climb_mps": 0.03175, "speed_mps": 0.36, "sigma_position_m": 0.5, "sigma_speed_mps": 0.25,
}  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(TRACKS, MOTIONS, NAMES), min_size=1, max_size=6), st.integers(0, 255), st.integers(0, 255))
def test_encoded_tracks_come_back_within_half_a_step(parts: Any, sac: int, sic: int) -> None:
    given_rows = [place | motion | name for place, motion, name in parts]
    payloads = encode_cat062(Batch.from_rows(DETECTION, given_rows), sac=sac, sic=sic, max_bytes=120)
    assert all(len(p) <= 120 for p in payloads)
    told = [record for p in payloads for record in records(CAT062, p) or []]
    decoded = decode(payloads, RECEIVED)
    assert_read_alike(decoded, told, [], RECEIVED)
    assert decoded.detections.n == len(given_rows)
    for sent, back in zip(given_rows, decoded.detections.rows(), strict=True):
        assert back["sensor_id"] == f"{sac}/{sic}"
        assert back["report"] == sent.get("report", "track")
        for name in ("identity", "identity_kind", "sensor_track_id", "classification"):
            assert back.get(name) == sent.get(name)
        for name, step in STEPS.items():
            if name in sent:
                gap = back[name] - sent[name]
                gap = math.remainder(gap, 86400.0) if name == "time" else gap
                assert abs(gap) <= step / 2 * (1 + 1e-6), name
        if "sigma_altitude_m" in sent and sent.keys() & {"alt_wgs84_m", "alt_msl_m", "alt_pressure_m"}:
            assert abs(back["sigma_altitude_m"] - sent["sigma_altitude_m"]) <= 7.62 / 2
        if "speed_mps" in sent:
            assert abs(math.remainder(back["course_deg"] - sent["course_deg"], 360)) <= math.degrees(0.2 / sent["speed_mps"])


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["heartbeat", "scan", "status"]), st.floats(1.7e9, 1.8e9),
    st.none() | st.sampled_from(["ok", "degraded", "failed", "unknown"]), st.none() | st.integers(0, 255),
)  # fmt: skip
def test_encoded_service_messages_come_back(kind: str, time: float, state: str | None, batch: int | None) -> None:
    payload = encode_cat065(sac=1, sic=2, time=time, kind=kind, state=state, batch=batch)
    (row,) = decode([payload], time).status.rows()
    assert row["event"] == kind
    assert row["state"] == (state or "unknown")
    assert row["time"] == pytest.approx(time, abs=1 / 256)
    assert records(CAT065, payload) is not None


def test_encoders_refuse_what_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="row 0"):
        encode_cat062(Batch.from_rows(DETECTION, [{"lat_deg": 45.0}]), sac=1, sic=1)
    with pytest.raises(ValueError, match="row 0"):
        encode_cat062(Batch.from_rows(DETECTION, [{"lat_deg": 91.0, "lon_deg": 0.0}]), sac=1, sic=1)
    with pytest.raises(ValueError, match="sac and sic"):
        encode_cat062(Batch.empty(DETECTION), sac=-1, sic=1)
    for wrong in (
        {"kind": "sector"},
        {"kind": "scan", "batch": 256},
        {"kind": "status", "service": -1},
        {"kind": "heartbeat", "state": "x"},
    ):
        with pytest.raises(ValueError, match=list(wrong)[-1]):
            encode_cat065(sac=1, sic=1, time=RECEIVED, **wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="finite"):
        encode_cat065(sac=1, sic=1, time=math.nan, kind="scan")


def test_examples_in_the_docstrings_hold() -> None:
    for module in (cat062_encoder, cat065_encoder):
        assert doctest.testmod(module).failed == 0
        assert doctest.testmod(module).attempted > 0
