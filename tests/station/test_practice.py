"""An exercise through the station without a page: repeatable, kept when stopped, scored, and never taken for real."""

from __future__ import annotations

import io
import shutil
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from picket import site as sites
from picket.cli import main
from picket.feed import Chunk, Options
from picket.feed.recording import find_format
from picket.feed.table import read_table
from picket.paper import pdf
from picket.record import log
from picket.station import practice
from picket.train import Exercise, demo_exercise, frames
from picket.train.demo import DEMO
from picket.train.kept import KeptError, read_facts
from picket.train.officer import NOBODY, Officer, OfficerError, load_officer, prompt
from picket.train.score import Score, score
from picket.train.score.expected import Facts, expectations
from picket.train.score.review import review
from picket.train.score.review_paper import document
from picket.train.score.scoring import score_of_tables
from picket.train.score.words import verdict
from picket.train.script import Expect
from picket.words import TRACK
from tests.station.crowded import crowded

SECONDS = 60.0
FILES = ("00000001.plog", "tracks.parquet", "alerts.jsonl", "truth.csv", "score.json", "run.json")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Score]:
    """The first minute of the demo's exercise, with an officer who acknowledges after 8 s; scored."""
    folder = tmp_path_factory.mktemp("practice") / "run"
    done = practice.run(demo_exercise(), folder, seconds=SECONDS, officer=prompt(8))
    assert done.complete
    assert done.until_s == SECONDS
    return folder, score(folder)


def test_the_same_seed_gives_the_same_bytes_tracks_and_score(ran: tuple[Path, Score], tmp_path: Path) -> None:
    folder, _ = ran
    practice.run(demo_exercise(), tmp_path / "again", seconds=SECONDS, officer=prompt(8))
    score(tmp_path / "again")
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes(), name
    practice.run(demo_exercise(), tmp_path / "other", seed=2, seconds=SECONDS, officer=prompt(8))
    assert (tmp_path / "other" / "00000001.plog").read_bytes() != (folder / "00000001.plog").read_bytes()


def test_everything_of_a_run_says_exercise(ran: tuple[Path, Score]) -> None:
    folder, _ = ran
    verdict = log.Verdict()
    records = list(log.read(folder, verdict=verdict))
    assert verdict.damage is None
    assert records[-1].kind == "end"
    assert records[0].payload["origin"] == "exercise"
    batches = [r.payload["d"] for r in records if r.kind == "batch" and r.payload["d"] is not None]
    assert batches
    assert all(b["w"]["origin"] == ["exercise"] for b in batches)
    tracks = read_table(folder / "tracks.parquet", TRACK)
    assert tracks.n
    assert set(tracks.values("origin")) == {"exercise"}
    alerts = [msgspec.json.decode(line) for line in (folder / "alerts.jsonl").read_bytes().splitlines()]
    assert alerts
    assert {a["origin"] for a in alerts} == {"exercise"}


def test_the_unknown_drone_is_seen_tracked_alerted_and_acknowledged_in_that_order(ran: tuple[Path, Score]) -> None:
    _, found = ran
    unknown = next(e for e in found.events if e.actor == "unknown")
    assert unknown.watched
    assert unknown.zone is None
    assert unknown.enters_s is None
    assert unknown.track
    assert unknown.alert
    assert unknown.acknowledged
    first = min(s.first.at_s for s in unknown.seen if s.first)
    assert unknown.appeared_s - 1 <= first <= unknown.track.at_s <= unknown.alert.at_s <= unknown.acknowledged.at_s
    assert unknown.acknowledged.at_s - unknown.alert.at_s == pytest.approx(8.0, abs=0.5)
    radar = next(s for s in unknown.seen if s.sensor == "radar-south")
    assert radar.covered_s is not None
    assert radar.plots <= radar.covered_s + 1


def test_an_expectation_says_all_that_it_asks_for(ran: tuple[Path, Score]) -> None:
    """An alert of another zone, half a minute earlier, does not meet it: without the zone in words nobody sees why."""
    folder, found = ran
    asked = Expect(id="x", what="alert", by_s=50.0, actor="unknown", zone="pier", rule="approach")
    exercise = msgspec.structs.replace(demo_exercise(), expect=(asked,))
    facts = Facts(exercise, demo_exercise().site, read_facts(folder), found.events, {}, {}, [], 0.0)
    assert [m.words for m in expectations(facts)] == ["an alert on unknown, zone pier, rule approach by 50 s: never came"]


def test_the_liar_s_alert_is_laid_at_its_door_though_its_place_is_false(ran: tuple[Path, Score]) -> None:
    _, found = ran
    liar = next(e for e in found.events if e.actor == "liar")
    assert liar.alert is not None
    assert "SIMULATED-LIAR-007" in liar.alert_text
    assert not any("LIAR" in words for words in found.needless)


def test_an_alert_expected_of_the_liar_is_the_one_of_its_sheet(ran: tuple[Path, Score], tmp_path: Path) -> None:
    """It "never came" beside a sheet that had it: the expectation knew alerts by the tracks that followed the object only."""
    folder = tmp_path / "run"
    shutil.copytree(ran[0], folder)
    written = (folder / "exercise.toml").read_text()
    (folder / "exercise.toml").write_text(written.replace('actor = "liar"\nby_s = 120', 'actor = "liar"\nby_s = 58'))
    found = score(folder)
    (due,) = [m for m in found.expected if m.id == "liar-alert"]
    (liar,) = [e for e in found.events if e.actor == "liar"]
    assert due.met
    assert liar.alert is not None
    assert due.at_s == liar.alert.at_s


def test_nobody_acknowledges_nothing_and_the_station_is_still_judged(tmp_path: Path) -> None:
    asks_nothing = msgspec.structs.replace(demo_exercise(), expect=())
    practice.run(asks_nothing, tmp_path / "run", seconds=95, officer=NOBODY)
    found = score_of_tables(tmp_path / "run", asks_nothing)
    assert found.alarms.raised
    assert found.alarms.unacknowledged == found.alarms.raised
    assert all(e.acknowledged is None for e in found.events)
    assert [m.id for m in found.expected] == ["unknown/0-track", "unknown/0-alert"]
    assert found.sensed
    assert found.passed
    unknown = next(e for e in found.events if e.actor == "unknown")
    assert unknown.enters_s == pytest.approx(84, abs=3)
    assert unknown.alert is not None
    assert unknown.alert.margin_s == pytest.approx(unknown.enters_s - unknown.alert.at_s, abs=0.1)


def test_a_run_that_is_stopped_is_kept_and_scored_as_far_as_it_went(tmp_path: Path) -> None:
    def stop(done: float, _: float) -> None:
        if done >= 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        practice.run(demo_exercise(), tmp_path / "run", seconds=SECONDS, on_second=stop)
    facts = read_facts(tmp_path / "run")
    assert (facts.until_s, facts.complete) == (40.0, False)
    found = score(tmp_path / "run")
    assert not found.passed
    assert not found.complete
    assert found.until_s == 40.0
    assert max(e.gone_s for e in found.events) <= 40.0
    assert not any(e.actor == "swarm" for e in found.events)  # it had not come yet: nothing is missed


def test_a_run_that_was_killed_is_scored_from_its_log(ran: tuple[Path, Score], tmp_path: Path) -> None:
    folder, found = ran
    killed = tmp_path / "killed"
    shutil.copytree(folder, killed)
    for name in ("tracks.parquet", "alerts.jsonl", "score.json"):
        (killed / name).unlink()
    facts = msgspec.structs.replace(read_facts(folder), until_s=0.0, complete=False)
    (killed / "run.json").write_bytes(msgspec.json.encode(facts))
    practice.complete_tables(killed)
    assert (killed / "tracks.parquet").read_bytes() == (folder / "tracks.parquet").read_bytes()
    again = score(killed)
    assert again.events == found.events
    assert not again.complete


def test_a_log_that_was_cut_is_no_run_to_the_end(ran: tuple[Path, Score], tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    shutil.copytree(ran[0], cut)
    for name in ("tracks.parquet", "alerts.jsonl", "score.json"):
        (cut / name).unlink()
    log = cut / "00000001.plog"
    log.write_bytes(log.read_bytes()[: log.stat().st_size // 2])
    practice.complete_tables(cut)
    found = score(cut)
    assert not found.complete
    assert not found.passed
    assert found.until_s < SECONDS - 1


def test_a_second_run_into_the_same_folder_is_refused(ran: tuple[Path, Score]) -> None:
    with pytest.raises(practice.PracticeError, match="holds a run already"):
        practice.run(demo_exercise(), ran[0], seconds=SECONDS)


@pytest.mark.parametrize("seconds", [0.0, -5.0, float("nan"), 1e9])
def test_a_length_that_is_none_is_refused(seconds: float, tmp_path: Path) -> None:
    with pytest.raises(practice.PracticeError, match="expected a length"):
        practice.run(demo_exercise(), tmp_path / "run", seconds=seconds)
    assert not (tmp_path / "run").exists()


def test_a_live_station_refuses_what_an_exercise_sends() -> None:
    decoders = {
        "radar": find_format("asterix").make(Options(origin="live")),
        "adsb": find_format("sbs").make(Options(origin="live")),
    }
    rows = {"radar": 0, "adsb": 0}
    left_out = 0
    for frame in frames(demo_exercise(), 1, practice.START, practice.START + 5):
        kind = frame.channel.split("-")[0]
        if kind in decoders:
            link = "stream" if kind == "adsb" else "udp"
            decoded = decoders[kind].decode(Chunk.one(frame.payload, received=frame.time, source=frame.channel, link=link))
            rows[kind] += decoded.detections.n
            left_out += sum(decoded.left_out.values())
    assert rows["radar"] == 0
    assert left_out > 0


def test_the_review_is_one_page_that_loads_nothing_and_escapes_what_it_is_told(ran: tuple[Path, Score]) -> None:
    folder, found = ran
    hostile = msgspec.structs.replace(found, officer="<script>alert(1)</script>")
    page = review(folder, hostile, [("monday", found)])
    assert "EXERCISE, SIMULATED" in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "src=" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "unknown.0/0" in page
    assert "Earlier runs" in page
    assert page.count("<svg") == 2


def test_the_review_on_paper_is_one_page_and_says_the_same(ran: tuple[Path, Score]) -> None:
    folder, found = ran
    made = pdf.render(document(folder, found, [("monday", found)]))
    assert made == pdf.render(document(folder, found, [("monday", found)]))
    (page,) = PdfReader(io.BytesIO(made)).pages
    text = " ".join(page.extract_text().split())
    for words in (
        "SIMULATED",
        verdict(found),
        "unknown.0/0",
        "Earlier runs",
        *(m.words for m in found.expected),
        "Needless",
    ):
        assert " ".join(words.split()) in text, words


def test_the_command_runs_scores_and_reviews(tmp_path: Path) -> None:
    out = tmp_path / "run"
    done = CliRunner().invoke(main, ["train", "run", str(DEMO), "--seconds", "30", "--acknowledge-after", "3", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "EXERCISE First watch" in done.output
    assert "unknown.0/0" in done.output
    page = tmp_path / "review.html"
    scored = CliRunner().invoke(main, ["train", "score", str(out), "--review", str(page), "--json"])
    assert scored.exit_code == 0
    assert msgspec.json.decode(scored.output, type=Score).exercise == "First watch"
    assert page.read_text("utf-8").startswith("<!doctype html>")
    printed = tmp_path / "review.pdf"
    assert CliRunner().invoke(main, ["train", "score", str(out), "-o", str(printed)]).exit_code == 0
    assert printed.read_bytes().startswith(b"%PDF")
    assert CliRunner().invoke(main, ["train", "score", str(out), "-o", str(tmp_path / "review.doc")]).exit_code == 2


def test_ctrl_c_ends_run_and_play_alike_and_the_part_is_scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped, runs = practice._Desk.tick, tmp_path / "runs"

    def tick(desk: practice._Desk) -> None:
        stopped(desk)
        if desk.time >= practice.START + 12:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(practice._Desk, "tick", tick)
        done = CliRunner().invoke(main, ["train", "run", str(DEMO), "--seconds", "30", "--out", str(runs / "run")])
    assert (done.exit_code, "STOPPED after 11 of 30 s" in done.output) == (3, True), done.output

    def played(station: Coroutine[Any, Any, None]) -> None:  # what a station leaves behind that was stopped in the middle
        station.close()
        shutil.copytree(runs / "run", runs / "played", ignore=shutil.ignore_patterns("score.json"))

    monkeypatch.setattr("picket.cli.station.run_station", played)
    done = CliRunner().invoke(main, ["train", "play", str(DEMO), "--out", str(runs / "played")])
    assert (done.exit_code, "STOPPED after 11 of 30 s" in done.output) == (3, True), done.output


def test_a_second_run_into_a_folder_ends_the_command_with_a_message(ran: tuple[Path, Score]) -> None:
    for verb in ("run", "play"):
        done = CliRunner().invoke(main, ["train", verb, str(DEMO), "--out", str(ran[0])])
        assert done.exit_code == 2
        assert "holds a run already; name another folder with --out" in done.output


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["train", "score", str(tmp_path)])
    assert done.exit_code == 2
    assert "expected run.json" in done.output
    with pytest.raises(KeptError):
        read_facts(tmp_path)


def test_an_officer_s_file_does_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "officer.toml"
    path.write_text(
        'name = "Anna"\n[[do]]\nact = "acknowledge"\nafter_s = 2\n[[do]]\nact = "note"\nafter_s = 4\ntext = "reported to command"\n'
        '[[do]]\nact = "close"\nafter_s = 6\ncause = "bird"\n'
    )
    practice.run(demo_exercise(), tmp_path / "run", seconds=SECONDS, officer=load_officer(path))
    found = score(tmp_path / "run")
    unknown = next(e for e in found.events if e.actor == "unknown")
    assert unknown.acknowledged
    assert unknown.reported
    assert unknown.judged
    assert unknown.cause == "bird"
    assert unknown.judged_right is False
    assert any("closed as bird" in words for words in found.wrong)


@pytest.mark.parametrize(
    ("text", "words"),
    [("name = 3", "name"), ('name = "A"\n[[do]]\nact = "jam"\nafter_s = 1', "act"), ("nonsense", "TOML"),
     ('name = "A"\n[[do]]\nact = "close"\nafter_s = 1\ncause = "whale"', "cause"),
     ('name = "A"\n[[do]]\nact = "close"\nafter_s = -1', "after_s")],
)  # fmt: skip
def test_a_wrong_officer_s_file_is_named(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "officer.toml").write_text(text)
    with pytest.raises(OfficerError, match=words):
        load_officer(tmp_path / "officer.toml")


def test_an_officer_acts_once_per_alert(ran: tuple[Path, Score]) -> None:
    acts = [r.payload for r in log.read(ran[0]) if r.kind == "action" and "id" in r.payload]
    assert acts
    assert len({(a["id"], a["do"]) for a in acts}) == len(acts)
    assert Officer("idle").look(0.0, []) == []


def test_the_exercise_needs_no_site_of_its_own_to_be_simulated() -> None:
    exercise = Exercise.load(DEMO / "exercise.toml", sites.load(DEMO / "site.toml"))
    site = practice.simulated(exercise.at_site())
    assert site.station.origin == "exercise"
    assert all(s.feed is None for s in site.sensor)


def test_ships_of_an_exercise_reach_the_station_by_their_own_format(tmp_path: Path) -> None:
    site = sites.load(DEMO / "site.toml")
    site = msgspec.structs.replace(site, sensor=(*site.sensor, sites.Sensor(id="ais", kind="ais")))
    text = 'version = 1\nname = "ships"\nsite = "site.toml"\n[ais]\nid = "ais"\nperiod_s = 3\nloss = 0\n[[actor]]\nid = "ferry"\n'
    text += 'kind = "ship"\nroute = [[-900, -900, 5]]\nloop = true\nais = { mmsi = 200000017, ship_type = 60 }\n'
    (tmp_path / "ships.toml").write_text(text, "utf-8")
    practice.run(Exercise.load(tmp_path / "ships.toml", site), tmp_path / "run", seconds=30.0)
    rows = [r.payload["d"] for r in log.read(tmp_path / "run") if r.kind == "batch" and r.payload["d"] is not None]
    assert {i for b in rows for i in b["w"]["identity"]} == {"200000017"}
    assert {o for b in rows for o in b["w"]["origin"]} == {"exercise"}


def test_a_review_lies_on_one_page_however_much_happened(ran: tuple[Path, Score]) -> None:
    folder, found = ran
    full = crowded(found)
    earlier = [(f"run-of-a-long-name-{i}", full) for i in range(20)]
    pages = PdfReader(io.BytesIO(pdf.render(document(folder, full, earlier)))).pages
    assert len(pages) == 1
    text = " ".join(pages[0].extract_text().split())
    assert "most important of 60" in text
    assert "picket train score RUN -o review.html" in text  # where all of it is
    assert "MISSED: expectation 0" in text
    assert "name-1" in text  # the first that nothing had a track of
    page = review(folder, full, earlier)
    assert all(f"visitor-of-a-long-name-{i}<" in page for i in range(60))
    few = PdfReader(io.BytesIO(pdf.render(document(folder, found)))).pages
    assert len(few) == 1
    assert "most important" not in few[0].extract_text()
