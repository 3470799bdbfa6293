"""The loops of the Remote ID decoder: cut packs into messages, remember identities by address, code equal rows.

Packs are cut in one pass over the adverts; what a message means is then read for all messages of a type at once with NumPy.
The identity memory is a hash table of fixed size in plain arrays (open addressing, 16 places per address), because a Python
dictionary per advert would cost more than the rest of the decoder, and a swarm of made-up addresses must not grow it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel

Bytes = npt.NDArray[Any]
Ints = npt.NDArray[Any]
Floats = npt.NDArray[Any]

KEY = 21  # a Basic ID's kind byte and its 20 identity bytes
MAX_MESSAGES = 9  # in a pack
REASONS = (
    "truncated", "bad_message_size", "bad_count", "unknown_type", "nested_pack", "private_version", "authentication",
    "trailing_bytes",
)  # fmt: skip
_TRUNCATED, _SIZE, _COUNT, _TYPE, _NESTED, _PRIVATE, _AUTHENTICATION, _TRAILING = range(8)
_PLACES = 16  # places of the identity memory in which an address may lie
# how good a Basic ID is, by ID type: serial, registration, session id, UTM id, undeclared; the reserved types are none
_RANK = np.array([1, 5, 4, 2, 3] + [0] * 11, np.int64)


@kernel
def split(data: Bytes, starts: Ints, ends: Ints) -> tuple[Ints, Ints, Ints]:
    """Offsets of the messages of all adverts, which advert each lies in, and counts in the order of REASONS."""
    n = 0
    for i in range(len(starts)):
        n += min(max((ends[i] - starts[i]) // 25, 0), 9)
    at, advert, counts, m = np.empty(n, np.int64), np.empty(n, np.int64), np.zeros(8, np.int64), 0
    for i in range(len(starts)):
        begin, end = starts[i], ends[i]
        messages: Any = 1
        if end - begin >= 3 and data[begin] >> 4 == 15:
            messages = np.int64(data[begin + 2])
            if data[begin + 1] != 25:
                counts[_SIZE] += 1
                continue
            if messages < 1 or messages > 9:
                counts[_COUNT] += 1
                continue
            begin += 3
        for _ in range(messages):
            if begin + 25 > end:
                counts[_TRUNCATED] += 1
                begin = end
                continue
            kind = data[begin] >> 4
            if kind == 15:
                counts[_NESTED] += 1
            elif data[begin] & 15 == 15:
                counts[_PRIVATE] += 1
            elif kind == 2:
                counts[_AUTHENTICATION] += 1
            elif kind > 5:
                counts[_TYPE] += 1
            else:
                at[m], advert[m] = begin, i
                m += 1
            begin += 25
        while begin < end and data[begin] == 0:  # many transmitters fill up a pack of fixed length
            begin += 1
        if begin < end:
            counts[_TRAILING] += 1
    return at[:m], advert[:m], counts


@kernel
def best_basic_id(data: Bytes, at: Ints, advert: Ints, adverts: int) -> tuple[Bytes, Ints]:
    """(adverts, 21) the best Basic ID that each advert holds (zeros: none), and how many of its own were no identity.

    `at` are the offsets of Basic ID messages. The first of the best kind wins. No identity: a reserved kind, or a serial,
    registration or undeclared id with bytes that are not printable ASCII before its zero padding. An empty id, or one of blanks,
    is nothing; blanks that fill an id up are no part of it.
    """
    told, bad = np.zeros((adverts, 21), np.uint8), np.zeros(adverts, np.int64)
    for i in range(len(at)):
        begin, row = at[i] + 1, advert[i]
        kind = data[begin] >> 4
        length, sound = 0, _RANK[kind] > 0
        for k in range(1, 21):
            if data[begin + k] != 0:
                length = k
        if kind != 3 and kind != 4:  # text: ends at the first zero byte
            for k in range(1, length + 1):
                byte = data[begin + k]
                if byte == 0:
                    length = k - 1
                    break
                if byte < 32 or byte > 126:
                    sound = False
            while length > 0 and data[begin + length] == 32:
                length -= 1
        if not sound:
            bad[row] += 1
        elif length > 0 and (not told[row, 1:].any() or _RANK[kind] > _RANK[told[row, 0] >> 4]):
            told[row] = 0
            told[row, : length + 1] = data[begin : begin + length + 1]
    return told, bad


@kernel
def recall(
    address: Ints, now: Floats, told: Bytes, held_address: Ints, heard: Floats, held: Bytes, times: Ints, memory_s: float
) -> Bytes:
    """(n, 21) the key that holds for each advert; updates the memory (`held_address`, `heard`, `held`, `times`) in place.

    An advert's own Basic ID holds for it. Else what its address last said holds, while it is not older than `memory_s`. A
    better kind of id (serial over session id) stays in memory against a lesser one, as some aircraft send both in turn.

    Where all places of a new address are taken, the entry that no longer holds goes, then one that was told only once, then the
    oldest: a swarm of made-up addresses, each heard once, pushes out itself and not the aircraft that repeat their id.
    """
    out = told.copy()
    size = len(held_address)
    for i in range(len(address)):
        if address[i] < 0:
            continue
        home = (address[i] * 40503) % size
        place, worst, found = home, -np.inf, False
        for k in range(_PLACES):
            p = (home + k) % size
            if held_address[p] == address[i]:
                place, found = p, True
                break
            age = abs(now[i] - heard[p])  # a clock that jumped ahead must not leave entries that never age
            if age <= memory_s:
                age -= 2 * memory_s * min(times[p], 2)
            if age > worst:
                place, worst = p, age
        fresh = found and abs(now[i] - heard[place]) <= memory_s
        if told[i, 1:].any():
            if not fresh or _RANK[told[i, 0] >> 4] >= _RANK[held[place, 0] >> 4]:
                times[place] = times[place] + 1 if fresh else 1
                held_address[place] = address[i]
                heard[place] = now[i]
                held[place] = told[i]
        elif fresh:
            out[i] = held[place]
    return out


@kernel
def begins(data: Bytes, p: Any, word: Bytes) -> bool:
    """Whether `word` stands at p (it must fit)."""
    for k in range(len(word)):  # noqa: SIM110 - Numba compiles no generator expression here
        if data[p + k] != word[k]:
            return False
    return True


@kernel
def distinct(keys: Bytes) -> tuple[npt.NDArray[np.int32], Ints]:
    """(n,) codes of equal rows of `keys` (n, k), in order of first appearance, and the row where each code first appears."""
    n, k = keys.shape
    size = 16
    while size < 2 * n:
        size *= 2
    table = np.full(size, -1, np.int32)
    codes, first, m = np.empty(n, np.int32), np.empty(n, np.int64), 0
    for i in range(n):
        h = np.uint64(14695981039346656037)  # FNV-1a
        for j in range(k):
            h = (h ^ np.uint64(keys[i, j])) * np.uint64(1099511628211)
        p = np.int64((h ^ (h >> np.uint64(32))) & np.uint64(size - 1))
        while True:
            code = table[p]
            if code < 0:
                table[p] = m
                first[m] = i
                codes[i] = m
                m += 1
                break
            same = True
            for j in range(k):
                if keys[first[code], j] != keys[i, j]:
                    same = False
                    break
            if same:
                codes[i] = code
                break
            p = (p + 1) & (size - 1)
    return codes, first[:m].copy()
