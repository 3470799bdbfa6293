"""`picket doctor` about feeds: what a transport needs, whether it answers, and who can reach it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import socket
from pathlib import Path
from typing import Any

import pytest

from picket.station.doctor import Check, examine
from tests.station.live import free_port


def checks(tmp_path: Path, feed: str, kind: str = "adsb") -> list[Check]:
    place = "lat_deg = 45.0\nlon_deg = -30.0\n"
    site = tmp_path / "site.toml"
    site.write_text(
        f'version = 1\n[site]\nname = "Test pier"\n{place}[station]\nport = 0\n'
        f'[[sensor]]\nid = "one"\nkind = "{kind}"\n{place}feed = "{feed}"\n'
    )
    return examine(site, tmp_path)


def feed_check(tmp_path: Path, feed: str, kind: str = "adsb") -> Check:
    (found,) = [c for c in checks(tmp_path, feed, kind) if c.subject in ("feed", "feeds")]
    return found


def without(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    """Hides packages from `find_spec`, as if they were not installed: it says None, or raises for a part of a missing package."""
    real = importlib.util.find_spec

    def find_spec(name: str, package: str | None = None) -> Any:
        if name in packages and "." in name:
            raise ModuleNotFoundError(name)
        return None if name in packages else real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)


@pytest.mark.parametrize("transport", ["http", "https", "tcp", "mqtt"])
def test_a_server_that_does_not_answer_is_a_note_and_one_that_does_is_ok(tmp_path: Path, transport: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        feed = f"readsb+{transport}://127.0.0.1:{server.getsockname()[1]}/data/aircraft.json"
        up = feed_check(tmp_path, feed)
    down = feed_check(tmp_path, feed)
    assert (up.state, down.state) == ("ok", "note")
    assert "cannot be reached now" in down.words


def test_an_address_that_is_not_this_machine_s_cannot_be_heard(tmp_path: Path) -> None:
    """The radar's own address, where the one that it sends to belongs: nothing would ever come."""
    found = feed_check(tmp_path, "asterix+udp://192.0.2.7:8600", "radar")
    assert found.state == "note"
    assert "give an address of this machine (0.0.0.0: all of them)" in found.words
    assert feed_check(tmp_path, f"asterix+udp://127.0.0.1:{free_port()}", "radar").state == "ok"


def test_what_lies_on_another_continent_is_named(tmp_path: Path) -> None:
    outline = {"type": "Polygon", "coordinates": [[[30.0, 45.0], [30.1, 45.0], [30.1, 45.1], [30.0, 45.0]]]}
    (tmp_path / "pier.geojson").write_text(json.dumps(outline))
    site = tmp_path / "site.toml"
    site.write_text(
        'version = 1\n[site]\nname = "Test pier"\nlat_deg = 45.0\nlon_deg = -30.0\n'
        '[[zone]]\nid = "pier"\nkind = "protected"\ngeometry = "pier.geojson"\n'
    )
    (found,) = [c for c in examine(site, tmp_path) if c.subject == "zone pier"]
    assert found.state == "note"
    assert found.words.startswith("lies 46")  # 60 degrees of longitude at 45 north: 4,609 km
    assert "is a sign wrong" in found.words


def test_what_a_start_would_refuse_is_a_problem(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    text = 'version = 1\n[site]\nname = "Test pier"\nlat_deg = 45.0\nlon_deg = -30.0\n[station]\nport = 0\n'
    for extra, words in (
        ('host = "0.0.0.0"\n', "others on the network could look in"),
        ('tls_certificate = "none.pem"\ntls_key = "none.pem"\n', "cannot be used (No such file or directory)"),
    ):
        site.write_text(text + extra)
        assert [words in c.words for c in examine(site, tmp_path) if c.state == "problem"] == [True]


def test_a_damaged_list_of_users_is_told(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "users.json").write_text("[]")
    feed = f"table+udp://127.0.0.1:{free_port()}"
    (found,) = [c for c in checks(tmp_path, feed) if c.subject == "users"]
    assert (found.state, "users.json: is damaged (no list of users)" in found.words) == (
        "note",
        True,
    )  # one-time links still work
    site = tmp_path / "site.toml"
    site.write_text(site.read_text().replace("[station]", '[station]\nhost = "0.0.0.0"'))
    (wide,) = [c for c in examine(site, tmp_path) if "users.json: is damaged" in c.words]
    assert (wide.subject, wide.state) == ("page", "problem")


def test_listening_on_this_machine_is_ok(tmp_path: Path) -> None:
    found = feed_check(tmp_path, f"sapient+listen://127.0.0.1:{free_port()}", "radar")
    assert found.state == "ok"
    assert "programs on this machine" in found.words


def test_listening_to_a_network_is_told(tmp_path: Path) -> None:
    found = feed_check(tmp_path, f"sapient+listen://0.0.0.0:{free_port()}", "radar")
    assert found.state == "note"
    assert "everybody who can reach" in found.words


def test_listening_where_somebody_else_listens_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = feed_check(tmp_path, f"table+listen://127.0.0.1:{taken.getsockname()[1]}", "acoustic")
    assert found.state == "note"
    assert "cannot listen there now" in found.words


def test_a_missing_library_is_a_problem_only_for_the_feed_that_needs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "httpx", "pyais", "google.protobuf")
    found = checks(tmp_path, f"sbs+tcp://127.0.0.1:{free_port()}")
    notes = " ".join(c.words for c in found if c.subject == "packages" and c.state == "note")
    for name in ("httpx", "pyais", "protobuf"):
        assert f"{name} not installed" in notes
    assert "picket[station]" in notes
    assert not [c for c in found if c.state == "problem" and c.subject != "page"]
    needs = feed_check(tmp_path, "readsb+http://127.0.0.1:8080/data/aircraft.json")
    assert needs.state == "problem"
    assert "needs httpx" in needs.words


def test_libraries_that_are_there_are_named_with_their_versions(tmp_path: Path) -> None:
    words = " ".join(c.words for c in examine(None, tmp_path) if c.subject == "packages" and c.state == "ok")
    for name in ("httpx", "protobuf", "pyais"):
        assert f"{name} {importlib.metadata.version(name)}" in words


def test_what_an_ais_receiver_cannot_see_is_said(tmp_path: Path) -> None:
    words = " ".join(c.words for c in checks(tmp_path, "ais+udp://127.0.0.1:10110", "ais"))
    assert "hears only vessels that broadcast" in words
