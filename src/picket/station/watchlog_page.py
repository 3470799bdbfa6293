"""The watch log as a report to print: who takes over reads it in a minute, and signs it.

The same document makes the page and the PDF, of the station and of `picket log`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from picket.paper import Document, Heading, Paragraph, Part, Signatures, Table
from picket.paper.when import utc
from picket.record.watchlog import Entry, digest
from picket.watch import Alert, SensorLook

MOST = 10_000  # entries of a report that a station prints
_WORDS = {"note": "Note", "handover": "HAND-OVER", "sighting": "Seen by eye", "site": "Site", "alert": "Alert"}


class About(NamedTuple):
    """What stands above the list. Moments: UNIX s. left_out: there are more entries than were asked for."""

    site: str
    since: float | None
    until: float | None
    q: str
    printed_at: float
    printed_by: str
    simulated: bool = False
    complete: bool = True
    left_out: bool = False


def document(
    about: About, entries: Sequence[Entry], still_open: Sequence[Alert] | None = (), sensors: Sequence[SensorLook] = ()
) -> Document:
    """The report; entries newest first, as they are found: it lists them oldest first.

    still_open: the open alerts, None leaves that part out; sensors: how each stands, those that are not well are named.
    """
    oldest_first = list(reversed(entries))
    printed = f"Printed {utc(about.printed_at)} by {about.printed_by}. Times are UTC, places WGS84."
    parts: list[Part] = [Paragraph(f"{_period(about)}. {printed}")]
    if not about.complete:
        parts.append(Paragraph("Older entries are still being read from the log.", strong=True))
    if about.left_out:
        parts.append(Paragraph(f"Only the newest {len(entries)} entries are here; `picket log` prints all.", strong=True))
    parts += [] if still_open is None else _open(still_open)
    parts += _unwell(sensors)
    parts += [Heading(f"Entries ({len(entries)})"), _entries(oldest_first) if entries else Paragraph("No entries.")]
    parts.append(Signatures(("Handed over by", "Taken over by", "Time (UTC)")))
    return Document(
        f"Watch log: {about.site}", tuple(parts), simulated=about.simulated, digest=digest(oldest_first), made_at=about.printed_at
    )


def _open(alerts: Sequence[Alert]) -> list[Part]:
    if not alerts:
        return [Heading("Open alerts"), Paragraph("None.")]
    rows = tuple((utc(a.raised_at), str(a.id), f"{a.severity}, {a.state}", a.text) for a in alerts)
    return [Heading(f"Open alerts ({len(alerts)})"), Table(("Raised", "No.", "State", "What"), rows, (19, 6, 19, 56))]


def _unwell(sensors: Sequence[SensorLook]) -> list[Part]:
    """What whoever takes over must know of the sensors."""
    rows = tuple((s.id, s.kind, ", ".join(_ills(s))) for s in sensors if _ills(s))
    return [Heading("Sensors that are not well"), Table(("Sensor", "Kind", "What is wrong"), rows, (25, 20, 55))] if rows else []


def _ills(s: SensorLook) -> list[str]:
    age = "" if s.age_s is None else f" for {s.age_s:.0f} s"
    found = {"silent": [f"SILENT{age}"], "stale": [f"stale{age}"], "never": ["not heard since the start"]}.get(s.state, [])
    found += ["its clock is wrong"] if s.clock_wrong else []
    return found


def _entries(entries: Sequence[Entry]) -> Table:
    rows = tuple((utc(e.time), e.by, _WORDS.get(e.kind, e.kind), _words(e)) for e in entries)
    handovers = tuple(n for n, e in enumerate(entries) if e.kind == "handover")
    return Table(("UTC", "By", "Kind", "What"), rows, (19, 11, 13, 57), strong=handovers)


def _words(e: Entry) -> str:
    place = "" if e.lat_deg is None or e.lon_deg is None or e.kind == "alert" else f" ({e.lat_deg:.5f}, {e.lon_deg:.5f})"
    about = "" if e.alert_id is None or e.kind == "alert" else f" [alert {e.alert_id}]"
    return f"{e.text}{about}{place}"


def _period(about: About) -> str:
    begin = "the beginning" if about.since is None else utc(about.since)
    end = utc(about.printed_at) if about.until is None else utc(about.until)
    return f"From {begin} to {end}" + (f", entries with: {about.q}" if about.q else "")
