"""Who was named in a report so far, for ends that stand in another sentence than the claim."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from picket.learn.actors import Context, actors_of
from picket.learn.chunks import Phrase
from picket.learn.lexicon import given_names, word_set
from picket.learn.naming import ORGANISED, is_person
from picket.learn.report import Report
from picket.learn.sentence import Sentence, read_sentence
from picket.learn.tokens import Token
from picket.learn.trained.groups import Groups, T
from picket.learn.trained.identity import identity
from picket.learn.trained.sorts import phrase_type
from picket.learn.trained.strangers import organisations, personal, persons, stranger


@dataclass(slots=True)
class Named:
    """An actor that the report has named: its name, what it is, how often, in which sentence last, ever a subject, in the title."""

    name: str
    kind: str
    times: int = 0
    sentence: int = -9
    subject: bool = False
    titled: bool = False


class Told(NamedTuple):
    """A name that stood at an end of a claim: may it act, and in which sentence it was told last."""

    name: str
    acts: bool
    sentence: int


class Memory:
    """Who was named in a report so far, its title first; one for each report."""

    def __init__(self, report: Report) -> None:
        self.named: dict[str, Named] = {}
        self.surnames: set[str] = set()
        self.organisations = organisations(report.text)
        self.persons = persons(report.text, self.organisations)
        self._text = report.text.lower()
        self._title = (report.title or "").lower()
        self._about: dict[str, tuple[str, ...]] = {}
        self.told: list[tuple[int, str]] = []  # sentence and kind of each claim
        self._ends: dict[str, list[tuple[int, str, str]]] = {}  # by name in small letters: which claim, its kind, at which end
        self._at_ends: dict[str, Told] = {}  # by name in small letters, the one told last at the end
        if report.title:
            title = report.title
            self.keep(read_sentence(title, 0, len(title), None, Context(), near=True), titled=True)

    def keep(self, sentence: Sentence, *, titled: bool = False) -> None:
        """Remembers the sentence's actors."""
        subjects = {id(p) for v in sentence.verbs for p in v.subjects}
        for phrase in sentence.phrases():
            if phrase.time:
                continue
            if is_person(phrase):
                self.surnames.add(phrase.head.low)
            names = actors_of(phrase, sentence.context, bare=False) or self.unknown(phrase)
            for name in [*names, *(name_of(t) for t, _ in inner_names(phrase))]:
                if not any(c.isupper() for c in name):
                    continue
                entry = self.named.get(name.lower())
                if entry is None:
                    entry = self.named[name.lower()] = Named(name, phrase_type(phrase))
                entry.times += 1
                entry.titled |= titled
                entry.subject |= id(phrase) in subjects
                entry.sentence = -1 if titled else sentence.context.sentence

    def tell(self, sentence: int, kind: str, ends: dict[str, str]) -> None:
        """Remembers a claim that a sentence gave: its kind, and who stood at its ends."""
        self.told.append((sentence, kind))
        for role, name in ends.items():
            key = name.lower()
            self._ends.setdefault(key, []).append((len(self.told), kind, role))
            before = self._at_ends.pop(key, None)
            self._at_ends[key] = Told(name, role != "target" or (before is not None and before.acts), sentence)

    def told_last(self) -> list[Told]:
        """Who stood at the ends of the claims told last, the last one first."""
        return list(islice(reversed(self._at_ends.values()), _TOLD_LAST))

    def kinds_before(self, sentence: int, groups: Groups[T]) -> tuple[T, ...]:
        """Which kinds the claims before a sentence were of."""
        last = [kind for _, kind in self.told[-3:]]
        return groups[_before_names, tuple(last), min(sentence - self.told[-1][0], 3) if last else 0]

    def ends_before(self, name: str) -> list[str]:
        """At which ends of claims a name stood before: of any, of each kind, of the last two."""
        made: dict[str, None] = {}
        for n, kind, role in sorted(self._ends.get(name.lower(), ()), key=lambda told: -told[0]):
            made[f"was:{role}"] = None
            made[f"was:{kind}:{role}"] = None
            if n > len(self.told) - 2:
                made[f"late:{role}"] = None
        return list(made)

    def about(self, name: str) -> tuple[str, ...]:
        """How often and where the report names somebody, how the name is written, and who it is."""
        key = name.lower()
        found = self._about.get(key)
        if found is None:
            first = self._text.find(key)
            made = [
                f"dn:{min(self._text.count(key), 5)}",
                f"len:{min(len(key.split()), 5)}",
                "cap" if name[:1].isupper() else "low",
            ]
            at = self._title.find(key)
            made += [f"dtitle:{3 * at // max(1, len(self._title))}"] if at >= 0 else []
            made += ["dfirst"] if 0 <= first < _OPENING else []
            made += identity(name)
            found = self._about[key] = tuple(made)
        return found

    def unknown(self, phrase: Phrase) -> list[str]:
        """The name of an organisation that no gazetteer knows, if its own words say that it is one; a person's name never is."""
        head = phrase.head
        if head.tag != "NP" or head.name is not None or is_person(phrase) or head.low in self.surnames:
            return []
        own = phrase.tokens[: phrase.tokens.index(head) + 1]
        first = next((k for k in reversed(range(len(own))) if own[k].tag != "NP"), -1) + 1  # "UAV firm AirVu" is AirVu
        words = [t.text for t in own[first:] if not t.low.endswith("-based")]
        if not words or words[0].lower() in given_names():
            return []
        known = any(w.isupper() and len(w) > 1 for w in words) or words[-1].lower().rstrip(".") in _ORGANISATIONS
        known = known or " ".join(words) in self.organisations
        return [" ".join(words)] if known else []

    def possible(self, phrase: Phrase) -> str | None:
        """A name that no gazetteer knows, and that may be an organisation's for all that the report says; None if it is a person's."""
        head = phrase.head
        if head.tag != "NP" or head.name is not None or len(head.low) < 3 or head.low in self.persons:
            return None
        words = stranger(phrase)
        return None if not words or personal(phrase, words) else " ".join(t.text for t in words)


def _before_names(last: tuple[str, ...], ago: int) -> list[str]:
    return [*dict.fromkeys(f"before:{kind}" for kind in last), f"last:{last[-1]}:{ago}"] if last else ["before:-"]


_TOLD_LAST = 5  # names at the ends of earlier claims that may be meant again
_ORGANISATIONS = word_set("trained.organisations")
_OPENING = 250  # characters of a report in which its first sentence stands


def name_of(token: Token) -> str:
    """How a claim names it: a capital or a demonym as its state."""
    state = token.name.state if token.name is not None and token.name.kind in {"demonym", "capital"} else None
    return (state or token.text).removeprefix("the ")


def inner_names(phrase: Phrase) -> list[tuple[Token, str]]:
    """Names inside a phrase that are not its head: "Iran's drones", "Russian instructors", "US-made jets"."""
    out = []
    for k, token in enumerate(phrase.tokens):
        if token is phrase.head or token.name is None or token.name.kind not in ORGANISED | {"demonym"}:
            continue
        owned = k + 1 < len(phrase.tokens) and phrase.tokens[k + 1].tag == "POS"
        out.append((token, "pos" if owned else token.name.kind))
    return out
