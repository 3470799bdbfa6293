"""What the documents say is what the program has."""

from __future__ import annotations

import re
from pathlib import Path

import click
import msgspec
import pytest

from picket import site
from picket.cli import main

ROOT = Path(__file__).parents[1]
DOCS = "\n".join(p.read_text("utf-8") for p in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))])


def commands(group: click.Group, prefix: str = "picket") -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name, command in group.commands.items():
        found += commands(command, f"{prefix} {name}") if isinstance(command, click.Group) else [(f"{prefix} {name}", command)]
    return found


@pytest.mark.parametrize(("name", "command"), commands(main))
def test_every_command_and_option_is_documented(name: str, command: click.Command) -> None:
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert f"## {name}" in page
    section = page.split(f"## {name}\n", 1)[1].split("\n## ", 1)[0]
    for parameter in command.params:
        for option in parameter.opts:
            if option.startswith("--"):
                assert f"`{option}`" in section, f"{name} {option}"


def test_every_key_of_the_site_file_is_documented() -> None:
    page = (ROOT / "docs" / "site-file.md").read_text("utf-8")
    structs = {"site": site.Place, "sensor": site.Sensor, "zone": site.Zone, "friendly": site.Friendly, "alert": site.Alerting,
               "archive": site.Archive, "station": site.StationSettings}  # fmt: skip
    for name, struct in structs.items():
        section = page.split(f"## [{name}]" if f"## [{name}]" in page else f"## [[{name}]]", 1)[1].split("\n## ", 1)[0]
        for field in msgspec.structs.fields(struct):
            assert f"`{field.name}`" in section, f"{name}.{field.name}"


def test_every_api_path_is_documented(tmp_path: Path) -> None:
    source = (ROOT / "src" / "picket" / "station" / "api.py").read_text("utf-8")
    stream = (ROOT / "docs" / "stream.md").read_text("utf-8")
    for path in re.findall(r"@app\.(?:get|post|put|websocket)\(\"(/(?:api|ws)/[^\"]*)\"", source):
        assert re.sub(r"\{\w+\}", "{", path).split("{")[0] in stream, path


def test_links_between_documents_lead_somewhere() -> None:
    for path in [ROOT / "README.md", *ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_files_named_in_the_tour_exist() -> None:
    tour = (ROOT / "docs" / "tour.md").read_text("utf-8")
    for name in re.findall(r"`((?:src|tests|page|docs|benchmarks)/[\w./-]+\.(?:py|ts|md|toml|json))`", tour):
        assert (ROOT / name).exists(), name
