"""What every command shares: exit codes, options, messages, the progress bar."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from picket.places import PlaceError, check_places

_M_MMAP_THRESHOLD = -3  # of malloc.h
_LATEST = 4_102_444_800.0  # 2100-01-01 UTC
NOTHING_USABLE, WRONG_USE, UNREADABLE = 1, 2, 3
STOPPED = 128 + 2  # by Ctrl-C, as shells count it
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object for machines instead of words.")
ARCHIVE = click.option(
    "--archive", type=click.Path(path_type=Path, file_okay=False), help="Folder of the log; by default what the site file says."
)


class Group(click.Group):
    """A command of commands. Its list gives each one's first sentence whole, on as many lines as it takes."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list; click itself cuts each sentence off at the first line's end."""
        listed = [(name, self.commands[name]) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(limit=1000)) for name, command in listed if not command.hidden])


def count(n: int, noun: str) -> str:
    """A number of things: "1 track", "2 tracks", "0 tracks"."""
    return f"{n} {noun}{'' if n == 1 else 's'}"


def example(text: str) -> dict[str, Any]:
    """The example that ends a command's help."""
    return {"epilog": f"Example: {text}"}


def fail(message: str, code: int) -> NoReturn:
    """Ends with a message for a person and no traceback."""
    click.echo(f"picket: {message}", err=True)
    sys.exit(code)


def moment(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """A time option: ISO 8601 (UTC when it names no zone) or UNIX seconds -> UNIX seconds, of the years 1970 to 2100 as in tables."""
    if value is None:
        return None
    try:
        found = float(value)
    except ValueError:
        try:
            given = datetime.fromisoformat(value)
        except ValueError:
            raise click.BadParameter(f"expected ISO 8601 (2026-11-22T03:00:00Z) or UNIX seconds, got {value!r}") from None
        found = (given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp()
    if not 0.0 <= found <= _LATEST:  # NaN is neither
        hint = "; UNIX time is in seconds, this looks like milliseconds" if 0.0 <= found / 1000.0 <= _LATEST else ""
        raise click.BadParameter(f"expected a time of the years 1970 to 2100, got {value!r}{hint}")
    return found


def utc(at: float) -> str:
    """A moment for a person: 2026-11-22T03:00:00Z."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def period(command: Callable[..., Any], required: bool = True) -> Callable[..., Any]:
    """The options of a command that works on a recorded period: --archive, --site, --since, --until, --seed.

    required: whether the period must be given.
    """
    options = (
        click.option(
            "--archive", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("archive"), show_default=True,
            help="Folder of the log; it is only read.",
        ),
        click.option(
            "--site", "site_path", type=click.Path(path_type=Path), required=True, help="The site file that the station ran with."
        ),
        click.option("--since", callback=moment, required=required, help="First moment of the period (ISO 8601 or UNIX seconds)."),
        click.option("--until", callback=moment, required=required, help="Last moment of the period."),
        click.option("--seed", default=0, show_default=True, help="Seed that the station ran with."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def check_out(out: Path | None, *read: str | Path | None) -> None:
    """Ends the command before its work when `out` cannot be written: a folder that is not there, or one of the files that are read."""
    try:
        check_places([out], read)
    except PlaceError as e:
        fail(str(e), WRONG_USE)


@contextmanager
def mistakes(folder: Path | str) -> Iterator[None]:
    """A ValueError (with its own exit code, if it has one) or OSError of the work inside ends with a message."""
    try:
        yield
    except ValueError as e:
        fail(_each(e), getattr(e, "exit_code", WRONG_USE))
    except OSError as e:
        fail(f"{e.filename or folder}: {e.strerror or e}", WRONG_USE)


def _each(e: ValueError) -> str:
    """A mistake in words; a file with several gets a line for each."""
    problems = getattr(e, "problems", ())
    if len(problems) < 2:
        return str(e)
    return f"{getattr(e, 'source', 'this file')}: {len(problems)} things to change:" + "".join(f"\n  {p}" for p in problems)


def give_back_memory() -> None:
    """Has the C library give large blocks back to the system as soon as they are free, for a command that runs through gigabytes.

    Else glibc raises the size that it maps apart to that of the largest block freed so far; row groups then come from the heap, where
    the few kB that a file keeps of each hold the rest in place: 50 kB a group lost. Where there is no mallopt, nothing happens.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 128 * 1024)


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


ORIGIN = click.option(
    "--origin", type=click.Choice(["live", "replay", "exercise"]), help="What the rows are; exercise also reads simulated plots."
)
