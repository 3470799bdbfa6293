"""CAT062, system tracks (EUROCONTROL SPEC-0149-9, editions 1.16 to 1.21): one record to one detection row of another tracker.

These editions share their UAP. They differ in bits: I062/080 grew from five extensions (1.16, 1.17) to six (1.21), and
I062/060 got V and G in 1.17; FX bits carry a reader over what it does not know. Items that are not named are skipped by their
length, I062/RE and SP among them.

    I062/010      sensor_id "sac/sic"; none = `no_data_source` (a wrong edition makes such records)
    I062/070      time of the state vector
    I062/105      lat_deg, lon_deg. Off the globe = `bad_position`: no system sends it, but the drafts before edition 1.0 read so
    I062/100      x, y from a reference point that no message names: a record that has its place only here is `cartesian_only`
    I062/185      speed_mps, course_deg (the y axis points to the target's own true north)
    I062/220      climb_mps
    I062/130      alt_wgs84_m, unless I062/080 SRC says that it is a guess (height from coverage, speed look-up table, default)
    I062/135      alt_pressure_m. With QNH set it is corrected for the air pressure at sea level, no pressure altitude: alt_msl_m
    I062/136      alt_pressure_m where I062/135 gives none: measured, but it may be older than the state vector
    I062/040      sensor_track_id
    I062/080      SIM = `simulated`; with origin exercise it makes a row. TSE (the track's last message) and FPLT (a flight plan
                  alone keeps the track alive): report = status
    I062/340      of the last measurement in the track: SIM = `simulated`, TST = `test_target`, RAB = `field_monitor`
    I062/380      identity: ADR, the ICAO address (000000 and FFFFFF: null), else ID, the call sign. EMC: classification
    I062/245      identity where I062/380 gives none: a call sign, or with STI 2 a registration; STI 3 is invalid
    I062/390      identity where neither gives one: CS, the call sign of the flight plan
    I062/300      classification of a vehicle: ground_vehicle
    I062/500      sigma_position_m from APW (degrees), else APC; sigma_altitude_m from AGA where I062/130 gives the height, from ABA
                  where I062/135 does; sigma_speed_mps from ATV. These are standard deviations, so they are not divided. Of two
                  axes the root mean square. The highest code means "or more" and stays; zero is no estimate: null

report is track: the system's estimate, correlated with itself, no independent measurement. Without a place it is status.
Tentative (CNF), amalgamated (AMA), coasting (CST), one sensor only (MON), potentially false (PFT): still tracks; the table has
no column for the system's doubts. I062/060 (Mode 3/A) names no aircraft. I062/290 and 295 are ages. The aircraft's own position,
heading and speeds in I062/380 have ages of their own: skipped.
"""

from __future__ import annotations

import math

from picket._jit import kernel
from picket.feed.asterix import layout_kernels as k
from picket.feed.asterix.items_kernels import (
    COMPOUND,
    EXPLICIT,
    FX,
    REPEAT,
    SPARE,
    ascii_text,
    i16,
    i32,
    locate,
    locate_parts,
    signed,
    six_bit_text,
    subfields,
    u8,
    u16,
    u24,
    uap,
)  # fmt: skip
from picket.feed.asterix.layout_kernels import Bytes, Floats, Int, Ints

CLASSES = {  # codes of I062/380 EMC
    1: "light_aircraft", 3: "medium_aircraft", 5: "heavy_aircraft", 6: "high_performance_aircraft", 10: "helicopter", 11: "glider",
    12: "lighter_than_air", 13: "uav", 14: "spacecraft", 15: "ultralight", 16: "parachutist", 20: "emergency_vehicle",
    21: "ground_vehicle", 22: "fixed_obstacle", 23: "cluster_obstacle", 24: "line_obstacle",
}  # fmt: skip
_GROUND_VEHICLE = 21

_UAP = uap(
    2, SPARE, 1, 3, 8, 6, 4,  # 010 - 015 070 105 100 185
    2, 2, 7, COMPOUND, 2, FX, COMPOUND - 1,  # 210 060 245 380 040 080 290
    1, COMPOUND - 2, 2, 2, 2, 2, COMPOUND - 3,  # 200 295 136 130 135 220 390
    FX, 1, COMPOUND - 4, 2, FX - 2, COMPOUND - 5, COMPOUND - 6,  # 270 300 110 120 510 500 340
    SPARE, SPARE, SPARE, SPARE, SPARE, EXPLICIT, EXPLICIT,  # RE SP
)  # fmt: skip
_DERIVED, _ACCURACIES, _PLAN, _MEASURED = 0, 5, 3, 6
_PARTS = subfields(
    (  # I062/380: ADR ID MHG IAS TAS SAL FSS | TIS TID COM SAB ACS BVR GVR | RAN TAR TAN GS VUN MET EMC | POS GAL PUN MB IAR MAC BPS
        3, 6, 2, 2, 2, 2, 2, FX, REPEAT - 15, 2, 2, 7, 2, 2, 2, 2, 2, 2, 1, 8, 1, 6, 2, 1, REPEAT - 8, 2, 2, 2,
    ),
    (1, 1, 1, 1, 2, 1, 1, 1, 1, 1),  # I062/290: TRK PSR SSR MDS ADS ES VDL | UAT LOP MLT
    (1,) * 31,  # I062/295
    (2, 7, 4, 1, 4, 1, 4, 4, 3, 2, 2, REPEAT - 4, 6, 1, 7, 7, 2, 7),  # I062/390: TAG CS IFI FCT TAC WTC DEP | DST RDS CFL ... PEC
    (1, 4, 6, 2, 2, 1, 1),  # I062/110: SUM PMN POS GA EM1 TOS XP
    (4, 2, 4, 1, 1, 2, 2, 1),  # I062/500: APC COV APW AGA ABA ATV AA | ARC
    (2, 4, 2, 2, 2, 1),  # I062/340: SID POS HEIGHT MDC MDA TYP
)  # fmt: skip
_DEGREES = 180.0 / (1 << 25)  # LSB of I062/105 and of APW
_HEIGHT = 6.25 * k.FOOT  # m, LSB of I062/130 and AGA
_CLIMB = 6.25 * k.FOOT / 60.0  # m/s, LSB of I062/220: 6.25 ft/min
_METRES_PER_DEGREE = 60.0 * k.NM  # along a meridian, to half a percent


@kernel
def _status(buf: Bytes, at: Ints, sub: Ints, exercise: bool) -> tuple[Int, bool, bool]:
    """(ROW or the reason why it is none, whether the report is more than a track's state, whether I062/130 is a guess)."""
    simulated, last, guess = False, False, False
    if at[13] >= 0:  # I062/080
        p = at[13]
        source = u8(buf, p) >> 2 & 7
        guess = 4 <= source <= 6
        if buf[p] & 1:
            simulated = u8(buf, p + 1) >> 7 == 1
            last = u8(buf, p + 1) >> 6 & 1 == 1
            if buf[p + 1] & 1 and buf[p + 2] & 1 and buf[p + 3] & 1:
                last = last or u8(buf, p + 4) >> 1 & 1 == 1  # FPLT
    test, monitor = False, False
    if at[28] >= 0:  # I062/340
        locate_parts(buf, at[28], _PARTS[_MEASURED], sub)
        if sub[6] >= 0:
            told = u8(buf, sub[6])
            simulated = simulated or told >> 4 & 1 == 1
            monitor = told >> 3 & 1 == 1
            test = told >> 2 & 1 == 1
    reason = k.ROW
    if simulated and not exercise:
        reason = k.SIMULATED
    elif test:
        reason = k.TEST
    elif monitor:
        reason = k.MONITOR
    return reason, last, guess


@kernel
def _identity(buf: Bytes, at: Ints, sub: Ints, g: Ints) -> None:
    """Who it is, and of what kind: the aircraft's own word before the ground's."""
    if at[11] >= 0:  # I062/380
        locate_parts(buf, at[11], _PARTS[_DERIVED], sub)
        if sub[21] >= 0:
            category = u8(buf, sub[21])
            if category > 0:
                g[k.CLASS] = 62 << 16 | category
        if sub[1] >= 0:
            address = u24(buf, sub[1])
            if 0 < address < 0xFFFFFF:
                g[k.IDENTITY] = address
                g[k.IDENTITY_KIND] = k.ICAO_ADDRESS
        if g[k.IDENTITY] < 0 and sub[2] >= 0:
            g[k.IDENTITY] = six_bit_text(buf, sub[2])
            g[k.IDENTITY_KIND] = k.CALL_SIGN
    if at[23] >= 0 and buf[at[23]] > 0:  # I062/300
        g[k.CLASS] = 62 << 16 | _GROUND_VEHICLE
    if g[k.IDENTITY] < 0 and at[10] >= 0:  # I062/245
        kind = u8(buf, at[10]) >> 6
        if kind != 3:
            g[k.IDENTITY] = six_bit_text(buf, at[10] + 1)
            g[k.IDENTITY_KIND] = k.REGISTRATION if kind == 2 else k.CALL_SIGN
    if g[k.IDENTITY] < 0 and at[21] >= 0:  # I062/390
        locate_parts(buf, at[21], _PARTS[_PLAN], sub)
        if sub[2] >= 0:
            g[k.IDENTITY] = ascii_text(buf, sub[2], 7)
            g[k.IDENTITY_KIND] = k.CALL_SIGN
    if g[k.IDENTITY] < 0:
        g[k.IDENTITY_KIND] = -1


@kernel
def _motion(buf: Bytes, at: Ints, f: Floats) -> None:
    """Speed, course and climb."""
    if at[7] >= 0:  # I062/185
        x, y = i16(buf, at[7]) * 0.25, i16(buf, at[7] + 2) * 0.25
        f[k.SPEED] = math.sqrt(x * x + y * y)
        if x != 0 or y != 0:
            f[k.COURSE] = math.degrees(math.atan2(x, y)) % 360.0
    if at[20] >= 0:  # I062/220
        f[k.CLIMB] = i16(buf, at[20]) * _CLIMB


@kernel
def _heights(buf: Bytes, at: Ints, guess: bool, f: Floats) -> None:
    """Each height in the column of its zero."""
    if at[18] >= 0 and not guess:  # I062/130
        f[k.ALT_WGS84] = i16(buf, at[18]) * _HEIGHT
    if at[19] >= 0:  # I062/135
        height = signed(u16(buf, at[19]), 15) * k.FLIGHT_LEVEL_QUARTER
        if buf[at[19]] >> 7:
            f[k.ALT_MSL] = height
        else:
            f[k.ALT_PRESSURE] = height
    if at[17] >= 0 and math.isnan(f[k.ALT_PRESSURE]):  # I062/136
        f[k.ALT_PRESSURE] = i16(buf, at[17]) * k.FLIGHT_LEVEL_QUARTER


@kernel
def _rms(x: float, y: float) -> float:
    """One sigma per axis of two, NaN for none."""
    return math.sqrt((x * x + y * y) / 2) if x > 0 or y > 0 else math.nan


@kernel
def _accuracies(buf: Bytes, at: Ints, sub: Ints, f: Floats) -> None:
    """I062/500."""
    locate_parts(buf, at[27], _PARTS[_ACCURACIES], sub)
    if sub[3] >= 0 and not math.isnan(f[k.LAT]):  # APW
        metres = _DEGREES * _METRES_PER_DEGREE
        f[k.SIGMA_POSITION] = _rms(u16(buf, sub[3]) * metres, u16(buf, sub[3] + 2) * metres * math.cos(math.radians(f[k.LAT])))
    if sub[1] >= 0 and math.isnan(f[k.SIGMA_POSITION]) and not math.isnan(f[k.LAT]):  # APC
        f[k.SIGMA_POSITION] = _rms(u16(buf, sub[1]) * 0.5, u16(buf, sub[1] + 2) * 0.5)
    if not math.isnan(f[k.ALT_WGS84]):
        if sub[4] >= 0 and buf[sub[4]] > 0:  # AGA
            f[k.SIGMA_ALTITUDE] = u8(buf, sub[4]) * _HEIGHT
    elif at[19] >= 0 and sub[5] >= 0 and buf[sub[5]] > 0:  # ABA
        f[k.SIGMA_ALTITUDE] = u8(buf, sub[5]) * k.FLIGHT_LEVEL_QUARTER
    if sub[6] >= 0 and not math.isnan(f[k.SPEED]):  # ATV
        f[k.SIGMA_SPEED] = _rms(u8(buf, sub[6]) * 0.25, u8(buf, sub[6] + 1) * 0.25)


@kernel
def record_062(
    buf: Bytes, p: Int, end: Int, edition: Int, exercise: bool, at: Ints, sub: Ints, f: Floats, g: Ints
) -> tuple[Int, Int]:  # fmt: skip
    """As `record_048`."""
    p, reason = locate(buf, p, end, _UAP, _PARTS, at)
    if p < 0:
        return p, reason
    if at[1] < 0:
        return p, k.NO_SOURCE
    reason, last, guess = _status(buf, at, sub, exercise)
    if reason != k.ROW:
        return p, reason
    if at[5] < 0 and at[6] >= 0:
        return p, k.CARTESIAN_ONLY
    g[k.SENSOR] = u16(buf, at[1])
    g[k.KIND] = k.SYSTEM
    if at[4] >= 0:  # I062/070
        f[k.TIME] = u24(buf, at[4]) / 128.0
    if at[5] >= 0:  # I062/105
        lat, lon = i32(buf, at[5]) * _DEGREES, i32(buf, at[5] + 4) * _DEGREES
        if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):  # damaged, or an edition before 1.0, whose items lie elsewhere
            return p, k.BAD_POSITION
        f[k.LAT] = lat
        f[k.LON] = lon
    g[k.REPORT] = k.STATUS_REPORT if last or math.isnan(f[k.LAT]) else k.TRACK
    if at[12] >= 0:  # I062/040
        g[k.TRACK_NUMBER] = u16(buf, at[12])
    _motion(buf, at, f)
    _heights(buf, at, guess, f)
    _identity(buf, at, sub, g)
    if at[27] >= 0:
        _accuracies(buf, at, sub, f)
    return p, k.ROW
