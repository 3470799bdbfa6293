"""CAT021 ADS-B reports: every item against libasterix in every edition, values by behaviour, and what the encoder writes."""

from __future__ import annotations

import doctest
import math
import random
from typing import Any

import asterix.base as base
import asterix.generated as gen
import numpy as np
import pytest
from asterix_items import (
    assert_same,
    block,
    call_sign,
    decode,
    expansion,
    full_time,
    item,
    items,
    number,
    quantity,
    records,
    times,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.feed.asterix import cat021_encoder, encode_cat021
from picket.words import DETECTION, Batch

NOON = 1_780_056_000.0
ODD_TIME = NOON + 0.3  # no time of day in 1/128 s is equally near to it on two days
EDITIONS_2 = {f"2.{n}": getattr(gen, f"Cat_021_2_{n}") for n in range(1, 8)}
EDITIONS_0 = {f"0.{n}": getattr(gen, f"Cat_021_0_{n}") for n in range(23, 27)}
LATEST = gen.Cat_021_2_7
REFERENCE = gen.Ref_021_1_5
FOOT, NM = 0.3048, 1852.0
SEEDS = st.integers(0, 2**48)
NAMES = {
    1: "light_aircraft", 2: "small_aircraft", 3: "medium_aircraft", 4: "high_vortex_aircraft", 5: "heavy_aircraft",
    6: "high_performance_aircraft", 10: "helicopter", 11: "glider", 12: "lighter_than_air", 13: "uav", 14: "spacecraft",
    15: "ultralight", 16: "parachutist", 20: "emergency_vehicle", 21: "ground_vehicle", 22: "fixed_obstacle",
    23: "cluster_obstacle", 24: "line_obstacle",
}  # fmt: skip
# 95 % bounds in m and m/s, from DO-260 and DO-260B
NUCP = {9: 3, 8: 10, 7: 0.05 * NM, 6: 0.1 * NM, 5: 0.25 * NM, 4: 0.5 * NM, 3: NM, 2: 5 * NM, 1: 10 * NM}
NACP = {
    11: 3, 10: 10, 9: 30, 8: 0.05 * NM, 7: 0.1 * NM, 6: 0.3 * NM, 5: 0.5 * NM, 4: NM, 3: 2 * NM, 2: 4 * NM, 1: 10 * NM,
}  # fmt: skip
NACV = {1: 10, 2: 3, 3: 1, 4: 0.3}


def report(**fixed: Any) -> bytes:
    """One report with an ICAO address and a position, by libasterix."""
    named = {"010": 0x19C9, "040": (0,), "080": 0x3C6444, "131": 1 << 61, **{name[1:]: v for name, v in fixed.items()}}
    return block(LATEST, [{name: v for name, v in named.items() if v is not None}])


def row(**fixed: Any) -> dict[str, Any]:
    """The row of `report`."""
    decoded = decode([report(**fixed)], NOON)
    assert not decoded.left_out
    (found,) = decoded.detections.rows()
    return found


# -- the oracle ------------------------------------------------------------------------------------------------------------
def over(bound: float | None, factor: float) -> float | None:
    return None if bound is None else bound / factor


def identity(address: int | None, icao: bool, bits: int | None) -> tuple[str | None, str | None]:
    if address is not None and 0 < address < 0xFFFFFF:
        return (f"{address:06X}", "icao_address") if icao else (f"~{address:06X}", None)
    text = call_sign(bits)
    return text, None if text is None else "call_sign"


def place(lat: float | None, lon: float | None) -> tuple[float | None, float | None]:
    known = lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180
    return (lat, lon) if known else (None, None)


def reception(record: Any, coarse: str, fine: str) -> float | None:
    """Time of reception, with its fraction."""
    seconds, indication = quantity(record, coarse), number(record, fine, "FSI")
    if seconds is None or indication in (None, 3):
        return seconds
    fraction = quantity(record, fine, "TOMRP")
    assert fraction is not None
    return (math.floor(seconds) + {0: 0, 1: 1, 2: -1}[indication or 0] + fraction) % (1 << 17 if seconds > 86400 else 86400)


def time_2(record: Any, placed: bool) -> float | None:
    first = quantity(record, "071" if placed else "072")
    second = reception(record, *(("073", "074") if placed else ("075", "076")))
    return next((t for t in (first, second, quantity(record, "077")) if t is not None), None)


def reason_2(record: Any) -> str | None:
    for name, reason in (
        ("RAB", "field_monitor"), ("SIM", "simulated"), ("TST", "test_target"), ("NOGO", "not_operational"),
        ("CPR", "bad_position"), ("LDPJ", "bad_position"), ("RCF", "bad_position"),
    ):  # fmt: skip
        if number(record, "040", name):
            return reason
    return None


def surface(record: Any) -> tuple[float | None, float | None, bool]:
    """Speed and course of the surface ground vector, and whether somebody says that nobody is on board."""
    found = item(record, "RE")
    if found is None:
        return None, None, False
    parsed = REFERENCE.cv_expansion.parse(base.Bits.from_bytes(found.variation.get_bytes()))[0]
    speed = course = None
    vector, status = parsed.get_item("SGV"), parsed.get_item("STA")
    if vector is not None:
        part = vector.variation.get_item
        speed = part("GSS").variation.content.as_quantity() * NM / 3600
        track = part("HTS").as_uint(), part("HTT").as_uint(), part("HRD").as_uint()
        if part("HGT") is not None and track == (1, 1, 0):
            course = part("HGT").variation.content.as_quantity()
    unmanned = status and status.variation.get_item("MUO")
    return speed, course, bool(unmanned and unmanned.as_uint() == 3)


def accuracy_2(record: Any, height: float | None) -> tuple[float | None, float | None, float | None]:
    """Sigmas of position, height and speed."""
    if item(record, "090") is None:
        return None, None, None
    version = number(record, "210", "VN")
    nucp, nacp, gva = (number(record, "090", name) or 0 for name in ("NUCPNIC", "NACP", "GVA"))
    if version == 0:
        position, vertical = NUCP.get(nucp), {9: 4, 8: 15}.get(nucp)
    else:
        position = NACP.get(nacp)
        vertical = None
        if version == 1:
            vertical = {11: 4, 10: 15, 9: 45}.get(nacp)
        elif version is not None:
            vertical = {1: 150, 2: 45}.get(gva)
    speed = NACV.get(number(record, "090", "NUCRNACV") or 0)
    return over(position, 2.448), over(vertical, 1.96) if height is not None else None, over(speed, 1.96)


def expected_2(record: Any, received: float) -> dict[str, Any] | str:
    """The row of a record of editions 2.x, or why it is none."""
    if item(record, "010") is None:
        return "no_data_source"
    reason = reason_2(record)
    if reason:
        return reason
    name = "131" if item(record, "131") is not None else "130"
    lat, lon = place(quantity(record, name, "LAT"), quantity(record, name, "LON"))
    height = None if number(record, "140") == 0x7FFF else times(quantity(record, "140"), FOOT)
    speed = times(quantity(record, "160", "GS"), NM) if number(record, "160", "RE") == 0 else None
    course = quantity(record, "160", "TA")
    ground_speed, ground_course, unmanned = surface(record)
    if speed is None and ground_speed is not None:
        speed, course = ground_speed, ground_course if ground_course is not None else course
    rate = "157" if item(record, "157") is not None else "155"
    climb = quantity(record, rate, "GVR" if rate == "157" else "BVR") if number(record, rate, "RE") == 0 else None
    named, kind = identity(number(record, "080"), number(record, "040", "ATP") == 0, number(record, "170"))
    sigmas = accuracy_2(record, height)
    track = number(record, "161", "TRNUM")
    return {
        "time": full_time(time_2(record, lat is not None), received),
        "sensor_id": f"{number(record, '010', 'SAC')}/{number(record, '010', 'SIC')}",
        "kind": "adsb",
        "report": "status" if lat is None else "plot",
        "lat_deg": lat, "lon_deg": lon, "alt_wgs84_m": height, "alt_pressure_m": times(quantity(record, "145"), 100 * FOOT),
        "speed_mps": speed, "course_deg": course, "climb_mps": times(climb, FOOT / 60),
        "sigma_position_m": sigmas[0], "sigma_altitude_m": sigmas[1], "sigma_speed_mps": sigmas[2],
        "power_dbm": quantity(record, "132"),
        "identity": named, "identity_kind": kind,
        "transport": {1: "uat", 2: "1090es", 3: "vdl4"}.get(number(record, "210", "LTT") or 0),
        "sensor_track_id": None if track is None else str(track),
        "classification": "uav" if unmanned else NAMES.get(number(record, "020") or 0),
    }  # fmt: skip


def expected_0(record: Any, received: float) -> dict[str, Any] | str:
    """The row of a record of editions 0.x, or why it is none."""
    if item(record, "010") is None:
        return "no_data_source"
    for name, reason in (("SIM", "simulated"), ("TST", "test_target"), ("RAB", "field_monitor")):
        if number(record, "040", name):
            return reason
    lat, lon = place(quantity(record, "130", "LAT"), quantity(record, "130", "LON"))
    height = times(quantity(record, "140"), FOOT)
    speed = times(quantity(record, "160", "GS"), NM)
    climb = quantity(record, "157" if item(record, "157") is not None else "155")
    named, kind = identity(number(record, "080"), number(record, "040", "ATP") == 1, number(record, "170"))
    accuracy = (number(record, "090", "PA") or 0) & 15
    vertical = {9: 4, 8: 15}.get(accuracy) if height is not None else None
    links = [word for name, word in (("MDS", "1090es"), ("UAT", "uat"), ("VDL", "vdl4")) if number(record, "210", name)]
    category = number(record, "020") or 0
    return {
        "time": full_time(quantity(record, "030"), received),
        "sensor_id": f"{number(record, '010', 'SAC')}/{number(record, '010', 'SIC')}",
        "kind": "adsb",
        "report": "status" if lat is None else "plot",
        "lat_deg": lat, "lon_deg": lon, "alt_wgs84_m": height, "alt_pressure_m": times(quantity(record, "145"), 100 * FOOT),
        "speed_mps": None if speed is None or speed < 0 else speed, "course_deg": quantity(record, "160", "TA"),
        "climb_mps": times(climb, FOOT / 60),
        "sigma_position_m": over(NUCP.get(accuracy), 2.448), "sigma_altitude_m": over(vertical, 1.96),
        "sigma_speed_mps": over(NACV.get(number(record, "095") or 0), 1.96),
        "power_dbm": None,
        "identity": named, "identity_kind": kind,
        "transport": links[0] if len(links) == 1 and not number(record, "210", "OTR") else None,
        "sensor_track_id": None,
        "classification": NAMES.get(category) if category not in (2, 4, 23, 24) else None,
    }  # fmt: skip


def check(category: Any, edition: str, payload: bytes, received: float) -> int:
    """Rows and reasons of a payload are the oracle's; how many rows there are."""
    found = records(category, payload)
    assert found is not None
    told = [(expected_2 if edition > "2" else expected_0)(record, received) for record in found]
    decoded = decode([payload], received, f"021={edition}")
    reasons = [t for t in told if isinstance(t, str)]
    assert dict(decoded.left_out) == {reason: reasons.count(reason) for reason in reasons}
    assert_same(decoded.detections, [t for t in told if not isinstance(t, str)])
    return decoded.detections.n


# -- libasterix, field by field ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("edition", [*EDITIONS_2, *EDITIONS_0])
def test_whatever_libasterix_writes_is_read_alike(edition: str) -> None:
    category = (EDITIONS_2 | EDITIONS_0)[edition]
    rows = 0

    @settings(max_examples=60, deadline=None)
    @given(SEEDS, st.floats(1.7e9, 1.8e9))
    def compare(seed: int, received: float) -> None:
        nonlocal rows
        chance = random.Random(seed)
        made = []
        for _ in range(chance.randint(1, 4)):
            # random target report descriptors mostly say that the report is none: here two thirds do not
            quiet = (chance.choice((0, 0, 0x30)),) if edition > "2" else chance.choice((0x20, 0x60))
            fixed: dict[str, Any] = {"i040": quiet} if chance.random() < 0.7 else {}
            if edition > "2" and chance.random() < 0.5:
                fixed["iRE"] = expansion(REFERENCE, chance)
            elif edition > "2":
                fixed["iRE"] = None
            made.append(items(category, chance, i010=chance.getrandbits(16), **fixed))
        rows += check(category, edition, block(category, made), received)

    compare()
    assert rows > 60


@pytest.mark.parametrize("bits", [0, 1, 2, 3])
def test_the_second_octet_of_271_ends_without_fx_in_edition_2_1_only(bits: int) -> None:
    named = {"010": 1, "271": (5, 0b1010 ^ bits), "132": 0xA0}
    old = decode([block(EDITIONS_2["2.1"], [named])], NOON, "021=2.1")
    assert old.detections.values("power_dbm") == [-96.0]
    new = decode([block(LATEST, [named | {"271": (5, 1 << 3)}])], NOON)
    assert new.detections.values("power_dbm") == [-96.0]


# -- values --------------------------------------------------------------------------------------------------------------------
def test_a_report_worked_out_by_hand() -> None:
    payload = bytes.fromhex(
        "15 002C  CB 11 73 09 C0"  # FRN 1 2 5 7, 11, 16 17 18 21, 26, 29 30
        "19C9  00  546000"  # 010: 25/201; 040: ICAO address; 071: 43,200 s
        "0C000000 D6000000  3C6444"  # 131: 33.75 N, 118.125 W; 080
        "0010  51 13 04  12"  # 140: 100 ft; 090: NACv 2, NIC 8, NACp 9, GVA 2; 210: version 2, 1090 ES
        "0028  0400 4000"  # 145: FL 10; 160: 1/16 NM/s, 90 degrees
        "10C234042820  0D"  # 170: DLH4AB; 020: unmanned
    )
    (found,) = decode([payload], NOON + 1).detections.rows()
    assert found == {
        "time": NOON, "time_source": "sensor", "received": NOON + 1, "sensor_id": "25/201", "kind": "adsb", "report": "plot",
        "origin": "live", "lat_deg": 33.75, "lon_deg": -118.125, "alt_wgs84_m": pytest.approx(30.48),
        "alt_pressure_m": pytest.approx(304.8), "speed_mps": 115.75, "course_deg": 90.0,
        "sigma_position_m": pytest.approx(30 / 2.448), "sigma_altitude_m": pytest.approx(45 / 1.96),
        "sigma_speed_mps": pytest.approx(3 / 1.96), "identity": "3C6444", "identity_kind": "icao_address", "transport": "1090es",
        "classification": "uav", "source": "test", "source_offset": 0,
    }  # fmt: skip


def test_anonymous_and_duplicate_addresses_are_not_icaos() -> None:
    assert row(i040=(0,))["identity"] == "3C6444"
    for atp in range(1, 8):
        found = row(i040=(atp << 4,))
        assert found["identity"] == "~3C6444"
        assert "identity_kind" not in found
    assert "identity" not in row(i080=0xFFFFFF)
    assert row(i080=0, i170="DLH4AB")["identity"] == "DLH4AB"


def test_a_drone_says_so_in_its_emitter_category_or_in_the_expansion_field() -> None:
    assert row(i020=13)["classification"] == "uav"
    unmanned = REFERENCE.cv_expansion.create({"STA": (0, 0, 0b000_11_00)}).unparse().to_bytes()
    assert row(i020=1, iRE=unmanned)["classification"] == "uav"
    manned = REFERENCE.cv_expansion.create({"STA": (0, 0, 0b000_10_00)}).unparse().to_bytes()
    assert row(i020=1, iRE=manned)["classification"] == "light_aircraft"
    assert "classification" not in row(i020=17)


@pytest.mark.parametrize("field", [b"", b"\x08", b"\x08\x10", b"\x08\x10\x01", b"\x04", b"\x04\xff", b"\x04\xff\xff", b"\xff"])
def test_an_expansion_field_that_ends_early_changes_nothing(field: bytes) -> None:
    found = row(iRE=field)
    assert found["identity"] == "3C6444"
    assert "classification" not in found


@pytest.mark.parametrize(
    ("descriptor", "reason"),
    [
        ((0, 0b001_0000), "simulated"),
        ((0, 0b000_1000), "test_target"),
        ((1,), "field_monitor"),
        ((0, 0, 0b00_01000), "not_operational"),
        ((0, 0, 0b00_00100), "bad_position"),
        ((0, 0, 0b00_00010), "bad_position"),
        ((0, 0, 0b00_00001), "bad_position"),
    ],
)
def test_reports_that_are_no_targets_are_left_out_by_reason(descriptor: tuple[int, ...], reason: str) -> None:
    decoded = decode([report(i040=descriptor)], NOON)
    assert decoded.detections.n == 0
    assert decoded.left_out == {reason: 1}


def test_a_report_that_other_checks_doubt_stays_a_row() -> None:
    """A position that an independent means contradicts is what a spoof looks like: it must reach the tracker."""
    for descriptor in ((0, 0b1, 0b01_00000), (0, 0b1, 0b10_00000), (2,)):  # suspect with IPC, LLC; range check pending
        assert row(i040=descriptor)["report"] == "plot"


def test_simulated_reports_are_rows_of_an_exercise_only() -> None:
    decoded = decode([report(i040=(0, 0b001_0000))], NOON, origin="exercise")
    assert decoded.detections.values("origin") == ["exercise"]


def test_time_of_applicability_comes_first_and_transmission_last() -> None:
    at = {
        name: round(seconds * 128)
        for name, seconds in (("071", 43190), ("072", 43191), ("073", 43192), ("075", 43193), ("077", 43199))
    }
    everything = {f"i{name}": value for name, value in at.items()}
    assert row(**everything)["time"] == NOON - 10
    assert row(**everything | {"i071": None})["time"] == NOON - 8
    assert row(**everything | {"i071": None, "i073": None})["time"] == NOON - 1  # a velocity's time is not the position's
    assert row(**everything | {"i131": None})["time"] == NOON - 9
    assert row(**everything | {"i131": None, "i072": None})["time"] == NOON - 7
    assert "time" not in row()


@pytest.mark.parametrize(("indication", "seconds"), [(0, 43190.25), (1, 43191.25), (2, 43189.25), (3, 43190.9921875)])
def test_high_precision_reception_replaces_the_fraction(indication: int, seconds: float) -> None:
    fine = indication << 30 | 1 << 28
    assert row(i073=43190 * 128 + 127, i074=fine)["time"] == NOON - 43200 + seconds
    assert row(i131=None, i075=43190 * 128 + 127, i076=fine)["time"] == NOON - 43200 + seconds


def test_high_precision_reception_goes_back_over_midnight() -> None:
    decoded = decode([report(i073=0, i074=2 << 30 | 3 << 28)], NOON + 43200)
    assert decoded.detections.values("time") == [NOON + 43200 - 0.25]


def test_a_position_off_the_globe_is_none() -> None:
    for lat, lon in ((1 << 30, 0), (0, (1 << 30) + 1), (0x80000000, 0), (0, 0x80000000)):
        found = row(i131=lat << 32 | lon)
        assert found["report"] == "status"
        assert "lat_deg" not in found
    assert row(i131=(1 << 29) << 32)["lat_deg"] == 90


def test_values_beyond_their_range_are_null() -> None:
    assert "alt_wgs84_m" not in row(i140=0x7FFF)
    assert row(i140=0xFFF0)["alt_wgs84_m"] == pytest.approx(-16 * 6.25 * FOOT)
    over_range = row(i160=0x8100_4000, i157=0x8010, i155=0x0010)
    assert "speed_mps" not in over_range
    assert "climb_mps" not in over_range
    assert over_range["course_deg"] == 90


@pytest.mark.parametrize(
    ("version", "quality", "sigmas"),
    [
        (0, (4 << 4 | 9,), (3 / 2.448, 4 / 1.96, 0.3 / 1.96)),
        (0, (8,), (10 / 2.448, 15 / 1.96, None)),
        (1, (1 << 4 | 9, 9), (30 / 2.448, 45 / 1.96, 10 / 1.96)),
        (2, (9, 8, 2), (92.6 / 2.448, 45 / 1.96, None)),
        (2, (9, 11, 3), (3 / 2.448, None, None)),
        (2, (9,), (None, None, None)),
        (3, (9, 10, 1), (10 / 2.448, 150 / 1.96, None)),
        (None, (9, 10, 1), (10 / 2.448, None, None)),
        (None, (9,), (None, None, None)),
    ],
)
def test_the_mops_version_says_what_the_quality_codes_mean(
    version: int | None, quality: tuple[int, ...], sigmas: tuple[float | None, ...]
) -> None:
    found = row(i090=quality, i140=16, i210=None if version is None else version << 3 | 2)
    names = ("sigma_position_m", "sigma_altitude_m", "sigma_speed_mps")
    assert tuple(found.get(name) for name in names) == pytest.approx(sigmas)
    assert "sigma_altitude_m" not in row(i090=quality, i210=None if version is None else version << 3 | 2)


def test_a_wrong_edition_gives_no_ghosts() -> None:
    old = {"010": 1, "040": 0x20, "030": 5, "130": 1 << 58, "080": 0x3C6444, "145": 40, "160": 0x1000_4000, "170": "DLH4AB"}
    payload = block(EDITIONS_0["0.26"], [old])
    assert decode([payload], NOON, "021=0.26").detections.values("identity") == ["3C6444"]
    assert decode([payload], NOON).detections.n == 0
    assert decode([payload], NOON, "021=0.23").detections.n == 0


def test_every_flipped_bit_is_read_like_libasterix_or_leaves_a_trace() -> None:
    first = {
        "010": 1,
        "040": (0, 0, 0),
        "131": 1 << 61,
        "073": 5,
        "090": (0x41, 0x12),
        "210": 18,
        "110": {"TIS": (1,)},
        "250": [7],
    }
    second = {"010": 1, "080": 0x3C6444, "160": 0x100_4000, "170": "DLH4AB", "220": {"WS": 5, "TRB": 1}, "295": {"SCC": 4}}
    whole, alike = block(LATEST, [first, second]), 0
    for bit in range(24, 8 * len(whole)):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 0x80 >> bit % 8
        decoded = decode([bytes(damaged)], NOON)
        if records(LATEST, bytes(damaged)) is None or decoded.left_out.keys() & {"bad_fspec"}:
            assert decoded.left_out or decoded.detections.n  # libasterix refuses it, or takes an empty FSPEC for a record
            continue
        alike += 1
        check(LATEST, "2.7", bytes(damaged), NOON + 100)
    assert alike > 4 * len(whole)  # most single bits change a value, not the structure


# -- the encoder -----------------------------------------------------------------------------------------------------------------
def test_docstring_example() -> None:
    assert doctest.testmod(cat021_encoder).failed == 0
    assert doctest.testmod(cat021_encoder).attempted > 0


AIRCRAFT = st.fixed_dictionaries(
    {},
    optional={
        "time": st.floats(1.7e9, 1.8e9),
        "alt_wgs84_m": st.floats(-500, 40_000),
        "alt_pressure_m": st.floats(-500, 40_000),
        "climb_mps": st.floats(-500, 500),
        "power_dbm": st.floats(-128, 127),
        "sensor_track_id": st.integers(0, 4095).map(str),
        "transport": st.sampled_from(["1090es", "uat", "vdl4"]),
        "classification": st.sampled_from(sorted(NAMES.values())),
        "sigma_position_m": st.sampled_from([bound / 2.448 for bound in NACP.values()]),
        "sigma_speed_mps": st.sampled_from([bound / 1.96 for bound in NACV.values()]),
    },
)
PLACES = st.one_of(st.just({}), st.fixed_dictionaries({"lat_deg": st.floats(-90, 90), "lon_deg": st.floats(-180, 179.99)}))
VECTORS = st.one_of(st.just({}), st.fixed_dictionaries({"speed_mps": st.floats(0, 3000), "course_deg": st.floats(0, 359.999)}))
IDENTITIES = st.one_of(
    st.just({}),
    st.integers(1, 0xFFFFFE).map(lambda a: {"identity": f"{a:06X}", "identity_kind": "icao_address"}),
    st.integers(1, 0xFFFFFE).map(lambda a: {"identity": f"~{a:06X}"}),
    st.text("ABCXYZ0189 ", min_size=1, max_size=8)
    .map(str.rstrip)
    .filter(bool)
    .map(lambda c: {"identity": c, "identity_kind": "call_sign"}),
)
STEPS = {
    "time": 1 / 128, "lat_deg": 180 / 2**30, "lon_deg": 180 / 2**30, "alt_wgs84_m": 6.25 * FOOT, "alt_pressure_m": 25 * FOOT,
    "speed_mps": NM / 16384, "course_deg": 360 / 65536, "climb_mps": 6.25 * FOOT / 60, "power_dbm": 1,
    "sigma_position_m": 1e-9, "sigma_speed_mps": 1e-9,
}  # fmt: skip
TURNS = {"time": 86400.0, "lon_deg": 360.0, "course_deg": 360.0}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(AIRCRAFT, PLACES, VECTORS, IDENTITIES), min_size=1, max_size=6), st.integers(0, 255))
def test_encoded_rows_come_back_within_half_a_step(parts: Any, sic: int) -> None:
    given_rows = [a | b | c | d for a, b, c, d in parts]
    payloads = encode_cat021(Batch.from_rows(DETECTION, given_rows), sac=25, sic=sic, max_bytes=100)
    assert all(len(p) <= 100 for p in payloads)
    assert sum(check(LATEST, "2.7", payload, ODD_TIME) for payload in payloads) == len(given_rows)
    for sent, back in zip(given_rows, decode(payloads, ODD_TIME).detections.rows(), strict=True):
        assert back["sensor_id"] == f"25/{sic}"
        for name in ("identity", "identity_kind", "sensor_track_id", "transport", "classification"):
            assert back.get(name) == sent.get(name), name
        for name, step in STEPS.items():
            assert (name in back) == (name in sent), name
            if name in sent:
                gap = back[name] - sent[name]
                gap = math.remainder(gap, TURNS[name]) if name in TURNS else gap
                assert abs(gap) <= step / 2 * (1 + 1e-6) + 1e-12, name


def test_the_encoder_claims_no_more_accuracy_than_the_row() -> None:
    made = [
        {"lat_deg": 1.0, "lon_deg": 1.0, "alt_wgs84_m": 50.0, "sigma_position_m": s, "sigma_altitude_m": 30.0}
        for s in (2.0, 1.0, 9e9)
    ]
    (payload,) = encode_cat021(Batch.from_rows(DETECTION, made), sac=1, sic=1)
    found = decode([payload], NOON).detections
    assert found.values("sigma_position_m") == pytest.approx([10 / 2.448, 3 / 2.448, None])
    assert found.values("sigma_altitude_m") == pytest.approx([150 / 1.96] * 3)


def test_simulated_records_say_so() -> None:
    made = Batch.from_rows(DETECTION, [{"lat_deg": 1.0, "lon_deg": 1.0}])
    assert decode(encode_cat021(made, sac=1, sic=1, simulated=True), NOON).left_out == {"simulated": 1}
    assert np.isnan(decode(encode_cat021(made, sac=1, sic=1), NOON).detections["time"]).all()
