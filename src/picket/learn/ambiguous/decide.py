"""The words of a sentence that the first tags left open, decided from left to right."""

from __future__ import annotations

from picket.learn.ambiguous.around import Around, around, finite_later
from picket.learn.ambiguous.gerunds import gerund
from picket.learn.ambiguous.pasts import past, same
from picket.learn.ambiguous.presents import NOUN_OR_VERB, present
from picket.learn.ambiguous.that import that
from picket.learn.lexicon import Lexicon
from picket.learn.tokens import Token

_BY_FORM = {"same": same, "ed": past, "past": past, "part": past, "ing": gerund}


def decide(found: list[Token], words: Lexicon) -> None:
    """Give each open word its tag, and its form where that was open too. Cost: linear in the words, but for looks along the clause."""
    for i, token in enumerate(found):
        if token.tag == "ADJ" and token.low in words.noun_classes and i + 1 < len(found) and _acts(around(found, i), words):
            token.tag = "N"
    for i, token in enumerate(found):
        if token.tag == "REL" and token.low == "that":
            token.tag = that(found, i)
        if token.tag == "TO":
            token.tag = "TO" if _verb_follows(found, i) else "PREP"
        if token.tag == "V?":
            token.tag = _BY_FORM.get(token.form, present)(around(found, i))
        next_tag = found[i + 1].tag if i + 1 < len(found) else ""
        if (
            token.tag == "ADJ"
            and token.low in words.noun_classes
            and next_tag not in {"N", "NP", "ADJ", "DEM", "V?", "CC", "NUM"}
        ):
            token.tag = "N"
        if token.tag == "NUM" and token.low == "one" and next_tag in {"BE", "HAVE", "MODAL", ","}:
            token.tag = "PRON"


def _acts(word: Around, words: Lexicon) -> bool:
    """Is an adjective that can be a noun the subject of what follows: "Ukraine's military said", "the military plans to"?"""
    verb, then = word.after, word.second()
    if verb is None or verb.tag != "V?":
        return False
    return (
        verb.form == "past"
        or "say" in words.verb_classes.get(verb.lemma, ())
        or (verb.form in {"s", "base"} and then is not None and then.tag == "TO")
        or (
            verb.form == "ed"
            and word.i > 0
            and word.found[word.i - 1].tag in {"POS", "DEM", "DET"}
            and then is not None
            and then.tag not in {"CC", "BE", "HAVE", "MODAL"}
            and not finite_later(word.found, word.i + 1)
        )
    )


def _verb_follows(found: list[Token], i: int) -> bool:
    """Is "to" that of an infinitive?"""
    k = i + 1
    while k < len(found) and found[k].tag in {"ADV", "NEG"}:
        k += 1
    if k >= len(found):
        return False
    token = found[k]
    if token.low in {"be", "have", "do"}:
        return True
    if token.tag == "V?" and token.form in {"base", "same"}:
        return not (
            token.lemma in NOUN_OR_VERB and k + 1 < len(found) and found[k + 1].tag == "PREP" and found[k + 1].low == "of"
        )
    return False
