"""`picket track`: detections -> track table."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from picket.cli.common import JSON, NOTHING_USABLE, ORIGIN, UNREADABLE, WRONG_USE, count, example, fail, progress
from picket.reasons import left_out_line


@click.command(**example("picket track tuesday.parquet --site site.toml -o tracks.parquet"))
@click.argument("inputs", nargs=-1, required=True, metavar="IN...")
@click.option(
    "--site",
    "site_path",
    type=click.Path(path_type=Path),
    help="The site file: where the sensors stand and how well they measure.",
)
@click.option("--every", type=float, help="Write the tracks every so many seconds instead of at every scan.")
@click.option("--explain", type=int, help="Say why the track of this number began, what it took and why it ended.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True, help="Track table: .parquet, .csv, .jsonl or .arrow."
)
@ORIGIN
@JSON
def track(
    inputs: tuple[str, ...],
    site_path: Path | None,
    every: float | None,
    explain: int | None,
    out: Path,
    origin: str | None,
    as_json: bool,
) -> None:
    """Turn detection tables or recordings into a track table, as fast as the machine allows."""
    from picket.site import load
    from picket.track.run import track_files

    try:
        site = load(site_path) if site_path else None
        with progress("tracking") as on_progress:
            summary = track_files(inputs, site, every=every, out=out, explain=explain, origin=origin, on_progress=on_progress)
    except ValueError as e:
        fail(str(e), getattr(e, "exit_code", WRONG_USE))
    _say_tracked(summary, out, explain, as_json)
    sys.exit(UNREADABLE if summary.cut else 0 if summary.scans else NOTHING_USABLE)  # rows without a time are no scan


def _bias_words(bias: Any) -> str:
    values = (("range", bias.range_m, bias.sigma_range_m, "m"), ("azimuth", bias.azimuth_deg, bias.sigma_azimuth_deg, "deg"),
              ("time", bias.time_s, bias.sigma_time_s, "s"))  # fmt: skip
    told = [
        f"{name} {value:+.2f} {unit} (sigma {sigma:.2f}{', corrected' if on else ''})" if seen else f"{name} not observable"
        for (name, value, sigma, unit), seen, on in zip(values, bias.observable, bias.corrected, strict=True)
    ]
    doubt = "" if bias.fits else "; the differences are not those of such biases: is its place right?"
    return f"bias of {bias.sensor_id}: {', '.join(told)}; {bias.pairs} pairs{doubt}"


def _say_tracked(summary: Any, out: Path, explain: int | None, as_json: bool) -> None:
    if not as_json:
        click.echo(
            f"{count(summary.detections, 'detection')} in {count(summary.scans, 'scan')} -> {count(summary.tracks, 'track')}, "
            f"{count(summary.rows, 'row')} -> {out}"
        )
        for reason, n in sorted((+summary.left_out).items()):  # what was counted at all
            click.echo(f"  {left_out_line(reason, n)}")
        if summary.scans and not summary.tracks:
            click.echo("  no track was confirmed: that takes several plots of one object, one after the other")
        for bias in summary.biases:
            click.echo(f"  {_bias_words(bias)}")
        for line in summary.explanation:
            click.echo(line)
        if explain is not None and not summary.explanation:
            click.echo(f"picket: no track has the number {explain}; the table's track_id names those there are", err=True)
        return
    keys = ("scans", "detections", "tracks", "rows", "read_s", "track_s", "write_s", "shed", "peak_mb")
    left_out = dict(sorted((+summary.left_out).items()))
    click.echo(json.dumps({**{k: getattr(summary, k) for k in keys}, "left_out": left_out}))
