"""Numbers with their unit, qualifier and period.

The unit is the noun that is counted ("drone flights"); "dozens", "several hundred" and "thousands" are vague and give nothing.
"Up to", "nearly" and "almost" count as about; "two or three" is 2, at least.
"""

from __future__ import annotations

import re

from picket.learn.chunks import Phrase
from picket.learn.claim import Quantity
from picket.learn.lexicon import word_set
from picket.learn.naming import classes_of, classes_of_word
from picket.learn.numerals import MONEY, value_of
from picket.learn.tokens import CURRENCIES, NUMBER_WORDS, Token

_MULTIPLES = {
    "hundred": 100,
    "thousand": 1000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
    "lakh": 100_000,
    "lakhs": 100_000,
    "crore": 10_000_000,
    "crores": 10_000_000,
    "bn": 1_000_000_000,
    "mn": 1_000_000,
    "tn": 1_000_000_000_000,
    "m": 1_000_000,
    "k": 1000,
}
_UNTAGGED = frozenset(["bn", "mn", "tn", "lakhs", "crores"])  # multiples that are no words of number
_SIGNS = {"$": "dollars", "€": "euros", "£": "pounds", "₹": "rupees", "¥": "yen", "₩": "won", "₴": "hryvnias", "₦": "naira"}
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
    if following is not None and _is_multiple(following):
        value *= _MULTIPLES[following.low]
    return value


def _is_multiple(token: Token) -> bool:
    return token.low in _MULTIPLES and (token.tag == "NUM" or token.low in _UNTAGGED)


def quantity_in(phrase: Phrase, text: str, sentence_end: int) -> Quantity | None:
    """The first number of a noun phrase as a quantity, or None; the period is read from the words after it. Found out once, so only
    asked when the clauses of its sentence are linked."""
    if phrase.number is None:
        phrase.number = (_quantity_in(phrase, text, sentence_end),)
    return phrase.number[0]


def _quantity_in(phrase: Phrase, text: str, sentence_end: int) -> Quantity | None:
    for k, token in enumerate(phrase.tokens):
        if token.tag != "NUM":
            continue
        following = phrase.tokens[k + 1] if k + 1 < len(phrase.tokens) else None
        before = phrase.tokens[k - 1] if k else None
        if _vague(token, before) or _counts_nothing(phrase, k, text):
            continue
        value = _value(phrase, k, text)
        if value is None:
            continue
        qualifier = before.qualifier if before is not None and before.tag == "QUAL" else "exact"
        if following is not None and following.low == "or":
            qualifier = "at_least"
        return Quantity(
            value=value,
            unit=_counted(phrase, k, value, text, sentence_end),
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
_AGED = re.compile(r"\bag(?:ed|e of) (?:about |around |some |over |under |at least )?$")
_YEAR = re.compile(r"(?:19[89]|20[0-4])\d")
_YEAR_ALONE = re.compile(r"\b(?:[Ss]ince|[Ii]n|[Uu]ntil) $")  # "since 2022 drones have fallen"
_HOUR = re.compile(r"(?<!\d)[0-2]?\d:[0-5]\d(?!\d)")
_YEAR_AND = re.compile(
    r"\b(?:in|of|since|between|during) (?:19[89]|20[0-4])\d (?:and|or) $", re.IGNORECASE
)  # "in 2022 and 2023 drones"
_DECADE = re.compile(r"\d{3}0['’]?s\b")
_YEARS_OLD = re.compile(r"\b(?:boys?|girls?|youths?|youngsters|teenagers|children|child|m[ae]n|wom[ae]n) of $", re.IGNORECASE)
_AT = re.compile(r"\b(?:at|until|by|after|before|from|around|about) $")
_DOTTED = re.compile(r"[0-2]?\d\.[0-5]\d")
_BY_CLOCK = re.compile(r"\b(?:at|until|by|from|around|about) $")
_FOUR = re.compile(r"0\d[0-5]\d")
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
    if _AGED.search(text[max(0, token.start - 20) : token.start]):
        return True
    if len(phrase.tokens) == 1 and phrase.of is None and _bare_label(token, text):
        return True
    return _of_time(phrase, token, text)


_BEGINS = re.compile(r"(?:^|[.!?]['\"”’]?\s+)$")
_ITEM = re.compile(r"\. [A-Z]|(?:\.\d+)? (?:The|A|An|In|It|On|At)\b")
_NUMBERED = re.compile(r"\b(?:nos?|number|camp|gate|terminal|highway|block|page|day|paragraph|section)\.? $", re.IGNORECASE)
_OLD = re.compile(r"\b(?:an?|the) (?:[\w-]+ ){0,2}([a-z]+) of $", re.IGNORECASE)
_BY_NAME = re.compile(r"[A-Z][\w'’-]+, $")


def _bare_label(token: Token, text: str) -> bool:
    """A number alone that counts nothing: of a list ("3. Somalia"), a camp or gate, of years ("a farmer of 60", "Moyo, 33, said")."""
    before = text[max(0, token.start - 40) : token.start]
    if _NUMBERED.search(before) or (token.text[0].isdigit() and _BEGINS.search(before) and _ITEM.match(text, token.end)):
        return True
    value = token.value if token.value is not None else value_of(token)
    if value is None or not 5 <= value <= 99:
        return False
    old = _OLD.search(before)
    if old is not None and _one_person(old[1].lower()):
        return True
    return bool(_BY_NAME.search(before)) and text[token.end : token.end + 2] == ", "


_TOGETHER = frozenset(["team", "crew", "gang", "squad", "staff", "delegation", "militia", "police", "personnel", "troop"])


def _one_person(word: str) -> bool:
    return word.endswith(("man", "ian", "ist")) or (
        not word.endswith("s") and word not in _TOGETHER and "people" in classes_of_word(word)
    )


def _of_time(phrase: Phrase, token: Token, text: str) -> bool:
    """A decade, an age ("girls of eighteen"), an hour ("at seven on Tuesday", "21:50"), a year ("in 2022 and 2023 drones flew")."""
    before = text[max(0, token.start - 24) : token.start]
    if _DECADE.match(text, token.start) or (_YEARS_OLD.search(before) and phrase.tokens[-1] is token):
        return True
    if any(m.start() <= token.start < m.end() for m in _HOUR.finditer(text, max(0, token.start - 3), token.end + 3)):
        return True
    if _AT.search(before) and _OF_DAY.match(text, token.end):
        return True
    if _FOUR.fullmatch(token.text) or (
        _DOTTED.fullmatch(token.text)
        and (_BY_CLOCK.search(before) or _BEGINS.search(before))
        and text[token.end : token.end + 2] != " m"
    ):
        return True
    return bool(_YEAR.fullmatch(token.text)) and (
        len(phrase.tokens) == 1 or bool(_YEAR_AND.search(before) or _YEAR_ALONE.search(before))
    )


_STRONG = re.compile(r"^(\d+|[a-z]+)-(member|strong|man|person|drone|aircraft|vehicle|soldier|boat)$")
_SUM = re.compile(r"^(\d[\d,]*(?:\.\d+)?|[a-z]+)-(thousand|million|billion|trillion)-([a-z]+)$")


def _strength(phrase: Phrase) -> Quantity | None:
    """ "A 40-member drone unit", "a 200-strong force", "a 310-billion-peso shield"."""
    for token in phrase.tokens:
        if "-" not in token.low or token.tag == "NUM":
            continue
        if (match := _STRONG.match(token.low)) and (value := _figure(match[1])):
            return Quantity(value=value, unit="member" if match[2] in {"strong", "man", "person"} else match[2])
        if (match := _SUM.match(token.low)) and (value := _figure(match[1])) and {match[3], match[3] + "s"} & _MONEY:
            return Quantity(value=value * _MULTIPLES[match[2]], unit=match[3] if match[3] in _UNCHANGED else match[3] + "s")
    return None


_UNCHANGED = frozenset(["yen", "won", "yuan", "rand", "baht", "zloty", "lira", "reais"])


def _figure(word: str) -> float:
    """The value of a figure or a word of number, 0 if it is neither."""
    return float(word.replace(",", "")) if word[0].isdigit() else float(NUMBER_WORDS.get(word, 0))


_SPAN = re.compile(r"^(\d+|[a-z]+)-(hour|day|night|week|month|year)$")


def length_of_time(phrase: Phrase) -> Quantity | None:
    """ "A 20-day course", "a three-week class": how long what the phrase names takes."""
    for token in phrase.tokens:
        match = _SPAN.match(token.low) if "-" in token.low else None
        if match and (value := _figure(match[1])):
            return Quantity(value=value, unit=match[2] if value == 1 else match[2] + "s")
    return None


_SHARE = re.compile(r"\s?%|\s(?:per ?cent|pct)\b")
_NO_UNIT = _UNTAGGED | {"mm", "more", "such"}
_BESIDE = frozenset(["last", "this", "next", "altogether"])  # what tells when or how, behind what is counted
_MONEY = word_set("statistics.money")
# A measure ends what is counted: "12 m craft" counts metres, "a 280 million baht contract" baht.
_MEASURES = (_MONEY | word_set("statistics.units_of_length") | {"m"}) - {"real", "won", "foot", "feet"}


def _value(phrase: Phrase, k: int, text: str) -> float | None:
    """The value of the number at k with its multiples: "2.19 lakh crore", "15 m zloty", "$6-million"."""
    token, rest = phrase.tokens[k], phrase.tokens[k + 1 :]
    value = number_of(token, rest[0] if rest else None)
    if value is None:
        return None
    if len(rest) > 1 and _is_multiple(rest[0]) and _is_multiple(rest[1]):
        return value * _MULTIPLES[rest[1].low]
    if len(rest) > 1 and rest[0].low == "m" and rest[1].low in _MONEY:
        return value * _MULTIPLES["m"]
    behind = _HYPHENED.match(text, token.end)
    return value * _MULTIPLES[behind[1].lower()] if behind else value


_HYPHENED = re.compile(r"-(thousand|million|billion|trillion)\b", re.IGNORECASE)


def _counted(phrase: Phrase, k: int, value: float, text: str, sentence_end: int) -> str | None:
    """What is counted, in the singular if it is one."""
    token = phrase.tokens[k]
    if not MONEY.match(token.text) and _SHARE.match(text, token.end):
        return "percent"
    rest = text[phrase.end : sentence_end]
    unit = _shared(_unit(phrase, k, token), value, rest) or _out_of(rest)
    return singular(unit) if unit and value == 1 else unit


_ONE_OF_MANY = {"men": "man", "women": "woman", "children": "child", "servicemen": "serviceman", "policemen": "policeman"}
_SAME = frozenset(["series", "species", "chassis", "forces"])


def singular(unit: str) -> str:
    """ "One of the drones": 1 drone."""
    before, _, word = unit.rpartition(" ")
    low = word.lower()
    if low in _ONE_OF_MANY or low.endswith(("men", "women")):
        word = word[:-2] + "an" if low.endswith("men") else _ONE_OF_MANY[low]
    elif low.endswith("ies") and len(low) > 4:
        word = word[:-3] + "y"
    elif low.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif low.endswith("s") and (len(low) > 3 or low[:-1].isdigit()) and not low.endswith(("ss", "us", "is")) and low not in _SAME:
        word = word[:-1]
    return f"{before} {word}" if before else word


def _unit(phrase: Phrase, k: int, token: Token) -> str | None:
    if (money := MONEY.match(token.text)) is not None:
        sign = money.group().strip(" .")
        return "reais" if sign == "R$" else CURRENCIES.get(sign) or _SIGNS.get(sign[-1]) or "rand"
    if token.value is not None and token.text[0] in "PR" and token.text[1:2].isdigit():
        return "pesos" if token.text[0] == "P" else "rand"
    rest = phrase.tokens[k + 1 :]
    if len(rest) > 1 and rest[0].low == "m" and rest[1].low in _MONEY:
        rest = rest[1:]
    if rest and rest[0].low == "times":
        return "times"
    words = [t for t in rest if t.tag in {"N", "NP", "ADJ", "DEM", "V"} and t.low not in _NO_UNIT]
    end = next(
        (n + (t.low in _MEASURES) for n, t in enumerate(words) if t.low in _MEASURES or (n and t.low in _BESIDE)), len(words)
    )
    words = words[:end]
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
