"""The questions to the picture, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from picket import learn
from picket.cli import main
from picket.learn.claim import read_claims, write_claims
from picket.learn.decisions import claim_key
from tests.learn.making import claim

SITE = """
version = 1
[site]
name = "pier"
lat_deg = 33.0
lon_deg = -118.0
[[sensor]]
id = "mast"
kind = "acoustic"
lat_deg = 33.0
lon_deg = -118.0
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_claims(
        "claims.jsonl",
        [
            claim("training", "a", provider="Iran", recipient="Houthis", time="2020", published="2021-01-01", source="Reuters"),
            claim(
                "training",
                "b",
                provider="Houthis",
                recipient="Al-Shabaab",
                time="2024",
                certainty="possible",
                published="2025-01-01",
            ),
            claim(
                "use_attack",
                "c",
                actor="Russia",
                capability="fibre-optic drones",
                time="2024-08",
                country="RU",
                published="2024-09-01",
                number=(9, "kilometres"),
            ),
            claim(
                "use_attack",
                "d",
                actor="Ukraine",
                capability="fibre-optic drones",
                time="2025-01",
                country="UA",
                published="2025-02-01",
            ),
            claim(
                "warning",
                "e",
                target="a unit",
                capability="lack of defence against fibre-optic drones",
                evidence="A unit lacks all.",
            ),
        ],
    )
    (tmp_path / "site.toml").write_text(SITE)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["learn", *words])


def test_flows_are_listed_filtered_and_written(folder: Path) -> None:
    assert "Iran -> Houthis  [stated" in run("flows").output
    rows = [json.loads(line) for line in run("flows", "claims.jsonl", "--actor", "al-shabaab", "--json").output.splitlines()]
    assert [r["provider"] for r in rows] == ["Houthis"]
    for name, first in (
        ("f.csv", "kind,provider"),
        ("f.geojson", '{\n "type": "FeatureCollection"'),
        ("f.stix.json", '{\n "type": "bundle"'),
        ("f.jsonl", '{"kind"'),
    ):
        assert run("flows", "-o", name).exit_code == 0
        assert (folder / name).read_text("utf-8").startswith(first)


def test_a_path_names_its_weakest_link(folder: Path) -> None:
    out = run("path", "iran", "shabaab").output
    assert "Houthis -> Al-Shabaab: training, possible" in out
    assert out.count("weakest link") == 1
    (path,) = json.loads(run("path", "iran", "shabaab", "--json").output)
    assert (path["weakest"], [h["order"] for h in path["hops"]]) == (1, ["first", "order established"])
    assert "no path from Al-Shabaab to Iran" in run("path", "shabaab", "iran").output


def test_first_seen_reach_incidents_and_changes(folder: Path) -> None:
    assert "123 to 183 days" in run("first-seen", "fibre optic").output
    found = json.loads(run("first-seen", "fibre-optic-fpv", "--json").output)
    assert [(r["who"], r["lag_days"]) for r in found["actors"]] == [("Russia", [0, 0]), ("Ukraine", [123, 183])]
    assert "9 km (exact)  Russia" in run("reach").output
    assert "1 incident\n" in run("incidents", "--country", "ua").output
    changed = json.loads(run("changes", "--since", "2025", "--json").output)
    assert len(changed["flows"]) == 1
    assert changed["firsts"] == [
        "Ukraine: First-person-view attack drone [stated]",
        "Ukraine: FPV drone on an optical fibre [stated]",
    ]


def test_cards_and_questions_answer_for_a_site(folder: Path) -> None:
    assert "fibre-optic-fpv" in run("cards").output
    assert "This site: covered by mast" in run("cards", "fibre-optic-fpv", "--site", "site.toml").output
    assert "This site" not in run("cards", "fibre-optic-fpv").output
    (one, two) = json.loads(run("questions", "--site", "site.toml", "--json").output)
    assert {one["answer"], two["answer"]} == {"covered"}
    assert json.loads(run("questions", "--json").output)[0]["answer"] == "not known"


def test_a_brief_is_written(folder: Path) -> None:
    assert run("brief", "-o", "brief.html", "--since", "2025", "--title", "Monday <b>").exit_code == 0
    page = (folder / "brief.html").read_text("utf-8")
    assert "Monday &lt;b&gt;" in page
    assert "mast" not in page
    assert run("brief", "-o", "brief.pdf").exit_code == 0
    assert (folder / "brief.pdf").read_bytes().startswith(b"%PDF")
    assert run("brief", "-o", "brief.doc").exit_code == 2
    run("brief", "-o", "gaps.html", "--site", "site.toml")
    assert "covered by mast" in (folder / "gaps.html").read_text("utf-8")


def test_decisions_beside_the_claims_are_used_and_can_be_undone(folder: Path) -> None:
    assert (
        run("decide", "merge", "--actor", "al-shabaab", "--into", "houthis", "--why", "test").output
        == "decision 1 is in decisions.jsonl\n"
    )
    assert "Al-Shabaab" not in run("flows").output
    assert run("decide", "undo", "--decision", "1").exit_code == 0
    assert "Al-Shabaab" in run("flows").output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["merge", "--actor", "al-shabab", "--into", "houthis"], "Did you mean 'al-shabaab'?"),
        (["merge", "--actor", "Al-Shabaab", "--into", "houthis"], "Did you mean 'al-shabaab'?"),  # its name is no id
        (["rename", "--actor", "al-shabab", "--into", "The Youth"], "Did you mean 'al-shabaab'?"),
        (["merge", "--actor", "xyzzyxyzzy", "--into", "houthis"], "names an actor with the id 'xyzzyxyzzy'. If others do, give"),
    ],
)
def test_a_decision_about_nobody_is_refused(folder: Path, words: list[str], message: str) -> None:
    """It was recorded, changed nothing, and nobody was told."""
    found = run("decide", *words)
    assert found.exit_code == 2
    assert message in found.stderr
    assert not (folder / "decisions.jsonl").exists()


def test_a_decision_about_a_claim_that_is_none_is_refused(folder: Path) -> None:
    own = claim_key(next(read_claims(folder / "claims.jsonl")))
    wrong = run("decide", "reject", "--claim", own[:-1])
    assert (wrong.exit_code, f"Did you mean {own!r}?" in wrong.stderr) == (2, True)
    assert not (folder / "decisions.jsonl").exists()
    assert run("decide", "reject", "--claim", own).exit_code == 0
    assert run("decide", "accept", "--claim", own).exit_code == 0  # what was rejected is still a claim


@pytest.mark.parametrize(
    ("source", "code", "message"),
    [
        ("reuters", 0, ""),
        ("reutres", 2, "Did you mean 'reuters'?"),
        ("Reuters", 2, "Did you mean 'reuters'?"),  # its name is no id
        ("xyzzyxyzzy", 2, "is from a publisher with the id 'xyzzyxyzzy'. If others are, give"),
        ("bellingcat", 0, "the grade holds from its first report on"),  # known, and not read yet
        ("Bellingcat", 2, "Did you mean 'bellingcat'?"),
    ],
)
def test_a_grade_of_a_publisher_that_no_claim_is_from_is_refused_or_said(
    folder: Path, source: str, code: int, message: str
) -> None:
    """It was recorded, changed nothing, and nobody was told."""
    found = run("decide", "grade", "--source", source, "--into", "A")
    assert found.exit_code == code
    assert message in found.stderr
    assert (folder / "decisions.jsonl").exists() == (code == 0)


def test_a_merge_into_nobody_makes_a_new_actor_and_says_so(folder: Path) -> None:
    found = run("decide", "merge", "--actor", "al-shabaab", "--into", "houthies")
    assert (found.exit_code, "a new actor from now on. Did you mean 'houthis'?" in found.stderr) == (0, True)
    again = run("decide", "rename", "--actor", "houthies", "--into", "Both")
    assert (again.exit_code, again.stderr) == (0, "")  # the first decision made it
    assert "Both" in run("flows").output


def test_where_no_claims_lie_beside_the_decisions_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("decide", "merge", "--actor", "a", "--into", "b").exit_code == 0


def test_a_sites_own_card_replaces_a_shipped_one(folder: Path) -> None:
    (folder / "cards").mkdir()
    text = (
        (Path(learn.__file__).parent / "cards" / "fibre-optic-fpv.toml")
        .read_text("utf-8")
        .replace("FPV drone on an optical fibre", "Ours")
    )
    (folder / "cards" / "mine.toml").write_text(text)
    assert run("first-seen", "fibre-optic-fpv", "--own-cards", "cards").output.startswith("Ours")
    (folder / "cards" / "mine.toml").write_text("version = 2")
    found = run("cards", "--own-cards", "cards")
    assert (found.exit_code, "mine.toml" in found.stderr) == (3, True)


def test_first_seen_without_a_capability_shows_all(folder: Path) -> None:
    out = run("first-seen").output
    assert "123 to 183 days" in out.split("fibre-optic-fpv")[1]
    assert "reconnaissance" in out
    assert len(json.loads(run("first-seen", "--json").output)) >= 15


def test_without_claims_the_examples_are_shown_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = run("reach")
    assert found.exit_code == 0
    assert "the examples that come with Picket" in found.stderr


def test_reports_become_claims_a_ledger_and_a_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    reports = str(Path(learn.__file__).parent / "examples" / "reports")
    assert CliRunner().invoke(main, ["learn", reports, "-o", "claims.jsonl", "--sources", "sources.jsonl"]).exit_code == 0
    again = CliRunner().invoke(main, ["learn", "sources", reports, "-o", "again.jsonl"])
    assert again.exit_code == 0
    assert again.stdout.endswith(" reports -> again.jsonl\n")
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "sources.jsonl").read_bytes()
    rows = [
        json.loads(line) for line in CliRunner().invoke(main, ["learn", "flows", "claims.jsonl", "--json"]).output.splitlines()
    ]
    assert {("Iran", "Russia"), ("Turkey", "Ukraine")} <= {(r["provider"], r["recipient"]) for r in rows}
    assert any(r["information"] < 6 for r in rows)  # the ledger's origins are graded


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["flows", "none.jsonl"], 3, "none.jsonl: No such file"),
        (["flows", "broken.jsonl"], 3, "broken.jsonl, line 1"),
        (["flows", "empty.jsonl"], 1, "no claim in it"),
        (["flows", "-o", "f.xlsx"], 2, "expected a name that ends in"),
        (["path", "Irann", "houthis"], 2, "no actor is called 'Irann'; near to it: "),
        (["path", "co", "zz-nobody"], 2, "no actor is called"),
        (["first-seen", "teapots"], 2, "no card is called 'teapots'; the cards are fpv-attack, "),
        (["first-seen", "fibrr"], 2, "no card is called 'fibrr'; did you mean 'fibre-optic-fpv'? The cards are fpv-attack, "),
        (["cards", "No-Emision"], 2, "did you mean 'no-emission'?"),
        (["changes", "--since", "yesterday"], 2, "expected a date, month or year"),
        (["cards", "no-emission", "--site", "none.toml"], 2, "no such file"),
        (["decide", "merge", "--actor", "a"], 2, "merge needs into"),
        (["decide", "merge", "--actor", "a", "--into", "b", "--claims", "none.jsonl"], 3, "none.jsonl: No such file"),
        (["decide", "merge", "--actor", "a", "--into", "b", "--claims", "broken.jsonl"], 3, "broken.jsonl, line 1"),
        (["brief", "-o", "no/such/folder.html"], 2, "there is no folder no/such; make it first"),
        (["flows", "-o", "no/such/folder.csv"], 2, "there is no folder no/such; make it first"),
        (["flows", "claims.jsonl", "-o", "claims.jsonl"], 2, "it is read too; give another name, or it would be lost"),
        (["flows", "-o", "claims.jsonl"], 2, "it is read too"),
        (["flows", "--kind", "suply"], 2, "expected one of training, advising, supply, recruitment, deployment, uptake"),
        (["flows", "--own-cards", "nowhere"], 3, "nowhere: no such folder; give the one that holds your cards"),
    ],
)
def test_mistakes_get_a_message_and_no_traceback(folder: Path, words: list[str], code: int, message: str) -> None:
    (folder / "broken.jsonl").write_text("{}\n")
    (folder / "empty.jsonl").write_text("")
    found = run(*words)
    assert found.exit_code == code
    assert message in found.stderr
    assert "Traceback" not in found.output
