"""The HTTP API of the spectrum page (docs/stream.md): what radios see, hear and do not look at, and clips cut out by a person.

The same routes serve a station's radios and an opened recording: both are desks (spectrum/radio/desk.py). Handlers that only look are
plain functions, which the framework runs in its thread pool.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Protocol

import msgspec
from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from picket.spectrum.radio.clips import Clip
from picket.spectrum.radio.desk import Desk
from picket.spectrum.sigmf import Datatype
from picket.station.clips import ClipError, ClipStore

MOST_CLIP_S = 10.0
Name = Annotated[str, Query(max_length=200)]


class Cut(BaseModel):
    """What is to be kept: which radio, from when to when (UNIX seconds), and a frequency that it was tuned to hear."""

    model_config = ConfigDict(extra="forbid")
    radio: str = Field(max_length=200)
    start: float
    end: float
    hz: float
    note: str = Field("", max_length=500)


class Shown(Protocol):
    """What the page looks at: a station's radios, or a recording."""

    clips: ClipStore

    def desks(self) -> dict[str, Desk]:
        """The desks by radio."""
        ...

    def head(self) -> dict[str, Any]:
        """What stands over the page: site, live or recorded, simulated, radios' health, time."""
        ...

    def cut(self, radio: str, start: float, end: float, hz: float) -> tuple[Clip | None, Datatype, float]:
        """Samples, their type and rate."""
        ...


def _plain(value: Any) -> Any:
    """A NumPy number as Python's."""
    return value.item()


def _answer(data: Any) -> Response:
    return Response(msgspec.json.encode(data, enc_hook=_plain), media_type="application/json")


def add(app: FastAPI, shown: Shown, audit: Callable[..., None]) -> None:
    """Adds the routes under /api/spectrum. `audit` takes who, what and details."""
    _looks(app, shown)
    _clips(app, shown, audit)


def _looks(app: FastAPI, shown: Shown) -> None:
    @app.get("/api/spectrum", summary="Each radio: bands, what was looked at when, emitters, floor, disturbances")
    def state() -> Response:
        head = shown.head()
        return _answer({**head, "radios": [d.state(head["time"]) for d in shown.desks().values()]})

    @app.get("/api/spectrum/rows", summary="Rows of a band's waterfall after a number, and the emissions in them")
    def rows(radio: Name, band: Name, after: int = -1) -> Response:
        return _answer(_desk(shown, radio, band).rows(band, after))

    @app.get("/api/spectrum/occupancy", summary="How busy each channel of a band was, by hour, of the time it was looked at")
    def occupancy(radio: Name, band: Name) -> Response:
        return _answer(_desk(shown, radio, band).hours(band))

    @app.get("/api/spectrum/chances", summary="Probability of intercept by class, by the scan plan")
    def chances(radio: Name) -> Response:
        return _answer({"chances": _desk(shown, radio).chances()})


def _desk(shown: Shown, radio: str, band: str | None = None) -> Desk:
    desk = shown.desks().get(radio)
    if desk is None:
        raise HTTPException(404, f"no radio is called {radio!r}")
    if band is not None and band not in {b.name for b in desk.radio.band}:
        raise HTTPException(404, f"radio {radio} has no band {band!r}")
    return desk


def _clips(app: FastAPI, shown: Shown, audit: Callable[..., None]) -> None:
    @app.post("/api/spectrum/clips", summary="Keeps a piece of what a radio heard as SigMF, at most 10 s; audited")
    async def cut(request: Request, given: Cut) -> dict[str, Any]:
        _desk(shown, given.radio)
        if not 0 < given.end - given.start <= MOST_CLIP_S:
            raise HTTPException(422, f"start, end: expected 0 to {MOST_CLIP_S:g} s, got {given.end - given.start:g} s")
        clip, kind, rate = await asyncio.to_thread(shown.cut, given.radio, given.start, given.end, given.hz)
        if clip is None or not clip.samples:
            raise HTTPException(410, "these samples are no longer held, or the radio was not tuned there then")
        simulated = bool(shown.head()["simulated"])
        by = request.state.user
        try:
            name = await asyncio.to_thread(
                lambda: shown.clips.write(clip, given.radio, kind, rate, simulated=simulated, by=by, note=given.note)
            )
        except ClipError as e:
            raise HTTPException(507, str(e)) from None
        seconds = clip.samples / rate
        audit(
            by,
            "cut an IQ clip",
            radio=given.radio,
            clip=name,
            seconds=round(seconds, 3),
            center_hz=clip.center_hz,
            note=given.note,
        )
        return {"name": name, "seconds": seconds, "start": clip.start, "center_hz": clip.center_hz}

    @app.get("/api/spectrum/clips", summary="The clips that are held")
    def clips() -> Response:
        return _answer({"clips": shown.clips.all()})

    @app.get("/api/spectrum/clips/{name}", summary="A file of a clip; every look is audited")
    async def clip_file(request: Request, name: str) -> FileResponse:
        try:
            path = await asyncio.to_thread(shown.clips.path, name)
        except ClipError as e:
            raise HTTPException(404, str(e)) from None
        audit(request.state.user, "took an IQ clip", clip=name)
        return FileResponse(path, filename=name, media_type="application/octet-stream")
