"""SigMF 1.2 metadata: reading what a recording says of itself, writing annotations.

Read: core:datatype, core:sample_rate, captures (core:frequency, core:datetime, core:sample_start), core:num_channels. The
`picket` namespace of an annotation: snr_db, confidence, emitter, kind, evidence. Not read: archives (.sigmf), collections,
several channels, several captures at different frequencies.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from picket.handwritten import parse_json
from picket.places import write_over
from picket.spectrum.emission import Emission, kind_of


class SpectrumError(ValueError):
    """Input that cannot be read as IQ; `exit_code` is the command's (1 nothing usable, 2 wrong use, 3 unreadable)."""

    def __init__(self, message: str, exit_code: int = 3) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True)
class Datatype:
    """How samples lie in a file: NumPy's type, what counts as full scale, what zero volts reads."""

    name: str
    dtype: np.dtype[Any]
    full_scale: float
    zero: float = 0.0

    @property
    def sample_bytes(self) -> int:
        return 2 * self.dtype.itemsize


def _types() -> dict[str, Datatype]:
    found = {"ci8": Datatype("ci8", np.dtype("i1"), 128.0), "cu8": Datatype("cu8", np.dtype("u1"), 127.5, 127.5)}
    for end, mark in (("le", "<"), ("be", ">")):
        for name, code, scale, zero in (
            ("ci16", "i2", 32768.0, 0.0),
            ("cu16", "u2", 32767.5, 32767.5),
            ("ci32", "i4", 2147483648.0, 0.0),
            ("cf32", "f4", 1.0, 0.0),
            ("cf64", "f8", 1.0, 0.0),
        ):
            found[f"{name}_{end}"] = Datatype(f"{name}_{end}", np.dtype(mark + code), scale, zero)
    return found


DATATYPES = _types()


def datatype(name: object, where: str) -> Datatype:
    """The datatype of that name; raises SpectrumError that names the known ones."""
    text = str(name)
    if text in DATATYPES:
        return DATATYPES[text]
    if f"{text}_le" in DATATYPES:
        return DATATYPES[f"{text}_le"]
    if text.startswith("r"):
        raise SpectrumError(
            f"{where}: datatype {text!r} is real-valued (audio, or one channel of a mixer); expected IQ, such as ci16_le or cf32_le"
        )
    raise SpectrumError(f"{where}: unknown datatype {text!r}; expected one of {', '.join(DATATYPES)}")


@dataclass(frozen=True)
class Meta:
    """What the metadata says. start: UNIX seconds UTC of the first sample, or None."""

    datatype: Datatype
    rate_hz: float
    center_hz: float
    start: float | None = None
    simulated: bool = False


def _is_number(value: object) -> TypeGuard[float]:
    """Whether a value of the metadata is a finite number; JSON knows whole ones that no float holds."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -sys.float_info.max <= value <= sys.float_info.max


def rate(value: object, where: str) -> float:
    """A sample rate that can be IQ of a radio band; raises SpectrumError."""
    if not _is_number(value) or value <= 0:
        raise SpectrumError(f"{where}: core:sample_rate is {value!r}; expected samples per second, a number above 0")
    if not 200e3 <= value <= 1e9:
        raise SpectrumError(
            f"{where}: a sample rate of {value:g}/s is no recording of a radio band; expected 200e3 to 1e9 (is it in kHz or MHz, or audio?)"
        )
    return float(value)


def parse(text: str, where: str) -> Meta:
    """Metadata from JSON text; raises SpectrumError saying what is wrong and where."""
    try:
        document = parse_json(text)
    except ValueError as e:
        raise SpectrumError(f"{where}: not JSON ({e}); expected SigMF metadata") from None
    head = document.get("global") if isinstance(document, dict) else None
    if not isinstance(head, dict):
        raise SpectrumError(f'{where}: no object "global"; expected SigMF metadata')
    for key in ("core:datatype", "core:sample_rate"):
        if key not in head:
            raise SpectrumError(f"{where}: $.global lacks {key}; without it the samples cannot be read")
    if head.get("core:num_channels", 1) != 1:
        raise SpectrumError(f"{where}: {head['core:num_channels']} channels; expected one. Split the recording first")
    captures = document.get("captures") or [{}]
    if not isinstance(captures, list) or not all(isinstance(c, dict) for c in captures):
        raise SpectrumError(f"{where}: $.captures is no list of objects; expected SigMF metadata")
    capture = captures[0]
    center = capture.get("core:frequency", 0.0)
    if not _is_number(center):
        raise SpectrumError(f"{where}: core:frequency is {center!r}; expected Hz")
    if any(c.get("core:frequency", 0.0) != center for c in captures[1:]):
        raise SpectrumError(f"{where}: captures at several frequencies; expected one. Split the recording first")
    return Meta(
        datatype(head["core:datatype"], where),
        rate(head["core:sample_rate"], where),
        float(center),
        _start(capture.get("core:datetime")),
        head.get("picket:origin") == "exercise",
    )


def _start(value: object) -> float | None:
    """UNIX seconds of an ISO 8601 time; None where there is none or it cannot be read."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def annotation(e: Emission, center_hz: float) -> dict[str, Any]:
    """One emission as a SigMF annotation."""
    return {
        "core:sample_start": e.sample_start,
        "core:sample_count": e.sample_count,
        "core:freq_lower_edge": round(center_hz + e.low_hz, 1),
        "core:freq_upper_edge": round(center_hz + e.high_hz, 1),
        "core:label": e.label,
        "picket:snr_db": round(e.snr_db, 2),
        "picket:confidence": round(e.confidence, 3),
        "picket:emitter": e.emitter,
        "picket:kind": kind_of(e.label),
        "picket:evidence": "; ".join(e.evidence),
    }


def document(meta: Meta, emissions: Iterable[Emission], extra: Mapping[str, Any] | None = None) -> str:
    """SigMF metadata as text, annotations in order of time."""
    head = {
        "core:datatype": meta.datatype.name,
        "core:sample_rate": meta.rate_hz,
        "core:version": "1.2.0",
        "core:extensions": [{"name": "picket", "version": "1.0.0", "optional": True}],
        **({"picket:origin": "exercise", "core:description": "SIMULATED"} if meta.simulated else {}),
        **(extra or {}),
    }
    capture: dict[str, Any] = {"core:sample_start": 0, "core:frequency": meta.center_hz}
    if meta.start is not None:
        capture["core:datetime"] = datetime.fromtimestamp(meta.start, UTC).isoformat().replace("+00:00", "Z")
    ordered = sorted(emissions, key=lambda e: (e.sample_start, e.low_hz))
    body = {"global": head, "captures": [capture], "annotations": [annotation(e, meta.center_hz) for e in ordered]}
    return json.dumps(body, indent=1, allow_nan=False) + "\n"


def write(
    path: Path, meta: Meta, emissions: Iterable[Emission], samples: npt.NDArray[np.complex64] | None = None, **extra: Any
) -> None:
    """Writes NAME.sigmf-meta and, given samples (full scale 1), NAME.sigmf-data beside it in the metadata's datatype."""
    write_over(path, document(meta, emissions, extra).encode())
    if samples is None:
        return
    kind = meta.datatype
    flat = np.ascontiguousarray(samples).view(np.float32)
    if kind.dtype.kind == "f":
        stored = flat.astype(kind.dtype)
    else:
        limits = np.iinfo(kind.dtype)
        stored = np.clip(np.rint(flat * kind.full_scale + kind.zero), limits.min, limits.max).astype(kind.dtype)
    stored.tofile(path.with_suffix(".sigmf-data"))
