"""Client of rtl_tcp, the server that comes with rtl-sdr (Osmocom): 8-bit IQ over TCP.

    server -> client   12 bytes: "RTL0", tuner type, number of gains (big-endian 32-bit); then cu8 samples without any frame
    client -> server   5 bytes each: command, parameter (big-endian 32-bit)

Source: rtl-sdr's src/rtl_tcp.c (Osmocom). Of its commands only those are known here that set a receiver: frequency, sample rate, gain
and its mode, frequency correction. A dongle has no transmitter, and nothing here could ask for one.

The stream has no frame, so any bytes are samples: another server's greeting is told by its first four bytes, and a stream that
says nothing (one value all the time) by the receiver.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from enum import IntEnum

from picket.site_radio import Radio, address
from picket.spectrum.radio.source import RadioError
from picket.spectrum.sigmf import DATATYPES, Datatype

MAGIC = b"RTL0"
HEADER = struct.Struct(">4sII")
COMMAND = struct.Struct(">BI")
BLOCK = 1 << 16
TUNERS = {1: "E4000", 2: "FC0012", 3: "FC0013", 4: "FC2580", 5: "R820T", 6: "R828D"}  # rtl-sdr.h, enum rtlsdr_tuner


class Set(IntEnum):
    """The commands that are sent; each sets the receiver."""

    FREQUENCY_HZ = 0x01
    RATE_HZ = 0x02
    GAIN_MODE = 0x03  # 0: the tuner's own, 1: as told
    GAIN_TENTHS_DB = 0x04
    CORRECTION_PPM = 0x05


class RtlTcp:
    """One connection."""

    def __init__(self, radio: Radio) -> None:
        self._radio = radio
        self._socket: socket.socket | None = None
        self._half = b""

    @property
    def datatype(self) -> Datatype:
        """8 bits without sign."""
        return DATATYPES["cu8"]

    def open(self) -> str:
        """Connects, reads the greeting, sets rate and gain."""
        host, port = address(self._radio)
        where = f"rtl_tcp at {host}:{port}"
        try:
            self._socket = socket.create_connection((host, port), timeout=self._radio.timeout_s)
            head = self._greeting(where)
        except TimeoutError:
            raise RadioError(f"{where} does not answer within {self._radio.timeout_s:g} s; is rtl_tcp running there?") from None
        except OSError as e:
            raise RadioError(
                f"{where} cannot be reached ({e.strerror or e}); start it with `rtl_tcp -a {host} -p {port}`"
            ) from None
        magic, tuner, gains = HEADER.unpack(head)
        if magic != MAGIC:
            raise RadioError(f"{where} greets with {head[:4]!r}, expected {MAGIC!r}: that is no rtl_tcp; check host and port")
        self._half = b""
        r = self._radio
        self._send(Set.RATE_HZ, round(r.rate_hz))
        self._send(Set.CORRECTION_PPM, r.correction_ppm)
        self._send(Set.GAIN_MODE, 0 if r.gain_db is None else 1)
        if r.gain_db is not None:
            self._send(Set.GAIN_TENTHS_DB, round(10 * r.gain_db))
        return f"{where}: tuner {TUNERS.get(tuner, f'of type {tuner}')}, {gains} gains"

    def _greeting(self, where: str) -> bytes:
        assert self._socket is not None
        head = b""
        while len(head) < HEADER.size:
            part = self._socket.recv(HEADER.size - len(head))
            if not part:
                raise RadioError(f"{where} closed the connection after {len(head)} of {HEADER.size} bytes of its greeting")
            head += part
            if not MAGIC.startswith(head[:4]):
                raise RadioError(f"{where} greets with {head[:4]!r}, expected {MAGIC!r}: that is no rtl_tcp; check host and port")
        return head

    def _send(self, what: Set, value: int) -> None:
        if self._socket is None:
            raise RadioError("the radio is not connected")
        try:
            self._socket.sendall(COMMAND.pack(what, value & 0xFFFFFFFF))
        except OSError as e:
            raise RadioError(f"the radio takes no commands ({e.strerror or e})") from None

    def tune(self, center_hz: float) -> None:
        """Sets the frequency."""
        self._send(Set.FREQUENCY_HZ, round(center_hz))

    def read(self) -> bytes:
        """Whole samples; raises RadioError when the server stalls or closes."""
        if self._socket is None:
            raise RadioError("the radio is not connected")
        try:
            data = self._socket.recv(BLOCK)
        except TimeoutError:
            raise RadioError(f"nothing came for {self._radio.timeout_s:g} s (stalled); connecting again") from None
        except OSError as e:
            raise RadioError(f"the connection broke ({e.strerror or e})") from None
        if not data:
            raise RadioError("the server closed the connection")
        data = self._half + data
        whole = len(data) & ~1
        self._half = data[whole:]
        return data[:whole]

    def close(self) -> None:
        """Closes the connection; a read that waits ends."""
        if self._socket is not None:
            with contextlib.suppress(OSError):  # the peer was faster
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._socket = None
