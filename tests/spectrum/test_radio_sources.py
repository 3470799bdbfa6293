"""Where live samples come from: the rtl_tcp client against a server that was written apart (train), standard input, SoapySDR."""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading
import types

import numpy as np
import pytest

from picket.site_radio import Band, Radio, check_radios
from picket.spectrum.radio.pipe import Begin, End, Pipe
from picket.spectrum.radio.receiver import Receiver
from picket.spectrum.radio.rtl_tcp import RtlTcp
from picket.spectrum.radio.soapy import Soapy
from picket.spectrum.radio.source import RadioError
from picket.spectrum.radio.stdin import Stdin
from picket.train.radio.server import Faults, Server

BAND = Band(name="a", low_hz=868e6, high_hz=869e6, dwell_s=0.1)


def radio(source: str = "stdin://", **more) -> Radio:
    fields = {
        "sensor": "sdr",
        "source": source,
        "rate_hz": 1e6,
        "gain_db": 30.0,
        "band": (BAND,),
        "timeout_s": 0.5,
        "settle_s": 0.01,
    }
    return Radio(**{**fields, **more})


def test_a_receiver_is_told_rate_gain_and_frequency_and_gives_whole_samples():
    with Server([]) as server:
        client = RtlTcp(radio(f"rtl_tcp://127.0.0.1:{server.port}"))
        assert client.open() == f"rtl_tcp at 127.0.0.1:{server.port}: tuner R820T, 29 gains"
        client.tune(868.5e6)
        data = b"".join(client.read() for _ in range(4))
        client.close()
    assert len(data) % 2 == 0
    assert len(data) > 0
    # rtl-sdr's rtl_tcp.c: 1 frequency, 2 rate, 3 gain mode, 4 gain in tenths of dB, 5 correction
    assert server.commands[:4] == [(2, 1_000_000), (5, 0), (3, 1), (4, 300)]
    assert (1, 868_500_000) in server.commands
    auto = radio(gain_db=None)
    assert auto.gain_db is None


def test_the_commands_that_exist_set_a_receiver_and_nothing_else():
    from picket.spectrum.radio.rtl_tcp import Set

    assert {c.name for c in Set} == {"FREQUENCY_HZ", "RATE_HZ", "GAIN_MODE", "GAIN_TENTHS_DB", "CORRECTION_PPM"}


@pytest.mark.parametrize(
    ("greeting", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", "no rtl_tcp"),
        (b"RT", "closed the connection after 2 of 12"),
        (b"", "closed the connection after 0"),
    ],
)
def test_another_server_is_told_by_its_greeting(greeting, words):
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        peer, _ = listener.accept()
        peer.sendall(greeting)
        peer.close()

    threading.Thread(target=answer, daemon=True).start()
    with pytest.raises(RadioError, match=words):
        RtlTcp(radio(f"rtl_tcp://127.0.0.1:{listener.getsockname()[1]}")).open()
    listener.close()


def test_nobody_there_and_a_server_that_stalls_are_said():
    with socket.create_server(("127.0.0.1", 0)) as quiet:  # listens and never answers
        with pytest.raises(RadioError, match=r"does not answer within 0.5 s"):
            RtlTcp(radio(f"rtl_tcp://127.0.0.1:{quiet.getsockname()[1]}")).open()
        port = quiet.getsockname()[1]
    with pytest.raises(RadioError, match="cannot be reached"):
        RtlTcp(radio(f"rtl_tcp://127.0.0.1:{port}")).open()
    with Server([], faults=Faults(stall_after_s=0.0)) as server:
        client = RtlTcp(radio(f"rtl_tcp://127.0.0.1:{server.port}"))
        client.open()
        with pytest.raises(RadioError, match="stalled"):
            client.read()
        client.close()


def test_standard_input_is_read_in_whole_samples_until_its_end():
    read, write = os.pipe()
    source = Stdin(radio(datatype="ci16_le"), read)
    assert "ci16_le at 1 MS/s" in source.open()
    os.write(write, bytes(range(7)))
    first = source.read()
    os.write(write, bytes([7]))
    os.close(write)
    assert first + source.read() == bytes(range(8))
    assert source.read() == b""
    os.close(read)


def test_without_the_systems_package_soapy_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "SoapySDR", None)
    with pytest.raises(RadioError, match="python3-soapysdr") as e:
        Soapy(radio("soapy://driver=hackrf")).open()
    assert e.value.final


def test_soapy_opens_a_receive_stream_and_counts_what_the_driver_lost():
    calls: list[tuple[str, object]] = []
    results = iter([-4, 100, -1])

    class Device:
        def __init__(self, args: str) -> None:
            calls.append(("open", args))

        def __getattr__(self, name: str):
            return lambda *args: calls.append((name, args)) or "stream"

        def getSampleRate(self, *_: object) -> float:  # noqa: N802
            return 1e6

        def readStream(self, stream: str, buffers: list[np.ndarray], n: int, timeoutUs: int) -> object:  # noqa: N802
            buffers[0][:200] = 7
            return types.SimpleNamespace(ret=next(results))

    library = types.SimpleNamespace(Device=Device, SOAPY_SDR_RX=1, SOAPY_SDR_CS16="CS16")
    source = Soapy(radio("soapy://driver=hackrf"), library)
    source.open()
    assert ("open", "driver=hackrf") in calls
    assert ("setupStream", (1, "CS16")) in calls
    assert not any(
        0 in call[1][:1] for call in calls if call[0].startswith("set") and isinstance(call[1], tuple)
    )  # 0 is SOAPY_SDR_TX
    assert np.frombuffer(source.read(), np.int16).tolist() == [7] * 200
    assert source.overflows == 1
    with pytest.raises(RadioError, match="stalled"):
        source.read()
    source.close()


class Scripted:
    """A source that gives what it is told to: bytes, or an error."""

    datatype = Stdin(radio()).datatype

    def __init__(self, items: list[bytes | Exception]) -> None:
        self.items, self.tuned, self.opened = list(items), [], 0

    def open(self) -> str:
        self.opened += 1
        return "scripted"

    def tune(self, center_hz: float) -> None:
        self.tuned.append(center_hz)

    def read(self) -> bytes:
        item = self.items.pop(0) if self.items else b""
        if isinstance(item, Exception):
            raise item
        return item

    def close(self) -> None:
        pass


def received(items: list[bytes | Exception], pipe: Pipe, **more) -> tuple[Receiver, list[object]]:
    source = Scripted(items)
    ticks = iter(np.arange(0.0, 1e4, 0.01))
    receiver = Receiver(radio(**more), source, pipe, lambda: 1000.0, lambda: float(next(ticks)))
    receiver.run()
    found = []
    while (item := pipe.get()) is not None:
        found.append(item)
    return receiver, found


NOISE = bytes(np.random.default_rng(1).integers(100, 156, 20_000, np.uint8))  # 10,000 samples, 10 ms


def test_looks_are_cut_to_the_dwell_and_settling_is_counted_not_looked_at():
    bands = (BAND, Band(name="b", low_hz=900e6, high_hz=900.7e6, dwell_s=0.1))
    receiver, items = received([NOISE] * 30, Pipe(10**7), band=bands)
    begins = [i.step.band for i in items if isinstance(i, Begin)]
    assert begins == ["a", "b", "a"]
    sizes = [sum(len(x) for x in part) // 2 for part in _looks(items)]
    assert sizes[:2] == [100_000, 100_000]
    assert receiver.source.tuned == [868.5e6, 900.35e6, 868.5e6]
    assert receiver.health.left_out["settling"] == 3 * 10_000
    assert receiver.health.samples == 300_000 == sum(sizes) + receiver.health.left_out["settling"]


def test_what_nobody_can_look_at_in_time_is_dropped_counted_and_the_look_ends():
    receiver, items = received([NOISE] * 20, Pipe(60_000))
    kept = sum(len(x) for x in items if isinstance(x, bytes)) // 2
    dropped = receiver.health.left_out["too_slow"]
    assert dropped > 0
    assert kept + dropped + receiver.health.left_out["settling"] == 200_000
    assert [i for i in items if isinstance(i, End)]


def test_a_source_that_fails_is_opened_again_and_one_value_is_no_sign_of_life():
    receiver, _ = received([NOISE, RadioError("gone"), NOISE], Pipe(10**7))
    assert (receiver.source.opened, receiver.health.reconnects, receiver.health.state) == (2, 1, "down")
    receiver, _ = received([b"\x7f" * 20_000], Pipe(10**7))
    assert receiver.health.left_out["constant"] == 10_000
    assert receiver.health.samples_at is None
    receiver, _ = received([RadioError("wrong", final=True)], Pipe(10**7))
    assert (receiver.health.state, receiver.health.detail) == ("down", "wrong")


def _looks(items: list[object]) -> list[list[bytes]]:
    found: list[list[bytes]] = []
    for item in items:
        if isinstance(item, Begin):
            found.append([])
        elif isinstance(item, bytes):
            found[-1].append(item)
    return found


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sensor": "nobody"}, "no sensor is called 'nobody'"),
        ({"sensor": "radar"}, "a radio's sensor is of kind rf"),
        ({"source": "rtltcp://x"}, "expected rtl_tcp://host:port, stdin:// or soapy://driver=NAME"),
        ({"source": "rtl_tcp://"}, "expected rtl_tcp://host:port"),
        ({"source": "rtl_tcp://h", "rate_hz": 10e6}, "900001 to 3200000 samples a second"),
        (
            {"source": "rtl_tcp://h", "band": (Band(name="v", low_hz=5.8e9, high_hz=5.801e9),)},
            "this radio receives 24 to 1766 MHz",
        ),
        ({"band": ()}, "nothing to look at"),
        ({"band": (BAND, BAND)}, "two bands have this name"),
        ({"band": (Band(name="x", low_hz=2e6, high_hz=1e6),)}, "expected 0 < low_hz < high_hz"),
        ({"band": (Band(name="x", low_hz=1e9, high_hz=1.1e9),)}, "standard input is not tuned from here"),
        ({"clip_s": 11.0}, "clip_s: expected 0 to 10"),
        ({"source": "soapy://driver=x", "band": (Band(name="x", low_hz=1e9, high_hz=3e9),)}, "expected at most 200"),
    ],
)
def test_a_radio_that_cannot_be_meant_is_refused_with_what_to_do(change, words):
    found = check_radios([radio(**change)], {"sdr": "rf", "radar": "radar"})
    assert any(words in problem for problem in found), found
    assert check_radios([radio()], {"sdr": "rf"}) == []


def test_a_dongles_greeting_is_as_rtl_tcp_sends_it():
    # rtl_tcp.c: dongle_info_t is "RTL0", tuner type and gain count in network order
    assert struct.unpack(">4sII", Faults().greeting) == (b"RTL0", 5, 29)
