"""The simulated sensors in `track_sim.py` serve every test of this folder (pytest's importlib mode adds no paths)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
