"""What the analyst's screens show: questions to the desk, answered as plain rows.

Every row that says something carries `evidence`, the numbers of the claims that it rests on, the best first, so that a screen
can open the sentence behind it. Sentences come from wording.py and carry their hedge. Rows are cut to `most`, and `total` says
how many there are. Each question is a look into the built picture: less than 0.2 s at 100,000 claims (docs/learn-flows.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from picket.learn import when
from picket.learn.cards import Card
from picket.learn.cards.coverage import coverage
from picket.learn.changes import changes
from picket.learn.claim import Claim, guessed
from picket.learn.doubt import hedged
from picket.learn.first_seen import First, first_seen, lag_words
from picket.learn.flows import Flow, known_by
from picket.learn.gaps import questions
from picket.learn.grade import CREDIBILITY, RELIABILITY
from picket.learn.paths import find_paths, named
from picket.learn.points import actor_country, country_point, place_point
from picket.learn.reach import reach
from picket.learn.wording import Line, claim_line, flow_line, grade_words, incident_line

if TYPE_CHECKING:
    from picket.learn.desk import Desk, Seen
    from picket.learn.incidents import Incident
    from picket.site import Site

MOST_EVIDENCE = 30
_AROUND = 20_000  # characters of a report shown on either side of a sentence
_FIGURE_ORDER = {1: 0, 2: 1, 3: 2, 6: 3, 4: 4, 5: 5}


def state(desk: Desk, user: str, site: bool) -> dict[str, Any]:
    """What is open: counts, the days of publication, how far the picture is behind."""
    p = desk.seen.picture
    days = [d for d in p.reported if d >= 0]
    counts = {"pending": 0, "accepted": 0, "edited": 0, "rejected": 0, "added": 0}
    for n in desk.numbers():
        counts[desk.state(n)] += 1
    return {
        "user": user, "examples": desk.examples, "site": site, "reports": len(desk.reports), "claims": len(desk.numbers()),
        "counts": counts, "behind": desk.behind, "decisions": len(desk.made), "origins": len(p.grades), "flows": len(p.flows),
        "incidents": len(p.incidents), "first": when.iso(min(days)) if days else None, "last": when.iso(max(days)) if days else None,
        "cards": [{"id": c.id, "title": c.title} for c in p.cards.values()],
    }  # fmt: skip


# -- inbox and reports -------------------------------------------------------------------------------------------------------------
def inbox(desk: Desk, show: str, words: str, after: int, most: int) -> dict[str, Any]:
    """Claims in the order of publication: `show` is a state or "all", `words` must stand in the sentence or the report's name."""
    needle = words.casefold().strip()
    found = []
    for n in desk.numbers():
        if show != "all" and desk.state(n) != show:
            continue
        if needle:
            c = desk.original(n)
            if needle not in f"{c.doc} {c.source or ''} {c.evidence}".casefold():
                continue
        found.append(n)
    shown = [n for n in found if n > after][:most]
    return {"total": len(found), "rows": [_inbox_row(desk, n) for n in shown]}


def _inbox_row(desk: Desk, n: int) -> dict[str, Any]:
    c = desk.claim(n)
    who = (
        f"{c.provider or '?'} → {c.recipient or '?'}" if c.provider or c.recipient else c.actor or c.target or "actor not stated"
    )
    return {
        "n": n,
        "doc": c.doc,
        "kind": c.kind,
        "who": who,
        "what": c.capability,
        "certainty": c.certainty,
        "state": desk.state(n),
        "guessed": guessed(desk.original(n).rule),
    }


def claim(desk: Desk, n: int) -> dict[str, Any]:
    """One claim with its report's text around it, its grade, and what was decided."""
    c, report, line = desk.claim(n), desk.reports.get(desk.claim(n).doc), desk.ledger.get(desk.claim(n).doc)
    whole = report.text if report else c.evidence
    to_letter = report is not None and whole[c.start : c.end] == c.evidence
    at = max(0, c.start - _AROUND) if to_letter else 0
    text = whole[at : c.end + _AROUND] if to_letter else c.evidence
    original = desk.original(n)
    return {
        **evidence(desk, [n])[0], "guessed": guessed(original.rule), "own_doubt": _own_doubt(c),
        "claim": msgspec.to_builtins(c),
        "original": msgspec.to_builtins(original) if original != c else None,
        "text": text, "text_from": at, "start": c.start - at if to_letter else 0, "end": c.end - at if to_letter else len(c.evidence),
        "has_report": to_letter, "before": at > 0, "more": len(whole) > at + len(text),
        "decision": desk.decided.last.get(desk.key(n)), "translation": desk.translation(n),
        "language": report.language if report else None, "copy_of": line.copy_of if line else None,
    }  # fmt: skip


def _own_doubt(c: Claim) -> bool:
    """Is a claim possible only because it was guessed: does no word of its sentence hedge?"""
    return guessed(c.rule) and c.certainty == "possible" and hedged(c.evidence) is None


def evidence(desk: Desk, numbers: Iterable[int]) -> list[dict[str, Any]]:
    """The sentences behind something that is shown, with who says so and how good the source is."""
    seen, rows = desk.seen, []
    for n in numbers:
        c, line = desk.claim(n), desk.ledger.get(desk.claim(n).doc)
        i = seen.entry_of.get(n)
        e = seen.picture.entries[i] if i is not None else None
        origin = e.voice.keys[0].removeprefix("origin:") if e else None
        grade = seen.picture.grades.get(origin) if origin else None
        url = line.url if line else None
        rows.append({
            "n": n, "doc": c.doc, "evidence": c.evidence, "kind": c.kind, "certainty": c.certainty, "attributed_to": c.attributed_to,
            "source": c.source or (line.publisher if line else None), "published": c.published or (line.published if line else None),
            "title": line.title if line else None, "url": url if url and url.startswith(("https://", "http://")) else None,
            "start": c.start, "end": c.end, "rule": c.rule, "state": desk.state(n),
            "sentence": claim_line(seen.picture, i).text if i is not None else None,
            "origin": seen.picture.publishers.name(origin) if origin and not origin.startswith("report:") else origin,
            "reliability": e.voice.letter if e else None,
            "reliability_words": RELIABILITY[e.voice.letter] if e else None, "reasons": list(grade.reasons) if grade else [],
        })  # fmt: skip
    return rows


def reports(desk: Desk, words: str, most: int) -> dict[str, Any]:
    """The reports that are open, newest first; `words` must stand in the title, the publisher or the text."""
    needle = words.casefold().strip()
    rows = [
        {"doc": r.doc, "title": r.title, "source": r.source, "published": r.published, "language": r.language,
         "claims": desk.counts.get(r.doc, 0), "characters": len(r.text)}
        for r in sorted(desk.reports.values(), key=lambda r: (r.published or "", r.doc), reverse=True)
        if not needle or needle in f"{r.doc} {r.title or ''} {r.source or ''} {r.text}".casefold()
    ]  # fmt: skip
    return {"total": len(rows), "rows": rows[:most]}


def report(desk: Desk, doc: str) -> dict[str, Any] | None:
    """A report's whole text with the spans of its claims; None for one that is not here."""
    r = desk.reports.get(doc)
    if r is None:
        return None
    spans = sorted(
        {(c.start, c.end, n) for n in desk.numbers() if (c := desk.claim(n)).doc == doc and desk.state(n) != "rejected"}
    )
    return {"doc": doc, "title": r.title, "source": r.source, "published": r.published, "language": r.language, "url": r.url,
            "text": r.text, "spans": [{"start": s, "end": e, "n": n} for s, e, n in spans]}  # fmt: skip


# -- the picture -------------------------------------------------------------------------------------------------------------------
def _numbers(seen: Seen, members: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(seen.numbers[i] for i in members))[:MOST_EVIDENCE]


def _line(seen: Seen, line: Line) -> dict[str, Any]:
    return {"sentence": line.text, "evidence": _numbers(seen, line.evidence)}


def _edge(seen: Seen, f: Flow) -> dict[str, Any]:
    p = seen.picture
    return {
        "kind": f.key.kind, "from": f.key.provider, "to": f.key.recipient, "from_name": p.name(f.key.provider),
        "to_name": p.name(f.key.recipient), "certainty": f.certainty, "fact": f.fact, "denied": bool(f.against),
        "information": f.credibility.figure, "information_words": CREDIBILITY[f.credibility.figure], "grade": grade_words(f),
        "when": when.words(f.span), "reports": f.reports, "known_since": when.iso(f.reported[0]) if f.reported else None,
        "capabilities": [p.cards[c].title for c, _ in f.capabilities if c in p.cards], **_line(seen, flow_line(p, f)),
    }  # fmt: skip


def flows(desk: Desk, until: int | None, actor: str, card: str, most: int) -> dict[str, Any]:
    """Flows as they stood on the ordinal day `until`, the best graded first, and the actors at their ends."""
    seen = desk.seen
    p = seen.picture
    ids = set(named(p, actor)) if actor else set()
    only = {a for i in ids for a in p.under(i)}
    found = []
    for f in p.flows.values():
        if until is not None and f.reported is not None and f.reported[0] > until:
            continue
        if actor and f.key.provider not in only and f.key.recipient not in only:
            continue
        if card and card not in dict(f.capabilities):
            continue
        found.append(f)
    found.sort(
        key=lambda f: (_FIGURE_ORDER[f.credibility.figure], -f.reports, f.key.kind, f.key.provider or "", f.key.recipient or "")
    )
    shown = found[:most]
    if until is not None:
        shown = [at for f in shown if (at := known_by(f, until, p.entries)) is not None]
    edges = [_edge(seen, f) for f in shown]
    nodes = {a: p.actors[a] for f in shown for a in (f.key.provider, f.key.recipient) if a is not None}
    return {
        "total": len(found), "edges": edges,
        "nodes": [{"id": a, "name": p.name(a), "type": x.type, "country": actor_country(x, p.actors)} for a, x in sorted(nodes.items())],
    }  # fmt: skip


def paths(desk: Desk, source: str, target: str) -> dict[str, Any]:
    """How it could have reached somebody; `problem` says which name means nobody or several."""
    seen = desk.seen
    p, ends = seen.picture, []
    for words in (source, target):
        ids = named(p, words) if words.strip() else []
        if len(ids) != 1:
            several = "; ".join(p.name(i) for i in ids[:6])
            return {"problem": f"{words!r} can mean {several}" if ids else f"no actor is called {words!r}", "paths": []}
        ends.append(ids[0])
    rows = []
    for path in find_paths(p, ends[0], ends[1], most=5):
        hops: list[dict[str, Any]] = []
        for k, h in enumerate(path.hops):
            f = p.flows[h.flow] if h.flow else None
            said = _line(seen, flow_line(p, f)) if f else {"sentence": "part of it; no claim", "evidence": []}
            hops.append({"from": p.name(h.provider), "to": p.name(h.recipient), "kind": h.flow.kind if h.flow else "part of",
                         "order": h.order, "weakest": k == path.weakest, "certainty": f.certainty if f else None,
                         "information": f.credibility.figure if f else None, **said})  # fmt: skip
        rows.append({"hops": hops})
    return {"problem": None, "paths": rows}


def _first(seen: Seen, f: First) -> dict[str, Any]:
    earlier = when.words(seen.picture.entries[f.earlier].span) if f.earlier is not None else None
    members = (f.entry,) if f.earlier is None else (f.entry, f.earlier)
    return {"when": when.words(f.span), "lag": lag_words(f.lag_days), "certainty": f.certainty, "earlier_if_true": earlier,
            "first_day": f.span.first if f.span else None, "evidence": _numbers(seen, members)}  # fmt: skip


def matrix(desk: Desk, most: int) -> dict[str, Any]:
    """Who was first seen with which capability: a row an actor, a column a card that anybody has."""
    seen = desk.seen
    p = seen.picture
    cells: dict[str, dict[str, Any]] = {}
    columns = []
    for card in p.cards.values():
        firsts = first_seen(p, card.id)
        if firsts.actors:
            columns.append({"id": card.id, "title": card.title, "first": firsts.first.who if firsts.first else None})
        for f in firsts.actors:
            cells.setdefault(f.who, {})[card.id] = f
    order = sorted(cells, key=lambda a: (-len(cells[a]), min(_day(f) for f in cells[a].values()), a))
    rows = [{"id": a, "name": p.name(a), "cells": {c: _first(seen, f) for c, f in cells[a].items()}} for a in order[:most]]
    far = [
        {"actor": p.name(r.actor), "card": p.cards[r.card].title if r.card else None, "distance_km": r.distance_km,
         "qualifier": r.qualifier.replace("_", " "), "certainty": r.certainty, "when": when.words(r.span),
         "evidence": _numbers(seen, (r.entry,))} for r in reach(p)[:most]
    ]  # fmt: skip
    return {"total": len(order), "columns": columns, "rows": rows, "reach": far}


def _day(f: First) -> int:
    return f.span.first if f.span and f.span.first is not None else 9_999_999


def disagreements(desk: Desk, most: int) -> dict[str, Any]:
    """Contradictions, both sides in sentences. Nothing says which is right."""
    seen = desk.seen
    p = seen.picture
    found = p.__dict__["_contradictions"]

    def side(members: tuple[int, ...]) -> list[dict[str, Any]]:
        return [_line(seen, claim_line(p, i)) | {"certainty": p.entries[i].claim.certainty} for i in members[:8]]

    rows = [{"kind": c.kind, "about": c.about, "one": side(c.one), "other": side(c.other),
             "more": max(0, len(c.one) - 8) + max(0, len(c.other) - 8)}
            for c in found[:most]]  # fmt: skip
    return {"total": len(found), "rows": rows}


def sources(desk: Desk) -> dict[str, Any]:
    """The ledger of sources with grades and reasons, and the reports that are copies."""
    seen = desk.seen
    p = seen.picture
    members: dict[str, list[int]] = {}
    for i, e in enumerate(p.entries):
        members.setdefault(e.voice.keys[0].removeprefix("origin:"), []).append(i)
    rows = [
        {"id": o, "name": p.publishers.name(o), "letter": p.grades[o].letter, "words": RELIABILITY[p.grades[o].letter],
         "reasons": list(p.grades[o].reasons), "claims": len(m), "reports": len({p.entries[i].claim.doc for i in m}),
         "decided": o in seen.decided.grades, "evidence": _numbers(seen, m[:MOST_EVIDENCE])}
        for o, m in sorted(members.items(), key=lambda x: (-len(x[1]), x[0]))
    ]  # fmt: skip
    copies = [
        {"doc": s.doc, "publisher": s.publisher, "copy_of": s.copy_of, "shared": s.shared} for s in p.ledger.values() if s.copy_of
    ]
    return {
        "total": len(rows),
        "rows": rows[:500],
        "copies": copies[:500],
        "reliability": RELIABILITY,
        "credibility": CREDIBILITY,
    }


def card(desk: Desk, id: str, site: Site | None) -> dict[str, Any] | None:
    """A tactic card with its claims and, when a site file is given, what this site's sensors would see; None for no such card."""
    seen = desk.seen
    p = seen.picture
    c: Card | None = p.cards.get(id)
    if c is None:
        return None
    members = [i for i, e in enumerate(p.entries) if id in e.cards]
    told = msgspec.to_builtins(c)
    told.pop("match")
    firsts = first_seen(p, id)
    return {
        **told, "total": len(members),
        "claims": [_line(seen, claim_line(p, i)) | {"certainty": p.entries[i].claim.certainty} for i in members[-40:][::-1]],
        "firsts": [{"who": p.name(f.who), **_first(seen, f)} for f in firsts.actors[:20]],
        "coverage": _coverage(c, site) if site else None,
    }  # fmt: skip


def _coverage(c: Card, site: Site) -> dict[str, Any]:
    found = coverage(c, site)
    return {"answer": found.answer, "words": found.words(), "sights": [s._asdict() for s in found.sights]}


def asked_of_us(desk: Desk, site: Site | None, most: int) -> dict[str, Any]:
    """What warnings elsewhere ask of this site."""
    found = questions(desk.seen.picture, site)
    rows = [
        {"card": desk.seen.picture.cards[q.card].title, "question": q.question, "answer": q.answer, "words": q.words,
         "evidence": _numbers(desk.seen, (q.entry,))} for q in found[:most]
    ]  # fmt: skip
    return {"total": len(found), "rows": rows}


def changed(desk: Desk, since: int, most: int) -> dict[str, Any]:
    """What was published since an ordinal day and changes the picture."""
    seen = desk.seen
    p, c = seen.picture, changes(seen.picture, since)
    return {
        "totals": {"flows": len(c.flows), "grown": len(c.grown), "firsts": len(c.firsts), "reach": len(c.reach),
                   "incidents": len(c.incidents)},
        "flows": [_edge(seen, f) for f in c.flows[:most]],
        "grown": [_edge(seen, g.flow) | {"before": g.before, "certainty_before": g.certainty_before, "denials": g.denials}
                  for g in c.grown[:most]],
        "firsts": [{"who": p.name(f.who), "card": p.cards[k].title, **_first(seen, f)} for k, f in c.firsts[:most]],
        "reach": [{"actor": p.name(r.actor), "distance_km": r.distance_km, "certainty": r.certainty, "evidence": _numbers(seen, (r.entry,))}
                  for r in c.reach[:most]],
        "incidents": [_incident(seen, n) for n in c.incidents[-most:][::-1]],
    }  # fmt: skip


def _incident(seen: Seen, n: Incident) -> dict[str, Any]:
    line = incident_line(seen.picture, n)
    return {"kind": n.kind, "when": when.words(n.span), "vague": n.vague, "denied": bool(n.against), "reports": n.reports,
            "certainty": seen.picture.entries[line.evidence[0]].claim.certainty, **_line(seen, line)}  # fmt: skip


def places(desk: Desk, until: int | None, most: int) -> dict[str, Any]:
    """Incidents with the disc in which they lie, latest first, and flows between countries as arcs."""
    seen = desk.seen
    p, points, arcs, left = seen.picture, [], [], {"incidents": 0, "flows": 0}
    known = [n for n in p.incidents if until is None or (min(p.reported[i] for i in n.entries) <= until)]
    for n in known[::-1][:most]:
        at = place_point(n.place, n.country)
        if at is None:
            left["incidents"] += 1
        else:
            points.append(_incident(seen, n) | {"place": n.place, "country": n.country, **at._asdict()})
    for edge in flows(desk, until, "", "", most)["edges"]:
        ends = [country_point(actor_country(p.actors[a], p.actors)) if a else None for a in (edge["from"], edge["to"])]
        if ends[0] is None or ends[1] is None or ends[0] == ends[1]:
            left["flows"] += 1
        else:
            arcs.append(edge | {"ends": [[x.lon_deg, x.lat_deg, x.precision_km] for x in ends if x]})
    return {"total": len(known), "incidents": points, "flows": arcs, "left_out": left}
