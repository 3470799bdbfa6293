"""Starting exercises from the training page, over HTTP. The training officer's, who opened the address that the station printed: an
officer who plays is told neither what there is nor what comes. What was decided goes through the same gate as all: session, Host, Origin.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from picket.site import SiteError
from picket.station.access import Access
from picket.station.api import answer
from picket.station.api_exercise import session
from picket.station.exercises import Exercises, StartError
from picket.station.runs import Runs
from picket.train.exercise import ExerciseError

_NOT_YOURS = "exercises are started by the training officer, who opened the address that the station printed"


class Start(BaseModel):
    """Which exercise, by the id that the list gives; the same seed gives the same exercise."""

    model_config = ConfigDict(extra="forbid")
    exercise: str = Field(min_length=1, max_length=500)
    seed: int = Field(1, ge=0, le=2**31 - 1)


def add(app: FastAPI, runs: Runs, access: Access, exercises: Exercises) -> None:
    """The routes of this file."""

    def only_control(request: Request) -> None:
        if not access.controls(session(request)):
            raise HTTPException(403, _NOT_YOURS)

    @app.get("/api/train/exercises", summary="What can be started: library and own files, what each trains, its last result")
    def listed(request: Request) -> Response:
        only_control(request)
        found = exercises.listed()
        last = runs.last_results()
        rows = [{**row, **last.get(row["name"], {"last": None, "runs": 0})} for row in found["exercises"]]
        titles = _card_titles()
        uncovered = sorted(set(titles) - set(found["covered"]))
        return answer({**found, "exercises": rows, "uncovered": uncovered, "cards": titles})

    @app.post("/api/train/exercises/start", summary="Plays an exercise on a station of its own, beside what is shown here")
    def start(request: Request, given: Start) -> Response:
        only_control(request)
        return answer({"now": _tried(lambda: exercises.start(given.exercise, given.seed))})

    @app.post("/api/train/exercises/end", summary="Ends what was started: kept and scored as far as it went, its page closed")
    def end(request: Request) -> Response:
        only_control(request)
        return answer({"now": _tried(exercises.end)})


def _card_titles() -> dict[str, str]:
    """The titles of the shipped tactic cards, by id."""
    from picket.learn.cards import shipped_cards

    return {name: card.title for name, card in shipped_cards().items()}


def _tried(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except StartError as e:
        raise HTTPException(409, str(e)) from None
    except (ExerciseError, SiteError) as e:
        raise HTTPException(422, str(e)) from None
    except OSError as e:
        raise HTTPException(503, f"{e.filename or 'the exercise'}: {e.strerror or e}") from None
