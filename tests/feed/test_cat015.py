"""CAT015 non-cooperative target reports: every item against libasterix, values by behaviour, and what the encoder writes."""

from __future__ import annotations

import doctest
import math
import random
from typing import Any

import asterix.generated as gen
import pytest
from asterix_items import assert_same, block, decode, full_time, item, items, number, quantity, records
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.feed.asterix import cat015_encoder, encode_cat015
from picket.words import DETECTION, Batch

NOON = 1_780_056_000.0
ODD_TIME = NOON + 0.3  # no time of day in 1/128 s is equally near to it on two days
EDITIONS = {f"1.{n}": getattr(gen, f"Cat_015_1_{n}") for n in range(3)}
LATEST = gen.Cat_015_1_2
MONO, MULTI, OTHER, UNKNOWN = 0, 0x20, 0x40, 0x60  # I015/020 MOMU in its seven bits
PLOT, TRACK, CENTRIC_PLOT, CENTRIC_TRACK, END = (m << 1 for m in range(1, 6))  # I015/000
WGS84 = 2**31 / 180


def report(**fixed: Any) -> bytes:
    """One monostatic plot with an azimuth, by libasterix."""
    named = {"010": 0x19C9, "000": CENTRIC_PLOT, "020": (MONO,), "627": {"AZ": 0x4000}, **{k[1:]: v for k, v in fixed.items()}}
    return block(LATEST, [{name: v for name, v in named.items() if v is not None}])


def row(**fixed: Any) -> dict[str, Any]:
    """The row of `report`."""
    decoded = decode([report(**fixed)], NOON)
    assert not decoded.left_out
    (found,) = decoded.detections.rows()
    return found


# -- the oracle ------------------------------------------------------------------------------------------------------------
def rms(x: float | None, y: float | None) -> float | None:
    return None if x is None or y is None else math.sqrt((x * x + y * y) / 2)


def ground(record: Any) -> tuple[float | None, float | None, float | None]:
    """Speed, course and sigma."""
    x, y = quantity(record, "602", "HV", "X"), quantity(record, "602", "HV", "Y")
    if x is None or y is None:
        return None, None, None
    course = math.degrees(math.atan2(x, y)) % 360 if x or y else None
    return math.hypot(x, y), course, rms(quantity(record, "602", "SDHV", "X"), quantity(record, "602", "SDHV", "Y"))


def radial(record: Any) -> dict[str, float | None]:
    """Range and range rate with their sigmas, of a monostatic sensor."""
    found: dict[str, float | None] = dict.fromkeys(("range_m", "sigma_range_m", "range_rate_mps", "sigma_range_rate_mps"))
    if number(record, "020", "MOMU") != 0:
        return found
    distance = quantity(record, "625", "R")
    if distance is not None and distance >= 0:
        found |= {"range_m": distance, "sigma_range_m": quantity(record, "625", "SDR")}
    rate, doppler = quantity(record, "625", "RR"), quantity(record, "626", "DV")
    if doppler is not None:
        found |= {"range_rate_mps": doppler, "sigma_range_rate_mps": quantity(record, "626", "SDDV")}
    elif rate is not None:
        found |= {"range_rate_mps": rate, "sigma_range_rate_mps": quantity(record, "625", "SDRR", "SDRR")}
    return found


def height_sigma(record: Any) -> float | None:
    told, upper, lower = (
        quantity(record, "601", "SDGH"),
        quantity(record, "601", "CI9", "UCI9"),
        quantity(record, "601", "CI9", "LCI9"),
    )
    if quantity(record, "601", "GH") is None or told is not None:
        return told if quantity(record, "601", "GH") is not None else None
    return None if upper is None or lower is None else (upper + lower) / 2 / 1.96


def expected(record: Any, received: float) -> dict[str, Any] | str:
    """The row of a record, or why it is none."""
    if item(record, "010") is None:
        return "no_data_source"
    taxonomy = number(record, "020", "TTAX")
    if taxonomy:
        return {1: "field_monitor", 2: "test_target", 3: "simulated"}[taxonomy]
    lat, lon = quantity(record, "600", "P84", "LATITUDE"), quantity(record, "600", "P84", "LONGITUDE")
    if lat is None or abs(lat) > 90:
        lat = lon = None
    spread = rms(quantity(record, "600", "HPP", "SDHPX"), quantity(record, "600", "HPP", "SDHPY")) if lat is not None else None
    azimuth, elevation = quantity(record, "627", "AZ"), quantity(record, "628", "EL")
    message, report = number(record, "000", "MT"), "status"
    if message in (1, 2, 3, 4) and (lat is not None or azimuth is not None):
        report = "track" if message in (2, 4) or number(record, "170", "CSTP") else "plot"
    speed, course, speed_sigma = ground(record)
    classes = item(record, "300")
    codes = [
        (c.get_item("PRB").as_uint(), c.get_item("CLS").as_uint()) for c in (classes.variation.get_list() if classes else [])
    ]
    return {
        "time": full_time(quantity(record, "145"), received),
        "sensor_id": f"{number(record, '010', 'SAC')}/{number(record, '010', 'SIC')}",
        "kind": "radar", "report": report, "lat_deg": lat, "lon_deg": lon, "sigma_position_m": spread,
        "alt_wgs84_m": quantity(record, "601", "GH"), "sigma_altitude_m": height_sigma(record),
        "speed_mps": speed, "course_deg": course, "sigma_speed_mps": speed_sigma, "climb_mps": quantity(record, "604", "VV"),
        **radial(record),
        "azimuth_deg": azimuth,
        "sigma_azimuth_deg": quantity(record, "627", "SDASZ") if azimuth is not None else None,
        "elevation_deg": elevation,
        "sigma_elevation_deg": quantity(record, "628", "SDEL") if elevation is not None else None,
        "snr_db": quantity(record, "630", "RPS"),
        "sensor_track_id": None if number(record, "161") is None else str(number(record, "161")),
        "classification": f"class_{max(codes, key=lambda c: c[0])[1]}" if codes else None,
        "identity": None, "transport": None,
    }  # fmt: skip


def check(category: Any, edition: str, payload: bytes, received: float) -> int:
    """Rows and reasons of a payload are the oracle's; how many rows there are."""
    found = records(category, payload)
    assert found is not None
    told = [expected(record, received) for record in found]
    decoded = decode([payload], received, f"015={edition}")
    reasons = [t for t in told if isinstance(t, str)]
    assert dict(decoded.left_out) == {reason: reasons.count(reason) for reason in reasons}
    assert_same(decoded.detections, [t for t in told if not isinstance(t, str)])
    return decoded.detections.n


@pytest.mark.parametrize("edition", EDITIONS)
def test_whatever_libasterix_writes_is_read_alike(edition: str) -> None:
    category, rows = EDITIONS[edition], 0

    @settings(max_examples=80, deadline=None)
    @given(st.integers(0, 2**48), st.floats(1.7e9, 1.8e9))
    def compare(seed: int, received: float) -> None:
        nonlocal rows
        chance = random.Random(seed)
        made = []
        for _ in range(chance.randint(1, 3)):
            # random reports are mostly of no target and of an unknown kind: here two thirds are of something real
            real = {"i020": (chance.choice((MONO, MONO, MULTI, OTHER)),), "i000": chance.randint(0, 6) << 1}
            made.append(items(category, chance, i010=chance.getrandbits(16), **(real if chance.random() < 0.7 else {})))
        rows += check(category, edition, block(category, made), received)

    compare()
    assert rows > 60


# -- values --------------------------------------------------------------------------------------------------------------------
def test_a_report_worked_out_by_hand() -> None:
    payload = bytes.fromhex(
        "0F 0034  D7 07 85 80"  # FRN 1 2 4 6 7, 13 14, 15 20, 22
        "19C9  06  00  546000  0102"  # 010: 25/201; 000: sensor centric plot; 020: monostatic; 145: 43,200 s; 161
        "A0 18000000 AC000000 000C 0010 00"  # 600: 33.75 N, 118.125 W; 3 m and 4 m
        "80 000BE8  80 0012CFFE70"  # 601: 30.48 m; 602: 3 m/s east, 4 m/s south
        "A0 003A98 000019  A0 4000 02D8"  # 625: 1,500 m, 2.5 m; 627: 90 degrees, half a degree
    )
    (found,) = decode([payload], NOON + 1).detections.rows()
    assert found == {
        "time": NOON, "time_source": "sensor", "received": NOON + 1, "sensor_id": "25/201", "kind": "radar", "report": "plot",
        "origin": "live", "range_m": 1500.0, "azimuth_deg": 90.0, "lat_deg": 33.75, "lon_deg": -118.125, "alt_wgs84_m": 30.48,
        "speed_mps": pytest.approx(5), "course_deg": pytest.approx(143.130102354), "sigma_range_m": 2.5,
        "sigma_azimuth_deg": pytest.approx(728 * 45 / 65536), "sigma_position_m": pytest.approx(12.5**0.5),
        "sensor_track_id": "258", "source": "test", "source_offset": 0,
    }  # fmt: skip


def test_a_bistatic_range_is_no_slant_range() -> None:
    measured = {"i625": {"R": 15000, "SDR": 100, "RR": 55}, "i626": {"DV": 1234}}
    assert row(**measured)["range_m"] == pytest.approx(1500)
    assert row(**measured)["range_rate_mps"] == pytest.approx(12.34)
    for geometry in (MULTI, OTHER, UNKNOWN):
        found = row(i020=(geometry,), **measured)
        assert found.keys().isdisjoint({"range_m", "sigma_range_m", "range_rate_mps"})
        assert found["azimuth_deg"] == 90
    assert "range_m" not in row(i020=None, **measured)
    assert "range_m" not in row(i625={"R": (1 << 24) - 10})


def test_range_rate_is_the_dopplers_where_measured() -> None:
    assert row(i625={"RR": 55, "SDRR": 20 << 8})["range_rate_mps"] == pytest.approx(5.5)
    assert row(i625={"RR": 55, "SDRR": 20 << 8})["sigma_range_rate_mps"] == pytest.approx(2.0)
    both = row(i625={"RR": 55, "SDRR": 20 << 8}, i626={"DV": (1 << 24) - 100})
    assert both["range_rate_mps"] == pytest.approx(-1.0)
    assert "sigma_range_rate_mps" not in both  # the other's accuracy is not its own


@pytest.mark.parametrize(
    ("message", "status", "expected_report"),
    [
        (PLOT, None, "plot"),
        (TRACK, None, "track"),
        (CENTRIC_PLOT, None, "plot"),
        (CENTRIC_TRACK, None, "track"),
        (END, None, "status"),
        (0, None, "status"),
        (127 << 1, None, "status"),
        (None, None, "status"),
        (CENTRIC_PLOT, (0b0000100,), "track"),  # CSTP: extrapolated
        (CENTRIC_PLOT, (0b1100011,), "plot"),  # BIZ, BAZ, CSTH, CNF
    ],
)
def test_what_a_report_is(message: int | None, status: tuple[int, ...] | None, expected_report: str) -> None:
    assert row(i000=message, i170=status)["report"] == expected_report


def test_a_report_without_a_place_is_a_row_that_no_tracker_takes() -> None:
    assert row(i627=None, i625={"R": 5000})["report"] == "status"
    assert row(i627={"RSAZ": 5})["report"] == "status"
    assert row(i627=None, i600={"P84": round(33.75 * WGS84) << 32})["report"] == "plot"
    assert row(i627=None, i600={"P84": round(91 * WGS84) << 32})["report"] == "status"


def test_what_is_no_target_is_left_out_by_reason() -> None:
    kinds = {0x08: "field_monitor", 0x10: "test_target", 0x18: "simulated"}
    for bits, reason in kinds.items():
        assert decode([report(i020=(bits,))], NOON).left_out == {reason: 1}
    assert decode([report(i020=(0x18,))], NOON, origin="exercise").detections.n == 1
    assert decode([report(i010=None)], NOON).left_out == {"no_data_source": 1}


def test_the_likeliest_class_is_told_by_its_number() -> None:
    assert row(i300=[3 << 7 | 20, 17 << 7 | 80, 18 << 7 | 80])["classification"] == "class_17"
    assert row(i300=[511 << 7])["classification"] == "class_511"
    assert "classification" not in row(i300=[])


def test_accuracies_are_root_mean_squares_and_half_intervals() -> None:
    found = row(i600={"P84": 0, "HPP": (12 << 16 | 16) << 8}, i601={"GH": 100, "CI9": 2 << 12 | 4})
    assert found["sigma_position_m"] == pytest.approx(math.sqrt((3**2 + 4**2) / 2))
    assert found["sigma_altitude_m"] == pytest.approx(48 / 1.96)


# -- the encoder -----------------------------------------------------------------------------------------------------------------
def test_docstring_example() -> None:
    assert doctest.testmod(cat015_encoder).failed == 0
    assert doctest.testmod(cat015_encoder).attempted > 0


def known(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """All of these columns or none."""
    return st.one_of(st.just({}), st.fixed_dictionaries(columns))


SIGMA = st.floats(0, 300)
ROWS = st.tuples(
    known(lat_deg=st.floats(-90, 90), lon_deg=st.floats(-180, 179.99), sigma_position_m=SIGMA),
    known(alt_wgs84_m=st.floats(-500, 40_000), sigma_altitude_m=SIGMA),
    known(speed_mps=st.floats(0.1, 5000), course_deg=st.floats(0, 359.999), sigma_speed_mps=SIGMA),
    known(range_m=st.floats(0, 800_000), sigma_range_m=SIGMA),
    known(range_rate_mps=st.floats(-5000, 5000), sigma_range_rate_mps=SIGMA),
    known(azimuth_deg=st.floats(0, 359.999), sigma_azimuth_deg=st.floats(0, 44.9)),
    known(elevation_deg=st.floats(-90, 89.99), sigma_elevation_deg=st.floats(0, 44.9)),
    known(climb_mps=st.floats(-500, 500)),
    known(snr_db=st.floats(-128, 127)),
    known(time=st.floats(1.7e9, 1.8e9)),
    known(sensor_track_id=st.integers(0, 65535).map(str), classification=st.integers(0, 511).map(lambda n: f"class_{n}")),
)
STEPS = {
    "time": 1 / 128, "lat_deg": 180 / 2**31, "lon_deg": 180 / 2**31, "sigma_position_m": 0.25, "alt_wgs84_m": 0.01,
    "sigma_altitude_m": 0.01, "sigma_speed_mps": 0.01, "range_m": 0.1, "sigma_range_m": 0.1, "range_rate_mps": 0.01,
    "sigma_range_rate_mps": 1 / 64, "azimuth_deg": 360 / 65536, "sigma_azimuth_deg": 45 / 65536, "elevation_deg": 180 / 65536,
    "sigma_elevation_deg": 45 / 65536, "climb_mps": 0.01, "snr_db": 1,
}  # fmt: skip
TURNS = {"time": 86400.0, "lon_deg": 360.0, "azimuth_deg": 360.0}


@settings(max_examples=150, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=5), st.sampled_from(["plot", "track"]))
def test_encoded_rows_come_back_within_half_a_step(parts: Any, report_word: str) -> None:
    given_rows = [{k: v for part in row_parts for k, v in part.items()} for row_parts in parts]
    batch = Batch.from_rows(DETECTION, [r | {"report": report_word} for r in given_rows])
    payloads = encode_cat015(batch, sac=1, sic=2, max_bytes=120)
    assert sum(check(LATEST, "1.2", payload, ODD_TIME) for payload in payloads) == len(given_rows)
    for sent, back in zip(given_rows, decode(payloads, ODD_TIME).detections.rows(), strict=True):
        assert back["report"] == (report_word if {"lat_deg", "azimuth_deg"} & sent.keys() else "status")
        for name in ("sensor_track_id", "classification"):
            assert back.get(name) == sent.get(name), name
        for name, step in STEPS.items():
            assert (name in back) == (name in sent), name
            if name in sent:
                gap = back[name] - sent[name]
                gap = math.remainder(gap, TURNS[name]) if name in TURNS else gap
                assert abs(gap) <= step / 2 * (1 + 1e-6) + 1e-12, name
        if "speed_mps" in sent:  # each component is rounded to 0.01 m/s
            angle, told = math.radians(back["course_deg"]), math.radians(sent["course_deg"])
            assert back["speed_mps"] * math.sin(angle) == pytest.approx(sent["speed_mps"] * math.sin(told), abs=0.00501)
            assert back["speed_mps"] * math.cos(angle) == pytest.approx(sent["speed_mps"] * math.cos(told), abs=0.00501)


def test_a_track_that_ended_and_a_simulated_target() -> None:
    ended = Batch.from_rows(DETECTION, [{"azimuth_deg": 5.0, "report": "status", "sensor_track_id": "9"}])
    (found,) = decode(encode_cat015(ended, sac=1, sic=1), NOON).detections.rows()
    assert (found["report"], found["sensor_track_id"]) == ("status", "9")
    assert decode(encode_cat015(ended, sac=1, sic=1, simulated=True), NOON).left_out == {"simulated": 1}
