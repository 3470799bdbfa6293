"""The training officer's station: the kept runs, their reviews and the readiness board on loopback. An exercise that
is started there is played by a station of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI

from picket.station import api_train
from picket.station.exercises import OWN, Exercises
from picket.station.quiet import QuietStation
from picket.station.runs import Lags, Runs


class TrainStation(QuietStation):
    """One folder of runs being served."""

    page, title, who = "train.html", "Picket training", "training officer"

    def __init__(self, folder: Path, port: int, board: Path, lags: Lags, own: Sequence[Path] = OWN) -> None:
        """own: folders of the unit's own exercise files."""
        super().__init__(folder, port)
        self.runs, self.lags, self.exercises = Runs(folder, board), lags, Exercises(folder, own)

    def add(self, app: FastAPI) -> None:
        """The routes of the reviews, the board and the exercises."""
        api_train.add(app, self.runs, self.access, self.lags, self.exercises)

    def close(self) -> None:
        """What is played ends with it, kept and scored as far as it went."""
        self.exercises.close()
