"""`picket decode`: recordings -> detection table."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from picket.cli.common import JSON, ORIGIN, WRONG_USE, count, example, fail, give_back_memory, moment, progress
from picket.reasons import left_out_line


@click.command(**example("picket decode tuesday.pcap -o tuesday.parquet"))
@click.argument("inputs", nargs=-1, required=True, metavar="IN...")
@click.option("--format", "format_name", help="The recording's format; guessed where it can be.")
@click.option(
    "--start",
    callback=moment,
    help="When a recording without dates began: the time of its first byte (ISO 8601 or UNIX seconds).",
)
@click.option("--rate", type=float, help="Ticks per second of the receiver's counter (Beast: 12e6 unless given). Needs --start.")
@click.option("--edition", help="The standard's edition, where it matters: 1.30, or for ASTERIX 048=1.30,062=1.18.")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Detection table: .parquet, .csv, .jsonl or .arrow; `-` prints JSON lines.",
)
@click.option("--operators", type=click.Path(path_type=Path), help="Operator positions, in a table of their own (restricted).")
@click.option(
    "--status", type=click.Path(path_type=Path), help="Sector marks, empty scans and sensor status, in a table of their own."
)
@ORIGIN
@JSON
def decode(
    inputs: tuple[str, ...],
    format_name: str | None,
    start: float | None,
    rate: float | None,
    edition: str | None,
    out: Path | None,
    operators: Path | None,
    status: Path | None,
    origin: str | None,
    as_json: bool,
) -> None:
    """Turn recordings (file, pcap, `-` for standard input) into a detection table."""
    from picket.feed import Options
    from picket.feed.recording import RecordingError, decode_files

    give_back_memory()
    try:
        with progress("decoding") as on_progress:
            summary = decode_files(
                inputs, out=out, operators_out=operators, status_out=status, format=format_name, start=start, rate=rate,
                options=Options(origin=origin or "live", edition=edition), on_progress=on_progress,
            )  # fmt: skip
    except RecordingError as e:
        fail(str(e), e.exit_code)
    except BrokenPipeError:
        raise  # `| head`: whoever reads has seen enough
    except (ValueError, OSError) as e:
        fail(str(e), WRONG_USE)
    for error in summary.errors:
        click.echo(f"picket: {error}", err=True)
    if as_json or str(out) == "-":  # standard output belongs to the rows then
        _print_decoded(summary, to_stderr=str(out) == "-")
    else:
        _say_decoded(summary, out)
    sys.exit(summary.exit_code)


def _print_decoded(summary: Any, *, to_stderr: bool) -> None:
    found = {"detections": summary.rows, "operators": summary.operators, "status": summary.status, "cut": summary.cut}
    left_out = dict(sorted(summary.left_out.items()))
    click.echo(
        json.dumps({**found, "left_out": left_out, "formats": summary.formats, "errors": [str(e) for e in summary.errors]}),
        err=to_stderr,
    )


def _say_decoded(summary: Any, out: Path | None) -> None:
    if not summary.formats:  # nothing was read; why not is said
        return
    wrote = f" -> {out}" if out and summary.rows else ""
    for name, form in summary.formats.items():
        click.echo(f"{name}: {form}")
    click.echo(
        f"{count(summary.rows, 'detection')}, {count(summary.status, 'status message')}, "
        f"{count(summary.operators, 'operator position')}{wrote}"
    )
    for reason, n in sorted(summary.left_out.items()):
        click.echo(f"  {left_out_line(reason, n)}")
    if out is None and summary.rows:
        click.echo("picket: the detections are not written; -o FILE writes them", err=True)
    if summary.cut:
        click.echo("picket: the input was cut; what could be read was kept", err=True)
