"""What is past its time goes, provably; what is held, unsealed or damaged stays; statistics survive it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from tests.station.live import approach, make_site
from tests.station.test_engine import records

from picket.record import log
from picket.record.archive import Archive
from picket.record.counts import count
from picket.record.log import LogFile, Record
from picket.record.pseudonyms import Pseudonyms
from picket.record.retention import erase
from picket.site import Archive as Terms
from picket.site import hold_of
from picket.station.rebuild import rebuild

DAY_S = 86_400.0
T0 = 19_675 * DAY_S + 3_600.0


def lived(folder: Path, days: int = 4) -> None:
    """A log of one run a day, one segment each."""
    for d in range(days):
        run = records(approach(T0 + d * DAY_S, 100), start=1 + d * 10_000)
        run[0] = run[0]._replace(time=T0 + d * DAY_S)
        writer = LogFile(folder)
        for record in [*run, Record(run[-1].seq + 1, run[-1].time + 1, "end", None)]:
            writer.append(record)
        writer.close()


def left(folder: Path) -> list[str]:
    return [p.stem[-1] for p in log.segments(folder)]


def test_old_segments_go_and_the_counts_stay(tmp_path: Path) -> None:
    site, folder = make_site(tmp_path), tmp_path / "archive"
    lived(folder)
    terms = Terms(log_keep_days=1.0)
    now = T0 + 3 * DAY_S
    assert "not sealed" in erase(folder, terms, now).stays
    assert left(folder) == ["1", "2", "3", "4"]
    rebuild(folder, site)
    archive = Archive(folder)
    span = archive.span()
    before = count(archive, *span)
    assert before.flight_days == 4
    went = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in log.segments(folder)[:2]}
    done = erase(folder, terms, now)
    assert left(folder) == ["3", "4"]
    assert "not past its time" in done.stays
    listed = [json.loads(line) for line in (folder / "erased.jsonl").read_text().splitlines()]
    assert {e["segment"]: e["sha256"] for e in listed} == went
    header = log.segments(folder)[0].read_bytes()[len(log.MAGIC) :][:32]
    assert listed[-1]["chain_at_its_end"] == header.hex()  # what went is bound to what stays
    verdict = log.verify(folder)
    assert verdict.damage is None
    again = rebuild(folder, site)  # of what is left; the days before stay sealed
    assert again.damage is None
    after = count(Archive(folder), *Archive(folder).span())
    assert (after.since, after.per_bucket.tolist(), after.total) == (before.since, before.per_bucket.tolist(), before.total)
    assert Archive(folder).verify() == []
    assert [s.up_h for s in after.uptime.sensors.values()] == pytest.approx([s.up_h for s in before.uptime.sensors.values()])
    rebuild(folder, site)
    assert count(Archive(folder), *span).per_bucket.tolist() == before.per_bucket.tolist()


@pytest.mark.parametrize(("hold", "stay"), [("2023-11-14/2023-11-14 case 7", "1234"), ("2023-11-15/2023-11-15 case 8", "234")])
def test_what_is_held_stays_and_all_after_it(tmp_path: Path, hold: str, stay: str) -> None:
    site, folder = make_site(tmp_path), tmp_path / "archive"
    lived(folder)
    rebuild(folder, site)
    done = erase(folder, Terms(log_keep_days=1.0, hold=(hold,)), T0 + 30 * DAY_S)
    assert "under a hold" in done.stays
    assert left(folder) == list(stay)


def test_a_damaged_segment_is_not_erased(tmp_path: Path) -> None:
    site, folder = make_site(tmp_path), tmp_path / "archive"
    lived(folder, 2)
    rebuild(folder, site)
    path = log.segments(folder)[0]
    data = bytearray(path.read_bytes())
    data[500] ^= 4
    path.write_bytes(data)
    assert "damaged" in erase(folder, Terms(log_keep_days=1.0), T0 + 30 * DAY_S).stays
    assert left(folder) == ["1", "2"]


def test_keys_of_airframes_go(tmp_path: Path) -> None:
    names = Pseudonyms(tmp_path)
    first = names("A", 19_675)
    names("A", 19_675 + 400)
    terms: Any = Terms(airframes_keep_days=90.0)
    assert erase(tmp_path, terms, (19_675 + 100) * DAY_S).keys == []
    assert len(erase(tmp_path, terms, (19_675 + 300) * DAY_S).keys) == 1
    assert Pseudonyms(tmp_path)("A", 19_675) != first


@pytest.mark.parametrize("text", ["", "May", "2026-05-01", "2026-05-01/2026-13-01 x", "2026-05-01/2026-05-02x"])
def test_a_hold_that_cannot_be_read_is_an_error_before_anything_goes(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r"archive\.hold"):
        erase(tmp_path, Terms(hold=(text,)), 0.0)
    assert hold_of("2026-05-01/2026-05-02 why")[1] - hold_of("2026-05-01/2026-05-02")[0] == 2 * DAY_S
