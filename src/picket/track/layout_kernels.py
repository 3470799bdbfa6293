"""What the tracker's kernels share: the struct-of-arrays of tracks, plots and sensors, and every constant.

Positions and velocities are metres and m/s in the site's east-north-up frame; angles are radians; times are UNIX
seconds. Letters inside the kernels, as in the papers:

    x  state (6,): east, north, up, and their rates      P  its covariance (6, 6)
    r  existence probability (Bernoulli)                 H  Jacobian of a measurement
    v  innovation, S its covariance                      K  gain
    z  measurement                                       w  association weight of an edge (track, plot)

The arrays lie here, in a `*_kernels.py` file, because the cache of compiled kernels is keyed by these files.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]

# -- words in order of their codes ---------------------------------------------------------------------------------
STATUSES = ("tentative", "confirmed", "coasting", "ended")
TENTATIVE, CONFIRMED, COASTING, ENDED, DEAD = 0, 1, 2, 3, 4  # DEAD: a free slot, already reported as ended
FLAGS = ("spoof_suspected", "unconfirmed_position", "two_places", "impossible_speed", "sensor_disagrees", "frozen_position")
SPOOF, UNCONFIRMED = 1, 2  # bits; those from the third on are why a spoof is suspected
TWO_PLACES, IMPOSSIBLE_SPEED, SENSOR_DISAGREES, FROZEN = 4, 8, 16, 32
REASONS = TWO_PLACES | IMPOSSIBLE_SPEED | SENSOR_DISAGREES | FROZEN
CLASSES = ("drone", "bird", "aircraft", "vessel")
VESSEL = 3
IDENTITY_KINDS = (
    "serial",
    "registration",
    "session_id",
    "utm_id",
    "icao_address",
    "mmsi",
    "call_sign",
    "other",
)  # in order of worth
N_KINDS = 8
HABITS = 8  # numbers that a track remembers of how it has flown
SERIAL, ICAO, MMSI = 0, 4, 5
POLAR, POSITION = 0, 1  # what a plot measures: range and angles at a sensor, or a place

# -- motion (its models: motion_kernels.py) ----------------------------------------------------------------------------
ACCELERATION_H = 3.0  # m^2/s^3, white acceleration between a plot and its track, and of a coasting picture
ACCELERATION_V = 0.2
SURVIVAL_S = 300.0  # s, mean life of an object in view

# -- begin and end --------------------------------------------------------------------------------------------------
BIRTH_PER_SCAN = 0.05  # objects that come into a sensor's view in one scan, until its own scans say otherwise
BIRTH_LEAST = 0.005
BIRTH_MIN_FREE = 0.1  # a plot that a track explains with more than 1 - this begins nothing
CLAIM_EXISTENCE = 0.6  # after one position that names itself
CLAIM_DENSITY = 1e-9  # 1/m^2: false or new position reports; they are rare, and could be anywhere
HEIGHT_SPAN_M, SPEED_SPAN_MPS = 1000.0, 60.0  # the spans over which false heights, speeds and range rates lie
EXISTENCE_MAX = 0.9999  # so that a handful of misses ends any track
CONFIRM_EXISTENCE, CONFIRM_UPDATES = 0.8, 2
CLAIM_CONFIRM_EXISTENCE, CLAIM_CONFIRM_UPDATES = 0.95, 2
END_EXISTENCE = 0.05  # of a confirmed track
END_SHARE_OF_BIRTH = 0.3  # a tentative track ends when r falls under this share of what it began with
END_SIGMA_M = 2000.0
TENTATIVE_PERIODS = 3.5  # a tentative track that no object speaks for ends after so long without a plot, seen or not
COAST_PERIODS = 1.5
SPEED_SIGMA_H, SPEED_SIGMA_V = 40.0, 1.0  # m/s, prior of a new track near a short-range sensor: most keep to one height
SLOW_SIGMA_H = 10.0  # and of its steady model: most are slow, some are aircraft; the match of both is 20 m/s
FAR_SPEED_SIGMA_H, FAR_SPEED_SIGMA_V = 130.0, 10.0  # and of one seen by a sensor that reaches beyond FAR_RANGE_M
FAR_RANGE_M = 30_000.0

# -- gate and association -------------------------------------------------------------------------------------------
GATE = (0.0, 13.1, 16.3, 18.8, 21.0, 23.0, 25.0)  # chi-square bound for 1..6 degrees of freedom at 0.9997
GATE_SIGMA = 4.5  # half side of the search box; covers the largest bound used with a position
EDGES_PER_TRACK = 32  # the nearest are kept, the rest is shed and counted
SWEEPS = 30  # of belief propagation in one cluster; converges in fewer where plots are not contested
SWEEP_TOLERANCE = 1e-5
WEIGHT_MAX = 1e12
SAME_IDENTITY, OTHER_IDENTITY = 1e4, 1e-8
SAME_TRANSMITTER, SAME_SENSOR_TRACK = 20.0, 10.0
ADOPT_WEIGHT = 0.9  # a track takes over a plot's identity from this marginal probability on

# -- evidence against -----------------------------------------------------------------------------------------------
HOLD_M, HOLD_S = 150.0, 3.0  # a claim so near (plus its speed times HOLD_S) to the radar's place is honest but imprecise
RADAR_FRESH_S = 5.0  # a track whose last radar plot is younger is held by the radar
CLAIM_FRESH_S = 3.0
FROZEN_S, FROZEN_M, FROZEN_MPS = 5.0, 0.5, 3.0  # a place that stays so long while the object says that it moves so fast
SPOOF_HOLD_S = 60.0  # the flag stays so long after the last contradiction
DISBELIEF = 9.2  # -log(1 - pD) summed over looks without a plot: 1 chance in 10,000
DISBELIEF_LOOKS = 4
HELD_DISBELIEF, HELD_LOOKS = 13.8, 6  # the same for what a radar has confirmed before: 1 in a million
FOREIGN_CORRELATION_S = 5.0  # a foreign tracker's estimates are one plot per so many seconds
MISS_UNDO_PERIODS = 0.2

NEVER = -1e18  # a time before all others
TAU = 2 * math.pi
EARTH_M = 6_371_000.0
RADIO_EARTH_M = EARTH_M * 4 / 3  # refraction in a standard atmosphere


class Tracks(NamedTuple):
    """All tracks, one slot each; slots of ended tracks are DEAD until the pool is packed."""

    x: Array  # (cap, 6)
    xm: Array  # (cap, 2, 6), Pm (cap, 2, 21), mu (cap, 2): x, half of P, probability by model of motion, see `motion_kernels`
    Pm: Array
    mu: Array
    time: Array  # of x
    r: Array
    r_birth: Array
    born: Array
    updated: Array  # last measurement
    radar_time: Array  # last plot of a sensor that measures from its own place
    claim_time: Array  # last position that the object itself reported
    foreign_time: Array  # last estimate of a foreign tracker that counted
    spoof_time: Array  # last contradiction of its identity
    claimed: Array  # (cap, 3) the place that it last said it was at, east and north, and since when it says so
    survived: Array  # until when survival is accounted in r
    period: Array  # of its fastest sensor
    timeout: Array  # s without any update until it ends
    disbelief: Array  # evidence that a claimed position is empty
    score: Array  # (cap, 4) log-likelihood of each class from what sensors said
    look: Array  # (cap, sensors) when each sensor last looked at it
    missed: Array  # (cap, sensors) 1 = that look was a miss
    ident: Array  # (cap, 8) identity code by kind, -1 = none
    id: Array
    status: Array
    updates: Array
    claims: Array
    radar_updates: Array
    looks: Array  # in a row without a plot
    transmitter: Array
    sensor_track: Array
    sensors: Array  # bit mask
    flags: Array  # bit mask
    origin: Array
    group: Array
    together: Array  # when it was last linked to its group; of a track without one: since when it is linked to others, or NEVER
    belief: Array  # (cap, 4) probability of each class, averaged over the last seconds
    believed: Array  # until when
    named: Array  # class that is shown, -1 = none
    pair_sensor: Array  # whose plot waits to be compared with another sensor's, -1 = none
    pair_plot: Array  # (cap, 10) that plot: time, place, covariance, lever, see `register_kernels`
    habit: Array  # (cap, HABITS) how it has flown so far, see `habit_kernels`


# a million tracks take 90 MB less than with eight bytes for each of these
KINDS = (
    dict.fromkeys(("id", "sensors", "group"), np.int64)
    | dict.fromkeys(
        ("ident", "updates", "claims", "radar_updates", "looks", "transmitter", "sensor_track", "flags", "pair_sensor"), np.int32
    )
    | dict.fromkeys(("status", "origin", "named", "missed"), np.int8)
)


def new_tracks(capacity: int, sensors: int) -> Tracks:
    """An empty pool. What a slot holds before a track begins in it means nothing, and takes no memory before it is written."""
    shapes = {
        "x": (6,), "xm": (2, 6), "Pm": (2, 21), "mu": (2,), "score": (4,), "belief": (4,), "look": (sensors,),
        "missed": (sensors,), "ident": (N_KINDS,), "pair_plot": (10,), "claimed": (3,), "habit": (HABITS,),
    }  # fmt: skip
    return Tracks(**{name: np.zeros((capacity, *shapes.get(name, ())), KINDS.get(name, np.float64)) for name in Tracks._fields})


class Sensors(NamedTuple):
    """What the kernels know of each sensor (first axis), filled by `sensors.py`."""

    rotation: Array  # (S, 3, 3) site ENU -> sensor ENU
    offset: Array  # (S, 3) the sensor in site ENU
    height: Array  # m above the ellipsoid
    floor: Array  # m, height in the site's frame under which nothing flies; -inf = not known
    placed: Array  # 1 = it measures from a known place
    claims: Array  # 1 = objects report their own position to it
    listens: Array  # 1 = it hears or sees only what gives itself away: its silence is no evidence
    under: Array  # 1 = it hears what is under water
    period: Array
    range_min: Array
    range_max: Array
    elevation: Array  # (S, 2)
    sectors: Array  # (S, 9, 2) rad [from, width]: [0] where it looks, the rest where it does not; width < 0 = unused
    azimuth_offset: Array
    bias: Array  # (S, 3) range m, azimuth rad, time s: what is taken off its plots, see `registration.py`
    pd: Array  # the site file's
    clutter: Array  # false plots per scan, as estimated so far
    birth: Array  # objects that come into view in one scan, as estimated so far
    sigma: Array  # (S, 6): range m, azimuth, elevation deg, range rate m/s, position m, altitude m
    timeout: Array
    latency: Array  # s, 1 sigma of the age of a claimed position
    far: Array  # 1 = reaches beyond FAR_RANGE_M
    burst: Array  # scans in a row whose plots all came at one time
    fresh: Array  # objects that its first look shows: they came into view at no rate, they were there
    first: Array  # time of the first and last plot, NaN = never
    last: Array
    swept: Array  # when its misses were last counted, NaN = never
    scan_start: Array  # of the scan being counted for the clutter estimate
    scan_free: Array  # plots of it that no track explains
    cell_free: Array  # (S, sectors, rings) the same by part of its sky, see `conditions_kernels`
    cell_rate: Array  # (S, sectors, rings) plots a scan that no track explains, as estimated so far
    cell_share: Array  # (S, sectors, rings) of false plots that are spread over the area
    dense: Array  # (S, sectors, rings) density of false plots relative to those
    band_low: Array  # (S, rings) share of the space of heights that lies at the surface
    band_free: Array  # (S, sectors, rings, bands) as cell_free, by height and Doppler
    band_seen: Array  # (S, sectors, rings, bands) plots that no track explains, older ones fading
    band_all: Array  # (S, sectors, rings) those of all bands
    band: Array  # (S, sectors, rings, bands) density of false plots relative to the whole part
    excess: Array  # (S, sectors) how many times more false plots the look being taken in has than the estimate says
    hits: Array  # (S, sectors) looks at sure tracks that saw them, older ones fading
    looks: Array  # (S, sectors) all looks at them
    pd_here: Array  # (S, sectors) detection probability as estimated so far
    scans: Array  # finished since the sensor began to speak
    confirmed: Array  # the tracker's count of confirmed tracks when the scan began


class Plots(NamedTuple):
    """Measurements of one batch, in the order in which they are processed."""

    time: Array
    sensor: Array
    kind: Array  # POLAR or POSITION
    form: Array  # which of z are measured, see `measure_kernels.form_of`
    z: Array  # (M, 6) POLAR: range, azimuth, elevation, range rate, -, -; POSITION: east, north, up and rates; NaN = not measured
    sigma: Array  # (M, 6)
    p: Array  # (M, 3) place in site ENU, the best guess where height is unknown
    half: Array  # m, 1 sigma of the place, horizontal
    ident: Array
    ident_kind: Array
    transmitter: Array
    sensor_track: Array
    said: Array  # class code that the sensor gave, -1 = none
    foreign: Array  # 1 = a foreign tracker's estimate
    origin: Array
    row: Array  # row of the batch
    track: Array  # out: id of the track that most likely gave it, -1 = none
    weight: Array  # out: with what probability
    begun: Array  # in and out: id of the track that began with it, -1 = none
