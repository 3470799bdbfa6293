"""Drafts of cards and incidents load, keep to the rules of exercises, and say what they left out."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from picket import site as sites
from picket.cli import main
from picket.geo import LocalFrame
from picket.learn.cards import CARDS, shipped_cards
from picket.train import Exercise, frames
from picket.train.demo import DEMO
from picket.train.draft import DraftError, from_incident, from_tactic

SITE = sites.load(DEMO / "site.toml")


@pytest.mark.parametrize("name", CARDS)
def test_every_card_becomes_an_exercise_that_loads_and_sends(name: str, tmp_path: Path) -> None:
    made = from_tactic(shipped_cards()[name], SITE, tmp_path / name)
    assert made.card == name
    again = Exercise.load(tmp_path / name / "exercise.toml")
    assert again.actor == made.actor
    assert made.expect
    assert {e.what for e in made.expect} <= {"track", "alert", "acknowledge", "report"}
    assert all(e.by_s <= made.repeat_s for e in made.expect)
    assert next(frames(again, 1, 0.0, 5.0)).payload


def test_under_water_the_watch_is_to_say_what_it_has(tmp_path: Path) -> None:
    card = shipped_cards()["underwater-approach"]
    (blind,) = from_tactic(card, SITE, tmp_path / "blind").expect
    assert (blind.what, blind.words, blind.actor) == ("report", ("nothing here",), None)
    assert "Nothing here would see it" in blind.teaches
    lat, lon = SITE.site.lat_deg, SITE.site.lon_deg
    shutil.copytree(DEMO, tmp_path / "site")
    text = (DEMO / "site.toml").read_text("utf-8")
    more = f'\n[[sensor]]\nid = "sonar-quay"\nkind = "sonar"\nlat_deg = {lat}\nlon_deg = {lon}\n'
    (tmp_path / "site" / "site.toml").write_text(text + more, "utf-8")
    made = from_tactic(card, sites.load(tmp_path / "site" / "site.toml"), tmp_path / "sonar")
    (listening,) = made.expect
    assert [x.id for x in made.listener] == ["sonar-quay"]
    assert (listening.what, listening.words) == ("report", ("sonar",))
    assert "sonar-quay" in listening.teaches


def test_the_seed_draws_the_side(tmp_path: Path) -> None:
    card = shipped_cards()["night-flight"]
    routes = {from_tactic(card, SITE, tmp_path / str(seed), seed=seed).actor[0].route[0] for seed in range(4)}
    assert len(routes) == 4


def test_a_card_that_is_none_is_told_with_the_nearest_and_all(tmp_path: Path) -> None:
    got = CliRunner().invoke(main, ["train", "from-tactic", "fibrr", "-o", str(tmp_path / "x")])
    assert (got.exit_code, "did you mean 'fibre-optic-fpv'? The cards are fpv-attack, " in got.stderr) == (2, True)


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    with pytest.raises(DraftError, match="is there already"):
        from_tactic(shipped_cards()["night-flight"], SITE, tmp_path)


def export(folder: Path, tracks: dict[int, list[tuple[float, float, float]]], classes: dict[int, str | None]) -> Path:
    """An exported incident: track -> (seconds, east, north) at 100 m above the sea."""
    folder.mkdir()
    frame = LocalFrame(SITE.site.lat_deg, SITE.site.lon_deg, SITE.site.alt_wgs84_m)
    features: list[dict[str, Any]] = []
    with (folder / "tracks.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["track_id", "time", "lat_deg", "lon_deg", "alt_wgs84_m"])
        for number, points in tracks.items():
            for t, e, n in points:
                lat, lon, _ = frame.to_geodetic([[e, n, 0.0]])
                out.writerow([number, 1.7e9 + t, float(lat[0]), float(lon[0]), 155.0])
            features.append(
                {
                    "type": "Feature",
                    "geometry": None,
                    "properties": {"track_id": number, "classification": classes[number], "identity": "REAL-1"},
                }
            )
    (folder / "tracks.geojson").write_text(json.dumps({"features": features}))
    (folder / "alerts.jsonl").write_text(json.dumps({"track_ids": [7]}) + "\n")
    (folder / "record.json").write_text(json.dumps({"title": "Monday"}))
    return folder


def test_an_incident_becomes_actors_on_its_tracks_under_reserved_names(tmp_path: Path) -> None:
    inbound = [(float(t), 3000.0 - 20.0 * t, 500.0 - 3.0 * t) for t in range(140)]
    jumpy = [(float(t), 1000.0 + 15.0 * t, 2000.0 + (40.0 if t % 2 else -40.0)) for t in range(100)]
    still = [(float(t), -500.0, 10.0 * (t % 2)) for t in range(60)]
    given = export(tmp_path / "export", {7: inbound, 8: jumpy, 9: still}, {7: "drone", 8: "bird", 9: None})
    made, left_out = from_incident(given, SITE, tmp_path / "draft")
    actors = {a.id: a for a in made.actor}
    assert set(actors) == {"track-7", "track-8"}
    assert [x.split(":")[0] for x in left_out] == ["track 9"]
    assert actors["track-7"].route[0][0] == pytest.approx(3000, abs=25)
    assert actors["track-7"].speed_mps == pytest.approx(20.2, abs=0.5)
    assert "REAL-1" not in (tmp_path / "draft" / "exercise.toml").read_text()
    assert {e.actor for e in made.expect} == {"track-7"}


def test_a_folder_that_is_no_export_is_named(tmp_path: Path) -> None:
    with pytest.raises(DraftError, match="no exported incident"):
        from_incident(tmp_path, SITE, tmp_path / "draft")
