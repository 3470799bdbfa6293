"""One claim for each counted thing of a list: "made 230 TB2s and 36 Akincis", "seized 180 servo motors and five engines"."""

from __future__ import annotations

from dataclasses import replace

from picket.learn.chunks import Phrase
from picket.learn.drafts import Draft
from picket.learn.naming import text_of
from picket.learn.quantities import quantity_in
from picket.learn.sentence import Sentence, is_drone

_APART = frozenset({"supply", "production"})


def each_number(sentence: Sentence, drafts: list[Draft]) -> list[Draft]:
    """The drafts, those of deliveries and makers once for each drone or part of a list in which each has a number of its own."""
    out: list[Draft] = []
    for draft in drafts:
        listed = _listed(sentence, draft) if draft.kind in _APART and draft.verb is not None else []
        if len(listed) < 2:
            out.append(draft)
        for phrase in listed if len(listed) > 1 else []:
            out.append(replace(draft, thing=text_of(phrase), numbers=[phrase]))
    return out


def _listed(sentence: Sentence, draft: Draft) -> list[Phrase]:
    assert draft.verb is not None
    for group in (draft.verb.objects, draft.verb.subjects if draft.verb.passive else []):
        if len(group) > 1 and any(is_drone(p) for p in group):
            found = [q for p in group if (q := quantity_in(p, sentence.text, sentence.end)) is not None]
            things = {q.unit for q in found} & {"dollars", "euros", "pounds"}
            if len(found) == len(group) and not things:
                return list(group)
    return []
