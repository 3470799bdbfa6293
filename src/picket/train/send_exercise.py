"""`python -m picket.train.send_exercise`: any exercise's sensors as a process of their own, to a station on this machine.

Standard input tells it what exercise control does, a line each; when it closes, the sensors end:

    pace SINCE AT SPEED    the exercise's clock from now on (pace.py)
    inject ID SECONDS      that inject came so many seconds after the beginning: faults that name it begin

Standard output has one JSON line when everything is ready, and then ten a second:

    {"late_s": how late the frames are sent, "left_out": {reason: n}}
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import sys
import time

from picket import site as sites
from picket.feed.transport import Address
from picket.train.exercise import Exercise
from picket.train.pace import Pace, PaceError
from picket.train.send import Sent, until_stdin_closes
from picket.train.wire import frames

_LATE_S = 2.0  # of real time, whatever the speed
_NAP_S = 0.05  # of real time: a change of pace is noticed within it
_TELL_S = 0.1


class Told:
    """What exercise control has told so far: the pace and the injects. A thread writes, the sender reads."""

    def __init__(self, pace: Pace) -> None:
        self.pace, self.injected = pace, dict[str, float]()
        self._next = 0.0

    def take(self, line: str) -> None:
        """One line of the input; one that is no line of ours is named on standard error."""
        try:
            if line.startswith("inject "):
                name, _, since = line.removeprefix("inject ").rpartition(" ")
                self.injected[name] = float(since)
            elif line.strip():
                self.pace = Pace.read(line)
        except (PaceError, ValueError) as e:
            print(f"exercise: {e}", file=sys.stderr)

    def clock(self) -> float:
        """UNIX seconds of the exercise."""
        return self.pace.time(time.monotonic())

    def late_s(self) -> float:
        """How late a frame may be, in seconds of the exercise."""
        return _LATE_S * max(self.pace.speed, 1.0)

    async def sleep(self, seconds: float) -> None:
        """So long of the exercise, or a nap."""
        await asyncio.sleep(min(seconds / self.pace.speed, _NAP_S) if self.pace.speed > 0 else _NAP_S)

    def tell(self, late_s: float, sent: Sent) -> None:
        """Ten times a second: how late the frames are sent."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _TELL_S
            with contextlib.suppress(OSError):  # nobody reads any more: the input has closed too
                print(json.dumps({"late_s": round(max(late_s, 0.0), 2), "left_out": sent.left_out}), flush=True)


def main(arguments: list[str] | None = None) -> int:
    """The sensors of an exercise, for one repetition, or until standard input closes or a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m picket.train.send_exercise", description=main.__doc__)
    parser.add_argument("exercise", help="the exercise file")
    parser.add_argument("--site", required=True, help="the site file that it plays at")
    parser.add_argument("--seed", type=int, default=1, help="the same seed and start give the same bytes")
    parser.add_argument("--start", type=float, required=True, help="UNIX seconds when the exercise begins")
    parser.add_argument(
        "--pace", default=None, help="the exercise's clock at first, as the input tells it; default: the machine's"
    )
    parser.add_argument("--endless", action="store_true", help="one repetition after the other")
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
    told = Told(Pace.read(options.pace) if options.pace else Pace(time.time(), time.monotonic(), 1.0))
    until = float("inf") if options.endless else options.start + exercise.repeat_s
    source = frames(exercise, options.seed, options.start, until, told.injected)
    first = list(itertools.islice(source, 1))  # the paths are worked out before the first second, not in it
    print(json.dumps({"late_s": 0.0, "left_out": {}}), flush=True)
    try:
        asyncio.run(until_stdin_closes(itertools.chain(first, source), addresses, clock=told.clock, sleep=told.sleep, on_line=told.take,
                                       late_s=told.late_s, on_late=told.tell))  # fmt: skip
    except OSError as e:
        print(f"exercise: {e}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
