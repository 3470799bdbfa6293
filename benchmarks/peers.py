"""Programs that Picket is measured beside, each in an environment of its own: nothing that ships and no test needs them.

peers.txt holds pyModeS (under the GPL), peers_stonesoup.txt Stone Soup (MIT); both are pinned and hashed, the latter for Python 3.11
on Linux x86-64. The environments lie in benchmarks/out. Where one cannot be made, a benchmark leaves its figures out and says why.
"""

from __future__ import annotations

import os
import subprocess
import venv
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE / "out"
PYMODES, STONE_SOUP = HERE / "peers.txt", HERE / "peers_stonesoup.txt"
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
FAILED = (OSError, subprocess.SubprocessError)


def environment(pinned: Path = PYMODES) -> Path:
    """The Python of the environment that `pinned` describes, made where it is not there or older. Raises one of FAILED."""
    home = OUT / ("peers-venv" if pinned == PYMODES else f"{pinned.stem}-venv")
    ready, python = home / ".ready", home / "bin" / "python"
    if not ready.exists() or ready.stat().st_mtime < pinned.stat().st_mtime:
        venv.create(home, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "--only-binary", ":all:", "-r", str(pinned)]
        subprocess.run(install, check=True, capture_output=True, text=True, timeout=600)
        ready.touch()
    return python


def ask(pinned: Path, arguments: list[str], text: str | None = None, timeout_s: float = 300) -> str:
    """Standard output of the environment's Python with these arguments, on one core. Raises one of FAILED."""
    command = [str(environment(pinned)), *arguments]
    done = subprocess.run(
        command, input=text, check=True, capture_output=True, text=True, timeout=timeout_s, env=os.environ | ONE_CORE
    )
    return done.stdout


def why(error: Exception) -> str:
    """The last line of what a failed peer said."""
    told = str(getattr(error, "stderr", None) or error).strip().splitlines()
    return told[-1] if told else repr(error)
