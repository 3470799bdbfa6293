"""The only place that compiles kernels.

`@kernel` (and `@lean`, for kernels that make no arrays, and `@piece`, for parts that are copied into their callers) is
numba.njit with what every kernel of Picket shares: no fastmath and no parallel sums (same input, same bytes), the GIL
released, and a disk cache. Numba's own cache looks at the time stamp of one file only, so it would keep a kernel whose callee
in another file has changed. Ours lies in a folder of this Numba, Python and CPU, and there in one named after the hash of the
kernel's own file and of every kernel file it imports: a change to the tracker does not compile the spectrum again. A folder
that cannot be written means no cache, never an error.

Kernels have no BLAS: the sums of `@` and `np.dot` come in an order that each BLAS chooses. So Numba need not look for one, which would
load all of scipy.linalg at every start (0.2 s).

Kernels live in files called `*_kernels.py` and take nothing of Picket's but this file and each other (a test looks): that
is what the hash covers.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite.binding
import numba
import numba.core.config


def _without_blas() -> None:
    """Numba's array mathematics, which looks for SciPy's BLAS once, when it is loaded: it finds none (None: Python's "no such module")."""
    if "scipy.linalg" in sys.modules:
        return
    sys.modules["scipy.linalg"] = None  # type: ignore[assignment]
    try:
        import numba.np.arraymath  # noqa: F401
    finally:
        del sys.modules["scipy.linalg"]


_without_blas()
_PACKAGE = Path(__file__).parent

_LATER = "picket.record."  # counts compile when they are first asked for: a station runs without them
_COMPILED = re.compile(r"^@(kernel|lean)$", re.M)
_IMPORTED = re.compile(r"^from (picket[\w.]*) import (?:(\w+_kernels)|)", re.M)


@cache
def cache_folder() -> Path | None:
    """The folder of this Numba's, Python's and CPU's compiled kernels, made if need be; None where no place can be written.

    PICKET_CACHE names another place than the user's cache folder.
    """
    cpu = f"{llvmlite.binding.get_host_cpu_name()} {llvmlite.binding.get_host_cpu_features().flatten()}"
    digest = hashlib.sha256(f"{numba.__version__} {sys.version} {cpu}".encode())
    base = os.environ.get("PICKET_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "picket"
    )
    folder = Path(base) / "kernels" / digest.hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


def kernel_files() -> list[str]:
    """The dotted names of the files that compile something, in order."""
    files = sorted(_PACKAGE.rglob("*_kernels.py"))
    compile_some = [p for p in files if _COMPILED.search(p.read_text())]
    return [".".join(("picket", *p.relative_to(_PACKAGE).with_suffix("").parts)) for p in compile_some]


def is_cold() -> bool:
    """True until all that a station runs was once compiled into this cache, or loaded from it, since the sources changed."""
    mark = _mark()
    return mark is None or not mark.exists()


def note_warm() -> None:
    """Notes that all that a station runs is in the cache now: a first start that was killed halfway has not noted it."""
    mark = _mark()
    if mark is not None:
        with contextlib.suppress(OSError):
            mark.touch()


def _mark() -> Path | None:
    folder = cache_folder()
    hashes = "".join(source_hash(m) for m in kernel_files() if not m.startswith(_LATER))
    return folder and folder / f"warm-{hashlib.sha256(hashes.encode()).hexdigest()[:16]}"


@cache
def source_hash(module: str) -> str:
    """The hash of a kernel file and of all kernel files it rests on, 16 hex digits; `module` is its dotted name."""
    digest = hashlib.sha256()
    for name in sorted(_rests_on(module)):
        digest.update(name.encode() + b"\0" + _source(name) + b"\0")
    return digest.hexdigest()[:16]


def _rests_on(module: str) -> set[str]:
    found, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += imported(_source(name).decode())
    return found


def imported(source: str) -> list[str]:
    """The kernel files that a kernel file's text imports, dotted names: the house's one form of import, at the line's start."""
    names = [f"{package}.{file}" if file else package for package, file in _IMPORTED.findall(source)]
    return [n for n in names if n.endswith("_kernels")]


@cache
def _source(module: str) -> bytes:
    return _PACKAGE.joinpath(*module.split(".")[1:]).with_suffix(".py").read_bytes()


def piece(function: Callable[..., Any]) -> Callable[..., Any]:
    """A part of kernels, copied into each caller: a call that passes whole NamedTuples of arrays would cost more than its work.

    It must not be recursive, and each use of it makes the caller longer to compile.
    """
    compiled: Callable[..., Any] = numba.njit(nogil=True, fastmath=False, error_model="numpy", inline="always")(function)
    return compiled


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` compiled on its first call with given types, from the cache where it holds it.

    Numba checks the types of what runs in a kernel, not mypy: hence the result's open type.
    """
    return _compiled(function)


def lean(function: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel that makes no array and returns numbers only: loops over rows, and what they call.

    Numba then counts no references in it. In a `@kernel` each use of a NamedTuple of arrays raises and lowers the count of every
    one of them, atomically: with the tracker's tables 1 us a row, fifty times the arithmetic. Scratch arrays come from the caller;
    one made here is an error when it is compiled.
    """
    return _compiled(function, _nrt=False)


def _compiled(function: Callable[..., Any], **more: Any) -> Callable[..., Any]:
    base = cache_folder()
    folder = base / source_hash(function.__module__) if base else None
    config: Any = numba.core.config  # numba reads the folder when a function is decorated, and only then
    before = config.CACHE_DIR
    try:
        config.CACHE_DIR = str(folder or "")
        compiled: Callable[..., Any] = numba.njit(
            nogil=True, fastmath=False, error_model="numpy", cache=folder is not None, **more
        )(function)
        return compiled
    finally:
        config.CACHE_DIR = before
