"""CAT021, ADS-B target reports (EUROCONTROL SPEC-0149-12, editions 2.1 to 2.7 and 0.23 to 0.26): one record to one detection row.

The editions 2.x share their UAP; I021/271 alone has another shape in 2.1. The editions 0.x have a UAP of their own, which
nothing in the bytes tells from the other one: name the edition. 0.23 has a shorter position than 0.24 to 0.26. Items that are
not named are skipped by their length, I021/SP among them.

    I021/010      sensor_id "sac/sic" of the ground station; none = `no_data_source` (a wrong edition makes such records)
    I021/040      SIM, TST, RAB: `simulated`, `test_target`, `field_monitor`. With origin exercise SIM makes a row.
                  NOGO ("must not be used operationally", I023/100): `not_operational`. CPR, LDPJ, RCF: the station's own
                  check says that the position was decoded wrongly: `bad_position`. IPC, LLC and CL = suspect change nothing: a
                  position that other means contradict is what a guard wants to see. ATP: see I021/080
    I021/131, 130 lat_deg, lon_deg: high resolution where given. Neither, or off the globe: report = status, else plot
    I021/071      time; without it I021/073 (its seconds made finer by I021/074); last I021/077. A report without a position
                  takes the time of its velocity (I021/072, 075 with 076) before I021/077
    I021/080      identity: ICAO address when ATP says so; else "~" and the address without a kind, as in SBS (duplicate,
                  anonymous and surface vehicles' addresses name no airframe). 000000 and FFFFFF: null
    I021/170      identity when there is no address
    I021/140      alt_wgs84_m; "greater than" (7FFF) is null
    I021/145      alt_pressure_m
    I021/160      speed_mps, course_deg; speed is null with RE (range exceeded: the value is only a lower limit)
    I021/RE SGV   the same on the ground: course where it is a valid ground track from true north, not a heading
    I021/157, 155 climb_mps: geometric, else barometric; null with RE
    I021/090, 210 sigma_position_m, sigma_altitude_m (of the geometric height, so only with one), sigma_speed_mps: see below
    I021/020      classification; I021/RE STA MUO (unmanned operation) makes it "uav" whatever the emitter says
    I021/132      power_dbm
    I021/161      sensor_track_id
    I021/210      transport: 1090es, uat or vdl4

Accuracy, as 95 % bounds turned to 1 sigma. The MOPS version in I021/210 says what I021/090 holds (ED-102/DO-260 to ED-102B):

    version 0     NUCp: 95 % position radius (DO-260 table 2-11); its two best classes also bound the height. NUCr
    version 1     NACp: EPU, and for its three best classes VEPU (DO-260A 2.2.3.2.7.2.7). NACv
    version 2, 3  NACp: EPU; GVA: geometric height (DO-260B 2.2.3.2.7.2.7 and 8; GVA 3 is reserved). NACv
    no I021/210   NACp where the extension that holds it is there; NUCp and NIC cannot be told apart: null

NIC, SIL, PIC and SDA bound integrity, not accuracy: skipped. NUCr and NACv have the same steps.

Airspeeds (I021/150, 151, RE), headings and selected altitudes are no ground vector and no height of the aircraft: skipped.

Editions 0.x: I021/030 is the time, I021/130 the only position (0.23: 24 bits a coordinate, else 32), I021/160, 155 and 157
have no RE bit, I021/090 PA and I021/095 are NUCp and NUCr, I021/131 is in no unit: skipped, I021/210 has a bit a link.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from picket._jit import kernel
from picket.feed.adsb.accuracy_kernels import BOUND_95, GVA_SIGMA_M, NACP_SIGMA_M, NACV_SIGMA_MPS, NUCP_SIGMA_M
from picket.feed.asterix import layout_kernels as k
from picket.feed.asterix.items_kernels import (
    COMPOUND,
    EXPLICIT,
    FX,
    REPEAT,
    SPARE,
    i16,
    i24,
    i32,
    locate,
    signed,
    six_bit_text,
    subfields,
    u8,
    u16,
    u24,
    u32,
    uap,
)
from picket.feed.asterix.layout_kernels import Bytes, Floats, Int, Ints

CLASSES = {  # codes of I021/020
    1: "light_aircraft", 2: "small_aircraft", 3: "medium_aircraft", 4: "high_vortex_aircraft", 5: "heavy_aircraft",
    6: "high_performance_aircraft", 10: "helicopter", 11: "glider", 12: "lighter_than_air", 13: "uav", 14: "spacecraft",
    15: "ultralight", 16: "parachutist", 20: "emergency_vehicle", 21: "ground_vehicle", 22: "fixed_obstacle",
    23: "cluster_obstacle", 24: "line_obstacle",
}  # fmt: skip
UAV = 13
EDITION_0_23, EDITION_0_24, EDITION_0_26, EDITION_2_1, EDITION_2_2 = 23, 24, 26, 201, 202  # 0.25 is as 0.24, 2.7 as 2.2
EDITIONS = {
    "0.23": EDITION_0_23, "0.24": EDITION_0_24, "0.25": EDITION_0_24, "0.26": EDITION_0_26, "2.1": EDITION_2_1,
    **{f"2.{n}": EDITION_2_2 for n in range(2, 8)},
}  # fmt: skip

_UAP = uap(
    2, FX, 2, 1, 3, 6, 8,  # 010 040 161 015 071 130 131
    3, 2, 2, 3, 3, 4, 3,  # 072 150 151 080 073 074 075
    4, 2, FX, 1, 2, 2, 2,  # 076 140 090 210 070 230 145
    2, 1, 2, 2, 4, 2, 3,  # 152 200 155 157 160 165 077
    6, 1, COMPOUND, 2, 2, COMPOUND - 1, 1,  # 170 020 220 146 148 110 016
    1, FX, 1, REPEAT - 8, 7, 1, COMPOUND - 2,  # 008 271 132 250 260 400 295
    SPARE, SPARE, SPARE, SPARE, SPARE, EXPLICIT, EXPLICIT,  # RE SP
)  # fmt: skip
_UAP_2_1, _UAP_2_1_LONG = _UAP.copy(), _UAP.copy()  # I021/271 of one octet, or of two
_UAP_2_1[36], _UAP_2_1_LONG[36] = 1, 2
_UAP_0_26 = uap(
    2, 2, 3, 8, 3, 2, 2,  # 010 040 030 130 080 140 090
    1, 2, 2, 2, 2, 2, 2,  # 210 230 145 150 151 152 155
    2, 4, FX, 6, 1, 1, 1,  # 157 160 165 170 095 032 200
    1, COMPOUND, 2, 2, COMPOUND - 1, 2, 1,  # 020 220 146 148 110 070 131
    SPARE, SPARE, SPARE, SPARE, SPARE, EXPLICIT, EXPLICIT,  # RE SP
)  # fmt: skip
_UAP_0_24 = _UAP_0_26.copy()  # and 0.25: no I021/070, 131
_UAP_0_24[26:28] = SPARE
_UAP_0_23 = _UAP_0_24.copy()
_UAP_0_23[3] = 6  # I021/130 with 24 bits a coordinate
_PARTS = subfields(
    (2, 2, 2, 1),  # I021/220: WS WD TMP TRB
    (FX, REPEAT - 15),  # I021/110: TIS TID
    (1,) * 23,  # I021/295: an age for each of 23 items
)

_ANGLE = 360.0 / 65536  # deg, LSB of track angles
_GROUND_SPEED = k.NM / 16384  # m/s, LSB of I021/160 GS: 2^-14 NM/s
_HEIGHT = 6.25 * k.FOOT  # m, LSB of I021/140
_CLIMB = 6.25 * k.FOOT / 60  # m/s, LSB of I021/155 and 157: 6.25 ft/min
_SURFACE_SPEED = k.NM / 3600 / 8  # m/s, LSB of I021/RE SGV: 1/8 kt

# 1 sigma of the geometric height in m by NUCp and by NACp in version 1 (VEPU), from 95 % bounds; in version 2 GVA says it
NUCP_HEIGHT = np.array([np.nan] * 8 + [15, 4] + [np.nan] * 6) / BOUND_95
NACP_HEIGHT = np.array([np.nan] * 9 + [45, 15, 4] + [np.nan] * 4) / BOUND_95


@kernel
def _position(lat: float, lon: float, f: Floats, g: Ints) -> None:
    """A position on the globe makes the report a plot."""
    if -90 <= lat <= 90 and -180 <= lon <= 180:
        f[k.LAT], f[k.LON] = lat, lon
        g[k.REPORT] = k.PLOT


@kernel
def _identity(address: Int, known: bool, call_sign: Int, g: Ints) -> None:
    """The address where there is one, else the call sign (-1: none). known: the address is ICAO's."""
    if 0 < address < 0xFFFFFF:
        if known:
            g[k.IDENTITY] = address
            g[k.IDENTITY_KIND] = k.ICAO_ADDRESS
            return
        key = np.int64(126)  # "~"
        for i in range(6):
            digit = address >> (20 - 4 * i) & 15
            key = key << 8 | (48 + digit if digit < 10 else 55 + digit)
        g[k.IDENTITY] = key << 8
    elif call_sign >= 0:
        g[k.IDENTITY] = call_sign
        g[k.IDENTITY_KIND] = k.CALL_SIGN


@kernel
def _fine(buf: Bytes, coarse: Int, fine: Int) -> Any:
    """Seconds of I021/073 or 075 at `coarse`, made finer by 074 or 076 at `fine` (-1: not there)."""
    seconds = u24(buf, coarse) / 128.0
    if fine < 0 or buf[fine] >> 6 == 3:  # FSI 3 is reserved
        return seconds
    indication = buf[fine] >> 6
    step = 1 if indication == 1 else -1 if indication == 2 else 0
    seconds = math.floor(seconds) + step + (u32(buf, fine) & 0x3FFFFFFF) / 1073741824.0
    return seconds + 86400.0 if seconds < 0 else seconds


@kernel
def _time(buf: Bytes, at: Ints, position: bool) -> Any:
    """Time of day in s of editions 2.x, or NaN."""
    if position:
        if at[5] >= 0:  # I021/071
            return u24(buf, at[5]) / 128.0
        if at[12] >= 0:  # I021/073, 074
            return _fine(buf, at[12], at[13])
    else:
        if at[8] >= 0:  # I021/072
            return u24(buf, at[8]) / 128.0
        if at[14] >= 0:  # I021/075, 076
            return _fine(buf, at[14], at[15])
    return u24(buf, at[28]) / 128.0 if at[28] >= 0 else math.nan  # I021/077


@kernel
def _accuracy(buf: Bytes, p: Int, version: Int, f: Floats) -> None:
    """Sigmas of I021/090 at `p`, as the MOPS version defines it; version -1: nobody says."""
    first = u8(buf, p)
    nacp, gva = 0, 0
    if first & 1:
        nacp = u8(buf, p + 1) >> 1 & 15
        if buf[p + 1] & 1:
            gva = u8(buf, p + 2) >> 1 & 3
    height = math.nan
    if version == 0:
        f[k.SIGMA_POSITION] = NUCP_SIGMA_M[first >> 1 & 15]
        height = NUCP_HEIGHT[first >> 1 & 15]
    else:
        f[k.SIGMA_POSITION] = NACP_SIGMA_M[nacp]
        if version == 1:
            height = NACP_HEIGHT[nacp]
        elif version > 1:
            height = GVA_SIGMA_M[gva]
    if not math.isnan(f[k.ALT_WGS84]):
        f[k.SIGMA_ALTITUDE] = height
    f[k.SIGMA_SPEED] = NACV_SIGMA_MPS[first >> 5]


@kernel
def _expansion(buf: Bytes, p: Int, f: Floats, g: Ints) -> None:
    """Surface ground vector and "unmanned" of I021/RE at `p`.

    After its length and one octet of presence: BPS (2 octets), SH (2), NAV, GAO, SGV (2, FX then 1 more), STA (FX), and what is
    not read. A field that its own contents do not fill is left alone: the item's length is what the record goes by.
    """
    end = p + u8(buf, p)
    if p + 2 > end:
        return
    present = u8(buf, p + 1)
    p += 2 + 2 * (present >> 7) + 2 * (present >> 6 & 1) + (present >> 5 & 1) + (present >> 4 & 1)
    if present & 8:  # SGV: STP HTS HTT HRD GSS(11) FX, HGT(7) FX
        if p + 2 > end:
            return
        vector = u16(buf, p)
        if vector & 1 and p + 3 > end:
            return
        if math.isnan(f[k.SPEED]):
            f[k.SPEED] = (vector >> 1 & 0x7FF) * _SURFACE_SPEED
            if vector & 1 and vector >> 12 & 7 == 6:  # valid, ground track, true north
                f[k.COURSE] = (u8(buf, p + 2) >> 1) * 2.8125
        p += 2
        more = vector & 1
        while more:
            if p >= end:
                return
            more = u8(buf, p) & 1
            p += 1
    third = present & 4 and p + 3 <= end and buf[p] & 1 and buf[p + 1] & 1
    if third and buf[p + 2] >> 3 & 3 == 3:  # STA: TSI (3 bits), MUO: populated, unmanned
        g[k.CLASS] = 21 << 16 | UAV


@kernel
def _kinematics(buf: Bytes, at: Ints, f: Floats) -> None:
    """Heights, ground vector and climb of editions 2.x."""
    if at[16] >= 0 and i16(buf, at[16]) != 0x7FFF:  # I021/140
        f[k.ALT_WGS84] = i16(buf, at[16]) * _HEIGHT
    if at[21] >= 0:  # I021/145
        f[k.ALT_PRESSURE] = i16(buf, at[21]) * k.FLIGHT_LEVEL_QUARTER
    if at[26] >= 0:  # I021/160
        if not buf[at[26]] >> 7:
            f[k.SPEED] = u16(buf, at[26]) * _GROUND_SPEED
        f[k.COURSE] = u16(buf, at[26] + 2) * _ANGLE
    rate = at[25] if at[25] >= 0 else at[24]  # I021/157, else 155
    if rate >= 0 and not buf[rate] >> 7:
        f[k.CLIMB] = signed(u16(buf, rate), 15) * _CLIMB


@kernel
def _checks(buf: Bytes, p: Int, exercise: bool) -> Int:
    """ROW, or why I021/040 at `p` says that the report is none."""
    if buf[p] >> 1 & 1:
        return k.MONITOR
    if not buf[p] & 1:
        return k.ROW
    if buf[p + 1] >> 5 & 1 and not exercise:
        return k.SIMULATED
    if buf[p + 1] >> 4 & 1:
        return k.TEST
    if not buf[p + 1] & 1:
        return k.ROW
    if buf[p + 2] >> 4 & 1:
        return k.NOT_OPERATIONAL
    return k.BAD_POSITION if buf[p + 2] >> 1 & 7 else k.ROW  # CPR, LDPJ, RCF


@kernel
def _read_2(buf: Bytes, at: Ints, exercise: bool, f: Floats, g: Ints) -> Int:
    """A located record of editions 2.x into the vectors; ROW or the reason why it is no row."""
    known = False
    if at[2] >= 0:  # I021/040
        reason = _checks(buf, at[2], exercise)
        if reason != k.ROW:
            return reason
        known = buf[at[2]] >> 5 == 0
    if at[7] >= 0:  # I021/131
        _position(i32(buf, at[7]) * (180.0 / 1073741824), i32(buf, at[7] + 4) * (180.0 / 1073741824), f, g)
    elif at[6] >= 0:  # I021/130
        _position(i24(buf, at[6]) * (180.0 / 8388608), i24(buf, at[6] + 3) * (180.0 / 8388608), f, g)
    f[k.TIME] = _time(buf, at, g[k.REPORT] == k.PLOT)
    _identity(u24(buf, at[11]) if at[11] >= 0 else 0, known, six_bit_text(buf, at[29]) if at[29] >= 0 else -1, g)
    _kinematics(buf, at, f)
    version = -1
    if at[18] >= 0:  # I021/210
        version = u8(buf, at[18]) >> 3 & 7
        link = buf[at[18]] & 7
        if 1 <= link <= 3:
            g[k.TRANSPORT] = k.UAT if link == 1 else k.ES_1090 if link == 2 else k.VDL4
    if at[17] >= 0:  # I021/090
        _accuracy(buf, at[17], version, f)
    if at[30] >= 0:  # I021/020
        g[k.CLASS] = _class(u8(buf, at[30]))
    if at[38] >= 0:  # I021/132
        f[k.POWER] = signed(u8(buf, at[38]), 8)
    if at[3] >= 0:  # I021/161
        g[k.TRACK_NUMBER] = u16(buf, at[3]) & 0xFFF
    if at[48] >= 0:
        _expansion(buf, at[48], f, g)
    return k.ROW


@kernel
def _class(code: Int) -> Int:
    """The key of an emitter category, or -1 for a code that says nothing."""
    return 21 << 16 | code if 1 <= code <= 6 or 10 <= code <= 16 or 20 <= code <= 24 else -1


@kernel
def _read_0(buf: Bytes, at: Ints, edition: Int, exercise: bool, f: Floats, g: Ints) -> Int:
    """As `_read_2`, of editions 0.x."""
    known = False
    if at[2] >= 0:  # I021/040
        flags = u16(buf, at[2])
        if flags >> 13 & 1 and not exercise:
            return k.SIMULATED
        if flags >> 12 & 1:
            return k.TEST
        if flags >> 11 & 1:
            return k.MONITOR
        known = flags >> 5 & 7 == 1
    p = at[4]
    if p >= 0 and edition == EDITION_0_23:  # I021/130
        _position(i24(buf, p) * (180.0 / 8388608), i24(buf, p + 3) * (180.0 / 8388608), f, g)
    elif p >= 0:
        _position(i32(buf, p) * (180.0 / 33554432), i32(buf, p + 4) * (180.0 / 33554432), f, g)
    if at[3] >= 0:  # I021/030
        f[k.TIME] = u24(buf, at[3]) / 128.0
    _identity(u24(buf, at[5]) if at[5] >= 0 else 0, known, six_bit_text(buf, at[18]) if at[18] >= 0 else -1, g)
    if at[6] >= 0:  # I021/140
        f[k.ALT_WGS84] = i16(buf, at[6]) * _HEIGHT
    if at[10] >= 0:  # I021/145
        f[k.ALT_PRESSURE] = i16(buf, at[10]) * k.FLIGHT_LEVEL_QUARTER
    if at[16] >= 0:  # I021/160: a negative speed is none
        if not buf[at[16]] >> 7:
            f[k.SPEED] = u16(buf, at[16]) * _GROUND_SPEED
        f[k.COURSE] = u16(buf, at[16] + 2) * _ANGLE
    rate = at[15] if at[15] >= 0 else at[14]  # I021/157, else 155
    if rate >= 0:
        f[k.CLIMB] = i16(buf, rate) * _CLIMB
    if at[7] >= 0:  # I021/090
        f[k.SIGMA_POSITION] = NUCP_SIGMA_M[buf[at[7] + 1] & 15]
        if not math.isnan(f[k.ALT_WGS84]):
            f[k.SIGMA_ALTITUDE] = NUCP_HEIGHT[buf[at[7] + 1] & 15]
    if at[19] >= 0 and buf[at[19]] < 8:  # I021/095
        f[k.SIGMA_SPEED] = NACV_SIGMA_MPS[buf[at[19]]]
    if at[8] >= 0:  # I021/210: the one link that it names
        links = buf[at[8]] & 15
        if links == 8 or links == 4 or links == 2:
            g[k.TRANSPORT] = k.ES_1090 if links == 8 else k.UAT if links == 4 else k.VDL4
    if at[22] >= 0:  # I021/020: 2, 4, 23 and 24 are reserved here
        code = u8(buf, at[22])
        g[k.CLASS] = _class(code) if code != 2 and code != 4 and code < 23 else -1
    return k.ROW


@kernel
def _locate(buf: Bytes, p: Int, end: Int, edition: Int, at: Ints) -> Any:
    """As `locate`, with the UAP of an edition."""
    shapes = _UAP if edition >= EDITION_2_2 else _UAP_2_1 if edition == EDITION_2_1 else _UAP_0_26
    if edition < EDITION_0_26:
        shapes = _UAP_0_23 if edition == EDITION_0_23 else _UAP_0_24
    while True:
        after, reason = locate(buf, p, end, shapes, _PARTS, at)
        if edition != EDITION_2_1 or reason == k.BAD_FSPEC or at[37] < 0 or not buf[at[37]] & 1:
            return after, reason
        shapes, edition = _UAP_2_1_LONG, EDITION_2_2  # I021/271 has a second octet, which has no FX


@kernel
def record_021(
    buf: Bytes, p: Int, end: Int, edition: Int, exercise: bool, at: Ints, sub: Ints, f: Floats, g: Ints
) -> tuple[Int, Int]:  # fmt: skip
    """One record into the vectors `f` and `g`; (next octet or -1, ROW or the reason why it is no row)."""
    p, reason = _locate(buf, p, end, edition, at)
    if p < 0:
        return p, reason
    if at[1] < 0:
        return p, k.NO_SOURCE
    g[k.SENSOR] = u16(buf, at[1])
    g[k.KIND] = k.ADSB
    g[k.REPORT] = k.STATUS_REPORT
    if edition < 100:
        return p, _read_0(buf, at, edition, exercise, f, g)
    return p, _read_2(buf, at, exercise, f, g)
