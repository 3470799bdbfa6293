"""The recordings that the documents' commands name, made by our own encoders (old ASTERIX by libasterix)."""

from __future__ import annotations

import sys
from pathlib import Path

from picket.feed import _template, pcap

sys.path.insert(0, str(Path(__file__).parent))

import asterix_items
from samples import SAMPLES, T0

_FORMATS = {  # file -> format whose sample it holds, as a byte stream
    "aircraft.json": "readsb", "aircraft.sbs": "sbs", "bridge.nmea": "nmea", "flight.tlog": "mavlink", "flight.uat": "uat",
    "flights.beast": "beast", "flights.log": "beast", "harbour.ais": "ais", "night.jsonl": "table", "nodes.sapient": "sapient",
    "station.ast": "asterix", "tracks.ast": "asterix", "upload.json": "dronescout", "wardragon.jsonl": "dragonsync",
}  # fmt: skip


def recording(name: str) -> bytes:
    """The contents of a recording of that name. Raises KeyError for one that nobody makes here."""
    if name == "old.ast":
        return _old_cat021()
    if name == "night.snd":
        return b"".join(_template.encode("mic-3", T0 + i, 114.5, 21) for i in range(3))
    if name == "radar.pcap":
        payloads = _payloads("asterix", "udp")
        return pcap.encode([pcap.udp_frame(p) for p in payloads], [T0 + 2 + i / 8 for i in range(len(payloads))])
    if name == "adverts.pcapng":
        frames = _payloads("remote-id", "ble-nordic")
        return pcap.encode_ng([(0, frame, T0 + 2 + i / 8) for i, frame in enumerate(frames)], [272])
    return b"".join(_payloads(_FORMATS[name], "stream"))


def _payloads(format: str, link: str) -> tuple[bytes, ...]:
    return next(s.payloads for s in SAMPLES if (s.format, s.link) == (format, link))


def _old_cat021() -> bytes:
    """A report of edition 0.26, which our encoder does not write."""
    from asterix import generated

    old = {"010": 1, "040": 0x20, "030": 5, "130": 1 << 58, "080": 0x3C6444, "145": 40, "160": 0x1000_4000, "170": "DLH4AB"}
    return asterix_items.block(generated.Cat_021_0_26, [old])
