"""Words in -ed and other pasts: the verb of its clause, a participle, or an adjective. They are given their form as well."""

from __future__ import annotations

from picket.learn.ambiguous.around import Around, finite, finite_later, governed
from picket.learn.ambiguous.presents import NOUN_OR_VERB
from picket.learn.lexicon import lexicon, word_set

_NAMED_OR_GIVEN = word_set("ambiguous.named_or_given")
_LOCATED = word_set("ambiguous.located")
_BOUND = frozenset(["bound", "destined", "intended", "meant", "designed"])


def past(word: Around) -> str:
    token, tag, next_tag = word.token, word.tag, word.next_tag
    if (token.low in _BOUND and word.then("for", "to") and tag != "HAVE") or (
        token.low in _LOCATED and tag in {"N", "NP", ","} and next_tag == "PREP"
    ):
        return _verb(word, "part")
    if _in_relative_clause(word):
        return _verb(word, "past" if token.form == "ed" else token.form)
    if _after_auxiliary(word):
        return _verb(word, "part")
    if token.low in {"said", "told"} and word.after is not None and not word.then("by", "to", "in"):
        return _verb(word, "past")
    return _attribute(word) or _by_clause(word)


def same(word: Around) -> str:
    """Verbs whose past is their base ("hit", "cut", "shut")."""
    tag = word.tag
    if tag in {"TO", "MODAL", "DO"}:
        return _verb(word, "base")
    if tag in {"BE", "HAVE"}:
        return _verb(word, "part")
    if tag in {"DET", "PRP$", "POS", "ADJ", "NUM", "PREP"}:
        return "N"
    if tag in {"N", "NP", "NUM", "DEM"} and word.next_tag in {"DET", "PRP$", "QUAL", "NUM", "DEM"}:
        return _verb(word, "past")  # "one drone hit a depot and another was shot down"
    passive = word.then("by") or (finite_later(word.found, word.i) and tag not in {"PRON", "REL"})
    return _verb(word, "part" if passive else "past")


def _verb(word: Around, form: str) -> str:
    word.token.form = form
    return "V"


def _in_relative_clause(word: Around) -> bool:
    """ "three of the drones that Kinshasa acquired from China are" """
    found, i = word.found, word.i
    opener = i - 2 if i >= 2 and found[i - 1].tag in {"N", "NP", "PRON"} else -1
    while opener > 0 and found[opener].tag in {"DET", "ADJ", "DEM", "PRP$", "NP", "N", "NUM"}:
        opener -= 1
    return opener >= 0 and found[opener].tag == "REL" and not word.then("by")


def _after_auxiliary(word: Around) -> bool:
    prev = word.prev
    return word.tag in {"BE", "HAVE"} or (
        prev is not None
        and (
            prev.low in {"being", "been", "having", "got"}
            or (prev.low in {"all", "both", "each"} and word.i > 1 and word.found[word.i - 2].tag in {"BE", "HAVE"})
        )
    )


def _nominal_next(word: Around) -> bool:
    """Can a noun phrase go on with what follows?"""
    after = word.after
    if after is None:
        return False
    return after.tag in {"N", "NP", "ADJ", "DEM"} or (
        after.tag == "V?" and (after.form == "ing" or (after.lemma in NOUN_OR_VERB and after.form in {"base", "s"}))
    )


def _attribute(word: Around) -> str | None:
    """Before a noun of its own it is an adjective ("captured drones"); None where that is not what it is."""
    token, prev, tag = word.token, word.prev, word.tag
    nominal = _nominal_next(word)
    if tag == "V" and nominal and (token.lemma not in lexicon().verb_classes or prev is word.found[word.i - 1]):
        return "ADJ"  # "have launched repeated strikes"
    if tag == "SUB" and nominal and finite_later(word.found, word.i):
        return "ADJ"
    in_phrase = tag in {"DET", "PRP$", "POS", "NUM", "ADJ", "PREP", "DEM"}
    if nominal and (in_phrase or tag == "" or (tag == "V" and prev is not None and prev.form in {"base", "s", "ing"})):
        return "ADJ"
    if tag in {"DET", "PRP$", "POS"}:
        return "ADJ"
    if tag in {"ADJ", "NUM", "DEM"}:
        return _verb(word, "part" if word.then("by") or finite_later(word.found, word.i) else "past")
    return None


def _by_clause(word: Around) -> str:
    """A participle or the past, by what else the clause holds."""
    found, i, token, tag, next_tag = word.found, word.i, word.token, word.tag, word.next_tag
    if token.form in {"part", "past"}:
        return "V"
    if word.then("by") and not finite(token):
        return _verb(word, "part")
    if tag == "CC":
        earlier = next((t for t in reversed(found[:i]) if t.tag == "V"), None)
        return _verb(word, "part" if earlier is not None and earlier.form == "part" else "past")
    if _aside(word) or (tag in {",", '"', "(", ""} and next_tag == "PREP"):
        return _verb(word, "part")
    if tag in {"N", "NP"} and next_tag in {"PREP", "TO", "ADV"} and governed(found, i):
        return _verb(word, "part")
    if (
        tag in {"N", "NP", "DEM"}
        and next_tag in {"DET", "PRP$", "QUAL", "DEM"}
        and token.lemma not in _NAMED_OR_GIVEN
        and any(t.tag == "CC" for t in found[i:])
    ):
        return _verb(word, "past")  # what follows is its object
    return _verb(word, "part" if finite_later(found, i) and tag not in {"PRON", "REL"} else "past")


def _aside(word: Around) -> bool:
    """ "the strike, carried out by X, left", ", trained and equipped by X," """
    second = word.second()
    if word.tag != "," or word.after is None or second is None:
        return False
    if (word.token.lemma, word.after.low) in lexicon().particles and second.low == "by":
        return True
    third = word.found[word.i + 3] if word.i + 3 < len(word.found) else None
    return word.next_tag == "CC" and third is not None and second.form in {"ed", "part"} and third.low == "by"
