"""`python -m picket.cli`, by which a station starts its child processes."""

from picket.cli import main

main(prog_name="picket")
