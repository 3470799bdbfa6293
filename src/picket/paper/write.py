"""A document into a file, or into the bytes of a PDF made by a child process that gives way to everything else."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
from pathlib import Path

import msgspec

from picket.paper.document import Document
from picket.places import write_over

SUFFIXES = (".pdf", ".html", ".png")
_PATIENCE_S = 300.0
_ONE = threading.Lock()


class PaperError(ValueError):
    """A report that could not be made; the words say why."""


def check(path: Path) -> None:
    """Raises PaperError for a name that no report is written to, or a PDF or PNG without the packages that make it."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise PaperError(f"{path}: expected a name that ends in {', '.join(SUFFIXES)}, got {path.suffix or 'none'}")
    if suffix != ".html":
        _need_library(suffix)


def write(document: Document, path: Path) -> None:
    """Writes `document` to `path`, as its suffix says; a PNG has its drawings only. Raises PaperError (see `check`), ValueError
    for a PNG of a document without drawings, or OSError when it cannot be written."""
    check(path)
    write_over(path, _rendered(document, path.suffix.lower()))


def _rendered(document: Document, suffix: str) -> bytes:
    if suffix == ".html":
        from picket.paper import html

        return html.render(document).encode("utf-8")
    if suffix == ".png":
        from picket.paper import png

        return png.render(document)
    from picket.paper import pdf

    return pdf.render(document)


def to_pdf(document: Document) -> bytes:
    """The PDF of `document`, made by a niced child process, one at a time: a station's threads keep their time. Raises PaperError."""
    _need_library()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    try:
        with _ONE:
            done = subprocess.run(
                [sys.executable, "-P", "-m", "picket.paper"], input=msgspec.json.encode(document), capture_output=True,
                timeout=_PATIENCE_S, env=environment, check=False,
            )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise PaperError(f"the PDF was not ready within {_PATIENCE_S:.0f} s; ask for fewer entries") from None
    if done.returncode != 0:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise PaperError(f"the PDF could not be made: {words[-1] if words else f'exit {done.returncode}'}")
    return done.stdout


def _need_library(suffix: str = ".pdf") -> None:
    needed = ("fpdf", "uharfbuzz") if suffix == ".pdf" else ("PIL",)
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise PaperError(f"a {suffix[1:].upper()} needs {' and '.join(missing)}: pip install 'picket[paper]', or write .html")
