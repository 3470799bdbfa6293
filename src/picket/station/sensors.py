"""How each sensor is doing, from log records alone: the same records give the same judgement, live or replayed.

ok       heard within three of its own periods
stale    later than that, not yet `alert.silent_scans` periods
silent   later still, or its link has been down for longer than that
never    nothing came yet since the station began

A radar's period is its site file's `scan_period_s`; a receiver's is learned from its own heartbeats. A receiver without
heartbeats may hear nothing because nothing flies: it is judged by its link alone.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from picket.site import Sensor, Site
from picket.station.clocks import SensorClock
from picket.track import SensorBias, SensorConditions
from picket.watch import SensorLook
from picket.watch.sighting import HOLDS_S, SIGMA_BEARING_DEG, SIGMA_RANGE_SHARE, Sighting
from picket.words import Batch

_STALE_PERIODS = 3.0
_LINK_GRACE_S = 10.0  # a sensor without a known period is silent when its link has been down this long
_START_GRACE_S = 15.0  # a sensor that has not spoken yet is not called silent before this
_MOST_OBSERVERS, _MOST_SIGHTINGS = 64, 8  # posts beside the site file's sensors, and reports kept of each
_RATE_S = 10.0  # the API's rate of detections is over this long


@dataclass
class _State:
    sensor: Sensor
    clock: SensorClock
    last: float | None = None
    last_beat: float | None = None
    beat_s: float | None = None
    link_down_since: float | None = None
    link: str = "none"
    detections: int = 0
    recent: deque[tuple[float, int]] = field(default_factory=deque)
    redated: int = 0
    own_state: str | None = None
    bias: SensorBias | None = None
    left_out: Counter[str] = field(default_factory=Counter)
    reports: int = 0  # of a person
    sightings: deque[Sighting] = field(default_factory=lambda: deque(maxlen=_MOST_SIGHTINGS))

    @property
    def period_s(self) -> float | None:
        return self.sensor.scan_period_s or self.beat_s

    def forget(self, time: float) -> None:
        """Lets go of counts older than the rate looks back."""
        while self.recent and self.recent[0][0] <= time - _RATE_S:
            self.recent.popleft()


class SensorBoard:
    """One line per sensor of the site file."""

    def __init__(self, site: Site, silent_scans: float) -> None:
        self._silent_scans = silent_scans
        self._site = site
        self._states = {s.id: _State(s, SensorClock(site.alert.clock_limit_s)) for s in site.sensor}
        self.began: float | None = None

    def began_at(self, time: float) -> None:
        """The station began: a sensor is given its periods from here."""
        self.began = time

    def heard(self, batch: Batch, time: float) -> None:
        """Takes in the detections or status rows of a record made at station time `time`."""
        codes = batch["sensor_id"]
        for code, name in enumerate(batch.words("sensor_id")):
            rows = codes == code
            n = int(np.count_nonzero(rows))
            state = self._states.get(name) or (self._observer(name, batch, rows) if n else None)
            if n == 0 or state is None:
                continue
            if state.sensor.kind == "visual" and batch.table.name == "detection":
                self._seen(state, batch.take(rows), time)
            state.last = time
            if batch.table.name == "detection":
                state.detections += n
                state.recent.append((time, n))
                state.forget(time)
            else:
                self._beat(state, batch, rows, time)
            state.clock.heard(batch, rows, time)

    def _observer(self, name: str, batch: Batch, rows: Any) -> _State | None:
        """A person's post that the site file does not name is known from its first report."""
        known = len(self._states) - len(self._site.sensor)
        if (
            batch.table.name != "detection"
            or known >= _MOST_OBSERVERS
            or not (rows & batch.equals("kind", "visual")).all(where=rows)
        ):
            return None
        place = self._site.site
        post = Sensor(id=name, kind="visual", lat_deg=place.lat_deg, lon_deg=place.lon_deg)
        return self._states.setdefault(name, _State(post, SensorClock(self._site.alert.clock_limit_s)))

    def _seen(self, state: _State, batch: Batch, time: float) -> None:
        """Remembers what a person saw, for the rule `sighting`."""
        for row in batch.rows():
            if row.get("azimuth_deg") is None:
                continue
            lat, lon = row.get("sensor_lat_deg"), row.get("sensor_lon_deg")
            own = lat is None or lon is None
            fields = {
                "time": time, "lat_deg": state.sensor.lat_deg if own else lat, "lon_deg": state.sensor.lon_deg if own else lon,
                "azimuth_deg": row["azimuth_deg"], "range_m": row.get("range_m"), "what": row.get("classification"),
                "sigma_azimuth_deg": row.get("sigma_azimuth_deg") or SIGMA_BEARING_DEG,
                "sigma_range_m": row.get("sigma_range_m") or SIGMA_RANGE_SHARE * (row.get("range_m") or 0.0),
            }  # fmt: skip
            if fields["lat_deg"] is None or fields["lon_deg"] is None:
                fields["lat_deg"], fields["lon_deg"] = self._site.site.lat_deg, self._site.site.lon_deg
            state.reports += 1
            fresh = Sighting(number=state.reports, **fields)
            earlier = next((s for s in reversed(state.sightings) if fresh.continues(s)), None)
            state.sightings.append(fresh if earlier is None else msgspec.structs.replace(fresh, number=earlier.number))

    def _beat(self, state: _State, batch: Batch, rows: Any, time: float) -> None:
        known = [w for w, r in zip(batch.values("state"), rows, strict=True) if r and w]
        state.own_state = known[-1] if known else state.own_state
        if state.last_beat is not None and time > state.last_beat:
            gap = time - state.last_beat
            state.beat_s = gap if state.beat_s is None else 0.7 * state.beat_s + 0.3 * gap
        state.last_beat = time

    def redated(self, batch: Batch) -> Batch:
        """The rows, those of sensors whose clock is wrong dated by their arrival (clocks.py) and counted."""
        wrong = {name: s for name, s in self._states.items() if s.clock.wrong and name in batch.words("sensor_id")}
        if not wrong:
            return batch
        time, received = batch["time"].copy(), batch["received"]
        able = np.isfinite(time) & np.isfinite(received) & batch.equals("time_source", "sensor")
        changed = np.zeros(batch.n, np.bool_)
        for name, state in wrong.items():
            rows = able & batch.equals("sensor_id", name)
            time[rows] = state.clock.usable(time[rows], received[rows])
            state.redated += int(np.count_nonzero(rows))
            changed |= rows
        words = tuple(dict.fromkeys((*batch.words("time_source"), "receiver")))
        codes = np.where(changed, words.index("receiver"), batch["time_source"])
        dated = Batch.build(batch.table, batch.n, {"time": time, "time_source": codes}, {"time_source": words})
        return Batch(batch.table, batch.n, {**batch.columns, **dated.columns}, {**batch.texts, **dated.texts})

    def compared(self, biases: list[SensorBias]) -> None:
        """What the tracker knows of the sensors' biases against one another."""
        for bias in biases:
            if bias.sensor_id in self._states:
                self._states[bias.sensor_id].bias = bias

    def linked(self, sensor_ids: list[str], state: str, time: float) -> None:
        """The link that carries these sensors came up or went down."""
        for name in sensor_ids:
            s = self._states.get(name)
            if s is not None:
                s.link = state
                s.link_down_since = None if state == "up" else (s.link_down_since or time)

    def left_out(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Counts of what was left out, per sensor."""
        for name, reasons in counts.items():
            if name in self._states:
                self._states[name].left_out.update(reasons)

    def look(self, sensor_id: str, time: float) -> SensorLook:
        """The judgement of one sensor at station time `time`."""
        s = self._states[sensor_id]
        since = s.last if s.last is not None else self.began
        age = None if since is None else max(time - since, 0.0)
        down = 0.0 if s.link_down_since is None else time - s.link_down_since
        period = s.period_s
        grace = _LINK_GRACE_S if period is None else self._silent_scans * period
        if s.last is None:
            grace = max(grace, _START_GRACE_S)
        if down > grace or (period is not None and age is not None and age > grace):
            word = "silent"
        elif s.last is None:
            word = "never"
        elif period is not None and age is not None and age > _STALE_PERIODS * period:
            word = "stale"
        else:
            word = "ok"
        clock = s.clock
        off = (None, None, None) if s.bias is None else _corrected(s.bias)
        return SensorLook(
            id=sensor_id, kind=s.sensor.kind, state=word, age_s=None if s.last is None else age, period_s=period,
            clock_offset_s=clock.offset_s, clock_jitter_s=clock.jitter_s, clock_wrong=clock.wrong,
            bias_range_m=off[0], bias_azimuth_deg=off[1], bias_time_s=off[2],
            sightings=tuple(seen for seen in s.sightings if 0.0 <= time - seen.time <= HOLDS_S),
        )  # fmt: skip

    def looks(self, time: float) -> list[SensorLook]:
        """Every sensor's judgement."""
        return [self.look(name, time) for name in self._states]

    def rows(self, time: float, conditions: Sequence[SensorConditions] = ()) -> list[dict[str, Any]]:
        """Every sensor for the API (docs/stream.md); conditions: what the tracker knows of what they detect and how much is false."""
        met = {one.sensor_id: one for one in conditions}
        return [self._row(name, time, met.get(name)) for name in self._states]

    def _row(self, name: str, time: float, conditions: SensorConditions | None) -> dict[str, Any]:
        s, look = self._states[name], self.look(name, time)
        s.forget(time)
        return {
            "id": name, "kind": s.sensor.kind, "lat_deg": s.sensor.lat_deg, "lon_deg": s.sensor.lon_deg,
            "state": look.state, "age_s": look.age_s, "period_s": look.period_s, "own_state": s.own_state, "link": s.link,
            "detections": s.detections, "per_s": sum(n for _, n in s.recent) / _RATE_S, "left_out": dict(s.left_out),
            "clock_offset_s": look.clock_offset_s, "clock_jitter_s": look.clock_jitter_s, "clock_wrong": look.clock_wrong,
            "redated": s.redated, "bias": None if s.bias is None else _bias_row(s.bias), "conditions": _conditions_row(conditions),
            "feed": hide_password(s.sensor.feed), "radio": any(r.sensor == name for r in self._site.radio),
            "max_range_m": s.sensor.max_range_m,
            "sector_deg": list(s.sensor.sector_deg),
            "silent_after_s": None if look.period_s is None else self._silent_scans * look.period_s,
        }  # fmt: skip


def _corrected(bias: SensorBias) -> tuple[float | None, ...]:
    """Range, azimuth and time bias that the tracker takes off this sensor's plots; None = nothing."""
    values = (bias.range_m, bias.azimuth_deg, bias.time_s)
    return tuple(v if on else None for v, on in zip(values, bias.corrected, strict=True))


def _bias_row(bias: SensorBias) -> dict[str, Any]:
    row = dataclasses.asdict(bias)
    del row["sensor_id"]
    return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()}


def _conditions_row(found: SensorConditions | None) -> dict[str, Any] | None:
    """By sector of 30 degrees from north; the detection probability of a sector is null where nothing sure was looked at."""
    if found is None:
        return None
    seen = [p if n >= 1.0 else None for p, n in zip(found.detection_probability, found.looks, strict=True)]
    return {"clutter_per_scan": found.clutter_per_scan, "detection_probability": seen}


def hide_password(feed: str | None) -> str | None:
    """A feed address that may be shown and logged: user and password cut out."""
    if feed is None or "@" not in feed:
        return feed
    head, _, tail = feed.partition("://")
    return f"{head}://...@{tail.rpartition('@')[2]}"
