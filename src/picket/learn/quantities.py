"""Numbers with their unit, qualifier and period.

The unit is the noun that is counted ("drone flights"); "dozens", "several hundred" and "thousands" are vague and give nothing.
"Up to", "nearly" and "almost" count as about; "two or three" is 2, at least.
"""

from __future__ import annotations

import re

from picket.learn.chunks import Phrase
from picket.learn.claim import Quantity
from picket.learn.tokens import NUMBER_WORDS, Token

_MULTIPLES = {
    "hundred": 100,
    "thousand": 1000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "bn": 1_000_000_000,
    "m": 1_000_000,
    "k": 1000,
}
_CURRENCIES = {"$": "dollars", "€": "euros", "£": "pounds", "₹": "rupees"}
_PERIOD = re.compile(
    r"^\W*(?:(?:a|an|per|every|each) (?P<per>day|night|week|month|year|hour|minute)\b|(?P<ly>daily|nightly|"
    r"weekly|monthly|annually|yearly)\b)",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"\b(?:in|over|within|during|for|across|throughout) (?:a |an |the |just |about |only |almost |nearly |less "
    r"than |under |more than |its |their |that |this )*(?:last |past |first |previous |single |period of |"
    r"space of |following |same )*"
    r"(?P<span>(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|single)?[ -]?(?:day|night|"
    r"week|month|year|hour|decade)s?)\b(?! (?:later|ago|earlier))|\b(?P<since>since (?:the \w+ of "
    r")?[A-Z0-9]\w*(?: \d{4})?)|\bin (?P<year>(?:19|20)\d\d)\b"
    r"|\b(?P<adj>daily|nightly|weekly|monthly|annual|yearly)\b|\b(?P<each>every|each) (?P<what>day|night|week|"
    r"month|year)|\b(?:a|one|per) (?P<a>day|night|week|month|year)\b(?! (?:later|earlier|ago|after|before))"
)
_LY = {
    "daily": "day",
    "nightly": "night",
    "weekly": "week",
    "monthly": "month",
    "annually": "year",
    "yearly": "year",
    "annual": "year",
}


def number_of(token: Token, following: Token | None = None) -> float | None:
    """The value of a number token ("27,000", "$2.5", "twenty-three", "1.5" before "million")."""
    text = token.text.lstrip("$€£₹ ").replace(",", "")
    match = re.match(r"^\d+(?:\.\d+)?", text)
    value: float | None = None
    if match:
        value = float(match.group())
        if text[match.end() :].lower() in _MULTIPLES:
            value *= _MULTIPLES[text[match.end() :].lower()]
    elif token.low in NUMBER_WORDS:
        value = float(NUMBER_WORDS[token.low])
    elif "-" in token.low and all(p in NUMBER_WORDS for p in token.low.split("-")):
        value = float(sum(NUMBER_WORDS[p] for p in token.low.split("-")))
    if value is not None and following is not None and following.low in _MULTIPLES and following.tag == "NUM":
        value *= _MULTIPLES[following.low]
    return value


def quantity_in(phrase: Phrase, text: str, sentence_end: int) -> Quantity | None:
    """The first number of a noun phrase as a quantity, or None; the period is read from the words after it."""
    for k, token in enumerate(phrase.tokens):
        if token.tag != "NUM":
            continue
        following = phrase.tokens[k + 1] if k + 1 < len(phrase.tokens) else None
        before = phrase.tokens[k - 1] if k else None
        vague = token.low in _MULTIPLES and (before is None or (before.tag != "NUM" and before.low not in {"a", "one"}))
        if vague:
            continue
        if (
            token.low == "one"
            and phrase.head.low
            in {
                "example",
                "way",
                "case",
                "instance",
                "time",
                "thing",
                "reason",
                "sign",
                "point",
                "side",
                "hand",
                "operation",
                "man's",
                "day",
                "night",
                "occasion",
                "one",
            }
            and phrase.of is None
        ):
            continue
        if before is not None and before.tag == "N" and before.low in {"unit", "room", "tower", "phase", "route"}:
            continue
        value = number_of(token, following)
        if value is None or (
            1980 <= value <= 2049 and "," not in token.text and k == len(phrase.tokens) - 1 and len(phrase.tokens) == 1
        ):
            continue
        qualifier = before.qualifier if before is not None and before.tag == "QUAL" else "exact"
        if following is not None and following.low == "or":
            qualifier = "at_least"
        return Quantity(
            value=value, unit=_unit(phrase, k, token), qualifier=qualifier, period=_period(phrase, text, sentence_end)
        )
    return None


def _unit(phrase: Phrase, k: int, token: Token) -> str | None:
    if token.text[0] in _CURRENCIES:
        return _CURRENCIES[token.text[0]]
    words = [t for t in phrase.tokens[k + 1 :] if t.tag in {"N", "NP", "ADJ", "DEM", "V"} and t.tag != "NUM"]
    if words and words[0].text == "%":
        return "percent"
    if not words and phrase.of is not None and not any(t.low in {"them", "those"} for t in phrase.of.tokens):
        words = [t for t in phrase.of.tokens if t.tag in {"N", "NP", "ADJ", "DEM"}]
    while len(words) > 3:
        words = words[1:]
    return " ".join(t.text for t in words) or None


def _period(phrase: Phrase, text: str, sentence_end: int) -> str | None:
    rest = text[phrase.end : sentence_end]
    match = _PERIOD.match(rest)
    if match:
        return (match["per"] or _LY[match["ly"].lower()]).lower()
    match = _OVER.search(rest) or _OVER.search(text[phrase.start : phrase.end])
    if match:
        if match["span"]:
            return match["span"].replace("single", "").strip()
        return (
            match["since"]
            or (match["year"] and "year")
            or (match["adj"] and _LY[match["adj"].lower()])
            or match["what"]
            or match["a"]
        )
    return None
