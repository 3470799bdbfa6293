"""People who are somewhere: "Kenyan officers have been in Haiti", "Turkey keeps soldiers at bases in Libya", "crews were moved to Chad"."""

from __future__ import annotations

from collections.abc import Iterator

from picket.learn.actors import actors_of
from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import actors_in, doers_of, things_of
from picket.learn.naming import home_of, text_of
from picket.learn.sentence import Sentence, personnel
from picket.learn.spots import place_name

_SOLDIERLY = frozenset(
    [
        "instructors",
        "trainers",
        "advisers",
        "advisors",
        "soldiers",
        "troops",
        "officers",
        "operators",
        "crews",
        "technicians",
        "specialists",
        "mercenaries",
        "pilots",
        "teams",
        "units",
        "airmen",
        "personnel",
        "police",
        "engineers",
        "experts",
    ]
)


def keep(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """People whom an actor keeps, bases or moves somewhere."""
    if not (sentence.drone or sentence.near) or verb.participle:
        return
    people = [p for p in things_of(verb) if personnel(p)]
    places = _placed(verb, "to", "in", "at", "on", "near")
    if not people or not places:
        return
    senders = actors_in(sentence, doers_of(verb)) or _nation(people[0]) or actors_in(sentence, people)
    for a in senders or [None]:  # type: ignore[list-item]
        yield Draft("deployment", "keep", verb, actor=a, thing=text_of(people[0]), numbers=people, where=places)


def present(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """Soldiers or instructors of one country who are, serve or operate in another."""
    if not (sentence.drone or sentence.near) or verb.negated or verb.passive:
        return
    people = next((p for p in verb.subjects if p.head.low in _SOLDIERLY), None)
    places = _placed(verb, "in", "at", "to", "inside")
    if people is None or not places:
        return
    entry = place_name(places[0])
    home = home_of(people)
    if home is None or (entry is not None and entry.country == home):
        return
    for a in _nation(people) or actors_of(people, sentence.context):
        yield Draft("deployment", "present", verb, actor=a, thing=text_of(people), numbers=[people], where=places)


def _placed(verb: Verb, *names: str) -> list[Phrase]:
    found = [p for p in verb.prep(*names) if p.i > verb.i]
    return [q for p in found for q in [p, *(o for n, o in p.after if n in {"in", "near"})] if place_name(q)]


def people_of_state(phrase: Phrase) -> list[str]:
    """The state whose soldiers, instructors or crews the phrase means; [] for mercenaries, contractors and others of their own."""
    return _nation(phrase) if phrase.head.low in _SOLDIERLY - {"mercenaries"} else []


def _nation(phrase: Phrase) -> list[str]:
    token = next((t for t in phrase.tokens if t.name is not None and t.name.kind in {"demonym", "state"} and t.name.state), None)
    return [token.name.state] if token is not None and token.name is not None and token.name.state else []
