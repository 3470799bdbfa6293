"""Which number of a sentence belongs to a claim, and which time."""

from __future__ import annotations

from picket.learn.certainty import chain_of
from picket.learn.chunks import Phrase
from picket.learn.claim import TRANSFERS, Quantity
from picket.learn.drafts import Draft
from picket.learn.quantities import quantity_in
from picket.learn.sentence import Sentence


def amount_of(sentence: Sentence, draft: Draft, others: list[Draft]) -> Quantity | None:
    for phrase in draft.numbers:
        part: Phrase | None = phrase
        while part is not None:
            found = quantity_in(part, sentence.text, sentence.end)
            if found is not None:
                return found
            part = part.of
    if draft.kind in {"warning", "statistic"}:
        return None
    verb = draft.verb
    if verb is not None:
        for phrases in [verb.subjects, verb.objects, *(ps for n, ps in verb.preps)]:
            for phrase in phrases:
                if not phrase.time:
                    found = quantity_in(phrase, sentence.text, sentence.end)
                    if found is not None:
                        return found
    if verb is not None and verb.link == "inf" and verb.governor is not None and draft.kind in TRANSFERS:
        for phrase in [
            *verb.governor.prep("worth", "for", "of"),
            *verb.governor.objects,
        ]:  # "won a contract worth 8 million euros to"
            found = quantity_in(phrase, sentence.text, sentence.end)
            if found is not None and not phrase.time:
                return found
    speakers = [p for v in sentence.verbs if v.classes & {"say", "warn", "fear"} for p in v.subjects]
    if draft.kind not in {"use_attack", "sighting"}:  # the dead of the next clause are not the number of a delivery
        speakers += [p for v in sentence.verbs if v.classes & {"kill"} and v is not verb for p in [*v.subjects, *v.objects]]
    last = max((v.i for v in sentence.verbs if v.governor is verb or v is verb), default=0)
    for phrase in sentence.phrases():
        if (
            not phrase.time
            and phrase not in speakers
            and (verb is None or phrase.i > verb.i)
            and not any(v.finite and last < v.i < phrase.i for v in sentence.verbs)
        ):
            found = quantity_in(phrase, sentence.text, sentence.end)
            if found is not None:
                return found
    return None


def time_of(sentence: Sentence, draft: Draft) -> str | None:
    known = [t for t in sentence.times if t.iso]
    if not known:
        return None
    if draft.verb is None or len(known) == 1:
        return known[0].iso
    chain = list(chain_of(draft.verb))
    start, end = min(v.tokens[0].start for v in chain), max(v.tokens[-1].end for v in chain)
    return min(known, key=lambda t: (max(0, t.start - end) if t.start >= end else (start - t.end) + 20, t.start)).iso
