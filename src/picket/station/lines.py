"""Lines and areas that people bring to count at: GeoJSON beside the log, in `lines/`, by name."""

from __future__ import annotations

import json
import re
from pathlib import Path

from picket.handwritten import parse_json
from picket.record.files import write_whole
from picket.station.stats_child import StatsError

FOLDER = "lines"
MOST = 200
_WRONG = re.compile(r"[^\w() +-]+")


class LineError(ValueError):
    """A line that cannot be taken; the message says why."""


def keep(folder: Path, name: str, data: bytes) -> str:
    """Keeps a line under a plain name, which it returns. Raises LineError, OSError; another line of that name is not written over."""
    from picket.record.shapes import ShapeError, shape_of  # pyarrow, which a start does not wait for

    kept = _WRONG.sub("_", name.removesuffix(".geojson").removesuffix(".json")).strip("_ ")[:80]
    if not kept:
        raise LineError(f"name: expected a name, got {name!r}")
    try:
        shape = shape_of(parse_json(data.decode("utf-8")), kept)
    except (ShapeError, UnicodeDecodeError) as e:
        raise LineError(str(e)) from None
    except ValueError as e:
        raise LineError(f"{kept}: is not GeoJSON: {e}") from None
    place = folder / FOLDER
    place.mkdir(mode=0o700, exist_ok=True)
    path = place / f"{kept}.geojson"
    if path.exists():
        if shape_of(json.loads(path.read_text("utf-8")), kept).digest != shape.digest:
            raise LineError(f"another line is called {kept!r}; give this one another name")
        return kept
    if len(names(folder)) >= MOST:
        raise LineError(f"{MOST} lines are kept; take some out of {place}")
    write_whole(path, data)
    return kept


def names(folder: Path) -> list[str]:
    """The lines that are kept."""
    return sorted(p.stem for p in (folder / FOLDER).glob("*.geojson"))


def path_of(folder: Path, name: str) -> Path:
    """Where the line of this name lies. Raises StatsError."""
    known = names(folder)
    if name not in known:
        raise StatsError(f"no line is called {name!r}; there are {', '.join(known) or 'none'}")
    return folder / FOLDER / f"{name}.geojson"
