"""CAT065, what a system that makes tracks says of its service (EUROCONTROL SPEC-0149-15, editions 1.4 to 1.6): to the status table.

These editions share their UAP.

    I065/010   sensor_id "sac/sic"; none = `no_data_source`
    I065/000   event: 1 (SDPS status) heartbeat, 2 (end of batch) scan, else status; named in detail where the event does not
    I065/020   the batch's number, in detail
    I065/030   time
    I065/040   state: operational ok, degraded, not connected failed, unknown; an overload or an invalid time source makes ok
               degraded. detail: those, and which of several processing systems is selected
    I065/050   state and detail: what happened to the service. The worse of the two items is the state

I065/015 (a number that the system gave its service), the STTN toggle of I065/040 and the extension fields are skipped.
"""

from __future__ import annotations

from picket._jit import kernel
from picket.feed.asterix import layout_kernels as k
from picket.feed.asterix.items_kernels import EXPLICIT, SPARE, locate, subfields, u8, u16, u24, uap
from picket.feed.asterix.layout_kernels import Bytes, Floats, Int, Ints

# Message codes: a message type that is not known as it is, and of the known ones:
_SERVICE, _BATCH, _NO_BATCH = 0x100, 0x200, 0x300
_SERVICES = (
    "", "service_degradation", "service_degradation_ended", "main_radar_out_of_service", "service_interrupted_by_operator",
    "service_interrupted_by_contingency", "ready_for_restart_after_contingency", "service_ended_by_operator",
    "main_radar_failure", "service_restarted_by_operator", "main_radar_operational", "main_radar_degraded",
    "service_continuity_interrupted", "service_continuity_restarted", "synchronised_on_backup_radar",
    "synchronised_on_main_radar", "main_and_backup_radar_failed",
)  # fmt: skip
_BAD, _WORSE = (4, 5, 6, 7, 16), (1, 3, 8, 11, 12, 14)  # codes of I065/050 after which there is no service, or a lesser one
MESSAGES = {
    **{_SERVICE | n: _SERVICES[n] if 0 < n < len(_SERVICES) else f"service_status_{n}" for n in range(256)},
    **{_BATCH | n: f"end_of_batch_{n}" for n in range(256)},
    _NO_BATCH: "end_of_batch",
}
DETAILS = ("overload", "time_source_invalid", "not_connected", "sdps_1", "sdps_2", "sdps_3")
_OVERLOAD, _BAD_CLOCK, _NOT_CONNECTED, _SDPS_1 = 1, 2, 4, 8

_UAP = uap(
    2, 1, 1, 3, 1, 1, 1,  # 010 000 015 030 020 040 050
    SPARE, SPARE, SPARE, SPARE, SPARE, EXPLICIT, EXPLICIT,  # RE SP
)  # fmt: skip
_PARTS = subfields((0,))


@kernel
def _configuration(octet: Int) -> tuple[Int, Int]:
    """(state, bits) of I065/040."""
    nogo, bits = octet >> 6, octet * 0
    state = k.OK if nogo == 0 else k.DEGRADED if nogo == 1 else k.FAILED if nogo == 2 else k.UNKNOWN
    if nogo == 2:
        bits |= _NOT_CONNECTED
    if octet >> 5 & 1:
        bits |= _OVERLOAD
    if octet >> 4 & 1:
        bits |= _BAD_CLOCK
    if bits and state == k.OK:
        state = k.DEGRADED
    system = octet >> 2 & 3
    if system:
        bits |= _SDPS_1 << (system - 1)
    return state, bits


@kernel
def _service_state(code: Int) -> Int:
    """The state that a code of I065/050 stands for."""
    if code == 0 or code > 16:
        return k.UNKNOWN
    if code in _BAD:
        return k.FAILED
    return k.DEGRADED if code in _WORSE else k.OK


@kernel
def record_065(
    buf: Bytes, p: Int, end: Int, edition: Int, exercise: bool, at: Ints, sub: Ints, f: Floats, g: Ints
) -> tuple[Int, Int]:  # fmt: skip
    """As `record_034`."""
    p, reason = locate(buf, p, end, _UAP, _PARTS, at)
    if p < 0:
        return p, reason
    if at[1] < 0:
        return p, k.NO_SOURCE
    g[k.S_SENSOR] = u16(buf, at[1])
    message = u8(buf, at[2]) if at[2] >= 0 else 0
    g[k.S_EVENT] = k.HEARTBEAT if message == 1 else k.SCAN if message == 2 else k.STATUS_EVENT
    if at[4] >= 0:
        f[k.S_TIME] = u24(buf, at[4]) / 128.0
    if message == 2:
        g[k.S_MESSAGE] = 65 << 16 | (_BATCH | u8(buf, at[5]) if at[5] >= 0 else _NO_BATCH)
    elif message > 3:
        g[k.S_MESSAGE] = 65 << 16 | message
    state = k.UNKNOWN
    if at[6] >= 0:
        state, bits = _configuration(u8(buf, at[6]))
        if bits:
            g[k.S_DETAIL] = 65 << 32 | bits
    if at[7] >= 0:
        code = u8(buf, at[7])
        g[k.S_MESSAGE] = 65 << 16 | _SERVICE | code
        state = max(state, _service_state(code))
    g[k.S_STATE] = state
    return p, k.ROW
