"""The event of the sentences before goes on without its drone being named: "the port had been struck", "the wreck lay near X".

Only after a claim of an attack or of a sighting, within three sentences, where nothing else is named that could have done it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import things_of
from picket.learn.lexicon import word_set
from picket.learn.naming import bare_text, classes_of
from picket.learn.sentence import Sentence, drone_owner
from picket.learn.spots import place_name

_OTHERS = re.compile(
    r"\b(?:missiles?|rockets?|artillery|mortars?|shells?|shelling|jets?|warplanes?|air ?strikes?|air raids?|gunm[ae]n|ambush\w*|"
    r"fighter aircraft|bombers?|helicopters?|tanks?|infantry|ground (?:assault|attack)s?|car bombs?|suicide bombers?|arson|cyber\w*|"
    r"mines?|snipers?|rifles?|earthquake|storm)\b",
    re.IGNORECASE,
)
_REMAINS = word_set("continued.remains")
_GOES_ON = word_set("continued.goes_on")
_ORDINALS = frozenset(["first", "second", "third", "latest", "last", "another", "others"])
_HARM = frozenset({"strike", "destroy"})
_SEEN = frozenset({"detect", "overfly", "intrude", "down", "seize", "crash"})


def continued_drafts(sentence: Sentence) -> Iterator[Draft]:
    """At most one draft for each object of a sentence that nothing else has read."""
    told = sentence.context.told_of
    if not told("use_attack", "sighting", "statistic") or not sentence.near or _OTHERS.search(sentence.words):
        return
    if sentence.drone:
        yield from next(filter(None, (list(_hurt_in(sentence, v)) for v in sentence.verbs)), [])
        return
    for verb in sentence.verbs:
        if verb.negated or verb.modal or not verb.finite:
            continue
        found = list(_hurt_in(sentence, verb))[:1]
        if not found and told("use_attack"):
            found = [*_struck(sentence, verb), *_again(sentence, verb)][:1]
        if not found and told("sighting"):
            found = list(_seen(sentence, verb))
        if found:
            yield from found
            return


_HAPPEN = frozenset(
    [
        "record",
        "come",
        "take",
        "happen",
        "follow",
        "occur",
        "begin",
        "last",
        "hit",
        "be",
        "report",
        "document",
        "cost",
        "leave",
        "claim",
    ]
)


def _again(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "A similar attack killed 15 militants", "the first was recorded in X, against a post": the attack is the subject."""
    subject = next((p for p in verb.subjects if "attacknoun" in classes_of(p.head) or p.head.low in _ORDINALS), None)
    if subject is None or (verb.lemma not in _HAPPEN and not verb.classes & {"strike", "destroy", "kill", "wage"}):
        return
    around = [*((n, p) for n, ps in verb.preps for p in ps), *subject.after]
    struck = [p for n, p in around if n in {"on", "against", "at"} and not p.time]
    hurt = struck or [p for p in things_of(verb) if p is not subject and not p.time and not p.pronoun]
    spots = [p for n, p in around if n in {"in", "near", "at", "on", "over"} and place_name(p)]
    if not (struck or spots or (hurt and verb.classes & {"strike", "destroy", "kill"})):
        return
    owner = drone_owner(subject, sentence) or sentence.context.last_flier()
    numbers = [p for v in sentence.verbs if v.classes & {"kill"} for p in things_of(v)]
    yield _attack("goes-on-again", verb, owner, hurt, [*spots, *hurt], [*numbers, *hurt])


def _hurt_in(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Two people were wounded during the attack on the port", "killed in a similar assault by X"."""
    attack = next((p for p in verb.prep("in", "during", "by") if "attacknoun" in classes_of(p.head)), None)
    if (
        attack is None
        or not verb.classes & {"kill", "destroy"}
        or not verb.passive
        or not sentence.context.told_of("use_attack", "statistic")
    ):
        return
    struck = [p for n, p in attack.after if n in {"on", "against", "at"} and not p.time]
    by = sentence.actors([p for n, p in attack.after if n == "by"])
    hurt = struck or [p for p in verb.subjects if not p.pronoun]
    spots = [p for p in [*verb.prep("in", "at", "near"), *(q for _, q in attack.after)] if place_name(p)]
    actor = next(iter(by), None) or drone_owner(attack, sentence) or sentence.context.last_flier()
    yield _attack("goes-on-hurt", verb, actor, hurt, [*spots, *hurt], [*verb.subjects, *hurt])


def _struck(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """What was struck, damaged or set on fire; by whom only where the drones before were somebody's."""
    if not verb.classes & _HARM or (verb.passive and any(not p.pronoun for p in verb.prep("by"))):
        return
    rule, flier = "goes-on-attack", sentence.context.last_flier()
    hurt = [p for p in things_of(verb) if not p.time and not p.pronoun and _site(p)]
    where = [p for p in [*hurt, *verb.prep("in", "at", "near", "on", "over")] if not p.time]
    if verb.passive and hurt:
        yield _attack(rule, verb, flier, hurt, where, hurt)
    elif verb.passive and any(p.pronoun for p in verb.subjects):
        spots = [p for p in where if place_name(p)]
        if spots:
            yield _attack(rule, verb, flier, [], where, [])
    elif not verb.passive and flier is not None and flier in sentence.actors(verb.subjects):
        spots = [p for p in verb.prep("in", "at", "near", "on", "against") if _site(p) or place_name(p)]
        if hurt or spots:
            yield _attack(rule, verb, flier, hurt, [*where, *spots], hurt)


def _site(phrase: Phrase) -> bool:
    return "building" in classes_of(phrase.head) or place_name(phrase) is not None


def _attack(rule: str, verb: Verb, actor: str | None, hurt: list[Phrase], where: list[Phrase], numbers: list[Phrase]) -> Draft:
    return Draft(
        "use_attack",
        rule,
        verb,
        actor=actor,
        target="; ".join(bare_text(p) for p in hurt) or None,
        thing="drones",
        numbers=numbers,
        where=where,
        target_phrase=hurt[0] if hurt else None,
    )


def _seen(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """Where the drone, its wreck or the flights before were seen, went or lay."""
    about = [
        p for p in things_of(verb) or verb.subjects if p.head.low in _REMAINS or (p.of is not None and p.of.head.low in _REMAINS)
    ]
    if not verb.passive and not about:
        about = [p for p in verb.subjects if p.head.low in _REMAINS or (p.of is not None and p.of.head.low in _REMAINS)]
    if not about or not (verb.classes & _SEEN or verb.lemma in _GOES_ON):
        return
    spots = [p for p in verb.prep("over", "near", "at", "above", "in", "into", "on", "inside", "outside", "across") if not p.time]
    spots = [p for p in spots if _site(p)]
    if not spots:
        return
    lying = verb.lemma in {"lie", "land", "find", "recover", "come_down", "crash"} or verb.classes & {"crash", "seize"}
    yield Draft(
        "sighting",
        "goes-on-sighting",
        verb,
        actor=sentence.context.last_flier(),
        target=None if lying else bare_text(spots[0]),
        thing="drone",
        numbers=[p for p in about if not p.pronoun],
        where=spots,
        target_phrase=None if lying else spots[0],
    )
