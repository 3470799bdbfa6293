"""What a sensor meets in each part of its sky: how often it detects, and where its false plots lie. By azimuth, range, height and Doppler.

Both are estimated from the sensor's own scans, and drawn to what is known of the whole sensor where a part has shown little:

    detection  p = (A p0 + hits) / (A + looks)      p0 the site file's; of tracks that exist surely, older looks fading
    clutter    d = (B + n rate) / (B + n c u)       density relative to false plots spread over the area: c a scan, u the part's share
    band       b = (C + seen) / (C + w all)         the same of a band of a part against the whole part, w the band's share of its space

(the posterior means of a beta and of gamma priors, with A looks, B and C plots). So a jammed or rainy sector is believed in by itself,
a site file that is wrong everywhere is outvoted, and a part that shows one odd plot is not.

A band is a height and a Doppler. Sea clutter lies at the surface and hardly moves: there it stands ten times as dense as the part as a
whole, and what flies over it is not to pay for that. Height is low (as far over the surface as the elevation's noise reaches), high or not
measured; Doppler slow, fast or not measured. The bands of a part fade over BAND_FADES: a sea changes within minutes, not scans.
"""

from __future__ import annotations

import math

import numpy as np

from picket._jit import kernel, lean, piece
from picket.track.layout_kernels import EARTH_M, SPEED_SPAN_MPS, TAU

SECTORS, RINGS = 12, 4  # of 30 degrees from north, and of a quarter of the range
TAN_30, TAN_60 = 1.0 / math.sqrt(3.0), math.sqrt(3.0)
PD_LOOKS, PD_FADES = 30.0, 0.97  # A, and what is left of a look one scan later
PD_LEAST, PD_MOST = 0.15, 0.99
CLUTTER_PLOTS = 5.0  # B
HIGH, LOW, LEVELLESS = 0, 1, 2  # heights of a band: over the surface, at it, elevation not measured
RATELESS, FAST, SLOW = 0, 3, 6  # and its Doppler: range rate not measured, over SLOW_MPS, under it
BANDS = 9
BAND_PLOTS, BAND_FADES = 2.0, 0.983  # C, and what is left of a plot one scan later: e-fold in a minute of scans of 1 s
LOW_SIGMAS, LOW_M = 2.0, 15.0  # at the surface: so many sigma of elevation, and the height of a wave and of a small hull, over it
SLOW_MPS = 3.0  # sea spikes and their wind drift (Ward, Tough and Watts 2013, 2.5: 1 to 3 m/s)
BURST_PLOTS, BURST_TIMES = 10.0, 3.0  # so many unexplained plots in a sector, and so many times the estimate, are a burst
SURE = 0.8  # existence of a track whose looks count
SURE_UPDATES = 5


@piece
def sector_of(azimuth):  # type: ignore[no-untyped-def]
    """Index of the sector of an azimuth, rad."""
    turn = azimuth / TAU
    return min(int((turn - math.floor(turn)) * SECTORS), SECTORS - 1)


@piece
def sector_towards(east, north):  # type: ignore[no-untyped-def]
    """`sector_of` the azimuth of a place, without the angle, which takes ten times as long. Three sectors are a quarter of the horizon."""
    if east >= 0.0 and north > 0.0:
        first, along, across = 0, north, east
    elif east > 0.0:
        first, along, across = 3, east, -north
    elif north < 0.0:
        first, along, across = 6, -north, -east
    elif east < 0.0:
        first, along, across = 9, -east, north
    else:
        return 0
    return first + (across >= TAN_30 * along) + (across >= TAN_60 * along)


@piece
def ring_of(r, s, sensors):  # type: ignore[no-untyped-def]
    """Index of the ring of a range, m."""
    near, far = sensors.range_min[s], sensors.range_max[s]
    return min(max(int((r - near) / max(far - near, 1.0) * RINGS), 0), RINGS - 1)


@piece
def detects(x, s, sensors):  # type: ignore[no-untyped-def]
    """Probability that sensor s detects an object at x (6,), and its sector. The site's axes serve: sectors are wide."""
    k = sector_towards(x[0] - sensors.offset[s, 0], x[1] - sensors.offset[s, 1])
    return sensors.pd_here[s, k], k


@piece
def band_of(plots, j, s, sensors):  # type: ignore[no-untyped-def]
    """Index of the band of a plot with range and azimuth."""
    height, r = LEVELLESS, plots.z[j, 0]
    if plots.form[j] & 4:
        top = LOW_SIGMAS * math.radians(sensors.sigma[s, 2]) * r + LOW_M
        if sensors.floor[s] > -1e9:
            over = (
                plots.p[j, 2]
                - sensors.floor[s]
                + (plots.p[j, 0] * plots.p[j, 0] + plots.p[j, 1] * plots.p[j, 1]) / (2.0 * EARTH_M)
            )
        else:  # where the surface is not known it is taken to lie at the sensor's foot
            over = r * plots.z[j, 2]
        height = LOW if over <= top else HIGH
    if plots.form[j] & 8:
        return height + (SLOW if abs(plots.z[j, 3]) <= SLOW_MPS else FAST)
    return height + RATELESS


@piece
def crowding(plots, j, s, sensors):  # type: ignore[no-untyped-def]
    """Density of false plots where plot j lies, relative to false plots spread over the area (and over heights and Doppler)."""
    k, q = sector_of(plots.z[j, 1]), ring_of(plots.z[j, 0], s, sensors)
    return sensors.dense[s, k, q] * sensors.excess[s, k] * sensors.band[s, k, q, band_of(plots, j, s, sensors)]


@piece
def looked(tracks, i, s, k, hits, looks, sensors):  # type: ignore[no-untyped-def]
    """Books looks of sensor s at track i in sector k, `hits` of which saw it (expected numbers), when it surely exists and s sees it."""
    if tracks.r[i] >= SURE and tracks.radar_updates[i] >= SURE_UPDATES:
        sensors.hits[s, k] += hits
        sensors.looks[s, k] += looks


@lean
def book_free(plots, members, free, s, sensors):  # type: ignore[no-untyped-def]
    """Adds what no track explains of one look to the scan that is being counted; returns the sum of it."""
    total = 0.0
    for g in range(members.shape[0]):
        j = members[g]
        total += free[g]
        if plots.form[j] & 3 == 3:
            k, q = sector_of(plots.z[j, 1]), ring_of(plots.z[j, 0], s, sensors)
            sensors.cell_free[s, k, q] += free[g]
            sensors.band_free[s, k, q, band_of(plots, j, s, sensors)] += free[g]
    return total


@kernel
def burst(plots, members, free, s, sensors):  # type: ignore[no-untyped-def]
    """Sets `excess` of the sectors in which one look leaves far more plots unexplained than the estimate says; True when one rose.

    The estimate moves over some scans; a shower, a jammer, or a site file that is wrong from the first scan on, fills a sector at once.
    """
    found = np.zeros(SECTORS)
    for g in range(members.shape[0]):
        j = members[g]
        if plots.form[j] & 3 == 3:
            found[sector_of(plots.z[j, 1])] += free[g]
    rose = False
    for k in range(SECTORS):
        expected = 0.0
        for q in range(RINGS):
            expected += sensors.clutter[s] * sensors.dense[s, k, q] * sensors.cell_share[s, k, q]
        excess = (CLUTTER_PLOTS + found[k]) / (CLUTTER_PLOTS + expected)
        if found[k] >= BURST_PLOTS and excess > BURST_TIMES and excess > 1.1 * sensors.excess[s, k]:
            sensors.excess[s, k] = excess
            rose = True
    return rose


@lean
def estimate(s, count, share, known, sensors):  # type: ignore[no-untyped-def]
    """At the end of `count` scans: both estimates of sensor s anew. share: weight of these scans; known: scans in the estimate so far."""
    fade, band_fade = PD_FADES**count, BAND_FADES**count
    for k in range(SECTORS):
        sensors.hits[s, k] *= fade
        sensors.looks[s, k] *= fade
        p = (PD_LOOKS * sensors.pd[s] + sensors.hits[s, k]) / (PD_LOOKS + sensors.looks[s, k])
        sensors.pd_here[s, k] = min(max(p, PD_LEAST), PD_MOST)
        for q in range(RINGS):
            rate = sensors.cell_rate[s, k, q]
            total = sensors.cell_free[s, k, q]
            rate += share * (total / count - rate)
            sensors.band_all[s, k, q] = band_fade * sensors.band_all[s, k, q] + total
            for b in range(BANDS):
                seen = band_fade * sensors.band_seen[s, k, q, b] + sensors.band_free[s, k, q, b]
                sensors.band_seen[s, k, q, b] = seen
                sensors.band_free[s, k, q, b] = 0.0
                height, slow = sensors.band_low[s, q], SLOW_MPS / (0.5 * SPEED_SPAN_MPS)
                w = height if b % 3 == LOW else (1.0 - height if b % 3 == HIGH else 1.0)
                w *= slow if b >= SLOW else (1.0 - slow if b >= FAST else 1.0)
                sensors.band[s, k, q, b] = (BAND_PLOTS + seen) / (BAND_PLOTS + w * sensors.band_all[s, k, q])
            sensors.cell_rate[s, k, q] = rate
            sensors.cell_free[s, k, q] = 0.0
            u = sensors.cell_share[s, k, q]
            if u > 0.0:
                expected = known * sensors.clutter[s] * u
                sensors.dense[s, k, q] = (CLUTTER_PLOTS + known * rate) / (CLUTTER_PLOTS + expected)
