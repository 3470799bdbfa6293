"""Where a noun phrase ends: which words after its first still belong to it, tag by tag."""

from __future__ import annotations

from collections.abc import Callable

from picket.learn.lexicon import lexicon, word_set
from picket.learn.tokens import Token

_GIVING = word_set("nounspans.giving")
_VERBAL = frozenset({"V", "HAVE", "BE", "MODAL", "DO", "ADV", "NEG"})
_HEADS = frozenset({"N", "NP", "DEM", "NUM", "V"})  # tags of words that can be the head
_SPANS = frozenset(["hours", "days", "weeks", "months", "years", "minutes", "moments"])
_RANKED = frozenset(["first", "second", "third", "last", "latest", "rest", "remainder"])
_SUCH = frozenset(["such", "other", "more", "different"])
_NUMBERED = frozenset(["unit", "room", "phase", "operation", "tower", "route", "group"])  # "unit 731"
_WEAPONS = frozenset(["drone", "missile", "rocket", "uav", "artillery", "air"])
_PLACES = frozenset({"place", "state", "capital"})


def noun_span(tokens: list[Token], i: int) -> tuple[int, int] | None:
    """End (exclusive) and head of the noun phrase that begins at i; None where none does."""
    if tokens[i].tag == "PRON":
        return i + 1, i
    head, j = -1, i
    while j < len(tokens):
        belongs = _BELONGS.get(tokens[j].tag)
        if belongs is None or not belongs(tokens, i, head, j):
            break
        if tokens[j].tag in _HEADS:
            head = j
        j += 1
    if head < 0 and j > i and tokens[j - 1].low in _RANKED and j < len(tokens) and tokens[j].low == "of":
        head = j - 1  # "the first of 43 TB2s"
    return (head + 1, head) if head >= 0 else None


def _last(tokens: list[Token], head: int, j: int) -> Token | None:
    """The head so far, where j comes right after it."""
    return tokens[head] if 0 <= head == j - 1 else None


def _determiner(tokens: list[Token], i: int, head: int, j: int) -> bool:
    token, last = tokens[j], _last(tokens, head, j)
    if token.tag == "DET" and last is not None and last.tag == "NUM" and token.low in _SUCH:
        return _noun_ahead(tokens, j + 1)  # "eight such attacks"
    if j == i:
        return True
    before = tokens[j - 1].tag
    if token.low == "such" and before == "ADJ" and _noun_ahead(tokens, j + 1):
        return True  # "the 115th such attack"
    return before in {"DET", "QUAL"} or (before == "ADV" and j == i + 1)


def _adjective(tokens: list[Token], _i: int, head: int, j: int) -> bool:
    last = _last(tokens, head, j)
    return last is None or last.tag != "N" or _noun_ahead(tokens, j)


def _noun(tokens: list[Token], i: int, head: int, j: int) -> bool:
    token, last = tokens[j], _last(tokens, head, j)
    if last is None:
        return True
    if _indirect_break(tokens, i, head, j) or (_kind(last) in _PLACES and token.low in _SPANS):
        return False  # "in northern Benin hours before"
    if token.tag == "N" or token.name is None:
        return True
    if i > 0 and _new_subject(tokens, i, head, j):
        return False
    # two names side by side are one phrase when the second is a drone ("RSF Shaheds")
    return last.tag != "NP" or not last.name or (token.name.kind == "drone" and not _given(tokens, i))


def _number(tokens: list[Token], _i: int, head: int, j: int) -> bool:
    last = _last(tokens, head, j)
    if last is None:
        return True
    if _kind(last) in _PLACES:
        return False
    return last.tag != "N" or last.text[0].isupper() or last.low in _NUMBERED


def _nationality(tokens: list[Token], _i: int, head: int, j: int) -> bool:
    last = _last(tokens, head, j)
    return last is None or last.tag != "N"


def _possessive(_tokens: list[Token], _i: int, head: int, j: int) -> bool:
    return head == j - 1


def _qualifier(tokens: list[Token], i: int, head: int, j: int) -> bool:
    return j == i or head < 0 or tokens[j - 1].tag in {"DET", "ADJ"}


def _conjunction(tokens: list[Token], i: int, head: int, j: int) -> bool:
    if j == i or j + 1 >= len(tokens):
        return False
    low, before, after, last = tokens[j].low, tokens[j - 1].tag, tokens[j + 1], _last(tokens, head, j)
    if low == "or" and before == "NUM" and after.tag == "NUM":
        return True
    weapons = last is not None and last.low in _WEAPONS and (after.low in _WEAPONS or after.low == "mortar")
    if weapons and j + 2 < len(tokens) and tokens[j + 2].tag == "N":
        return True  # "drone and rocket attacks"
    return (
        low in {"and", "or"}
        and before in {"DEM", "ADJ"}
        and after.tag in {"DEM", "ADJ"}
        and _noun_ahead(tokens, j + 1)
        and (head < 0 or tokens[head].tag == "DEM")
    )


def _comma(tokens: list[Token], i: int, head: int, j: int) -> bool:
    if j == i:
        return False
    if tokens[j].tag == "," and tokens[j - 1].tag == "DEM" and _nations(tokens, j):
        return True  # "Ukrainian, Polish and Czech firms"
    return (
        tokens[j - 1].tag in {"ADJ", '"'}
        and j + 1 < len(tokens)
        and tokens[j + 1].tag == "ADJ"
        and _noun_ahead(tokens, j + 1)
        and head < 0
    )


def _adverb(tokens: list[Token], i: int, _head: int, j: int) -> bool:
    return (
        j + 1 < len(tokens)
        and tokens[j + 1].tag == "ADJ"
        and (j == i or tokens[j - 1].tag in {"DET", "PRP$"})
        and _noun_ahead(tokens, j + 1)
    )


def _gerund(tokens: list[Token], i: int, _head: int, j: int) -> bool:
    return tokens[j].form == "ing" and j > i and tokens[j - 1].tag in {"DET", "ADJ"}


_BELONGS: dict[str, Callable[[list[Token], int, int, int], bool]] = {
    "DET": _determiner,
    "PRP$": _determiner,
    "ADJ": _adjective,
    "N": _noun,
    "NP": _noun,
    "NUM": _number,
    "DEM": _nationality,
    "POS": _possessive,
    "QUAL": _qualifier,
    "CC": _conjunction,
    ",": _comma,
    '"': _comma,
    "ADV": _adverb,
    "V": _gerund,
}


def _noun_ahead(tokens: list[Token], j: int) -> bool:
    while j < len(tokens) and tokens[j].tag in {"ADJ", "DEM", "CC", ",", "ADV", "NUM", '"'}:
        j += 1
    return j < len(tokens) and tokens[j].tag in {"N", "NP"}


def _nations(tokens: list[Token], j: int) -> bool:
    """Do adjectives of nationality, a conjunction and a noun follow the comma at j?"""
    k = j + 1
    while k + 1 < len(tokens) and tokens[k].tag == "DEM" and tokens[k + 1].tag == ",":
        k += 2
    return [t.tag for t in tokens[k : k + 3]] == ["DEM", "CC", "DEM"] and k + 3 < len(tokens) and tokens[k + 3].tag == "N"


def _new_subject(tokens: list[Token], i: int, head: int, j: int) -> bool:
    """ "With Iranian help Venezuela makes": a name that begins its clause after a phrase that opens the sentence."""
    noun, name = tokens[head], tokens[j].name
    if noun.tag != "N" or noun.text[0].isupper() or name is None or name.kind in {"drone", "demonym", "place"}:
        return False
    if tokens[i - 1].tag not in {"PREP", "V"} or j + 1 >= len(tokens) or tokens[j + 1].tag not in _VERBAL:
        return False
    classes = lexicon().noun_classes.get(noun.low, frozenset())
    if "drone" in classes:
        return True  # "the drones Washington is supplying"
    return i - 1 <= 1 and not classes & {"group", "company", "force", "people", "official", "state"}


def _indirect_break(tokens: list[Token], i: int, head: int, j: int) -> bool:
    """ "Sold Russia thousands of drones": the name is one phrase, what follows another."""
    if _kind(tokens[head]) not in {"state", "capital", "group", "force"}:
        return False
    if tokens[j].low in {"thousands", "hundreds", "dozens", "scores", "millions"}:
        return True
    people = "people" in lexicon().noun_classes.get(tokens[j].low, frozenset())  # "taught Houthi crews"
    return _given(tokens, i) and tokens[j].tag == "N" and not people


def _given(tokens: list[Token], i: int) -> bool:
    """Does the phrase come right after a verb of giving?"""
    return i > 0 and tokens[i - 1].tag == "V" and tokens[i - 1].lemma in _GIVING


def _kind(token: Token) -> str:
    return token.name.kind if token.name is not None else ""
