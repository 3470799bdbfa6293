"""Detection rows -> plots in processing order, cut into looks. Everything per row is done by `prepare_kernels`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.geo import LocalFrame
from picket.track import prepare_kernels as k
from picket.track.layout_kernels import IDENTITY_KINDS, Plots
from picket.track.sensors import SAYS, SensorTable
from picket.track.threads import convert_on
from picket.words import Batch

Ints = npt.NDArray[np.int64]
COLUMNS = (
    "time", "range_m", "azimuth_deg", "elevation_deg", "range_rate_mps", "lat_deg", "lon_deg", "alt_wgs84_m", "alt_msl_m",
    "alt_pressure_m", "height_takeoff_m", "speed_mps", "course_deg", "climb_mps", "sigma_range_m", "sigma_azimuth_deg",
    "sigma_elevation_deg", "sigma_range_rate_mps", "sigma_position_m", "sigma_altitude_m", "sigma_speed_mps", "received",
)  # fmt: skip
_ROW = {name: q for q, name in enumerate(COLUMNS)}
REASONS = ("", "no_time", "bad_value", "no_position", "no_sensor_place", "future", "duplicate", "late")
ORIGINS = ("live", "replay", "exercise")
_SORTED = ("time", "range_m", "azimuth_deg", "lat_deg", "lon_deg", "elevation_deg")
_NONE = np.full(1, -1, np.int64)
_SAID = {
    0: ("drone", "uav", "uas", "multirotor", "quadcopter", "multicopter"), 1: ("bird", "flock"),
    2: ("aircraft", "airplane", "aeroplane", "helicopter", "plane", "jet"), 3: ("vessel", "ship", "boat"),
}  # fmt: skip


class Codes:
    """One number for every identity, transmitter and track number that turned up, stable for the tracker's life."""

    def __init__(self) -> None:
        self.of: dict[tuple[Any, ...], int] = {}
        self.words: list[str] = []
        self._told: tuple[Any, Ints, tuple[str, ...]] = (None, np.empty(0, np.int64), ())
        self._tables: dict[str, tuple[tuple[str, ...], Ints]] = {}

    def table(self, prefix: str, words: tuple[str, ...]) -> Ints:
        """(words + 1,) the codes of a column's words, and -1 for none. Most batches of a sensor name the same objects as the last."""
        held, table = self._tables.get(prefix, ((), _NONE))
        if held != words:
            table = np.array([*self.intern([(prefix, word) for word in words]), -1], np.int64)
            self._tables[prefix] = words, table
        return table

    def intern(self, keys: list[tuple[Any, ...]]) -> list[int]:
        """Codes of the keys (their last part is the word); new ones are numbered in sorted order, not in order of arrival."""
        for key in sorted({key for key in keys if key not in self.of}):
            self.of[key] = len(self.words)
            self.words.append(str(key[-1]))
        return [self.of[key] for key in keys]

    def dictionary(self, held: Ints) -> tuple[Ints, tuple[str, ...]]:
        """Codes (-1 = none) as a column's own: place in its words, and the words in order of codes. Most pictures repeat the last."""
        last = self._told[0]
        if last is None or len(last) != len(held) or np.count_nonzero(last != held):
            present, where = np.unique(held, return_inverse=True)
            unknown = int(present[0] < 0)
            self._told = held.copy(), (where - unknown).astype(np.int32), tuple(self.words[c] for c in present[unknown:].tolist())
        return self._told[1:]

    def keep(self, used: Ints) -> Ints:
        """Forgets all codes but `used`; returns the table old code -> new code (-1 = forgotten)."""
        self._told = (None, np.empty(0, np.int64), ())
        self._tables.clear()
        table = np.full(len(self.words) + 1, -1, np.int64)
        table[used] = np.arange(len(used))
        self.words = [self.words[c] for c in used.tolist()]
        self.of = {key: int(table[c]) for key, c in self.of.items() if table[c] >= 0}
        return table


@dataclass
class Look:
    """One sensor's plots of one look: positions in `plots`, and the time of the last."""

    members: Ints
    sensor: int
    time: float


@dataclass
class Prepared:
    """What one batch gives: plots, the look of each (-1 = a repetition, which is in none), and the batch's row of each."""

    plots: Plots
    group: Ints
    rows: Ints

    def last(self) -> float:
        """Time of the last plot that is in a look; -inf where none is."""
        return float(self.plots.time[: len(self.group)].max(where=self.group >= 0, initial=-np.inf))

    def looks(self) -> list[Look]:
        """The looks in the order in which they are taken in."""
        return looks_of(self.plots, self.group, len(self.group))


def _words_used(batch: Batch, column: str) -> tuple[Any, list[tuple[int, Any]]]:
    """The column's codes (or None), and (code, word) of the words to look at: only those present where the dictionary is long."""
    held = batch.columns.get(column)
    if held is None:
        return None, []
    words = batch.words(column)
    if len(words) <= batch.n + 8:
        return held, list(enumerate(words))
    return held, [(int(c), words[c]) for c in np.unique(held) if c >= 0]


def _mapped(batch: Batch, column: str, code_of: Any) -> Ints:
    """(n,) int64: code_of(word) of every row, -1 where unknown."""
    held, used = _words_used(batch, column)
    if held is None:
        return np.full(batch.n, -1, np.int64)
    table = np.full(len(batch.words(column)) + 1, -1, np.int64)
    for c, word in used:
        table[c] = code_of(word)
    return np.asarray(table[held])


def _interned(batch: Batch, column: str, codes: Codes, prefix: str) -> Ints:
    held, words = batch.columns.get(column), batch.words(column)
    if held is None:
        return np.full(batch.n, -1, np.int64)
    if len(words) <= batch.n + 8:
        return np.asarray(codes.table(prefix, words)[held])
    _, used = _words_used(batch, column)
    table = np.full(len(words) + 1, -1, np.int64)
    table[[c for c, _ in used]] = codes.intern([(prefix, word) for _, word in used])
    return np.asarray(table[held])


def _said(word: str) -> int:
    low = word.lower()
    return next((c for c, names in _SAID.items() if any(n in low for n in names)), -1)


def _kind_code(word: str) -> int:
    return IDENTITY_KINDS.index(word) if word in IDENTITY_KINDS else len(IDENTITY_KINDS) - 1


def sensor_rows(batch: Batch, table: SensorTable, frame: LocalFrame | None) -> Ints:
    """(n,) index of each row's sensor; new sensors are made in order of their names."""
    ids, kinds = batch.words("sensor_id"), batch.words("kind")
    width = len(kinds) + 1
    pair = (batch["sensor_id"].astype(np.int64) + 1) * width + batch["kind"] + 1
    if batch.n and (pair == pair[0]).all():  # one sensor: most batches
        present, where = pair[:1], np.zeros(batch.n, np.int64)
    else:
        present, where = np.unique(pair, return_inverse=True)
    named = []
    for q, p in enumerate(present.tolist()):
        kind = kinds[p % width - 1] if p % width else "unknown"
        named.append((ids[p // width - 1] if p // width else f"({kind})", kind, q))
    out = np.empty(len(present), np.int64)
    moving = "sensor_lat_deg" in batch.columns
    for name, kind, q in sorted(named):
        place = _place(batch, where == q) if moving else None
        out[q] = table.find(name, kind, frame, place)
    return out[where]


def _place(batch: Batch, mask: npt.NDArray[np.bool_]) -> tuple[float, float, float] | None:
    """The sensor's own place as its first row with one states it."""
    lat, lon, alt = batch["sensor_lat_deg"], batch["sensor_lon_deg"], batch["sensor_alt_wgs84_m"]
    good = np.flatnonzero(mask & (np.abs(lat) <= 90.0) & (np.abs(lon) <= 360.0))
    if len(good) == 0:
        return None
    i = good[0]
    return float(lat[i]), float(lon[i]), float(alt[i]) if abs(alt[i]) < 1e5 else 0.0


def new_plots(n: int) -> Plots:
    """n plots that measure nothing yet."""
    words, codes = np.full((3, n), -1, np.int8), np.full((4, n), -1, np.int32)
    floats, numbers = np.zeros((3, n)), np.full((2, n), -1, np.int64)
    return Plots(
        time=floats[0], sensor=np.zeros(n, np.int64), kind=np.zeros(n, np.int8), form=np.zeros(n, np.int64),
        z=np.empty((n, 6)), sigma=np.ones((n, 6)), p=np.zeros((n, 3)), half=floats[1],
        ident=codes[0], ident_kind=words[0], transmitter=codes[1], sensor_track=codes[2],
        said=words[1], foreign=np.zeros(n, np.int8), origin=words[2], row=codes[3], track=numbers[0], weight=floats[2],
        begun=numbers[1],
    )  # fmt: skip


def prepare(
    batch: Batch,
    table: SensorTable,
    frame: LocalFrame,
    geoid_m: float,
    codes: Codes,
    horizon: float,
    left_out: Counter[str],
    threads: int = 1,
) -> Prepared:
    """Plots and looks of `batch`; what cannot be used is counted in `left_out`. Status rows are no plots and not counted."""
    rows = np.arange(batch.n)
    if "status" in batch.words("report"):
        rows = np.flatnonzero(~batch.equals("report", "status"))
        batch = batch.take(rows)
    n = batch.n
    present = [name for name in batch.columns if name in _ROW]
    F, at = np.empty((len(present) + 1, n)), np.full(len(COLUMNS), len(present))
    F[-1] = np.nan
    for q, name in enumerate(present):
        F[q], at[_ROW[name]] = batch.columns[name], q
    sensor = sensor_rows(batch, table, frame)
    number = sensor.astype(np.min_scalar_type(len(table.names)))  # a small number is sorted in a tenth of the time
    order = order_by((number, *(F[at[_ROW[name]]] for name in _SORTED)))
    foreign = batch.equals("report", "track").astype(np.int64)
    plots, reason = new_plots(n), np.zeros(n, np.int64)
    m = convert_on(
        threads, F, at, order, sensor, foreign, geoid_m, frame.alt_wgs84_m, frame.rotation, frame.origin_ecef_m, horizon, table.arrays,
        plots, reason,
    )  # fmt: skip
    row = plots.row[:m]
    _say(batch, codes, plots, row, np.array([SAYS.get(kind, -1) for kind in table.kinds]))
    if "sensor_track_id" in batch.columns:
        plots.sensor_track[:m] = _sensor_tracks(batch, sensor, codes)[row]
    group, seen = np.empty(m, np.int64), np.full(len(codes.words), -1, np.int64)
    k.cut(plots, m, table.arrays.period, seen, group, reason)
    _count(reason, left_out)
    return Prepared(plots, group, rows[row])


def _say(batch: Batch, codes: Codes, plots: Plots, row: Ints, says: Ints) -> None:
    """What the rows say of their objects, into the plots that come of them; says: the class that each sensor's plots are taken for. Columns
    that are not there, most of them, cost nothing: `new_plots` holds -1."""
    m, held = len(row), batch.columns
    if "identity" in held:
        plots.ident[:m] = _interned(batch, "identity", codes, "identity")[row]
    plots.ident_kind[:m] = len(IDENTITY_KINDS) - 1
    if "identity_kind" in held:
        kind = _mapped(batch, "identity_kind", _kind_code)[row]
        np.copyto(plots.ident_kind[:m], kind, where=kind >= 0)
    if "transmitter" in held:
        plots.transmitter[:m] = _interned(batch, "transmitter", codes, "transmitter")[row]
    plots.said[:m] = says[plots.sensor[:m]]
    if "classification" in held:
        said = _mapped(batch, "classification", _said)[row]
        np.copyto(plots.said[:m], said, where=said >= 0)
    if "origin" in held:
        plots.origin[:m] = _mapped(batch, "origin", lambda w: ORIGINS.index(w) if w in ORIGINS else -1)[row]


def order_by(keys: Sequence[npt.NDArray[Any]], fewest: int = 1) -> Ints:
    """np.lexsort by the keys, the first first; but keys that are all alike are left out, and those that settle nothing more: a sort by
    seven keys took a fifth of a step of a million plots. fewest: of the keys that tell something, so many at least are needed."""
    n = len(keys[0])
    if n < 2:
        return np.zeros(n, np.int64)
    telling: list[npt.NDArray[Any]] = []
    for tried, key in enumerate(keys):
        if (key == key[0]).all() or np.isnan(key).all():
            continue
        telling.append(key)
        if fewest <= 1 and telling[0] is not keys[0] and len(telling) == 1 and (key[1:] > key[:-1]).all():
            return np.arange(n)  # one sensor, in order: most batches
        least = max(fewest, 2 if telling[0] is keys[0] else 1)  # sensors alone never do
        if least <= len(telling) < least + 2 and tried < len(keys) - 1:
            order = np.argsort(key)  # of keys that set all apart the last may be sorted by any sort, which is quicker
            for before in telling[-2::-1]:
                order = order[np.argsort(before[order], kind="stable")]
            apart = np.zeros(n - 1, np.bool_)
            for one in telling:
                apart |= (one[order[1:]] > one[order[:-1]]) | (one[order[1:]] < one[order[:-1]])  # never of NaN
            if apart.all():
                return order
    return np.lexsort(telling[::-1]) if telling else np.arange(n)


def _sensor_tracks(batch: Batch, sensor: Ints, codes: Codes) -> Ints:
    """Track numbers are each sensor's own: code of (sensor, number)."""
    held, words = batch["sensor_track_id"].astype(np.int64), batch.words("sensor_track_id")
    present, where = np.unique(np.where(held >= 0, sensor * len(words) + held, -1), return_inverse=True)
    keys = [("track", p // len(words), words[p % len(words)]) for p in present.tolist() if p >= 0]
    new = codes.intern(keys)
    return np.array(new if len(new) == len(present) else [-1, *new], np.int64)[where]


def _count(reason: Ints, left_out: Counter[str]) -> None:
    if not np.count_nonzero(reason):
        return
    for code, count in enumerate(np.bincount(reason).tolist()):
        if code and count:
            left_out[REASONS[code]] += count


def looks_of(plots: Plots, group: Ints, m: int) -> list[Look]:
    """The groups as looks, ordered by the time of their last plot."""
    if m == 0:
        return []
    if not group.any():  # one look, nothing repeated
        return [Look(np.arange(m), int(plots.sensor[0]), float(plots.time[m - 1]))]
    kept = np.flatnonzero(group >= 0)
    starts = np.flatnonzero(np.diff(group[kept], prepend=-1))
    ends = np.append(starts[1:], len(kept))
    last = plots.time[kept[ends - 1]]
    sensors = plots.sensor[kept[starts]]
    return [Look(kept[starts[g] : ends[g]], int(sensors[g]), float(last[g])) for g in np.argsort(last, kind="stable").tolist()]
