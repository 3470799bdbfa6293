"""Picket: the defender's learning loop against hostile drones. It senses and informs; it has no effector.

    picket.read_detections(path) -> Batch        a recording or a table as columns
    picket.Tracker(site, seed=0).step(batch)     detections -> tracks
    picket.metrics.gospa(tracks, truth)          how good the tracks are

Names load on first use, so that `import picket` is quick.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

__version__ = "0.1.0"

# A small product of matrices on every core costs more than it saves: OpenBLAS's threads wait for one another in a loop, and the spectrum
# chain took twice the CPU. It reads this when numpy is first loaded; who sets it, or loads numpy before, keeps what they have.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_WHERE = {
    "Batch": "picket.words",
    "Site": "picket.site",
    "Tracker": "picket.track",
    "load_site": "picket.site:load",
    "metrics": "picket.metrics:",
    "read_detections": "picket.feed",
}
__all__ = ["Batch", "Site", "Tracker", "__version__", "load_site", "metrics", "read_detections"]


def __getattr__(name: str) -> Any:
    where = _WHERE.get(name)
    if where is None:
        raise AttributeError(f"picket has no {name!r}; it has {', '.join(__all__)}")
    module, _, attribute = where.partition(":")
    loaded = importlib.import_module(module)
    return loaded if where.endswith(":") else getattr(loaded, attribute or name)
