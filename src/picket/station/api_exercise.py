"""Exercise control over HTTP: `/api/exercise` and what is done there. Only a station that plays an exercise has these paths.

Who opened the address that the station printed controls the exercise; whom they invite watches. Everybody chooses a name: what they do is
in the log under it.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from picket.station.access import RESERVED, Access, AccessError, session_of
from picket.station.control import Control, ControlError
from picket.station.core import Core

_NOT_YOURS = "only the training officer, who opened the address that the station printed, controls the exercise"


class Speed(BaseModel):
    """How many times as fast as real time."""

    model_config = ConfigDict(extra="forbid")
    speed: int


class Given(BaseModel):
    """An inject of the exercise's file."""

    model_config = ConfigDict(extra="forbid")
    id: str = Field(min_length=1, max_length=200)


class Said(BaseModel):
    """An inject in one's own words."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=1_000)


class Name(BaseModel):
    """Who is at the screen."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=40)


def session(request: Request) -> str:
    """The session of a request."""
    return session_of({k.lower(): v for k, v in request.headers.items()})


def add(app: FastAPI, core: Core, control: Control, access: Access, address: str) -> None:
    """The routes of this file; address: the station's, without a token."""
    _look(app, control, access)
    _course(app, control, access)
    _people(app, core, access, address)


def _look(app: FastAPI, control: Control, access: Access) -> None:
    @app.get("/api/exercise", summary="Where the exercise stands; what comes is told to exercise control only")
    async def look(request: Request) -> dict[str, Any]:
        held = session(request)
        controls = access.controls(held)
        found = {**control.look(), "you": request.state.user, "named": access.named(held), "control": controls}
        return found if controls else {**found, "about": "", "teaches": (), "by_hand": ()}


def _course(app: FastAPI, control: Control, access: Access) -> None:
    async def done(request: Request, doing: Awaitable[None]) -> dict[str, Any]:
        try:
            await doing
        except ControlError as e:
            raise HTTPException(409, str(e)) from None
        return control.look()

    def by(request: Request) -> str:
        if not access.controls(session(request)):
            raise HTTPException(403, _NOT_YOURS)
        return str(request.state.user)

    @app.post("/api/exercise/pause", summary="Everything stands still; nobody's delay grows")
    async def pause(request: Request) -> dict[str, Any]:
        return await done(request, control.pause(by(request)))

    @app.post("/api/exercise/go", summary="It goes on")
    async def go(request: Request) -> dict[str, Any]:
        return await done(request, control.go(by(request)))

    @app.post("/api/exercise/speed", summary="So many times as fast")
    async def speed(request: Request, given: Speed) -> dict[str, Any]:
        return await done(request, control.set_speed(given.speed, by(request)))

    @app.post("/api/exercise/inject", summary="An inject of the exercise's file that waits to be given by hand")
    async def inject(request: Request, given: Given) -> dict[str, Any]:
        return await done(request, control.inject(given.id, by(request)))

    @app.post("/api/exercise/say", summary="An inject in one's own words: a note of exercise control")
    async def say(request: Request, given: Said) -> dict[str, Any]:
        text = given.text.strip()
        if not text:
            raise HTTPException(422, "text: expected words, got spaces only")
        return await done(request, control.say(text, by(request)))

    @app.post("/api/exercise/end", summary="It is over: scored as far as it went, and reviewed")
    async def end(request: Request) -> dict[str, Any]:
        return await done(request, control.end(by(request)))


def _people(app: FastAPI, core: Core, access: Access, address: str) -> None:
    @app.post("/api/exercise/name", summary="Who is at this screen, under a name of their choice")
    async def name(request: Request, given: Name) -> dict[str, str]:
        chosen = " ".join(given.name.split())
        if not chosen or not chosen.isprintable():
            raise HTTPException(422, "name: expected letters")
        if chosen.casefold() in RESERVED:
            raise HTTPException(409, f"{chosen!r} is what the station calls itself or nobody; choose another name")
        before = request.state.user
        try:
            access.rename(session(request), chosen)
        except AccessError as e:
            raise HTTPException(409, str(e)) from None
        core.audit(chosen, "chose a name for the exercise", before=before)
        return {"name": chosen}

    @app.post("/api/exercise/invite", summary="A one-time address for another officer")
    async def invite(request: Request) -> dict[str, str]:
        if not access.controls(session(request)):
            raise HTTPException(403, _NOT_YOURS)
        core.audit(request.state.user, "invited an officer to the exercise")
        return {"url": f"{address}?token={access.new_token('officer')}"}
