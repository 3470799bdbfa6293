"""Words in -ing: "bombing" the noun or the verb."""

from __future__ import annotations

from itertools import takewhile

from picket.learn.ambiguous.around import Around
from picket.learn.lexicon import lexicon, word_set

NOUN_ING = word_set("tagging.noun_ing")
_ACTS = word_set("ambiguous.acts")
_ARREST = word_set("ambiguous.arrest")
_DRONISH = frozenset(["drone", "fpv", "uav", "quadcopter"])
_CRAFTS = frozenset(["fly", "pilot", "build", "make", "operate", "hunt", "jam", "repair", "race", "handle"])
_NO_PUPILS = frozenset(["camp", "camps", "centre", "center", "purposes"])


def gerund(word: Around) -> str:
    token, tag, next_tag = word.token, word.tag, word.next_tag
    if token.low == "loitering" and next_tag == "N":
        return "ADJ"
    if tag == "BE":
        return "V"
    if tag in {"DET", "POS", "PRP$", "ADJ", "NUM"}:
        return "N"
    if token.low in NOUN_ING:
        return _mostly_noun(word)
    if _is_craft(word):
        return "N"
    before = word.found[word.i - 1]
    if tag in {"N", "NP", "DEM"} and next_tag in {"N", "CC"} and before.tag != ",":
        return "V" if before.low.endswith("s") else "N"
    return "V"


def _mostly_noun(word: Around) -> str:
    """ "training", "shelling", "including": a noun (or a preposition) unless it has an object."""
    low = word.token.low
    if low in _ACTS and (_does(word) or _charged_with(word) or _teaches(word) or _goes_on(word)):
        return "V"
    if low in {"following", "including"}:
        return "PREP"
    has_object = word.tag in {"PREP", "CC", ",", "V"} and word.next_tag in {"DET", "DEM", "PRP$", "PRON", "NP"}
    return "V" if has_object else "N"


def _does(word: Around) -> bool:
    """Who does it stands before, whom it is done to behind: "trainers are at Fort Bragg training 30 soldiers"."""
    tag, next_tag = word.tag, word.next_tag
    return (tag in {"N", "NP", "SUB"} and next_tag in {"DET", "DEM", "PRP$", "NP"}) or (
        tag == "NP" and next_tag in {"NUM", "QUAL"} and any(t.tag == "BE" for t in word.found[: word.i])
    )


def _charged_with(word: Around) -> bool:
    """ "indicted for shipping gyroscopes", "accused of shipping drone parts" """
    goods = takewhile(lambda t: t.tag in {"N", "ADJ", "NUM", "V?"}, word.found[word.i + 1 : word.i + 4])
    return (
        word.tag == "PREP" and any(t.low.endswith("s") for t in goods) and any(t.lemma in _ARREST for t in word.found[: word.i])
    )


def _teaches(word: Around) -> bool:
    """ "for training Sudanese recruits" """
    pupils = (t for t in word.found[word.i + 1 : word.i + 4] if t.tag in {"N", "ADJ", "NP"})
    return (
        word.tag == "PREP"
        and word.next_tag in {"N", "ADJ", "NP", "NUM"}
        and not word.then(*_NO_PUPILS)
        and any("people" in lexicon().noun_classes.get(t.low, ()) for t in pupils)
    )


def _goes_on(word: Around) -> bool:
    """ "arming and training local fighters" """
    return word.tag in {",", "CC"} and word.next_tag in {"ADJ", "N", "NUM", "QUAL"} and word.i > 2


def _is_craft(word: Around) -> bool:
    """ "instruction in FPV flying is given" """
    return (
        word.tag in {"N", "NP"}
        and word.prev is not None
        and word.prev.low in _DRONISH
        and (word.next_tag in {"BE", "HAVE", "MODAL", ".", ",", "PREP"} or word.after is None)
        and word.token.lemma in _CRAFTS
    )
