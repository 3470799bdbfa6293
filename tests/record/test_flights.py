"""Flights: what joins, what does not, what is left out, and how they are counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.record.history import DAY, T0, north, seal

from picket.record.archive import Archive, Sealer, Source
from picket.record.collect import Collector
from picket.record.counts import count
from picket.record.flights import KINDS, FlightError, flights
from picket.record.trend import CompareError, change, given
from picket.record.uptime import UptimeBook
from picket.words import Batch


def made(folder: Path, *tracks: Batch, **more: Any) -> Any:
    archive = seal(folder, tracks, **more)
    return flights(archive.segments(*archive.span()))


def named(rows: Batch, identity: str, kind: str = "serial") -> Batch:
    return rows.replace({"identity": identity, "identity_kind": kind})


def test_unknown_pieces_join_within_reach_and_gap(tmp_path: Path) -> None:
    end = 10.0 + 60 * 20 / 111_195
    found = made(tmp_path, north(1, T0, 60, 10.0, 20.0), north(2, T0 + 160, 60, end + 100 * 20 / 111_195, 20.0))
    assert (found.n, found.pieces, found.joined) == (1, 2, 2)


@pytest.mark.parametrize(("later_s", "away_m"), [(160, 5_000), (500, 1_000)])
def test_what_is_out_of_reach_or_after_the_gap_stays_apart(tmp_path: Path, later_s: float, away_m: float) -> None:
    found = made(tmp_path, north(1, T0, 60, 10.0, 20.0), north(2, T0 + later_s, 60, 10.011 + away_m / 111_195, 20.0))
    assert (found.n, found.joined) == (2, 0)


def test_a_piece_is_continued_once_by_the_nearest(tmp_path: Path) -> None:
    end = 10.0 + 60 * 20 / 111_195
    found = made(
        tmp_path, north(1, T0, 60, 10.0, 20.0), north(2, T0 + 80, 60, end + 0.002, 20.0), north(3, T0 + 81, 60, end + 0.003, 20.0)
    )
    assert found.n == 2
    assert found.of_row[0] == found.of_row[1] != found.of_row[2]


def test_over_the_antimeridian_too(tmp_path: Path) -> None:
    found = made(tmp_path, north(1, T0, 60, 10.0, 179.9999), north(2, T0 + 80, 60, 10.0135, -179.9999))
    assert found.n == 1


def test_an_identity_joins_whatever_lies_between_and_is_never_guessed(tmp_path: Path) -> None:
    a, b = named(north(1, T0, 60, 10.0, 20.0), "A"), named(north(2, T0 + 200, 60, 11.0, 20.0), "A")
    near_it = north(3, T0 + 70, 60, 10.0 + 70 * 20 / 111_195, 20.0)
    other = named(north(4, T0 + 70, 60, 10.0 + 70 * 20 / 111_195, 20.0), "B")
    found = made(tmp_path, a, b, near_it, other)
    assert found.n == 3
    assert len(np.unique(found.airframe[found.airframe >= 0])) == 2


def test_classes_that_differ_do_not_join(tmp_path: Path) -> None:
    a, b = north(1, T0, 60, 10.0, 20.0), north(2, T0 + 70, 60, 10.0 + 70 * 20 / 111_195, 20.0)
    assert made(tmp_path / "x", a.replace({"classification": "drone"}), b.replace({"classification": "bird"})).n == 2
    assert made(tmp_path / "y", a.replace({"classification": "drone"}), b).n == 1


def test_what_is_not_a_drone_is_counted_apart(tmp_path: Path) -> None:
    base = [north(i, T0 + 1_000 * i, 60, 10.0, 20.0) for i in range(1, 8)]
    rows = [
        base[0].replace({"classification": "aircraft"}), base[1].replace({"classification": "bird"}),
        base[2].replace({"classification": "vessel"}), named(base[3], "POLICE"), base[4].replace({"flags": ("spoof_suspected",)}),
        base[5].replace({"origin": "exercise"}), base[6].replace({"classification": "drone"}),
    ]  # fmt: skip
    archive = seal(tmp_path, rows, friendly=["POLICE"])
    counts = count(archive, *archive.span())
    assert counts.total == 1
    assert counts.left_out == dict.fromkeys(("simulated", "spoof", "friendly", "aircraft", "bird", "vessel"), 1)
    other = count(archive, *archive.span(), simulated=True)
    assert (other.total, other.left_out) == (1, {"seen": 6})
    assert set(KINDS) >= set(counts.left_out) - {"simulated"}


def test_what_is_simulated_never_joins_what_was_seen(tmp_path: Path) -> None:
    end = 10.0 + 60 * 20 / 111_195
    later = north(2, T0 + 80, 60, end + 0.003, 20.0).replace({"origin": "exercise"})
    assert made(tmp_path / "reach", north(1, T0, 60, 10.0, 20.0), later).n == 2
    assert made(tmp_path / "name", named(north(1, T0, 60, 10.0, 20.0), "A"), named(later, "A")).n == 2


def test_a_gap_shorter_than_the_holes_is_refused(tmp_path: Path) -> None:
    archive = seal(tmp_path, [north(1, T0, 10, 10.0, 20.0)])
    with pytest.raises(FlightError, match="60 to 86400"):
        flights(archive.segments(*archive.span()), 10.0)


def test_buckets_are_what_a_plain_loop_counts(tmp_path: Path) -> None:
    """Random flights over ten days, some of them through midnights and hours, against sets of Python."""
    rng = np.random.default_rng(3)
    rows, spans = [], []
    for i in range(80):
        begin, length = rng.uniform(0, 9.5 * 86_400), int(rng.integers(10, 5_000))
        rows.append(named(north(i + 1, T0 + begin, length, 10.0, 20.0, mps=1.0), f"S{i % 25}-{i}"))
        spans.append((begin, begin + length))
    archive = seal(tmp_path, rows)
    for by, seconds, offset in (("hour", 3_600, 0), ("day", 86_400, 0), ("week", 604_800, (DAY + 3) % 7 * 86_400)):
        expected: dict[int, int] = {}
        for a, b in spans:
            for bucket in range(int((np.ceil(a * 1000) / 1000 + offset) // seconds), int((b + offset) // seconds) + 1):
                expected[bucket] = expected.get(bucket, 0) + 1
        counts = count(archive, DAY, DAY + 10, by=by)
        found = {i: n for i, n in enumerate(counts.per_bucket.tolist()) if n}
        assert found == expected, by
    assert counts.total == counts.airframes == 80


def test_returning_airframes_and_the_hour_of_the_week(tmp_path: Path) -> None:
    rows = [named(north(i, T0 + i * 86_400, 60, 10.0, 20.0), "A" if i < 4 else "B") for i in range(5)]
    counts = count(seal(tmp_path, rows), DAY, DAY + 5)
    assert counts.returning == {"1": 1, "2-3": 0, "4+": 1}
    assert counts.hour_by_weekday.sum() == 5
    assert counts.hour_by_weekday[(DAY + 3) % 7, 0] == 1  # the first of them, at midnight


def test_uptime_is_the_denominator(tmp_path: Path) -> None:
    rows = [north(1, T0 + 600, 60, 10.0, 20.0), north(2, T0 + 7_200 + 600, 60, 10.0, 20.0)]
    book = UptimeBook()
    for minute in range(181):  # three hours; the second sensor is silent in the third
        book.look(T0 + minute * 60, {"a": "ok", "b": "silent" if minute >= 120 else "stale"})
    book.boot()
    book.look(T0 + 9 * 3600, {"a": "ok", "b": "ok"})
    with Sealer(tmp_path, "log") as sealer:
        collector = Collector(sealer.day, lambda i, d: i)
        for r in rows:
            collector.add(r)
        collector.finish()
        book.write(sealer)
        sealer.about = Source(name="log", kind="log", since=T0, until=T0, digest="x")
    counts = count(Archive(tmp_path), DAY, DAY + 1, by="hour")
    assert counts.uptime_per_bucket[:4].round(3).tolist() == [1.0, 1.0, 0.0, 0.0]
    assert counts.uptime.sensors["a"].up_h == pytest.approx(3.0)
    assert counts.uptime.sensors["b"].down_h == pytest.approx(1.0)
    assert counts.sensor_down == 1


# -- trend and comparison ----------------------------------------------------------------------------------------------
def test_a_change_is_found_where_it_is_and_chance_is_called_chance() -> None:
    rng = np.random.default_rng(1)
    found = change(np.r_[rng.poisson(20, 40), rng.poisson(40, 30)])
    assert found is not None
    assert found.earliest <= 40 <= found.latest
    assert found.p < 0.005
    weekly = 30 * (1 + 0.5 * np.sin(2 * np.pi * np.arange(70) / 7))
    calm = [change(rng.poisson(weekly), seed=s) for s in range(20)]
    assert sum(c is not None and c.p < 0.05 for c in calm) <= 3
    half = np.where(np.arange(60) < 30, 0.5, 1.0)  # half the uptime is no change of the rate
    same = change(rng.poisson(40 * half), half)
    assert same is not None
    assert same.p > 0.05
    assert change(np.array([1, 2, 3])) is None
    assert change(np.zeros(40)) is None


def test_figures_that_imply_each_other() -> None:
    assert given("60000 in 184 days").per_day == pytest.approx(326.087, abs=1e-3)
    assert given("60,000 over 26 weeks").per_day == pytest.approx(329.67, abs=0.01)
    assert given("328 a day").per_day == 328
    assert given("2 per hour").per_day == 48
    for text in ("", "many", "12", "5 in 0 days", "1e5 a day", "12 a fortnight"):
        with pytest.raises(CompareError):
            given(text)
