"""What is remembered from look to look: emitters, occupancy, floors; the scan plan and its chances."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.site_radio import Band, Radio
from picket.spectrum.emission import Emission
from picket.spectrum.radio.chances import CLASSES, Class, chance, unseen
from picket.spectrum.radio.desk import Desk
from picket.spectrum.radio.floors import LEAST_LOOKS, Floors
from picket.spectrum.radio.history import History
from picket.spectrum.radio.look import Look
from picket.spectrum.radio.occupancy import Occupancy
from picket.spectrum.radio.plan import Plan, looks, steps_of

WIDE = Band(name="1.5 GHz", low_hz=1560e6, high_hz=1590e6, dwell_s=0.2)
QUIET = Band(name="433", low_hz=433e6, high_hz=443e6, dwell_s=0.2)


def radio(*bands: Band, **more) -> Radio:
    fields = {"sensor": "sdr", "source": "rtl_tcp://h", "rate_hz": 2.4e6, "gain_db": 30.0, "band": bands}
    return Radio(**{**fields, **more})


def look(step, begin=0.0, *, rise=None, emitters=(), emissions=(), seconds=0.2) -> Look:
    """A look at a step with a floor of -34 dB, raised by `rise` (low Hz, high Hz, dB)."""
    bins = 64
    hz = step.low_hz + np.arange(bins) * (step.high_hz - step.low_hz) / bins
    floor = np.full(bins, -34.0)
    if rise is not None:
        floor[(hz >= rise[0]) & (hz < rise[1])] += rise[2]
    return Look(
        step, begin, seconds, 2.4e6, list(emissions), list(emitters), step.low_hz, (step.high_hz - step.low_hz) / bins, floor, []
    )


def emitter(label="lora_fhss", center=868.5e6, **more):
    found = {
        "label": label, "confidence": 0.9, "center_hz": center, "bandwidth_hz": 0.5e6, "snr_db": 12.0, "first_s": 0.0, "last_s": 0.19,
        "bursts": 2, "on_s": 0.02, "steady": False, "evidence": ["x"], "channels": 3,
        "sigma": 12.0, "boxes": [(0.0, 12.0), (0.18, 9.0)],
    }  # fmt: skip
    return {**found, **more}


# -- the plan ----------------------------------------------------------------------------------------------------------
def test_a_band_is_cut_into_steps_that_cover_it_without_a_gap():
    steps = steps_of(radio(WIDE))
    assert (steps[0].low_hz, steps[-1].high_hz) == (1560e6, 1590e6)
    assert all(a.high_hz == pytest.approx(b.low_hz) for a, b in itertools.pairwise(steps))
    assert max(s.high_hz - s.low_hz for s in steps) <= 0.8 * 2.4e6


@given(st.lists(st.floats(0.05, 1.0), min_size=2, max_size=6), st.floats(0.0, 0.3))
def test_every_step_comes_again_and_none_is_forgotten(dwells, settle):
    bands = [Band(name=str(i), low_hz=(400 + 3 * i) * 1e6, high_hz=(401 + 3 * i) * 1e6, dwell_s=d) for i, d in enumerate(dwells)]
    plan = Plan.of(radio(*bands, settle_s=settle))
    seen = [step.number for step, _, _ in looks(plan, 3 * plan.round_s)]
    assert {s.number for s in plan.steps} <= set(seen[: 2 * len(plan.steps)])


def test_a_revisit_time_is_kept_where_it_can_be_and_said_where_it_cannot():
    often = Band(name="often", low_hz=868e6, high_hz=869e6, dwell_s=0.2, revisit_s=1.0)
    plan = Plan.of(radio(often, WIDE, settle_s=0.05))
    begins = [a for step, a, _ in looks(plan, 60.0) if step.band == "often"]
    assert max(np.diff(begins[1:])) <= 1.0 + 0.25
    assert plan.too_much() is None
    greedy = Band(name="often", low_hz=868e6, high_hz=880e6, dwell_s=0.5, revisit_s=1.0)
    assert "as late as asked" in Plan.of(radio(greedy, WIDE)).too_much()


@pytest.mark.parametrize(("fast", "horizon"), [(False, 1.5), (True, 0.9), (True, 0.4)])
def test_the_chance_of_a_hop_is_what_a_simulation_of_it_finds(fast, horizon):
    plan = Plan.of(radio(Band(name="868", low_hz=863e6, high_hz=870e6, dwell_s=0.05), QUIET, settle_s=0.15))
    c = Class("lora_fhss", "slow hops", tuple(863.275 + 0.525 * k for k in range(13)), 0.5e6, 8e-3, 10e-3, 400e-3)
    c = Class("lora_fhss", "fast hops", c.mhz, 0.5e6, 8e-3, 8e-3, 40e-3) if fast else c
    spans = [(s, a, b) for s, a, b in looks(plan, horizon) if b <= horizon]
    rng, found = np.random.default_rng(1), 0
    for _ in range(400):
        at = rng.uniform(0, c.hop_s) + c.hop_s * np.arange(-1, 2 + int(horizon / c.hop_s))
        mhz = rng.choice(c.mhz, len(at))
        found += any(
            s.low_hz <= f * 1e6 <= s.high_hz and min(b, t + c.hop_s) - max(a, t) > c.burst_s
            for s, a, b in spans if s.band == "868" for t, f in zip(at, mhz, strict=True)
        )  # fmt: skip
    assert chance(c, plan, horizon) == pytest.approx(found / 400, abs=0.12)


def test_doctor_is_told_what_an_rtl_sdr_never_hears():
    words = " ".join(unseen(radio(Band(name="868", low_hz=863e6, high_hz=870e6))))
    assert "receives 24 to 1766 MHz only: cannot hear" in words
    deaf = words.split("cannot hear")[1].split(" does not look")[0]
    assert all(name in deaf for name in ("analogue video, 5.8 GHz", "DroneID, 2.4 GHz", "ExpressLRS 2.4 GHz"))
    assert "does not look at" in words
    assert "ExpressLRS 915 MHz" in words
    assert "jamming of GPS L1" in words
    assert "ExpressLRS 868" not in deaf
    assert len({c.what for c in CLASSES}) == len(CLASSES)


# -- emitters ----------------------------------------------------------------------------------------------------------
def test_a_link_has_a_history_and_what_may_be_a_persons_has_none():
    step, history = steps_of(radio(Band(name="868", low_hz=868e6, high_hz=869.6e6)))[0], History()
    others = [emitter("wifi"), emitter("bluetooth"), emitter("cw"), emitter("unknown"), emitter("lora_fhss", confidence=0.3)]
    (first,) = history.hear(look(step, 100.0, emitters=[emitter(), *others]))
    assert not first.confirmed
    (again,) = history.hear(look(step, 110.0, emitters=[emitter(center=868.9e6), *others]))  # it hops: the same one
    assert again.confirmed
    assert (again.looks, again.first) == (2, 100.0)
    assert again.last == pytest.approx(110.19)
    assert [h.label for h in history] == ["lora_fhss"]
    assert again.looked_s == pytest.approx(0.4)


def test_boxes_that_noise_makes_confirm_no_link_in_however_many_looks() -> None:
    """A faint box every 20 s, named alike: what noise at 40 MS/s makes now and then; five in a second are no noise."""
    step, history = steps_of(radio(Band(name="868", low_hz=868e6, high_hz=869.6e6)))[0], History()
    for i in range(50):
        (h,) = history.hear(look(step, 20.0 * i, emitters=[emitter(sigma=6.9, boxes=[(0.05, 6.9)], bursts=1)]))
        assert not h.confirmed
    near = [emitter(sigma=6.9, boxes=[(0.03 * k, 6.9) for k in range(5)], bursts=5)]
    (h,) = history.hear(look(step, 1000.0, emitters=near))
    assert h.confirmed


def test_two_video_links_are_two_and_a_steady_one_is_confirmed_at_once():
    step, history = steps_of(radio(Band(name="v", low_hz=5.7e9, high_hz=5.73e9), rate_hz=40e6, source="soapy://x"))[0], History()
    steady = {"steady": True, "on_s": 0.2, "bursts": 1, "bandwidth_hz": 6e6}
    found = history.hear(look(step, emitters=[emitter("fm_video", 5.705e9, **steady), emitter("fm_video", 5.725e9, **steady)]))
    assert [h.confirmed for h in found] == [True, True]
    assert len({h.number for h in found}) == 2


# -- occupancy ---------------------------------------------------------------------------------------------------------
def test_occupancy_is_a_share_of_the_time_looked_at_and_overlaps_count_once():
    band = Band(name="868", low_hz=868e6, high_hz=869.6e6)
    step, held = steps_of(radio(band))[0], Occupancy.of((band,))
    n = int(0.2 * 2.4e6)
    both = [Emission(0, n // 2, -100e3, 100e3, 9.0, "wifi"), Emission(n // 4, n // 4, -100e3, 100e3, 9.0)]
    held.add(look(step, 7200.0, emissions=both))
    (row,) = held.rows("868")
    assert row["hour"] == 7200
    assert sum(row["watched_s"]) == pytest.approx(16 * 0.2)
    at = int((868.8e6 - band.low_hz) // 100e3)
    assert row["occupied_s"][at] == pytest.approx(0.1, abs=1e-3)
    assert row["occupied_s"][0] == 0.0
    again = Occupancy.of((band,))
    again.take_kept(held.kept())
    assert again.rows("868") == held.rows("868")


# -- floors ------------------------------------------------------------------------------------------------------------
def learnt(*bands: Band, start=0.0):
    """Floors that know what is usual, the radio's steps, and the time at which they ended."""
    r = radio(*bands)
    plan, floors, t = Plan.of(r), None, start
    floors = Floors.of(r.band, "k", plan.round_s)
    for _ in range(LEAST_LOOKS + 1):
        for step in plan.steps:
            assert floors.add(look(step, t)) == []
            t += 0.2
    return floors, plan, t


def test_a_floor_that_rises_in_a_navigation_band_and_not_elsewhere_is_told_with_edges_and_since_when():
    floors, plan, t = learnt(WIDE, QUIET)
    began = t
    for step in plan.steps:
        found = floors.add(look(step, t, rise=(1570e6, 1581e6, 5.0)))
        t += 0.2
    (d,) = found
    assert (d.kind, d.band) == ("floor", "1.5 GHz")
    assert d.rise_db == pytest.approx(5.0, abs=0.3)
    assert d.low_hz == pytest.approx(1570e6, abs=0.5e6)
    assert d.high_hz == pytest.approx(1581e6, abs=0.5e6)
    assert began <= d.since <= t
    for step in plan.steps:  # it ends
        found = floors.add(look(step, t))
        t += 0.2
    assert found == []


def test_a_gain_step_moves_everything_and_is_no_jamming():
    floors, plan, t = learnt(WIDE, QUIET)
    told = []
    for _ in range(2):
        for step in plan.steps:
            told += floors.add(look(step, t, rise=(0, 1e10, 6.0)))
            t += 0.2
    assert {d.kind for d in told[-3:]} == {"level"}
    assert floors.level_db == pytest.approx(6.0)


def test_a_rise_that_is_too_narrow_or_too_small_is_not_told_and_a_jammer_is_not_learnt():
    floors, plan, t = learnt(WIDE, QUIET)
    for rise in ((1563e6, 1566e6, 6.0), (1563e6, 1573e6, 2.0)):
        for step in plan.steps:
            found = floors.add(look(step, t, rise=rise))
            t += 0.2
        assert found == [], rise
        for step in plan.steps:
            floors.add(look(step, t))
            t += 0.2
    before = floors.usual(WIDE.name, t).copy()
    for _ in range(20):
        for step in plan.steps:
            floors.add(look(step, t, rise=(1570e6, 1581e6, 5.0)))
            t += 0.2
    assert np.nanmax(np.abs(floors.usual(WIDE.name, t) - before)) < 0.7  # the first steps of it, before it was told


def test_a_named_signal_is_no_raised_floor_and_one_between_the_satellites_is_told():
    floors, plan, t = learnt(WIDE, QUIET)
    n = int(0.2 * 2.4e6)
    for step in plan.steps:
        video = [Emission(0, n, step.low_hz - step.center_hz, step.high_hz - step.center_hz, 12.0, "fm_video")]
        found = floors.add(look(step, t, rise=(1580e6, 1588e6, 12.0), emissions=video if step.low_hz >= 1578e6 else []))
        t += 0.2
    assert [d for d in found if d.kind == "floor"] == []
    step = next(s for s in plan.steps if s.low_hz <= 1575.42e6 < s.high_hz)
    heard = emitter("unknown", 1575.42e6, on_s=0.2, steady=True)
    (d,) = floors.add(look(step, t, emitters=[heard]))
    assert d.kind == "gnss"
    assert d.since == t
    other = plan.steps[-1]
    assert floors.add(look(other, t + 1))[0].kind == "gnss"  # nobody has looked there again
    assert floors.add(look(step, t + 2)) == []


def test_each_hour_has_its_own_usual_floor_and_it_survives_a_restart():
    floors, plan, _t = learnt(WIDE, QUIET)
    for _ in range(LEAST_LOOKS + 1):
        for step in plan.steps:
            floors._learn(12 * 3600.0, step.band, *_cells(floors, step, -32.0))
    assert np.nanmedian(floors.usual(WIDE.name, 12 * 3600.0)) == pytest.approx(-32.0)
    assert np.nanmedian(floors.usual(WIDE.name, 0.0)) == pytest.approx(-34.0)
    again = Floors.of((WIDE, QUIET), "k", plan.round_s)
    assert again.take_kept(floors.kept())
    assert again.usual(WIDE.name, 12 * 3600.0) == pytest.approx(floors.usual(WIDE.name, 12 * 3600.0), nan_ok=True)
    other = Floors.of((WIDE, QUIET), "another gain", plan.round_s)
    assert not other.take_kept(floors.kept())


def _cells(floors, step, level):
    from picket.spectrum.radio.floors import _cells as cells

    where, values = cells(look(step), floors.bands[step.band])
    return where, np.full(len(values), level)


def test_a_desk_forgets_the_oldest_rows_and_keeps_its_memories_on_disk(tmp_path):
    r = radio(Band(name="868", low_hz=868e6, high_hz=869.6e6))
    desk = Desk(r, folder=tmp_path, kept_rows=10)
    for i in range(30):
        given = look(desk.plan.steps[0], float(i), emitters=[emitter()])
        given.rows.append((float(i), bytes(48)))
        desk.take(given)
    rows = desk.rows("868", -1)
    assert [row["n"] for row in rows["rows"]] == list(range(21, 31))
    assert rows["last"] == 30
    desk.save()
    again = Desk(r, folder=tmp_path)
    assert again.hours("868") == desk.hours("868")
    assert list(again.history) == []
    (tmp_path / "sdr.json").write_text("{")
    assert "begin anew" in Desk(r, folder=tmp_path).problem
