"""A sensor's looks and scans: what one look tells of the sensor when it begins, and what a scan taught when it is over."""

from __future__ import annotations

import math

from picket._jit import lean
from picket.track.conditions_kernels import book_free, estimate
from picket.track.layout_kernels import BIRTH_LEAST

BURST_DUE, TURNING_DUE, TICK_DUE = 0.9, 1.25, 2.0  # scan periods after a sensor's last look until its next is over
BURST_SPAN = 0.05  # of a period: plots of one scan that lie closer came at one time
ALIVE_PERIODS = 3.0  # a sensor silent for longer gives no misses
CLUTTER_SHARE, CLUTTER_SKIP = 0.1, 3  # least weight of one scan in the clutter estimate; first scans that do not count
CLUTTER_LEAST = 0.02  # false plots a scan; no sensor has none
BIRTH_SHARE = 0.1  # weight of one scan in the estimate of how many objects come into view
FRESH_SIGMAS, FRESH_PERIODS = 3.0, 0.9  # what a first look shows beyond its clutter, surely, was there before; for how long
FRESH_DOUBT = 0.3  # this share of a first look may be false plots, whatever the site file says


@lean
def begin_look(s, earliest, T, n, sensors):  # type: ignore[no-untyped-def]
    """Books a look of sensor s with n plots from `earliest` to T; returns after how many periods its look at a track is over."""
    period, last = sensors.period[s], sensors.last[s]
    if not T - last <= ALIVE_PERIODS * period:  # first plots ever, or after a gap: nothing was looked at before
        sensors.first[s] = earliest
        sensors.burst[s] = 0
        crowd = n - sensors.clutter[s]
        sensors.fresh[s] = max(crowd - FRESH_SIGMAS * math.sqrt(sensors.clutter[s]), 0.0)
        sensors.excess[s, :] = max(FRESH_DOUBT * n / sensors.clutter[s], 1.0)
    elif T - earliest <= BURST_SPAN * period and T - last >= 0.5 * period:
        sensors.burst[s] += 1
    elif T - last > BURST_SPAN * period:
        sensors.burst[s] = 0
    sensors.last[s] = T if math.isnan(last) else max(T, last)
    return BURST_DUE if sensors.burst[s] >= 2 else TURNING_DUE


@lean
def end_look(plots, members, free, s, T, confirmed, sensors):  # type: ignore[no-untyped-def]
    """Books what no track explains of a look, in the scan that it begins if the one before is over; confirmed: tracks until now."""
    if sensors.placed[s] == 1 and sensors.claims[s] == 0:
        _end_scan(s, T, confirmed, sensors)
        sensors.scan_free[s] += book_free(plots, members, free, s, sensors)
    if T - sensors.first[s] >= FRESH_PERIODS * sensors.period[s]:
        sensors.fresh[s] = 0.0


@lean
def _end_scan(s, T, confirmed, sensors):  # type: ignore[no-untyped-def]
    """Where a scan is over: moves the sensor's clutter by what it left unexplained, its birth rate by what was confirmed, its detection
    probability by what sure tracks were seen."""
    elapsed = (T - sensors.scan_start[s]) / sensors.period[s]
    if elapsed < 0.9:
        return
    if elapsed <= ALIVE_PERIODS:
        count = max(round(elapsed), 1)
        sensors.scans[s] += count
        counted = sensors.scans[s] - CLUTTER_SKIP
        if counted > 0:  # the first scans hold everything that is there already
            share = min(max(1.0 / (1.0 + counted), CLUTTER_SHARE) * count, 1.0)
            born = (confirmed - sensors.confirmed[s]) / count
            sensors.birth[s] = max(sensors.birth[s] + BIRTH_SHARE * (born - sensors.birth[s]), BIRTH_LEAST)
            clutter = sensors.clutter[s] + share * (sensors.scan_free[s] / count - sensors.clutter[s])
            sensors.clutter[s] = max(clutter, CLUTTER_LEAST)
            estimate(s, count, share, min(counted, 1.0 / CLUTTER_SHARE), sensors)
    sensors.cell_free[s, :, :] = 0.0
    sensors.band_free[s, :, :, :] = 0.0
    sensors.scan_start[s], sensors.scan_free[s], sensors.confirmed[s] = T, 0.0, confirmed
