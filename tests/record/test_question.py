"""SQL over the sealed days: the same numbers as the counts, and nothing outside the archive."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.record.history import T0, north, seal, wander

from picket.record.archive import ArchiveError
from picket.record.counts import count
from picket.record.question import QuestionError, question, rows
from picket.words import Batch


def test_sql_and_counts_agree(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    tracks: list[Batch] = [wander(rng, i + 1, 10.0, 20.0) for i in range(20)]
    archive = seal(tmp_path / "it's here", [*tracks, north(99, T0 + 86_390, 30, 10.0, 20.0)])
    counts = count(archive, *archive.span())
    folder = tmp_path / "it's here"
    (one,) = rows(question(folder, "SELECT count(*) AS n, min(begin) AS first FROM flights WHERE counted"))
    assert one["n"] == counts.total
    assert one["first"].startswith("2024-10-04T")
    sql = "SELECT day, count(DISTINCT flight) AS n FROM segments GROUP BY day ORDER BY day"
    assert [r["n"] for r in rows(question(folder, sql))] == counts.per_bucket.tolist()
    (two,) = rows(question(folder, "SELECT count(*) AS n, max(lat_deg) AS top, min(source) AS source FROM points"))
    (three,) = rows(question(folder, "SELECT sum(n)::BIGINT AS n FROM cells"))
    assert two["n"] == three["n"] + 1  # the carried point
    assert 10.0 < two["top"] < 11.0
    assert two["source"] == "log"


@pytest.mark.parametrize(
    "sql",
    [
        "nonsense",
        "SELECT * FROM nowhere",
        "DROP VIEW points",
        "SELECT 1; SELECT 2",
        "SELECT * FROM read_csv('/etc/passwd')",
        "INSTALL spatial",
        "",
    ],
)
def test_what_is_no_question_is_refused(tmp_path: Path, sql: str) -> None:
    seal(tmp_path, [north(1, T0, 10, 10.0, 20.0)])
    with pytest.raises(QuestionError):
        question(tmp_path, sql)


def test_nothing_is_written(tmp_path: Path) -> None:
    seal(tmp_path, [north(1, T0, 10, 10.0, 20.0)])
    for place in (tmp_path / "x.csv", tmp_path / "days" / "x.csv"):
        with pytest.raises(QuestionError):
            question(tmp_path, f"COPY points TO '{place}'")
        assert not place.exists()
    with pytest.raises(ArchiveError, match="no day is sealed"):
        question(tmp_path / "days", "SELECT 1")
