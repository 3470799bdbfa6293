"""The first lines of a plain text: its headline among menus, bylines and dates; its date in words or figures; its publisher."""

from __future__ import annotations

import pytest

from picket.learn.heads import date_line, date_of, facts_of, title_of

PROSE = "The army said on Monday that its gunners had shot down nine drones above the northern port of Rezina."


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["Gunners down nine drones", "Rezina, May 3"], "Gunners down nine drones"),
        (["News /", "Security", "Gunners down nine drones over port", "By Anna Berg"], "Gunners down nine drones over port"),
        (["By Anna Berg", "3 May 2025", "Nine drones downed"], "Nine drones downed"),
        (["Rezina, May 3"], None),
        (["https://example.org/drones", "Photo: Harbour Post"], None),
        (["Title: Given", "Gunners down nine drones"], "Gunners down nine drones"),
    ],
)
def test_the_headline_is_found_among_the_first_lines(lines: list[str], title: str | None) -> None:
    assert title_of("\n".join([*lines, PROSE])) == title


def test_a_text_of_one_line_has_no_title() -> None:
    assert title_of("Gunners down nine drones") is None


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Published 14 July 2025", "2025-07-14"),
        ("By Anna Berg, Harbour Press - 03/21/23 11:45 AM ET", "2023-03-21"),
        ("03.10.2025 14:22", "2025-10-03"),
        ("14 JUL 2025 • 4 MIN READ", "2025-07-14"),
        ("Posted on Jun 3, 2025 by admin", "2025-06-03"),
        ("Published: 09:12 BST, 3 October 2025 | Updated: 11:40 BST, 4 October 2025", "2025-10-03"),
        ("03/10/2025", None),  # of October or of March: nobody can tell
        ("31.02.2025", None),
        ("From 3 May 2024 to 5 May 2024", None),
    ],
)
def test_a_date_on_a_line_of_its_own(line: str, day: str | None) -> None:
    assert date_line(f"Gunners down nine drones\n\n{line}\n\n{PROSE}") == day


def test_a_date_in_figures_as_a_field_says_it() -> None:
    assert date_of("21.03.2025") == "2025-03-21"
    assert date_of("2025-03-21T08:00:00Z") == "2025-03-21"


def test_a_source_that_the_article_names_is_not_its_publisher() -> None:
    assert facts_of(f"Source: Harbour Post\n{PROSE}") == {"source": "Harbour Post"}
    assert facts_of(f"Nine drones downed\n{PROSE}\nSource: the Air Force on its channel") == {}
