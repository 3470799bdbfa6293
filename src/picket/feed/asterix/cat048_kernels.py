"""CAT048, monoradar target reports (EUROCONTROL SPEC-0149-4, editions 1.21 to 1.32): one record to one detection row.

These editions share their UAP; they differ in meanings that no column here depends on. Items that are not named are skipped by
their length, I048/RE and SP among them.

    I048/010      sensor_id "sac/sic"; none = `no_data_source` (a wrong edition makes such records)
    I048/140      time
    I048/040      range_m, azimuth_deg. With ERR set in I048/020 its range is only a limit: `extended_range`
    I048/042      the same from x, y when I048/040 is absent; then report = track. Neither: report = status
    I048/020      SIM, TST, RAB: `simulated`, `test_target`, `field_monitor`. With origin exercise SIM makes a row
    I048/090      alt_pressure_m; null with V (not validated) or G (garbled) set. Signed in every edition (ICAO Annex 10)
    I048/110      alt_msl_m: the standard's zero is mean sea level
    I048/120      range_rate_mps from CAL, null when D says doubtful. Positive = receding is what the standard recommends,
                  not what it requires: see the radar's interface document. RDS is ambiguous and unsigned: skipped
    I048/130      power_dbm: PAM (the echo) where given, else SAM (the transponder's reply)
    I048/161      sensor_track_id
    I048/200      speed_mps, course_deg
    I048/220, 240 identity: the address, else the call sign. 000000, FFFFFF, blanks and codes that are no characters: null
    I048/030      classification: the first code that names a kind of target (bird, helicopter ...)

report = track means that the position is no independent measurement: TYP = 0 ("no detection": RHO and THETA are extrapolated,
I048/040 note 1), a calculated position (I048/042), or SUP in I048/170 (kept alive by another station's track). All others
are plots even when the station correlated them with a track: I048/040 stays the plot's own measurement (note 2). CNF, GHO
and TRE in I048/170 say what the station thinks of its track, not how the position came about, and change nothing.
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
    locate,
    signed,
    six_bit_text,
    subfields,
    u8,
    u16,
    u24,
    uap,
)
from picket.feed.asterix.layout_kernels import Bytes, Floats, Int, Ints

CLASSES = {6: "ground_vehicle", 19: "bird", 20: "bird_flock", 23: "wind_turbine", 24: "helicopter"}  # codes of I048/030

_UAP = uap(
    2, 3, FX, 4, 2, 2, COMPOUND,  # 010 140 020 040 070 090 130
    3, 6, REPEAT - 8, 2, 4, 4, FX,  # 220 240 250 161 042 200 170
    4, FX, 2, 4, 2, COMPOUND - 1, 2,  # 210 030 080 100 110 120 230
    7, 1, 2, 1, 2, EXPLICIT, EXPLICIT,  # 260 055 050 065 060 SP RE
)  # fmt: skip
_PARTS = subfields(
    (1, 1, 1, 1, 1, 1, 1),  # I048/130: SRL SRR SAM PRL PAM RPD APD
    (2, REPEAT - 6),  # I048/120: CAL RDS
)
_RHO = k.NM / 256  # m, LSB of I048/040 RHO
_XY = k.NM / 128  # m, LSB of I048/042
_ANGLE = 360.0 / 65536  # deg, LSB of THETA and HDG
_GROUND_SPEED = k.NM / 16384  # m/s, LSB of I048/200 GSP: 2^-14 NM/s


@kernel
def _classification(buf: Bytes, p: Int) -> Int:
    """The first code of I048/030 that names a kind of target, or -1."""
    while True:
        code = u8(buf, p) >> 1
        if code == 6 or code == 19 or code == 20 or code == 23 or code == 24:
            return 48 << 16 | code
        if not buf[p] & 1:
            return -1
        p += 1


@kernel
def _power(buf: Bytes, p: Int) -> float:
    """dBm of I048/130: PAM where given, else SAM, else NaN."""
    power, q, present = math.nan, p + 1, u8(buf, p)
    for i in range(7):
        if present >> (7 - i) & 1:
            if i == 2 or i == 4:
                power = float(signed(u8(buf, q), 8))
            q += 1
    return power


@kernel
def _place(buf: Bytes, at: Ints, f: Floats, g: Ints) -> None:
    """Range, azimuth and what the report is."""
    if at[4] >= 0:  # I048/040
        f[k.RANGE] = u16(buf, at[4]) * _RHO
        f[k.AZIMUTH] = u16(buf, at[4] + 2) * _ANGLE
    elif at[12] >= 0:  # I048/042: calculated by the station's tracker
        x, y = signed(u16(buf, at[12]), 16) * _XY, signed(u16(buf, at[12] + 2), 16) * _XY
        f[k.RANGE] = math.sqrt(x * x + y * y)
        f[k.AZIMUTH] = math.degrees(math.atan2(x, y)) % 360.0
        g[k.REPORT] = k.TRACK
    else:
        g[k.REPORT] = k.STATUS_REPORT  # it says something of a track (its end, its identity), and is no plot


@kernel
def _identity(buf: Bytes, at: Ints, g: Ints) -> None:
    """The address, else the call sign."""
    if at[8] >= 0:  # I048/220: all zeros and all ones are no address
        address = u24(buf, at[8])
        if 0 < address < 0xFFFFFF:
            g[k.IDENTITY] = address
            g[k.IDENTITY_KIND] = k.ICAO_ADDRESS
            return
    if at[9] >= 0:  # I048/240
        text = six_bit_text(buf, at[9])
        if text >= 0:
            g[k.IDENTITY] = text
            g[k.IDENTITY_KIND] = k.CALL_SIGN


@kernel
def record_048(
    buf: Bytes, p: Int, end: Int, edition: Int, exercise: bool, at: Ints, sub: Ints, f: Floats, g: Ints
) -> tuple[Int, Int]:  # fmt: skip
    """One record into the vectors `f` and `g`; (next octet or -1, ROW or the reason why it is no row)."""
    p, reason = locate(buf, p, end, _UAP, _PARTS, at)
    if p < 0:
        return p, reason
    if at[1] < 0:
        return p, k.NO_SOURCE
    g[k.SENSOR] = u16(buf, at[1])
    g[k.KIND] = k.RADAR
    g[k.REPORT] = k.PLOT
    extended = False
    if at[3] >= 0:  # I048/020
        first = u8(buf, at[3])
        second = u8(buf, at[3] + 1) if first & 1 else 0
        if first >> 5 == 0:
            g[k.REPORT] = k.TRACK  # no detection: the position is extrapolated
        if first >> 4 & 1 and not exercise:
            return p, k.SIMULATED
        if second >> 7 & 1:
            return p, k.TEST
        if first >> 1 & 1:
            return p, k.MONITOR
        extended = second >> 6 & 1 == 1
    if at[14] >= 0 and buf[at[14]] & 1 and buf[at[14] + 1] >> 5 & 1:  # I048/170: SUP = kept alive by another station's track
        g[k.REPORT] = k.TRACK
    if extended and at[4] >= 0:
        return p, k.EXTENDED
    _place(buf, at, f, g)
    _identity(buf, at, g)
    if at[2] >= 0:  # I048/140
        f[k.TIME] = u24(buf, at[2]) / 128.0
    if at[6] >= 0 and buf[at[6]] >> 6 == 0:  # I048/090: V and G must both be clear
        f[k.ALT_PRESSURE] = signed(u16(buf, at[6]), 14) * k.FLIGHT_LEVEL_QUARTER
    if at[7] >= 0:  # I048/130
        f[k.POWER] = _power(buf, at[7])
    if at[11] >= 0:  # I048/161
        g[k.TRACK_NUMBER] = u16(buf, at[11]) & 0xFFF
    if at[13] >= 0:  # I048/200
        f[k.SPEED] = u16(buf, at[13]) * _GROUND_SPEED
        f[k.COURSE] = u16(buf, at[13] + 2) * _ANGLE
    if at[16] >= 0:  # I048/030
        g[k.CLASS] = _classification(buf, at[16])
    if at[19] >= 0:  # I048/110
        f[k.ALT_MSL] = signed(u16(buf, at[19]), 14) * k.FLIGHT_LEVEL_QUARTER
    if at[20] >= 0 and buf[at[20]] >> 7 and not buf[at[20] + 1] >> 7:  # I048/120: CAL with D clear
        f[k.RATE] = signed(u16(buf, at[20] + 1), 10)
    return p, k.ROW
