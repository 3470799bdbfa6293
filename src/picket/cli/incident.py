"""`picket incident`: a recorded period as a folder that others can open."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from picket.cli.common import JSON, WRONG_USE, Group, count, example, fail, mistakes, period


@click.group(
    cls=Group, **example("picket incident export --site site.toml --since 2026-11-28T02:00 --until 2026-11-28T02:30 -o night")
)
def incident() -> None:
    """Incidents of an archive, and a recorded period for others."""


@incident.command(**example("picket incident export --site site.toml --since 2026-11-28T02:00 --until 2026-11-28T02:30 -o night"))
@partial(period, required=False)
@click.option("--title", default="Incident", show_default=True, help="Heading of the page.")
@click.option("--note", default="", help="A sentence below it.")
@click.option("--case", "number", type=int, help="Number of an incident of the archive: its period, steps, notes and files.")
@click.option("--low-priority", is_flag=True, help="Lower its own priority, so that a station beside it is not held up.")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="A new folder.")
@JSON
def export(
    folder: Path, site_path: Path, since: float | None, until: float | None, title: str, note: str, number: int | None,
    low_priority: bool, seed: int, out: Path, as_json: bool,
) -> None:  # fmt: skip
    """Write a period as a folder that opens off line without Picket: page, GeoJSON, tables, digests.

    The period of an incident (--case) is its own, where --since or --until says nothing else.
    """
    from picket.record.cases import read_cases
    from picket.site import load
    from picket.station.incident import export_incident

    if low_priority and hasattr(os, "nice"):
        os.nice(19)
    with mistakes(out):
        case = None if number is None else read_cases(folder).of(number)
        if case is not None:
            since, until = (
                own if given is None else given for given, own in zip((since, until), case.covers(time.time()), strict=True)
            )
        if since is None or until is None:
            fail("give --since and --until, or the number of an incident with --case", WRONG_USE)
        found = export_incident(folder, load(site_path), since, until, out, title=title, note=note, case=case, seed=seed)
    counts = {"alerts": len(found.alerts), "tracks": len(found.tracks), "decisions": len(found.decisions)}
    if as_json:
        click.echo(json.dumps({**counts, "folder": str(out), "damage": found.record["made_from"]["damage"]}))
    else:
        click.echo(
            f"{count(counts['alerts'], 'alert')}, {count(counts['tracks'], 'track')}, "
            f"{count(counts['decisions'], 'decision')} -> {out}/index.html"
        )


@incident.command("list", **example("picket incident list --archive archive"))
@click.option(
    "--archive", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("archive"), show_default=True,
    help="Folder of the log; it is only read.",
)  # fmt: skip
@JSON
def show(folder: Path, as_json: bool) -> None:
    """List the incidents that officers opened: status, who has it, period, whether its records are held."""
    import msgspec

    from picket.record.cases import read_cases
    from picket.record.log import no_log, segments

    if not segments(folder):
        fail(no_log(folder), WRONG_USE)
    with mistakes(folder):
        cases = sorted(read_cases(folder).cases.values(), key=lambda c: c.number)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(cases)))
        return
    for c in cases:
        held = ", held" if c.held else ""
        until = "now" if c.until is None else f"{datetime.fromtimestamp(c.until, UTC):%Y-%m-%dT%H:%MZ}"
        click.echo(
            f"{c.number}  {c.status.replace('_', ' ')} ({c.holder}){held}  {datetime.fromtimestamp(c.since, UTC):%Y-%m-%dT%H:%MZ} to "
            f"{until}  {c.title}: {count(len(c.alerts), 'alert')}, {count(len(c.tracks), 'track')}, {count(len(c.files), 'file')}"
        )
    if not cases:
        click.echo("no incident was opened")


@incident.command("take-off", **example("picket incident take-off photo.jpg --case 1 --by anna --why 'wrong pier'"))
@click.argument("file")
@click.option("--case", "number", type=int, required=True, help="Number of the incident.")
@click.option("--by", required=True, help="Who takes it off.")
@click.option("--why", default="", help="Words for the incident's steps.")
@click.option(
    "--archive", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("archive"), show_default=True,
    help="Folder of the log; no station may run on it.",
)  # fmt: skip
@JSON
def take_off(file: str, number: int, by: str, why: str, folder: Path, as_json: bool) -> None:
    """Take a file off an incident: its name, or the beginning of its SHA-256. Its bytes stay for the audit as long as the incident.

    While a station runs, the record page does it. What was done is a record of the log, as any other step.
    """
    from picket.record.log import no_log, segments
    from picket.station.incident_files import take_off as taken_off

    if not segments(folder):
        fail(no_log(folder), WRONG_USE)
    with mistakes(folder):
        found = taken_off(folder, number, file, by, why, time.time())
    if as_json:
        click.echo(json.dumps({"case": number, "sha256": found.sha256, "name": found.name}))
    else:
        click.echo(f"took {found.name} off incident {number}; its bytes are kept for the audit as long as the incident")
