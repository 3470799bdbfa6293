"""Weather and faults at a moment: what the simulated sensors ask before they see, hear or send.

rain   specific attenuation k R^a dB/km at 10 GHz, horizontal polarisation (ITU-R P.838-3: k = 0.01217, a = 1.2571), twice over the range
sea    (1 + state / 2) times the false plots within SEA_M of a radar: a rule of this simulator, so that a rough day looks like one
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from picket.train.script import Fault, FaultKind, Inject, Weather

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

RAIN_K, RAIN_A = 0.01217, 1.2571
SEA_M = 2500.0


def between(azimuth_deg: Floats, sector: tuple[float, float]) -> Bools:
    """(N,) bool: clockwise between the two; 0 to 360 is the whole circle."""
    begin, end = sector
    if end - begin >= 360:
        return np.ones(len(azimuth_deg), np.bool_)
    return np.asarray((azimuth_deg - begin) % 360 <= (end - begin) % 360)


def rain_db(weather: Weather, range_m: Floats) -> Floats:
    """(N,) dB that a radar loses on the way there and back."""
    if weather.rain_mm_h <= 0:
        return np.zeros(len(range_m))
    result: Floats = 2.0 * RAIN_K * weather.rain_mm_h**RAIN_A * range_m / 1000.0
    return result


class Conditions:
    """What is wrong with which sensor when. `injected` is shared with whoever runs the exercise: inject -> s when it came."""

    def __init__(
        self, weather: Weather, faults: tuple[Fault, ...], injects: tuple[Inject, ...], injected: Mapping[str, float] | None
    ) -> None:
        self.weather, self._faults = weather, faults
        self._injected = {} if injected is None else injected
        self._with_faults = {f.sensor for f in faults}
        self._timed = {i.id: i.at_s + i.after_s for i in injects if i.at_s is not None}

    @property
    def injected(self) -> int:
        """How many injects came by hand or on something that happened: what was worked out before the last is out of date."""
        return len(self._injected)

    def faulty(self, sensor: str) -> bool:
        """Whether anything ever is wrong with it."""
        return sensor in self._with_faults

    def of(self, sensor: str, kind: FaultKind, time_s: float) -> list[tuple[Fault, float]]:
        """Faults of that kind at work on a sensor, each with the seconds since it began."""
        found = []
        for fault in self._faults:
            if fault.sensor != sensor or fault.kind != kind:
                continue
            begin, end = fault.from_s, fault.until_s
            if fault.inject is not None:
                came = self._timed.get(fault.inject, self._injected.get(fault.inject))
                if came is None:
                    continue
                begin, end = came + fault.from_s, came + min(fault.from_s + fault.for_s, fault.until_s)
            if begin <= time_s < min(end, begin + fault.for_s):
                found.append((fault, time_s - begin))
        return found

    def out(self, sensor: str, time_s: float) -> bool:
        """Whether it sends nothing."""
        return sensor in self._with_faults and bool(self.of(sensor, "outage", time_s))

    def clock_s(self, sensor: str, time_s: float) -> float:
        """What its clock shows beyond the true time."""
        if sensor not in self._with_faults:
            return 0.0
        return sum(f.offset_s + f.drift_s_per_h * since / 3600.0 for f, since in self.of(sensor, "clock", time_s))

    def bias(self, sensor: str, time_s: float) -> tuple[float, float]:
        """(m, deg) by which its ranges and azimuths are off."""
        found = [f for f, _ in self.of(sensor, "bias", time_s)] if sensor in self._with_faults else []
        return sum(f.range_m for f in found), sum(f.azimuth_deg for f in found)

    def jammed(self, sensor: str, time_s: float, azimuth_deg: Floats) -> Bools:
        """(N,) bool: directions in which it sees nothing."""
        blind = np.zeros(len(azimuth_deg), np.bool_)
        for fault, _ in self.of(sensor, "jam", time_s) if sensor in self._with_faults else ():
            blind |= between(azimuth_deg, fault.sector_deg)
        return blind

    def false_plots(self, sensor: str, time_s: float, azimuth_deg: float) -> float:
        """How many times the site file's false plots it has in that direction."""
        times, here = 1.0, np.array([azimuth_deg])
        for kind in ("clutter", "jam"):
            for fault, _ in self.of(sensor, kind, time_s) if sensor in self._with_faults else ():
                if between(here, fault.sector_deg)[0]:
                    times *= fault.times
        return times
