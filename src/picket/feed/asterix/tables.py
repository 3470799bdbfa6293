"""The tables that the kernels filled, as batches: columns that nothing filled stay out, codes become words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from picket.feed.asterix import layout_kernels as k
from picket.feed.asterix.categories import BY_NUMBER
from picket.feed.format import Chunk, Floats, Ints
from picket.words import DETECTION, STATUS, Batch

_Coded = tuple[Any, tuple[str, ...]]  # codes and words


def detections(f: Floats, g: Ints, f_used: Any, g_used: Any, n: int, chunk: Chunk, origin: str) -> Batch:
    """The first n rows of the detection table: f (FLOATS, rows), g (INTS, rows), which of their columns are in use."""
    if n == 0:
        return Batch.empty(DETECTION)
    columns = _floats(k.FLOATS, f, f_used, n)
    told = {c: g[c, :n] for c in np.flatnonzero(g_used).tolist()}
    texts: dict[str, _Coded] = {
        "time_source": _time_source(columns.get("time"), chunk),
        "origin": (np.zeros(n, np.int32), (origin,)),
        "source": (np.zeros(n, np.int32), (chunk.source,)),
        **_identity(told),
    }
    for name, column, word in (
        ("sensor_id", k.SENSOR, _sensor),
        ("kind", k.KIND, k.KINDS.__getitem__),
        ("report", k.REPORT, k.REPORTS.__getitem__),
        ("identity_kind", k.IDENTITY_KIND, k.IDENTITY_KINDS.__getitem__),
        ("transport", k.TRANSPORT, k.TRANSPORTS.__getitem__),
        ("sensor_track_id", k.TRACK_NUMBER, str),
        ("classification", k.CLASS, _class),
    ):
        if column in told:
            texts[name] = _worded(told[column], word)
    return _batch(DETECTION, n, columns, texts, told[k.OFFSET])


def status(f: Floats, g: Ints, f_used: Any, g_used: Any, n: int, chunk: Chunk, origin: str) -> Batch:
    """As `detections`, of the status table."""
    if n == 0:
        return Batch.empty(STATUS)
    columns = _floats(k.STATUS_FLOATS, f, f_used, n)
    told = {c: g[c, :n] for c in np.flatnonzero(g_used).tolist()}
    texts: dict[str, _Coded] = {
        "time_source": _time_source(columns.get("time"), chunk),
        "origin": (np.zeros(n, np.int32), (origin,)),
        "source": (np.zeros(n, np.int32), (chunk.source,)),
    }
    for name, column, word in (
        ("sensor_id", k.S_SENSOR, _sensor),
        ("event", k.S_EVENT, k.EVENTS.__getitem__),
        ("state", k.S_STATE, k.STATES.__getitem__),
    ):
        if column in told:
            texts[name] = _worded(told[column], word)
    if k.S_MESSAGE in told or k.S_DETAIL in told:
        unknown = np.full(n, -1, np.int64)
        texts["detail"] = _details(told.get(k.S_MESSAGE, unknown), told.get(k.S_DETAIL, unknown))
    return _batch(STATUS, n, columns, texts, told[k.S_OFFSET])


def _floats(names: tuple[str, ...], f: Floats, used: Any, n: int) -> dict[str, Any]:
    """The columns that hold a value. A column in use may hold none, where the block that filled it failed at its end."""
    columns = {names[c]: f[c, :n].copy() for c in np.flatnonzero(used).tolist()}
    return {name: values for name, values in columns.items() if not np.isnan(values).all()}


def _batch(table: Any, n: int, columns: dict[str, Any], texts: dict[str, _Coded], offsets: Ints) -> Batch:
    """A batch of float columns, coded texts (those without a word are not held) and the source offsets."""
    held = {name: coded for name, coded in texts.items() if coded[1]}
    columns.update({name: codes for name, (codes, _) in held.items()})
    columns["source_offset"] = offsets.copy()
    return Batch.build(table, n, columns, {name: words for name, (_, words) in held.items()})


def _numbered(keys: Ints) -> tuple[Ints, Ints]:
    """(distinct keys >= 0 in order, each key's place among them or -1)."""
    most = int(keys.max())
    if most < 4 * len(keys) + 16:  # a look-up costs a tenth of a sort, as long as its table is no larger than the column
        seen = np.zeros(most + 2, np.bool_)
        seen[keys] = True  # -1 is the last entry
        seen[-1] = False
        places = np.cumsum(seen) - 1
        places[-1] = -1
        return np.flatnonzero(seen), places[keys]
    found, codes = np.unique(keys, return_inverse=True)
    unknown = int(np.searchsorted(found, 0))
    return found[unknown:], np.where(codes < unknown, -1, codes - unknown)


def _worded(keys: Ints, word: Callable[[int], str]) -> _Coded:
    """Codes and words of integer keys; a negative key is unknown."""
    if (keys == keys[0]).all():  # most columns of most datagrams
        one = word(int(keys[0])) if keys[0] >= 0 else ""
        return (np.zeros(len(keys), np.int32), (one,)) if one else (np.full(len(keys), -1, np.int32), ())
    found, codes = _numbered(keys)
    return _merged(codes, [word(key) for key in found.tolist()])


def _merged(codes: Ints, words: list[str]) -> _Coded:
    """Codes and words where several keys may share a word (message types, say); an empty word is unknown."""
    distinct = {w: i for i, w in enumerate(dict.fromkeys(w for w in words if w))}
    if len(distinct) == len(words):
        return codes.astype(np.int32), tuple(words)
    recoded = np.array([distinct.get(w, -1) for w in words] + [-1], np.int32)
    return recoded[codes], tuple(distinct)


def _time_source(times: Floats | None, chunk: Chunk) -> _Coded:
    """Who says so, where there is a time at all."""
    if times is None:
        return np.zeros(0, np.int32), ()
    word = "operator" if chunk.time_source == "operator" else "sensor"
    return np.where(np.isnan(times), -1, 0).astype(np.int32), (word,)


def _identity(told: dict[int, Ints]) -> dict[str, _Coded]:
    """The identity column: of one integer for addresses and short texts, of up to three where a longer one is among them."""
    if k.IDENTITY not in told:
        return {}
    if k.IDENTITY_2 not in told:
        return {"identity": _worded(told[k.IDENTITY], _name)}
    unknown = np.full(len(told[k.IDENTITY]), -1, np.int64)
    keys = np.stack([told[k.IDENTITY], told[k.IDENTITY_2], told.get(k.IDENTITY_3, unknown)])
    found, codes = np.unique(keys, axis=1, return_inverse=True)
    words = [
        "" if a < 0 else _name(a) if b < 0 else _text(a) + _text(b) + (_text(c) if c >= 0 else "") for a, b, c in found.T.tolist()
    ]
    return {"identity": _merged(codes.reshape(-1), [w.rstrip(" \0") for w in words])}


def _name(key: int) -> str:
    """Six hexadecimal digits of an address, or a text without its trailing blanks."""
    return f"{key:06X}" if key < 1 << 24 else _text(key).rstrip(" \0")


def _text(key: int) -> str:
    return key.to_bytes(8, "big").decode("ascii", "replace")


def _sensor(key: int) -> str:
    return f"{key >> 8}/{key & 255}"


def _class(key: int) -> str:
    return BY_NUMBER[key >> 16].classes.get(key & 0xFFFF, "")


def _details(messages: Ints, bits: Ints) -> _Coded:
    """The detail column: the message where it says more than the event, then the words of the bits."""
    category = np.where(messages >= 0, messages >> 16, bits >> 32)  # one record has one category
    code = np.where(messages >= 0, (messages & 0xFFFF) + 1, 0)
    told = np.where(bits >= 0, bits & 0xFFFFFFFF, 0)
    return _worded(np.where(category >= 0, category << 49 | code << 32 | told, -1), _detail)


def _detail(key: int) -> str:
    category, message, told = BY_NUMBER[key >> 49], key >> 32 & 0x1FFFF, key & 0xFFFFFFFF
    words = [category.messages.get(message - 1, f"message_type_{message - 1}")] if message else []
    return " ".join(words + [w for i, w in enumerate(category.details) if told >> i & 1])
