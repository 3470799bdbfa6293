"""`picket archive`: look after the log and the days sealed from it."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import click

from picket.cli.common import (
    JSON,
    NOTHING_USABLE,
    ORIGIN,
    UNREADABLE,
    WRONG_USE,
    Group,
    check_out,
    count,
    example,
    fail,
    mistakes,
    moment,
    progress,
    utc,
)
from picket.reasons import left_out_line

_FOLDER = click.option(
    "--archive", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("archive"), show_default=True,
    help="Folder of the archive.",
)  # fmt: skip


@click.group(cls=Group, **example("picket archive verify --archive archive"))
def archive() -> None:
    """Look after the log and its sealed days."""


@archive.command(**example("picket archive verify --archive archive"))
@_FOLDER
@JSON
def verify(folder: Path, as_json: bool) -> None:
    """Check the log's chain from end to end, the sealed days and incidents' files; name the first damaged record and what still holds."""
    from picket.record import log
    from picket.record.archive import Archive, read_manifest
    from picket.station.incident_files import damaged

    try:
        sealed = Archive(folder).verify() if read_manifest(folder).files else []
        v = log.verify(folder) if log.segments(folder) or not read_manifest(folder).files else log.Verdict()
        attached = damaged(folder)
    except ValueError as e:
        fail(str(e), UNREADABLE)
    if as_json:
        keys = ("records", "segments", "last_seq", "kinds", "torn_tail", "damage", "gaps")
        click.echo(json.dumps({**{k: getattr(v, k) for k in keys}, "sealed_damage": sealed, "files_damage": attached}))
    else:
        click.echo(
            f"{count(v.records, 'record')} in {count(v.segments, 'segment')} hold"
            + (" (a killed station left a cut last record: normal)" if v.torn_tail else "")
        )
        if files := len(read_manifest(folder).files) - len(sealed):
            click.echo(f"{files} files of sealed days hold")
        for gap in v.gaps:
            lost = f"{gap['records']} records with {gap['rows']} rows were shown and are not in the log"
            words = lost if gap["records"] else "what came then is in the log"
            click.echo(f"the disk took nothing for a while between {utc(gap['since'])} and {utc(gap['until'])}: {words}")
        if v.damage:
            click.echo(f"first damage: {v.damage}")
        for line in [*sealed, *attached]:
            click.echo(f"damage: {line}")
    sys.exit(UNREADABLE if v.damage or sealed or attached else 0)


_RAN_WITH = click.option(
    "--site", "site_path", type=click.Path(path_type=Path), required=True, help="The site file that the station ran with."
)  # fmt: skip
_SEED = click.option("--seed", default=0, show_default=True, help="Seed that the station ran with.")


@archive.command(**example("picket archive rebuild --archive archive --site site.toml"))
@_FOLDER
@_RAN_WITH
@_SEED
@JSON
def rebuild(folder: Path, site_path: Path, seed: int, as_json: bool) -> None:
    """Make the sealed days anew: the whole log through the station's own engine. Imports stay as they are."""
    _seal(folder, site_path, seed, as_json, new_days=False)


@archive.command(**example("picket archive seal --archive archive --site site.toml"))
@_FOLDER
@_RAN_WITH
@_SEED
@JSON
def seal(folder: Path, site_path: Path, seed: int, as_json: bool) -> None:
    """Seal the days that are new since the last time, while a station may run; it does so itself each night. Lowers its own priority."""
    if hasattr(os, "nice"):
        os.nice(19)
    _seal(folder, site_path, seed, as_json, new_days=True)


def _seal(folder: Path, site_path: Path, seed: int, as_json: bool, *, new_days: bool) -> None:
    from picket.record.archive import days_of
    from picket.site import load
    from picket.station.rebuild import rebuild as run

    with mistakes(folder), progress("sealing" if new_days else "rebuilding") as on_progress:
        shown = None if on_progress is None else lambda record: on_progress("record", record.seq, None)
        done = run(folder, load(site_path), seed=seed, on_record=shown, new_days=new_days)
    if as_json:
        click.echo(json.dumps(vars(done) | {"days": [*days_of(done.days)]}))
    else:
        click.echo(
            f"{count(done.records, 'record')} -> {count(len(done.days), 'day')}, {count(done.segments, 'segment')}, "
            f"{count(done.points, 'point')}, {count(done.alerts, 'alert')}"
        )
        for reason, n in sorted(done.left_out.items()):
            click.echo(f"  {left_out_line(reason, n)}")
        if done.other_site:
            click.echo(
                f"picket: {done.other_site} of {done.boots} starts were with another site file; tracks and alerts are of the one given",
                err=True,
            )
    if done.damage:
        click.echo(f"picket: the log is damaged at {done.damage}; what lies before it was rebuilt", err=True)
    sys.exit(UNREADABLE if done.damage else 0 if done.points or new_days else NOTHING_USABLE)


@archive.command(**example("picket archive erase --archive archive --site site.toml"))
@_FOLDER
@click.option(
    "--site",
    "site_path",
    type=click.Path(path_type=Path),
    required=True,
    help="The site file: its [archive] says what is kept how long.",
)
@click.option("--now", callback=moment, help="Erase as of this time instead of the computer's (ISO 8601 or UNIX seconds).")
@JSON
def erase(folder: Path, site_path: Path, now: float | None, as_json: bool) -> None:
    """Erase what is past its time: sealed segments of the log, keys of airframes' pseudonyms. What went is listed in erased.jsonl."""
    from picket.record.retention import erase as run
    from picket.site import load

    if not folder.is_dir():
        fail(f"{folder}: no such folder; give the station's archive with --archive", WRONG_USE)
    with mistakes(folder):
        done = run(folder, load(site_path).archive, time.time() if now is None else now)
    if as_json:
        click.echo(json.dumps(vars(done)))
        return
    click.echo(f"erased {len(done.segments)} segments of the log and {len(done.keys)} keys of airframes' pseudonyms")
    if done.attachments:
        click.echo(f"with their incidents: {len(done.attachments)} attached files")
    if done.stays:
        click.echo(f"the rest stays: {done.stays}")


@archive.command("import", **example("picket archive import may.parquet --archive archive --site site.toml"))
@click.argument("inputs", nargs=-1, required=True, metavar="FILE...")
@_FOLDER
@click.option(
    "--site", "site_path", type=click.Path(path_type=Path), help="The site file: where the sensors stand, and who is friendly."
)
@click.option("--overlap", is_flag=True, help="Count rows of sensors and hours that the archive has already, too.")
@ORIGIN
@JSON
def import_(
    inputs: tuple[str, ...], folder: Path, site_path: Path | None, overlap: bool, origin: str | None, as_json: bool
) -> None:
    """Take tables of detections or tracks (csv, parquet, jsonl, arrow) or recordings into the archive, as days of their own."""
    from picket.record.archive import days_of
    from picket.record.importing import import_files
    from picket.site import load

    with mistakes(folder):
        site = load(site_path) if site_path else None
        with progress("importing") as on_progress:
            done = import_files(folder, inputs, site, origin=origin or "live", overlap=overlap, on_progress=on_progress)
    if as_json:
        click.echo(json.dumps(vars(done) | {"days": [*days_of(done.days)]}))
    else:
        click.echo(
            f"{count(done.rows, 'row')} of {done.kind}s -> {count(len(done.days), 'day')}, {count(done.segments, 'segment')}, "
            f"{count(done.points, 'point')}, as {done.source}"
        )
        for reason, n in sorted(done.left_out.items()):
            click.echo(f"  {left_out_line(reason, n)}")
    sys.exit(UNREADABLE if done.cut else 0)


@archive.command(**example("picket archive sql 'SELECT kind, count(*) FROM flights GROUP BY kind' --archive archive"))
@click.argument("sql")
@_FOLDER
@click.option("--gap", type=float, default=300.0, show_default=True, help="Seconds without a point that end a flight.")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="The answer as .csv or .parquet.")
@JSON
def sql(sql: str, folder: Path, gap: float, out: Path | None, as_json: bool) -> None:
    """Ask the sealed days one SELECT: tables flights, segments, points, cells, uptime (docs/record.md)."""
    import pyarrow.csv
    import pyarrow.parquet

    check_out(out)
    try:
        from picket.record.question import question, rows

        answer = question(folder, sql, gap_s=gap)
    except ImportError:
        fail("SQL needs DuckDB: pip install 'picket[record]'", WRONG_USE)
    except ValueError as e:
        fail(str(e), WRONG_USE)
    if out is not None:
        if out.suffix.lower() not in (".csv", ".parquet"):
            fail(f"{out}: expected a name that ends in .csv or .parquet", WRONG_USE)
        try:
            (pyarrow.csv.write_csv if out.suffix.lower() == ".csv" else pyarrow.parquet.write_table)(answer, out)
        except OSError as e:
            fail(f"{out}: cannot be written ({e.strerror or e})", WRONG_USE)
        click.echo(f"{answer.num_rows} rows -> {out}")
        return
    found = rows(answer)
    if as_json:
        click.echo(json.dumps(found))
        return
    click.echo("\t".join(answer.schema.names))
    for row in found:
        click.echo("\t".join("" if v is None else str(v) for v in row.values()))
