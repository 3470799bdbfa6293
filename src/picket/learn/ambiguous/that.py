""" "that": what opens a clause of saying, a relative word, or a determiner."""

from __future__ import annotations

from picket.learn.lexicon import lexicon, word_set
from picket.learn.tokens import Token

_SAYING = frozenset({"say", "warn"})
_SAYS_THAT = word_set("ambiguous.says_that")


def that(found: list[Token], i: int) -> str:
    prev = found[i - 1] if i else None
    after = found[i + 1] if i + 1 < len(found) else None
    if prev is not None and (_said_where(found, i) or _told(found, i, prev)):
        return "SUB"
    if after is not None and after.tag in {"N"} and (prev is None or prev.tag in {"PREP", "V"}):
        return "DET"
    if prev is not None and prev.tag in {"CC", ","} and any(t.tag == "SUB" and t.low == "that" for t in found[:i]):
        return "SUB"
    return found[i].tag


def _told(found: list[Token], i: int, prev: Token) -> bool:
    """ "said that", "told Reuters that", "the claim that" """
    return (
        prev.tag in {"V", "V?", "PRON"}
        or (prev.tag == "NP" and i >= 2 and found[i - 2].low in {"told", "tells", "telling"})
        or prev.low in _SAYS_THAT
    )


def _said_where(found: list[Token], i: int) -> bool:
    """Only where, when or to whom it was said stands between: "said in a statement that", "told reporters in Kyiv on Friday that"."""
    after = found[i + 1] if i + 1 < len(found) else None
    if after is None or after.tag in {"V", "V?", "BE", "HAVE", "MODAL", "DO", "ADV"}:
        return False
    for token in reversed(found[max(0, i - 9) : i]):
        if token.tag in {"V", "V?"}:
            return bool(_SAYING & lexicon().verb_classes.get(token.lemma or "", frozenset()))
        if token.tag not in {"PREP", "DET", "ADJ", "N", "NP", "TIME", "PRP$", "PRON", "DEM", "POS", "NUM", "ADV"}:
            return False
    return False
