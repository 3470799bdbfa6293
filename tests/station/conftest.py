"""Kernels are warm before a station is timed by its own clock, and a station is patient with a test's machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from picket.feed import FORMATS
from picket.station import core, warm, writer


@pytest.fixture(scope="session", autouse=True)
def warm_kernels() -> None:
    """`make setup` has done this; a developer's edited kernel is compiled here, not while sensors wait."""
    warm.load_kernels(FORMATS)


@pytest.fixture(scope="session", autouse=True)
def patient() -> Iterator[None]:
    """A disk or a processor that others keep busy for seconds is no alert and no half end here; who tests these sets limits of his own."""
    with pytest.MonkeyPatch.context() as limits:
        limits.setattr(writer, "STALL_S", 600.0)
        limits.setattr(core, "STOP_S", 600.0)
        limits.setattr(core, "WRITE_S", 600.0)
        yield
