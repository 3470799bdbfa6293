"""IQ clips that people cut out: SigMF files in a folder of their own, at most 10 s each, erased after the radio's `clips_keep_hours`.

Samples hold what was on the air, content included, so they are kept on a person's word only, each cut and each look is in the audit
log, and the station erases them by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from picket.spectrum.radio.clips import Clip
from picket.spectrum.sigmf import Datatype, Meta, document

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,120}")
ROOM_MB = 2000.0  # all clips together


class ClipError(ValueError):
    """A clip that cannot be cut or found; the message says why."""


class ClipStore:
    """The folder of clips. Files are read and written in worker threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problem: str | None = None

    def write(self, clip: Clip, sensor: str, datatype: Datatype, rate_hz: float, *, simulated: bool, by: str, note: str) -> str:
        """Writes NAME.sigmf-meta and NAME.sigmf-data; returns NAME. Raises ClipError when there is no room."""
        held = sum(p.stat().st_size for p in self.folder.glob("*.sigmf-data")) if self.folder.is_dir() else 0
        if held + len(clip.data) > ROOM_MB * 1e6:
            raise ClipError(
                f"the clips take {held / 1e6:.0f} MB, and may take {ROOM_MB:g}: they are erased in time, or delete some"
            )
        when = datetime.fromtimestamp(clip.start, UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        safe = "".join(c if _NAME.fullmatch(c) else "_" for c in sensor)[:60]
        name = f"{safe}-{when}-{clip.center_hz / 1e6:.3f}MHz"
        meta = Meta(datatype, rate_hz, clip.center_hz, clip.start, simulated)
        extra = {"core:recorder": "Picket", "picket:sensor": sensor, "picket:cut_by": by, "picket:note": note}
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self.folder / f"{name}.sigmf-data").write_bytes(clip.data)
            (self.folder / f"{name}.sigmf-meta").write_text(document(meta, [], extra), "utf-8")
        except OSError as e:
            raise ClipError(f"the clip cannot be written: {e.strerror or e} ({self.folder})") from None
        return name

    def all(self) -> list[dict[str, Any]]:
        """The clips that are held, newest first."""
        if not self.folder.is_dir():
            return []
        found = [
            {"name": p.stem, "bytes": p.stat().st_size, "written": p.stat().st_mtime} for p in self.folder.glob("*.sigmf-data")
        ]
        return sorted(found, key=lambda c: -c["written"])

    def path(self, name: str) -> Path:
        """A file of a clip. Raises ClipError for a name that is none."""
        path = self.folder / name
        if not _NAME.fullmatch(name) or path.suffix not in (".sigmf-data", ".sigmf-meta") or not path.is_file():
            raise ClipError(f"no clip is called {name!r}; it may have been erased by now")
        return path

    def erase_old(self, keep_hours: Mapping[str, float], now: float) -> int:
        """Erases the clips past their radio's time (of a radio that is no more, past a day); returns how many files went."""
        gone = 0
        try:
            for p in list(self.folder.glob("*.sigmf-*")) if self.folder.is_dir() else []:
                hours = next((h for s, h in keep_hours.items() if p.name.startswith(f"{s}-")), 24.0)
                if now - p.stat().st_mtime > 3600 * hours:
                    p.unlink(missing_ok=True)
                    gone += 1
            self.problem = None
        except OSError as e:
            self.problem = f"IQ clips past their time cannot be erased: {e.strerror or e} ({self.folder})"
        return gone
