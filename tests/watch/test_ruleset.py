"""Rules of the site file: which holds where and when, what it changes, and that mistakes are named."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import shapely

from picket.site import Friendly, Sensor, Site, SiteError, parse
from picket.site_rules import KINDS, PLACE_HOLDERS, Contact, Rule
from picket.watch import RULES, AlertBook, EmissionLook, SensorLook, StationLook
from picket.watch.explain import notes, rules
from picket.watch.ruleset import RuleSet
from tests.watch.sky import BORDER, PIER, RING, T0, Watch, site, sky, track, zone
from tests.watch.test_state import around

CORRIDOR = zone("lane", "corridor", shapely.box(-3000, 1500, 3000, 2500))
HOUR = 22.2  # T0 is at 22:13 UTC


def ruled(*rules_: dict[str, Any], zones: Any = (PIER, RING), contacts: Any = (), **more: Any) -> Site:
    """A site with these rules."""
    made = tuple(msgspec.convert(r, Rule) for r in rules_)
    return msgspec.structs.replace(site(*zones, **more), rule=made, contact=tuple(contacts))


def told(site_: Site, *rows: Any, steps: int = 1) -> list[tuple[str, str, str]]:
    """(rule, rule id, severity) of what is open after the steps."""
    w = Watch(site_)
    w.wait(steps, *rows)
    return [(a.rule, a.rule_id, a.severity) for a in w.book.open]


# -- which rule holds ----------------------------------------------------------------------------------------------
def test_every_type_has_a_rule_that_finds_it_and_a_line_in_words():
    assert {r.name for r in RULES} == set(KINDS)
    assert {r["rule"] for r in rules(site(PIER, RING, BORDER))} == set(KINDS)


def test_without_rules_the_default_set_is_on_and_the_new_types_are_off():
    on = {r["rule"] for r in rules(site(PIER)) if r["on"]}
    assert on == {
        "entry", "approach", "line_crossing", "spoof_suspected", "unconfirmed_position", "silent_sensor", "wrong_clock", "biased_sensor",
        "own_clock", "disk_low", "not_recording", "overload", "sighting", "interference",
    }  # fmt: skip


def test_a_rule_that_names_the_zone_goes_before_the_one_that_names_none():
    calm = {"id": "calm", "rule": "entry", "severity": "low"}
    ring = {"id": "ring-loud", "rule": "entry", "zones": ["ring"], "severity": "high"}
    assert told(ruled(calm, ring), track(1, 500, 0)) == [("entry", "ring-loud", "high")]
    assert told(ruled(calm, ring), track(1, 0, 0)) == [("entry", "ring-loud", "high"), ("entry", "calm", "low")]


def test_a_rule_out_of_its_hours_leaves_the_place_to_the_next():
    night = {"id": "night", "rule": "entry", "zones": ["ring"], "severity": "high", "hours": "22:00-06:00"}
    day = {**night, "hours": "06:00-22:00"}
    assert told(ruled(night), track(1, 500, 0)) == [("entry", "night", "high")]
    assert told(ruled(day), track(1, 500, 0)) == [("entry", "entry", "medium")]


def test_a_rule_that_is_off_silences_its_zone_only():
    off = {"id": "no-ring", "rule": "entry", "zones": ["ring"], "on": False}
    assert told(ruled(off), track(1, 0, 0)) == [("entry", "entry", "high")]
    assert notes(ruled(off)) == []
    quiet = ruled({"id": "none", "rule": "entry", "on": False})
    assert told(quiet, track(1, 0, 0)) == []
    assert notes(quiet) == ["protected zone pier: no entry rule is on at all hours; nothing tells of it then"]


def test_a_severity_is_one_lower_for_a_friendly_that_is_not_cleared():
    s = ruled({"id": "e", "rule": "entry", "severity": "medium"}, friendly=(Friendly(identity="F1"),), zones=(PIER,))
    assert told(s, track(1, 0, 0, identity="F1", identity_kind="serial")) == [("entry", "e", "low")]


def test_within_s_is_the_rules_own():
    s = ruled({"id": "far", "rule": "approach", "within_s": 120}, zones=(PIER,))
    inbound = track(1, 0, 1200, (0, -10, 0))
    assert told(s, inbound) == [("approach", "far", "medium")]
    assert told(site(PIER), inbound) == []
    w = Watch(s)
    w.see(inbound)
    assert "(limit 120 s;" in w.only().why


def test_a_site_file_that_is_replaced_brings_its_rules():
    w = Watch(site(PIER, RING))
    w.book.replace_site(ruled({"id": "e", "rule": "entry", "severity": "low"}))
    w.see(track(1, 500, 0))
    assert (w.only().rule_id, w.only().severity) == ("e", "low")


# -- delay and hysteresis ------------------------------------------------------------------------------------------
def test_a_delay_waits_until_it_was_true_for_so_long_without_a_break():
    s = ruled({"id": "e", "rule": "entry", "delay_s": 5}, zones=(RING,))
    inside, outside = track(1, 500, 0), track(1, 1500, 0)
    w = Watch(s)
    assert w.wait(5, inside) == []
    assert len(w.see(inside)) == 1
    w = Watch(s)
    w.wait(4, inside)
    w.wait(3, outside)
    assert w.wait(5, inside) == []
    w = Watch(s)
    w.wait(3, inside)
    w.see(outside)
    assert w.wait(1, inside) == []
    assert len(w.wait(1, inside)) == 1  # one look missed is no break


def test_an_open_alert_with_a_delay_does_not_go_quiet_for_a_look():
    w = Watch(ruled({"id": "e", "rule": "entry", "delay_s": 5, "hysteresis_s": 8}, zones=(RING,)))
    w.wait(6, track(1, 500, 0))
    w.wait(6, track(1, 1500, 0))
    w.wait(4, track(1, 500, 0))
    w.wait(6, track(1, 1500, 0))
    assert w.only().active


def test_hysteresis_is_the_rules_own():
    w = Watch(ruled({"id": "e", "rule": "entry", "hysteresis_s": 30}, zones=(RING,)))
    w.see(track(1, 500, 0))
    w.wait(29, track(1, 1500, 0))
    assert w.only().active
    w.wait(3, track(1, 1500, 0))
    assert not w.only().active


def test_a_delay_goes_on_across_a_restart():
    w = Watch(ruled({"id": "e", "rule": "entry", "delay_s": 5}, zones=(RING,)))
    w.wait(4, track(1, 500, 0))
    w.book = AlertBook.restore(w.book.site, msgspec.msgpack.decode(msgspec.msgpack.encode(w.book.state())))
    w.see(track(1, 500, 0))
    assert len(w.see(track(1, 500, 0))) == 1


# -- what to do ----------------------------------------------------------------------------------------------------
def test_the_checklist_is_filled_in_and_the_calls_stand_beside_it():
    s = ruled(
        {"id": "e", "rule": "entry", "checklist": ["look {look}", "close gate 3", "{identity} at {height}, {speed}, {distance}, {bearing}"],
         "calls": ["harbour control"]},
        contacts=[Contact(name="harbour control", how="555-0100")], zones=(PIER,),
    )  # fmt: skip
    w = Watch(s)
    w.see(track(1, 100, -100, (3, 4, 0), identity="X\n1", identity_kind="serial"))
    a = w.only()
    assert a.checklist == ("look 135 deg, 32 deg up", "close gate 3", "X?1 at 100 m above sea, 5 m/s, 140 m, 135 deg")
    assert [(c.name, c.how) for c in a.calls] == [("harbour control", "555-0100")]


def test_every_default_checklist_can_be_filled_for_every_type():
    w = Watch(site(PIER, RING, BORDER))
    w.see(track(1, 0, 0, alt_wgs84_m=float("nan")), track(2, 700, 0, flags=("spoof_suspected",)),
          sensors=(SensorLook("r", "radar", "silent", 9.0, 1.0),))  # fmt: skip
    assert len(w.book.open) >= 4
    for a in w.book.open:
        assert a.checklist
        assert all("{" not in line and line.isascii() for line in a.checklist)
    pier = next(a for a in w.book.open if a.zone == "pier")
    assert pier.checklist[0].endswith("height unknown")


# -- the new types -------------------------------------------------------------------------------------------------
def test_loiter_tells_who_stays_near_a_zone_and_not_who_passes():
    s = ruled({"id": "l", "rule": "loiter", "zones": ["pier"], "stay_s": 30, "within_m": 500}, zones=(PIER,))
    w = Watch(s)
    assert w.wait(30, track(1, 600, 0), track(3, 900, 0)) == []
    (alert,) = w.see(track(1, 620, 10), track(3, 900, 0))
    assert (alert.rule, alert.zone, alert.severity, alert.track_ids) == ("loiter", "pier", "medium", (1,))
    assert alert.text.startswith("Unknown drone LOITERS at pier for 30 s: 620 m out")
    assert "within 150 m of one place for 30 s (limit 30 s), 420 m from the zone (limit 500 m)" in alert.why
    w = Watch(s)
    for k in range(60):
        assert w.see(track(2, 600, -300 + 10 * k, (0, 10, 0))) == []


def test_one_who_loiters_and_then_approaches_is_the_same_alert():
    w = Watch(ruled({"id": "l", "rule": "loiter", "stay_s": 10}, zones=(PIER,)))
    w.wait(12, track(1, 600, 0))
    (alert,) = w.see(track(1, 580, 0, (-10, 0, 0)))
    assert (alert.id, alert.rule) == (1, "approach")


def test_a_swarm_near_a_zone_is_told_with_its_size_from_its_count_on():
    s = ruled({"id": "s", "rule": "swarm", "count": 4, "within_m": 800, "severity": "high"}, zones=(PIER,))
    flock = [track(i, 700 + 30 * i, 0, (0, 5, 0), group_id=7) for i in range(1, 5)]
    assert told(s, *flock[:3]) == []
    w = Watch(s)
    w.see(*flock)
    a = w.only()
    assert (a.rule, a.severity, a.count, a.nearest_track_id) == ("swarm", "high", 4, 1)
    assert a.text.startswith("Swarm of 4 unknown drones near pier: nearest 730 m out")
    assert "it is a group of 4 (limit 4) whose nearest is 530 m from the zone (limit 800 m)" in a.why


def test_an_unknown_in_a_corridor_is_told_and_an_airliner_or_cleared_friendly_is_not():
    on = {"id": "c", "rule": "unknown_in_corridor"}
    s = ruled(on, zones=(CORRIDOR,), friendly=(Friendly(identity="F1", zones=("lane",)),))
    airliner = track(
        2, 0, 2000, identity="4B1234", identity_kind="icao_address", p_drone=0.0, p_aircraft=0.9, classification="aircraft"
    )
    friend = track(3, 100, 2000, identity="F1", identity_kind="serial")
    assert told(s, airliner, friend) == []
    w = Watch(s)
    w.see(track(1, 0, 2000), airliner, friend)
    a = w.only()
    assert (a.rule, a.zone, a.track_ids, a.severity) == ("unknown_in_corridor", "lane", (1,), "medium")
    assert a.text.startswith("Unknown drone INSIDE lane: 2.0 km from the site")
    assert told(site(CORRIDOR), track(1, 0, 2000)) == []  # drawn only, unless a rule is on


@pytest.mark.parametrize(("friendly", "east", "words"), [
    ({"zones": ("ring",)}, 1500, "OUT OF ITS ZONES"), ({"zones": ("ring",)}, 500, None),
    ({"hours": "06:00-12:00"}, 1500, "OUT OF ITS HOURS"),
    ({}, 1500, None),
])  # fmt: skip
def test_a_friendly_out_of_place_or_hours(friendly, east, words):
    s = ruled({"id": "f", "rule": "friendly_out_of_place"}, friendly=(Friendly(identity="F1", owner="police", **friendly),))
    w = Watch(s)
    w.see(track(1, east, 0, identity="F1", identity_kind="serial"))
    if words is None:
        assert [a.rule for a in w.book.open if a.rule == "friendly_out_of_place"] == []
        return
    a = w.only()
    assert (a.severity, a.flags) == ("low", ("unauthorised",))
    assert a.text.startswith(f"Uncleared friendly drone {words}, F1 (police): ")
    assert a.checklist == ("call its owner, police",)


def test_a_friendly_whose_entry_is_told_is_not_told_twice():
    s = ruled(
        {"id": "f", "rule": "friendly_out_of_place"}, friendly=(Friendly(identity="F1", zones=("ring",), hours="06:00-12:00"),)
    )
    assert told(s, track(1, 0, 0, identity="F1", identity_kind="serial")) == [
        ("entry", "entry", "low"),
        ("entry", "entry", "medium"),
    ]


RF = Sensor(id="df", kind="rf", lat_deg=33.75, lon_deg=-118.20, sigma_azimuth_deg=3.0)
HEARD = EmissionLook("df", "ofdm_video", 90.0, 2.0, 5.8e9)


def listen(w: Watch, *rows: Any, heard: Any = HEARD) -> list[Any]:
    w.time += 1
    return w.book.step(w.time, sky(w.time, *rows), [], emissions=[heard])


def test_a_link_without_a_track_is_told_as_a_bearing_and_once():
    s = ruled({"id": "e", "rule": "emission_without_track"}, sensors=(RF,), zones=(PIER,))
    w = Watch(s)
    (a,) = listen(w)
    assert (
        a.text
        == "Video link WITHOUT A TRACK along 090 deg of df: ofdm_video at 5800 MHz; nothing is tracked there, distance unknown."
    )
    assert "no track lies within 6 deg of its bearing" in a.why
    assert (a.bearing_deg, a.lat_deg, a.sensor_id, a.severity) == (90.0, None, "df", "medium")
    for turn in range(1, 20):  # it moves on: the same transmitter
        listen(w, heard=msgspec.structs.replace(HEARD, bearing_deg=90.0 + 3 * turn))
    assert len(w.book.all) == 1
    listen(w, heard=msgspec.structs.replace(HEARD, bearing_deg=270.0))
    assert len(w.book.all) == 2
    w.book = AlertBook.restore(s, msgspec.msgpack.decode(msgspec.msgpack.encode(w.book.state())))
    listen(w, heard=msgspec.structs.replace(HEARD, bearing_deg=272.0))
    assert len(w.book.all) == 2


@pytest.mark.parametrize(
    "heard", [HEARD, msgspec.structs.replace(HEARD, bearing_deg=None), msgspec.structs.replace(HEARD, label="wifi")]
)
def test_a_link_on_whose_bearing_something_is_tracked_is_explained(heard):
    s = ruled({"id": "e", "rule": "emission_without_track"}, sensors=(RF,), zones=(PIER,))
    w = Watch(s)
    listen(w, track(1, 3000, 100), heard=heard)
    assert w.book.open == []
    off = Watch(site(PIER, sensors=(RF,)))
    listen(off)
    assert off.book.open == []


def test_clocks_that_differ_by_the_same_are_our_own_clock():
    looks = [
        SensorLook(n, "radar", "ok", 1.0, 1.0, clock_offset_s=3600.0 + d, clock_wrong=True) for n, d in (("a", 0.0), ("b", 0.5))
    ]
    w = Watch(site(PIER))
    w.see(sensors=tuple(looks))
    a = w.only()
    assert (a.rule, a.severity) == ("own_clock", "medium")
    assert a.text == "Station CLOCK 60 min AHEAD of 2 sensors: times of alerts and of the log are wrong until it is set right."
    w = Watch(site(PIER))
    w.see(sensors=(looks[0], SensorLook("b", "radar", "ok", 1.0, 1.0, clock_offset_s=0.1)))
    assert w.only().rule == "wrong_clock"


@pytest.mark.parametrize(("look", "rule", "severity", "words"), [
    (StationLook(free_mb=500.0), "disk_low", "low", "Disk NEARLY FULL, 500 MB free"),
    (StationLook(recording=False, problem="no space left"), "not_recording", "medium", "NOT RECORDING"),
    (StationLook(overloaded=True), "overload", "medium", "Station OVERLOADED"),
    (StationLook(clock_set_back_s=7200.0), "own_clock", "medium", "Station CLOCK SET BACK 2.0 h"),
])  # fmt: skip
def test_the_station_tells_of_itself(look, rule, severity, words):
    w = Watch(site(PIER))
    w.book.step(T0, sky(T0), [], station=look)
    a = w.only()
    assert (a.rule, a.severity, a.zone, a.sensor_id) == (rule, severity, None, None)
    assert a.text.startswith(words)
    assert a.why.startswith("Raised because ")
    assert around(w.book).open == w.book.open
    w.book.step(T0 + 60, sky(T0 + 60), [], station=StationLook(free_mb=5000.0))
    assert not w.only().active


# -- mistakes ------------------------------------------------------------------------------------------------------
ENTRY = {"id": "e", "rule": "entry"}


@pytest.mark.parametrize(("tables", "words"), [
    ({"rule": [{"id": "e", "rule": "entri"}]}, ["rule[0] (e).rule", "unknown type 'entri'", "did you mean 'entry'"]),
    ({"rule": [ENTRY, ENTRY]}, ["two rules have this id"]),
    ({"rule": [{"id": "loiter", "rule": "entry"}]}, ["'loiter' is the name of a type of rule"]),
    ({"rule": [{**ENTRY, "zones": ["peer"]}]}, ["no zone is called 'peer'", "did you mean 'pier'"]),
    ({"rule": [{**ENTRY, "zones": ["lane"]}]}, ["entry is about protected and warning zones, 'lane' is a corridor zone"]),
    ({"rule": [{"id": "s", "rule": "silent_sensor", "zones": ["pier"]}]}, ["silent_sensor is not about zones"]),
    ({"rule": [{"id": "s", "rule": "silent_sensor", "sensors": ["radr"]}]}, ["no sensor is called 'radr'"]),
    ({"rule": [{**ENTRY, "stay_s": 5}]}, ["stay_s: belongs to loiter, not to entry"]),
    ({"rule": [{**ENTRY, "delay_s": -1}]}, ["delay_s: expected 0 to 3600, got -1"]),
    ({"rule": [{**ENTRY, "severity": "urgent"}]}, ["severity", "urgent"]),
    ({"rule": [{**ENTRY, "hours": "25:00-26:00"}]}, ["rule[0] (e).hours", "HH:MM-HH:MM"]),
    ({"rule": [{**ENTRY, "checklist": ["look {lok}"]}]}, ["checklist[0]: unknown place holder {lok}; did you mean 'look'"]),
    ({"rule": [{**ENTRY, "checklist": ["look {look"]}]}, ["checklist[0]", "place holders are written {look}"]),
    ({"rule": [{**ENTRY, "checklist": ["{look.__class__}"]}]}, ["unknown place holder"]),
    ({"rule": [{**ENTRY, "checklist": ["{look!r}"]}]}, ["unknown place holder"]),
    ({"rule": [{**ENTRY, "calls": ["harbor"]}], "contact": [{"name": "harbour", "how": "1"}]}, ["no contact is called 'harbor'"]),
    ({"contact": [{"name": "a", "how": "1"}, {"name": "a", "how": "2"}]}, ["two contacts have this name"]),
    ({"rule": [{**ENTRY, "delay": 3}]}, ["rule[0].delay: unknown key; did you mean 'delay_s'"]),
    (
        {"rule": [{**ENTRY, "zones": ["pier"], "severity": "low"}, {**ENTRY, "id": "f", "zones": ["pier"], "severity": "high"}]},
        ["rule[0] (e) and rule[1] (f)", "both say what entry means for pier at the same hours (severity low or high)"],
    ),
    (
        {"rule": [{**ENTRY, "hours": "20:00-02:00"}, {**ENTRY, "id": "f", "on": False, "hours": "01:00-08:00"}]},
        ["entry means for every place that no other rule names", "on true or false"],
    ),
])  # fmt: skip
def test_a_mistake_in_a_rule_is_named(tmp_path, tables, words):
    with pytest.raises(SiteError) as e:
        parse(harbour(tmp_path, **tables), folder=tmp_path)
    told_ = "\n".join(e.value.problems)
    for word in words:
        assert word in told_


def harbour(folder: Any, **tables: Any) -> dict[str, Any]:
    """A site file with a pier and a lane."""
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
    (folder / "square.geojson").write_bytes(msgspec.json.encode(square))
    zones = [{"id": i, "kind": k, "geometry": "square.geojson"} for i, k in (("pier", "protected"), ("lane", "corridor"))]
    return {"version": 1, "site": {"name": "x", "lat_deg": 0.5, "lon_deg": 0.5}, "zone": zones, **tables}


def test_rules_that_share_a_zone_at_other_hours_or_by_name_and_in_general_do_not_contradict(tmp_path):
    good = [
        {**ENTRY, "zones": ["pier"], "hours": "06:00-18:00"}, {**ENTRY, "id": "n", "zones": ["pier"], "hours": "18:00-06:00"},
        {**ENTRY, "id": "all"}, {"id": "a", "rule": "approach", "zones": ["pier"]},
    ]  # fmt: skip
    s = parse(harbour(tmp_path, rule=good), folder=tmp_path)
    assert [RuleSet(s).at(h * 3600.0).of("entry", "pier").id for h in (3, 12, 20)] == ["n", "e", "n"]
    assert notes(s) == []


def test_every_rule_is_explained_in_words(tmp_path):
    made = {
        "id": "quiet-hours",
        "rule": "loiter",
        "zones": ["pier"],
        "stay_s": 90,
        "delay_s": 4,
        "hours": "22:00-06:00",
        "severity": "low",
    }
    s = parse(harbour(tmp_path, rule=[made]), folder=tmp_path)
    found = {r["id"]: r for r in rules(s)}
    assert found["quiet-hours"]["words"] == (
        "Tells when an object stays within one small area for 90 s, in the zone or within 500 m of it; zones: pier; 22:00-06:00 UTC; "
        "once that has been true for 4 s; low."
    )
    assert found["loiter"]["words"].startswith("OFF. Would tell when an object stays")
    assert found["approach"]["within_s"] == 60.0
    assert all(r["words"].endswith(".") and "{" not in r["words"] for r in found.values())


def test_place_holders_are_all_filled():
    w = Watch(ruled({**ENTRY, "checklist": [" ".join(f"{{{p}}}" for p in PLACE_HOLDERS)]}, zones=(PIER,)))
    w.see(track(1, 0, 0))
    assert "{" not in w.only().checklist[0]
