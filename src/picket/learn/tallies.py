"""Counts that are told without a figure before the thing: "the thirteenth violation since", "half of the drones"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from picket.learn.chunks import Phrase
from picket.learn.claim import Quantity
from picket.learn.drafts import Draft
from picket.learn.sentence import Sentence

_ORDINAL_WORDS = [
    "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth",
    "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
]  # fmt: skip
_ORDINALS = {word: number for number, word in enumerate(_ORDINAL_WORDS, 3)}
_NTH = re.compile(
    r"\b(?:the|its|a|his|their) (?P<nth>\d+(?:st|nd|rd|th)|[a-z]+) (?:such |known |reported |recorded |confirmed |deadly |suspected )*"
    r"(?P<what>(?:drone |air |aerial |airspace |border )?(?:attack|strike|incident|incursion|violation|raid|intrusion|breach|sighting|"
    r"overflight|drop|crash|flight|assault|seizure|interception|case))\b(?P<rest>[^.;]*)",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"\b(?P<since>since [^,.;]+)|\b(?:in|over|within|during) (?:the )?(?:past |last )?"
    r"(?P<in>(?:as many |\d+ |two |three |four |five |six |seven |eight |nine |ten |twelve )?(?:days?|weeks?|months?|years?))\b"
    r"|\b(?P<this>this (?:year|month|week|season))\b|\bin (?P<year>(?:19|20)\d\d|as many (?:days|weeks|months))\b",
    re.IGNORECASE,
)
_SHARES = {"half": 50.0, "third": 33.0, "quarter": 25.0, "two thirds": 67.0, "three quarters": 75.0}
_SHARE = re.compile(
    r"\b(?P<about>about |around |nearly |almost |roughly |some |more than |over |at least )?(?:a |one[ -])?"
    r"(?P<share>half|third|quarter|two[ -]thirds|three[ -]quarters) of (?:the |all |its |their |all the )?(?:[\w-]+ ){0,2}?"
    r"(?P<what>drones?|uavs|shaheds|flights|sorties|attacks|strikes|incursions|casualties|losses|parts|components|equipment)\b",
    re.IGNORECASE,
)
_QUALIFIER = {"more than": "over", "over": "over", "at least": "at_least"}


def tally_drafts(sentence: Sentence, made: list[Draft]) -> Iterator[Draft]:
    """A statistic for an ordinal with a span of time, and for a share of the drones or flights that did something."""
    if not (sentence.drone or sentence.near) or any(d.kind == "statistic" for d in made):
        return
    match = _NTH.search(sentence.words)
    span = _SPAN.search(match["rest"]) if match else None
    if match and span and (number := _number(match["nth"])):
        at = sentence.begin + match.start()
        verb = next((v for v in reversed(sentence.verbs) if v.tokens[0].start < at), None)
        period = next((g for g in span.groupdict().values() if g), None)
        amount = Quantity(value=number, unit=match["what"], period=period)
        yield Draft("statistic", "nth", verb, thing=match["what"], amount=amount, where=_behind(sentence, at))
        return
    share = _SHARE.search(sentence.words)
    verb = next((v for v in sentence.verbs if share and v.finite and v.tokens[0].start > sentence.begin + share.end()), None)
    if share is None or verb is None or verb.modal or verb.negated:
        return
    said = (share["about"] or "").strip().lower()
    qualifier = _QUALIFIER.get(said, "about" if said else "exact")
    value = _SHARES[share["share"].lower().replace("-", " ")]
    amount = Quantity(value=value, unit="percent", qualifier=qualifier)
    yield Draft(
        "statistic", "share", verb, thing=share["what"], amount=amount, where=_behind(sentence, sentence.begin + share.end())
    )


def _behind(sentence: Sentence, at: int) -> list[Phrase]:
    return [p for p in sentence.phrases() if p.start >= at and not p.time]


def _number(word: str) -> float | None:
    if word[0].isdigit():
        value = int(word[:-2])
        return float(value) if value > 2 else None
    found = _ORDINALS.get(word.lower())
    return float(found) if found else None
