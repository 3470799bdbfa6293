"""CAT015, independent non-cooperative target reports: passive and multistatic radar, and other sensors whose targets say nothing.

EUROCONTROL SPEC-0149-28, editions 1.0 to 1.2, which are the same on the wire. One record to one detection row of kind radar;
items that are not named are skipped by their length.

    I015/010      sensor_id "sac/sic"; none = `no_data_source`
    I015/000      report: 1, 3 plot; 2, 4 track; 5 (track end) and what is reserved or absent: status
    I015/020      TTAX: 3 simulated or replayed = `simulated` (a row with origin exercise), 2 synthetic = `test_target`,
                  1 reference target (a beacon, a permanent echo) = `field_monitor`. MOMU: see I015/625
    I015/145      time
    I015/161      sensor_track_id
    I015/170      CSTP (position extrapolated): report = track
    I015/300      classification: the likeliest code as "class_12". What a code means stands in the sensor's own interface document
    I015/600      P84: lat_deg, lon_deg. HPP: sigma_position_m, the root mean square of its two axes
    I015/601      GH: alt_wgs84_m. sigma_altitude_m from SDGH, else half of CI9's 95 % interval / 1.96
    I015/602      HV: speed_mps, course_deg (x east, y north). SDHV: sigma_speed_mps, the root mean square
    I015/604      VV: climb_mps
    I015/625      R: range_m, SDR: sigma_range_m, and RR with SDRR: range_rate_mps and sigma_range_rate_mps - of a monostatic sensor
                  only. A bistatic range is a difference of paths, and what "other" or no MOMU means is unknown: null. So is R < 0
    I015/626      DV, SDDV: range_rate_mps and its sigma before those of I015/625, monostatic only. Positive = receding, as in
                  CAT048; the standard gives DV no sign, so see the sensor's interface document
    I015/627      AZ: azimuth_deg, SDASZ: sigma_azimuth_deg
    I015/628      EL: elevation_deg, SDEL: sigma_elevation_deg
    I015/630      RPS: snr_db of the echo. Its powers are in dB of no stated reference: skipped

A report with neither a position nor an azimuth has no place: report = status, a row that no tracker takes.
Measurement and pair identifiers (I015/400, 480) name what CAT016 describes, which is not read.
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
    i16,
    i24,
    i32,
    locate,
    locate_parts,
    signed,
    subfields,
    u8,
    u16,
    u24,
    uap,
)
from picket.feed.asterix.layout_kernels import Bytes, Floats, Int, Ints

CLASSES = {code: f"class_{code}" for code in range(512)}  # I015/300 CLS: nine bits

_UAP = uap(
    2, 1, 1, FX, FX, 3, 2,  # 010 000 015 020 030 145 161
    FX, 2, COMPOUND, REPEAT - 2, 5, COMPOUND - 1, COMPOUND - 2,  # 170 050 270 300 400 600 601
    COMPOUND - 3, COMPOUND - 4, COMPOUND - 5, COMPOUND - 6, REPEAT - 5, COMPOUND - 7, COMPOUND - 8,  # 602-605 480 625 626
    COMPOUND - 9, COMPOUND - 10, COMPOUND - 11, REPEAT - 8, EXPLICIT,  # 627 628 630 631 SP
)  # fmt: skip
_PARTS = subfields(
    (2, 2, 2, 2),  # I015/270: LEN WDT HGT ORT
    (8, 5, 5),  # I015/600: P84 HPR HPP
    (3, 3, 3, 3, 3, 2, 2, 2),  # I015/601: GH RSGH SDGH CI6 CI9 COGHHP COGHHV COGHHA
    (5, 5, 5, 4),  # I015/602: HV RSHV SDHV COHVHP
    (3, 4, 4, 4),  # I015/603: HA SDHA COHAHP COHAHV
    (3, 2, 3, 2, 2, 2),  # I015/604: VV RSVV SDVV COVVHP COVVHV COVVHA
    (2, 4, 2, 2, 2),  # I015/605: VA SDVA COVAHP COVAHV COVAHA
    (3, 3, 3, 3, 3, 4, 2, 4),  # I015/625: R RSR SDR RR RSRR SDRR RA SDRA
    (3, 2, 2, 3, 1, 1, 1, 1, 1, 1),  # I015/626: DV SDDV DA SDDA and six correlations
    (2, 2, 2, 2, 3, 4),  # I015/627: AZ RSAZ SDASZ AZR SDAZR AZEX
    (2, 2, 2, 2, 3, 4),  # I015/628: EL RSEL SDEL ER SDER ELEX
    (1, 1, 2, 1),  # I015/630: DPP DPS RPP RPS
)
_POSITION, _HEIGHT, _VELOCITY, _CLIMB, _RANGE, _DOPPLER, _AZIMUTH, _ELEVATION, _QUALITY = 1, 2, 3, 5, 7, 8, 9, 10, 11

_WGS84 = 180.0 / 2147483648  # deg, LSB of I015/600 P84
_ANGLE = 360.0 / 65536  # deg, LSB of I015/627 AZ
_ELEVATION_STEP = 180.0 / 65536  # deg, LSB of I015/628 EL
_ANGLE_SIGMA = 45.0 / 65536  # deg, LSB of SDASZ and SDEL
_INTERVAL = 16.0  # m, LSB of each side of I015/601 CI9


@kernel
def _classification(buf: Bytes, p: Int) -> Int:
    """The code of I015/300 with the highest probability, the first of equals; -1 when the list is empty."""
    best, key = -1, -1
    for i in range(u8(buf, p)):
        entry = u16(buf, p + 1 + 2 * i)
        if entry & 127 > best:
            best, key = entry & 127, 15 << 16 | entry >> 7
    return key


@kernel
def _position(buf: Bytes, p: Int, sub: Ints, f: Floats) -> None:
    """I015/600."""
    locate_parts(buf, p, _PARTS[_POSITION], sub)
    if sub[1] >= 0:
        lat, lon = i32(buf, sub[1]) * _WGS84, i32(buf, sub[1] + 4) * _WGS84
        if -90 <= lat <= 90:
            f[k.LAT], f[k.LON] = lat, lon
    if sub[3] >= 0 and not math.isnan(f[k.LAT]):
        x, y = u16(buf, sub[3]) / 4.0, u16(buf, sub[3] + 2) / 4.0
        f[k.SIGMA_POSITION] = math.sqrt((x * x + y * y) / 2)


@kernel
def _height(buf: Bytes, p: Int, sub: Ints, f: Floats) -> None:
    """I015/601."""
    locate_parts(buf, p, _PARTS[_HEIGHT], sub)
    if sub[1] < 0:
        return
    f[k.ALT_WGS84] = i24(buf, sub[1]) * 0.01
    if sub[3] >= 0:
        f[k.SIGMA_ALTITUDE] = u24(buf, sub[3]) * 0.01
    elif sub[5] >= 0:
        sides = u24(buf, sub[5])
        f[k.SIGMA_ALTITUDE] = ((sides >> 12) + (sides & 0xFFF)) * _INTERVAL / 2 / 1.96


@kernel
def _velocity(buf: Bytes, p: Int, sub: Ints, f: Floats) -> None:
    """I015/602."""
    locate_parts(buf, p, _PARTS[_VELOCITY], sub)
    if sub[1] >= 0:
        both = u24(buf, sub[1]) << 16 | u16(buf, sub[1] + 3)
        east, north = signed(both >> 20, 20) * 0.01, signed(both, 20) * 0.01
        f[k.SPEED] = math.sqrt(east * east + north * north)
        if f[k.SPEED] > 0:
            f[k.COURSE] = math.degrees(math.atan2(east, north)) % 360.0
        if sub[3] >= 0:
            x, y = u16(buf, sub[3]) * 0.01, u16(buf, sub[3] + 2) * 0.01
            f[k.SIGMA_SPEED] = math.sqrt((x * x + y * y) / 2)


@kernel
def _radial(buf: Bytes, at: Ints, sub: Ints, f: Floats) -> None:
    """I015/625 and 626 of a monostatic sensor."""
    if at[20] >= 0:
        locate_parts(buf, at[20], _PARTS[_RANGE], sub)
        if sub[1] >= 0 and i24(buf, sub[1]) >= 0:
            f[k.RANGE] = i24(buf, sub[1]) * 0.1
            if sub[3] >= 0:
                f[k.SIGMA_RANGE] = u24(buf, sub[3]) * 0.1
        if sub[4] >= 0:
            f[k.RATE] = i24(buf, sub[4]) * 0.1
            if sub[6] >= 0:
                f[k.SIGMA_RATE] = u24(buf, sub[6]) * 0.1
    if at[21] >= 0:
        locate_parts(buf, at[21], _PARTS[_DOPPLER], sub)
        if sub[1] >= 0:
            f[k.RATE] = i24(buf, sub[1]) * 0.01
            f[k.SIGMA_RATE] = u16(buf, sub[2]) / 64.0 if sub[2] >= 0 else math.nan


@kernel
def _angles(buf: Bytes, at: Ints, sub: Ints, f: Floats) -> None:
    """I015/627 and 628."""
    if at[22] >= 0:
        locate_parts(buf, at[22], _PARTS[_AZIMUTH], sub)
        if sub[1] >= 0:
            f[k.AZIMUTH] = u16(buf, sub[1]) * _ANGLE
            if sub[3] >= 0:
                f[k.SIGMA_AZIMUTH] = u16(buf, sub[3]) * _ANGLE_SIGMA
    if at[23] >= 0:
        locate_parts(buf, at[23], _PARTS[_ELEVATION], sub)
        if sub[1] >= 0:
            f[k.ELEVATION] = i16(buf, sub[1]) * _ELEVATION_STEP
            if sub[3] >= 0:
                f[k.SIGMA_ELEVATION] = u16(buf, sub[3]) * _ANGLE_SIGMA


@kernel
def _report(buf: Bytes, at: Ints, f: Floats) -> Int:
    """Plot, track or status."""
    if at[2] < 0 or (math.isnan(f[k.LAT]) and math.isnan(f[k.AZIMUTH])):
        return k.STATUS_REPORT
    message = buf[at[2]] >> 1  # I015/000
    if message < 1 or message > 4:
        return k.STATUS_REPORT
    coasted = at[8] >= 0 and buf[at[8]] >> 3 & 1  # I015/170 CSTP
    return k.TRACK if coasted or message == 2 or message == 4 else k.PLOT


@kernel
def record_015(
    buf: Bytes, p: Int, end: Int, edition: Int, exercise: bool, at: Ints, sub: Ints, f: Floats, g: Ints
) -> tuple[Int, Int]:  # fmt: skip
    """One record into the vectors `f` and `g`; (next octet or -1, ROW or the reason why it is no row)."""
    p, reason = locate(buf, p, end, _UAP, _PARTS, at)
    if p < 0:
        return p, reason
    if at[1] < 0:
        return p, k.NO_SOURCE
    geometry = 3
    if at[4] >= 0:  # I015/020
        taxonomy = buf[at[4]] >> 4 & 3
        if taxonomy == 3 and not exercise:
            return p, k.SIMULATED
        if taxonomy == 2:
            return p, k.TEST
        if taxonomy == 1:
            return p, k.MONITOR
        geometry = buf[at[4]] >> 6
    g[k.SENSOR] = u16(buf, at[1])
    g[k.KIND] = k.RADAR
    if at[6] >= 0:  # I015/145
        f[k.TIME] = u24(buf, at[6]) / 128.0
    if at[7] >= 0:  # I015/161
        g[k.TRACK_NUMBER] = u16(buf, at[7])
    if at[11] >= 0:  # I015/300
        g[k.CLASS] = _classification(buf, at[11])
    if at[13] >= 0:
        _position(buf, at[13], sub, f)
    if at[14] >= 0:
        _height(buf, at[14], sub, f)
    if at[15] >= 0:
        _velocity(buf, at[15], sub, f)
    if at[17] >= 0:  # I015/604
        locate_parts(buf, at[17], _PARTS[_CLIMB], sub)
        if sub[1] >= 0:
            f[k.CLIMB] = i24(buf, sub[1]) * 0.01
    if geometry == 0:
        _radial(buf, at, sub, f)
    _angles(buf, at, sub, f)
    if at[24] >= 0:  # I015/630
        locate_parts(buf, at[24], _PARTS[_QUALITY], sub)
        if sub[4] >= 0:
            f[k.SNR] = signed(u8(buf, sub[4]), 8)
    g[k.REPORT] = _report(buf, at, f)
    return p, k.ROW
