"""The command `picket`, and `python -m picket` where its script is not on the PATH.

Ctrl-C in the part of a second in which the commands are loaded ends it as quietly as any later.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Loads the commands and runs the one that was asked for."""
    try:
        from picket.cli import main as run
    except KeyboardInterrupt:
        sys.stderr.write("picket: stopped\n")
        sys.exit(128 + 2)
    run(prog_name="picket")


if __name__ == "__main__":
    main()
