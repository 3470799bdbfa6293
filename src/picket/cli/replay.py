"""`picket replay`: a recorded period through the same station."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from picket.cli.common import JSON, NOTHING_USABLE, UNREADABLE, count, example, mistakes, period, progress, utc


@click.command(
    **example("picket replay --archive archive --site site.toml --since 2026-11-28T02:00 --until 2026-11-28T02:30 --speed 10")
)
@period
@click.option("--speed", type=float, default=1.0, show_default=True, help="So many times as fast as it was, on the page.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8787, show_default=True, help="Port of the page; 0 takes any free one."
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="No page: the track table of the period, as fast as it goes.")
@JSON
def replay(
    folder: Path, site_path: Path, since: float, until: float, speed: float, port: int, seed: int, out: Path | None, as_json: bool
) -> None:
    """Show a recorded period on the page, through the same station code; or write its tracks with -o."""
    from picket.site import load

    with mistakes(folder):
        site = load(site_path)
        if out is not None:
            _to_table(folder, site, since, until, seed, out, as_json)
        else:
            _on_page(folder, site, since, until, speed, port, seed, as_json)


def _to_table(folder: Path, site: Any, since: float, until: float, seed: int, out: Path, as_json: bool) -> None:
    from picket.feed.table import TableWriter
    from picket.record.log import Verdict
    from picket.station.replay import moments
    from picket.words import TRACK

    verdict, alerts, n = Verdict(), 0, 0
    with TableWriter(out, TRACK) as writer, progress("replaying") as on_progress:
        for m in moments(folder, site, since, until, seed=seed, verdict=verdict):
            n += 1
            writer.write(m.tracks.take(m.tracks.equals("status", "confirmed") | m.tracks.equals("status", "coasting")))
            alerts += len(m.alerts)
            for alert in m.alerts if not as_json else ():
                if alert.n == 1 or alert.state == "closed":
                    click.echo(f"{utc(alert.updated_at)} alert {alert.id} {alert.severity} {alert.state}: {alert.text}")
            if on_progress is not None:
                on_progress("record", m.record.seq, None)
        rows = writer.rows
    if as_json:
        click.echo(json.dumps({"records": n, "rows": rows, "alert_changes": alerts, "damage": verdict.damage}))
    else:
        click.echo(f"{count(n, 'record')} -> {count(rows, 'track row')} -> {out}; {alerts} changes of alerts")
    if verdict.damage:
        click.echo(f"picket: the log is damaged at {verdict.damage}; what lies before it was replayed", err=True)
    sys.exit(UNREADABLE if verdict.damage else 0 if rows else NOTHING_USABLE)


def _on_page(folder: Path, site: Any, since: float, until: float, speed: float, port: int, seed: int, as_json: bool) -> None:
    import msgspec

    from picket.cli.station import ready_message, run_station
    from picket.station.replay import ReplayStation

    def ended() -> None:
        if not as_json:
            click.echo("The period is over; the page shows its last moment. Ctrl-C ends it.")

    with tempfile.TemporaryDirectory(prefix="picket-replay-") as temporary:

        async def run() -> None:
            own = msgspec.structs.replace(site, station=msgspec.structs.replace(site.station, port=port))
            station = ReplayStation(own, folder, Path(temporary), since, until, speed=speed, seed=seed, ended=ended)
            station.open()
            await station.run(ready_message(as_json))

        run_station(run())
