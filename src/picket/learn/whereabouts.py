"""Where the event of a claim took place: the place and its country."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from picket.learn.actors import Context
from picket.learn.chunks import Phrase, Verb
from picket.learn.claim import TRANSFERS, guessed
from picket.learn.drafts import Draft
from picket.learn.lexicon import word_set
from picket.learn.naming import home_of, join
from picket.learn.places import country_of, home_country
from picket.learn.sentence import Sentence, drone_head
from picket.learn.spots import STATE, TOWN, Place, place_name

_WHERE = word_set("whereabouts.where")  # beside the verb
_WHERE_BEHIND = frozenset(["in", "at", "near", "over", "on", "along", "outside"])
_WHERE_ANYWHERE = frozenset(["in", "at", "near", "over", "across", "on", "outside", "inside"])
_WARS = frozenset(["war", "wars", "invasion", "conflict", "use", "fighting", "experience", "front", "veterans"])
_AT_SEA = re.compile(r"\b(?:Sea|Gulf|Ocean|Straits?|Channel|Bab al-Mandab|Lake \w+(?: basin)?)$")


def whereabouts(sentence: Sentence, draft: Draft) -> tuple[str | None, str | None]:
    context = sentence.context
    if draft.place is not None:
        return draft.place or None, draft.country
    place, country = _place_of(sentence, draft.verb, draft.where)
    if country == "":  # several: none
        return None, home_country(draft.recipient) if draft.kind in TRANSFERS else None
    if draft.kind in TRANSFERS:
        if draft.kind in {"supply", "recruitment"}:
            home = home_country(draft.recipient)
            if home:
                return (place if place and country == home else None), home
        else:
            home = home_country(draft.provider if draft.rule == "join-to-learn" else draft.recipient)
            if place is None and draft.kind == "training" and guessed(draft.rule):
                return None, _taught_in(sentence, draft)
            if place is None or (home and country != home and draft.kind == "advising"):
                return place if country == home else None, home or country or context.country or last_event(context) or mostly(
                    context
                )
        found = country or home_country(draft.recipient)
        if found is None and not _plural_class(draft.recipient):
            found = mostly(context) or context.place_country
        return place, found
    if draft.kind == "warning" and (feared := home_country(draft.actor)) and country == feared:
        place = country = None  # whom one is afraid of is not where
    if country:
        return place, country
    if place is not None and _AT_SEA.search(place):
        return place, None  # the sea is nobody's
    if draft.kind == "warning" and (at := home_country(draft.target) or _warner(sentence)):
        return place, at
    if draft.target and place is None and _OURS.match(draft.target):
        at = _speakers_home(sentence) or _others_home(sentence, draft)
        if at:
            return place, at
    target = draft.target_phrase
    if target is not None:
        home = home_of(target)
        if home and draft.kind == "use_attack" and not (draft.actor and home_country(draft.actor) == home):
            return place, home
    elif draft.kind == "use_attack" and (at := home_country(draft.target)) and at != home_country(draft.actor):
        return place, at
    home = home_country(draft.actor)
    if draft.kind in {"statistic", "sighting"} and (at := home_country(draft.target)) and at != home:
        return place, at
    if draft.kind in {"statistic", "sighting"} and draft.verb is not None and draft.verb.subjects and place is None:
        at = None if drone_head(draft.verb.subjects[0]) else home_of(draft.verb.subjects[0])
        if at and at != home and (not home or at not in _ABROAD or _ITS_OWN.search(sentence.words)):
            return place, at
    if place is None and draft.kind == "sighting" and not home and (at := _finder(sentence, draft)):
        return place, at
    if draft.kind in {"adoption", "production"} and home:
        return place, home
    if context.country and not (draft.kind == "sighting" and context.country == home):
        return place, context.country
    if place is None and draft.kind == "sighting" and (at := _finder(sentence, draft)) and at != home:
        return place, at
    if context.country:
        return place, context.country
    if draft.kind != "warning" or draft.target:
        told = last_event(context)
        if told and (sentence.near or draft.kind != "warning"):
            return place, told
    if draft.kind in {"sighting", "statistic", "use_attack"} and not sentence.near:
        homes = [
            h for v in sentence.verbs for p in v.subjects if (h := home_of(p)) and not (draft.rule == "down" and h in _ABROAD)
        ]
        if homes:
            return place, homes[0]
    if draft.kind == "use_attack" and home and home == context.place_country:
        return place, home
    return place, context.place_country if sentence.near and draft.kind in {"sighting", "statistic", "use_attack"} else None


def _taught_in(sentence: Sentence, draft: Draft) -> str | None:
    """Where a guess of a training without a place took place: where the report's claims do, if they agree, else with one of its ends."""
    context = sentence.context
    told, most = last_event(context), mostly(context)
    if told and told == most:
        return told
    return home_country(draft.recipient) or home_country(draft.provider) or context.country or told or most


_OURS = re.compile(r"(?:the |its |their )?(?:country|nation|republic|airspace|territory|soil|borders?)\b", re.IGNORECASE)


_ITS_OWN = re.compile(r"\b(?:its|their) (?:own )?(?:airspace|territory|soil|waters|borders?|skies)\b", re.IGNORECASE)


_ABROAD = frozenset(["US", "GB", "FR"])  # whose forces bring drones down far from home as often as at home


def _others_home(sentence: Sentence, draft: Draft) -> str | None:
    """ "Romania reported a Russian drone entering its airspace": of the subjects, the one whose drone it is not."""
    mine = home_country(draft.actor)
    return next((h for v in sentence.verbs for p in v.subjects if not drone_head(p) and (h := home_of(p)) and h != mine), None)


def _speakers_home(sentence: Sentence) -> str | None:
    """ "Six drones entered the country's airspace, the foreign ministry in Chisinau said"."""
    return next((h for v in sentence.verbs if v.classes & {"say"} for p in v.subjects if (h := home_of(p))), None)


def _warner(sentence: Sentence) -> str | None:
    """ "Security services in Riga caution", "American border agents fear": those who warn, warn of what threatens them."""
    verb = next((v for v in sentence.verbs if v.classes & {"warn", "fear"} and v.subjects), None)
    return home_of(verb.subjects[0]) if verb is not None else None


def _finder(sentence: Sentence, draft: Draft) -> str | None:
    """ "Ukraine's air force said that it had intercepted", "was recovered by Ukrainian troops": at home, if not told otherwise."""
    verb = draft.verb
    if verb is None or draft.rule not in {"down", "detect", "seized-parts", "seized-load"}:
        return None
    if verb.passive:
        return next((h for p in verb.prep("by") if (h := home_of(p))), None) or _speakers_home(sentence)
    if verb.subjects and verb.subjects[0].pronoun:
        return _speakers_home(sentence)
    return None


_GO_ON = 4  # sentences for which the country of the claim told last holds


def last_event(context: Context) -> str | None:
    """Where the claim told last took place, while the report still speaks of it."""
    return context.event[1] if context.event is not None and context.sentence - context.event[0] <= _GO_ON else None


def mostly(context: Context) -> str | None:
    """Where most of what the report has told so far took place."""
    return max(context.told_in, key=context.told_in.__getitem__, default=None)


def _plural_class(name: str | None) -> bool:
    return bool(name) and str(name)[:1].isdigit()


def _place_of(sentence: Sentence, verb: Verb | None, extra: Sequence[Phrase] = ()) -> tuple[str | None, str | None]:
    """(place, country) of the event: the most specific place beside the verb, else anywhere in the sentence after in/at/near; country "" if
    it has several.
    """
    spoken = of_speakers(sentence)
    beside = [p for p in [*_beside(sentence, verb), *_of_extra(extra)] if id(p) not in spoken]
    found = [place for p in beside if (place := _with_state(sentence, p) or place_name(p))]
    if not found:
        found, several = _anywhere(sentence, spoken)
        if several:
            return None, ""
    if not found:
        return None, None
    found.sort(key=lambda place: -place.rank)
    if _several_states(beside, found):
        return None, ""
    if any(place.name == "Georgia" for place in found) and sentence.context.country == "US":
        found = [place._replace(country="US") if place.name == "Georgia" else place for place in found]  # the American state
    name, country = found[0].name, found[0].country
    if country is None and not _AT_SEA.search(name):
        country = next((place.country for place in found if place.country), None)
    return name, country or country_of(name)


def _beside(sentence: Sentence, verb: Verb | None) -> list[Phrase]:
    """What stands after a preposition of place beside the verb, and beside the verb that it belongs to."""
    if verb is None:
        return []
    verbs, up = [verb], verb.governor
    if up is not None and (verb.link in {"chain", "inf", "ger", "part", "conj"} or _where_clause(sentence, verb)):
        verbs.append(up)
    found: list[Phrase] = []
    for v in verbs:
        if v.lemma in {"leave", "depart", "head", "set_off", "fly"}:
            found.extend(v.prep("for"))
        found.extend(p for name, phrases in v.preps if name in _WHERE for p in phrases)
    return found


def _of_extra(extra: Sequence[Phrase]) -> list[Phrase]:
    """Phrases that a frame named, each after what tells where it is."""
    return [q for phrase in extra for q in [*(p for name, p in phrase.after if name in _WHERE_BEHIND), phrase]]


def _anywhere(sentence: Sentence, spoken: set[int]) -> tuple[list[Place], bool]:
    """The places of the sentence after in, at or near; whether several states are listed."""
    found: list[Place] = []
    for k, item in enumerate(sentence.items):
        if not isinstance(item, Phrase) or not k or id(item) in spoken:
            continue
        before = sentence.items[k - 1]
        if getattr(before, "tag", "") != "P" or getattr(before, "low", "") not in _WHERE_ANYWHERE:
            continue
        if k > 1 and isinstance(of := sentence.items[k - 2], Phrase) and of.head.low in _WARS:
            continue
        place = _with_state(sentence, item) or place_name(item)
        if place and place.rank == STATE and _and_another(sentence, k, place.country):
            return [], True
        if place:
            found.append(place)
    return found, False


def _with_state(sentence: Sentence, phrase: Phrase) -> Place | None:
    """ "Tel Baider, Syria": a name that no table has, with its state behind a comma."""
    if phrase.head.tag != "NP" or phrase.head.name is not None or phrase.time or any(t.tag == "POS" for t in phrase.tokens):
        return None
    k = next((n for n, item in enumerate(sentence.items) if item is phrase), -1)
    if k < 0 or k + 2 >= len(sentence.items) or getattr(sentence.items[k + 1], "tag", "") != ",":
        return None
    state = sentence.items[k + 2]
    if not isinstance(state, Phrase) or state.head.name is None or state.head.name.kind not in {"state", "place"}:
        return None
    if len(state.tokens) != 1:
        return None
    return Place(TOWN, join([t for t in phrase.tokens if t.tag == "NP"]), state.head.name.country)


def _where_clause(sentence: Sentence, verb: Verb) -> bool:
    """ "Travelled to Yemen, where instructors taught them": what happens in a where-clause happens at the place before it."""
    if verb.governor is None or verb.link not in {"rel", "sub", "adv", "comp"}:
        return False
    return any(getattr(item, "low", "") == "where" for item in sentence.items[verb.governor.at : verb.at])


def _and_another(sentence: Sentence, k: int, country: str | None) -> bool:
    """ "In Mali and Burkina Faso", "in Mali, Niger and Chad": is another state listed behind the one at k?"""
    n = k + 1
    while n + 1 < len(sentence.items) and getattr(sentence.items[n], "tag", "") in {"CC", ","}:
        other = sentence.items[n + 1]
        entry = place_name(other) if isinstance(other, Phrase) else None
        if entry is None or entry.rank != STATE:
            return False
        if entry.country != country:
            return True
        n += 2
    return False


def of_speakers(sentence: Sentence) -> set[int]:
    """Phrases that say where a speaker is ("an official in Peshawar", "the Institute in Pretoria"), and not where it happened."""
    out: set[int] = set()
    tellers = [p for v in sentence.verbs if v.classes & {"say", "warn"} for p in (v.prep("by") if v.passive else v.subjects)]
    for verb in sentence.verbs:
        tellers += [p for name, phrases in verb.preps if name == "according_to" for p in phrases]
    for phrase in tellers:
        out.update(id(p) for _, p in phrase.after)
        for verb in sentence.verbs:
            if (
                verb.participle
                and verb.lemma in {"base", "locate", "station", "interview", "quote"}
                and verb.subjects
                and verb.subjects[0] is phrase
            ):
                out.update(id(p) for _, phrases in verb.preps for p in phrases)
    return out


def _several_states(candidates: list[Phrase], found: list[Place]) -> bool:
    """ "In Mali and Burkina Faso": the event has no one country."""
    states = {place.country for place in found if place.rank == STATE}
    return found[0].rank == STATE and len(states) > 1 and len(candidates) > 1 and _listed(candidates)


def _listed(candidates: list[Phrase]) -> bool:
    states = [p for p in candidates if p.head.name is not None and p.head.name.kind == "state"]
    return len(states) > 1 and any(0 < b.i - a.j <= 2 for a, b in pairwise(sorted(states, key=lambda p: p.i)))
