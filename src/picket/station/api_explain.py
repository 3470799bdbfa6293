"""The API of why a track is there: what it began with, what it took, why it ended (`explained.py`)."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import FastAPI, HTTPException, Query, Response

from picket.station.api_alarms import Number
from picket.station.core import Core
from picket.station.explained import STEPS, explain


def add(app: FastAPI, core: Core) -> None:
    """The route of this file."""
    engine = core.engine

    @app.get("/api/tracks/{track_id}/explain", summary="Why a track began, what it took with what weight, why it ended")
    def explained(track_id: Number, steps: Annotated[int, Query(ge=1, le=300)] = STEPS) -> Response:
        with engine.lock:
            held, joined = engine.explained.held(track_id), engine.tracker.merged.get(track_id)
        found = explain(track_id, *held, most=steps, joined=joined)
        if found["began"] is None and not found["steps"]:
            raise HTTPException(
                404, f"nothing is held of a track with the number {track_id}: it ended too long ago, or never was"
            )
        return Response(msgspec.json.encode(found), media_type="application/json")
