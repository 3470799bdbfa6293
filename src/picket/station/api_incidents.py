"""The API of incidents (docs/record.md): list, one case, its steps, its files, its export. Each step is a record in the log."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask

from picket.record.cases import Case, CaseError, NoCaseError, NotKnownYetError
from picket.station import incident_files as files
from picket.station.api_alarms import Number, act
from picket.station.core import Core

Numbers = Annotated[list[Annotated[int, Field(ge=0, le=2**53)]], Field(max_length=1_000)]
Sha256 = Annotated[str, InPath(pattern="^[0-9a-f]{64}$")]


class Opening(BaseModel):
    """A new incident; without `until` it goes on."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field(max_length=200)
    since: float
    until: float | None = None
    text: str = Field("", max_length=4_000)
    alerts: Numbers = []
    tracks: Numbers = []


class Step(BaseModel):
    """One step of an incident; which keys it needs, docs/record.md says."""

    model_config = ConfigDict(extra="forbid")
    op: Literal["note", "items", "period", "hand_over", "hold", "close", "reopen", "detach"]
    text: str = Field("", max_length=4_000)
    to: str = Field("", max_length=100)
    alerts: Numbers = []
    tracks: Numbers = []
    remove: bool = False
    since: float | None = None
    until: float | None = None
    held: bool = True
    outcome: str = Field("", max_length=20)
    sha256: str = Field("", pattern="^([0-9a-f]{64})?$")

    def payload(self) -> dict[str, Any]:
        """The keys that its record has."""
        keys = {
            "items": ("alerts", "tracks", "remove"), "period": ("since", "until"), "hand_over": ("to",), "hold": ("held",),
            "close": ("outcome",),
        }.get(self.op, ())  # fmt: skip
        return {"op": self.op, "text": self.text, **{k: getattr(self, k) for k in keys}}


async def step(core: Core, user: str, payload: dict[str, Any]) -> None:
    """Puts one step into the log. HTTPException 404, 409 or 503 with the reason."""
    whole = {"do": "case", "by": user, **payload}
    try:
        core.cases.check(whole)
    except NoCaseError as e:
        raise HTTPException(404, str(e)) from None
    except NotKnownYetError as e:
        raise HTTPException(503, str(e)) from None
    except CaseError as e:
        raise HTTPException(409, str(e)) from None
    await act(core, whole)


def _case(core: Core, number: int) -> Case:
    try:
        return core.cases.find(number)
    except NoCaseError as e:
        raise HTTPException(404, str(e)) from None


def _name(core: Core, number: int, sha256: str) -> str:
    return next((f.name for f in _case(core, number).files if f.sha256 == sha256), "")


def _answer(data: Any) -> Response:
    return Response(msgspec.json.encode(data), media_type="application/json")


def add(app: FastAPI, core: Core) -> None:
    """The routes of this file."""
    exporter = files.Exporter(core.folder)

    @app.get("/api/incidents", summary="All incidents, newest first")
    def all_cases() -> Response:
        rows = [{**msgspec.to_builtins(c), "steps": len(c.steps), "files": len(c.files)} for c in core.cases.all()]
        return _answer({"incidents": rows, "complete": core.cases.complete})

    @app.post("/api/incidents", summary="A new incident; replies with it when it is on disk")
    async def open_case(request: Request, given: Opening) -> Response:
        number = core.cases.book.highest + 1
        opening = {
            "op": "open",
            "case": number,
            "title": given.title,
            "since": given.since,
            "until": given.until,
            "text": given.text,
        }
        items = {"op": "items", "case": number, "alerts": given.alerts, "tracks": given.tracks}
        await step(core, request.state.user, opening)
        if given.alerts or given.tracks:
            await step(core, request.state.user, items)
        return _answer(_case(core, number))

    @app.get("/api/incidents/{number}", summary="One incident with its steps, files, and its alerts as they stand")
    def one(number: Number) -> Response:
        case = _case(core, number)
        with core.engine.lock:
            known = [a for a in core.engine.book.all if a.id in case.alerts]
        return _answer({"incident": case, "alerts": known})

    @app.post("/api/incidents/{number}", summary="A step: note, items, detach, period, hand-over, hold, close, reopen")
    async def do(request: Request, number: Number, given: Step) -> Response:
        more = {"sha256": given.sha256, "name": _name(core, number, given.sha256)} if given.op == "detach" else {}
        await step(core, request.state.user, {"case": number, **given.payload(), **more})
        return _answer(_case(core, number))

    @app.post("/api/incidents/{number}/files", summary="Attach a file: its bytes are the body")
    async def attach(request: Request, number: Number, name: Annotated[str, Query(max_length=300)]) -> Response:
        _case(core, number)
        data = await request.body()
        try:
            plain = files.plain_name(name)
            sha256 = await asyncio.to_thread(files.keep, core.folder, data)
        except files.FileError as e:
            raise HTTPException(422, str(e)) from None
        except OSError as e:
            raise HTTPException(503, f"the file cannot be kept: {e.strerror or e}") from None
        await step(core, request.state.user, {"op": "attach", "case": number, "sha256": sha256, "name": plain, "size": len(data)})
        return _answer(_case(core, number))

    @app.get("/api/incidents/{number}/files/{sha256}", summary="An attached file as it came")
    def attached(number: Number, sha256: Sha256) -> Response:
        case = _case(core, number)
        found = next((f for f in case.files if f.sha256 == sha256), None)
        if any(f.sha256 == sha256 for f in case.taken_off):
            raise HTTPException(
                410, f"the file was taken off incident {number}; its bytes are kept for the audit as long as the incident"
            )
        if found is None:
            raise HTTPException(404, f"incident {number} has no such file")
        try:
            data = files.read(core.folder, sha256)
        except files.FileError as e:
            raise HTTPException(409, str(e)) from None
        named = found.name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
        headers = {
            "content-disposition": f'attachment; filename="{named}"',
            "content-security-policy": "sandbox; default-src 'none'",
        }
        return Response(data, media_type="application/octet-stream", headers=headers)

    @app.get("/api/incidents/{number}/export.zip", summary="The incident as a folder that opens off line without Picket")
    async def export(request: Request, number: Number) -> Response:
        case, site = _case(core, number), Path(core.site.source)
        if not site.is_file():
            raise HTTPException(409, "an export needs the site file, and this station was started without one")
        core.audit(request.state.user, "exported an incident", case=number)
        try:
            made = await exporter.zip_of(case, site, core.seed, core.sequencer.now())
        except files.FileError as e:
            raise HTTPException(409, str(e)) from None
        gone = BackgroundTask(shutil.rmtree, made.parent, True)
        return FileResponse(made, media_type="application/zip", filename=made.name, background=gone)
