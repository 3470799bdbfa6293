"""Denials: "Tehran has always denied arming the group", "Kyiv rejects the charge", "Moscow dismissed suspicions of its involvement".

A denial is a claim of its own, never a fact: what is denied stands in the sentence (a verb of giving, teaching or striking), or is
the claim told last in which the one who denies takes part. A claim of the same sentence that nobody is named for gets its name.
"""

from __future__ import annotations

import re

from picket.learn.certainty import speaker
from picket.learn.chunks import Phrase, Verb
from picket.learn.claim import TRANSFERS, Claim
from picket.learn.drafts import Draft
from picket.learn.lexicon import lexicon
from picket.learn.naming import home_of, text_of
from picket.learn.places import home_country
from picket.learn.screening import Screened
from picket.learn.sentence import Sentence, is_drone

_DENYING = frozenset(["deny", "reject", "dismiss", "refute", "dispute", "rebut", "disavow", "disclaim", "repudiate"])
_DENIAL = Screened(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|refut(?:es?|ed|ing)|disput(?:es?|ed|ing)|rebut(?:s|ted)?|"
    r"disavow(?:s|ed)?|disclaim(?:s|ed)?|repudiat(?:es?|ed))\b"
    r"|\bcall(?:s|ed|ing)? [^;]{0,60}\b"
    r"(?:false|absurd|baseless|a lie|lies|a fabrication|fabricat\w+|nonsense|groundless|untrue|unfounded)\b",
    re.IGNORECASE,
)
_OF_WHAT = re.compile(
    r"\b(?:claims?|allegations?|accusations?|charges?|suggestions?|reports?|suspicions?|stor(?:y|ies)|version|involvement|role|part|hand|"
    r"responsibility|links?|complicity|it|them|this|that|all|any)\b",
    re.IGNORECASE,
)
_PART = re.compile(r"\b(?:involvement|role|part|hand|responsibility|responsible|links?|complicity|behind)\b", re.IGNORECASE)
_NEITHER = re.compile(
    r"\b(?:nor|neither|not|without|refus\w+ to|declin\w+ to) (?:\w+ (?:or|nor) )?(?:confirm\w* or )?den(?:y|ied|ies|ying)\b",
    re.IGNORECASE,
)
_KINDS = {
    "supply": {"give", "sell", "equip", "offer"},
    "training": {"train"},
    "advising": {"advise", "share"},
    "use_attack": {"strike", "launch", "drop", "kill", "destroy"},
    "recruitment": {"recruit"},
    "deployment": {"deploy"},
}
_BACKING = frozenset(["assist", "help", "support", "back", "aid", "advise"])


def with_denials(sentence: Sentence, drafts: list[Draft], earlier: list[Claim]) -> list[Draft]:
    """The drafts of a sentence with what it denies; `earlier` are the claims told before, oldest first."""
    match = _DENIAL.search(sentence.words)
    if match is None or _NEITHER.search(sentence.words):
        return drafts
    verb = _verb_of(sentence, sentence.begin + match.start())
    denier = _denier(sentence, verb) if verb is not None else None
    if verb is None or denier is None:
        return drafts
    by = speaker(verb.subjects)
    if drafts:
        _put_name(sentence, drafts, verb, denier, by)
        return drafts
    made = _said_here(sentence, verb, denier) or (
        _said_before(denier, earlier) if _OF_WHAT.search(_rest(sentence, verb)) else None
    )
    if made is None:
        return drafts
    made.certainty, made.attributed_to = "denied", by
    return [made]


def _rest(sentence: Sentence, verb: Verb) -> str:
    return sentence.text[verb.tokens[-1].end : sentence.end]


def _verb_of(sentence: Sentence, at: int) -> Verb | None:
    return next((v for v in sentence.verbs if v.subjects and any(t.start <= at < t.end for t in v.tokens)), None)


def _denier(sentence: Sentence, verb: Verb) -> str | None:
    """Who denies, as an actor: the state of its ambassador or ministry."""
    phrases = verb.prep("by") if verb.passive else verb.subjects
    names = sentence.actors(phrases)
    if names and names[0][:1].isupper():
        return names[0]
    home = next((h for p in phrases if (h := home_of(p))), None)
    return lexicon().states.get(home) if home else None


def _put_name(sentence: Sentence, drafts: list[Draft], verb: Verb, denier: str, by: str | None) -> None:
    """ "Rwanda denies any role in the strike on Goma": the strike with Rwanda as its actor is what is denied."""
    if not _PART.search(_rest(sentence, verb)):
        return
    for draft in drafts:
        later = draft.verb is None or draft.verb.i >= verb.i
        if draft.kind in {"use_attack", "sighting"} and draft.actor in {None, denier} and later and draft.target != denier:
            draft.actor, draft.certainty, draft.attributed_to = denier, "denied", by


def _said_here(sentence: Sentence, verb: Verb, denier: str) -> Draft | None:
    for other in sentence.verbs:
        if other.i <= verb.i or other.passive:
            continue
        kind = next((k for k, classes in _KINDS.items() if other.classes & classes), None)
        if kind is None and other.lemma in _BACKING:
            kind = "advising"
        if kind is None:
            continue
        thing = next((p for p in other.objects if is_drone(p) and not p.pronoun), None)
        others = [p for p in [*other.indirect, *other.prep("to", "for", "with", "against"), *other.objects] if p is not thing]
        names = [n for n in sentence.actors(others) if n != denier]
        if kind in TRANSFERS and names:
            return Draft(kind, "denied", other, provider=denier, recipient=names[0], thing=_words(thing), numbers=[])
        if kind == "use_attack":
            return Draft(kind, "denied", other, actor=denier, target=_words(next(iter(others), None)), thing=_words(thing))
    return None


def _words(phrase: Phrase | None) -> str | None:
    return text_of(phrase) if phrase is not None else None


def _said_before(denier: str, earlier: list[Claim]) -> Draft | None:
    """What was told of the one who denies, as a draft without a verb: its number and time stay with the first telling."""
    for claim in reversed(earlier):
        if claim.kind in {"statistic", "warning"}:
            continue
        ends = (claim.provider, claim.actor)
        if any(_same(denier, end) for end in ends):
            return Draft(
                claim.kind,
                "denied-before",
                provider=claim.provider,
                recipient=claim.recipient,
                actor=claim.actor,
                target=claim.target,
                thing=claim.capability,
                place=claim.place or "",
                country=claim.country,
            )
    return None


def _same(a: str, b: str | None) -> bool:
    if not b:
        return False
    home = home_country(a)
    return a == b or (home is not None and home == home_country(b) and lexicon().states.get(home) in {a, b})
