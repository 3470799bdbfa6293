"""Biases between sensors: estimated from common objects, shown, and corrected where the estimate is sure.

The information that pairs of plots bring (`register_kernels.py`) is joined with a prior of each bias and solved for all sensors
at once, once a second of the tracker's time at most. Old pairs fade (MEMORY_S), for a radar that was moved.

A bias is *observable* when its posterior sigma is under the limit (widened where the pairs scatter more than their sensors' accuracy
says), and when it is told apart from the others (MIXED): in a mixture that the pairs hardly show, small errors of a track's
velocity, which are not independent, outweigh them. Two radars at one place see the same difference whichever of them is wrong: then
neither is observable, and that is what is said. Of times, pairs tell differences alone: a time bias is the difference to the
mean of the sensors that were compared, and correcting it brings them to one time.

A bias is corrected when it is observable and beyond CORRECT sigmas; no longer when it falls under RELEASE sigmas, or when the
pairs do not fit any biases (a radar at another place than the site file says). A sensor whose objects report their own
places is compared, and never corrected.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from picket.track.layout_kernels import Sensors
from picket.track.register_kernels import Pairs, new_pairs
from picket.track.sensors import MOST

Floats = npt.NDArray[np.float64]

PRIOR = (60.0, math.radians(2.0), 1.0)  # m, rad, s: 1 sigma of the biases of a sensor that was set up with some care
LIMIT = (12.0, math.radians(0.12), 0.15)  # sigma from which on a bias is observable
MEMORY_S = 600.0
SOLVE_S = 1.0
FEWEST = 40  # pairs before anything is said
CORRECT, RELEASE = 4.0, 2.0
MIXED = 30.0  # variance, as a multiple of what it would be were all other biases known, beyond which they are not told apart
MISFIT = 4.0  # mean square of the normalised residuals beyond which biases do not explain the pairs


@dataclass(frozen=True)
class SensorBias:
    """What is known of one sensor: what it gives minus what is, each with its 1 sigma; nan where it is not observable.

    observable, corrected: of range, azimuth and time. fits: False when the differences are not those of such biases.
    """

    sensor_id: str
    pairs: int
    range_m: float
    azimuth_deg: float
    time_s: float
    sigma_range_m: float
    sigma_azimuth_deg: float
    sigma_time_s: float
    observable: tuple[bool, bool, bool]
    corrected: tuple[bool, bool, bool]
    fits: bool


def _relative_times(claims: npt.NDArray[np.bool_]) -> Floats:
    """(3 n, 3 n): takes the mean over the sensors that measure themselves off every sensor's time bias."""
    n, own = len(claims), np.flatnonzero(~claims)
    out = np.eye(3 * n)
    if len(own):
        out[2::3][:, 3 * own + 2] -= 1.0 / len(own)
    return out


class Registration:
    """The pairs so far and the biases that they give. Deterministic; all that looks change in it is in `copy`."""

    def __init__(self) -> None:
        self.pairs: Pairs = new_pairs(MOST)
        self._faded = self._solved = -math.inf
        self._bias, self._sigma, self._blurred = np.zeros(0), np.zeros(0), np.zeros(0, np.bool_)
        self._misfit = 1.0
        self._table: list[SensorBias] | None = None

    def copy(self) -> tuple[object, ...]:
        """All of its state, to be given to `restore`."""
        return (
            tuple(a.copy() for a in self.pairs),
            self._faded,
            self._solved,
            self._bias,
            self._sigma,
            self._blurred,
            self._misfit,
        )

    def restore(self, state: tuple[object, ...]) -> None:
        """As it was when `copy` was called."""
        held, self._faded, self._solved, self._bias, self._sigma, self._blurred, self._misfit = state  # type: ignore[assignment]
        for now, then in zip(self.pairs, held, strict=True):  # type: ignore[call-overload]
            now[:] = then
        self._table = None

    def clear_times(self) -> None:
        """Time begins anew; what was learnt stays."""
        self._faded = self._solved = -math.inf

    def solve(self, now: float, sensors: Sensors) -> None:
        """Estimates anew when there are pairs and the last time is SOLVE_S ago; sets `sensors.bias` where a bias is corrected."""
        used = int(self.pairs.used[0])
        if used == 0 or not now - self._solved >= SOLVE_S:
            return
        p, m = self.pairs, 3 * used
        if math.isfinite(self._faded):
            for a in (p.Y, p.y, p.fit, p.number):
                a *= math.exp(-(now - self._faded) / MEMORY_S)
        self._faded = self._solved = now
        self._table = None
        places = self._sensors_of(used)
        claims = sensors.claims[places] == 1
        precision = np.tile(1.0 / np.square(PRIOR), used)
        C = np.linalg.inv(p.Y[:m, :m] + np.diag(precision))
        bias = C @ p.y[:m]
        self._misfit = max(float((p.fit[0] - bias @ p.y[:m]) / max(p.fit[1] - m, 1.0)), 0.0)
        relative = _relative_times(claims)
        self._bias = relative @ bias
        variance = np.diag(relative @ C @ relative.T)
        self._sigma = np.sqrt(variance * max(self._misfit, 1.0))
        self._blurred = variance * np.diag(p.Y)[:m] > MIXED
        self._correct(places, claims, sensors)

    def _sensors_of(self, used: int) -> npt.NDArray[np.int64]:
        """Index of the sensor in each slot."""
        where = np.flatnonzero(self.pairs.slot >= 0)
        return where[np.argsort(self.pairs.slot[where])][:used]

    def _correct(self, places: npt.NDArray[np.int64], claims: npt.NDArray[np.bool_], sensors: Sensors) -> None:
        bias, sigma = self._bias.reshape(-1, 3), self._sigma.reshape(-1, 3)
        before = sensors.bias[places]
        bound = np.where(before != 0.0, RELEASE, CORRECT) * sigma
        good = self._observable() & (np.abs(bias) > bound) & (self._misfit < MISFIT) & ~claims[:, None]
        sensors.bias[places] = np.where(good, bias, 0.0)

    def _observable(self) -> npt.NDArray[np.bool_]:
        """(slots, 3): the posterior says so, from enough pairs."""
        sigma = self._sigma.reshape(-1, 3)
        enough = self.pairs.number[: len(sigma), None] >= FEWEST
        return (sigma < np.array(LIMIT)) & enough & ~self._blurred.reshape(-1, 3)

    def table(self, names: list[str], sensors: Sensors) -> list[SensorBias]:
        """One entry for each sensor that was compared with another, in order of names."""
        if self._table is not None:
            return self._table
        used = len(self._bias) // 3
        out = []
        observable = self._observable()
        for k, s in enumerate(self._sensors_of(used).tolist()):
            sees = observable[k].tolist()
            b, sd = (np.where(sees, a[3 * k : 3 * k + 3], np.nan) for a in (self._bias, self._sigma))
            out.append(
                SensorBias(
                    names[s], int(self.pairs.number[k]), float(b[0]), math.degrees(b[1]), float(b[2]), float(sd[0]),
                    math.degrees(sd[1]), float(sd[2]), tuple(sees), tuple((sensors.bias[s] != 0.0).tolist()),
                    bool(self._misfit < MISFIT),
                )
            )  # fmt: skip
        self._table = sorted(out, key=lambda b: b.sensor_id)
        return self._table
