"""ASTERIX: times, what becomes a row and what is counted, streams that are cut or damaged, and the encoder's refusals."""

from __future__ import annotations

import doctest
import math
from collections import Counter
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

import asterix.generated as gen
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.cli import main
from picket.feed.asterix import FORMAT, AsterixDecoder, cat048_encoder, encode_cat034, encode_cat048
from picket.feed.asterix import decoder as asterix
from picket.feed.asterix import layout_kernels as layout
from picket.feed.asterix.categories import BY_NUMBER
from picket.feed.format import Chunk, Decoded, Options
from picket.words import DETECTION, STATUS, Batch

MIDNIGHT = 1_780_012_800.0  # 2026-05-29 00:00:00 UTC
NOON = MIDNIGHT + 43_200.0


def report(**items: Any) -> bytes:
    """One CAT048 data block with one record, by libasterix; items as i010=..., with a source and a position by default."""
    named = {"010": 0x19C9, "040": 0x10004000, **{name[1:]: value for name, value in items.items()}}
    record = gen.Cat_048_1_32.cv_record.create({k: v for k, v in named.items() if v is not None})
    return gen.Cat_048_1_32.create([record]).unparse().to_bytes()


def message(**items: Any) -> bytes:
    """One CAT034 data block with one record."""
    record = gen.Cat_034_1_29.cv_record.create({"010": 0x19C9, **{name[1:]: value for name, value in items.items()}})
    return gen.Cat_034_1_29.create([record]).unparse().to_bytes()


def time_of_day(seconds: float) -> int:
    return round(seconds * 128)


def decode(
    *payloads: bytes, received: float = NOON, link: str = "udp", time_source: str = "receiver", options: Options | None = None
) -> Decoded:
    """All payloads in one chunk, and the end of the input."""
    decoder = AsterixDecoder(options or Options())
    chunk = Chunk.of(
        payloads, [received] * len(payloads), range(len(payloads)), source="radar", link=link, time_source=time_source
    )
    return Decoded.join([decoder.decode(chunk), decoder.finish()])


def rows(decoded: Decoded) -> list[dict[str, Any]]:
    return list(decoded.detections.rows())


def plots(n: int, first: int = 0) -> list[bytes]:
    """n data blocks, of one target report each, that differ in range."""
    batch = Batch.from_rows(
        DETECTION,
        [
            {"time": NOON + i, "range_m": 1852.0 * (i + 1), "azimuth_deg": 45.0, "alt_msl_m": 99.06}
            for i in range(first, first + n)
        ],
    )
    return [encode_cat048(batch.take(np.array([i])), sac=25, sic=201)[0] for i in range(n)]


# -- a row, and its time -----------------------------------------------------------------------------------------------
def test_a_row_says_what_it_is_and_where_it_comes_from() -> None:
    chunk = Chunk.of([report(i140=time_of_day(43_199.5))], [NOON], [17], source="udp:8600", link="udp")
    (row,) = AsterixDecoder(Options(origin="replay")).decode(chunk).detections.rows()
    assert row == {
        "time": NOON - 0.5, "time_source": "sensor", "received": NOON, "sensor_id": "25/201", "kind": "radar", "report": "plot",
        "origin": "replay", "range_m": 16 * 1852.0, "azimuth_deg": 90.0, "source": "udp:8600", "source_offset": 17,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("of_day", "received", "expected"),
    [
        (86_399.5, MIDNIGHT + 0.25, MIDNIGHT - 0.5),  # sent before midnight, arrived after
        (0.5, MIDNIGHT - 0.25, MIDNIGHT + 0.5),  # the station's clock runs ahead across midnight
        (10.0, MIDNIGHT + 10.5, MIDNIGHT + 10.0),
        (43_000.0, MIDNIGHT, MIDNIGHT + 43_000.0),
        (43_400.0, MIDNIGHT, MIDNIGHT + 43_400.0 - 86_400.0),  # more than half a day away: the day before is nearer
        (86_400.5, MIDNIGHT + 1, MIDNIGHT + 0.5),  # a leap second
    ],
)
def test_time_of_day_is_completed_to_the_nearest_day(of_day: float, received: float, expected: float) -> None:
    decoded = decode(report(i140=time_of_day(of_day)), message(i000=1, i030=time_of_day(of_day)), received=received)
    assert decoded.detections.values("time") == decoded.status.values("time") == [expected]


@pytest.mark.parametrize(
    ("payload", "received"),
    [(report(i140=100), math.nan), (report(i140=100), math.inf), (report(), NOON), (report(i140=time_of_day(86_402)), NOON)],
    ids=["nobody knows when it came", "it came at no time", "no I048/140", "no time of any day"],
)
def test_unknown_time_is_a_row_without_time(payload: bytes, received: float) -> None:
    decoded = decode(payload, received=received)
    (row,) = rows(decoded)
    assert "time" not in row
    assert "time_source" not in row
    assert row["range_m"] == 16 * 1852.0
    assert not decoded.left_out


def test_an_operators_start_time_serves_a_recording_of_days() -> None:
    hours = [0, 5, 11, 16, 23, 30, 41, 52, 60]
    blocks = [
        report(i140=time_of_day((NOON + h * 3600 + k) % 86_400)) for h in hours for k in range(2)
    ]  # two a visit: one alone moves no date
    for link in ("udp", "stream"):
        decoded = decode(*blocks, received=NOON, link=link, time_source="operator")
        assert decoded.detections.values("time") == [NOON + h * 3600 + k for h in hours for k in range(2)]
        assert set(decoded.detections.values("time_source")) == {"operator"}


def test_one_bad_clock_does_not_move_an_operators_date() -> None:
    good = [report(i140=time_of_day(43_200 + i)) for i in range(3)]
    bad = [report(i140=time_of_day(43_200 - 7 * 3600 + 18 * 3600 * i)) for i in range(2)]
    decoded = decode(good[0], bad[1], good[1], bad[0], good[2], time_source="operator")
    assert decoded.detections["time"][[0, 2, 4]].tolist() == [NOON, NOON + 1, NOON + 2]


# -- values ----------------------------------------------------------------------------------------------------------------
def test_range_rate_is_positive_for_receding_and_null_when_doubtful() -> None:
    receding, approaching, doubtful = (report(i120={"CAL": v}) for v in (25, 1024 - 25, 0x8000 | 25))
    decoded = decode(receding, approaching, doubtful, report(i120={"RDS": [1 << 40]}))
    assert decoded.detections.values("range_rate_mps") == [25.0, -25.0, None, None]


def test_heights_keep_their_zero_and_unsafe_flight_levels_are_null() -> None:
    decoded = decode(
        report(i110=0x3FFC, i090=400), report(i090=0x3FFC), report(i090=0x8000 | 400), report(i090=0x4000 | 400)
    )  # fmt: skip
    assert decoded.detections.values("alt_msl_m") == [pytest.approx(-4 * 7.62), None, None, None]
    assert decoded.detections.values("alt_pressure_m") == [pytest.approx(3048), pytest.approx(-30.48), None, None]


def test_power_is_the_echos_where_given_else_the_replys() -> None:
    decoded = decode(report(i130={"SAM": 0xB0, "PAM": 0xA0}), report(i130={"SAM": 0xB0}), report(i130={"SRL": 1}))
    assert decoded.detections.values("power_dbm") == [-96.0, -80.0, None]


def test_identity_is_the_address_else_the_call_sign_else_unknown() -> None:
    decoded = decode(
        report(i220=0x3C660C, i240="DLH4AB"),
        report(i240="DLH4AB"),
        report(i220=0, i240="A 1"),
        report(i220=0xFFFFFF),
        report(i240=" " * 8),
        report(i240=0x1B << 42),
    )
    assert decoded.detections.values("identity") == ["3C660C", "DLH4AB", "A 1", None, None, None]
    assert decoded.detections.values("identity_kind") == ["icao_address", "call_sign", "call_sign", None, None, None]


def test_a_position_that_is_not_measured_is_a_track() -> None:
    decoded = decode(
        report(i020=(0b0010000,)),
        report(i020=(0,)),  # TYP 0: no detection, extrapolated
        report(i170=(0, 0)),  # correlated, but its own plot
        report(i170=(0, 0b0010000)),  # SUP: kept alive by a neighbour
        report(i040=None, i042=0x0080_FF80),
    )
    assert decoded.detections.values("report") == ["plot", "track", "plot", "track", "track"]
    assert rows(decoded)[4]["range_m"] == pytest.approx(1852 * math.sqrt(2))
    assert rows(decoded)[4]["azimuth_deg"] == pytest.approx(135)  # x east, y north


def test_stations_own_classification_is_passed_on() -> None:
    decoded = decode(report(i030=[13, 19]), report(i030=[24]), report(i030=[13]))
    assert decoded.detections.values("classification") == ["bird", "helicopter", None]


def test_reports_that_are_no_targets_are_left_out_by_reason() -> None:
    decoded = decode(
        report(i020=(0b0011000,)),
        report(i020=(0b0010000, 0b1000000)),
        report(i020=(0b0010001,)),
        report(i020=(0b0010000, 0b0100000)),
        report(i010=None),
    )
    assert decoded.detections.n == 0
    assert decoded.left_out == Counter(["simulated", "test_target", "field_monitor", "extended_range", "no_data_source"])


def test_a_report_without_a_place_is_a_row_that_no_tracker_takes() -> None:
    decoded = decode(report(i040=None))
    assert decoded.detections.values("report") == ["status"]
    assert decoded.detections.values("range_m") == [None]
    assert not decoded.left_out


def test_simulated_reports_are_rows_of_an_exercise_only() -> None:
    sent = encode_cat048(Batch.from_rows(DETECTION, [{"range_m": 900.0, "azimuth_deg": 1.0}]), sac=1, sic=1, simulated=True)
    assert decode(*sent).left_out == {"simulated": 1}
    assert decode(*sent, options=Options(origin="replay")).left_out == {"simulated": 1}
    (row,) = rows(decode(*sent, options=Options(origin="exercise")))
    assert row["origin"] == "exercise"
    assert decode(report(i020=(0b0011000, 0b1000000)), options=Options(origin="exercise")).left_out == {"test_target": 1}


# -- service messages ---------------------------------------------------------------------------------------------------
def test_service_messages_say_event_and_state() -> None:
    decoded = decode(
        message(i000=1, i041=4 * 128, i050={"COM": 0}),
        message(i000=2, i020=64, i050={"COM": 0b10000000, "PSR": 0b00100000}),
        message(i000=2, i050={"PSR": 0b00110000}),
        message(i000=5, i050={"SSR": 0, "MDS": 0b0010_0001_0000_0000}),
        message(i000=77),
    )
    assert decoded.status.values("event") == ["north_mark", "sector", "sector", "status", "status"]
    assert decoded.status.values("state") == ["ok", "failed", "degraded", "degraded", "unknown"]
    assert decoded.status.values("detail") == [
        None, "nogo", "psr_overload", "solar_storm ssr_no_channel mode_s_overload", "message_type_77",
    ]  # fmt: skip
    assert decoded.status.values("rotation_period_s") == [4.0, None, None, None, None]
    assert decoded.status.values("azimuth_deg") == [None, 90.0, None, None, None]
    assert set(decoded.status.values("sensor_id")) == {"25/201"}


# -- damage in datagrams --------------------------------------------------------------------------------------------------
def test_damaged_datagrams_are_counted_and_the_next_one_is_read() -> None:
    good = plots(1)[0]
    cases = {
        b"\x30": {"truncated": 1},
        good[:-1]: {"truncated": 1},
        b"\x30\x00\x02" + good: {"bad_length": 1},
        b"\x30\x00\x04\x00": {"bad_fspec": 1},
        b"\x30\x00\x08" + b"\xff" * 5: {"bad_fspec": 1},
        b"\x30\x00\x05\x80\x19": {"bad_item": 1},
        b"\x22\x00\x07\x84\x19\xc9\x81": {"bad_item": 1},  # I034/050 with a second FSPEC octet
        b"\xf7\x00\x05\xff\xff": {"category_247": 1},
        b"": {},
    }
    for bad, expected in cases.items():
        decoded = decode(bad, good)
        assert decoded.left_out == expected, bad.hex()
        assert decoded.detections.values("source_offset") == [1], bad.hex()


def test_a_block_with_an_unreadable_record_gives_no_rows_at_all() -> None:
    whole = encode_cat048(Batch.from_rows(DETECTION, [{"range_m": 900.0, "azimuth_deg": 1.0}] * 3), sac=1, sic=1)[0]
    broken = whole[:1] + (len(whole) + 2).to_bytes(2, "big") + whole[3:] + b"\x80\x19"
    decoded = decode(broken)
    assert decoded.detections.n == 0
    assert decoded.left_out == {"bad_item": 4}


def test_ethernet_padding_costs_no_row() -> None:
    decoded = decode(plots(1)[0] + b"\0" * 18)
    assert decoded.detections.n == 1
    assert decoded.left_out == {"bad_length": 1}


@given(st.integers(0, 200))
@settings(max_examples=30, deadline=None)
def test_nothing_beyond_a_payload_is_read(beyond: int) -> None:
    whole = b"".join(plots(4))
    cut = min(beyond, len(whole))
    inside = Chunk(whole, np.array([0]), np.array([cut]), np.array([NOON]), np.array([0]), "x", "udp")
    alone = Chunk.one(whole[:cut], received=NOON, source="x", link="udp")
    one, other = AsterixDecoder(Options()).decode(inside), AsterixDecoder(Options()).decode(alone)
    assert rows(one) == rows(other)
    assert one.left_out == other.left_out


@pytest.mark.parametrize("link", ["udp", "stream"])
def test_truncation_at_every_octet_keeps_whole_blocks_and_counts_the_cut(link: str) -> None:
    blocks = [*plots(2), message(i000=2, i020=8, i050={"COM": 4}), *plots(1, first=2)]
    whole, edges = b"".join(blocks), set(np.cumsum([0] + [len(b) for b in blocks]).tolist())
    for cut in range(len(whole) + 1):
        decoded = decode(whole[:cut], link=link)
        complete = sum(1 for e in edges if 0 < e <= cut)
        assert decoded.detections.n + decoded.status.n == complete, cut
        assert decoded.left_out == ({} if cut in edges else {"truncated": 1}), cut


@pytest.mark.parametrize(("category", "octets"), [(48, 4096), (62, 65535), (34, 65535), (65, 3000)])
def test_the_shortest_records_that_can_be_rows_find_room(category: int, octets: int) -> None:
    """A record of a data source alone is three octets long. There was once room for one row in seven octets only."""
    n = (octets - 3) // 3
    head = {48: b"\x80", 62: b"\x80", 34: b"\x80", 65: b"\x80"}[category]
    payload = bytes((category,)) + (3 + 3 * n).to_bytes(2, "big") + (head + b"\x19\xc9") * n
    for link in ("udp", "stream"):
        decoded = decode(payload, payload, link=link)
        assert decoded.detections.n + decoded.status.n == 2 * n
        assert not decoded.left_out


@given(st.binary(max_size=300), st.sampled_from(["udp", "stream"]))
@settings(max_examples=200, deadline=None)
def test_noise_is_counted_and_never_more_than_its_octets(noise: bytes, link: str) -> None:
    decoded = decode(noise, link=link)
    assert 3 * (decoded.detections.n + decoded.status.n) <= len(noise)
    if not _empty_blocks(noise):
        assert sum(decoded.left_out.values()) + decoded.detections.n + decoded.status.n > 0


def _empty_blocks(data: bytes) -> bool:
    """Nothing, or data blocks without records: no row to lose."""
    return len(data) % 3 == 0 and all(data[i] in BY_NUMBER and data[i + 1 : i + 3] == b"\0\3" for i in range(0, len(data), 3))


# -- streams ---------------------------------------------------------------------------------------------------------------
def decode_cut(data: bytes, cuts: list[int]) -> Decoded:
    """The data as a stream that arrives in pieces."""
    decoder, parts, edges = AsterixDecoder(Options()), [], sorted({0, len(data), *(c % (len(data) + 1) for c in cuts)})
    for a, b in pairwise(edges):
        parts.append(decoder.decode(Chunk.one(data[a:b], received=NOON, offset=a, source="tcp")))
    return Decoded.join([*parts, decoder.finish()])


DAMAGE = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=4)


@given(DAMAGE, st.lists(st.integers(0, 10_000), max_size=8))
@settings(max_examples=150, deadline=None)
def test_cut_points_of_a_stream_mean_nothing(damage: list[tuple[int, int]], cuts: list[int]) -> None:
    data = bytearray(b"".join([*plots(3), message(i000=1), b"\xf7\x00\x06\xe0bc", *plots(3, first=3)]))
    for at, octet in damage:
        data[at % len(data)] = octet
    whole, pieces = decode_cut(bytes(data), []), decode_cut(bytes(data), cuts)
    assert rows(whole) == rows(pieces)
    assert list(whole.status.rows()) == list(pieces.status.rows())
    assert whole.left_out == pieces.left_out


def test_stream_rows_carry_the_offset_of_their_block() -> None:
    blocks = plots(4)
    offsets = np.cumsum([0] + [len(b) for b in blocks[:-1]]).tolist()
    assert decode_cut(b"".join(blocks), [5, 33, 60]).detections.values("source_offset") == offsets


@pytest.mark.parametrize(
    "garbage", [b"\x00", b"\x30", b"\x30\x00", b"\x30\x00\x00", b"\xff" * 50, b"\x30\x40\x00" + b"\x01" * 7, bytes(range(1, 256))]
)
def test_a_stream_finds_its_step_again(garbage: bytes) -> None:
    decoded = decode(b"".join([*plots(2), garbage, *plots(5, first=2)]), link="stream")
    assert decoded.detections.values("range_m") == [1852.0 * (i + 1) for i in range(7)]
    assert decoded.left_out.keys() <= {"bad_length", "truncated"}
    assert 1 <= sum(decoded.left_out.values()) <= 3


@pytest.mark.parametrize("length", [0, 1, 2, 3, 10, 40, 90, 150, 0x4000])
def test_a_wrong_length_costs_its_own_block_at_most(length: int) -> None:
    blocks = plots(6)
    blocks[2] = blocks[2][:1] + length.to_bytes(2, "big") + blocks[2][3:]
    decoded = decode(b"".join(blocks), link="stream")
    assert decoded.detections.values("range_m") == [1852.0 * (i + 1) for i in (0, 1, 3, 4, 5)]
    assert sum(decoded.left_out.values()) >= 1


def test_a_stream_of_headers_that_all_begin_long_blocks_takes_no_longer_than_it_is() -> None:
    """Each sixth octet begins a block of 32 KB that can be read but for its last record, and that one plausible header follows."""
    headers, zeros = b"\x90\x80\x04\x30\x80\x04" * 5462, bytes(40_000)
    attack = (headers + headers + zeros) * 4
    decode(plots(1)[0], link="stream")  # compiles
    began = process_time()
    decoded = decode(plots(1)[0] + attack + b"".join(plots(3)), link="stream")
    assert process_time() - began < 5
    assert decoded.detections.n >= 4 - 1
    assert sum(decoded.left_out.values()) > 0


def test_a_finished_decoder_starts_afresh() -> None:
    block, decoder = plots(1)[0], AsterixDecoder(Options())
    assert decoder.decode(Chunk.one(block[:9], received=NOON)).detections.n == 0
    assert decoder.finish().left_out == {"truncated": 1}
    assert not decoder.finish().left_out
    assert decoder.decode(Chunk.one(block, received=NOON)).detections.n == 1
    assert not decoder.finish().left_out


def test_reading_in_pieces_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = plots(40)
    for link in ("udp", "stream"):
        for payloads in (blocks, [b"".join(blocks)]):
            whole = rows(decode(*payloads, link=link))
            with monkeypatch.context() as patch:
                patch.setattr(asterix, "_PIECE", 100)
                assert rows(decode(*payloads, link=link)) == whole
            assert len(whole) == 40


def test_gaps_between_payloads_are_not_read() -> None:
    blocks = plots(3)
    data = b"".join(b"\x30\x00\x09??????" + b for b in blocks)
    ends = np.cumsum([len(b) + 9 for b in blocks])
    for link in ("udp", "stream"):
        chunk = Chunk(data, ends - [len(b) for b in blocks], ends, np.full(3, NOON), np.arange(3), "x", link)
        decoded = AsterixDecoder(Options()).decode(chunk)
        assert decoded.detections.n == 3
        assert not decoded.left_out


def test_empty_chunks_are_nothing() -> None:
    for link in ("udp", "stream"):
        assert decode(link=link) == Decoded()
        assert decode(b"", link=link).left_out == {}


# -- options, sniffing, encoding ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "edition",
    ["1.21", "1.31", "1.32", "048=1.30", "48=1.30", "048=1.30,062=1.18,021=2.4", "062=1.16", " 1.30 , 065 = 1.5", None],
)
def test_editions_are_chosen_by_category(edition: str | None) -> None:
    assert rows(decode(report(), options=Options(edition=edition)))


@pytest.mark.parametrize(
    ("edition", "said"),
    [
        ("1.20", r"CAT048 .* 1\.21, .* 1\.32, got '1\.20'"),
        ("048", r"CAT048 .* got '048'"),
        ("", "CAT048"),
        ("062=2.0", r"CAT062 .* 1\.16, .* 1\.21, got '2\.0'"),
        ("062=", "CAT062"),
        ("1.30,062=9.9", "CAT062"),
        ("247=1.2", r"categories 015, 021, 034, 048, 062, 065, 129 .* got '247=1\.2'"),
        ("=1.30", "048=1.30"),
        ("x=1.30", "048=1.30"),
        ("048=1.30,048=1.31", "twice"),
        ("1.30,048=1.31", "twice"),
    ],
)
def test_an_unknown_edition_is_refused_with_the_known_ones(edition: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        AsterixDecoder(Options(edition=edition))


def test_the_command_line_chooses_the_edition(tmp_path: Path) -> None:
    recording = tmp_path / "plots.ast"
    recording.write_bytes(b"".join(plots(2)))
    out = str(tmp_path / "plots.csv")
    run = CliRunner().invoke(main, ["decode", str(recording), "--edition", "048=1.30,062=1.18", "-o", out])
    assert run.exit_code == 0, run.output
    assert "2 detections" in run.output
    wrong = CliRunner().invoke(main, ["decode", str(recording), "--edition", "062=9.9", "-o", out])
    assert wrong.exit_code == 2
    assert "CAT062 is read in editions 1.16" in wrong.output


def test_the_columns_that_readers_fill_are_columns_of_the_tables() -> None:
    assert all(DETECTION.kinds[name] == "float" for name in layout.FLOATS)
    assert all(STATUS.kinds[name] == "float" for name in layout.STATUS_FLOATS)
    named = {
        "LAT": "lat_deg",
        "ALT_WGS84": "alt_wgs84_m",
        "SIGMA_RANGE": "sigma_range_m",
        "SIGMA_SPEED": "sigma_speed_mps",
        "POWER": "power_dbm",
    }
    assert {name: layout.FLOATS[getattr(layout, name)] for name in named} == named
    assert (layout.TIME, layout.RECEIVED, layout.OFFSET) == (
        layout.S_TIME,
        layout.S_RECEIVED,
        layout.S_OFFSET,
    )  # `_block` relies on it
    assert len(layout.REASONS) == layout.CARTESIAN_ONLY + 1


def test_sniff_knows_blocks_from_other_files() -> None:
    assert FORMAT.sniff(b"".join(plots(100))[:4096])
    assert FORMAT.sniff(plots(1)[0])
    assert FORMAT.sniff(message(i000=1) + plots(1)[0])
    for other in (
        b"", b"\x30", b'{"sensor-id": 3}', b"0,1,2,3\n" * 99, b"MSG,3,1,1,4CA2D6", b"!AIVDM,1,1,,A,15M,0*5C\n",
        b"\x1a3" + b"\x8d" * 90, b"PAR1" * 20, b"\0" * 99,
        bytes.fromhex("d4c3b2a1020004000000000000000000"), bytes.fromhex("0a0d0d0a1c0000004d3c2b1a01000000"),
    ):  # fmt: skip
        assert not FORMAT.sniff(other), other


def test_encoder_refuses_what_cannot_be_sent() -> None:
    def batch(**row: Any) -> Batch:
        return Batch.from_rows(DETECTION, [{"range_m": 100.0, "azimuth_deg": 1.0, **row}])

    for row in ({"range_m": None}, {"azimuth_deg": None}, {"range_m": 475_000.0}, {"range_m": -10.0}):
        with pytest.raises(ValueError, match="row 0"):
            encode_cat048(batch(**row), sac=1, sic=1)
    with pytest.raises(ValueError, match="sac and sic"):
        encode_cat048(batch(), sac=256, sic=1)
    with pytest.raises(ValueError, match="max_bytes"):
        encode_cat048(batch(), sac=1, sic=1, max_bytes=20)
    with pytest.raises(ValueError, match="kind"):
        encode_cat034(sac=1, sic=1, time=NOON, kind="south_mark")
    with pytest.raises(ValueError, match="azimuth_deg"):
        encode_cat034(sac=1, sic=1, time=NOON, kind="sector")
    with pytest.raises(ValueError, match="finite"):
        encode_cat034(sac=1, sic=1, time=math.nan, kind="north_mark")
    with pytest.raises(ValueError, match="rotation_period_s"):
        encode_cat034(sac=1, sic=1, time=NOON, kind="north_mark", rotation_period_s=600)


def test_encoder_leaves_out_what_an_item_cannot_hold_and_wraps_north_and_midnight() -> None:
    wide = {"alt_msl_m": 1e6, "range_rate_mps": 900.0, "power_dbm": -200.0, "sensor_track_id": "4096", "identity": "SN-1"}
    row = {"range_m": 100.0, "azimuth_deg": 359.9999, "time": MIDNIGHT - 0.001, **wide, "identity_kind": "serial"}
    sent = encode_cat048(Batch.from_rows(DETECTION, [row, {"range_m": 1.0, "azimuth_deg": -90.0}]), sac=1, sic=1)
    back = rows(decode(*sent, received=MIDNIGHT))
    assert back[0]["azimuth_deg"] == 0.0
    assert back[0]["time"] == MIDNIGHT
    assert not back[0].keys() & wide.keys()
    assert back[1]["azimuth_deg"] == 270.0
    assert encode_cat048(Batch.empty(DETECTION), sac=1, sic=1) == []


def test_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(cat048_encoder).failed == 0
    assert doctest.testmod(cat048_encoder).attempted > 0


@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "time": st.floats(0, 2e9),
                "range_m": st.floats(0, 1e5),
                "azimuth_deg": st.floats(-720, 720),
                "alt_msl_m": st.floats(-900, 9e3),
                "range_rate_mps": st.floats(-600, 600),
                "power_dbm": st.floats(-140, 140),
            }
        ),
        min_size=1,
        max_size=5,
    )
)
def test_bare_plots_have_the_bytes_of_any_plot(rows: list[dict[str, float]]) -> None:
    bare = Batch.from_rows(DETECTION, rows)
    slow = Batch.from_rows(
        DETECTION, [{**row, "identity": None} for row in rows]
    )  # a column of nothing: the way of all other rows
    assert "identity" in slow.columns
    assert encode_cat048(bare, sac=1, sic=2, simulated=True) == encode_cat048(slow, sac=1, sic=2, simulated=True)
