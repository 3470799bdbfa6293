"""The HTTP API of docs/stream.md. Each answer is a view of the engine; each change is a record in the log.

Handlers that look inside the engine are plain functions that return finished bytes: the framework runs them in its thread pool,
so the I/O loop neither waits for the engine's lock nor builds JSON of ten thousand tracks. They take what they need under the
lock and build rows outside. What writes a record is a coroutine: numbers are given in the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs

import msgspec
import numpy as np
from fastapi import FastAPI, HTTPException, Query, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.requests import ClientDisconnect

from picket import __version__
from picket.reasons import reason_words
from picket.station import (
    api_alarms,
    api_coverage,
    api_explain,
    api_flights,
    api_incidents,
    api_notify,
    api_record,
    api_replay,
    api_rules,
    api_sightings,
    api_watchlog,
    api_zones,
)
from picket.station.access import SESSION_HOURS, Access, AccessError, Gate, cookie_name, session_of
from picket.station.api_alarms import Number, act
from picket.station.core import Core
from picket.station.engine import View
from picket.station.feeds import Feed
from picket.station.health import health
from picket.station.history import latest, sources
from picket.station.sequence import ClosedError
from picket.station.stream import Hub
from picket.station.zones import zones_geojson

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
    token: str | None = Field(None, max_length=200)  # a bound has half characters (lone surrogates) refused as well
    name: str | None = Field(None, max_length=200)
    password: str | None = Field(None, max_length=2000)


class Closing(BaseModel):
    """Why an alert is closed."""

    model_config = ConfigDict(extra="forbid")
    cause: Literal["drone", "friendly", "bird", "clutter", "spoof", "exercise", "other"]
    note: str = Field("", max_length=2000)


def make_app(
    core: Core, feeds: list[Feed], access: Access, serves: Any, scheme: str, more: Iterable[Callable[[FastAPI], None]] = ()
) -> tuple[Any, Hub]:  # fmt: skip
    """The ASGI application behind its gate, and the hub that `closing` ends its WebSockets through. more: each adds its routes."""
    app = FastAPI(title="Picket station", version=__version__, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    hub = Hub(core)
    errors(app)
    sign_in(app, core.audit, access, scheme)
    _looks(app, core, feeds, hub)
    _actions(app, core)
    api_alarms.add(app, core)
    api_watchlog.add(app, core)
    api_flights.add(app, core)
    api_coverage.add(app, core)
    api_explain.add(app, core)
    api_zones.add(app, core)
    api_rules.add(app, core)
    api_notify.add(app, core)
    api_sightings.add(app, core)
    api_record.add(app, core)
    api_incidents.add(app, core)
    api_replay.add(app, core, hub)
    if core.radios is not None:
        core.radios.serve(app)
    _sockets(app, core, hub)
    for add in more:
        add(app)
    if PAGE.is_dir():
        app.mount("/", StaticFiles(directory=str(PAGE)), name="page")
    return Gate(app, access, serves, ("/", "/login", "/api/session"), scheme), hub


def errors(app: FastAPI) -> None:
    """Adds answers in plain words to what goes wrong, and the headers of every answer."""

    @app.exception_handler(AnyHTTPException)  # the framework's own too: no such path, wrong method
    def plain(request: Request, e: AnyHTTPException) -> JSONResponse:
        words = {404: f"nothing is served at {request.url.path}", 405: f"{request.method} is not for {request.url.path}"}
        own = isinstance(e, HTTPException)
        return JSONResponse({"error": e.detail if own else words.get(e.status_code, e.detail)}, e.status_code, e.headers)

    @app.exception_handler(ClosedError)
    def closing(_: Request, e: ClosedError) -> JSONResponse:
        return JSONResponse({"error": str(e)}, 503)

    @app.exception_handler(ClientDisconnect)
    def gone(_: Request, __: ClientDisconnect) -> Response:
        return Response(status_code=400)  # nobody reads it: the client left in the middle of its body, which is no fault of ours

    @app.exception_handler(Exception)
    def broken(_: Request, e: Exception) -> JSONResponse:
        return JSONResponse({"error": f"the station has a fault ({type(e).__name__}); its terminal says more"}, 500)

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


def answer(data: Any) -> Response:
    """JSON as the API gives it; NaN and infinity are null."""
    return Response(msgspec.json.encode(data), media_type="application/json")


# -- signing in --------------------------------------------------------------------------------------------------------
_LOGIN_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Picket: sign in</title>
<style>body{{font:16px system-ui;background:#111;color:#eee;display:grid;place-items:center;height:100vh;margin:0}}
form,label{{display:grid;gap:12px}}form{{width:20rem;max-width:92vw}}label{{gap:4px}}input,button{{font:inherit;padding:8px}}p{{color:#fb6}}</style>
<form method="post" action="/login"><h1>Picket</h1><p role="alert">{message}</p>
<label>Name <input name="name" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button></form></html>"""


def sign_in(app: FastAPI, audit: Callable[[str, str], None], access: Access, scheme: str, page: str = "index.html") -> None:
    """Adds the ways in, and the front page behind them. `audit` takes who and what."""

    def let_in(request: Request, session: str) -> RedirectResponse:
        response = RedirectResponse("/", 303)
        name = cookie_name(request.headers.get("host", ""))
        response.set_cookie(
            name, session, max_age=SESSION_HOURS * 3600, httponly=True, samesite="strict", secure=scheme == "https", path="/"
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
                session, name = await asyncio.to_thread(access.open_session, token, _caller(request))
            except AccessError as e:
                return ask(str(e))
            audit(name, "signed in by link")
            return let_in(request, session)
        if user is None:
            return ask("Open the one-time address that the station printed, or sign in.")
        if not PAGE.is_dir():
            return HTMLResponse("This Picket was installed without its page: run make setup, or install the wheel.", 503)
        return FileResponse(str(PAGE / page), headers={"cache-control": "no-cache"})

    @app.post("/login", include_in_schema=False)
    async def login(request: Request) -> Response:
        form = parse_qs((await request.body())[:4096].decode("utf-8", "replace"))
        name, password = form.get("name", [""])[0], form.get("password", [""])[0]
        try:
            session, who = await asyncio.to_thread(access.log_in, name, password, _caller(request))  # the hash is slow on purpose
        except AccessError as e:
            return ask(str(e))
        audit(who, "signed in with a password")
        return let_in(request, session)

    @app.post("/api/session", summary="A session for a one-time token, or for a name and password")
    async def session(request: Request, given: Credentials) -> dict[str, str]:
        try:
            if given.token:
                held, name = await asyncio.to_thread(access.open_session, given.token, _caller(request))
            else:
                held, name = await asyncio.to_thread(access.log_in, given.name or "", given.password or "", _caller(request))
        except AccessError as e:
            raise HTTPException(401, str(e)) from None
        audit(name, "signed in by link" if given.token else "signed in with a password")
        return {"session": held, "name": name}

    @app.post("/api/links", summary="A fresh one-time address, for a second screen")
    async def links(request: Request) -> dict[str, str]:
        name = request.state.user
        audit(name, "made a one-time link")
        control = access.controls(session_of({k.lower(): v for k, v in request.headers.items()}))
        return {"url": f"{scheme}://{request.headers['host']}/?token={access.new_token(name, control=control)}"}


def _caller(request: Request) -> str:
    return request.client.host if request.client else ""


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
    def tracks() -> Response:
        view = core.view
        return answer({"time": view.time, "tracks": _track_rows(view)})

    @app.get("/api/tracks/{track_id}", summary="One track: history, identities, raw sources, alerts")
    def track(track_id: Number) -> Response:
        row = _track_row(core, track_id)
        with engine.lock:
            parts, history, known = engine.recent.parts(), engine.history.of(track_id), engine.book.all
            radio = engine.links.of_track(track_id, engine.time)
        found = sources(parts, track_id)
        names = {str(s["last"]["identity"]) for s in found if s["last"].get("identity")}
        if row.get("identity"):
            names.add(row["identity"])
        alerts = [a.id for a in known if track_id in a.track_ids]
        return answer(
            {"track": row, "history": history, "identities": sorted(names), "sources": found, "alerts": alerts, "radio": radio}
        )

    @app.get("/api/detections", summary="The latest raw detections")
    def detections(since: float = 0.0, limit: Annotated[int, Query(ge=1, le=10_000)] = 500) -> Response:
        with engine.lock:
            parts = engine.recent.parts()
        return answer({"detections": latest(parts, since, limit)})

    @app.get("/api/alerts", summary="Alerts, newest first")
    def alerts(state: Literal["open", "all"] = "open") -> Response:
        with engine.lock:
            found = engine.book.open if state == "open" else engine.book.all
        return answer({"alerts": found})

    @app.get("/api/zones", summary="The zones as GeoJSON")
    def zones() -> Response:
        return answer(zones_geojson(engine.site))

    @app.get("/api/sensors", summary="Each sensor: state, age, rates, what was left out")
    def sensors() -> Response:
        with engine.lock:
            found = engine.sensors.rows(core.sequencer.now(), engine.tracker.conditions())
        return answer({"sensors": found})

    @app.get("/api/health", summary="The station itself")
    def get_health() -> Response:
        return answer({**health(core, feeds), "clients": hub.clients})

    @app.get("/api/counts", summary="What came in and what was left out, by reason")
    def counts() -> Response:
        with engine.lock:
            left_out = {source: dict(reasons) for source, reasons in sorted(engine.left_out.items())}
            left_out["alerts"] = dict(engine.book.left_out)
            seen = {k: engine.counts[k] for k in ("detections", "tracks")}
            alerts = len(engine.book.all)
        left_out["operators"] = dict(core.operators.left_out)
        words = {reason: reason_words(reason) for reasons in left_out.values() for reason in reasons}
        return answer({"left_out": {k: v for k, v in left_out.items() if v}, "words": words, **seen, "alerts": alerts})

    @app.get("/api/operators", summary="Operator positions of one track; every look is audited")
    async def operators(request: Request, track_id: Annotated[int, Query(ge=0, le=2**53)]) -> Response:
        row, senders = await asyncio.to_thread(_senders, core, track_id)
        core.audit(request.state.user, "looked at operator positions", track_id=track_id, identity=row.get("identity"))
        return answer({"operators": core.operators.of(row.get("identity"), senders)})

    @app.get("/api/map", summary="The site's own map as GeoJSON")
    def site_map() -> Response:
        name = core.site.site.map
        if not name:
            return answer({"type": "FeatureCollection", "features": []})
        return Response(_beside(core, name), media_type="application/geo+json")


def _senders(core: Core, track_id: int) -> tuple[dict[str, Any], set[str]]:
    """The track's row, and the radio addresses that it was last heard from."""
    row = _track_row(core, track_id)
    with core.engine.lock:
        parts = core.engine.recent.parts()
    return row, {str(s["last"]["transmitter"]) for s in sources(parts, track_id) if s["last"].get("transmitter")}


def _beside(core: Core, name: str) -> bytes:
    """A file beside the site file."""
    try:
        return (Path(core.site.folder) / name).read_bytes()
    except OSError as e:
        raise HTTPException(404, f"site.map: {name} cannot be read ({e.strerror})") from None


def _track_rows(view: View, only: int | None = None) -> list[dict[str, Any]]:
    """The tracks of the picture, or one of them, as rows for people."""
    shown = np.isin(view.tracks["track_id"], view.picture.ids) & ~view.tracks.equals("status", "ended")
    if only is not None:
        shown &= view.tracks["track_id"] == only
    extra = zip(view.affiliation[shown].tolist(), view.level[shown].tolist(), strict=True)
    rows = view.tracks.take(shown).rows()
    return [{**row, "affiliation": _AFFILIATION[a], "alert": _LEVEL[v]} for row, (a, v) in zip(rows, extra, strict=True)]


def _track_row(core: Core, track_id: int) -> dict[str, Any]:
    rows = _track_rows(core.view, track_id)
    if not rows:
        raise HTTPException(404, f"no live track has the number {track_id}")
    return rows[0]


# -- acting ------------------------------------------------------------------------------------------------------------
def _actions(app: FastAPI, core: Core) -> None:
    @app.post("/api/alerts/{alert_id}/acknowledge", summary="I have seen it; replies when that is on disk")
    async def acknowledge(request: Request, alert_id: Number) -> Any:
        return await act(core, {"do": "acknowledge", "id": alert_id, "by": request.state.user})

    @app.post("/api/alerts/{alert_id}/close", summary="It is over, and this was it; replies when that is on disk")
    async def close(request: Request, alert_id: Number, closing: Closing) -> Any:
        return await act(
            core, {"do": "close", "id": alert_id, "by": request.state.user, "cause": closing.cause, "note": closing.note}
        )


def _sockets(app: FastAPI, core: Core, hub: Hub) -> None:
    @app.websocket("/ws/picture")
    async def picture(socket: WebSocket) -> None:
        await hub.picture(socket, hello(core, socket.state.user))

    @app.websocket("/ws/alerts")
    async def alerts(socket: WebSocket, after: int = 0) -> None:
        await hub.alerts(socket, after)
