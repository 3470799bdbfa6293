"""`GET /api/coverage`: what no sensor can see now at one height, as GeoJSON with reasons."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import FastAPI, Query, Response

from picket.station.core import Core
from picket.station.coverage import LEAST_M, MOST_M, coverage


def add(app: FastAPI, core: Core) -> None:
    """The routes of this file."""

    @app.get("/api/coverage", summary="What no sensor can see now at one height above the site's origin, and why")
    def get_coverage(
        height_m: Annotated[float, Query(ge=-500, le=20_000)] = 100.0,
        radius_m: Annotated[float | None, Query(ge=LEAST_M, le=MOST_M)] = None,
    ) -> Response:
        now = core.sequencer.now()
        with core.engine.lock:
            site, looks = core.engine.site, core.engine.sensors.looks(now)
        return Response(msgspec.json.encode(coverage(site, looks, height_m, now, radius_m)), media_type="application/geo+json")
