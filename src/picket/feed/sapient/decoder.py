"""SAPIENT messages of one connection -> tables and answers. What each message becomes is told in `picket.feed.sapient`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from picket.feed.format import Chunk, Decoded, Options
from picket.feed.sapient.detections import Reports
from picket.feed.sapient.encoder import encode_registration_ack, encode_task_ack
from picket.feed.sapient.framing import Found, Framer
from picket.feed.sapient.nodes import Node, clean, registered
from picket.feed.sapient.schema import sapient_message, word
from picket.feed.sapient.utm import is_south, parse_zone, to_geodetic
from picket.words import STATUS, Batch

MOST_NODES = 256  # remembered; a middleware brings many on one connection
NO_TASKS = "this node senses and informs: it takes no tasks"
NO_EFFECTORS = "this node tasks no effectors"
_MOST = 16  # status items that are looked at
_LONGEST_DETAIL = 240
_LAST = 4102444800  # the year 2100
_NEW = Node()
_SEVERITY = ("ok", "degraded", "failed")
_SYSTEM = {"ok": "ok", "warning": "degraded", "error": "failed", "goodbye": "unknown"}
_LEVEL = {"warning": "degraded", "error": "failed"}
_ALERT = {"error": "degraded", "fatal": "failed"}


@dataclass
class _Out:
    """What the messages of one chunk have become so far."""

    left_out: Counter[str]
    reports: Reports = field(default_factory=Reports)
    status: list[dict[str, Any]] = field(default_factory=list)
    replies: list[bytes] = field(default_factory=list)


@dataclass(frozen=True)
class _Envelope:
    """What every message says: who sent it, when (UNIX seconds, NaN unknown), when and where it arrived."""

    node_id: str
    time: float
    received: float
    offset: int

    @property
    def now(self) -> float:
        """The time for an answer: a decoder has no clock."""
        return self.received if self.received == self.received else self.time


class SapientDecoder:
    """Remembers an unfinished frame, and what up to 256 nodes said of themselves."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._message = sapient_message()
        from google.protobuf.message import DecodeError

        self._errors = (DecodeError, ValueError, RecursionError)
        self._framer = Framer(self._parse)
        self._nodes: dict[str, Node] = {}
        self._source, self._time_source = "-", "receiver"

    def _parse(self, data: bytes) -> Any | None:
        """The message, or None where the bytes are none or name no node."""
        try:
            message = self._message.FromString(data)
        except self._errors:
            return None
        return message if clean(message.node_id, 64) else None

    def decode(self, chunk: Chunk) -> Decoded:
        """Rows, reasons and answers of the messages that end in this chunk."""
        left_out: Counter[str] = Counter()
        if chunk.link != "stream":
            return Decoded(left_out=+Counter({"wrong_link": len(chunk.starts)}))
        self._source, self._time_source = chunk.source, chunk.time_source
        return self._read(self._framer.take(chunk, left_out), left_out)

    def finish(self) -> Decoded:
        """What lies behind a frame that will not be complete any more."""
        left_out: Counter[str] = Counter()
        return self._read(self._framer.finish(left_out), left_out)

    def _read(self, found: Iterable[Found], left_out: Counter[str]) -> Decoded:
        out = _Out(left_out)
        for message, received, offset in found:
            received = received if math.isfinite(received) else math.nan
            envelope = _Envelope(clean(message.node_id, 64), self._time(message, left_out), received, offset)
            content = message.WhichOneof("content")
            if content == "detection_report":
                node = self._nodes.get(envelope.node_id, _NEW)
                reason = out.reports.add(message, envelope.node_id, node, envelope.time, received, offset)
                if reason:
                    left_out[reason] += 1
            elif content is None:
                left_out["no_content"] += 1
            elif (read := getattr(self, f"_{content}", None)) is not None:
                read(getattr(message, content), envelope, out)
            else:  # answers to what Picket never sends: registration_ack, task_ack, alert_ack
                left_out[f"unexpected_{content}"] += 1
        detections = out.reports.table(self._source, self._time_source, self._options.origin, left_out)
        return Decoded(detections, status=self._status(out.status), left_out=left_out, reply=b"".join(out.replies))

    def _time(self, message: Any, left_out: Counter[str]) -> float:
        if not message.HasField("timestamp"):
            return math.nan
        seconds, nanos = message.timestamp.seconds, message.timestamp.nanos
        if 0 < seconds < _LAST and 0 <= nanos < 10**9:
            return float(seconds + nanos * 1e-9)
        left_out["bad_time"] += 1
        return math.nan

    # -- one method for each content that is read, by its name in the schema ------------------------------------------------------
    def _registration(self, r: Any, e: _Envelope, out: _Out) -> None:
        node = registered(r, self._nodes.get(e.node_id))
        if node.is_effector:
            out.left_out["effector_refused"] += 1
            out.replies.append(encode_registration_ack(destination_id=e.node_id, time=e.now, accepted=False, reason=NO_EFFECTORS))
            self._say(out, e, "status", None, f"registration refused: {node.name}")
            return
        self._remember(e.node_id, node, out.left_out)
        out.replies.append(encode_registration_ack(destination_id=e.node_id, time=e.now))
        self._say(out, e, "status", None, "; ".join(filter(None, (f"registered: {node.name}", clean(r.icd_version, 32)))))

    def _status_report(self, s: Any, e: _Envelope, out: _Out) -> None:
        node = self._nodes.get(e.node_id, _NEW)
        changed = node.in_mode(s.mode[:64])
        if s.HasField("node_location"):
            changed = self._moved(changed, s.node_location, out.left_out)
        if changed is not node:
            self._remember(e.node_id, changed, out.left_out)
        system = word("System", s.system)
        states, words = [_SYSTEM.get(system, "unknown")], [system] if system != "unspecified" else []
        if s.mode:
            words.append(f"mode {s.mode[:64]}")
        if s.HasField("power"):
            state, text = _power(s.power)
            states.append(state)
            words.append(text)
        for one in s.status[:_MOST]:
            kind = word("StatusType", one.status_type)
            level = word("StatusLevel", one.status_level)
            states.append("degraded" if kind == "not_detecting" else _LEVEL.get(level, ""))
            name = one.status_text[:64] if kind == "unspecified" else kind.replace("_", " ")
            words.append(": ".join(filter(None, (name, one.status_value[:64]))))
        worst = max((_SEVERITY.index(x) for x in states if x in _SEVERITY), default=-1)
        state = states[0] if states[0] == "unknown" and worst < 1 else _SEVERITY[worst]
        self._say(out, e, "status" if word("Info", s.info) == "new" else "heartbeat", state, "; ".join(filter(None, words)))

    def _alert(self, a: Any, e: _Envelope, out: _Out) -> None:
        kind, state = word("AlertType", a.alert_type), word("AlertStatus", a.status)
        named = " ".join(["alert", *(w.replace("_", " ") for w in (kind, state) if w != "unspecified")])
        self._say(out, e, "status", _ALERT.get(kind), f"{named}: {a.description[:_LONGEST_DETAIL]}")

    def _error(self, x: Any, e: _Envelope, out: _Out) -> None:
        words = [w[:_LONGEST_DETAIL] for w in x.error_message[:4]] or [x.error_text[:_LONGEST_DETAIL]]
        self._say(out, e, "status", None, "error: " + "; ".join(words))

    def _task(self, t: Any, e: _Envelope, out: _Out) -> None:
        """Every task is refused, whatever it asks for: Picket senses and informs."""
        asked = "/".join((word("Control", t.control), t.command.WhichOneof("what") or "no command"))
        out.left_out["task_refused"] += 1
        reply = encode_task_ack(destination_id=e.node_id, time=e.now, task_id=clean(t.task_id, 64), reason=NO_TASKS)
        out.replies.append(reply)
        self._say(out, e, "status", None, f"task refused: {asked}")

    # -- helpers -----------------------------------------------------------------------------------------------------------------
    def _remember(self, node_id: str, node: Node, left_out: Counter[str]) -> None:
        """Keeps a node; the one that was longest without news goes where there are too many."""
        self._nodes.pop(node_id, None)
        if len(self._nodes) >= MOST_NODES:
            del self._nodes[next(iter(self._nodes))]
            left_out["node_forgotten"] += 1
        self._nodes[node_id] = node

    def _moved(self, node: Node, location: Any, left_out: Counter[str]) -> Node:
        place = _place(location, node.mode.zone)
        if place is None:
            left_out["bad_node_location"] += 1
            return node
        lat, lon, alt = place
        return replace(node, lat_deg=lat, lon_deg=lon, alt_wgs84_m=alt)

    def _say(self, out: _Out, e: _Envelope, event: str, state: str | None, detail: str) -> None:
        """Adds a row of the status table."""
        timed = e.time == e.time
        known = timed or e.received == e.received
        out.status.append(
            {
                "time": e.time if timed else e.received, "received": e.received, "sensor_id": e.node_id, "event": event, "state": state,
                "time_source": ("sensor" if timed else self._time_source) if known else None,
                "detail": clean(detail, _LONGEST_DETAIL) or None, "source_offset": e.offset,
            }
        )  # fmt: skip

    def _status(self, rows: list[dict[str, Any]]) -> Batch:
        if not rows:
            return Batch.empty(STATUS)
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        return Batch.build(STATUS, len(rows), {**columns, "origin": self._options.origin, "source": self._source})


def _power(power: Any) -> tuple[str, str]:
    """(state, words) of a power supply."""
    status, source = word("PowerStatus", power.status), word("PowerSource", power.source).replace("_", " ")
    level = f"{power.level} %" if power.HasField("level") and 0 <= power.level <= 100 else ""
    words = ["power", *(w for w in (source, status) if w != "unspecified"), level]
    return "degraded" if status == "fault" else "", " ".join(filter(None, words))


def _place(location: Any, zone: str) -> tuple[float, float, float] | None:
    """(latitude, longitude, height above the ellipsoid or NaN) of a node, None where it cannot be used."""
    x, y, system = location.x, location.y, word("LocationCoordinateSystem", location.coordinate_system)
    lat = lon = math.nan
    if system == "lat_lng_deg_m":
        lat, lon = y, x
    elif system == "lat_lng_rad_m":
        lat, lon = math.degrees(y), math.degrees(x)
    elif system == "utm_m" and (named := parse_zone(location.utm_zone[:8] or zone)) is not None:
        south, unclear = is_south(named[1], np.array([y]))
        if not unclear[0]:
            lat, lon = (float(v[0]) for v in to_geodetic(named[0], south, np.array([x]), np.array([y])))
    if not (abs(lat) <= 90 and abs(lon) <= 180) or (lat == 0 and lon == 0):
        return None
    alt = location.z if word("LocationDatum", location.datum) == "wgs84_e" and abs(location.z) <= 1e5 else math.nan
    return lat, lon, alt
