"""The chance that a scan hears a transmitter in time, worked out from the plan: probability of intercept.

For one class of transmitter, on the air all the time, on a frequency drawn evenly from those that its makers use, the chance that at
least one of its bursts lies whole within a look within `horizon_s`:

    steady            1 where its frequency is looked at
    periodic          the share of its moments of beginning (over one period) for which a burst lies in some look: exact, so that a
                      period in step with the round is told
    hopping           per look (1 - (1 - f)^k) min(1, (d - t) / T): f the share of its channels in the step, d the look, t the burst, T
                      from burst to burst, k = 1 + (d - t) / (time on one channel) the channels that it visits meanwhile; looks are
                      taken for independent: 1 - prod(1 - chance)

and the mean over its frequencies. `benchmarks/bench_radio.py` simulates it. Hearing is not naming: a class that is wider than what the
radio sees at once stays without its name, and strength is another question (docs/spectrum.md).

Frequencies and times: ExpressLRS commit 7702d0f (FHSS.cpp, common.cpp); proto17/dji_droneid and RUB-SysSec/DroneSecurity (DroneID);
tmbinc/random dji/ocusync2 (video); the usual 5.8 GHz and 1.2 GHz raster of analogue video; DIY-Multiprotocol (FrSky).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from picket.site_radio import USABLE, Radio
from picket.spectrum.radio.plan import Plan, Step, looks

HORIZON_S = 10.0


@dataclass(frozen=True)
class Class:
    """How a class sends: on which centre frequencies (MHz), how wide, burst and period (s), time on one channel where it hops."""

    label: str
    what: str
    mhz: tuple[float, ...]
    width_hz: float
    burst_s: float = 0.0
    period_s: float = 0.0
    hop_s: float = 0.0

    @property
    def hops(self) -> bool:
        """Whether it changes its channel all the time."""
        return self.hop_s > 0

    @property
    def edges_hz(self) -> tuple[float, float]:
        """From its lowest channel's lower edge to its highest channel's upper edge."""
        return min(self.mhz) * 1e6 - self.width_hz / 2, max(self.mhz) * 1e6 + self.width_hz / 2


def _raster(first: float, step: float, count: int) -> tuple[float, ...]:
    return tuple(first + step * k for k in range(count))


CLASSES = (
    Class("lora_fhss", "ExpressLRS 868 MHz, 100 Hz", _raster(863.275, 0.525, 13), 0.5e6, 8.77e-3, 10e-3, 40e-3),
    Class("lora_fhss", "ExpressLRS 915 MHz, 100 Hz", _raster(903.5, 0.6, 40), 0.5e6, 8.77e-3, 10e-3, 40e-3),
    Class("lora_fhss", "ExpressLRS 2.4 GHz, 250 Hz", _raster(2400.4, 1.0, 80), 0.8125e6, 3.3e-3, 4e-3, 16e-3),
    Class("gfsk_fhss", "FrSky D16, 2.4 GHz", _raster(2404.0, 1.5, 47), 0.2e6, 4.3e-3, 9e-3, 9e-3),
    Class("fm_video", "analogue video, 1.2 GHz", (1080.0, 1120.0, 1160.0, 1200.0, 1240.0, 1258.0, 1280.0, 1320.0), 6e6),
    Class(
        "fm_video", "analogue video, 5.8 GHz",
        tuple(sorted({*_raster(5865.0, -20.0, 8), *_raster(5658.0, 37.0, 8), *_raster(5740.0, 20.0, 8)})), 6e6,
    ),
    Class("ofdm_video", "digital video, 2.4 GHz", _raster(2406.5, 10.0, 7), 9e6, 1.072e-3, 2.5e-3),
    Class("ofdm_video", "digital video, 5.8 GHz", _raster(5730.5, 10.0, 11), 9e6, 1.072e-3, 2.5e-3),
    Class("droneid", "DroneID, 2.4 GHz", (2399.5, 2414.5, 2429.5, 2434.5, 2444.5, 2459.5, 2474.5), 9e6, 0.643e-3, 0.6),
    Class(
        "droneid", "DroneID, 5.8 GHz",
        (5721.5, 5731.5, 5741.5, 5756.5, 5761.5, 5771.5, 5776.5, 5786.5, 5796.5, 5801.5, 5816.5, 5831.5), 9e6, 0.643e-3, 0.6,
    ),
    Class("jam_noise", "jamming of GPS L1", (1575.42,), 10e6),
)  # fmt: skip


def bands() -> list[tuple[str, float, float]]:
    """(what, low, high in Hz) of every class: where drones' links are."""
    return [(c.what, *c.edges_hz) for c in CLASSES]


def sees(step: Step, mhz: float, width_hz: float) -> bool:
    """Whether a look at the step would hold most of such a signal, or the signal most of what the step sees."""
    low, high = mhz * 1e6 - width_hz / 2, mhz * 1e6 + width_hz / 2
    return min(high, step.high_hz) - max(low, step.low_hz) >= 0.7 * min(high - low, step.high_hz - step.low_hz)


def chance(c: Class, plan: Plan, horizon_s: float = HORIZON_S) -> float:
    """Probability of intercept of a class within horizon_s."""
    when = looks(plan, horizon_s)
    done = [(step, b - a) for step, a, b in when if b <= horizon_s]
    if c.hops:
        missed = 1.0
        for step, seconds in done:
            share = sum(sees(step, f, c.width_hz) for f in c.mhz) / len(c.mhz)
            length = max(0.0, seconds - c.burst_s)
            missed *= 1 - (1 - (1 - share) ** (1 + length / c.hop_s)) * min(1.0, length / c.period_s)
        return 1 - missed
    each = []
    for f in c.mhz:
        spans = [(a, b) for step, a, b in when if b <= horizon_s and sees(step, f, c.width_hz)]
        each.append(_met(spans, c) if c.period_s else float(bool(spans)))
    return float(np.mean(each))


def _met(spans: list[tuple[float, float]], c: Class) -> float:
    """The share of phases of a period for which a whole burst lies in one of the looks."""
    pieces: list[tuple[float, float]] = []
    for a, b in spans:
        length = b - a - c.burst_s
        if length >= c.period_s:
            return 1.0
        if length > 0:
            begin = a % c.period_s
            pieces += [(begin, min(begin + length, c.period_s)), (0.0, max(0.0, begin + length - c.period_s))]
    covered, end = 0.0, 0.0
    for a, b in sorted(pieces):
        covered += max(0.0, b - max(a, end))
        end = max(end, b)
    return min(1.0, covered / c.period_s)


def chances(radio: Radio, horizon_s: float = HORIZON_S) -> list[dict[str, Any]]:
    """One row per class: its chance, and whether the radio is wide enough to give it its name."""
    plan = Plan.of(radio)
    rows = []
    for c in CLASSES:
        low, high = c.edges_hz
        rows.append({
            "label": c.label, "what": c.what, "horizon_s": horizon_s, "chance": round(chance(c, plan, horizon_s), 3),
            "named": c.width_hz <= USABLE * radio.rate_hz, "low_hz": low, "high_hz": high,
        })  # fmt: skip
    return rows


def unseen(radio: Radio) -> list[str]:
    """Which classes' bands the radio cannot receive at all, or does not look at, in words for doctor."""
    rows, found = chances(radio), []
    reach = radio.range_hz
    deaf = [r["what"] for r in rows if reach is not None and not (reach[0] <= r["low_hz"] and r["high_hz"] <= reach[1])]
    if deaf and reach is not None:
        found.append(f"receives {reach[0] / 1e6:g} to {reach[1] / 1e6:g} MHz only: cannot hear {', '.join(deaf)}")
    left = [r["what"] for r in rows if r["what"] not in deaf and r["chance"] == 0]
    if left:
        found.append(f"does not look at {', '.join(left)}: add bands, or take a second radio")
    narrow = [r["what"] for r in rows if r["chance"] > 0 and not r["named"]]
    if narrow:
        wide = f"sees {USABLE * radio.rate_hz / 1e6:g} MHz at once"
        found.append(f"{wide}, too little to name {', '.join(narrow)}: told as unknown or as a raised floor")
    for r in rows:
        if 0 < r["chance"] < 0.9:
            found.append(f"hears {r['what']} within {r['horizon_s']:g} s in {r['chance']:.0%} of cases by its scan plan")
    late = Plan.of(radio).too_much()
    return found + ([late] if late else [])
