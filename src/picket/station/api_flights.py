"""The API of planned flights: shown, imported from GeoJSON or CSV, taken out. Each change is a record in the log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
from fastapi import FastAPI, HTTPException, Request, Response

from picket.station.api_alarms import act
from picket.station.core import Core
from picket.station.flights import FlightsError, Plan, added, geojson, planned, read, with_plan, without
from picket.station.site_live import live_part


def add(app: FastAPI, core: Core) -> None:
    """The routes of this file."""

    def shown() -> Response:
        return Response(msgspec.json.encode(geojson(planned(core.engine.site))), media_type="application/geo+json")

    @app.get("/api/flights/planned", summary="The planned flights as GeoJSON")
    def get_flights() -> Response:
        return shown()

    async def changed(request: Request, work: Callable[[Plan], tuple[Plan, str]], code: int) -> Response:
        async with core.site_lock:
            site, now = core.engine.site, core.sequencer.now()
            try:
                plan, words = await asyncio.to_thread(work, planned(site))
            except FlightsError as e:
                raise HTTPException(code, str(e)) from None
            part = live_part(with_plan(site, plan, now))
            await act(core, {"do": "site", "part": part, "words": words, "by": request.state.user})
            await asyncio.to_thread(core.keep_plan)
        return shown()

    @app.post("/api/flights/planned", summary="Imports planned flights: GeoJSON or CSV; one bad row refuses all")
    async def post_flights(request: Request) -> Response:
        data, site, now = await request.body(), core.engine.site, core.sequencer.now()

        def work(old: Plan) -> tuple[Plan, str]:
            new = read(data, site, now)
            names = ", ".join(dict.fromkeys(f.identity for f in new.flights))
            return added(old, new), f"Planned {len(new.flights)} flight{'' if len(new.flights) == 1 else 's'}: {names[:200]}"

        return await changed(request, work, 422)

    @app.delete("/api/flights/planned/{flight_id}", summary="A planned flight is off")
    async def delete_flight(request: Request, flight_id: str) -> Response:
        return await changed(request, lambda old: (without(old, flight_id), f"Planned flight {flight_id[:64]} is off"), 404)
