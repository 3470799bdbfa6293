"""The spectrum room, measured: detection against SNR beside the ideal energy detector and a plain spectrogram, false boxes,
exactness of boxes, labels, jamming, speed.

All recordings are SIMULATED, by picket.train.radio and, for one row, by a second generator; the one real recording is looked at by
tests/spectrum/test_command.py. PICKET_BENCH_NOISE_S, _SCENES and _STEADY_S make the runs longer, _STEADY_FIRST takes other seeds of
`steady`; hours of noise and the paced ten minutes are bench_spectrum_long.py.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.fft
from scipy.stats import chi2

from benchmarks import radio, radio_unseen, spectrum_picture, spectrum_steady
from picket.spectrum.emitters import hops
from picket.spectrum.interference import Baseline
from picket.spectrum.run import Chain
from picket.spectrum.transform import Transform, bins_for
from picket.train.radio import hopping
from picket.train.radio.faults import Faults
from picket.train.radio.scene import NOISE_RMS, TRANSMITTERS, Part, Scene, random_scene, simulate

RATE_HZ = 40e6
SNR_DB = [-15.0, -12.0, -9.0, -6.0, -3.0, 0.0, 3.0, 6.0, 9.0]
SEEDS = 2
FEW = dict.fromkeys(("droneid",), (10, 0.03)) | dict.fromkeys(
    ("cw", "fm_video", "jam_noise", "jam_chirp"), (8, 0.06)
)  # one a recording
PEER_FROM_DB = 0.0
STEADY = ("fm_video", "jam_noise", "jam_chirp", "cw")
WIDTH_HZ = {
    "ofdm_video": 9e6, "droneid": 9e6, "fm_video": 12e6, "wifi": 16.6e6, "jam_noise": 5e6, "jam_chirp": 10e6,
    "lora_fhss": 0.85e6, "gfsk_fhss": 1e6, "bluetooth": 1e6, "cw": 1e4,
}  # fmt: skip
NOISE_S = float(os.environ.get("PICKET_BENCH_NOISE_S", "120"))
SCENES = int(os.environ.get("PICKET_BENCH_SCENES", "16"))
STEADY_FIRST = int(os.environ.get("PICKET_BENCH_STEADY_FIRST", "200"))
DURATION_S = 0.12


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def detection(quick: bool) -> dict[str, Any]:
    """Share of bursts found and boxed at each SNR, ours, the peer's, the ideal's (the mean over the same bursts, each with its own
    box). The peer is spared the lowest. Where the shares cross 0.9, every dB is looked at: curves are steeper than 3 dB a step.
    """
    out = {label: _curves(label, quick) for label in TRANSMITTERS}
    macro = {
        f"macro_{snr:+.0f}_db": {
            who: round(statistics.mean(out[k][who][SNR_DB.index(snr)] for k in TRANSMITTERS), 3)
            for who in ("detected", "boxed", "peer", "ideal")
        }
        for snr in (0.0, -3.0)
    }
    figures = {"snr_db": SNR_DB, "rate_hz": RATE_HZ, "simulated": True, "classes": out, **macro}
    if not quick:
        spectrum_picture.save(figures)
    return figures


def _curves(label: str, quick: bool) -> dict[str, Any]:
    """The figures of one class."""
    seeds, seconds = FEW.get(label, (SEEDS, DURATION_S))
    recordings = []
    for seed in range(1 if quick else seeds):
        noise, _ = simulate(Scene(RATE_HZ, seconds), seed)
        with_signal, truth = simulate(Scene(RATE_HZ, seconds, [Part(label, 0.0)]), seed)
        recordings.append((noise, with_signal - noise, truth))
    cells = [max(1.0, max(t.bandwidth_hz, 1e4) * t.sample_count / RATE_HZ) for *_, truth in recordings for t in truth]

    def ideal(snr: float) -> float:
        return statistics.mean(radio.ideal(label, n, snr, RATE_HZ) for n in cells)

    def shares(snr: float, peer: bool) -> dict[str, float]:
        hits: Counter[str] = Counter()
        for noise, clean, truth in recordings:
            iq = noise + clean * np.float32(10 ** (snr / 20))
            matches, _ = radio.match(truth, radio.ours(radio.quantised(iq), RATE_HZ).emissions)
            hits["detected"] += sum(m.detected for m in matches)
            hits["boxed"] += sum(m.found is not None for m in matches)
            if peer:
                hits["peer"] += sum(m.found is not None for m in radio.match(truth, radio.peer(iq, RATE_HZ))[0])
        return {who: hits[who] / len(cells) for who in ("detected", "boxed", "peer")}

    at = {snr: shares(snr, snr >= PEER_FROM_DB) for snr in SNR_DB}
    curve = {who: [round(at[s][who], 3) for s in SNR_DB] for who in ("detected", "boxed", "peer")}
    fine = dict(at)
    for who in ("detected", "boxed"):  # every dB between the last point under 0.9 and the first one over it
        over = [s for s in SNR_DB if at[s][who] >= 0.9]
        if over and over[0] > SNR_DB[0] and not quick:
            for snr in (over[0] - 2.0, over[0] - 1.0):
                fine.setdefault(snr, shares(snr, False))
    dense = sorted(fine)
    result = {
        "n_per_point": len(cells),
        "cells": round(statistics.median(cells)),
        **curve,
        "detected_interval": [radio.interval(round(p * len(cells)), len(cells)) for p in curve["detected"]],
        "ideal": [round(ideal(s), 3) for s in SNR_DB],
        "snr_at_0.9": {
            **{who: radio.crossing(dense, [fine[s][who] for s in dense]) for who in ("detected", "boxed")},
            "peer": radio.crossing(SNR_DB, curve["peer"]),
            "ideal": radio.ideal_crossing(ideal),
        },
    }
    say(f"{label} {result}")
    return result


def steady(quick: bool) -> dict[str, Any]:
    """Signals that never pause, in recordings cut to when they are on: the lowest SNR at which they are found, against r - 1/r, where r is
    the error (95 %) of the floor under them at that SNR (Tandra and Sahai 2008, doi:10.1109/JSTSP.2007.914879), measured where they were
    found: of a signal that was not told some lies in the floor. That bound is of endless time; finite_bound_db is the SNR that an energy
    detector with that error needs in the cells of these recordings (20 to 55 ms; the mean over them). Seconds: `steady_long`.
    """
    out: dict[str, Any] = {}
    snrs = [-22.0, *(float(k) for k in range(-20, 1))]
    for label in STEADY:
        found, boxed, errors, cells = Counter(), Counter(), {s: [] for s in snrs}, []
        seeds = 2 if quick else 10
        for seed in range(STEADY_FIRST, STEADY_FIRST + seeds):
            noise, _ = simulate(Scene(RATE_HZ, 0.11), seed)
            with_signal, (t, *_) = simulate(Scene(RATE_HZ, 0.11, [Part(label, 0.0)]), seed)
            a, b = t.sample_start, min(t.sample_end, t.sample_start + 2_200_000)
            clean, noise = (with_signal - noise)[a:b], noise[a:b]
            truth = replace(t, sample_start=0, sample_count=b - a)
            cells.append(max(t.bandwidth_hz, 1e4) * truth.sample_count / RATE_HZ)
            for snr in snrs:
                x = radio.quantised(noise + clean * np.float32(10 ** (snr / 20)))
                chain = Chain(RATE_HZ, 0.0, 32768.0)
                _, seg = chain.detector.segment(x, 0)
                low, high = (
                    int(np.clip(f / chain.detector.bin_hz + chain.bins / 2, 0, chain.bins - 1)) for f in (t.low_hz, t.high_hz)
                )
                (m,), _ = radio.match([truth], radio.ours(x, RATE_HZ).emissions)
                if m.detected:
                    errors[snr] += list(np.abs(seg.shape.floor_db[low : high + 1] - 10 * np.log10(NOISE_RMS**2)))
                found[snr] += m.detected
                boxed[snr] += m.found is not None
        pd = [found[s] / seeds for s in snrs]
        out[label] = {"n_per_point": seeds, "boxed": [boxed[s] / seeds for s in snrs]}
        out[label] |= spectrum_steady.bounded(label, snrs, pd, errors, cells, RATE_HZ)
        say(f"steady {label} {out[label]}")
    return {"snr_db": snrs, "classes": out}


def hopping_links(quick: bool) -> dict[str, Any]:
    """Dwell and raster of each mode of the generator's hopping links at 12 dB, as told after 0.6 s of 20 MHz."""
    out: dict[str, Any] = {}
    for name, modes in (("lora_fhss", hopping.LORA), ("gfsk_fhss", hopping.GFSK)):
        for mode, values in list(modes.items())[: 1 if quick else None]:
            interval, per_hop, raster = values[-4], values[-2], values[-1]
            with _only(modes, mode):
                iq, _ = simulate(Scene(20e6, 0.6, [Part(name, 12.0)]), 31)
            report = radio.ours(radio.quantised(iq), 20e6)
            m = max(report.emitters, key=lambda m: len(m.bursts), default=None)
            h = hops(m, 20e6) if m is not None else None
            out[mode] = {
                "label": m.label if m is not None else None,
                "dwell_error": _relative(h.dwell_s, interval * per_hop) if h else None,
                "interval_error": _relative(h.interval_s, interval) if h else None,
                "raster_error_khz": round(abs(h.raster_hz - raster) / 1e3, 1) if h and not math.isnan(h.raster_hz) else None,
            }
            say(f"hops {mode} {out[mode]}")
    good = [v for v in out.values() if v["dwell_error"] is not None and v["dwell_error"] <= 0.05]
    near = [v for v in out.values() if v["raster_error_khz"] is not None and v["raster_error_khz"] <= 50]
    return {"modes": len(out), "dwell_within_5_percent": len(good), "raster_within_50_khz": len(near), "each": out}


def _relative(value: float, truth: float) -> float | None:
    return None if math.isnan(value) else round(abs(value / truth - 1), 4)


@contextmanager
def _only(modes: dict[str, Any], mode: str) -> Iterator[None]:
    """The generator's table with one mode in it."""
    kept = dict(modes)
    modes.clear()
    modes[mode] = kept[mode]
    try:
        yield
    finally:
        modes.clear()
        modes.update(kept)


def other_rates(quick: bool) -> dict[str, Any]:
    """Labels at 12 dB at other sample rates: of the transmitters that fit into the band, which got their name."""
    out: dict[str, Any] = {}
    for rate_hz, seconds in ((2.4e6, 0.4), (10e6, 0.15), (20e6, 0.1), (61.44e6, 0.06)):
        right, wrong = [], {}
        for label in TRANSMITTERS:
            if WIDTH_HZ[label] > 0.8 * rate_hz or (quick and rate_hz > 3e6):
                continue
            iq, truth = simulate(Scene(rate_hz, seconds, [Part(label, 12.0)]), 17)
            votes = Counter(
                m.found.label if m.found else "-"
                for m in radio.match(truth, radio.ours(radio.quantised(iq), rate_hz).emissions)[0]
            )
            got = votes.most_common(1)[0][0] if votes else "-"
            if got == label:
                right.append(label)
            else:
                wrong[label] = got
        out[f"{rate_hz / 1e6:g} MS/s"] = {"right": right, "wrong": wrong}
        say(f"rate {rate_hz / 1e6:g} {out[f'{rate_hz / 1e6:g} MS/s']}")
    return out


def unseen(quick: bool) -> dict[str, Any]:
    """Recordings of a second generator (benchmarks/radio_unseen.py) that was never used in making the detector."""
    named, count, wrong, loose, seconds, boxed, bursts = 0, 0, [], 0, 0.0, 0, 0
    for seed in range(2 if quick else 6):
        for label, (iq, truth) in radio_unseen.recordings(seed):
            matches, more = radio.match(truth, radio.ours(radio.quantised(iq), radio_unseen.RATE_HZ).emissions)
            votes = Counter(m.found.label if m.found else "-" for m in matches)
            boxed, bursts = boxed + sum(m.found is not None for m in matches), bursts + len(matches)
            got = votes.most_common(1)[0][0]
            count, named, loose = count + 1, named + (got == label), loose + len(more)
            seconds += len(iq) / radio_unseen.RATE_HZ
            if got != label:
                wrong.append(f"{label}: {got}")
    return {
        "recordings": count, "rightly_named": named, "interval": radio.interval(named, count), "wrong": dict(Counter(wrong)),
        "share_boxed": round(boxed / bursts, 3), "loose_boxes_per_s": round(loose / seconds, 2), "rate_hz": radio_unseen.RATE_HZ,
    }  # fmt: skip


def noise(faults: bool, quick: bool) -> dict[str, Any]:
    """Boxes and emitters on streamed noise of NOISE_S seconds; with faults: ripple, a slope at the edges, an image, DC and a spur."""
    chain = Chain(RATE_HZ, 0.0, 32768.0)
    rng = np.random.default_rng(7 + faults)
    size = chain.step + chain.bins
    total = int((2.0 if quick else NOISE_S) * RATE_HZ / chain.step)
    kept = np.empty(0, np.int16)
    for i in range(total):
        want = 2 * size - len(kept)
        x = rng.standard_normal(want + 16, np.float32)
        if faults:
            z = x.view(np.complex64)
            z = z[8:] + np.float32(0.06) * z[5:-3] + np.float32(0.04) * z[7:-1]  # about 0.9 dB of ripple
            turns = (np.arange(len(z)) + i * chain.step) * 0.123
            z = (
                z
                + np.float32(0.02) * np.conj(z)
                + (0.05 * np.exp(2j * np.pi * (turns % 1.0))).astype(np.complex64)
                + np.complex64(0.2 + 0.1j)
            )
            x = z.view(np.float32)
        new = np.clip(x[:want] * 500, -32768, 32767).astype(np.int16)
        block = np.concatenate([kept, new])
        chain.take(block, i * chain.step)
        kept = block[2 * chain.step :]
    report = chain.finish()
    seconds = total * chain.step / RATE_HZ
    spurs = [e for e in report.emissions if e.label == "cw" and abs(e.center_hz - 0.123 * RATE_HZ) < 50e3] if faults else []
    false = len(report.emissions) - len(spurs)
    return {
        "seconds": round(seconds, 1),
        "boxes": len(report.emissions),
        "of_the_spur": len(spurs),
        "false_boxes_per_s": round(false / seconds, 4),
        "upper_95_per_s": round(float(chi2.ppf(0.95, 2 * (false + 1))) / 2 / seconds, 4),  # Poisson, one-sided
        "gain_steps": len(report.gain_steps),
    }


def fresh(quick: bool) -> dict[str, Any]:
    """The same as `scenes` on seeds that nothing was tuned on (of 600 to 679 some were looked at)."""
    return scenes(quick, 680, 20)


def scenes(quick: bool, first: int = 100, count: int = SCENES) -> dict[str, Any]:
    """Mixtures at 6 to 20 dB with an average front end: boxes and labels."""
    right, missed, wrong = Counter(), Counter(), Counter()
    emitters = named = 0
    ious, centre, start, width, extra, seconds = [], [], [], [], 0, 0.0
    for seed in range(first, first + (2 if quick else count)):
        scene = random_scene(seed, RATE_HZ, 0.3, (6, 20))
        iq, truth = simulate(scene, seed)
        report = radio.ours(radio.quantised(iq), RATE_HZ)
        matches, loose = radio.match(truth, report.emissions)
        extra, seconds = extra + len(loose), seconds + scene.duration_s
        wrong.update(e.label for e in loose)
        votes: dict[int, Counter[str]] = {}
        for m in matches:
            label = m.truth.label
            vote = votes.setdefault(m.truth.emitter, Counter())
            vote[m.found.label if m.found else "-"] += 1
            if m.found is None or m.found.label != label:
                missed[label] += 1
                if m.found is not None:
                    wrong[m.found.label] += 1
            else:
                right[label] += 1
            if m.found is not None:
                ious.append(m.iou)
                centre.append(abs(m.found.center_hz - m.truth.center_hz) / 1e3)
                start.append(abs(m.found.sample_start - m.truth.sample_start) / RATE_HZ * 1e6)
                width.append(abs(m.found.bandwidth_hz / m.truth.bandwidth_hz - 1))
        for number, vote in votes.items():
            emitters += 1
            named += vote.most_common(1)[0][0] == scene.parts[number].label
    f1 = {k: round(2 * right[k] / max(2 * right[k] + missed[k] + wrong[k], 1), 3) for k in TRANSMITTERS if right[k] + missed[k]}
    return {
        "scenes": 2 if quick else count,
        "macro_f1": round(statistics.mean(f1.values()), 3),
        "f1": f1,
        "emitters": emitters,
        "emitters_named": named,
        "emitters_named_interval": radio.interval(named, emitters),
        "median_iou": round(float(np.median(ious)), 3),
        "median_centre_khz": round(float(np.median(centre)), 2),
        "median_start_us": round(float(np.median(start)), 2),
        "median_bandwidth_error": round(float(np.median(width)), 4),
        "loose_boxes_per_s": round(extra / seconds, 1),
    }


def jamming(quick: bool) -> dict[str, Any]:
    """Gain steps that were called jamming; floor steps of 3.5 dB over 8 MHz against a stored floor, and how late they were told."""
    called = steps = 0
    for seed, db in enumerate((3.0, -3.0, 6.0, -6.0, 10.0, 1.5)):
        iq, _ = simulate(Scene(RATE_HZ, 0.2, faults=Faults(gain_step_db=db, gain_step_at=0.37)), seed)
        report = radio.ours(radio.quantised(iq), RATE_HZ)
        called += sum(e.label.startswith("jam") for e in report.emissions)
        steps += any(abs(got - db) < 0.5 for _, got in report.gain_steps)
    quiet, _ = simulate(Scene(RATE_HZ, 0.11), 50)
    baseline = radio.ours(radio.quantised(quiet), RATE_HZ).floor
    assert isinstance(baseline, Baseline)
    late, told = [], 0
    for seed in range(6):
        chain = Chain(RATE_HZ, 0.0, 32768.0, baseline=baseline)
        iq, truth = simulate(Scene(RATE_HZ, 0.25, [Part("jam_noise", 1.0)]), 60 + seed)
        x = radio.quantised(iq)
        for first in range(0, len(iq), chain.step):
            chain.take(x[2 * first : 2 * (first + chain.step + chain.bins)], first)
            if chain._rises:
                told += 1
                late.append((first + chain.step - truth[0].sample_start) / RATE_HZ * 1e3)
                break
    return {
        "gain_steps": 6, "gain_steps_found": steps, "called_jamming": called,
        "floor_steps": 6, "floor_steps_told": told, "latest_ms": round(max(late), 1) if late else None,
    }  # fmt: skip


def speed(quick: bool) -> dict[str, Any]:
    """MS/s of one core (CPU time): the whole chain on noise and on a busy scene, transform alone, scipy.fft alone, the peer."""
    rng = np.random.default_rng(3)
    n = bins_for(RATE_HZ)
    x = np.clip(rng.standard_normal(2 * 24_000_000, np.float32) * 500, -32768, 32767).astype(np.int16)
    busy, _ = simulate(
        Scene(
            RATE_HZ,
            1.0,
            [Part("ofdm_video", 10, (0.04, 0.5)), Part("gfsk_fhss", 10, (0.5, 0.7)), Part("bluetooth", 12, (0.7, 0.96))],
        ),
        1,
    )
    busy_x = radio.quantised(busy)
    noise_iq = x.astype(np.float32).view(np.complex64)
    transform = Transform(n, 32768.0)
    grid = np.empty((2047, n), np.float32)
    rows = noise_iq[: 2048 * n].reshape(-1, n)

    def fft_alone() -> None:
        for i in range(0, len(rows), 16):
            scipy.fft.fft(rows[i : i + 16], axis=1, workers=1)

    def front() -> None:
        chain = Chain(RATE_HZ, 0.0, 32768.0)
        for first in range(0, len(x) // 2 - chain.step - n, chain.step):
            chain.detector.segment(x[2 * first : 2 * (first + chain.step + n)], first)

    def rate(work: Any, samples: int, runs: int = 5) -> float:
        work()
        best = []
        for _ in range(runs):
            begin = time.process_time()
            work()
            best.append(time.process_time() - begin)
        return round(samples / min(best) / 1e6, 1)

    whole = len(x) // 2 // (2048 * n) * 2048 * n
    out = {
        "fft_alone_msps": rate(fft_alone, 2048 * n),
        "fold_fft_power_msps": rate(lambda: transform.power(x[: 2 * 2048 * n], grid), 2047 * n),
        "transform_and_detection_msps": rate(front, whole, 3),
        "whole_chain_noise_msps": rate(lambda: radio.ours(x, RATE_HZ), len(x) // 2, 3),
        "whole_chain_busy_msps": rate(lambda: radio.ours(busy_x, RATE_HZ), len(busy), 3),
        "peer_msps": rate(lambda: radio.peer(noise_iq[:8_388_608], RATE_HZ), 8_388_608, 3),
    }
    out["detection_to_fft"] = round(out["transform_and_detection_msps"] / out["fft_alone_msps"], 2)
    out["chain_to_peer"] = round(out["whole_chain_noise_msps"] / out["peer_msps"], 1)
    return out


def warm() -> None:
    """Compiles, so that no row pays for it."""
    radio.ours(radio.quantised(simulate(Scene(RATE_HZ, 0.06, [Part("bluetooth", 6.0)]), 1)[0]), RATE_HZ)


ROWS: dict[str, tuple[str, Callable[[bool], dict[str, Any]]]] = {
    "speed": ("whole chain 100 MS/s and 3 times the peer; transform and detection 0.6 of scipy.fft", speed),
    "detection": ("bursts within 3 dB of the ideal; macro 0.90 at 0 dB, 0.80 at -3 dB", detection),
    "steady": ("within 3 dB of r - 1/r for the floor's measured error", steady),
    "steady_long": (
        "the same of signals that are heard for seconds",
        lambda quick: spectrum_steady.steady_long(STEADY, RATE_HZ, quick, say),
    ),
    "fresh": ("emitters named 0.95, seeds never looked at", fresh),
    "scenes": ("IoU 0.7, centre 50 kHz, start 50 us, width 10 %; macro F1 0.90; emitters named 0.95", scenes),
    "noise_clean": ("at most 0.1 false boxes a second", lambda quick: noise(False, quick)),
    "noise_faults": ("at most 0.1 false boxes a second", lambda quick: noise(True, quick)),
    "jamming": ("floor steps told within 100 ms; gain steps never called jamming", jamming),
    "hops": ("dwell within 5 %, raster within 50 kHz after 1 s", hopping_links),
    "rates": ("the same labels at every rate", other_rates),
    "unseen": ("labels on recordings of another generator", unseen),
}


if __name__ == "__main__":
    print(json.dumps({name: measure(True) for name, (_, measure) in ROWS.items()}, indent=2))
