"""The analyst's station: the desk's API and screens on loopback. What people decide is the desk's file of decisions."""

from __future__ import annotations

from fastapi import FastAPI

from picket.learn.desk import Desk
from picket.site import Site
from picket.station import api_learn
from picket.station.quiet import QuietStation


class LearnStation(QuietStation):
    """One desk being served."""

    page, title, who = "learn.html", "Picket desk", "analyst"

    def __init__(self, desk: Desk, port: int, site: Site | None = None) -> None:
        super().__init__(desk.folder, port)
        self.desk, self.site = desk, site

    def add(self, app: FastAPI) -> None:
        """The desk's routes."""
        api_learn.add(app, self.desk, self.site)

    def close(self) -> None:
        """Ends the desk's thread."""
        self.desk.close()
