"""A station with a radio: a scripted rtl_tcp server (SIMULATED) in front, alerts, clips and the log behind."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from picket import site as sites
from picket.record import log
from picket.spectrum.recording import open_recording
from picket.station.run import Station, StationError
from picket.train.radio.server import Faults, OnAir, Server
from tests.station.live import PIER, running

VIDEO = OnAir("fm_video", 1256.5e6, 1259.5e6, 15.0)
CONTROL = OnAir("lora_fhss", 868.0e6, 869.6e6, 15.0)
RATE = 2.4e6


def radio_site(folder: Path, port: int, *, band=(868.0e6, 869.6e6), rules=("emission_without_track",), **radio) -> sites.Site:
    (folder / "pier.geojson").write_text(json.dumps(PIER))
    low, high = band
    return sites.parse(
        {
            "version": 1, "site": {"name": "Test pier", "lat_deg": 45.0, "lon_deg": -30.0},
            "sensor": [{"id": "sdr", "kind": "rf", "lat_deg": 45.0, "lon_deg": -30.0}],
            "radio": [{
                "sensor": "sdr", "source": f"rtl_tcp://127.0.0.1:{port}", "rate_hz": RATE, "gain_db": 30, "timeout_s": 30.0,
                "settle_s": 0.02, "band": [{"name": "868", "low_hz": low, "high_hz": high, "dwell_s": 0.3}], **radio,
            }],
            "zone": [{"id": "pier", "kind": "protected", "geometry": "pier.geojson"}],
            "rule": [{"id": r, "rule": r} for r in rules],
            "station": {"port": 0, "tick_s": 0.1, "origin": "exercise"},
        },
        folder=folder,
    )  # fmt: skip


def test_a_control_link_that_nothing_explains_is_told_with_its_level_and_for_how_long(tmp_path):
    with Server([CONTROL]) as server:
        server.prepare(868.8e6, RATE)
        with running(radio_site(tmp_path, server.port), tmp_path / "archive") as live:

            def told():
                return [a for a in live.get("/api/alerts")["alerts"] if "for " in a["text"]]

            (alert,) = live.until(told)
            assert alert["rule"] == "emission_without_track"
            told_as = r"Control link WITHOUT A TRACK from an unknown direction of sdr: lora_fhss at 86[89] MHz, 1\d dB, for \d+ s; nothing"
            assert re.match(told_as, alert["text"])
            assert (alert["bearing_deg"], alert["lat_deg"], alert["sensor_id"]) == (None, None, "sdr")

            rows = live.get("/api/detections")["detections"]
            assert {(r["kind"], r["classification"], r["origin"]) for r in rows} == {("rf", "lora_fhss", "exercise")}
            assert all("azimuth_deg" not in r or r["azimuth_deg"] is None for r in rows)

            state = live.get("/api/spectrum")
            (radio,) = state["radios"]
            assert state["simulated"]
            assert state["live"]
            assert radio["emitters"][0]["label"] == "lora_fhss"
            shown = live.get("/api/spectrum/rows", radio="sdr", band="868")
            assert shown["rows"]
            assert any(b["label"] == "lora_fhss" for b in shown["boxes"])
            hours = live.get("/api/spectrum/occupancy", radio="sdr", band="868")["hours"]
            assert sum(sum(h["occupied_s"]) for h in hours) > 0  # it may be the top of an hour

            end = shown["rows"][-1]["time"]
            wanted = {"radio": "sdr", "start": end - 0.2, "end": end, "hz": 868.8e6, "note": "whose?"}
            cut = live.http.post("/api/spectrum/clips", json=wanted).json()
            assert 0.1 < cut["seconds"] <= 0.21
            held = live.http.get(f"/api/spectrum/clips/{cut['name']}.sigmf-data").content
            assert len(held) == round(cut["seconds"] * RATE) * 2
            assert live.http.post("/api/spectrum/clips", json={**wanted, "start": end - 11}).status_code == 422
            assert live.http.post("/api/spectrum/clips", json={**wanted, "start": 5.0, "end": 6.0}).status_code == 410
            assert live.http.get("/api/spectrum/clips/..%2f..%2fstate.msgpack").status_code == 404
            health = live.get("/api/health")["radios"][0]
            assert health["state"] == "up"
            assert health["samples"] > RATE
    told_sets = {command for command, _ in server.commands}
    assert told_sets <= {1, 2, 3, 4, 5}  # frequency, rate, gain mode, gain, correction: a receiver's, and nothing else
    again = open_recording(str(tmp_path / "archive" / "spectrum" / "clips" / f"{cut['name']}.sigmf-meta"))
    assert (again.meta.rate_hz, again.meta.center_hz, again.meta.simulated) == (RATE, 868.8e6, True)
    audited = [r.payload for r in log.read(tmp_path / "archive") if r.kind == "audit" and "clip" in r.payload]
    assert [a["what"] for a in audited] == ["cut an IQ clip", "took an IQ clip"]
    assert (tmp_path / "archive" / "spectrum" / "sdr.json").is_file()  # occupancy and baseline, for the next start


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        (Faults(stall_after_s=0.3), "stalled"),
        (Faults(close_after_s=0.3), "closed"),
        (Faults(greeting=b"SSH-2.0-OpenSSH_9.2\r\n"), "no rtl_tcp"),
    ],
)
def test_a_server_that_fails_is_counted_said_and_asked_again(tmp_path, faults, words):
    with (
        Server([], faults=faults) as server,
        running(radio_site(tmp_path, server.port, timeout_s=0.3), tmp_path / "archive") as live,
    ):

        def failing():
            found = [p for p in live.get("/api/health")["problems"] if words in p]
            return found if live.get("/api/health")["radios"][0]["reconnects"] >= 2 else None

        assert "radio sdr" in live.until(failing)[0]


def test_a_radio_of_which_nothing_comes_is_a_silent_sensor_and_one_value_is_nothing(tmp_path):
    with (
        Server([], faults=Faults(constant=True)) as server,
        running(radio_site(tmp_path, server.port), tmp_path / "archive") as live,
    ):
        counted = live.until(lambda: live.get("/api/health")["radios"][0]["left_out"].get("constant"))
        assert counted > 0
        assert live.get("/api/sensors")["sensors"][0]["state"] == "never"  # samples of one value are no sign of life


def test_radios_and_played_recordings_are_not_mixed_and_scipy_is_asked_for(tmp_path, monkeypatch):
    (tmp_path / "r.jsonl").write_text('{"time": 1, "sensor_id": "x", "kind": "rf", "azimuth_deg": 3}\n')
    site = radio_site(tmp_path, 1)
    import msgspec

    played = msgspec.structs.replace(site.sensor[0], id="x", feed=f"table+file://{tmp_path / 'r.jsonl'}")
    with pytest.raises(StationError, match="not both at once"):
        Station(msgspec.structs.replace(site, sensor=(*site.sensor, played)), tmp_path / "a")


def test_clips_go_when_their_time_is_over(tmp_path):
    from picket.spectrum.radio.clips import Clip
    from picket.spectrum.sigmf import DATATYPES
    from picket.station.clips import ClipStore

    store = ClipStore(tmp_path / "clips")
    clip = Clip(np.zeros(64, np.uint8).tobytes(), 868e6, 1_700_000_000.0, 32)
    name = store.write(clip, "sdr", DATATYPES["cu8"], RATE, simulated=True, by="anna", note="")
    written = store.all()[0]["written"]
    assert store.erase_old({"sdr": 1.0}, written + 3500) == 0
    assert store.erase_old({"sdr": 1.0}, written + 3700) == 2
    with pytest.raises(ValueError, match="may have been erased"):
        store.path(f"{name}.sigmf-data")


def test_doctor_says_what_a_radio_cannot_see_and_what_is_missing(tmp_path, monkeypatch):
    from picket.station import doctor
    from picket.station.doctor import Check

    site = radio_site(tmp_path, 1, gain_db=None)
    words = [c.words for c in doctor._radios(site)]
    assert any("receives 24 to 1766 MHz only: cannot hear" in w and "analogue video, 5.8 GHz" in w for w in words)
    assert any("sets its own gain" in w for w in words)
    assert any("one band only" in w for w in words)
    assert words[0].startswith("rtl_tcp://127.0.0.1:1: cannot be reached now")
    monkeypatch.setattr("picket.spectrum.radio.soapy.installed", lambda: False)
    soapy = radio_site(tmp_path, 1, source="soapy://driver=hackrf")
    assert doctor._radios(soapy)[0].state == "problem"
    assert "python3-soapysdr" in doctor._radios(soapy)[0].words
    assert not any("has no feed" in w for w in doctor.blind_spots(site.sensor[0], radio=True))
    monkeypatch.setattr(doctor, "_installed", lambda name: name != "scipy")
    assert isinstance(doctor._radios(site)[0], Check)
    assert "picket[spectrum]" in doctor._radios(site)[0].words
