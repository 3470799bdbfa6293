"""SAPIENT, BSI Flex 335 v2.0: Picket as the parent node that sensors ("nodes") register with.

A node connects by TCP (transport `listen`), registers, then sends status and detection reports; each message is a protobuf
`SapientMessage` with its length before it (`framing`). Field numbers and enumerations: `schema`. Edition 1.0 has the same numbers for
nearly all that is read here, and its nodes are understood.

    message            becomes
    registration       what the node is (`nodes`); a status row; answered with RegistrationAck. A node that is nothing but an effector
                       (kinetic, jammer, laser, radio-frequency weapon) is answered with acceptance = false: `effector_refused`
    status_report      a status row: event "status" where the information is new, else "heartbeat"; state ok, degraded (warning), failed
                       (error) or unknown (goodbye), the worst of system, power and status items; node_location for nodes that move
    detection_report   a detection (`detections`): table below
    alert, error       a status row; no AlertAck, which would be an officer's answer
    task               refused: TaskAck REJECTED, a status row, `task_refused`. Picket takes no task of any kind and sends none
    *_ack              counted (`unexpected_task_ack` ...): answers to what was never sent

    of a detection report                      column
    message timestamp                          time (time_source sensor); without a usable one (`bad_time`) the time of arrival
    node_id (UUID)                             sensor_id: `match = { sensor_id = "..." }` in the site file
    registered node type, tracking type        kind, report; before the registration kind is null, which the site file fills in
    object_id                                  sensor_track_id, except of nodes that give every report an id of its own
    location x, y, z (datum E or G)            lon_deg, lat_deg, alt_wgs84_m or alt_msl_m; degrees, radians, UTM (`utm`)
    range_bearing, of true north               azimuth_deg, elevation_deg, range_m; degrees or radians, m or km
    *_error                                    sigma_*: in the unit of their coordinate; what they are the registration says, else 1 sigma
    enu_velocity                               speed_mps, course_deg, climb_mps, sigma_speed_mps, in the registered unit, else m/s
    classification and its sub-classes         classification: the most likely ones joined, "Air Vehicle/UAV Rotary Wing"
    object_info, track_info by type; id        identity, identity_kind (serial, icao_address, mmsi, registration, call_sign; null for id)
    signal (the strongest)                     center_hz, bandwidth_hz (in Hz if no unit is registered); power_dbm if dBm or dBW is
    state "lost" and the like                  report = status: the end of a track, no plot

Left out without a count, for want of a column: confidence, behaviour, colour, prediction, files, associated and derived detections.
Left out and counted: `no_location`, `unusable_units` (none told), `unusable_datum` (a bearing from magnetic, grid or platform north: the
row; a height of an unknown zero: the height), `no_azimuth`, `bad_position`, `no_position` (0, 0), `no_utm_zone`, `ambiguous_utm_zone`,
`unbelievable_error` (over 10 km: metres where degrees belong), `bad_node_location`, `no_content`, `node_forgotten` (over 256 nodes on a
connection), and those of `framing`.

Where others differ: an error of a location in degrees is in degrees here; some writers put metres. A magnetic bearing is not turned by a
model of the field: nobody would know whether the node had done so already.
"""

from __future__ import annotations

import re

from picket.feed.format import Decoder, Format, Options

__all__ = ["FORMAT"]


def make(options: Options) -> Decoder:
    """A decoder of SAPIENT messages. Raises ValueError where the protobuf runtime is missing."""
    from picket.feed.sapient.decoder import SapientDecoder

    return SapientDecoder(options)


_UUID = re.compile(rb"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def sniff(head: bytes) -> bool:
    """True where a length is followed by a timestamp and a UUID as node_id, as every SAPIENT message begins."""
    if len(head) < 8 or not 2 <= int.from_bytes(head[:4], "little") <= 1 << 20 or head[4] != 0x0A or head[5] > 22:
        return False
    node_id = 6 + head[5]
    return head[node_id : node_id + 2] == b"\x12\x24" and _UUID.match(head, node_id + 2) is not None


FORMAT = Format(
    name="sapient",
    title="SAPIENT, BSI Flex 335 v2.0 (protobuf over TCP, as the parent node)",
    make=make,
    sniff=sniff,
    suffixes=(".sapient",),
    links=("stream",),
    example={"feed": "sapient+listen://127.0.0.1:5020", "recording": "picket decode nodes.sapient"},
)
