"""`python -m picket`: the command `picket`, also where its script is not on the PATH."""

from picket.cli import main

main(prog_name="picket")
