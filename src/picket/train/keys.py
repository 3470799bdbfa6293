"""Keys of a file that a struct does not know, all of them at once, each with where it stands and what was meant."""

from __future__ import annotations

import difflib
from typing import Any

import msgspec


def without_unknown(raw: Any, struct: type[msgspec.Struct], hidden: tuple[str, ...] = ()) -> tuple[Any, list[str]]:
    """(`raw` without them, every unknown key in words). hidden: fields of the outermost struct that are no keys of a file."""
    problems: list[str] = []
    return _pruned(raw, msgspec.inspect.type_info(struct), "", hidden, problems), problems


def _pruned(raw: Any, kind: Any, where: str, hidden: tuple[str, ...], problems: list[str]) -> Any:
    if isinstance(kind, msgspec.inspect.UnionType):
        kind = next((t for t in kind.types if not isinstance(t, msgspec.inspect.NoneType)), kind)
    if isinstance(kind, msgspec.inspect.VarTupleType) and isinstance(raw, list):
        return [_pruned(one, kind.item_type, f"{where}[{i}]", (), problems) for i, one in enumerate(raw)]
    if not isinstance(kind, msgspec.inspect.StructType) or not isinstance(raw, dict):
        return raw
    known = {f.encode_name: f.type for f in kind.fields if f.encode_name not in hidden}
    kept = {}
    for key, value in raw.items():
        at = f"{where}.{key}" if where else key
        if key in known:
            kept[key] = _pruned(value, known[key], at, (), problems)
            continue
        near = difflib.get_close_matches(key, known, 1, 0.6)
        problems.append(f"{at}: unknown key; {f'did you mean {near[0]}?' if near else 'see docs/exercises.md'}")
    return kept
