"""The brief: one HTML file in which every sentence leads to its evidence.

It holds all that it needs, asks nothing of the network, runs no script, and says so to the browser (Content-Security-Policy).
Reports are hostile input: every word from them is escaped, stands in a `bdi` so that right-to-left marks end with it, and an
address becomes a link only if it is http or https. The same picture gives the same bytes.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from picket.learn import when
from picket.learn.changes import changes
from picket.learn.first_seen import first_seen, lag_words
from picket.learn.grade import CREDIBILITY, RELIABILITY
from picket.learn.reach import reach
from picket.learn.wording import Line, flow_line, grade_words, incident_line

if TYPE_CHECKING:
    from picket.learn.gaps import Question
    from picket.learn.picture import Picture

_T = TypeVar("_T")
_STRUCTURE = ("comes from", "learned at")  # what the name of a class says by itself: an edge of the graph, and no news
_STYLE = """
:root{color-scheme:light dark;--line:#8886;--soft:#888}body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem
auto;padding:0 1rem}
h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.15rem;margin-top:2.2rem;border-bottom:1px solid var(--line)}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem
0;border-bottom:1px solid var(--line)}
.grade{color:var(--soft);font-size:.85rem;display:block}.c{font-size:.75rem;border:1px solid
var(--line);border-radius:.6rem;padding:0 .45rem;margin-right:.4rem}
blockquote{margin:.2rem 0 .2rem 0;padding-left:.8rem;border-left:3px solid var(--line)}li:target{background:#ffd54f55}ol
li{margin-bottom:.7rem}
a{color:inherit}@media print{body{max-width:none}a{text-decoration:none}}
""".strip()


class _Page:
    """Collects sentences and numbers their evidence in order of first use."""

    def __init__(self, picture: Picture, most: int) -> None:
        self.picture, self.most, self.parts = picture, most, list[str]()
        self.numbers: dict[int, int] = {}

    def links(self, evidence: Sequence[int]) -> str:
        """The numbers behind a sentence, each a link."""
        made = [self.numbers.setdefault(i, len(self.numbers) + 1) for i in evidence]
        return " ".join(f'<a href="#e{n}">[{n}]</a>' for n in made)

    def heading(self, text: str) -> None:
        self.parts.append(f"<h2>{_safe(text)}</h2>")

    def sentence(self, line: Line, tag: str, below: str = "") -> None:
        grade = f'<span class="grade">{_safe(below)}</span>' if below else ""
        self.parts.append(f'<p><span class="c">{_safe(tag)}</span>{_safe(line.text)} {self.links(line.evidence)}{grade}</p>')

    def table(self, head: Iterable[str], rows: Iterable[Sequence[str]]) -> None:
        """Rows are HTML already: made by `_safe` and `links`."""
        cells = "".join(f"<th>{_safe(h)}</th>" for h in head)
        body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in r) + "</tr>" for r in rows)
        self.parts.append(f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>")

    def some(self, items: Sequence[_T], what: str) -> Sequence[_T]:
        """The first of the items that fit into a section; says how many are left out."""
        if len(items) > self.most:
            self.plain(f"{len(items) - self.most} more {what} are left out here; the commands of picket learn show them all.")
        return items[: self.most]

    def plain(self, text: str) -> None:
        self.parts.append(f"<p>{_safe(text)}</p>")


def _safe(text: str | None) -> str:
    """Text as HTML, isolated from what stands around it; control characters that could hide or reorder are dropped."""
    return f"<bdi>{_escaped(text or '')}</bdi>"


def _escaped(text: str) -> str:
    return html.escape("".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text), quote=True)


def brief(
    picture: Picture,
    *,
    title: str = "Who learns what from whom",
    since: int | None = None,
    questions: Sequence[Question] = (),
    most: int = 200,
) -> str:
    """The brief as HTML. With `since` (an ordinal day) it begins with what is new. `questions` come from gaps.py and name the
    site's own gaps: give them only when the reader may know them. A section shows `most` items, the best graded or the newest,
    and says how many it leaves out."""
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
    body = "\n".join(page.parts)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>{_escaped(title)}</title><style>{_STYLE}</style></head><body>\n<h1>{_safe(title)}</h1>\n{body}\n</body></html>\n"
    )


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
    p, rows = page.picture, []
    found = [(card, f) for card in p.cards.values() for f in first_seen(p, card.id).actors if f.span is not None]
    if found:
        page.heading("First seen, and how long after the first anywhere")
    before = None
    for card, f in page.some(found, "firsts"):
        title = card.title if card is not before else ""
        before = card
        rows.append(
            (
                _safe(title),
                _safe(p.name(f.who)),
                _safe(when.words(f.span)),
                _safe(lag_words(f.lag_days)),
                _safe(f.certainty),
                page.links((f.entry,)),
            )
        )
    if rows:
        page.table(("Capability", "Actor", "When", "Lag", "Certainty", "Evidence"), rows)


def _reach(page: _Page) -> None:
    p = page.picture
    rows = [
        (
            _safe(p.name(r.actor)),
            _safe(p.cards[r.card].title if r.card else "not said"),
            _safe(f"{r.qualifier.replace('_', ' ')} {r.distance_km:,.0f} km"),
            _safe(when.words(r.span)),
            _safe(r.certainty),
            page.links((r.entry,)),
        )
        for r in reach(p)[: page.most]
    ]
    if rows:
        page.heading("Greatest claimed distance")
        page.table(("Actor", "Capability", "Distance", "When", "Certainty", "Evidence"), rows)


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
    rows = [(_safe(q.question), _safe(q.words), page.links((q.entry,))) for q in questions]
    page.table(("Question", "Answer from the site file", "Warning"), rows)


def _sources(page: _Page) -> None:
    p = page.picture
    counts: dict[str, int] = {}
    for e in p.entries:
        origin = e.voice.keys[0].removeprefix("origin:")
        counts[origin] = counts.get(origin, 0) + 1
    rows = []
    for origin, n in sorted(counts.items(), key=lambda c: (-c[1], c[0])):
        r = p.grades[origin]
        rows.append(
            (
                _safe(p.publishers.name(origin)),
                _safe(f"{r.letter}, {RELIABILITY[r.letter]}"),
                _safe("; ".join(r.reasons)),
                _safe(str(n)),
            )
        )
    page.heading("Sources")
    page.table(("Origin", "Reliability", "Why", "Claims"), rows)


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
    p = page.picture
    page.heading("Evidence")
    items = []
    for i, n in sorted(page.numbers.items(), key=lambda x: x[1]):
        e = p.entries[i]
        c, line = e.claim, p.ledger.get(e.claim.doc)
        url = line.url if line else None
        where = f"{c.doc}, characters {c.start} to {c.end}"
        title = f" {_safe(line.title)}." if line and line.title else ""
        link = (
            f' <a rel="noreferrer noopener" href="{html.escape(url, quote=True)}">{_safe(url)}</a>'
            if url and url.startswith(("https://", "http://"))
            else ""
        )
        copy = f" Copy of {_safe(line.copy_of)}." if line and line.copy_of else ""
        origin = e.voice.keys[0].removeprefix("origin:")
        whose = (
            f", news of {_safe(p.publishers.name(origin))}"
            if not origin.startswith("report:") and origin not in (p.publishers.find(c.source), _own(p, c.source))
            else ""
        )
        said = f" Said by {_safe(c.attributed_to)}." if c.attributed_to else ""
        items.append(
            f'<li id="e{n}"><blockquote>{_safe(c.evidence)}</blockquote>'
            f'<span class="grade">{_safe(c.source or "publisher not stated")}{whose} '
            f"({_safe(e.voice.letter)}), {_safe(c.published or 'date not stated')}.{title}{said} {_safe(c.kind)}, {_safe(c.certainty)}. "
            f"{_safe(where)}.{copy}{link}</span></li>"
        )
    page.parts.append("<ol>" + "".join(items) + "</ol>")


def _own(picture: Picture, source: str | None) -> str:
    """What a report's origin is called when it names no other."""
    return picture.publishers.plain(source) if source else ""
