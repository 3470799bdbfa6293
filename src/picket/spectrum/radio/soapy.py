"""Any receiver that SoapySDR knows, where the system's package is installed (Debian and Ubuntu: python3-soapysdr and a driver package).

SoapySDR (Boost Software License) comes with the system, not from PyPI, so it is looked for when a radio is opened and not before. Only
receive streams are opened: SOAPY_SDR_RX is the one direction that this file names.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

import numpy as np

from picket.site_radio import Radio
from picket.spectrum.radio.source import RadioError
from picket.spectrum.sigmf import DATATYPES, Datatype

BLOCK = 1 << 16  # samples
_OVERFLOW = -4  # SOAPY_SDR_OVERFLOW: the driver lost samples; SoapySDR/Errors.h
_TIMEOUT = -1  # SOAPY_SDR_TIMEOUT
MISSING = (
    "SoapySDR is not installed for this Python; it comes with the system, not from PyPI: install python3-soapysdr and the "
    "driver's package, and make the environment with --system-site-packages; or use source = rtl_tcp://"
)


def installed() -> bool:
    """Whether the system's SoapySDR can be imported here."""
    return importlib.util.find_spec("SoapySDR") is not None


class Soapy:
    """One device, opened by what stands after `soapy://` (driver=hackrf,serial=...)."""

    def __init__(self, radio: Radio, library: Any = None) -> None:
        self._radio, self._library = radio, library
        self._device: Any = None
        self._stream: Any = None
        self.overflows = 0  # times that the driver said it lost samples

    @property
    def datatype(self) -> Datatype:
        """16-bit samples: the device's own are at most as wide."""
        return DATATYPES["ci16_le"]

    def open(self) -> str:
        """Opens the device for reception and sets rate and gain."""
        if self._library is None:
            if not installed():
                raise RadioError(MISSING, final=True)
            self._library = importlib.import_module("SoapySDR")
        lib, r = self._library, self._radio
        try:
            self._device = lib.Device(r.source.partition("://")[2])
            rx = lib.SOAPY_SDR_RX
            self._device.setSampleRate(rx, 0, r.rate_hz)
            self._device.setGainMode(rx, 0, r.gain_db is None)
            if r.gain_db is not None:
                self._device.setGain(rx, 0, r.gain_db)
            self._stream = self._device.setupStream(rx, lib.SOAPY_SDR_CS16)
            self._device.activateStream(self._stream)
            got = float(self._device.getSampleRate(rx, 0))
        except (RuntimeError, ValueError, TypeError) as e:
            raise RadioError(f"SoapySDR cannot open {r.source!r}: {e}; `SoapySDRUtil --find` lists what is there") from None
        if abs(got / r.rate_hz - 1) > 1e-3:
            raise RadioError(f"{r.source}: gives {got:g} samples a second, not {r.rate_hz:g}; write that as rate_hz", final=True)
        return f"SoapySDR {r.source.partition('://')[2]} at {got / 1e6:g} MS/s"

    def tune(self, center_hz: float) -> None:
        """Sets the frequency."""
        try:
            self._device.setFrequency(self._library.SOAPY_SDR_RX, 0, center_hz)
        except RuntimeError as e:
            raise RadioError(f"{self._radio.source} cannot be tuned to {center_hz / 1e6:g} MHz: {e}") from None

    def read(self) -> bytes:
        """Whole samples."""
        block = np.empty(2 * BLOCK, np.int16)
        for _ in range(3):
            got = self._device.readStream(self._stream, [block], BLOCK, timeoutUs=int(1e6 * self._radio.timeout_s))
            if got.ret > 0:
                return block[: 2 * got.ret].tobytes()
            if got.ret != _OVERFLOW:
                break
            self.overflows += 1
        if got.ret == _TIMEOUT:
            raise RadioError(f"nothing came for {self._radio.timeout_s:g} s (stalled); opening it again")
        raise RadioError(f"SoapySDR's stream failed with code {got.ret}")

    def close(self) -> None:
        """Ends the stream."""
        if self._device is not None and self._stream is not None:
            self._device.deactivateStream(self._stream)
            self._device.closeStream(self._stream)
        self._device = self._stream = None
