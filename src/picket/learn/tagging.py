"""Words of a sentence with their tags: a small deterministic tagger over closed classes, the verb lexicon and context.

Tags: DET PRP$ (its) PREP CC SUB REL PRON MODAL BE HAVE DO TO NEG ADV ADJ DEM (Russian) NUM QUAL (more than) N NP V POS ('s) and
punctuation, which is its own tag. Names of the gazetteer become one token. Words that can be noun or verb ("attack", "use") are
decided by their neighbours (`ambiguous`). Measured errors are in docs/learn.md, not here; no trained model is used, because
none can be installed off line with a licence that lets it ship.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from picket.learn.ambiguous.decide import decide
from picket.learn.ambiguous.gerunds import NOUN_ING
from picket.learn.lexicon import Lexicon, Name, lexicon, word_set
from picket.learn.numerals import join_numerals
from picket.learn.tokens import FIRMS, NUMBER_WORDS, Token, is_number, join_names, merged, split_words

DETERMINERS = word_set("tagging.determiners")
POSSESSIVES = frozenset(["its", "their", "his", "her", "our", "my", "your"])
PREPOSITIONS = word_set("tagging.prepositions")
SUBORDINATORS = word_set("tagging.subordinators")
PRONOUNS = word_set("tagging.pronouns")
MODALS = word_set("tagging.modals")
BE = word_set("tagging.be")
HAVE = frozenset(["has", "have", "had", "having", "hasn't", "haven't", "hadn't"])
DO = frozenset(["do", "does", "did", "doesn't", "don't", "didn't"])
ADVERBS = word_set("tagging.adverbs")
_REFLEXIVE = frozenset(["itself", "themselves", "himself", "herself"])
_ADJ_ENDINGS = (
    "ous",
    "ful",
    "ive",
    "ible",
    "able",
    "ical",
    "less",
    "ish",
    "ary",
    "-based",
    "-made",
    "-backed",
    "-led",
    "-built",
    "-style",
    "-range",
    "-linked",
    "-controlled",
    "-supplied",
    "-trained",
    "-held",
    "-guided",
    "-powered",
    "-funded",
    "-equipped",
    "-run",
    "-owned",
    "-scale",
    "-wing",
    "-language",
    "-speed",
    "-cost",
    "-optic",
    "-tech",
    "-produced",
    "-designed",
    "-armed",
    "-old",
    "-way",
    "-long",
    "-affiliated",
    "-related",
    "-enabled",
    "-inspired",
    "-allied",
    "-aligned",
    "-supported",
    "-donated",
    "-operated",
    "-manufactured",
    "-designed",
    "-launched",
    "-carrying",
    "-laden",
    "-person",
    "-sized",
    "-class",
)
_RANK = re.compile(r"\d+(?:st|nd|rd|th)")
_ADJECTIVES = word_set("tagging.adjectives")
_NO_ADVERBS = word_set("tagging.no_adverbs")


def tokens_of(text: str, start: int, end: int, times: Sequence[tuple[int, int]] = ()) -> list[Token]:
    """Tagged tokens of the sentence at start:end of `text`; words inside `times` get the tag TIME."""
    words = lexicon()
    raw = split_words(text, start, end)
    found = join_names(join_numerals(raw), words)
    for a, b in times:
        for token in found:
            if a <= token.start and token.end <= b:
                token.tag = "TIME"
    for i, token in enumerate(found):
        _first_tag(token, i, found, words)
    _names_of_unknown(found)
    _join_firms(found)
    decide(found, words)
    return found


_BY_NEIGHBOURS = _REFLEXIVE | {"since"} | set(NUMBER_WORDS)


def _closed() -> dict[str, str]:
    """The tag of each word that is one thing wherever it stands; a word of two sets is of the first."""
    found: dict[str, str] = {}
    for tag, words in (
        ("TO", {"to"}),
        ("CC", {"and", "or", "but", "nor"}),
        ("REL", {"which", "who", "whom", "that"}),
        ("MODAL", MODALS),
        ("BE", BE),
        ("HAVE", HAVE),
        ("DO", DO),
        ("PRP$", POSSESSIVES),
        ("PRON", PRONOUNS - {"one", "both", "others"}),
        ("DET", DETERMINERS),
        ("SUB", SUBORDINATORS),
        ("PREP", PREPOSITIONS - {"following", "given", "concerning", "regarding"}),
    ):
        for word in words:
            found.setdefault(word, tag)
    return {word: tag for word, tag in found.items() if word[0].isalnum() and word not in _BY_NEIGHBOURS}


_CLOSED = _closed()


def _first_tag(token: Token, i: int, found: list[Token], words: Lexicon) -> None:
    if token.tag:
        return
    low = token.low
    if token.name:
        token.tag = "DEM" if token.name.kind == "demonym" else "NP"
    elif not (token.text[0].isalnum() or token.text[0] in "$€£₹¥₩₴₦"):
        token.tag = {"—": "-", "–": "-", "“": '"', "”": '"', "‘": '"', "’": '"', "'": '"', "»": '"', "«": '"'}.get(
            token.text, token.text
        )
    elif low in _CLOSED and token.value is None:
        token.tag = _CLOSED[low]
    elif low[:1].isdigit() and _RANK.fullmatch(low):
        token.tag = "ADJ"  # "the 115th such attack"
    elif is_number(token):
        token.tag = "NUM"
    elif low in _REFLEXIVE and i and found[i - 1].tag in {"N", "NP", "NP?", "DEM"}:
        token.tag = "ADV"  # "the M23 itself has"
    elif low in _REFLEXIVE and low in PRONOUNS:
        token.tag = "PRON"
    elif low == "since":
        token.tag = "ADV" if i and found[i - 1].tag == "HAVE" else "PREP"
    elif low == "first" and i and found[i - 1].tag in {"DET", "PRP$", "POS"}:
        token.tag = "ADJ"
    elif low in {"not", "n't", "never"}:
        token.tag = "NEG"
    elif low == "home" and i and found[i - 1].tag in {"DET", "ADJ", "PRP$", "POS", "NUM"}:
        token.tag = "N"
    elif low in ADVERBS or (low.endswith("ly") and len(low) > 4 and "-" not in low and low not in _NO_ADVERBS):
        token.tag = "ADV"
    else:
        _open_class(token, i, found, words)


def _open_class(token: Token, i: int, found: list[Token], words: Lexicon) -> None:
    low = token.low
    form = words.verbs.get(low)
    capital = token.text[0].isupper()
    first = i == 0 or (found[i - 1].tag in {'"', ":", "-"} and i <= 2)
    if capital and not first and not (form and token.text.isupper() is False and found[i - 1].tag in {'"', ":"}):
        token.tag = "NP"
    elif (
        low in _ADJECTIVES
        and not (form and form.form in {"base", "same"} and low not in {"armed"})
        and not (form and form.form == "ed" and i and found[i - 1].tag == "BE")
        and not (low == "armed" and i + 1 < len(found) and found[i + 1].low in {"with", "by"})
    ):
        token.tag = "ADJ"
    elif form:
        token.lemma, token.form = form.lemma, form.form
        token.tag = "V?"
    elif low in words.noun_classes:
        token.tag = "N"
    elif low.endswith("ed") and len(low) > 4 and "-" not in low:
        token.lemma, token.form, token.tag = low[:-2], "ed", "V?"
    elif low.endswith("ing") and len(low) > 5 and low not in NOUN_ING and "-" not in low:
        token.lemma, token.form, token.tag = low[:-3], "ing", "V?"
    elif (low.endswith(_ADJ_ENDINGS) and low not in {"hashish", "rubbish", "fish", "missive", "explosive"}) or (
        "-" in low and low.endswith(("ed", "ing", "en"))
    ):
        token.tag = "ADJ"
    elif capital and first and low not in words.noun_classes:
        token.tag = "NP?"
    else:
        token.tag = "N"


def _join_firms(found: list[Token]) -> None:
    """A name that ends as firms' names do ("Hokuriku Seiki Co., Ltd.") becomes one token, a company's."""
    k = 1
    while k < len(found):
        first = k
        while first and _ends_a_firm(found, k) and _of_a_firm(found[first - 1], first - 1):
            first -= 1
        first += first < k and found[first].text == "&"
        if first < k:
            while _ends_a_firm(found, k + 1):
                k += 1
            parts = found[first : k + 1]
            known = next((t for t in parts if t.name is not None and t.name.kind == "company"), None)
            firm = merged(parts) if known is None else Token(known.text, parts[0].start, parts[-1].end)
            firm.tag, firm.name = "NP", Name("company", firm.text, None) if known is None else known.name
            found[first : k + 1] = [firm]
            k = first
        k += 1


def _ends_a_firm(found: list[Token], k: int) -> bool:
    """Is a word one that firms' names end with? "Co" is with its full stop, which at a sentence's end stands apart."""
    if k >= len(found) or (token := found[k]).low not in FIRMS:
        return False
    if token.low == "co":
        return k + 1 < len(found) and found[k + 1].text == "."
    return token.text == "plc" or (token.tag == "NP" and token.text[0].isupper())


def _of_a_firm(token: Token, k: int) -> bool:
    """May the k-th word of a sentence stand in a firm's name, before its end? The first may be one that nobody knows."""
    if token.name is not None:
        return token.tag == "NP" and token.name.kind in {"company", "place", "capital", "state"} and not token.text.isupper()
    unknown = k == 0 and token.tag == "N" and token.text[0].isupper() and token.low not in lexicon().noun_classes
    return token.text == "&" or token.tag == "NP" or unknown


def _names_of_unknown(found: list[Token]) -> None:
    for i, token in enumerate(found):
        if token.tag == "NP?":
            after = found[i + 1].tag if i + 1 < len(found) else ""
            token.tag = (
                "NP" if after in {"NP", "V?", "POS", ","} and token.low not in {"however", "meanwhile", "separately"} else "N"
            )
            if token.low in {"however", "meanwhile", "separately", "elsewhere", "still", "besides"}:
                token.tag = "ADV"
