"""The spectrum room, measured: detection against SNR beside the ideal energy detector and a plain spectrogram, false boxes,
boxes, labels, jamming, speed.

All recordings are SIMULATED by picket.train.radio; the one real recording is looked at by tests/spectrum/test_real.py.
PICKET_BENCH_NOISE_S and PICKET_BENCH_SCENES make the runs longer.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections import Counter
from typing import Any

import numpy as np
import scipy.fft
from scipy.stats import chi2

from benchmarks import radio
from picket.spectrum.interference import Baseline
from picket.spectrum.run import Chain
from picket.spectrum.transform import Transform, bins_for
from picket.train.radio.faults import Faults
from picket.train.radio.scene import TRANSMITTERS, Part, Scene, random_scene, simulate

RATE_HZ = 40e6
SNR_DB = [-12.0, -9.0, -6.0, -3.0, 0.0, 3.0, 6.0, 9.0]
SEEDS = 2
NOISE_S = float(os.environ.get("PICKET_BENCH_NOISE_S", "60"))
SCENES = int(os.environ.get("PICKET_BENCH_SCENES", "16"))
DURATION_S = 0.12


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def detection() -> dict[str, Any]:
    """Share of bursts found (IoU >= 0.2) at each SNR, ours, the peer's, the ideal's."""
    out: dict[str, Any] = {}
    for label in TRANSMITTERS:
        hits = {who: Counter() for who in ("picket", "peer")}
        count: Counter[float] = Counter()
        cells = []
        for seed in range(SEEDS):
            noise, _ = simulate(Scene(RATE_HZ, DURATION_S), seed)
            with_signal, truth = simulate(Scene(RATE_HZ, DURATION_S, [Part(label, 0.0)]), seed)
            clean = with_signal - noise
            cells += [max(1.0, max(t.bandwidth_hz, 1e4) * t.sample_count / RATE_HZ) for t in truth]
            for snr in SNR_DB:
                iq = noise + clean * np.float32(10 ** (snr / 20))
                count[snr] += len(truth)
                for who, found in (
                    ("picket", radio.ours(radio.quantised(iq), RATE_HZ).emissions),
                    ("peer", radio.peer(iq, RATE_HZ)),
                ):
                    hits[who][snr] += sum(m.found is not None for m in radio.match(truth, found)[0])
        n = statistics.median(cells)
        curve = {who: [round(hits[who][s] / max(count[s], 1), 3) for s in SNR_DB] for who in hits}
        out[label] = {
            "n_per_point": count[0.0],
            "cells": round(n),
            **curve,
            "interval_0_db": radio.interval(hits["picket"][0.0], count[0.0]),
            "ideal": [round(radio.ideal(label, n, s, RATE_HZ), 3) for s in SNR_DB],
            "snr_at_0.9": {
                "picket": radio.crossing(SNR_DB, curve["picket"]),
                "peer": radio.crossing(SNR_DB, curve["peer"]),
                "ideal": radio.ideal_crossing(label, n, RATE_HZ),
            },
        }
        say(f"{label} {out[label]}")
    macro = {
        f"macro_{snr:+.0f}_db": {
            who: round(statistics.mean(out[k][who][SNR_DB.index(snr)] for k in TRANSMITTERS), 3)
            for who in ("picket", "peer", "ideal")
        }
        for snr in (0.0, -3.0)
    }
    return {"snr_db": SNR_DB, "classes": out, **macro}


def noise(faults: bool) -> dict[str, Any]:
    """Boxes and emitters on streamed noise of NOISE_S seconds; with faults: ripple, a slope at the edges, an image, DC and a spur."""
    chain = Chain(RATE_HZ, 0.0, 32768.0)
    rng = np.random.default_rng(7 + faults)
    size = chain.step + chain.bins
    total = int(NOISE_S * RATE_HZ / chain.step)
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


def scenes() -> dict[str, Any]:
    """Mixtures at 6 to 20 dB with an average front end: boxes and labels."""
    right, missed, wrong = Counter(), Counter(), Counter()
    emitters = named = 0
    ious, centre, start, width, extra, seconds = [], [], [], [], 0, 0.0
    for seed in range(100, 100 + SCENES):
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
        "scenes": SCENES,
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


def jamming() -> dict[str, Any]:
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


def speed() -> dict[str, Any]:
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


def run() -> dict[str, Any]:
    """All of it."""
    out: dict[str, Any] = {"simulated": True, "rate_hz": RATE_HZ}
    for name, part in (
        ("speed", speed),
        ("jamming", jamming),
        ("scenes", scenes),
        ("detection", detection),
        ("noise_clean", lambda: noise(False)),
        ("noise_faults", lambda: noise(True)),
    ):
        out[name] = part()
        say(f"{name}: {out[name]}")
    return out


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
