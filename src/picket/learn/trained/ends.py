"""Who stands at the ends of a claim: every mention is weighed for every role, the likeliest take theirs, nobody stands at both ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from picket.learn.chunks import Phrase, Verb
from picket.learn.claim import TRANSFERS
from picket.learn.drafts import Draft
from picket.learn.naming import text_of
from picket.learn.sentence import Sentence, drone_head, is_drone
from picket.learn.trained.kinds import probability
from picket.learn.trained.look import Look
from picket.learn.trained.mentions import Mention
from picket.learn.trained.relations import end_features
from picket.learn.trained.weights import ENDS, Weights


@dataclass(frozen=True, slots=True)
class Limits:
    """From which probability on a kind is claimed where no rule has read firmly, and beside what one has read; below which a rule's
    claim is dropped; from which on an end is taken, the open end of a rule's transfer or of its other kinds is filled; below which a
    rule's end is taken away; from which on a further claim of a kind is made, a rule's claim is doubted; and a claim has the likeliest
    country, and the likeliest number.

    Chosen on reports of hands that the weights were not trained on (`python -m benchmarks.train_reader --measure`)."""

    kind: float = 0.27
    beside: float = 0.4
    keep: float = 0.2
    end: float = 0.3
    fill: float = 0.2
    fill_events: float = 0.3
    keep_end: float = 0.15
    further: float = 0.4
    doubt: float = 0.15
    country: float = 0.35
    number: float = 0.35


LIMITS = Limits()
Ranked = list[tuple[float, Mention[int], str]]  # (probability, mention, role), likeliest first


def ends_of(kind: str) -> tuple[str, str]:
    """The slots of a kind's two ends."""
    return ("provider", "recipient") if kind in TRANSFERS else ("actor", "target")


def ranked(look: Look, kind: str, anchor: Verb | None, mentions: list[Mention[int]], weights: Weights) -> Ranked:
    """(probability, mention, role) of each mention at each end of a kind, likeliest first."""
    if not mentions:
        return []
    rows: list[int] = []
    starts: list[int] = []
    for mention in mentions:
        starts.append(len(rows))
        rows += mention.features
        rows += end_features(look, kind, mention, anchor, weights.end_groups)
    every = np.array(rows, np.intp)
    found = []
    for role in ends_of(kind):
        for k, logit in enumerate(weights.end_logits(every, starts, ENDS[kind, role])):
            if mentions[k].acts or role == "target":
                found.append((-probability(logit), k, role))
    return [(-minus, mentions[k], role) for minus, k, role in sorted(found)]


def trained_draft(look: Look, kind: str, anchor: Verb | None, weighed: Ranked, limits: Limits) -> Draft:
    """A claim of a kind, with the likeliest ends; nobody stands at both."""
    ends: dict[str, Mention[int]] = {}
    for p, mention, role in weighed:
        taken = {m.name.lower() for m in ends.values()}
        if p >= limits.end and role not in ends and mention.name.lower() not in taken:
            ends[role] = mention
    draft = Draft(kind, f"trained-{kind}", anchor)
    for role, mention in ends.items():
        setattr(draft, role, mention.name)
    target = ends.get("target")
    if target is not None and target.phrase is not None:
        draft.target_phrase = target.phrase
        draft.where = [target.phrase]
    thing = _thing(look.sentence)
    if thing is not None:
        draft.thing = text_of(thing)
        draft.numbers = [thing]
    return draft


def mended(draft: Draft, weighed: Ranked, limits: Limits) -> None:
    """Takes from a rule's draft the ends of which the weights see next to no sign, and fills those that are open; the claim then counts
    as guessed, so its rule says so."""
    least = limits.fill if draft.kind in TRANSFERS else limits.fill_events
    rule = f"trained-end-{draft.rule}"
    for p, mention, role in weighed:
        value = getattr(draft, role)
        if value is not None and p < limits.keep_end and mention.name.lower() == value.lower():
            setattr(draft, role, None)
            draft.rule = rule
    for p, mention, role in weighed:
        there = {getattr(draft, r).lower() for r in ends_of(draft.kind) if getattr(draft, r)}
        if p >= least and getattr(draft, role) is None and mention.name.lower() not in there:
            setattr(draft, role, mention.name)
            draft.rule = rule


def _thing(sentence: Sentence) -> Phrase | None:
    phrases = sentence.phrases()
    return next((p for p in phrases if drone_head(p)), None) or next((p for p in phrases if is_drone(p)), None)
