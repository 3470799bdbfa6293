"""Times in words against the day of publication; the expected answers were worked out by hand."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.learn.extract import claims_of
from picket.learn.isotimes import Published
from picket.learn.report import Report
from picket.learn.times import times_of

CASES = [
    ("in 2023", None, "2023"),
    ("in May 2021", None, "2021-05"),
    ("on 12 March 2024", None, "2024-03-12"),
    ("on March 12, 2024", None, "2024-03-12"),
    ("since July 2018", None, "2018-07/.."),
    ("since 2022", None, "2022/.."),
    ("between 2021 and 2023", None, "2021/2023"),
    ("from 2019 to July 2024", None, "2019/2024-07"),
    ("between October 2022 and September 2023", None, "2022-10/2023-09"),
    ("between 15 November 2023 and 31 July 2024", None, "2023-11-15/2024-07-31"),
    ("from November 15, 2023 to July 31, 2024", None, "2023-11-15/2024-07-31"),
    ("between 28 December and 3 January 2024", None, "2023-12-28/2024-01-03"),
    ("in the last six months of 2024", None, "2024-07/2024-12"),
    ("in the first half of 2024", None, "2024-01/2024-06"),
    ("in the second quarter of 2023", None, "2023-04/2023-06"),
    ("in the summer of 2022", None, "2022-06/2022-08"),
    ("in late 2024", None, "2024-09/2024-12"),
    ("last December", "2024-10-14", "2023-12"),
    ("last December", "2025", "2025-12"),
    ("last year", "2025-02-18", "2024"),
    ("last year", "2024", "2023"),
    ("this year", "2024-05", "2024"),
    ("last month", "2025-01-05", "2024-12"),
    ("earlier this month", "2025-03-20", "2025-03"),
    ("yesterday", "2025-03-01", "2025-02-28"),
    ("overnight", "2025-06-03", "2025-06-03"),
    ("on Tuesday", "2024-09-15", "2024-09-10"),
    ("on Sunday", "2025-06-03", "2025-06-01"),
    ("two weeks ago", "2025-03-20", "2025-03"),
    ("a few days ago", "2025-03-20", "2025-03-17"),
    ("three months ago", "2025-02-18", "2024-11"),
    ("two years ago", "2025-02-18", "2023"),
    ("in January", "2025-02-18", "2025-01"),
    ("in November", "2025-02-18", "2024-11"),
    ("on 22 September", "2025-10-05", "2025-09-22"),
    ("on 29 November", "2024-12-20", "2024-11-29"),
    ("over the past year", "2025-02", "2024-02/2025-02"),
    ("in the past six months", "2025-06-10", "2024-12/2025-06-10"),
    ("since January", "2025-06-10", "2025-01/.."),
    ("in the first nine months of the year", "2025-10-05", "2025-01/2025-09"),
    ("last week", "2025-07-22", "2025-07-14/2025-07-20"),
    ("at the turn of the year", "2024", "2024-01"),
    ("next year", "2025-07", "2026"),
    ("in February of last year", "2025-06-12", "2024-02"),
    ("on January 28 of last year", "2025-04-01", "2024-01-28"),
    ("this August", "2025-02-20", "2025-08"),
    ("next March", "2025-11-20", "2026-03"),
    ("before the end of June", "2024-07-28", "2024-06"),
    ("since spring", "2025-06-12", "2025-03/.."),
    ("in the spring", "2026-01-20", "2025-03/2025-05"),
]


@pytest.mark.parametrize(("words", "published", "iso"), CASES)
def test_times_in_words(words: str, published: str | None, iso: str) -> None:
    text = f"Drones were seen there {words}, he said."
    assert [t.iso for t in times_of(text, 0, len(text), Published.parse(published))] == [iso]


def test_without_a_date_of_publication_relative_times_stay_open() -> None:
    text = "It happened last week and on Tuesday."
    assert [t.iso for t in times_of(text, 0, len(text), None)] == [None, None]


@pytest.mark.parametrize("text", ["2,000 drones", "1999 drones flew", "$2025", "a 2024-style FPV"])
def test_numbers_that_are_no_years(text: str) -> None:
    assert not [t for t in times_of(text, 0, len(text), None) if t.iso and "drones" in text]


WORDS = st.lists(
    st.sampled_from(
        [
            "last",
            "this",
            "in",
            "on",
            "since",
            "May",
            "31",
            "February",
            "30",
            "2024",
            "2,000",
            "year",
            "month",
            "last year",
            "spring",
            "week",
            "two",
            "days",
            "ago",
            "Monday",
            "between",
            "and",
            "from",
            "to",
            "early",
            "half",
            "of",
            "first",
        ]
    ),
    max_size=12,
)


@given(WORDS, st.sampled_from([None, "2024", "2024-02", "2024-02-29"]))
def test_any_words_give_well_formed_times(words: list[str], published: str | None) -> None:
    text = " ".join(words)
    for time in times_of(text, 0, len(text), Published.parse(published)):
        assert 0 <= time.start < time.end <= len(text)
        if time.iso:
            assert re.fullmatch(r"\d{4}(-\d\d){0,2}(/(\d{4}(-\d\d){0,2}|\.\.))?", time.iso)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("The same night two drones flew over Esbjerg.", "2025-09-22"),
        ("Two days later drones flew over Esbjerg.", "2025-09-24"),
        ("That month a drone was also seen over Esbjerg.", "2025-09"),
        ("Drones also flew over Esbjerg.", None),
    ],
)
def test_times_that_point_back(text: str, iso: str | None) -> None:
    before = "Drones flew over Copenhagen airport on 22 September. "
    claims = claims_of(Report(doc="x", text=before + text, published="2025-10-05", title="Drones"))
    assert [c.time for c in claims if c.start >= len(before)] == [iso]


def test_a_month_to_come_is_that_of_the_next_year() -> None:
    (claim,) = claims_of(
        Report(doc="x", text="Turkey will deliver drones to Mali in March.", published="2025-11-20", title="Drones")
    )
    assert (claim.time, claim.certainty) == ("2026-03", "possible")


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("1000000 days ago", "2024-03-05"),
        ("9000000000000 weeks ago", "2024-03-05"),
        ("99999 years ago", "2024-03-05"),
        ("in the past 900000 days", "2024-03-05"),
        (f"in the last {'9' * 5_000} months of 2023", "2024-03-05"),
        ("in the last 20 months of 2023", "2024-03-05"),
        ("last week", "0001-01-01"),
        ("next week", "9999-12-31"),
    ],
)
def test_a_time_that_no_calendar_has_is_found_and_stays_open(text: str, published: str) -> None:
    """Its words are no actor's; the first five ended the reading of the whole report with an OverflowError or a ValueError."""
    assert [t.iso for t in times_of(text, 0, len(text), Published.parse(published))] == [None]


def test_days_that_a_month_does_not_have_leave_the_month() -> None:
    text = "on 29 and 45 March 2022"
    assert [t.iso for t in times_of(text, 0, len(text), None)] == ["2022-03-29/2022-03"]
