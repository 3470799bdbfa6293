"""Kernels are warm before a station is timed by its own clock."""

from __future__ import annotations

import pytest

from picket.feed import FORMATS
from picket.station import warm


@pytest.fixture(scope="session", autouse=True)
def warm_kernels() -> None:
    """`make setup` has done this; a developer's edited kernel is compiled here, not while sensors wait."""
    warm.load_kernels(FORMATS)
