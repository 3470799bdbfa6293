"""What a report on paper costs: seconds of CPU and bytes of the PDF, from the document that a station makes. Medians of three.

watch: 25 entries, as a hand-over of an ordinary watch; log: 10,000 entries, the most that a station prints; counts: half a year by day with
all charts and a map of 6,000 cells. The child process is what a station waits for: interpreter, font and packages included.
"""

from __future__ import annotations

import statistics
import time
from datetime import date, timedelta
from typing import Any

import numpy as np

from picket.paper import Document, html, pdf, to_pdf
from picket.record import charts
from picket.record.watchlog import Entry
from picket.station.watchlog_page import About, document

START, RUNS = 1_800_000_000.0, 3
_TEXTS = (
    "Fog since 0300, visibility 400 m. Pilot boat out.",
    "UNKNOWN DRONE towards pier, 1.4 km N, 18 m/s, 95 m high; inside pier in 62 s",
    "Called harbour control, they see nothing on camera 3",
    "Дрон над причалом, высота 90 м",
)


def _log(entries: int) -> Document:
    made = [
        Entry(n=i, time=START + i * 60.0, by=("anna", "bert", "picket")[i % 3], kind="note", text=_TEXTS[i % len(_TEXTS)])
        for i in range(entries)
    ]
    return document(About("Long Beach pier 7", START, None, "", START + entries * 60.0, "anna"), made[::-1])


def _counts() -> Document:
    rng, first = np.random.default_rng(1), date(2026, 5, 1)
    flights = rng.poisson(np.where(np.arange(184) < 90, 300, 360)).tolist()
    calendar = [{"day": str(first + timedelta(days=i)), "flights": n, "uptime": 1.0} for i, n in enumerate(flights)]
    d = {"calendar": calendar, "flights": sum(flights), "hour_by_weekday": rng.poisson(300, (7, 24)).tolist()}
    cells = [[45 + y * 0.005, -30 + x * 0.005, int(rng.integers(1, 9999))] for y in range(60) for x in range(100)]
    heat = {"side_deg": 0.005, "cells": cells, "means": "Points."}
    return Document("Flights counted", tuple(charts.charts(d, heat)), digest="0")


def _median(make: Any) -> float:
    took = []
    for _ in range(RUNS):
        begin = time.process_time()
        make()
        took.append(time.process_time() - begin)
    return round(statistics.median(took), 3)


def run() -> dict[str, Any]:
    """CPU seconds of each report as PDF and HTML, its bytes and pages, and the wait for a child process."""
    found: dict[str, Any] = {}
    for name, made in (("watch", _log(25)), ("log", _log(10_000)), ("counts", _counts())):
        first = pdf.render(made)
        found[name] = {
            "pdf_s": _median(lambda made=made: pdf.render(made)), "html_s": _median(lambda made=made: html.render(made)),
            "pdf_bytes": len(first), "same_bytes": first == pdf.render(made), "pages": first.count(b"/Type /Page\n"),
        }  # fmt: skip
    begin = time.monotonic()
    to_pdf(_log(25))
    found["watch"]["child_process_wall_s"] = round(time.monotonic() - begin, 2)
    return found
