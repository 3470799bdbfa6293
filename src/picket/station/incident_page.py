"""The page of an exported incident: one HTML file with its plan as SVG, no script, nothing loaded. Every word from outside is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import shapely

from picket.geo import LocalFrame
from picket.geo.lines import LocalPlane
from picket.site import Site

if TYPE_CHECKING:
    from picket.station.incident import Incident

_SIZE = 720.0  # of the plan, in its own units
_STYLE = """body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#111;background:#fff}
table{border-collapse:collapse;margin:.5rem 0 1.5rem;width:100%}
th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #ccc;vertical-align:top}
.sim{background:#7a3e00;color:#fff;padding:.4rem .8rem;font-weight:600}svg{width:100%;max-width:45rem;border:1px solid #999}
.zone{fill:#d9480f;fill-opacity:.12;stroke:#d9480f}.line{fill:none;stroke:#d9480f;stroke-dasharray:6 4}
.track{fill:none;stroke:#0b57a4;stroke-width:1.6}.sensor{fill:#111}text{font:12px system-ui,sans-serif}"""


def page(found: Incident, site: Site) -> str:
    """The HTML text."""
    e = escape
    simulated = '<p class="sim">SIMULATED: an exercise; none of this was seen.</p>' if found.simulated else ""
    note = f"<p>{e(found.note)}</p>" if found.note else ""
    alerts = [
        (str(a.id), when(a.raised_at), e(a.severity), e(a.state), e(a.text), e(" ".join(filter(None, (a.cause or "", a.note)))))
        for a in found.alerts
    ]
    tracks = [
        (str(n), e(t["classification"]), e(t["identity"] or ""), when(t["pieces"][0]["time"][0]), when(t["pieces"][-1]["time"][-1]),
         e(", ".join(t["sensors"])))
        for n, t in found.tracks.items()
    ]  # fmt: skip
    decisions = [(when(t), e(who), e(what), e(detail)) for t, who, what, detail in found.decisions]
    made, zones = found.record["made_from"], "".join(f"<li>{e(z.id)}: {e(z.kind)}</li>" for z in site.zone)
    damage = (
        f"<p><b>The log is damaged at {e(str(made['damage']))}: what lies behind it is missing here.</b></p>"
        if made["damage"]
        else ""
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{e(found.title)}</title><style>{_STYLE}</style></head><body>
{simulated}<h1>{e(found.title)}</h1>
<p>{e(site.site.name)}, {when(found.since)} to {when(found.until)} (UTC)</p>{note}{damage}
{_case(found)}
<h2>Plan</h2>{_plan(found, site)}<ul>{zones}</ul>
<h2>Alerts</h2>{_table(("no.", "raised", "severity", "state", "what", "cause and note"), alerts)}
<h2>Decisions</h2>{_table(("when", "who", "what", "detail"), decisions)}
<h2>Tracks</h2>{_table(("no.", "taken for", "claims to be", "from", "to", "sensors"), tracks)}
<h2>Where this comes from</h2>
<p>Records {made["first_record"]} to {made["last_record"]} of the station's log, replayed through the station's own code:
{found.record["detections"]} reports of sensors (detections.csv). Counts are of what was observed, never of what was flown.
record.json names the log's files and the site file by their digests;
<code>sha256sum -c SHA256SUMS</code> checks this folder.</p></body></html>
"""


def when(time: float) -> str:
    """UTC to the second."""
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M:%S}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Cells are HTML already."""
    if not rows:
        return "<p>None.</p>"
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return "<table><tr>" + "".join(f"<th>{escape(h)}</th>" for h in head) + f"</tr>{body}</table>"


def _case(found: Incident) -> str:
    """What officers gathered: status, steps, attached files as links within the folder."""
    case, e = found.case, escape
    if case is None:
        return ""
    steps = [(when(s.time), e(s.by), e(s.what), e(s.text)) for s in case.steps]
    files = [
        (
            f"<b>{e(name)}: {e(wrong)}</b>" if wrong else f'<a href="{e(quote(name))}">{e(name)}</a>',
            str(f.size),
            e(f.by),
            when(f.time),
            f.sha256,
        )
        for f, (name, wrong) in zip(case.files, found.files, strict=True)
    ]
    items = "; ".join(f"{name} {', '.join(map(str, n))}" for name, n in (("alerts", case.alerts), ("tracks", case.tracks)) if n)
    outcome = f": {e(case.outcome)}" if case.outcome else ""
    return f"""<h2>Incident {case.number}</h2>
<p>{e(case.status.replace("_", " "))}{outcome}, with {e(case.holder)}; opened by {e(case.opened_by)} {when(case.opened_at)}. {e(items)}</p>
{_table(("when", "who", "what", "words"), steps)}
<h2>Attached files</h2>{_table(("file", "bytes", "by", "when", "SHA-256"), files)}"""


def _plan(found: Incident, site: Site) -> str:
    """Zones, sensors and tracks in the plane around the site's origin, north up, with a scale."""
    plane = LocalPlane(LocalFrame(site.site.lat_deg, site.site.lon_deg, site.site.alt_wgs84_m))
    shapes: list[tuple[str, str, npt.NDArray[Any]]] = []
    for z in site.zone:
        for part in shapely.get_parts(site.shapes[z.id]):
            xy = shapely.get_coordinates(part.exterior if part.geom_type == "Polygon" else part)
            shapes.append(("zone" if part.geom_type == "Polygon" else "line", z.id, plane.to_plane(xy[:, 1], xy[:, 0])))
    for number, track in found.tracks.items():
        for p in track["pieces"]:
            shapes.append(("track", str(number), plane.to_plane(p["lat_deg"], p["lon_deg"])))
    sensors = [
        (s.id, plane.to_plane(s.lat_deg, s.lon_deg)[0]) for s in site.sensor if s.lat_deg is not None and s.lon_deg is not None
    ]
    every = np.concatenate([*(xy for _, _, xy in shapes), *(xy[None] for _, xy in sensors), np.zeros((1, 2))])
    low, high = every.min(axis=0) - 50.0, every.max(axis=0) + 50.0
    scale = _SIZE / float((high - low).max())

    def at(xy: npt.NDArray[Any]) -> str:
        return " ".join(f"{(x - low[0]) * scale:.1f},{(high[1] - y) * scale:.1f}" for x, y in xy.tolist())

    parts = [
        f'<{"polygon" if kind == "zone" else "polyline"} class="{kind}" points="{at(xy)}"><title>{escape(name)}</title></'
        f"{'polygon' if kind == 'zone' else 'polyline'}>"
        for kind, name, xy in shapes
    ]
    for name, xy in sensors:
        x, y = at(xy[None]).split(",")
        parts.append(
            f'<circle class="sensor" cx="{x}" cy="{y}" r="3"/><text x="{float(x) + 6:.1f}" y="{y}">{escape(name)}</text>'
        )
    bar = 10.0 ** np.floor(np.log10(float((high - low).max()) / 3))
    parts.append(
        f'<path d="M10 {_SIZE - 10:.0f}h{bar * scale:.1f}" stroke="#111"/><text x="12" y="{_SIZE - 14:.0f}">{bar:g} m, north up</text>'
    )
    return f'<svg viewBox="0 0 {_SIZE:.0f} {_SIZE:.0f}" role="img" aria-label="plan">{"".join(parts)}</svg>'
