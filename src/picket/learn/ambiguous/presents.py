"""Base forms and third persons: "attack", "attacks", the noun or the verb."""

from __future__ import annotations

from picket.learn.ambiguous.around import Around, finite_later, main_verb_missing, only_verb, relative_subject
from picket.learn.lexicon import lexicon, word_set

NOUN_OR_VERB = word_set("tagging.noun_or_verb")
_IRREGULAR_PLURAL = word_set("tagging.irregular_plural")
_WEAPON_NOUNS = word_set("ambiguous.weapon_nouns")
_CRAFT = frozenset(["drone", "drones", "uav", "uavs", "quadcopter", "quadcopters", "aircraft", "munitions"])
_KINDS_OF_CRAFT = frozenset(["strike", "attack", "target", "scout", "patrol", "combat", "decoy", "bomb"])
_NOMINAL_BEFORE = frozenset({"DET", "ADJ", "POS", "NUM", "DEM", "PRP$"})
_OBJECT = frozenset(["DET", "NUM", "NP", "DEM", "PRON", "PRP$", "TO", "QUAL", "ADJ"])  # tags with which an object begins
_SAYING = frozenset({"say", "warn"})


def present(word: Around) -> str:
    sure = _surely(word)
    if sure is not None:
        return sure
    if word.token.form == "base":
        return _base(word) if word.token.lemma in NOUN_OR_VERB else _mostly_verb(word)
    return _third_person(word)


def _surely(word: Around) -> str | None:
    """What single neighbours decide; None where they do not."""
    low, tag, next_tag = word.token.low, word.tag, word.next_tag
    if _opened(word):
        return "V"
    if _people(word):
        return "N"
    if _with_particle(word) or (word.then("them", "it", "him", "us") and tag in {"N", "NP", ",", "CC", "PRON", "REL", ")"}):
        return "V"
    if _kind_of_craft(word) or low == "headquarters":
        return "N"
    if _says_how(word):
        return "V"
    if low == "sources" and tag in {"N", "ADJ", "DEM", "NP"}:
        return "N"
    if low in {"lies", "rests", "flies"} and tag in {"N", "NP"} and next_tag == "PREP":
        return "V"
    if (
        word.token.form == "s"
        and tag in {"NP", "N"}
        and word.i >= 2
        and relative_subject(word.found, word.i)
        and next_tag != "V?"
    ):
        return "V"  # "a decoy which Russia launches along with"
    return None


def _opened(word: Around) -> bool:
    """After "to", "will", "helped", "they" or "which"."""
    prev, tag = word.prev, word.tag
    return (
        tag in {"TO", "MODAL", "DO", "REL"}
        or (word.token.form == "base" and tag == "V" and prev is not None and prev.lemma in {"help", "let"})
        or (tag == "PRON" and prev is not None and prev.low not in {"them", "him", "us", "one"})
    )


def _people(word: Around) -> bool:
    """ "North Korean engineers have been seen", "Latvian conscripts at" """
    form, tag = word.token.form, word.tag
    return (
        form in {"base", "s"}
        and "people" in lexicon().noun_classes.get(word.token.low, ())
        and (
            tag == "DEM"
            or (form == "s" and tag in {"", ",", "PREP", '"'})
            or (tag in {"N", "NP", "ADJ"} and form == "s" and finite_later(word.found, word.i))
        )
    )


def _with_particle(word: Around) -> bool:
    """ "workshops in Idlib turn out dozens of drones" """
    second = word.second()
    return (
        word.token.form == "base"
        and word.after is not None
        and (word.token.lemma, word.after.low) in lexicon().particles
        and word.tag in {"N", "NP", ")", ",", "CC"}
        and second is not None
        and second.tag in {"DET", "NUM", "QUAL", "N", "NP", "DEM", "ADJ", "PRP$"}
    )


def _kind_of_craft(word: Around) -> bool:
    """ "Turkish attack drones" """
    return word.then(*_CRAFT) and word.token.low in _KINDS_OF_CRAFT and word.tag in {"NP", "ADJ", "NUM", "DEM", "N"}


def _says_how(word: Around) -> bool:
    """ "the film shows how" """
    i = word.i
    return (
        word.token.form == "s"
        and word.tag in {"N", "NP"}
        and word.then("how", "that", "why", "whether")
        and not (i >= 2 and word.found[i - 2].tag in {"V", "V?"})
    )


def _mostly_verb(word: Around) -> str:
    """A base form that is hardly ever a noun."""
    if word.tag in {"DET", "PRP$", "POS", "NUM", "ADJ", "QUAL"} and word.next_tag in {"N", "ADJ", "NP"}:
        return "ADJ"
    return "V" if word.tag not in {"DET", "PRP$", "POS"} else "N"


def _base(word: Around) -> str:
    found, i, low, tag, next_tag = word.found, word.i, word.token.low, word.tag, word.next_tag
    if tag == "," and next_tag in {"DET", "NP", "PRP$", "PRON", "NUM"} and main_verb_missing(found, i):
        return "V"  # "engineers, two of whom died last year, help the Houthis"
    if tag in _NOMINAL_BEFORE or tag in {"PREP", ""}:
        return "N"
    if low in {"worry", "fear"} and tag == "N" and word.then("about", "that", "over"):
        return "V"
    if _speaker(word):
        return "N"
    opens = _base_opens(word)
    if tag == "CC":
        earlier = next((t for t in reversed(found[:i]) if t.tag == "V"), None)
        return "V" if earlier is not None and earlier.form == "base" and opens else "N"
    if not _plural_before(word):
        return "N"
    if low in {"fear", "worry", "hope", "claim"} and tag == "N" and next_tag in {"DET", "NP", "PRON", "DEM", "PRP$"}:
        return "V"  # "officials fear the group will"
    opens = opens or (next_tag in {"N", "ADJ"} and only_verb(found, i))
    return "V" if opens and not finite_later(found, i) else "N"


def _speaker(word: Around) -> bool:
    """ "a UN report cautioned" """
    after = word.after
    return (
        after is not None
        and after.tag == "V?"
        and word.tag in {"NP", "N", "ADJ"}
        and bool(_SAYING & lexicon().verb_classes.get(after.lemma, frozenset()))
    )


def _plural_before(word: Around) -> bool:
    prev = word.prev
    return prev is not None and (prev.low.endswith("s") or prev.low in _IRREGULAR_PLURAL or word.tag in {"NP", ")"})


def _base_opens(word: Around) -> bool:
    """Does what follows read like an object?"""
    after = word.after
    if after is None:
        return False
    return (
        after.tag in _OBJECT
        or after.low == "that"
        or (after.tag == "N" and after.low.endswith("s"))
        or (after.tag == "V?" and after.form == "ed")
    )


def _third_person(word: Around) -> str:
    found, i, token, prev, tag = word.found, word.i, word.token, word.prev, word.tag
    if token.lemma not in NOUN_OR_VERB and token.low not in {"attacks", "means", "needs"}:
        return "V" if tag not in {"DET", "PRP$", "POS", "ADJ", "NUM"} else "N"
    if tag in _NOMINAL_BEFORE or tag in {"PREP", "", '"'}:
        return "N"
    if tag == ",":
        return _after_comma(word)
    opens = _third_opens(word)
    if tag == "CC":
        return _after_and(word, opens)
    opens = opens or _object_participle(word) or (word.next_tag in {"N", "ADJ"} and only_verb(found, i))
    if token.low == "uses" and tag in {"NP", ")"} and word.next_tag not in {"PREP", "CC", ".", ""}:
        return "V"  # "the Arakan Army uses cheap drones bought in China"
    if tag == "NP" and opens and "say" in lexicon().verb_classes.get(token.lemma, frozenset()):
        return "V"  # "Kyiv claims its drones have"
    if prev is None or prev.low in _WEAPON_NOUNS:
        return "N"
    singular = tag in {"NP", ")"} or not prev.low.endswith("s")
    return "V" if singular and opens and not finite_later(found, i) else "N"


def _after_comma(word: Around) -> str:
    """ "The ELN, which controls most of Catatumbo, drops" """
    found, i = word.found, word.i
    if main_verb_missing(found, i):
        return "V"
    alone = i > 2 and word.next_tag in {"DET", "DEM", "NP", "PRP$", "NUM"} and only_verb(found, i)
    return "V" if alone and not finite_later(found, i) else "N"


def _third_opens(word: Around) -> bool:
    """Does what follows read like an object, or say how?"""
    after = word.after
    if after is None:
        return False
    return (
        after.tag in _OBJECT
        or after.tag == "ADV"
        or after.low in {"that", "as"}
        or (after.tag == "N" and after.low.endswith("s"))
    )


def _after_and(word: Around, opens: bool) -> str:
    """The second of two verbs: "buys parts and builds drones", "has trained crews and supplies local factories"."""
    before = word.found[: word.i]
    earlier = next((t for t in reversed(before) if t.tag in {"V", "HAVE", "BE"}), None)
    if earlier is None:
        return "N"
    alike = earlier.form == "s" or any(t.low == "has" for t in before)
    return "V" if opens or (alike and word.next_tag in {"N", "ADJ", "V?", "NP"}) else "N"


def _object_participle(word: Around) -> bool:
    """ "the film shows burning tanks", "the army fields captured drones" """
    after, second = word.after, word.second()
    if after is None or after.tag != "V?":
        return False
    return after.form == "ing" or (after.form == "ed" and second is not None and second.tag in {"N", "ADJ"})
