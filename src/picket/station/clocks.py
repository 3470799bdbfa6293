"""A sensor's clock against the station's: how far off it is, how much that varies, and whether it is to be believed.

A sample is one batch's median of (time of arrival - time that the sensor gave), so an offset holds the way's delay too: positive
means that the sensor's clock is behind or its data come late. Offset and jitter are the median and 1.4826 x the median absolute
deviation of the last minute's samples (Rousseeuw and Croux 1993): a few damaged times move neither. Times that the object
gives (Remote ID, AIS) say nothing of the receiver's clock and are no samples; a receiver's own status messages are.

A clock is wrong beyond `[alert] clock_limit_s` and right again below four fifths of it. A wrong clock is not believed: its
rows are dated by their arrival, plot against plot as the sensor spaced them where its clock at least runs evenly.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from picket.words import Batch

WINDOW_S = 60.0
MOST_SAMPLES = 64
FEWEST = 3  # samples before anything is said
EVEN_S = 1.0  # jitter up to which a wrong clock's own spacing is kept
_RELEASE = 0.8
_REFRESH_S = 1.0  # a median is taken again after so long: it moves slowly
_OBJECT_TIMES = ("remote_id", "ais")  # kinds whose rows carry the object's own time

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass
class SensorClock:
    """The clock of one sensor. `offset_s` and `jitter_s` are None until FEWEST samples came within WINDOW_S."""

    limit_s: float
    offset_s: float | None = None
    jitter_s: float | None = None
    wrong: bool = False
    _samples: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=MOST_SAMPLES))
    _judged: float = -np.inf

    def heard(self, batch: Batch, rows: Bools, time: float) -> None:
        """Takes in the rows of one batch that arrived at station time `time`: detections or status."""
        if "sensor" not in batch.words("time_source"):
            return self._judge(time)
        own = rows & batch.equals("time_source", "sensor")
        if batch.table.name == "detection":
            for kind in _OBJECT_TIMES:
                if kind in batch.words("kind"):
                    own &= ~batch.equals("kind", kind)
        late = (batch["received"] - batch["time"])[own]
        late = late[np.isfinite(late)]
        if late.size:
            self._samples.append((time, _median(late)))
        self._judge(time)

    def _judge(self, time: float) -> None:
        while self._samples and abs(time - self._samples[0][0]) > WINDOW_S:
            self._samples.popleft()
            self._judged = -np.inf
        if len(self._samples) < FEWEST:
            self.offset_s = self.jitter_s = None
            self.wrong = False
            return
        if len(self._samples) > 2 * FEWEST and 0 <= time - self._judged < _REFRESH_S:
            return
        self._judged = time
        late = np.array([s for _, s in self._samples])
        self.offset_s = _median(late)
        self.jitter_s = 1.4826 * _median(np.abs(late - self.offset_s))
        self.wrong = abs(self.offset_s) > self.limit_s * (_RELEASE if self.wrong else 1.0)

    def usable(self, time: Floats, received: Floats) -> Floats:
        """Times by the station's clock for rows of this sensor, given its own times and their arrival (both known).

        A clock that is set right is believed at once: what it says then is no hour off its arrival, whatever the last minute's median is.
        """
        right = np.abs(received - time) <= self.limit_s
        if self.offset_s is None or self.jitter_s is None or self.jitter_s > EVEN_S:
            return np.where(right, np.minimum(time, received), received)
        dated = np.minimum(time + self.offset_s, received)
        dated = np.where(received - dated > self.limit_s, received, dated)  # it jumped to some other wrong time
        return np.where(right, np.minimum(time, received), dated)


def _median(values: Floats) -> float:
    """The median of at least one value: as np.median, in a tenth of its time for the few that there are."""
    ordered, half = np.sort(values), len(values) // 2
    return float(ordered[half]) if len(values) % 2 else float((ordered[half - 1] + ordered[half]) / 2)
