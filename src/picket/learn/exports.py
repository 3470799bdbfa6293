"""The picture as files for other programs: CSV for spreadsheets, GeoJSON for maps. STIX is in stix.py.

Reports are hostile input here as well: a cell that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV
Injection). Neither file holds anything of the site.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from picket.learn import when
from picket.learn.points import actor_country, country_point, place_point
from picket.learn.wording import flow_line, incident_line

if TYPE_CHECKING:
    from picket.learn.picture import Picture

FLOW_COLUMNS = (
    "kind",
    "provider",
    "recipient",
    "provider_id",
    "recipient_id",
    "certainty",
    "information",
    "independent_sources",
    "reports",
    "claims_for",
    "claims_against",
    "first",
    "last",
    "published_first",
    "published_last",
    "capabilities",
    "countries",
    "sentence",
    "evidence",
    "documents",
)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def flow_rows(picture: Picture) -> list[dict[str, Any]]:
    """One row a flow, keys as in `FLOW_COLUMNS`; times are ISO dates, lists are joined with "; "."""
    rows = []
    for f in picture.flows.values():
        line = flow_line(picture, f)
        best = picture.entries[line.evidence[0]].claim
        rows.append(
            {
                "kind": f.key.kind,
                "provider": picture.name(f.key.provider),
                "recipient": picture.name(f.key.recipient),
                "provider_id": f.key.provider,
                "recipient_id": f.key.recipient,
                "certainty": f.certainty,
                "information": f.credibility.figure,
                "independent_sources": f.credibility.independent,
                "reports": f.reports,
                "claims_for": len(f.support),
                "claims_against": len(f.against),
                "first": when.iso(f.span.first) if f.span else None,
                "last": when.iso(f.span.last) if f.span else None,
                "published_first": when.iso(f.reported[0]) if f.reported else None,
                "published_last": when.iso(f.reported[1]) if f.reported else None,
                "capabilities": "; ".join(c for c, _ in f.capabilities),
                "countries": "; ".join(f.countries),
                "sentence": line.text,
                "evidence": best.evidence,
                "documents": "; ".join(dict.fromkeys(picture.entries[i].claim.doc for i in line.evidence)),
            }
        )
    return rows


def flows_csv(picture: Picture) -> str:
    """The flows as CSV (RFC 4180), one row each."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(FLOW_COLUMNS)
    for row in flow_rows(picture):
        writer.writerow([_cell(row[c]) for c in FLOW_COLUMNS])
    return out.getvalue()


def geojson(picture: Picture) -> str:
    """Incidents as points with a precision disc, and flows as lines between countries (RFC 7946).

    What cannot be placed is counted in the collection's `left_out`.
    """
    features: list[dict[str, Any]] = []
    left_out = {"incidents": 0, "flows": 0}
    for n in picture.incidents:
        at = place_point(n.place, n.country)
        line = incident_line(picture, n)
        if at is None:
            left_out["incidents"] += 1
            continue
        features.append(
            _feature(
                {"type": "Point", "coordinates": [at.lon_deg, at.lat_deg]},
                {
                    "type": "incident",
                    "kind": n.kind,
                    "actor": " or ".join(picture.name(a) for a in n.actors),
                    "place": n.place,
                    "country": n.country,
                    "precision_km": at.precision_km,
                    "level": at.level,
                    "first": when.iso(n.span.first) if n.span else None,
                    "last": when.iso(n.span.last) if n.span else None,
                    "dated_by_publication": n.dated_by_publication,
                    "vague": n.vague,
                    "denied": bool(n.against),
                    "reports": n.reports,
                    "certainty": picture.entries[line.evidence[0]].claim.certainty,
                    "sentence": line.text,
                },
            )
        )
    for f, row in zip(picture.flows.values(), flow_rows(picture), strict=True):
        ends = [country_point(actor_country(picture.actors[a], picture.actors)) if a else None for a in f.key[1:3]]
        if ends[0] is None or ends[1] is None or ends[0] == ends[1]:
            left_out["flows"] += 1
            continue
        features.append(
            _feature(
                {"type": "LineString", "coordinates": [[p.lon_deg, p.lat_deg] for p in ends if p]},
                {
                    "type": "flow",
                    **{
                        k: row[k]
                        for k in (
                            "kind",
                            "provider",
                            "recipient",
                            "certainty",
                            "information",
                            "first",
                            "last",
                            "capabilities",
                            "sentence",
                            "documents",
                        )
                    },
                    "precision_km": [p.precision_km for p in ends if p],
                },
            )
        )
    return (
        json.dumps({"type": "FeatureCollection", "left_out": left_out, "features": features}, ensure_ascii=False, indent=1) + "\n"
    )


def _feature(geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
