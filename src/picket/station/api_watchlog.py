"""The watch log's part of the API: `GET` and `POST /api/log`, and `GET /log` and `/log.pdf`, to print for the hand-over."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from picket.paper import Document, PaperError, html, to_pdf
from picket.record.watchlog import Question
from picket.station.api_alarms import act
from picket.station.core import Core
from picket.station.watchlog_page import MOST, About, document

MOST_TEXT = 4_000  # characters of one entry
_HANDOVER_S = 12 * 3600.0  # what the printed page shows unless it is asked for more: one watch


class Note(BaseModel):
    """What an officer writes into the watch log."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["note", "handover"] = "note"
    text: str = Field(min_length=1, max_length=MOST_TEXT)
    lat_deg: float | None = Field(None, ge=-90, le=90)
    lon_deg: float | None = Field(None, ge=-180, le=180)
    alert_id: int | None = Field(None, ge=0, le=2**53)


def payload_of(note: Note, by: str) -> dict[str, Any]:
    """The action that a note is. Raises HTTPException for one without words, or with half a place."""
    text = note.text.strip()
    if not text:
        raise HTTPException(422, "text: expected words, got spaces only")
    if (note.lat_deg is None) != (note.lon_deg is None):
        raise HTTPException(422, "lat_deg, lon_deg: a place needs both; leave both out for a note without one")
    return {"do": "note", **note.model_dump(), "text": text, "by": by}


def add(app: FastAPI, core: Core) -> None:
    """The routes of this file."""

    @app.get("/api/log", summary="The watch log, newest first: notes, hand-overs, sightings, and what happened to alerts")
    def entries(
        q: str = "",
        since: float | None = None,
        until: float | None = None,
        limit: Annotated[int, Query(ge=1, le=10_000)] = 500,
    ) -> Response:
        found = core.watchlog.find(Question(q=q, since=since, until=until, limit=limit))
        answer = {"entries": found, "complete": core.watchlog.complete}
        return Response(msgspec.json.encode(answer), media_type="application/json")

    @app.post("/api/log", summary="A note or hand-over; replies with the entry when it is on disk")
    async def write(request: Request, note: Note) -> Response:
        written = payload_of(note, request.state.user)
        await act(core, written)
        found = await asyncio.to_thread(_latest, core, written)
        return Response(msgspec.json.encode(found), media_type="application/json")

    @app.get("/log", include_in_schema=False)
    def printed(request: Request, q: str = "", since: float | None = None, until: float | None = None) -> HTMLResponse:
        found = _document(core, request.state.user, q, since, until)
        return HTMLResponse(html.render(found), headers={"content-security-policy": html.POLICY})

    @app.get("/log.pdf", include_in_schema=False)
    def as_pdf(request: Request, q: str = "", since: float | None = None, until: float | None = None) -> Response:
        found = _document(core, request.state.user, q, since, until)
        try:
            made = to_pdf(found)
        except PaperError as e:
            raise HTTPException(503, str(e)) from None
        name = f"watch-log-{datetime.fromtimestamp(found.made_at or 0, UTC):%Y%m%dT%H%M%SZ}.pdf"
        return Response(made, media_type="application/pdf", headers={"content-disposition": f'inline; filename="{name}"'})


def _document(core: Core, user: str, q: str, since: float | None, until: float | None) -> Document:
    """The watch log of a period, by default of the watch that ends now, with what is open and which sensors are not well."""
    now = core.sequencer.now()
    begin = now - _HANDOVER_S if since is None and not q else since
    found = core.watchlog.find(Question(q=q, since=begin, until=until, limit=MOST + 1))
    with core.engine.lock:
        still_open = core.engine.book.open
        sensors = [s for s in core.engine.sensors.looks(now) if s.kind != "visual"]
    about = About(
        site=core.site.site.name, since=begin, until=until, q=q, printed_at=now, printed_by=user,
        simulated=core.site.station.origin == "exercise", complete=core.watchlog.complete, left_out=len(found) > MOST,
    )  # fmt: skip
    return document(about, found[:MOST], still_open, sensors)


def _latest(core: Core, written: dict[str, Any]) -> Any:
    """The entry that was just written: it is indexed before its action is answered."""
    found = core.watchlog.find(Question(limit=50))
    return next((e for e in found if e.text == written["text"] and e.by == written["by"] and e.kind == written["kind"]), None)
