"""SAPIENT: bytes of the standard's own schema, what becomes of each message, places and units, answers, damaged streams."""

from __future__ import annotations

import math
import random
import struct
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picket.feed.format import Chunk, Decoded, Options
from picket.feed.sapient import FORMAT, schema, utm
from picket.feed.sapient import encoder as e
from picket.feed.sapient.decoder import MOST_NODES, SapientDecoder
from picket.feed.sapient.framing import LONGEST, Framer
from picket.feed.sapient.nodes import error_scale
from picket.feed.sapient.schema import sapient_message

NODE = "8cb1d098-74ba-4ddc-ab37-6bfbca14d582"
T0 = 1_780_056_000.25
PLACE = {"x": -118.2, "y": 33.75, "z": 20.0}

# Made with the code that protoc generates from the standard's own files (sapient_msg/bsi_flex_335_v2_0), for messages of our invention.
REGISTRATION = bytes.fromhex(
    "080100000a0b08c0ffe5d0061080e59a77122438636231643039382d373462612d346464632d616233372d36626662636131346435383222d2010a0b"
    "080212074b752062616e64121142534920466c6578203333352076322e301a11506572696d65746572207261646172203122035052312a1f0a055261"
    "646172120d4d6178696d756d2072616e67651a043530303022016d32090a0708041d0000a0403a5a0a0c7375727665696c6c616e6365100322070804"
    "1d0000803f3002380352370a0408011801320822040802100130013a250a0732207369676d611207646567726565731a114c696e6561722077697468"
    "2052616e67655a02080152100a054d616b65721203522d391a023737"
)
STATUS = bytes.fromhex(
    "c30000000a0b08c0ffe5d0061080e59a77122438636231643039382d373462612d346464632d616233372d366266626361313464353832328d010a1a"
    "30314850454d303334354d32463350484d42314e584e314d4847100218012a0c7375727665696c6c616e636532061840200428013a1f09be9f1a2fdd"
    "8c5dc011e3a59bc420e040401900000000000037c0380140015a1108031a0b7365612073746174652035200562210a1f110000000000000000190000"
    "00000088b34021000000000080764058016001"
)
LOCATED = bytes.fromhex(
    "990100000a0b08c0ffe5d0061080e59a77122438636231643039382d373462612d346464632d616233372d3662666263613134643538323ae3020a1a"
    "30314850454b42584a534d52424d38453332535459384d525835121a30314850454b42584a534236575935395a5a3247483451463736323a095c8fc2"
    "f5288c5dc011e17a14ae47e14040190000000000e05740212d431cebe2362a3f292d431cebe2362a3f310000000000002240380140023d0000603f52"
    "0b0a035243531204302e303252160a0c4943414f206164647265737312066131623263335a450a0b4169722056656869636c65150000403f1a170a0e"
    "5541562046697865642057696e67150000803e18011a180a0f55415620526f746172792057696e67150000003f18015a0b0a0442697264150000003e"
    "62100a094c6f69746572696e67150000003f6a1c0a05696d6167651213687474703a2f2f63616d6572612f312e6a70679a012d0900000000000042c0"
    "11000000000000424019000000000000f8bf21cdcccccccccc1c4029cdcccccccccc1c40b20105626c61636bba01064e3132334142"
)
BEARING = bytes.fromhex(
    "c20000000a0b08c0ffe5d0061080e59a77122438636231643039382d373462612d346464632d616233372d3662666263613134643538323a8c010a1a"
    "30314850454b42584a534d52424d38453332535459384d525836121a30314850454b42584a534236575935395a5a324748345146373722046c6f7374"
    "2a31099a9999999999a93f11000000000000e0bf19000000000000f43f297b14ae47e17a943f317b14ae47e17a943f3804400172190d00008fc21500"
    "b017451d005018452500f018452d6f12833a"
)
TASK = bytes.fromhex(
    "920000000a0b08c0ffe5d0061080e59a77122438636231643039382d373462612d346464632d616233372d3662666263613134643538321a24366233"
    "66663066662d356130652d346431622d396333392d36613163326131636532623442370a1a30314850454b42584a534e595633365132465957505244"
    "4d434a12046c6f6f6b30014211320f0a0d11000000000080564058016001"
)
ALERT = bytes.fromhex(
    "6a0000000a0b08c0ffe5d0061080e59a77122438636231643039382d373462612d346464632d616233372d36626662636131346435383252350a1a30"
    "314850454d303334354d32463350484d42314e584e314d4847100318012211554156206f7665722074686520706965724003"
)


def decode(*frames: bytes, received: float = T0 + 1, decoder: SapientDecoder | None = None) -> Decoded:
    decoder = decoder or SapientDecoder(Options())
    return Decoded.join([decoder.decode(Chunk.one(b"".join(frames), received=received, source="x")), decoder.finish()])


def detections(*frames: bytes) -> list[dict[str, Any]]:
    found = decode(*frames)
    assert not found.left_out
    return list(found.detections.rows())


def located(**more: Any) -> bytes:
    """A detection at PLACE, with other values of its location or of the report."""
    inside = {
        k: more.pop(k) for k in list(more) if k in {"x", "y", "z", "x_error", "y_error", "z_error", "units", "datum", "utm_zone"}
    }
    return e.encode_detection(node_id=NODE, time=T0, location={**PLACE, **inside}, **more)


def bearing(**more: Any) -> bytes:
    return e.encode_detection(node_id=NODE, time=T0, range_bearing={"azimuth": 30.0, "elevation": 5.0, "range": 900.0, **more})


def register(**more: Any) -> bytes:
    return e.encode_registration(node_id=NODE, time=T0, **more)


def answers(reply: bytes) -> list[Any]:
    found = []
    while reply:
        (size,) = struct.unpack_from("<I", reply)
        found.append(sapient_message().FromString(reply[4 : 4 + size]))
        reply = reply[4 + size :]
    return found


# -- against the standard's own schema -------------------------------------------------------------------------------------------
def test_a_radars_messages_by_the_standards_own_code() -> None:
    found = decode(REGISTRATION, STATUS, LOCATED, BEARING, ALERT)
    assert not found.left_out
    one, two = found.detections.rows()
    first = {
        "time": T0, "time_source": "sensor", "received": T0 + 1, "sensor_id": NODE, "kind": "radar", "report": "track", "origin": "live",
        "lat_deg": 33.76, "lon_deg": -118.19, "alt_msl_m": 95.5, "speed_mps": math.hypot(10, 10), "course_deg": 315.0, "climb_mps": -1.5,
        "sigma_altitude_m": 4.5, "identity": "A1B2C3", "identity_kind": "icao_address",
        "sensor_track_id": "01HPEKBXJSB6WY59ZZ2GH4QF76", "classification": "Air Vehicle/UAV Rotary Wing", "source": "x",
        "source_offset": len(REGISTRATION) + len(STATUS),
    }  # fmt: skip
    assert {k: one.pop(k) for k in first} == pytest.approx(first)
    # 2 sigma of 0.0002 deg: 11.1 m north, times cos(latitude) 9.2 m east; 2 sigma of 7.2 km/h is 1 m/s.
    assert one.pop("sigma_position_m") == pytest.approx(math.sqrt((11.12**2 + 9.244**2) / 2), rel=1e-3)
    assert one.pop("sigma_speed_mps") == pytest.approx(1.0)
    assert one == {}
    assert (two["report"], two["range_m"], two["sigma_range_m"]) == ("status", 1250.0, 10.0)
    assert two["azimuth_deg"] == pytest.approx(360 - math.degrees(0.5))
    assert two["elevation_deg"] == pytest.approx(math.degrees(0.05))
    assert two["sigma_azimuth_deg"] == pytest.approx(math.degrees(0.01))
    assert (two["center_hz"], two["bandwidth_hz"]) == (2437.0, 20.0)  # the registration names no unit: hertz
    assert "power_dbm" not in two  # nor what an amplitude is in: unknown, not guessed
    assert "lat_deg" not in two
    assert "sensor_lat_deg" not in two  # a node that does not move: its place is the site file's
    rows = [(r["event"], r.get("state"), r["detail"]) for r in found.status.rows()]
    assert rows == [
        ("status", None, "registered: radar, PR1; BSI Flex 335 v2.0"),
        ("status", "degraded", "warning; mode surveillance; power external battery ok 64 %; clutter: sea state 5"),
        ("status", None, "alert critical active: UAV over the pier"),
    ]


def test_a_task_by_the_standards_own_code_is_refused_logged_and_counted() -> None:
    found = decode(TASK)
    assert found.left_out == {"task_refused": 1}
    assert found.detections.n == 0
    (row,) = found.status.rows()
    assert (row["event"], row["detail"], row["sensor_id"]) == ("status", "task refused: start/look_at", NODE)
    (ack,) = answers(found.reply)
    assert (ack.node_id, ack.destination_id, ack.timestamp.seconds) == (e.PARENT_ID, NODE, int(T0 + 1))
    assert ack.task_ack.task_id == "01HPEKBXJSNYV36Q2FYWPRDMCJ"
    assert schema.word("TaskStatus", ack.task_ack.task_status) == "rejected"
    assert list(ack.task_ack.reason) == ["this node senses and informs: it takes no tasks"]


@pytest.mark.parametrize(("command", "value"), [
    ("request", "engage"), ("mode_change", "jam"), ("detection_threshold", 1), ("move_to", None), ("patrol", None), ("follow", None),
])  # fmt: skip
@pytest.mark.parametrize("control", ["unspecified", "start", "stop", "pause", "default"])
def test_every_task_is_refused(command: str, value: Any, control: str) -> None:
    task = e.encode_task(node_id=NODE, time=T0, task_id="T", control=control, command=command, value=value)
    found = decode(task)
    assert found.left_out == {"task_refused": 1}
    assert [a.task_ack.task_status for a in answers(found.reply)] == [2]
    assert found.status.values("detail") == [f"task refused: {control}/{command}"]


def test_no_task_is_ever_sent() -> None:
    """Whatever comes, the answers hold acknowledgements only."""
    found = decode(REGISTRATION, STATUS, LOCATED, TASK, ALERT, e.encode_error(node_id=NODE, time=T0, words=["no"]))
    assert {a.WhichOneof("content") for a in answers(found.reply)} == {"registration_ack", "task_ack"}


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_an_absent_number_is_unknown_and_a_present_one_is_kept(data: st.DataObject) -> None:
    values = data.draw(st.dictionaries(st.sampled_from(["z", "x_error", "y_error", "z_error"]), st.floats(0.0, 1e6)))
    message = sapient_message()(node_id=NODE)
    for name, value in values.items():
        setattr(message.detection_report.location, name, value)
    again = sapient_message().FromString(message.SerializeToString()).detection_report.location
    for name in ("z", "x_error", "y_error", "z_error"):
        assert again.HasField(name) == (name in values)
        assert (getattr(again, name) == values[name]) if name in values else math.isnan(getattr(again, name))


def test_fields_that_the_table_lacks_are_stepped_over() -> None:
    """Field 13 of the message (additional_information) and a field of a later edition."""
    body = LOCATED[4:] + b"\x6a\x05hello" + b"\xfa\x3f\x03new"
    (row,) = detections(struct.pack("<I", len(body)) + body)
    assert row["lat_deg"] == 33.76


def test_nodes_of_edition_1_are_read() -> None:
    """Edition 1.0 wrote a status's type and an error's message as text, in fields that 2.0 reserves."""
    message = sapient_message()(node_id=NODE)
    message.status_report.status.add(status_text="Weather", status_value="Raining", status_level=4)
    complaint = sapient_message()(node_id=NODE)
    complaint.error.error_text = "no such mode"
    found = decode(e.frame(message), e.frame(complaint))
    assert [(r.get("state"), r["detail"]) for r in found.status.rows()] == [
        ("failed", "Weather: Raining"), (None, "error: no such mode"),
    ]  # fmt: skip


# -- registration and status -----------------------------------------------------------------------------------------------------
def test_a_registration_is_acknowledged_and_says_what_the_node_is() -> None:
    found = decode(register(node_type="passive_rf", short_name="RF 2"), located())
    (ack,) = answers(found.reply)
    assert ack.registration_ack.acceptance is True
    assert (ack.node_id, ack.destination_id) == (e.PARENT_ID, NODE)
    (row,) = found.status.rows()
    assert row["detail"] == "registered: passive rf, RF 2; BSI Flex 335 v2.0"
    assert found.detections.values("kind") == ["rf"]


@pytest.mark.parametrize(("types", "kind"), [
    ("radar", "radar"), ("camera", "camera"), ("lidar", "camera"), ("acoustic", "acoustic"), ("seismic", "acoustic"),
    ("passive_rf", "rf"), ("human", "visual"), ("fusion_node", "system"), ("chemical", "system"), ("other", "system"),
    (("mobile_node", "camera"), "camera"), (("radar", "fusion_node"), "system"), (("jammer", "radar"), "radar"), ("unspecified", None),
])  # fmt: skip
def test_the_kind_is_that_of_the_node(types: Any, kind: str | None) -> None:
    assert decode(register(node_type=types), located()).detections.values("kind") == [kind]


def test_before_the_registration_the_kind_is_left_to_the_site_file() -> None:
    assert decode(located()).detections.values("kind") == [None]


@pytest.mark.parametrize(("node_type", "tracking", "report", "track_id"), [
    ("radar", "none", "plot", False), ("radar", "unspecified", "plot", True), ("radar", "tracklet", "track", True),
    ("radar", "track", "track", True), ("camera", "track_with_re_id", "track", True), ("fusion_node", "none", "track", True),
])  # fmt: skip
def test_reports_of_trackers_are_tracks(node_type: str, tracking: str, report: str, track_id: bool) -> None:
    (row,) = detections(register(node_type=node_type, tracking=tracking), located())
    assert row["report"] == report
    assert ("sensor_track_id" in row) is track_id  # without tracking every report has an object_id of its own: it says nothing


def test_an_effector_is_not_registered() -> None:
    for one in ("kinetic", "jammer", "ldew", "rfdew"):
        found = decode(register(node_type=(one, "mobile_node")))
        assert found.left_out == {"effector_refused": 1}
        (ack,) = answers(found.reply)
        assert ack.registration_ack.HasField("acceptance")
        assert ack.registration_ack.acceptance is False
        assert found.status.n == 1


@pytest.mark.parametrize(("system", "power", "status", "state"), [
    ("ok", None, (), "ok"), ("warning", None, (), "degraded"), ("error", None, (), "failed"), ("goodbye", None, (), "unknown"),
    ("unspecified", None, (), "unknown"), ("ok", ("mains", "fault", 10), (), "degraded"), ("ok", ("solar_pv", "ok", 10), (), "ok"),
    ("ok", None, [("error", "internal_fault", "")], "failed"), ("ok", None, [("warning", "weather", "")], "degraded"),
    ("ok", None, [("information", "weather", "dry")], "ok"), ("ok", None, [("information", "not_detecting", "")], "degraded"),
    ("error", None, [("warning", "weather", "")], "failed"), ("unspecified", None, [("error", "pd", "")], "failed"),
])  # fmt: skip
def test_the_state_is_the_worst_that_the_node_says(system: str, power: Any, status: Any, state: str) -> None:
    found = decode(e.encode_status(node_id=NODE, time=T0, system=system, power=power, status=status))
    assert found.status.values("state") == [state]


def test_news_is_a_status_and_no_news_a_heartbeat() -> None:
    found = decode(*(e.encode_status(node_id=NODE, time=T0, info=info) for info in ("new", "unchanged", "unspecified")))
    assert found.status.values("event") == ["status", "heartbeat", "heartbeat"]


def test_a_moving_nodes_place_comes_with_its_bearings() -> None:
    status = [e.encode_status(node_id=NODE, time=T0, lat_deg=33.7 + i / 100, lon_deg=-118.2, alt_wgs84_m=5.0) for i in range(2)]
    rows = detections(
        register(node_type=("mobile_node", "camera")), bearing(), status[0], bearing(), status[1], bearing(), located()
    )
    assert [r.get("sensor_lat_deg") for r in rows] == [None, 33.7, 33.71, None]
    assert [r.get("sensor_alt_wgs84_m") for r in rows] == [None, 5.0, 5.0, None]
    # the same node registers again: where it is stays known
    rows = detections(status[0], register(node_type=("mobile_node", "camera")), bearing())
    assert [r["sensor_lon_deg"] for r in rows] == [-118.2]


def test_a_node_place_that_cannot_be_used_is_counted_and_the_last_one_holds() -> None:
    good = e.encode_status(node_id=NODE, time=T0, lat_deg=33.7, lon_deg=-118.2)
    bad = e.encode_status(node_id=NODE, time=T0, lat_deg=95.0, lon_deg=-118.2)
    found = decode(register(node_type=("mobile_node", "camera")), good, bad, bearing())
    assert found.left_out == {"bad_node_location": 1}
    assert found.detections.values("sensor_lat_deg") == [33.7]


def test_the_mode_that_the_status_names_holds() -> None:
    message = sapient_message().FromString(register(mode="scan")[4:])
    message.registration.mode_definition.add(mode_name="follow", tracking_type=schema.number("TrackingType", "track"))
    into = [e.encode_status(node_id=NODE, time=T0, mode=m) for m in ("follow", "unheard of", "scan")]
    rows = detections(e.frame(message), located(), into[0], located(), into[1], located(), into[2], located())
    assert [r["report"] for r in rows] == ["plot", "track", "track", "plot"]


def test_two_nodes_on_one_connection_are_told_apart() -> None:
    other = NODE.replace("8", "9")
    rows = detections(
        register(node_type="radar"), e.encode_registration(node_id=other, time=T0, node_type="acoustic", tracking="track"), located(),
        e.encode_detection(node_id=other, time=T0, location=PLACE), located(),
    )  # fmt: skip
    assert [(r["sensor_id"], r["kind"], r["report"]) for r in rows] == [
        (NODE, "radar", "plot"), (other, "acoustic", "track"), (NODE, "radar", "plot"),
    ]  # fmt: skip


def test_answers_to_what_was_never_sent_are_counted() -> None:
    ack = e.encode_registration_ack(destination_id=NODE, time=T0)
    task = e.encode_task_ack(destination_id=NODE, time=T0, task_id="x", reason="y")
    empty = e.frame(sapient_message()(node_id=NODE))
    assert decode(ack, task, empty).left_out == {"unexpected_registration_ack": 1, "unexpected_task_ack": 1, "no_content": 1}


# -- times, places, units --------------------------------------------------------------------------------------------------------
def test_a_time_that_is_none_is_counted_and_the_time_of_arrival_stands_in() -> None:
    found = decode(*(e.encode_detection(node_id=NODE, time=t, location=PLACE) for t in (math.nan, 5e9)))
    assert found.left_out == {"bad_time": 1}
    assert found.detections.values("time") == [T0 + 1, T0 + 1]
    assert found.detections.values("time_source") == ["receiver", "receiver"]
    found = decode(e.encode_detection(node_id=NODE, time=math.nan, location=PLACE), received=math.nan)
    assert (found.detections.values("time"), found.detections.values("time_source")) == ([None], [None])


@pytest.mark.parametrize(("values", "row"), [
    ({}, {"lat_deg": 33.75, "lon_deg": -118.2, "alt_wgs84_m": 20.0}),
    ({"datum": "wgs84_g"}, {"lat_deg": 33.75, "lon_deg": -118.2, "alt_msl_m": 20.0}),
    ({"x": math.radians(-118.2), "y": math.radians(33.75), "units": "lat_lng_rad_m"}, {"lat_deg": 33.75, "lon_deg": -118.2}),
    # UTM coordinates below are PROJ 9.5's (EPSG 326zz and 327zz) of these places
    ({"x": 388855.881, "y": 3735083.721, "units": "utm_m", "utm_zone": "11N"}, {"lat_deg": 33.75, "lon_deg": -118.2}),
    ({"x": 632661.126, "y": 5628097.027, "units": "utm_m", "utm_zone": "30U"}, {"lat_deg": 50.7894239307, "lon_deg": -1.1178602777}),
    ({"x": 334900.570, "y": 6252288.753, "units": "utm_m", "utm_zone": "56s"}, {"lat_deg": -33.8568, "lon_deg": 151.2153}),
    ({"x": 728166.214, "y": 5001848.873, "units": "utm_m", "utm_zone": "60G"}, {"lat_deg": -45.1, "lon_deg": 179.9}),
])  # fmt: skip
def test_locations(values: Mapping[str, Any], row: Mapping[str, float]) -> None:
    (found,) = detections(located(**values))
    assert {k: found[k] for k in row} == pytest.approx(dict(row), abs=2e-8)


@pytest.mark.parametrize(("values", "reasons", "kept"), [
    ({"units": "unspecified"}, {"unusable_units": 1}, 0),
    ({"units": "utm_m"}, {"no_utm_zone": 1}, 0),
    ({"units": "utm_m", "utm_zone": "61N"}, {"no_utm_zone": 1}, 0),
    ({"units": "utm_m", "utm_zone": "11N", "x": -9e6, "y": 1.0}, {"bad_position": 1}, 0),
    ({"units": "utm_m", "utm_zone": "11S", "x": 388855.881, "y": 3735083.721}, {"ambiguous_utm_zone": 1}, 0),
    ({"x": 0.0, "y": 0.0}, {"no_position": 1}, 0),
    ({"y": 91.0}, {"bad_position": 1}, 0),
    ({"x": math.inf}, {"bad_position": 1}, 0),
    ({"datum": "unspecified"}, {"unusable_datum": 1}, 1),
    ({"z": 1e7}, {"alt_wgs84_m_out_of_range": 1}, 1),
    ({"x_error": 5.0, "y_error": 5.0}, {"unbelievable_error": 1}, 1),  # metres where degrees belong
])  # fmt: skip
def test_locations_that_cannot_be_used_are_counted(values: Mapping[str, Any], reasons: Mapping[str, int], kept: int) -> None:
    found = decode(located(**values))
    assert found.left_out == reasons
    assert found.detections.n == kept
    for row in found.detections.rows():  # only the value that cannot be used is unknown
        assert ("alt_wgs84_m" in row) is ("x_error" in values)
        assert "sigma_position_m" not in row


def test_an_absent_coordinate_is_no_position() -> None:
    message = sapient_message().FromString(located()[4:])
    message.detection_report.location.ClearField("x")
    assert decode(e.frame(message)).left_out == {"bad_position": 1}


def test_the_registered_zone_holds_where_a_location_names_none() -> None:
    (row,) = detections(register(zone="11N"), located(x=388855.881, y=3735083.721, units="utm_m", x_error=3.0, y_error=4.0))
    assert row["lat_deg"] == pytest.approx(33.75)
    assert row["sigma_position_m"] == pytest.approx(math.sqrt(12.5))


def test_a_velocity_along_a_grid_is_turned_to_true_north() -> None:
    """Grid convergence of 33.75 N, 1.2 degrees west of the middle of its zone: -0.667 degrees (PROJ's `factors`)."""
    (row,) = detections(located(x=388855.881, y=3735083.721, units="utm_m", utm_zone="11N", velocity_enu=(0.0, 10.0, 0.0)))
    assert row["course_deg"] == pytest.approx(360 - 0.667, abs=0.002)


@pytest.mark.parametrize(("values", "azimuth", "distance"), [
    ({}, 30.0, 900.0), ({"azimuth": -30.0}, 330.0, 900.0), ({"azimuth": 360.0}, 0.0, 900.0),
    ({"units": "degrees_km", "range": 0.9}, 30.0, 900.0),
    ({"units": "radians_m", "azimuth": math.pi / 6, "elevation": 0.0}, 30.0, 900.0),
    ({"units": "radians_km", "azimuth": math.pi / 6, "elevation": 0.0, "range": 0.9}, 30.0, 900.0),
])  # fmt: skip
def test_bearings(values: Mapping[str, Any], azimuth: float, distance: float) -> None:
    (row,) = detections(bearing(**values))
    assert (row["azimuth_deg"], row["range_m"]) == pytest.approx((azimuth, distance))


@pytest.mark.parametrize(("values", "reason"), [
    ({"datum": "magnetic"}, "unusable_datum"), ({"datum": "grid"}, "unusable_datum"), ({"datum": "platform"}, "unusable_datum"),
    ({"datum": "unspecified"}, "unusable_datum"), ({"units": "unspecified"}, "unusable_units"), ({"azimuth": math.nan}, "no_azimuth"),
    ({"azimuth": 4000.0}, "bad_position"), ({"azimuth": math.inf}, "no_azimuth"),
])  # fmt: skip
def test_bearings_from_another_north_are_counted(values: Mapping[str, Any], reason: str) -> None:
    found = decode(bearing(**values))
    assert (found.detections.n, found.left_out) == (0, {reason: 1})


@pytest.mark.parametrize(("words", "scale"), [
    ("", 1.0), ("Standard Deviation", 1.0), ("1 sigma", 1.0), ("RMS", 1.0), ("2-sigma", 0.5), ("three sigma", 1 / 3),
    ("95%", 1 / 1.96), ("95% confidence interval", 1 / 1.96), ("90 %", 1 / 1.645), ("3 standard deviations", 1 / 3),
])  # fmt: skip
def test_errors_are_brought_to_one_sigma(words: str, scale: float) -> None:
    assert error_scale(words) == pytest.approx(scale)
    (row,) = detections(register(error_type=words), bearing(azimuth_error=2.0, range_error=30.0, elevation_error=1.0))
    assert (row["sigma_azimuth_deg"], row["sigma_range_m"], row["sigma_elevation_deg"]) == pytest.approx(
        (2 * scale, 30 * scale, scale)
    )


def test_an_error_of_a_value_that_is_unknown_is_none() -> None:
    errors = {"x_error": 1e-5, "y_error": 1e-5, "z_error": 4.0}
    (row,) = detections(e.encode_detection(node_id=NODE, time=T0, location={**PLACE, **errors}))
    assert row["sigma_altitude_m"] == 4.0
    no_zero = e.encode_detection(node_id=NODE, time=T0, location={**PLACE, **errors, "datum": "unspecified"})
    (row,) = decode(no_zero).detections.rows()
    assert {"alt_wgs84_m", "alt_msl_m", "sigma_altitude_m"}.isdisjoint(row)
    assert row["sigma_position_m"] > 0
    bearing = {"azimuth": 10.0, "azimuth_error": 1.0, "range_error": 5.0, "elevation_error": 1.0}
    (row,) = detections(e.encode_detection(node_id=NODE, time=T0, range_bearing=bearing))
    assert {"sigma_range_m", "sigma_elevation_deg"}.isdisjoint(row)
    assert row["sigma_azimuth_deg"] == 1.0


def test_a_stream_of_tiny_beginnings_costs_few_attempts() -> None:
    tries: list[bytes] = []
    framer = Framer(tries.append)  # nothing is a message
    left_out: Counter[str] = Counter()
    for _ in range(4):
        list(framer.take(Chunk.one(b"\x05\0\0\0\x0a\x00\x12" * 37_000), left_out))
    assert len(tries) < 6000, "of 148,000 places that look like a frame"
    assert left_out == Counter(bad_message=1)


def test_errors_of_an_unknown_measure_and_of_zero_are_unknown() -> None:
    for frames in ([register(error_type="Uniform"), bearing(azimuth_error=2.0)], [bearing(azimuth_error=0.0)]):
        (row,) = detections(*frames)
        assert "sigma_azimuth_deg" not in row


@pytest.mark.parametrize(("units", "hertz", "dbm"), [
    ({"centre_frequency": "MHz", "amplitude": "dBm"}, 1e6, -60.0), ({"frequency": "GHz", "amplitude": "dBW"}, 1e9, -30.0),
    ({"centre_frequency": "furlongs"}, None, None), ({}, 1.0, None), ({"amplitude": "mV"}, 1.0, None),
])  # fmt: skip
def test_signals_are_in_the_registered_units(units: Mapping[str, str], hertz: float | None, dbm: float | None) -> None:
    signal = {"amplitude": -60.0, "start_frequency": 2.0, "centre_frequency": 2.5, "stop_frequency": 3.0}
    (row,) = detections(register(node_type="passive_rf", signal_units=units), located(signal=signal))
    assert row.get("center_hz") == (None if hertz is None else 2.5 * hertz)
    assert row.get("bandwidth_hz") == (None if hertz is None else 1.0 * hertz)
    assert row.get("power_dbm") == dbm


def test_the_strongest_signal_is_taken() -> None:
    message = sapient_message().FromString(located(signal={"amplitude": -60.0, "centre_frequency": 1.0})[4:])
    message.detection_report.signal.add(amplitude=-40.0, centre_frequency=2.0)
    message.detection_report.signal.add(amplitude=-50.0, centre_frequency=3.0)
    assert [r["center_hz"] for r in detections(e.frame(message))] == [2.0]


@pytest.mark.parametrize(("info", "own", "identity", "kind"), [
    ({"Serial Number": "1581F6N8A"}, None, "1581F6N8A", "serial"), ({"ICAO": "a1b2c3"}, "N1", "A1B2C3", "icao_address"),
    ({"transponderID": "a1b2c3", "serial": "X"}, None, "X", "serial"), ({"mmsi": "366998410"}, None, "366998410", "mmsi"),
    ({"mmsi": "12"}, None, None, None), ({"ICAO": "none"}, "G-ABCD", "G-ABCD", None), ({"call sign": "DLH1"}, None, "DLH1", "call_sign"),
    ({"RCS": "0.1"}, None, None, None), ({}, "  \x00 ", None, None), ({}, "N123\nAB", "N123 AB", None),
])  # fmt: skip
def test_identities(info: Mapping[str, str], own: str | None, identity: str | None, kind: str | None) -> None:
    (row,) = detections(located(object_info=info, identity=own))
    assert (row.get("identity"), row.get("identity_kind")) == (identity, kind)


def test_lost_objects_are_status_rows_and_others_are_not() -> None:
    rows = detections(*(located(state=s) for s in ("lost", "Object Lost", "", "new", None)))
    assert [r["report"] for r in rows] == ["status", "status", "plot", "plot", "plot"]


# -- the stream ------------------------------------------------------------------------------------------------------------------
FRAMES = tuple(located(x=-118.2 + i / 1000) for i in range(20))


def test_a_message_of_the_longest_length_is_read_and_a_longer_one_is_counted() -> None:
    message = sapient_message().FromString(FRAMES[0][4:])
    message.detection_report.report_id = "x" * 200_000
    message.detection_report.report_id += "x" * (LONGEST - message.ByteSize())
    longest = e.frame(message)
    assert len(longest) - 4 == LONGEST
    assert decode(longest, FRAMES[1]).detections.n == 2
    message.detection_report.report_id += "xx"
    found = decode(e.frame(message), *FRAMES)
    assert found.left_out == {"oversized_message": 1}
    assert found.detections.n == len(FRAMES)


@settings(deadline=None, max_examples=100)
@given(st.binary(min_size=1, max_size=400), st.integers(0, 3))
def test_after_any_noise_the_stream_is_found_again(noise: bytes, before: int) -> None:
    """At the latest when the stream ends, all messages behind the noise are there."""
    found = decode(*FRAMES[:before], noise, *FRAMES[before:])
    assert found.detections.n >= len(FRAMES)
    assert found.left_out


def test_a_damaged_message_costs_itself_and_no_other() -> None:
    for at in range(4, len(FRAMES[5]), 3):
        damaged = bytearray(FRAMES[5])
        damaged[at] ^= 0x81
        found = decode(*FRAMES[:5], bytes(damaged), *FRAMES[6:])
        assert found.detections.n >= len(FRAMES) - 1


def test_a_hostile_stream_costs_no_more_than_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames inside frames inside frames, none of which is a message: what is parsed stays within a few times of what came."""
    header = struct.pack("<I", LONGEST - 8) + b"\x0a\x04\x08\x01\x10\x01\x12"
    hostile = header * (2 * LONGEST // len(header))
    parsed = 0
    decoder = SapientDecoder(Options())
    inner = decoder._framer._parse

    def counting(data: bytes) -> Any:
        nonlocal parsed
        parsed += len(data)
        return inner(data)

    monkeypatch.setattr(decoder._framer, "_parse", counting)
    found = decode(hostile, decoder=decoder)
    assert found.left_out
    assert parsed < (1 << 20) + 10 * len(hostile)


def test_thousands_of_identities_do_not_make_it_grow() -> None:
    decoder, chance = SapientDecoder(Options()), random.Random(1)
    for _ in range(6):
        names = [f"{chance.getrandbits(128):032x}" for _ in range(500)]
        decoder.decode(Chunk.one(b"".join(e.encode_registration(node_id=n, time=T0, short_name="x" * 500) for n in names)))
        decoder.decode(Chunk.one(b"".join(e.encode_detection(node_id=n, time=T0, location=PLACE) for n in names)))
    assert len(decoder._nodes) == MOST_NODES


def test_no_message_takes_long() -> None:
    """The longest messages that a sender can think of: repeated fields without end, classes within classes, a crowd of modes."""

    def field(number: int, content: bytes) -> bytes:
        def varint(n: int) -> bytes:
            return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + varint(n >> 7)

        return varint(number << 3 | 2) + varint(len(content)) + content

    start, room = field(2, NODE.encode()), LONGEST - 1000
    detection, status, registration = 7, 6, 4
    for number, inner in (
        (detection, b"\x5a\x00"), (detection, b"\x52\x02\x0a\x00"), (detection, b"\x72\x00"), (status, b"\x5a\x00"),
        (registration, b"\x3a\x00"), (registration, b"\x0a\x00"), (registration, b"\x3a\x02\x52\x00"),
    ):  # fmt: skip
        body = start + field(number, inner * (room // len(inner)))
        decoder, taken = SapientDecoder(Options()), []
        for _ in range(5):
            begin = time.process_time()
            decoder.decode(Chunk.one(struct.pack("<I", len(body)) + body, received=T0))
            taken.append(time.process_time() - begin)
        assert min(taken) < 0.01
    deep = b""
    for _ in range(200):
        deep = field(4, deep)
    nested = start + field(7, field(11, deep))
    assert decode(struct.pack("<I", len(nested)) + nested).left_out  # deeper than protobuf allows: no message


def test_a_stream_without_an_end_of_it_holds_back_one_message() -> None:
    decoder = SapientDecoder(Options())
    data = b"".join(FRAMES)
    rows = 0
    for at in range(0, len(data), 7):
        rows += decoder.decode(Chunk.one(data[at : at + 7], received=T0, offset=at, source="x")).detections.n
    assert rows == len(FRAMES)
    assert not decoder.finish().left_out


def test_a_message_of_nobody_is_none() -> None:
    for node_id in ("", "  ", "\x00\n"):
        found = decode(e.encode_status(node_id=node_id, time=T0))
        assert (found.status.n, found.left_out["bad_message"]) == (0, 1)


def test_another_link_is_told() -> None:
    chunk = Chunk.one(FRAMES[0], received=T0, link="udp")
    assert SapientDecoder(Options()).decode(chunk).left_out == {"wrong_link": 1}


def test_it_is_known_by_its_first_bytes() -> None:
    assert FORMAT.sniff(REGISTRATION)
    assert FORMAT.sniff(LOCATED[:64])
    assert not FORMAT.sniff(REGISTRATION[:40])
    assert not FORMAT.sniff(b"\x30\0\0\0" + b"\x0a\x02\x08\x01\x12\x24" + b"x" * 36)


def test_without_the_runtime_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    sapient_message.cache_clear()
    monkeypatch.setitem(sys.modules, "google.protobuf", None)
    with pytest.raises(ValueError, match=r"picket\[station\]"):
        FORMAT.make(Options())


def test_unknown_words_are_refused_by_the_encoder() -> None:
    with pytest.raises(ValueError, match="NodeType: 'death ray' is none of"):
        register(node_type="death ray")


# -- UTM -------------------------------------------------------------------------------------------------------------------------
def test_utm_of_places_by_proj() -> None:
    """PROJ 9.5: EPSG 32630, 32756, 32611, 32760 -> 4326."""
    for zone, south, east, north, lat, lon in (
        (30, False, 632661.126, 5628097.027, 50.7894239307, -1.1178602777), (56, True, 334900.570, 6252288.753, -33.8568, 151.2153),
        (11, False, 388855.881, 3735083.721, 33.75, -118.2), (60, True, 728166.214, 5001848.873, -45.1, 179.9),
    ):  # fmt: skip
        found = utm.to_geodetic(zone, south, np.array([east]), np.array([north]))
        assert (found[0][0], found[1][0]) == pytest.approx((lat, lon), abs=1e-8)  # a millimetre


@pytest.mark.parametrize(("text", "zone"), [
    ("30N", (30, "N")), ("30u", (30, "U")), ("05 N", (5, "N")), (" 1C ", (1, "C")), ("60X", (60, "X")), ("0N", None), ("61N", None),
    ("30", None), ("30I", None), ("", None), ("N30", None),
])  # fmt: skip
def test_zone_names(text: str, zone: tuple[int, str] | None) -> None:
    assert utm.parse_zone(text) == zone
