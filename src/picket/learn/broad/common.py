"""What the broad reading of verbs and of nouns share: the table's rows, the places of a clause, ends and things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import GOODS, actors_in, homes_of, things_of
from picket.learn.lexicon import lexicon, word_set
from picket.learn.naming import classes_of, is_person, organisation_in, text_of
from picket.learn.sentence import Sentence, drone_head, drone_owner, refers_to_drone
from picket.learn.spots import place_state

TRANSFERS = frozenset({"supply", "training", "advising", "recruitment"})
LAWS = frozenset(
    ["law", "bill", "legislation", "decree", "act", "rules", "rule", "amendment", "ordinance", "regulation", "regulations"]
)
OWN = frozenset(
    [
        "home-made",
        "homemade",
        "home-grown",
        "homegrown",
        "own",
        "indigenous",
        "home-built",
        "locally-made",
        "domestic",
        "prototype",
    ]
)
PLANTS = frozenset(["plant", "factory", "works", "workshop", "workshops", "facility", "shipyard", "plants", "factories"])
STOPPED = frozenset(
    ["airport", "airports", "airspace", "runway", "runways", "flights", "traffic", "base", "terminal", "stadium", "port"]
)
WISHES = frozenset(
    ["negotiate", "apply", "shop", "ask", "tender", "want", "need", "seek", "request", "solicit", "bid", "plan", "propose"]
)
LENGTHS = word_set("statistics.units_of_length")
NOT_DONE = word_set("nominals.not_done")
WRECKS = frozenset(
    ["debris", "wreckage", "fragments", "explosives", "bomb", "bombs", "grenade", "grenades", "shrapnel", "warhead"]
)
COUNTER = re.compile(
    r"\b(?:jam|net|netting|detect|radar|sensor|interceptor|no-fly|shield|wall|anti-drone|anti-aircraft|laser|zone|counter-|c-uas|gun|"
    r"acoustic|launcher|loitering|balloon|glider|buoy|unmanned|uncrewed|hexacopter|craft|boat|vessel|aircraft|unit|platoon|battery)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: a kind, verbs or nouns, the places of its ends and of the thing, and what must be there."""

    kind: str
    part: str
    words: frozenset[str]
    first: tuple[str, ...]
    second: tuple[str, ...]
    thing: tuple[str, ...]
    needs: str


ADVISING = Row("advising", "v", frozenset(), (), (), (), "")


@cache
def table() -> tuple[Row, ...]:
    """The rows of data/broad.tsv."""
    text = files("picket.learn").joinpath("data", "broad.tsv").read_text("utf-8")
    rows = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            kind, part, words, *places, needs = line.split("\t")
            first, second, thing = (tuple(filter(None, p.split(","))) for p in places)
            rows.append(Row(kind, part, frozenset(words.split()), first, second, thing, needs))
    return tuple(rows)


@cache
def rows_for(part: str) -> dict[str, list[Row]]:
    """The rows of verbs ("v") or of nouns ("n") for each of their words, in the order of the table."""
    found: dict[str, list[Row]] = {}
    for row in table():
        for word in row.words if row.part == part else ():
            found.setdefault(word, []).append(row)
    return found


def singular(word: str) -> str:
    """A noun as the table writes it."""
    return lexicon().singular.get(word, word.removesuffix("s") if len(word) > 4 else word)


def at(verb: Verb, places: tuple[str, ...]) -> list[Phrase]:
    """The phrases that stand at these places of a clause, each once; a passive turns S and O."""
    out: list[Phrase] = []
    for place in places:
        if place == "S":
            out.extend(verb.prep("by") if verb.passive else verb.subjects)
        elif place == "O":
            out.extend(things_of(verb))
        elif place == "I":
            out.extend(verb.indirect)
        else:
            out.extend(verb.prep(place))
            out.extend(p for t in things_of(verb) for n, p in t.after if n == place)
    once: list[Phrase] = []
    for phrase in out:
        if not phrase.time and not any(p is phrase for p in once):
            once.append(phrase)
    return once


def ends(sentence: Sentence, phrases: list[Phrase], *, states: bool) -> list[str]:
    """Actors of the phrases; with `states`, the state of a place too."""
    out: list[str] = []
    for phrase in phrases:
        if drone_head(phrase):
            continue
        names = actors_in(sentence, [phrase])
        if not names and states and (state := place_state(phrase)):
            names = [state]
        if not names and is_person(phrase) and (org := organisation_in(phrase)):
            names = [org]
        out.extend(n for n in names if n not in out)
    return out


def bears(sentence: Sentence, phrase: Phrase) -> bool:
    """Does the phrase bear on drones or on means against them?"""
    if refers_to_drone(phrase, sentence):
        return True
    inner = phrase.of
    words = [t for p in (phrase, *((inner,) if inner is not None else ())) for t in p.tokens]
    return any(t.low in GOODS or "droneish" in classes_of(t) or COUNTER.match(t.low) for t in words)


def pairs(
    row: Row, rule: str, verb: Verb | None, first: list[str], second: list[str], thing: Phrase | None, numbers: list[Phrase]
) -> Iterator[Draft]:
    """One draft for each giver and taker."""
    for a in first or [None]:  # type: ignore[list-item]
        for b in second or [None]:  # type: ignore[list-item]
            if a != b or a is None:
                yield Draft(
                    row.kind,
                    rule,
                    verb,
                    provider=a,
                    recipient=b,
                    thing=text_of(thing) if thing is not None else None,
                    numbers=numbers,
                )


def user_of(sentence: Sentence, verb: Verb, tool: Phrase, first: list[str]) -> list[str]:
    """Whose drones are maintained: their owner, else the state where it is done, unless it is the helpers' own."""
    owner = drone_owner(tool, sentence)
    found = [owner] if owner else [s for p in verb.prep("in", "at", "for") for s in (place_state(p) or inner_state(p),) if s][:1]
    return [n for n in found if n not in first and not any(n in homes_of([f]) for f in first)]


def inner_state(phrase: Phrase) -> str | None:
    """The state after "in" behind a phrase: "at a camp in Poland"."""
    return next((s for n, p in phrase.after if n == "in" and (s := place_state(p))), None)
