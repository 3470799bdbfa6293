"""Verb frames: what a clause claims, by the class of its verb and the shape of its arguments.

One function per family of verbs; each looks at subjects, objects and prepositional phrases of a verb and yields drafts. The classes
lie in data/verbs.tsv, so that a new verb needs no code. A frame fires only where drones (or people with such know-how, in
a report about drones) are in the clause: the same verbs carry most of the world's other news.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from picket.learn.chunks import Verb
from picket.learn.drafts import Draft
from picket.learn.frames.adjuncts import adjunct_drafts
from picket.learn.frames.attacks import attributed, crash, down, drop, fired_on, launch, steer, strike, suffer, under_attack, wage
from picket.learn.frames.common import things_of
from picket.learn.frames.contracts import buyer, contract, package, reach, supplier
from picket.learn.frames.getting import get, request, turn_to
from picket.learn.frames.giving import equip, give, issue
from picket.learn.frames.means import (
    adapt,
    adopt,
    belong,
    factory,
    have,
    into_service,
    invest,
    make,
    mounted,
    scheme,
    switched,
    wield,
    wish,
)
from picket.learn.frames.people import arrive, deploy, enlisted, join, link, people, recruit
from picket.learn.frames.presence import keep, present
from picket.learn.frames.sightings import (
    carry,
    detect,
    disrupt,
    footage,
    intrude,
    landed_load,
    lose,
    smuggle,
    spy,
    turned_up,
    wandered,
)
from picket.learn.frames.teaching import learn, practise, returned, show, train
from picket.learn.frames.transfers import advise, fund, share
from picket.learn.frames.using import flying, use
from picket.learn.lexicon import word_set
from picket.learn.sentence import Sentence

Frame = Callable[[Sentence, Verb], Iterator[Draft]]
_BY_LEMMA: dict[str, Frame] = {
    "have": have,
    "turn": adapt,
    "carry": carry,
    "transport": carry,
    "bring": carry,
    "enter": join,
    "pass": join,
    "pilot": flying,
    "show": show,
    "run": factory,
    "travel": arrive,
    "go": arrive,
    "land": landed_load,
    "leave": arrive,
    "depart": arrive,
    "travel_to": arrive,
    "practise": practise,
    "practice": practise,
    "rehearse": practise,
    "lose": lose,
    "keep": keep,
    "move": keep,
    "base": keep,
    "maintain": keep,
    "relocate": keep,
    "be": present,
    "operate": present,
    "serve": present,
    "remain": present,
    "work": present,
    "commit": invest,
    "switch": switched,
    "attach": mounted,
    "mount": mounted,
    "strap": mounted,
    "tape": mounted,
    "blame": attributed,
    "modify": adapt,
    "fit": issue,
    "put": invest,
    "pour": invest,
    "pump": invest,
    "plough": invest,
    "inject": invest,
    "take": into_service,
    "want": wish,
    "need": wish,
    "plan": wish,
    "approve": scheme,
    "launch": scheme,
    "announce": scheme,
    "publish": footage,
    "release": footage,
    "post": footage,
    "broadcast": footage,
    "possess": have,
    "own": have,
    "hold": have,
    "turn_to": turn_to,
    "look": turn_to,
    "depend": turn_to,
    "rely": turn_to,
    "include": belong,
    "comprise": belong,
    "contain": belong,
    "sign": enlisted,
    "attribute": attributed,
    "ascribe": attributed,
    "pin": attributed,
    "reach": reach,
    "become": belong,
    "join": belong,
    "enter_service": belong,
    "issue": issue,
    "provide_with": issue,
    "return": returned,
    "embed": deploy,
    "turn_up": turned_up,
    "wash_up": turned_up,
    "go_on": wandered,
    "continue": wandered,
    "settle": wandered,
    "drift": wandered,
    "wander": wandered,
    "veer": wandered,
}


def _come(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """Drones or people that come; and "came under drone attack"."""
    yield from arrive(sentence, verb)
    yield from under_attack(sentence, verb)


def _opened(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    yield from factory(sentence, verb)
    yield from fired_on(sentence, verb)
    if sentence.drone and any(p.head.low in {"school", "academy", "centre", "center"} for p in things_of(verb)):
        yield from adopt(sentence, verb)


_BY_LEMMA["open"] = _opened


def _travelled(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    found = list(arrive(sentence, verb))
    yield from found or present(sentence, verb)


_BY_LEMMA["travel"] = _travelled
_BY_LEMMA["come"] = _come
FRAMES: dict[str, Frame] = {
    "give": give,
    "sell": give,
    "offer": give,
    "equip": equip,
    "get": get,
    "request": request,
    "fund": fund,
    "train": train,
    "learn": learn,
    "advise": advise,
    "share": share,
    "recruit": recruit,
    "join": join,
    "deploy": deploy,
    "arrive": arrive,
    "strike": strike,
    "kill": strike,
    "destroy": strike,
    "launch": launch,
    "steer": steer,
    "link": link,
    "adapt": adapt,
    "drop": drop,
    "crash": crash,
    "detect": detect,
    "down": down,
    "seize": detect,
    "overfly": intrude,
    "intrude": intrude,
    "smuggle": smuggle,
    "spy": spy,
    "disrupt": disrupt,
    "use": use,
    "rely": use,
    "adopt": adopt,
    "make": make,
    "suffer": suffer,
    "wage": wage,
}
_OWN_FRAMES = word_set("frames.own_frames")


def only_meant(verb: Verb) -> bool:
    """Is the verb what somebody is taught, hired or sent to do, or has no means to do, and so no deed of its own?"""
    up = verb.governor
    if (
        up is not None
        and verb.gerund
        and up.objects
        and verb.i - up.objects[-1].j <= 1
        and (up.objects[0].has("no", "few", "little") or up.objects[0].head.low == "lack")
    ):
        return True
    seen: Verb | None = verb
    while (
        seen is not None
        and seen.link in {"inf", "chain", "conj", "ger"}
        and seen.governor is not None
        and seen.governor is not seen
    ):
        inner, seen = seen, seen.governor
        if seen.finite and inner.link == "conj" and inner.finite:
            return False
        if (
            (seen.classes & {"train", "learn"} or seen.lemma == "show")
            and inner.infinitive
            and not verb.classes & {"train", "learn"}
        ):
            return True
        if seen.lemma in {"help", "assist"} and verb.classes & {"adopt"} and seen.objects and not seen.passive:
            return True
        if (
            seen.classes & {"recruit", "deploy"}
            and inner.infinitive
            and verb.classes & {"use", "make", "adopt", "launch"}
            and seen.lemma != "draw"
        ):
            return True
        if seen.lemma == "send" and seen.passive and inner.infinitive and verb.classes & {"use", "make", "adopt", "launch"}:
            return True
    return False


def drafts_of(sentence: Sentence) -> list[Draft]:
    """Drafts of all verbs of the sentence, in order of the text."""
    found: list[Draft] = []
    for verb in sorted(sentence.verbs, key=lambda v: (not (v.classes & {"learn"}), v.i)):
        if only_meant(verb):
            continue
        count = len(found)
        for name in sorted(verb.classes):
            frame = FRAMES.get(name)
            if frame is not None:
                found.extend(frame(sentence, verb))
        if verb.lemma in _BY_LEMMA:
            found.extend(_BY_LEMMA[verb.lemma](sentence, verb))
        if "rely" in verb.classes:
            found.extend(people(sentence, verb))
        found.extend(contract(sentence, verb))
        found.extend(package(sentence, verb))
        if verb.lemma == "fly" and len(found) == count:
            found.extend(flying(sentence, verb))
        if len(found) == count and not verb.classes & _OWN_FRAMES:
            found.extend(wield(sentence, verb))
    found.extend(adjunct_drafts(sentence))
    found.extend(supplier(sentence))
    found.extend(buyer(sentence))
    return found
