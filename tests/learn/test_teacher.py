"""What the encoder is asked for the nets to learn from: lessons as they are and in other words, and what is learned of its answers."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from benchmarks.reports import all_annotated
from benchmarks.teacher import Words, changes, ending, in_other_words, taught
from benchmarks.train_reader import Seen, seen_in, train

from picket.learn.claim import KINDS
from picket.learn.trained.ends import ends_of
from picket.learn.trained.weights import COLUMNS

SOME = [a for a in all_annotated() if not a.unseen][:120:30]


@pytest.fixture(scope="module")
def seen() -> list[list[Seen]]:
    return [seen_in(a) for a in SOME]


@pytest.fixture(scope="module")
def words(seen: list[list[Seen]]) -> Words:
    return Words(t for of_report in seen for s in of_report for t in s.look.sentence.tokens)


class Sure:
    """Answers as an encoder would that is sure of one kind everywhere, and that the first mention stands at both ends; of a report's first
    sentence it says nothing."""

    def read(self, text: str, spans: list[tuple[int, int]]) -> Sure:
        assert all(text[begin:end].strip() for begin, end in spans)
        self.first = spans[0][0]
        return self

    def knows(self, begin: int) -> bool:
        return begin != self.first

    def kind_logits(self, _: int) -> Any:
        return np.where(np.array(COLUMNS) == "sighting", 6, -6).astype(np.float32)

    def end_logits(self, _begin: int, _kind: str, places: list[tuple[int, int]]) -> Any:
        return np.array([[6, 6]] + [[-6, -6]] * (len(places) - 1), np.float32)


def test_other_words_are_of_the_same_form_and_leave_names_and_numbers(seen: list[list[Seen]], words: Words) -> None:
    drawn = random.Random(1)
    for token in (t for of_report in seen for s in of_report for t in s.look.sentence.tokens):
        if changes(token):
            assert token.name is None
            word = words.instead_of(token, drawn)
            assert word.islower()
            assert ending(word) == ending(token.text)
    assert not any(changes(t) for s in seen[0] for t in s.look.sentence.tokens if t.text[0].isupper() or t.text[0].isdigit())


def test_a_lesson_in_other_words_keeps_its_sentences_and_claims(seen: list[list[Seen]], words: Words) -> None:
    for annotated, mine in zip(SOME, seen, strict=True):
        other = in_other_words(annotated, mine, words)
        assert other == in_other_words(annotated, mine, words)
        assert other.text != annotated.text
        assert len(other.sentences) == len(annotated.sentences)
        was = [(annotated.sentences.index(g["evidence"]), g["kind"]) for g in annotated.gold]
        assert [(other.sentences.index(g["evidence"]), g["kind"]) for g in other.gold] == was
        for before, after in zip(annotated.sentences, other.sentences, strict=True):
            kept = sum(a == b for a, b in zip(before.split(), after.split(), strict=True))
            assert kept >= 0.3 * len(before.split())


def test_the_encoder_is_asked_of_every_sentence_and_of_the_ends_that_annotators_found(seen: list[list[Seen]]) -> None:
    told = taught(SOME, seen, Sure())  # type: ignore[arg-type]
    for mine, found in zip(seen, told, strict=True):
        assert found.odds.shape == (len(mine), len(COLUMNS))
        assert np.isnan(found.odds[0]).all()
        assert (found.odds[1:].argmax(axis=1) == COLUMNS.index("sighting")).all()
        assert found.odds_changed.shape == (len(mine) - 1, len(COLUMNS)) == (len(found.features), len(COLUMNS))
        wanted = {(k, g["kind"]) for k, s in enumerate(mine) for g in s.gold if k and s.mentions}
        assert found.ends.keys() == wanted
        assert all(len(z) == len(mine[k].mentions) for (k, _), z in found.ends.items())


def test_the_nets_learn_what_the_encoder_says_beside_the_annotators(seen: list[list[Seen]]) -> None:
    alone, both = train(seen), train(seen, taught(SOME, seen, Sure()))  # type: ignore[arg-type]
    rows = [both.kind_rows["bias"], both.kind_rows["drone"]]
    column = KINDS.index("sighting")
    assert both.net.logits(rows)[column] > alone.net.logits(rows)[column] + 1
    assert both.kind_rows == alone.kind_rows
    assert ends_of("sighting") == ("actor", "target")
    assert both.end_net.rows.tobytes() != alone.end_net.rows.tobytes()
    assert both.own.tobytes() == alone.own.tobytes()  # the regressions learn from annotators alone
