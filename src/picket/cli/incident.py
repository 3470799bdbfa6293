"""`picket incident`: a recorded period as a folder that others can open."""

from __future__ import annotations

import json
from pathlib import Path

import click

from picket.cli.common import JSON, example, mistakes, period


@click.group(**example("picket incident export --site site.toml --since 2026-11-28T02:00 --until 2026-11-28T02:30 -o night"))
def incident() -> None:
    """Hand a recorded period to others."""


@incident.command(**example("picket incident export --site site.toml --since 2026-11-28T02:00 --until 2026-11-28T02:30 -o night"))
@period
@click.option("--title", default="Incident", show_default=True, help="Heading of the page.")
@click.option("--note", default="", help="A sentence below it.")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="A new folder.")
@JSON
def export(
    folder: Path, site_path: Path, since: float, until: float, title: str, note: str, seed: int, out: Path, as_json: bool
) -> None:
    """Write a period as a folder that opens off line without Picket: page, GeoJSON, tables, digests."""
    from picket.site import load
    from picket.station.incident import export_incident

    with mistakes(out):
        found = export_incident(folder, load(site_path), since, until, out, title=title, note=note, seed=seed)
    counts = {"alerts": len(found.alerts), "tracks": len(found.tracks), "decisions": len(found.decisions)}
    if as_json:
        click.echo(json.dumps({**counts, "folder": str(out), "damage": found.record["made_from"]["damage"]}))
    else:
        click.echo(f"{counts['alerts']} alerts, {counts['tracks']} tracks, {counts['decisions']} decisions -> {out}/index.html")
