"""Claims files: what is written comes back; what is no claim is named by line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from picket.learn import Claim, Quantity, read_claims, write_claims
from picket.learn.claim import ClaimError

CLAIM = Claim(
    doc="a",
    kind="supply",
    provider="Iran",
    recipient="Russia",
    evidence="Iran sold drones.",
    start=0,
    end=17,
    quantity=Quantity(value=6.0, unit="drones"),
)


def test_claims_come_back_as_written_and_the_same_bytes_twice(tmp_path: Path) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    assert write_claims(first, [CLAIM, CLAIM]) == 2
    back = list(read_claims(first))
    assert back == [CLAIM, CLAIM]
    write_claims(second, back)
    assert first.read_bytes() == second.read_bytes()


def test_a_claim_that_cannot_be_written_leaves_the_older_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    write_claims(path, [CLAIM])
    before, taken = path.read_bytes(), 0

    def coming() -> Iterator[Claim]:
        nonlocal taken
        for taken in range(5_000):
            if taken == 4_000:
                (half,) = tmp_path.glob(".c.jsonl.*.part")
                assert half.stat().st_size > 100_000  # what came so far is on its way to the disk, not in memory
                raise ClaimError("the input ends here")
            yield CLAIM

    with pytest.raises(ClaimError):
        write_claims(path, coming())
    assert taken == 4_000
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"c.jsonl": before}


def test_the_fields_are_those_of_the_claims_table() -> None:
    assert list(Claim.__struct_fields__) == [
        "doc", "kind", "provider", "recipient", "actor", "target", "capability", "place", "country", "time", "quantity",
        "attributed_to", "certainty", "evidence", "start", "end", "source", "published", "grade", "rule",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line", [b"{", b"[]", b'{"doc": "a", "kind": "gossip", "evidence": "", "start": 0, "end": 0}', b'{"doc": 3}', b"\xff\xfe"]
)
def test_a_line_that_is_no_claim_is_named(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "c.jsonl"
    path.write_bytes(b"\n" + line + b"\n")
    with pytest.raises(ClaimError, match="line 2"):
        list(read_claims(path))
