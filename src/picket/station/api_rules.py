"""The API of the alert rules: switched on and off, undone, and tried on the recorded past. Each change, and each trial, is in the log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field

from picket.site_rules import no_rule
from picket.station.api_alarms import act
from picket.station.api_zones import take_over
from picket.station.core import Core
from picket.station.site_edit import Edited, outlines_of, plain
from picket.station.zone_try import TryError, ask, rule_question
from picket.watch import explain

RuleId = Annotated[str, InPath(max_length=64)]


class Switch(BaseModel):
    """Whether a rule is on."""

    model_config = ConfigDict(extra="forbid")
    on: bool


class Back(BaseModel):
    """How far back a trial looks."""

    model_config = ConfigDict(extra="forbid")
    back_h: float = Field(24.0, gt=0, le=24 * 31)


def add(app: FastAPI, core: Core) -> None:
    """The routes of this file."""
    trying = asyncio.Lock()

    async def edited(request: Request, work: Callable[[str], Edited]) -> Response:
        found, site = await take_over(core, request.state.user, work), core.engine.site
        more = {"words": found.words, "diff": found.diff, "saved": found.saved}
        return Response(
            msgspec.json.encode({"rules": explain.rules(site), "notes": explain.notes(site), **more}),
            media_type="application/json",
        )

    @app.put("/api/rules/{rule_id}", summary="A rule on or off: written to the site file, taken over; its undo is that of zones")
    async def switch(request: Request, rule_id: RuleId, body: Switch) -> Response:
        return await edited(request, lambda who: core.keeper.switch_rule(rule_id, body.on, who))

    @app.post(
        "/api/rules/{rule_id}/try", summary="How often a rule would have fired over the recorded past; written to the watch log"
    )
    async def try_(request: Request, rule_id: RuleId, body: Back) -> dict[str, Any]:
        site, now = core.engine.site, core.sequencer.now()
        if (wrong := no_rule(site.rule, rule_id)) is not None:
            raise HTTPException(404, wrong)
        if trying.locked():
            raise HTTPException(409, "another trial is under way; ask again when it is over")
        period = (now - body.back_h * 3600.0, now)
        async with trying:
            try:
                found = await ask(rule_question(site, plain(site), outlines_of(site), rule_id, period, core.folder))
            except TryError as e:
                raise HTTPException(422, str(e)) from None
        place = {"lat_deg": None, "lon_deg": None, "alert_id": None}
        said = f"Tried on the past: {found['words']}"
        await act(core, {"do": "note", "kind": "note", "text": said, **place, "by": request.state.user})
        return found
