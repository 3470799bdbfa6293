"""What tshark and the opendroneid dissector print of a Remote ID recording, and the same fields read with our layouts."""

from __future__ import annotations

import csv
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from picket.feed.remoteid.messages import (
    BASIC_ID_LAYOUT,
    LOCATION_LAYOUT,
    OPERATOR_ID_LAYOUT,
    SELF_ID_LAYOUT,
    SYSTEM_LAYOUT,
)


def expected(shared_data: Path, name: str) -> list[dict[str, str]]:
    with (shared_data / "remoteid" / "expected" / f"{name}.tshark.csv").open(newline="") as file:
        return [{k.removeprefix("OpenDroneID."): v for k, v in row.items()} for row in csv.DictReader(file)]


def raw_fields(counter: int, pack: bytes, time: Decimal) -> dict[str, str]:
    """A pack's raw fields under the dissector's names, read with the decoder's own layouts."""
    out = {"counter": str(counter), "msgPack_msgSize": str(pack[1]), "msgPack_msgQty": str(pack[2])}
    messages = [pack[3 + 25 * i : 28 + 25 * i] for i in range(pack[2])]
    out["msgType"] = "|".join(["15", *(str(m[0] >> 4) for m in messages)])
    out["protoVersion"] = "|".join([str(pack[0] & 15), *(str(m[0] & 15) for m in messages)])
    for message in messages:
        out |= {
            0: raw_basic_id, 1: lambda m: raw_location(m, time), 3: raw_self_id, 4: raw_system, 5: raw_operator_id,
        }[message[0] >> 4](message)  # fmt: skip
    return out


def text(raw: Any) -> str:
    return bytes(raw).split(b"\0")[0].decode()


def raw_basic_id(message: bytes) -> dict[str, str]:
    m = np.frombuffer(message, BASIC_ID_LAYOUT)[0]
    kinds = {"basicID_idType": str(m["kinds"] >> 4), "basicID_uaType": str(m["kinds"] & 15)}
    return kinds | {"basicID_id_asc": text(m["id"]), "basicID_reserved": bytes(m["reserved"]).hex(" ")}


def raw_location(message: bytes, time: Decimal) -> dict[str, str]:
    m = np.frombuffer(message, LOCATION_LAYOUT)[0]
    flags = int(m["flags"])
    numbers = {
        "loc_status": flags >> 4, "loc_flag_heightType": flags >> 2 & 1, "loc_flag_ewDirectionSegment": flags >> 1 & 1,
        "loc_flag_speedMultiplier": flags & 1, "loc_direction": m["direction"], "loc_speed": m["speed"],
        "loc_vspeed": int(m["vertical_speed"]) & 255, "loc_lat": m["lat"], "loc_lon": m["lon"], "loc_pressAlt": m["alt_pressure"],
        "loc_geoAlt": m["alt_geodetic"], "loc_height": m["height"], "loc_hAccuracy": m["accuracy_place"] & 15,
        "loc_vAccuracy": m["accuracy_place"] >> 4, "loc_baroAccuracy": m["accuracy_speed"] >> 4,
        "loc_speedAccuracy": m["accuracy_speed"] & 15, "loc_tsAccuracy": m["accuracy_time"] & 15,
        "loc_tsReserved": m["accuracy_time"] >> 4,
        # the dissector prints how long ago that was at the frame's time, not the field
        "loc_timeStamp": math.floor(time % 3600 * 10) - int(m["timestamp"]),
    }  # fmt: skip
    return {k: str(v) for k, v in numbers.items()} | {"loc_reserved": f"{m['reserved']:02x}"}


def raw_self_id(message: bytes) -> dict[str, str]:
    m = np.frombuffer(message, SELF_ID_LAYOUT)[0]
    return {"self_type": str(m["kind"]), "self_desc": text(m["text"])}


def raw_system(message: bytes) -> dict[str, str]:
    m = np.frombuffer(message, SYSTEM_LAYOUT)[0]
    numbers = {
        "system_flag_class": m["flags"] >> 2 & 7, "system_flag_locType": m["flags"] & 3, "system_lat": m["lat"],
        "system_lon": m["lon"], "system_areaCount": m["area_count"], "system_areaRadius": m["area_radius"],
        "system_areaCeiling": m["area_ceiling"], "system_areaFloor": m["area_floor"], "system_opGeoAlt": m["alt_geodetic"],
        "system_timeStamp": m["timestamp"],
    }  # fmt: skip
    words = {"system_usClassEUCat": f"{m['category'] >> 4}|{m['category'] & 15}", "system_reserved": f"{m['reserved']:02x}"}
    return {k: str(v) for k, v in numbers.items()} | words


def raw_operator_id(message: bytes) -> dict[str, str]:
    m = np.frombuffer(message, OPERATOR_ID_LAYOUT)[0]
    return {"operator_type": str(m["kind"]), "operator_id": text(m["id"]), "operator_reserved": bytes(m["reserved"]).hex(" ")}
