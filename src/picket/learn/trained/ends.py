"""Who stands at the ends of a claim: every mention is weighed for every role, the likeliest take theirs, nobody stands at both ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from picket.learn.chunks import Phrase, Verb
from picket.learn.claim import TRANSFERS
from picket.learn.drafts import Draft
from picket.learn.naming import text_of
from picket.learn.sentence import Sentence, drone_head, is_drone
from picket.learn.trained.encoder import Encoded, mixed
from picket.learn.trained.look import Look
from picket.learn.trained.mentions import Mention
from picket.learn.trained.relations import end_features
from picket.learn.trained.standing import Span
from picket.learn.trained.weights import Weights


@dataclass(frozen=True, slots=True)
class Limits:
    """From which probability on a kind is claimed where no rule has read firmly, and beside what one has read; below which a rule's
    claim is dropped; from which on an end is taken, the open end of a rule's transfer or of its other kinds is filled; below which a
    rule's end is taken away; from which on a further claim of a kind is made, a rule's claim is doubted; and a claim has the likeliest
    country, the likeliest number, and 1 for what is told singly ("a drone"), of which most readers count nothing.

    Chosen on reports of hands that the weights were not trained on (`python -m benchmarks.train_reader --measure`)."""

    kind: float = 0.25
    beside: float = 0.4
    keep: float = 0.2
    end: float = 0.3
    fill: float = 0.2
    fill_events: float = 0.3
    keep_end: float = 0.15
    further: float = 0.3
    doubt: float = 0.15
    country: float = 0.35
    number: float = 0.35
    single: float = 0.6


LIMITS = Limits()
Ranked = list[tuple[float, Mention[int], str]]  # (probability, mention, role), likeliest first


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who may stand at the ends of a sentence's claims, and where each stands in the report's text; no places without an encoder."""

    mentions: list[Mention[int]]
    places: list[Span]
    encoded: Encoded | None


def ends_of(kind: str) -> tuple[str, str]:
    """The slots of a kind's two ends."""
    return ("provider", "recipient") if kind in TRANSFERS else ("actor", "target")


def ranked(look: Look, kind: str, anchor: Verb | None, those: Candidates, weights: Weights) -> Ranked:
    """(probability, mention, role) of each mention at each end of a kind, likeliest first; those of one end and of nobody add up to 1."""
    mentions = those.mentions
    if not mentions:
        return []
    rows: list[int] = []
    starts: list[int] = []
    for mention in mentions:
        starts.append(len(rows))
        rows += mention.features
        rows += end_features(look, kind, mention, anchor, weights.end_groups)
    logits = weights.end_logits(np.array(rows, np.intp), starts, kind)
    if those.encoded is not None:
        logits = mixed(logits, those.encoded.end_logits(look.sentence.begin, kind, those.places))
    odds = np.exp(np.minimum(logits, 30.0))
    found = []
    for end, role in enumerate(ends_of(kind)):
        able = [k for k, mention in enumerate(mentions) if mention.acts or role == "target"]
        of_role = odds[able, end]
        found += [(-p, k, role) for p, k in zip((of_role / (1 + of_role.sum())).tolist(), able, strict=True)]
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


def mended(drafts: list[Draft], weighed: Ranked, limits: Limits) -> None:
    """Takes from the rules' drafts of one kind and verb the ends of which the weights see next to no sign, those of a list together, and
    fills those that are open; such a claim then counts as guessed, so its rule says so."""
    least = limits.fill if drafts[0].kind in TRANSFERS else limits.fill_events
    for role in ends_of(drafts[0].kind):
        shares = [(mention.name.lower(), p) for p, mention, r in weighed if r == role]
        said = {value.lower() for d in drafts if (value := getattr(d, role))} & {name for name, _ in shares}
        if said and sum(p for name, p in shares if name in said) < limits.keep_end:
            for draft in drafts:
                if (getattr(draft, role) or "").lower() in said:
                    _set(draft, role, None)
    for draft in drafts:
        for p, mention, role in weighed:
            there = {getattr(draft, r).lower() for r in ends_of(draft.kind) if getattr(draft, r)}
            if p >= least and getattr(draft, role) is None and mention.name.lower() not in there:
                _set(draft, role, mention.name)


def _set(draft: Draft, role: str, name: str | None) -> None:
    setattr(draft, role, name)
    draft.rule = f"trained-end-{draft.rule.removeprefix('trained-end-')}"


def without_copies(drafts: list[Draft]) -> list[Draft]:
    """The drafts, of those alike in all that they say the first: ends that were taken away or filled may have told them apart."""
    kept: dict[tuple[object, ...], Draft] = {}
    for d in drafts:
        numbers = tuple(map(id, d.numbers))
        kept.setdefault((d.kind, *(getattr(d, role) for role in ends_of(d.kind)), d.amount, d.place, d.time, numbers), d)
    return [*kept.values()]


def _thing(sentence: Sentence) -> Phrase | None:
    phrases = sentence.phrases()
    return next((p for p in phrases if drone_head(p)), None) or next((p for p in phrases if is_drone(p)), None)
