"""`picket demo`, `watch`, `doctor`, `user`: a station, and what it needs."""

from __future__ import annotations

import contextlib
import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from picket import _jit
from picket.cli.common import ARCHIVE, JSON, NOTHING_USABLE, WRONG_USE, example, fail

SETTLED_S = 5.0  # after its start a station has what it keeps, and garbage is looked for among the rest


def ready_message(as_json: bool) -> Callable[[str], None]:
    """What tells the page's address when the station is ready."""

    def ready(url: str) -> None:
        if as_json:
            click.echo(json.dumps({"url": url}))
        else:
            click.echo(f"\nPicket is watching. Open this address once, it signs you in:\n\n    {url}\n\nCtrl-C ends it.")

    return ready


def run_station(station: Any) -> None:
    """Runs a station's coroutine; its mistakes become messages."""
    import asyncio

    async def settling() -> None:
        asyncio.get_running_loop().call_later(SETTLED_S, _settled)
        await station

    with _mistakes():
        if _jit.is_cold():
            click.echo("Compiling for this machine: a minute or two, once ...", err=True)
        from picket.station import warm

        warm.load_again()
        asyncio.run(settling())


def _settled() -> None:
    gc.freeze()  # modules and kernels are never garbage: no later look goes through them
    gc.enable()


@contextlib.contextmanager
def _mistakes() -> Iterator[None]:
    """A start: mistakes become messages, and no time is spent on looking for garbage among what is being loaded."""
    gc.disable()
    try:
        yield
    except ValueError as e:
        fail(str(e), WRONG_USE)
    except OSError as e:
        fail(f"{e.filename or 'the system'}: {e.strerror or e}", WRONG_USE)
    except KeyboardInterrupt:
        pass
    finally:
        gc.enable()


@click.command(**example("picket demo --port 0"))
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same exercise.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8787, show_default=True, help="Port of the page; 0 takes any free one."
)
@ARCHIVE
@JSON
def demo(seed: int, port: int, archive: Path | None, as_json: bool) -> None:
    """Start a station on the built-in exercise, SIMULATED, and print the page's address."""
    from picket.station.demo import run_demo

    if not as_json:
        click.echo("Picket demo: an invented harbour, all sensors SIMULATED, nothing leaves this machine.")
    run_station(run_demo(seed=seed, port=port, archive=archive, ready=ready_message(as_json)))


@click.command(**example("picket watch --site examples/long-beach.toml"))
@click.option("--site", "site_path", required=True, type=click.Path(path_type=Path), help="The site file (TOML).")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port of the page instead of the site file's; 0 takes any free one.")
@click.option("--seed", default=0, show_default=True, help="Seed of the tracker.")
@ARCHIVE
@JSON
def watch(site_path: Path, port: int | None, seed: int, archive: Path | None, as_json: bool) -> None:
    """Start a station: feeds, tracker, rules, log, API and page."""
    import msgspec

    from picket.site import load

    with _mistakes():
        site = load(site_path)
        if port is not None:
            site = msgspec.structs.replace(site, station=msgspec.structs.replace(site.station, port=port))
        from picket.feed.transport.udp import open_early

        opened = open_early(s.feed for s in site.sensor)  # what arrives while the rest is loaded waits there

    async def run() -> None:
        from picket.station.run import Station

        station = Station(site, archive, seed=seed, opened=opened)
        station.open()
        await station.run(ready_message(as_json))

    run_station(run())


@click.command(**example("picket doctor --site examples/long-beach.toml"))
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


@click.command(**example("picket user anna --archive archive"))
@click.argument("name")
@click.option(
    "--archive",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("archive"),
    show_default=True,
    help="Folder of the station's log.",
)
@click.password_option(help="At least 10 characters; asked for when it is not given.")
@JSON
def user(name: str, archive: Path, password: str, as_json: bool) -> None:
    """Add a user who signs in with a password, or change the password."""
    from picket.station.access import Access, AccessError

    try:
        Access(archive / "secrets", time.time).set_password(name, password)
    except (AccessError, OSError) as e:
        fail(str(e), WRONG_USE)
    click.echo(json.dumps({"user": name}) if as_json else f"{name} can sign in.")
