"""Random ASTERIX records made by libasterix, and its reading of them: what the tests of single categories share.

libasterix (MIT) is generated from the published specifications; it stands for a decoder and an encoder that we did not write.
"""

from __future__ import annotations

import math
import random
from typing import Any

import asterix.base as base
import pytest

from picket.feed.asterix import AsterixDecoder
from picket.feed.format import Chunk, Decoded, Options
from picket.words import Batch


# -- writing: any value of any item ---------------------------------------------------------------------------------------
def _variation(spec: Any) -> Any:
    """The structure of an item or subfield."""
    rule = spec.cv_rule
    return rule.cv_variation if hasattr(rule, "cv_variation") else rule.cv_default_variation


def value(variation: Any, chance: random.Random) -> Any:
    """A random value that libasterix takes for this structure."""
    if issubclass(variation, base.Extended):
        groups = variation.cv_items_list
        sizes = [sum(part[1] for part in group if part is not None) for group in groups]
        return tuple(chance.getrandbits(n) for n in sizes[: chance.randint(1, len(sizes))])
    if issubclass(variation, base.Repetitive):
        least = 1 if variation.cv_rep_bytes is None else 0
        return [value(variation.cv_variation, chance) for _ in range(chance.randint(least, 3))]
    if issubclass(variation, base.Compound):
        parts = [part for part in variation.cv_items_list if part is not None]
        return {p.cv_name: value(_variation(p), chance) for p in chance.sample(parts, chance.randint(1, len(parts)))}
    if issubclass(variation, base.Explicit):
        return chance.randbytes(chance.randint(0, 5))
    return chance.getrandbits(variation.cv_bit_size)


def items(category: Any, chance: random.Random, **fixed: Any) -> dict[str, Any]:
    """Values for a random choice of a category's items; `fixed` as i040=..., None for an item that must not be there."""
    record = category.cv_uap.cv_record
    named = [part.cv_non_spare for part in record.cv_items_list if issubclass(part, base.UapItem)]
    share = chance.random()
    found = {part.cv_name: value(_variation(part), chance) for part in named if chance.random() < share}
    found |= {name[1:]: v for name, v in fixed.items()}
    return {name: v for name, v in found.items() if v is not None}


def expansion(reference: Any, chance: random.Random) -> bytes:
    """A random reserved expansion field, without its length."""
    parts = [part for part in reference.cv_expansion.cv_items_list if part is not None]
    chosen = {p.cv_name: value(_variation(p), chance) for p in chance.sample(parts, chance.randint(1, len(parts)))}
    octets: bytes = reference.cv_expansion.create(chosen).unparse().to_bytes()
    return octets


def block(category: Any, records: list[dict[str, Any]]) -> bytes:
    """A data block with these records."""
    octets: bytes = category.create([category.cv_record.create(dict(r)) for r in records]).unparse().to_bytes()
    return octets


# -- reading: items by name ------------------------------------------------------------------------------------------------
def records(category: Any, payload: bytes) -> list[Any] | None:
    """The records of a payload of one block, None when libasterix refuses it."""
    blocks = base.RawDatablock.parse(base.Bits.from_bytes(payload))
    if isinstance(blocks, ValueError) or len(blocks) != 1 or blocks[0].get_category() != category.cv_category:
        return None
    found = category.cv_uap.parse(blocks[0].get_raw_records())
    return None if isinstance(found, ValueError) else list(found)


def item(record: Any, *path: str) -> Any:
    """The (sub)item at `path`, or None."""
    found = record.get_item(path[0])
    for name in path[1:]:
        if found is None:
            return None
        found = found.variation.get_item(name)
    return found


def number(record: Any, *path: str) -> int | None:
    """The raw bits of an item."""
    found = item(record, *path)
    return None if found is None else found.as_uint()


def quantity(record: Any, *path: str) -> float | None:
    """The value of an item in the specification's unit."""
    found = item(record, *path)
    return None if found is None else found.variation.content.as_quantity()


def times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def full_time(time_of_day: float | None, received: float) -> float | None:
    """The UTC time with this time of day that lies nearest to `received`."""
    if time_of_day is None or not time_of_day <= 86401:
        return None
    midnight = received // 86400 * 86400
    return min((midnight + 86400 * d + time_of_day for d in (-2, -1, 0, 1)), key=lambda t: abs(t - received))


def call_sign(bits: int | None) -> str | None:
    """The characters of a target identification; None when it is blank or holds a code that is none."""
    codes = [] if bits is None else [bits >> s & 63 for s in range(42, -1, -6)]
    if not all(c == 0 or c == 32 or 1 <= c <= 26 or 48 <= c <= 57 for c in codes):
        return None
    return "".join(chr(64 + c) if 1 <= c <= 26 else chr(c or 32) for c in codes).rstrip() or None


# -- Picket ------------------------------------------------------------------------------------------------------------------
def decode(payloads: list[bytes], received: float, edition: str | None = None, **options: Any) -> Decoded:
    """All payloads, as datagrams, through one decoder."""
    decoder = AsterixDecoder(Options(edition=edition, **options))
    chunk = Chunk.of(payloads, [received] * len(payloads), range(len(payloads)), source="test", link="udp")
    return Decoded.join([decoder.decode(chunk), decoder.finish()])


def assert_same(batch: Batch, expected: list[dict[str, Any]]) -> None:
    """Every field of every row; numbers to rounding error."""
    assert batch.n == len(expected)
    for name in expected[0] if expected else ():
        for found, row in zip(batch.values(name), expected, strict=True):
            if isinstance(row[name], float) and not math.isnan(row[name]):
                assert found == pytest.approx(row[name], rel=1e-12, abs=1e-6 if name == "time" else 1e-9), (name, row)
            else:
                assert found == row[name], (name, row)
