"""The training page over HTTP: kept runs, their reviews, the picture at each decision, the readiness board.

Whoever opened the address that the station printed is the training officer and sees everybody's; an officer sees the runs that they
played in, and of others there no name and no sheet. Nothing here orders officers.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from picket.paper import PaperError, to_pdf
from picket.station import api_train_start
from picket.station.access import Access
from picket.station.api import PAGE, answer
from picket.station.api_exercise import session
from picket.station.exercises import Exercises
from picket.station.runs import Lags, Runs
from picket.train.board import BoardError, read_board
from picket.train.exercise import ExerciseError
from picket.train.kept import KeptError
from picket.train.score.truth import TruthError

_PRINTED = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_NOT_YOURS = "the readiness board is the training officer's, who opened the address that the station printed"


class RunName(BaseModel):
    """A run by the name of its folder."""

    model_config = ConfigDict(extra="forbid")
    run: str = Field(min_length=1, max_length=200)


class Decided(BaseModel):
    """What was changed, or why it will not be."""

    model_config = ConfigDict(extra="forbid")
    note: str = Field("", max_length=500)


def add(app: FastAPI, runs: Runs, access: Access, lags: Lags, exercises: Exercises) -> None:
    """The routes of the reviews, the board and the exercises to start."""
    _reviews(app, runs, access, exercises)
    _board(app, runs, access, lags)
    api_train_start.add(app, runs, access, exercises)

    @app.get("/train", include_in_schema=False)
    async def page() -> Response:
        if not PAGE.is_dir():
            return HTMLResponse("This Picket was installed without its page: run make setup, or install the wheel.", 503)
        return FileResponse(str(PAGE / "train.html"), headers={"cache-control": "no-cache"})


def _eyes(request: Request, access: Access) -> str | None:
    return None if access.controls(session(request)) else str(request.state.user)


def _tried(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except KeptError as e:
        raise HTTPException(404, str(e)) from None
    except (BoardError, ExerciseError, TruthError) as e:
        raise HTTPException(422, str(e)) from None
    except OSError as e:
        raise HTTPException(503, f"{Path(str(e.filename or 'the run')).name}: {e.strerror or e}") from None


def _reviews(app: FastAPI, runs: Runs, access: Access, exercises: Exercises) -> None:
    @app.get("/api/train/runs", summary="The kept runs that you may see, newest first")
    def kept(request: Request) -> Response:
        eyes = _eyes(request, access)
        now = exercises.now() if eyes is None else None
        return answer({"runs": _tried(lambda: runs.kept(eyes)), "you": request.state.user, "control": eyes is None, "now": now})

    @app.get("/api/train/runs/{name}", summary="One run's review: score, time line, plan, proposed changes, earlier runs")
    def review(request: Request, name: str) -> Response:
        return answer(_tried(lambda: runs.review(name, _eyes(request, access))))

    @app.get("/api/train/runs/{name}/at", summary="The picture as it was: tracks, open alerts, and the true objects beside them")
    def at(request: Request, name: str, s: Annotated[float, Query(ge=0, le=1e6)]) -> Response:
        return answer(_tried(lambda: runs.at(name, s, _eyes(request, access))))

    @app.get("/api/train/runs/{name}/page", summary="The review as one page to print")
    def printed(request: Request, name: str) -> HTMLResponse:
        text = _tried(lambda: runs.printed(name, _eyes(request, access)))
        return HTMLResponse(text, headers={"content-security-policy": _PRINTED})

    @app.get("/api/train/runs/{name}/page.pdf", summary="The same page as PDF")
    def as_pdf(request: Request, name: str) -> Response:
        made = _tried(lambda: runs.paper(name, _eyes(request, access)))
        try:
            return Response(to_pdf(made), media_type="application/pdf")
        except PaperError as e:
            raise HTTPException(503, str(e)) from None


def _board(app: FastAPI, runs: Runs, access: Access, lags: Lags) -> None:
    def only_control(request: Request) -> None:
        if not access.controls(session(request)):
            raise HTTPException(403, _NOT_YOURS)

    @app.get("/api/train/board", summary="The readiness board: runs, proposed changes and their state, learning lag by card")
    def board(request: Request) -> Response:
        only_control(request)
        return answer(_tried(lambda: {**runs.readiness(), **lags(read_board(runs.board))}))

    @app.post("/api/train/board", summary="Puts a run on the board; what it missed becomes proposed changes")
    def put(request: Request, given: RunName) -> Response:
        only_control(request)
        return answer({"made": _tried(lambda: runs.add(given.run))})

    @app.post("/api/train/board/{number}/{what}", summary="A proposed change was made (done), or will not be (drop)")
    def decide(request: Request, number: int, what: Literal["done", "drop"], given: Decided) -> Response:
        only_control(request)
        if what == "drop" and not given.note.strip():
            raise HTTPException(422, "note: say why it will not be done")
        _tried(lambda: runs.decide(what, number, given.note.strip()))
        return answer(_tried(runs.readiness))
