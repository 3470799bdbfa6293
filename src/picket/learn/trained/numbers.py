"""How many: which number of its sentence a claim has, if any. Every number is weighed, and every drone or person told singly ("a drone").

What the rules chose (`amounts.py`, `whosenumber.py`) is one voice among others; the weights say how far it counts for which kind of claim,
and what each kind counts: people who are taught, drones that are delivered, seldom the companies that deliver them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from picket.learn.amounts import tellers
from picket.learn.chunks import Phrase
from picket.learn.claim import Quantity, guessed
from picket.learn.compared import compared_drafts
from picket.learn.drafts import Draft
from picket.learn.ordinals import RANKS, rank_of
from picket.learn.quantities import length_of_time, quantity_in
from picket.learn.sentence import Sentence
from picket.learn.trained.choice import Choice, Trait
from picket.learn.trained.ends import Limits
from picket.learn.trained.look import Look
from picket.learn.trained.sorts import phrase_type
from picket.learn.whosenumber import NO_NUMBER, numbers_of, sort_of

NONE = ""  # stands for no number
_SINGLE = frozenset(["a", "an", "another"])
_NEVER_ONE = frozenset(
    ["attacknoun", "trainnoun", "supplynoun", "company", "group", "force", "state"]
)  # nobody counts "a firm", "a raid"
_ALONE = frozenset(["one", "another", *RANKS])  # "one was shot down"
_SUCH = re.compile(r" such ([a-z]+)| of (?:its|the|this|that|their) (?:kind|sort|type)\b")
_BEFORE_RANK = frozenset(["a", "the"])
_SPANS = frozenset(["hour", "day", "night", "week", "month", "year"])
_OFTEN = {"twice": 2, "thrice": 3}
_NAMED_BY = frozenset(["N", "NP", "ADJ", "DEM"])  # tags of the words that name what is counted
_SHOWN = frozenset(["PREP", "ADV", "PRON"])  # tags of the words that are told apart behind a number
_SIZES = ((2, "one"), (3, "two"), (10, "few"), (100, "tens"), (1000, "hundreds"), (1_000_000, "thousands"))
Taken = list[tuple[Draft, Quantity | None]]  # the drafts of a sentence, each with the number that the rules chose
Told = tuple[Phrase, Quantity, str]  # a number, what tells it and in which form
Known = list[tuple[object, ...]]


@dataclass(slots=True)
class Count:
    """A number of a sentence: the phrase that tells it, what it counts, by sort, its form ("" for a number as such); and what is known of
    it whatever the claim."""

    quantity: Quantity
    phrase: Phrase
    sort: str
    form: str
    known: Known


def counts_of(look: Look) -> list[Count]:
    """The numbers of a sentence: those of its phrases in their order, then how often."""
    told = [found for phrase in look.phrases if (found := _told(look.sentence, phrase)) is not None]
    told += _how_often(look.sentence)
    if not told:
        return []
    before, by = look.before(), tellers(look.sentence)
    few = min(sum(not form for _, _, form in told), 4)
    counts: list[Count] = []
    for phrase, quantity, form in told:
        nth = min(sum(not c.form for c in counts), 3)
        count = Count(quantity, phrase, sort_of(quantity.unit), form, [(form, few) if form else ("nth", nth, few)])
        if id(phrase) in by:
            count.known.append(("teller",))
        count.known += _known(look, count, before.get(phrase.i, "-"))
        counts.append(count)
    for count in counts:
        alike = [c for c in counts if c.sort == count.sort and c.form == count.form]
        count.known.append(("alike", count.sort, count.form, min(_place(alike, count), 2), min(len(alike), 3)))
    return counts


def _place(alike: list[Count], count: Count) -> int:
    return next(k for k, c in enumerate(alike) if c is count)


def _told(sentence: Sentence, phrase: Phrase) -> Told | None:
    """The number of a phrase and its form: a number as such ("" for the form), a rank, a single thing, a length of time."""
    quantity = quantity_in(phrase, sentence.text, sentence.end)
    if quantity is not None:
        return phrase, quantity, ""
    first, head = phrase.tokens[0].low, phrase.head.low
    if phrase.time:
        span = first in _SINGLE and len(phrase.tokens) == 2 and head in _SPANS
        return (phrase, Quantity(value=1, unit=head), "span") if span else None
    if len(phrase.tokens) - (first in _BEFORE_RANK) == 1 and head in _ALONE:
        such = _SUCH.match(sentence.text, phrase.tokens[-1].end)
        if such is None and phrase.of is None:
            return phrase, Quantity(value=1), "alone"
        rank = rank_of(phrase) if such is not None else None
        return (phrase, Quantity(value=rank[0], unit=such[1] if such else None), "rank") if rank else None
    if (length := length_of_time(phrase)) is not None:
        return phrase, length, "span"
    if first in _SINGLE:
        words = [t.text for t in phrase.tokens[1:] if t.tag in _NAMED_BY][-3:] if phrase_type(phrase) not in _NEVER_ONE else []
        return (phrase, Quantity(value=1, unit=" ".join(words)), "one") if words else None
    rank = rank_of(phrase)
    return (phrase, Quantity(value=rank[0], unit=phrase.head.text), "rank") if rank is not None else None


def _how_often(sentence: Sentence) -> list[Told]:
    """ "Twice"."""
    found = [(k, t) for k, t in enumerate(sentence.tokens) if t.low in _OFTEN and t.tag == "ADV"]
    return [(Phrase(k, k + 1, t, [t]), Quantity(value=_OFTEN[t.low], unit="times"), "often") for k, t in found]


def count(look: Look, drafts: list[Draft], choice: Choice, limits: Limits) -> None:
    """Gives each draft that brings no number with it the likeliest, if it is likely enough, or none; a statistic always has one."""
    counts = counts_of(look) if drafts else []
    if not counts:
        return
    taken = list(zip(drafts, numbers_of(look.sentence, drafts), strict=True))
    chosen = [_likeliest(look, draft, counts, taken, choice, limits) for draft in drafts]
    for draft, number in zip(drafts, chosen, strict=True):
        draft.amount = draft.amount or number
    drafts += _compared(look.sentence, drafts)


def _compared(sentence: Sentence, drafts: list[Draft]) -> list[Draft]:
    """What stands beside the number of a statistic that was found after the rules had looked: "52 since January, against 31 last year"."""
    first = next((d for d in drafts if d.kind == "statistic"), None)
    if first is None or first.amount is None or any(d.rule.endswith("compared") for d in drafts):
        return []
    told = {d.amount.value for d in drafts if d.kind == "statistic" and d.amount is not None}
    more = [d for d in compared_drafts(sentence, [first]) if d.amount is not None and d.amount.value not in told]
    return [replace(d, rule=f"trained-{d.rule}") for d in more]


def _likeliest(look: Look, draft: Draft, counts: list[Count], taken: Taken, choice: Choice, limits: Limits) -> Quantity:
    traits, numbers = candidates(look, draft, counts, taken)
    odds = choice.odds(traits)
    best = max(numbers, key=odds.__getitem__)
    if draft.kind == "statistic":
        return numbers[best]
    singly = {_name(c.quantity) for c in counts if c.form == "one"}
    likely = [name for name in numbers if odds[name] >= (limits.single if name in singly else limits.number)]
    return numbers[max(likely, key=odds.__getitem__)] if likely else NO_NUMBER


def candidates(
    look: Look, draft: Draft, counts: list[Count], taken: Taken
) -> tuple[dict[str, dict[Trait, None]], dict[str, Quantity]]:
    """What is known of each number that the claim may have, and of none; and the numbers by the same names."""
    kind, rule = draft.kind, draft.rule
    how = "g" if guessed(rule) else "f"
    by_rules = next(number for d, number in taken if d is draft)
    few = min(sum(not c.form for c in counts), 4)
    none: Known = [("none", how, by_rules is not None, few), ("nonerule", rule, by_rules is not None)]
    made: dict[str, dict[Trait, None]] = {NONE: {(kind, *trait): None for trait in none}}
    numbers: dict[str, Quantity] = {}

    def add(quantity: Quantity, known: Known) -> None:
        name = _name(quantity)
        numbers.setdefault(name, quantity)
        made.setdefault(name, {}).update(dict.fromkeys([(kind, *trait) for trait in known]))

    several: Known = [("several",)] if sum(d.kind == kind for d, _ in taken) > 1 else []
    others = "+".join(sorted({d.kind for d, _ in taken} - {kind}))
    for found in counts:
        add(found.quantity, [*found.known, *_by_claim(look, draft, found), ("beside", found.sort, found.form, others), *several])
    if by_rules is not None:
        sort = sort_of(by_rules.unit)
        add(by_rules, [("rule", how, sort), ("ruled", rule), ("rulesize", _size(by_rules), sort)])
    for other, number in taken:
        if other is not draft and number is not None and _name(number) in numbers:
            add(number, [("taken", other.kind == kind, other.kind)])
    return made, numbers


def _known(look: Look, count: Count, before: str) -> Known:
    """What a number is and counts, and the words beside it."""
    phrase, sort, form = count.phrase, count.sort, count.form
    how = form or _told_as(phrase)
    at = look.at.get(phrase.head.start)
    return [
        ("sort", sort, how, _size(count.quantity)),
        ("head", form, look.words[at].stem if at is not None else phrase.head.low),
        ("type", phrase_type(phrase), how),
        *(("concept", form, concept) for concept in look.concepts_at(phrase.head)),
        ("told", sort, count.quantity.qualifier, bool(count.quantity.period)),
        ("before", before, sort, form),
        *_around(look, phrase, sort),
        ("behind", _behind(look, phrase), form),
    ]


def _by_claim(look: Look, draft: Draft, count: Count) -> Known:
    """Where a number stands by what is claimed."""
    phrase, verb, sort, form = count.phrase, draft.verb, count.sort, count.form
    made: Known = []
    if phrase is draft.target_phrase:
        made.append(("target", form))
    if any(phrase is p for p in draft.numbers):
        made.append(("thing", guessed(draft.rule), form))
    if verb is None:
        return made
    place = look.places(verb).get(id(phrase), "-")
    made += [
        ("place", place, sort, form),
        ("verb", place, form, verb.lemma),
        ("voice", place, verb.passive, sort),
        ("apart", phrase.i > verb.i, min(abs(phrase.i - verb.i) // 3, 5), form),
    ]
    if place == "-":
        other = next((v for v in look.sentence.verbs if v is not verb and id(phrase) in look.places(v)), None)
        if other is not None:
            made += [("other", look.places(other)[id(phrase)], sort), ("otherverb", other.lemma, form)]
    return made


def _name(quantity: Quantity) -> str:
    return f"{quantity.value:g} {quantity.unit or ''}"


def _size(quantity: Quantity) -> str:
    return next((name for top, name in _SIZES if quantity.value < top), "more")


def _told_as(phrase: Phrase) -> str:
    return "figure" if any(t.tag == "NUM" and t.text[-1:].isdigit() for t in phrase.tokens) else "word"


def _around(look: Look, phrase: Phrase, sort: str) -> Known:
    """What the two words on each side of a phrase are."""
    shown = ["^", "^", *look.shown, "$", "$"]
    first, last = look.at.get(phrase.tokens[0].start, 0), look.at.get(phrase.tokens[-1].start, 0)
    return [
        ("-1", sort, shown[first + 1]),
        ("-2", sort, shown[first]),
        ("+1", sort, shown[last + 3]),
        ("+2", sort, shown[last + 4]),
    ]


def _behind(look: Look, phrase: Phrase) -> str:
    """The word behind a phrase if it is a small one, else what it is."""
    tokens = look.sentence.tokens
    at = look.at.get(phrase.tokens[-1].start, len(tokens))
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return "-" if following is None else following.low if following.tag in _SHOWN else following.tag
