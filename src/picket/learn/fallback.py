"""The last resort for a sentence about drones in which no frame fired: the plainest reading of its first telling verb.

Looser than the frames (an instrument is not asked for, an end may be missing), and so less often right; its claims carry the rule
"loose-...". Measured on the tuned reports it pays: docs/learn.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import HARMFUL
from picket.learn.lexicon import word_set
from picket.learn.naming import bare_text, classes_of, text_of
from picket.learn.sentence import Sentence, drone_head, drone_owner, is_drone

_LENGTHS = word_set("statistics.units_of_length")
_TOWARDS = frozenset({"at", "on", "over", "near", "against", "into", "above", "around"})
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
    "give": "supply",
    "sell": "supply",
    "equip": "supply",
    "offer": "supply",
    "train": "training",
    "steer": "use_attack",
    "crash": "sighting",
    "suffer": "use_attack",
    "wage": "use_attack",
    "spy": "sighting",
    "disrupt": "sighting",
    "adapt": "adoption",
    "have": "adoption",
}


def loose_drafts(sentence: Sentence) -> Iterator[Draft]:
    """At most one draft."""
    if not sentence.drone:
        return
    tools = [p for p in sentence.phrases() if is_drone(p)]
    for verb in sentence.verbs if tools else []:
        if verb.negated or (verb.gerund and verb.governor is None):
            continue
        for name, kind in _KINDS.items():
            if name in verb.classes:
                draft = _loose(sentence, verb, kind, tools)
                if draft is not None:
                    yield draft
                    return


def _loose(sentence: Sentence, verb: Verb, kind: str, tools: list[Phrase]) -> Draft | None:
    doers = verb.prep("by") if verb.passive else verb.subjects
    things = verb.subjects if verb.passive else verb.objects
    around = [*doers, *things, *(p for _, ps in verb.preps for p in ps)]
    tool = next((p for p in around if is_drone(p)), tools[0])
    actor = next(iter(sentence.actors([p for p in doers if not drone_head(p)])), None) if kind != "sighting" else None
    if actor is None and kind not in {"adoption", "production"}:
        actor = next((o for p in [tool, *around] if drone_head(p) and (o := drone_owner(p, sentence))), None)
    if verb.classes & {"drop", "launch"} and kind == "use_attack" and not _armed(sentence):
        return None
    targets = [p for p in things if not is_drone(p) and not p.time and not p.pronoun]
    targets = [p for p in targets if p.head.low not in _LENGTHS]
    targets = targets or [p for n, ps in verb.preps if n in _TOWARDS for p in ps if not p.time and not is_drone(p)]
    if kind == "use_attack" and any(drone_head(p) for p in things) and not verb.classes & {"launch", "drop"}:
        kind = "sighting"
    if not _enough(kind, actor, targets, things, tool):
        return None
    target = "; ".join(bare_text(p) for p in targets[:2]) or None
    if kind in {"supply", "training"}:
        taker = next(
            iter(sentence.actors([*verb.indirect, *(targets if kind == "training" else []), *verb.prep("to", "for")])), None
        )
        if not (actor and taker and actor != taker) or (kind == "supply" and not any(is_drone(p) for p in things)):
            return None
        return Draft(kind, f"loose-{kind}", verb, provider=actor, recipient=taker, thing=text_of(tool), numbers=things)
    if kind in {"adoption", "production"}:
        return Draft(kind, f"loose-{kind}", verb, actor=actor, thing=text_of(tool), numbers=things, where=around)
    return Draft(
        kind, f"loose-{kind}", verb, actor=actor, target=target, thing=text_of(tool), numbers=[*targets, *things], where=around
    )


def _armed(sentence: Sentence) -> bool:
    """Does the sentence speak of weapons, attack or harm?"""
    return any(
        t.low in HARMFUL or "attacknoun" in classes_of(t) or t.low in {"missile", "missiles", "rockets"} for t in sentence.tokens
    ) or any(v.classes & {"kill", "destroy", "strike"} for v in sentence.verbs)


def _enough(kind: str, actor: str | None, targets: list[Phrase], things: list[Phrase], tool: Phrase) -> bool:
    """Is there what the kind needs: who takes up a drone, or whom an attack hits with one?"""
    if kind in {"adoption", "production"}:
        return actor is not None and any(is_drone(p) for p in things)
    if kind == "use_attack":
        return bool(targets) and (drone_head(tool) or "attacknoun" in classes_of(tool.head))
    if kind == "sighting" and things and not any(drone_head(p) or "sightnoun" in classes_of(p.head) for p in things):
        return False
    return kind != "sighting" or ((drone_head(tool) or "sightnoun" in classes_of(tool.head)) and bool(targets))
