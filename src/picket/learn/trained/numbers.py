"""How many: which number of its sentence a claim has, if any. Every number is weighed, and every drone or person told singly ("a drone").

What the rules chose (`amounts.py`, `whosenumber.py`) is one voice among others; the weights say how far it counts for which kind of claim,
and what each kind counts: people who are taught, drones that are delivered, seldom the companies that deliver them.
"""

from __future__ import annotations

from dataclasses import dataclass

from picket.learn.amounts import tellers
from picket.learn.chunks import Phrase
from picket.learn.claim import Quantity, guessed
from picket.learn.drafts import Draft
from picket.learn.quantities import quantity_in
from picket.learn.trained.choice import Choice, Trait
from picket.learn.trained.look import Look
from picket.learn.trained.mentions import before_phrases
from picket.learn.trained.sorts import phrase_type
from picket.learn.whosenumber import NO_NUMBER, numbers_of, sort_of

NONE = ""  # stands for no number
_SINGLE = frozenset(["a", "an", "another"])
_COUNTED_SINGLY = frozenset(["drone", "fordrone", "person", "people", "staff"])  # hardly anything else is annotated as 1
_NAMED_BY = frozenset(["N", "NP", "ADJ", "DEM"])  # tags of the words that name what is counted
_SHOWN = frozenset(["PREP", "ADV", "PRON"])  # tags of the words that are told apart behind a number
_SIZES = ((2, "one"), (3, "two"), (10, "few"), (100, "tens"), (1000, "hundreds"), (1_000_000, "thousands"))
Taken = list[tuple[Draft, Quantity | None]]  # the drafts of a sentence, each with the number that the rules chose
Known = list[tuple[object, ...]]


@dataclass(slots=True)
class Count:
    """A number of a sentence: the phrase that tells it, what it counts, by sort, whether it is a single thing; and what is known of it
    whatever the claim."""

    quantity: Quantity
    phrase: Phrase
    sort: str
    single: bool
    known: Known


def counts_of(look: Look) -> list[Count]:
    """The numbers of a sentence, in its order."""
    sentence = look.sentence
    found = [(p, quantity_in(p, sentence.text, sentence.end), _one(p)) for p in look.phrases]
    told = [(p, number or one, number is None) for p, number, one in found if number or one]
    if not told:
        return []
    before, by = before_phrases(sentence), tellers(sentence)
    few = min(sum(not single for _, _, single in told), 4)
    counts: list[Count] = []
    for phrase, quantity, single in told:
        assert quantity is not None
        nth = min(sum(not c.single for c in counts), 3)
        count = Count(quantity, phrase, sort_of(quantity.unit), single, [("one", few) if single else ("nth", nth, few)])
        if id(phrase) in by:
            count.known.append(("teller",))
        count.known += _known(look, count, before.get(phrase.i, "-"))
        counts.append(count)
    return counts


def count(look: Look, drafts: list[Draft], choice: Choice, least: float) -> None:
    """Gives each draft that brings no number with it the likeliest, if it has the probability `least`, or none; a statistic always has
    one."""
    counts = counts_of(look) if drafts else []
    if not counts:
        return
    taken = list(zip(drafts, numbers_of(look.sentence, drafts), strict=True))
    chosen = [_likeliest(look, draft, counts, taken, choice, least) for draft in drafts]
    for draft, number in zip(drafts, chosen, strict=True):
        draft.amount = draft.amount or number


def _likeliest(look: Look, draft: Draft, counts: list[Count], taken: Taken, choice: Choice, least: float) -> Quantity:
    traits, numbers = candidates(look, draft, counts, taken)
    odds = choice.odds(traits)
    best = max(numbers, key=odds.__getitem__)
    return numbers[best] if odds[best] >= least or draft.kind == "statistic" else NO_NUMBER


def candidates(
    look: Look, draft: Draft, counts: list[Count], taken: Taken
) -> tuple[dict[str, dict[Trait, None]], dict[str, Quantity]]:
    """What is known of each number that the claim may have, and of none; and the numbers by the same names."""
    kind, rule = draft.kind, draft.rule
    how = "g" if guessed(rule) else "f"
    by_rules = next(number for d, number in taken if d is draft)
    few = min(sum(not c.single for c in counts), 4)
    none: Known = [("none", how, by_rules is not None, few), ("nonerule", rule, by_rules is not None)]
    made: dict[str, dict[Trait, None]] = {NONE: {(kind, *trait): None for trait in none}}
    numbers: dict[str, Quantity] = {}

    def add(quantity: Quantity, known: Known) -> None:
        name = _name(quantity)
        numbers.setdefault(name, quantity)
        made.setdefault(name, {}).update(dict.fromkeys((kind, *trait) for trait in known))

    several: Known = [("several",)] if sum(d.kind == kind for d, _ in taken) > 1 else []
    for found in counts:
        add(found.quantity, [*found.known, *_by_claim(look, draft, found), *several])
    if by_rules is not None:
        sort = sort_of(by_rules.unit)
        add(by_rules, [("rule", how, sort), ("ruled", rule), ("rulesize", _size(by_rules), sort)])
    for other, number in taken:
        if other is not draft and number is not None and _name(number) in numbers:
            add(number, [("taken", other.kind == kind, other.kind)])
    return made, numbers


def _known(look: Look, count: Count, before: str) -> Known:
    """What a number is and counts, and the words beside it."""
    phrase, sort, single = count.phrase, count.sort, count.single
    how = "single" if single else _told_as(phrase)
    at = look.at.get(phrase.head.start)
    return [
        ("sort", sort, how, _size(count.quantity)),
        ("head", single, look.words[at].stem if at is not None else phrase.head.low),
        ("type", phrase_type(phrase), how),
        *(("concept", single, concept) for concept in look.concepts_at(phrase.head)),
        ("before", before, sort, single),
        ("behind", _behind(look, phrase), single),
    ]


def _by_claim(look: Look, draft: Draft, count: Count) -> Known:
    """Where a number stands by what is claimed."""
    phrase, verb, sort, single = count.phrase, draft.verb, count.sort, count.single
    made: Known = []
    if phrase is draft.target_phrase:
        made.append(("target", single))
    if any(phrase is p for p in draft.numbers):
        made.append(("thing", guessed(draft.rule), single))
    if verb is None:
        return made
    place = look.places(verb).get(id(phrase), "-")
    made += [
        ("place", place, sort, single),
        ("verb", place, single, verb.lemma),
        ("voice", place, verb.passive, sort),
        ("apart", phrase.i > verb.i, min(abs(phrase.i - verb.i) // 3, 5), single),
    ]
    if place == "-":
        other = next((v for v in look.sentence.verbs if v is not verb and id(phrase) in look.places(v)), None)
        if other is not None:
            made += [("other", look.places(other)[id(phrase)], sort), ("otherverb", other.lemma, single)]
    return made


def _name(quantity: Quantity) -> str:
    return f"{quantity.value:g} {quantity.unit or ''}"


def _size(quantity: Quantity) -> str:
    return next((name for top, name in _SIZES if quantity.value < top), "more")


def _told_as(phrase: Phrase) -> str:
    return "figure" if any(t.tag == "NUM" and t.text[-1:].isdigit() for t in phrase.tokens) else "word"


def _one(phrase: Phrase) -> Quantity | None:
    """ "A drone", "another quadcopter": 1."""
    if phrase.tokens[0].low not in _SINGLE or phrase_type(phrase) not in _COUNTED_SINGLY:
        return None
    words = [t.text for t in phrase.tokens[1:] if t.tag in _NAMED_BY][-3:]
    return Quantity(value=1, unit=" ".join(words)) if words else None


def _behind(look: Look, phrase: Phrase) -> str:
    """The word behind a phrase if it is a small one, else what it is."""
    tokens = look.sentence.tokens
    at = look.at.get(phrase.tokens[-1].start, len(tokens))
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return "-" if following is None else following.low if following.tag in _SHOWN else following.tag
