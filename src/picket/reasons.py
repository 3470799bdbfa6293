"""What was left out, and why, in the words of whoever keeps a site: the counts themselves go by short codes.

A code is what the API, --json and the format pages (docs/formats) call a reason. Each is a clause about one message, row or value;
it ends with what to do where a person can do something. What a value cost is said: the value, the row or the message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_BAD_VALUE = "the row is kept without it"
_LONG = "it is longer than anything of its kind can be"
WORDS = {
    # any format
    "truncated": "the input, or the packet, ends in the middle of it",
    "empty_payload": "a payload with nothing in it",
    "bad_length": "its length is not what a message of its kind has",
    "bad_checksum": "its checksum is wrong: damaged on its way",
    "bad_line": "the line is none of this format, or has words where numbers belong",
    "bad_field": "a field of it holds nothing of the kind that belongs there",
    "bad_message": "its content cannot be read as the standard has it",
    "bad_position": "its position is off the globe, or its sender says that it is wrong",
    "no_position": "it gives no position; a bearing alone is none",
    "no_time": "it has no date",
    "bad_time": "its time is none: the time of arrival stands in",
    "simulated": "its sender says that it is simulated",
    "test_target": "its sender says that it is a test",
    "unknown_sensor": "no [[sensor]] of the site file is this one: add it, or its match",
    "unknown_message": "a kind of message that is not known",
    "unknown_type": "a type of message that the standard does not define",
    "unknown_version": "a version of the format that is not read",
    "other_message": "a kind of message that is not read",
    "oversized": _LONG,
    "oversized_payload": "a payload longer than a feed may send",
    "oversized_message": _LONG,
    "malformed": "it is no JSON, or its values are of other types",
    "repeated": "it says again what was said before",
    "wrong_link": "a payload of another kind than this format reads; is the format the right one?",
    "unusable_input": "an input of which nothing could be used",
    # tables and lines of JSON
    "bad_json": "the line is no JSON",
    "not_text": "the line is no UTF-8 text",
    "not_an_object": "the line is JSON, but no object with named values",
    "not_a_number": f"NaN or Infinity stands where a number belongs; {_BAD_VALUE}",
    "line_too_long": "the line is too long",
    "no_measurement": "nothing is measured in it: no place, range or bearing",
    "half_position": "latitude without longitude, or the other way round; the row is kept without both",
    "wrong_field_count": "the row has more or fewer fields than the table's head",
    "unknown_column": "no column of the table has this name; the row is kept without it",
    # captures
    "not_udp": "a packet that is not UDP; of a TCP stream, record the stream itself",
    "ip_fragment": "a part of a packet that was cut up on its way",
    "truncated_packet": "the capture holds the packet's beginning only: record with a larger snap length",
    "unknown_link": "the capture's link type is not read",
    "unknown_interface": "a packet of an interface that the capture does not describe",
    "too_many_interfaces": "the capture has more interfaces than are read",
    "obsolete_block": "an old kind of packet block that is no longer read",
    # transports
    "kernel_dropped": "the computer's own buffer was full",
    "idle_peer": "the sender was silent for too long and was cut off",
    "slow_peer": "the sender did not read its answers and was cut off",
    "too_many_peers": "more senders than the feed's `peers` wanted to connect",
    "queue_full": "more came over MQTT than could be taken in",
    "retained": "an old message that the MQTT broker had kept",
    # ASTERIX
    "bad_fspec": "a record names no item, or more than its category has; is the edition right?",
    "bad_item": "a record's item cannot be read; is the edition right?",
    "no_data_source": "a record does not say which radar it is from; is the edition right?",
    "field_monitor": "a fixed transponder that checks the radar",
    "extended_range": "its range is a limit only, not measured",
    "not_operational": "the station says that its data must not be used",
    "cartesian_only": "its position is x and y from a point that no message names",
    # Remote ID
    "authentication": "a page of a signature; signatures are not checked",
    "identity_only": "it said only who it is, which is remembered for what it says next",
    "empty_message": "it said nothing: an empty identity or text",
    "bad_identity": f"its identity is no text, or of a reserved kind; {_BAD_VALUE}",
    "bad_operator_position": f"the operator's position is off the globe; {_BAD_VALUE}",
    "no_operator_position": f"no position of the operator; {_BAD_VALUE}",
    "bad_message_size": "a pack whose messages have another size than the standard's",
    "bad_count": "a pack of no message, or of more than nine",
    "nested_pack": "a pack within a pack",
    "private_version": "a private version of the protocol",
    "trailing_bytes": "bytes behind the last message",
    "no_remote_id": "a Wi-Fi or Bluetooth device that sends no Remote ID; nothing of it is kept",
    "bad_header": "the frame's lengths do not fit each other",
    "bad_radiotap": "the capture's own head of the frame cannot be read",
    "whitened": "the capture holds the packet whitened, as it was on the air",
    "no_frame": "bytes that begin no message",
    "unknown_flags": "it needs a feature of the protocol that is not defined",
    # Remote ID receivers
    "unsure_altitude": f"the receiver does not say what its altitude is above; {_BAD_VALUE}",
    "unsure_position": f"its place may be the receiver's own; {_BAD_VALUE}",
    "unconfirmed": "radio energy that the receiver could not name",
    "availability": "it says only whether something is on line",
    "operator_attributes": "a pilot's or home position without the aircraft",
    "raw_advertisement": "the receiver's raw frame; nothing of it is kept",
    "receiver_health": "it tells of the receiver itself",
    # ADS-B
    "lost_step": "bytes between two frames",
    "cut_frame": "a frame begins in the middle of another",
    "mode_ac": "an answer in Mode A or C, which says no address",
    "other_downlink_format": "a Mode S answer that gives no position",
    "other_frame": "a frame of the receiver's own",
    "receiver_status": "it tells of the receiver itself",
    "clock_step": "the receiver's counter began anew",
    "position_incomplete": "half a position: its other half did not come in time",
    "position_jump": "a position that it cannot have reached",
    "no_reference": "a surface position, and nothing says near which place",
    "tisb_coarse": "a coarse position that a ground station relays",
    "repeated_position": "the position that was given before",
    "repeated_document": "the same document again; has the receiver stopped?",
    "no_address": "an aircraft without an address",
    "unknown_object": "an object of a kind that is not read",
    "too_many_aircraft": "more aircraft than one document may have",
    "uplink": "weather and notices from the ground",
    "metadata": "a line in which the receiver tells of itself",
    "uncorrected": "more errors than its code can correct",
    # marine
    "own_ship": "it tells of the receiver's own ship or place",
    "no_heading": "a bearing off the bow, and no heading of the own ship: add a compass to the feed",
    "no_variation": "a magnetic heading, and no variation to make it true",
    "not_valid": "its sender says that it is not valid",
    "out_of_range": "a value that nothing can have",
    "unread_target": "TTD, whose packed targets are not read: have the radar send TTM or TLL",
    "other_sentence": "a kind of sentence that is not read",
    "not_a_sentence": "the line is no NMEA sentence",
    "no_checksum": "a sentence without its checksum",
    "bad_tag_block": "the block before the sentence cannot be read; the sentence stands without it",
    "bad_payload": "its packed part holds characters that it cannot have",
    "incomplete": "parts of a message whose others never came",
    "static_report": "a ship's name and type; the type is remembered for its next position",
    "virtual_aid": "an aid to navigation that is not there",
    # SAPIENT
    "no_content": "a message without content",
    "no_location": "a report without a place or bearing",
    "no_azimuth": "a report without a bearing",
    "unusable_units": "the node does not say in which units its places are",
    "unusable_datum": "a bearing from another north than the true one, or a height whose zero is not said",
    "no_utm_zone": "a UTM position without its zone",
    "ambiguous_utm_zone": "a UTM position in one of two zones: let the node send degrees",
    "unbelievable_error": f"an error of its position that nothing has; {_BAD_VALUE}",
    "bad_node_location": "the node's own place cannot be used: the last one holds",
    "node_forgotten": "more nodes on one connection than are remembered",
    "task_refused": "a task for a node: Picket gives none",
    "effector_refused": "a node that is an effector and nothing else: Picket takes none",
    # tracking
    "no_sensor_place": "where the sensor stands is not known",
    "bad_value": "a measurement that is no number, or outside what it can be",
    "future": "its time is more than 5 s after it arrived: a clock is wrong",
    "duplicate": "the same measurement a second time",
    "late": "it arrived more than 5 s after it was measured",
    # sealed days
    "no_time_track_or_place": "a row without time, track or place",
    "not_sure": "a track that was not confirmed at that time",
    "day_sealed": "a row of a day that was sealed already",
    "record_not_worked_on": "a record of the log that the station did not work on",
    "case_step": "a step of an incident that does not follow the one before",
}  # fmt: skip
_BY_SHAPE = (  # codes that have a name in them
    (r"(\w+)_wrong_type", "{0} is of the wrong type, as text where a number belongs; " + _BAD_VALUE),
    (r"(\w+)_out_of_range", "{0} is outside what it can be; " + _BAD_VALUE),
    (r"(\w+)_not_finite", "{0} is infinite; " + _BAD_VALUE),
    (r"(\w+)_bad_time", "{0} is neither ISO 8601 nor UNIX seconds; " + _BAD_VALUE),
    (r"(\w+)_unknown_word", "{0} is none of the words that it can be; " + _BAD_VALUE),
    (r"(unknown_column) .*", WORDS["unknown_column"]),
    (r"category_(\d+)", "ASTERIX category {0} is not read"),
    (r"unexpected_(\w+)", "a message that only Picket sends"),
)


_TO_DO = {  # where an option of the commands brings it back; a station is told otherwise
    "simulated": "read with --origin exercise",
    "no_time": "give --start to picket decode",
    "no_sensor_place": "the file given with --site must say it",
}


def reason_words(code: str) -> str:
    """The reason in words; a code that is not known, as of a format from another package, with spaces."""
    if code in WORDS:
        return WORDS[code]
    for shape, words in _BY_SHAPE:
        if found := re.fullmatch(shape, code):
            return words.format(*found.groups())
    return code.replace("_", " ")


def left_out_words(left_out: Mapping[str, int]) -> str:
    """All of what was left out in one clause: "3 not_sure: a track that ...; 1 no_time: it has no date"; empty when there is nothing."""
    return "; ".join(f"{n} {code}: {reason_words(code)}" for code, n in sorted(left_out.items()) if n > 0)


def left_out_line(code: str, n: int) -> str:
    """One line of what a command left out: how often, the code to look up in docs/formats, the words, what to do."""
    return f"left out: {n} {code}: {reason_words(code)}" + (f"; {_TO_DO[code]}" if code in _TO_DO else "")
