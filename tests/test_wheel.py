"""The wheel, installed into a clean environment without development packages, runs its first commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SBS = "MSG,3,1,1,4CA2D6,1,2023/11/14,22:13:20.000,2023/11/14,22:13:20.000,,37000,,,53.02551,-2.91389,,,0,0,0,0\n"
pytestmark = [pytest.mark.wheel, pytest.mark.xdist_group("wheel")]


def call(*command: object, **more: object) -> str:
    got = subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)  # type: ignore[call-overload]
    assert got.returncode == 0, got.stdout + got.stderr
    return str(got.stdout)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (ROOT / "src" / "picket" / "_page" / "index.html").is_file():
        pytest.fail("the page is not built: run make page")
    out = tmp_path_factory.mktemp("dist")
    call(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT)
    return out


def test_wheel_and_sdist_hold_the_built_page(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = wheel.namelist()
    assert "picket/_page/index.html" in names
    assert any(n.startswith("picket/_page/assets/") and n.endswith(".js") for n in names)
    assert "picket/py.typed" in names
    assert {"picket/paper/fonts/DejaVuSans.ttf", "picket/paper/fonts/LICENSE.txt"} <= set(names)
    assert "picket/train/demo/exercise.toml" in names
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        inside = sdist.getnames()
    assert any(n.endswith("src/picket/_page/index.html") for n in inside)
    assert not any("node_modules" in n for n in inside)


def test_a_clean_environment_runs_the_first_commands(built: Path, tmp_path: Path) -> None:
    home = tmp_path / "clean"
    venv.create(home, with_pip=True)
    python, picket = home / "bin" / "python", home / "bin" / "picket"
    pip = (python, "-m", "pip", "install", "-q", "--no-compile")  # the little that runs here is compiled when it is imported
    call(*pip, "--require-hashes", "--only-binary", ":all:", "-r", ROOT / "requirements" / "run.txt")
    call(*pip, "--no-deps", next(built.glob("*.whl")))
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    where: dict[str, object] = {"cwd": tmp_path, "env": clean}
    assert "picket, version" in call(picket, "--version", **where)
    report = json.loads(call(picket, "doctor", "--json", "--archive", tmp_path / "archive", **where))
    assert report["fit"]
    (tmp_path / "sample.sbs").write_text(SBS)  # a format with few kernels: a clean environment compiles them anew
    found = json.loads(call(picket, "decode", "sample.sbs", "-o", "out.parquet", "--json", **where))
    assert found["detections"] == 1
    assert found["formats"] == {"sample.sbs": "sbs"}
