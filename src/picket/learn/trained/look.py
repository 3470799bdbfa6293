"""A sentence as the trained reader looks at it: what the rules made of it, what its words stand for, what its report is about."""

from __future__ import annotations

from dataclasses import dataclass, field

from picket.learn.chunks import Mark, Phrase, Verb
from picket.learn.claim import guessed
from picket.learn.drafts import Draft
from picket.learn.sentence import Sentence
from picket.learn.tokens import Token
from picket.learn.trained.concepts import join_concepts
from picket.learn.trained.groups import Groups, T
from picket.learn.trained.memory import Memory
from picket.learn.trained.sorts import type_of
from picket.learn.trained.weights import ROLES
from picket.learn.trained.words import Word, words_of

Told = dict[str, str | None]


@dataclass(slots=True)
class Look:
    """`told` is what the rules said: (kind, rule, ends in small letters); then, for each token, the word, what it is if it is a name, a
    number or a time, what it is or else its stem, and its concepts; `at` is a token's number by its first character."""

    sentence: Sentence
    told: list[tuple[str, str, Told]]
    memory: Memory
    words: list[Word]
    types: list[str | None]
    shown: list[str]
    concepts: list[tuple[str, ...]]
    at: dict[int, int]
    phrases: list[Phrase]
    _places: dict[int, dict[int, str]] = field(default_factory=dict)
    _in_verbs: dict[int, list[tuple[str, ...]]] = field(default_factory=dict)
    _pronouns: tuple[str, ...] | None = None
    _before: dict[int, str] | None = None
    _governors: dict[int, tuple[Verb, str]] | None = None

    @classmethod
    def of(cls, sentence: Sentence, made: list[Draft], memory: Memory) -> Look:
        """The look at a sentence with the rules' drafts."""
        tokens = sentence.tokens
        told = [(d.kind, d.rule, {role: _lower(getattr(d, role)) for role in ROLES}) for d in made]
        words = words_of([t.low for t in tokens])
        types = [type_of(t) for t in tokens]
        shown = [kind or word.stem for kind, word in zip(types, words, strict=True)]
        concepts = [word.concepts for word in words]
        for k, word in enumerate(words):
            if word.joins:
                join_concepts(tokens, k, concepts)
        at = {t.start: k for k, t in enumerate(tokens)}
        return cls(sentence, told, memory, words, types, shown, concepts, at, sentence.phrases())

    def rule_features(self, groups: Groups[T]) -> list[T]:
        """What the rules made of the sentence, and of which kinds the claims before it were."""
        made = [item for kind, rule, _ in self.told for item in groups[_rule_names, kind, rule]]
        if not self.told:
            made += groups[_rule_names, "", ""]
        return [*made, *self.memory.kinds_before(self.sentence.context.sentence, groups)]

    def concepts_at(self, token: Token) -> tuple[str, ...]:
        """What a token of the sentence stands for."""
        k = self.at.get(token.start)
        return self.concepts[k] if k is not None else ()

    def concepts_in(self, verb: Verb) -> list[tuple[str, ...]]:
        """What each word of a verb group stands for, without those that stand for nothing."""
        found = self._in_verbs.get(id(verb))
        if found is None:
            found = self._in_verbs[id(verb)] = [c for t in verb.tokens if (c := self.concepts_at(t))]
        return found

    def pronouns(self) -> tuple[str, ...]:
        """The pronouns of the sentence, "its" and "their" among them, in the order of the alphabet."""
        if self._pronouns is None:
            self._pronouns = tuple(sorted({t.low for t in self.sentence.tokens if t.tag in {"PRON", "PRP$"}}))
        return self._pronouns

    def before(self) -> dict[int, str]:
        """The preposition or mark before each phrase, by the phrase's first token."""
        if self._before is None:
            self._before = _before_phrases(self.sentence)
        return self._before

    def governors(self) -> dict[int, tuple[Verb, str]]:
        """The verb that each phrase hangs on first, and where, by the phrase's id."""
        if self._governors is None:
            self._governors = {}
            for verb in self.sentence.verbs:
                for phrase, place in self.places(verb).items():
                    self._governors.setdefault(phrase, (verb, place))
        return self._governors

    def places(self, verb: Verb) -> dict[int, str]:
        """Where the phrases around a verb group stand, by their ids: "subj", "to", "obj.of", "obj.after"."""
        found = self._places.get(id(verb))
        if found is None:
            found = self._places[id(verb)] = _places_of(verb)
        return found


def _lower(name: str | None) -> str | None:
    return name.lower() if name else name


def _rule_names(kind: str, rule: str) -> tuple[str, ...]:
    return (f"R:{'g' if guessed(rule) else 'f'}:{kind}", f"RR:{rule}:{kind}") if kind else ("R:none",)


def _places_of(verb: Verb) -> dict[int, str]:
    out: dict[int, str] = {}
    for place, phrases in (("subj", verb.subjects), ("obj", verb.objects), ("ind", verb.indirect), *verb.preps):
        for candidate in phrases:
            part: Phrase | None = candidate
            where = place
            while part is not None:
                out.setdefault(id(part), where)
                for _, after in part.after:
                    out.setdefault(id(after), f"{place}.after")
                part, where = part.of, f"{place}.of"
    return out


def _before_phrases(sentence: Sentence) -> dict[int, str]:
    out: dict[int, str] = {}
    last = "^"
    for item in sentence.items:
        if isinstance(item, Phrase):
            part: Phrase | None = item
            word = last
            while part is not None:
                out[part.i] = word
                word, part = "of", part.of
            last = "np"
        elif isinstance(item, Verb):
            last = "verb"
        elif isinstance(item, Mark):
            last = item.low
    return out
