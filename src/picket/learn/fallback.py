"""The last resort for a sentence about drones in which no frame fired: the plainest reading of its first telling verb.

Looser than the frames (an instrument is not asked for, an end may be missing), and so less often right; its claims carry the rule
"loose-...". Measured on the tuned reports it pays: docs/learn.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from picket.learn.actors import bare_text, classes_of, text_of
from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.sentence import Sentence, drone_head, drone_owner, is_drone, place_name

_KINDS = {
    "strike": "use_attack",
    "kill": "use_attack",
    "destroy": "use_attack",
    "launch": "use_attack",
    "drop": "use_attack",
    "detect": "sighting",
    "down": "sighting",
    "seize": "sighting",
    "overfly": "sighting",
    "intrude": "sighting",
    "smuggle": "sighting",
    "make": "production",
    "adopt": "adoption",
    "use": "adoption",
    "rely": "adoption",
    "get": "adoption",
}


def loose_drafts(sentence: Sentence) -> Iterator[Draft]:
    """At most one draft."""
    if not sentence.drone or len(sentence.verbs) == 0:
        return
    for verb in sentence.verbs:
        if verb.negated or (verb.link == "rel" and len(sentence.verbs) > 2):
            continue
        for name, kind in _KINDS.items():
            if name in verb.classes:
                draft = _loose(sentence, verb, kind)
                if draft is not None:
                    yield draft
                    return


def _loose(sentence: Sentence, verb: Verb, kind: str) -> Draft | None:
    doers = verb.prep("by") if verb.passive else verb.subjects
    things = verb.subjects if verb.passive else verb.objects
    around: list[Phrase] = [*doers, *things, *(p for _, ps in verb.preps for p in ps)]
    if not any(is_drone(p) for p in around):
        return None
    actor = next(iter(sentence.actors([p for p in doers if not drone_head(p)])), None) if kind != "sighting" else None
    if actor is None:
        actor = next((o for p in around if drone_head(p) and (o := drone_owner(p, sentence))), None)
    targets = [p for p in things if not is_drone(p) and not p.time] or [
        p
        for n, ps in verb.preps
        if n in {"at", "on", "over", "near", "against", "into"}
        for p in ps
        if not p.time and not is_drone(p)
    ]
    tool = next((p for p in around if is_drone(p)), None)
    if kind in {"adoption", "production"}:
        if actor is None or not any(is_drone(p) for p in things):
            return None
        return Draft(
            kind,
            f"loose-{kind}",
            verb,
            actor=actor,
            thing=text_of(tool) if tool else None,
            numbers=things,
            where=[p for p in around if place_name(p)],
        )
    if kind == "use_attack" and any(drone_head(p) for p in things) and not verb.classes & {"launch", "drop"}:
        kind = "sighting"
    if (actor is None and not targets) or (
        kind == "use_attack" and not any(drone_head(p) or (is_drone(p) and "attacknoun" in classes_of(p.head)) for p in around)
    ):
        return None
    return Draft(
        kind,
        f"loose-{kind}",
        verb,
        actor=actor,
        target="; ".join(bare_text(p) for p in targets[:2] if not p.pronoun) or None,
        thing=text_of(tool) if tool else None,
        numbers=[*targets, *things],
        where=around,
    )
