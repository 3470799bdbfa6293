"""Who stands at the ends of a claim: every mention is weighed for every role, the likeliest take theirs, nobody stands at both ends."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from picket.learn.chunks import Phrase, Verb
from picket.learn.claim import TRANSFERS
from picket.learn.drafts import Draft
from picket.learn.naming import text_of
from picket.learn.sentence import Sentence, drone_head, is_drone
from picket.learn.trained.kinds import probability
from picket.learn.trained.look import Look
from picket.learn.trained.mentions import Mention, end_features
from picket.learn.trained.weights import ENDS, Weights


@dataclass(frozen=True, slots=True)
class Limits:
    """From which probability on a kind is claimed, and beside what a rule has read firmly; an end is taken; a coordinated end has a claim
    of its own; a rule's open end is filled.

    Chosen by cross-validation over whole reports (`python -m benchmarks.train_reader`)."""

    kind: float = 0.15
    beside: float = 0.5
    end: float = 0.2
    other: float = 0.2
    apart: float = 1.1
    fill: float = 0.2
    keep: float = 0.0
    refill: float = 1.1
    fill_events: float = 1.1
    swap: float = 1.1


LIMITS = Limits()
_MOST = 4  # claims of one kind in one sentence along one role


def ends_of(kind: str) -> tuple[str, str]:
    """The slots of a kind's two ends."""
    return ("provider", "recipient") if kind in TRANSFERS else ("actor", "target")


def ranked(
    look: Look, kind: str, anchor: Verb | None, mentions: list[Mention], weights: Weights
) -> list[tuple[float, Mention, str]]:
    """(probability, mention, role), likeliest first."""
    roles = [(role, ENDS[kind, role]) for role in ends_of(kind)]
    found = []
    for k, mention in enumerate(mentions):
        if mention.logits is None:
            mention.logits = weights.end_logits(mention.features)
        logits = mention.logits + weights.end_logits(end_features(look, kind, mention, anchor))
        for role, column in roles:
            if mention.acts or role == "target":
                found.append((-probability(float(logits[column])), k, role))
    return [(-minus, mentions[k], role) for minus, k, role in sorted(found)]


def trained_drafts(
    look: Look, kind: str, anchor: Verb | None, mentions: list[Mention], weights: Weights, limits: Limits
) -> list[Draft]:
    """The claims of one kind: one, or one for each of coordinated ends."""
    sentence = look.sentence
    ends: dict[str, list[Mention]] = {}
    taken: set[str] = set()
    for p, mention, role in ranked(look, kind, anchor, mentions, weights):
        if p < limits.end:
            break
        if mention.name.lower() in taken:
            continue
        if role not in ends:
            ends[role] = [mention]
        elif (
            role != "target"
            and len(ends[role]) < _MOST
            and p >= (limits.other if _coordinated(sentence, ends[role][0], mention) else limits.apart)
        ):
            ends[role].append(mention)
        else:
            continue
        taken.add(mention.name.lower())
    thing = _thing(sentence)
    return [_draft(kind, anchor, dict(zip(ends, chosen, strict=True)), thing) for chosen in product(*ends.values())]


def _draft(kind: str, anchor: Verb | None, ends: dict[str, Mention], thing: Phrase | None) -> Draft:
    draft = Draft(kind, f"trained-{kind}", anchor)
    for role, mention in ends.items():
        setattr(draft, role, mention.name)
    target = ends.get("target")
    if target is not None and target.phrase is not None:
        draft.target_phrase = target.phrase
        draft.where = [target.phrase]
    if thing is not None:
        draft.thing = text_of(thing)
        draft.numbers = [thing]
    return draft


def filled(look: Look, draft: Draft, mentions: list[Mention], weights: Weights, limits: Limits) -> None:
    """Fills an end that a rule left open, or takes another where the weights see it much more likely; the claim then counts as guessed,
    so its rule says so."""
    roles = ends_of(draft.kind)
    least = limits.fill if draft.kind in TRANSFERS else limits.fill_events
    order = ranked(look, draft.kind, draft.verb, mentions, weights)
    odds = {(m.name.lower(), role): p for p, m, role in reversed(order)}
    touched = False
    for p, mention, role in order:
        held = getattr(draft, role)
        there = {str(getattr(draft, r)).lower() for r in roles if getattr(draft, r)}
        if mention.name.lower() in there:
            continue
        if held is None:
            if p < least:
                continue
        elif p < limits.swap or odds.get((held.lower(), role), 0.0) > limits.refill * p or (held.lower(), role) not in odds:
            continue
        setattr(draft, role, mention.name)
        touched = True
    if touched:
        draft.rule = f"trained-end-{draft.rule}"


def _coordinated(sentence: Sentence, first: Mention, second: Mention) -> bool:
    """Do two mentions stand in one list: "Turkey and China sent"?"""
    a, b = first.phrase, second.phrase
    if a is None or b is None or a is b or first.inside or second.inside:
        return False
    lists = [ps for v in sentence.verbs for ps in (v.subjects, v.objects, v.indirect, *(p for _, p in v.preps))]
    return any(any(p is a for p in ps) and any(p is b for p in ps) for ps in lists)


def _thing(sentence: Sentence) -> Phrase | None:
    phrases = sentence.phrases()
    return next((p for p in phrases if drone_head(p)), None) or next((p for p in phrases if is_drone(p)), None)
