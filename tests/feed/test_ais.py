"""AIS: pyais is the oracle for every value; counts of a real recording; parts, times and memory by behaviour."""

from __future__ import annotations

import math
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyais
import pytest
from conformance import MOST_REMEMBERED, fits, size_of
from hypothesis import given
from hypothesis import strategies as st
from streamed import streamed

from picket.feed import read_detections
from picket.feed.format import Chunk, Decoded, Options
from picket.feed.marine.ais import FORMAT, KNOT_MPS, encode_ais_position, encode_ais_static
from picket.feed.marine.nmea import sentence, tag_block
from picket.feed.marine.nmea_radar import encode_hdt, encode_ttm

T0 = 1_780_056_000.0  # a whole minute
ARMOUR = "0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw"
NOWHERE = {"lat_deg": 54.0, "lon_deg": 10.0}


def decode(*data: bytes, received: float = T0 + 2, **how: Any) -> Decoded:
    return streamed(FORMAT, *data, received=received, **how)


def rows(*data: bytes, **how: Any) -> list[dict[str, Any]]:
    return list(decode(*data, **how).detections.rows())


def encode(
    fields: dict[str, Any], *, talker: str = "AI", kind: str = "VDM", sequence: int = 1, channel: str = "A"
) -> list[bytes]:
    """The lines of any message, made by pyais."""
    lines = pyais.encode_dict(fields, talker_id=talker, sentence_type=kind, radio_channel=channel, seq_id=sequence)
    return [line.encode() + b"\r\n" for line in lines]


def vdm(payload: str, fill: int = 0, head: str = "!AIVDM,1,1,,A") -> bytes:
    return sentence(f"{head},{payload},{fill}")


def expected(message: Any) -> tuple[float, ...]:
    """lat, lon, speed, course of a pyais message as the table has them; NaN unknown."""
    fastest = {9: 1022, 27: 63}.get(message.msg_type, 102.2)
    speed = getattr(message, "speed", None)
    course = getattr(message, "course", None)
    return (
        message.lat,
        message.lon,
        speed * KNOT_MPS if speed is not None and speed < fastest else math.nan,
        course if course is not None and course < 360 else math.nan,
    )


def told(row: dict[str, Any]) -> tuple[float, ...]:
    return tuple(row.get(name, math.nan) for name in ("lat_deg", "lon_deg", "speed_mps", "course_deg"))


def has_place(message: Any) -> bool:
    lat, lon = getattr(message, "lat", None), getattr(message, "lon", None)
    return lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0)


# -- the recording -----------------------------------------------------------------------------------------------------
def test_recording_gives_the_documented_counts_and_pyais_values(shared_data: Path) -> None:
    """898 sentences: 778 messages, 100 without a payload, 20 first parts whose second never came."""
    data = (shared_data / "ais" / "nmea_data_sample.txt").read_bytes()
    messages, undecodable = [], 0
    for one in pyais.IterMessages(data.splitlines()):
        try:
            messages.append(one.decode())
        except pyais.exceptions.MissingPayloadException:
            undecodable += 1
    assert (len(messages), undecodable, len({m.mmsi for m in messages})) == (778, 100, 167)

    found = decode(data, received=math.nan)
    placed = [m for m in messages if has_place(m)]
    positions = found.detections.n + found.left_out["no_position"]
    assert positions + found.left_out["static_report"] + found.left_out["other_message"] == 778
    assert found.detections.n == len(placed) == 764
    assert found.left_out == Counter(empty_payload=100, incomplete=20, other_message=8, no_position=4, static_report=2)
    silent = [m for m in messages if not has_place(m)]  # four without a position, types 15, 20 and 24
    assert {r["identity"] for r in found.detections.rows()} | {f"{m.mmsi:09d}" for m in silent} == {
        f"{m.mmsi:09d}" for m in messages
    }
    for row, message in zip(found.detections.rows(), placed, strict=True):
        assert row["identity"] == f"{message.mmsi:09d}"
        np.testing.assert_array_equal(told(row), expected(message))
        assert ("sigma_position_m" in row) == bool(message.accuracy)
        assert "time" not in row
        assert (row["kind"], row["report"], row["identity_kind"]) == ("ais", "plot", "mmsi")


def test_recording_read_by_name_is_found_to_be_ais(shared_data: Path) -> None:
    table = read_detections(shared_data / "ais" / "nmea_data_sample.txt", start=T0)
    assert table.n == 764
    assert set(table.values("time_source")) == {"operator"}
    times = table["time"]
    assert times.min() > T0 - 30
    assert times.max() < T0 + 600


# -- values against pyais ----------------------------------------------------------------------------------------------
@given(st.sampled_from([1, 2, 3, 4, 9, 11, 18, 19, 21, 27]), st.text(ARMOUR, min_size=51, max_size=51), st.integers(0, 5))
def test_any_bits_give_what_pyais_reads_in_them(kind: int, text: str, fill: int) -> None:
    payload = (ARMOUR[kind] + text)[: {19: 52, 21: 46, 27: 16}.get(kind, 28)]
    line = vdm(payload, fill)
    message = pyais.decode(line)
    found = decode(line)
    assert found.detections.n + sum(found.left_out.values()) == 1
    test_beacon = message.mmsi // 1_000_000 in (970, 972, 974) and getattr(message, "status", None) == 15
    wanted = has_place(message) and not test_beacon and not getattr(message, "virtual_aid", False)
    assert found.detections.n == wanted
    for row in found.detections.rows():
        np.testing.assert_array_equal(told(row), expected(message))
        assert row.get("identity") == (f"{message.mmsi:09d}" if 0 < message.mmsi <= 999_999_999 else None)


@given(
    st.integers(1, 999_999_999), st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 52), st.floats(0, 360, exclude_max=True),
    st.sampled_from([1, 2, 3, 18]), st.booleans(), st.integers(0, 59), st.sampled_from("AB"),
)  # fmt: skip
def test_what_is_encoded_is_decoded(
    mmsi: int, lat: float, lon: float, speed: float, course: float, kind: int, accurate: bool, second: int, channel: str
) -> None:
    line = encode_ais_position(
        mmsi=mmsi, lat_deg=lat, lon_deg=lon, time=T0 + second, speed_mps=speed, course_deg=course, accurate=accurate,
        message_type=kind, channel=channel,
    )  # fmt: skip
    found = decode(line, received=T0 + second + 1)
    if abs(lat) < 1e-6 and abs(lon) < 1e-6:
        assert found.left_out == Counter(no_position=1)
        return
    (row,) = found.detections.rows()
    assert row["identity"] == f"{mmsi:09d}"
    assert row["lat_deg"] == pytest.approx(lat, abs=2e-6)
    assert row["lon_deg"] == pytest.approx(lon, abs=2e-6)
    assert row["speed_mps"] == pytest.approx(speed, abs=0.051 * KNOT_MPS)
    assert abs((row["course_deg"] - course + 180) % 360 - 180) <= 0.0501
    assert row["time"] == T0 + second
    assert row["time_source"] == "sensor"
    assert row["center_hz"] == {"A": 161.975e6, "B": 162.025e6}[channel]
    assert row.get("sigma_position_m") == (pytest.approx(10 / 2.448) if accurate else None)


def test_unknown_codes_are_null() -> None:
    fields = {
        "type": 1,
        "mmsi": 211000000,
        "lat": 54.0,
        "lon": 10.0,
        "speed": 102.35,
        "course": 360.0,
        "second": 60,
        "accuracy": False,
    }
    (row,) = rows(*encode(fields))
    assert not {"speed_mps", "course_deg", "sigma_position_m", "classification", "alt_wgs84_m"} & row.keys()
    assert (row["time"], row["time_source"]) == (T0 + 2, "receiver")
    (row,) = rows(*encode(fields | {"speed": 102.25}))
    assert "speed_mps" not in row, "102.2 kn is a bound"
    (row,) = rows(*encode(fields | {"speed": 102.15}))
    assert row["speed_mps"] == pytest.approx(102.1 * KNOT_MPS)
    for lat, lon in ((91.0, 10.0), (54.0, 181.0), (0.0, 0.0)):
        assert decode(*encode(fields | {"lat": lat, "lon": lon})).left_out == Counter(no_position=1)
    assert decode(*encode(fields | {"lat": 95.0})).left_out == Counter(bad_position=1)


@pytest.mark.parametrize("mmsi", [0, 1_000_000_000, 1_073_741_823])
def test_an_impossible_mmsi_is_no_identity(mmsi: int) -> None:
    payload = pyais.encode.data_to_payload(1, {"mmsi": 211000000, "lat": 54.0, "lon": 10.0})
    payload.mmsi = mmsi
    text, fill = payload.encode()
    (row,) = rows(vdm(text, fill))
    assert "identity" not in row
    assert "identity_kind" not in row


# -- kinds of messages -------------------------------------------------------------------------------------------------
def test_stations_aids_and_aircraft_are_called_what_they_are() -> None:
    place = {"lat": 54.0, "lon": 10.0, "accuracy": True}
    base = encode(
        {"type": 4, "mmsi": 2111234, "year": 2026, "month": 5, "day": 29, "hour": 12, "minute": 0, "second": 1, **place}
    )
    (row,) = rows(*base)
    assert (row["identity"], row["classification"], row["time"]) == ("002111234", "base_station", T0 + 1)
    (row,) = rows(*encode({"type": 9, "mmsi": 111211001, "alt": 300, "speed": 120, "course": 90.0, "second": 1, **place}))
    assert (row["classification"], row["speed_mps"]) == ("sar_aircraft", pytest.approx(120 * KNOT_MPS))
    assert not {"alt_wgs84_m", "alt_msl_m", "alt_pressure_m"} & row.keys()
    aid = {"type": 21, "mmsi": 992111001, "aid_type": 1, "name": "SECRET NAME", "second": 1, **place}
    found = decode(*encode(aid))
    assert found.detections.values("classification") == ["aid_to_navigation"]
    assert "SECRET" not in str(found)
    assert decode(*encode(aid | {"virtual_aid": True})).left_out == Counter(virtual_aid=1)


def test_satellite_positions_carry_their_step() -> None:
    (row,) = rows(*encode({"type": 27, "mmsi": 211000000, "lat": 54.0, "lon": 10.0, "speed": 12, "course": 77}))
    assert row["sigma_position_m"] == pytest.approx(185.2 / 12**0.5)
    assert row["speed_mps"] == pytest.approx(12 * KNOT_MPS)
    assert (row["course_deg"], row["time"]) == (77, T0 + 2)


@pytest.mark.parametrize(("mmsi", "word"), [(970123456, "sart"), (972123456, "man_overboard"), (974123456, "epirb")])
def test_rescue_beacons_are_named_and_their_tests_left_out(mmsi: int, word: str) -> None:
    fields = {"type": 1, "mmsi": mmsi, "lat": 54.0, "lon": 10.0, "status": 14}
    (row,) = rows(*encode(fields))
    assert row["classification"] == word
    assert decode(*encode(fields | {"status": 15})).left_out == Counter(test_target=1)


def test_ship_types_hold_for_later_positions_only() -> None:
    position = encode_ais_position(mmsi=211000000, **NOWHERE)
    other = encode_ais_position(mmsi=211000001, **NOWHERE)
    found = decode(position, encode_ais_static(mmsi=211000000, ship_type=70), position, other)
    assert found.detections.values("classification") == [None, "cargo", None]
    part_b = encode({"type": 24, "mmsi": 211000000, "partno": 1, "ship_type": 36, "callsign": "DA1"})
    part_a = encode({"type": 24, "mmsi": 211000000, "partno": 0, "shipname": "ADA"})
    found = decode(*part_a, *part_b, position)
    assert found.left_out == Counter(static_report=2)
    assert found.detections.values("classification") == ["sailing"]
    extended = encode({"type": 19, "mmsi": 211000000, "lat": 54.0, "lon": 10.0, "ship_type": 37, "shipname": "ADA"})
    found = decode(*extended, position)
    assert found.detections.values("classification") == ["pleasure_craft"] * 2
    assert decode(encode_ais_static(mmsi=211000000, ship_type=0), position).detections.values("classification") == [None]


def test_static_reports_may_be_cut_into_other_parts() -> None:
    text, fill = pyais.encode.data_to_payload(5, {"mmsi": 211000000, "ship_type": 70}).encode()
    cuts = [text[i : i + 10] for i in range(0, len(text), 10)]
    lines = [vdm(cut, fill * (i == 8), head=f"!AIVDM,{len(cuts)},{i},3,A") for i, cut in enumerate(cuts, 1)]
    found = decode(*lines, encode_ais_position(mmsi=211000000, **NOWHERE))
    assert found.detections.values("classification") == ["cargo"]


@given(st.integers(0, 255))
def test_the_ship_type_is_the_one_that_pyais_reads(ship_type: int) -> None:
    static = encode_ais_static(mmsi=211000000, ship_type=ship_type)
    again = encode_ais_static(mmsi=211000000, ship_type=int(pyais.decode(*static.splitlines()).ship_type))
    position = encode_ais_position(mmsi=211000000, **NOWHERE)
    assert rows(static, position)[0].get("classification") == rows(again, position)[0].get("classification")


@pytest.mark.parametrize("kind", [6, 7, 8, 10, 12, 13, 14, 15, 16, 17, 20, 22, 23, 25, 26, 28])
def test_other_messages_are_counted_and_never_decoded(kind: int) -> None:
    assert decode(vdm(ARMOUR[kind] + "0" * 27)).left_out == Counter(other_message=1)


def test_texts_do_not_stay() -> None:
    lines = encode({"type": 14, "mmsi": 211000000, "text": "MEET AT DAWN " * 8})
    decoder = FORMAT.make(Options())
    assert len(lines) > 1
    assert decoder.decode(Chunk.one(b"".join(lines))).left_out == Counter(other_message=1)
    assert not decoder.finish().left_out


# -- sentences ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (vdm("", 0), "empty_payload"),
        (vdm("1" * 10), "bad_length"),
        (vdm("B" * 10), "bad_length"),
        (vdm("K" * 4), "bad_length"),
        (vdm("5" * 30), "bad_length"),
        (vdm("H3"), "bad_length"),
        (vdm("1" * 27 + "X"), "bad_payload"),
        (vdm("1" * 27 + "~"), "bad_payload"),
        (vdm("0" * 28), "unknown_message"),
        (vdm("w" * 28), "unknown_message"),
        (vdm("H" + "0" * 5 + "3" + "0" * 21), "static_report"),
        (vdm("1" * 28, 6), "bad_field"),
        (sentence("!AIVDM,1,1,,A," + "1" * 28), "bad_field"),
        (sentence("!AIVDM,1,2,,A," + "1" * 28 + ",0"), "bad_field"),
        (sentence("!AIVDM,0,0,,A," + "1" * 28 + ",0"), "bad_field"),
        (sentence("!AIVDM,x,1,,A," + "1" * 28 + ",0"), "bad_field"),
        (vdm("1" * 28).replace(b"VDM", b"VDN"), "bad_checksum"),
        (vdm("1" * 28, head="!AIVDO,1,1,,A"), "own_ship"),
        (vdm("1" * 28)[:-5] + b"\r\n", "no_checksum"),
        (encode_hdt(10.0), "other_sentence"),
        (encode_ttm(track=1, range_m=100, bearing_deg=1), "other_sentence"),
        (b"hello\r\n", "not_a_sentence"),
        (vdm("2:1;5" * 5, head="!AIVDM,2,1,3,A"), "incomplete"),
        (vdm("1" * 28)[:20], "truncated"),
    ],
)
def test_every_sentence_that_gives_nothing_has_its_reason(line: bytes, reason: str) -> None:
    assert decode(line).left_out == Counter({reason: 1})


def test_talkers_case_of_hex_line_ends_and_the_last_line() -> None:
    good = encode_ais_position(mmsi=211000000, **NOWHERE)
    base = encode({"type": 1, "mmsi": 211000000, "lat": 54.0, "lon": 10.0}, talker="BS")[0]
    lower = good[:-4] + good[-4:-2].lower() + b"\n"
    assert decode(base, good.replace(b"\r\n", b"\r"), lower, good.strip()).detections.n == 4
    assert not decode(good.strip()).left_out


def test_a_broken_line_does_not_cost_the_next_sentence() -> None:
    good = encode_ais_position(mmsi=211000000, **NOWHERE)
    found = decode(good[:20] + good + b"2026-05-29 12:00:00 " + good + good.strip() + good)
    assert found.detections.n == 4
    assert found.left_out == Counter(no_checksum=1)


def test_network_datagrams_lose_their_header() -> None:
    good = encode_ais_position(mmsi=211000000, **NOWHERE)
    found = decode(b"UdPbC\0" + tag_block(station="AI0001") + good + good, link="udp")
    assert found.detections.values("sensor_id") == ["AI0001", "ais"]
    assert not found.left_out


# -- parts -------------------------------------------------------------------------------------------------------------
def statics(count: int) -> list[list[bytes]]:
    return [encode_ais_static(mmsi=211000000 + i, ship_type=70, sequence=i % 10).splitlines(keepends=True) for i in range(count)]


def test_parts_come_in_any_order_and_between_others() -> None:
    (a1, a2), (b1, b2), (c1, c2) = statics(3)
    position = encode_ais_position(mmsi=211000001, **NOWHERE)
    found = decode(a2, b1, position, c1, a1, b2, position, c2)
    assert found.left_out == Counter(static_report=3)
    assert found.detections.values("classification") == [None, "cargo"]


def test_lost_parts_are_counted_and_never_joined_to_anothers() -> None:
    (a1, a2), *_ = statics(1)
    late = [encode_ais_position(mmsi=211000001, **NOWHERE)] * 120
    assert decode(a1, *late, a2).left_out == Counter(incomplete=2)
    assert decode(a2, *late[:20], a1, a2).left_out == Counter(incomplete=1, static_report=1)
    assert decode(a1, a1, a2).left_out == Counter(incomplete=1, static_report=1)
    b2 = encode_ais_static(mmsi=1, ship_type=70, sequence=0, channel="B").splitlines(keepends=True)[1]
    assert decode(a1, b2).left_out == Counter(incomplete=2)


def test_a_long_message_keeps_the_place_of_its_first_part() -> None:
    text, fill = pyais.decode(*encode({"type": 21, "mmsi": 992111001, "name": "A" * 20, "lat": 54.0, "lon": 10.0})).encode()
    first, second = vdm(text[:30], head="!AIVDM,2,1,4,A"), vdm(text[30:], fill, head="!AIVDM,2,2,4,A")
    heard = tag_block(station="pier", time=T0 - 3600)
    (row,) = rows(b"\r\n", heard + first, second, received=math.nan)
    assert (row["source_offset"], row["sensor_id"]) == (2, "pier")
    assert row["received"] == T0 - 3600


# -- times -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("second", "received", "time"),
    [(59, T0 + 1, T0 - 1), (0, T0 + 59, T0 + 60), (30, T0 + 31, T0 + 30), (31, T0 + 0.5, T0 + 31 - 60), (29, T0, T0 + 29)],
)
def test_seconds_are_completed_to_the_nearest_instant(second: int, received: float, time: float) -> None:
    line = encode_ais_position(mmsi=211000000, time=T0 + second, **NOWHERE)
    (row,) = rows(line, received=received)
    assert row["time"] == time
    assert abs(row["time"] - received) <= 30
    assert "time" not in rows(line, received=math.nan)[0]


def test_receivers_times_are_used() -> None:
    line = encode_ais_position(mmsi=211000000, time=T0 + 58, **NOWHERE)
    (row,) = rows(tag_block(time=T0 + 61) + line, received=math.nan)
    assert (row["time"], row["received"], row["time_source"]) == (T0 + 58, T0 + 61, "sensor")
    (row,) = rows(line.strip() + b",s22222,d-120,T12.34,r003669945,%d\r\n" % (T0 + 61), received=math.nan)
    assert (row["time"], row["received"]) == (T0 + 58, T0 + 61)
    (row,) = rows(tag_block(time=T0 + 61) + line, received=T0 + 63)
    assert (row["time"], row["received"]) == (T0 + 58, T0 + 63)
    unknown = encode_ais_position(mmsi=211000000, **NOWHERE)
    (row,) = rows(tag_block(time=T0 + 61) + unknown, received=math.nan)
    assert (row["time"], row["time_source"]) == (T0 + 61, "receiver")
    (row,) = rows(b"\\" + sentence(f"\\c:{(T0 + 61) * 1000:.0f}")[1:].strip() + b"\\" + unknown, received=math.nan)
    assert row["time"] == T0 + 61
    damaged = tag_block(time=T0 + 61).replace(b"c:1", b"c:2")
    found = decode(damaged + line, received=math.nan)
    assert found.left_out == Counter(bad_tag_block=1)
    assert np.isnan(found.detections["time"]).all()


def log(seconds: float, step: float, odd: float, most_s: int) -> tuple[bytes, np.ndarray[Any, Any]]:
    """A recording with seconds only, and when each position was measured, NaN for the share `odd` whose clock is up to most_s wrong."""
    chance = np.random.default_rng(1)
    truth = T0 + np.floor(np.arange(0, seconds, step))
    wrong = np.where(chance.random(len(truth)) < odd, chance.integers(-most_s, most_s + 1, len(truth)), 0)
    lines = [encode_ais_position(mmsi=211000000 + i % 50, time=t, **NOWHERE) for i, t in enumerate(truth + wrong)]
    return b"".join(lines), np.where(wrong == 0, truth, np.nan)


@pytest.mark.parametrize(
    ("seconds", "step", "odd", "most_s"),
    [
        (3600, 1.0, 0.0, 0),
        (600, 0.1, 0.0, 0),
        (600, 0.1, 0.1, 29),
        (3600, 2.3, 0.05, 20),
        (7200, 20.0, 0.0, 0),
        (7200, 29.0, 0.0, 0),
    ],
)
def test_a_recording_with_a_start_runs_on_through_its_minutes(
    tmp_path: Path, seconds: float, step: float, odd: float, most_s: int
) -> None:
    data, truth = log(seconds, step, odd, most_s)
    (tmp_path / "log.txt").write_bytes(data)
    table = read_detections(tmp_path / "log.txt", format="ais", start=T0)
    right = np.isnan(truth) | (table["time"] == truth)
    assert right.all(), f"{(~right).sum()} of {len(truth)}"
    assert set(table.values("time_source")) == {"operator"}


# -- limits ------------------------------------------------------------------------------------------------------------
def test_ten_thousand_made_up_ships_and_messages_stay_bounded() -> None:
    decoder = FORMAT.make(Options())
    template = encode_ais_static(mmsi=1, ship_type=70).splitlines(keepends=True)
    for second in range(3):
        data = b"".join(
            encode_ais_static(mmsi=200_000_000 + second * 10_000 + i, ship_type=70, sequence=i % 10) for i in range(0, 10_000, 4)
        )
        opened = b"".join(vdm("5" * 60, head=f"!AIVDM,{2 + i % 8},1,{i % 10},{'AB12'[i % 4]}") for i in range(2000))
        fits(decoder.decode(Chunk.one(data + opened + template[0], received=T0 + second)))
    assert size_of(decoder) < MOST_REMEMBERED
    position = encode_ais_position(mmsi=200_029_996, **NOWHERE)
    assert decoder.decode(Chunk.one(position)).detections.values("classification") == ["cargo"], "the newest are remembered"


# -- the format --------------------------------------------------------------------------------------------------------
def test_without_pyais_the_formats_load_and_ais_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['pyais'] = None\n"
        "from picket.feed import FORMATS, Options\n"
        "ais = next(f for f in FORMATS if f.name == 'ais')\n"
        "try:\n    ais.make(Options())\n"
        "except ValueError as e:\n    print(e)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "picket[station]" in done.stdout
    plain = "import sys, picket.feed; sys.exit('pyais' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", plain], check=False).returncode == 0


def test_sniff_knows_ais_from_radar_and_from_others() -> None:
    good, ttm, hdt = encode_ais_position(mmsi=1, **NOWHERE), encode_ttm(track=1, range_m=100, bearing_deg=1), encode_hdt(1.0)
    assert FORMAT.sniff(good)
    assert FORMAT.sniff(good * 100)
    assert FORMAT.sniff(b"\r\n" + tag_block(station="x", time=T0) + good)
    assert FORMAT.sniff(b"UdPbC\0" + good)
    assert FORMAT.sniff(hdt + good + ttm)
    assert not FORMAT.sniff(hdt + ttm + good)
    assert not FORMAT.sniff(hdt)
    assert not FORMAT.sniff(b"x" + good)
    assert not FORMAT.sniff(good.replace(b"VDM", b"VDN"))
    assert not FORMAT.sniff(b"")


def test_a_sensor_is_what_its_tag_block_says_else_what_the_site_says() -> None:
    good = encode_ais_position(mmsi=211000000, **NOWHERE)
    found = decode(good, tag_block(station="r003669945") + good, sensor_id="mast", origin="exercise")
    assert found.detections.values("sensor_id") == ["mast", "r003669945"]
    assert set(found.detections.values("origin")) == {"exercise"}
