"""The I/O loop's work is bounded: a chunk is decoded piece by piece, with the loop's turn in between.

ARCHITECTURE says that no callback of the loop computes for more than 5 ms. Speed is not asserted in tests: what is asserted is
the size of a piece, and that one callback decodes one of them.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.feed import FORMATS, Chunk, Options
from picket.feed.transport import MOST_BYTES, MOST_PAYLOADS
from picket.station.feeds import FeedError, feeds_of
from picket.station.turns import GATHER_S, PIECE_BYTES, PIECE_PAYLOADS, Gather, Turns, joined, pieces
from picket.train import demo_exercise, frames
from tests.station.live import make_site

LINKS = {"radar-north": ("asterix", "udp"), "remote-id": ("dronescout", "udp"), "adsb": ("sbs", "stream")}


def full_chunk(channel: str) -> Chunk:
    """As much of the exercise's bytes as a transport delivers at once."""
    sent = [f.payload for f in frames(demo_exercise(), 1, 1_700_000_000.0, 1_700_000_030.0) if f.channel == channel]
    link = LINKS[channel][1]
    if link == "stream":
        data = b"".join(sent)
        data = (data * (MOST_BYTES // len(data) + 1))[:MOST_BYTES]
        return Chunk.one(data, received=1_700_000_030.0, offset=1000, source="x")
    joined = [b"".join(sent[i : i + 8]) if LINKS[channel][0] == "asterix" else sent[i] for i in range(len(sent) - 8)]
    payloads, size = [], 0
    while size < MOST_BYTES - 65_535 and len(payloads) < MOST_PAYLOADS:
        payloads.append(joined[len(payloads) % len(joined)])
        size += len(payloads[-1])
    times = [1_700_000_030.0] * len(payloads)
    return Chunk.of(payloads, times, range(len(payloads)), source="x", link=link)


def payloads_of(chunk: Chunk) -> list[tuple[bytes, float, int]]:
    spans = zip(chunk.starts.tolist(), chunk.ends.tolist(), chunk.received.tolist(), chunk.offsets.tolist(), strict=True)
    return [(chunk.data[a:b], received, offset) for a, b, received, offset in spans]


@given(st.lists(st.integers(0, 3 * PIECE_BYTES // 2), max_size=300))
def test_pieces_are_the_chunk_and_each_is_small(lengths: list[int]) -> None:
    sent = [bytes([i % 256]) * n for i, n in enumerate(lengths)]
    chunk = Chunk.of(sent, [float(i) for i in range(len(sent))], range(len(sent)), source="x", link="udp")
    cut = list(pieces(chunk))
    assert [p for piece in cut for p in payloads_of(piece)] == payloads_of(chunk)
    for piece in cut:
        assert piece.starts.size <= PIECE_PAYLOADS
        assert len(piece.data) <= PIECE_BYTES or piece.starts.size == 1


@given(st.binary(max_size=300), st.integers(1, 1000))
def test_a_stream_is_cut_anywhere_and_its_offsets_go_on(data: bytes, times: int) -> None:
    data = data * times
    cut = list(pieces(Chunk.one(data, received=5.0, offset=77, source="x", link="stream")))
    assert b"".join(p.data for p in cut) == data
    assert [int(p.offsets[0]) for p in cut] == [77 + PIECE_BYTES * i for i in range(len(cut))]
    assert all(len(p.data) <= PIECE_BYTES and p.starts.tolist() == [0] for p in cut)


@pytest.mark.parametrize("channel", LINKS)
def test_a_full_chunk_is_decoded_over_several_turns_to_the_same_rows(channel: str) -> None:
    form = next(f for f in FORMATS if f.name == LINKS[channel][0])
    chunk = full_chunk(channel)
    whole = form.make(Options(origin="exercise")).decode(chunk)
    decoder = form.make(Options(origin="exercise"))
    parts: list[object] = []
    most_in_one_turn = 0

    async def main() -> None:
        nonlocal most_in_one_turn
        turns = Turns(lambda piece: parts.append(decoder.decode(piece)), clock=lambda: 0.0)
        turns.deliver(chunk)
        before = 0
        while len(parts) > before:
            most_in_one_turn = max(most_in_one_turn, len(parts) - before)
            before = len(parts)
            await asyncio.sleep(0)

    asyncio.run(main())
    assert len(parts) == len(list(pieces(chunk))) > 1
    assert most_in_one_turn == 1
    times = np.concatenate([p.detections["time"] for p in parts])  # type: ignore[attr-defined]
    assert times.tobytes() == whole.detections["time"].tobytes()


def test_a_slow_formats_pieces_become_smaller_and_larger_again() -> None:
    sizes: list[int] = []
    now = 0.0

    def decode(piece: Chunk) -> None:
        nonlocal now
        sizes.append(len(piece.data))
        now += 1e-6 * len(piece.data) if len(sizes) < 20 else 0.0  # 33 ms for a full piece

    async def main() -> None:
        turns = Turns(decode, clock=lambda: now)
        for i in range(2):
            turns.deliver(Chunk.one(bytes(4 * PIECE_BYTES), received=0.0, offset=4 * PIECE_BYTES * i, link="stream"))
            while turns._waiting:
                await asyncio.sleep(0)

    asyncio.run(main())
    assert sum(sizes) == 8 * PIECE_BYTES
    assert sizes[:4] == [PIECE_BYTES, PIECE_BYTES // 2, PIECE_BYTES // 4, PIECE_BYTES // 8]
    assert max(sizes[3:20]) <= PIECE_BYTES // 8
    assert sizes[-1] == PIECE_BYTES


def test_a_peers_last_chunk_is_decoded_with_all_that_waits_before_deliver_returns() -> None:
    """A listening transport closes the line after it: an answer that came later would be lost."""

    async def main() -> list[tuple[str, int, bool]]:
        seen: list[tuple[str, int, bool]] = []
        gather = Gather(Turns(lambda c: seen.append((c.source, len(c.data), c.closes))).deliver)
        one = Chunk.one(bytes(2 * PIECE_BYTES), received=0.0, source="a", link="stream")
        gather.deliver(replace(one, source="b", data=b"x", ends=np.array([1])))
        gather.deliver(replace(one, reply=print))
        gather.deliver(replace(one, offsets=np.array([2 * PIECE_BYTES]), reply=print))
        assert len(seen) == 1
        gather.deliver(replace(Chunk.of((), (), (), source="a", link="stream"), reply=print, closes=True))
        return seen

    assert asyncio.run(main()) == [("b", 1, False), *[("a", PIECE_BYTES, False)] * 4, ("a", 0, True)]


def test_many_peers_chunks_are_decoded_one_a_turn() -> None:
    async def main() -> None:
        seen: list[str] = []
        turns = Turns(lambda c: seen.append(c.source))
        turns.deliver(*(Chunk.one(b"x", received=0.0, source=str(i), link="stream") for i in range(9)))
        for n in range(1, 10):
            assert seen == [str(i) for i in range(n)]
            await asyncio.sleep(0)

    asyncio.run(main())


def test_under_a_flood_one_chunk_waits_at_most_and_nothing_is_left_out() -> None:
    async def main() -> list[tuple[int, int]]:
        decoded: list[tuple[int, int]] = []
        turns = Turns(lambda piece: decoded.append((int(piece.offsets[0]), len(piece.data))))
        for i in range(50):
            turns.deliver(Chunk.one(bytes(4 * PIECE_BYTES), received=0.0, offset=4 * PIECE_BYTES * i, link="stream"))
            assert sum(len(piece.data) for piece in turns._waiting) < 4 * PIECE_BYTES
        turns.finish()
        await asyncio.sleep(0.01)
        return decoded

    pieces, at = asyncio.run(main()), 0
    for offset, length in pieces:  # how many there are depends on how busy the machine is
        assert offset == at
        at += length
    assert at == 200 * PIECE_BYTES


PAYLOADS = st.lists(st.lists(st.binary(max_size=40), min_size=1, max_size=4), max_size=6)


@given(PAYLOADS, st.sampled_from(["udp", "stream"]), st.sampled_from(["", "reply", "other source", "gap"]))
def test_joined_chunks_are_the_same_payloads_in_the_same_order(sent: list[list[bytes]], link: str, odd: str) -> None:
    chunks, number = [], 0
    for i, payloads in enumerate(sent):
        payloads = payloads if link == "udp" else [b"".join(payloads)]
        n = len(payloads) if link == "udp" else len(payloads[0])
        number += 7 if odd == "gap" and i == 2 else 0
        offsets = range(number, number + len(payloads)) if link == "udp" else [number]
        one = Chunk.of(
            payloads, [float(i)] * len(payloads), offsets, source="y" if odd == "other source" and i == 2 else "x", link=link
        )
        chunks.append(replace(one, reply=print) if odd == "reply" and i == 2 else one)
        number += n
    found = joined(chunks)
    if link == "udp":
        assert [p for c in found for p in payloads_of(c)] == [p for c in chunks for p in payloads_of(c)]
    else:
        assert b"".join(c.data for c in found) == b"".join(c.data for c in chunks)
        assert all(c.starts.size == 1 for c in found)
    assert len(found) <= (1 if not odd or (odd == "gap" and link == "udp") else 3)
    assert sum(c.reply is not None for c in found) == sum(c.reply is not None for c in chunks)


def test_the_first_chunk_after_a_pause_goes_at_once_and_the_next_go_together() -> None:
    async def main() -> list[tuple[int, int]]:
        seen: list[tuple[int, int]] = []
        gather = Gather(lambda c: seen.append((int(c.offsets[0]), c.starts.size)))
        one = [Chunk.of([b"x"], [0.0], [i], source="x", link="udp") for i in range(20)]
        gather.deliver(one[0])
        assert seen == [(0, 1)]
        for c in one[1:]:
            gather.deliver(c)
        assert seen == [(0, 1)]
        await asyncio.sleep(5 * GATHER_S)
        gather.deliver(replace(one[0], offsets=np.array([20])))
        gather.flush()
        return seen

    assert asyncio.run(main()) == [(0, 1), (1, 19), (20, 1)]


def test_what_is_gathered_is_bounded() -> None:
    async def main() -> int:
        sizes: list[int] = []
        gather = Gather(lambda c: sizes.append(len(c.data)))
        for i in range(40):
            gather.deliver(Chunk.one(bytes(MOST_BYTES // 3), received=0.0, offset=i * (MOST_BYTES // 3), source="x"))
            assert sum(len(c.data) for c in gather._held) < MOST_BYTES
        gather.flush()
        assert sum(sizes) == 40 * (MOST_BYTES // 3)
        return max(sizes)

    assert asyncio.run(main()) < 2 * MOST_BYTES


def test_a_recording_that_is_not_there_is_told_before_anything_starts(tmp_path: Path) -> None:
    sensor = {"id": "rid", "kind": "remote_id", "feed": f"table+file://{tmp_path}/none.jsonl"}
    with pytest.raises(FeedError, match="no recording at"):
        feeds_of(make_site(tmp_path, sensor=[sensor]))


def test_two_editions_on_one_feed_are_refused(tmp_path: Path) -> None:
    feed = "asterix+udp://127.0.0.1:8600"
    one = {"id": "a", "kind": "radar", "lat_deg": 45.0, "lon_deg": -30.0, "feed": feed, "match": {"sic": 1}, "edition": "1.30"}
    with pytest.raises(FeedError, match=r"edition '1\.21', but 'a' on the same feed has '1\.30'"):
        feeds_of(make_site(tmp_path, sensor=[one, {**one, "id": "b", "match": {"sic": 2}, "edition": "1.21"}]))
