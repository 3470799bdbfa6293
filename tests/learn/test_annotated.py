"""How an annotated report's quantity lines are read."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.reports import read_annotated


@pytest.mark.parametrize(
    ("written", "value", "unit", "qualifier", "period"),
    [
        ("3.1 billion dollars about", 3.1e9, "dollars", "about", None),
        ("3100000000 dollars", 3.1e9, "dollars", "exact", None),
        ("1.2 million", 1.2e6, "", "exact", None),
        ("48 million $", 4.8e7, "dollars", "exact", None),
        ("80000000 US$ / year", 8e7, "dollars", "exact", "year"),
        ("12 % over", 12, "percent", "over", None),
        ("12 per cent of the drones", 12, "percent of the drones", "exact", None),
        ("9 million R$", 9e6, "reais", "exact", None),
        ("2 dozen personnel at_least / month", 24, "personnel", "at_least", "month"),
        ("20 drones", 20, "drones", "exact", None),
    ],
)
def test_a_multiple_belongs_to_the_value(
    tmp_path: Path, written: str, value: float, unit: str, qualifier: str, period: str | None
) -> None:
    path = tmp_path / "x.txt"
    path.write_text(f"# set: tuned\nOne sentence.\n> supply | q={written}\n", "utf-8")
    (claim,) = read_annotated(path).gold
    assert claim["quantity"] == {"value": value, "unit": unit, "qualifier": qualifier, "period": period}
