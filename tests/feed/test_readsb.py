"""aircraft.json and JSON lines: against a plain reader built on Python's own json, and round trips of our own encoder."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.feed.adsb.readsb import FORMAT, encode_aircraft, encode_document, encode_line, sniff
from picket.feed.adsb.readsb_kernels import LONGEST, MOST_AIRCRAFT, MOST_PENDING
from picket.feed.format import Chunk, Decoded, Options

NOW = 1_780_056_000.0
FEET, KNOTS, FEET_PER_MINUTE = 0.3048, 1852 / 3600, 0.3048 / 60

# As readsb wrote it, except for the aircraft, which are made up.
READSB = b"""{ "now" : 1780056000.500,
  "messages" : 26540,
  "aircraft" : [
{"hex":"3c6444","type":"adsb_icao","flight":"DLH123  ","alt_baro":35000,"alt_geom":35650,"gs":447.3,"ias":268,"tas":460,"mach":0.780,
"track":91.25,"track_rate":0.00,"roll":0.18,"baro_rate":-64,"geom_rate":-32,"squawk":"1000","emergency":"none","category":"A3",
"nav_qnh":1013.6,"nav_modes":["autopilot","vnav"],"lat":33.751234,"lon":-118.201234,"nic":8,"rc":186,"seen_pos":0.410,"version":2,
"nic_baro":1,"nac_p":9,"nac_v":2,"sil":3,"sil_type":"perhour","gva":2,"sda":2,"alert":0,"spi":0,"mlat":[],"tisb":[],"messages":512,
"seen":0.1,"rssi":-21.5},
{"hex":"4ca7b4","type":"mlat","alt_baro":12000,"gs":300.0,"track":10.0,"lat":33.5,"lon":-118.5,"nic":0,"rc":0,"seen_pos":3.2,"nac_p":9,
"mlat":["gs","track","lat","lon","nic","rc"],"tisb":[],"messages":99,"seen":0.3,"rssi":-25.0},
{"hex":"~2b00f1","type":"tisb_trackfile","alt_baro":1500,"lat":33.6,"lon":-118.1,"seen_pos":1.5,"mlat":[],"tisb":["altitude","lat","lon"],
"messages":9,"seen":1.5,"rssi":-28.0},
{"hex":"a12345","type":"adsb_icao_nt","alt_baro":"ground","gs":12.0,"true_heading":90.0,"lat":33.94,"lon":-118.4,"seen_pos":0.2,
"category":"C2","mlat":[],"tisb":[],"messages":77,"seen":0.2,"rssi":-9.0},
{"hex":"a00001","type":"mode_s","alt_baro":4000,"mlat":[],"tisb":[],"messages":5,"seen":12.0,"rssi":-30.1},
{"hex":"a00002","type":"adsb_icao","lastPosition":{"lat":33.1,"lon":-118.9,"nic":8,"rc":186,"seen_pos":75.1},"rr_lat":33.0,"rr_lon":-118.0,
"mlat":[],"tisb":[],"messages":5,"seen":12.0,"rssi":-30.1}
  ]
}
"""

# As dump1090-mutability wrote it, and nlohmann's sorted keys in skyaware978: `now` stands behind the list.
MUTABILITY = b"""{ "now" : 1780056000.5, "messages" : 8, "aircraft" : [
    {"hex":"4ca7b4","squawk":"1000","flight":"EIN1","lat":51.1,"lon":-1.2,"nucp":7,"seen_pos":0.5,"altitude":20000,"vert_rate":1024,
     "track":45,"speed":400,"category":"A3","mlat":[],"tisb":[],"messages":300,"seen":0.1,"rssi":-20.1},
    {"hex":"4ca7b5","lat":51.2,"lon":-1.2,"seen_pos":1.0,"altitude":"ground","speed":5,"mlat":["altitude","lat","lon"],"tisb":[]}
  ] }"""
SKYAWARE = (
    b'{"aircraft":[{"alt_baro":1000,"alt_geom":1000,"gs":90.5,"hex":"a66ef1","lat":33.1,"lon":-118.1,"nac_p":9,"nac_v":1,"rssi":-9.0,'
    b'"seen":0.2,"seen_pos":0.25,"track":80.1,"type":"adsb_icao","uat_version":2}],"messages":17,"now":1780056000.5}\n'
)


def decode(*payloads: bytes, link: str = "http", received: float = math.nan, **options: Any) -> Decoded:
    decoder = FORMAT.make(Options(**options))
    parts = [decoder.decode(Chunk.one(p, received=received, source="test", link=link, offset=i)) for i, p in enumerate(payloads)]
    return Decoded.join([*parts, decoder.finish()])


def rows(*payloads: bytes, **given_: Any) -> list[dict[str, Any]]:
    return list(decode(*payloads, **given_).detections.rows())


def aircraft(**changes: Any) -> dict[str, Any]:
    return {"hex": "3c6444", "type": "adsb_icao", "lat": 33.7, "lon": -118.2, "seen_pos": 0.5} | changes


def document(*found: dict[str, Any], now: Any = NOW) -> bytes:
    return json.dumps({"now": now, "messages": 5, "aircraft": list(found)}).encode()


# -- the programs' own documents -----------------------------------------------------------------------------------------
def test_readsb() -> None:
    decoded = decode(READSB, received=NOW + 1)
    first, mlat, tisb, ground = decoded.detections.rows()
    assert (first.pop("time"), first.pop("received")) == pytest.approx((NOW + 0.5 - 0.41, NOW + 1), abs=1e-6)
    assert first == pytest.approx(
        {
            "time_source": "sensor",
            "sensor_id": "readsb",
            "kind": "adsb",
            "report": "plot",
            "origin": "live",
            "lat_deg": 33.751234,
            "lon_deg": -118.201234,
            "alt_wgs84_m": 35650 * FEET,
            "alt_pressure_m": 35000 * FEET,
            "speed_mps": 447.3 * KNOTS,
            "course_deg": 91.25,
            "climb_mps": -32 * FEET_PER_MINUTE,
            "sigma_position_m": 30 / 2.448,
            "sigma_altitude_m": 45 / 1.96,
            "sigma_speed_mps": 3 / 1.96,
            "center_hz": 1090e6,
            "identity": "3C6444",
            "identity_kind": "icao_address",
            "transport": "1090es",
            "classification": "large_aircraft",
            "source": "test",
            "source_offset": 0,
        }
    )
    assert (mlat["kind"], mlat["report"], mlat["identity"], mlat["time"]) == (
        "mlat",
        "track",
        "4CA7B4",
        pytest.approx(NOW + 0.5 - 3.2, abs=1e-6),
    )
    assert not {"sigma_position_m", "transport", "center_hz"} & set(mlat)  # nac_p is of the aircraft's own position, not of this
    assert (tisb["kind"], tisb["report"], tisb["identity"], tisb.get("identity_kind")) == ("adsb", "track", "~2B00F1", None)
    assert tisb["sensor_track_id"] == "2B00F1"
    assert (ground["report"], ground["classification"], ground["speed_mps"]) == (
        "plot",
        "ground_vehicle",
        pytest.approx(12 * KNOTS),
    )
    assert not {"alt_pressure_m", "height_agl_m", "course_deg"} & set(ground)
    assert decoded.left_out == Counter(no_position=2)
    (status,) = decoded.status.rows()
    assert status == {
        "time": NOW + 0.5,
        "time_source": "sensor",
        "received": NOW + 1,
        "sensor_id": "readsb",
        "origin": "live",
        "event": "heartbeat",
        "detail": "6 aircraft, 26540 messages",
        "source": "test",
        "source_offset": 0,
    }


def test_dump1090_mutability() -> None:
    first, second = rows(MUTABILITY)
    assert first["alt_pressure_m"] == pytest.approx(20000 * FEET)
    assert (first["speed_mps"], first["course_deg"]) == (pytest.approx(400 * KNOTS), 45)
    assert first["climb_mps"] == pytest.approx(1024 * FEET_PER_MINUTE)
    assert (first["report"], first["time"], first["identity_kind"]) == ("plot", NOW, "icao_address")
    assert "transport" not in first  # it does not say by which link it was heard
    assert (second["kind"], second["report"]) == ("mlat", "track")


@pytest.mark.parametrize("link", ["http", "stream"])
def test_skyaware978_tells_the_time_behind_the_list_and_calls_the_pressure_altitude_geometric(link: str) -> None:
    decoded = decode(SKYAWARE, link=link)
    (row,) = decoded.detections.rows()
    assert (row["time"], row["transport"], row["center_hz"]) == (NOW + 0.25, "uat", 978e6)
    assert row["alt_pressure_m"] == pytest.approx(1000 * FEET)
    assert "alt_wgs84_m" not in row
    assert not decoded.left_out


def test_lines_of_readsbs_json_port() -> None:
    lines = b"".join(encode_line(NOW + i, aircraft(lat=33 + i / 100, seen_pos=0.0)) for i in range(3))
    for link in ("stream", "udp", "mqtt"):
        found = rows(lines, link=link)
        assert [(r["time"], r["lat_deg"]) for r in found] == [(NOW + i, 33 + i / 100) for i in range(3)]
    starts = [0, lines.index(b"\n") + 1, lines[:-1].rindex(b"\n") + 1]
    assert [r["source_offset"] for r in rows(lines, link="stream")] == starts
    assert len(decode(lines, link="stream").status) == 0  # a line is no document: it says nothing of the others


def test_a_query_interfaces_answer_in_milliseconds() -> None:
    (row,) = rows(json.dumps({"ac": [aircraft()], "now": NOW * 1000, "msg": "No error", "total": 1}).encode())
    assert row["time"] == NOW - 0.5


def test_several_documents_in_a_file() -> None:
    """History files one after the other, in any layout, and one list of them."""
    texts = [document(aircraft(lat=33 + i / 10), now=NOW + 30 * i) for i in range(3)]
    for data in (b"".join(texts), b"\n".join(texts), b"[" + b",\n".join(texts) + b"]", b"\r\n \t".join(texts)):
        found = rows(data, link="stream")
        assert [r["time"] for r in found] == [NOW - 0.5 + 30 * i for i in range(3)]


# -- a plain reader ------------------------------------------------------------------------------------------------------
def bounded(value: Any, factor: float, low: float, high: float) -> float | None:
    if type(value) not in (int, float) or not low <= value * factor <= high:
        return None
    return float(value * factor)


def plain(doc: dict[str, Any]) -> list[dict[str, Any]]:
    """What the module's text says, with Python's json and dictionaries: the columns that are numbers, and the identity."""
    found = []
    for a in doc["aircraft"]:
        lat, lon = (a.get(n) if type(a.get(n)) in (int, float) else None for n in ("lat", "lon"))
        if "hex" not in a or lat is None or lon is None or (lat == 0 and lon == 0) or abs(lat) > 90 or abs(lon) > 180:
            continue
        seen = bounded(a.get("seen_pos"), 1, 0, 86400)
        row: dict[str, Any] = {"lat_deg": float(lat), "lon_deg": float(lon), "time": None if seen is None else doc["now"] - seen}
        row["alt_pressure_m"] = bounded(a.get("alt_baro"), FEET, -1000, 100_000)
        row["alt_wgs84_m"] = bounded(a.get("alt_geom"), FEET, -1000, 100_000)
        row["speed_mps"] = bounded(a.get("gs"), KNOTS, 0, 1e4)
        course = bounded(a.get("track"), 1, -360, 360)
        row["course_deg"] = None if course is None else (course % 360) % 360
        climb = a.get("geom_rate")
        climb = climb if type(climb) in (int, float) else a.get("baro_rate")
        row["climb_mps"] = bounded(climb, FEET_PER_MINUTE, -1e4, 1e4)
        code = a.get("nac_p")
        bound = {1: 18520, 2: 7408, 3: 3704, 4: 1852, 5: 926, 6: 555.6, 7: 185.2, 8: 92.6, 9: 30, 10: 10, 11: 3}
        row["sigma_position_m"] = bound[code] / 2.448 if type(code) in (int, float) and code in bound else None
        hexa = a["hex"]
        sound = (
            type(hexa) is str and len(hexa.removeprefix("~")) == 6 and not hexa.removeprefix("~").strip("0123456789abcdefABCDEF")
        )
        row["identity"] = hexa.upper() if sound else None
        found.append(row)
    return found


NUMBERS = st.one_of(
    st.integers(-100_000, 100_000),
    st.floats(-1e6, 1e6),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, -0.0, 10**30]),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=4), x, max_size=3),
    max_leaves=4,
)
KEYS = (
    "alt_baro",
    "alt_geom",
    "gs",
    "track",
    "baro_rate",
    "geom_rate",
    "nac_p",
    "flight",
    "squawk",
    "mlat_",
    "nav_modes",
    "x",
    'q"\\u',
)
AIRCRAFT = st.builds(
    lambda place, seen, hexa, other: {**other, "hex": hexa, "lat": place[0], "lon": place[1], "seen_pos": seen},
    st.tuples(st.floats(-91, 91) | NUMBERS, st.floats(-181, 181) | NUMBERS),
    st.floats(0, 60),
    st.integers(0, 2**24 - 1).map("{:06x}".format)
    | st.integers(0, 2**24 - 1).map("~{:06X}".format)
    | ANYTHING.filter(lambda v: v is not None),
    st.dictionaries(st.sampled_from(KEYS), NUMBERS | ANYTHING, max_size=6),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(AIRCRAFT, max_size=5),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, 0, 2]),
    st.sampled_from(["http", "stream"]),
)
def test_a_plain_reader_finds_the_same(
    found: list[dict[str, Any]], sort: bool, ascii_: bool, indent: int | None, link: str
) -> None:
    doc = {"now": NOW, "messages": 7, "aircraft": found}
    text = json.dumps(doc, sort_keys=sort, ensure_ascii=ascii_, indent=indent).encode("utf-8", "replace")
    wanted = plain(json.loads(text))
    decoded = decode(text, link=link)
    assert "malformed" not in decoded.left_out
    repeated = decoded.left_out["repeated_position"]
    assert decoded.detections.n + repeated == len(wanted)
    assert len(decoded.status) == 1
    if repeated:
        return
    for row, want in zip(decoded.detections.rows(), wanted, strict=True):
        for name, value in want.items():
            if isinstance(value, float):
                assert row[name] == pytest.approx(value, rel=1e-14, abs=1e-12), name
            else:
                assert row.get(name) == value, name


@given(
    st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**25), 10**25), st.decimals(-90, 90, places=7))
)
def test_numbers_are_read_as_python_reads_them(number: Any) -> None:
    text = f"{number:f}" if not isinstance(number, (int, float)) else json.dumps(number)
    value = float(text)
    found = rows(f'{{"hex":"abcdef","lat":1,"lon":2,"gs":{text}}}'.encode())[0].get("speed_mps")
    fits = 0 <= value * KNOTS <= 1e4
    assert found == (pytest.approx(value * KNOTS, rel=1e-14, abs=1e-300) if fits else None)


@pytest.mark.parametrize(
    "text", ["1e2", "1E+2", "100.0", "1000e-1", "0.1e3", "100", "10000000000000000000000e-20", "0.00000000000000000000001e25"]
)
def test_exponents(text: str) -> None:
    (row,) = rows(f'{{"hex":"abcdef","lat":1,"lon":2,"gs":{text}}}'.encode())
    assert row["speed_mps"] == pytest.approx(100 * KNOTS, rel=1e-14)


@given(
    st.integers(0, 2**24 - 1),
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.floats(0, 60),
    st.floats(-300, 15000),
    st.floats(0, 300),
    st.floats(0, 359.99),
    st.floats(-60, 60),
)
def test_an_aircraft_comes_back_within_the_steps(
    icao: int, lat: float, lon: float, seen: float, alt: float, speed: float, course: float, climb: float
) -> None:
    sent = encode_aircraft(
        icao=f"{icao:06x}",
        lat_deg=lat,
        lon_deg=lon,
        seen_pos=seen,
        alt_pressure_m=alt,
        alt_wgs84_m=alt,
        speed_mps=speed,
        course_deg=course,
        climb_mps=climb,
    )
    for payload in (encode_document(NOW, [sent]), encode_line(NOW, sent)):
        found = rows(payload)
        if abs(lat) < 1e-6 and abs(lon) < 1e-6:
            continue
        (row,) = found
        assert (row["identity"], row["lat_deg"], row["lon_deg"]) == (
            f"{icao:06X}",
            pytest.approx(lat, abs=1e-6),
            pytest.approx(lon, abs=1e-6),
        )
        assert row["time"] == pytest.approx(NOW - seen, abs=6e-4)
        assert (row["alt_pressure_m"], row["alt_wgs84_m"]) == pytest.approx((alt, alt), abs=0.5 * FEET + 1e-9)
        assert row["speed_mps"] == pytest.approx(speed, abs=0.051 * KNOTS)
        assert row["course_deg"] == pytest.approx(course, abs=0.0051)
        assert row["climb_mps"] == pytest.approx(climb, abs=0.51 * FEET_PER_MINUTE)


# -- kinds, identities, accuracy ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("type_", "kind", "report", "transport"),
    [
        ("adsb_icao", "adsb", "plot", "1090es"),
        ("adsb_icao_nt", "adsb", "plot", "1090es"),
        ("adsb_other", "adsb", "plot", "1090es"),
        ("adsr_icao", "adsb", "plot", "1090es"),
        ("adsr_other", "adsb", "plot", "1090es"),
        ("tisb_icao", "adsb", "track", "1090es"),
        ("tisb_other", "adsb", "track", "1090es"),
        ("tisb_trackfile", "adsb", "track", "1090es"),
        ("mlat", "mlat", "track", None),
        ("adsc", "adsb", "plot", None),
        ("other", "adsb", "plot", None),
        ("something_new", "adsb", "track", None),
    ],
)
def test_each_type(type_: str, kind: str, report: str, transport: str | None) -> None:
    (row,) = rows(document(aircraft(type=type_)))
    assert (row["kind"], row["report"], row.get("transport")) == (kind, report, transport)


def test_a_position_in_the_mlat_or_tisb_list_is_anothers_estimate_whatever_the_type() -> None:
    own, mlat, tisb, altitude = rows(
        document(
            aircraft(hex="000001", nac_p=9),
            aircraft(hex="000002", nac_p=9, mlat=["gs", "lat", "lon"]),
            aircraft(hex="000003", tisb=["lat"]),
            aircraft(hex="000004", nac_p=9, mlat=["altitude", "flat", "latlon"]),
        )
    )
    assert [(r["kind"], r["report"]) for r in (own, mlat, tisb, altitude)] == [
        ("adsb", "plot"),
        ("mlat", "track"),
        ("adsb", "track"),
        ("adsb", "plot"),
    ]
    assert [("sigma_position_m" in r) for r in (own, mlat, altitude)] == [True, False, True]


@pytest.mark.parametrize(
    ("sent", "identity", "kind"),
    [
        ("3c6444", "3C6444", "icao_address"),
        ("~3c6444", "~3C6444", None),
        ("3C6444", "3C6444", "icao_address"),
        ("3c644", None, None),
        ("3c64445", None, None),
        ("3c644g", None, None),
        ("", None, None),
        (17, None, None),
        (["3c6444"], None, None),
        ("\u0663c6444", None, None),
    ],
)
def test_identities(sent: Any, identity: str | None, kind: str | None) -> None:
    decoded = decode(document(aircraft(hex=sent)))
    (row,) = decoded.detections.rows()
    assert (row.get("identity"), row.get("identity_kind")) == (identity, kind)
    assert decoded.left_out == (Counter() if identity else Counter(hex_wrong_type=1))


@pytest.mark.parametrize(
    ("codes", "sigmas"),
    [
        ({"nac_p": 9, "nac_v": 1, "gva": 1}, (30 / 2.448, 10 / 1.96, 150 / 1.96)),
        ({"nac_p": 11, "nac_v": 4, "gva": 2}, (3 / 2.448, 0.3 / 1.96, 45 / 1.96)),
        ({"nac_p": 0, "nac_v": 0, "gva": 0}, (None, None, None)),
        ({"nac_p": 12, "nac_v": 5, "gva": 3}, (None, None, None)),
        ({"nac_p": 8.5, "nac_v": -1, "gva": 1e300}, (None, None, None)),
        ({"rc": 186, "nic": 8}, (None, None, None)),
        ({"gva": 2, "version": 1}, (None, None, None)),
        ({"gva": 2, "alt_geom": None}, (None, None, None)),
    ],
)
def test_quality_codes(codes: dict[str, Any], sigmas: tuple[float | None, ...]) -> None:
    (row,) = rows(document(aircraft(**{"alt_geom": 1000, "version": 2} | codes)))
    assert tuple(row.get(n) for n in ("sigma_position_m", "sigma_speed_mps", "sigma_altitude_m")) == tuple(
        None if s is None else pytest.approx(s) for s in sigmas
    )


@pytest.mark.parametrize(
    ("category", "word"),
    [
        ("A1", "light_aircraft"),
        ("A7", "helicopter"),
        ("B6", "uav"),
        ("B1", "glider"),
        ("C3", "fixed_obstacle"),
        ("A0", None),
        ("D7", None),
    ],
)
def test_categories(category: str, word: str | None) -> None:
    assert rows(document(aircraft(category=category)))[0].get("classification") == word


# -- a value that is no good costs itself -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"gs": "447"}, "gs_wrong_type"),
        ({"gs": [1]}, "gs_wrong_type"),
        ({"gs": {"a": 1}}, "gs_wrong_type"),
        ({"gs": True}, "gs_wrong_type"),
        ({"alt_baro": "grounded"}, "alt_baro_wrong_type"),
        ({"alt_baro": 1e9}, "alt_pressure_m_out_of_range"),
        ({"mlat": 5}, "mlat_wrong_type"),
        ({"type": 5}, "type_wrong_type"),
        ({"category": "Z9"}, "category_wrong_type"),
        ({"category": "A8"}, "category_wrong_type"),
        ({"track": 361}, "course_deg_out_of_range"),
        ({"gs": -1}, "speed_mps_out_of_range"),
        ({"gs": float("nan")}, "not_a_number"),
        ({"gs": float("inf")}, "not_a_number"),
        ({"gs": float("-inf")}, "not_a_number"),
        ({"seen_pos": 1e9}, "seen_pos_out_of_range"),
        ({"seen_pos": -1}, "seen_pos_out_of_range"),
        ({"seen_pos": "x"}, "seen_pos_wrong_type"),
        ({"gs": 10**400}, "speed_mps_not_finite"),
    ],
)
def test_a_bad_value_costs_itself_not_its_row(changes: dict[str, Any], reason: str) -> None:
    decoded = decode(document(aircraft(**changes), aircraft(hex="000001")))
    assert decoded.detections.n == 2
    assert decoded.left_out == Counter({reason: 1})


def test_null_is_unknown_and_no_fault() -> None:
    decoded = decode(document(aircraft(gs=None, track=None, alt_baro=None, type=None, category=None, mlat=None)))
    assert decoded.detections.n == 1
    assert not decoded.left_out


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({"hex": "3c6444"}, "no_position"),
        (aircraft(lat=None), "no_position"),
        (aircraft(lat=0, lon=0.0), "no_position"),
        (aircraft(lat=91), "bad_position"),
        (aircraft(lon=-180.5), "bad_position"),
        (aircraft(lat=1e400), "not_a_number"),
        ({"lat": 1, "lon": 2}, "no_address"),
        ({}, "no_address"),
    ],
)
def test_each_reason(found: dict[str, Any], reason: str) -> None:
    decoded = decode(document(aircraft(hex="000001"), found, aircraft(hex="000002")))
    assert decoded.detections.n == 2
    assert decoded.left_out[reason] == 1


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "empty_payload"),
        (b" \r\n", "empty_payload"),
        (b'{"version":"readsb 3.14","refresh":1000,"lat":33.7,"lon":-118.2}', "unknown_object"),
        (b"<html>404</html>", "malformed"),
        (b"\xff\xfe{", "malformed"),
        (b"null", "malformed"),
        (b"{}", "unknown_object"),
        (b"[1, 2]", "malformed"),
        (b'{"now":1', "truncated"),
        (b"{'now':1}", "malformed"),
        (b'{"now":1,}', "malformed"),
        (b'{"aircraft":[{"hex":"3c6444"', "truncated"),
        (b'{"aircraft":{"hex":"3c6444"}}', "unknown_object"),
    ],
)
def test_payloads_that_are_no_documents(payload: bytes, reason: str) -> None:
    decoded = decode(payload)
    assert decoded.detections.n == 0
    assert reason in decoded.left_out


def test_an_empty_sky_differs_from_silence() -> None:
    decoded = decode(document(), received=NOW + 1)
    assert [r["detail"] for r in decoded.status.rows()] == ["0 aircraft, 5 messages"]
    assert not decoded.left_out


def test_a_document_that_never_changes_is_no_sign_of_life() -> None:
    decoded = decode(document(aircraft()), document(aircraft()), document(aircraft()), document(aircraft(), now=NOW + 1))
    assert [r["time"] for r in decoded.status.rows()] == [NOW, NOW + 1]
    assert decoded.left_out["repeated_document"] == 2
    assert decoded.detections.n == 2


# -- time ------------------------------------------------------------------------------------------------------------
def test_a_wrong_time_is_counted() -> None:
    assert decode(document(aircraft(), now="soon")).left_out == Counter(now_wrong_type=1)
    assert decode(document(aircraft(), now=1e20)).left_out == Counter(time_out_of_range=1)


@pytest.mark.parametrize("now", [None, "soon", 0, -5, 1e20, float("nan")])
def test_without_a_time_of_its_own_the_receive_time_stands_in(now: Any) -> None:
    (row,) = rows(document(aircraft(seen_pos=2.0), now=now), received=NOW + 10)
    assert (row["time"], row["received"], row["time_source"]) == (NOW + 8, NOW + 10, "receiver")
    (row,) = rows(document(aircraft(), now=now))
    assert not {"time", "received", "time_source"} & set(row)


def test_without_seen_pos_the_last_message_says_how_old_a_position_is_at_least() -> None:
    (row,) = rows(document(aircraft(seen_pos=None, seen=3.0)))
    assert row["time"] == NOW - 3
    (row,) = rows(document(aircraft(seen_pos=None)))
    assert row["time"] == NOW


def test_a_file_knows_when_without_a_receive_time() -> None:
    (row,) = rows(READSB[: READSB.index(b'{"hex":"4ca7b4"')], link="stream")
    assert row["time"] == pytest.approx(NOW + 0.09, abs=1e-6)
    assert "received" not in row


# -- polls -----------------------------------------------------------------------------------------------------------
def polls(*found: tuple[float, float, float]) -> list[bytes]:
    """(now, latitude, seen_pos) of one aircraft."""
    return [document(aircraft(lat=lat, seen_pos=seen), now=now) for now, lat, seen in found]


def test_one_position_is_one_row_however_often_it_is_asked_for() -> None:
    decoded = decode(
        *polls((NOW, 33.7, 0.2), (NOW + 1, 33.7, 1.2), (NOW + 2, 33.7, 2.2), (NOW + 3, 33.8, 0.1), (NOW + 4, 33.8, 1.1))
    )
    assert decoded.detections.values("time") == pytest.approx([NOW - 0.2, NOW + 2.9], abs=1e-6)
    assert decoded.left_out == Counter(repeated_position=3)


def test_a_hovering_helicopter_that_is_heard_again_is_a_new_row() -> None:
    decoded = decode(*polls((NOW, 33.7, 0.2), (NOW + 1, 33.7, 0.3), (NOW + 2, 33.7, 0.1)))
    assert decoded.detections.n == 3


def test_whole_seconds_do_not_make_a_position_new() -> None:
    """uat2json rounds both numbers to whole seconds: the same position wanders by one."""
    decoded = decode(*polls((NOW, 33.7, 0), (NOW + 1, 33.7, 2), (NOW + 2, 33.7, 2), (NOW + 5, 33.7, 1)))
    assert decoded.detections.values("time") == [NOW, NOW + 4]


def test_without_seen_pos_an_unchanged_position_is_the_same_for_a_minute() -> None:
    found = [document(aircraft(seen_pos=None, seen=0.1), now=NOW + 10 * i) for i in range(12)]
    assert decode(*found).detections.values("time") == [NOW - 0.1, NOW + 69.9]


def test_two_aircraft_at_one_place_are_two() -> None:
    assert len(rows(document(aircraft(hex="000001"), aircraft(hex="000002"), aircraft(hex="~000001")))) == 3


def test_a_receiver_whose_clock_was_set_back_is_heard() -> None:
    assert decode(*polls((NOW, 33.7, 0.2), (NOW - 3600, 33.7, 0.2))).detections.n == 2


def test_many_made_up_identities_do_not_grow_the_memory() -> None:
    decoder = FORMAT.make(Options())
    for part in range(5):
        made_up = [aircraft(hex=f"{part * 4000 + i:06x}") for i in range(4000)]
        assert decoder.decode(Chunk.one(document(*made_up), link="http")).detections.n == 4000
    assert decoder._address.shape == (8192,)  # type: ignore[attr-defined]
    again = decoder.decode(Chunk.one(document(*made_up), link="http"))
    assert again.left_out["repeated_position"] > 3900  # the last ones are still known


# -- broken and cut --------------------------------------------------------------------------------------------------
def test_a_broken_aircraft_costs_itself_not_the_document() -> None:
    good = [aircraft(hex=f"{i:06x}") for i in range(3)]
    for broken in (
        b'{"hex":"00000f","lat":3',
        b'{"hex":"00000f","lat":3.3.3,"lon":1}',
        b'{"hex":"00000f" "lat":1}',
        b'{"hex',
        b"null",
        b"{,}",
    ):
        one, two, three = (json.dumps(a).encode() for a in good)
        data = b'{"now":%d,"aircraft":[%s,%s,%s,%s]}' % (NOW, one, broken, two, three)
        for link in ("http", "stream"):
            decoded = decode(data, link=link)
            assert {"000001", "000002"} <= set(decoded.detections.values("identity")), broken
            assert set(decoded.detections.values("time")) == {NOW - 0.5}
            assert decoded.left_out["malformed"] >= 1


def test_a_document_cut_anywhere_gives_the_aircraft_before_the_cut_and_is_counted() -> None:
    ends = [READSB.index(b"},\n{", READSB.index(text)) for text in (b"3c6444", b"4ca7b4", b"~2b00f1", b"a12345")]
    closed = READSB.rindex(b"}") + 1
    for cut in range(1, closed):
        for link in ("http", "stream"):
            decoded = decode(READSB[:cut], link=link)
            assert decoded.detections.n == sum(cut > e for e in ends)
            assert decoded.left_out["truncated"] == 1
            assert "malformed" not in decoded.left_out


@pytest.mark.parametrize("data", [READSB, MUTABILITY + b"\n", SKYAWARE * 3], ids=["readsb", "mutability", "skyaware978"])
def test_a_stream_cut_anywhere_gives_the_same(data: bytes) -> None:
    whole = decode(data, link="stream")
    for size in (1, 7, 100, 1001):
        decoder = FORMAT.make(Options())
        parts = [decoder.decode(Chunk.one(data[i : i + size], offset=i, source="test")) for i in range(0, len(data), size)]
        found = Decoded.join([*parts, decoder.finish()])
        assert list(found.detections.rows()) == list(whole.detections.rows())
        assert list(found.status.rows()) == list(whole.status.rows())
        assert found.left_out == whole.left_out


def test_after_a_break_in_the_stream_the_next_documents_aircraft_get_their_own_time() -> None:
    """Two documents follow: a break just before a value can make the first of them look like that value."""
    later = [document(*(aircraft(hex=f"{poll}0000{i}", lat=poll) for i in range(4)), now=NOW + 100 * poll) for poll in (1, 2)]
    for cut in range(1, READSB.rindex(b"}")):
        decoded = decode(READSB[:cut] + later[0] + later[1], link="stream")
        found = [r for r in decoded.detections.rows() if r["lat_deg"] in (1.0, 2.0)]
        assert [r["time"] for r in found] == [NOW + 99.5] * 4 + [NOW + 199.5] * 4, cut
        assert decoded.left_out["malformed"] >= 1


def test_long_things_are_cut_off_and_counted() -> None:
    long = aircraft(flight="x" * LONGEST)
    for link in ("http", "stream"):
        decoded = decode(document(aircraft(hex="000001"), long, aircraft(hex="000002")), link=link)
        assert decoded.detections.n == 2
        assert decoded.left_out["oversized"] == 1
    fits = aircraft(flight="x" * (LONGEST - 200))
    assert decode(document(fits)).detections.n == 1


def test_too_many_aircraft_in_one_payload_are_not_read() -> None:
    many = (
        b'{"aircraft":['
        + b",".join(b'{"hex":"%06x","lat":1,"lon":2}' % i for i in range(MOST_AIRCRAFT + 500))
        + b'],"now":%d}' % NOW
    )
    decoded = decode(many)
    assert decoded.detections.n == MOST_AIRCRAFT + 1
    assert decoded.left_out == Counter(too_many_aircraft=1)


def test_a_stream_that_never_tells_the_time_does_not_grow_the_memory() -> None:
    decoder = FORMAT.make(Options())
    n = 0
    for part in range(20):
        data = b"".join(b'{"hex":"%06x","lat":1,"lon":2},' % (part * 1000 + i) for i in range(1000))
        n += decoder.decode(Chunk.one((b'{"aircraft":[' if part == 0 else b"") + data, received=NOW)).detections.n
        assert len(decoder._waiting.values) <= MOST_PENDING + 1  # type: ignore[attr-defined]
    last = decoder.finish()
    assert n + last.detections.n == 20_000
    assert last.left_out == Counter(truncated=1)


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["http", "stream"]))
def test_no_bytes_make_it_raise(sent: bytes, link: str) -> None:
    decode(sent, link=link)
    decode(READSB[:200] + sent + READSB[200:], link=link)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "{",
                "}",
                "[",
                "]",
                ",",
                ":",
                '"',
                '"hex"',
                '"aircraft"',
                '"now"',
                '"lat"',
                '"lon"',
                "1",
                "-",
                "e",
                ".",
                "null",
                "\\",
                " ",
                '"3c6444"',
                "\n",
            ]
        ),
        max_size=60,
    )
)
def test_no_grammar_makes_it_raise_or_differ_between_cuts(pieces: Sequence[str]) -> None:
    data = "".join(pieces).encode()
    whole = decode(data, link="stream")
    decoder = FORMAT.make(Options())
    parts = [decoder.decode(Chunk.one(data[i : i + 1], offset=i, source="test")) for i in range(len(data))]
    found = Decoded.join([*parts, decoder.finish()])
    assert list(found.detections.rows()) == list(whole.detections.rows())
    assert found.left_out == whole.left_out
    decode(data)


def test_options_name_the_sensor_and_the_origin() -> None:
    decoded = decode(document(aircraft()), sensor_id="roof", origin="exercise")
    for batch in (decoded.detections, decoded.status):
        assert (batch.values("sensor_id"), batch.values("origin")) == (["roof"], ["exercise"])


def test_an_empty_chunk_gives_nothing() -> None:
    empty = np.zeros(0, np.int64)
    for link in ("http", "stream"):
        decoded = FORMAT.make(Options()).decode(Chunk(b"", empty, empty, np.zeros(0), empty, "test", link))
        assert (decoded.detections.n, decoded.status.n, decoded.left_out) == (0, 0, Counter())


def test_sniffing(shared_data: Any) -> None:
    assert sniff(READSB[:4096])
    assert sniff(MUTABILITY)
    assert sniff(SKYAWARE)
    assert sniff(document())
    assert sniff(encode_line(NOW, encode_aircraft(icao="3c6444", lat_deg=1, lon_deg=2)))
    for other in (
        b"",
        b"{",
        b'{"time":1,"sensor_id":"x","lat_deg":1,"lon_deg":2,"identity":"hex"}\n',
        b'{"lat":33.7,"lon":-118.2,"version":"x"}',
        (shared_data / "dronescout" / "BLE-legacy.json").read_bytes()[:4096],
        (shared_data / "adsb" / "reference_output_sbs.txt").read_bytes()[:4096],
    ):
        assert not sniff(other)


@pytest.mark.parametrize("payload", [b"", b" \r\n", b",", b" ,,\n", b"[]", b"]"])
def test_a_payload_of_nothing_is_counted(payload: bytes) -> None:
    chunk = Chunk.of([payload], [1.0], [0], source="x", link="udp")
    assert FORMAT.make(Options()).decode(chunk).left_out == {"empty_payload": 1}
