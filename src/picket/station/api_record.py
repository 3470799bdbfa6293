"""The API of the statistics page (docs/record.md): counts of the sealed days with their definitions, and as files.

The counting is `picket stats` in a child process (stats_child.py); nothing here looks into the engine.
Whatever reads sealed days brings pyarrow, and is loaded when it is first asked for: a start does not wait for it.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response

from picket.station import lines
from picket.station.core import Core
from picket.station.stats_child import BusyError, NothingSealedError, Stats, StatsError

WITHIN_M = 500.0
FIGURES = 4  # given figures beside ours
PDF = "/api/stats.pdf"

Moment = Annotated[str, Query(max_length=40, description="ISO 8601 or UNIX seconds; widened to whole days UTC")]


@dataclass(frozen=True)
class Asked:
    """A question: the period, the buckets of the table, perhaps a zone to have come near, given figures to set beside ours."""

    since: Moment = ""
    until: Moment = ""
    per: Literal["hour", "day", "week"] = "day"
    zone: Annotated[str, Query(max_length=200)] = ""
    line: Annotated[str, Query(max_length=200, description="a line or area that was added")] = ""
    within: Annotated[float | None, Query(ge=0, le=50_000, description="metres from the zone or line")] = None
    compare: Annotated[list[str] | None, Query(max_length=FIGURES, description='"328 a day"; at most 80 characters each')] = None


def words(core: Core, asked: Asked) -> list[str]:
    """The options of `picket stats`, each with its value in one word so that no value passes for an option. Raises StatsError."""
    found = [f"--by={asked.per}"]
    found += [f"--since={asked.since}"] if asked.since else []
    found += [f"--until={asked.until}"] if asked.until else []
    for figure in asked.compare or []:
        if len(figure) > 80:
            raise StatsError(f"compare: expected at most 80 characters, got {len(figure)}")
        found.append(f"--compare={figure}")
    if core.site.station.origin == "exercise":
        found.append("--simulated")
    if asked.zone and asked.line:
        raise StatsError("expected a zone or a line, got both; count at one after the other")
    if asked.zone:
        site = core.engine.site
        if not Path(site.source).is_file():
            raise StatsError(
                "near a zone needs the site file, and this site has none: `picket stats --line` counts at any outline"
            )
        if asked.zone not in {z.id for z in site.zone}:
            raise StatsError(f"no zone is called {asked.zone!r}; there are {', '.join(z.id for z in site.zone) or 'none'}")
        within = WITHIN_M if asked.within is None else asked.within
        found += [f"--site={site.source}", f"--zone={asked.zone}", f"--within={within:g}"]
    elif asked.line:
        found += [
            f"--line={lines.path_of(core.folder, asked.line)}",
            f"--within={WITHIN_M if asked.within is None else asked.within:g}",
        ]
    elif asked.within is not None:
        raise StatsError("within needs a zone or a line to be within of")
    return found


def add(app: FastAPI, core: Core) -> None:
    """The routes of this file."""
    stats = Stats(core.folder)

    async def counted(asked: Asked) -> dict[str, Any]:
        try:
            found = await stats.ask(words(core, asked))
        except (NothingSealedError, BusyError) as e:
            raise HTTPException(409, str(e)) from None
        except StatsError as e:
            raise HTTPException(422, str(e)) from None
        return {**found, "near": {**found["near"], "shape": f"line {asked.line}"}} if asked.line else found

    @app.get("/api/stats", summary="Counts of the sealed days, with their definitions, uptime and digest")
    async def counts(asked: Annotated[Asked, Depends()]) -> Response:
        return Response(json.dumps(await counted(asked)), media_type="application/json")

    @app.get("/api/stats/choices", summary="What can be asked: the sealed days, the zones, and whether there is a PDF")
    def choices() -> dict[str, Any]:
        from picket.record.archive import Archive, ArchiveError
        from picket.record.report import iso

        span, problem = None, None
        try:
            first, last = Archive(core.folder).span()
            span = None if first == last else {"since": iso(first * 24), "until": iso(last * 24)}
        except ArchiveError as e:
            problem = str(e)
        site = core.engine.site
        zones = [{"id": z.id, "kind": z.kind} for z in site.zone] if Path(site.source).is_file() else []
        offered = {getattr(route, "path", "") for route in app.routes}
        return {
            "sealed": span,
            "problem": problem,
            "zones": zones,
            "lines": lines.names(core.folder),
            "within_m": WITHIN_M,
            "figures": FIGURES,
            "simulated": core.site.station.origin == "exercise",
            "pdf": PDF if PDF in offered else None,
        }

    @app.post("/api/stats/lines", summary="A line or area of one's own to count at: GeoJSON as the body")
    async def add_line(request: Request, name: Annotated[str, Query(max_length=200)]) -> dict[str, Any]:
        try:
            kept = await asyncio.to_thread(lines.keep, core.folder, name, await request.body())
        except lines.LineError as e:
            raise HTTPException(422, str(e)) from None
        except OSError as e:
            raise HTTPException(503, f"the line cannot be kept: {e.strerror or e}") from None
        core.audit(request.state.user, "added a line to count at", line=kept)
        return {"line": kept, "lines": lines.names(core.folder)}

    @app.get("/api/stats/table.csv", summary="The table, with definitions as comment lines")
    async def table(asked: Annotated[Asked, Depends()]) -> Response:
        from picket.record import report

        return _file(report.to_csv(await counted(asked)), "picket-counts.csv", "text/csv")

    @app.get("/api/stats/map.geojson", summary="The points in each cell as squares; the counts are its properties")
    async def cells(asked: Annotated[Asked, Depends()]) -> Response:
        from picket.record import report

        found = await counted(asked)
        d = {k: v for k, v in found.items() if k != "map"}
        return _file(report.to_geojson(d, found["map"]), "picket-map.geojson", "application/geo+json")

    @app.get("/api/stats.pdf", summary="The report to print: charts, table, definitions, uptime and digest")
    async def printed(asked: Annotated[Asked, Depends()]) -> Response:
        from picket.paper import PaperError, to_pdf
        from picket.record import report_page

        found = await counted(asked)
        try:
            made = await asyncio.to_thread(lambda: to_pdf(report_page.document(found, found["map"])))
        except PaperError as e:
            raise HTTPException(503, str(e)) from None
        name = 'inline; filename="picket-counts.pdf"'
        return Response(made, media_type="application/pdf", headers={"content-disposition": name})


def _file(text: str, name: str, kind: str) -> Response:
    return Response(text, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})
