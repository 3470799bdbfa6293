"""What gives samples: one small class per kind of source, each opened, tuned and read by the receiver's own thread.

Bytes in, nothing else: a source neither decodes nor looks. What goes wrong raises RadioError, in words for its user, and the
receiver opens the source anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from picket.site_radio import Radio
from picket.spectrum.sigmf import Datatype


class RadioError(ValueError):
    """A radio that gives no samples; the message says what was expected, what came, and what to do. final: no use trying again."""

    def __init__(self, message: str, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class Source(Protocol):
    """A receiver, or a program that stands before one."""

    @property
    def datatype(self) -> Datatype:
        """How its samples lie in the bytes; known once it is open."""
        ...

    def open(self) -> str:
        """Connects and sets rate and gain; returns what it is, in words."""
        ...

    def tune(self, center_hz: float) -> None:
        """Asks for another centre frequency; samples on the way still are of the old one."""
        ...

    def read(self) -> bytes:
        """The next bytes, as soon as there are some; b"" at the end of an input that has one."""
        ...

    def close(self) -> None:
        """Lets go of it; `read` in another thread returns or raises."""
        ...


def source_of(radio: Radio) -> Source:
    """The source that the site file names."""
    from picket.spectrum.radio.rtl_tcp import RtlTcp
    from picket.spectrum.radio.soapy import Soapy
    from picket.spectrum.radio.stdin import Stdin

    kinds: dict[str, Callable[[Radio], Source]] = {"rtl_tcp": RtlTcp, "stdin": Stdin, "soapy": Soapy}
    return kinds[radio.kind](radio)
