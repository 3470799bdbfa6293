"""Where nothing may be written: over what is read, twice, and into a folder that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from picket.places import PlaceError, check_places


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
