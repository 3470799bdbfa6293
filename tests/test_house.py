"""The house's rules that no linter knows."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from picket import _jit

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src" / "picket").rglob("*.py"))


def test_kernels_live_where_the_cache_looks_for_them() -> None:
    wrong = [
        p.name
        for p in SOURCES
        if not p.name.endswith("_kernels.py") and re.search(r"^@(kernel|lean|numba\.|njit)", p.read_text(), re.M)
    ]
    assert wrong == []
    assert len([p for p in SOURCES if p.name.endswith("_kernels.py")]) > 3


def test_kernels_have_no_blas() -> None:
    """Its sums come in an order that each BLAS chooses; and _jit.py spares every start the loading of one."""
    for path in (p for p in SOURCES if p.name.endswith("_kernels.py")):
        tree = ast.parse(path.read_text())
        products = [n for n in ast.walk(tree) if isinstance(n, ast.BinOp | ast.AugAssign) and isinstance(n.op, ast.MatMult)]
        called = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        assert not products, path.name
        assert not called & {"dot", "vdot", "linalg", "inner", "outer", "kron"}, path.name


def test_a_kernels_hash_covers_every_file_it_rests_on() -> None:
    """What Python's own parser finds of Picket's imports in kernel files is what the cache's hash finds, and nothing else of Picket."""
    for path in (p for p in SOURCES if p.name.endswith("_kernels.py")):
        source, found = path.read_text(), set()
        for node in (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Import | ast.ImportFrom)):
            name = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            assert not any(a.name.startswith("picket") for a in node.names), path
            if name.startswith("picket") and name != "picket._jit":
                found |= {name} if name.endswith("_kernels") else {f"{name}.{a.name}" for a in node.names}
        assert set(_jit.imported(source)) == found, path


def test_a_changed_kernel_file_changes_the_hash_of_what_rests_on_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {m: _jit.source_hash(m) for m in _jit.kernel_files()}
    whole = _jit._source
    changed = "picket.track.motion_kernels"
    monkeypatch.setattr(_jit, "_source", lambda m: whole(m) + b"# more\n" * (m == changed))
    after = {m: _jit.source_hash.__wrapped__(m) for m in before}
    moved = {m for m in before if after[m] != before[m]}
    assert {changed, "picket.track.associate_kernels"} <= moved
    assert not any(m.startswith(("picket.spectrum", "picket.feed")) for m in moved)


def test_nothing_but_jit_compiles() -> None:
    assert [p.name for p in SOURCES if "import numba" in p.read_text()] == ["_jit.py"]


def test_a_lean_kernel_that_makes_an_array_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_jit, "cache_folder", lambda: None)
    total = _jit.lean(lambda a: a[0] + a[1])
    assert total(np.array([1.0, 2.0])) == 3.0
    with pytest.raises(Exception, match="NRT required"):
        _jit.lean(lambda a: a.copy()[0])(np.zeros(2))


@pytest.mark.parametrize("room", ["track", "watch"])
def test_tracks_and_alerts_read_no_clock_and_draw_no_lots(room: str) -> None:
    forbidden = re.compile(
        r"\b(time\.time|time\.monotonic|perf_counter|datetime\.now|utcnow|random\.|default_rng|uuid|os\.environ|urandom)\b"
    )
    found = [
        f"{p.name}: {m.group()}"
        for p in SOURCES
        if f"picket/{room}/" in p.as_posix() and p.name != "run.py"
        for m in forbidden.finditer(p.read_text())
    ]
    assert found == []


@pytest.mark.parametrize("page", sorted(p.name for p in (ROOT / "page").glob("*.html")))
def test_no_page_leaves_a_tables_head_to_the_browsers_own_rule(page: str) -> None:
    """Chromium keeps a media query each time its own rule for `thead` is asked (page/src/style.css says why)."""
    sheets = [
        ROOT / "page" / path for path in re.findall(r'rel="stylesheet" href="([^"]+)"', (ROOT / "page" / page).read_text("utf-8"))
    ]
    for sheet in sheets:
        sheets += [sheet.parent / path for path in re.findall(r'@import "([^"]+)"', sheet.read_text("utf-8"))]
    assert re.search(r"^thead\b.*\{ break-inside: avoid; \}", "\n".join(s.read_text("utf-8") for s in sheets), re.M)


def test_no_pickle_and_no_eval() -> None:
    found = [p.name for p in SOURCES if re.search(r"\b(import pickle|pickle\.loads|[^.\w]eval\(|[^.\w]exec\()", p.read_text())]
    assert found == []


def test_import_picket_is_light() -> None:
    code = "import sys, picket; print(sorted(set(sys.modules) & {'numba', 'pyarrow', 'fastapi', 'shapely', 'uvicorn', 'numpy'}))"
    got = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / "src")
    assert got.stdout.strip() == "[]"


def test_tracking_needs_no_station() -> None:
    code = "import sys, picket; picket.Tracker; picket.read_detections; picket.metrics; "
    code += "print(sorted(set(sys.modules) & {'fastapi', 'uvicorn', 'aiomqtt'}))"
    got = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / "src")
    assert got.stdout.strip() == "[]"


def test_nothing_unfinished_in_main() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
    files = [*SOURCES, *(ROOT / "page" / "src").rglob("*.ts")]
    assert [f"{p.name}: {m.group()}" for p in files for m in marks.finditer(p.read_text())] == []


def test_locks_name_no_host_and_hash_everything() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "http" not in re.sub(r"^http[\w-]*==.*$", "", text, flags=re.M), lock.name
        pins = re.findall(r"^[\w.-]+(?:\[[\w,]+\])?==", text, re.M)
        assert len(pins) >= 10, lock.name
        assert text.count("--hash=sha256:") >= len(pins)
    assert '"resolved"' not in (ROOT / "page" / "package-lock.json").read_text()


def test_products_of_matrices_keep_to_one_core() -> None:
    """Their threads wait in a loop: a station's spectrum chain took twice its CPU on two cores."""
    words = "import picket.cli, numpy, os; a = numpy.ones((600, 600)); a @ a; print(len(os.listdir('/proc/self/task')))"
    free = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    said = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True, env=free).stdout
    assert int(said) == 1, "numpy started threads of its own"
