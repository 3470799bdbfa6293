"""The nouns of this room: a box of the detector, and an emission as it is reported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

LABELS = (
    "ofdm_video",
    "droneid",
    "fm_video",
    "lora_fhss",
    "gfsk_fhss",
    "wifi",
    "bluetooth",
    "cw",
    "jam_noise",
    "jam_chirp",
    "unknown",
)

KINDS = {
    "ofdm_video": "drone_link",
    "fm_video": "drone_link",
    "lora_fhss": "drone_link",
    "gfsk_fhss": "drone_link",
    "droneid": "broadcast",
    "jam_noise": "interference",
    "jam_chirp": "interference",
}  # what is not named here is "other"


def kind_of(label: str) -> str:
    """drone_link, broadcast, interference or other."""
    return KINDS.get(label, "other")


@dataclass
class Emission:
    """One burst, dwell or steady signal.

    Samples count from the recording's first; frequencies are from the recording's centre. snr_db is over the 99 % bandwidth
    while on. `sigma`: by how much the box as it was fitted stands out of noise. `evidence` says what the label rests on, one short phrase
    per test.
    """

    sample_start: int
    sample_count: int
    low_hz: float
    high_hz: float
    snr_db: float
    label: str = "unknown"
    confidence: float = 0.0
    emitter: int = -1
    steady: bool = False
    sigma: float = 0.0
    evidence: list[str] = field(default_factory=list)
    marks: list[Any] = field(default_factory=list)  # what analyse.py found in it

    @property
    def sample_end(self) -> int:
        return self.sample_start + self.sample_count

    @property
    def center_hz(self) -> float:
        return (self.low_hz + self.high_hz) / 2

    @property
    def bandwidth_hz(self) -> float:
        return self.high_hz - self.low_hz
