"""Counts told as a share: "half of the drones were shot down", "about a third of all flights"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from picket.learn.chunks import Phrase
from picket.learn.claim import Quantity
from picket.learn.drafts import Draft
from picket.learn.screening import Screened
from picket.learn.sentence import Sentence

_SHARES = {"half": 50.0, "third": 33.0, "quarter": 25.0, "two thirds": 67.0, "three quarters": 75.0}
_SHARE = Screened(
    r"\b(?P<about>about |around |nearly |almost |roughly |some |more than |over |at least )?(?:a |one[ -])?"
    r"(?P<share>half|third|quarter|two[ -]thirds|three[ -]quarters) of (?:the |all |its |their |all the )?(?:[\w-]+ ){0,2}?"
    r"(?P<what>drones?|uavs|shaheds|flights|sorties|attacks|strikes|incursions|casualties|losses|parts|components|equipment)\b",
    re.IGNORECASE,
)
_QUALIFIER = {"more than": "over", "over": "over", "at least": "at_least"}


def tally_drafts(sentence: Sentence, made: list[Draft]) -> Iterator[Draft]:
    """A statistic for a share of the drones or flights that did something."""
    if not (sentence.drone or sentence.near) or any(d.kind == "statistic" for d in made):
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
