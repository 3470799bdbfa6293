"""`picket log`: the watch log of an archive, as lines, JSON or a report to print."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click

from picket.cli.common import JSON, NOTHING_USABLE, check_out, example, fail, mistakes, moment, utc
from picket.places import write_over


@click.command(**example('picket log --archive archive --since 2026-11-28T06:00 --search "pier drone" -o watch.pdf'))
@click.option(
    "--archive", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("archive"), show_default=True,
    help="Folder of the log; it is only read, also while a station runs.",
)  # fmt: skip
@click.option("--since", callback=moment, help="First moment (ISO 8601 or UNIX seconds).")
@click.option("--until", callback=moment, help="Last moment.")
@click.option("--search", default="", help="Only entries in which every one of these words occurs.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="A report to print (.pdf, .html), or .jsonl, .txt."
)
@JSON
def log(folder: Path, since: float | None, until: float | None, search: str, out: Path | None, as_json: bool) -> None:
    """Show the watch log: notes, hand-overs, sightings and what happened to alerts, oldest first."""
    from picket.record import log as files
    from picket.record.watchlog import Question, as_json_line, read

    check_out(out)
    with mistakes(folder):
        if not files.segments(folder):
            raise files.LogError(files.no_log(folder))
        found = list(reversed(read(folder, Question(q=search, since=since, until=until, limit=1_000_000))))
    lines = [f"{utc(e.time)}  {e.by:12}  {e.kind:8}  {_within(e.text)}" for e in found]
    objects = [as_json_line(e) for e in found]
    if out is not None:
        with mistakes(out):
            if out.suffix in (".html", ".pdf"):
                from picket.paper import write
                from picket.station.watchlog_page import About, document

                about = About(str(folder), since, until, search, time.time(), "picket log", simulated=files.simulated(folder))
                write(document(about, list(reversed(found)), None), out)
            elif out.suffix in (".jsonl", ".txt"):
                write_over(out, "".join(f"{x}\n" for x in (objects if out.suffix == ".jsonl" else lines)).encode())
            else:
                raise ValueError(f"{out}: expected a name that ends in .pdf, .html, .jsonl or .txt")
        click.echo(json.dumps({"entries": len(found), "file": str(out)}) if as_json else f"{len(found)} entries -> {out}")
    else:
        for line in objects if as_json else lines:
            click.echo(line)
    if not found:
        fail(f"{folder}: no entry fits", NOTHING_USABLE)


def _within(text: str) -> str:
    """The text of one entry; lines of its own stand under it, so that none looks like an entry."""
    return text.replace("\r", "").replace("\n", "\n    ")
