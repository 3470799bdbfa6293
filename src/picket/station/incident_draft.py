"""An incident of the archive, by its number, as the draft of an exercise: its flights, its period, its notes.

The period is replayed and exported to a temporary folder, as `picket incident export --case` does, and what was joined to the case is
drafted from it (train/draft.py): the flights, and those that its alerts name. Notes become injects that exercise control gives by hand.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

from picket.record import log
from picket.record.cases import Case, read_cases
from picket.site import Site
from picket.station.incident import export_incident
from picket.station.player import ReplayError
from picket.train import Exercise, draft
from picket.train.draft import DraftError

MOST_NOTES = 20


def draft_case(archive: Path, number: int, site: Site, out: Path, *, seed: int = 0) -> tuple[Exercise, list[str]]:
    """Writes the draft into the new folder `out`: (the exercise, what was left out and why). seed: that the station ran with.

    Raises DraftError for a case that is unknown, erased or without flights; OSError.
    """
    case = _case(archive, number)
    if out.exists():
        raise DraftError(f"{out}: is there already; give the draft a folder of its own")
    if not case.tracks and not case.alerts:
        raise DraftError(_no_flights(case))
    since, until = case.covers(time.time())
    with tempfile.TemporaryDirectory(prefix="picket-draft-") as temporary:
        export = Path(temporary) / f"incident-{number}"
        try:
            export_incident(archive, site, since, until, export, case=case, seed=seed)
        except ReplayError as e:
            raise DraftError(
                f"incident {number}: what its sensors saw was erased, or never recorded: {e}; nothing is left to draft from"
            ) from None
        alerts = [json.loads(line) for line in (export / "alerts.jsonl").read_text("utf-8").splitlines()]
        wanted = {*case.tracks, *(t for a in alerts if a["id"] in case.alerts for t in a["track_ids"])}
        if not wanted:
            raise DraftError(_no_flights(case))
        notes = [s.text for s in case.steps if s.what == "note" and s.text]
        title = f"incident {number}: {case.title}"
        made, left_out = draft.from_incident(export, site, out, only=wanted, notes=notes[:MOST_NOTES], title=title)
    if len(notes) > MOST_NOTES:
        left_out.append(f"{len(notes) - MOST_NOTES} notes: the first {MOST_NOTES} became injects")
    return made, left_out


def _case(archive: Path, number: int) -> Case:
    if not log.segments(archive):
        raise DraftError(log.no_log(archive))
    book = read_cases(archive)
    if number in book.cases:
        return book.cases[number]
    if 0 < number <= book.highest:
        raise DraftError(
            f"incident {number} was erased with its part of the log, when nothing held it any more; nothing is left to draft from"
        )
    there = ", ".join(str(n) for n in sorted(book.cases)) or "none"
    raise DraftError(f"{archive}: no incident has the number {number}; there are: {there} (`picket incident list`)")


def _no_flights(case: Case) -> str:
    return (
        f"incident {case.number} ({case.title}) has no flights: join flights or alerts to it on the page, or draft from all that its "
        f"period held: `picket incident export --case {case.number} ...`, then `picket train from-incident FOLDER`"
    )
