"""Numbers of several words as one token: "30 to 40", "between ten and fifteen", "two hundred and fifty", "two dozen", "a score of".

The value of a range is its lower end. "Several dozen" and "dozens" stay as they are: they are vague.
"""

from __future__ import annotations

import math
import re

from picket.learn.tokens import CODES, CURRENCIES, NUMBER_WORDS, Token, is_number

MONEY = re.compile(
    rf"^(?:(?:US|A|AU|C|CA|NZ|HK|S|R|Z)?[$€£₹¥₩₴₦]|(?:{CODES})(?=\.?\s?\d)\.?|R(?=\d{{1,3}},\d))\s?"
)  # "R1,500" are rand
_GROUPING = re.compile("[,\u00a0\u2009\u202f]")  # between the thousands of a figure
_TO = frozenset(["to", "-", "–", "—"])
_LINKS = _TO | {"and"}
_PAIRED = frozenset(["half", "half-dozen", "a", "another"])
_STEPS = {"hundred": 100, "thousand": 1000}
_LARGE = frozenset(["thousand", "million", "billion", "trillion", "lakh", "crore"])
_HALVED = {"million": 500_000.0, "billion": 500_000_000.0}
_UNITS = {word: n for word, n in NUMBER_WORDS.items() if 0 < n < 100} | {"a": 1}
_BEGIN = {
    *NUMBER_WORDS,
    *_PAIRED,
    "between",
    "from",
    *(code.lower() for code in CURRENCIES),
}  # plain words that a number can begin with
_FEW = frozenset(["several", "few", "many", "some"])


def value_of(token: Token) -> float | None:
    """The value of a single number word or figure without its multiple; None for what is none."""
    if token.value is not None:
        return token.value
    text = _GROUPING.sub("", MONEY.sub("", token.text))
    match = re.match(r"^\d+(?:\.\d+)?", text)
    if match:
        return float(match.group())
    if token.low in NUMBER_WORDS:
        return float(NUMBER_WORDS[token.low])
    if "-" in token.low and all(p in NUMBER_WORDS for p in token.low.split("-")):
        return float(sum(NUMBER_WORDS[p] for p in token.low.split("-")))
    return None


def join_numerals(raw: list[Token]) -> list[Token]:
    """The words with number expressions joined; every joined token carries its `value`."""
    out: list[Token] = []
    i = 0
    while i < len(raw):
        if raw[i].text.isalpha() and raw[i].low not in _BEGIN:
            out.append(raw[i])
            i += 1
            continue
        found = _grouped(raw, i) or _range(raw, i) or _hundreds(raw, i) or _dozens(raw, i) or _halves(raw, i) or _lettered(raw, i)
        if found is not None:
            width, value = found
            joined = _one(raw[i : i + width])
            joined.value, joined.tag = value, "NUM"
            out.append(joined)
            i += width
        else:
            out.append(raw[i])
            i += 1
    return out


def _one(parts: list[Token]) -> Token:
    text = "".join(p.text + (" " if k + 1 < len(parts) and parts[k + 1].start > p.end else "") for k, p in enumerate(parts))
    return Token(text, parts[0].start, parts[-1].end)


def _plain(token: Token) -> float | None:
    """A figure or word that can be one end of a range: no money, no date's year, no multiple."""
    if not is_number(token) or token.low in _LARGE | {"hundred"}:
        return None
    return value_of(token)


def _range(raw: list[Token], i: int) -> tuple[int, float] | None:
    """ "30 to 40", "30-40", "between 30 and 40", "from 30 to 40"; both ends are plain and the second is larger."""
    k = i + 1 if raw[i].low in {"between", "from"} else i
    if k + 2 >= len(raw):
        return None
    link = raw[k + 1].low
    if link not in _LINKS:
        return None
    low, high = _plain(raw[k]), _plain(raw[k + 2])
    if low is None or high is None or not low < high or raw[k].low == "one":
        return None
    if not (link in _TO or (link == "and" and raw[i].low == "between")):
        return None
    if link in {"-", "–", "—"} and (raw[k + 1].start != raw[k].end or raw[k + 2].start != raw[k + 1].end):
        return None
    if 1900 <= low <= 2100 and 1900 <= high <= 2100:
        return None
    if raw[i].low == "from" and (i and raw[i - 1].text[:1].isalnum()) and link != "to":
        return None
    return k + 3 - i, low


def _grouped(raw: list[Token], i: int) -> tuple[int, float] | None:
    """ "1 200 drones", as pages leave it where they had a hard space: after a small word only, so not in "May 5 300 drones"."""
    first = raw[i].text
    if not (first.isdigit() and len(first) < 4 and first[0] != "0" and (i == 0 or raw[i - 1].text[0].islower())):
        return None
    k = i + 1
    while k < len(raw) and len(raw[k].text) == 3 and raw[k].text.isdigit() and raw[k].start == raw[k - 1].end + 1:
        k += 1
    if k == i + 1 or k >= len(raw) or not raw[k].text[0].isalpha():
        return None
    return k - i, float("".join(t.text for t in raw[i:k]))


def _hundreds(raw: list[Token], i: int) -> tuple[int, float] | None:
    """ "Two hundred and fifty", "one thousand two hundred", "seven hundred (thousand)": what stands behind a multiple is added to it."""
    total, k, last = 0.0, i, math.inf
    while k + 1 < len(raw) and raw[k].low in _UNITS and _STEPS.get(raw[k + 1].low, math.inf) < last:
        last = _STEPS[raw[k + 1].low]
        total, k = total + _UNITS[raw[k].low] * last, k + 2
    if k == i:
        return None
    rest = k + 1 if k + 1 < len(raw) and raw[k].low == "and" else k
    small = _plain(raw[rest]) if rest < len(raw) and raw[rest].text[0].isalpha() else None
    if small is not None and small < last and not (rest + 1 < len(raw) and raw[rest + 1].low == "hundred"):
        return rest + 1 - i, total + small
    return (k - i, total) if k - i > 2 or (k < len(raw) and raw[k].low in _LARGE) else None


def _dozens(raw: list[Token], i: int) -> tuple[int, float] | None:
    if raw[i].low not in _PAIRED and not (i + 1 < len(raw) and raw[i + 1].low == "dozen"):
        return None
    words = tuple(t.low for t in raw[i : i + 3])
    if words == ("half", "a", "dozen"):
        return 3, 6.0
    if words[:1] == ("half-dozen",):
        return 1, 6.0
    if words == ("a", "score", "of"):
        return 3, 20.0
    if words == ("a", "pair", "of") or words == ("another", "pair", "of"):
        return 3, 2.0
    if len(words) > 1 and words[1] == "dozen" and words[0] not in _FEW | {"a", "dozen"}:
        count = _plain(raw[i])
        if count is not None and count < 50:
            return 2, count * 12
    return None


def _halves(raw: list[Token], i: int) -> tuple[int, float] | None:
    """ "Half a million", "two and a half (million)"."""
    if raw[i].low != "half" and not (i + 3 < len(raw) and raw[i + 3].low == "half"):
        return None
    words = tuple(t.low for t in raw[i : i + 4])
    if words[:2] == ("half", "a") and len(words) > 2 and words[2] in _HALVED:
        return 3, _HALVED[words[2]]
    if words[1:] == ("and", "a", "half"):
        whole = _plain(raw[i])
        return (4, whole + 0.5) if whole is not None else None
    return None


def _lettered(raw: list[Token], i: int) -> tuple[int, float] | None:
    """Money by letters that stand apart from it or are words of their own elsewhere: "Rs 5", "P900 million"."""
    if i + 1 >= len(raw):
        return None
    first, second = raw[i].text, raw[i + 1]
    if first in CURRENCIES and second.text[0].isdigit() and is_number(second):
        amount = value_of(second)
        return (2, amount) if amount is not None else None
    if first[0] in "PR" and second.low in _LARGE and re.fullmatch(r"[PR]\d[\d,]*(?:\.\d+)?", first):
        return 1, float(_GROUPING.sub("", first[1:]))
    return None
