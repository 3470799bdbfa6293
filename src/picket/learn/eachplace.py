"""One claim for each place of a list at which something happened apart: missions to two capitals, flights over three bases."""

from __future__ import annotations

from dataclasses import replace

from picket.learn.chunks import Phrase
from picket.learn.drafts import Draft
from picket.learn.naming import bare_text
from picket.learn.spots import TOWN, place_name

_APART = frozenset({"deployment", "sighting"})
_SPOTS = frozenset({"in", "at", "to", "over", "near", "above", "around"})


def each_place(drafts: list[Draft]) -> list[Draft]:
    """The drafts, those of kinds that happen apart once for each town, base or airport of a list beside their verb."""
    out: list[Draft] = []
    for draft in drafts:
        apart = draft.kind in _APART or (draft.kind == "use_attack" and draft.target is None)
        places = _listed(draft) if apart and draft.verb is not None else []
        if len(places) < 2:
            out.append(draft)
            continue
        for phrase, name, country in places:
            moved = replace(draft, place=name, country=country, where=[phrase])
            if draft.kind == "sighting" and draft.target is not None:
                moved.target, moved.target_phrase = bare_text(phrase), phrase
            out.append(moved)
    return out


def _listed(draft: Draft) -> list[tuple[Phrase, str, str | None]]:
    assert draft.verb is not None
    spots = [(n, p) for n, ps in draft.verb.preps if n in _SPOTS for p in ps]
    groups: list[list[Phrase]] = []
    last = ""
    for name, phrase in spots:  # "at A, at B and at C" is one list too
        if groups and name == last and phrase.i - groups[-1][-1].j <= 3:
            groups[-1].append(phrase)
        else:
            groups.append([phrase])
        last = name
    for phrase in [*draft.verb.subjects, *draft.verb.objects]:
        for name in _SPOTS:
            groups.append([p for n, p in phrase.after if n == name])
    for group in groups:
        found = [(p, e) for p in group if not p.time and (e := place_name(p)) and p.of is None]
        specific = {e.rank for _, e in found}
        if (
            len(found) == len(group)
            and len(found) > 1
            and specific == {max(specific)}
            and (max(specific) == TOWN or draft.kind in {"deployment", "use_attack"})
        ):
            return [(p, e.name, e.country) for p, e in found]
    return []
