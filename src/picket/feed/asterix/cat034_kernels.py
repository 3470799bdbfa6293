"""CAT034, monoradar service messages (EUROCONTROL SPEC-0149-2b, editions 1.27 to 1.29): one record to one status row.

These editions share their UAP.

    I034/010   sensor_id "sac/sic"; none = `no_data_source`
    I034/000   event: 1 north_mark, 2 sector, else status, named in detail
    I034/030   time
    I034/020   azimuth_deg
    I034/041   rotation_period_s
    I034/050   state (failed: NOGO; degraded: an overload, a part without a channel, no valid time source; else ok; unknown
               without the item) and detail
"""

from __future__ import annotations

from picket._jit import kernel
from picket.feed.asterix import layout_kernels as k
from picket.feed.asterix.items_kernels import COMPOUND, EXPLICIT, REPEAT, locate, subfields, u8, u16, u24, uap
from picket.feed.asterix.layout_kernels import Bytes, Floats, Int, Ints

MESSAGES = {
    3: "geographical_filtering", 4: "jamming_strobe", 5: "solar_storm", 6: "ssr_jamming_strobe", 7: "mode_s_jamming_strobe",
}  # fmt: skip
DETAILS = (  # in the order of the bits below
    "nogo", "rdp_reset", "rdp_overload", "transmission_overload", "monitoring_disconnected", "time_source_invalid",
    "psr_overload", "psr_no_channel", "ssr_overload", "ssr_no_channel", "mode_s_overload", "mode_s_no_channel",
)  # fmt: skip
_NOGO, _RDP_RESET, _RDP_OVERLOAD, _SEND_OVERLOAD, _NO_MONITOR, _BAD_CLOCK = 1, 2, 4, 8, 16, 32
_PSR_OVERLOAD, _PSR_OFF, _SSR_OVERLOAD, _SSR_OFF, _MODE_S_OVERLOAD, _MODE_S_OFF = 64, 128, 256, 512, 1024, 2048
_DEGRADED = (
    _RDP_OVERLOAD
    | _SEND_OVERLOAD
    | _BAD_CLOCK
    | _PSR_OVERLOAD
    | _PSR_OFF
    | _SSR_OVERLOAD
    | _SSR_OFF
    | _MODE_S_OVERLOAD
    | _MODE_S_OFF
)

_UAP = uap(
    2, 1, 3, 1, 2, COMPOUND, COMPOUND - 1,  # 010 000 030 020 041 050 060
    REPEAT - 2, 8, 1, 8, 2, EXPLICIT, EXPLICIT,  # 070 100 110 120 090 RE SP
)  # fmt: skip
_PARTS = subfields(
    (1, 0, 0, 1, 1, 2),  # I034/050: COM - - PSR SSR MDS
    (1, 0, 0, 1, 1, 1),  # I034/060: COM - - PSR SSR MDS
)


@kernel
def _part_status(octet: Int, overload: Int, off: Int) -> Int:
    """Bits of a PSR, SSR or Mode S part of I034/050 (ANT 1, CHAB 2, OVL 1, MSC 1)."""
    bits = 0
    if octet >> 4 & 1:
        bits |= overload
    if octet >> 5 & 3 == 0:
        bits |= off
    if octet >> 3 & 1:
        bits |= _NO_MONITOR
    return bits


@kernel
def _configuration(buf: Bytes, p: Int) -> Int:
    """I034/050 as bits."""
    present, q, bits = u8(buf, p), p + 1, 0
    if present & 0x80:
        c = u8(buf, q)
        bits |= _NOGO * (c >> 7) | _RDP_RESET * (c >> 5 & 1) | _RDP_OVERLOAD * (c >> 4 & 1) | _SEND_OVERLOAD * (c >> 3 & 1)
        bits |= _NO_MONITOR * (c >> 2 & 1) | _BAD_CLOCK * (c >> 1 & 1)
        q += 1
    if present & 0x10:
        bits |= _part_status(u8(buf, q), _PSR_OVERLOAD, _PSR_OFF)
        q += 1
    if present & 0x08:
        bits |= _part_status(u8(buf, q), _SSR_OVERLOAD, _SSR_OFF)
        q += 1
    if present & 0x04:
        bits |= _part_status(u8(buf, q), _MODE_S_OVERLOAD, _MODE_S_OFF)
        if buf[q] & 1 or buf[q + 1] >> 7:  # surveillance co-ordination, data link
            bits |= _MODE_S_OVERLOAD
    return bits


@kernel
def record_034(
    buf: Bytes, p: Int, end: Int, edition: Int, exercise: bool, at: Ints, sub: Ints, f: Floats, g: Ints
) -> tuple[Int, Int]:  # fmt: skip
    """As `record_048`, for a status row."""
    p, reason = locate(buf, p, end, _UAP, _PARTS, at)
    if p < 0:
        return p, reason
    if at[1] < 0:
        return p, k.NO_SOURCE
    g[k.S_SENSOR] = u16(buf, at[1])
    message = u8(buf, at[2]) if at[2] >= 0 else 0
    g[k.S_EVENT] = k.NORTH_MARK if message == 1 else k.SECTOR if message == 2 else k.STATUS_EVENT
    if message > 2:
        g[k.S_MESSAGE] = 34 << 16 | message
    if at[3] >= 0:
        f[k.S_TIME] = u24(buf, at[3]) / 128.0
    if at[4] >= 0:
        f[k.S_AZIMUTH] = u8(buf, at[4]) * (360.0 / 256)
    if at[5] >= 0:
        f[k.S_PERIOD] = u16(buf, at[5]) / 128.0
    g[k.S_STATE] = k.UNKNOWN
    if at[6] >= 0:
        told = _configuration(buf, at[6])
        g[k.S_STATE] = k.FAILED if told & _NOGO else k.DEGRADED if told & _DEGRADED else k.OK
        if told:
            g[k.S_DETAIL] = 34 << 32 | told
    return p, k.ROW
