"""Radio contacts that hold between the looks of a scan, interference, and what links say of tracks."""

from __future__ import annotations

from typing import Any

import msgspec

from picket.site_radio import Band, Radio
from picket.watch import AlertBook, DisturbanceLook, EmissionLook, ListenLook
from picket.watch.links import Links
from tests.watch.sky import PIER, Watch, sky, track
from tests.watch.test_ruleset import RF, ruled

LINK = EmissionLook("df", "fm_video", None, None, 5.8e9, 18.0, True)
THERE, ELSEWHERE = ListenLook("df", 5.79e9, 5.81e9, 0.5), ListenLook("df", 2.4e9, 2.42e9, 0.5)
SCAN = Radio(sensor="df", source="stdin://", rate_hz=20e6, band=(Band(name="b", low_hz=5.79e9, high_hz=5.81e9),))


def scanned():
    return msgspec.structs.replace(
        ruled({"id": "e", "rule": "emission_without_track"}, sensors=(RF,), zones=(PIER,)), radio=(SCAN,)
    )


def step(w: Watch, *rows: Any, seconds: float = 1.0, **more: Any) -> list[Any]:
    w.time += seconds
    return w.book.step(w.time, sky(w.time, *rows), [], **more)


def test_what_a_scan_heard_holds_until_it_has_listened_there_again():
    w = Watch(scanned())
    step(w, emissions=[LINK])
    step(w, listened=[THERE], seconds=0.0)
    for _ in range(40):  # it listens elsewhere: that is no silence
        step(w, listened=[ELSEWHERE])
    (a,) = w.book.open
    assert a.active
    step(w, emissions=[LINK])
    step(w, listened=[THERE], seconds=0.0)
    for _ in range(3):  # its words are told anew every two seconds
        step(w, listened=[ELSEWHERE])
    (a,) = w.book.open
    assert a.text == (
        "Video link WITHOUT A TRACK from an unknown direction of df: fm_video at 5800 MHz, 18 dB, for 41 s; nothing is tracked there, "
        "distance unknown."
    )
    step(w, listened=[THERE])  # listened, and nothing there
    for _ in range(12):
        step(w, listened=[ELSEWHERE])
    assert not any(a.active for a in w.book.open)


def test_a_held_contact_survives_a_restart_and_ends_when_a_track_explains_it():
    site = scanned()
    w = Watch(site)
    step(w, emissions=[LINK])
    w.book = AlertBook.restore(site, msgspec.msgpack.decode(msgspec.msgpack.encode(w.book.state())))
    for _ in range(15):
        step(w)
    assert [a.active for a in w.book.open] == [True]
    for _ in range(15):
        step(w, track(1, 3000, 100))
    assert not any(a.active for a in w.book.open)


def test_two_bands_of_one_radio_are_two_contacts():
    w = Watch(scanned())
    step(w, emissions=[LINK, EmissionLook("df", "lora_fhss", None, None, 868e6, 9.0, True)])
    assert sorted(a.text.split()[0] for a in w.book.open) == ["Control", "Video"]


def disturbed(**more: Any) -> DisturbanceLook:
    fields = {"sensor_id": "df", "kind": "floor", "band": "L1", "low_hz": 1570e6, "high_hz": 1580e6, "rise_db": 5.0, "since": 0.0}
    return DisturbanceLook(**{**fields, **more})


def test_interference_is_one_alert_a_band_and_high_where_satellites_are():
    w = Watch(ruled(sensors=(RF,), zones=(PIER,)))
    gps = disturbed(since=w.time, gnss=("GPS L1, Galileo E1",))
    for _ in range(3):
        step(
            w,
            disturbed=[
                gps,
                disturbed(kind="jam_noise", since=w.time),
                disturbed(band="868", low_hz=863e6, high_hz=870e6, since=w.time),
            ],
        )
    assert {(a.severity, a.rule, a.sensor_id) for a in w.book.open} == {
        ("high", "interference", "df"),
        ("medium", "interference", "df"),
    }
    assert len(w.book.all) == 2
    high = next(a for a in w.book.open if a.severity == "high")
    assert high.text.startswith(
        "SATELLITE NAVIGATION DISTURBED, GPS L1, Galileo E1: noise floor 5 dB over what is usual at this hour"
    )
    assert "3 dB over 5 MHz" in high.why
    assert high.bearing_deg is None
    for _ in range(12):
        step(w)
    assert not any(a.active for a in w.book.open)


def test_a_link_is_evidence_on_every_track_that_may_carry_it_and_silence_says_what_was_listened_to():
    w, links = Watch(scanned()), Links()
    pair = (track(1, 3000, 100), track(2, -500, 2000))
    step(w, *pair, emissions=[LINK], listened=[THERE], links=links)
    found = links.of_track(1, w.time)
    assert found["links"][0]["candidates"] == 2
    assert "any of 2 tracks" in found["words"]
    aimed = EmissionLook("df", "ofdm_video", 90.0, 2.0, 5.8e9)
    step(w, *pair, emissions=[aimed], links=links)
    assert "on its bearing" in links.of_track(1, w.time)["words"]
    assert {x["label"] for x in links.of_track(2, w.time)["links"]} == {"fm_video"}
    silent = Links()
    step(w, *pair, listened=[THERE, ELSEWHERE], links=silent)
    assert silent.of_track(1, w.time)["words"].startswith(
        "No link heard. Radios listened to 2 parts of the spectrum, each for 1% to 1%"
    )
    assert Links().of_track(1, w.time)["words"] == "No radio listens: nothing is known of its links."
