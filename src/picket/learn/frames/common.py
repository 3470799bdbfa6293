"""What the frames share: who does it, to what, for whom; and the word lists that tell a kind of thing."""

from __future__ import annotations

from itertools import takewhile

from picket.learn.chunks import Phrase, Verb
from picket.learn.lexicon import lexicon, word_set
from picket.learn.naming import text_of
from picket.learn.sentence import UNNAMED, Sentence
from picket.learn.spots import STATE, place_name, place_state

HARMFUL = word_set("frames.harmful")
CONTRABAND = word_set("frames.contraband")
GOODS = word_set("frames.goods")
MONEY = word_set("frames.money")
KNOWHOW = word_set("frames.knowhow")
TEACHING = frozenset(["training", "course", "courses", "instruction", "lessons", "drills", "workshop", "tuition"])
SPYING = word_set("frames.spying")
HOUSES = frozenset(
    [
        "parliament",
        "senate",
        "congress",
        "legislature",
        "assembly",
        "lawmakers",
        "legislators",
        "mps",
        "cabinet",
        "ministers",
        "deputies",
        "council",
    ]
)


def things_of(verb: Verb) -> list[Phrase]:
    """What is acted on: objects, or the subject of a passive without an object."""
    return verb.subjects if verb.passive and not verb.objects else verb.objects


def doers_of(verb: Verb) -> list[Phrase]:
    return verb.prep("by") if verb.passive else verb.subjects


def pairs(left: list[str], right: list[str]) -> list[tuple[str | None, str | None]]:
    return [(a, b) for a in (left or [None]) for b in (right or [None])]  # type: ignore[list-item]


def actors_in(sentence: Sentence, phrases: list[Phrase]) -> list[str]:
    """Actors of the phrases, without those that name nobody ("13 countries")."""
    return [n for n in sentence.actors([p for p in phrases if not p.time]) if n.lower() not in UNNAMED]


def class_of_people(phrases: list[Phrase]) -> list[str]:
    """ "Two men from New Jersey", "12 people": a class of people who are accused, never a name."""
    return [
        text_of(p)
        for p in phrases
        if p.head.low in {"men", "people", "suspects", "inmates", "defendants", "prisoners", "women", "teenagers"}
        and any(t.tag in {"NUM", "ADJ", "DEM"} for t in p.tokens)
    ]


def recipients_of(sentence: Sentence, verb: Verb, *names: str) -> list[str]:
    found = actors_in(sentence, verb.indirect) or actors_in(sentence, verb.prep(*names))
    if not found:
        for phrase in things_of(verb):
            found = actors_in(sentence, [p for name, p in phrase.after if name in names])
            if found:
                break
    if not found:
        for phrase in verb.prep(*names):
            entry = place_name(phrase)
            state = place_state(phrase)
            if entry and entry.rank == STATE and state:
                found.append(state)
    return found


def states_here(sentence: Sentence) -> list[str]:
    """The states of the places that the sentence names after in or at."""
    return [
        s
        for v in sentence.verbs
        for n, ps in v.preps
        if n in {"in", "at", "near"}
        for p in ps
        for q in [p, *(o for m, o in p.after if m == "in")]
        if (s := place_state(q))
    ]


def homes_of(names: list[str]) -> set[str]:
    """The states that names point to ("Russian officers" -> Russia)."""
    table = lexicon().names
    return {
        e.state
        for n in names
        for w in n.split()
        for parts, e in table.get(w.lower(), ())
        if len(parts) == 1 and parts[0] == w and e.state
    }


def drone_topic(sentence: Sentence) -> bool:
    return sentence.drone or sentence.near


def first_text(phrases: list[Phrase]) -> str | None:
    return text_of(phrases[0]) if phrases else None


def scattered(phrases: list[Phrase], names: list[str]) -> list[str]:
    """ "Rebel groups in Mali and Syria" -> one name for each place."""
    if len(phrases) == 1 and len(names) == 1:
        behind = list(takewhile(lambda e: e[0] == "in", phrases[0].after))
        places = [p for _, p in behind if place_name(p)]
        if len(places) > 1:
            base = names[0].split(" in ")[0]
            return [f"{base} in {text_of(p)}" for p in places]
    return names


def places_of(verb: Verb) -> list[Phrase]:
    return [p for p in verb.prep("in", "at", "near", "over", "across", "on", "to") if place_name(p)]
