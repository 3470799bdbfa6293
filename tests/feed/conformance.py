"""The battery that every feed passes: what a decoder does with damaged, repeated, misordered and mistimed input.

Each check takes a format and one of its samples (samples.py), and asserts. Shared rules, looked at after every decode:

    nothing is raised; every row fits its table (`fits`); whole payloads are accounted for by a row or a reason;
    the same input gives the same bytes; what a decoder remembers stays small whatever it is fed
"""

from __future__ import annotations

import functools
import gc
import random
import sys
import types
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from samples import T0, Sample

from picket.feed.format import Chunk, Decoded, Format, Options
from picket.feed.format import Decoder as DecoderProtocol
from picket.words import SENSOR_KINDS, Batch

MOST_REMEMBERED = 4 << 20  # bytes that a decoder may hold after megabytes of noise
MOST_VARIANTS = 400  # decoded one by one; longer samples are stepped through

_DTYPES = {"float": np.float64, "int": np.int64, "text": np.int32, "list": np.int32}
_WORDS = {
    "kind": SENSOR_KINDS, "report": ("plot", "track", "status"), "origin": ("live", "replay", "exercise"),
    "time_source": ("sensor", "receiver", "container", "operator"), "location_kind": ("takeoff", "live_gnss", "fixed"),
    "event": ("north_mark", "sector", "scan", "status", "heartbeat"), "state": ("ok", "degraded", "failed", "unknown"),
}  # fmt: skip


# -- what every row must satisfy -------------------------------------------------------------------------------------
def fits(decoded: Decoded) -> None:
    """Asserts that all three tables fit their column lists and that the reasons are words with positive counts."""
    for batch in (decoded.detections, decoded.operators, decoded.status):
        for name, array in batch.columns.items():
            kind = batch.table.kinds[name]
            assert array.shape == (batch.n,), name
            assert array.dtype == _DTYPES[kind], name
            if kind == "float":
                _float_fits(name, array)
            elif kind == "int":
                assert (array >= -1).all(), name
            else:
                _text_fits(batch, name)
        if "lat_deg" in batch.columns:
            assert (np.isnan(batch["lat_deg"]) == np.isnan(batch["lon_deg"])).all()
    for column in ("sensor_id", "report", "origin", "source"):
        assert (decoded.detections[column] >= 0).all(), f"{column} must be known in every detection"
    for reason, count in decoded.left_out.items():
        assert isinstance(reason, str)
        assert 0 < len(reason) < 120
        assert count > 0


def _float_fits(name: str, array: Any) -> None:
    assert not np.isinf(array).any(), name
    known = array[~np.isnan(array)]
    low, high = -np.inf, np.inf
    if name.endswith("lat_deg") or name == "elevation_deg":
        low, high = -90, 90
    elif name.endswith("lon_deg"):
        low, high = -180, 180
    elif name in ("azimuth_deg", "course_deg", "sensor_heading_deg"):
        assert (known < 360).all(), name
        low = 0
    elif name.startswith("sigma_") or name in ("range_m", "speed_mps", "bandwidth_hz", "center_hz", "rotation_period_s"):
        low = 0
    assert ((known >= low) & (known <= high)).all(), f"{name}: {known.min()} .. {known.max()}"


def _text_fits(batch: Batch, name: str) -> None:
    codes, words = batch[name], batch.words(name)
    assert len(codes) == 0 or (codes.min() >= -1 and codes.max() < len(words)), name
    for word in {words[c] for c in codes[codes >= 0].tolist()}:
        assert isinstance(word, str), name
        assert word, f"{name}: unknown text is null, not empty"
        word.encode("utf-8")
        assert name not in _WORDS or word in _WORDS[name], f"{name}: {word}"


def rows(decoded: Decoded) -> int:
    return decoded.detections.n + decoded.operators.n + decoded.status.n


def accounted(decoded: Decoded) -> bool:
    return rows(decoded) > 0 or sum(decoded.left_out.values()) > 0


# -- running a decoder ----------------------------------------------------------------------------------------------
def new(format: Format) -> DecoderProtocol:
    return format.make(Options(sensor_id=None, origin="live"))


def chunk(payloads: Sequence[bytes], link: str, received: float | Sequence[float] = T0 + 2) -> Chunk:
    """Payloads as a chunk. On a stream the offsets are byte offsets, else numbers."""
    n = len(payloads)
    times = [received] * n if isinstance(received, (int, float)) else received
    lengths = np.array([len(p) for p in payloads], np.int64)
    offsets = (np.cumsum(lengths) - lengths).tolist() if link == "stream" else range(n)
    return Chunk.of(payloads, times, offsets, source="sample", link=link)


def decode(format: Format, chunks: Sequence[Chunk]) -> Decoded:
    """All chunks through one new decoder, to its end; every part is looked at."""
    decoder = new(format)
    parts = []
    for one in chunks:
        parts.append(decoder.decode(one))
        fits(parts[-1])
    parts.append(decoder.finish())
    fits(parts[-1])
    return Decoded.join(parts)


def once(format: Format, payload: bytes, link: str, received: float = T0 + 2) -> Decoded:
    return decode(format, [chunk([payload], link, received)])


def table_rows(decoded: Decoded) -> list[list[dict[str, Any]]]:
    return [list(b.rows()) for b in (decoded.detections, decoded.operators, decoded.status)]


def _spread(n: int, most: int = MOST_VARIANTS) -> range:
    return range(0, n, max(1, n // most))


# -- the checks ------------------------------------------------------------------------------------------------------
def whole_sample(format: Format, sample: Sample) -> None:
    """The sample is good: its rows come out with their kind and place of origin, and nothing else is left out than it says."""
    found = decode(format, [chunk(sample.payloads, sample.link)])
    assert found.detections.n == sample.detections
    assert found.left_out == Counter(sample.left_out)
    assert (found.detections["kind"] >= 0).all()
    assert (found.detections["source_offset"] >= 0).all()


def empty_input(format: Format, sample: Sample) -> None:
    """No payload, and an empty one, give no row; an empty message is counted or nothing, an empty stream is nothing."""
    assert not accounted(decode(format, []))
    assert not accounted(decode(format, [chunk([], sample.link)]))
    found = once(format, b"", sample.link)
    assert rows(found) == 0
    if sample.link == "stream":
        assert not found.left_out


def truncated_everywhere(format: Format, sample: Sample) -> None:
    """Every beginning of every payload: never more rows than the whole gives, and it is accounted for."""
    for payload in dict.fromkeys(sample.payloads):
        whole = rows(once(format, payload, sample.link))
        for cut in _spread(len(payload)):
            found = once(format, payload[:cut], sample.link)
            assert rows(found) <= whole
            assert accounted(found) or not payload[:cut].strip(b"\r\n \t"), f"{cut} bytes of {len(payload)} left no trace"


def flipped_everywhere(format: Format, sample: Sample) -> None:
    """Every bit of every payload flipped, all variants through one decoder (they share its memory) and some alone."""
    for payload in dict.fromkeys(sample.payloads):
        variants = [
            payload[:i] + bytes([payload[i] ^ 1 << bit]) + payload[i + 1 :] for i in range(len(payload)) for bit in range(8)
        ]
        decode(format, [chunk(variants, sample.link)])
        for i in _spread(len(variants)):
            assert accounted(once(format, variants[i], sample.link)), f"bit {i} of {payload[:40]!r}... left no trace"


def repeated_and_reordered(format: Format, sample: Sample) -> None:
    """Payloads again and again, and in any order, fit and come out; nobody promises that repeats are merged."""
    payloads = list(sample.payloads)
    found = decode(format, [chunk(payloads * 3, sample.link)])
    assert found.detections.n >= sample.detections
    assert found.detections.n <= 3 * sample.detections
    order = random.Random(1)
    for _ in range(5):
        order.shuffle(payloads)
        found = decode(format, [chunk([p], sample.link) for p in payloads])
        assert found.detections.n <= sample.detections


def spliced(format: Format, sample: Sample) -> None:
    """One source breaks off anywhere and another begins: the decoder finds its feet again."""
    whole = b"".join(sample.payloads)
    for cut in _spread(len(whole), 60):
        if sample.link == "stream":
            found = decode(format, [chunk([whole[:cut]], "stream")] + [chunk([whole * 10], "stream")] * 3)
        else:
            found = decode(format, [chunk([whole[:cut], *sample.payloads], sample.link)])
        assert found.detections.n >= sample.detections, f"nothing was read any more after a break at byte {cut}"


def clock_jumps(format: Format, sample: Sample) -> None:
    """Receive times that jump a year, go back, or are unknown."""
    year = 365 * 86400.0
    for jump in (year, -year, float("nan"), 1e12, -1e12):
        times = [T0, T0 + jump, T0, T0 + 1.0]
        found = decode(format, [chunk(sample.payloads, sample.link, [t] * len(sample.payloads)) for t in times])
        assert accounted(found)


def megabyte(format: Format, sample: Sample) -> None:
    """A megabyte in one payload: of the sample, of one byte, of noise."""
    noise = random.Random(2).randbytes(1 << 20)
    one = b"".join(sample.payloads)
    for data in (
        one * ((1 << 20) // len(one)),
        bytes(1 << 20),
        b"\xff" * (1 << 20),
        b"{" * (1 << 20),
        b"[" * (1 << 20),
        b"," * (1 << 20),
        noise,
    ):
        assert accounted(once(format, data, sample.link))


def noise(format: Format, sample: Sample) -> None:
    """Random bytes, alone and after a good beginning: no trace is left out."""
    chance = random.Random(3)
    for i in range(200):
        data = chance.randbytes(chance.randrange(1, 200))
        if i % 2:
            payload = chance.choice(sample.payloads)
            data = payload[: chance.randrange(1, len(payload))] + data
        assert accounted(once(format, data, sample.link)), data


def cut_anywhere(format: Format, sample: Sample) -> None:
    """A stream's chunk boundaries mean nothing: the same rows, offsets and counts wherever they fall."""
    if sample.link != "stream":
        return
    whole = b"".join(sample.payloads)
    wanted = decode(format, [chunk([whole], "stream")])
    for cut in _spread(len(whole)):
        parts = [
            Chunk.one(whole[:cut], received=T0 + 2, source="sample"),
            Chunk.one(whole[cut:], received=T0 + 2, offset=cut, source="sample"),
        ]
        found = decode(format, parts)
        assert table_rows(found) == table_rows(wanted), f"cut at {cut}"
        assert found.left_out == wanted.left_out
    single = [Chunk.one(whole[i : i + 1], received=T0 + 2, offset=i, source="sample") for i in range(len(whole))]
    found = decode(format, single)
    assert table_rows(found) == table_rows(wanted)
    assert found.left_out == wanted.left_out


def same_again(format: Format, sample: Sample) -> None:
    """Twice the same input, damaged too: the same bytes in every column."""
    damaged = [p[: len(p) // 2] + b"\x80?" + p[len(p) // 2 :] for p in sample.payloads]
    for payloads in (list(sample.payloads), damaged, damaged + list(sample.payloads)):
        one, two = (decode(format, [chunk(payloads, sample.link)]) for _ in range(2))
        assert one.left_out == two.left_out
        assert list(one.left_out) == list(two.left_out)
        for a, b in ((one.detections, two.detections), (one.operators, two.operators), (one.status, two.status)):
            assert a.n == b.n
            assert {k: v.tobytes() for k, v in a.columns.items()} == {k: v.tobytes() for k, v in b.columns.items()}
            assert a.texts == b.texts


def bounded_memory(format: Format, sample: Sample) -> None:
    """Eight megabytes of noise and of variants of the sample: what the decoder keeps stays small."""
    chance, decoder = random.Random(4), new(format)
    for _ in range(64):
        payloads = []
        for _ in range(32):
            payload = bytearray(chance.choice(sample.payloads))
            for _ in range(3):
                payload[chance.randrange(len(payload))] = chance.randrange(256)
            payloads += [bytes(payload), chance.randbytes(2048)]
        fits(decoder.decode(chunk(payloads, sample.link)))
    assert size_of(decoder) < MOST_REMEMBERED


def crowd(format: Format, sample: Sample) -> None:
    """10,000 made-up identities in one second: what the decoder keeps stays small, and a real one is read as before."""
    assert sample.crowd is not None
    decoder, n = new(format), 10_000
    for first in range(0, n, 500):
        found = decoder.decode(chunk(made_up(sample.crowd, first, first + 500), sample.link))
        fits(found)
        assert accounted(found)
    assert size_of(decoder) < MOST_REMEMBERED
    found = Decoded.join([decoder.decode(chunk(sample.payloads, sample.link)), decoder.finish()])
    fits(found)
    assert found.detections.n >= sample.detections


@functools.lru_cache(maxsize=40)
def made_up(one: Callable[[int], bytes], first: int, last: int) -> list[bytes]:
    """Some of a crowd's payloads; kept for the next link of the same format."""
    return [one(i) for i in range(first, last)]


def wrong_edition(format: Format, sample: Sample) -> None:
    """Bytes of one edition read as another's: nothing is raised, no row is of nowhere, all is accounted for. Unknown: an error."""
    if not sample.editions:
        return
    for edition in sample.editions:
        decoder = format.make(Options(edition=edition))
        found = Decoded.join([decoder.decode(chunk(sample.payloads, sample.link)), decoder.finish()])
        fits(found)
        assert accounted(found)
        assert rows(found) <= rows(decode(format, [chunk(sample.payloads, sample.link)]))
    for edition in ("no such edition", sample.editions[0] + "9", ""):
        with pytest.raises(ValueError, match="edition") as told:
            format.make(Options(edition=edition))
        assert any(known.rpartition("=")[0] in str(told.value) for known in sample.editions), "name what is known"


def size_of(thing: object) -> int:
    """Bytes of an object and of all that it refers to, code and modules apart."""
    seen: set[int] = set()
    total, waiting = 0, [thing]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(
            one, (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.CodeType)
        ):
            continue
        seen.add(id(one))
        total += sys.getsizeof(one)
        if isinstance(one, np.ndarray) and one.base is None:
            continue
        waiting.extend(gc.get_referents(one))
    return total


BATTERY: tuple[Callable[[Format, Sample], None], ...] = (
    whole_sample, empty_input, truncated_everywhere, flipped_everywhere, repeated_and_reordered, spliced, clock_jumps, megabyte, noise,
    cut_anywhere, same_again, bounded_memory, crowd, wrong_edition,
)  # fmt: skip
