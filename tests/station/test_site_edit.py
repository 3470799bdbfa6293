"""The site file while a station runs: edited on the page with its comments kept, undone, edited by hand, taken over or refused."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from picket import site as sites
from picket.record import log
from picket.station.engine import Engine
from picket.station.site_edit import EditError, SiteKeeper
from tests.station.live import PIER, Live, make_site, running

TOML = """# Our pier. Ask Anna before you change it.
version = 1

[site]
name = "Test pier"   # as on the chart
lat_deg = 45.0
lon_deg = -30.0

[[sensor]]
id = "rid"
kind = "remote_id"

[[zone]]
id = "pier"          # the one that counts
kind = "protected"
geometry = "pier.geojson"
floor_m = 0
ceiling_m = 400      # m above the sea

[[friendly]]
identity = "POLICE1"
zones = ["pier"]

[station]
port = 0
tick_s = 0.1
"""


HALF = "half \\ud83d"  # of a drone's picture, as JSON can say it and no UTF-8 can
BOW_TIE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
DATE_LINE = {"type": "Polygon", "coordinates": [[[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]]}


def square(half: float, lat: float = 45.0, lon: float = -30.0) -> dict[str, Any]:
    west, south, east, north = lon - half, lat - half, lon + half, lat + half
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def written(folder: Path, toml: str = TOML) -> Path:
    (folder / "pier.geojson").write_text(json.dumps(PIER))
    (folder / "site.toml").write_text(toml)
    return folder / "site.toml"


def started(folder: Path) -> Any:
    return running(sites.load(written(folder)), folder / "archive")


def ids(live: Live) -> list[str]:
    return [f["id"] for f in live.get("/api/zones")["features"]]


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and "archive" not in p.parts
    }


def test_a_new_zone_stands_in_the_file_with_its_comments_kept_and_is_undone(tmp_path: Path) -> None:
    with started(tmp_path) as live:
        before = files(tmp_path)
        body = {"id": "gate-3", "kind": "warning", "geometry": square(0.01), "name": "Gate 3", "floor_m": 30}
        answer = live.http.post("/api/zones", json=body).json()
        assert (answer["saved"], answer["words"]) == (True, "New zone gate-3 (warning)")
        assert '+id = "gate-3"' in answer["diff"]
        text = (tmp_path / "site.toml").read_text()
        for comment in (
            "# Our pier. Ask Anna before you change it.",
            "# as on the chart",
            "# the one that counts",
            "# m above the sea",
        ):
            assert comment in text
        again = sites.load(tmp_path / "site.toml")
        assert [(z.id, z.kind, z.name, z.floor_m) for z in again.zone][1] == ("gate-3", "warning", "Gate 3", 30)
        assert again.shapes["gate-3"].bounds[0] == -30.01
        assert ids(live) == ["pier", "gate-3"]
        assert live.get("/api/zones/undo")["words"] == "New zone gate-3 (warning)"
        undone = live.http.post("/api/zones/undo").json()
        assert undone["words"] == "Undone: new zone gate-3 (warning)"
        assert ids(live) == ["pier"]
        assert files(tmp_path) == before
        assert live.http.post("/api/zones/undo").status_code == 404
        told = [e["text"] for e in live.get("/api/log")["entries"]]
        assert told == ["Undone: new zone gate-3 (warning)", "New zone gate-3 (warning)"]


def test_fields_and_outlines_are_changed_and_a_zone_goes(tmp_path: Path) -> None:
    with started(tmp_path) as live:
        assert live.http.put("/api/zones/pier", json=square(0.02)).json()["words"] == "Changed zone pier: outline"
        answer = live.http.put("/api/zones/pier", json={"ceiling_m": 150, "hours": "06:00-22:00"})
        assert answer.json()["words"] == "Changed zone pier: ceiling_m, hours"
        (zone,) = live.get("/api/zones")["features"]
        assert (zone["properties"]["ceiling_m"], zone["properties"]["hours"]) == (150, "06:00-22:00")
        assert zone["geometry"]["coordinates"][0][0] == [-30.02, 44.98]
        assert "ceiling_m = 150" in (tmp_path / "site.toml").read_text()
        refused = live.http.delete("/api/zones/pier")
        assert (refused.status_code, "friendly[0].zones" in refused.json()["error"]) == (422, True), "a friendly names it"
        live.http.post("/api/zones", json={"id": "b", "kind": "ignore", "geometry": square(0.1)})
        assert live.http.delete("/api/zones/b").status_code == 200
        assert ids(live) == ["pier"]
        for _ in range(4):
            assert live.http.post("/api/zones/undo").status_code == 200
        assert live.get("/api/zones")["features"][0]["properties"]["ceiling_m"] == 400
        assert (tmp_path / "site.toml").read_text() == TOML


def test_an_edit_is_undone_after_a_restart_and_a_replay_has_the_same_zones(tmp_path: Path) -> None:
    path = written(tmp_path)
    with running(sites.load(path), tmp_path / "archive") as live:
        live.http.post("/api/zones", json={"id": "b", "kind": "warning", "geometry": square(0.01)})
        live.http.put("/api/zones/pier", json={"ceiling_m": 100})
    changed = live.station.core.engine
    with running(sites.load(path), tmp_path / "archive") as live:
        assert ids(live) == ["pier", "b"]
        assert live.http.post("/api/zones/undo").status_code == 200
        assert live.http.post("/api/zones/undo").status_code == 200
        assert path.read_text() == TOML
    replayed, seen = Engine(sites.load(path)), []
    for record in log.read(tmp_path / "archive"):
        replayed.apply(record)
        seen.append([(z.id, z.ceiling_m) for z in replayed.site.zone])
    distinct = [s for i, s in enumerate(seen) if i == 0 or s != seen[i - 1]]
    one, two, low = [("pier", 400)], [("pier", 400), ("b", None)], [("pier", 100), ("b", None)]
    assert distinct == [one, two, low, two, one]
    assert [z.id for z in changed.site.zone] == ["pier", "b"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"id": "pier", "kind": "warning", "geometry": square(0.01)}, "called 'pier' already"),
        ({"id": "../x", "kind": "warning", "geometry": square(0.01)}, "letters, digits"),
        ({"id": "b", "kind": "warning", "geometry": {"type": "Point", "coordinates": [0, 0]}}, "expected Polygon"),
        ({"id": "b", "kind": "border_line", "geometry": square(0.01)}, "needs a LineString"),
        ({"id": "b", "kind": "warning", "geometry": BOW_TIE}, "cross itself"),
        ({"id": "b", "kind": "warning", "geometry": DATE_LINE}, "antimeridian"),
        ({"id": "b", "kind": "warning", "geometry": square(0.01), "floor_m": 10, "ceiling_m": 5}, "expected more than floor_m"),
        ({"id": "b", "kind": "warning", "geometry": square(0.01), "hours": "9 to 5"}, "HH:MM"),
        ({"id": "b", "kind": "warning", "geometry": square(0.01), "colour": "red"}, "colour"),
    ],
)  # fmt: skip
def test_a_zone_that_a_start_would_refuse_is_refused_and_nothing_is_written(
    tmp_path: Path, body: dict[str, Any], words: str
) -> None:
    site = sites.load(written(tmp_path))
    before = files(tmp_path)
    if "colour" in body:  # the API's own check
        with running(site, tmp_path / "archive") as live:
            answer = live.http.post("/api/zones", json=body)
            assert (answer.status_code, words in answer.json()["error"]) == (422, True)
    else:
        keeper = SiteKeeper(site, lambda: site, tmp_path / "archive-undo.json", time.time)
        fields = {k: v for k, v in body.items() if k not in ("id", "geometry")}
        with pytest.raises(EditError) as told:
            keeper.add_zone(body["id"], body["geometry"], fields, "anna")
        assert words in str(told.value)
    assert files(tmp_path) == before


def test_an_edit_by_hand_is_noticed_shown_and_taken_over(tmp_path: Path) -> None:
    with started(tmp_path) as live:
        assert live.get("/api/site/change") == {}
        assert live.http.post("/api/site/take").status_code == 404
        path = tmp_path / "site.toml"
        path.write_text(TOML.replace("ceiling_m = 400", "ceiling_m = 120"))
        found = live.get("/api/site/change")
        assert found["problem"] is None
        assert "-ceiling_m = 400      # m above the sea" in found["diff"]
        assert "+ceiling_m = 120      # m above the sea" in found["diff"]
        refused = live.http.post("/api/zones", json={"id": "b", "kind": "warning", "geometry": square(0.01)})
        assert (refused.status_code, "changed by hand" in refused.json()["error"]) == (422, True), "it would be written over"
        live.until(lambda: any("changed by hand" in p for p in live.get("/api/health")["problems"]))
        assert live.http.post("/api/site/take").json()["words"] == "Took over the site file, which was changed by hand"
        assert live.get("/api/zones")["features"][0]["properties"]["ceiling_m"] == 120
        assert live.get("/api/site/change") == {}
        (tmp_path / "pier.geojson").write_text(json.dumps(square(0.03)))
        assert "pier.geojson" in live.get("/api/site/change")["diff"]
        assert live.http.post("/api/site/take").status_code == 200
        assert live.get("/api/zones")["features"][0]["geometry"]["coordinates"][0][0] == [-30.03, 44.97]
        live.until(lambda: not live.get("/api/health")["problems"])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("ceiling_m = 400", "ceiling_m = -1", "expected more than floor_m"),
        ("ceiling_m", "celing_m", "did you mean 'ceiling_m'"),
        ("[[zone]]", "[[zone", "is not TOML"),
        ('kind = "remote_id"', 'kind = "adsb"', "only a restart of the station takes over sensor rid"),
        ("lat_deg = 45.0", "lat_deg = 45.1", "only a restart of the station takes over [site]"),
        ('geometry = "pier.geojson"', 'geometry = "gone.geojson"', "no such file"),
    ],
)
def test_an_edit_by_hand_that_cannot_be_taken_over_is_refused_with_the_reason(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    site = sites.load(written(tmp_path))
    keeper = SiteKeeper(site, lambda: site, tmp_path / "undo.json", time.time)
    assert keeper.change() == {}
    (tmp_path / "site.toml").write_text(TOML.replace(old, new, 1))
    assert words in keeper.change()["problem"]
    assert words in (keeper.note() or "")
    with pytest.raises(EditError) as told:
        keeper.take()
    assert words in str(told.value)
    (tmp_path / "site.toml").unlink()
    assert "no such file" in keeper.change()["problem"]
    (tmp_path / "site.toml").write_text(TOML)
    assert keeper.change() == {}, "undone by hand"


def test_options_of_the_command_line_are_no_edit_of_the_file(tmp_path: Path) -> None:
    site = sites.load(written(tmp_path))
    runs = msgspec.structs.replace(site, station=msgspec.structs.replace(site.station, port=8999))  # picket watch --port 8999
    keeper = SiteKeeper(runs, lambda: runs, tmp_path / "undo.json", time.time)
    assert keeper.change() == {}
    (tmp_path / "site.toml").write_text(TOML.replace("ceiling_m = 400", "ceiling_m = 300"))
    assert keeper.change()["problem"] is None
    assert next(z for z in keeper.take().site.zone if z.id == "pier").ceiling_m == 300


def test_what_was_changed_by_hand_since_is_not_undone_over(tmp_path: Path) -> None:
    with started(tmp_path) as live:
        live.http.put("/api/zones/pier", json={"ceiling_m": 100})
        path = tmp_path / "site.toml"
        path.write_text(path.read_text().replace("ceiling_m = 100", "ceiling_m = 99"))
        assert live.http.post("/api/site/take").status_code == 200
        refused = live.http.post("/api/zones/undo")
        assert (refused.status_code, "changed since by hand" in refused.json()["error"]) == (422, True)
        assert "ceiling_m = 99" in path.read_text()


def test_a_site_without_a_file_keeps_its_edits_until_it_ends(tmp_path: Path) -> None:
    """A demo: its site is made by the program."""
    with running(make_site(tmp_path), tmp_path / "archive") as live:
        answer = live.http.post("/api/zones", json={"id": "b", "kind": "warning", "geometry": square(0.01)}).json()
        assert answer["saved"] is False
        assert ids(live) == ["pier", "b"]
        live.http.put("/api/zones/b", json={"name": "Bay"})
        assert live.get("/api/zones")["features"][1]["properties"]["name"] == "Bay"
        assert live.http.post("/api/zones/undo").status_code == 200
        assert live.http.post("/api/zones/undo").status_code == 200
        assert ids(live) == ["pier"]
        assert not (tmp_path / "zones").exists()


def test_what_an_alert_hangs_on_is_new_at_once(tmp_path: Path) -> None:
    """A friendly taken over by hand clears the zone; a rule switched off raises nothing."""
    with started(tmp_path) as live:
        (tmp_path / "site.toml").write_text(
            TOML.replace("[station]", '[[rule]]\nid = "quiet"\nrule = "entry"\non = false\n\n[station]')
        )
        assert live.http.post("/api/site/take").status_code == 200
        assert {r["id"]: r["on"] for r in live.get("/api/rules")["rules"]}["quiet"] is False


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/zones", {"id": "a", "kind": "warning", "geometry": square(0.01), "name": "HALF"}),
        ("PUT", "/api/zones/pier", {"name": "HALF"}),
        ("POST", "/api/zones/try", {"id": "HALF", "kind": "warning", "geometry": square(0.01)}),
        ("POST", "/api/session", {"token": "HALF"}),
        ("POST", "/api/session", {"name": "HALF", "password": "HALF"}),
    ],
)
def test_half_a_character_is_refused_and_leaves_no_file(tmp_path: Path, method: str, path: str, body: dict[str, Any]) -> None:
    with started(tmp_path) as live:
        before = files(tmp_path)
        text = json.dumps(body).replace("HALF", HALF)
        answer = live.http.request(method, path, content=text, headers={"content-type": "application/json"})
        assert (answer.status_code, "unicode" in answer.json()["error"]) == (422, True)
        assert files(tmp_path) == before
