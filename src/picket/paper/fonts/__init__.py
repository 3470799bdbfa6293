"""The font that comes with Picket, so that a report looks the same everywhere. LICENSE.txt beside it holds its licence."""

from pathlib import Path

DEJAVU = Path(__file__).parent / "DejaVuSans.ttf"
