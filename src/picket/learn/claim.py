"""A claim: one assertion that a published report makes about drones, tied to the sentence that makes it.

The fields are those of the claims table (docs/learn.md); files are JSON lines, one claim each, keys in the order of the
struct, so that the same claims give the same bytes. A later version may add fields with defaults; it never changes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from picket.places import write_over

KINDS = (
    "training",
    "advising",
    "supply",
    "recruitment",  # transfers: provider -> recipient
    "deployment",
    "use_attack",
    "sighting",
    "adoption",
    "production",
    "statistic",
    "warning",
)
TRANSFERS = KINDS[:4]
CERTAINTIES = ("stated", "reported", "alleged", "denied", "possible")
QUALIFIERS = ("exact", "at_least", "about", "average", "over")


_GUESSED = ("cue-", "loose-", "trained-")


def guessed(rule: str | None) -> bool:
    """Did a rule of the last resort or the trained reader make the claim? It is then never more than possible, until somebody edits it."""
    return bool(rule) and str(rule).startswith(_GUESSED)


class ClaimError(ValueError):
    """A line of a claims file that is not a claim; the message names file, line and path."""


class Quantity(msgspec.Struct, frozen=True, kw_only=True):
    """The number most directly tied to a claim: `value` in `unit` ("drones", "dollars"), per or over `period` ("month")."""

    value: float
    unit: str | None = None
    qualifier: str = "exact"
    period: str | None = None


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One claim. `evidence` is the report's text from `start` to `end` (characters) to the letter; unknown is None.

    `kind` is one of KINDS, `certainty` one of CERTAINTIES, `country` ISO 3166-1 alpha-2, `time` an ISO 8601 date, month,
    year or interval a/b (`2022/..` is open). Transfers have provider and recipient, other kinds actor and target.
    `source` is who published the report, `published` its date, `grade` is left to whoever weighs sources, `rule` names
    the rule that made the claim.
    """

    doc: str
    kind: str
    provider: str | None = None
    recipient: str | None = None
    actor: str | None = None
    target: str | None = None
    capability: str | None = None
    place: str | None = None
    country: str | None = None
    time: str | None = None
    quantity: Quantity | None = None
    attributed_to: str | None = None
    certainty: str = "stated"
    evidence: str
    start: int
    end: int
    source: str | None = None
    published: str | None = None
    grade: str | None = None
    rule: str | None = None


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Claim)


def encode_claim(claim: Claim) -> bytes:
    """The claim as one line of JSON, without the line's end."""
    return _encoder.encode(claim)


def read_claims(path: str | Path) -> Iterator[Claim]:
    """Claims of a JSON-lines file, one by one; empty lines are passed over. Raises ClaimError at a line that is no claim."""
    with open(path, "rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                claim = _decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
                raise ClaimError(f"{path}, line {number}: expected a claim as a JSON object, {wrong}") from wrong
            if claim.kind not in KINDS or claim.certainty not in CERTAINTIES:
                raise ClaimError(f"{path}, line {number}: kind {claim.kind!r} or certainty {claim.certainty!r} is not known")
            yield claim


def write_claims(path: str | Path, claims: Iterable[Claim]) -> int:
    """Writes claims as JSON lines, each as it comes; returns how many. Same claims, same bytes; all are in the file or none."""
    written = 0

    def lines() -> Iterator[bytes]:
        nonlocal written
        for claim in claims:
            yield encode_claim(claim) + b"\n"
            written += 1

    write_over(path, lines())
    return written
