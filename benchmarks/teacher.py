"""What the encoder reads in the lessons, and in the lessons with other words: more for the nets to learn from (decision 64).

An annotator says which kinds a sentence claims and who stands at their ends; the encoder (`picket.learn.trained.encoder`) says how likely
each is, of any sentence. So the nets learn the mean of what both say. Those of kinds see each lesson a second time, with some of its words
changed for others of the same form, and learn what the encoder says. Whether a changed sentence makes sense does not matter: what the
encoder says of it shows which words, and which of them together, it goes by. (Distilling: Hinton et al. 2015; with words changed, Tang et
al. 2019.) None of the encoder's numbers is among the weights.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import accumulate
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from benchmarks.reports import Annotated
from picket.learn.tokens import Token
from picket.learn.trained.encoder import Encoded, Encoder
from picket.learn.trained.standing import Standing
from picket.learn.trained.weights import COLUMNS

if TYPE_CHECKING:
    from benchmarks.train_reader import Seen

RATES = (0.1, 0.2, 0.3, 0.45)  # how many of a sentence's words are changed, drawn for each
CHANGED = {"N": 1.0, "V": 1.0, "ADJ": 1.0, "ADV": 1.0, "PREP": 0.25}  # by their tags, and how often beside the others
FLATTER = 0.6  # a word is drawn by its frequency to this power
_ENDINGS = ("ing", "ed", "s", "ly")
Floats = NDArray[np.float32]


Ends = dict[tuple[int, str], Floats]  # by sentence and kind, the log odds of its mentions at both ends (mentions by 2)


@dataclass(slots=True)
class Taught:
    """Of the sentences of a lesson, in order, the probability of each of COLUMNS (sentences by columns; nan where the encoder has none),
    and the ends of the kinds that an annotator found; of the same with other words, those that the encoder has: features and
    probabilities."""

    odds: Floats
    ends: Ends
    features: list[list[str]]
    odds_changed: Floats


def ending(word: str) -> str:
    """How a word ends, if that tells of its form."""
    return next((e for e in _ENDINGS if word.endswith(e)), "")


def changes(token: Token) -> bool:
    """May the word be changed: is it common, in small letters, and of a tag that is?"""
    return token.name is None and token.tag in CHANGED and len(token.text) > 1 and token.text.isalpha() and token.text.islower()


class Words:
    """The words that lessons are changed to: their own, by tag and ending."""

    def __init__(self, tokens: Iterable[Token]) -> None:
        count = Counter((t.tag, ending(t.text), t.text) for t in tokens if changes(t))
        alike: dict[tuple[str, str], list[str]] = defaultdict(list)
        for tag, end, word in sorted(count):
            alike[tag, end].append(word)
        self.words = {form: (words, [*accumulate(count[*form, w] ** FLATTER for w in words)]) for form, words in alike.items()}

    def instead_of(self, token: Token, drawn: random.Random) -> str:
        """A word to stand in the place of a token that `changes`."""
        words, weights = self.words[token.tag, ending(token.text)]
        return drawn.choices(words, cum_weights=weights)[0]


def in_other_words(annotated: Annotated, seen: list[Seen], words: Words) -> Annotated:
    """The lesson with other words, the same each time."""
    drawn = random.Random(annotated.doc)
    other = {s.look.sentence.words: _changed(s, words, drawn) for s in seen}
    sentences = [other.get(sentence, sentence) for sentence in annotated.sentences]
    gold = [claim | {"evidence": other.get(claim["evidence"], claim["evidence"])} for claim in annotated.gold]
    return replace(annotated, text=" ".join(sentences), sentences=sentences, gold=gold)


def _changed(seen: Seen, words: Words, drawn: random.Random) -> str:
    sentence = seen.look.sentence
    rate = drawn.choice(RATES)
    parts, at = [], 0
    for token in sentence.tokens:
        begin, end = token.start - sentence.begin, token.end - sentence.begin
        if changes(token) and drawn.random() < rate * CHANGED[token.tag] and sentence.words[begin:end] == token.text:
            parts += [sentence.words[at:begin], words.instead_of(token, drawn)]
            at = end
    return "".join([*parts, sentence.words[at:]])


def taught(reports: list[Annotated], seen: list[list[Seen]], encoder: Encoder) -> list[Taught]:
    """What the encoder says of each lesson, whose sentences are `seen`. Cost: .4 s a lesson on one core; all cores are used."""
    words = Words(t for of in seen for s in of for t in s.look.sentence.tokens)
    with ProcessPoolExecutor(None, get_context("fork"), _share, (reports, seen, words, encoder)) as pool:
        return [*pool.map(_taught, range(len(reports)), chunksize=20)]


_shared: list[Any] = []  # in each process: what `taught` was given, and the words


def _share(*parts: Any) -> None:
    _shared[:] = parts


def _taught(k: int) -> Taught:
    from benchmarks.train_reader import seen_in

    reports, seen, words, encoder = _shared
    encoded, own = _read(reports[k], seen[k], encoder)
    other = in_other_words(reports[k], seen[k], words)
    seen_other = seen_in(other)
    _, odds = _read(other, seen_other, encoder)
    there = ~np.isnan(odds[:, 0])
    features = [s.features for s, known in zip(seen_other, there, strict=True) if known]
    return Taught(own, _ends(reports[k].text, seen[k], encoded), features, odds[there])


def _read(annotated: Annotated, seen: list[Seen], encoder: Encoder) -> tuple[Encoded, Floats]:
    """A report as the encoder has it, and what it says of the report's sentences."""
    spans = [(s.look.sentence.begin, s.look.sentence.end) for s in seen]
    read = encoder.read(annotated.text, spans)
    unknown = np.full(len(COLUMNS), np.nan, np.float32)
    rows = [expit(read.kind_logits(begin)) if read.knows(begin) else unknown for begin, _ in spans]
    return read, np.array(rows, np.float32).reshape(-1, len(COLUMNS))


def _ends(text: str, seen: list[Seen], encoded: Encoded) -> Ends:
    """Who stands at the ends of the kinds that an annotator found, by what the encoder says."""
    standing, made = Standing(text), {}
    for k, s in enumerate(seen):
        places, begin = standing.of(s.look, s.mentions), s.look.sentence.begin
        standing.keep(s.look.sentence)
        if places and encoded.knows(begin):
            made.update({(k, kind): encoded.end_logits(begin, kind, places) for kind in {g["kind"] for g in s.gold}})
    return made
