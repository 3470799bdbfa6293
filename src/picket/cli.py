"""One thin command per verb. Exit codes: 0 done, 1 nothing usable in the input, 2 wrong use, 3 input unreadable or cut."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from picket import __version__

NOTHING_USABLE, WRONG_USE, UNREADABLE = 1, 2, 3
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object for machines instead of words.")
ARCHIVE = click.option(
    "--archive", type=click.Path(path_type=Path, file_okay=False), help="Folder of the log; by default what the site file says."
)


def _example(text: str) -> dict[str, str]:
    """The example that ends a command's help."""
    return {"epilog": f"Example: {text}"}


def fail(message: str, code: int) -> None:
    """Ends with a message for a person and no traceback."""
    click.echo(f"picket: {message}", err=True)
    sys.exit(code)


def moment(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """A time option: ISO 8601 (UTC when it names no zone) or UNIX seconds -> UNIX seconds."""
    if value is None:
        return None
    try:
        return float(value)
    except ValueError:
        pass
    try:
        given = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"expected ISO 8601 (2026-11-22T03:00:00Z) or UNIX seconds, got {value!r}") from None
    return (given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp()


@contextmanager
def progress(label: str) -> Iterator[Callable[[str, int, int | None], None] | None]:
    """A progress bar on a terminal, nothing elsewhere. Yields what is called with (file, bytes done, bytes in all or None)."""
    if not sys.stderr.isatty():
        yield None
        return
    shown = [0.0]

    def update(name: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if now - shown[0] < 0.2:
            return
        shown[0] = now
        share = f"{100 * done / total:3.0f} %" if total else f"{done / 1e6:.0f} MB"
        click.echo(f"\r{label} {name}: {share} ", nl=False, err=True)

    yield update
    click.echo("\r\033[K", nl=False, err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog="Example: picket demo")
@click.version_option(__version__, prog_name="picket")
def main() -> None:
    """Picket: the defender's learning loop against hostile drones. It senses and informs; it has no effector."""


# -- watch -------------------------------------------------------------------------------------------------------------
def _ready(as_json: bool) -> Callable[[str], None]:
    def ready(url: str) -> None:
        if as_json:
            click.echo(json.dumps({"url": url}))
        else:
            click.echo(f"\nPicket is watching. Open this address once, it signs you in:\n\n    {url}\n\nCtrl-C ends it.")

    return ready


def _run(station: Any) -> None:
    """Runs a station's coroutine; its mistakes become messages."""
    import asyncio

    from picket.station import warm

    if warm.is_cold():
        click.echo("Compiling for this machine: a minute or two, once ...", err=True)
    try:
        warm.load_kernels()
        asyncio.run(station)
    except ValueError as e:
        fail(str(e), WRONG_USE)
    except OSError as e:
        fail(f"{e.filename or 'the system'}: {e.strerror or e}", WRONG_USE)
    except KeyboardInterrupt:
        pass


@main.command(**_example("picket demo --port 0"))
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same exercise.")
@click.option("--port", default=8787, show_default=True, help="Port of the page; 0 takes any free one.")
@ARCHIVE
@JSON
def demo(seed: int, port: int, archive: Path | None, as_json: bool) -> None:
    """Start a station on the built-in exercise, SIMULATED, and print the page's address."""
    from picket.station.demo import run_demo

    if not as_json:
        click.echo("Picket demo: an invented harbour, all sensors SIMULATED, nothing leaves this machine.")
    _run(run_demo(seed=seed, port=port, archive=archive, ready=_ready(as_json)))


@main.command(**_example("picket watch --site examples/long-beach.toml"))
@click.option("--site", "site_path", required=True, type=click.Path(path_type=Path), help="The site file (TOML).")
@click.option("--port", type=int, help="Port of the page instead of the site file's; 0 takes any free one.")
@click.option("--seed", default=0, show_default=True, help="Seed of the tracker.")
@ARCHIVE
@JSON
def watch(site_path: Path, port: int | None, seed: int, archive: Path | None, as_json: bool) -> None:
    """Start a station: feeds, tracker, rules, log, API and page."""
    import msgspec

    from picket.site import load
    from picket.station.run import Station

    async def run() -> None:
        site = load(site_path)
        if port is not None:
            site = msgspec.structs.replace(site, station=msgspec.structs.replace(site.station, port=port))
        station = Station(site, archive, seed=seed)
        station.open()
        await station.run(_ready(as_json))

    _run(run())


@main.command(**_example("picket doctor --site examples/long-beach.toml"))
@click.option("--site", "site_path", type=click.Path(path_type=Path), help="The site file to check as well.")
@ARCHIVE
@JSON
def doctor(site_path: Path | None, archive: Path | None, as_json: bool) -> None:
    """Say what is installed, reachable, writable and warm, and what each sensor cannot see.

    Exit code 0 only when a station would run.
    """
    from picket.station.doctor import examine

    checks = examine(site_path, archive)
    fit = all(c.state != "problem" for c in checks)
    if as_json:
        click.echo(json.dumps({"fit": fit, "checks": [c._asdict() for c in checks]}))
    else:
        for c in checks:
            click.echo(f"{c.state:8} {c.subject:22} {c.words}")
        click.echo("A station would run." if fit else "A station would not run: mend the problems above.")
    sys.exit(0 if fit else NOTHING_USABLE)


@main.command(**_example("picket user anna --archive archive"))
@click.argument("name")
@click.option(
    "--archive",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("archive"),
    show_default=True,
    help="Folder of the station's log.",
)
@click.password_option(help="At least 10 characters; asked for when it is not given.")
def user(name: str, archive: Path, password: str) -> None:
    """Add a user who signs in with a password, or change the password."""
    from picket.station.access import Access, AccessError

    try:
        Access(archive / "secrets", time.time).set_password(name, password)
    except (AccessError, OSError) as e:
        fail(str(e), WRONG_USE)
    click.echo(f"{name} can sign in.")


# -- recordings --------------------------------------------------------------------------------------------------------
ORIGIN = click.option(
    "--origin", type=click.Choice(["live", "replay", "exercise"]), help="What the rows are; exercise also reads simulated plots."
)


@main.command(**_example("picket decode tuesday.pcap -o tuesday.parquet"))
@click.argument("inputs", nargs=-1, required=True, metavar="IN...")
@click.option("--format", "format_name", help="The recording's format; guessed where it can be.")
@click.option("--start", callback=moment, help="When a recording without dates began (ISO 8601 or UNIX seconds).")
@click.option("--rate", type=float, help="Samples per second, for recordings that count samples.")
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

    try:
        with progress("decoding") as on_progress:
            summary = decode_files(
                inputs, out=out, operators_out=operators, status_out=status, format=format_name, start=start, rate=rate,
                options=Options(origin=origin or "live", edition=edition), on_progress=on_progress,
            )  # fmt: skip
    except RecordingError as e:
        fail(str(e), e.exit_code)
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
    wrote = f" -> {out}" if out and summary.rows else ""
    for name, form in summary.formats.items():
        click.echo(f"{name}: {form}")
    click.echo(f"{summary.rows} detections, {summary.status} status messages, {summary.operators} operator positions{wrote}")
    for reason, n in sorted(summary.left_out.items()):
        click.echo(f"  left out: {n} {reason}")
    if summary.cut:
        click.echo("picket: the input was cut; what could be read was kept", err=True)


@main.command(**_example("picket track tuesday.parquet --site site.toml -o tracks.parquet"))
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
    _say_tracked(summary, out, as_json)
    sys.exit(UNREADABLE if summary.cut else 0 if summary.detections else NOTHING_USABLE)


def _say_tracked(summary: Any, out: Path, as_json: bool) -> None:
    if not as_json:
        click.echo(
            f"{summary.detections} detections in {summary.scans} scans -> {summary.tracks} tracks, {summary.rows} rows -> {out}"
        )
        for reason, n in sorted(summary.left_out.items()):
            click.echo(f"  left out: {n} {reason}")
        for line in summary.explanation:
            click.echo(line)
        return
    keys = ("scans", "detections", "read_s", "track_s", "write_s", "shed", "peak_mb")
    click.echo(json.dumps({k: getattr(summary, k) for k in keys}))


# -- archive -----------------------------------------------------------------------------------------------------------
@main.group(**_example("picket archive verify --archive archive"))
def archive() -> None:
    """Look after the log."""


@archive.command(**_example("picket archive verify --archive archive"))
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


if __name__ == "__main__":
    main()
