"""The API of the site's zones and of its file: new, changed, removed, undone; what somebody edited by hand, taken over or refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from fastapi import Body, FastAPI, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from picket.station.api_alarms import act
from picket.station.core import Core
from picket.station.site_edit import Edited, EditError, NothingError, outlines_of, plain
from picket.station.zone_try import TryError, ask, question
from picket.station.zones import zones_geojson

Text = Annotated[str, Field(max_length=500)]  # a bound has half characters (lone surrogates) refused as well
_GEOMETRIES = ("Polygon", "MultiPolygon", "LineString", "Feature", "FeatureCollection")


class Fields(BaseModel):
    """What may be said of a zone (docs/site-file.md)."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["protected", "warning", "corridor", "border_line", "ignore"] | None = None
    geometry: dict[str, Any] | None = None
    name: Text | None = None
    floor_m: float | None = None
    ceiling_m: float | None = None
    height_reference: Literal["msl", "wgs84", "site"] | None = None
    hours: Text | None = None


class NewZone(Fields):
    """A zone that is not there yet."""

    id: Text
    kind: Literal["protected", "warning", "corridor", "border_line", "ignore"]
    geometry: dict[str, Any]


class Tried(Fields):
    """A zone that is not there, or another outline of one that is (by its id), and how far back to look."""

    id: Text | None = None
    kind: Literal["protected", "warning", "corridor", "border_line", "ignore"]
    geometry: dict[str, Any]
    back_h: float = Field(24.0, gt=0, le=24 * 31)


async def take_over(core: Core, who: str, work: Callable[[str], Edited]) -> Edited:
    """Does an edit of the site, and puts it into the log. HTTPException 404 or 422 with the reason, 409 or 503 of the log."""
    async with core.site_lock:
        try:
            found = await asyncio.to_thread(work, who)
        except NothingError as e:
            raise HTTPException(404, str(e)) from None
        except EditError as e:
            raise HTTPException(422, str(e)) from None
        await act(core, {"do": "site", "part": found.part, "words": found.words, "by": who})
        core.notifier.use(found.site)
    return found


def add(app: FastAPI, core: Core) -> None:
    """The routes of this file."""

    async def edited(request: Request, work: Callable[[str], Edited]) -> Response:
        """Does it, puts it into the log, and answers with the zones as they are now."""
        found = await take_over(core, request.state.user, work)
        more = {"words": found.words, "diff": found.diff, "saved": found.saved}
        return Response(msgspec.json.encode({**zones_geojson(core.engine.site), **more}), media_type="application/json")

    @app.post("/api/zones", summary="A new zone: checked as at a start, written to the site file, taken over")
    async def new(request: Request, zone: NewZone) -> Response:
        fields = zone.model_dump(exclude={"id", "geometry"}, exclude_unset=True)
        return await edited(request, lambda who: core.keeper.add_zone(zone.id, zone.geometry, fields, who))

    @app.post("/api/zones/undo", summary="Takes the last edit back")
    async def undo(request: Request) -> Response:
        return await edited(request, core.keeper.undo)

    @app.get("/api/zones/undo", summary="What would be taken back")
    def last() -> dict[str, Any]:
        return core.keeper.last_edit()

    trying = asyncio.Lock()

    @app.post("/api/zones/try", summary="What a zone would have raised over the recorded past")
    async def try_(request: Request, tried: Tried) -> dict[str, Any]:
        if trying.locked():
            raise HTTPException(409, "another trial is under way; ask again when it is over")
        site, now = core.engine.site, core.sequencer.now()
        zone = tried.model_dump(exclude={"geometry", "back_h"}, exclude_unset=True)
        period = (now - tried.back_h * 3600.0, now)
        async with trying:
            try:
                asked = question(site, plain(site), outlines_of(site), zone, tried.geometry, period, core.folder)
                return await ask(asked)
            except TryError as e:
                raise HTTPException(422, str(e)) from None

    @app.put("/api/zones/{zone_id}", summary="A zone's new outline or fields: checked, written to its file, taken over")
    async def put(request: Request, zone_id: str, body: Annotated[dict[str, Any], Body()]) -> Response:
        geometry, fields = _split(body)
        return await edited(request, lambda who: core.keeper.change_zone(zone_id, geometry, fields, who))

    @app.delete("/api/zones/{zone_id}", summary="A zone goes; its outline's file stays")
    async def delete(request: Request, zone_id: str) -> Response:
        return await edited(request, lambda who: core.keeper.remove_zone(zone_id, who))

    @app.get("/api/site/change", summary="What somebody edited by hand in the site file, and whether it can be taken over")
    def change() -> dict[str, Any]:
        return core.keeper.change()

    @app.post("/api/site/take", summary="Takes the site file over as it is now")
    async def take(request: Request) -> Response:
        return await edited(request, lambda _: core.keeper.take())


def _split(body: dict[str, Any]) -> tuple[Any | None, dict[str, Any]]:
    """A GeoJSON geometry, or an object of fields with or without one -> (geometry or None, fields that were given)."""
    if body.get("type") in _GEOMETRIES:
        return body, {}
    try:
        given = Fields(**body)
    except ValidationError as e:
        problems = "; ".join(f"{'.'.join(str(p) for p in d['loc'])}: {d['msg']}" for d in e.errors())
        raise HTTPException(422, problems) from None
    except TypeError:
        raise HTTPException(422, "expected a GeoJSON geometry or the fields of a zone") from None
    if "kind" in body and given.kind is None:
        raise HTTPException(422, "kind: a zone needs one")
    return given.geometry, given.model_dump(exclude={"geometry"}, exclude_unset=True)
