"""NMEA 0183 radar targets: values worked out by hand, the own ship's heading and place, times, and what is left out."""

from __future__ import annotations

import math
import time as clock
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conformance import MOST_REMEMBERED, fits, size_of
from hypothesis import given
from hypothesis import strategies as st
from streamed import streamed

from picket.feed import read_detections
from picket.feed.format import Chunk, Decoded, Options
from picket.feed.marine.ais import encode_ais_position
from picket.feed.marine.nmea import sentence, tag_block
from picket.feed.marine.nmea_radar import FORMAT, encode_hdt, encode_tll, encode_ttm

NOON = datetime(2026, 5, 29, 12, 0, tzinfo=UTC).timestamp()
TTM = encode_ttm(track=7, range_m=1852.0, bearing_deg=90.0, time=NOON)
RELATIVE = encode_ttm(track=7, range_m=1852.0, bearing_deg=350.0, relative=True, time=NOON)


def decode(*data: bytes, received: float = NOON + 2, **how: Any) -> Decoded:
    return streamed(FORMAT, *data, received=received, **how)


def rows(*data: bytes, **how: Any) -> list[dict[str, Any]]:
    return list(decode(*data, **how).detections.rows())


def at(*timed: tuple[float, bytes]) -> Decoded:
    """Sentences that arrive at times of their own."""
    decoder = FORMAT.make(Options())
    return Decoded.join([decoder.decode(Chunk.one(data, received=t, source="s", link="udp")) for t, data in timed])


# -- targets -----------------------------------------------------------------------------------------------------------
def test_a_target_by_distance_and_bearing() -> None:
    """1.25 nautical miles are 2,315 m, 12.5 knots 6.430555... m/s."""
    line = sentence("$RATTM,03,1.25,114.5,T,12.5,270.1,T,0.4,7.2,N,BUOY 7,T,R,115959.50,A")
    (row,) = rows(line)
    assert row == {
        "time": NOON - 0.5, "time_source": "sensor", "received": NOON + 2, "sensor_id": "nmea", "kind": "radar", "report": "track",
        "origin": "live", "range_m": 2315.0, "azimuth_deg": 114.5, "speed_mps": pytest.approx(12.5 * 1852 / 3600), "course_deg": 270.1,
        "sensor_track_id": "3", "source": "s", "source_offset": 0,
    }  # fmt: skip


@pytest.mark.parametrize(("unit", "metres"), [("K", 1000.0), ("N", 1852.0), ("S", 1609.344)])
def test_units_hold_for_distance_and_speed(unit: str, metres: float) -> None:
    (row,) = rows(sentence(f"$RATTM,1,2.0,10.0,T,36.0,20.0,T,,,{unit},,T,,,A"))
    assert row["range_m"] == 2 * metres
    assert row["speed_mps"] == pytest.approx(36 * metres / 3600)
    assert (row["time"], row["time_source"]) == (NOON + 2, "receiver")


def test_a_target_by_place() -> None:
    """51 deg 28.38 min N is 51.473, 0 deg 0.0900 min W is -0.0015."""
    (row,) = rows(sentence("$RATLL,12,5128.38,N,00000.09,W,X,120001.00,T,"))
    assert (row["lat_deg"], row["lon_deg"]) == (pytest.approx(51.473), pytest.approx(-0.0015))
    assert (row["sensor_track_id"], row["report"], row["time"]) == ("12", "track", NOON + 1)
    assert not {"range_m", "azimuth_deg", "classification", "identity"} & row.keys()


@given(
    st.integers(0, 999), st.floats(0, 90_000), st.floats(0, 359.9), st.floats(0, 400), st.floats(0, 359.9),
    st.floats(-40_000, 40_000), st.sampled_from("KNS"), st.sampled_from("QT"),
)  # fmt: skip
def test_what_is_encoded_is_decoded(
    track: int, range_m: float, bearing: float, speed: float, course: float, off: float, units: str, status: str
) -> None:
    line = encode_ttm(
        track=track, range_m=range_m, bearing_deg=bearing, speed_mps=speed, course_deg=course, time=NOON + off, units=units, status=status
    )  # fmt: skip
    (row,) = rows(line)
    assert row["sensor_track_id"] == str(track)
    assert row["range_m"] == pytest.approx(range_m, abs=1.0)
    assert row["azimuth_deg"] == pytest.approx(bearing, abs=0.051)
    assert row["speed_mps"] == pytest.approx(speed, abs=0.03)
    assert row["course_deg"] == pytest.approx(course, abs=0.051)
    assert row["time"] == pytest.approx(NOON + off, abs=0.0051)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_places_that_are_encoded_are_decoded(lat: float, lon: float) -> None:
    (row,) = rows(encode_tll(track=1, lat_deg=lat, lon_deg=lon, time=NOON))
    assert row["lat_deg"] == pytest.approx(lat, abs=1e-6)
    assert row["lon_deg"] == pytest.approx(lon, abs=1e-6)


def test_a_lost_target_is_a_status_without_a_place() -> None:
    ttm = encode_ttm(track=7, range_m=1852.0, bearing_deg=90.0, time=NOON, status="L")
    tll = encode_tll(track=7, lat_deg=54.0, lon_deg=10.0, time=NOON, status="L")
    for row in rows(ttm, tll):
        assert (row["report"], row["sensor_track_id"], row["time"]) == ("status", "7", NOON)
        assert not {"range_m", "azimuth_deg", "lat_deg", "lon_deg"} & row.keys()


def test_relative_and_water_speeds_are_not_over_ground() -> None:
    assert not {"speed_mps", "course_deg"} & rows(sentence("$RATTM,1,2.0,10.0,T,36.0,20.0,R,,,N,,T,,,A"))[0].keys()
    true = sentence("$RATTM,1,2.0,10.0,T,36.0,20.0,T,,,N,,T,,,A")
    water, ground = sentence("$RAOSD,35.1,A,36.0,W,10.2,W,,,N"), sentence("$RAOSD,35.1,A,36.0,P,10.2,P,,,N")
    assert ["speed_mps" in row for row in rows(true, water, true, ground, true)] == [True, False, True]


# -- the own ship ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("lines", "heading"),
    [
        ([encode_hdt(20.5)], 20.5),
        ([sentence("$HETHS,20.5,A")], 20.5),
        ([sentence("$RAOSD,20.5,A,36.0,P,10.2,P,,,N")], 20.5),
        ([sentence("$HCHDG,20.0,1.5,W,2.0,E")], 20.5),
        ([sentence("$HCHDG,20.0,,,2.0,E")], 22.0),
        ([sentence("$HCHDG,1.0,,,2.0,W")], 359.0),
        ([sentence("$GPRMC,115959,A,5128.38,N,00000.09,W,1.0,2.0,290526,3.5,W,A"), sentence("$HCHDM,24.0,M")], 20.5),
        ([sentence("$HCHDG,90.0,,,3.5,W"), sentence("$HCHDM,24.0,M")], 20.5),
        ([encode_hdt(20.5), sentence("$HCHDG,99.0,,,2.0,E")], 20.5),
        ([encode_hdt(99.0), encode_hdt(20.5)], 20.5),
    ],
)
def test_a_bearing_from_the_bow_needs_a_heading(lines: list[bytes], heading: float) -> None:
    found = decode(*lines, RELATIVE)
    (row,) = found.detections.rows()
    assert row["sensor_heading_deg"] == pytest.approx(heading)
    assert row["azimuth_deg"] == pytest.approx((350 + heading) % 360)
    assert found.left_out == Counter(own_ship=len(lines))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", None),
        (sentence("$HCHDM,24.0,M"), "no_variation"),
        (sentence("$HCHDG,24.0,,,,"), "no_variation"),
        (sentence("$HETHS,20.5,E"), "not_valid"),
        (sentence("$HETHS,20.5,V"), "not_valid"),
        (sentence("$HETHS,20.5,S"), "simulated"),
        (sentence("$HEHDT,,T"), "not_valid"),
        (sentence("$RAOSD,20.5,V,36.0,P,10.2,P,,,N"), "not_valid"),
        (sentence("$HEHDT,999999,T"), "out_of_range"),
        (sentence("$GPVTG,54.7,T,34.4,M,5.5,N,10.2,K,A"), "own_ship"),
        (sentence("$GPRMC,115959,A,5128.38,N,00000.09,W,9.0,20.5,290526,,,A"), "own_ship"),
    ],
)
def test_without_a_sound_heading_it_is_left_out(line: bytes, reason: str | None) -> None:
    assert decode(line, RELATIVE).left_out == Counter({"no_heading": 1} | ({reason: 1} if reason else {}))


def test_an_old_heading_is_none() -> None:
    assert at((NOON, encode_hdt(20.0)), (NOON + 5, RELATIVE)).detections.n == 1
    assert at((NOON, encode_hdt(20.0)), (NOON + 5.1, RELATIVE)).left_out == Counter(own_ship=1, no_heading=1)
    late = at((NOON, encode_hdt(20.0)), (NOON + 5.1, sentence("$HCHDG,99.0,,,2.0,E")), (NOON + 6, RELATIVE))
    assert late.detections["sensor_heading_deg"].tolist() == [101.0], "a compass stands in for a gyro that has stopped"
    true = at((NOON, encode_hdt(20.0)), (NOON + 60, TTM))
    assert true.detections.n == 1, "a true bearing needs none"
    assert np.isnan(true.detections["sensor_heading_deg"]).all()


def test_the_radars_place_comes_from_its_receiver() -> None:
    gga = sentence("$GPGGA,120000.00,5128.3800,N,00000.0900,W,1,08,0.9,25.0,M,45.5,M,,")
    (row,) = rows(gga, TTM)
    assert (row["sensor_lat_deg"], row["sensor_lon_deg"]) == (pytest.approx(51.473), pytest.approx(-0.0015))
    assert row["sensor_alt_wgs84_m"] == 70.5
    (row,) = rows(sentence("$GPGLL,5128.3800,N,00000.0900,W,120000.00,A,A"), TTM)
    assert row["sensor_lat_deg"] == pytest.approx(51.473)
    assert "sensor_alt_wgs84_m" not in row
    assert np.isnan(at((NOON, gga), (NOON + 6, TTM)).detections["sensor_lat_deg"]).all()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("$GPGGA,120000,5128.38,N,00000.09,W,0,00,,,M,,M,,", "not_valid"),
        ("$GPGGA,120000,5128.38,N,00000.09,W,8,08,,,M,,M,,", "simulated"),
        ("$GPGLL,5128.38,N,00000.09,W,120000,V,N", "not_valid"),
        ("$GPGLL,5128.38,N,00000.09,W,120000,A,S", "simulated"),
        ("$GPRMC,120000,V,5128.38,N,00000.09,W,,,290526,,,N", "not_valid"),
        ("$GPRMC,120000,A,,,,,,,290526,,,A", "no_position"),
        ("$GPRMC,120000,A,5128.38,N,00000.09,W,,,310226,,,A", "bad_field"),
        ("$GPGLL,9128.38,N,00000.09,W,120000,A,A", "out_of_range"),
        ("$GPGGA,120000,5128.38,N,00000.09,W,1,08,0.9,999999999,M,45.5,M,,", "out_of_range"),
        ("$GPGLL,5160.00,N,00000.09,W,120000,A,A", "bad_field"),
        ("$GPGLL,5128.38,X,00000.09,W,120000,A,A", "bad_field"),
        ("$GPZDA,120000,32,05,2026,00,00", "bad_field"),
    ],
)
def test_a_place_that_is_not_sound_is_not_used(line: str, reason: str) -> None:
    found = decode(sentence(line), TTM)
    assert found.left_out == Counter({reason: 1})
    assert np.isnan(found.detections["sensor_lat_deg"]).all()


# -- times -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("off", [-43_000.0, -2.0, 0.0, 3.5, 43_000.0])
@pytest.mark.parametrize("received", [NOON, NOON + 12 * 3600, NOON + 12 * 3600 - 1, NOON - 12 * 3600 + 1])
def test_times_of_day_are_completed_to_the_nearest_day(received: float, off: float) -> None:
    (row,) = rows(encode_ttm(track=1, range_m=100, bearing_deg=1, time=received + off), received=received)
    assert row["time"] == pytest.approx(received + off)


def test_a_recording_without_a_date_has_times_only_from_the_ship_or_the_operator() -> None:
    zda = sentence("$GPZDA,115958.00,29,05,2026,00,00")
    rmc = sentence("$GPRMC,115958,A,5128.38,N,00000.09,W,9.0,20.5,290526,,,A")
    bare = sentence("$RATTM,1,2.0,10.0,T,,,,,,N,,T,,,")
    assert "time" not in rows(TTM, received=math.nan)[0]
    for dated in (zda, rmc):
        found = rows(TTM, dated, TTM, bare, received=math.nan, time_source="container")
        assert [row.get("time") for row in found] == [None, NOON, NOON]
        assert [row.get("time_source") for row in found] == [None, "sensor", "sensor"]
    found = rows(zda, TTM, received=NOON + 1e6)
    assert found[0]["time"] == pytest.approx(NOON + 1e6, abs=43_200), "arrival counts more than the ship's date"
    tagged = tag_block(station="RA0001", time=NOON + 3) + bare
    (row,) = rows(tagged, received=math.nan)
    assert (row["time"], row["time_source"], row["sensor_id"], row["received"]) == (NOON + 3, "receiver", "RA0001", NOON + 3)


def test_a_start_runs_on_past_midnight(tmp_path: Path) -> None:
    """Three days with a report every two hours, of which the operator tells the first moment only."""
    truth = NOON + np.arange(36) * 7200.0
    path = tmp_path / "bridge.nmea"
    path.write_bytes(b"".join(encode_ttm(track=1, range_m=100, bearing_deg=1, time=t) for t in truth))
    table = read_detections(path, start=NOON)
    assert table["time"].tolist() == truth.tolist()
    assert set(table.values("time_source")) == {"operator"}
    assert np.isnan(read_detections(path)["time"]).all()


def test_in_a_recording_age_is_counted_by_its_own_times() -> None:
    zda = sentence("$GPZDA,115958.00,29,05,2026,00,00")
    later = encode_ttm(track=7, range_m=1852.0, bearing_deg=350.0, relative=True, time=NOON + 60)
    found = decode(zda, encode_hdt(20.0), RELATIVE, later, received=math.nan)
    assert found.detections.n == 1
    assert found.left_out == Counter(own_ship=2, no_heading=1)
    found = decode(zda, encode_hdt(20.0), RELATIVE, encode_hdt(21.0), later, received=math.nan)
    assert found.detections["sensor_heading_deg"].tolist() == [20.0, 21.0], (
        "a heading has no time of its own: the next one is its own"
    )
    found = decode(encode_hdt(20.0), RELATIVE, encode_hdt(21.0), later, later, received=NOON - 5, time_source="operator")
    assert found.detections.n == 3


# -- what is left out --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("$RATTM,1,,10.0,T,36.0,20.0,T,,,N,,T,,,A", "no_position"),
        ("$RATTM,1,2.0,,T,36.0,20.0,T,,,N,,T,,,A", "no_position"),
        ("$RATTM,,2.0,10.0,T,,,,,,N,,T,,,A", "bad_field"),
        ("$RATTM,x,2.0,10.0,T,,,,,,N,,T,,,A", "bad_field"),
        ("$RATTM,1,2.0,10.0,T,,,,,,X,,T,,,A", "bad_field"),
        ("$RATTM,1,2.0,10.0,Z,,,,,,N,,T,,,A", "bad_field"),
        ("$RATTM,1,2.0,10.0,T,,,,,,N,,Z,,,A", "bad_field"),
        ("$RATTM,1,2.0.0,10.0,T,,,,,,N,,T,,,A", "bad_field"),
        ("$RATTM,1,nan,10.0,T,,,,,,N,,T,,,A", "bad_field"),
        ("$RATTM,1,1e3,10.0,T,,,,,,N,,T,,,A", "bad_field"),
        ("$RATTM,1,2.0,10.0,T,,,,,,N,,T,,250000,A", "bad_field"),
        ("$RATTM,1,2.0,10.0,T,,,,,,N,,T,,1234,A", "bad_field"),
        ("$RATTM,1,-2.0,10.0,T,,,,,,N,,T,,,A", "out_of_range"),
        ("$RATTM,1,2.0,361.0,T,,,,,,N,,T,,,A", "out_of_range"),
        ("$RATTM,1,9999999,10.0,T,,,,,,N,,T,,,A", "out_of_range"),
        ("$RATTM", "bad_field"),
        ("$RATLL,1,,,,,,,T,", "no_position"),
        ("$RATLL,1,5128.38,N,,,,,T,", "no_position"),
        ("$RATLL,1,5128.38,N,18001.00,E,,,T,", "out_of_range"),
        ("!RATTD,01,01,1,177KQJ5000G?tO`K,0", "unread_target"),
        ("!RATTM,1,2.0,10.0,T,,,,,,N,,T,,,A", "other_sentence"),
        ("$RARSD,1,2,3", "other_sentence"),
        ("$TTM,1,2.0,10.0,T,,,,,,N,,T,,,A", "other_sentence"),
        ("$", "other_sentence"),
    ],
)
def test_every_sentence_that_gives_nothing_has_its_reason(body: str, reason: str) -> None:
    assert decode(sentence(body)).left_out == Counter({reason: 1})


def test_checksums_are_demanded_and_looked_at() -> None:
    assert decode(TTM[:-5] + b"\r\n").left_out == Counter(no_checksum=1)
    assert decode(TTM.replace(b"TTM,07", b"TTM,08")).left_out == Counter(bad_checksum=1)
    assert decode(TTM[:-4]).left_out == Counter(truncated=1)
    assert decode(TTM.strip()).detections.n == 1, "a last line without an end is whole when its checksum says so"


def test_known_sentences_of_the_standard_pass_their_printed_checksums() -> None:
    """Sentences with the checksums that their devices wrote."""
    printed = (
        b"$GPGLL,5300.97914,N,00259.98174,E,125926,A*28\r\n"
        b"$GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,*76\r\n"
        b"$GPRMC,092750.000,A,5321.6802,N,00630.3372,W,0.02,31.66,280511,,,A*43\r\n"
    )
    assert decode(printed, received=math.nan).left_out == Counter(own_ship=3)


def test_ais_beside_radar_is_counted() -> None:
    found = decode(encode_ais_position(mmsi=211000000, lat_deg=54.0, lon_deg=10.0) + TTM)
    assert found.left_out == Counter(other_sentence=1)
    assert found.detections.n == 1


def test_a_name_typed_by_an_operator_is_not_kept() -> None:
    found = decode(
        encode_ttm(track=1, range_m=100, bearing_deg=1, name="SECRET"), encode_tll(track=1, lat_deg=1, lon_deg=1, name="SECRET")
    )
    assert found.detections.n == 2
    assert "SECRET" not in str(found)


def test_noise_in_fields_raises_nothing_and_stays_bounded_and_quick() -> None:
    chance = np.random.default_rng(5)
    decoder = FORMAT.make(Options())
    kinds = ("TTM", "TLL", "HDT", "THS", "OSD", "HDG", "HDM", "GGA", "GLL", "RMC", "ZDA", "VTG", "TTD")
    words = ("", "1", "T", "A", "9" * 20, "-1", "inf", "1.", ".", "5128.38", "N", "W", "V", "235960", "\x01", "290526", "K", "L")
    bodies = [
        f"$RA{kinds[chance.integers(len(kinds))]},"
        + ",".join(words[i] for i in chance.integers(len(words), size=chance.integers(0, 20)))
        for _ in range(10_000)
    ]
    data = b"".join(sentence(body) for body in bodies)
    began = clock.thread_time()
    found = decoder.decode(Chunk.one(data, received=NOON))
    assert clock.thread_time() - began < 10_000 * 0.01
    fits(found)
    assert found.detections.n + sum(found.left_out.values()) == 10_000
    assert size_of(decoder) < MOST_REMEMBERED


# -- the format --------------------------------------------------------------------------------------------------------
def test_sniff_knows_radar_from_ais_and_from_others() -> None:
    ais = encode_ais_position(mmsi=211000000, lat_deg=54.0, lon_deg=10.0)
    assert FORMAT.sniff(TTM)
    assert FORMAT.sniff(encode_hdt(1.0) * 300)
    assert FORMAT.sniff(b"UdPbC\0" + tag_block(station="RA0001") + TTM)
    assert FORMAT.sniff(encode_hdt(1.0) + TTM + ais)
    assert not FORMAT.sniff(encode_hdt(1.0) + ais + TTM)
    header = b"# Name: a radar of the bridge\r\n#\n\n# $comment, !no sentence\r\n"
    assert FORMAT.sniff(header + TTM)
    assert not FORMAT.sniff(header + ais)
    assert not FORMAT.sniff(header)
    assert not FORMAT.sniff(b"#" + TTM.rstrip())
    assert not FORMAT.sniff(ais)
    assert not FORMAT.sniff(sentence("$SND,mic-3,1,2,3"))
    assert not FORMAT.sniff(b"$GPTTM,nonsense\n")
    assert not FORMAT.sniff(b"")


def test_a_sensor_is_what_its_tag_block_says_else_what_the_site_says() -> None:
    found = decode(TTM, tag_block(station="RA0001") + TTM, sensor_id="bridge", origin="exercise")
    assert found.detections.values("sensor_id") == ["bridge", "RA0001"]
    assert set(found.detections.values("origin")) == {"exercise"}
