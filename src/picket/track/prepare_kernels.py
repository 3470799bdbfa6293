"""Rows of the detection table -> plots in the site's frame, and plots -> groups (one look of one sensor).

A radar plot keeps its polar measurement; a height instead of an elevation becomes one (law of cosines on a sphere:
the difference to the ellipsoid is below the accuracy of such heights). A reported position becomes metres in the site's frame.
"""

from __future__ import annotations

import math

import numpy as np

from picket._jit import lean
from picket.track.layout_kernels import EARTH_M, FAR_RANGE_M, POLAR, POSITION, TAU
from picket.track.measure_kernels import form_of

# columns of floats, in the order of `measure.COLUMNS`
TIME, RANGE, AZ, EL, RATE, LAT, LON, ALT, MSL, PRESSURE, TAKEOFF, SPEED, COURSE, CLIMB = range(14)
S_RANGE, S_AZ, S_EL, S_RATE, S_POSITION, S_ALT, S_SPEED, RECEIVED = range(14, 22)

OK, NO_TIME, BAD_VALUE, NO_POSITION, NO_SENSOR_PLACE, FUTURE, DUPLICATE, LATE = range(8)

PRESSURE_SIGMA_M = 150.0  # a pressure altitude without the day's pressure: 30 hPa from the standard are 250 m
TAKEOFF_SIGMA_M = 100.0  # the take-off place's height above the site is not known
NEAR_HEIGHT_M, NEAR_HEIGHT_SIGMA_M = 100.0, 200.0  # a plot without height near a short-range sensor
DEPTH_SIGMA_M = 20.0  # what a sonar hears lies about as deep as it: harbours are that shallow
FAR_HEIGHT_M, FAR_HEIGHT_SIGMA_M = 5000.0, 3000.0  # and far out, where aircraft fly
CLAIM_SPEED_SIGMA_MPS = 3.0  # of a reported velocity without accuracy
UNSAID_MPS, UNSAID_FAR_MPS = (
    15.0,
    60.0,
)  # how fast an object may be that does not say so: its place is as old as the sensor's latency
ANYWHERE_M = 1e7  # 1 sigma of the place of a lone bearing
FUTURE_S = 5.0  # a plot may lie so far ahead of its arrival

_A = 6378137.0  # WGS84
_E2 = 0.0066943799901413165


@lean
def _pick(value, default, low):  # type: ignore[no-untyped-def]
    """The row's 1 sigma where it is one, else the sensor's; never under `low`."""
    if not (value > 0.0 and value < 1e6):
        value = default
    return max(value, low)


@lean
def _polar(F, at, i, j, s, far, geoid, sensors, plots):  # type: ignore[no-untyped-def]
    """Row i as POLAR plot j. Returns the reason code."""
    r, az, el = F[at[RANGE], i], math.radians(F[at[AZ], i] + sensors.azimuth_offset[s]), math.radians(F[at[EL], i])
    if not (0.0 < r < 1e6) or not abs(az) < 20.0 or abs(el) > 1.6:
        return BAD_VALUE
    plots.kind[j] = POLAR
    plots.sigma[j, 0] = _pick(F[at[S_RANGE], i], sensors.sigma[s, 0], 0.5)
    plots.sigma[j, 1] = math.radians(_pick(F[at[S_AZ], i], sensors.sigma[s, 1], 0.01))
    plots.sigma[j, 2] = math.radians(_pick(F[at[S_EL], i], sensors.sigma[s, 2], 0.01))
    plots.sigma[j, 3] = _pick(F[at[S_RATE], i], sensors.sigma[s, 3], 0.1)
    height, sigma_h = F[at[ALT], i], _pick(F[at[S_ALT], i], sensors.sigma[s, 5], 1.0)
    if math.isnan(height):
        height = F[at[MSL], i] + geoid
    if math.isnan(height):
        height, sigma_h = F[at[PRESSURE], i] + geoid, PRESSURE_SIGMA_M
    weak = False
    if math.isnan(el):
        if not abs(height) < 1e5:
            weak = True
            height = sensors.height[s] + (FAR_HEIGHT_M if far else NEAR_HEIGHT_M)
            sigma_h = FAR_HEIGHT_SIGMA_M if far else NEAR_HEIGHT_SIGMA_M
            if sensors.under[s] == 1:
                height, sigma_h = sensors.height[s], DEPTH_SIGMA_M
        own, other = EARTH_M + sensors.height[s], EARTH_M + height
        sine = (other * other - own * own - r * r) / (2.0 * r * own)
        if abs(sine) > 0.95:  # higher than its range allows: the height is of no use
            weak, sine = True, min(max(sine, -0.5), 0.5)
        el = math.asin(sine)
        plots.sigma[j, 2] = min(sigma_h / (r * math.cos(el)), 0.7)
    ground = r * math.cos(el)
    e, n, u = ground * math.sin(az), ground * math.cos(az), r * math.sin(el)
    R = sensors.rotation[s]
    for k in range(3):
        plots.p[j, k] = R[0, k] * e + R[1, k] * n + R[2, k] * u + sensors.offset[s, k]
    plots.z[j, 0], plots.z[j, 1] = r, az
    if weak:
        plots.z[j, 4] = el  # the guess, for the track that may begin here; not a measurement
    else:
        plots.z[j, 2] = el
    rate = F[at[RATE], i]
    if abs(rate) < 2000.0:
        plots.z[j, 3] = rate
    across, up = ground * plots.sigma[j, 1], u * plots.sigma[j, 2]
    plots.half[j] = max(math.hypot(plots.sigma[j, 0], up), across)
    return OK


@lean
def _bearing(F, at, i, j, s, sensors, plots):  # type: ignore[no-untyped-def]
    """Row i, a direction without a distance, as POLAR plot j: it has no place, so it may help a track and begins none."""
    az, el = math.radians(F[at[AZ], i] + sensors.azimuth_offset[s]), math.radians(F[at[EL], i])
    if not abs(az) < 20.0 or abs(el) > 1.6:
        return BAD_VALUE
    plots.kind[j] = POLAR
    plots.z[j, 1], plots.z[j, 2] = az, el
    plots.sigma[j, 1] = math.radians(_pick(F[at[S_AZ], i], sensors.sigma[s, 1], 0.01))
    plots.sigma[j, 2] = math.radians(_pick(F[at[S_EL], i], sensors.sigma[s, 2], 0.01))
    for k in range(3):
        plots.p[j, k] = sensors.offset[s, k]
    plots.half[j] = ANYWHERE_M
    return OK


@lean
def _position(F, at, i, j, s, geoid, site_height, site_rotation, site_ecef, sensors, plots):  # type: ignore[no-untyped-def]
    """Row i as POSITION plot j. Returns the reason code."""
    lat, lon = math.radians(F[at[LAT], i]), math.radians(F[at[LON], i])
    if abs(lat) > 0.5 * math.pi or abs(lon) > TAU:
        return BAD_VALUE
    if F[at[LAT], i] == 0.0 and F[at[LON], i] == 0.0:
        return BAD_VALUE  # what receivers send without a fix
    plots.kind[j] = POSITION
    height, sigma_h = F[at[ALT], i], _pick(F[at[S_ALT], i], sensors.sigma[s, 5], 1.0)
    if not abs(height) < 1e5:
        height = F[at[MSL], i] + geoid
    if not abs(height) < 1e5:
        height, sigma_h = F[at[PRESSURE], i] + geoid, PRESSURE_SIGMA_M
    if not abs(height) < 1e5:
        height, sigma_h = F[at[TAKEOFF], i] + site_height, TAKEOFF_SIGMA_M
    measured = abs(height) < 1e5
    if not measured:
        height = geoid if sensors.under[s] == 1 else site_height + NEAR_HEIGHT_M
    sa, ca, so, co = math.sin(lat), math.cos(lat), math.sin(lon), math.cos(lon)
    N = _A / math.sqrt(1.0 - _E2 * sa * sa)
    dx = (N + height) * ca * co - site_ecef[0]
    dy = (N + height) * ca * so - site_ecef[1]
    dz = (N * (1.0 - _E2) + height) * sa - site_ecef[2]
    R = site_rotation
    for k in range(3):
        plots.p[j, k] = R[k, 0] * dx + R[k, 1] * dy + R[k, 2] * dz
    plots.z[j, 0], plots.z[j, 1] = plots.p[j, 0], plots.p[j, 1]
    if measured:
        plots.z[j, 2] = plots.p[j, 2]
    speed, course = F[at[SPEED], i], math.radians(F[at[COURSE], i])
    moving = UNSAID_FAR_MPS if sensors.far[s] == 1 else UNSAID_MPS
    if 0.0 <= speed < 2000.0:
        if abs(course) < 20.0 or speed < 0.5:
            if not abs(course) < 20.0:
                course = 0.0
            ve, vn = speed * math.sin(course), speed * math.cos(course)
            vx, vy, vz = -so * ve - sa * co * vn, co * ve - sa * so * vn, ca * vn
            for k in range(2):
                plots.z[j, 3 + k] = R[k, 0] * vx + R[k, 1] * vy + R[k, 2] * vz
        moving = speed
    if abs(F[at[CLIMB], i]) < 300.0:
        plots.z[j, 5] = F[at[CLIMB], i]
    sigma = _pick(F[at[S_POSITION], i], sensors.sigma[s, 4], 1.0)
    sigma = math.hypot(sigma, moving * sensors.latency[s])
    speed_sigma = _pick(F[at[S_SPEED], i], CLAIM_SPEED_SIGMA_MPS, 0.5)
    for k in range(2):
        plots.sigma[j, k], plots.sigma[j, 3 + k] = sigma, speed_sigma
    plots.sigma[j, 2], plots.sigma[j, 5] = sigma_h, max(speed_sigma, 2.0)
    plots.half[j] = sigma
    return OK


@lean
def convert(F, at, order, first, sensor, foreign, geoid, site_height, site_rotation, site_ecef, horizon, sensors, plots, reason):  # type: ignore[no-untyped-def]
    """Fills plots, from place `first` on, from the rows `order`; reason (M,) by row. Returns the place after the last that came out.

    F (columns, M): the columns that there are, and one of NaN; at (22,): where each of `measure.COLUMNS` lies in it.

    horizon: the latest time that is believed (NaN = a row's own arrival, where known, is the judge).
    """
    j = first
    for i in order:
        s = sensor[i]
        t = F[at[TIME], i]
        if math.isnan(t):
            reason[i] = NO_TIME
            continue
        if not (0.0 <= t < 1e11):
            reason[i] = BAD_VALUE
            continue
        limit = F[at[RECEIVED], i] if math.isnan(horizon) else horizon
        if t > limit + FUTURE_S:
            reason[i] = FUTURE
            continue
        plots.z[j, :] = np.nan
        has_polar = not math.isnan(F[at[RANGE], i]) and not math.isnan(F[at[AZ], i])
        has_position = not math.isnan(F[at[LAT], i]) and not math.isnan(F[at[LON], i])
        if has_polar and (sensors.placed[s] == 1 or not has_position):
            if sensors.placed[s] == 0:
                reason[i] = NO_SENSOR_PLACE
                continue
            reason[i] = _polar(F, at, i, j, s, sensors.far[s] == 1 or F[at[RANGE], i] > FAR_RANGE_M, geoid, sensors, plots)
        elif has_position:
            reason[i] = _position(F, at, i, j, s, geoid, site_height, site_rotation, site_ecef, sensors, plots)
        elif sensors.placed[s] == 1 and not math.isnan(F[at[AZ], i]):
            reason[i] = _bearing(F, at, i, j, s, sensors, plots)
        else:
            reason[i] = NO_POSITION
        if reason[i] != OK:
            continue
        if foreign[i] == 1:  # smoothed by its own filter: errors of following estimates are nearly the same
            for k in range(6):
                plots.sigma[j, k] *= 2.0
            plots.half[j] *= 2.0
        plots.time[j], plots.sensor[j], plots.row[j], plots.foreign[j] = t, s, i, foreign[i]
        plots.form[j] = form_of(plots.kind[j], plots.z[j])
        j += 1
    return j


@lean
def cut(plots, m, period, seen, group, reason):  # type: ignore[no-untyped-def]
    """group (m,) of each plot: a sensor's plots (they lie sorted by sensor, then time) cut where time runs beyond half a scan.

    An identity (or a transmitter) that comes again opens a new group: an object gives at most one plot per look. A plot equal
    to the one before it is a repetition: group -1. seen (codes,) must hold -1. Returns the number of groups.
    """
    n, start = -1, 0.0
    last = -1
    for j in range(m):
        s = plots.sensor[j]
        if last >= 0 and s == plots.sensor[last] and plots.time[j] == plots.time[last] and plots.ident[j] == plots.ident[last]:
            same = True
            for k in range(6):
                a, b = plots.z[j, k], plots.z[last, k]
                same = same and (a == b or (math.isnan(a) and math.isnan(b)))
            if same:
                group[j] = -1
                reason[plots.row[j]] = DUPLICATE
                continue
        who = plots.ident[j] if plots.ident[j] >= 0 else plots.transmitter[j]
        fresh = last < 0 or s != plots.sensor[last] or plots.time[j] - start > 0.5 * period[s]
        if fresh or (who >= 0 and seen[who] == n):
            n += 1
            start = plots.time[j]
        if who >= 0:
            seen[who] = n
        group[j] = n
        last = j
    return n + 1
