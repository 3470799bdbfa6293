"""Where nothing may be written: over what is read, twice, and into a folder that is not there; what becomes of an older file."""

from __future__ import annotations

import os
import resource
import threading
from pathlib import Path

import pytest

from picket.places import PlaceError, check_places, write_over


def test_a_place_of_its_own_in_a_folder_that_is_there_is_good(tmp_path: Path) -> None:
    check_places([tmp_path / "a.csv", None, "-", "-", str(tmp_path / "b.csv")], [tmp_path / "in.pcap", None])


def test_what_is_read_is_not_written_over_by_whatever_name(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("x")
    (tmp_path / "link.csv").symlink_to("in.csv")
    for name in ("in.csv", "link.csv", "sub/../in.csv"):
        with pytest.raises(PlaceError, match="it is read too; give another name, or it would be lost"):
            check_places([tmp_path / name], [str(tmp_path / "in.csv")])


def test_two_files_are_not_written_to_one_place(tmp_path: Path) -> None:
    with pytest.raises(PlaceError, match="two files would be written to it"):
        check_places([tmp_path / "a.csv", f"{tmp_path}/./a.csv"])


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlaceError, match=r"a\.csv: there is no folder .*nowhere; make it first"):
        check_places([tmp_path / "nowhere" / "a.csv"])
    (tmp_path / "f").write_text("")
    with pytest.raises(PlaceError, match="there is no folder"):  # a file is no folder either
        check_places([tmp_path / "f" / "a.csv"])


def test_a_full_disk_leaves_the_older_file_whole_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "claims.jsonl"
    write_over(path, b"old\n")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limit[1]))  # a write beyond it is cut, the next one fails
    try:
        for place in (path, tmp_path / "new.jsonl"):
            with pytest.raises(OSError, match="too large"):
                write_over(place, bytes(100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"claims.jsonl": b"old\n"}


def test_a_file_keeps_its_rights_and_the_links_to_it(tmp_path: Path) -> None:
    path = tmp_path / "claims.jsonl"
    write_over(path, b"old")
    path.chmod(0o640)
    (tmp_path / "link").symlink_to("claims.jsonl")
    write_over(tmp_path / "link", b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777, (tmp_path / "link").is_symlink()) == (b"new", 0o640, True)


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writing = threading.Thread(target=write_over, args=(tmp_path / "pipe", b"x" * 10))
    writing.start()
    assert (tmp_path / "pipe").read_bytes() == b"x" * 10
    writing.join()
    assert (tmp_path / "pipe").is_fifo()
