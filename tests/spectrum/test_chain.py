"""From samples to labelled emitters, on SIMULATED recordings whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from picket.spectrum.emission import Emission
from picket.spectrum.run import Chain, Report
from picket.spectrum.stitch import parted
from picket.train.radio.faults import Faults
from picket.train.radio.scene import TRANSMITTERS, Part, Scene, simulate

RATE_HZ = 20e6


def look(iq: np.ndarray, rate_hz: float = RATE_HZ) -> Report:
    chain = Chain(rate_hz, 2.44e9, 1.0)
    flat = iq.view(np.float32)
    for first in range(0, len(iq), chain.step):
        chain.take(flat[2 * first : 2 * (first + chain.step + chain.bins)], first)
    return chain.finish()


@pytest.mark.parametrize("label", list(TRANSMITTERS))
def test_each_kind_of_signal_gets_its_label_and_its_place(label: str) -> None:
    rate_hz = 40e6 if label in ("jam_chirp", "fm_video") else RATE_HZ
    iq, truth = simulate(Scene(rate_hz, 0.1, [Part(label, 12.0)]), 3)
    report = look(iq, rate_hz)
    right = [e for e in report.emissions if e.label == label]
    assert len(right) >= 0.9 * len(truth)
    assert sum(e.label != label for e in report.emissions) <= max(1, 0.1 * len(truth))
    for t in truth[:3]:
        e = min(right, key=lambda e: abs(e.sample_start - t.sample_start) + abs(e.center_hz - t.center_hz))
        assert abs(e.sample_start - t.sample_start) / rate_hz < 150e-6
        assert abs(e.center_hz - t.center_hz) < max(60e3, 0.2 * t.bandwidth_hz)
        assert e.confidence >= 0.6
        assert e.evidence


def test_noise_alone_gives_nothing() -> None:
    iq, _ = simulate(Scene(40e6, 0.4), 8)
    assert look(iq, 40e6).emissions == []


def test_ripple_offset_image_and_spur_give_one_carrier_at_most() -> None:
    faults = Faults(ripple_db=0.6, dc_db=-10.0, image_db=30.0, spur_db=-25.0, spur_hz=3.3e6)
    iq, _ = simulate(Scene(RATE_HZ, 0.3, faults=faults), 9)
    assert [(e.label, round(e.center_hz / 1e5)) for e in look(iq).emissions] in ([], [("cw", 33)])


@pytest.mark.parametrize("snr_db", [0.0, 15.0])
def test_weak_and_strong_bursts_are_boxed_in_time(snr_db: float) -> None:
    iq, truth = simulate(Scene(RATE_HZ, 0.1, [Part("ofdm_video", snr_db)]), 4)
    found = look(iq).emissions
    for t in truth:
        e: Emission = min(found, key=lambda e: abs(e.sample_start - t.sample_start))
        assert abs(e.sample_start - t.sample_start) / RATE_HZ < 50e-6
        assert e.sample_count == pytest.approx(t.sample_count, rel=0.1)
        assert e.bandwidth_hz == pytest.approx(t.bandwidth_hz, rel=0.1)


@pytest.mark.parametrize("step_db", [4.0, -8.0])
def test_a_step_of_gain_is_told_and_is_no_jamming(step_db: float) -> None:
    iq, _ = simulate(Scene(RATE_HZ, 0.2, faults=Faults(gain_step_db=step_db, gain_step_at=0.4)), 5)
    report = look(iq)
    assert report.emissions == []
    ((at, db),) = report.gain_steps
    assert db == pytest.approx(step_db, abs=0.4)
    assert at / RATE_HZ == pytest.approx(0.08, abs=1e-3)


def test_an_image_is_left_out_and_counted() -> None:
    iq, truth = simulate(Scene(RATE_HZ, 0.1, [Part("gfsk_fhss", 25.0, (0.6, 0.9))], faults=Faults(image_db=22.0)), 6)
    report = look(iq)
    assert all(e.center_hz > 0 for e in report.emissions)
    assert report.notes["image of a stronger signal"] >= len(truth) // 2


@pytest.mark.parametrize("label", ["cw", "droneid", "jam_noise", "gfsk_fhss"])
def test_the_snr_is_that_over_the_band_that_is_reported(label: str) -> None:
    iq, truth = simulate(Scene(RATE_HZ, 0.1, [Part(label, 11.0)]), 3)
    found = [e.snr_db + 10 * np.log10(e.bandwidth_hz) for e in look(iq).emissions if e.label == label]
    assert np.median(found) == pytest.approx(truth[0].snr_db + 10 * np.log10(truth[0].bandwidth_hz), abs=0.7)


def test_hops_are_measured() -> None:
    from picket.spectrum.emitters import hops

    iq, _ = simulate(Scene(RATE_HZ, 0.6, [Part("lora_fhss", 12.0)]), 2)
    emitter = max(look(iq).emitters, key=lambda m: len(m.bursts))
    h = hops(emitter, RATE_HZ)
    assert emitter.label == "lora_fhss"
    intervals = (2e-3, 4e-3, 5e-3, 6.67e-3, 10e-3, 20e-3)  # of ExpressLRS's modes
    assert min(abs(h.interval_s / i - 1) for i in intervals) < 0.05


def test_the_same_samples_give_the_same_report() -> None:
    iq, _ = simulate(Scene(RATE_HZ, 0.06, [Part("bluetooth", 9.0)]), 7)
    first, second = (look(iq).emissions for _ in range(2))
    assert [vars(e) | {"marks": None} for e in first] == [vars(e) | {"marks": None} for e in second]


@pytest.mark.parametrize("cut", [0.1, 0.37])
def test_what_a_segments_end_cuts_is_one_emission(cut: float) -> None:
    chain = Chain(RATE_HZ, 0.0, 1.0)
    n = chain.step + 200_000
    rng = np.random.default_rng(3)
    iq = (rng.standard_normal(2 * n, np.float32) * np.float32(0.02)).view(np.complex64)
    start = chain.step - int(cut * 60_000)
    t = np.arange(60_000)
    iq[start : start + 60_000] += (0.05 * np.exp(2j * np.pi * (0.11 * t + 2e3 / RATE_HZ * np.sin(t / 50)))).astype(np.complex64)
    (e,) = look(iq).emissions
    assert abs(e.sample_start - start) < 2500
    assert abs(e.sample_count - 60_000) < 4000


@pytest.mark.parametrize(("label", "seed"), [("ofdm_video", 4), ("lora_fhss", 1)])
def test_weak_bursts_with_short_pauses_are_boxed_one_by_one(label: str, seed: int) -> None:
    rate_hz = 40e6
    iq, truth = simulate(Scene(rate_hz, 0.05, [Part(label, -5.0)]), seed)
    found = look(iq, rate_hz).emissions
    boxed = 0
    for t in truth:
        near = [e for e in found if abs(e.center_hz - t.center_hz) < 0.3 * t.bandwidth_hz]
        boxed += any(
            abs(e.sample_start - t.sample_start) < 0.25 * t.sample_count
            and abs(e.sample_end - t.sample_end) < 0.25 * t.sample_count
            for e in near
        )
    assert boxed >= 0.75 * len(truth)


def test_a_carrier_is_told_at_every_level_from_which_on_its_line_shows() -> None:
    """Where a bin shows it too, its pieces may be too short to be told, and then its line must be."""
    rate_hz, seed = 40e6, 236
    noise, _ = simulate(Scene(rate_hz, 0.11), seed)
    with_it, (truth, *_) = simulate(Scene(rate_hz, 0.11, [Part("cw", 0.0)]), seed)
    on = slice(truth.sample_start, truth.sample_start + 2_200_000)
    for snr_db in np.arange(-9.0, 0.0):
        iq = noise[on] + (with_it - noise)[on] * np.float32(10 ** (snr_db / 20))
        found = look((np.rint(iq.view(np.float32) * 32768) / np.float32(32768)).view(np.complex64), rate_hz).emissions
        assert [e.label for e in found if abs(e.center_hz - truth.center_hz) < 15e3] == ["cw"], snr_db


def test_the_pauses_between_strong_bursts_are_empty() -> None:
    iq, truth = simulate(Scene(40e6, 0.06, [Part("ofdm_video", 13.0)], faults=Faults(ripple_db=0.4, image_db=38.0)), 101)
    for e in look(iq, 40e6).emissions:
        together = [min(e.sample_end, t.sample_end) - max(e.sample_start, t.sample_start) for t in truth]
        assert max(together) > 0.5 * e.sample_count


def test_a_steady_signal_is_seen_to_begin_and_to_end() -> None:
    iq, truth = simulate(Scene(40e6, 0.06, [Part("jam_noise", -3.0)]), 1)
    (t,) = truth
    e = max(look(iq, 40e6).emissions, key=lambda e: e.sample_count)
    assert abs(e.sample_start - t.sample_start) / 40e6 < 1e-3
    assert e.sample_count == pytest.approx(t.sample_count, rel=0.1)
    assert e.bandwidth_hz == pytest.approx(t.bandwidth_hz, rel=0.1)


def test_one_faint_or_unknown_box_confirms_no_emitter() -> None:
    from picket.spectrum.emitters import Emitter

    faint = Emission(0, 20_000, 1e6, 1.05e6, -1.0, sigma=6.9)  # what noise makes now and then
    clear = Emission(0, 20_000, 1e6, 2e6, 3.0, sigma=20.0)
    assert not Emitter([faint, faint], "cw").confirmed(RATE_HZ)
    assert Emitter([faint, faint, faint], "cw").confirmed(RATE_HZ)
    assert Emitter([clear], "gfsk_fhss").confirmed(RATE_HZ)
    assert not Emitter([clear]).confirmed(RATE_HZ)


def test_what_lies_outside_the_band_is_not_folded_back() -> None:
    iq, truth = simulate(Scene(RATE_HZ, 0.02, [Part("ofdm_video", 20.0, (0.0, 0.1))]), 3)
    part, gaps = iq[truth[0].sample_start : truth[0].sample_end], simulate(Scene(RATE_HZ, 0.02), 3)[0]
    assert truth[0].low_hz >= -RATE_HZ / 2
    own, noise = (np.abs(np.fft.fft(x[: len(part)])) ** 2 for x in (part, gaps[truth[0].sample_start :]))
    top = slice(int(0.4 * len(part)), int(0.495 * len(part)))  # the upper end of the band
    assert own[top].mean() < 1.3 * noise[top].mean()


def test_a_gain_step_within_a_block_leaves_no_emission() -> None:
    iq, _ = simulate(Scene(40e6, 0.12, faults=Faults(gain_step_db=-6.0, gain_step_at=0.37)), 3)
    report = look(iq, 40e6)
    assert len(report.gain_steps) == 1
    assert report.emissions == []


def test_blocks_of_zeros_are_counted_whether_they_fill_a_segment_or_part_of_one() -> None:
    rate_hz = 2.4e6
    chain = Chain(rate_hz, 868e6, 1.0)
    step, block = chain.step, 8 * chain.bins
    iq, _ = simulate(Scene(rate_hz, 3.2 * step / rate_hz), 4)
    iq[step // 2 : 2 * step + step // 2] = 0
    report = look(iq, rate_hz)
    assert report.notes["blocks without signal (all zeros)"] == pytest.approx(2 * step / block, abs=2)


def test_a_sweep_over_three_quarters_of_the_band_has_its_name() -> None:
    """Where little of the band is free, the free bins' scatter was taken from the signal's, and nothing stood out."""
    iq, _ = simulate(Scene(20e6, 0.06, [Part("jam_chirp", 12.0)]), 17)
    (e,) = look(iq, 20e6).emissions
    assert e.label == "jam_chirp"


def test_a_burst_that_anothers_edge_parted_is_one() -> None:
    frame, whole = 1024, Emission(100_000, 25_000, 3e6, 12e6, 9.0)
    first, second = replace(whole, sample_count=9_000), replace(whole, sample_start=111_000, sample_count=14_000, snr_db=9.6)
    other = Emission(110_500, 40_000, -9e6, 0.0, 18.0)
    (joined_, kept) = sorted(parted([first, second, other], frame), key=lambda e: e.sample_start)
    assert (joined_.sample_start, joined_.sample_end, kept) == (100_000, 125_000, other)
    assert len(parted([first, second], frame)) == 2
