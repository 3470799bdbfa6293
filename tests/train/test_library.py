"""The library: every exercise loads, names a card that there is, and sends the same bytes for the same seed."""

from __future__ import annotations

import hashlib

import pytest

from picket.learn.cards import shipped_cards
from picket.train import ExerciseError, frames, library
from picket.train.recording import record

START = 1_767_225_600.0


def test_the_library_covers_most_cards_and_every_level():
    found = [library.load(name) for name in library.names()]
    assert len(found) >= 12
    used = {e.card for e in found if e.card}
    assert used <= set(shipped_cards())
    assert len(used) >= 14
    assert {e.level for e in found} == {"basic", "normal", "hard"}
    files = {p.stem for p in (library.FOLDER / "exercises").glob("*.toml")}
    assert files | {"first-watch"} == set(library.names())


@pytest.mark.parametrize("name", library.names())
def test_an_exercise_says_what_it_teaches_and_what_is_to_be_done(name):
    e = library.load(name)
    assert e.about.endswith(".")
    assert len(e.teaches) >= 2
    assert e.expect
    assert any(x.what in ("report", "acknowledge", "classify") for x in e.expect) or e.card is None


@pytest.mark.parametrize("name", ["over-the-yard", "swarm-at-night"])
def test_the_same_seed_gives_the_same_bytes_and_another_one_others(name):
    def digest(seed: int) -> str:
        h = hashlib.sha256()
        for f in frames(library.load(name), seed, START, START + 60):
            h.update(f"{f.time:.6f} {f.channel} ".encode() + f.payload)
        return h.hexdigest()

    assert digest(1) == digest(1) != digest(2)


def test_a_name_that_is_none_names_the_nearest():
    with pytest.raises(ExerciseError, match="did you mean 'first-look'"):
        library.load("frist-look")


def test_an_exercise_of_the_library_can_be_recorded_with_its_site(tmp_path):
    folder = record(library.load("over-the-line"), 1, START, START + 30, tmp_path / "run")
    assert {"site.toml", "truth.csv", "radar.pcap", "df-west.jsonl", "mic-post.jsonl"} <= {p.name for p in folder.iterdir()}
    assert (folder / "zones" / "line.geojson").is_file()
