"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings that lie beside a developer's checkout; they are not part of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no recordings at {SHARED_DATA}: the tests against real recordings need them")
    return SHARED_DATA


# Speed lives in benchmarks: no test fails for being slow. The same cases every time, so that a red run can be repeated.
hypothesis.settings.register_profile("picket", deadline=None, derandomize=True, max_examples=100)
hypothesis.settings.load_profile("picket")
