"""Noun phrases and verb groups of a tagged sentence: what the clauses are made of.

A finite-state pass. A noun phrase runs from its determiner to its last noun, possessors inside ("Mexico's intelligence
center"), and takes one "of" phrase with it; coordinated adjectives of nationality stay inside ("Mexican and Colombian drug
cartels") and are split when names are made. A verb group is auxiliaries, verb and particle with its voice, mood and denial.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from picket.learn.claim import Quantity
from picket.learn.lexicon import lexicon, word_set
from picket.learn.nounspans import noun_span
from picket.learn.tokens import Token

_COLLECTIVE = word_set("chunks.collective")
_PARTICLES = word_set("chunks.particles")


_EACH = frozenset(["each", "all", "both", "some", "many", "most", "several", "few", "none", "half", "either", "neither", "any"])
_HERE = frozenset(["home", "abroad", "overseas", "here", "there", "elsewhere", "then"])


@dataclass(slots=True)
class Phrase:
    """A noun phrase: tokens i..j of the sentence (j exclusive), head index, and the phrase after "of"."""

    i: int
    j: int
    head: Token
    tokens: list[Token]
    of: Phrase | None = None
    more: list[Phrase] = field(default_factory=list)
    after: list[tuple[str, Phrase]] = field(default_factory=list)
    time: bool = False
    alias: Phrase | None = None  # "its own start-up, Marduk,": the proper name that stands beside it
    person: bool | None = field(default=None, compare=False, repr=False)  # once it was asked
    actor: bool | None = field(default=None, compare=False, repr=False)  # the same
    number: tuple[Quantity | None] | None = field(default=None, compare=False, repr=False)  # the same
    sort: str = field(default="", compare=False, repr=False)  # what the trained reader found it to be

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.of.end if self.of else self.tokens[-1].end

    @property
    def pronoun(self) -> bool:
        return self.head.tag == "PRON"

    def has(self, *words: str) -> bool:
        return any(t.low in words for t in self.tokens)


@dataclass(slots=True)
class Verb:
    """A verb group: lemma (with its particle as `shoot_down` where the lexicon has one), classes, voice, mood, denial."""

    i: int
    j: int
    lemma: str
    classes: frozenset[str]
    form: str
    passive: bool = False
    finite: bool = False
    infinitive: bool = False
    gerund: bool = False
    participle: bool = False
    modal: str | None = None
    negated: bool = False
    adverbs: list[str] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    subjects: list[Phrase] = field(default_factory=list)
    objects: list[Phrase] = field(default_factory=list)
    indirect: list[Phrase] = field(default_factory=list)
    preps: list[tuple[str, list[Phrase]]] = field(default_factory=list)
    governor: Verb | None = None
    link: str = ""
    at: int = 0

    def prep(self, *names: str) -> list[Phrase]:
        return [p for name, phrases in self.preps if name in names for p in phrases]


@dataclass(slots=True)
class Mark:
    """Anything between phrases: a preposition, conjunction, comma, relative word, quote or stop."""

    tag: str
    low: str
    i: int


Item = Phrase | Verb | Mark


_OF_VERBS = frozenset(["MODAL", "BE", "HAVE", "DO", "TO", "V", "NEG", "ADV"])


def chunks_of(tokens: list[Token]) -> list[Item]:
    """The sentence as a list of noun phrases, verb groups and marks, in order."""
    tokens = _without_scare_quotes(tokens)
    items: list[Item] = []
    i = 0
    while i < len(tokens):
        if tokens[i].tag == "TIME":
            j = i + 1
            while j < len(tokens) and tokens[j].tag == "TIME":
                j += 1
            items.append(Phrase(i, j, tokens[j - 1], tokens[i:j], time=True))
            i = j
            continue
        verb = _verb_group(tokens, i) if tokens[i].tag in _OF_VERBS else None
        if verb:
            items.append(verb)
            i = verb.j
            continue
        phrase = _noun_phrase(tokens, i) or (_between(tokens, i) if tokens[i].low == "between" else None)
        if phrase:
            items.append(phrase)
            i = phrase.j
            continue
        token = tokens[i]
        if token.tag == "DET" and token.low in _EACH and i + 1 < len(tokens) and tokens[i + 1].low == "of":
            items.append(Phrase(i, i + 1, token, [token]))
            i += 1
            continue
        if token.tag == "ADV" and token.low in _HERE and items and tag_of(items[-1]) == "P" and tokens[i - 1].tag == "PREP":
            items.pop()  # "at home", "from abroad": no phrase hangs on the preposition
        if token.tag not in {"ADV", "NEG", "ADJ", "DET"}:
            items.append(Mark(token.tag if token.tag != "PREP" else "P", token.low, i))
        i += 1
    return _join_of(_together(_without_abbreviations(items)))


_OPENS = frozenset(["PREP", "DET", "ADJ", "PRP$", "POS", "DEM", "CC", "BE", "NUM"])
_NAMED = frozenset(
    ["drone", "group", "force", "company"]
)  # "the company “Fire Point”": what a name in quotation marks may follow


def _says(token: Token) -> bool:
    return "say" in lexicon().verb_classes.get(token.lemma or "", frozenset())


def _without_scare_quotes(tokens: list[Token]) -> list[Token]:
    """ "With “hundreds” of drones": marks around a word or two inside a clause are no quotation."""
    out: list[Token] = []
    skip = -1
    for k, token in enumerate(tokens):
        if k == skip:
            continue
        if token.tag == '"' and (
            k == 0
            or tokens[k - 1].tag in _OPENS
            or (tokens[k - 1].tag == "V" and not _says(tokens[k - 1]))
            or _introduces(tokens, k)
        ):
            close = next((n for n in range(k + 2, min(k + 7, len(tokens))) if tokens[n].tag == '"'), None)
            if (
                k == 0
                and close is not None
                and close + 1 < len(tokens)
                and tokens[close + 1].tag not in {"N", "NP", "ADJ", "V", "BE"}
            ):
                close = None
            if close is not None and not any(t.tag in {"V", "BE", "HAVE", "MODAL", ",", "."} for t in tokens[k + 1 : close]):
                skip = close
                continue
        out.append(token)
    return out


def _introduces(tokens: list[Token], k: int) -> bool:
    """Is the quotation mark at k before a name that the noun before it introduces?"""
    before, follows = tokens[k - 1], tokens[k + 1] if k + 1 < len(tokens) else None
    known = lexicon().noun_classes.get(before.low, ())
    return before.tag == "N" and follows is not None and follows.tag == "NP" and not _NAMED.isdisjoint(known)


_ADDING = frozenset(["as_well_as", "along", "together"])


def _together(items: list[Item]) -> list[Item]:
    """ "X, along with Y, has" and "X as well as Y" are "X and Y": the words and their commas become one conjunction."""
    if not any(isinstance(item, Mark) and item.low in _ADDING for item in items):
        return items
    out: list[Item] = []
    k = 0
    while k < len(items):
        n = k + 1 if tag_of(items[k]) == "," else k
        width = _joined(items, n)
        follows = items[n + width] if width and n + width < len(items) else None
        if (
            width
            and out
            and isinstance(out[-1], Phrase)
            and not out[-1].time
            and isinstance(follows, Phrase)
            and not follows.time
        ):
            mark = items[n]
            assert isinstance(mark, Mark)
            out += [Mark("CC", "and", mark.i), follows]
            k = n + width + 1
            if (
                n > 0
                and k < len(items)
                and tag_of(items[k]) == ","
                and isinstance(items[k + 1] if k + 1 < len(items) else None, Verb)
            ):
                k += 1
            continue
        out.append(items[k])
        k += 1
    return out


def _joined(items: list[Item], n: int) -> int:
    """How many marks at n say "and": "as well as" one, "along with" two; 0 if none."""
    first, second = (low_of(x) for x in [*items[n : n + 2], None, None][:2])
    if first == "as_well_as":
        return 1
    return 2 if first in {"along", "together"} and second == "with" else 0


def _without_abbreviations(items: list[Item]) -> list[Item]:
    """ "The Rapid Support Forces (RSF)" is one phrase: the brackets go."""
    out: list[Item] = []
    i = 0
    while i < len(items):
        if i + 2 < len(items) and out and isinstance(out[-1], Phrase):
            opening, inner, closing = items[i : i + 3]
            if (
                isinstance(opening, Mark)
                and opening.tag == "("
                and isinstance(inner, Phrase)
                and isinstance(closing, Mark)
                and closing.tag == ")"
                and len(inner.tokens) <= 2
            ):
                i += 3
                rest = items[i] if i < len(items) else None
                before = out[-1]
                if (
                    isinstance(before, Phrase)
                    and isinstance(rest, Phrase)
                    and inner.head.text.isupper()
                    and _goes_with(before, rest)
                ):
                    # "aerial vehicle (UAV) instructors"
                    out[-1] = Phrase(before.i, rest.j, rest.head, [*before.tokens, *rest.tokens])
                    i += 1
                continue
        out.append(items[i])
        i += 1
    return out


def _between(tokens: list[Token], i: int) -> Phrase | None:
    """ "Between 300 and 400 ex-soldiers": one phrase, of the lower number."""
    if [t.tag for t in tokens[i + 1 : i + 4]] != ["NUM", "CC", "NUM"]:
        return None
    phrase = _noun_phrase(tokens, i + 3)
    if phrase is None or phrase.head.tag == "NUM":
        return None
    return Phrase(i, phrase.j, phrase.head, [tokens[i + 1], *phrase.tokens[1:]])


def _goes_with(before: Phrase, rest: Phrase) -> bool:
    """Is the noun after the brackets one phrase with the words before them?"""
    return rest.tokens[0].tag == "N" and before.head.tag == "N" and before.of is None and not rest.pronoun


def _noun_phrase(tokens: list[Token], i: int) -> Phrase | None:
    span = noun_span(tokens, i)
    if span is None:
        return None
    end, head = span
    return Phrase(i, end, tokens[head], tokens[i:end])


def _verb_group(tokens: list[Token], i: int) -> Verb | None:
    j = i
    modal: str | None = None
    negated = infinitive = False
    auxiliary: list[Token] = []
    adverbs: list[str] = []
    while j < len(tokens):
        token = tokens[j]
        if token.tag == "TO":
            if j > i and not (j == i + 1 and tokens[i].tag in {"NEG", "ADV"}):
                break
            infinitive = True
        elif token.tag == "MODAL":
            modal = token.low
            negated = negated or token.low.endswith("n't") or token.low == "cannot"
        elif token.tag in {"BE", "HAVE", "DO"}:
            auxiliary.append(token)
            negated = negated or "n't" in token.low
        elif token.tag == "NEG":
            negated = negated or not (j + 1 < len(tokens) and tokens[j + 1].low in {"only", "just", "merely", "simply", "least"})
        elif token.tag == "ADV":
            adverbs.append(token.low)
        elif token.tag == "DET" and token.low in {"all", "both", "each"} and auxiliary:
            pass
        else:
            break
        j += 1
    main = tokens[j] if j < len(tokens) and tokens[j].tag == "V" else None
    if main is None:
        if not auxiliary:
            return None
        while j > i and tokens[j - 1].tag in {"ADV", "NEG"} and tokens[j - 1].low not in {"not", "never"}:
            j -= 1
        last = auxiliary[-1]
        lemma = {"BE": "be", "HAVE": "have", "DO": "do"}[last.tag]
        return Verb(
            i,
            j,
            lemma,
            frozenset({lemma}),
            "base",
            finite=not infinitive and last.low not in {"being", "having"},
            infinitive=infinitive,
            gerund=last.low in {"being", "having"},
            modal=modal,
            negated=negated,
            adverbs=adverbs,
            tokens=tokens[i:j],
        )
    return _with_main(tokens, i, j, main, auxiliary, modal, negated, infinitive, adverbs)


def _with_main(
    tokens: list[Token],
    i: int,
    j: int,
    main: Token,
    auxiliary: list[Token],
    modal: str | None,
    negated: bool,
    infinitive: bool,
    adverbs: list[str],
) -> Verb:
    words = lexicon()
    lemma, end = main.lemma, j + 1
    classes = words.verb_classes.get(lemma, frozenset())
    look = end
    if look < len(tokens):
        particle = words.particles.get((lemma, tokens[look].low))
        if particle:
            end = look + 1
            lemma, classes = f"{lemma}_{tokens[look].low}", frozenset({particle})
        elif main.form in {"ed", "past", "part", "base", "s", "ing"}:
            for far in range(look + 1, min(look + 6, len(tokens))):
                if tokens[far].tag in {"PREP", "V", ".", "CC"} and tokens[far].low not in _PARTICLES and tokens[far].low != "of":
                    break
                particle = (
                    words.particles.get((lemma, tokens[far].low))
                    if tokens[far].low in _PARTICLES and tokens[far].tag == "ADV"
                    else None
                )
                if particle:
                    lemma, classes = f"{lemma}_{tokens[far].low}", frozenset({particle})
                    break
    be = [t for t in auxiliary if t.tag == "BE"]
    passive = main.form in {"part", "ed"} and bool(be)
    participle = not auxiliary and main.form == "part" and not modal and not infinitive
    gerund = (main.form == "ing" and not be) or (bool(auxiliary) and auxiliary[0].low in {"having", "being"} and not modal)
    finite = not (participle or gerund or infinitive)
    return Verb(
        i,
        end,
        lemma,
        classes,
        main.form,
        passive=passive or participle,
        finite=finite,
        infinitive=infinitive,
        gerund=gerund,
        participle=participle,
        modal=modal,
        negated=negated,
        adverbs=adverbs,
        tokens=tokens[i:end],
    )


def _join_of(items: list[Item]) -> list[Item]:
    out: list[Item] = []
    i = 0
    while i < len(items):
        item = items[i]
        if isinstance(item, Phrase):
            chain = item
            while i + 2 < len(items):
                mark, following = items[i + 1], items[i + 2]
                if (
                    isinstance(mark, Mark)
                    and (mark.low == "of" or (mark.low == "out_of" and chain.head.tag == "NUM"))
                    and mark.tag == "P"
                    and isinstance(following, Phrase)
                    and not following.time
                ):
                    chain.of = following
                    chain = following
                    i += 2
                elif (
                    chain is not item
                    and isinstance(mark, Mark)
                    and mark.tag == "CC"
                    and isinstance(following, Phrase)
                    and item.head.low in _COLLECTIVE
                ):
                    item.more.append(following)
                    i += 2
                else:
                    break
        out.append(item)
        i += 1
    return out


def tag_of(item: Item | None) -> str:
    """The tag of a mark; "" of a phrase, a verb or nothing."""
    return item.tag if isinstance(item, Mark) else ""


def low_of(item: Item | None) -> str:
    return item.low if isinstance(item, Mark) else ""
