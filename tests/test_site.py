"""The site file: every mistake is named with its place, the nearest known word and what was expected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.site import SiteError, in_hours, load, parse

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
PLACE = {"name": "Pier", "lat_deg": 33.75, "lon_deg": -118.2}
RADAR = {"id": "r", "kind": "radar", "lat_deg": 33.7, "lon_deg": -118.2}


def problems(folder: Path, **raw: Any) -> list[str]:
    """The problems of a site file that is right but for `raw`."""
    (folder / "square.geojson").write_text(json.dumps(SQUARE))
    try:
        parse({"version": 1, "site": PLACE, **raw}, folder=folder)
    except SiteError as e:
        return e.problems
    return []


def test_a_right_file_has_no_problems(tmp_path: Path) -> None:
    zone = {"id": "z", "kind": "protected", "geometry": "square.geojson", "hours": "22:00-06:00"}
    assert problems(tmp_path, sensor=[RADAR], zone=[zone], friendly=[{"identity": "X", "zones": ["z"]}]) == []


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"version": 2}, ["version", "expected 1", "2"]),
        ({"sensors": []}, ["sensors", "did you mean 'sensor'"]),
        ({"sensor": [{**RADAR, "max_rnage_m": 5}]}, ["sensor[0].max_rnage_m", "did you mean 'max_range_m'"]),
        ({"sensor": [{**RADAR, "kind": "rader"}]}, ["kind", "did you mean 'radar'"]),
        ({"sensor": [{"id": "r", "kind": "radar"}]}, ["give lat_deg and lon_deg"]),
        ({"sensor": [RADAR, RADAR]}, ["two sensors have this id"]),
        ({"sensor": [{**RADAR, "lat_deg": 91}]}, ["lat_deg", "-90 to 90", "91"]),
        ({"sensor": [{**RADAR, "lat_deg": float("nan")}]}, ["lat_deg", "nan"]),
        ({"sensor": [{**RADAR, "min_range_m": 100, "max_range_m": 50}]}, ["max_range_m", "more than min_range_m"]),
        ({"sensor": [{**RADAR, "feed": "asterix:8600"}]}, ["feed", "format+transport://address"]),
        ({"sensor": [{**RADAR, "scan_period_s": "fast"}]}, ["scan_period_s"]),
        ({"site": {**PLACE, "geoid_separation_m": 500}}, ["geoid_separation_m", "-110 to 90"]),
        ({"zone": [{"id": "z", "kind": "protected", "geometry": "missing.geojson"}]}, ["no such file"]),
        ({"zone": [{"id": "z", "kind": "border_line", "geometry": "square.geojson"}]}, ["needs a LineString"]),
        ({"zone": [{"id": "z", "kind": "protected", "geometry": "square.geojson", "floor_m": 9, "ceiling_m": 3}]}, ["ceiling_m"]),
        (
            {"zone": [{"id": "z", "kind": "protected", "geometry": "square.geojson", "hours": "25:00-26:00"}]},
            ["hours", "HH:MM-HH:MM"],
        ),
        ({"friendly": [{"identity": "X", "zones": ["peer"]}]}, ["no zone is called 'peer'"]),
        ({"station": {"prot": 1}}, ["did you mean 'port'"]),
        ({"alert": {"approach_s": -1}}, ["alert.approach_s"]),
        ({"archive": {"hold": ["yesterday"]}}, ["archive.hold", "2026-05-01/2026-05-10 and why", "'yesterday'"]),
        ({"archive": {"hold": ["2026-05-10/2026-05-01 case 3"]}}, ["the first day before the last"]),
        ({"rule": [{"id": "r", "rule": "entry", "calls": ["bob"]}]}, ["no contact is called 'bob'; the site file has none"]),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, raw: dict[str, Any], words: list[str]) -> None:
    found = problems(tmp_path, **raw)
    assert found
    assert all(word in " ".join(found) for word in words), found


@pytest.mark.parametrize(
    ("geometry", "word"),
    [
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}, "Self-intersection"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [200, 0], [200, 1], [0, 0]]]}, "lon, lat"),
        ({"type": "Polygon", "coordinates": [[[-179, 0], [179, 0], [179, 1], [-179, 1], [-179, 0]]]}, "antimeridian"),
        ({"type": "Point", "coordinates": [0, 0]}, "expected Polygon"),
        ({"type": "Polygon", "coordinates": "here"}, "no GeoJSON geometry"),
        ({"type": "FeatureCollection", "features": []}, "expected one feature"),
        ([1, 2, 3], "no GeoJSON geometry"),
    ],
)
def test_a_wrong_outline_is_named(tmp_path: Path, geometry: Any, word: str) -> None:
    (tmp_path / "wrong.geojson").write_text(json.dumps(geometry))
    found = problems(tmp_path, zone=[{"id": "z", "kind": "protected", "geometry": "wrong.geojson"}])
    assert word in found[0]


def test_several_mistakes_are_told_at_once(tmp_path: Path) -> None:
    assert len(problems(tmp_path, sensor=[{**RADAR, "lat_deg": 91, "detection_probability": 2}], station={"port": 99999})) == 3


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="no such file"):
        load(tmp_path / "none.toml")
    with pytest.raises(SiteError, match="is a folder"):
        load(tmp_path)
    (tmp_path / "bad.toml").write_text("version = = 1")
    with pytest.raises(SiteError, match="is not TOML"):
        load(tmp_path / "bad.toml")
    (tmp_path / "latin.toml").write_bytes(b"version = 1\n[site]\nname = 'caf\xe9'\n")
    with pytest.raises(SiteError, match=r"is not UTF-8 text \(byte 0xe9 in line 3\); save it as UTF-8"):
        load(tmp_path / "latin.toml")
    (tmp_path / "empty.toml").write_bytes(b"")
    with pytest.raises(SiteError, match="version: not there; begin the file with `version = 1`"):
        load(tmp_path / "empty.toml")


def test_a_file_of_an_editor_that_marks_utf_8_and_ends_lines_its_own_way_is_read(tmp_path: Path) -> None:
    (tmp_path / "pier.geojson").write_bytes(b"\xef\xbb\xbf" + json.dumps(SQUARE).encode())
    text = """version = 1\n[site]\nname = "Pier"\nlat_deg = 45.0\nlon_deg = -30.0\n[[zone]]\nid = "pier"\nkind = "protected"
geometry = "pier.geojson"\n"""
    (tmp_path / "site.toml").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    site = load(tmp_path / "site.toml")
    assert site.site.name == "Pier"
    assert "pier" in site.shapes


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_hours_may_pass_midnight(start: int, end: int, now: int) -> None:
    span = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    inside = any((start + k) % 1440 == now for k in range((end - start) % 1440))
    assert in_hours(span, 86400.0 * 19000 + now * 60) == inside
    assert in_hours("always", now)


def test_a_password_in_a_wrong_feed_is_not_repeated(tmp_path: Path) -> None:
    for feed in ("mqtt://officer:s3cret@broker/x", "dronescout+mqtt//officer:s3cret@broker?password=s3cret"):
        found = " ".join(problems(tmp_path, sensor=[{**RADAR, "feed": feed}]))
        assert "feed" in found
        assert "s3cret" not in found
