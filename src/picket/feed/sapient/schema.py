"""The messages of SAPIENT that Picket reads or writes, as one table, and the classes that the protobuf runtime makes of it.

BSI Flex 335 v2.0 (2024) defines its messages in protocol buffers; names, field numbers and types here are the standard's. Fields that
Picket has no use for are not in the table: the runtime steps over what it does not know. Two fields that edition 1.0 had as text where
edition 2.0 has an enumeration or a list (`status_text`, `error_text`) are kept, so that older nodes can be read.

A line of `_MESSAGES` is `Name: number name type [repeated | oneof's name], ...`. Built under the rules of protobuf's edition 2023, which
allow a default: an absent number reads as NaN and needs no second question. Their bytes are those of proto3, in which the standard is
written. Every `Builder` has a descriptor pool of its own, so a program that also loads the standard's own generated code has no clash.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import DescriptorProto

PACKAGE = "sapient_msg.bsi_flex_335_v2_0"
EDITION = "BSI Flex 335 v2.0"

_MESSAGES = """
SapientMessage: 1 timestamp Timestamp, 2 node_id string, 3 destination_id string, 4 registration Registration content,
    5 registration_ack RegistrationAck content, 6 status_report StatusReport content, 7 detection_report DetectionReport content,
    8 task Task content, 9 task_ack TaskAck content, 10 alert Alert content, 11 alert_ack AlertAck content, 12 error Error content
Timestamp: 1 seconds int64, 2 nanos int32

Registration: 1 node_definition NodeDefinition repeated, 2 icd_version string, 3 name string, 4 short_name string,
    7 mode_definition ModeDefinition repeated
NodeDefinition: 1 node_type NodeType
ModeDefinition: 1 mode_name string, 7 tracking_type TrackingType, 10 detection_definition DetectionDefinition repeated
DetectionDefinition: 1 location_type LocationType, 3 detection_report FieldDefinition repeated, 6 velocity_type VelocityType,
    7 geometric_error GeometricError
LocationType: 1 location_units LocationCoordinateSystem units, 5 zone string
FieldDefinition: 1 category FieldCategory, 2 type string, 3 units string
VelocityType: 4 enu_velocity_units ENUVelocityUnits
ENUVelocityUnits: 1 east_north_rate_units SpeedUnits, 2 up_rate_units SpeedUnits
GeometricError: 1 type string
RegistrationAck: 1 acceptance bool, 3 ack_response_reason string repeated

StatusReport: 1 report_id string, 2 system System, 3 info Info, 5 mode string, 6 power Power, 7 node_location Location,
    11 status Status repeated
Power: 3 level int32, 4 source PowerSource, 5 status PowerStatus
Status: 1 status_level StatusLevel, 2 status_text string, 3 status_value string, 4 status_type StatusType

DetectionReport: 1 report_id string, 2 object_id string, 4 state string, 5 range_bearing RangeBearing place, 6 location Location place,
    7 detection_confidence float, 8 track_info ObjectInfo repeated, 10 object_info ObjectInfo repeated,
    11 classification Classification repeated, 14 signal Signal repeated, 19 enu_velocity ENUVelocity, 23 id string
Location: 1 x double, 2 y double, 3 z double, 4 x_error double, 5 y_error double, 6 z_error double,
    7 coordinate_system LocationCoordinateSystem, 8 datum LocationDatum, 9 utm_zone string
RangeBearing: 1 elevation double, 2 azimuth double, 3 range double, 4 elevation_error double, 5 azimuth_error double,
    6 range_error double, 7 coordinate_system RangeBearingCoordinateSystem, 8 datum RangeBearingDatum
ENUVelocity: 1 east_rate double, 2 north_rate double, 3 up_rate double, 4 east_rate_error double, 5 north_rate_error double
ObjectInfo: 1 type string, 2 value string
Classification: 1 type string, 2 confidence float, 3 sub_class SubClass repeated
SubClass: 1 type string, 2 confidence float, 3 level int32, 4 sub_class SubClass repeated
Signal: 1 amplitude float, 2 start_frequency float, 3 centre_frequency float, 4 stop_frequency float

Task: 1 task_id string, 6 control Control, 8 command Command
Command: 1 request string what, 2 detection_threshold Threshold what, 3 detection_report_rate Threshold what,
    4 classification_threshold Threshold what, 5 mode_change string what, 6 look_at Unread what, 9 move_to Unread what,
    10 patrol Unread what, 11 follow Unread what
Unread:
TaskAck: 1 task_id string, 2 task_status TaskStatus, 5 reason string repeated
Alert: 1 alert_id string, 2 alert_type AlertType, 3 status AlertStatus, 4 description string
AlertAck: 1 alert_id string
Error: 1 packet bytes, 2 error_text string, 3 error_message string repeated
"""

# Words of the enumerations in the order of their numbers; `-` is a number that no edition in use has.
_ENUMS = """
NodeType: unspecified other radar lidar camera seismic acoustic proximity_sensor passive_rf human chemical biological radiation kinetic
    jammer cyber ldew rfdew mobile_node pointable_node fusion_node
TrackingType: unspecified none tracklet track track_with_re_id
FieldCategory: unspecified detection track object signal
LocationCoordinateSystem: unspecified lat_lng_deg_m lat_lng_rad_m - - utm_m
LocationDatum: unspecified wgs84_e wgs84_g
RangeBearingCoordinateSystem: unspecified degrees_m radians_m degrees_km radians_km
RangeBearingDatum: unspecified true magnetic grid platform
SpeedUnits: unspecified ms kph
System: unspecified ok warning error - goodbye
Info: unspecified new unchanged
PowerSource: unspecified other mains internal_battery external_battery generator solar_pv wind_turbine fuel_cell
PowerStatus: unspecified ok fault
StatusLevel: unspecified sensor information warning error
StatusType: unspecified internal_fault external_fault illumination weather clutter exposure motion_sensitivity ptz_status pd far
    not_detecting platform other
Control: unspecified start stop pause default
Threshold: unspecified low medium high
TaskStatus: unspecified accepted rejected completed failed
AlertType: unspecified information warning critical error fatal mode_change
AlertStatus: unspecified active acknowledge reject ignore clear
"""


def _lines(text: str) -> dict[str, str]:
    """Name -> the rest, of lines `name: rest`; an indented line goes on with the last."""
    found: dict[str, str] = {}
    name = ""
    for line in filter(None, text.splitlines()):
        if line[0] == " ":
            found[name] += line
        else:
            name, _, found[name] = line.partition(":")
    return found


ENUMS: dict[str, tuple[str, ...]] = {name: tuple(words.split()) for name, words in _lines(_ENUMS).items()}


def word(enum: str, number: int) -> str:
    """The word of an enumeration's number; `unspecified` for one that the table lacks."""
    words = ENUMS[enum]
    return words[number] if 0 <= number < len(words) and words[number] != "-" else words[0]


def number(enum: str, word: str) -> int:
    """The number of an enumeration's word. Raises ValueError."""
    if word not in ENUMS[enum] or word == "-":
        raise ValueError(f"SAPIENT {enum}: {word!r} is none of {', '.join(w for w in ENUMS[enum] if w != '-')}")
    return ENUMS[enum].index(word)


@lru_cache(1)
def sapient_message() -> Any:
    """The class of SapientMessage. Raises ValueError where the protobuf runtime is missing.

    >>> sapient_message()(node_id="a").SerializeToString()
    b'\\x12\\x01a'
    """
    try:
        from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    except ImportError:
        raise ValueError('SAPIENT needs the protobuf runtime: pip install "picket[station]"') from None
    file = descriptor_pb2.FileDescriptorProto(name="picket/sapient.proto", package=PACKAGE, syntax="editions")
    file.edition = descriptor_pb2.EDITION_2023
    for name, words in ENUMS.items():
        enum = file.enum_type.add(name=name)
        for i, one in enumerate(words):
            if one != "-":
                enum.value.add(name=f"{name}_{one}", number=i)
    for name, fields in _lines(_MESSAGES).items():
        _add_fields(file.message_type.add(name=name), fields)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.SapientMessage"))


def _add_fields(message: DescriptorProto, fields: str) -> None:
    """Adds the fields of one line of the table; a field whose type is no scalar is a message or an enumeration of the table."""
    from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field

    groups: list[str] = []
    for given in filter(None, (one.split() for one in fields.split(","))):
        field = message.field.add(number=int(given[0]), name=given[1], label=Field.LABEL_OPTIONAL)
        kind, group = given[2], given[3] if len(given) > 3 else ""
        if kind[0].islower():
            field.type = Field.Type.Value(f"TYPE_{kind.upper()}")
            if kind in ("double", "float"):
                field.default_value = "nan"
        else:
            field.type = Field.TYPE_ENUM if kind in ENUMS else Field.TYPE_MESSAGE
            field.type_name = f".{PACKAGE}.{kind}"
        if group == "repeated":
            field.label = Field.LABEL_REPEATED
            field.ClearField("default_value")
        elif group:
            if group not in groups:
                groups.append(group)
                message.oneof_decl.add(name=group)
            field.oneof_index = groups.index(group)
