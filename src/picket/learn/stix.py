"""The picture as a STIX 2.1 bundle (OASIS Standard, 10 June 2021).

Actors are `identity` objects (section 4.5): the picture says who acts, and calling somebody a threat is for its reader. Tactic
cards are `attack-pattern` (4.1). A flow is a `relationship` (5.1) from provider to recipient whose type is the kind of
transfer; a capability that somebody was first seen with is a `relationship` of type "uses". Confidence is the Admiralty figure
on STIX's own scale (appendix A). The evidence stands in `external_references`, sentence by sentence. A denial is an `opinion`
(4.14), "disagree", on the relationship: it does not remove it.

Ids are UUIDv5 of what the object is (the standard's section 2.9 says SHOULD to v4, to keep producers apart; the namespace is
ours), and times are those of publication, so the same picture gives the same bytes; a consumer that already holds an object
recognises it. Nothing of the site is in it.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from picket.learn import when
from picket.learn.first_seen import first_seen
from picket.learn.grade import STIX_CONFIDENCE
from picket.learn.wording import flow_line, grade_words

if TYPE_CHECKING:
    from picket.learn.flows import Flow
    from picket.learn.parties import Actor
    from picket.learn.picture import Picture

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "learn.picket.example")
_CLASS = {
    "class": "class",
    "group": "group",
    "criminal": "group",
    "unnamed": "unknown",
    "person": "unknown",
    "unresolved": "unknown",
}
_TYPES = {
    "training": "trains",
    "advising": "advises",
    "supply": "supplies",
    "recruitment": "provides-people-to",
    "deployment": "deploys-to",
    "comes from": "is-origin-of",
    "learned at": "taught",
}
_MOST_EVIDENCE = 20  # sentences an edge carries; the number left out is said


def _id(kind: str, *parts: str | None) -> str:
    return f"{kind}--{uuid.uuid5(_NAMESPACE, chr(31).join([kind, *(p or '' for p in parts)]))}"


def _time(day: int | None) -> str:
    return f"{when.iso(day) or '1970-01-01'}T00:00:00.000Z"


def bundle(picture: Picture) -> dict[str, Any]:
    """The bundle as a dictionary of JSON values, objects in a fixed order."""
    days = [e.reported for e in picture.entries if e.reported is not None]
    made = _time(max(days, default=None))
    objects: dict[str, dict[str, Any]] = {}

    def add(kind: str, at: str, **fields: Any) -> str:
        if at not in objects:
            common = {"type": kind, "spec_version": "2.1", "id": at, "created": made, "modified": made}
            objects[at] = common | {k: v for k, v in fields.items() if v not in (None, [], "")}
        return at

    maker = add("identity", _id("identity", "picket"), name="Picket", identity_class="system")
    for card in picture.cards.values():
        add(
            "attack-pattern",
            _id("attack-pattern", card.id),
            created_by_ref=maker,
            name=card.title,
            description=card.summary,
            external_references=[{"source_name": "picket-card", "external_id": card.id}],
        )

    def actor(a: str) -> str:
        return add("identity", _id("identity", a), created_by_ref=maker, **_identity(picture, picture.actors[a]))

    for flow in picture.flows.values():
        if flow.key.provider and flow.key.recipient and flow.key.kind in _TYPES:
            source, target = actor(flow.key.provider), actor(flow.key.recipient)
            at = _id("relationship", *flow.key)
            add(
                "relationship",
                at,
                created_by_ref=maker,
                relationship_type=_TYPES[flow.key.kind],
                source_ref=source,
                target_ref=target,
                **_edge(picture, flow),
            )
            _denials(picture, flow, at, maker, add)
    for card_id in picture.cards:
        for f in first_seen(picture, card_id).actors:
            e = picture.entries[f.entry]
            add(
                "relationship",
                _id("relationship", "uses", f.who, card_id),
                created_by_ref=maker,
                relationship_type="uses",
                source_ref=actor(f.who),
                target_ref=_id("attack-pattern", card_id),
                description=f"First reported, {f.certainty}: {when.words(f.span)}.",
                external_references=[_reference(picture, f.entry)],
                start_time=_time(e.span.first) if e.span and e.span.first is not None else None,
            )
    return {"type": "bundle", "id": _id("bundle", *sorted(objects), made), "objects": list(objects.values())}


def stix_json(picture: Picture) -> str:
    """The bundle as text."""
    return json.dumps(bundle(picture), ensure_ascii=False, indent=1) + "\n"


def _identity(picture: Picture, a: Actor) -> dict[str, Any]:
    return {
        "name": picture.decided.named(a).name,
        "identity_class": _CLASS.get(a.type, "organization"),
        "roles": [a.type],
        "description": f"Country: {a.country}." if a.country else None,
    }


def _edge(picture: Picture, flow: Flow) -> dict[str, Any]:
    line = flow_line(picture, flow)
    first = flow.span.first if flow.span else None
    last = flow.span.last if flow.span else None
    shown = line.evidence[:_MOST_EVIDENCE]
    more = f" {len(line.evidence) - len(shown)} further sentences are left out." if len(shown) < len(line.evidence) else ""
    return {
        "description": f"{line.text} {grade_words(flow)}{more}",
        "confidence": STIX_CONFIDENCE.get(flow.credibility.figure),
        "labels": [f"certainty:{flow.certainty}"],
        "start_time": _time(first) if first is not None else None,
        "stop_time": _time(last + 1)
        if last is not None
        else None,  # the standard wants it after start_time; the day's end is meant
        "external_references": [_reference(picture, i) for i in shown],
    }


def _reference(picture: Picture, i: int) -> dict[str, str]:
    c = picture.entries[i].claim
    line = picture.ledger.get(c.doc)
    found = {
        "source_name": c.source or "publisher not stated",
        "description": c.evidence,
        "external_id": f"{c.doc}@{c.start}-{c.end}",
    }
    if line and line.url and line.url.startswith(("https://", "http://")):
        found["url"] = line.url
    return found


def _denials(picture: Picture, flow: Flow, at: str, maker: str, add: Any) -> None:
    for i in flow.against:
        c = picture.entries[i].claim
        add(
            "opinion",
            _id("opinion", at, c.doc, str(c.start)),
            created_by_ref=maker,
            opinion="disagree",
            object_refs=[at],
            explanation=c.evidence,
            authors=[c.attributed_to] if c.attributed_to else None,
            external_references=[_reference(picture, i)],
        )
