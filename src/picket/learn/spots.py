"""Phrases that are places: what they are called, how specific they are, and in which state they lie."""

from __future__ import annotations

from picket.learn.chunks import Phrase
from picket.learn.lexicon import lexicon, word_set
from picket.learn.naming import join, text_of
from picket.learn.places import country_of

_GEO_HEADS = word_set("sentence.geo_heads")


def place_name(phrase: Phrase) -> tuple[int, str, str | None] | None:
    """(how specific, name, country) if the phrase is a place: 3 town or base, 2 region, 1 state."""
    if phrase.time:
        return None
    head = phrase.head
    if head.name is not None:
        kind = head.name.kind
        if kind == "place":
            return (3, head.text.removeprefix("the "), head.name.country)
        if kind == "capital":
            return (
                (3, head.text.removeprefix("the "), head.name.country)
                if head.text.lower() not in {"kremlin", "the kremlin"}
                else None
            )
        if kind == "state":
            return (1, head.name.shown, head.name.country)
        return None
    inner = next(
        (t for t in reversed(phrase.tokens) if t.name is not None and t.name.kind in {"place", "state", "capital", "demonym"}),
        None,
    )
    low = head.low
    geographic = low in _GEO_HEADS
    if geographic and (inner is not None or any(t.tag == "NP" for t in phrase.tokens)):
        text = join([t for t in phrase.tokens if t.tag not in {"DET", "PRP$"}])
        if phrase.of is not None and low in {
            "border",
            "coast",
            "city",
            "town",
            "province",
            "state",
            "region",
            "village",
            "port",
            "outskirts",
        }:
            text += " of " + join(phrase.of.tokens)
        country = inner.name.country if inner is not None and inner.name is not None else country_of(text)
        return (2, text, country)
    if phrase.of is not None and (
        geographic
        or low in {"part", "parts", "area", "outskirts", "north", "south", "east", "west", "city", "capital", "waters", "skies"}
    ):
        sub = place_name(phrase.of)
        if sub:
            return (
                2,
                (
                    text_of(phrase)
                    if geographic
                    and low
                    not in {
                        "part",
                        "parts",
                        "outskirts",
                        "city",
                        "town",
                        "village",
                        "state",
                        "province",
                        "region",
                        "port",
                        "capital",
                    }
                    else sub[1]
                ),
                sub[2],
            )
    if head.tag == "NP" and not any(t.tag == "POS" for t in phrase.tokens):
        text = join([t for t in phrase.tokens if t.tag == "NP"])
        country = country_of(text)
        if country or (len(phrase.tokens) == 1 and text[0].isupper() and not text.isupper()):
            return (3, text, country)
    return None


def place_state(phrase: Phrase) -> str | None:
    """The state in which a place lies."""
    entry = place_name(phrase)
    return lexicon().states.get(entry[2]) if entry and entry[2] else None
