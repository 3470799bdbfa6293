"""DragonSync's JSON: messages that a kit's programs wrote, and round trips of our own encoder."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

import pytest
from dragonsync_messages import KIT_SAYS
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.feed import FORMATS
from picket.feed.format import Chunk, Decoded, Options
from picket.feed.recording import open_recording
from picket.feed.remoteid import dragonsync_encoder as encoder
from picket.feed.remoteid import dragonsync_shapes as shapes
from picket.feed.remoteid.dragonsync import FORMAT, sniff

NOON = 1_780_056_000.0  # a full hour
KIT = "wardragon-G6PA14100J63"
SERIAL = "1581F6N8A23B2ML3Y3KR"
ABOUT = "A0:B1:C2:D3:E4:F5"


def drone(**changes: Any) -> bytes:
    """A message of wardragon/drones about a Remote ID aircraft."""
    sent: dict[str, Any] = {
        "identity": SERIAL, "lat_deg": 33.75, "lon_deg": -118.2, "observed": NOON + 101, "time": NOON + 100.5, "transmitter": ABOUT,
        "transport": "bt5", "seen_by": KIT,
    }  # fmt: skip
    return encoder.encode_drone(**(sent | changes))


def changed(name: str, **changes: Any) -> bytes:
    """A recorded object with some fields changed; None takes a field away."""
    message = json.loads(KIT_SAYS[name]) | changes
    return json.dumps({k: v for k, v in message.items() if k not in changes or v is not None}).encode()


def decode(*payloads: bytes, link: str = "mqtt", received: float = NOON + 102, **options: Any) -> Decoded:
    """All payloads as one chunk, and what the decoder held back."""
    decoder = FORMAT.make(Options(**options))
    offsets = [sum(len(p) for p in payloads[:i]) if link == "stream" else i for i in range(len(payloads))]
    chunk = Chunk.of(payloads, [received] * len(payloads), offsets, source="test", link=link)
    return Decoded.join([decoder.decode(chunk), decoder.finish()])


def row(*payloads: bytes, **given_: Any) -> dict[str, Any]:
    (only,) = decode(*payloads, **given_).detections.rows()
    return only


# -- messages of the real programs -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["blocks", "drone"])
def test_remote_id_comes_out_with_all_its_values(name: str) -> None:
    """The same aircraft as the sniffer decoded it, and as DragonSync published that."""
    decoded = decode(KIT_SAYS[name].encode())
    (found,) = decoded.detections.rows()
    sigmas = found.pop("sigma_position_m"), found.pop("sigma_altitude_m"), found.pop("sigma_speed_mps")
    assert sigmas == pytest.approx((10 / 2.448, 3 / 1.96, 1 / 1.96))
    assert found == {
        "time": NOON + 100.5, "time_source": "sensor", "received": NOON + 102, "sensor_id": KIT if name == "drone" else "dragonsync",
        "kind": "remote_id", "report": "plot", "origin": "live", "lat_deg": 33.75, "lon_deg": -118.2, "alt_wgs84_m": 20.0,
        "alt_pressure_m": 95.5, "height_takeoff_m": 31.5, "speed_mps": 12.25, "course_deg": 270.0, "climb_mps": -1.5,
        "power_dbm": -72.0, "identity": SERIAL, "identity_kind": "serial", "transmitter": ABOUT,
        "classification": "helicopter_or_multirotor", "source": "test", "source_offset": 0,
    }  # fmt: skip
    (spoken,) = decoded.operators.rows()
    assert (spoken["lat_deg"], spoken["lon_deg"]) == (33.71, -118.1)
    assert (spoken["operator_id"], spoken["description"]) == ("FIN87astrdge12k8", "survey of the pier")
    assert (spoken["identity"], spoken["transmitter"]) == (SERIAL, ABOUT)
    if name == "blocks":  # DragonSync does not hand these on
        assert (spoken["alt_wgs84_m"], spoken["location_kind"], spoken["time"]) == (12.5, "live_gnss", NOON + 95)
    assert decoded.left_out == Counter()


@pytest.mark.parametrize("name", ["dji_blocks", "dji_drone"])
def test_dji_droneid_is_a_radio_detection_with_a_serial(name: str) -> None:
    decoded = decode(KIT_SAYS[name].encode())
    (found,) = decoded.detections.rows()
    assert (found["kind"], found["report"], found["classification"]) == ("rf", "plot", "DJI Mini 2 (O3)")
    assert (found["identity"], found["identity_kind"]) == ("F6Q8D244C00CL2KF", "serial")
    assert (found["lat_deg"], found["lon_deg"], found["alt_wgs84_m"]) == (33.75, -118.2, 20.0)
    assert (found["height_agl_m"], found["speed_mps"], found["climb_mps"]) == (31.5, 5.0, -1.5)
    assert (found["center_hz"], found["power_dbm"]) == (5756.5e6, -67.0)
    assert not {"course_deg", "transmitter", "transport", "sensor_lat_deg", "sigma_position_m"} & set(found)
    pilot, home = decoded.operators.rows()
    assert (pilot["lat_deg"], pilot["lon_deg"], pilot.get("location_kind")) == (33.71, -118.1, None)
    assert (home["lat_deg"], home["lon_deg"], home["location_kind"]) == (33.72, -118.15, "takeoff")
    assert {pilot["identity"], home["identity"]} == {"F6Q8D244C00CL2KF"}
    told = repr(found)
    assert not any(secret in told for secret in ("33.71", "33.72", "-118.1,", "-118.15"))


@pytest.mark.parametrize("name", ["alert_blocks", "alert_drone"])
def test_an_unread_dji_aircraft_is_not_at_the_kits_own_place(name: str) -> None:
    found = row(KIT_SAYS[name].encode())
    assert (found["kind"], found["classification"]) == ("rf", "DJI Encrypted (O4)")
    assert (found["sensor_lat_deg"], found["sensor_lon_deg"]) == (33.76, -118.21)
    assert found["sensor_track_id"] == "alert-15529374"
    assert not {"lat_deg", "lon_deg", "identity", "alt_wgs84_m", "speed_mps"} & set(found)


@pytest.mark.parametrize(("name", "track"), [("fpv_blocks", "fpv-alert-5800.000MHz"), ("signal", "fpv-alert-5800MHz")])
def test_a_signal_is_a_radio_detection_without_a_place_of_its_own(name: str, track: str) -> None:
    found = row(KIT_SAYS[name].encode())
    assert (found["kind"], found["classification"], found["sensor_track_id"]) == ("rf", "fpv", track)
    assert (found["center_hz"], found["bandwidth_hz"], found["power_dbm"]) == (5.8e9, 6e6, -71.5)
    assert (found["sensor_lat_deg"], found["sensor_lon_deg"]) == (33.76, -118.21)
    assert not {"lat_deg", "lon_deg", "identity"} & set(found)


def test_aircraft_are_adsb() -> None:
    decoded = decode(KIT_SAYS["aircraft"].encode())
    (found,) = decoded.detections.rows()
    assert (found["kind"], found["identity"], found["identity_kind"]) == ("adsb", "3C6444", "icao_address")
    assert (found["lat_deg"], found["lon_deg"], found["course_deg"]) == (33.7, -118.2, 90.5)
    assert found["speed_mps"] == pytest.approx(120 * 1852 / 3600)
    assert found["climb_mps"] == pytest.approx(-640 * 0.3048 / 60)
    assert (found["sigma_position_m"], found["sigma_speed_mps"]) == pytest.approx((30 / 2.448, 3 / 1.96))
    assert (found["time"], found["time_source"], found["sensor_id"]) == (NOON + 102, "receiver", KIT)
    assert decoded.left_out == Counter(unsure_altitude=1)
    assert not [name for name in found if name.startswith("alt_") or name == "power_dbm"]


@pytest.mark.parametrize(("name", "sent"), [("system", NOON + 50), ("monitor", NOON + 50.25)])
def test_a_kits_telemetry_is_a_heartbeat(name: str, sent: float) -> None:
    decoded = decode(KIT_SAYS[name].encode())
    (found,) = decoded.status.rows()
    assert (found["sensor_id"], found["event"], found["state"]) == (KIT, "heartbeat", "ok")
    assert (found["time"], found["time_source"]) == (sent, "receiver")
    assert found["detail"] == "at 33.76000 -118.21000, position from gpsd, cpu 12 %, temperature 51 C, up 3600 s"
    assert len(decoded.detections) == 0


@pytest.mark.parametrize(("fix", "source", "state"), [(False, "gpsd", "degraded"), (False, "static", "ok"), (True, "gpsd", "ok")])
def test_a_kit_without_a_fix_is_degraded_unless_its_place_was_entered(fix: bool, source: str, state: str) -> None:
    assert decode(changed("system", gps_fix=fix, time_source=source)).status.values("state") == [state]


def test_all_that_a_kit_says_in_one_file(tmp_path: Any) -> None:
    path = tmp_path / "wardragon.json"
    path.write_text("\n".join(KIT_SAYS.values()) + "\nonline\n")
    with open_recording(path) as recording:
        assert recording.format is FORMAT
        decoded = Decoded.join(list(recording))
    assert Counter(decoded.detections.values("kind")) == Counter(rf=6, remote_id=2, adsb=1)
    assert (len(decoded.status), len(decoded.operators)) == (2, 6)
    assert decoded.left_out == Counter(unsure_altitude=1, availability=1)


# -- what means unknown ---------------------------------------------------------------------------------------------------


def test_zeros_and_words_for_unknown_become_null() -> None:
    bare = drone(ua_type=0, time=math.nan)
    found = row(bare)
    unknown = ("alt_", "height_", "speed_", "course_", "climb_", "sigma_", "power_", "center_", "classification")
    assert not [name for name in found if name.startswith(unknown)]
    assert (found["time"], found["time_source"]) == (NOON + 101, "receiver")
    blocks = row(encoder.encode_blocks(identity=SERIAL, lat_deg=33.75, lon_deg=-118.2, transmitter=ABOUT))
    assert not [name for name in blocks if name.startswith(unknown[:6])]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("12.0 m/s", 12.0), (" -1.5 m", -1.5), ("33.7500000", 33.75), (7, 7.0), ("1e3 Hz", 1000.0), ("Unknown", None),
        ("Undefined", None), ("", None), (None, None), (True, None), ([1], None), ({"a": 1}, None), (10**30, None), ("1e999", None),
        ("N/A", None), ("nan", None), ("inf", None),
    ],
)  # fmt: skip
def test_numbers_come_in_many_writings(value: Any, expected: float | None) -> None:
    found = shapes.number(value)
    assert math.isnan(found) if expected is None else found == expected


@pytest.mark.parametrize(
    ("words", "bound"),
    [
        ("<3 m", 3.0), ("< 3 m", 3.0), ("<1m", 1.0), ("<18.52 km (10 NM)", 18520.0), ("<92.6 m (0.05 NM)", 92.6), ("<0.3 m/s", 0.3),
        (">=150 m or Unknown", None), ("Reserved", None), ("", None), (3.0, None),
    ],
)  # fmt: skip
def test_accuracies_are_read_from_their_words(words: Any, bound: float | None) -> None:
    found = shapes.bound(words)
    assert math.isnan(found) if bound is None else found == pytest.approx(bound)


@pytest.mark.parametrize(
    ("words", "second"),
    [
        ("1 min 40.5 s", 100.5), ("0 min 0.0 s", 0.0), ("59 min 59.9 s", 3599.9), ("1.0 h 0 min 0.0 s", 0.0),
        ("12.5 seconds past the hour", 12.5), ("Unknown", None), (1234, None), ("", None),
    ],
)  # fmt: skip
def test_the_time_in_the_hour_is_read_from_its_words(words: Any, second: float | None) -> None:
    found = shapes.second(words)
    assert math.isnan(found) if second is None else found == pytest.approx(second)


def test_remote_ids_unknown_direction_is_not_181_degrees() -> None:
    assert "course_deg" not in row(changed("drone", direction=181.0, ew_dir="East"))
    assert "course_deg" not in row(changed("drone", direction=361.0, ew_dir="West"))
    assert row(changed("drone", direction=181.0, ew_dir="West"))["course_deg"] == 181.0


def test_values_beyond_remote_ids_ranges_are_unknown() -> None:
    found = row(changed("drone", alt=65531.0, vspeed=63.0, speed=400.0, height=1e6, rssi=15.0))
    assert not {"alt_wgs84_m", "climb_mps", "speed_mps", "height_takeoff_m", "power_dbm"} & set(found)


def test_heights_go_to_the_column_of_their_reference() -> None:
    assert row(drone(height_takeoff_m=30.0))["height_takeoff_m"] == 30.0
    above_ground = row(drone(height_agl_m=31.5))
    assert above_ground["height_agl_m"] == 31.5
    assert "height_takeoff_m" not in above_ground


@pytest.mark.parametrize(
    ("transport", "word"),
    [("WiFi-Beacon", "wifi_beacon"), ("WiFi-NAN", "wifi_nan"), ("BT5-LR-Extended", "bt5"), ("ISM-FHSS", None), (5, None)],
)
def test_transports_are_translated(transport: Any, word: str | None) -> None:
    assert row(changed("drone", transport=transport)).get("transport") == word


@pytest.mark.parametrize(("freq", "hz"), [(2437.0, 2.437e9), (2437000000.0, 2.437e9), (0.0, None), (None, None), (-5, None)])
def test_frequencies_come_in_hz_and_in_mhz(freq: Any, hz: float | None) -> None:
    message = json.loads(KIT_SAYS["drone"]) | {"freq": freq, "freq_mhz": None}
    assert row(json.dumps(message).encode()).get("center_hz") == hz


@pytest.mark.parametrize(
    ("changes", "bad"),
    [({"lat": 0.0, "lon": 0.0}, 0), ({"lat": None}, 0), ({"lon": "Unknown"}, 0), ({"lat": 91.0}, 1), ({"lon": "1e9"}, 1)],
)
def test_an_aircraft_without_a_position_is_heard_all_the_same(changes: dict[str, Any], bad: int) -> None:
    decoded = decode(changed("drone", **changes))
    assert decoded.detections.n == 1
    assert decoded.detections.values("lat_deg") == [None]
    assert decoded.left_out == (Counter(bad_position=1) if bad else Counter())


# -- who it is --------------------------------------------------------------------------------------------------------------


def test_a_registration_stands_in_for_a_missing_serial_and_gives_way_to_one() -> None:
    found = row(changed("drone", id="drone-", caa_id="FA12345"))
    assert (found["identity"], found["identity_kind"]) == ("FA12345", "registration")
    both = [
        {"Basic ID": {"id_type": "CAA Assigned Registration ID", "id": "FA12345", "MAC": ABOUT}},
        {"Basic ID": {"id_type": "Serial Number (ANSI/CTA-2063-A)", "id": SERIAL, "MAC": ABOUT, "ua_type": "Glider"}},
        {"Location/Vector Message": {"latitude": 1.0, "longitude": 2.0}},
    ]
    found = row(json.dumps(both).encode())
    assert (found["identity"], found["identity_kind"], found["classification"]) == (SERIAL, "serial", "glider")


def test_an_id_made_of_the_radio_address_is_no_identity() -> None:
    found = row(changed("drone", id="drone-A0B1C2D3E4F5"))
    assert "identity" not in found
    assert found["transmitter"] == ABOUT


@pytest.mark.parametrize("identity", ["x" * 21, "Möwe", "\u0001abc"])
def test_an_identity_that_no_aircraft_can_send_is_counted(identity: str) -> None:
    decoded = decode(changed("drone", id=f"drone-{identity}"))
    assert decoded.left_out == Counter(bad_identity=1)
    assert decoded.detections.values("identity") == [None]


def test_blocks_without_an_identity_take_the_last_of_their_address() -> None:
    lone = [{"Location/Vector Message": {"latitude": 1.0, "longitude": 2.0}, "MAC": ABOUT}]
    named = [{"Basic ID": {"id_type": "Serial Number (ANSI/CTA-2063-A)", "id": SERIAL, "MAC": ABOUT}}]
    decoded = decode(*(json.dumps(m).encode() for m in (lone, named, lone)))
    assert decoded.detections.values("identity") == [None, SERIAL]
    assert decoded.left_out == Counter(identity_only=1)


def test_the_accuracy_is_that_of_the_height_that_is_given() -> None:
    words = {"vertical_accuracy": "<10 m", "baro_accuracy": "<3 m"}
    assert row(changed("drone", alt=60.0, pressure_altitude=90.0, **words))["sigma_altitude_m"] == pytest.approx(10 / 1.96)
    assert row(changed("drone", alt=0.0, pressure_altitude=90.0, **words))["sigma_altitude_m"] == pytest.approx(3 / 1.96)
    assert "sigma_altitude_m" not in row(changed("drone", alt=0.0, pressure_altitude=0.0, height=30.0, **words))


def test_a_value_of_no_sensible_size_is_not_parsed() -> None:
    large = b'{"id": "drone-A", "x": [' + b"[]," * 40_000 + b"0]}"
    decoded = decode(large, drone())
    assert (decoded.left_out, len(decoded.detections)) == (Counter(oversized=1), 1)


def test_the_dictionary_of_an_esp32_is_read_too() -> None:
    message = {
        "index": 42, "runtime": 12345, "AUX_ADV_IND": {"rssi": -68}, "aext": {"AdvA": f"{ABOUT} random"},
        "Basic ID": {"id_type": "Serial Number (ANSI/CTA-2063-A)", "id": SERIAL, "ua_type": 2},
        "Location/Vector Message": {"latitude": 33.75, "longitude": -118.2, "height_agl": 75.0, "speed": 10.0},
        "System Message": {"operator_lat": 33.71, "operator_lon": -118.1},
    }  # fmt: skip
    decoded = decode(json.dumps(message).encode())
    (found,) = decoded.detections.rows()
    assert (found["identity"], found["transmitter"], found["power_dbm"]) == (SERIAL, ABOUT, -68.0)
    assert (found["speed_mps"], found["height_agl_m"]) == (10.0, 75.0)
    assert decoded.operators.values("lat_deg") == [33.71]


def test_a_telemetry_link_on_the_drone_topic_has_no_sure_place() -> None:
    decoded = decode(changed("dji_drone", id="drone-900FHSS-NETID-25", transport="gfsk_fhss", freq_mhz=915.0))
    (found,) = decoded.detections.rows()
    assert (found["kind"], found["sensor_track_id"]) == ("rf", "900FHSS-NETID-25")
    assert (found["classification"], found["center_hz"]) == ("gfsk_fhss", 915e6)
    assert not {"lat_deg", "identity"} & set(found)
    assert decoded.left_out == Counter(unsure_position=1)


def test_a_link_of_a_kind_not_known_yet_is_not_taken_for_remote_id() -> None:
    found = row(changed("dji_drone", id="drone-ELRS-77", transport="LoRa-FHSS"))
    assert (found["kind"], found["sensor_track_id"], found["classification"]) == ("rf", "ELRS-77", "LoRa-FHSS")
    assert "lat_deg" not in found


def test_only_telemetry_with_a_checksum_places_a_signal() -> None:
    sure = row(changed("signal", source="sik_reasm"))
    assert (sure["lat_deg"], sure["lon_deg"]) == (33.76, -118.21)
    assert "sensor_lat_deg" not in sure
    for source in ("sik_position_hint", "sik_alive_no_gps", "confirm", None):
        assert "lat_deg" not in row(changed("signal", source=source))


def test_energy_in_a_band_is_no_detection() -> None:
    for name in ("signal", "fpv_blocks"):
        sent = KIT_SAYS[name].replace('"source":"confirm"', '"source":"energy"').encode()
        assert decode(sent).left_out == Counter(unconfirmed=1)


# -- repeats ------------------------------------------------------------------------------------------------------------------


def test_what_a_kit_repeats_is_one_measurement() -> None:
    again = changed("drone", pilot_alt=0.0)  # as it is sent again with the pilot's place
    decoded = decode(
        drone(), drone(), again.replace(b"56101.0", b"56101.5"), drone(observed=NOON + 102), drone(seen_by="wardragon-2")
    )
    assert len(decoded.detections) == 4
    assert decoded.left_out == Counter(repeated=1)
    aircraft = KIT_SAYS["aircraft"].encode()
    assert decode(aircraft, aircraft).left_out == Counter(unsure_altitude=1, repeated=1)
    assert len(decode(aircraft, changed("aircraft", lat=33.8)).detections) == 2
    assert decode(KIT_SAYS["signal"].encode(), KIT_SAYS["signal"].encode()).left_out == Counter(repeated=1)


def test_ten_thousand_aircraft_do_not_make_the_decoder_grow() -> None:
    decoder = FORMAT.make(Options())
    for i in range(0, 10_000, 1000):
        sent = [drone(identity=f"FAKE{n:06d}") for n in range(i, i + 1000)]
        decoded = decoder.decode(Chunk.of(sent, [NOON] * 1000, range(1000), source="test", link="mqtt"))
        assert len(decoded.detections) == 1000
    assert len(decoder._last) <= 2048  # type: ignore[attr-defined]


# -- privacy ------------------------------------------------------------------------------------------------------------------


def test_the_operators_words_are_never_a_classification() -> None:
    for secret in ("call 555-0100 in trouble", "DJI of Jane Doe", "Jane Doe (alert)"):
        _never_a_classification(secret)


def _never_a_classification(secret: str) -> None:
    for sent in (drone(description=secret), changed("dji_drone", description=secret), changed("alert_drone", description=secret)):
        assert secret not in repr(list(decode(sent).detections.rows()))
    (spoken,) = decode(drone(description=secret)).operators.rows()
    assert spoken["description"] == secret
    blocks = json.loads(KIT_SAYS["dji_blocks"])
    blocks[0]["Basic ID"]["description"] = None
    blocks[2]["Self-ID Message"]["text"] = secret
    assert row(json.dumps(blocks).encode())["classification"] == "DJI DroneID"


def test_of_devices_without_remote_id_nothing_is_kept() -> None:
    bystander = "DE:AD:BE:EF:00:01"
    sent = [
        json.dumps([{"MAC": bystander, "RSSI": -40}]), json.dumps({"AUX_ADV_IND": {"aa": 1, "rssi": -40}, "AdvData": "0201"}),
        json.dumps({"DroneID": {bystander: {"AdvData": "00"}}}),
        json.dumps({"latitude": 33.7, "longitude": -118.1, "gps_accuracy": 0.0}), json.dumps({"Health": {"healthy": True}}), "offline",
    ]  # fmt: skip
    decoded = decode(*(s.encode() for s in sent))
    assert len(decoded.detections) + len(decoded.operators) + len(decoded.status) == 0
    assert decoded.left_out == Counter(
        no_remote_id=1, raw_advertisement=2, operator_attributes=1, receiver_health=1, availability=1
    )  # fmt: skip


# -- JSON in all its forms ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("link", ["stream", "mqtt", "udp"])
def test_all_ways_of_writing_messages(link: str) -> None:
    one, two = drone().strip(), drone(identity='odd "{[\\').strip()
    blocks = KIT_SAYS["blocks"].encode()
    pretty, wide = json.dumps(json.loads(two), indent=4).encode(), json.dumps(json.loads(blocks), indent=2).encode()
    for written in (
        one + two + blocks,
        one + b"\n" + two + b"\n" + blocks + b"\n",
        b"[" + one + b", " + two + b"]" + blocks,
        pretty + one + wide,
        b"[\n" + pretty + b",\n" + one + b"\n]\n" + wide,
    ):
        decoded = decode(written, link=link)
        assert sorted(decoded.detections.values("identity")) == [SERIAL, SERIAL, 'odd "{[\\']
        assert decoded.left_out == Counter()


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b'{"id": "x\n', "malformed"), (b"hello there\n", "malformed"), (b'{"Basic ID": 5}\n', "malformed"), (b"{}\n", "unknown_message"),
        (b"[]\n", "unknown_message"), (b"[5]\n", "malformed"), (b"[null]\n", "unknown_message"), (b'{"a": \xff\xfe}\n', "malformed"),
        (b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}\n", "malformed"), (b"]\n", "malformed"), (b"not_home\n", "availability"),
        (b'[{"Authentication Message": {"page": 0}}]\n', "unknown_message"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("link", ["stream", "udp"])
def test_a_bad_message_is_counted_and_the_next_is_read(bad: bytes, reason: str, link: str) -> None:
    decoded = decode(drone(), bad, drone(observed=NOON + 102), link=link)
    assert len(decoded.detections) == 2
    assert decoded.left_out == Counter({reason: 1})


def test_a_sender_that_wants_too_much_is_cut_short() -> None:
    many = decode(drone().strip() * 300)
    assert many.left_out == Counter(repeated=255, oversized=1)
    assert decode(b"[" + b"{}," * 80000 + b"{}]").left_out == Counter(oversized=1)
    assert len(decode(*[drone(observed=NOON + i / 10) for i in range(300)]).detections) == 300
    stream = b"".join(drone(observed=NOON + i / 10) for i in range(300))
    assert len(decode(stream, link="stream").detections) == 300


def test_half_a_surrogate_in_a_text_is_no_word() -> None:
    sent = changed("drone", operator_id="SURROGATE").replace(b"SURROGATE", b"a\\ud800b")
    decoded = decode(sent)
    assert decoded.left_out or decoded.operators.values("operator_id") == ["a\ufffdb"]


def test_numbers_that_json_does_not_have_are_unknown() -> None:
    sent = KIT_SAYS["drone"].replace('"speed":12.25', '"speed":NaN').replace('"alt":20.0', '"alt":-Infinity').encode()
    found = row(sent)
    assert not {"speed_mps", "alt_wgs84_m"} & set(found)
    assert found["climb_mps"] == -1.5


def test_a_message_cut_short_does_not_take_the_next_line_with_it() -> None:
    for sent in (drone(), KIT_SAYS["blocks"].encode() + b"\n"):
        for cut in (20, 60, 400, len(sent) - 4):
            decoded = decode(sent[:cut] + b"\n", drone(), KIT_SAYS["blocks"].encode() + b"\n", link="stream")
            assert len(decoded.detections) == 2, cut
            assert sum(decoded.left_out.values()) == 1


def test_an_endless_value_is_dropped_and_counted() -> None:
    decoder = FORMAT.make(Options())
    total: Counter[str] = Counter()
    for part in (b'{"a": "' + b"x" * (1 << 17), b"x" * (1 << 18), b'"}\n' + drone()):
        decoded = decoder.decode(Chunk.one(part))
        total.update(decoded.left_out)
    assert total["oversized"] == 1
    assert len(decoded.detections) == 1


def test_rows_carry_sensor_origin_and_place_in_the_source() -> None:
    decoded = decode(drone(), drone(seen_by=None), origin="exercise", sensor_id="as-configured", link="stream")
    found = list(decoded.detections.rows())
    assert [r["sensor_id"] for r in found] == [KIT, "as-configured"]
    assert [r["source_offset"] for r in found] == [0, len(drone())]
    assert {r["origin"] for r in found} == {"exercise"}


def test_a_recording_without_dates_takes_the_kits_clock() -> None:
    found = row(drone(time=math.nan), received=math.nan, link="stream")
    assert (found["received"], found["time"], found["time_source"]) == (NOON + 101, NOON + 101, "receiver")
    late = row(drone(time=NOON + 3599.9, observed=NOON + 3600.3), received=math.nan)
    assert (late["time"], late["time_source"]) == (NOON + 3599.9, "sensor")


# -- anything -------------------------------------------------------------------------------------------------------------------


@given(
    st.floats(-90, 90), st.floats(-180, 180), st.floats(-999, 31767), st.floats(0.01, 254), st.floats(0.01, 359.99),
    st.floats(-62, 62), st.floats(NOON, NOON + 7000), st.sampled_from(["bt4", "bt5", "wifi_beacon", "wifi_nan"]),
)  # fmt: skip
def test_a_drone_comes_back(
    lat: float, lon: float, alt: float, speed: float, course: float, climb: float, moment: float, transport: str
) -> None:
    sent = drone(
        lat_deg=lat, lon_deg=lon, alt_wgs84_m=alt, speed_mps=speed, course_deg=course, climb_mps=climb, time=moment,
        observed=moment + 0.3, transport=transport, within_m=3.0, within_vertical_m=10.0, within_mps=0.3, power_dbm=-70.0,
    )  # fmt: skip
    if lat == 0 and lon == 0:
        assert decode(sent).detections.values("lat_deg") == [None]
        return
    found = row(sent, received=moment + 0.5)
    assert (found["lat_deg"], found["lon_deg"], found["speed_mps"]) == (lat, lon, speed)
    assert found.get("alt_wgs84_m", 0.0) == alt
    assert found.get("climb_mps", 0.0) == climb
    assert course == 181 or found["course_deg"] == course
    assert found["time"] == pytest.approx(moment, abs=0.051)
    assert (found["transport"], found["identity"], found["power_dbm"]) == (transport, SERIAL, -70.0)
    assert (found["sigma_position_m"], found["sigma_speed_mps"]) == pytest.approx((3 / 2.448, 0.3 / 1.96))
    assert found.get("sigma_altitude_m") == (pytest.approx(10 / 1.96) if alt else None), "an unknown height has no accuracy"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(KIT_SAYS)), st.data())
def test_no_value_in_any_field_makes_it_raise_or_go_unnoticed(name: str, data: st.DataObject) -> None:
    message = json.loads(KIT_SAYS[name])
    target = data.draw(st.sampled_from([message] if isinstance(message, dict) else message))
    while True:
        key = data.draw(st.sampled_from(sorted(target)))
        if not isinstance(target[key], dict) or data.draw(st.booleans()):
            break
        target = target[key]
    target[key] = data.draw(_JSON)
    decoded = decode(json.dumps(message).encode())
    assert len(decoded.detections) + len(decoded.operators) + len(decoded.status) or decoded.left_out


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(sent: bytes) -> None:
    decode(sent, link="stream")
    decode(sent)


def test_each_message_is_recognised_and_by_no_other_format() -> None:
    for name, sent in KIT_SAYS.items():
        assert [f.name for f in FORMATS if f.sniff(sent.encode())] == ["dragonsync"], name
    assert not sniff(b'{"time": 5, "sensor_id": "x", "lat_deg": 1, "lon_deg": 2}')
    assert not sniff(b'{"data": {"sensor ID": "x", "UASdata": ""}}')
    assert not sniff(b'{"now": 1.0, "messages": 5, "aircraft": [{"hex": "3c6444", "lat": 1.0, "lon": 2.0, "seen_pos": 1.0}]}')
    assert not sniff(b"")
