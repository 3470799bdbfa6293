"""Sensor uptime: the denominator of every count. Gathered while a log is replayed or a table imported, read back for a period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from picket.record.archive import Archive, Sealer

Array = npt.NDArray[Any]

UP = ("ok", "stale")  # the station's words for a sensor that works
LONGEST_STEP_S = 60.0  # between two looks; what lies further apart was not watched (the station was down)


class UptimeBook:
    """Adds up, per hour and sensor, the seconds in which it worked and did not, and the minutes in which it was heard."""

    def __init__(self) -> None:
        self._seconds: dict[tuple[int, str], list[float]] = {}
        self._minutes: dict[tuple[int, str], set[int]] = {}
        self._last: tuple[float, Mapping[str, str]] | None = None

    def look(self, time: float, states: Mapping[str, str]) -> None:
        """The sensors' states at a time: what they were at the last look holds until now, if that is not long ago."""
        if self._last is not None and 0.0 < time - self._last[0] <= LONGEST_STEP_S:
            begin, before = self._last
            while begin < time:
                hour = int(begin // 3600)
                end = min(time, (hour + 1) * 3600.0)
                for sensor, state in before.items():
                    self._seconds.setdefault((hour, sensor), [0.0, 0.0])[state not in UP] += end - begin
                begin = end
        self._last = time, dict(states)

    def boot(self) -> None:
        """The station started: what was before it was not watched."""
        self._last = None

    def heard(self, sensor: str, minutes: Iterable[int]) -> None:
        """Minutes (since 1970) in which a sensor reported anything."""
        for minute in minutes:
            self._minutes.setdefault((minute // 60, sensor), set()).add(minute)

    def heard_hours(self) -> set[tuple[int, str]]:
        """Every (hour since 1970, sensor) in which it was heard."""
        return set(self._minutes)

    def sensors(self) -> tuple[str, ...]:
        """Every sensor met."""
        return tuple(sorted({s for _, s in [*self._seconds, *self._minutes]}))

    def write(self, sealer: Sealer) -> None:
        """Seals what was added up."""
        keys = sorted({*self._seconds, *self._minutes})
        unknown = [float("nan"), float("nan")]
        seconds = [self._seconds.get(key, unknown) for key in keys]
        sealer.uptime(
            [h for h, _ in keys], [s for _, s in keys], [s[0] for s in seconds], [s[1] for s in seconds],
            [len(self._minutes.get(key, ())) for key in keys],
        )  # fmt: skip


@dataclass(frozen=True)
class Sensor:
    """One sensor over the period: hours in which it worked, did not, and in which it was heard at least once a minute."""

    up_h: float
    down_h: float
    heard_h: float
    judged: bool  # a station judged it; False: an imported table, of which only "heard" is known


@dataclass(frozen=True)
class Uptime:
    """Uptime of a period; `known` when a station judged every sensor of it."""

    hours: int
    sensors: dict[str, Sensor]
    _hour: Array
    _least: Array  # share of the hour in which the sensor that worked least did

    @property
    def known(self) -> bool:
        """Whether it can be a denominator."""
        return bool(self.sensors) and all(s.judged for s in self.sensors.values())

    def share_of(self, starts: Array, hours: int) -> Array:
        """(B,) mean over each bucket's hours of the share in which every sensor worked; hours without a record count as 0."""
        if not self.known:
            return np.full(len(starts), np.nan)
        total = np.concatenate([[0.0], np.cumsum(self._least)])
        a, b = np.searchsorted(self._hour, starts), np.searchsorted(self._hour, starts + hours)
        return np.asarray((total[b] - total[a]) / hours)


def read_uptime(archive: Archive, since: int, until: int) -> Uptime:
    """Uptime of the days since <= day < until, of all sources together."""
    rows = archive.rows("uptime", since, until)
    hour, up, down, heard = (rows[n].to_numpy() for n in ("hour", "up_s", "down_s", "heard"))
    coded = rows["sensor_id"].combine_chunks().dictionary_encode()
    names, code = coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False)
    sensors = {}
    for i, name in sorted(enumerate(names), key=lambda pair: pair[1]):
        own = code == i
        known = own & np.isfinite(up)
        sensors[name] = Sensor(
            float(up[known].sum() / 3600),
            float(down[known].sum() / 3600),
            float(heard[own].sum() / 60),
            bool(known.any() or not own.any()),
        )
    # an hour's share is that of the sensor that worked least; a sensor that is missing from an hour did not work in it
    every = np.unique(hour)
    share = np.zeros((len(names), len(every)))
    np.add.at(share, (code, np.searchsorted(every, hour)), np.nan_to_num(up) / 3600.0)
    least = np.minimum(share.min(axis=0), 1.0) if len(names) else np.zeros(len(every))
    return Uptime((until - since) * 24, sensors, every, least)
