"""What a word or a phrase is, in one word, and the stem of a word: what the trained reader sees instead of names and forms."""

from __future__ import annotations

from picket.learn.chunks import Phrase
from picket.learn.naming import classes_of, is_actor, is_person
from picket.learn.sentence import drone_head, is_drone, personnel
from picket.learn.tokens import Token

# Longest first: a shorter one would leave half of a longer one.
_ENDINGS = tuple("ations ation ments ment ings ing ions ion ers ors ies ied er or ed es ly al s e y".split())  # noqa: SIM905
ACTING = frozenset(["state", "capital", "force", "group", "agency", "company", "bloc", "think", "demonym"])
_CLASSES = ("force", "group", "company", "people", "state", "building", "attacknoun", "sightnoun", "trainnoun", "supplynoun")


def stem(word: str) -> str:
    """The word without its ending: "smuggled", "smugglers" and "smuggling" are one; at least three letters stay."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > 4 and word[-1] == word[-2] else word


def type_of(token: Token) -> str | None:
    """What a name, number or time is, in capitals; None for a common word."""
    if token.tag == "TIME":
        return "TIME"
    if token.name is not None:
        return token.name.kind.upper()
    if token.tag == "NUM":
        return "MONEY" if token.text[:1] in "$€£₹" else "NUM"
    if token.tag == "NP":
        return "NAME"
    return None


def phrase_type(phrase: Phrase) -> str:
    """What a noun phrase is, in one word; found out once, so only asked when the rules are done with its sentence."""
    phrase.sort = phrase.sort or _phrase_type(phrase)
    return phrase.sort


def _phrase_type(phrase: Phrase) -> str:
    if phrase.time:
        return "time"
    if phrase.pronoun:
        return "pron"
    if drone_head(phrase):
        return "drone"
    if phrase.head.name is not None:
        return phrase.head.name.kind
    if is_person(phrase):
        return "person"
    if personnel(phrase):
        return "staff"
    kinds = classes_of(phrase.head)
    for kind in _CLASSES:
        if kind in kinds:
            return kind
    if is_actor(phrase):
        return "actor"
    if is_drone(phrase):
        return "fordrone"
    return "name" if phrase.head.tag == "NP" else "thing"
