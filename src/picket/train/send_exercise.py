"""`python -m picket.train.send_exercise`: any exercise's sensors as a process of their own, to a station on this machine."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time

from picket import site as sites
from picket.feed.transport import Address
from picket.train.exercise import Exercise
from picket.train.send import until_stdin_closes
from picket.train.wire import frames


def main(arguments: list[str] | None = None) -> int:
    """The sensors of an exercise, for one repetition, or until standard input closes or a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m picket.train.send_exercise", description=main.__doc__)
    parser.add_argument("exercise", help="the exercise file")
    parser.add_argument("--site", required=True, help="the site file that it plays at")
    parser.add_argument("--seed", type=int, default=1, help="the same seed and start give the same bytes")
    parser.add_argument("--start", type=float, required=True, help="UNIX seconds when the exercise begins")
    parser.add_argument(
        "--channel", action="append", default=[], help="ID=udp:PORT (sent to) or ID=tcp:PORT (listened on), on 127.0.0.1"
    )
    options = parser.parse_args(arguments)
    if not abs(options.start - time.time()) < 3600:
        parser.error(f"--start: expected UNIX seconds within an hour of now ({time.time():.0f}), got {options.start:g}")
    addresses = {}
    for channel in options.channel:
        name, _, where = channel.rpartition("=")
        transport, _, port = where.partition(":")
        addresses[name] = Address(transport, "127.0.0.1", int(port))
    exercise = Exercise.load(options.exercise, sites.load(options.site))
    source = frames(exercise, options.seed, options.start, options.start + exercise.repeat_s)
    try:
        asyncio.run(until_stdin_closes(source, addresses))
    except OSError as e:
        print(f"exercise: {e}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
