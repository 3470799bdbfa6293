"""The training officer's station: the kept runs, their reviews and the readiness board on loopback. Nothing is played here."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from picket.station import api_train
from picket.station.quiet import QuietStation
from picket.station.runs import Lags, Runs


class TrainStation(QuietStation):
    """One folder of runs being served."""

    page, title, who = "train.html", "Picket training", "training officer"

    def __init__(self, folder: Path, port: int, board: Path, lags: Lags) -> None:
        super().__init__(folder, port)
        self.runs, self.lags = Runs(folder, board), lags

    def add(self, app: FastAPI) -> None:
        """The routes of the reviews and the board."""
        api_train.add(app, self.runs, self.access, self.lags)
