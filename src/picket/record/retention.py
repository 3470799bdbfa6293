"""Erasing by the site file's terms, so that it can be shown: old segments of the log, and keys of airframes' pseudonyms.

Only whole segments go, oldest first, and only such as are sealed (their days stay in the archive) and are under no hold: the first one
that has to stay ends it, because a chain with a hole in it proves nothing. What went is written to `erased.jsonl` beside the log before it
goes: name, SHA-256, first and last record, and the chain value at its end, which the next segment's header repeats. `picket archive
verify` holds as before.

Operator positions are erased by the station itself (picket.record.operators).
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from picket.record import cases, log
from picket.record.archive import days_of, read_manifest
from picket.record.pseudonyms import KEY_DAYS, Pseudonyms
from picket.record.watchlog import WatchIndex
from picket.site import Archive, hold_of


@dataclass
class Erased:
    """What went, and why the rest stayed."""

    segments: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)  # SHA-256 of files that belonged to incidents that went
    keys: list[str] = field(default_factory=list)  # first days of the periods whose keys went
    stays: str = ""


def erase(folder: Path, terms: Archive, now: float) -> Erased:
    """Erases what is past its time at UNIX time `now`. Raises ValueError for terms that cannot be read, OSError."""
    done = Erased()
    holds = [*(hold_of(text) for text in terms.hold), *cases.holds(folder, now)]
    if terms.log_keep_days is not None:
        _segments(folder, now - terms.log_keep_days * 86_400.0, holds, done)
        if done.segments:
            _attachments(folder, done)
    if terms.airframes_keep_days is not None:
        gone = Pseudonyms(folder).erase_before(int((now - terms.airframes_keep_days * 86_400.0) // 86_400))
        done.keys = days_of(p * KEY_DAYS for p in gone)
    return done


def _segments(folder: Path, before: float, holds: list[tuple[float, float]], done: Erased) -> None:
    sealed = next((s for s in read_manifest(folder).sources if s.name == "log"), None)
    paths = log.segments(folder)
    for path in paths[:-1]:  # the newest one is the station's
        found = log.look_at(path)
        if found.first is None or found.last is None or found.problem:
            done.stays = f"{path.name} is damaged: {found.problem or 'no record in it holds'}"
            return
        begin, end = found.first.time, found.last.time
        if end >= before:
            done.stays = f"{path.name} is not past its time"
        elif any(a < end and begin < b for a, b in holds):
            done.stays = f"{path.name} is under a hold"
        elif sealed is None or sealed.until < end or sealed.since > begin:
            done.stays = f"{path.name} is not sealed yet: `picket archive rebuild` first"
        if done.stays:
            return
        data = path.read_bytes()
        entry = {
            "segment": path.name, "sha256": hashlib.sha256(data).hexdigest(), "records": found.records, "first_seq": found.first.seq,
            "last_seq": found.last.seq, "first_time": begin, "last_time": end, "chain_at_its_end": found.chain,
        }  # fmt: skip
        _list(folder, entry)
        path.unlink()
        WatchIndex(folder).forget_before(found.last.seq + 1)
        done.segments.append(entry)


def _attachments(folder: Path, done: Erased) -> None:
    """Files of incidents that the log has let go of go with them."""
    kept = {f.sha256 for c in cases.read_cases(folder).cases.values() for f in (*c.files, *c.taken_off)}
    for path in sorted((folder / "attachments").glob("*")):
        if path.name not in kept:
            _list(folder, {"attachment": path.name, "size": path.stat().st_size})
            path.unlink()
            done.attachments.append(path.name)


def _list(folder: Path, entry: dict[str, Any]) -> None:
    """What goes is written down before it goes."""
    with (folder / "erased.jsonl").open("a", encoding="utf-8") as f:
        f.write(json.dumps(entry, sort_keys=True) + "\n")
        f.flush()
        os.fsync(f.fileno())
