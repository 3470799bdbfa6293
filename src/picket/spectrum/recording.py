"""IQ from files and standard input, a segment at a time.

SigMF (NAME.sigmf-meta with NAME.sigmf-data beside it; either may be named), raw files of a stated datatype, rate and centre,
and `-`. Memory does not grow with the recording. What cannot be samples is told apart from what is merely poor: the first
raises SpectrumError, the second is counted in `notes`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from picket.spectrum.sigmf import Meta, SpectrumError, datatype, parse, rate
from picket.spectrum.transform_kernels import count_extremes

Samples = npt.NDArray[np.generic]


@dataclass
class Recording:
    """A recording that is being read.

    notes: reason -> samples (or bytes) concerned. cut: it ended within a sample, or before its data began.
    """

    name: str
    meta: Meta
    stream: BinaryIO
    total_bytes: int | None = None
    notes: dict[str, int] = field(default_factory=dict)
    samples: int = 0
    cut: bool = False

    def segments(self, size: int, overlap: int) -> Iterator[tuple[Samples, int]]:
        """Interleaved samples, size + overlap at a time (the last may be shorter), and the number of the first; each begins
        `overlap` before the last's end.
        """
        kind = self.meta.datatype
        kept = np.empty(0, kind.dtype)
        first = 0
        while True:
            new = self._read(2 * (size + overlap) - len(kept))
            if not len(new) and first:
                return
            block = np.concatenate([kept, new]) if len(kept) else new
            if not len(block):
                return
            if not first:
                check(block, self.meta, self.name)
            yield block, first
            if len(block) < 2 * (size + overlap):
                return
            kept = block[2 * size :]
            first += size

    def _read(self, values: int) -> Samples:
        kind = self.meta.datatype
        wanted, parts, got = values * kind.dtype.itemsize, [], 0
        while got < wanted:
            part = self.stream.read(wanted - got)
            if not part:
                break
            parts.append(part)
            got += len(part)
        data = b"".join(parts)
        over = len(data) % kind.sample_bytes
        if over:
            self.cut = True
            self._note("bytes of a cut sample at the end", over)
            data = data[: len(data) - over]
        out = np.frombuffer(data, kind.dtype)
        self.samples += len(out) // 2
        return self._clean(out)

    def _note(self, reason: str, n: int) -> None:
        if n:
            self.notes[reason] = self.notes.get(reason, 0) + n

    def _clean(self, block: Samples) -> Samples:
        """Native byte order; NaN and infinity as zero, counted; clipped samples counted."""
        kind = self.meta.datatype
        if not block.dtype.isnative:
            block = block.astype(block.dtype.newbyteorder("="))
        if kind.dtype.kind != "f":
            ends = np.iinfo(kind.dtype)
            self._note("values at full scale (clipped)", int(count_extremes(block, float(ends.min), float(ends.max))))
            return block
        bad = ~np.isfinite(block)
        if bad.any():
            self._note("values that are no number", int(bad.sum()))
            block = np.where(bad, block.dtype.type(0), block)
        if len(block):
            top = np.abs(block).max()
            at_top = int((np.abs(block) == top).sum())
            if top > 0 and at_top > max(50, len(block) // 2000):
                self._note("values at full scale (clipped)", at_top)
        return block


def check(block: Samples, meta: Meta, name: str) -> None:
    """Raises SpectrumError where the first block cannot be IQ of the stated type."""
    said = meta.datatype.name
    if meta.datatype.dtype.kind == "f":
        size = np.abs(block[block != 0].astype(np.float64))
        if len(size) and (float(np.median(size)) < 1e-25 or float(np.median(size)) > 1e15):
            raise SpectrumError(
                f"{name}: values of about {np.median(size):.1g}: this is not {said}; check core:datatype (or --datatype)"
            )
        if np.mean(block == 0) > 0.999 and np.any(block != 0):
            return
    i, q = block[0::2].astype(np.float64), block[1::2].astype(np.float64)
    if len(i) < 64:
        return
    if np.array_equal(i, q) and i.std() > 0:
        raise SpectrumError(f"{name}: I and Q are the same throughout: this is one real channel (audio?), not IQ", 1)
    if i.std() > 0 and q.std() > 0:
        full = meta.datatype.full_scale / np.sqrt(3)
        flat = [abs(x.std() / full - 1) < 0.02 and np.abs(x).max() > 0.999 * meta.datatype.full_scale for x in (i, q)]
        if meta.datatype.dtype.kind == "i" and meta.datatype.dtype.itemsize == 2 and flat[0] and not flat[1]:
            raise SpectrumError(
                f"{name}: every second value is evenly spread over all 16 bits: this looks like cf32_le, not {said}; check the datatype"
            )


def open_recording(
    name: str,
    *,
    type_name: str | None = None,
    rate_hz: float | None = None,
    center_hz: float | None = None,
    start: float | None = None,
) -> Recording:
    """Opens a recording; raises SpectrumError in words for its user."""
    if name != "-" and not _is_sigmf(name) and not Path(name).exists():
        raise SpectrumError(f"{name}: there is no such file")
    if name != "-" and _is_sigmf(name):
        meta_path = Path(name).with_suffix(".sigmf-meta")
        data_path = Path(name).with_suffix(".sigmf-data")
        for path, what in ((meta_path, "metadata"), (data_path, "samples")):
            if not path.exists():
                raise SpectrumError(f"{path}: there is no such file; a SigMF recording has its {what} there")
        try:
            meta = parse(meta_path.read_text("utf-8"), str(meta_path))
        except UnicodeDecodeError:
            raise SpectrumError(f"{meta_path}: not text; expected SigMF metadata (JSON)") from None
        if type_name is not None or rate_hz is not None or (center_hz is not None and meta.center_hz):
            raise SpectrumError(
                f"{meta_path}: says datatype, rate and centre itself; leave out what was given of them, or mend it", 2
            )
        if start is not None or center_hz is not None:
            start = meta.start if start is None else start
            meta = Meta(meta.datatype, meta.rate_hz, center_hz or meta.center_hz, start, meta.simulated)
        return _checked(Recording(str(data_path), meta, data_path.open("rb"), data_path.stat().st_size))
    if name != "-" and Path(name).is_dir():
        raise SpectrumError(f"{name}: a folder; expected a recording in it", 2)
    if type_name is None or rate_hz is None:
        raise SpectrumError(
            f"{name}: raw samples need --datatype and --rate (and --center); SigMF recordings say these themselves", 2
        )
    meta = Meta(datatype(type_name, "--datatype"), rate(rate_hz, "--rate"), center_hz or 0.0, start)
    if name == "-":
        return Recording("standard input", meta, sys.stdin.buffer)
    path = Path(name)
    return _checked(Recording(name, meta, path.open("rb"), path.stat().st_size))


def _is_sigmf(name: str) -> bool:
    return name.endswith((".sigmf-meta", ".sigmf-data"))


def _checked(recording: Recording) -> Recording:
    if recording.total_bytes == 0:
        raise SpectrumError(f"{recording.name}: empty; expected samples")
    return recording


def describe(meta: Meta) -> dict[str, Any]:
    """The metadata as plain values for summaries."""
    return {
        "datatype": meta.datatype.name,
        "rate_hz": meta.rate_hz,
        "center_hz": meta.center_hz,
        "start": meta.start,
        "simulated": meta.simulated,
    }
