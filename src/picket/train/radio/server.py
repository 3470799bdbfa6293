"""A scripted rtl_tcp server on loopback, SIMULATED: samples of `scene.py` round whatever frequency it is tuned to, at real pace.

    python -m picket.train.radio.server --on lora_fhss:868.0e6:869.5e6:15 --on noise:1570e6:1580e6:6

For exercises, tests and benchmarks. It sends the samples of a receiver over a network connection and can drive no radio. Faults on
demand: stall, close, another server's greeting, a stream of one value.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click
import numpy as np

from picket.train.radio.burst import Complex
from picket.train.radio.scene import NOISE_RMS, TRANSMITTERS, Part, Scene, simulate
from picket.train.streams import stream

GREETING = struct.pack(">4sII", b"RTL0", 5, 29)  # as an R820T's: rtl_tcp.c, dongle_info_t
_LOOP_S = 1.0  # so much is simulated for each setting, and repeated
_BLOCK_S = 0.02
_FREQUENCY, _RATE = 0x01, 0x02


@dataclass(frozen=True)
class OnAir:
    """A transmitter of the script: what (`noise`: the floor itself rises by snr_db), where, and from when to when (s)."""

    label: str
    low_hz: float
    high_hz: float
    snr_db: float
    since_s: float = 0.0
    until_s: float = float("inf")


@dataclass
class Faults:
    """What goes wrong, on the first `times` connections: samples stop, or the connection closes, after so many seconds of one."""

    greeting: bytes = GREETING
    stall_after_s: float = float("inf")
    close_after_s: float = float("inf")
    constant: bool = False
    gain_db: Callable[[float], float] = lambda _: 0.0  # of the receiver, by seconds since the server began
    times: int = 1 << 30


class Server:
    """The server in a thread. `speed`: samples per real second over the rate; `commands`: what it was told, (command, value)."""

    def __init__(self, on_air: Sequence[OnAir], *, seed: int = 1, faults: Faults | None = None, speed: float = 1.0) -> None:
        self.on_air, self.seed, self.faults, self.speed = tuple(on_air), seed, faults or Faults(), speed
        self.commands: list[tuple[int, int]] = []
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._made: dict[tuple[int, int, tuple[OnAir, ...]], bytes] = {}
        self._begun = time.monotonic()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._socket.getsockname()[1])

    @property
    def seconds(self) -> float:
        """Since it began, as the script counts."""
        return (time.monotonic() - self._begun) * self.speed

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join(5)
        self._socket.close()

    def prepare(self, center_hz: float, rate_hz: float) -> None:
        """Simulates a setting now rather than when it is asked for."""
        for at in sorted({0.0, *(x.since_s for x in self.on_air), *(x.until_s for x in self.on_air if x.until_s < 1e9)}):
            self._samples(round(center_hz), round(rate_hz), at)

    def _serve(self) -> None:
        while not self._stopped.is_set():
            try:
                peer, _ = self._socket.accept()
            except TimeoutError:
                continue
            self.connections += 1
            with peer, contextlib.suppress(OSError):
                self._talk(peer)

    def _talk(self, peer: socket.socket) -> None:
        faults = self.faults if self.connections <= self.faults.times else Faults(gain_db=self.faults.gain_db)
        peer.sendall(faults.greeting)
        peer.setblocking(False)
        begun, sent, center, rate, rest, place = time.monotonic(), 0, 100_000_000, 2_048_000, b"", 0
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 18)
        while not self._stopped.is_set():
            try:
                told = peer.recv(4096)
                if not told:
                    return
                rest += told
            except BlockingIOError:
                pass
            while len(rest) >= 5:
                command, value = struct.unpack(">BI", rest[:5])
                rest = rest[5:]
                self.commands.append((command, value))
                center, rate = (value if command == _FREQUENCY else center), (value if command == _RATE else rate)
                if command == _RATE:
                    begun, sent = time.monotonic(), 0
            gone = (time.monotonic() - begun) * self.speed
            if gone > faults.close_after_s:
                return
            due = int(gone * rate) - sent
            if due < _BLOCK_S * rate or gone > faults.stall_after_s:
                time.sleep(_BLOCK_S / 4)
                continue
            n = int(_BLOCK_S * rate)
            block = self._block(center, rate, n, place, faults)
            place += n
            peer.settimeout(1.0)
            peer.sendall(block)
            peer.setblocking(False)
            sent += n

    def _block(self, center: int, rate: int, n: int, place: int, faults: Faults) -> bytes:
        if faults.constant:
            return b"\x7f" * (2 * n)
        whole = self._samples(center, rate, self.seconds)
        at = 2 * (place % (len(whole) // 2))
        block = (whole[at:] + whole)[: 2 * n] if at + 2 * n > len(whole) else whole[at : at + 2 * n]
        gain = faults.gain_db(self.seconds)
        if gain:
            values = (np.frombuffer(block, np.uint8) - 127.5) * 10 ** (gain / 20) + 127.5
            block = np.clip(np.rint(values), 0, 255).astype(np.uint8).tobytes()
        return block

    def _samples(self, center: int, rate: int, at_s: float) -> bytes:
        """A loop of cu8 samples round `center`, of what is on the air then."""
        low, high = center - rate / 2, center + rate / 2
        heard = tuple(x for x in self.on_air if x.since_s <= at_s < x.until_s and x.low_hz < high and x.high_hz > low)
        key = (center, rate, heard)
        if key not in self._made:
            shares = [((max(x.low_hz, low) - low) / rate, (min(x.high_hz, high) - low) / rate) for x in heard]
            parts = [Part(x.label, x.snr_db, s) for x, s in zip(heard, shares, strict=True) if x.label != "noise"]
            iq, _ = simulate(Scene(rate, _LOOP_S, parts, center), self.seed + center % 9973)
            for x, share in zip(heard, shares, strict=True):
                if x.label == "noise":
                    iq = iq + self._noise(len(iq), share, 10 ** (x.snr_db / 10) - 1)
            flat = np.ascontiguousarray(iq.astype(np.complex64)).view(np.float32)
            self._made[key] = np.clip(np.rint(flat * 127.5 + 127.5), 0, 255).astype(np.uint8).tobytes()
        return self._made[key]

    def _noise(self, n: int, share: tuple[float, float], excess: float) -> Complex:
        """Noise in a part of the band, `excess` times the floor's density."""
        rng = stream(self.seed, "floor")
        spectrum = rng.standard_normal(n) + 1j * rng.standard_normal(n)
        f = np.fft.fftfreq(n) + 0.5
        spectrum[(f < share[0]) | (f >= share[1])] = 0
        made: Complex = (np.fft.ifft(spectrum) * NOISE_RMS * np.sqrt(excess * n / 2)).astype(np.complex64)
        return made


@click.command()
@click.option("--on", "on_air", multiple=True, help="LABEL:LOW_HZ:HIGH_HZ:SNR_DB; LABEL is one of the generator's, or noise.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same samples.")
def main(on_air: tuple[str, ...], seed: int) -> None:
    """Serve simulated samples on loopback until Ctrl-C."""
    script = []
    for text in on_air:
        parts = text.split(":")
        if len(parts) != 4 or parts[0] not in (*TRANSMITTERS, "noise"):
            raise click.UsageError(
                f"--on expected LABEL:LOW_HZ:HIGH_HZ:SNR_DB, LABEL one of {', '.join(TRANSMITTERS)}, noise; got {text!r}"
            )
        script.append(OnAir(parts[0], *(float(p) for p in parts[1:])))
    with Server(script, seed=seed) as server:
        click.echo(f"SIMULATED rtl_tcp://127.0.0.1:{server.port}; Ctrl-C ends it")
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
