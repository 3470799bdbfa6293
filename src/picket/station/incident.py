"""A recorded period as a folder that opens anywhere, off line, without Picket: what was seen, alerted and decided, and proof.

    index.html        the period for people: plan, alerts, tracks, decisions; no script, nothing loaded from anywhere
    incident.pdf      the same to print; left out where the packages for PDF are not installed
    tracks.geojson    each track's path with its times; tracks.csv: the same points as a table
    detections.csv    every report of every sensor in the period, as it came
    alerts.jsonl      every alert of the period as it last stood in it
    decisions.csv     what officers did, and looks that are in the audit log
    incident.json     the case, where one is exported: status, steps, notes, alerts, tracks; its files lie in attachments/
    record.json       period, site, definitions, and which records of the log this was made from, with the log's chain value
    SHA256SUMS        digests of all these files (`sha256sum -c SHA256SUMS`)

It is made by replaying the log, so the same log and site file give the same bytes. Operator positions are not in it: they are
not in the log.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import shapely.geometry

from picket import paper
from picket.feed.table import TableWriter
from picket.record.cases import Case, told
from picket.record.codec import unpack
from picket.record.collect import Collector, Day
from picket.record.log import Verdict
from picket.record.sealed import E7, HOLE_S, SPACING_S
from picket.site import Site
from picket.station.core import digest
from picket.station.incident_files import FileError, read
from picket.station.incident_page import page
from picket.station.incident_paper import document
from picket.station.replay import moments
from picket.watch import Alert
from picket.words import DETECTION, Batch

_LOOKS = ("signed in", "looked")  # of the audit records: who was there is not what was decided


class IncidentError(ValueError):
    """An export that cannot be made as asked."""


@dataclass
class Incident:
    """What the period held. tracks: number -> {"time", "lat_deg", "lon_deg", "alt_wgs84_m", "identity", ...}."""

    since: float
    until: float
    title: str
    note: str
    simulated: bool
    alerts: list[Alert] = field(default_factory=list)
    tracks: dict[int, dict[str, Any]] = field(default_factory=dict)
    decisions: list[tuple[float, str, str, str]] = field(default_factory=list)  # time, who, what, detail
    record: dict[str, Any] = field(default_factory=dict)
    case: Case | None = None
    files: list[tuple[str, str]] = field(default_factory=list)  # name in the folder, what is wrong with it


def export_incident(
    archive: Path, site: Site, since: float, until: float, out: Path, *, title: str = "Incident", note: str = "",
    case: Case | None = None, seed: int = 0,
) -> Incident:  # fmt: skip
    """Writes the period into the new folder `out`, with what a `case` has gathered; the title is the case's.

    Raises ReplayError for a period that is not in the log, IncidentError for a folder that exists.
    """
    if out.exists():
        raise IncidentError(f"{out}: is there already; give the export a folder of its own")
    out.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))  # the folder appears whole or not at all
    try:
        empty = Incident(since, until, case.title if case else title, note, site.station.origin == "exercise", case=case)
        found = _gather(archive, site, since, until, place, empty, seed)
        _attach(found, archive, place)
        _write(found, site, place)
        os.chmod(place, 0o755)
        os.replace(place, out)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return found


def _gather(archive: Path, site: Site, since: float, until: float, place: Path, found: Incident, seed: int) -> Incident:
    verdict, alerts = Verdict(), dict[int, Alert]()
    days: list[Day] = []
    identity: dict[int, tuple[str | None, str | None]] = {}
    collector = Collector(days.append, lambda name, day: name)
    numbers: list[int] = []
    with TableWriter(place / "detections.csv", DETECTION) as detections:
        for m in moments(archive, site, since, until, seed=seed, verdict=verdict):
            numbers.append(m.record.seq)
            collector.picture(m.tracks)
            _name(m.tracks, identity)
            alerts.update({a.id: a for a in m.alerts})
            payload = m.record.payload
            if m.record.kind == "batch" and payload.get("d") is not None:
                detections.write(unpack(payload["d"]))
            elif m.record.kind in ("action", "audit"):
                _decide(found, m.record.kind, m.record.time, payload)
        rows = detections.rows
    collector.finish()
    found.alerts = [alerts[i] for i in sorted(alerts)]
    found.tracks = _paths(days, identity)
    found.record = {
        "made_from": {"first_record": numbers[0], "last_record": numbers[-1], "records": len(numbers), "damage": verdict.damage},
        "log_segments": {p.name: _sha256(p.read_bytes()) for p in sorted(archive.glob("[0-9]*.plog"))},
        "site_file": {"name": site.site.name, "digest": digest(site)},
        "period": {"since": since, "until": until},
        "detections": rows,
        "simulated": found.simulated,
        "definitions": {
            "track": "the fused estimate of one object over time; confirmed or coasting",
            "point": f"an estimate at a time at which it was measured, at most one every {SPACING_S:g} s; "
            f"lines end at holes of {HOLE_S:g} s",
            "alert": "a rule that fired; as it last stood in the period",
        },
    }
    return found


def _name(tracks: Batch, identity: dict[int, tuple[str | None, str | None]]) -> None:
    if not tracks.n or "identity" not in tracks.columns:
        return
    known = tracks["identity"] >= 0
    part = tracks.take(known)
    for number, name, kind in zip(part["track_id"].tolist(), part.values("identity"), part.values("identity_kind"), strict=True):
        identity[number] = name, kind


def _decide(found: Incident, kind: str, time: float, payload: dict[str, Any]) -> None:
    if kind == "audit":
        if not str(payload.get("what", "")).startswith(_LOOKS):
            found.decisions.append((time, str(payload.get("who", "")), str(payload.get("what", "")), ""))
        return
    what = {"acknowledge": "acknowledged alert", "close": "closed alert", "zone": "changed zone"}.get(
        payload["do"], payload["do"]
    )
    if payload["do"] == "case":
        found.decisions.append(
            (time, str(payload.get("by", "")), f"incident {payload.get('case')}: {told(payload)}", str(payload.get("text") or ""))
        )
        return
    about = str(payload.get("id", payload.get("zone", payload.get("kind", ""))))
    detail = "; ".join(str(payload[k]) for k in ("cause", "note", "text", "words") if payload.get(k))
    found.decisions.append((time, str(payload.get("by", "")), f"{what} {about}", detail))


def _paths(days: list[Day], identity: dict[int, tuple[str | None, str | None]]) -> dict[int, dict[str, Any]]:
    tracks: dict[int, dict[str, Any]] = {}
    for day in days:
        s, p = day.segments, day.points
        for i, number in enumerate(np.asarray(s["track_id"]).tolist()):
            begin = int(s["first_row"][i]) + int(s["carry"][i])
            rows = slice(begin, int(s["first_row"][i]) + int(s["rows"][i]))
            alt = p["alt_dm"][rows]
            piece = {
                "time": np.asarray(p["time_ms"][rows]) / 1e3,
                "lat_deg": np.asarray(p["lat_e7"][rows]) / E7,
                "lon_deg": np.asarray(p["lon_e7"][rows]) / E7,
                "alt_wgs84_m": np.where(np.ma.getmaskarray(alt), np.nan, np.ma.getdata(alt) / 10.0),
            }
            name, kind = identity.get(number, (None, None))
            one = tracks.setdefault(number, {"pieces": [], "identity": name, "identity_kind": kind})
            one["pieces"].append(piece)
            one["classification"] = s["classification"][i]
            one["sensors"] = sorted({*one.get("sensors", []), *filter(None, s["sensors"][i].split(";"))})
    return dict(sorted(tracks.items()))


def _attach(found: Incident, archive: Path, place: Path) -> None:
    """The case's files under their own names, numbered; one that is gone or damaged is named instead."""
    for i, file in enumerate(found.case.files if found.case else (), 1):
        name = f"attachments/{i:02}-{file.name}"
        try:
            data = read(archive, file.sha256)
        except FileError as e:
            found.files.append((name, str(e)))
            continue
        (place / "attachments").mkdir(exist_ok=True)
        (place / name).write_bytes(data)
        found.files.append((name, ""))


# -- files -------------------------------------------------------------------------------------------------------------
def _write(found: Incident, site: Site, place: Path) -> None:
    files = {
        "index.html": page(found, site),
        "tracks.geojson": json.dumps(_geojson(found, site), allow_nan=False) + "\n",
        "tracks.csv": _csv(["track_id", "time", "lat_deg", "lon_deg", "alt_wgs84_m"], _points(found)),
        "alerts.jsonl": "".join(json.dumps(msgspec.to_builtins(a), sort_keys=True) + "\n" for a in found.alerts),
        "decisions.csv": _csv(["time", "who", "what", "detail"], found.decisions),
        "record.json": json.dumps(found.record, indent=1, sort_keys=True) + "\n",
    }
    if found.case is not None:
        files["incident.json"] = json.dumps(msgspec.to_builtins(found.case), indent=1, sort_keys=True) + "\n"
    for name, text in files.items():
        (place / name).write_text(text, "utf-8")
    attached = [name for name, wrong in found.files if not wrong]
    names = [*files, "detections.csv", *attached, *_print(found, site, place)]
    sums = "".join(f"{_sha256((place / name).read_bytes())}  {name}\n" for name in sorted(names))
    (place / "SHA256SUMS").write_text(sums, "ascii")


def _print(found: Incident, site: Site, place: Path) -> list[str]:
    """The pages to print, where the packages for PDF are installed."""
    try:
        paper.write(document(found, site), place / "incident.pdf")
    except paper.PaperError:
        return []
    return ["incident.pdf"]


def _points(found: Incident) -> list[tuple[Any, ...]]:
    return [
        (number, f"{t:.3f}", f"{la:.7f}", f"{lo:.7f}", "" if al != al else f"{al:.1f}")
        for number, track in found.tracks.items()
        for p in track["pieces"]
        for t, la, lo, al in zip(p["time"], p["lat_deg"], p["lon_deg"], p["alt_wgs84_m"], strict=True)
    ]


def _csv(names: list[str], rows: list[tuple[Any, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return out.getvalue()


def _geojson(found: Incident, site: Site) -> dict[str, Any]:
    features: list[dict[str, Any]] = [
        {"type": "Feature", "geometry": shapely.geometry.mapping(shape), "properties": {"zone": z.id, "kind": z.kind}}
        for z in site.zone
        for shape in [site.shapes[z.id]]
    ]
    for number, track in found.tracks.items():
        lines = [np.stack([p["lon_deg"], p["lat_deg"]], axis=1).round(7).tolist() for p in track["pieces"]]
        properties = {
            "track_id": number, "classification": track["classification"], "identity": track["identity"], "sensors": track["sensors"],
            "simulated": found.simulated, "times": [p["time"].round(3).tolist() for p in track["pieces"]],
        }  # fmt: skip
        lines = [line if len(line) > 1 else [line[0], line[0]] for line in lines]
        features.append(
            {"type": "Feature", "geometry": {"type": "MultiLineString", "coordinates": lines}, "properties": properties}
        )
    return {"type": "FeatureCollection", "features": features}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
