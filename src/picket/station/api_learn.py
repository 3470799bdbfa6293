"""The HTTP API of the analyst's screens (docs/learn.md): questions to the desk, and decisions.

Handlers are plain functions: the framework runs them in its thread pool, so that the loop only passes bytes on. Whatever came
from a report leaves as JSON text, as a download, or in the brief, which escapes it and runs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from picket.learn import screens, when
from picket.learn.brief import brief, document
from picket.learn.claim import encode_claim
from picket.learn.decisions import Decision, DecisionError
from picket.learn.desk import Desk, DeskError
from picket.learn.exports import flows_csv, geojson
from picket.learn.stix import stix_json
from picket.paper import PaperError, to_pdf
from picket.site import Site
from picket.station.api import answer

_BRIEF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
Words = Annotated[str, Query(max_length=200)]
Most = Annotated[int, Query(ge=1, le=1000)]
Day = Annotated[str, Query(max_length=20)]


class Slots(BaseModel):
    """What a claim says, by slot; one that is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")
    slots: dict[str, Any]


class Marked(Slots):
    """A span of a report (characters of its text, end not included), its slots, and a translation."""

    doc: str = Field(max_length=500)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    translation: str | None = None


class Reason(BaseModel):
    """Why something was decided."""

    model_config = ConfigDict(extra="forbid")
    why: str | None = Field(None, max_length=500)


class Graded(Reason):
    """A source's reliability."""

    letter: str = Field(pattern="^[A-F]$")


def add(app: FastAPI, desk: Desk, site: Site | None) -> None:
    """Adds the routes under /api/learn. `site` lets cards say what this site's sensors would see."""
    _claims(app, desk, site)
    _picture(app, desk, site)
    _decisions(app, desk)
    _exports(app, desk)


def _day(text: str) -> int | None:
    """The last day that a date means; None for none. Answers 422 for one that is no date."""
    span = when.parse(text)
    if text and (span is None or span.last is None):
        raise HTTPException(422, f"expected a date, month or year (2025-06-01), got {text!r}")
    return span.last if span else None


def _tried(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except (DeskError, DecisionError) as e:
        raise HTTPException(422, str(e)) from None
    except OSError as e:
        raise HTTPException(503, f"{e.filename or 'the decisions'}: cannot be written ({e.strerror or e})") from None


# -- claims and reports ------------------------------------------------------------------------------------------------
def _claims(app: FastAPI, desk: Desk, site: Site | None) -> None:
    @app.get("/api/learn/state", summary="What is open, and how far the picture is behind the decisions")
    def state(request: Request) -> Response:
        return answer(screens.state(desk, request.state.user, site is not None))

    @app.get("/api/learn/inbox", summary="Claims by state, in the order of publication")
    def inbox(show: Words = "pending", q: Words = "", after: int = -1, most: Most = 200) -> Response:
        return answer(screens.inbox(desk, show, q, after, most))

    @app.get("/api/learn/claims/{n}", summary="One claim beside its report's text")
    def claim(n: int) -> Response:
        return answer(_tried(lambda: screens.claim(desk, n)))

    @app.get("/api/learn/evidence", summary="The sentences behind something: n is a list of claims' numbers")
    def evidence(n: Annotated[str, Query(max_length=2000, pattern=r"^\d{1,12}(,\d{1,12})*$")]) -> Response:
        numbers = [int(x) for x in n.split(",")][: screens.MOST_EVIDENCE]
        return answer(_tried(lambda: screens.evidence(desk, numbers)))

    @app.get("/api/learn/reports", summary="The reports that are open, newest first")
    def reports(q: Words = "", most: Most = 200) -> Response:
        return answer(screens.reports(desk, q, most))

    @app.get("/api/learn/report", summary="A report's text, to the letter, with the spans of its claims")
    def report(doc: Annotated[str, Query(max_length=500)]) -> Response:
        found = screens.report(desk, doc)
        if found is None:
            raise HTTPException(404, f"the text of {doc!r} is not here: open its report with picket learn serve")
        return answer(found)


# -- the picture -------------------------------------------------------------------------------------------------------
def _picture(app: FastAPI, desk: Desk, site: Site | None) -> None:
    @app.get("/api/learn/flows", summary="Flows as they stood on a day, and the actors at their ends")
    def flows(until: Day = "", actor: Words = "", card: Words = "", most: Most = 250) -> Response:
        return answer(screens.flows(desk, _day(until), actor, card, most))

    @app.get("/api/learn/paths", summary="How could it have reached that actor")
    def paths(source: Words, target: Words) -> Response:
        return answer(screens.paths(desk, source, target))

    @app.get("/api/learn/matrix", summary="First seen: actor by capability; greatest claimed distances")
    def matrix(most: Most = 200) -> Response:
        return answer(screens.matrix(desk, most))

    @app.get("/api/learn/contradictions", summary="Where reports do not agree, both sides")
    def contradictions(most: Most = 200) -> Response:
        return answer(screens.disagreements(desk, most))

    @app.get("/api/learn/sources", summary="Origins with their grades and reasons")
    def sources() -> Response:
        return answer(screens.sources(desk))

    @app.get("/api/learn/cards/{card_id}", summary="A tactic card; with a site file, what its sensors would see")
    def card(card_id: str) -> Response:
        found = screens.card(desk, card_id, site)
        if found is None:
            raise HTTPException(404, f"no card is called {card_id!r}")
        return answer(found)

    @app.get("/api/learn/questions", summary="What warnings elsewhere ask of this site")
    def questions(most: Most = 200) -> Response:
        return answer(screens.asked_of_us(desk, site, most))

    @app.get("/api/learn/changes", summary="What was published since a day and changes the picture")
    def changes(since: Day, most: Most = 100) -> Response:
        span = when.parse(since)
        if span is None or span.first is None:
            raise HTTPException(422, f"expected a date, month or year (2025-06-01), got {since!r}")
        return answer(screens.changed(desk, span.first, most))

    @app.get("/api/learn/map", summary="Incidents with their discs, flows as arcs")
    def places(until: Day = "", most: Most = 300) -> Response:
        return answer(screens.places(desk, _day(until), most))


# -- deciding ----------------------------------------------------------------------------------------------------------
def _decisions(app: FastAPI, desk: Desk) -> None:
    def now() -> str:
        return datetime.now(UTC).isoformat(timespec="seconds")

    def decided(number: int, n: int | None = None) -> Response:
        return answer({"decision": number} if n is None else {"decision": number, "n": n, "state": desk.state(n)})

    @app.post("/api/learn/claims/{n}/accept", summary="Somebody read the sentence and agrees")
    def accept(request: Request, n: int) -> Response:
        return decided(
            _tried(lambda: desk.decide(Decision(op="accept", claim=desk.key(n), by=request.state.user, time=now()))), n
        )

    @app.post("/api/learn/claims/{n}/reject", summary="It does not say so; the claim leaves the picture and is kept")
    def reject(request: Request, n: int, given: Reason) -> Response:
        made = _tried(
            lambda: desk.decide(Decision(op="reject", claim=desk.key(n), why=given.why, by=request.state.user, time=now()))
        )
        return decided(made, n)

    @app.post("/api/learn/claims/{n}/edit", summary="The claim in other words, of the same sentence")
    def edit(request: Request, n: int, given: Slots) -> Response:
        return decided(_tried(lambda: desk.edit(n, given.slots, request.state.user, now())), n)

    @app.post("/api/learn/claims", summary="A claim from a span that a person marked, in any language")
    def mark(request: Request, given: Marked) -> Response:
        n = _tried(lambda: desk.add(given.doc, given.start, given.end, given.slots, given.translation, request.state.user, now()))
        return decided(n - len(desk.claims), n)

    @app.post("/api/learn/decisions/{number}/undo", summary="Takes a decision back")
    def undo(request: Request, number: int) -> Response:
        return decided(_tried(lambda: desk.undo(number, request.state.user, now())))

    @app.post("/api/learn/sources/{source}/grade", summary="A source's reliability, by a person, with the reason")
    def grade(request: Request, source: str, given: Graded) -> Response:
        made = Decision(op="grade", source=source, into=given.letter, why=given.why, by=request.state.user, time=now())
        return decided(_tried(lambda: desk.decide(made)))


# -- what leaves -------------------------------------------------------------------------------------------------------
def _pdf(desk: Desk) -> bytes:
    try:
        return to_pdf(document(desk.seen.picture))
    except PaperError as e:
        raise HTTPException(503, str(e)) from None


def _exports(app: FastAPI, desk: Desk) -> None:
    @app.get("/api/learn/brief", summary="The brief: one HTML page in which every sentence leads to its evidence")
    def page(since: Day = "") -> Response:
        span = when.parse(since)
        text = brief(desk.seen.picture, since=span.first if span else None)
        return Response(text, media_type="text/html", headers={"content-security-policy": _BRIEF_POLICY})

    makers: dict[str, tuple[str, Callable[[], str | bytes]]] = {
        "flows.csv": ("text/csv", lambda: flows_csv(desk.seen.picture)),
        "picture.geojson": ("application/geo+json", lambda: geojson(desk.seen.picture)),
        "picture.stix.json": ("application/stix+json", lambda: stix_json(desk.seen.picture)),
        "brief.html": ("text/html", lambda: brief(desk.seen.picture)),
        "brief.pdf": ("application/pdf", lambda: _pdf(desk)),
        "claims.jsonl": (
            "application/x-ndjson",
            lambda: b"".join(encode_claim(e.claim) + b"\n" for e in desk.seen.picture.entries),
        ),
    }

    @app.get("/api/learn/export/{name}", summary="The picture as a file: " + ", ".join(makers))
    def export(name: str) -> Response:
        if name not in makers:
            raise HTTPException(404, f"no export is called {name!r}; there are {', '.join(makers)}")
        kind, make = makers[name]
        return Response(
            make(), media_type=kind,
            headers={"content-disposition": f'attachment; filename="{name}"', "content-security-policy": _BRIEF_POLICY},
        )  # fmt: skip
