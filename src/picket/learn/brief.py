"""The brief: a document in which every sentence leads to its evidence, as HTML or PDF.

The HTML holds all that it needs, asks nothing of the network, runs no script, and says so to the browser (Content-Security-Policy).
Reports are hostile input: the paper room escapes every word, shows what could hide or reorder as its code, and makes an address a link
only if it is http or https. The same picture gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from picket.learn import when
from picket.learn.changes import changes
from picket.learn.claim import encode_claim
from picket.learn.first_seen import first_seen, lag_words
from picket.learn.grade import CREDIBILITY, RELIABILITY
from picket.learn.reach import reach
from picket.learn.wording import Line, flow_line, grade_words, incident_line
from picket.paper import Cited, Document, Heading, Paragraph, Part, Source, Sources, Table, html

if TYPE_CHECKING:
    from picket.learn.gaps import Question
    from picket.learn.picture import Picture

_T = TypeVar("_T")
_STRUCTURE = ("comes from", "learned at")  # what the name of a class says by itself: an edge of the graph, and no news


class _Page:
    """Collects sentences and numbers their evidence in order of first use."""

    def __init__(self, picture: Picture, most: int) -> None:
        self.picture, self.most, self.parts = picture, most, list[Part]()
        self.numbers: dict[int, int] = {}

    def refs(self, evidence: Iterable[int]) -> tuple[int, ...]:
        """The numbers behind a sentence."""
        return tuple(self.numbers.setdefault(i, len(self.numbers) + 1) for i in evidence)

    def heading(self, text: str) -> None:
        self.parts.append(Heading(text))

    def sentence(self, line: Line, tag: str, below: str = "") -> None:
        self.parts.append(Cited(line.text, self.refs(line.evidence), tag, below))

    def table(
        self, head: Sequence[str], rows: Sequence[Sequence[str]], evidence: Sequence[int] = (), widths: tuple[float, ...] = ()
    ) -> None:  # fmt: skip
        """evidence: of each row, or of none."""
        refs = tuple(self.refs((i,)) for i in evidence)
        self.parts.append(Table(tuple(head), tuple(map(tuple, rows)), widths, refs=refs))

    def some(self, items: Sequence[_T], what: str) -> Sequence[_T]:
        """The first of the items that fit into a section; says how many are left out."""
        if len(items) > self.most:
            self.plain(f"{len(items) - self.most} more {what} are left out here; the commands of picket learn show them all.")
        return items[: self.most]

    def plain(self, text: str) -> None:
        self.parts.append(Paragraph(text))


def brief(
    picture: Picture,
    *,
    title: str = "Who learns what from whom",
    since: int | None = None,
    questions: Sequence[Question] = (),
    most: int = 200,
) -> str:
    """`document` of the same arguments as HTML."""
    return html.render(document(picture, title=title, since=since, questions=questions, most=most))


def document(
    picture: Picture,
    *,
    title: str = "Who learns what from whom",
    since: int | None = None,
    questions: Sequence[Question] = (),
    most: int = 200,
) -> Document:
    """The brief. With `since` (an ordinal day) it begins with what is new. `questions` come from gaps.py and name the
    site's own gaps: give them only when the reader may know them. A section shows `most` items, the best graded or the newest,
    and says how many it leaves out. Its digest is that of the claims, in the picture's order."""
    page = _Page(picture, most)
    _scope(page)
    if since is not None:
        _new(page, since)
    _flows(page)
    _firsts(page)
    _reach(page)
    _incidents(page)
    _questions(page, questions)
    _sources(page)
    _method(page)
    _evidence(page)
    digest = hashlib.sha256(b"".join(encode_claim(e.claim) + b"\n" for e in picture.entries)).hexdigest()
    return Document(title, tuple(page.parts), digest=f"of the claims sha256 {digest}")


def _scope(page: _Page) -> None:
    p = page.picture
    days = [e.reported for e in p.entries if e.reported is not None]
    origins = {k for e in p.entries for k in e.voice.keys if k.startswith("origin:")}
    period = f"published {when.iso(min(days))} to {when.iso(max(days))}" if days else "without dates of publication"
    left = f"; {p.rejected} claims were rejected by an analyst and are left out" if p.rejected else ""
    page.plain(
        f"{len(p.entries)} claims from {len(p.by_doc)} reports of {len(origins)} origins, {period}{left}. "
        "Each number leads to the sentence that says it."
    )


def _new(page: _Page, since: int) -> None:
    p, c = page.picture, changes(page.picture, since)
    page.heading(f"New since {when.iso(since)}")
    news = [f for f in c.flows if f.key.kind not in _STRUCTURE]
    for flow in page.some(news, "new flows"):
        page.sentence(flow_line(p, flow), flow.certainty, grade_words(flow))
    for g in page.some(c.grown, "changed flows"):
        denied = f", {g.denials} new denials" if g.denials else ""
        page.sentence(
            flow_line(p, g.flow),
            g.flow.certainty,
            f"Was {g.certainty_before}, information {g.before}; now information {g.flow.credibility.figure}{denied}.",
        )
    if not news and not c.grown:
        page.plain("No flow is new or has changed.")
    page.plain(f"{len(c.incidents)} new incidents, {len(c.firsts)} new firsts, {len(c.reach)} new greatest distances.")


def _flows(page: _Page) -> None:
    p = page.picture
    facts = [f for f in p.flows.values() if f.fact and f.key.kind not in _STRUCTURE]
    rest = [f for f in p.flows.values() if not f.fact and f.support and f.key.kind not in _STRUCTURE]
    denied = [f for f in p.flows.values() if f.against]
    for head, flows in (
        ("Transfers that reports state", facts),
        ("Reported, alleged or possible: not established", rest),
        ("Denied", denied),
    ):
        if flows:
            page.heading(head)
        ordered = sorted(flows, key=lambda f: (f.credibility.figure, f.key.kind, f.key.provider or "", f.key.recipient or ""))
        for f in page.some(ordered, "flows"):
            page.sentence(flow_line(p, f), f.certainty, grade_words(f))


def _firsts(page: _Page) -> None:
    p = page.picture
    found = [(card, f) for card in p.cards.values() for f in first_seen(p, card.id).actors if f.span is not None]
    if not found:
        return
    page.heading("First seen, and how long after the first anywhere")
    rows, evidence, before = list[tuple[str, ...]](), list[int](), None
    for card, f in page.some(found, "firsts"):
        title = card.title if card is not before else ""
        before = card
        rows.append((title, p.name(f.who), when.words(f.span), lag_words(f.lag_days), f.certainty))
        evidence.append(f.entry)
    page.table(("Capability", "Actor", "When", "Lag", "Certainty"), rows, evidence)


def _reach(page: _Page) -> None:
    p = page.picture
    found = reach(p)[: page.most]
    if not found:
        return
    page.heading("Greatest claimed distance")
    rows = [
        (
            p.name(r.actor),
            p.cards[r.card].title if r.card else "not said",
            f"{r.qualifier.replace('_', ' ')} {r.distance_km:,.0f} km",
            when.words(r.span),
            r.certainty,
        )
        for r in found
    ]
    page.table(("Actor", "Capability", "Distance", "When", "Certainty"), rows, [r.entry for r in found])


def _incidents(page: _Page) -> None:
    p = page.picture
    if p.incidents:
        page.heading("Incidents")
        page.plain(
            "Reports of one event are one incident. An incident marked 'vague' has no day of its own and may be several events."
        )
    for n in page.some(p.incidents[::-1], "earlier incidents"):
        line = incident_line(p, n)
        page.sentence(line, p.entries[line.evidence[0]].claim.certainty + (", vague" if n.vague else ""))


def _questions(page: _Page, questions: Sequence[Question]) -> None:
    if not questions:
        return
    page.heading("Questions to this site")
    page.plain("This part names the site's own gaps. Show it only to those who may know them.")
    rows = [(q.question, q.words) for q in questions]
    page.table(("Question", "Answer from the site file"), rows, [q.entry for q in questions])


def _sources(page: _Page) -> None:
    p = page.picture
    counts: dict[str, int] = {}
    for e in p.entries:
        origin = e.voice.keys[0].removeprefix("origin:")
        counts[origin] = counts.get(origin, 0) + 1
    rows = []
    for origin, n in sorted(counts.items(), key=lambda c: (-c[1], c[0])):
        r = p.grades[origin]
        rows.append((p.publishers.name(origin), f"{r.letter}, {RELIABILITY[r.letter]}", "; ".join(r.reasons), str(n)))
    page.heading("Sources")
    page.table(("Origin", "Reliability", "Why", "Claims"), rows, widths=(22, 22, 46, 10))


def _method(page: _Page) -> None:
    page.heading("How to read this")
    page.plain(
        "A claim is one assertion in one report. A flow joins the claims of one kind of transfer between two actors. "
        "Independence is counted by "
        "origin and speaker, never by copies. Only a claim that its report states is worded as a fact; a denial stays attached. "
        "A path or a lag is worked out from claims; nobody may have said it."
    )
    page.plain(
        "Information: "
        + "; ".join(f"{k} {v}" for k, v in CREDIBILITY.items())
        + ". Sources: "
        + "; ".join(f"{k} {v}" for k, v in RELIABILITY.items())
        + "."
    )


def _evidence(page: _Page) -> None:
    page.heading("Evidence")
    numbered = sorted(page.numbers.items(), key=lambda x: x[1])
    page.parts.append(Sources(tuple(_source(page.picture, i, n) for i, n in numbered)))


def _source(p: Picture, i: int, number: int) -> Source:
    """The sentence of an entry, and whose it is, from when, where it stands."""
    e = p.entries[i]
    c, line = e.claim, p.ledger.get(e.claim.doc)
    origin = e.voice.keys[0].removeprefix("origin:")
    foreign = not origin.startswith("report:") and origin not in (p.publishers.find(c.source), _own(p, c.source))
    whose = f", news of {p.publishers.name(origin)}" if foreign else ""
    about = [f"{c.source or 'publisher not stated'}{whose} ({e.voice.letter}), {c.published or 'date not stated'}."]
    about += [f"{line.title}."] if line and line.title else []
    about += [f"Said by {c.attributed_to}."] if c.attributed_to else []
    about += [f"{c.kind}, {c.certainty}. {c.doc}, characters {c.start} to {c.end}."]
    about += [f"Copy of {line.copy_of}."] if line and line.copy_of else []
    return Source(number, c.evidence, " ".join(about), (line.url or "") if line else "")


def _own(picture: Picture, source: str | None) -> str:
    """What a report's origin is called when it names no other."""
    return picture.publishers.plain(source) if source else ""
