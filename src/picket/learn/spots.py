"""Phrases that are places: what they are called, how specific they are, and in which state they lie."""

from __future__ import annotations

from typing import NamedTuple

from picket.learn.chunks import Phrase
from picket.learn.lexicon import Name, lexicon, word_set
from picket.learn.naming import join, text_of
from picket.learn.places import country_of
from picket.learn.tokens import Token

_GEO_HEADS = word_set("sentence.geo_heads")
_AREAS = word_set("spots.areas")
_PARTS = word_set("spots.parts")
_PLATFORMS = word_set("spots.platforms")
_SIDES = frozenset(["part", "parts", "area", "outskirts", "north", "south", "east", "west", "city", "capital", "waters", "skies"])
STATE, REGION, TOWN = 1, 2, 3  # how specific; a base is as good as a town


class Place(NamedTuple):
    """A place: how specific it is, its name, and its country (ISO 3166-1 alpha-2) where known."""

    rank: int
    name: str
    country: str | None


def place_name(phrase: Phrase) -> Place | None:
    """The place that a phrase is; None for what is none."""
    if phrase.time:
        return None
    if phrase.head.name is not None:
        return _known(phrase.head, phrase.head.name)
    return _area(phrase) or _part(phrase) or _town(phrase)


def _known(head: Token, name: Name) -> Place | None:
    if name.kind == "state":
        return Place(STATE, name.shown, name.country)
    town = name.kind == "place" or (name.kind == "capital" and head.text.lower() not in {"kremlin", "the kremlin"})
    return Place(TOWN, head.text.removeprefix("the "), name.country) if town else None


def _area(phrase: Phrase) -> Place | None:
    """ "Kherson province", "the Polish border", "the port city of Odesa"."""
    if phrase.head.low not in _GEO_HEADS:
        return None
    names = [t.name for t in phrase.tokens if t.name is not None and t.name.kind in {"place", "state", "capital", "demonym"}]
    if not names and not any(t.tag == "NP" for t in phrase.tokens):
        return None
    text = join([t for t in phrase.tokens if t.tag not in {"DET", "PRP$"}])
    if phrase.of is not None and phrase.head.low in _AREAS:
        text += " of " + join(phrase.of.tokens)
    return Place(REGION, text, names[-1].country if names else country_of(text))


def _part(phrase: Phrase) -> Place | None:
    """ "The north of Mali", "the outskirts of Kyiv"."""
    low = phrase.head.low
    if phrase.of is None or not (low in _GEO_HEADS or low in _SIDES):
        return None
    whole = place_name(phrase.of)
    if whole is None:
        return None
    own = low in _GEO_HEADS and low not in _PARTS
    return Place(REGION, text_of(phrase) if own else whole.name, whole.country)


def _town(phrase: Phrase) -> Place | None:
    """A name that no table has: of a country that its words tell, else one word that is no abbreviation."""
    if phrase.head.tag != "NP" or phrase.head.low in _PLATFORMS or any(t.tag == "POS" for t in phrase.tokens):
        return None  # "on Telegram" is where somebody said it
    text = join([t for t in phrase.tokens if t.tag == "NP"])
    country = country_of(text)
    alone = len(phrase.tokens) == 1 and text[0].isupper() and not text.isupper()
    return Place(TOWN, text, country) if country or alone else None


def place_state(phrase: Phrase) -> str | None:
    """The state in which a place lies."""
    place = place_name(phrase)
    return lexicon().states.get(place.country) if place and place.country else None
