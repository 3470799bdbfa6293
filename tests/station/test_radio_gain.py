"""An exercise with radio and without: what is changed for the comparison, and what counts as warning."""

from __future__ import annotations

from picket.cli.train import find_exercise
from picket.station.radio_gain import Told, _with_radio, _without_radio
from picket.train import demo_exercise
from picket.train.exercise import check


def test_a_site_without_a_finder_gets_one_and_one_with_finders_keeps_its_own():
    demo, added = _with_radio(demo_exercise())
    assert added == "added-finder"
    assert check(demo, demo.at_site()) == []
    assert [r.rule for r in demo.at_site().rule].count("emission_without_track") == 1
    harbour, none = _with_radio(find_exercise("first-look"))
    assert none is None
    assert {s.id for s in harbour.at_site().sensor if s.kind == "rf"} == {"df-pier", "df-mole"}


def test_without_radio_nothing_of_radio_is_left():
    deaf = _without_radio(find_exercise("first-look"))
    assert not any(s.kind == "rf" for s in deaf.at_site().sensor)
    assert check(deaf, deaf.at_site()) == []
    assert not any(r.rule == "emission_without_track" for r in deaf.at_site().rule)


def test_an_alert_after_the_entry_warns_of_nothing():
    assert Told(10.0, "approach", "x", 40.0).warning_s == 30.0
    assert Told(50.0, "entry", "x", 40.0).warning_s == 0.0
    assert Told(None, None, None, 40.0).warning_s is None
