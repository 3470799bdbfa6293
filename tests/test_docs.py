"""What the documents say is what the program has."""

from __future__ import annotations

import ast
import re
import shlex
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner

from picket import site
from picket.cli import main
from picket.feed import FORMATS, _template, jsonlines, pcap, transport
from picket.feed.format import Chunk, Format, Options
from picket.site_rules import KINDS, PLACE_HOLDERS
from picket.station.feeds import feeds_of
from tests.feed import doc_files

ROOT = Path(__file__).parents[1]
FEED = ROOT / "src" / "picket" / "feed"
OVERVIEW = (ROOT / "docs" / "formats.md").read_text("utf-8")
PAGES = {p.name: p.read_text("utf-8") for p in sorted((ROOT / "docs" / "formats").glob("*.md"))}
FORMAT_DOCS = "\n".join([OVERVIEW, *PAGES.values()])
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
               "archive": site.Archive, "station": site.StationSettings, "rule": site.Rule, "contact": site.Contact,
               "notify": site.Notify, "radio": site.Radio}  # fmt: skip
    for name, struct in structs.items():
        section = page.split(f"## [{name}]" if f"## [{name}]" in page else f"## [[{name}]]", 1)[1].split("\n## ", 1)[0]
        for field in msgspec.structs.fields(struct):
            assert f"`{field.name}`" in section, f"{name}.{field.name}"


def test_every_type_of_alert_rule_and_place_holder_is_documented() -> None:
    page = (ROOT / "docs" / "site-file.md").read_text("utf-8").split("## [[rule]]", 1)[1].split("\n## ", 1)[0]
    definitions = (ROOT / "docs" / "definitions.md").read_text("utf-8")
    for word in (*KINDS, *(f"{{{p}}}" for p in PLACE_HOLDERS)):
        assert f"`{word}`" in page, word
    for word in KINDS:
        assert f"`{word}`" in definitions, word


def test_every_api_path_is_documented(tmp_path: Path) -> None:
    source = "\n".join(p.read_text("utf-8") for p in sorted((ROOT / "src" / "picket" / "station").glob("api*.py")))
    stream = (ROOT / "docs" / "stream.md").read_text("utf-8")
    learn = (ROOT / "docs" / "learn-screens.md").read_text("utf-8").split("## API")[1].split("## ")[0]
    for path in re.findall(r"@app\.(?:get|post|put|delete|websocket)\(\"(/(?:api|ws)/[^\"]*)\"", source):
        if path.startswith("/api/learn/"):  # the analyst's screens have a table of their own
            assert f"{path.removeprefix('/api/learn/').split('/')[0]}" in learn, path
        else:
            assert re.sub(r"\{\w+\}", "{", path).split("{")[0] in stream, path


def test_links_between_documents_lead_somewhere() -> None:
    for path in [ROOT / "README.md", *ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_files_named_in_the_tour_exist() -> None:
    tour = (ROOT / "docs" / "tour.md").read_text("utf-8")
    for name in re.findall(r"`((?:src|tests|page|docs|benchmarks)/[\w./-]+\.(?:py|ts|md|toml|json))`", tour):
        assert (ROOT / name).exists(), name


# -- formats and feeds ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", [f.name for f in FORMATS])
def test_every_format_has_a_line_in_the_overview_and_an_account_with_a_feed(name: str) -> None:
    (line,) = re.findall(rf"^\| `{name}` \|.*\|$", OVERVIEW, re.M)[:1]
    if name == "table":  # the one format that the overview describes itself
        assert "](#" in line
        return
    page = re.search(r"\(formats/([\w-]+\.md)(?:#[^)]*)?\) \|$", line)
    assert page, line
    text = PAGES[page[1]]
    assert f"`{name}`" in text
    assert name == "remote-id" or re.search(rf'"{name}\+[a-z]+://', text), f"{page[1]} shows no line of a site file for {name}"


@pytest.mark.parametrize("form", FORMATS, ids=lambda f: f.name)
def test_the_overview_says_how_a_format_arrives(form: Format) -> None:
    (line,) = re.findall(rf"^\| `{form.name}` \|.*\|$", OVERVIEW, re.M)[:1]
    arrives = line.split("|")[4]
    for link, word in (("udp", "UDP"), ("mqtt", "MQTT"), ("http", "HTTP")):
        assert (word in arrives) == (link in form.links), f"{word}: {arrives}"


def test_every_page_of_a_format_is_linked_and_links_back() -> None:
    for name, text in PAGES.items():
        assert f"(formats/{name}" in OVERVIEW, name
        assert "](../formats.md" in text, name


def test_links_to_headings_lead_to_headings() -> None:
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for target, heading in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", path.read_text("utf-8")):
            text = (path.parent / target if target else path).read_text("utf-8")
            headings = [re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.*)$", text, re.M)]
            assert heading in headings, f"{path.name}: {target}#{heading}"


def test_every_transport_and_its_options_are_documented() -> None:
    section = OVERVIEW.split("## Transports\n", 1)[1].split("\n## ", 1)[0]
    for name, (_, _, options) in transport._TRANSPORTS.items():
        lines = "\n".join(x for x in section.splitlines() if x.startswith("|") and re.search(rf"\+{name}://|`{name}`", x))
        assert lines, name
        for option in options:
            assert f"`{option}`" in lines, f"{name}: {option}"


def test_every_link_type_of_a_capture_is_documented() -> None:
    section = OVERVIEW.split("## Captures", 1)[1].split("\n## ", 1)[0]
    table = " ".join(line for line in section.splitlines() if line.startswith("|"))
    for linktype in {*pcap._IP_LINKS, *pcap._RADIO}:
        assert re.search(rf"\b{linktype}\b", table), linktype


def written_reasons() -> dict[str, str]:
    """reason -> file, as far as the feeds' source names them: tuples called REASONS, `left_out["..."]`, Counter(...=n)."""
    found: dict[str, str] = {}
    for path in sorted(FEED.rglob("*.py")):
        if path.name == "_template.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            found.update(dict.fromkeys(reasons_of(node), path.name))
    return found


def reasons_of(node: ast.AST) -> Iterator[str]:
    texts: list[ast.AST] = []
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.endswith("REASONS"):
        texts = [node.value]
    elif isinstance(node, ast.Subscript):
        name = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        texts = [node.slice] if name in ("left_out", "_left_out") and not isinstance(node.slice, ast.JoinedStr) else []
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Counter":
        yield from (k.arg for k in node.keywords if k.arg)
        texts = [key for a in node.args if isinstance(a, ast.Dict) for key in a.keys if key is not None]
    elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and "LeftOut" in getattr(node.exc.func, "id", ""):
        texts = list(node.exc.args)
    for text in texts:
        built = {id(part) for f in ast.walk(text) if isinstance(f, ast.JoinedStr) for part in f.values}  # f"{column}_wrong_type"
        for part in ast.walk(text):
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value and id(part) not in built:
                yield part.value


def test_every_reason_for_leaving_something_out_is_documented() -> None:
    reasons = written_reasons()
    assert len(reasons) > 100  # else this test looks in the wrong places
    missing = {
        reason: file
        for reason, file in reasons.items()
        if f"`{reason}`" not in FORMAT_DOCS and not reason.endswith("_out_of_range")  # <column>_out_of_range stands for all
    }
    assert not missing


def documented_commands() -> list[str]:
    """Every `picket decode ...` that the format pages tell a reader to type."""
    lines = re.findall(r"^(?:    )?(picket decode [^\n`]*)|`(picket decode [\w.][^`]*)`", FORMAT_DOCS, re.M)
    return sorted({re.sub(r"\s+#.*", "", block or inline).strip() for block, inline in lines})


@pytest.mark.parametrize("command", documented_commands())
def test_commands_of_the_format_pages_do_what_they_say(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each runs as written, on a recording of that name which the encoders make."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    words = shlex.split(command)[1:]
    recording = words[1]
    (tmp_path / recording).write_bytes(doc_files.recording(recording))
    if "our_sensors" in command:
        (tmp_path / "our_sensors").mkdir()
        (tmp_path / "our_sensors" / "sound.py").write_text("from picket.feed._template import FORMAT as SOUND\n")
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    for option in ("-o", "--status", "--operators"):
        if option in words:
            out = tmp_path / words[words.index(option) + 1]
            assert out.stat().st_size > 0, f"{out.name} is empty"


@pytest.mark.parametrize("name", ["formats.md", *PAGES])
def test_site_files_in_the_format_pages_are_taken(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every [[sensor]] of a page, one site file a block, in which every feed is understood."""
    monkeypatch.setitem(sys.modules, "our_sensors", _template)  # what the example calls a package of the reader's own
    monkeypatch.setitem(sys.modules, "our_sensors.sound", _template)
    monkeypatch.setattr(_template, "SOUND", _template.FORMAT, raising=False)
    blocks = re.findall(r"```toml\n(.*?)```", PAGES.get(name, OVERVIEW), re.S)
    for block in blocks:
        found = tomllib.loads(block)
        raw = {"version": 1, "site": {"name": "Docs", "lat_deg": 33.75, "lon_deg": -118.2}, **found}
        for sensor in raw.get("sensor", []):
            if sensor["kind"] == "radar":  # shortened for reading: a radar needs its place
                sensor |= {"lat_deg": 33.751, "lon_deg": -118.201} | sensor
        feeds = feeds_of(site.parse(raw, folder=tmp_path))
        assert len(feeds) == len({s["feed"] for s in raw.get("sensor", []) if "feed" in s})


def test_the_examples_are_taken_and_show_every_format() -> None:
    shown = set()
    for path in sorted((ROOT / "examples").glob("*.toml")):
        found = site.load(path)
        addresses = [transport.parse_feed(s.feed) for s in found.sensor if s.feed]
        shown |= {name for name, _ in addresses}
        if not any(address.transport == "file" for _, address in addresses):  # recordings are the reader's own
            assert len(feeds_of(found)) == len({s.feed for s in found.sensor})
        assert f"`{path.name}`" in (ROOT / "examples" / "README.md").read_text("utf-8")
    assert shown == {f.name for f in FORMATS}


def home_made(*changes: tuple[str, str]) -> str:
    """The overview's ten-line sensor, with what a reader is told to change."""
    code = re.findall(r"```python\n(.*?)```", OVERVIEW, re.S)[0]
    for old, new in changes:
        assert old in code
        code = code.replace(old, new)
    return str(code)


def test_the_home_made_sensor_is_heard_over_udp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as inbox:
        inbox.bind(("127.0.0.1", 0))
        inbox.settimeout(300)
        sender = subprocess.Popen([sys.executable, "-c", home_made(("9000", str(inbox.getsockname()[1])))])
        try:
            heard = inbox.recv(65536)
        finally:
            sender.kill()
            sender.wait()
    _is_the_microphone(heard, "udp")


def test_the_home_made_sensor_is_heard_over_tcp() -> None:
    connect, send = re.findall(r"```python\n(.*?)```", OVERVIEW, re.S)[1].strip().split("...\n")
    whole = home_made()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(300)
        code = home_made(
            ("out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)", connect.strip()),
            (next(line for line in whole.splitlines() if "sendto" in line), "    " + send.strip()),
            ("9000", str(server.getsockname()[1])),
        )
        sender = subprocess.Popen([sys.executable, "-c", code])
        try:
            peer, _ = server.accept()
            with peer, peer.makefile("rb") as lines:
                heard = lines.readline()
        finally:
            sender.kill()
            sender.wait()
    _is_the_microphone(heard, "stream")


def test_the_message_over_mqtt_is_a_row() -> None:
    (message,) = re.findall(r"mosquitto_pub .* -m '(.*)'", OVERVIEW)
    _is_the_microphone(message.encode(), "mqtt")


def _is_the_microphone(heard: bytes, link: str) -> None:
    decoded = jsonlines.FORMAT.make(Options()).decode(Chunk.one(heard, received=1.78e9, link=link))
    (row,) = decoded.detections.rows()
    assert not decoded.left_out
    assert (row["sensor_id"], row["kind"], row["azimuth_deg"], row["sigma_azimuth_deg"]) == ("mic-3", "acoustic", 114.0, 6.0)
