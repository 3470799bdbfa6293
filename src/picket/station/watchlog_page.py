"""The watch log as one page to print: who takes over reads it in a minute, and signs it.

Plain HTML without script; every word from outside is escaped. The same function makes the page of the station and of `picket log`.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from picket.record.watchlog import Entry
from picket.watch import Alert, SensorLook

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
_WORDS = {"note": "Note", "handover": "HAND-OVER", "sighting": "Seen by eye", "site": "Site", "alert": "Alert"}
_STYLE = """
:root{color-scheme:light}
body{font:11pt/1.35 system-ui,sans-serif;margin:18mm 16mm;color:#111;background:#fff}
h1{font-size:15pt;margin:0 0 2mm}h2{font-size:11.5pt;margin:6mm 0 2mm}p{margin:1mm 0}
.simulated{border:1.5pt solid #111;padding:1mm 3mm;font-weight:700;display:inline-block}
table{border-collapse:collapse;width:100%;font-size:9.5pt}
th,td{text-align:left;vertical-align:top;padding:1.1mm 2mm;border-bottom:.4pt solid #999}
th{border-bottom:1pt solid #111}tr{break-inside:avoid}thead{display:table-header-group}
td.k{white-space:nowrap}td.t{white-space:nowrap;font-variant-numeric:tabular-nums}tr.handover td{font-weight:600;border-top:1pt solid #111}
.sign{display:flex;gap:14mm;margin-top:12mm}.sign div{flex:1;border-top:.6pt solid #111;padding-top:1mm;font-size:9pt}
.quiet{color:#444}
@media print{body{margin:0}@page{size:A4;margin:14mm 13mm}}
"""


class Heading(NamedTuple):
    """What stands above the list."""

    site: str
    since: float | None
    until: float | None
    q: str
    printed_at: float
    printed_by: str
    simulated: bool = False
    complete: bool = True


def page(
    heading: Heading, entries: Sequence[Entry], still_open: Sequence[Alert] | None = (), sensors: Sequence[SensorLook] = ()
) -> str:
    """The page as HTML; entries newest first, as they are found: it prints them oldest first.

    still_open: the open alerts, None leaves that part out; sensors: how each stands, those that are not well are named.
    """
    banner = '<p class="simulated">SIMULATED: an exercise</p>' if heading.simulated else ""
    partial = "" if heading.complete else "<p><strong>Older entries are still being read from the log.</strong></p>"
    rows = "".join(_row(e) for e in reversed(entries))
    table = (
        f"<table><thead><tr><th>UTC</th><th>By</th><th>What</th><th></th></tr></thead><tbody>{rows}</tbody></table>"
        if rows
        else '<p class="quiet">No entries.</p>'
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Watch log: {_e(heading.site)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body><main>'
        f"<h1>Watch log: {_e(heading.site)}</h1>{banner}<p>{_e(_period(heading))}</p>"
        f'<p class="quiet">Printed {_utc(heading.printed_at)} by {_e(heading.printed_by)}. Times are UTC, places WGS84.</p>{partial}'
        f"{'' if still_open is None else _open(still_open)}{_unwell(sensors)}<h2>Entries ({len(entries)})</h2>{table}"
        '<div class="sign"><div>Handed over by</div><div>Taken over by</div><div>Time (UTC)</div></div>'
        "</main></body></html>"
    )


def _open(alerts: Sequence[Alert]) -> str:
    if not alerts:
        return "<h2>Open alerts</h2><p>None.</p>"
    rows = "".join(
        f'<tr><td class="t">{_utc(a.raised_at)}</td><td>{a.id}</td><td>{_e(a.severity)}, {_e(a.state)}</td><td>{_e(a.text)}</td></tr>'
        for a in alerts
    )
    head = "<thead><tr><th>Raised</th><th>No.</th><th>State</th><th></th></tr></thead>"
    return f"<h2>Open alerts ({len(alerts)})</h2><table>{head}<tbody>{rows}</tbody></table>"


def _unwell(sensors: Sequence[SensorLook]) -> str:
    """What whoever takes over must know of the sensors."""
    rows = "".join(
        f"<tr><td>{_e(s.id)}</td><td>{_e(s.kind)}</td><td>{_e(', '.join(_ills(s)))}</td></tr>" for s in sensors if _ills(s)
    )
    return f"<h2>Sensors that are not well</h2><table><tbody>{rows}</tbody></table>" if rows else ""


def _ills(s: SensorLook) -> list[str]:
    age = "" if s.age_s is None else f" for {s.age_s:.0f} s"
    found = {"silent": [f"SILENT{age}"], "stale": [f"stale{age}"], "never": ["not heard since the start"]}.get(s.state, [])
    found += ["its clock is wrong"] if s.clock_wrong else []
    return found


def _row(e: Entry) -> str:
    place = "" if e.lat_deg is None or e.lon_deg is None or e.kind == "alert" else f" ({e.lat_deg:.5f}, {e.lon_deg:.5f})"
    about = "" if e.alert_id is None or e.kind == "alert" else f" [alert {e.alert_id}]"
    words = f"{_e(e.text)}{_e(about)}{_e(place)}".replace("\n", "<br>")
    cells = (
        f'<td class="t">{_utc(e.time)}</td><td>{_e(e.by)}</td><td class="k">{_e(_WORDS.get(e.kind, e.kind))}</td><td>{words}</td>'
    )
    return f'<tr class="{_e(e.kind)}">{cells}</tr>'


def _period(h: Heading) -> str:
    begin = "the beginning" if h.since is None else _utc(h.since)
    end = _utc(h.printed_at) if h.until is None else _utc(h.until)
    return f"From {begin} to {end}" + (f", entries with: {h.q}" if h.q else "")


def _utc(time: float) -> str:
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M:%S}" if 0 <= time < 2**36 else "unknown"


def _e(text: object) -> str:
    return html.escape(str(text))
