"""Why a track is there: what it began with, what it took at each step with what weight, and why it ended.

Kept in columns and bounded: the reports of RECENT_ROWS rows, the standing of tracks in PICTURES_ROWS rows of pictures at least SPACING_S
apart, and the first report of BEGUN tracks (those that live go before those that have ended). The engine adds under its lock; `explain`
works on what `held` gave, without the lock.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.track.layout_kernels import END_EXISTENCE, END_SIGMA_M
from picket.words import Batch

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

RECENT_ROWS, RECENT_PARTS = 100_000, 5_000
PICTURES_ROWS, PICTURES = 400_000, 2_000
SPACING_S = 0.9
BEGUN = 20_000
STEPS = 40  # of an answer, the newest

Took = tuple[Batch, Ints, Floats]  # a batch, the track that took each row, with what weight
_WHAT = ("range_m", "azimuth_deg", "elevation_deg", "range_rate_mps", "lat_deg", "lon_deg", "snr_db")
_STANDING = ("time", "updated_at", "existence", "sigma_horizontal_m", "p_drone", "p_bird")
SILENT_S = 8.0  # of silence is told as the reason: a track's own limit is not kept


@dataclass(frozen=True)
class _Picture:
    """How tracks stood at one time: ids sorted."""

    time: float
    ids: Ints
    status: Ints
    words: tuple[Any, ...]
    values: Floats  # (N, len(_STANDING))

    def of(self, track_id: int) -> dict[str, Any] | None:
        at = int(np.searchsorted(self.ids, track_id))
        if at == len(self.ids) or self.ids[at] != track_id:
            return None
        values = dict(zip(_STANDING, self.values[at].tolist(), strict=True))
        return {**values, "status": self.words[int(self.status[at])]}


class Explained:
    """What explanations are made from."""

    def __init__(self) -> None:
        self._took: deque[Took] = deque()
        self._rows = 0
        self._pictures: deque[_Picture] = deque()
        self._picture_rows = 0
        self._begun: dict[int, dict[str, Any]] = {}
        self._highest = -1

    def took(self, batch: Batch, track_ids: Ints, weights: Floats) -> None:
        """A batch was taken in: which track took each row (-1: none), and with what weight. The numbers of tracks rise."""
        if not batch.n:
            return
        self._took.append((batch, track_ids, weights))
        self._rows += batch.n
        while (self._rows > RECENT_ROWS or len(self._took) > RECENT_PARTS) and len(self._took) > 1:
            self._rows -= self._took.popleft()[0].n
        new = np.flatnonzero(track_ids > self._highest)[:BEGUN]
        if len(new):
            for row, k in zip(batch.take(new).rows(), new.tolist(), strict=True):
                self._begun.setdefault(int(track_ids[k]), _report(row, float(weights[k])))
            self._highest = int(track_ids.max())

    def stood(self, tracks: Batch) -> None:
        """A picture was made. One within SPACING_S of the last counts only for what ended in it."""
        if not tracks.n:
            return
        time, ended = float(tracks["time"][0]), tracks.equals("status", "ended")
        if self._pictures and 0.0 <= time - self._pictures[-1].time < SPACING_S:
            if not ended.any():
                return
            tracks = tracks.take(np.flatnonzero(ended))
        ids = tracks["track_id"]
        order = np.argsort(ids, kind="stable")
        values = np.column_stack([tracks[name] for name in _STANDING])[order]
        self._pictures.append(_Picture(time, ids[order], tracks["status"][order], tracks.words("status"), values))
        self._picture_rows += len(ids)
        while (self._picture_rows > PICTURES_ROWS or len(self._pictures) > PICTURES) and len(self._pictures) > 1:
            self._picture_rows -= len(self._pictures.popleft().ids)
        if len(self._begun) > BEGUN:
            self._forget(set(ids.tolist()))

    def _forget(self, live: set[int]) -> None:
        """Half of the room is kept free: the oldest of what has ended go first, then the oldest of all."""
        ended = [i for i in self._begun if i not in live]
        for i in [*ended, *(i for i in self._begun if i in live)][: len(self._begun) - BEGUN // 2]:
            del self._begun[i]

    def held(self, track_id: int) -> tuple[list[Took], list[_Picture], dict[str, Any] | None]:
        """What `explain` needs."""
        return list(self._took), list(self._pictures), self._begun.get(track_id)


def _report(row: dict[str, Any], weight: float) -> dict[str, Any]:
    what = {name: row[name] for name in _WHAT if row.get(name) is not None}
    return {"time": row.get("time"), "sensor_id": row.get("sensor_id"), "kind": row.get("kind"), "identity": row.get("identity"),
            "said": row.get("classification"), "weight": round(weight, 4), "what": what}  # fmt: skip


def explain(
    track_id: int, took: list[Took], pictures: list[_Picture], begun: dict[str, Any] | None, most: int = STEPS, joined: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """{"track_id", "began", "steps", "ended", "words"}; None where nothing is held of it. steps: newest last, each with what it took.

    joined: the track that it was made one with. words: sentences for an officer.
    """
    stood = [(p.time, row) for p in pictures if (row := p.of(track_id)) is not None]
    reports: list[dict[str, Any]] = []
    for batch, ids, weights in reversed(took):
        rows = np.flatnonzero(ids == track_id)
        if len(rows):
            reports += [_report(r, w) for r, w in zip(batch.take(rows).rows(), weights[rows].tolist(), strict=True)]
        if len(reports) > 20 * most:
            break
    reports.sort(key=lambda r: r["time"] or 0.0)
    steps = _steps(stood[-most:], reports)
    last = stood[-1][1] if stood else None
    ended = _ended(last, joined) if last is not None and last["status"] == "ended" else None
    words = [w for w in (_began_words(begun, stood), _took_words(steps), ended["words"] if ended else None) if w]
    return {"track_id": track_id, "began": begun, "steps": steps, "ended": ended, "words": words}


def _steps(stood: list[tuple[float, dict[str, Any]]], reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each standing with the reports taken since the one before."""
    steps, at, before = [], 0, -np.inf
    if len(stood) > 1:
        before = stood[0][0] - (stood[1][0] - stood[0][0])
    for time, row in stood:
        while at < len(reports) and (reports[at]["time"] or 0.0) <= before:
            at += 1
        first = at
        while at < len(reports) and (reports[at]["time"] or 0.0) <= time:
            at += 1
        steps.append(
            {"time": time, **{k: row[k] for k in ("status", "existence", "sigma_horizontal_m")}, "took": reports[first:at]}
        )
        before = time
    if steps:  # what came after the last picture that was kept
        steps[-1]["took"] = [*steps[-1]["took"], *reports[at:]]
    return steps


def _began_words(begun: dict[str, Any] | None, stood: list[tuple[float, dict[str, Any]]]) -> str | None:
    if begun is None:
        return "What it began with is no longer held."
    who = f", which said to be {begun['identity']}" if begun["identity"] else ""
    first = stood[0][1]["existence"] if stood and abs(stood[0][0] - (begun["time"] or 0.0)) < 2.0 else None
    sure = f"; at its first picture it existed with {100 * first:.0f} %" if first is not None else ""
    return (
        f"It began with a report of {begun['sensor_id']}{who}, which no track explained with {100 * begun['weight']:.0f} %{sure}."
    )


def _took_words(steps: list[dict[str, Any]]) -> str | None:
    if not steps:
        return None
    by: dict[str, list[float]] = {}
    for step in steps:
        for report in step["took"]:
            by.setdefault(str(report["sensor_id"]), []).append(report["weight"])
    if not by:
        return f"In its last {len(steps)} steps it took no report."
    said = ", ".join(f"{len(w)} of {name} (mean weight {np.mean(w):.2f})" for name, w in sorted(by.items()))
    empty = sum(not step["took"] for step in steps)
    return f"In its last {len(steps)} steps it took {said}; {empty} steps without a report."


def _ended(last: dict[str, Any], joined: int | None) -> dict[str, Any]:
    """Why it ended, told from how it stood then."""
    silent, sure = last["time"] - last["updated_at"], last["existence"]
    if joined is not None:
        why = f"it was found to be the same object as track {joined}, which goes on"
    elif sure < END_EXISTENCE:
        why = f"sensors that should have seen it did not, until it existed with {100 * sure:.1f} % only"
    elif silent >= SILENT_S:
        why = f"nothing was heard of it for {silent:.0f} s"
    elif last["sigma_horizontal_m"] > END_SIGMA_M:
        why = f"its place had become too unsure ({last['sigma_horizontal_m']:.0f} m, 1 sigma)"
    else:
        why = f"too little spoke for it before it was sure ({100 * sure:.0f} %)"
    return {"time": last["time"], "existence": sure, "words": f"It ended because {why}."}
