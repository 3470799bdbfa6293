"""Which sensor of the site file a row comes from: a feed's rows carry what the sensor calls itself, the site file knows it.

    the row's sensor_id                                     a `[[sensor]]` takes it when
    the sensor's id in the site file (a detection table)    its id is the same
    "25/201" (ASTERIX: SAC/SIC)                             match = { sac = 25, sic = 201 }, or one of the two alone
    "SNSTAC-0002" (DroneScout, a table)                     match = { sensor_id = "SNSTAC-0002" }
    anything, or none                                       match is empty: any row of that feed

The narrower match wins: id, then sensor_id, then sac and sic, then one of them, then the empty match. Several sensors on
one feed with an empty match share it by kind. Rows that nobody takes are dropped and counted as unknown_sensor: a sensor that
the site file does not know has no place, so nothing it says can be put on the map.

Azimuths stay as the sensor reads them: the tracker adds `azimuth_offset_deg`, so that a log keeps what came. A detection whose row does
not say what kind of sensor it is from (a home-made one may not) gets the kind of the site file. Nothing else is filled in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from picket.site import Sensor, Site
from picket.words import Batch

MOST_REMEMBERED = 4096  # decisions of one feed


def assign(
    batch: Batch, site: Site, feed_sensors: Sequence[Sensor] = (), *, keep_unknown: bool = False
) -> tuple[Batch, Counter[str]]:
    """(rows with the site file's sensor ids, reasons counted) of a batch of detections, status or operators.

    feed_sensors: the sensors of the site file that share the feed which the batch came from. Without any (a recording),
    all sensors of the site are asked, and an empty match takes rows of its own kind only. keep_unknown: rows that nobody takes
    stay under the name they came with.
    """
    return Assigner(site, feed_sensors, keep_unknown=keep_unknown)(batch)


class Assigner:
    """`assign` for many batches of one feed: what it has decided for a name and kind it need not decide again."""

    def __init__(self, site: Site, feed_sensors: Sequence[Sensor] = (), *, keep_unknown: bool = False) -> None:
        self._sensors = list(feed_sensors or site.sensor)
        self._ids, self._kinds = tuple(s.id for s in self._sensors), tuple(s.kind for s in self._sensors)
        self._whole_site, self._keep_unknown = not feed_sensors, keep_unknown
        self._chosen: dict[tuple[str | None, str | None], int] = {}

    def __call__(self, batch: Batch) -> tuple[Batch, Counter[str]]:
        """(rows with the site file's sensor ids, reasons counted)."""
        left_out: Counter[str] = Counter()
        if not batch.n:
            return batch, left_out
        code = self._codes(batch)
        known = code >= 0
        if not known.all() and self._keep_unknown:
            return _rename_known(batch, code, self._sensors), left_out
        if not known.all():
            left_out["unknown_sensor"] += int(np.count_nonzero(~known))
            batch, code = batch.take(known), code[known]
        code.setflags(write=False)
        batch = Batch(batch.table, batch.n, {**batch.columns, "sensor_id": code}, {**batch.texts, "sensor_id": self._ids})
        if batch.n and "kind" in batch.table.kinds and (batch["kind"] < 0).any():
            batch = _with_kind(batch, code, self._kinds)
        return batch, left_out

    def _codes(self, batch: Batch) -> npt.NDArray[np.int32]:
        """(n,) index of the sensor that takes each row, -1 none: one decision for each pair of words that occurs, not for each row."""
        names, has_kind = batch.words("sensor_id"), "kind" in batch.table.kinds
        kinds = batch.words("kind") if has_kind else ()
        if len(names) <= 1 and len(kinds) <= 1 and _constant(batch["sensor_id"]) and (not has_kind or _constant(batch["kind"])):
            name = names[0] if names and batch["sensor_id"][0] == 0 else None
            kind = kinds[0] if kinds and batch["kind"][0] == 0 else None
            return np.full(batch.n, self._choice(name, kind), np.int32)
        kind_codes = batch["kind"].astype(np.int64) if has_kind else np.full(batch.n, -1)
        pair = (batch["sensor_id"].astype(np.int64) + 1) * (len(kinds) + 1) + kind_codes + 1
        pairs, pair_of_row = np.unique(pair, return_inverse=True)
        chosen = np.full(pairs.size, -1, np.int32)
        for i, one in enumerate(pairs.tolist()):
            name_code, kind_code = divmod(one, len(kinds) + 1)
            chosen[i] = self._choice(names[name_code - 1] if name_code else None, kinds[kind_code - 1] if kind_code else None)
        return chosen[pair_of_row]

    def _choice(self, name: str | None, kind: str | None) -> int:
        found = self._chosen.get((name, kind))
        if found is None:
            if len(self._chosen) >= MOST_REMEMBERED:  # names are the sender's: they must not fill the memory
                self._chosen.clear()
            found = self._chosen[name, kind] = _choose(name, kind, self._sensors, whole_site=self._whole_site)
        return found


def _constant(codes: npt.NDArray[np.int32]) -> bool:
    return bool((codes == codes[0]).all())


def _rename_known(batch: Batch, code: npt.NDArray[np.int32], sensors: Sequence[Sensor]) -> Batch:
    """The batch with the site file's ids where a sensor was found, and the rows' own names elsewhere."""
    own = np.where(batch["sensor_id"] >= 0, batch["sensor_id"] + len(sensors), -1)
    words = (*(s.id for s in sensors), *batch.words("sensor_id"))
    renamed = Batch.build(batch.table, batch.n, {"sensor_id": np.where(code >= 0, code, own)}, {"sensor_id": words})
    return Batch(batch.table, batch.n, {**batch.columns, **renamed.columns}, {**batch.texts, **renamed.texts})


def _with_kind(batch: Batch, code: npt.NDArray[np.int32], kinds: Sequence[str]) -> Batch:
    """The batch with the kind of its sensor in the rows that have none."""
    words = tuple(dict.fromkeys((*batch.words("kind"), *kinds)))
    own = np.array([words.index(k) for k in kinds], np.int32)
    filled = Batch.build(batch.table, batch.n, {"kind": np.where(batch["kind"] < 0, own[code], batch["kind"])}, {"kind": words})
    return Batch(batch.table, batch.n, {**batch.columns, **filled.columns}, {**batch.texts, **filled.texts})


def _choose(name: str | None, kind: str | None, sensors: Sequence[Sensor], *, whole_site: bool) -> int:
    """Index of the sensor that takes rows of this name and kind, or -1."""
    narrow = [_narrowness(name, s) for s in sensors]
    best = max(narrow, default=0)
    if best > 1:
        return narrow.index(best)
    open_to_all = [i for i, n in enumerate(narrow) if n == 1]
    same_kind = [i for i in open_to_all if kind is not None and sensors[i].kind == kind]
    if same_kind:
        return same_kind[0]
    return open_to_all[0] if len(open_to_all) == 1 and not whole_site else -1


def _narrowness(name: str | None, sensor: Sensor) -> int:
    """How narrowly the sensor asks for rows of this name: 0 not at all, 1 an empty match, 2 and more by name."""
    match = sensor.match
    if name is not None and name == sensor.id:
        return 5
    if match.sensor_id is None and match.sac is None and match.sic is None:
        return 1
    if name is None:
        return 0
    if match.sensor_id is not None:
        return 4 if name == match.sensor_id else 0
    sac, _, sic = name.partition("/")
    fits = (match.sac is None or sac == str(match.sac)) and (match.sic is None or sic == str(match.sic))
    both = match.sac is not None and match.sic is not None
    return (3 if both else 2) if fits else 0
