"""The words of a sentence: split with their offsets, names of the gazetteer and fixed word groups joined to one token."""

from __future__ import annotations

import re

from picket.learn.lexicon import Lexicon, Name, given_names, word_set

CURRENCIES = {  # by the code or the letters before a sum
    **dict.fromkeys(("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD"), "dollars"),
    **dict.fromkeys(("INR", "PKR", "NPR", "LKR", "Rs"), "rupees"),
    **dict.fromkeys(("AED", "MAD"), "dirhams"),
    **dict.fromkeys(("KES", "UGX", "TZS", "KSh", "Ksh"), "shillings"),
    **dict.fromkeys(("KWD", "BHD", "JOD", "IQD"), "dinars"),
    **dict.fromkeys(("MXN", "ARS", "CLP", "PHP"), "pesos"),
    **dict.fromkeys(("NIS", "ILS"), "shekels"),
    **dict.fromkeys(("NOK", "DKK"), "kroner"),
    **dict.fromkeys(("CNY", "RMB"), "yuan"),
    **dict.fromkeys(("SAR", "QAR"), "riyals"),
    **dict.fromkeys(("BDT", "Tk"), "taka"),
    **dict.fromkeys(("IDR", "Rp"), "rupiah"),
    "EUR": "euros",
    "GBP": "pounds",
    "EGP": "pounds",
    "CHF": "francs",
    "SEK": "kronor",
    "PLN": "zloty",
    "CZK": "crowns",
    "RUB": "roubles",
    "UAH": "hryvnias",
    "TRY": "lira",
    "JPY": "yen",
    "KRW": "won",
    "BRL": "reais",
    "ZAR": "rand",
    "NGN": "naira",
    "GHS": "cedis",
    "ETB": "birr",
    "THB": "baht",
    "VND": "dong",
    "MMK": "kyats",
    "KZT": "tenge",
    "OMR": "rials",
    "MYR": "ringgit",
    "HUF": "forints",
    "RON": "lei",
    "GEL": "lari",
    "AZN": "manats",
}
CODES = "|".join(sorted(CURRENCIES, key=lambda code: (-len(code), code)))
_TOKEN = re.compile(
    rf"""[A-Za-z][a-z]*(?=[ ,])              # most words, so that nothing else is tried for them
    | [A-Za-z]\.(?:[A-Za-z]\.)+            # U.S.
    | (?:Col|Gen|Lt|Sgt|Mr|Mrs|Ms|Dr|Maj|Capt|Cmdr|Adm|Brig|Gov|Sen|Rep|St|Prof)\.  # titles
    | (?:Ltd|Inc|Corp|Co|Pvt|Pte)\.(?!\s*$)   # of a firm, unless the sentence ends
    | (?:US|AU?|CA?|NZ|HK|S|R|Z)?[$€£₹¥₩₴₦]\s?\d[\d,]*(?:\.\d+)?(?:bn|mn|tn|m|k)?\b   # money
    | (?=[A-Z])(?:{CODES})\.?\s?\d[\d,]*(?:\.\d+)?(?:bn|mn|tn|m|k)?\b   # money by the code of its currency
    | R\d{{1,3}}(?:,\d{{3}})+\b   # rand
    | \d{{1,3}}(?:[\u00a0\u2009\u202f]\d{{3}})+(?![\d.])   # thousands set apart by a hard or a thin space
    | \d[\d,]*\d(?:\.\d+)?(?:st|nd|rd|th|[A-Z]{{1,3}}\b)?(?:-[A-Za-z][\w-]*)?
    | \d+(?:\.\d+)?(?:st|nd|rd|th|s|[A-Z]{{1,3}}\b)?(?:-[A-Za-z][\w-]*)?
    | [^\W\d_]+(?:['’][^\W\d_]+)*(?:[-‑–/][\w]+(?:['’][a-z]+)?)*[\w]*(?:(?<=\d)['’]s\b)?   # words, hyphenated too
    | %|\S""",
    re.VERBOSE,
)
NUMBER_WORDS = {
    w: n
    for n, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
    "thousand": 1000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
    "lakh": 100_000,
    "crore": 10_000_000,
    "dozen": 12,
}
_PLANNED = word_set("tokens.planned")
_JOINED = [  # words read as one
    ("according", "to"),
    ("because", "of"),
    ("due", "to"),
    ("out", "of"),
    ("such", "as"),
    ("as", "well", "as"),
    ("close", "to"),
    ("ahead", "of"),
    ("so", "that"),
    ("in", "front", "of"),
    ("on", "behalf", "of"),
    ("instead", "of"),
    ("as", "part", "of"),
    ("even", "though"),
    ("as", "if"),
    ("away", "from"),
    ("in", "order", "to"),
    ("per", "cent"),
]
_JOINED_BY_FIRST = {first: [parts for parts in _JOINED if parts[0] == first] for first, *_ in _JOINED}
QUALIFIERS = {
    ("more", "than"): "over",
    ("over",): "over",
    ("upwards", "of"): "over",
    ("at", "least"): "at_least",
    ("no", "fewer", "than"): "at_least",
    ("no", "less", "than"): "at_least",
    ("not", "less", "than"): "at_least",
    ("a", "minimum", "of"): "at_least",
    ("up", "to"): "about",
    ("as", "many", "as"): "about",
    ("about",): "about",
    ("around",): "about",
    ("some",): "about",
    ("nearly",): "about",
    ("almost",): "about",
    ("roughly",): "about",
    ("approximately",): "about",
    ("an", "estimated"): "about",
    ("estimated",): "about",
    ("close", "to"): "about",
    ("less", "than"): "about",
    ("fewer", "than"): "about",
    ("under",): "about",
    ("an", "average", "of"): "average",
    ("on", "average"): "average",
    ("average", "of"): "average",
    ("exceeding",): "over",
    ("north", "of"): "over",
    ("more", "or", "less"): "about",
    ("something", "like"): "about",
    ("not", "fewer", "than"): "at_least",
    ("a", "record"): "exact",
    ("well", "above"): "over",
    ("above",): "over",
    ("in", "excess", "of"): "over",
    ("just", "over"): "over",
    ("well", "over"): "over",
    ("just", "under"): "about",
    ("as", "much", "as"): "about",
    ("a", "total", "of"): "exact",
}
_GEO_HEADS = word_set("sentence.geo_heads")
_GOES_ON = word_set("tokens.goes_on")
_QUALIFIER_STARTS = frozenset(k[0] for k in QUALIFIERS)


def small_letters(text: str) -> str:
    """A word in small letters, with plain apostrophes and hyphens."""
    low = text.lower()
    return low if low.isascii() else low.replace("’", "'").replace("‑", "-")


class Token:
    """A word, a name or a mark: text, lower case, offsets in the report, tag, and for verbs lemma and form."""

    __slots__ = ("end", "form", "lemma", "low", "name", "qualifier", "start", "tag", "text", "value")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.low = small_letters(text)
        self.start = start
        self.end = end
        self.tag = ""
        self.lemma = ""
        self.form = ""
        self.name: Name | None = None
        self.qualifier = ""
        self.value: float | None = None  # of a number of several words

    def __repr__(self) -> str:
        return f"{self.text}/{self.tag}"


_POSSESSIVE = re.compile(r"['’]s$")
_POSSESSED = ("'s", "’s")
_LETTERED = re.compile(r"[A-Z]|-[A-Za-z]")
_THREE_LETTERS = re.compile(r"[a-z]{3}")
_PRICE = re.compile(rf"(?:[A-Z]{{1,2}}[$€£]|{CODES})\.?\s?\d|R\d{{1,3}},\d{{3}}")


FIRMS = frozenset(f"{word}{dot}" for word in word_set("tokens.firms") for dot in ("", "."))
_OF_A_FIRM = re.compile(r"\s(?:(?:Ltd|Inc|Corp|Pvt|Pte|LLC|GmbH)\b|(?:Limited|Incorporated)(?=[,.;:)]))")


def split_words(text: str, start: int, end: int) -> list[Token]:
    """The words of start:end of `text`, possessive endings apart; a comma inside a firm's name ("Seiki Co., Ltd.") is none."""
    out: list[Token] = []
    for match in _TOKEN.finditer(text, start, end):
        word = match.group()
        at = match.start()
        tail = _POSSESSIVE.search(word) if word.endswith(_POSSESSED) else None
        if tail and word.lower() not in {"it's", "it’s", "let's", "that's", "there's", "he's", "she's"} and len(word) > 2:
            out.append(Token(word[: tail.start()], at, at + tail.start()))
            mark = Token(word[tail.start() :], at + tail.start(), match.end())
            mark.tag = "POS"
            out.append(mark)
        elif (
            word in "'’"
            and out
            and out[-1].end == at
            and out[-1].low.endswith("s")
            and match.end() < end
            and text[match.end()].isspace()
        ):
            mark = Token(word, at, match.end())
            mark.tag = "POS"
            out.append(mark)
        elif word != "," or _OF_A_FIRM.match(text, match.end()) is None:
            out.append(Token(word, at, match.end()))
    return out


def _match_name(raw: list[Token], i: int, words: Lexicon) -> tuple[int, Name] | None:
    entries = words.names.get(raw[i].low)
    if not entries:
        return None
    behind = words.behind.get(raw[i].low)
    if behind is not None and (i + 1 == len(raw) or raw[i + 1].low not in behind):
        return None
    here = raw[i].text.replace("’", "'")
    shouted = here.isupper() and len(here) > 3
    for parts, name in entries:
        first = parts[0]
        if here != first and "'" not in first and not (shouted and here == first.upper()):
            continue
        k = i
        ok = True
        for part in parts:
            if k >= len(raw):
                ok = False
                break
            word = raw[k].text.replace("’", "'")
            if "'" in part and k + 1 < len(raw) and raw[k + 1].tag == "POS" and word + raw[k + 1].text.replace("’", "'") == part:
                k += 2
                continue
            if word != part and not (word.isupper() and len(word) > 3 and word == part.upper()):
                ok = False
                break
            k += 1
        if ok:
            width = k - i
            return width, name
    return None


def _obliged(raw: list[Token], i: int) -> bool:
    """ "Due to be finished", "due to visit": what is planned, not a cause."""
    return raw[i].low == "due" and i + 2 < len(raw) and raw[i + 2].low in _PLANNED


def join_names(raw: list[Token], words: Lexicon) -> list[Token]:
    """Names of the gazetteer, joined prepositions and qualifiers ("more than") become one token each."""
    out: list[Token] = []
    i = 0
    while i < len(raw):
        token = raw[i]
        if token.low not in words.names and token.low not in _JOINED_BY_FIRST and token.low not in _QUALIFIER_STARTS:
            out.append(token)
            i += 1
            continue
        hit = _match_name(raw, i, words) if token.tag != "POS" else None
        if hit and hit[0] == 1 and hit[1].kind in {"place", "capital", "drone"} and _of_a_person(raw, i):
            hit = None
        if hit and not (
            hit[1].kind == "place"
            and hit[0] == 1
            and i + 1 < len(raw)
            and raw[i + 1].text[:1].isupper()
            and _capital_continues(raw[i + 1])
        ):
            width, name = hit
            joined = merged(raw[i : i + width])
            joined.name = name
            out.append(joined)
            i += width
            continue
        for parts in _JOINED_BY_FIRST.get(token.low, ()):
            if tuple(t.low for t in raw[i : i + len(parts)]) == parts and not _obliged(raw, i):
                joined = merged(raw[i : i + len(parts)])
                joined.low = "_".join(parts)
                if parts == ("in", "order", "to"):
                    joined.low = "to"
                if parts == ("per", "cent"):
                    joined.low = "percent"
                out.append(joined)
                i += len(parts)
                break
        else:
            width = _qualifier(raw, i)
            if width:
                joined = merged(raw[i : i + width])
                joined.tag = "QUAL"
                joined.qualifier = QUALIFIERS[tuple(t.low for t in raw[i : i + width])]
                out.append(joined)
                i += width
            else:
                out.append(token)
                i += 1
    return out


def _of_a_person(raw: list[Token], i: int) -> bool:
    """ "Xiomara Zamora", "Victoria Nuland": a place's name that is part of a person's."""
    before = raw[i - 1] if i else None
    after = raw[i + 1] if i + 1 < len(raw) else None
    names = given_names()
    if before is not None and before.text[0].isupper() and before.low in names and before.end + 1 == raw[i].start:
        return True
    return (
        after is not None
        and raw[i].low in names
        and after.text[:1].isupper()
        and after.text[1:2].islower()
        and after.low not in _GEO_HEADS
        and after.low not in names
    )


def _capital_continues(token: Token) -> bool:
    return token.low in _GOES_ON


def _qualifier(raw: list[Token], i: int) -> int:
    if raw[i].low not in _QUALIFIER_STARTS:
        return 0
    for width in (3, 2, 1):
        key = tuple(t.low for t in raw[i : i + width])
        if key in QUALIFIERS and i + width < len(raw) and is_number(raw[i + width]):
            if (
                key == ("over",)
                and i
                and raw[i - 1].low in {"drops", "flights", "flew", "fly", "drone", "drones", "flying", "hovered"}
            ):
                return 0
            if key == ("about",) and any(
                t.low in {"talks", "negotiations", "discussions", "talking"} for t in raw[max(0, i - 9) : i]
            ):
                return 0  # "talks between A and B about 12,000 drones"
            if key in {("some",), ("under",), ("around",)} and raw[i + width].low in {"one"}:
                return 0
            return width
    return 0


def is_number(token: Token) -> bool:
    """Is the word a number: figures, money, a number word?"""
    first = token.text[0]
    return (
        (
            first.isdigit()
            and not _LETTERED.search(token.text)
            and not token.low.endswith(("st", "nd", "rd", "th"))
            and not _THREE_LETTERS.search(token.low)
        )
        or first in "$€£₹¥₩₴₦"
        or (first.isupper() and _PRICE.match(token.text) is not None)
        or token.value is not None
        or (token.low in NUMBER_WORDS and token.low != "zero")
        or ("-" in token.low and all(p in NUMBER_WORDS for p in token.low.split("-")))
    )


def merged(parts: list[Token]) -> Token:
    """Tokens that stand one after the other as one, without tag and name."""
    if len(parts) == 1:
        return parts[0]
    text = "".join(p.text + (" " if k + 1 < len(parts) and parts[k + 1].start > p.end else "") for k, p in enumerate(parts))
    return Token(text, parts[0].start, parts[-1].end)
