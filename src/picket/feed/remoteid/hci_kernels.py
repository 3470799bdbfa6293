"""One pass over what a Bluetooth controller tells its host: the advertising reports in HCI events, as PACKET records.

Everything else that passes between controller and host (connections, keys, sound) is skipped unread.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from picket._jit import kernel
from picket.feed.remoteid.ble_kernels import GOOD, radio_address

Bytes = npt.NDArray[Any]
Ints = npt.NDArray[Any]
Packets = npt.NDArray[Any]
Int = Any  # int or np.int64: Numba makes both int64

H4, DIRECTED, MONITOR = 0, 1, 2  # what stands before the event
_NONE, _TRUNCATED = 0, 1  # indices into ble_kernels.REASONS
_EVENT, _MONITOR_EVENT, _LE_META = 4, 3, 0x3E
_REPORT, _EXTENDED_REPORT = 0x02, 0x0D  # LE subevents
SHORTEST = 10  # bytes of a report


@kernel
def read_reports(data: Bytes, starts: Ints, ends: Ints, link: int, packets: Packets, frame: Ints, counts: Ints) -> int:
    """Fills `packets` and the `frame` each came in, and returns their number; counts by REASONS the frames without a report.

    `link` is H4, DIRECTED or MONITOR; `packets` and `frame` have room for every SHORTEST bytes of an event.
    """
    n = 0
    for i in range(len(starts)):
        p, end, problem = _event(data, starts[i], ends[i], link)
        if problem >= 0:
            counts[problem] += 1
            continue
        extended, reports, found = data[p] == _EXTENDED_REPORT, np.int64(data[p + 1]), n
        p += 2
        for _ in range(reports):
            head = 24 if extended else 9  # before the data; an RSSI stands behind those of a legacy report
            if p + head > end or p + head + np.int64(data[p + head - 1]) + (0 if extended else 1) > end:
                counts[_TRUNCATED] += 1
                break
            m = packets[n]
            m.reason, m.aux, m.adi, m.into, m.next_s, m.next_hz, m.center_hz = GOOD, -1, -1, -1, np.nan, np.nan, np.nan
            m.begin, m.stop = p + head, p + head + np.int64(data[p + head - 1])
            if extended:
                m.extended = 0 if data[p] & 16 else 1  # it also reports legacy adverts
                m.address = -1 if data[p + 2] == 0xFF else radio_address(data, p + 3)
                m.power_dbm, p = _dbm(data[p + 13]), m.stop
            else:
                m.extended, m.address = 0, radio_address(data, p + 2)
                m.power_dbm, p = _dbm(data[m.stop]), m.stop + 1
            frame[n] = i
            n += 1
        if reports == 0 and n == found:
            counts[_NONE] += 1
    return n


@kernel
def _event(data: Bytes, p: Int, end: Int, link: int) -> tuple[Int, Int, int]:
    """Begin (the subevent code) and end of an LE meta event with advertising reports, and the reason why it is none or -1."""
    if link == MONITOR:  # adapter, operation: 2 bytes each, most significant first
        if p + 4 > end:
            return p, end, _TRUNCATED
        if data[p + 2] != 0 or data[p + 3] != _MONITOR_EVENT:
            return p, end, _NONE
        p += 4
    else:
        p += 4 if link == DIRECTED else 0
        if p + 1 > end:
            return p, end, _TRUNCATED
        if data[p] != _EVENT:
            return p, end, _NONE
        p += 1
    if p + 2 > end:
        return p, end, _TRUNCATED
    if data[p] != _LE_META:
        return p, end, _NONE
    stop = p + 2 + np.int64(data[p + 1])
    if stop > end or p + 4 > end:
        return p, end, _TRUNCATED
    if p + 4 > stop or (data[p + 2] != _REPORT and data[p + 2] != _EXTENDED_REPORT):
        return p, end, _NONE
    return p + 2, stop, -1


@kernel
def _dbm(byte: int) -> float:
    """An RSSI of HCI: a signed byte, 127 unknown."""
    if byte == 127:
        return np.nan
    return byte - (256.0 if byte > 127 else 0.0)
