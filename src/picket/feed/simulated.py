"""What says of itself that it is simulated never becomes a live row, whatever feed it comes over.

    wire                  mark                                                                    refused by
    ASTERIX               the SIM bit                                                             its decoder
    SBS                   session id EXERCISE: the format has no mark, its database ids are free  its decoder (adsb/sbs.py)
    Remote ID             serials that begin with SIMULATED (no CTA-2063-A serial can: its        here
                          fifth character is a length, 1 to 9 or A to F)
    AIS                   MMSI 200000000 to 200999999 (200 is no country's identification digits) here
    detection rows        origin exercise                                                         here

A foreign simulator that marks nothing is taken for real: only its port on this machine tells them apart.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from picket.feed.format import Decoded
from picket.words import Batch

SERIAL_PREFIX = "SIMULATED"
MMSI_PREFIX = "200"
REASON = "simulated"


def live_only(decoded: Decoded) -> Decoded:
    """Without the rows that are marked as simulated, which are counted."""
    parts = {name: getattr(decoded, name) for name in ("detections", "operators", "status")}
    marked = {name: simulated_rows(batch) for name, batch in parts.items()}
    n = sum(int(np.count_nonzero(m)) for m in marked.values())
    if not n:
        return decoded
    kept = {name: batch.take(~marked[name]) for name, batch in parts.items()}
    return replace(decoded, **kept, left_out=decoded.left_out + Counter({REASON: n}))


def simulated_rows(batch: Batch) -> npt.NDArray[np.bool_]:
    """(n,) bool: which rows carry a mark."""
    marked = np.zeros(batch.n, np.bool_)
    if not batch.n:
        return marked
    if "origin" in batch.columns:
        marked |= batch.equals("origin", "exercise")
    if "identity" in batch.columns and "identity_kind" in batch.columns:
        words = batch.words("identity")
        serials = np.array([str(w).startswith(SERIAL_PREFIX) for w in words] + [False])
        numbers = np.array([len(str(w)) == 9 and str(w).startswith(MMSI_PREFIX) for w in words] + [False])
        marked |= serials[batch["identity"]] & ~batch.equals("identity_kind", "mmsi")
        marked |= numbers[batch["identity"]] & batch.equals("identity_kind", "mmsi")
    return marked
