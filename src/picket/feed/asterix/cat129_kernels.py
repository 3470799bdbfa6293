"""CAT129, UAS identification reports (EUROCONTROL SPEC-0149-29, edition 1.2): one record to one detection row.

A drone, or a ground station for it, says who and where it is: kind remote_id, always a plot when it has a position. Items that
are not named are skipped by their length, I129/015 (destination) and I129/SP among them. No item tells of the operator.

    I129/010           sensor_id "sac/sic"; none = `no_data_source`. What a drone sends itself has 0/0
    I129/020, 030, 040 identity, kind serial: manufacturer, model and serial number joined with "-", as far as they are there;
                       none without I129/040. The standard gives the serial number 12 octets and no alphabet: what is not printable
                       ASCII is written as 24 hexadecimal digits, alone
    I129/070           time
    I129/080           lat_deg, lon_deg; none, or off the globe: report = status
    I129/090           alt_msl_m
    I129/100           height_agl_m
    I129/110           sigma_position_m: a 50 % circular error / 1.1774 (the median of a Rayleigh distribution). 0 = unknown
    I129/185           speed_mps, course_deg (x east, y north)
    I129/220           climb_mps
    classification     "uas": there is nothing else in this category

I129/050 (country of registration) and I129/120 (certification and risk category) have no column.

Edition 1.2 contradicts itself over the length of I129/120: one octet in its table of items (5.3.1), three in the item's own text
(5.2.12), of which it describes the first. The standard allows one record to a block (4.4), so the block's end decides: one octet
where the record then ends with its block, else three. In a block of several records only the last one is told by that; before
it I129/120 is taken for one octet.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from picket._jit import kernel
from picket.feed.asterix import layout_kernels as k
from picket.feed.asterix.items_kernels import EXPLICIT, SPARE, i24, i32, locate, signed, subfields, u8, u16, u24, uap
from picket.feed.asterix.layout_kernels import Bytes, Floats, Int, Ints

CLASSES = {0: "uas"}

_UAP = uap(
    2, 2, 3, 3, 12, 2, 3,  # 010 015 020 030 040 050 070
    8, 3, 3, 2, 1, EXPLICIT, 5,  # 080 090 100 110 120 SP 185
    3, SPARE, SPARE, SPARE, SPARE, SPARE, SPARE,  # 220
)  # fmt: skip
_UAP_LONG = _UAP.copy()
_UAP_LONG[11] = 3  # the other reading of I129/120
_PARTS = subfields((1,))  # there is no compound item

_WGS84 = 180.0 / 1073741824  # deg, LSB of I129/080: 180 / 2^30
_MEDIAN = math.sqrt(2 * math.log(2))  # of a Rayleigh distribution, in standard deviations of one axis


@kernel
def _printable(buf: Bytes, p: Int, n: Int) -> Int:
    """How many of the `n` octets are text before trailing blanks and zeros; 0 for none, -1 where one is not printable ASCII."""
    while n > 0 and (buf[p + n - 1] == 0 or buf[p + n - 1] == 32):
        n -= 1
    for i in range(n):
        if buf[p + i] < 33 or buf[p + i] > 126:
            return -1
    return n


@kernel
def _put(g: Ints, at: Int, code: Int) -> None:
    """Octet number `at` of the identity."""
    word = k.IDENTITY + at // 8
    if g[word] < 0:
        g[word] = 0
    g[word] |= code << (56 - 8 * (at % 8))


@kernel
def _identity(buf: Bytes, maker: Int, model: Int, serial: Int, g: Ints) -> None:
    """Manufacturer, model (-1: not there) and serial number as the identity: at most 3 + 1 + 3 + 1 + 12 octets."""
    n = _printable(buf, serial, 12)
    if n == 0:
        return
    g[k.IDENTITY_KIND] = k.SERIAL
    size = 0
    if n < 0:
        for i in range(24):
            digit = u8(buf, serial + i // 2) >> (4 - 4 * (i % 2)) & 15
            _put(g, i, 48 + digit if digit < 10 else 55 + digit)
        return
    for part in (maker, model):
        length = _printable(buf, part, 3) if part >= 0 else 0
        for i in range(length):
            _put(g, size, u8(buf, part + i))
            size += 1
        if length > 0:
            _put(g, size, 45)  # "-"
            size += 1
    for i in range(n):
        _put(g, size, u8(buf, serial + i))
        size += 1


@kernel
def _locate(buf: Bytes, p: Int, end: Int, at: Ints) -> Any:
    """As `locate`, with the length of I129/120 that the block's end asks for."""
    after, reason = np.int64(-1), np.int64(k.BAD_FSPEC)
    for shapes in (_UAP, _UAP_LONG, _UAP):  # one octet, three, and where neither ends with the block one again
        after, reason = locate(buf, p, end, shapes, _PARTS, at)
        if after == end or reason == k.BAD_FSPEC or at[12] < 0:
            break
    return after, reason


@kernel
def record_129(
    buf: Bytes, p: Int, end: Int, edition: Int, exercise: bool, at: Ints, sub: Ints, f: Floats, g: Ints
) -> tuple[Int, Int]:  # fmt: skip
    """One record into the vectors `f` and `g`; (next octet or -1, ROW or the reason why it is no row)."""
    p, reason = _locate(buf, p, end, at)
    if p < 0:
        return p, reason
    if at[1] < 0:
        return p, k.NO_SOURCE
    g[k.SENSOR] = u16(buf, at[1])
    g[k.KIND] = k.REMOTE_ID
    g[k.REPORT] = k.STATUS_REPORT
    g[k.CLASS] = 129 << 16
    if at[5] >= 0:
        _identity(buf, at[3], at[4], at[5], g)
    if at[7] >= 0:  # I129/070
        f[k.TIME] = u24(buf, at[7]) / 128.0
    if at[8] >= 0:  # I129/080
        lat, lon = i32(buf, at[8]) * _WGS84, i32(buf, at[8] + 4) * _WGS84
        if -90 <= lat <= 90 and -180 <= lon <= 180:
            f[k.LAT], f[k.LON] = lat, lon
            g[k.REPORT] = k.PLOT
            if at[11] >= 0 and u16(buf, at[11]) > 0:  # I129/110
                f[k.SIGMA_POSITION] = u16(buf, at[11]) / _MEDIAN
    if at[9] >= 0:  # I129/090
        f[k.ALT_MSL] = i24(buf, at[9]) * 0.1
    if at[10] >= 0:  # I129/100
        f[k.HEIGHT_AGL] = i24(buf, at[10]) * 0.1
    if at[14] >= 0:  # I129/185: two 20-bit components, the first one in the high bits
        both = u24(buf, at[14]) << 16 | u16(buf, at[14] + 3)
        east, north = signed(both >> 20, 20) * 0.01, signed(both, 20) * 0.01
        f[k.SPEED] = math.sqrt(east * east + north * north)
        if f[k.SPEED] > 0:
            f[k.COURSE] = math.degrees(math.atan2(east, north)) % 360.0
    if at[15] >= 0:  # I129/220: the low 20 bits
        f[k.CLIMB] = signed(u24(buf, at[15]), 20) * 0.01
    return p, k.ROW
