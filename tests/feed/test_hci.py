"""Remote ID in captures of HCI: tshark on our own events, and events that only these tests build."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picket.feed import pcap
from picket.feed.format import Chunk, Decoded, Options
from picket.feed.recording import open_recording
from picket.feed.remoteid import hci
from picket.feed.remoteid.ble import service_data
from picket.feed.remoteid.frames import FORMAT, sniff
from picket.feed.remoteid.hci import encode_advert, encode_event, extended_report, legacy_report
from picket.feed.remoteid.messages import encode_basic_id, encode_location, encode_operator_id, encode_pack, encode_self_id

SERIAL = "1581F6N8A23B2ML3Y3KR"
DRONE, SECOND = "C0:B1:C2:D3:E4:F5", "60:60:1F:00:00:01"
NOW = 1_780_056_100.0
LINKS = tuple(hci.LINKS)
LINKTYPES = {"hci-h4": 187, "hci-h4-phdr": 201, "hci-monitor": 254}
LOCATION = encode_location(lat_deg=33.75, lon_deg=-118.2, alt_wgs84_m=20, time=NOW)
PACK = encode_pack([encode_basic_id(SERIAL), LOCATION, encode_self_id("survey"), encode_operator_id("OPERATOR77")])


def decode(frames: list[bytes], link: str = "hci-h4") -> Decoded:
    times = [NOW] * len(frames)
    chunk = Chunk.of(frames, times, range(1, len(frames) + 1), source="test", link=link, time_source="container")
    return FORMAT.make(Options()).decode(chunk)


def rows(frames: list[bytes], link: str = "hci-h4") -> list[dict[str, Any]]:
    return list(decode(frames, link).detections.rows())


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize("link", LINKS)
def test_tshark_reads_the_same_out_of_our_events(link: str, tmp_path: Path) -> None:
    """Address, Service Data and RSSI of a legacy report, an extended one, and a legacy advert in an extended one."""
    location, pack = service_data(LOCATION, 7), service_data(PACK, 8)
    frames = [
        encode_event([legacy_report(location, DRONE, power_dbm=-71)], link=link, extended=False),
        encode_event([extended_report(pack, SECOND, power_dbm=-95)], link=link),
        encode_event([extended_report(location, DRONE, power_dbm=-30, legacy=True)], link=link),
    ]
    path = tmp_path / "events.pcap"
    path.write_bytes(pcap.encode(frames, [NOW] * 3, linktype=LINKTYPES[link]))
    names = ["bthci_evt.bd_addr", "btcommon.eir_ad.entry.service_data", "bthci_evt.rssi", "_ws.malformed"]
    command = ["tshark", "-r", str(path), "-T", "fields", *(word for name in names for word in ("-e", name))]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout.splitlines()
    with path.open("rb") as file:
        (read,) = pcap.Capture(file, "events.pcap")
    adverts, left_out = hci.find_adverts(read, Options())
    assert not left_out
    assert adverts.heard.transport.tolist() == [2, 3, 2]
    assert len(printed) == len(adverts.starts) == 3
    for i, line in enumerate(printed):
        address, data, signal, malformed = line.split("\t")
        # an extended report names a second address, of whom the advert is meant for
        assert int(address.split(",")[0].replace(":", ""), 16) == adverts.heard.address[i]
        assert data.replace(":", "") == adverts.data[adverts.starts[i] - 2 : adverts.ends[i]].tobytes().hex()
        assert float(signal) == adverts.heard.power_dbm[i]
        assert not malformed


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(("transport", "payload"), [("bt4", LOCATION), ("bt5", PACK)])
def test_a_report_gives_a_row_with_address_and_signal(link: str, transport: str, payload: bytes, tmp_path: Path) -> None:
    path = tmp_path / "events.pcap"
    frame = encode_advert(payload, DRONE, link=link, transport=transport, power_dbm=-71)
    path.write_bytes(pcap.encode([frame], [NOW], linktype=LINKTYPES[link]))
    assert sniff(path.read_bytes())
    with open_recording(path) as recording:
        assert recording.format.name == "remote-id"
        (row,) = [row for decoded in recording for row in decoded.detections.rows()]
    wanted = {
        "time": NOW, "time_source": "sensor", "received": NOW, "sensor_id": "remote-id", "kind": "remote_id", "report": "plot",
        "origin": "live", "lat_deg": 33.75, "lon_deg": -118.2, "alt_wgs84_m": 20.0, "transmitter": DRONE, "transport": transport,
        "power_dbm": -71, "source": str(path), "source_offset": 1,
    }  # fmt: skip
    who = {"identity": SERIAL, "identity_kind": "serial", "classification": "helicopter_or_multirotor"}
    assert row == wanted | (who if payload is PACK else {})


def test_an_event_may_hold_several_reports() -> None:
    data = service_data(LOCATION)
    other = b"\x05\xff\x4c\x00\x02\x15"
    reports = [legacy_report(data, DRONE), legacy_report(other, SECOND), legacy_report(data, SECOND, power_dbm=-80)]
    decoded = decode([encode_event(reports, extended=False)])
    assert [(r["transmitter"], r["power_dbm"]) for r in decoded.detections.rows()] == [(DRONE, -60), (SECOND, -80)]
    assert decoded.left_out == Counter({"no_remote_id": 1})
    two = encode_event([extended_report(data, DRONE), extended_report(data, None)])
    assert decode([two]).detections.values("transmitter") == [DRONE, None]  # the second is anonymous


def test_an_unknown_signal_is_none() -> None:
    assert "power_dbm" not in rows([encode_event([extended_report(service_data(LOCATION), DRONE, power_dbm=127)])])[0]


def test_the_first_part_of_a_long_advert_gives_its_whole_messages() -> None:
    nine = service_data(encode_pack([encode_basic_id(SERIAL), *[LOCATION] * 8]))
    frames = [encode_event([extended_report(nine[:229], DRONE, more=True)]), encode_event([extended_report(nine[229:], DRONE)])]
    decoded = decode(frames)
    assert decoded.detections.values("identity") == [SERIAL] * 7
    assert decoded.left_out == Counter({"truncated": 1, "no_remote_id": 1})


@pytest.mark.parametrize(
    ("frame", "link", "reason"),
    [
        (b"", "hci-h4", "truncated"),
        (b"\x02\x40\x00\x05\x00SECRET", "hci-h4", "no_remote_id"),  # a connection's data
        (b"\x04\x0e\x04\x01\x03\x0c\x00", "hci-h4", "no_remote_id"),  # command complete
        (b"\x04\x3e\x13\x01" + bytes(18), "hci-h4", "no_remote_id"),  # connection complete
        (b"\x04\x3e\x02\x02\x00", "hci-h4", "no_remote_id"),  # no reports
        (b"\x04\x3e\x01\x02", "hci-h4", "truncated"),
        (b"\0\0\0\x02" + encode_advert(LOCATION, DRONE)[1:], "hci-monitor", "no_remote_id"),  # a command, says the monitor
        (b"\0\0\0\x01\x04\x3e", "hci-h4-phdr", "truncated"),
        (b"\x04\x3e\x0c\x02\x01\x03\x01" + bytes(6) + b"\x1e\0\0", "hci-h4", "truncated"),  # data longer than the event
    ],
)
def test_what_is_no_report_is_counted(frame: bytes, link: str, reason: str) -> None:
    decoded = decode([frame, encode_advert(LOCATION, DRONE, link=link)], link)
    assert decoded.left_out == Counter({reason: 1})
    assert len(decoded.detections) == 1


@pytest.mark.parametrize("link", LINKS)
def test_nothing_of_bystanders_is_kept(link: str) -> None:
    beacon = b"\x1a\xff\x4c\x00\x02\x15" + b"SECRET-SECRET-SECRET!"
    frames = [
        encode_event([legacy_report(beacon, "CA:FE:C2:E7:00:01")], link=link, extended=False),
        encode_event([extended_report(beacon, "CA:FE:C2:E7:00:01")], link=link),
        encode_advert(PACK, DRONE, link=link, transport="bt5"),
    ]
    decoded = decode(frames, link)
    told = repr([list(t.rows()) for t in (decoded.detections, decoded.operators, decoded.status)])
    assert decoded.left_out == Counter({"no_remote_id": 2})
    assert len(decoded.detections) == 1
    assert "CA:FE" not in told
    assert "SECRET" not in told


@pytest.mark.parametrize("link", LINKS)
def test_an_event_cut_at_every_byte_is_counted(link: str) -> None:
    for frame in (encode_advert(LOCATION, DRONE, link=link), encode_advert(PACK, DRONE, link=link, transport="bt5")):
        for length in range(len(frame)):
            decoded = decode([frame[:length]], link)
            assert (len(decoded.detections), decoded.left_out) == (0, Counter({"truncated": 1}))


@given(st.lists(st.binary(max_size=300), max_size=8), st.sampled_from(LINKS))
def test_no_bytes_make_it_raise(frames: list[bytes], link: str) -> None:
    assert sum(decode(frames, link).left_out.values()) >= len(frames)


@given(st.lists(st.tuples(st.sampled_from([2, 13]), st.binary(max_size=254)), max_size=8), st.sampled_from(LINKS))
def test_no_reports_make_it_raise(bodies: list[tuple[int, bytes]], link: str) -> None:
    before = {"hci-h4": b"\x04", "hci-h4-phdr": b"\0\0\0\x01\x04", "hci-monitor": b"\0\0\0\x03"}[link]
    frames = [before + bytes([0x3E, 1 + len(body), code]) + body for code, body in bodies]
    assert sum(decode(frames, link).left_out.values()) >= len(frames) or not frames


@given(
    st.binary(min_size=6, max_size=6), st.sampled_from(["bt4", "bt5"]), st.sampled_from(LINKS), st.integers(0, 255),
    st.integers(-127, 20), st.integers(1, 8),
)  # fmt: skip
def test_what_is_encoded_comes_back(address: bytes, transport: str, link: str, counter: int, power: int, messages: int) -> None:
    payload = LOCATION if transport == "bt4" else encode_pack([LOCATION] * messages)
    told = address.hex(":").upper()
    frame = encode_advert(payload, told, link=link, transport=transport, counter=counter, power_dbm=power)
    chunk = Chunk.of([frame], [NOW], [1], source="test", link=link)
    adverts, left_out = hci.find_adverts(chunk, Options())
    assert not left_out
    assert adverts.data[adverts.starts[0] : adverts.ends[0]].tobytes() == payload
    assert adverts.heard.address.tolist() == [int.from_bytes(address, "big")]
    assert adverts.heard.power_dbm.tolist() == [power]


def test_the_encoder_refuses_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match="229 bytes"):
        extended_report(bytes(230), DRONE)
    with pytest.raises(ValueError, match="255 bytes"):
        encode_event([extended_report(bytes(200), DRONE)] * 2)
