"""The printed pages of an exported incident: plan, alerts, decisions, tracks, and where it comes from."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np
import shapely

from picket.geo import LocalFrame
from picket.geo.lines import LocalPlane
from picket.paper import Box, Document, Drawing, Facts, Heading, Mark, Paragraph, Part, Plan, table
from picket.paper.when import utc
from picket.site import Site

if TYPE_CHECKING:
    from picket.station.incident import Incident

_WIDE, _HIGH = 178.0, 110.0  # mm of the plan
_ZONE, _TRACK = "#d9480f", "#0b57a4"


def document(found: Incident, site: Site) -> Document:
    """The incident's report; its digest is that of record.json beside it, which names the log's files by theirs."""
    made = found.record["made_from"]
    parts: list[Part] = [Paragraph(f"{site.site.name}, {utc(found.since)} to {utc(found.until)} (UTC)", strong=True)]
    parts += [Paragraph(found.note)] if found.note else []
    if made["damage"]:
        parts.append(Paragraph(f"The log is damaged at {made['damage']}: what lies behind it is missing here.", strong=True))
    parts += _case(found)
    parts += [_plan(found, site), Heading("Alerts"), *_alerts(found), Heading("Decisions"), *_decisions(found)]
    parts += [Heading("Tracks"), *_tracks(found), Heading("Where this comes from")]
    parts.append(
        Paragraph(
            f"Records {made['first_record']} to {made['last_record']} of the station's log, replayed through the station's own code: "
            f"{found.record['detections']} reports of sensors (detections.csv). Counts are of what was observed, never of what was flown. "
            "record.json beside this file names the log's files and the site file by their digests; "
            "`sha256sum -c SHA256SUMS` checks the folder."
        )
    )
    digest = hashlib.sha256((json.dumps(found.record, indent=1, sort_keys=True) + "\n").encode()).hexdigest()
    return Document(found.title, tuple(parts), simulated=found.simulated, digest=f"of record.json sha256 {digest}")


def _case(found: Incident) -> list[Part]:
    """What officers gathered: status, steps, attached files with their digests."""
    case = found.case
    if case is None:
        return []
    outcome = f": {case.outcome}" if case.outcome else ""
    words = f"{case.status.replace('_', ' ')}{outcome}, with {case.holder}; opened by {case.opened_by} {utc(case.opened_at)}."
    parts: list[Part] = [Heading(f"Incident {case.number}"), Paragraph(words)]
    named = [
        (name, ", ".join(map(str, numbers))) for name, numbers in (("alerts", case.alerts), ("tracks", case.tracks)) if numbers
    ]
    parts += [Facts(tuple(named))] if named else []
    steps = [(utc(s.time), s.by, s.what, s.text) for s in case.steps]
    parts += [table(("When (UTC)", "Who", "What", "Words"), steps, widths=(20.0, 14.0, 26.0, 40.0))] if steps else []
    files = [(name, wrong or f.sha256, f.size, f.by) for f, (name, wrong) in zip(case.files, found.files, strict=True)]
    head = ("Attached file", "SHA-256, or what is wrong", "Bytes", "By")
    return [*parts, table(head, files, widths=(30.0, 46.0, 10.0, 14.0), right=(2,))] if files else parts


def _alerts(found: Incident) -> list[Part]:
    rows = [
        (a.id, utc(a.raised_at), f"{a.severity}, {a.state}", a.text, " ".join(filter(None, (a.cause or "", a.note))))
        for a in found.alerts
    ]
    head = ("No.", "Raised (UTC)", "State", "What", "Cause and note")
    return [table(head, rows, widths=(6.0, 20.0, 18.0, 36.0, 20.0))] if rows else [Paragraph("None.")]


def _decisions(found: Incident) -> list[Part]:
    rows = [(utc(time), who, what, detail) for time, who, what, detail in found.decisions]
    return (
        [table(("When (UTC)", "Who", "What", "Detail"), rows, widths=(20.0, 14.0, 26.0, 40.0))] if rows else [Paragraph("None.")]
    )


def _tracks(found: Incident) -> list[Part]:
    rows = []
    for n, t in found.tracks.items():
        begin, end = utc(t["pieces"][0]["time"][0]), utc(t["pieces"][-1]["time"][-1])
        rows.append((n, t["classification"], t["identity"] or "", begin, end, ", ".join(t["sensors"])))
    head = ("No.", "Taken for", "Claims to be", "From (UTC)", "To (UTC)", "Sensors")
    return [table(head, rows, widths=(7.0, 13.0, 20.0, 20.0, 20.0, 20.0))] if rows else [Paragraph("None.")]


def _plan(found: Incident, site: Site) -> Drawing:
    """Zones, sensors and tracks in the plane around the site's origin, north up."""
    plane = LocalPlane(LocalFrame(site.site.lat_deg, site.site.lon_deg, site.site.alt_wgs84_m))
    zones = []
    for z in site.zone:
        for part in shapely.get_parts(site.shapes[z.id]):
            xy = shapely.get_coordinates(part.exterior if part.geom_type == "Polygon" else part)
            zones.append((z, plane.to_plane(xy[:, 1], xy[:, 0])))
    tracks = [(n, plane.to_plane(p["lat_deg"], p["lon_deg"])) for n, t in found.tracks.items() for p in t["pieces"]]
    placed = [(s.id, s.lat_deg, s.lon_deg) for s in site.sensor if s.lat_deg is not None and s.lon_deg is not None]
    sensors = [(name, plane.to_plane(np.array([lat]), np.array([lon]))[0]) for name, lat, lon in placed]
    every = np.concatenate(
        [*(xy for _, xy in zones), *(xy for _, xy in tracks), *(xy[None] for _, xy in sensors), np.zeros((1, 2))]
    )
    low, high = every.min(axis=0) - 50.0, every.max(axis=0) + 50.0
    scale = min(_WIDE / float(high[0] - low[0]), _HIGH / float(high[1] - low[1]))
    plan = Plan(float(high[0] - low[0]) * scale, float(high[1] - low[1]) * scale, float(low[0]), float(low[1]), scale)
    marks: list[Mark] = [Box(0, 0, plan.wide, plan.high, "", "#999999")]
    for z, xy in zones:
        marks += plan.line(xy.tolist(), _ZONE, 0.4, z.kind != "protected")
    for _, xy in tracks:
        marks += plan.line(xy.tolist(), _TRACK, 0.4)
    for name, xy in sensors:
        marks += plan.mark(float(xy[0]), float(xy[1]), name)
    for n, xy in tracks:
        marks += plan.mark(float(xy[0, 0]), float(xy[0, 1]), f"{n}")
    words = "North is up. Orange: zones (solid: protected); blue: tracks, their numbers where they begin; squares with names: sensors."
    return Drawing(_WIDE, plan.high + 7, (*marks, *plan.bar(1.0, plan.high + 2.5)), "Plan", words)
