"""Reads the annotated reports of benchmarks/reports: text, sidecar facts and gold claims (format: its README)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "reports"
_SLOTS = ("provider", "recipient", "actor", "target", "capability", "place", "country", "time")


@dataclass
class Annotated:
    doc: str
    text: str
    published: str | None
    title: str | None
    set: str
    batch: int
    gold: list[dict[str, Any]]
    sentences: list[str]

    @property
    def unseen(self) -> bool:
        """Was it kept away from whoever wrote the rules, until the figures were taken?"""
        return self.set != "tuned"


def read_annotated(path: Path) -> Annotated:
    """One annotated report; raises ValueError at a line that fits nothing."""
    return _annotated(path.stem, path.read_text("utf-8").splitlines())


def read_many(path: Path) -> Iterator[Annotated]:
    """The annotated reports of one file, each begun by "# doc: NAME"; raises ValueError at a line that fits nothing."""
    for part in re.split(r"^# doc: ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        name, *lines = part.splitlines()
        yield _annotated(name.strip(), lines)


def _annotated(doc: str, lines: list[str]) -> Annotated:
    head: dict[str, str] = {}
    sentences: list[str] = []
    gold: list[dict[str, Any]] = []
    for line in lines:
        if line.startswith("# "):
            key, _, value = line[2:].partition(": ")
            head[key] = value.strip()
        elif line.startswith("> "):
            gold.append(_claim(doc, line[2:], sentences[-1]))
        elif line.strip():
            sentences.append(line.strip())
    return Annotated(
        doc,
        " ".join(sentences),
        head.get("published"),
        head.get("title"),
        head.get("set", "tuned"),
        int(head.get("batch", 1)),
        gold,
        sentences,
    )


def _claim(doc: str, line: str, evidence: str) -> dict[str, Any]:
    kind, *slots = (part.strip() for part in line.split("|"))
    claim: dict[str, Any] = dict.fromkeys(_SLOTS) | {
        "doc": doc,
        "kind": kind,
        "evidence": evidence,
        "quantity": None,
        "attributed_to": None,
        "certainty": "stated",
    }
    for slot in slots:
        name, _, value = slot.partition("=")
        if name == "q":
            claim["quantity"] = _quantity(value)
        elif name == "by":
            claim["attributed_to"] = value
        elif name in _SLOTS or name == "certainty":
            claim[name] = value
        else:
            raise ValueError(f"{doc}: no slot is called {name!r} in {line!r}")
    return claim


def _quantity(text: str) -> dict[str, Any]:
    body, _, period = text.partition(" / ")
    match = re.match(r"([\d.]+) (.*?)(?: (exact|at_least|about|average|over))?$", body)
    if match is None:
        raise ValueError(f"expected 'number unit [qualifier]', got {text!r}")
    times, unit = _multiple(match[2])
    return {"value": float(match[1]) * times, "unit": unit, "qualifier": match[3] or "exact", "period": period or None}


# Signs that annotators wrote for a unit, as the reader has it; a sign alone is no word that could be the same as another.
_SIGNS = (
    (re.compile(r"^R\$"), "reais"),
    (re.compile(r"^(?:US|A|C|NZ|S|HK)?\$"), "dollars"),
    (re.compile(r"^€"), "euros"),
    (re.compile(r"^£"), "pounds"),
    (re.compile(r"^(?:%|per cent\b|pct\b)"), "percent"),
)
_MULTIPLES = {"dozen": 12, "hundred": 100, "thousand": 1e3, "m": 1e6, "million": 1e6, "billion": 1e9, "trillion": 1e12}


def _multiple(unit: str) -> tuple[float, str]:
    """ "3.1 billion dollars" is a count of dollars, as the reader has it and as most annotators wrote it."""
    first, _, rest = unit.partition(" ")
    times, unit = (_MULTIPLES[first], rest) if first in _MULTIPLES else (1, unit)
    for sign, word in _SIGNS:
        unit = sign.sub(word, unit)
    return times, unit


def all_annotated() -> list[Annotated]:
    """The reports that figures are taken on, tuned and unseen."""
    return [read_annotated(p) for p in sorted(FOLDER.glob("*.txt"))]


def lessons() -> list[Annotated]:
    """The reports that were written for the trained reader's weights alone."""
    return [a for p in sorted((FOLDER / "lessons").glob("*.txt")) for a in read_many(p)]
