"""The HTTP API of docs/stream.md. Each answer is a view of the engine; each change is a record in the log.

Handlers that look inside the engine are plain functions: the framework runs them in its thread pool, so the I/O loop never
waits for the engine's lock.
"""

from __future__ import annotations

import asyncio
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs

import msgspec
import numpy as np
from fastapi import Body, FastAPI, HTTPException, Query, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict

from picket import __version__
from picket.station.access import COOKIE, SESSION_HOURS, Access, AccessError, Gate
from picket.station.core import Core
from picket.station.feeds import Feed
from picket.station.health import health
from picket.station.stream import Hub
from picket.station.zones import ZoneError, save_zone, zones_geojson

PAGE = files("picket") / "_page"
_AFFILIATION = ("unknown", "friendly", "neutral", "suspect")
_LEVEL = (None, "low", "medium", "high")
_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


class Credentials(BaseModel):
    """A one-time token, or a user's name and password."""

    model_config = ConfigDict(extra="forbid")
    token: str | None = None
    name: str | None = None
    password: str | None = None


class Closing(BaseModel):
    """Why an alert is closed."""

    model_config = ConfigDict(extra="forbid")
    cause: Literal["drone", "friendly", "bird", "clutter", "spoof", "exercise", "other"]
    note: str = ""


def make_app(core: Core, feeds: list[Feed], access: Access, hosts: Any, scheme: str) -> tuple[Any, Hub]:
    """The ASGI application behind its gate, and the hub that `closing` ends its WebSockets through."""
    app = FastAPI(title="Picket station", version=__version__, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    hub = Hub(core)
    _errors(app)
    _sign_in(app, core, access, scheme)
    _looks(app, core, feeds, hub)
    _actions(app, core)
    _sockets(app, core, hub)
    if PAGE.is_dir():
        app.mount("/", StaticFiles(directory=str(PAGE)), name="page")
    return Gate(app, access, hosts, ("/", "/login", "/api/session"), scheme), hub


def _errors(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    def plain(_: Request, e: HTTPException) -> JSONResponse:
        return JSONResponse({"error": e.detail}, e.status_code)

    @app.exception_handler(RequestValidationError)
    def wrong(_: Request, e: RequestValidationError) -> JSONResponse:
        problems = "; ".join(f"{'.'.join(str(p) for p in d['loc'])}: {d['msg']}" for d in e.errors())
        return JSONResponse({"error": problems}, 422)

    @app.middleware("http")
    async def headers(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        for key, value in _HEADERS.items():
            response.headers.setdefault(key, value)
        if request.url.path.startswith("/api/"):
            response.headers["cache-control"] = "no-store"
        return response


# -- signing in --------------------------------------------------------------------------------------------------------
_LOGIN_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Picket: sign in</title>
<style>body{{font:16px system-ui;background:#111;color:#eee;display:grid;place-items:center;height:100vh;margin:0}}
form{{display:grid;gap:12px;width:20rem}}input,button{{font:inherit;padding:8px}}p{{color:#fb6}}</style>
<form method="post" action="/login"><h1>Picket</h1><p role="alert">{message}</p>
<label>Name <input name="name" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button></form></html>"""


def _sign_in(app: FastAPI, core: Core, access: Access, scheme: str) -> None:
    def let_in(session: str, name: str) -> RedirectResponse:
        response = RedirectResponse("/", 303)
        response.set_cookie(
            COOKIE, session, max_age=SESSION_HOURS * 3600, httponly=True, samesite="strict", secure=scheme == "https", path="/"
        )
        return response

    def ask(message: str) -> HTMLResponse:
        policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; form-action 'self'"
        return HTMLResponse(_LOGIN_PAGE.format(message=message), 401, {"content-security-policy": policy})

    @app.get("/", include_in_schema=False)
    async def front(request: Request, token: str = "") -> Response:
        user = request.state.user
        if token and user is not None:
            return RedirectResponse("/", 303)  # the link was opened again in the same browser
        if token:
            try:
                session, name = access.open_session(token)
            except AccessError as e:
                return ask(str(e))
            core.audit(name, "signed in by link")
            return let_in(session, name)
        if user is None:
            return ask("Open the one-time address that the station printed, or sign in.")
        if not PAGE.is_dir():
            return HTMLResponse("This Picket was installed without its page: run make setup, or install the wheel.", 503)
        return FileResponse(str(PAGE / "index.html"), headers={"cache-control": "no-cache"})

    @app.post("/login", include_in_schema=False)
    async def login(request: Request) -> Response:
        form = parse_qs((await request.body())[:4096].decode("utf-8", "replace"))
        name, password = form.get("name", [""])[0], form.get("password", [""])[0]
        try:
            session, who = await asyncio.to_thread(access.log_in, name, password)  # the hash is slow on purpose
        except AccessError as e:
            return ask(str(e))
        core.audit(who, "signed in with a password")
        return let_in(session, who)

    @app.post("/api/session", summary="A session for a one-time token, or for a name and password")
    def session(given: Credentials) -> dict[str, str]:
        try:
            held, name = (
                access.open_session(given.token) if given.token else access.log_in(given.name or "", given.password or "")
            )
        except AccessError as e:
            raise HTTPException(401, str(e)) from None
        return {"session": held, "name": name}

    @app.post("/api/links", summary="A fresh one-time address, for a second screen")
    async def links(request: Request) -> dict[str, str]:
        name = request.state.user
        core.audit(name, "made a one-time link")
        return {"url": f"{scheme}://{request.headers['host']}/?token={access.new_token(name)}"}


# -- looking -----------------------------------------------------------------------------------------------------------
def hello(core: Core, user: str) -> dict[str, Any]:
    """The stream's first message."""
    p = core.site.site
    return {
        "type": "hello", "version": 1, "station": __version__,
        "site": {
            "name": p.name, "lat_deg": p.lat_deg, "lon_deg": p.lon_deg, "alt_wgs84_m": p.alt_wgs84_m,
            "geoid_separation_m": p.geoid_separation_m,
        },
        "simulated": core.site.station.origin == "exercise", "time": core.clock(), "user": user,
    }  # fmt: skip


def _looks(app: FastAPI, core: Core, feeds: list[Feed], hub: Hub) -> None:
    engine = core.engine

    @app.get("/api/hello")
    async def get_hello(request: Request) -> dict[str, Any]:
        return hello(core, request.state.user)

    @app.get("/api/tracks", summary="Every track that is shown")
    def tracks() -> dict[str, Any]:
        return {"time": core.view.time, "tracks": _track_rows(core)}

    @app.get("/api/tracks/{track_id}", summary="One track: history, identities, raw sources, alerts")
    def track(track_id: int) -> dict[str, Any]:
        row = next((r for r in _track_rows(core) if r["track_id"] == track_id), None)
        if row is None:
            raise HTTPException(404, f"no live track has the number {track_id}")
        with engine.lock:
            sources = engine.recent.sources(track_id)
            alerts = [a.id for a in engine.book.all if track_id in a.track_ids]
            history = engine.history.of(track_id)
        identities = sorted(
            {str(s["last"]["identity"]) for s in sources if s["last"].get("identity")}
            | ({row["identity"]} if row.get("identity") else set())
        )
        return {"track": row, "history": history, "identities": identities, "sources": sources, "alerts": alerts}

    @app.get("/api/detections", summary="The latest raw detections")
    def detections(since: float = 0.0, limit: Annotated[int, Query(ge=1, le=10_000)] = 500) -> dict[str, Any]:
        with engine.lock:
            return {"detections": engine.recent.latest(since, limit)}

    @app.get("/api/alerts", summary="Alerts, newest first")
    def alerts(state: Literal["open", "all"] = "open") -> dict[str, Any]:
        with engine.lock:
            found = engine.book.open if state == "open" else engine.book.all
            return {"alerts": [msgspec.to_builtins(a) for a in found]}

    @app.get("/api/zones", summary="The zones as GeoJSON")
    async def zones() -> dict[str, Any]:
        return zones_geojson(engine.site)

    @app.get("/api/sensors", summary="Each sensor: state, age, rates, what was left out")
    def sensors() -> dict[str, Any]:
        with engine.lock:
            return {"sensors": engine.sensors.rows(core.sequencer.now())}

    @app.get("/api/health", summary="The station itself")
    def get_health() -> dict[str, Any]:
        return {**health(core, feeds), "clients": hub.clients}

    @app.get("/api/counts", summary="What came in and what was left out, by reason")
    def counts() -> dict[str, Any]:
        with engine.lock:
            left_out = {source: dict(reasons) for source, reasons in sorted(engine.left_out.items())}
            return {
                "left_out": left_out,
                "detections": engine.counts["detections"],
                "tracks": engine.counts["tracks"],
                "alerts": len(engine.book.all),
            }

    @app.get("/api/operators", summary="Operator positions of one track; every look is audited")
    async def operators(request: Request, track_id: int) -> dict[str, Any]:
        row = next((r for r in _track_rows(core) if r["track_id"] == track_id), None)
        if row is None:
            raise HTTPException(404, f"no live track has the number {track_id}")
        core.audit(request.state.user, "looked at operator positions", track_id=track_id, identity=row.get("identity"))
        senders = {str(s["last"]["transmitter"]) for s in engine.recent.sources(track_id) if s["last"].get("transmitter")}
        return {"operators": core.operators.of(row.get("identity"), senders)}

    @app.get("/api/map", summary="The site's own map as GeoJSON")
    def site_map() -> Response:
        name = core.site.site.map
        if not name:
            return JSONResponse({"type": "FeatureCollection", "features": []})
        return Response(_beside(core, name), media_type="application/geo+json")


def _beside(core: Core, name: str) -> bytes:
    """A file beside the site file."""
    try:
        return (Path(core.site.folder) / name).read_bytes()
    except OSError as e:
        raise HTTPException(404, f"site.map: {name} cannot be read ({e.strerror})") from None


def _track_rows(core: Core) -> list[dict[str, Any]]:
    """The tracks of the picture as rows for people."""
    view = core.view
    shown = np.isin(view.tracks["track_id"], view.picture.ids) & ~view.tracks.equals("status", "ended")
    extra = zip(view.affiliation[shown].tolist(), view.level[shown].tolist(), strict=True)
    rows = view.tracks.take(shown).rows()
    return [{**row, "affiliation": _AFFILIATION[a], "alert": _LEVEL[v]} for row, (a, v) in zip(rows, extra, strict=True)]


# -- acting ------------------------------------------------------------------------------------------------------------
def _actions(app: FastAPI, core: Core) -> None:
    async def act(payload: dict[str, Any]) -> Any:
        try:
            return msgspec.to_builtins(await core.act(payload))
        except ValueError as e:
            raise HTTPException(404 if "no alert" in str(e) else 409, str(e)) from None

    @app.post("/api/alerts/{alert_id}/acknowledge", summary="I have seen it; replies when that is on disk")
    async def acknowledge(request: Request, alert_id: int) -> Any:
        return await act({"do": "acknowledge", "id": alert_id, "by": request.state.user})

    @app.post("/api/alerts/{alert_id}/close", summary="It is over, and this was it; replies when that is on disk")
    async def close(request: Request, alert_id: int, closing: Closing) -> Any:
        return await act({"do": "close", "id": alert_id, "by": request.state.user, "cause": closing.cause, "note": closing.note})

    @app.put("/api/zones/{zone_id}", summary="A zone's new outline: checked, written to its file, taken over")
    async def put_zone(request: Request, zone_id: str, geometry: Annotated[dict[str, Any], Body()]) -> Any:
        try:
            await asyncio.to_thread(save_zone, core.engine.site, zone_id, geometry)
        except ZoneError as e:
            raise HTTPException(422, str(e)) from None
        await core.act({"do": "zone", "zone": zone_id, "geometry": geometry, "by": request.state.user})
        return zones_geojson(core.engine.site)


def _sockets(app: FastAPI, core: Core, hub: Hub) -> None:
    @app.websocket("/ws/picture")
    async def picture(socket: WebSocket) -> None:
        await hub.picture(socket, hello(core, socket.state.user))

    @app.websocket("/ws/alerts")
    async def alerts(socket: WebSocket, after: int = 0) -> None:
        await hub.alerts(socket, after)
