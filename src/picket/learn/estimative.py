"""Words for how likely and how sure, and what may be said as a fact.

Likelihood uses the seven bands of Intelligence Community Directive 203 (2 January 2015, D.6.e.2.a). Confidence in sources is
said apart, as an Admiralty grade: the directive forbids both in one sentence, and `sentence` keeps to it. Its other rule: a
claim that its report marks as possible, alleged, denied or passed on is never worded as a fact, whatever its grade.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from picket.learn.claim import Claim, Quantity, guessed
from picket.learn.when import parse, words


class Band(NamedTuple):
    """One band of ICD 203: its two expressions and its limits in percent."""

    word: str
    other: str
    low: int
    high: int


BANDS = (
    Band("almost no chance", "remote", 1, 5),
    Band("very unlikely", "highly improbable", 5, 20),
    Band("unlikely", "improbable", 20, 45),
    Band("roughly even chance", "roughly even odds", 45, 55),
    Band("likely", "probable", 55, 80),
    Band("very likely", "highly probable", 80, 95),
    Band("almost certain", "nearly certain", 95, 99),
)
# What news English says for them, longest first so that "highly likely" is not read as "likely".
_SAID = [
    (r"almost certain(?:ly)?|nearly certain(?:ly)?|virtually certain", 6),
    (r"very likely|highly likely|highly probabl[ey]|most likely|very probabl[ey]", 5),
    (r"almost no chance|remote chance|next to no chance", 0),
    (r"very unlikely|highly unlikely|highly improbabl[ey]", 1),
    (r"unlikely|improbabl[ey]|doubtful", 2),
    (r"roughly even|even chance|even odds|fifty-fifty", 3),
    (r"likely|probabl[ey]", 4),
]
_PATTERN = re.compile("|".join(rf"(?P<b{i}>\b(?:{p})\b)" for i, (p, _) in enumerate(_SAID)), re.I)


def likelihood(text: str) -> Band | None:
    """The band of the first estimative expression in a text; None when it has none ("may" and "could" have no band, and get none)."""
    m = _PATTERN.search(text)
    if m is None:
        return None
    return BANDS[next(band for i, (_, band) in enumerate(_SAID) if m[f"b{i}"])]


def band(percent: float) -> Band:
    """The band of a probability in percent; a limit belongs to the band nearer to even chance. Raises ValueError outside 1 to 99."""
    if not 1 <= percent <= 99:
        raise ValueError(f"expected 1 to 99 %, got {percent!r}: ICD 203 has no word for certainty")
    order = sorted(BANDS, key=lambda b: abs((b.low + b.high) / 2 - 50))
    return next(b for b in order if b.low <= percent <= b.high)


_TRANSFERS = {
    "training": "{provider} trained {recipient}",
    "advising": "{provider} advised {recipient}",
    "supply": "{provider} supplied {recipient}",
    "recruitment": "people passed from {provider} to {recipient}",
}
BEST_FIRST = ("stated", "reported", "alleged", "possible", "denied")  # certainties, the surest first
_FACTS = ("stated",)


def shown_as_fact(certainty: str) -> bool:
    """Whether a claim of this certainty may be worded without a hedge."""
    return certainty in _FACTS


def marker(certainty: str, who: str | None, evidence: str = "", *, guess: bool = False) -> str:
    """The words that go before a claim's content, ending in a space; empty only for one that may be worded as a fact in its own
    voice.

    Where the evidence of a possible claim says how likely it is, the band and its limits stand in place of "possible". Of a guess it is
    said that it is one: the doubt is Picket's, not a source's.
    """
    told = [who] if who else []
    said = "; ".join([*told, "read by guess"] if guess else told) or "a source that the report does not name"
    if certainty == "possible" and (b := likelihood(evidence)) is not None:
        return f"It is called {b.word} ({said}; {b.low} to {b.high} %), not established, that "
    return {
        "stated": f"According to {who}, " if who else "",
        "reported": f"Reportedly ({said}), ",
        "alleged": f"It is alleged ({said}) that ",
        "denied": f"Denied by {said}: that ",
        "possible": f"It is possible ({said}), not established, that ",
    }[certainty]


def content(c: Claim, provider: str, recipient: str, actor: str) -> str:
    """What a claim says, without its certainty: "Russia trained Venezuela (UAV operations)"."""
    what = f" ({c.capability})" if c.capability else ""
    where = f", in {c.place}" if c.place else ""
    when = f", {words(span)}" if (span := parse(c.time)) else ""
    if c.kind in _TRANSFERS:
        return f"{_TRANSFERS[c.kind].format(provider=provider, recipient=recipient)}{what}{where}{when}"
    at = f" against {c.target}" if c.target else ""
    number = f", {number_words(c.quantity)}" if c.quantity else ""
    verb = {
        "deployment": "sent people",
        "use_attack": "struck with a drone",
        "sighting": "flew, or was seen to fly, a drone",
        "adoption": "took up a capability",
        "production": "produced",
        "statistic": "is counted",
        "warning": "is warned of",
    }[c.kind]
    return f"{actor} {verb}{what}{at}{where}{when}{number}"


def number_words(q: Quantity) -> str:
    """A quantity as words: "over 1,200 miles", "10 drones", "at least 7 deliveries"."""
    how = "" if q.qualifier == "exact" else f"{q.qualifier.replace('_', ' ')} "
    return f"{how}{q.value:,.10g} {q.unit or ''}".rstrip()


def sentence(c: Claim, provider: str, recipient: str, actor: str) -> str:
    """A claim as one sentence whose wording is never surer than the claim."""
    return f"{marker(c.certainty, c.attributed_to, c.evidence, guess=guessed(c.rule))}{content(c, provider, recipient, actor)}."
