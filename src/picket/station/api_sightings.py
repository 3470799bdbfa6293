"""The API of what people see: `POST /api/sightings` makes a detection of it, an entry of the watch log, and perhaps an alert."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from picket.station.api_alarms import act
from picket.station.core import ActionError, Core, NotOnDiskError
from picket.station.sequence import ClosedError
from picket.station.sightings import Seen, SightingError, decoded, entry, row_of


class Report(BaseModel):
    """What an officer saw. lat_deg, lon_deg: where the observer stands; height_m: above the observer."""

    model_config = ConfigDict(extra="forbid")
    bearing_deg: float = Field(ge=-360, le=360)
    range_m: float | None = Field(None, ge=10, le=20_000)
    height_m: float | None = Field(None, ge=-500, le=10_000)
    lat_deg: float | None = Field(None, ge=-90, le=90)
    lon_deg: float | None = Field(None, ge=-180, le=180)
    sensor_id: str | None = Field(None, max_length=200)
    what: Literal["drone", "aircraft", "helicopter", "bird", "vessel", "unknown"] = "unknown"
    note: str = Field("", max_length=2_000)


def add(app: FastAPI, core: Core) -> None:
    """The routes of this file."""

    @app.post("/api/sightings", summary="Something was seen by eye; replies with its detection when it is on disk")
    async def report(request: Request, given: Report) -> Response:
        seen = Seen(**given.model_dump())
        try:
            row = row_of(core.engine.site, seen, core.sequencer.now())
        except SightingError as e:
            raise HTTPException(422, str(e)) from None
        await act(core, entry(core.engine.site, seen, row, request.state.user))  # first: the alert that it raises comes after it
        await _reported(core, row)
        return Response(msgspec.json.encode(row), media_type="application/json")


async def _reported(core: Core, row: dict[str, Any]) -> None:
    try:
        await core.report(decoded(row))
    except ActionError as e:
        raise HTTPException(409, str(e)) from None
    except (NotOnDiskError, ClosedError) as e:
        raise HTTPException(503, str(e)) from None
