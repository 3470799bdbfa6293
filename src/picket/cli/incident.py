"""`picket incident`: a recorded period as a folder that others can open."""

from __future__ import annotations

import json
from pathlib import Path

import click

from picket.cli.common import JSON, WRONG_USE, example, fail, moment


@click.group(**example("picket incident export --site site.toml --since 2026-11-28T02:00 --until 2026-11-28T02:30 -o night"))
def incident() -> None:
    """Hand a recorded period to others."""


@incident.command(**example("picket incident export --site site.toml --since 2026-11-28T02:00 --until 2026-11-28T02:30 -o night"))
@click.option(
    "--archive", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("archive"), show_default=True,
    help="Folder of the log; it is only read.",
)  # fmt: skip
@click.option(
    "--site", "site_path", type=click.Path(path_type=Path), required=True, help="The site file that the station ran with."
)
@click.option("--since", callback=moment, required=True, help="First moment of the period (ISO 8601 or UNIX seconds).")
@click.option("--until", callback=moment, required=True, help="Last moment of the period.")
@click.option("--title", default="Incident", show_default=True, help="Heading of the page.")
@click.option("--note", default="", help="A sentence below it.")
@click.option("--seed", default=0, show_default=True, help="Seed that the station ran with.")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="A new folder.")
@JSON
def export(
    folder: Path, site_path: Path, since: float, until: float, title: str, note: str, seed: int, out: Path, as_json: bool
) -> None:
    """Write a period as a folder that opens off line without Picket: page, GeoJSON, tables, digests."""
    from picket.site import load
    from picket.station.incident import export_incident

    try:
        found = export_incident(folder, load(site_path), since, until, out, title=title, note=note, seed=seed)
    except ValueError as e:
        fail(str(e), WRONG_USE)
    except OSError as e:
        fail(f"{e.filename or out}: {e.strerror or e}", WRONG_USE)
    counts = {"alerts": len(found.alerts), "tracks": len(found.tracks), "decisions": len(found.decisions)}
    if as_json:
        click.echo(json.dumps({**counts, "folder": str(out), "damage": found.record["made_from"]["damage"]}))
    else:
        click.echo(f"{counts['alerts']} alerts, {counts['tracks']} tracks, {counts['decisions']} decisions -> {out}/index.html")
