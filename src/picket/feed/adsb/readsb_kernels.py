"""The loop of the readsb decoder: JSON text to numbers, aircraft by aircraft, without building an object for any of them.

Why not a JSON library: it refuses a whole answer for one bad byte or one field of an unexpected type, needs all of it in memory at
once, and takes its time where a sender wants it to. Here an aircraft is read or refused alone, a stream goes on where it stopped,
and the cost is linear: after a broken object the search goes on at its second byte, and nesting is limited, so that no byte is
read more often than there may be brackets in each other (json_kernels.DEEPEST).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel, lean
from picket.feed.adsb.address_kernels import read_address
from picket.feed.adsb.json_kernels import (
    BROKEN,
    DONE,
    NAN,
    NESTED,
    NULL,
    NUMBER,
    TEXT,
    UNFINISHED,
    hash_bytes,
    known,
    read_key,
    read_value,
    skip_blank,
    text_end,
    word_hash,
    word_table,
)

Bytes = npt.NDArray[Any]
Ints = npt.NDArray[Any]
Floats = npt.NDArray[Any]
Int = Any  # int or np.int64: Numba makes both int64

LONGEST = 1 << 16  # bytes of one aircraft, or of what stands before a document's list; readsb's own have under 1,200
MOST_AIRCRAFT = 10_000  # of one payload, and MOST_BROKEN things: what comes behind them is not looked at
MOST_BROKEN = 1000
MOST_PENDING = 4096  # rows of one document that wait for a `now` behind its list

# What is kept of an aircraft or of a document's head: columns of `values`.
FIELDS = (
    "now", "lat", "lon", "seen_pos", "seen", "alt_baro", "alt_geom", "gs", "track", "baro_rate", "geom_rate", "nac_p", "nac_v",
    "gva", "version", "uat_version", "messages", "hex", "type", "category", "mlat", "tisb", "aircraft",
)  # fmt: skip
NOW, LAT, LON, SEEN_POS, SEEN, ALT_BARO, ALT_GEOM, GS, TRACK, BARO_RATE, GEOM_RATE, NAC_P, NAC_V = range(13)
GVA, VERSION, UAT_VERSION, MESSAGES, HEX, TYPE, CATEGORY, MLAT, TISB, AIRCRAFT = range(13, 23)
_OTHER_NAMES = {  # the same under the names of dump1090-mutability and of readsb's query interface
    "altitude": ALT_BARO, "speed": GS, "vert_rate": BARO_RATE, "ac": AIRCRAFT,
}  # fmt: skip
TYPES = (
    "adsb_icao", "adsb_icao_nt", "adsb_other", "adsr_icao", "adsr_other", "tisb_icao", "tisb_other", "tisb_trackfile", "mlat", "adsc",
    "mode_s", "other", "unknown",
)  # fmt: skip

REASONS = (
    "malformed", "truncated", "oversized", "unknown_object", "no_address", "no_position", "bad_position", "not_a_number",
    "too_many_aircraft",
)  # fmt: skip
_MALFORMED, _TRUNCATED, _OVERSIZED, _UNKNOWN, _NO_ADDRESS, _NO_POSITION, _BAD_POSITION, _NOT_A_NUMBER, _TOO_MANY = range(9)

# What goes on from one chunk to the next: where in a document we are, its head, whether the last thing was broken, separators in a row.
MODE, DOC_NOW, DOC_MESSAGES, DOC_AIRCRAFT, LOST, SEPARATORS = range(6)
STATE = (0.0, np.nan, np.nan, 0.0, 0.0, 0.0)
_OUTSIDE, _IN_LIST, _BEHIND_LIST = range(3)
_MOST_SEPARATORS = 8  # between two objects; a payload of nothing else is no list of aircraft

_LIST, _TOO_LONG = 3, 4  # what an object may be, besides json_kernels' codes

_KEYS = word_table({name: i for i, name in enumerate(FIELDS)} | _OTHER_NAMES)
_TYPE_WORDS = word_table({name: i for i, name in enumerate(TYPES)})
_GROUND, _LAT_WORD, _LON_WORD = word_hash("ground"), word_hash("lat"), word_hash("lon")


@kernel
def read_objects(
    data: Bytes, starts: Ints, ends: Ints, whole: bool, pending: Floats, state: Floats
) -> tuple[Floats, Ints, Ints, Int, Floats, Ints, Ints, Ints, Int]:
    """Rows of aircraft with a position, and documents.

    data (bytes,) with spans `starts`, `ends`; whole: each span is complete, else one span goes on in the next chunk.
    pending (m, FIELDS): rows of an unfinished document that wait for its `now`; they come first in the result.
    state (6,): see STATE; changed in place.
    Returns values (m + n, FIELDS); first and last byte of the n new ones; the row from which on they must wait; documents (d, 3)
    now, aircraft, messages, and their last bytes (d,); counts by REASONS; wrong types by FIELDS; where an unfinished object begins.
    """
    size: Int = 0
    for i in range(len(starts)):
        size += ends[i] - starts[i]
    held = len(pending)
    most, most_documents = held + size // 24 + 2, size // 15 + 2  # {"hex":0,"lat":1,"lon":1} and {"aircraft":[]} are the shortest
    values, first, last = np.empty((most, len(FIELDS))), np.empty(most, np.int64), np.empty(most, np.int64)
    documents, document_ends, d = np.empty((most_documents, 3)), np.empty(most_documents, np.int64), 0
    counts, wrong = np.zeros(len(REASONS), np.int64), np.zeros(len(FIELDS), np.int64)
    values[:held] = pending
    n, wait, rest = held, 0, 0
    for i in range(len(starts)):
        if whole:
            state[:] = STATE
            wait = n
        n, wait, d, rest = _span(
            data, starts[i], ends[i], whole, state, n, wait, d, values, first, last, documents, document_ends, counts, wrong
        )
        if whole:
            if rest < ends[i] or state[MODE] != _OUTSIDE:
                counts[_TRUNCATED] += 1
            wait = n
    new = slice(held, n)
    return (
        values[:n].copy(), first[new].copy(), last[new].copy(), wait, documents[:d].copy(), document_ends[:d].copy(), counts, wrong, rest,
    )  # fmt: skip


@lean
def _span(
    data: Bytes, start: Int, end: Int, whole: bool, state: Floats, n: Int, wait: Int, d: Int, values: Floats, first: Ints, last: Ints,
    documents: Floats, document_ends: Ints, counts: Ints, wrong: Ints,
) -> tuple[Int, Int, Int, Int]:  # fmt: skip
    """Reads one span into the arrays of `read_objects`: rows and documents there are now, the row from which on they wait, and where
    an unfinished object begins (the end: none)."""
    aircraft, broken, p = 0, counts[_MALFORMED], start
    while p < end:
        if whole and (aircraft > MOST_AIRCRAFT or counts[_MALFORMED] - broken > MOST_BROKEN):
            counts[_TOO_MANY] += aircraft > MOST_AIRCRAFT
            state[:] = STATE
            break
        c = data[p]
        if c == 32 or c == 10 or c == 13 or c == 9 or (c == 44 and state[MODE] == _BEHIND_LIST):
            p += 1
        elif state[MODE] == _BEHIND_LIST and c == 125:  # }
            documents[d, 0], documents[d, 1], documents[d, 2] = state[DOC_NOW], state[DOC_AIRCRAFT], state[DOC_MESSAGES]
            document_ends[d] = p
            d += 1
            p += 1
            state[:] = STATE
            wait = n
        elif state[MODE] == _BEHIND_LIST:
            code, q, field, value = _member(data, p, end)
            if code == UNFINISHED:
                return n, wait, d, p
            if code == _LIST:
                state[MODE] = _IN_LIST
            elif code != DONE:
                state[:] = STATE
                _lose(code, state, counts)
                wait = n
                q = p if c == 123 else p + 1
            elif field == NOW:
                state[DOC_NOW] = value
                for row in range(wait, n):
                    values[row, NOW] = value
                wait = n
            elif field == MESSAGES:
                state[DOC_MESSAGES] = value
            p = q
        elif c == 123:  # {
            one = values[n]
            code, q, bad, nans = _object(data, p, end, one)
            if code == UNFINISHED:
                return n, wait, d, p
            state[SEPARATORS] = 0
            if code == _LIST:
                _open(one, bad, state, counts, wrong)
                wait = n
            elif code != DONE:
                _lose(code, state, counts)
                q = p + 1
            elif _is_aircraft(one, bad, state, counts):
                aircraft += 1
                if _is_row(one, bad, nans, state, counts, wrong):
                    first[n], last[n] = p, q - 1
                    n += 1
                    if state[MODE] != _IN_LIST or not np.isnan(state[DOC_NOW]) or n - wait > MOST_PENDING:
                        wait = n
            p = q
        else:
            _between(c, state, counts)
            p += 1
    return n, wait, d, end


@lean
def _open(head: Floats, bad: Int, state: Floats, counts: Ints, wrong: Ints) -> None:
    """A document begins, and here its list."""
    if state[MODE] == _IN_LIST:
        counts[_MALFORMED] += 1  # a document inside another one: that was cut
    state[:] = STATE
    state[MODE], state[DOC_NOW], state[DOC_MESSAGES] = _IN_LIST, head[NOW], head[MESSAGES]
    wrong[NOW] += bad >> NOW & 1


@lean
def _lose(code: Int, state: Floats, counts: Ints) -> None:
    """Something is broken or too long: counted once, and what comes next may be a part of it."""
    counts[_OVERSIZED if code == _TOO_LONG else _MALFORMED] += 1
    state[LOST] = 1


@lean
def _is_aircraft(row: Floats, bad: Int, state: Floats, counts: Ints) -> bool:
    """Whether an object has an address, be it of a wrong type; one that has none is counted."""
    if not np.isnan(row[HEX]) or bad >> HEX & 1:
        return True
    if state[LOST] == 0:  # else it may be a part of what was broken
        counts[_NO_ADDRESS if state[MODE] == _IN_LIST else _UNKNOWN] += 1
    return False


@lean
def _is_row(row: Floats, bad: Int, nans: Int, state: Floats, counts: Ints, wrong: Ints) -> bool:
    """Counts an aircraft and what is wrong with it; whether it has a position."""
    in_list = state[MODE] == _IN_LIST
    state[LOST] = 0
    state[DOC_AIRCRAFT] += in_list
    for field in range(len(FIELDS)):
        wrong[field] += bad >> field & 1
    counts[_NOT_A_NUMBER] += nans
    lat, lon = row[LAT], row[LON]
    if np.isnan(lat) or np.isnan(lon) or (lat == 0 and lon == 0):
        counts[_NO_POSITION] += 1
        return False
    if abs(lat) > 90 or abs(lon) > 180:
        counts[_BAD_POSITION] += 1
        return False
    if in_list:
        row[NOW] = state[DOC_NOW]
    return True


@lean
def _between(c: Int, state: Floats, counts: Ints) -> None:
    """A byte between two objects: the end of a list, a separator, or what does not belong there."""
    if state[MODE] == _IN_LIST and c == 93 and state[LOST] == 0:  # ]
        state[MODE] = _BEHIND_LIST
    elif c == 44 or (state[MODE] == _OUTSIDE and (c == 91 or c == 93)):
        state[SEPARATORS] += 1
        counts[_MALFORMED] += state[SEPARATORS] == _MOST_SEPARATORS + 1
    elif state[LOST] == 0:
        _lose(BROKEN, state, counts)


@lean
def _object(data: Bytes, start: Int, end: Int, row: Floats) -> tuple[Int, Int, Int, Int]:
    """Reads the object at `start` into `row`: a code, the byte behind it, a bit for each FIELD of a wrong type, how many NaNs.

    _LIST: it is a document, and its list of aircraft begins at that byte.
    """
    short = UNFINISHED if end - start < LONGEST else _TOO_LONG
    end = min(end, start + LONGEST)
    bad: Int = 0
    nans: Int = 0
    p = skip_blank(data, start + 1, end)
    if p < end and data[p] == 125:
        row[:] = np.nan
        return DONE, p + 1, bad, nans
    begun = False
    while True:
        code, p, key = read_key(data, p, end)
        if code != DONE:
            return (short if code == UNFINISHED else code), p, bad, nans
        if not begun:
            row[:] = np.nan
            begun = True
        field = known(_KEYS, key)
        if field == AIRCRAFT and data[p] == 91:
            return _LIST, p + 1, bad, nans
        code, q, kind, number = read_value(data, p, end)
        if code != DONE:
            return (short if code == UNFINISHED else code), p, bad, nans
        if field >= 0 and kind != NULL:
            row[field] = np.nan
            bad &= ~(1 << field)
            if kind == NAN:
                nans += 1
            elif field in (HEX, TYPE, CATEGORY) or (field == ALT_BARO and kind == TEXT):
                number = _word(data, p + 1, q - 1, field) if kind == TEXT else -1.0
                if number >= 0 or (field == TYPE and kind == TEXT):
                    row[field] = number
                elif field != ALT_BARO or number > -2:  # -2: "ground", which is no height but no mistake either
                    bad |= 1 << field
            elif field in (MLAT, TISB):
                if kind == NESTED:
                    row[field] = _names_place(data, p, q)
                else:
                    bad |= 1 << field
            elif kind == NUMBER:
                row[field] = number
            elif field != AIRCRAFT:
                bad |= 1 << field
        p = skip_blank(data, q, end)
        if p >= end:
            return short, p, bad, nans
        if data[p] == 125:
            return DONE, p + 1, bad, nans
        if data[p] != 44:
            return BROKEN, p, bad, nans
        p = skip_blank(data, p + 1, end)


@lean
def _member(data: Bytes, start: Int, end: Int) -> tuple[Int, Int, Int, float]:
    """One `"key": value` behind a document's list: a code, the byte behind it, its FIELD (-1 unknown), its number (NaN: none)."""
    short = UNFINISHED if end - start < LONGEST else _TOO_LONG
    end = min(end, start + LONGEST)
    code, p, key = read_key(data, start, end)
    if code != DONE:
        return (short if code == UNFINISHED else code), p, -1, np.nan
    field = known(_KEYS, key)
    if field == AIRCRAFT and data[p] == 91:
        return _LIST, p + 1, field, np.nan
    code, q, kind, number = read_value(data, p, end)
    if code != DONE:
        return (short if code == UNFINISHED else code), p, -1, np.nan
    if q >= end:  # a number may go on in the next chunk
        return short, q, -1, np.nan
    return DONE, q, field, number if kind == NUMBER else np.nan


@lean
def _word(data: Bytes, p: Int, end: Int, field: Int) -> float:
    """The number of a text: an address, a place in TYPES, a category (letter times eight and digit); -1 none, -2 "ground"."""
    if field == TYPE:
        return float(known(_TYPE_WORDS, hash_bytes(data, p, end)))
    if field == ALT_BARO:
        return -2.0 if hash_bytes(data, p, end) == _GROUND else -1.0
    if field == CATEGORY:
        if end - p == 2 and 65 <= data[p] <= 68 and 48 <= data[p + 1] <= 55:
            return float((np.int64(data[p]) - 65) * 8 + np.int64(data[p + 1]) - 48)
        return -1.0
    return float(read_address(data, p, end))


@lean
def _names_place(data: Bytes, p: Int, end: Int) -> float:
    """1 where a list of field names, known to be well formed, holds "lat" or "lon", else 0."""
    while p < end:
        if data[p] == 34:
            q = text_end(data, p, end)
            word = hash_bytes(data, p + 1, q - 1)
            if word in (_LAT_WORD, _LON_WORD):
                return 1.0
            p = q
        else:
            p += 1
    return 0.0


@kernel
def unseen(
    address: Ints, time: Floats, lat: Floats, lon: Floats, tolerance: Floats,
    held_address: Ints, held: Floats, held_order: Ints, order: Int,
) -> tuple[Any, Int]:  # fmt: skip
    """(n,) bool: positions that are not the last one of their aircraft again; and the next `order`.

    The same again: latitude and longitude unchanged, and a time within `tolerance` (n,) seconds (or no time at all).
    held_address (s,), held (s, 3: time, lat, lon) and held_order (s,) are the memory, a hash table of fixed size changed in place:
    an address lies in one of 16 places, and the one that was used longest ago is given up.
    """
    new = np.ones(len(address), np.bool_)
    size = len(held_address)
    for i in range(len(address)):
        if address[i] < 0:
            continue
        home = (address[i] * 40503) % size
        place, oldest = home, held_order[home]
        for k in range(16):
            p = (home + k) % size
            if held_address[p] == address[i]:
                place = p
                break
            if held_order[p] < oldest:
                place, oldest = p, held_order[p]
        if held_address[place] == address[i] and held[place, 1] == lat[i] and held[place, 2] == lon[i]:
            apart = abs(time[i] - held[place, 0])
            new[i] = apart > tolerance[i]  # False where a time is unknown
        held_address[place], held_order[place] = address[i], order
        order += 1
        if new[i]:
            held[place, 0], held[place, 1], held[place, 2] = time[i], lat[i], lon[i]
    return new, order
