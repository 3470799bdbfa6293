"""Where the event of a claim took place: the place and its country."""

from __future__ import annotations

import re

from picket.learn.actors import Context
from picket.learn.claim import TRANSFERS
from picket.learn.drafts import Draft
from picket.learn.naming import home_of
from picket.learn.places import home_country
from picket.learn.sentence import AT_SEA, Sentence, drone_head, place_of


def whereabouts(sentence: Sentence, draft: Draft) -> tuple[str | None, str | None]:
    context = sentence.context
    if draft.place is not None:
        return draft.place or None, draft.country
    place, country = place_of(sentence, draft.verb, draft.where)
    if country == "":  # several: none
        return None, home_country(draft.recipient) if draft.kind in TRANSFERS else None
    if draft.kind in TRANSFERS:
        if draft.kind in {"supply", "recruitment"}:
            home = home_country(draft.recipient)
            if home:
                return (place if place and country == home else None), home
        else:
            home = home_country(draft.provider if draft.rule == "join-to-learn" else draft.recipient)
            if place is None or (home and country != home and draft.kind == "advising"):
                return place if country == home else None, home or country or context.country
        found = country or home_country(draft.recipient)
        if found is None and not _plural_class(draft.recipient):
            found = last_event(context)
        return place, found
    if draft.kind == "warning" and (feared := home_country(draft.actor)) and country == feared:
        place = country = None  # whom one is afraid of is not where
    if country:
        return place, country
    if place is not None and AT_SEA.search(place):
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
        if told and sentence.near:
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


def _plural_class(name: str | None) -> bool:
    return bool(name) and str(name)[:1].isdigit()
