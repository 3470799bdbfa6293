"""IQ on standard input: `rtl_sdr -f 868e6 -s 2.4e6 - | picket watch ...` with source = "stdin://". One band, tuned by whoever sends.

Type and rate come from the site file: the stream says nothing of itself. Its end is the end of this radio: the sensor falls
silent.
"""

from __future__ import annotations

import os
import select
import sys

from picket.site_radio import Radio
from picket.spectrum.radio.source import RadioError
from picket.spectrum.sigmf import Datatype, datatype

BLOCK = 1 << 18


class Stdin:
    """Standard input, or another descriptor (tests)."""

    def __init__(self, radio: Radio, descriptor: int | None = None) -> None:
        self._radio, self._given = radio, descriptor
        self._type = datatype(radio.datatype, f"radio {radio.sensor}, datatype")
        self._half = b""
        self._stop_read, self._stop_write = os.pipe()

    @property
    def datatype(self) -> Datatype:
        """As the site file says."""
        return self._type

    def open(self) -> str:
        """Nothing to do but to say so; a terminal gives no samples."""
        fd = self._descriptor()
        if os.isatty(fd):
            raise RadioError("standard input is a terminal; expected samples: rtl_sdr ... - | picket watch ...", final=True)
        return f"standard input, {self._type.name} at {self._radio.rate_hz / 1e6:g} MS/s"

    def _descriptor(self) -> int:
        return sys.stdin.fileno() if self._given is None else self._given

    def tune(self, center_hz: float) -> None:
        """Whoever sends has tuned."""

    def read(self) -> bytes:
        """Whole samples; b"" at the end of the input."""
        fd = self._descriptor()
        try:
            ready, _, _ = select.select([fd, self._stop_read], [], [], self._radio.timeout_s)
            if self._stop_read in ready:
                return b""
            if not ready:
                raise RadioError(f"nothing came on standard input for {self._radio.timeout_s:g} s (stalled)")
            data = os.read(fd, BLOCK)
        except OSError as e:
            raise RadioError(f"standard input cannot be read ({e.strerror or e})", final=True) from None
        if not data:
            return b""
        data = self._half + data
        whole = len(data) - len(data) % self._type.sample_bytes
        self._half = data[whole:]
        return data[:whole] or self.read()

    def close(self) -> None:
        """A read that waits ends. Standard input itself stays open: it is not ours."""
        os.write(self._stop_write, b"x")
