"""Numbers with their unit, qualifier and period.

The unit is the noun that is counted ("drone flights"); "dozens", "several hundred" and "thousands" are vague and give nothing.
"Up to", "nearly" and "almost" count as about; "two or three" is 2, at least.
"""

from __future__ import annotations

import re

from picket.learn.chunks import Phrase
from picket.learn.claim import Quantity
from picket.learn.naming import classes_of
from picket.learn.numerals import MONEY, value_of
from picket.learn.tokens import NUMBER_WORDS, Token

_MULTIPLES = {
    "hundred": 100,
    "thousand": 1000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
    "bn": 1_000_000_000,
    "mn": 1_000_000,
    "tn": 1_000_000_000_000,
    "m": 1_000_000,
    "k": 1000,
}
_CODES = {"USD": "dollars", "EUR": "euros", "GBP": "pounds", "CHF": "francs"}
_CURRENCIES = {"$": "dollars", "€": "euros", "£": "pounds", "₹": "rupees", "¥": "yen", "₩": "won", "₴": "hryvnias", "₦": "naira"}
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
    """The value of a number token ("27,000", "$2.5", "$1.2bn", "twenty-three", "1.5" before "million")."""
    value = value_of(token)
    if value is None:
        return None
    figure = re.match(r"^\d[\d,]*(?:\.\d+)?", MONEY.sub("", token.text))
    if figure and token.value is None:
        value *= _MULTIPLES.get(MONEY.sub("", token.text)[figure.end() :].lower(), 1)
    if following is not None and following.low in _MULTIPLES and following.tag == "NUM":
        value *= _MULTIPLES[following.low]
    return value


def quantity_in(phrase: Phrase, text: str, sentence_end: int) -> Quantity | None:
    """The first number of a noun phrase as a quantity, or None; the period is read from the words after it."""
    for k, token in enumerate(phrase.tokens):
        if token.tag != "NUM":
            continue
        following = phrase.tokens[k + 1] if k + 1 < len(phrase.tokens) else None
        before = phrase.tokens[k - 1] if k else None
        if _vague(token, before) or _counts_nothing(phrase, k, text):
            continue
        value = number_of(token, following)
        if value is None:
            continue
        qualifier = before.qualifier if before is not None and before.tag == "QUAL" else "exact"
        if following is not None and following.low == "or":
            qualifier = "at_least"
        return Quantity(
            value=value,
            unit=_shared(_unit(phrase, k, token), value, text[phrase.end : sentence_end])
            or _out_of(text[phrase.end : sentence_end]),
            qualifier=qualifier,
            period=_period(phrase, text, sentence_end),
        )
    return _strength(phrase)


_ONE_OF_A_KIND = frozenset(
    [
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
    ]
)
_LABELLED = frozenset(
    [
        "unit",
        "room",
        "tower",
        "phase",
        "route",
        "aged",
        "number",
        "article",
        "channel",
        "type",
        "model",
        "mark",
        "no",
        "class",
        "incident",
    ]
)
_CLOCK = frozenset(["p.m.", "a.m.", "p.m", "a.m", "pm", "am", "gmt", "utc", "hrs", "o'clock"])
_CALIBRE = re.compile(r"\d\s?-?(?:mm|millimet|calib)|^\s?-?(?:mm|millimet|calib)", re.IGNORECASE)
_NONE = re.compile(r"\b(?:not|no)\s+(?:even\s+|a\s+single\s+)?$", re.IGNORECASE)
_AGED = re.compile(r"\bag(?:ed|e of) $")
_YEAR = re.compile(r"(?:19[89]|20[0-4])\d")
_YEAR_ALONE = re.compile(r"\b(?:[Ss]ince|[Ii]n|[Uu]ntil) $")  # "since 2022 drones have fallen"
_HOUR = re.compile(r"(?<!\d)[0-2]?\d:[0-5]\d(?!\d)")
_YEAR_AND = re.compile(
    r"\b(?:in|of|since|between|during) (?:19[89]|20[0-4])\d (?:and|or) $", re.IGNORECASE
)  # "in 2022 and 2023 drones"
_DECADE = re.compile(r"\d{3}0['’]?s\b")
_YEARS_OLD = re.compile(r"\b(?:boys?|girls?|youths?|youngsters|teenagers|children|child|m[ae]n|wom[ae]n) of $", re.IGNORECASE)
_AT = re.compile(r"\b(?:at|until|by|after|before|from|around|about) $")
_OF_DAY = re.compile(
    r" (?:on (?:the (?:morning|evening)|\w+day)|in the (?:morning|afternoon|evening)|that (?:morning|evening|night)|at night)\b"
)
_PARTIES = frozenset(
    [
        "groups",
        "gangs",
        "countries",
        "states",
        "nations",
        "sides",
        "companies",
        "firms",
        "neighbours",
        "neighbors",
        "allies",
        "governments",
        "capitals",
        "armies",
        "militaries",
        "factions",
        "cartels",
        "men",
        "women",
        "rivals",
        "powers",
        "leaders",
    ]
)


_COUNTED_ONCE = frozenset(["a", "one", "another", "first", "next"])


def _vague(token: Token, before: Token | None) -> bool:
    """ "Thousands of", "several hundred", "a few dozen": nobody knows how many."""
    if token.value is None and token.low == "dozen" and before is not None and before.low in {"several", "few", "many", "some"}:
        return True
    return token.low in _MULTIPLES and (before is None or (before.tag != "NUM" and before.low not in _COUNTED_ONCE))


def _counts_nothing(phrase: Phrase, k: int, text: str) -> bool:
    """A clock time, a calibre, a year, a name's number, "one example", "not one", "the two groups"."""
    token = phrase.tokens[k]
    following = phrase.tokens[k + 1] if k + 1 < len(phrase.tokens) else None
    before = phrase.tokens[k - 1] if k else None
    if token.low == "one" and (
        (phrase.of is None and phrase.head.low in _ONE_OF_A_KIND) or _NONE.search(text[max(0, token.start - 20) : token.start])
    ):
        return True
    if following is not None and (following.low in _CLOCK or following.low in {"thirds", "quarters", "fifths"}):
        return True
    if _CALIBRE.search(token.text) or _CALIBRE.match(text[token.end : token.end + 12]):
        return True
    if before is not None and (
        (before.low in _LABELLED and before.tag in {"N", "NP", "ADJ", "V"})
        or (before.tag == "NP" and following is None and phrase.of is None)
    ):
        return True
    if (
        before is not None
        and before.low in {"the", "both", "these", "those"}
        and (phrase.head.low in _PARTIES or classes_of(phrase.head) & {"group", "company", "state", "force"})
    ):
        return True
    if _AGED.search(text[max(0, token.start - 8) : token.start]):
        return True
    return _of_time(phrase, token, text)


def _of_time(phrase: Phrase, token: Token, text: str) -> bool:
    """A decade, an age ("girls of eighteen"), an hour ("at seven on Tuesday", "21:50"), a year ("in 2022 and 2023 drones flew")."""
    before = text[max(0, token.start - 24) : token.start]
    if _DECADE.match(text, token.start) or (_YEARS_OLD.search(before) and phrase.tokens[-1] is token):
        return True
    if any(m.start() <= token.start < m.end() for m in _HOUR.finditer(text, max(0, token.start - 3), token.end + 3)):
        return True
    if _AT.search(before) and _OF_DAY.match(text, token.end):
        return True
    return bool(_YEAR.fullmatch(token.text)) and (
        len(phrase.tokens) == 1 or bool(_YEAR_AND.search(before) or _YEAR_ALONE.search(before))
    )


_STRONG = re.compile(r"^(\d+|[a-z]+)-(member|strong|man|person|drone|aircraft|vehicle|soldier|boat)$")


def _strength(phrase: Phrase) -> Quantity | None:
    """ "A 40-member drone unit", "a 200-strong force"."""
    for token in phrase.tokens:
        match = _STRONG.match(token.low) if "-" in token.low else None
        if match and token.tag != "NUM":
            value = float(match[1]) if match[1].isdigit() else float(NUMBER_WORDS.get(match[1], 0))
            if value > 0:
                return Quantity(value=value, unit="member" if match[2] in {"strong", "man", "person"} else match[2])
    return None


def _unit(phrase: Phrase, k: int, token: Token) -> str | None:
    if MONEY.match(token.text):
        return _CODES.get(token.text[:3]) or _CURRENCIES[next(c for c in token.text if c in _CURRENCIES)]
    words = [t for t in phrase.tokens[k + 1 :] if t.tag in {"N", "NP", "ADJ", "DEM", "V"} and t.low not in {"mm", "more", "such"}]
    if words and words[0].text == "%":
        return "percent"
    if not words and phrase.of is not None and not any(t.low in {"them", "those"} for t in phrase.of.tokens):
        words = [t for t in phrase.of.tokens if t.tag in {"N", "NP", "ADJ", "DEM"}]
    while len(words) > 3:
        words = words[1:]
    return " ".join(t.text for t in words) or None


_AND_MORE = re.compile(r"^ (?:and|or) (?:[A-Za-z][\w-]* ){0,4}?[a-z][\w-]+s\b")
_PLURAL = frozenset(
    ["people", "men", "women", "children", "police", "personnel", "aircraft", "staff", "dead", "percent", "cent", "won", "yen"]
)


def _shared(unit: str | None, value: float, rest: str) -> str | None:
    """ "728 strike and decoy drones": what is counted stands behind the "and" when the word before it is no plural."""
    last = unit.split()[-1].lower() if unit else ""
    if not last or value <= 1 or last.endswith("s") or last in _PLURAL:
        return unit
    match = _AND_MORE.match(rest)
    return f"{unit}{match.group()}" if match else unit


def _out_of(rest: str) -> str | None:
    """ "45 out of 50 drones": drones are counted."""
    match = re.match(r"\s+out of (?:the |its |their )?[\d,]+ ((?:[A-Z]\S+ )?[a-z]+)", rest)
    return match[1] if match else None


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
