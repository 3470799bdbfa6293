"""Further claims of one kind in a sentence: who else stands where an end stands ("Greece has sent two frigates, France a third").

One claim in nine of what annotators find is a second or third of its kind. Every other mention that may be that end is weighed by how
likely it is one by itself, and by how it stands to the one that is there: in one list with it, by a like verb, as a part of its name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from picket.learn.chunks import Phrase
from picket.learn.drafts import Draft
from picket.learn.trained.choice import Choice, Trait
from picket.learn.trained.ends import Ranked, ends_of
from picket.learn.trained.identity import identity
from picket.learn.trained.look import Look
from picket.learn.trained.mentions import Mention, word_at

MORE, NONE = "more", ""  # the two that are weighed: a further claim, and none
LEAST_LIKELY = 0.05  # a mention that is less likely an end by itself is not weighed
_MOST = 8  # further claims of a kind in one sentence
_NUMBER = "NUM"


@dataclass(slots=True)
class Asked:
    """May a claim like `draft` be made with `mention` at its end `role`? `known` is what is known for and against."""

    draft: Draft
    role: str
    there: Mention[int]
    mention: Mention[int]
    known: dict[Trait, None]


def further(
    look: Look, drafts: list[Draft], weighed: dict[str, Ranked], odds: dict[str, float], choice: Choice, least: float
) -> list[Draft]:
    """The further claims of the kinds that the drafts claim, each like the first of its kind but for one end: those whose probability,
    times that of their kind, is at least `least`."""
    made: list[Draft] = []
    taken: set[tuple[str, str]] = set()
    for asked in questions(look, drafts, weighed):
        kind, name = asked.draft.kind, asked.mention.name.lower()
        if (kind, name) in taken or sum(d.kind == kind for d in made) >= _MOST:
            continue
        if odds[kind] * choice.odds({NONE: (), MORE: asked.known})[MORE] >= least:
            taken.add((kind, name))
            made.append(_like(asked))
    return made


def _like(asked: Asked) -> Draft:
    draft = replace(asked.draft, rule=f"trained-further-{asked.draft.kind}", amount=None)
    setattr(draft, asked.role, asked.mention.name)
    if asked.role == "target":
        phrase = asked.mention.phrase
        draft.target_phrase, draft.where = phrase, [phrase] if phrase is not None else []
        draft.place = draft.country = None
    return draft


def questions(look: Look, drafts: list[Draft], weighed: dict[str, Ranked]) -> list[Asked]:
    """What may be asked of a sentence, kind by kind and role by role, likeliest mention first."""
    found: list[Asked] = []
    around: _Around | None = None
    for kind in dict.fromkeys(d.kind for d in drafts):
        mine = [d for d in drafts if d.kind == kind]
        ends = ends_of(kind)
        named = {value.lower() for d in mine for role in ends if (value := getattr(d, role))}
        for role in ends:
            first = next((d for d in mine if getattr(d, role)), None)
            if first is None:
                continue
            name = getattr(first, role).lower()
            there = next(((p, m) for p, m, r in weighed[kind] if r == role and m.name.lower() == name), None)
            rivals = [(p, m) for p, m, r in weighed[kind] if r == role and p >= LEAST_LIKELY and m.name.lower() not in named]
            if there is None or not rivals:
                continue
            around = around or _Around.of(look, drafts)
            for p, mention in rivals:
                known = around.known(there, (p, mention))
                known += [("rivals", min(len(rivals), 4)), ("claims", min(len(mine), 3)), around.elsewhere(mention, kind)]
                traits = dict.fromkeys((f"{kind}.{role}", *trait) for trait in known)
                found.append(Asked(first, role, there[1], mention, traits))
    return found


Known = list[tuple[object, ...]]
Weighed = tuple[float, Mention[int]]


@dataclass(slots=True)
class _Around:
    """What is asked of a sentence again and again: which ends each name has in the drafts, how many numbers there are."""

    look: Look
    taken: list[tuple[str, str, str]]
    numbers: int

    @classmethod
    def of(cls, look: Look, drafts: list[Draft]) -> _Around:
        """What is known of a sentence."""
        taken = [(d.kind, r, value.lower()) for d in drafts for r in ends_of(d.kind) if (value := getattr(d, r))]
        numbers = sum(t.tag == _NUMBER for t in look.sentence.tokens)
        return cls(look, taken, min(numbers, 4))

    def elsewhere(self, mention: Mention[int], kind: str) -> tuple[object, ...]:
        """Which ends a name has in claims of other kinds."""
        name = mention.name.lower()
        return ("elsewhere", *sorted({role for k, role, value in self.taken if value == name and k != kind}))

    def known(self, there: Weighed, other: Weighed) -> Known:
        """How one mention stands to the one that is an end already."""
        (p, a), (q, b) = there, other
        made: Known = [
            ("further", self.numbers),
            ("likely", _step(q)),
            ("likelier", _step(q) - _step(p)),
            ("types", b.kind == a.kind, b.kind, a.kind),
            ("how", b.how, b.inside, a.how, a.inside),
            ("homes", _homes(a, b)),
        ]
        if _one_in_the_other(a.name.lower(), b.name.lower()):
            made.append(("part",))
        if a.phrase is None or b.phrase is None:
            return [*made, ("before", b.phrase is None, a.phrase is None)]
        if a.phrase is b.phrase:
            return [*made, ("within", b.inside, a.inside)]
        return made + self._apart(a.phrase, b.phrase, a.kind == b.kind)

    def _apart(self, a: Phrase, b: Phrase, alike: bool) -> Known:
        """How the second of two phrases of a sentence stands to the first."""
        at, shown, tokens = self.look.at, self.look.shown, self.look.sentence.tokens
        spans = [(at.get(p.tokens[0].start, 0), at.get(p.tokens[-1].start, 0)) for p in (a, b)]
        after = spans[1] > spans[0]
        low, high = sorted(spans)[0][1] + 1, sorted(spans)[1][0]
        between = [t.low for t in tokens[low:high]]
        verbs = sum(low <= at.get(v.tokens[0].start, -1) < high for v in self.look.sentence.verbs)
        first, second = (self.look.before().get(p.i, "-") for p in (a, b))
        ands, commas = sum(w in _AND for w in between), between.count(",")
        made: Known = [
            ("distance", after, min(len(between) // 2, 8)),
            ("joined", min(verbs, 2), min(ands, 2), min(commas, 3), alike),
            *[("marked", w) for w in dict.fromkeys(between) if w in _MARKS],
            ("prepositions", second == first, second, first),
            ("numbers", self._numbered(spans[1]), self._numbered(spans[0])),
            ("-1", word_at(shown, spans[1][0] - 1), word_at(shown, spans[1][0] - 2)),
            ("+1", word_at(shown, spans[1][1] + 1)),
            ("list", self._listed(a, b)),
        ]
        if high - low <= 3:
            made.append(("between", *shown[low:high]))
        return made + self._hang(a, b, after)

    def _hang(self, a: Phrase, b: Phrase, after: bool) -> Known:
        """The verbs on which two phrases hang, and where."""
        (first, place), (second, where) = (self.look.governors().get(id(p), (None, "-")) for p in (a, b))
        made: Known = [("hangs", first is second, where, place)]
        if first is not None and second is not None and first is not second:
            made += [
                ("verbs", second.link, after, first.lemma == second.lemma),
                ("classes", bool(first.classes & second.classes)),
            ]
            made += [("class", c) for c in sorted(second.classes)]
        return made

    def _numbered(self, span: tuple[int, int]) -> bool:
        """Does a number stand in a phrase or near it?"""
        return any(t.tag == _NUMBER for t in self.look.sentence.tokens[max(0, span[0] - 4) : span[1] + 5])

    def _listed(self, a: Phrase, b: Phrase) -> bool:
        """Do two phrases stand in one list: "Turkey and China sent"?"""
        places = ((v.subjects, v.objects, v.indirect, *(ps for _, ps in v.preps)) for v in self.look.sentence.verbs)
        return any(any(p is a for p in ps) and any(p is b for p in ps) for lists in places for ps in lists)


_AND = frozenset(["and", "or", "&"])
_MARKS = frozenset([";", "while", "whereas", "but", "also", "both", "respectively"])


def _step(p: float) -> int:
    """Log odds in halves."""
    p = min(max(p, 1e-6), 1 - 1e-6)
    return max(-8, min(8, round(2 * math.log(p / (1 - p)))))


def _homes(a: Mention[int], b: Mention[int]) -> str:
    """Are two names at home in one country, as far as is known?"""
    one, two = ({f for f in identity(m.name) if f.startswith("home:")} for m in (a, b))
    return "unknown" if not one or not two else "same" if one & two else "other"


def _one_in_the_other(a: str, b: str) -> bool:
    return f" {a} " in f" {b} " or f" {b} " in f" {a} "
