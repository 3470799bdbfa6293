"""Whose a number is: claims of several kinds stand in one sentence ("taught 20 pilots and sent drones"), and one number is of one kind.

Each claim first takes the number that stands nearest to it (`amounts.py`). A number that claims of different kinds took stays with the
kind whose things it counts: people are taught and hired, drones and parts are bought and made. The others have none. And a guess has no
number of what its kind never counts.
"""

from __future__ import annotations

from picket.learn.amounts import amount_of
from picket.learn.claim import Quantity, guessed
from picket.learn.drafts import Draft
from picket.learn.lexicon import word_set
from picket.learn.naming import classes_of_word
from picket.learn.sentence import Sentence

_LENGTHS = word_set("statistics.units_of_length")
_MONEY = word_set("statistics.money")
_SPANS = frozenset(
    ["day", "days", "night", "nights", "week", "weeks", "month", "months", "year", "years", "hour", "hours", "minute", "minutes"]
)
# How well a number of each sort fits each kind: 3 is what the kind is about; what is not here, a guess of the kind never counts.
_FITS = {
    "training": {"people": 3, "none": 1, "thing": 1},
    "advising": {"people": 2, "none": 1, "thing": 1},
    "supply": {"drone": 3, "part": 3, "event": 2, "thing": 2, "money": 2, "none": 2},
    "recruitment": {"people": 3, "thing": 2, "none": 1, "money": 1},
    "deployment": {"people": 2, "thing": 1, "drone": 1, "part": 1, "none": 1},
    "use_attack": {"people": 3, "drone": 3, "event": 2, "part": 2, "thing": 1, "none": 1},
    "sighting": {"drone": 3, "event": 3, "part": 3, "span": 2, "thing": 2, "none": 2, "people": 1, "length": 1, "money": 1},
    "adoption": {"part": 2, "thing": 2, "money": 2, "drone": 1, "none": 1, "people": 1},
    "production": {"drone": 3, "part": 2, "thing": 2, "money": 1, "none": 1, "share": 1},
    "statistic": {"event": 4, "share": 4, "drone": 3, "part": 3, "people": 3}
    | dict.fromkeys(["thing", "none", "money", "span", "length"], 2),
    "warning": {"people": 1, "thing": 1, "none": 1, "drone": 1},
}
# What only a rule that reads firmly counts: in guesses of the trained reader it is the number of something else seven times in eight.
_FIRM = frozenset([("production", "thing"), ("statistic", "people")])


NO_NUMBER = Quantity(value=0.0)  # the amount of a draft that has none and is to have none


def numbers_of(sentence: Sentence, drafts: list[Draft]) -> list[Quantity | None]:
    """The number of each draft of a sentence; what a draft brings with it stands."""
    taken = [amount_of(sentence, draft, drafts) for draft in drafts]
    return [
        None if q is None or q is NO_NUMBER or not (drafts[k].amount is q or _keeps(k, q, drafts, taken)) else q
        for k, q in enumerate(taken)
    ]


def _keeps(k: int, number: Quantity, drafts: list[Draft], taken: list[Quantity | None]) -> bool:
    sort = sort_of(number.unit)
    mine = _FITS[drafts[k].kind].get(sort, 0)
    if guessed(drafts[k].rule) and (not mine or (drafts[k].kind, sort) in _FIRM):
        return False
    rivals = [
        d for d, q in zip(drafts, taken, strict=True) if q is not None and q.value == number.value and q.unit == number.unit
    ]
    return not any(_FITS[d.kind].get(sort, 0) > mine for d in rivals)


def sort_of(unit: str | None) -> str:
    """What a unit counts: money, lengths, spans of time, people, drones, parts, events, shares, other things, or none is told."""
    if not unit:
        return "none"
    word = unit.lower().split()[-1]
    if word in _MONEY:
        return "money"
    if word in _LENGTHS:
        return "length"
    if word in _SPANS:
        return "span"
    if word in {"percent", "times", "%"}:
        return "share"
    classes = classes_of_word(word)
    if "drone" in classes:
        return "drone"
    if classes & {"people", "people_abstract", "official"}:
        return "people"
    if classes & {"attacknoun", "sightnoun"}:
        return "event"
    if "droneish" in classes:
        return "part"
    return "thing"
