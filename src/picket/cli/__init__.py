"""One thin command per verb, one file a verb. Exit codes: 0 done, 1 nothing usable in the input, 2 wrong use, 3 input unreadable
or cut, 130 stopped.

A command imports what it runs inside its function, so that `picket --help` is quick and works without the optional libraries.
"""

from __future__ import annotations

import sys
from typing import Any

import click

from picket import __version__
from picket.cli import brief, decide, picture
from picket.cli.archive import archive
from picket.cli.common import STOPPED, WRONG_USE, Group, fail
from picket.cli.decode import decode
from picket.cli.drafts import from_incident, from_tactic
from picket.cli.incident import incident
from picket.cli.learn import learn
from picket.cli.log import log
from picket.cli.radio_gain import radio
from picket.cli.replay import replay
from picket.cli.rules import rules
from picket.cli.serve import serve
from picket.cli.spectrum import spectrum
from picket.cli.station import demo, doctor, user, watch
from picket.cli.stats import stats
from picket.cli.terminal import give_up_unwritten, guard
from picket.cli.track import track
from picket.cli.train import train


class _Picket(Group):
    """The command. A fault of the system that no command told of, such as a full disk behind a `>`, ends with a message as well."""

    def main(self, *args: Any, **more: Any) -> Any:
        """Runs the command line; what standard output still holds is written while somebody can tell that it failed."""
        try:
            try:
                return super().main(*args, **more)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:  # nobody reads on, and that is no fault
            give_up_unwritten()
            sys.exit(1)
        except OSError as e:
            give_up_unwritten()
            fail(f"{e.filename or 'standard output'}: {e.strerror or e}", WRONG_USE)

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command that was asked for."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            fail("stopped; what was not finished is not written", STOPPED)


@click.group(
    cls=_Picket, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog="Example: picket demo"
)
@click.version_option(__version__, prog_name="picket")
def main() -> None:
    """Picket: the defender's learning loop against hostile drones. It senses and informs; it has no effector."""
    guard()


for _command in (
    demo, watch, doctor, user, decode, track, spectrum, archive, stats, replay, rules, incident, log, learn, train,
):  # fmt: skip
    main.add_command(_command)
for _command in (*picture.COMMANDS, *brief.COMMANDS, *decide.COMMANDS):  # questions to the picture that the claims make
    learn.add_command(_command)
learn.add_command(serve)
for _command in (from_tactic, from_incident, radio):
    train.add_command(_command)
