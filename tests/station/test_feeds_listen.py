"""A feed that peers connect to: a decoder for each, answers to each, and a registered SAPIENT node's detections in the picture."""

from __future__ import annotations

import socket
import struct
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from picket.feed import Chunk, Decoded, Decoder, Format, Options
from picket.feed.sapient import encoder as sapient
from picket.feed.sapient.schema import sapient_message
from picket.record import log
from picket.record.codec import unpack
from picket.station.feeds import MOST_SOURCES, Decoders
from picket.station.turns import PIECE_BYTES, pieces
from picket.words import Batch
from tests.station.live import Live, free_port, make_site, running
from tests.waiting import until

NODE = "8cb1d098-74ba-4ddc-ab37-6bfbca14d582"


class _Lines:
    """Counts whole lines, keeps the half one, answers each line: enough to see whose memory is whose."""

    def __init__(self) -> None:
        self.half = b""

    def decode(self, chunk: Chunk) -> Decoded:
        *lines, self.half = (self.half + chunk.data).split(b"\n")
        return Decoded(left_out=Counter(line.decode() for line in lines), reply=b"".join(b"ok " + line for line in lines))

    def finish(self) -> Decoded:
        return Decoded(left_out=Counter({f"half {self.half.decode()}": 1} if self.half else {}))


def _make(_: Options) -> Decoder:
    return _Lines()


LINES = Format("lines", "lines for a test", _make, lambda _: False)


def part(peer: str, data: bytes, answers: list[tuple[str, bytes]] | None = None, closes: bool = False) -> Chunk:
    one = Chunk.one(data, received=0.0, source=f"listen://here:1/{peer}")
    reply = (lambda b: answers.append((peer, b))) if answers is not None else None
    return Chunk(
        one.data,
        one.starts,
        one.ends,
        one.received,
        one.offsets,
        one.source,
        one.link,
        one.time_source,
        reply=reply,
        closes=closes,
    )


def test_what_one_peer_began_another_does_not_end() -> None:
    decoders, answers = Decoders(LINES, Options()), list[tuple[str, bytes]]()
    assert not decoders.decode(part("a", b"begun by a", answers)).left_out
    assert decoders.decode(part("b", b"b only\n", answers)).left_out == {"b only": 1}
    assert decoders.decode(part("a", b", ended by a\n", answers)).left_out == {"begun by a, ended by a": 1}
    assert answers == [("b", b"ok b only"), ("a", b"ok begun by a, ended by a")]
    assert len(decoders) == 2


def test_a_peer_that_goes_is_finished_and_forgotten() -> None:
    decoders = Decoders(LINES, Options())
    decoders.decode(part("a", b"one\nha"))
    assert decoders.decode(part("a", b"lf", closes=True)).left_out == {"half half": 1}
    assert len(decoders) == 0
    assert decoders.decode(part("a", b"x\n")).left_out == {"x": 1}  # the same port again is another peer
    decoders.decode(part("b", b"rest"))
    assert decoders.finish().left_out == {"half rest": 1}
    assert len(decoders) == 0


def test_sources_that_never_close_cannot_make_it_grow() -> None:
    decoders, lost = Decoders(LINES, Options()), 0
    for i in range(MOST_SOURCES + 50):
        lost += decoders.decode(part(str(i), b"%d" % i)).left_out.total()
    assert len(decoders) == MOST_SOURCES
    assert lost == 50


@given(st.integers(0, 3 * PIECE_BYTES), st.booleans(), st.sampled_from(["stream", "udp"]), st.integers(0, 4))
def test_only_the_last_piece_closes_and_every_piece_can_be_answered(size: int, closes: bool, link: str, payloads: int) -> None:
    answers: list[bytes] = []
    data = [bytes(size)] * payloads
    chunk = Chunk.of(data, [0.0] * payloads, range(payloads), source="x", link=link)
    chunk = Chunk(
        chunk.data, chunk.starts, chunk.ends, chunk.received, chunk.offsets, "x", link, reply=answers.append, closes=closes
    )
    cut = list(pieces(chunk))
    assert b"".join(p.data for p in cut) == chunk.data
    assert [p.closes for p in cut] == [False] * (len(cut) - 1) + [closes] * bool(cut)
    assert cut or not closes
    assert all(p.reply == chunk.reply for p in cut)


# -- a whole station --------------------------------------------------------------------------------------------------------------
class Peer:
    """A SAPIENT node on a socket."""

    def __init__(self, port: int) -> None:
        self.socket: socket.socket = until(lambda: self._connected(port), words=lambda: "the station does not listen")

    def _connected(self, port: int) -> socket.socket | None:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=120)
        except ConnectionRefusedError:
            return None

    def send(self, *frames: bytes) -> None:
        self.socket.sendall(b"".join(frames))

    def answer(self) -> Any:
        """The next message from the station."""
        data = self._exactly(struct.unpack("<I", self._exactly(4))[0])
        return sapient_message().FromString(data)

    def _exactly(self, n: int) -> bytes:
        data = b""
        while len(data) < n:
            more = self.socket.recv(n - len(data))
            assert more, "the station closed the connection"
            data += more
        return data


def test_a_registered_nodes_detections_become_a_track_and_it_is_answered(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    sensor = {
        "id": "pier-camera", "kind": "camera", "lat_deg": 45.0, "lon_deg": -30.01, "match": {"sensor_id": NODE},
        "feed": f"sapient+listen://127.0.0.1:{port}",
    }  # fmt: skip
    with running(make_site(tmp_path, sensor=[sensor]), tmp_path / "archive") as live:
        peer, stranger = Peer(port), Peer(port)
        peer.send(sapient.encode_registration(node_id=NODE, time=time.time(), node_type="camera", short_name="Cam 1"))
        ack = peer.answer()
        assert (ack.WhichOneof("content"), ack.registration_ack.acceptance, ack.destination_id) == (
            "registration_ack", True, NODE,
        )  # fmt: skip
        peer.send(sapient.encode_task(node_id=NODE, time=time.time(), task_id="01HPEM0345M2F3PHMB1NXN1MHG", command="follow"))
        refusal = peer.answer().task_ack
        assert (refusal.task_id, refusal.task_status) == ("01HPEM0345M2F3PHMB1NXN1MHG", 2)
        other = NODE.replace("8", "9")
        stranger.send(
            sapient.encode_registration(node_id=other, time=time.time(), node_type="radar"), b"\x50\0\0\0\x0a\x0bhalf a"
        )
        assert stranger.answer().destination_id == other
        for i in range(30):
            place = {"x": -30.0 + 0.004 - 0.00004 * i, "y": 45.0, "z": 60.0, "x_error": 4e-5, "y_error": 3e-5}
            peer.send(sapient.encode_detection(node_id=NODE, time=time.time(), location=place, classification=[("UAV", 0.9)]))
            if i == 10:
                stranger.socket.close()
            time.sleep(0.05)
        track = live.until(lambda: live.get("/api/tracks")["tracks"])[0]
        detail = live.get(f"/api/tracks/{track['track_id']}")
        assert detail["sources"][0]["sensor_id"] == "pier-camera"
        assert _left_out(live)["task_refused"] == 1
        live.until(lambda: live.get("/api/counts")["detections"] == 30)
        peer.socket.close()
        live.until(lambda: _left_out(live)["truncated"])
    status = [r for b in _batches(tmp_path / "archive", "s") for r in b.rows()]
    assert [r["detail"] for r in status if r["sensor_id"] == "pier-camera"] == [
        "registered: camera, Cam 1; BSI Flex 335 v2.0", "task refused: start/follow",
    ]  # fmt: skip
    seen = _batches(tmp_path / "archive", "d")
    assert sum(b.n for b in seen) == 30
    assert {s for b in seen for s in b.values("source")} == {f"listen://127.0.0.1:{port}/127.0.0.1:{peer_port(status)}"}
    assert all(np.isfinite(b["sigma_position_m"]).all() for b in seen)


def peer_port(status: list[dict[str, object]]) -> str:
    """The port that the logged registration came from."""
    return str(status[0]["source"]).rpartition(":")[2]


def _left_out(live: Live) -> Counter[str]:
    found: Counter[str] = Counter()
    for counts in live.station.core.engine.left_out.values():
        found.update(counts)
    return found


def _batches(archive: Path, key: str) -> list[Batch]:
    return [unpack(r.payload[key]) for r in log.read(archive) if r.kind == "batch" and r.payload[key]]
