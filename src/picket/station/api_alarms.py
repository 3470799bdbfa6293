"""The API of the alarms themselves: the shelf, the rate against ISA-18.2 (docs/stream.md). Each change is a record in the log."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field

from picket.station.core import ActionError, Core, NotOnDiskError
from picket.station.sequence import ClosedError
from picket.watch import explain
from picket.watch.life import REASON_LENGTH, SHELVE_MIN

Number = Annotated[int, InPath(ge=0, le=2**53)]  # of a track or alert: what JSON and a record can hold


class Shelving(BaseModel):
    """For how long an alert is put aside, and why."""

    model_config = ConfigDict(extra="forbid")
    minutes: float = Field(ge=SHELVE_MIN[0], le=SHELVE_MIN[1])
    reason: str = Field(min_length=1, max_length=REASON_LENGTH)


async def act(core: Core, payload: dict[str, Any]) -> Any:
    """Puts an officer's action into the log; the alert after it. HTTPException 404, 409 or 503 with the reason."""
    try:
        return msgspec.to_builtins(await core.act(payload))
    except ActionError as e:
        raise HTTPException(404 if "no alert" in str(e) else 409, str(e)) from None
    except (NotOnDiskError, ClosedError) as e:
        raise HTTPException(503, str(e)) from None


def add(app: FastAPI, core: Core) -> None:
    """The routes, put into the station's application."""

    @app.post("/api/alerts/{alert_id}/shelve", summary="Put aside for a time, with a reason; replies when that is on disk")
    async def shelve(request: Request, alert_id: Number, shelving: Shelving) -> Any:
        return await act(
            core,
            {"do": "shelve", "id": alert_id, "by": request.state.user, "minutes": shelving.minutes, "reason": shelving.reason},
        )

    @app.post("/api/alerts/{alert_id}/unshelve", summary="Back from the shelf; replies when that is on disk")
    async def unshelve(request: Request, alert_id: Number) -> Any:
        return await act(core, {"do": "unshelve", "id": alert_id, "by": request.state.user})

    @app.get("/api/alarms", summary="How many alarms there were, against ISA-18.2, and the worst offenders")
    def alarms() -> Response:
        with core.engine.lock:
            found = core.engine.book.alarms(core.engine.time)
        return Response(msgspec.json.encode(found), media_type="application/json")

    @app.get("/api/rules", summary="The alert rules, each in words")
    def rules() -> Response:
        site = core.engine.site
        found = {"rules": explain.rules(site), "notes": explain.notes(site)}
        return Response(msgspec.json.encode(found), media_type="application/json")
