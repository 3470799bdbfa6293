"""THIRD_PARTY.md names what ships, and nothing that ships is GPL."""

from __future__ import annotations

import importlib.metadata
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
THIRD_PARTY = (ROOT / "THIRD_PARTY.md").read_text("utf-8")
SHIPPED = re.findall(r"^([A-Za-z0-9._-]+)==([\w.]+)", (ROOT / "requirements" / "run.txt").read_text("utf-8"), re.M)


@pytest.mark.parametrize("name", sorted({name for name, _ in SHIPPED}))
def test_every_locked_package_is_named_with_its_licence(name: str) -> None:
    line = next((row for row in THIRD_PARTY.splitlines() if row.startswith(f"| {name} |")), None)
    assert line is not None, f"{name} is in requirements/run.txt and not in THIRD_PARTY.md"
    assert not re.search(r"\bA?GPL", line)


def test_no_installed_package_that_ships_says_gpl() -> None:
    found = []
    for name, _ in SHIPPED:
        try:
            meta = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform
        offered = (meta.get("License-Expression") or "").split(" OR ")  # of several licences, Picket takes the permissive one
        gpl = re.compile(r"(?<!L)GPL|GNU (Affero )?General Public")
        if all(gpl.search(one) for one in offered) or gpl.search(" ".join(meta.get_all("Classifier") or [])):
            found.append(name)
    assert found == []


def test_the_page_ships_only_what_is_named() -> None:
    package = json.loads((ROOT / "page" / "package.json").read_text("utf-8"))
    for name in package.get("dependencies", {}):
        assert f"| {name} |" in THIRD_PARTY, name
