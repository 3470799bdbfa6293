"""`picket stats`: how many, how near, when, where - with the definitions, the sensors and what was left out."""

from __future__ import annotations

import json
import math
import os
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from picket.cli.common import JSON, NOTHING_USABLE, UNREADABLE, WRONG_USE, check_out, example, fail, mistakes, moment
from picket.places import write_over


@click.command(**example("picket stats --archive archive --line border.geojson --within 500 --since 2026-05-01"))
@click.option(
    "--archive", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("archive"), show_default=True,
    help="Folder of the archive; its days are sealed by the station each night, `picket archive seal` or `import`.",
)  # fmt: skip
@click.option("--line", type=click.Path(path_type=Path), help="GeoJSON file of a line, an area or points to count at.")
@click.option("--within", type=float, help="Metres from the line, area or zone.")
@click.option("--zone", help="Count at this zone of the site file instead of a --line; its floor and ceiling hold.")
@click.option("--site", "site_path", type=click.Path(path_type=Path), help="The site file, for --zone.")
@click.option(
    "--since", callback=moment, help="First moment of the period (ISO 8601 or UNIX seconds); widened to whole days UTC."
)
@click.option(
    "--until", callback=moment, help="End of the period; the day that it lies in counts whole, midnight ends the day before."
)
@click.option("--by", type=click.Choice(["day", "hour", "week"]), default="day", show_default=True, help="Buckets of the table.")
@click.option("--gap", type=float, default=300.0, show_default=True, help="Seconds without a point that end a flight.")
@click.option(
    "--compare", multiple=True, help='A given figure to set beside ours: "60000 in 184 days", "328 a day"; may be repeated.'
)
@click.option("--simulated", is_flag=True, help="Count what exercises made instead of what was seen.")
@click.option(
    "--quick", is_flag=True, help="Near a line: the counts only, without crossings, dwell, approach and hours of the week."
)
@click.option("--map", "as_map", is_flag=True, help="With --json: the points in each cell as well, for a heat map.")
@click.option("--low-priority", is_flag=True, help="Lower its own priority, so that a station beside it is not held up.")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Report to print as .pdf or .html, its charts as .png, the table as .csv, the map as .geojson.",
)
@JSON
def stats(
    folder: Path, line: Path | None, within: float | None, zone: str | None, site_path: Path | None, since: float | None,
    until: float | None, by: str, gap: float, compare: tuple[str, ...], simulated: bool, quick: bool, as_map: bool, low_priority: bool,
    out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Count flights of the archive: per hour, day or week, near a line or zone, with the definitions of every number."""
    from picket.record import report
    from picket.record.archive import Archive
    from picket.record.counts import Height, count
    from picket.record.trend import change, given

    if low_priority and hasattr(os, "nice"):
        os.nice(19)
    if out is not None:
        _check_name(out)
        check_out(out, line, site_path)
    try:
        figures = [given(text) for text in compare]
        shape, within_m, height = _where(line, within, zone, site_path)
        archive = Archive(folder)
        first, last = _period(archive, since, until)
        counts = count(
            archive,
            first,
            last,
            by=by,
            gap_s=gap,
            shape=shape,
            within_m=within_m,
            height=height or Height(),
            simulated=simulated,
            quick=quick,
        )
    except ValueError as e:
        fail(str(e), WRONG_USE)
    found = change(counts.per_day, counts.uptime_per_day if counts.uptime.known else None)
    d = report.as_dict(counts, found, figures)
    d["sealed"] = dict(zip(("since", "until"), (report.iso(day * 24) for day in archive.span()), strict=True))
    mapped = as_map or (out is not None and out.suffix.lower() != ".csv")
    heat = report.heat_rows(*report.heat(archive, first, last)) if mapped else None
    if out is not None:
        with mistakes(out):
            _write(out, d, heat)
    if as_map:
        d["map"] = heat
    click.echo(json.dumps(d) if as_json else report.words(d), nl=as_json)
    for problem in counts.damage:
        click.echo(f"picket: {problem}", err=True)
    sys.exit(UNREADABLE if counts.damage else 0 if counts.seen or counts.left_out else NOTHING_USABLE)


_OURS = (".csv", ".geojson", ".json")


def _check_name(out: Path) -> None:
    """Ends the command before it counts, for a name that nothing is written to."""
    from picket import paper

    suffix = out.suffix.lower()
    if suffix not in (*_OURS, *paper.SUFFIXES):
        names = ", ".join((*paper.SUFFIXES, *_OURS[:2]))
        fail(f"{out}: expected a name that ends in {names}, got {out.suffix or 'none'}", WRONG_USE)
    if suffix in paper.SUFFIXES:
        with mistakes(out):
            paper.check(out)


def _write(out: Path, d: dict[str, Any], heat: Any) -> None:
    """The report, table or map, as the name says. Raises OSError, or ValueError for charts of nothing."""
    from picket import paper
    from picket.record import report, report_page

    suffix = out.suffix.lower()
    if suffix in paper.SUFFIXES:
        paper.write(report_page.document(d, heat), out)
    else:
        write_over(out, (report.to_csv(d) if suffix == ".csv" else report.to_geojson(d, heat)).encode())


def _where(line: Path | None, within: float | None, zone: str | None, site_path: Path | None) -> tuple[Any, float, Any]:
    """(shape or None, metres, heights or None) of the options. Raises ValueError."""
    from picket.record.shapes import from_geometries, read_shape

    if line is not None and zone is not None:
        raise ValueError("expected --line or --zone, got both; count at one after the other")
    if line is None and zone is None:
        if within is not None:
            raise ValueError("--within needs a --line or a --zone to be within of")
        return None, 0.0, None
    if line is not None:
        return read_shape(line), 500.0 if within is None else within, None
    if site_path is None:
        raise ValueError("--zone needs --site: the zones are in the site file")
    from picket.record.counts import Height
    from picket.site import load

    site = load(site_path)
    known = {z.id: z for z in site.zone}
    if zone not in known:
        raise ValueError(f"no zone is called {zone!r}; the site file has {', '.join(known) or 'none'}")
    z = known[zone]
    zero = {"msl": site.site.geoid_separation_m, "site": site.site.alt_wgs84_m, "wgs84": 0.0}[z.height_reference]
    height = Height(-math.inf if z.floor_m is None else z.floor_m + zero, math.inf if z.ceiling_m is None else z.ceiling_m + zero)
    return from_geometries([site.shapes[zone]], f"zone {zone}"), 0.0 if within is None else within, height


def _day(day: int) -> str:
    return f"{date(1970, 1, 1) + timedelta(days=day)}"


def _period(archive: Any, since: float | None, until: float | None) -> tuple[int, int]:
    """Whole days since 1970: (first, the one after the last). Raises ValueError for an empty archive or a period that ends
    before it begins."""
    from picket.record.archive import ArchiveError

    first, last = archive.span()
    if first == last and (since is None or until is None):
        raise ArchiveError(
            f"{archive.folder}: no day is sealed; `picket archive rebuild` makes them of the log, `picket archive import` of tables"
        )
    sealed = f"{_day(first)} to {_day(last - 1)} are sealed"
    first = first if since is None else math.floor(since / 86_400)
    last = last if until is None else math.ceil(until / 86_400)
    if last <= first and since is not None and until is not None:
        raise ArchiveError(f"expected --until after --since, got {_day(first)} to {_day(last)}")
    if last <= first:
        raise ArchiveError(f"nothing is sealed {'until then' if since is None else f'from {_day(first)} on'}: {sealed}")
    if last - first > 36_600:
        raise ArchiveError(f"expected a period of at most a hundred years, got {last - first} days")
    return first, last
