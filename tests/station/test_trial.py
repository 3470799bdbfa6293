"""A rule tried on a recorded log: it fires when it would have, as often as it would have, and the archive stays as it is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from picket.cli import main
from picket.record.log import LogFile, read
from picket.station import trial
from picket.station.replay import ReplayError
from tests.station.live import PIER, approach, make_site
from tests.station.test_engine import records
from tests.station.test_replay import T0, lived

EARLY = {"id": "early", "rule": "approach", "within_s": 40, "on": False}
LATE = {"id": "late", "rule": "approach", "within_s": 5, "on": False, "hours": "00:00-23:59"}


def recorded(folder: Path, **extra: Any) -> tuple[Path, Any]:
    """Two flights from the east into the pier, ten minutes apart, with a station's restart between them; nobody did anything."""
    site = make_site(folder, **extra)
    lived(folder / "archive", site)
    return folder / "archive", site


def test_a_rule_that_was_off_says_how_often_it_would_have_fired_and_when(tmp_path: Path) -> None:
    folder, site = recorded(tmp_path, rule=[EARLY])
    found = trial.run(folder, site, T0 - 5, T0 + 700, rule="early")
    assert found.by_rule() == {"early": 2}
    first, second = found.fired
    assert T0 < first.time < T0 + 60 < T0 + 600 < second.time < T0 + 660
    assert "(limit 40 s;" in first.why
    late = trial.run(folder, make_site(tmp_path, rule=[LATE]), T0 - 5, T0 + 700, rule="late")
    assert [a.time < b.time for a, b in zip(found.fired, late.fired, strict=True)] == [True, True]
    assert trial.words(site, found, "early").startswith("Rule early would have fired 2 times in 0.2 h (10.21 an hour).")


def test_only_what_begins_in_the_period_counts(tmp_path: Path) -> None:
    folder, site = recorded(tmp_path)
    assert len(trial.run(folder, site, T0 + 590, T0 + 700, rule="approach").fired) == 1
    assert trial.run(folder, site, T0 + 45, T0 + 59, rule="approach").fired == []
    with pytest.raises(ReplayError, match="holds no record"):
        trial.run(folder, site, T0 + 9e6, T0 + 9e6 + 10)


def test_without_a_rule_all_that_are_on_are_counted_and_the_log_stays_as_it_is(tmp_path: Path) -> None:
    folder, site = recorded(tmp_path)
    before = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    found = trial.run(folder, site, T0 - 5, T0 + 700)
    assert sum(found.by_rule().values()) == len(found.fired) >= 2
    assert {f.zone for f in found.fired if f.rule_id in ("approach", "entry")} == {"pier"}
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before


def test_what_officers_did_then_does_not_matter(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    log, plain = LogFile(tmp_path / "a"), records(approach(T0, 120))
    for k, record in enumerate(plain):
        log.append(record._replace(seq=2 * k + 1))
        if k > 30:
            decided = {"do": "close", "id": 1, "by": "x", "cause": "bird", "note": ""}
            log.append(record._replace(seq=2 * k + 2, kind="action", payload=decided))
    log.close()
    assert sum(r.kind == "action" for r in read(tmp_path / "a")) > 50
    assert len(trial.run(tmp_path / "a", site, T0 - 5, T0 + 200, rule="approach").fired) == 1


def test_a_zone_that_is_not_in_the_site_file_yet_can_be_tried(tmp_path: Path) -> None:
    folder, _ = recorded(tmp_path)
    wide = {
        "type": "Polygon",
        "coordinates": [[[-30.03, 44.97], [-29.97, 44.97], [-29.97, 45.03], [-30.03, 45.03], [-30.03, 44.97]]],
    }
    (tmp_path / "wide.geojson").write_text(json.dumps(wide))
    zones = [{"id": "wide", "kind": "warning", "geometry": "wide.geojson"}]
    found = trial.run(folder, make_site(tmp_path, zone=zones), T0 - 5, T0 + 700)
    assert [f.zone for f in found.fired if f.rule_id == "entry"] == ["wide", "wide"]


def test_an_unknown_rule_is_named_with_the_nearest(tmp_path: Path) -> None:
    folder, site = recorded(tmp_path, rule=[EARLY])
    with pytest.raises(ReplayError, match="no rule is called 'erly'; did you mean 'early'"):
        trial.run(folder, site, T0, T0 + 10, rule="erly")


# -- the command ---------------------------------------------------------------------------------------------------
def site_file(folder: Path) -> str:
    (folder / "pier.geojson").write_text(json.dumps(PIER))
    path = folder / "site.toml"
    path.write_text(
        'version = 1\n[site]\nname = "t"\nlat_deg = 45.0\nlon_deg = -30.0\n[[sensor]]\nid = "rid"\nkind = "remote_id"\n'
        '[[zone]]\nid = "pier"\nkind = "protected"\ngeometry = "pier.geojson"\nfloor_m = 0\nceiling_m = 400\n'
        '[[rule]]\nid = "early"\nrule = "approach"\nwithin_s = 40\non = false\ncalls = ["gate"]\nchecklist = ["close gate 3"]\n'
        '[[contact]]\nname = "gate"\nhow = "555-0100"\n'
    )
    return str(path)


def test_the_command_lists_explains_and_tries(tmp_path: Path) -> None:
    folder, _ = recorded(tmp_path)
    site = site_file(tmp_path)
    listed = CliRunner().invoke(main, ["rules", "--site", site])
    assert listed.exit_code == 0
    assert "early (approach): OFF. Would tell when an object that may alarm will reach the zone within 40 s" in listed.output
    assert "call gate: 555-0100" in listed.output
    assert "look {look}" in listed.output
    assert listed.stdout.endswith("Words in braces, as {look}, are filled in from the alert when it is shown.\n")
    assert "protected zone pier" not in listed.output  # an entry is still told
    rows = json.loads(CliRunner().invoke(main, ["rules", "--site", site, "--json"]).output)
    assert rows["rules"][0]["id"] == "early"
    period = ["--site", site, "--archive", str(folder), "--since", str(T0 - 5), "--until", str(T0 + 700)]
    tried = CliRunner().invoke(main, ["rules", "try", *period, "--rule", "early"])
    assert tried.exit_code == 0
    assert tried.output.startswith("Rule early would have fired 2 times")
    told = re.findall(r"medium: Drone TEST1 (?:reaches pier in|passes pier at \d+ m in) 40 s", tried.output)
    assert len(told) == 2, "told at the limit, where the path ends within metres of the zone's edge"
    as_json = json.loads(CliRunner().invoke(main, ["rules", "try", *period, "--rule", "early", "--json"]).output)
    assert (as_json["count"], as_json["by_rule"]) == (2, {"early": 2})


@pytest.mark.parametrize(("arguments", "words"), [
    ([], "expected --site FILE"), (["--site", "nowhere.toml"], "no such file"),
    (["try", "--site", "nowhere.toml", "--since", "0", "--until", "1"], "no such file"),
])  # fmt: skip
def test_wrong_use_ends_with_a_message(arguments: list[str], words: str) -> None:
    found = CliRunner().invoke(main, ["rules", *arguments])
    assert found.exit_code == 2
    assert words in found.output
    assert "Traceback" not in found.output
