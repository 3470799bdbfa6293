"""The doors of a station that plays an exercise: Watch at /, Learn at /learn, Train at /train, served by one process.

The analyst's screens show the example reports that come with Picket, and change nothing there: `picket learn serve` opens a desk. Their
reports are read, and the analyst's code is loaded, when the first question about them comes: an exercise starts without waiting for them.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse

from picket.station import api_train
from picket.station.api import PAGE, errors
from picket.station.exercises import Exercises
from picket.station.run import Station
from picket.station.runs import Runs
from picket.train.board import Board

if TYPE_CHECKING:
    from picket.learn.desk import Desk

DOORS = (("watch", "Watch", "/"), ("learn", "Learn", "/learn"), ("train", "Train", "/train"))
_READ_ONLY = "these are the examples that come with Picket, to look at; `picket learn serve` opens a desk where you decide"


def add_doors(station: Station, runs: Path, exercises: Exercises) -> Callable[[], None]:
    """Puts the doors into a station's page; `runs`: the folder of kept runs. Returns what ends them, to be called in a thread."""
    learn = ExampleDesk()

    def add(app: FastAPI) -> None:
        api_train.add(app, Runs(runs, runs / "board.jsonl"), station.access, learn.lags, exercises)
        app.add_middleware(_LearnApi, desk=learn)

        @app.get("/api/doors", summary="The rooms that this station's page leads to")
        async def doors() -> dict[str, Any]:
            return {"doors": [{"id": i, "name": name, "path": path} for i, name, path in DOORS]}

        @app.get("/learn", include_in_schema=False)
        async def page() -> Response:
            if not PAGE.is_dir():
                return HTMLResponse("This Picket was installed without its page: run make setup, or install the wheel.", 503)
            return FileResponse(str(PAGE / "learn.html"), headers={"cache-control": "no-cache"})

    def close() -> None:
        exercises.close()
        learn.close()

    station.more.append(add)
    return close


class ExampleDesk:
    """The desk of the shipped examples, opened when it is first asked for. Any thread may call."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._desk: Desk | None = None
        self._opening = asyncio.Lock()

    async def opened(self) -> Desk:
        """The desk."""
        async with self._opening:
            if self._desk is None:
                self._folder = tempfile.TemporaryDirectory(prefix="picket-learn-")
                self._desk = await asyncio.to_thread(example_desk, Path(self._folder.name))
            return self._desk

    def lags(self, board: Board) -> dict[str, Any]:
        """The learning lag by card; the adversary's as the examples tell it, once they were opened."""
        return lag_rows(
            board, None if self._desk is None else self._desk.seen.picture, "the example reports that come with Picket"
        )

    def close(self) -> None:
        """Ends its thread and takes its folder away."""
        if self._desk is not None:
            self._desk.close()
        if self._folder is not None:
            self._folder.cleanup()


def example_desk(folder: Path) -> Desk:
    """The shipped examples, decisions going to `folder`."""
    import picket.learn
    from picket.learn.cards import shipped_cards
    from picket.learn.claim import read_claims
    from picket.learn.desk import Desk
    from picket.learn.reading import Trouble, read_reports
    from picket.learn.sources import read_ledger

    at = Path(picket.learn.__file__).parent / "examples"
    reports = [r for r in read_reports([str(at / "reports")]) if not isinstance(r, Trouble)]
    claims, ledger = list(read_claims(at / "claims.jsonl")), read_ledger(at / "sources.jsonl")
    return Desk(claims, reports, folder, ledger_lines=ledger, cards=shipped_cards(), examples=True)


def lag_rows(board: Board, picture: Any, whose: str) -> dict[str, Any]:
    """The learning lag for the page; picture: of the claims that say who had what when, None for none."""
    from picket.learn.cards import shipped_cards
    from picket.learn.first_seen import prepare
    from picket.train.lag import lags

    cards = shipped_cards()
    found = lags(cards, board, None if picture is None else prepare(picture))
    rows = [{"card": x.card, "title": cards[x.card].title, "days": x.days, "adversary_days": x.adversary_days} for x in found]
    return {"lags": rows, "claims": None if picture is None else whose}


class _LearnApi:
    """ASGI: answers /api/learn from the example desk, and lets the rest pass."""

    def __init__(self, app: Any, desk: ExampleDesk) -> None:
        self.app, self.desk = app, desk
        self._learn: FastAPI | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/learn/"):
            await self.app(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            await JSONResponse({"error": _READ_ONLY}, 403)(scope, receive, send)
        else:
            if self._learn is None:
                self._learn = await self._open()
            await self._learn(scope, receive, send)

    async def _open(self) -> FastAPI:
        from picket.station import api_learn

        app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
        errors(app)
        api_learn.add(app, await self.desk.opened(), None)
        return app
