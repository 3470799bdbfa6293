"""`picket archive`: look after the log."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from picket.cli.common import JSON, UNREADABLE, example, fail


@click.group(**example("picket archive verify --archive archive"))
def archive() -> None:
    """Look after the log."""


@archive.command(**example("picket archive verify --archive archive"))
@click.option(
    "--archive",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("archive"),
    show_default=True,
    help="Folder of the log.",
)
@JSON
def verify(folder: Path, as_json: bool) -> None:
    """Check the log's chain from end to end; name the first damaged record and what still holds."""
    from picket.record import log

    try:
        v = log.verify(folder)
    except ValueError as e:
        fail(str(e), UNREADABLE)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "records": v.records,
                    "segments": v.segments,
                    "last_seq": v.last_seq,
                    "kinds": v.kinds,
                    "torn_tail": v.torn_tail,
                    "damage": v.damage,
                }
            )
        )
    else:
        click.echo(
            f"{v.records} records in {v.segments} segments hold"
            + (" (a killed station left a cut last record: normal)" if v.torn_tail else "")
        )
        if v.damage:
            click.echo(f"first damage: {v.damage}")
    sys.exit(UNREADABLE if v.damage else 0)
